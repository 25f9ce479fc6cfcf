//! Codes and serials of live rows, kept where the system makes them from.

use quanze::{Edits, Row, Snapshot, Value, schema::UnknownName};

use super::Carried;

/// A code's parts, by where the system keeps them. A basic code is the power's, a credit code the body's, a serial the variant's.
const CREDIT: usize = 18;
const BASIC: std::ops::Range<usize> = 19..31;
const SERIAL: std::ops::Range<usize> = 31..33;

/// What a code of a live row says of the rows that its derived row is made from.
pub(super) fn carried(
    snapshot: &Snapshot,
    row: &Row<'_>,
    code: &str,
    variant: Option<&Value>,
) -> Result<Vec<Carried>, UnknownName> {
    let mut carried = Vec::new();
    let mut keep = |list: &'static str, key: &Value, field: &'static str, part: Option<&str>| {
        if let (Value::Reference(key), Some(part)) = (key, part.filter(|part| part.is_ascii())) {
            carried.push(Carried { list, key: key.to_string(), field, code: part.to_owned() });
        }
    };
    let basic = if code.len() == BASIC.len() { Some(code) } else { code.get(BASIC) };
    keep("powers", &row.get("power")?, "code", basic);
    if code.len() > BASIC.len() {
        keep("bodies", &row.get("body")?, "credit_code", code.get(..CREDIT));
    }
    if let Some(variant) = variant {
        keep("variants", variant, "serial", code.get(SERIAL));
    }
    // What is there already needs no edit. A live code goes before one that was made up here.
    carried
        .into_iter()
        .filter_map(|kept| {
            let now = snapshot
                .list(kept.list)
                .and_then(|list| list.row(&kept.key).map_or(Ok(Value::Missing), |row| row.get(kept.field)));
            now.map(|now| (text(&now) != kept.code).then_some(kept)).transpose()
        })
        .collect()
}

/// The text of a code, without its scheme.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Code(code) => code.text().to_owned(),
        value => value.to_string(),
    }
}

pub(super) fn edit(edits: Edits, carried: &Carried) -> Edits {
    edits.set(carried.list, &carried.key, carried.field, carried.code.as_str())
}
