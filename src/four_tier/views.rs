//! The views, which have no tier: what is published, what is docked, and what the checks look up.

use super::{
    FourTier,
    codes::basic_code_of_power,
    fields::{boolean, carried, choice, code, integer, reference, references, text, texts, view},
    powers::{STATE, graver, initiation, is_leaf, powers, set_profiled, with_profiled},
    vocabularies::{CANCELLED, IN_USE, SUSPENDED},
};
use crate::schema::{Expr, Fold, List, Probe, Rule, any_of, collect, count, element, lit, row, rows_of, source};

/// What publication takes over from a power as it is, beside its state.
const PUBLISHED: [&str; 21] = [
    "name",
    "parent",
    "code",
    "aliases",
    "type",
    "body",
    "responsible_body",
    "entrusting_body",
    "supervising_body",
    "office",
    "levels",
    "scope",
    "basis",
    "local_basis",
    "duty",
    "statutory_limit",
    "upstream",
    "profile",
    "remedy",
    "main_number",
    "sub_number",
];

pub(super) fn lists(options: &FourTier) -> Vec<(&'static str, List)> {
    vec![
        ("publication", publication(options)),
        ("docking", docking()),
        ("citations", citations()),
        ("power_codes", power_codes()),
        ("validity", validity()),
    ]
}

/// One row per power: its fields, and beside the remark the guide links of its implementations.
fn publication(options: &FourTier) -> List {
    let list = view("权责清单公布表", "publication").field("power", reference("powers", "权责事项", "power"));
    let list =
        carried(list, &powers(), &PUBLISHED).field("initiation", choice("initiations", "启动方式", "initiation"));
    let list = carried(with_profiled(list), &powers(), &STATE);
    let links = rows_of("service_implementation", "power").collect(row("guide_link"));
    carried(list, &powers(), &["remark"]).field("guide_links", texts("办事指南", "guide links")).rule(
        set_profiled(Rule::each_row("power", "powers").set("power", source("key")).inherit(PUBLISHED))
            .set("initiation", initiation(options))
            .inherit(STATE)
            .inherit(["remark"])
            .set("guide_links", links),
    )
}

/// Each power in use: the rows in which it operates, and whether it is docked to an upstream item.
fn docking() -> List {
    let in_list = |list: &str| rows_of(list, "power").count().gt(0);
    let row_in = |list: &str| rows_of(list, "power").fold(Fold::Min, row("key"));
    let list = view("对接情况表", "docking").field("power", reference("powers", "权责事项", "power"));
    carried(list, &powers(), &["name", "type", "body", "upstream"])
        .field("basic_code", code("basic", "基本编码", "basic code"))
        .field("service_row", text("政务服务事项", "row among the services"))
        .field("enforcement_row", text("行政执法事项", "row in enforcement"))
        .field("operates", boolean("是否在政务服务或行政执法清单", "has an operating row"))
        .field("in_second_tier", boolean("是否纳入二级清单", "in a second-tier list"))
        .field("docked", boolean("是否对接上级事项", "docked to an upstream item"))
        .rule(
            Rule::each_row("in_use", "powers")
                .when(source("state").is(IN_USE).and(is_leaf()))
                .set("power", source("key"))
                .inherit(["name", "type", "body", "upstream"])
                .set("basic_code", basic_code_of_power())
                .set("service_row", row_in("services"))
                .set("enforcement_row", row_in("enforcement"))
                .set("operates", any_of([in_list("services"), in_list("enforcement")]))
                .set("in_second_tier", in_second_tier())
                .set("docked", source("upstream").is_present()),
        )
}

