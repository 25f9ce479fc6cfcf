use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use super::words::{self, Form};
use crate::{
    schema::Schema,
    value::{Key, Name},
};

/// What a row feeds: every row whose existence or fields rest on it, down to the last tier.
///
/// A row rests on another where its chain of rules and sources reads it: it stems from it, matches it, follows references
/// to or through it, or draws from it in an aggregate or group. So does a base row that refers to it, and what reads that
/// reference. A row that merely could come to read it, under another condition, is not among them.
///
/// ```
/// use std::collections::BTreeMap;
/// use quanze::{Edits, ListSystem, Schema, schema::{List, Rule, Type, source}};
///
/// let schema = Schema::builder()
///     .list("articles", List::base().field("locator", Type::Text))
///     .list("powers", List::base().tier(1).field("basis", Type::set(Type::reference("articles"))))
///     .list("services", List::derived().tier(2).field("basis", Type::set(Type::reference("articles")))
///         .rule(Rule::each_row("all", "powers").inherit(["basis"])))
///     .build()?;
/// let mut system = ListSystem::new(schema);
/// system.commit(Edits::new()
///     .insert("articles", "35", &BTreeMap::from([("locator", "Article 35")]))
///     .insert("powers", "food", &BTreeMap::from([("basis", ["35"])])))?;
///
/// let feeds = system.feeds("articles", "35")?;
/// assert_eq!(feeds.counts().into_iter().collect::<Vec<_>>(), [(Some(1), 1), (Some(2), 1)]);
/// assert_eq!(feeds.to_string(), "\
/// articles[35] feeds 2 rows in 2 lists
/// tier 1: 1 row
///   powers: 1 row
///     food: basis
/// tier 2: 1 row
///   services: 1 row
///     food: basis
/// ");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "影响范围")]
#[derive(Clone, Debug, Serialize)]
pub struct Feeds {
    pub(super) list: Name,
    pub(super) key: Key,
    pub(super) rows: Vec<Fed>,
    #[serde(skip)]
    pub(super) schema: Schema,
}

/// A row that rests on another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Fed {
    /// The tier of its list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<u8>,
    /// Its list.
    pub list: Name,
    /// Its key.
    pub key: Key,
    /// Whether it would not be there, or not for the same reason, without what it rests on.
    pub existence: bool,
    /// The fields that rest on it, in the order of the list.
    pub fields: Vec<Name>,
}

impl Feeds {
    /// Returns the list of the row asked about.
    #[must_use]
    pub fn list(&self) -> &Name {
        &self.list
    }

    /// Returns the key of the row asked about.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Returns the rows that rest on it, in the order of the schema's lists and of keys; not the row itself.
    #[must_use]
    pub fn rows(&self) -> &[Fed] {
        &self.rows
    }

    /// Visits the rows of a list that rest on it.
    pub fn of_list<'a>(&'a self, list: &'a str) -> impl Iterator<Item = &'a Fed> {
        self.rows.iter().filter(move |row| row.list.as_str() == list)
    }

    /// Counts the rows by tier; under `None` those of registers and views.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<Option<u8>, usize> {
        self.rows.iter().fold(BTreeMap::new(), |mut counts, row| {
            *counts.entry(row.tier).or_default() += 1;
            counts
        })
    }

    /// Writes the rows by tier and list as indented text in a language: Chinese for `zh` and its kin, else English.
    #[must_use]
    pub fn text(&self, language: &str) -> String {
        words::feeds(self, Some(language), Form::Indented)
    }

    /// Draws the rows by tier and list as a tree, with strokes from each line to those under it, in a language as [`Feeds::text`] has it;
    /// `{:#}` draws it with names.
    #[must_use]
    pub fn tree(&self, language: &str) -> String {
        words::feeds(self, Some(language), Form::Drawn)
    }
}

impl fmt::Display for Feeds {
    /// Writes it as indented text; `{:#}` draws a tree.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&words::feeds(self, None, Form::of(f)))
    }
}
