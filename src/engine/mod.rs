//! Propagation: what a change of some rows means for all others.
//!
//! A commit goes in rounds. First the base rows that the edits touched are compared with what they were; what has changed
//! marks their families, and, through references and matches, families elsewhere. Then each marked family is visited once: its rows
//! are brought up to date, its fields compared before and after, and what it gives to groups and aggregates is collected.
//! These make the next round, until nothing more settles.
//!
//! Architecture invariant: the engine knows rows and rules, but no names of the domain, and nothing of edits.

mod columns;
mod compare;
mod delta;
mod eval;
mod group;
mod growth;
mod inputs;
mod links;
mod parked;
mod partial;
mod reaction;
mod rows;
mod scalar;
mod text;
mod trigger;
mod visit;
mod worked_out;

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use foldhash::fast::FixedState;

pub use self::delta::ChangeKind;
pub(crate) use self::{
    columns::Columns,
    delta::{Causes, Span, Spans},
    eval::{At, Cx, Side, lines_of},
    group::Groups,
    growth::Growth,
    links::{Links, Post, refers_to},
    parked::Parked,
    text::{Names, hash_row, hash_tuple, hash_val},
};
use self::{
    inputs::{Input, Inputs},
    reaction::Reaction,
    visit::{Scratch, Visit},
};
use crate::{
    heap,
    plan::{Mask, Plan},
    store::{Cell, FamilyWriter, Items, Kind, RootTable, RowMap, Store, Val, is_live},
    value::{Key, Value},
};

/// A system of lists in motion.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) plan: Arc<Plan>,
    pub(crate) store: Store,
    pub(crate) links: Links,
    pub(crate) groups: Groups,
    pub(crate) parked: Parked,
    /// Authored references whose row is there while what they refer to is gone: list, row, field.
    pub(crate) dangling: Arc<BTreeSet<(u16, Key, u16)>>,
    /// What that was before the commit.
    pub(crate) dangling_before: Arc<BTreeSet<(u16, Key, u16)>>,
    reactions: Vec<HashMap<Mask, Arc<Reaction>, FixedState>>,
    /// Roots to be looked at: what has changed of each, and why.
    dirty: RowMap<(Mask, u32)>,
    pub(crate) causes: Causes,
    /// What the commit has changed.
    pub(crate) spans: Spans,
    /// How many rows have come and gone.
    pub(crate) growth: Growth,
    inputs: Inputs,
    /// What has been given in the commit, to be taken back by an undo.
    applied: Vec<Input>,
    /// Roots whose kept values may have changed, kept from one commit to the next.
    touched: Vec<(u16, u32, u32)>,
    /// Rows that went and came back in the commit: their families begin anew.
    pub(crate) reborn: Vec<(u16, u32)>,
    /// Taken out during a visit.
    scratch: Option<Box<Scratch>>,
    /// Families visited in the commit, and values compared or conditions tried.
    pub(crate) visits: u64,
    pub(crate) evaluations: u64,
}

impl Engine {
    pub(crate) fn new(plan: Arc<Plan>) -> Self {
        Self {
            store: Store::new(plan.roots.iter().map(|root| root.stride)),
            links: Links::new(&plan),
            groups: Groups::new(&plan),
            parked: Parked::default(),
            dangling: Arc::default(),
            dangling_before: Arc::default(),
            reactions: vec![HashMap::default(); plan.roots.len()],
            dirty: RowMap::default(),
            causes: Causes::default(),
            spans: Spans::default(),
            growth: Growth::new(plan.lists.len()),
            inputs: Inputs::default(),
            applied: Vec::new(),
            touched: Vec::new(),
            reborn: Vec::new(),
            scratch: Some(Box::default()),
            visits: 0,
            evaluations: 0,
            plan,
        }
    }

    /// Makes the present the past, before a commit begins.
    pub(crate) fn settle(&mut self) {
        let plan = Arc::clone(&self.plan);
        self.store.settle();
        self.links.settle(&plan, &self.store);
        self.parked.settle();
        self.dangling_before = Arc::clone(&self.dangling);
        self.clear();
        self.visits = 0;
        self.evaluations = 0;
    }

    /// Exchanges the fields that were worked out last for others of the state at hand.
    pub(crate) fn swap_columns(&mut self, columns: &mut Columns) {
        if let Some(scratch) = &mut self.scratch {
            std::mem::swap(scratch.columns(), columns);
        }
    }

    fn clear(&mut self) {
        if let Some(scratch) = &mut self.scratch {
            scratch.columns().clear();
        }
        self.dirty.clear();
        self.causes.clear();
        self.spans.clear();
        self.growth.clear();
        self.inputs.clear();
        self.applied.clear();
        self.reborn.clear();
    }

    /// Goes back to the state before the commit.
    pub(crate) fn roll_back(&mut self) {
        let plan = Arc::clone(&self.plan);
        self.undo_inputs(&plan);
        self.store.roll_back();
        self.links.roll_back();
        self.parked.roll_back();
        self.dangling = Arc::clone(&self.dangling_before);
        self.clear();
    }

