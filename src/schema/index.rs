use serde::{Deserialize, Serialize};

use super::{Expr, Labels, OrderBy};

/// An ordered index of a list: its rows by the values of some fields, then by key.
///
/// Rows are found by equality on the first fields, and by a range, or the beginning of a text, on the next. An index with a
/// condition is a *view in use*: it holds the rows for which the condition holds, and no others. One without fields has
/// the rows by key.
///
/// ```
/// use quanze::schema::{Index, List, Type, own};
///
/// let powers = List::base()
///     .field("body", Type::reference("bodies"))
///     .field("type", Type::Text)
///     .field("state", Type::Text)
///     .index("by_body", Index::on(["body", "type"]))
///     .index("in_use", Index::on(["body"]).when(own("state").is("1")));
/// assert_eq!(powers.indexes.len(), 2);
/// ```
#[doc(alias = "索引")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// What people call the index.
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    pub labels: Labels,
    /// The fields, the first compared first; ties by key. They hold single values.
    #[serde(default)]
    pub by: Vec<OrderBy>,
    /// Which rows are in it; it reads fields of the row itself, with [`own`](super::own).
    #[serde(default = "Expr::always", skip_serializing_if = "Expr::is_always")]
    pub when: Expr,
}

impl Index {
    /// Makes an index of all rows on these fields.
    pub fn on<O: Into<OrderBy>>(fields: impl IntoIterator<Item = O>) -> Self {
        Self { labels: Labels::default(), by: fields.into_iter().map(Into::into).collect(), when: Expr::always() }
    }

    /// Makes an index of all rows by their keys.
    #[must_use]
    pub fn by_key() -> Self {
        Self::on::<OrderBy>([])
    }

    /// Leaves out the rows for which the condition does not hold.
    #[must_use]
    pub fn when(mut self, condition: Expr) -> Self {
        self.when = condition;
        self
    }

    /// Sets what people call the index.
    #[must_use]
    pub fn labels(mut self, labels: impl Into<Labels>) -> Self {
        self.labels = labels.into();
        self
    }
}
