//! Cases that random systems hit too rarely to catch the breaks beside this file; and whether each of these still applies.

mod form;

use std::{fs, io, path::Path};

use quanze::{
    Edits, ListSystem, Schema, Value,
    schema::{Field, List, Rule, SchemaBuilder, Type, Write, element},
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
