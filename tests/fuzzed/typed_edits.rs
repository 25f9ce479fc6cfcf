//! A schema and edits of it, beside the oracle.
//!
//! The bytes are records: one byte says what there is one more of (a base list, a field of the last base list, a derived
//! list, a rule or field of the last derived list, a check, a batch, an edit of the last batch), and as many as such a thing
//! reads are its tape. So the fuzzer can take a record out, put one in, or copy it from elsewhere, and the rest stays
//! what it was.

use super::Reading;
use crate::support::{
    live::{bytes, equal, with_system},
    recipe::{BaseRecipe, BatchRecipe, DerivedRecipe, Recipe},
    schema_of,
};

const MOST_BASES: usize = 3;
const MOST_DERIVED: usize = 5;
const MOST_RULES: usize = 3;
const MOST_FIELDS: usize = 6;
const MOST_CHECKS: usize = 3;
const MOST_BATCHES: usize = 24;
const MOST_EDITS: usize = 6;

/// After every commit all is as deriving from scratch gives, and what is saved comes back.
pub(crate) fn holds(input: &[u8]) -> Result<(), String> {
    let recipe = recipe_of(input);
    with_system(schema_of(&recipe), |run| {
        for at in 0..recipe.batches.len() {
            let batch = run.next(&recipe, at);
            run.commit(&batch)?;
            run.compare()?;
        }
        let back = run.fork()?;
        equal("what is restored", &bytes(&run.system), &bytes(&back))
    })
}

fn recipe_of(input: &[u8]) -> Recipe {
    let mut reading = Reading::new(input);
    let mut recipe = Recipe::default();
    while !reading.is_at_end() {
        let kind = reading.byte() % 16;
        let mut tape = |length: usize| reading.take(length).to_vec();
        match kind {
            0 => add(&mut recipe.bases, MOST_BASES, BaseRecipe { head: tape(4), fields: Vec::new() }),
            1 => add(&mut last_base(&mut recipe).fields, MOST_FIELDS, tape(4)),
            2 => {
                let derived = DerivedRecipe { head: tape(6), ..DerivedRecipe::default() };
                add(&mut recipe.derived, MOST_DERIVED, derived);
            }
            3 => add(&mut last_derived(&mut recipe).rules, MOST_RULES, tape(28)),
            4 => add(&mut last_derived(&mut recipe).fields, MOST_FIELDS, tape(28)),
            5 => add(&mut recipe.checks, MOST_CHECKS, tape(20)),
            6 | 7 => {
                let batch = BatchRecipe { head: tape(1), edits: Vec::new() };
                add(&mut recipe.batches, MOST_BATCHES, batch);
            }
            _ => {
                if recipe.batches.is_empty() {
                    recipe.batches.push(BatchRecipe::default());
                }
                if let Some(batch) = recipe.batches.last_mut() {
                    add(&mut batch.edits, MOST_EDITS, tape(24));
                }
            }
        }
    }
    // A list without a field or a rule would be none.
    last_base(&mut recipe);
    for base in recipe.bases.iter_mut().filter(|base| base.fields.is_empty()) {
        base.fields.push(Vec::new());
    }
    for derived in recipe.derived.iter_mut().filter(|derived| derived.rules.is_empty()) {
        derived.rules.push(Vec::new());
    }
    recipe
}

fn add<T>(all: &mut Vec<T>, most: usize, one: T) {
    if all.len() < most {
        all.push(one);
    }
}

fn last_base(recipe: &mut Recipe) -> &mut BaseRecipe {
    if recipe.bases.is_empty() {
        recipe.bases.push(BaseRecipe::default());
    }
    recipe.bases.last_mut().expect("there is one")
}

fn last_derived(recipe: &mut Recipe) -> &mut DerivedRecipe {
    if recipe.derived.is_empty() {
        recipe.derived.push(DerivedRecipe::default());
    }
    recipe.derived.last_mut().expect("there is one")
}
