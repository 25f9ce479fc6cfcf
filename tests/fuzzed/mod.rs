//! What the fuzzer in `fuzz/` asks of any bytes, and a test asks of those that are kept.
//!
//! Each file reads its bytes as something, and says what must then hold; it answers with what does not. No bytes are
//! wrong: what is too short goes on with zeros, what is too much is left unread.
//!
//! - [`typed_edits`]: a schema and edits of it, beside the oracle
//! - [`schema_json`]: a schema that is read, built, written, and used beside the oracle
//! - [`state_files`]: a saved state in both forms, and what a schema makes of it
//! - [`keys`]: keys that are printed and read, and the rows that they name
//! - [`bent`]: JSON that is right but for a few places
#![allow(dead_code, reason = "each fuzz target uses its own part")]

pub(crate) mod bent;
pub(crate) mod keys;
pub(crate) mod schema_json;
pub(crate) mod state_files;
pub(crate) mod typed_edits;

/// What is asked of bytes.
pub(crate) type Law = fn(&[u8]) -> Result<(), String>;

/// The laws, by the names of the fuzz targets and of the folders of what is kept.
pub(crate) const LAWS: [(&str, Law); 4] = [
    ("typed_edits", typed_edits::holds),
    ("schema_json", schema_json::holds),
    ("state_files", state_files::holds),
    ("keys", keys::holds),
];

/// Bytes being read.
#[derive(Clone, Debug)]
pub(crate) struct Reading<'b> {
    rest: &'b [u8],
}

impl<'b> Reading<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The next byte, 0 after the last.
    pub(crate) fn byte(&mut self) -> u8 {
        self.take(1).first().copied().unwrap_or_default()
    }

    /// A number below `of`, from two bytes; 0 where there is nothing to choose from.
    pub(crate) fn below(&mut self, of: usize) -> usize {
        let number = usize::from(self.byte()) << 8 | usize::from(self.byte());
        if of == 0 { 0 } else { number % of }
    }

    /// So many bytes, or those that are left.
    pub(crate) fn take(&mut self, length: usize) -> &'b [u8] {
        let (taken, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.rest = rest;
        taken
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// All that is left.
    pub(crate) fn rest(self) -> &'b [u8] {
        self.rest
    }
}
