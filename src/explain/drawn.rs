//! The rows from which aggregates and groups draw.

use super::spot::Spot;
use crate::{
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
    let is_it = |partial: u16| {
        let partial = &sight.plan.partials[usize::from(partial)];
        (partial.root, partial.slot) == (group.root, slot)
    };
    let drawn = |(spot, member): (Spot<'a>, &'a MemberPlan)| {
        let (_, when, value) = member.inputs.iter().find(|(partial, ..)| is_it(*partial))?;
        spot.is_true(&when.op).then_some(Drawn { spot, when, value: value.as_ref(), member: Some(member) })
    };
    members(sight, group).into_iter().filter_map(drawn).collect()
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
