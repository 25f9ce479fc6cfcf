use super::{
    Engine,
    columns::Columns,
    compare::Compare,
    eval::{At, Cx, Fresh, Side},
    links::Post,
    reaction::Reaction,
    rows::{self, Found, NONE},
};
use crate::{
    heap,
    plan::{EachPlan, Mask, Plan, RulePlan},
    store::{Block, Cell, FamilyWriter, Origin, family_of, is_live},
};

/// What a visit works with; kept from one to the next, so that nothing is allocated for most of them.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// By block, what this visit has worked out.
    fresh: Vec<Fresh>,
    /// By block, the old row of each new one.
    pairs: Vec<Pairs>,
    found: Found,
    writer: FamilyWriter,
    cells: Vec<Cell>,
    columns: Columns,
    visit: u64,
}

/// Which row of a block was which, before.
#[derive(Debug, Default)]
struct Pairs {
    visit: u64,
    old: Vec<u32>,
}

/// A root to be looked at, and why.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Visit {
    pub(crate) root: u16,
    pub(crate) row: u32,
    pub(crate) mask: Mask,
    pub(crate) cause: u32,
    pub(crate) round: u16,
}

impl Scratch {
    pub(super) fn columns(&mut self) -> &mut Columns {
        &mut self.columns
    }

    pub(super) fn bytes(&self) -> usize {
        let fresh = |fresh: &Fresh| heap::of_vec(&fresh.rows) + heap::of_vec(&fresh.cells);
        heap::of_vec(&self.fresh)
            + self.fresh.iter().map(fresh).sum::<usize>()
            + heap::of_vec(&self.pairs)
            + self.pairs.iter().map(|pairs| heap::of_vec(&pairs.old)).sum::<usize>()
            + self.found.bytes()
            + self.writer.bytes()
            + heap::of_vec(&self.cells)
            + self.columns.bytes()
    }
}

/// Returns the old row of a new one of a block, `NONE` for one that is new.
fn old_row(pairs: &[Pairs], visit: u64, block: u16, row: u32) -> u32 {
    match pairs.get(usize::from(block)) {
        Some(pairs) if pairs.visit == visit => pairs.old[row as usize],
        _ => row,
    }
}

impl Engine {
    /// Looks at one root: brings the rows of its family up to date, and reports what has changed.
    pub(super) fn visit(&mut self, plan: &Plan, visit: Visit) {
        let Visit { root, row, round, .. } = visit;
        let was = is_live(self.store.record_before(root, row));
        let is = is_live(self.store.record(root, row));
        let mask = if was && is { visit.mask } else { Mask::ALL };
        let reaction = self.reaction(plan, root, mask);
        self.visits += 1;
        if reaction.blocks.is_empty() {
            return;
        }
        let (_, last) = plan.root(root).ranks;
        let mut scratch = self.scratch.take().unwrap_or_default();
        let blocks = plan.root(root).blocks.len();
        if scratch.fresh.len() < blocks {
            scratch.fresh.resize_with(blocks, Fresh::default);
            scratch.pairs.resize_with(blocks, Pairs::default);
        }
        scratch.visit += 1;
        let mut rewritten = false;
        if is && (reaction.structure || !was) {
            rewritten = self.settle_rows(plan, visit, &reaction, was, &mut scratch);
        }
        // In a family that settles in one round, what was paired while settling is what changed in the commit.
        let paired = plan.root(root).ranks.0 == last && !self.reborn.contains(&(root, row));
        if !paired {
            scratch.visit += 1;
        }
        self.report(plan, visit, &reaction, (was, is), paired && rewritten, round == last, &mut scratch);
        self.scratch = Some(scratch);
    }

    fn reaction(&mut self, plan: &Plan, root: u16, mask: Mask) -> std::sync::Arc<Reaction> {
        let known = &mut self.reactions[usize::from(root)];
        if let Some(reaction) = known.get(&mask) {
            return reaction.clone();
        }
        // Random masks of large batches of different edits are not worth keeping for ever.
        if known.len() >= 4096 {
            known.clear();
        }
        let reaction = std::sync::Arc::new(Reaction::new(plan, root, mask));
        known.insert(mask, reaction.clone());
        reaction
    }

