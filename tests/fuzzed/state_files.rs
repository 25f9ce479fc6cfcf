//! A saved state in both of its forms, and what a schema makes of it.
//!
//! The first byte says what the others are: the bytes of a file, the body of a file whose header says that it is whole, the
//! text of a file, or what bends a state that is right.

use quanze::{ListSystem, Schema, State};

use super::{Reading, bent::bent};
use crate::support::live::equal;

const SCHEMA: &str = include_str!("../goldens/schema.json");
const RIGHT: &str = include_str!("../goldens/state.json");

/// What is read is written as it was; a schema keeps what fits and tells the rest; what it keeps, it keeps again.
pub(crate) fn holds(input: &[u8]) -> Result<(), String> {
    let mut reading = Reading::new(input);
    let read = match reading.byte() % 4 {
        0 => State::from_bytes(reading.rest()),
        1 => State::from_bytes(&sealed(reading.rest())),
        2 => State::from_json(&String::from_utf8_lossy(reading.rest())),
        _ => {
            let right = serde_json::from_str(RIGHT).map_err(|error| error.to_string())?;
            State::from_json(&bent(&right, &mut reading).to_string())
        }
    };
    let state = match read {
        Ok(state) => state,
        Err(refused) if refused.to_string().is_empty() => return Err("refused without a reason".to_owned()),
        Err(_) => return Ok(()),
    };
    let from_bytes = State::from_bytes(&state.to_bytes()).map_err(|error| format!("as bytes: {error}"))?;
    let from_json = State::from_json(&state.to_json()).map_err(|error| format!("as JSON: {error}"))?;
    if from_bytes != state || from_json != state || from_json.to_bytes() != state.to_bytes() {
        return Err("a state is not what it was".to_owned());
    }
    let schema = Schema::from_json(SCHEMA).map_err(|error| error.to_string())?;
    restored(&schema, &state)
}

fn restored(schema: &Schema, state: &State) -> Result<(), String> {
    let first = ListSystem::restore(schema.clone(), state);
    first.system.verify().map_err(|difference| format!("verify: {difference}"))?;
    let kept = first.system.state();
    let second = ListSystem::restore(schema.clone(), &kept);
    if !second.unfit.is_empty() {
        return Err(format!("what was kept is not kept again: {}", second.unfit));
    }
    equal("what is kept", &kept.to_json(), &second.system.state().to_json())?;
    // Put back, what does not fit is what it was, and fits no better.
    let told = first.unfit.to_string();
    let mut whole = kept.clone();
    let left = whole.put_back(first.unfit);
    if !left.is_empty() {
        return Err(format!("nothing is in its place, and yet this is not put back: {left}"));
    }
    let third = ListSystem::restore(schema.clone(), &whole);
    equal("what does not fit", &told, &third.unfit.to_string())?;
    equal("what is kept of the whole", &kept.to_json(), &third.system.state().to_json())
}

/// A body with a header that says that it is whole, as `docs/format.md` describes it.
fn sealed(body: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x89qzstate".to_vec();
    bytes.extend(1_u32.to_le_bytes());
    bytes.extend((body.len() as u64).to_le_bytes());
    let sum = bytes.iter().chain(body).fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128, |hash, byte| {
        (hash ^ u128::from(*byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
    });
    bytes.extend(sum.to_le_bytes());
    bytes.extend(body);
    bytes
}
