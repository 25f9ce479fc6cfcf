//! The performance list and the evaluation of running records, held against counting everything anew.

use std::collections::BTreeMap;

use proptest::prelude::*;
use quanze::{
    Date, Edits, ListSystem,
    four_tier::{
        self, Body, Evaluation, ExcludedTime, Implementer, OperatingStep, Performance, Period, Post, Power,
        RunningRecord,
    },
    working_days,
};

const POWERS: [&str; 3] = ["food", "fire", "tax"];
const BODIES: [&str; 2] = ["market", "town"];
const KINDS: [&str; 2] = ["service", "penalty"];
const MONTHS: [&str; 2] = ["2026-01", "2026-02"];
const CHANNELS: [&str; 3] = ["online", "mobile", "window"];

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

fn begin() -> ListSystem {
    let schema = four_tier::options().with_execution().builder().build().expect("the preset has no faults");
    let mut system = ListSystem::new(schema);
    let period = |name: &str, from, to, within: &[&str]| Period {
        name: name.into(),
        from: day(from),
        to: day(to),
        within: within.iter().map(|one| (*one).into()).collect(),
    };
    let mut edits = Edits::new()
        .insert("periods", "2026", &period("2026年", "2026-01-01", "2026-12-31", &[]))
        .insert("periods", "2026-01", &period("2026年1月", "2026-01-01", "2026-01-31", &["2026"]))
        // Said to lie within itself as well, which counts once.
        .insert("periods", "2026-02", &period("2026年2月", "2026-02-01", "2026-02-28", &["2026", "2026-02"]));
    for body in BODIES {
        edits = edits.insert("bodies", body, &Body { name: body.into(), ..Body::default() });
    }
    for power in POWERS {
        let row = Power {
            name: power.into(),
            power_type: "01".into(),
            body: "market".into(),
            state: "1".into(),
            // One of them has no limit, so nothing of it is in time or late unless something was promised.
            statutory_limit: (power != "tax").then(|| working_days(10)),
            ..Power::default()
        };
        edits = edits.insert("powers", power, &row);
    }
    system.commit(edits).expect("they fit");
    system
}

/// A record as the test keeps it: the fields, and the days that do not count.
#[derive(Clone, Debug)]
struct Kept {
    record: RunningRecord,
    excluded: Vec<i64>,
}

impl Kept {
    fn net(&self) -> Option<i64> {
        Some(self.record.days? - self.excluded.iter().sum::<i64>())
    }
}

/// Adds up what is kept, record by record.
fn counted(kept: &BTreeMap<u8, Kept>, of: impl Fn(&RunningRecord) -> String) -> BTreeMap<(String, String), Evaluation> {
    let mut sums: BTreeMap<(String, String), Evaluation> = BTreeMap::new();
    for one in kept.values() {
        let record = &one.record;
        for period in [record.period.as_str(), "2026"] {
            let sum = sums.entry((of(record), period.into())).or_default();
            let is_closed = record.closed_on.is_some();
            let in_days = record.unit.as_deref() == Some("days");
            sum.records += 1;
            sum.closed += i64::from(is_closed);
            sum.online += i64::from(matches!(record.channel.as_deref(), Some("online" | "mobile")));
            let limit = record.promised.clone().or((record.power != "tax").then(|| working_days(10)));
            let Some(net) = one.net().filter(|_| is_closed) else { continue };
            let limit = limit.filter(|_| !in_days).map(|limit| limit.amount());
            sum.in_time += i64::from(limit.is_some_and(|limit| net <= limit));
            sum.late += i64::from(limit.is_some_and(|limit| net > limit));
            sum.judged += i64::from(limit.is_some());
            let (number, days, worst) = if in_days {
                (&mut sum.in_calendar_days, &mut sum.calendar_days, &mut sum.worst_calendar_days)
            } else {
                (&mut sum.in_working_days, &mut sum.working_days, &mut sum.worst_working_days)
            };
            *number += 1;
            *days = Some(days.unwrap_or(0) + net);
            *worst = Some(worst.map_or(net, |worst| worst.max(net)));
        }
    }
    sums
}

