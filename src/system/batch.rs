use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use foldhash::fast::FixedState;

use super::{
    ListSystem,
    edits::{Edit, Edits, FieldRef, ListRef, OnBlocking},
    fault::{Fault, FaultKind},
};
use crate::{
    engine::Names,
    plan::{Mask, Plan},
    store::RowMap,
    value::{Key, Name, Value},
};

/// What a batch of edits has come to so far.
pub(super) struct Batch<'e> {
    pub(super) plan: &'e Plan,
    pub(super) edits: &'e [Edit],
    pub(super) record_findings: bool,
    pub(super) faults: Vec<Fault>,
    /// The base rows touched: the edits that did, and the things of families that authored values are.
    pub(super) touched: RowMap<(u32, Mask)>,
    /// Rows removed, until the end of the batch.
    pub(super) gone: HashSet<(u16, u32), FixedState>,
    /// Rows set aside for keys that are referred to before they are inserted.
    pub(super) forward: Vec<(u16, Arc<str>, u32)>,
    /// References written: edit, root list, row, slot, row referred to.
    pub(super) references: Vec<(usize, u16, u32, u16, u32)>,
    /// What is authored, written by the edits or lifted by them.
    pub(super) authored: Vec<Authored>,
    /// Where a field of a row stands among them.
    pub(super) authored_places: HashMap<(u16, Key, u16), usize, FixedState>,
}

/// What is authored for a field of a row, as it will be at the end of the batch.
pub(super) struct Authored {
    pub(super) edit: usize,
    pub(super) list: u16,
    pub(super) key: Key,
    pub(super) field: u16,
    pub(super) value: Value,
    pub(super) reason: Option<Arc<str>>,
    pub(super) asked: Asked,
    /// Whether it is to be written: it is another than before, or has been lifted.
    pub(super) put: bool,
    /// Whether it was seen in its row before the batch: then what it refers to may not go.
    pub(super) live: bool,
}

/// What an edit has asked of an authored value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Asked {
    /// Nothing, or to be cleared.
    Nothing,
    /// To be as it was; so its row must be there.
    Kept,
    /// To be another.
    Written,
}

impl Batch<'_> {
    /// Adds what is authored for a field of which the batch knows nothing yet.
    pub(super) fn push(&mut self, one: Authored) {
        self.authored_places.insert((one.list, one.key.clone(), one.field), self.authored.len());
        self.authored.push(one);
    }
}

impl ListSystem {
    /// Applies edits and brings everything in step; on a fault, all is as it was.
    pub(super) fn run(&mut self, edits: &Edits) -> Result<(), Vec<Fault>> {
        self.engine.settle();
        self.reasons.settle();
        self.indexed = 0;
        let plan = Arc::clone(&self.engine.plan);
        let mut batch = Batch {
            plan: &plan,
            edits: &edits.edits,
            record_findings: edits.on_blocking == OnBlocking::Record,
            faults: Vec::new(),
            touched: std::mem::take(&mut self.touched),
            gone: HashSet::default(),
            forward: Vec::new(),
            references: Vec::new(),
            authored: Vec::new(),
            authored_places: HashMap::default(),
        };
        for (number, edit) in edits.edits.iter().enumerate() {
            self.apply(&mut batch, number, edit);
        }
        self.author_all(&mut batch);
        self.remove_all(&mut batch);
        self.check_rows(&mut batch);
        if batch.faults.is_empty() {
            self.engine.propagate(&batch.touched);
            self.note_dangling();
            self.check_authored_references(&mut batch);
            self.check_outcome(&mut batch);
        }
        let Batch { mut faults, mut touched, .. } = batch;
        touched.clear();
        self.touched = touched;
        if faults.is_empty() {
            return Ok(());
        }
        self.engine.roll_back();
        self.reasons.roll_back();
        faults.sort_by_key(Fault::edit);
        Err(faults)
    }

    pub(super) fn touch(&mut self, batch: &mut Batch<'_>, root: u16, row: u32, edit: usize) {
        self.engine.store.touch(root, row);
        match batch.touched.get_mut(root, row) {
            Some((cause, _)) => *cause = self.engine.causes.join(*cause, edit as u32),
            None => batch.touched.add(root, row, (edit as u32, Mask::NONE)),
        }
    }

    /// Returns a row for a key that nobody has: the one set aside for it, the one that had it before the batch, or a new one.
    ///
    /// So a key that had a row before the batch has no other in it, whatever becomes of the key in between.
    pub(super) fn row_for(&mut self, batch: &Batch<'_>, root: u16, key: &str) -> u32 {
        if let Some((_, _, row)) = batch.forward.iter().find(|(r, known, _)| *r == root && **known == *key) {
            return *row;
        }
        let before = self.engine.store.find_before(root, key, None);
        before.unwrap_or_else(|| self.engine.store.roots[usize::from(root)].reserve())
    }

    /// Returns the key of a row, be it set aside for one that is to come.
    pub(super) fn key_in(&self, batch: &Batch<'_>, root: u16, row: u32) -> Key {
        let forward = batch.forward.iter().find(|(r, _, set_aside)| (*r, *set_aside) == (root, row));
        Key::trusted(&forward.map_or_else(|| self.names().row_key(root, row).to_owned(), |(_, key, _)| key.to_string()))
    }

    /// Notes that an authored value of a family has changed.
    pub(super) fn mark(batch: &mut Batch<'_>, root: u16, row: u32, bit: Mask) {
        if let Some((_, mask)) = batch.touched.get_mut(root, row) {
            mask.add(bit);
        }
    }

    pub(super) fn list_of(&self, plan: &Plan, list: &ListRef) -> Result<u16, (FaultKind, String, Name)> {
        match list {
            ListRef::Name(name) => {
                if let Some(number) = plan.list_numbers.get(name) {
                    Ok(*number)
                } else {
                    let detail = match self.schema.list(name.as_str()) {
                        Err(unknown) => unknown.to_string(),
                        Ok(_) => String::new(),
                    };
                    Err((FaultKind::UnknownList, detail, name.clone()))
                }
            }
            ListRef::Id(id) => match self.schema.list_place(*id) {
                Some(place) => Ok(place as u16),
                None => Err((FaultKind::ForeignId, "the id of the list is of another schema".into(), Name::from("?"))),
            },
        }
    }

    pub(super) fn field_of(&self, plan: &Plan, list: u16, field: &FieldRef) -> Result<u16, (FaultKind, String, Name)> {
        let of = plan.list(list);
        match field {
            FieldRef::Name(name) => of.field_numbers.get(name).copied().ok_or_else(|| {
                let detail = if *name == "key" {
                    "a key is no field; give a row another key with rekey".to_owned()
                } else {
                    match self.schema.field(of.name.as_str(), name.as_str()) {
                        Err(unknown) => unknown.to_string(),
                        Ok(_) => String::new(),
                    }
                };
                (FaultKind::UnknownField, detail, name.clone())
            }),
            FieldRef::Id(id) => match self.schema.field_place(*id) {
                Some((at, field)) if at == usize::from(list) => Ok(field as u16),
                Some(_) => {
                    Err((FaultKind::UnknownField, "the id is of a field of another list".into(), Name::from("?")))
                }
                None => Err((FaultKind::ForeignId, "the id of the field is of another schema".into(), Name::from("?"))),
            },
        }
    }

    pub(super) fn names(&self) -> Names<'_> {
        Names { plan: &self.engine.plan, store: &self.engine.store }
    }
}
