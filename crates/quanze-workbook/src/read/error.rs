//! Why a file cannot be read.

use std::{error::Error, fmt, io};

/// A file that cannot be read, and why. It concerns this file alone: the others of an import go on.
#[derive(Debug)]
pub struct ReadError {
    file: String,
    kind: ReadErrorKind,
}

/// What kept a file from being read.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadErrorKind {
    /// The file could not be opened or read from its disk.
    Io(io::Error),
    /// There is nothing in it.
    Empty,
    /// It is protected by a password.
    Encrypted,
    /// It is something else: what it looks like.
    NotAWorkbook(&'static str),
    /// It begins like a workbook and is damaged: what was found wrong.
    Broken(String),
    /// It holds more than the [`Limits`](crate::Limits) allow.
    TooLarge {
        /// What is counted.
        what: &'static str,
        /// How much is allowed.
        limit: u64,
    },
}

impl ReadError {
    pub(crate) fn new(file: impl Into<String>, kind: ReadErrorKind) -> Self {
        Self { file: file.into(), kind }
    }

    /// The name of the file.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// What kept it from being read.
    #[must_use]
    pub fn kind(&self) -> &ReadErrorKind {
        &self.kind
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let accepted = "accepted: .xlsx, .xls, .ods, and .csv in UTF-8 or GB18030";
        write!(f, "{}: ", self.file)?;
        match &self.kind {
            ReadErrorKind::Io(_) => write!(f, "the file cannot be read"),
            ReadErrorKind::Empty => write!(f, "the file is empty"),
            ReadErrorKind::Encrypted => {
                write!(f, "the file is protected by a password; save it without one")
            }
            ReadErrorKind::NotAWorkbook(what) => write!(f, "the file is {what}, not a workbook; {accepted}"),
            ReadErrorKind::Broken(what) => write!(f, "the file is damaged: {what}"),
            ReadErrorKind::TooLarge { what, limit } => write!(f, "the file holds more than {limit} {what}"),
        }
    }
}

impl Error for ReadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.kind {
            ReadErrorKind::Io(error) => Some(error),
            _ => None,
        }
    }
}
