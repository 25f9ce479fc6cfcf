//! A state as JSON: for people, for other languages, for version control.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{Authored, State, StateError, VERSION, stored::Distinct, stored::stored};
use crate::value::{Key, Name, Value};

pub(super) const FORMAT: &str = "quanze-state";

/// What is written.
#[derive(Serialize)]
struct Written<'a> {
    format: &'static str,
    version: u32,
    schema: &'a str,
    revision: u64,
    base: &'a BTreeMap<Name, BTreeMap<Key, BTreeMap<Name, Value>>>,
    authored: &'a BTreeMap<Name, BTreeMap<Key, BTreeMap<Name, Authored>>>,
}

/// What is read; it becomes a state once each of its values is one that is stored.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    format: String,
    version: u64,
    schema: String,
    revision: u64,
    #[serde(default)]
    base: Distinct<Name, Distinct<Key, Distinct<Name, Value>>>,
    #[serde(default)]
    authored: Distinct<Name, Distinct<Key, Distinct<Name, ReadAuthored>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadAuthored {
    value: Value,
    #[serde(default)]
    reason: Option<String>,
}

/// What every version has.
#[derive(Deserialize)]
#[serde(expecting = "a JSON object")]
struct Envelope {
    format: String,
    version: u64,
}

impl Envelope {
    fn check(&self) -> Result<(), StateError> {
        if self.format != FORMAT {
            return Err(StateError::Format(self.format.chars().take(40).collect()));
        }
        if self.version != u64::from(VERSION) {
            return Err(StateError::Version(self.version));
        }
        Ok(())
    }
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
    /// [`StateError`] where the text is no state, or one of another version; the versions are named.
    pub fn from_json(json: &str) -> Result<Self, StateError> {
        // First, for a newer version may have fields that this one does not know.
        serde_json::from_str::<Envelope>(json)?.check()?;
        Ok(serde_json::from_str(json)?)
    }
}

impl Serialize for State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { schema, revision, base, authored } = self;
        Written { format: FORMAT, version: VERSION, schema, revision: *revision, base, authored }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for State {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Read { format, version, schema, revision, base, authored } = Read::deserialize(deserializer)?;
        Envelope { format, version }.check().map_err(D::Error::custom)?;
        let mut state = Self { schema, revision, ..Self::default() };
        for (list, rows) in base.0 {
            for (key, fields) in rows.0 {
                let row = state.base.entry(list.clone()).or_default().entry(key.clone()).or_default();
                for (field, value) in fields.0 {
                    let value = readable::<D>(&list, &key, &field, &value)?;
                    if !value.is_missing() {
                        row.insert(field, value);
                    }
                }
            }
        }
        for (list, rows) in authored.0 {
            for (key, fields) in rows.0 {
                for (field, ReadAuthored { value, reason }) in fields.0 {
                    let value = readable::<D>(&list, &key, &field, &value)?;
                    if !value.is_missing() {
                        state.put_authored(&list, &key, field, Authored { value, reason });
                    }
                }
            }
        }
        Ok(state)
    }
}

fn readable<'de, D: Deserializer<'de>>(list: &Name, key: &Key, field: &Name, value: &Value) -> Result<Value, D::Error> {
    stored(value).ok_or_else(|| {
        let why = "the elements of a list are single values, and present";
        D::Error::custom(format_args!("{list}[{key}].{field}: {why}"))
    })
}
