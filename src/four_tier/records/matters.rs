//! Tier 1: matters of their own that refer to sets of powers.

use serde::{Deserialize, Serialize};

use crate::value::{Code, Date, Duration};

/// A matter of “Internet + regulation”.
#[doc(alias = "监管事项")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RegulationMatter {
    /// Name.
    #[doc(alias = "监管事项名称")]
    pub name: String,
    /// Directory code.
    #[doc(alias = "监管事项目录编码")]
    pub code: Option<Code>,
    /// Powers watched: a set of keys of `powers`.
    #[doc(alias = "监管的权责事项")]
    pub watched: Vec<String>,
    /// Inspections exercised: a set of keys of `powers`.
    #[doc(alias = "行使的检查事项")]
    pub exercised: Vec<String>,
    /// Penalties and compulsion it may lead to: a set of keys of `powers`.
    #[doc(alias = "可能引发的处罚和强制")]
    pub may_lead_to: Vec<String>,
    /// Regulated object.
    #[doc(alias = "监管对象")]
    pub object: Option<String>,
    /// Manner of regulation.
    #[doc(alias = "监管方式")]
    pub manner: Option<String>,
    /// Inspecting bodies: a set of keys of `bodies`.
    #[doc(alias = "检查主体")]
    pub inspecting_bodies: Vec<String>,
    /// State: a code of `states`.
    #[doc(alias = "状态")]
    pub state: Option<String>,
    /// Cancelled from.
    #[doc(alias = "取消日期")]
    pub cancelled_on: Option<Date>,
    /// Decision on the state: a key of `instruments`.
    #[doc(alias = "调整依据文件")]
    pub decision: Option<String>,
}

/// What is inspected within a regulation matter, and the penalty it can lead to.
#[doc(alias = "检查内容")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InspectionContent {
    /// Regulation matter: a key of `regulation_matters`.
    #[doc(alias = "监管事项")]
    pub matter: String,
    /// Content.
    #[doc(alias = "检查内容")]
    pub content: String,
    /// Method.
    #[doc(alias = "检查方法")]
    pub method: Option<String>,
    /// Penalty it can lead to: a key of `powers`.
    #[doc(alias = "可能引发的处罚")]
    pub penalty: Option<String>,
}

/// A charge of the fee catalogue at one collecting body.
#[doc(alias = "收费项目")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FeeMatter {
    /// Charge.
    #[doc(alias = "收费项目名称")]
    pub charge: String,
    /// Collecting body: a key of `bodies`.
    #[doc(alias = "执收单位")]
    pub body: String,
    /// Powers: a set of keys of `powers`.
    #[doc(alias = "对应权责事项")]
    pub powers: Vec<String>,
    /// Standard.
    #[doc(alias = "收费标准")]
    pub standard: Option<String>,
    /// Basis: in their order, keys of `articles`.
    #[doc(alias = "收费依据")]
    pub basis: Vec<String>,
    /// How managed: a code of `fee_management`.
    #[doc(alias = "资金管理方式")]
    pub management: Option<String>,
    /// Reducible.
    #[doc(alias = "可否减免")]
    pub reducible: Option<bool>,
    /// State: a code of `states`.
    #[doc(alias = "状态")]
    pub state: Option<String>,
    /// Cancelled from.
    #[doc(alias = "取消日期")]
    pub cancelled_on: Option<Date>,
    /// Decision on the state: a key of `instruments`.
    #[doc(alias = "调整依据文件")]
    pub decision: Option<String>,
}

/// An intermediary service that approvals demand.
#[doc(alias = "中介服务")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IntermediaryMatter {
    /// Name.
    #[doc(alias = "中介服务名称")]
    pub name: String,
    /// Approvals it serves: a set of keys of `powers`.
    #[doc(alias = "对应审批事项")]
    pub approvals: Vec<String>,
    /// Kind of agency.
    #[doc(alias = "中介机构类别")]
    pub agency_kind: Option<String>,
    /// Basis: in their order, keys of `articles`.
    #[doc(alias = "设定依据")]
    pub basis: Vec<String>,
    /// Limit.
    #[doc(alias = "服务时限")]
    pub limit: Option<Duration>,
    /// Fee basis: a set of keys of `articles`.
    #[doc(alias = "收费依据")]
    pub fee_basis: Vec<String>,
    /// State: a code of `states`.
    #[doc(alias = "状态")]
    pub state: Option<String>,
    /// Cancelled from.
    #[doc(alias = "取消日期")]
    pub cancelled_on: Option<Date>,
    /// Decision on the state: a key of `instruments`.
    #[doc(alias = "调整依据文件")]
    pub decision: Option<String>,
}

/// A matter that several bodies share: a row of `boundary_matters` or `territorial_matters`.
#[doc(alias = "部门边界事项")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SharedMatter {
    /// Name.
    #[doc(alias = "事项名称")]
    pub name: String,
    /// Powers: a set of keys of `powers`.
    #[doc(alias = "对应权责事项")]
    pub powers: Vec<String>,
    /// Duty clauses: a set of keys of `duties`.
    #[doc(alias = "对应职责条款")]
    pub duties: Vec<String>,
    /// Basis: in their order, keys of `articles`.
    #[doc(alias = "依据")]
    pub basis: Vec<String>,
    /// Flow.
    #[doc(alias = "工作流程")]
    pub flow: Option<String>,
    /// State: a code of `states`.
    #[doc(alias = "状态")]
    pub state: Option<String>,
    /// Cancelled from.
    #[doc(alias = "取消日期")]
    pub cancelled_on: Option<Date>,
    /// Decision on the state: a key of `instruments`.
    #[doc(alias = "调整依据文件")]
    pub decision: Option<String>,
}

/// A body's part in a boundary or territorial matter.
#[doc(alias = "参与主体")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Participant {
    /// Boundary matter: a key of `boundary_matters`.
    #[doc(alias = "部门边界事项")]
    pub boundary_matter: Option<String>,
    /// Territorial matter: a key of `territorial_matters`.
    #[doc(alias = "属地管理事项")]
    pub territorial_matter: Option<String>,
    /// Position.
    #[doc(alias = "序号")]
    pub position: Option<i64>,
    /// Body: a key of `bodies`.
    #[doc(alias = "主体")]
    pub body: String,
    /// Role: a code of `roles`.
    #[doc(alias = "角色")]
    pub role: String,
    /// Its duty.
    #[doc(alias = "承担职责")]
    pub duty: Option<String>,
}
