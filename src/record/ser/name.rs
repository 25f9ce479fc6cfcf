use serde::{Serialize, Serializer, ser::Impossible};

use super::{FieldsSerializer, refuse};
use crate::{
    record::{RecordError, RecordErrorKind},
    value::Name,
};

/// Writes the key of a map's entry as the name of a field.
pub(super) struct NameSerializer<'s, 'l> {
    pub(super) fields: &'s FieldsSerializer<'l>,
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
        serialize_bytes(&[u8]) "a run of bytes"
        serialize_unit_struct(&'static str) "a struct without fields"
    }

    refuse::lists!("a list");
    refuse::variants_with_data!();

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
