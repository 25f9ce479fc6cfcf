//! What no serializer of a record takes.

use crate::record::{RecordError, RecordErrorKind};

pub(super) fn with_data(name: &str, variant: &str) -> RecordError {
    RecordError::new(RecordErrorKind::VariantWithData { name: name.into(), variant: variant.into() })
}

/// Refuses the scalars that are listed, in the words of the serializer's own `refuse`.
macro_rules! scalars {
    ($($method:ident($type:ty) $found:literal)*) => {$(
        fn $method(self, _: $type) -> Result<Self::Ok, RecordError> {
            Err(Self::refuse($found))
        }
    )*};
}

/// Refuses the variants of enums that carry data.
macro_rules! variants_with_data {
    () => {
        fn serialize_newtype_variant<T: Serialize + ?Sized>(
            self,
            name: &'static str,
            _: u32,
            variant: &'static str,
            _: &T,
        ) -> Result<Self::Ok, RecordError> {
            Err($crate::record::ser::refuse::with_data(name, variant))
        }

        fn serialize_tuple_variant(
            self,
            name: &'static str,
            _: u32,
            variant: &'static str,
            _: usize,
        ) -> Result<Self::SerializeTupleVariant, RecordError> {
            Err($crate::record::ser::refuse::with_data(name, variant))
        }

        fn serialize_struct_variant(
            self,
            name: &'static str,
            _: u32,
            variant: &'static str,
            _: usize,
        ) -> Result<Self::SerializeStructVariant, RecordError> {
            Err($crate::record::ser::refuse::with_data(name, variant))
        }
    };
}

/// Refuses lists and tuples.
macro_rules! lists {
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

pub(super) use {lists, scalars, variants_with_data};
