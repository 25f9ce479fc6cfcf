//! What lies beyond a family: who is looked at elsewhere, how they are found, and in which order all settles.

use indexmap::IndexMap;

use super::{FindBy, FoundBy, Index, IndexUse, PostedBy, Posting, Reaction, Round, names::distinct};
use crate::plan::{Action, EachPlan, Find, ListPlan, Mask, OrderedPlan, Plan, Role, Trigger};

/// How a change leads to families elsewhere.
#[derive(PartialEq, Eq, Hash)]
struct Way {
    on: Vec<String>,
    back: Vec<u16>,
    to: u16,
    find: FindBy,
}

impl Plan {
    pub(super) fn shown_reactions(&self, root: u16) -> Vec<Reaction> {
        // Triggers that lead to the same families the same way are told together; then those that differ only in what
        // changes.
        let mut ways: IndexMap<Way, Mask> = IndexMap::new();
        for trigger in &self.root(root).triggers {
            let (to, find, mask) = self.found(root, trigger);
            let way = Way { on: self.things(root, trigger.on), back: trigger.back.clone(), to, find };
            ways.entry(way).or_insert(Mask::NONE).add(mask);
        }
        let mut reactions: Vec<Reaction> = Vec::new();
        for (Way { on, back, to, find }, mask) in ways {
            let back = back.iter().flat_map(|index| self.index_fields(*index)).collect();
            let affects = self.affected(to, mask);
            let reaction = Reaction { on, back, find, list: self.root_list(to).clone(), affects };
            let alike = |other: &&mut Reaction| {
                (&other.back, &other.find, &other.list, &other.affects)
                    == (&reaction.back, &reaction.find, &reaction.list, &reaction.affects)
            };
            match reactions.iter_mut().find(alike) {
                Some(other) => other.on.extend(reaction.on),
                None => reactions.push(reaction),
            }
        }
        reactions
    }

    /// Returns the root list of the families that a trigger leads to, how they are found, and what of them is looked at.
    pub(super) fn found(&self, root: u16, trigger: &Trigger) -> (u16, FindBy, Mask) {
        // The list whose rows are found by going back.
        let at = trigger.back.last().map_or(root, |index| self.indexes[usize::from(*index)].root);
        match &trigger.action {
            Action::Root { root, mask } => (*root, FindBy::Root, *mask),
            Action::Step { root, mask, find } => {
                let by = match find {
                    Find::Referred(slot) => FindBy::Reference(self.slot(at, *slot)),
                    find => FindBy::Posting(self.posted_under(at, find)),
                };
                (*root, by, *mask)
            }
            Action::Authored { root, mask, .. } => (*root, FindBy::Posting(self.keys(at)), *mask),
            Action::All { root, mask } => (*root, FindBy::All, *mask),
        }
    }

    /// Names what of a family depends on the things of a mask.
    pub(super) fn affected(&self, root: u16, mask: Mask) -> Vec<String> {
        let mut affected = Vec::new();
        for of in &self.root(root).blocks {
            let list = self.list(of.list);
            if mask.meets(of.membership) {
                let what = if matches!(list.role, Role::Check { .. }) { "findings" } else { "rows" };
                affected.push(format!("{what} of {}", list.name));
            }
            for (number, field) in list.fields.iter().enumerate() {
                if of.programs.iter().any(|programs| mask.meets(programs[number].reads)) {
                    affected.push(format!("{}.{}", list.name, field.name));
                }
            }
            for number in &of.aggregates {
                let aggregate = &self.aggregates[usize::from(*number)];
                if mask.meets(aggregate.reads) {
                    let partial = &self.partials[usize::from(aggregate.partial)];
                    affected.push(self.slot(partial.root, partial.slot));
                }
            }
            for (group, member) in &of.groups {
                let plan = self.root(*group).group.as_ref().map(|group| &group.members[usize::from(*member)]);
                if plan.is_some_and(|member| mask.meets(member.reads)) {
                    affected.push(format!("members of {}", self.root_list(*group)));
                }
            }
        }
        distinct(affected)
    }

    fn index_fields(&self, index: u16) -> Vec<String> {
        let of = &self.indexes[usize::from(index)];
        of.slots.iter().map(|slot| self.slot(of.root, *slot)).collect()
    }

    fn keys(&self, root: u16) -> Vec<String> {
        vec![format!("{}.key", self.root_list(root))]
    }

