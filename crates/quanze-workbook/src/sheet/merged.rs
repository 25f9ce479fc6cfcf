//! Merged cells looked up: what a cell shows, and whether that stands in a row above.

use crate::read::{Merge, Sheet};

pub(super) struct Merged<'a> {
    sheet: &'a Sheet,
    /// By row, the merged cells that lie in it.
    by_row: Vec<Vec<&'a Merge>>,
}

impl<'a> Merged<'a> {
    pub(super) fn of(sheet: &'a Sheet) -> Self {
        let mut by_row = vec![Vec::new(); sheet.height()];
        for merge in sheet.merges() {
            let bottom = (merge.bottom + 1).min(sheet.height());
            for row in by_row.get_mut(merge.top..bottom).unwrap_or_default() {
                row.push(merge);
            }
        }
        Self { sheet, by_row }
    }

    fn covering(&self, row: usize, column: usize) -> Option<&'a Merge> {
        let merges = self.by_row.get(row)?;
        merges.iter().find(|merge| (merge.left..=merge.right).contains(&column)).copied()
    }

    /// What people see in a cell.
    pub(super) fn shown(&self, row: usize, column: usize) -> &'a str {
        let own = self.sheet.cell(row, column);
        if !own.trim().is_empty() {
            return own;
        }
        self.covering(row, column).map_or("", |merge| self.sheet.cell(merge.top, merge.left))
    }

    /// What people see in a cell, unless it is shown there only for a cell beside it.
    pub(super) fn shown_from_above(&self, row: usize, column: usize) -> &'a str {
        let own = self.sheet.cell(row, column);
        if !own.trim().is_empty() {
            return own;
        }
        let merge = self.covering(row, column).filter(|merge| merge.left == column);
        merge.map_or("", |merge| self.sheet.cell(merge.top, merge.left))
    }

    /// Whether a cell is shown as one with a cell to its left.
    pub(super) fn is_one_with_left(&self, row: usize, column: usize) -> bool {
        self.covering(row, column).is_some_and(|merge| merge.left < column)
    }
}
