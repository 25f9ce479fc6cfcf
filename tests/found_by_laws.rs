//! Cases in which the library and the oracle once differed, each as small as it shrank, by name.

mod oracle;
mod support;

use oracle::{
    Batch,
    state::{add, author, clear, discard, insert, rekey, remove, set},
};
use quanze::{
    SchemaBuilder, Value,
    schema::{
        Check, Expr, Field, Fold, List, Narrow, OnRemove, Probe, Rule, Severity, Table, Type, Write, collect, count,
        element, join, lit, own, row, rows_of, source,
    },
};
use support::live::with_system;

/// Previews and commits the batches on both sides, and compares all that can be read after each.
#[track_caller]
fn agree(spec: SchemaBuilder, batches: impl IntoIterator<Item = Batch>) {
    let outcome = with_system(spec, |run| {
        for batch in batches {
            run.commit(&batch)?;
            run.compare()?;
        }
        let back = run.fork()?;
        support::live::equal("what is restored", &support::live::bytes(&run.system), &support::live::bytes(&back))
    });
    if let Err(report) = outcome {
        panic!("{report}");
    }
}

fn of<const N: usize>(edits: [oracle::Edit; N]) -> Batch {
    Batch::of(edits)
}

fn refs(keys: &[&str]) -> Value {
    keys.iter().map(|key| Value::from(*key)).collect()
}

fn powers() -> List {
    List::base().field("text", Type::Text).field("n", Type::Integer)
}

fn base() -> SchemaBuilder {
    SchemaBuilder::new().list("powers", powers())
}

fn power(key: &str, text: &str) -> oracle::Edit {
    insert("powers", key, [("text", text.into())])
}

/// Rows that each refer to rows of the same list, by a field that restricts, releases or cascades.
fn linked(ty: Type, on_remove: OnRemove) -> SchemaBuilder {
    SchemaBuilder::new().list("powers", List::base().field("to", Field::new(ty).on_remove(on_remove)))
}

fn to_powers() -> Type {
    Type::set(Type::reference("powers"))
}

/// The powers that have the same text as a power.
fn alike() -> SchemaBuilder {
    let rule = Rule::each_match("match", "powers", "powers").on("text", Probe::Is(source("text")));
    base().list("alike", List::derived().field("note", Field::new(Type::Text).write(Write::Local)).rule(rule))
}

/// A group for each power.
fn over(field: impl Into<Field>, value: Option<Expr>) -> SchemaBuilder {
    let mut rule = Rule::each_group("group", "powers", [source("key")]).over("powers");
    if let Some(value) = value {
        rule = rule.set("value", value);
    }
    base().list("over", List::derived().field("value", field).rule(rule))
}

#[test]
fn a_rule_without_a_condition_makes_rows_of_a_new_row() {
    let rows = || List::derived().field("n", Type::Integer).rule(Rule::each_row("each", "powers").inherit(["n"]));
    agree(base().list("one", rows()).list("two", rows()), [of([power("a", "a")])]);
}

#[test]
fn a_group_is_no_referrer_of_what_it_groups_by() {
    agree(over(Type::Integer, Some(source("key.n"))), [of([power("a", "a")]), of([remove("powers", "a")])]);
}

#[test]
fn what_an_aggregate_keeps_is_no_reference_of_the_row() {
    let spec = linked(to_powers(), OnRemove::Restrict).list(
        "rows",
        List::derived().field("all", to_powers()).field("beyond", to_powers()).rule(
            Rule::each_row("each", "powers")
                .set("all", rows_of("powers", "to").collect(row("to")))
                .set("beyond", own("all.to")),
        ),
    );
    agree(spec, [of([insert("powers", "a", []), remove("powers", "a")])]);
}

#[test]
fn a_key_given_up_and_taken_again_is_one_change() {
    let batches = [of([power("a", "a")]), of([rekey("powers", "a", "~0"), power("a", "a")])];
    agree(over(Field::new(Type::Text).write(Write::Local), None), batches);
}

