//! The tables of facts in `examples/data`, made of the workbooks that they are drawn from.
//!
//! ```sh
//! cargo run --release -p quanze-workbook --example facts -- WORKBOOKS… [--into DIR] [--check]
//! ```
//!
//! What the workbooks say is read by the importer: `powers.csv`, with `articles.csv` and `instruments.csv`, which it cites. What they do
//! not say is kept from the tables that are there: keys, by what an item or instrument is called; editions and their states;
//! bodies; remarks. `readings.json` holds what people have read otherwise than the importer, each with its reason.
//! Ends with 0; with `--check`, which writes nothing, with 1 where the tables are others than the workbooks say.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    error::Error,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use quanze_workbook::{Citation, Import, Item, Limits, Profile, basis::short_locator};
use serde::Deserialize;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// A row of a table, by column.
type Row = BTreeMap<&'static str, String>;

const POWERS: &[&str] = &["key", "body", "type", "item", "sub_item", "office", "levels", "basis", "remark"];
const ARTICLES: &[&str] = &["key", "instrument", "locator"];
const INSTRUMENTS: &[&str] =
    &["key", "title", "kind", "number", "edition", "effective", "state", "ended_on", "successor"];
const BODIES: &[&str] = &["key", "name", "kind", "level", "region", "host", "mark"];

/// What people have read otherwise than the importer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Readings {
    /// Bodies by what the importer calls them.
    bodies: HashMap<String, String>,
    /// Titles by what is printed.
    titles: HashMap<String, String>,
    /// Items by their key.
    items: HashMap<String, Reading>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reading {
    /// Titles and places in them, before those that are printed.
    cites: Vec<(String, String)>,
    #[expect(dead_code, reason = "for people")]
    why: String,
}

/// A table as it is in a folder.
struct Table {
    name: &'static str,
    columns: &'static [&'static str],
    rows: Vec<Row>,
}

impl Table {
    fn read(folder: &Path, name: &'static str, columns: &'static [&'static str]) -> Result<Self> {
        let path = folder.join(name);
        let mut reader = csv::Reader::from_path(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        if reader.headers()?.iter().ne(columns.iter().copied()) {
            return Err(format!("{}: its columns should be {}", path.display(), columns.join(", ")).into());
        }
        let row = |record: csv::StringRecord| columns.iter().copied().zip(record.iter().map(str::to_owned)).collect();
        let rows = reader.into_records().map(|record| Ok(row(record?))).collect::<Result<_>>()?;
        Ok(Self { name, columns, rows })
    }

    fn text(&self) -> Result<String> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(self.columns)?;
        for row in &self.rows {
            writer.write_record(self.columns.iter().map(|column| &row[column]))?;
        }
        Ok(String::from_utf8(writer.into_inner()?)?)
    }

    /// Says how the table differs from another, row by row.
    fn differences(&self, before: &Self) -> Vec<String> {
        let by_key = |table: &'_ Self| -> BTreeMap<String, Row> {
            table.rows.iter().map(|row| (row["key"].clone(), row.clone())).collect()
        };
        let (old, new) = (by_key(before), by_key(self));
        let mut told = Vec::new();
        for key in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
            match (old.get(key), new.get(key)) {
                (Some(old), Some(new)) => {
                    for column in self.columns.iter().filter(|column| old[*column] != new[*column]) {
                        told.push(format!("{} {key} {column}: {} → {}", self.name, old[column], new[column]));
                    }
                }
                (Some(_), None) => told.push(format!("{} {key}: gone", self.name)),
                _ => told.push(format!("{} {key}: new", self.name)),
            }
        }
        told
    }
}

/// The instruments and articles that are cited, by what they are called.
struct Cited {
    instruments: Table,
    articles: Table,
    used: BTreeSet<String>,
}

impl Cited {
    /// Returns the key of the edition of a title that a citation means: the last that is not later than the years printed with
    /// it; without any, the one in force.
    fn instrument(&mut self, title: &str, citation: &Citation, edition: Option<&str>) -> String {
        let of_title = |row: &&Row| row["title"] == title;
        let editions: Vec<&Row> = self.instruments.rows.iter().filter(of_title).collect();
        let in_force = editions.iter().copied().find(|row| row["state"] == "in_force");
        let printed = edition.and_then(|year| {
            let dated = editions.iter().copied().filter(|row| !row["edition"].is_empty());
            dated.clone().filter(|row| *row["edition"] <= *year).max_by_key(|row| &row["edition"]).or_else(|| {
                // All are later than the year: the first of them.
                dated.min_by_key(|row| &row["edition"])
            })
        });
        if let Some(row) = printed.or(in_force).or(editions.first().copied()) {
            return row["key"].clone();
        }
        let kind = citation.kind.clone().unwrap_or_else(|| "normative".to_owned());
        let stem = match kind.as_str() {
            "regulation" | "local_regulation" => "reg",
            "normative" => "norm",
            other => other,
        };
        let key = free(&self.instruments, stem);
        let mut row: Row = INSTRUMENTS.iter().map(|column| (*column, String::new())).collect();
        row.extend([
            ("key", key.clone()),
            ("title", title.to_owned()),
            ("kind", kind),
            ("number", citation.number.clone().unwrap_or_default()),
            ("state", "in_force".to_owned()),
        ]);
        self.instruments.rows.push(row);
        key
    }

