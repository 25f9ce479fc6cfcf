//! What is read where it lies is what is read one by one: the deltas of commits, and lists read as a whole.

mod oracle;
mod support;

use std::collections::{BTreeMap, BTreeSet};

use proptest::{prelude::*, test_runner::RngSeed};
use quanze::{
    Change, ChangeKind, ChangeSet, Delta, Key, Name, SchemaBuilder, Snapshot, Value,
    system::{ResolvedRow, ValueRef},
};
use support::{
    live::{Run, edits_of, with_system},
    recipe::Sizes,
    recipes, schema_of,
    shrink::hold,
};

fn config(cases: u32) -> ProptestConfig {
    let given = std::env::var("PROPTEST_CASES").is_ok();
    let default = ProptestConfig::default();
    ProptestConfig {
        cases: if given { default.cases } else { cases },
        failure_persistence: None,
        max_shrink_iters: 0,
        // The same systems everywhere; `PROPTEST_RNG_SEED` draws others.
        rng_seed: if matches!(default.rng_seed, RngSeed::Random) {
            RngSeed::Fixed(20_261_126)
        } else {
            default.rng_seed
        },
        ..default
    }
}

/// Some places of fields, in any order, some of them twice, and some that no list has.
fn places(fields: usize, seed: u64) -> Vec<usize> {
    let mut state = seed;
    let mut roll = |sides: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or_default() % sides
    };
    (0..=roll(fields + 2)).map(|_| roll(fields + 1)).collect()
}

/// Everything that a reference to a value says of it.
fn says(value: &ValueRef<'_>, is: &Value) -> bool {
    let number = |value: &Value| match value {
        Value::Integer(number) => Some(*number),
        Value::Duration(duration) => Some(duration.amount()),
        _ => None,
    };
    let text = if let Value::Text(text) = is { Some(&**text) } else { None };
    let amount = if let Value::Decimal(amount) = is { Some(*amount) } else { None };
    let elements = is.as_list().unwrap_or_default();
    value.to_value() == *is
        && value.is_missing() == is.is_missing()
        && value.as_integer() == number(is)
        && value.as_boolean() == is.as_boolean()
        && value.as_decimal() == amount
        && value.as_text() == text
        && value.as_choice().is_some() == matches!(is, Value::Choice(_))
        && (value.len(), value.is_empty()) == (elements.len(), elements.is_empty())
        && value.elements().map(|element| element.to_value()).eq(elements.iter().cloned())
        && value.integers().eq(elements.iter().map_while(number))
}

/// Holds a row that was resolved against what its fields are; `last` is the row before it, under the same base row.
fn right(row: &ResolvedRow<'_, '_>, last: Option<&Vec<Value>>, is: &[Value]) -> Result<(), String> {
    let at = |place: usize| format!("{} at {place}", row.key());
    if [row.root_key(), row.steps()].concat() != row.key() {
        return Err(format!("{} is cut into {} and {}", row.key(), row.root_key(), row.steps()));
    }
    let last_step = row.last_step();
    let is_last = match row.steps().strip_suffix(last_step) {
        Some(before) => last_step.is_empty() || before.ends_with('/'),
        None => false,
    };
    if !is_last {
        return Err(format!("{} is said to end with the step {last_step}", row.key()));
    }
    if row.values().len() != is.len() {
        return Err(format!("{} has {} values", row.key(), row.values().len()));
    }
    for (place, (value, is)) in row.values().iter().zip(is).enumerate() {
        if !says(value, is) {
            return Err(format!("{}\n  expected: {is:?}\n  got:      {value:?}", at(place)));
        }
        if row.moved() >> place & 1 == 0 && last.is_none_or(|last| last[place] != *is) {
            return Err(format!("{} does not repeat what it is said to", at(place)));
        }
    }
    Ok(())
}

/// Rows that have changed, by list and key: how, which fields, and all of them before and after.
type Told = BTreeMap<(Name, Key), (ChangeKind, Vec<Name>, Vec<Name>, Vec<Value>, Vec<Value>)>;

fn fields<'s>(spec: &'s SchemaBuilder, list: &Name) -> Vec<&'s Name> {
    spec.lists[list].fields.keys().collect()
}

fn collected(spec: &SchemaBuilder, changes: &ChangeSet) -> Told {
    let row = |change: &Change| {
        let values = |side: &dyn Fn(&str) -> Value| -> Vec<Value> {
            fields(spec, change.list()).iter().map(|field| side(field.as_str())).collect()
        };
        let sides = (values(&|field| change.before(field).clone()), values(&|field| change.after(field).clone()));
        let masks = (change.changed().cloned().collect(), change.shadowed().cloned().collect());
        ((change.list().clone(), change.key().clone()), (change.kind(), masks.0, masks.1, sides.0, sides.1))
    };
    changes.iter().map(row).collect()
}

