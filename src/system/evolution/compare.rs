//! What differs between two systems, as a change set; their schemas may be unlike.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::super::{
    Change, ChangeSet, Finding, ListSystem,
    change::{By, Gone},
    state::stored,
};
use crate::{
    engine::{At, ChangeKind, Cx},
    plan::{ListPlan, Plan},
    schema::Write,
    value::{Key, Name, Value},
};

impl ListSystem {
    /// Returns what differs from an earlier system, or from any other: what one commit would have changed that leads from that to this.
    /// No edits are named, for nobody knows which it was.
    ///
    /// ```
    /// use quanze::{Edits, ListSystem, Record, Schema, schema::{List, Type}};
    ///
    /// let schema = Schema::builder().list("powers", List::base().field("name", Type::Text)).build()?;
    /// let mut then = ListSystem::new(schema.clone());
    /// then.commit(Edits::new().insert("powers", "food", &Record::new().with("name", "Food licence")))?;
    /// let mut now = ListSystem::restore(schema, &then.state()).system;
    /// now.commit(Edits::new().set("powers", "food", "name", "Food permit"))?;
    /// now.commit(Edits::new().insert("powers", "fire", &Record::new().with("name", "Fire check")))?;
    /// assert_eq!(now.changes_since(&then).to_string(), "\
    /// between two states → 2 rows in 1 list
    /// powers
    ///   + fire
    ///   ~ food
    ///       name: Food licence → Food permit");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Complexity
    /// In the size of both systems.
    #[must_use]
    pub fn changes_since(&self, earlier: &Self) -> ChangeSet {
        let lists = self.schema.spec().lists.keys().cloned().collect();
        let set = ChangeSet::new(&self.engine.plan, self.revision, None, None, By::Time);
        ChangeSet::between(earlier, self, &lists, set)
    }
}

impl ChangeSet {
    /// Adds the difference between two systems; of the lists of the new one, only those reached are looked at.
    pub(super) fn between(old: &ListSystem, new: &ListSystem, reached: &BTreeSet<Name>, mut set: Self) -> Self {
        for name in new.schema.spec().lists.keys().filter(|name| reached.contains(*name)) {
            set.put(name, Sides { old: Side::of(old, name), new: Side::of(new, name) }.changes());
        }
        for name in old.schema.spec().lists.keys().filter(|name| !new.schema.spec().lists.contains_key(*name)) {
            set.put(name, Sides { old: Side::of(old, name), new: None }.changes());
        }
        let (before, after) = (old.snapshot().findings(), new.snapshot().findings());
        set.findings(missing_from(&before, &after), missing_from(&after, &before));
        set
    }
}

/// Returns the findings of one system that the other has not; what they say of a row may differ.
fn missing_from(others: &[Finding], findings: &[Finding]) -> Vec<Finding> {
    let id = |finding: &Finding| {
        (finding.check().clone(), finding.list().clone(), finding.key().clone(), finding.severity())
    };
    let known: BTreeSet<_> = others.iter().map(id).collect();
    findings.iter().filter(|finding| !known.contains(&id(finding))).cloned().collect()
}

/// A list before and after; one of them may be missing.
struct Sides<'a> {
    old: Option<Side<'a>>,
    new: Option<Side<'a>>,
}

/// A list of one of two systems.
struct Side<'a> {
    plan: &'a Arc<Plan>,
    number: u16,
    of: &'a ListPlan,
    rows: BTreeMap<Key, (Cx<'a>, At)>,
}

impl<'a> Side<'a> {
    fn of(system: &'a ListSystem, name: &Name) -> Option<Self> {
        let plan = &system.engine.plan;
        system.schema.spec().lists.get(name)?;
        let number = *plan.list_numbers.get(name)?;
        let rows = system.view().unordered(number).map(|(cx, at)| (Key::trusted(&cx.key(at)), (cx, at))).collect();
        Some(Self { plan, number, of: plan.list(number), rows })
    }

