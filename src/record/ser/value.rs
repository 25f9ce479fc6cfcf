use serde::{
    Serialize, Serializer,
    ser::{Impossible, SerializeSeq, SerializeTuple, SerializeTupleStruct},
};

use super::{MOST_RESERVED, refuse};
use crate::{
    record::{RecordError, RecordErrorKind, error::cut},
    value::Value,
};

/// Writes the value of a field, or an element of a list.
pub(super) struct ValueSerializer {
    pub(super) in_list: bool,
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
            number.try_into().map(Value::Integer).map_err(|_| too_large(&number))
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

    refuse::variants_with_data!();

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
pub(super) struct ListSerializer {
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

fn too_large(number: &impl ToString) -> RecordError {
    RecordError::new(RecordErrorKind::TooLarge { number: number.to_string() })
}
