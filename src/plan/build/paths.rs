//! Fields read, through references too, and the triggers that tell the readers when a row on the way changes.

use super::{
    Builder, ElementOf,
    expr::{ElementAt, nothing},
};
use crate::{
    plan::{Action, BitName, Lowered, Mask, Op, Role, StepRead, Trigger},
    schema::Type,
    store::Val,
    value::Name,
};

impl<'s> Builder<'s> {
    /// Reads a path from a row of a block.
    pub(super) fn read(&mut self, root: u16, block: u16, up: u8, names: &[Name]) -> Lowered {
        let Some((first, rest)) = names.split_first() else { return nothing() };
        let start = self.field(root, block, up, first);
        self.follow(root, start, rest)
    }

    /// Reads a field of a row of a block.
    pub(super) fn field(&mut self, root: u16, block: u16, up: u8, name: &Name) -> Lowered {
        let list = self.plan.roots[usize::from(root)].blocks[usize::from(block)].list;
        let is_key = *name == "key";
        if block == 0
            && let Role::Base { .. } = self.plan.list(list).role
        {
            if is_key {
                let ty = Type::Reference(self.plan.list(list).name.clone());
                return Lowered { op: Op::Root, ty, reads: Mask::NONE, near: None, scalar: None };
            }
            let Some(&field) = self.plan.list(list).field_numbers.get(name) else { return nothing() };
            let ty = self.plan.list(list).fields[usize::from(field)].ty.clone();
            return Lowered { op: Op::Slot(field), ty, reads: self.slot_bit(root, field), near: None, scalar: None };
        }
        if is_key {
            let near = if block == 0 { None } else { Some(up) };
            return Lowered { op: Op::Key { up }, ty: Type::Text, reads: Mask::NONE, near, scalar: None };
        }
        let Some(&field) = self.plan.list(list).field_numbers.get(name) else { return nothing() };
        let ty = self.plan.list(list).fields[usize::from(field)].ty.clone();
        let rules = if block == 0 { 1 } else { self.rules(root, block) };
        if rules == 1 {
            let program = self.program(root, block, 0, field);
            if program.write == crate::schema::Write::Locked
                && let Some(op) = shifted(&program.rule.op, up)
            {
                let near = program.rule.near.map(|near| near + up);
                return Lowered { op, ty, reads: program.rule.reads, near, scalar: None };
            }
            let near = program.near.map(|near| near + up);
            return Lowered { op: Op::Field { up, block, field }, ty, reads: program.reads, near, scalar: None };
        }
        let mut lowered =
            Lowered { op: Op::Field { up, block, field }, ty, reads: Mask::NONE, near: Some(up), scalar: None };
        for rule in 0..rules {
            let program = self.program(root, block, rule, field);
            lowered.reads.add(program.reads);
        }
        lowered
    }

    pub(super) fn read_authored(&mut self, root: u16, block: u16, up: u8, name: &Name) -> Lowered {
        let list = self.plan.roots[usize::from(root)].blocks[usize::from(block)].list;
        let Some(&field) = self.plan.list(list).field_numbers.get(name) else { return nothing() };
        let ty = self.plan.list(list).fields[usize::from(field)].ty.clone();
        let reads = self.authored_bit(root, block, field);
        Lowered { op: Op::Authored { up, block, field }, ty, reads, near: Some(up), scalar: None }
    }

