//! Lists out: as spreadsheets, CSV, JSON lines and Markdown; change sets as notices.
//!
//! **Architecture invariant:** the same snapshot gives the same bytes; nothing here reads a clock or a locale.

pub(crate) mod cell;
mod csv;
mod error;
mod json_lines;
mod markdown;
mod notice;
mod published;
mod rows;
mod table;
mod xlsx;

pub(crate) use self::table::field_of;
pub use self::{
    csv::{Csv, Guard, Mark},
    error::{ExportError, RowsError},
    json_lines::to_json_lines,
    notice::{Adjusted, Adjustment, Notice},
    rows::{ReadRow, insert, rows},
    table::Table,
    xlsx::to_xlsx,
};

/// How columns and choices are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// By their names and codes: for programs.
    #[default]
    Names,
    /// By their labels in a language, such as `zh` or `en`: for people.
    Labels(String),
}

impl Form {
    fn language(&self) -> Option<&str> {
        match self {
            Self::Names => None,
            Self::Labels(language) => Some(language),
        }
    }
}
