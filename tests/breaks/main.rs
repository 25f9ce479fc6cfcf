//! Cases that random systems hit too rarely to catch the breaks beside this file; and whether each of these still applies.

mod form;

use std::{fs, io, path::Path};

use quanze::{
    Edits, ListSystem, Schema, Value,
    schema::{Field, List, Rule, SchemaBuilder, Type, Write, element, if_else, join, lit, source},
};
use serde_json::json;

/// Sheets with teams, a seat for each team of a sheet, and a shift for each day of a seat.
fn rota() -> SchemaBuilder {
    let seats = List::derived()
        .field("name", Type::Text)
        .field("days", Type::set(Type::Text))
        .field("stand_in", Field::new(Type::reference("teams")).write(Write::Local))
        .rule(Rule::each_element("team", "sheets", "teams").set("name", element("name")).inherit(["days"]));
    let shifts =
        List::derived().field("name", Type::Text).rule(Rule::each_element("day", "seats", "days").inherit(["name"]));
    Schema::builder()
        .list("teams", List::base().field("name", Type::Text))
        .list(
            "sheets",
            List::base().field("teams", Type::set(Type::reference("teams"))).field("days", Type::set(Type::Text)),
        )
        .list("seats", seats)
        .list("shifts", shifts)
}

/// Two teams on one sheet, and a third that stands in for the second.
fn staffed() -> ListSystem {
    let mut system = ListSystem::new(rota().build().expect("a schema"));
    let edits = Edits::new()
        .insert("teams", "a", &json!({"name": "A"}))
        .insert("teams", "b", &json!({"name": "B"}))
        .insert("teams", "c", &json!({"name": "C"}))
        .insert("sheets", "s", &json!({"teams": ["a", "b"], "days": ["mon", "tue"]}));
    system.commit(edits).expect("accepted");
    system.commit(Edits::new().author("seats", "s/b", "stand_in", "c")).expect("accepted");
    system
}

fn stand_in(system: &ListSystem) -> Value {
    let snapshot = system.snapshot();
    let seats = snapshot.list("seats").expect("a list");
    seats.row("s/b").expect("a row").get("stand_in").expect("a field")
}

#[test]
fn rows_under_other_rows_change_for_themselves() {
    let mut system = staffed();
    let changes = system.commit(Edits::new().set("teams", "b", "name", "Bee")).expect("accepted");
    let shifts: Vec<String> = changes.changes("shifts").iter().map(|change| change.key().to_string()).collect();
    assert_eq!(shifts, ["s/b/mon", "s/b/tue"]);
}

#[test]
fn an_authored_reference_follows_the_key_of_its_row() {
    let mut system = staffed();
    system.commit(Edits::new().rekey("teams", "c", "d")).expect("accepted");
    assert_eq!(stand_in(&system).to_string(), "d");
}

#[test]
fn an_authored_reference_comes_back_with_its_row() {
    let mut system = staffed();
    system.commit(Edits::new().discard("sheets", "s", "teams", "b")).expect("accepted");
    system.commit(Edits::new().remove("teams", "c")).expect("nothing seen refers to it");
    system.commit(Edits::new().add("sheets", "s", "teams", "b")).expect("accepted");
    assert!(stand_in(&system).is_missing());
    system.commit(Edits::new().insert("teams", "c", &json!({"name": "C"}))).expect("accepted");
    assert_eq!(stand_in(&system).to_string(), "c");
}

