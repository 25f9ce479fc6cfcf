//! What the algorithms of petgraph 0.8 need of a graph.

use std::collections::HashSet;

use petgraph::{
    Directed, Direction,
    visit::{
        Data, EdgeCount, EdgeRef, GraphBase, GraphProp, IntoEdgeReferences, IntoEdges, IntoEdgesDirected,
        IntoNeighbors, IntoNeighborsDirected, IntoNodeIdentifiers, IntoNodeReferences, NodeCompactIndexable, NodeCount,
        NodeIndexable, Visitable,
    },
};

use super::{RowGraph, RowNode, Tie};

/// An edge of a [`RowGraph`], by a number of its graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowEdgeId(u32);

/// An edge of a [`RowGraph`]: from a node to one that rests on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RowEdge {
    id: RowEdgeId,
    from: RowNode,
    to: RowNode,
    tie: Tie,
}

impl EdgeRef for RowEdge {
    type NodeId = RowNode;
    type EdgeId = RowEdgeId;
    type Weight = Tie;

    fn source(&self) -> RowNode {
        self.from
    }

    fn target(&self) -> RowNode {
        self.to
    }

    fn weight(&self) -> &Tie {
        &self.tie
    }

    fn id(&self) -> RowEdgeId {
        self.id
    }
}

/// The edges of a node, or of all.
#[derive(Clone, Debug)]
pub struct RowEdges<'a> {
    graph: &'a RowGraph,
    /// The node whose edges they are.
    node: u32,
    /// The node that they end at, where all edges are asked for.
    last: u32,
    direction: Direction,
    places: std::ops::Range<usize>,
}

impl RowEdges<'_> {
    fn ends(&self, node: u32) -> std::ops::Range<usize> {
        let web = &self.graph.web;
        match self.direction {
            Direction::Outgoing => web.outputs.range(node),
            Direction::Incoming => web.inputs.range(node),
        }
    }
}

impl Iterator for RowEdges<'_> {
    type Item = RowEdge;

    fn next(&mut self) -> Option<RowEdge> {
        let web = &self.graph.web;
        let place = loop {
            match self.places.next() {
                Some(place) => break place,
                None if self.node < self.last => {
                    self.node += 1;
                    self.places = self.ends(self.node);
                }
                None => return None,
            }
        };
        Some(match self.direction {
            Direction::Outgoing => {
                let (to, tie) = web.outputs.ends[place];
                RowEdge { id: RowEdgeId(place as u32), from: RowNode(self.node), to: RowNode(to), tie }
            }
            Direction::Incoming => {
                let (from, tie) = web.inputs.ends[place];
                // An edge has its number from the end that it leads from.
                let range = web.outputs.range(from);
                let at = web.outputs.ends[range.clone()].partition_point(|(to, _)| *to < self.node);
                RowEdge { id: RowEdgeId((range.start + at) as u32), from: RowNode(from), to: RowNode(self.node), tie }
            }
        })
    }
}

/// The neighbours of a node.
#[derive(Clone, Debug)]
pub struct RowNeighbors<'a> {
    nodes: std::slice::Iter<'a, (u32, Tie)>,
}

impl Iterator for RowNeighbors<'_> {
    type Item = RowNode;

    fn next(&mut self) -> Option<RowNode> {
        self.nodes.next().map(|(node, _)| RowNode(*node))
    }
}

/// The nodes of a graph.
#[derive(Clone, Debug)]
pub struct RowNodes(std::ops::Range<u32>);

impl Iterator for RowNodes {
    type Item = RowNode;

    fn next(&mut self) -> Option<RowNode> {
        self.0.next().map(RowNode)
    }
}

/// The nodes of a graph, as references.
#[derive(Clone, Debug)]
pub struct RowNodeReferences(RowNodes);

impl Iterator for RowNodeReferences {
    type Item = (RowNode, &'static ());

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|node| (node, &()))
    }
}

impl GraphBase for RowGraph {
    type NodeId = RowNode;
    type EdgeId = RowEdgeId;
}

impl GraphProp for RowGraph {
    type EdgeType = Directed;
}

impl Data for RowGraph {
    type NodeWeight = ();
    type EdgeWeight = Tie;
}

impl NodeCount for RowGraph {
    fn node_count(&self) -> usize {
        RowGraph::node_count(self)
    }
}

impl EdgeCount for RowGraph {
    fn edge_count(&self) -> usize {
        RowGraph::edge_count(self)
    }
}

impl NodeIndexable for RowGraph {
    fn node_bound(&self) -> usize {
        RowGraph::node_count(self)
    }

    fn to_index(&self, node: RowNode) -> usize {
        node.0 as usize
    }

    fn from_index(&self, index: usize) -> RowNode {
        RowNode(index as u32)
    }
}

impl NodeCompactIndexable for RowGraph {}

impl Visitable for RowGraph {
    type Map = HashSet<RowNode>;

    fn visit_map(&self) -> Self::Map {
        HashSet::new()
    }

    fn reset_map(&self, map: &mut Self::Map) {
        map.clear();
    }
}

impl IntoNodeIdentifiers for &RowGraph {
    type NodeIdentifiers = RowNodes;

    fn node_identifiers(self) -> RowNodes {
        RowNodes(0..self.web.nodes)
    }
}

impl IntoNodeReferences for &RowGraph {
    type NodeRef = (RowNode, &'static ());
    type NodeReferences = RowNodeReferences;

    fn node_references(self) -> RowNodeReferences {
        RowNodeReferences(self.node_identifiers())
    }
}

impl<'a> IntoNeighbors for &'a RowGraph {
    type Neighbors = RowNeighbors<'a>;

    fn neighbors(self, node: RowNode) -> RowNeighbors<'a> {
        self.neighbors_directed(node, Direction::Outgoing)
    }
}

impl<'a> IntoNeighborsDirected for &'a RowGraph {
    type NeighborsDirected = RowNeighbors<'a>;

    fn neighbors_directed(self, node: RowNode, direction: Direction) -> RowNeighbors<'a> {
        let nodes = match direction {
            Direction::Outgoing => self.web.outputs(node.0),
            Direction::Incoming => self.web.inputs(node.0),
        };
        RowNeighbors { nodes: nodes.iter() }
    }
}

impl<'a> IntoEdgeReferences for &'a RowGraph {
    type EdgeRef = RowEdge;
    type EdgeReferences = RowEdges<'a>;

    fn edge_references(self) -> RowEdges<'a> {
        RowEdges { last: self.web.nodes.saturating_sub(1), ..self.edges(RowNode(0)) }
    }
}

impl<'a> IntoEdges for &'a RowGraph {
    type Edges = RowEdges<'a>;

    fn edges(self, node: RowNode) -> RowEdges<'a> {
        self.edges_directed(node, Direction::Outgoing)
    }
}

impl<'a> IntoEdgesDirected for &'a RowGraph {
    type EdgesDirected = RowEdges<'a>;

    fn edges_directed(self, node: RowNode, direction: Direction) -> RowEdges<'a> {
        let edges = RowEdges { graph: self, node: node.0, last: node.0, direction, places: 0..0 };
        RowEdges { places: edges.ends(node.0), ..edges }
    }
}
