//! What is stored and is not what was written, and what is no longer what it was written for.

use quanze::{
    Edits, Evolution, ListSystem, Schema, State,
    feed::{Cursor, Feed, Window},
    schema::{Field, List, Rule, SchemaBuilder, Type, Write},
    system::Why,
    working_days,
};

use super::{
    Outcome, Said,
    edits::{city, system},
};

pub(crate) fn bring_about(said: &mut Said) -> Outcome {
    states(said)?;
    feeds(said)?;
    unfit(said)
}

fn states(said: &mut Said) -> Outcome {
    let state = system(city())?.state();
    let json = state.to_json();
    for text in ["{}", &json.replace("quanze-state", "quanze-feed"), &json.replace("\"version\": 1", "\"version\": 7")]
    {
        said.variant("StateError", &State::from_json(text).expect_err("it is no state"));
    }
    let bytes = state.to_bytes();
    let mut damaged = bytes.clone();
    *damaged.last_mut().ok_or("there are bytes")? ^= 1;
    for bytes in [json.as_bytes(), &bytes[..bytes.len() - 5], &damaged] {
        said.variant("StateError", &State::from_bytes(bytes).expect_err("it is no state"));
    }
    Ok(())
}

fn feeds(said: &mut Said) -> Outcome {
    let mut system = system(city())?;
    let mut feed = Feed::new(&system, Window::all());
    let begun = feed.cursor();
    for days in [10, 11, 12] {
        feed.push(&system.commit(Edits::new().set("powers", "food", "limit", working_days(days)))?)?;
    }
    let saved = feed.to_json();
    let small = ListSystem::new(Schema::builder().list("bodies", List::base().field("name", Type::Text)).build()?);
    let mut feed_error = |system: &ListSystem, text: &str| {
        said.variant("FeedError", &Feed::restore(system, text).expect_err("it cannot be restored"));
    };
    feed_error(&system, "[]");
    feed_error(&system, &saved.replace("quanze-feed", "quanze-state"));
    feed_error(&system, &saved.replace("\"version\":1", "\"version\":7"));
    feed_error(&system, &saved.replace("\"revision\":3", "\"revision\":2"));
    feed_error(&small, &saved);
    let seen = feed.cursor();
    system.commit(Edits::new().set("powers", "food", "limit", working_days(13)))?;
    feed_error(&system, &saved);

    said.plain("CursorError", &"17".parse::<Cursor>().expect_err("it names no schema"));
    let ahead: Cursor = seen.to_string().replace("-4", "-9").parse()?;
    let elsewhere = Feed::new(&small, Window::all()).cursor();
    feed.set_window(Window::last(1));
    for cursor in [begun, ahead, elsewhere] {
        said.variant("StartAnew", &feed.after(&cursor).map(|_| ()).expect_err("it cannot go on from there"));
    }
    Ok(())
}

/// Restores the city's state with another schema, and tells what does not fit.
fn refitted(said: &mut Said, state: &State, schema: SchemaBuilder) -> Outcome {
    for misfit in &ListSystem::restore(schema.build()?, state).unfit {
        reason(said, &misfit.why, misfit);
    }
    Ok(())
}

fn reason(said: &mut Said, why: &Why, misfit: &quanze::system::Misfit) {
    said.say("Why", Some(why), &misfit.text("en"));
    said.say("Why", Some(why), &misfit.text("zh"));
}

fn unfit(said: &mut Said) -> Outcome {
    let whole = system(city())?;
    let state = whole.state();
    // The list is gone; what was derived is a base list, and the other way round.
    let mut without = city();
    without.lists.shift_remove("services");
    refitted(said, &state, without.clone())?;
    refitted(said, &state, without.list("services", List::base().field("name", Type::Text)))?;
    let mut turned = city();
    let services = turned.lists["services"].clone();
    let of_offices = Rule::each_row("all", "offices").inherit(["name"]);
    turned.lists.insert("offices".into(), List::base().field("name", Type::Text));
    turned.lists.insert("bodies".into(), List::derived().field("name", Type::Text).rule(of_offices));
    turned.lists.shift_remove("services");
    turned.lists.shift_remove("powers");
    turned.checks.clear();
    refitted(said, &state, turned)?;
    // A field is gone, locked, of another type, required.
    let mut changed = city();
    let mut locked = services;
    locked.fields.shift_remove("note");
    locked.fields["promise"].write = Write::Locked;
    changed.lists.insert("services".into(), locked);
    changed.lists["powers"].fields["open"] = Field::new(Type::Boolean).required();
    changed.lists["bodies"].fields.insert("code".into(), Field::new(Type::Text).required());
    refitted(said, &state, changed)?;
    let mut counted = city();
    counted.lists["bodies"].fields["name"] = Field::new(Type::Integer);
    refitted(said, &state, counted)?;
    let mut unique = city();
    unique.lists["powers"] = unique.lists["powers"].clone().unique(["limit"]);
    refitted(said, &state, unique)?;
    // The body that powers refer to is not there, and a base row has a key of two segments.
    let json = state.to_json();
    refitted(said, &State::from_json(&json.replace("\"market\": {", "\"harbour\": {"))?, city())?;
    refitted(said, &State::from_json(&json.replace("\"show\": {", "\"show/case\": {"))?, city())?;

    // Put back where something else lies by now, or where the row is gone.
    let mut small = city();
    small.lists["powers"].fields.shift_remove("limit");
    small.lists["services"].fields.shift_remove("promise");
    small.lists["services"].rules[0].set.shift_remove("promise");
    small.checks.clear();
    let out = ListSystem::restore(small.build()?, &state).unfit;
    let mut system = whole;
    system.commit(Edits::new().set("powers", "food", "limit", working_days(18)))?;
    for misfit in &system.state().put_back(out.clone()) {
        reason(said, &misfit.why, misfit);
    }
    let mut empty = ListSystem::new(city().build()?).state();
    for misfit in &empty.put_back(out) {
        reason(said, &misfit.why, misfit);
    }

    let mut evolved = city();
    evolved.lists["services"].fields.shift_remove("note");
    let unsuited = system.evolve(Evolution::to(evolved.build()?)).expect_err("somebody has written into the field");
    said.plain("Unsuited", &unsuited);
    Ok(())
}
