use std::sync::Arc;

use super::{
    ListSystem,
    batch::{Asked, Authored, Batch},
    edits::{Edit, Verb},
    fault::{Fault, FaultKind},
};
use crate::{
    engine::{Cx, Engine, Side},
    schema::{Typing, Write},
    store::Cell,
    value::{Key, Value},
};

impl ListSystem {
    pub(super) fn apply_derived(&mut self, batch: &mut Batch<'_>, number: usize, edit: &Edit, list: u16) {
        let plan = batch.plan;
        let of = plan.list(list);
        let fault = |kind, detail: String| Fault::new(kind, Some(number), of.name.clone(), &edit.key, detail);
        let key = Key::trusted(&edit.key);
        let mut wanted: Vec<(u16, Value, Asked)> = Vec::new();
        match &edit.verb {
            Verb::Author { field, value, .. } => match self.field_of(plan, list, field) {
                Err((kind, detail, name)) => batch.faults.push(fault(kind, detail).of_field(&name)),
                Ok(field) => {
                    let asked = if value.is_missing() { Asked::Nothing } else { Asked::Written };
                    wanted.push((field, value.clone(), asked));
                }
            },
            Verb::Clear { field } => match self.field_of(plan, list, field) {
                Err((kind, detail, name)) => batch.faults.push(fault(kind, detail).of_field(&name)),
                Ok(field) => wanted.push((field, Value::Missing, Asked::Nothing)),
            },
            Verb::Forget => {
                let writable = (0..).zip(&of.fields).filter(|(_, f)| f.write != Write::Locked);
                wanted.extend(writable.map(|(field, _)| (field, Value::Missing, Asked::Nothing)));
            }
            Verb::Add { field, element } | Verb::Discard { field, element } => {
                match self.field_of(plan, list, field) {
                    Err((kind, detail, name)) => batch.faults.push(fault(kind, detail).of_field(&name)),
                    Ok(field) => {
                        let add = matches!(edit.verb, Verb::Add { .. });
                        let now = self.authored_now(batch, list, &key, field);
                        match self.with_element(plan, list, field, &now, element, add) {
                            Ok(Some(value)) => wanted.push((field, value, Asked::Written)),
                            // Nothing to write; the row must be there all the same.
                            Ok(None) => wanted.push((field, now, Asked::Kept)),
                            Err(detail) => batch
                                .faults
                                .push(fault(FaultKind::BadValue, detail).of_field(&of.fields[usize::from(field)].name)),
                        }
                    }
                }
            }
            _ => {
                let detail = format!(
                    "'{}' is derived; its rows follow from its rules, and its fields are written with author",
                    of.name
                );
                batch.faults.push(fault(FaultKind::WrongVerb, detail));
            }
        }
        for (field, value, asked) in wanted {
            let of_field = &of.fields[usize::from(field)];
            if of_field.write == Write::Locked {
                let open: Vec<&str> =
                    of.fields.iter().filter(|f| f.write != Write::Locked).map(|f| f.name.as_str()).collect();
                let detail = if open.is_empty() {
                    format!("nobody writes the field; nor any other of '{}'", of.name)
                } else {
                    format!("nobody writes the field; fields that may be written: {}", open.join(", "))
                };
                batch.faults.push(fault(FaultKind::Locked, detail).of_field(&of_field.name));
                continue;
            }
            match Typing::new(self.schema.spec()).coerce(&value, &of_field.ty) {
                Ok(value) => {
                    let reason = match &edit.verb {
                        Verb::Author { reason, .. } => reason.clone(),
                        _ => None,
                    };
                    let put = asked != Asked::Kept;
                    let mut one = Authored {
                        edit: number,
                        list,
                        key: key.clone(),
                        field,
                        value,
                        reason,
                        asked,
                        put,
                        live: false,
                    };
                    // The last write of a field counts.
                    match batch.authored_places.get(&(list, key.clone(), field)) {
                        Some(place) => {
                            let last = &mut batch.authored[*place];
                            if put {
                                one.live = last.live;
                                *last = one;
                            } else {
                                (last.edit, last.asked) = (number, last.asked.max(asked));
                            }
                        }
                        None => batch.push(one),
                    }
                }
                Err(mismatch) => {
                    batch.faults.push(fault(FaultKind::BadValue, mismatch.to_string()).of_field(&of_field.name));
                }
            }
        }
    }

