//! A system made of a saved state.

use serde::Serialize;
use thiserror::Error;

use super::{Edits, ListSystem, Refused, State};
use crate::{
    record::Record,
    schema::{Schema, Write},
    value::{Key, Name, Value},
};

/// The error of a state that cannot be restored.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// Base rows do not hold together: a reference leads nowhere, or two rows share what they may not.
    #[error("the state does not hold together")]
    Refused(#[from] Refused),
}

/// A system restored from a state, and what no longer fits the schema.
#[derive(Debug)]
pub struct Restored {
    /// The system.
    pub system: ListSystem,
    /// What of the state the schema has no place for; empty where the schema has not changed.
    pub unfit: Vec<Unfit>,
}

/// A value of a saved state for which a changed schema has no place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unfit {
    /// The list.
    pub list: Name,
    /// The key of the row.
    pub key: Key,
    /// The field; `None` where the whole list is gone.
    pub field: Option<Name>,
    /// The value; missing where it is a whole row.
    pub value: Value,
    /// Why it does not fit.
    pub why: String,
}

impl ListSystem {
    /// Makes a system of a saved state. What the schema has no place for is reported, and nothing else is lost.
    ///
    /// # Errors
    /// [`RestoreError::Refused`] where what is left does not hold together.
    pub fn restore(schema: impl Into<Schema>, state: &State) -> Result<Restored, RestoreError> {
        let mut system = Self::new(schema);
        let mut unfit = Vec::new();
        let mut edits = Edits::new().record_findings();
        let schema = system.schema.clone();
        let typing = crate::schema::Typing::new(schema.spec());
        for (list, rows) in &state.base {
            let of = schema.spec().lists.get(list).filter(|of| of.is_base());
            for (key, record) in rows {
                let Some(of) = of else {
                    let why = format!("the schema has no base list '{list}'");
                    for (field, value) in record {
                        let field = Some(field.clone());
                        unfit.push(Unfit {
                            list: list.clone(),
                            key: key.clone(),
                            field,
                            value: value.clone(),
                            why: why.clone(),
                        });
                    }
                    if record.is_empty() {
                        unfit.push(Unfit {
                            list: list.clone(),
                            key: key.clone(),
                            field: None,
                            value: Value::Missing,
                            why,
                        });
                    }
                    continue;
                };
                let mut kept = Record::new();
                for (field, value) in record {
                    let fits = match of.fields.get(field) {
                        None => Err(format!("'{list}' has no field '{field}'")),
                        Some(of) => typing.coerce(value, &of.ty).map(|_| ()).map_err(|mismatch| mismatch.to_string()),
                    };
                    match fits {
                        Ok(()) => {
                            kept.set(field.clone(), value.clone());
                        }
                        Err(why) => {
                            let field = Some(field.clone());
                            unfit.push(Unfit {
                                list: list.clone(),
                                key: key.clone(),
                                field,
                                value: value.clone(),
                                why,
                            });
                        }
                    }
                }
                edits = edits.insert(list, key, &kept);
            }
        }
        system.commit(edits)?;
        system.restore_authored(state, &mut unfit);
        system.revision = state.revision;
        Ok(Restored { system, unfit })
    }

    /// Brings back what was authored: parked first, and from there into the rows that are there.
    fn restore_authored(&mut self, state: &State, unfit: &mut Vec<Unfit>) {
        let plan = std::sync::Arc::clone(&self.engine.plan);
        let schema = self.schema.clone();
        let typing = crate::schema::Typing::new(schema.spec());
        let mut live = Edits::new().record_findings();
        for (list, rows) in &state.authored {
            for (key, fields) in rows {
                for (name, authored) in fields {
                    let number = plan.list_numbers.get(list).copied();
                    let of = number.map(|number| plan.list(number));
                    let field = of.and_then(|of| of.field_numbers.get(name).copied());
                    let fits = match (of, field) {
                        (None, _) => Err(format!("the schema has no list '{list}'")),
                        (Some(_), None) => Err(format!("'{list}' has no field '{name}'")),
                        (Some(of), Some(field)) => {
                            let of = &of.fields[usize::from(field)];
                            if of.write == Write::Locked {
                                Err(format!("nobody writes the field '{name}' of '{list}' any more"))
                            } else {
                                typing.coerce(&authored.value, &of.ty).map_err(|mismatch| mismatch.to_string())
                            }
                        }
                    };
                    match (fits, number, field) {
                        (Ok(value), Some(number), Some(field)) => {
                            let reason = authored.reason.as_deref().map(Into::into);
                            self.reasons.set(number, key, field, reason);
                            if self.locate(number, key.as_str()).is_some() {
                                live = match &authored.reason {
                                    Some(reason) => live.author_because(list, key, name, value, reason.as_str()),
                                    None => live.author(list, key, name, value),
                                };
                            } else {
                                self.engine.parked.put(number, key, field, value);
                            }
                        }
                        (Err(why), ..) => unfit.push(Unfit {
                            list: list.clone(),
                            key: key.clone(),
                            field: Some(name.clone()),
                            value: authored.value.clone(),
                            why,
                        }),
                        _ => {}
                    }
                }
            }
        }
        self.restore_live(live);
        self.note_all_dangling();
        self.engine.parked.settle();
    }

    /// Authors what was authored of rows that are there; what refers to rows that are gone stays parked.
    fn restore_live(&mut self, edits: Edits) {
        if let Err(refused) = self.commit(edits) {
            let dangling: Vec<usize> = refused.faults().iter().filter_map(super::Fault::edit).collect();
            let edits = refused.into_edits();
            let (parked, live): (Vec<_>, Vec<_>) =
                edits.edits.iter().cloned().enumerate().partition(|(number, _)| dangling.contains(number));
            if parked.is_empty() {
                return;
            }
            for (_, edit) in parked {
                self.park_edit(&edit);
            }
            let left = Edits { edits: live.into_iter().map(|(_, edit)| edit).collect(), ..edits };
            self.restore_live(left);
        }
    }
}
