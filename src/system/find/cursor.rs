use std::{fmt, fmt::Write as _, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::value::Name;

/// Where a page has ended: the row that was seen last, and where it stood in the order.
///
/// It prints as one word without a meaning of its own, to be handed back as it is, and holds under later commits: reading goes
/// on behind the place where the row stood, whether the row is still there or not, and whatever has come and gone around it.
/// It holds what the row was ordered by and its key, in a form that is no secret.
///
/// ```
/// use quanze::{Edits, ListSystem, Record, Schema, find::{Cursor, Paging}, schema::{List, Type}};
///
/// let schema = Schema::builder().list("bodies", List::base().field("name", Type::Text).order_by("name")).build()?;
/// let mut system = ListSystem::new(schema);
/// let body = |name: &str| Record::new().with("name", name);
/// system.commit(Edits::new().insert("bodies", "a", &body("Archive")).insert("bodies", "m", &body("Market")))?;
///
/// let snapshot = system.snapshot();
/// let page = snapshot.list("bodies")?.page(1)?;
/// let word = page.next().ok_or("there is more")?.to_string();
///
/// system.commit(Edits::new().remove("bodies", "a").insert("bodies", "h", &body("Harbour")))?;
/// let paging = Paging::of(10).after(word.parse::<Cursor>()?);
/// let keys: Vec<String> = system.list("bodies")?.page(paging)?.rows().iter().map(|row| row.key().to_string()).collect();
/// assert_eq!(keys, ["h", "m"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "游标")]
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cursor {
    schema: Arc<str>,
    list: Name,
    index: Option<Name>,
    place: Box<[u8]>,
}

/// The error of a text that is no cursor.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("'{0}' is no cursor of a page; hand one back as it was received")]
pub struct CursorError(String);

/// The hexadecimal digits of a schema's fingerprint.
const DIGITS: usize = 32;

impl Cursor {
    pub(super) fn new(schema: &str, list: &Name, index: Option<&Name>, place: &[u8]) -> Self {
        Self { schema: schema.into(), list: list.clone(), index: index.cloned(), place: place.into() }
    }

    pub(super) fn place(&self) -> &[u8] {
        &self.place
    }

    /// Tells whether two cursors are of the same order of rows.
    pub(super) fn is_alike(&self, other: &Self) -> bool {
        (&self.schema, &self.list, &self.index) == (&other.schema, &other.list, &other.index)
    }

    /// Returns the name of the list.
    #[must_use]
    pub fn list(&self) -> &Name {
        &self.list
    }

    /// Returns the index in whose order the rows were read; nothing where they were read in the order of the list.
    #[must_use]
    pub fn index(&self) -> Option<&Name> {
        self.index.as_ref()
    }

    /// Returns the fingerprint of the schema under which the rows were read.
    #[must_use]
    pub fn schema_fingerprint(&self) -> &str {
        &self.schema
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let index = self.index.as_ref().map_or("", Name::as_str);
        write!(f, "{}-{}-{index}-", self.schema, self.list)?;
        self.place.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let refused = || CursorError(text.chars().take(80).collect());
        let parts: Vec<&str> = text.split('-').collect();
        let [schema, list, index, place] = parts[..] else { return Err(refused()) };
        let names_are_well_formed =
            Name::from(list).is_well_formed() && (index.is_empty() || Name::from(index).is_well_formed());
        if schema.len() != DIGITS || !is_hex(schema) || !is_hex(place) || !names_are_well_formed {
            return Err(refused());
        }
        let bytes = place.as_bytes().chunks(2).map(|pair| {
            let pair = std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?;
            u8::from_str_radix(pair, 16).ok()
        });
        let place = bytes.collect::<Option<Box<[u8]>>>().ok_or_else(refused)?;
        let index = (!index.is_empty()).then(|| Name::from(index));
        Ok(Self { schema: schema.into(), list: list.into(), index, place })
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
        let mut text = String::new();
        // Writing to text does not fail.
        let _ = write!(text, "{cursor}");
        text
    }
}
