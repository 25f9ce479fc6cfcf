//! What each row of a list is.

use serde::Serialize;

/// What a row was taken for. Every row of a recognised list is one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// A title, headings of columns, or the heading of a section.
    Heading,
    /// The first row of an item.
    Item,
    /// More of the item above: text that went on, or another level of it.
    Continuation,
    /// A note to the list.
    Footnote,
    /// Nothing in it, or nothing but what is merged with a row above.
    Blank,
    /// None of these: a diagnostic says so.
    Diagnosed,
}

/// How many rows of a sheet were taken for what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RowCounts {
    /// All rows.
    pub rows: usize,
    /// Titles, headings of columns and sections.
    pub headings: usize,
    /// First rows of items.
    pub items: usize,
    /// Rows that go on with an item.
    pub continuations: usize,
    /// Notes to the list.
    pub footnotes: usize,
    /// Rows with nothing in them.
    pub blanks: usize,
    /// Rows of which there is only a diagnostic.
    pub diagnosed: usize,
}

impl RowCounts {
    /// Counts rows.
    #[must_use]
    pub fn of(kinds: &[RowKind]) -> Self {
        let mut counts = Self { rows: kinds.len(), ..Self::default() };
        for kind in kinds {
            *match kind {
                RowKind::Heading => &mut counts.headings,
                RowKind::Item => &mut counts.items,
                RowKind::Continuation => &mut counts.continuations,
                RowKind::Footnote => &mut counts.footnotes,
                RowKind::Blank => &mut counts.blanks,
                RowKind::Diagnosed => &mut counts.diagnosed,
            } += 1;
        }
        counts
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            rows: self.rows + other.rows,
            headings: self.headings + other.headings,
            items: self.items + other.items,
            continuations: self.continuations + other.continuations,
            footnotes: self.footnotes + other.footnotes,
            blanks: self.blanks + other.blanks,
            diagnosed: self.diagnosed + other.diagnosed,
        }
    }

    /// The rows that were taken for nothing. There are none: the sum is here to be checked, and printed.
    #[must_use]
    pub fn unclaimed(&self) -> usize {
        let claimed = self.headings + self.items + self.continuations + self.footnotes + self.blanks + self.diagnosed;
        self.rows.abs_diff(claimed)
    }
}
