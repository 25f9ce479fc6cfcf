//! What the fields of a row hold: expressions evaluated on one side of a commit.

mod differs;
mod keys;
mod paths;

use std::{borrow::Cow, cell::Cell as Slot, cmp::Ordering};

use super::{
    scalar,
    text::{Names, hash_val},
    worked_out::WorkedOut,
};
use crate::{
    plan::{EachPlan, Op, Plan, Program, RootPlan, StepRead},
    schema::{Narrow, Write},
    store::{Block, Cell, Family, Items, Origin, Place, Scalar, Store, Val, is_live},
    value::{Code, Decimal},
};

/// Which state is read: as it is now, or as it was before the commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Before,
    After,
}

/// A row of a block of the family at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct At {
    pub(crate) block: u16,
    pub(crate) row: u32,
}

/// Rows of a block that are worked out but not written yet.
#[derive(Debug, Default)]
pub(crate) struct Fresh {
    /// The visit in which they were worked out.
    pub(crate) visit: u64,
    pub(crate) rows: Vec<Origin>,
    pub(crate) cells: Vec<Cell>,
}

/// One root with its family, on one side of the commit.
#[derive(Debug, Clone)]
pub(crate) struct Cx<'a> {
    pub(crate) plan: &'a Plan,
    /// The plan of the root's list.
    pub(crate) of: &'a RootPlan,
    pub(crate) store: &'a Store,
    pub(crate) side: Side,
    pub(crate) root: u16,
    pub(crate) row: u32,
    pub(crate) record: &'a [u32],
    pub(crate) family: Family<'a>,
    /// What this visit has worked out so far.
    pub(crate) fresh: &'a [Fresh],
    pub(crate) visit: u64,
    /// The element or matched row under trial.
    pub(crate) candidate: u32,
    /// Blocks of the family that were found already.
    known: [Slot<Place>; KNOWN],
    pub(super) worked_out: WorkedOut,
}

/// Blocks that are kept at hand: a row, its ancestors, mostly.
const KNOWN: usize = 4;

impl<'a> Cx<'a> {
    pub(crate) fn new(plan: &'a Plan, store: &'a Store, side: Side, root: u16, row: u32) -> Self {
        let record = match side {
            Side::Before => store.record_before(root, row),
            Side::After => store.record(root, row),
        };
        let family = store.family(record);
        let known = std::array::from_fn(|_| Slot::new(Place::default()));
        Self {
            plan,
            of: plan.root(root),
            store,
            side,
            root,
            row,
            record,
            family,
            fresh: &[],
            visit: 0,
            candidate: 0,
            known,
            worked_out: WorkedOut::default(),
        }
    }

    /// Reads, instead of what is stored, the blocks that a visit has worked out.
    pub(crate) fn over(self, fresh: &'a [Fresh], visit: u64) -> Self {
        Self { fresh, visit, worked_out: WorkedOut::default(), ..self }
    }

