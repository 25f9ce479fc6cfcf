use super::{ListSystem, ReadError, Snapshot, locate};
use crate::{
    engine::{At, Cx, Links, Side},
    plan::Plan,
    schema::Schema,
    store::Store,
    value::Key,
};

/// What an explanation sees of a system or snapshot: rows, rules, reasons, and, of a system, the links back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) store: &'a Store,
    pub(crate) links: Option<&'a Links>,
    of: Of<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Of<'a> {
    Snapshot(&'a Snapshot),
    System(&'a ListSystem),
}

impl<'a> Sight<'a> {
    pub(crate) fn schema(&self) -> &'a Schema {
        &self.plan.schema
    }

    /// Returns why a value was authored, where its author said so.
    pub(crate) fn reason(&self, list: u16, key: &Key, field: u16) -> Option<&'a str> {
        let reason = match self.of {
            Of::Snapshot(snapshot) => snapshot.reason(list, key, field),
            Of::System(system) => system.reasons.get(list, key, field),
        };
        reason.map(AsRef::as_ref)
    }

    /// Finds the place of a list.
    pub(crate) fn list(&self, list: &str) -> Result<u16, ReadError> {
        let id = self.schema().list(list)?;
        Ok(self.schema().list_place(id).and_then(|place| u16::try_from(place).ok()).unwrap_or_default())
    }

    /// Finds a row: the place of its list, and the row.
    pub(crate) fn row(&self, list: &str, key: &str) -> Result<(u16, Cx<'a>, At), ReadError> {
        let place = self.list(list)?;
        match locate::locate(self.plan, self.store, place, key) {
            Some((root, row, at)) => Ok((place, Cx::new(self.plan, self.store, Side::After, root, row), at)),
            None => Err(ReadError::NoSuchRow { list: list.into(), key: key.chars().take(200).collect() }),
        }
    }
}

impl Snapshot {
    pub(crate) fn sight(&self) -> Sight<'_> {
        Sight { plan: self.plan(), store: self.store(), links: None, of: Of::Snapshot(self) }
    }
}

impl ListSystem {
    pub(crate) fn sight(&self) -> Sight<'_> {
        let engine = &self.engine;
        Sight { plan: &engine.plan, store: &engine.store, links: Some(&engine.links), of: Of::System(self) }
    }
}
