//! The library alone: what each thing takes that a service does with it, at several sizes.
//!
//! `cargo bench --bench library`; sizes from the environment, such as `QUANZE_BENCH_SIZES=10000,100000,1000000`.

#[expect(dead_code, reason = "the floors are for `beside_floors`")]
mod workload;

use std::{hint::black_box, time::Duration};

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use quanze::{Edits, ListSystem, State};
use workload::{
    Engine, check,
    checksum::Masks,
    generator::{self, Change, Item, LONGEST_LIMIT, Op, SEED, Streams, handling_keys},
    quanze::Quanze,
};

fn sizes() -> Vec<usize> {
    let named = std::env::var("QUANZE_BENCH_SIZES").unwrap_or_else(|_| "10000,100000".into());
    named.split(',').filter_map(|size| size.trim().parse().ok()).collect()
}

fn built(items: &[Item]) -> Quanze {
    Quanze::build(items, &mut Masks::default())
}

fn right<T, E: std::fmt::Display>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}

/// Another limit for so many items, a stride apart.
fn limits(items: &[Item], count: usize, turn: usize) -> Vec<Op> {
    let stride = (items.len() / count).max(1);
    let op = |at: usize| {
        let number = (at * stride + turn) % items.len();
        let limit = (items[number].limit as usize + turn) % usize::from(LONGEST_LIMIT) + 1;
        Op { code: items[number].code, item: number, change: Change::Limit(limit as u8) }
    };
    (0..count).map(op).collect()
}

fn library(criterion: &mut Criterion) {
    // Nothing is timed before its answer is checked.
    check::check::<Quanze>(100);
    for size in sizes() {
        let items = generator::items(size, SEED);
        let streams = Streams::draw(&items, 20_000, SEED);
        let mut group = criterion.benchmark_group(format!("{size} items"));
        group.sample_size(10).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(2));

        group.bench_function("build", |bencher| {
            bencher.iter_batched(|| (), |()| black_box(built(&items)), BatchSize::PerIteration);
        });

        let mut quanze = built(&items);
        let singles = [
            ("rename", &streams.rename),
            ("limit", &streams.limit),
            ("kind", &streams.kind),
            ("suspend", &streams.active),
            ("remark", &streams.remark),
        ];
        for (name, ops) in singles {
            let mut ops = ops.iter().cycle();
            group.bench_function(BenchmarkId::new("commit", name), |bencher| {
                bencher.iter(|| ops.next().map(|op| quanze.commit(op, &mut Masks::default())));
            });
        }
        for (name, count) in [("10", 10), ("1000", 1_000), ("1 %", size / 100), ("100 %", size)] {
            let mut turn = 0;
            group.throughput(Throughput::Elements(count as u64));
            group.bench_function(BenchmarkId::new("batch of", name), |bencher| {
                let next = || {
                    turn += 1;
                    limits(&items, count, turn)
                };
                let commit = |ops: Vec<Op>| quanze.commit_batch(&ops, &mut Masks::default());
                bencher.iter_batched(next, commit, BatchSize::PerIteration);
            });
        }
        group.throughput(Throughput::Elements(1));

        let code = items[1].code;
        let mut limit = 0;
        let mut next_limit = move || {
            limit = limit % 60 + 1;
            Edits::new().set("items", code.as_str(), "limit", limit)
        };
        group.bench_function("preview", |bencher| {
            bencher.iter_batched(
                &mut next_limit,
                |edits| black_box(right(quanze.system.preview(&edits)).len()),
                BatchSize::SmallInput,
            );
        });
        group.bench_function("commit, changes collected", |bencher| {
            bencher.iter_batched(
                &mut next_limit,
                |edits| black_box(right(quanze.system.commit(edits)).len()),
                BatchSize::SmallInput,
            );
        });
        for (name, every) in [("never", usize::MAX), ("every 100 commits", 100), ("every commit", 1)] {
            let mut ops = streams.limit.iter().cycle();
            let mut held = quanze.system.snapshot();
            let mut commits = 0;
            group.bench_function(BenchmarkId::new("commit while a snapshot is held, published", name), |bencher| {
                bencher.iter(|| {
                    if let Some(op) = ops.next() {
                        quanze.commit(op, &mut Masks::default());
                    }
                    commits += 1;
                    if commits % every == 0 {
                        held = quanze.system.snapshot();
                    }
                });
            });
            black_box(&held);
        }
        let mut there = false;
        group.bench_function("another key for a matched row", |bencher| {
            bencher.iter(|| {
                there = !there;
                let (from, to) = if there { ("s0-00", "s0-zz") } else { ("s0-zz", "s0-00") };
                right(quanze.system.commit_with(Edits::new().rekey("service_bodies", from, to), |_| ()));
            });
        });

        let keys = handling_keys(&items, 1_000, SEED);
        let live: Vec<_> = keys.iter().filter(|key| quanze.read(key).is_some()).collect();
        let mut next = live.iter().cycle();
        group.bench_function("point read", |bencher| bencher.iter(|| next.next().map(|key| quanze.read(key))));
        let rows = quanze.scan().rows;
        group.throughput(Throughput::Elements(rows));
        group.bench_function("scan", |bencher| bencher.iter(|| black_box(quanze.scan())));
        group.throughput(Throughput::Elements(1));
        let snapshot = quanze.system.snapshot();
        let mut next = live.iter().cycle();
        group.bench_function("explain", |bencher| {
            bencher.iter(|| {
                let Some(key) = next.next() else { return };
                let key = format!("{}/{}/{}", key.code.as_str(), key.body.as_str(), key.scenario);
                black_box(right(snapshot.explain("handling", &key, "effective")));
            });
        });
        group.bench_function("save", |bencher| bencher.iter(|| black_box(snapshot.state().to_bytes().len())));
        let bytes = snapshot.state().to_bytes();
        group.bench_function("restore", |bencher| {
            bencher.iter(|| {
                let state = right(State::from_bytes(&bytes));
                black_box(ListSystem::restore(workload::quanze::schema(), &state).system.revision())
            });
        });
        group.finish();
    }
}

criterion_group!(benches, library);
criterion_main!(benches);
