use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    super::{ChangeSet, Finding, ListView, Snapshot},
    cursor::Cursor,
    forms::record,
};
use crate::{
    engine::ChangeKind,
    record::Record,
    value::{Key, Name},
};

/// The last state of each row that has changed, to be put over a copy of the lists by someone who knows nothing of them.
///
/// Put into a map from list and key to row, and from check and key to finding, one after the other: whatever has a row or
/// finding is put, whatever has none is taken out. To do so twice does no harm, and several revisions are as good as the last
/// state they leave.
///
/// ```
/// use std::collections::BTreeMap;
/// use quanze::{Edits, ListSystem, Record, Schema, feed::{Feed, Upserts, Window}, schema::{List, Type}};
///
/// let schema = Schema::builder().list("bodies", List::base().field("name", Type::Text)).build()?;
/// let mut system = ListSystem::new(schema);
/// let mut feed = Feed::new(&system, Window::last(100));
///
/// // Somewhere else, in whatever language: a copy, and how far it has come.
/// let mut copy = BTreeMap::new();
/// let mut apply = |upserts: Upserts| {
///     if upserts.after.is_none() {
///         copy.clear();
///     }
///     for change in upserts.rows {
///         match change.row {
///             Some(row) => copy.insert((change.list, change.key), row),
///             None => copy.remove(&(change.list, change.key)),
///         };
///     }
///     (upserts.cursor, copy.len())
/// };
/// let (cursor, _) = apply(system.snapshot().upserts());
///
/// for (key, name) in [("market", "Market bureau"), ("culture", "Culture bureau")] {
///     feed.push(&system.commit(Edits::new().insert("bodies", key, &Record::new().with("name", name)))?)?;
/// }
/// feed.push(&system.commit(Edits::new().remove("bodies", "culture"))?)?;
///
/// // Sent as JSON, read as JSON.
/// let sent = serde_json::to_string(&feed.after(&cursor)?.upserts())?;
/// let (cursor, rows) = apply(serde_json::from_str(&sent)?);
/// assert_eq!((cursor.revision(), rows), (3, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Upserts {
    /// What they are to be put over. Nothing where they are everything: then what the consumer has is dropped first.
    pub after: Option<Cursor>,
    /// How far the consumer has come with them.
    pub cursor: Cursor,
    /// The rows, in the order of lists and keys.
    pub rows: Vec<Upsert>,
    /// The findings, by check and key.
    pub findings: Vec<FindingUpsert>,
}

/// The last state of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Upsert {
    /// The list.
    pub list: Name,
    /// The key of the row.
    pub key: Key,
    /// All its fields; nothing where the row is gone.
    pub row: Option<Record>,
}

/// The last state of a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FindingUpsert {
    /// The check.
    pub check: Name,
    /// The key of the row that it is about.
    pub key: Key,
    /// The finding, with its messages as they read when it came; nothing where it is gone.
    pub finding: Option<Finding>,
}

impl Upserts {
    /// Draws what several commits have left behind together.
    pub(super) fn of<'c>(
        sets: impl Iterator<Item = &'c ChangeSet>,
        (after, cursor): (Cursor, Cursor),
        wanted: impl Fn(&Name) -> bool,
    ) -> Self {
        let mut rows = BTreeMap::new();
        let mut findings = BTreeMap::new();
        for set in sets {
            for change in set.iter().filter(|change| wanted(change.list())) {
                // What has changed under an authored value only is seen as it was.
                if change.kind != ChangeKind::Updated || change.changed != 0 {
                    rows.insert((change.list, &change.key), change);
                }
            }
            let gone = set.findings_resolved().iter().map(|finding| (finding, None));
            for (finding, last) in gone.chain(set.findings_added().iter().map(|finding| (finding, Some(finding)))) {
                if wanted(finding.list()) {
                    findings.insert((finding.check(), finding.key()), last);
                }
            }
        }
        let row = |change: &super::super::Change| Upsert {
            list: change.list().clone(),
            key: change.key().clone(),
            row: (change.kind != ChangeKind::Removed).then(|| record(change, &change.after)),
        };
        let finding = |((check, key), last): ((&Name, &Key), Option<&Finding>)| FindingUpsert {
            check: check.clone(),
            key: key.clone(),
            finding: last.cloned(),
        };
        Self {
            after: Some(after),
            cursor,
            rows: rows.into_values().map(row).collect(),
            findings: findings.into_iter().map(finding).collect(),
        }
    }
}

impl Snapshot {
    /// Returns all rows and findings, for a consumer that begins or has to start anew.
    ///
    /// What is too large to be sent at once is read list by list with [`ListView::upserts`], beside [`Snapshot::findings`] and
    /// [`Snapshot::cursor`].
    ///
    /// # Complexity
    /// In all rows.
    #[must_use]
    pub fn upserts(&self) -> Upserts {
        let mut rows = Vec::new();
        for list in self.lists() {
            let start = rows.len();
            rows.extend(list.upserts());
            rows[start..].sort_by(|a: &Upsert, b: &Upsert| a.key.cmp(&b.key));
        }
        let finding = |finding: Finding| FindingUpsert {
            check: finding.check().clone(),
            key: finding.key().clone(),
            finding: Some(finding),
        };
        Upserts {
            after: None,
            cursor: self.cursor(),
            rows,
            findings: self.findings().into_iter().map(finding).collect(),
        }
    }
}

impl<'a> ListView<'a> {
    /// Visits all rows in the form of [`Upserts`], in the order of [`ListView::rows`].
    pub fn upserts(&self) -> impl Iterator<Item = Upsert> + use<'a> {
        let list = self.name();
        self.rows().map(move |row| Upsert { list: list.clone(), key: row.key(), row: Some(row.to_record()) })
    }
}
