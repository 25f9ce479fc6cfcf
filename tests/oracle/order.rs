//! The order of values, and what an expression may say of it.

use std::cmp::Ordering;

use quanze::{Decimal, SchemaBuilder, Value, schema::Type};

/// Orders two values of a type, a missing one first. Total: it sorts sets and rows.
pub(crate) fn order(schema: &SchemaBuilder, ty: &Type, a: &Value, b: &Value) -> Ordering {
    match (ty, a, b) {
        (_, Value::Missing, Value::Missing) => Ordering::Equal,
        (_, Value::Missing, _) => Ordering::Less,
        (_, _, Value::Missing) => Ordering::Greater,
        (Type::Choice(vocabulary), Value::Choice(a), Value::Choice(b)) => {
            let choices = &schema.vocabularies[vocabulary].choices;
            choices.get_index_of(a).cmp(&choices.get_index_of(b))
        }
        (_, Value::Integer(a), Value::Decimal(b)) => Decimal::from(*a).cmp(b),
        (_, Value::Decimal(a), Value::Integer(b)) => a.cmp(&Decimal::from(*b)),
        (_, Value::Duration(a), Value::Duration(b)) => (a.unit(), a.amount()).cmp(&(b.unit(), b.amount())),
        // Booleans, numbers by size, days, references by key text, codes by (scheme, text), text by bytes.
        _ => a.cmp(b),
    }
}

/// Compares two values as an expression does: not at all if one is missing or they are durations of unlike units.
pub(crate) fn compare(schema: &SchemaBuilder, ty: &Type, a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Missing, _) | (_, Value::Missing) => None,
        (Value::Duration(a), Value::Duration(b)) if a.unit() != b.unit() => None,
        _ => Some(order(schema, ty, a, b)),
    }
}

/// Sorts the elements of a set, drops doubles, and makes an empty set a missing value.
pub(crate) fn set_of(schema: &SchemaBuilder, element: &Type, mut elements: Vec<Value>) -> Value {
    elements.retain(|value| !value.is_missing());
    elements.sort_by(|a, b| order(schema, element, a, b));
    elements.dedup();
    if elements.is_empty() { Value::Missing } else { Value::List(elements) }
}

/// The elements of a list, of none where it is missing.
pub(crate) fn elements(value: &Value) -> &[Value] {
    value.as_list().unwrap_or_default()
}
