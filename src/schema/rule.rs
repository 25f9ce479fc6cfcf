use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{Expr, Type, lit, source, unique::unique};
use crate::value::{Name, Value};

/// How rows of a list follow from the rows of another.
///
/// ```
/// use quanze::schema::{Probe, Rule, element, source};
///
/// // Each service, once for each body that handles its kind.
/// let rule = Rule::each_match("by_body", "services", "bodies")
///     .on("kind", Probe::Is(source("kind")))
///     .when(source("active"))
///     .inherit(["name", "limit"])
///     .set("body_name", element("name"));
/// assert_eq!(rule.set.len(), 3);
/// ```
#[doc(alias = "派生规则")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The rule's id, unique in its list.
    pub id: Name,
    /// The list whose rows the rule reads: each has a place in the keys of the rows made of it.
    pub from: Name,
    /// Which of those rows count.
    #[serde(default = "Expr::always", skip_serializing_if = "Expr::is_always")]
    pub when: Expr,
    /// How many rows each makes.
    pub each: Each,
    /// The fields of the rows made. A bare [`source`], [`super::element`] or [`super::path`] is inherited, the rest computed.
    #[serde(default, deserialize_with = "unique")]
    pub set: IndexMap<Name, Expr>,
}

impl Rule {
    fn new(id: impl Into<Name>, from: impl Into<Name>, each: Each) -> Self {
        Self { id: id.into(), from: from.into(), when: Expr::always(), each, set: IndexMap::new() }
    }

    /// Makes one row of each source row.
    pub fn each_row(id: impl Into<Name>, from: impl Into<Name>) -> Self {
        Self::new(id, from, Each::Row)
    }

    /// Makes one row of each element of a set or sequence of the source row.
    pub fn each_element(id: impl Into<Name>, from: impl Into<Name>, field: impl Into<Name>) -> Self {
        Self::new(id, from, Each::Element(field.into()))
    }

    /// Makes one row of each line of a table that goes with the source row.
    pub fn each_line(id: impl Into<Name>, from: impl Into<Name>, table: Table) -> Self {
        Self::new(id, from, Each::Table(table))
    }

    /// Makes one row of each row of another list that goes with the source row; say which with [`Rule::on`].
    pub fn each_match(id: impl Into<Name>, from: impl Into<Name>, list: impl Into<Name>) -> Self {
        Self::new(id, from, Each::Match { list: list.into(), on: Vec::new(), when: Expr::always() })
    }

    /// Makes one row of each group of source rows that share these values.
    pub fn each_group(id: impl Into<Name>, from: impl Into<Name>, by: impl IntoIterator<Item = Expr>) -> Self {
        Self::new(id, from, Each::Group { by: by.into_iter().collect(), over: None })
    }

    /// Sets which source rows count.
    #[must_use]
    pub fn when(mut self, when: Expr) -> Self {
        self.when = when;
        self
    }

    /// Demands that a field of the matched row equals what is probed for. Without effect on other kinds of rule.
    #[must_use]
    pub fn on(mut self, field: impl Into<Name>, probe: Probe) -> Self {
        if let Each::Match { on, .. } = &mut self.each {
            on.push((field.into(), probe));
        }
        self
    }

    /// Sets which matched rows count, by `source` and `element`. Without effect on other kinds of rule.
    #[must_use]
    pub fn matched_when(mut self, condition: Expr) -> Self {
        if let Each::Match { when, .. } = &mut self.each {
            *when = condition;
        }
        self
    }

    /// Keeps a group for each row of a base list, also when it has no member; the one value grouped by refers to that list.
    /// Without effect on other kinds of rule.
    #[must_use]
    pub fn over(mut self, list: impl Into<Name>) -> Self {
        if let Each::Group { over, .. } = &mut self.each {
            *over = Some(list.into());
        }
        self
    }

    /// Sets a field of the rows made.
    #[must_use]
    pub fn set(mut self, field: impl Into<Name>, value: Expr) -> Self {
        self.set.insert(field.into(), value);
        self
    }

