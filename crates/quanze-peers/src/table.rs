//! Records as a table, with ratios to the floors.

use std::io::{self, Write};

use crate::record::Record;

/// What an engine is compared with: those that resolve rows with the floor that does.
pub(crate) fn floor_of(engine: &str) -> &'static str {
    match engine {
        "quanze-spans" | "quanze-masks" | "floor-masks" => "floor-masks",
        _ => "floor-resolved",
    }
}

/// A figure in the unit that suits it.
pub(crate) fn time(ns: f64) -> String {
    match ns {
        ns if ns < 1e3 => format!("{ns:.0} ns"),
        ns if ns < 1e6 => format!("{:.2} µs", ns / 1e3),
        ns if ns < 1e9 => format!("{:.2} ms", ns / 1e6),
        ns => format!("{:.2} s", ns / 1e9),
    }
}

/// How many times as long as the floor an engine takes for the same, in the same run.
pub(crate) fn ratio(records: &[Record], of: &Record) -> Option<f64> {
    let floor = floor_of(&of.engine);
    let same = |record: &&Record| record.engine == floor && record.size == of.size && record.operation == of.operation;
    records.iter().find(same).map(|floor| of.ns_per_commit / floor.ns_per_commit)
}

/// Prints a line for each engine and operation.
pub(crate) fn print(out: &mut impl Write, records: &[Record]) -> io::Result<()> {
    writeln!(
        out,
        "{:<24} {:<10} {:>12} {:>8} {:>12} {:>12} {:>10} {:>9}",
        "engine", "what", "each", "x floor", "a delta", "rows/s", "bytes/row", "number"
    )?;
    for record in records {
        let ratio = ratio(records, record).map_or(String::new(), |ratio| format!("{ratio:.2}"));
        let delta = record.ns_per_delta.map_or(String::new(), time);
        let rate = record.rows_per_s.map_or(String::new(), |rate| format!("{:.2} M", rate / 1e6));
        let bytes = record.bytes_per_row.map_or(String::new(), |bytes| format!("{bytes:.1}"));
        writeln!(
            out,
            "{:<24} {:<10} {:>12} {ratio:>8} {delta:>12} {rate:>12} {bytes:>10} {:>9}",
            record.engine,
            record.operation,
            time(record.ns_per_commit),
            record.commits
        )?;
    }
    Ok(())
}
