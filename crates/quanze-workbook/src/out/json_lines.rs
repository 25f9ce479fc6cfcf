//! JSON lines: a row an object, with its key, for programs.

use quanze::{Snapshot, schema::UnknownName};
use serde_json::{Map, Value as Json};

/// Writes a list as JSON lines: for each row an object of its key and the fields that have a value.
///
/// # Errors
/// There is no such list.
///
/// # Complexity
/// In the rows of the list.
pub fn to_json_lines(snapshot: &Snapshot, list: &str) -> Result<String, UnknownName> {
    let mut text = String::new();
    for row in snapshot.list(list)?.rows() {
        let mut object = Map::from_iter([("key".to_owned(), Json::from(row.key().as_str()))]);
        for (name, value) in row.values().filter(|(_, value)| !value.is_missing()) {
            object.insert(name.to_string(), serde_json::to_value(&value).unwrap_or_default());
        }
        text.push_str(&Json::Object(object).to_string());
        text.push('\n');
    }
    Ok(text)
}
