//! One item as the rows of a sheet hold it, before anything in its cells is understood.

use std::{collections::BTreeMap, sync::Arc};

use super::header::Header;
use crate::profile::Column;

/// The cells of an item, from one row or several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The rows, from zero.
    pub(crate) rows: Vec<usize>,
    /// The heading of the section that it stands in.
    pub(crate) section: Option<Arc<str>>,
    /// The header that it stands under.
    pub(crate) header: Arc<Header>,
    pub(crate) cells: BTreeMap<Column, String>,
    /// Rows that say the same item for other levels or bodies.
    pub(crate) levels: Vec<LevelRow>,
}

/// A row that says an item once more, for another level or body: what it says itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LevelRow {
    pub(crate) row: usize,
    pub(crate) cells: BTreeMap<Column, String>,
}

impl Entry {
    /// The text of a column; blank where there is none.
    pub(crate) fn cell(&self, column: Column) -> &str {
        self.cells.get(&column).map_or("", String::as_str)
    }

    /// Goes on with text from a row below.
    pub(super) fn go_on(&mut self, row: usize, cells: BTreeMap<Column, String>) {
        self.rows.push(row);
        for (column, text) in cells {
            let whole = self.cells.entry(column).or_default();
            // A page that repeats the text of the page before adds nothing.
            if whole.contains(text.as_str()) {
                continue;
            }
            if !whole.is_empty() && !column.is_word() {
                whole.push('\n');
            }
            whole.push_str(&text);
        }
    }

    /// Takes what this row leaves out from the item above, of which it is another sub-item.
    pub(super) fn share(&mut self, above: &Self) {
        for (column, text) in &above.cells {
            if !matches!(column, Column::Serial | Column::SubName | Column::Remark | Column::Code) {
                self.cells.entry(*column).or_insert_with(|| text.clone());
            }
        }
    }
}
