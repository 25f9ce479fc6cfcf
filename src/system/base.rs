use super::{
    ListSystem,
    batch::Batch,
    edits::{Edit, FieldRef, Input, Verb},
    fault::{Fault, FaultKind},
};
use crate::{
    engine::Engine,
    plan::{FieldPlan, Plan, Role},
    record::Record,
    schema::{Type, Typing},
    store::{Items, Kind, Val},
    value::{Key, Value},
};

impl ListSystem {
    pub(super) fn apply(&mut self, batch: &mut Batch<'_>, number: usize, edit: &Edit) {
        let plan = batch.plan;
        let list = match self.list_of(plan, &edit.list) {
            Ok(list) => list,
            Err((kind, detail, name)) => {
                batch.faults.push(Fault::new(kind, Some(number), name, &edit.key, detail));
                return;
            }
        };
        let of = plan.list(list);
        let fault = |kind, detail: String| Fault::new(kind, Some(number), of.name.clone(), &edit.key, detail);
        let field = |field: &FieldRef| {
            self.field_of(plan, list, field).map_err(|(kind, detail, name)| fault(kind, detail).of_field(&name))
        };
        let root = match of.role {
            Role::Base { root } => Some(root),
            _ => None,
        };
        let row = root.and_then(|root| self.engine.store.find(root, &edit.key));
        // The key of a row that is there is a key.
        if row.is_none() {
            if let Err(error) = edit.key.parse::<Key>() {
                batch.faults.push(fault(FaultKind::BadKey, error.to_string()));
                return;
            }
            if root.is_some() && edit.key.contains('/') {
                let detail = format!("the key of a row of '{}' has one segment; write '~1' for a '/' in it", of.name);
                batch.faults.push(fault(FaultKind::BadKey, detail));
                return;
            }
        }
        let Some(root) = root else {
            self.apply_derived(batch, number, edit, list);
            return;
        };
        let there = row.filter(|row| !batch.gone.contains(&(root, *row)));
        let no_row = || fault(FaultKind::NoSuchRow, format!("there is no such row in '{}'", of.name));
        let result = match &edit.verb {
            Verb::Insert { record } => {
                if there.is_some() {
                    Err(fault(
                        FaultKind::KeyTaken,
                        format!("there is such a row in '{}' already; replace or set it", of.name),
                    ))
                } else {
                    let row = if let Some(row) = row {
                        batch.gone.remove(&(root, row));
                        row
                    } else {
                        let row = self.row_for(batch, root, &edit.key);
                        self.engine.enter(root, row, &edit.key);
                        row
                    };
                    self.put_record(batch, number, list, root, row, record);
                    Ok(())
                }
            }
            Verb::Replace { record } => match there {
                Some(row) => {
                    self.put_record(batch, number, list, root, row, record);
                    Ok(())
                }
                None => Err(no_row()),
            },
            Verb::Set { field: at, value } => match (there, field(at)) {
                (_, Err(fault)) => Err(fault),
                (None, _) => Err(no_row()),
                (Some(row), Ok(field)) => {
                    self.put_field(batch, number, list, root, row, field, value);
                    Ok(())
                }
            },
            Verb::Add { field: at, element } | Verb::Discard { field: at, element } => match (there, field(at)) {
                (_, Err(fault)) => Err(fault),
                (None, _) => Err(no_row()),
                (Some(row), Ok(field)) => {
                    let add = matches!(edit.verb, Verb::Add { .. });
                    let now = self.value_in(batch, root, row, field);
                    match self.with_element(plan, list, field, &now, element, add) {
                        Ok(Some(value)) => self.put_field(batch, number, list, root, row, field, &value),
                        Ok(None) => {}
                        Err(detail) => batch
                            .faults
                            .push(fault(FaultKind::BadValue, detail).of_field(&of.fields[usize::from(field)].name)),
                    }
                    Ok(())
                }
            },
            Verb::Remove => match there {
                Some(row) => {
                    self.take_out(batch, number, root, row);
                    Ok(())
                }
                None => Err(no_row()),
            },
            Verb::Rekey { to } => match there {
                Some(row) => self.rekey(batch, number, list, root, row, edit, to),
                None => Err(no_row()),
            },
            Verb::Author { field: at, .. } | Verb::Clear { field: at } => match field(at) {
                Err(fault) => Err(fault),
                Ok(_) => {
                    Err(fault(FaultKind::WrongVerb, format!("'{}' is a base list; set its fields with set", of.name)))
                }
            },
            Verb::Forget => Err(fault(
                FaultKind::WrongVerb,
                format!("'{}' is a base list; nothing is authored beside its rows", of.name),
            )),
        };
        if let Err(fault) = result {
            batch.faults.push(fault);
        }
    }

    pub(super) fn put_record(
        &mut self,
        batch: &mut Batch<'_>,
        number: usize,
        list: u16,
        root: u16,
        row: u32,
        record: &Input,
    ) {
        self.touch(batch, root, row, number);
        let plan = batch.plan;
        let of = plan.list(list);
        let edit = &batch.edits[number];
        let fault = |kind, detail: String| Fault::new(kind, Some(number), of.name.clone(), &edit.key, detail);
        let record: &Record = match record {
            Input::Record(record) => record,
            Input::Broken(why) => {
                batch.faults.push(fault(FaultKind::BadRecord, why.to_string()));
                return;
            }
        };
        let mut values = vec![&Value::Missing; of.fields.len()];
        for (name, value) in record {
            if let Some(field) = of.field_numbers.get(name) {
                values[usize::from(*field)] = value;
            } else if let Err((kind, detail, name)) = self.field_of(plan, list, &FieldRef::Name(name.into())) {
                batch.faults.push(fault(kind, detail).of_field(&name));
            }
        }
        for (field, value) in (0..).zip(values) {
            self.write_field(batch, number, list, root, row, field, value);
        }
    }

