//! The graph of rows and fields: what is reached from a row is what it feeds, and petgraph's algorithms run on it.

mod oracle;
mod support;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use proptest::{prelude::*, test_runner::RngSeed};
use quanze::{
    Key, ListSystem, Name,
    explain::{RowGraph, RowNode},
    picture::{Neighbourhood, Reach},
};
use support::{
    Recipe,
    live::{equal, with_system},
    recipe::Sizes,
    recipes, schema_of,
    shrink::hold,
};

/// The same systems everywhere; `PROPTEST_CASES` and `PROPTEST_RNG_SEED` draw more or others.
fn config() -> ProptestConfig {
    let given = std::env::var("PROPTEST_CASES").is_ok();
    let default = ProptestConfig::default();
    ProptestConfig {
        cases: if given { default.cases } else { 32 },
        failure_persistence: None,
        // What fails is made smaller by the laws themselves.
        max_shrink_iters: 0,
        rng_seed: if matches!(default.rng_seed, RngSeed::Random) {
            RngSeed::Fixed(20_231_212)
        } else {
            default.rng_seed
        },
        ..default
    }
}

/// Asks whether a law holds of a system after all batches of a recipe that are accepted.
fn holds(recipe: &Recipe, law: impl Fn(&ListSystem) -> Result<(), String>) -> Result<(), TestCaseError> {
    hold(recipe, |recipe| {
        with_system(schema_of(recipe), |run| {
            for at in 0..recipe.batches.len() {
                let batch = run.next(recipe, at);
                run.go(&batch)?;
            }
            law(&run.system)
        })
    })
}

/// The nodes reached from a node, itself among them.
fn reached(graph: &RowGraph, start: RowNode) -> BTreeSet<RowNode> {
    let mut seen = BTreeSet::from([start]);
    let mut open = VecDeque::from([start]);
    while let Some(node) = open.pop_front() {
        open.extend(graph.outputs(node).map(|(node, _)| node).filter(|node| seen.insert(*node)));
    }
    seen
}

/// The rows reached from a row, with the fields.
fn rows(graph: &RowGraph, start: RowNode) -> BTreeMap<(Name, Key), BTreeSet<Name>> {
    let mut rows: BTreeMap<(Name, Key), BTreeSet<Name>> = BTreeMap::new();
    for node in reached(graph, start) {
        if graph.row_of(node) != Some(start) {
            let place = graph.place(node).expect("a node of the graph");
            rows.entry((place.list, place.key)).or_default().insert(place.field);
        }
    }
    rows
}

fn lines<T: std::fmt::Debug>(all: impl IntoIterator<Item = T>) -> String {
    all.into_iter().fold(String::new(), |text, line| format!("{text}{line:?}\n"))
}

