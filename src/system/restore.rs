//! A system made of a saved state, under the schema that it was saved under or another.
//!
//! What a cell says is found out cell by cell. What holds between rows, the commit of all of them tells: it is refused with
//! every fault, what is at fault is taken out, and the rest is tried again until it holds together. So there is one place
//! that knows what holds between rows, and what is taken out is what a commit would refuse.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Edits, FaultKind, ListSystem, State,
    edits::{Edit, Input, Verb},
    state::{Authored, Cells},
    unfit::{Misfit, Part, Unfit, Why},
};
use crate::{
    record::Record,
    schema::{Field, List, Presence, Schema, Typing, Write},
    value::{Key, Name, Value},
};

/// A system restored from a state, and what of the state does not fit the schema.
#[derive(Debug)]
#[must_use]
pub struct Restored {
    /// The system.
    pub system: ListSystem,
    /// What the schema has no place for; empty where the schema has not changed.
    pub unfit: Unfit,
}

impl ListSystem {
    /// Makes a system of a saved state. What the schema has no place for is left out and reported; nothing is lost.
    ///
    /// - A value that the field's type takes is kept, read as that type: text as a date, an integer as an amount.
    /// - A value fits as a whole or not at all: of a set with one choice that is gone, all is reported.
    /// - A row goes where a required field has no value that fits, or where it shares with a row before it what no two rows may
    ///   share; of the latter only the first optional field goes, if there is one. What refers to a row that goes, goes too.
    /// - What is authored for rows that do not exist is parked, as ever.
    /// - Nothing is refused: what blocking checks find is recorded as findings.
    ///
    /// # Complexity
    /// Derives everything; and reads the base rows once more for each step in which what goes takes others with it.
    pub fn restore(schema: impl Into<Schema>, state: &State) -> Restored {
        let mut system = Self::new(schema);
        let schema = system.schema.clone();
        let fitting = Fitting { typing: Typing::new(schema.spec()), lists: &schema.spec().lists, state };
        let (mut edits, mut out) = fitting.base();
        let mut unfit = system.park(&fitting);
        while let Err(refused) = system.commit(edits) {
            edits = fitting.without_faults(refused, &mut out);
        }
        system.engine.settle();
        system.revision = state.revision;
        unfit.extend(out.into_misfits(state));
        Restored { system, unfit: unfit.into_iter().collect() }
    }

    /// Parks what is authored; what has a row returns to it as the row comes.
    fn park(&mut self, fitting: &Fitting<'_>) -> Vec<Misfit> {
        let plan = Arc::clone(&self.engine.plan);
        let mut unfit = Vec::new();
        for (list, rows) in &fitting.state.authored {
            for (key, fields) in rows {
                for (name, Authored { value, reason }) in fields {
                    match fitting.authored(list, name, value) {
                        Ok(value) => {
                            let number = plan.list_numbers[list];
                            let field = plan.list(number).field_numbers[name];
                            self.engine.parked.put(number, key, field, value);
                            self.reasons.set(number, key, field, reason.as_deref().map(Into::into));
                        }
                        Err(why) => {
                            let part =
                                Part::Authored { field: name.clone(), value: value.clone(), reason: reason.clone() };
                            unfit.push(Misfit { list: list.clone(), key: key.clone(), part, why });
                        }
                    }
                }
            }
        }
        unfit
    }
}

/// A state held against a schema.
struct Fitting<'a> {
    typing: Typing<'a>,
    lists: &'a indexmap::IndexMap<Name, List>,
    state: &'a State,
}

/// What of the base rows is out so far: whole rows, and fields of rows that stay.
#[derive(Default)]
struct Out {
    rows: BTreeMap<(Name, Key), Why>,
    fields: Cells<Why>,
}