#[test]
fn a_finding_resolved_and_added_under_one_key_is_none() {
    let spec = base().check("always", Check::new(Severity::Review, "powers", lit(true)));
    let batches = [of([power("a", "a")]), of([rekey("powers", "a", "~0"), power("a", "a")])];
    agree(spec, batches);
}

#[test]
fn a_group_born_with_its_authored_value_has_it() {
    let local = Field::new(Type::Text).write(Write::Local);
    let authored = of([power("a", "a"), author("over", "a", "value", "x")]);
    let batches = [authored, of([remove("powers", "a")]), of([power("a", "a")])];
    agree(over(local, None), batches);
}

#[test]
fn a_removal_takes_effect_in_its_place() {
    let spec = linked(Type::reference("powers"), OnRemove::Cascade);
    let rows = of([insert("powers", "a", []), insert("powers", "b", [("to", "a".into())])]);
    agree(spec, [rows, of([remove("powers", "a"), insert("powers", "a", [])])]);
    let spec = linked(to_powers(), OnRemove::Release);
    let rows = of([insert("powers", "a", []), insert("powers", "b", [("to", refs(&["a"]))])]);
    agree(spec, [rows, of([remove("powers", "a"), insert("powers", "a", [])])]);
}

/// A row for each power, with an authored reference to bodies.
fn authored_reference(on_remove: OnRemove) -> SchemaBuilder {
    let to = Field::new(Type::reference("bodies")).write(Write::Local).on_remove(on_remove);
    base()
        .list("bodies", List::base().field("name", Type::Text))
        .list("rows", List::derived().field("to", to).rule(Rule::each_row("each", "powers").when(source("n").is(1))))
}

fn referring() -> Batch {
    of([insert("powers", "a", [("n", 1.into())]), insert("bodies", "x", []), author("rows", "a", "to", "x")])
}

#[test]
fn a_removal_lets_go_of_what_was_authored_in_the_same_batch() {
    let spec = authored_reference(OnRemove::Release);
    agree(
        spec.clone(),
        [of([insert("powers", "a", [("n", 1.into())])]), {
            of([insert("bodies", "x", []), author("rows", "a", "to", "x"), remove("bodies", "x")])
        }],
    );
    agree(spec, [referring(), of([author("rows", "a", "to", "x"), remove("bodies", "x"), insert("bodies", "x", [])])]);
}

#[test]
fn a_removal_lets_go_of_what_is_parked() {
    let spec = authored_reference(OnRemove::Release);
    agree(spec, [referring(), of([set("powers", "a", "n", 2)]), of([remove("bodies", "x")])]);
}

#[test]
fn a_cell_that_parks_in_the_same_batch_holds_nothing() {
    let spec = authored_reference(OnRemove::Restrict);
    agree(spec.clone(), [referring(), of([remove("powers", "a"), remove("bodies", "x")])]);
    agree(spec.clone(), [referring(), of([set("powers", "a", "n", 2), remove("bodies", "x")])]);
    agree(spec, [referring(), of([remove("bodies", "x")])]);
    let group = over(Field::new(Type::reference("powers")).write(Write::Local), None);
    agree(group, [of([power("a", "a"), author("over", "a", "value", "a")]), of([remove("powers", "a")])]);
}

#[test]
fn a_parked_reference_to_a_row_that_is_gone_stays_parked_with_a_finding() {
    let spec = authored_reference(OnRemove::Restrict);
    let batches = [
        referring(),
        of([set("powers", "a", "n", 2)]),
        of([remove("bodies", "x")]),
        of([set("powers", "a", "n", 1)]),
        of([insert("bodies", "x", [])]),
    ];
    agree(spec, batches);
}

