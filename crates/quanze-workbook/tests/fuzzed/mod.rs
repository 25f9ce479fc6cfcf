//! What the fuzzer in `fuzz/` asks of any bytes, and a test asks of those that are kept.
#![allow(dead_code, reason = "each fuzz target uses its own part")]

pub(crate) mod basis_text;
pub(crate) mod workbook_bytes;

/// What is asked of bytes.
pub(crate) type Law = fn(&[u8]) -> Result<(), String>;

/// The laws, by the names of the fuzz targets and of the folders of what is kept.
pub(crate) const LAWS: [(&str, Law); 2] =
    [("basis_text", basis_text::holds), ("workbook_bytes", workbook_bytes::holds)];
