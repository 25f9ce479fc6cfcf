//! Expressions, lowered: names resolved for the place where they are read.

use super::{Builder, ElementOf};
use crate::{
    plan::{Lowered, Op},
    schema::{Aggregate, Expr, Fold, Type, Typing, is_open},
    store::Val,
    value::{Name, Value},
};

/// Where an expression is read: what its names stand for, seen from the row at which it is evaluated.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'s> {
    pub(super) root: u16,
    /// The block of the source row, and how far up it lies.
    pub(super) source: Option<(u16, u8)>,
    /// The block, rule and distance of the row being made or checked.
    pub(super) own: Option<(u16, u8)>,
    pub(super) element: Option<ElementAt<'s>>,
    /// The block of the row aggregated.
    pub(super) row: Option<u16>,
    /// The root list of groups whose fields are being set.
    pub(super) group: Option<u16>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct ElementAt<'s> {
    pub(super) of: ElementOf<'s>,
    pub(super) block: u16,
    pub(super) rule: usize,
    /// How far up the row lies that took the step; `None` for the one under trial.
    pub(super) up: Option<u8>,
}

impl Place<'_> {
    /// The place of an expression about the rows of a block themselves.
    pub(super) fn row(root: u16, block: u16) -> Self {
        Self { root, source: Some((block, 0)), own: Some((block, 0)), element: None, row: Some(block), group: None }
    }
}

/// Faults cannot occur here: the schema has been validated. What does not resolve is a missing value.
pub(super) fn nothing() -> Lowered {
    Lowered::constant(Val::Missing, Type::Text)
}

