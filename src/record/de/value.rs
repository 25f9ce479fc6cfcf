use std::{borrow::Cow, fmt::Display, slice};

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, IntoDeserializer, SeqAccess, Visitor, value::StrDeserializer},
};

use super::unread::Unread;
use crate::{
    record::{RecordErrorKind, fields::Fields},
    value::Value,
};

/// Reads one value.
pub(super) struct ValueDeserializer<'a, F> {
    source: Source<'a, F>,
}

enum Source<'a, F> {
    Read(Cow<'a, Value>),
    /// A value that nobody may want.
    Unread(&'a F, usize),
}

impl<'a, F: Fields> ValueDeserializer<'a, F> {
    pub(super) fn read(value: Cow<'a, Value>) -> Self {
        Self { source: Source::Read(value) }
    }

    pub(super) fn unread(fields: &'a F, at: usize) -> Self {
        Self { source: Source::Unread(fields, at) }
    }

    fn value(self) -> Cow<'a, Value> {
        match self.source {
            Source::Read(value) => value,
            Source::Unread(fields, at) => fields.value(at),
        }
    }

    /// Returns the value, which must be there.
    fn present(self) -> Result<Self, Unread> {
        let value = self.value();
        if value.is_missing() { Err(Unread::new(RecordErrorKind::Missing)) } else { Ok(Self::read(value)) }
    }
}

fn visit_text<'de, V: Visitor<'de>>(visitor: V, value: &impl Display) -> Result<V::Value, Unread> {
    visitor.visit_string(value.to_string())
}

macro_rules! when_present {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
            self.present()?.deserialize_any(visitor)
        }
    )*};
}

macro_rules! refuse {
    ($($method:ident $kind:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Unread> {
            self.present()?;
            Err(Unread::new(RecordErrorKind::$kind))
        }
    )*};
}

impl<'de, F: Fields> Deserializer<'de> for ValueDeserializer<'_, F> {
    type Error = Unread;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        match &*self.value() {
            Value::Missing => visitor.visit_unit(),
            Value::Boolean(truth) => visitor.visit_bool(*truth),
            Value::Integer(number) => visitor.visit_i64(*number),
            Value::Text(text) => visitor.visit_str(text),
            Value::Choice(name) => visitor.visit_str(name.as_str()),
            Value::Reference(key) => visitor.visit_str(key.as_str()),
            Value::Decimal(amount) => visit_text(visitor, amount),
            Value::Date(date) => visit_text(visitor, date),
            Value::Duration(duration) => visit_text(visitor, duration),
            Value::Code(code) => visit_text(visitor, code),
            Value::List(elements) => visit_list::<V, F>(visitor, elements),
        }
    }

    when_present! {
        deserialize_bool
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_char deserialize_str deserialize_string deserialize_identifier
        deserialize_map
    }

    refuse! {
        deserialize_f32 Float
        deserialize_f64 Float
        deserialize_bytes Bytes
        deserialize_byte_buf Bytes
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        let value = self.value();
        if value.is_missing() { visitor.visit_none() } else { visitor.visit_some(Self::read(value)) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.deserialize_any(visitor)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Unread> {
        self.deserialize_any(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Unread> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        let value = self.value();
        // An empty list is a missing value, so a missing value is an empty list.
        if value.is_missing() { visit_list::<V, F>(visitor, &[]) } else { Self::read(value).deserialize_any(visitor) }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unread> {
        self.present()?.deserialize_any(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Unread> {
        self.present()?.deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unread> {
        self.present()?.deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unread> {
        let value = self.present()?.value();
        let printed;
        let text = match &*value {
            Value::Text(text) => text,
            Value::Choice(name) => name.as_str(),
            Value::Reference(key) => key.as_str(),
            Value::Missing | Value::Boolean(_) | Value::Integer(_) | Value::List(_) => {
                return Self::read(value).deserialize_any(visitor);
            }
            Value::Code(code) => {
                printed = code.to_string();
                &printed
            }
            Value::Decimal(_) | Value::Date(_) | Value::Duration(_) => {
                printed = value.to_string();
                &printed
            }
        };
        let text: StrDeserializer<'_, Unread> = text.into_deserializer();
        visitor.visit_enum(text)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        visitor.visit_unit()
    }
}

fn visit_list<'de, V: Visitor<'de>, F: Fields>(visitor: V, elements: &[Value]) -> Result<V::Value, Unread> {
    let mut rest = Elements::<F> { elements: elements.iter(), fields: std::marker::PhantomData };
    let list = visitor.visit_seq(&mut rest)?;
    match rest.elements.len() {
        0 => Ok(list),
        left => Err(Unread::invalid_length(elements.len(), &&*format!("{} elements", elements.len() - left))),
    }
}

struct Elements<'a, F> {
    elements: slice::Iter<'a, Value>,
    fields: std::marker::PhantomData<F>,
}

impl<'de, F: Fields> SeqAccess<'de> for &mut Elements<'_, F> {
    type Error = Unread;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unread> {
        let Some(element) = self.elements.next() else {
            return Ok(None);
        };
        seed.deserialize(ValueDeserializer::<F>::read(Cow::Borrowed(element))).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.elements.len())
    }
}