    pub(super) fn read_element(&mut self, root: u16, element: ElementAt<'s>, names: &[Name]) -> Lowered {
        let Some((first, rest)) = names.split_first() else { return nothing() };
        let near = element.up;
        let (block, rule) = (element.block, element.rule as u8);
        let step = |what| match element.up {
            Some(up) => Op::Step { up, block, rule, what },
            None => Op::Candidate { block, rule, what },
        };
        match element.of {
            ElementOf::Element(ty) => {
                let value =
                    Lowered { op: step(StepRead::Value), ty: ty.clone(), reads: Mask::NONE, near, scalar: None };
                if *first == "value" || *first == "key" {
                    return self.follow(root, value, rest);
                }
                self.follow(root, value, names)
            }
            ElementOf::Table(table) => {
                let Some((column, _, ty)) = table.columns.get_full(first) else { return nothing() };
                let start = Lowered {
                    op: step(StepRead::Column(column as u16)),
                    ty: ty.clone(),
                    reads: Mask::NONE,
                    near,
                    scalar: None,
                };
                self.follow(root, start, rest)
            }
            ElementOf::Match(list) => {
                let number = self.plan.list_numbers[list];
                let role = self.plan.list(number).role.clone();
                let is_key = *first == "key";
                let start = match role {
                    Role::Base { root: matched } => {
                        if is_key {
                            let ty = Type::Reference(list.clone());
                            Lowered { op: step(StepRead::Value), ty, reads: Mask::NONE, near, scalar: None }
                        } else {
                            let Some(&field) = self.plan.list(number).field_numbers.get(first) else {
                                return nothing();
                            };
                            let ty = self.plan.list(number).fields[usize::from(field)].ty.clone();
                            let on = self.slot_bit(matched, field);
                            let reads = self.step_bit(root, element, matched, on);
                            Lowered { op: step(StepRead::Slot(field)), ty, reads, near, scalar: None }
                        }
                    }
                    Role::Group { root: matched, .. } => {
                        if is_key {
                            Lowered { op: step(StepRead::Key), ty: Type::Text, reads: Mask::NONE, near, scalar: None }
                        } else {
                            let of = self.field(matched, 0, 0, first);
                            let Some(&field) = self.plan.list(number).field_numbers.get(first) else {
                                return nothing();
                            };
                            let reads = self.step_bit(root, element, matched, of.reads);
                            Lowered { op: step(StepRead::Field(field)), ty: of.ty, reads, near, scalar: None }
                        }
                    }
                    _ => return nothing(),
                };
                self.follow(root, start, rest)
            }
        }
    }

    /// Follows references from a value, and sees to it that what changes on the way is noticed.
    pub(super) fn follow(&mut self, root: u16, start: Lowered, names: &[Name]) -> Lowered {
        if names.is_empty() {
            return start;
        }
        let mut many = start.ty.element().is_some();
        let mut target = start.ty.target().cloned();
        let mut hops = Vec::new();
        let mut ty = start.ty.clone();
        for name in names {
            let Some(list) = &target else { return nothing() };
            let number = self.plan.list_numbers[list];
            let Role::Base { root: at } = self.plan.list(number).role else { return nothing() };
            if *name == "key" {
                // A reference followed to its own key is the reference.
                ty = Type::Reference(list.clone());
                continue;
            }
            let Some(&field) = self.plan.list(number).field_numbers.get(name) else { return nothing() };
            ty = self.plan.list(number).fields[usize::from(field)].ty.clone();
            target = ty.target().cloned();
            hops.push((at, field));
            // A list makes a set of what lies behind it, once a path goes on from it.
            if hops.len() < names.len() {
                many |= ty.element().is_some();
            }
        }
        if hops.is_empty() {
            return start;
        }
        if many {
            ty = Type::set(ty.element().unwrap_or(&ty).clone());
        }
        let bit = self.path_bit(root, &start.op, &hops);
        let mut lowered = Lowered {
            op: Op::Path { start: Box::new(start.op), hops: hops.into(), many },
            ty,
            reads: start.reads,
            near: start.near,
            scalar: None,
        };
        lowered.reads.add(bit);
        lowered
    }

    /// Gives a path its bit, and the triggers that raise it.
    fn path_bit(&mut self, root: u16, start: &Op, hops: &[(u16, u16)]) -> Mask {
        let name = format!("{root}:{start:?}:{hops:?}");
        if let Some(bit) = self.path_bits.get(&name) {
            return *bit;
        }
        let bit = self.new_bit(root, BitName::Path { start: start.clone(), hops: hops.into() });
        self.path_bits.insert(name, bit);
        let mut leaves = Vec::new();
        self.leaves(root, start, &mut leaves);
        for i in 0..hops.len() {
            let (at, field) = hops[i];
            let on = self.slot_bit(at, field);
            let back: Vec<u16> = hops[..i].iter().rev().map(|&(root, slot)| self.reference_index(root, slot)).collect();
            for (more, action) in &leaves {
                let action = match action.clone() {
                    Action::Root { root, .. } => Action::Root { root, mask: bit },
                    Action::Step { root, find, .. } => Action::Step { root, mask: bit, find },
                    Action::Authored { root, reference, .. } => Action::Authored { root, mask: bit, reference },
                    Action::All { root, .. } => Action::All { root, mask: bit },
                };
                let back = back.iter().chain(more).copied().collect();
                self.plan.roots[usize::from(at)].triggers.push(Trigger { on, back, action });
            }
        }
        bit
    }

