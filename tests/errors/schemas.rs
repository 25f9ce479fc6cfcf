//! Schemas that do not fit together, names that there are not, and codes that are none.

use quanze::{
    Code, Schema, Value,
    schema::{
        Check, Checksum, CodeScheme, Field, Labels, List, Narrow, OnRemove, Probe, Rule, SchemaBuilder, SchemaFault,
        Segment, Severity, Table, Type, Vocabulary, Write, count, element, join, lit, own, rows_of, source,
    },
};

use super::{Outcome, Said};

/// Bodies, powers and services: a small system without faults.
fn sound() -> SchemaBuilder {
    let powers = List::base()
        .tier(1)
        .field("name", Type::Text)
        .field("kind", Type::choice("kinds"))
        .field("body", Type::reference("bodies"))
        .field("levels", Type::set(Type::Text))
        .field("limit", Type::Duration)
        .field("open", Type::Boolean);
    let services =
        List::derived().tier(2).field("name", Type::Text).rule(Rule::each_row("all", "powers").inherit(["name"]));
    Schema::builder()
        .vocabulary("kinds", Vocabulary::of(["licence", "penalty"]))
        .list("bodies", List::base().field("name", Type::Text))
        .list("powers", powers)
        .list("services", services)
}

/// The sound system with one more list, `made`, of a text and these rules.
fn made(rules: impl IntoIterator<Item = Rule>) -> SchemaBuilder {
    let made = List::derived().field("text", Field::new(Type::Text).write(Write::Suggest));
    sound().list("made", rules.into_iter().fold(made, List::rule))
}

fn row() -> Rule {
    Rule::each_row("all", "powers")
}

/// Schemas, each with some of the faults that there are.
fn unsound() -> Vec<SchemaBuilder> {
    let base = List::base()
        .tier(0)
        .field("key", Type::Text)
        .field("Name", Type::Text)
        .field("away", Field::new(Type::Text).on_remove(OnRemove::Release))
        .field("derived", Type::reference("services"))
        .field("nested", Type::set(Type::sequence(Type::Text)))
        .field("policy", Field::new(Type::Text).write(Write::Suggest))
        .field("owners", Field::new(Type::set(Type::reference("bodies"))).on_remove(OnRemove::Cascade))
        .field("owner", Field::new(Type::reference("bodies")).required().on_remove(OnRemove::Release))
        .unique(["away", "away"]);
    let derived = List::derived()
        .field("local", Field::new(Type::Text).write(Write::Local))
        .field("never", Type::Text)
        .field("subset", Field::new(Type::Text).write(Write::Narrow(Narrow::Subset)))
        .unique(["local"])
        .rule(row().set("local", source("name")).set("subset", source("name")).set("other", source("name")));
    let lines = Table::by("kind", "line", Type::Text).line("license", "new").line("licence", Value::Missing);
    let group = || Rule::each_group("all", "powers", [source("kind")]).set("text", lit("x"));
    let scheme = CodeScheme::new()
        .segment("body", Segment::digits(2))
        .segment("check", Segment::digits(1))
        .checksum(Checksum { segment: "check".into(), alphabet: "0123456789".into(), weights: vec![1], modulus: 12 });
    let deep = (0..60).fold(source("open"), |expr, _| expr.not());
    let upward =
        List::derived().tier(1).field("name", Type::Text).rule(Rule::each_row("all", "services").inherit(["name"]));
    vec![
        sound().list("base", base),
        sound().list("derived", derived),
        sound().list("upward", upward),
        sound().vocabulary("more", Vocabulary::of(["a b"])).code_scheme("local", scheme),
        made([row().when(source("name").is("x").and(source("kind").is("permit")))]),
        made([row().when(source("body.name.key").is("x"))]),
        made([row().when(source("limit").is(source("name")))]),
        made([row().when(own("text").is("x"))]),
        made([row().when(source("limit").is("ten days"))]),
        made([row().when(join([]).is("x"))]),
        made([row().when(deep)]),
        made([row().set("text", source("levels")), row().set("text", source("name"))]),
        made([row().set("text", join([own("text"), source("name")]))]),
        made([Rule::each_element("all", "powers", "name").set("text", element("value"))]),
        made([Rule::each_line("all", "powers", lines).set("text", element("line"))]),
        made([Rule::each_match("all", "powers", "services")
            .on("name", Probe::Is(source("name")))
            .set("text", element("name"))]),
        made([Rule::each_match("all", "powers", "bodies").set("text", element("name"))]),
        made([group(), row().set("text", source("name"))]),
        made([row().set("text", join([count()]))]),
        sound().check(
            "odd",
            Check::new(Severity::Note, "services", rows_of("bodies", "name").count().is(0))
                .message(Labels::zh_en("{name", "{nam}")),
        ),
    ]
}

pub(crate) fn bring_about(said: &mut Said) -> Outcome {
    let mut fault = |fault: &SchemaFault| said.say("SchemaFaultKind", Some(fault.kind()), fault);
    for spec in unsound() {
        spec.build().expect_err("it does not fit together").faults().iter().for_each(&mut fault);
    }
    Schema::from_json("{ \"lists\": 1 }").expect_err("it is no schema").faults().iter().for_each(&mut fault);
    let two = sound().list("powers", List::base()).check("odd", Check::new(Severity::Note, "bodys", lit(true)));
    let error = two.build().expect_err("it does not fit together");
    said.plain("SchemaError", &error);
    said.plain("SchemaFault", &error.faults()[0]);

    let schema = sound().build()?;
    said.plain("UnknownName", &schema.list("power").expect_err("it is 'powers'"));
    said.plain("UnknownName", &schema.field("powers", "colour").expect_err("powers have none"));

    let checked =
        CodeScheme::new().segment("body", Segment::digits(2)).segment("check", Segment::digits(1)).checksum(Checksum {
            segment: "check".into(),
            alphabet: "0123456789".into(),
            weights: vec![1, 2],
            modulus: 10,
        });
    let schema = sound().code_scheme("local", checked).build()?;
    for text in ["nowhere:1", "local:12", "local:1x2", "local:129"] {
        let (scheme, digits) = text.split_once(':').ok_or("a scheme and its code")?;
        let code = Code::new(scheme, digits);
        for problem in schema.code_report(&code).problems() {
            said.variant("CodeProblem", problem);
        }
    }
    Ok(())
}
