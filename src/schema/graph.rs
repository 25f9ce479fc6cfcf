//! The dependency graph: which membership and which field depends on which, and that none depends on itself.
//!
//! Architecture invariant: of the schema only this file knows the graph library; nothing it names is seen outside.

use indexmap::{IndexMap, IndexSet};
use petgraph::{
    Direction,
    algo::{tarjan_scc, toposort},
    graph::{DiGraph, NodeIndex},
};

use super::{SchemaBuilder, reads::Read, typing::Typing};
use crate::value::Name;

/// Which rows a list has, or one of its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Node {
    /// The membership of the list at this place of the schema.
    Membership(usize),
    /// The field at this place of the list at that place.
    Field(usize, usize),
}

/// What depends on what in a schema. An edge leads from what is read to what reads it.
#[derive(Clone, Debug)]
pub(crate) struct Graph {
    edges: DiGraph<Node, Edge>,
    nodes: IndexMap<Node, NodeIndex>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edge {
    /// An expression, probe, step or grouping says so.
    Reads,
    /// A field has a value only in rows that are there.
    Exists,
}

impl Graph {
    /// Draws the graph of a schema; names that are unknown are left out.
    ///
    /// # Errors
    /// The cycles, each in words, where there are any.
    pub(crate) fn new(spec: &SchemaBuilder) -> Result<Self, Vec<Vec<String>>> {
        let mut drawing = Drawing { typing: Typing::new(spec), edges: DiGraph::new(), nodes: IndexMap::new() };
        drawing.draw();
        let Drawing { edges, nodes, .. } = drawing;
        match toposort(&edges, None) {
            Ok(_) => Ok(Self { edges, nodes }),
            Err(_) => Err(cycles(spec, &edges)),
        }
    }

    /// Visits what is read and what reads it, in the order of the schema.
    pub(super) fn reads(&self) -> impl Iterator<Item = (Node, Node)> {
        self.nodes.iter().flat_map(|(node, at)| {
            let edges = self.edges.edges_directed(*at, Direction::Incoming);
            let mut read: Vec<Node> = edges
                .filter(|edge| *edge.weight() == Edge::Reads)
                .map(|edge| self.edges[petgraph::visit::EdgeRef::source(&edge)])
                .collect();
            read.sort_unstable();
            read.into_iter().map(|from| (from, *node))
        })
    }
}

/// Names a node as `list` or `list.field`.
fn id(spec: &SchemaBuilder, node: Node) -> String {
    let (list, field) = match node {
        Node::Membership(list) => (list, None),
        Node::Field(list, field) => (list, Some(field)),
    };
    let Some((name, list)) = spec.lists.get_index(list) else { return String::new() };
    match field.and_then(|field| list.fields.get_index(field)) {
        Some((field, _)) => format!("{name}.{field}"),
        None => name.to_string(),
    }
}

/// Names a node as people read it.
fn words(spec: &SchemaBuilder, node: Node) -> String {
    match node {
        Node::Membership(_) => format!("rows of {}", id(spec, node)),
        Node::Field(..) => id(spec, node),
    }
}

struct Drawing<'a> {
    typing: Typing<'a>,
    edges: DiGraph<Node, Edge>,
    nodes: IndexMap<Node, NodeIndex>,
}

impl Drawing<'_> {
    fn draw(&mut self) {
        let spec = self.typing.spec;
        for (place, list) in spec.lists.values().enumerate() {
            self.node(Node::Membership(place));
            for field in 0..list.fields.len() {
                self.node(Node::Field(place, field));
            }
        }
        for (place, (name, list)) in spec.lists.iter().enumerate() {
            if list.is_base() {
                continue;
            }
            let mut membership = IndexSet::new();
            let mut fields: Vec<IndexSet<Read>> = vec![IndexSet::new(); list.fields.len()];
            for rule in &list.rules {
                let reads = self.typing.rule_reads(name, rule);
                membership.extend(reads.membership);
                for (field, reads) in reads.fields {
                    if let Some(field) = list.fields.get_index_of(&field).and_then(|field| fields.get_mut(field)) {
                        field.extend(reads);
                    }
                }
            }
            self.connect(Node::Membership(place), &membership);
            for (field, reads) in fields.iter().enumerate() {
                self.connect(Node::Field(place, field), reads);
                let (from, to) = (self.node(Node::Membership(place)), self.node(Node::Field(place, field)));
                if self.edges.find_edge(from, to).is_none() {
                    self.edges.add_edge(from, to, Edge::Exists);
                }
            }
        }
    }

    fn node(&mut self, node: Node) -> NodeIndex {
        let edges = &mut self.edges;
        *self.nodes.entry(node).or_insert_with(|| edges.add_node(node))
    }

    fn connect(&mut self, to: Node, reads: &IndexSet<Read>) {
        for read in reads {
            if let Some(from) = self.place(read) {
                let (from, to) = (self.node(from), self.node(to));
                self.edges.add_edge(from, to, Edge::Reads);
            }
        }
    }

    fn place(&self, read: &Read) -> Option<Node> {
        let place = |list: &Name| self.typing.spec.lists.get_full(list).map(|(place, _, list)| (place, list));
        match read {
            Read::Membership(list) => place(list).map(|(place, _)| Node::Membership(place)),
            Read::Field(list, field) => {
                let (place, list) = place(list)?;
                list.fields.get_index_of(field).map(|field| Node::Field(place, field))
            }
        }
    }
}

/// Writes a shortest cycle through the first node of each knot of the graph: each node, then what it reads.
fn cycles(spec: &SchemaBuilder, edges: &DiGraph<Node, Edge>) -> Vec<Vec<String>> {
    let mut knots: Vec<Vec<Node>> = Vec::new();
    for component in tarjan_scc(edges) {
        let knot: IndexSet<NodeIndex> = component.into_iter().collect();
        let first = knot.iter().copied().min_by_key(|at| edges[*at]);
        knots.extend(first.and_then(|first| shortest_cycle(edges, &knot, first)));
    }
    knots.sort();
    knots.into_iter().map(|cycle| cycle.into_iter().map(|node| words(spec, node)).collect()).collect()
}

fn shortest_cycle(edges: &DiGraph<Node, Edge>, knot: &IndexSet<NodeIndex>, start: NodeIndex) -> Option<Vec<Node>> {
    let mut reader_of: IndexMap<NodeIndex, NodeIndex> = IndexMap::new();
    let mut next = 0;
    let mut at = start;
    loop {
        let mut read: Vec<NodeIndex> =
            edges.neighbors_directed(at, Direction::Incoming).filter(|read| knot.contains(read)).collect();
        read.sort_by_key(|read| edges[*read]);
        for read in read {
            if read == start {
                let mut cycle = vec![edges[start]];
                let mut back = at;
                let mut path = Vec::new();
                while back != start {
                    path.push(edges[back]);
                    back = *reader_of.get(&back)?;
                }
                cycle.extend(path.into_iter().rev());
                cycle.push(edges[start]);
                return Some(cycle);
            }
            reader_of.entry(read).or_insert(at);
        }
        at = *reader_of.get_index(next)?.0;
        next += 1;
    }
}
