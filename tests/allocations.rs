//! How often a single edit asks the allocator for memory, once all that is kept between commits is there.

use allocation_counter::measure;
use quanze::{
    Edits, ListSystem, Record, Schema,
    schema::{List, Rule, Type, source, sum},
};

/// Items, a list of those that are open, and their sums by team.
fn system() -> ListSystem {
    let schema = Schema::builder()
        .list(
            "items",
            List::base()
                .field("name", Type::Text)
                .field("team", Type::Text)
                .field("points", Type::Integer)
                .field("open", Type::Boolean),
        )
        .list(
            "open_items",
            List::derived()
                .field("name", Type::Text)
                .field("points", Type::Integer)
                .rule(Rule::each_row("open", "items").when(source("open")).inherit(["name", "points"])),
        )
        .list(
            "teams",
            List::derived()
                .field("points", Type::Integer)
                .rule(Rule::each_group("team", "items", [source("team")]).set("points", sum(source("points")))),
        );
    let mut system = ListSystem::new(schema.build().expect("a schema"));
    let record = |row: usize| {
        Record::new()
            .with("name", format!("item {row}"))
            .with("team", format!("t{}", row % 3))
            .with("points", row as i64)
            .with("open", true)
    };
    let edits = (0..100).fold(Edits::new(), |edits, row| edits.insert("items", format!("i{row}"), &record(row)));
    system.commit_with(edits, |_| ()).expect("accepted");
    system
}

#[test]
fn a_single_edit_allocates_at_most_eight_times() {
    let mut system = system();
    let schema = system.schema().clone();
    let items = schema.list("items").expect("a list");
    for (field, values) in [("name", ["a", "b"].map(quanze::Value::from)), ("points", [1, 2].map(quanze::Value::from))]
    {
        let field = schema.field("items", field).expect("a field");
        // The first commits let grow what is kept.
        for step in 0..20_usize {
            let value = values[step % 2].clone();
            let mut rows = 0;
            let asked = measure(|| {
                let edits = Edits::new().set(items, "i7", field, value);
                let told = system.commit_with(edits, |delta| delta.spans().map(|span| span.len()).sum::<usize>());
                rows = told.unwrap_or_default();
            });
            assert!(rows >= 2, "{rows} rows have changed");
            if step >= 4 {
                assert!(asked.count_total <= 8, "{} allocations at step {step}", asked.count_total);
            }
        }
    }
}
