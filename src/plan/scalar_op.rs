use super::{EachPlan, Lowered, MatchPlan, Op, Plan, ScalarProbe, StepRead};
use crate::{
    schema::Write,
    store::{CellTest, FewScalars, Kind, Scalar, Slot, Val},
};

/// An expression whose value is a scalar, in the form in which the loop runs it: slots are resolved to places in records,
/// and nothing on the way owns anything.
///
/// It is made from an [`Op`] and means the same; what is about texts, amounts and lists stays an [`Op`] within it.
#[derive(Debug, Clone)]
pub(crate) enum ScalarOp {
    Const(Scalar),
    /// A slot of the root's record.
    Slot(Slot, Kind),
    /// The root itself.
    Root,
    /// The row or choice that the step of the ancestor is.
    Step {
        up: u8,
        is: StepIs,
    },
    /// The same of the step under trial.
    Candidate(StepIs),
    Field {
        up: u8,
        block: u16,
        field: u16,
    },
    Authored {
        up: u8,
        field: u16,
    },
    /// A path through single references: root lists, and where in their records to read.
    Path(Box<Self>, Box<[(u16, Slot, Kind)]>),
    Eq(Box<(Self, Self)>),
    Ne(Box<(Self, Self)>),
    Lt(Box<(Self, Self)>),
    Le(Box<(Self, Self)>),
    Gt(Box<(Self, Self)>),
    Ge(Box<(Self, Self)>),
    In(Box<Self>, Box<[Scalar]>),
    /// The same, where what is named is small.
    Among(Box<Self>, FewScalars),
    /// Slots of the root's record that all hold one of some small values.
    Cells(Box<[CellTest]>),
    And(Box<[Self]>),
    Or(Box<[Self]>),
    Not(Box<Self>),
    Missing(Box<Self>),
    Add(Box<(Self, Self)>),
    Sub(Box<(Self, Self)>),
    Mul(Box<(Self, Self)>),
    Div(Box<(Self, Self)>),
    Rem(Box<(Self, Self)>),
    Min(Box<[Self]>),
    Max(Box<[Self]>),
    Coalesce(Box<[Self]>),
    If(Box<(Self, Self, Self)>),
    /// Something whose value is a scalar, but not what it is drawn from.
    Other(Op),
}

/// What a step is as a scalar.
#[derive(Debug, Clone)]
pub(crate) enum StepIs {
    /// The number of a row.
    Row,
    /// The place of a choice.
    Choice,
    /// A slot of the row matched.
    Slot(u16, Slot, Kind),
    /// A column of a table, line by line.
    Column(Box<[Scalar]>),
}

/// A field of an ancestor that a row shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) block: u16,
    pub(crate) field: u16,
    /// How far up the ancestor lies.
    pub(crate) up: u8,
}

/// A form found, and whether it is a reference: those are equal or not, but ordered by their keys.
struct Form {
    op: ScalarOp,
    is_reference: bool,
}

fn plain(op: ScalarOp) -> Form {
    Form { op, is_reference: false }
}

impl Plan {
    /// Gives all expressions their scalar forms, now that records are laid out.
    pub(super) fn find_scalars(&mut self) {
        for root in 0..self.roots.len() {
            for block in 0..self.roots[root].blocks.len() {
                for rule in 0..self.roots[root].blocks[block].rules.len() {
                    self.set(root as u16, |plan| Some(&mut plan.roots[root].blocks[block].rules[rule].when));
                    self.set(root as u16, |plan| match &mut plan.roots[root].blocks[block].rules[rule].each {
                        EachPlan::Table { by, .. } => Some(by),
                        EachPlan::Match(of) => Some(&mut of.when),
                        EachPlan::Row | EachPlan::Element { .. } => None,
                    });
                    let probes = match &self.roots[root].blocks[block].rules[rule].each {
                        EachPlan::Match(of) => self.scalar_probes(root as u16, of),
                        _ => None,
                    };
                    if let EachPlan::Match(of) = &mut self.roots[root].blocks[block].rules[rule].each {
                        of.scalars = probes;
                    }
                }
                for rule in 0..self.roots[root].blocks[block].programs.len() {
                    for field in 0..self.roots[root].blocks[block].programs[rule].len() {
                        // A field without a rule is missing, which is a scalar; what is authored for it may be none.
                        let list = usize::from(self.roots[root].blocks[block].list);
                        if !self.lists[list].fields[field].kind.is_scalar() {
                            continue;
                        }
                        self.set(root as u16, |plan| {
                            Some(&mut plan.roots[root].blocks[block].programs[rule][field].rule)
                        });
                    }
                }
            }
            let members = self.roots[root].group.as_ref().map_or(0, |group| group.members.len());
            for member in 0..members {
                let Some(of) = self.roots[root].group.as_ref().map(|group| &group.members[member]) else { continue };
                let (from, by, inputs) = (of.root, of.by.len(), of.inputs.len());
                self.set(from, |plan| Some(&mut plan.roots[root].group.as_mut()?.members[member].when));
                for at in 0..by {
                    self.set(from, |plan| Some(&mut plan.roots[root].group.as_mut()?.members[member].by[at]));
                }
                for at in 0..inputs {
                    self.set(from, |plan| Some(&mut plan.roots[root].group.as_mut()?.members[member].inputs[at].1));
                    self.set(from, |plan| plan.roots[root].group.as_mut()?.members[member].inputs[at].2.as_mut());
                }
            }
        }
        for number in 0..self.aggregates.len() {
            let from = self.aggregates[number].root;
            self.set(from, |plan| Some(&mut plan.aggregates[number].by));
            self.set(from, |plan| Some(&mut plan.aggregates[number].when));
            self.set(from, |plan| plan.aggregates[number].value.as_mut());
        }
    }

