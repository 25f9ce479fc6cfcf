//! Drawings of nodes and edges, written for Mermaid and for Graphviz.
//!
//! [`Schema::picture`](crate::Schema::picture) draws what depends on what in a schema,
//! [`Snapshot::neighbourhood`](crate::Snapshot::neighbourhood) what one row rests on and feeds. The same schema or state
//! gives the same picture, byte by byte.
//!
//! Architecture invariant: a picture knows neither schemas nor rows; labels come as they are to be read, and are escaped here.

mod dot;
mod mermaid;

use serde::Serialize;

/// A drawing: nodes in groups, and edges between them.
///
/// ```
/// use quanze::{Schema, picture::Detail, schema::{Labels, List, Rule, Type}};
///
/// let schema = Schema::builder()
///     .list("powers", List::base().tier(1).labels(Labels::zh_en("权责清单", "powers")).field("name", Type::Text))
///     .list("services", List::derived().tier(2).field("name", Type::Text)
///         .rule(Rule::each_row("all", "powers").inherit(["name"])))
///     .build()?;
/// let picture = schema.picture(Detail::Lists.in_language("zh"));
/// assert_eq!(picture.mermaid(), "\
/// flowchart LR
///   subgraph g0[\"第 1 级\"]
///     n0[\"权责清单\"]
///   end
///   subgraph g1[\"第 2 级\"]
///     n1[\"services\"]
///   end
///   n0 --> n1
/// ");
/// assert!(picture.dot().starts_with("digraph lists {"));
/// # Ok::<(), quanze::schema::SchemaError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Picture {
    /// The groups, each before those inside it.
    pub groups: Vec<Group>,
    /// The nodes, in the order in which they are drawn.
    pub nodes: Vec<Node>,
    /// The edges, by the nodes that they lead from and to.
    pub edges: Vec<Edge>,
}

/// Nodes drawn together, with a frame around them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Group {
    /// What is written on it.
    pub label: String,
    /// The group that it lies in, by its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<usize>,
}

/// A node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Node {
    /// What is written on it, line by line.
    pub label: String,
    /// Its shape.
    pub shape: Shape,
    /// The group that it lies in, by its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<usize>,
}

/// The shape of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Shape {
    /// A rectangle.
    Box,
    /// A rectangle with round ends: which rows a list has, or rows that are only counted.
    Round,
    /// A parallelogram: what rows are found by.
    Slanted,
    /// The row that was asked about.
    Focus,
}

/// An edge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Edge {
    /// The node that it leads from, by its place.
    pub from: usize,
    /// The node that it leads to, by its place.
    pub to: usize,
    /// What is written on it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// How it is drawn.
    pub line: Line,
}

/// How an edge is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Line {
    /// Which rows there are, or a whole row, follows from it.
    Solid,
    /// A value is read along it.
    Dashed,
}

/// How much of a schema is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Detail {
    /// The lists.
    #[default]
    Lists,
    /// The lists, each with its fields.
    Fields,
}

/// How a schema is drawn: how much of it, and in which language. A [`Detail`] alone is drawn with names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SchemaPicture {
    pub(crate) detail: Detail,
    pub(crate) language: Option<String>,
}

impl Detail {
    /// Draws it with the labels of a language in place of names; what has no label keeps its name.
    #[must_use]
    pub fn in_language(self, language: impl Into<String>) -> SchemaPicture {
        SchemaPicture { detail: self, language: Some(language.into()) }
    }
}

impl From<Detail> for SchemaPicture {
    fn from(detail: Detail) -> Self {
        Self { detail, language: None }
    }
}

/// Where the neighbourhood of a row ends, and in which language it is drawn.
///
/// By default it reaches up to everything that the row rests on, and one step down; lists and fields go by their names.
///
/// ```
/// use quanze::picture::{Neighbourhood, Reach};
///
/// let near = Neighbourhood::new().above(Reach::Steps(1)).below(Reach::All).most(5).in_language("zh");
/// # let _ = near;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbourhood {
    pub(crate) above: Reach,
    pub(crate) below: Reach,
    pub(crate) most: usize,
    pub(crate) language: Option<String>,
}

/// How far rows are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reach {
    /// So many steps from row to row.
    Steps(usize),
    /// As far as they go.
    All,
}

impl Reach {
    /// Tells whether a row so many steps away is within it.
    pub(crate) fn holds(self, steps: usize) -> bool {
        match self {
            Self::Steps(most) => steps <= most,
            Self::All => true,
        }
    }
}

impl Neighbourhood {
    /// Starts with the defaults.
    #[must_use]
    pub fn new() -> Self {
        Self { above: Reach::All, below: Reach::Steps(1), most: 20, language: None }
    }

    /// Sets how far up it reaches: to what the row rests on.
    #[must_use]
    pub fn above(mut self, reach: Reach) -> Self {
        self.above = reach;
        self
    }

    /// Sets how far down it reaches: to what rests on the row.
    #[must_use]
    pub fn below(mut self, reach: Reach) -> Self {
        self.below = reach;
        self
    }

    /// Sets how many rows of one list are drawn, the nearest ones; the others are only counted. By default 20.
    #[must_use]
    pub fn most(mut self, rows: usize) -> Self {
        self.most = rows;
        self
    }

    /// Draws it with the labels of a language in place of names; what has no label keeps its name.
    #[must_use]
    pub fn in_language(mut self, language: impl Into<String>) -> Self {
        self.language = Some(language.into());
        self
    }
}

impl Default for Neighbourhood {
    fn default() -> Self {
        Self::new()
    }
}

impl Picture {
    /// Writes the picture as a Mermaid flowchart, as Markdown pages show it.
    #[must_use]
    pub fn mermaid(&self) -> String {
        mermaid::flowchart(self)
    }

    /// Writes the picture in the language of Graphviz.
    #[must_use]
    pub fn dot(&self) -> String {
        dot::digraph(self)
    }

    pub(crate) fn group(&mut self, label: impl Into<String>, within: Option<usize>) -> usize {
        self.groups.push(Group { label: label.into(), within });
        self.groups.len() - 1
    }

    pub(crate) fn node(&mut self, label: impl Into<String>, shape: Shape, group: Option<usize>) -> usize {
        self.nodes.push(Node { label: label.into(), shape, group });
        self.nodes.len() - 1
    }

    pub(crate) fn edge(&mut self, from: usize, to: usize, label: impl Into<String>, line: Line) {
        self.edges.push(Edge { from, to, label: label.into(), line });
    }

    /// Visits what lies in a group, outermost where there is none: groups and nodes.
    fn inside(&self, group: Option<usize>) -> (impl Iterator<Item = usize>, impl Iterator<Item = usize>) {
        let groups = self.groups.iter().enumerate().filter(move |(_, of)| of.within == group).map(|(at, _)| at);
        let nodes = self.nodes.iter().enumerate().filter(move |(_, node)| node.group == group).map(|(at, _)| at);
        (groups, nodes)
    }
}
