//! How keys are made, and what their segments stand for.

use std::collections::BTreeSet;

use quanze::{
    Key, Name, SchemaBuilder, Value,
    schema::{Each, Expr, Type},
    value::MAX_SEGMENT_BYTES,
};

use super::types::{Types, type_of};

/// The root lists that the rows of a list can stem from: base lists and lists of groups.
pub(crate) fn roots(schema: &SchemaBuilder, list: &Name) -> BTreeSet<Name> {
    let declared = &schema.lists[list];
    if declared.is_base() || is_group(schema, list) {
        return BTreeSet::from([list.clone()]);
    }
    declared.rules.iter().flat_map(|rule| roots(schema, &rule.from)).collect()
}

/// Tells whether the rows of a list are groups.
pub(crate) fn is_group(schema: &SchemaBuilder, list: &Name) -> bool {
    matches!(schema.lists[list].rules.as_slice(), [rule] if matches!(rule.each, Each::Group { .. }))
}

/// The text that a value gives to a key, as it prints there; `None` where it cannot be a segment.
pub(crate) fn step_text(value: &Value) -> Option<String> {
    let text = match value {
        Value::Missing | Value::List(_) => return None,
        // The key of the row referred to has its escapes already.
        Value::Reference(key) => return Some(key.as_str().to_owned()),
        Value::Code(code) => format!("{}:{}", code.scheme(), code.text()),
        other => other.to_string(),
    };
    let fits = !text.is_empty() && text.len() <= MAX_SEGMENT_BYTES && !text.chars().any(char::is_control);
    fits.then(|| Key::root(&text).ok().map(|key| key.as_str().to_owned())).flatten()
}

/// The key of a derived row: the root list where there are several, the root key, the steps.
pub(crate) fn row_key(schema: &SchemaBuilder, list: &Name, root: &(Name, Key), steps: &[String]) -> Key {
    let mut segments = Vec::new();
    if roots(schema, list).len() > 1 {
        segments.push(root.0.as_str());
    }
    segments.push(root.1.as_str());
    segments.extend(steps.iter().map(String::as_str));
    segments.join("/").parse().expect("segments that were checked join to a key")
}

/// What a segment of a key stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    /// The name of the root list.
    List(Name),
    /// The key of a row of a base list.
    RowOf(Name),
    /// Some text.
    Text,
}

/// The forms that the keys of a list can have, one for each way of making its rows.
pub(crate) fn shapes(schema: &SchemaBuilder, list: &Name) -> Vec<Vec<Segment>> {
    let mut found = Vec::new();
    let many = roots(schema, list).len() > 1;
    for (root, mut shape) in rooted_shapes(schema, list) {
        if many {
            shape.insert(0, Segment::List(root));
        }
        if !found.contains(&shape) {
            found.push(shape);
        }
    }
    found
}

fn rooted_shapes(schema: &SchemaBuilder, list: &Name) -> Vec<(Name, Vec<Segment>)> {
    let declared = &schema.lists[list];
    if declared.is_base() {
        return vec![(list.clone(), vec![Segment::RowOf(list.clone())])];
    }
    if is_group(schema, list) {
        return vec![(list.clone(), group_shape(schema, list))];
    }
    let mut found = Vec::new();
    for rule in &declared.rules {
        let steps = match &rule.each {
            Each::Element(field) => {
                let ty = super::types::field_type(schema, &rule.from, field);
                vec![segment(ty.element().unwrap_or(&Type::Text))]
            }
            Each::Table(table) => vec![segment(&table.columns[&table.key])],
            Each::Match { list: matched, .. } => {
                if is_group(schema, matched) {
                    group_shape(schema, matched)
                } else {
                    vec![Segment::RowOf(matched.clone())]
                }
            }
            _ => Vec::new(),
        };
        for (root, mut shape) in rooted_shapes(schema, &rule.from) {
            shape.extend(steps.iter().cloned());
            found.push((root, shape));
        }
    }
    found
}

fn group_shape(schema: &SchemaBuilder, list: &Name) -> Vec<Segment> {
    let rule = &schema.lists[list].rules[0];
    let Each::Group { by, .. } = &rule.each else { return Vec::new() };
    let scope = Types::of_source(schema, &rule.from);
    let of = |value: &Expr| type_of(value, &scope).map_or(Segment::Text, |ty| segment(&ty));
    by.iter().map(of).collect()
}

fn segment(ty: &Type) -> Segment {
    match ty {
        Type::Reference(list) => Segment::RowOf(list.clone()),
        _ => Segment::Text,
    }
}

/// Tells whether keys of one length may or may not hold the key of a row of `target` at one place, by their making.
///
/// Of a parked cell nobody can then say whether it follows a re-key. The library takes the first rule that fits; random
/// schemas do not go there.
pub(crate) fn ambiguous(schema: &SchemaBuilder, target: &Name) -> bool {
    schema.lists.keys().any(|list| {
        let shapes = shapes(schema, list);
        shapes.iter().enumerate().any(|(i, a)| {
            let same_place = |b: &&Vec<Segment>| {
                a.len() == b.len()
                    && match (&a[0], &b[0]) {
                        (Segment::List(x), Segment::List(y)) => x == y,
                        _ => true,
                    }
            };
            let stands = |segment: &Segment| *segment == Segment::RowOf(target.clone());
            shapes[..i].iter().filter(same_place).any(|b| a.iter().zip(b).any(|(x, y)| stands(x) != stands(y)))
        })
    })
}

/// The key that a row of `list` has after the row `from` of a base list is re-keyed.
pub(crate) fn rekeyed(schema: &SchemaBuilder, list: &Name, key: &Key, target: &Name, from: &Key, to: &Key) -> Key {
    let segments: Vec<&str> = key.as_str().split('/').collect();
    let fits = |shape: &&Vec<Segment>| {
        shape.len() == segments.len()
            && match &shape[0] {
                Segment::List(root) => root == segments[0],
                _ => true,
            }
    };
    let Some(shape) = shapes(schema, list).iter().find(fits).cloned() else { return key.clone() };
    let renamed = segments.iter().zip(&shape).map(|(&segment, stands_for)| {
        let moved = *stands_for == Segment::RowOf(target.clone()) && segment == from.as_str();
        if moved { to.as_str() } else { segment }
    });
    renamed.collect::<Vec<_>>().join("/").parse().expect("segments of keys join to a key")
}
