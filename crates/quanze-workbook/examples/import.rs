//! Published workbooks read, accounted for, and taken into a four-tier system.
//!
//! ```sh
//! cargo run --release -p quanze-workbook --example import -- FILES… [--json] [--export DIR]
//! ```
//!
//! `--export` writes the published list and the whole system as a spreadsheet, and each list as CSV and JSON lines.
//! Ends with 0 where anything could be read, however much there is to say about it, and with 2 where nothing could.

use std::{
    collections::BTreeMap,
    error::Error,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use quanze::{ListSystem, Snapshot, four_tier};
use quanze_workbook::{
    Csv, Decisions, FileReport, Form, Guard, Import, Intake, Limits, Mark, Profile, Rule, Table, to_json_lines, to_xlsx,
};
use serde_json::json;

struct Arguments {
    files: Vec<String>,
    json: bool,
    export: Option<PathBuf>,
}

impl Arguments {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut read = Self { files: Vec::new(), json: false, export: None };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--json" => read.json = true,
                "--export" => {
                    let folder = arguments.next().ok_or("which folder? --export DIR")?;
                    read.export = Some(folder.into());
                }
                option if option.starts_with("--") => {
                    return Err(format!("'{option}' is not known; accepted: --json, --export DIR"));
                }
                _ => read.files.push(argument),
            }
        }
        if read.files.is_empty() { Err("which files? FILES… [--json] [--export DIR]".to_owned()) } else { Ok(read) }
    }
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = match Arguments::read(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(what) => {
            writeln!(io::stderr(), "{what}")?;
            return Ok(ExitCode::from(2));
        }
    };
    let import = Import::open(&arguments.files, &Profile::default(), Limits::default(), |_| {});
    let mut system = ListSystem::new(four_tier::schema());
    let intake = Intake::of(&import, &system.snapshot())?;
    system.commit(intake.edits(&Decisions::default()))?;
    let snapshot = system.snapshot();

    if let Some(folder) = &arguments.export {
        export(folder, &snapshot)?;
    }
    let mut out = io::stdout().lock();
    if arguments.json {
        writeln!(out, "{:#}", as_json(&arguments.files, &import, &snapshot))?;
    } else {
        print(&mut out, &import, &snapshot)?;
    }
    Ok(if import.totals().read == 0 { ExitCode::from(2) } else { ExitCode::SUCCESS })
}

fn as_json(paths: &[String], import: &Import, snapshot: &Snapshot) -> serde_json::Value {
    let totals = import.totals();
    let files = paths.iter().zip(&import.files).map(|(path, file)| {
        let counts = file.counts();
        json!({
            "path": path,
            "error": file.error,
            "twin_of": file.twin_of,
            "sheets": file.sheets.len(),
            "rows": counts.rows,
            "items": file.sheets.iter().map(|sheet| sheet.items).sum::<usize>(),
            "item_rows": counts.items,
            "headings": counts.headings,
            "continuations": counts.continuations,
            "footnotes": counts.footnotes,
            "blanks": counts.blanks,
            "diagnosed": counts.diagnosed,
            "unclaimed": counts.unclaimed(),
            "diagnostics": by_rule(import, file),
        })
    });
    let findings: BTreeMap<String, usize> =
        snapshot.finding_counts().iter().map(|(check, count)| (check.to_string(), *count)).collect();
    let lists: BTreeMap<String, usize> = snapshot.lists().map(|list| (list.name().to_string(), list.len())).collect();
    json!({
        "files": files.collect::<Vec<_>>(),
        "items": totals.items,
        "by_type": totals.by_type,
        "bodies": totals.bodies,
        "instruments": totals.instruments,
        "articles": totals.articles,
        "citations": totals.citations,
        "lists": lists,
        "findings": findings.values().sum::<usize>(),
        "findings_by_check": findings,
    })
}

/// Writes the published list and all lists that have rows.
fn export(folder: &Path, snapshot: &Snapshot) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("published.xlsx"), to_xlsx(&[Table::published(snapshot)?])?)?;
    let form = Form::Labels("zh".to_owned());
    let mut tables = Vec::new();
    for list in snapshot.lists().filter(|list| !list.is_empty()) {
        let name = list.name().as_str();
        let table = Table::of(snapshot, name, &form)?;
        fs::write(folder.join(format!("{name}.csv")), table.to_csv(Csv { mark: Mark::Utf8, guard: Guard::On }))?;
        fs::write(folder.join(format!("{name}.jsonl")), to_json_lines(snapshot, name)?)?;
        tables.push(table);
    }
    fs::write(folder.join("system.xlsx"), to_xlsx(&tables)?)?;
    Ok(())
}

fn by_rule(import: &Import, file: &FileReport) -> BTreeMap<Rule, usize> {
    let mut rules = BTreeMap::new();
    for found in import.diagnostics.iter().filter(|found| found.place.file == file.name) {
        *rules.entry(found.rule).or_default() += 1;
    }
    rules
}

fn print(out: &mut impl Write, import: &Import, snapshot: &Snapshot) -> io::Result<()> {
    for file in &import.files {
        writeln!(out, "{}", file.name)?;
        if let Some(error) = &file.error {
            writeln!(out, "  {error}")?;
        }
        if let Some(first) = &file.twin_of {
            writeln!(out, "  holds what {first} holds")?;
        }
        for sheet in file.sheets.iter().filter(|sheet| sheet.is_list) {
            let counts = sheet.counts;
            writeln!(
                out,
                "  {}: {} rows = {} headings + {} items + {} continuations + {} footnotes + {} blank + {} diagnosed; {} items; {} unclaimed",
                sheet.name,
                counts.rows,
                counts.headings,
                counts.items,
                counts.continuations,
                counts.footnotes,
                counts.blanks,
                counts.diagnosed,
                sheet.items,
                counts.unclaimed()
            )?;
        }
        for (rule, count) in by_rule(import, file) {
            writeln!(out, "    {rule} {count}")?;
        }
    }
    let totals = import.totals();
    writeln!(
        out,
        "\n{} of {} files read: {} items of {} bodies; {} citations of {} articles of {} instruments",
        totals.read,
        import.files.len(),
        totals.items,
        totals.bodies,
        totals.citations,
        totals.articles,
        totals.instruments
    )?;
    for (power_type, count) in &totals.by_type {
        writeln!(out, "  type {power_type}: {count}")?;
    }
    writeln!(out, "\nThe four-tier system built from it")?;
    for list in snapshot.lists().filter(|list| !list.is_empty()) {
        writeln!(out, "  {:<26} {:>6}", list.name().as_str(), list.len())?;
    }
    writeln!(out, "\nFindings")?;
    for (check, count) in snapshot.finding_counts() {
        writeln!(out, "  {:<40} {count:>6}", check.as_str())?;
    }
    Ok(())
}
