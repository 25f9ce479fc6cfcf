//! What the fuzzer has found worth keeping, asked again: each file of `fuzz/corpus/` by the law of its folder.

mod fuzzed;
mod oracle;
mod support;

use std::{fs, io, path::Path};

use fuzzed::LAWS;

#[test]
fn what_is_kept_holds() -> io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    // A package from a registry does not hold the fuzzer.
    if !corpus.exists() {
        return Ok(());
    }
    for (name, law) in LAWS {
        let mut seen = 0;
        for entry in fs::read_dir(corpus.join(name))? {
            let path = entry?.path();
            if let Err(told) = law(&fs::read(&path)?) {
                panic!("{}: {told}", path.display());
            }
            seen += 1;
        }
        assert!(seen >= 10, "only {seen} files are kept for {name}");
    }
    Ok(())
}

/// Bytes as they come: whatever the fuzzer may start from.
#[test]
fn any_bytes_hold() {
    let mut random = 1_u64;
    for round in 0..200 {
        let bytes: Vec<u8> = (0..round)
            .map(|_| {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (random >> 56) as u8
            })
            .collect();
        for (name, law) in LAWS {
            if let Err(told) = law(&bytes) {
                panic!("{name} {bytes:?}: {told}");
            }
        }
    }
}
