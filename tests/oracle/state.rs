//! The state, which is all there is: base cells and authored cells by key. And edits as values.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use quanze::{Key, Name, Value};

/// The values present in a row, by field; a missing value is not there.
pub(crate) type Cells = BTreeMap<Name, Value>;

/// A row, or a cell of it.
pub(crate) type Place = (String, String, Option<String>);

/// Base cells and authored cells, each by key. All else follows from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) base: BTreeMap<Name, BTreeMap<Key, Cells>>,
    pub(crate) authored: BTreeMap<(Name, Key), Cells>,
}

impl State {
    pub(crate) fn has_row(&self, list: &Name, key: &Key) -> bool {
        self.base.get(list).is_some_and(|rows| rows.contains_key(key))
    }

    pub(crate) fn authored_cell(&self, list: &Name, key: &Key, field: &Name) -> Value {
        let row = self.authored.get(&(list.clone(), key.clone()));
        row.and_then(|cells| cells.get(field)).cloned().unwrap_or_default()
    }

    /// The rows and cells in which two states differ: list, key, and the field where it is a cell.
    pub(crate) fn written(&self, after: &Self) -> BTreeSet<Place> {
        let cells = |state: &Self| {
            let mut all: BTreeMap<Place, Value> = BTreeMap::new();
            let rows =
                state.base.iter().flat_map(|(list, rows)| rows.iter().map(move |(key, cells)| (list, key, cells)));
            for (list, key, _) in rows.clone() {
                all.insert((list.to_string(), key.to_string(), None), Value::Missing);
            }
            for (list, key, cells) in rows.chain(state.authored.iter().map(|((list, key), cells)| (list, key, cells))) {
                let place = |field: &Name| (list.to_string(), key.to_string(), Some(field.to_string()));
                all.extend(cells.iter().map(|(field, value)| (place(field), value.clone())));
            }
            all
        };
        let (before, after) = (cells(self), cells(after));
        before.keys().chain(after.keys()).filter(|at| before.get(*at) != after.get(*at)).cloned().collect()
    }

    /// Writes an authored cell, or drops it where the value is missing.
    pub(crate) fn put_authored(&mut self, list: &Name, key: &Key, field: &Name, value: Value) {
        let at = (list.clone(), key.clone());
        let cells = self.authored.entry(at.clone()).or_default();
        put(cells, field, value);
        if cells.is_empty() {
            self.authored.remove(&at);
        }
    }
}

/// Writes a cell, or drops it where the value is missing.
pub(crate) fn put(cells: &mut Cells, field: &Name, value: Value) {
    if value.is_missing() {
        cells.remove(field);
    } else {
        cells.insert(field.clone(), value);
    }
}

/// Edits that are applied together or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Batch {
    pub(crate) edits: Vec<Edit>,
    pub(crate) record_findings: bool,
}

impl Batch {
    pub(crate) fn of(edits: impl IntoIterator<Item = Edit>) -> Self {
        Self { edits: edits.into_iter().collect(), record_findings: false }
    }

    pub(crate) fn recorded(mut self) -> Self {
        self.record_findings = true;
        self
    }
}

/// One edit, with everything as text that a caller gives as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Edit {
    Insert(String, String, Vec<(String, Value)>),
    Set(String, String, String, Value),
    Replace(String, String, Vec<(String, Value)>),
    Remove(String, String),
    Author(String, String, String, Value),
    Clear(String, String, String),
    Forget(String, String),
    Add(String, String, String, Value),
    Discard(String, String, String, Value),
    Rekey(String, String, String),
}

