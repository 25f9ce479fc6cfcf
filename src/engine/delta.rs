use std::collections::HashSet;

use crate::heap;

/// What has become of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It is there now, and was not before.
    Added,
    /// It was there before, and is not now.
    Removed,
    /// It was there and is, with other values.
    Updated,
}

/// Rows of one list under one root that have changed alike.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) root: u16,
    pub(crate) row: u32,
    pub(crate) block: u16,
    pub(crate) kind: ChangeKind,
    /// The first of the rows in the block: as it is now, or was, where the rows have gone.
    pub(crate) first: u32,
    /// Where the first row of an update was before.
    pub(crate) first_before: u32,
    pub(crate) count: u32,
    /// Where its masks stand among those of the commit; set where it is added.
    pub(super) masks: u32,
    pub(crate) cause: u32,
}

/// Which fields of a row have changed, a bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Masks {
    /// The fields with another value.
    pub(crate) changed: u128,
    /// The fields whose rule's value changed under an authored one.
    pub(crate) shadowed: u128,
}

impl Masks {
    #[inline]
    pub(crate) fn are_empty(self) -> bool {
        self == Self::default()
    }
}

impl Span {
    /// Starts a span without a row, of a block of a root.
    #[inline]
    pub(crate) fn none(root: u16, row: u32, block: u16, kind: ChangeKind, cause: u32) -> Self {
        Self { root, row, block, kind, first: 0, first_before: 0, count: 0, masks: 0, cause }
    }
}

/// What a commit has changed. Most rows have changed as others shortly before have: masks are kept beside the spans.
#[derive(Debug)]
pub(crate) struct Spans {
    all: Vec<Span>,
    masks: Vec<Masks>,
}

impl Default for Spans {
    fn default() -> Self {
        Self { all: Vec::new(), masks: vec![Masks::default()] }
    }
}

impl Spans {
    pub(crate) fn clear(&mut self) {
        self.all.clear();
        self.masks.truncate(1);
    }

    pub(crate) fn bytes(&self) -> usize {
        heap::of_vec(&self.all) + heap::of_vec(&self.masks)
    }

    /// Adds a span whose rows have changed by these masks: mostly those added last, or none.
    #[inline]
    pub(crate) fn push(&mut self, span: Span, masks: Masks) {
        let last = self.masks.len() - 1;
        let at = if masks.are_empty() {
            0
        } else if self.masks[last] == masks {
            last
        } else {
            self.masks.push(masks);
            last + 1
        };
        self.all.push(Span { masks: at as u32, ..span });
    }

    #[inline]
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Span> {
        self.all.iter()
    }

    /// Returns the masks of one of the spans.
    #[inline]
    pub(crate) fn masks(&self, span: &Span) -> Masks {
        self.masks[span.masks as usize]
    }
}

/// Which edits a change comes from: one, or several, as a union of two causes kept in a table.
#[derive(Debug, Default)]
pub(crate) struct Causes {
    unions: Vec<(u32, u32)>,
}

const SEVERAL: u32 = 1 << 31;

impl Causes {
    pub(crate) fn clear(&mut self) {
        self.unions.clear();
    }

    pub(crate) fn bytes(&self) -> usize {
        heap::of_vec(&self.unions)
    }

    /// Unites two causes. Both stay what they are: others may have them.
    pub(crate) fn join(&mut self, a: u32, b: u32) -> u32 {
        if a == b || a & SEVERAL != 0 && self.unions[(a & !SEVERAL) as usize].1 == b {
            return a;
        }
        self.unions.push((a, b));
        (self.unions.len() - 1) as u32 | SEVERAL
    }

    /// Returns the edits of a cause, in their order.
    pub(crate) fn edits(&self, cause: u32) -> Vec<u32> {
        let mut edits = Vec::new();
        let mut seen = HashSet::new();
        let mut open = vec![cause];
        while let Some(cause) = open.pop() {
            if cause & SEVERAL == 0 {
                edits.push(cause);
            } else if seen.insert(cause) {
                let (a, b) = self.unions[(cause & !SEVERAL) as usize];
                open.extend([a, b]);
            }
        }
        edits.sort_unstable();
        edits.dedup();
        edits
    }
}
