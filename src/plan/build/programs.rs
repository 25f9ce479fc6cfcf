//! What computes each field of the rows of a rule.

use super::{
    Builder, ElementOf, Made,
    expr::{ElementAt, Place},
};
use crate::{
    plan::{BitName, FieldPlan, Lowered, Mask, Op, Program, op::nearer},
    schema::{Each, Write},
    store::Val,
};

impl<'s> Builder<'s> {
    pub(super) fn element_at(&self, root: u16, block: u16, rule: usize, up: Option<u8>) -> Option<ElementAt<'s>> {
        let Made::By { rule: of, .. } = self.made[usize::from(root)][usize::from(block)][rule] else { return None };
        let of = match &of.each {
            Each::Element(field) => {
                let list = self.spec.lists.get(&of.from)?;
                ElementOf::Element(list.fields.get(field)?.ty.element()?)
            }
            Each::Table(table) => ElementOf::Table(table),
            Each::Match { list, .. } => ElementOf::Match(list),
            _ => return None,
        };
        Some(ElementAt { of, block, rule, up })
    }

    /// Lowers the program of a field for the rows of a rule, once.
    pub(super) fn program(&mut self, root: u16, block: u16, rule: usize, field: u16) -> Program {
        if let Some(program) = self.programs.get(&(root, block, rule, field)) {
            return program.clone();
        }
        let list = self.plan.root(root).block(block).list;
        let FieldPlan { name, ty, write, .. } = self.plan.list(list).fields[usize::from(field)].clone();
        let missing = || Lowered::constant(Val::Missing, ty.clone());
        let lowered = if block == 0 {
            let spec = self.spec;
            let of = &spec.lists[usize::from(list)];
            let place = Place { root, source: None, own: Some((0, 0)), element: None, row: None, group: Some(root) };
            match of.rules.first().and_then(|rule| rule.set.get(&name)) {
                Some(expr) => self.lower_as(expr, place, Some(&ty)),
                None => missing(),
            }
        } else {
            match self.made[usize::from(root)][usize::from(block)][rule] {
                Made::By { rule: of, parent } => match of.set.get(&name) {
                    Some(expr) => {
                        let place = Place {
                            root,
                            source: Some((parent, 1)),
                            own: Some((block, 0)),
                            element: self.element_at(root, block, rule, Some(0)),
                            row: None,
                            group: None,
                        };
                        self.lower_as(expr, place, Some(&ty))
                    }
                    None => missing(),
                },
                _ => missing(),
            }
        };
        let (mut reads, mut near) = (lowered.reads, lowered.near);
        let mut authored = Mask::NONE;
        if write != Write::Locked {
            authored = self.authored_bit(root, block, field);
            reads.add(authored);
            near = nearer(near, Some(0));
        }
        let operations = self.operations(root, &lowered.op);
        let is_kept = operations > Program::KEPT_ABOVE;
        let operations = if is_kept { 1 } else { operations };
        let program = Program { write, rule: lowered, authored, reads, near, operations, is_kept };
        self.programs.insert((root, block, rule, field), program.clone());
        program
    }

    /// Counts the operations that an expression takes, those of the fields it reads included.
    fn operations(&self, root: u16, op: &Op) -> u32 {
        let read = match op {
            Op::Field { block, field, .. } => {
                let rules = 0..if *block == 0 { 1 } else { self.rules(root, *block) };
                let programs = rules.filter_map(|rule| self.programs.get(&(root, *block, rule, *field)));
                programs.map(|program| program.operations).max().unwrap_or(0)
            }
            _ => 0,
        };
        op.operands().into_iter().fold(read.saturating_add(1), |sum, op| sum.saturating_add(self.operations(root, op)))
    }

    pub(super) fn authored_bit(&mut self, root: u16, block: u16, field: u16) -> Mask {
        if let Some(bit) = self.authored_bits.get(&(root, block, field)) {
            return *bit;
        }
        let bit = self.new_bit(root, BitName::Authored { block, field });
        self.authored_bits.insert((root, block, field), bit);
        bit
    }
}
