//! A batch of edits applied in order, and every reason to refuse it.
//!
//! Decisions where the contract is silent:
//! - Removal takes effect in its place: owned rows go and references with `Release` are cleared there and then, so that a
//!   batch does what its edits do one by one. Whether something still refers to a removed row is asked at the end.
//! - `Release` clears references out of authored cells too, live or parked. A parked cell with `Restrict` keeps them.
//! - Authoring a missing value clears the cell. A cell counts as written until it is cleared, forgotten or re-keyed away.
//! - A re-key that would carry an authored cell onto another one is refused: nothing authored is lost.

use std::collections::BTreeSet;

use quanze::{
    Key, Name, SchemaBuilder, Value,
    schema::{List, OnRemove, Presence, Severity, Type, Write},
};

use super::{
    coerce::{base_key, coerce, coerce_element},
    finding::findings,
    keys,
    state::{Batch, Cells, Edit, Place, State, put},
    world::{World, references},
};

/// Why a batch is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum FaultKind {
    NoList,
    NoField,
    /// Written as a base list, but derived; or the other way round.
    WrongKind,
    /// Nobody writes the field.
    Locked,
    Key,
    Value,
    Exists,
    NoRow,
    Required,
    /// A reference to a row that is not there.
    Dangling,
    /// A removed row that is still referred to.
    StillReferred,
    NotUnique,
    Looser,
    Blocking,
    /// A re-key that would carry one authored cell onto another.
    InTheWay,
}

impl FaultKind {
    /// Tells whether the edit itself is at fault, whatever the batch leads to.
    pub(crate) fn at_once(self) -> bool {
        use FaultKind::{Exists, InTheWay, Key, Locked, NoField, NoList, NoRow, Value, WrongKind};
        matches!(self, NoList | NoField | WrongKind | Locked | Key | Value | Exists | NoRow | InTheWay)
    }
}

/// A reason to refuse a batch.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fault {
    pub(crate) kind: FaultKind,
    pub(crate) list: String,
    pub(crate) key: String,
    pub(crate) field: Option<String>,
}

/// The state after a batch, or everything that is wrong with it.
pub(crate) fn apply(schema: &SchemaBuilder, before: &State, batch: &Batch) -> Result<State, BTreeSet<Fault>> {
    let mut work = Work::new(schema, before);
    for edit in &batch.edits {
        work.edit(edit);
    }
    work.state.base.retain(|_, rows| !rows.is_empty());
    work.check(before, batch.record_findings);
    if work.faults.is_empty() { Ok(work.state) } else { Err(work.faults) }
}

/// The state after the edits of a batch that can be applied, whatever else is wrong.
pub(crate) fn apply_unchecked(schema: &SchemaBuilder, before: &State, edits: &[Edit]) -> State {
    let mut work = Work::new(schema, before);
    for edit in edits {
        work.edit(edit);
    }
    work.state
}

/// The rows that a cell refers to: whoever removes one of them touches the cell.
fn referred(schema: &SchemaBuilder, state: &State, (list, key, field): &Place) -> Vec<Place> {
    let Some(field) = field.as_deref().map(Name::from) else { return Vec::new() };
    let (list, Ok(key)) = (Name::from(list.as_str()), key.parse::<Key>()) else { return Vec::new() };
    let Some(target) = schema.lists[&list].fields[&field].ty.target() else { return Vec::new() };
    let base = state.base.get(&list).and_then(|rows| rows.get(&key)?.get(&field)).cloned();
    let value = base.unwrap_or_else(|| state.authored_cell(&list, &key, &field));
    references(&value).map(|key| (target.to_string(), key.to_string(), None)).collect()
}

