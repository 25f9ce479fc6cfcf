use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// What people read in place of a name, by language tag (BCP 47: `zh`, `en`).
///
/// ```
/// use quanze::schema::Labels;
///
/// let labels = Labels::zh_en("政务服务事项", "government services");
/// assert_eq!(labels.get("zh"), Some("政务服务事项"));
/// assert_eq!(labels.get("fr"), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Labels(IndexMap<String, String>);

impl Labels {
    /// Makes labels in Chinese and English.
    pub fn zh_en(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::default().with("zh", zh).with("en", en)
    }

    /// Adds or replaces the label of a language.
    #[must_use]
    pub fn with(mut self, language: impl Into<String>, label: impl Into<String>) -> Self {
        self.0.insert(language.into(), label.into());
        self
    }

    /// Returns the label of a language.
    #[must_use]
    pub fn get(&self, language: &str) -> Option<&str> {
        self.0.get(language).map(String::as_str)
    }

    /// Returns the label of a language, else the first one there is.
    #[must_use]
    pub fn get_or_first(&self, language: &str) -> Option<&str> {
        self.get(language).or_else(|| self.0.values().next().map(String::as_str))
    }

    /// Visits the labels with their language, in the order they were given.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(language, label)| (language.as_str(), label.as_str()))
    }

    /// Tells whether there is no label at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Tells whether what is said in a language is said in Chinese: `zh` and its kin; all else is English.
pub(crate) fn is_chinese(language: Option<&str>) -> bool {
    language.is_some_and(|language| language == "zh" || language.starts_with("zh-"))
}

impl<const N: usize> From<[(&str, &str); N]> for Labels {
    fn from(labels: [(&str, &str); N]) -> Self {
        Self(labels.into_iter().map(|(language, label)| (language.to_owned(), label.to_owned())).collect())
    }
}
