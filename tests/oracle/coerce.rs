//! Lenient values: what a caller may write for a value of a type.

use quanze::{Code, Decimal, Duration, Key, Name, SchemaBuilder, Value, schema::Type};

use super::{keys::step_text, order};

/// The units that are always there.
const UNITS: [&str; 5] = ["working_days", "days", "hours", "months", "years"];

/// Reads a value as one of a type; `None` where it cannot be.
pub(crate) fn coerce(schema: &SchemaBuilder, ty: &Type, value: &Value) -> Option<Value> {
    if value.is_missing() {
        return Some(Value::Missing);
    }
    match ty {
        Type::Set(element) => {
            let elements = all_different(schema, element, value.as_list()?)?;
            Some(order::set_of(schema, element, elements))
        }
        Type::Sequence(element) => {
            let elements = all_different(schema, element, value.as_list()?)?;
            Some(if elements.is_empty() { Value::Missing } else { Value::List(elements) })
        }
        _ => scalar(schema, ty, value),
    }
}

/// Reads an element of a set or sequence: present, and fit to be a segment of a key.
pub(crate) fn coerce_element(schema: &SchemaBuilder, element: &Type, value: &Value) -> Option<Value> {
    let value = scalar(schema, element, value)?;
    step_text(&value)?;
    Some(value)
}

fn all_different(schema: &SchemaBuilder, element: &Type, given: &[Value]) -> Option<Vec<Value>> {
    let mut elements: Vec<Value> = Vec::new();
    for value in given {
        let value = coerce_element(schema, element, value)?;
        if elements.contains(&value) {
            return None;
        }
        elements.push(value);
    }
    Some(elements)
}

/// A value is read as what it is in JSON: a boolean, a whole number, or text.
fn scalar(schema: &SchemaBuilder, ty: &Type, value: &Value) -> Option<Value> {
    let text = match (ty, value) {
        (Type::Boolean, Value::Boolean(_)) | (Type::Integer, Value::Integer(_)) => return Some(value.clone()),
        (Type::Decimal, Value::Integer(whole)) => return Some(Value::Decimal(Decimal::from(*whole))),
        (_, Value::Boolean(_) | Value::Integer(_) | Value::Missing | Value::List(_)) => return None,
        (_, Value::Code(code)) => code.to_string(),
        _ => value.to_string(),
    };
    match ty {
        Type::Text => Some(Value::from(text)),
        Type::Decimal => text.parse().ok().map(Value::Decimal),
        Type::Date => text.parse().ok().map(Value::Date),
        Type::Duration => known_unit(schema, text.parse().ok()?),
        Type::Choice(vocabulary) => known_choice(schema, vocabulary, Name::from(text)),
        Type::Reference(_) => base_key(&text).map(Value::Reference),
        Type::Code(own) => known_scheme(schema, own, Code::from(text)),
        _ => None,
    }
}

fn known_unit(schema: &SchemaBuilder, duration: Duration) -> Option<Value> {
    let unit = duration.unit();
    (UNITS.contains(&unit.as_str()) || schema.units.contains_key(unit)).then_some(Value::Duration(duration))
}

fn known_choice(schema: &SchemaBuilder, vocabulary: &Name, code: Name) -> Option<Value> {
    schema.vocabularies[vocabulary].choices.contains_key(&code).then_some(Value::Choice(code))
}

/// Any text is kept, of any scheme that there is; where none is named the field's own is meant.
fn known_scheme(schema: &SchemaBuilder, own: &Name, code: Code) -> Option<Value> {
    if code.scheme() == "" {
        return Some(Value::Code(Code::new(own, code.text())));
    }
    schema.code_schemes.contains_key(code.scheme()).then_some(Value::Code(code))
}

/// Reads the printed key of a base row: one segment.
pub(crate) fn base_key(text: &str) -> Option<Key> {
    let key: Key = text.parse().ok()?;
    (key.segments().count() == 1).then_some(key)
}
