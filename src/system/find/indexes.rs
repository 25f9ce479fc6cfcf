use std::sync::Arc;

use super::place::write_row;
use crate::{
    engine::{At, ChangeKind, Cx, Engine, Side, Span},
    heap,
    plan::{OrderedPlan, Plan},
    store::{Entries, OrderedIndex},
};

/// The indexes that the lists of a system declare, and how many rows each list and check has.
///
/// Both follow from the rows and are changed with them, by what an accepted commit has changed. They are not touched before
/// that, so there is nothing to undo.
#[derive(Debug, Clone)]
pub(crate) struct Indexes {
    trees: Vec<OrderedIndex>,
    counts: Vec<usize>,
}

/// What a commit takes out of an index and puts in.
#[derive(Debug, Default)]
struct Moved {
    out: Entries,
    into: Entries,
}

impl Indexes {
    pub(crate) fn new(plan: &Plan) -> Self {
        Self { trees: vec![OrderedIndex::default(); plan.ordered.len()], counts: vec![0; plan.lists.len()] }
    }

    /// Returns the number of rows of a list, or of findings of a check.
    pub(crate) fn count(&self, list: u16) -> usize {
        self.counts[usize::from(list)]
    }

    pub(crate) fn tree(&self, index: u16) -> &OrderedIndex {
        &self.trees[usize::from(index)]
    }

    /// Returns the bytes that the counts of rows take.
    pub(crate) fn count_bytes(&self) -> usize {
        heap::SHARED + size_of::<Self>() + heap::of_vec(&self.counts)
    }

    /// Brings indexes and counts in step with the commit that has just been made; returns how many entries were moved.
    pub(crate) fn follow(indexes: &mut Arc<Self>, engine: &Engine) -> u64 {
        if let Some(growth) = engine.growth.by_list() {
            let counts = &mut Arc::make_mut(indexes).counts;
            for (count, by) in counts.iter_mut().zip(growth) {
                *count = count.saturating_add_signed(*by as isize);
            }
        }
        if engine.plan.ordered.is_empty() { 0 } else { Self::follow_rows(indexes, engine) }
    }

    fn follow_rows(indexes: &mut Arc<Self>, engine: &Engine) -> u64 {
        let plan = &*engine.plan;
        let mut moved: Vec<Moved> = Vec::new();
        for span in engine.spans.iter() {
            let list = plan.root(span.root).block(span.block).list;
            let changed = engine.spans.masks(span).changed;
            let reacts = |of: &OrderedPlan| span.kind != ChangeKind::Updated || changed & of.reads != 0;
            let mut sides = None;
            for (number, of) in plan.ordered_of(list).filter(|(_, of)| reacts(of)) {
                moved.resize_with(plan.ordered.len(), Moved::default);
                let (before, after) = sides.get_or_insert_with(|| {
                    let on = |side| Cx::new(plan, &engine.store, side, span.root, span.row);
                    (on(Side::Before), on(Side::After))
                });
                let home = plan.list(list).homes.iter().position(|(root, _)| *root == span.root).unwrap_or_default();
                moved[usize::from(number)].take(of, home, span, before, after);
            }
        }
        let mut entries = 0;
        for (number, mut moved) in moved.into_iter().enumerate() {
            if moved.out.is_empty() && moved.into.is_empty() {
                continue;
            }
            entries += (moved.out.len() + moved.into.len()) as u64;
            moved.out.sort();
            moved.into.sort();
            Arc::make_mut(indexes).trees[number].apply(&moved.out, &moved.into);
        }
        entries
    }
}

impl Moved {
    fn take<'a>(&mut self, of: &'a OrderedPlan, home: usize, span: &Span, before: &Cx<'a>, after: &Cx<'a>) {
        let is_in = |cx: &Cx<'a>, at: At| of.when.get(home).is_none_or(|when| cx.holds(when, at));
        for number in 0..span.count {
            let now = At { block: span.block, row: span.first + number };
            let (was, is) = match span.kind {
                ChangeKind::Added => (None, Some(now)),
                ChangeKind::Removed => (Some(now), None),
                ChangeKind::Updated => (Some(At { row: span.first_before + number, ..now }), Some(now)),
            };
            let was = was.filter(|at| is_in(before, *at));
            let is = is.filter(|at| is_in(after, *at));
            if let Some(at) = was {
                self.out.push_with(|place| write_row(before, at, &of.by, place));
            }
            if let Some(at) = is {
                self.into.push_with(|place| write_row(after, at, &of.by, place));
            }
            // A condition may read what changes neither whether nor where the row stands.
            if was.is_some() && is.is_some() && self.out.last() == self.into.last() {
                self.out.pop();
                self.into.pop();
            }
        }
    }
}
