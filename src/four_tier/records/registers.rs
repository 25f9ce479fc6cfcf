//! The registers: what powers speak of.

use serde::{Deserialize, Serialize};

use crate::value::{Code, Date, Duration};

/// A region, with the days between which its code is valid.
#[doc(alias = "行政区划")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Region {
    /// Name.
    #[doc(alias = "名称")]
    pub name: String,
    /// Region code.
    #[doc(alias = "行政区划代码")]
    pub code: Option<Code>,
    /// Level: a code of `levels`.
    #[doc(alias = "层级")]
    pub level: Option<String>,
    /// Region above: a key of `regions`.
    #[doc(alias = "上级区划")]
    pub parent: Option<String>,
    /// Valid from.
    #[doc(alias = "启用日期")]
    pub valid_from: Option<Date>,
    /// Last day of validity.
    #[doc(alias = "停用日期")]
    pub valid_to: Option<Date>,
}

/// A body that exercises powers. Its key is its own name for ever: credit codes change at every reform.
#[doc(alias = "机构")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Body {
    /// Name.
    #[doc(alias = "名称")]
    pub name: String,
    /// Credit code.
    #[doc(alias = "统一社会信用代码")]
    pub credit_code: Option<Code>,
    /// Former credit codes.
    #[doc(alias = "曾用信用代码")]
    pub former_codes: Vec<Code>,
    /// Kind: a code of `body_kinds`.
    #[doc(alias = "主体类别")]
    pub kind: Option<String>,
    /// Nature: a code of `body_natures`.
    #[doc(alias = "主体性质")]
    pub nature: Option<String>,
    /// Level: a code of `levels`.
    #[doc(alias = "层级")]
    pub level: Option<String>,
    /// Region: a key of `regions`.
    #[doc(alias = "所属区划")]
    pub region: Option<String>,
    /// Host of a plaque: a key of `bodies`.
    #[doc(alias = "挂牌所在机关")]
    pub host: Option<String>,
    /// Valid from.
    #[doc(alias = "成立日期")]
    pub valid_from: Option<Date>,
    /// Last day of validity.
    #[doc(alias = "撤销日期")]
    pub valid_to: Option<Date>,
    /// Successors: a set of keys of `bodies`.
    #[doc(alias = "承继机构")]
    pub successors: Vec<String>,
}

/// A law, regulation, rule, decision or normative document, in one edition.
#[doc(alias = "法律法规文件")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Instrument {
    /// Title.
    #[doc(alias = "名称")]
    pub title: String,
    /// Kind: a code of `instrument_kinds`.
    #[doc(alias = "种类")]
    pub kind: String,
    /// Number.
    #[doc(alias = "文号")]
    pub number: Option<String>,
    /// Edition.
    #[doc(alias = "版本")]
    pub edition: Option<String>,
    /// Effective day.
    #[doc(alias = "施行日期")]
    pub effective: Option<Date>,
    /// State: a code of `instrument_states`.
    #[doc(alias = "效力状态")]
    pub state: String,
    /// Day of supersession or repeal.
    #[doc(alias = "失效日期")]
    pub ended_on: Option<Date>,
    /// Successor: a key of `instruments`.
    #[doc(alias = "替代文件")]
    pub successor: Option<String>,
}

/// An article, paragraph or item of an instrument, or an item of its annex.
#[doc(alias = "条款")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Article {
    /// Instrument: a key of `instruments`.
    #[doc(alias = "所属文件")]
    pub instrument: String,
    /// Locator.
    #[doc(alias = "条款项")]
    pub locator: Option<String>,
    /// State: a code of `instrument_states`.
    #[doc(alias = "效力状态")]
    pub state: Option<String>,
    /// Successors: a set of keys of `articles`.
    #[doc(alias = "替代条款")]
    pub successors: Vec<String>,
}

/// A clause of the regulation of a body's functions, offices and posts (三定).
#[doc(alias = "三定规定职责")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Duty {
    /// Body: a key of `bodies`.
    #[doc(alias = "所属机构")]
    pub body: String,
    /// Clause.
    #[doc(alias = "条款")]
    pub clause: Option<String>,
    /// Text.
    #[doc(alias = "职责内容")]
    pub text: String,
    /// Regulation of functions, offices and posts: a key of `instruments`.
    #[doc(alias = "“三定”规定")]
    pub regulation: Option<String>,
}

/// An item of a superior's catalogue: the licence list, or the catalogue of state or province.
#[doc(alias = "上级事项目录")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpstreamItem {
    /// Name.
    #[doc(alias = "事项名称")]
    pub name: String,
    /// Catalogue: a code of `catalogues`.
    #[doc(alias = "目录")]
    pub catalogue: String,
    /// Basic code.
    #[doc(alias = "基本编码")]
    pub code: Option<Code>,
    /// Type: a code of `power_types`.
    #[doc(alias = "权力类型")]
    #[serde(rename = "type")]
    pub power_type: Option<String>,
    /// Levels: a set of codes of `levels`.
    #[doc(alias = "行使层级")]
    pub levels: Vec<String>,
    /// Statutory limit.
    #[doc(alias = "法定时限")]
    pub limit: Option<Duration>,
    /// Conditions.
    #[doc(alias = "受理条件")]
    pub conditions: Option<String>,
    /// Channels: a set of codes of `channels`.
    #[doc(alias = "办理渠道")]
    pub channels: Vec<String>,
    /// Materials of the norm.
    #[doc(alias = "申请材料规范")]
    pub materials: Vec<String>,
    /// State: a code of `states`.
    #[doc(alias = "状态")]
    pub state: Option<String>,
}