    /// Works out the rows of the blocks that may have others, and writes the family if they have.
    fn settle_rows(
        &mut self,
        plan: &Plan,
        visit: Visit,
        reaction: &Reaction,
        was: bool,
        scratch: &mut Scratch,
    ) -> bool {
        let Visit { root, row, round, .. } = visit;
        let of = plan.root(root);
        let mut changed = false;
        let mut cells_changed = false;
        let mut base = Cx::new(plan, &self.store, Side::After, root, row);
        // The reaction goes through the blocks in their order, as the family has them.
        let mut stored_blocks = base.family.blocks();
        for one in reaction.blocks.iter().filter(|b| b.structure) {
            let block = of.block(one.block);
            let parents_changed = block
                .rules
                .iter()
                .any(|rule| scratch.pairs[usize::from(rule.parent)].visit == scratch.visit || !was && rule.parent == 0);
            if !(parents_changed || one.direct && block.rank == round) {
                continue;
            }
            let at = usize::from(one.block);
            let mut stored = stored_blocks.seek(one.block);
            let (done, rest) = scratch.fresh.split_at_mut(at);
            let this = &mut rest[0];
            let found = &mut scratch.found;
            found.clear();
            let settled = match block.rules.as_slice() {
                // A root has one row in a list that takes it as it is, or none.
                [RulePlan { parent: 0, when, each: EachPlan::Row, .. }] => {
                    if base.holds(when, At { block: 0, row: 0 }) {
                        found.rows.push(Origin { rule: 0, parent: 0, step: 0 });
                    }
                    !parents_changed && stored.count as usize == found.rows.len()
                }
                rules => {
                    let none = |rule: &RulePlan| match rule.parent {
                        0 => false,
                        parent if done[usize::from(parent)].visit == scratch.visit => {
                            done[usize::from(parent)].rows.is_empty()
                        }
                        parent => base.block(parent).count == 0,
                    };
                    if !rules.iter().all(none) {
                        let cx = &mut base.clone().over(done, scratch.visit);
                        rows::rows_of(cx, &self.links, one.block, found);
                        for (finder, value) in found.posts.drain(..) {
                            self.links.post(Post::Finder(finder), value, row);
                        }
                        if !found.elements.is_empty() {
                            for (place, element) in found.elements.drain(..) {
                                if let Some(number) = self.store.symbols.number(&element) {
                                    found.rows[place].step = number;
                                }
                            }
                            base = Cx::new(plan, &self.store, Side::After, root, row);
                            stored_blocks = base.family.blocks();
                            stored = stored_blocks.seek(one.block);
                        }
                        if block.may_collide {
                            rows::keep_first(&base.clone().over(done, scratch.visit), one.block, &mut found.rows);
                        }
                    }
                    !parents_changed && rows::same_rows(&stored, &Block::fresh(&found.rows))
                }
            };
            self.evaluations += found.rows.len() as u64 + 1;
            if settled {
                continue;
            }
            std::mem::swap(&mut this.rows, &mut found.rows);
            this.visit = scratch.visit;
            this.cells.clear();
            // Which row is which: needed for authored values, and for whoever comes after.
            let mut pairs = std::mem::take(&mut scratch.pairs[at].old);
            pairs.clear();
            if stored.count == 0 {
                pairs.resize(this.rows.len(), NONE);
            } else if block.may_collide {
                let (done, _) = scratch.fresh.split_at(at + 1);
                rows::pair_by_key(&base, &base.clone().over(done, scratch.visit), one.block, &mut pairs);
            } else if !this.rows.is_empty() {
                let each = block.rules.first().map(|rule| &rule.each);
                let new = Block::fresh(&scratch.fresh[at].rows);
                let parent = |rule: u32, row: u32| {
                    old_row(&scratch.pairs, scratch.visit, block.rules[rule as usize].parent, row)
                };
                rows::pair(&stored, &new, each, parent, &mut pairs);
            }
            changed = true;
            scratch.pairs[at].visit = scratch.visit;
            scratch.pairs[at].old = pairs;
            if !block.authored.is_empty() {
                cells_changed = true;
                self.carry_cells(plan, root, row, one.block, scratch);
                base = Cx::new(plan, &self.store, Side::After, root, row);
                stored_blocks = base.family.blocks();
            }
        }
        if !changed {
            return false;
        }
        self.write_family(plan, root, row, cells_changed, scratch);
        true
    }

    /// Carries the authored values of a block's rows over to its new rows; parks those whose rows have gone, and brings back
    /// those whose rows have come back.
    fn carry_cells(&mut self, plan: &Plan, root: u16, row: u32, block: u16, scratch: &mut Scratch) {
        let at = usize::from(block);
        let list = plan.root(root).block(block).list;
        let base = Cx::new(plan, &self.store, Side::After, root, row);
        let gone = &mut scratch.cells;
        gone.clear();
        let mut carried = std::mem::take(&mut scratch.fresh[at].cells);
        let pairs = &scratch.pairs[at].old;
        for cell in base.family.cells().filter(|c| c.block == block) {
            match pairs.iter().position(|old| *old == cell.row) {
                Some(new) => carried.push(Cell { row: new as u32, ..cell }),
                None => gone.push(cell),
            }
        }
        let mut returning = Vec::new();
        let mut key = String::new();
        if pairs.contains(&NONE) && self.parked.is_used() {
            base.write_root_key(block, &mut key);
            let root_len = key.len();
            if self.parked.may_have(list, &key) {
                let cx = base.over(&scratch.fresh, scratch.visit);
                for (new, old) in (0..).zip(pairs) {
                    if *old == NONE {
                        key.truncate(root_len);
                        cx.write_steps(At { block, row: new }, &mut key);
                        if self.parked.get(list, &key).is_some() {
                            returning.push((new, key.clone()));
                        }
                    }
                }
            }
        }
        for cell in gone.drain(..) {
            key.clear();
            Cx::new(plan, &self.store, Side::After, root, row).write_key(At { block, row: cell.row }, &mut key);
            self.park(plan, list, &key, cell.field, cell.cell);
        }
        for (new, key) in returning {
            for (field, cell) in self.take_parked(plan, list, &key, row) {
                carried.push(Cell { block, row: new, field, cell });
            }
        }
        carried.sort_unstable();
        scratch.fresh[at].cells = carried;
    }

