//! What became of the lists: every deed and commit, in order, each record bound to all before it.
//!
//! A history is a genesis, which is the state with which it began, and records. Replaying the records gives the same state to the byte; up to a
//! revision, or a day, it gives the lists as they were. Checkpoints shorten the way.
//!
//! Architecture invariant: a history knows no rules. What it replays was accepted once, and is accepted again.

mod chain;
mod error;
mod lines;
mod past;
mod record;
mod trace;

use std::collections::BTreeMap;

pub use self::{
    chain::{Hash, HashError, Head, Lost},
    error::{CommitError, HistoryError},
    lines::{Damage, Damaged},
    past::Version,
    record::{Committed, Record},
    trace::Trace,
};
use super::{deed::Deed, person::Person};
use crate::{
    schema::Schema,
    system::{Commit, Edits, ListSystem, State},
    value::Date,
};

/// Every deed and commit since a beginning.
///
/// ```
/// use quanze::{Date, Edits, ListSystem, Record, Schema, governance::{Person, history::History}, schema::{List, Type}};
///
/// let schema = Schema::builder().list("powers", List::base().field("name", Type::Text)).build()?;
/// let mut system = ListSystem::new(schema);
/// let mut history = History::begin(&system);
/// let (day, clerk) = ("2026-03-02".parse::<Date>()?, Person::new("张三", "clerk"));
/// for name in ["Food licence", "Food permit"] {
///     let edits = Edits::new().insert("powers", name.replace(' ', "-"), &Record::new().with("name", name));
///     history.commit(&mut system, edits, day, day, clerk.clone())?;
/// }
/// // The lists as they were after the first of them.
/// assert_eq!(history.as_of(1)?.list("powers")?.len(), 1);
/// // Replaying gives the same state to the byte.
/// assert_eq!(history.as_of(2)?.state().to_json(), system.state().to_json());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "变更历史")]
#[doc(alias = "可追溯")]
#[derive(Clone, Debug)]
pub struct History {
    schema: Schema,
    genesis: State,
    records: Vec<Record>,
    /// The hash after each record, that of the genesis first.
    hashes: Vec<Hash>,
    /// The record that made each revision since the genesis.
    made: Vec<u64>,
    /// States after so many records.
    checkpoints: BTreeMap<u64, State>,
}

impl History {
    /// Begins with a system as it is.
    ///
    /// # Complexity
    /// In the size of the system: what it begins with is kept.
    #[must_use]
    pub fn begin(system: &ListSystem) -> Self {
        Self::of(system.schema().clone(), system.state())
    }

    fn of(schema: Schema, genesis: State) -> Self {
        let first = Hash::of_genesis(&genesis);
        Self {
            schema,
            genesis,
            records: Vec::new(),
            hashes: vec![first],
            made: Vec::new(),
            checkpoints: BTreeMap::new(),
        }
    }

    /// Returns the schema of the lists.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Returns the state with which it began.
    #[must_use]
    pub fn genesis(&self) -> &State {
        &self.genesis
    }

    /// Returns the records, in order.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// Returns the last revision.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.genesis.revision() + self.made.len() as u64
    }

    /// Visits every commit with its record, in order.
    #[must_use = "an iterator does nothing by itself"]
    pub fn commits(&self) -> impl DoubleEndedIterator<Item = (&Record, &Committed)> {
        self.records.iter().flat_map(|record| record.commits.iter().map(move |commit| (record, commit)))
    }

    /// Returns how far the history goes, to be kept elsewhere: whoever has it can tell whether the tail is lost, or another.
    #[must_use]
    pub fn head(&self) -> Head {
        Head { records: self.records.len() as u64, hash: self.last() }
    }

    fn last(&self) -> Hash {
        // The genesis has a hash.
        self.hashes.last().copied().unwrap_or_default()
    }

    /// Commits edits to a system that is as the history says, and records it.
    ///
    /// # Errors
    /// [`CommitError`] where the system is at another revision, or refuses; then nothing has changed and nothing is recorded.
    pub fn commit(
        &mut self,
        system: &mut ListSystem,
        edits: Edits,
        effective: Date,
        recorded: Date,
        by: Person,
    ) -> Result<Commit, CommitError> {
        let (history, at) = (self.revision(), system.revision());
        if history != at {
            return Err(CommitError::Apart { history, system: at });
        }
        let commit = system.commit(edits.clone())?;
        self.push(recorded, by, Deed::Edit {}, vec![Committed { revision: commit.revision(), effective, edits }]);
        Ok(commit)
    }

    /// Adds a record.
    pub(super) fn push(&mut self, recorded: Date, by: Person, deed: Deed, commits: Vec<Committed>) {
        let record = Record { number: self.records.len() as u64 + 1, recorded, by, deed, commits };
        let hash = self.last().with(&record);
        self.keep(record, hash);
    }

    fn keep(&mut self, record: Record, hash: Hash) {
        self.made.extend(record.commits.iter().map(|_| record.number));
        self.hashes.push(hash);
        self.records.push(record);
    }

    /// Keeps the state of a system that is as the history says, so that what follows is replayed from here.
    ///
    /// # Complexity
    /// In the size of the system.
    pub fn checkpoint(&mut self, system: &ListSystem) {
        self.checkpoints.insert(self.records.len() as u64, system.state());
    }

    /// Returns after which records there are checkpoints.
    pub fn checkpoints(&self) -> impl Iterator<Item = u64> {
        self.checkpoints.keys().copied()
    }
}
