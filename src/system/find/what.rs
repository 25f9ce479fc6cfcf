use std::ops::RangeBounds;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::value::{Name, Value};

/// What rows are looked for: values of fields, and a range or the beginning of a text in one more.
///
/// It is a value: it can be stored, sent, and comes from JSON. An index of the list must have the fields: those of the values
/// first, in any order, then that of the range. The first index declared that has them answers; one with a condition
/// answers only if it is named. Values are read as the fields' types: `"10 working_days"` is a duration where one is expected.
///
/// ```
/// use quanze::{days, find::Find};
///
/// let licences = Find::by("body", "market").is("type", "licence");
/// let quick = Find::in_index("in_use").is("body", "market").range("limit", ..=days(5));
/// let text = r#"{
///     "index": "in_use",
///     "is": { "body": "market" },
///     "then": { "range": { "field": "limit", "to": { "including": "5 days" } } }
/// }"#;
/// assert_eq!(serde_json::to_value(&quick)?, serde_json::from_str::<serde_json::Value>(text)?);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[doc(alias = "查询")]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Find {
    /// The index that answers; without one, the first that has the fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<Name>,
    /// The fields with the values that they have; a missing value finds the rows in which the field has none.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub is: IndexMap<Name, Value>,
    /// What is asked of one more field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub then: Option<Then>,
}

/// What is asked of the field that follows those with given values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Then {
    /// The text begins so, or the key of the row referred to, or the code: one of the field's scheme, unless the text names
    /// another as `scheme:text`.
    StartsWith {
        /// The field.
        field: Name,
        /// How its text begins.
        text: String,
    },
    /// The value lies between two ends. A missing value does not, nor does a duration in another unit.
    Range {
        /// The field.
        field: Name,
        /// The lower end.
        #[serde(default, skip_serializing_if = "Bound::is_open")]
        from: Bound,
        /// The upper end.
        #[serde(default, skip_serializing_if = "Bound::is_open")]
        to: Bound,
    },
}

/// An end of a range.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// There is none.
    #[default]
    Open,
    /// This value, which is in the range.
    Including(Value),
    /// This value, which is not in the range.
    Excluding(Value),
}

impl Bound {
    fn is_open(&self) -> bool {
        *self == Self::Open
    }

    fn of<V: Clone + Into<Value>>(bound: std::ops::Bound<&V>) -> Self {
        match bound {
            std::ops::Bound::Included(value) => Self::Including(value.clone().into()),
            std::ops::Bound::Excluded(value) => Self::Excluding(value.clone().into()),
            std::ops::Bound::Unbounded => Self::Open,
        }
    }
}

impl Find {
    /// Looks for the rows in which a field has a value.
    pub fn by(field: impl Into<Name>, value: impl Into<Value>) -> Self {
        Self::default().is(field, value)
    }

    /// Looks for the rows of an index: all of them, until more is asked.
    pub fn in_index(index: impl Into<Name>) -> Self {
        Self { index: Some(index.into()), ..Self::default() }
    }

    /// Asks for a value of a field.
    #[must_use]
    pub fn is(mut self, field: impl Into<Name>, value: impl Into<Value>) -> Self {
        self.is.insert(field.into(), value.into());
        self
    }

    /// Asks for texts that begin so, in place of a range.
    #[must_use]
    pub fn starts_with(mut self, field: impl Into<Name>, text: impl Into<String>) -> Self {
        self.then = Some(Then::StartsWith { field: field.into(), text: text.into() });
        self
    }

    /// Asks for values in a range, in place of a beginning.
    #[must_use]
    pub fn range<V: Clone + Into<Value>>(mut self, field: impl Into<Name>, range: impl RangeBounds<V>) -> Self {
        let (from, to) = (Bound::of(range.start_bound()), Bound::of(range.end_bound()));
        self.then = Some(Then::Range { field: field.into(), from, to });
        self
    }
}

impl Then {
    pub(super) fn field(&self) -> &Name {
        match self {
            Self::StartsWith { field, .. } | Self::Range { field, .. } => field,
        }
    }
}