    fn write_family(&mut self, plan: &Plan, root: u16, row: u32, cells_changed: bool, scratch: &mut Scratch) {
        let of = plan.root(root);
        scratch.writer.clear();
        scratch.cells.clear();
        {
            let family = self.store.family(self.store.record(root, row));
            let mut stored = family.blocks().peekable();
            let is_fresh = |b: u16| scratch.fresh[usize::from(b)].visit == scratch.visit;
            for block in 1..of.blocks.len() as u16 {
                let kept = stored.next_if(|(id, _)| *id == block);
                if is_fresh(block) {
                    let rows = &scratch.fresh[usize::from(block)].rows;
                    let parent = of.block(block).rules.first().map_or(0, |rule| rule.parent);
                    let parents = match parent {
                        0 => 1,
                        parent if is_fresh(parent) => scratch.fresh[usize::from(parent)].rows.len() as u32,
                        parent => family.block(parent).count,
                    };
                    scratch.writer.add(block, rows, parents);
                } else if let Some((_, rows)) = kept {
                    scratch.writer.keep(block, &rows);
                }
            }
            if cells_changed || family.has_cells() {
                scratch.cells.extend(family.cells().filter(|c| !is_fresh(c.block)));
                for block in 0..of.blocks.len() as u16 {
                    if is_fresh(block) {
                        scratch.cells.extend_from_slice(&scratch.fresh[usize::from(block)].cells);
                    }
                }
                scratch.cells.sort_unstable();
            }
        }
        let words = scratch.writer.finish(&scratch.cells);
        self.store.put_family(root, row, words);
    }

    /// Compares the family before and after, reports the rows that have changed, and what they contribute elsewhere.
    #[expect(clippy::too_many_arguments, reason = "one call, split off for its length")]
    fn report(
        &mut self,
        plan: &Plan,
        visit: Visit,
        reaction: &Reaction,
        (was, is): (bool, bool),
        paired: bool,
        emit: bool,
        scratch: &mut Scratch,
    ) {
        let Visit { root, row, cause, round, .. } = visit;
        let Self { store, spans, inputs, growth, evaluations, .. } = self;
        let Scratch { pairs: all_pairs, columns, visit, .. } = scratch;
        columns.forget(root, row);
        let before = Cx::new(plan, store, Side::Before, root, row);
        let after = Cx::new(plan, store, Side::After, root, row);
        // The reaction goes through the blocks in their order, as the families have them.
        let (mut old_blocks, mut new_blocks) = (before.family.blocks(), after.family.blocks());
        let moved = family_of(before.record) != family_of(after.record);
        for one in &reaction.blocks {
            let new = new_blocks.seek(one.block);
            let old = if moved { old_blocks.seek(one.block) } else { new };
            let (old_count, new_count) = (if was { old.count } else { 0 }, if is { new.count } else { 0 });
            if old_count == 0 && new_count == 0 {
                continue;
            }
            if emit && old_count != new_count {
                growth.add(plan.root(root).block(one.block).list, old_count, new_count);
            }
            let at = usize::from(one.block);
            if one.structure && was && is && !paired {
                let block = plan.root(root).block(one.block);
                let same = rows::same_rows(&old, &new)
                    && block.rules.iter().all(|r| all_pairs[usize::from(r.parent)].visit != *visit);
                if !same {
                    let mut pairs = std::mem::take(&mut all_pairs[at].old);
                    if block.may_collide {
                        rows::pair_by_key(&before, &after, one.block, &mut pairs);
                    } else {
                        let each = block.rules.first().map(|rule| &rule.each);
                        let parent =
                            |rule: u32, row: u32| old_row(all_pairs, *visit, block.rules[rule as usize].parent, row);
                        rows::pair(&old, &new, each, parent, &mut pairs);
                    }
                    all_pairs[at].old = pairs;
                    all_pairs[at].visit = *visit;
                }
            }
            let whole = all_pairs[at].visit != *visit || !was || !is;
            let pairs = &all_pairs[at].old;
            let old_of = |row: u32| match (was, whole) {
                (false, _) => NONE,
                (true, true) => row,
                (true, false) => pairs[row as usize],
            };
            let counts = (old_count, new_count);
            let compare = Compare { before: &before, after: &after, one };
            if emit {
                *evaluations += compare.spans(counts, whole, &old_of, cause, columns, spans);
            }
            if !one.aggregates.is_empty() || !one.groups.is_empty() {
                inputs.collect(&compare, round, counts, &old_of, cause, columns);
            }
        }
    }
}