/// Holds what a delta shows against the change set of the same commit.
fn delta_is(spec: &SchemaBuilder, changes: &ChangeSet, delta: &Delta<'_>, seed: u64) -> Result<(), String> {
    let expected = collected(spec, changes);
    let mut seen = Told::new();
    for span in delta.spans() {
        let list = span.list();
        if spec.lists.get_index(span.list_place()).map(|(name, _)| name) != Some(list) {
            return Err(format!("{list} is not at {}", span.list_place()));
        }
        let names = fields(spec, list);
        let masked = |mask: u128| -> Vec<Name> {
            (0..).zip(&names).filter(|(at, _)| mask >> at & 1 == 1).map(|(_, name)| (*name).clone()).collect()
        };
        let rows = span.rows();
        for row in &rows {
            let side = |read: &dyn Fn(usize) -> Value| -> Vec<Value> { (0..names.len()).map(read).collect() };
            let sides = (side(&|field| row.before(field).to_value()), side(&|field| row.after(field).to_value()));
            if !row.before(names.len()).is_missing() || !row.after(names.len()).is_missing() {
                return Err(format!("{list} {} has a field too many", row.key()));
            }
            let masks = (masked(span.changed()), masked(span.shadowed()));
            let told = (span.kind(), masks.0, masks.1, sides.0, sides.1);
            if seen.insert((list.clone(), row.key()), told).is_some() {
                return Err(format!("{list} {} is told twice", row.key()));
            }
        }
        // The same rows read together, and once more while they are.
        let places = places(names.len(), seed);
        let mut rows = (&rows).into_iter();
        let (mut last, mut outcome, mut nested): (Option<Vec<Value>>, _, _) = (None, Ok(()), 0);
        span.resolve(&places, |row| {
            if last.is_none() {
                span.resolve(&places, |_| nested += 1);
            }
            let Some(one) = rows.next() else { return };
            let read =
                |field: &usize| if span.kind() == ChangeKind::Removed { one.before(*field) } else { one.after(*field) };
            let is: Vec<Value> = places.iter().map(|field| read(field).to_value()).collect();
            let key =
                if one.key().as_str() == row.key() { Ok(()) } else { Err(format!("{} is {}", one.key(), row.key())) };
            let this = key.and_then(|()| right(&row, last.as_ref(), &is));
            outcome = std::mem::replace(&mut outcome, Ok(())).and(this);
            last = Some(is);
        });
        outcome.map_err(|error| format!("resolved: {list} {error}"))?;
        if rows.next().is_some() || nested != span.len() {
            return Err(format!("resolved: rows of {list} are left out"));
        }
    }
    for (at, told) in &seen {
        if expected.get(at) != Some(told) {
            return Err(format!("{at:?}\n  expected: {:?}\n  got:      {told:?}", expected.get(at)));
        }
    }
    if seen.len() == expected.len() { Ok(()) } else { Err("the delta leaves rows out".to_owned()) }
}

/// Holds lists that are read as a whole against their rows.
fn lists_are(spec: &SchemaBuilder, snapshot: &Snapshot, seed: u64) -> Result<(), String> {
    for view in snapshot.lists() {
        let names = fields(spec, view.name());
        let places = places(names.len(), seed);
        let (mut last, mut outcome): (Option<(String, Vec<Value>)>, _) = (None, Ok(()));
        let mut keys = BTreeSet::new();
        view.resolve(&places, |row| {
            let one = row.key().parse::<Key>().ok().and_then(|key| view.row(&key));
            let value = |place: &usize| {
                let field = names.get(*place)?;
                one.as_ref()?.get(field.as_str()).ok()
            };
            let is: Vec<Value> = places.iter().map(|place| value(place).unwrap_or_default()).collect();
            let before = last.as_ref().filter(|(root, _)| root == row.root_key()).map(|(_, values)| values);
            let this = if one.is_some() { right(&row, before, &is) } else { Err(format!("{} is no row", row.key())) };
            outcome = std::mem::replace(&mut outcome, Ok(())).and(this);
            keys.insert(row.key().to_owned());
            last = Some((row.root_key().to_owned(), is));
        });
        outcome.map_err(|error| format!("{} {error}", view.name()))?;
        if keys.len() != view.len() {
            return Err(format!("{} has {} rows, and {} were read", view.name(), view.len(), keys.len()));
        }
    }
    Ok(())
}

/// Commits all batches of a recipe to two systems, one of which shows its deltas.
fn play(run: &mut Run, recipe: &support::Recipe, seed: u64) -> Result<(), String> {
    let mut beside = run.fork()?;
    for at in 0..recipe.batches.len() {
        let batch = run.next(recipe, at);
        let Some(commit) = run.go(&batch)? else { continue };
        let seed = seed.wrapping_add(at as u64);
        let shown = beside.commit_with(edits_of(&batch), |delta| delta_is(&run.spec, &commit, delta, seed));
        shown.map_err(|refused| refused.to_string())??;
        lists_are(&run.spec, &run.system.snapshot(), seed)?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(96))]

    /// A delta shows what the change set of the commit holds, and a list read as a whole is its rows.
    #[test]
    fn what_is_read_in_place_is_what_is_read(recipe in recipes(Sizes::default()), seed in any::<u64>()) {
        hold(&recipe, |recipe| with_system(schema_of(recipe), |run| play(run, recipe, seed)))?;
    }
}

proptest! {
    #![proptest_config(config(4))]

    /// The same of the preset.
    #[test]
    fn what_is_read_in_place_of_the_preset_is_what_is_read(
        recipe in recipes(Sizes { seeds: 40, derived: 4, batches: 10, ..Sizes::default() }),
        seed in any::<u64>(),
    ) {
        hold(&recipe, |recipe| with_system(quanze::four_tier::options().builder(), |run| {
            let mut recipe = recipe.clone();
            support::spread(&mut recipe, &run.spec);
            play(run, &recipe, seed)
        }))?;
    }
}
