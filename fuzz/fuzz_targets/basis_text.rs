//! See `crates/quanze-workbook/tests/fuzzed/basis_text.rs` for what is asked, and the README for how.
#![no_main]

#[path = "../../crates/quanze-workbook/tests/fuzzed/mod.rs"]
mod fuzzed;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Err(told) = fuzzed::basis_text::holds(bytes) {
        panic!("{told}");
    }
});
