//! What rests on an item, and what becomes of it when the item goes.

use super::{
    AdjustmentError, Dependants,
    compile::{CANCELLED, Draft, IN_USE, json, keys, text},
};
use crate::{
    explain::{Fed, Feeds},
    system::{ListSystem, Row},
    value::Name,
};

/// The lists whose rows belong to one power, and the field that says to which.
const OWNED: [(&str, &str); 2] = [("implementers", "power"), ("variants", "power")];

/// The lists whose rows refer to sets of powers, and the fields in which they do.
pub(super) const MATTERS: [(&str, &[&str]); 5] = [
    ("regulation_matters", &["watched", "exercised", "may_lead_to"]),
    ("fee_matters", &["powers"]),
    ("intermediary_matters", &["approvals"]),
    ("boundary_matters", &["powers"]),
    ("territorial_matters", &["powers"]),
];

/// Returns who implements a power, by key.
pub(super) fn implementers(now: &ListSystem, power: &str) -> Vec<String> {
    Below::of(now, power).keys("implementers", "power", |_| true)
}

/// What rests on a power. Whatever refers to it is fed by it.
pub(super) struct Below<'a> {
    now: &'a ListSystem,
    power: &'a str,
    feeds: Option<Feeds>,
}

impl<'a> Below<'a> {
    pub(super) fn of(now: &'a ListSystem, power: &'a str) -> Self {
        // A power that is not there yet feeds nothing.
        Self { now, power, feeds: now.feeds("powers", power).ok() }
    }

    /// Visits everything that the power feeds.
    pub(super) fn feeds(&self) -> impl Iterator<Item = &Fed> {
        self.feeds.iter().flat_map(Feeds::rows)
    }

    /// Visits the rows of a list that the power feeds.
    fn rows(&self, list: &str) -> impl Iterator<Item = Row<'a>> {
        let view = self.now.list(list).ok();
        let fed =
            self.feeds().filter(move |fed| fed.list.as_str() == list).map(|fed| fed.key.clone()).collect::<Vec<_>>();
        fed.into_iter().filter_map(move |key| view?.row(&key))
    }

    fn is_referred_to(&self, row: &Row<'_>, field: &str) -> bool {
        keys(row, field).iter().any(|key| key == self.power)
    }

    /// Returns the keys of the rows of a list that refer to the power by a field.
    fn keys(&self, list: &str, field: &str, holds: impl Fn(&Row<'_>) -> bool) -> Vec<String> {
        let rows = self.rows(list).filter(|row| self.is_referred_to(row, field) && holds(row));
        rows.map(|row| row.key().to_string()).collect()
    }

    /// Returns the rows of matters that refer to the power, each with the fields in which it does.
    pub(super) fn matters(&self) -> Vec<(&'static str, String, Vec<&'static str>)> {
        let mut found = Vec::new();
        for (list, fields) in MATTERS {
            for row in self.rows(list) {
                let refers = fields.iter().copied().filter(|field| self.is_referred_to(&row, field));
                let refers: Vec<&'static str> = refers.collect();
                if !refers.is_empty() {
                    found.push((list, row.key().to_string(), refers));
                }
            }
        }
        found
    }
}

/// What those read whom a withdrawn row belongs to.
const WITHDRAWN: &str = "所依据的事项不再行使，本项随之撤下，内容留存待复核";

fn is_live(row: &Row<'_>) -> bool {
    text(row, "state").is_none_or(|state| state != CANCELLED)
}

/// Which dependants of an item go with it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// All of them.
    All,
    /// Its sub-items and what belongs to it; matters go on with what follows on it.
    Owned,
}

/// Does with what rests on an item that goes what a policy says.
pub(super) fn settle(
    draft: &mut Draft<'_>,
    below: &Below<'_>,
    policy: Dependants,
    of: Of,
) -> Result<(), AdjustmentError> {
    let (now, power) = (below.now, below.power);
    let subitems = below.keys("powers", "parent", is_live);
    let mut owned: Vec<(&'static str, String)> = Vec::new();
    for (list, field) in OWNED {
        owned.extend(below.keys(list, field, is_live).into_iter().map(|key| (list, key)));
    }
    // Of matters, only those that nothing else in use keeps.
    let alone = |list: &str, key: &str, fields: &[&str]| {
        let Some(row) = now.list(list).ok().and_then(|view| view.row(key)) else { return false };
        let in_use = |other: &String| {
            other != power
                && now
                    .list("powers")
                    .ok()
                    .and_then(|view| view.row(other))
                    .is_some_and(|row| text(&row, "state").is_none_or(|state| state == IN_USE))
        };
        is_live(&row) && !fields.iter().flat_map(|field| keys(&row, field)).any(|other| in_use(&other))
    };
    let mut with_it = if of == Of::All { below.matters() } else { Vec::new() };
    with_it.retain(|(list, key, _)| {
        let of_list = MATTERS.iter().find(|(name, _)| name == list);
        of_list.is_some_and(|(_, fields)| alone(list, key, fields))
    });
    owned.extend(with_it.into_iter().map(|(list, key, _)| (list, key)));
    if policy == Dependants::Restrict {
        let named = |list: &str, key: &str| (Name::from(list), key.to_owned());
        let mut dependants: Vec<(Name, String)> = subitems.iter().map(|key| named("powers", key)).collect();
        dependants.extend(owned.iter().map(|(list, key)| named(list, key)));
        if dependants.is_empty() {
            return Ok(());
        }
        return Err(AdjustmentError::Dependants { power: power.to_owned(), dependants });
    }
    let effective = draft.of.effective;
    for (list, key) in owned {
        if policy == Dependants::Withdraw {
            let copy = draft.row(list, &key).map(|row| json(&row.to_record()));
            draft.review(list, &key, WITHDRAWN, copy.as_deref());
        }
        draft.set(list, &key, "state", CANCELLED);
        draft.set(list, &key, "cancelled_on", effective);
        let is_matter = MATTERS.iter().any(|(name, _)| *name == list);
        if let Some(decision) = draft.of.decision.filter(|_| is_matter) {
            draft.set(list, &key, "decision", decision);
        }
    }
    for key in subitems {
        super::items::end(draft, &key, &[])?;
        settle(draft, &Below::of(now, &key), policy, of)?;
    }
    Ok(())
}
