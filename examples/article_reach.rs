//! How far one law article reaches: every row of a city's lists that rests on it, and the shortest way to a row of the fourth
//! tier, found by petgraph on the graph of rows.
//!
//! `cargo run --release --features petgraph-0_8 --example article_reach [-- [--lang zh|en] [ARTICLE]]`

#[path = "law_repealed/columns.rs"]
mod columns;
#[path = "law_repealed/facts.rs"]
#[expect(dead_code, reason = "the other example uses more of it")]
mod facts;
#[path = "law_repealed/illustrative.rs"]
mod illustrative;
#[path = "law_repealed/reading.rs"]
#[expect(dead_code, reason = "the other example uses more of it")]
mod reading;
#[path = "law_repealed/succession.rs"]
#[expect(dead_code, reason = "the other example uses more of it")]
mod succession;
#[path = "law_repealed/tables.rs"]
mod tables;
#[path = "law_repealed/words.rs"]
#[expect(dead_code, reason = "the other example uses more of it")]
mod words;

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fmt::Write as _,
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

use columns::{Align, Columns, WIDTH, paragraph};
use facts::Facts;
use petgraph::{
    algo::{astar, is_cyclic_directed},
    visit::{Bfs, EdgeRef, IntoEdges},
};
use quanze::{
    ListSystem, Name, Snapshot, Value,
    explain::{Place, RowGraph, RowNode, Tie},
    four_tier,
};
pub(crate) use words::Language;

const USAGE: &str = "\
usage: cargo run --release --features petgraph-0_8 --example article_reach [-- [--lang zh|en] [ARTICLE]]

  --lang zh|en   language of what is printed, by default zh 输出语言，默认中文
  ARTICLE        key of an article in examples/data/articles.csv, by default the one of a law that reaches the most rows
                 of the fourth tier 条款的键，默认取影响第四级条目最多的法律条款
";

/// The tables that the other example reads.
const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data");

fn main() -> ExitCode {
    match run(std::env::args().skip(1), &mut io::stdout().lock(), &mut io::stderr().lock()) {
        Ok(code) => ExitCode::from(code),
        // Whoever read the output has stopped reading: there is nobody to tell.
        Err(_) => ExitCode::FAILURE,
    }
}

/// Runs the example, and returns its exit code: 1 where the tables are wrong, 2 where the arguments are.
pub(crate) fn run(
    arguments: impl IntoIterator<Item = String>,
    output: &mut dyn Write,
    errors: &mut dyn Write,
) -> io::Result<u8> {
    let (language, article) = match read(arguments) {
        Ok(asked) => asked,
        Err(error) => {
            write!(errors, "error: {error}\n\n{USAGE}")?;
            return Ok(2);
        }
    };
    match City::load().and_then(|city| tell(&city, language, article.as_deref())) {
        Ok(text) => output.write_all(text.as_bytes()).map(|()| 0),
        Err(error) => writeln!(errors, "error: {error}").map(|()| 1),
    }
}

/// Reads the arguments: the language and the article; the error says which is none.
fn read(arguments: impl IntoIterator<Item = String>) -> Result<(Language, Option<String>), String> {
    let (mut language, mut article) = (Language::default(), None);
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        if argument == "--lang" {
            let tag = arguments.next().ok_or("--lang wants zh or en behind it")?;
            language =
                Language::of_tag(&tag).ok_or_else(|| format!("'{tag}' is no language; --lang takes zh or en"))?;
        } else if argument.starts_with('-') {
            return Err(format!("'{argument}' is no argument of this example"));
        } else if article.replace(argument).is_some() {
            return Err("more than one article is given".to_owned());
        }
    }
    Ok((language, article))
}

/// The published lists of a city.
pub(crate) struct City {
    graph: RowGraph,
    /// How many rows of each list are made up; of a derived list, all or none.
    illustrative: BTreeMap<Name, usize>,
}

impl City {
    /// Loads the tables, and makes the graph of the rows.
    pub(crate) fn load() -> Result<Self, Box<dyn Error>> {
        let mut facts = Facts::load(Path::new(DATA))?;
        let import = std::mem::take(&mut facts.import).record_findings();
        let mut system = ListSystem::new(four_tier::schema());
        system.commit(import).map_err(|refused| facts.locate(&refused))?;
        let snapshot = system.snapshot();
        Ok(Self { illustrative: illustrative::lists(&snapshot, &facts.illustrative), graph: snapshot.row_graph() })
    }
}

