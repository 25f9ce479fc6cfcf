//! The random systems themselves: the schemas are valid, the edits mostly so, and everything is met.

mod oracle;
mod support;

use std::collections::BTreeMap;

use oracle::{State, World, apply, findings, parked};
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
