//! Records as pictures and tables: what `docs/performance.md` shows.

use std::{
    collections::BTreeMap,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    child::{Reply, SINGLE},
    record::{self, Record},
    table::{floor_of, ratio, time},
};

/// Where the tables begin and end in the document.
const BEGIN: &str = "<!-- measured: written by quanze-peers plot -->";
const END: &str = "<!-- end -->";

const COLOURS: [&str; 16] = [
    "#1b6ca8", "#2e9ad0", "#7cc4ea", "#555555", "#888888", "#bbbbbb", "#8a5a44", "#c08a6e", "#d1495b", "#edae49",
    "#66a182", "#7b4b94", "#b388c9", "#2f8f5b", "#8fc9a3", "#00798c",
];

/// Draws what is in files of records, and writes the tables into the document beside them.
pub(crate) fn write(files: &[PathBuf], into: &Path) -> Reply<()> {
    let mut records = Vec::new();
    for file in files {
        let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        records.extend(record::read(&text).map_err(|error| format!("{}: {error}", file.display()))?);
    }
    let folder = into.join("performance");
    fs::create_dir_all(&folder)?;
    for operation in SINGLE.iter().filter(|operation| **operation != "remark") {
        let picture = picture(&records, &format!("{operation}: a row delta, by base items"), |record| {
            (record.operation == *operation).then_some((record.size as f64, record.ns_per_delta?))
        });
        fs::write(folder.join(format!("{operation}.svg")), picture)?;
    }
    let largest = records.iter().map(|record| record.size).max().unwrap_or_default();
    let batch =
        picture(&records, &format!("one commit of many edits: a row delta, by edits, {largest} items"), |record| {
            let edits = match record.operation.as_str() {
                "limit" => 1.0,
                "batch-10" => 10.0,
                "batch-1000" => 1e3,
                "batch" => largest as f64 / 100.0,
                "batch-all" => largest as f64,
                _ => return None,
            };
            (record.size == largest).then_some((edits, record.ns_per_delta?))
        });
    fs::write(folder.join("batch.svg"), batch)?;
    let document = into.join("performance.md");
    let text = fs::read_to_string(&document)?;
    let (before, rest) =
        text.split_once(BEGIN).ok_or_else(|| format!("{}: '{BEGIN}' is missing", document.display()))?;
    let (_, after) = rest.split_once(END).ok_or_else(|| format!("{}: '{END}' is missing", document.display()))?;
    fs::write(document, format!("{before}{BEGIN}\n\n{}{END}{after}", tables(&records)?))?;
    Ok(())
}

/// For each size, a line an engine and a column an operation: the median, and the ratio to the floor.
fn tables(records: &[Record]) -> Reply<String> {
    let mut text = String::new();
    let mut sizes: Vec<usize> = records.iter().map(|record| record.size).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let single = ["rename", "limit", "kind", "suspend", "remark", "batch"];
    let others = ["build", "batch-10", "batch-1000", "batch-all", "read", "scan"];
    for size in sizes {
        for (title, operations) in [("a commit", single), ("the rest", others)] {
            writeln!(text, "**{size} base items, {title}** (× its floor)\n")?;
            writeln!(text, "| | {} |", operations.join(" | "))?;
            writeln!(text, "|---|{}", "---:|".repeat(operations.len()))?;
            for engine in engines(records) {
                let cell = |operation: &&str| {
                    let is_it = |record: &&Record| {
                        record.engine == engine && record.size == size && record.operation == **operation
                    };
                    let Some(record) = records.iter().find(is_it) else { return "–".to_owned() };
                    let ratio = ratio(records, record).filter(|_| engine != floor_of(engine));
                    time(record.ns_per_commit) + &ratio.map_or(String::new(), |ratio| format!(" ({ratio:.1})"))
                };
                let cells: Vec<String> = operations.iter().map(cell).collect();
                if cells.iter().any(|cell| cell != "–") {
                    writeln!(text, "| `{engine}` | {} |", cells.join(" | "))?;
                }
            }
            writeln!(text)?;
        }
        writeln!(text, "| {size} base items | bytes a derived row | rows/s of the build |\n|---|---:|---:|")?;
        for engine in engines(records) {
            let built =
                |record: &&Record| record.engine == engine && record.size == size && record.operation == "build";
            if let Some(record) = records.iter().find(built) {
                let bytes = record.bytes_per_row.unwrap_or_default();
                let rate = record.rows_per_s.unwrap_or_default() / 1e6;
                writeln!(text, "| `{engine}` | {bytes:.1} | {rate:.2} M |")?;
            }
        }
        writeln!(text)?;
    }
    Ok(text)
}

