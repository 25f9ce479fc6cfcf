//! The lists that governance keeps among the others: what somebody must look at, what was handed down and is not accepted yet, what
//! takes effect later.
//!
//! They are lists like any other: saved, explained and checked with them. What is open in them is a finding.

use crate::{
    explain::Owners,
    four_tier::FourTier,
    record::Record,
    schema::{
        Check, Expr, Field, Index, Labels, List, OnRemove, Schema, SchemaBuilder, SchemaError, Severity, Type,
        Vocabulary, own,
    },
    value::{Date, Value},
};

pub(super) const REVIEWS: &str = "reviews";
pub(super) const HANDOVERS: &str = "handovers";
pub(super) const PLANNED: &str = "planned_changes";

/// Nobody has answered yet.
pub(super) const OPEN: &str = "open";
/// Whose it is objects, and others must say what becomes of it.
pub(super) const OBJECTED: &str = "objected";
/// Offered, and not answered.
pub(super) const OFFERED: &str = "offered";
pub(super) const ACCEPTED: &str = "accepted";
pub(super) const DECLINED: &str = "declined";
pub(super) const ENDED: &str = "ended";
/// Published, and not in effect yet.
pub(super) const WAITING: &str = "waiting";
/// Its day has come, and it no longer fits.
pub(super) const HELD: &str = "held";
pub(super) const IN_EFFECT: &str = "in_effect";

fn field(ty: Type, zh: &str, en: &str) -> Field {
    Field::new(ty).labels(Labels::zh_en(zh, en))
}

fn text(zh: &str, en: &str) -> Field {
    field(Type::Text, zh, en)
}

fn vocabulary(zh: &str, en: &str, choices: &[(&str, &str, &str)]) -> Vocabulary {
    choices.iter().fold(Vocabulary::new().labels(Labels::zh_en(zh, en)), |vocabulary, (code, zh, en)| {
        vocabulary.choice(*code, Labels::zh_en(*zh, *en))
    })
}

/// Makes the four-tier system with the lists of governance.
///
/// ```
/// use quanze::{four_tier, governance};
///
/// let schema = governance::schema(&four_tier::options())?;
/// assert!(schema.list("reviews").is_ok() && schema.list("handovers").is_ok() && schema.list("planned_changes").is_ok());
/// # Ok::<(), quanze::schema::SchemaError>(())
/// ```
///
/// # Errors
/// [`SchemaError`] where the options make no schema.
pub fn schema(options: &FourTier) -> Result<Schema, SchemaError> {
    options.builder().extend(lists()).build()
}

/// Returns the lists of governance, for a schema that has the lists of the four-tier system: `reviews`, `handovers` and
/// `planned_changes`, each with a check that finds what is open.
#[must_use]
pub fn lists() -> SchemaBuilder {
    SchemaBuilder::new()
        .vocabulary(
            "review_states",
            vocabulary(
                "复核状态",
                "state of a review",
                &[
                    (OPEN, "待复核", "open"),
                    ("confirmed", "已确认", "confirmed"),
                    ("amended", "已修改", "amended"),
                    (OBJECTED, "有异议", "objected to"),
                ],
            ),
        )
        .vocabulary(
            "handover_states",
            vocabulary(
                "承接状态",
                "state of a handover",
                &[
                    (OFFERED, "待承接", "offered"),
                    (ACCEPTED, "已承接", "accepted"),
                    (DECLINED, "不予承接", "declined"),
                    (ENDED, "已收回", "taken back"),
                ],
            ),
        )
        .vocabulary(
            "planned_states",
            vocabulary(
                "生效状态",
                "state of a planned change",
                &[(WAITING, "待生效", "waiting"), (HELD, "暂缓", "held"), (IN_EFFECT, "已生效", "in effect")],
            ),
        )
        .list(REVIEWS, reviews())
        .list(HANDOVERS, handovers())
        .list(PLANNED, planned())
        .check(
            "review_open",
            Check::new(Severity::Review, REVIEWS, is_open())
                .labels(Labels::zh_en("待复核", "to be reviewed"))
                .message(Labels::zh_en("{list} {row}待复核：{change}", "{list} {row} is to be reviewed: {change}")),
        )
        .check(
            "handover_open",
            Check::new(Severity::Review, HANDOVERS, own("state").is(OFFERED))
                .labels(Labels::zh_en("待承接", "not accepted yet"))
                .message(Labels::zh_en("“{power.name}”待{to.name}承接", "{to.name} has not accepted {power.name} yet")),
        )
        .check(
            "change_held",
            Check::new(Severity::Review, PLANNED, own("state").is(HELD))
                .labels(Labels::zh_en("调整暂缓生效", "planned change held"))
                .message(Labels::zh_en("{title}未能生效：{why}", "{title} has not taken effect: {why}")),
        )
}

