//! The lists of a plan, and of each root the blocks of rows that are made from it.

use std::collections::HashMap;

use super::{Builder, Made};
use crate::{
    plan::{BlockPlan, FieldPlan, ListPlan, Mask, Role, RootPlan, SlotName, order_plan},
    schema::{Each, Presence, Severity, Write},
    value::Name,
};

/// A check: its name, severity and list, and what makes its findings in each family.
type CheckMade<'s> = (Name, Severity, u16, Vec<(u16, Made<'s>)>);

impl<'s> Builder<'s> {
    pub(super) fn lists(&mut self) {
        for (name, list) in &self.spec.lists {
            let number = self.plan.lists.len() as u16;
            self.plan.list_numbers.insert(name.clone(), number);
            let group = list.rules.iter().find_map(|rule| match &rule.each {
                Each::Group { by, .. } => Some(by.len()),
                _ => None,
            });
            let role = match group {
                Some(by) => Role::Group { root: self.plan.roots.len() as u16, segments: by as u8 },
                None if list.is_base() => Role::Base { root: self.plan.roots.len() as u16 },
                None => Role::Derived,
            };
            if !matches!(role, Role::Derived) {
                self.plan.roots.push(RootPlan {
                    list: number,
                    stride: 0,
                    slots: Vec::new(),
                    blocks: Vec::new(),
                    triggers: Vec::new(),
                    indexes: Vec::new(),
                    unique: Vec::new(),
                    partials: Vec::new(),
                    required: Vec::new(),
                    ranks: (0, 0),
                    bit_names: Vec::new(),
                    slot_names: Vec::new(),
                    group: None,
                });
                self.made.push(Vec::new());
                self.slot_types.push(Vec::new());
                self.bit_sources.push(Vec::new());
            }
            self.plan.lists.push(ListPlan {
                name: name.clone(),
                tier: list.tier,
                fields: Vec::new(),
                field_numbers: list.fields.keys().cloned().zip(0..).collect(),
                role,
                homes: Vec::new(),
                tagged: false,
                order: Vec::new(),
                ordered: 0..0,
            });
        }
        for (number, (_, list)) in self.spec.lists.iter().enumerate() {
            let fields: Vec<FieldPlan> = list
                .fields
                .iter()
                .map(|(name, field)| FieldPlan {
                    name: name.clone(),
                    ty: field.ty.clone(),
                    kind: self.kind(&field.ty),
                    write: field.write,
                    on_remove: field.on_remove,
                })
                .collect();
            let plan = &mut self.plan.lists[number];
            plan.fields = fields;
            plan.order = order_plan(&list.order, &plan.field_numbers);
            if let Role::Base { root } = plan.role {
                for (name, field) in &list.fields {
                    if field.presence == Presence::Required {
                        let slot = self.plan.roots[usize::from(root)].slots.len() as u16;
                        self.plan.roots[usize::from(root)].required.push(slot);
                    }
                    self.new_slot(root, field.ty.clone(), SlotName::Field(name.clone()));
                }
            }
        }
    }

    /// Gives each root list its blocks, each after those it reads.
    pub(super) fn blocks(&mut self) {
        for root in 0..self.plan.roots.len() {
            let list = self.plan.roots[root].list;
            self.new_block(root as u16, list, Vec::new());
        }
        // Lists in an order in which each comes after those that its rules read.
        let mut done: Vec<bool> = self.plan.lists.iter().map(|l| !matches!(l.role, Role::Derived)).collect();
        loop {
            let mut progress = false;
            for (number, (_, list)) in self.spec.lists.iter().enumerate() {
                let ready = list
                    .rules
                    .iter()
                    .all(|r| self.plan.list_numbers.get(&r.from).is_some_and(|f| done[usize::from(*f)]));
                if done[number] || !ready {
                    continue;
                }
                done[number] = true;
                progress = true;
                let mut families: Vec<(u16, Vec<Made<'s>>)> = Vec::new();
                for rule in &list.rules {
                    let from = self.plan.list_numbers[&rule.from];
                    for &(root, parent) in &self.plan.list(from).homes {
                        let made = Made::By { rule, parent };
                        match families.iter_mut().find(|(r, _)| *r == root) {
                            Some((_, all)) => all.push(made),
                            None => families.push((root, vec![made])),
                        }
                    }
                }
                families.sort_by_key(|(root, _)| *root);
                self.plan.lists[number].tagged = families.len() > 1;
                for (root, made) in families {
                    self.new_block(root, number as u16, made);
                }
            }
            if !progress {
                break;
            }
        }
        self.checks();
    }

    fn checks(&mut self) {
        let mut checks: Vec<CheckMade<'s>> = Vec::new();
        for (name, check) in &self.spec.checks {
            let Some(&of) = self.plan.list_numbers.get(&check.list) else { continue };
            let homes = &self.plan.list(of).homes;
            let made = homes.iter().map(|&(root, parent)| (root, Made::Check { when: &check.when, parent })).collect();
            checks.push((name.clone(), check.severity, of, made));
        }
        for (number, (name, list)) in self.spec.lists.iter().enumerate() {
            if list.is_base() {
                continue;
            }
            for (at, (field_name, field)) in list.fields.iter().enumerate() {
                let homes = &self.plan.lists[number].homes;
                let at = at as u16;
                let mut add = |suffix: &str, make: fn(u16, u16) -> Made<'s>| {
                    let id = Name::from(format!("{name}.{field_name}.{suffix}"));
                    let made = homes.iter().map(|&(root, parent)| (root, make(at, parent))).collect();
                    checks.push((id, Severity::Review, number as u16, made));
                };
                if field.presence == Presence::Required {
                    add("required", |field, parent| Made::Required { field, parent });
                }
                if matches!(field.write, Write::Narrow(_)) {
                    add("looser", |field, parent| Made::Looser { field, parent });
                }
            }
        }
        for (name, severity, of, made) in checks {
            let number = self.plan.lists.len() as u16;
            self.plan.lists.push(ListPlan {
                name,
                tier: None,
                fields: Vec::new(),
                field_numbers: HashMap::new(),
                role: Role::Check { severity, of },
                homes: Vec::new(),
                tagged: self.plan.list(of).tagged,
                order: Vec::new(),
                ordered: 0..0,
            });
            for (root, made) in made {
                self.new_block(root, number, vec![made]);
            }
        }
    }

    fn new_block(&mut self, root: u16, list: u16, made: Vec<Made<'s>>) {
        let blocks = &mut self.plan.roots[usize::from(root)].blocks;
        let block = blocks.len() as u16;
        for one in &made {
            let (Made::By { parent, .. }
            | Made::Check { parent, .. }
            | Made::Required { parent, .. }
            | Made::Looser { parent, .. }) = one;
            let children = &mut blocks[usize::from(*parent)].children;
            if children.last() != Some(&block) {
                children.push(block);
            }
        }
        blocks.push(BlockPlan {
            list,
            rules: Vec::new(),
            programs: Vec::new(),
            membership: Mask::NONE,
            reads: Mask::NONE,
            rank: 0,
            aggregates: Vec::new(),
            groups: Vec::new(),
            may_collide: made.len() > 1,
            may_remake: false,
            children: Vec::new(),
            authored: Vec::new(),
        });
        self.made[usize::from(root)].push(made);
        self.plan.lists[usize::from(list)].homes.push((root, block));
    }

    /// Returns how many rules make the rows of a block.
    pub(super) fn rules(&self, root: u16, block: u16) -> usize {
        self.made[usize::from(root)][usize::from(block)].len()
    }
}
