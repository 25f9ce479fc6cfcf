use std::{collections::HashMap, hash::BuildHasher, sync::Arc};

use foldhash::fast::FixedState;

use crate::{
    heap,
    value::{Key, Value},
};

/// What is authored for the fields of one row.
pub(crate) type Fields = Vec<(u16, Value)>;

/// Authored values whose rows do not exist now, by list, row and field.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parked {
    lists: Arc<HashMap<u16, HashMap<Key, Fields, FixedState>, FixedState>>,
    /// How many rows have something parked under keys of one list and first segment, by the hash of these: most families
    /// have nothing, and need not make the keys of their rows to know it.
    beginnings: HashMap<u64, u32, FixedState>,
    /// What each row had before the commit, to be put back by an undo.
    undo: Vec<(u16, Key, Fields)>,
}

/// Hashes a list and the first segment of a key.
fn beginning(list: u16, key: &str) -> u64 {
    let end = key.find('/').unwrap_or(key.len());
    FixedState::with_seed(2).hash_one((list, &key[..end]))
}

impl Parked {
    /// Tells whether anything is parked.
    pub(crate) fn is_used(&self) -> bool {
        !self.beginnings.is_empty()
    }

    /// Tells whether something may be parked for rows of a list whose keys begin as this one does.
    pub(crate) fn may_have(&self, list: u16, key: &str) -> bool {
        self.beginnings.contains_key(&beginning(list, key))
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
        let (there, old) =
            if fields.is_empty() { (false, rows.remove(key)) } else { (true, rows.insert(key.clone(), fields)) };
        if rows.is_empty() {
            lists.remove(&list);
        }
        if there != old.is_some() {
            self.count(list, key, there);
        }
        self.undo.push((list, key.clone(), old.unwrap_or_default()));
    }

    /// Parks one more value of a row.
    pub(crate) fn put(&mut self, list: u16, key: &Key, field: u16, value: Value) {
        let rows = Arc::make_mut(&mut self.lists).entry(list).or_default();
        let fields = rows.entry(key.clone()).or_default();
        let new = fields.is_empty();
        self.undo.push((list, key.clone(), fields.clone()));
        set(fields, field, value);
        if new {
            self.count(list, key, true);
        }
    }

    /// Notes that a row has something parked, or nothing any more.
    fn count(&mut self, list: u16, key: &Key, there: bool) {
        let beginning = beginning(list, key.as_str());
        let rows = self.beginnings.entry(beginning).or_default();
        if there {
            *rows += 1;
        } else if *rows > 1 {
            *rows -= 1;
        } else {
            self.beginnings.remove(&beginning);
        }
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

    /// Returns the bytes that it takes, what each row had before the commit included.
    pub(crate) fn bytes(&self) -> usize {
        let fields =
            |fields: &Fields| heap::of_vec(fields) + fields.iter().map(|(_, value)| value.bytes()).sum::<usize>();
        let row = |(key, of): (&Key, &Fields)| key.bytes() + fields(of);
        let rows = |rows: &HashMap<Key, Fields, FixedState>| heap::of_map(rows) + rows.iter().map(row).sum::<usize>();
        heap::SHARED
            + size_of_val(&*self.lists)
            + heap::of_map(&self.lists)
            + self.lists.values().map(rows).sum::<usize>()
            + heap::of_map(&self.beginnings)
            + heap::of_vec(&self.undo)
            + self.undo.iter().map(|(_, key, of)| row((key, of))).sum::<usize>()
    }

    /// Shares what is parked with a reader.
    pub(crate) fn share(&self) -> Self {
        Self { lists: Arc::clone(&self.lists), beginnings: HashMap::default(), undo: Vec::new() }
    }
}

/// Sets the value of a field.
pub(crate) fn set(fields: &mut Fields, field: u16, value: Value) {
    match fields.iter_mut().find(|(known, _)| *known == field) {
        Some((_, known)) => *known = value,
        None => fields.push((field, value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_returned_leaves_no_trace() {
        let mut parked = Parked::default();
        let (one, other) = (Key::trusted("food/market"), Key::trusted("food/culture"));
        parked.put(1, &one, 0, Value::Integer(1));
        parked.put(1, &other, 0, Value::Integer(2));
        parked.settle();
        parked.take(1, &one, 0);
        assert!(parked.may_have(1, "food") && !parked.may_have(2, "food"));
        parked.take(1, &other, 0);
        assert!(!parked.is_used() && !parked.may_have(1, "food"));
        assert!(parked.all().is_empty());
        // Taken back, the last first.
        parked.roll_back();
        assert!(parked.may_have(1, "food"));
        assert_eq!(parked.all(), [(1, &other, 0, &Value::Integer(2)), (1, &one, 0, &Value::Integer(1))]);
    }
}
