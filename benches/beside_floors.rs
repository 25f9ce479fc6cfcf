//! The workload on quanze beside the two hand-written floors, in one run, interleaved; every answer checked first.
//!
//! `cargo bench --bench beside_floors -- [SIZE]` prints medians and ratios.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

mod workload;

use std::time::Instant;

use workload::{
    Engine, check,
    checksum::{Consumer, Masks, Resolved, Spans},
    floor_by_reference::ByReference,
    floor_stored::Stored,
    generator::{self, Item, Op, SEED, Streams, handling_keys},
    quanze::Quanze,
};

const ROUNDS: usize = 12;
const OPERATIONS: usize = 250;

/// One engine with one consumer, and what it took.
struct Lane<E, C> {
    engine: E,
    consumer: C,
    /// By operation, the nanoseconds of each round.
    times: Vec<Vec<f64>>,
    build: f64,
}

trait Contender {
    fn run(&mut self, operation: usize, ops: &[Op]);
    fn batch(&mut self, ops: &[Op]);
    fn reads(&mut self, items: &[Item]);
    fn report(&self) -> (Vec<f64>, f64, usize, u64, u64);
}

impl<E: Engine, C: Consumer + Default> Lane<E, C> {
    fn new(items: &[Item]) -> Self {
        let mut consumer = C::default();
        let start = Instant::now();
        let engine = E::build(items, &mut consumer);
        Self { engine, consumer, times: vec![Vec::new(); NAMES.len()], build: start.elapsed().as_nanos() as f64 }
    }
}

const NAMES: [&str; 8] = ["rename", "limit", "kind", "suspend", "remark", "batch 1 %", "point read", "scan, a row"];

impl<E: Engine, C: Consumer + Default> Contender for Lane<E, C> {
    fn run(&mut self, operation: usize, ops: &[Op]) {
        let start = Instant::now();
        for op in ops {
            self.engine.commit(op, &mut self.consumer);
        }
        self.times[operation].push(start.elapsed().as_nanos() as f64 / ops.len() as f64);
    }

    fn batch(&mut self, ops: &[Op]) {
        let start = Instant::now();
        self.engine.commit_batch(ops, &mut self.consumer);
        self.times[5].push(start.elapsed().as_nanos() as f64);
    }

    fn reads(&mut self, items: &[Item]) {
        for round in 0..3 {
            let keys = handling_keys(items, 2000, SEED + round);
            let start = Instant::now();
            let found = keys.iter().filter(|key| self.engine.read(key).is_some()).count();
            self.times[6].push(start.elapsed().as_nanos() as f64 / found.max(1) as f64);
            let start = Instant::now();
            let sum = self.engine.scan();
            self.times[7].push(start.elapsed().as_nanos() as f64 / sum.rows.max(1) as f64);
        }
    }

    fn report(&self) -> (Vec<f64>, f64, usize, u64, u64) {
        let median = |times: &Vec<f64>| {
            let mut times = times.clone();
            times.sort_by(f64::total_cmp);
            times.get(times.len() / 2).copied().unwrap_or_default()
        };
        let state = self.engine.state();
        (self.times.iter().map(median).collect(), self.build, self.engine.bytes(), state.rows, state.hash)
    }
}

fn main() {
    let size = std::env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(100_000);
    for size in [1, 20, 500] {
        check::check::<ByReference>(size);
        check::check::<Stored>(size);
        check::check::<Quanze>(size);
    }
    println!("all answers agree with the plain derivation");
    let mut items = generator::items(size, SEED);
    let streams = Streams::draw(&items, ROUNDS * OPERATIONS, SEED);
    let names = ["floor-masks", "floor-resolved", "floor-stored", "quanze-masks", "quanze-resolved", "quanze-spans"];
    let mut lanes: Vec<Box<dyn Contender>> = vec![
        Box::new(Lane::<ByReference, Masks>::new(&items)),
        Box::new(Lane::<ByReference, Resolved>::new(&items)),
        Box::new(Lane::<Stored, Resolved>::new(&items)),
        Box::new(Lane::<Quanze, Masks>::new(&items)),
        Box::new(Lane::<Quanze, Resolved>::new(&items)),
        Box::new(Lane::<Quanze, Spans>::new(&items)),
    ];
    let all = [&streams.rename, &streams.limit, &streams.kind, &streams.active, &streams.remark];
    let count = lanes.len();
    for round in 0..ROUNDS {
        for (operation, ops) in all.iter().enumerate() {
            let ops = &ops[round * OPERATIONS..(round + 1) * OPERATIONS];
            for turn in 0..count {
                lanes[(turn + round) % count].run(operation, ops);
            }
            for op in ops {
                items[op.item].apply(&op.change);
            }
        }
    }
    for ops in &streams.batches {
        for lane in &mut lanes {
            lane.batch(ops);
        }
        for op in ops {
            items[op.item].apply(&op.change);
        }
    }
    for lane in &mut lanes {
        lane.reads(&items);
    }
    let reports: Vec<_> = lanes.iter().map(|lane| lane.report()).collect();
    let expected = workload::from_scratch::state(&items);
    for (name, report) in names.iter().zip(&reports) {
        assert_eq!((report.3, report.4), (expected.rows, expected.hash), "{name}: the final state");
    }
    println!("{size} items, {} derived rows; medians of {ROUNDS} interleaved rounds of {OPERATIONS}", expected.rows);
    print!("{:>12}", "ns");
    for name in names {
        print!(" {name:>16}");
    }
    println!("  masks/floor  resolved/floor  resolved/stored");
    for (operation, name) in NAMES.iter().enumerate() {
        print!("{name:>12}");
        for report in &reports {
            print!(" {:>16.0}", report.0[operation]);
        }
        let ratio = |a: usize, b: usize| reports[a].0[operation] / reports[b].0[operation];
        println!("  {:>11.2}  {:>14.2}  {:>15.2}", ratio(3, 0), ratio(4, 1), ratio(4, 2));
    }
    print!("{:>12}", "build ms");
    for report in &reports {
        print!(" {:>16.0}", report.1 / 1e6);
    }
    println!(
        "  {:>11.2}  {:>14.2}  {:>15.2}",
        reports[3].1 / reports[0].1,
        reports[4].1 / reports[1].1,
        reports[4].1 / reports[2].1
    );
    print!("{:>12}", "bytes/row");
    for report in &reports {
        print!(" {:>16.1}", report.2 as f64 / expected.rows as f64);
    }
    println!();
}
