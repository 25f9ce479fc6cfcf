use thiserror::Error;

use super::Cursor;
use crate::{
    schema::{Type, UnknownName},
    value::Name,
};

/// The error of looking for rows, or of reading a page.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FindError {
    /// The list has no such field, or there is no such list.
    #[error(transparent)]
    Unknown(#[from] UnknownName),
    /// The list declares no such index.
    #[error("there is no index '{index}' of '{list}'; {hint}")]
    UnknownIndex {
        /// The list.
        list: Name,
        /// The index, as it was named.
        index: String,
        /// What would be accepted.
        hint: String,
    },
    /// No index that could answer has these fields.
    #[error("{}", no_index(list, index.as_ref(), wanted, indexes))]
    NoIndex {
        /// The list.
        list: Name,
        /// The index that was named.
        index: Option<Name>,
        /// What rows were looked for by.
        wanted: String,
        /// The indexes that there are, each with its fields and its condition.
        indexes: Vec<String>,
    },
    /// A value is not of the field's type.
    #[error("'{list}' is not looked through by '{field}': {detail}")]
    Value {
        /// The list.
        list: Name,
        /// The field.
        field: Name,
        /// What was given, and what would be accepted.
        detail: String,
    },
    /// A beginning is asked of what is no text.
    #[error(
        "'{field}' of '{list}' is {found}, which has no beginning; a text, code or reference has, of others ask for a value or a range"
    )]
    NoText {
        /// The list.
        list: Name,
        /// The field.
        field: Name,
        /// Its type.
        found: Type,
    },
    /// A cursor is of another schema, list or order.
    #[error("the cursor is of {found}; one of {expected} is accepted, or start with the first page")]
    Cursor {
        /// Of what it is.
        found: String,
        /// What would be accepted.
        expected: String,
    },
    /// A page of no rows leads nowhere.
    #[error("a page of 0 rows leads nowhere; a page has 1 row or more")]
    NoRows,
}

impl FindError {
    pub(super) fn cursor(found: &Cursor, expected: &Cursor) -> Self {
        let other_schema = found.schema_fingerprint() != expected.schema_fingerprint();
        let said = |cursor: &Cursor| {
            let order =
                cursor.index().map_or("in its own order".to_owned(), |index| format!("in the order of '{index}'"));
            let schema = if other_schema {
                format!(", under the schema {}", cursor.schema_fingerprint())
            } else {
                String::new()
            };
            format!("'{}' {order}{schema}", cursor.list())
        };
        Self::Cursor { found: said(found), expected: said(expected) }
    }
}

fn no_index(list: &Name, index: Option<&Name>, wanted: &str, indexes: &[String]) -> String {
    let there = match indexes {
        [] => format!("'{list}' declares none"),
        all => format!("there are {}", all.join(", ")),
    };
    match index {
        Some(index) => format!(
            "the index '{index}' does not find rows of '{list}' by {wanted}; values are given for its first fields, a range or beginning for the next; {there}"
        ),
        None => format!("no index finds rows of '{list}' by {wanted}; {there}"),
    }
}
