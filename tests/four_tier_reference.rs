//! `docs/four-tier.md` says what the schema holds.

use quanze::four_tier;

#[test]
fn the_document_is_that_of_the_schema() -> std::io::Result<()> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/four-tier.md");
    let reference = four_tier::reference(&four_tier::schema());
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, &reference)?;
    }
    let document = std::fs::read_to_string(path)?;
    let differs = document.lines().zip(reference.lines()).position(|(a, b)| a != b);
    assert!(
        document == reference,
        "docs/four-tier.md is out of date from line {:?}; write it anew with UPDATE_GOLDEN=1 cargo test --test four_tier_reference",
        differs.map(|line| line + 1),
    );
    Ok(())
}
