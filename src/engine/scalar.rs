use std::cmp::Ordering;

use super::{
    eval::{At, Cx},
    text::Names,
};
use crate::{
    plan::{Lowered, Program, ScalarOp, StepIs},
    schema::{Narrow, Write},
    store::{Scalar, ScalarIs},
};

impl<'a> Cx<'a> {
    /// Tells whether a condition holds at a row.
    #[inline]
    pub(crate) fn holds(&self, condition: &'a Lowered, at: At) -> bool {
        match &condition.scalar {
            Some(op) => self.scalar(op, at).is_true(),
            None => self.eval(&condition.op, at).is_true(),
        }
    }

    /// Evaluates an expression in its scalar form.
    #[inline]
    pub(crate) fn scalar(&self, op: &'a ScalarOp, at: At) -> Scalar {
        match op {
            ScalarOp::Const(scalar) => *scalar,
            ScalarOp::Slot(slot, kind) => self.store.scalar(kind, slot.get(self.record)),
            ScalarOp::Cells(tests) => Scalar::boolean(tests.iter().all(|test| test.holds(self.record))),
            _ => self.compute(op, at),
        }
    }

    fn compute(&self, op: &'a ScalarOp, at: At) -> Scalar {
        match op {
            ScalarOp::Const(scalar) => *scalar,
            ScalarOp::Slot(slot, kind) => self.store.scalar(kind, slot.get(self.record)),
            ScalarOp::Cells(tests) => Scalar::boolean(tests.iter().all(|test| test.holds(self.record))),
            ScalarOp::Root => Scalar::reference(self.row),
            ScalarOp::Step { up, is } => {
                let at = self.up(at, *up);
                self.step_is(is, self.block(at.block).origin(at.row).step)
            }
            ScalarOp::Candidate(is) => self.step_is(is, self.candidate),
            ScalarOp::Field { up, field, .. } => self.scalar_field(self.up(at, *up), *field),
            ScalarOp::Authored { up, field } => self.scalar_authored(self.up(at, *up), *field),
            ScalarOp::Path(start, hops) => {
                let mut found = self.scalar(start, at);
                for (root, slot, kind) in hops {
                    let ScalarIs::Reference(row) = found.is() else { return Scalar::MISSING };
                    let Some(record) = self.record_of(*root, row) else { return Scalar::MISSING };
                    found = self.store.scalar(kind, slot.get(record));
                }
                found
            }
            ScalarOp::In(item, all) => {
                let item = self.scalar(item, at);
                Scalar::boolean(!item.is_missing() && all.contains(&item))
            }
            ScalarOp::Among(item, few) => Scalar::boolean(few.contain(self.scalar(item, at))),
            ScalarOp::And(all) => Scalar::boolean(all.iter().all(|op| self.scalar(op, at).is_true())),
            ScalarOp::Or(any) => Scalar::boolean(any.iter().any(|op| self.scalar(op, at).is_true())),
            ScalarOp::Not(op) => Scalar::boolean(!self.scalar(op, at).is_true()),
            ScalarOp::Missing(op) => Scalar::boolean(self.scalar(op, at).is_missing()),
            ScalarOp::Min(all) => extreme(all.iter().map(|op| self.scalar(op, at)), Ordering::Less),
            ScalarOp::Max(all) => extreme(all.iter().map(|op| self.scalar(op, at)), Ordering::Greater),
            ScalarOp::Coalesce(all) => first_there(all.iter().map(|op| self.scalar(op, at))),
            ScalarOp::If(parts) => {
                let branch = if self.scalar(&parts.0, at).is_true() { &parts.1 } else { &parts.2 };
                self.scalar(branch, at)
            }
            ScalarOp::Other(op) => Scalar::of(&self.eval(op, at)).unwrap_or(Scalar::MISSING),
            ScalarOp::Eq(p)
            | ScalarOp::Ne(p)
            | ScalarOp::Lt(p)
            | ScalarOp::Le(p)
            | ScalarOp::Gt(p)
            | ScalarOp::Ge(p)
            | ScalarOp::Add(p)
            | ScalarOp::Sub(p)
            | ScalarOp::Mul(p)
            | ScalarOp::Div(p)
            | ScalarOp::Rem(p) => self.of_two(op, self.scalar(&p.0, at), self.scalar(&p.1, at)),
        }
    }

