//! The laws of the contract, on random systems and random edits, beside the oracle.
//!
//! `PROPTEST_CASES` sets how many; what failed once is kept in `proptest-regressions/` and tried first.

mod oracle;
mod support;

use oracle::{Batch, Edit};
use proptest::{prelude::*, test_runner::RngSeed};
use quanze::{
    Value,
    schema::{Field, OnRemove, Type},
};
use support::{
    law::{commute, compose, reached_otherwise},
    live::{Run, bytes, equal, rows, with_system},
    recipe::Sizes,
    recipes, schema_of,
    shrink::hold,
};

/// So many cases where the environment does not say.
fn config(cases: u32) -> ProptestConfig {
    let given = std::env::var("PROPTEST_CASES").is_ok();
    let default = ProptestConfig::default();
    ProptestConfig {
        cases: if given { default.cases } else { cases },
        failure_persistence: Some(Box::new(proptest::test_runner::FileFailurePersistence::Direct(
            "proptest-regressions/laws.txt",
        ))),
        // What fails is made smaller by the laws themselves.
        max_shrink_iters: 0,
        // The same systems everywhere; `PROPTEST_RNG_SEED` draws others.
        rng_seed: if matches!(default.rng_seed, RngSeed::Random) {
            RngSeed::Fixed(20_231_212)
        } else {
            default.rng_seed
        },
        ..default
    }
}

fn small() -> Sizes {
    Sizes { derived: 4, batches: 6, ..Sizes::default() }
}

/// Commits all batches of a recipe to both sides.
fn play(run: &mut Run, recipe: &support::Recipe) -> Result<(), String> {
    for at in 0..recipe.batches.len() {
        let batch = run.next(recipe, at);
        run.go(&batch)?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(256))]

    /// After every commit: rows, keys, order, findings and parked cells are what deriving from scratch gives; the change
    /// set is the difference; the preview says the same before and changes nothing; a refusal changes nothing.
    #[test]
    fn a_commit_is_what_deriving_from_scratch_gives(recipe in recipes(Sizes::default())) {
        hold(&recipe, |recipe| with_system(schema_of(recipe), |run| {
            run.compare()?;
            for at in 0..recipe.batches.len() {
                let batch = run.next(recipe, at);
                run.commit(&batch)?;
                run.compare()?;
            }
            Ok(())
        }))?;
    }
}

