use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Edits, ListSystem, Refused, Snapshot};
use crate::{
    plan::Role,
    record::Record,
    schema::{Schema, Write},
    value::{Key, Name, Value},
};

/// All that is authored: base rows and authored values, each by key. Everything else follows from it.
///
/// Two systems of equal state write the same bytes, however they came to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    format: String,
    version: u32,
    schema: String,
    revision: u64,
    /// By list and key.
    base: BTreeMap<Name, BTreeMap<Key, Record>>,
    /// By list, key and field; of rows that exist, and parked.
    authored: BTreeMap<Name, BTreeMap<Key, BTreeMap<Name, Authored>>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Authored {
    value: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

const FORMAT: &str = "quanze-state";
const VERSION: u32 = 1;

/// The error of a state that cannot be restored.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// The text is no JSON of a state.
    #[error("the text is no saved state: {0}")]
    Json(#[from] serde_json::Error),
    /// Something else is stored.
    #[error("the text holds '{0}'; a saved state says '{FORMAT}'")]
    Format(String),
    /// It is written by a newer version of the library.
    #[error("the state is of version {0} of its format; this library reads up to version {VERSION}")]
    Version(u32),
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

impl State {
    /// Writes the state as indented JSON: the same bytes for the same state.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Its maps have texts for keys, and text does not fail to be written to.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Reads a state from JSON.
    ///
    /// # Errors
    /// [`RestoreError`] where the text is no state, or one of a newer version.
    pub fn from_json(json: &str) -> Result<Self, RestoreError> {
        #[derive(Deserialize)]
        struct Envelope {
            format: String,
            version: u32,
        }

        let envelope: Envelope = serde_json::from_str(json)?;
        if envelope.format != FORMAT {
            return Err(RestoreError::Format(envelope.format.chars().take(40).collect()));
        }
        if envelope.version > VERSION {
            return Err(RestoreError::Version(envelope.version));
        }
        Ok(serde_json::from_str(json)?)
    }

    /// Returns the number of commits that led to the state.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Returns the fingerprint of the schema under which the state was saved.
    #[must_use]
    pub fn schema_fingerprint(&self) -> &str {
        &self.schema
    }
}

impl Snapshot {
    /// Returns all that is authored.
    #[must_use]
    pub fn state(&self) -> State {
        let plan = self.plan();
        let mut base: BTreeMap<Name, BTreeMap<Key, Record>> = BTreeMap::new();
        let mut authored: BTreeMap<Name, BTreeMap<Key, BTreeMap<Name, Authored>>> = BTreeMap::new();
        for view in self.lists() {
            let number = plan.list_numbers[view.name()];
            let of = plan.list(number);
            if matches!(of.role, Role::Base { .. }) {
                for row in view.rows() {
                    let present: Record =
                        row.to_record().into_iter().filter(|(_, value)| !value.is_missing()).collect();
                    base.entry(of.name.clone()).or_default().insert(row.key(), present);
                }
                continue;
            }
            for (cx, at) in self.unordered(number) {
                if !cx.family.has_cells() {
                    continue;
                }
                for cell in cx.family.cells().filter(|c| c.block == at.block && c.row == at.row) {
                    let field = &of.fields[usize::from(cell.field)];
                    let key = Key::trusted(&cx.key(at));
                    let value = cx.names().value(&cx.authored(at, cell.field));
                    let reason = self.reason(number, &key, cell.field).map(std::string::ToString::to_string);
                    let fields = authored.entry(of.name.clone()).or_default().entry(key).or_default();
                    fields.insert(field.name.clone(), Authored { value, reason });
                }
            }
        }
        for (list, key, field, value) in self.parked_cells().all() {
            let of = plan.list(list);
            let reason = self.reason(list, key, field).map(std::string::ToString::to_string);
            let fields = authored.entry(of.name.clone()).or_default().entry(key.clone()).or_default();
            fields.insert(of.fields[usize::from(field)].name.clone(), Authored { value: value.clone(), reason });
        }
        State {
            format: FORMAT.into(),
            version: VERSION,
            schema: self.schema().fingerprint(),
            revision: self.revision(),
            base,
            authored,
        }
    }
}

impl ListSystem {
    /// Returns all that is authored.
    #[must_use]
    pub fn state(&self) -> State {
        self.snapshot().state()
    }

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
                        let field = Some(Name::from(field));
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
                            kept.set(field, value.clone());
                        }
                        Err(why) => {
                            let field = Some(Name::from(field));
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
