use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::heap;

/// Something for each of some rows of root lists, in the order in which it was added.
///
/// Most commits touch a handful of rows: as long as there are few, they are found by a look at all of them.
#[derive(Debug)]
pub(crate) struct RowMap<T> {
    entries: Vec<(u16, u32, T)>,
    places: HashMap<(u16, u32), u32, FixedState>,
}

const FEW: usize = 8;

impl<T> Default for RowMap<T> {
    fn default() -> Self {
        Self { entries: Vec::new(), places: HashMap::default() }
    }
}

impl<T> RowMap<T> {
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.places.clear();
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    #[inline]
    fn place(&self, list: u16, row: u32) -> Option<usize> {
        if self.entries.len() <= FEW {
            self.entries.iter().position(|e| e.0 == list && e.1 == row)
        } else {
            self.places.get(&(list, row)).map(|at| *at as usize)
        }
    }

    #[inline]
    pub(crate) fn get(&self, list: u16, row: u32) -> Option<&T> {
        self.place(list, row).map(|at| &self.entries[at].2)
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, list: u16, row: u32) -> Option<&mut T> {
        self.place(list, row).map(|at| &mut self.entries[at].2)
    }

    /// Returns the entry at a place in the order of addition.
    #[inline]
    pub(crate) fn at(&self, place: usize) -> (u16, u32, &T) {
        let (list, row, value) = &self.entries[place];
        (*list, *row, value)
    }

    /// Adds an entry for a row that has none.
    pub(crate) fn add(&mut self, list: u16, row: u32, value: T) {
        self.entries.push((list, row, value));
        let len = self.entries.len();
        if len == FEW + 1 {
            self.places.extend(self.entries.iter().zip(0..).map(|(e, at)| ((e.0, e.1), at)));
        } else if len > FEW {
            self.places.insert((list, row), len as u32 - 1);
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        heap::of_vec(&self.entries) + heap::of_map(&self.places)
    }

    /// Visits the entries in the order of addition.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (u16, u32, &T)> {
        self.entries.iter().map(|(list, row, value)| (*list, *row, value))
    }
}
