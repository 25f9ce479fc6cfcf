//! A sheet: rows of text, and which cells are merged.

/// A sheet as a grid of text. Rows and columns count from zero; people are told them from one, columns as letters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Whether people do not see it.
    pub hidden: bool,
    pub(super) rows: Vec<Vec<String>>,
    pub(super) merges: Vec<Merge>,
}

/// Cells that are shown as one: the text is that of the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merge {
    /// The first row.
    pub top: usize,
    /// The first column.
    pub left: usize,
    /// The last row.
    pub bottom: usize,
    /// The last column.
    pub right: usize,
}

impl Sheet {
    /// Makes a sheet of rows of text.
    ///
    /// ```
    /// use quanze_workbook::Sheet;
    ///
    /// let sheet = Sheet::new("许可", [["序号", "事项名称"], ["1", "食品经营许可"]]);
    /// assert_eq!(sheet.cell(1, 1), "食品经营许可");
    /// ```
    pub fn new<R, C>(name: impl Into<String>, rows: impl IntoIterator<Item = R>) -> Self
    where
        R: IntoIterator<Item = C>,
        C: Into<String>,
    {
        let mut sheet = Self { name: name.into(), ..Self::default() };
        sheet.rows = rows.into_iter().map(|row| row.into_iter().map(|cell| plain(&cell.into())).collect()).collect();
        sheet.trim();
        sheet
    }

    /// Merges cells.
    #[must_use]
    pub fn merge(mut self, merge: Merge) -> Self {
        self.merges.push(merge);
        self
    }

    /// How many rows there are, up to the last that holds anything.
    #[must_use]
    pub fn height(&self) -> usize {
        self.rows.len()
    }

    /// How many columns there are, up to the last that holds anything.
    #[must_use]
    pub fn width(&self) -> usize {
        self.rows.iter().map(Vec::len).max().unwrap_or_default()
    }

    /// The text of a cell; blank where there is none.
    #[must_use]
    pub fn cell(&self, row: usize, column: usize) -> &str {
        self.rows.get(row).and_then(|cells| cells.get(column)).map_or("", String::as_str)
    }

    /// The cells of a row, up to the last that holds anything.
    #[must_use]
    pub fn row(&self, row: usize) -> &[String] {
        self.rows.get(row).map_or(&[], Vec::as_slice)
    }

    /// Whether a row holds nothing but blanks.
    #[must_use]
    pub fn is_blank(&self, row: usize) -> bool {
        self.row(row).iter().all(|cell| cell.trim().is_empty())
    }

    /// The merged cells.
    #[must_use]
    pub fn merges(&self) -> &[Merge] {
        &self.merges
    }

    /// Puts a text into a cell, beyond what there is if need be.
    pub(super) fn put(&mut self, row: usize, column: usize, text: String) {
        if self.rows.len() <= row {
            self.rows.resize_with(row + 1, Vec::new);
        }
        let cells = &mut self.rows[row];
        if cells.len() <= column {
            cells.resize_with(column + 1, String::new);
        }
        cells[column] = text;
    }

    /// Takes away what is blank at the ends.
    pub(super) fn trim(&mut self) {
        for row in &mut self.rows {
            row.truncate(row.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1));
        }
        self.rows.truncate(self.rows.iter().rposition(|row| !row.is_empty()).map_or(0, |last| last + 1));
    }
}

/// Text without what nobody sees: control characters, and the carriage returns of line breaks.
pub(super) fn plain(text: &str) -> String {
    let unseen =
        |c: char| (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}');
    if !text.contains(unseen) {
        return text.to_owned();
    }
    text.replace("\r\n", "\n").replace('\r', "\n").replace(unseen, "")
}
