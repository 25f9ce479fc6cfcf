//! What the source declares: the public errors and kinds with their variants, and whatever can be printed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::Path,
};

/// Enums that are called like kinds of errors, but say what has become of a row, what lies in a cell, and what an adjustment does.
const NO_ERRORS: [&str; 3] = ["ChangeKind", "CellKind", "Kind"];

/// The reasons for which something does not fit; explanations have reasons of that name too.
const UNFIT: &str = "unfit.rs";

/// Visits the files of the library.
pub(crate) fn visit(seen: &mut impl FnMut(&Path, &str)) -> io::Result<()> {
    fn folder(path: &Path, seen: &mut impl FnMut(&Path, &str)) -> io::Result<()> {
        for entry in fs::read_dir(path)? {
            let path = entry?.path();
            if path.is_dir() {
                folder(&path, seen)?;
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                seen(&path, &fs::read_to_string(&path)?);
            }
        }
        Ok(())
    }
    folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), seen)
}

/// The word that a text begins with.
pub(crate) fn word(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}

/// Returns the public errors: each enum with its variants, each struct with none.
pub(crate) fn errors() -> io::Result<BTreeMap<String, BTreeSet<String>>> {
    let mut errors = BTreeMap::new();
    visit(&mut |path, text| {
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let declared = line.strip_prefix("pub enum ").or_else(|| line.strip_prefix("pub struct "));
            let Some(name) = declared.map(word) else { continue };
            let above =
                lines[..at].iter().rev().take_while(|line| line.starts_with(['#', '/']) || line.starts_with(')'));
            let derived = above.filter(|line| line.starts_with("#[derive(")).any(|line| line.contains("Error"));
            let by_hand = text.contains(&format!("impl std::error::Error for {name} "));
            let kind = ["Error", "Fault", "Kind", "Problem"].iter().any(|end| name.ends_with(end));
            let kind = kind && line.starts_with("pub enum") && !NO_ERRORS.contains(&name);
            let unfit = name == "Why" && path.ends_with(UNFIT);
            if derived || by_hand || kind || unfit {
                let variants = line.starts_with("pub enum").then(|| variants(&lines[at + 1..]));
                errors.insert(name.to_owned(), variants.unwrap_or_default());
            }
        }
    })?;
    Ok(errors)
}

/// The variants of an enum, by the lines of its body: they stand one step in.
fn variants(body: &[&str]) -> BTreeSet<String> {
    body.iter()
        .take_while(|line| **line != "}")
        .filter_map(|line| line.strip_prefix("    "))
        .filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()))
        .map(|line| word(line).to_owned())
        .collect()
}