impl Fitting<'_> {
    /// Returns the insertions of all base rows, with the values that their fields take.
    fn base(&self) -> (Edits, Out) {
        let mut edits = Edits::new().record_findings();
        let mut out = Out::default();
        for (list, rows) in &self.state.base {
            let of = match self.lists.get(list) {
                None => Err(Why::NoList),
                Some(of) if !of.is_base() => Err(Why::Derived),
                Some(of) => Ok(of),
            };
            for (key, fields) in rows {
                let of = match &of {
                    Ok(_) if key.as_str().contains('/') => Err(&Why::BadKey),
                    Ok(of) => Ok(of),
                    Err(why) => Err(why),
                };
                match of {
                    Err(why) => {
                        out.rows.insert((list.clone(), key.clone()), why.clone());
                    }
                    Ok(of) => {
                        let mut record = Record::new();
                        for (field, value) in fields {
                            match self.value(of.fields.get(field), value) {
                                Ok(value) => record.set(field.clone(), value),
                                Err(why) => out.take_field(list, key, field, why),
                            }
                        }
                        let verb = Verb::Insert { record: Input::Record(record) };
                        edits.edits.push(Edit { list: list.into(), key: key.as_str().into(), verb });
                    }
                }
            }
        }
        (edits, out)
    }

    fn value(&self, field: Option<&Field>, value: &Value) -> Result<Value, Why> {
        let ty = &field.ok_or(Why::NoField)?.ty;
        self.typing.coerce(value, ty).map_err(|mismatch| Why::BadValue { ty: ty.clone(), detail: mismatch.to_string() })
    }

    fn authored(&self, list: &Name, field: &Name, value: &Value) -> Result<Value, Why> {
        let of = self.lists.get(list).ok_or(Why::NoList)?;
        if of.is_base() {
            return Err(Why::Base);
        }
        let field = of.fields.get(field);
        if field.is_some_and(|field| field.write == Write::Locked) {
            return Err(Why::Locked);
        }
        self.value(field, value)
    }

    /// Takes out what a commit was refused for, and returns what is left of its edits.
    fn without_faults(&self, refused: super::Refused, out: &mut Out) -> Edits {
        let faults = refused.faults().to_vec();
        let Edits { cause, actor, on_blocking, edits: mut all } = refused.into_edits();
        // A row that goes for another reason is in nobody's way.
        let only_shared = faults.iter().all(|fault| fault.kind() == FaultKind::NotUnique);
        let mut gone = vec![false; all.len()];
        for fault in faults {
            // Each fault is of one of the rows, and takes something out: so there is an end.
            let at = fault.edit().unwrap_or_default();
            let Some(edit) = all.get_mut(at) else { continue };
            let (list, key) = (fault.list(), Key::trusted(&edit.key));
            let declared = &self.lists[list];
            let (field, why) = match (fault.kind(), fault.field()) {
                (FaultKind::DanglingReference, Some(field)) => {
                    let list = declared.fields[field].ty.target().unwrap_or(list).clone();
                    (Some(field.clone()), Why::NoSuchRow { list })
                }
                (FaultKind::NotUnique, _) if !only_shared => continue,
                (FaultKind::NotUnique, _) => {
                    let mut shared = fault.shared().iter();
                    let optional = shared.find(|field| declared.fields[*field].presence == Presence::Optional);
                    let detail = fault.detail().to_owned();
                    (optional.cloned(), Why::NotUnique { fields: fault.shared().to_vec(), detail })
                }
                (_, field) => {
                    let field = field.cloned().unwrap_or_else(|| Name::from("key"));
                    let because = out.fields.get(list).and_then(|rows| rows.get(&key)?.get(&field));
                    (None, Why::Required { because: because.cloned().map(Box::new), field })
                }
            };
            if let Some(field) = field {
                if clear(edit, &field) {
                    out.take_field(list, &key, &field, why);
                }
            } else {
                gone[at] = true;
                out.rows.entry((list.clone(), key)).or_insert(why);
            }
        }
        let mut gone = gone.into_iter();
        all.retain(|_| !gone.next().unwrap_or_default());
        Edits { cause, actor, on_blocking, edits: all }
    }
}

fn value_of<'e>(edit: &'e Edit, field: &Name) -> &'e Value {
    match &edit.verb {
        Verb::Insert { record: Input::Record(record) } => record.get(field.as_str()),
        _ => &Value::Missing,
    }
}

/// Clears a field of an insertion; tells whether it had a value.
fn clear(edit: &mut Edit, field: &Name) -> bool {
    let had = !value_of(edit, field).is_missing();
    if let Verb::Insert { record: Input::Record(record) } = &mut edit.verb {
        record.set(field.clone(), Value::Missing);
    }
    had
}

impl Out {
    fn take_field(&mut self, list: &Name, key: &Key, field: &Name, why: Why) {
        let rows = self.fields.entry(list.clone()).or_default();
        rows.entry(key.clone()).or_default().insert(field.clone(), why);
    }

    fn into_misfits(self, state: &State) -> Vec<Misfit> {
        let row = |list: &Name, key: &Key| state.base.get(list).and_then(|rows| rows.get(key)).into_iter().flatten();
        let mut all = Vec::new();
        for (list, rows) in self.fields {
            for (key, fields) in rows {
                // A row goes with all its fields.
                if self.rows.contains_key(&(list.clone(), key.clone())) {
                    continue;
                }
                for (field, value) in row(&list, &key) {
                    if let Some(why) = fields.get(field) {
                        let part = Part::Field { field: field.clone(), value: value.clone() };
                        all.push(Misfit { list: list.clone(), key: key.clone(), part, why: why.clone() });
                    }
                }
            }
        }
        for ((list, key), why) in self.rows {
            let record = row(&list, &key).map(|(field, value)| (field.clone(), value.clone())).collect();
            all.push(Misfit { list, key, part: Part::Row { record }, why });
        }
        all
    }
}
