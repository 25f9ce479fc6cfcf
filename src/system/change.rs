use std::{collections::BTreeMap, fmt, sync::Arc};

use foldhash::fast::FixedState;
use indexmap::IndexMap;
use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::{ListSystem, finding::Finding};
use crate::{
    engine::{At, ChangeKind, Cx, Side, Span},
    plan::{ListPlan, Plan, Role},
    schema::{Schema, Severity},
    value::{Key, Name, Value},
};

/// What a batch of edits has changed, or would change, in every list: the difference between deriving everything before and
/// after, with the edits that each change comes from.
///
/// It owns what it says, and keeps no old state alive.
#[derive(Clone)]
pub struct ChangeSet {
    pub(super) plan: Arc<Plan>,
    pub(super) revision: u64,
    pub(super) cause: Option<Arc<str>>,
    pub(super) actor: Option<Arc<str>>,
    pub(super) by: By,
    /// In the order of the schema, each in the order of keys.
    pub(super) lists: IndexMap<Name, Vec<Change>, FixedState>,
    pub(super) added: Vec<Finding>,
    pub(super) resolved: Vec<Finding>,
}

/// What has made the changes.
#[derive(Clone, Copy, Debug)]
pub(super) enum By {
    /// So many edits.
    Edits(usize),
    /// Another schema.
    Schema,
    /// Whatever came between two states.
    Time,
}

impl By {
    /// Returns the number of edits; `None` where it was a schema.
    pub(super) fn edits(self) -> Option<usize> {
        match self {
            Self::Edits(edits) => Some(edits),
            Self::Schema | Self::Time => None,
        }
    }
}

/// The values of fields that another schema has no more.
pub(super) type Gone = Arc<[(Name, Value)]>;

/// One row that has appeared, vanished or changed.
#[derive(Clone)]
pub struct Change {
    pub(super) plan: Arc<Plan>,
    pub(super) list: u16,
    pub(super) key: Key,
    pub(super) kind: ChangeKind,
    pub(super) changed: u128,
    pub(super) shadowed: u128,
    /// All fields, before and after; of a row that was not there or is not, all missing.
    pub(super) before: Arc<[Value]>,
    pub(super) after: Arc<[Value]>,
    /// Of the side before, where there are any.
    pub(super) gone: Option<Gone>,
    pub(super) edits: Arc<[u32]>,
}

static MISSING: Value = Value::Missing;

impl Change {
    /// Makes a change that comes of another schema.
    pub(super) fn of_schema(
        (plan, list): (Arc<Plan>, u16),
        key: Key,
        kind: ChangeKind,
        (changed, shadowed): (u128, u128),
        (before, after): (Arc<[Value]>, Arc<[Value]>),
        gone: Gone,
    ) -> Self {
        let gone = (!gone.is_empty()).then_some(gone);
        Self { plan, list, key, kind, changed, shadowed, before, after, gone, edits: Arc::default() }
    }

    /// Returns the name of the list.
    #[must_use]
    pub fn list(&self) -> &Name {
        &self.plan.list(self.list).name
    }

    /// Returns the key of the row.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Returns what has become of the row.
    #[must_use]
    pub fn kind(&self) -> ChangeKind {
        self.kind
    }

    /// Visits the fields that are seen with another value; none for a row that has appeared or vanished.
    pub fn changed(&self) -> impl Iterator<Item = &Name> {
        let gone = self.gone().iter().filter(|_| self.kind == ChangeKind::Updated);
        self.fields(self.changed).chain(gone.map(|(name, _)| name))
    }

    /// Visits the fields whose rule's value has changed under an authored one, which is still seen.
    pub fn shadowed(&self) -> impl Iterator<Item = &Name> {
        self.fields(self.shadowed)
    }

    fn gone(&self) -> &[(Name, Value)] {
        self.gone.as_deref().unwrap_or_default()
    }

    fn fields(&self, mask: u128) -> impl Iterator<Item = &Name> {
        let fields = &self.plan.list(self.list).fields;
        fields.iter().enumerate().filter(move |(at, _)| mask >> at & 1 == 1).map(|(_, field)| &field.name)
    }

    /// Returns a field as it was seen before; missing for a row that has appeared, and for a field that there is not.
    #[must_use]
    pub fn before(&self, field: &str) -> &Value {
        match self.gone().iter().find(|(name, _)| name == field) {
            Some((_, value)) => value,
            None => self.value(&self.before, field),
        }
    }

    /// Returns a field as it is seen after; missing for a row that has vanished, and for a field that there is not.
    #[must_use]
    pub fn after(&self, field: &str) -> &Value {
        self.value(&self.after, field)
    }

    fn value<'v>(&self, values: &'v [Value], field: &str) -> &'v Value {
        let at = self.plan.list(self.list).field_numbers.get(field);
        at.and_then(|at| values.get(usize::from(*at))).unwrap_or(&MISSING)
    }

    /// Returns which of the edits of the batch the change comes from, counted from 0.
    #[must_use]
    pub fn edits(&self) -> &[u32] {
        &self.edits
    }
}

