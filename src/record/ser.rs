mod name;
mod refuse;
mod value;

use indexmap::map::Entry;
use serde::{
    Serialize, Serializer,
    ser::{Impossible, SerializeMap, SerializeStruct},
};

use self::{name::NameSerializer, value::ValueSerializer};
use super::{Map, Record, RecordError, RecordErrorKind};
use crate::value::Name;

/// Makes a record of a struct, or of a map with text keys.
///
/// What has a text form (a date, an amount, a duration, a code, a key) becomes text: it takes the type of its field when
/// it is committed. `None` becomes a missing value. The fields of a map come in the map's own order, which for a `HashMap`
/// is no order at all.
///
/// ```
/// use quanze::{Date, Duration, Record, Value, record::to_record, working_days};
///
/// #[derive(serde::Serialize)]
/// #[serde(rename_all = "snake_case")]
/// enum Kind {
///     Licence,
/// }
///
/// #[derive(serde::Serialize)]
/// struct Power {
///     name: &'static str,
///     kind: Kind,
///     limit: Option<Duration>,
///     since: Option<Date>,
///     levels: Vec<String>,
/// }
///
/// let power = Power {
///     name: "Food licence",
///     kind: Kind::Licence,
///     limit: Some(working_days(20)),
///     since: None,
///     levels: vec!["city".into(), "county".into()],
/// };
/// assert_eq!(
///     to_record(&power)?,
///     Record::new()
///         .with("name", "Food licence")
///         .with("kind", "licence")
///         .with("limit", "20 working_days")
///         .with("since", Value::Missing)
///         .with("levels", ["city", "county"]),
/// );
/// # Ok::<(), quanze::RecordError>(())
/// ```
///
/// # Errors
/// [`RecordError`], naming the field, where a value cannot be a field's value: a floating-point number (it is not exact: use
/// [`Decimal`](crate::Decimal)), an integer beyond `i64`, bytes, a struct or map, a list in a list, a variant with data.
///
/// # Complexity
/// Linear in the size of the value.
pub fn to_record<T: Serialize + ?Sized>(value: &T) -> Result<Record, RecordError> {
    to_record_like(value, &Record::default())
}

/// Makes a record as [`to_record`] does, sharing the names of another one: of the records of a batch, each is mostly like the
/// one before.
pub(crate) fn to_record_like<T: Serialize + ?Sized>(value: &T, like: &Record) -> Result<Record, RecordError> {
    value.serialize(RecordSerializer { like })
}

/// Writes the whole.
struct RecordSerializer<'l> {
    like: &'l Record,
}

impl RecordSerializer<'_> {
    fn refuse(found: &str) -> RecordError {
        RecordError::new(RecordErrorKind::NotARecord { found: found.into() })
    }
}

impl<'l> Serializer for RecordSerializer<'l> {
    type Ok = Record;
    type Error = RecordError;
    type SerializeSeq = Impossible<Record, RecordError>;
    type SerializeTuple = Impossible<Record, RecordError>;
    type SerializeTupleStruct = Impossible<Record, RecordError>;
    type SerializeTupleVariant = Impossible<Record, RecordError>;
    type SerializeMap = FieldsSerializer<'l>;
    type SerializeStruct = FieldsSerializer<'l>;
    type SerializeStructVariant = Impossible<Record, RecordError>;

    refuse::scalars! {
        serialize_bool(bool) "a boolean"
        serialize_i8(i8) "an integer"
        serialize_i16(i16) "an integer"
        serialize_i32(i32) "an integer"
        serialize_i64(i64) "an integer"
        serialize_i128(i128) "an integer"
        serialize_u8(u8) "an integer"
        serialize_u16(u16) "an integer"
        serialize_u32(u32) "an integer"
        serialize_u64(u64) "an integer"
        serialize_u128(u128) "an integer"
        serialize_f32(f32) "a floating-point number"
        serialize_f64(f64) "a floating-point number"
        serialize_char(char) "text"
        serialize_str(&str) "text"
        serialize_bytes(&[u8]) "a run of bytes"
        serialize_unit_struct(&'static str) "a struct without fields"
    }

    refuse::lists!("a list");
    refuse::variants_with_data!();

    fn serialize_none(self) -> Result<Record, RecordError> {
        Err(Self::refuse("no value"))
    }

    fn serialize_unit(self) -> Result<Record, RecordError> {
        Err(Self::refuse("no value"))
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<Record, RecordError> {
        Err(Self::refuse("a variant of an enum"))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Record, RecordError> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Record, RecordError> {
        value.serialize(self)
    }

    fn serialize_map(self, length: Option<usize>) -> Result<FieldsSerializer<'l>, RecordError> {
        Ok(FieldsSerializer::new(self.like, length))
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<FieldsSerializer<'l>, RecordError> {
        Ok(FieldsSerializer::new(self.like, Some(length)))
    }
}

/// Writes the fields of a struct or the entries of a map.
struct FieldsSerializer<'l> {
    fields: Map,
    like: &'l Record,
    pending: Option<Name>,
}

/// No list has more than 120 fields; a length that is claimed need not be true.
const MOST_RESERVED: usize = 128;

impl<'l> FieldsSerializer<'l> {
    fn new(like: &'l Record, length: Option<usize>) -> Self {
        let length = length.unwrap_or(like.len()).min(MOST_RESERVED);
        Self {
            fields: Map::with_capacity_and_hasher(length, foldhash::fast::RandomState::default()),
            like,
            pending: None,
        }
    }

    fn name(&self, text: &str) -> Name {
        let known = &self.like.fields;
        match known.get_index(self.fields.len()) {
            Some((name, _)) if name == text => name.clone(),
            _ => known.get_key_value(text).map_or_else(|| text.into(), |(name, _)| name.clone()),
        }
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: Name, value: &T) -> Result<(), RecordError> {
        let value = value.serialize(ValueSerializer { in_list: false }).map_err(|error| error.at(name.as_str()))?;
        match self.fields.entry(name) {
            Entry::Occupied(twice) => return Err(RecordError::new(RecordErrorKind::Twice).at(twice.key().as_str())),
            Entry::Vacant(place) => place.insert(value),
        };
        Ok(())
    }
}

impl SerializeStruct for FieldsSerializer<'_> {
    type Ok = Record;
    type Error = RecordError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), RecordError> {
        self.field(self.name(name), value)
    }

    fn end(self) -> Result<Record, RecordError> {
        Ok(Record { fields: self.fields })
    }
}

impl SerializeMap for FieldsSerializer<'_> {
    type Ok = Record;
    type Error = RecordError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), RecordError> {
        self.pending = Some(key.serialize(NameSerializer { fields: self })?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), RecordError> {
        match self.pending.take() {
            Some(name) => self.field(name, value),
            None => Err(serde::ser::Error::custom("a value of a map without its key")),
        }
    }

    fn end(self) -> Result<Record, RecordError> {
        Ok(Record { fields: self.fields })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Body {
        name: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        office: Option<&'static str>,
        seats: u8,
    }

    #[test]
    fn names_are_shared_wherever_they_stand() -> Result<(), RecordError> {
        let first = to_record(&Body { name: "a", office: Some("o"), seats: 1 })?;
        let second = to_record_like(&Body { name: "b", office: None, seats: 2 }, &first)?;
        assert_eq!(second, Record::new().with("name", "b").with("seats", 2));
        for (name, _) in &second {
            assert!(first.iter().any(|(known, _)| std::ptr::eq(known, name)), "{name}");
        }
        Ok(())
    }
}