/// Whether the power in scope has a row in a second-tier list, or is one of the powers of a matter that goes on.
pub(super) fn in_second_tier() -> Expr {
    let operates = ["services", "enforcement"].map(|list| rows_of(list, "power").count().gt(0));
    let named = [
        ("regulation_matters", "watched"),
        ("regulation_matters", "exercised"),
        ("regulation_matters", "may_lead_to"),
        ("fee_matters", "powers"),
        ("intermediary_matters", "approvals"),
        ("boundary_matters", "powers"),
        ("territorial_matters", "powers"),
    ]
    .map(|(list, by)| rows_of(list, by).count_where(row("state").is(CANCELLED).not()).gt(0));
    any_of(operates.into_iter().chain(named))
}

/// Every article a power rests on, with the state it is in: the graver of its own and its instrument's.
fn citations() -> List {
    let parts = [
        ("core", "basis"),
        ("additional", "local_basis"),
        ("responsibilities", "responsibilities_basis"),
        ("accountability", "accountability_basis"),
    ];
    let list = view("依据引用表", "citations")
        .field("power", reference("powers", "权责事项", "power"))
        .field("body", reference("bodies", "行使主体", "exercising body"))
        .field("article", reference("articles", "条款", "article"))
        .field("instrument", reference("instruments", "文件", "instrument"))
        .field("part", choice("citation_parts", "依据性质", "part of the basis"))
        .field("state", choice("instrument_states", "效力状态", "state"))
        .field("successor", reference("instruments", "替代文件", "successor of the instrument"))
        .field("successors", references("articles", "替代条款", "successors of the article"));
    parts.into_iter().fold(list, |list, (part, field)| {
        list.rule(
            Rule::each_element(part, "powers", field)
                .set("power", source("key"))
                .set("body", source("body"))
                .set("article", element("value"))
                .set("instrument", element("instrument"))
                .set("part", lit(part))
                .set("state", element("state").max(element("instrument.state")))
                .set("successor", element("instrument.successor"))
                .set("successors", element("successors")),
        )
    })
}

/// Which powers of a body bear which code; those cancelled bear it no more.
fn power_codes() -> List {
    view("事项编码使用表", "codes of powers")
        .field("body", reference("bodies", "行使主体", "exercising body"))
        .field("code", code("basic", "编码", "code"))
        .field("powers", references("powers", "权责事项", "powers"))
        .field("number", integer("事项数", "number of powers"))
        .rule(
            Rule::each_group("code", "powers", [source("body"), source("code")])
                .when(source("state").is(CANCELLED).not())
                .set("body", source("body"))
                .set("code", source("code"))
                .set("powers", collect(source("key")))
                .set("number", count()),
        )
}

/// What today makes of each row that names a body. There are no rows while `today` is not set.
fn validity() -> List {
    let by_today = |id: &str, list: &str, name: Expr, state: Expr| {
        Rule::each_match(id, list, "today")
            .on("key", Probe::Is(lit("today")))
            .set("name", name)
            .set("body", source("body"))
            .set("state", state)
            .set("body_ended", source("body.valid_to").lt(element("date")))
    };
    let over = || source("state").is(SUSPENDED).and(source("suspended_until").lt(element("date")));
    let of_matter =
        |field: &str| source(format!("boundary_matter.{field}")).or_else(source(format!("territorial_matter.{field}")));
    view("当日效力表", "validity as of today")
        .field("name", text("事项名称", "name"))
        .field("body", reference("bodies", "主体", "body"))
        .field("state", choice("states", "状态", "state"))
        .field("body_ended", boolean("主体已撤销", "the body is no longer valid"))
        .field("suspension_over", boolean("暂停期已满", "the suspension is over"))
        .rule(by_today("power", "powers", source("name"), source("state")).set("suspension_over", over()))
        .rule(
            by_today(
                "implementer",
                "implementers",
                source("power.name"),
                graver(source("state"), source("power.state")),
            )
            .set("suspension_over", over()),
        )
        .rule(by_today("fee", "fees", source("charge"), source("state")))
        .rule(by_today("inspection", "inspection_implementation", source("name"), source("state")))
        .rule(by_today("participant", "participants", of_matter("name"), of_matter("state").or_else(IN_USE)))
}
