use std::{collections::BTreeSet, sync::Arc};

use serde::de::DeserializeOwned;
use thiserror::Error;

use super::{
    ListSystem, ParkedCell, Reasons,
    delta::ValueRef,
    find::Indexes,
    finding::Finding,
    locate,
    resolve::{ResolvedRow, Resolver},
};
use crate::{
    engine::{At, Cx, Parked, Side},
    plan::{Plan, Role},
    record::{Record, RecordError, from_record},
    schema::{Direction, Schema, UnknownName},
    store::{Store, Val},
    value::{Key, Name, Value},
};

/// All lists as they were when the snapshot was taken. It can be cloned, sent and read from many threads.
///
/// ```
/// use quanze::{Edits, ListSystem, Schema, schema::{List, Type}};
///
/// let schema = Schema::builder().list("bodies", List::base().field("name", Type::Text)).build()?;
/// let mut system = ListSystem::new(schema);
/// system.commit(Edits::new().insert("bodies", "market", &[("name", "Market bureau")].into_iter().collect::<std::collections::BTreeMap<_, _>>()))?;
///
/// let before = system.snapshot();
/// system.commit(Edits::new().set("bodies", "market", "name", "Market supervision"))?;
/// assert_eq!(before.list("bodies")?.row("market").expect("it is there").get("name")?.as_text(), Some("Market bureau"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Snapshot {
    inner: Arc<Inner>,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) schema: Schema,
    pub(super) plan: Arc<Plan>,
    pub(super) store: Store,
    pub(super) parked: Parked,
    pub(super) dangling: Arc<BTreeSet<(u16, Key, u16)>>,
    pub(super) reasons: Reasons,
    pub(super) revision: u64,
    pub(super) indexes: Arc<Indexes>,
}

/// The error of reading what there is not.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The schema declares no such list or field.
    #[error(transparent)]
    Unknown(#[from] UnknownName),
    /// The list has no row of this key.
    #[error("there is no row '{key}' in '{list}'")]
    NoSuchRow {
        /// The list.
        list: Name,
        /// The key, as it was given.
        key: String,
    },
}

/// What lists are read from: a snapshot, or the system as it is now.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'a> {
    pub(super) schema: &'a Schema,
    pub(super) plan: &'a Plan,
    pub(super) store: &'a Store,
    pub(super) reasons: &'a Reasons,
    pub(super) indexes: &'a Indexes,
}

impl<'a> View<'a> {
    pub(super) fn list(self, name: &str) -> Result<ListView<'a>, UnknownName> {
        let id = self.schema.list(name)?;
        let list = self.schema.list_place(id).unwrap_or_default() as u16;
        Ok(ListView { view: self, list })
    }

    /// Visits the rows of a list, by the keys of their roots.
    pub(super) fn unordered(self, list: u16) -> impl Iterator<Item = (Cx<'a>, At)> + Send {
        self.plan.list(list).homes.iter().flat_map(move |&(root, block)| {
            let rows = self.store.roots[usize::from(root)].in_order(&self.store.texts);
            rows.iter().flat_map(move |&row| {
                let cx = Cx::new(self.plan, self.store, Side::After, root, row);
                let count = cx.block(block).count;
                (0..count).map(move |row| (cx.clone(), At { block, row }))
            })
        })
    }

    fn count(self, list: u16) -> usize {
        self.indexes.count(list)
    }
}

impl Snapshot {
    pub(super) fn new(system: &ListSystem) -> Self {
        let inner = Inner {
            schema: system.schema.clone(),
            plan: Arc::clone(&system.engine.plan),
            store: system.engine.store.share(),
            parked: system.engine.parked.share(),
            dangling: Arc::clone(&system.engine.dangling),
            reasons: system.reasons.clone(),
            revision: system.revision,
            indexes: Arc::clone(&system.indexes),
        };
        Self { inner: Arc::new(inner) }
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.inner.plan
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }

