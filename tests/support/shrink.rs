//! Makes a case that breaks a law small enough to be read.
//!
//! proptest shrinks a value part by part, byte by byte; here whole batches, edits, lists and fields go first.

use std::{
    cell::Cell,
    panic,
    sync::Once,
    time::{Duration, Instant},
};

use proptest::test_runner::{Config, TestCaseError};

use super::Recipe;

/// How long a case may be made smaller, where `PROPTEST_MAX_SHRINK_TIME` does not say so, in milliseconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a case may be made smaller.
pub(crate) fn patience() -> Duration {
    match Config::default().max_shrink_time {
        0 => PATIENCE,
        given => Duration::from_millis(given.into()),
    }
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Asks whether a law holds of a recipe; where it does not, tells how it fails for the smallest recipe found.
pub(crate) fn hold(recipe: &Recipe, law: impl Fn(&Recipe) -> Result<(), String>) -> Result<(), TestCaseError> {
    let Err(told) = law(recipe) else { return Ok(()) };
    Err(TestCaseError::fail(smaller(recipe, told, patience(), law)))
}

/// Tells how a law that fails so for a recipe fails for the smallest recipe found in some time.
pub(crate) fn smaller(
    recipe: &Recipe,
    mut told: String,
    patience: Duration,
    law: impl Fn(&Recipe) -> Result<(), String>,
) -> String {
    let mut smallest = recipe.clone();
    let until = Instant::now() + patience;
    quietly(|| {
        loop {
            let before = smallest.clone();
            for pass in PASSES {
                pass(&mut smallest, &mut |smaller| {
                    if Instant::now() > until {
                        return false;
                    }
                    let outcome = law(smaller);
                    outcome.map_err(|how| told = how).is_err()
                });
            }
            if smallest == before || Instant::now() > until {
                break;
            }
        }
    });
    told
}

/// Runs something that may panic a thousand times without a word.
fn quietly(run: impl FnOnce()) {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let loud = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                loud(panic);
            }
        }));
    });
    QUIET.set(true);
    run();
    QUIET.set(false);
}

/// A way to make a recipe smaller: changes it as long as it still fails.
type Pass = fn(&mut Recipe, &mut dyn FnMut(&Recipe) -> bool);

const PASSES: [Pass; 11] = [
    |recipe, fails| fewer(recipe, |r| &mut r.batches, 0, fails),
    |recipe, fails| {
        for at in 0..recipe.batches.len() {
            fewer(recipe, |r| &mut r.batches[at].edits, 0, fails);
        }
    },
    |recipe, fails| {
        fewer(recipe, |r| &mut r.changes, 0, fails);
        for at in 0..recipe.changes.len() {
            plainer(recipe, |r| &mut r.changes[at], fails);
        }
    },
    |recipe, fails| fewer(recipe, |r| &mut r.checks, 0, fails),
    |recipe, fails| fewer(recipe, |r| &mut r.derived, 0, fails),
    |recipe, fails| {
        for at in 0..recipe.derived.len() {
            fewer(recipe, |r| &mut r.derived[at].rules, 1, fails);
            fewer(recipe, |r| &mut r.derived[at].fields, 0, fails);
        }
    },
    |recipe, fails| fewer(recipe, |r| &mut r.bases, 1, fails),
    |recipe, fails| {
        for at in 0..recipe.bases.len() {
            fewer(recipe, |r| &mut r.bases[at].fields, 1, fails);
        }
    },
    |recipe, fails| {
        for at in 0..recipe.derived.len() {
            plainer(recipe, |r| &mut r.derived[at].head, fails);
            for rule in 0..recipe.derived[at].rules.len() {
                plainer(recipe, |r| &mut r.derived[at].rules[rule], fails);
            }
            for field in 0..recipe.derived[at].fields.len() {
                plainer(recipe, |r| &mut r.derived[at].fields[field], fails);
            }
        }
    },
    |recipe, fails| {
        for at in 0..recipe.bases.len() {
            plainer(recipe, |r| &mut r.bases[at].head, fails);
            for field in 0..recipe.bases[at].fields.len() {
                plainer(recipe, |r| &mut r.bases[at].fields[field], fails);
            }
        }
        for at in 0..recipe.checks.len() {
            plainer(recipe, |r| &mut r.checks[at], fails);
        }
    },
    |recipe, fails| {
        for at in 0..recipe.batches.len() {
            plainer(recipe, |r| &mut r.batches[at].head, fails);
            for edit in 0..recipe.batches[at].edits.len() {
                plainer(recipe, |r| &mut r.batches[at].edits[edit], fails);
            }
        }
    },
];

/// Takes items away, in runs and then one by one, the last first, but for so many.
fn fewer<T>(
    recipe: &mut Recipe,
    items: impl Fn(&mut Recipe) -> &mut Vec<T>,
    least: usize,
    fails: &mut dyn FnMut(&Recipe) -> bool,
) {
    let mut run = items(recipe).len().div_ceil(2);
    while run > 0 {
        let mut end = items(recipe).len();
        while end > 0 {
            let start = end.saturating_sub(run);
            let mut smaller = recipe.clone();
            if items(&mut smaller).len() >= least + (end - start) {
                items(&mut smaller).drain(start..end);
                if fails(&smaller) {
                    *recipe = smaller;
                }
            }
            end = start;
        }
        run /= 2;
    }
}

/// No tape is longer.
const LONGEST: usize = 40;

/// Makes the choices of a tape plainer: all of them, each 0, each smaller.
fn plainer(recipe: &mut Recipe, tape: impl Fn(&mut Recipe) -> &mut Vec<u8>, fails: &mut dyn FnMut(&Recipe) -> bool) {
    let mut attempt = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut smaller = recipe.clone();
        change(tape(&mut smaller));
        let changed = *tape(&mut smaller) != *tape(recipe);
        let smaller_fails = changed && fails(&smaller);
        if smaller_fails {
            *recipe = smaller;
        }
        smaller_fails
    };
    if attempt(&|bytes| bytes.fill(0)) {
        return;
    }
    for at in 0..LONGEST {
        let on = |change: fn(u8) -> u8| {
            move |bytes: &mut Vec<u8>| {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = change(*byte);
                }
            }
        };
        if !attempt(&on(|_| 0)) {
            while attempt(&on(|byte| byte / 2)) {}
            let _ = attempt(&on(|byte| byte.saturating_sub(1)));
        }
    }
}