impl Edit {
    pub(crate) fn verb(&self) -> &'static str {
        match self {
            Self::Insert(..) => "insert",
            Self::Set(..) => "set",
            Self::Replace(..) => "replace",
            Self::Remove(..) => "remove",
            Self::Author(..) => "author",
            Self::Clear(..) => "clear",
            Self::Forget(..) => "forget",
            Self::Add(..) => "add",
            Self::Discard(..) => "discard",
            Self::Rekey(..) => "rekey",
        }
    }

    /// The row or cell that the edit names.
    pub(crate) fn place(&self) -> Place {
        match self {
            Self::Insert(list, key, _)
            | Self::Replace(list, key, _)
            | Self::Remove(list, key)
            | Self::Forget(list, key)
            | Self::Rekey(list, key, _) => (list.clone(), key.clone(), None),
            Self::Set(list, key, field, _)
            | Self::Author(list, key, field, _)
            | Self::Clear(list, key, field)
            | Self::Add(list, key, field, _)
            | Self::Discard(list, key, field, _) => (list.clone(), key.clone(), Some(field.clone())),
        }
    }

    pub(crate) fn list(&self) -> &str {
        match self {
            Self::Insert(list, ..)
            | Self::Set(list, ..)
            | Self::Replace(list, ..)
            | Self::Remove(list, ..)
            | Self::Author(list, ..)
            | Self::Clear(list, ..)
            | Self::Forget(list, ..)
            | Self::Add(list, ..)
            | Self::Discard(list, ..)
            | Self::Rekey(list, ..) => list,
        }
    }
}

pub(crate) fn insert<const N: usize>(list: &str, key: &str, fields: [(&str, Value); N]) -> Edit {
    Edit::Insert(list.into(), key.into(), fields.map(|(name, value)| (name.to_owned(), value)).into())
}

pub(crate) fn set(list: &str, key: &str, field: &str, value: impl Into<Value>) -> Edit {
    Edit::Set(list.into(), key.into(), field.into(), value.into())
}

pub(crate) fn replace<const N: usize>(list: &str, key: &str, fields: [(&str, Value); N]) -> Edit {
    Edit::Replace(list.into(), key.into(), fields.map(|(name, value)| (name.to_owned(), value)).into())
}

pub(crate) fn remove(list: &str, key: &str) -> Edit {
    Edit::Remove(list.into(), key.into())
}

pub(crate) fn author(list: &str, key: &str, field: &str, value: impl Into<Value>) -> Edit {
    Edit::Author(list.into(), key.into(), field.into(), value.into())
}

pub(crate) fn clear(list: &str, key: &str, field: &str) -> Edit {
    Edit::Clear(list.into(), key.into(), field.into())
}

pub(crate) fn forget(list: &str, key: &str) -> Edit {
    Edit::Forget(list.into(), key.into())
}

pub(crate) fn add(list: &str, key: &str, field: &str, element: impl Into<Value>) -> Edit {
    Edit::Add(list.into(), key.into(), field.into(), element.into())
}

pub(crate) fn discard(list: &str, key: &str, field: &str, element: impl Into<Value>) -> Edit {
    Edit::Discard(list.into(), key.into(), field.into(), element.into())
}

pub(crate) fn rekey(list: &str, from: &str, to: &str) -> Edit {
    Edit::Rekey(list.into(), from.into(), to.into())
}

/// An edit as a line of a failure report.
impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = self.verb();
        match self {
            Self::Insert(list, key, fields) | Self::Replace(list, key, fields) => {
                write!(f, ".{verb}({list:?}, {key:?}, {{")?;
                for (i, (name, value)) in fields.iter().enumerate() {
                    let comma = if i > 0 { ", " } else { "" };
                    write!(f, "{comma}{name:?}: {}", Shown(value))?;
                }
                write!(f, "}})")
            }
            Self::Set(list, key, field, value)
            | Self::Author(list, key, field, value)
            | Self::Add(list, key, field, value)
            | Self::Discard(list, key, field, value) => {
                write!(f, ".{verb}({list:?}, {key:?}, {field:?}, {})", Shown(value))
            }
            Self::Remove(list, key) | Self::Forget(list, key) => write!(f, ".{verb}({list:?}, {key:?})"),
            Self::Clear(list, key, other) | Self::Rekey(list, key, other) => {
                write!(f, ".{verb}({list:?}, {key:?}, {other:?})")
            }
        }
    }
}

/// A batch as lines of a failure report.
impl fmt::Display for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Edits::new(){}", if self.record_findings { ".record_findings()" } else { "" })?;
        self.edits.iter().try_for_each(|edit| writeln!(f, "    {edit}"))
    }
}

/// A value as JSON.
pub(crate) struct Shown<'a>(pub(crate) &'a Value);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self.0).map_err(|_| fmt::Error)?)
    }
}
