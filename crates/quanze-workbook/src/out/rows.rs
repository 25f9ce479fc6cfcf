//! Rows of a base list read back from a table that was written here, or kept by others in the same columns.

use std::collections::BTreeMap;

use quanze::{Edits, Schema};
use serde_json::Value as Json;

use super::{
    Guard, RowsError, cell,
    table::{KEY, field_of},
};
use crate::read::Sheet;

/// A row as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadRow {
    /// Its key.
    pub key: String,
    /// Its fields; those of blank cells are missing.
    pub fields: BTreeMap<String, Json>,
}

/// Reads the rows of a list from a sheet of which the first row names the fields, by their names or by their labels in any
/// language. `guard` says whether the file was written with one.
///
/// # Errors
/// There is no such list, no column of keys, a column that is no field, or a row without a key.
///
/// # Complexity
/// In the cells of the sheet.
pub fn rows(schema: &Schema, list: &str, sheet: &Sheet, guard: Guard) -> Result<Vec<ReadRow>, RowsError> {
    let spec = schema.spec().lists.get(list).ok_or_else(|| RowsError::new(list, "there is no such list"))?;
    let mut columns = Vec::new();
    for heading in sheet.row(0) {
        let heading = guard.take(heading);
        let field = field_of(heading, schema, list);
        if field.is_none() && heading != KEY {
            return Err(RowsError::new(list, format!("there is no field '{heading}'")));
        }
        columns.push(field);
    }
    let key_at = sheet.row(0).iter().position(|heading| guard.take(heading) == KEY);
    let key_at = key_at.ok_or_else(|| RowsError::new(list, format!("no column is called '{KEY}'")))?;
    let mut rows = Vec::new();
    for row in (1..sheet.height()).filter(|row| !sheet.is_blank(*row)) {
        let key = guard.take(sheet.cell(row, key_at)).to_owned();
        if key.is_empty() {
            return Err(RowsError::new(list, format!("row {} has no key", row + 1)));
        }
        let fields = columns.iter().enumerate().filter_map(|(at, field)| {
            let field = (*field)?;
            let value = cell::read(guard.take(sheet.cell(row, at)), spec.fields.get(field)?, schema);
            (!value.is_null()).then(|| (field.to_owned(), value))
        });
        rows.push(ReadRow { key, fields: fields.collect() });
    }
    Ok(rows)
}

/// The edits that add rows to a base list.
#[must_use]
pub fn insert(list: &str, rows: &[ReadRow]) -> Edits {
    rows.iter().fold(Edits::new().record_findings(), |edits, row| edits.insert(list, &row.key, &row.fields))
}
