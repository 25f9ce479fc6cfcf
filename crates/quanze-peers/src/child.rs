//! One engine in a process of its own, which is told on its standard input what to do next, and answers a line of JSON.

use std::{
    error::Error,
    io::{self, BufRead, Write},
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

use crate::{
    engines,
    rederive::RederiveItem,
    workload::{
        Engine, check,
        checksum::{Consumer, Masks, Resolved, Spans},
        from_scratch,
        generator::{self, Change, Item, LONGEST_LIMIT, Op, SEED, Streams, handling_keys},
    },
};

pub(crate) type Reply<T> = Result<T, Box<dyn Error>>;

/// The operations that are committed one by one.
pub(crate) const SINGLE: [&str; 5] = ["rename", "limit", "kind", "suspend", "remark"];

/// What was done, how often, and how long it took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Took {
    pub(crate) ns: f64,
    pub(crate) count: u64,
    pub(crate) deltas: u64,
    /// Bytes, of a build; 1 where all was right, of a check.
    pub(crate) extra: u64,
}

/// A consumer that says how many rows it was told of.
pub(crate) trait Counted: Consumer + Default {
    fn rows(&self) -> u64;

    /// Whether another was told the same, as far as they know.
    fn agrees(&self, other: &Self) -> bool {
        self.rows() == other.rows()
    }
}

impl Counted for Masks {
    fn rows(&self) -> u64 {
        self.deltas.rows
    }
}

impl Counted for Spans {
    fn rows(&self) -> u64 {
        self.masks.deltas.rows
    }
}

impl Counted for Resolved {
    fn rows(&self) -> u64 {
        self.stream.rows + self.commit.rows
    }

    fn agrees(&self, other: &Self) -> bool {
        self == other
    }
}

/// Serves until the input ends.
pub(crate) fn serve(engine: &str, size: usize) -> Reply<()> {
    let found = engines::find(engine).ok_or_else(|| format!("there is no engine '{engine}'"))?;
    (found.serve)(size)
}

struct Bench<E, C> {
    engine: Option<E>,
    consumer: C,
    /// What the engine should have come to.
    items: Vec<Item>,
    streams: Streams,
    /// By operation, how many have been committed.
    done: [usize; SINGLE.len()],
    batches: usize,
    reads: u64,
    /// How far the batches of scattered items have come.
    turn: usize,
    /// All that has been committed, commit by commit.
    log: Vec<Vec<Op>>,
}

/// The longest stream of an operation.
const LONGEST: usize = 20_000;

pub(crate) fn serve_as<E: Engine, C: Counted>(size: usize) -> Reply<()> {
    let items = generator::items(size, SEED);
    let streams = Streams::draw(&items, LONGEST, SEED);
    let mut bench: Bench<E, C> = Bench {
        engine: None,
        consumer: C::default(),
        items,
        streams,
        done: [0; SINGLE.len()],
        batches: 0,
        reads: 0,
        turn: 0,
        log: Vec::new(),
    };
    for line in io::stdin().lock().lines() {
        let took = bench.follow(&line?)?;
        let mut out = io::stdout().lock();
        writeln!(out, "{}", serde_json::to_string(&took)?)?;
        out.flush()?;
    }
    Ok(())
}

