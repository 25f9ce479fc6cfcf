//! Rules, checks and declared indexes, lowered block by block.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::{Builder, Made, Source, expr::Place};
use crate::{
    plan::{
        Action, AuthoredReference, BitName, EachPlan, LinePlan, Lowered, Mask, MatchPlan, Op, OrderedPlan, Role,
        RulePlan, Trigger, order_plan,
    },
    schema::{Each, Expr, Probe, Read, Rule, Type, Typing, Write},
    store::Val,
    value::Name,
};

impl<'s> Builder<'s> {
    pub(super) fn lower_all(&mut self) {
        let roots = self.plan.roots.len() as u16;
        for list in 0..self.plan.lists.len() {
            for field in 0..self.plan.lists[list].fields.len() {
                let plan = &self.plan.lists[list];
                let is_base = matches!(plan.role, Role::Base { .. });
                if let (false, Some(target)) = (is_base, plan.fields[field].ty.target())
                    && plan.fields[field].write != Write::Locked
                    && let Some(target) = self.plan.root_of(self.plan.list_numbers[target])
                {
                    let reference = AuthoredReference { list: list as u16, field: field as u16, target };
                    self.plan.authored_references.push(reference);
                }
            }
        }
        // The groups' own values first: rows that match groups probe for them. A list of groups of groups comes after.
        let mut groups: Vec<u16> = (0..roots).filter(|root| self.plan.is_group_list(*root)).collect();
        groups.sort_by_key(|root| self.depth(*root, 0));
        for &root in &groups {
            self.groups(root);
        }
        for root in 0..roots {
            for slot in 0..self.base_fields(root) {
                if self.slot_types[usize::from(root)][usize::from(slot)].target().is_some() {
                    self.reference_index(root, slot);
                }
            }
            let spec = self.spec;
            let list = &spec.lists[usize::from(self.plan.root(root).list)];
            for unique in &list.unique {
                let numbers = &self.plan.list(self.plan.root(root).list).field_numbers;
                let slots: Vec<u16> = unique.iter().filter_map(|name| numbers.get(name).copied()).collect();
                let index = self.index(root, slots);
                self.plan.roots[usize::from(root)].unique.push(index);
            }
        }
        for root in 0..roots {
            for block in 0..self.plan.root(root).blocks.len() as u16 {
                self.lower_block(root, block);
            }
        }
        self.ordered();
    }

    /// Compiles the indexes that lists declare. What their conditions read is a row's own, so they depend on nothing that its
    /// fields do not.
    fn ordered(&mut self) {
        let spec = self.spec;
        for (number, (name, list)) in spec.lists.iter().enumerate() {
            let first = self.plan.ordered.len() as u16;
            for (index_name, index) in &list.indexes {
                let numbers = &self.plan.lists[number].field_numbers;
                let by = order_plan(&index.by, numbers);
                let mut read = indexmap::IndexSet::new();
                Typing::new(spec).reads(&index.when, &Typing::scope_index(name), &mut read);
                let read = read.iter().filter_map(|read| match read {
                    Read::Field(_, field) => numbers.get(field).copied(),
                    Read::Membership(_) => None,
                });
                let reads = by.iter().map(|(field, _)| *field).chain(read).fold(0, |all, field| all | 1 << field);
                let mut when = Vec::new();
                if !index.when.is_always() {
                    for (root, block) in self.plan.lists[number].homes.clone() {
                        when.push(self.lower(&index.when, Place::row(root, block), Some(&Type::Boolean)));
                    }
                }
                self.plan.ordered.push(OrderedPlan { name: index_name.clone(), by, when, reads });
            }
            self.plan.lists[number].ordered = first..self.plan.ordered.len() as u16;
        }
    }

    pub(super) fn base_fields(&self, root: u16) -> u16 {
        let list = self.plan.list(self.plan.root(root).list);
        if matches!(list.role, Role::Base { .. }) { list.fields.len() as u16 } else { 0 }
    }

