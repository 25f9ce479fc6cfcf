//! Items handed down: offered to each recipient, who accepts by itself; what was accepted can be taken back.

use super::{
    AdjustmentError, Needed, Nothing, Recipient, Response,
    compile::{CANCELLED, Draft, IN_USE, text},
    dependants,
};
use crate::{
    governance::{
        kind::Kind,
        lists::{ACCEPTED, DECLINED, ENDED, HANDOVERS, OFFERED},
    },
    record::Record,
    value::Value,
};

/// The subject moves.
pub(super) const DELEGATED: &str = "delegated";
/// The subject stays.
pub(super) const ENTRUSTED: &str = "entrusted";
/// Only the window moves.
pub(super) const WINDOW: &str = "window";

/// The source of power of whom something is delegated to, and of whom it is entrusted to.
const BY_DELEGATION: &str = "2";
const BY_ENTRUSTMENT: &str = "5";

pub(super) fn offer(draft: &mut Draft<'_>, power: &str, to: &[Recipient], manner: &str) -> Result<(), AdjustmentError> {
    draft.in_state("powers", power, &[IN_USE], Needed::InUse)?;
    let kind = match manner {
        DELEGATED => Kind::Delegate,
        ENTRUSTED => Kind::Entrust,
        _ => Kind::MoveWindow,
    };
    if to.is_empty() {
        return Err(AdjustmentError::TooFew { what: kind, least: 1, given: 0 });
    }
    for recipient in to {
        draft.body(&recipient.body)?;
        for key in dependants::implementers(draft.now, power) {
            let Some(row) = draft.row("implementers", &key) else { continue };
            let same = text(&row, "body").as_deref() == Some(&recipient.body)
                && text(&row, "level").as_deref() == Some(&recipient.level)
                && text(&row, "state").is_none_or(|state| state != CANCELLED);
            if same {
                let (body, level) = (recipient.body.clone(), recipient.level.clone());
                return Err(AdjustmentError::Nothing(Nothing::Implements(power.into(), body, level)));
            }
        }
        let record = Record::new()
            .with("power", power)
            .with("to", recipient.body.as_str())
            .with("level", recipient.level.as_str())
            .with("region", recipient.region.clone())
            .with("manner", manner)
            .with("decision", draft.of.decision.map_or(Value::Missing, Value::from))
            .with("state", OFFERED)
            .with("offered_on", draft.of.effective);
        if draft.row(HANDOVERS, &recipient.key).is_some_and(|row| was_answered(&row)) {
            draft.edit(|edits| edits.replace(HANDOVERS, &recipient.key, &record));
        } else {
            draft.enter(HANDOVERS, &recipient.key, &record)?;
        }
    }
    Ok(())
}

/// Whether a handover was declined or taken back, so that the same can be offered again.
fn was_answered(row: &crate::system::Row<'_>) -> bool {
    text(row, "state").is_some_and(|state| [DECLINED, ENDED].contains(&state.as_str()))
}

pub(super) fn answer(draft: &mut Draft<'_>, handover: &str, answer: Response) -> Result<(), AdjustmentError> {
    draft.needed(HANDOVERS, handover)?;
    let Some(row) = draft.row(HANDOVERS, handover) else {
        return Err(AdjustmentError::Nothing(Nothing::SamePackage(handover.into())));
    };
    let state = text(&row, "state").unwrap_or_default();
    if state != OFFERED {
        return Err(AdjustmentError::State {
            list: HANDOVERS.into(),
            key: handover.into(),
            state,
            needed: Needed::Offered,
        });
    }
    let to = text(&row, "to").unwrap_or_default();
    if draft.of.applicant.is_some_and(|applicant| applicant != to) {
        return Err(AdjustmentError::Nothing(Nothing::NotRecipient(handover.into(), to)));
    }
    let effective = draft.of.effective;
    draft.set(HANDOVERS, handover, "state", if answer == Response::Accept { ACCEPTED } else { DECLINED });
    draft.set(HANDOVERS, handover, "settled_on", effective);
    if answer == Response::Decline {
        return Ok(());
    }
    let of = |field| row.get(field).unwrap_or_default();
    let manner = text(&row, "manner").unwrap_or_default();
    let power = text(&row, "power").unwrap_or_default();
    let source = if manner == DELEGATED { BY_DELEGATION } else { BY_ENTRUSTMENT };
    let record = Record::new()
        .with("power", of("power"))
        .with("body", of("to"))
        .with("level", of("level"))
        .with("region", of("region"))
        .with("accepted_on", effective)
        .with("manner", manner.as_str())
        .with("source_of_power", source)
        .with("decision", of("decision"))
        .with("state", IN_USE);
    if draft.row("implementers", handover).is_some() {
        draft.edit(|edits| edits.replace("implementers", handover, &record));
    } else {
        draft.enter("implementers", handover, &record)?;
    }
    // Whoever hands down keeps guiding and supervising; whoever entrusts stays the subject.
    let field = if manner == DELEGATED { "supervising_body" } else { "entrusting_body" };
    if let Some(row) = draft.row("powers", &power)
        && text(&row, field).is_none()
        && manner != WINDOW
    {
        draft.set("powers", &power, field, row.get("body").unwrap_or_default());
    }
    Ok(())
}

pub(super) fn take_back(draft: &mut Draft<'_>, power: &str, from: &[String]) -> Result<(), AdjustmentError> {
    draft.needed("powers", power)?;
    if from.is_empty() {
        return Err(AdjustmentError::TooFew { what: Kind::TakeBack, least: 1, given: 0 });
    }
    let effective = draft.of.effective;
    for body in from {
        let mut found = false;
        let Ok(view) = draft.now.list(HANDOVERS) else { continue };
        for row in view.rows() {
            let state = text(&row, "state").unwrap_or_default();
            let is_it = text(&row, "power").as_deref() == Some(power) && text(&row, "to").as_ref() == Some(body);
            if !is_it || ![OFFERED, ACCEPTED].contains(&state.as_str()) {
                continue;
            }
            found = true;
            let key = row.key().to_string();
            draft.set(HANDOVERS, &key, "state", ENDED);
            draft.set(HANDOVERS, &key, "settled_on", effective);
            if state == ACCEPTED && draft.row("implementers", &key).is_some() {
                draft.set("implementers", &key, "state", CANCELLED);
                draft.set("implementers", &key, "cancelled_on", effective);
            }
        }
        if !found {
            return Err(AdjustmentError::Nothing(Nothing::NotHandedDown(power.into(), body.clone())));
        }
    }
    Ok(())
}
