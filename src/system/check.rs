use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::{
    ListSystem,
    batch::{Asked, Batch},
    fault::{Fault, FaultKind},
};
use crate::{
    engine::{At, Cx, Engine, Side, hash_tuple, hash_val},
    plan::{Plan, Role},
    schema::{OnRemove, Severity},
    store::{Val, is_live},
    value::Name,
};

impl ListSystem {
    /// Checks what must hold of the base rows touched: values that are required, references, unique fields.
    pub(super) fn check_rows(&mut self, batch: &mut Batch<'_>) {
        let plan = batch.plan;
        for (number, root, row, slot, target) in std::mem::take(&mut batch.references) {
            let of = plan.list(plan.root(root).list);
            let target_root = Engine::refers(&plan.root(root).slots[usize::from(slot)].kind).unwrap_or(0);
            if is_live(self.engine.store.record(target_root, target))
                || !self.still_refers(plan, root, row, slot, target)
            {
                continue;
            }
            // That the row may not go is said already.
            let restricts = of.fields[usize::from(slot)].on_remove != OnRemove::Release;
            if restricts && batch.gone.contains(&(target_root, target)) {
                continue;
            }
            let key = self.key_in(batch, target_root, target);
            let target_list = &plan.list(plan.root(target_root).list).name;
            let detail = format!("there is no row '{key}' in '{target_list}' to refer to");
            let referrer = self.key_in(batch, root, row);
            batch.faults.push(
                Fault::new(FaultKind::DanglingReference, Some(number), of.name.clone(), referrer.as_str(), detail)
                    .of_field(&of.fields[usize::from(slot)].name),
            );
        }
        let mut taken: HashMap<(u16, u64), Vec<u32>, FixedState> = HashMap::default();
        for place in 0..batch.touched.len() {
            let (root, row, &(cause, _)) = batch.touched.at(place);
            let record = self.engine.store.record(root, row);
            if !is_live(record) {
                continue;
            }
            let of = plan.list(plan.root(root).list);
            if !matches!(of.role, Role::Base { .. }) {
                continue;
            }
            for &slot in &plan.root(root).required {
                if plan.root(root).slots[usize::from(slot)].slot.get(record) == 0 {
                    let field = &of.fields[usize::from(slot)];
                    let edit = self.engine.causes.edits(cause).last().map(|edit| *edit as usize);
                    let key = self.engine.store.key(root, row).to_owned();
                    let detail = format!("the field is required; a {} is expected", field.ty);
                    batch.faults.push(
                        Fault::new(FaultKind::MissingValue, edit, of.name.clone(), &key, detail).of_field(&field.name),
                    );
                }
            }
            for &index in &plan.root(root).unique {
                self.check_unique(batch, plan, index, row, cause, &mut taken);
            }
        }
    }

