//! Schemas of odd shapes, filled: many lists, many fields, deep rules, rows that many refer to, large families, large groups.
//!
//! Used by `benches/cliffs.rs`, which times a change of each, and by `tests/cliffs.rs`, which counts what it looks at.

use quanze::{
    Edits, ListSystem, Record, Schema, Value,
    schema::{List, Rule, SchemaBuilder, Type, count, element, greatest, least, source},
};

/// A system, and a change of it for each step.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) system: ListSystem,
    pub(crate) change: fn(u64) -> Edits,
    /// Whether the change takes as long in a system ten times as large.
    pub(crate) is_flat: bool,
}

/// All shapes, of about so many rows.
pub(crate) const ALL: [fn(usize) -> Shape; 8] =
    [many_lists, many_fields, deep, cited, uncited, large_root, large_set, large_group];

fn filled(name: &'static str, schema: SchemaBuilder, edits: Edits, change: fn(u64) -> Edits, is_flat: bool) -> Shape {
    let schema: Schema = schema.build().unwrap_or_else(|faults| panic!("{name}: {faults}"));
    let mut system = ListSystem::new(schema);
    system.commit_with(edits, |_| ()).unwrap_or_else(|refused| panic!("{name}: {refused}"));
    Shape { name, system, change, is_flat }
}

fn numbered(stem: &str, number: usize) -> String {
    format!("{stem}{number}")
}

/// Two hundred lists follow from one, each with a field of its own.
fn many_lists(size: usize) -> Shape {
    let mut base = List::base();
    for at in 0..100 {
        base = base.field(numbered("f", at).as_str(), Type::Integer);
    }
    let mut schema = Schema::builder().list("items", base);
    for at in 0..200 {
        let field = numbered("f", at % 100);
        let rule = Rule::each_row("row", "items").inherit([field.as_str()]);
        schema =
            schema.list(numbered("list", at).as_str(), List::derived().field(field.as_str(), Type::Integer).rule(rule));
    }
    let record = (0..100).fold(Record::new(), |record, at| record.with(numbered("f", at), at as i64));
    let edits = (0..size / 200).fold(Edits::new(), |edits, row| edits.insert("items", numbered("i", row), &record));
    filled("200 lists", schema, edits, |step| Edits::new().set("items", "i0", "f7", step as i64 + 1000), true)
}

/// Lists of a hundred fields.
fn many_fields(size: usize) -> Shape {
    let names: Vec<String> = (0..100).map(|at| numbered("f", at)).collect();
    let (mut base, mut list) = (List::base(), List::derived());
    for name in &names {
        base = base.field(name.as_str(), Type::Integer);
        list = list.field(name.as_str(), Type::Integer);
    }
    let list = list.rule(Rule::each_row("row", "items").inherit(names.iter().map(String::as_str)));
    let schema = Schema::builder().list("items", base).list("rows", list);
    let record = names.iter().fold(Record::new(), |record, name| record.with(name.as_str(), 1));
    let edits = (0..size / 10).fold(Edits::new(), |edits, row| edits.insert("items", numbered("i", row), &record));
    filled("100 fields a list", schema, edits, |step| Edits::new().set("items", "i0", "f99", step as i64 + 2), true)
}

/// Rules six deep.
fn deep(size: usize) -> Shape {
    let mut schema = Schema::builder().list("level0", List::base().field("name", Type::Text));
    for level in 1..=6 {
        let rule = Rule::each_row("row", numbered("level", level - 1)).inherit(["name"]);
        let list = List::derived().field("name", Type::Text).rule(rule);
        schema = schema.list(numbered("level", level).as_str(), list);
    }
    let record = Record::new().with("name", "before");
    let edits = (0..size / 6).fold(Edits::new(), |edits, row| edits.insert("level0", numbered("i", row), &record));
    let change = |step| Edits::new().set("level0", "i0", "name", format!("name {step}"));
    filled("rules six deep", schema, edits, change, true)
}

/// Powers that all cite one article but for a tenth, whose title they show.
fn citing(size: usize) -> (SchemaBuilder, Edits) {
    let schema = Schema::builder()
        .list("articles", List::base().field("title", Type::Text))
        .list("powers", List::base().field("article", Type::reference("articles")))
        .list(
            "notices",
            List::derived()
                .field("title", Type::Text)
                .rule(Rule::each_row("power", "powers").set("title", source("article.title"))),
        );
    let articles = ["often", "once"]
        .iter()
        .fold(Edits::new(), |edits, key| edits.insert("articles", *key, &Record::new().with("title", "before")));
    let edits = (0..size).fold(articles, |edits, row| {
        let article = if row == 0 { "once" } else { "often" };
        edits.insert("powers", numbered("p", row), &Record::new().with("article", article))
    });
    (schema, edits)
}

/// An article that all powers cite.
fn cited(size: usize) -> Shape {
    let (schema, edits) = citing(size);
    let change = |step| Edits::new().set("articles", "often", "title", format!("title {step}"));
    filled("an article that all cite", schema, edits, change, false)
}

/// An article beside it that one power cites.
fn uncited(size: usize) -> Shape {
    let (schema, edits) = citing(size);
    let change = |step| Edits::new().set("articles", "once", "title", format!("title {step}"));
    filled("an article beside it that one cites", schema, edits, change, true)
}

fn of_elements() -> SchemaBuilder {
    let rule = Rule::each_element("number", "sheets", "numbers").set("number", element("value")).inherit(["name"]);
    Schema::builder()
        .list("sheets", List::base().field("name", Type::Text).field("numbers", Type::set(Type::Integer)))
        .list("rows", List::derived().field("name", Type::Text).field("number", Type::Integer).rule(rule))
}

fn sheet(size: usize) -> Edits {
    let numbers: Vec<Value> = (0..size / 10).map(|number| Value::Integer(number as i64)).collect();
    let record = Record::new().with("name", "before").with("numbers", Value::List(numbers));
    Edits::new().insert("sheets", "s", &record)
}

/// One row with a tenth of all as derived rows, which grows by one.
fn large_root(size: usize) -> Shape {
    let change = |step| Edits::new().add("sheets", "s", "numbers", -1 - step as i64);
    filled("a root that grows by a row", of_elements(), sheet(size), change, false)
}

/// The same, of which another field changes.
fn large_set(size: usize) -> Shape {
    let change = |step| Edits::new().set("sheets", "s", "name", format!("name {step}"));
    filled("a set of many elements", of_elements(), sheet(size), change, false)
}

/// One group of all, with its smallest and largest value.
fn large_group(size: usize) -> Shape {
    let schema =
        Schema::builder().list("members", List::base().field("team", Type::Text).field("points", Type::Integer)).list(
            "teams",
            List::derived()
                .field("members", Type::Integer)
                .field("least", Type::Integer)
                .field("most", Type::Integer)
                .rule(
                    Rule::each_group("team", "members", [source("team")])
                        .set("members", count())
                        .set("least", least(source("points")))
                        .set("most", greatest(source("points"))),
                ),
        );
    let edits = (0..size).fold(Edits::new(), |edits, row| {
        let record = Record::new().with("team", "all").with("points", row as i64);
        edits.insert("members", numbered("m", row), &record)
    });
    let change = |step: u64| {
        let points = if step.is_multiple_of(2) { -1 - step as i64 } else { i64::from(u32::MAX) + step as i64 };
        Edits::new().set("members", "m7", "points", points)
    };
    filled("a group of all, with min and max", schema, edits, change, true)
}
