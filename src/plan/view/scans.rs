//! What goes through more than what is affected.

use super::{Scan, names::distinct};
use crate::{
    plan::{Action, BitName, EachPlan, Mask, Op, Plan, Role},
    store::Kind,
};

impl Plan {
    pub(super) fn shown_scans(&self) -> Vec<Scan> {
        let mut scans = Vec::new();
        let roots = 0..self.roots.len() as u16;
        roots.clone().for_each(|root| self.all_families(root, &mut scans));
        roots.clone().for_each(|root| self.whole_blocks(root, &mut scans));
        roots.clone().for_each(|root| self.tried(root, &mut scans));
        scans.extend(roots.clone().filter_map(|root| self.shared_bits(root)));
        for (number, list) in (0..).zip(&self.lists) {
            if !list.order.is_empty() && self.order_index(number).is_none() {
                scans.push(Scan::Sorted { list: list.name.clone(), by: list.named(&list.order) });
            }
        }
        self.explained(&mut scans);
        for root in roots {
            self.rekeyed(root, &mut scans);
        }
        scans
    }

    fn all_families(&self, root: u16, scans: &mut Vec<Scan>) {
        for trigger in &self.root(root).triggers {
            let Action::All { root: to, mask } = trigger.action else { continue };
            let (of, families) = (self.root_list(root).clone(), self.root_list(to).clone());
            let (on, affects) = (self.things(root, trigger.on), self.affected(to, mask));
            let alike = |scan: &&mut Scan| match scan {
                Scan::AllFamilies { on: o, of: l, families: f, .. } => *o == on && *l == of && *f == families,
                _ => false,
            };
            match scans.iter_mut().find(alike) {
                Some(Scan::AllFamilies { affects: known, .. }) => {
                    let all = known.drain(..).chain(affects).collect::<Vec<_>>();
                    *known = distinct(all);
                }
                _ => scans.push(Scan::AllFamilies { on, of, families, affects }),
            }
        }
    }

    fn whole_blocks(&self, root: u16, scans: &mut Vec<Scan>) {
        let of = self.root(root);
        // Whether a family can have more than one row of a block.
        let mut many = vec![false; of.blocks.len()];
        for (number, block) in of.blocks.iter().enumerate().skip(1) {
            many[number] = block.rules.len() > 1
                || block.rules.iter().any(|rule| many[usize::from(rule.parent)] || self.makes_many(&rule.each));
            // A check goes through what its list goes through anyway.
            if !many[number] || matches!(self.list(block.list).role, Role::Check { .. }) {
                continue;
            }
            let on = (0..)
                .zip(&of.bit_names)
                .filter(|(at, name)| block.reads.meets(Mask::bit(*at)) && self.is_of_one_row(root, &many, name));
            let on = distinct(on.map(|(_, name)| self.thing(root, name)));
            if !on.is_empty() {
                let list = self.list(block.list).name.clone();
                scans.push(Scan::WholeBlock { list, families: self.root_list(root).clone(), on });
            }
        }
    }

    /// Tells whether a step may lead from one row to several.
    fn makes_many(&self, each: &EachPlan) -> bool {
        match each {
            EachPlan::Row => false,
            EachPlan::Element { .. } | EachPlan::Table { .. } => true,
            EachPlan::Match(of) => {
                let one = of.index.is_none_or(|index| self.root(of.list).unique.contains(&index));
                !one || of.on.iter().any(|(_, probes)| probes.len() > 1)
            }
        }
    }

    /// Tells whether a thing may change for one row of a family and stay as it is for others.
    fn is_of_one_row(&self, root: u16, many: &[bool], name: &BitName) -> bool {
        match name {
            BitName::Slot(_) => false,
            BitName::Authored { block, .. } => many[usize::from(*block)],
            BitName::Matched { .. } | BitName::Match { .. } => true,
            BitName::Path { start, .. } => self.moves(root, many, start),
        }
    }

