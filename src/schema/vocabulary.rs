use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{Labels, unique::unique};
use crate::value::Name;

/// The codes that a choice may take, with what people call them.
///
/// ```
/// use quanze::schema::{Labels, Vocabulary};
///
/// let types = Vocabulary::new()
///     .choice("01", Labels::zh_en("行政许可", "licence"))
///     .choice("02", Labels::zh_en("行政处罚", "penalty"));
/// assert_eq!(types.choices.len(), 2);
/// ```
#[doc(alias = "词表")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vocabulary {
    /// What people call the vocabulary.
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    pub labels: Labels,
    /// The codes, in their order: that in which choices sort and compare.
    #[serde(deserialize_with = "unique")]
    pub choices: IndexMap<Name, Labels>,
}

impl Vocabulary {
    /// Makes a vocabulary without codes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes a vocabulary of codes without labels.
    pub fn of<N: Into<Name>>(codes: impl IntoIterator<Item = N>) -> Self {
        let choices = codes.into_iter().map(|code| (code.into(), Labels::default())).collect();
        Self { labels: Labels::default(), choices }
    }

    /// Sets what people call the vocabulary.
    #[must_use]
    pub fn labels(mut self, labels: impl Into<Labels>) -> Self {
        self.labels = labels.into();
        self
    }

    /// Adds a code. Unlike other names, a code may be any text without spaces, such as `01`.
    #[must_use]
    pub fn choice(mut self, code: impl Into<Name>, labels: impl Into<Labels>) -> Self {
        self.choices.insert(code.into(), labels.into());
        self
    }
}
