//! See `crates/quanze-workbook/tests/fuzzed/workbook_bytes.rs` for what is asked, and the README for how.
#![no_main]

#[path = "../../crates/quanze-workbook/tests/fuzzed/mod.rs"]
mod fuzzed;

use std::sync::Once;

use libfuzzer_sys::fuzz_target;

static QUIET: Once = Once::new();

fuzz_target!(|bytes: &[u8]| {
    // The fuzzer ends at each panic, also at one that the library catches: what it is to find is what the library does then.
    QUIET.call_once(|| std::panic::set_hook(Box::new(|_| {})));
    if let Err(told) = fuzzed::workbook_bytes::holds(bytes) {
        eprintln!("{told}");
        std::process::abort();
    }
});