proptest! {
    #![proptest_config(config())]

    /// What is reached from a row is what it feeds.
    #[test]
    fn what_is_reached_from_a_row_is_what_it_feeds(recipe in recipes(Sizes::default())) {
        holds(&recipe, |system| {
            let snapshot = system.snapshot();
            let graph = snapshot.row_graph();
            for view in snapshot.lists() {
                for row in view.rows() {
                    let (list, key) = (view.name().as_str(), row.key());
                    let node = graph.row(list, &key).map_err(|error| error.to_string())?;
                    let feeds = system.feeds(list, &key).map_err(|error| error.to_string())?;
                    let reached = rows(&graph, node);
                    let fed = || feeds.rows().iter().map(|row| (row.list.clone(), row.key.clone()));
                    let expected: BTreeSet<_> = fed().collect();
                    let got: BTreeSet<_> = reached.keys().cloned().collect();
                    equal(&format!("what {list} {key} reaches"), &lines(&expected), &lines(&got))?;
                    for (row, place) in feeds.rows().iter().zip(fed()) {
                        let fields = &reached[&place];
                        let lost = row.fields.iter().find(|field| !fields.contains(*field));
                        if let Some(field) = lost.or(row.existence.then_some(&Name::from("key")).filter(|key| !fields.contains(*key))) {
                            return Err(format!("{place:?} rests on {list} {key} by {field}, which is not reached"));
                        }
                    }
                }
            }
            Ok(())
        })?;
    }

    /// An edge is seen from both its ends, and each node is found by what it stands for.
    #[test]
    fn edges_and_names_lead_there_and_back(recipe in recipes(Sizes { derived: 3, batches: 6, ..Sizes::default() })) {
        holds(&recipe, |system| {
            let graph = system.snapshot().row_graph();
            let (mut out, mut into) = (BTreeSet::new(), BTreeSet::new());
            for node in graph.nodes() {
                out.extend(graph.outputs(node).map(|(to, tie)| (node, to, tie)));
                into.extend(graph.inputs(node).map(|(from, tie)| (from, node, tie)));
                let place = graph.place(node).ok_or("a node stands for nothing")?;
                let found = match place.field.as_str() {
                    "key" => graph.row(place.list.as_str(), &place.key),
                    field => graph.field(place.list.as_str(), &place.key, field),
                };
                if found != Ok(node) {
                    return Err(format!("{place} is {found:?}, and not {node:?}"));
                }
            }
            if out != into || out.len() != graph.edge_count() {
                return Err("edges are not the same from both ends".to_owned());
            }
            Ok(())
        })?;
    }

    /// A system and its snapshot draw the same neighbourhood, by links or by looking through all; all that is fed is in it.
    #[test]
    fn neighbourhoods_are_the_same_with_and_without_links(recipe in recipes(Sizes { derived: 3, seeds: 6, batches: 3, ..Sizes::default() })) {
        holds(&recipe, |system| {
            let snapshot = system.snapshot();
            for view in snapshot.lists() {
                for row in view.rows() {
                    let (list, key) = (view.name().as_str(), row.key());
                    for (above, below) in [
                        (Reach::All, Reach::Steps(0)),
                        (Reach::Steps(1), Reach::Steps(1)),
                        (Reach::All, Reach::Steps(2)),
                        (Reach::All, Reach::All),
                    ] {
                        let how = Neighbourhood::new().above(above).below(below).most(3);
                        let of_system = system.neighbourhood(list, &key, &how).map_err(|error| error.to_string())?;
                        let of_snapshot = snapshot.neighbourhood(list, &key, &how).map_err(|error| error.to_string())?;
                        equal("with links", &of_snapshot.mermaid(), &of_system.mermaid())?;
                    }
                    let how = Neighbourhood::new().above(Reach::Steps(0)).below(Reach::All).most(usize::MAX);
                    let picture = system.neighbourhood(list, &key, &how).map_err(|error| error.to_string())?;
                    let feeds = system.feeds(list, &key).map_err(|error| error.to_string())?;
                    equal("rows", &(feeds.rows().len() + 1).to_string(), &picture.nodes.len().to_string())?;
                }
            }
            Ok(())
        })?;
    }
}

#[cfg(feature = "petgraph-0_8")]
mod with_petgraph {
    use std::collections::{BTreeMap, BTreeSet};

    use petgraph::{
        Direction,
        algo::{dijkstra, has_path_connecting, is_cyclic_directed, toposort},
        visit::{
            Bfs, Dfs, EdgeRef, IntoEdgeReferences, IntoEdges, IntoEdgesDirected, IntoNeighborsDirected,
            IntoNodeIdentifiers, NodeIndexable, Reversed,
        },
    };
    use proptest::prelude::*;
    use quanze::explain::{RowGraph, RowNode, Tie};

    use super::{config, holds, reached, recipes};
    use crate::support::recipe::Sizes;

    /// Whether base rows own each other in a circle: the one way back that there is.
    fn has_owners_in_a_circle(graph: &RowGraph) -> bool {
        let owned = |node| graph.outputs(node).filter(|(_, tie)| *tie == Tie::Owner).map(|(owned, _)| owned);
        let mut owners: BTreeMap<RowNode, usize> = graph.nodes().map(|node| (node, 0)).collect();
        graph.nodes().flat_map(owned).for_each(|node| *owners.entry(node).or_default() += 1);
        let mut free: Vec<RowNode> = owners.iter().filter(|(_, count)| **count == 0).map(|(node, _)| *node).collect();
        let mut done = 0;
        while let Some(node) = free.pop() {
            done += 1;
            for owned in owned(node) {
                let count = owners.entry(owned).or_default();
                *count -= 1;
                if *count == 0 {
                    free.push(owned);
                }
            }
        }
        done < owners.len()
    }

