use serde::{Deserialize, Serialize};

use super::{
    super::{Change, ChangeSet, Finding},
    cursor::Cursor,
};
use crate::{
    engine::ChangeKind,
    record::Record,
    value::{Key, Name, Value},
};

/// What one commit has changed, in one of the forms of a feed: `T` is a [`SpanChange`], [`RowChange`] or [`ValueChange`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Revision<T> {
    /// The revision that the commit made.
    pub revision: u64,
    /// The cursor of a consumer that has seen it.
    pub cursor: Cursor,
    /// Why the edits were made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// Who made them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// The rows, in the order of lists and keys.
    pub changes: Vec<T>,
    /// The findings that there were not before, by check and key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings_added: Vec<Finding>,
    /// The findings that there are no more, by check and key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings_resolved: Vec<Finding>,
}

/// Rows of one list that have changed alike: for a consumer that counts them, or reads what it needs itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SpanChange {
    /// The list.
    pub list: Name,
    /// What has become of the rows.
    pub kind: ChangeKind,
    /// The fields that are seen with another value; none for rows that have appeared or vanished.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<Name>,
    /// The fields whose rule's value has changed under an authored one, which is still seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shadowed: Vec<Name>,
    /// The keys of the rows, in their order.
    pub keys: Vec<Key>,
}

/// A row that has appeared, vanished or changed, without its values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RowChange {
    /// The list.
    pub list: Name,
    /// The key of the row.
    pub key: Key,
    /// What has become of the row.
    pub kind: ChangeKind,
    /// The fields that are seen with another value; none for a row that has appeared or vanished.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<Name>,
    /// The fields whose rule's value has changed under an authored one, which is still seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shadowed: Vec<Name>,
}

/// A row that has appeared, vanished or changed, with all its fields before and after.
///
/// The row after one revision is the row before the next that changes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ValueChange {
    /// Which row, and what has become of it.
    #[serde(flatten)]
    pub row: RowChange,
    /// The fields as they were seen; nothing for a row that has appeared.
    pub before: Option<Record>,
    /// The fields as they are seen; nothing for a row that has vanished.
    pub after: Option<Record>,
}

/// A form in which rows are told of.
pub(super) trait Form: Sized {
    /// Tells of rows, in the order of lists and keys.
    fn of<'c>(changes: impl Iterator<Item = &'c Change>) -> Vec<Self>;
}

/// Tells what a commit has changed in the lists that are asked for.
pub(super) fn revision<T: Form>(set: &ChangeSet, cursor: Cursor, wanted: impl Fn(&Name) -> bool) -> Revision<T> {
    let found = |all: &[Finding]| all.iter().filter(|finding| wanted(finding.list())).cloned().collect();
    Revision {
        revision: set.revision(),
        cursor,
        cause: set.cause().map(str::to_owned),
        actor: set.actor().map(str::to_owned),
        changes: T::of(set.iter().filter(|change| wanted(change.list()))),
        findings_added: found(set.findings_added()),
        findings_resolved: found(set.findings_resolved()),
    }
}

impl Form for SpanChange {
    fn of<'c>(changes: impl Iterator<Item = &'c Change>) -> Vec<Self> {
        let mut spans: Vec<(&Change, Vec<Key>)> = Vec::new();
        // Those of the list at hand: lists come one after the other.
        let mut start = 0;
        for change in changes {
            if spans.get(start).is_some_and(|(first, _)| first.list != change.list) {
                start = spans.len();
            }
            let alike = |first: &Change| {
                (first.kind, first.changed, first.shadowed) == (change.kind, change.changed, change.shadowed)
            };
            match spans[start..].iter_mut().find(|(first, _)| alike(first)) {
                Some((_, keys)) => keys.push(change.key().clone()),
                None => spans.push((change, vec![change.key().clone()])),
            }
        }
        let span = |(first, keys): (&Change, Vec<Key>)| Self {
            list: first.list().clone(),
            kind: first.kind(),
            changed: first.changed().cloned().collect(),
            shadowed: first.shadowed().cloned().collect(),
            keys,
        };
        spans.into_iter().map(span).collect()
    }
}

impl RowChange {
    fn new(change: &Change) -> Self {
        Self {
            list: change.list().clone(),
            key: change.key().clone(),
            kind: change.kind(),
            changed: change.changed().cloned().collect(),
            shadowed: change.shadowed().cloned().collect(),
        }
    }
}

impl Form for RowChange {
    fn of<'c>(changes: impl Iterator<Item = &'c Change>) -> Vec<Self> {
        changes.map(Self::new).collect()
    }
}

impl Form for ValueChange {
    fn of<'c>(changes: impl Iterator<Item = &'c Change>) -> Vec<Self> {
        let of = |change: &Change| Self {
            row: RowChange::new(change),
            before: (change.kind != ChangeKind::Added).then(|| record(change, &change.before)),
            after: (change.kind != ChangeKind::Removed).then(|| record(change, &change.after)),
        };
        changes.map(of).collect()
    }
}

/// Returns one side of a change by the names of the fields.
pub(super) fn record(change: &Change, values: &[Value]) -> Record {
    let fields = &change.plan.list(change.list).fields;
    fields.iter().zip(values).map(|(field, value)| (field.name.clone(), value.clone())).collect()
}
