//! What is drawn from many rows: aggregates over rows that refer, groups and their members.

use super::{
    Builder,
    expr::{Place, fold_type},
};
use crate::{
    plan::{AggregatePlan, GroupPlan, Lowered, MemberPlan, PartialPlan, SlotName},
    schema::{Aggregate, Each, Expr, Fold, RowsOf, Rule, Type},
    store::Kind,
};

impl<'s> Builder<'s> {
    /// Returns the slot that keeps an aggregate over the rows that refer to a row of a base list.
    pub(super) fn rows_of_slot(&mut self, aggregate: &'s Aggregate, rows_of: &'s RowsOf, root: u16) -> u16 {
        if let Some((_, _, slot)) = self.aggregates.iter().find(|(r, a, _)| *r == root && **a == *aggregate) {
            return *slot;
        }
        let list = self.plan.list_numbers[&rows_of.list];
        let homes = self.plan.list(list).homes.clone();
        let mut ty = fold_type(aggregate.fold, None);
        let mut of = Kind::Integer;
        let mut inputs = Vec::new();
        for (from, block) in homes {
            let place = Place { source: None, own: None, ..Place::row(from, block) };
            let by = self.field(from, block, 0, &rows_of.by);
            let when = self.lower(&aggregate.when, place, Some(&Type::Boolean));
            let value = aggregate.value.as_ref().map(|value| self.lower(value, place, None));
            ty = fold_type(aggregate.fold, value.as_ref().map(|v| &v.ty));
            if let Some(value) = &value {
                of = self.kind(value.ty.element().unwrap_or(&value.ty));
            }
            let mut reads = by.reads.with(when.reads);
            if let Some(value) = &value {
                reads.add(value.reads);
            }
            inputs.push((from, block, by, when, value, reads));
        }
        let words = Expr::Aggregate(Box::new(aggregate.clone())).to_string();
        let slot = self.new_slot(root, ty, SlotName::Drawn(words));
        let partial = self.new_partial(aggregate.fold, root, slot, of);
        for (from, block, by, when, value, reads) in inputs {
            let number = self.plan.aggregates.len() as u16;
            self.plan.aggregates.push(AggregatePlan { partial, root: from, block, by, when, value, reads, rank: 0 });
            self.plan.roots[usize::from(from)].blocks[usize::from(block)].aggregates.push(number);
        }
        self.aggregates.push((root, aggregate, slot));
        slot
    }

    fn new_partial(&mut self, fold: Fold, root: u16, slot: u16, of: Kind) -> u16 {
        let number = self.plan.partials.len() as u16;
        self.plan.partials.push(PartialPlan { fold, root, slot, of });
        self.plan.roots[usize::from(root)].partials.push(number);
        number
    }

    fn group_rule(&self, root: u16) -> &'s Rule {
        let spec = self.spec;
        let list = &spec.lists[usize::from(self.plan.root(root).list)];
        &list.rules[0]
    }

    pub(super) fn group_by(&self, root: u16) -> &'s [Expr] {
        match &self.group_rule(root).each {
            Each::Group { by, .. } => by,
            _ => &[],
        }
    }

    /// Makes the slots of the values grouped by, and what it takes to find a member's group.
    pub(super) fn groups(&mut self, root: u16) {
        let rule = self.group_rule(root);
        let Each::Group { by: shared, over } = &rule.each else { return };
        let from = self.plan.list_numbers[&rule.from];
        let over = over.as_ref().and_then(|list| self.plan.root_of(self.plan.list_numbers[list]));
        self.plan.roots[usize::from(root)].group =
            Some(GroupPlan { over, by: shared.len() as u16, members: Vec::new() });
        for (number, (member_root, member_block)) in self.plan.list(from).homes.clone().into_iter().enumerate() {
            let place = Place { row: None, own: None, ..Place::row(member_root, member_block) };
            let when = self.lower(&rule.when, place, Some(&Type::Boolean));
            let by: Vec<Lowered> = shared.iter().map(|expr| self.lower(expr, place, None)).collect();
            if number == 0 {
                for (expr, one) in shared.iter().zip(&by) {
                    self.new_slot(root, one.ty.clone(), SlotName::Shared(expr.to_string()));
                }
            }
            let reads = by.iter().fold(when.reads, |reads, one| reads.with(one.reads));
            let member =
                MemberPlan { root: member_root, block: member_block, when, by, inputs: Vec::new(), reads, rank: 0 };
            if let Some(group) = &mut self.plan.roots[usize::from(root)].group {
                group.members.push(member);
            }
            self.plan.roots[usize::from(member_root)].blocks[usize::from(member_block)]
                .groups
                .push((root, number as u16));
        }
    }

    /// Returns the slot that keeps an aggregate over the members of a group.
    pub(super) fn group_slot(&mut self, aggregate: &'s Aggregate, root: u16) -> u16 {
        if let Some((_, _, slot)) = self.group_slots.iter().find(|(r, a, _)| *r == root && **a == *aggregate) {
            return *slot;
        }
        let members: Vec<(u16, u16)> = match &self.plan.root(root).group {
            Some(group) => group.members.iter().map(|m| (m.root, m.block)).collect(),
            None => Vec::new(),
        };
        let mut lowered = Vec::new();
        for (member_root, member_block) in members {
            let place = Place { own: None, ..Place::row(member_root, member_block) };
            let when = self.lower(&aggregate.when, place, Some(&Type::Boolean));
            let value = aggregate.value.as_ref().map(|value| self.lower(value, place, None));
            lowered.push((when, value));
        }
        let of = lowered.first().and_then(|(_, value)| value.as_ref()).map(|v| v.ty.clone());
        let ty = fold_type(aggregate.fold, of.as_ref());
        let kind = of.map_or(Kind::Integer, |ty| self.kind(ty.element().unwrap_or(&ty)));
        let words = Expr::Aggregate(Box::new(aggregate.clone())).to_string();
        let slot = self.new_slot(root, ty, SlotName::Drawn(words));
        let partial = self.new_partial(aggregate.fold, root, slot, kind);
        if let Some(group) = &mut self.plan.roots[usize::from(root)].group {
            for (member, (when, value)) in group.members.iter_mut().zip(lowered) {
                member.reads.add(when.reads);
                if let Some(value) = &value {
                    member.reads.add(value.reads);
                }
                member.inputs.push((partial, when, value));
            }
        }
        self.group_slots.push((root, aggregate, slot));
        slot
    }

    /// Returns how many lists of groups lie between a list of groups and base lists.
    pub(super) fn depth(&self, root: u16, seen: usize) -> usize {
        if seen > self.plan.roots.len() {
            return seen;
        }
        let from = self.plan.list_numbers[&self.group_rule(root).from];
        let above = self.plan.list(from).homes.iter().filter(|(r, _)| *r != root && self.plan.is_group_list(*r));
        above.map(|(r, _)| 1 + self.depth(*r, seen + 1)).max().unwrap_or(0)
    }
}