#[test]
fn a_row_that_refers_to_itself_still_does_under_its_new_key() {
    let rows = [of([insert("powers", "a", [])]), of([set("powers", "a", "to", refs(&["a"]))])];
    let batches = rows.into_iter().chain([of([rekey("powers", "a", "b")])]);
    agree(linked(to_powers(), OnRemove::Restrict), batches);
    let field = Field::new(Type::reference("powers")).write(Write::Local);
    let spec = base().list("rows", List::derived().field("to", field).rule(Rule::each_row("each", "powers")));
    agree(spec, [of([power("a", "a")]), of([author("rows", "a", "to", "a")]), of([rekey("powers", "a", "b")])]);
}

#[test]
fn there_and_back_is_no_change() {
    let rows = of([insert("powers", "a", []), insert("powers", "b", [("to", refs(&["a"]))])]);
    agree(linked(to_powers(), OnRemove::Restrict), [rows, of([rekey("powers", "a", "c"), rekey("powers", "c", "a")])]);
}

#[test]
fn a_removed_key_taken_over_is_one_element() {
    let rows =
        of([insert("powers", "a", []), insert("powers", "b", []), insert("powers", "c", [("to", refs(&["a", "b"]))])]);
    agree(linked(to_powers(), OnRemove::Restrict), [rows, of([remove("powers", "a"), rekey("powers", "b", "a")])]);
}

#[test]
fn a_group_can_be_looser_than_its_literal() {
    let field = Field::new(Type::set(Type::Text)).write(Write::Narrow(Narrow::Subset));
    let batches = [of([power("a", "a")]), of([author("over", "a", "value", refs(&["a", "b"]))]).recorded()];
    agree(over(field, Some(lit(["a"]))), batches);
}

#[test]
fn an_element_that_is_there_is_not_written() {
    let field = Field::new(Type::set(Type::Text)).write(Write::Narrow(Narrow::Subset));
    let spec = over(field, Some(collect(join([source("n"), lit("/")]))));
    let batches = [
        of([power("a", "a"), add("over", "a", "value", "a")]),
        of([add("over", "a", "value", "a"), set("powers", "a", "n", 1)]),
        of([discard("over", "a", "value", "none")]),
        of([discard("over", "b", "value", "none")]),
    ];
    agree(spec, batches);
}

#[test]
fn a_group_of_new_rows_counts_them() {
    agree(over(Type::Integer, Some(count())), [of([power("a", "a")]), of([power("b", "a")])]);
}

#[test]
fn lists_without_fields_have_rows() {
    let spec = base()
        .list("groups", List::derived().rule(Rule::each_group("group", "powers", [source("text")])))
        .list("rows", List::derived().rule(Rule::each_row("each", "powers")));
    agree(spec, [of([power("a", "a")]), of([power("b", "b"), remove("powers", "a")])]);
}

#[test]
fn lines_of_one_name_are_one_row() {
    let table = Table::by("text", "line", Type::Text).column("extra", Type::Integer);
    let table = table.line("a", "new").with("extra", 1).line("b", "new").with("extra", 2);
    let spec = base()
        .list(
            "lines",
            List::derived()
                .field("extra", Type::Integer)
                .field("note", Field::new(Type::Text).write(Write::Local))
                .rule(Rule::each_line("each", "powers", table).set("extra", element("extra"))),
        )
        .list(
            "below",
            List::derived().field("extra", Type::Integer).rule(Rule::each_row("each", "lines").inherit(["extra"])),
        );
    let moved = of([set("powers", "p", "text", "b"), author("lines", "p/new", "note", "x")]);
    agree(spec, [of([power("p", "a")]), moved, of([set("powers", "p", "text", "a")])]);
}

#[test]
fn one_row_by_two_ways_is_one_row() {
    let spec = base()
        .list("bodies", List::base().field("name", Type::Text))
        .list(
            "some",
            List::derived()
                .rule(Rule::each_row("one", "bodies"))
                .rule(Rule::each_row("two", "powers").when(source("n").is(1))),
        )
        .list(
            "all",
            List::derived()
                .field("by", Type::Text)
                .field("note", Field::new(Type::Text).write(Write::Local))
                .rule(Rule::each_row("one", "some").set("by", lit("one")))
                .rule(Rule::each_row("two", "powers").set("by", lit("two"))),
        );
    let batches = [
        of([power("a", "a"), author("all", "powers/a", "note", "x")]),
        of([set("powers", "a", "n", 1)]),
        of([set("powers", "a", "n", 2)]),
    ];
    agree(spec, batches);
}

