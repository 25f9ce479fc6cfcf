//! The floor with derived rows *stored*: every row of every list is a struct with its own copy of its fields, kept in
//! place by each commit. Texts are immutable and shared by number: a new name is a new text, and each row that shows it
//! is rewritten.

use std::hint::black_box;

use super::Engine;
use super::checksum::{Consumer, Key, List, ROW_LISTS, Row, Step, Sum, Tag, Total, field};
use super::code_index::{CodeIndex, STAGE};
use super::generator::{Change, Code, DEPARTMENTS, HandlingKey, Item, Op, scenarios};
use super::registers::{BY_KIND, Bodies};
use super::stored_item::{Base, NO_BLOCK};
use super::stored_rows::{LONGEST_BLOCK, StoredRow, Table, Text, Texts};

/// The lists that read the limit.
const LIMIT_LISTS: [List; 3] = [List::Service, List::ServiceImplementation, List::Handling];

/// Every derived list of the workload as a table of rows.
#[derive(Debug)]
pub(crate) struct Stored {
    items: Vec<Base>,
    index: CodeIndex,
    rows: Derived,
}

/// The derived rows and what they are written from.
#[derive(Debug)]
struct Derived {
    tables: [Table; ROW_LISTS.len()],
    texts: Texts,
    bodies: Bodies,
    /// By department number.
    totals: [Total; DEPARTMENTS as usize + 1],
}

