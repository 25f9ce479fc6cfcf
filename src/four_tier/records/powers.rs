//! Tier 1: powers and duties, and who takes them up in which variants.

use serde::{Deserialize, Serialize};

use crate::value::{Code, Date, Duration};

/// A power or duty: a row of the base of everything.
#[doc(alias = "权责清单")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Power {
    /// Name.
    #[doc(alias = "事项名称")]
    pub name: String,
    /// Main item: a key of `powers`.
    #[doc(alias = "所属主项")]
    pub parent: Option<String>,
    /// Code.
    #[doc(alias = "编码")]
    pub code: Option<Code>,
    /// Code aliases.
    #[doc(alias = "曾用编码")]
    pub aliases: Vec<Code>,
    /// Number of the main item.
    #[doc(alias = "主项编号")]
    pub main_number: Option<String>,
    /// Number of the sub-item.
    #[doc(alias = "子项编号")]
    pub sub_number: Option<String>,
    /// Type: a code of `power_types`.
    #[doc(alias = "权力类型")]
    #[serde(rename = "type")]
    pub power_type: String,
    /// Initiation: a code of `initiations`.
    #[doc(alias = "启动方式")]
    pub initiation: Option<String>,
    /// Exercising body: a key of `bodies`.
    #[doc(alias = "行使主体")]
    pub body: String,
    /// Responsible body: a key of `bodies`.
    #[doc(alias = "责任主体")]
    pub responsible_body: Option<String>,
    /// Entrusting body: a key of `bodies`.
    #[doc(alias = "委托主体")]
    pub entrusting_body: Option<String>,
    /// Supervising body: a key of `bodies`.
    #[doc(alias = "监管主体")]
    pub supervising_body: Option<String>,
    /// Undertaking office.
    #[doc(alias = "承办机构")]
    pub office: Option<String>,
    /// Exercising levels: a set of codes of `levels`.
    #[doc(alias = "行使层级")]
    pub levels: Vec<String>,
    /// Scope of each level.
    #[doc(alias = "层级权限")]
    pub scope: Option<String>,
    /// Basis: in their order, keys of `articles`.
    #[doc(alias = "实施依据")]
    pub basis: Vec<String>,
    /// Local additional basis: a set of keys of `articles`.
    #[doc(alias = "补充依据")]
    pub local_basis: Vec<String>,
    /// Duty clause: a key of `duties`.
    #[doc(alias = "部门职责")]
    pub duty: Option<String>,
    /// Statutory limit.
    #[doc(alias = "法定时限")]
    pub statutory_limit: Option<Duration>,
    /// Upstream item: a key of `upstream`.
    #[doc(alias = "对应上级事项")]
    pub upstream: Option<String>,
    /// Profile: a key of `profiles`.
    #[doc(alias = "责任范本")]
    pub profile: Option<String>,
    /// Responsibilities.
    #[doc(alias = "责任事项")]
    pub responsibilities: Option<String>,
    /// Basis of the responsibilities: in their order, keys of `articles`.
    #[doc(alias = "责任事项依据")]
    pub responsibilities_basis: Vec<String>,
    /// Who is accountable.
    #[doc(alias = "追责对象")]
    pub accountable: Option<String>,
    /// Circumstances of accountability.
    #[doc(alias = "追责情形")]
    pub accountability: Option<String>,
    /// Basis of accountability: in their order, keys of `articles`.
    #[doc(alias = "追责依据")]
    pub accountability_basis: Vec<String>,
    /// Remedy.
    #[doc(alias = "救济途径")]
    pub remedy: Option<String>,
    /// State: a code of `states`.
    #[doc(alias = "状态")]
    pub state: String,
    /// In use from.
    #[doc(alias = "生效日期")]
    pub effective_on: Option<Date>,
    /// Suspended from.
    #[doc(alias = "暂停日期")]
    pub suspended_on: Option<Date>,
    /// Last day of the suspension.
    #[doc(alias = "暂停截止日期")]
    pub suspended_until: Option<Date>,
    /// Decision on the suspension: a key of `instruments`.
    #[doc(alias = "暂停依据文件")]
    pub suspension_decision: Option<String>,
    /// Region of the suspension: a key of `regions`.
    #[doc(alias = "暂停区域")]
    pub suspension_region: Option<String>,
    /// Cancelled from.
    #[doc(alias = "取消日期")]
    pub cancelled_on: Option<Date>,
    /// Decision on the cancellation: a key of `instruments`.
    #[doc(alias = "取消依据文件")]
    pub cancellation_decision: Option<String>,
    /// Successors: a set of keys of `powers`.
    #[doc(alias = "承接事项")]
    pub successors: Vec<String>,
    /// Remark.
    #[doc(alias = "备注")]
    pub remark: Option<String>,
}

