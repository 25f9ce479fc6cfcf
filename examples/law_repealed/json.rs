//! The story as one JSON object.

use indexmap::IndexMap;
use serde::Serialize;

use super::story::{Story, changed};

#[derive(Serialize)]
struct Object<'a> {
    /// Of each list in the end.
    rows: IndexMap<String, usize>,
    commits: Vec<OfCommit<'a>>,
    /// Of each check in the end.
    findings: IndexMap<String, usize>,
    verified: bool,
}

#[derive(Serialize)]
struct OfCommit<'a> {
    cause: &'a str,
    changed: IndexMap<String, usize>,
    findings_added: usize,
    findings_resolved: usize,
}

/// Writes the object; the same tables give the same bytes.
pub(crate) fn object(story: &Story) -> String {
    let commit = |commit| {
        let of: &quanze::Commit = commit;
        OfCommit {
            cause: of.cause().unwrap_or_default(),
            changed: changed(of).into_iter().map(|(list, rows)| (list.to_string(), rows)).collect(),
            findings_added: of.findings_added().len(),
            findings_resolved: of.findings_resolved().len(),
        }
    };
    let object = Object {
        rows: story.rows().into_iter().map(|(list, rows)| (list.to_string(), rows)).collect(),
        commits: story.commits.iter().map(commit).collect(),
        findings: story.findings().into_iter().map(|(check, count)| (check.to_string(), count)).collect(),
        verified: story.verified.is_ok(),
    };
    serde_json::to_string_pretty(&object).expect("numbers and texts are JSON") + "\n"
}
