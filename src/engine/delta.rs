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
#[derive(Debug, Clone)]
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
    /// The fields with another value, a bit each.
    pub(crate) changed: u128,
    /// The fields whose rule's value changed under an authored one.
    pub(crate) shadowed: u128,
    pub(crate) cause: u32,
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