/// Says how far an article reaches.
pub(crate) fn tell(city: &City, language: Language, article: Option<&str>) -> Result<String, Box<dyn Error>> {
    let graph = &city.graph;
    if is_cyclic_directed(graph) {
        return Err("something rests on itself".into());
    }
    let reach = match article {
        Some(key) => Reach::of(graph, graph.row("articles", key)?),
        None => widest(graph)?,
    };
    let telling = Telling { city: graph.snapshot(), graph, illustrative: &city.illustrative, language };
    let title = language.say("一条法律条款影响到哪里", "How far one law article reaches");
    let mut text = format!("{title}\n{}\n", "═".repeat(WIDTH));
    text.push_str(&telling.start(&reach));
    text.push_str(&telling.lists(&reach));
    text.push_str(&telling.way(&reach)?);
    Ok(text)
}

/// All that rests on a row.
struct Reach {
    start: RowNode,
    /// The rows, nearest first.
    rows: Vec<RowNode>,
}

impl Reach {
    fn of(graph: &RowGraph, start: RowNode) -> Self {
        let mut seen = BTreeSet::from([start]);
        let mut rows = Vec::new();
        let mut search = Bfs::new(graph, start);
        while let Some(node) = search.next(graph) {
            rows.extend(graph.row_of(node).filter(|row| seen.insert(*row)));
        }
        Self { start, rows }
    }

    /// The rows of the fourth tier, nearest first.
    fn fourth_tier<'r>(&'r self, graph: &'r RowGraph) -> impl Iterator<Item = RowNode> + 'r {
        let tier = |row: &RowNode| graph.place(*row).and_then(|place| tier(graph.snapshot(), &place));
        self.rows.iter().copied().filter(move |row| tier(row) == Some(4))
    }
}

/// Finds the article of a law that reaches the most rows of the fourth tier; of several the first.
fn widest(graph: &RowGraph) -> Result<Reach, Box<dyn Error>> {
    let mut widest: Option<(usize, Reach)> = None;
    let city = graph.snapshot();
    for article in city.list("articles")?.rows() {
        let instrument = reading::text(city, "articles", article.key().as_str(), "instrument");
        if reading::text(city, "instruments", &instrument, "kind") != "law" {
            continue;
        }
        let reach = Reach::of(graph, graph.row("articles", article.key())?);
        let count = reach.fourth_tier(graph).count();
        if widest.as_ref().is_none_or(|(most, _)| count > *most) {
            widest = Some((count, reach));
        }
    }
    Ok(widest.ok_or("there is no article")?.1)
}

fn tier(city: &Snapshot, place: &Place) -> Option<u8> {
    city.schema().spec().lists.get(&place.list)?.tier
}

/// What is told, of which graph, in which language.
struct Telling<'a> {
    city: &'a Snapshot,
    graph: &'a RowGraph,
    illustrative: &'a BTreeMap<Name, usize>,
    language: Language,
}

