//! All that is authored, and the forms in which it is stored.
//!
//! A state holds values in the form of JSON (`stored.rs`), and nothing twice or empty: so equal states are equal values, write
//! the same bytes in either form, and are what was read when they are read back.
//!
//! Architecture invariant: nothing here knows what a schema accepts. Whether a state fits one is found out by restoring it.

mod binary;
mod json;
mod put_back;
mod stored;

use std::collections::BTreeMap;

use serde::Serialize;
use thiserror::Error;

pub(super) use self::stored::stored;
use super::{ListSystem, Snapshot};
use crate::{
    plan::Role,
    value::{Key, Name, Value},
};

/// The version of both forms, JSON and bytes. Whoever raises it adds one file that makes the present state of the older
/// version's, and leaves the goldens of that version as they are.
const VERSION: u32 = 1;

/// Cells by list, key and field.
pub(super) type Cells<C> = BTreeMap<Name, BTreeMap<Key, BTreeMap<Name, C>>>;

/// All that is authored: base rows and authored values, each by key. Everything else follows from it.
///
/// Two systems of equal state write the same bytes, however they came to it: [`State::to_json`] for people and other
/// programs, [`State::to_bytes`] where space counts.
#[doc(alias = "保存")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    pub(super) schema: String,
    pub(super) revision: u64,
    pub(super) base: Cells<Value>,
    /// Of rows that exist, and parked.
    pub(super) authored: Cells<Authored>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Authored {
    pub(super) value: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
}

/// The error of reading a state.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StateError {
    /// The text is no JSON of a state.
    #[error("the text is no saved state: {0}")]
    Json(#[from] serde_json::Error),
    /// The text is JSON of something else.
    #[error("the text holds '{0}'; a saved state says '{format}'", format = json::FORMAT)]
    Format(String),
    /// The bytes are those of something else.
    #[error("the bytes are no saved state: they do not begin as one; JSON is read with from_json")]
    NoState,
    /// Another version of the library wrote it.
    #[error("the state is of version {0} of its format, and this library reads version {VERSION}")]
    Version(u64),
    /// Part of the bytes is missing.
    #[error("the bytes end early: {found} of {expected} are there")]
    Truncated {
        /// How many there should be, as far as what is there tells.
        expected: u64,
        /// How many there are.
        found: u64,
    },
    /// The bytes are not those that were written.
    #[error("the bytes are damaged: {0}")]
    Damaged(String),
}

impl State {
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

    pub(super) fn put_authored(&mut self, list: &Name, key: &Key, field: Name, cell: Authored) {
        self.authored.entry(list.clone()).or_default().entry(key.clone()).or_default().insert(field, cell);
    }
}

impl Snapshot {
    /// Returns all that is authored.
    ///
    /// # Complexity
    /// In the size of the system.
    #[must_use]
    pub fn state(&self) -> State {
        let plan = self.plan();
        let mut state = State { schema: self.schema().fingerprint(), revision: self.revision(), ..State::default() };
        // What lies in a field is a value of its type, which is stored.
        let kept = |value: &Value| stored(value).unwrap_or_default();
        for view in self.lists() {
            let number = plan.list_numbers[view.name()];
            let of = plan.list(number);
            if matches!(of.role, Role::Base { .. }) {
                if view.is_empty() {
                    continue;
                }
                let rows = state.base.entry(of.name.clone()).or_default();
                for row in view.rows() {
                    let present = row.values().filter(|(_, value)| !value.is_missing());
                    rows.insert(row.key(), present.map(|(name, value)| (name.clone(), kept(&value))).collect());
                }
                continue;
            }
            for (cx, at) in self.unordered(number) {
                if !cx.family.has_cells() {
                    continue;
                }
                for cell in cx.family.cells().filter(|c| c.block == at.block && c.row == at.row) {
                    let key = Key::trusted(&cx.key(at));
                    let value = kept(&cx.names().value(&cx.authored(at, cell.field)));
                    let reason = self.reason(number, &key, cell.field).map(ToString::to_string);
                    let field = of.fields[usize::from(cell.field)].name.clone();
                    state.put_authored(&of.name, &key, field, Authored { value, reason });
                }
            }
        }
        for (list, key, field, value) in self.parked_cells().all() {
            let of = plan.list(list);
            let reason = self.reason(list, key, field).map(ToString::to_string);
            let field = of.fields[usize::from(field)].name.clone();
            state.put_authored(&of.name, key, field, Authored { value: kept(value), reason });
        }
        state
    }
}

impl ListSystem {
    /// Returns all that is authored.
    ///
    /// # Complexity
    /// In the size of the system.
    #[must_use]
    pub fn state(&self) -> State {
        self.snapshot().state()
    }
}