    /// Returns the bytes that it takes to note what the last commit has changed, so that it can be told and undone.
    pub(crate) fn log_bytes(&self) -> usize {
        let store = &self.store;
        store.undo.bytes()
            + store.texts.log_bytes()
            + store.blobs.log_bytes()
            + store.families.log_bytes()
            + store.roots.iter().map(RootTable::log_bytes).sum::<usize>()
            + self.links.log_bytes()
            + self.causes.bytes()
            + self.spans.bytes()
            + self.growth.bytes()
            + heap::of_vec(&self.applied)
            + self.applied.iter().map(Input::bytes).sum::<usize>()
            + heap::of_vec(&self.reborn)
    }

    /// Returns the bytes of what the engine works with, kept from one commit to the next.
    pub(crate) fn workspace_bytes(&self) -> usize {
        let reactions = |known: &HashMap<Mask, Arc<Reaction>, FixedState>| {
            heap::of_map(known) + known.values().map(|reaction| reaction.bytes()).sum::<usize>()
        };
        heap::of_vec(&self.reactions)
            + self.reactions.iter().map(reactions).sum::<usize>()
            + self.dirty.bytes()
            + self.inputs.bytes()
            + heap::of_vec(&self.touched)
            + self.scratch.as_ref().map_or(0, |scratch| size_of_val(&**scratch) + scratch.bytes())
    }

    /// Returns the bytes that authored references to rows that are gone take.
    pub(crate) fn dangling_bytes(&self) -> usize {
        let keys: usize = self.dangling.iter().map(|(_, key, _)| key.bytes()).sum();
        heap::SHARED + size_of_val(&*self.dangling) + heap::of_btree_set(&self.dangling) + keys
    }

    /// Brings everything in step with the base rows and authored values that have been edited: the rows of base lists
    /// touched, each with its cause, and the things of families that authored values are.
    pub(crate) fn propagate(&mut self, edited: &RowMap<(u32, Mask)>) {
        let plan = Arc::clone(&self.plan);
        for (root, row, &(cause, mask)) in edited.iter() {
            self.start(&plan, root, row, mask, cause);
        }
        for round in 0..plan.rounds {
            let mut at = 0;
            while at < self.dirty.len() {
                let (root, row, &(mask, cause)) = self.dirty.at(at);
                let (first, last) = plan.root(root).ranks;
                if (first..=last).contains(&round) {
                    self.visit(&plan, Visit { root, row, mask, cause, round });
                }
                at += 1;
            }
            self.settle_inputs(&plan);
        }
    }

    /// Compares an edited root with what it was, and marks what that matters to.
    fn start(&mut self, plan: &Plan, root: u16, row: u32, authored: Mask, cause: u32) {
        let of = plan.root(root);
        let mut mask = authored;
        let (before, after) = (self.store.record_before(root, row), self.store.record(root, row));
        let (was, is) = (is_live(before), is_live(after));
        match (was, is) {
            (false, false) => return,
            (true, true) => {
                for slot in &of.slots {
                    // Most words of the record are what they were.
                    let word = usize::from(slot.slot.word);
                    if before[word] == after[word] {
                        continue;
                    }
                    let (a, b) = (slot.slot.get(before), slot.slot.get(after));
                    if a != b && !self.store.equal(&slot.kind, a, b) {
                        mask.add(slot.bit);
                    }
                }
                if self.reborn.contains(&(root, row)) {
                    mask = Mask::ALL;
                    self.settle_slots(plan, root, row);
                }
                if mask == Mask::NONE {
                    return;
                }
            }
            _ => {
                mask = Mask::ALL;
                if is {
                    self.settle_slots(plan, root, row);
                }
                self.hold_over(plan, root, row, if is { 1 } else { -1 }, cause);
            }
        }
        if is {
            for &index in &of.indexes {
                if mask.meets(plan.indexes[usize::from(index)].on) {
                    self.links.enter(plan, &self.store, index, row);
                }
            }
        }
        self.mark(root, row, mask, cause);
        self.trigger(plan, root, row, mask, cause);
    }

    /// Lets a row that has come hold a group of its own, or one that has gone let go of it.
    fn hold_over(&mut self, plan: &Plan, root: u16, row: u32, sign: i64, cause: u32) {
        for (group, of) in plan.roots.iter().enumerate() {
            if of.group.as_ref().is_some_and(|g| g.over == Some(root)) {
                let names = Names { plan, store: &self.store };
                self.inputs.hold(names, group as u16, (root, row), sign, cause);
            }
        }
    }

    /// Gives a key to a row that is not live.
    pub(crate) fn enter(&mut self, root: u16, row: u32, key: &str) {
        if self.store.roots[usize::from(root)].keep(row) && is_live(self.store.record_before(root, row)) {
            self.reborn.push((root, row));
        }
        self.store.enter(root, row, key);
    }

