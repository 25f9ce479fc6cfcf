//! `differential-dataflow` on one worker in this thread: each commit is a time, and what changes at it is the feed.
//!
//! *Maintained* keeps every list as an arrangement, and joins items with the registers of bodies. *Stateless* keeps the totals alone:
//! rows follow from the item's own record as it goes by.

use std::{cell::RefCell, rc::Rc};

use differential_dataflow::{VecCollection, input::InputSession, trace::TraceReader};
use serde::{Deserialize, Serialize};
use timely::{
    WorkerConfig,
    communication::allocator::{Allocator, thread::Thread},
    dataflow::ProbeHandle,
    progress::frontier::AntichainRef,
    worker::Worker,
};

use crate::{
    item_rows::{Index, ItemRow, Totals, derive, find, index, read, show, sum_up, sum_up_all},
    workload::{
        Engine,
        checksum::{Consumer, Key, List, ROW_LISTS, Row, Sum, Total, field},
        generator::{Change, HandlingKey, INSPECTION_SLOTS, Item, KINDS, Op, SERVICE_SLOTS},
    },
};

/// An item as the lists see it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
struct Base {
    number: u32,
    name: String,
    kind: u8,
    department: u8,
    articles: Vec<u16>,
    co_departments: Vec<u8>,
    flags: [bool; 3],
    limit: u8,
    active: bool,
    s: u8,
    t: u8,
    promises: [Option<u8>; 4],
    promised_kind: u8,
}

impl Base {
    fn of(number: usize, item: &Item) -> Self {
        Self {
            number: number as u32,
            name: item.name.clone(),
            kind: item.kind,
            department: item.department,
            articles: item.articles.clone(),
            co_departments: item.co_departments.clone(),
            flags: item.flags,
            limit: item.limit,
            active: item.active,
            s: item.s,
            t: item.t,
            promises: item.promises,
            promised_kind: item.promised_kind,
        }
    }

    fn item(&self, blank: &Item) -> Item {
        Item {
            code: blank.code,
            name: self.name.clone(),
            kind: self.kind,
            department: self.department,
            articles: self.articles.clone(),
            co_departments: self.co_departments.clone(),
            flags: self.flags,
            limit: self.limit,
            active: self.active,
            remark: 0,
            s: self.s,
            t: self.t,
            promises: self.promises,
            promised_kind: self.promised_kind,
        }
    }
}

/// The place of a row: item, list, kind and slot of the body, scenario.
type Place = (u32, u8, u8, u8, u8);

/// A derived row with what it shows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
struct Derived {
    place: Place,
    name: String,
    kind: u8,
    department: u8,
    articles: Vec<u16>,
    limit: u8,
    effective: u8,
}

