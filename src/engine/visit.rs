use super::{
    Engine,
    delta::{ChangeKind, Span},
    eval::{At, Cx, Fresh, Side},
    group::{Input, To},
    links::Post,
    reaction::{BlockReaction, Reaction},
    rows::{self, Found, NONE},
    text::Names,
};
use crate::{
    plan::{Lowered, Mask, MemberPlan, Plan},
    schema::{Fold, Write},
    store::{Block, Blocks, Cell, Family, FamilyWriter, Kind, Origin, Val, is_live},
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
    /// Returns the old row of a new one of a block, `NONE` for one that is new.
    fn old(&self, block: u16, row: u32) -> u32 {
        match self.pairs.get(usize::from(block)) {
            Some(pairs) if pairs.visit == self.visit => pairs.old[row as usize],
            _ => row,
        }
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
        let (_, last) = plan.root(root).ranks;
        let mut scratch = std::mem::take(&mut self.scratch);
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
        self.visits += 1;
        self.report(plan, visit, &reaction, (was, is), paired && rewritten, round == last, &mut scratch);
        self.scratch = scratch;
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
        for one in reaction.blocks.iter().filter(|b| b.structure) {
            let block = of.block(one.block);
            let mut parents_changed =
                block.rules.iter().any(|r| scratch.pairs[usize::from(r.parent)].visit == scratch.visit);
            parents_changed |= !was && block.rules.iter().any(|r| r.parent == 0);
            if !(parents_changed || one.direct && block.rank == round) {
                continue;
            }
            let at = usize::from(one.block);
            scratch.found.clear();
            let mut fresh = std::mem::take(&mut scratch.fresh);
            let (done, rest) = fresh.split_at_mut(at);
            let this = &mut rest[0];
            {
                let base = Cx::new(plan, &self.store, Side::After, root, row);
                let mut cx = base.over(done, scratch.visit);
                rows::rows_of(&mut cx, &self.links, one.block, &mut scratch.found);
                self.evaluations += scratch.found.rows.len() as u64 + 1;
            }
            let found = &mut scratch.found;
            for (place, element) in found.elements.drain(..) {
                if let Some(number) = self.store.symbols.number(&element) {
                    found.rows[place].step = number;
                }
            }
            for (finder, value) in found.posts.drain(..) {
                self.links.post(Post::Finder(finder), value, row);
            }
            let base = Cx::new(plan, &self.store, Side::After, root, row);
            let cx = base.clone().over(done, scratch.visit);
            if block.may_collide {
                rows::keep_first(&cx, one.block, &mut found.rows);
            }
            let stored = base.family.block(one.block);
            if !parents_changed && rows::same_rows(&stored, &found.rows) {
                scratch.fresh = fresh;
                continue;
            }
            std::mem::swap(&mut this.rows, &mut found.rows);
            this.visit = scratch.visit;
            this.cells.clear();
            // Which row is which: needed for authored values, and for whoever comes after.
            let pairs = if block.may_collide {
                let (done, _) = fresh.split_at(at + 1);
                let new = base.clone().over(done, scratch.visit);
                rows::pair_by_key(&base, &new, one.block, done[at].rows.len() as u32)
            } else {
                let parent = |rule: u32, row: u32| scratch.old(block.rules[rule as usize].parent, row);
                if was || stored.count > 0 {
                    {
                        let each = block.rules.first().map(|rule| &rule.each);
                        rows::pair(&stored, &fresh[at].rows, each, parent)
                    }
                } else {
                    vec![NONE; fresh[at].rows.len()]
                }
            };
            changed = true;
            cells_changed |= !block.authored.is_empty();
            scratch.fresh = fresh;
            scratch.pairs[at].visit = scratch.visit;
            scratch.pairs[at].old = pairs;
            if !block.authored.is_empty() {
                self.carry_cells(plan, root, row, one.block, was, scratch);
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
    fn carry_cells(&mut self, plan: &Plan, root: u16, row: u32, block: u16, was: bool, scratch: &mut Scratch) {
        let at = usize::from(block);
        let base = Cx::new(plan, &self.store, Side::After, root, row);
        let mut parked = Vec::new();
        let mut carried = Vec::new();
        {
            let pairs = &scratch.pairs[at].old;
            for cell in base.family.cells().filter(|c| c.block == block) {
                match pairs.iter().position(|old| *old == cell.row) {
                    Some(new) => carried.push(Cell { row: new as u32, ..cell }),
                    None => parked.push((base.key(At { block, row: cell.row }), cell.field, cell.cell)),
                }
            }
        }
        let list = plan.root(root).block(block).list;
        let mut returning = Vec::new();
        if self.parked.has(list) {
            let cx = base.clone().over(&scratch.fresh, scratch.visit);
            for (new, old) in scratch.pairs[at].old.iter().enumerate() {
                // A root that has come may bring its family along, from another key.
                if *old == NONE || !was {
                    let key = cx.key(At { block, row: new as u32 });
                    if self.parked.get(list, &key).is_some() {
                        returning.push((new as u32, key));
                    }
                }
            }
        }
        for (key, field, cell) in parked {
            self.park(plan, list, &key, field, cell);
        }
        for (new, key) in returning {
            for (field, cell) in self.take_parked(plan, list, &key, root, row) {
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
        let mut spans = std::mem::take(&mut self.spans);
        let mut inputs = std::mem::take(&mut self.inputs);
        let before = Cx::new(plan, &self.store, Side::Before, root, row);
        let after = Cx::new(plan, &self.store, Side::After, root, row);
        // The reaction goes through the blocks in their order, as the families have them.
        let (mut old_blocks, mut new_blocks) = (Seek::new(before.family), Seek::new(after.family));
        for one in &reaction.blocks {
            let (old, new) = (old_blocks.seek(one.block), new_blocks.seek(one.block));
            let (old_count, new_count) = (if was { old.count } else { 0 }, if is { new.count } else { 0 });
            if old_count == 0 && new_count == 0 {
                continue;
            }
            let at = usize::from(one.block);
            if one.structure && was && is && !paired {
                let block = plan.root(root).block(one.block);
                let rows: Vec<Origin> = new.origins().collect();
                let same = rows::same_rows(&old, &rows)
                    && block.rules.iter().all(|r| scratch.pairs[usize::from(r.parent)].visit != scratch.visit);
                if !same {
                    let pairs = if block.may_collide {
                        rows::pair_by_key(&before, &after, one.block, new.count)
                    } else {
                        {
                            let each = block.rules.first().map(|rule| &rule.each);
                            rows::pair(&old, &rows, each, |rule, row| {
                                scratch.old(block.rules[rule as usize].parent, row)
                            })
                        }
                    };
                    scratch.pairs[at].old = pairs;
                    scratch.pairs[at].visit = scratch.visit;
                }
            }
            let whole = scratch.pairs[at].visit != scratch.visit || !was || !is;
            let pairs = &scratch.pairs[at].old;
            let old_of = |row: u32| match (was, whole) {
                (false, _) => NONE,
                (true, true) => row,
                (true, false) => pairs[row as usize],
            };
            let compare = Compare { before: &before, after: &after, one, was, is };
            if emit {
                self.evaluations += compare.spans(old_count, new_count, whole, &old_of, cause, &mut spans);
            }
            if !one.aggregates.is_empty() || !one.groups.is_empty() {
                compare.inputs(round, old_count, new_count, &old_of, cause, &mut inputs);
            }
        }
        self.spans = spans;
        self.inputs = inputs;
    }
}

/// The blocks of a family, gone through in their order.
struct Seek<'a> {
    family: Family<'a>,
    blocks: Option<std::iter::Peekable<Blocks<'a>>>,
}

impl<'a> Seek<'a> {
    fn new(family: Family<'a>) -> Self {
        Self { family, blocks: None }
    }

    fn seek(&mut self, block: u16) -> Block<'a> {
        if block == 0 {
            return Block::ONE;
        }
        // A change of the root alone does not so much as look at the family.
        let blocks = self.blocks.get_or_insert_with(|| self.family.blocks().peekable());
        while blocks.next_if(|(id, _)| *id < block).is_some() {}
        blocks.next_if(|(id, _)| *id == block).map_or(Block::EMPTY, |(_, block)| block)
    }
}

/// One block, before and after.
struct Compare<'c, 'a> {
    before: &'c Cx<'a>,
    after: &'c Cx<'a>,
    one: &'c BlockReaction,
    was: bool,
    is: bool,
}

impl<'a> Compare<'_, 'a> {
    fn span(&self, kind: ChangeKind, cause: u32) -> Span {
        Span {
            root: self.after.root,
            row: self.after.row,
            block: self.one.block,
            kind,
            first: 0,
            first_before: 0,
            count: 0,
            changed: 0,
            shadowed: 0,
            cause,
        }
    }

    /// Adds the spans of rows that appeared, vanished or changed; returns how many values were compared.
    fn spans(
        &self,
        old_count: u32,
        new_count: u32,
        whole: bool,
        old_of: &impl Fn(u32) -> u32,
        cause: u32,
        spans: &mut Vec<Span>,
    ) -> u64 {
        if !self.was {
            spans.push(Span { count: new_count, ..self.span(ChangeKind::Added, cause) });
            return 0;
        }
        if !self.is {
            spans.push(Span { count: old_count, ..self.span(ChangeKind::Removed, cause) });
            return 0;
        }
        let at = |row| At { block: self.one.block, row };
        let mut compared = 0;
        let mut uniform = None;
        let mut open = self.span(ChangeKind::Updated, cause);
        let flush = |open: &mut Span, spans: &mut Vec<Span>| {
            if open.count > 0 {
                spans.push(open.clone());
                open.count = 0;
            }
        };
        let mut same_ancestor: Option<(u32, u128)> = None;
        let may_remake = !whole && self.after.plan.root(self.after.root).block(self.one.block).may_remake;
        for row in 0..new_count {
            let old = old_of(row);
            let (kind, changed, shadowed) = if old == NONE {
                (ChangeKind::Added, 0, 0)
            } else {
                let mask = *uniform.get_or_insert_with(|| {
                    compared += self.one.uniform.len() as u64;
                    self.one.certain | self.changed(self.one.uniform.iter().copied(), at(row), at(old))
                });
                if self.one.moving.is_empty() && whole {
                    // All rows of the block change alike.
                    if mask != 0 {
                        spans.push(Span { count: new_count, changed: mask, ..open });
                    }
                    return compared;
                }
                if may_remake && self.is_remade(at(row), at(old)) {
                    let (changed, shadowed) = self.remade(at(row), at(old), &mut compared);
                    (ChangeKind::Updated, changed, shadowed)
                } else {
                    let (moved, shadowed) = self.moved(at(row), at(old), &mut same_ancestor, &mut compared);
                    (ChangeKind::Updated, mask | moved, shadowed)
                }
            };
            if kind == ChangeKind::Updated && changed == 0 && shadowed == 0 {
                flush(&mut open, spans);
                continue;
            }
            let goes_on = open.count > 0
                && open.kind == kind
                && open.changed == changed
                && open.shadowed == shadowed
                && open.first + open.count == row
                && (kind == ChangeKind::Added || open.first_before + open.count == old);
            if goes_on {
                open.count += 1;
            } else {
                flush(&mut open, spans);
                open = Span { kind, first: row, first_before: old, count: 1, changed, shadowed, ..open };
            }
        }
        flush(&mut open, spans);
        if !whole {
            self.removed(old_count, new_count, old_of, cause, spans);
        }
        compared
    }

    fn removed(&self, old_count: u32, new_count: u32, old_of: &impl Fn(u32) -> u32, cause: u32, spans: &mut Vec<Span>) {
        let mut kept = vec![false; old_count as usize];
        for row in 0..new_count {
            if let Some(kept) = kept.get_mut(old_of(row) as usize) {
                *kept = true;
            }
        }
        let mut open = self.span(ChangeKind::Removed, cause);
        for (row, kept) in (0..).zip(kept) {
            if kept {
                continue;
            }
            if open.count > 0 && open.first + open.count == row {
                open.count += 1;
            } else {
                if open.count > 0 {
                    spans.push(open.clone());
                }
                open.first = row;
                open.count = 1;
            }
        }
        if open.count > 0 {
            spans.push(open);
        }
    }

    fn changed(&self, fields: impl Iterator<Item = u16>, at: At, at_before: At) -> u128 {
        let base = at.block == 0 && !self.after.plan.is_group_list(self.after.root);
        let mut mask = 0;
        for field in fields {
            let differs = if base {
                let slot = &self.after.plan.root(self.after.root).slots[usize::from(field)];
                let (a, b) = (slot.slot.get(self.after.record), slot.slot.get(self.before.record));
                a != b && !self.after.store.equal(&slot.kind, a, b)
            } else {
                self.after.field_differs(field, at, self.before, at_before)
            };
            mask |= u128::from(differs) << field;
        }
        mask
    }

    /// Compares the fields that may differ from row to row; those that depend on an ancestor, once for each.
    fn moved(
        &self,
        at: At,
        at_before: At,
        same_ancestor: &mut Option<(u32, u128)>,
        compared: &mut u64,
    ) -> (u128, u128) {
        let mut mask = 0;
        let near = self.one.moving.iter().map(|(_, near)| *near).min().unwrap_or(0);
        let ancestor = (near > 0).then(|| self.after.up(at, near).row);
        match (*same_ancestor, ancestor) {
            (Some((row, known)), Some(ancestor)) if row == ancestor => mask = known,
            _ => {
                mask |= self.changed(self.one.moving.iter().map(|(field, _)| *field), at, at_before);
                *compared += self.one.moving.len() as u64;
                *same_ancestor = ancestor.map(|row| (row, mask));
            }
        }
        (mask, self.shadowed(self.one.suggested.iter().copied(), mask, at, at_before))
    }

    /// Tells whether a row, or one above it, comes from another rule or line than before.
    fn is_remade(&self, mut at: At, mut at_before: At) -> bool {
        while at.block != 0 {
            let (new, old) =
                (self.after.block(at.block).origin(at.row), self.before.block(at.block).origin(at_before.row));
            if (new.rule, new.step) != (old.rule, old.step) {
                return true;
            }
            at = self.after.up(at, 1);
            at_before = self.before.up(at_before, 1);
        }
        false
    }

    /// Compares all fields of a row that is made anew.
    fn remade(&self, at: At, at_before: At, compared: &mut u64) -> (u128, u128) {
        let list = self.after.plan.root(self.after.root).block(at.block).list;
        let fields = self.after.plan.list(list).fields.len() as u16;
        *compared += u64::from(fields);
        let mask = self.changed(0..fields, at, at_before);
        let suggested = (0..fields).filter(|field| self.after.program(at, *field).write == Write::Suggest);
        (mask, self.shadowed(suggested, mask, at, at_before))
    }

    /// Finds the fields whose rule's value has changed under an authored one.
    fn shadowed(&self, suggested: impl Iterator<Item = u16>, mask: u128, at: At, at_before: At) -> u128 {
        let mut shadowed = 0;
        for field in suggested {
            let program = self.after.program(at, field);
            if mask >> field & 1 == 0
                && self.after.cell(at, field) != 0
                && self.before.cell(at_before, field) != 0
                && self.after.differs_from(
                    &program.rule.op,
                    at,
                    &self.before.program(at_before, field).rule.op,
                    self.before,
                    at_before,
                )
            {
                shadowed |= 1 << field;
            }
        }
        shadowed
    }

    /// Collects what the rows of the block contribute to aggregates and groups, before (taken away) and after (added).
    fn inputs(
        &self,
        round: u16,
        old_count: u32,
        new_count: u32,
        old_of: &impl Fn(u32) -> u32,
        cause: u32,
        out: &mut Vec<Input>,
    ) {
        let plan = self.after.plan;
        let at = |row| At { block: self.one.block, row };
        let mut kept = Vec::new();
        let mut pair = || {
            if kept.is_empty() {
                kept.resize(old_count as usize, NONE);
                for row in 0..new_count {
                    if let Some(kept) = kept.get_mut(old_of(row) as usize) {
                        *kept = row;
                    }
                }
            }
            kept.clone()
        };
        for &number in &self.one.aggregates {
            let of = &plan.aggregates[usize::from(number)];
            if of.rank != round {
                continue;
            }
            for (old, new) in (0..).zip(&pair()) {
                let start = out.len();
                Self::aggregate(self.before, number, at(old), -1, cause, out);
                if *new != NONE {
                    let middle = out.len();
                    Self::aggregate(self.after, number, at(*new), 1, cause, out);
                    Input::cancel(out, start, middle, self.after.names());
                }
            }
            for row in (0..new_count).filter(|row| old_of(*row) == NONE) {
                Self::aggregate(self.after, number, at(row), 1, cause, out);
            }
        }
        for &(group, member) in &self.one.groups {
            let Some(of) = plan.root(group).group.as_ref().map(|g| &g.members[usize::from(member)]) else { continue };
            if of.rank != round {
                continue;
            }
            if adds_up(plan, of) {
                self.members_sum(group, of, old_count, new_count, cause, out);
                continue;
            }
            for (old, new) in (0..).zip(&pair()) {
                let start = out.len();
                Self::member(self.before, group, member, at(old), -1, cause, out);
                if *new != NONE {
                    let middle = out.len();
                    Self::member(self.after, group, member, at(*new), 1, cause, out);
                    Input::cancel(out, start, middle, self.after.names());
                }
            }
            for row in (0..new_count).filter(|row| old_of(*row) == NONE) {
                Self::member(self.after, group, member, at(row), 1, cause, out);
            }
        }
    }

    fn aggregate(cx: &Cx<'a>, number: u16, at: At, sign: i64, cause: u32, out: &mut Vec<Input>) {
        let of = &cx.plan.aggregates[usize::from(number)];
        if !cx.is_true(&of.when.op, at) {
            return;
        }
        let value = of.value.as_ref().map_or(Val::Missing, |value| cx.eval(&value.op, at));
        let to = cx.plan.partials[usize::from(of.partial)].root;
        Input::push_all(out, cx, &cx.eval(&of.by.op, at), to, of.partial, &value, sign, cause);
    }

    /// Adds what all rows of the block give to the one group that they are in, where that adds up.
    fn members_sum(
        &self,
        group: u16,
        of: &'a MemberPlan,
        old_count: u32,
        new_count: u32,
        cause: u32,
        out: &mut Vec<Input>,
    ) {
        let before = Sums::of(self.before, self.one.block, of, old_count);
        let after = Sums::of(self.after, self.one.block, of, new_count);
        match (before, after) {
            (Some(before), Some(after)) if before.key == after.key => {
                let first = out.len();
                let members = after.members - before.members;
                let parts = after.parts.iter().zip(&before.parts);
                let changes: Vec<_> = parts.map(|(a, b)| (a.0, a.1 - b.1, a.2 - b.2, a.3 - b.3)).collect();
                after.give(group, members, changes, cause, out);
                if out.len() == first + 1 && members == 0 {
                    out.truncate(first);
                }
            }
            (before, after) => {
                if let Some(before) = before {
                    let parts: Vec<_> = before.parts.iter().map(|p| (p.0, -p.1, -p.2, -p.3)).collect();
                    let members = -before.members;
                    before.give(group, members, parts, cause, out);
                }
                if let Some(after) = after {
                    let parts = after.parts.clone();
                    let members = after.members;
                    after.give(group, members, parts, cause, out);
                }
            }
        }
    }

    /// Adds what one member gives to its group.
    fn member(cx: &Cx<'a>, group: u16, member: u16, at: At, sign: i64, cause: u32, out: &mut Vec<Input>) {
        let Some(of) = cx.plan.root(group).group.as_ref().map(|g| &g.members[usize::from(member)]) else { return };
        if !cx.is_true(&of.when.op, at) {
            return;
        }
        let names = cx.names();
        let mut key = String::new();
        let mut by = Vec::with_capacity(of.by.len());
        for one in &of.by {
            let val = cx.eval(&one.op, at);
            if !Names::can_be_segment(&val) {
                return;
            }
            if !key.is_empty() {
                key.push('/');
            }
            names.write_segment(&val, &mut key);
            by.push(val.into_owned());
        }
        out.push(Input {
            to: To::Group { root: group, key, by },
            partial: None,
            val: Val::Missing,
            sign,
            sum: None,
            cause,
        });
        for (partial, when, value) in &of.inputs {
            if cx.is_true(&when.op, at) {
                let val = value.as_ref().map_or(Val::Missing, |value| cx.eval(&value.op, at));
                out.push(Input {
                    to: To::Same,
                    partial: Some(*partial),
                    val: super::group::owned(cx, val),
                    sign,
                    sum: None,
                    cause,
                });
            }
        }
    }
}

/// Tells whether what members give adds up, and all rows of a root are in one group: then the rows need not be told apart.
fn adds_up(plan: &Plan, of: &MemberPlan) -> bool {
    of.when.near.is_none()
        && of.by.iter().all(|by| by.near.is_none())
        && of.inputs.iter().all(|(partial, when, _)| {
            let partial = &plan.partials[usize::from(*partial)];
            let sums = partial.fold == Fold::Sum && partial.of == Kind::Integer;
            when.near.is_none() && (partial.fold == Fold::Count || sums)
        })
}

/// What the rows of one block give to their group.
struct Sums {
    key: String,
    by: Vec<Val<'static>>,
    members: i64,
    parts: Vec<Part>,
}

/// A table of partial values, and how many rows, how many values, and what they come to.
type Part = (u16, i64, i64, i128);

impl Sums {
    /// Adds up the rows of a block; `None` where they are in no group.
    fn of<'a>(cx: &Cx<'a>, block: u16, of: &'a MemberPlan, count: u32) -> Option<Self> {
        let first = At { block, row: 0 };
        if count == 0 || !cx.is_true(&of.when.op, first) {
            return None;
        }
        let names = cx.names();
        let mut key = String::new();
        let mut by = Vec::with_capacity(of.by.len());
        for one in &of.by {
            let val = cx.eval(&one.op, first);
            if !Names::can_be_segment(&val) {
                return None;
            }
            if !key.is_empty() {
                key.push('/');
            }
            names.write_segment(&val, &mut key);
            by.push(val.into_owned());
        }
        let mut parts = Vec::with_capacity(of.inputs.len());
        for (partial, when, value) in &of.inputs {
            let mut part = (*partial, 0, 0, 0);
            if cx.is_true(&when.op, first) {
                part.1 = i64::from(count);
                if let Some(value) = value {
                    Self::add(cx, block, value, count, &mut part);
                }
            }
            parts.push(part);
        }
        Some(Self { key, by, members: i64::from(count), parts })
    }

    /// Adds up a value over rows, reading it once for each row on which it depends.
    fn add<'a>(cx: &Cx<'a>, block: u16, value: &'a Lowered, count: u32, part: &mut Part) {
        let mut last: Option<(u32, Option<i64>)> = None;
        for row in 0..count {
            let at = At { block, row };
            let nearest = match value.near {
                None => 0,
                Some(up) => cx.up(at, up).row,
            };
            let number = match last {
                Some((known, number)) if known == nearest => number,
                _ => match cx.eval(&value.op, at) {
                    Val::Integer(number) => Some(number),
                    _ => None,
                },
            };
            last = Some((nearest, number));
            if let Some(number) = number {
                part.2 += 1;
                part.3 += i128::from(number);
            }
        }
    }

    fn give(self, group: u16, members: i64, parts: Vec<Part>, cause: u32, out: &mut Vec<Input>) {
        let to = To::Group { root: group, key: self.key, by: self.by };
        out.push(Input { to, partial: None, val: Val::Missing, sign: members, sum: None, cause });
        for (partial, rows, values, sum) in parts {
            if (rows, values, sum) != (0, 0, 0) {
                let sum = Some((values, 0, sum));
                out.push(Input { to: To::Same, partial: Some(partial), val: Val::Missing, sign: rows, sum, cause });
            }
        }
    }
}
