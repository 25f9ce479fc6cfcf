use std::{collections::BTreeMap, sync::Arc};

use crate::value::{Key, Value};

/// Authored values whose rows do not exist now, by list, row and field.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parked {
    lists: Arc<BTreeMap<u16, BTreeMap<Key, BTreeMap<u16, Value>>>>,
    /// What each row had before the commit, to be put back by an undo.
    undo: Vec<(u16, Key, BTreeMap<u16, Value>)>,
}

impl Parked {
    pub(crate) fn has(&self, list: u16) -> bool {
        !self.lists.is_empty() && self.lists.contains_key(&list)
    }

    pub(crate) fn holds(&self, list: u16, key: &str) -> bool {
        self.lists.get(&list).is_some_and(|rows| rows.contains_key(key))
    }

    pub(crate) fn get(&self, list: u16, key: &str) -> Option<&BTreeMap<u16, Value>> {
        self.lists.get(&list)?.get(key)
    }

    /// Visits all values parked, by list, row and field.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u16, &Key, u16, &Value)> {
        self.lists.iter().flat_map(|(list, rows)| {
            rows.iter().flat_map(move |(key, fields)| fields.iter().map(move |(field, value)| (*list, key, *field, value)))
        })
    }

    /// Sets what is parked for a row.
    pub(crate) fn replace(&mut self, list: u16, key: &Key, fields: BTreeMap<u16, Value>) {
        let lists = Arc::make_mut(&mut self.lists);
        let rows = lists.entry(list).or_default();
        let old = if fields.is_empty() { rows.remove(key) } else { rows.insert(key.clone(), fields) };
        if rows.is_empty() {
            lists.remove(&list);
        }
        self.undo.push((list, key.clone(), old.unwrap_or_default()));
    }

    pub(crate) fn settle(&mut self) {
        self.undo.clear();
    }

    pub(crate) fn roll_back(&mut self) {
        while let Some((list, key, fields)) = self.undo.pop() {
            self.replace(list, &key, fields);
            self.undo.pop();
        }
    }

    /// Shares what is parked with a reader.
    pub(crate) fn share(&self) -> Self {
        Self { lists: Arc::clone(&self.lists), undo: Vec::new() }
    }
}
