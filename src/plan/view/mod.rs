//! A compiled plan as people read it: names in place of numbers.
//!
//! Architecture invariant: this reads a plan and nothing else; the engine knows nothing of it.

mod beyond;
mod families;
mod names;
mod scans;
mod words;

use serde::Serialize;

use super::Plan;
use crate::{
    schema::{Direction, Schema, Severity, Write},
    value::Name,
};

/// What a schema is compiled to: how records lie, what depends on what, who is looked at when something changes, and what
/// goes through more than what is affected.
///
/// It says what a commit will cost before there is a single row. Printed it is text for people, in the order of the lists;
/// serialised it is the same for machines.
///
/// ```
/// use quanze::{Schema, plan::Scan, schema::{Direction, List, OrderBy, Rule, Type, source}};
///
/// let schema = Schema::builder()
///     .list("articles", List::base().field("in_force", Type::Boolean))
///     .list("powers", List::base().tier(1).field("name", Type::Text).field("basis", Type::reference("articles")))
///     .list("services", List::derived().tier(2).field("name", Type::Text).field("sound", Type::Boolean)
///         .order_by("name")
///         .rule(Rule::each_row("all", "powers").inherit(["name"]).set("sound", source("basis.in_force"))))
///     .build()?;
///
/// let plan = schema.plan();
/// let beyond = &plan.families[0].reactions[0];
/// assert_eq!((beyond.back[0].as_str(), beyond.affects[0].as_str()), ("powers.basis", "services.sound"));
/// let sorted = Scan::Sorted { list: "services".into(), by: vec![("name".into(), Direction::Ascending)] };
/// assert_eq!(plan.scans, [sorted]);
/// assert!(plan.to_string().ends_with("\
/// what goes through more than what is affected
///   services is sorted by name whenever its rows are read in order
/// "));
/// # Ok::<(), quanze::schema::SchemaError>(())
/// ```
#[doc(alias = "执行计划")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CompiledPlan {
    /// The base lists and lists of groups, each with all that stems from its rows.
    pub families: Vec<Family>,
    /// In which order things settle.
    pub rounds: Vec<Round>,
    /// The rows of base lists and groups, by values.
    pub indexes: Vec<Index>,
    /// What rows of lists are found by: the indexes that the lists declare.
    pub found_by: Vec<FoundBy>,
    /// The families, by what they look for or refer to.
    pub postings: Vec<Posting>,
    /// What goes through more than what is affected. What every schema has is not among them: a whole list that is read
    /// goes through its families.
    pub scans: Vec<Scan>,
}

/// A base list, or a list of groups, with all lists whose rows stem from its rows: they lie with it, row by row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Family {
    /// The list of the roots.
    pub list: Name,
    /// The words of 32 bits that a root's record takes.
    pub words: usize,
    /// How many of these hold the key and lead to the family.
    pub head: usize,
    /// What the rest hold, in the order of the fields; then what is drawn from other rows.
    pub cells: Vec<Cell>,
    /// The lists and checks, each after those that it is made of, the roots' own first.
    pub blocks: Vec<Block>,
    /// What is looked at in other families when a root comes, goes or changes.
    pub reactions: Vec<Reaction>,
}

/// A field, or a value drawn from other rows, in the record of a root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Cell {
    /// What it is.
    pub kind: CellKind,
    /// The field's name, else an expression.
    pub name: String,
    /// The bits that it takes.
    pub bits: u8,
}

/// What a cell of a record holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CellKind {
    /// A field.
    Field,
    /// A value that the members of a group share.
    Shared,
    /// A value drawn from other rows, and kept by adding and taking away.
    Drawn,
}

/// The rows of a list, or of the findings of a check, in a family.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Block {
    /// The list or check.
    pub list: Name,
    /// How grave findings are, if it is a check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<Severity>,
    /// The round in which its rows settle.
    pub round: u16,
    /// What makes its rows; nothing for a base list.
    pub rules: Vec<BlockRule>,
    /// What decides which rows there are, apart from the rows that they are made of.
    pub depends_on: Vec<String>,
    /// What is drawn from its rows, and kept by adding and taking away.
    pub gives_to: Vec<GivesTo>,
}

/// A list of groups, or a value, that is drawn from the rows of a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct GivesTo {
    /// The list of groups, or the value.
    pub to: String,
    /// What it depends on which rows count and what they give.
    pub depends_on: Vec<String>,
}

/// A rule, as it works in a family.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BlockRule {
    /// The rule's id; of a check, the check.
    pub id: Name,
    /// The list whose rows it reads.
    pub from: Name,
    /// Which of them count; nothing where all do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// How many rows each makes.
    pub each: PlannedEach,
    /// The fields of the rows made.
    pub fields: Vec<PlannedField>,
}

/// How many rows a rule makes of one that it reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PlannedEach {
    /// One.
    Row,
    /// One for each element of a field.
    Element(Name),
    /// One for each line of a table that goes with the value of a field.
    Line {
        /// The field.
        by: Name,
        /// How many lines the table has.
        lines: usize,
    },
    /// One for each row of another list that has the values looked for.
    Match {
        /// The list matched.
        list: Name,
        /// The fields compared, each with the values looked for.
        on: Vec<(Name, Vec<String>)>,
        /// Which of the rows found count; nothing where all do.
        #[serde(skip_serializing_if = "Option::is_none")]
        when: Option<String>,
    },
    /// One for each group of rows that share values.
    Group {
        /// The values.
        by: Vec<String>,
        /// The list each row of which keeps a group, with or without members.
        #[serde(skip_serializing_if = "Option::is_none")]
        over: Option<Name>,
    },
}

/// A field of a derived row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PlannedField {
    /// The field.
    pub name: Name,
    /// Who may write it.
    pub write: Write,
    /// What the rule gives.
    pub value: PlannedValue,
}

