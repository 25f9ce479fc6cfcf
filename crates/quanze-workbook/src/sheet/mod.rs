//! Sheets as lists: which rows name the columns, which are items, and what the others are.
//!
//! **Architecture invariant:** nothing here knows what a type, a body or a law is. A row is judged by which columns it fills.

mod entry;
mod header;
mod merged;
mod reader;
mod rows;

pub use self::rows::{RowCounts, RowKind};
pub(crate) use self::{
    entry::{Entry, LevelRow},
    reader::{List, read},
};