proptest! {
    #![proptest_config(config(64))]

    /// A snapshot never changes.
    #[test]
    fn a_snapshot_never_changes(recipe in recipes(small())) {
        hold(&recipe, |recipe| with_system(schema_of(recipe), |run| {
            let mut taken = Vec::new();
            for at in 0..recipe.batches.len() {
                let snapshot = run.system.snapshot();
                let seen = rows(&snapshot, &run.spec);
                taken.push((snapshot, seen));
                let batch = run.next(recipe, at);
                run.go(&batch)?;
                for (snapshot, seen) in &taken {
                    equal("a snapshot", seen, &rows(snapshot, &run.spec))?;
                }
            }
            Ok(())
        }))?;
    }

    /// What is saved comes back, byte for byte, and goes on as the first would.
    #[test]
    fn what_is_saved_comes_back(recipe in recipes(small())) {
        hold(&recipe, |recipe| with_system(schema_of(recipe), |run| {
            for at in 0..recipe.batches.len() {
                let batch = run.next(recipe, at);
                run.go(&batch)?;
                let back = run.fork()?;
                equal("the state restored", &run.system.state().to_json(), &back.state().to_json())?;
                equal("what is restored", &bytes(&run.system), &bytes(&back))?;
                if at % 3 == 2 {
                    run.system = back;
                }
            }
            Ok(())
        }))?;
    }

    /// Equal state, equal bytes: rows inserted in another order, among rows that come and go.
    #[test]
    fn a_state_does_not_tell_how_it_was_reached(recipe in recipes(small()), seed in any::<u64>()) {
        hold(&recipe, |recipe| with_system(schema_of(recipe), |run| {
            play(run, recipe)?;
            reached_otherwise(run, seed)
        }))?;
    }

    /// Two batches one after the other are the two as one, where both are accepted.
    #[test]
    fn batches_compose(recipe in recipes(small())) {
        hold(&recipe, |recipe| with_system(schema_of(recipe), |run| {
            for at in 0..recipe.batches.len().saturating_sub(1) {
                let before = run.fork()?;
                let first = run.next(recipe, at);
                let Some(_) = run.go(&first)? else { continue };
                let second = run.next(recipe, at + 1);
                compose(&before, &first, &second)?;
            }
            Ok(())
        }))?;
    }

    /// Batches that write different cells give one state in either order, where neither is refused.
    #[test]
    fn independent_batches_commute(recipe in recipes(small())) {
        hold(&recipe, |recipe| with_system(schema_of(recipe), |run| {
            for at in 0..recipe.batches.len().saturating_sub(1) {
                let (first, second) = (run.next(recipe, at), run.next(recipe, at + 1));
                commute(run, &first, &second)?;
                run.go(&first)?;
            }
            Ok(())
        }))?;
    }

    /// A base row that goes and comes back brings back all that was authored below it, and nothing authored is lost but by
    /// those verbs that say so.
    #[test]
    fn what_was_authored_returns_with_its_row(recipe in recipes(small())) {
        hold(&recipe, |recipe| with_system(unowned(schema_of(recipe)), |run| {
            play(run, recipe)?;
            let rows: Vec<_> = run.state.base.iter().flat_map(|(list, rows)| {
                rows.iter().map(move |(key, cells)| (list.to_string(), key.to_string(), cells.clone()))
            }).collect();
            for (list, key, cells) in rows {
                let before = bytes(&run.system);
                let remove = Batch::of([Edit::Remove(list.clone(), key.clone())]).recorded();
                if run.go(&remove)?.is_none() {
                    continue;
                }
                let fields = cells.into_iter().map(|(field, value)| (field.to_string(), value)).collect();
                let insert = Batch::of([Edit::Insert(list, key, fields)]).recorded();
                if run.go(&insert)?.is_none() {
                    return Err("a row that was there cannot come back".to_owned());
                }
                equal("what comes back", &before, &bytes(&run.system))?;
            }
            Ok(())
        }))?;
    }

    /// A field that nobody reads changes its own row and no other.
    #[test]
    fn a_field_that_nobody_reads_moves_nothing(recipe in recipes(small())) {
        hold(&recipe, |recipe| with_system(remarked(schema_of(recipe)), |run| {
            play(run, recipe)?;
            let rows: Vec<_> = run.state.base.iter().flat_map(|(list, rows)| {
                rows.keys().map(move |key| (list.to_string(), key.to_string()))
            }).collect();
            for (list, key) in rows {
                let set = |value: Value| Batch::of([Edit::Set(list.clone(), key.clone(), "remark".into(), value)]);
                run.go(&set(Value::Missing))?;
                let changed = run.go(&set("seen by nobody".into()))?.map_or(0, |commit| commit.len());
                if changed != 1 {
                    return Err(format!("a remark on {list} {key} changed {changed} rows"));
                }
            }
            Ok(())
        }))?;
    }
}

proptest! {
    #![proptest_config(config(12))]

    /// The same of the preset: bodies, powers, implementers and the rest at random.
    #[test]
    fn the_preset_is_what_deriving_from_scratch_gives(recipe in recipes(Sizes { seeds: 40, batches: 10, ..small() })) {
        hold(&recipe, |recipe| with_system(quanze::four_tier::options().builder(), |run| {
            let mut recipe = recipe.clone();
            support::spread(&mut recipe, &run.spec);
            for at in 0..recipe.batches.len() {
                let batch = run.next(&recipe, at);
                run.commit(&batch)?;
                if at % 4 == 3 {
                    run.compare()?;
                }
            }
            run.compare()
        }))?;
    }
}

/// The same schema with a field in each base list that nobody reads.
fn remarked(mut spec: quanze::SchemaBuilder) -> quanze::SchemaBuilder {
    for list in spec.lists.values_mut().filter(|list| list.is_base()) {
        list.fields.insert("remark".into(), Field::new(Type::Text));
    }
    spec
}

/// The same schema without rows that are owned or references that let go: a removal then takes one row, or is refused.
fn unowned(mut spec: quanze::SchemaBuilder) -> quanze::SchemaBuilder {
    for field in spec.lists.values_mut().flat_map(|list| list.fields.values_mut()) {
        field.on_remove = OnRemove::Restrict;
    }
    spec
}
