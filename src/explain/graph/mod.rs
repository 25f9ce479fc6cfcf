//! The rows of a snapshot and their fields as a graph: an edge from each to what rests on it directly.

mod inputs;
#[cfg(feature = "petgraph-0_8")]
mod petgraph_0_8;

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::{
    drawn::Draws,
    explanation::Place,
    spot::{Id, Spot},
};
use crate::{
    engine::At,
    system::{ReadError, Snapshot},
    value::Name,
};
pub(super) use inputs::{Cell, Inputs};
#[cfg(feature = "petgraph-0_8")]
pub use petgraph_0_8::{RowEdge, RowEdgeId, RowEdges, RowNeighbors, RowNodeReferences, RowNodes};

/// The graph of a snapshot: its rows and their fields are nodes, and an edge leads from each to what rests on it directly.
///
/// What is reached from a row is what it [feeds](crate::ListSystem::feeds). With the feature `petgraph-0_8` the algorithms
/// of that library run on `&RowGraph`: shortest paths, what dominates what, how it all falls apart.
///
/// No edge leads back, directly or through others, but among base rows that own each other.
///
/// ```
/// use quanze::{Edits, ListSystem, Record, Schema, schema::{List, Rule, Type, source}};
///
/// let schema = Schema::builder()
///     .list("articles", List::base().field("locator", Type::Text))
///     .list("powers", List::base().tier(1).field("basis", Type::reference("articles")))
///     .list("services", List::derived().tier(2).field("place", Type::Text)
///         .rule(Rule::each_row("all", "powers").set("place", source("basis.locator"))))
///     .build()?;
/// let mut system = ListSystem::new(schema);
/// system.commit(Edits::new()
///     .insert("articles", "35", &Record::new().with("locator", "Article 35"))
///     .insert("powers", "food", &Record::new().with("basis", "35")))?;
///
/// let graph = system.snapshot().row_graph();
/// let article = graph.row("articles", "35")?;
/// let said = |node| graph.place(node).map(|place| place.to_string()).unwrap_or_default();
/// let next: Vec<String> = graph.outputs(article).map(|(node, _)| said(node)).collect();
/// assert_eq!(next, ["articles[35].locator", "powers[food].basis"]);
/// let place = graph.field("services", "food", "place")?;
/// let from: Vec<String> = graph.inputs(place).map(|(node, _)| said(node)).collect();
/// assert_eq!(from, ["articles[35].locator", "powers[food].basis", "services[food].key"]);
///
/// # #[cfg(feature = "petgraph-0_8")] {
/// // With the feature `petgraph-0_8`.
/// use petgraph::algo::{astar, is_cyclic_directed};
///
/// let way = astar(&graph, article, |node| node == place, |_| 1, |_| 0).map(|(steps, _)| steps);
/// assert_eq!(way, Some(2));
/// assert!(!is_cyclic_directed(&graph));
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct RowGraph {
    snapshot: Snapshot,
    web: Web,
}

/// A node of a [`RowGraph`]: a row, or a field of one.
///
/// It belongs to its graph. In another one it stands for something else, or for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowNode(u32);

/// Why one node rests on another directly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Tie {
    /// A row is made of another, matches it, or has it for a member.
    Source,
    /// A row is there by a value.
    Condition,
    /// A base row is owned by another, and goes with it.
    Owner,
    /// A field's value is read from another, or drawn from it.
    Value,
    /// A field refers to a row.
    Reference,
    /// A field is of its row.
    Row,
}

/// Rows with their fields, and what is between them, by numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Web {
    rows: Vec<WebRow>,
    places: HashMap<Id, u32>,
    nodes: u32,
    inputs: Links,
    outputs: Links,
}

#[derive(Clone, Copy, Debug)]
struct WebRow {
    id: Id,
    /// The row itself; its fields come after.
    first: u32,
}

/// The neighbours of each node, in order.
#[derive(Clone, Debug, Default)]
struct Links {
    /// Where the neighbours of a node begin; one more for the end.
    starts: Vec<u32>,
    ends: Vec<(u32, Tie)>,
}

