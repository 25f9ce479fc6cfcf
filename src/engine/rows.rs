use std::collections::{HashMap, HashSet};

use foldhash::fast::FixedState;

use super::{
    eval::{At, Cx},
    links::Links,
    text::{Names, hash_key, hash_row, hash_tuple, hash_val},
};
use crate::{
    plan::{EachPlan, Find, MatchPlan},
    store::{Block, Kind, Origin, Val, is_live},
};

/// No row.
pub(crate) const NONE: u32 = u32::MAX;

/// What came up while the rows of a block were worked out.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) rows: Vec<Origin>,
    /// Elements that need a number: which row, and the element.
    pub(crate) elements: Vec<(usize, Val<'static>)>,
    /// Values under which the family is to be found from now on.
    pub(crate) posts: Vec<(u16, u64)>,
}

impl Found {
    pub(crate) fn clear(&mut self) {
        self.rows.clear();
        self.elements.clear();
        self.posts.clear();
    }
}

/// Works out which rows a block has, from the rows of its parent blocks.
pub(crate) fn rows_of(cx: &mut Cx<'_>, links: &Links, block: u16, found: &mut Found) {
    let plan = cx.plan.root(cx.root).block(block);
    for (number, rule) in plan.rules.iter().enumerate() {
        for parent in 0..cx.block(rule.parent).count {
            let at = At { block: rule.parent, row: parent };
            if !cx.is_true(&rule.when.op, at) {
                continue;
            }
            let origin = |step| Origin { rule: number as u32, parent, step };
            match &rule.each {
                EachPlan::Row => found.rows.push(origin(0)),
                EachPlan::Element { list, kind, finder } => {
                    let Val::List(items) = cx.eval(&list.op, at) else { continue };
                    for at in 0..items.len() {
                        let val = items.get(at, cx.store);
                        let step = match (&val, kind) {
                            (Val::Reference { row, .. }, Kind::Reference(_)) => {
                                if let Some(finder) = finder {
                                    found.posts.push((*finder, hash_row(*row)));
                                }
                                *row
                            }
                            (Val::Choice { at, .. }, _) => *at,
                            _ => {
                                if !Names::can_be_segment(&val) {
                                    continue;
                                }
                                found.elements.push((found.rows.len(), val.into_owned()));
                                0
                            }
                        };
                        found.rows.push(origin(step));
                    }
                }
                EachPlan::Table { by, .. } => {
                    let val = cx.eval(&by.op, at);
                    let lines = super::eval::lines_of(&rule.each, cx.names(), &val);
                    found.rows.extend(lines.iter().map(|line| origin(*line)));
                }
                EachPlan::Match(of) => matched(cx, links, of, at, number as u32, found),
            }
        }
    }
}

/// Finds the rows of another list that go with a parent row, in the order of their keys.
fn matched(cx: &mut Cx<'_>, links: &Links, of: &MatchPlan, at: At, rule: u32, found: &mut Found) {
    // What the fields are probed for, one after the other.
    let mut vals: Vec<Val<'_>> = Vec::with_capacity(8);
    let mut probes: Vec<Probed> = Vec::with_capacity(of.on.len());
    for (_, ops) in &of.on {
        let start = vals.len();
        for op in ops {
            let val = cx.resolved(cx.eval(op, at));
            if !val.is_missing() && !vals[start..].iter().any(|have| cx.names().same(have, &val)) {
                vals.push(val);
            }
        }
        if vals.len() == start {
            return;
        }
        probes.push(Probed { start, count: vals.len() - start, at: start });
    }
    let mut rows: Vec<u32> = Vec::with_capacity(4);
    'combinations: loop {
        candidates(cx, links, of, |place| &vals[probes[place].at], &mut rows, &mut found.posts);
        // The next combination.
        for probe in &mut probes {
            probe.at += 1;
            if probe.at < probe.start + probe.count {
                continue 'combinations;
            }
            probe.at = probe.start;
        }
        break;
    }
    drop(vals);
    finish(cx, of, at, rule, rows, found);
}

/// The values that one field is probed for: where they begin, how many, and which of them is tried.
struct Probed {
    start: usize,
    count: usize,
    at: usize,
}

