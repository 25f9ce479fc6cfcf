//! Rows found by what they hold, and lists read page by page.
//!
//! What rows are found by is declared with their list: an [`Index`](crate::schema::Index). A [`Find`] is what one looks for, as
//! a value; [`ListView::find`](crate::ListView::find) answers with [`Found`] rows, which are counted without being read. A
//! list, and what is found in it, is read a [`Page`] at a time, each from the [`Cursor`] with which the last one ended.

mod between;
mod cursor;
mod error;
mod found;
mod indexes;
mod page;
mod place;
mod steps;
mod what;

pub(crate) use self::indexes::Indexes;
pub use self::{
    cursor::{Cursor, CursorError},
    error::FindError,
    found::Found,
    page::{Page, Paging},
    what::{Bound, Find, Then},
};
