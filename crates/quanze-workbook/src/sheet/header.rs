//! The row, or the two rows, that name the columns.

use std::collections::{BTreeMap, BTreeSet};

use super::merged::Merged;
use crate::{
    profile::{Column, Headings},
    read::Sheet,
    text::squeezed,
};

/// A sheet that has filled as many rows without naming a column is no list.
const ROWS_BEFORE_HEADINGS: usize = 500;
/// Longer text heads nothing.
const LONGEST_HEADING: usize = 40;
/// A second row of headings is made of short words.
const LONGEST_LOWER_HEADING: usize = 20;

/// What the columns of a list hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// The first row of headings.
    pub(crate) first: usize,
    /// The row after the last of headings.
    pub(crate) end: usize,
    columns: Vec<Option<Column>>,
    /// The levels that columns of marks stand for: `市级` above, `√` below.
    marked: BTreeMap<usize, String>,
}

impl Header {
    /// Finds the first header at or below a row.
    pub(super) fn find(sheet: &Sheet, merged: &Merged<'_>, headings: &Headings, from: usize) -> Option<Self> {
        let mut rows = (from..sheet.height()).filter(|row| !sheet.is_blank(*row)).take(ROWS_BEFORE_HEADINGS);
        rows.find_map(|row| Self::at(sheet, merged, headings, row))
    }

    /// Reads the header that begins at a row, if one does.
    pub(super) fn at(sheet: &Sheet, merged: &Merged<'_>, headings: &Headings, row: usize) -> Option<Self> {
        let width = sheet.width();
        let upper: Vec<&str> = (0..width).map(|column| merged.shown(row, column)).collect();
        let mut one = Self::of(&upper, headings, row, row + 1);
        let levels: Vec<usize> = (0..width).filter(|at| headings.is_level(upper[*at])).collect();
        one.mark(&levels, &upper);
        let lower: Vec<&str> = (0..width).map(|column| merged.shown(row + 1, column)).collect();
        let two = Self::two_rows(&upper, &lower, headings, row);
        let below = Self::of(&lower, headings, row + 1, row + 2);
        let known = |header: &Self| header.known().len();
        // Two rows together must name more than each of them alone.
        let more = known(&two) > known(&one) || !two.marked.is_empty();
        if more && known(&two) > known(&below) && lower_is_short(&lower) {
            return Some(two).filter(|header| header.is_whole(sheet));
        }
        Some(one).filter(|header| header.is_whole(sheet))
    }

    fn two_rows(upper: &[&str], lower: &[&str], headings: &Headings, row: usize) -> Self {
        let mut both = upper.to_vec();
        for (text, lower) in both.iter_mut().zip(lower).filter(|(_, lower)| headings.column(lower).is_some()) {
            *text = lower;
        }
        let mut header = Self::of(&both, headings, row, row + 2);
        // A heading over several columns is merged, or stands over the first of them.
        let over = |at: usize| upper[..=at].iter().rev().find(|text| !text.trim().is_empty());
        let under_level = |at: &usize| over(*at).and_then(|text| headings.column(text)) == Some(Column::Level);
        let levels: Vec<usize> =
            (0..lower.len()).filter(|at| headings.is_level(lower[*at])).filter(under_level).collect();
        // A row below a heading that says one level and other things is an item.
        let all_headings = lower.iter().zip(upper).all(|(lower, upper)| {
            lower.trim().is_empty() || lower == upper || headings.is_level(lower) || headings.column(lower).is_some()
        });
        if all_headings {
            header.mark(&levels, lower);
        }
        header
    }

    /// Takes columns for those of marks, one for each level, where there are several.
    fn mark(&mut self, levels: &[usize], texts: &[&str]) {
        if levels.len() >= 2 {
            for &at in levels {
                self.columns[at] = Some(Column::Level);
                self.marked.insert(at, squeezed(texts[at]));
            }
        }
    }

    fn of(texts: &[&str], headings: &Headings, first: usize, end: usize) -> Self {
        let known = |text: &&str| {
            Some(text).filter(|text| text.chars().count() <= LONGEST_HEADING).and_then(|text| headings.column(text))
        };
        let mut columns: Vec<Option<Column>> = texts.iter().map(known).collect();
        for at in 1..columns.len() {
            // A level and what is done at it stand in two cells under one heading.
            let beside_level = columns[at - 1] == Some(Column::Level);
            let shares_heading = squeezed(texts[at]).is_empty() || columns[at] == Some(Column::Level);
            if beside_level && shares_heading && !columns.contains(&Some(Column::Scope)) {
                columns[at] = Some(Column::Scope);
            }
        }
        Self { first, end, columns, marked: BTreeMap::new() }
    }

    fn known(&self) -> BTreeSet<Column> {
        self.columns.iter().flatten().copied().filter(|column| *column != Column::Scope).collect()
    }

    /// Whether these are the headings of a list: a name and two more, or a name and nothing that is not known.
    fn is_whole(&self, sheet: &Sheet) -> bool {
        let known = self.known();
        let filled = sheet.row(self.first).iter().filter(|cell| !cell.trim().is_empty()).count();
        known.contains(&Column::Name) && (known.len() >= 3 || (known.len() == 2 && filled == 2))
    }

    /// What a column holds.
    pub(super) fn column(&self, at: usize) -> Option<Column> {
        self.columns.get(at).copied().flatten()
    }

    /// What a cell says: of a column of marks, the level that it stands for.
    pub(super) fn said<'a>(&'a self, at: usize, text: &'a str) -> &'a str {
        const MARKS: [&str; 12] = ["√", "✓", "✔", "●", "○", "★", "▲", "是", "有", "Y", "1", "V"];
        self.marked.get(&at).filter(|_| MARKS.contains(&text)).map_or(text, String::as_str)
    }

    /// What stands between the texts of several cells of one column: levels that are marked are named one after the other.
    pub(super) fn between(&self, at: usize) -> char {
        if self.marked.contains_key(&at) { '、' } else { '\n' }
    }

    /// Where a column stands.
    pub(crate) fn position(&self, column: Column) -> Option<usize> {
        self.columns.iter().position(|found| *found == Some(column))
    }

    /// The columns in their order.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (usize, Column)> {
        self.columns.iter().enumerate().filter_map(|(at, column)| column.map(|column| (at, column)))
    }
}

fn lower_is_short(lower: &[&str]) -> bool {
    lower.iter().all(|text| squeezed(text).chars().count() <= LONGEST_LOWER_HEADING)
}
