//! The oracle on examples worked out by hand from the contract.

mod oracle;

use std::fmt::Write as _;

use oracle::{
    Batch, Edit, Finding, Kind, State, World, apply, diff, findings, parked,
    state::{Shown, add, author, clear, discard, forget, insert, rekey, remove, replace, set},
};
use quanze::{
    Name, Value, days,
    schema::{
        Check, Checksum, CodeScheme, Direction, Expr, Field, Fold, List, Narrow, OnRemove, OrderBy, Probe, Rule,
        SchemaBuilder, Segment, Severity, Table, Type, Vocabulary, Write, authored, coalesce, code, collect, count,
        element, fold, if_else, join, lit, own, path, row, rows_of, source, sum, union,
    },
    working_days,
};

/// The state after batches that must all be accepted.
fn state_of(schema: &SchemaBuilder, batches: impl IntoIterator<Item = Batch>) -> State {
    batches.into_iter().fold(State::default(), |state, batch| match apply(schema, &state, &batch) {
        Ok(next) => next,
        Err(faults) => panic!("refused: {batch}{faults:#?}"),
    })
}

fn one<const N: usize>(edits: [Edit; N]) -> [Batch; 1] {
    [Batch::of(edits)]
}

/// The rows of a list in declared order, a line each: the key and the values present.
fn shown(schema: &SchemaBuilder, state: &State, list: &str) -> String {
    let (world, list) = (World::new(schema, state), Name::from(list));
    let mut text = String::new();
    for key in world.declared_order(&list) {
        write!(text, "{key}:").expect("writing text");
        for field in schema.lists[&list].fields.keys() {
            let value = world.value(&list, &key, field);
            if !value.is_missing() {
                write!(text, " {field}={}", Shown(&value)).expect("writing text");
            }
        }
        text.push('\n');
    }
    text
}

#[track_caller]
fn check(schema: &SchemaBuilder, state: &State, list: &str, expect: &str) {
    let expect: String = expect
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .fold(String::new(), |all, line| all + line + "\n");
    assert_eq!(shown(schema, state, list), expect);
}

/// The kinds of fault of a batch, with where they are.
fn faults<const N: usize>(schema: &SchemaBuilder, state: &State, edits: [Edit; N]) -> Vec<String> {
    let faults = apply(schema, state, &Batch::of(edits)).expect_err("the batch is refused");
    let line = |f: oracle::Fault| format!("{:?} {} {} {}", f.kind, f.list, f.key, f.field.unwrap_or_default());
    faults.into_iter().map(|f| line(f).trim_end().to_owned()).collect()
}

fn found(schema: &SchemaBuilder, state: &State) -> Vec<String> {
    let line = |f: Finding| format!("{} {}", f.check, f.key);
    findings(&World::new(schema, state)).into_iter().map(line).collect()
}

fn refs(keys: &[&str]) -> Value {
    keys.iter().map(|key| Value::from(*key)).collect()
}

/// Powers, the bodies that take them up, and what follows: the four tiers in small.
fn powers() -> SchemaBuilder {
    SchemaBuilder::new()
        .vocabulary("kinds", Vocabulary::of(["licence", "penalty", "reward"]))
        .list(
            "bodies",
            List::base().field("name", Field::new(Type::Text).required()).field("kind", Type::choice("kinds")),
        )
        .list(
            "powers",
            List::base()
                .field("name", Field::new(Type::Text).required())
                .field("kind", Type::choice("kinds"))
                .field("limit", Type::Duration)
                .field("body", Type::reference("bodies"))
                .field("helpers", Field::new(Type::set(Type::reference("bodies"))).on_remove(OnRemove::Release))
                .field("remark", Type::Text),
        )
        .list(
            "services",
            List::derived()
                .field("name", Type::Text)
                .field("kind", Type::choice("kinds"))
                .field("limit", Type::Duration)
                .field("body_name", Type::Text)
                .rule(
                    Rule::each_row("licences", "powers")
                        .when(source("kind").is_in(["licence", "reward"]))
                        .inherit(["name", "kind", "limit"])
                        .set("body_name", path("body.name")),
                ),
        )
        .list(
            "implementation",
            List::derived()
                .field("name", Type::Text)
                .field("kind", Type::choice("kinds"))
                .field("promise", Field::new(Type::Duration).write(Write::Narrow(Narrow::AtMost)))
                .field("place", Field::new(Type::Text).write(Write::Local).required())
                .field("channel", Field::new(Type::Text).write(Write::Suggest))
                .rule(
                    Rule::each_match("by_kind", "services", "bodies")
                        .on("kind", Probe::Is(source("kind")))
                        .inherit(["name", "kind"])
                        .set("promise", source("limit"))
                        .set("channel", element("name")),
                ),
        )
        .list(
            "handling",
            List::derived()
                .field("name", Type::Text)
                .field("scenario", Type::Text)
                .field("promise", Type::Duration)
                .rule(
                    Rule::each_line(
                        "scenarios",
                        "implementation",
                        Table::by("kind", "scenario", Type::Text)
                            .line("licence", "renew")
                            .line("licence", "new/changed")
                            .line("reward", "new/changed"),
                    )
                    .set("name", join([source("name"), lit(" "), element("scenario")]))
                    .set("scenario", element("scenario"))
                    .inherit(["promise"]),
                ),
        )
}