    fn lower_block(&mut self, root: u16, block: u16) {
        let list = self.plan.root(root).block(block).list;
        let fields = self.plan.list(list).fields.len() as u16;
        let made = self.made[usize::from(root)][usize::from(block)].clone();
        let mut membership = Mask::NONE;
        let mut rules = Vec::new();
        for (number, one) in made.iter().enumerate() {
            let rule = self.lower_rule(root, block, number, *one, &mut membership);
            rules.push(rule);
        }
        let mut programs = Vec::new();
        let sets = if block == 0 { usize::from(self.plan.is_group_list(root)) } else { made.len() };
        for rule in 0..sets {
            programs.push((0..fields).map(|field| self.program(root, block, rule, field)).collect::<Vec<_>>());
        }
        let authored = (0..fields)
            .filter(|f| block != 0 && self.plan.list(list).fields[usize::from(*f)].write != Write::Locked)
            .collect();
        let reads = programs.iter().flatten().fold(membership, |reads, p| reads.with(p.reads));
        let above = rules.iter().any(|rule| self.plan.root(root).block(rule.parent).may_remake);
        let lines = rules.iter().any(|rule| match &rule.each {
            EachPlan::Table { lines, .. } => (0..).zip(lines).any(|(at, line)| line.first != at),
            _ => false,
        });
        let plan = &mut self.plan.roots[usize::from(root)].blocks[usize::from(block)];
        plan.may_remake = above || lines || rules.len() > 1;
        plan.rules = rules;
        plan.programs = programs;
        plan.membership = membership;
        plan.reads = reads;
        plan.authored = authored;
    }

    fn lower_rule(&mut self, root: u16, block: u16, number: usize, made: Made<'s>, membership: &mut Mask) -> RulePlan {
        let list = self.plan.root(root).block(block).list;
        let list_name = self.plan.list(list).name.clone();
        let plain = |when: Lowered, parent: u16, membership: &mut Mask| {
            membership.add(when.reads);
            RulePlan { name: list_name.clone(), parent, when, each: EachPlan::Row }
        };
        match made {
            Made::Check { when, parent } => {
                let when = self.lower(when, Place { row: None, ..Place::row(root, parent) }, Some(&Type::Boolean));
                plain(when, parent, membership)
            }
            Made::Required { field, parent } => {
                let of = self.plan.root(root).block(parent).list;
                let name = self.plan.list(of).fields[usize::from(field)].name.clone();
                let mut when = self.field(root, parent, 0, &name);
                when.op = Op::Missing(Box::new(when.op));
                when.ty = Type::Boolean;
                plain(when, parent, membership)
            }
            Made::Looser { field, parent } => {
                let mut when = Lowered::constant(Val::Missing, Type::Boolean);
                when.op = Op::Looser { field };
                let rules = if parent == 0 { 1 } else { self.rules(root, parent) };
                for rule in 0..rules {
                    let program = self.program(root, parent, rule, field);
                    when.depend(program.reads, Some(0));
                }
                plain(when, parent, membership)
            }
            Made::By { rule, parent } => {
                let place = Place { own: None, row: None, ..Place::row(root, parent) };
                let when = self.lower(&rule.when, place, Some(&Type::Boolean));
                membership.add(when.reads);
                let each = self.lower_each_plan(root, block, number, rule, parent, membership);
                RulePlan { name: rule.id.clone(), parent, when, each }
            }
        }
    }