impl Telling<'_> {
    fn start(&self, reach: &Reach) -> String {
        let key = self.graph.place(reach.start).map(|place| place.key.to_string()).unwrap_or_default();
        let article = reading::article(self.city, &key);
        let (nodes, edges) = (self.graph.node_count(), self.graph.edge_count());
        let about = self.language.say(
            format!(
                "{article}（{key}）。全部清单的条目和字段共{nodes}个节点、{edges}条边；沿着边走，就是这一条款的影响范围。\
                 凡标〔示例〕的清单均为虚构，只用于演示。"
            ),
            format!(
                "{article} ({key}). The rows of all lists and their fields are {nodes} nodes with {edges} edges; what can be \
                 reached along them rests on the article. Lists marked [illustrative] are made up."
            ),
        );
        paragraph("", &about)
    }

    /// How many rows of each list are reached.
    fn lists(&self, reach: &Reach) -> String {
        let language = self.language;
        let spec = self.city.schema().spec();
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for place in reach.rows.iter().filter_map(|row| self.graph.place(*row)) {
            *counts.entry(spec.lists.get_index_of(&place.list).unwrap_or_default()).or_default() += 1;
        }
        let mut columns = Columns::new([
            (language.say("层级", "tier"), Align::Left),
            (language.say("清单", "list"), Align::Left),
            (language.say("条目", "rows"), Align::Right),
        ]);
        for (list, count) in counts {
            let Some((name, of)) = spec.lists.get_index(list) else { continue };
            let tier = match of.tier {
                Some(tier) => language.say(format!("第{tier}级"), format!("tier {tier}")),
                None if of.is_base() => language.say("登记", "register").to_owned(),
                None => language.say("视图", "view").to_owned(),
            };
            columns.row([tier, self.list(name), count.to_string()]);
        }
        let title = language.say("影响的条目", "Rows that rest on it");
        format!("\n{title}\n{}\n{}", "─".repeat(WIDTH), columns.set())
    }

    /// The shortest way to the nearest row of the fourth tier, step by step.
    fn way(&self, reach: &Reach) -> Result<String, Box<dyn Error>> {
        let language = self.language;
        let title = language.say("到第四级条目的最短路径", "The shortest way to a row of the fourth tier");
        let mut text = format!("\n{title}\n{}\n", "─".repeat(WIDTH));
        let Some(target) = reach.fourth_tier(self.graph).next() else {
            let none = language.say("没有第四级条目以它为依据。", "No row of the fourth tier rests on it.");
            writeln!(text, "  {none}")?;
            return Ok(text);
        };
        // Any of its cells will do.
        let is_there = |node: RowNode| self.graph.row_of(node) == Some(target);
        let (_, way) = astar(self.graph, reach.start, is_there, |_| 1, |_| 0).ok_or("there is no way")?;
        let mut columns = Columns::new([
            (language.say("清单", "list"), Align::Left),
            (language.say("条目", "row"), Align::Left),
            (language.say("字段", "field"), Align::Left),
            (language.say("因为", "because"), Align::Left),
        ]);
        for (step, node) in way.iter().enumerate() {
            let place = self.graph.place(*node).ok_or("a node of the way")?;
            let because = match step.checked_sub(1) {
                Some(before) => self.because(way[before], *node),
                None => "",
            };
            columns.row([self.list(&place.list), self.caption(&place), self.field(&place), because.to_owned()]);
        }
        text.push_str(&columns.set());
        Ok(text)
    }

    /// Names a list, marked where all its rows are made up.
    fn list(&self, list: &Name) -> String {
        let label = self.language.list(self.city.schema(), list.as_str());
        let rows = self.city.list(list.as_str()).map_or(0, |list| list.len());
        let made_up = self.illustrative.get(list).is_some_and(|marked| *marked == rows);
        let mark = if made_up { self.language.illustrative() } else { "" };
        self.language.say(format!("{label}{mark}"), format!("{label} {mark}").trim_end().to_owned())
    }

    fn because(&self, from: RowNode, to: RowNode) -> &'static str {
        let edge = self.graph.edges(from).find(|edge| edge.target() == to);
        match edge.map(|edge| *edge.weight()) {
            Some(Tie::Source) => self.language.say("由它产生", "is made of it"),
            Some(Tie::Condition) => self.language.say("因它成立", "is there by it"),
            Some(Tie::Owner) => self.language.say("归属于它", "is owned by it"),
            Some(Tie::Reference) => self.language.say("引用它", "refers to it"),
            Some(Tie::Row) => self.language.say("是它的字段", "is a field of it"),
            _ => self.language.say("取值于它", "is read from it"),
        }
    }

    /// The first text of a row; of an article, with its law.
    fn caption(&self, place: &Place) -> String {
        if place.list == "articles" {
            return reading::article(self.city, place.key.as_str());
        }
        let row = self.city.list(place.list.as_str()).ok().and_then(|list| list.row(&place.key));
        let texts = row.iter().flat_map(quanze::Row::values);
        let text = texts.map(|(_, value)| value).find(|value| matches!(value, Value::Text(_)));
        text.map_or_else(|| place.key.to_string(), |text| text.to_string())
    }

    fn field(&self, place: &Place) -> String {
        let fields = self.city.schema().spec().lists.get(&place.list).map(|list| &list.fields);
        let field = fields.and_then(|fields| fields.get(&place.field));
        field.map_or("", |field| self.language.label(&field.labels, place.field.as_str())).to_owned()
    }
}
