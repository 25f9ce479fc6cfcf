use std::{collections::BTreeMap, sync::Arc};

use crate::{heap, value::Key};

type ByField = BTreeMap<(u16, Key, u16), Arc<str>>;

/// Why authored values differ from what their rules give, by list, row and field.
#[derive(Debug, Clone, Default)]
pub(super) struct Reasons {
    all: Arc<ByField>,
    undo: Option<Arc<ByField>>,
}

impl Reasons {
    pub(super) fn get(&self, list: u16, key: &Key, field: u16) -> Option<&Arc<str>> {
        if self.all.is_empty() { None } else { self.all.get(&(list, key.clone(), field)) }
    }

    /// Sets or drops the reason of an authored value.
    pub(super) fn set(&mut self, list: u16, key: &Key, field: u16, reason: Option<Arc<str>>) {
        if reason.is_none() && self.get(list, key, field).is_none() {
            return;
        }
        let all = self.write();
        match reason {
            Some(reason) => all.insert((list, key.clone(), field), reason),
            None => all.remove(&(list, key.clone(), field)),
        };
    }

    fn write(&mut self) -> &mut ByField {
        self.undo.get_or_insert_with(|| Arc::clone(&self.all));
        Arc::make_mut(&mut self.all)
    }

    pub(super) fn bytes(&self) -> usize {
        let row = |((_, key, _), reason): (&(u16, Key, u16), &Arc<str>)| key.bytes() + heap::SHARED + reason.len();
        heap::SHARED + size_of_val(&*self.all) + heap::of_btree_map(&self.all) + self.all.iter().map(row).sum::<usize>()
    }

    pub(super) fn settle(&mut self) {
        self.undo = None;
    }

    pub(super) fn roll_back(&mut self) {
        if let Some(before) = self.undo.take() {
            self.all = before;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_counts_with_its_key() {
        let mut reasons = Reasons::default();
        let empty = reasons.bytes();
        let key = Key::trusted("food/market");
        reasons.set(1, &key, 2, Some("试点".into()));
        let entry = key.bytes() + heap::SHARED + "试点".len();
        assert_eq!(reasons.bytes(), empty + heap::of_btree_map(&reasons.all) + entry);
        assert!(key.bytes() >= "food/market".len());
        // What is told of a row that has none is nothing.
        reasons.set(1, &key, 2, None);
        assert_eq!(reasons.bytes(), empty);
    }

    #[test]
    fn a_refused_commit_leaves_reasons_as_they_were() {
        let mut reasons = Reasons::default();
        let key = Key::trusted("food");
        reasons.set(1, &key, 2, Some("试点".into()));
        reasons.settle();
        reasons.set(1, &key, 2, None);
        reasons.set(1, &key, 3, Some("其他".into()));
        reasons.roll_back();
        assert_eq!(reasons.get(1, &key, 2).map(|reason| &**reason), Some("试点"));
        assert_eq!(reasons.get(1, &key, 3), None);
    }
}