/// What leads to a row is swept where much of it has come, and only what is wrong goes.
#[test]
fn rows_that_share_a_value_are_all_found_after_many_have_come() {
    let schema = Schema::builder()
        .list("teams", List::base().field("name", Type::Text))
        .list("people", List::base().field("team", Type::reference("teams")))
        .list(
            "badges",
            List::derived()
                .field("team", Type::Text)
                .rule(Rule::each_row("person", "people").set("team", source("team.name"))),
        );
    let mut system = ListSystem::new(schema.build().expect("a schema"));
    let teams =
        ["a", "b"].iter().fold(Edits::new(), |edits, team| edits.insert("teams", *team, &json!({"name": team})));
    system.commit(teams).expect("accepted");
    for number in 0..50 {
        system.commit(Edits::new().insert("people", format!("{number:02}"), &json!({"team": "a"}))).expect("accepted");
    }
    for number in 0..20 {
        system.commit(Edits::new().set("people", format!("{number:02}"), "team", "b")).expect("accepted");
    }
    let changes = system.commit(Edits::new().set("teams", "a", "name", "A")).expect("accepted");
    assert_eq!((changes.changes("badges").len(), system.work().visits), (30, 31));
    let changes = system.commit(Edits::new().set("teams", "b", "name", "B")).expect("accepted");
    assert_eq!((changes.changes("badges").len(), system.work().visits), (20, 21));
}

/// A key that a rule says is the same row in both states.
#[test]
fn a_row_that_a_rule_names_is_told_as_changed_only_where_it_is_another() {
    let team = if_else(source("is_lead"), lit("a"), lit("b"));
    let schema = Schema::builder()
        .list("teams", List::base().field("name", Type::Text))
        .list("people", List::base().field("is_lead", Type::Boolean))
        .list(
            "badges",
            List::derived()
                .field("team", Type::reference("teams"))
                .rule(Rule::each_row("person", "people").set("team", team)),
        );
    let mut system = ListSystem::new(schema.build().expect("a schema"));
    system.commit(Edits::new().insert("people", "p", &json!({"is_lead": false}))).expect("accepted");
    let changes = system.commit(Edits::new().set("people", "p", "is_lead", Value::Missing)).expect("accepted");
    assert_eq!(changes.changes("badges").len(), 0);
    let changes = system.commit(Edits::new().set("people", "p", "is_lead", true)).expect("accepted");
    assert_eq!(changes.changes("badges")[0].changed().count(), 1);
}

/// Of a text that is joined of two fields one may have grown by what the other has lost.
#[test]
fn a_joined_text_that_reads_as_before_has_not_changed() {
    let schema =
        Schema::builder().list("people", List::base().field("first", Type::Text).field("last", Type::Text)).list(
            "badges",
            List::derived()
                .field("name", Type::Text)
                .rule(Rule::each_row("person", "people").set("name", join([source("first"), source("last")]))),
        );
    let mut system = ListSystem::new(schema.build().expect("a schema"));
    system.commit(Edits::new().insert("people", "p", &json!({"first": "欧", "last": "阳修"}))).expect("accepted");
    let edits = Edits::new().set("people", "p", "first", "欧阳").set("people", "p", "last", "修");
    assert_eq!(system.commit(edits).expect("accepted").changes("badges").len(), 0);
    let changes = system.commit(Edits::new().set("people", "p", "last", "询")).expect("accepted");
    assert_eq!(changes.changes("badges").len(), 1);
}

/// Each finds its text exactly once, and the tests that it names are there.
#[test]
fn every_break_still_applies() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let breaks = form::all(&root.join("tests/breaks"))?;
    let mut wrong = Vec::new();
    for one in &breaks {
        wrong.extend(one.place(&fs::read_to_string(root.join(&one.file))?).err());
        let (target, case) = &one.test;
        let alone = root.join("tests").join(target).with_extension("rs");
        let path = if alone.exists() { alone } else { root.join("tests").join(target).join("main.rs") };
        if !fs::read_to_string(&path).unwrap_or_default().contains(&format!("fn {case}")) {
            wrong.push(format!("{}: there is no test '{case}' in {}", one.name, path.display()));
        }
        if one.old == one.new || one.promise.is_empty() {
            wrong.push(format!("{}: it breaks nothing", one.name));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(breaks.len() > 100, "only {} breaks were seen", breaks.len());
    Ok(())
}
