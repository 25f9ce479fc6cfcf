//! How the way back is found: from a changed row to the families that matched it or referred to it.

use super::{
    Builder, ElementOf, Made, Source,
    expr::{ElementAt, Place},
};
use crate::{
    plan::{Action, BitName, Find, IndexPlan, Mask, Op, Role, Trigger},
    schema::{Each, Probe, Rule, Type},
    value::Name,
};

impl<'s> Builder<'s> {
    /// Gives the rows matched by a rule their bit, and the trigger that raises it when these things of a row change.
    pub(super) fn step_bit(&mut self, root: u16, element: ElementAt<'s>, matched: u16, on: Mask) -> Mask {
        let key = (root, element.block, element.rule);
        let bit = if let Some(bit) = self.step_bits.get(&key) {
            *bit
        } else {
            let bit = self.new_bit(root, BitName::Matched { block: element.block, rule: element.rule as u16 });
            self.step_bits.insert(key, bit);
            if self.plan.is_group_list(matched) {
                self.bit_sources[usize::from(root)].push((bit, Source::Groups(matched)));
            }
            bit
        };
        let (_, find) = self.find(root, element.block, element.rule);
        let action = Action::Step { root, mask: bit, find };
        self.plan.roots[usize::from(matched)].triggers.push(Trigger { on, back: Vec::new(), action });
        bit
    }

    /// Returns what the step of a rule is, and how the families are found in which a row is a step.
    pub(super) fn find(&mut self, root: u16, block: u16, rule: usize) -> (ElementOf<'s>, Find) {
        let element = self.element_at(root, block, rule, None).map(|e| e.of);
        let of = element.unwrap_or(ElementOf::Element(&Type::Text));
        if let Some(find) = self.finds.get(&(root, block, rule)) {
            return (of, find.clone());
        }
        let find = match (of, self.made[usize::from(root)][usize::from(block)][rule]) {
            (ElementOf::Match(list), Made::By { rule: made, parent }) => self.match_find(root, parent, made, list),
            _ => Find::Row(self.new_finder()),
        };
        self.finds.insert((root, block, rule), find.clone());
        (of, find)
    }

    fn new_finder(&mut self) -> u16 {
        self.plan.finders += 1;
        self.plan.finders as u16 - 1
    }

    fn match_find(&mut self, root: u16, parent: u16, rule: &'s Rule, list: &Name) -> Find {
        let Each::Match { on, .. } = &rule.each else { return Find::Row(self.new_finder()) };
        let number = self.plan.list_numbers[list];
        let mut slots = Vec::new();
        let mut keyed = false;
        for (name, probe) in on {
            let slot = self.matched_slot(number, name);
            if let (Some(slot), Probe::Is(expr)) = (slot, probe) {
                let place = Place { row: None, ..Place::row(root, parent) };
                if matches!(self.lower(expr, place, None).op, Op::Root) {
                    return Find::Referred(slot);
                }
            }
            match slot {
                Some(slot) => slots.push(slot),
                None => keyed = true,
            }
        }
        let finder = self.new_finder();
        if keyed { Find::Keyed(finder) } else { Find::Tuple { finder, slots } }
    }

    /// Returns the slot of a field by which rows are matched; `None` for the key.
    pub(super) fn matched_slot(&mut self, list: u16, name: &Name) -> Option<u16> {
        if *name == "key" {
            return None;
        }
        let field = *self.plan.list(list).field_numbers.get(name)?;
        match self.plan.list(list).role {
            Role::Group { root, .. } => match self.program(root, 0, 0, field).rule.op {
                Op::Slot(slot) => Some(slot),
                _ => None,
            },
            _ => Some(field),
        }
    }

    /// Returns the index that leads from rows referred to back to those that refer by a slot.
    pub(super) fn reference_index(&mut self, root: u16, slot: u16) -> u16 {
        self.index(root, vec![slot])
    }

    pub(super) fn index(&mut self, root: u16, slots: Vec<u16>) -> u16 {
        if let Some(index) = self.indexes.get(&(root, slots.clone())) {
            return *index;
        }
        let index = self.plan.indexes.len() as u16;
        let target = match slots.as_slice() {
            [slot] => self.slot_types[usize::from(root)][usize::from(*slot)].target().cloned(),
            _ => None,
        };
        let target = target.and_then(|list| self.plan.root_of(self.plan.list_numbers[&list]));
        let on = slots.iter().fold(Mask::NONE, |on, slot| on.with(self.slot_bit(root, *slot)));
        let authored = slots.iter().all(|slot| *slot < self.base_fields(root));
        self.plan.indexes.push(IndexPlan { root, slots: slots.clone(), target, authored, on });
        self.plan.roots[usize::from(root)].indexes.push(index);
        self.indexes.insert((root, slots), index);
        index
    }

    pub(super) fn authored_reference(&mut self, root: u16, block: u16, field: u16) -> u16 {
        let list = self.plan.root(root).block(block).list;
        self.plan.authored_references.iter().position(|r| r.list == list && r.field == field).unwrap_or(0) as u16
    }
}
