//! The values that fields hold, and the keys that name rows.

mod code;
mod date;
mod decimal;
mod duration;
mod key;
mod name;

use std::{fmt, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub(crate) use self::key::escape;
pub use self::{
    code::Code,
    date::{Date, DateError},
    decimal::{Decimal, DecimalError},
    duration::{Duration, DurationError, days, working_days},
    key::{Key, KeyError, MAX_SEGMENT_BYTES},
    name::Name,
};
use crate::heap;

/// What a field of a row holds.
///
/// Reading a row gives the variant of the field's declared type. Writing is lenient: text is read as whatever the field
/// takes (a date, a decimal amount, a duration, a code, a choice, the key of the row referred to), and refused with a
/// fault where it cannot be.
///
/// In JSON a missing value is `null`, an integer a number, a boolean a boolean, a set or sequence an array, and everything
/// else text. Floating-point numbers are refused: they are not exact.
///
/// ```
/// use quanze::{Value, working_days};
///
/// assert_eq!(Value::from(working_days(10)).to_string(), "10 working_days");
/// assert_eq!(Value::from(None::<i64>), Value::Missing);
/// assert_eq!(Value::from(["a", "b"]), Value::List(vec!["a".into(), "b".into()]));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Value {
    /// No value.
    #[default]
    Missing,
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// An exact decimal amount.
    Decimal(Decimal),
    /// A day.
    Date(Date),
    /// An amount of a unit of time.
    Duration(Duration),
    /// A code of a vocabulary.
    Choice(Name),
    /// The key of the row referred to.
    Reference(Key),
    /// A code of a code scheme.
    Code(Code),
    /// Text.
    Text(Arc<str>),
    /// The elements of a set (in value order) or of a sequence (in its own order); all different.
    List(Vec<Value>),
}

impl Value {
    /// Tells whether there is no value.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }

    /// Returns the bytes that the value takes elsewhere; names of choices, units and schemes are the schema's.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Reference(key) => key.bytes(),
            Self::Code(code) => heap::SHARED + code.text().len(),
            Self::Text(text) => heap::SHARED + text.len(),
            Self::List(elements) => heap::of_vec(elements) + elements.iter().map(Self::bytes).sum::<usize>(),
            _ => 0,
        }
    }

    /// Returns the text of a text, choice, reference or code; `None` for the rest.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Choice(name) => Some(name.as_str()),
            Self::Reference(key) => Some(key.as_str()),
            Self::Code(code) => Some(code.text()),
            _ => None,
        }
    }

    /// Returns the number of an integer.
    #[must_use]
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// Returns the truth value of a boolean.
    #[must_use]
    pub fn as_boolean(&self) -> Option<bool> {
        match self {
            Self::Boolean(truth) => Some(*truth),
            _ => None,
        }
    }

    /// Returns the elements of a set or sequence.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Self::List(elements) => Some(elements),
            _ => None,
        }
    }
}

impl fmt::Display for Value {
    /// Writes a missing value as nothing and the elements of a list with `, ` between them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => Ok(()),
            Self::Boolean(truth) => fmt::Display::fmt(truth, f),
            Self::Integer(number) => fmt::Display::fmt(number, f),
            Self::Decimal(amount) => fmt::Display::fmt(amount, f),
            Self::Date(date) => fmt::Display::fmt(date, f),
            Self::Duration(duration) => fmt::Display::fmt(duration, f),
            Self::Choice(name) => fmt::Display::fmt(name, f),
            Self::Reference(key) => fmt::Display::fmt(key, f),
            Self::Code(code) => f.write_str(code.text()),
            Self::Text(text) => f.write_str(text),
            Self::List(elements) => {
                for (i, element) in elements.iter().enumerate() {
                    if i > 0 {
                        f.write_str(", ")?;
                    }
                    fmt::Display::fmt(element, f)?;
                }
                Ok(())
            }
        }
    }
}

macro_rules! from {
    ($($from:ty => |$value:ident| $make:expr;)*) => {$(
        impl From<$from> for Value {
            fn from($value: $from) -> Self {
                $make
            }
        }
    )*};
}

from! {
    &str => |v| Self::Text(v.into());
    String => |v| Self::Text(v.into());
    &String => |v| Self::Text(v.as_str().into());
    Arc<str> => |v| Self::Text(v);
    i64 => |v| Self::Integer(v);
    i32 => |v| Self::Integer(v.into());
    u32 => |v| Self::Integer(v.into());
    bool => |v| Self::Boolean(v);
    Date => |v| Self::Date(v);
    Decimal => |v| Self::Decimal(v);
    Duration => |v| Self::Duration(v);
    Code => |v| Self::Code(v);
    Key => |v| Self::Reference(v);
    &Key => |v| Self::Reference(v.clone());
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Missing, Into::into)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(elements: Vec<T>) -> Self {
        elements.into_iter().collect()
    }
}

impl<T: Into<Value>, const N: usize> From<[T; N]> for Value {
    fn from(elements: [T; N]) -> Self {
        elements.into_iter().collect()
    }
}

impl<T: Into<Value>> FromIterator<T> for Value {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        Self::List(elements.into_iter().map(Into::into).collect())
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Missing => serializer.serialize_none(),
            Self::Boolean(truth) => serializer.serialize_bool(*truth),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Choice(name) => serializer.serialize_str(name.as_str()),
            Self::Reference(key) => serializer.serialize_str(key.as_str()),
            Self::Decimal(amount) => serializer.collect_str(amount),
            Self::Date(date) => serializer.collect_str(date),
            Self::Duration(duration) => serializer.collect_str(duration),
            Self::Code(code) => serializer.collect_str(code),
            Self::List(elements) => serializer.collect_seq(elements),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("null, a boolean, an integer, text, or an array of these")
            }

            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Missing)
            }

            fn visit_none<E>(self) -> Result<Value, E> {
                Ok(Value::Missing)
            }

            fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
                Value::deserialize(deserializer)
            }

            fn visit_bool<E>(self, truth: bool) -> Result<Value, E> {
                Ok(Value::Boolean(truth))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
                Ok(Value::Integer(number))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Value, E> {
                i64::try_from(number).map(Value::Integer).map_err(|_| E::custom("the integer is larger than 2^63 - 1"))
            }

            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.into()))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = seq.next_element()? {
                    elements.push(element);
                }
                Ok(Value::List(elements))
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}
