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

/// Finds what the base rows at the ends of a chain refer to in registers.
pub(super) fn grounds(sight: &Sight<'_>, explanation: &Explanation) -> Vec<Ground> {
    let mut seen = HashSet::new();
    let mut grounds = Vec::new();
    for leaf in explanation.leaves() {
        if !seen.insert((&leaf.list, &leaf.key)) {
            continue;
        }
        let Ok((_, cx, at)) = sight.row(leaf.list.as_str(), leaf.key.as_str()) else { continue };
        let row = Spot::at(sight, &cx, at);
        // Only from the hierarchy into the registers beside it.
        if row.is_base() && tier(&row).is_some() {
            grounds.extend(referred(&row, &mut Vec::new()));
        }
    }
    grounds
}

/// Finds the rows of registers that a row refers to; of a row that is referred to itself, only those that own it.
fn referred(row: &Spot<'_>, below: &mut Vec<Id>) -> Vec<Ground> {
    let mut grounds = Vec::new();
    let owners = !below.is_empty();
    below.push(row.id());
    let fields = &row.plan.list(row.list()).fields;
    for (number, field) in (0..).zip(fields) {
        if field.ty.target().is_none() || owners && field.on_remove != OnRemove::Cascade {
            continue;
        }
        let mut rows = Vec::new();
        drawn::references(row, &row.read(Some(number)), &mut |row| rows.push(row));
        rows.retain(|to| tier(to).is_none() && !below.contains(&to.id()));
        for to in rows.into_iter().take(MOST) {
            grounds.push(Ground {
                place: Place { list: row.name().clone(), key: row.key(), field: field.name.clone() },
                list: to.name().clone(),
                key: to.key(),
                caption: caption(&to),
                of: referred(&to, below),
            });
        }
    }
    below.pop();
    grounds
}

fn tier(row: &Spot<'_>) -> Option<u8> {
    row.plan.list(row.list()).tier
}

fn caption(row: &Spot<'_>) -> Value {
    let fields = &row.plan.list(row.list()).fields;
    let texts = (0..).zip(fields).filter(|(_, field)| field.ty == Type::Text);
    let mut values = texts.map(|(number, _)| row.value(&row.read(Some(number))));
    values.find(|value| !value.is_missing()).unwrap_or_default()
}
