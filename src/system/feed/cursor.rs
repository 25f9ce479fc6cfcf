use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::super::{ListSystem, Snapshot};

/// How far a consumer has come: the last revision that it has seen, and of which schema.
///
/// It prints as one word without a meaning of its own, to be stored by whoever consumes and handed back as it is: as the id of
/// an HTTP event, or beside the offset of a topic.
///
/// ```
/// use quanze::{ListSystem, feed::Cursor, four_tier};
///
/// let cursor = ListSystem::new(four_tier::schema()).snapshot().cursor();
/// assert_eq!(cursor.revision(), 0);
/// assert_eq!(cursor.to_string().parse::<Cursor>()?, cursor);
/// # Ok::<(), quanze::feed::CursorError>(())
/// ```
#[doc(alias = "游标")]
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cursor {
    /// The same revision of another schema has other rows.
    schema: Arc<str>,
    revision: u64,
}

/// The error of a text that is no cursor.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("'{0}' is no cursor; hand one back as it was received, such as '6c62272e07bb014262b821756295c58d-17'")]
pub struct CursorError(String);

/// The hexadecimal digits of a schema's fingerprint.
const DIGITS: usize = 32;

impl Cursor {
    pub(super) fn new(schema: &Arc<str>, revision: u64) -> Self {
        Self { schema: Arc::clone(schema), revision }
    }

    /// Returns the last revision seen.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Returns the fingerprint of the schema under which it was seen.
    #[must_use]
    pub fn schema_fingerprint(&self) -> &str {
        &self.schema
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.schema, self.revision)
    }
}

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let parts = text.split_once('-').filter(|(schema, revision)| {
            schema.len() == DIGITS
                && schema.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
                && revision.bytes().all(|digit| digit.is_ascii_digit())
        });
        let cursor =
            parts.and_then(|(schema, revision)| Some(Self { schema: schema.into(), revision: revision.parse().ok()? }));
        cursor.ok_or_else(|| CursorError(text.chars().take(80).collect()))
    }
}

impl TryFrom<String> for Cursor {
    type Error = CursorError;

    fn try_from(text: String) -> Result<Self, CursorError> {
        text.parse()
    }
}

impl From<Cursor> for String {
    fn from(cursor: Cursor) -> Self {
        cursor.to_string()
    }
}

impl Snapshot {
    /// Returns the cursor of a consumer that has read the whole snapshot.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { schema: self.schema().fingerprint().into(), revision: self.revision() }
    }
}

impl ListSystem {
    /// Returns the cursor of a consumer that has read all lists as they are now.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { schema: self.schema().fingerprint().into(), revision: self.revision() }
    }
}
