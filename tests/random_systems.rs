//! The random systems themselves: the schemas are valid, the edits mostly so, and everything is met.

mod oracle;
mod support;

use std::collections::BTreeMap;

use oracle::{Batch, Edit, State, World, apply, edit::independent, findings, parked};
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use support::{Coverage, Recipe, batch_of, recipe::Sizes, recipes, schema_of};

/// So many recipes, the same in every run.
fn some_recipes(count: usize) -> impl Iterator<Item = Recipe> {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = recipes(Sizes::default());
    (0..count).map(move |_| strategy.new_tree(&mut runner).expect("a recipe").current())
}

#[test]
fn random_schemas_are_valid() {
    for recipe in some_recipes(1000) {
        let schema = schema_of(&recipe);
        if let Err(error) = schema.clone().build() {
            let json = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
            panic!("{json}\n{error}");
        }
    }
}

/// What a run has met, beside rules, policies and verbs.
#[derive(Default)]
struct Tally {
    coverage: Coverage,
    accepted: u32,
    refused: u32,
    faults: BTreeMap<String, u32>,
    rows: usize,
    findings: usize,
    parked: usize,
}

/// Spreads the policies evenly over the fields, rather than as chance has it.
fn spread(n: usize, recipe: &mut Recipe) {
    for (list, derived) in recipe.derived.iter_mut().enumerate() {
        for (at, field) in derived.fields.iter_mut().enumerate() {
            field[0] = u8::try_from((n + 5 * list + at) % 7).expect("less than seven");
        }
    }
}

#[test]
fn every_pair_of_rule_policy_and_verb_is_met() {
    let mut tally = Tally::default();
    for (n, mut recipe) in some_recipes(350).enumerate() {
        spread(n, &mut recipe);
        let schema = schema_of(&recipe);
        let mut state = State::default();
        for batch in &recipe.batches {
            let batch = batch_of(&schema, &state, batch);
            match apply(&schema, &state, &batch) {
                Err(faults) => {
                    tally.refused += 1;
                    for fault in faults {
                        *tally.faults.entry(format!("{:?}", fault.kind)).or_default() += 1;
                    }
                }
                Ok(next) => {
                    tally.accepted += 1;
                    let after = World::new(&schema, &next);
                    tally.coverage.count(&batch, &World::new(&schema, &state), &after);
                    tally.rows += schema.lists.keys().map(|list| after.rows(list).len()).max().unwrap_or_default();
                    tally.findings += findings(&after).len();
                    tally.parked += parked(&after).len();
                    state = next;
                }
            }
        }
    }
    let Tally { accepted, refused, .. } = tally;
    eprintln!("{accepted} batches accepted, {refused} refused, for {:?}", tally.faults);
    eprintln!("{} rows in the longest lists, {} findings, {} parked", tally.rows, tally.findings, tally.parked);
    eprintln!("met least: {:?}", tally.coverage.least());
    assert_eq!(tally.coverage.missing(), Vec::<String>::new());
    assert!(accepted > refused, "most batches are accepted");
    // All but one: that a re-key carries one cell onto another is tested by hand.
    assert!(tally.faults.len() >= 14, "the reasons to refuse are met: {:?}", tally.faults);
}

/// The oracle keeps the laws that it can be asked about alone: otherwise the contract contradicts itself.
#[test]
fn the_oracle_keeps_the_laws() {
    let (mut commuting, mut renamed) = (0, 0);
    for recipe in some_recipes(150) {
        let schema = schema_of(&recipe);
        let mut state = State::default();
        for pair in recipe.batches.windows(2) {
            let (first, second) = (batch_of(&schema, &state, &pair[0]), batch_of(&schema, &state, &pair[1]));
            let after = |state: &State, batch: &Batch| apply(&schema, state, batch).ok();
            let (Some(one), other) = (after(&state, &first), after(&state, &second)) else { continue };
            if let Some(other) = other.filter(|_| independent(&schema, &state, &first, &second))
                && let (Some(one_way), Some(other_way)) = (after(&one, &second), after(&other, &first))
            {
                commuting += 1;
                assert_eq!(one_way, other_way, "{first}{second}");
            }
            for edit in &first.edits {
                if let Edit::Rekey(list, from, to) = edit {
                    let there = Batch::of([edit.clone()]).recorded();
                    let back = Batch::of([Edit::Rekey(list.clone(), to.clone(), from.clone())]).recorded();
                    if let Some(back) = after(&state, &there).and_then(|moved| after(&moved, &back)) {
                        renamed += 1;
                        assert_eq!(back, state, "{edit}");
                    }
                }
            }
            state = one;
        }
    }
    assert!(commuting > 100, "only {commuting} pairs commute");
    assert!(renamed > 10, "only {renamed} rows renamed and back");
}
