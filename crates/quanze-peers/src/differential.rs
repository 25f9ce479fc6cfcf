//! `differential-dataflow` on one worker in this thread: each commit is a time, and what changes at it is the feed.
//!
//! *Maintained* keeps every list as an arrangement, and joins items with the registers of bodies. *Stateless* keeps the totals alone:
//! rows follow from the item's own record as it goes by.

use std::{cell::RefCell, rc::Rc};

use differential_dataflow::{VecCollection, input::InputSession, trace::TraceReader};
use timely::{
    WorkerConfig,
    communication::allocator::{Allocator, thread::Thread},
    dataflow::ProbeHandle,
    progress::frontier::AntichainRef,
    worker::Worker,
};

use crate::{
    dataflow::{Base, Body, Changes, Dataflow, bodies, derived, is_of_body},
    workload::{checksum::Total, generator::Item},
};

/// What keeps arrangements from holding all of the past.
type Compact = Box<dyn FnMut(u64)>;

/// The engine, of either form.
pub(crate) struct Flow<const MAINTAINED: bool> {
    worker: Worker,
    input: InputSession<u64, Base, isize>,
    probe: ProbeHandle<u64>,
    changes: Rc<RefCell<Changes>>,
    compact: Vec<Compact>,
    time: u64,
}

impl<const MAINTAINED: bool> Dataflow for Flow<MAINTAINED> {
    const NAME: &'static str = if MAINTAINED { "differential" } else { "differential-stateless" };

    fn new(blank: Item) -> Self {
        let mut worker =
            Worker::new(WorkerConfig::default(), Allocator::Thread(Thread::default()), Some(std::time::Instant::now()));
        let mut input = InputSession::new();
        let mut registers = InputSession::new();
        let probe = ProbeHandle::new();
        let changes = Rc::<RefCell<Changes>>::default();
        let compact = worker.dataflow::<u64, _, _>(|scope| {
            let mut compact: Vec<Compact> = Vec::new();
            let bases: VecCollection<'_, u64, Base, isize> = input.to_collection(scope);
            let registers: VecCollection<'_, u64, Body, isize> = registers.to_collection(scope);
            let rows = if MAINTAINED {
                let plain = {
                    let blank = blank.clone();
                    bases.clone().flat_map(move |base| derived(&base, &blank, |list| !is_of_body(list)))
                };
                // A row at a body is there where its body is.
                let at_bodies = bases
                    .flat_map(move |base| derived(&base, &blank, is_of_body).into_iter().map(|row| (row.body(), row)));
                let at_bodies = at_bodies.join_map(registers.map(|body| (body, ())), |_, row, ()| row.clone());
                plain.concat(at_bodies)
            } else {
                bases.flat_map(move |base| derived(&base, &blank, |_| true))
            };
            if MAINTAINED {
                let mut arranged = rows.clone().arrange_by_self();
                compact.push(Box::new(move |time| {
                    let time = [time];
                    arranged.trace.set_logical_compaction(AntichainRef::new(&time));
                    arranged.trace.set_physical_compaction(AntichainRef::new(&time));
                }));
            }
            let shares = rows.clone().flat_map(|row| row.share());
            let counted = shares.explode(|(department, limit)| Some((department, (1_isize, limit as isize)))).count();
            let told = Rc::clone(&changes);
            counted
                .inspect(move |((department, (rows, sum)), _, by)| {
                    let total = Total { rows: *rows as u64, sum: *sum as u64 };
                    told.borrow_mut().totals.push((*department, total, *by));
                })
                .probe_with(&probe);
            let told = Rc::clone(&changes);
            rows.inspect(move |(row, _, by)| told.borrow_mut().rows.push((row.clone(), *by))).probe_with(&probe);
            compact
        });
        bodies().for_each(|body| registers.insert(body));
        registers.close();
        Self { worker, input, probe, changes, compact, time: 0 }
    }

    fn put(&mut self, base: Base, by: isize) {
        self.input.update(base, by);
    }

    fn step(&mut self, changes: &mut Changes) {
        self.time += 1;
        self.input.advance_to(self.time);
        self.input.flush();
        while self.probe.less_than(&self.time) {
            self.worker.step();
        }
        for compact in &mut self.compact {
            compact(self.time);
        }
        std::mem::swap(changes, &mut self.changes.borrow_mut());
    }
}
