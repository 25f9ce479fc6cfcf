//! A history as lines of JSON: a header with the format, its version and the state with which it began; then a record a line, each with its
//! hash; checkpoints among them. Lines are added at the end and never changed.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Hash, History, Record};
use crate::{schema::Schema, system::State};

const FORMAT: &str = "quanze-history";
const VERSION: u32 = 1;

/// The first line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header<'h> {
    format: String,
    version: u32,
    genesis: Cow<'h, State>,
    hash: Hash,
}

/// Any other line.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Line<'h> {
    Record { record: Box<Cow<'h, Record>>, hash: Hash },
    Checkpoint { after: u64, state: Cow<'h, State>, hash: Hash },
}

/// The error of lines that are no whole history: what is wrong where, and everything up to there.
#[derive(Debug, Error)]
#[error("line {line}: {damage}")]
pub struct Damaged {
    line: usize,
    damage: Damage,
    upto: Option<Box<History>>,
}

/// What is wrong with a line of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Damage {
    /// There is nothing.
    Empty,
    /// The header is no header.
    Header(String),
    /// Another version of the library wrote it.
    Version(u32),
    /// It was kept under another schema.
    OtherSchema,
    /// The state with which it begins is not the one that it began with.
    Genesis,
    /// A line is no record: cut off, or written over.
    Line(String),
    /// A record is another than it was.
    Changed(u64),
    /// Records are missing before this one.
    Missing {
        /// The first that is missing.
        from: u64,
        /// The one that stands in its place.
        found: u64,
    },
    /// Records stand in another order.
    Reordered {
        /// The one that belongs here.
        here: u64,
        /// The one that stands here.
        found: u64,
    },
    /// A record stands here once more.
    Again(u64),
    /// A checkpoint is another than it was, or stands elsewhere.
    Checkpoint(u64),
}

impl Damaged {
    /// Returns the number of the line, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// Returns what is wrong.
    #[must_use]
    pub fn damage(&self) -> &Damage {
        &self.damage
    }

    /// Gives everything up to the damage; nothing where the header is damaged.
    #[must_use]
    pub fn into_history(self) -> Option<History> {
        self.upto.map(|history| *history)
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "there is nothing; a history begins with a line that says '{FORMAT}'"),
            Self::Header(why) => write!(f, "it is no header of a history: {why}"),
            Self::Version(version) => {
                write!(f, "the history is of version {version} of its format, and this library reads version {VERSION}")
            }
            Self::OtherSchema => f.write_str("the history was kept under another schema"),
            Self::Genesis => f.write_str("the state with which the history begins has been changed"),
            Self::Line(why) => write!(f, "it is cut off or written over: {why}"),
            Self::Changed(record) => write!(f, "record {record} has been changed"),
            Self::Missing { from, found } if from + 1 == *found => {
                write!(f, "record {from} is missing: record {found} stands in its place")
            }
            Self::Missing { from, found } => {
                write!(f, "records {from} to {} are missing: record {found} stands in their place", found - 1)
            }
            Self::Reordered { here, found } => {
                write!(f, "record {found} stands where record {here} belongs, which comes later")
            }
            Self::Again(record) => write!(f, "record {record} stands here once more"),
            Self::Checkpoint(after) => write!(f, "the checkpoint after record {after} has been changed, or moved"),
        }
    }
}

impl History {
    /// Writes the history as lines of JSON.
    ///
    /// # Complexity
    /// In all that is recorded, and the states kept.
    #[must_use]
    pub fn to_lines(&self) -> String {
        let header = Header {
            format: FORMAT.into(),
            version: VERSION,
            genesis: Cow::Borrowed(&self.genesis),
            hash: self.hashes.first().copied().unwrap_or_default(),
        };
        let mut text = line(&header);
        for after in 0..=self.records.len() as u64 {
            if after > 0 {
                text += &self.line_of(after);
            }
            if let Some(state) = self.checkpoints.get(&after) {
                let hash = self.hashes[after as usize].with(state);
                text += &line(&Line::Checkpoint { after, state: Cow::Borrowed(state), hash });
            }
        }
        text
    }

