use indexmap::IndexMap;

use super::ListSystem;
use crate::{
    heap,
    plan::Role,
    store::{CELL_BYTES, FAMILY_BYTES, RootTable, is_live},
    value::Name,
};

/// How many bytes a system holds: of each list, and what all lists share.
///
/// It counts what the allocator was asked for, to within a twentieth. What the schema and its compiled form take is not
/// counted, nor what snapshots, commits and feeds hold beside the system.
///
/// ```
/// use quanze::{Edits, ListSystem, Record, Schema, schema::{Index, List, Type}};
///
/// let bodies = List::base().field("name", Type::Text).index("by_name", Index::on(["name"]));
/// let mut system = ListSystem::new(Schema::builder().list("bodies", bodies).build()?);
/// let empty = system.memory();
/// system.commit(Edits::new().insert("bodies", "market", &Record::new().with("name", "Market bureau")))?;
///
/// let memory = system.memory();
/// assert!(memory.lists["bodies"].indexes > empty.lists["bodies"].indexes);
/// assert!(memory.total() > empty.total());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Memory {
    /// The lists, in the order of the schema.
    pub lists: IndexMap<Name, ListMemory>,
    /// What they share.
    pub shared: SharedMemory,
}

/// How many bytes one list takes of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct ListMemory {
    /// The cells of base rows and groups, in pages with room for more.
    pub cells: usize,
    /// Authored cells of derived rows, but for their texts.
    pub authored: usize,
    /// Which rows there are, and findings of them, as far as they stem from other rows.
    pub families: usize,
    /// The indexes that the list declares.
    pub indexes: usize,
}

/// How many bytes is taken by what lists share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct SharedMemory {
    /// Texts and codes, and the long keys of base rows and groups.
    pub texts: usize,
    /// Sets, sequences and large numbers.
    pub values: usize,
    /// Room in the pages of families.
    pub room: usize,
    /// The index of keys.
    pub keys: usize,
    /// Who refers to whom, and what families look for.
    pub links: usize,
    /// What groups and aggregates hold.
    pub groups: usize,
    /// Numbers of values that rows are named by.
    pub symbols: usize,
    /// Authored values whose rows do not exist now, and the reasons of authored values.
    pub parked: usize,
    /// What the last commit has changed and replaced, until the next one.
    pub change_log: usize,
    /// What commits work with, kept from one to the next.
    pub workspace: usize,
}

impl ListMemory {
    /// Returns all bytes.
    #[must_use]
    pub fn total(&self) -> usize {
        self.cells + self.authored + self.families + self.indexes
    }
}

impl SharedMemory {
    /// Returns all bytes.
    #[must_use]
    pub fn total(&self) -> usize {
        self.texts
            + self.values
            + self.room
            + self.keys
            + self.links
            + self.groups
            + self.symbols
            + self.parked
            + self.change_log
            + self.workspace
    }
}

impl Memory {
    pub(super) fn of(system: &ListSystem) -> Self {
        let (engine, plan) = (&system.engine, &system.engine.plan);
        let store = &engine.store;
        let mut lists: Vec<ListMemory> = vec![ListMemory::default(); plan.lists.len()];
        // Findings are counted with the list that they are of.
        let owner = |list: u16| match plan.list(list).role {
            Role::Check { of, .. } => usize::from(of),
            _ => usize::from(list),
        };
        let mut in_families = 0;
        for (table, root) in store.roots.iter().zip(&plan.roots) {
            lists[usize::from(root.list)].cells += table.record_bytes();
            for record in (0..table.bound()).map(|row| table.record(row)).filter(|record| is_live(record)) {
                if crate::store::family_of(record) == 0 {
                    continue;
                }
                let family = store.family(record);
                lists[usize::from(root.list)].families += FAMILY_BYTES;
                in_families += FAMILY_BYTES;
                for (block, bytes) in family.block_bytes() {
                    lists[owner(root.block(block).list)].families += bytes;
                    in_families += bytes;
                }
                for cell in family.cells() {
                    lists[usize::from(root.block(cell.block).list)].authored += CELL_BYTES;
                    in_families += CELL_BYTES;
                }
            }
        }
        for (number, list) in (0..).zip(&mut lists) {
            list.indexes += plan.ordered_of(number).map(|(index, _)| system.indexes.tree(index).bytes()).sum::<usize>();
        }
        let shared = SharedMemory {
            texts: store.texts.bytes(),
            values: store.blobs.bytes(),
            room: store.families.bytes().saturating_sub(in_families),
            keys: store.roots.iter().map(RootTable::index_bytes).sum(),
            links: engine.links.bytes(),
            groups: engine.groups.bytes(),
            symbols: store.symbols.bytes(),
            parked: engine.parked.bytes() + engine.dangling_bytes() + system.reasons.bytes(),
            change_log: engine.log_bytes(),
            workspace: engine.workspace_bytes()
                + system.touched.bytes()
                + system.indexes.count_bytes()
                + heap::of_vec(&store.roots),
        };
        let names = plan.lists.iter().map(|list| list.name.clone());
        let declared = system.schema.spec().lists.len();
        Self { lists: names.zip(lists).take(declared).collect(), shared }
    }

    /// Returns all bytes.
    #[must_use]
    pub fn total(&self) -> usize {
        self.lists.values().map(ListMemory::total).sum::<usize>() + self.shared.total()
    }

    /// Returns the bytes of what follows from the base rows and from what is authored, and of what it takes to find rows: the
    /// price of deriving.
    #[must_use]
    pub fn derived(&self) -> usize {
        let SharedMemory { room, keys, links, groups, symbols, .. } = self.shared;
        let lists: usize = self.lists.values().map(|list| list.families + list.indexes).sum();
        lists + room + keys + links + groups + symbols
    }
}
