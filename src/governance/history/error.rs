use thiserror::Error;

use super::{Committed, Lost, Record};
use crate::{
    system::Refused,
    value::{Date, Name},
};

/// The error of a commit that is not recorded.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CommitError {
    /// The system is not as the history says: something was committed that was not recorded.
    #[error("the system is at revision {system} and the history at {history}; commit through the history alone")]
    Apart {
        /// The revision of the history.
        history: u64,
        /// That of the system.
        system: u64,
    },
    /// The system refuses.
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// The error of a look into a history.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// There is no such revision.
    #[error("there is no revision {asked}; the history has {first} to {last}")]
    NoRevision {
        /// The revision.
        asked: u64,
        /// The first there is.
        first: u64,
        /// The last there is.
        last: u64,
    },
    /// A version is of another history.
    #[error("the version is not of this history: {0}")]
    OtherHistory(#[from] Lost),
    /// What was committed is refused when it is replayed.
    #[error("revision {revision}, recorded on {recorded}, cannot be replayed{}: {why}", day.map(|day| format!(" as of {day}")).unwrap_or_default())]
    Replay {
        /// The revision.
        revision: u64,
        /// The day on which it was recorded.
        recorded: Date,
        /// The day as of which the lists were asked for: what took effect later is left out, and what was recorded after it may rest on that.
        day: Option<Date>,
        /// What the system says.
        why: String,
    },
    /// The schema has no such list or field.
    #[error("the schema has no {what} '{name}'")]
    Unknown {
        /// Whether it is a list or a field.
        what: &'static str,
        /// Its name.
        name: Name,
    },
}

impl HistoryError {
    pub(super) fn of_replay(record: &Record, commit: &Committed, day: Option<Date>, refused: &Refused) -> Self {
        Self::Replay { revision: commit.revision, recorded: record.recorded, day, why: refused.to_string() }
    }
}
