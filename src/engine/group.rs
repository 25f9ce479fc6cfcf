use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::{
    Engine,
    inputs::{Forming, Given, Input, To},
    partial::Partial,
    text::Names,
};
use crate::{
    heap,
    plan::{Mask, Plan},
    store::{Cell, Val, is_live},
};

/// The values drawn from rows, and the members of groups.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    /// By table, the partial values by row.
    partials: Vec<HashMap<u32, Partial, FixedState>>,
    /// By root list, what holds each group: its members, and the row that it stands for.
    holders: Vec<HashMap<u32, i64, FixedState>>,
}

impl Groups {
    pub(crate) fn new(plan: &Plan) -> Self {
        Self {
            partials: vec![HashMap::default(); plan.partials.len()],
            holders: vec![HashMap::default(); plan.roots.len()],
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        let partials =
            |table: &HashMap<u32, Partial, _>| heap::of_map(table) + table.values().map(Partial::bytes).sum::<usize>();
        heap::of_vec(&self.partials)
            + heap::of_vec(&self.holders)
            + self.partials.iter().map(partials).sum::<usize>()
            + self.holders.iter().map(heap::of_map).sum::<usize>()
    }
}

impl Engine {
    /// Applies what the rows of a round have given, and notes the roots whose kept values have changed.
    pub(super) fn settle_inputs(&mut self, plan: &Plan) {
        if self.inputs.is_empty() {
            return;
        }
        let mut inputs = std::mem::take(&mut self.inputs);
        let mut touched = std::mem::take(&mut self.touched);
        // Groups that are to come get a row set aside: one that comes back is the one that it was.
        let row_for = |one: &Forming| match self.store.find_before(one.root, &one.key, None) {
            Some(row) => row,
            None => self.store.roots[usize::from(one.root)].reserve(),
        };
        let forming: Vec<u32> = inputs.forming.iter().map(row_for).collect();
        for mut input in inputs.all.drain(..) {
            let (root, row) = match input.to {
                To::Row { root, row } => (root, row),
                To::Forming(at) => (inputs.forming[at as usize].root, forming[at as usize]),
            };
            input.to = To::Row { root, row };
            if touched.last() != Some(&(root, row, input.cause)) {
                touched.push((root, row, input.cause));
            }
            self.apply(plan, root, row, &input, 1);
            self.applied.push(input);
        }
        touched.sort_unstable();
        touched.dedup();
        let mut settling = touched.drain(..).peekable();
        while let Some((root, row, mut cause)) = settling.next() {
            // What several edits have given to a row settles once, and comes from all of them.
            while let Some((_, _, other)) = settling.next_if(|next| (next.0, next.1) == (root, row)) {
                cause = self.causes.join(cause, other);
            }
            let mut set_aside = inputs.forming.iter().zip(&forming);
            let new = set_aside.find(|(one, of)| one.root == root && **of == row).map(|(one, _)| one);
            self.settle_root(plan, root, row, new, cause);
        }
        drop(settling);
        inputs.clear();
        self.inputs = inputs;
        self.touched = touched;
    }

    fn apply(&mut self, plan: &Plan, root: u16, row: u32, input: &Input, direction: i64) {
        let rows = direction * input.rows;
        let Some(number) = input.partial else {
            *self.groups.holders[usize::from(root)].entry(row).or_default() += rows;
            return;
        };
        let of = &plan.partials[usize::from(number)];
        let partial = self.groups.partials[usize::from(number)].entry(row).or_default();
        match &input.what {
            Given::Sum { values, sum } => partial.add_sum(rows, direction * values, i128::from(direction) * sum),
            Given::Val(val) => partial.add(of.fold, Names { plan, store: &self.store }, val, rows),
        }
    }

    /// Takes back everything applied in the commit.
    pub(super) fn undo_inputs(&mut self, plan: &Plan) {
        while let Some(input) = self.applied.pop() {
            if let To::Row { root, row } = input.to {
                self.apply(plan, root, row, &input, -1);
                self.tidy(plan, root, row);
            }
        }
    }

