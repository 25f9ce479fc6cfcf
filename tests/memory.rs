//! What the memory report says is what the allocator was asked for, to within a twentieth.
//!
//! A binary of its own: the allocator that counts is that of the whole binary.

use std::{error::Error, path::Path};

use allocation_counter::measure;
use quanze::{
    Edits, ListSystem, Record, Schema, State, four_tier,
    schema::{
        Field, Index, List, OnRemove, OrderBy, Probe, Rule, Type, Write, collect, count, element, join, lit, own,
        source, sum,
    },
    working_days,
};

#[path = "../examples/law_repealed/main.rs"]
#[expect(dead_code, reason = "only its facts are wanted here")]
mod law_repealed;

type Outcome = Result<(), Box<dyn Error>>;

/// A system, with the bytes that the allocator had to find for it beyond those of an empty one.
struct Measured {
    system: ListSystem,
    empty: usize,
    bytes: i64,
}

impl Measured {
    fn new(schema: &Schema) -> Self {
        let system = ListSystem::new(schema.clone());
        let empty = system.memory().total();
        Self { system, empty, bytes: 0 }
    }

    /// Makes a commit of edits as they come from elsewhere, sharing nothing.
    fn commit(&mut self, edits: &Edits) -> Outcome {
        let json = serde_json::to_string(edits)?;
        let mut outcome = Ok(());
        let measured = measure(|| outcome = commit(&mut self.system, &json));
        self.bytes += measured.bytes_current;
        outcome
    }

    #[track_caller]
    fn check(&self, what: &str) {
        let told = i64::try_from(self.system.memory().total() - self.empty).expect("it is not that large");
        let off = (told - self.bytes).abs();
        assert!(off * 40 <= self.bytes, "{what}: told {told}, allocated {}\n{:#?}", self.bytes, self.system.memory());
    }
}

fn commit(system: &mut ListSystem, json: &str) -> Outcome {
    let edits: Edits = serde_json::from_str(json)?;
    system.commit(edits)?;
    Ok(())
}

/// A system restored from a state, with the bytes that the allocator had to find for it.
fn restored(schema: &Schema, state: &State) -> Measured {
    let mut empty = None;
    let without = measure(|| empty = Some(ListSystem::new(schema.clone())));
    let mut system = None;
    let with = measure(|| system = Some(ListSystem::restore(schema.clone(), state).system));
    let empty = empty.expect("it was made").memory().total();
    let bytes = with.bytes_current - without.bytes_current;
    Measured { system: system.expect("it was made"), empty, bytes }
}

#[test]
fn the_preset_with_real_facts() -> Outcome {
    let facts = law_repealed::facts::Facts::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data"))?;
    let mut plain = Measured::new(&four_tier::schema());
    plain.commit(&facts.import)?;
    plain.check("facts");
    assert!(plain.system.memory().lists.values().all(|list| list.indexes == 0));
    let mut measured = Measured::new(&four_tier::options().indexed().builder().build()?);
    measured.commit(&facts.import)?;
    measured.check("facts, indexed");
    let powers: Vec<String> = measured.system.list("powers")?.rows().map(|row| row.key().to_string()).collect();
    for (number, power) in (0..).zip(&powers) {
        let edits = Edits::new().set("powers", power, "name", format!("事项{number}")).record_findings();
        measured.commit(&edits)?;
    }
    measured.check("renamed");
    let indexed = measured.system.memory().lists.values().map(|list| list.indexes).sum::<usize>();
    assert!(indexed > 0);
    let again = restored(measured.system.schema(), &measured.system.state());
    again.check("restored");
    Ok(())
}

