use std::{collections::HashSet, fmt};

use serde::Serialize;

use super::{
    grounds::Ground,
    membership::Made,
    words::{self, Form},
};
use crate::{
    schema::{Fold, Schema, Write},
    value::{Key, Name, Value},
};

/// Why a field of a row has its value: the chain of rules and sources up to what was authored, and why the row exists.
///
/// It is data: a tree of [`Node`]s, each with its value; printed, it is indented text with the names of lists and fields,
/// or a drawn tree where the alternate form is asked for. [`Explanation::text`] and [`Explanation::tree`] write the same in
/// words. Only what a value rests on is in it: of a choice the branch taken,
/// of conditions that had to hold together the one that failed.
///
/// ```
/// use std::collections::BTreeMap;
/// use quanze::{Edits, ListSystem, Schema, schema::{List, Rule, Type, source}};
///
/// let schema = Schema::builder()
///     .list("powers", List::base().field("name", Type::Text).field("open", Type::Boolean))
///     .list("services", List::derived().field("name", Type::Text)
///         .rule(Rule::each_row("open", "powers").when(source("open")).inherit(["name"])))
///     .build()?;
/// let mut system = ListSystem::new(schema);
/// system.commit(Edits::new()
///     .insert("powers", "food", &BTreeMap::from([("name", "Food licence")]))
///     .set("powers", "food", "open", true))?;
///
/// let why = system.explain("services", "food", "name")?;
/// assert_eq!(why.value().as_text(), Some("Food licence"));
/// assert_eq!(why.leaves().map(|leaf| leaf.to_string()).collect::<Vec<_>>(), ["powers[food].name"]);
/// assert_eq!(why.to_string(), "\
/// services[food].name = Food licence: inherited by rule open
///   powers[food].name = Food licence: a base cell
/// the row is there by
///   services[food]: rule open, from powers[food]
///     when source.open
///       source.open: powers[food].open = true: a base cell
/// ");
/// assert_eq!(format!("{why:#}"), "\
/// services[food].name = Food licence: inherited by rule open
/// ├─ powers[food].name = Food licence: a base cell
/// └─ the row is there by
///    └─ services[food]: rule open, from powers[food]
///       └─ when source.open
///          └─ source.open: powers[food].open = true: a base cell
/// ");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "溯源")]
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    #[serde(flatten)]
    pub(super) node: Node,
    /// Why the row exists.
    pub(super) membership: Vec<Made>,
    /// What the base rows at the ends refer to in registers.
    pub(super) grounds: Vec<Ground>,
    #[serde(skip)]
    pub(super) schema: Schema,
}

impl Explanation {
    /// Returns the value with its chain.
    #[must_use]
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// Returns the value explained.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.node.value
    }

    /// Returns why the row exists: each rule down from its base row, with the values that made it apply. Empty for a row of
    /// a base list, which was authored.
    #[must_use]
    pub fn membership(&self) -> &[Made] {
        &self.membership
    }

    /// Returns the rows of registers (law articles, bodies) that the base rows at the ends of the chain refer to. Only in a
    /// schema with tiers: a base list without one is a register.
    #[must_use]
    pub fn grounds(&self) -> &[Ground] {
        &self.grounds
    }

    /// Visits the base cells and authored cells that the value rests on, each once, in the order of reading.
    ///
    /// What a rule gives beside a value authored in its place is no part of it.
    pub fn leaves(&self) -> impl Iterator<Item = &Place> {
        let mut found = Vec::new();
        leaves(&self.node, &mut found);
        let mut seen = HashSet::new();
        found.into_iter().filter(move |place| seen.insert(*place))
    }

    /// Writes the explanation as indented text in a language: Chinese for `zh` and its kin, else English. Lists, fields and
    /// choices go by the schema's labels of that language, where there are any.
    #[must_use]
    pub fn text(&self, language: &str) -> String {
        words::explanation(self, Some(language), Form::Indented)
    }

    /// Draws the explanation as a tree, with strokes from each line to those under it, in a language as [`Explanation::text`] has it;
    /// `{:#}` draws it with names.
    #[must_use]
    pub fn tree(&self, language: &str) -> String {
        words::explanation(self, Some(language), Form::Drawn)
    }
}

impl fmt::Display for Explanation {
    /// Writes it as indented text; `{:#}` draws a tree.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&words::explanation(self, None, Form::of(f)))
    }
}