    /// Removes a root with its family; what was authored in it is parked.
    pub(crate) fn remove_root(&mut self, plan: &Plan, root: u16, row: u32) {
        self.store.touch(root, row);
        let cells: Vec<(u16, String, u16, u32)> = {
            let cx = Cx::new(plan, &self.store, Side::After, root, row);
            let list = |block| plan.root(root).block(block).list;
            cx.family
                .cells()
                .map(|c| (list(c.block), cx.key(At { block: c.block, row: c.row }), c.field, c.cell))
                .collect()
        };
        for (list, key, field, cell) in cells {
            self.park(plan, list, &key, field, cell);
        }
        for slot in &plan.root(root).slots {
            let cell = slot.slot.get(self.store.record(root, row));
            self.store.release(&slot.kind, cell);
        }
        self.store.put_family(root, row, &[]);
        self.store.leave(root, row);
    }

    /// Parks an authored value, and gives up its cell.
    pub(crate) fn park(&mut self, plan: &Plan, list: u16, key: &str, field: u16, cell: u32) {
        let kind = &plan.list(list).fields[usize::from(field)].kind;
        let value = Names { plan, store: &self.store }.value(&self.store.read(kind, cell));
        self.store.release(kind, cell);
        self.parked.put(list, &Key::trusted(key), field, value);
    }

    /// Takes back what was parked for a row, as cells; what refers to a row that is gone stays parked.
    pub(crate) fn take_parked(&mut self, plan: &Plan, list: u16, key: &str, row: u32) -> Vec<(u16, u32)> {
        let Some(fields) = self.parked.get(list, key).cloned() else { return Vec::new() };
        let mut kept = Vec::new();
        let mut cells = Vec::new();
        for (field, value) in fields {
            match self.encode_authored(plan, list, field, &value, row) {
                Some(cell) => cells.push((field, cell)),
                None => kept.push((field, value)),
            }
        }
        self.parked.replace(list, &Key::trusted(key), kept);
        cells
    }

    /// Writes an authored value into a cell; `None` where it refers to a row that is not there.
    pub(crate) fn encode_authored(
        &mut self,
        plan: &Plan,
        list: u16,
        field: u16,
        value: &Value,
        row: u32,
    ) -> Option<u32> {
        let kind = &plan.list(list).fields[usize::from(field)].kind;
        let val = self.resolve(plan.constant_of(value, kind))?;
        let cell = self.store.write(kind, &val);
        let reference = plan.authored_references.iter().position(|r| r.list == list && r.field == field);
        if let Some(reference) = reference {
            let targets: Vec<u32> = match &val {
                Val::Reference { row, .. } => vec![*row],
                Val::List(Items::Vals(vals)) => vals
                    .iter()
                    .filter_map(|val| match val {
                        Val::Reference { row, .. } => Some(*row),
                        _ => None,
                    })
                    .collect(),
                _ => Vec::new(),
            };
            for target in targets {
                self.links.post(Post::Authored(reference as u16), hash_row(target), row);
            }
        }
        Some(cell)
    }

    /// Replaces the keys in a value by the rows that have them; `None` where one has none.
    pub(crate) fn resolve(&self, val: Val<'static>) -> Option<Val<'static>> {
        Some(match val {
            Val::KeyOf { list, key } => Val::Reference { list, row: self.store.find(list, &key)? },
            Val::List(Items::Vals(vals)) => {
                let vals: Option<Vec<_>> = vals.into_iter().map(|val| self.resolve(val)).collect();
                Val::List(Items::Vals(vals?))
            }
            other => other,
        })
    }

    /// Writes or clears the authored cells of rows of one family.
    pub(crate) fn put_cells(&mut self, plan: &Plan, root: u16, row: u32, edits: &[Cell]) {
        let mut cells: Vec<Cell> = Vec::new();
        let mut writer = FamilyWriter::default();
        {
            let family = self.store.family(self.store.record(root, row));
            cells.extend(family.cells());
            for (block, rows) in family.blocks() {
                writer.keep(block, &rows);
            }
        }
        for edit in edits {
            let place = cells.iter().position(|c| (c.block, c.row, c.field) == (edit.block, edit.row, edit.field));
            if let Some(place) = place {
                let old = cells.remove(place);
                let list = plan.root(root).block(old.block).list;
                self.store.release(&plan.list(list).fields[usize::from(old.field)].kind, old.cell);
            }
            if edit.cell != 0 {
                cells.push(*edit);
            }
        }
        cells.sort_unstable();
        let words = writer.finish(&cells).to_vec();
        self.store.put_family(root, row, &words);
    }

    /// Returns the bit of what is authored for a field of a block.
    pub(crate) fn authored_bit(plan: &Plan, root: u16, block: u16, field: u16) -> Mask {
        let block = plan.root(root).block(block);
        block.programs.first().map_or(Mask::NONE, |programs| programs[usize::from(field)].authored)
    }

    /// Tells whether a kind holds references.
    pub(crate) fn refers(kind: &Kind) -> Option<u16> {
        match kind {
            Kind::Reference(list) => Some(*list),
            Kind::List(element) => Self::refers(element),
            _ => None,
        }
    }
}