    /// Compares two values, or computes with them.
    fn of_two(&self, op: &ScalarOp, a: Scalar, b: Scalar) -> Scalar {
        use Ordering::{Equal, Greater, Less};
        let order = || a.compare(b);
        match op {
            ScalarOp::Eq(_) => Scalar::boolean(order() == Some(Equal)),
            ScalarOp::Ne(_) => Scalar::boolean(matches!(order(), Some(Less | Greater))),
            ScalarOp::Lt(_) => Scalar::boolean(order() == Some(Less)),
            ScalarOp::Gt(_) => Scalar::boolean(order() == Some(Greater)),
            ScalarOp::Le(_) => Scalar::boolean(matches!(order(), Some(Less | Equal))),
            ScalarOp::Ge(_) => Scalar::boolean(matches!(order(), Some(Greater | Equal))),
            ScalarOp::Add(_) => add(self.names(), a, b),
            ScalarOp::Sub(_) => subtract(self.names(), a, b),
            ScalarOp::Mul(_) => multiply(a, b),
            ScalarOp::Div(_) => divide(a, b),
            ScalarOp::Rem(_) => remainder(a, b),
            _ => Scalar::MISSING,
        }
    }

    /// Reads a field of a row as it is seen.
    pub(crate) fn scalar_field(&self, at: At, field: u16) -> Scalar {
        let Some(program) = self.program_of(at, field) else {
            let slot = &self.of.slots[usize::from(field)];
            return self.store.scalar(&slot.kind, slot.slot.get(self.record));
        };
        let Some(op) = &program.rule.scalar else {
            return Scalar::of(&self.field(at, field)).unwrap_or(Scalar::MISSING);
        };
        if program.is_kept {
            return self.kept_scalar(at, field, || self.worked_scalar(program, op, at, field));
        }
        self.worked_scalar(program, op, at, field)
    }

    #[inline]
    fn worked_scalar(&self, program: &'a Program, op: &'a ScalarOp, at: At, field: u16) -> Scalar {
        if program.write == Write::Locked {
            return self.scalar(op, at);
        }
        written(program.write, self.scalar_authored(at, field), || self.scalar(op, at))
    }

    #[inline]
    fn scalar_authored(&self, at: At, field: u16) -> Scalar {
        let cell = self.cell(at, field);
        if cell == 0 {
            return Scalar::MISSING;
        }
        self.scalar_of(at.block, field, cell)
    }

    /// Reads an authored cell of a field.
    #[inline]
    pub(super) fn scalar_of(&self, block: u16, field: u16, cell: u32) -> Scalar {
        let list = self.of.block(block).list;
        self.store.scalar(&self.plan.list(list).fields[usize::from(field)].kind, cell)
    }

    #[inline]
    fn step_is(&self, is: &StepIs, step: u32) -> Scalar {
        match is {
            StepIs::Row => Scalar::reference(step),
            StepIs::Choice => Scalar::choice(step),
            StepIs::Slot(list, slot, kind) => match self.record_of(*list, step) {
                Some(record) => self.store.scalar(kind, slot.get(record)),
                None => Scalar::MISSING,
            },
            StepIs::Column(lines) => lines[step as usize],
        }
    }
}

/// Returns the least or the greatest of some values; missing ones do not count, and among those that do not compare there is none.
pub(super) fn extreme(all: impl IntoIterator<Item = Scalar>, side: Ordering) -> Scalar {
    let mut best = Scalar::MISSING;
    for scalar in all {
        if scalar.is_missing() {
            continue;
        }
        if best.is_missing() {
            best = scalar;
            continue;
        }
        match scalar.compare(best) {
            None => return Scalar::MISSING,
            Some(order) if order == side => best = scalar,
            Some(_) => {}
        }
    }
    best
}

/// Returns the first value that is not missing.
pub(super) fn first_there(all: impl IntoIterator<Item = Scalar>) -> Scalar {
    all.into_iter().find(|scalar| !scalar.is_missing()).unwrap_or(Scalar::MISSING)
}

