//! What the dataflow engines have in common: items in, rows out as differences, and a consumer that is told of them.

use crate::{
    item_rows::{Index, ItemRow, Totals, derive, find, index, read, show, sum_up, sum_up_all},
    workload::{
        Engine,
        checksum::{Consumer, Key, List, ROW_LISTS, Row, Sum, Total, field},
        generator::{Change, HandlingKey, INSPECTION_SLOTS, Item, KINDS, Op, SERVICE_SLOTS},
    },
};

/// An item as the lists see it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "differential", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "dbsp",
    derive(size_of::SizeOf, rkyv::Archive, rkyv::Serialize, rkyv::Deserialize, feldera_macros::IsNone),
    archive_attr(derive(PartialEq, Eq, PartialOrd, Ord))
)]
pub(crate) struct Base {
    number: u32,
    name: String,
    kind: u8,
    department: u8,
    articles: Vec<u16>,
    co_departments: Vec<u8>,
    fees: bool,
    intermediary: bool,
    territorial: bool,
    limit: u8,
    active: bool,
    s: u8,
    t: u8,
    promises: Vec<Option<u8>>,
    promised_kind: u8,
}

impl Base {
    fn of(number: usize, item: &Item) -> Self {
        let [fees, intermediary, territorial] = item.flags;
        Self {
            number: number as u32,
            name: item.name.clone(),
            kind: item.kind,
            department: item.department,
            articles: item.articles.clone(),
            co_departments: item.co_departments.clone(),
            fees,
            intermediary,
            territorial,
            limit: item.limit,
            active: item.active,
            s: item.s,
            t: item.t,
            promises: item.promises.to_vec(),
            promised_kind: item.promised_kind,
        }
    }

    /// Returns the item; its code, which no row needs before it is told, is that of another.
    fn item(&self, blank: &Item) -> Item {
        let mut promises = [None; 4];
        promises.copy_from_slice(&self.promises);
        Item {
            code: blank.code,
            name: self.name.clone(),
            kind: self.kind,
            department: self.department,
            articles: self.articles.clone(),
            co_departments: self.co_departments.clone(),
            flags: [self.fees, self.intermediary, self.territorial],
            limit: self.limit,
            active: self.active,
            remark: 0,
            s: self.s,
            t: self.t,
            promises,
            promised_kind: self.promised_kind,
        }
    }
}

/// A derived row with what it shows. Its place comes first, by which rows are told: item, list, kind and slot of the body, scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "differential", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "dbsp",
    derive(size_of::SizeOf, rkyv::Archive, rkyv::Serialize, rkyv::Deserialize, feldera_macros::IsNone),
    archive_attr(derive(PartialEq, Eq, PartialOrd, Ord))
)]
pub(crate) struct Derived {
    number: u32,
    list: u8,
    body_kind: u8,
    slot: u8,
    scenario: u8,
    name: String,
    kind: u8,
    department: u8,
    articles: Vec<u16>,
    limit: u8,
    effective: u8,
}

/// A register of bodies (services or inspections), a kind and a slot.
pub(crate) type Body = (u8, u8, u8);

impl Derived {
    fn place(&self) -> (u32, u8, u8, u8, u8) {
        (self.number, self.list, self.body_kind, self.slot, self.scenario)
    }

    /// Returns the body that the row is there for.
    pub(crate) fn body(&self) -> Body {
        (u8::from(self.list == List::InspectionImplementation as u8), self.body_kind, self.slot)
    }

    /// Returns what the row adds to the total of its department, if it adds to one.
    pub(crate) fn share(&self) -> Option<(u8, i64)> {
        (self.list == List::Handling as u8).then(|| (self.department, i64::from(self.effective)))
    }
}

/// Whether the rows of a list are there for bodies.
pub(crate) fn is_of_body(list: List) -> bool {
    matches!(list, List::ServiceImplementation | List::InspectionImplementation | List::Handling)
}

/// Derives rows of an item.
pub(crate) fn derived(base: &Base, blank: &Item, wanted: impl Fn(List) -> bool) -> Vec<Derived> {
    let item = base.item(blank);
    let (mut rows, mut name) = (Vec::new(), String::new());
    derive(&item, &mut rows);
    rows.retain(|row| wanted(row.list));
    let full = |row: ItemRow| {
        let shown = show(&item, row, &mut name, |row| String::from_utf8_lossy(row.name).into_owned());
        Derived {
            number: base.number,
            list: row.list as u8,
            body_kind: row.kind,
            slot: row.slot,
            scenario: row.scenario,
            name: shown,
            kind: item.kind,
            department: item.department,
            articles: item.articles.clone(),
            limit: item.limit,
            effective: row.effective,
        }
    };
    rows.into_iter().map(full).collect()
}

/// Returns all bodies.
pub(crate) fn bodies() -> impl Iterator<Item = Body> {
    let of = |register, slots: u8| (0..KINDS).flat_map(move |kind| (0..slots).map(move |slot| (register, kind, slot)));
    of(0, SERVICE_SLOTS).chain(of(1, INSPECTION_SLOTS))
}

/// What has changed at a time: rows and totals, each with how many more there are.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) rows: Vec<(Derived, isize)>,
    pub(crate) totals: Vec<(u8, Total, isize)>,
}

/// A dataflow that derives the lists of items.
pub(crate) trait Dataflow {
    const NAME: &'static str;

