use std::fmt;

use serde::{Deserialize, Serialize};

use crate::value::Name;

/// What a field can hold.
///
/// In JSON: `"text"`, `{"choice": "vocabulary"}`, `{"reference": "list"}`, `{"set": {"reference": "articles"}}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Type {
    /// Text of any length.
    Text,
    /// A whole number from −2⁶³ to 2⁶³−1.
    Integer,
    /// An exact decimal amount.
    Decimal,
    /// `true` or `false`.
    Boolean,
    /// A day.
    Date,
    /// An amount of one of the schema's units.
    Duration,
    /// A code; the scheme named here is meant where a text names none.
    Code(Name),
    /// A code of a vocabulary.
    Choice(Name),
    /// A row of a base list.
    Reference(Name),
    /// Different elements without an order of their own.
    Set(Box<Type>),
    /// Different elements in an order of their own.
    Sequence(Box<Type>),
}

impl Type {
    /// Makes the type of a choice from a vocabulary.
    pub fn choice(vocabulary: impl Into<Name>) -> Self {
        Self::Choice(vocabulary.into())
    }

    /// Makes the type of a reference to a row of a base list.
    pub fn reference(list: impl Into<Name>) -> Self {
        Self::Reference(list.into())
    }

    /// Makes the type of a code, with the scheme meant by default.
    pub fn code(scheme: impl Into<Name>) -> Self {
        Self::Code(scheme.into())
    }

    /// Makes the type of a set of elements.
    #[must_use]
    pub fn set(element: Type) -> Self {
        Self::Set(Box::new(element))
    }

    /// Makes the type of a sequence of different elements.
    #[must_use]
    pub fn sequence(element: Type) -> Self {
        Self::Sequence(Box::new(element))
    }

    /// Returns the type of the elements of a set or sequence.
    #[must_use]
    pub fn element(&self) -> Option<&Type> {
        match self {
            Self::Set(element) | Self::Sequence(element) => Some(element),
            _ => None,
        }
    }

    /// Returns the list that values of this type refer to, singly or as elements.
    #[must_use]
    pub fn target(&self) -> Option<&Name> {
        match self {
            Self::Reference(list) => Some(list),
            Self::Set(element) | Self::Sequence(element) => element.target(),
            _ => None,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("text"),
            Self::Integer => f.write_str("integer"),
            Self::Decimal => f.write_str("decimal"),
            Self::Boolean => f.write_str("boolean"),
            Self::Date => f.write_str("date"),
            Self::Duration => f.write_str("duration"),
            Self::Code(scheme) => write!(f, "code of {scheme}"),
            Self::Choice(vocabulary) => write!(f, "choice of {vocabulary}"),
            Self::Reference(list) => write!(f, "reference to {list}"),
            Self::Set(element) => write!(f, "set of {element}"),
            Self::Sequence(element) => write!(f, "sequence of {element}"),
        }
    }
}
