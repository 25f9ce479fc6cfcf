//! Files of each kind, made in memory: the tests need no file on a disk.
#![allow(dead_code, reason = "each test takes what it needs")]

pub(crate) mod ods;
pub(crate) mod xls;
pub(crate) mod xlsx;

/// A table for the makers: rows of cells, and merged cells as (top, left, bottom, right).
pub(crate) struct Table<'a> {
    pub(crate) name: &'a str,
    pub(crate) rows: &'a [&'a [&'a str]],
    pub(crate) merges: &'a [(u16, u16, u16, u16)],
}

/// The folder of published workbooks, where this machine has one. Where it has none the test says so and passes.
pub(crate) fn workbooks() -> Option<std::path::PathBuf> {
    let folder = std::env::var_os("QUANZE_WORKBOOKS").map(Into::into);
    if folder.is_none() {
        eprintln!("not run on published workbooks: QUANZE_WORKBOOKS names no folder");
    }
    folder
}
