//! What is handled in fact, and how long it took without the time that does not count.
//!
//! The law leaves out of a limit the time of hearings, tests, inspections, appraisals and expert review (Administrative Licensing Law,
//! article 45), and practice that of supplements. Rules know no calendar: days are counted by whoever enters a record, in the unit of its
//! limit.

use indexmap::IndexMap;

use crate::{
    four_tier::{
        FourTier,
        fields::{boolean, choice, choices, date, duration, integer, owner, reference, references, text, view},
        vocabularies::vocabulary,
    },
    schema::{Expr, Labels, List, OnRemove, Rule, Vocabulary, coalesce, if_else, lit, row, rows_of, source},
    value::Name,
};

const WORKING_DAYS: &str = "working_days";

pub(in crate::four_tier) fn vocabularies() -> IndexMap<Name, Vocabulary> {
    let kinds = vocabulary(
        "运行记录类别",
        "kind of running record",
        &[
            ("service", "政务服务办件", "service case"),
            ("inspection", "行政检查", "inspection"),
            ("penalty", "行政处罚", "penalty"),
            ("compulsion", "行政强制", "compulsion"),
            ("other", "其他", "other"),
        ],
    );
    let excluded = vocabulary(
        "不计入时限的情形",
        "time that does not count",
        &[
            ("supplement", "补正材料", "supplement of materials"),
            ("hearing", "听证", "hearing"),
            ("test", "检验检测检疫鉴定", "test or appraisal"),
            ("expert_review", "专家评审", "expert review"),
            ("auction", "招标拍卖", "tender or auction"),
            ("other", "其他", "other"),
        ],
    );
    let units = vocabulary(
        "计日方式",
        "how days are counted",
        &[(WORKING_DAYS, "工作日", "working days"), ("days", "自然日", "calendar days")],
    );
    [("running_kinds", kinds), ("excluded_kinds", excluded), ("day_units", units)]
        .map(|(name, vocabulary)| (name.into(), vocabulary))
        .into()
}

pub(super) fn lists(options: &FourTier) -> Vec<(&'static str, List)> {
    vec![
        ("periods", periods()),
        ("running_records", running_records()),
        ("excluded_times", excluded_times()),
        ("handled", handled(options)),
    ]
}

/// Periods in which records count: a month, and the quarter and year that it lies within.
fn periods() -> List {
    List::base()
        .labels(Labels::zh_en("考核期间", "periods"))
        .field("name", text("期间名称", "name").required())
        .field("from", date("起始日期", "first day").required())
        .field("to", date("截止日期", "last day").required())
        .field("within", references("periods", "所属期间", "periods it lies within"))
        .order_by("from")
}

/// Cases, inspections, penalties, compulsion. A record keeps what was promised when it was opened, and the version of the lists it is handled
/// under: what the lists say later does not change what it is held against.
fn running_records() -> List {
    List::base()
        .labels(Labels::zh_en("运行记录", "running records"))
        .field("kind", choice("running_kinds", "类别", "kind").required())
        .field("number", text("办件编号", "number"))
        .field("power", reference("powers", "权责事项", "power").required())
        .field("body", reference("bodies", "办理机构", "body that handles it").required())
        .field("implementer", reference("implementers", "实施记录", "implementer").on_remove(OnRemove::Release))
        .field("channel", choice("channels", "办理渠道", "channel"))
        .field("period", reference("periods", "所属期间", "period in which it counts").required())
        .field("opened_on", date("受理（立案）日期", "opened on").required())
        .field("closed_on", date("办结日期", "closed on"))
        .field("days", integer("历时天数", "days it took"))
        .field("unit", choice("day_units", "计日方式", "how its days are counted"))
        .field("promised", duration("受理时的承诺时限", "what was promised when it was opened"))
        .field("result", text("办理结果", "result"))
        .field("version", text("所依清单版本", "version of the lists it is handled under"))
}

/// Time within a record that does not count.
fn excluded_times() -> List {
    List::base()
        .labels(Labels::zh_en("不计入时限的时间", "excluded times"))
        .field("record", owner("running_records", "运行记录", "running record").required())
        .field("kind", choice("excluded_kinds", "情形", "kind").required())
        .field("from", date("起始日期", "from"))
        .field("to", date("截止日期", "to"))
        .field("days", integer("天数", "days").required())
}

/// The days of a record without those that do not count.
fn net_days() -> Expr {
    let excluded = || rows_of("excluded_times", "record");
    if_else(excluded().count().gt(0), source("days") - excluded().sum(row("days")), source("days"))
}

fn is_in(unit: &str) -> Expr {
    source("unit").or_else(WORKING_DAYS).is(unit)
}

/// The net days as a time, which only compares with a limit in the same unit.
fn net_time() -> Expr {
    let one = |unit: &str| lit(crate::value::Duration::new(1, unit));
    if_else(is_in("days"), one("days") * net_days(), one(WORKING_DAYS) * net_days())
}

fn limit() -> Expr {
    coalesce([source("promised"), source("power.statutory_limit")])
}

/// Each record held against its limit: what was promised when it was opened, else what the law sets.
fn handled(options: &FourTier) -> List {
    const AS_IS: [&str; 7] = ["kind", "power", "body", "period", "channel", "opened_on", "closed_on"];
    let is_closed = || source("closed_on").is_present();
    let in_time = || is_closed().and(net_time().le(limit()));
    let late = || is_closed().and(net_time().gt(limit()));
    let online = options.online_channels.iter().map(Name::as_str).collect::<Vec<_>>();
    let is_online = if online.is_empty() { lit(false) } else { source("channel").is_in(lit(online)) };
    let days_in = |unit: &str| if_else(is_closed().and(is_in(unit)), net_days(), lit(crate::Value::Missing));
    view("办理情况", "handled")
        .field("record", reference("running_records", "运行记录", "running record"))
        .field("kind", choice("running_kinds", "类别", "kind"))
        .field("power", reference("powers", "权责事项", "power"))
        .field("body", reference("bodies", "办理机构", "body that handles it"))
        .field("period", reference("periods", "所属期间", "period in which it counts"))
        .field("channel", choice("channels", "办理渠道", "channel"))
        .field("opened_on", date("受理（立案）日期", "opened on"))
        .field("closed_on", date("办结日期", "closed on"))
        .field("is_closed", boolean("已办结", "is closed"))
        .field("excluded", choices("excluded_kinds", "不计入时限的情形", "time that does not count"))
        .field("time", duration("净用时", "net time"))
        .field("limit", duration("时限", "limit"))
        .field("in_time", boolean("按期办结", "closed in time"))
        .field("late", boolean("超期办结", "closed late"))
        .field("online", boolean("网上办理", "online"))
        .field("working_days", integer("净用工作日", "net working days"))
        .field("calendar_days", integer("净用自然日", "net calendar days"))
        .rule(
            Rule::each_row("record", "running_records")
                .set("record", source("key"))
                .inherit(AS_IS)
                .set("is_closed", is_closed())
                .set("excluded", rows_of("excluded_times", "record").collect(row("kind")))
                .set("time", net_time())
                .set("limit", limit())
                .set("in_time", in_time())
                .set("late", late())
                .set("online", is_online)
                .set("working_days", days_in(WORKING_DAYS))
                .set("calendar_days", days_in("days")),
        )
}
