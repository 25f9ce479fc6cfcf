use super::{
    columns::{Column, Columns},
    compare::Compare,
    eval::{At, Cx},
    rows::NONE,
    text::Names,
};
use crate::{
    heap,
    plan::{Lowered, MemberPlan, Plan, ScalarOp, Shown},
    schema::Fold,
    store::{Items, Kind, Scalar, ScalarIs, Val},
};

/// What the rows of a round give to groups and aggregates, or take away from them.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    pub(super) all: Vec<Input>,
    /// Groups that have no row so far.
    pub(super) forming: Vec<Forming>,
    key: String,
    kept: Vec<u32>,
}

/// What one row, or all rows of a root alike, give to one kept value or to the existence of a group.
#[derive(Debug)]
pub(crate) struct Input {
    pub(super) to: To,
    /// The table of partial values; none for mere membership.
    pub(super) partial: Option<u16>,
    /// How many rows give; those that take away count below zero.
    pub(super) rows: i64,
    pub(super) what: Given,
    pub(super) cause: u32,
}

/// Where an input goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum To {
    Row {
        root: u16,
        row: u32,
    },
    /// A group that has no row so far.
    Forming(u32),
}

#[derive(Debug)]
pub(super) enum Given {
    Val(Val<'static>),
    /// What the values of several rows come to: how many values, and their sum.
    Sum {
        values: i64,
        sum: i128,
    },
}

/// A group without a row: its list, its key, and the values grouped by.
#[derive(Debug)]
pub(crate) struct Forming {
    pub(super) root: u16,
    pub(super) key: String,
    pub(super) by: Vec<Val<'static>>,
}

impl Input {
    /// Returns the bytes that it takes elsewhere.
    pub(super) fn bytes(&self) -> usize {
        match &self.what {
            Given::Val(val) => val.bytes(),
            Given::Sum { .. } => 0,
        }
    }
}

impl Inputs {
    pub(super) fn clear(&mut self) {
        self.all.clear();
        self.forming.clear();
    }

    pub(super) fn bytes(&self) -> usize {
        let forming =
            |one: &Forming| one.key.capacity() + heap::of_vec(&one.by) + one.by.iter().map(Val::bytes).sum::<usize>();
        heap::of_vec(&self.all)
            + self.all.iter().map(Input::bytes).sum::<usize>()
            + heap::of_vec(&self.forming)
            + self.forming.iter().map(forming).sum::<usize>()
            + self.key.capacity()
            + heap::of_vec(&self.kept)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    fn push(&mut self, to: To, partial: Option<u16>, rows: i64, what: Given, cause: u32) {
        self.all.push(Input { to, partial, rows, what, cause });
    }

    /// Lets a row hold a group of its own (`rows` 1), or let go of it (−1).
    pub(super) fn hold(&mut self, names: Names<'_>, group: u16, row: (u16, u32), rows: i64, cause: u32) {
        let val = Val::Reference { list: row.0, row: row.1 };
        self.key.clear();
        names.write_segment(&val, &mut self.key);
        let to = self.group(names, group, || vec![val.clone()]);
        self.push(to, None, rows, Given::Val(Val::Missing), cause);
    }

    /// Finds the group of the key at hand.
    fn group(&mut self, names: Names<'_>, root: u16, by: impl FnOnce() -> Vec<Val<'static>>) -> To {
        if let Some(row) = names.store.find(root, &self.key) {
            return To::Row { root, row };
        }
        let known = self.forming.iter().position(|one| one.root == root && one.key == self.key);
        To::Forming(known.unwrap_or_else(|| {
            self.forming.push(Forming { root, key: self.key.clone(), by: by() });
            self.forming.len() - 1
        }) as u32)
    }

    /// Finds the group that a row is in; `None` where a value that it is grouped by names none.
    fn group_of<'a>(&mut self, cx: &Cx<'a>, group: u16, by: &'a [Lowered], at: At) -> Option<To> {
        let names = cx.names();
        self.key.clear();
        for one in by {
            if !self.key.is_empty() {
                self.key.push('/');
            }
            if let Some(op) = &one.scalar
                && let ScalarIs::Integer(number) = cx.scalar(op, at).is()
            {
                super::text::write_integer(number, &mut self.key);
                continue;
            }
            let val = cx.eval(&one.op, at);
            if !Names::can_be_segment(&val) {
                return None;
            }
            names.write_segment(&val, &mut self.key);
        }
        let own = || by.iter().map(|one| cx.eval(&one.op, at).into_owned()).collect();
        Some(self.group(names, group, own))
    }

