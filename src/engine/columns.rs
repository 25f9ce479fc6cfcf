use super::eval::{At, Cx};
use crate::{heap, plan::Shown, store::Scalar};

/// Scalar fields of the rows of a family, before and after, worked out once for a visit however many rows show them.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    columns: Vec<Column>,
    used: usize,
}

/// A field of all rows of a block.
#[derive(Debug, Default)]
pub(crate) struct Column {
    block: u16,
    field: u16,
    pub(crate) before: Vec<Scalar>,
    pub(crate) after: Vec<Scalar>,
}

impl Columns {
    pub(crate) fn bytes(&self) -> usize {
        let column = |column: &Column| heap::of_vec(&column.before) + heap::of_vec(&column.after);
        heap::of_vec(&self.columns) + self.columns.iter().map(column).sum::<usize>()
    }

    pub(crate) fn clear(&mut self) {
        self.used = 0;
    }

    /// Works out a field, where that is not done yet; adds to `evaluations` how many values that takes. A side that is
    /// `None` has no rows.
    pub(crate) fn get(
        &mut self,
        before: Option<&Cx<'_>>,
        after: Option<&Cx<'_>>,
        Shown { block, field, .. }: Shown,
        evaluations: &mut u64,
    ) -> &Column {
        if let Some(at) = self.columns[..self.used].iter().position(|one| (one.block, one.field) == (block, field)) {
            return &self.columns[at];
        }
        if self.used == self.columns.len() {
            self.columns.push(Column::default());
        }
        let column = &mut self.columns[self.used];
        self.used += 1;
        (column.block, column.field) = (block, field);
        for (side, values) in [(before, &mut column.before), (after, &mut column.after)] {
            values.clear();
            if let Some(cx) = side {
                let rows = cx.block(block).count;
                values.extend((0..rows).map(|row| cx.scalar_field(At { block, row }, field)));
                *evaluations += u64::from(rows);
            }
        }
        column
    }
}

impl Cx<'_> {
    /// Returns the row of an ancestor.
    #[inline]
    pub(crate) fn ancestor(&self, here: &crate::store::Block<'_>, at: At, up: u8) -> usize {
        (match up {
            0 => at.row,
            1 => here.origin(at.row).parent,
            _ => self.up(at, up).row,
        }) as usize
    }
}
