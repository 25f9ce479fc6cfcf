//! The rows that follow: services, enforcement, implementation, handling.

use serde::{Deserialize, Serialize};

use crate::{
    four_tier::vocabularies::IN_USE,
    value::{Code, Date, Duration},
};

/// A government service.
#[doc(alias = "政务服务事项清单")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Service {
    /// Power: a key of `powers`.
    #[doc(alias = "权责事项")]
    pub power: String,
    /// Name.
    #[doc(alias = "事项名称")]
    pub name: String,
    /// Type: a code of `power_types`.
    #[doc(alias = "权力类型")]
    #[serde(rename = "type")]
    pub power_type: String,
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
    /// Remedy.
    #[doc(alias = "救济途径")]
    pub remedy: Option<String>,
    /// Upstream item: a key of `upstream`.
    #[doc(alias = "对应上级事项")]
    pub upstream: Option<String>,
    /// Main item: a key of `powers`.
    #[doc(alias = "所属主项")]
    pub parent: Option<String>,
    /// Code aliases.
    #[doc(alias = "曾用编码")]
    pub aliases: Vec<Code>,
    /// Remark.
    #[doc(alias = "备注")]
    pub remark: Option<String>,
    /// Initiation: a code of `initiations`.
    #[doc(alias = "启动方式")]
    pub initiation: String,
    /// Basic code.
    #[doc(alias = "基本编码")]
    pub basic_code: Option<Code>,
    /// Statutory limit.
    #[doc(alias = "法定时限")]
    pub limit: Option<Duration>,
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
}

impl Service {
    /// Tells whether the row is in use: neither suspended nor cancelled.
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        self.state == IN_USE
    }
}

/// An item of administrative enforcement.
#[doc(alias = "行政执法事项清单")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EnforcementItem {
    /// Power: a key of `powers`.
    #[doc(alias = "权责事项")]
    pub power: String,
    /// Name.
    #[doc(alias = "事项名称")]
    pub name: String,
    /// Type: a code of `power_types`.
    #[doc(alias = "权力类型")]
    #[serde(rename = "type")]
    pub power_type: String,
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
    /// Remedy.
    #[doc(alias = "救济途径")]
    pub remedy: Option<String>,
    /// Upstream item: a key of `upstream`.
    #[doc(alias = "对应上级事项")]
    pub upstream: Option<String>,
    /// Main item: a key of `powers`.
    #[doc(alias = "所属主项")]
    pub parent: Option<String>,
    /// Code aliases.
    #[doc(alias = "曾用编码")]
    pub aliases: Vec<Code>,
    /// Remark.
    #[doc(alias = "备注")]
    pub remark: Option<String>,
    /// Initiation: a code of `initiations`.
    #[doc(alias = "启动方式")]
    pub initiation: String,
    /// Basic code.
    #[doc(alias = "基本编码")]
    pub basic_code: Option<Code>,
    /// Statutory limit.
    #[doc(alias = "法定时限")]
    pub limit: Option<Duration>,
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
    /// Regulation that may lead here: a set of keys of `regulation_matters`.
    #[doc(alias = "引发的监管事项")]
    pub led_to_by: Vec<String>,
    /// Regulation that it carries out: a set of keys of `regulation_matters`.
    #[doc(alias = "所属监管事项")]
    pub exercised_in: Vec<String>,
}

impl EnforcementItem {
    /// Tells whether the row is in use: neither suspended nor cancelled.
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        self.state == IN_USE
    }
}

