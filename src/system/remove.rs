use super::{
    ListSystem,
    batch::Batch,
    fault::{Fault, FaultKind},
};
use crate::{
    engine::{At, Cx, Engine, Names, Side, hash_row},
    plan::Plan,
    schema::OnRemove,
    store::{Cell, Items, Kind, Val, is_live},
    value::{Key, Name, Value},
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
            self.let_go_authored(batch, root, row, OnRemove::Release);
            self.let_go_unwritten(batch, root, row);
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
        let mut all: Vec<(u16, u32)> = batch.gone.iter().copied().collect();
        all.sort_unstable();
        for (root, row) in all {
            self.let_go_authored(batch, root, row, OnRemove::Restrict);
        }
    }

    /// Lets go of references to a row in what this batch authors, and in what is parked.
    fn let_go_unwritten(&mut self, batch: &mut Batch<'_>, root: u16, row: u32) {
        let plan = batch.plan;
        let released = |list: u16, field: u16| {
            plan.list(list).fields[usize::from(field)].on_remove == OnRemove::Release
                && plan.authored_references.iter().any(|r| (r.list, r.field, r.target) == (list, field, root))
        };
        if !plan.authored_references.iter().any(|r| released(r.list, r.field)) {
            return;
        }
        let key = Value::Reference(Key::trusted(&self.engine.store.key(root, row)));
        for one in batch.authored.iter_mut().filter(|one| released(one.list, one.field)) {
            without_element(&mut one.value, &key);
        }
        let parked: Vec<(u16, Key, u16, Value)> = self
            .engine
            .parked
            .all()
            .into_iter()
            .filter(|(list, _, field, _)| released(*list, *field))
            .map(|(list, row, field, value)| (list, row.clone(), field, value.clone()))
            .collect();
        for (list, at, field, mut value) in parked {
            let before = value.clone();
            without_element(&mut value, &key);
            if value != before {
                let mut fields = self.engine.parked.get(list, at.as_str()).cloned().unwrap_or_default();
                fields.retain(|(known, _)| *known != field);
                if !value.is_missing() {
                    fields.push((field, value));
                }
                self.engine.parked.replace(list, &at, fields);
            }
        }
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
        let cause = batch.touched.get(root, row).map_or(0, |(cause, _)| *cause);
        let edit = self.engine.causes.edits(cause).first().map(|edit| *edit as usize);
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

    /// The same for references that are authored in derived rows.
    fn let_go_authored(&mut self, batch: &mut Batch<'_>, root: u16, row: u32, which: OnRemove) {
        let plan = batch.plan;
        let cause = batch.touched.get(root, row).map_or(0, |(cause, _)| *cause);
        let edit = self.engine.causes.edits(cause).first().map(|edit| *edit as usize);
        for (number, of) in plan.authored_references.iter().enumerate() {
            if of.target != root {
                continue;
            }
            let mut families = self.engine.links.authored[number].hints(hash_row(row)).to_vec();
            families.sort_unstable();
            families.dedup();
            let field = &plan.list(of.list).fields[usize::from(of.field)];
            if (field.on_remove == OnRemove::Release) != (which == OnRemove::Release) {
                continue;
            }
            for &(home, block) in &plan.list(of.list).homes {
                for &family in &families {
                    let at_home = self.engine.store.roots[usize::from(home)].bound() > family;
                    if !at_home
                        || !is_live(self.engine.store.record(home, family))
                        || batch.gone.contains(&(home, family))
                    {
                        continue;
                    }
                    let cells: Vec<Cell> = {
                        let record = self.engine.store.record(home, family);
                        let refers = |c: &Cell| {
                            c.block == block
                                && c.field == of.field
                                && match field.kind {
                                    Kind::List(_) => self.engine.store.elements(c.cell).contains(&(row + 1)),
                                    _ => c.cell == row + 1,
                                }
                        };
                        self.engine.store.family(record).cells().filter(refers).collect()
                    };
                    for cell in cells {
                        if which == OnRemove::Release {
                            self.touch(batch, home, family, edit.unwrap_or(0));
                            let rest = self.rest(&field.kind, cell.cell, row);
                            self.engine.put_cells(plan, home, family, &[Cell { cell: rest, ..cell }]);
                            let bit = Engine::authored_bit(plan, home, block, of.field);
                            Self::mark(batch, home, family, bit);
                        } else {
                            let cx = Cx::new(plan, &self.engine.store, Side::After, home, family);
                            let who = cx.key(At { block, row: cell.row });
                            self.still_referenced(batch, edit, root, row, of.list, &field.name, &[who], 1);
                        }
                    }
                }
            }
        }
    }

    /// Gives up a cell, and writes it again without one reference.
    pub(super) fn without(&mut self, kind: &Kind, cell: u32, row: u32) -> u32 {
        let rest = self.rest(kind, cell, row);
        self.engine.store.release(kind, cell);
        rest
    }

    /// Writes a cell of references again without one.
    pub(super) fn rest(&mut self, kind: &Kind, cell: u32, row: u32) -> u32 {
        let Kind::List(element) = kind else { return 0 };
        let left: Vec<u32> = self.engine.store.elements(cell).iter().copied().filter(|c| *c != row + 1).collect();
        if left.is_empty() { 0 } else { self.engine.store.write(kind, &Val::List(Items::Cells(element, &left))) }
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

/// Takes a reference out of a value.
fn without_element(value: &mut Value, key: &Value) {
    match value {
        Value::List(elements) => {
            elements.retain(|element| element != key);
            if elements.is_empty() {
                *value = Value::Missing;
            }
        }
        one => {
            if one == key {
                *one = Value::Missing;
            }
        }
    }
}