    /// Finds the reads from which a reference can come, and how each leads back to the families.
    fn leaves(&mut self, root: u16, op: &Op, out: &mut Vec<(Vec<u16>, Action)>) {
        let mask = Mask::NONE;
        match op {
            Op::Slot(slot) => {
                let index = self.reference_index(root, *slot);
                out.push((vec![index], Action::Root { root, mask }));
            }
            Op::Root => out.push((Vec::new(), Action::Root { root, mask })),
            Op::Const(Val::Missing) => {}
            Op::Step { block, rule, what, .. } | Op::Candidate { block, rule, what } => {
                let (of, find) = self.find(root, *block, usize::from(*rule));
                match (what, of) {
                    (StepRead::Value, _) => out.push((Vec::new(), Action::Step { root, mask, find })),
                    (StepRead::Slot(slot), ElementOf::Match(list)) => {
                        let Some(matched) = self.plan.root_of(self.plan.list_numbers[list]) else { return };
                        let index = self.reference_index(matched, *slot);
                        out.push((vec![index], Action::Step { root, mask, find }));
                    }
                    // A column of a table, or a field of a group: the reference is looked for everywhere.
                    _ => out.push((Vec::new(), Action::All { root, mask })),
                }
            }
            Op::Authored { block, field, .. } => {
                let reference = self.authored_reference(root, *block, *field);
                out.push((Vec::new(), Action::Authored { root, mask, reference }));
            }
            Op::Field { block, field, .. } => {
                let rules = if *block == 0 { 1 } else { self.rules(root, *block) };
                for rule in 0..rules {
                    let program = self.program(root, *block, rule, *field);
                    self.leaves(root, &program.rule.op, out);
                    if program.write != crate::schema::Write::Locked {
                        let reference = self.authored_reference(root, *block, *field);
                        out.push((Vec::new(), Action::Authored { root, mask, reference }));
                    }
                }
            }
            Op::If(parts) => {
                self.leaves(root, &parts.1, out);
                self.leaves(root, &parts.2, out);
            }
            Op::Coalesce(parts) | Op::Union(parts) => {
                for part in parts {
                    self.leaves(root, part, out);
                }
            }
            Op::Sorted(inner) => self.leaves(root, inner, out),
            Op::Path { start, hops, .. } => {
                let mut inner = Vec::new();
                self.leaves(root, start, &mut inner);
                let back: Vec<u16> = hops.iter().rev().map(|&(root, slot)| self.reference_index(root, slot)).collect();
                out.extend(
                    inner
                        .into_iter()
                        .map(|(more, action)| (back.iter().copied().chain(more).collect::<Vec<_>>(), action)),
                );
            }
            // A literal key.
            _ => out.push((Vec::new(), Action::All { root, mask })),
        }
    }
}

/// Returns a plain read as it is seen from rows that lie further down; `None` for what is computed.
fn shifted(op: &Op, by: u8) -> Option<Op> {
    Some(match op {
        Op::Const(_) | Op::Slot(_) | Op::Root => op.clone(),
        Op::Key { up } => Op::Key { up: up + by },
        Op::Step { up, block, rule, what } => Op::Step { up: up + by, block: *block, rule: *rule, what: *what },
        Op::Field { up, block, field } => Op::Field { up: up + by, block: *block, field: *field },
        Op::Path { start, hops, many } => {
            Op::Path { start: Box::new(shifted(start, by)?), hops: hops.clone(), many: *many }
        }
        _ => return None,
    })
}
