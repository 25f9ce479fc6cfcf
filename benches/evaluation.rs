//! What it costs to keep the evaluation of a million running records in step, record by record.
//!
//! `cargo bench --bench evaluation -- [FILTER]`

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use quanze::{
    Date, Edits, ListSystem, Record,
    four_tier::{self, Evaluation, ExcludedTime, RunningRecord},
    working_days,
};

const RECORDS: usize = 1_000_000;
const POWERS: usize = 5_000;
const BODIES: usize = 50;
/// So many records a commit while they are entered.
const BATCH: usize = 50_000;

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

fn record<const N: usize>(fields: [(&str, &str); N]) -> Record {
    fields.into_iter().fold(Record::new(), |record, (name, value)| record.with(name, value))
}

/// The number-th record: spread over powers, bodies, months and days in a way that repeats only after all of them.
fn of_number(number: usize) -> RunningRecord {
    let power = number % POWERS;
    RunningRecord {
        channel: Some(["online", "window", "mobile"][number % 3].into()),
        closed_on: Some(day("2026-06-30")),
        days: Some((number * 7 % 23) as i64),
        promised: Some(working_days(15)),
        ..RunningRecord::new(
            "service",
            format!("p{power}"),
            format!("b{}", power % BODIES),
            format!("2026-{:02}", number / POWERS % 12 + 1),
            day("2026-06-01"),
        )
    }
}

fn begin() -> ListSystem {
    let schema = four_tier::options().with_execution().builder().build().expect("the preset has no faults");
    let mut system = ListSystem::new(schema);
    let year = record([("name", "2026年"), ("from", "2026-01-01"), ("to", "2026-12-31")]);
    let mut edits = Edits::new().insert("periods", "2026", &year);
    for month in 1..=12 {
        // Whether a record lies in its period is another matter.
        let period = record([("name", "某月"), ("from", "2026-01-01"), ("to", "2026-12-31")]).with("within", ["2026"]);
        edits = edits.insert("periods", format!("2026-{month:02}"), &period);
    }
    for body in 0..BODIES {
        edits = edits.insert("bodies", format!("b{body}"), &record([("name", "某局"), ("kind", "department")]));
    }
    for power in 0..POWERS {
        let body = format!("b{}", power % BODIES);
        let row = record([("name", "某事项"), ("type", "01"), ("body", &body), ("state", "1")]);
        edits = edits.insert("powers", format!("p{power}"), &row);
    }
    system.commit(edits).unwrap_or_else(|refused| panic!("{refused}"));
    system
}

fn enter(system: &mut ListSystem, numbers: impl Iterator<Item = usize>) {
    let edits = numbers
        .fold(Edits::new(), |edits, number| edits.insert("running_records", format!("r{number}"), &of_number(number)));
    system.commit_with(edits, |_| ()).unwrap_or_else(|refused| panic!("{refused}"));
}

/// The records of the year over all bodies, as the evaluation has them.
fn evaluated(system: &ListSystem) -> i64 {
    let rows = system.list("body_evaluation").expect("a list");
    let of_year = rows.records::<Evaluation>().map(|row| row.expect("a row")).filter(|row| row.period == "2026");
    of_year.map(|row| row.records).sum()
}

fn evaluation(criterion: &mut Criterion) {
    let mut system = begin();
    let began = std::time::Instant::now();
    for from in (0..RECORDS).step_by(BATCH) {
        enter(&mut system, from..from + BATCH);
    }
    assert_eq!(evaluated(&system), RECORDS as i64, "every record is evaluated once");
    eprintln!("{RECORDS} records entered in {:.1} s, {BATCH} a commit", began.elapsed().as_secs_f64());

    let mut group = criterion.benchmark_group("1,000,000 running records");
    group.sample_size(20);
    let mut next = RECORDS;
    group.bench_function("one record more", |bencher| {
        bencher.iter_batched(
            || {
                next += 1;
                Edits::new().insert("running_records", format!("r{next}"), &of_number(next))
            },
            |edits| system.commit_with(edits, |_| ()).expect("a record"),
            BatchSize::SmallInput,
        );
    });
    let mut at = 0;
    group.bench_function("the days of one corrected", |bencher| {
        bencher.iter_batched(
            || {
                at += 1;
                let number = at * 7919 % RECORDS;
                Edits::new().set("running_records", format!("r{number}"), "days", (at % 40 + 1) as i64)
            },
            |edits| system.commit_with(edits, |_| ()).expect("a correction"),
            BatchSize::SmallInput,
        );
    });
    let mut excluded = 0;
    group.bench_function("time of one that does not count", |bencher| {
        bencher.iter_batched(
            || {
                excluded += 1;
                let record = format!("r{}", excluded * 6007 % RECORDS);
                let row = ExcludedTime { record, kind: "test".into(), days: 2, ..ExcludedTime::default() };
                Edits::new().insert("excluded_times", format!("x{excluded}"), &row)
            },
            |edits| system.commit_with(edits, |_| ()).expect("time that does not count"),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("the evaluation of all bodies read", |bencher| bencher.iter(|| evaluated(&system)));
    group.finish();
}

criterion_group!(benches, evaluation);
criterion_main!(benches);
