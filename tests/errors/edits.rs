//! Edits that cannot be made, rows that there are not, impacts that cannot be told, and commits that a feed does not take.

use quanze::{
    Difference, Edits, Evolution, Fault, ListSystem, Record, Schema,
    explain::{ImpactError, Owners},
    feed::{Feed, PushError, Window},
    schema::{Check, Field, List, Narrow, Severity, Type, Write, own, source},
    schema::{Rule, SchemaBuilder},
    working_days,
};

use super::{Outcome, Said};

/// Bodies, powers, and the services that follow from open ones.
pub(crate) fn city() -> SchemaBuilder {
    let powers = List::base()
        .field("name", Field::new(Type::Text).required())
        .field("body", Type::reference("bodies"))
        .field("limit", Type::Duration)
        .field("open", Type::Boolean)
        .unique(["name"]);
    let services = List::derived()
        .field("name", Type::Text)
        .field("promise", Field::new(Type::Duration).write(Write::Narrow(Narrow::AtMost)))
        .field("note", Field::new(Type::Text).write(Write::Local))
        .field("host", Field::new(Type::reference("bodies")).write(Write::Local))
        .rule(Rule::each_row("open", "powers").when(source("open")).inherit(["name"]).set("promise", source("limit")));
    Schema::builder()
        .list("bodies", List::base().field("name", Type::Text))
        .list("powers", powers)
        .list("services", services)
        .check("no_time", Check::new(Severity::Blocking, "powers", own("limit").lt(working_days(1))))
}

fn power(name: &str) -> Record {
    Record::new().with("name", name).with("body", "market").with("limit", working_days(20)).with("open", true)
}

pub(crate) fn system(schema: SchemaBuilder) -> Outcome<ListSystem> {
    let mut system = ListSystem::new(schema.build()?);
    system.commit(
        Edits::new()
            .insert("bodies", "market", &Record::new().with("name", "Market bureau"))
            .insert("powers", "food", &power("Food licence"))
            .insert("powers", "show", &power("Show licence"))
            .author("services", "food", "promise", working_days(15))
            .author("services", "food", "note", "in the mornings"),
    )?;
    Ok(system)
}

pub(crate) fn bring_about(said: &mut Said) -> Outcome {
    let mut system = system(city())?;
    let other = Schema::builder().list("bodies", List::base().field("name", Type::Text)).build()?;

    let of_shape = Edits::new()
        .set("power", "food", "limit", working_days(3))
        .set("powers", "food", "limt", working_days(3))
        .set(other.list("bodies")?, "market", "name", "Market office")
        .insert("bodies", "", &Record::new())
        .insert("bodies", "market", &Record::new())
        .set("powers", "fish", "limit", working_days(3))
        .set("services", "food", "name", "Food")
        .author("powers", "food", "name", "Food")
        .author("services", "food", "name", "Food")
        .set("powers", "food", "limit", "soon")
        .insert("powers", "text", "a text")
        .set("powers", "food", "name", None::<&str>)
        .set("powers", "food", "body", "nobody")
        .author("services", "show", "host", "nobody")
        .remove("bodies", "market");
    let refused = system.commit(of_shape).expect_err("none of them can be made");
    let fault = |said: &mut Said, fault: &Fault| said.say("FaultKind", Some(&fault.kind()), fault);
    refused.faults().iter().for_each(|each| fault(said, each));
    for edits in [
        Edits::new().set("powers", "show", "name", "Food licence"),
        Edits::new().author("services", "food", "promise", working_days(30)),
        Edits::new().set("powers", "food", "limit", working_days(0)),
    ] {
        let refused = system.commit(edits).expect_err("it breaks a rule");
        refused.faults().iter().for_each(|each| fault(said, each));
        said.plain("Refused", &refused);
        said.plain("Fault", &refused.faults()[0]);
    }

    said.variant("ReadError", &system.explain("powers", "fish", "name").expect_err("there is no such power"));
    said.variant("ReadError", &system.explain("powers", "food", "colour").expect_err("powers have none"));

    let stands = ListSystem::new(other.clone());
    let preview = system.preview(&Edits::new().set("powers", "food", "limit", working_days(10)))?;
    let now = system.snapshot();
    let mut impact = |error: Result<_, ImpactError>| {
        said.variant("ImpactError", &error.map(|_: quanze::Impact| ()).expect_err("it cannot be told"));
    };
    impact(preview.impact(&now, &Owners::new().of("power", ["body"])));
    impact(preview.impact(&now, &Owners::new().of("powers", ["name.body"])));
    impact(preview.impact(&stands.snapshot(), &Owners::new()));
    system.commit(Edits::new().set("powers", "food", "limit", working_days(18)))?;
    let late = system.commit(Edits::new().set("powers", "food", "limit", working_days(17)))?;
    impact(late.impact(&now, &Owners::new()));

    let mut feed = Feed::new(&system, Window::all());
    let mut commit = |days| system.commit(Edits::new().set("powers", "food", "limit", working_days(days)));
    let (left_out, pushed) = (commit(16)?, commit(15)?);
    let mut push = |error: PushError| said.variant("PushError", &error);
    push(feed.push(&pushed).expect_err("one is left out"));
    push(feed.push(&late).expect_err("the feed began after it"));
    feed.push(&left_out)?;
    feed.push(&pushed)?;
    let small = Schema::builder().list("bodies", List::base().field("name", Type::Text)).build()?;
    let evolution = Evolution::to(small).on_unfit(quanze::OnUnfit::TakeOut);
    let evolved = system.evolve(evolution)?;
    push(feed.push(&evolved.changes).expect_err("it leads to another schema"));

    // Nothing that callers do brings it about.
    let difference = Difference {
        list: "services".into(),
        key: "food".parse()?,
        field: Some("name".into()),
        detail: "'Food' is kept, and 'Food licence' is derived".to_owned(),
    };
    said.plain("Difference", &difference);
    Ok(())
}
