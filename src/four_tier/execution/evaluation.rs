//! How powers are exercised: how much, how fast, in time or late, online or not, by item, body and period.
//!
//! What is counted once, by power, body, kind and period, is added up from there: one record more changes one row of `evaluation`, and one of
//! each sum above it. Means are not rounded; whoever prints them rounds.

use super::count_if;
use crate::{
    Decimal,
    four_tier::{
        fields::{carried, choice, date, integer, reference, references, text, view},
        powers::{is_leaf, powers},
        vocabularies::IN_USE,
    },
    schema::{Field, Labels, List, Rule, Type, collect, count, element, greatest, lit, rows_of, source, sum},
};

pub(super) fn lists() -> Vec<(&'static str, List)> {
    vec![
        ("evaluation", evaluation()),
        ("counted", counted()),
        ("body_evaluation", by("按机构评价", "evaluation by body", &["body", "period"])),
        ("kind_evaluation", by("按机构和类别评价", "evaluation by body and kind", &["body", "kind", "period"])),
        ("item_evaluation", by("按事项评价", "evaluation by power", &["power", "period"])),
        ("unexercised", unexercised()),
    ]
}

/// What is added up, with its labels.
const SUMS: [(&str, &str, &str); 10] = [
    ("records", "业务量", "records"),
    ("closed", "办结", "closed"),
    ("in_time", "按期办结", "closed in time"),
    ("late", "超期办结", "closed late"),
    ("judged", "可与时限对照的办结", "closed in time or late"),
    ("online", "网上办理", "online"),
    ("in_working_days", "按工作日计的办结", "closed, counted in working days"),
    ("working_days", "用时合计（工作日）", "net working days in all"),
    ("in_calendar_days", "按自然日计的办结", "closed, counted in calendar days"),
    ("calendar_days", "用时合计（自然日）", "net calendar days in all"),
];

/// Of which the greatest counts.
const WORST: [(&str, &str, &str); 2] = [
    ("worst_working_days", "最长用时（工作日）", "worst net working days"),
    ("worst_calendar_days", "最长用时（自然日）", "worst net calendar days"),
];

/// What follows from sums: the one divided by the other.
const SHARES: [(&str, &str, &str, &str, &str); 4] = [
    ("online_share", "online", "records", "网办率", "share online"),
    ("in_time_share", "in_time", "judged", "按期办结率", "share closed in time"),
    ("mean_working_days", "working_days", "in_working_days", "平均用时（工作日）", "mean net working days"),
    ("mean_calendar_days", "calendar_days", "in_calendar_days", "平均用时（自然日）", "mean net calendar days"),
];

fn grouped(list: List, by: &[&str]) -> List {
    let all = [
        ("power", reference("powers", "权责事项", "power")),
        ("body", reference("bodies", "办理机构", "body that handles it")),
        ("kind", choice("running_kinds", "类别", "kind")),
        ("period", reference("periods", "期间", "period")),
    ];
    all.into_iter().filter(|(name, _)| by.contains(name)).fold(list, |list, (name, field)| list.field(name, field))
}

fn measured(list: List) -> List {
    SUMS.into_iter().chain(WORST).fold(list, |list, (name, zh, en)| list.field(name, integer(zh, en)))
}

/// Once for each power, body, kind and period.
fn evaluation() -> List {
    const BY: [&str; 4] = ["power", "body", "kind", "period"];
    let has = |field: &str| count_if(source(field).is_present());
    let is = |field: &str| count_if(source(field));
    let rule = BY
        .into_iter()
        .fold(Rule::each_group("handled", "handled", BY.map(source)), |rule, name| rule.set(name, source(name)))
        .set("within", collect(source("period.within")))
        .set("records", count())
        .set("closed", is("is_closed"))
        .set("in_time", is("in_time"))
        .set("late", is("late"))
        .set("judged", count_if(source("in_time").or(source("late"))))
        .set("online", is("online"))
        .set("in_working_days", has("working_days"))
        .set("working_days", sum(source("working_days")))
        .set("in_calendar_days", has("calendar_days"))
        .set("calendar_days", sum(source("calendar_days")))
        .set("worst_working_days", greatest(source("working_days")))
        .set("worst_calendar_days", greatest(source("calendar_days")));
    let list = grouped(view("运行情况统计", "evaluation"), &BY);
    measured(list.field("within", references("periods", "所属期间", "periods it lies within"))).rule(rule)
}

/// The same once for each period in which it counts: its own, and those which that lies within.
fn counted() -> List {
    const OF: [&str; 3] = ["power", "body", "kind"];
    let names = || SUMS.into_iter().chain(WORST).map(|(name, ..)| name);
    // A period that is said to lie within itself counts once.
    let is_own = source("period").is_in(source("within")).not();
    let own =
        Rule::each_row("own", "evaluation").when(is_own).inherit(OF).set("period", source("period")).inherit(names());
    let within = Rule::each_element("within", "evaluation", "within")
        .inherit(OF)
        .set("period", element("value"))
        .inherit(names());
    measured(grouped(view("计入各期间的运行情况", "evaluation by period"), &["power", "body", "kind", "period"]))
        .rule(own)
        .rule(within)
}

/// Sums of these by some of what they are counted by.
fn by(zh: &str, en: &str, by: &[&'static str]) -> List {
    let decimal = |zh: &str, en: &str| Field::new(Type::Decimal).labels(Labels::zh_en(zh, en));
    let mut rule = Rule::each_group("counted", "counted", by.iter().map(source));
    let mut list = measured(grouped(view(zh, en), by));
    for name in by {
        rule = rule.set(*name, source(name));
    }
    if !by.contains(&"power") {
        list = list.field("powers", references("powers", "行使的事项", "powers exercised"));
        rule = rule.set("powers", collect(source("power")));
    }
    for (name, ..) in SUMS {
        rule = rule.set(name, sum(source(name)));
    }
    for (name, ..) in WORST {
        rule = rule.set(name, greatest(source(name)));
    }
    for (name, part, of, zh, en) in SHARES {
        list = list.field(name, decimal(zh, en));
        rule = rule.set(name, sum(source(part)) * lit(Decimal::from(1)) / sum(source(of)));
    }
    list.rule(rule)
}

/// The powers in use of which there is no record at all.
fn unexercised() -> List {
    let list = view("未行使事项", "powers never exercised").field("power", reference("powers", "权责事项", "power"));
    carried(list, &powers(), &["name", "type", "body"])
        .field("effective_on", date("生效日期", "in use from"))
        .field("office", text("承办机构", "undertaking office"))
        .rule(
            Rule::each_row("power", "powers")
                .when(source("state").is(IN_USE).and(is_leaf()).and(rows_of("running_records", "power").count().is(0)))
                .set("power", source("key"))
                .inherit(["name", "type", "body", "effective_on", "office"]),
        )
}
