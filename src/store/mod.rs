//! Records and families in shared pages. The store knows neither names nor rules.
//!
//! Architecture invariant: what a commit replaces stays where it is until the next commit settles. So the state before the
//! last commit can be read, and a refused commit is undone, from saved records alone.

mod arena;
mod cell;
mod family;
mod index;
mod key_index;
mod pages;
mod postings;
mod root;
mod row_map;
mod scalar;
mod symbols;
mod text;
mod undo;

use self::{arena::Arena, symbols::Symbols, text::TextHeap, undo::Undo};
pub(crate) use self::{
    cell::{Items, Kind, Val},
    family::{Block, CELL_BYTES, Cell, FAMILY_BYTES, Family, FamilyWriter, NO_FAMILY, Origin, Place},
    index::{Entries, OrderedIndex, step_over},
    postings::Postings,
    root::{HEAD, KeyText, Probe, RootTable, Slot, family as family_of, is_live, key_of},
    row_map::RowMap,
    scalar::{CellTest, FewScalars, Scalar, ScalarIs},
};

/// Everything that a snapshot reads, and the undo log of the writer.
#[derive(Debug, Default)]
pub(crate) struct Store {
    pub(crate) roots: Vec<RootTable>,
    pub(crate) texts: TextHeap,
    pub(crate) blobs: Arena,
    pub(crate) families: Arena,
    pub(crate) symbols: Symbols,
    pub(crate) undo: Undo,
}

impl Store {
    /// Makes an empty store of root lists with these record lengths.
    pub(crate) fn new(strides: impl IntoIterator<Item = usize>) -> Self {
        Self { roots: strides.into_iter().map(RootTable::new).collect(), ..Self::default() }
    }

    #[inline]
    pub(crate) fn record(&self, list: u16, row: u32) -> &[u32] {
        self.roots[usize::from(list)].record(row)
    }

    /// Returns the record of a row as it was before the commit.
    #[inline]
    pub(crate) fn record_before(&self, list: u16, row: u32) -> &[u32] {
        self.undo.get(list, row).unwrap_or_else(|| self.record(list, row))
    }

    /// Returns the family that a record leads to.
    #[inline]
    pub(crate) fn family(&self, record: &[u32]) -> Family<'_> {
        match family_of(record) {
            0 => NO_FAMILY,
            address => Family::new(self.families.from(address)),
        }
    }

    #[inline]
    pub(crate) fn key(&self, list: u16, row: u32) -> KeyText<'_> {
        self.roots[usize::from(list)].key(row, &self.texts)
    }

    /// Finds the live row of a key.
    pub(crate) fn find(&self, list: u16, key: &str) -> Option<u32> {
        self.roots[usize::from(list)].find(&Probe::new(key), &self.texts)
    }

    /// Saves a row's record before it is changed.
    #[inline]
    pub(crate) fn touch(&mut self, list: u16, row: u32) {
        self.undo.save(list, row, self.roots[usize::from(list)].record(row));
    }

    pub(crate) fn enter(&mut self, list: u16, row: u32, key: &str) {
        self.touch(list, row);
        self.roots[usize::from(list)].enter(row, &Probe::new(key), &mut self.texts);
    }

    /// Removes a row; its slots must have been released.
    pub(crate) fn leave(&mut self, list: u16, row: u32) {
        self.touch(list, row);
        let came = !is_live(self.record_before(list, row));
        let root = &mut self.roots[usize::from(list)];
        if came {
            root.depart(row, &self.texts);
        }
        let long = RootTable::long_key(root.record(row));
        let tag = root.leave(row, &self.texts);
        root.release(row, tag);
        if let Some(address) = long {
            self.texts.release(address);
        }
    }

    /// Writes a family in a new slot and gives up the old one.
    pub(crate) fn put_family(&mut self, list: u16, row: u32, words: &[u32]) {
        self.touch(list, row);
        self.drop_family(list, row);
        let address = if words.is_empty() { 0 } else { self.families.write(words) };
        self.roots[usize::from(list)].set_family(row, address);
    }

    fn drop_family(&mut self, list: u16, row: u32) {
        let old = family_of(self.record(list, row));
        if old != 0 {
            let len = self.families.from(old)[0] as usize;
            self.families.release(old, len);
        }
    }

    /// Makes the present the past: what the last commit replaced is freed.
    pub(crate) fn settle(&mut self) {
        self.undo.clear();
        self.texts.settle();
        self.blobs.settle();
        self.families.settle();
        for root in &mut self.roots {
            root.settle();
        }
    }

    /// Goes back to the state at the last settling.
    pub(crate) fn roll_back(&mut self) {
        let undo = std::mem::take(&mut self.undo);
        for (list, row) in undo.rows() {
            let root = &mut self.roots[usize::from(list)];
            if let Some(saved) = undo.get(list, row) {
                let stride = root.stride();
                root.put_back(row, &saved[..stride], &self.texts);
            }
        }
        self.texts.undo();
        self.blobs.undo();
        self.families.undo();
        for root in &mut self.roots {
            root.undo();
        }
    }

    /// Shares all pages with a reader.
    pub(crate) fn share(&self) -> Self {
        Self {
            roots: self.roots.iter().map(RootTable::share).collect(),
            texts: self.texts.share(),
            blobs: self.blobs.share(),
            families: self.families.share(),
            symbols: self.symbols.share(),
            undo: Undo::default(),
        }
    }
}

impl Store {
    /// Finds the row that had a key before the commit, given the row that has it now.
    pub(crate) fn find_before(&self, list: u16, key: &str, now: Option<u32>) -> Option<u32> {
        if let Some(row) = now
            && is_live(self.record_before(list, row))
        {
            return Some(row);
        }
        self.roots[usize::from(list)].released(&Probe::new(key)).find(|row| {
            let record = self.record_before(list, *row);
            is_live(record) && *key_of(record, &self.texts) == *key
        })
    }
}
