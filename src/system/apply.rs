use std::{
    collections::{BTreeMap, HashMap, HashSet, hash_map::Entry},
    sync::Arc,
};

use foldhash::fast::FixedState;

use super::{
    ListSystem,
    edits::{Edit, Edits, FieldRef, Input, ListRef, OnBlocking, Verb},
    fault::{Fault, FaultKind},
};
use crate::{
    engine::{At, Cx, Engine, Names, Side, hash_row, hash_tuple, hash_val},
    plan::{FieldPlan, Mask, Plan, Role},
    record::Record,
    schema::{OnRemove, Presence, Severity, Type, Typing, Write},
    store::{Cell, HEAD, Items, Kind, RowMap, Val, is_live},
    value::{Key, Name, Value},
};

/// What a batch of edits has come to so far.
struct Batch<'e> {
    plan: &'e Plan,
    edits: &'e [Edit],
    record_findings: bool,
    faults: Vec<Fault>,
    /// The base rows touched: the edits that did, and the things of families that authored values are.
    touched: RowMap<(u32, Mask)>,
    /// Rows removed, until the end of the batch.
    gone: HashSet<(u16, u32), FixedState>,
    /// Rows set aside for keys that are referred to before they are inserted.
    forward: Vec<(u16, Arc<str>, u32)>,
    /// References written: edit, root list, row, slot, row referred to.
    references: Vec<(usize, u16, u32, u16, u32)>,
    /// What is authored, in the order of the edits: list, key, field, and the value or its absence.
    authored: Vec<Authored>,
    /// Where a field of a row stands among them.
    authored_places: HashMap<(u16, Key, u16), usize, FixedState>,
}

struct Authored {
    edit: usize,
    list: u16,
    key: Key,
    field: u16,
    value: Value,
    /// Whether the row must be there in the end.
    must_exist: bool,
}

impl ListSystem {
    /// Applies edits and brings everything in step; on a fault, all is as it was.
    pub(super) fn run(&mut self, edits: &Edits) -> Result<(), Vec<Fault>> {
        self.engine.settle();
        self.reasons.settle();
        let plan = Arc::clone(&self.engine.plan);
        let mut batch = Batch {
            plan: &plan,
            edits: &edits.edits,
            record_findings: edits.on_blocking == OnBlocking::Record,
            faults: Vec::new(),
            touched: std::mem::take(&mut self.touched),
            gone: HashSet::default(),
            forward: Vec::new(),
            references: Vec::new(),
            authored: Vec::new(),
            authored_places: HashMap::default(),
        };
        for (number, edit) in edits.edits.iter().enumerate() {
            self.apply(&mut batch, number, edit);
        }
        self.author_all(&mut batch);
        self.remove_all(&mut batch);
        self.check_rows(&mut batch);
        if batch.faults.is_empty() {
            self.engine.propagate(&batch.touched);
            self.check_outcome(&mut batch);
        }
        let Batch { mut faults, mut touched, .. } = batch;
        touched.clear();
        self.touched = touched;
        if faults.is_empty() {
            return Ok(());
        }
        self.engine.roll_back();
        self.reasons.roll_back();
        faults.sort_by_key(Fault::edit);
        Err(faults)
    }

    fn list_of(&self, plan: &Plan, list: &ListRef) -> Result<u16, (FaultKind, String, Name)> {
        match list {
            ListRef::Name(name) => match plan.list_numbers.get(name) {
                Some(number) => Ok(*number),
                None => {
                    let detail = match self.schema.list(name.as_str()) {
                        Err(unknown) => unknown.to_string(),
                        Ok(_) => String::new(),
                    };
                    Err((FaultKind::UnknownList, detail, name.clone()))
                }
            },
            ListRef::Id(id) => match self.schema.list_place(*id) {
                Some(place) => Ok(place as u16),
                None => Err((FaultKind::ForeignId, "the id of the list is of another schema".into(), Name::from("?"))),
            },
        }
    }

