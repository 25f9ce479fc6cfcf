use crate::heap;

/// Something for each of some rows of root lists, in the order in which it was added.
///
/// Most commits touch a handful of rows: as long as there are few, they are found by a look at all of them. Of many, a table
/// by row says where each stands.
#[derive(Debug)]
pub(crate) struct RowMap<T> {
    entries: Vec<(u16, u32, T)>,
    /// By list and row, one more than the place of the entry; 0 where there is none.
    places: Vec<Vec<u32>>,
}

const FEW: usize = 8;

impl<T> Default for RowMap<T> {
    fn default() -> Self {
        Self { entries: Vec::new(), places: Vec::new() }
    }
}

impl<T> RowMap<T> {
    pub(crate) fn clear(&mut self) {
        if self.entries.len() > FEW {
            for (list, row, _) in &self.entries {
                self.places[usize::from(*list)][*row as usize] = 0;
            }
        }
        self.entries.clear();
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    #[inline]
    fn place(&self, list: u16, row: u32) -> Option<usize> {
        if self.entries.len() <= FEW {
            self.entries.iter().position(|e| e.0 == list && e.1 == row)
        } else {
            let place = *self.places.get(usize::from(list))?.get(row as usize)?;
            (place as usize).checked_sub(1)
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
        match self.entries.len() {
            0..=FEW => {}
            // The first few were not noted so far.
            len if len == FEW + 1 => self.note(0),
            len => self.note(len - 1),
        }
    }

    /// Notes where the entries from a place on stand.
    fn note(&mut self, from: usize) {
        for (at, (list, row, _)) in self.entries.iter().enumerate().skip(from) {
            let list = usize::from(*list);
            if self.places.len() <= list {
                self.places.resize_with(list + 1, Vec::new);
            }
            let places = &mut self.places[list];
            let row = *row as usize;
            if places.len() <= row {
                places.resize(row + 1, 0);
            }
            places[row] = at as u32 + 1;
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        heap::of_vec(&self.entries) + heap::of_vec(&self.places) + self.places.iter().map(heap::of_vec).sum::<usize>()
    }

    /// Visits the entries in the order of addition.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (u16, u32, &T)> {
        self.entries.iter().map(|(list, row, value)| (*list, *row, value))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn what_is_added_is_found_until_all_is_cleared() {
        let mut map = RowMap::default();
        for count in [0, 1, 8, 9, 10, 300, 3] {
            let mut model = HashMap::new();
            for at in 0..count {
                // Each row once, in no order, of several lists.
                let (list, row) = ((at % 3) as u16, at * 37 % 1009);
                assert!(map.get(list, row).is_none());
                map.add(list, row, at);
                model.insert((list, row), at);
                *map.get_mut(list, row).expect("it is there") += 1;
            }
            for list in 0..4 {
                for row in 0..1010 {
                    let expected = model.get(&(list, row)).map(|at| at + 1);
                    assert_eq!(map.get(list, row).copied(), expected, "{count}: {list}, {row}");
                }
            }
            assert_eq!(map.iter().map(|(_, _, at)| *at).collect::<Vec<_>>(), (1..=count).collect::<Vec<_>>());
            map.clear();
        }
    }
}