#[test]
fn a_fault_brings_no_false_ones() {
    let spec = SchemaBuilder::new().list("powers", powers().unique(["text"]));
    let batches = [of([power("a", "a"), power("b", "b")]), {
        of([remove("nowhere", "a"), remove("powers", "b"), set("powers", "a", "text", "b")])
    }];
    agree(spec, batches);
    let spec = SchemaBuilder::new()
        .list("bodies", List::base().field("name", Type::Text))
        .list("powers", List::base().field("to", Field::new(Type::reference("bodies")).required()));
    // A row that is gone in the end lacks nothing.
    let batch = of([insert("powers", "a", []), remove("powers", "a"), remove("bodies", "gone")]);
    agree(spec, [batch]);
}

#[test]
fn what_refused_edits_left_behind_does_not_show() {
    let spec = SchemaBuilder::new().list("powers", powers().unique(["text"]));
    let spec = spec.check("never", Check::new(Severity::Blocking, "powers", own("text").is("x")));
    let batches =
        [of([power("a", "x")]), of([power("a", "x"), power("b", "x")]), of([power("b", "x"), power("a", "x")])];
    agree(spec, batches);
    let spec = linked(to_powers(), OnRemove::Restrict);
    let rows = of([
        insert("powers", "b", []),
        insert("powers", "c", [("to", refs(&["b"]))]),
        insert("powers", "a", [("to", refs(&["b"]))]),
        remove("powers", "b"),
    ]);
    agree(spec, [of([insert("powers", "x", [])]), of([insert("powers", "y", [])]), rows]);
}

#[test]
fn what_is_parked_keeps_its_key_when_the_matched_row_goes() {
    let batches = [
        of([power("a", "x")]),
        of([power("b", "x")]),
        of([author("alike", "a/b", "note", "n")]),
        of([remove("powers", "b")]),
        of([power("b", "x")]),
    ];
    agree(alike(), batches);
}

#[test]
fn a_group_that_comes_later_is_matched_by_its_key() {
    let spec = over(Type::Integer, Some(count()));
    let rule = Rule::each_match("match", "powers", "over").on("key", Probe::Is(source("text")));
    let spec =
        spec.list("by_key", List::derived().field("value", Type::Integer).rule(rule.set("value", element("value"))));
    agree(spec, [of([power("b", "a")]), of([power("a", "a")]), of([remove("powers", "a")])]);
}

#[test]
fn aggregates_of_every_kind_follow() {
    for kind in [Fold::Min, Fold::Max, Fold::Sum] {
        let spec = over(Type::Integer, Some(quanze::schema::fold(kind, source("n"))));
        agree(spec, [of([power("a", "a"), set("powers", "a", "n", 3)]), of([set("powers", "a", "n", 1)])]);
    }
}

#[test]
fn what_a_re_keyed_family_refers_to_knows_where_it_went() {
    let bodies = List::base().field("text", Type::Text);
    let at = List::derived()
        .field("body", Field::new(Type::reference("bodies")).write(Write::Local))
        .rule(Rule::each_row("all", "powers"));
    let named =
        List::derived().field("text", Type::Text).rule(Rule::each_row("all", "at").set("text", source("body.text")));
    let spec = base().list("bodies", bodies).list("at", at).list("named", named);
    let body = insert("bodies", "x", [("text", "a".into())]);
    agree(
        spec,
        [
            of([power("a", "a"), body, author("at", "a", "body", "x")]),
            of([rekey("powers", "a", "b")]),
            of([set("bodies", "x", "text", "b")]),
            of([remove("bodies", "x")]),
        ],
    );
}

