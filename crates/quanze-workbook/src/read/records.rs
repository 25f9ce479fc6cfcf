//! The records of a `.xls` workbook (MS-XLS), as far as they say where cells are.
//!
//! Its reader lays a sheet out as a grid from the first cell to the last. Two cells far apart in a file of a few bytes would be a
//! grid of a hundred gigabytes; so it is known before how large the grid will be.

/// Records of cells that hold something: formula and its text, number, text, truth or error, and several numbers.
const CELLS: [u16; 9] = [0x0006, 0x0207, 0x0203, 0x0204, 0x0205, 0x027E, 0x00FD, 0x00BD, 0x00D6];
/// A record of several cells ends with the number of its last column.
const SEVERAL: u16 = 0x00BD;
/// What a sheet says of its size itself.
const SIZE: u16 = 0x0200;
/// Where a sheet begins in the stream.
const SHEET: u16 = 0x0085;
const BEGIN: u16 = 0x0809;
const END: u16 = 0x000A;
/// A sheet of this format has no more cells; room for them is set aside, and not used, if the sheet says that it has as many.
const MOST: u64 = 65_536 * 256;

/// The cells of the largest grid that a sheet of the workbook is laid out as.
pub(super) fn largest_grid(stream: &[u8]) -> u64 {
    let sheets = Records(stream).take_while(|record| record.kind != END).filter(|record| record.kind == SHEET);
    let starts = sheets.filter_map(|record| Some(number(record.data, 0)? | number(record.data, 2)? << 16));
    starts.map(|start| stream.get(start as usize..).map_or(0, grid)).max().unwrap_or_default()
}

/// The cells of the grid of the sheet that begins here. Charts within it have cells of their own.
fn grid(sheet: &[u8]) -> u64 {
    let mut depth = 0;
    let mut seen: Option<Grid> = None;
    let mut said = 0;
    for record in Records(sheet) {
        match record.kind {
            BEGIN => depth += 1,
            END if depth <= 1 => break,
            END => depth -= 1,
            SIZE if depth <= 1 => said = said.max(record.size()),
            kind if depth <= 1 && CELLS.contains(&kind) => {
                let (Some(row), Some(column)) = (number(record.data, 0), number(record.data, 2)) else { continue };
                let last = record.data.len().checked_sub(2).and_then(|at| number(record.data, at));
                let last = last.filter(|_| kind == SEVERAL).unwrap_or(column).max(column);
                let grid = seen.get_or_insert(Grid { rows: (row, row), columns: (column, last) });
                grid.rows = (grid.rows.0.min(row), grid.rows.1.max(row));
                grid.columns = (grid.columns.0.min(column), grid.columns.1.max(last));
            }
            _ => {}
        }
    }
    let cells = seen.map_or(0, |grid| grid.cells());
    if said > MOST { said } else { cells }
}

struct Records<'a>(&'a [u8]);

struct Record<'a> {
    kind: u16,
    data: &'a [u8],
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let (kind, length) = (number(self.0, 0)? as u16, number(self.0, 2)? as usize);
        let (data, rest) = self.0[4..].split_at(length.min(self.0.len() - 4));
        self.0 = rest;
        Some(Record { kind, data })
    }
}

impl Record<'_> {
    /// The cells that a sheet says it has: rows in four bytes each or in two, columns in two.
    fn size(&self) -> u64 {
        let at = |at: usize| number(self.data, at).unwrap_or_default();
        let (rows, columns) = if self.data.len() >= 14 {
            ((at(0) | at(2) << 16, at(4) | at(6) << 16), (at(8), at(10)))
        } else {
            ((at(0), at(2)), (at(4), at(6)))
        };
        // The columns after the last; a first one beyond them is no column.
        let first = if columns.0 > 0xFF || columns.1 < columns.0 { 0 } else { columns.0 };
        if rows.1 == 0 || columns.1 == 0 {
            return 0;
        }
        // A sheet that ends before it begins is laid out as if it went around.
        rows.1.checked_sub(rows.0).filter(|rows| *rows > 0).map_or(u64::MAX, |rows| rows * (columns.1 - first))
    }
}

/// A number of two bytes.
fn number(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at + 2).map(|two| u64::from(u16::from_le_bytes([two[0], two[1]])))
}

struct Grid {
    rows: (u64, u64),
    columns: (u64, u64),
}

impl Grid {
    fn cells(&self) -> u64 {
        (self.rows.1 - self.rows.0 + 1) * (self.columns.1 - self.columns.0 + 1)
    }
}
