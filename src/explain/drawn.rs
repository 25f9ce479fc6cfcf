//! The rows from which aggregates and groups draw.

use std::collections::HashMap;

use super::spot::Spot;
use crate::{
    engine::Names,
    plan::{AggregatePlan, Lowered, MemberPlan, Op},
    store::{Items, Val},
    system::Sight,
};

/// A row that counts in an aggregate, with the programs that read it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Drawn<'a> {
    pub(super) spot: Spot<'a>,
    pub(super) when: &'a Lowered,
    pub(super) value: Option<&'a Lowered>,
    /// How it joins the group, if it is a member of one.
    pub(super) member: Option<&'a MemberPlan>,
}

/// Finds the rows that count in an aggregate over the rows that refer to a row, by list and key.
pub(super) fn rows_of<'a>(sight: &Sight<'a>, here: Spot<'a>, slot: u16) -> Vec<Drawn<'a>> {
    let mut found = Vec::new();
    for plan in &sight.plan.aggregates {
        let partial = &sight.plan.partials[usize::from(plan.partial)];
        if (partial.root, partial.slot) != (here.root, slot) {
            continue;
        }
        for spot in candidates(sight, here, plan) {
            let by = spot.eval(&plan.by.op);
            if refers(&spot, &by, here) && spot.is_true(&plan.when.op) {
                found.push(Drawn { spot, when: &plan.when, value: plan.value.as_ref(), member: None });
            }
        }
    }
    found.sort_by_cached_key(|drawn| (drawn.spot.list(), drawn.spot.key()));
    found
}

/// Returns the rows that may refer to a row: by the links where there are any, else all.
fn candidates<'a>(
    sight: &Sight<'a>,
    here: Spot<'a>,
    plan: &'a AggregatePlan,
) -> Box<dyn Iterator<Item = Spot<'a>> + 'a> {
    let (all, store) = (sight.plan, sight.store);
    let families = match (&plan.by.op, sight.links) {
        (Op::Root, _) if plan.root == here.root => Some(vec![here.row]),
        (Op::Root, _) => Some(Vec::new()),
        (Op::Slot(slot), Some(links)) => {
            let is_index = |index: &crate::plan::IndexPlan| {
                index.root == plan.root && index.slots == [*slot] && index.target == Some(here.root)
            };
            let index = (0..).zip(&all.indexes).find(|(_, index)| is_index(index));
            index.map(|(index, _)| links.referring(all, store, index, here.row))
        }
        _ => None,
    };
    match families {
        Some(rows) => Box::new(rows.into_iter().flat_map(move |row| {
            Spot::root(all, store, plan.root, row).into_iter().flat_map(move |root| root.family(plan.block))
        })),
        None => Box::new(Spot::all(all, store, plan.root, plan.block)),
    }
}

fn refers<'a>(spot: &Spot<'a>, by: &Val<'a>, here: Spot<'a>) -> bool {
    let is = |val: &Val<'a>| spot.referred(val).is_some_and(|row| row.id() == here.id());
    match by {
        Val::List(items) => items.iter(spot.store).any(|val| is(&val)),
        one => is(one),
    }
}

/// Finds the members of a group, by list and key, each with how the group's rule reads it.
pub(super) fn members<'a>(sight: &Sight<'a>, group: Spot<'a>) -> Vec<(Spot<'a>, &'a MemberPlan)> {
    let root = sight.plan.root(group.root);
    let Some(plan) = &root.group else { return Vec::new() };
    let shared: Vec<Val<'a>> = (0..plan.by).map(|by| group.slot(by)).collect();
    let mut found = Vec::new();
    for member in &plan.members {
        for spot in Spot::all(sight.plan, sight.store, member.root, member.block) {
            let same = |(by, shared): (&'a Lowered, &Val<'a>)| spot.names().same(&spot.eval(&by.op), shared);
            if member.by.iter().zip(&shared).all(same) && spot.is_true(&member.when.op) {
                found.push((spot, member));
            }
        }
    }
    found.sort_by_cached_key(|(spot, _)| (spot.list(), spot.key()));
    found
}

/// Finds the members of a group that count in an aggregate.
pub(super) fn of_members<'a>(sight: &Sight<'a>, group: Spot<'a>, slot: u16) -> Vec<Drawn<'a>> {
    counted(members(sight, group), group, slot)
}

