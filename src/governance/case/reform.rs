//! Institutional reform: bodies renamed, dissolved, merged and split, with all that is theirs, in one case.
//!
//! Keys stay for ever; codes change, and the old ones become aliases. Whatever refers to a body that ends refers to its successor, item by
//! item where there are several.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    AdjustmentError, Nothing,
    compile::{CANCELLED, Draft, keys, text},
};
use crate::{governance::kind::Kind, record::Record, value::Value};

/// What becomes of a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum BodyChange {
    /// A body is set up.
    #[doc(alias = "组建")]
    SetUp {
        /// Its key.
        body: String,
        /// Its fields.
        record: Record,
    },
    /// A body gets another name, or another credit code.
    #[doc(alias = "更名")]
    Rename {
        /// The body.
        body: String,
        /// Its name from now on.
        name: String,
        /// Its credit code from now on, if that changes too.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        credit_code: Option<String>,
    },
    /// A body ends. Dissolving several into one merges them; dissolving one into several splits it.
    #[doc(alias = "撤销")]
    Dissolve {
        /// The body.
        body: String,
        /// Who follows on it. The first takes what is not given to another.
        into: Vec<String>,
        /// Items that go to another than the first: item and body.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        items: BTreeMap<String, String>,
    },
}

/// Fields that refer to bodies, list by list, and follow them.
const REFERRING: [(&str, &[&str]); 8] = [
    ("powers", &["body", "responsible_body", "entrusting_body", "supervising_body"]),
    ("implementers", &["body"]),
    ("regulation_matters", &["inspecting_bodies"]),
    ("fee_matters", &["body"]),
    ("participants", &["body"]),
    ("profiles", &["body"]),
    ("bodies", &["host"]),
    ("handovers", &["to"]),
];

pub(super) fn reform(draft: &mut Draft<'_>, changes: &[BodyChange]) -> Result<(), AdjustmentError> {
    if changes.is_empty() {
        return Err(AdjustmentError::TooFew { what: Kind::Reform, least: 1, given: 0 });
    }
    for change in changes {
        match change {
            BodyChange::SetUp { body, record } => {
                let mut record = record.clone();
                if record.get("valid_from").is_missing() {
                    record.set("valid_from", draft.of.effective);
                }
                draft.enter("bodies", body, &record)?;
            }
            BodyChange::Rename { body, name, credit_code } => rename(draft, body, name, credit_code.as_deref())?,
            BodyChange::Dissolve { body, into, items } => dissolve(draft, body, into, items)?,
        }
    }
    Ok(())
}

fn rename(draft: &mut Draft<'_>, body: &str, name: &str, credit_code: Option<&str>) -> Result<(), AdjustmentError> {
    draft.body(body)?;
    draft.set("bodies", body, "name", name);
    if let Some(code) = credit_code {
        let old = draft.row("bodies", body).and_then(|row| text(&row, "credit_code"));
        if let Some(old) = old.filter(|old| old != code) {
            draft.edit(|edits| edits.add("bodies", body, "former_codes", old));
        }
        draft.set("bodies", body, "credit_code", code);
    }
    Ok(())
}

fn dissolve(
    draft: &mut Draft<'_>,
    body: &str,
    into: &[String],
    items: &BTreeMap<String, String>,
) -> Result<(), AdjustmentError> {
    draft.body(body)?;
    let Some(first) = into.first() else {
        return Err(AdjustmentError::TooFew { what: Kind::Reform, least: 1, given: 0 });
    };
    for successor in into {
        draft.body(successor)?;
        if successor == body {
            return Err(AdjustmentError::Nothing(Nothing::Itself(body.into())));
        }
    }
    draft.ending.insert(body.to_owned());
    draft.following.extend(into.iter().cloned());
    if let Some(both) = draft.ending.intersection(&draft.following).next() {
        return Err(AdjustmentError::Nothing(Nothing::EndsAndTakes(both.clone())));
    }
    for (item, to) in items {
        let is_its = draft.row("powers", item).and_then(|row| text(&row, "body")).as_deref() == Some(body);
        if !is_its {
            return Err(AdjustmentError::NoRow { list: "powers".into(), key: item.clone() });
        }
        if !into.contains(to) {
            return Err(AdjustmentError::NoRow { list: "bodies".into(), key: to.clone() });
        }
    }
    let effective = draft.of.effective;
    draft.set("bodies", body, "successors", into.to_vec());
    draft.set("bodies", body, "valid_to", effective.plus_days(-1));
    for (list, fields) in REFERRING {
        let Ok(view) = draft.now.list(list) else { continue };
        for row in view.rows() {
            let key = row.key().to_string();
            // What belongs to an item goes where the item goes.
            let item = if list == "powers" { Some(key.clone()) } else { text(&row, "power") };
            let to = item.and_then(|item| items.get(&item)).unwrap_or(first);
            if list == "profiles" && is_taken(draft, &row, to) {
                // Whom the items go to has a profile of that type; theirs stays with the body that ends, and they keep naming it.
                continue;
            }
            for field in fields {
                if !keys(&row, field).iter().any(|one| one == body) {
                    continue;
                }
                if matches!(row.get(field), Ok(Value::List(_))) {
                    draft.edit(|edits| edits.discard(list, &key, *field, body).add(list, &key, *field, to.as_str()));
                } else {
                    draft.set(list, &key, field, to.as_str());
                }
            }
        }
    }
    clauses(draft, body, first, items);
    Ok(())
}

/// Whether a body has a profile of a profile's type already: there is one for each body and type.
fn is_taken(draft: &Draft<'_>, profile: &crate::system::Row<'_>, body: &str) -> bool {
    let ty = text(profile, "type");
    let Ok(view) = draft.now.list("profiles") else { return false };
    view.rows().any(|row| text(&row, "body").as_deref() == Some(body) && text(&row, "type") == ty)
}

/// Lists for review what names a duty of the body that ends: whoever takes it over has a regulation of its own.
fn clauses(draft: &mut Draft<'_>, body: &str, first: &str, items: &BTreeMap<String, String>) {
    let Ok(view) = draft.now.list("powers") else { return };
    for row in view.rows() {
        let is_live = text(&row, "state").is_none_or(|state| state != CANCELLED);
        let names_duty = text(&row, "duty").is_some_and(|duty| {
            draft.row("duties", &duty).and_then(|duty| text(&duty, "body")).as_deref() == Some(body)
        });
        if is_live && names_duty {
            let key = row.key().to_string();
            let to = items.get(&key).map_or(first, String::as_str);
            draft.review_by([to.into()], "powers", &key, "原机构已撤销，职责条款须对应承继机构的“三定”规定", None);
        }
    }
}