    /// Returns the key of an article.
    fn article(&mut self, instrument: &str, locator: &str) -> String {
        let of_it = |row: &&mut Row| row["instrument"] == instrument;
        let short = format!("{instrument}-{}", short_locator(locator));
        let mut rows: Vec<&mut Row> = self.articles.rows.iter_mut().filter(of_it).collect();
        let known = rows.iter().position(|row| row["locator"] == locator);
        let key = if let Some(at) = known.or_else(|| rows.iter().position(|row| row["key"] == short)) {
            rows[at].insert("locator", locator.to_owned());
            rows[at]["key"].clone()
        } else {
            let values = [short.clone(), instrument.to_owned(), locator.to_owned()];
            self.articles.rows.push(ARTICLES.iter().copied().zip(values).collect());
            short
        };
        self.used.insert(key.clone());
        key
    }

    /// Leaves what is cited, by powers or by the other tables.
    fn tidy(&mut self) {
        self.articles.rows.retain(|row| self.used.contains(&row["key"]));
        self.articles.rows.sort_by(|a, b| article_order(a).cmp(&article_order(b)));
        self.used.extend(self.articles.rows.iter().map(|row| row["instrument"].clone()));
        self.instruments.rows.sort_by(|a, b| a["key"].cmp(&b["key"]));
        let successors: BTreeSet<String> = self.instruments.rows.iter().map(|row| row["successor"].clone()).collect();
        self.instruments.rows.retain(|row| self.used.contains(&row["key"]) || successors.contains(&row["key"]));
    }
}

/// Articles stand by instrument and number.
fn article_order(row: &Row) -> (&str, Vec<(String, u32)>) {
    let short = row["key"].strip_prefix(row["instrument"].as_str()).unwrap_or_default();
    let mut parts: Vec<(String, u32)> = vec![Default::default()];
    for c in short.chars() {
        let last = parts.len() - 1;
        match c.to_digit(10) {
            Some(digit) => parts[last].1 = parts[last].1 * 10 + digit,
            None if parts[last].1 == 0 => parts[last].0.push(c),
            None => parts.push((c.to_string(), 0)),
        }
    }
    (&row["instrument"], parts)
}

/// Returns the first key of a stem that no row of a table has.
fn free(table: &Table, stem: &str) -> String {
    let number = |row: &Row| row["key"].strip_prefix(stem)?.strip_prefix('-')?.parse::<u32>().ok();
    let last = table.rows.iter().filter_map(number).max().unwrap_or_default();
    let width = if table.name == "powers.csv" { 4 } else { 3 };
    format!("{stem}-{:0width$}", last + 1)
}

/// What makes an item this and no other.
type Called = [String; 4];

struct Facts {
    readings: Readings,
    bodies: Table,
    powers: Table,
    cited: Cited,
}