fn some_powers() -> [Batch; 2] {
    [
        Batch::of([
            insert("bodies", "market", [("name", "Market".into()), ("kind", "licence".into())]),
            insert("bodies", "health", [("name", "Health".into()), ("kind", "licence".into())]),
            insert("bodies", "award", [("name", "Award".into()), ("kind", "reward".into())]),
        ]),
        Batch::of([
            insert(
                "powers",
                "food",
                [
                    ("name", "Food".into()),
                    ("kind", "licence".into()),
                    ("limit", working_days(10).into()),
                    ("body", "market".into()),
                ],
            ),
            insert("powers", "fine", [("name", "Fine".into()), ("kind", "penalty".into())]),
            insert("powers", "b~1c", [("name", "Prize".into()), ("kind", "reward".into())]),
        ]),
    ]
}

#[test]
fn a_key_of_a_base_row_is_one_segment() {
    let schema = powers();
    assert_eq!(
        faults(&schema, &State::default(), [insert("bodies", "a/b", [("name", "x".into())])]),
        ["Key bodies a/b"]
    );
    let state = state_of(&schema, one([insert("bodies", "a~1b", [("name", "x".into())])]));
    check(&schema, &state, "bodies", r#"a~1b: name="x""#);
}

#[test]
fn rows_follow_from_rows() {
    let schema = powers();
    let state = state_of(&schema, some_powers());
    let services = r#"
        b~1c: name="Prize" kind="reward"
        food: name="Food" kind="licence" limit="10 working_days" body_name="Market""#;
    check(&schema, &state, "services", services);
    let implementation = r#"
        b~1c/award: name="Prize" kind="reward" channel="Award"
        food/health: name="Food" kind="licence" promise="10 working_days" channel="Health"
        food/market: name="Food" kind="licence" promise="10 working_days" channel="Market""#;
    check(&schema, &state, "implementation", implementation);
    let handling = r#"
        b~1c/award/new~1changed: name="Prize new/changed" scenario="new/changed"
        food/health/renew: name="Food renew" scenario="renew" promise="10 working_days"
        food/health/new~1changed: name="Food new/changed" scenario="new/changed" promise="10 working_days"
        food/market/renew: name="Food renew" scenario="renew" promise="10 working_days"
        food/market/new~1changed: name="Food new/changed" scenario="new/changed" promise="10 working_days""#;
    check(&schema, &state, "handling", handling);
}

/// One licence taken up by two bodies.
fn licence() -> (SchemaBuilder, State) {
    let schema = powers();
    let food = [("name", "Food".into()), ("kind", "licence".into()), ("limit", working_days(10).into())];
    let state = state_of(&schema, [some_powers()[0].clone(), Batch::of([insert("powers", "food", food)])]);
    (schema, state)
}

#[test]
fn an_authored_value_is_never_looser() {
    let (schema, state) = licence();
    let to = |promise: Value| author("implementation", "food/market", "promise", promise);
    let at = "implementation food/market promise";
    assert_eq!(faults(&schema, &state, [to(working_days(11).into())]), [format!("Looser {at}")]);
    assert_eq!(faults(&schema, &state, [to(days(3).into())]), [format!("Looser {at}")]);
    let state = apply(&schema, &state, &Batch::of([to(working_days(7).into())])).expect("tighter");
    let value = |state: &State| {
        World::new(&schema, state).value(
            &"implementation".into(),
            &"food/market".parse().expect("a key"),
            &"promise".into(),
        )
    };
    assert_eq!(value(&state), working_days(7).into());
    // The source tightens: the cell stays, the tighter counts, and a finding says so.
    let tightened =
        apply(&schema, &state, &Batch::of([set("powers", "food", "limit", working_days(5))])).expect("accepted");
    assert_eq!(value(&tightened), working_days(5).into());
    assert!(found(&schema, &tightened).contains(&"implementation.promise.looser food/market".to_owned()));
    let unlike = apply(&schema, &state, &Batch::of([set("powers", "food", "limit", days(50))])).expect("accepted");
    assert_eq!(value(&unlike), days(50).into());
    let none = apply(&schema, &state, &Batch::of([set("powers", "food", "limit", Value::Missing)])).expect("accepted");
    assert_eq!(value(&none), working_days(7).into());
    assert!(!found(&schema, &none).iter().any(|f| f.contains("looser")));
    // A write that another edit of the batch makes good is good.
    let both = [to(working_days(12).into()), set("powers", "food", "limit", working_days(20))];
    assert_eq!(value(&apply(&schema, &state, &Batch::of(both)).expect("in the end tighter")), working_days(12).into());
    let recorded = apply(&schema, &state, &Batch::of([to(working_days(11).into())]).recorded()).expect("recorded");
    assert_eq!(value(&recorded), working_days(10).into());
}

#[test]
fn a_required_local_field_is_a_finding_until_it_is_there() {
    let (schema, state) = licence();
    let missing = |state: &State| found(&schema, state);
    assert_eq!(
        missing(&state),
        ["implementation.place.required food/health", "implementation.place.required food/market"]
    );
    let state =
        apply(&schema, &state, &Batch::of([author("implementation", "food/health", "place", "1F")])).expect("accepted");
    assert_eq!(missing(&state), ["implementation.place.required food/market"]);
}

#[test]
fn authored_cells_park_with_their_row_and_return_with_it() {
    let (schema, before) = licence();
    let state = apply(&schema, &before, &Batch::of([author("implementation", "food/health", "place", "1F")]))
        .expect("accepted");
    let gone = apply(&schema, &state, &Batch::of([set("powers", "food", "kind", "penalty")])).expect("accepted");
    let parked_now = parked(&World::new(&schema, &gone));
    assert_eq!(parked_now.len(), 1);
    assert_eq!(gone.authored, parked_now);
    let at = ("implementation", "food/health", "place");
    assert_eq!(
        faults(&schema, &gone, [author(at.0, at.1, at.2, "2F")]),
        ["NoRow implementation food/health place"],
        "nothing is authored on a row that is not there"
    );
    assert!(apply(&schema, &gone, &Batch::of([clear(at.0, at.1, at.2)])).expect("accepted").authored.is_empty());
    assert!(apply(&schema, &gone, &Batch::of([forget(at.0, at.1)])).expect("accepted").authored.is_empty());
    let back = apply(&schema, &gone, &Batch::of([set("powers", "food", "kind", "licence")])).expect("accepted");
    assert_eq!(back, state);
    // A row born in the same batch can be authored.
    let born = [author("implementation", "food/market", "place", "3F"), set("powers", "food", "kind", "licence")];
    check(
        &schema,
        &apply(&schema, &gone, &Batch::of(born)).expect("accepted"),
        "implementation",
        r#"
        food/health: name="Food" kind="licence" promise="10 working_days" place="1F" channel="Health"
        food/market: name="Food" kind="licence" promise="10 working_days" place="3F" channel="Market""#,
    );
}

#[test]
fn a_source_that_moves_under_an_override_is_shadowed() {
    let (schema, state) = licence();
    let state = apply(&schema, &state, &Batch::of([author("implementation", "food/health", "channel", "Online")]))
        .expect("accepted");
    let after = apply(&schema, &state, &Batch::of([set("bodies", "health", "name", "Hospital")])).expect("accepted");
    let changes = diff(&World::new(&schema, &state), &World::new(&schema, &after));
    let names: Vec<_> = changes.keys().map(|(list, key)| format!("{list} {key}")).collect();
    assert_eq!(names, ["bodies health", "implementation food/health"]);
    let shadowed = &changes[&("implementation".into(), "food/health".parse().expect("a key"))];
    assert_eq!(shadowed.kind, Kind::Updated);
    assert!(shadowed.changed.is_empty());
    assert_eq!(shadowed.shadowed.iter().map(Name::as_str).collect::<Vec<_>>(), ["channel"]);
    assert_eq!(shadowed.before, shadowed.after);
}

#[test]
fn a_field_that_nobody_reads_changes_one_row() {
    let (schema, state) = licence();
    let after = apply(&schema, &state, &Batch::of([set("powers", "food", "remark", "x")])).expect("accepted");
    let changes = diff(&World::new(&schema, &state), &World::new(&schema, &after));
    assert_eq!(changes.len(), 1);
    let renamed = apply(&schema, &state, &Batch::of([set("powers", "food", "name", "Drink")])).expect("accepted");
    let changes = diff(&World::new(&schema, &state), &World::new(&schema, &renamed));
    // One power, one service, two implementations, four scenarios.
    assert_eq!(changes.len(), 8);
    assert!(changes.values().all(|c| c.changed.iter().map(Name::as_str).eq(["name"])));
}

#[test]
fn every_edit_says_what_is_wrong_with_it() {
    let (schema, state) = licence();
    let cases: [(Edit, &str); 24] = [
        (insert("nowhere", "x", []), "NoList nowhere x"),
        (insert("services", "x", []), "WrongKind services x"),
        (insert("bodies", "", [("name", "x".into())]), "Key bodies "),
        (insert("bodies", "health", [("name", "x".into())]), "Exists bodies health"),
        (insert("bodies", "new", [("nose", "x".into()), ("name", "x".into())]), "NoField bodies new nose"),
        (insert("bodies", "new", [("name", 3.into())]), "Value bodies new name"),
        (insert("bodies", "new", [("name", "x".into()), ("kind", "tax".into())]), "Value bodies new kind"),
        (insert("bodies", "new", []), "Required bodies new name"),
        (set("bodies", "gone", "name", "x"), "NoRow bodies gone"),
        (set("bodies", "health", "key", "x"), "NoField bodies health key"),
        (set("services", "food", "name", "x"), "WrongKind services food"),
        (set("powers", "food", "limit", "10 fortnights"), "Value powers food limit"),
        (set("powers", "food", "limit", 10), "Value powers food limit"),
        (set("powers", "food", "body", "gone"), "Dangling powers food body"),
        (set("powers", "food", "helpers", refs(&["health", "health"])), "Value powers food helpers"),
        (replace("powers", "food", [("kind", "penalty".into())]), "Required powers food name"),
        (remove("bodies", "gone"), "NoRow bodies gone"),
        (author("bodies", "health", "name", "x"), "WrongKind bodies health"),
        (author("services", "food", "name", "x"), "Locked services food name"),
        (author("implementation", "food/award", "place", "x"), "NoRow implementation food/award place"),
        (author("implementation", "food/health", "place", true), "Value implementation food/health place"),
        (add("powers", "food", "name", "x"), "Value powers food name"),
        (add("powers", "food", "helpers", "gone"), "Dangling powers food helpers"),
        (rekey("bodies", "health", "market"), "Exists bodies health"),
    ];
    for (edit, expect) in cases {
        let shown = edit.to_string();
        assert_eq!(faults(&schema, &state, [edit]), [expect.trim_end()], "{shown}");
    }
}

#[test]
fn all_faults_come_at_once() {
    let (schema, state) = licence();
    let edits = [set("powers", "gone", "name", "x"), set("powers", "food", "name", 1), remove("services", "food")];
    let expect = ["WrongKind services food", "Value powers food name", "NoRow powers gone"];
    assert_eq!(faults(&schema, &state, edits), expect);
}

/// A register, rows that refer to it in every way, and lists of their elements.
fn references() -> SchemaBuilder {
    let to = |on_remove| Field::new(Type::reference("bodies")).on_remove(on_remove);
    SchemaBuilder::new()
        .list("bodies", List::base().field("name", Type::Text).field("parent", to(OnRemove::Release)))
        .list(
            "powers",
            List::base()
                .field("body", to(OnRemove::Restrict))
                .field("helpers", Field::new(Type::set(Type::reference("bodies"))).on_remove(OnRemove::Release))
                .field("order", Field::new(Type::sequence(Type::reference("bodies"))).on_remove(OnRemove::Release)),
        )
        .list(
            "materials",
            List::base().field("owner", Field::new(Type::reference("powers")).required().on_remove(OnRemove::Cascade)),
        )
        .list("copies", List::base().field("of", Field::new(Type::reference("materials")).on_remove(OnRemove::Cascade)))
        .list(
            "helping",
            List::derived()
                .field("name", Type::Text)
                .field("contact", Field::new(Type::reference("bodies")).write(Write::Local))
                .field("friend", Field::new(Type::reference("bodies")).write(Write::Local).on_remove(OnRemove::Release))
                .rule(Rule::each_element("each", "powers", "helpers").set("name", element("name"))),
        )
        .list(
            "ordered",
            List::derived().field("at", Type::reference("bodies")).field("above", Type::Text).rule(
                Rule::each_element("each", "powers", "order")
                    .set("at", element("value"))
                    .set("above", element("parent.name")),
            ),
        )
        .list(
            "names",
            List::derived()
                .field("of_helpers", Type::set(Type::Text))
                .field("above_helpers", Type::set(Type::Text))
                .field("helpers", Type::Integer)
                .field("materials", Type::Integer)
                .rule(
                    Rule::each_row("each", "powers")
                        .set("of_helpers", path("helpers.name"))
                        .set("above_helpers", path("order.parent.name"))
                        .set("helpers", source("helpers").length())
                        .set("materials", rows_of("materials", "owner").count()),
                ),
        )
}

fn referring() -> State {
    state_of(
        &references(),
        one([
            insert("bodies", "a", [("name", "A".into()), ("parent", "c".into())]),
            insert("bodies", "b", [("name", "B".into()), ("parent", "c".into())]),
            insert("bodies", "c", [("name", "A".into())]),
            insert(
                "powers",
                "p",
                [("body", "a".into()), ("helpers", refs(&["c", "a"])), ("order", refs(&["b", "c", "a"]))],
            ),
            insert("materials", "m", [("owner", "p".into())]),
            insert("materials", "n", [("owner", "p".into())]),
            insert("copies", "mm", [("of", "m".into())]),
        ]),
    )
}

#[test]
fn sets_are_sorted_sequences_are_not_and_paths_gather_what_differs() {
    let (schema, state) = (references(), referring());
    check(&schema, &state, "powers", r#"p: body="a" helpers=["a","c"] order=["b","c","a"]"#);
    check(
        &schema,
        &state,
        "helping",
        "
        p/a: name=\"A\"
        p/c: name=\"A\"",
    );
    check(
        &schema,
        &state,
        "ordered",
        r#"
        p/b: at="b" above="A"
        p/c: at="c"
        p/a: at="a" above="A""#,
    );
    check(&schema, &state, "names", r#"p: of_helpers=["A"] above_helpers=["A"] helpers=2 materials=2"#);
}

#[test]
fn a_removal_takes_along_what_is_owned_and_leaves_what_lets_go() {
    let (schema, state) = (references(), referring());
    assert_eq!(faults(&schema, &state, [remove("bodies", "a")]), ["Dangling powers p body", "StillReferred bodies a"]);
    let after = apply(&schema, &state, &Batch::of([remove("bodies", "c"), remove("bodies", "b")])).expect("released");
    check(&schema, &after, "powers", r#"p: body="a" helpers=["a"] order=["a"]"#);
    check(&schema, &after, "bodies", r#"a: name="A""#);
    let after = apply(&schema, &state, &Batch::of([remove("bodies", "a"), remove("powers", "p")]))
        .expect("the referrer goes too");
    check(&schema, &after, "materials", "");
    check(&schema, &after, "copies", "");
    let moved = apply(&schema, &state, &Batch::of([set("powers", "p", "body", "b"), remove("bodies", "a")]))
        .expect("let go before");
    check(&schema, &moved, "powers", r#"p: body="b" helpers=["c"] order=["b","c"]"#);
    // In place: what was owned is gone, though the owner is there again.
    let again = [remove("powers", "p"), insert("powers", "p", [("body", "a".into())])];
    let after = apply(&schema, &state, &Batch::of(again)).expect("accepted");
    check(&schema, &after, "powers", r#"p: body="a""#);
    check(&schema, &after, "materials", "");
}

#[test]
fn an_authored_reference_holds_its_row_unless_it_is_parked() {
    let schema = references();
    let state = apply(
        &schema,
        &referring(),
        &Batch::of([author("helping", "p/c", "contact", "b"), author("helping", "p/c", "friend", "b")]),
    );
    let state = state.expect("accepted");
    let on = |state: &State, edits: Vec<Edit>| apply(&schema, state, &Batch { edits, record_findings: false });
    assert_eq!(
        faults(&schema, &state, [remove("bodies", "b")]),
        ["Dangling helping p/c contact", "StillReferred bodies b"]
    );
    assert_eq!(
        faults(&schema, &state, [author("helping", "p/a", "contact", "gone")]),
        ["Dangling helping p/a contact"]
    );
    // Parked, it holds nothing; back, it is still parked, with a finding; it is itself again with its row.
    let gone = on(&state, vec![discard("powers", "p", "helpers", "c"), remove("bodies", "b")])
        .expect("parked cells do not block");
    assert!(found(&schema, &gone).is_empty());
    let back = on(&gone, vec![add("powers", "p", "helpers", "c")]).expect("accepted");
    check(
        &schema,
        &back,
        "helping",
        "
        p/a: name=\"A\"
        p/c: name=\"A\"",
    );
    assert_eq!(found(&schema, &back), ["helping.contact.dangling p/c"]);
    assert_eq!(parked(&World::new(&schema, &back)), back.authored);
    let whole = on(&back, vec![insert("bodies", "b", [])]).expect("accepted");
    check(
        &schema,
        &whole,
        "helping",
        "
        p/a: name=\"A\"
        p/c: name=\"A\" contact=\"b\"",
    );
}

#[test]
fn a_new_key_takes_everything_along() {
    let schema = references();
    let state = apply(
        &schema,
        &referring(),
        &Batch::of([author("helping", "p/c", "contact", "c"), author("helping", "p/a", "friend", "c")]),
    );
    let state = state.expect("accepted");
    let after = apply(
        &schema,
        &state,
        &Batch::of([rekey("bodies", "c", "~0c"), rekey("powers", "p", "q"), set("bodies", "~0c", "name", "C")]),
    );
    let after = after.expect("accepted");
    check(&schema, &after, "powers", r#"q: body="a" helpers=["a","~0c"] order=["b","~0c","a"]"#);
    check(
        &schema,
        &after,
        "helping",
        r#"
        q/a: name="A" friend="~0c"
        q/~0c: name="C" contact="~0c""#,
    );
    check(
        &schema,
        &after,
        "materials",
        "
        m: owner=\"q\"
        n: owner=\"q\"",
    );
    // Cells of rows that are not there follow as well, unless another cell is in the way.
    let gone = apply(&schema, &state, &Batch::of([discard("powers", "p", "helpers", "c")])).expect("accepted");
    let renamed = apply(&schema, &gone, &Batch::of([rekey("bodies", "c", "d"), add("powers", "p", "helpers", "d")]))
        .expect("accepted");
    check(
        &schema,
        &renamed,
        "helping",
        r#"
        p/a: name="A" friend="d"
        p/d: name="A" contact="d""#,
    );
    let two = apply(
        &schema,
        &gone,
        &Batch::of([add("powers", "p", "helpers", "b"), author("helping", "p/b", "contact", "a")]),
    )
    .expect("accepted");
    let two = apply(
        &schema,
        &two,
        &Batch::of([
            set("powers", "p", "helpers", Value::Missing),
            set("powers", "p", "order", Value::Missing),
            remove("bodies", "b"),
        ]),
    );
    assert_eq!(faults(&schema, &two.expect("accepted"), [rekey("bodies", "c", "b")]), ["InTheWay bodies c"]);
}

/// Rows of two roots in one list, several rules, groups with and without members.
fn groups() -> SchemaBuilder {
    SchemaBuilder::new()
        .list("bodies", List::base().field("name", Type::Text))
        .list(
            "powers",
            List::base()
                .field("body", Type::reference("bodies"))
                .field("level", Type::Integer)
                .field("days", Type::Duration)
                .field("fee", Type::Decimal)
                .field("tags", Type::set(Type::Text))
                .field("open", Type::Boolean),
        )
        .list("duties", List::base().field("body", Type::reference("bodies")))
        .list(
            "work",
            List::derived()
                .field("body", Type::reference("bodies"))
                .field("how", Type::Text)
                .field("note", Field::new(Type::Text).write(Write::Local))
                .rule(Rule::each_row("open", "powers").when(source("open")).inherit(["body"]).set("how", lit("open")))
                .rule(
                    Rule::each_row("high", "powers")
                        .when(source("level").gt(2))
                        .inherit(["body"])
                        .set("how", lit("high")),
                )
                .rule(Rule::each_row("duty", "duties").inherit(["body"])),
        )
        .list(
            "per_body",
            List::derived()
                .field("name", Type::Text)
                .field("rows", Type::Integer)
                .field("how", Type::set(Type::Text))
                .rule(
                    Rule::each_group("group", "work", [source("body")])
                        .over("bodies")
                        .set("name", path("body.name"))
                        .set("rows", count())
                        .set("how", collect(source("how"))),
                ),
        )
        .list(
            "per_level",
            List::derived()
                .field("level", Type::Integer)
                .field("open", Type::Boolean)
                .field("days", Type::Duration)
                .field("fee", Type::Decimal)
                .field("least", Type::Decimal)
                .field("tags", Type::set(Type::Text))
                .field("all", Type::Boolean)
                .field("any", Type::Boolean)
                .rule(
                    Rule::each_group("group", "powers", [source("level"), source("open")])
                        .set("level", source("level"))
                        .set("open", source("open"))
                        .set("days", sum(source("days")))
                        .set("fee", sum(source("fee")))
                        .set("least", fold(Fold::Min, source("fee")))
                        .set("tags", collect(source("tags")))
                        .set("all", fold(Fold::All, source("fee").gt(1)))
                        .set("any", fold(Fold::Any, source("fee").gt(1))),
                ),
        )
        .list(
            "of_groups",
            List::derived().field("name", Type::Text).rule(
                Rule::each_match("match", "per_level", "per_body")
                    .on("name", Probe::AnyOf(vec![lit("A"), lit("B")]))
                    .set("name", element("name")),
            ),
        )
}

#[test]
fn rows_of_two_roots_and_groups() {
    let schema = groups();
    let power = |body: &str, level: i64, days: Option<Value>, fee: Option<&str>, tags: &[&str], open: bool| {
        [
            ("body", body.into()),
            ("level", level.into()),
            ("days", days.unwrap_or_default()),
            ("fee", fee.into()),
            ("tags", refs(tags)),
            ("open", open.into()),
        ]
    };
    let state = state_of(
        &schema,
        one([
            insert("bodies", "a", [("name", "A".into())]),
            insert("bodies", "b", [("name", "B".into())]),
            insert("bodies", "c", []),
            insert("powers", "p", power("a", 3, Some(days(2).into()), Some("1.50"), &["x", "y"], true)),
            insert("powers", "q", power("a", 3, Some(days(3).into()), Some("0.5"), &["w", "y"], true)),
            insert("powers", "r", power("b", 10, Some(days(1).into()), None, &[], false)),
            insert("powers", "s", power("b", 10, Some("2 hours".into()), Some("7"), &[], false)),
            insert("powers", "t", power("b", 2, None, None, &[], false)),
            insert("duties", "p", [("body", "a".into())]),
            insert("duties", "x", []),
        ]),
    );
    check(
        &schema,
        &state,
        "work",
        r#"
        powers/p: body="a" how="open"
        powers/q: body="a" how="open"
        powers/r: body="b" how="high"
        powers/s: body="b" how="high"
        duties/p: body="a"
        duties/x:"#,
    );
    check(
        &schema,
        &state,
        "per_body",
        r#"
        a: name="A" rows=3 how=["open"]
        b: name="B" rows=2 how=["high"]
        c: rows=0"#,
    );
    check(
        &schema,
        &state,
        "per_level",
        r#"
        10/false: level=10 open=false fee="7" least="7" all=false any=true
        2/false: level=2 open=false fee="0" all=false any=false
        3/true: level=3 open=true days="5 days" fee="2" least="0.5" tags=["w","x","y"] all=false any=true"#,
    );
    check(
        &schema,
        &state,
        "of_groups",
        r#"
        10/false/a: name="A"
        10/false/b: name="B"
        2/false/a: name="A"
        2/false/b: name="B"
        3/true/a: name="A"
        3/true/b: name="B""#,
    );
    // Another rule makes the row: the same row, and what was authored stays.
    let state = apply(&schema, &state, &Batch::of([author("work", "powers/p", "note", "n")])).expect("accepted");
    let closed = apply(&schema, &state, &Batch::of([set("powers", "p", "open", false)])).expect("accepted");
    let changes = diff(&World::new(&schema, &state), &World::new(&schema, &closed));
    let work = &changes[&("work".into(), "powers/p".parse().expect("a key"))];
    assert_eq!((work.kind, work.changed.len()), (Kind::Updated, 1));
    assert!(parked(&World::new(&schema, &closed)).is_empty());
    // A re-keyed body takes its group and the rows matched with it along.
    let renamed = apply(&schema, &state, &Batch::of([rekey("bodies", "b", "z")])).expect("accepted");
    check(
        &schema,
        &renamed,
        "per_body",
        r#"
        a: name="A" rows=3 how=["open"]
        c: rows=0
        z: name="B" rows=2 how=["high"]"#,
    );
}

/// One row, and fields that are set to expressions over it.
fn computed<const N: usize>(row: &[(&str, Type, Value)], fields: [(&str, Type, Expr); N]) -> Vec<String> {
    let mut base = List::base();
    let mut derived = List::derived();
    let mut rule = Rule::each_row("each", "base");
    for (name, ty, _) in row {
        base = base.field(*name, ty.clone());
    }
    for (name, ty, expr) in fields {
        derived = derived.field(name, ty);
        rule = rule.set(name, expr);
    }
    let basic = CodeScheme::new().segment("region", Segment::digits(2)).segment("type", Segment::digits(2));
    let nested =
        CodeScheme::new().segment("basic", Segment::scheme("basic")).segment("check", Segment::digits(1)).checksum(
            Checksum { segment: "check".into(), alphabet: "0123456789".into(), weights: vec![1, 2, 3, 4], modulus: 10 },
        );
    let schema = SchemaBuilder::new()
        .vocabulary("sizes", Vocabulary::of(["small", "large"]))
        .code_scheme("basic", basic)
        .code_scheme("nested", nested)
        .list("base", base)
        .list("derived", derived.rule(rule));
    let fields = row.iter().map(|(name, _, value)| ((*name).to_owned(), value.clone())).collect();
    let state = state_of(&schema, one([Edit::Insert("base".into(), "r".into(), fields)]));
    shown(&schema, &state, "derived").trim_end().split(' ').skip(1).map(str::to_owned).collect()
}

#[test]
fn expressions_never_fail() {
    let row = [
        ("n", Type::Integer, Value::from(7)),
        ("most", Type::Integer, i64::MAX.into()),
        ("none", Type::Integer, Value::Missing),
        ("fee", Type::Decimal, "2.50".into()),
        ("ten", Type::Duration, working_days(10).into()),
        ("cal", Type::Duration, days(3).into()),
        ("day", Type::Date, "2024-02-28".into()),
        ("text", Type::Text, "名字".into()),
        ("size", Type::choice("sizes"), "small".into()),
        ("open", Type::Boolean, Value::Missing),
        ("tags", Type::set(Type::Text), refs(&["b", "a"])),
        ("empty", Type::set(Type::Text), refs(&[])),
        ("code", Type::code("nested"), "12340".into()),
        ("odd", Type::code("nested"), "1234".into()),
    ];
    let (int, text, yes) = (Type::Integer, Type::Text, Type::Boolean);
    let s = |field| source(field);
    let fields = [
        ("a1", int.clone(), s("n") / -2),
        ("a2", int.clone(), s("n").rem(-4)),
        ("a3", int.clone(), s("most") + 1),
        ("a4", int.clone(), s("n") / 0),
        ("a5", int.clone(), s("none") + 1),
        ("a6", Type::Decimal, s("fee") * s("n")),
        ("a7", Type::Decimal, s("n").max(s("fee"))),
        ("a8", Type::Duration, s("ten") + s("cal")),
        ("a9", Type::Duration, s("ten") - lit(working_days(4))),
        ("b1", Type::Duration, s("ten").min(s("cal"))),
        ("b2", Type::Date, s("day") + 2),
        ("b3", Type::Date, s("day") + s("cal")),
        ("b4", Type::Date, s("day") + s("ten")),
        ("b5", int.clone(), s("day") - lit("2024-02-01".parse::<quanze::Date>().expect("a day"))),
        ("c1", yes.clone(), s("none").is(s("none"))),
        ("c2", yes.clone(), s("none").ne(3)),
        ("c3", yes.clone(), s("ten").ne(s("cal"))),
        ("c4", yes.clone(), s("size").lt("large")),
        ("c5", yes.clone(), s("open").not()),
        ("c6", yes.clone(), s("empty").subset_of(s("tags"))),
        ("c7", yes.clone(), s("empty").intersects(s("tags"))),
        ("c8", yes.clone(), s("tags").has("a")),
        ("c9", yes.clone(), s("day").ge("2024-02-28")),
        ("d1", int.clone(), s("text").length()),
        ("d2", int.clone(), s("empty").length()),
        ("d3", text.clone(), join([s("tags"), lit("/"), s("fee")])),
        ("d4", text.clone(), join([s("tags"), s("none")])),
        ("d5", Type::set(Type::Text), union([s("tags"), lit(["c", "a"]), s("empty")])),
        ("d6", int, coalesce([s("none"), s("n")])),
        ("d7", Type::Date, if_else(s("open"), s("day"), lit("2020-01-01"))),
        ("e1", yes.clone(), s("code").is_well_formed()),
        ("e2", yes.clone(), s("code").check_digit_ok()),
        ("e3", yes.clone(), s("odd").is_well_formed()),
        ("e4", text.clone(), s("code").segment("basic")),
        ("e5", text, s("odd").segment("basic")),
        ("e6", Type::code("basic"), code("basic", [s("n"), lit("xy")])),
        ("e7", yes, s("none").is_missing()),
    ];
    // 1·1 + 2·2 + 3·3 + 4·4 = 30, a multiple of ten: the check digit is 0.
    let expect = concat!(
        r#"a1=-3 a2=3 a6="17.5" a7="7" a9="6 working_days" b2="2024-03-01" b3="2024-03-02" b5=27 "#,
        r#"c1=false c2=false c3=false c4=true c5=true c6=true c7=false c8=true c9=true d1=2 d2=0 "#,
        r#"d3="a, b/2.5" d5=["a","b","c"] d6=7 d7="2020-01-01" e1=true e2=true e3=false e4="1234" e6="basic:7xy" e7=true"#
    );
    assert_eq!(computed(&row, fields).join(" "), expect);
}

#[test]
fn a_row_reads_itself_as_it_is_seen() {
    let schema = SchemaBuilder::new()
        .list(
            "base",
            List::base()
                .field("n", Type::Integer)
                .field("tags", Type::set(Type::Text))
                .field("seq", Type::sequence(Type::Text)),
        )
        .list(
            "derived",
            List::derived()
                .field("n", Field::new(Type::Integer).write(Write::Suggest))
                .field("more", Type::Integer)
                .field("moved", Type::Boolean)
                .field("most", Field::new(Type::Integer).write(Write::Narrow(Narrow::AtLeast)))
                .field("some", Field::new(Type::set(Type::Text)).write(Write::Narrow(Narrow::Subset)))
                .field("tags", Field::new(Type::set(Type::Text)).write(Write::Union))
                .field("seq", Field::new(Type::sequence(Type::Text)).write(Write::Union))
                .rule(
                    Rule::each_row("each", "base")
                        .inherit(["n", "tags", "seq"])
                        .set("more", own("n") + 1)
                        .set("moved", authored("n").is_present())
                        .set("most", own("more") * 2)
                        .set("some", source("tags")),
                ),
        );
    let cells = [("n", 1.into()), ("tags", refs(&["b", "d"])), ("seq", refs(&["z", "a"]))];
    let state = state_of(&schema, one([insert("base", "r", cells)]));
    check(
        &schema,
        &state,
        "derived",
        r#"r: n=1 more=2 moved=false most=4 some=["b","d"] tags=["b","d"] seq=["z","a"]"#,
    );
    let edits = [
        author("derived", "r", "n", 5),
        author("derived", "r", "most", 13),
        author("derived", "r", "some", refs(&["d"])),
        add("derived", "r", "tags", "c"),
        add("derived", "r", "seq", "b"),
        add("derived", "r", "seq", "a"),
        discard("derived", "r", "seq", "none"),
    ];
    let state = apply(&schema, &state, &Batch::of(edits)).expect("accepted");
    let all = r#"r: n=5 more=6 moved=true most=13 some=["d"] tags=["b","c","d"] seq=["z","a","b"]"#;
    check(&schema, &state, "derived", all);
    assert_eq!(faults(&schema, &state, [add("derived", "r", "some", "c")]), ["Looser derived r some"]);
    let state = apply(&schema, &state, &Batch::of([discard("base", "r", "tags", "d")])).expect("accepted");
    check(&schema, &state, "derived", r#"r: n=5 more=6 moved=true most=13 tags=["b","c"] seq=["z","a","b"]"#);
    assert_eq!(found(&schema, &state), ["derived.some.looser r"]);
    let state = apply(
        &schema,
        &state,
        &Batch::of([discard("derived", "r", "tags", "c"), discard("derived", "r", "some", "d")]),
    );
    check(
        &schema,
        &state.expect("accepted"),
        "derived",
        r#"r: n=5 more=6 moved=true most=13 some=["b"] tags=["b"] seq=["z","a","b"]"#,
    );
}

#[test]
fn checks_refuse_only_what_is_new() {
    let schema = SchemaBuilder::new()
        .list("owners", List::base().field("name", Type::Text))
        .list(
            "parts",
            List::base().field("owner", Type::reference("owners")).field("n", Type::Integer).unique(["owner", "n"]),
        )
        .list(
            "views",
            List::derived().field("name", Type::Text).rule(Rule::each_row("each", "owners").inherit(["name"])),
        )
        .check(
            "crowded",
            Check::new(Severity::Blocking, "views", rows_of("parts", "owner").count_where(row("n").gt(0)).gt(1)),
        )
        .check("unnamed", Check::new(Severity::Note, "owners", own("name").is_missing()));
    let part = |key, n: i64| insert("parts", key, [("owner", "o".into()), ("n", n.into())]);
    let state = state_of(&schema, one([insert("owners", "o", []), part("a", 1), part("b", 0)]));
    assert_eq!(found(&schema, &state), ["unnamed o"]);
    assert_eq!(faults(&schema, &state, [part("c", 0)]), ["NotUnique parts b", "NotUnique parts c"]);
    assert_eq!(faults(&schema, &state, [part("c", 2)]), ["Blocking views o"]);
    let state = apply(&schema, &state, &Batch::of([part("c", 2)]).recorded()).expect("recorded");
    assert_eq!(found(&schema, &state), ["crowded o", "unnamed o"]);
    let state = apply(&schema, &state, &Batch::of([part("d", 3)])).expect("an old finding blocks nothing");
    let free = [insert("parts", "e", [("n", 1.into())]), insert("parts", "f", [("n", 1.into())])];
    apply(&schema, &state, &Batch::of(free)).expect("a missing value is free");
}

#[test]
fn lists_stand_in_their_declared_order() {
    let down = |field: &str| OrderBy { field: field.into(), direction: Direction::Descending };
    let schema = SchemaBuilder::new()
        .vocabulary("sizes", Vocabulary::of(["small", "large"]))
        .list(
            "base",
            List::base()
                .field("size", Type::choice("sizes"))
                .field("levels", Type::set(Type::Integer))
                .order_by("size"),
        )
        .list(
            "steps",
            List::derived()
                .field("at", Type::Integer)
                .rule(Rule::each_element("each", "base", "levels").set("at", element("value"))),
        )
        .list(
            "down",
            List::derived()
                .field("at", Type::Integer)
                .field("size", Type::choice("sizes"))
                .order_by(down("at"))
                .rule(Rule::each_element("each", "base", "levels").set("at", element("value")).inherit(["size"])),
        );
    let levels = |all: [i64; 2]| Value::from(all);
    let state = state_of(
        &schema,
        one([
            insert("base", "a", [("size", "large".into()), ("levels", levels([10, 9]))]),
            insert("base", "a-b", [("size", "small".into()), ("levels", levels([9, -1]))]),
            insert("base", "c", [("levels", Value::from([1i64]))]),
        ]),
    );
    check(
        &schema,
        &state,
        "base",
        r#"
        c: levels=[1]
        a-b: size="small" levels=[-1,9]
        a: size="large" levels=[9,10]"#,
    );
    check(
        &schema,
        &state,
        "steps",
        "
        a/9: at=9
        a/10: at=10
        a-b/-1: at=-1
        a-b/9: at=9
        c/1: at=1",
    );
    check(
        &schema,
        &state,
        "down",
        r#"
        a/10: at=10 size="large"
        a-b/9: at=9 size="small"
        a/9: at=9 size="large"
        c/1: at=1
        a-b/-1: at=-1 size="small""#,
    );
}
