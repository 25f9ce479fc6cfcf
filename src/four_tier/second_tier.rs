//! Tier 2: what follows from powers in operation, and what regulates how duties are carried out.

use super::{
    FourTier,
    codes::basic_code_of_power,
    fields::{carried, choice, code, dates, duration, integer, reference, references, texts},
    powers::{STATE, initiation, is_leaf, powers, set_profiled, state_by_powers, type_in, with_profiled},
    vocabularies::LEAD,
};
use crate::schema::{Expr, Labels, List, Rule, coalesce, path, row, rows_of, source, union};

/// What services and enforcement take over from their power as it is, beside its state.
const OF_POWER: [&str; 17] = [
    "name",
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
    "remedy",
    "upstream",
    "parent",
    "aliases",
    "remark",
];

/// What a matter's row takes over as it is, beside what its kind has.
const OF_MATTER: [&str; 2] = ["cancelled_on", "decision"];

pub(super) fn lists(options: &FourTier, companions: &[(&'static str, List)]) -> Vec<(&'static str, List)> {
    let base = |name: &str| {
        companions.iter().find(|(list, _)| *list == name).map(|(_, list)| list.clone()).unwrap_or_default()
    };
    vec![
        ("services", services(options)),
        ("enforcement", enforcement(options)),
        ("regulation", regulation(&base("regulation_matters"))),
        ("fees", fees(&base("fee_matters"))),
        ("intermediary", intermediary(&base("intermediary_matters"))),
        ("boundary", boundary(&base("boundary_matters"))),
        ("territorial", territorial(&base("territorial_matters"))),
    ]
}

fn second(zh: &str, en: &str) -> List {
    List::derived().tier(2).labels(Labels::zh_en(zh, en))
}

fn operating(list: List) -> List {
    let list = list.field("power", reference("powers", "权责事项", "power"));
    let list = carried(list, &powers(), &OF_POWER)
        .field("initiation", choice("initiations", "启动方式", "initiation"))
        .field("basic_code", code("basic", "基本编码", "basic code"))
        .field("limit", duration("法定时限", "statutory limit"));
    carried(with_profiled(list), &powers(), &STATE)
}

fn operate(rule: Rule, options: &FourTier) -> Rule {
    set_profiled(rule.set("power", source("key")).inherit(OF_POWER))
        .set("initiation", initiation(options))
        .set("basic_code", basic_code_of_power())
        .set("limit", source("statutory_limit"))
        .inherit(STATE)
}

/// Leaf powers on application, and public services.
fn services(options: &FourTier) -> List {
    let applied = type_in(source("type"), &options.service_types).and(initiation(options).is("on_application"));
    let public = type_in(source("type"), &options.public_service_types);
    let when = is_leaf().and(applied.or(public));
    operating(second("政务服务事项清单", "government services"))
        .rule(operate(Rule::each_row("power", "powers").when(when), options))
}

/// Leaf powers by which a body enforces the law, with the regulation matters that may lead to them.
fn enforcement(options: &FourTier) -> List {
    let when = is_leaf().and(type_in(source("type"), &options.enforcement_types));
    let by_matter = rows_of("regulation_matters", "may_lead_to").collect(row("key"));
    let by_content = rows_of("inspection_contents", "penalty").collect(row("matter"));
    let exercised = rows_of("regulation_matters", "exercised").collect(row("key"));
    operating(second("行政执法事项清单", "administrative enforcement"))
        .field("led_to_by", references("regulation_matters", "引发的监管事项", "regulation that may lead here"))
        .field("exercised_in", references("regulation_matters", "所属监管事项", "regulation that it carries out"))
        .rule(
            operate(Rule::each_row("power", "powers").when(when), options)
                .set("led_to_by", union([by_matter, by_content]))
                .set("exercised_in", exercised),
        )
}

/// Declares what every matter's row has: the matter, what is taken over from it, its state.
fn of_matter(list: List, base: &List, matters: &str, fields: &[&str]) -> List {
    let list = list.field("matter", reference(matters, "事项", "matter"));
    let list = carried(list, base, fields);
    let list = list.field("state", choice("states", "状态", "state"));
    carried(list, base, &OF_MATTER)
        .field("powers_cancelled_on", dates("所涉事项取消日期", "days on which its powers were cancelled"))
}

fn take_matter<const N: usize>(matters: &str, fields: [&str; N], powers: &[&str]) -> Rule {
    let of_powers = |field: &str| match powers {
        [set] => path(format!("{set}.{field}")),
        sets => union(sets.iter().map(|set| path(format!("{set}.{field}")))),
    };
    Rule::each_row("matter", matters)
        .set("matter", source("key"))
        .inherit(fields)
        .set("state", state_by_powers(source("state"), &of_powers("state")))
        .inherit(OF_MATTER)
        .set("powers_cancelled_on", of_powers("cancelled_on"))
}

fn regulation(base: &List) -> List {
    const FIELDS: [&str; 6] = ["name", "code", "watched", "exercised", "object", "manner"];
    let both = |field: &str| union([path(format!("watched.{field}")), path(format!("exercised.{field}"))]);
    let by_content = rows_of("inspection_contents", "matter").collect(row("penalty"));
    let contents = rows_of("inspection_contents", "matter").collect(row("content"));
    let list = second("“互联网+监管”事项清单", "“Internet + regulation” matters");
    of_matter(list, base, "regulation_matters", &FIELDS)
        .field("may_lead_to", references("powers", "可能引发的处罚和强制", "penalties and compulsion it may lead to"))
        .field("inspecting_bodies", references("bodies", "检查主体", "inspecting bodies"))
        .field("contents", texts("检查内容", "inspection contents"))
        .field("power_names", texts("权责事项名称", "names of the powers"))
        .field("bodies", references("bodies", "行使主体", "exercising bodies"))
        .field("basis", references("articles", "依据", "basis"))
        .rule(
            take_matter("regulation_matters", FIELDS, &["watched", "exercised"])
                .set("may_lead_to", union([source("may_lead_to"), by_content]))
                .set("inspecting_bodies", coalesce([source("inspecting_bodies"), path("exercised.body")]))
                .set("contents", contents)
                .set("power_names", both("name"))
                .set("bodies", both("body"))
                .set("basis", both("basis")),
        )
}

fn fees(base: &List) -> List {
    const FIELDS: [&str; 7] = ["charge", "body", "powers", "standard", "basis", "management", "reducible"];
    let list = second("行政事业性收费清单", "administrative fees");
    of_matter(list, base, "fee_matters", &FIELDS)
        .field("power_names", texts("权责事项名称", "names of the powers"))
        .field("exercising_bodies", references("bodies", "行使主体", "exercising bodies"))
        .rule(
            take_matter("fee_matters", FIELDS, &["powers"])
                .set("power_names", path("powers.name"))
                .set("exercising_bodies", path("powers.body")),
        )
}

fn intermediary(base: &List) -> List {
    const FIELDS: [&str; 6] = ["name", "approvals", "agency_kind", "basis", "limit", "fee_basis"];
    let list = second("行政审批中介服务事项清单", "intermediary services for approvals");
    of_matter(list, base, "intermediary_matters", &FIELDS)
        .field("approval_names", texts("审批事项名称", "names of the approvals"))
        .field("bodies", references("bodies", "审批主体", "approving bodies"))
        .rule(
            take_matter("intermediary_matters", FIELDS, &["approvals"])
                .set("approval_names", path("approvals.name"))
                .set("bodies", path("approvals.body")),
        )
}

fn boundary(base: &List) -> List {
    let list = second("部门权责边界清单", "department boundaries");
    let (list, rule) = shared(list, base, "boundary_matters", "boundary_matter");
    list.rule(rule)
}

fn territorial(base: &List) -> List {
    let list = second("“属地管理”事项清单", "territorial management");
    let (list, rule) = shared(list, base, "territorial_matters", "territorial_matter");
    list.field("towns", references("bodies", "镇（街道）", "towns and sub-districts"))
        .rule(rule.set("towns", bodies_in("territorial_matter", "town")))
}

/// The participants of a matter that have a role.
fn bodies_in(by: &str, role: &str) -> Expr {
    rows_of("participants", by).fold_where(crate::schema::Fold::Collect, row("body"), row("role").is(role))
}

/// What the two lists have in common that tell bodies' duties apart. `by` is how participants refer to the matter.
fn shared(list: List, base: &List, matters: &str, by: &str) -> (List, Rule) {
    const FIELDS: [&str; 5] = ["name", "powers", "duties", "basis", "flow"];
    let list = of_matter(list, base, matters, &FIELDS)
        .field("power_names", texts("权责事项名称", "names of the powers"))
        .field("duty_clauses", texts("职责条款", "texts of the duty clauses"))
        .field("leads", integer("牵头主体数", "number of lead bodies"))
        .field("lead", references("bodies", "牵头主体", "lead"))
        .field("main", references("bodies", "主办主体", "main"))
        .field("cooperating", references("bodies", "配合主体", "co-operating"))
        .field("joint", references("bodies", "协同主体", "joint"));
    let rule = take_matter(matters, FIELDS, &["powers"])
        .set("power_names", path("powers.name"))
        .set("duty_clauses", path("duties.text"))
        .set("leads", rows_of("participants", by).count_where(row("role").is(LEAD)))
        .set("lead", bodies_in(by, LEAD))
        .set("main", bodies_in(by, "main"))
        .set("cooperating", bodies_in(by, "cooperate"))
        .set("joint", bodies_in(by, "joint"));
    (list, rule)
}
