//! Scalar fields of all rows of a block at once: what they share is worked out once and not row by row.

use std::cmp::Ordering;

use super::{
    eval::{At, Cx},
    scalar::{extreme, first_there, written},
};
use crate::{
    heap,
    plan::{ScalarOp, Shown},
    schema::Write,
    store::{Block, Scalar},
};

/// Scalar fields of the rows of a family, before and after, worked out once for a visit however many rows show them.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    columns: Vec<Column>,
    used: usize,
    /// What expressions have given whose own expression is not through yet.
    open: Vec<Values>,
    /// Columns to be written into.
    spare: Vec<Vec<Scalar>>,
}

/// A field of all rows of a block.
#[derive(Debug, Default)]
pub(crate) struct Column {
    block: u16,
    field: u16,
    pub(crate) before: Vec<Scalar>,
    pub(crate) after: Vec<Scalar>,
}

/// What an expression gives at the rows of a block.
#[derive(Debug)]
enum Values {
    /// All rows have the same.
    Alike(Scalar),
    Each(Vec<Scalar>),
}

/// Reads what several expressions give at a row.
#[inline]
fn at_row(values: &[Values], row: usize) -> impl Iterator<Item = Scalar> {
    values.iter().map(move |values| match values {
        Values::Alike(scalar) => *scalar,
        Values::Each(all) => all[row],
    })
}

/// The rows of a block on one side of a commit.
#[derive(Clone, Copy)]
struct Rows<'c, 'a> {
    cx: &'c Cx<'a>,
    block: u16,
    here: Block<'a>,
}

impl Columns {
    pub(crate) fn bytes(&self) -> usize {
        let column = |column: &Column| heap::of_vec(&column.before) + heap::of_vec(&column.after);
        heap::of_vec(&self.columns)
            + self.columns.iter().map(column).sum::<usize>()
            + heap::of_vec(&self.open)
            + heap::of_vec(&self.spare)
            + self.spare.iter().map(heap::of_vec).sum::<usize>()
    }

    pub(crate) fn clear(&mut self) {
        self.used = 0;
    }

    /// Works out a field, where that is not done yet; adds to `evaluations` how many values that takes. A side that is
    /// `None` has no rows.
    #[inline]
    pub(crate) fn get(
        &mut self,
        before: Option<&Cx<'_>>,
        after: Option<&Cx<'_>>,
        Shown { block, field, .. }: Shown,
        evaluations: &mut u64,
    ) -> &Column {
        let known = self.columns[..self.used].iter().position(|one| (one.block, one.field) == (block, field));
        let at = known.unwrap_or_else(|| self.work_out(before, after, (block, field), evaluations));
        &self.columns[at]
    }

    fn work_out(
        &mut self,
        before: Option<&Cx<'_>>,
        after: Option<&Cx<'_>>,
        (block, field): (u16, u16),
        evaluations: &mut u64,
    ) -> usize {
        let at = self.used;
        self.used += 1;
        if at == self.columns.len() {
            self.columns.push(Column::default());
        }
        let mut column = std::mem::take(&mut self.columns[at]);
        (column.block, column.field) = (block, field);
        for (side, values) in [(before, &mut column.before), (after, &mut column.after)] {
            values.clear();
            if let Some(cx) = side {
                let here = cx.block(block);
                self.field(Rows { cx, block, here }, field, values);
                *evaluations += u64::from(here.count);
            }
        }
        self.columns[at] = column;
        at
    }

    /// Reads a field of rows as they are seen.
    fn field(&mut self, rows: Rows<'_, '_>, field: u16, out: &mut Vec<Scalar>) {
        let Rows { cx, block, here } = rows;
        let program = match cx.of.block(block).programs.as_slice() {
            [programs] => &programs[usize::from(field)],
            _ => return out.extend((0..here.count).map(|row| cx.scalar_field(At { block, row }, field))),
        };
        match &program.rule.scalar {
            Some(_) if program.write == Write::Local => out.resize(here.count as usize, Scalar::MISSING),
            Some(op) if !program.is_kept => {
                self.evaluate(rows, op);
                match self.open.pop() {
                    Some(Values::Each(all)) => {
                        out.extend_from_slice(&all);
                        self.give_back(all);
                    }
                    Some(Values::Alike(scalar)) => out.resize(here.count as usize, scalar),
                    None => {}
                }
            }
            _ => return out.extend((0..here.count).map(|row| cx.scalar_field(At { block, row }, field))),
        }
        if program.write != Write::Locked {
            Self::author(rows, field, program.write, out);
        }
    }

    /// Lays what is authored for a field over what its rule says.
    fn author(Rows { cx, block, .. }: Rows<'_, '_>, field: u16, write: Write, out: &mut [Scalar]) {
        for cell in cx.cells(block).filter(|cell| cell.field == field) {
            if let Some(value) = out.get_mut(cell.row as usize) {
                *value = written(write, cx.scalar_of(block, field, cell.cell), || *value);
            }
        }
    }

    /// Evaluates an expression at all rows; leaves what it gives in the open.
    fn evaluate<'a>(&mut self, rows: Rows<'_, 'a>, op: &'a ScalarOp) {
        let cx = rows.cx;
        match op {
            ScalarOp::Const(_) | ScalarOp::Slot(..) | ScalarOp::Root => {
                self.open.push(Values::Alike(cx.scalar(op, At { block: rows.block, row: 0 })));
            }
            ScalarOp::Field { up: 0, field, .. } => {
                let mut all = self.take();
                self.field(rows, *field, &mut all);
                self.open.push(Values::Each(all));
            }
            ScalarOp::Authored { up: 0, field } => {
                let mut all = self.take();
                all.resize(rows.here.count as usize, Scalar::MISSING);
                Self::author(rows, *field, Write::Local, &mut all);
                self.open.push(Values::Each(all));
            }
            ScalarOp::Min(ops) => self.fold(rows, ops, |few, row| extreme(at_row(few, row), Ordering::Less)),
            ScalarOp::Max(ops) => self.fold(rows, ops, |few, row| extreme(at_row(few, row), Ordering::Greater)),
            ScalarOp::Coalesce(ops) => self.fold(rows, ops, |few, row| first_there(at_row(few, row))),
            _ => {
                let mut all = self.take();
                all.extend((0..rows.here.count).map(|row| cx.scalar(op, At { block: rows.block, row })));
                self.open.push(Values::Each(all));
            }
        }
    }

    /// Evaluates several expressions, and makes one value of theirs, row by row.
    fn fold<'a>(&mut self, rows: Rows<'_, 'a>, ops: &'a [ScalarOp], fold: impl Fn(&[Values], usize) -> Scalar) {
        let start = self.open.len();
        for op in ops {
            self.evaluate(rows, op);
        }
        let mut all = self.take();
        let few = &self.open[start..];
        all.extend((0..rows.here.count as usize).map(|row| fold(few, row)));
        while self.open.len() > start {
            if let Some(Values::Each(done)) = self.open.pop() {
                self.give_back(done);
            }
        }
        self.open.push(Values::Each(all));
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