/// Who takes a power up at which level.
#[doc(alias = "实施主体")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Implementer {
    /// Power: a key of `powers`.
    #[doc(alias = "权责事项")]
    pub power: String,
    /// Implementing body: a key of `bodies`.
    #[doc(alias = "实施主体")]
    pub body: String,
    /// Level: a code of `levels`.
    #[doc(alias = "行使层级")]
    pub level: String,
    /// Region: a key of `regions`.
    #[doc(alias = "实施区域")]
    pub region: Option<String>,
    /// Accepted on.
    #[doc(alias = "承接日期")]
    pub accepted_on: Option<Date>,
    /// Manner: a code of `manners`.
    #[doc(alias = "承接方式")]
    pub manner: Option<String>,
    /// Source of power: a code of `power_sources`.
    #[doc(alias = "权力来源")]
    pub source_of_power: Option<String>,
    /// Decision it rests on: a key of `instruments`.
    #[doc(alias = "承接依据文件")]
    pub decision: Option<String>,
    /// State: a code of `states`.
    #[doc(alias = "状态")]
    pub state: Option<String>,
    /// Suspended from.
    #[doc(alias = "暂停日期")]
    pub suspended_on: Option<Date>,
    /// Last day of the suspension.
    #[doc(alias = "暂停截止日期")]
    pub suspended_until: Option<Date>,
    /// Decision on the suspension: a key of `instruments`.
    #[doc(alias = "暂停依据文件")]
    pub suspension_decision: Option<String>,
    /// Cancelled from.
    #[doc(alias = "取消日期")]
    pub cancelled_on: Option<Date>,
}

/// One kind of handling of a power; its serial is given once, for ever.
#[doc(alias = "办理情形")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Variant {
    /// Power: a key of `powers`.
    #[doc(alias = "权责事项")]
    pub power: String,
    /// Kind of handling: a code of `variant_kinds`.
    #[doc(alias = "办理情形")]
    pub kind: String,
    /// Name.
    #[doc(alias = "情形名称")]
    pub name: Option<String>,
    /// Serial.
    #[doc(alias = "办理项序号")]
    pub serial: String,
    /// Origin: a code of `variant_origins`.
    #[doc(alias = "情形来源")]
    pub origin: Option<String>,
    /// State: a code of `states`.
    #[doc(alias = "状态")]
    pub state: Option<String>,
    /// Cancelled from.
    #[doc(alias = "取消日期")]
    pub cancelled_on: Option<Date>,
}

/// What the powers of one body and type say alike of responsibility and accountability.
#[doc(alias = "责任范本")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// Body: a key of `bodies`.
    #[doc(alias = "主体")]
    pub body: String,
    /// Type: a code of `power_types`.
    #[doc(alias = "权力类型")]
    #[serde(rename = "type")]
    pub power_type: String,
    /// Responsibilities.
    #[doc(alias = "责任事项")]
    pub responsibilities: Option<String>,
    /// Basis of the responsibilities: in their order, keys of `articles`.
    #[doc(alias = "责任事项依据")]
    pub responsibilities_basis: Vec<String>,
    /// Who is accountable.
    #[doc(alias = "追责对象")]
    pub accountable: Option<String>,
    /// Circumstances of accountability.
    #[doc(alias = "追责情形")]
    pub accountability: Option<String>,
    /// Basis of accountability: in their order, keys of `articles`.
    #[doc(alias = "追责依据")]
    pub accountability_basis: Vec<String>,
}

/// A material that an implementer asks for, for all variants or one.
#[doc(alias = "申请材料")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Material {
    /// Implementer: a key of `implementers`.
    #[doc(alias = "实施主体")]
    pub implementer: String,
    /// Variant: a key of `variants`.
    #[doc(alias = "办理情形")]
    pub variant: Option<String>,
    /// Name.
    #[doc(alias = "材料名称")]
    pub name: String,
    /// Form: a code of `material_forms`.
    #[doc(alias = "材料形式")]
    pub form: Option<String>,
    /// Whether needed: a code of `material_needs`.
    #[doc(alias = "材料必要性")]
    pub needed: Option<String>,
    /// Source: a code of `material_sources`.
    #[doc(alias = "材料来源")]
    pub source: Option<String>,
    /// Basis: in their order, keys of `articles`.
    #[doc(alias = "要求提供材料的依据")]
    pub basis: Vec<String>,
}