impl ChangeSet {
    pub(super) fn new(
        plan: &Arc<Plan>,
        revision: u64,
        cause: Option<Arc<str>>,
        actor: Option<Arc<str>>,
        by: By,
    ) -> Self {
        let (plan, added, resolved) = (Arc::clone(plan), Vec::new(), Vec::new());
        Self { plan, revision, cause, actor, by, lists: IndexMap::default(), added, resolved }
    }

    /// Adds the changes of a list, which are in the order of keys.
    pub(super) fn put(&mut self, list: &Name, changes: Vec<Change>) {
        if !changes.is_empty() {
            self.lists.insert(list.clone(), changes);
        }
    }

    /// Sets the findings that have come and gone.
    pub(super) fn findings(&mut self, added: Vec<Finding>, resolved: Vec<Finding>) {
        (self.added, self.resolved) = (added, resolved);
        let order = |a: &Finding, b: &Finding| (&a.check, &a.key).cmp(&(&b.check, &b.key));
        self.added.sort_by(order);
        self.resolved.sort_by(order);
    }

    /// Collects what the commit under way has changed.
    pub(super) fn collect(system: &ListSystem, revision: u64, edits: &super::Edits) -> Self {
        let engine = &system.engine;
        let plan = &engine.plan;
        let mut set = Self::new(plan, revision, edits.cause.clone(), edits.actor.clone(), By::Edits(edits.len()));
        let mut lists: BTreeMap<u16, Vec<Change>> = BTreeMap::new();
        let nothing: Arc<[Value]> = Arc::new([]);
        let mut causes: BTreeMap<u32, Arc<[u32]>> = BTreeMap::new();
        for span in engine.spans.iter() {
            let list = plan.root(span.root).block(span.block).list;
            let of = plan.list(list);
            let before = Cx::new(plan, &engine.store, Side::Before, span.root, span.row);
            let after = Cx::new(plan, &engine.store, Side::After, span.root, span.row);
            if let Role::Check { severity, of: checked } = of.role {
                set.finding(system, span, &before, &after, &of.name, severity, &plan.list(checked).name);
                continue;
            }
            let masks = engine.spans.masks(span);
            let edits = causes.entry(span.cause).or_insert_with(|| engine.causes.edits(span.cause).into());
            for number in 0..span.count {
                let now = At { block: span.block, row: span.first + number };
                let (key, old, new) = match span.kind {
                    ChangeKind::Added => (after.key(now), Arc::clone(&nothing), values(&after, of, now)),
                    ChangeKind::Removed => (before.key(now), values(&before, of, now), Arc::clone(&nothing)),
                    ChangeKind::Updated => {
                        let then = At { block: span.block, row: span.first_before + number };
                        (after.key(now), values(&before, of, then), values(&after, of, now))
                    }
                };
                lists.entry(list).or_default().push(Change {
                    plan: Arc::clone(plan),
                    list,
                    key: Key::trusted(&key),
                    kind: span.kind,
                    changed: masks.changed,
                    shadowed: masks.shadowed,
                    before: old,
                    after: new,
                    gone: None,
                    edits: Arc::clone(edits),
                });
            }
        }
        let (before, after) = (&engine.dangling_before, &engine.dangling);
        let finding = |at: &(u16, Key, u16)| super::finding::dangling(&system.schema, plan, at);
        for (list, mut changes) in lists {
            changes.sort_by(|a, b| a.key.cmp(&b.key));
            set.put(&plan.list(list).name, changes);
        }
        let (mut added, mut resolved) = (std::mem::take(&mut set.added), std::mem::take(&mut set.resolved));
        added.extend(after.difference(before).map(finding));
        resolved.extend(before.difference(after).map(finding));
        set.findings(added, resolved);
        set
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of a finding")]
    fn finding(
        &mut self,
        system: &ListSystem,
        span: &Span,
        before: &Cx<'_>,
        after: &Cx<'_>,
        check: &Name,
        severity: Severity,
        list: &Name,
    ) {
        for number in 0..span.count {
            let at = At { block: span.block, row: span.first + number };
            let (cx, all) = match span.kind {
                ChangeKind::Added => (after, &mut self.added),
                ChangeKind::Removed => (before, &mut self.resolved),
                ChangeKind::Updated => continue,
            };
            all.push(super::finding::finding(&system.schema, cx, cx.up(at, 1), check, severity, list));
        }
    }

    pub(crate) fn schema(&self) -> &Schema {
        &self.plan.schema
    }

    /// Returns the revision that the commit made; for a preview, the one that it would make.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Returns why the edits were made.
    #[must_use]
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// Returns who made the edits.
    #[must_use]
    pub fn actor(&self) -> Option<&str> {
        self.actor.as_deref()
    }

    /// Visits the names of the lists in which something has changed, in the order of the schema.
    pub fn lists(&self) -> impl Iterator<Item = &Name> {
        self.lists.keys()
    }

    /// Returns the rows of a list that have changed, by key; none for a list that there is not.
    #[must_use]
    pub fn changes(&self, list: &str) -> &[Change] {
        self.lists.get(list).map_or(&[], Vec::as_slice)
    }

    /// Visits all rows that have changed, by list and key.
    pub fn iter(&self) -> impl Iterator<Item = &Change> {
        self.lists.values().flatten()
    }

    /// Returns the number of rows that have changed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lists.values().map(Vec::len).sum()
    }

