use std::collections::HashMap;

use foldhash::fast::FixedState;

/// The records of root rows as they were before the commit under way, or before the one made last.
///
/// As what a commit replaces is freed only at the next one, a saved record still leads to the values, the family and the
/// authored cells of its time. So one copy serves to undo, and to read what was before.
#[derive(Debug, Default)]
pub(crate) struct Undo {
    saved: Vec<(u16, u32, u32)>,
    words: Vec<u32>,
    /// Where a row was saved; only kept up when there are more than a few.
    places: HashMap<(u16, u32), u32, FixedState>,
}

const FEW: usize = 8;

impl Undo {
    pub(crate) fn clear(&mut self) {
        self.saved.clear();
        self.words.clear();
        self.places.clear();
    }

    #[inline]
    fn place(&self, list: u16, row: u32) -> Option<usize> {
        if self.saved.len() <= FEW {
            self.saved.iter().find(|s| s.0 == list && s.1 == row).map(|s| s.2 as usize)
        } else {
            self.places.get(&(list, row)).map(|at| *at as usize)
        }
    }

    /// Saves the record of a row, if it is not saved yet; tells whether it was new.
    pub(crate) fn save(&mut self, list: u16, row: u32, record: &[u32]) -> bool {
        if self.place(list, row).is_some() {
            return false;
        }
        let at = self.words.len() as u32;
        self.words.extend_from_slice(record);
        self.saved.push((list, row, at));
        if self.saved.len() > FEW {
            if self.places.is_empty() {
                self.places.extend(self.saved.iter().map(|s| ((s.0, s.1), s.2)));
            } else {
                self.places.insert((list, row), at);
            }
        }
        true
    }

    /// Returns the words from a saved record on.
    #[inline]
    pub(crate) fn get(&self, list: u16, row: u32) -> Option<&[u32]> {
        self.place(list, row).map(|at| &self.words[at..])
    }

    /// Visits the rows saved, the last first.
    pub(crate) fn rows(&self) -> impl DoubleEndedIterator<Item = (u16, u32)> + '_ {
        self.saved.iter().rev().map(|s| (s.0, s.1))
    }
}
