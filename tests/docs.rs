//! What the documents say is so: paths exist, links lead somewhere, commands are run by `.ci/run`, Rust is run by tests.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use quanze::{Name, four_tier};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A document, by its path from the root.
struct Document {
    path: PathBuf,
    text: String,
}

fn documents() -> io::Result<Vec<Document>> {
    let mut paths: Vec<PathBuf> = ["README.md", "README.zh-CN.md", "CHANGELOG.md"].map(PathBuf::from).into();
    for entry in fs::read_dir(root().join("docs"))? {
        let path = Path::new("docs").join(entry?.file_name());
        if path.extension().is_some_and(|extension| extension == "md") {
            paths.push(path);
        }
    }
    paths.sort();
    paths.into_iter().map(|path| Ok(Document { text: fs::read_to_string(root().join(&path))?, path })).collect()
}

impl Document {
    /// The fenced blocks of a language.
    fn blocks(&self, language: &str) -> Vec<String> {
        let mut blocks = Vec::new();
        let mut open: Option<(bool, String)> = None;
        for line in self.text.lines() {
            match (line.strip_prefix("```"), &mut open) {
                (Some(of), None) => open = Some((of == language, String::new())),
                (Some(_), Some(_)) => blocks.extend(open.take().filter(|(wanted, _)| *wanted).map(|(_, block)| block)),
                (None, Some((_, block))) => {
                    block.push_str(line);
                    block.push('\n');
                }
                (None, None) => {}
            }
        }
        blocks
    }

    /// The lines outside of fenced blocks.
    fn prose(&self) -> String {
        let mut inside = false;
        let mut prose = String::new();
        for line in self.text.lines() {
            if line.starts_with("```") {
                inside = !inside;
            } else if !inside {
                prose.push_str(line);
                prose.push('\n');
            }
        }
        prose
    }

    /// What stands between backticks.
    fn quoted(&self) -> Vec<String> {
        self.prose()
            .lines()
            .flat_map(|line| line.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>())
            .collect()
    }

    /// The targets of links.
    fn links(&self) -> Vec<String> {
        let prose = self.prose();
        prose.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target.to_owned()).collect()
    }

    /// The ids of headings, as they are linked to.
    fn headings(&self) -> BTreeSet<String> {
        let id = |heading: &str| {
            let letters = heading.trim_start_matches('#').trim().to_lowercase();
            letters.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).collect::<String>().replace(' ', "-")
        };
        self.prose().lines().filter(|line| line.starts_with('#')).map(id).collect()
    }
}

/// Whether a quoted text means a path of this repository: it begins with what lies at its top.
fn is_path(quoted: &str) -> bool {
    let top = ["src/", "tests/", "docs/", "examples/", "benches/", "crates/", "fuzz/", ".ci/"];
    let files = ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE", "Cargo.toml"];
    !quoted.contains(' ') && (top.iter().any(|top| quoted.starts_with(top)) || files.contains(&quoted))
}