/// Tells whether two batches neither name nor write one row or cell, nor refer to a row that the other names.
pub(crate) fn independent(schema: &SchemaBuilder, state: &State, first: &Batch, second: &Batch) -> bool {
    let places = |batch: &Batch| {
        let mut places = BTreeSet::new();
        let mut at = state.clone();
        for edit in &batch.edits {
            let next = apply_unchecked(schema, &at, std::slice::from_ref(edit));
            for place in at.written(&next) {
                places.extend(referred(schema, &next, &place));
                places.insert(place);
            }
            places.insert(edit.place());
            at = next;
        }
        places
    };
    let others = places(second);
    // What is authored under a key that names a re-keyed row is written before or after it under different keys.
    let renames = |batch: &Batch, others: &BTreeSet<Place>| {
        batch.edits.iter().any(|edit| {
            let Edit::Rekey(list, from, to) = edit else { return false };
            let (list, Some(from), Some(to)) = (Name::from(list.as_str()), base_key(from), base_key(to)) else {
                return false;
            };
            others.iter().any(|(of, at, _)| {
                let (of, Ok(at)) = (Name::from(of.as_str()), at.parse::<Key>()) else { return false };
                let derived = schema.lists.get(&of).is_some_and(|declared| !declared.is_base());
                derived && keys::rekeyed(schema, &of, &at, &list, &from, &to) != at
            })
        })
    };
    let one_field = |a: &Place, b: &Place| a.2.is_none() || b.2.is_none() || a.2 == b.2;
    let meet = |a: &Place, b: &Place| a.0 == b.0 && a.1 == b.1 && one_field(a, b);
    let places = places(first);
    !renames(first, &others)
        && !renames(second, &places)
        && places.iter().all(|place| !others.iter().any(|other| meet(place, other)))
}

struct Work<'a> {
    schema: &'a SchemaBuilder,
    state: State,
    /// The authored cells that were written by this batch.
    written: BTreeSet<Cell>,
    /// The authored cells that an edit left as they were: nothing is written, but their rows must be there.
    named: BTreeSet<Cell>,
    /// The authored cells that were live before, by their present keys.
    live: BTreeSet<Cell>,
    faults: BTreeSet<Fault>,
}

/// The list, key and field of an authored cell.
type Cell = (Name, Key, Name);

impl<'a> Work<'a> {
    fn new(schema: &'a SchemaBuilder, before: &State) -> Self {
        let world = World::new(schema, before);
        let cells = before
            .authored
            .iter()
            .flat_map(|((list, key), cells)| cells.keys().map(|field| (list.clone(), key.clone(), field.clone())));
        let live = cells.filter(|(list, key, field)| !world.authored(list, key, field).is_missing()).collect();
        Self {
            schema,
            state: before.clone(),
            written: BTreeSet::new(),
            named: BTreeSet::new(),
            live,
            faults: BTreeSet::new(),
        }
    }

    fn fault(&mut self, kind: FaultKind, list: &str, key: &str, field: Option<&str>) {
        let (list, key, field) = (list.to_owned(), key.to_owned(), field.map(str::to_owned));
        self.faults.insert(Fault { kind, list, key, field });
    }

    fn edit(&mut self, edit: &Edit) {
        match edit {
            Edit::Insert(list, key, fields) => self.insert(list, key, fields),
            Edit::Set(list, key, field, value) => self.set(list, key, field, value),
            Edit::Replace(list, key, fields) => self.replace(list, key, fields),
            Edit::Remove(list, key) => self.remove(list, key),
            Edit::Author(list, key, field, value) => self.author(list, key, field, value),
            Edit::Clear(list, key, field) => self.clear(list, key, field),
            Edit::Forget(list, key) => self.forget(list, key),
            Edit::Add(list, key, field, element) => self.element(list, key, field, element, true),
            Edit::Discard(list, key, field, element) => self.element(list, key, field, element, false),
            Edit::Rekey(list, from, to) => self.rekey(list, from, to),
        }
    }

    fn list(&mut self, list: &str, key: &str) -> Option<(Name, &'a List)> {
        let name = Name::from(list);
        let found = self.schema.lists.get(&name);
        if found.is_none() {
            self.fault(FaultKind::NoList, list, key, None);
        }
        found.map(|declared| (name, declared))
    }

