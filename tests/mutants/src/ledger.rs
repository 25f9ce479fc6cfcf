//! What is known of each change, as long as the sources are the same.

use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::change::Change;

/// What the tests say of a change.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    /// A test fails, and which; or it does not come to an end.
    Caught(String),
    /// It does not compile.
    Unviable,
    /// All tests pass.
    Survived,
    /// Nothing is known of it.
    Untried,
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Caught(_) => "caught",
            Self::Unviable => "unviable",
            Self::Survived => "SURVIVED",
            Self::Untried => "untried",
        })
    }
}

/// What is known, by name.
#[derive(Debug)]
pub(crate) struct Ledger {
    path: PathBuf,
    known: BTreeMap<String, Outcome>,
}

impl Ledger {
    /// Opens a ledger, which is empty where it is about other sources.
    pub(crate) fn open(work: &Path, files: &BTreeMap<PathBuf, Vec<u8>>) -> Self {
        let mut hash = Sha256::new();
        for (path, text) in files.iter().filter(|(path, _)| path.starts_with("src")) {
            hash.update(path.to_string_lossy().as_bytes());
            hash.update(text);
        }
        let sources = format!("{:x}", hash.finalize());
        let path = work.join(format!("known-{}", &sources[..16]));
        let mut known = BTreeMap::new();
        for line in fs::read_to_string(&path).unwrap_or_default().lines() {
            let mut parts = line.split('\t');
            let (Some(said), Some(name), by) = (parts.next(), parts.next(), parts.next()) else { continue };
            let outcome = match said {
                "caught" => Outcome::Caught(by.unwrap_or_default().to_owned()),
                "unviable" => Outcome::Unviable,
                _ => Outcome::Survived,
            };
            known.insert(name.to_owned(), outcome);
        }
        Self { path, known }
    }

    pub(crate) fn get(&self, change: &Change) -> Outcome {
        self.known.get(&id(change)).cloned().unwrap_or(Outcome::Untried)
    }

    pub(crate) fn put(&mut self, change: &Change, outcome: &Outcome) -> io::Result<()> {
        let id = id(change);
        let by = if let Outcome::Caught(by) = outcome { by } else { "" };
        let mut file = OpenOptions::new().create(true).append(true).open(&self.path)?;
        writeln!(file, "{outcome}\t{id}\t{by}")?;
        self.known.insert(id, outcome.clone());
        Ok(())
    }
}

/// What a change is known by: a break of one name may come to say something else.
fn id(change: &Change) -> String {
    let hash = format!("{:x}", Sha256::digest([&change.file, &change.new].map(String::as_str).concat()));
    format!("{} {}", change.name, &hash[..8])
}
