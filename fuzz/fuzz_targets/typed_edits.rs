//! See `fuzzed/typed_edits.rs` for what is asked, and the README for how.
#![no_main]

#[path = "../../tests/fuzzed/mod.rs"]
mod fuzzed;
#[path = "../../tests/oracle/mod.rs"]
mod oracle;
#[path = "../../tests/support/mod.rs"]
mod support;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Err(told) = fuzzed::typed_edits::holds(bytes) {
        panic!("{told}");
    }
});