    pub(super) fn check_unique(
        &self,
        batch: &mut Batch<'_>,
        plan: &Plan,
        index: u16,
        row: u32,
        cause: u32,
        taken: &mut HashMap<(u16, u64), Vec<u32>, FixedState>,
    ) {
        let store = &self.engine.store;
        let index_plan = &plan.indexes[usize::from(index)];
        let root = index_plan.root;
        let values = |row: u32| -> Vec<Val<'_>> {
            let record = store.record(root, row);
            let slot = |slot: &u16| {
                let slot = &plan.root(root).slots[usize::from(*slot)];
                store.read(&slot.kind, slot.slot.get(record))
            };
            index_plan.slots.iter().map(slot).collect()
        };
        let own = values(row);
        if own.iter().any(Val::is_missing) {
            return;
        }
        let hash = hash_tuple(own.iter().map(hash_val));
        let names = self.names();
        let same = |other: u32| {
            other != row
                && is_live(store.record(root, other))
                && values(other).iter().zip(&own).all(|(a, b)| names.same(a, b))
        };
        let known = taken.entry((index, hash)).or_default();
        let hints = self.engine.links.indexes[usize::from(index)].hints(hash);
        // Of two rows of the batch the later one is at fault.
        let others = hints.iter().copied().filter(|other| batch.touched.get(root, *other).is_none());
        let others = known.iter().copied().chain(others).filter(|other| same(*other));
        if let Some(other) = others.min_by(|a, b| (*store.key(root, *a)).cmp(&store.key(root, *b))) {
            let of = plan.list(plan.root(root).list);
            let fields: Vec<Name> =
                index_plan.slots.iter().map(|slot| of.fields[usize::from(*slot)].name.clone()).collect();
            let detail = format!(
                "the row '{}' has the same {} ({}); no two rows of '{}' may",
                &*store.key(root, other),
                fields.iter().map(Name::as_str).collect::<Vec<_>>().join(" and "),
                own.iter().map(|val| names.text(val).into_owned()).collect::<Vec<_>>().join(", "),
                of.name,
            );
            let edit = self.engine.causes.edits(cause).last().map(|edit| *edit as usize);
            let fault = Fault::new(FaultKind::NotUnique, edit, of.name.clone(), &store.key(root, row), detail);
            batch.faults.push(fault.sharing(fields));
        }
        known.push(row);
    }

    /// Checks what must hold once everything is in step: rows authored are there, narrow values are not looser, and no
    /// blocking check has a new finding.
    pub(super) fn check_outcome(&mut self, batch: &mut Batch<'_>) {
        let plan = batch.plan;
        for one in std::mem::take(&mut batch.authored) {
            if one.asked == Asked::Nothing && !one.live {
                continue;
            }
            let of = plan.list(one.list);
            let field = &of.fields[usize::from(one.field)];
            let fault = |kind, detail| {
                Fault::new(kind, Some(one.edit), of.name.clone(), one.key.as_str(), detail).of_field(&field.name)
            };
            let Some((root, row, at)) = self.locate(one.list, one.key.as_str()) else {
                if one.asked != Asked::Nothing {
                    let detail = format!("there is no such row in '{}' to author a field of", of.name);
                    batch.faults.push(fault(FaultKind::NoSuchRow, detail));
                }
                continue;
            };
            let written = one.asked == Asked::Written;
            let cx = Cx::new(plan, &self.engine.store, Side::After, root, row);
            if (written || one.live) && !one.value.is_missing() && cx.cell(at, one.field) == 0 {
                let detail = format!("there is no row '{}' to refer to", one.value);
                batch.faults.push(fault(FaultKind::DanglingReference, detail));
            } else if written && !batch.record_findings && cx.is_looser(at, one.field) {
                let names = cx.names();
                let rule = names.value(&cx.eval(&cx.program(at, one.field).rule.op, at));
                let detail = format!(
                    "'{}' is looser than its source allows, or in an unlike unit; the source gives '{rule}'",
                    one.value
                );
                batch.faults.push(fault(FaultKind::Looser, detail));
            }
        }
        if batch.record_findings {
            return;
        }
        for span in self.engine.spans.iter() {
            let list = plan.root(span.root).block(span.block).list;
            let Role::Check { severity: Severity::Blocking, of } = plan.list(list).role else { continue };
            if span.kind != crate::engine::ChangeKind::Added {
                continue;
            }
            let cx = Cx::new(plan, &self.engine.store, Side::After, span.root, span.row);
            for row in span.first..span.first + span.count {
                let at = cx.up(At { block: span.block, row }, 1);
                let check = &plan.list(list).name;
                let message = super::finding::message(&self.schema, &cx, at, check, None);
                let detail = format!("the blocking check '{check}' would find: {message}");
                let edit = self.engine.causes.edits(span.cause).first().map(|edit| *edit as usize);
                let key = cx.key(at);
                batch.faults.push(Fault::new(FaultKind::Blocked, edit, plan.list(of).name.clone(), &key, detail));
            }
        }
    }
}