    /// Returns what is authored for a field of a row, live or parked, the batch so far included.
    pub(super) fn authored_now(&self, batch: &Batch<'_>, list: u16, key: &Key, field: u16) -> Value {
        if let Some(place) = batch.authored_places.get(&(list, key.clone(), field)) {
            return batch.authored[*place].value.clone();
        }
        if let Some((root, row, at)) = self.locate(list, key.as_str()) {
            let cx = Cx::new(&self.engine.plan, &self.engine.store, Side::After, root, row);
            let authored = cx.authored(at, field);
            if !authored.is_missing() {
                return self.names().value(&authored);
            }
        }
        let parked = self.engine.parked.get(list, key.as_str());
        let value = parked.and_then(|fields| fields.iter().find(|(known, _)| *known == field));
        value.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// Writes what is authored: into the rows there are, or parked for those that the batch may bring.
    pub(super) fn author_all(&mut self, batch: &mut Batch<'_>) {
        let plan = batch.plan;
        self.return_dangling(batch);
        let authored = std::mem::take(&mut batch.authored);
        for one in authored.iter().filter(|one| one.put) {
            let reason = one.reason.clone().filter(|_| !one.value.is_missing());
            self.reasons.set(one.list, &one.key, one.field, reason);
            let place = self.locate(one.list, one.key.as_str());
            let cell = place.and_then(|(root, row, at)| {
                let cell = self.engine.encode_authored(plan, one.list, one.field, &one.value, row)?;
                Some((root, row, Cell { block: at.block, row: at.row, field: one.field, cell }))
            });
            if let Some((root, row, cell)) = cell {
                self.engine.parked.take(one.list, &one.key, one.field);
                self.touch(batch, root, row, one.edit);
                self.engine.put_cells(plan, root, row, &[cell]);
                Self::mark(batch, root, row, Engine::authored_bit(plan, root, cell.block, one.field));
            } else if one.value.is_missing() {
                self.engine.parked.take(one.list, &one.key, one.field);
            } else {
                self.engine.parked.put(one.list, &one.key, one.field, one.value.clone());
                if place.is_some() && one.asked == Asked::Written {
                    let of = plan.list(one.list);
                    let detail = format!("there is no row '{}' to refer to", one.value);
                    let kind = FaultKind::DanglingReference;
                    batch.faults.push(
                        Fault::new(kind, Some(one.edit), of.name.clone(), one.key.as_str(), detail)
                            .of_field(&of.fields[usize::from(one.field)].name),
                    );
                }
            }
        }
        batch.authored = authored;
    }

    /// Brings back authored references whose row is there, and what they refer to is there again.
    fn return_dangling(&mut self, batch: &mut Batch<'_>) {
        let plan = batch.plan;
        for (list, key, field) in self.engine.dangling.iter().cloned().collect::<Vec<_>>() {
            let Some((root, row, at)) = self.locate(list, key.as_str()) else { continue };
            let mut fields = self.engine.parked.get(list, key.as_str()).cloned().unwrap_or_default();
            let Some(place) = fields.iter().position(|(known, _)| *known == field) else { continue };
            if self.refers_to_gone(batch, list, field, &fields[place].1) {
                continue;
            }
            let Some(cell) = self.engine.encode_authored(plan, list, field, &fields[place].1, row) else {
                continue;
            };
            let (_, value) = fields.remove(place);
            self.engine.parked.replace(list, &key, fields);
            for edit in self.edits_behind(batch, list, field, &value) {
                self.touch(batch, root, row, edit);
            }
            self.engine.put_cells(plan, root, row, &[Cell { block: at.block, row: at.row, field, cell }]);
            Self::mark(batch, root, row, Engine::authored_bit(plan, root, at.block, field));
        }
    }

    /// Tells whether an authored value refers to a row that the batch removes.
    fn refers_to_gone(&self, batch: &Batch<'_>, list: u16, field: u16, value: &Value) -> bool {
        let Some(target) = Engine::refers(&batch.plan.list(list).fields[usize::from(field)].kind) else { return false };
        let mut keys = value.as_list().unwrap_or(std::slice::from_ref(value)).iter().filter_map(Value::as_text);
        keys.any(|key| self.engine.store.find(target, key).is_some_and(|row| batch.gone.contains(&(target, row))))
    }

    /// Returns the edits that have touched what an authored value refers to.
    fn edits_behind(&self, batch: &Batch<'_>, list: u16, field: u16, value: &Value) -> Vec<usize> {
        let Some(target) = Engine::refers(&batch.plan.list(list).fields[usize::from(field)].kind) else {
            return Vec::new();
        };
        let causes = value.as_list().unwrap_or(std::slice::from_ref(value)).iter().filter_map(|value| match value {
            Value::Reference(key) => {
                let row = self.engine.store.find(target, key.as_str())?;
                batch.touched.get(target, row).map(|(cause, _)| *cause)
            }
            _ => None,
        });
        let edits: std::collections::BTreeSet<u32> = causes.flat_map(|cause| self.engine.causes.edits(cause)).collect();
        edits.into_iter().map(|edit| edit as usize).collect()
    }

    /// Notes which authored references are without what they refer to, though their row is there.
    pub(super) fn note_dangling(&mut self) {
        // Only what refers to a row can be without it.
        let refers = |list: u16| self.engine.plan.authored_references.iter().any(|one| one.list == list);
        let touched = self.engine.parked.touched().filter(|(list, _)| refers(*list));
        let touched: Vec<(u16, Key)> = touched.map(|(list, key)| (list, key.clone())).collect();
        if touched.is_empty() && self.engine.dangling.is_empty() {
            return;
        }
        let known = self.engine.dangling.iter().map(|(list, key, _)| (*list, key.clone()));
        let rows: std::collections::BTreeSet<(u16, Key)> = known.chain(touched).collect();
        self.set_dangling(rows);
    }

    fn set_dangling(&mut self, rows: std::collections::BTreeSet<(u16, Key)>) {
        let mut dangling = std::collections::BTreeSet::new();
        for (list, key) in rows {
            let Some(fields) = self.engine.parked.get(list, key.as_str()) else { continue };
            if self.locate(list, key.as_str()).is_some() {
                dangling.extend(fields.iter().map(|(field, _)| (list, key.clone(), *field)));
            }
        }
        if *self.engine.dangling != dangling {
            self.engine.dangling = Arc::new(dangling);
        }
    }
}