impl Links {
    /// Takes edges that are in order.
    fn new(nodes: u32, edges: &[(u32, u32, Tie)]) -> Self {
        let mut starts = vec![0; nodes as usize + 1];
        for (node, _, _) in edges {
            starts[*node as usize + 1] += 1;
        }
        for node in 0..nodes as usize {
            starts[node + 1] += starts[node];
        }
        Self { starts, ends: edges.iter().map(|(_, end, tie)| (*end, *tie)).collect() }
    }

    /// The places of a node's neighbours.
    fn range(&self, node: u32) -> std::ops::Range<usize> {
        let at = |node: usize| self.starts.get(node).map_or(self.ends.len(), |start| *start as usize);
        at(node as usize)..at(node as usize + 1)
    }

    fn of(&self, node: u32) -> &[(u32, Tie)] {
        &self.ends[self.range(node)]
    }
}

impl Web {
    /// Makes the web of some rows, each once; what rests on others is left out.
    pub(super) fn new<'a>(draws: &Draws<'a>, spots: &[Spot<'a>]) -> Self {
        let mut web = Self::default();
        for spot in spots {
            web.places.insert(spot.id(), web.rows.len() as u32);
            web.rows.push(WebRow { id: spot.id(), first: web.nodes });
            web.nodes += 1 + fields(spot);
        }
        let mut edges: Vec<(u32, u32, Tie)> = Vec::new();
        for (spot, row) in spots.iter().zip(&web.rows) {
            for node in 0..=fields(spot) {
                let cell = Cell { spot: *spot, field: node.checked_sub(1).map(|field| field as u16) };
                let inputs = Inputs::of(draws, cell);
                edges.extend(
                    inputs.into_iter().filter_map(|(cell, tie)| Some((row.first + node, web.node(&cell)?, tie))),
                );
            }
        }
        // Of several ties between the same nodes the first tells most.
        edges.sort_unstable();
        edges.dedup_by_key(|(to, from, _)| (*to, *from));
        edges.retain(|(to, from, _)| to != from);
        web.inputs = Links::new(web.nodes, &edges);
        let mut back: Vec<(u32, u32, Tie)> = edges.into_iter().map(|(to, from, tie)| (from, to, tie)).collect();
        back.sort_unstable();
        web.outputs = Links::new(web.nodes, &back);
        web
    }

    /// Returns the node of a row or field.
    pub(super) fn node(&self, cell: &Cell<'_>) -> Option<u32> {
        let row = *self.places.get(&cell.spot.id())?;
        Some(self.rows[row as usize].first + cell.field.map_or(0, |field| 1 + u32::from(field)))
    }

    /// Returns the row of a node, by its place, and the field.
    pub(super) fn row(&self, node: u32) -> Option<(usize, Option<u16>)> {
        if node >= self.nodes {
            return None;
        }
        let row = self.rows.partition_point(|row| row.first <= node) - 1;
        Some((row, (node - self.rows[row].first).checked_sub(1).map(|field| field as u16)))
    }

    /// Returns the nodes of a row, itself first.
    pub(super) fn nodes(&self, row: usize) -> std::ops::Range<u32> {
        let next = self.rows.get(row + 1).map_or(self.nodes, |row| row.first);
        self.rows.get(row).map_or(next, |row| row.first)..next
    }

    /// Returns the places of the rows that are reached from a row, itself among them.
    pub(super) fn reached(&self, start: &Spot<'_>) -> Vec<usize> {
        let mut seen = HashSet::new();
        let mut open: Vec<u32> = self.node(&Cell { spot: *start, field: None }).into_iter().collect();
        while let Some(node) = open.pop() {
            if seen.insert(node) {
                open.extend(self.outputs(node).iter().map(|(node, _)| *node));
            }
        }
        (0..self.rows.len()).filter(|row| self.nodes(*row).any(|node| seen.contains(&node))).collect()
    }

    pub(super) fn inputs(&self, node: u32) -> &[(u32, Tie)] {
        self.inputs.of(node)
    }

