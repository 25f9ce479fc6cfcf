//! Which lists a change of schema can have reached: the others have the same rows, for they follow from the same.

use std::collections::BTreeSet;

use crate::{
    schema::{CodeScheme, List, Schema, SchemaBuilder, Typing, Vocabulary},
    value::Name,
};

/// Returns the lists of a new schema whose rows may differ from those under the old one: declared otherwise, moved, or made of a
/// list that is.
pub(super) fn reached(old: &Schema, new: &Schema, mut reached: BTreeSet<Name>) -> BTreeSet<Name> {
    let (old, new) = (old.spec(), new.spec());
    if !speaks_as_before(old, new) {
        return new.lists.keys().cloned().collect();
    }
    reached.extend(
        new.lists.iter().filter(|(name, list)| old.lists.get(*name) != Some(list)).map(|(name, _)| name.clone()),
    );
    let below: Vec<(&Name, BTreeSet<Name>)> =
        new.lists.iter().map(|(name, list)| (name, read(new, name, list))).collect();
    loop {
        let before = reached.len();
        for (name, read) in &below {
            if !read.is_disjoint(&reached) {
                reached.insert((*name).clone());
            }
        }
        if reached.len() == before {
            return reached;
        }
    }
}

/// Tells whether every vocabulary, unit and code scheme that was there means what it meant. The order of choices and of segments
/// is part of that, which maps do not compare.
fn speaks_as_before(old: &SchemaBuilder, new: &SchemaBuilder) -> bool {
    let vocabulary = |(name, was): (&Name, &Vocabulary)| {
        new.vocabularies.get(name).is_some_and(|is| is.choices.keys().eq(was.choices.keys()))
    };
    let scheme = |(name, was): (&Name, &CodeScheme)| {
        new.code_schemes.get(name).is_some_and(|is| is == was && is.segments.keys().eq(was.segments.keys()))
    };
    old.vocabularies.iter().all(vocabulary)
        && old.code_schemes.iter().all(scheme)
        && old.units.keys().all(|name| new.units.contains_key(name))
}

/// Returns the lists that decide which rows a list has, and what they say.
fn read(spec: &SchemaBuilder, name: &Name, list: &List) -> BTreeSet<Name> {
    let typing = Typing::new(spec);
    let rules = list.rules.iter().flat_map(|rule| {
        let reads = typing.rule_reads(name, rule);
        let all: Vec<Name> =
            reads.membership.iter().chain(reads.fields.values().flatten()).map(|read| read.list().clone()).collect();
        all
    });
    // What is authored is seen only while the row that it refers to is there.
    let referred = list.fields.values().filter_map(|field| field.ty.target().cloned());
    rules.chain(referred).collect()
}
