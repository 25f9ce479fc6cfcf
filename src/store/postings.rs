use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::heap;

/// For each value, hints of the rows that have it.
///
/// A hint is appended on arrival and verified by whoever reads it: rows that have left the value stay until the list is
/// swept, and a row may be in it twice.
#[derive(Debug, Clone, Default)]
pub(crate) struct Postings {
    lists: HashMap<u64, Hints, FixedState>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Hints {
    rows: Vec<u32>,
    /// How many rows were right when the list was last swept.
    swept: u32,
}

impl Postings {
    /// Appends a row to the hints of a value; tells whether it was not the last of them already.
    pub(crate) fn append(&mut self, value: u64, row: u32) -> bool {
        let hints = self.lists.entry(value).or_default();
        let new = hints.rows.last() != Some(&row);
        if new {
            hints.rows.push(row);
        }
        new
    }

    /// Takes back the hint appended last to those of a value.
    pub(crate) fn take_back(&mut self, value: u64) {
        if let Some(hints) = self.lists.get_mut(&value) {
            hints.rows.pop();
            if hints.rows.is_empty() {
                self.lists.remove(&value);
            }
        }
    }

    /// Tells whether the hints of a value have grown enough to be swept.
    pub(crate) fn has_grown(&self, value: u64) -> bool {
        let grown = |hints: &Hints| hints.rows.len() > 32 && hints.rows.len() as u32 > 2 * hints.swept;
        self.lists.get(&value).is_some_and(grown)
    }

    pub(crate) fn hints(&self, value: u64) -> &[u32] {
        self.lists.get(&value).map_or(&[], |hints| &hints.rows)
    }

    /// Keeps of the hints of a value those that are right, each once.
    pub(crate) fn sweep(&mut self, value: u64, mut is_right: impl FnMut(u32) -> bool) {
        if let Some(hints) = self.lists.get_mut(&value) {
            hints.rows.sort_unstable();
            hints.rows.dedup();
            hints.rows.retain(|row| is_right(*row));
            hints.swept = hints.rows.len() as u32;
            if hints.rows.is_empty() {
                self.lists.remove(&value);
            }
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        heap::of_map(&self.lists) + self.lists.values().map(|hints| heap::of_vec(&hints.rows)).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_count_beside_the_table() {
        let mut postings = Postings::default();
        assert_eq!(postings.bytes(), 0);
        postings.append(1, 10);
        postings.append(2, 20);
        let rows = postings.lists.values().map(|hints| 4 * hints.rows.capacity()).sum::<usize>();
        assert!(rows >= 8);
        assert_eq!(postings.bytes(), heap::of_map(&postings.lists) + rows);
    }
}
