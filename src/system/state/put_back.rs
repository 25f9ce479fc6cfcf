//! What did not fit a schema goes back into a state.

use std::collections::btree_map::Entry;

use super::{Authored, State, stored::stored};
use crate::{
    system::unfit::{Misfit, Part, Unfit, Why},
    value::Value,
};

impl State {
    /// Puts back what did not fit an earlier schema, and returns what has lost its place: where there is something else by now,
    /// or where the row is gone. What the state holds is never replaced.
    ///
    /// Whether it fits a schema is found out when the state is restored.
    pub fn put_back(&mut self, unfit: Unfit) -> Unfit {
        let (rows, fields): (Vec<_>, Vec<_>) =
            unfit.into_iter().partition(|misfit| matches!(misfit.part, Part::Row { .. }));
        let left = |misfit: Misfit| self.put(&misfit).err().map(|why| Misfit { why, ..misfit });
        // A field may be of a row that comes back with it.
        rows.into_iter().chain(fields).filter_map(left).collect()
    }

    fn put(&mut self, misfit: &Misfit) -> Result<(), Why> {
        let Misfit { list, key, part, why } = misfit;
        // What no state can hold stays what it is.
        let kept = |value: &Value| stored(value).filter(|value| !value.is_missing()).ok_or_else(|| why.clone());
        match part {
            Part::Row { record } => {
                let fields = record.iter().map(|(field, value)| Ok((field.into(), kept(value)?)));
                let fields = fields.collect::<Result<_, _>>()?;
                enter(self.base.entry(list.clone()).or_default().entry(key.clone()), fields)
            }
            Part::Field { field, value } => {
                let value = kept(value)?;
                let row = self.base.get_mut(list).and_then(|rows| rows.get_mut(key)).ok_or(Why::RowGone)?;
                enter(row.entry(field.clone()), value)
            }
            Part::Authored { field, value, reason } => {
                let cell = Authored { value: kept(value)?, reason: reason.clone() };
                let rows = self.authored.entry(list.clone()).or_default();
                enter(rows.entry(key.clone()).or_default().entry(field.clone()), cell)
            }
        }
    }
}

fn enter<K: Ord, V: PartialEq>(place: Entry<'_, K, V>, value: V) -> Result<(), Why> {
    match place {
        Entry::Vacant(place) => {
            place.insert(value);
            Ok(())
        }
        Entry::Occupied(place) if *place.get() == value => Ok(()),
        Entry::Occupied(_) => Err(Why::Taken),
    }
}
