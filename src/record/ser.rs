use serde::{
    Serialize, Serializer,
    ser::{Impossible, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple, SerializeTupleStruct},
};

use super::{Map, Record, RecordError, RecordErrorKind, error::cut};
use crate::value::{Name, Value};

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

fn too_large(number: impl ToString) -> RecordError {
    RecordError::new(RecordErrorKind::TooLarge { number: number.to_string() })
}

fn with_data(name: &str, variant: &str) -> RecordError {
    RecordError::new(RecordErrorKind::VariantWithData { name: name.into(), variant: variant.into() })
}

/// Refuses the kinds of values that are listed, in the words of the serializer's `refuse`.
macro_rules! refuse {
    ($($method:ident($type:ty) $found:literal)*) => {$(
        fn $method(self, _: $type) -> Result<Self::Ok, RecordError> {
            Err(Self::refuse($found))
        }
    )*};
}

macro_rules! refuse_variants_with_data {
    () => {
        fn serialize_newtype_variant<T: Serialize + ?Sized>(
            self,
            name: &'static str,
            _: u32,
            variant: &'static str,
            _: &T,
        ) -> Result<Self::Ok, RecordError> {
            Err(with_data(name, variant))
        }

        fn serialize_tuple_variant(
            self,
            name: &'static str,
            _: u32,
            variant: &'static str,
            _: usize,
        ) -> Result<Self::SerializeTupleVariant, RecordError> {
            Err(with_data(name, variant))
        }

        fn serialize_struct_variant(
            self,
            name: &'static str,
            _: u32,
            variant: &'static str,
            _: usize,
        ) -> Result<Self::SerializeStructVariant, RecordError> {
            Err(with_data(name, variant))
        }
    };
}