/// An authored reference whose row is gone stays parked where that row comes and goes in one batch.
#[test]
fn a_row_that_comes_and_goes_brings_nothing_back() {
    let to = Field::new(Type::set(Type::reference("papers"))).write(Write::Local);
    let spec = base()
        .list("papers", List::base())
        .list("open", List::derived().field("to", to).rule(Rule::each_row("open", "powers").when(source("n").is(1))));
    let open = |n: i64| of([set("powers", "a", "n", n)]);
    agree(
        spec,
        [
            of([power("a", "x"), set("powers", "a", "n", 1), insert("papers", "p", [])]),
            of([author("open", "a", "to", refs(&["p"]))]),
            open(0),
            of([remove("papers", "p")]),
            open(1),
            of([insert("papers", "p", []), remove("papers", "p")]),
            of([insert("papers", "p", [])]),
        ],
    );
}

/// A row for each power, with an authored set of references to powers that is let go of.
fn released() -> SchemaBuilder {
    let to = Field::new(to_powers()).write(Write::Local).on_remove(OnRemove::Release);
    base().list("rows", List::derived().field("to", to).rule(Rule::each_row("each", "powers")))
}

/// A row for each power, with a note.
fn noted() -> SchemaBuilder {
    let note = Field::new(Type::Text).write(Write::Local);
    base().list("rows", List::derived().field("note", note).rule(Rule::each_row("each", "powers")))
}

#[test]
fn what_parks_with_the_row_that_it_refers_to_is_let_go_of() {
    let referring = of([power("a", "a"), power("b", "b"), author("rows", "a", "to", refs(&["a", "b"]))]);
    agree(released(), [referring.clone(), of([remove("powers", "a")])]);
    agree(released(), [referring, of([remove("powers", "a"), remove("powers", "b")]), of([power("a", "a")])]);
}

#[test]
fn a_key_taken_over_brings_back_what_was_authored_under_it() {
    let rows = of([power("a", "a"), power("b", "b"), author("rows", "a", "note", "x")]);
    agree(noted(), [rows, of([remove("powers", "a"), rekey("powers", "b", "a")])]);
}

#[test]
fn what_is_parked_or_has_been_written_in_the_batch_is_in_the_way() {
    let rows =
        of([power("a", "a"), power("b", "b"), author("rows", "a", "note", "x"), author("rows", "b", "note", "y")]);
    agree(noted(), [rows.clone(), of([remove("powers", "a"), rekey("powers", "b", "a")])]);
    agree(noted(), [rows.clone(), of([remove("powers", "a")]), of([rekey("powers", "b", "a")])]);
    agree(noted(), [rows, of([remove("powers", "a"), clear("rows", "a", "note"), rekey("powers", "b", "a")])]);
    let rows = of([power("a", "a"), power("b", "b"), author("rows", "a", "note", "x")]);
    let written = of([author("rows", "b", "note", "y"), rekey("powers", "b", "a")]);
    agree(noted(), [rows, of([remove("powers", "a")]), written]);
    let local = Field::new(Type::Text).write(Write::Local);
    let groups =
        of([power("a", "a"), power("b", "b"), author("over", "a", "value", "x"), author("over", "b", "value", "y")]);
    agree(over(local, None), [groups, of([remove("powers", "a"), rekey("powers", "b", "a")])]);
}

#[test]
fn two_rows_that_a_key_names_are_renamed_in_one_batch() {
    let rows = of([power("a", "x"), power("b", "x"), author("alike", "a/b", "note", "n")]);
    agree(alike(), [rows.clone(), of([rekey("powers", "a", "c"), rekey("powers", "b", "d")])]);
    agree(alike(), [rows, of([rekey("powers", "a", "c"), rekey("powers", "b", "a"), rekey("powers", "c", "b")])]);
}