impl Derived {
    /// Reads a stored row.
    #[inline]
    fn resolve<'a>(&'a self, list: List, base: &'a Base, row: &'a StoredRow) -> Row<'a> {
        let step = match list {
            List::Boundary => Step::CoDepartment(row.step),
            List::ServiceImplementation => Step::Body(self.bodies.service_key(row.body)),
            List::InspectionImplementation => Step::Body(self.bodies.inspection_key(row.body)),
            List::Handling => {
                let scenario = scenarios(row.kind).get(usize::from(row.step)).copied().unwrap_or_default();
                Step::BodyScenario(self.bodies.service_key(row.body), scenario.as_bytes())
            }
            _ => Step::Item,
        };
        Row {
            key: Key { list, code: base.code.as_bytes(), step },
            name: self.texts.get(row.name),
            kind: row.kind,
            department: row.department,
            articles: row.articles.get(..usize::from(row.article_count)).unwrap_or_default(),
            limit: row.limit,
            effective: row.effective,
        }
    }

    /// Loads the first line of each block that a change will read, so that the cache misses of the lists overlap.
    #[inline]
    fn touch(&self, base: &Base, change: &Change) {
        let lists = match change {
            Change::Remark(_) => return,
            Change::Limit(_) => &LIMIT_LISTS[..],
            Change::Name(_) | Change::Kind(_) | Change::Active(_) => &ROW_LISTS,
        };
        let first_rows = lists.iter().filter_map(|list| {
            // A row number of `NO_BLOCK` is beyond every table.
            self.tables[*list as usize].first(base.blocks[*list as usize])
        });
        black_box(first_rows.fold(0, |seen, row| seen ^ row.item));
    }

    /// Hands over the rows of an item in a list, with their numbers.
    #[inline]
    fn each(&self, list: List, base: &Base, mut each: impl FnMut(u64, &Row<'_>)) {
        let start = base.blocks[list as usize];
        if start != NO_BLOCK {
            let rows = self.tables[list as usize].block(start, base.length(list));
            for (row_id, row) in (u64::from(start)..).zip(rows) {
                each(row_id, &self.resolve(list, base, row));
            }
        }
    }

    /// Writes the names of the item's handling rows.
    #[inline]
    fn write_handling_names(&mut self, base: &mut Base) {
        for (number, scenario) in base.handling_names.iter_mut().zip(scenarios(base.kind)) {
            let text = Text::new([self.texts.get(base.name), b" ", scenario.as_bytes()]);
            *number = self.texts.add(text);
        }
    }

    /// Stores and delivers the rows of an active item in a list.
    #[inline]
    fn insert<C: Consumer>(&mut self, list: List, base: &mut Base, item: u32, consumer: &mut C) {
        let length = base.length(list);
        if length == 0 {
            return;
        }
        if list == List::Handling {
            self.write_handling_names(base);
        }
        let table = &mut self.tables[list as usize];
        let start = table.allocate(length, base.blank(item));
        base.blocks[list as usize] = start;
        let rows = table.block_mut(start, length);
        base.write(item, list, &self.bodies, rows);
        if list == List::Handling {
            let total = &mut self.totals[usize::from(base.department)];
            for row in &*rows {
                total.replace(Total::default(), Total { rows: 1, sum: u64::from(row.effective) });
            }
        }
        self.each(list, base, |row_id, row| consumer.inserted(row_id, row));
    }

    /// Delivers and vacates the rows of an item in a list.
    #[inline]
    fn remove<C: Consumer>(&mut self, list: List, base: &mut Base, consumer: &mut C) {
        let start = base.blocks[list as usize];
        if start == NO_BLOCK {
            return;
        }
        self.each(list, base, |row_id, row| consumer.removed(row_id, &row.key));
        let length = base.length(list);
        let table = &mut self.tables[list as usize];
        if list == List::Handling {
            let total = &mut self.totals[usize::from(base.department)];
            for row in table.block(start, length) {
                total.replace(Total { rows: 1, sum: u64::from(row.effective) }, Total::default());
            }
            self.texts.vacate(&base.handling_names[..scenarios(base.kind).len()]);
        }
        table.vacate(start, length);
        base.blocks[list as usize] = NO_BLOCK;
    }

    /// Rewrites the names of all rows of an item.
    #[inline]
    fn rename<C: Consumer>(&mut self, base: &mut Base, name: &[u8], consumer: &mut C) {
        if self.texts.get(base.name) == name {
            return;
        }
        let old = *base;
        base.name = self.texts.add(Text::new([name, b"", b""]));
        if base.blocks[List::Handling as usize] != NO_BLOCK {
            self.write_handling_names(base);
            self.texts.vacate(&old.handling_names[..scenarios(old.kind).len()]);
        }
        self.texts.vacate(&[old.name]);
        for list in ROW_LISTS {
            let start = base.blocks[list as usize];
            if start != NO_BLOCK {
                for row in self.tables[list as usize].block_mut(start, base.length(list)) {
                    row.name =
                        if list == List::Handling { base.handling_names[usize::from(row.step)] } else { base.name };
                }
                self.each(list, base, |row_id, row| consumer.updated(row_id, row, field::NAME));
            }
        }
    }

    /// Rewrites the limits of the rows of an item.
    #[inline]
    fn relimit<C: Consumer>(&mut self, base: &Base, consumer: &mut C) {
        if base.blocks[List::Service as usize] == NO_BLOCK {
            return;
        }
        let effective = base.effective();
        self.tables[List::Service as usize].block_mut(base.blocks[List::Service as usize], 1)[0].limit = base.limit;
        self.each(List::Service, base, |row_id, row| consumer.updated(row_id, row, field::LIMIT));

        let list = List::ServiceImplementation;
        let mut changed = [field::LIMIT; 4];
        let rows = self.tables[list as usize].block_mut(base.blocks[list as usize], 4);
        for ((row, effective), changed) in rows.iter_mut().zip(effective).zip(&mut changed) {
            if row.effective != effective {
                *changed |= field::EFFECTIVE;
            }
            (row.limit, row.effective) = (base.limit, effective);
        }
        let mut changed = changed.into_iter();
        self.each(list, base, |row_id, row| consumer.updated(row_id, row, changed.next().unwrap_or_default()));

        let list = List::Handling;
        let start = base.blocks[list as usize];
        let length = base.length(list);
        let mut moved = [false; LONGEST_BLOCK];
        let total = &mut self.totals[usize::from(base.department)];
        let rows = self.tables[list as usize].block_mut(start, length).chunks_exact_mut(length / 4);
        for ((rows, effective), moved) in rows.zip(effective).zip(moved.chunks_exact_mut(length / 4)) {
            for (row, moved) in rows.iter_mut().zip(moved) {
                *moved = row.effective != effective;
                total.replace(
                    Total { rows: 1, sum: u64::from(row.effective) },
                    Total { rows: 1, sum: u64::from(effective) },
                );
                (row.limit, row.effective) = (base.limit, effective);
            }
        }
        let mut moved = moved.into_iter();
        self.each(list, base, |row_id, row| {
            if moved.next() == Some(true) {
                consumer.updated(row_id, row, field::EFFECTIVE);
            }
        });
    }

    /// Moves an active item to another kind: rows at bodies vanish and appear, since bodies are of a kind; others may
    /// stay.
    #[inline]
    fn rekind<C: Consumer>(&mut self, base: &mut Base, item: u32, kind: u8, consumer: &mut C) {
        let at_bodies = [List::ServiceImplementation, List::InspectionImplementation, List::Handling];
        for list in at_bodies {
            self.remove(list, base, consumer);
        }
        for (list, kinds) in BY_KIND {
            if kinds.contain(base.kind) && !kinds.contain(kind) {
                self.remove(list, base, consumer);
            }
        }
        base.kind = kind;
        for (list, kinds) in BY_KIND {
            let start = base.blocks[list as usize];
            if start == NO_BLOCK {
                self.insert(list, base, item, consumer);
            } else if kinds.contain(kind) {
                self.tables[list as usize].block_mut(start, 1)[0].kind = kind;
                self.each(list, base, |row_id, row| consumer.updated(row_id, row, field::KIND));
            }
        }
        for list in at_bodies {
            self.insert(list, base, item, consumer);
        }
    }
}

