//! References followed from row to row.

use super::{Cx, list};
use crate::{store::Val, value::Name};

impl<'a> Cx<'a> {
    pub(super) fn path(&self, start: Val<'a>, hops: &[(u16, u16)], many: bool) -> Val<'a> {
        let Some((first, rest)) = hops.split_first() else { return start };
        if !many {
            let Val::Reference { row, .. } = self.resolved(start) else { return Val::Missing };
            let next = self.read_slot(first.0, row, first.1);
            return self.path(next, rest, false);
        }
        let mut found: Vec<Val<'a>> = Vec::new();
        self.gather(start, hops, &mut found);
        found.sort_by(|a, b| self.names().order(a, b));
        found.dedup_by(|a, b| self.names().same(a, b));
        list(found)
    }

    fn gather(&self, start: Val<'a>, hops: &[(u16, u16)], found: &mut Vec<Val<'a>>) {
        match (start, hops.split_first()) {
            (Val::Missing, _) => {}
            (Val::List(items), _) => {
                for item in items.iter(self.store) {
                    self.gather(item, hops, found);
                }
            }
            (one, None) => found.push(one),
            (one, Some((first, rest))) => {
                if let Val::Reference { row, .. } = self.resolved(one) {
                    self.gather(self.read_slot(first.0, row, first.1), rest, found);
                }
            }
        }
    }

    /// Finds the row of a literal key.
    pub(crate) fn resolved(&self, val: Val<'a>) -> Val<'a> {
        match val {
            Val::KeyOf { list, key } => match self.names().find(list, &key, self.side) {
                Some(row) => Val::Reference { list, row },
                None => Val::Missing,
            },
            other => other,
        }
    }

    pub(super) fn read_slot(&self, root: u16, row: u32, slot: u16) -> Val<'a> {
        match self.record_of(root, row) {
            Some(record) => {
                let slot = &self.plan.root(root).slots[usize::from(slot)];
                self.store.read(&slot.kind, slot.slot.get(record))
            }
            None => Val::Missing,
        }
    }

    /// Follows references from a value by names: for people, not for the loop.
    pub(crate) fn follow(&self, start: Val<'a>, names: &[Name]) -> Val<'a> {
        let Some((first, rest)) = names.split_first() else { return start };
        match self.resolved(start) {
            Val::Reference { list, row } => {
                let of = self.plan.list(self.plan.root(list).list);
                match of.field_numbers.get(first) {
                    Some(field) => self.follow(self.read_slot(list, row, *field), rest),
                    None if *first == "key" => self.follow(Val::Reference { list, row }, rest),
                    None => Val::Missing,
                }
            }
            Val::List(items) => {
                let mut found: Vec<Val<'a>> = Vec::new();
                for item in items.iter(self.store) {
                    match self.follow(item, names) {
                        Val::Missing => {}
                        Val::List(more) => found.extend(more.iter(self.store)),
                        one => found.push(one),
                    }
                }
                found.sort_by(|a, b| self.names().order(a, b));
                found.dedup_by(|a, b| self.names().same(a, b));
                list(found)
            }
            _ => Val::Missing,
        }
    }
}
