//! What came of a measurement: one record for each engine and operation.

use serde::{Deserialize, Serialize};

/// A record, a line of JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) engine: String,
    pub(crate) version: String,
    /// Base items.
    pub(crate) size: usize,
    pub(crate) operation: String,
    /// The median of the rounds; of a read, for each read; of a scan, for each row; of a build, for all.
    pub(crate) ns_per_commit: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ns_per_delta: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rows_per_s: Option<f64>,
    /// Of the system that is built, beside what the process has anyway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bytes_per_row: Option<f64>,
    /// Whether all answers agreed with the plain derivation, commit by commit at small sizes and as a whole at this one.
    pub(crate) verified: bool,
    /// How many commits, reads or scans there were.
    pub(crate) commits: u64,
    pub(crate) rounds: usize,
}

/// Writes records, one a line.
pub(crate) fn lines(records: &[Record]) -> serde_json::Result<String> {
    records.iter().map(|record| serde_json::to_string(record).map(|line| line + "\n")).collect()
}

/// Reads records, one a line.
pub(crate) fn read(text: &str) -> serde_json::Result<Vec<Record>> {
    text.lines().filter(|line| !line.trim().is_empty()).map(serde_json::from_str).collect()
}

/// The middle one of some numbers.
pub(crate) fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        len if len % 2 == 1 => sorted[len / 2],
        len => f64::midpoint(sorted[len / 2 - 1], sorted[len / 2]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_lines() {
        let record = Record {
            engine: "floor-masks".into(),
            version: "own".into(),
            size: 10_000,
            operation: "rename".into(),
            ns_per_commit: 52.5,
            ns_per_delta: Some(3.25),
            rows_per_s: None,
            bytes_per_row: None,
            verified: true,
            commits: 10_000,
            rounds: 12,
        };
        let text = lines(&[record.clone(), record.clone()]).expect("numbers");
        assert_eq!(text.lines().count(), 2);
        assert_eq!(read(&text).expect("as written"), [record.clone(), record]);
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(&[]).is_nan());
    }
}