impl Stored {
    #[inline]
    fn find(&self, code: &Code) -> Option<u32> {
        self.index.find(code, |number| self.items[number as usize].code == *code)
    }

    /// Applies a change and delivers its row deltas, but for the totals, which it only brings up to date.
    #[inline]
    fn apply<C: Consumer>(&mut self, item: u32, change: &Change, consumer: &mut C) {
        let base = &mut self.items[item as usize];
        let rows = &mut self.rows;
        rows.touch(base, change);
        match change {
            Change::Name(name) => rows.rename(base, name.as_bytes(), consumer),
            Change::Remark(remark) => base.remark = *remark,
            Change::Limit(limit) => {
                if base.limit != *limit {
                    base.limit = *limit;
                    rows.relimit(base, consumer);
                }
            }
            Change::Kind(kind) => {
                if base.active && base.kind != *kind {
                    rows.rekind(base, item, *kind, consumer);
                }
                base.kind = *kind;
            }
            Change::Active(active) => {
                match (base.active, *active) {
                    (false, true) => ROW_LISTS.into_iter().for_each(|list| rows.insert(list, base, item, consumer)),
                    (true, false) => ROW_LISTS.into_iter().for_each(|list| rows.remove(list, base, consumer)),
                    _ => {}
                }
                base.active = *active;
            }
        }
    }
}

impl Engine for Stored {
    const NAME: &'static str = "floor stored";

    fn build<C: Consumer>(items: &[Item], consumer: &mut C) -> Self {
        let mut rows = Derived {
            tables: Default::default(),
            texts: Texts::default(),
            bodies: Bodies::new(),
            totals: [Total::default(); DEPARTMENTS as usize + 1],
        };
        let composed = |item: &Item| if item.active { scenarios(item.kind).len() } else { 0 };
        rows.texts.reserve(items.len() + items.iter().map(composed).sum::<usize>());
        let mut index = CodeIndex::with_capacity(items.len());
        let mut bases = Vec::with_capacity(items.len());
        for (number, item) in (0..).zip(items) {
            index.insert(&item.code, number);
            bases.push(Base::new(item, rows.texts.add(Text::new([item.name.as_bytes(), b"", b""]))));
        }
        let mut lengths = [0; ROW_LISTS.len()];
        for base in bases.iter().filter(|base| base.active) {
            for (length, list) in lengths.iter_mut().zip(ROW_LISTS) {
                *length += base.length(list);
            }
        }
        for (table, length) in rows.tables.iter_mut().zip(lengths) {
            table.reserve(length);
        }
        for (number, base) in (0..).zip(&mut bases).filter(|(_, base)| base.active) {
            for list in ROW_LISTS {
                rows.insert(list, base, number, consumer);
            }
        }
        let floor = Self { items: bases, index, rows };
        for (department, total) in (0..).zip(floor.rows.totals) {
            consumer.total_if_changed(department, Total::default(), total);
        }
        consumer.committed();
        floor
    }