#[test]
fn every_path_is_there() -> io::Result<()> {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for document in documents()? {
        for path in document.quoted().into_iter().filter(|quoted| is_path(quoted)) {
            seen += 1;
            // An example is called by its name.
            let found = root().join(&path).exists() || root().join(format!("{path}.rs")).exists();
            if !found {
                wrong.push(format!("{}: {path}", document.path.display()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(seen > 50, "only {seen} paths were seen");
    Ok(())
}

#[test]
fn every_link_leads_somewhere() -> io::Result<()> {
    let documents = documents()?;
    let mut wrong = Vec::new();
    let mut seen = 0;
    for document in &documents {
        for link in document.links().into_iter().filter(|link| !link.starts_with("https://")) {
            seen += 1;
            let (path, heading) = link.split_once('#').unwrap_or((&link, ""));
            let from = document.path.parent().unwrap_or(Path::new(""));
            let target = if path.is_empty() { document.path.clone() } else { from.join(path) };
            let there = root().join(&target).exists()
                && (heading.is_empty()
                    || documents.iter().any(|other| other.path == target && other.headings().contains(heading)));
            if !there {
                wrong.push(format!("{}: {link}", document.path.display()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(seen > 10, "only {seen} links were seen");
    Ok(())
}

#[test]
fn every_command_is_run_by_the_checks() -> io::Result<()> {
    // A package from a registry does not hold the checks.
    let Ok(checks) = fs::read_to_string(root().join(".ci/run")) else { return Ok(()) };
    // What a reader calls files are, in the checks, workbooks.
    let run: BTreeSet<String> = checks
        .lines()
        .filter_map(|line| line.trim().strip_prefix("step "))
        .map(|step| step.strip_prefix("quiet ").unwrap_or(step).replace("\"$QUANZE_WORKBOOKS\"/*", "FILES…"))
        .collect();
    let mut named = BTreeSet::new();
    for document in documents()? {
        let shell = document.blocks("sh").concat();
        let lines = shell.lines().map(|line| line.split(" #").next().unwrap_or(line).trim().to_owned());
        named.extend(lines.chain(document.quoted()).filter(|text| text.starts_with("cargo ")));
    }
    let missing: Vec<&String> = named.iter().filter(|command| !run.contains(*command)).collect();
    assert_eq!(missing, Vec::<&String>::new(), "named in a document, but not run by .ci/run");
    for command in ["cargo run --release --example law_repealed", "cargo test --workspace"] {
        assert!(named.contains(command), "no document names `{command}`");
    }
    Ok(())
}

#[test]
fn no_document_names_a_place_on_a_machine() -> io::Result<()> {
    for document in documents()? {
        for (number, line) in document.text.lines().enumerate() {
            let absolute = line.split([' ', '`', '(', '"', '\'']).any(|word| {
                let mut chars = word.chars();
                chars.next() == Some('/') && chars.next().is_some_and(char::is_alphabetic)
            });
            assert!(!absolute, "{}:{}: {line}", document.path.display(), number + 1);
        }
    }
    Ok(())
}

/// Lines without the indentation that all of them share.
fn dedented(lines: &[&str]) -> Vec<String> {
    let indent = |line: &&str| line.len() - line.trim_start().len();
    let shared = lines.iter().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or_default();
    lines.iter().map(|line| line.get(shared..).unwrap_or_default().to_owned()).collect()
}

#[test]
fn the_rust_of_the_guide_is_run() -> io::Result<()> {
    let program = fs::read_to_string(root().join("tests/guide.rs"))?;
    let program: Vec<&str> = program.lines().collect();
    let guide = fs::read_to_string(root().join("docs/guide.md"))?;
    let guide = Document { path: "docs/guide.md".into(), text: guide };
    let blocks = guide.blocks("rust");
    assert!(blocks.len() > 15, "only {} blocks were seen", blocks.len());
    for block in blocks {
        let wanted = dedented(&block.lines().collect::<Vec<_>>());
        assert!(
            program.windows(wanted.len()).any(|lines| dedented(lines) == wanted),
            "tests/guide.rs does not run this:\n{block}"
        );
    }
    Ok(())
}

/// The skeleton of a document: how deep its headings are and how they are numbered, the columns of its tables, and its fenced
/// blocks to the letter.
fn skeleton(document: &Document) -> Vec<String> {
    let mut skeleton = Vec::new();
    let mut inside = false;
    for line in document.text.lines() {
        let fence = line.starts_with("```");
        if inside || fence {
            skeleton.push(line.to_owned());
            inside ^= fence;
        } else if line.starts_with('#') {
            skeleton.push(line.chars().filter(|c| *c == '#' || c.is_ascii_digit()).collect());
        } else if line.starts_with('|') {
            skeleton.push("|".repeat(line.split(" |").count()));
        } else if line.starts_with("- ") {
            skeleton.push("-".to_owned());
        }
    }
    skeleton
}

/// What is there in both languages is the same in both, and each leads to the other.
#[test]
fn documents_in_two_languages_match() -> io::Result<()> {
    let documents = documents()?;
    let of = |path: &str| documents.iter().find(|document| document.path == Path::new(path)).expect("it is there");
    for (english, chinese) in [("README.md", "README.zh-CN.md"), ("docs/guide.md", "docs/guide.zh-CN.md")] {
        let (english, chinese) = (of(english), of(chinese));
        assert_eq!(skeleton(english), skeleton(chinese), "{}", chinese.path.display());
        // Places within a document are named in its own language.
        let leads_to = |document: &Document| -> BTreeSet<String> {
            let path = |link: String| link.split('#').next().unwrap_or_default().replace(".zh-CN", "");
            document.links().into_iter().map(path).collect()
        };
        assert_eq!(leads_to(english), leads_to(chinese), "{}", chinese.path.display());
        let paths = |document: &Document| -> BTreeSet<String> {
            document.quoted().into_iter().filter(|quoted| is_path(quoted)).collect()
        };
        assert_eq!(paths(english), paths(chinese), "{}", chinese.path.display());
        let name = |document: &Document| document.path.file_name().map(|name| name.to_string_lossy().into_owned());
        for (from, to) in [(english, chinese), (chinese, english)] {
            assert!(from.links().contains(&name(to).unwrap_or_default()), "{} leads nowhere", from.path.display());
        }
    }
    Ok(())
}

/// The programs of the cookbook read files; what it shows of them is what they hold.
#[test]
fn the_files_of_the_cookbook_are_shown_as_they_are() -> io::Result<()> {
    let cookbook = fs::read_to_string(root().join("docs/cookbook.md"))?;
    for file in ["schema.json", "rows.json"] {
        let text = fs::read_to_string(root().join("docs/cookbook").join(file))?;
        assert!(cookbook.contains(&format!("```json\n{text}```\n")), "docs/cookbook/{file}");
    }
    Ok(())
}

#[test]
fn lists_and_fields_of_the_preset_are_called_as_they_are() -> io::Result<()> {
    let schema = four_tier::schema();
    let lists = &schema.spec().lists;
    let mut seen = 0;
    let glossary = fs::read_to_string(root().join("docs/glossary.md"))?;
    let glossary = Document { path: "docs/glossary.md".into(), text: glossary };
    let fields: BTreeSet<&str> = lists.values().flat_map(|list| list.fields.keys().map(Name::as_str)).collect();
    for quoted in glossary.quoted() {
        let is_name = quoted.chars().all(|c| c.is_ascii_lowercase() || "_.".contains(c));
        if !is_name || ["working_days", "days"].contains(&quoted.as_str()) {
            continue;
        }
        seen += 1;
        let there = match quoted.split_once('.') {
            Some((list, field)) => lists.get(list).is_some_and(|list| list.fields.contains_key(field)),
            None => lists.contains_key(quoted.as_str()) || fields.contains(quoted.as_str()),
        };
        assert!(there, "docs/glossary.md names `{quoted}`, which the preset does not have");
    }
    assert!(seen > 50, "only {seen} names were seen");
    Ok(())
}
