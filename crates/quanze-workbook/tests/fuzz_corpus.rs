//! What the fuzzer has found worth keeping, asked again: each file of `fuzz/corpus/` by the law of its folder.

mod fuzzed;

use std::{fs, io, path::Path};

use fuzzed::LAWS;

#[test]
fn what_is_kept_holds() -> io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
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