impl<E: Engine, C: Counted> Bench<E, C> {
    fn follow(&mut self, line: &str) -> Reply<Took> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match *words.as_slice() {
            ["check"] => {
                // Commit by commit against the plain derivation; a wrong answer ends the process.
                for size in [1, 20, 200].into_iter().filter(|size| *size < self.items.len()) {
                    check::check::<E>(size);
                }
                Ok(Took { extra: 1, ..Took::default() })
            }
            ["build"] => {
                let before = resident();
                let start = Instant::now();
                let engine = E::build(&self.items, &mut self.consumer);
                let ns = start.elapsed().as_nanos() as f64;
                let bytes = match engine.bytes() {
                    0 => resident().saturating_sub(before),
                    known => known as u64,
                };
                self.engine = Some(engine);
                Ok(Took { ns, count: 1, deltas: self.consumer.rows(), extra: bytes })
            }
            ["verify"] => {
                let right =
                    self.engine()?.state() == from_scratch::state(&self.items) && self.consumer.agrees(&self.told());
                Ok(Took { extra: u64::from(right), ..Took::default() })
            }
            ["batch", of] => {
                // Small batches come several together, so that the first is not all that is seen.
                let batches: Vec<Vec<Op>> = match of.parse::<usize>() {
                    Ok(count) => (0..(2_000 / count).max(1)).map(|_| self.limits(count)).collect(),
                    // Of a department: about one in a hundred.
                    Err(_) => {
                        let ops = self.streams.batches.get(self.batches).cloned().unwrap_or_default();
                        ops.iter().for_each(|op| self.items[op.item].apply(&op.change));
                        self.batches += 1;
                        vec![ops]
                    }
                };
                let rows = self.consumer.rows();
                let Self { engine: Some(engine), consumer, .. } = self else { return Err("nothing is built".into()) };
                let start = Instant::now();
                batches.iter().for_each(|ops| engine.commit_batch(ops, consumer));
                let ns = start.elapsed().as_nanos() as f64;
                let (count, deltas) = (batches.len() as u64, consumer.rows() - rows);
                self.log.extend(batches);
                Ok(Took { ns, count, deltas, extra: 0 })
            }
            ["read", count] => {
                self.reads += 1;
                let keys = handling_keys(&self.items, count.parse()?, SEED + self.reads);
                let engine = self.engine()?;
                let start = Instant::now();
                let found = keys.iter().filter(|key| engine.read(key).is_some()).count();
                let ns = start.elapsed().as_nanos() as f64;
                Ok(Took { ns, count: found as u64, ..Took::default() })
            }
            ["scan"] => {
                let engine = self.engine()?;
                let start = Instant::now();
                let sum = engine.scan();
                let ns = start.elapsed().as_nanos() as f64;
                Ok(Took { ns, count: sum.rows, ..Took::default() })
            }
            [operation, most, seconds] => {
                let number = SINGLE.iter().position(|known| *known == operation).ok_or("no such operation")?;
                self.commit(number, most.parse()?, Duration::from_secs_f64(seconds.parse()?))
            }
            _ => Err(format!("'{line}' is not understood").into()),
        }
    }

    fn engine(&self) -> Reply<&E> {
        Ok(self.engine.as_ref().ok_or("nothing is built")?)
    }

    /// Commits the next of a stream, until there are so many or the time is over.
    fn commit(&mut self, number: usize, most: usize, time: Duration) -> Reply<Took> {
        let Self { engine: Some(engine), consumer, streams, .. } = self else { return Err("nothing is built".into()) };
        let stream = [&streams.rename, &streams.limit, &streams.kind, &streams.active, &streams.remark][number];
        let ops = &stream[self.done[number]..(self.done[number] + most).min(stream.len())];
        let rows = consumer.rows();
        let start = Instant::now();
        let mut count = 0;
        // The clock is asked seldom where a commit is short.
        let mut stride = 1;
        for ops in ops.chunks(50) {
            for op in ops.chunks(stride) {
                op.iter().for_each(|op| engine.commit(op, consumer));
                count += op.len();
                if start.elapsed() > time {
                    break;
                }
            }
            stride = if start.elapsed().as_micros() as usize > 100 * count { 1 } else { 50 };
            if start.elapsed() > time {
                break;
            }
        }
        let ns = start.elapsed().as_nanos() as f64;
        let deltas = consumer.rows() - rows;
        let done = ops[..count].to_vec();
        for op in done {
            self.items[op.item].apply(&op.change);
            self.log.push(vec![op]);
        }
        self.done[number] += count;
        Ok(Took { ns, count: count as u64, deltas, extra: 0 })
    }

    /// Another limit for so many items, scattered over all; they have it from now on.
    fn limits(&mut self, count: usize) -> Vec<Op> {
        self.turn += count;
        let items = self.items.len();
        // A step that has no divisor in common with the number of items meets each item once.
        let step = (items * 5 / 8..).find(|step| divisor(*step, items) == 1).unwrap_or(1);
        let number = |at: usize| (self.turn + at) * step % items;
        let op = |at: usize| {
            let item = &self.items[number(at)];
            let limit = item.limit % LONGEST_LIMIT + 1;
            Op { code: item.code, item: number(at), change: Change::Limit(limit) }
        };
        let ops: Vec<Op> = (0..count.min(items)).map(op).collect();
        ops.iter().for_each(|op| self.items[op.item].apply(&op.change));
        ops
    }

    /// What a consumer should have been told: by deriving each item anew that has changed.
    fn told(&self) -> C {
        let mut consumer = C::default();
        let mut engine = RederiveItem::build(&generator::items(self.items.len(), SEED), &mut consumer);
        for ops in &self.log {
            match ops.as_slice() {
                [op] => engine.commit(op, &mut consumer),
                ops => engine.commit_batch(ops, &mut consumer),
            }
        }
        consumer
    }
}

fn divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { divisor(b, a % b) }
}

/// The bytes of memory that the process has, where the system says.
fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    let pages = pages.and_then(|text| text.split_whitespace().nth(1)?.parse::<u64>().ok());
    pages.unwrap_or_default() * 4096
}
