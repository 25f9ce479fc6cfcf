use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::{Engine, eval::Cx, partial::Partial, text::Names};
use crate::{
    plan::{Mask, Plan},
    store::{Cell, Items, Val, is_live},
};

/// What one row gives to an aggregate or group, or takes away from it.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) to: To,
    /// The table of partial values; none for mere membership.
    pub(crate) partial: Option<u16>,
    pub(crate) val: Val<'static>,
    /// How many rows give the value; those that take it away count below zero.
    pub(crate) sign: i64,
    /// What the values of several rows come to, where they add up: how many values, of which unit, and their sum.
    pub(crate) sum: Option<(i64, u32, i128)>,
    pub(crate) cause: u32,
}

/// Where an input goes.
#[derive(Debug)]
pub(crate) enum To {
    /// A row of a base list.
    Row { root: u16, row: u32 },
    /// The group of a key, with the values grouped by.
    Group { root: u16, key: String, by: Vec<Val<'static>> },
    /// Where the one before goes.
    Same,
}

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
        let partial = std::mem::size_of::<(u32, Partial)>() + 1;
        self.partials.iter().map(|table| table.capacity() * partial).sum::<usize>()
            + self.holders.iter().map(|table| table.capacity() * 13).sum::<usize>()
    }
}

/// Makes a value own its text, and a list its elements.
pub(crate) fn owned(cx: &Cx<'_>, val: Val<'_>) -> Val<'static> {
    match val {
        Val::List(items) => Val::List(Items::Vals(items.iter(cx.store).map(Val::into_owned).collect())),
        other => other.into_owned(),
    }
}

impl Input {
    /// Adds an input for each row that a reference or a list of them leads to.
    #[expect(clippy::too_many_arguments, reason = "the parts of an input")]
    pub(crate) fn push_all(
        out: &mut Vec<Input>,
        cx: &Cx<'_>,
        by: &Val<'_>,
        root: u16,
        partial: u16,
        val: &Val<'_>,
        sign: i64,
        cause: u32,
    ) {
        match by {
            Val::Reference { row, .. } => {
                let val = owned(cx, val.clone());
                out.push(Input {
                    to: To::Row { root, row: *row },
                    partial: Some(partial),
                    val,
                    sign,
                    sum: None,
                    cause,
                });
            }
            Val::List(items) => {
                for at in 0..items.len() {
                    let by = match items {
                        Items::Cells(kind, cells) => cx.store.read(kind, cells[at]),
                        Items::Vals(vals) => vals[at].clone(),
                    };
                    Self::push_all(out, cx, &by, root, partial, val, sign, cause);
                }
            }
            _ => {}
        }
    }

    /// Drops what a row took away and gave back alike.
    pub(crate) fn cancel(out: &mut Vec<Input>, start: usize, middle: usize, names: Names<'_>) {
        let (taken, given) = out[start..].split_at(middle - start);
        let alike = taken.len() == given.len()
            && taken.iter().zip(given).all(|(a, b)| {
                let to = match (&a.to, &b.to) {
                    (To::Row { row, .. }, To::Row { row: other, .. }) => row == other,
                    (To::Group { key, .. }, To::Group { key: other, .. }) => key == other,
                    (To::Same, To::Same) => true,
                    _ => false,
                };
                to && a.partial == b.partial && a.sum.is_none() && names.same(&a.val, &b.val)
            });
        if alike {
            out.truncate(start);
        }
    }
}

impl Engine {
    /// Applies what the rows of a round have given, and notes the roots whose kept values have changed.
    pub(super) fn settle_inputs(&mut self, plan: &Plan) {
        if self.inputs.is_empty() {
            return;
        }
        let mut touched: Vec<(u16, u32, u32)> = Vec::new();
        let inputs = std::mem::take(&mut self.inputs);
        let mut at: Option<(u16, u32)> = None;
        for input in inputs {
            let to = match &input.to {
                To::Row { root, row } => Some((*root, *row)),
                To::Group { root, key, by } => Some((*root, self.group_row(plan, *root, key, by))),
                To::Same => at,
            };
            at = to;
            let Some((root, row)) = to else { continue };
            if touched.last() != Some(&(root, row, input.cause)) {
                touched.push((root, row, input.cause));
            }
            self.apply(plan, root, row, &input, 1);
            self.applied.push((root, row, Input { to: To::Same, ..input }));
        }
        touched.sort_unstable();
        touched.dedup();
        for (root, row, cause) in touched {
            self.settle_root(plan, root, row, cause);
        }
        self.forming.clear();
    }