    /// Writes one record as the line that is added to those of all before it; nothing where there is no such record.
    #[must_use]
    pub fn line_of(&self, record: u64) -> String {
        let at = (record as usize).wrapping_sub(1);
        match (self.records.get(at), self.hash_after(record)) {
            (Some(record), Some(hash)) => line(&Line::Record { record: Box::new(Cow::Borrowed(record)), hash }),
            _ => String::new(),
        }
    }

    /// Reads a history from lines, and holds each record against its hash.
    ///
    /// # Errors
    /// [`Damaged`] with the first line that is not as it was written, what is wrong with it, and everything up to there.
    pub fn from_lines(schema: impl Into<Schema>, text: &str) -> Result<Self, Damaged> {
        let schema = schema.into();
        let mut lines = (1..).zip(text.split_inclusive('\n'));
        let of_header = |damage| Damaged { line: 1, damage, upto: None };
        let Some((_, first)) = lines.next().filter(|(_, first)| !first.trim().is_empty()) else {
            return Err(of_header(Damage::Empty));
        };
        let header = read_header(first).map_err(of_header)?;
        if header.genesis.schema_fingerprint() != schema.fingerprint() {
            return Err(of_header(Damage::OtherSchema));
        }
        let mut history = Self::of(schema, header.genesis.into_owned());
        if history.last() != header.hash {
            return Err(of_header(Damage::Genesis));
        }
        while let Some((line, text)) = lines.next() {
            if let Err(mut damage) = history.read_line(text) {
                if let Damage::Missing { from: here, found } = damage
                    && lines.any(|(_, text)| number_of(text) == Some(here))
                {
                    damage = Damage::Reordered { here, found };
                }
                return Err(Damaged { line, damage, upto: Some(Box::new(history)) });
            }
        }
        Ok(history)
    }

    fn read_line(&mut self, text: &str) -> Result<(), Damage> {
        let line: Line<'_> = serde_json::from_str(text).map_err(|error| Damage::Line(error.to_string()))?;
        if !text.ends_with('\n') {
            return Err(Damage::Line("its end is missing".into()));
        }
        let here = self.records.len() as u64;
        match line {
            Line::Record { record, hash } => {
                let (number, next) = (record.number, here + 1);
                if number > next {
                    return Err(Damage::Missing { from: next, found: number });
                }
                if number < next {
                    return Err(Damage::Again(number));
                }
                let found = self.last().with(&**record);
                if found != hash {
                    return Err(Damage::Changed(number));
                }
                // Revisions are counted; whoever wrote other numbers with their hash wrote no history.
                let mut revision = self.revision();
                for commit in &record.commits {
                    revision += 1;
                    if commit.revision != revision {
                        return Err(Damage::Line(format!(
                            "record {number} makes revision {}, and the next is {revision}",
                            commit.revision
                        )));
                    }
                }
                self.keep(record.into_owned(), found);
            }
            Line::Checkpoint { after, state, hash } => {
                if after != here || self.last().with(&*state) != hash {
                    return Err(Damage::Checkpoint(after));
                }
                self.checkpoints.insert(after, state.into_owned());
            }
        }
        Ok(())
    }
}

/// Returns the number of the record that a line holds.
fn number_of(text: &str) -> Option<u64> {
    match serde_json::from_str(text).ok()? {
        Line::Record { record, .. } => Some(record.number),
        Line::Checkpoint { .. } => None,
    }
}

fn read_header(text: &str) -> Result<Header<'_>, Damage> {
    /// What every version has.
    #[derive(Deserialize)]
    struct Envelope {
        format: String,
        version: u32,
    }
    let envelope: Envelope = serde_json::from_str(text).map_err(|error| Damage::Header(error.to_string()))?;
    if envelope.format != FORMAT {
        let format: String = envelope.format.chars().take(40).collect();
        return Err(Damage::Header(format!("it says '{format}'; a history says '{FORMAT}'")));
    }
    if envelope.version != VERSION {
        return Err(Damage::Version(envelope.version));
    }
    serde_json::from_str(text).map_err(|error| Damage::Header(error.to_string()))
}

fn line(what: &impl Serialize) -> String {
    // What is recorded was committed, so it is written without fail.
    serde_json::to_string(what).unwrap_or_default() + "\n"
}
