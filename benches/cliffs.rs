//! A change of each odd shape, at the size that a schema of it may come to: see `benches/shapes/`.
//!
//! `cargo bench --bench cliffs`. What each looks at is counted in `tests/cliffs.rs`.

#[expect(dead_code, reason = "what a change costs is judged by the test")]
mod shapes;

use std::{hint::black_box, time::Duration};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

fn changes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("cliffs");
    group.sample_size(10).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(2));
    for make in shapes::ALL {
        for size in [10_000, 100_000, 1_000_000] {
            let mut shape = make(size);
            let mut step = 0;
            group.bench_function(BenchmarkId::new(shape.name, size), |bencher| {
                bencher.iter(|| {
                    step += 1;
                    let edits = (shape.change)(step);
                    let spans = shape.system.commit_with(edits, |delta| delta.spans().count());
                    black_box(spans.unwrap_or_else(|refused| panic!("{refused}")))
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, changes);
criterion_main!(benches);
