//! Posts, operating steps, running records, and what they come to.

use serde::{Deserialize, Serialize};

use crate::value::{Date, Decimal, Duration};

/// A post in an office of a body.
#[doc(alias = "岗位")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Post {
    /// The body: a key of `bodies`.
    #[doc(alias = "所属机构")]
    pub body: String,
    /// The office.
    #[doc(alias = "内设机构")]
    pub office: Option<String>,
    /// Name.
    #[doc(alias = "岗位名称")]
    pub name: String,
}

/// A step in which a power is carried out, at one post.
#[doc(alias = "运行环节")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OperatingStep {
    /// The power: a key of `powers`.
    #[doc(alias = "权责事项")]
    pub power: String,
    /// The post: a key of `posts`.
    #[doc(alias = "责任岗位")]
    pub post: String,
    /// Its place among the steps.
    #[doc(alias = "序号")]
    pub position: i64,
    /// Name.
    #[doc(alias = "环节名称")]
    pub name: String,
    /// Time for the step.
    #[doc(alias = "环节时限")]
    pub limit: Option<Duration>,
    /// The norm by which it is done.
    #[doc(alias = "操作规范")]
    pub norm: Option<String>,
}

/// A row of the performance list.
#[doc(alias = "履职清单")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Performance {
    /// The power: a key of `powers`.
    #[doc(alias = "权责事项")]
    pub power: String,
    /// Name of the power.
    #[doc(alias = "事项名称")]
    pub name: String,
    /// Type: a code of `power_types`.
    #[doc(alias = "权力类型")]
    #[serde(rename = "type")]
    pub power_type: String,
    /// Exercising body: a key of `bodies`.
    #[doc(alias = "行使主体")]
    pub body: String,
    /// State: a code of `states`.
    #[doc(alias = "状态")]
    pub state: String,
    /// The post: a key of `posts`.
    #[doc(alias = "责任岗位")]
    pub post: String,
    /// Body of the post: a key of `bodies`.
    #[doc(alias = "岗位所属机构")]
    pub post_body: String,
    /// The office.
    #[doc(alias = "内设机构")]
    pub office: Option<String>,
    /// Name of the post.
    #[doc(alias = "岗位名称")]
    pub post_name: String,
    /// Place of the step.
    #[doc(alias = "序号")]
    pub position: i64,
    /// Name of the step.
    #[doc(alias = "环节名称")]
    pub step: String,
    /// Time for the step.
    #[doc(alias = "环节时限")]
    pub limit: Option<Duration>,
    /// The norm by which it is done.
    #[doc(alias = "操作规范")]
    pub norm: Option<String>,
}

/// A period in which records count.
#[doc(alias = "考核期间")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// Name.
    #[doc(alias = "期间名称")]
    pub name: String,
    /// First day.
    #[doc(alias = "起始日期")]
    pub from: Date,
    /// Last day.
    #[doc(alias = "截止日期")]
    pub to: Date,
    /// The periods that it lies within, all of them: keys of `periods`.
    #[doc(alias = "所属期间")]
    #[serde(default)]
    pub within: Vec<String>,
}

/// Something that was handled, or is: a case, an inspection, a penalty.
#[doc(alias = "运行记录")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningRecord {
    /// Kind: a code of `running_kinds`.
    #[doc(alias = "类别")]
    pub kind: String,
    /// Its number where it was handled.
    #[doc(alias = "办件编号")]
    pub number: Option<String>,
    /// The power: a key of `powers`.
    #[doc(alias = "权责事项")]
    pub power: String,
    /// Body that handles it: a key of `bodies`.
    #[doc(alias = "办理机构")]
    pub body: String,
    /// The implementer under which it is handled: a key of `implementers`.
    #[doc(alias = "实施记录")]
    pub implementer: Option<String>,
    /// Channel: a code of `channels`.
    #[doc(alias = "办理渠道")]
    pub channel: Option<String>,
    /// Period in which it counts: a key of `periods`.
    #[doc(alias = "所属期间")]
    pub period: String,
    /// Day on which it was opened.
    #[doc(alias = "受理日期")]
    pub opened_on: Date,
    /// Day on which it was closed.
    #[doc(alias = "办结日期")]
    pub closed_on: Option<Date>,
    /// Days it took, counted in `unit`, excluded times among them.
    #[doc(alias = "历时天数")]
    pub days: Option<i64>,
    /// How its days are counted, a code of `day_units`; in working days where nothing is said.
    #[doc(alias = "计日方式")]
    pub unit: Option<String>,
    /// What was promised when it was opened; else the statutory limit counts.
    #[doc(alias = "承诺时限")]
    pub promised: Option<Duration>,
    /// What came of it.
    #[doc(alias = "办理结果")]
    pub result: Option<String>,
    /// The version of the lists under which it is handled.
    #[doc(alias = "所依清单版本")]
    pub version: Option<String>,
}

