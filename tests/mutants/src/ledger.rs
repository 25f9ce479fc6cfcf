//! What is known of each change, as long as the sources are the same.

use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

/// What the tests say of a change.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    /// A test fails, and which; or it does not come to an end.
    Caught(String),
    /// It does not compile.
    Unviable,
    /// All tests pass.
    Survived,
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Caught(_) => "caught",
            Self::Unviable => "unviable",
            Self::Survived => "SURVIVED",
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
    pub(crate) fn open(work: &Path, files: &BTreeMap<PathBuf, Vec<u8>>) -> io::Result<Self> {
        let mut hash = Sha256::new();
        for (path, text) in files.iter().filter(|(path, _)| path.starts_with("src")) {
            hash.update(path.to_string_lossy().as_bytes());
            hash.update(text);
        }
        let sources: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let path = work.join(format!("known-{sources}"));
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
        Ok(Self { path, known })
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Outcome> {
        self.known.get(name)
    }

    pub(crate) fn put(&mut self, name: &str, outcome: &Outcome) -> io::Result<()> {
        self.known.insert(name.to_owned(), outcome.clone());
        let by = if let Outcome::Caught(by) = outcome { by } else { "" };
        let mut file = OpenOptions::new().create(true).append(true).open(&self.path)?;
        writeln!(file, "{outcome}\t{name}\t{by}")
    }
}
