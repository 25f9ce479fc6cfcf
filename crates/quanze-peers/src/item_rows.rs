//! The derived rows of one item, by reference: what they show of the item is read there.

use std::{collections::HashMap, hash::BuildHasherDefault, sync::LazyLock};

use crate::workload::{
    checksum::{Consumer, Key, List, Row, Step, Sum, Tag, Total, field},
    generator::{
        BodyKey, Code, DEPARTMENTS, ENFORCEMENT_KINDS, HandlingKey, INSPECTION_SLOTS, Item, KINDS, REGULATION_KINDS,
        SERVICE_KINDS, SERVICE_SLOTS, inspection_body_key, inspection_slots, scenarios, service_body_key,
        service_slots,
    },
};

/// A derived row: its place among those of the item, and what no other row of the item need share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ItemRow {
    pub(crate) list: List,
    /// The kind of the body, where there is one.
    pub(crate) kind: u8,
    /// The body's slot, or the co-managing department.
    pub(crate) slot: u8,
    /// The scenario by number.
    pub(crate) scenario: u8,
    pub(crate) effective: u8,
}

impl ItemRow {
    /// What makes it this row of the item and no other.
    fn place(self) -> (List, u8, u8, u8) {
        (self.list, self.kind, self.slot, self.scenario)
    }

    fn scenario(self) -> &'static str {
        scenarios(self.kind)[usize::from(self.scenario)]
    }

    /// What follows the item in the row's key.
    pub(crate) fn step(self) -> Step<'static> {
        let (kind, slot) = (usize::from(self.kind), usize::from(self.slot));
        match self.list {
            List::Boundary => Step::CoDepartment(self.slot),
            List::ServiceImplementation => Step::Body(BODIES.service[kind][slot].as_bytes()),
            List::InspectionImplementation => Step::Body(BODIES.inspection[kind][slot].as_bytes()),
            List::Handling => Step::BodyScenario(BODIES.service[kind][slot].as_bytes(), self.scenario().as_bytes()),
            _ => Step::Item,
        }
    }
}

/// Derives the rows of an item, in the order of their places.
pub(crate) fn derive(item: &Item, rows: &mut Vec<ItemRow>) {
    rows.clear();
    if !item.active {
        return;
    }
    let plain = |list| ItemRow { list, kind: 0, slot: 0, scenario: 0, effective: item.limit };
    for (list, kinds) in [
        (List::Service, &SERVICE_KINDS[..]),
        (List::Enforcement, &ENFORCEMENT_KINDS),
        (List::Regulation, &REGULATION_KINDS),
    ] {
        if kinds.contains(&item.kind) {
            rows.push(plain(list));
        }
    }
    for (list, flag) in [List::Fees, List::Intermediary, List::Territorial].into_iter().zip(item.flags) {
        if flag {
            rows.push(plain(list));
        }
    }
    rows.extend(item.co_departments.iter().map(|slot| ItemRow { slot: *slot, ..plain(List::Boundary) }));
    if SERVICE_KINDS.contains(&item.kind) {
        for (slot, promise) in service_slots(item.s).into_iter().zip(item.promises) {
            let promise = promise.filter(|_| item.kind == item.promised_kind);
            let effective = promise.unwrap_or(item.limit).min(item.limit);
            let row = |list| ItemRow { list, kind: item.kind, slot, scenario: 0, effective };
            rows.push(row(List::ServiceImplementation));
            let handling = row(List::Handling);
            rows.extend((0..scenarios(item.kind).len() as u8).map(|scenario| ItemRow { scenario, ..handling }));
        }
    }
    if REGULATION_KINDS.contains(&item.kind) {
        let row = |slot| ItemRow { kind: item.kind, slot, ..plain(List::InspectionImplementation) };
        rows.extend(inspection_slots(item.t).map(row));
    }
    rows.sort_unstable_by_key(|row| row.place());
}

/// What an item adds to the total of its department.
pub(crate) fn total(rows: &[ItemRow]) -> Total {
    let handling = rows.iter().filter(|row| row.list == List::Handling);
    handling.fold(Total::default(), |all, row| Total { rows: all.rows + 1, sum: all.sum + u64::from(row.effective) })
}

/// The keys of all bodies.
struct Bodies {
    service: Vec<[BodyKey; SERVICE_SLOTS as usize]>,
    inspection: Vec<[BodyKey; INSPECTION_SLOTS as usize]>,
}

static BODIES: LazyLock<Bodies> = LazyLock::new(|| Bodies {
    service: (0..KINDS).map(|kind| std::array::from_fn(|slot| service_body_key(kind, slot as u8))).collect(),
    inspection: (0..KINDS).map(|kind| std::array::from_fn(|slot| inspection_body_key(kind, slot as u8))).collect(),
});

