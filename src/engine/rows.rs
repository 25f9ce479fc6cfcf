use std::collections::{HashMap, HashSet};

use foldhash::fast::FixedState;

use super::{
    eval::{At, Cx},
    links::Links,
    text::{Names, hash_key, hash_row, hash_tuple, hash_val},
};
use crate::{
    heap,
    plan::{EachPlan, Find, MatchPlan, Op, ScalarProbe},
    store::{Block, Kind, Origin, Scalar, Val, is_live},
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
    /// What the fields of a match are probed for, and the rows found.
    probes: Probes<Scalar>,
    matched: Vec<u32>,
}

/// The values that fields are probed for, one field after the other, and the combination that is tried.
#[derive(Debug)]
struct Probes<T> {
    vals: Vec<T>,
    fields: Vec<Probed>,
}

impl<T> Default for Probes<T> {
    fn default() -> Self {
        Self { vals: Vec::new(), fields: Vec::new() }
    }
}

/// The values that one field is probed for: where they begin, where they end, and which of them is tried.
#[derive(Debug)]
struct Probed {
    start: usize,
    end: usize,
    at: usize,
}

impl<T> Probes<T> {
    fn clear(&mut self) {
        self.vals.clear();
        self.fields.clear();
    }

    /// Adds the values of one field, each once and none missing; tells whether there are any.
    fn add(&mut self, vals: impl Iterator<Item = T>, same: impl Fn(&T, &T) -> bool) -> bool {
        let start = self.vals.len();
        for val in vals {
            if !self.vals[start..].iter().any(|have| same(have, &val)) {
                self.vals.push(val);
            }
        }
        let end = self.vals.len();
        self.fields.push(Probed { start, end, at: start });
        start < end
    }

    /// Returns the value tried for a field.
    fn get(&self, field: usize) -> &T {
        &self.vals[self.fields[field].at]
    }

    fn tried(&self) -> impl Iterator<Item = &T> {
        self.fields.iter().map(|field| &self.vals[field.at])
    }

    /// Goes on to the next combination; tells whether there is one.
    fn next(&mut self) -> bool {
        for field in &mut self.fields {
            field.at += 1;
            if field.at < field.end {
                return true;
            }
            field.at = field.start;
        }
        false
    }
}

impl Found {
    pub(crate) fn bytes(&self) -> usize {
        heap::of_vec(&self.rows)
            + heap::of_vec(&self.elements)
            + heap::of_vec(&self.posts)
            + heap::of_vec(&self.probes.vals)
            + heap::of_vec(&self.probes.fields)
            + heap::of_vec(&self.matched)
    }

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
        let parents = cx.block(rule.parent).count;
        // What is the same for all rows of a root is asked once.
        let alike = rule.when.near.is_none();
        if parents == 0 || alike && !cx.holds(&rule.when, At { block: rule.parent, row: 0 }) {
            continue;
        }
        let mut lines = None;
        for parent in 0..parents {
            let at = At { block: rule.parent, row: parent };
            if !alike && !cx.holds(&rule.when, at) {
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
                    let known = lines.filter(|_| by.near.is_none());
                    let these =
                        known.unwrap_or_else(|| super::eval::lines_of(&rule.each, cx.names(), &cx.eval(&by.op, at)));
                    found.rows.extend(these.iter().map(|line| origin(*line)));
                    lines = Some(these);
                }
                EachPlan::Match(of) => matched(cx, links, of, at, number as u32, found),
            }
        }
    }
}

/// Finds the rows of another list that go with a parent row, in the order of their keys.
fn matched(cx: &mut Cx<'_>, links: &Links, of: &MatchPlan, at: At, rule: u32, found: &mut Found) {
    found.matched.clear();
    match (&of.scalars, &of.find, of.index) {
        (Some(fields), find, Some(index)) => by_scalars(cx, links, fields, find, (of.list, index), at, found),
        _ => by_values(cx, links, of, at, found),
    }
    let Found { matched, rows, .. } = found;
    if !matches!(of.when.op, Op::Const(Val::Boolean(true))) {
        matched.retain(|row| {
            cx.candidate = *row;
            cx.holds(&of.when, at)
        });
    }
    if matched.len() > 1 {
        let table = &cx.store.roots[usize::from(of.list)];
        matched.sort_unstable_by(|a, b| table.compare_keys(*a, *b, &cx.store.texts));
    }
    rows.extend(matched.iter().map(|step| Origin { rule, parent: at.row, step: *step }));
}

