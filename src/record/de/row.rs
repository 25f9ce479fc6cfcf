use std::{borrow::Cow, cell::Cell};

use serde::{
    Deserializer,
    de::{DeserializeSeed, IntoDeserializer, MapAccess, Visitor, value::StrDeserializer},
    forward_to_deserialize_any,
};

use super::{Nulls, position, unread::Unread, value::ValueDeserializer};
use crate::{record::fields::Fields, value::Value};

/// Reads a row as a whole.
pub(super) struct RowDeserializer<'a, F> {
    pub(super) fields: &'a F,
    pub(super) nulls: Nulls,
    /// Set when a map is shown a missing value.
    pub(super) shown: &'a Cell<bool>,
    /// The fields of the struct that are known to have no default.
    pub(super) without_default: &'a [&'static str],
}

impl<'a, F: Fields> RowDeserializer<'a, F> {
    fn entries(self, wanted: Option<&'static [&'static str]>) -> Entries<'a, F> {
        Entries { row: self, wanted, hint: 0, next: 0, next_absent: 0, pending: None }
    }
}

impl<'de, F: Fields> Deserializer<'de> for RowDeserializer<'_, F> {
    type Error = Unread;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        visitor.visit_map(self.entries(None))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        wanted: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unread> {
        visitor.visit_map(self.entries(Some(wanted)))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Unread> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map enum identifier
    }
}

/// The fields of a row one by one: all of them, then those that the row lacks and the struct needs.
struct Entries<'a, F> {
    row: RowDeserializer<'a, F>,
    /// The fields that the struct has; none for a map, which takes all.
    wanted: Option<&'static [&'static str]>,
    /// Where in `wanted` the next field is looked for first.
    hint: usize,
    next: usize,
    next_absent: usize,
    pending: Option<(&'a str, ValueDeserializer<'a, F>)>,
}

impl<'a, F: Fields> Entries<'a, F> {
    /// Tells whether the struct has a field; a struct mostly has its fields in the order of the row's.
    fn is_wanted(&mut self, wanted: &[&str], name: &str) -> bool {
        let found = match wanted.get(self.hint) {
            Some(next) if *next == name => Some(self.hint),
            _ => wanted.iter().position(|one| *one == name),
        };
        if let Some(at) = found {
            self.hint = at + 1;
        }
        found.is_some()
    }

    /// Moves on to the next field that is shown.
    fn advance(&mut self) -> Option<(&'a str, ValueDeserializer<'a, F>)> {
        let fields = self.row.fields;
        while self.next < fields.count() {
            let at = self.next;
            self.next += 1;
            let name = fields.name(at);
            if let Some(wanted) = self.wanted
                && !self.is_wanted(wanted, name)
            {
                return Some((name, ValueDeserializer::unread(fields, at)));
            }
            let value = fields.value(at);
            if value.is_missing() && !self.row.without_default.contains(&name) {
                if self.wanted.is_some() || self.row.nulls == Nulls::HeldBack {
                    continue;
                }
                self.row.shown.set(true);
            }
            return Some((name, ValueDeserializer::read(value)));
        }
        while let Some(name) = self.row.without_default.get(self.next_absent) {
            self.next_absent += 1;
            if position(fields, name).is_none() {
                return Some((name, ValueDeserializer::read(Cow::Owned(Value::Missing))));
            }
        }
        None
    }
}

impl<'de, F: Fields> MapAccess<'de> for Entries<'_, F> {
    type Error = Unread;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unread> {
        self.pending = self.advance();
        let Some((name, _)) = &self.pending else {
            return Ok(None);
        };
        let text: StrDeserializer<'_, Unread> = (*name).into_deserializer();
        seed.deserialize(text).map(Some).map_err(|error| error.at(name))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unread> {
        match self.pending.take() {
            Some((name, value)) => seed.deserialize(value).map_err(|error| error.at(name)),
            None => Err(serde::de::Error::custom("a value of a row was asked for before its name")),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.row.fields.count() - self.next)
    }
}