    /// Finds the scalar form of an expression of the plan; `at` leads to it.
    fn set(&mut self, root: u16, at: impl Fn(&mut Self) -> Option<&mut Lowered>) {
        let Some(lowered) = at(self) else { return };
        let op = std::mem::replace(&mut lowered.op, Op::Root);
        let scalar = self.scalar_op(root, &op).map(Box::new);
        if let Some(lowered) = at(self) {
            lowered.op = op;
            lowered.scalar = scalar;
        }
    }

    fn scalar_probes(&self, root: u16, of: &MatchPlan) -> Option<Vec<ScalarProbe>> {
        let probe = |(slot, ops): &(Option<u16>, Vec<Op>)| {
            let slot = &self.root(of.list).slots[usize::from((*slot)?)];
            let ops: Option<Vec<ScalarOp>> = ops.iter().map(|op| self.scalar_op(root, op)).collect();
            let ops = ops?;
            slot.kind.is_scalar().then(|| ScalarProbe { slot: slot.slot, kind: slot.kind.clone(), ops })
        };
        of.on.iter().map(probe).collect()
    }

    /// Finds the field that a field of a block shows as it is: the same one, or one of an ancestor.
    pub(crate) fn shown(&self, root: u16, block: u16, field: u16) -> Shown {
        let mut shown = Shown { block, field, up: 0 };
        loop {
            let program = match self.root(root).block(shown.block).programs.as_slice() {
                [programs] => &programs[usize::from(shown.field)],
                _ => return shown,
            };
            match program.rule.scalar.as_deref() {
                Some(ScalarOp::Field { up, block, field }) if program.write == Write::Locked => {
                    shown = Shown { block: *block, field: *field, up: shown.up + up };
                }
                _ => return shown,
            }
        }
    }

    /// Finds the scalar form of an expression of a root's family; `None` where its values are none.
    pub(super) fn scalar_op(&self, root: u16, op: &Op) -> Option<ScalarOp> {
        self.form(root, op).map(|form| form.op)
    }

