//! What changed between two worlds.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use quanze::{
    Key, Name,
    schema::{List, Write},
};

use super::{
    state::{Cells, Shown},
    world::World,
};

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Added,
    Removed,
    Updated,
}

/// A row that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) kind: Kind,
    /// The fields whose visible value differs; none of a row added or removed.
    pub(crate) changed: BTreeSet<Name>,
    /// The fields whose rule's value moved under an authored one, with nothing to see.
    pub(crate) shadowed: BTreeSet<Name>,
    pub(crate) before: Cells,
    pub(crate) after: Cells,
}

/// Everything that changed, by list and key. The two worlds may be of unlike schemas: then lists and fields that only one has
/// are empty in the other, and values are the same that are the same when they are stored.
pub(crate) fn diff(before: &World<'_>, after: &World<'_>) -> BTreeMap<(Name, Key), Change> {
    let mut found = BTreeMap::new();
    let lists: BTreeSet<&Name> = before.schema.lists.keys().chain(after.schema.lists.keys()).collect();
    for list in lists {
        let declared = |world: &World<'_>| world.schema.lists.get(list).cloned().unwrap_or_default();
        let (was_declared, is_declared) = (declared(before), declared(after));
        let rows =
            |world: &World<'_>| if world.schema.lists.contains_key(list) { world.rows(list) } else { Rc::default() };
        let (old, new) = (rows(before), rows(after));
        let fields: BTreeSet<&Name> = was_declared.fields.keys().chain(is_declared.fields.keys()).collect();
        for key in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
            let cells = |world: &World<'_>, there: bool| if there { world.cells(list, key) } else { Cells::new() };
            let (was, is) = (old.contains_key(key), new.contains_key(key));
            let (before_cells, after_cells) = (cells(before, was), cells(after, is));
            let shown = |cells: &Cells, field: &Name| cells.get(field).map(|value| Shown(value).to_string());
            let differs = |field: &&&Name| shown(&before_cells, field) != shown(&after_cells, field);
            let updated = fields.iter().filter(|_| was && is);
            let changed: BTreeSet<Name> = updated.filter(differs).map(|field| (*field).clone()).collect();
            let mut shadowed = BTreeSet::new();
            if was && is {
                let suggested = |list: &List, field: &Name| {
                    list.fields.get(field).is_some_and(|field| field.write == Write::Suggest)
                };
                let ruled = |world: &World<'_>, field: &Name| Shown(&world.rule_value(list, key, field)).to_string();
                let moved_below = |field: &&&Name| {
                    suggested(&was_declared, field)
                        && suggested(&is_declared, field)
                        && !changed.contains(**field)
                        && ![before, after].iter().any(|world| world.authored(list, key, field).is_missing())
                        && ruled(before, field) != ruled(after, field)
                };
                shadowed = fields.iter().filter(moved_below).map(|field| (*field).clone()).collect();
            }
            let kind = match (was, is) {
                (false, _) => Kind::Added,
                (_, false) => Kind::Removed,
                _ => Kind::Updated,
            };
            if kind != Kind::Updated || !changed.is_empty() || !shadowed.is_empty() {
                let change = Change { kind, changed, shadowed, before: before_cells, after: after_cells };
                found.insert((list.clone(), key.clone()), change);
            }
        }
    }
    found
}