#[test]
fn of_elements_that_have_become_equal_the_first_stays() {
    let to = Field::new(Type::sequence(Type::reference("powers"))).write(Write::Local);
    let spec = base().list("rows", List::derived().field("to", to).rule(Rule::each_row("each", "powers")));
    let rows =
        of([power("a", "a"), power("b", "b"), power("c", "c"), author("rows", "a", "to", refs(&["b", "a", "c"]))]);
    agree(spec, [rows, of([remove("powers", "c"), rekey("powers", "b", "c")])]);
}

#[test]
fn a_fault_names_the_row_by_its_present_key() {
    let batch = of([author("rows", "a", "note", "x"), rekey("powers", "a", "b"), remove("powers", "b")]);
    agree(noted(), [of([power("a", "a")]), batch]);
}

#[test]
fn a_reference_to_a_row_that_is_to_come_can_be_taken_back() {
    let given_up = of([insert("powers", "a", []), set("powers", "a", "to", refs(&["gone"])), {
        discard("powers", "a", "to", "gone")
    }]);
    agree(linked(to_powers(), OnRemove::Restrict), [given_up]);
}

#[test]
fn a_set_stays_in_order_with_rows_that_are_to_come() {
    let rows = of([insert("powers", "a", []), insert("powers", "b", [])]);
    let batch = of([
        set("powers", "a", "to", refs(&["b", "z"])),
        rekey("powers", "b", "c"),
        insert("powers", "z", []),
        discard("powers", "a", "to", "none"),
    ]);
    agree(linked(to_powers(), OnRemove::Restrict), [rows, batch]);
}

#[test]
fn a_key_referred_to_while_nobody_has_it_is_still_that_of_its_row() {
    let rule = Rule::each_group("group", "powers", [source("key")]).set("value", source("key.n"));
    let spec = SchemaBuilder::new()
        .list("powers", List::base().field("n", Type::Integer).field("to", to_powers()))
        .list("groups", List::derived().field("value", Type::Integer).rule(rule));
    let power = |key: &str, n: i64| insert("powers", key, [("n", n.into())]);
    let batch = of([rekey("powers", "a", "c"), set("powers", "x", "to", refs(&["a"])), rekey("powers", "b", "a")]);
    agree(spec, [of([power("a", 1), power("b", 2), power("x", 3)]), batch, of([set("powers", "a", "n", 4)])]);
}

#[test]
fn values_written_alike_make_one_text() {
    let label = join([source("words"), lit("/")]);
    let spec = SchemaBuilder::new().list("powers", List::base().field("words", Type::set(Type::Text))).list(
        "rows",
        List::derived().field("label", Type::Text).rule(Rule::each_row("each", "powers").set("label", label)),
    );
    let rows = of([insert("powers", "a", [("words", refs(&["x, y"]))])]);
    agree(spec, [rows, of([set("powers", "a", "words", refs(&["x", "y"]))])]);
}

#[test]
fn what_a_group_reads_of_its_row_is_read_through_it() {
    let spec = over(Type::Integer, Some(source("key.n")));
    let rule = Rule::each_match("match", "powers", "over").on("key", Probe::Is(source("text")));
    let spec =
        spec.list("beside", List::derived().field("value", Type::Integer).rule(rule.set("value", element("value"))));
    agree(spec, [of([power("a", "a")]), of([set("powers", "a", "n", 1)])]);
}

#[test]
fn a_change_names_no_edit_that_concerns_another_row() -> Result<(), Box<dyn std::error::Error>> {
    let rule = Rule::each_row("each", "powers").set("n", source("to.n"));
    let spec = SchemaBuilder::new()
        .list("powers", powers().field("to", Type::reference("powers")))
        .list("rows", List::derived().field("n", Type::Integer).rule(rule));
    let mut system = quanze::ListSystem::new(spec.build()?);
    let rows = of([power("a", "a"), insert("powers", "b", [("to", "a".into())])]);
    system.commit(support::live::edits_of(&rows))?;
    let edits = of([set("powers", "a", "n", 1), set("powers", "a", "text", "x"), set("powers", "b", "text", "y")]);
    let commit = system.commit(support::live::edits_of(&edits))?;
    assert_eq!(commit.changes("powers")[0].edits(), [0, 1]);
    Ok(())
}

