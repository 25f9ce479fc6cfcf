//! Spreadsheets, by way of `calamine`.

use std::{
    io::Cursor,
    panic::{AssertUnwindSafe, catch_unwind},
};

use calamine::{
    Data, DataRef, DataType, Dimensions, Ods, OdsError, Range, Reader, SheetType, SheetVisible, Xls, XlsError, Xlsx,
    XlsxError,
};

use super::{Format, Limits, Merge, ReadErrorKind, Sheet, grid::plain, ods_merges};

/// Reads the sheets of a spreadsheet.
///
/// A damaged file can lead the reader into a panic. That is caught here, because a file of somebody else's must not end the
/// import of the others.
pub(super) fn sheets(format: Format, bytes: &[u8], limits: Limits) -> Result<Vec<Sheet>, ReadErrorKind> {
    let read = || match format {
        Format::Xlsx => xlsx(bytes, limits),
        Format::Ods => ods(bytes, limits),
        Format::Xls | Format::Delimited => xls(bytes, limits),
    };
    let mut sheets = catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(ReadErrorKind::Broken("its parts contradict each other".into())))?;
    for sheet in &mut sheets {
        sheet.trim();
        // Merged cells are looked up row by row; they may lie over each other as often as a file likes.
        let rows = sheet.merges.iter().map(|merge| (merge.bottom + 1).min(sheet.height()).saturating_sub(merge.top));
        if rows.fold(0, usize::saturating_add) > limits.cells {
            return Err(ReadErrorKind::TooLarge { what: "rows of merged cells", limit: limits.cells as u64 });
        }
    }
    Ok(sheets)
}

fn xlsx(bytes: &[u8], limits: Limits) -> Result<Vec<Sheet>, ReadErrorKind> {
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(of_xlsx)?;
    let mut sheets = Vec::new();
    for mut sheet in tables(workbook.sheets_metadata()) {
        let merges = workbook.merge_cells_by_sheet_name(&sheet.name).map_err(of_xlsx)?;
        let mut cells = workbook.worksheet_cells_reader(&sheet.name).map_err(of_xlsx)?;
        let mut room = Room::new(limits);
        while let Some(cell) = cells.next_cell().map_err(of_xlsx)? {
            let (row, column) = cell.get_position();
            let text = match cell.get_value() {
                DataRef::SharedString(text) => plain(text),
                value => text(&Data::from(value.clone())),
            };
            room.put(&mut sheet, row as usize, column as usize, text)?;
        }
        sheet.merges = merges.iter().map(merge).collect();
        sheets.push(sheet);
    }
    Ok(sheets)
}

fn xls(bytes: &[u8], limits: Limits) -> Result<Vec<Sheet>, ReadErrorKind> {
    let mut workbook = Xls::new(Cursor::new(bytes)).map_err(of_xls)?;
    let mut sheets = Vec::new();
    for mut sheet in tables(workbook.sheets_metadata()) {
        let range = workbook.worksheet_range(&sheet.name).map_err(of_xls)?;
        fill(&mut sheet, &range, limits)?;
        let merges = workbook.merge_cells_by_sheet_name(&sheet.name).map_err(of_xls)?;
        sheet.merges = merges.iter().map(merge).collect();
        sheets.push(sheet);
    }
    Ok(sheets)
}

fn ods(bytes: &[u8], limits: Limits) -> Result<Vec<Sheet>, ReadErrorKind> {
    let mut workbook = Ods::new(Cursor::new(bytes)).map_err(of_ods)?;
    let mut merges = ods_merges::merges(bytes).into_iter();
    let mut sheets = Vec::new();
    for mut sheet in tables(workbook.sheets_metadata()) {
        let range = workbook.worksheet_range(&sheet.name).map_err(of_ods)?;
        fill(&mut sheet, &range, limits)?;
        sheet.merges = merges.next().unwrap_or_default();
        sheets.push(sheet);
    }
    Ok(sheets)
}

/// A blank sheet for each that can hold a table; charts and macros cannot.
fn tables(sheets: &[calamine::Sheet]) -> Vec<Sheet> {
    let tables = sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    tables
        .map(|sheet| Sheet {
            name: sheet.name.clone(),
            hidden: sheet.visible != SheetVisible::Visible,
            ..Sheet::default()
        })
        .collect()
}

fn fill(sheet: &mut Sheet, range: &Range<Data>, limits: Limits) -> Result<(), ReadErrorKind> {
    let Some((top, left)) = range.start() else { return Ok(()) };
    let mut room = Room::new(limits);
    for (row, column, value) in range.used_cells() {
        room.put(sheet, top as usize + row, left as usize + column, text(value))?;
    }
    Ok(())
}

/// How many cells may still be put into a sheet.
struct Room {
    left: usize,
    limit: usize,
}

impl Room {
    fn new(limits: Limits) -> Self {
        Self { left: limits.cells, limit: limits.cells }
    }

    fn put(&mut self, sheet: &mut Sheet, row: usize, column: usize, text: String) -> Result<(), ReadErrorKind> {
        if text.trim().is_empty() {
            return Ok(());
        }
        let new = (row + 1).saturating_sub(sheet.rows.len()) + (column + 1).saturating_sub(sheet.row(row).len());
        let left = self.left.checked_sub(new);
        self.left = left.ok_or(ReadErrorKind::TooLarge { what: "cells", limit: self.limit as u64 })?;
        sheet.put(row, column, text);
        Ok(())
    }
}

/// A value as people see it: whole numbers without a fraction, days as `2024-03-01`.
fn text(value: &Data) -> String {
    match value {
        Data::DateTime(time) if time.is_datetime() => {
            let (year, month, day, ..) = time.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        Data::DateTimeIso(time) => time.split('T').next().unwrap_or_default().to_owned(),
        value => plain(&value.as_string().unwrap_or_else(|| value.to_string())),
    }
}

fn merge(cells: &Dimensions) -> Merge {
    Merge {
        top: cells.start.0 as usize,
        left: cells.start.1 as usize,
        bottom: cells.end.0 as usize,
        right: cells.end.1 as usize,
    }
}

fn of_xlsx(error: XlsxError) -> ReadErrorKind {
    match error {
        XlsxError::Password => ReadErrorKind::Encrypted,
        error => ReadErrorKind::Broken(error.to_string()),
    }
}

fn of_xls(error: XlsError) -> ReadErrorKind {
    match error {
        XlsError::Password => ReadErrorKind::Encrypted,
        error => ReadErrorKind::Broken(error.to_string()),
    }
}

fn of_ods(error: OdsError) -> ReadErrorKind {
    match error {
        OdsError::Password => ReadErrorKind::Encrypted,
        error => ReadErrorKind::Broken(error.to_string()),
    }
}
