//! What no engine at all does: derive anew and compare, in plain Rust.

use crate::{
    item_rows::{Index, ItemRow, Totals, derive, find, index, read, sum_up, sum_up_all, tell, total},
    workload::{
        Engine,
        checksum::{Consumer, List, Sum, Total},
        generator::{HandlingKey, Item, Op},
    },
};

/// Derives the one item that has changed, as it was and as it is.
pub(crate) struct RederiveItem {
    items: Vec<Item>,
    index: Index,
    totals: Totals,
    old: Vec<ItemRow>,
    new: Vec<ItemRow>,
    name: String,
}

impl RederiveItem {
    /// Tells of the rows that an edit changes; returns a department and its total before.
    fn apply<C: Consumer>(&mut self, op: &Op, consumer: &mut C) -> Option<(u8, Total)> {
        let number = find(&self.index, &op.code)?;
        let item = &mut self.items[number];
        derive(item, &mut self.old);
        let before = item.clone();
        item.apply(&op.change);
        derive(item, &mut self.new);
        tell((&before, &self.old), (item, &self.new), (number as u64) << 8, &mut self.name, consumer);
        Some(self.totals.replace(item.department, total(&self.old), total(&self.new)))
    }
}

impl Engine for RederiveItem {
    const NAME: &'static str = "rederive-item";

    fn build<C: Consumer>(items: &[Item], consumer: &mut C) -> Self {
        let mut engine = Self {
            items: items.to_vec(),
            index: index(items),
            totals: Totals::default(),
            old: Vec::new(),
            new: Vec::new(),
            name: String::new(),
        };
        for (number, item) in (0..).zip(items) {
            derive(item, &mut engine.new);
            tell((item, &[]), (item, &engine.new), number << 8, &mut engine.name, consumer);
            engine.totals.replace(item.department, total(&[]), total(&engine.new));
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
        let item = &self.items[find(&self.index, &key.code)?];
        let mut rows = Vec::new();
        derive(item, &mut rows);
        read(item, &rows, key)
    }

    fn scan(&self) -> Sum {
        sum_up(self.items.iter(), |list| list == List::Handling)
    }

    fn state(&self) -> Sum {
        sum_up_all(self.items.iter(), &self.totals)
    }
}

/// Derives everything anew, and compares it with what there was.
pub(crate) struct RederiveAll {
    items: Vec<Item>,
    index: Index,
    /// All rows that were derived last, and where those of each item end.
    rows: Vec<ItemRow>,
    ends: Vec<u32>,
    totals: Totals,
}

impl RederiveAll {
    /// Derives all rows of some items, and where those of each end.
    fn all(items: &[Item]) -> (Vec<ItemRow>, Vec<u32>, Totals) {
        let (mut rows, mut ends, mut totals) = (Vec::new(), Vec::with_capacity(items.len()), Totals::default());
        let mut of_item = Vec::new();
        for item in items {
            derive(item, &mut of_item);
            rows.extend_from_slice(&of_item);
            ends.push(rows.len() as u32);
            totals.replace(item.department, total(&[]), total(&of_item));
        }
        (rows, ends, totals)
    }

    fn run<C: Consumer>(&mut self, ops: &[Op], consumer: &mut C) {
        let before = self.items.clone();
        for op in ops {
            if let Some(number) = find(&self.index, &op.code) {
                self.items[number].apply(&op.change);
            }
        }
        let (rows, ends, totals) = Self::all(&self.items);
        let mut name = String::new();
        let (mut old_start, mut new_start) = (0, 0);
        for number in 0..self.items.len() {
            let (old_end, new_end) = (self.ends[number] as usize, ends[number] as usize);
            let old = (&before[number], &self.rows[old_start..old_end]);
            tell(old, (&self.items[number], &rows[new_start..new_end]), (number as u64) << 8, &mut name, consumer);
            (old_start, new_start) = (old_end, new_end);
        }
        totals.tell(&self.totals, consumer);
        (self.rows, self.ends, self.totals) = (rows, ends, totals);
        consumer.committed();
    }
}

impl Engine for RederiveAll {
    const NAME: &'static str = "rederive-diff";

    fn build<C: Consumer>(items: &[Item], consumer: &mut C) -> Self {
        let nothing = vec![0; items.len()];
        let mut engine = Self {
            items: items.to_vec(),
            index: index(items),
            rows: Vec::new(),
            ends: nothing,
            totals: Totals::default(),
        };
        engine.run(&[], consumer);
        engine
    }

    fn commit<C: Consumer>(&mut self, op: &Op, consumer: &mut C) {
        self.run(std::slice::from_ref(op), consumer);
    }

    fn commit_batch<C: Consumer>(&mut self, ops: &[Op], consumer: &mut C) {
        self.run(ops, consumer);
    }

    fn read(&self, key: &HandlingKey) -> Option<u64> {
        let number = find(&self.index, &key.code)?;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        read(&self.items[number], &self.rows[start..self.ends[number] as usize], key)
    }

    fn scan(&self) -> Sum {
        sum_up(self.items.iter(), |list| list == List::Handling)
    }

    fn state(&self) -> Sum {
        sum_up_all(self.items.iter(), &self.totals)
    }
}
