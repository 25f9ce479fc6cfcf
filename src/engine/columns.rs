//! Scalar fields of all rows of a block at once: what they share is worked out once and not row by row.

use std::cmp::Ordering;

use super::{
    compare::Lane,
    eval::{At, Cx, Side},
    scalar::{extreme, first_there, written},
};
use crate::{
    heap,
    plan::{ScalarOp, Shown},
    schema::Write,
    store::{Block, Scalar},
};

/// Scalar fields of the rows of one family, each worked out once however many rows show it.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    /// The root of the family.
    of: Option<(u16, u32)>,
    columns: Vec<Column>,
    used: usize,
    /// What expressions have given whose own expression is not through yet.
    open: Vec<Values>,
    /// Columns to be written into.
    spare: Vec<Vec<Scalar>>,
    /// For whoever compares columns.
    pub(super) lanes: Vec<Lane>,
}

/// A field of all rows of a block, on one side of a commit.
#[derive(Debug)]
pub(crate) struct Column {
    side: Side,
    block: u16,
    field: u16,
    values: Values,
}

/// What all rows of a block have.
#[derive(Debug)]
enum Values {
    /// All have the same.
    Alike(Scalar),
    Each(Vec<Scalar>),
}

impl Values {
    #[inline]
    fn at(&self, row: usize) -> Scalar {
        match self {
            Self::Alike(scalar) => *scalar,
            Self::Each(all) => all[row],
        }
    }
}

impl Column {
    /// Returns the value of a row.
    #[inline]
    pub(crate) fn at(&self, row: usize) -> Scalar {
        self.values.at(row)
    }

    /// Returns the value of all rows, where it is seen at once that they have the same.
    #[inline]
    pub(crate) fn alike(&self) -> Option<Scalar> {
        match self.values {
            Values::Alike(scalar) => Some(scalar),
            Values::Each(_) => None,
        }
    }
}

/// The rows of a block on one side of a commit.
#[derive(Clone, Copy)]
struct Rows<'c, 'a> {
    cx: &'c Cx<'a>,
    block: u16,
    here: Block<'a>,
}

impl Rows<'_, '_> {
    fn scalars(&self, scalar: impl Fn(At) -> Scalar, all: &mut Vec<Scalar>) {
        all.extend((0..self.here.count).map(|row| scalar(At { block: self.block, row })));
    }
}

impl Columns {
    pub(crate) fn bytes(&self) -> usize {
        let of_values = |values: &Values| match values {
            Values::Alike(_) => 0,
            Values::Each(all) => heap::of_vec(all),
        };
        heap::of_vec(&self.columns)
            + self.columns.iter().map(|column| of_values(&column.values)).sum::<usize>()
            + heap::of_vec(&self.open)
            + heap::of_vec(&self.spare)
            + heap::of_vec(&self.lanes)
            + self.spare.iter().map(heap::of_vec).sum::<usize>()
    }

    /// Forgets what is known: the rows have changed.
    pub(crate) fn clear(&mut self) {
        self.of = None;
    }

    /// Forgets what is known of a family.
    #[inline]
    pub(crate) fn forget(&mut self, root: u16, row: u32) {
        if self.of == Some((root, row)) {
            self.of = None;
        }
    }

    /// Returns a column that has been found.
    #[inline]
    pub(crate) fn at(&self, place: usize) -> &Column {
        &self.columns[place]
    }

    /// Finds a field of a family, or works it out; adds to `evaluations` how many values that takes. What was found of
    /// other families is gone.
    #[inline]
    pub(crate) fn find(&mut self, cx: &Cx<'_>, Shown { block, field, .. }: Shown, evaluations: &mut u64) -> usize {
        if self.of != Some((cx.root, cx.row)) {
            self.of = Some((cx.root, cx.row));
            self.used = 0;
        }
        let wanted = (cx.side, block, field);
        let known = self.columns[..self.used].iter().position(|one| (one.side, one.block, one.field) == wanted);
        known.unwrap_or_else(|| self.work_out(cx, block, field, evaluations))
    }

    fn work_out(&mut self, cx: &Cx<'_>, block: u16, field: u16, evaluations: &mut u64) -> usize {
        let here = cx.block(block);
        *evaluations += u64::from(here.count);
        let values = self.field(Rows { cx, block, here }, field, evaluations);
        let column = Column { side: cx.side, block, field, values };
        // Others may have been found on the way.
        let place = self.used;
        self.used += 1;
        match self.columns.get_mut(place) {
            Some(old) => {
                if let Values::Each(all) = std::mem::replace(old, column).values {
                    self.give_back(all);
                }
            }
            None => self.columns.push(column),
        }
        place
    }

