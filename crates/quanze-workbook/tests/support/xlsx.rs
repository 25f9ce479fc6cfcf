//! Office Open XML.

use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::Table;

pub(crate) fn file(tables: &[Table<'_>]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    for table in tables {
        let sheet = workbook.add_worksheet().set_name(table.name)?;
        for (top, left, bottom, right) in table.merges {
            sheet.merge_range(u32::from(*top), *left, u32::from(*bottom), *right, "", &Format::new())?;
        }
        for (row, cells) in (0..).zip(table.rows) {
            for (column, cell) in (0..).zip(*cells).filter(|(_, cell)| !cell.is_empty()) {
                sheet.write_string(row, column, *cell)?;
            }
        }
    }
    workbook.save_to_buffer()
}
