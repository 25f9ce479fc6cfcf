use std::{fmt, ops::AddAssign};

use serde::Serialize;

use super::words::{self, Form};
use crate::{
    schema::Schema,
    value::{Name, Value},
};

/// What changes mean for whom: how many rows and findings come, go and change, by tier, list and owner.
///
/// ```
/// use quanze::{Edits, ListSystem, Record, Schema, explain::Owners, schema::{List, Rule, Type, source}};
///
/// let schema = Schema::builder()
///     .list("bodies", List::base().field("name", Type::Text))
///     .list("powers", List::base().tier(1).field("name", Type::Text).field("body", Type::reference("bodies")))
///     .list("services", List::derived().tier(2).field("name", Type::Text).field("power", Type::reference("powers"))
///         .rule(Rule::each_row("all", "powers").set("power", source("key")).inherit(["name"])))
///     .build()?;
/// let mut system = ListSystem::new(schema);
/// system.commit(Edits::new()
///     .insert("bodies", "market", &Record::new().with("name", "Market bureau"))
///     .insert("powers", "food", &Record::new().with("name", "Food").with("body", "market")))?;
///
/// let preview = system.preview(&Edits::new().set("powers", "food", "name", "Food licence"))?;
/// let owners = Owners::new().of("powers", ["body"]).of("services", ["power.body"]);
/// let impact = preview.impact(&system.snapshot(), &owners)?;
/// assert_eq!(impact.total().updated, 2);
/// assert_eq!(impact.text("en"), "\
/// 2 rows in 2 lists: 2 updated
/// tier 1: 1 updated
///   powers: 1 updated
///     Market bureau [market]: 1 updated
/// tier 2: 1 updated
///   services: 1 updated
///     Market bureau [market]: 1 updated
/// by owner
///   Market bureau [market]: 2 updated
/// ");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "影响评估")]
#[derive(Clone, Debug, Serialize)]
pub struct Impact {
    pub(super) total: Counts,
    pub(super) tiers: Vec<OfTier>,
    pub(super) lists: Vec<OfList>,
    pub(super) owners: Vec<OfOwner>,
    #[serde(skip)]
    pub(super) schema: Schema,
}

/// How many rows and findings come, go and change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// Rows that appear.
    pub added: usize,
    /// Rows that vanish.
    pub removed: usize,
    /// Rows with other values.
    pub updated: usize,
    /// Rows that are seen as they were, because what has changed lies under authored values.
    pub shadowed: usize,
    /// Findings that there were not before.
    pub findings_added: usize,
    /// Findings that there are no more.
    pub findings_resolved: usize,
}

/// What changes mean for the lists of a tier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OfTier {
    /// The tier; nothing for registers and views.
    pub tier: Option<u8>,
    /// The counts.
    #[serde(flatten)]
    pub counts: Counts,
}

/// What changes mean for a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OfList {
    /// The tier of the list.
    pub tier: Option<u8>,
    /// The list.
    pub list: Name,
    /// The counts, with each row and finding once.
    #[serde(flatten)]
    pub counts: Counts,
    /// The same by owner. A row that several own is counted for each, and so is one that passes from one to another.
    pub owners: Vec<OfOwner>,
}

/// What changes mean for an owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OfOwner {
    /// Where the owner is a row: its list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<Name>,
    /// The owner; missing for rows that nobody owns.
    pub owner: Value,
    /// Where the owner is a row: the first text that it holds, for people.
    #[serde(skip_serializing_if = "Value::is_missing")]
    pub caption: Value,
    /// The counts.
    #[serde(flatten)]
    pub counts: Counts,
}

impl Counts {
    /// Returns the number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.added + self.removed + self.updated + self.shadowed
    }

    /// Tells whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.added += other.added;
        self.removed += other.removed;
        self.updated += other.updated;
        self.shadowed += other.shadowed;
        self.findings_added += other.findings_added;
        self.findings_resolved += other.findings_resolved;
    }
}

impl Impact {
    /// Returns the counts of everything.
    #[must_use]
    pub fn total(&self) -> Counts {
        self.total
    }

    /// Returns the counts of each tier in which something changes; first registers and views.
    #[must_use]
    pub fn tiers(&self) -> &[OfTier] {
        &self.tiers
    }

    /// Returns the counts of each list in which something changes, in the order of the schema.
    #[must_use]
    pub fn lists(&self) -> &[OfList] {
        &self.lists
    }

    /// Returns the counts of each owner over all lists, by owner; first, if there are any, of what nobody owns.
    #[must_use]
    pub fn owners(&self) -> &[OfOwner] {
        &self.owners
    }

    /// Writes the counts by tier, list and owner as indented text in a language: Chinese for `zh` and its kin, else English.
    #[must_use]
    pub fn text(&self, language: &str) -> String {
        words::impact(self, Some(language), Form::Indented)
    }

    /// Draws the counts as a tree in a language, with strokes from each line to those under it; `{:#}` draws it with names.
    #[must_use]
    pub fn tree(&self, language: &str) -> String {
        words::impact(self, Some(language), Form::Drawn)
    }
}

impl fmt::Display for Impact {
    /// Writes it as indented text with names; `{:#}` draws a tree.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&words::impact(self, None, Form::of(f)))
    }
}
