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