    /// Drops empty entries.
    fn tidy(&mut self, plan: &Plan, root: u16, row: u32) {
        let holders = &mut self.groups.holders[usize::from(root)];
        if holders.get(&row) == Some(&0) {
            holders.remove(&row);
        }
        for &number in &plan.root(root).partials {
            let table = &mut self.groups.partials[usize::from(number)];
            if table.get(&row).is_some_and(Partial::is_empty) {
                table.remove(&row);
            }
        }
    }

    /// Brings the kept values of a root up to date; a group comes and goes with what holds it.
    fn settle_root(&mut self, plan: &Plan, root: u16, row: u32, new: Option<&Forming>, cause: u32) {
        let of = plan.root(root);
        let mut mask = Mask::NONE;
        if of.group.is_some() {
            let held = self.groups.holders[usize::from(root)].get(&row).is_some_and(|holders| *holders > 0);
            match (is_live(self.store.record(root, row)), held) {
                (false, true) => {
                    let Some(Forming { key, by, .. }) = new else { return };
                    self.enter(root, row, key);
                    for (slot, val) in by.iter().enumerate() {
                        self.put_slot(plan, root, row, slot as u16, val);
                    }
                    self.settle_slots(plan, root, row);
                    for &index in &of.indexes {
                        self.links.enter(plan, &self.store, index, row);
                    }
                    self.return_cells(plan, root, row, key);
                    mask = Mask::ALL;
                }
                (true, false) => {
                    self.tidy(plan, root, row);
                    self.remove_root(plan, root, row);
                    mask = Mask::ALL;
                }
                (true, true) => mask = self.settle_slots(plan, root, row),
                (false, false) => {
                    self.tidy(plan, root, row);
                    if new.is_some() && !is_live(self.store.record_before(root, row)) {
                        // The row set aside for a group that does not come to be; nobody looks for its key.
                        self.store.roots[usize::from(root)].release(row, 0);
                    }
                    return;
                }
            }
        } else if is_live(self.store.record(root, row)) {
            mask = self.settle_slots(plan, root, row);
            self.tidy(plan, root, row);
        } else {
            self.tidy(plan, root, row);
        }
        if mask != Mask::NONE {
            self.mark(root, row, mask, cause);
            self.trigger(plan, root, row, mask, cause);
        }
    }

    /// Brings back what was parked for the fields of a group.
    fn return_cells(&mut self, plan: &Plan, root: u16, row: u32, key: &str) {
        let list = plan.root(root).list;
        if self.parked.get(list, key).is_none() {
            return;
        }
        let cells = self.take_parked(plan, list, key, row);
        let cells: Vec<Cell> = cells.into_iter().map(|(field, cell)| Cell { block: 0, row: 0, field, cell }).collect();
        self.put_cells(plan, root, row, &cells);
    }

    /// Writes the kept values of a root that have changed; returns their bits.
    pub(super) fn settle_slots(&mut self, plan: &Plan, root: u16, row: u32) -> Mask {
        let mut mask = Mask::NONE;
        for &number in &plan.root(root).partials {
            let partial = &plan.partials[usize::from(number)];
            let empty = Partial::default();
            let held = self.groups.partials[usize::from(number)].get(&row).unwrap_or(&empty);
            let val = held.value(partial.fold, &partial.of);
            if self.put_slot(plan, root, row, partial.slot, &val) {
                mask.add(plan.root(root).slots[usize::from(partial.slot)].bit);
            }
        }
        mask
    }

    /// Writes a slot, if the value is another; tells whether it was.
    fn put_slot(&mut self, plan: &Plan, root: u16, row: u32, slot: u16, val: &Val<'static>) -> bool {
        let of = &plan.root(root).slots[usize::from(slot)];
        let old = of.slot.get(self.store.record(root, row));
        {
            let names = Names { plan, store: &self.store };
            if names.same(&self.store.read(&of.kind, old), val) {
                return false;
            }
        }
        self.store.touch(root, row);
        let cell = self.store.write(&of.kind, val);
        self.store.release(&of.kind, old);
        of.slot.put(self.store.roots[usize::from(root)].record_mut(row), cell);
        for &index in &plan.root(root).indexes {
            if plan.indexes[usize::from(index)].slots.contains(&slot) {
                self.links.enter(plan, &self.store, index, row);
            }
        }
        true
    }
}
