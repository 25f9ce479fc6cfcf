//! Whether what is seen on one side of a commit is another on the other, without working both out where that can be told.

use super::{At, Cx};
use crate::{plan::Op, schema::Write, store::Val};

impl<'a> Cx<'a> {
    /// Tells whether an expression has another value on the other side.
    pub(crate) fn differs(&self, op: &'a Op, at: At, before: &Cx<'a>, at_before: At) -> bool {
        match op {
            Op::Const(_) | Op::Root => false,
            Op::Slot(slot) => {
                let slot = &self.of.slots[usize::from(*slot)];
                let (a, b) = (slot.slot.get(self.record), slot.slot.get(before.record));
                // An edit back to the old value is no edit, so another address is another value.
                a != b && !self.store.equal(&slot.kind, a, b)
            }
            Op::Join(parts) => {
                // With all other parts alike and present, the text differs where the one part does.
                let mut differing = 0;
                for part in parts {
                    if self.differs(part, at, before, at_before) {
                        // Two that are written alike may make one text.
                        differing += if self.is_injective(part, at, before, at_before) { 1 } else { 2 };
                    } else if !matches!(part, Op::Const(_)) && self.eval(part, at).is_missing() {
                        return false;
                    }
                }
                match differing {
                    0 | 1 => differing == 1,
                    _ => !self.names().same(&self.eval(op, at), &before.eval(op, at_before)),
                }
            }
            _ => !self.names().same(&self.eval(op, at), &before.eval(op, at_before)),
        }
    }

    /// Tells whether different values of an expression are written differently: other than codes, and lists.
    fn is_injective(&self, op: &'a Op, at: At, before: &Cx<'a>, at_before: At) -> bool {
        let slot = |root: u16, slot: u16| self.plan.root(root).slots[usize::from(slot)].kind.is_injective();
        match op {
            Op::Slot(number) => slot(self.root, *number),
            Op::Path { hops, many: false, .. } => hops.last().is_some_and(|(root, number)| slot(*root, *number)),
            _ => [self.eval(op, at), before.eval(op, at_before)]
                .iter()
                .all(|val| !matches!(val, Val::Code(_) | Val::List(_))),
        }
    }

    /// Tells whether an expression has another value than another one on the other side.
    pub(crate) fn differs_from(&self, op: &'a Op, at: At, other: &'a Op, before: &Cx<'a>, at_before: At) -> bool {
        !self.names().same(&self.eval(op, at), &before.eval(other, at_before))
    }

    /// Tells whether a field is seen with another value on the other side.
    pub(crate) fn field_differs(&self, field: u16, at: At, before: &Cx<'a>, at_before: At) -> bool {
        let Some(program) = self.program_of(at, field) else {
            let slot = &self.of.slots[usize::from(field)];
            let (a, b) = (slot.slot.get(self.record), slot.slot.get(before.record));
            return a != b && !self.store.equal(&slot.kind, a, b);
        };
        if program.rule.scalar.is_some() {
            return self.scalar_field(at, field) != before.scalar_field(at_before, field);
        }
        if program.write == Write::Locked && std::ptr::eq(program, before.program(at_before, field)) {
            return self.differs(&program.rule.op, at, before, at_before);
        }
        !self.names().same(&self.field(at, field), &before.field(at_before, field))
    }
}