    /// Returns the schema.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.inner.schema
    }

    /// Returns the number of commits that had been made.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.inner.revision
    }

    /// Returns a list.
    ///
    /// # Errors
    /// [`UnknownName`] where the schema declares no such list.
    pub fn list(&self, name: &str) -> Result<ListView<'_>, UnknownName> {
        self.view().list(name)
    }

    /// Visits all lists in the order of the schema.
    pub fn lists(&self) -> impl Iterator<Item = ListView<'_>> {
        let view = self.view();
        (0..self.inner.schema.spec().lists.len() as u16).map(move |list| ListView { view, list })
    }

    /// Returns all findings, by check and key.
    ///
    /// # Complexity
    /// In the rows of the lists checked.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let plan = self.plan();
        for (number, of) in plan.lists.iter().enumerate() {
            let Role::Check { severity, of: checked } = of.role else { continue };
            for (cx, at) in self.unordered(number as u16) {
                let list = &plan.list(checked).name;
                findings.push(super::finding::finding(self.schema(), &cx, cx.up(at, 1), &of.name, severity, list));
            }
        }
        findings.extend(self.inner.dangling.iter().map(|at| super::finding::dangling(self.schema(), plan, at)));
        findings.sort_by(|a, b| (&a.check, &a.key).cmp(&(&b.check, &b.key)));
        findings
    }

    /// Returns the number of findings of each check that has any, by check.
    ///
    /// # Complexity
    /// In the checks and in what dangles, not in the rows.
    #[must_use]
    pub fn finding_counts(&self) -> std::collections::BTreeMap<Name, usize> {
        let plan = self.plan();
        let checks = (0_u16..).zip(&plan.lists).filter(|(_, of)| matches!(of.role, Role::Check { .. }));
        let mut counts: std::collections::BTreeMap<Name, usize> = checks
            .map(|(number, of)| (of.name.clone(), self.view().count(number)))
            .filter(|(_, count)| *count > 0)
            .collect();
        for at in self.inner.dangling.iter() {
            *counts.entry(super::finding::dangling(self.schema(), plan, at).check).or_default() += 1;
        }
        counts
    }

    /// Returns the authored values whose rows did not exist, by list, row and field.
    #[must_use]
    pub fn parked(&self) -> Vec<ParkedCell> {
        parked(self.plan(), &self.inner.parked)
    }

    pub(super) fn view(&self) -> View<'_> {
        let Inner { schema, plan, store, reasons, indexes, .. } = &*self.inner;
        View { schema, plan, store, reasons, indexes }
    }

    /// Visits the rows of a list, by the keys of their roots.
    pub(super) fn unordered(&self, list: u16) -> impl Iterator<Item = (Cx<'_>, At)> {
        self.view().unordered(list)
    }

    pub(super) fn reason(&self, list: u16, key: &Key, field: u16) -> Option<&Arc<str>> {
        self.inner.reasons.get(list, key, field)
    }

    pub(super) fn parked_cells(&self) -> &Parked {
        &self.inner.parked
    }
}

/// Returns what is parked, by list, row and field.
pub(super) fn parked(plan: &Plan, parked: &Parked) -> Vec<ParkedCell> {
    let cell = |(list, key, field, value): (u16, &Key, u16, &Value)| ParkedCell {
        list: plan.list(list).name.clone(),
        key: key.clone(),
        field: plan.list(list).fields[usize::from(field)].name.clone(),
        value: value.clone(),
    };
    parked.all().into_iter().map(cell).collect()
}

/// A list of a [`Snapshot`], or of a [`ListSystem`] as it is now.
#[derive(Clone, Copy, Debug)]
pub struct ListView<'a> {
    pub(super) view: View<'a>,
    pub(super) list: u16,
}

/// Families whose blocks are looked up together.
const STAGE: usize = 16;

