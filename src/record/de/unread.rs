use std::fmt;

use serde::de::{Error, Expected, Unexpected};

use crate::record::{
    RecordError, RecordErrorKind,
    error::{cut, one_of},
};

/// An error on the way, with the name of the field that a struct needs and was not shown.
#[derive(Debug)]
pub(super) struct Unread {
    pub(super) error: RecordError,
    pub(super) absent: Option<&'static str>,
}

impl Unread {
    pub(super) fn new(kind: RecordErrorKind) -> Self {
        Self { error: RecordError::new(kind), absent: None }
    }

    pub(super) fn at(self, field: &str) -> Self {
        Self { error: self.error.at(field), ..self }
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.error, f)
    }
}

impl std::error::Error for Unread {}

impl Error for Unread {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(RecordErrorKind::Custom(message.to_string()))
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(RecordErrorKind::mismatch(found, expected))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(RecordErrorKind::mismatch(found, expected))
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        let found = if length == 1 { "a list of 1 element".into() } else { format!("a list of {length} elements") };
        Self::new(RecordErrorKind::Mismatch { expected: expected.to_string(), found })
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let found = cut(variant);
        Self::new(RecordErrorKind::UnknownVariant { expected: one_of(expected), found })
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::new(RecordErrorKind::UnknownField { expected: one_of(expected) }).at(field)
    }

    fn missing_field(field: &'static str) -> Self {
        Self { error: RecordError::new(RecordErrorKind::Missing).at(field), absent: Some(field) }
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(RecordErrorKind::Twice).at(field)
    }
}
