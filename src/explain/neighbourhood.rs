//! A row with what it rests on and what rests on it, as a picture.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

use super::{
    drawn::Draws,
    feeding::Feeding,
    graph::{Cell, Inputs, Web},
    grounds::caption,
    spot::{Id, Spot},
};
use crate::{
    picture::{Line, Neighbourhood, Picture, Reach, Shape},
    schema::{Tier, is_chinese},
    system::{ListSystem, ReadError, Sight, Snapshot},
    value::{Name, Value},
};

/// How much of a caption is written on a node.
const CAPTION: usize = 40;
/// How many fields are named on an edge.
const FIELDS: usize = 3;

impl Snapshot {
    /// Draws the neighbourhood of a row, as [`ListSystem::neighbourhood`] does.
    ///
    /// # Errors
    /// [`ReadError`] where there is no such list or row.
    ///
    /// # Complexity
    /// In the cells of all lists, since a snapshot has no links back; in those above the row where nothing below it is asked
    /// for.
    pub fn neighbourhood(&self, list: &str, key: impl AsRef<str>, how: &Neighbourhood) -> Result<Picture, ReadError> {
        let sight = self.sight();
        let start = start(&sight, list, key.as_ref())?;
        if how.below == Reach::Steps(0) {
            return Ok(Drawing::new(sight, start, &Draws::Looked(sight), Vec::new(), how).draw());
        }
        let draws = Draws::gathered(&sight);
        let all = Spot::everywhere(&sight);
        let below = Web::new(&draws, &all).reached(&start).into_iter().map(|row| all[row]).collect();
        Ok(Drawing::new(sight, start, &draws, below, how).draw())
    }
}

impl ListSystem {
    /// Draws the neighbourhood of a row: what it rests on, up to the registers, and what rests on it, step by step.
    ///
    /// An edge leads from a row to one that rests on it, with the fields that do; a solid one where the row would not be there
    /// without it, or not for the same reason.
    ///
    /// ```
    /// use quanze::{Edits, ListSystem, Record, Schema, picture::Neighbourhood, schema::{List, Rule, Type, source}};
    ///
    /// let schema = Schema::builder()
    ///     .list("articles", List::base().field("locator", Type::Text))
    ///     .list("powers", List::base().tier(1).field("name", Type::Text).field("basis", Type::reference("articles")))
    ///     .list("services", List::derived().tier(2).field("name", Type::Text)
    ///         .rule(Rule::each_row("all", "powers").inherit(["name"])))
    ///     .build()?;
    /// let mut system = ListSystem::new(schema);
    /// system.commit(Edits::new()
    ///     .insert("articles", "35", &Record::new().with("locator", "Article 35"))
    ///     .insert("powers", "food", &Record::new().with("name", "Food \"licence\"").with("basis", "35")))?;
    ///
    /// let picture = system.neighbourhood("powers", "food", &Neighbourhood::new())?;
    /// assert_eq!(picture.mermaid(), r#"flowchart LR
    ///   subgraph g0["registers"]
    ///     n0["articles<br/>Article 35<br/>35"]
    ///   end
    ///   subgraph g1["tier 1"]
    ///     n1["powers<br/>Food #34;licence#34;<br/>food"]
    ///   end
    ///   subgraph g2["tier 2"]
    ///     n2["services<br/>Food #34;licence#34;<br/>food"]
    ///   end
    ///   n0 -.->|"basis"| n1
    ///   n1 -->|"name"| n2
    ///   classDef focus stroke-width:3px
    ///   class n1 focus
    /// "#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ReadError`] where there is no such list or row.
    ///
    /// # Complexity
    /// In the cells of the rows above and of what [`ListSystem::feeds`] finds; the latter also where fewer steps are drawn.
    pub fn neighbourhood(&self, list: &str, key: impl AsRef<str>, how: &Neighbourhood) -> Result<Picture, ReadError> {
        let sight = self.sight();
        let start = start(&sight, list, key.as_ref())?;
        let mut below = Vec::new();
        if how.below != Reach::Steps(0)
            && let Some(links) = sight.links
        {
            let fed = Feeding::new(sight, links, start).find();
            let fed = fed.iter().filter_map(|fed| sight.row(fed.list.as_str(), fed.key.as_str()).ok());
            below.extend(fed.map(|(_, cx, at)| Spot::at(&sight, &cx, at)));
        }
        Ok(Drawing::new(sight, start, &Draws::Looked(sight), below, how).draw())
    }
}

fn start<'a>(sight: &Sight<'a>, list: &str, key: &str) -> Result<Spot<'a>, ReadError> {
    let (_, cx, at) = sight.row(list, key)?;
    Ok(Spot::at(sight, &cx, at))
}

