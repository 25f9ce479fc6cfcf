//! Findings, by the schema's checks and by themselves, and parked cells.

use std::collections::{BTreeMap, BTreeSet};

use quanze::{
    Key, Name,
    schema::{Presence, Severity, Write},
};

use super::{
    eval::{Scope, holds},
    state::Cells,
    world::World,
};

/// What a check says of a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    pub(crate) check: Name,
    pub(crate) list: Name,
    pub(crate) key: Key,
    pub(crate) severity: Severity,
}

/// All findings of a world.
pub(crate) fn findings(world: &World<'_>) -> BTreeSet<Finding> {
    let mut found = BTreeSet::new();
    for (id, check) in &world.schema.checks {
        for (key, row) in world.rows(&check.list).iter() {
            let mut scope = Scope::of_source(world.schema, &check.list);
            scope.source = Some(key.clone());
            scope.types.own = Some(&check.list);
            scope.own = Some(key.clone());
            scope.here = Some(row.root.clone());
            if holds(world, &check.when, &scope) {
                let severity = check.severity;
                found.insert(Finding { check: id.clone(), list: check.list.clone(), key: key.clone(), severity });
            }
        }
    }
    for (list, declared) in world.schema.lists.iter().filter(|(_, declared)| !declared.is_base()) {
        for (field, field_declared) in &declared.fields {
            for key in world.rows(list).keys() {
                let mut add = |what: &str| {
                    let check = Name::from(format!("{list}.{field}.{what}"));
                    found.insert(Finding { check, list: list.clone(), key: key.clone(), severity: Severity::Review });
                };
                if field_declared.presence == Presence::Required && world.value(list, key, field).is_missing() {
                    add("required");
                }
                if let Write::Narrow(narrow) = field_declared.write {
                    let (authored, ruled) = (world.authored(list, key, field), world.rule_value(list, key, field));
                    if world.looser(&field_declared.ty, narrow, &authored, &ruled) {
                        add("looser");
                    }
                }
                if world.dangles(list, field, &world.state.authored_cell(list, key, field)) {
                    add("dangling");
                }
            }
        }
    }
    found
}

/// The authored cells whose row, or what they refer to, is not there.
pub(crate) fn parked(world: &World<'_>) -> BTreeMap<(Name, Key), Cells> {
    let mut parked = world.state.authored.clone();
    for ((list, key), cells) in &mut parked {
        if world.rows(list).contains_key(key) {
            cells.retain(|field, cell| world.dangles(list, field, cell));
        }
    }
    parked.retain(|_, cells| !cells.is_empty());
    parked
}
