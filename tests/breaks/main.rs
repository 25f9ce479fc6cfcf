//! Cases that random systems hit too rarely to catch the breaks beside this file; and whether each of these still applies.

mod form;

use std::{fs, io, path::Path};

use quanze::{
    Edits, ListSystem, Schema, Value, days,
    schema::{
        Field, List, Rule, SchemaBuilder, Table, Type, Write, collect, element, if_else, join, lit, own, source, sum,
    },
};
use serde_json::json;

/// Sheets with teams, a seat for each team of a sheet, and a shift for each day of a seat.
fn rota() -> SchemaBuilder {
    let seats = List::derived()
        .field("name", Type::Text)
        .field("days", Type::set(Type::Text))
        .field("stand_in", Field::new(Type::reference("teams")).write(Write::Local))
        .rule(Rule::each_element("team", "sheets", "teams").set("name", element("name")).inherit(["days"]));
    let label = join([lit("#"), source("name"), lit(" "), element("value")]);
    let shifts = List::derived()
        .field("name", Type::Text)
        .field("label", Type::Text)
        .rule(Rule::each_element("day", "seats", "days").inherit(["name"]).set("label", label));
    // Nothing of it but what it has from its seat.
    let turns =
        List::derived().field("name", Type::Text).rule(Rule::each_element("day", "seats", "days").inherit(["name"]));
    Schema::builder()
        .list("teams", List::base().field("name", Type::Text))
        .list(
            "sheets",
            List::base().field("teams", Type::set(Type::reference("teams"))).field("days", Type::set(Type::Text)),
        )
        .list("seats", seats)
        .list("shifts", shifts)
        .list("turns", turns)
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
    for list in ["shifts", "turns"] {
        let rows: Vec<String> = changes.changes(list).iter().map(|change| change.key().to_string()).collect();
        assert_eq!(rows, ["s/b/mon", "s/b/tue"], "{list}");
    }
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

/// People in teams: how long they stay in all, who they are, and what they are called.
fn teams() -> ListSystem {
    let people = List::base().field("name", Type::Text).field("team", Type::Text).field("stays", Type::Duration);
    let teams =
        List::derived().field("stays", Type::Duration).field("people", Type::set(Type::reference("people"))).rule(
            Rule::each_group("team", "people", [source("team")])
                .set("stays", sum(source("stays")))
                .set("people", collect(source("key"))),
        );
    let signs = List::derived()
        .field("names", Type::set(Type::Text))
        .rule(Rule::each_row("team", "teams").set("names", source("people.name")));
    let schema = Schema::builder().list("people", people).list("teams", teams).list("signs", signs);
    let mut system = ListSystem::new(schema.build().expect("a schema"));
    let edits = Edits::new().insert("people", "p", &json!({"name": "P", "team": "a", "stays": "3 days"})).insert(
        "people",
        "q",
        &json!({"name": "Q", "team": "a", "stays": "4 days"}),
    );
    system.commit(edits).expect("accepted");
    system
}

#[test]
fn a_group_is_found_by_those_that_it_has_come_to_refer_to() {
    let mut system = teams();
    system.commit(Edits::new().insert("people", "r", &json!({"team": "a"}))).expect("accepted");
    let changes = system.commit(Edits::new().set("people", "r", "name", "R")).expect("accepted");
    assert_eq!(changes.changes("signs").len(), 1);
    assert_eq!(system.verify().map_err(|difference| difference.to_string()), Ok(()));
}

#[test]
fn a_unit_that_nobody_has_any_more_is_forgotten() {
    let mut system = teams();
    let mut stays = |edits: Edits| {
        system.commit(edits).expect("accepted");
        let snapshot = system.snapshot();
        let teams = snapshot.list("teams").expect("a list");
        teams.row("a").expect("a row").get("stays").expect("a field")
    };
    assert_eq!(stays(Edits::new()), days(7).into());
    assert!(stays(Edits::new().insert("people", "r", &json!({"team": "a", "stays": "5 working_days"}))).is_missing());
    assert_eq!(stays(Edits::new().set("people", "r", "team", "b")), days(7).into());
}

#[test]
fn an_authored_set_is_in_the_order_of_the_new_keys() {
    let stand_ins = Field::new(Type::set(Type::reference("teams"))).write(Write::Local);
    let schema = Schema::builder()
        .list("teams", List::base().field("name", Type::Text))
        .list("sheets", List::base().field("name", Type::Text))
        .list("plans", List::derived().field("stand_ins", stand_ins).rule(Rule::each_row("sheet", "sheets")));
    let mut system = ListSystem::new(schema.build().expect("a schema"));
    let edits = Edits::new().insert("sheets", "s", &json!({}));
    let edits = ["a", "b", "c"].iter().fold(edits, |edits, team| edits.insert("teams", *team, &json!({})));
    system.commit(edits).expect("accepted");
    let seen = |system: &ListSystem| {
        let snapshot = system.snapshot();
        let plans = snapshot.list("plans").expect("a list");
        plans.row("s").expect("a row").get("stand_ins").expect("a field").to_string()
    };
    system.commit(Edits::new().author("plans", "s", "stand_ins", ["a", "c"])).expect("accepted");
    system.commit(Edits::new().rekey("teams", "a", "z")).expect("accepted");
    assert_eq!(seen(&system), "c, z");
    // And while it is parked.
    let edits = Edits::new().remove("sheets", "s").rekey("teams", "c", "zz");
    system.commit(edits).expect("accepted");
    system.commit(Edits::new().insert("sheets", "s", &json!({}))).expect("accepted");
    assert_eq!(seen(&system), "z, zz");
}

#[test]
fn rows_read_together_have_what_the_row_above_each_has() {
    let mut system = staffed();
    system.commit(Edits::new().add("sheets", "s", "teams", "c")).expect("accepted");
    system.commit(Edits::new().set("teams", "b", "name", Value::Missing)).expect("accepted");
    let mut read = Vec::new();
    let snapshot = system.snapshot();
    snapshot.list("shifts").expect("a list").resolve(&[0, 1], |row| {
        let [name, label] =
            [0, 1].map(|place| (row.values()[place].to_value().to_string(), row.moved() >> place & 1 == 0));
        read.push(format!("{}: {} {}, {}", row.key(), name.0, name.1, label.0));
    });
    let expected = [
        "s/a/mon: A false, #A mon",
        "s/a/tue: A true, #A tue",
        "s/b/mon:  false, ",
        "s/b/tue:  true, ",
        "s/c/mon: C false, #C mon",
        "s/c/tue: C true, #C tue",
    ];
    assert_eq!(read, expected);
}

/// What the lines of a table add to a text is added to what the root says, and to nothing that was read before.
#[test]
fn the_lines_of_a_table_are_each_written_behind_the_root() {
    let scenarios = Table::by("kind", "scenario", Type::Text)
        .column("by", Type::Text)
        .line("licence", "new")
        .with("by", "post")
        .line("licence", "renew")
        .with("by", "web");
    let schema =
        Schema::builder().list("powers", List::base().field("name", Type::Text).field("kind", Type::Text)).list(
            "cases",
            List::derived().field("name", Type::Text).field("label", Type::Text).rule(
                Rule::each_line("scenario", "powers", scenarios)
                    .set("name", join([source("name"), lit(" "), element("scenario")]))
                    .set("label", join([source("name"), lit(": "), element("scenario"), lit(" by "), element("by")])),
            ),
        );
    let mut system = ListSystem::new(schema.build().expect("a schema"));
    let edits = Edits::new()
        .insert("powers", "food", &json!({"name": "Food", "kind": "licence"}))
        .insert("powers", "nameless", &json!({"kind": "licence"}))
        .insert("powers", "venue", &json!({"name": "Venue", "kind": "licence"}));
    system.commit(edits).expect("accepted");
    let mut read = Vec::new();
    system.list("cases").expect("a list").resolve(&[0, 1], |row| {
        let [name, label] = [0, 1].map(|place| row.values()[place].to_value().to_string());
        read.push(format!("{}: {name}, {label}", row.key()));
    });
    let expected = [
        "food/new: Food new, Food: new by post",
        "food/renew: Food renew, Food: renew by web",
        "nameless/new: , ",
        "nameless/renew: , ",
        "venue/new: Venue new, Venue: new by post",
        "venue/renew: Venue renew, Venue: renew by web",
    ];
    assert_eq!(read, expected);
}

/// What many fields read is kept while a family is looked at: for each row and each field.
#[test]
fn what_is_kept_is_kept_for_its_row_and_field() {
    let mut list = List::derived();
    let mut rule = Rule::each_element("number", "sheets", "numbers");
    for (name, ty, first) in
        [("n", Type::Integer, element("value")), ("t", Type::Text, source("a")), ("u", Type::Text, source("b"))]
    {
        let field = |at: usize| format!("{name}{at}");
        list = list.field(field(0).as_str(), ty.clone());
        rule = rule.set(field(0).as_str(), first);
        for at in 1..12 {
            let before = || own(field(at - 1).as_str());
            let twice = if ty == Type::Integer {
                (before() + lit(1)).min(before() + lit(2))
            } else {
                before().or_else(before())
            };
            list = list.field(field(at).as_str(), ty.clone());
            rule = rule.set(field(at).as_str(), twice);
        }
    }
    let sheets = List::base().field("numbers", Type::set(Type::Integer)).field("a", Type::Text).field("b", Type::Text);
    let schema = Schema::builder().list("sheets", sheets).list("rows", list.rule(rule));
    let mut system = ListSystem::new(schema.build().expect("a schema"));
    let edits = Edits::new().insert("sheets", "s", &json!({"numbers": [1, 7], "a": "A", "b": "B"}));
    let changes = system.commit(edits).expect("accepted");
    let last = |change: &quanze::Change| ["n11", "t11", "u11"].map(|field| change.after(field).to_string());
    let rows: Vec<[String; 3]> = changes.changes("rows").iter().map(last).collect();
    assert_eq!(rows, [["12", "A", "B"], ["18", "A", "B"]]);
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