    fn form(&self, root: u16, op: &Op) -> Option<Form> {
        let of_kind = |op: ScalarOp, kind: &Kind| {
            kind.is_scalar().then_some(Form { op, is_reference: matches!(kind, Kind::Reference(_)) })
        };
        let field = |block: u16, field: u16| {
            let list = self.root(root).block(block).list;
            &self.list(list).fields[usize::from(field)].kind
        };
        match op {
            Op::Const(val) => Scalar::of(val)
                .map(|scalar| Form { op: ScalarOp::Const(scalar), is_reference: matches!(val, Val::Reference { .. }) }),
            Op::Slot(slot) => {
                let of = &self.root(root).slots[usize::from(*slot)];
                of_kind(ScalarOp::Slot(of.slot, of.kind.clone()), &of.kind)
            }
            Op::Root => Some(Form { op: ScalarOp::Root, is_reference: true }),
            Op::Step { up, block, rule, what } => {
                let (is, is_reference) = self.step_is(root, *block, *rule, *what)?;
                Some(Form { op: ScalarOp::Step { up: *up, is }, is_reference })
            }
            Op::Candidate { block, rule, what } => {
                let (is, is_reference) = self.step_is(root, *block, *rule, *what)?;
                Some(Form { op: ScalarOp::Candidate(is), is_reference })
            }
            Op::Field { up, block, field: at } => {
                of_kind(ScalarOp::Field { up: *up, block: *block, field: *at }, field(*block, *at))
            }
            Op::Authored { up, block, field: at } => {
                of_kind(ScalarOp::Authored { up: *up, field: *at }, field(*block, *at))
            }
            Op::Path { start, hops, many: false } => {
                let start = self.form(root, start)?.op;
                let hops: Vec<(u16, Slot, Kind)> = hops
                    .iter()
                    .map(|(root, slot)| {
                        let of = &self.root(*root).slots[usize::from(*slot)];
                        (*root, of.slot, of.kind.clone())
                    })
                    .collect();
                let kind = hops.last()?.2.clone();
                of_kind(ScalarOp::Path(Box::new(start), hops.into()), &kind)
            }
            Op::Eq(p) => Some(match self.comparison(root, op, p, ScalarOp::Eq, true) {
                Form { op: ScalarOp::Eq(pair), .. } => plain(equal(pair)),
                other => other,
            }),
            Op::Ne(p) => Some(self.comparison(root, op, p, ScalarOp::Ne, true)),
            Op::Lt(p) => Some(self.comparison(root, op, p, ScalarOp::Lt, false)),
            Op::Le(p) => Some(self.comparison(root, op, p, ScalarOp::Le, false)),
            Op::Gt(p) => Some(self.comparison(root, op, p, ScalarOp::Gt, false)),
            Op::Ge(p) => Some(self.comparison(root, op, p, ScalarOp::Ge, false)),
            Op::In(p) => Some(plain(match (self.form(root, &p.0), constants(&p.1)) {
                (Some(item), Some(all)) => match (cells(&item.op, &all), FewScalars::new(&all)) {
                    (Some(test), _) => ScalarOp::Cells([test].into()),
                    (None, Some(few)) => ScalarOp::Among(Box::new(item.op), few),
                    (None, None) => ScalarOp::In(Box::new(item.op), all),
                },
                _ => ScalarOp::Other(op.clone()),
            })),
            Op::And(all) => Some(plain(and(self.truths(root, all)))),
            Op::Or(all) => Some(plain(ScalarOp::Or(self.truths(root, all)))),
            Op::Not(inner) => Some(plain(ScalarOp::Not(Box::new(self.truth(root, inner))))),
            Op::Missing(inner) => Some(plain(match self.form(root, inner) {
                Some(inner) => ScalarOp::Missing(Box::new(inner.op)),
                None => ScalarOp::Other(op.clone()),
            })),
            Op::Add(p) => self.pair(root, p, ScalarOp::Add),
            Op::Sub(p) => self.pair(root, p, ScalarOp::Sub),
            Op::Mul(p) => self.pair(root, p, ScalarOp::Mul),
            Op::Div(p) => self.pair(root, p, ScalarOp::Div),
            Op::Rem(p) => self.pair(root, p, ScalarOp::Rem),
            Op::Min(all) => self.extreme(root, all, ScalarOp::Min),
            Op::Max(all) => self.extreme(root, all, ScalarOp::Max),
            Op::Coalesce(all) => {
                let forms: Option<Vec<Form>> = all.iter().map(|op| self.form(root, op)).collect();
                let forms = forms?;
                let is_reference = forms.iter().any(|form| form.is_reference);
                let ops: Vec<ScalarOp> = forms.into_iter().map(|form| form.op).collect();
                Some(Form { op: ScalarOp::Coalesce(ops.into()), is_reference })
            }
            Op::If(parts) => {
                let (then, otherwise) = (self.form(root, &parts.1)?, self.form(root, &parts.2)?);
                let condition = self.truth(root, &parts.0);
                let is_reference = then.is_reference || otherwise.is_reference;
                Some(Form { op: ScalarOp::If(Box::new((condition, then.op, otherwise.op))), is_reference })
            }
            Op::Subset(_)
            | Op::Intersects(_)
            | Op::Length(..)
            | Op::StartsWith(_)
            | Op::EndsWith(_)
            | Op::Contains(_)
            | Op::WellFormed(_)
            | Op::CheckDigitOk(_)
            | Op::Looser { .. } => Some(plain(ScalarOp::Other(op.clone()))),
            Op::Key { .. }
            | Op::Path { .. }
            | Op::Join(_)
            | Op::Union(_)
            | Op::Code(..)
            | Op::Segment(..)
            | Op::Widen(_)
            | Op::Sorted(_) => None,
        }
    }