/// Finds the rows that a row rests on within reach, itself among them.
fn above<'a>(draws: &Draws<'a>, start: Spot<'a>, reach: Reach) -> Vec<Spot<'a>> {
    let mut rows = vec![start];
    let mut known = HashSet::from([start.id()]);
    let mut seen: HashSet<(Id, Option<u16>)> = HashSet::new();
    let mut open: VecDeque<(Cell<'a>, usize)> = VecDeque::new();
    let fields = start.plan.list(start.list()).fields.len() as u16;
    open.extend([None].into_iter().chain((0..fields).map(Some)).map(|field| (Cell { spot: start, field }, 0)));
    while let Some((cell, steps)) = open.pop_front() {
        if !seen.insert((cell.spot.id(), cell.field)) {
            continue;
        }
        if known.insert(cell.spot.id()) {
            rows.push(cell.spot);
        }
        for (input, _) in Inputs::of(draws, cell) {
            // Within a row nothing is a step.
            if input.spot.id() == cell.spot.id() {
                open.push_front((input, steps));
            } else if reach.holds(steps + 1) {
                open.push_back((input, steps + 1));
            }
        }
    }
    rows
}

struct Drawing<'a, 'h> {
    sight: Sight<'a>,
    how: &'h Neighbourhood,
    rows: Vec<Spot<'a>>,
    web: Web,
    /// The place of the row asked about.
    start: usize,
}

/// A node: a row, or all rows of a list that are only counted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Drawn {
    Row(usize),
    More(u16),
}

impl<'a, 'h> Drawing<'a, 'h> {
    /// Begins a drawing of a row, given all that rests on it.
    fn new(sight: Sight<'a>, start: Spot<'a>, draws: &Draws<'a>, below: Vec<Spot<'a>>, how: &'h Neighbourhood) -> Self {
        let mut rows = above(draws, start, how.above);
        rows.extend(below);
        rows.sort_by_cached_key(|spot| (spot.list(), spot.key()));
        rows.dedup_by_key(|spot| spot.id());
        let web = Web::new(draws, &rows);
        let start = web.node(&Cell { spot: start, field: None }).and_then(|node| web.row(node));
        Self { sight, how, rows, web, start: start.map_or(0, |(row, _)| row) }
    }

    fn draw(&self) -> Picture {
        let mut cells = self.within(self.how.above, |node| self.web.inputs(node));
        for (node, steps) in self.within(self.how.below, |node| self.web.outputs(node)) {
            let known = cells.entry(node).or_insert(steps);
            *known = steps.min(*known);
        }
        let shown = self.shown(&cells);
        let mut picture = Picture::default();
        let nodes = self.nodes(&shown, &mut picture);
        for ((from, to), (fields, existence)) in self.edges(&cells, &shown) {
            let line = if existence { Line::Solid } else { Line::Dashed };
            picture.edge(nodes[&from], nodes[&to], self.fields(&fields), line);
        }
        picture
    }

