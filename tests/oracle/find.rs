//! What is found: the rows of a list that hold what was asked, in the order of an index.

use std::cmp::Ordering;

use quanze::{
    Key, Name, Value,
    find::{Bound, Find, Then},
    schema::{Direction, Index, OrderBy, Type},
};

use super::{
    coerce::coerce,
    eval::{Scope, holds},
    order::{compare, order},
    types::field_type,
    world::World,
};

/// The keys of the rows in an index that hold what was asked, in its order.
pub(crate) fn found(world: &World<'_>, list: &Name, index: &Index, what: &Find) -> Vec<Key> {
    let mut keys: Vec<Key> = world.rows(list).keys().cloned().collect();
    keys.retain(|key| {
        let mut scope = Scope::of_source(world.schema, list);
        scope.types.own = Some(list);
        scope.own = Some(key.clone());
        holds(world, &index.when, &scope) && is_asked_for(world, list, key, what)
    });
    keys.sort_by(|a, b| {
        let values = |key| index.by.iter().map(|by| world.value(list, key, &by.field)).collect::<Vec<_>>();
        place_order(world, list, &index.by, (&values(a), a), (&values(b), b))
    });
    keys
}

/// Compares where two rows stand, by values that they have or had, then by key.
pub(crate) fn place_order(
    world: &World<'_>,
    list: &Name,
    by: &[OrderBy],
    (a, a_key): (&[Value], &Key),
    (b, b_key): (&[Value], &Key),
) -> Ordering {
    for ((by, a), b) in by.iter().zip(a).zip(b) {
        let compared = order(world.schema, &field_type(world.schema, list, &by.field), a, b);
        if compared.is_ne() {
            return if by.direction == Direction::Ascending { compared } else { compared.reverse() };
        }
    }
    a_key.cmp(b_key)
}

fn is_asked_for(world: &World<'_>, list: &Name, key: &Key, what: &Find) -> bool {
    let typed = |field: &Name, value: &Value| coerce(world.schema, &field_type(world.schema, list, field), value);
    let is = what.is.iter().all(|(field, value)| typed(field, value) == Some(world.value(list, key, field)));
    is && match &what.then {
        None => true,
        Some(Then::StartsWith { field, text }) => match world.value(list, key, field) {
            Value::Text(whole) => whole.starts_with(text.as_str()),
            Value::Code(code) => {
                let Type::Code(own) = field_type(world.schema, list, field) else { return false };
                let (scheme, text) = text.split_once(':').unwrap_or((own.as_str(), text));
                code.scheme() == scheme && code.text().starts_with(text)
            }
            Value::Reference(whole) => whole.as_str().starts_with(text.as_str()),
            _ => false,
        },
        Some(Then::Range { field, from, to }) => {
            let ty = field_type(world.schema, list, field);
            let own = world.value(list, key, field);
            let holds = |bound: &Bound, wanted: Ordering| {
                let (value, is_in) = match bound {
                    Bound::Open => return !own.is_missing(),
                    Bound::Including(value) => (value, true),
                    Bound::Excluding(value) => (value, false),
                };
                let compared = typed(field, value).and_then(|value| compare(world.schema, &ty, &own, &value));
                compared == Some(wanted) || is_in && compared == Some(Ordering::Equal)
            };
            holds(from, Ordering::Greater) && holds(to, Ordering::Less)
        }
        Some(_) => unreachable!("a question that the oracle does not know"),
    }
}