    fn step_is(&self, root: u16, block: u16, rule: u8, what: StepRead) -> Option<(StepIs, bool)> {
        match (&self.root(root).block(block).rules[usize::from(rule)].each, what) {
            (EachPlan::Element { kind: Kind::Reference(_), .. }, _) | (EachPlan::Match(_), StepRead::Value) => {
                Some((StepIs::Row, true))
            }
            (EachPlan::Element { kind: Kind::Choice(_), .. }, _) => Some((StepIs::Choice, false)),
            (EachPlan::Match(of), StepRead::Slot(slot)) => {
                let slot = &self.root(of.list).slots[usize::from(slot)];
                let is_reference = matches!(slot.kind, Kind::Reference(_));
                slot.kind.is_scalar().then(|| (StepIs::Slot(of.list, slot.slot, slot.kind.clone()), is_reference))
            }
            (EachPlan::Table { lines, .. }, StepRead::Column(column)) => {
                let column: Option<Box<[Scalar]>> =
                    lines.iter().map(|line| Scalar::of(&line.columns[usize::from(column)])).collect();
                Some((StepIs::Column(column?), false))
            }
            _ => None,
        }
    }

    /// A condition: always a scalar, by itself or as the general form.
    fn truth(&self, root: u16, op: &Op) -> ScalarOp {
        self.scalar_op(root, op).unwrap_or_else(|| ScalarOp::Other(op.clone()))
    }

    fn truths(&self, root: u16, all: &[Op]) -> Box<[ScalarOp]> {
        all.iter().map(|op| self.truth(root, op)).collect()
    }

    fn comparison(
        &self,
        root: u16,
        op: &Op,
        (a, b): &(Op, Op),
        make: fn(Box<(ScalarOp, ScalarOp)>) -> ScalarOp,
        of_references: bool,
    ) -> Form {
        plain(match (self.form(root, a), self.form(root, b)) {
            (Some(a), Some(b)) if of_references || !(a.is_reference || b.is_reference) => make(Box::new((a.op, b.op))),
            _ => ScalarOp::Other(op.clone()),
        })
    }

    fn pair(&self, root: u16, (a, b): &(Op, Op), make: fn(Box<(ScalarOp, ScalarOp)>) -> ScalarOp) -> Option<Form> {
        Some(plain(make(Box::new((self.scalar_op(root, a)?, self.scalar_op(root, b)?)))))
    }

    fn extreme(&self, root: u16, all: &[Op], make: fn(Box<[ScalarOp]>) -> ScalarOp) -> Option<Form> {
        let mut ops = Vec::with_capacity(all.len());
        for op in all {
            let form = self.form(root, op)?;
            if form.is_reference {
                return None;
            }
            ops.push(form.op);
        }
        Some(plain(make(ops.into())))
    }
}

/// Asks whether an expression is one of some scalars, where it is a slot and they are small.
fn cells(op: &ScalarOp, scalars: &[Scalar]) -> Option<CellTest> {
    match op {
        ScalarOp::Slot(slot, kind) => CellTest::new(*slot, kind, scalars),
        _ => None,
    }
}

fn equal(pair: Box<(ScalarOp, ScalarOp)>) -> ScalarOp {
    let test = match &*pair {
        (slot, ScalarOp::Const(scalar)) | (ScalarOp::Const(scalar), slot) => cells(slot, &[*scalar]),
        _ => None,
    };
    test.map_or(ScalarOp::Eq(pair), |test| ScalarOp::Cells([test].into()))
}

/// Joins conditions; those on slots are asked first, and together.
fn and(all: Box<[ScalarOp]>) -> ScalarOp {
    let mut tests: Vec<CellTest> = Vec::new();
    let mut others: Vec<ScalarOp> = Vec::new();
    for one in all {
        match (cells(&one, &[Scalar::boolean(true)]), one) {
            (Some(test), _) => tests.push(test),
            (None, ScalarOp::Cells(more)) => tests.extend(more),
            (None, other) => others.push(other),
        }
    }
    if !tests.is_empty() {
        others.insert(0, ScalarOp::Cells(tests.into()));
    }
    match others.pop() {
        Some(ScalarOp::Cells(tests)) if others.is_empty() => ScalarOp::Cells(tests),
        last => ScalarOp::And(others.into_iter().chain(last).collect()),
    }
}

/// Takes a literal list of scalars.
fn constants(op: &Op) -> Option<Box<[Scalar]>> {
    match op {
        Op::Const(Val::List(crate::store::Items::Vals(all))) => all.iter().map(Scalar::of).collect(),
        _ => None,
    }
}
