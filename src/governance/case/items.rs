//! Items that come, go and change.

use super::{
    AdjustmentError, Dependants, Needed, NewItem, Nothing,
    compile::{CANCELLED, Draft, IN_USE, SUSPENDED, keys, text},
    dependants::{self, Below},
};
use crate::{
    system::Edits,
    value::{Date, Value},
};

/// Enters an item with what belongs to it.
pub(super) fn add(draft: &mut Draft<'_>, item: &NewItem) -> Result<(), AdjustmentError> {
    let mut record = item.record.clone();
    if record.get("state").is_missing() {
        record.set("state", IN_USE);
    }
    if record.get("effective_on").is_missing() {
        record.set("effective_on", draft.of.effective);
    }
    draft.enter("powers", &item.key, &record)?;
    draft.edit(|edits| edits.then(item.companions.clone()));
    Ok(())
}

/// Marks an item as cancelled, with what follows on it.
pub(super) fn end(draft: &mut Draft<'_>, power: &str, successors: &[String]) -> Result<(), AdjustmentError> {
    draft.in_state("powers", power, &[IN_USE, SUSPENDED], Needed::Alive)?;
    for successor in successors {
        draft.needed("powers", successor)?;
    }
    draft.set("powers", power, "state", CANCELLED);
    draft.set("powers", power, "cancelled_on", draft.of.effective);
    if let Some(decision) = draft.of.decision {
        draft.set("powers", power, "cancellation_decision", decision);
    }
    if !successors.is_empty() {
        draft.set("powers", power, "successors", successors.to_vec());
    }
    Ok(())
}

pub(super) fn cancel(
    draft: &mut Draft<'_>,
    power: &str,
    successors: &[String],
    policy: Dependants,
) -> Result<(), AdjustmentError> {
    end(draft, power, successors)?;
    dependants::settle(draft, &Below::of(draft.now, power), policy, dependants::Of::All)
}

pub(super) fn amend(draft: &mut Draft<'_>, power: &str, edits: &Edits) -> Result<(), AdjustmentError> {
    draft.in_state("powers", power, &[IN_USE, SUSPENDED], Needed::Alive)?;
    if edits.is_empty() {
        return Err(AdjustmentError::Nothing(Nothing::NoEdits(power.into())));
    }
    draft.edit(|all| all.then(edits.clone()));
    Ok(())
}

/// Suspends a power, or those who implement it in a region.
pub(super) fn suspend(
    draft: &mut Draft<'_>,
    power: &str,
    region: Option<&str>,
    until: Option<Date>,
) -> Result<(), AdjustmentError> {
    draft.in_state("powers", power, &[IN_USE], Needed::InUse)?;
    let effective = draft.of.effective;
    let decision = draft.of.decision.map_or(Value::Missing, Value::from);
    let (list, rows) = match region {
        None => ("powers", vec![power.to_owned()]),
        Some(region) => ("implementers", in_region(draft, power, region, IN_USE)),
    };
    if rows.is_empty() {
        let region = region.unwrap_or_default();
        return Err(AdjustmentError::Nothing(Nothing::NobodyThere(power.into(), region.into())));
    }
    for key in rows {
        draft.set(list, &key, "state", SUSPENDED);
        draft.set(list, &key, "suspended_on", effective);
        draft.set(list, &key, "suspended_until", until);
        draft.set(list, &key, "suspension_decision", decision.clone());
    }
    Ok(())
}

pub(super) fn resume(draft: &mut Draft<'_>, power: &str, region: Option<&str>) -> Result<(), AdjustmentError> {
    let (list, rows) = match region {
        None => {
            draft.in_state("powers", power, &[SUSPENDED], Needed::Suspended)?;
            ("powers", vec![power.to_owned()])
        }
        Some(region) => {
            draft.needed("powers", power)?;
            ("implementers", in_region(draft, power, region, SUSPENDED))
        }
    };
    if rows.is_empty() {
        let region = region.unwrap_or_default();
        return Err(AdjustmentError::Nothing(Nothing::NobodyThere(power.into(), region.into())));
    }
    for key in rows {
        draft.set(list, &key, "state", IN_USE);
        for field in ["suspended_on", "suspended_until", "suspension_decision"] {
            draft.set(list, &key, field, Value::Missing);
        }
    }
    Ok(())
}

/// Returns the implementers of a power in a region, of one state.
fn in_region(draft: &Draft<'_>, power: &str, region: &str, state: &str) -> Vec<String> {
    let of = dependants::implementers(draft.now, power);
    let is_there = |key: &String| {
        let Some(row) = draft.row("implementers", key) else { return false };
        let is = text(&row, "state").unwrap_or_else(|| IN_USE.to_owned());
        keys(&row, "region").iter().any(|one| one == region) && is == state
    };
    of.into_iter().filter(is_there).collect()
}

/// Moves an item to another body, with what implements it there where it stood.
pub(super) fn move_to(
    draft: &mut Draft<'_>,
    power: &str,
    to: &str,
    office: Option<&str>,
) -> Result<(), AdjustmentError> {
    let row = draft.in_state("powers", power, &[IN_USE, SUSPENDED], Needed::Alive)?;
    draft.body(to)?;
    let from = row.as_ref().and_then(|row| text(row, "body"));
    if from.as_deref() == Some(to) {
        return Err(AdjustmentError::Nothing(Nothing::WithIt(power.into(), to.into())));
    }
    draft.set("powers", power, "body", to);
    draft.set("powers", power, "office", office);
    if row.as_ref().and_then(|row| text(row, "responsible_body")) == from {
        draft.set("powers", power, "responsible_body", to);
    }
    for key in dependants::implementers(draft.now, power) {
        let body = draft.row("implementers", &key).and_then(|row| text(&row, "body"));
        if body == from {
            draft.set("implementers", &key, "body", to);
        }
    }
    Ok(())
}