    /// Makes the flow; `blank` is an item without texts.
    fn new(blank: Item) -> Self;

    /// Puts an item in, or takes one out.
    fn put(&mut self, base: Base, by: isize);

    /// Ends a time, and notes what has changed at it.
    fn step(&mut self, changes: &mut Changes);
}

/// A dataflow with the items that are in it.
pub(crate) struct Driven<F> {
    flow: F,
    changes: Changes,
    items: Vec<Item>,
    index: Index,
}

impl<F: Dataflow> Driven<F> {
    fn run<C: Consumer>(&mut self, ops: &[Op], consumer: &mut C) {
        for op in ops {
            let Some(number) = find(&self.index, &op.code) else { continue };
            if let Change::Remark(_) = op.change {
                self.items[number].apply(&op.change);
                continue;
            }
            self.flow.put(Base::of(number, &self.items[number]), -1);
            self.items[number].apply(&op.change);
            self.flow.put(Base::of(number, &self.items[number]), 1);
        }
        self.step(consumer);
    }

    /// Ends a time, and tells what has changed at it.
    fn step<C: Consumer>(&mut self, consumer: &mut C) {
        self.flow.step(&mut self.changes);
        self.changes.rows.sort_unstable();
        let mut changes = std::mem::take(&mut self.changes.rows).into_iter().peekable();
        let mut one: Vec<(Derived, isize)> = Vec::new();
        while let Some((first, by)) = changes.next() {
            one.clear();
            one.push((first, by));
            while let Some((row, by)) = changes.next_if(|(row, _)| row.place() == one[0].0.place()) {
                match one.last_mut() {
                    Some((last, all)) if *last == row => *all += by,
                    _ => one.push((row, by)),
                }
            }
            let old = one.iter().find(|(_, by)| *by < 0).map(|(row, _)| row);
            let new = one.iter().find(|(_, by)| *by > 0).map(|(row, _)| row);
            self.tell(old, new, consumer);
        }
        let mut totals = std::collections::BTreeMap::<u8, (Total, Total)>::new();
        for (department, total, by) in self.changes.totals.drain(..) {
            let (old, new) = totals.entry(department).or_default();
            *if by < 0 { old } else { new } = total;
        }
        for (department, (old, new)) in totals {
            consumer.total_if_changed(department, old, new);
        }
        consumer.committed();
    }

    fn tell<C: Consumer>(&self, old: Option<&Derived>, new: Option<&Derived>, consumer: &mut C) {
        let Some(row) = new.or(old) else { return };
        let list = ROW_LISTS[usize::from(row.list)];
        let place =
            ItemRow { list, kind: row.body_kind, slot: row.slot, scenario: row.scenario, effective: row.effective };
        let id = u64::from(row.number) << 8;
        let shown = Row {
            key: Key { list, code: self.items[row.number as usize].code.as_bytes(), step: place.step() },
            name: row.name.as_bytes(),
            kind: row.kind,
            department: row.department,
            articles: &row.articles,
            limit: row.limit,
            effective: row.effective,
        };
        match (old, new) {
            (None, _) => consumer.inserted(id, &shown),
            (_, None) => consumer.removed(id, &shown.key),
            (Some(old), Some(new)) => {
                let differing = field::mask([
                    (field::NAME, old.name != new.name),
                    (field::KIND, old.kind != new.kind),
                    (field::DEPARTMENT, old.department != new.department),
                    (field::ARTICLES, old.articles != new.articles),
                    (field::LIMIT, old.limit != new.limit),
                    (field::EFFECTIVE, old.effective != new.effective),
                ]);
                let mask = differing & list.fields();
                if mask != 0 {
                    consumer.updated(id, &shown, mask);
                }
            }
        }
    }
}

impl<F: Dataflow> Engine for Driven<F> {
    const NAME: &'static str = F::NAME;

    fn build<C: Consumer>(items: &[Item], consumer: &mut C) -> Self {
        let blank = Item { name: String::new(), articles: Vec::new(), co_departments: Vec::new(), ..items[0].clone() };
        let flow = F::new(blank);
        let mut driven = Self { flow, changes: Changes::default(), items: items.to_vec(), index: index(items) };
        for (number, item) in items.iter().enumerate() {
            driven.flow.put(Base::of(number, item), 1);
        }
        driven.step(consumer);
        driven
    }

    fn commit<C: Consumer>(&mut self, op: &Op, consumer: &mut C) {
        self.run(std::slice::from_ref(op), consumer);
    }

    fn commit_batch<C: Consumer>(&mut self, ops: &[Op], consumer: &mut C) {
        self.run(ops, consumer);
    }

    /// Reads rows as the items are: a dataflow has no point reads of what it does not keep.
    fn read(&self, key: &HandlingKey) -> Option<u64> {
        let item = &self.items[find(&self.index, &key.code)?];
        let mut rows = Vec::new();
        derive(item, &mut rows);
        read(item, &rows, key)
    }

    fn scan(&self) -> Sum {
        sum_up(self.items.iter(), |list| list == List::Handling)
    }

    fn state(&self) -> Sum {
        let mut totals = Totals::default();
        let mut rows = Vec::new();
        for item in &self.items {
            derive(item, &mut rows);
            totals.replace(item.department, Total::default(), crate::item_rows::total(&rows));
        }
        sum_up_all(self.items.iter(), &totals)
    }
}