    pub(super) fn outputs(&self, node: u32) -> &[(u32, Tie)] {
        self.outputs.of(node)
    }
}

fn fields(spot: &Spot<'_>) -> u32 {
    spot.plan.list(spot.list()).fields.len() as u32
}

impl Snapshot {
    /// Makes the graph of all rows and their fields, as in the example of [`RowGraph`].
    ///
    /// # Complexity
    /// In the cells of all lists, and what each is read from.
    #[must_use]
    pub fn row_graph(&self) -> RowGraph {
        let sight = self.sight();
        let web = Web::new(&Draws::gathered(&sight), &Spot::everywhere(&sight));
        RowGraph { snapshot: self.clone(), web }
    }
}

impl RowGraph {
    /// Returns the snapshot.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// Returns the node of a row.
    ///
    /// # Errors
    /// [`ReadError`] where there is no such list or row.
    pub fn row(&self, list: &str, key: impl AsRef<str>) -> Result<RowNode, ReadError> {
        self.node(list, key.as_ref(), None)
    }

    /// Returns the node of a field of a row.
    ///
    /// # Errors
    /// [`ReadError`] where there is no such list, field or row.
    pub fn field(&self, list: &str, key: impl AsRef<str>, field: &str) -> Result<RowNode, ReadError> {
        self.snapshot.schema().field(list, field)?;
        self.node(list, key.as_ref(), Some(&Name::from(field)))
    }

    fn node(&self, list: &str, key: &str, field: Option<&Name>) -> Result<RowNode, ReadError> {
        let sight = self.snapshot.sight();
        let (_, cx, at) = sight.row(list, key)?;
        let spot = Spot::at(&sight, &cx, at);
        let cell = Cell { spot, field: field.and_then(|field| spot.field(field)) };
        let missing = || ReadError::NoSuchRow { list: list.into(), key: key.chars().take(200).collect() };
        self.web.node(&cell).map(RowNode).ok_or_else(missing)
    }

    /// Returns what a node stands for; the field `key` is the row itself. Nothing for a node of a larger graph.
    #[must_use]
    pub fn place(&self, node: RowNode) -> Option<Place> {
        let (row, field) = self.web.row(node.0)?;
        let spot = self.spot(row);
        let field = field.map_or_else(|| Name::from("key"), |field| spot.field_name(field).clone());
        Some(Place { list: spot.name().clone(), key: spot.key(), field })
    }

    /// Returns the row that a node is a field of; of a row, itself. Nothing for a node of a larger graph.
    #[must_use]
    pub fn row_of(&self, node: RowNode) -> Option<RowNode> {
        let (row, _) = self.web.row(node.0)?;
        Some(RowNode(self.web.rows[row].first))
    }

    fn spot(&self, row: usize) -> Spot<'_> {
        let (root, number, block, at) = self.web.rows[row].id;
        let (plan, store) = (self.snapshot.plan(), self.snapshot.store());
        Spot { plan, store, root, row: number, at: At { block, row: at }, candidate: 0 }
    }

    /// Visits all nodes, by list in the order of the schema: each row, then its fields.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = RowNode> + use<> {
        (0..self.web.nodes).map(RowNode)
    }

    /// Returns the number of nodes.
    #[must_use]
    pub fn node_count(&self) -> usize {
        self.web.nodes as usize
    }

    /// Returns the number of edges.
    #[must_use]
    pub fn edge_count(&self) -> usize {
        self.web.outputs.ends.len()
    }

    /// Visits what a node rests on directly, in the order of the nodes.
    #[must_use]
    pub fn inputs(&self, node: RowNode) -> impl ExactSizeIterator<Item = (RowNode, Tie)> {
        self.web.inputs(node.0).iter().map(|(node, tie)| (RowNode(*node), *tie))
    }

    /// Visits what rests on a node directly, in the order of the nodes.
    #[must_use]
    pub fn outputs(&self, node: RowNode) -> impl ExactSizeIterator<Item = (RowNode, Tie)> {
        self.web.outputs(node.0).iter().map(|(node, tie)| (RowNode(*node), *tie))
    }
}
