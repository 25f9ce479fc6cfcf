use super::row_map::RowMap;
use crate::heap;

/// The records of root rows as they were before the commit under way, or before the one made last.
///
/// As what a commit replaces is freed only at the next one, a saved record still leads to the values, the family and the
/// authored cells of its time. So one copy serves to undo, and to read what was before.
#[derive(Debug, Default)]
pub(crate) struct Undo {
    /// Where the record of each row begins.
    places: RowMap<u32>,
    words: Vec<u32>,
}

impl Undo {
    pub(crate) fn clear(&mut self) {
        self.places.clear();
        self.words.clear();
    }

    /// Saves the record of a row, if it is not saved yet.
    pub(crate) fn save(&mut self, list: u16, row: u32, record: &[u32]) {
        if self.places.get(list, row).is_none() {
            self.places.add(list, row, self.words.len() as u32);
            self.words.extend_from_slice(record);
        }
    }

    /// Returns the words from a saved record on.
    #[inline]
    pub(crate) fn get(&self, list: u16, row: u32) -> Option<&[u32]> {
        self.places.get(list, row).map(|at| &self.words[*at as usize..])
    }

    pub(crate) fn bytes(&self) -> usize {
        self.places.bytes() + heap::of_vec(&self.words)
    }

    /// Visits the rows saved, the last first.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (u16, u32)> + '_ {
        self.places.iter().rev().map(|(list, row, _)| (list, row))
    }
}
