use super::{History, HistoryError, Record};
use crate::{
    governance::person::Person,
    system::{Change, ListSystem},
    value::{Date, Name},
};

/// One change of a row, with who made it, when, and why.
#[doc(alias = "追溯")]
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trace {
    /// The record.
    pub record: u64,
    /// The revision.
    pub revision: u64,
    /// The day on which it was recorded.
    pub recorded: Date,
    /// The day from which it is so.
    pub effective: Date,
    /// Who did it.
    pub by: Person,
    /// Why.
    pub cause: Option<String>,
    /// The change, with what the fields held before and after.
    pub change: Change,
}

impl History {
    /// Returns what became of a row, base or derived, change by change.
    ///
    /// # Errors
    /// [`HistoryError::Unknown`] where the schema has no such list.
    ///
    /// # Complexity
    /// In everything that was ever changed: the history is replayed.
    pub fn row(&self, list: &str, key: &str) -> Result<Vec<Trace>, HistoryError> {
        self.trace(list, key, |_| true)
    }

    /// Returns what became of a field of a row, change by change.
    ///
    /// # Errors
    /// [`HistoryError::Unknown`] where the schema has no such list or field.
    ///
    /// # Complexity
    /// As [`History::row`].
    pub fn field(&self, list: &str, key: &str, field: &str) -> Result<Vec<Trace>, HistoryError> {
        if self.schema().list(list).is_ok() && self.schema().field(list, field).is_err() {
            return Err(HistoryError::Unknown { what: "field", name: field.into() });
        }
        self.trace(list, key, |change| {
            let name = Name::from(field);
            change.changed().any(|changed| *changed == name) || change.before(field) != change.after(field)
        })
    }

    fn trace(&self, list: &str, key: &str, counts: impl Fn(&Change) -> bool) -> Result<Vec<Trace>, HistoryError> {
        if self.schema().list(list).is_err() {
            return Err(HistoryError::Unknown { what: "list", name: list.into() });
        }
        let mut system = ListSystem::restore(self.schema().clone(), self.genesis()).system;
        let mut traces = Vec::new();
        for (record, commit) in self.commits() {
            let refused = |refused| HistoryError::of_replay(record, commit, None, &refused);
            let made = system.commit(commit.edits.clone()).map_err(refused)?;
            let of_row = made.changes(list).iter().filter(|change| change.key().as_str() == key);
            let Record { number, recorded, by, .. } = record;
            traces.extend(of_row.filter(|change| counts(change)).map(|change| Trace {
                record: *number,
                revision: commit.revision,
                recorded: *recorded,
                effective: commit.effective,
                by: by.clone(),
                cause: commit.edits.cause_text().map(ToOwned::to_owned),
                change: change.clone(),
            }));
        }
        Ok(traces)
    }
}
