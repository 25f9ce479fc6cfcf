//! Spreadsheets for people: the headings stay in view, columns are as wide as their text, long text is wrapped, findings are marked.

use std::collections::BTreeSet;

use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, FormatAlign, Note, Workbook, XlsxError};

use super::{ExportError, Table};

/// A cell of a spreadsheet holds no more characters.
const LONGEST_CELL: usize = 32_767;
/// Columns are at least and at most so many characters wide; a Chinese one counts for two.
const WIDTHS: (usize, usize) = (6, 48);
/// The names of sheets.
const LONGEST_NAME: usize = 31;
/// The fill of rows that a check found something about.
const MARKED: Color = Color::RGB(0x00FF_F2CC);
const HEADING: Color = Color::RGB(0x00D9_E1F2);

/// Writes tables as a spreadsheet, a sheet each. Every cell is text: codes keep their zeros, and nothing is a formula.
///
/// The same tables give the same bytes.
///
/// # Errors
/// A text is longer than a cell of a spreadsheet may be: see [`ExportError`].
pub fn to_xlsx(tables: &[Table]) -> Result<Vec<u8>, ExportError> {
    let mut names = BTreeSet::new();
    let mut workbook = Workbook::new();
    // A spreadsheet says when it was made; the same lists are the same file.
    let created = ExcelDateTime::from_ymd(2000, 1, 1).map_err(ExportError::writer)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    for table in tables {
        check(table)?;
        write(&mut workbook, table, &sheet_name(&table.name, &mut names)).map_err(ExportError::writer)?;
    }
    workbook.save_to_buffer().map_err(ExportError::writer)
}

fn check(table: &Table) -> Result<(), ExportError> {
    for (number, row) in table.rows.iter().enumerate() {
        for (cell, heading) in row.iter().zip(&table.headings) {
            if cell.encode_utf16().count() > LONGEST_CELL {
                return Err(ExportError::too_long(&table.name, number, heading));
            }
        }
    }
    Ok(())
}

fn write(workbook: &mut Workbook, table: &Table, name: &str) -> Result<(), XlsxError> {
    let sheet = workbook.add_worksheet().set_name(name)?;
    let text = Format::new().set_num_format("@").set_text_wrap().set_align(FormatAlign::Top);
    let marked = text.clone().set_background_color(MARKED);
    let heading = Format::new().set_bold().set_text_wrap().set_background_color(HEADING);
    sheet.set_freeze_panes(1, 0)?;
    for (column, name) in (0..).zip(&table.headings) {
        sheet.write_string_with_format(0, column, name, &heading)?;
        let cells = table.rows.iter().filter_map(|row| row.get(usize::from(column))).chain([name]);
        let widest = cells.flat_map(|cell| cell.lines()).map(width).max().unwrap_or_default();
        sheet.set_column_width(column, (widest + 2).clamp(WIDTHS.0, WIDTHS.1) as f64)?;
    }
    for (number, row) in table.rows.iter().enumerate() {
        let found = table.findings.get(&number);
        for (column, cell) in (0..).zip(row) {
            let format = if found.is_some() { &marked } else { &text };
            sheet.write_string_with_format(number as u32 + 1, column, cell, format)?;
        }
        if let Some(found) = found {
            sheet.insert_note(number as u32 + 1, 0, &Note::new(found).set_author("quanze"))?;
        }
    }
    Ok(())
}

fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// A name that a sheet may have, and no other has.
fn sheet_name(name: &str, taken: &mut BTreeSet<String>) -> String {
    let allowed = |c: &char| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'') && !c.is_control();
    let plain: String = name.chars().filter(allowed).take(LONGEST_NAME).collect();
    let plain = if plain.trim().is_empty() { "list".to_owned() } else { plain };
    let mut unique = plain.clone();
    let mut number = 2;
    while !taken.insert(unique.to_lowercase()) {
        let end = format!(" {number}");
        unique = plain.chars().take(LONGEST_NAME - end.len()).chain(end.chars()).collect();
        number += 1;
    }
    unique
}
