use std::fmt;

use serde::{
    de::{Expected, Unexpected},
    ser,
};
use thiserror::Error;

use crate::value::Name;

/// The error of a value that is no record, or of a record that does not read as the type asked for.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use quanze::record::{RecordErrorKind, to_record};
///
/// let error = to_record(&BTreeMap::from([("fee", 12.5)])).unwrap_err();
/// assert_eq!(error.field().map(|name| name.as_str()), Some("fee"));
/// assert_eq!(error.kind(), &RecordErrorKind::Float);
/// assert_eq!(
///     error.to_string(),
///     "field 'fee': a floating-point number is not exact; use a Decimal, or text such as '12.50'",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}{kind}", place(.field.as_ref()))]
pub struct RecordError {
    field: Option<Name>,
    kind: RecordErrorKind,
}

/// What is wrong with a value as a record, or with a record as a value.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RecordErrorKind {
    /// The whole is neither a struct nor a map.
    #[error("{found} is no record; a record is a struct, or a map with text keys")]
    NotARecord {
        /// What it is.
        found: String,
    },
    /// A map has keys that are no text.
    #[error("{found} is no name of a field; the keys of a map are text")]
    KeyNotText {
        /// What the key is.
        found: String,
    },
    /// A field comes twice.
    #[error("the field is there twice; each field comes once")]
    Twice,
    /// A floating-point number, which is not exact.
    #[error("a floating-point number is not exact; use a Decimal, or text such as '12.50'")]
    Float,
    /// An integer beyond 64 bits with sign.
    #[error("the integer {number} is too large; an integer lies between -2^63 and 2^63 - 1")]
    TooLarge {
        /// The integer.
        number: String,
    },
    /// Bytes.
    #[error("bytes are no value of a field; use text")]
    Bytes,
    /// A struct or map as a field's value.
    #[error("{found} is no value of a field; a field holds one value, or a list of values")]
    Nested {
        /// What it is.
        found: String,
    },
    /// A list as an element of a list.
    #[error("a list in a list is not accepted; the elements of a list are single values")]
    NestedList,
    /// A variant of an enum that carries data.
    #[error("the variant '{variant}' of '{name}' carries data; only a variant without data is a value, as text")]
    VariantWithData {
        /// The enum.
        name: String,
        /// The variant.
        variant: String,
    },
    /// No value where the type needs one.
    #[error("there is no value; make it an Option, or give it a default")]
    Missing,
    /// A value that the type does not take.
    #[error("expected {expected}, found {found}")]
    Mismatch {
        /// What would be accepted, in the words of the type.
        expected: String,
        /// What is there.
        found: String,
    },
    /// A text that names none of the enum's variants.
    #[error("expected {expected}, found '{found}'")]
    UnknownVariant {
        /// What would be accepted.
        expected: String,
        /// The text.
        found: String,
    },
    /// A field that a struct with `deny_unknown_fields` does not have.
    #[error("the struct has no such field; expected {expected}")]
    UnknownField {
        /// What would be accepted.
        expected: String,
    },
    /// What a type's own conversion says.
    #[error("{0}")]
    Custom(String),
}

impl RecordError {
    pub(super) fn new(kind: RecordErrorKind) -> Self {
        Self { field: None, kind }
    }

    /// Names the field, unless one is named already.
    pub(super) fn at(mut self, field: &str) -> Self {
        self.field.get_or_insert_with(|| field.into());
        self
    }

    /// Returns the field that the error is about; `None` where it is about the whole.
    ///
    /// ```
    /// use quanze::record::to_record;
    ///
    /// assert_eq!(to_record("text").unwrap_err().field(), None);
    /// ```
    #[must_use]
    pub fn field(&self) -> Option<&Name> {
        self.field.as_ref()
    }

    /// Returns what is wrong.
    ///
    /// ```
    /// use quanze::{Record, record::{RecordErrorKind, from_record}};
    ///
    /// #[derive(Debug, serde::Deserialize)]
    /// struct Body {
    ///     name: String,
    /// }
    ///
    /// let error = from_record::<Body>(&Record::new()).unwrap_err();
    /// assert_eq!(error.kind(), &RecordErrorKind::Missing);
    /// ```
    #[must_use]
    pub fn kind(&self) -> &RecordErrorKind {
        &self.kind
    }
}

impl ser::Error for RecordError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(RecordErrorKind::Custom(message.to_string()))
    }
}

impl RecordErrorKind {
    pub(super) fn mismatch(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let found = match found {
            Unexpected::Bool(truth) => truth.to_string(),
            Unexpected::Unsigned(number) => format!("the integer {number}"),
            Unexpected::Signed(number) => format!("the integer {number}"),
            Unexpected::Char(c) => format!("the text '{c}'"),
            Unexpected::Str(text) => format!("the text '{}'", cut(text)),
            Unexpected::Unit | Unexpected::Option => "no value".into(),
            Unexpected::Seq => "a list".into(),
            Unexpected::Map => "a record".into(),
            other => other.to_string(),
        };
        Self::Mismatch { expected: expected.to_string(), found }
    }
}

fn place(field: Option<&Name>) -> String {
    field.map(|name| format!("field '{}': ", cut(name))).unwrap_or_default()
}

/// Writes a list of names as what would be accepted.
pub(super) fn one_of(names: &[&str]) -> String {
    match names {
        [] => "nothing".into(),
        [only] => format!("'{only}'"),
        [most @ .., last] => format!("'{}' or '{last}'", most.join("', '")),
    }
}

/// Shortens a text of the caller's, so that a message stays readable.
pub(super) fn cut<T: AsRef<str> + ?Sized>(text: &T) -> String {
    text.as_ref().chars().take(70).collect()
}
