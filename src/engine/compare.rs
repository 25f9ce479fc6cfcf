use super::{
    columns::Columns,
    delta::{ChangeKind, Masks, Span, Spans},
    eval::{At, Cx},
    reaction::BlockReaction,
    rows::NONE,
};
use crate::schema::Write;

/// One block, before and after.
#[derive(Debug)]
pub(super) struct Compare<'c, 'a> {
    pub(super) before: &'c Cx<'a>,
    pub(super) after: &'c Cx<'a>,
    pub(super) one: &'c BlockReaction,
}

/// A scalar field that is compared row by row, and the columns that it stands in.
#[derive(Debug)]
pub(super) struct Lane {
    field: u16,
    /// How far up the row lies that has it.
    up: u8,
    before: usize,
    after: usize,
}

impl Compare<'_, '_> {
    fn span(&self, kind: ChangeKind, cause: u32) -> Span {
        Span::none(self.after.root, self.after.row, self.one.block, kind, cause)
    }

    /// Adds the spans of rows that appeared, vanished or changed; returns how many values were compared.
    pub(super) fn spans(
        &self,
        (old_count, new_count): (u32, u32),
        whole: bool,
        old_of: &impl Fn(u32) -> u32,
        cause: u32,
        columns: &mut Columns,
        spans: &mut Spans,
    ) -> u64 {
        let kept = match (old_count, new_count) {
            (0, _) | (_, 0) => 0,
            _ if whole => new_count,
            _ => (0..new_count).filter(|row| old_of(*row) != NONE).count() as u32,
        };
        if kept == 0 {
            for (kind, count) in [(ChangeKind::Added, new_count), (ChangeKind::Removed, old_count)] {
                if count > 0 {
                    spans.push(Span { count, ..self.span(kind, cause) }, Masks::default());
                }
            }
            return 0;
        }
        let at = |row| At { block: self.one.block, row };
        let mut compared = 0;
        let alike_in_all =
            |alike: u128| self.one.certain | alike | self.changed(self.one.uniform.iter().copied(), at(0), at(0));
        // Whether rows may differ in nothing but scalars.
        let plain = whole && self.one.moving.is_empty() && self.one.suggested.is_empty();
        if plain && self.one.scalars.is_empty() {
            self.all(new_count, alike_in_all(0), cause, spans);
            return self.one.uniform.len() as u64;
        }
        let (alike, mut lanes) = self.lanes(columns, &mut compared);
        if plain && lanes.is_empty() {
            self.all(new_count, alike_in_all(alike), cause, spans);
            columns.lanes = lanes;
            return compared + self.one.uniform.len() as u64;
        }
        let may_remake = !whole && self.after.of.block(self.one.block).may_remake;
        let mut uniform = None;
        let mut open = (self.span(ChangeKind::Updated, cause), Masks::default());
        let flush = |(span, masks): &mut (Span, Masks), spans: &mut Spans| {
            if span.count > 0 {
                spans.push(*span, *masks);
                span.count = 0;
            }
        };
        let (here, here_before) = (self.after.block(self.one.block), self.before.block(self.one.block));
        let mut same_ancestor: Option<(u32, u128)> = None;
        for row in 0..new_count {
            let old = old_of(row);
            let (kind, masks) = if old == NONE {
                (ChangeKind::Added, Masks::default())
            } else if may_remake && self.is_remade(at(row), at(old)) {
                (ChangeKind::Updated, self.remade(at(row), at(old), &mut compared))
            } else {
                let mut mask = *uniform.get_or_insert_with(|| {
                    compared += self.one.uniform.len() as u64;
                    self.one.certain | alike | self.changed(self.one.uniform.iter().copied(), at(row), at(old))
                });
                for lane in &lanes {
                    let new = columns.at(lane.after).at(self.after.ancestor(&here, at(row), lane.up));
                    let old = columns.at(lane.before).at(self.before.ancestor(&here_before, at(old), lane.up));
                    mask |= u128::from(new != old) << lane.field;
                }
                if !self.one.moving.is_empty() {
                    mask |= self.moved(at(row), at(old), &mut same_ancestor, &mut compared);
                }
                let shadowed = self.shadowed(self.one.suggested.iter().copied(), mask, at(row), at(old));
                (ChangeKind::Updated, Masks { changed: mask, shadowed })
            };
            if kind == ChangeKind::Updated && masks.are_empty() {
                flush(&mut open, spans);
                continue;
            }
            let (span, have) = &mut open;
            let goes_on = span.count > 0
                && span.kind == kind
                && *have == masks
                && span.first + span.count == row
                && (kind == ChangeKind::Added || span.first_before + span.count == old);
            if goes_on {
                span.count += 1;
            } else {
                flush(&mut open, spans);
                open = (Span { kind, first: row, first_before: old, count: 1, ..open.0 }, masks);
            }
        }
        flush(&mut open, spans);
        lanes.clear();
        columns.lanes = lanes;
        if kept < old_count {
            self.removed(old_count, new_count, old_of, cause, spans);
        }
        compared
    }