/// Returns what is seen of a field, given what is authored and what its rule says.
#[inline]
pub(super) fn written(write: Write, authored: Scalar, rule: impl FnOnce() -> Scalar) -> Scalar {
    match write {
        Write::Local => authored,
        Write::Suggest if !authored.is_missing() => authored,
        Write::Narrow(narrow) if !authored.is_missing() => {
            let rule = rule();
            let tighter = match narrow {
                Narrow::AtMost => Ordering::Less,
                Narrow::AtLeast | Narrow::Subset => Ordering::Greater,
            };
            if rule.is_missing() || authored.compare(rule) == Some(tighter) { authored } else { rule }
        }
        _ => rule(),
    }
}

fn or_missing(found: Option<Scalar>) -> Scalar {
    found.unwrap_or(Scalar::MISSING)
}

/// Adds two scalars; missing where they do not add up, or overflow.
pub(super) fn add(names: Names<'_>, a: Scalar, b: Scalar) -> Scalar {
    or_missing(match (a.is(), b.is()) {
        (ScalarIs::Integer(a), ScalarIs::Integer(b)) => a.checked_add(b).map(Scalar::integer),
        (ScalarIs::Duration(unit, a), ScalarIs::Duration(other, b)) if unit == other => {
            a.checked_add(b).map(|amount| Scalar::duration(unit, amount))
        }
        (ScalarIs::Date(day), ScalarIs::Integer(days)) | (ScalarIs::Integer(days), ScalarIs::Date(day)) => {
            moved(day, days)
        }
        (ScalarIs::Date(day), ScalarIs::Duration(unit, amount))
        | (ScalarIs::Duration(unit, amount), ScalarIs::Date(day))
            if names.is_days(unit) =>
        {
            moved(day, amount)
        }
        _ => None,
    })
}

/// Subtracts a scalar from another; missing where that means nothing, or overflows.
pub(super) fn subtract(names: Names<'_>, a: Scalar, b: Scalar) -> Scalar {
    or_missing(match (a.is(), b.is()) {
        (ScalarIs::Integer(a), ScalarIs::Integer(b)) => a.checked_sub(b).map(Scalar::integer),
        (ScalarIs::Duration(unit, a), ScalarIs::Duration(other, b)) if unit == other => {
            a.checked_sub(b).map(|amount| Scalar::duration(unit, amount))
        }
        (ScalarIs::Date(a), ScalarIs::Date(b)) => Some(Scalar::integer(i64::from(a) - i64::from(b))),
        (ScalarIs::Date(day), ScalarIs::Integer(days)) => days.checked_neg().and_then(|days| moved(day, days)),
        (ScalarIs::Date(day), ScalarIs::Duration(unit, amount)) if names.is_days(unit) => {
            amount.checked_neg().and_then(|days| moved(day, days))
        }
        _ => None,
    })
}

fn moved(day: i32, by: i64) -> Option<Scalar> {
    let date = crate::value::Date::from_epoch_day(day)?.plus_days(by)?;
    Some(Scalar::date(date.epoch_day()))
}

/// Multiplies two scalars; missing where that means nothing, or overflows.
pub(super) fn multiply(a: Scalar, b: Scalar) -> Scalar {
    or_missing(match (a.is(), b.is()) {
        (ScalarIs::Integer(a), ScalarIs::Integer(b)) => a.checked_mul(b).map(Scalar::integer),
        (ScalarIs::Duration(unit, amount), ScalarIs::Integer(times))
        | (ScalarIs::Integer(times), ScalarIs::Duration(unit, amount)) => {
            amount.checked_mul(times).map(|amount| Scalar::duration(unit, amount))
        }
        _ => None,
    })
}

/// Divides a whole number by another; missing where that means nothing.
pub(super) fn divide(a: Scalar, b: Scalar) -> Scalar {
    or_missing(match (a.is(), b.is()) {
        (ScalarIs::Integer(a), ScalarIs::Integer(b)) => a.checked_div(b).map(Scalar::integer),
        _ => None,
    })
}

/// Returns what a division of whole numbers leaves; missing where that means nothing.
pub(super) fn remainder(a: Scalar, b: Scalar) -> Scalar {
    or_missing(match (a.is(), b.is()) {
        (ScalarIs::Integer(a), ScalarIs::Integer(b)) => a.checked_rem(b).map(Scalar::integer),
        _ => None,
    })
}