    /// A base list and a key that a row of it can have.
    fn base(&mut self, list: &str, key: &str) -> Option<(Name, &'a List, Key)> {
        let (name, declared) = self.list(list, key)?;
        if !declared.is_base() {
            self.fault(FaultKind::WrongKind, list, key, None);
            return None;
        }
        let Some(parsed) = base_key(key) else {
            self.fault(FaultKind::Key, list, key, None);
            return None;
        };
        Some((name, declared, parsed))
    }

    /// The same, of a row that is there.
    fn base_row(&mut self, list: &str, key: &str) -> Option<(Name, &'a List, Key)> {
        let found = self.base(list, key)?;
        if !self.state.has_row(&found.0, &found.2) {
            self.fault(FaultKind::NoRow, list, key, None);
            return None;
        }
        Some(found)
    }

    /// A derived list and a key.
    fn derived(&mut self, list: &str, key: &str) -> Option<(Name, &'a List, Key)> {
        let (name, declared) = self.list(list, key)?;
        if declared.is_base() {
            self.fault(FaultKind::WrongKind, list, key, None);
            return None;
        }
        let Ok(parsed) = key.parse() else {
            self.fault(FaultKind::Key, list, key, None);
            return None;
        };
        Some((name, declared, parsed))
    }

    /// A field of a derived list that its owner writes.
    fn authored(&mut self, list: &str, key: &str, field: &str) -> Option<(Name, Key, Name, Type)> {
        let (name, declared, parsed) = self.derived(list, key)?;
        let Some(found) = declared.fields.get(field) else {
            self.fault(FaultKind::NoField, list, key, Some(field));
            return None;
        };
        if found.write == Write::Locked {
            self.fault(FaultKind::Locked, list, key, Some(field));
            return None;
        }
        Some((name, parsed, field.into(), found.ty.clone()))
    }

    fn read(&mut self, ty: &Type, value: &Value, list: &str, key: &str, field: &str) -> Option<Value> {
        let read = coerce(self.schema, ty, value);
        if read.is_none() {
            self.fault(FaultKind::Value, list, key, Some(field));
        }
        read
    }

    fn record(&mut self, list: &str, declared: &List, key: &str, fields: &[(String, Value)]) -> Cells {
        let mut cells = Cells::new();
        for (field, value) in fields {
            let Some(found) = declared.fields.get(field.as_str()) else {
                self.fault(FaultKind::NoField, list, key, Some(field));
                continue;
            };
            if let Some(value) = self.read(&found.ty, value, list, key, field) {
                put(&mut cells, &field.as_str().into(), value);
            }
        }
        cells
    }

    fn insert(&mut self, list: &str, key: &str, fields: &[(String, Value)]) {
        let Some((name, declared, parsed)) = self.base(list, key) else { return };
        if self.state.has_row(&name, &parsed) {
            self.fault(FaultKind::Exists, list, key, None);
            return;
        }
        let cells = self.record(list, declared, key, fields);
        self.state.base.entry(name).or_default().insert(parsed, cells);
    }

    fn replace(&mut self, list: &str, key: &str, fields: &[(String, Value)]) {
        let Some((name, declared, parsed)) = self.base_row(list, key) else { return };
        let cells = self.record(list, declared, key, fields);
        self.state.base.entry(name).or_default().insert(parsed, cells);
    }

    fn set(&mut self, list: &str, key: &str, field: &str, value: &Value) {
        let Some((name, declared, parsed)) = self.base_row(list, key) else { return };
        let Some(found) = declared.fields.get(field) else {
            self.fault(FaultKind::NoField, list, key, Some(field));
            return;
        };
        if let Some(value) = self.read(&found.ty, value, list, key, field) {
            self.put_base(&name, &parsed, &field.into(), value);
        }
    }

    fn put_base(&mut self, list: &Name, key: &Key, field: &Name, value: Value) {
        let row = self.state.base.get_mut(list).and_then(|rows| rows.get_mut(key));
        put(row.expect("the row was found before"), field, value);
    }