impl<'a> ListView<'a> {
    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &'a Name {
        &self.view.plan.list(self.list).name
    }

    /// Returns the number of rows.
    ///
    /// # Complexity
    /// Constant: rows are counted as they come and go.
    #[must_use]
    pub fn len(&self) -> usize {
        self.view.count(self.list)
    }

    /// Tells whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the row of a key.
    ///
    /// # Complexity
    /// A look-up of the base row, and of each step in its family.
    #[must_use]
    pub fn row(&self, key: impl AsRef<str>) -> Option<Row<'a>> {
        let (root, row, at) = locate::locate(self.view.plan, self.view.store, self.list, key.as_ref())?;
        let cx = Cx::new(self.view.plan, self.view.store, Side::After, root, row);
        Some(Row { view: self.view, list: self.list, cx, at })
    }

    /// Visits the rows in the order that the list declares, ties by key.
    ///
    /// Without a declared order the rows of a derived list come by the key of their base row, then in the order of the
    /// elements, lines and matched rows that made them.
    ///
    /// # Complexity
    /// In the rows visited; a declared order sorts them first, unless an index has it.
    #[must_use]
    pub fn rows(&self) -> Rows<'a> {
        let (view, list) = (self.view, self.list);
        let row = move |(cx, at)| Row { view, list, cx, at };
        let order = &view.plan.list(list).order;
        if order.is_empty() {
            return Rows::of(view.unordered(list).map(row));
        }
        if let Some(index) = view.plan.order_index(list) {
            return Rows::of(self.rows_of_index(index, 0, view.indexes.tree(index).len()));
        }
        let mut rows: Vec<(Vec<Val<'a>>, Row<'a>)> = view
            .unordered(list)
            .map(|(cx, at)| (order.iter().map(|(field, _)| cx.field(at, *field)).collect(), row((cx, at))))
            .collect();
        rows.sort_by(|(a, a_row), (b, b_row)| {
            for ((a, b), (_, direction)) in a.iter().zip(b).zip(order) {
                let compared = a_row.cx.names().order(a, b);
                let compared = if *direction == Direction::Descending { compared.reverse() } else { compared };
                if compared.is_ne() {
                    return compared;
                }
            }
            a_row.key().cmp(&b_row.key())
        });
        Rows::of(rows.into_iter().map(|(_, row)| row))
    }

    pub(super) fn row_of(self, cx: Cx<'a>, at: At) -> Row<'a> {
        Row { view: self.view, list: self.list, cx, at }
    }

    /// Reads fields of all rows, by their places in the list; `each` is given the key and the values of a row. The fast way
    /// to read a whole list, by the keys of the base rows, whatever order the list declares.
    pub fn resolve(&self, fields: &[usize], mut each: impl FnMut(ResolvedRow<'_, 'a>)) {
        let View { plan, store, .. } = self.view;
        let mut resolver = Resolver::new(plan, store);
        for &(root, block) in &plan.list(self.list).homes {
            let rows = store.roots[usize::from(root)].in_order(&store.texts);
            // Families are looked up some at a time: what is far away is then waited for together.
            for rows in rows.chunks(STAGE) {
                let mut counts = [0; STAGE];
                for (count, row) in counts.iter_mut().zip(rows) {
                    *count = store.family(store.record(root, *row)).block(block).count;
                }
                for (&row, count) in rows.iter().zip(counts) {
                    if block == 0 || count > 0 {
                        resolver.rows(Side::After, (root, row), block, |count| 0..count, fields, &mut each);
                    }
                }
            }
        }
    }

    /// Reads all rows into values of a type that serde can deserialise, in the list's order.
    pub fn records<T: DeserializeOwned>(&self) -> impl Iterator<Item = Result<T, RecordError>> {
        self.rows().map(|row| row.record())
    }
}

/// The rows of a list. It can be sent to another thread, as a [`Row`] can; threads that read at once take their own from the
/// [`Snapshot`].
pub struct Rows<'a> {
    rows: Box<dyn Iterator<Item = Row<'a>> + Send + 'a>,
}

