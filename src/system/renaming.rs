use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::{
    plan::{EachPlan, Plan, Role},
    schema::Type,
    store::Kind,
    value::{Key, Value},
};

/// What becomes of keys and references when a row of a base list gets another key.
pub(super) struct Renaming<'p> {
    plan: &'p Plan,
    root: u16,
    from: Key,
    to: Key,
    shapes: HashMap<u16, Vec<Vec<Segment>>, FixedState>,
}

/// What a segment of a key names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Segment {
    /// The root list that the row stems from.
    Tag(u16),
    /// A row of a base list.
    Row(u16),
    Value,
}

impl<'p> Renaming<'p> {
    pub(super) fn new(plan: &'p Plan, root: u16, from: &str, to: &str) -> Self {
        Self { plan, root, from: Key::trusted(from), to: Key::trusted(to), shapes: HashMap::default() }
    }

    /// Returns the key that a row of a derived list gets; none where its key does not name the row renamed.
    pub(super) fn key(&mut self, list: u16, key: &Key) -> Option<Key> {
        let plan = self.plan;
        let shapes = self.shapes.entry(list).or_insert_with(|| shapes(plan, list));
        let segments: Vec<&str> = key.as_str().split('/').collect();
        let fits = |shape: &&Vec<Segment>| {
            shape.len() == segments.len()
                && match shape[0] {
                    Segment::Tag(root) => plan.list(plan.root(root).list).name == *segments[0],
                    _ => true,
                }
        };
        let shape = shapes.iter().find(fits)?;
        let named =
            |(segment, of): (&&str, &Segment)| *of == Segment::Row(self.root) && **segment == *self.from.as_str();
        if !segments.iter().zip(shape).any(named) {
            return None;
        }
        let new = segments.iter().zip(shape).map(|at| if named(at) { self.to.as_str() } else { *at.0 });
        Some(Key::trusted(&new.collect::<Vec<_>>().join("/")))
    }

    /// Tells whether an authored value refers to the row renamed.
    pub(super) fn refers(&self, list: u16, field: u16, value: &Value) -> bool {
        refers(self.plan, list, field, self.root) && refers_to(value, &self.from)
    }

    /// Makes an authored value refer to the row by its new key.
    pub(super) fn value(&self, list: u16, field: u16, value: &mut Value) {
        if !self.refers(list, field, value) {
            return;
        }
        let to = Value::Reference(self.to.clone());
        match value {
            Value::List(elements) => {
                let mut renamed: Vec<Value> = Vec::with_capacity(elements.len());
                for element in elements.drain(..) {
                    let element = if refers_to(&element, &self.from) { to.clone() } else { element };
                    // Elements that have become equal are one, where the first of them stands.
                    if !renamed.contains(&element) {
                        renamed.push(element);
                    }
                }
                *elements = renamed;
                if matches!(self.plan.list(list).fields[usize::from(field)].ty, Type::Set(_)) {
                    elements.sort();
                }
            }
            one => *one = to,
        }
    }
}

/// Tells whether what is authored for a field refers to rows of a root list.
pub(super) fn refers(plan: &Plan, list: u16, field: u16, root: u16) -> bool {
    plan.authored_references.iter().any(|of| (of.list, of.field, of.target) == (list, field, root))
}

/// Tells whether a value refers to a key, singly or among others.
pub(super) fn refers_to(value: &Value, key: &Key) -> bool {
    match value {
        Value::Reference(to) => to == key,
        Value::List(elements) => elements.iter().any(|element| refers_to(element, key)),
        _ => false,
    }
}

/// Returns the shapes that the keys of a list can have.
fn shapes(plan: &Plan, list: u16) -> Vec<Vec<Segment>> {
    let of = plan.list(list);
    let mut all = Vec::new();
    for &(root, block) in &of.homes {
        for mut shape in block_shapes(plan, root, block) {
            if of.tagged {
                shape.insert(0, Segment::Tag(root));
            }
            if !all.contains(&shape) {
                all.push(shape);
            }
        }
    }
    all
}

fn block_shapes(plan: &Plan, root: u16, block: u16) -> Vec<Vec<Segment>> {
    if block == 0 {
        return vec![root_shape(plan, root)];
    }
    let mut all = Vec::new();
    for rule in &plan.root(root).block(block).rules {
        let step: Vec<Segment> = match &rule.each {
            EachPlan::Row => Vec::new(),
            EachPlan::Element { kind: Kind::Reference(list), .. } => vec![Segment::Row(*list)],
            EachPlan::Element { .. } | EachPlan::Table { .. } => vec![Segment::Value],
            EachPlan::Match(of) => root_shape(plan, of.list),
        };
        for mut shape in block_shapes(plan, root, rule.parent) {
            shape.extend_from_slice(&step);
            if !all.contains(&shape) {
                all.push(shape);
            }
        }
    }
    all
}

fn root_shape(plan: &Plan, root: u16) -> Vec<Segment> {
    let of = plan.root(root);
    match (&plan.list(of.list).role, &of.group) {
        (Role::Group { .. }, Some(group)) => of.slots[..usize::from(group.by)]
            .iter()
            .map(|slot| match slot.kind {
                Kind::Reference(list) => Segment::Row(list),
                _ => Segment::Value,
            })
            .collect(),
        _ => vec![Segment::Row(root)],
    }
}