/// Adds the rows that have the values of one tuple.
fn candidates<'v, 'a: 'v>(
    cx: &Cx<'a>,
    links: &Links,
    of: &MatchPlan,
    val: impl Fn(usize) -> &'v Val<'a>,
    rows: &mut Vec<u32>,
    posts: &mut Vec<(u16, u64)>,
) {
    let names = cx.names();
    let slots = || (0..).zip(&of.on).filter_map(|(place, (slot, _))| Some((place, (*slot)?)));
    let hash = hash_tuple(slots().map(|(place, _)| hash_val(val(place))));
    let key = (0..).zip(&of.on).find(|(_, (slot, _))| slot.is_none()).map(|(place, _)| names.text(val(place)));
    match (&of.find, &key) {
        (Find::Tuple { finder, .. }, _) => posts.push((*finder, hash)),
        (Find::Keyed(finder), Some(key)) => posts.push((*finder, hash_key(key))),
        _ => {}
    }
    let holds = |row: u32| {
        let record = cx.store.record(of.list, row);
        is_live(record)
            && slots().all(|(place, slot)| {
                let slot = &cx.plan.root(of.list).slots[usize::from(slot)];
                names.same(&cx.store.read(&slot.kind, slot.slot.get(record)), val(place))
            })
    };
    match (key, of.index) {
        (Some(key), _) => rows.extend(cx.store.find(of.list, &key).filter(|row| !rows.contains(row) && holds(*row))),
        (None, Some(index)) => {
            for &row in links.indexes[usize::from(index)].hints(hash) {
                if !rows.contains(&row) && holds(row) {
                    rows.push(row);
                }
            }
        }
        (None, None) => {}
    }
}

/// Keeps the rows that the rule's own condition accepts, in the order of their keys.
fn finish(cx: &mut Cx<'_>, of: &MatchPlan, at: At, rule: u32, mut rows: Vec<u32>, found: &mut Found) {
    rows.retain(|row| {
        cx.candidate = *row;
        cx.is_true(&of.when.op, at)
    });
    if rows.len() > 1 {
        let key = |row: u32| cx.names().key_of(cx.store.record(of.list, row));
        rows.sort_by(|a, b| key(*a).cmp(&key(*b)));
    }
    found.rows.extend(rows.into_iter().map(|step| Origin { rule, parent: at.row, step }));
}

/// Leaves of rows that share a key the one that the first rule makes.
pub(crate) fn keep_first(cx: &Cx<'_>, block: u16, rows: &mut Vec<Origin>) {
    let mut seen: HashSet<String, FixedState> = HashSet::default();
    rows.retain(|origin| seen.insert(suffix(cx, block, *origin)));
}

/// Returns what the steps down to a row add to the key of its root.
fn suffix(cx: &Cx<'_>, block: u16, origin: Origin) -> String {
    let rule = &cx.plan.root(cx.root).block(block).rules[origin.rule as usize];
    // Without the tag, which some parent blocks have and some have not.
    let mut key = cx.names().key_of(cx.record).to_owned();
    cx.write_steps(At { block: rule.parent, row: origin.parent }, &mut key);
    cx.write_step(&rule.each, origin.step, &mut key);
    key
}

/// Finds for each new row the old one of the same key; `parent` gives the old row of a parent, by rule.
pub(crate) fn pair(
    old: &Block<'_>,
    new: &[Origin],
    each: Option<&EachPlan>,
    parent: impl Fn(u32, u32) -> u32,
) -> Vec<u32> {
    const FEW: u32 = 24;
    // Lines that name their rows alike are one step.
    let step = |step: u32| match each {
        Some(EachPlan::Table { lines, .. }) => lines[step as usize].first,
        _ => step,
    };
    let mut places: HashMap<(u32, u32), u32, FixedState> = HashMap::default();
    let mut next = 0;
    new.iter()
        .map(|origin| {
            let above = parent(origin.rule, origin.parent);
            if above == NONE {
                return NONE;
            }
            let is_it = |row: u32| {
                let have = old.origin(row);
                have.parent == above && step(have.step) == step(origin.step)
            };
            // Mostly the rows are the same, in the same order.
            let found = if next < old.count && is_it(next) {
                Some(next)
            } else if old.count <= FEW {
                (0..old.count).find(|row| is_it(*row))
            } else {
                if places.is_empty() {
                    places.extend(old.origins().zip(0..).map(|(o, row)| ((o.parent, step(o.step)), row)));
                }
                places.get(&(above, step(origin.step))).copied()
            };
            if let Some(row) = found {
                next = row + 1;
            }
            found.unwrap_or(NONE)
        })
        .collect()
}

/// Finds for each new row the old one of the same key, where several rules make rows: by the keys themselves.
pub(crate) fn pair_by_key(old: &Cx<'_>, new: &Cx<'_>, block: u16, count: u32) -> Vec<u32> {
    let keys: HashMap<String, u32, FixedState> =
        (0..old.block(block).count).map(|row| (old.key(At { block, row }), row)).collect();
    (0..count).map(|row| keys.get(&new.key(At { block, row })).copied().unwrap_or(NONE)).collect()
}

/// Compares rows by what they stem from.
pub(crate) fn same_rows(old: &Block<'_>, new: &[Origin]) -> bool {
    old.count as usize == new.len() && old.origins().zip(new).all(|(a, b)| a == *b)
}
