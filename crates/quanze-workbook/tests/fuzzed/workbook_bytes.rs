//! Bytes as a file: it is one clear error, or every row of it is accounted for.

use std::collections::BTreeSet;

use quanze_workbook::{Import, Limits, Profile, Workbook};

/// Small, so that a file that unpacks to much is refused early.
const LIMITS: Limits = Limits { bytes: 1 << 20, cells: 100_000 };

pub(crate) fn holds(bytes: &[u8]) -> Result<(), String> {
    let workbook = Workbook::from_bytes("file", bytes, LIMITS);
    if let Err(error) = &workbook {
        let told = error.to_string();
        if !told.starts_with("file: ") || told.len() <= "file: ".len() {
            return Err(format!("'{told}' does not say what is wrong"));
        }
    }
    accounted(&Import::of([workbook], &Profile::default()))
}

/// Whether an import accounts for its rows, and gives each item a key of its own.
pub(crate) fn accounted(import: &Import) -> Result<(), String> {
    for file in &import.files {
        let counts = file.counts();
        if counts.unclaimed() > 0 {
            return Err(format!("{} rows of {} are unclaimed", counts.unclaimed(), counts.rows));
        }
    }
    let keys: BTreeSet<&str> = import.items.iter().map(|item| item.key.as_str()).collect();
    if keys.len() < import.items.len() {
        return Err("two items have one key".to_owned());
    }
    let nameless = import.items.iter().find(|item| item.full_name().is_empty() || item.body().is_empty());
    if let Some(item) = nameless {
        return Err(format!("the item at {:?} has no name or no body", item.source));
    }
    match import.diagnostics.iter().find(|found| found.done.is_empty()) {
        Some(found) => Err(format!("'{found}' does not say what was done")),
        None => Ok(()),
    }
}
