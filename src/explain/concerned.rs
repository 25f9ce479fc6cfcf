//! Whom changes concern.
//!
//! Architecture invariant: what has not changed is the same before and after, so one snapshot beside the changes is both
//! states.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    impact::{Counts, Impact, OfList, OfOwner, OfTier},
    owners::{ImpactError, Owner, Owners},
};
use crate::{
    engine::ChangeKind,
    schema::Type,
    system::{Change, ChangeSet, Finding, Snapshot},
    value::{Key, Name, Value},
};

/// Which of the two states is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

impl ChangeSet {
    /// Tells what the changes mean for whom, as in the example of [`Impact`]: counts of rows and findings by tier, list and
    /// owner. The snapshot is one from right before the changes (for a preview: of now) or right after them.
    ///
    /// A row belongs to whom it belongs after the changes and to whom it belonged before: both are concerned.
    ///
    /// # Errors
    /// [`ImpactError`] where a path leads nowhere, or the snapshot is neither of the two.
    ///
    /// # Complexity
    /// In the rows changed, and the references followed from each.
    pub fn impact(&self, snapshot: &Snapshot, owners: &Owners) -> Result<Impact, ImpactError> {
        if self.schema() != snapshot.schema() {
            return Err(ImpactError::OtherSchema);
        }
        let (at, to) = (snapshot.revision(), self.revision());
        if at != to && at + 1 != to {
            return Err(ImpactError::OtherRevision { snapshot: at, changes: to });
        }
        owners.check(snapshot.schema())?;
        Ok(Concerned { changes: self, snapshot, owners }.impact())
    }
}

struct Concerned<'a> {
    changes: &'a ChangeSet,
    snapshot: &'a Snapshot,
    owners: &'a Owners,
}

/// The counts of a list, and of each of its owners.
type OfEach = (Counts, BTreeMap<Owner, Counts>);

impl Concerned<'_> {
    fn impact(&self) -> Impact {
        let spec = self.snapshot.schema().spec();
        let mut found: BTreeMap<usize, OfEach> = BTreeMap::new();
        let mut count = |list: &Name, owners: BTreeSet<Owner>, counts: Counts| {
            let of = found.entry(spec.lists.get_index_of(list).unwrap_or_default()).or_default();
            of.0 += counts;
            for owner in owners {
                *of.1.entry(owner).or_default() += counts;
            }
        };
        for change in self.changes.iter() {
            let (sides, counts): (&[Side], _) = match change.kind() {
                ChangeKind::Added => (&[Side::After], Counts { added: 1, ..Counts::default() }),
                ChangeKind::Removed => (&[Side::Before], Counts { removed: 1, ..Counts::default() }),
                ChangeKind::Updated => {
                    let seen = usize::from(change.changed().next().is_some());
                    let counts = Counts { updated: seen, shadowed: 1 - seen, ..Counts::default() };
                    (&[Side::Before, Side::After], counts)
                }
            };
            count(change.list(), self.owners(change.list(), change.key(), sides), counts);
        }
        let mut found_or_resolved = |findings: &[Finding], side, counts| {
            for finding in findings {
                count(finding.list(), self.owners(finding.list(), finding.key(), &[side]), counts);
            }
        };
        let (added, resolved) = (self.changes.findings_added(), self.changes.findings_resolved());
        found_or_resolved(added, Side::After, Counts { findings_added: 1, ..Counts::default() });
        found_or_resolved(resolved, Side::Before, Counts { findings_resolved: 1, ..Counts::default() });

        let mut total = Counts::default();
        let mut tiers: BTreeMap<Option<u8>, Counts> = BTreeMap::new();
        let mut all_owners: BTreeMap<Owner, Counts> = BTreeMap::new();
        let mut lists = Vec::new();
        for (place, (counts, owners)) in found {
            let Some((list, declared)) = spec.lists.get_index(place) else { continue };
            total += counts;
            *tiers.entry(declared.tier).or_default() += counts;
            for (owner, counts) in &owners {
                *all_owners.entry(owner.clone()).or_default() += *counts;
            }
            let owners = owners.into_iter().map(|of| self.of_owner(of)).collect();
            lists.push(OfList { tier: declared.tier, list: list.clone(), counts, owners });
        }
        Impact {
            total,
            tiers: tiers.into_iter().map(|(tier, counts)| OfTier { tier, counts }).collect(),
            lists,
            owners: all_owners.into_iter().map(|of| self.of_owner(of)).collect(),
            schema: self.snapshot.schema().clone(),
        }
    }

    /// Returns whom a row belongs to; a missing value where it belongs to nobody.
    fn owners(&self, list: &Name, key: &Key, sides: &[Side]) -> BTreeSet<Owner> {
        let mut owners = BTreeSet::new();
        for side in sides {
            let read = |list: &Name, key: &Key, field: &Name| self.read(list, key, field, *side);
            owners.extend(self.owners.found(self.snapshot.schema(), list, key, &read));
        }
        if owners.is_empty() {
            owners.insert((None, Value::Missing));
        }
        owners
    }

    /// Reads a field of a row as it is on one side; missing where there is no such row.
    fn read(&self, list: &Name, key: &Key, field: &Name, side: Side) -> Value {
        if let Some(change) = self.change(list, key) {
            let value = if side == Side::Before { change.before(field.as_str()) } else { change.after(field.as_str()) };
            return value.clone();
        }
        let row = self.snapshot.list(list.as_str()).ok().and_then(|list| list.row(key));
        row.and_then(|row| row.get(field.as_str()).ok()).unwrap_or_default()
    }

    fn change(&self, list: &Name, key: &Key) -> Option<&Change> {
        let changes = self.changes.changes(list.as_str());
        changes.binary_search_by(|change| change.key().cmp(key)).ok().map(|at| &changes[at])
    }

    /// Adds to an owner what people call it: the first text of its row, as it is after the changes, or was.
    fn of_owner(&self, ((list, owner), counts): (Owner, Counts)) -> OfOwner {
        let mut caption = Value::Missing;
        if let (Some(list), Value::Reference(key)) = (&list, &owner) {
            let fields = &self.snapshot.schema().spec().lists[list].fields;
            let texts = || fields.iter().filter(|(_, field)| field.ty == Type::Text);
            let mut values = [Side::After, Side::Before]
                .into_iter()
                .flat_map(|side| texts().map(move |(name, _)| self.read(list, key, name, side)));
            caption = values.find(|value| !value.is_missing()).unwrap_or_default();
        }
        OfOwner { list, owner, caption, counts }
    }
}
