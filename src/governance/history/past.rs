use serde::{Deserialize, Serialize};

use super::{Committed, Hash, Head, History, HistoryError, Record};
use crate::{
    system::{ChangeSet, ListSystem, State},
    value::Date,
};

/// A version of the lists that can be cited for ever: a revision, and the hash of the record that made it.
#[doc(alias = "版本")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// The revision.
    pub revision: u64,
    /// The record that made it; 0 for that with which the history began.
    pub record: u64,
    /// The hash of the record.
    pub hash: Hash,
}

impl History {
    /// Returns the lists as they were at a revision.
    ///
    /// # Errors
    /// [`HistoryError::NoRevision`] where there is none such.
    ///
    /// # Complexity
    /// In the size of the system, and the commits since the last checkpoint before the revision.
    #[doc(alias = "历史版本")]
    pub fn as_of(&self, revision: u64) -> Result<ListSystem, HistoryError> {
        let (first, last) = (self.genesis.revision(), self.revision());
        if !(first..=last).contains(&revision) {
            return Err(HistoryError::NoRevision { asked: revision, first, last });
        }
        let nearest = self.checkpoints.iter().rev().find(|(_, state)| state.revision() <= revision);
        let (after, state) = nearest.map_or((0, &self.genesis), |(after, state)| (*after, state));
        self.replay(state, after, None, |commit| commit.revision <= revision)
    }

    /// Returns the lists as they were on a day, by what is known now: everything that was in effect then, whenever it was recorded.
    ///
    /// # Errors
    /// [`HistoryError::Replay`] where something in effect then was recorded after something that took effect later and rests on it.
    ///
    /// # Complexity
    /// In the size of the system, and the commits since the last checkpoint before which all had taken effect.
    pub fn as_of_day(&self, day: Date) -> Result<ListSystem, HistoryError> {
        let in_effect = |record: &Record| record.commits.iter().all(|commit| commit.effective <= day);
        let all_in_effect = self.records.iter().take_while(|record| in_effect(record)).count() as u64;
        let nearest = self.checkpoints.range(..=all_in_effect).next_back();
        let (after, state) = nearest.map_or((0, &self.genesis), |(after, state)| (*after, state));
        self.replay(state, after, Some(day), |commit| commit.effective <= day)
    }

    /// Replays the commits that count, after so many records.
    fn replay(
        &self,
        state: &State,
        after: u64,
        day: Option<Date>,
        counts: impl Fn(&Committed) -> bool,
    ) -> Result<ListSystem, HistoryError> {
        let mut system = ListSystem::restore(self.schema.clone(), state).system;
        for record in self.records.iter().skip(after as usize) {
            for commit in record.commits.iter().filter(|commit| counts(commit)) {
                system
                    .commit_with(commit.edits.clone(), |_| ())
                    .map_err(|refused| HistoryError::of_replay(record, commit, day, &refused))?;
            }
        }
        Ok(system)
    }

    /// Returns what differs between two revisions: what one commit would have changed that leads from the one to the other.
    ///
    /// # Errors
    /// As [`History::as_of`].
    ///
    /// # Complexity
    /// As [`History::as_of`], twice, and in the size of the system.
    pub fn difference(&self, from: u64, to: u64) -> Result<ChangeSet, HistoryError> {
        Ok(self.as_of(to)?.changes_since(&self.as_of(from)?))
    }

    /// Returns the version that a revision is, to be cited and pinned.
    #[must_use]
    pub fn version(&self, revision: u64) -> Option<Version> {
        if revision == self.genesis.revision() {
            return Some(Version { revision, record: 0, hash: *self.hashes.first()? });
        }
        let place = revision.checked_sub(self.genesis.revision() + 1)?;
        let record = *self.made.get(usize::try_from(place).ok()?)?;
        Some(Version { revision, record, hash: self.hash_after(record)? })
    }

    /// Returns the lists as they were at a version that was pinned, such as when a case was opened.
    ///
    /// # Errors
    /// [`HistoryError::OtherHistory`] where the version is not of this history, and as [`History::as_of`].
    pub fn at(&self, version: &Version) -> Result<ListSystem, HistoryError> {
        self.reaches(&Head { records: version.record, hash: version.hash })?;
        self.as_of(version.revision)
    }
}
