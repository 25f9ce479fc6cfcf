//! A change of the sources, and where changes come from.

use std::{collections::HashMap, fs, ops::Range, path::Path, process::Command};

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{Failure, form};

/// A part of a file replaced by another text.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) name: String,
    /// What is said beside the name.
    pub(crate) told: String,
    /// The test target and the beginning of a test's name that are tried first.
    pub(crate) test: Option<(String, String)>,
    pub(crate) file: String,
    /// In bytes.
    pub(crate) range: Range<usize>,
    pub(crate) new: String,
}

/// Draws some of the mutants that cargo-mutants makes of the tree, in the order of the hashes of their names. A name without
/// its line is hashed, so that an edit elsewhere draws no others.
pub(crate) fn drawn(tree: &Path, seed: &str, count: usize) -> Result<Vec<Change>, Failure> {
    let mut list = Command::new("cargo");
    list.args(["mutants", "--list", "--json", "--no-config", "--dir"]).arg(tree);
    for room in ["engine", "store", "system"] {
        list.arg("--file").arg(format!("src/{room}/**"));
    }
    let listed = list.output()?;
    if !listed.status.success() {
        return Err(Failure(String::from_utf8_lossy(&listed.stderr).into_owned()));
    }
    let listed: Vec<Value> = serde_json::from_slice(&listed.stdout)?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut numbers = HashMap::<String, usize>::new();
    let mut drawn: Vec<(Vec<u8>, &Value)> = Vec::new();
    for mutant in &listed {
        let file = text(&mutant["file"]);
        let name = text(&mutant["name"]);
        let said = name.splitn(4, ':').last().unwrap_or_default();
        let name = format!("{file}:{said}");
        let number = numbers.entry(name.clone()).or_default();
        *number += 1;
        drawn.push((Sha256::digest(format!("{seed} {name} {number}\n")).to_vec(), mutant));
    }
    drawn.sort_by(|a, b| a.0.cmp(&b.0));
    let change = |mutant: &Value| {
        let file = text(&mutant["file"]);
        let source = fs::read_to_string(tree.join(&file))?;
        let place = |end: &str| {
            let part = |what: &str| number(&mutant["span"][end][what]).saturating_sub(1);
            offset(&source, part("line"), part("column"))
        };
        let range = place("start")..place("end");
        let new = text(&mutant["replacement"]);
        Ok(Change { name: text(&mutant["name"]), told: String::new(), test: None, file, range, new })
    };
    drawn.into_iter().take(count).map(|(_, mutant)| change(mutant)).collect()
}

/// A line or column.
pub(crate) fn number(value: &Value) -> usize {
    value.as_u64().and_then(|number| number.try_into().ok()).unwrap_or_default()
}

/// The byte at which a column of a line begins.
fn offset(source: &str, line: usize, column: usize) -> usize {
    let begin = source.split_inclusive('\n').take(line).map(str::len).sum::<usize>();
    begin + source[begin..].chars().take(column).map(char::len_utf8).sum::<usize>()
}

/// The breaks of the tree that are called so; all, where none is named.
pub(crate) fn breaks(tree: &Path, names: &[&str]) -> Result<Vec<Change>, Failure> {
    let mut breaks = form::all(&tree.join("tests/breaks"))?;
    if let Some(unknown) = names.iter().find(|name| breaks.iter().all(|one| one.name != **name)) {
        return Err(Failure(format!("there is no break '{unknown}'")));
    }
    breaks.retain(|one| names.is_empty() || names.contains(&&*one.name));
    let change = |one: form::Break| {
        let source = fs::read_to_string(tree.join(&one.file))?;
        let at = one.place(&source).map_err(Failure)?;
        let range = at..at + one.old.len();
        Ok(Change { name: one.name, told: one.promise, test: Some(one.test), file: one.file, range, new: one.new })
    };
    breaks.into_iter().map(change).collect()
}