impl RunningRecord {
    /// Makes a record of what must be said of every one: kind, power, body, the period in which it counts, and the day on which it was opened.
    #[must_use]
    pub fn new(
        kind: impl Into<String>,
        power: impl Into<String>,
        body: impl Into<String>,
        period: impl Into<String>,
        opened_on: Date,
    ) -> Self {
        Self {
            kind: kind.into(),
            number: None,
            power: power.into(),
            body: body.into(),
            implementer: None,
            channel: None,
            period: period.into(),
            opened_on,
            closed_on: None,
            days: None,
            unit: None,
            promised: None,
            result: None,
            version: None,
        }
    }
}

/// Time within a record that does not count.
#[doc(alias = "不计入时限的时间")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExcludedTime {
    /// The record: a key of `running_records`.
    #[doc(alias = "运行记录")]
    pub record: String,
    /// Kind: a code of `excluded_kinds`.
    #[doc(alias = "情形")]
    pub kind: String,
    /// First day.
    #[doc(alias = "起始日期")]
    pub from: Option<Date>,
    /// Last day.
    #[doc(alias = "截止日期")]
    pub to: Option<Date>,
    /// Days, counted as the record's.
    #[doc(alias = "天数")]
    pub days: i64,
}

/// What was handled in a period, as `body_evaluation`, `kind_evaluation` and `item_evaluation` have it.
#[doc(alias = "运行评价")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Evaluation {
    /// The power, where it is by power: a key of `powers`.
    #[doc(alias = "权责事项")]
    pub power: Option<String>,
    /// The body, where it is by body: a key of `bodies`.
    #[doc(alias = "办理机构")]
    pub body: Option<String>,
    /// The kind, where it is by kind: a code of `running_kinds`.
    #[doc(alias = "类别")]
    pub kind: Option<String>,
    /// The period: a key of `periods`.
    #[doc(alias = "期间")]
    pub period: String,
    /// The powers exercised, where it is not by power: keys of `powers`.
    #[doc(alias = "行使的事项")]
    pub powers: Vec<String>,
    /// Records.
    #[doc(alias = "业务量")]
    pub records: i64,
    /// Those closed.
    #[doc(alias = "办结")]
    pub closed: i64,
    /// Those closed in time.
    #[doc(alias = "按期办结")]
    pub in_time: i64,
    /// Those closed late.
    #[doc(alias = "超期办结")]
    pub late: i64,
    /// Those closed in time or late: what has no limit, or one in another unit than its days, is neither.
    pub judged: i64,
    /// Those handled online.
    #[doc(alias = "网上办理")]
    pub online: i64,
    /// Those closed whose days are counted in working days.
    pub in_working_days: i64,
    /// Their net working days in all.
    #[doc(alias = "用时合计")]
    pub working_days: Option<i64>,
    /// Those closed whose days are counted in calendar days.
    pub in_calendar_days: i64,
    /// Their net calendar days in all.
    pub calendar_days: Option<i64>,
    /// The most net working days.
    #[doc(alias = "最长用时")]
    pub worst_working_days: Option<i64>,
    /// The most net calendar days.
    pub worst_calendar_days: Option<i64>,
    /// Those online, of all.
    #[doc(alias = "网办率")]
    pub online_share: Option<Decimal>,
    /// Those in time, of those that are judged.
    #[doc(alias = "按期办结率")]
    pub in_time_share: Option<Decimal>,
    /// Net working days of each, on average.
    #[doc(alias = "平均用时")]
    pub mean_working_days: Option<Decimal>,
    /// Net calendar days of each, on average.
    pub mean_calendar_days: Option<Decimal>,
}
