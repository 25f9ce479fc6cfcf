//! The floor *by reference*: no derived row is stored. A row is its item's record and an ordinal; its fields are read
//! from the record, its computed fields are evaluated when somebody asks. Only the department totals are kept, by
//! difference.

use super::Engine;
use super::checksum::{Consumer, Key, List, Resolved, Row, Step, Sum, Tag, Total, field};
use super::code_index::{CodeIndex, STAGE};
use super::generator::{Change, Code, DEPARTMENTS, HandlingKey, Item, Op, scenarios};
use super::registers::{BY_KIND, Bodies, Promises, REGULATION, SERVICE, packed};

/// The longest text a record holds in place; generated names have 60 bytes at most.
const NAME_BYTES: usize = 64;

/// Every item of the workload as one packed record.
#[derive(Debug)]
pub(crate) struct ByReference {
    records: Vec<Record>,
    index: CodeIndex,
    bodies: Bodies,
    /// By department number.
    totals: [Total; DEPARTMENTS as usize + 1],
}

/// An item: two cache lines side by side, the second for its name alone.
#[derive(Clone, Copy, Debug)]
#[repr(align(128))]
struct Record {
    head: Head,
    name: [u8; NAME_BYTES],
}

/// All of an item but its name, and its family: the bodies it is matched with. One cache line.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Head {
    code: Code,
    remark: u32,
    articles: [u16; 4],
    service_family: [u16; 4],
    inspection_family: [u16; 2],
    promises: Promises,
    co_departments: [u8; 3],
    article_count: u8,
    co_department_count: u8,
    name_length: u8,
    kind: u8,
    department: u8,
    limit: u8,
    s: u8,
    t: u8,
    active: bool,
    flags: [bool; 3],
}

impl Head {
    /// Matches the item with the bodies of its kind.
    #[inline]
    fn meet(&mut self, bodies: &Bodies) {
        self.service_family = bodies.service_family(self.kind, self.s);
        self.inspection_family = bodies.inspection_family(self.kind, self.t);
    }

    /// Returns the effective limits by ordinal of the service family.
    #[inline]
    fn effective(&self) -> [u8; 4] {
        self.promises.effective(self.kind, self.limit)
    }

    /// Returns what the item adds to its department's total.
    #[inline]
    fn total(&self) -> Total {
        if !self.active {
            return Total::default();
        }
        let scenarios = scenarios(self.kind).len() as u64;
        let effective: u64 = self.effective().into_iter().map(u64::from).sum();
        Total { rows: 4 * scenarios, sum: scenarios * effective }
    }
}

/// The rows of one item, derived as they are asked for.
#[derive(Clone, Copy)]
struct Family<'a> {
    head: &'a Head,
    name: &'a [u8; NAME_BYTES],
    bodies: &'a Bodies,
    /// The first of the item's row numbers in any list; 16 are reserved.
    first_id: u64,
}

impl<'a> Family<'a> {
    #[inline]
    const fn new(record: &'a Record, bodies: &'a Bodies, number: u32) -> Self {
        Self { head: &record.head, name: &record.name, bodies, first_id: (number as u64) << 4 }
    }