/// Powers taken up by bodies, with groups, authored cells, and indexes on base and derived lists.
fn synthetic() -> Result<Schema, Box<dyn Error>> {
    let schema = Schema::builder()
        .list("bodies", List::base().field("name", Type::Text))
        .list(
            "powers",
            List::base()
                .field("name", Type::Text)
                .field("type", Type::Text)
                .field("fee", Type::Decimal)
                .field("limit", Type::Duration)
                .field("levels", Type::set(Type::Text))
                .index("by_name", Index::on(["name"]))
                .index("cheap", Index::on(["type", "fee"]).when(own("limit").lt(working_days(20)))),
        )
        .list(
            "implementers",
            List::base()
                .field("power", Field::new(Type::reference("powers")).on_remove(OnRemove::Cascade))
                .field("body", Type::reference("bodies")),
        )
        .list(
            "levels",
            List::derived()
                .field("level", Type::Text)
                .rule(Rule::each_element("level", "powers", "levels").set("level", element("value"))),
        )
        .list(
            "offers",
            List::derived()
                .field("body", Type::reference("bodies"))
                .field("title", Type::Text)
                .field("place", Field::new(Type::Text).write(Write::Local).required())
                .field("fee", Type::Decimal)
                .order_by(OrderBy::descending("fee"))
                .index("by_fee", Index::on([OrderBy::descending("fee")]))
                .index("by_body", Index::on(["body", "title"]))
                .rule(
                    Rule::each_match("taken_up", "powers", "implementers")
                        .on("power", Probe::Is(source("key")))
                        .set("body", element("body"))
                        .set("title", join([source("name"), lit(" – "), element("body.name")]))
                        .inherit(["fee"]),
                ),
        )
        .list(
            "by_body",
            List::derived()
                .field("body", Type::reference("bodies"))
                .field("offers", Type::Integer)
                .field("fees", Type::Decimal)
                .field("titles", Type::set(Type::Text))
                .rule(
                    Rule::each_group("body", "offers", [source("body")])
                        .set("body", source("body"))
                        .set("offers", count())
                        .set("fees", sum(source("fee")))
                        .set("titles", collect(source("title"))),
                ),
        )
        .build()?;
    Ok(schema)
}

fn power(number: usize) -> Record {
    Record::new()
        .with("name", format!("Power of many words, number {number}"))
        .with("type", ["licence", "penalty", "levy"][number % 3])
        .with("fee", format!("{}.{:02}", number % 90, number % 100))
        .with("limit", working_days(i64::try_from(number % 40).unwrap_or_default()))
        .with("levels", ["province", "city", "county"].into_iter().take(1 + number % 3).collect::<Vec<_>>())
}

#[test]
fn twelve_thousand_powers() -> Outcome {
    let mut measured = Measured::new(&synthetic()?);
    let mut edits = Edits::new();
    for number in 0..100 {
        edits = edits.insert("bodies", format!("body-{number}"), &Record::new().with("name", format!("Body {number}")));
    }
    for number in 0..12_000 {
        edits = edits.insert("powers", format!("power-{number}"), &power(number));
        let taken_up =
            Record::new().with("power", format!("power-{number}")).with("body", format!("body-{}", number % 100));
        edits = edits.insert("implementers", format!("taken-up-{number}"), &taken_up);
        if number % 4 == 0 {
            let key = format!("power-{number}/taken-up-{number}");
            edits = edits.author_because("offers", key, "place", format!("Hall {}", number % 9), "as agreed");
        }
    }
    measured.commit(&edits)?;
    measured.check("built at once");
    measured.commit(&Edits::new().set("bodies", "body-7", "name", "Renamed"))?;
    measured.check("after a small commit");
    let memory = measured.system.memory();
    for list in ["powers", "offers"] {
        assert!(memory.lists[list].indexes > 100_000, "{memory:#?}");
    }
    assert!(memory.lists["offers"].authored >= 3_000 * 12, "{memory:#?}");
    assert_eq!(memory.lists["bodies"].indexes, 0);

    // Here and there, one by one, so that pages and nodes are written in part.
    for number in 0..3_000 {
        let number = number * 7_919 % 12_000;
        let edits = Edits::new().set("powers", format!("power-{number}"), "name", format!("Other words {number}"));
        measured.commit(&edits)?;
    }
    measured.check("one by one");
    let removed = (0..12_000).step_by(3);
    measured.commit(&removed.fold(Edits::new(), |edits, number| edits.remove("powers", format!("power-{number}"))))?;
    measured.check("a third removed, what was authored is parked");
    restored(measured.system.schema(), &measured.system.state()).check("restored");
    Ok(())
}