    fn remove(&mut self, list: &str, key: &str) {
        if let Some((name, _, parsed)) = self.base_row(list, key) {
            self.remove_row(&name, &parsed);
        }
    }

    fn remove_row(&mut self, list: &Name, key: &Key) {
        if self.state.base.get_mut(list).is_none_or(|rows| rows.remove(key).is_none()) {
            return;
        }
        for (referrer, field, on_remove) in self.fields_to(list) {
            let of_base = self.schema.lists[&referrer].is_base();
            match on_remove {
                OnRemove::Restrict => {}
                OnRemove::Cascade => {
                    let owned = self.state.base.get(&referrer).into_iter().flatten();
                    let owned =
                        owned.filter(|(_, cells)| cells.get(&field).is_some_and(|v| references(v).any(|k| k == key)));
                    for owned in owned.map(|(key, _)| key.clone()).collect::<Vec<_>>() {
                        self.remove_row(&referrer, &owned);
                    }
                }
                OnRemove::Release if of_base => {
                    for cells in self.state.base.entry(referrer).or_default().values_mut() {
                        let left = without(cells.get(&field).cloned().unwrap_or_default(), key);
                        put(cells, &field, left);
                    }
                }
                OnRemove::Release => {
                    for at in self.state.authored.keys().filter(|(of, _)| *of == referrer).cloned().collect::<Vec<_>>()
                    {
                        let left = without(self.state.authored_cell(&at.0, &at.1, &field), key);
                        self.state.put_authored(&at.0, &at.1, &field, left);
                    }
                }
            }
        }
    }

    /// The fields that refer to a list.
    fn fields_to(&self, target: &Name) -> Vec<(Name, Name, OnRemove)> {
        let mut found = Vec::new();
        for (list, declared) in &self.schema.lists {
            for (field, of) in declared.fields.iter().filter(|(_, of)| of.ty.target() == Some(target)) {
                found.push((list.clone(), field.clone(), of.on_remove));
            }
        }
        found
    }

    fn author(&mut self, list: &str, key: &str, field: &str, value: &Value) {
        let Some((name, parsed, field, ty)) = self.authored(list, key, field) else { return };
        let Some(value) = self.read(&ty, value, list, key, field.as_str()) else { return };
        if value.is_missing() {
            self.clear(list, key, field.as_str());
            return;
        }
        self.state.put_authored(&name, &parsed, &field, value);
        self.written.insert((name, parsed, field));
    }

    fn clear(&mut self, list: &str, key: &str, field: &str) {
        let Some((name, parsed, field, _)) = self.authored(list, key, field) else { return };
        self.state.put_authored(&name, &parsed, &field, Value::Missing);
        self.named.remove(&(name.clone(), parsed.clone(), field.clone()));
        self.written.remove(&(name, parsed, field));
    }

    fn forget(&mut self, list: &str, key: &str) {
        let Some((name, _, parsed)) = self.derived(list, key) else { return };
        self.state.authored.remove(&(name.clone(), parsed.clone()));
        self.named.retain(|(of, at, _)| (of, at) != (&name, &parsed));
        self.written.retain(|(of, at, _)| (of, at) != (&name, &parsed));
    }

