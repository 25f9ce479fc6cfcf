use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The revisions that a feed retains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Retained {
    /// The first.
    pub first: u64,
    /// The last: that of the system. Where none is retained, `first` is the one after it.
    pub last: u64,
}

impl Retained {
    /// Tells whether a consumer that has last seen a revision can go on from there.
    #[must_use]
    pub fn follows(&self, seen: u64) -> bool {
        seen <= self.last && seen.saturating_add(1) >= self.first
    }
}

impl fmt::Display for Retained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, last } = self;
        match first.cmp(last) {
            std::cmp::Ordering::Less => write!(f, "revisions {first} to {last} are retained"),
            std::cmp::Ordering::Equal => write!(f, "revision {last} is retained"),
            std::cmp::Ordering::Greater => write!(f, "no revision is retained, and the last was {last}"),
        }
    }
}

/// The error of a consumer that cannot go on from where it is: it takes a snapshot, drops what it has, and goes on from the
/// snapshot's cursor.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
#[non_exhaustive]
pub enum StartAnew {
    /// What follows is not retained any more.
    #[error("what follows revision {seen} has passed the window: {retained}; start from a snapshot")]
    Passed {
        /// The last revision that the consumer has seen.
        seen: u64,
        /// What is retained.
        retained: Retained,
    },
    /// The consumer has seen a revision that there is not: the system was restored to an earlier state.
    #[error("there is no revision {seen} yet: {retained}; start from a snapshot")]
    Ahead {
        /// The last revision that the consumer has seen.
        seen: u64,
        /// What is retained.
        retained: Retained,
    },
    /// What the consumer has seen was derived under another schema.
    #[error(
        "revision {seen} was seen under another schema, which derives other rows: {retained}; start from a snapshot"
    )]
    OtherSchema {
        /// The last revision that the consumer has seen.
        seen: u64,
        /// What is retained.
        retained: Retained,
    },
}

/// The error of a commit that does not follow the feed's last revision. The feed is as it was.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PushError {
    /// Commits in between were not pushed. Push them first; where they are lost, begin a new feed.
    #[error(
        "{} missing: the feed is at revision {last}, and the commit made revision {pushed}; push each commit, or begin a \
         new feed",
        missing(*last, *pushed)
    )]
    Missing {
        /// The feed's last revision.
        last: u64,
        /// The revision that the commit made.
        pushed: u64,
    },
    /// The feed is at this revision or past it.
    #[error("revision {pushed} was pushed before: the feed is at revision {last}")]
    Known {
        /// The feed's last revision.
        last: u64,
        /// The revision that the commit made.
        pushed: u64,
    },
    /// The commit was made in a system of another schema.
    #[error("revision {pushed} was made under another schema than the feed's; begin a new feed")]
    OtherSchema {
        /// The revision that the commit made.
        pushed: u64,
    },
}

fn missing(last: u64, pushed: u64) -> String {
    match (last + 1, pushed - 1) {
        (first, last) if first == last => format!("revision {first} is"),
        (first, last) => format!("revisions {first} to {last} are"),
    }
}

/// The error of a saved feed that cannot be restored.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FeedError {
    /// The text is no JSON of a feed.
    #[error("the text is no saved feed: {0}")]
    Json(#[from] serde_json::Error),
    /// Something else is stored.
    #[error("the text holds '{0}'; a saved feed says '{format}'", format = super::saved::FORMAT)]
    Format(String),
    /// It is written by a newer version of the library.
    #[error(
        "the feed is of version {0} of its format; this library reads up to version {version}",
        version = super::saved::VERSION
    )]
    Version(u32),
    /// The system has another schema.
    #[error("the feed was saved under another schema than the system's; begin a new feed")]
    OtherSchema,
    /// The system is at another revision: the two were not saved together.
    #[error("the feed is at revision {feed} and the system at {system}; save the two together, or begin a new feed")]
    OtherRevision {
        /// The feed's last revision.
        feed: u64,
        /// The system's.
        system: u64,
    },
    /// What is retained does not hold together.
    #[error("revision {revision} of the saved feed: {why}")]
    Unfit {
        /// The revision.
        revision: u64,
        /// What is wrong.
        why: String,
    },
}
