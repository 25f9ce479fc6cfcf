//! `salsa` with one memo an item: a driver that knows which item has changed asks for its rows before and after.
//!
//! Inputs are as fine as fields, so that a field that no query reads leads to no work; the memo is shared by reference count, so
//! that keeping the one before costs nothing.

use std::sync::Arc;

use salsa::Setter;

use crate::{
    item_rows::{Index, ItemRow, Totals, derive, find, index, read, sum_up, sum_up_all, tell, total},
    workload::{
        Engine,
        checksum::{Consumer, List, Sum, Total},
        generator::{Change, HandlingKey, Item, Op},
    },
};

#[salsa::input]
pub(crate) struct Base {
    #[returns(clone)]
    pub(crate) name: Arc<str>,
    #[returns(copy)]
    pub(crate) kind: u8,
    #[returns(copy)]
    pub(crate) limit: u8,
    #[returns(copy)]
    pub(crate) active: bool,
    #[returns(copy)]
    pub(crate) remark: u32,
    /// What no operation changes.
    #[returns(clone)]
    pub(crate) rest: Arc<Item>,
}

/// Makes an input of an item.
pub(crate) fn base(db: &dyn salsa::Database, item: &Item) -> Base {
    Base::new(db, item.name.as_str().into(), item.kind, item.limit, item.active, item.remark, Arc::new(item.clone()))
}

/// Writes a change into an input.
pub(crate) fn set(db: &mut Database, base: Base, change: &Change) {
    match change {
        Change::Name(name) => {
            base.set_name(db).to(name.as_str().into());
        }
        Change::Kind(kind) => {
            base.set_kind(db).to(*kind);
        }
        Change::Limit(limit) => {
            base.set_limit(db).to(*limit);
        }
        Change::Active(active) => {
            base.set_active(db).to(*active);
        }
        Change::Remark(remark) => {
            base.set_remark(db).to(*remark);
        }
    }
}

/// Reads the item of an input, but for the remark, which nothing reads.
pub(crate) fn item(db: &dyn salsa::Database, base: Base) -> Item {
    Item {
        name: base.name(db).as_ref().to_owned(),
        kind: base.kind(db),
        limit: base.limit(db),
        active: base.active(db),
        ..(*base.rest(db)).clone()
    }
}

/// An item as its rows see it, and the rows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    item: Item,
    rows: Vec<ItemRow>,
}

#[salsa::tracked(returns(clone))]
fn shown(db: &dyn salsa::Database, base: Base) -> Arc<Shown> {
    let item = item(db, base);
    let mut rows = Vec::new();
    derive(&item, &mut rows);
    Arc::new(Shown { item, rows })
}

#[salsa::db]
#[derive(Clone, Default)]
pub(crate) struct Database {
    storage: salsa::Storage<Self>,
}

#[salsa::db]
impl salsa::Database for Database {}

/// The engine.
pub(crate) struct SalsaItems {
    db: Database,
    bases: Vec<Base>,
    index: Index,
    totals: Totals,
    name: String,
}

impl SalsaItems {
    /// Tells of the rows that an edit changes; returns a department and its total before.
    fn apply<C: Consumer>(&mut self, op: &Op, consumer: &mut C) -> Option<(u8, Total)> {
        let number = find(&self.index, &op.code)?;
        let base = self.bases[number];
        let old = shown(&self.db, base);
        set(&mut self.db, base, &op.change);
        let new = shown(&self.db, base);
        if Arc::ptr_eq(&old, &new) {
            return None;
        }
        tell((&old.item, &old.rows), (&new.item, &new.rows), (number as u64) << 8, &mut self.name, consumer);
        Some(self.totals.replace(new.item.department, total(&old.rows), total(&new.rows)))
    }

    fn items(&self) -> Vec<Arc<Shown>> {
        self.bases.iter().map(|base| shown(&self.db, *base)).collect()
    }
}

impl Engine for SalsaItems {
    const NAME: &'static str = "salsa-item";

    fn build<C: Consumer>(items: &[Item], consumer: &mut C) -> Self {
        let db = Database::default();
        let bases = items.iter().map(|item| base(&db, item)).collect();
        let mut engine = Self { db, bases, index: index(items), totals: Totals::default(), name: String::new() };
        for number in 0..engine.bases.len() {
            let new = shown(&engine.db, engine.bases[number]);
            tell((&new.item, &[]), (&new.item, &new.rows), (number as u64) << 8, &mut engine.name, consumer);
            engine.totals.replace(new.item.department, total(&[]), total(&new.rows));
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
        // All inputs first: each write begins a revision, in which what was not asked for is looked at again.
        let numbers: Vec<usize> = ops.iter().filter_map(|op| find(&self.index, &op.code)).collect();
        let old: Vec<Arc<Shown>> = numbers.iter().map(|number| shown(&self.db, self.bases[*number])).collect();
        for (op, number) in ops.iter().filter(|op| find(&self.index, &op.code).is_some()).zip(&numbers) {
            set(&mut self.db, self.bases[*number], &op.change);
        }
        for (number, old) in numbers.iter().zip(old) {
            let new = shown(&self.db, self.bases[*number]);
            tell((&old.item, &old.rows), (&new.item, &new.rows), (*number as u64) << 8, &mut self.name, consumer);
            self.totals.replace(new.item.department, total(&old.rows), total(&new.rows));
        }
        self.totals.tell(&before, consumer);
        consumer.committed();
    }

    fn read(&self, key: &HandlingKey) -> Option<u64> {
        let shown = shown(&self.db, self.bases[find(&self.index, &key.code)?]);
        read(&shown.item, &shown.rows, key)
    }

    fn scan(&self) -> Sum {
        sum_up(self.items().iter().map(|shown| &shown.item), |list| list == List::Handling)
    }

    fn state(&self) -> Sum {
        sum_up_all(self.items().iter().map(|shown| &shown.item), &self.totals)
    }
}
