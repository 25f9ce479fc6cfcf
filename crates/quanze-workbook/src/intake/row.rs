//! Rows as an import writes them, and how they are compared with those that are there.

use std::collections::BTreeMap;

use quanze::{Key, Row, Value};
use serde_json::Value as Json;

use crate::text::fingerprint;

/// A row of a base list, field by field. Fields that are not in it are not spoken of.
pub(crate) type Fields = BTreeMap<&'static str, Json>;

/// A longer text is cut where it becomes a key, and told apart by its fingerprint.
const LONGEST_KEY: usize = 400;

/// The key of a row that is called by a text.
pub(crate) fn key(text: &str) -> String {
    let mut text: String = text.chars().filter(|c| !c.is_control()).collect();
    if text.len() > LONGEST_KEY {
        let hash = fingerprint([text.as_str()]);
        let end = (0..=LONGEST_KEY).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
        text.truncate(end);
        text = format!("{text}…{hash:016x}");
    }
    Key::root(&text).map_or(text, |key| key.as_str().to_owned())
}

/// A text, or nothing where it is blank.
pub(crate) fn text(text: &str) -> Json {
    let text = text.trim();
    if text.is_empty() { Json::Null } else { text.into() }
}

/// What a field of a row holds now.
pub(crate) fn now(row: &Row<'_>, field: &str) -> Json {
    match row.get(field).unwrap_or_default() {
        // Workbooks know no schemes of codes.
        Value::Code(code) => code.text().into(),
        value => serde_json::to_value(&value).unwrap_or_default(),
    }
}

/// A value for an edit.
pub(crate) fn value(json: &Json) -> Value {
    serde_json::from_value(json.clone()).unwrap_or_default()
}

/// Whether two values are the same. The order of a set is none; an empty list is nothing.
pub(crate) fn same(field: &str, before: &Json, after: &Json) -> bool {
    let normal = |json: &Json| match json {
        Json::Array(elements) if elements.is_empty() => Json::Null,
        Json::Array(elements) if SETS.contains(&field) => {
            let mut elements = elements.clone();
            elements.sort_by_key(ToString::to_string);
            Json::Array(elements)
        }
        json => json.clone(),
    };
    normal(before) == normal(after)
}

/// The fields of the preset's powers that are sets.
const SETS: [&str; 3] = ["levels", "local_basis", "aliases"];
