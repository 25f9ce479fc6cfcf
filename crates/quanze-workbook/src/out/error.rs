//! Why a table cannot be written, or not be read back.

use std::fmt;

use rust_xlsxwriter::XlsxError;

/// A table that a spreadsheet cannot hold.
#[derive(Debug)]
pub struct ExportError {
    what: String,
    source: Option<XlsxError>,
}

impl ExportError {
    pub(super) fn too_long(table: &str, row: usize, heading: &str) -> Self {
        let what = format!(
            "{table}, row {}, {heading}: the text is longer than a cell of a spreadsheet may be; CSV and JSON lines hold it",
            row + 1
        );
        Self { what, source: None }
    }

    pub(super) fn writer(error: XlsxError) -> Self {
        Self { what: "the spreadsheet cannot be written".to_owned(), source: Some(error) }
    }
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for ExportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|error| error as _)
    }
}

/// A table that is not one of the list's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{list}: {what}")]
pub struct RowsError {
    list: String,
    what: String,
}

impl RowsError {
    pub(super) fn new(list: &str, what: impl Into<String>) -> Self {
        Self { list: list.to_owned(), what: what.into() }
    }
}