    /// Inherits fields of the same name from the source row.
    #[must_use]
    pub fn inherit<N: Into<Name>>(mut self, fields: impl IntoIterator<Item = N>) -> Self {
        for field in fields {
            let field = field.into();
            let value = source(field.as_str());
            self.set.insert(field, value);
        }
        self
    }
}

/// How many rows a source row makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Each {
    /// One.
    Row,
    /// One for each element of a set or sequence field.
    Element(Name),
    /// One for each line of a table.
    Table(Table),
    /// One for each row of another list that has the values probed for.
    Match {
        /// The list matched: a base list or a list of groups.
        list: Name,
        /// What its fields must equal; `key` is a field as well. At least one.
        on: Vec<(Name, Probe)>,
        /// Which of the rows found count.
        #[serde(default = "Expr::always", skip_serializing_if = "Expr::is_always")]
        when: Expr,
    },
    /// One for each group of source rows that share these values; a row with one of them missing is in no group.
    Group {
        /// The values shared. They make the group's key.
        by: Vec<Expr>,
        /// A base list each row of which keeps a group, also an empty one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        over: Option<Name>,
    },
}

/// What a field of a matched row must equal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Probe {
    /// This value.
    Is(Expr),
    /// One of these values.
    AnyOf(Vec<Expr>),
}

impl Probe {
    /// Returns the values probed for.
    #[must_use]
    pub fn values(&self) -> &[Expr] {
        match self {
            Self::Is(value) => std::slice::from_ref(value),
            Self::AnyOf(values) => values,
        }
    }
}

/// Lines that go with the values of a field of the source row.
///
/// ```
/// use quanze::schema::{Table, Type};
///
/// let scenarios = Table::by("kind", "scenario", Type::Text).line("licence", "new").line("licence", "renew");
/// assert_eq!(scenarios.lines.len(), 2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The field of the source row whose value picks the lines.
    pub by: Name,
    /// The column that names a line in keys; its values differ among the lines of one value.
    pub key: Name,
    /// The columns and their types, the key's among them.
    #[serde(deserialize_with = "unique")]
    pub columns: IndexMap<Name, Type>,
    /// The lines, in their order.
    pub lines: Vec<Line>,
}

impl Table {
    /// Makes a table without lines, with the one column that names them.
    pub fn by(field: impl Into<Name>, key: impl Into<Name>, ty: Type) -> Self {
        let key = key.into();
        Self { by: field.into(), columns: IndexMap::from([(key.clone(), ty)]), key, lines: Vec::new() }
    }

    /// Adds a column.
    #[must_use]
    pub fn column(mut self, name: impl Into<Name>, ty: Type) -> Self {
        self.columns.insert(name.into(), ty);
        self
    }

    /// Adds a line for a value of the field, named by `key`.
    #[must_use]
    pub fn line(mut self, of: impl Into<Value>, key: impl Into<Value>) -> Self {
        let set = IndexMap::from([(self.key.clone(), key.into())]);
        self.lines.push(Line { of: of.into(), set });
        self
    }

    /// Sets a further column of the line added last.
    #[must_use]
    pub fn with(mut self, column: impl Into<Name>, value: impl Into<Value>) -> Self {
        if let Some(line) = self.lines.last_mut() {
            line.set.insert(column.into(), value.into());
        }
        self
    }
}

/// One line of a [`Table`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The value of the source row's field that the line goes with.
    pub of: Value,
    /// The columns' values; a column left out is missing.
    #[serde(deserialize_with = "unique")]
    pub set: IndexMap<Name, Value>,
}

impl Expr {
    /// The condition that always holds.
    #[must_use]
    pub fn always() -> Self {
        lit(true)
    }

    /// Tells whether this is the condition that always holds.
    #[must_use]
    pub fn is_always(&self) -> bool {
        *self == Self::Lit(Value::Boolean(true))
    }
}