impl<'s> Builder<'s> {
    pub(super) fn lower(&mut self, expr: &'s Expr, at: Place<'s>, expected: Option<&Type>) -> Lowered {
        let pair = |make: fn(Box<(Op, Op)>) -> Op, me: &mut Self, pair: &'s (Expr, Expr), ty: Type| {
            let (a, b) = me.lower_pair(pair, at);
            let mut lowered =
                Lowered { op: make(Box::new((a.op, b.op))), ty, reads: a.reads, near: a.near, scalar: None };
            lowered.depend(b.reads, b.near);
            lowered
        };
        let boolean = Type::Boolean;
        match expr {
            Expr::Lit(value) => self.literal(value, expected),
            Expr::Source(path) => match (at.group, at.source) {
                (Some(group), _) => self.grouped(expr, path.names(), group, at),
                (None, Some((block, up))) => self.read(at.root, block, up, path.names()),
                _ => nothing(),
            },
            Expr::Own(path) => match at.own {
                Some((block, up)) => self.read(at.root, block, up, path.names()),
                None => nothing(),
            },
            Expr::Row(path) => match at.row {
                Some(block) => self.read(at.root, block, 0, path.names()),
                None => nothing(),
            },
            Expr::Authored(field) => match at.own {
                Some((block, up)) => self.read_authored(at.root, block, up, field),
                None => nothing(),
            },
            Expr::Element(path) => match at.element {
                Some(element) => self.read_element(at.root, element, path.names()),
                None => nothing(),
            },
            Expr::Aggregate(aggregate) => self.lower_aggregate(aggregate, at),
            Expr::Eq(p) => pair(Op::Eq, self, p, boolean),
            Expr::Ne(p) => pair(Op::Ne, self, p, boolean),
            Expr::Lt(p) => pair(Op::Lt, self, p, boolean),
            Expr::Le(p) => pair(Op::Le, self, p, boolean),
            Expr::Gt(p) => pair(Op::Gt, self, p, boolean),
            Expr::Ge(p) => pair(Op::Ge, self, p, boolean),
            Expr::StartsWith(p) => pair(Op::StartsWith, self, p, boolean),
            Expr::EndsWith(p) => pair(Op::EndsWith, self, p, boolean),
            Expr::Contains(p) => pair(Op::Contains, self, p, boolean),
            Expr::In(p) => self.lower_in(p, at),
            Expr::Subset(p) => self.lower_lists(Op::Subset, p, at),
            Expr::Intersects(p) => self.lower_lists(Op::Intersects, p, at),
            Expr::And(all) => self.lower_many(Op::And, all, at, Some(&Type::Boolean)),
            Expr::Or(all) => self.lower_many(Op::Or, all, at, Some(&Type::Boolean)),
            Expr::Not(inner) => self.wrap(|op| Op::Not(Box::new(op)), inner, at, boolean),
            Expr::Missing(inner) => self.wrap(|op| Op::Missing(Box::new(op)), inner, at, boolean),
            Expr::WellFormed(inner) => self.wrap(|op| Op::WellFormed(Box::new(op)), inner, at, boolean),
            Expr::CheckDigitOk(inner) => self.wrap(|op| Op::CheckDigitOk(Box::new(op)), inner, at, boolean),
            Expr::Segment(inner, name) => {
                self.wrap(|op| Op::Segment(Box::new(op), name.clone()), inner, at, Type::Text)
            }
            Expr::Length(inner) => {
                let mut lowered = self.lower(inner, at, None);
                let list = lowered.ty.element().is_some();
                lowered.op = Op::Length(Box::new(lowered.op), list);
                lowered.ty = Type::Integer;
                lowered
            }
            Expr::Add(p) => self.arithmetic(Op::Add, p, at),
            Expr::Sub(p) => self.arithmetic(Op::Sub, p, at),
            Expr::Mul(p) => self.arithmetic(Op::Mul, p, at),
            Expr::Div(p) => self.arithmetic(Op::Div, p, at),
            Expr::Rem(p) => self.arithmetic(Op::Rem, p, at),
            Expr::Min(all) => self.lower_many(Op::Min, all, at, expected),
            Expr::Max(all) => self.lower_many(Op::Max, all, at, expected),
            Expr::Coalesce(all) => self.lower_many(Op::Coalesce, all, at, expected),
            Expr::Join(all) => {
                let mut lowered = self.lower_each(Op::Join, all, at);
                lowered.ty = Type::Text;
                lowered
            }
            Expr::Union(all) => {
                let mut lowered = self.lower_many(Op::Union, all, at, expected);
                if let Some(element) = lowered.ty.element() {
                    lowered.ty = Type::set(element.clone());
                }
                lowered
            }
            Expr::Code(scheme, parts) => {
                let mut lowered = self.lower_each(|ops| Op::Code(scheme.clone(), ops), parts, at);
                lowered.ty = Type::Code(scheme.clone());
                lowered
            }
            Expr::If(parts) => {
                let (condition, then, otherwise) = &**parts;
                let condition = self.lower(condition, at, Some(&Type::Boolean));
                let ty = self.common(&[then, otherwise], at, expected);
                let mut then = self.lower_as(then, at, ty.as_ref());
                let otherwise = self.lower_as(otherwise, at, ty.as_ref());
                then.depend(condition.reads, condition.near);
                then.depend(otherwise.reads, otherwise.near);
                then.op = Op::If(Box::new((condition.op, then.op, otherwise.op)));
                then.ty = ty.unwrap_or(then.ty);
                then
            }
        }
    }

    /// Lowers an expression to a value of a type: literals are read as it, integers widen to amounts, sequences become
    /// sets.
    pub(super) fn lower_as(&mut self, expr: &'s Expr, at: Place<'s>, ty: Option<&Type>) -> Lowered {
        let mut lowered = self.lower(expr, at, ty);
        match (ty, &lowered.ty) {
            (Some(Type::Decimal), Type::Integer) => {
                lowered.op = Op::Widen(Box::new(lowered.op));
                lowered.ty = Type::Decimal;
            }
            (Some(Type::Set(element)), Type::Sequence(_)) => {
                lowered.ty = Type::Set(element.clone());
                lowered.op = Op::Sorted(Box::new(lowered.op));
            }
            _ => {}
        }
        lowered
    }

    fn literal(&mut self, value: &Value, expected: Option<&Type>) -> Lowered {
        let typing = Typing::new(self.spec);
        if let Some(ty) = expected
            && let Ok(value) = typing.coerce(value, ty)
        {
            return Lowered::constant(self.constant(&value, ty), ty.clone());
        }
        let ty = match value {
            Value::Integer(_) => Type::Integer,
            Value::Decimal(_) => Type::Decimal,
            Value::Boolean(_) => Type::Boolean,
            Value::Date(_) => Type::Date,
            Value::Duration(_) => Type::Duration,
            Value::Code(code) => Type::Code(code.scheme().clone()),
            Value::List(elements) => {
                let element = elements.first().map_or(Type::Text, |first| match first {
                    Value::Integer(_) => Type::Integer,
                    Value::Decimal(_) => Type::Decimal,
                    Value::Date(_) => Type::Date,
                    Value::Duration(_) => Type::Duration,
                    _ => Type::Text,
                });
                Type::set(element)
            }
            _ => Type::Text,
        };
        let value = typing.coerce(value, &ty).unwrap_or(Value::Missing);
        Lowered::constant(self.constant(&value, &ty), ty)
    }

    fn wrap(&mut self, make: impl FnOnce(Op) -> Op, inner: &'s Expr, at: Place<'s>, ty: Type) -> Lowered {
        let mut lowered = self.lower(inner, at, None);
        lowered.op = make(lowered.op);
        lowered.ty = ty;
        lowered
    }

    fn lower_each(&mut self, make: impl FnOnce(Box<[Op]>) -> Op, all: &'s [Expr], at: Place<'s>) -> Lowered {
        let mut ops = Vec::with_capacity(all.len());
        let mut whole = nothing();
        for expr in all {
            let one = self.lower(expr, at, None);
            whole.depend(one.reads, one.near);
            ops.push(one.op);
        }
        whole.op = make(ops.into());
        whole
    }

    fn lower_many(
        &mut self,
        make: fn(Box<[Op]>) -> Op,
        all: &'s [Expr],
        at: Place<'s>,
        expected: Option<&Type>,
    ) -> Lowered {
        let ty = self.common(&all.iter().collect::<Vec<_>>(), at, expected);
        let mut ops = Vec::with_capacity(all.len());
        let mut whole = nothing();
        for expr in all {
            let one = self.lower_as(expr, at, ty.as_ref());
            whole.depend(one.reads, one.near);
            ops.push(one.op);
        }
        whole.op = make(ops.into());
        whole.ty = ty.unwrap_or(Type::Text);
        whole
    }

    /// Finds the type that branches have in common, from the first that is no literal.
    fn common(&mut self, branches: &[&'s Expr], at: Place<'s>, expected: Option<&Type>) -> Option<Type> {
        let mut found: Option<Type> = None;
        for branch in branches {
            if !is_open(branch) {
                let ty = self.lower(branch, at, expected).ty;
                found = match (found, ty) {
                    (Some(Type::Integer) | None, ty) => Some(ty),
                    (Some(Type::Sequence(_)), Type::Set(element)) => Some(Type::Set(element)),
                    (found, _) => found,
                };
            }
        }
        match (found, expected) {
            (Some(Type::Integer), Some(Type::Decimal)) => Some(Type::Decimal),
            (Some(Type::Integer), None) => {
                // A literal amount among integers makes all of them amounts.
                let decimal = branches.iter().any(|b| matches!(b, Expr::Lit(Value::Decimal(_))));
                Some(if decimal { Type::Decimal } else { Type::Integer })
            }
            (Some(found), _) => Some(found),
            (None, Some(expected)) => Some(expected.clone()),
            (None, None) => branches.first().map(|first| self.lower(first, at, None).ty),
        }
    }

    fn lower_pair(&mut self, pair: &'s (Expr, Expr), at: Place<'s>) -> (Lowered, Lowered) {
        let (a, b) = pair;
        let ty = self.common(&[a, b], at, None);
        // Two expressions may differ in type, such as a sequence and a set; only literals follow the other side.
        let mut side = |expr: &'s Expr| match expr {
            Expr::Lit(_) => self.lower_as(expr, at, ty.as_ref()),
            _ => match ty {
                Some(Type::Decimal) => self.lower_as(expr, at, Some(&Type::Decimal)),
                _ => self.lower(expr, at, None),
            },
        };
        (side(a), side(b))
    }

    fn arithmetic(&mut self, make: fn(Box<(Op, Op)>) -> Op, pair: &'s (Expr, Expr), at: Place<'s>) -> Lowered {
        let is_sub = matches!(make(Box::new((Op::Root, Op::Root))), Op::Sub(_));
        let mut a = self.lower(&pair.0, at, None);
        let mut b = self.lower(&pair.1, at, None);
        // A literal text beside a number, date or duration is read as one.
        if matches!(pair.0, Expr::Lit(Value::Text(_))) && b.ty != Type::Text {
            a = self.lower(&pair.0, at, Some(&b.ty));
        }
        if matches!(pair.1, Expr::Lit(Value::Text(_))) && a.ty != Type::Text {
            b = match a.ty {
                Type::Date => {
                    let date = self.lower(&pair.1, at, Some(&Type::Date));
                    if date.ty == Type::Date { date } else { self.lower(&pair.1, at, Some(&Type::Duration)) }
                }
                _ => self.lower(&pair.1, at, Some(&a.ty)),
            };
        }
        let ty = match (&a.ty, &b.ty) {
            (Type::Date, Type::Date) if is_sub => Type::Integer,
            (Type::Integer, other) => other.clone(),
            (one, _) => one.clone(),
        };
        if ty == Type::Decimal {
            for side in [&mut a, &mut b] {
                if side.ty == Type::Integer {
                    side.op = Op::Widen(Box::new(std::mem::replace(&mut side.op, Op::Root)));
                }
            }
        }
        let mut lowered = Lowered { op: make(Box::new((a.op, b.op))), ty, reads: a.reads, near: a.near, scalar: None };
        lowered.depend(b.reads, b.near);
        lowered
    }

    fn lower_in(&mut self, pair: &'s (Expr, Expr), at: Place<'s>) -> Lowered {
        let (item, list) = pair;
        let (item, list) = if matches!(item, Expr::Lit(_)) {
            let list = self.lower(list, at, None);
            let item = self.lower(item, at, list.ty.element().cloned().as_ref());
            (item, list)
        } else {
            let item = self.lower(item, at, None);
            let list = self.lower(list, at, Some(&Type::set(item.ty.clone())));
            (item, list)
        };
        let mut lowered = Lowered {
            op: Op::In(Box::new((item.op, list.op))),
            ty: Type::Boolean,
            reads: item.reads,
            near: item.near,
            scalar: None,
        };
        lowered.depend(list.reads, list.near);
        lowered
    }

    fn lower_lists(&mut self, make: fn(Box<(Op, Op)>) -> Op, pair: &'s (Expr, Expr), at: Place<'s>) -> Lowered {
        let (a, b) = pair;
        let (a, b) = if matches!(a, Expr::Lit(_)) {
            let b = self.lower(b, at, None);
            (self.lower(a, at, Some(&b.ty)), b)
        } else {
            let a = self.lower(a, at, None);
            let b = self.lower(b, at, Some(&a.ty));
            (a, b)
        };
        let mut lowered =
            Lowered { op: make(Box::new((a.op, b.op))), ty: Type::Boolean, reads: a.reads, near: a.near, scalar: None };
        lowered.depend(b.reads, b.near);
        lowered
    }

    fn lower_aggregate(&mut self, aggregate: &'s Aggregate, at: Place<'s>) -> Lowered {
        if let Some(rows_of) = &aggregate.rows_of {
            let slot = self.rows_of_slot(aggregate, rows_of, at.root);
            return Lowered {
                op: Op::Slot(slot),
                ty: self.slot_types[usize::from(at.root)][usize::from(slot)].clone(),
                reads: self.slot_bit(at.root, slot),
                near: None,
                scalar: None,
            };
        }
        let Some(group) = at.group else { return nothing() };
        let slot = self.group_slot(aggregate, group);
        Lowered {
            op: Op::Slot(slot),
            ty: self.slot_types[usize::from(group)][usize::from(slot)].clone(),
            reads: self.slot_bit(group, slot),
            near: None,
            scalar: None,
        }
    }

    /// Reads, in a field of a group, one of the values grouped by, or a path from it.
    fn grouped(&mut self, expr: &'s Expr, names: &[Name], group: u16, at: Place<'s>) -> Lowered {
        let by = self.group_by(group);
        for (slot, one) in (0..).zip(by) {
            let start = || Lowered {
                op: Op::Slot(slot),
                ty: self.slot_types[usize::from(group)][usize::from(slot)].clone(),
                reads: self.slot_bit(group, slot),
                near: None,
                scalar: None,
            };
            if one == expr {
                return start();
            }
            if let Expr::Source(prefix) = one
                && let Some(rest) = names.strip_prefix(prefix.names())
            {
                let start = start();
                return self.follow(at.root, start, rest);
            }
        }
        nothing()
    }
}

/// Returns the type of an aggregate over values of a type.
pub(super) fn fold_type(fold: Fold, of: Option<&Type>) -> Type {
    match (fold, of) {
        (Fold::Count, _) => Type::Integer,
        (Fold::Any | Fold::All, _) => Type::Boolean,
        (Fold::Collect, Some(ty)) => Type::set(ty.element().unwrap_or(ty).clone()),
        (_, Some(ty)) => ty.clone(),
        (_, None) => Type::Integer,
    }
}
