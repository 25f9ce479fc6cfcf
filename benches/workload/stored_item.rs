//! An item of the floor with stored rows: its own cells, where its rows are, and what they say.

use super::checksum::{List, ROW_LISTS};
use super::generator::{Code, Item, scenarios};
use super::registers::{BY_KIND, Bodies, Promises, REGULATION, SERVICE, packed};
use super::stored_rows::{StoredRow, TextNumber};

/// The block of an item in a list where it has no rows.
pub(super) const NO_BLOCK: u32 = u32::MAX;

/// An item, and where its rows are.
#[derive(Clone, Copy, Debug)]
#[repr(align(128))]
pub(super) struct Base {
    pub(super) code: Code,
    pub(super) remark: u32,
    pub(super) name: TextNumber,
    /// The names of the handling rows, by scenario of the kind.
    pub(super) handling_names: [TextNumber; 4],
    /// The first row in each list.
    pub(super) blocks: [u32; ROW_LISTS.len()],
    pub(super) articles: [u16; 4],
    pub(super) promises: Promises,
    pub(super) co_departments: [u8; 3],
    pub(super) article_count: u8,
    pub(super) co_department_count: u8,
    pub(super) kind: u8,
    pub(super) department: u8,
    pub(super) limit: u8,
    pub(super) s: u8,
    pub(super) t: u8,
    pub(super) active: bool,
    pub(super) flags: [bool; 3],
}

impl Base {
    /// Takes an item over; it has no rows yet.
    pub(super) fn new(item: &Item, name: TextNumber) -> Self {
        let (article_count, articles) = packed(&item.articles);
        let (co_department_count, co_departments) = packed(&item.co_departments);
        Self {
            code: item.code,
            remark: item.remark,
            name,
            handling_names: [0; 4],
            blocks: [NO_BLOCK; ROW_LISTS.len()],
            articles,
            promises: Promises::new(item),
            co_departments,
            article_count,
            co_department_count,
            kind: item.kind,
            department: item.department,
            limit: item.limit,
            s: item.s,
            t: item.t,
            active: item.active,
            flags: item.flags,
        }
    }

    /// Returns how many rows the item has in a list while it is active.
    #[inline]
    pub(super) fn length(&self, list: List) -> usize {
        let service = usize::from(SERVICE.contain(self.kind));
        match list {
            List::Service | List::Enforcement | List::Regulation => {
                usize::from(BY_KIND[list as usize].1.contain(self.kind))
            }
            List::Fees | List::Intermediary | List::Territorial => {
                usize::from(self.flags[list as usize - List::Fees as usize])
            }
            List::Boundary => usize::from(self.co_department_count),
            List::ServiceImplementation => 4 * service,
            List::InspectionImplementation => 2 * usize::from(REGULATION.contain(self.kind)),
            List::Handling => 4 * scenarios(self.kind).len(),
            List::DepartmentTotals => 0,
        }
    }

    /// Returns the effective limits by ordinal of the service family.
    #[inline]
    pub(super) fn effective(&self) -> [u8; 4] {
        self.promises.effective(self.kind, self.limit)
    }

    /// Writes what all rows of the item begin with.
    #[inline]
    pub(super) const fn blank(&self, item: u32) -> StoredRow {
        StoredRow {
            item,
            name: self.name,
            articles: self.articles,
            body: 0,
            step: 0,
            article_count: self.article_count,
            kind: self.kind,
            department: self.department,
            limit: self.limit,
            effective: self.limit,
        }
    }

    /// Writes the item's rows in a list.
    #[inline]
    pub(super) fn write(&self, item: u32, list: List, bodies: &Bodies, rows: &mut [StoredRow]) {
        rows.fill(self.blank(item));
        match list {
            List::Boundary => {
                for (row, co_department) in rows.iter_mut().zip(self.co_departments) {
                    row.step = co_department;
                }
            }
            List::InspectionImplementation => {
                for (row, body) in rows.iter_mut().zip(bodies.inspection_family(self.kind, self.t)) {
                    row.body = body;
                }
            }
            List::ServiceImplementation | List::Handling => {
                let family = bodies.service_family(self.kind, self.s).into_iter().zip(self.effective());
                for (rows, (body, effective)) in rows.chunks_exact_mut(rows.len() / 4).zip(family) {
                    for (step, row) in (0..).zip(rows) {
                        (row.body, row.effective) = (body, effective);
                        if list == List::Handling {
                            (row.step, row.name) = (step, self.handling_names[usize::from(step)]);
                        }
                    }
                }
            }
            _ => {}
        }
    }
}
