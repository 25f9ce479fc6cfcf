//! A schema as a picture: what depends on what, tier by tier.

use indexmap::{IndexMap, IndexSet};

use super::{
    Index, List, SchemaBuilder,
    graph::{Graph, Node},
    labels::is_chinese,
    reads::Read,
    typing::Typing,
};
use crate::{
    picture::{Detail, Line, Picture, SchemaPicture, Shape},
    value::Name,
};

/// Draws a schema.
pub(super) fn draw(spec: &SchemaBuilder, graph: &Graph, how: &SchemaPicture) -> Picture {
    let mut drawing =
        Drawing { spec, how, picture: Picture::default(), tiers: IndexMap::new(), nodes: IndexMap::new() };
    drawing.tiers();
    for (place, (name, list)) in spec.lists.iter().enumerate() {
        drawing.list(place, name, list);
    }
    match how.detail {
        Detail::Lists => drawing.between_lists(graph),
        Detail::Fields => {
            for (from, to) in graph.reads() {
                let line = if matches!(to, Node::Membership(_)) { Line::Solid } else { Line::Dashed };
                let (from, to) = (drawing.nodes[&from], drawing.nodes[&to]);
                drawing.picture.edge(from, to, "", line);
            }
        }
    }
    drawing.picture
}

struct Drawing<'a> {
    spec: &'a SchemaBuilder,
    how: &'a SchemaPicture,
    picture: Picture,
    tiers: IndexMap<Tier, usize>,
    nodes: IndexMap<Node, usize>,
}

/// Where a list stands: registers beside the first tier, views behind the last.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Tier {
    Registers,
    Of(u8),
    Views,
}

impl Tier {
    /// Returns where a list stands.
    pub(crate) fn of(list: &List) -> Self {
        match (list.tier, list.is_base()) {
            (Some(tier), _) => Self::Of(tier),
            (None, true) => Self::Registers,
            (None, false) => Self::Views,
        }
    }

    /// Names it in a language: Chinese for `zh` and its kin, else English.
    pub(crate) fn label(self, language: Option<&str>) -> String {
        match (self, is_chinese(language)) {
            (Self::Registers, false) => "registers".to_owned(),
            (Self::Of(tier), false) => format!("tier {tier}"),
            (Self::Views, false) => "views".to_owned(),
            (Self::Registers, true) => "登记册".to_owned(),
            (Self::Of(tier), true) => format!("第 {tier} 级"),
            (Self::Views, true) => "视图".to_owned(),
        }
    }
}

impl Drawing<'_> {
    fn tiers(&mut self) {
        let mut tiers: Vec<Tier> = self.spec.lists.values().map(Tier::of).collect();
        tiers.sort_unstable();
        tiers.dedup();
        for tier in tiers {
            let group = self.picture.group(tier.label(self.how.language.as_deref()), None);
            self.tiers.insert(tier, group);
        }
    }

    fn list(&mut self, place: usize, name: &Name, list: &List) {
        let language = self.how.language.as_deref();
        let label = language.and_then(|language| list.labels.get(language)).unwrap_or(name.as_str());
        let tier = self.tiers.get(&Tier::of(list)).copied();
        if self.how.detail == Detail::Lists {
            let node = self.picture.node(label, Shape::Box, tier);
            self.nodes.insert(Node::Membership(place), node);
            return;
        }
        let group = Some(self.picture.group(label, tier));
        let rows = if is_chinese(language) { "条目" } else { "rows" };
        let node = self.picture.node(rows, Shape::Round, group);
        self.nodes.insert(Node::Membership(place), node);
        for (number, (name, field)) in list.fields.iter().enumerate() {
            let label = language.and_then(|language| field.labels.get(language)).unwrap_or(name.as_str());
            let node = self.picture.node(label, Shape::Box, group);
            self.nodes.insert(Node::Field(place, number), node);
        }
        for index in &list.indexes {
            self.index(place, (name, list), index, group);
        }
    }

    /// Draws an index with the fields that it reads.
    fn index(
        &mut self,
        place: usize,
        (of, list): (&Name, &List),
        (name, index): (&Name, &Index),
        group: Option<usize>,
    ) {
        let language = self.how.language.as_deref();
        let label = language.and_then(|language| index.labels.get(language)).unwrap_or(name.as_str());
        let node = self.picture.node(label, Shape::Slanted, group);
        let mut reads: IndexSet<Read> = index.by.iter().map(|by| Read::Field(of.clone(), by.field.clone())).collect();
        Typing::new(self.spec).reads(&index.when, &Typing::scope_index(of), &mut reads);
        for read in reads {
            let Read::Field(_, field) = read else { continue };
            let field = list.fields.get_index_of(&field).map(|number| Node::Field(place, number));
            if let Some(from) = field.and_then(|field| self.nodes.get(&field)) {
                self.picture.edge(*from, node, "", Line::Dashed);
            }
        }
    }

    /// Draws an edge from each list to each that reads it: a solid one where its rows are what the rows are made of.
    fn between_lists(&mut self, graph: &Graph) {
        let list = |node: Node| match node {
            Node::Membership(list) | Node::Field(list, _) => list,
        };
        let reads: IndexSet<(usize, usize)> = graph.reads().map(|(from, to)| (list(to), list(from))).collect();
        let mut reads: Vec<(usize, usize)> = reads.into_iter().filter(|(to, from)| to != from).collect();
        reads.sort_unstable();
        for (to, from) in reads {
            let (Some((source, _)), Some((_, reader))) =
                (self.spec.lists.get_index(from), self.spec.lists.get_index(to))
            else {
                continue;
            };
            let stems = reader.rules.iter().any(|rule| rule.from == *source);
            let line = if stems { Line::Solid } else { Line::Dashed };
            let (from, to) = (self.nodes[&Node::Membership(from)], self.nodes[&Node::Membership(to)]);
            self.picture.edge(from, to, "", line);
        }
    }
}