    fn moves(&self, root: u16, many: &[bool], op: &Op) -> bool {
        match op {
            Op::Step { .. } | Op::Candidate { .. } => true,
            Op::Authored { block, .. } => many[usize::from(*block)],
            Op::Field { block, field, .. } => {
                let programs = &self.root(root).block(*block).programs;
                programs.iter().any(|programs| programs[usize::from(*field)].near.is_some())
                    && many[usize::from(*block)]
            }
            other => other.operands().into_iter().any(|op| self.moves(root, many, op)),
        }
    }

    fn tried(&self, root: u16, scans: &mut Vec<Scan>) {
        for block in &self.root(root).blocks {
            for rule in &block.rules {
                let EachPlan::Match(of) = &rule.each else { continue };
                let list = &self.list(block.list).name;
                let declared = self.schema.typed().lists.get(list);
                let declared = declared.and_then(|list| list.rules.iter().find(|one| one.id == rule.name));
                // A key leads to one row; what is found by values may be many.
                let Some(crate::schema::Each::Match { when, .. }) = declared.map(|rule| &rule.each) else { continue };
                if of.index.is_none() || when.is_always() {
                    continue;
                }
                let scan = Scan::Tried {
                    list: list.clone(),
                    rule: rule.name.clone(),
                    matched: self.root_list(of.list).clone(),
                    when: when.to_string(),
                };
                if !scans.contains(&scan) {
                    scans.push(scan);
                }
            }
        }
    }

    fn shared_bits(&self, root: u16) -> Option<Scan> {
        let names = &self.root(root).bit_names;
        let shares = |at: usize| {
            let mask = Mask::bit(at);
            (0..names.len()).any(|other| other != at && mask.meets(Mask::bit(other)))
        };
        let shared = names.iter().enumerate().filter(|(at, _)| shares(*at));
        let things = distinct(shared.map(|(_, name)| self.thing(root, name)));
        (!things.is_empty()).then(|| Scan::SharedBits { families: self.root_list(root).clone(), things })
    }

    fn explained(&self, scans: &mut Vec<Scan>) {
        for aggregate in &self.aggregates {
            let partial = &self.partials[usize::from(aggregate.partial)];
            let is_indexed = match &aggregate.by.op {
                Op::Root => true,
                Op::Slot(slot) => self.indexes.iter().any(|index| {
                    (index.root, index.target) == (aggregate.root, Some(partial.root)) && index.slots == [*slot]
                }),
                _ => false,
            };
            if !is_indexed {
                let what = self.slot(partial.root, partial.slot);
                let through = self.block_list(aggregate.root, aggregate.block).clone();
                scans.push(Scan::Explained { what, through });
            }
        }
        for (root, of) in (0..).zip(&self.roots) {
            for member in of.group.iter().flat_map(|group| &group.members) {
                let through = self.block_list(member.root, member.block).clone();
                let scan = Scan::Explained { what: format!("a row of {}", self.root_list(root)), through };
                if !scans.contains(&scan) {
                    scans.push(scan);
                }
            }
        }
    }

    fn rekeyed(&self, root: u16, scans: &mut Vec<Scan>) {
        if !matches!(self.list(self.root(root).list).role, Role::Base { .. }) {
            return;
        }
        for (home, of) in (0..).zip(&self.roots) {
            let elements = of.blocks.iter().flat_map(|block| &block.rules).any(|rule| match &rule.each {
                EachPlan::Element { kind: Kind::Reference(list), finder: None, list: source } => {
                    *list == root && !matches!(source.op, Op::Slot(_))
                }
                _ => false,
            });
            let shared = of.group.as_ref().map_or(0, |group| usize::from(group.by));
            let grouped = of.slots[..shared].iter().any(|slot| slot.kind == Kind::Reference(root));
            if elements || grouped {
                let (list, families) = (self.root_list(root).clone(), self.root_list(home).clone());
                scans.push(Scan::Rekeyed { list, families });
            }
        }
    }
}