/// Something that is to be reviewed, as a row of the list of reviews.
pub(super) struct Review<'a> {
    pub(super) body: Value,
    pub(super) list: &'a str,
    pub(super) row: &'a str,
    pub(super) change: &'a str,
    pub(super) cause: &'a str,
    pub(super) copy: Option<&'a str>,
    pub(super) found_on: Date,
}

impl Review<'_> {
    pub(super) fn record(self) -> Record {
        Record::new()
            .with("body", self.body)
            .with("list", self.list)
            .with("row", self.row)
            .with("change", self.change)
            .with("cause", self.cause)
            .with("copy", self.copy)
            .with("state", OPEN)
            .with("found_on", self.found_on)
    }
}

/// Adds to whose rows are whose the lists of governance.
pub(super) fn with_owners(owners: Owners) -> Owners {
    owners.of(REVIEWS, ["body"]).of(HANDOVERS, ["to"]).of(PLANNED, ["body"])
}

/// Rows that somebody must look at, because of a change that they did not make; among them copies of rows that were withdrawn.
fn reviews() -> List {
    List::base()
        .labels(Labels::zh_en("复核事项", "reviews"))
        .field("body", field(Type::reference("bodies"), "复核单位", "body that reviews"))
        .field("list", text("清单", "list").required())
        .field("row", text("事项", "row").required())
        .field("change", text("变化", "change").required())
        .field("cause", text("原因", "cause"))
        .field("copy", text("撤下内容", "copy of what was withdrawn"))
        .field("state", field(Type::choice("review_states"), "状态", "state").required())
        .field("found_on", field(Type::Date, "提出日期", "found on").required())
        .field("answer", text("复核意见", "answer"))
        .field("settled_on", field(Type::Date, "办结日期", "settled on"))
        .index(OPEN, Index::on(["body"]).when(is_open()).labels(Labels::zh_en("待复核，按单位", "open, by body")))
}

/// Whether a review waits for somebody.
fn is_open() -> Expr {
    own("state").is_in([OPEN, OBJECTED])
}

/// Powers handed down, each to one recipient, who accepts by itself.
fn handovers() -> List {
    List::base()
        .labels(Labels::zh_en("下放承接", "handovers"))
        .field("power", field(Type::reference("powers"), "权责事项", "power").on_remove(OnRemove::Cascade).required())
        .field("to", field(Type::reference("bodies"), "承接单位", "recipient").required())
        .field("level", field(Type::choice("levels"), "行使层级", "level").required())
        .field("region", field(Type::reference("regions"), "实施区域", "region"))
        .field("manner", field(Type::choice("manners"), "承接方式", "manner").required())
        .field("decision", field(Type::reference("instruments"), "依据文件", "decision it rests on"))
        .field("state", field(Type::choice("handover_states"), "状态", "state").required())
        .field("offered_on", field(Type::Date, "下放日期", "offered on"))
        .field("settled_on", field(Type::Date, "办结日期", "settled on"))
        .unique(["power", "to", "level"])
}

/// What is published and takes effect later, or could not.
fn planned() -> List {
    List::base()
        .labels(Labels::zh_en("待生效调整", "planned changes"))
        .field("title", text("名称", "title").required())
        .field("document", text("公布文号", "document"))
        .field("body", field(Type::reference("bodies"), "申请单位", "body"))
        .field("effective_on", field(Type::Date, "生效日期", "takes effect on").required())
        .field("state", field(Type::choice("planned_states"), "状态", "state").required())
        .field("why", text("暂缓原因", "why it is held"))
}