#[test]
fn what_is_parked_keeps_the_key_of_a_row_that_came_and_went() {
    let note = Field::new(Type::set(Type::reference("bodies"))).write(Write::Local);
    let spec = SchemaBuilder::new()
        .list("bodies", List::base().field("text", Type::Text))
        .list("powers", List::base().field("to", to_powers()))
        .list("each", List::derived().field("refs", note).rule(Rule::each_element("each", "powers", "to")));
    let rows =
        of([insert("bodies", "a", []), insert("powers", "x", []), insert("powers", "p", [("to", refs(&["x"]))])]);
    let batch = of([set("powers", "p", "to", Value::Missing), rekey("bodies", "a", "n"), remove("bodies", "n")]);
    agree(spec, [rows, of([author("each", "p/x", "refs", refs(&["a"]))]), batch]);
}

#[test]
fn fields_that_each_read_the_one_before_twice_cost_no_more_with_each() {
    let mut rows = List::derived().field("n0", Type::Integer).field("t0", Type::Text);
    let mut rule = Rule::each_row("each", "powers").set("n0", source("n")).set("t0", source("text"));
    for at in 1..50 {
        let (n, t) = (format!("n{}", at - 1), format!("t{}", at - 1));
        rows = rows.field(format!("n{at}").as_str(), Type::Integer).field(format!("t{at}").as_str(), Type::Text);
        rule = rule
            .set(format!("n{at}").as_str(), (own(n.as_str()) + lit(1)).min(own(n.as_str()) + lit(2)))
            .set(format!("t{at}").as_str(), own(t.as_str()).or_else(own(t.as_str())));
    }
    let mut system =
        quanze::ListSystem::new(base().list("rows", rows.rule(rule)).build().unwrap_or_else(|error| panic!("{error}")));
    for (number, text) in [(1, "a"), (5, "b")] {
        let edits = of([insert("powers", text, [("n", number.into()), ("text", text.into())])]);
        system.commit(support::live::edits_of(&edits)).unwrap_or_else(|refused| panic!("{refused}"));
    }
    let edits = of([set("powers", "a", "n", 100), set("powers", "a", "text", "c")]);
    let commit = system.commit(support::live::edits_of(&edits)).unwrap_or_else(|refused| panic!("{refused}"));
    let row = &commit.changes("rows")[0];
    assert_eq!((row.after("n49"), row.after("t49")), (&Value::from(149), &Value::from("c")));
    assert_eq!(system.verify().map_err(|difference| difference.to_string()), Ok(()));
}

#[test]
fn a_key_of_many_steps_under_many_rules_is_found_without_trying_all_ways() {
    let mut spec = base();
    let mut above = "powers".to_owned();
    for level in 0..24 {
        let name = format!("level{level}");
        let mut list = List::derived().field("note", Field::new(Type::Text).write(Write::Local));
        for rule in ["first", "second", "third"] {
            list = list.rule(Rule::each_row(rule, above.as_str()));
        }
        spec = spec.list(name.as_str(), list);
        above = name;
    }
    let batches = [
        of([power("a", "x")]),
        of([author("level23", "a", "note", "n")]),
        of([author("level23", "a", "note", "m"), author("level22", "a", "note", "n")]),
    ];
    let mut system = quanze::ListSystem::new(spec.build().unwrap_or_else(|error| panic!("{error}")));
    for batch in batches {
        system.commit(support::live::edits_of(&batch)).unwrap_or_else(|refused| panic!("{refused}"));
    }
    let snapshot = system.snapshot();
    let list = snapshot.list("level23").unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(list.row("a").and_then(|row| row.get("note").ok()), Some(Value::from("m")));
    assert!(list.row("b").is_none());
}