    /// Tells whether no row has changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    /// Returns the findings that there were not before, by check and key.
    #[must_use]
    pub fn findings_added(&self) -> &[Finding] {
        &self.added
    }

    /// Returns the findings that there are no more, by check and key.
    #[must_use]
    pub fn findings_resolved(&self) -> &[Finding] {
        &self.resolved
    }
}

fn values(cx: &Cx<'_>, of: &ListPlan, at: At) -> Arc<[Value]> {
    (0..of.fields.len() as u16).map(|field| cx.names().value(&cx.field(at, field))).collect()
}

impl fmt::Display for ChangeSet {
    /// Writes a line of totals, then each list with its rows, fields and values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
        let by = match self.by {
            By::Edits(edits) => plural(edits, "edit", "edits"),
            By::Schema => "a new schema".to_owned(),
            By::Time => "between two states".to_owned(),
        };
        write!(f, "{by} → {} in {}", plural(self.len(), "row", "rows"), plural(self.lists.len(), "list", "lists"))?;
        if !self.added.is_empty() {
            write!(f, "; {} added", plural(self.added.len(), "finding", "findings"))?;
        }
        if !self.resolved.is_empty() {
            write!(f, "; {} resolved", plural(self.resolved.len(), "finding", "findings"))?;
        }
        if let Some(cause) = &self.cause {
            write!(f, "\ncause: {cause}")?;
        }
        for (list, changes) in &self.lists {
            write!(f, "\n{list}")?;
            for change in changes {
                write!(f, "\n  {change}")?;
            }
        }
        for finding in &self.added {
            write!(f, "\n+ {finding}")?;
        }
        for finding in &self.resolved {
            write!(f, "\n- {finding}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.kind {
            ChangeKind::Added => '+',
            ChangeKind::Removed => '-',
            ChangeKind::Updated => '~',
        };
        write!(f, "{sign} {}", self.key)?;
        let shown = |value: &Value| if value.is_missing() { "∅".to_owned() } else { value.to_string() };
        for name in self.changed() {
            write!(f, "\n      {name}: {} → {}", shown(self.before(name.as_str())), shown(self.after(name.as_str())))?;
        }
        for name in self.shadowed() {
            write!(f, "\n      {name}: the rule's value has changed under {}", shown(self.after(name.as_str())))?;
        }
        Ok(())
    }
}

impl fmt::Debug for ChangeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}] ", self.list(), self.key)?;
        fmt::Display::fmt(self, f)
    }
}

impl PartialEq for Change {
    fn eq(&self, other: &Self) -> bool {
        self.list() == other.list()
            && self.key == other.key
            && self.kind == other.kind
            && self.changed == other.changed
            && self.shadowed == other.shadowed
            && self.before == other.before
            && self.after == other.after
            && self.gone == other.gone
            && self.edits == other.edits
    }
}

impl Eq for Change {}

impl PartialEq for ChangeSet {
    /// Two change sets are equal if they say the same of every row, whatever their revision.
    fn eq(&self, other: &Self) -> bool {
        self.lists.values().flatten().eq(other.lists.values().flatten())
            && self.added == other.added
            && self.resolved == other.resolved
    }
}

impl Eq for ChangeSet {}

/// The fields of one side of a change, by name.
struct Fields<'c>(&'c Change, &'c [Value], &'c [(Name, Value)]);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = &self.0.plan.list(self.0.list).fields;
        let values = fields.iter().zip(self.1).map(|(field, value)| (&field.name, value));
        serializer.collect_map(values.chain(self.2.iter().map(|(name, value)| (name, value))))
    }
}

impl Serialize for Change {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_struct("Change", 8)?;
        row.serialize_field("list", self.list())?;
        row.serialize_field("key", &self.key)?;
        row.serialize_field("kind", &self.kind)?;
        row.serialize_field("changed", &self.changed().collect::<Vec<_>>())?;
        row.serialize_field("shadowed", &self.shadowed().collect::<Vec<_>>())?;
        let there = |is: ChangeKind, fields| (self.kind != is).then_some(fields);
        row.serialize_field("before", &there(ChangeKind::Added, Fields(self, &self.before, self.gone())))?;
        row.serialize_field("after", &there(ChangeKind::Removed, Fields(self, &self.after, &[])))?;
        row.serialize_field("edits", &*self.edits)?;
        row.end()
    }
}

impl Serialize for ChangeSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut set = serializer.serialize_struct("ChangeSet", 6)?;
        set.serialize_field("revision", &self.revision)?;
        set.serialize_field("cause", &self.cause)?;
        set.serialize_field("actor", &self.actor)?;
        set.serialize_field("changes", &self.iter().collect::<Vec<_>>())?;
        set.serialize_field("findings_added", &self.added)?;
        set.serialize_field("findings_resolved", &self.resolved)?;
        set.end()
    }
}
