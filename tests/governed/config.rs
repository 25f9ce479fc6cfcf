//! How many cases are drawn, and from which seed.

use proptest::{prelude::ProptestConfig, test_runner::RngSeed};

/// The same cases everywhere; `PROPTEST_RNG_SEED` draws others, `PROPTEST_CASES` says how many.
pub(crate) fn config(cases: u32) -> ProptestConfig {
    let given = std::env::var("PROPTEST_CASES").is_ok();
    let default = ProptestConfig::default();
    ProptestConfig {
        cases: if given { default.cases } else { cases },
        failure_persistence: None,
        max_shrink_iters: 400,
        rng_seed: match default.rng_seed {
            RngSeed::Random => RngSeed::Fixed(20_231_212),
            RngSeed::Fixed(seed) => RngSeed::Fixed(seed),
        },
        ..default
    }
}
