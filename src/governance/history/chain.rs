use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::History;
use crate::system::State;

/// The hash of a record and all before it: SHA-256, written as 64 hexadecimal digits.
#[doc(alias = "哈希链")]
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hash([u8; 32]);

/// How far a history goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// How many records there are.
    pub records: u64,
    /// The hash of the last.
    pub hash: Hash,
}

/// The error of a history that is not the one whose head was kept.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Lost {
    /// Records at the end are missing.
    #[error("{} missing: the history ends with record {found}, and the head that was kept is of record {kept}", missing(*found, *kept))]
    Tail {
        /// How many there are.
        found: u64,
        /// How many there were.
        kept: u64,
    },
    /// Records are others than they were.
    #[error(
        "record {record} is not the one whose head was kept, or one before it is not: the hash is {found}, and was {kept}"
    )]
    Other {
        /// The record of the head.
        record: u64,
        /// Its hash.
        found: Hash,
        /// What it was.
        kept: Hash,
    },
}

fn missing(found: u64, kept: u64) -> String {
    match (found + 1, kept) {
        (first, last) if first == last => format!("record {first} is"),
        (first, last) => format!("records {first} to {last} are"),
    }
}

impl Hash {
    /// Returns the hash of the state with which a history begins.
    pub(super) fn of_genesis(state: &State) -> Self {
        Self::default().with(state)
    }

    /// Returns the hash of what follows: a record, or what stands beside the chain at this place, such as a checkpoint.
    pub(super) fn with(self, what: &impl Serialize) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(self.0);
        // What is recorded was committed, so it is written without fail.
        hasher.update(serde_json::to_vec(what).unwrap_or_default());
        Self(hasher.finalize().into())
    }
}

impl History {
    /// Demands that the history goes on from a head that was kept, or ends with it.
    ///
    /// # Errors
    /// [`Lost`] where the tail is missing, or a record up to there is another.
    pub fn reaches(&self, kept: &Head) -> Result<(), Lost> {
        let found = self.records().len() as u64;
        let Some(hash) = self.hashes.get(kept.records as usize).copied() else {
            return Err(Lost::Tail { found, kept: kept.records });
        };
        if hash == kept.hash {
            return Ok(());
        }
        Err(Lost::Other { record: kept.records, found: hash, kept: kept.hash })
    }

    /// Returns the hash after so many records.
    #[must_use]
    pub fn hash_after(&self, records: u64) -> Option<Hash> {
        self.hashes.get(usize::try_from(records).ok()?).copied()
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The error of a text that is no hash.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("'{0}' is no hash; a hash is 64 hexadecimal digits")]
pub struct HashError(String);

impl FromStr for Hash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, HashError> {
        let refuse = || HashError(text.chars().take(70).collect());
        let digits = text.as_bytes();
        let lower = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
        if digits.len() != 64 || !digits.iter().all(lower) {
            return Err(refuse());
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| refuse())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| refuse())?;
        }
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for Hash {
    type Error = HashError;

    fn try_from(text: String) -> Result<Self, HashError> {
        text.parse()
    }
}

impl From<Hash> for String {
    fn from(hash: Hash) -> Self {
        hash.to_string()
    }
}