macro_rules! refuse_lists {
    ($found:literal) => {
        fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, RecordError> {
            Err(Self::refuse($found))
        }

        fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, RecordError> {
            Err(Self::refuse($found))
        }

        fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, RecordError> {
            Err(Self::refuse($found))
        }
    };
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

    refuse! {
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

    refuse_lists!("a list");
    refuse_variants_with_data!();

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
        if self.fields.contains_key(&name) {
            return Err(RecordError::new(RecordErrorKind::Twice).at(name.as_str()));
        }
        self.fields.insert(name, value);
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

/// Writes the key of a map's entry as the name of a field.
struct NameSerializer<'s, 'l> {
    fields: &'s FieldsSerializer<'l>,
}

impl NameSerializer<'_, '_> {
    fn refuse(found: &str) -> RecordError {
        RecordError::new(RecordErrorKind::KeyNotText { found: found.into() })
    }
}

impl Serializer for NameSerializer<'_, '_> {
    type Ok = Name;
    type Error = RecordError;
    type SerializeSeq = Impossible<Name, RecordError>;
    type SerializeTuple = Impossible<Name, RecordError>;
    type SerializeTupleStruct = Impossible<Name, RecordError>;
    type SerializeTupleVariant = Impossible<Name, RecordError>;
    type SerializeMap = Impossible<Name, RecordError>;
    type SerializeStruct = Impossible<Name, RecordError>;
    type SerializeStructVariant = Impossible<Name, RecordError>;

    refuse! {
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
        serialize_bytes(&[u8]) "a run of bytes"
        serialize_unit_struct(&'static str) "a struct without fields"
    }

    refuse_lists!("a list");
    refuse_variants_with_data!();

    fn serialize_char(self, c: char) -> Result<Name, RecordError> {
        self.serialize_str(c.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<Name, RecordError> {
        Ok(self.fields.name(text))
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Name, RecordError> {
        self.serialize_str(variant)
    }

    fn serialize_none(self) -> Result<Name, RecordError> {
        Err(Self::refuse("no value"))
    }

    fn serialize_unit(self) -> Result<Name, RecordError> {
        Err(Self::refuse("no value"))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Name, RecordError> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<Name, RecordError> {
        value.serialize(self)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, RecordError> {
        Err(Self::refuse("a map"))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeStruct, RecordError> {
        Err(Self::refuse("a struct"))
    }
}

/// Writes the value of a field, or an element of a list.
struct ValueSerializer {
    in_list: bool,
}

impl ValueSerializer {
    fn list(&self, length: Option<usize>) -> Result<ListSerializer, RecordError> {
        if self.in_list {
            return Err(RecordError::new(RecordErrorKind::NestedList));
        }
        Ok(ListSerializer { elements: Vec::with_capacity(length.unwrap_or(0).min(MOST_RESERVED)) })
    }

    fn refuse(found: String) -> RecordError {
        RecordError::new(RecordErrorKind::Nested { found })
    }
}

macro_rules! integers {
    ($($method:ident($type:ty))*) => {$(
        fn $method(self, number: $type) -> Result<Value, RecordError> {
            Ok(Value::Integer(number.into()))
        }
    )*};
}

macro_rules! wide_integers {
    ($($method:ident($type:ty))*) => {$(
        fn $method(self, number: $type) -> Result<Value, RecordError> {
            number.try_into().map(Value::Integer).map_err(|_| too_large(number))
        }
    )*};
}

impl Serializer for ValueSerializer {
    type Ok = Value;
    type Error = RecordError;
    type SerializeSeq = ListSerializer;
    type SerializeTuple = ListSerializer;
    type SerializeTupleStruct = ListSerializer;
    type SerializeTupleVariant = Impossible<Value, RecordError>;
    type SerializeMap = Impossible<Value, RecordError>;
    type SerializeStruct = Impossible<Value, RecordError>;
    type SerializeStructVariant = Impossible<Value, RecordError>;

    integers! {
        serialize_i8(i8)
        serialize_i16(i16)
        serialize_i32(i32)
        serialize_i64(i64)
        serialize_u8(u8)
        serialize_u16(u16)
        serialize_u32(u32)
    }

    wide_integers! {
        serialize_i128(i128)
        serialize_u64(u64)
        serialize_u128(u128)
    }

    refuse_variants_with_data!();

    fn serialize_bool(self, truth: bool) -> Result<Value, RecordError> {
        Ok(Value::Boolean(truth))
    }

    fn serialize_f32(self, _: f32) -> Result<Value, RecordError> {
        Err(RecordError::new(RecordErrorKind::Float))
    }

    fn serialize_f64(self, _: f64) -> Result<Value, RecordError> {
        Err(RecordError::new(RecordErrorKind::Float))
    }

    fn serialize_char(self, c: char) -> Result<Value, RecordError> {
        self.serialize_str(c.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<Value, RecordError> {
        Ok(Value::Text(text.into()))
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<Value, RecordError> {
        Err(RecordError::new(RecordErrorKind::Bytes))
    }

    fn serialize_none(self) -> Result<Value, RecordError> {
        Ok(Value::Missing)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, RecordError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, RecordError> {
        Ok(Value::Missing)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Value, RecordError> {
        Ok(Value::Missing)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Value, RecordError> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<Value, RecordError> {
        value.serialize(self)
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<ListSerializer, RecordError> {
        self.list(length)
    }

    fn serialize_tuple(self, length: usize) -> Result<ListSerializer, RecordError> {
        self.list(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<ListSerializer, RecordError> {
        self.list(Some(length))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, RecordError> {
        Err(Self::refuse("a map".into()))
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Self::SerializeStruct, RecordError> {
        Err(Self::refuse(format!("the struct '{}'", cut(name))))
    }
}

/// Writes the elements of a list.
struct ListSerializer {
    elements: Vec<Value>,
}

impl ListSerializer {
    fn push<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), RecordError> {
        self.elements.push(element.serialize(ValueSerializer { in_list: true })?);
        Ok(())
    }
}

macro_rules! list {
    ($($trait:ident $method:ident)*) => {$(
        impl $trait for ListSerializer {
            type Ok = Value;
            type Error = RecordError;

            fn $method<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), RecordError> {
                self.push(element)
            }

            fn end(self) -> Result<Value, RecordError> {
                Ok(Value::List(self.elements))
            }
        }
    )*};
}

list! {
    SerializeSeq serialize_element
    SerializeTuple serialize_element
    SerializeTupleStruct serialize_field
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