/// Shows a row of an item.
pub(crate) fn show<T>(item: &Item, row: ItemRow, name: &mut String, then: impl FnOnce(&Row<'_>) -> T) -> T {
    let shown = if row.list == List::Handling {
        name.clear();
        name.push_str(&item.name);
        name.push(' ');
        name.push_str(row.scenario());
        name.as_bytes()
    } else {
        item.name.as_bytes()
    };
    then(&Row {
        key: Key { list: row.list, code: item.code.as_bytes(), step: row.step() },
        name: shown,
        kind: item.kind,
        department: item.department,
        articles: &item.articles,
        limit: item.limit,
        effective: row.effective,
    })
}

/// Tells a consumer how the rows of an item have changed.
pub(crate) fn tell<C: Consumer>(
    (old_item, old): (&Item, &[ItemRow]),
    (new_item, new): (&Item, &[ItemRow]),
    id: u64,
    name: &mut String,
    consumer: &mut C,
) {
    let alike = field::mask([
        (field::NAME, old_item.name != new_item.name),
        (field::KIND, old_item.kind != new_item.kind),
        (field::DEPARTMENT, old_item.department != new_item.department),
        (field::ARTICLES, old_item.articles != new_item.articles),
        (field::LIMIT, old_item.limit != new_item.limit),
    ]);
    let (mut old, mut new) = (old.iter().copied().peekable(), new.iter().copied().peekable());
    loop {
        match (old.peek().copied(), new.peek().copied()) {
            (None, None) => return,
            (Some(before), after) if after.is_none_or(|after| before.place() < after.place()) => {
                show(old_item, before, name, |row| consumer.removed(id, &row.key));
                old.next();
            }
            (before, Some(after)) if before.is_none_or(|before| after.place() < before.place()) => {
                show(new_item, after, name, |row| consumer.inserted(id, row));
                new.next();
            }
            (Some(before), Some(after)) => {
                let moved = if before.effective == after.effective { 0 } else { field::EFFECTIVE };
                let mask = (alike | moved) & after.list.fields();
                if mask != 0 {
                    show(new_item, after, name, |row| consumer.updated(id, row, mask));
                }
                old.next();
                new.next();
            }
            _ => return,
        }
    }
}

/// Adds up rows of items.
pub(crate) fn sum_up<'a>(items: impl Iterator<Item = &'a Item>, wanted: impl Fn(List) -> bool) -> Sum {
    let (mut sum, mut rows, mut name) = (Sum::default(), Vec::new(), String::new());
    for item in items {
        derive(item, &mut rows);
        for row in rows.iter().filter(|row| wanted(row.list)) {
            sum.add(show(item, *row, &mut name, |row| row.hash(Tag::Inserted)));
        }
    }
    sum
}

/// Adds up all rows of items, and the totals.
pub(crate) fn sum_up_all<'a>(items: impl Iterator<Item = &'a Item>, totals: &Totals) -> Sum {
    let mut sum = sum_up(items, |_| true);
    for (department, total) in (0..).zip(totals.0) {
        sum.add_total(department, total);
    }
    sum
}

/// Finds a handling row of an item by its key, and hashes it.
pub(crate) fn read(item: &Item, rows: &[ItemRow], key: &HandlingKey) -> Option<u64> {
    let is_it = |row: &&ItemRow| {
        row.list == List::Handling
            && BODIES.service[usize::from(row.kind)][usize::from(row.slot)].as_bytes() == key.body.as_bytes()
            && row.scenario() == key.scenario
    };
    let row = rows.iter().find(is_it)?;
    Some(show(item, *row, &mut String::new(), |row| row.hash(Tag::Inserted)))
}

/// The totals of the departments.
#[derive(Clone, Debug)]
pub(crate) struct Totals([Total; DEPARTMENTS as usize + 1]);

impl Default for Totals {
    fn default() -> Self {
        Self([Total::default(); DEPARTMENTS as usize + 1])
    }
}

impl Totals {
    /// Replaces what an item adds to the total of its department; returns the department and its total before.
    pub(crate) fn replace(&mut self, department: u8, old: Total, new: Total) -> (u8, Total) {
        let total = &mut self.0[usize::from(department)];
        let before = *total;
        total.replace(old, new);
        (department, before)
    }

    /// Tells a consumer if the total of a department differs from before.
    pub(crate) fn tell_one<C: Consumer>(&self, (department, before): (u8, Total), consumer: &mut C) {
        consumer.total_if_changed(department, before, self.0[usize::from(department)]);
    }

    /// Tells a consumer which differ from before.
    pub(crate) fn tell<C: Consumer>(&self, before: &Self, consumer: &mut C) {
        for (department, (old, new)) in (0..).zip(before.0.iter().zip(&self.0)) {
            consumer.total_if_changed(department, *old, *new);
        }
    }
}

/// A hasher for codes: their last bytes are scattered digits.
#[derive(Default)]
pub(crate) struct CodeHasher(u64);

impl std::hash::Hasher for CodeHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0.rotate_left(29) ^ u64::from_le_bytes(word)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
    }
}

/// Items by their code.
pub(crate) type Index = HashMap<[u8; 12], u32, BuildHasherDefault<CodeHasher>>;

pub(crate) fn index(items: &[Item]) -> Index {
    (0..).zip(items).map(|(number, item)| (*item.code.as_bytes(), number)).collect()
}

pub(crate) fn find(index: &Index, code: &Code) -> Option<usize> {
    index.get(code.as_bytes()).map(|number| *number as usize)
}
