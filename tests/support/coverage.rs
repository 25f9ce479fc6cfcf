//! Which pairs of rule kind, write policy and edit verb have met in an accepted batch that changed something.

use std::{collections::BTreeMap, fmt};

use quanze::{
    SchemaBuilder,
    schema::{Each, Narrow, Write},
};

use crate::oracle::{Batch, Edit, Kind, World, diff, world::Made};

const RULES: [&str; 6] = ["row", "element", "table", "match", "group", "group over"];
const POLICIES: [&str; 7] = ["locked", "local", "suggest", "at most", "at least", "subset", "union"];
const VERBS: [&str; 12] = [
    "insert",
    "set",
    "replace",
    "remove",
    "add",
    "discard",
    "rekey",
    "author",
    "clear",
    "forget",
    "add authored",
    "discard authored",
];

/// How often each triple has been seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Coverage {
    seen: BTreeMap<(&'static str, &'static str, &'static str), u32>,
}

impl Coverage {
    /// Counts what a batch changed, for each of its verbs: every field of a row that appeared or vanished, and the fields
    /// that changed, visibly or under an authored value. Of a batch of several verbs each counts.
    pub(crate) fn count(&mut self, batch: &Batch, before: &World<'_>, after: &World<'_>) {
        let mut met = Vec::new();
        for ((list, key), change) in diff(before, after) {
            let declared = &after.schema.lists[&list];
            if declared.is_base() {
                continue;
            }
            let world = if change.kind == Kind::Removed { before } else { after };
            let rows = world.rows(&list);
            let rule = rule_kind(&world.rule_of(&list, &rows[&key]).each);
            for (name, field) in &declared.fields {
                if change.kind != Kind::Updated || change.changed.contains(name) || change.shadowed.contains(name) {
                    met.push((rule, policy(field.write)));
                }
            }
        }
        for edit in &batch.edits {
            for (rule, policy) in &met {
                *self.seen.entry((*rule, *policy, verb(after.schema, edit))).or_default() += 1;
            }
        }
    }

    /// The triples that have not been seen.
    pub(crate) fn missing(&self) -> Vec<String> {
        let mut missing = Vec::new();
        for rule in RULES {
            for policy in POLICIES {
                for verb in VERBS {
                    if !self.seen.contains_key(&(rule, policy, verb)) {
                        missing.push(format!("{rule} × {policy} × {verb}"));
                    }
                }
            }
        }
        missing
    }

    /// The triple seen least, and how often.
    pub(crate) fn least(&self) -> Option<(String, u32)> {
        let least = self.seen.iter().min_by_key(|(_, times)| **times);
        least.map(|((rule, policy, verb), times)| (format!("{rule} × {policy} × {verb}"), *times))
    }
}

fn verb(schema: &SchemaBuilder, edit: &Edit) -> &'static str {
    let base = schema.lists.get(edit.list()).is_some_and(quanze::schema::List::is_base);
    match (edit, base) {
        (Edit::Add(..), false) => "add authored",
        (Edit::Discard(..), false) => "discard authored",
        _ => edit.verb(),
    }
}

fn rule_kind(each: &Each) -> &'static str {
    match each {
        Each::Row => "row",
        Each::Element(_) => "element",
        Each::Table(_) => "table",
        Each::Match { .. } => "match",
        Each::Group { over: None, .. } => "group",
        _ => "group over",
    }
}

fn policy(write: Write) -> &'static str {
    match write {
        Write::Locked => "locked",
        Write::Local => "local",
        Write::Suggest => "suggest",
        Write::Narrow(Narrow::AtMost) => "at most",
        Write::Narrow(Narrow::AtLeast) => "at least",
        Write::Narrow(Narrow::Subset) => "subset",
        _ => "union",
    }
}