    #[inline]
    fn row(&self, list: List, step: Step<'a>) -> Row<'a> {
        let head = self.head;
        Row {
            key: Key { list, code: head.code.as_bytes(), step },
            name: self.name.get(..usize::from(head.name_length)).unwrap_or_default(),
            kind: head.kind,
            department: head.department,
            articles: head.articles.get(..usize::from(head.article_count)).unwrap_or_default(),
            limit: head.limit,
            effective: head.limit,
        }
    }

    /// Hands over the rows that depend on neither kind nor bodies.
    #[inline]
    fn flagged(&self, mut each: impl FnMut(u64, &Row<'_>)) {
        for (list, flag) in [List::Fees, List::Intermediary, List::Territorial].into_iter().zip(self.head.flags) {
            if flag {
                each(self.first_id, &self.row(list, Step::Item));
            }
        }
        let co_departments = self.head.co_departments.iter().take(usize::from(self.head.co_department_count));
        for (ordinal, co_department) in (0..).zip(co_departments) {
            each(self.first_id + ordinal, &self.row(List::Boundary, Step::CoDepartment(*co_department)));
        }
    }

    /// Hands over the row in each list that takes some kinds.
    #[inline]
    fn by_kind(&self, mut each: impl FnMut(u64, &Row<'_>)) {
        for (list, kinds) in BY_KIND {
            if kinds.contain(self.head.kind) {
                each(self.first_id, &self.row(list, Step::Item));
            }
        }
    }

    /// Hands over the rows of the service implementation list, with their ordinals.
    #[inline]
    fn service_implementations(&self, mut each: impl FnMut(usize, u64, &Row<'_>)) {
        for (ordinal, (body, effective)) in self.head.service_family.into_iter().zip(self.head.effective()).enumerate()
        {
            let row = self.row(List::ServiceImplementation, Step::Body(self.bodies.service_key(body)));
            each(ordinal, self.first_id + ordinal as u64, &Row { effective, ..row });
        }
    }

    /// Hands over the handling rows of the bodies for which `wanted`, by scenario, since these share a name.
    #[inline]
    fn handling<C: Consumer>(&self, wanted: [bool; 4], mut each: impl FnMut(u64, &Row<'_>)) {
        let effective = self.head.effective();
        for (scenario_ordinal, scenario) in (0..).step_by(4).zip(scenarios(self.head.kind)) {
            let scenario = scenario.as_bytes();
            let composed;
            let name = if C::RESOLVED {
                composed = HandlingName::new(self.name, self.head.name_length, scenario);
                composed.as_bytes()
            } else {
                &[]
            };
            for ordinal in 0..4 {
                if wanted[ordinal] {
                    let body = self.bodies.service_key(self.head.service_family[ordinal]);
                    let row = self.row(List::Handling, Step::BodyScenario(body, scenario));
                    let row_id = self.first_id + scenario_ordinal + ordinal as u64;
                    each(row_id, &Row { name, effective: effective[ordinal], ..row });
                }
            }
        }
    }

    /// Hands over the rows whose keys name a body.
    #[inline]
    fn at_bodies<C: Consumer>(&self, mut each: impl FnMut(u64, &Row<'_>)) {
        if SERVICE.contain(self.head.kind) {
            self.service_implementations(|_, row_id, row| each(row_id, row));
            self.handling::<C>([true; 4], &mut each);
        }
        if REGULATION.contain(self.head.kind) {
            for (ordinal, body) in (0..).zip(self.head.inspection_family) {
                let step = Step::Body(self.bodies.inspection_key(body));
                each(self.first_id + ordinal, &self.row(List::InspectionImplementation, step));
            }
        }
    }

    /// Hands over all rows of the item, as if it were active.
    #[inline]
    fn all<C: Consumer>(&self, mut each: impl FnMut(u64, &Row<'_>)) {
        self.by_kind(&mut each);
        self.flagged(&mut each);
        self.at_bodies::<C>(&mut each);
    }
}

/// The name of a handling row: the item's name, a space, the scenario.
struct HandlingName {
    /// As wide as a name with the widest scenario.
    bytes: [u8; NAME_BYTES + 8],
    length: usize,
}

impl HandlingName {
    #[inline]
    fn new(name: &[u8; NAME_BYTES], name_length: u8, scenario: &[u8]) -> Self {
        let mut bytes = [0; NAME_BYTES + 8];
        bytes[..NAME_BYTES].copy_from_slice(name);
        let start = usize::from(name_length);
        bytes[start] = b' ';
        let length = start + 1 + scenario.len();
        bytes[start + 1..length].copy_from_slice(scenario);
        Self { bytes, length }
    }

    #[inline]
    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl Record {
    /// Packs an item.
    #[inline]
    fn new(item: &Item, bodies: &Bodies) -> Self {
        let (name_length, name) = packed(item.name.as_bytes());
        let (article_count, articles) = packed(&item.articles);
        let (co_department_count, co_departments) = packed(&item.co_departments);
        let mut head = Head {
            code: item.code,
            remark: item.remark,
            articles,
            service_family: [0; 4],
            inspection_family: [0; 2],
            promises: Promises::new(item),
            co_departments,
            article_count,
            co_department_count,
            name_length,
            kind: item.kind,
            department: item.department,
            limit: item.limit,
            s: item.s,
            t: item.t,
            active: item.active,
            flags: item.flags,
        };
        head.meet(bodies);
        Self { head, name }
    }

    /// Overwrites the name; tells whether it was another.
    #[inline]
    fn rename(&mut self, name: &[u8]) -> bool {
        if self.name.get(..usize::from(self.head.name_length)) == Some(name) {
            return false;
        }
        (self.head.name_length, self.name) = packed(name);
        true
    }
}

impl ByReference {
    #[inline]
    fn find(&self, code: &Code) -> Option<u32> {
        self.index.find(code, |number| self.records[number as usize].head.code == *code)
    }

    #[inline]
    fn family(&self, number: u32) -> Family<'_> {
        Family::new(&self.records[number as usize], &self.bodies, number)
    }

    /// Applies a change and delivers its row deltas, but for the totals, which it only brings up to date.
    #[inline]
    fn apply<C: Consumer>(&mut self, number: u32, change: &Change, consumer: &mut C) {
        let record = &mut self.records[number as usize];
        let old = record.head;
        match change {
            Change::Name(name) => {
                if record.rename(name.as_bytes()) && old.active {
                    let family = Family::new(record, &self.bodies, number);
                    family.all::<C>(|row_id, row| consumer.updated(row_id, row, field::NAME));
                }
                return;
            }
            Change::Remark(remark) => {
                record.head.remark = *remark;
                return;
            }
            Change::Limit(limit) => {
                record.head.limit = *limit;
                if *limit != old.limit && old.active && SERVICE.contain(old.kind) {
                    deliver_limit(&Family::new(record, &self.bodies, number), old.effective(), consumer);
                }
            }
            Change::Kind(kind) => {
                record.head.kind = *kind;
                if *kind != old.kind {
                    record.head.meet(&self.bodies);
                    if old.active {
                        let now = Family::new(record, &self.bodies, number);
                        deliver_kind(&Family { head: &old, ..now }, &now, consumer);
                    }
                }
            }
            Change::Active(active) => {
                record.head.active = *active;
                let family = Family::new(record, &self.bodies, number);
                match (old.active, *active) {
                    (false, true) => family.all::<C>(|row_id, row| consumer.inserted(row_id, row)),
                    (true, false) => family.all::<C>(|row_id, row| consumer.removed(row_id, &row.key)),
                    _ => {}
                }
            }
        }
        self.totals[usize::from(old.department)].replace(old.total(), record.head.total());
    }
}

/// Delivers what a new limit of a service item changes.
#[inline]
fn deliver_limit<C: Consumer>(now: &Family<'_>, old_effective: [u8; 4], consumer: &mut C) {
    consumer.updated(now.first_id, &now.row(List::Service, Step::Item), field::LIMIT);
    let mut moved = [false; 4];
    now.service_implementations(|ordinal, row_id, row| {
        moved[ordinal] = row.effective != old_effective[ordinal];
        let changed = if moved[ordinal] { field::LIMIT | field::EFFECTIVE } else { field::LIMIT };
        consumer.updated(row_id, row, changed);
    });
    if moved != [false; 4] {
        now.handling::<C>(moved, |row_id, row| consumer.updated(row_id, row, field::EFFECTIVE));
    }
}

/// Delivers what a new kind changes: rows at bodies vanish and appear, since bodies are of a kind; others may stay.
#[inline]
fn deliver_kind<C: Consumer>(old: &Family<'_>, now: &Family<'_>, consumer: &mut C) {
    old.by_kind(|row_id, row| {
        if !BY_KIND.into_iter().any(|(list, kinds)| list == row.key.list && kinds.contain(now.head.kind)) {
            consumer.removed(row_id, &row.key);
        }
    });
    now.by_kind(|row_id, row| {
        if BY_KIND.into_iter().any(|(list, kinds)| list == row.key.list && kinds.contain(old.head.kind)) {
            consumer.updated(row_id, row, field::KIND);
        } else {
            consumer.inserted(row_id, row);
        }
    });
    old.at_bodies::<C>(|row_id, row| consumer.removed(row_id, &row.key));
    now.at_bodies::<C>(|row_id, row| consumer.inserted(row_id, row));
}

impl Engine for ByReference {
    const NAME: &'static str = "floor by reference";

    fn build<C: Consumer>(items: &[Item], consumer: &mut C) -> Self {
        let mut floor = Self {
            records: Vec::with_capacity(items.len()),
            index: CodeIndex::with_capacity(items.len()),
            bodies: Bodies::new(),
            totals: [Total::default(); DEPARTMENTS as usize + 1],
        };
        for (number, item) in (0..).zip(items) {
            let record = Record::new(item, &floor.bodies);
            if item.active {
                let family = Family::new(&record, &floor.bodies, number);
                family.all::<C>(|row_id, row| consumer.inserted(row_id, row));
                floor.totals[usize::from(item.department)].replace(Total::default(), record.head.total());
            }
            floor.records.push(record);
            floor.index.insert(&item.code, number);
        }
        for (department, total) in (0..).zip(floor.totals) {
            consumer.total_if_changed(department, Total::default(), total);
        }
        consumer.committed();
        floor
    }

    #[inline]
    fn commit<C: Consumer>(&mut self, op: &Op, consumer: &mut C) {
        if let Some(number) = self.find(&op.code) {
            let department = self.records[number as usize].head.department;
            let before = self.totals[usize::from(department)];
            self.apply(number, &op.change, consumer);
            consumer.total_if_changed(department, before, self.totals[usize::from(department)]);
        }
        consumer.committed();
    }

    fn commit_batch<C: Consumer>(&mut self, ops: &[Op], consumer: &mut C) {
        let before = self.totals;
        let mut numbers = [None; STAGE];
        for stage in ops.chunks(STAGE) {
            for (number, op) in numbers.iter_mut().zip(stage) {
                *number = self.index.guess(&op.code);
            }
            for (number, op) in numbers.iter_mut().zip(stage) {
                if number.is_none_or(|guess| self.records[guess as usize].head.code != op.code) {
                    *number = self.find(&op.code);
                }
            }
            for (number, op) in numbers.iter().zip(stage) {
                if let Some(number) = number {
                    self.apply(*number, &op.change, consumer);
                }
            }
        }
        for (department, (before, after)) in (0..).zip(before.into_iter().zip(self.totals)) {
            consumer.total_if_changed(department, before, after);
        }
        consumer.committed();
    }

    #[inline]
    fn read(&self, key: &HandlingKey) -> Option<u64> {
        let family = self.family(self.find(&key.code)?);
        let head = family.head;
        let is_body = |body: &u16| self.bodies.service_key(*body) == key.body.as_bytes();
        let ordinal = head.service_family.iter().position(is_body)?;
        if !head.active || !scenarios(head.kind).contains(&key.scenario) {
            return None;
        }
        let name = HandlingName::new(family.name, head.name_length, key.scenario.as_bytes());
        let row = Row { name: name.as_bytes(), key: key.key(), ..family.row(List::Handling, Step::Item) };
        Some(Row { effective: head.effective()[ordinal], ..row }.hash(Tag::Inserted))
    }

    fn scan(&self) -> Sum {
        let mut sum = Sum::default();
        for (number, record) in (0..).zip(&self.records) {
            if record.head.active {
                let family = Family::new(record, &self.bodies, number);
                family.handling::<Resolved>([true; 4], |_, row| sum.add(row.hash(Tag::Inserted)));
            }
        }
        sum
    }

    fn state(&self) -> Sum {
        let mut sum = Sum::default();
        for (number, record) in (0..).zip(&self.records) {
            if record.head.active {
                let family = Family::new(record, &self.bodies, number);
                family.all::<Resolved>(|_, row| sum.add(row.hash(Tag::Inserted)));
            }
        }
        for (department, total) in (0..).zip(self.totals) {
            sum.add_total(department, total);
        }
        sum
    }

    fn bytes(&self) -> usize {
        let records = self.records.capacity() * size_of::<Record>();
        size_of::<Self>() + records + self.index.bytes() + self.bodies.bytes()
    }
}