/// Probes an index for rows whose slots hold scalars.
fn by_scalars(
    cx: &Cx<'_>,
    links: &Links,
    fields: &[ScalarProbe],
    find: &Find,
    (list, index): (u16, u16),
    at: At,
    found: &mut Found,
) {
    let Found { probes, matched, posts, .. } = found;
    probes.clear();
    for field in fields {
        let vals = field.ops.iter().map(|op| cx.scalar(op, at)).filter(|scalar| !scalar.is_missing());
        if !probes.add(vals, |a, b| a == b) {
            return;
        }
    }
    loop {
        let hash = hash_tuple(probes.tried().map(|scalar| scalar.hash()));
        if let Find::Tuple { finder, .. } = find {
            posts.push((*finder, hash));
        }
        for &row in links.indexes[usize::from(index)].hints(hash) {
            let record = cx.store.record(list, row);
            let holds = fields
                .iter()
                .zip(probes.tried())
                .all(|(field, scalar)| cx.store.scalar(&field.kind, field.slot.get(record)) == *scalar);
            if holds && is_live(record) && !matched.contains(&row) {
                matched.push(row);
            }
        }
        if !probes.next() {
            return;
        }
    }
}

/// Finds rows by values of any kind, or by their keys.
fn by_values(cx: &Cx<'_>, links: &Links, of: &MatchPlan, at: At, found: &mut Found) {
    let names = cx.names();
    let mut probes: Probes<Val<'_>> = Probes::default();
    for (_, ops) in &of.on {
        let vals = ops.iter().map(|op| cx.resolved(cx.eval(op, at))).filter(|val| !val.is_missing());
        if !probes.add(vals, |a, b| names.same(a, b)) {
            return;
        }
    }
    loop {
        candidates(cx, links, of, &probes, &mut found.matched, &mut found.posts);
        if !probes.next() {
            return;
        }
    }
}

/// Adds the rows that have the values of one tuple.
fn candidates<'a>(
    cx: &Cx<'a>,
    links: &Links,
    of: &MatchPlan,
    probes: &Probes<Val<'a>>,
    rows: &mut Vec<u32>,
    posts: &mut Vec<(u16, u64)>,
) {
    let names = cx.names();
    let slots = || (0..).zip(&of.on).filter_map(|(place, (slot, _))| Some((place, (*slot)?)));
    let hash = hash_tuple(slots().map(|(place, _)| hash_val(probes.get(place))));
    let key = (0..).zip(&of.on).find(|(_, (slot, _))| slot.is_none()).map(|(place, _)| names.text(probes.get(place)));
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
                names.same(&cx.store.read(&slot.kind, slot.slot.get(record)), probes.get(place))
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
    new: &Block<'_>,
    each: Option<&EachPlan>,
    parent: impl Fn(u32, u32) -> u32,
    out: &mut Vec<u32>,
) {
    const FEW: u32 = 24;
    out.clear();
    // Lines that name their rows alike are one step.
    let step = |step: u32| match each {
        Some(EachPlan::Table { lines, .. }) => lines[step as usize].first,
        _ => step,
    };
    let mut places: HashMap<(u32, u32), u32, FixedState> = HashMap::default();
    let mut next = 0;
    out.extend(new.origins().map(|origin| {
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
    }));
}

/// Finds for each new row the old one of the same key, where several rules make rows: by the keys themselves.
pub(crate) fn pair_by_key(old: &Cx<'_>, new: &Cx<'_>, block: u16, out: &mut Vec<u32>) {
    let keys: HashMap<String, u32, FixedState> =
        (0..old.block(block).count).map(|row| (old.key(At { block, row }), row)).collect();
    out.clear();
    let count = new.block(block).count;
    out.extend((0..count).map(|row| keys.get(&new.key(At { block, row })).copied().unwrap_or(NONE)));
}

/// Compares rows by what they stem from.
pub(crate) fn same_rows(old: &Block<'_>, new: &Block<'_>) -> bool {
    old.count == new.count && old.origins().zip(new.origins()).all(|(a, b)| a == b)
}