    /// Writes a field of a base row.
    #[expect(clippy::too_many_arguments, reason = "an edit, resolved")]
    pub(super) fn put_field(
        &mut self,
        batch: &mut Batch<'_>,
        number: usize,
        list: u16,
        root: u16,
        row: u32,
        field: u16,
        value: &Value,
    ) {
        self.touch(batch, root, row, number);
        self.write_field(batch, number, list, root, row, field, value);
    }

    /// Writes a field of a base row that has been touched.
    #[expect(clippy::too_many_arguments, reason = "an edit, resolved")]
    fn write_field(
        &mut self,
        batch: &mut Batch<'_>,
        number: usize,
        list: u16,
        root: u16,
        row: u32,
        field: u16,
        value: &Value,
    ) {
        let plan = batch.plan;
        let of = &plan.list(list).fields[usize::from(field)];
        let val = match self.val_of(plan, of, value) {
            Ok(val) => val,
            Err(detail) => {
                let edit = &batch.edits[number];
                let name = plan.list(list).name.clone();
                batch
                    .faults
                    .push(Fault::new(FaultKind::BadValue, Some(number), name, &edit.key, detail).of_field(&of.name));
                return;
            }
        };
        let val = self.resolve_forward(batch, number, root, row, field, val);
        let slot = &plan.root(root).slots[usize::from(field)];
        let old = slot.slot.get(self.engine.store.record(root, row));
        let cell = self.engine.store.write(&slot.kind, &val);
        self.engine.store.release(&slot.kind, old);
        slot.slot.put(self.engine.store.roots[usize::from(root)].record_mut(row), cell);
    }

    /// Returns a field of a base row; it may refer to rows that are to come.
    fn value_in(&self, batch: &Batch<'_>, root: u16, row: u32, field: u16) -> Value {
        let of = &batch.plan.root(root).slots[usize::from(field)];
        let cell = of.slot.get(self.engine.store.record(root, row));
        match (&of.kind, Engine::refers(&of.kind)) {
            (Kind::List(_), Some(target)) => {
                let cells = self.engine.store.elements(cell).iter();
                Value::List(cells.map(|cell| Value::Reference(self.key_in(batch, target, cell - 1))).collect())
            }
            (kind, _) => self.names().value(&self.engine.store.read(kind, cell)),
        }
    }

    /// Reads a value as the type of a field.
    pub(super) fn val_of<'v>(&self, plan: &Plan, of: &FieldPlan, value: &'v Value) -> Result<Val<'v>, String> {
        Ok(match (&of.ty, value) {
            (_, Value::Missing) => Val::Missing,
            (Type::Text, Value::Text(text)) => Val::Text(text.as_ref().into()),
            (Type::Integer, Value::Integer(number)) => Val::Integer(*number),
            (Type::Boolean, Value::Boolean(truth)) => Val::Boolean(*truth),
            _ => {
                let value = Typing::new(self.schema.spec()).coerce(value, &of.ty).map_err(|m| m.to_string())?;
                plan.constant_of(&value, &of.kind)
            }
        })
    }

    /// Replaces keys by rows; a key that nobody has yet gets a row set aside, in case it is inserted later in the batch.
    pub(super) fn resolve_forward<'v>(
        &mut self,
        batch: &mut Batch<'_>,
        number: usize,
        root: u16,
        row: u32,
        field: u16,
        val: Val<'v>,
    ) -> Val<'v> {
        match val {
            Val::KeyOf { list: target, key } => {
                let to = self.engine.store.find(target, &key).unwrap_or_else(|| {
                    let row = self.row_for(batch, target, &key);
                    batch.forward.push((target, key.as_ref().into(), row));
                    row
                });
                batch.references.push((number, root, row, field, to));
                Val::Reference { list: target, row: to }
            }
            Val::List(Items::Vals(vals)) => Val::List(Items::Vals(
                vals.into_iter().map(|val| self.resolve_forward(batch, number, root, row, field, val)).collect(),
            )),
            other => other,
        }
    }

    /// Adds an element to a list value, or takes it out; `None` where that changes nothing.
    pub(super) fn with_element(
        &self,
        plan: &Plan,
        list: u16,
        field: u16,
        now: &Value,
        element: &Value,
        add: bool,
    ) -> Result<Option<Value>, String> {
        let of = &plan.list(list).fields[usize::from(field)];
        let Some(ty) = of.ty.element() else {
            return Err(format!("a {} has no elements; only a set or sequence has", of.ty));
        };
        let typing = Typing::new(self.schema.spec());
        let one = typing.coerce(element, ty).map_err(|mismatch| mismatch.to_string())?;
        if one.is_missing() {
            return Err(format!("an element may not be missing; a {ty} is expected"));
        }
        let mut elements = now.as_list().map(<[Value]>::to_vec).unwrap_or_default();
        let place = elements.iter().position(|have| *have == one);
        match (add, place) {
            (true, None) => elements.push(one),
            (false, Some(place)) => {
                elements.remove(place);
            }
            _ => return Ok(None),
        }
        Ok(Some(Value::List(elements)))
    }
}
