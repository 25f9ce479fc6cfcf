use std::fmt;

use serde::Serialize;
use thiserror::Error;

use super::Edits;
use crate::value::Name;

/// Edits that were refused: nothing has changed, and here they are again, with every fault.
#[derive(Debug, Error)]
#[error("the edits are refused, and nothing has changed:{}", lines(faults))]
pub struct Refused {
    pub(super) faults: Vec<Fault>,
    pub(super) edits: Box<Edits>,
}

fn lines(faults: &[Fault]) -> String {
    use fmt::Write as _;
    faults.iter().fold(String::new(), |mut text, fault| {
        let _ = write!(text, "\n  {fault}");
        text
    })
}

impl Refused {
    /// Returns the faults, in the order of the edits.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Returns the edits, to be mended.
    #[must_use]
    pub fn into_edits(self) -> Edits {
        *self.edits
    }
}

/// What is wrong with an edit, where, and what would be accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    kind: FaultKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    edit: Option<usize>,
    list: Name,
    key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<Name>,
    detail: String,
    /// The fields whose values another row has.
    #[serde(skip)]
    shared: Option<Box<[Name]>>,
}

/// The kinds of faults that edits can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FaultKind {
    /// The schema declares no such list.
    UnknownList,
    /// The list has no such field.
    UnknownField,
    /// An id of another schema.
    ForeignId,
    /// The text is no key of a row of the list.
    BadKey,
    /// There is such a row already.
    KeyTaken,
    /// There is no such row.
    NoSuchRow,
    /// The verb is for base lists, or for derived ones.
    WrongVerb,
    /// Nobody writes the field.
    Locked,
    /// The value is none that the field takes.
    BadValue,
    /// A struct is no record of the list.
    BadRecord,
    /// A required field has no value.
    MissingValue,
    /// A reference leads to no row.
    DanglingReference,
    /// The row is still referred to.
    StillReferenced,
    /// Another row has the same values.
    NotUnique,
    /// The value is looser than its source.
    Looser,
    /// A blocking check would find something.
    Blocked,
}

impl Fault {
    pub(super) fn new(kind: FaultKind, edit: Option<usize>, list: Name, key: &str, detail: String) -> Self {
        let key: String = if key.len() > 120 { key.chars().take(40).chain(['…']).collect() } else { key.to_owned() };
        Self { kind, edit, list, key, field: None, detail, shared: None }
    }

    pub(super) fn sharing(mut self, fields: Vec<Name>) -> Self {
        self.shared = Some(fields.into());
        self
    }

    pub(super) fn shared(&self) -> &[Name] {
        self.shared.as_deref().unwrap_or_default()
    }

    pub(super) fn of_field(mut self, field: &Name) -> Self {
        self.field = Some(field.clone());
        self
    }

    /// Returns the kind.
    #[must_use]
    pub fn kind(&self) -> FaultKind {
        self.kind
    }

    /// Returns which of the edits it is, counted from 0; `None` for a fault of all of them together.
    #[must_use]
    pub fn edit(&self) -> Option<usize> {
        self.edit
    }

    /// Returns the list.
    #[must_use]
    pub fn list(&self) -> &Name {
        &self.list
    }

    /// Returns the key of the row, as it was given (a very long one shortened).
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns the field.
    #[must_use]
    pub fn field(&self) -> Option<&Name> {
        self.field.as_ref()
    }

    pub(super) fn detail(&self) -> &str {
        &self.detail
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{:?}]", self.list, self.key)?;
        if let Some(field) = &self.field {
            write!(f, ".{field}")?;
        }
        write!(f, ": {}", self.detail)
    }
}

impl std::error::Error for Fault {}