/// What a rule gives a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PlannedValue {
    /// Nothing.
    Nothing,
    /// A value that is read where it lies; nothing is copied.
    Inherited {
        /// Where it lies: a list, or a rule's table.
        at: String,
        /// What is read there, with the references that lead to it.
        read: String,
    },
    /// A value that is worked out when it is read, and compared when something that it depends on changes.
    Computed {
        /// The expression.
        expression: String,
        /// What it depends on.
        depends_on: Vec<String>,
        /// How often it is compared.
        compared: Compared,
    },
}

/// How often a computed value is compared when something that it depends on changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Compared {
    /// Once: it is the same for all rows of a family.
    Family,
    /// In each row of the list that the family has.
    Row,
}

/// What is looked at in other families when a row of a root list changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Reaction {
    /// What changes; nothing where only coming and going matters, which always does.
    pub on: Vec<String>,
    /// The references followed backwards, one after the other: from the row to those that refer to it by the first, and so on.
    pub back: Vec<String>,
    /// How the families are found from the rows at the end of these.
    pub find: FindBy,
    /// The root list of the families.
    pub list: Name,
    /// What of them is looked at: fields, and with `rows of` which rows there are.
    pub affects: Vec<String>,
}

/// How families are found.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FindBy {
    /// The rows are their roots.
    Root,
    /// The rows refer to their roots by a field.
    Reference(String),
    /// They are posted under the rows, or under values that the rows have.
    Posting(Vec<String>),
    /// All are looked at.
    All,
}

/// Things that settle together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Round {
    /// Its number, from 1.
    pub number: u16,
    /// The values drawn from other rows that are complete when it begins.
    pub complete: Vec<String>,
    /// The lists and checks whose rows settle in it.
    pub lists: Vec<Name>,
}

/// The rows of a root list by the values of fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Index {
    /// The fields.
    pub fields: Vec<String>,
    /// What it is for.
    pub uses: Vec<IndexUse>,
}

/// What an index is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum IndexUse {
    /// No two rows may share the values.
    Unique,
    /// Finding the rows that refer to a row of a list.
    Referring(Name),
    /// A rule of a list looks rows up by it.
    Match {
        /// The list.
        list: Name,
        /// The rule.
        rule: Name,
    },
}

/// An index that a list declares. It is kept as rows change: an entry taken out and one put in for each that moves in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FoundBy {
    /// The list.
    pub list: Name,
    /// The index.
    pub index: Name,
    /// The fields, and which end comes first; none where rows stand by key.
    pub by: Vec<(Name, Direction)>,
    /// Which rows are in it; nothing where all are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Whether the list is read in its order by it.
    pub orders_the_list: bool,
}

/// The families that look for something, or refer to it, by what that is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Posting {
    /// The root list of the families.
    pub families: Name,
    /// The values that they are posted under.
    pub under: Vec<String>,
    /// What looks for them: a list and its rule, or a list and a field that may hold authored references.
    pub by: PostedBy,
}

/// What posts a family.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PostedBy {
    /// A rule of a list.
    Rule {
        /// The list.
        list: Name,
        /// The rule.
        rule: Name,
    },
    /// What is authored for a field.
    Authored(String),
}

/// Something that goes through more than what is affected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Scan {
    /// A change makes all families of a list be looked at: what is followed, a literal key say, does not lead back to the
    /// families that follow it.
    AllFamilies {
        /// What changes; nothing where only coming and going matters.
        on: Vec<String>,
        /// The list whose rows change.
        of: Name,
        /// The root list of the families.
        families: Name,
        /// What of them is looked at.
        affects: Vec<String>,
    },
    /// The rows of a list in one family are worked out or compared all together, though what changes may matter to one.
    WholeBlock {
        /// The list.
        list: Name,
        /// The root list of the families.
        families: Name,
        /// What may change for one of the rows.
        on: Vec<String>,
    },
    /// Rows are found by an index, and then tried one by one with a condition.
    Tried {
        /// The list whose rule it is.
        list: Name,
        /// The rule.
        rule: Name,
        /// The list whose rows are tried.
        matched: Name,
        /// The condition.
        when: String,
    },
    /// A family depends on more things than there are bits to note their changes in; some share one, and a change of one is
    /// taken for a change of all that share it.
    SharedBits {
        /// The root list of the families.
        families: Name,
        /// The things that share a bit with others.
        things: Vec<String>,
    },
    /// The rows of a list are sorted whenever they are read in order, as no index of all of them has that order.
    Sorted {
        /// The list.
        list: Name,
        /// The fields, and which end comes first.
        by: Vec<(Name, Direction)>,
    },
    /// Explaining a value drawn from rows, or a group, goes through a list.
    Explained {
        /// What is explained.
        what: String,
        /// The list.
        through: Name,
    },
    /// Giving a row another key goes through all families of a list, for what is authored under that key.
    Rekeyed {
        /// The list of the row.
        list: Name,
        /// The root list of the families.
        families: Name,
    },
}

impl Schema {
    /// Compiles the schema and shows the plan, as in the example of [`CompiledPlan`].
    ///
    /// # Complexity
    /// Compiles the schema anew; nothing is kept.
    #[must_use]
    pub fn plan(&self) -> CompiledPlan {
        Plan::new(self).in_words()
    }
}

impl Plan {
    fn in_words(&self) -> CompiledPlan {
        CompiledPlan {
            families: (0..self.roots.len() as u16).map(|root| self.shown_family(root)).collect(),
            rounds: self.shown_rounds(),
            indexes: self.shown_indexes(),
            found_by: self.shown_found_by(),
            postings: self.shown_postings(),
            scans: self.shown_scans(),
        }
    }
}