    #[inline]
    fn commit<C: Consumer>(&mut self, op: &Op, consumer: &mut C) {
        if let Some(item) = self.find(&op.code) {
            let department = self.items[item as usize].department;
            let before = self.rows.totals[usize::from(department)];
            self.apply(item, &op.change, consumer);
            consumer.total_if_changed(department, before, self.rows.totals[usize::from(department)]);
        }
        consumer.committed();
    }

    fn commit_batch<C: Consumer>(&mut self, ops: &[Op], consumer: &mut C) {
        let before = self.rows.totals;
        let mut items = [None; STAGE];
        for stage in ops.chunks(STAGE) {
            for (item, op) in items.iter_mut().zip(stage) {
                *item = self.index.guess(&op.code);
            }
            for (item, op) in items.iter_mut().zip(stage) {
                if item.is_none_or(|guess| self.items[guess as usize].code != op.code) {
                    *item = self.find(&op.code);
                }
            }
            for (item, op) in items.iter().zip(stage) {
                if let Some(item) = item {
                    self.rows.touch(&self.items[*item as usize], &op.change);
                }
            }
            for (item, op) in items.iter().zip(stage) {
                if let Some(item) = item {
                    self.apply(*item, &op.change, consumer);
                }
            }
        }
        for (department, (before, after)) in (0..).zip(before.into_iter().zip(self.rows.totals)) {
            consumer.total_if_changed(department, before, after);
        }
        consumer.committed();
    }

    #[inline]
    fn read(&self, key: &HandlingKey) -> Option<u64> {
        let base = &self.items[self.find(&key.code)? as usize];
        let start = base.blocks[List::Handling as usize];
        if start == NO_BLOCK {
            return None;
        }
        let rows = self.rows.tables[List::Handling as usize].block(start, base.length(List::Handling));
        let scenario = scenarios(base.kind).iter().position(|scenario| *scenario == key.scenario)?;
        let rows = rows.iter().skip(scenario).step_by(rows.len() / 4);
        let mut rows = rows.filter(|row| self.rows.bodies.service_key(row.body) == key.body.as_bytes());
        rows.next().map(|row| self.rows.resolve(List::Handling, base, row).hash(Tag::Inserted))
    }

    fn scan(&self) -> Sum {
        let mut sum = Sum::default();
        self.add_list(List::Handling, &mut sum);
        sum
    }

    fn state(&self) -> Sum {
        let mut sum = Sum::default();
        for list in ROW_LISTS {
            self.add_list(list, &mut sum);
        }
        for (department, total) in (0..).zip(self.rows.totals) {
            sum.add_total(department, total);
        }
        sum
    }

    fn bytes(&self) -> usize {
        let rows = &self.rows;
        let tables: usize = rows.tables.iter().map(Table::bytes).sum();
        let items = self.items.capacity() * size_of::<Base>() + self.index.bytes();
        size_of::<Self>() + items + tables + rows.texts.bytes() + rows.bodies.bytes()
    }
}

impl Stored {
    /// Adds the rows of a list to a sum.
    #[inline]
    fn add_list(&self, list: List, sum: &mut Sum) {
        for row in self.rows.tables[list as usize].rows() {
            sum.add(self.rows.resolve(list, &self.items[row.item as usize], row).hash(Tag::Inserted));
        }
    }
}
