use std::fmt;

use serde::Serialize;

use super::{
    explanation::Node,
    membership::{Condition, Probed},
    words::{self, Form},
};
use crate::{
    schema::Schema,
    value::{Key, Name, Value},
};

/// Why a row is not in its list: for each rule that could have made it, what is missing, from the base rows down; or that the
/// row is there.
///
/// It is data, a tree of [`Absent`] rows and what they lack; printed, it is text as that of [`super::Explanation`] is.
///
/// ```
/// use quanze::{Edits, ListSystem, Record, Schema, schema::{List, Rule, Type, source}};
///
/// let schema = Schema::builder()
///     .list("powers", List::base().field("name", Type::Text).field("kind", Type::Text).field("open", Type::Boolean))
///     .list("services", List::derived().field("name", Type::Text).rule(
///         Rule::each_row("open", "powers").when(source("kind").is("licence").and(source("open"))).inherit(["name"])))
///     .build()?;
/// let mut system = ListSystem::new(schema);
/// system.commit(Edits::new().insert("powers", "food", &Record::new().with("kind", "licence").with("open", false)))?;
///
/// let why_not = system.why_not("services", "food")?;
/// assert!(!why_not.is_there());
/// assert_eq!(why_not.to_string(), "\
/// services[food] is not there
///   rule open, from powers[food]: the condition does not hold
///     source.open
///       source.open: powers[food].open = false: a base cell
/// ");
/// assert_eq!(system.why_not("services", "fish")?.to_string(), "\
/// services[fish] is not there
///   rule open
///     powers[fish] is not there: nobody has inserted it
/// ");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "未列入原因")]
#[derive(Clone, Debug, Serialize)]
pub struct WhyNot {
    #[serde(flatten)]
    pub(super) row: Absent,
    #[serde(skip)]
    pub(super) schema: Schema,
}

/// A row that is not there, or is, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Absent {
    /// The list.
    pub list: Name,
    /// The key, as it was given (a very long one shortened).
    pub key: String,
    /// Why.
    pub why: Why,
}

/// Why a row is not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Why {
    /// It is there.
    There {
        /// The rule that made it; nothing for a base row, which was inserted.
        #[serde(skip_serializing_if = "Option::is_none")]
        rule: Option<Name>,
        /// The rules further on that would make it too, if this one had not come first.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        also: Vec<Name>,
    },
    /// It is a row of a base list, and nobody has inserted it, or somebody has removed it.
    NotInserted,
    /// No row of the list has a key like this one.
    NoSuchKey {
        /// What keys of the list look like: for each segment, where it comes from.
        accepted: Vec<String>,
    },
    /// No rule has made it.
    NotMade {
        /// The rules that give such keys, in their order, and what each lacks.
        rules: Vec<Missed>,
    },
    /// It is a group, and no row is a member of it.
    NoMembers {
        /// The rule that makes the groups.
        rule: Name,
        /// The list of which the members are.
        from: Name,
        /// What is grouped by, and what the members would share, as it stands in the key.
        by: Vec<(String, String)>,
        /// The rows that share that, but do not count.
        near: Vec<NotMember>,
        /// How many more there are.
        #[serde(skip_serializing_if = "super::explanation::is_zero")]
        more: usize,
        /// The row that would keep the group without members, and why it is not there; nothing where no list keeps groups.
        #[serde(skip_serializing_if = "Option::is_none")]
        over: Option<Box<Absent>>,
    },
    /// It is told before.
    Elsewhere,
}

/// A rule that has not made a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Missed {
    /// The rule.
    pub rule: Name,
    /// The list and key of the row that the rule would have read.
    pub from: (Name, String),
    /// What is missing.
    pub lacks: Lack,
}

/// What a rule has lacked to make a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Lack {
    /// The row that it reads is not there.
    Source(Box<Absent>),
    /// Its condition does not hold for that row.
    Condition(Failed),
    /// The element is not in the set or sequence.
    Element {
        /// The element, as it stands in the key.
        element: String,
        /// The set or sequence.
        of: Node,
    },
    /// The table has no such line for the value.
    Line {
        /// The column that names the lines, and the line, as it stands in the key.
        line: (Name, String),
        /// The value that picks the lines.
        by: Node,
        /// The lines that there are for it.
        lines: Vec<Value>,
    },
    /// The row to be matched is not there.
    Matched(Box<Absent>),
    /// The row to be matched has other values than those probed for.
    Probes {
        /// The list matched.
        list: Name,
        /// The key of the row.
        key: Key,
        /// The fields that differ, each with what it should equal.
        differ: Vec<Probed>,
    },
    /// The condition of the match does not hold for the row to be matched.
    MatchedCondition {
        /// The list matched.
        list: Name,
        /// The key of the row.
        key: Key,
        /// The condition.
        failed: Failed,
    },
}

/// A condition that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Failed {
    /// The condition.
    pub expression: String,
    /// Of those that had to hold together, the ones that do not, and what they rest on; the condition itself, if it is one.
    pub parts: Vec<Condition>,
}

/// A row that shares what a group is made of, but is no member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NotMember {
    /// The list.
    pub list: Name,
    /// The key of the row.
    pub key: Key,
    /// The condition that does not hold for it.
    pub failed: Failed,
}

impl WhyNot {
    /// Returns the row asked about, and why it is not there.
    #[must_use]
    pub fn row(&self) -> &Absent {
        &self.row
    }

    /// Tells whether the row is there after all.
    #[must_use]
    pub fn is_there(&self) -> bool {
        matches!(self.row.why, Why::There { .. })
    }

    /// Writes it as indented text in a language: Chinese for `zh` and its kin, else English. Lists, fields and choices go by
    /// the schema's labels of that language, where there are any.
    #[must_use]
    pub fn text(&self, language: &str) -> String {
        words::why_not(self, Some(language), Form::Indented)
    }

    /// Draws it as a tree in a language, with strokes from each line to those under it; `{:#}` draws it with names.
    #[must_use]
    pub fn tree(&self, language: &str) -> String {
        words::why_not(self, Some(language), Form::Drawn)
    }
}

impl fmt::Display for WhyNot {
    /// Writes it as indented text with names; `{:#}` draws a tree.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&words::why_not(self, None, Form::of(f)))
    }
}
