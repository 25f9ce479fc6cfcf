//! `salsa` with one memo a row, each made of the rows that it follows from, as programs that use it are mostly written; a driver
//! that knows which item has changed asks for all rows that the item can have, before and after.

use std::sync::Arc;

use crate::{
    item_rows::{Index, ItemRow, Totals, find, index, read, sum_up, sum_up_all, tell, total},
    salsa_items::{Base, Database, base, item, set},
    workload::{
        Engine,
        checksum::{Consumer, List, Sum, Total},
        generator::{
            ENFORCEMENT_KINDS, HandlingKey, Item, Op, REGULATION_KINDS, SERVICE_KINDS, inspection_slots, scenarios,
            service_slots,
        },
    },
};

/// A row with what it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    row: ItemRow,
    name: Arc<str>,
    limit: u8,
}

/// A row of a list that takes items as they are.
#[salsa::tracked(returns(clone))]
fn selected(db: &dyn salsa::Database, base: Base, list: u8) -> Option<Shown> {
    if !base.active(db) {
        return None;
    }
    let rest = base.rest(db);
    let (list, is_in) = match list {
        0 => (List::Service, SERVICE_KINDS.contains(&base.kind(db))),
        1 => (List::Enforcement, ENFORCEMENT_KINDS.contains(&base.kind(db))),
        2 => (List::Regulation, REGULATION_KINDS.contains(&base.kind(db))),
        3 => (List::Fees, rest.flags[0]),
        4 => (List::Intermediary, rest.flags[1]),
        _ => (List::Territorial, rest.flags[2]),
    };
    is_in.then(|| row(db, base, ItemRow { list, kind: 0, slot: 0, scenario: 0, effective: base.limit(db) }))
}

#[salsa::tracked(returns(clone))]
fn shared(db: &dyn salsa::Database, base: Base, number: u8) -> Option<Shown> {
    let slot = *base.rest(db).co_departments.get(usize::from(number)).filter(|_| base.active(db))?;
    Some(row(db, base, ItemRow { list: List::Boundary, kind: 0, slot, scenario: 0, effective: base.limit(db) }))
}

#[salsa::tracked(returns(clone))]
fn implementation(db: &dyn salsa::Database, base: Base, number: u8) -> Option<Shown> {
    let service = selected(db, base, 0)?;
    let (kind, rest) = (base.kind(db), base.rest(db));
    let slot = service_slots(rest.s)[usize::from(number)];
    let promise = rest.promises[usize::from(number)].filter(|_| kind == rest.promised_kind);
    let effective = promise.unwrap_or(service.limit).min(service.limit);
    let row = ItemRow { list: List::ServiceImplementation, kind, slot, scenario: 0, effective };
    Some(Shown { row, ..service })
}

#[salsa::tracked(returns(clone))]
fn inspection(db: &dyn salsa::Database, base: Base, number: u8) -> Option<Shown> {
    let regulation = selected(db, base, 2)?;
    let slot = inspection_slots(base.rest(db).t)[usize::from(number)];
    let row = ItemRow { list: List::InspectionImplementation, kind: base.kind(db), slot, ..regulation.row };
    Some(Shown { row, ..regulation })
}

#[salsa::tracked(returns(clone))]
fn handling(db: &dyn salsa::Database, base: Base, number: u8, scenario: u8) -> Option<Shown> {
    let above = implementation(db, base, number)?;
    let word = scenarios(above.row.kind).get(usize::from(scenario))?;
    let name = format!("{} {word}", above.name).into();
    Some(Shown { row: ItemRow { list: List::Handling, scenario, ..above.row }, name, ..above })
}

fn row(db: &dyn salsa::Database, base: Base, row: ItemRow) -> Shown {
    Shown { row, name: base.name(db), limit: base.limit(db) }
}

/// All rows that an item has, in the order of their places, with the item as they show it.
fn rows(db: &dyn salsa::Database, base: Base, out: &mut Vec<ItemRow>) -> Option<Arc<str>> {
    let co_departments = base.rest(db).co_departments.len() as u8;
    let mut all: Vec<Shown> = Vec::new();
    all.extend((0..6).filter_map(|list| selected(db, base, list)));
    all.extend((0..co_departments).filter_map(|number| shared(db, base, number)));
    all.extend((0..4).filter_map(|number| implementation(db, base, number)));
    all.extend((0..2).filter_map(|number| inspection(db, base, number)));
    all.extend((0..16).filter_map(|number| handling(db, base, number / 4, number % 4)));
    out.clear();
    out.extend(all.iter().map(|shown| shown.row));
    out.sort_unstable();
    all.first().map(|shown| Arc::clone(&shown.name))
}

/// The engine.
pub(crate) struct SalsaRows {
    db: Database,
    bases: Vec<Base>,
    index: Index,
    totals: Totals,
    name: String,
    rows: [Vec<ItemRow>; 2],
}

impl SalsaRows {
    fn items(&self) -> Vec<Item> {
        self.bases.iter().map(|base| item(&self.db, *base)).collect()
    }

    /// Tells of the rows that an edit changes; returns a department and its total before.
    fn apply<C: Consumer>(&mut self, op: &Op, consumer: &mut C) -> Option<(u8, Total)> {
        let number = find(&self.index, &op.code)?;
        let base = self.bases[number];
        let [mut old, mut new] = std::mem::take(&mut self.rows);
        let before = item(&self.db, base);
        rows(&self.db, base, &mut old);
        set(&mut self.db, base, &op.change);
        rows(&self.db, base, &mut new);
        let after = item(&self.db, base);
        tell((&before, &old), (&after, &new), (number as u64) << 8, &mut self.name, consumer);
        let before = self.totals.replace(after.department, total(&old), total(&new));
        self.rows = [old, new];
        Some(before)
    }
}

impl Engine for SalsaRows {
    const NAME: &'static str = "salsa-row";

    fn build<C: Consumer>(items: &[Item], consumer: &mut C) -> Self {
        let db = Database::default();
        let bases = items.iter().map(|item| base(&db, item)).collect();
        let (totals, name, rows) = (Totals::default(), String::new(), Default::default());
        let mut engine = Self { db, bases, index: index(items), totals, name, rows };
        let mut new = Vec::new();
        for (number, item) in items.iter().enumerate() {
            self::rows(&engine.db, engine.bases[number], &mut new);
            tell((item, &[]), (item, &new), (number as u64) << 8, &mut engine.name, consumer);
            engine.totals.replace(item.department, total(&[]), total(&new));
        }
        engine.totals.tell(&Totals::default(), consumer);
        consumer.committed();
        engine
    }

    fn commit<C: Consumer>(&mut self, op: &Op, consumer: &mut C) {
        if let Some(before) = self.apply(op, consumer) {
            self.totals.tell_one(before, consumer);
        }
        consumer.committed();
    }

    fn commit_batch<C: Consumer>(&mut self, ops: &[Op], consumer: &mut C) {
        let before = self.totals.clone();
        for op in ops {
            self.apply(op, consumer);
        }
        self.totals.tell(&before, consumer);
        consumer.committed();
    }

    fn read(&self, key: &HandlingKey) -> Option<u64> {
        let base = self.bases[find(&self.index, &key.code)?];
        let mut all = Vec::new();
        rows(&self.db, base, &mut all)?;
        read(&item(&self.db, base), &all, key)
    }

    fn scan(&self) -> Sum {
        sum_up(self.items().iter(), |list| list == List::Handling)
    }

    fn state(&self) -> Sum {
        sum_up_all(self.items().iter(), &self.totals)
    }
}