    /// Adds what the rows of a block contribute to aggregates and groups, before (taken away) and after (added).
    pub(super) fn collect(
        &mut self,
        block: &Compare<'_, '_>,
        round: u16,
        (old_count, new_count): (u32, u32),
        old_of: &impl Fn(u32) -> u32,
        cause: u32,
        columns: &mut Columns,
    ) {
        let plan = block.after.plan;
        let mut paired = false;
        for &number in &block.one.aggregates {
            let of = &plan.aggregates[usize::from(number)];
            if of.rank == round {
                self.pair(&mut paired, old_count, new_count, old_of);
                self.each(block, new_count, old_of, |me, cx, at, sign| me.aggregate(cx, number, at, sign, cause));
            }
        }
        for &(group, member) in &block.one.groups {
            let Some(of) = plan.root(group).group.as_ref().map(|g| &g.members[usize::from(member)]) else { continue };
            if of.rank != round {
                continue;
            }
            if adds_up(plan, of) {
                self.members_sum(block, group, of, (old_count, new_count), cause, columns);
            } else {
                self.pair(&mut paired, old_count, new_count, old_of);
                self.each(block, new_count, old_of, |me, cx, at, sign| {
                    me.member(cx, group, of, at, sign, cause);
                });
            }
        }
    }

    /// Finds for each old row the new one.
    fn pair(&mut self, paired: &mut bool, old_count: u32, new_count: u32, old_of: &impl Fn(u32) -> u32) {
        if *paired {
            return;
        }
        *paired = true;
        self.kept.clear();
        self.kept.resize(old_count as usize, NONE);
        for row in 0..new_count {
            if let Some(kept) = self.kept.get_mut(old_of(row) as usize) {
                *kept = row;
            }
        }
    }

    /// Adds what each row gives: the old ones take away, the new ones add; what stays as it was is left out.
    fn each<'a>(
        &mut self,
        block: &Compare<'_, 'a>,
        new_count: u32,
        old_of: &impl Fn(u32) -> u32,
        give: impl Fn(&mut Self, &Cx<'a>, At, i64),
    ) {
        let at = |row| At { block: block.one.block, row };
        for old in 0..self.kept.len() {
            let new = self.kept[old];
            let start = self.all.len();
            give(self, block.before, at(old as u32), -1);
            if new != NONE {
                let middle = self.all.len();
                give(self, block.after, at(new), 1);
                self.cancel(start, middle, block.after.names());
            }
        }
        for row in (0..new_count).filter(|row| old_of(*row) == NONE) {
            give(self, block.after, at(row), 1);
        }
    }

    fn aggregate(&mut self, cx: &Cx<'_>, number: u16, at: At, sign: i64, cause: u32) {
        let of = &cx.plan.aggregates[usize::from(number)];
        if !cx.holds(&of.when, at) {
            return;
        }
        let value = of.value.as_ref().map_or(Val::Missing, |value| cx.eval(&value.op, at));
        let to = cx.plan.partials[usize::from(of.partial)].root;
        self.give_all(cx, &cx.eval(&of.by.op, at), to, of.partial, &value, sign, cause);
    }

    /// Adds an input for each row that a reference or a list of them leads to.
    #[expect(clippy::too_many_arguments, reason = "the parts of an input")]
    fn give_all(&mut self, cx: &Cx<'_>, by: &Val<'_>, root: u16, partial: u16, val: &Val<'_>, sign: i64, cause: u32) {
        match by {
            Val::Reference { row, .. } => {
                let what = Given::Val(cx.owned(val.clone()));
                self.push(To::Row { root, row: *row }, Some(partial), sign, what, cause);
            }
            Val::List(items) => {
                for at in 0..items.len() {
                    let by = match items {
                        Items::Cells(kind, cells) => cx.store.read(kind, cells[at]),
                        Items::Vals(vals) => vals[at].clone(),
                    };
                    self.give_all(cx, &by, root, partial, val, sign, cause);
                }
            }
            _ => {}
        }
    }

    /// Drops what a row took away and gave back alike.
    fn cancel(&mut self, start: usize, middle: usize, names: Names<'_>) {
        let (taken, given) = self.all[start..].split_at(middle - start);
        let alike = taken.len() == given.len()
            && taken.iter().zip(given).all(|(a, b)| {
                let same = match (&a.what, &b.what) {
                    (Given::Val(a), Given::Val(b)) => names.same(a, b),
                    _ => false,
                };
                a.to == b.to && a.partial == b.partial && same
            });
        if alike {
            self.all.truncate(start);
        }
    }

    /// Adds what one member gives to its group.
    fn member<'a>(&mut self, cx: &Cx<'a>, group: u16, of: &'a MemberPlan, at: At, sign: i64, cause: u32) {
        if !cx.holds(&of.when, at) {
            return;
        }
        let Some(to) = self.group_of(cx, group, &of.by, at) else { return };
        self.push(to, None, sign, Given::Val(Val::Missing), cause);
        for (partial, when, value) in &of.inputs {
            if cx.holds(when, at) {
                let val = value.as_ref().map_or(Val::Missing, |value| cx.eval(&value.op, at));
                self.push(to, Some(*partial), sign, Given::Val(cx.owned(val)), cause);
            }
        }
    }