    #[inline]
    pub(crate) fn names(&self) -> Names<'a> {
        Names { plan: self.plan, store: self.store }
    }

    /// Returns the record of a row of a root list, if it is live on this side.
    #[inline]
    pub(crate) fn record_of(&self, root: u16, row: u32) -> Option<&'a [u32]> {
        let record = match self.side {
            Side::Before => self.store.record_before(root, row),
            Side::After => self.store.record(root, row),
        };
        is_live(record).then_some(record)
    }

    #[inline]
    pub(crate) fn block(&self, block: u16) -> Block<'a> {
        if block == 0 {
            return Block::ONE;
        }
        match self.fresh.get(usize::from(block)) {
            Some(fresh) if fresh.visit == self.visit => Block::fresh(&fresh.rows),
            _ => {
                let known = &self.known[usize::from(block) % KNOWN];
                let mut place = known.get();
                if place.block != block {
                    place = self.family.place(block);
                    known.set(place);
                }
                self.family.at(place)
            }
        }
    }

    /// Returns the authored cell of a field of a row.
    #[inline]
    pub(crate) fn cell(&self, at: At, field: u16) -> u32 {
        match self.fresh.get(usize::from(at.block)) {
            Some(fresh) if fresh.visit == self.visit => {
                fresh.cells.iter().find(|c| c.row == at.row && c.field == field).map_or(0, |c| c.cell)
            }
            _ => self.family.cell(at.block, at.row, field),
        }
    }

    /// Visits the authored cells of the rows of a block.
    #[inline]
    pub(super) fn cells(&self, block: u16) -> impl Iterator<Item = Cell> + use<'_, 'a> {
        let fresh = match self.fresh.get(usize::from(block)) {
            Some(fresh) if fresh.visit == self.visit => Some(fresh.cells.as_slice()),
            _ => None,
        };
        let stored = (fresh.is_none() && self.family.has_cells()).then(|| self.family.cells());
        let of_it = move |cell: &Cell| cell.block == block;
        fresh.into_iter().flatten().copied().chain(stored.into_iter().flatten().filter(of_it))
    }

    /// Returns the row that lies some steps up.
    #[inline]
    pub(crate) fn up(&self, mut at: At, steps: u8) -> At {
        for _ in 0..steps {
            let origin = self.block(at.block).origin(at.row);
            let parent = self.of.block(at.block).rules[origin.rule as usize].parent;
            at = At { block: parent, row: origin.parent };
        }
        at
    }

    /// Returns the program of a field of a derived row.
    #[inline]
    pub(crate) fn program(&self, at: At, field: u16) -> &'a Program {
        let programs = &self.of.block(at.block).programs;
        let rule = if programs.len() > 1 { self.block(at.block).origin(at.row).rule as usize } else { 0 };
        &programs[rule][usize::from(field)]
    }

    /// Returns the program of a field of a row; `None` for a base row, whose fields are slots.
    #[inline]
    pub(crate) fn program_of(&self, at: At, field: u16) -> Option<&'a Program> {
        match self.of.block(at.block).programs.as_slice() {
            [] => None,
            [programs] => Some(&programs[usize::from(field)]),
            _ => Some(self.program(at, field)),
        }
    }

    /// Reads a slot of the root's record.
    #[inline]
    pub(crate) fn slot(&self, slot: u16) -> Val<'a> {
        let slot = &self.of.slots[usize::from(slot)];
        self.store.read(&slot.kind, slot.slot.get(self.record))
    }

    /// Reads a field of a row as it is seen.
    pub(crate) fn field(&self, at: At, field: u16) -> Val<'a> {
        let Some(program) = self.program_of(at, field) else { return self.slot(field) };
        if program.rule.scalar.is_some() {
            let list = self.of.block(at.block).list;
            let kind = &self.plan.list(list).fields[usize::from(field)].kind;
            return self.scalar_field(at, field).val(kind.scope());
        }
        if program.is_kept {
            return self.kept_val(at, field, || self.worked(program, at, field));
        }
        self.worked(program, at, field)
    }

    /// Works out a field of a derived row.
    fn worked(&self, program: &'a Program, at: At, field: u16) -> Val<'a> {
        match program.write {
            Write::Locked => self.eval(&program.rule.op, at),
            Write::Local => self.authored(at, field),
            Write::Suggest => match self.authored(at, field) {
                Val::Missing => self.eval(&program.rule.op, at),
                authored => authored,
            },
            Write::Narrow(narrow) => match self.authored(at, field) {
                Val::Missing => self.eval(&program.rule.op, at),
                authored => self.narrowed(narrow, self.eval(&program.rule.op, at), authored),
            },
            Write::Union => match (self.eval(&program.rule.op, at), self.authored(at, field)) {
                (Val::Missing, one) | (one, Val::Missing) => one,
                (rule, authored) => {
                    let field = &self.plan.list(self.of.block(at.block).list).fields[usize::from(field)];
                    let ordered = matches!(field.ty, crate::schema::Type::Sequence(_));
                    self.union(&[rule, authored], ordered)
                }
            },
        }
    }

    fn narrowed(&self, narrow: Narrow, rule: Val<'a>, authored: Val<'a>) -> Val<'a> {
        if rule.is_missing() {
            return authored;
        }
        match narrow {
            Narrow::AtMost => match self.names().compare(&authored, &rule) {
                Some(Ordering::Less) => authored,
                _ => rule,
            },
            Narrow::AtLeast => match self.names().compare(&authored, &rule) {
                Some(Ordering::Greater) => authored,
                _ => rule,
            },
            Narrow::Subset => {
                let kept = self.elements(&authored).filter(|one| self.has(&rule, one)).collect();
                list(kept)
            }
        }
    }

    /// Tells whether what is authored for a field is looser than its rule's value, or cannot be compared with it.
    pub(crate) fn is_looser(&self, at: At, field: u16) -> bool {
        let program = self.program(at, field);
        let Some(narrow) = program.narrow() else { return false };
        let authored = self.authored(at, field);
        if authored.is_missing() {
            return false;
        }
        let rule = self.eval(&program.rule.op, at);
        if rule.is_missing() {
            return false;
        }
        match narrow {
            Narrow::AtMost => !matches!(self.names().compare(&authored, &rule), Some(Ordering::Less | Ordering::Equal)),
            Narrow::AtLeast => {
                !matches!(self.names().compare(&authored, &rule), Some(Ordering::Greater | Ordering::Equal))
            }
            Narrow::Subset => !self.elements(&authored).all(|one| self.has(&rule, &one)),
        }
    }

    #[inline]
    pub(crate) fn authored(&self, at: At, field: u16) -> Val<'a> {
        let cell = self.cell(at, field);
        if cell == 0 {
            return Val::Missing;
        }
        let list = self.of.block(at.block).list;
        self.store.read(&self.plan.list(list).fields[usize::from(field)].kind, cell)
    }

    fn elements<'s>(&'s self, val: &'s Val<'a>) -> impl Iterator<Item = Val<'a>> + use<'a, 's> {
        let items = match val {
            Val::List(items) => Some(items),
            _ => None,
        };
        items.into_iter().flat_map(|items| items.iter(self.store))
    }

    fn has(&self, list: &Val<'a>, one: &Val<'a>) -> bool {
        match (list, one) {
            (_, Val::Missing) => false,
            // References to rows are their cells.
            (Val::List(Items::Cells(crate::store::Kind::Reference(_), cells)), Val::Reference { row, .. }) => {
                cells.contains(&(row + 1))
            }
            _ => self.elements(list).any(|element| self.names().same(&element, one)),
        }
    }

    fn union(&self, lists: &[Val<'a>], ordered: bool) -> Val<'a> {
        let mut all: Vec<Val<'a>> = Vec::new();
        for one in lists {
            for element in self.elements(one) {
                if !all.iter().any(|have| self.names().same(have, &element)) {
                    all.push(element);
                }
            }
        }
        if !ordered {
            all.sort_by(|a, b| self.names().order(a, b));
        }
        list(all)
    }

    #[inline]
    pub(crate) fn is_true(&self, op: &'a Op, at: At) -> bool {
        match op {
            Op::Const(Val::Boolean(truth)) => *truth,
            _ => self.eval(op, at).is_true(),
        }
    }

    /// Evaluates an expression at a row.
    pub(crate) fn eval(&self, op: &'a Op, at: At) -> Val<'a> {
        let names = self.names();
        match op {
            Op::Const(val) => val.borrowed(),
            Op::Slot(slot) => self.slot(*slot),
            Op::Root => Val::Reference { list: self.root, row: self.row },
            Op::Key { up } => Val::Text(Cow::Owned(self.key(self.up(at, *up)))),
            Op::Step { up, block, rule, what } => {
                let step = {
                    let at = self.up(at, *up);
                    self.block(at.block).origin(at.row).step
                };
                self.step(*block, *rule, *what, step)
            }
            Op::Candidate { block, rule, what } => self.step(*block, *rule, *what, self.candidate),
            Op::Field { up, field, .. } => self.field(self.up(at, *up), *field),
            Op::Authored { up, field, .. } => self.authored(self.up(at, *up), *field),
            Op::Path { start, hops, many } => self.path(self.eval(start, at), hops, *many),
            Op::Eq(p) => {
                Val::Boolean(names.compare(&self.eval(&p.0, at), &self.eval(&p.1, at)) == Some(Ordering::Equal))
            }
            Op::Ne(p) => Val::Boolean(matches!(
                names.compare(&self.eval(&p.0, at), &self.eval(&p.1, at)),
                Some(Ordering::Less | Ordering::Greater)
            )),
            Op::Lt(p) => {
                Val::Boolean(names.compare(&self.eval(&p.0, at), &self.eval(&p.1, at)) == Some(Ordering::Less))
            }
            Op::Gt(p) => {
                Val::Boolean(names.compare(&self.eval(&p.0, at), &self.eval(&p.1, at)) == Some(Ordering::Greater))
            }
            Op::Le(p) => Val::Boolean(matches!(
                names.compare(&self.eval(&p.0, at), &self.eval(&p.1, at)),
                Some(Ordering::Less | Ordering::Equal)
            )),
            Op::Ge(p) => Val::Boolean(matches!(
                names.compare(&self.eval(&p.0, at), &self.eval(&p.1, at)),
                Some(Ordering::Greater | Ordering::Equal)
            )),
            Op::In(p) => {
                let one = self.eval(&p.0, at);
                Val::Boolean(match &p.1 {
                    // A literal list is gone through in place.
                    Op::Const(Val::List(Items::Vals(all))) => {
                        !one.is_missing() && all.iter().any(|element| names.same(&element.borrowed(), &one))
                    }
                    list => self.has(&self.eval(list, at), &one),
                })
            }
            Op::Subset(p) => {
                let (a, b) = (self.eval(&p.0, at), self.eval(&p.1, at));
                Val::Boolean(self.elements(&a).all(|one| self.has(&b, &one)))
            }
            Op::Intersects(p) => {
                let (a, b) = (self.eval(&p.0, at), self.eval(&p.1, at));
                Val::Boolean(self.elements(&a).any(|one| self.has(&b, &one)))
            }
            Op::And(all) => Val::Boolean(all.iter().all(|op| self.is_true(op, at))),
            Op::Or(any) => Val::Boolean(any.iter().any(|op| self.is_true(op, at))),
            Op::Not(op) => Val::Boolean(!self.is_true(op, at)),
            Op::Missing(op) => Val::Boolean(self.eval(op, at).is_missing()),
            Op::Add(p) => self.arithmetic(p, at, |a, b| scalar::add(names, a, b), Decimal::checked_add),
            Op::Sub(p) => self.arithmetic(p, at, |a, b| scalar::subtract(names, a, b), Decimal::checked_sub),
            Op::Mul(p) => self.arithmetic(p, at, scalar::multiply, Decimal::checked_mul),
            Op::Div(p) => self.arithmetic(p, at, scalar::divide, Decimal::checked_div),
            Op::Rem(p) => self.arithmetic(p, at, scalar::remainder, Decimal::checked_rem),
            Op::Min(all) => self.extreme(all, at, Ordering::Less),
            Op::Max(all) => self.extreme(all, at, Ordering::Greater),
            Op::Join(parts) => {
                let mut text = String::new();
                for part in parts {
                    let val = self.eval(part, at);
                    if val.is_missing() {
                        return Val::Missing;
                    }
                    names.write(&val, &mut text);
                }
                Val::Text(Cow::Owned(text))
            }
            Op::Length(op, is_list) => match self.eval(op, at) {
                Val::List(items) => Val::Integer(items.len() as i64),
                Val::Missing if *is_list => Val::Integer(0),
                Val::Missing => Val::Missing,
                other => Val::Integer(names.text(&other).chars().count() as i64),
            },
            Op::StartsWith(p) => self.on_text(p, at, |a, b| a.starts_with(b)),
            Op::EndsWith(p) => self.on_text(p, at, |a, b| a.ends_with(b)),
            Op::Contains(p) => self.on_text(p, at, |a, b| a.contains(b)),
            Op::Coalesce(all) => {
                all.iter().map(|op| self.eval(op, at)).find(|val| !val.is_missing()).unwrap_or_default()
            }
            Op::If(parts) => {
                if self.is_true(&parts.0, at) {
                    self.eval(&parts.1, at)
                } else {
                    self.eval(&parts.2, at)
                }
            }
            Op::Union(all) => {
                let lists: Vec<Val<'a>> = all.iter().map(|op| self.eval(op, at)).collect();
                self.union(&lists, false)
            }
            Op::Sorted(op) => {
                let val = self.eval(op, at);
                self.union(&[val], false)
            }
            Op::Widen(op) => match self.eval(op, at) {
                Val::Integer(number) => Val::Decimal(number.into()),
                other => other,
            },
            Op::Code(scheme, parts) => {
                let mut text = format!("{scheme}:");
                for part in parts {
                    match self.eval(part, at) {
                        Val::Missing => return Val::Missing,
                        val => names.write(&val, &mut text),
                    }
                }
                Val::Code(Cow::Owned(text))
            }
            Op::WellFormed(op) => {
                let code = self.code(op, at);
                Val::Boolean(code.is_some_and(|code| self.plan.schema.code_schemes().is_well_formed(&code)))
            }
            Op::CheckDigitOk(op) => {
                let code = self.code(op, at);
                Val::Boolean(code.is_some_and(|code| self.plan.schema.code_schemes().check_digit_ok(&code)))
            }
            Op::Segment(op, segment) => {
                let code = self.code(op, at);
                let part = code.as_ref().and_then(|code| self.plan.schema.code_schemes().segment(code, segment));
                part.map_or(Val::Missing, |part| Val::Text(Cow::Owned(part.to_owned())))
            }
            Op::Looser { field } => Val::Boolean(self.is_looser(at, *field)),
        }
    }

    fn arithmetic(
        &self,
        p: &'a (Op, Op),
        at: At,
        scalars: impl Fn(Scalar, Scalar) -> Scalar,
        amounts: fn(Decimal, Decimal) -> Option<Decimal>,
    ) -> Val<'a> {
        match (self.eval(&p.0, at), self.eval(&p.1, at)) {
            (Val::Decimal(a), Val::Decimal(b)) => amounts(a, b).map_or(Val::Missing, Val::Decimal),
            (a, b) => match (Scalar::of(&a), Scalar::of(&b)) {
                (Some(a), Some(b)) => scalars(a, b).val(0),
                _ => Val::Missing,
            },
        }
    }

    fn on_text(&self, p: &'a (Op, Op), at: At, test: fn(&str, &str) -> bool) -> Val<'a> {
        let (a, b) = (self.eval(&p.0, at), self.eval(&p.1, at));
        if a.is_missing() || b.is_missing() {
            return Val::Boolean(false);
        }
        let names = self.names();
        Val::Boolean(test(&names.text(&a), &names.text(&b)))
    }

    fn code(&self, op: &'a Op, at: At) -> Option<Code> {
        match self.eval(op, at) {
            Val::Code(code) => Some(Code::from(code.into_owned())),
            _ => None,
        }
    }

    fn extreme(&self, all: &'a [Op], at: At, side: Ordering) -> Val<'a> {
        let mut best = Val::Missing;
        for op in all {
            let val = self.eval(op, at);
            if val.is_missing() {
                continue;
            }
            if best.is_missing() {
                best = val;
                continue;
            }
            match self.names().compare(&val, &best) {
                None => return Val::Missing,
                Some(order) if order == side => best = val,
                Some(_) => {}
            }
        }
        best
    }

    /// Writes a part of a joined text of a row of the block at hand; tells whether there is a value.
    #[inline]
    pub(crate) fn write_part(&self, part: &'a Op, here: &Block<'a>, at: At, text: &mut String) -> bool {
        let val = match part {
            Op::Const(Val::Text(literal)) => {
                text.push_str(literal);
                return true;
            }
            Op::Step { up: 0, block, rule, what } => self.step(*block, *rule, *what, here.origin(at.row).step),
            _ => self.eval(part, at),
        };
        match val {
            Val::Missing => return false,
            Val::Text(part) => text.push_str(&part),
            val => self.names().write(&val, text),
        }
        true
    }

    /// Reads something of a step that a rule of a block took.
    pub(crate) fn step(&self, block: u16, rule: u8, what: StepRead, step: u32) -> Val<'a> {
        match &self.of.block(block).rules[usize::from(rule)].each {
            EachPlan::Row => Val::Missing,
            EachPlan::Element { kind, .. } => self.names().element(kind, step),
            EachPlan::Table { lines, key, .. } => {
                let column = match what {
                    StepRead::Column(column) => column,
                    _ => *key,
                };
                lines[step as usize].columns[usize::from(column)].borrowed()
            }
            EachPlan::Match(of) => match what {
                StepRead::Slot(slot) => match self.record_of(of.list, step) {
                    Some(record) => {
                        let slot = &self.plan.root(of.list).slots[usize::from(slot)];
                        self.store.read(&slot.kind, slot.slot.get(record))
                    }
                    None => Val::Missing,
                },
                StepRead::Field(field) => {
                    let matched = Cx::new(self.plan, self.store, self.side, of.list, step);
                    if is_live(matched.record) { matched.field(At { block: 0, row: 0 }, field) } else { Val::Missing }
                }
                StepRead::Key => match self.record_of(of.list, step) {
                    Some(record) => Val::Text(Cow::Owned(self.names().key_of(record).to_owned())),
                    None => Val::Missing,
                },
                _ => Val::Reference { list: of.list, row: step },
            },
        }
    }
}

/// Makes a list value of elements; without any, a missing one.
pub(crate) fn list(elements: Vec<Val<'_>>) -> Val<'_> {
    if elements.is_empty() { Val::Missing } else { Val::List(Items::Vals(elements)) }
}

/// Returns the lines of a table that go with a value.
pub(crate) fn lines_of<'p>(each: &'p EachPlan, names: Names<'_>, val: &Val<'_>) -> &'p [u32] {
    match each {
        EachPlan::Table { places, lines, .. } if !val.is_missing() => match places.get(&hash_val(val)) {
            Some(found) if found.first().is_some_and(|l| names.same(&lines[*l as usize].of.borrowed(), val)) => found,
            _ => &[],
        },
        _ => &[],
    }
}
