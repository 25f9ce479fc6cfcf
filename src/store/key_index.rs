use std::sync::Arc;

use super::pages::PageTable;
use crate::heap;

/// Entries a sub-table; at most three quarters are filled.
const SLOTS: usize = 512;
const FULL: u32 = 384;

/// An index from the hash of a key to a row: extendible hashing over small shared sub-tables, probed linearly.
///
/// It holds a 32-bit tag and the row; whoever looks up verifies the key at the row.
#[derive(Debug, Clone)]
pub(crate) struct KeyIndex {
    /// The sub-table for each prefix of `bits` bits of a tag.
    directory: Vec<u32>,
    bits: u32,
    tables: PageTable<Arc<SubTable>>,
}

#[derive(Debug, Clone)]
struct SubTable {
    /// `tag << 32 | row + 1`; 0 is free.
    entries: [u64; SLOTS],
    filled: u32,
    /// How many bits of the tags in it are equal.
    depth: u32,
}

impl SubTable {
    fn new(depth: u32) -> Self {
        Self { entries: [0; SLOTS], filled: 0, depth }
    }

    fn insert(&mut self, tag: u32, row: u32) {
        let mut at = tag as usize % SLOTS;
        while self.entries[at] != 0 {
            at = (at + 1) % SLOTS;
        }
        self.entries[at] = u64::from(tag) << 32 | u64::from(row + 1);
        self.filled += 1;
    }
}

impl Default for KeyIndex {
    fn default() -> Self {
        let mut tables = PageTable::default();
        tables.push(Arc::new(SubTable::new(0)));
        Self { directory: vec![0], bits: 0, tables }
    }
}

impl KeyIndex {
    #[inline]
    fn table_of(&self, tag: u32) -> usize {
        if self.bits == 0 { 0 } else { self.directory[(tag >> (32 - self.bits)) as usize] as usize }
    }

    /// Finds the row of this tag that `is_it` accepts.
    #[inline]
    pub(crate) fn find(&self, tag: u32, mut is_it: impl FnMut(u32) -> bool) -> Option<u32> {
        let entries = &self.tables.get(self.table_of(tag)).entries;
        let mut at = tag as usize % SLOTS;
        loop {
            let entry = entries[at];
            if entry == 0 {
                return None;
            }
            if (entry >> 32) as u32 == tag {
                let row = entry as u32 - 1;
                if is_it(row) {
                    return Some(row);
                }
            }
            at = (at + 1) % SLOTS;
        }
    }

    pub(crate) fn insert(&mut self, tag: u32, row: u32) {
        loop {
            let table = self.table_of(tag);
            // Beyond 32 bits there is nothing to tell tags apart; the table then fills up to its last free slot.
            let sub = self.tables.get(table);
            if sub.filled < FULL || (sub.depth >= 24 && (sub.filled as usize) < SLOTS - 1) {
                Arc::make_mut(self.tables.get_mut(table)).insert(tag, row);
                return;
            }
            self.split(table);
        }
    }

    fn split(&mut self, table: usize) {
        let depth = self.tables.get(table).depth + 1;
        if depth > self.bits {
            self.directory = self.directory.iter().flat_map(|&t| [t, t]).collect();
            self.bits = depth;
        }
        let (mut low, mut high) = (SubTable::new(depth), SubTable::new(depth));
        for entry in self.tables.get(table).entries.iter().filter(|e| **e != 0) {
            let tag = (entry >> 32) as u32;
            let side = if tag >> (32 - depth) & 1 == 0 { &mut low } else { &mut high };
            side.insert(tag, *entry as u32 - 1);
        }
        *self.tables.get_mut(table) = Arc::new(low);
        self.tables.push(Arc::new(high));
        let new = (self.tables.len() - 1) as u32;
        for (prefix, place) in self.directory.iter_mut().enumerate() {
            if *place as usize == table && prefix >> (self.bits - depth) & 1 == 1 {
                *place = new;
            }
        }
    }

    pub(crate) fn remove(&mut self, tag: u32, row: u32) {
        let table = self.table_of(tag);
        let wanted = u64::from(tag) << 32 | u64::from(row + 1);
        let sub = Arc::make_mut(self.tables.get_mut(table));
        let mut at = tag as usize % SLOTS;
        while sub.entries[at] != wanted {
            if sub.entries[at] == 0 {
                return;
            }
            at = (at + 1) % SLOTS;
        }
        sub.filled -= 1;
        // Close the gap: move back whatever could not have been put before it otherwise.
        let mut gap = at;
        let mut next = (at + 1) % SLOTS;
        while sub.entries[next] != 0 {
            let home = (sub.entries[next] >> 32) as usize % SLOTS;
            let reach = (next + SLOTS - home) % SLOTS;
            if reach >= (next + SLOTS - gap) % SLOTS {
                sub.entries[gap] = sub.entries[next];
                gap = next;
            }
            next = (next + 1) % SLOTS;
        }
        sub.entries[gap] = 0;
    }

    pub(crate) fn bytes(&self) -> usize {
        self.tables.bytes() + self.tables.len() * (heap::SHARED + size_of::<SubTable>()) + heap::of_vec(&self.directory)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn it_behaves_as_a_map_under_any_mix() {
        let mut index = KeyIndex::default();
        let mut model = BTreeSet::new();
        let mut state = 7_u64;
        for step in 0..60_000_u32 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let tag = (state >> 32) as u32 & 0xffff_03ff;
            if state.is_multiple_of(4) {
                if let Some(&(tag, row)) = model.range((tag, 0)..).next() {
                    index.remove(tag, row);
                    model.remove(&(tag, row));
                }
            } else {
                index.insert(tag, step);
                model.insert((tag, step));
            }
        }
        for &(tag, row) in &model {
            assert_eq!(index.find(tag, |r| r == row), Some(row));
        }
        let count: usize = index.tables.iter().map(|t| t.entries.iter().filter(|e| **e != 0).count()).sum();
        assert_eq!(count, model.len());
    }
}
