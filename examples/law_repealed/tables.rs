//! One CSV table: its columns are as expected, and every cell knows its file, line and column.

use std::{fmt, fs::File, path::Path};

/// What is wrong with the tables of a folder, and where.
#[derive(Debug)]
pub(crate) struct FactsError {
    pub(crate) problems: Vec<Problem>,
}

/// One thing that is wrong.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) file: String,
    pub(crate) line: Option<u64>,
    pub(crate) column: Option<String>,
    pub(crate) what: String,
}

/// The number of problems that a person reads before mending the first.
const SHOWN: usize = 10;

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column '{column}'")?;
        }
        write!(f, ": {}", self.what)
    }
}

impl fmt::Display for FactsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, problem) in self.problems.iter().take(SHOWN).enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        match self.problems.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

impl std::error::Error for FactsError {}

impl From<Problem> for FactsError {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem] }
    }
}

/// A table as it was read.
pub(crate) struct Table {
    file: &'static str,
    columns: &'static [&'static str],
    lines: Vec<(u64, csv::StringRecord)>,
}

/// A line of a table.
#[derive(Clone, Copy)]
pub(crate) struct Line<'a> {
    table: &'a Table,
    number: u64,
    cells: &'a csv::StringRecord,
}

impl Table {
    /// Reads a file of a folder, whose columns must be these in this order.
    pub(crate) fn read(
        folder: &Path,
        file: &'static str,
        columns: &'static [&'static str],
    ) -> Result<Self, FactsError> {
        let problem = |line, what| Problem { file: file.into(), line, column: None, what };
        let opened = File::open(folder.join(file))
            .map_err(|error| problem(None, format!("it cannot be read from {}: {error}", folder.display())))?;
        let mut reader = csv::Reader::from_reader(opened);
        let broken = |error: csv::Error| {
            let line = error.position().map(csv::Position::line);
            let what = match error.kind() {
                csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                    format!("it has {len} cells; the first line names {expected_len} columns")
                }
                csv::ErrorKind::Utf8 { .. } => "it is not in UTF-8".into(),
                _ => error.to_string(),
            };
            problem(line, what)
        };
        if reader.headers().map_err(broken)? != columns {
            let named = reader.headers().map_err(broken)?.iter().collect::<Vec<_>>().join(",");
            let what = format!("the columns are '{named}'; they should be '{}'", columns.join(","));
            return Err(problem(Some(1), what).into());
        }
        let mut lines = Vec::new();
        for record in reader.records() {
            let record = record.map_err(broken)?;
            let number = record.position().map_or(0, csv::Position::line);
            lines.push((number, record));
        }
        Ok(Self { file, columns, lines })
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.lines.iter().map(|(number, cells)| Line { table: self, number: *number, cells })
    }
}

impl<'a> Line<'a> {
    pub(crate) fn file(self) -> &'static str {
        self.table.file
    }

    pub(crate) fn number(self) -> u64 {
        self.number
    }

    /// Returns a cell; empty text where there is nothing.
    pub(crate) fn cell(self, column: &str) -> &'a str {
        let place = self.table.columns.iter().position(|name| *name == column);
        place.and_then(|place| self.cells.get(place)).unwrap_or_default().trim()
    }

    /// Returns a cell, if there is something in it.
    pub(crate) fn given(self, column: &str) -> Option<&'a str> {
        Some(self.cell(column)).filter(|cell| !cell.is_empty())
    }

    /// Returns the parts of a cell that holds a list.
    pub(crate) fn parts(self, column: &str) -> Vec<&'a str> {
        self.cell(column).split(';').map(str::trim).filter(|part| !part.is_empty()).collect()
    }

    /// Returns a cell that must hold something.
    pub(crate) fn needed(self, column: &str) -> Result<&'a str, FactsError> {
        self.given(column).ok_or_else(|| self.problem(column, "it is empty".into()))
    }

    /// Returns a cell that must hold a whole number of days.
    pub(crate) fn days(self, column: &str) -> Result<i64, FactsError> {
        let cell = self.cell(column);
        let days = cell.parse().ok().filter(|days| *days >= 0);
        days.ok_or_else(|| self.problem(column, format!("'{cell}' is no number of days")))
    }

    pub(crate) fn problem(self, column: &str, what: String) -> FactsError {
        Problem { file: self.table.file.into(), line: Some(self.number), column: Some(column.into()), what }.into()
    }
}
