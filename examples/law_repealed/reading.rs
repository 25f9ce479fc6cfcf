//! Short ways to read what the story needs from a snapshot of the preset, whose lists and fields are known.

use quanze::{Row, Snapshot, Value};

/// Returns a field of a row.
pub(crate) fn value(row: &Row<'_>, field: &str) -> Value {
    row.get(field).expect("a field of the preset")
}

/// Returns the keys that a row refers to in a field, one or several.
pub(crate) fn keys(row: &Row<'_>, field: &str) -> Vec<String> {
    match value(row, field) {
        Value::Missing => Vec::new(),
        Value::List(elements) => elements.iter().map(Value::to_string).collect(),
        one => vec![one.to_string()],
    }
}

/// Returns a field as text; empty where there is no such row, or no value.
pub(crate) fn text(now: &Snapshot, list: &str, key: &str, field: &str) -> String {
    let row = now.list(list).expect("a list of the preset").row(key);
    row.map(|row| value(&row, field).to_string()).unwrap_or_default()
}

/// Returns the rows of a list.
pub(crate) fn rows<'a>(now: &'a Snapshot, list: &str) -> impl Iterator<Item = Row<'a>> {
    now.list(list).expect("a list of the preset").rows()
}

/// Returns the title of a law and the place of an article in it.
pub(crate) fn article(now: &Snapshot, key: &str) -> String {
    let law = text(now, "articles", key, "instrument");
    format!("《{}》{}", text(now, "instruments", &law, "title"), text(now, "articles", key, "locator"))
}
