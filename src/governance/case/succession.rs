//! Items that follow on others: merged, split, of another type. The old ones stay and say what follows; what was authored below them
//! moves as it is said, and what has no place is listed.

use std::collections::BTreeSet;

use super::{
    AdjustmentError, Dependants, Move, Needed, NewItem, Nothing,
    compile::{Draft, IN_USE, SUSPENDED, text},
    dependants::{self, Below},
    items,
};
use crate::{
    governance::kind::Kind,
    record::Record,
    schema::Write,
    system::{ListSystem, Row},
    value::{Name, Value},
};

pub(super) fn merge(
    draft: &mut Draft<'_>,
    powers: &[String],
    into: &NewItem,
    moves: &[Move],
    policy: Dependants,
) -> Result<(), AdjustmentError> {
    let different: BTreeSet<&String> = powers.iter().collect();
    if different.len() < 2 || different.len() < powers.len() {
        return Err(AdjustmentError::TooFew { what: Kind::Merge, least: 2, given: different.len() });
    }
    follow(draft, powers, std::slice::from_ref(into), moves, policy)
}

pub(super) fn split(
    draft: &mut Draft<'_>,
    power: &str,
    into: &[NewItem],
    moves: &[Move],
    policy: Dependants,
) -> Result<(), AdjustmentError> {
    if into.len() < 2 {
        return Err(AdjustmentError::TooFew { what: Kind::Split, least: 2, given: into.len() });
    }
    follow(draft, &[power.to_owned()], into, moves, policy)
}

pub(super) fn retype(
    draft: &mut Draft<'_>,
    power: &str,
    into: &NewItem,
    moves: &[Move],
    policy: Dependants,
) -> Result<(), AdjustmentError> {
    let row = draft.in_state("powers", power, &[IN_USE, SUSPENDED], Needed::Alive)?;
    let ty = row.and_then(|row| text(&row, "type"));
    if ty.is_some_and(|ty| into.record.get("type").to_string() == ty) {
        return Err(AdjustmentError::Nothing(Nothing::OneType(power.into(), into.key.clone())));
    }
    follow(draft, &[power.to_owned()], std::slice::from_ref(into), moves, policy)
}

/// Enters the new items, ends the old ones, and moves what was authored below them.
fn follow(
    draft: &mut Draft<'_>,
    old: &[String],
    new: &[NewItem],
    moves: &[Move],
    policy: Dependants,
) -> Result<(), AdjustmentError> {
    for power in old {
        draft.in_state("powers", power, &[IN_USE, SUSPENDED], Needed::Alive)?;
    }
    for item in new {
        items::add(draft, item)?;
    }
    let successors: Vec<String> = new.iter().map(|item| item.key.clone()).collect();
    // What is authored is looked at before anything is moved.
    let below: Vec<Below<'_>> = old.iter().map(|power| Below::of(draft.now, power)).collect();
    let authored = below.iter().flat_map(|below| authored_below(draft.now, below)).collect();
    for (power, below) in old.iter().zip(&below) {
        items::end(draft, power, &successors)?;
        // Matters that refer to an old item refer to what follows on it.
        for (list, key, fields) in below.matters() {
            for field in fields {
                draft.edit(|edits| {
                    let edits = edits.discard(list, &key, field, power.as_str());
                    successors.iter().fold(edits, |edits, new| edits.add(list, &key, field, new.as_str()))
                });
            }
        }
        dependants::settle(draft, below, policy, dependants::Of::Owned)?;
    }
    relocate(draft, authored, moves)
}

/// Moves what is authored, row by row, onto fields in which nothing is; lists what goes nowhere.
fn relocate(
    draft: &mut Draft<'_>,
    authored: Vec<(Name, String, Record)>,
    moves: &[Move],
) -> Result<(), AdjustmentError> {
    for one in moves {
        let list = draft.now.schema().spec().lists.get(one.list.as_str());
        if list.is_none_or(crate::schema::List::is_base) {
            return Err(AdjustmentError::NotDerived(one.list.clone()));
        }
        let same = |other: &&Move| (&other.list, &other.from) == (&one.list, &one.from);
        if moves.iter().filter(same).count() > 1 {
            return Err(AdjustmentError::Nothing(Nothing::MovedTwice(one.list.clone(), one.from.clone())));
        }
        if !authored.iter().any(|(list, key, _)| list.as_str() == one.list && *key == one.from) {
            return Err(AdjustmentError::NoRow { list: one.list.as_str().into(), key: one.from.clone() });
        }
    }
    let mut taken: BTreeSet<(Name, &str, String)> = BTreeSet::new();
    for (list, key, values) in authored {
        let Some(to) = moves.iter().find(|one| list.as_str() == one.list && key == one.from) else {
            draft.unplaced(&list, &key, values);
            continue;
        };
        let row = draft.row(list.as_str(), &key);
        let there = draft.row(list.as_str(), &to.to);
        let mut left = Record::new();
        for (field, value) in &values {
            // Where something is authored already, or moves from elsewhere, there is no place for another.
            let is_taken = there.as_ref().and_then(|row| row.authored(field).ok()).is_some_and(|has| !has.is_missing());
            if is_taken || !taken.insert((list.clone(), to.to.as_str(), field.to_owned())) {
                left.set(field, value.clone());
                continue;
            }
            let reason = row.as_ref().and_then(|row| row.reason(field)).map(ToOwned::to_owned);
            draft.edit(|edits| {
                let edits = edits.clear(list.as_str(), &key, field);
                match reason {
                    Some(why) => edits.author_because(list.as_str(), &to.to, field, value.clone(), why),
                    None => edits.author(list.as_str(), &to.to, field, value.clone()),
                }
            });
        }
        if !left.is_empty() {
            draft.unplaced(&list, &key, left);
        }
    }
    Ok(())
}

/// Returns what is authored in the derived rows that rest on a power: list, row, fields.
fn authored_below(now: &ListSystem, below: &Below<'_>) -> Vec<(Name, String, Record)> {
    let mut found = Vec::new();
    for fed in below.feeds().filter(|fed| fed.existence) {
        let Some(declared) = now.schema().spec().lists.get(&fed.list).filter(|list| !list.is_base()) else { continue };
        let Some(row) = now.list(fed.list.as_str()).ok().and_then(|view| view.row(&fed.key)) else { continue };
        let writable = declared.fields.iter().filter(|(_, field)| field.write != Write::Locked);
        let values = authored(&row, writable.map(|(name, _)| name));
        if !values.is_empty() {
            found.push((fed.list.clone(), fed.key.to_string(), values));
        }
    }
    found
}

fn authored<'a>(row: &Row<'_>, fields: impl Iterator<Item = &'a Name>) -> Record {
    let mut values = Record::new();
    for name in fields {
        let value = row.authored(name.as_str()).unwrap_or(Value::Missing);
        if !value.is_missing() {
            values.set(name.clone(), value);
        }
    }
    values
}
