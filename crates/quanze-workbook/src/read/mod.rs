//! Files in: what a workbook holds, as text in a grid, whatever it is stored as.
//!
//! **Architecture invariant:** nothing here knows what a list is. A file is recognised by its content, never by its ending,
//! and what cannot be read is one error that names the file.

mod compound;
mod content;
mod delimited;
mod error;
mod grid;
mod ods_merges;
mod records;
mod spreadsheet;

use std::{fs, path::Path};

pub use self::{
    content::Format,
    error::{ReadError, ReadErrorKind},
    grid::{Merge, Sheet},
};

/// How much is read before a file is called too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a file, and a tenth of what its parts may unpack to.
    pub bytes: u64,
    /// Cells of a sheet, blank ones between filled ones included.
    pub cells: usize,
}

/// 64 MiB and four million cells: a hundred times the largest list that was seen in print.
impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 64 << 20, cells: 4_000_000 }
    }
}

/// A file as it was read: its sheets, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workbook {
    /// The name of the file, without its folder.
    pub name: String,
    /// What it was recognised as.
    pub format: Format,
    /// Its sheets. A text file is one sheet, named like the file without its ending.
    pub sheets: Vec<Sheet>,
}

impl Workbook {
    /// Opens a file and reads it.
    ///
    /// ```no_run
    /// use quanze_workbook::{Limits, Workbook};
    ///
    /// let workbook = Workbook::open("权责清单.xls", Limits::default())?;
    /// println!("{} sheets", workbook.sheets.len());
    /// # Ok::<(), quanze_workbook::ReadError>(())
    /// ```
    ///
    /// # Errors
    /// The file cannot be opened, or not be read: see [`ReadErrorKind`].
    ///
    /// # Complexity
    /// Time and memory in the size of the file.
    pub fn open(path: impl AsRef<Path>, limits: Limits) -> Result<Self, ReadError> {
        let path = path.as_ref();
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let size = fs::metadata(path).map_err(|error| ReadError::new(&name, ReadErrorKind::Io(error)))?.len();
        if size > limits.bytes {
            return Err(ReadError::new(&name, ReadErrorKind::TooLarge { what: "bytes", limit: limits.bytes }));
        }
        let bytes = fs::read(path).map_err(|error| ReadError::new(&name, ReadErrorKind::Io(error)))?;
        Self::from_bytes(name, &bytes, limits)
    }

    /// Reads a file that is in memory.
    ///
    /// ```
    /// use quanze_workbook::{Format, Limits, Workbook};
    ///
    /// let workbook = Workbook::from_bytes("list.xls", "序号,事项名称\n1,食品经营许可\n".as_bytes(), Limits::default())?;
    /// assert_eq!(workbook.format, Format::Delimited);
    /// assert_eq!(workbook.sheets[0].cell(1, 1), "食品经营许可");
    /// # Ok::<(), quanze_workbook::ReadError>(())
    /// ```
    ///
    /// # Errors
    /// As [`Workbook::open`].
    ///
    /// # Complexity
    /// Time and memory in the size of the file.
    pub fn from_bytes(name: impl Into<String>, bytes: &[u8], limits: Limits) -> Result<Self, ReadError> {
        let name = name.into();
        let read = || {
            if bytes.len() as u64 > limits.bytes {
                return Err(ReadErrorKind::TooLarge { what: "bytes", limit: limits.bytes });
            }
            let format = content::recognise(bytes, limits)?;
            let sheets = match format {
                Format::Delimited => vec![delimited::sheet(&name, bytes, limits)?],
                format => spreadsheet::sheets(format, bytes, limits)?,
            };
            Ok((format, sheets))
        };
        match read() {
            Ok((format, sheets)) => Ok(Self { name, format, sheets }),
            Err(kind) => Err(ReadError::new(name, kind)),
        }
    }
}