fn derived(base: &Base, blank: &Item, wanted: impl Fn(List) -> bool) -> Vec<Derived> {
    let item = base.item(blank);
    let (mut rows, mut name) = (Vec::new(), String::new());
    derive(&item, &mut rows);
    rows.retain(|row| wanted(row.list));
    let full = |row: ItemRow| {
        let shown = show(&item, row, &mut name, |row| String::from_utf8_lossy(row.name).into_owned());
        Derived {
            place: (base.number, row.list as u8, row.kind, row.slot, row.scenario),
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

type Changes = Rc<RefCell<Vec<(Derived, isize)>>>;
type TotalChanges = Rc<RefCell<Vec<(u8, Total, isize)>>>;

/// What keeps arrangements from holding all of the past.
type Compact = Box<dyn FnMut(u64)>;

/// The engine, of either form.
struct Flow {
    worker: Worker,
    input: InputSession<u64, Base, isize>,
    probe: ProbeHandle<u64>,
    changes: Changes,
    totals: TotalChanges,
    compact: Vec<Compact>,
    time: u64,
    items: Vec<Item>,
    index: Index,
}

fn is_of_body(list: List) -> bool {
    matches!(list, List::ServiceImplementation | List::InspectionImplementation | List::Handling)
}

impl Flow {
    fn new(items: &[Item], maintained: bool) -> Self {
        let mut worker =
            Worker::new(WorkerConfig::default(), Allocator::Thread(Thread::default()), Some(std::time::Instant::now()));
        let mut input = InputSession::new();
        let mut bodies = InputSession::new();
        let probe = ProbeHandle::new();
        let (changes, totals) = (Changes::default(), TotalChanges::default());
        let blank = Item { name: String::new(), articles: Vec::new(), co_departments: Vec::new(), ..items[0].clone() };
        let compact = worker.dataflow::<u64, _, _>(|scope| {
            let mut compact: Vec<Compact> = Vec::new();
            let bases: VecCollection<'_, u64, Base, isize> = input.to_collection(scope);
            let registers: VecCollection<'_, u64, (u8, u8, u8), isize> = bodies.to_collection(scope);
            let rows = if maintained {
                let plain = {
                    let blank = blank.clone();
                    bases.clone().flat_map(move |base| derived(&base, &blank, |list| !is_of_body(list)))
                };
                // A row at a body is there where its body is: (register, kind, slot).
                let at_bodies = bases.flat_map(move |base| {
                    let rows = derived(&base, &blank, is_of_body);
                    rows.into_iter().map(|row| {
                        let (_, list, kind, slot, _) = row.place;
                        let register = u8::from(list == List::InspectionImplementation as u8);
                        ((register, kind, slot), row)
                    })
                });
                let at_bodies = at_bodies.join_map(registers.map(|body| (body, ())), |_, row, ()| row.clone());
                plain.concat(at_bodies)
            } else {
                bases.flat_map(move |base| derived(&base, &blank, |_| true))
            };
            if maintained {
                let mut arranged = rows.clone().arrange_by_self();
                compact.push(Box::new(move |time| {
                    let time = [time];
                    arranged.trace.set_logical_compaction(AntichainRef::new(&time));
                    arranged.trace.set_physical_compaction(AntichainRef::new(&time));
                }));
            }
            let handling = rows.clone().filter(|row| row.place.1 == List::Handling as u8);
            let counted = handling.explode(|row| Some((row.department, (1_isize, isize::from(row.effective))))).count();
            let told = Rc::clone(&totals);
            counted
                .inspect(move |((department, (rows, sum)), _, by)| {
                    told.borrow_mut().push((*department, Total { rows: *rows as u64, sum: *sum as u64 }, *by));
                })
                .probe_with(&probe);
            let told = Rc::clone(&changes);
            rows.inspect(move |(row, _, by)| told.borrow_mut().push((row.clone(), *by))).probe_with(&probe);
            compact
        });
        for kind in 0..KINDS {
            (0..SERVICE_SLOTS).for_each(|slot| bodies.insert((0, kind, slot)));
            (0..INSPECTION_SLOTS).for_each(|slot| bodies.insert((1, kind, slot)));
        }
        bodies.close();
        Self { worker, input, probe, changes, totals, compact, time: 0, items: items.to_vec(), index: index(items) }
    }

    fn build<C: Consumer>(items: &[Item], maintained: bool, consumer: &mut C) -> Self {
        let mut flow = Self::new(items, maintained);
        for (number, item) in items.iter().enumerate() {
            flow.input.insert(Base::of(number, item));
        }
        flow.step(consumer);
        flow
    }

    fn run<C: Consumer>(&mut self, ops: &[Op], consumer: &mut C) {
        for op in ops {
            let Some(number) = find(&self.index, &op.code) else { continue };
            if let Change::Remark(_) = op.change {
                self.items[number].apply(&op.change);
                continue;
            }
            self.input.remove(Base::of(number, &self.items[number]));
            self.items[number].apply(&op.change);
            self.input.insert(Base::of(number, &self.items[number]));
        }
        self.step(consumer);
    }

    /// Ends a time, and tells what has changed at it.
    fn step<C: Consumer>(&mut self, consumer: &mut C) {
        self.time += 1;
        self.input.advance_to(self.time);
        self.input.flush();
        while self.probe.less_than(&self.time) {
            self.worker.step();
        }
        for compact in &mut self.compact {
            compact(self.time);
        }
        let mut changes = self.changes.take();
        changes.sort_unstable();
        let mut changes = changes.into_iter().peekable();
        let mut one: Vec<(Derived, isize)> = Vec::new();
        while let Some((first, by)) = changes.next() {
            one.clear();
            one.push((first, by));
            while let Some((row, by)) = changes.next_if(|(row, _)| row.place == one[0].0.place) {
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
        for (department, total, by) in self.totals.take() {
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
        let (number, list, kind, slot, scenario) = row.place;
        let list = ROW_LISTS[usize::from(list)];
        let place = ItemRow { list, kind, slot, scenario, effective: row.effective };
        let id = u64::from(number) << 8;
        let shown = Row {
            key: Key { list, code: self.items[number as usize].code.as_bytes(), step: place.step() },
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

macro_rules! forms {
    ($($(#[$doc:meta])* $name:ident $text:literal $maintained:literal;)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name(Flow);

        impl Engine for $name {
            const NAME: &'static str = $text;

            fn build<C: Consumer>(items: &[Item], consumer: &mut C) -> Self {
                Self(Flow::build(items, $maintained, consumer))
            }

            fn commit<C: Consumer>(&mut self, op: &Op, consumer: &mut C) {
                self.0.run(std::slice::from_ref(op), consumer);
            }

            fn commit_batch<C: Consumer>(&mut self, ops: &[Op], consumer: &mut C) {
                self.0.run(ops, consumer);
            }

            fn read(&self, key: &HandlingKey) -> Option<u64> {
                self.0.read(key)
            }

            fn scan(&self) -> Sum {
                self.0.scan()
            }

            fn state(&self) -> Sum {
                self.0.state()
            }
        }
    )*};
}

forms! {
    /// Every list kept as an arrangement.
    Maintained "differential" true;
    /// Lists as they go by.
    Stateless "differential-stateless" false;
}
