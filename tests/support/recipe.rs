//! The tapes that a random system is read from.

use std::fmt;

use proptest::{collection::vec, prelude::*};

/// Everything that is random about a case.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Recipe {
    pub(crate) bases: Vec<BaseRecipe>,
    pub(crate) derived: Vec<DerivedRecipe>,
    pub(crate) checks: Vec<Vec<u8>>,
    pub(crate) batches: Vec<BatchRecipe>,
    /// Changes of the schema.
    pub(crate) changes: Vec<Vec<u8>>,
}

/// A failing law tells the schema and the edits; the bytes would say nothing more.
impl fmt::Debug for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bases, derived, checks, batches, .. } = self;
        write!(f, "{} base lists, {} derived, ", bases.len(), derived.len())?;
        write!(f, "{} checks, {} batches (see above)", checks.len(), batches.len())
    }
}

/// A base list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct BaseRecipe {
    pub(crate) head: Vec<u8>,
    pub(crate) fields: Vec<Vec<u8>>,
}

/// A derived list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DerivedRecipe {
    pub(crate) head: Vec<u8>,
    pub(crate) rules: Vec<Vec<u8>>,
    pub(crate) fields: Vec<Vec<u8>>,
}

/// Edits that are applied together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct BatchRecipe {
    pub(crate) head: Vec<u8>,
    pub(crate) edits: Vec<Vec<u8>>,
}

/// How many there are of each thing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    pub(crate) derived: usize,
    pub(crate) fields: usize,
    pub(crate) checks: usize,
    /// Rows inserted one by one at first.
    pub(crate) seeds: usize,
    pub(crate) batches: usize,
    pub(crate) edits: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { derived: 6, fields: 5, checks: 3, seeds: 10, batches: 12, edits: 6 }
    }
}

fn tape(length: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), length)
}

/// Single batches of up to so many edits.
pub(crate) fn batches(sizes: Sizes) -> impl Strategy<Value = BatchRecipe> {
    (tape(1), vec(tape(24), 1..=sizes.edits)).prop_map(|(head, edits)| BatchRecipe { head, edits })
}

/// Recipes of up to these sizes.
pub(crate) fn recipes(sizes: Sizes) -> impl Strategy<Value = Recipe> {
    let base = (tape(4), vec(tape(4), 1..=9)).prop_map(|(head, fields)| BaseRecipe { head, fields });
    let derived = (tape(6), vec(tape(28), 1..=3), vec(tape(28), 1..=sizes.fields))
        .prop_map(|(head, rules, fields)| DerivedRecipe { head, rules, fields });
    // An insertion, whatever the tape says further on.
    let seed = tape(24).prop_map(|mut edit| {
        edit[0] = 0;
        BatchRecipe { head: Vec::new(), edits: vec![edit] }
    });
    let parts = (
        vec(base, 1..=3),
        vec(derived, 1..=sizes.derived),
        vec(tape(20), 0..=sizes.checks),
        vec(seed, 0..=sizes.seeds),
        vec(batches(sizes), 1..=sizes.batches),
    );
    parts.prop_map(|(bases, derived, checks, seeds, batches)| {
        let batches = seeds.into_iter().chain(batches).collect();
        Recipe { bases, derived, checks, batches, changes: Vec::new() }
    })
}

/// Lets the rows inserted at first be of those lists of the preset that others refer to, mostly.
pub(crate) fn spread(recipe: &mut Recipe, spec: &quanze::SchemaBuilder) {
    const LISTS: [&str; 16] = [
        "regions",
        "bodies",
        "bodies",
        "instruments",
        "articles",
        "duties",
        "upstream",
        "today",
        "profiles",
        "powers",
        "powers",
        "powers",
        "implementers",
        "implementers",
        "variants",
        "materials",
    ];
    let bases: Vec<_> = spec.lists.iter().filter(|(_, list)| list.is_base()).map(|(name, _)| name.as_str()).collect();
    let insertions = recipe.batches.iter_mut().filter(|batch| batch.head.is_empty());
    for (at, batch) in insertions.enumerate() {
        let list = bases.iter().position(|base| *base == LISTS[at % LISTS.len()]).unwrap_or_default();
        for edit in &mut batch.edits {
            edit[1] = u8::try_from(list).unwrap_or_default();
        }
    }
}

/// Recipes of up to these sizes, with so many schemas that follow one another.
pub(crate) fn changing(sizes: Sizes, changes: usize) -> impl Strategy<Value = Recipe> {
    (recipes(sizes), vec(tape(40), changes)).prop_map(|(recipe, changes)| Recipe { changes, ..recipe })
}

/// A tape being read.
#[derive(Clone, Debug)]
pub(crate) struct Tape<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Tape<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn next(&mut self) -> usize {
        let byte = self.bytes.get(self.at).copied().unwrap_or_default();
        self.at += 1;
        usize::from(byte)
    }

    /// Picks one of so many; 0 where there is nothing to pick from.
    pub(crate) fn pick(&mut self, of: usize) -> usize {
        let next = self.next();
        if of == 0 { 0 } else { next % of }
    }

    /// Picks an item.
    pub(crate) fn one<'t, T>(&mut self, of: &'t [T]) -> Option<&'t T> {
        let at = self.pick(of.len());
        of.get(at)
    }

    /// Says yes so many times out of a hundred; a tape that has ended says no.
    pub(crate) fn percent(&mut self, chance: usize) -> bool {
        self.next() * 100 / 256 >= 100 - chance
    }
}