/// A service as one body carries it out.
#[doc(alias = "政务服务事项实施清单")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServiceImplementation {
    /// Power: a key of `powers`.
    #[doc(alias = "权责事项")]
    pub power: String,
    /// Implementer: a key of `implementers`.
    #[doc(alias = "实施记录")]
    pub implementer: String,
    /// Implementation code.
    #[doc(alias = "实施编码")]
    pub implementation_code: Option<Code>,
    /// Basic code.
    #[doc(alias = "基本编码")]
    pub basic_code: Option<Code>,
    /// Name.
    #[doc(alias = "事项名称")]
    pub name: String,
    /// Type: a code of `power_types`.
    #[doc(alias = "权力类型")]
    #[serde(rename = "type")]
    pub power_type: String,
    /// Initiation: a code of `initiations`.
    #[doc(alias = "启动方式")]
    pub initiation: String,
    /// Basis: in their order, keys of `articles`.
    #[doc(alias = "实施依据")]
    pub basis: Vec<String>,
    /// Responsible body: a key of `bodies`.
    #[doc(alias = "责任主体")]
    pub responsible_body: Option<String>,
    /// Supervising body: a key of `bodies`.
    #[doc(alias = "监管主体")]
    pub supervising_body: Option<String>,
    /// Duty clause: a key of `duties`.
    #[doc(alias = "部门职责")]
    pub duty: Option<String>,
    /// Remedy.
    #[doc(alias = "救济途径")]
    pub remedy: Option<String>,
    /// Upstream item: a key of `upstream`.
    #[doc(alias = "对应上级事项")]
    pub upstream: Option<String>,
    /// In use from.
    #[doc(alias = "生效日期")]
    pub effective_on: Option<Date>,
    /// Region of the suspension: a key of `regions`.
    #[doc(alias = "暂停区域")]
    pub suspension_region: Option<String>,
    /// Successors: a set of keys of `powers`.
    #[doc(alias = "承接事项")]
    pub successors: Vec<String>,
    /// Statutory limit.
    #[doc(alias = "法定时限")]
    pub limit: Option<Duration>,
    /// Implementing body: a key of `bodies`.
    #[doc(alias = "实施主体")]
    pub body: String,
    /// Nature of the body: a code of `body_natures`.
    #[doc(alias = "实施主体性质")]
    pub body_nature: Option<String>,
    /// Credit code.
    #[doc(alias = "统一社会信用代码")]
    pub credit_code: Option<Code>,
    /// Subject in law: a key of `bodies`.
    #[doc(alias = "权力主体")]
    pub subject: String,
    /// Level: a code of `levels`.
    #[doc(alias = "行使层级")]
    pub level: String,
    /// Region: a key of `regions`.
    #[doc(alias = "实施区域")]
    pub region: Option<String>,
    /// Manner of taking up: a code of `manners`.
    #[doc(alias = "承接方式")]
    pub manner: Option<String>,
    /// Source of power: a code of `power_sources`.
    #[doc(alias = "权力来源")]
    pub source_of_power: Option<String>,
    /// Decision it rests on: a key of `instruments`.
    #[doc(alias = "承接依据文件")]
    pub decision: Option<String>,
    /// Accepted on.
    #[doc(alias = "承接日期")]
    pub accepted_on: Option<Date>,
    /// State: a code of `states`.
    #[doc(alias = "状态")]
    pub state: String,
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
    /// Promised limit.
    #[doc(alias = "承诺时限")]
    pub promised_limit: Option<Duration>,
    /// Additional basis: a set of keys of `articles`.
    #[doc(alias = "补充依据")]
    pub additional_basis: Vec<String>,
    /// Conditions.
    #[doc(alias = "受理条件")]
    pub conditions: Option<String>,
    /// Channels: a set of codes of `channels`.
    #[doc(alias = "办理渠道")]
    pub channels: Vec<String>,
    /// Case type: a code of `case_types`.
    #[doc(alias = "办件类型")]
    pub case_type: Option<String>,
    /// Number of visits.
    #[doc(alias = "到办事现场次数")]
    pub visits: Option<i64>,
    /// Place.
    #[doc(alias = "办理地点")]
    pub place: Option<String>,
    /// Hours.
    #[doc(alias = "办理时间")]
    pub hours: Option<String>,
    /// Phones.
    #[doc(alias = "咨询电话")]
    pub phones: Vec<String>,
    /// Supervision phones.
    #[doc(alias = "监督电话")]
    pub supervision_phones: Vec<String>,
    /// Guide link.
    #[doc(alias = "办事指南链接")]
    pub guide_link: Option<String>,
    /// Result.
    #[doc(alias = "办理结果")]
    pub result: Option<String>,
}

impl ServiceImplementation {
    /// Tells whether the row is in use: neither suspended nor cancelled.
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        self.state == IN_USE
    }
}

/// What an office handles: a service implementation in one variant.
#[doc(alias = "业务办理事项清单")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HandlingItem {
    /// Name.
    #[doc(alias = "业务办理项名称")]
    pub name: String,
    /// Handling code.
    #[doc(alias = "业务办理项编码")]
    pub handling_code: Option<Code>,
    /// Variant: a key of `variants`.
    #[doc(alias = "办理情形")]
    pub variant: String,
    /// Kind of handling: a code of `variant_kinds`.
    #[doc(alias = "办理情形类别")]
    pub kind: String,
    /// Power: a key of `powers`.
    #[doc(alias = "权责事项")]
    pub power: String,
    /// Implementer: a key of `implementers`.
    #[doc(alias = "实施记录")]
    pub implementer: String,
    /// Type: a code of `power_types`.
    #[doc(alias = "权力类型")]
    #[serde(rename = "type")]
    pub power_type: String,
    /// Basis: in their order, keys of `articles`.
    #[doc(alias = "实施依据")]
    pub basis: Vec<String>,
    /// Statutory limit.
    #[doc(alias = "法定时限")]
    pub limit: Option<Duration>,
    /// Implementing body: a key of `bodies`.
    #[doc(alias = "实施主体")]
    pub body: String,
    /// Subject in law: a key of `bodies`.
    #[doc(alias = "权力主体")]
    pub subject: String,
    /// Level: a code of `levels`.
    #[doc(alias = "行使层级")]
    pub level: String,
    /// Region: a key of `regions`.
    #[doc(alias = "实施区域")]
    pub region: Option<String>,
    /// In use from.
    #[doc(alias = "生效日期")]
    pub effective_on: Option<Date>,
    /// Suspended from.
    #[doc(alias = "暂停日期")]
    pub suspended_on: Option<Date>,
    /// Last day of the suspension.
    #[doc(alias = "暂停截止日期")]
    pub suspended_until: Option<Date>,
    /// Implementation code.
    #[doc(alias = "实施编码")]
    pub implementation_code: Option<Code>,
    /// Case type: a code of `case_types`.
    #[doc(alias = "办件类型")]
    pub case_type: Option<String>,
    /// Guide link.
    #[doc(alias = "办事指南链接")]
    pub guide_link: Option<String>,
    /// Promised limit.
    #[doc(alias = "承诺时限")]
    pub promised_limit: Option<Duration>,
    /// State: a code of `states`.
    #[doc(alias = "状态")]
    pub state: String,
    /// Cancelled from.
    #[doc(alias = "取消日期")]
    pub cancelled_on: Option<Date>,
    /// Result.
    #[doc(alias = "办理结果")]
    pub result: Option<String>,
}

impl HandlingItem {
    /// Tells whether the row is in use: neither suspended nor cancelled.
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        self.state == IN_USE
    }
}
