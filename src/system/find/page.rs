use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use super::{
    Cursor, FindError,
    place::write_row,
    steps::{Onward, behind, rows_from, write_place},
};
use crate::{
    engine::{At, Cx, Side},
    record::RecordError,
    system::snapshot::{ListView, Row, View},
    value::Name,
};

/// How many rows a page has at most, and behind which it begins.
///
/// A number alone is the first page.
///
/// ```
/// use quanze::find::Paging;
///
/// assert_eq!(Paging::from(20), Paging::of(20));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paging {
    rows: usize,
    after: Option<Cursor>,
}

/// Some rows of a list, or of what was found in it.
#[doc(alias = "分页")]
#[derive(Clone, Debug)]
pub struct Page<'a> {
    rows: Vec<Row<'a>>,
    next: Option<Cursor>,
}

impl Paging {
    /// Asks for the first so many rows.
    #[must_use]
    pub fn of(rows: usize) -> Self {
        Self { rows, after: None }
    }

    /// Asks for those behind a cursor.
    #[must_use]
    pub fn after(mut self, cursor: Cursor) -> Self {
        self.after = Some(cursor);
        self
    }
}

impl From<usize> for Paging {
    fn from(rows: usize) -> Self {
        Self::of(rows)
    }
}

impl<'a> Page<'a> {
    /// Returns the rows.
    #[must_use]
    pub fn rows(&self) -> &[Row<'a>] {
        &self.rows
    }

    /// Reads the rows into values of a type that serde can deserialise.
    pub fn records<T: DeserializeOwned>(&self) -> impl Iterator<Item = Result<T, RecordError>> {
        self.rows.iter().map(Row::record)
    }

    /// Returns the cursor for the page behind this one; nothing where there are no more rows.
    #[must_use]
    pub fn next(&self) -> Option<&Cursor> {
        self.next.as_ref()
    }

    /// Takes rows up to a page's worth; where more are left, `cursor` says where the last one taken stands.
    fn take(rows: impl Iterator<Item = Row<'a>>, most: usize, cursor: impl FnOnce(&Row<'a>) -> Cursor) -> Self {
        let mut rows = rows.peekable();
        let taken: Vec<Row<'a>> = rows.by_ref().take(most).collect();
        let next = rows.peek().and_then(|_| taken.last()).map(cursor);
        Self { rows: taken, next }
    }
}

impl<'a> ListView<'a> {
    /// Reads some of the rows in the order of the list: the first, or those behind a cursor.
    ///
    /// Each row that is there throughout, and stays where it is in the order, is seen exactly once, whatever comes and goes
    /// between two pages. Elements of a *sequence* make rows in the order in which they were written; where earlier ones go
    /// together with the last one seen, those behind are counted from where it stood.
    ///
    /// # Errors
    /// [`FindError`] where the cursor is of another list or index, and where the page is to have no rows.
    ///
    /// # Complexity
    /// In the rows of the page and the height of the index, where an index has all rows in the order of the list. Else, of a
    /// list that declares an order, in its rows; of any other, in the families passed.
    pub fn page(&self, paging: impl Into<Paging>) -> Result<Page<'a>, FindError> {
        let paging = paging.into();
        let place = self.place_in(&paging, None)?;
        if let Some(index) = self.view.plan.order_index(self.list) {
            let all = (0, self.view.indexes.tree(index).len());
            return Ok(self.page_of_index(index, all, &paging, place, None));
        }
        if self.view.plan.list(self.list).order.is_empty() {
            return self.page_by_family(&paging, place);
        }
        Ok(self.page_by_sorting(&paging, place))
    }

    fn cursor(&self, index: Option<&Name>, place: &[u8]) -> Cursor {
        Cursor::new(&self.view.schema.fingerprint(), self.name(), index, place)
    }

    /// Returns the place behind which a page begins, once it is known to be of this order.
    pub(super) fn place_in<'p>(&self, paging: &'p Paging, index: Option<&Name>) -> Result<Option<&'p [u8]>, FindError> {
        if paging.rows == 0 {
            return Err(FindError::NoRows);
        }
        let Some(cursor) = &paging.after else { return Ok(None) };
        let own = self.cursor(index, &[]);
        if cursor.is_alike(&own) { Ok(Some(cursor.place())) } else { Err(FindError::cursor(cursor, &own)) }
    }

    pub(super) fn page_of_index(
        self,
        number: u16,
        (from, to): (usize, usize),
        paging: &Paging,
        place: Option<&[u8]>,
        index: Option<&Name>,
    ) -> Page<'a> {
        let from = place.map_or(from, |place| {
            // Behind all entries that are not greater than it.
            let behind = [place, &[0]].concat();
            self.view.indexes.tree(number).rank(&behind, &mut 0).max(from)
        });
        let by = &self.view.plan.ordered[usize::from(number)].by;
        let rows = self.rows_of_index(number, from, to);
        Page::take(rows, paging.rows, |row| {
            let mut place = Vec::new();
            write_row(&row.cx, row.at, by, &mut place);
            self.cursor(index, &place)
        })
    }

    fn page_by_family(self, paging: &Paging, place: Option<&[u8]>) -> Result<Page<'a>, FindError> {
        let onward = match (place, &paging.after) {
            (Some(place), Some(cursor)) => {
                behind(self.view, self.list, place).ok_or_else(|| FindError::cursor(cursor, &self.cursor(None, &[])))?
            }
            _ => Onward::default(),
        };
        let rows = rows_from(self.view, self.list, onward).map(|(cx, at)| self.row_of(cx, at));
        Ok(Page::take(rows, paging.rows, |row| {
            let mut place = Vec::new();
            write_place(&row.cx, row.at, &mut place);
            self.cursor(None, &place)
        }))
    }

    /// Reads a page of a list whose order no index has: of all rows those that come first.
    fn page_by_sorting(self, paging: &Paging, behind: Option<&[u8]>) -> Page<'a> {
        let View { plan, store, .. } = self.view;
        let order = &plan.list(self.list).order;
        let mut first: BTreeMap<Vec<u8>, (u16, u32, At)> = BTreeMap::new();
        let mut place = Vec::new();
        for (cx, at) in self.view.unordered(self.list) {
            place.clear();
            write_row(&cx, at, order, &mut place);
            let full = first.len() > paging.rows;
            if behind.is_some_and(|behind| *place <= *behind)
                || full && first.last_key_value().is_some_and(|(last, _)| *last < place)
            {
                continue;
            }
            first.insert(place.clone(), (cx.root, cx.row, at));
            if full {
                first.pop_last();
            }
        }
        let rows = first.values().map(|&(root, row, at)| self.row_of(Cx::new(plan, store, Side::After, root, row), at));
        Page::take(rows, paging.rows, |row| {
            let mut place = Vec::new();
            write_row(&row.cx, row.at, order, &mut place);
            self.cursor(None, &place)
        })
    }
}
