//! CSV: quotes as in RFC 4180, line feeds, UTF-8.

use super::Table;

/// How CSV is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Csv {
    /// Whether a byte order mark stands in front, by which spreadsheets know UTF-8.
    pub mark: Mark,
    /// Whether text that a spreadsheet would take for a formula is made text.
    pub guard: Guard,
}

/// Whether a byte order mark stands in front.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    /// None: for programs.
    #[default]
    None,
    /// One: for spreadsheets.
    Utf8,
}

/// Whether text that begins like a formula gets an apostrophe in front.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Guard {
    /// It does, so that opening a file runs nothing that somebody has written into a name.
    #[default]
    On,
    /// Cells are written as they are.
    Off,
}

/// No mark, guarded.
impl Default for Csv {
    fn default() -> Self {
        Self { mark: Mark::None, guard: Guard::On }
    }
}

const GUARD: char = '\'';

impl Guard {
    /// A text with the guard in front where it needs one. Text that begins with the guard gets another.
    pub(super) fn put(self, text: &str) -> String {
        let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', GUARD]);
        if self == Self::On && formula { format!("{GUARD}{text}") } else { text.to_owned() }
    }

    /// A text without the guard that was put in front.
    pub(super) fn take(self, text: &str) -> &str {
        if self == Self::On { text.strip_prefix(GUARD).unwrap_or(text) } else { text }
    }
}

impl Table {
    /// Writes the table as CSV: the headings, then the rows.
    ///
    /// ```
    /// use quanze_workbook::{Csv, Table};
    ///
    /// let table = Table {
    ///     headings: vec!["name".into()],
    ///     rows: vec![vec!["=HYPERLINK(\"…\")".into()]],
    ///     ..Table::default()
    /// };
    /// assert_eq!(table.to_csv(Csv::default()), "name\n\"'=HYPERLINK(\"\"…\"\")\"\n");
    /// ```
    #[must_use]
    pub fn to_csv(&self, csv: Csv) -> String {
        let mut text = String::from(if csv.mark == Mark::Utf8 { "\u{feff}" } else { "" });
        for row in std::iter::once(&self.headings).chain(&self.rows) {
            let cells: Vec<String> = row.iter().map(|cell| quoted(&csv.guard.put(cell))).collect();
            text.push_str(&cells.join(","));
            text.push('\n');
        }
        text
    }
}

fn quoted(cell: &str) -> String {
    let plain = !cell.contains(['"', ',', '\n', '\r', ';', '\t']) && cell.trim() == cell;
    if plain { cell.to_owned() } else { format!("\"{}\"", cell.replace('"', "\"\"")) }
}