    fn lower_each_plan(
        &mut self,
        root: u16,
        block: u16,
        number: usize,
        rule: &'s Rule,
        parent: u16,
        membership: &mut Mask,
    ) -> EachPlan {
        match &rule.each {
            Each::Row | Each::Group { .. } => EachPlan::Row,
            Each::Element(field) => {
                let list = self.field(root, parent, 0, field);
                membership.add(list.reads);
                let kind = self.kind(list.ty.element().unwrap_or(&Type::Text));
                // Whether anybody follows the references is known only once all is lowered.
                EachPlan::Element { list, kind, finder: None }
            }
            Each::Table(table) => {
                let by = self.field(root, parent, 0, &table.by);
                membership.add(by.reads);
                let typing = Typing::new(self.spec);
                let mut lines = Vec::new();
                let mut places: HashMap<u64, Vec<u32>, FixedState> = HashMap::default();
                for line in &table.lines {
                    let of = self.constant(&typing.coerce(&line.of, &by.ty).unwrap_or_default(), &by.ty);
                    let columns = table.columns.iter().map(|(name, ty)| {
                        let value = line.set.get(name).cloned().unwrap_or_default();
                        self.constant(&typing.coerce(&value, ty).unwrap_or_default(), ty)
                    });
                    let columns = columns.collect();
                    places.entry(crate::engine::hash_val(&of)).or_default().push(lines.len() as u32);
                    lines.push(LinePlan { of, first: lines.len() as u32, columns, segment: String::new() });
                }
                let columns = table.columns.iter().map(|(name, ty)| (name.clone(), self.kind(ty))).collect();
                let key = table.columns.get_index_of(&table.key).unwrap_or(0) as u16;
                let names: Vec<String> =
                    lines.iter().map(|line| format!("{:?}", line.columns[usize::from(key)])).collect();
                for line in &mut lines {
                    let name = &names[line.first as usize];
                    line.first = names.iter().position(|other| other == name).unwrap_or(0) as u32;
                }
                EachPlan::Table { by, lines, places, columns, key }
            }
            Each::Match { list, on, when } => {
                let plan = self.lower_match(root, block, number, parent, list, on, when, membership);
                EachPlan::Match(plan)
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one rule, taken apart by the caller")]
    fn lower_match(
        &mut self,
        root: u16,
        block: u16,
        number: usize,
        parent: u16,
        list: &'s Name,
        on: &'s [(Name, Probe)],
        when: &'s Expr,
        membership: &mut Mask,
    ) -> MatchPlan {
        let list_number = self.plan.list_numbers[list];
        let matched = self.plan.root_of(list_number).unwrap_or(0);
        let place = Place { own: None, row: None, ..Place::row(root, parent) };
        let element = self.element_at(root, block, number, None);
        let condition = Place { element, ..place };
        let when = self.lower(when, condition, Some(&Type::Boolean));
        membership.add(when.reads);
        let mut probes = Vec::new();
        let mut slots = Vec::new();
        let mut keyed = false;
        let mut watch = Mask::NONE;
        let mut literals: Vec<u16> = Vec::new();
        for (name, probe) in on {
            let slot = self.matched_slot(list_number, name);
            let ty = match slot {
                Some(slot) => self.slot_types[usize::from(matched)][usize::from(slot)].clone(),
                None if self.plan.is_group_list(matched) => Type::Text,
                None => Type::Reference(list.clone()),
            };
            let exprs: Vec<&'s Expr> = match probe {
                Probe::Is(expr) => vec![expr],
                Probe::AnyOf(exprs) => exprs.iter().collect(),
            };
            let mut ops = Vec::new();
            for expr in exprs {
                let lowered = self.lower_as(expr, place, Some(&ty));
                membership.add(lowered.reads);
                if let Op::Const(Val::KeyOf { list, .. }) = lowered.op {
                    literals.push(list);
                }
                ops.push(lowered.op);
            }
            match slot {
                Some(slot) => {
                    slots.push(slot);
                    watch.add(self.slot_bit(matched, slot));
                }
                None => keyed = true,
            }
            probes.push((slot, ops));
        }
        let index = if keyed { None } else { Some(self.index(matched, slots)) };
        let member = self.new_bit(root, BitName::Match { block, rule: number as u16 });
        membership.add(member);
        if self.plan.is_group_list(matched) {
            self.bit_sources[usize::from(root)].push((member, Source::Groups(matched)));
        }
        for target in literals {
            // Nobody can be posted under a row that there is not: when it comes, everybody looks.
            let action = Action::All { root, mask: member };
            self.plan.roots[usize::from(target)].triggers.push(Trigger {
                on: Mask::bit(127),
                back: Vec::new(),
                action,
            });
        }
        let (_, find) = self.find(root, block, number);
        let action = Action::Step { root, mask: member, find: find.clone() };
        self.plan.roots[usize::from(matched)].triggers.push(Trigger { on: watch, back: Vec::new(), action });
        MatchPlan { list: matched, index, on: probes, scalars: None, when, find }
    }
}
