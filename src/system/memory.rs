use crate::{
    engine::Engine,
    store::{RootTable, is_live},
};

/// How many bytes a system holds, by what they are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Memory {
    /// Records of base rows and groups, with the pages' slack.
    pub records: usize,
    /// Text of base rows and authored values.
    pub texts: usize,
    /// Sets, sequences and large numbers.
    pub blobs: usize,
    /// Families: which derived rows there are.
    pub families: usize,
    /// Authored cells in families, as far as they are not text or blobs.
    pub authored: usize,
    /// The index of keys.
    pub keys: usize,
    /// Who refers to whom, and what families look for.
    pub links: usize,
    /// What groups and aggregates hold.
    pub groups: usize,
    /// Numbers of values that rows are named by.
    pub symbols: usize,
}

impl Memory {
    pub(super) fn of(engine: &Engine) -> Self {
        let store = &engine.store;
        let cells: usize = store
            .roots
            .iter()
            .flat_map(|table| (0..table.bound()).map(|row| table.record(row)))
            .filter(|record| is_live(record))
            .map(|record| store.family(record).cells().count())
            .sum();
        let authored = cells * 12;
        Self {
            records: store.roots.iter().map(RootTable::record_bytes).sum(),
            texts: store.texts.bytes(),
            blobs: store.blobs.bytes(),
            families: store.families.bytes() - authored,
            authored,
            keys: store.roots.iter().map(RootTable::index_bytes).sum(),
            links: engine.links.bytes(),
            groups: engine.groups.bytes(),
            symbols: store.symbols.bytes(),
        }
    }

    /// Returns all bytes.
    #[must_use]
    pub fn total(&self) -> usize {
        self.derived() + self.records + self.texts + self.blobs + self.authored
    }

    /// Returns the bytes of all that is neither a base row's cell nor an authored one: what deriving costs.
    #[must_use]
    pub fn derived(&self) -> usize {
        self.families + self.keys + self.links + self.groups + self.symbols
    }
}