/// What is added up, without what only one of the lists has.
fn sums(of: &Evaluation) -> [Option<i64>; 12] {
    [
        Some(of.records),
        Some(of.closed),
        Some(of.in_time),
        Some(of.late),
        Some(of.judged),
        Some(of.online),
        Some(of.in_working_days),
        of.working_days.filter(|_| of.in_working_days > 0),
        Some(of.in_calendar_days),
        of.calendar_days.filter(|_| of.in_calendar_days > 0),
        of.worst_working_days,
        of.worst_calendar_days,
    ]
}

fn share(part: i64, of: i64) -> Option<f64> {
    (of != 0).then(|| part as f64 / of as f64)
}

fn is_near(decimal: Option<quanze::Decimal>, share: Option<f64>) -> bool {
    match (decimal.map(|it| it.to_string().parse::<f64>().expect("a number")), share) {
        (Some(a), Some(b)) => (a - b).abs() < 1e-9,
        (a, b) => a.is_none() && b.is_none(),
    }
}

fn hold(system: &ListSystem, kept: &BTreeMap<u8, Kept>) {
    type Of = fn(&RunningRecord) -> String;
    type NameOf = fn(&Evaluation) -> String;
    let by: [(&str, Of, NameOf); 3] = [
        ("body_evaluation", |record| record.body.clone(), |row| row.body.clone().unwrap_or_default()),
        ("item_evaluation", |record| record.power.clone(), |row| row.power.clone().unwrap_or_default()),
        (
            "kind_evaluation",
            |record| format!("{}/{}", record.body, record.kind),
            |row| format!("{}/{}", row.body.clone().unwrap_or_default(), row.kind.clone().unwrap_or_default()),
        ),
    ];
    for (list, of, name) in by {
        let expected = counted(kept, of);
        let rows = system.list(list).expect("a list");
        let rows: BTreeMap<(String, String), Evaluation> = rows
            .records::<Evaluation>()
            .map(|row| row.expect("a row of evaluation"))
            .map(|row| ((name(&row), row.period.clone()), row))
            .collect();
        assert_eq!(rows.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{list}");
        for (key, row) in &rows {
            let it = &expected[key];
            assert_eq!(sums(row), sums(it), "{list} {key:?}");
            assert!(is_near(row.online_share, share(it.online, it.records)), "{list} {key:?}: {row:?}");
            assert!(is_near(row.in_time_share, share(it.in_time, it.in_time + it.late)), "{list} {key:?}: {row:?}");
            let mean = it.working_days.and_then(|days| share(days, it.in_working_days));
            assert!(is_near(row.mean_working_days, mean), "{list} {key:?}: {row:?}");
        }
    }
    let never: Vec<&str> =
        POWERS.into_iter().filter(|power| !kept.values().any(|one| one.record.power == *power)).collect();
    let mut rows: Vec<String> =
        system.list("unexercised").expect("a list").rows().map(|row| row.key().to_string()).collect();
    rows.sort();
    let mut never: Vec<String> = never.into_iter().map(Into::into).collect();
    never.sort();
    assert_eq!(rows, never);
}

/// Something that is done with a record.
#[derive(Clone, Debug)]
enum Done {
    Enter(u8, RunningRecord),
    Correct(u8, RunningRecord),
    Close(u8, i64),
    Exclude(u8, i64),
    Readmit(u8),
    Remove(u8),
}

fn a_record() -> impl Strategy<Value = RunningRecord> {
    let what = (0..POWERS.len(), 0..BODIES.len(), 0..KINDS.len(), 0..MONTHS.len(), prop::option::of(0..CHANNELS.len()));
    (what, prop::option::of(0i64..30), any::<bool>(), prop::option::of(1i64..20)).prop_map(
        |((power, body, kind, month, channel), days, in_days, promised)| RunningRecord {
            channel: channel.map(|at| CHANNELS[at].into()),
            closed_on: days.map(|_| day("2026-02-27")),
            days,
            unit: in_days.then(|| "days".into()),
            promised: promised.map(working_days),
            ..RunningRecord::new(KINDS[kind], POWERS[power], BODIES[body], MONTHS[month], day("2026-01-05"))
        },
    )
}

fn a_deed() -> impl Strategy<Value = Done> {
    let id = 0u8..6;
    prop_oneof![
        3 => (id.clone(), a_record()).prop_map(|(id, record)| Done::Enter(id, record)),
        2 => (id.clone(), a_record()).prop_map(|(id, record)| Done::Correct(id, record)),
        2 => (id.clone(), 0i64..30).prop_map(|(id, days)| Done::Close(id, days)),
        2 => (id.clone(), 0i64..10).prop_map(|(id, days)| Done::Exclude(id, days)),
        1 => id.clone().prop_map(Done::Readmit),
        1 => id.prop_map(Done::Remove),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// After any sequence of records, corrections among them, the evaluation is what adding up everything anew gives.
    #[test]
    fn evaluation_is_what_adding_up_anew_gives(deeds in prop::collection::vec(a_deed(), 1..24)) {
        let mut system = begin();
        let mut kept: BTreeMap<u8, Kept> = BTreeMap::new();
        let mut excluded = 0;
        for deed in deeds {
            let (Done::Enter(id, _) | Done::Correct(id, _) | Done::Close(id, _) | Done::Exclude(id, _)
                | Done::Readmit(id) | Done::Remove(id)) = deed;
            let key = format!("r{id}");
            let is_there = kept.contains_key(&id);
            let edits = match deed {
                Done::Enter(_, record) if !is_there => {
                    let edits = Edits::new().insert("running_records", &key, &record);
                    kept.insert(id, Kept { record, excluded: Vec::new() });
                    edits
                }
                Done::Correct(_, record) if is_there => {
                    let edits = Edits::new().replace("running_records", &key, &record);
                    kept.entry(id).and_modify(|one| one.record = record);
                    edits
                }
                Done::Close(_, days) if is_there => {
                    kept.entry(id).and_modify(|one| {
                        one.record.closed_on = Some(day("2026-02-20"));
                        one.record.days = Some(days);
                    });
                    Edits::new()
                        .set("running_records", &key, "closed_on", day("2026-02-20"))
                        .set("running_records", &key, "days", days)
                }
                Done::Exclude(_, days) if is_there => {
                    excluded += 1;
                    kept.entry(id).and_modify(|one| one.excluded.push(days));
                    let row = ExcludedTime { record: key.clone(), kind: "test".into(), days, ..ExcludedTime::default() };
                    Edits::new().insert("excluded_times", format!("{key}:{excluded}"), &row)
                }
                Done::Readmit(_) if is_there => {
                    kept.entry(id).and_modify(|one| one.excluded.clear());
                    let rows = system.list("excluded_times").expect("a list");
                    let of_record: Vec<String> = rows
                        .rows()
                        .map(|row| row.key().to_string())
                        .filter(|row| row.starts_with(&format!("{key}:")))
                        .collect();
                    of_record.iter().fold(Edits::new(), |edits, row| edits.remove("excluded_times", row))
                }
                Done::Remove(_) if is_there => {
                    kept.remove(&id);
                    Edits::new().remove("running_records", &key)
                }
                _ => continue,
            };
            system.commit(edits).expect("a record is refused for nothing here");
            hold(&system, &kept);
        }
        system.verify().expect("the same as deriving everything anew");
    }
}

/// The performance list follows tier 1: renamed, cancelled and divided powers show at every post.
#[test]
fn the_performance_list_follows_tier_one() {
    let mut system = begin();
    let post = |office: &str| Post { body: "market".into(), office: Some(office.into()), name: "受理岗".into() };
    let step = |position, name: &str, days| OperatingStep {
        power: "food".into(),
        post: if position == 1 { "window".into() } else { "review".into() },
        position,
        name: name.into(),
        limit: Some(working_days(days)),
        norm: None,
    };
    let implementer =
        Implementer { power: "food".into(), body: "market".into(), level: "4".into(), ..Implementer::default() };
    system
        .commit(
            Edits::new()
                .insert("posts", "window", &post("审批科"))
                .insert("posts", "review", &post("监管科"))
                .insert("posts", "idle", &post("办公室"))
                .insert("operating_steps", "s2", &step(2, "审查", 6))
                .insert("operating_steps", "s1", &step(1, "受理", 2))
                .insert("implementers", "food-m", &implementer)
                .author("service_implementation", "food/food-m", "promised_limit", working_days(7)),
        )
        .expect("they fit");
    let rows = |system: &ListSystem| -> Vec<Performance> {
        system.list("performance").expect("a list").records().map(|row| row.expect("a row")).collect()
    };
    let told = |system: &ListSystem| -> Vec<String> {
        rows(system)
            .iter()
            .map(|row| format!("{} {} {}", row.name, row.office.as_deref().unwrap_or(""), row.step))
            .collect()
    };
    assert_eq!(told(&system), ["food 审批科 受理", "food 监管科 审查"]);

    system.commit(Edits::new().set("powers", "food", "name", "食品经营许可")).expect("a name");
    assert_eq!(told(&system), ["食品经营许可 审批科 受理", "食品经营许可 监管科 审查"]);

    // Eight days of steps beside a promise of seven: the promise cannot be kept.
    let keys: Vec<String> =
        system.list("promised_flows").expect("a list").rows().map(|row| row.key().to_string()).collect();
    assert_eq!(keys.len(), 1, "{keys:?}");
    let row = system.list("promised_flows").expect("a list").row(&keys[0]).expect("it is there");
    assert_eq!(row.get("time").expect("a field").to_string(), "8 working_days");
    assert_eq!(row.get("promised_limit").expect("a field").to_string(), "7 working_days");

    // A post without steps is told too; a power that is cancelled stays in the list and burdens no post.
    let steps = |system: &ListSystem, post: &str| {
        let row = system.list("post_duties").expect("a list").row(post).expect("every post is there");
        row.get("steps").expect("a field").to_string()
    };
    assert_eq!([steps(&system, "window"), steps(&system, "idle")], ["1", "0"]);
    system.commit(Edits::new().set("powers", "food", "state", "3")).expect("cancelled");
    assert_eq!(rows(&system).iter().map(|row| row.state.as_str()).collect::<Vec<_>>(), ["3", "3"]);
    assert_eq!(steps(&system, "window"), "0");
    // Each row of these lists is somebody's.
    let edits = Edits::new().set("powers", "food", "name", "食品许可").insert("posts", "new", &post("窗口"));
    let preview = system.preview(&edits).expect("a name and a post");
    let owners = four_tier::options().with_execution().owners();
    let impact = preview.impact(&system.snapshot(), &owners).expect("owners of every list");
    assert!(impact.owners().iter().all(|owner| owner.owner.to_string() == "market"), "{impact}");
    system.commit(Edits::new().set("powers", "food", "state", "1")).expect("in use again");

    // Divided into sub-items it is a heading, and is carried out no more by itself.
    let part = Power {
        name: "part".into(),
        power_type: "01".into(),
        body: "market".into(),
        state: "1".into(),
        parent: Some("food".into()),
        ..Power::default()
    };
    system.commit(Edits::new().insert("powers", "part", &part).record_findings()).expect("a sub-item");
    assert!(rows(&system).is_empty());
    system.verify().expect("the same as deriving everything anew");
}

/// What is found in a system, as `check list row`.
fn found(system: &ListSystem) -> Vec<String> {
    let of = ["flow_", "record_", "exercised_"];
    let snapshot = system.snapshot();
    let findings = snapshot.findings();
    let ours = findings.iter().filter(|finding| of.iter().any(|begin| finding.check().as_str().starts_with(begin)));
    ours.map(|finding| format!("{} {} {}", finding.check(), finding.list(), finding.key())).collect()
}

#[test]
fn what_does_not_fit_is_found_and_vanishes_when_mended() {
    let mut system = begin();
    let post = Post { body: "market".into(), office: None, name: "审查岗".into() };
    let step = |limit| OperatingStep {
        power: "food".into(),
        post: "review".into(),
        position: 1,
        name: "审查".into(),
        limit,
        norm: None,
    };
    let implementer =
        Implementer { power: "food".into(), body: "market".into(), level: "4".into(), ..Implementer::default() };
    system
        .commit(
            Edits::new()
                .insert("posts", "review", &post)
                .insert("operating_steps", "s1", &step(Some(working_days(6))))
                .insert("implementers", "food-m", &implementer)
                .author("service_implementation", "food/food-m", "promised_limit", working_days(5)),
        )
        .expect("they fit");
    let flow = &system.list("promised_flows").expect("a list").rows().next().expect("one").key().to_string();
    assert_eq!(found(&system), ["flow_beyond_promise promised_flows "].map(|begin| format!("{begin}{flow}")));

    let longer = |limit| Edits::new().set("operating_steps", "s1", "limit", limit);
    system.commit(longer(working_days(11))).expect("a step");
    let both = ["flow_beyond_limit workflows food/market", "flow_beyond_promise promised_flows "];
    assert_eq!(found(&system), [both[0].to_owned(), format!("{}{flow}", both[1])]);
    // Days and working days do not compare.
    system.commit(longer(quanze::days(1))).expect("a step");
    assert_eq!(found(&system).len(), 2);
    // A step without a time says nothing about the limit.
    system.commit(Edits::new().set("operating_steps", "s1", "limit", quanze::Value::Missing)).expect("a step");
    assert!(found(&system).is_empty());

    let record = RunningRecord {
        closed_on: Some(day("2026-02-03")),
        days: Some(4),
        ..RunningRecord::new("service", "food", "market", "2026-01", day("2026-01-30"))
    };
    system.commit(Edits::new().insert("running_records", "r", &record)).expect("a record");
    assert_eq!(found(&system), ["record_outside_period running_records r"]);
    system.commit(Edits::new().set("running_records", "r", "period", "2026-02")).expect("a period");
    assert!(found(&system).is_empty());

    system.commit(Edits::new().set("running_records", "r", "unit", "days")).expect("a unit");
    assert_eq!(found(&system), ["record_not_comparable handled r"]);
    system.commit(Edits::new().set("running_records", "r", "unit", "working_days")).expect("a unit");

    let cancelled =
        |on: &str| Edits::new().set("powers", "food", "state", "3").set("powers", "food", "cancelled_on", day(on));
    system.commit(cancelled("2026-01-30")).expect("cancelled");
    assert_eq!(found(&system), ["exercised_when_cancelled running_records r"]);
    system.commit(cancelled("2026-01-31")).expect("cancelled later");
    assert!(found(&system).is_empty());
    system.verify().expect("the same as deriving everything anew");
}

/// A view in use of one of these lists is whose the list is.
#[test]
fn rows_in_use_belong_to_whom_the_list_says() {
    let options = four_tier::options().with_execution().in_use_view("performance");
    let mut system = ListSystem::new(options.builder().build().expect("the preset has no faults"));
    let body = Body { name: "某局".into(), ..Body::default() };
    let power = Power {
        name: "food".into(),
        power_type: "01".into(),
        body: "market".into(),
        state: "1".into(),
        ..Power::default()
    };
    let post = Post { body: "town".into(), office: None, name: "受理岗".into() };
    let step = OperatingStep {
        power: "food".into(),
        post: "window".into(),
        position: 1,
        name: "受理".into(),
        limit: None,
        norm: None,
    };
    let edits = BODIES.iter().fold(Edits::new(), |edits, key| edits.insert("bodies", *key, &body));
    let edits =
        edits.insert("powers", "food", &power).insert("posts", "window", &post).insert("operating_steps", "s", &step);
    system.commit(edits).expect("they fit");
    let snapshot = system.snapshot();
    let rows = snapshot.list("performance_in_use").expect("the view");
    let key = rows.rows().next().expect("one step").key().to_string();
    let owners = options.owners().of_row(&snapshot, "performance_in_use", &key).expect("the paths lead somewhere");
    assert_eq!(owners.iter().map(ToString::to_string).collect::<Vec<_>>(), ["town"]);
}
