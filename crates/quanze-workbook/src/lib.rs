//! Published power-and-duty workbooks (权责清单) in and out of `quanze`.

pub mod read;

pub use crate::read::{Format, Limits, Merge, ReadError, ReadErrorKind, Sheet, Workbook};