impl Facts {
    fn read(folder: &Path) -> Result<Self> {
        let path = folder.join("readings.json");
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let readings = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self {
            readings,
            bodies: Table::read(folder, "bodies.csv", BODIES)?,
            powers: Table::read(folder, "powers.csv", POWERS)?,
            cited: Cited {
                instruments: Table::read(folder, "instruments.csv", INSTRUMENTS)?,
                articles: Table::read(folder, "articles.csv", ARTICLES)?,
                used: cited_elsewhere(folder)?,
            },
        })
    }

    /// Makes the tables anew of what workbooks say.
    fn made_of(mut self, import: &Import) -> Result<Self> {
        let mut known: HashMap<Called, Vec<Row>> = HashMap::new();
        for row in self.powers.rows.iter().rev() {
            let called = ["body", "type", "item", "sub_item"].map(|column| row[column].clone());
            known.entry(called).or_default().push(row.clone());
        }
        let mut rows = Vec::new();
        for item in &import.items {
            let body = self.body(item)?;
            let called = [&body, &item.power_type, &item.name, item.sub_name.as_ref().unwrap_or(&String::new())]
                .map(String::clone);
            let before = known.get_mut(&called).and_then(Vec::pop);
            let (key, remark) = if let Some(row) = before {
                (row["key"].clone(), row["remark"].clone())
            } else {
                let key = free(&self.powers, &body);
                self.powers.rows.push(Row::from([("key", key.clone())]));
                (key, String::new())
            };
            let basis = self.basis(&key, item);
            let [body, power_type, name, sub_name] = called;
            let office = item.office.clone().unwrap_or_default();
            let levels = item.levels.join(";");
            let values = [key, body, power_type, name, sub_name, office, levels, basis.join(";"), remark];
            rows.push(POWERS.iter().copied().zip(values).collect());
        }
        let place: HashMap<String, usize> =
            self.powers.rows.iter().enumerate().map(|(at, row)| (row["key"].clone(), at)).collect();
        rows.sort_by_key(|row: &Row| place[&row["key"]]);
        self.powers.rows = rows;
        self.cited.tidy();
        Ok(self)
    }

    fn body(&self, item: &Item) -> Result<String> {
        let name = self.readings.bodies.get(item.body()).map_or(item.body(), String::as_str);
        let row = self.bodies.rows.iter().find(|row| row["name"] == name);
        let row =
            row.ok_or_else(|| format!("{}: '{name}' is in neither bodies.csv nor readings.json", item.source.file))?;
        Ok(row["key"].clone())
    }

    /// Returns the keys of the articles that an item cites, in the order of the text.
    fn basis(&mut self, key: &str, item: &Item) -> Vec<String> {
        let mut basis: Vec<String> = Vec::new();
        let mut add = |cited: &mut Cited, instrument: &str, locator: &str| {
            let article = cited.article(instrument, locator);
            if !basis.contains(&article) {
                basis.push(article);
            }
        };
        if let Some(reading) = self.readings.items.get(key) {
            for (title, locator) in &reading.cites {
                let instrument = self.cited.instrument(title, &Citation::default(), None);
                add(&mut self.cited, &instrument, locator);
            }
        }
        let title = |citation: &Citation| -> String {
            self.readings.titles.get(&citation.title).unwrap_or(&citation.title).clone()
        };
        for citation in &item.basis.citations {
            // A basis may name a title several times, and its year once.
            let title_of = title(citation);
            let same: Vec<&Citation> = item.basis.citations.iter().filter(|other| title(other) == title_of).collect();
            let edition = same.iter().filter_map(|citation| citation.edition.as_deref()).max();
            let instrument = self.cited.instrument(&title_of, citation, edition);
            // What is cited at a place is not also cited as a whole.
            let whole = same.iter().all(|citation| citation.locators.is_empty()).then_some("");
            for locator in citation.locators.iter().map(String::as_str).chain(whole) {
                add(&mut self.cited, &instrument, locator);
            }
        }
        basis
    }
}

/// The articles that tables beside the powers cite.
fn cited_elsewhere(folder: &Path) -> Result<BTreeSet<String>> {
    let mut cited = BTreeSet::new();
    for (table, columns) in [("fees.csv", &["basis_article"][..]), ("noise_mapping.csv", &["old", "new"])] {
        let mut reader = csv::Reader::from_path(folder.join(table))?;
        for record in reader.deserialize() {
            let row: HashMap<String, String> = record?;
            cited.extend(columns.iter().flat_map(|column| row[*column].split(';').map(str::to_owned)));
        }
    }
    Ok(cited)
}

struct Arguments {
    files: Vec<String>,
    into: PathBuf,
    check: bool,
}

fn arguments() -> std::result::Result<Arguments, String> {
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/data");
    let mut read = Arguments { files: Vec::new(), into: data.into(), check: false };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--check" => read.check = true,
            "--into" => read.into = arguments.next().ok_or("which folder? --into DIR")?.into(),
            option if option.starts_with("--") => {
                return Err(format!("'{option}' is not known; accepted: --into DIR, --check"));
            }
            _ => read.files.push(argument),
        }
    }
    if read.files.is_empty() { Err("which files? WORKBOOKS… [--into DIR] [--check]".to_owned()) } else { Ok(read) }
}

fn main() -> Result<ExitCode> {
    let arguments = match arguments() {
        Ok(arguments) => arguments,
        Err(what) => {
            writeln!(io::stderr(), "{what}")?;
            return Ok(ExitCode::from(2));
        }
    };
    let before = Facts::read(&arguments.into)?;
    let import = Import::open(&arguments.files, &Profile::default(), Limits::default(), |_| {});
    if let Some(error) = import.files.iter().find_map(|file| file.error.as_ref()) {
        return Err(error.clone().into());
    }
    let after = Facts::read(&arguments.into)?.made_of(&import)?;
    let mut out = io::stdout().lock();
    let mut differences = 0;
    for (new, old) in [
        (&after.powers, &before.powers),
        (&after.cited.articles, &before.cited.articles),
        (&after.cited.instruments, &before.cited.instruments),
    ] {
        let told = new.differences(old);
        for line in &told {
            writeln!(out, "{line}")?;
        }
        differences += told.len();
        let text = new.text()?;
        let path = arguments.into.join(new.name);
        let moved = told.is_empty() && fs::read_to_string(&path)? != text;
        if moved {
            writeln!(out, "{}: its rows stand in another order", new.name)?;
            differences += 1;
        }
        if !arguments.check {
            fs::write(path, text)?;
        }
        writeln!(out, "{}: {} rows, {} differences", new.name, new.rows.len(), told.len())?;
    }
    Ok(if arguments.check && differences > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
