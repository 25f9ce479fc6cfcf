//! What computed fields gave that many read: worked out once, where working it out at each reading would double with each
//! field on the way.

use std::{cell::RefCell, collections::HashMap};

use foldhash::fast::FixedState;

use super::eval::{At, Cx};
use crate::store::{Items, Scalar, Val};

/// A field of a row of a family.
type Field = (u16, u32, u16);

/// The values of fields whose programs say that they are kept; nothing for nearly all schemas.
#[derive(Debug, Default)]
pub(super) struct WorkedOut(RefCell<Option<Box<Kept>>>);

#[derive(Debug, Default)]
struct Kept {
    scalars: HashMap<Field, Scalar, FixedState>,
    vals: HashMap<Field, Val<'static>, FixedState>,
}

/// Another reader starts anew: it may come to read other rows.
impl Clone for WorkedOut {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<'a> Cx<'a> {
    #[cold]
    pub(super) fn kept_scalar(&self, at: At, field: u16, work_out: impl FnOnce() -> Scalar) -> Scalar {
        let place = (at.block, at.row, field);
        let known = self.worked_out.0.borrow().as_ref().and_then(|kept| kept.scalars.get(&place).copied());
        known.unwrap_or_else(|| {
            let scalar = work_out();
            self.worked_out.0.borrow_mut().get_or_insert_default().scalars.insert(place, scalar);
            scalar
        })
    }

    #[cold]
    pub(super) fn kept_val(&self, at: At, field: u16, work_out: impl FnOnce() -> Val<'a>) -> Val<'a> {
        let place = (at.block, at.row, field);
        let known = self.worked_out.0.borrow().as_ref().and_then(|kept| kept.vals.get(&place).cloned());
        known.unwrap_or_else(|| {
            let val = work_out();
            let owned = self.owned(val.clone());
            self.worked_out.0.borrow_mut().get_or_insert_default().vals.insert(place, owned);
            val
        })
    }

    /// Makes a value own its text, and a list its elements.
    pub(super) fn owned(&self, val: Val<'_>) -> Val<'static> {
        match val {
            Val::List(items) => Val::List(Items::Vals(items.iter(self.store).map(Val::into_owned).collect())),
            other => other.into_owned(),
        }
    }
}
