use super::{
    ListSystem,
    batch::Batch,
    fault::{Fault, FaultKind},
};
use crate::{
    engine::{At, Cx, Names, Side},
    plan::Plan,
    schema::OnRemove,
    store::{Items, Kind, Val, is_live},
    value::Name,
};

impl ListSystem {
    /// Takes a row out, with all rows that it owns, and lets go of the references that may be let go of. The rows leave at
    /// the end of the batch, unless they are inserted again.
    pub(super) fn take_out(&mut self, batch: &mut Batch<'_>, number: usize, root: u16, row: u32) {
        let plan = batch.plan;
        let mut open = vec![(root, row)];
        while let Some((root, row)) = open.pop() {
            if !batch.gone.insert((root, row)) {
                continue;
            }
            self.touch(batch, root, row, number);
            for (index, of) in (0..).zip(&plan.indexes) {
                if of.target != Some(root) || !of.authored {
                    continue;
                }
                let field = &plan.list(plan.root(of.root).list).fields[usize::from(of.slots[0])];
                if field.on_remove == OnRemove::Cascade {
                    let owned = self.referring(batch, index, row);
                    open.extend(owned.into_iter().map(|owned| (of.root, owned)));
                }
            }
            self.let_go(batch, root, row, OnRemove::Release);
            self.release_authored(batch, number, root, row);
        }
    }

    /// Removes the rows taken out, where nothing refers to them any more.
    pub(super) fn remove_all(&mut self, batch: &mut Batch<'_>) {
        if batch.gone.is_empty() {
            return;
        }
        let mut all: Vec<(u16, u32)> = batch.gone.iter().copied().collect();
        all.sort_unstable();
        for &(root, row) in &all {
            self.let_go(batch, root, row, OnRemove::Restrict);
        }
        for (root, row) in all {
            self.engine.remove_root(batch.plan, root, row);
        }
    }

    /// Says which authored values still refer to rows that have been removed: those whose own rows are there in the end.
    pub(super) fn check_authored_references(&mut self, batch: &mut Batch<'_>) {
        let plan = batch.plan;
        let mut all: Vec<(u16, u32)> = batch.gone.iter().copied().collect();
        all.sort_unstable();
        for (root, row) in all {
            let edit = self.removed_by(batch, root, row);
            for (home, family, cell) in self.cells_referring(plan, root, row, |_, _| true) {
                let list = plan.root(home).block(cell.block).list;
                let field = &plan.list(list).fields[usize::from(cell.field)].name;
                let cx = Cx::new(plan, &self.engine.store, Side::After, home, family);
                let who = cx.key(At { block: cell.block, row: cell.row });
                self.still_referenced(batch, edit, root, row, list, field, &[who], 1);
            }
        }
    }

    /// Returns the edit that took a row out.
    fn removed_by(&self, batch: &Batch<'_>, root: u16, row: u32) -> Option<usize> {
        let cause = batch.touched.get(root, row).map_or(0, |(cause, _)| *cause);
        self.engine.causes.edits(cause).first().map(|edit| *edit as usize)
    }

    /// Returns the live rows that refer to a row by an index, those that the batch has made refer to it included.
    pub(super) fn referring(&self, batch: &Batch<'_>, index: u16, target: u32) -> Vec<u32> {
        let plan = batch.plan;
        let of = &plan.indexes[usize::from(index)];
        let mut rows = self.engine.links.referring(plan, &self.engine.store, index, target);
        for &(_, root, row, slot, to) in &batch.references {
            if root == of.root && slot == of.slots[0] && to == target && self.still_refers(plan, root, row, slot, to) {
                rows.push(row);
            }
        }
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    pub(super) fn still_refers(&self, plan: &Plan, root: u16, row: u32, slot: u16, target: u32) -> bool {
        let of = &plan.root(root).slots[usize::from(slot)];
        let record = self.engine.store.record(root, row);
        if !is_live(record) {
            return false;
        }
        let cell = of.slot.get(record);
        match of.kind {
            Kind::List(_) => self.engine.store.elements(cell).contains(&(target + 1)),
            _ => cell == target + 1,
        }
    }

    /// Lets go of the references to a row that goes, or, of those that may not be let go of, says that they are there.
    fn let_go(&mut self, batch: &mut Batch<'_>, root: u16, row: u32, which: OnRemove) {
        let plan = batch.plan;
        let edit = self.removed_by(batch, root, row);
        for (index, of) in (0..).zip(&plan.indexes) {
            if of.target != Some(root) || !of.authored {
                continue;
            }
            let list = plan.root(of.root).list;
            let slot = of.slots[0];
            let field = &plan.list(list).fields[usize::from(slot)];
            if (field.on_remove == OnRemove::Release) != (which == OnRemove::Release) {
                continue;
            }
            let referring = self.referring(batch, index, row);
            let staying: Vec<u32> = referring.into_iter().filter(|r| !batch.gone.contains(&(of.root, *r))).collect();
            if staying.is_empty() {
                continue;
            }
            if which == OnRemove::Release {
                for other in staying {
                    self.touch(batch, of.root, other, edit.unwrap_or(0));
                    let at = &plan.root(of.root).slots[usize::from(slot)];
                    let old = at.slot.get(self.engine.store.record(of.root, other));
                    let cell = self.without(&at.kind, old, row);
                    at.slot.put(self.engine.store.roots[usize::from(of.root)].record_mut(other), cell);
                }
            } else {
                // By key, so that a fault does not tell how the rows came to be.
                let mut who: Vec<String> =
                    staying.iter().map(|r| self.engine.store.key(of.root, *r).to_owned()).collect();
                who.sort_unstable();
                who.truncate(3);
                self.still_referenced(batch, edit, root, row, list, &field.name, &who, staying.len());
            }
        }
    }

    /// Gives up a cell, and writes it again without one reference.
    fn without(&mut self, kind: &Kind, cell: u32, row: u32) -> u32 {
        let rest = match kind {
            Kind::List(element) => {
                let all = self.engine.store.elements(cell);
                let left: Vec<u32> = all.iter().copied().filter(|cell| *cell != row + 1).collect();
                if left.is_empty() {
                    0
                } else {
                    self.engine.store.write(kind, &Val::List(Items::Cells(element, &left)))
                }
            }
            _ => 0,
        };
        self.engine.store.release(kind, cell);
        rest
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one message")]
    pub(super) fn still_referenced(
        &self,
        batch: &mut Batch<'_>,
        edit: Option<usize>,
        root: u16,
        row: u32,
        list: u16,
        field: &Name,
        who: &[String],
        count: usize,
    ) {
        let plan = batch.plan;
        let more = if count > who.len() { format!(" and {} more", count - who.len()) } else { String::new() };
        let detail = format!(
            "the row is still referred to by {}.{field} of {}{more}; change or remove those first",
            plan.list(list).name,
            who.join(", "),
        );
        let key = Names { plan, store: &self.engine.store }.row_key(root, row).to_owned();
        let name = plan.list(plan.root(root).list).name.clone();
        batch.faults.push(Fault::new(FaultKind::StillReferenced, edit, name, &key, detail));
    }
}
