//! What changed between two worlds of one schema.

use std::collections::{BTreeMap, BTreeSet};

use quanze::{Key, Name, schema::Write};

use super::{state::Cells, world::World};

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

/// Everything that changed, by list and key.
pub(crate) fn diff(before: &World<'_>, after: &World<'_>) -> BTreeMap<(Name, Key), Change> {
    let mut found = BTreeMap::new();
    for (list, declared) in &before.schema.lists {
        let (old, new) = (before.rows(list), after.rows(list));
        for key in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
            let cells = |world: &World<'_>, there: bool| if there { world.cells(list, key) } else { Cells::new() };
            let (was, is) = (old.contains_key(key), new.contains_key(key));
            let (before_cells, after_cells) = (cells(before, was), cells(after, is));
            let differs = |field: &&Name| before_cells.get(*field) != after_cells.get(*field);
            let updated = declared.fields.keys().filter(|_| was && is);
            let changed: BTreeSet<Name> = updated.filter(differs).cloned().collect();
            let mut shadowed = BTreeSet::new();
            if was && is && !declared.is_base() {
                let moved_below = |field: &&Name| {
                    declared.fields[*field].write == Write::Suggest
                        && !changed.contains(*field)
                        && ![before, after].iter().any(|world| world.authored(list, key, field).is_missing())
                        && before.rule_value(list, key, field) != after.rule_value(list, key, field)
                };
                shadowed = declared.fields.keys().filter(moved_below).cloned().collect();
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
