use std::collections::HashSet;

use serde::Serialize;

use super::{
    chain::MOST,
    drawn,
    explanation::{Explanation, Place},
    spot::{Id, Spot},
};
use crate::{
    schema::{OnRemove, Type},
    store::Val,
    system::Sight,
    value::{Key, Name, Value},
};

/// A row of a register that a base row refers to: the law article behind a power, the body that exercises it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Ground {
    /// The field that refers.
    pub place: Place,
    /// The list referred to.
    pub list: Name,
    /// The key of the row referred to.
    pub key: Key,
    /// The first text that the row holds, for people.
    #[serde(skip_serializing_if = "Value::is_missing")]
    pub caption: Value,
    /// The rows that own it: the instrument of an article.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<Ground>,
}

/// Finds what the rows at the ends of a chain refer to in registers: base rows by all their fields, derived ones by what was
/// authored for them.
pub(super) fn grounds(sight: &Sight<'_>, explanation: &Explanation) -> Vec<Ground> {
    let mut seen = HashSet::new();
    let mut grounds = Vec::new();
    for leaf in explanation.leaves() {
        let Ok((_, cx, at)) = sight.row(leaf.list.as_str(), leaf.key.as_str()) else { continue };
        let row = Spot::at(sight, &cx, at);
        // Only from the hierarchy into the registers beside it.
        if tier(&row).is_none() {
            continue;
        }
        if !row.is_base() {
            if let Some(field) = row.field(&leaf.field) {
                grounds.extend(referred(&row, field, &row.authored(field), &mut Vec::new()));
            }
        } else if seen.insert((&leaf.list, &leaf.key)) {
            grounds.extend(all_referred(&row, &mut Vec::new()));
        }
    }
    grounds
}

/// Finds the rows of registers that a base row refers to; of a row that is referred to itself, only those that own it.
fn all_referred(row: &Spot<'_>, below: &mut Vec<Id>) -> Vec<Ground> {
    let fields = &row.plan.list(row.list()).fields;
    let fields = (0..).zip(fields).filter(|(_, field)| below.is_empty() || field.on_remove == OnRemove::Cascade);
    let numbers: Vec<u16> = fields.filter(|(_, field)| field.ty.target().is_some()).map(|(number, _)| number).collect();
    numbers.into_iter().flat_map(|number| referred(row, number, &row.read(Some(number)), below)).collect()
}

/// Finds the rows of registers that a field refers to.
fn referred<'a>(row: &Spot<'a>, field: u16, val: &Val<'a>, below: &mut Vec<Id>) -> Vec<Ground> {
    let mut rows = Vec::new();
    drawn::references(row, val, &mut |to| rows.push(to));
    rows.retain(|to| tier(to).is_none() && to.id() != row.id() && !below.contains(&to.id()));
    below.push(row.id());
    let ground = |to: Spot<'a>| Ground {
        place: Place { list: row.name().clone(), key: row.key(), field: row.field_name(field).clone() },
        list: to.name().clone(),
        key: to.key(),
        caption: caption(&to),
        of: all_referred(&to, below),
    };
    let grounds = rows.into_iter().take(MOST).map(ground).collect();
    below.pop();
    grounds
}

fn tier(row: &Spot<'_>) -> Option<u8> {
    row.plan.list(row.list()).tier
}

pub(super) fn caption(row: &Spot<'_>) -> Value {
    let fields = &row.plan.list(row.list()).fields;
    let texts = (0..).zip(fields).filter(|(_, field)| field.ty == Type::Text);
    let mut values = texts.map(|(number, _)| row.value(&row.read(Some(number))));
    values.find(|value| !value.is_missing()).unwrap_or_default()
}
