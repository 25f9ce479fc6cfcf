//! A schema as JSON: read, built, written, shown, and used beside the oracle.
//!
//! After a first byte of 0 the bytes are the text itself; else they bend a schema that is right, and the rest of them are
//! edits.

use quanze::{Schema, SchemaBuilder, picture::SchemaPicture, schema::SchemaError};

use super::{Reading, bent::bent};
use crate::support::{
    live::{equal, with_system},
    recipe::{BatchRecipe, Recipe},
};

const RIGHT: &str = include_str!("../goldens/schema.json");

/// How many batches are tried with a schema that fits together.
const MOST_BATCHES: usize = 6;

/// What is read is written as it was; what is refused has its reasons; what fits together works as the oracle says.
pub(crate) fn holds(input: &[u8]) -> Result<(), String> {
    let mut reading = Reading::new(input);
    let text = if reading.byte() == 0 {
        String::from_utf8_lossy(reading.clone().rest()).into_owned()
    } else {
        let right = serde_json::from_str(RIGHT).map_err(|error| error.to_string())?;
        bent(&right, &mut reading).to_string()
    };
    let parts = match SchemaBuilder::from_json(&text) {
        Ok(parts) => parts,
        Err(refused) => return has_reasons(&refused),
    };
    let written = serde_json::to_string(&parts).map_err(|error| error.to_string())?;
    let again = SchemaBuilder::from_json(&written).map_err(|error| format!("what is written is not read: {error}"))?;
    equal("what is read again", &written, &serde_json::to_string(&again).map_err(|error| error.to_string())?)?;
    let schema = match parts.clone().build() {
        Ok(schema) => schema,
        Err(refused) => return has_reasons(&refused),
    };
    let back =
        Schema::from_json(&schema.to_json()).map_err(|error| format!("what fits does not fit again: {error}"))?;
    equal("the schema written again", &schema.to_json(), &back.to_json())?;
    if back != schema || back.fingerprint() != schema.fingerprint() {
        return Err("a schema is not what it was".to_owned());
    }
    let extended = schema.extend(SchemaBuilder::new()).map_err(|error| format!("extended by nothing: {error}"))?;
    equal("the schema extended by nothing", &schema.to_json(), &extended.to_json())?;
    equal("its plan", &schema.plan().to_string(), &back.plan().to_string())?;
    let shown = schema.picture(SchemaPicture::default());
    if shown.mermaid().is_empty() || shown.dot().is_empty() {
        return Err("a schema that cannot be seen".to_owned());
    }
    used(schema.spec(), &mut reading)
}

/// Edits of lists with such a schema, beside the oracle.
fn used(spec: &SchemaBuilder, reading: &mut Reading<'_>) -> Result<(), String> {
    if !spec.lists.values().any(quanze::schema::List::is_base) {
        return Ok(());
    }
    let mut recipe = Recipe::default();
    for _ in 0..MOST_BATCHES {
        let edits = (0..=reading.byte() % 4).map(|_| reading.take(24).to_vec()).collect();
        recipe.batches.push(BatchRecipe { head: vec![reading.byte()], edits });
    }
    with_system(spec.clone(), |run| {
        for at in 0..recipe.batches.len() {
            let batch = run.next(&recipe, at);
            run.commit(&batch)?;
            run.compare()?;
        }
        Ok(())
    })
}

fn has_reasons(refused: &SchemaError) -> Result<(), String> {
    let told = refused.faults().iter().all(|fault| !fault.to_string().is_empty());
    if refused.faults().is_empty() || !told { Err("refused without a reason".to_owned()) } else { Ok(()) }
}