    /// Works out the scalar fields that may change row by row, before and after: those that have changed in all rows alike, a
    /// bit each, and those to be compared row by row.
    fn lanes(&self, columns: &mut Columns, compared: &mut u64) -> (u128, Vec<Lane>) {
        let mut lanes = std::mem::take(&mut columns.lanes);
        let mut alike = 0;
        for &(field, shown) in &self.one.scalars {
            let before = columns.find(self.before, shown, compared);
            let after = columns.find(self.after, shown, compared);
            match (columns.at(before).alike(), columns.at(after).alike()) {
                (Some(old), Some(new)) => alike |= u128::from(new != old) << field,
                _ => lanes.push(Lane { field, up: shown.up, before, after }),
            }
        }
        (alike, lanes)
    }

    fn removed(&self, old_count: u32, new_count: u32, old_of: &impl Fn(u32) -> u32, cause: u32, spans: &mut Spans) {
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
                    spans.push(open, Masks::default());
                }
                open.first = row;
                open.count = 1;
            }
        }
        if open.count > 0 {
            spans.push(open, Masks::default());
        }
    }

    /// Adds all rows of the block, where they have changed: all alike, and each where it was.
    fn all(&self, count: u32, changed: u128, cause: u32, spans: &mut Spans) {
        if changed != 0 {
            let span = Span { count, ..self.span(ChangeKind::Updated, cause) };
            spans.push(span, Masks { changed, shadowed: 0 });
        }
    }

    fn changed(&self, fields: impl Iterator<Item = u16>, at: At, at_before: At) -> u128 {
        fields.fold(0, |mask, field| {
            mask | u128::from(self.after.field_differs(field, at, self.before, at_before)) << field
        })
    }

    /// Compares the fields that may differ from row to row; those that depend on an ancestor, once for each.
    fn moved(&self, at: At, at_before: At, same_ancestor: &mut Option<(u32, u128)>, compared: &mut u64) -> u128 {
        let near = self.one.moving.iter().map(|(_, near)| *near).min().unwrap_or(0);
        let ancestor = (near > 0).then(|| self.after.up(at, near).row);
        match (*same_ancestor, ancestor) {
            (Some((row, known)), Some(ancestor)) if row == ancestor => known,
            _ => {
                let mask = self.changed(self.one.moving.iter().map(|(field, _)| *field), at, at_before);
                *compared += self.one.moving.len() as u64;
                *same_ancestor = ancestor.map(|row| (row, mask));
                mask
            }
        }
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
    fn remade(&self, at: At, at_before: At, compared: &mut u64) -> Masks {
        let list = self.after.of.block(at.block).list;
        let fields = self.after.plan.list(list).fields.len() as u16;
        *compared += u64::from(fields);
        let mask = self.changed(0..fields, at, at_before);
        let suggested = (0..fields).filter(|field| self.after.program(at, *field).write == Write::Suggest);
        Masks { changed: mask, shadowed: self.shadowed(suggested, mask, at, at_before) }
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
}