    /// Adds or discards an element of a base field or of an authored cell.
    fn element(&mut self, list: &str, key: &str, field: &str, element: &Value, add: bool) {
        let Some((name, declared)) = self.list(list, key) else { return };
        let at = if declared.is_base() {
            let Some((_, _, parsed)) = self.base_row(list, key) else { return };
            let Some(found) = declared.fields.get(field) else {
                self.fault(FaultKind::NoField, list, key, Some(field));
                return;
            };
            Some((parsed, found.ty.clone()))
        } else {
            self.authored(list, key, field).map(|(_, parsed, _, ty)| (parsed, ty))
        };
        let Some((parsed, ty)) = at else { return };
        let field = Name::from(field);
        let Some(element) = ty.element().and_then(|of| coerce_element(self.schema, of, element)) else {
            self.fault(FaultKind::Value, list, key, Some(field.as_str()));
            return;
        };
        let cell = if declared.is_base() {
            self.state.base[&name][&parsed].get(&field).cloned().unwrap_or_default()
        } else {
            self.state.authored_cell(&name, &parsed, &field)
        };
        let mut elements = cell.as_list().unwrap_or_default().to_vec();
        if add == elements.contains(&element) {
            if !declared.is_base() {
                self.named.insert((name, parsed, field));
            }
            return;
        }
        if add {
            elements.push(element);
        } else {
            elements.retain(|other| *other != element);
        }
        let value = coerce(self.schema, &ty, &Value::List(elements)).expect("elements that were read before");
        if declared.is_base() {
            self.put_base(&name, &parsed, &field, value);
        } else {
            self.state.put_authored(&name, &parsed, &field, value);
            self.written.insert((name, parsed, field));
        }
    }

    fn rekey(&mut self, list: &str, from: &str, to: &str) {
        let Some((name, _, from_key)) = self.base_row(list, from) else { return };
        let Some(to_key) = base_key(to) else {
            self.fault(FaultKind::Key, list, from, None);
            return;
        };
        if from_key == to_key {
            return;
        }
        if self.state.has_row(&name, &to_key) {
            self.fault(FaultKind::Exists, list, from, None);
            return;
        }
        let new_key = |of: &Name, at: &Key| keys::rekeyed(self.schema, of, at, &name, &from_key, &to_key);
        let mut moved = State::default();
        let mut in_the_way = false;
        for ((of, at), cells) in &self.state.authored {
            for (field, value) in cells {
                in_the_way |= !moved.authored_cell(of, &new_key(of, at), field).is_missing();
                moved.put_authored(of, &new_key(of, at), field, value.clone());
            }
        }
        let follow = |cells: &BTreeSet<Cell>| -> BTreeSet<Cell> {
            cells.iter().map(|(of, at, field)| (of.clone(), new_key(of, at), field.clone())).collect()
        };
        let (written, named, live) = (follow(&self.written), follow(&self.named), follow(&self.live));
        if in_the_way {
            self.fault(FaultKind::InTheWay, list, from, None);
            return;
        }
        self.state.authored = moved.authored;
        (self.written, self.named, self.live) = (written, named, live);
        let rows = self.state.base.entry(name.clone()).or_default();
        let cells = rows.remove(&from_key).expect("the row was found before");
        rows.insert(to_key.clone(), cells);
        for (referrer, field, _) in self.fields_to(&name) {
            let ty = self.schema.lists[&referrer].fields[&field].ty.clone();
            let rename = |cells: &mut Cells| {
                let value = renamed(cells.get(&field).cloned().unwrap_or_default(), &from_key, &to_key);
                // A parked set may hold the new key already.
                put(cells, &field, coerce(self.schema, &ty, &value).expect("a value of the field's type"));
            };
            self.state.base.entry(referrer.clone()).or_default().values_mut().for_each(rename);
            self.state
                .authored
                .iter_mut()
                .filter(|((of, _), _)| *of == referrer)
                .map(|(_, cells)| cells)
                .for_each(rename);
        }
    }

