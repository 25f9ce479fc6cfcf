//! How much smaller the bytes of a state are than its JSON, on the facts of the main example.

use std::{error::Error, path::Path};

use quanze::{ListSystem, State, four_tier};

#[path = "../examples/law_repealed/main.rs"]
#[expect(dead_code, reason = "only its facts are wanted here")]
mod law_repealed;

#[test]
fn bytes_are_a_fraction_of_json() -> Result<(), Box<dyn Error>> {
    let facts = law_repealed::facts::Facts::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data"))?;
    let mut system = ListSystem::new(four_tier::schema());
    system.commit(facts.import)?;
    let state = system.state();
    let (json, compact, bytes) = (state.to_json().len(), serde_json::to_string(&state)?.len(), state.to_bytes().len());
    eprintln!("indented JSON {json} bytes, without spaces {compact}, binary {bytes}");
    assert_eq!(State::from_bytes(&state.to_bytes())?, state);
    assert!(4 * bytes < json, "{bytes} of {json}");
    assert!(5 * bytes < 2 * compact, "{bytes} of {compact}");
    Ok(())
}
