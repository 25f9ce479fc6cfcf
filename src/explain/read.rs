//! What an expression reads of which rows, as far as its value rests on it.
//!
//! Architecture invariant: values come from the compiled program, which the engine runs; the expression as it is declared
//! only says where to look. The two have the same shape, but that the program widens numbers and sorts lists on the way.

use super::spot::{Spot, Taken};
use crate::{
    plan::Op,
    schema::{Aggregate, Each, Expr, children, is_read},
    store::Val,
    value::Name,
};

/// Where an expression is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene<'a> {
    /// The row at which the program runs.
    pub(super) frame: Spot<'a>,
    pub(super) source: Option<Spot<'a>>,
    pub(super) own: Option<Spot<'a>>,
    pub(super) taken: Option<Taken<'a>>,
    pub(super) row: Option<Spot<'a>>,
    pub(super) group: Option<Spot<'a>>,
}

/// What a name in an expression stands for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Read<'a> {
    /// A field of a row, `None` being the row itself; then a path through references.
    Field { spot: Spot<'a>, field: Option<u16>, path: &'a [Name] },
    /// What was authored for a field.
    Authored { spot: Spot<'a>, field: u16 },
    /// The element of a step.
    Element { taken: Taken<'a>, path: &'a [Name] },
    /// A column of the table line of a step.
    Line { taken: Taken<'a>, column: &'a Name, path: &'a [Name] },
    /// What the members of a group share, by its place.
    Shared { group: Spot<'a>, by: u16, path: &'a [Name] },
    /// A value drawn from the members of a group.
    Members { group: Spot<'a>, of: &'a Aggregate, slot: u16 },
    /// A value drawn from the rows that refer to a row.
    RowsOf { here: Spot<'a>, of: &'a Aggregate, slot: u16 },
}

impl<'a> Scene<'a> {
    /// The scene of what is read at a row itself: a rule's condition, or what is drawn from the row.
    pub(super) fn of(spot: Spot<'a>) -> Self {
        Self { frame: spot, source: Some(spot), own: None, taken: None, row: Some(spot), group: None }
    }

    /// The scene of the fields that a rule sets.
    pub(super) fn of_set(made: Spot<'a>) -> Self {
        let taken = made.taken();
        let source = taken.map(|taken| taken.source);
        let group = made.is_group().then_some(made);
        Self { frame: made, source, own: Some(made), taken, row: None, group }
    }

    /// The scene of the condition of a match, with the row matched under trial.
    pub(super) fn of_match(taken: Taken<'a>) -> Self {
        let mut frame = taken.source;
        frame.candidate = taken.step;
        Self { taken: Some(taken), row: None, ..Self { frame, ..Self::of(taken.source) } }
    }

    pub(super) fn eval(&self, op: &'a Op) -> Val<'a> {
        self.frame.eval(op)
    }

    pub(super) fn is_true(&self, op: &'a Op) -> bool {
        self.eval(op).is_true()
    }

    /// Finds what an expression's value rests on, in the order of reading, each once, with the program that reads it.
    pub(super) fn reads(&self, expr: &'a Expr, op: &'a Op) -> Vec<(&'a Expr, &'a Op)> {
        let mut found = Vec::new();
        self.consult(expr, op, &mut found);
        found
    }

    fn consult(&self, expr: &'a Expr, op: &'a Op, found: &mut Vec<(&'a Expr, &'a Op)>) {
        if is_read(expr) {
            if found.iter().all(|(have, _)| *have != expr) {
                found.push((expr, op));
            }
            return;
        }
        let op = op.bare();
        let ops = op.operands();
        let parts = children(expr);
        let pairs = || parts.iter().copied().zip(ops.iter().copied());
        match (expr, op) {
            // One part that does not hold is enough, and so is one that does.
            (Expr::And(_), Op::And(_)) => match pairs().find(|(_, op)| !self.is_true(op)) {
                Some((expr, op)) => self.consult(expr, op, found),
                None => pairs().for_each(|(expr, op)| self.consult(expr, op, found)),
            },
            (Expr::Or(_), Op::Or(_)) => match pairs().find(|(_, op)| self.is_true(op)) {
                Some((expr, op)) => self.consult(expr, op, found),
                None => pairs().for_each(|(expr, op)| self.consult(expr, op, found)),
            },
            (Expr::Coalesce(_), Op::Coalesce(_)) => {
                for (expr, op) in pairs() {
                    self.consult(expr, op, found);
                    if !self.eval(op).is_missing() {
                        break;
                    }
                }
            }
            (Expr::If(parts), Op::If(ops)) => {
                self.consult(&parts.0, &ops.0, found);
                if self.is_true(&ops.0) {
                    self.consult(&parts.1, &ops.1, found);
                } else {
                    self.consult(&parts.2, &ops.2, found);
                }
            }
            _ => pairs().for_each(|(expr, op)| self.consult(expr, op, found)),
        }
    }

    /// Finds what a name stands for.
    pub(super) fn resolve(&self, expr: &'a Expr, op: &'a Op) -> Option<Read<'a>> {
        let of = |spot: Option<Spot<'a>>, names: &'a [Name]| {
            let (spot, (first, path)) = (spot?, names.split_first()?);
            Some(Read::Field { spot, field: spot.field(first), path })
        };
        match expr {
            Expr::Source(path) => match self.group {
                Some(group) => shared(group, expr, path.names()),
                None => of(self.source, path.names()),
            },
            Expr::Own(path) => of(self.own, path.names()),
            Expr::Row(path) => of(self.row, path.names()),
            Expr::Authored(field) => {
                let spot = self.own?;
                Some(Read::Authored { spot, field: spot.field(field)? })
            }
            Expr::Element(path) => {
                let taken = self.taken?;
                let (first, rest) = path.names().split_first()?;
                match &taken.rule.each {
                    Each::Element(_) => {
                        let itself = *first == "value" || *first == "key";
                        Some(Read::Element { taken, path: if itself { rest } else { path.names() } })
                    }
                    Each::Table(_) => Some(Read::Line { taken, column: first, path: rest }),
                    Each::Match { .. } => of(taken.matched(), path.names()),
                    _ => None,
                }
            }
            Expr::Aggregate(of) => {
                let Op::Slot(slot) = op.bare() else { return None };
                match (&of.rows_of, self.group) {
                    (None, Some(group)) => Some(Read::Members { group, of, slot: *slot }),
                    (Some(_), _) => Some(Read::RowsOf { here: self.frame.top(), of, slot: *slot }),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// Finds which of the values grouped by a field of a group reads.
fn shared<'a>(group: Spot<'a>, expr: &'a Expr, names: &'a [Name]) -> Option<Read<'a>> {
    let Each::Group { by, .. } = &group.declared()?.rules.first()?.each else { return None };
    for (place, one) in (0..).zip(by) {
        if one == expr {
            return Some(Read::Shared { group, by: place, path: &[] });
        }
        if let Expr::Source(prefix) = one
            && let Some(path) = names.strip_prefix(prefix.names())
        {
            return Some(Read::Shared { group, by: place, path });
        }
    }
    None
}