fn leaves<'a>(node: &'a Node, found: &mut Vec<&'a Place>) {
    if matches!(node.how, How::Base | How::Key | How::Authored { .. }) {
        found.extend(&node.place);
    }
    node.rests_on().for_each(|input| leaves(input, found));
}

/// A field of a row; the field `key` is the row itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Place {
    /// The list.
    pub list: Name,
    /// The key of the row.
    pub key: Key,
    /// The field.
    pub field: Name,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}].{}", self.list, self.key, self.field)
    }
}

/// A value, and how it came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Node {
    /// How the expression above names it, such as `source.limit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read: Option<String>,
    /// Where it stands, if it is a field of a row.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// The value.
    pub value: Value,
    /// How it came about.
    pub how: How,
}

/// How a value came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum How {
    /// It was authored in a base list, or left out there.
    Base,
    /// It is the row itself, or its key.
    Key,
    /// A rule took it over as it is.
    Inherited {
        /// The rule.
        rule: Name,
        /// What it was taken from.
        from: Box<Node>,
    },
    /// It was computed.
    Computed {
        /// The rule; nothing for what is drawn from a row of an aggregate.
        #[serde(skip_serializing_if = "Option::is_none")]
        rule: Option<Name>,
        /// The rule's expression.
        expression: String,
        /// What the value of the expression rests on.
        inputs: Vec<Node>,
    },
    /// Nothing gives it a value: no rule sets the field, and nothing was authored.
    Unset,
    /// It was authored for the row of a derived list.
    Authored {
        /// Who may write the field, and what the value then is.
        write: Write,
        /// What was authored.
        authored: Value,
        /// Why, where its author said so.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// What the rule gives beside it; nothing where no rule may set the field.
        #[serde(skip_serializing_if = "Option::is_none")]
        rule: Option<Box<Node>>,
    },
    /// It is an element of a set or sequence, one for which the row was made.
    Element {
        /// The set or sequence.
        of: Box<Node>,
    },
    /// It stands in a line of the rule's table.
    Line {
        /// The column that names the line, and its value.
        line: (Name, Value),
        /// The value that picked the line.
        by: Box<Node>,
    },
    /// References led to it.
    Path {
        /// The cells on the way, first the one that the path starts from.
        hops: Vec<Node>,
        /// How many more there are.
        #[serde(skip_serializing_if = "is_zero")]
        more: usize,
    },
    /// The members of the group share it.
    Shared {
        /// What they are grouped by.
        expression: String,
        /// The members.
        members: Vec<Contribution>,
        /// How many more there are.
        #[serde(skip_serializing_if = "is_zero")]
        more: usize,
    },
    /// It was drawn from many rows.
    Aggregate {
        /// How.
        fold: Fold,
        /// The field by which the rows refer here; nothing where they are the members of a group.
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<Name>,
        /// The rows that count.
        rows: Vec<Contribution>,
        /// How many more there are.
        #[serde(skip_serializing_if = "is_zero")]
        more: usize,
    },
    /// It is explained above, or too far up: explain the place itself.
    Elsewhere,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
pub(super) fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// A row that counts in an aggregate or group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Contribution {
    /// The list.
    pub list: Name,
    /// The key of the row.
    pub key: Key,
    /// What is drawn from it; nothing where rows are only counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Node>,
    /// Why it counts: first what refers here, if the row does, then what conditions and groups rest on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Node>,
}

impl Node {
    /// Visits the nodes that the value rests on: not what a rule gives beside a value authored in its place.
    pub(super) fn rests_on(&self) -> impl Iterator<Item = &Node> {
        let replaced = matches!(self.how, How::Authored { write: Write::Suggest, .. });
        self.inputs().filter(move |_| !replaced)
    }

    /// Visits the nodes that this one comes from.
    pub fn inputs(&self) -> impl Iterator<Item = &Node> {
        let (one, many, rows): (Option<&Node>, &[Node], &[Contribution]) = match &self.how {
            How::Base | How::Key | How::Unset | How::Elsewhere => (None, &[], &[]),
            How::Inherited { from: one, .. } | How::Element { of: one } | How::Line { by: one, .. } => {
                (Some(one), &[], &[])
            }
            How::Authored { rule, .. } => (rule.as_deref(), &[], &[]),
            How::Computed { inputs: many, .. } | How::Path { hops: many, .. } => (None, many, &[]),
            How::Shared { members: rows, .. } | How::Aggregate { rows, .. } => (None, &[], rows),
        };
        let rows = rows.iter().flat_map(|row| row.because.iter().chain(&row.value));
        one.into_iter().chain(many).chain(rows)
    }
}