    proptest! {
        #![proptest_config(config())]

        /// Searches find what is reached, and what it rests on is the same the other way round.
        #[test]
        fn searches_find_what_is_reached(recipe in recipes(Sizes { derived: 3, seeds: 6, batches: 3, ..Sizes::default() })) {
            holds(&recipe, |system| {
                let graph = &system.snapshot().row_graph();
                for start in graph.nodes() {
                    let reached = reached(graph, start);
                    let near: BTreeSet<RowNode> = dijkstra(graph, start, None, |_| 1_u32).into_keys().collect();
                    let (mut broad, mut deep) = (BTreeSet::new(), BTreeSet::new());
                    let (mut bfs, mut dfs) = (Bfs::new(graph, start), Dfs::new(graph, start));
                    broad.extend(std::iter::from_fn(|| bfs.next(graph)));
                    deep.extend(std::iter::from_fn(|| dfs.next(graph)));
                    if [&near, &broad, &deep].into_iter().any(|found| *found != reached) {
                        return Err(format!("from {:?}: {near:?}, {broad:?}, {deep:?}, not {reached:?}", graph.place(start)));
                    }
                    for other in graph.nodes().step_by(7) {
                        let forth = has_path_connecting(graph, start, other, None);
                        let back = has_path_connecting(Reversed(graph), other, start, None);
                        if (forth, back) != (reached.contains(&other), reached.contains(&other)) {
                            return Err(format!("{:?} and {:?}", graph.place(start), graph.place(other)));
                        }
                    }
                }
                Ok(())
            })?;
        }

        /// There is an order in which everything comes after what it rests on.
        #[test]
        fn nothing_rests_on_itself(recipe in recipes(Sizes::default())) {
            holds(&recipe, |system| {
                let graph = &system.snapshot().row_graph();
                if has_owners_in_a_circle(graph) {
                    return if is_cyclic_directed(graph) { Ok(()) } else { Err("a circle is not seen".to_owned()) };
                }
                if is_cyclic_directed(graph) {
                    return Err("something rests on itself".to_owned());
                }
                let order = toposort(graph, None).map_err(|cycle| format!("{:?}", graph.place(cycle.node_id())))?;
                let places: BTreeMap<RowNode, usize> = order.into_iter().zip(0..).collect();
                match graph.edge_references().find(|edge| places[&edge.source()] >= places[&edge.target()]) {
                    Some(edge) => Err(format!("{edge:?} is out of order")),
                    None if places.len() != graph.node_count() => Err("nodes are missing".to_owned()),
                    None => Ok(()),
                }
            })?;
        }

        /// An edge has one number, whichever way it is come upon; nodes have theirs.
        #[test]
        fn numbers_are_the_same_from_all_sides(recipe in recipes(Sizes { derived: 3, batches: 6, ..Sizes::default() })) {
            holds(&recipe, |system| {
                let graph = &system.snapshot().row_graph();
                let said = |edge: quanze::explain::RowEdge| (edge.id(), (edge.source(), edge.target(), *edge.weight()));
                let all: BTreeMap<_, _> = graph.edge_references().map(said).collect();
                let out: BTreeMap<_, _> = graph.nodes().flat_map(|node| graph.edges(node)).map(said).collect();
                let into = graph.nodes().flat_map(|node| graph.edges_directed(node, Direction::Incoming));
                let into: BTreeMap<_, _> = into.map(said).collect();
                let own = graph.nodes().flat_map(|from| graph.outputs(from).map(move |(to, tie)| (from, to, tie)));
                let own: BTreeSet<_> = own.collect();
                if all != out || all != into || all.len() != graph.edge_count() || all.into_values().collect::<BTreeSet<_>>() != own {
                    return Err("edges differ".to_owned());
                }
                for node in graph.node_identifiers() {
                    let back: Vec<RowNode> = graph.neighbors_directed(node, Direction::Incoming).collect();
                    let expected: Vec<RowNode> = graph.inputs(node).map(|(node, _)| node).collect();
                    if graph.from_index(graph.to_index(node)) != node || back != expected {
                        return Err(format!("{node:?}"));
                    }
                }
                Ok(())
            })?;
        }
    }
}
