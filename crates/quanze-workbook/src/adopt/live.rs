//! Live rows as they are read: what each says about which field of the list.

use std::collections::BTreeMap;

use quanze::{
    Date, Decimal, Schema,
    schema::{Field, Type},
};
use serde_json::{Map, Value as Json};

use super::AdoptError;
use crate::{
    import::cells,
    out::{cell, field_of},
    read::Sheet,
};

/// A live row of a derived list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveRow {
    /// Where it stands in its file, from one.
    pub row: usize,
    /// What it says, by field of the list.
    pub fields: BTreeMap<String, Json>,
    /// What it says in columns that are no field of the list, or in words that the field does not take.
    pub unread: BTreeMap<String, String>,
}

impl LiveRow {
    /// Reads live rows from a sheet of which the first row names the fields, by their names or by their labels in any language.
    ///
    /// # Errors
    /// There is no such list.
    ///
    /// # Complexity
    /// In the cells of the sheet.
    pub fn from_sheet(schema: &Schema, list: &str, sheet: &Sheet) -> Result<Vec<Self>, AdoptError> {
        let fields = &schema.spec().lists.get(list).ok_or_else(|| AdoptError::no_list(list))?.fields;
        let columns: Vec<_> =
            sheet.row(0).iter().map(|heading| (heading, field_of(heading.trim(), schema, list))).collect();
        let mut rows = Vec::new();
        for row in (1..sheet.height()).filter(|row| !sheet.is_blank(*row)) {
            let mut live = Self { row: row + 1, ..Self::default() };
            for (at, (heading, field)) in columns.iter().enumerate() {
                let text = sheet.cell(row, at).trim();
                let known = field.and_then(|name| Some((name, fields.get(name)?)));
                live.take(heading, text, known, schema);
            }
            rows.push(live);
        }
        Ok(rows)
    }

    /// Reads live rows from JSON lines: an object a line, by the names of the fields or their labels.
    ///
    /// # Errors
    /// There is no such list, or a line is no object.
    ///
    /// # Complexity
    /// In the length of the text.
    pub fn from_json_lines(schema: &Schema, list: &str, text: &str) -> Result<Vec<Self>, AdoptError> {
        let fields = &schema.spec().lists.get(list).ok_or_else(|| AdoptError::no_list(list))?.fields;
        let mut rows = Vec::new();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let object: Map<String, Json> =
                serde_json::from_str(line).map_err(|error| AdoptError::line(list, number + 1, &error))?;
            let mut live = Self { row: number + 1, ..Self::default() };
            for (name, value) in object {
                let known = field_of(&name, schema, list).and_then(|name| Some((name, fields.get(name)?)));
                let text = match &value {
                    Json::String(text) => text.clone(),
                    Json::Null => continue,
                    Json::Array(elements) => elements
                        .iter()
                        .map(|element| element.as_str().map_or_else(|| element.to_string(), str::to_owned))
                        .collect::<Vec<_>>()
                        .join("\n"),
                    value => value.to_string(),
                };
                live.take(&name, &text, known, schema);
            }
            rows.push(live);
        }
        Ok(rows)
    }

    fn take(&mut self, heading: &str, text: &str, field: Option<(&str, &Field)>, schema: &Schema) {
        if text.is_empty() {
            return;
        }
        match field.and_then(|(name, field)| Some((name, understood(text, field, schema)?))) {
            Some((name, value)) => {
                self.fields.insert(name.to_owned(), value);
            }
            None => {
                self.unread.insert(heading.to_owned(), text.to_owned());
            }
        }
    }
}

/// The value that a text stands for, if the field takes it.
fn understood(text: &str, field: &Field, schema: &Schema) -> Option<Json> {
    if field.ty == Type::Duration
        && let Some(limit) = cells::limit(text)
    {
        return Some(limit.to_string().into());
    }
    let value = cell::read(text, field, schema);
    fits(&value, &field.ty, schema).then_some(value)
}

fn fits(value: &Json, ty: &Type, schema: &Schema) -> bool {
    let text = value.as_str().unwrap_or_default();
    match ty {
        Type::Set(of) | Type::Sequence(of) => {
            value.as_array().is_some_and(|elements| elements.iter().all(|element| fits(element, of, schema)))
        }
        Type::Integer => value.is_i64(),
        Type::Boolean => value.is_boolean(),
        Type::Decimal => text.parse::<Decimal>().is_ok(),
        Type::Date => text.parse::<Date>().is_ok(),
        Type::Duration => text.parse::<quanze::Duration>().is_ok(),
        Type::Choice(vocabulary) => {
            schema.spec().vocabularies.get(vocabulary).is_some_and(|known| known.choices.contains_key(text))
        }
        _ => value.is_string(),
    }
}