    fn field_of(&self, plan: &Plan, list: u16, field: &FieldRef) -> Result<u16, (FaultKind, String, Name)> {
        let of = plan.list(list);
        match field {
            FieldRef::Name(name) => of.field_numbers.get(name).copied().ok_or_else(|| {
                let detail = if *name == "key" {
                    "a key is no field; give a row another key with rekey".to_owned()
                } else {
                    match self.schema.field(of.name.as_str(), name.as_str()) {
                        Err(unknown) => unknown.to_string(),
                        Ok(_) => String::new(),
                    }
                };
                (FaultKind::UnknownField, detail, name.clone())
            }),
            FieldRef::Id(id) => match self.schema.field_place(*id) {
                Some((at, field)) if at == usize::from(list) => Ok(field as u16),
                Some(_) => Err((FaultKind::UnknownField, "the id is of a field of another list".into(), Name::from("?"))),
                None => Err((FaultKind::ForeignId, "the id of the field is of another schema".into(), Name::from("?"))),
            },
        }
    }

    fn apply(&mut self, batch: &mut Batch<'_>, number: usize, edit: &Edit) {
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
                    Err(fault(FaultKind::KeyTaken, format!("there is such a row in '{}' already; replace or set it", of.name)))
                } else {
                    let row = match row {
                        Some(row) => {
                            batch.gone.remove(&(root, row));
                            row
                        }
                        None => {
                            let forward = batch.forward.iter().find(|(r, key, _)| *r == root && *key == edit.key);
                            let row = match forward {
                                Some((_, _, row)) => *row,
                                None => self.engine.store.roots[usize::from(root)].reserve(),
                            };
                            self.engine.store.enter(root, row, &edit.key);
                            row
                        }
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
                    let now = {
                        let slot = &plan.root(root).slots[usize::from(field)];
                        let cell = slot.slot.get(self.engine.store.record(root, row));
                        self.names().value(&self.engine.store.read(&slot.kind, cell))
                    };
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
                    self.touch(batch, root, row, number);
                    batch.gone.insert((root, row));
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
                Ok(_) => Err(fault(FaultKind::WrongVerb, format!("'{}' is a base list; set its fields with set", of.name))),
            },
            Verb::Forget => {
                Err(fault(FaultKind::WrongVerb, format!("'{}' is a base list; nothing is authored beside its rows", of.name)))
            }
        };
        if let Err(fault) = result {
            batch.faults.push(fault);
        }
    }

    fn names(&self) -> Names<'_> {
        Names { plan: &self.engine.plan, store: &self.engine.store }
    }

    fn touch(&mut self, batch: &mut Batch<'_>, root: u16, row: u32, edit: usize) {
        self.engine.store.touch(root, row);
        match batch.touched.get_mut(root, row) {
            Some((cause, _)) => *cause = self.engine.causes.join(*cause, edit as u32),
            None => batch.touched.add(root, row, (edit as u32, Mask::NONE)),
        }
    }

    /// Notes that an authored value of a family has changed.
    fn mark(batch: &mut Batch<'_>, root: u16, row: u32, bit: Mask) {
        if let Some((_, mask)) = batch.touched.get_mut(root, row) {
            mask.add(bit);
        }
    }

    /// Adds an element to a list value, or takes it out; `None` where that changes nothing.
    fn with_element(
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

    fn put_record(&mut self, batch: &mut Batch<'_>, number: usize, list: u16, root: u16, row: u32, record: &Input) {
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
        for (name, _) in record.iter() {
            if !of.field_numbers.contains_key(name) {
                let at = self.field_of(plan, list, &FieldRef::Name(name.into()));
                if let Err((kind, detail, name)) = at {
                    batch.faults.push(fault(kind, detail).of_field(&name));
                }
            }
        }
        for (field, of) in (0..).zip(&of.fields) {
            let value = record.get(of.name.as_str()).clone();
            self.put_field(batch, number, list, root, row, field, &value);
        }
    }

    /// Writes a field of a base row.
    #[expect(clippy::too_many_arguments, reason = "an edit, resolved")]
    fn put_field(
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
        let plan = batch.plan;
        let of = &plan.list(list).fields[usize::from(field)];
        let val = match self.val_of(plan, of, value) {
            Ok(val) => val,
            Err(detail) => {
                let edit = &batch.edits[number];
                let name = plan.list(list).name.clone();
                batch.faults.push(Fault::new(FaultKind::BadValue, Some(number), name, &edit.key, detail).of_field(&of.name));
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

    /// Reads a value as the type of a field.
    fn val_of<'v>(&self, plan: &Plan, of: &FieldPlan, value: &'v Value) -> Result<Val<'v>, String> {
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
    fn resolve_forward<'v>(
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
                let found = self.engine.store.find(target, &key).or_else(|| {
                    batch.forward.iter().find(|(r, k, _)| *r == target && **k == *key).map(|(_, _, row)| *row)
                });
                let to = found.unwrap_or_else(|| {
                    let row = self.engine.store.roots[usize::from(target)].reserve();
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

    fn apply_derived(&mut self, batch: &mut Batch<'_>, number: usize, edit: &Edit, list: u16) {
        let plan = batch.plan;
        let of = plan.list(list);
        let fault = |kind, detail: String| Fault::new(kind, Some(number), of.name.clone(), &edit.key, detail);
        let key = Key::trusted(&edit.key);
        let mut wanted: Vec<(u16, Value, bool)> = Vec::new();
        match &edit.verb {
            Verb::Author { field, value, .. } => match self.field_of(plan, list, field) {
                Err((kind, detail, name)) => batch.faults.push(fault(kind, detail).of_field(&name)),
                Ok(field) => wanted.push((field, value.clone(), !value.is_missing())),
            },
            Verb::Clear { field } => match self.field_of(plan, list, field) {
                Err((kind, detail, name)) => batch.faults.push(fault(kind, detail).of_field(&name)),
                Ok(field) => wanted.push((field, Value::Missing, false)),
            },
            Verb::Forget => {
                let writable = (0..).zip(&of.fields).filter(|(_, f)| f.write != Write::Locked);
                wanted.extend(writable.map(|(field, _)| (field, Value::Missing, false)));
            }
            Verb::Add { field, element } | Verb::Discard { field, element } => {
                match self.field_of(plan, list, field) {
                    Err((kind, detail, name)) => batch.faults.push(fault(kind, detail).of_field(&name)),
                    Ok(field) => {
                        let add = matches!(edit.verb, Verb::Add { .. });
                        let now = self.authored_now(batch, list, &key, field);
                        match self.with_element(plan, list, field, &now, element, add) {
                            Ok(Some(value)) => wanted.push((field, value, true)),
                            // Nothing to write; the row must be there all the same.
                            Ok(None) => wanted.push((field, now, true)),
                            Err(detail) => batch.faults.push(
                                fault(FaultKind::BadValue, detail).of_field(&of.fields[usize::from(field)].name),
                            ),
                        }
                    }
                }
            }
            _ => {
                let detail = format!("'{}' is derived; its rows follow from its rules, and its fields are written with author", of.name);
                batch.faults.push(fault(FaultKind::WrongVerb, detail));
            }
        }
        for (field, value, must_exist) in wanted {
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
                    let one = Authored { edit: number, list, key: key.clone(), field, value, must_exist };
                    // The last write of a field counts.
                    match batch.authored_places.entry((list, key.clone(), field)) {
                        Entry::Occupied(place) => batch.authored[*place.get()] = one,
                        Entry::Vacant(place) => {
                            place.insert(batch.authored.len());
                            batch.authored.push(one);
                        }
                    }
                }
                Err(mismatch) => {
                    batch.faults.push(fault(FaultKind::BadValue, mismatch.to_string()).of_field(&of_field.name));
                }
            }
        }
    }

    /// Returns what is authored for a field of a row, live or parked, the batch so far included.
    fn authored_now(&self, batch: &Batch<'_>, list: u16, key: &Key, field: u16) -> Value {
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
        self.engine.parked.get(list, key.as_str()).and_then(|fields| fields.get(&field)).cloned().unwrap_or_default()
    }

    /// Writes what is authored: into the rows there are, or parked for those that the batch may bring.
    fn author_all(&mut self, batch: &mut Batch<'_>) {
        let plan = batch.plan;
        let authored = std::mem::take(&mut batch.authored);
        for one in &authored {
            let reason = match &batch.edits[one.edit].verb {
                Verb::Author { reason, .. } => reason.clone(),
                _ => None,
            };
            self.reasons.set(one.list, &one.key, one.field, reason.filter(|_| !one.value.is_missing()));
            let mut fields = self.engine.parked.get(one.list, one.key.as_str()).cloned().unwrap_or_default();
            let parked = fields.remove(&one.field).is_some();
            match self.locate(one.list, one.key.as_str()) {
                Some((root, row, at)) => {
                    if parked {
                        self.engine.parked.replace(one.list, &one.key, fields);
                    }
                    let cell = match self.engine.encode_authored(plan, one.list, one.field, &one.value, root, row) {
                        Some(cell) => cell,
                        None => {
                            let of = plan.list(one.list);
                            let detail = format!("there is no row '{}' to refer to", one.value);
                            let edit = &batch.edits[one.edit];
                            let kind = FaultKind::DanglingReference;
                            batch.faults.push(
                                Fault::new(kind, Some(one.edit), of.name.clone(), &edit.key, detail)
                                    .of_field(&of.fields[usize::from(one.field)].name),
                            );
                            continue;
                        }
                    };
                    self.touch(batch, root, row, one.edit);
                    let edit = Cell { block: at.block, row: at.row, field: one.field, cell };
                    self.engine.put_cells(plan, root, row, &[edit]);
                    let bit = Engine::authored_bit(plan, root, at.block, one.field);
                    Self::mark(batch, root, row, bit);
                }
                None => {
                    if !one.value.is_missing() {
                        fields.insert(one.field, one.value.clone());
                    }
                    if parked || !one.value.is_missing() {
                        self.engine.parked.replace(one.list, &one.key, fields);
                    }
                }
            }
        }
        batch.authored = authored;
    }

    /// Removes what is to be removed, with what it owns, once nothing refers to it any more.
    fn remove_all(&mut self, batch: &mut Batch<'_>) {
        if batch.gone.is_empty() {
            return;
        }
        let plan = batch.plan;
        // All rows that go: those removed, and those that they own.
        let mut open: Vec<(u16, u32)> = batch.gone.iter().copied().collect();
        open.sort_unstable();
        let mut all = open.clone();
        while let Some((root, row)) = open.pop() {
            for (index, of) in (0..).zip(&plan.indexes) {
                if of.target != Some(root) {
                    continue;
                }
                let field = &plan.list(plan.root(of.root).list).fields[usize::from(of.slots[0])];
                if field.on_remove != OnRemove::Cascade {
                    continue;
                }
                for owned in self.referring(batch, index, row) {
                    if batch.gone.insert((of.root, owned)) {
                        let cause = batch.touched.get(root, row).map_or(0, |(cause, _)| *cause);
                        self.engine.store.touch(of.root, owned);
                        if batch.touched.get(of.root, owned).is_none() {
                            batch.touched.add(of.root, owned, (cause, Mask::NONE));
                        }
                        open.push((of.root, owned));
                        all.push((of.root, owned));
                    }
                }
            }
        }
        for &(root, row) in &all {
            self.release_references(batch, root, row);
        }
        if batch.faults.is_empty() {
            for (root, row) in all {
                self.engine.remove_root(plan, root, row);
            }
        }
    }

    /// Returns the live rows that refer to a row by an index, those that the batch has made refer to it included.
    fn referring(&self, batch: &Batch<'_>, index: u16, target: u32) -> Vec<u32> {
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

    fn still_refers(&self, plan: &Plan, root: u16, row: u32, slot: u16, target: u32) -> bool {
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

    /// Lets go of the references to a row that goes, or says who still refers to it.
    fn release_references(&mut self, batch: &mut Batch<'_>, root: u16, row: u32) {
        let plan = batch.plan;
        let cause = batch.touched.get(root, row).map_or(0, |(cause, _)| *cause);
        let edit = self.engine.causes.edits(cause).first().map(|edit| *edit as usize);
        for (index, of) in (0..).zip(&plan.indexes) {
            if of.target != Some(root) {
                continue;
            }
            let list = plan.root(of.root).list;
            let slot = of.slots[0];
            let field = &plan.list(list).fields[usize::from(slot)];
            let referring = self.referring(batch, index, row);
            let staying: Vec<u32> = referring.into_iter().filter(|r| !batch.gone.contains(&(of.root, *r))).collect();
            if staying.is_empty() {
                continue;
            }
            if field.on_remove == OnRemove::Release {
                for other in staying {
                    self.touch(batch, of.root, other, edit.unwrap_or(0));
                    let at = &plan.root(of.root).slots[usize::from(slot)];
                    let old = at.slot.get(self.engine.store.record(of.root, other));
                    let cell = self.without(&at.kind, old, row);
                    at.slot.put(self.engine.store.roots[usize::from(of.root)].record_mut(other), cell);
                }
            } else {
                let who: Vec<String> = staying.iter().take(3).map(|r| self.engine.store.key(of.root, *r).to_owned()).collect();
                self.still_referenced(batch, edit, root, row, list, &field.name, &who, staying.len());
            }
        }
        for (number, of) in plan.authored_references.iter().enumerate() {
            if of.target != root {
                continue;
            }
            let mut families = self.engine.links.authored[number].hints(hash_row(row)).to_vec();
            families.sort_unstable();
            families.dedup();
            let field = &plan.list(of.list).fields[usize::from(of.field)];
            for &(home, block) in &plan.list(of.list).homes {
                for &family in &families {
                    let at_home = self.engine.store.roots[usize::from(home)].bound() > family;
                    if !at_home || !is_live(self.engine.store.record(home, family)) || batch.gone.contains(&(home, family)) {
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
                        if field.on_remove == OnRemove::Release {
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
    fn without(&mut self, kind: &Kind, cell: u32, row: u32) -> u32 {
        let rest = self.rest(kind, cell, row);
        self.engine.store.release(kind, cell);
        rest
    }

    /// Writes a cell of references again without one.
    fn rest(&mut self, kind: &Kind, cell: u32, row: u32) -> u32 {
        let Kind::List(element) = kind else { return 0 };
        let left: Vec<u32> = self.engine.store.elements(cell).iter().copied().filter(|c| *c != row + 1).collect();
        if left.is_empty() { 0 } else { self.engine.store.write(kind, &Val::List(Items::Cells(element, &left))) }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one message")]
    fn still_referenced(
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
        let key = self.engine.store.key(root, row).to_owned();
        let name = plan.list(plan.root(root).list).name.clone();
        batch.faults.push(Fault::new(FaultKind::StillReferenced, edit, name, &key, detail));
    }

    /// Checks what must hold of the base rows touched: values that are required, references, unique fields.
    fn check_rows(&mut self, batch: &mut Batch<'_>) {
        let plan = batch.plan;
        for (number, root, row, slot, target) in std::mem::take(&mut batch.references) {
            let of = plan.list(plan.root(root).list);
            let target_root = Engine::refers(&plan.root(root).slots[usize::from(slot)].kind).unwrap_or(0);
            if is_live(self.engine.store.record(target_root, target)) || !self.still_refers(plan, root, row, slot, target) {
                continue;
            }
            let forward = batch.forward.iter().find(|(r, _, set_aside)| *r == target_root && *set_aside == target);
            let key = match forward {
                Some((_, key, _)) => key.to_string(),
                None => {
                    let before = self.engine.store.record_before(target_root, target);
                    crate::store::key_of(before, &self.engine.store.texts).to_owned()
                }
            };
            let target_list = &plan.list(plan.root(target_root).list).name;
            let detail = format!("there is no row '{key}' in '{target_list}' to refer to");
            let edit = &batch.edits[number];
            batch.faults.push(
                Fault::new(FaultKind::DanglingReference, Some(number), of.name.clone(), &edit.key, detail)
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
            for (slot, field) in plan.root(root).slots.iter().zip(&of.fields) {
                if field.presence == Presence::Required && slot.slot.get(record) == 0 {
                    let edit = self.engine.causes.edits(cause).last().map(|edit| *edit as usize);
                    let key = self.engine.store.key(root, row).to_owned();
                    let detail = format!("the field is required; a {} is expected", field.ty);
                    batch.faults.push(
                        Fault::new(FaultKind::MissingValue, edit, of.name.clone(), &key, detail).of_field(&field.name),
                    );
                }
            }
            for &index in &plan.root(root).unique {
                self.check_unique(batch, &plan, index, row, cause, &mut taken);
            }
        }
    }

    fn check_unique(
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
        if let Some(other) = known.iter().chain(hints).copied().find(|other| same(*other)) {
            let of = plan.list(plan.root(root).list);
            let fields: Vec<&str> =
                index_plan.slots.iter().map(|slot| of.fields[usize::from(*slot)].name.as_str()).collect();
            let detail = format!(
                "the row '{}' has the same {} ({}); no two rows of '{}' may",
                &*store.key(root, other),
                fields.join(" and "),
                own.iter().map(|val| names.text(val).into_owned()).collect::<Vec<_>>().join(", "),
                of.name,
            );
            let edit = self.engine.causes.edits(cause).last().map(|edit| *edit as usize);
            batch.faults.push(Fault::new(FaultKind::NotUnique, edit, of.name.clone(), &store.key(root, row), detail));
        }
        known.push(row);
    }

    /// Checks what must hold once everything is in step: rows authored are there, narrow values are not looser, and no
    /// blocking check has a new finding.
    fn check_outcome(&mut self, batch: &mut Batch<'_>) {
        let plan = batch.plan;
        for one in std::mem::take(&mut batch.authored) {
            if !one.must_exist {
                continue;
            }
            let of = plan.list(one.list);
            let field = &of.fields[usize::from(one.field)];
            let edit = &batch.edits[one.edit];
            let fault = |kind, detail| {
                Fault::new(kind, Some(one.edit), of.name.clone(), &edit.key, detail).of_field(&field.name)
            };
            let Some((root, row, at)) = self.locate(one.list, one.key.as_str()) else {
                let detail = format!("there is no such row in '{}' to author a field of", of.name);
                batch.faults.push(fault(FaultKind::NoSuchRow, detail));
                continue;
            };
            let cx = Cx::new(plan, &self.engine.store, Side::After, root, row);
            if !one.value.is_missing() && cx.cell(at, one.field) == 0 {
                let detail = format!("there is no row '{}' to refer to", one.value);
                batch.faults.push(fault(FaultKind::DanglingReference, detail));
            } else if !batch.record_findings && cx.is_looser(at, one.field) {
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
        for span in &self.engine.spans {
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

    /// Gives a row another key: a new row takes over its fields and its family, and whoever referred to the old one refers to
    /// the new one.
    #[expect(clippy::too_many_arguments, reason = "an edit, resolved")]
    fn rekey(
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
        let taken = self.engine.store.find(root, to);
        if taken.is_some_and(|row| !batch.gone.contains(&(root, row))) {
            return Err(fault(FaultKind::KeyTaken, format!("there is a row '{to}' in '{}' already", of.name)));
        }
        self.carry_steps(batch, root, row, &edit.key, to);
        self.touch(batch, root, row, number);
        let new = match taken {
            Some(gone) => {
                // The row that had the key goes for good before another takes it.
                batch.gone.remove(&(root, gone));
                self.empty(plan, root, gone);
                gone
            }
            None => {
                let forward = batch.forward.iter().find(|(r, key, _)| *r == root && key == to).map(|(_, _, row)| *row);
                let new = forward.unwrap_or_else(|| self.engine.store.roots[usize::from(root)].reserve());
                self.engine.store.enter(root, new, to);
                new
            }
        };
        self.touch(batch, root, new, number);
        // The fields move over, and so does the family.
        let fields = of.fields.len();
        for slot in &plan.root(root).slots[..fields] {
            let cell = slot.slot.get(self.engine.store.record(root, row));
            let table = &mut self.engine.store.roots[usize::from(root)];
            slot.slot.put(table.record_mut(new), cell);
            slot.slot.put(table.record_mut(row), 0);
        }
        let family = self.engine.store.record(root, row)[HEAD - 1];
        self.engine.store.roots[usize::from(root)].set_family(new, family);
        self.engine.store.roots[usize::from(root)].set_family(row, 0);
        for reference in &mut batch.references {
            if reference.1 == root && reference.2 == row {
                reference.2 = new;
            }
        }
        self.retarget(batch, number, root, row, new);
        self.engine.remove_root(plan, root, row);
        Ok(())
    }

    /// Empties a row that is about to be another's.
    fn empty(&mut self, plan: &Plan, root: u16, row: u32) {
        for slot in &plan.root(root).slots {
            let cell = slot.slot.get(self.engine.store.record(root, row));
            self.engine.store.release(&slot.kind, cell);
            slot.slot.put(self.engine.store.roots[usize::from(root)].record_mut(row), 0);
        }
        self.engine.store.put_family(root, row, &[]);
    }

    /// Makes whoever refers to one row refer to another.
    fn retarget(&mut self, batch: &mut Batch<'_>, number: usize, root: u16, old: u32, new: u32) {
        let plan = batch.plan;
        for (index, of) in (0..).zip(&plan.indexes) {
            if of.target != Some(root) {
                continue;
            }
            for other in self.referring(batch, index, old) {
                self.touch(batch, of.root, other, number);
                let slot = &plan.root(of.root).slots[usize::from(of.slots[0])];
                let cell = slot.slot.get(self.engine.store.record(of.root, other));
                let field = &plan.list(plan.root(of.root).list).fields[usize::from(of.slots[0])];
                let changed = self.replaced(field, cell, old, new);
                self.engine.store.release(&slot.kind, cell);
                slot.slot.put(self.engine.store.roots[usize::from(of.root)].record_mut(other), changed);
                batch.references.push((number, of.root, other, of.slots[0], new));
            }
        }
        for reference in &mut batch.references {
            if reference.4 == old && Engine::refers(&plan.root(reference.1).slots[usize::from(reference.3)].kind) == Some(root) {
                reference.4 = new;
            }
        }
        for (at, of) in plan.authored_references.iter().enumerate() {
            if of.target != root {
                continue;
            }
            let mut families = self.engine.links.authored[at].hints(hash_row(old)).to_vec();
            families.sort_unstable();
            families.dedup();
            let field = &plan.list(of.list).fields[usize::from(of.field)];
            for &(home, block) in &plan.list(of.list).homes {
                for &family in &families {
                    let known = self.engine.store.roots[usize::from(home)].bound() > family;
                    if !known || !is_live(self.engine.store.record(home, family)) {
                        continue;
                    }
                    let cells: Vec<Cell> = self
                        .engine
                        .store
                        .family(self.engine.store.record(home, family))
                        .cells()
                        .filter(|c| c.block == block && c.field == of.field)
                        .collect();
                    for cell in cells {
                        let changed = self.replaced(field, cell.cell, old, new);
                        if changed != cell.cell {
                            self.touch(batch, home, family, number);
                            self.engine.put_cells(plan, home, family, &[Cell { cell: changed, ..cell }]);
                            self.engine.links.authored[at].append(hash_row(new), family);
                            let bit = Engine::authored_bit(plan, home, block, of.field);
                            Self::mark(batch, home, family, bit);
                        }
                    }
                }
            }
        }
    }

    /// Writes a cell of references again, with one row in place of another, a set in its order.
    fn replaced(&mut self, field: &FieldPlan, cell: u32, old: u32, new: u32) -> u32 {
        let Kind::List(element) = &field.kind else { return if cell == old + 1 { new + 1 } else { cell } };
        let Kind::Reference(list) = **element else { return cell };
        let mut cells = self.engine.store.elements(cell).to_vec();
        if !cells.contains(&(old + 1)) {
            return cell;
        }
        for one in &mut cells {
            if *one == old + 1 {
                *one = new + 1;
            }
        }
        if matches!(field.ty, Type::Set(_)) {
            let store = &self.engine.store;
            cells.sort_by(|a, b| (*store.key(list, a - 1)).cmp(&store.key(list, b - 1)));
        }
        self.engine.store.write(&field.kind, &Val::List(Items::Cells(element, &cells)))
    }

    /// Parks what an edit would author.
    pub(super) fn park_edit(&mut self, edit: &Edit) {
        let plan = Arc::clone(&self.engine.plan);
        let Ok(list) = self.list_of(&plan, &edit.list) else { return };
        if let Verb::Author { field, value, .. } = &edit.verb
            && let Ok(field) = self.field_of(&plan, list, field)
        {
            let mut fields = self.engine.parked.get(list, &edit.key).cloned().unwrap_or_default();
            fields.insert(field, value.clone());
            self.engine.parked.replace(list, &Key::trusted(&edit.key), fields);
        }
    }

    /// Renames, in the keys of rows that have a row's key as a segment, what is parked and what is authored there.
    fn carry_steps(&mut self, batch: &mut Batch<'_>, root: u16, row: u32, from: &str, to: &str) {
        let plan = batch.plan;
        let moved = super::rekey::moved(&self.engine, &plan, root, row, from, to);
        for (list, old, new) in moved.parked {
            let fields = self.engine.parked.get(list, old.as_str()).cloned().unwrap_or_default();
            self.engine.parked.replace(list, &old, BTreeMap::new());
            let mut there = self.engine.parked.get(list, new.as_str()).cloned().unwrap_or_default();
            for (field, value) in fields {
                there.entry(field).or_insert(value);
            }
            self.engine.parked.replace(list, &new, there);
        }
        for (home, family, cell, list, key) in moved.live {
            self.engine.store.touch(home, family);
            if batch.touched.get(home, family).is_none() {
                batch.touched.add(home, family, (0, Mask::NONE));
            }
            let kind = &plan.list(list).fields[usize::from(cell.field)].kind;
            let value = self.names().value(&self.engine.store.read(kind, cell.cell));
            self.engine.put_cells(plan, home, family, &[Cell { cell: 0, ..cell }]);
            let mut fields = self.engine.parked.get(list, key.as_str()).cloned().unwrap_or_default();
            fields.insert(cell.field, value);
            self.engine.parked.replace(list, &key, fields);
            let bit = Engine::authored_bit(plan, home, cell.block, cell.field);
            Self::mark(batch, home, family, bit);
        }
        self.reasons.rename(|list, key| super::rekey::renamed(plan, list, key, root, from, to));
        for one in &mut batch.authored {
            if let Some(key) = super::rekey::renamed(plan, one.list, &one.key, root, from, to) {
                one.key = key;
            }
        }
        batch.authored_places =
            batch.authored.iter().zip(0..).map(|(one, place)| ((one.list, one.key.clone(), one.field), place)).collect();
    }
}