    /// Finds the cells within reach of the row, each with its steps.
    fn within<'w>(&'w self, reach: Reach, next: impl Fn(u32) -> &'w [(u32, super::Tie)]) -> BTreeMap<u32, usize> {
        let mut found = BTreeMap::new();
        let mut open: VecDeque<(u32, usize)> = self.web.nodes(self.start).map(|node| (node, 0)).collect();
        let row = |node: u32| self.web.row(node).map(|(row, _)| row);
        while let Some((node, steps)) = open.pop_front() {
            if found.contains_key(&node) {
                continue;
            }
            found.insert(node, steps);
            for (other, _) in next(node) {
                // Within a row nothing is a step.
                if row(*other) == row(node) {
                    open.push_front((*other, steps));
                } else if reach.holds(steps + 1) {
                    open.push_back((*other, steps + 1));
                }
            }
        }
        found
    }

    /// Decides for each row within reach whether it is drawn: of each list the nearest are.
    fn shown(&self, cells: &BTreeMap<u32, usize>) -> BTreeMap<usize, Drawn> {
        let mut steps: BTreeMap<usize, usize> = BTreeMap::new();
        for (row, of) in cells.iter().filter_map(|(node, steps)| Some((self.web.row(*node)?.0, *steps))) {
            let known = steps.entry(row).or_insert(of);
            *known = of.min(*known);
        }
        let mut lists: BTreeMap<u16, Vec<(usize, usize)>> = BTreeMap::new();
        for (row, steps) in steps {
            lists.entry(self.rows[row].list()).or_default().push((steps, row));
        }
        let mut shown = BTreeMap::new();
        for (list, mut rows) in lists {
            rows.sort_unstable();
            for (place, (_, row)) in rows.into_iter().enumerate() {
                let is_drawn = place < self.how.most || row == self.start;
                shown.insert(row, if is_drawn { Drawn::Row(row) } else { Drawn::More(list) });
            }
        }
        shown
    }

    /// Draws the nodes, by tier and list.
    fn nodes(&self, shown: &BTreeMap<usize, Drawn>, picture: &mut Picture) -> BTreeMap<Drawn, usize> {
        let spec = self.sight.schema().spec();
        let mut counts: BTreeMap<Drawn, usize> = BTreeMap::new();
        for drawn in shown.values() {
            *counts.entry(*drawn).or_default() += 1;
        }
        let mut drawn: Vec<(Tier, u16, Drawn, usize)> = Vec::new();
        for (node, count) in counts {
            let list = match node {
                Drawn::Row(row) => self.rows[row].list(),
                Drawn::More(list) => list,
            };
            if let Some((_, of)) = spec.lists.get_index(usize::from(list)) {
                drawn.push((Tier::of(of), list, node, count));
            }
        }
        drawn.sort_unstable();
        let language = self.how.language.as_deref();
        let mut nodes = BTreeMap::new();
        for of_tier in drawn.chunk_by(|a, b| a.0 == b.0) {
            let group = picture.group(of_tier[0].0.label(language), None);
            for (_, list, node, count) in of_tier {
                let label = self.list(*list);
                let (label, shape) = match node {
                    Drawn::Row(row) => {
                        let shape = if *row == self.start { Shape::Focus } else { Shape::Box };
                        (self.row(*row, label), shape)
                    }
                    Drawn::More(_) => (format!("{label}\n{}", self.more(*count)), Shape::Round),
                };
                nodes.insert(*node, picture.node(label, shape, Some(group)));
            }
        }
        nodes
    }

    /// Finds the edges between rows that are drawn: the fields that rest on the other row, and whether the row itself does.
    #[expect(clippy::type_complexity, reason = "what an edge is, in the order of edges")]
    fn edges(
        &self,
        cells: &BTreeMap<u32, usize>,
        shown: &BTreeMap<usize, Drawn>,
    ) -> BTreeMap<(Drawn, Drawn), (BTreeSet<(u16, u16)>, bool)> {
        let mut edges: BTreeMap<(Drawn, Drawn), (BTreeSet<(u16, u16)>, bool)> = BTreeMap::new();
        for (row, to) in shown {
            let list = self.rows[*row].list();
            for node in self.web.nodes(*row).filter(|node| cells.contains_key(node)) {
                let field = self.web.row(node).and_then(|(_, field)| field);
                let inputs = self.web.inputs(node).iter().filter(|(input, _)| cells.contains_key(input));
                let from = inputs.filter_map(|(input, _)| shown.get(&self.web.row(*input)?.0));
                for from in from.filter(|from| *from != to) {
                    let (fields, existence) = edges.entry((*from, *to)).or_default();
                    match field {
                        Some(field) => _ = fields.insert((list, field)),
                        None => *existence = true,
                    }
                }
            }
        }
        edges
    }

    fn is_chinese(&self) -> bool {
        is_chinese(self.how.language.as_deref())
    }

    fn list(&self, list: u16) -> String {
        let Some((name, of)) = self.sight.schema().spec().lists.get_index(usize::from(list)) else {
            return String::new();
        };
        let label = self.how.language.as_deref().and_then(|language| of.labels.get(language));
        label.unwrap_or(name.as_str()).to_owned()
    }

    fn row(&self, row: usize, list: String) -> String {
        let spot = &self.rows[row];
        let mut label = list;
        if let Value::Text(text) = caption(spot) {
            let short: String = text.chars().take(CAPTION).collect();
            let cut = if short.len() < text.len() { "…" } else { "" };
            // A line of the caption would look like the key.
            label.push('\n');
            label.push_str(&short.replace(['\n', '\r'], " "));
            label.push_str(cut);
        }
        label.push('\n');
        label.push_str(spot.key().as_str());
        label
    }

    fn more(&self, count: usize) -> String {
        if self.is_chinese() { format!("另有 {count} 个") } else { format!("and {count} more") }
    }

    /// Names the fields of an edge, the first few.
    fn fields(&self, fields: &BTreeSet<(u16, u16)>) -> String {
        let spec = self.sight.schema().spec();
        let language = self.how.language.as_deref();
        let name = |(list, field): &(u16, u16)| {
            let (_, list) = spec.lists.get_index(usize::from(*list))?;
            let (name, field): (&Name, _) = list.fields.get_index(usize::from(*field))?;
            Some(language.and_then(|language| field.labels.get(language)).unwrap_or(name.as_str()))
        };
        let (comma, more) = if self.is_chinese() { ("、", " 等 ") } else { (", ", " and more, ") };
        let named: Vec<&str> = fields.iter().take(FIELDS).filter_map(name).collect();
        let named = named.join(comma);
        match (fields.len() > FIELDS, self.is_chinese()) {
            (false, _) => named,
            (true, true) => format!("{named}{more}{} 项", fields.len()),
            (true, false) => format!("{named}{more}{} in all", fields.len()),
        }
    }
}
