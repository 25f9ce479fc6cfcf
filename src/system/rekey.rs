use std::sync::Arc;

use super::{
    ListSystem,
    batch::Batch,
    edits::Edit,
    fault::{Fault, FaultKind},
    renaming::Renaming,
};
use crate::{
    engine::Engine,
    plan::FieldPlan,
    schema::Type,
    store::{Items, Kind, Val},
    value::Key,
};

impl ListSystem {
    /// Gives a row another key: a new row takes over its fields, whoever referred to the old one refers to the new one, and
    /// what is authored under keys that name the row follows.
    #[expect(clippy::too_many_arguments, reason = "an edit, resolved")]
    pub(super) fn rekey(
        &mut self,
        batch: &mut Batch<'_>,
        number: usize,
        list: u16,
        root: u16,
        row: u32,
        edit: &Edit,
        to: &Arc<str>,
    ) -> Result<(), Fault> {
        let plan = batch.plan;
        let of = plan.list(list);
        let fault = |kind, detail: String| Fault::new(kind, Some(number), of.name.clone(), &edit.key, detail);
        if let Err(error) = to.parse::<Key>() {
            return Err(fault(FaultKind::BadKey, error.to_string()));
        }
        if to.contains('/') {
            let detail = format!("the key of a row of '{}' has one segment; write '~1' for a '/' in it", of.name);
            return Err(fault(FaultKind::BadKey, detail));
        }
        if *to == edit.key {
            return Ok(());
        }
        let gone = self.engine.store.find(root, to);
        if gone.is_some_and(|row| !batch.gone.contains(&(root, row))) {
            return Err(fault(FaultKind::KeyTaken, format!("there is a row '{to}' in '{}' already", of.name)));
        }
        let mut renaming = Renaming::new(plan, root, &edit.key, to);
        self.lift_named(batch, number, root, row, &mut renaming);
        if let Err((list, key, field)) = self.rename_lifted(batch, &mut renaming) {
            let of = plan.list(list);
            let name = &of.fields[usize::from(field)].name;
            let detail = format!(
                "what is authored for {}[{key}].{name} is in the way of what would follow the row; clear one of the two",
                of.name
            );
            return Err(fault(FaultKind::KeyTaken, detail));
        }
        self.touch(batch, root, row, number);
        let new = match gone {
            Some(gone) => {
                // The row that had the key goes for good before another takes it; what was authored below it waits.
                batch.gone.remove(&(root, gone));
                self.lift_family(batch, number, root, gone);
                self.engine.remove_root(plan, root, gone);
                gone
            }
            None => self.row_for(batch, root, to),
        };
        self.engine.enter(root, new, to);
        self.touch(batch, root, new, number);
        for (slot, of) in (0..).zip(&plan.root(root).slots[..of.fields.len()]) {
            let cell = of.slot.get(self.engine.store.record(root, row));
            let table = &mut self.engine.store.roots[usize::from(root)];
            of.slot.put(table.record_mut(new), cell);
            of.slot.put(table.record_mut(row), 0);
            if Engine::refers(&of.kind).is_some() {
                // What the row refers to does not know the new row yet.
                let targets: Vec<u32> = match of.kind {
                    Kind::List(_) => self.engine.store.elements(cell).iter().map(|cell| cell - 1).collect(),
                    _ if cell == 0 => Vec::new(),
                    _ => vec![cell - 1],
                };
                batch.references.extend(targets.into_iter().map(|target| (number, root, new, slot, target)));
            }
        }
        self.retarget(batch, number, root, row, new);
        self.engine.remove_root(plan, root, row);
        Ok(())
    }

    /// Makes the base rows that refer to one row refer to another.
    fn retarget(&mut self, batch: &mut Batch<'_>, number: usize, root: u16, old: u32, new: u32) {
        let plan = batch.plan;
        for (index, of) in (0..).zip(&plan.indexes) {
            if of.target != Some(root) || !of.authored {
                continue;
            }
            for other in self.referring(batch, index, old) {
                self.touch(batch, of.root, other, number);
                let slot = &plan.root(of.root).slots[usize::from(of.slots[0])];
                let cell = slot.slot.get(self.engine.store.record(of.root, other));
                let field = &plan.list(plan.root(of.root).list).fields[usize::from(of.slots[0])];
                let changed = self.replaced(batch, field, cell, old, new);
                self.engine.store.release(&slot.kind, cell);
                slot.slot.put(self.engine.store.roots[usize::from(of.root)].record_mut(other), changed);
                batch.references.push((number, of.root, other, of.slots[0], new));
            }
        }
    }

    /// Writes a cell of references again, with one row in place of another, a set in its order.
    fn replaced(&mut self, batch: &Batch<'_>, field: &FieldPlan, cell: u32, old: u32, new: u32) -> u32 {
        let Kind::List(element) = &field.kind else { return if cell == old + 1 { new + 1 } else { cell } };
        let Kind::Reference(list) = **element else { return cell };
        let mut cells: Vec<u32> = Vec::new();
        for &cell in self.engine.store.elements(cell) {
            let cell = if cell == old + 1 { new + 1 } else { cell };
            // Elements that have become equal are one.
            if !cells.contains(&cell) {
                cells.push(cell);
            }
        }
        if matches!(field.ty, Type::Set(_)) {
            cells.sort_by_cached_key(|cell| self.key_in(batch, list, cell - 1));
        }
        self.engine.store.write(&field.kind, &Val::List(Items::Cells(element, &cells)))
    }
}
