//! The form of a break: which promise it breaks, which test should notice first, and what stands instead of what.

use std::{fs, io, path::Path};

/// A part of the sources replaced by another that breaks a promise.
#[derive(Debug)]
pub(crate) struct Break {
    pub(crate) name: String,
    /// What is no longer so.
    pub(crate) promise: String,
    /// The target of the tests that should notice first, and perhaps the beginning of a test's name.
    pub(crate) test: (String, String),
    /// From the root of the repository.
    pub(crate) file: String,
    pub(crate) old: String,
    pub(crate) new: String,
}

impl Break {
    /// Reads a break: three lines with a head each, then what stands in the file between `<<<` and `===`, and what is to
    /// stand there up to `>>>`.
    fn read(name: &str, from: &str) -> Result<Self, String> {
        let wrong = |what: &str| format!("{name}: {what}");
        let mut lines = from.lines();
        let mut head = |head: &str| {
            let line = lines.next().and_then(|line| line.strip_prefix(head)).and_then(|line| line.strip_prefix(": "));
            line.map(str::to_owned).ok_or_else(|| wrong(&format!("'{head}: ' is expected")))
        };
        let (promise, tests, file) = (head("breaks")?, head("test")?, head("file")?);
        let (target, case) = tests.split_once(' ').unwrap_or((&tests, ""));
        let mut part = |begin: Option<&str>, end: &str| {
            if let Some(begin) = begin
                && lines.next() != Some(begin)
            {
                return Err(wrong(&format!("'{begin}' is expected")));
            }
            let mut part = Vec::new();
            loop {
                match lines.next() {
                    Some(line) if line == end => return Ok(part.join("\n")),
                    Some(line) => part.push(line),
                    None => return Err(wrong(&format!("'{end}' is expected"))),
                }
            }
        };
        let (old, new) = (part(Some("<<<"), "===")?, part(None, ">>>")?);
        let test = (target.to_owned(), case.to_owned());
        Ok(Self { name: name.to_owned(), promise, test, file, old, new })
    }

    /// Says where the text to be replaced begins, which must stand there once.
    pub(crate) fn place(&self, source: &str) -> Result<usize, String> {
        match source.match_indices(&self.old).map(|(at, _)| at).collect::<Vec<_>>()[..] {
            [at] if !self.old.is_empty() => Ok(at),
            ref found => Err(format!("{}: its text is found {} times in {}", self.name, found.len(), self.file)),
        }
    }
}

/// All breaks of a folder, by name.
pub(crate) fn all(folder: &Path) -> io::Result<Vec<Break>> {
    let mut breaks = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "break") {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            breaks.push(Break::read(&name, &fs::read_to_string(&path)?).map_err(io::Error::other)?);
        }
    }
    breaks.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(breaks)
}