    fn apply(&mut self, plan: &Plan, root: u16, row: u32, input: &Input, direction: i64) {
        match input.partial {
            None => {
                let holders = self.groups.holders[usize::from(root)].entry(row).or_default();
                *holders += direction * input.sign;
            }
            Some(number) => {
                let of = &plan.partials[usize::from(number)];
                let names = Names { plan, store: &self.store };
                let partial = self.groups.partials[usize::from(number)].entry(row).or_default();
                match input.sum {
                    Some((values, unit, sum)) => {
                        partial.add_sum(direction * input.sign, direction * values, unit, i128::from(direction) * sum);
                    }
                    None => partial.add(of.fold, names, &input.val, direction * input.sign),
                }
            }
        }
    }

    /// Takes back everything applied in the commit.
    pub(super) fn undo_inputs(&mut self, plan: &Plan) {
        while let Some((root, row, input)) = self.applied.pop() {
            self.apply(plan, root, row, &input, -1);
            self.tidy(plan, root, row);
        }
    }

    /// Drops empty entries.
    fn tidy(&mut self, plan: &Plan, root: u16, row: u32) {
        let holders = &mut self.groups.holders[usize::from(root)];
        if holders.get(&row) == Some(&0) {
            holders.remove(&row);
        }
        for (number, partial) in plan.partials.iter().enumerate() {
            let table = &mut self.groups.partials[number];
            if partial.root == root && table.get(&row).is_some_and(Partial::is_empty) {
                table.remove(&row);
            }
        }
    }

    /// Returns the row of a group, setting one aside if there is none.
    fn group_row(&mut self, plan: &Plan, root: u16, key: &str, by: &[Val<'static>]) -> u32 {
        if let Some(row) = self.store.find(root, key) {
            return row;
        }
        if let Some((_, _, row, _)) = self.forming.iter().find(|(r, k, ..)| *r == root && k == key) {
            return *row;
        }
        let _ = plan;
        let row = self.store.roots[usize::from(root)].reserve();
        self.forming.push((root, key.to_owned(), row, by.to_vec()));
        row
    }

    /// Brings the kept values of a root up to date; a group comes and goes with what holds it.
    fn settle_root(&mut self, plan: &Plan, root: u16, row: u32, cause: u32) {
        let of = plan.root(root);
        let mut mask = Mask::NONE;
        if of.group.is_some() {
            let held = self.groups.holders[usize::from(root)].get(&row).is_some_and(|holders| *holders > 0);
            match (is_live(self.store.record(root, row)), held) {
                (false, true) => {
                    let Some(at) = self.forming.iter().position(|(r, _, row_of, _)| *r == root && *row_of == row)
                    else {
                        return;
                    };
                    let (_, key, _, by) = self.forming.swap_remove(at);
                    self.store.enter(root, row, &key);
                    for (slot, val) in by.iter().enumerate() {
                        self.put_slot(plan, root, row, slot as u16, val);
                    }
                    self.settle_slots(plan, root, row);
                    for &index in &of.indexes {
                        self.links.enter(plan, &self.store, index, row);
                    }
                    self.return_cells(plan, root, row, &key);
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
        let cells = self.take_parked(plan, list, key, root, row);
        let cells: Vec<Cell> = cells.into_iter().map(|(field, cell)| Cell { block: 0, row: 0, field, cell }).collect();
        self.put_cells(plan, root, row, &cells);
    }

    /// Writes the kept values of a root that have changed; returns their bits.
    pub(super) fn settle_slots(&mut self, plan: &Plan, root: u16, row: u32) -> Mask {
        let mut mask = Mask::NONE;
        for (number, partial) in plan.partials.iter().enumerate() {
            if partial.root != root {
                continue;
            }
            let empty = Partial::default();
            let held = self.groups.partials[number].get(&row).unwrap_or(&empty);
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