    fn check(&mut self, before: &State, record_findings: bool) {
        let schema = self.schema;
        let state = self.state.clone();
        let world = World::new(schema, &state);
        for (list, declared) in schema.lists.iter().filter(|(_, declared)| declared.is_base()) {
            for (key, cells) in state.base.get(list).into_iter().flatten() {
                for (field, of) in &declared.fields {
                    let value = cells.get(field).cloned().unwrap_or_default();
                    // A value that could not be read is reported once.
                    let unread = Fault {
                        kind: FaultKind::Value,
                        list: list.to_string(),
                        key: key.to_string(),
                        field: Some(field.to_string()),
                    };
                    if of.presence == Presence::Required && value.is_missing() && !self.faults.contains(&unread) {
                        self.fault(FaultKind::Required, list.as_str(), key.as_str(), Some(field.as_str()));
                    }
                    self.check_references(before, (list, key, field), &of.ty, &value);
                }
            }
            self.check_unique(list, declared);
        }
        for ((list, key), cells) in &state.authored {
            let there = world.rows(list).contains_key(key);
            for (field, value) in cells {
                let of = &schema.lists[list].fields[field];
                let cell = (list.clone(), key.clone(), field.clone());
                // A cell that was parked never blocks a removal.
                if self.written.contains(&cell) || (there && self.live.contains(&cell)) {
                    self.check_references(before, (list, key, field), &of.ty, value);
                }
            }
        }
        for (list, key, field) in self.named.clone() {
            if !world.rows(&list).contains_key(&key) {
                self.fault(FaultKind::NoRow, list.as_str(), key.as_str(), Some(field.as_str()));
            }
        }
        for (list, key, field) in self.written.clone() {
            if !world.rows(&list).contains_key(&key) {
                self.fault(FaultKind::NoRow, list.as_str(), key.as_str(), Some(field.as_str()));
                continue;
            }
            if let Write::Narrow(narrow) = schema.lists[&list].fields[&field].write {
                let (authored, ruled) = (world.authored(&list, &key, &field), world.rule_value(&list, &key, &field));
                let ty = &schema.lists[&list].fields[&field].ty;
                if !record_findings && world.looser(ty, narrow, &authored, &ruled) {
                    self.fault(FaultKind::Looser, list.as_str(), key.as_str(), Some(field.as_str()));
                }
            }
        }
        if !record_findings {
            let old = findings(&World::new(schema, before));
            for finding in findings(&world).difference(&old).filter(|finding| finding.severity == Severity::Blocking) {
                self.fault(FaultKind::Blocking, finding.list.as_str(), finding.key.as_str(), None);
            }
        }
    }

    fn check_references(&mut self, before: &State, at: (&Name, &Key, &Name), ty: &Type, value: &Value) {
        let Some(target) = ty.target() else { return };
        for key in references(value) {
            if self.state.has_row(target, key) {
                continue;
            }
            self.fault(FaultKind::Dangling, at.0.as_str(), at.1.as_str(), Some(at.2.as_str()));
            if before.has_row(target, key) {
                self.fault(FaultKind::StillReferred, target.as_str(), key.as_str(), None);
            }
        }
    }

    fn check_unique(&mut self, list: &Name, declared: &List) {
        for fields in &declared.unique {
            let values =
                |cells: &Cells| fields.iter().map(|field| cells.get(field).cloned()).collect::<Option<Vec<_>>>();
            let rows: Vec<_> =
                self.state.base.get(list).into_iter().flatten().map(|(k, cells)| (k.clone(), values(cells))).collect();
            for (i, (key, own)) in rows.iter().enumerate() {
                if own.is_some() && rows.iter().enumerate().any(|(j, (_, other))| i != j && own == other) {
                    self.fault(FaultKind::NotUnique, list.as_str(), key.as_str(), None);
                }
            }
        }
    }
}

fn without(value: Value, key: &Key) -> Value {
    let gone = |value: &Value| matches!(value, Value::Reference(other) if other == key);
    match value {
        Value::List(mut elements) => {
            elements.retain(|element| !gone(element));
            if elements.is_empty() { Value::Missing } else { Value::List(elements) }
        }
        single if gone(&single) => Value::Missing,
        single => single,
    }
}

fn renamed(value: Value, from: &Key, to: &Key) -> Value {
    match value {
        Value::Reference(key) if key == *from => Value::Reference(to.clone()),
        Value::List(elements) => {
            let mut new: Vec<Value> = Vec::new();
            for element in elements.into_iter().map(|element| renamed(element, from, to)) {
                if !new.contains(&element) {
                    new.push(element);
                }
            }
            Value::List(new)
        }
        other => other,
    }
}