    /// Returns the fields of a row by the places of another list of the same name; missing where there is no such field.
    fn values(&self, (cx, at): &(Cx<'_>, At), places: &ListPlan) -> Arc<[Value]> {
        let value = |name: &Name| {
            let field = self.of.field_numbers.get(name)?;
            Some(cx.names().value(&cx.field(*at, *field)))
        };
        places.fields.iter().map(|field| value(&field.name).unwrap_or_default()).collect()
    }

    /// Returns the values present of the fields that another list of the same name has not.
    fn gone(&self, (cx, at): &(Cx<'_>, At), other: &ListPlan) -> Gone {
        let fields = (0_u16..).zip(&self.of.fields);
        let gone = fields.filter(|(_, field)| !other.field_numbers.contains_key(&field.name));
        let values = gone.map(|(place, field)| (field.name.clone(), cx.names().value(&cx.field(*at, place))));
        values.filter(|(_, value)| !value.is_missing()).collect()
    }

    /// Returns what the rule gives for a field that may stand under an authored value, where one does.
    fn covered(&self, (cx, at): &(Cx<'_>, At), name: &Name) -> Option<Value> {
        let field = *self.of.field_numbers.get(name)?;
        let suggested = self.of.fields[usize::from(field)].write == Write::Suggest;
        (suggested && cx.cell(*at, field) != 0)
            .then(|| cx.names().value(&cx.eval(&cx.program(*at, field).rule.op, *at)))
    }
}

impl Sides<'_> {
    fn changes(&self) -> Vec<Change> {
        let Some(places) = self.new.as_ref().or(self.old.as_ref()) else { return Vec::new() };
        let rows = |side: &'_ Option<Side<'_>>| -> BTreeSet<Key> {
            side.iter().flat_map(|side| side.rows.keys().cloned()).collect()
        };
        let mut keys = rows(&self.old);
        keys.append(&mut rows(&self.new));
        keys.into_iter().filter_map(|key| self.change(key, places)).collect()
    }

    fn change(&self, key: Key, places: &Side<'_>) -> Option<Change> {
        let there = |side: &'_ Option<Side<'_>>| side.as_ref().is_some_and(|side| side.rows.contains_key(&key));
        let kind = match (there(&self.old), there(&self.new)) {
            (false, _) => ChangeKind::Added,
            (_, false) => ChangeKind::Removed,
            _ => ChangeKind::Updated,
        };
        let values = |side: &Option<Side<'_>>| {
            let row = side.as_ref().and_then(|side| Some(side.values(side.rows.get(&key)?, places.of)));
            row.unwrap_or_default()
        };
        let (before, after) = (values(&self.old), values(&self.new));
        let gone =
            self.old.as_ref().and_then(|side| Some(side.gone(side.rows.get(&key)?, places.of))).unwrap_or_default();
        let (mut changed, mut shadowed) = (0, 0);
        if kind == ChangeKind::Updated {
            for (place, (was, is)) in before.iter().zip(after.iter()).enumerate() {
                if !alike(was, is) {
                    changed |= 1 << place;
                } else if self.is_shadowed(&key, &places.of.fields[place].name) {
                    shadowed |= 1 << place;
                }
            }
            if changed == 0 && shadowed == 0 && gone.is_empty() {
                return None;
            }
        }
        let list = (Arc::clone(places.plan), places.number);
        Some(Change::of_schema(list, key, kind, (changed, shadowed), (before, after), gone))
    }

    /// Tells whether the rule's value has changed under an authored one.
    fn is_shadowed(&self, key: &Key, field: &Name) -> bool {
        let covered = |side: &Option<Side<'_>>| {
            let side = side.as_ref()?;
            side.covered(side.rows.get(key)?, field)
        };
        match (covered(&self.old), covered(&self.new)) {
            (Some(was), Some(is)) => !alike(&was, &is),
            _ => false,
        }
    }
}

/// Values of fields whose types differ are compared as they are stored: a date is what its text was.
fn alike(a: &Value, b: &Value) -> bool {
    a == b || stored(a) == stored(b)
}
