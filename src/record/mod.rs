//! Typed structs in and out of rows, by way of serde.
//!
//! A [`Record`] is a row as it is written: values by field name. [`to_record`] makes one of a struct or map,
//! [`from_record`] reads one as a struct or map; neither goes by way of JSON, but both map values as JSON would.
//!
//! | a Rust value | as a field's value | and back |
//! |---|---|---|
//! | `bool` | [`Value::Boolean`] | the same |
//! | integers within `i64` | [`Value::Integer`] | any integer type that it fits |
//! | `String`, `char`, [`Date`](crate::Date), [`Decimal`](crate::Decimal), [`Duration`](crate::Duration), [`Code`](crate::Code), [`Key`](crate::Key), [`Name`] | [`Value::Text`]; the field's type says what it means | the text of any value but a boolean, integer or list |
//! | a variant without data | its name, as text | the variant of that name |
//! | `None`, `()` | [`Value::Missing`] | a missing value, or one that is not there |
//! | sequences, sets, tuples | [`Value::List`] | a list, or a missing value as an empty one |
//!
//! Floating-point numbers are refused both ways, because they are not exact; so are bytes, lists in lists, structs or maps
//! in a field, and variants with data.
//!
//! Architecture invariant: this module knows no schema. Whether a field exists and takes the value is found out when an
//! edit is committed.

pub(crate) mod de;
mod error;
pub(crate) mod fields;
mod iter;
pub(crate) mod ser;

use std::fmt;

use indexmap::IndexMap;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, MapAccess, Visitor},
};

pub(crate) use self::ser::to_record_like;
pub use self::{
    de::from_record,
    error::{RecordError, RecordErrorKind},
    iter::{IntoIter, Iter},
    ser::to_record,
};
use crate::value::{Name, Value};

type Map = IndexMap<Name, Value, foldhash::fast::RandomState>;

/// A row as it is written: values by field name, in the order given.
///
/// A field that is not there reads as [`Value::Missing`]. Two records are equal when they hold the same fields with the
/// same values, in whatever order: the order of a row's fields is the schema's. `key` is a field like any other here; the
/// engine, where it is reserved, refuses it on input.
///
/// ```
/// use quanze::{Record, Value, working_days};
///
/// let licence = Record::new().with("name", "Food licence").with("limit", working_days(20));
/// assert_eq!(licence.get("name").as_text(), Some("Food licence"));
/// assert_eq!(licence.get("remark"), &Value::Missing);
/// assert_eq!(serde_json::to_string(&licence)?, r#"{"name":"Food licence","limit":"20 working_days"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    fields: Map,
}

impl Record {
    /// Makes a record without fields.
    ///
    /// ```
    /// use quanze::Record;
    ///
    /// assert!(Record::new().is_empty());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the record with a field set.
    ///
    /// ```
    /// use quanze::Record;
    ///
    /// let body = Record::new().with("name", "Market bureau").with("levels", ["city", "county"]);
    /// assert_eq!(body.get("levels").to_string(), "city, county");
    /// ```
    #[must_use]
    pub fn with(mut self, name: impl Into<Name>, value: impl Into<Value>) -> Self {
        self.set(name, value);
        self
    }

    /// Sets a field; one that is there keeps its place.
    ///
    /// ```
    /// use quanze::{Record, Value};
    ///
    /// let mut body = Record::new().with("name", "Market bureau").with("seats", 12);
    /// body.set("name", "Market regulation bureau");
    /// assert_eq!(body.iter().next(), Some(("name", &Value::from("Market regulation bureau"))));
    /// ```
    pub fn set(&mut self, name: impl Into<Name>, value: impl Into<Value>) {
        self.fields.insert(name.into(), value.into());
    }

    /// Returns the value of a field; [`Value::Missing`] where the record has no such field.
    ///
    /// ```
    /// use quanze::{Record, Value};
    ///
    /// let body = Record::new().with("seats", 12);
    /// assert_eq!(body.get("seats"), &Value::Integer(12));
    /// assert_eq!(body.get("name"), &Value::Missing);
    /// ```
    #[must_use]
    pub fn get(&self, name: &str) -> &Value {
        static MISSING: Value = Value::Missing;
        self.fields.get(name).unwrap_or(&MISSING)
    }

    /// Returns the fields in their order.
    ///
    /// ```
    /// use quanze::Record;
    ///
    /// let body = Record::new().with("name", "Market bureau").with("seats", 12);
    /// assert_eq!(body.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["name", "seats"]);
    /// ```
    #[must_use]
    pub fn iter(&self) -> Iter<'_> {
        Iter::new(self.fields.iter())
    }

    /// Returns the number of fields, those that are set to a missing value included.
    ///
    /// ```
    /// use quanze::{Record, Value};
    ///
    /// assert_eq!(Record::new().with("name", Value::Missing).len(), 1);
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Tells whether the record has no fields.
    ///
    /// ```
    /// use quanze::Record;
    ///
    /// assert!(!Record::new().with("seats", 12).is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

impl<N: Into<Name>, V: Into<Value>> FromIterator<(N, V)> for Record {
    /// Makes a record of fields; of a name that comes twice, the last value stands.
    fn from_iter<I: IntoIterator<Item = (N, V)>>(fields: I) -> Self {
        let mut record = Self::new();
        record.extend(fields);
        record
    }
}

impl<N: Into<Name>, V: Into<Value>> Extend<(N, V)> for Record {
    fn extend<I: IntoIterator<Item = (N, V)>>(&mut self, fields: I) {
        self.fields.extend(fields.into_iter().map(|(name, value)| (name.into(), value.into())));
    }
}

impl IntoIterator for Record {
    type Item = (Name, Value);
    type IntoIter = IntoIter;

    fn into_iter(self) -> IntoIter {
        IntoIter::new(self.fields.into_iter())
    }
}

impl<'a> IntoIterator for &'a Record {
    type Item = (&'a str, &'a Value);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(&self.fields)
    }
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Distinct;

        impl<'de> Visitor<'de> for Distinct {
            type Value = Record;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of values by field name")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Record, A::Error> {
                let mut record = Record::new();
                while let Some((name, value)) = entries.next_entry::<Name, Value>()? {
                    if record.fields.contains_key(&name) {
                        return Err(A::Error::custom(format_args!("the field '{}' is given twice", error::cut(&name))));
                    }
                    record.fields.insert(name, value);
                }
                Ok(record)
            }
        }

        deserializer.deserialize_map(Distinct)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_set_again_keeps_its_place() {
        let mut record: Record = [("a", 1), ("b", 2), ("a", 3)].into_iter().collect();
        record.set("b", 4);
        assert_eq!(record.into_iter().collect::<Vec<_>>(), [("a".into(), 3.into()), ("b".into(), 4.into())]);
    }

    #[test]
    fn json_goes_in_and_out_in_the_order_written() -> Result<(), serde_json::Error> {
        let json = r#"{"z":"text","a":null,"m":-3,"l":["x",true],"key":"k"}"#;
        let record: Record = serde_json::from_str(json)?;
        assert_eq!(record.get("a"), &Value::Missing);
        assert_eq!(record.len(), 5);
        assert_eq!(serde_json::to_string(&record)?, json);
        Ok(())
    }

    #[test]
    fn json_with_a_field_twice_is_refused() {
        let said = serde_json::from_str::<Record>(r#"{"a":1,"a":2}"#).err().map(|error| error.to_string());
        assert!(said.as_ref().is_some_and(|said| said.starts_with("the field 'a' is given twice")), "{said:?}");
    }
}
