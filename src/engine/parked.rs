use std::{collections::HashMap, sync::Arc};

use foldhash::fast::FixedState;

use crate::value::{Key, Value};

/// What is authored for the fields of one row.
pub(crate) type Fields = Vec<(u16, Value)>;

/// Authored values whose rows do not exist now, by list, row and field.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parked {
    lists: Arc<HashMap<u16, HashMap<Key, Fields, FixedState>, FixedState>>,
    /// What each row had before the commit, to be put back by an undo.
    undo: Vec<(u16, Key, Fields)>,
}

impl Parked {
    pub(crate) fn has(&self, list: u16) -> bool {
        !self.lists.is_empty() && self.lists.contains_key(&list)
    }

    pub(crate) fn get(&self, list: u16, key: &str) -> Option<&Fields> {
        if self.lists.is_empty() { None } else { self.lists.get(&list)?.get(key) }
    }

    /// Returns all values parked, by list, row and field.
    pub(crate) fn all(&self) -> Vec<(u16, &Key, u16, &Value)> {
        let rows =
            self.lists.iter().flat_map(|(list, rows)| rows.iter().map(move |(key, fields)| (*list, key, fields)));
        let mut all: Vec<_> = rows
            .flat_map(|(list, key, fields)| fields.iter().map(move |(field, value)| (list, key, *field, value)))
            .collect();
        all.sort_unstable_by(|a, b| (a.0, a.1, a.2).cmp(&(b.0, b.1, b.2)));
        all
    }

    /// Sets what is parked for a row.
    pub(crate) fn replace(&mut self, list: u16, key: &Key, fields: Fields) {
        let lists = Arc::make_mut(&mut self.lists);
        let rows = lists.entry(list).or_default();
        let old = if fields.is_empty() { rows.remove(key) } else { rows.insert(key.clone(), fields) };
        if rows.is_empty() {
            lists.remove(&list);
        }
        self.undo.push((list, key.clone(), old.unwrap_or_default()));
    }

    /// Parks one more value of a row.
    pub(crate) fn put(&mut self, list: u16, key: &Key, field: u16, value: Value) {
        let rows = Arc::make_mut(&mut self.lists).entry(list).or_default();
        let fields = rows.entry(key.clone()).or_default();
        self.undo.push((list, key.clone(), fields.clone()));
        set(fields, field, value);
    }

    /// Takes out a value of a row.
    pub(crate) fn take(&mut self, list: u16, key: &Key, field: u16) {
        let Some(mut fields) = self.get(list, key.as_str()).cloned() else { return };
        let before = fields.len();
        fields.retain(|(known, _)| *known != field);
        if fields.len() != before {
            self.replace(list, key, fields);
        }
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

    /// Returns the rows for which what is parked has changed in the commit.
    pub(crate) fn touched(&self) -> impl Iterator<Item = (u16, &Key)> {
        self.undo.iter().map(|(list, key, _)| (*list, key))
    }

    /// Shares what is parked with a reader.
    pub(crate) fn share(&self) -> Self {
        Self { lists: Arc::clone(&self.lists), undo: Vec::new() }
    }
}

/// Sets the value of a field.
pub(crate) fn set(fields: &mut Fields, field: u16, value: Value) {
    match fields.iter_mut().find(|(known, _)| *known == field) {
        Some((_, known)) => *known = value,
        None => fields.push((field, value)),
    }
}
