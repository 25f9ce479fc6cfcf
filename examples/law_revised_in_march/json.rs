//! The story as one JSON object.

use std::{collections::BTreeMap, io};

use serde::Serialize;

use quanze::governance::Kind;

use super::story::{State, Story};

#[derive(Serialize)]
struct Object {
    /// Of each kind, how many have come how far.
    cases: BTreeMap<Kind, BTreeMap<State, usize>>,
    deadlines: Deadlines,
    /// Of each list, how many rows differ from the beginning.
    rows_changed: BTreeMap<String, usize>,
    /// Of each state.
    reviews: BTreeMap<String, usize>,
    /// What is still to be reviewed, of all checks.
    open_findings: usize,
    records: usize,
    /// The record that was altered, as it was found.
    altered_record: Option<u64>,
    last_hash: String,
    verified: bool,
}

#[derive(Serialize)]
struct Deadlines {
    met: usize,
    missed: usize,
}

/// Writes the object; the same tables give the same bytes.
pub(crate) fn object(story: &Story) -> io::Result<String> {
    let history = story.office.history();
    let [met, missed] = story.deadlines;
    let object = Object {
        cases: story.cases(),
        deadlines: Deadlines { met, missed },
        rows_changed: story.changed().map_err(|error| io::Error::other(error.to_string()))?,
        reviews: story.reviews(),
        open_findings: story.office.reviews(story.today).map_err(io::Error::other)?.len(),
        records: history.records().len(),
        altered_record: story.found,
        last_hash: history.head().hash.to_string(),
        verified: story.verified,
    };
    Ok(serde_json::to_string_pretty(&object)? + "\n")
}