    fn posted_under(&self, matched: u16, find: &Find) -> Vec<String> {
        match find {
            Find::Referred(slot) => vec![self.slot(matched, *slot)],
            Find::Tuple { slots, .. } => slots.iter().map(|slot| self.slot(matched, *slot)).collect(),
            Find::Keyed(_) | Find::Row(_) => self.keys(matched),
        }
    }

    pub(super) fn shown_found_by(&self) -> Vec<FoundBy> {
        let of_list = |(number, list): (usize, &ListPlan)| {
            let declared = self.schema.spec().lists.get(&list.name);
            let shown = move |(index, of): (u16, &OrderedPlan)| {
                let when = declared.and_then(|list| list.indexes.get(&of.name)).map(|index| &index.when);
                FoundBy {
                    list: list.name.clone(),
                    index: of.name.clone(),
                    by: list.named(&of.by),
                    when: when.filter(|when| !when.is_always()).map(ToString::to_string),
                    orders_the_list: self.order_index(number as u16) == Some(index),
                }
            };
            self.ordered_of(number as u16).map(shown).collect::<Vec<_>>()
        };
        self.lists.iter().enumerate().flat_map(of_list).collect()
    }

    pub(super) fn shown_indexes(&self) -> Vec<Index> {
        let show = |number: u16| {
            let of = &self.indexes[usize::from(number)];
            let mut uses = Vec::new();
            if self.root(of.root).unique.contains(&number) {
                uses.push(IndexUse::Unique);
            }
            uses.extend(of.target.map(|target| IndexUse::Referring(self.root_list(target).clone())));
            for block in self.roots.iter().flat_map(|root| &root.blocks) {
                for rule in &block.rules {
                    if matches!(&rule.each, EachPlan::Match(of) if of.index == Some(number)) {
                        let used =
                            IndexUse::Match { list: self.list(block.list).name.clone(), rule: rule.name.clone() };
                        if !uses.contains(&used) {
                            uses.push(used);
                        }
                    }
                }
            }
            Index { fields: self.index_fields(number), uses }
        };
        (0..self.indexes.len() as u16).map(show).collect()
    }

    pub(super) fn shown_postings(&self) -> Vec<Posting> {
        let mut postings = Vec::new();
        for (root, of) in (0..).zip(&self.roots) {
            for block in &of.blocks {
                for rule in &block.rules {
                    let under = match &rule.each {
                        EachPlan::Match(of) if !matches!(of.find, Find::Referred(_)) => {
                            self.posted_under(of.list, &of.find)
                        }
                        EachPlan::Element { kind: crate::store::Kind::Reference(list), finder: Some(_), .. } => {
                            self.keys(*list)
                        }
                        _ => continue,
                    };
                    let by = PostedBy::Rule { list: self.list(block.list).name.clone(), rule: rule.name.clone() };
                    postings.push(Posting { families: self.root_list(root).clone(), under, by });
                }
            }
        }
        for reference in &self.authored_references {
            let list = self.list(reference.list);
            let by = PostedBy::Authored(format!("{}.{}", list.name, list.fields[usize::from(reference.field)].name));
            for (root, _) in &list.homes {
                let families = self.root_list(*root).clone();
                postings.push(Posting { families, under: self.keys(reference.target), by: by.clone() });
            }
        }
        postings
    }

    pub(super) fn shown_rounds(&self) -> Vec<Round> {
        let round = |rank: u16| {
            let settles = |number: u16| {
                let mut homes = self.list(number).homes.iter();
                homes.any(|(root, block)| self.root(*root).block(*block).rank == rank)
            };
            let lists = (0..self.lists.len() as u16).filter(|list| settles(*list));
            let complete = self.partials.iter().zip(0..).filter(|(partial, number)| {
                let group = self.root(partial.root).group.as_ref();
                let drawn = self.aggregates.iter().filter(|aggregate| aggregate.partial == *number);
                let last = match group {
                    Some(group) if drawn.clone().next().is_none() => group.members.iter().map(|m| m.rank).max(),
                    _ => drawn.map(|aggregate| aggregate.rank).max(),
                };
                last.is_some_and(|last| last + 1 == rank)
            });
            Round {
                number: rank + 1,
                complete: distinct(complete.map(|(partial, _)| self.slot(partial.root, partial.slot))),
                lists: lists.map(|list| self.list(list).name.clone()).collect(),
            }
        };
        let settles = |round: &Round| !round.complete.is_empty() || !round.lists.is_empty();
        (0..=self.rounds).map(round).filter(settles).collect()
    }
}