fn engines(records: &[Record]) -> Vec<&str> {
    let mut engines: Vec<&str> = Vec::new();
    for record in records {
        if !engines.contains(&record.engine.as_str()) {
            engines.push(&record.engine);
        }
    }
    engines
}

/// A power of ten in the unit that suits it.
fn tick(ns: f64) -> String {
    let (unit, name) = match ns {
        ns if ns < 1e3 => (1.0, "ns"),
        ns if ns < 1e6 => (1e3, "µs"),
        ns if ns < 1e9 => (1e6, "ms"),
        _ => (1e9, "s"),
    };
    format!("{} {name}", ns / unit)
}

/// Draws a line for each engine, both axes by powers of ten.
fn picture(records: &[Record], title: &str, point: impl Fn(&Record) -> Option<(f64, f64)>) -> String {
    let mut lines: BTreeMap<usize, Vec<(f64, f64)>> = BTreeMap::new();
    let names = engines(records);
    for record in records {
        if let (Some(at), Some(point)) = (names.iter().position(|name| *name == record.engine), point(record)) {
            lines.entry(at).or_default().push(point);
        }
    }
    lines.values_mut().for_each(|line| line.sort_by(|a, b| a.0.total_cmp(&b.0)));
    let all: Vec<(f64, f64)> = lines.values().flatten().copied().collect();
    let span = |of: fn(&(f64, f64)) -> f64| {
        let low = all.iter().map(of).fold(f64::INFINITY, f64::min).max(1e-3).log10().floor();
        let high = all.iter().map(of).fold(0.0, f64::max).max(1e-3).log10().ceil();
        (low, high.max(low + 1.0))
    };
    let (x, y) = if all.is_empty() { ((0.0, 1.0), (0.0, 1.0)) } else { (span(|point| point.0), span(|point| point.1)) };
    let (left, top, width, height) = (70.0, 40.0, 430.0, 330.0);
    let at_x = |value: f64| left + width * (value.log10() - x.0) / (x.1 - x.0);
    let at_y = |value: f64| top + height * (1.0 - (value.log10() - y.0) / (y.1 - y.0));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 420\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"720\" height=\"420\" fill=\"white\"/>\n<text x=\"{left}\" y=\"24\" font-size=\"15\">{title}</text>\n"
    );
    let steps = |(low, high): (f64, f64)| (low as i32..=high as i32).map(|power| 10_f64.powi(power));
    for value in steps(x) {
        let at = at_x(value);
        let _ = writeln!(
            svg,
            "<path d=\"M{at:.1} {top}V{:.1}\" stroke=\"#ddd\"/><text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{value}</text>",
            top + height,
            top + height + 18.0
        );
    }
    for value in steps(y) {
        let at = at_y(value);
        let _ = writeln!(
            svg,
            "<path d=\"M{left} {at:.1}H{:.1}\" stroke=\"#ddd\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            left + width,
            left - 6.0,
            at + 4.0,
            tick(value)
        );
    }
    for (row, (number, line)) in lines.iter().enumerate() {
        let colour = COLOURS[number % COLOURS.len()];
        let points: Vec<String> = line.iter().map(|(x, y)| format!("{:.1},{:.1}", at_x(*x), at_y(*y))).collect();
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
            points.join(" ")
        );
        for point in &points {
            if let Some((x, y)) = point.split_once(',') {
                let _ = writeln!(svg, "<circle cx=\"{x}\" cy=\"{y}\" r=\"3\" fill=\"{colour}\"/>");
            }
        }
        let at = top + 12.0 + 20.0 * row as f64;
        let _ = writeln!(
            svg,
            "<path d=\"M520 {at}h18\" stroke=\"{colour}\" stroke-width=\"3\"/><text x=\"544\" y=\"{}\">{}</text>",
            at + 4.0,
            names[*number]
        );
    }
    svg + "</svg>\n"
}