    /// Reads a field of rows as they are seen.
    fn field(&mut self, rows: Rows<'_, '_>, field: u16, evaluations: &mut u64) -> Values {
        let Rows { cx, block, .. } = rows;
        let program = match cx.of.block(block).programs.as_slice() {
            [programs] => &programs[usize::from(field)],
            _ => return self.each(rows, |at| cx.scalar_field(at, field)),
        };
        let values = match &program.rule.scalar {
            Some(_) if program.write == Write::Local => Values::Alike(Scalar::MISSING),
            Some(op) if !program.is_kept => self.evaluate(rows, op, evaluations),
            _ => return self.each(rows, |at| cx.scalar_field(at, field)),
        };
        match program.write {
            Write::Locked => values,
            write => self.author(rows, field, write, values),
        }
    }

    fn each(&mut self, rows: Rows<'_, '_>, scalar: impl Fn(At) -> Scalar) -> Values {
        let mut all = self.take();
        rows.scalars(scalar, &mut all);
        Values::Each(all)
    }

    /// Lays what is authored for a field over what its rule says.
    fn author(&mut self, rows: Rows<'_, '_>, field: u16, write: Write, values: Values) -> Values {
        let Rows { cx, block, here } = rows;
        let mut cells = cx.cells(block).filter(|cell| cell.field == field).peekable();
        if cells.peek().is_none() {
            return values;
        }
        let mut all = match values {
            Values::Each(all) => all,
            Values::Alike(scalar) => {
                let mut all = self.take();
                all.resize(here.count as usize, scalar);
                all
            }
        };
        for cell in cells {
            if let Some(value) = all.get_mut(cell.row as usize) {
                *value = written(write, cx.scalar_of(block, field, cell.cell), || *value);
            }
        }
        Values::Each(all)
    }

    /// Evaluates an expression at all rows.
    fn evaluate<'a>(&mut self, rows: Rows<'_, 'a>, op: &'a ScalarOp, evaluations: &mut u64) -> Values {
        let cx = rows.cx;
        match op {
            ScalarOp::Const(_) | ScalarOp::Slot(..) | ScalarOp::Root => {
                Values::Alike(cx.scalar(op, At { block: rows.block, row: 0 }))
            }
            ScalarOp::Field { up: 0, field, .. } => self.field(rows, *field, evaluations),
            ScalarOp::Field { up, block, field } => {
                let of = self.find(cx, Shown { block: *block, field: *field, up: *up }, evaluations);
                if let Some(scalar) = self.columns[of].alike() {
                    return Values::Alike(scalar);
                }
                let mut all = self.take();
                let above = &self.columns[of];
                rows.scalars(|at| above.at(cx.ancestor(&rows.here, at, *up)), &mut all);
                Values::Each(all)
            }
            ScalarOp::Authored { up: 0, field } => {
                self.author(rows, *field, Write::Local, Values::Alike(Scalar::MISSING))
            }
            ScalarOp::Min(ops) => self.fold(rows, ops, evaluations, |few, row| {
                extreme(few.iter().map(|values| values.at(row)), Ordering::Less)
            }),
            ScalarOp::Max(ops) => self.fold(rows, ops, evaluations, |few, row| {
                extreme(few.iter().map(|values| values.at(row)), Ordering::Greater)
            }),
            ScalarOp::Coalesce(ops) => {
                self.fold(rows, ops, evaluations, |few, row| first_there(few.iter().map(|values| values.at(row))))
            }
            _ => self.each(rows, |at| cx.scalar(op, at)),
        }
    }

    /// Evaluates several expressions, and makes one value of theirs, row by row where they are not alike.
    fn fold<'a>(
        &mut self,
        rows: Rows<'_, 'a>,
        ops: &'a [ScalarOp],
        evaluations: &mut u64,
        fold: impl Fn(&[Values], usize) -> Scalar,
    ) -> Values {
        let start = self.open.len();
        for op in ops {
            let values = self.evaluate(rows, op, evaluations);
            self.open.push(values);
        }
        if self.open[start..].iter().all(|values| matches!(values, Values::Alike(_))) {
            let scalar = fold(&self.open[start..], 0);
            self.open.truncate(start);
            return Values::Alike(scalar);
        }
        let mut all = self.take();
        let few = &self.open[start..];
        all.extend((0..rows.here.count as usize).map(|row| fold(few, row)));
        while self.open.len() > start {
            if let Some(Values::Each(done)) = self.open.pop() {
                self.give_back(done);
            }
        }
        Values::Each(all)
    }

    fn take(&mut self) -> Vec<Scalar> {
        self.spare.pop().unwrap_or_default()
    }

    fn give_back(&mut self, mut all: Vec<Scalar>) {
        all.clear();
        self.spare.push(all);
    }
}

impl Cx<'_> {
    /// Returns the row of an ancestor.
    #[inline]
    pub(crate) fn ancestor(&self, here: &Block<'_>, at: At, up: u8) -> usize {
        (match up {
            0 => at.row,
            1 => here.origin(at.row).parent,
            _ => self.up(at, up).row,
        }) as usize
    }
}
