//! What governing costs: a law that founds many items, and looks into a long past.
//!
//! `cargo bench --bench governance -- [FILTER]`

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use quanze::{
    Date, Edits, ListSystem, Record, Schema, four_tier,
    governance::{
        self, Office, Person, Rules,
        calendar::{Calendar, Year},
        case::{Correspondence, LawRevision, Trigger},
        history::History,
    },
    schema::{List, Rule, Type},
};

/// Items that one law founds, and the bodies that share them.
const ITEMS: usize = 10_000;
const BODIES: usize = 20;
/// Revisions to look back over, and how far checkpoints lie apart.
const REVISIONS: usize = 100_000;
const APART: usize = 10_000;

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

fn record<const N: usize>(fields: [(&str, &str); N]) -> Record {
    fields.into_iter().fold(Record::new(), |record, (name, value)| record.with(name, value))
}

fn clerk() -> Person {
    Person::new("clerk", "establishment_office").of("body-0")
}

/// An office over items that all rest on one law.
fn office() -> Office {
    let mut system = ListSystem::new(governance::schema(&four_tier::options()).expect("the options make a schema"));
    let mut edits =
        Edits::new().insert("instruments", "law", &record([("title", "某法"), ("kind", "law"), ("state", "in_force")]));
    for body in 0..BODIES {
        edits = edits.insert("bodies", format!("body-{body}"), &record([("name", "某局"), ("kind", "department")]));
    }
    for article in 0..50 {
        let of_law = record([("instrument", "law")]).with("locator", format!("第{article}条"));
        edits = edits.insert("articles", format!("old-{article}"), &of_law);
    }
    for item in 0..ITEMS {
        let body = format!("body-{}", item % BODIES);
        let power = record([("name", "某事项"), ("type", "01"), ("body", &body), ("state", "1")]);
        edits = edits.insert("powers", format!("p{item}"), &power.with("basis", [format!("old-{}", item % 50)]));
        let implementer = record([("body", &body), ("level", "4")]).with("power", format!("p{item}"));
        edits = edits.insert("implementers", format!("i{item}"), &implementer);
    }
    system.commit(edits).unwrap_or_else(|refused| panic!("{refused}"));
    let year = Year { year: 2026, notice: "示例".into(), holidays: Vec::new(), working: Vec::new() };
    let rules = Rules::jiyuan(Calendar::new(vec![year], Vec::new()).expect("a calendar"));
    Office::begin(system, four_tier::owners(), rules, day("2026-03-02"), clerk()).expect("it opens")
}

fn revision() -> LawRevision {
    let begin =
        LawRevision::new("new", record([("title", "某法"), ("kind", "law")]), day("2026-04-01")).replaces("law");
    (0..50).fold(begin, |revision, article| {
        let new = format!("new-{article}");
        revision
            .article(new.as_str(), format!("第{article}条"))
            .corresponds(Correspondence::new(format!("old-{article}"), [new]))
    })
}

fn law(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("a law that founds 10,000 items");
    group.sample_size(10);
    let (on, by) = (day("2026-03-03"), clerk());
    let of_body = |body: &str| Person::new("applicant", "department").of(body);
    let revise = |office: &mut Office| {
        let trigger = (Trigger::LawAmended, on);
        office.law_revised(&revision(), ("law", "adjustment"), trigger, (on, &by), of_body).expect("it fits")
    };
    group.bench_function("cases opened", |bencher| {
        bencher.iter_batched(office, |mut office| black_box(revise(&mut office)).len(), BatchSize::PerIteration);
    });
    let mut opened = office();
    let packages = revise(&mut opened);
    assert_eq!(packages.len(), BODIES);
    group.bench_function("impact previewed", |bencher| {
        bencher.iter(|| {
            let rows = packages.iter().map(|package| {
                let preview = opened.preview(package, on).expect("it is open");
                preview.follows.map_or(0, |impact| impact.total().rows())
            });
            let rows: usize = rows.sum();
            assert!(rows >= ITEMS);
            rows
        });
    });
    group.finish();
}

/// A long history of a small system, with checkpoints or without.
fn history(checkpoints: bool) -> History {
    let schema = Schema::builder()
        .list("powers", List::base().tier(1).field("name", Type::Text).field("limit", Type::Integer))
        .list(
            "services",
            List::derived()
                .tier(2)
                .field("name", Type::Text)
                .field("limit", Type::Integer)
                .rule(Rule::each_row("all", "powers").inherit(["name", "limit"])),
        )
        .build()
        .expect("a schema");
    let mut system = ListSystem::new(schema);
    let rows = (0..1000).fold(Edits::new(), |edits, row| {
        edits.insert("powers", format!("p{row}"), &Record::new().with("name", "某事项").with("limit", 0))
    });
    system.commit(rows).unwrap_or_else(|refused| panic!("{refused}"));
    let mut history = History::begin(&system);
    let on = day("2026-03-02");
    for revision in 0..REVISIONS {
        let edits = Edits::new().set("powers", format!("p{}", revision % 1000), "limit", revision as i64);
        history.commit(&mut system, edits, on, on, clerk()).expect("it is accepted");
        if checkpoints && (revision + 1) % APART == 0 {
            history.checkpoint(&system);
        }
    }
    history
}

fn past(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("100,000 revisions");
    group.sample_size(10);
    for (name, checkpoints) in [("with checkpoints", true), ("without", false)] {
        let history = history(checkpoints);
        let (first, last) = (history.genesis().revision(), history.revision());
        // Behind a checkpoint as far as can be.
        let asked = last - 1;
        group.bench_function(format!("as of the last but one, {name}"), |bencher| {
            bencher.iter(|| history.as_of(asked).expect("it is there").revision());
        });
        group.bench_function(format!("as of the middle, {name}"), |bencher| {
            bencher.iter(|| history.as_of(u64::midpoint(first, last) - 1).expect("it is there").revision());
        });
    }
    let history = history(false);
    group.bench_function("what became of a row", |bencher| {
        bencher.iter(|| history.row("services", "p7").expect("a list").len());
    });
    let (lines, schema) = (history.to_lines(), history.schema().clone());
    group.bench_function("written as lines", |bencher| bencher.iter(|| history.to_lines().len()));
    group.bench_function("read from lines, each hash checked", |bencher| {
        bencher.iter(|| History::from_lines(schema.clone(), &lines).expect("they are whole").revision());
    });
    group.finish();
}

criterion_group!(benches, law, past);
criterion_main!(benches);