impl<'a> Rows<'a> {
    pub(super) fn of(rows: impl Iterator<Item = Row<'a>> + Send + 'a) -> Self {
        Self { rows: Box::new(rows) }
    }
}

impl std::fmt::Debug for Rows<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows").finish_non_exhaustive()
    }
}

impl<'a> Iterator for Rows<'a> {
    type Item = Row<'a>;

    fn next(&mut self) -> Option<Row<'a>> {
        self.rows.next()
    }
}

/// A row of a list. It remembers what has been read last, so it can be sent to another thread but not shared with it.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    view: View<'a>,
    list: u16,
    pub(super) cx: Cx<'a>,
    pub(super) at: At,
}

impl<'a> Row<'a> {
    /// Returns the key.
    #[must_use]
    pub fn key(&self) -> Key {
        Key::trusted(&self.cx.key(self.at))
    }

    /// Writes the key at the end of a text.
    #[inline]
    pub fn write_key(&self, key: &mut String) {
        self.cx.write_key(self.at, key);
    }

    fn place(&self, field: &str) -> Result<u16, UnknownName> {
        let of = self.view.plan.list(self.list);
        match of.field_numbers.get(field) {
            Some(place) => Ok(*place),
            None => match self.view.schema.field(of.name.as_str(), field) {
                Err(unknown) => Err(unknown),
                // What the schema knows, the plan knows.
                Ok(_) => Ok(0),
            },
        }
    }

    /// Returns a field as it is seen.
    ///
    /// # Errors
    /// [`UnknownName`] where the list has no such field.
    pub fn get(&self, field: &str) -> Result<Value, UnknownName> {
        let field = self.place(field)?;
        Ok(self.cx.names().value(&self.cx.field(self.at, field)))
    }

    /// Reads a field where it lies, by its place in the list; missing where there is no such place.
    #[must_use]
    #[inline]
    pub fn read(&self, field: usize) -> ValueRef<'a> {
        let fields = self.view.plan.list(self.list).fields.len();
        let val = if field < fields { self.cx.field(self.at, field as u16) } else { Val::Missing };
        ValueRef::new(self.cx.names(), val)
    }

    /// Returns what is authored for a field of a derived row.
    ///
    /// # Errors
    /// [`UnknownName`] where the list has no such field.
    pub fn authored(&self, field: &str) -> Result<Value, UnknownName> {
        let field = self.place(field)?;
        let base = matches!(self.view.plan.list(self.list).role, Role::Base { .. });
        if base {
            return Ok(Value::Missing);
        }
        Ok(self.cx.names().value(&self.cx.authored(self.at, field)))
    }

    /// Returns why what is authored for a field differs from what the rule gives, where its author said so.
    #[must_use]
    pub fn reason(&self, field: &str) -> Option<&'a str> {
        let field = self.place(field).ok()?;
        self.view.reasons.get(self.list, &self.key(), field).map(AsRef::as_ref)
    }

    /// Visits the fields with their values, in the order of the list.
    pub fn values(&self) -> impl Iterator<Item = (&'a Name, Value)> {
        let Self { view, list, cx, at } = self.clone();
        let fields = &view.plan.list(list).fields;
        (0_u16..).zip(fields).map(move |(place, field)| (&field.name, cx.names().value(&cx.field(at, place))))
    }

    /// Copies the fields.
    #[must_use]
    pub fn to_record(&self) -> Record {
        self.values().map(|(name, value)| (name.clone(), value)).collect()
    }

    /// Reads the row into a value of a type that serde can deserialise.
    ///
    /// # Errors
    /// [`RecordError`] where a field does not fit the type.
    pub fn record<T: DeserializeOwned>(&self) -> Result<T, RecordError> {
        from_record(&self.to_record())
    }
}