/// Keeps of the members of a group those that count in an aggregate.
fn counted<'a>(members: Vec<(Spot<'a>, &'a MemberPlan)>, group: Spot<'a>, slot: u16) -> Vec<Drawn<'a>> {
    let is_it = |partial: u16| {
        let partial = &group.plan.partials[usize::from(partial)];
        (partial.root, partial.slot) == (group.root, slot)
    };
    let drawn = |(spot, member): (Spot<'a>, &'a MemberPlan)| {
        let (_, when, value) = member.inputs.iter().find(|(partial, ..)| is_it(*partial))?;
        spot.is_true(&when.op).then_some(Drawn { spot, when, value: value.as_ref(), member: Some(member) })
    };
    members.into_iter().filter_map(drawn).collect()
}

/// The rows from which aggregates and groups draw, looked for each time, or gathered in one go over all rows.
#[derive(Debug)]
pub(super) enum Draws<'a> {
    Looked(Sight<'a>),
    Gathered(Gathered<'a>),
}

/// The rows drawn from, by the row that keeps the value and its slot; the members, by group.
#[derive(Debug, Default)]
pub(super) struct Gathered<'a> {
    rows_of: HashMap<(u16, u32, u16), Vec<Drawn<'a>>>,
    members: HashMap<(u16, u32), Vec<(Spot<'a>, &'a MemberPlan)>>,
}

impl<'a> Draws<'a> {
    pub(super) fn rows_of(&self, here: Spot<'a>, slot: u16) -> Vec<Drawn<'a>> {
        match self {
            Self::Looked(sight) => rows_of(sight, here, slot),
            Self::Gathered(all) => all.rows_of.get(&(here.root, here.row, slot)).cloned().unwrap_or_default(),
        }
    }

    pub(super) fn members(&self, group: Spot<'a>) -> Vec<(Spot<'a>, &'a MemberPlan)> {
        match self {
            Self::Looked(sight) => members(sight, group),
            Self::Gathered(all) => all.members.get(&(group.root, group.row)).cloned().unwrap_or_default(),
        }
    }

    pub(super) fn of_members(&self, group: Spot<'a>, slot: u16) -> Vec<Drawn<'a>> {
        counted(self.members(group), group, slot)
    }

    /// Gathers all, going once through each list that is drawn from.
    pub(super) fn gathered(sight: &Sight<'a>) -> Self {
        let (plan, store) = (sight.plan, sight.store);
        let mut all = Gathered::default();
        for aggregate in &plan.aggregates {
            let partial = &plan.partials[usize::from(aggregate.partial)];
            for spot in Spot::all(plan, store, aggregate.root, aggregate.block) {
                let mut targets = Vec::new();
                references(&spot, &spot.eval(&aggregate.by.op), &mut |row| targets.push((row.root, row.row)));
                targets.retain(|(root, _)| *root == partial.root);
                targets.sort_unstable();
                targets.dedup();
                if targets.is_empty() || !spot.is_true(&aggregate.when.op) {
                    continue;
                }
                let drawn = Drawn { spot, when: &aggregate.when, value: aggregate.value.as_ref(), member: None };
                for (root, row) in targets {
                    all.rows_of.entry((root, row, partial.slot)).or_default().push(drawn);
                }
            }
        }
        for (root, of) in (0..).zip(&plan.roots) {
            for member in of.group.iter().flat_map(|group| &group.members) {
                for spot in Spot::all(plan, store, member.root, member.block) {
                    if spot.is_true(&member.when.op)
                        && let Some(key) = group_key(&spot, member)
                        && let Some(row) = store.find(root, &key)
                    {
                        all.members.entry((root, row)).or_default().push((spot, member));
                    }
                }
            }
        }
        Self::Gathered(all)
    }
}

/// Writes the key of the group that a row is a member of; nothing where a value is missing that its key would hold.
pub(super) fn group_key(spot: &Spot<'_>, member: &MemberPlan) -> Option<String> {
    let names = spot.names();
    let mut key = String::new();
    for by in &member.by {
        let val = spot.cx().eval(&by.op, spot.at);
        if !Names::can_be_segment(&val) {
            return None;
        }
        if !key.is_empty() {
            key.push('/');
        }
        names.write_segment(&val, &mut key);
    }
    Some(key)
}

/// Visits the references in a value.
pub(super) fn references<'a>(spot: &Spot<'a>, val: &Val<'a>, visit: &mut impl FnMut(Spot<'a>)) {
    match val {
        Val::List(Items::Vals(vals)) => vals.iter().for_each(|val| references(spot, val, visit)),
        Val::List(items) => items.iter(spot.store).for_each(|val| references(spot, &val, visit)),
        one => {
            if let Some(row) = spot.referred(one) {
                visit(row);
            }
        }
    }
}
