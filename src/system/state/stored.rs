//! The form in which a state keeps values: that of JSON, so that every way of storing a state says the same.

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};

use crate::{schema::wire_text, value::Value};

/// Returns a value as it is stored: missing, a boolean, an integer, text, or a list of the last three.
///
/// A list without elements is missing. `None` where a list holds a list or a missing value, which no field does.
pub(in crate::system) fn stored(value: &Value) -> Option<Value> {
    let Value::List(elements) = value else { return Some(single(value)) };
    if elements.is_empty() {
        return Some(Value::Missing);
    }
    let fits = |element: &Value| !element.is_missing() && element.as_list().is_none();
    elements.iter().map(|element| fits(element).then(|| single(element))).collect::<Option<Vec<_>>>().map(Value::List)
}

fn single(value: &Value) -> Value {
    match value {
        Value::Missing | Value::Boolean(_) | Value::Integer(_) | Value::Text(_) | Value::List(_) => value.clone(),
        _ => wire_text(value).map_or(Value::Missing, |text| Value::Text(text.into())),
    }
}

/// A map that is refused where it has a key twice, for reading would then lose what the first of the two holds.
#[derive(Clone, Debug)]
pub(super) struct Distinct<K, V>(pub(super) BTreeMap<K, V>);

impl<K, V> Default for Distinct<K, V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<'de, K: Deserialize<'de> + Ord + fmt::Display, V: Deserialize<'de>> Deserialize<'de> for Distinct<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<K, V>(PhantomData<(K, V)>);

        impl<'de, K: Deserialize<'de> + Ord + fmt::Display, V: Deserialize<'de>> Visitor<'de> for Entries<K, V> {
            type Value = Distinct<K, V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
                let mut map = BTreeMap::new();
                while let Some(key) = entries.next_key::<K>()? {
                    if map.contains_key(&key) {
                        let shown: String = key.to_string().chars().take(70).collect();
                        return Err(A::Error::custom(format_args!("'{shown}' is given twice")));
                    }
                    map.insert(key, entries.next_value()?);
                }
                Ok(Distinct(map))
            }
        }

        deserializer.deserialize_map(Entries(PhantomData))
    }
}