#[test]
fn a_row_beside_a_group_comes_from_all_edits_that_the_group_comes_from() -> Result<(), Box<dyn std::error::Error>> {
    let group = Rule::each_group("group", "powers", [source("key")]).over("powers").set("value", source("key.to.n"));
    let rule = Rule::each_match("match", "powers", "over").on("key", Probe::Is(source("text")));
    let spec = SchemaBuilder::new()
        .list("powers", powers().field("to", Type::reference("powers")))
        .list("over", List::derived().field("value", Type::Integer).rule(group))
        .list("beside", List::derived().field("value", Type::Integer).rule(rule.set("value", element("value"))));
    let mut system = quanze::ListSystem::new(spec.build()?);
    let rows = of([
        insert("powers", "b", [("n", 1.into())]),
        insert("powers", "c", [("n", 2.into())]),
        insert("powers", "a", [("to", "b".into())]),
        power("p", "a"),
    ]);
    system.commit(support::live::edits_of(&rows))?;
    let edits = of([set("powers", "a", "to", "c"), set("powers", "c", "n", 5)]);
    let commit = system.commit(support::live::edits_of(&edits))?;
    assert_eq!(commit.changes("over")[0].edits(), [0, 1]);
    assert_eq!(commit.changes("beside")[0].edits(), [0, 1]);
    Ok(())
}

#[test]
fn a_group_comes_from_all_edits_of_its_members() -> Result<(), Box<dyn std::error::Error>> {
    let group = Rule::each_group("group", "powers", [source("text")]).set("value", count());
    let spec = base().list("groups", List::derived().field("value", Type::Integer).rule(group));
    let mut system = quanze::ListSystem::new(spec.build()?);
    let mut edits_of_group = |batch: Batch| -> Result<Vec<u32>, Box<dyn std::error::Error>> {
        let commit = system.commit(support::live::edits_of(&batch))?;
        Ok(commit.changes("groups")[0].edits().to_vec())
    };
    assert_eq!(edits_of_group(of([power("x", "other"), power("a", "x"), power("b", "x")]))?, [0]);
    assert_eq!(edits_of_group(of([set("powers", "x", "n", 1), power("c", "x"), power("d", "x")]))?, [1, 2]);
    assert_eq!(edits_of_group(of([remove("powers", "a"), set("powers", "b", "text", "y")]))?, [0, 1]);
    Ok(())
}

/// What is misspelt in edits that are read is not lost in silence.
#[test]
fn edits_are_read_whole_or_not_at_all() {
    let read = |edit: &str| serde_json::from_str::<quanze::Edits>(&format!(r#"{{"edits":[{{{edit}}}]}}"#));
    let why = |edit: &str| {
        let error = read(edit).expect_err("it is refused").to_string();
        error.split(" at line ").next().unwrap_or_default().to_owned()
    };
    assert_eq!(
        why(r#""do":"author","list":"a","key":"b","field":"c","value":1,"raeson":"d""#),
        "unknown field `raeson`, expected one of `do`, `list`, `key`, `record`, `field`, `value`, `element`, `reason`, `to`"
    );
    assert_eq!(
        why(r#""do":"set","list":"a","key":"b","field":"c","value":1,"reason":"d""#),
        "the edit of 'b' has no use for the field `reason`"
    );
    assert_eq!(why(r#""do":"remove","list":"a","key":"b","to":"c""#), "the edit of 'b' has no use for the field `to`");
    assert_eq!(why(r#""do":"set","list":"a","key":"b","field":"c""#), "missing field `value`");
    assert_eq!(why(r#""do":"rekey","list":"a","key":"b""#), "missing field `to`");
    assert_eq!(why(r#""do":"remove","list":"a","list":"a","key":"b""#), "duplicate field `list`");
    let cleared = read(r#""do":"set","list":"a","key":"b","field":"c","value":null"#).expect("a value that is missing");
    assert_eq!(cleared, quanze::Edits::new().set("a", "b", "c", quanze::Value::Missing));
}