    /// Adds what all rows of the block give to the one group that they are in, where that adds up.
    fn members_sum<'a>(
        &mut self,
        block: &Compare<'_, 'a>,
        group: u16,
        of: &'a MemberPlan,
        (old_count, new_count): (u32, u32),
        cause: u32,
        columns: &mut Columns,
    ) {
        let first = At { block: block.one.block, row: 0 };
        let has = |cx: &Cx<'a>, count: u32| count > 0 && cx.holds(&of.when, first);
        let after = if has(block.after, new_count) { self.group_of(block.after, group, &of.by, first) } else { None };
        let before = match has(block.before, old_count) {
            false => None,
            true if after.is_some() && same_group(block, &of.by, first) => after,
            true => self.group_of(block.before, group, &of.by, first),
        };
        let members = (-i64::from(old_count), i64::from(new_count));
        if before == after {
            let Some(to) = after else { return };
            let start = self.all.len();
            self.push(to, None, members.0 + members.1, Given::Val(Val::Missing), cause);
            for input in &of.inputs {
                let (old, new) = Part::both(block, input, (old_count, new_count), columns);
                self.part(to, input.0, new.less(old), cause);
            }
            if members.0 + members.1 == 0 && self.all.len() == start + 1 {
                self.all.truncate(start);
            }
            return;
        }
        for (to, members) in [(before, members.0), (after, members.1)] {
            if let Some(to) = to {
                self.push(to, None, members, Given::Val(Val::Missing), cause);
            }
        }
        for input in &of.inputs {
            let (old, new) = Part::both(block, input, (old_count, new_count), columns);
            if let Some(to) = before {
                self.part(to, input.0, Part::default().less(old), cause);
            }
            if let Some(to) = after {
                self.part(to, input.0, new, cause);
            }
        }
    }

    fn part(&mut self, to: To, partial: u16, part: Part, cause: u32) {
        if part != Part::default() {
            let what = Given::Sum { values: part.values, sum: part.sum };
            self.push(to, Some(partial), part.rows, what, cause);
        }
    }
}

/// Tells whether rows are grouped by what they were grouped by before, as far as that is easily seen.
fn same_group<'a>(block: &Compare<'_, 'a>, by: &'a [Lowered], at: At) -> bool {
    by.iter().all(|one| one.scalar.as_ref().is_some_and(|op| block.before.scalar(op, at) == block.after.scalar(op, at)))
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

/// What the rows of one block give to one kept value of their group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Part {
    rows: i64,
    values: i64,
    sum: i128,
}

impl Part {
    /// Adds up the rows of a block, before and after.
    fn both<'a>(
        block: &Compare<'_, 'a>,
        (_, when, value): &'a (u16, Lowered, Option<Lowered>),
        (old_count, new_count): (u32, u32),
        columns: &mut Columns,
    ) -> (Self, Self) {
        let number = block.one.block;
        // A field that ancestors show is worked out once for all.
        let shown = value.as_ref().and_then(|value| match value.scalar.as_deref() {
            Some(ScalarOp::Field { up, block: of, field }) => {
                let shown = block.after.plan.shown(block.after.root, *of, *field);
                Some(Shown { up: shown.up + up, ..shown })
            }
            _ => None,
        });
        let side = |cx: &Cx<'a>, count: u32, columns: &mut Columns| {
            let mut part = Self::default();
            if count == 0 || !cx.holds(when, At { block: number, row: 0 }) {
                return part;
            }
            part.rows = i64::from(count);
            match (shown, value) {
                (Some(shown), _) => {
                    let column = columns.find(cx, shown, &mut 0);
                    part.add_column(cx, number, count, columns.at(column), shown.up);
                }
                (None, Some(value)) => part.add_each(cx, number, value, count),
                (None, None) => {}
            }
            part
        };
        (side(block.before, old_count, columns), side(block.after, new_count, columns))
    }

    /// Adds up the rows of a block, each with what a column has for an ancestor.
    fn add_column(&mut self, cx: &Cx<'_>, block: u16, count: u32, column: &Column, up: u8) {
        if let Some(value) = column.alike() {
            self.add_times(value, count);
            return;
        }
        let here = cx.block(block);
        for row in 0..count {
            self.add_times(column.at(cx.ancestor(&here, At { block, row }, up)), 1);
        }
    }

    /// Adds up the rows of a block, reading the value once for each row on which it depends.
    fn add_each<'a>(&mut self, cx: &Cx<'a>, block: u16, value: &'a Lowered, count: u32) {
        let Some(op) = &value.scalar else { return };
        let mut last = (NONE, Scalar::MISSING);
        for row in 0..count {
            let at = At { block, row };
            let nearest = match value.near {
                None => 0,
                Some(0) => row,
                Some(up) => cx.up(at, up).row,
            };
            if last.0 != nearest {
                last = (nearest, cx.scalar(op, at));
            }
            self.add_times(last.1, 1);
        }
    }

    /// Adds a value of so many rows.
    #[inline]
    fn add_times(&mut self, value: Scalar, times: u32) {
        if let ScalarIs::Integer(number) = value.is() {
            self.values += i64::from(times);
            self.sum += i128::from(number) * i128::from(times);
        }
    }

    fn less(self, other: Self) -> Self {
        Self { rows: self.rows - other.rows, values: self.values - other.values, sum: self.sum - other.sum }
    }
}
