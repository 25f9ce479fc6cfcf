use super::text::{hash_key, hash_row, hash_tuple, hash_val};
use crate::{
    heap,
    plan::{Find, IndexPlan, Plan},
    store::{Kind, Postings, Store, Val, is_live},
};

/// Where else a change matters: rows by value, families by what they probe for, families by what authored cells refer to.
///
/// All of it is hints, verified by whoever follows them; no reader needs it. What a refused commit has posted is taken back
/// all the same: a hint that is right by chance would lead to a family by another way than before.
#[derive(Debug, Default)]
pub(crate) struct Links {
    pub(crate) indexes: Vec<Postings>,
    pub(crate) finders: Vec<Postings>,
    pub(crate) authored: Vec<Postings>,
    /// What the commit under way has posted: where, and under which value.
    posted: Vec<(Post, u64)>,
}

/// A set of postings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Post {
    Index(u16),
    Finder(u16),
    Authored(u16),
}

impl Links {
    pub(crate) fn new(plan: &Plan) -> Self {
        Self {
            indexes: vec![Postings::default(); plan.indexes.len()],
            finders: vec![Postings::default(); plan.finders],
            authored: vec![Postings::default(); plan.authored_references.len()],
            posted: Vec::new(),
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        let all = [&self.indexes, &self.finders, &self.authored];
        all.into_iter()
            .map(|postings| heap::of_vec(postings) + postings.iter().map(Postings::bytes).sum::<usize>())
            .sum()
    }

    /// Returns the bytes that it takes to note what a commit posts.
    pub(crate) fn log_bytes(&self) -> usize {
        heap::of_vec(&self.posted)
    }

    /// Enters a row under its values in an index.
    pub(crate) fn enter(&mut self, plan: &Plan, store: &Store, index: u16, row: u32) {
        let of = &plan.indexes[usize::from(index)];
        values(plan, store, of, store.record(of.root, row), |value| self.post(Post::Index(index), value, row));
    }

    /// Posts a row under a value.
    pub(crate) fn post(&mut self, at: Post, value: u64, row: u32) {
        if self.postings(at).append(value, row) {
            self.posted.push((at, value));
        }
    }

    fn postings(&mut self, at: Post) -> &mut Postings {
        match at {
            Post::Index(index) => &mut self.indexes[usize::from(index)],
            Post::Finder(finder) => &mut self.finders[usize::from(finder)],
            Post::Authored(reference) => &mut self.authored[usize::from(reference)],
        }
    }

    /// Takes back what the commit under way has posted.
    pub(crate) fn roll_back(&mut self) {
        while let Some((at, value)) = self.posted.pop() {
            self.postings(at).take_back(value);
        }
    }

    /// Keeps what has been posted, and drops the hints that have become wrong where they have grown.
    pub(crate) fn settle(&mut self, plan: &Plan, store: &Store) {
        while let Some((at, value)) = self.posted.pop() {
            if !self.postings(at).has_grown(value) {
                continue;
            }
            let Post::Index(index) = at else {
                // Whether a family still looks for a value only the family knows; each is kept once.
                self.postings(at).sweep(value, |_| true);
                continue;
            };
            let of = &plan.indexes[usize::from(index)];
            self.indexes[usize::from(index)].sweep(value, |row| {
                let record = store.record(of.root, row);
                let mut found = false;
                if is_live(record) {
                    values(plan, store, of, record, |has| found |= has == value);
                }
                found
            });
        }
    }

    /// Returns the live rows that refer, by an index over one slot, to a row.
    pub(crate) fn referring(&self, plan: &Plan, store: &Store, index: u16, target: u32) -> Vec<u32> {
        let of = &plan.indexes[usize::from(index)];
        let hints = self.indexes[usize::from(index)].hints(hash_tuple([hash_row(target)]));
        let slot = &plan.root(of.root).slots[usize::from(of.slots[0])];
        let refers = |row: &u32| {
            let record = store.record(of.root, *row);
            is_live(record) && refers_to(store, &slot.kind, slot.slot.get(record), target)
        };
        let mut rows: Vec<u32> = hints.iter().copied().filter(refers).collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// Returns the families, as hints, that a row of a list matters to; once as it was and once as it is.
    pub(crate) fn families(&self, plan: &Plan, store: &Store, find: &Find, list: u16, row: u32, out: &mut Vec<u32>) {
        for record in [store.record_before(list, row), store.record(list, row)] {
            if !is_live(record) {
                continue;
            }
            let read = |slot: u16| {
                let slot = &plan.root(list).slots[usize::from(slot)];
                store.read(&slot.kind, slot.slot.get(record))
            };
            match find {
                Find::Referred(slot) => {
                    if let Val::Reference { row, .. } = read(*slot) {
                        out.push(row);
                    }
                }
                Find::Tuple { finder, slots } => {
                    let hash = hash_tuple(slots.iter().map(|slot| hash_val(&read(*slot))));
                    out.extend_from_slice(self.finders[usize::from(*finder)].hints(hash));
                }
                Find::Keyed(finder) => {
                    let key = crate::store::key_of(record, &store.texts);
                    out.extend_from_slice(self.finders[usize::from(*finder)].hints(hash_key(&key)));
                }
                Find::Row(finder) => out.extend_from_slice(self.finders[usize::from(*finder)].hints(hash_row(row))),
            }
        }
        out.sort_unstable();
        out.dedup();
    }
}

/// Tells whether a cell refers to a row, singly or as one of several.
pub(crate) fn refers_to(store: &Store, kind: &Kind, cell: u32, target: u32) -> bool {
    match kind {
        Kind::List(_) => store.elements(cell).contains(&(target + 1)),
        _ => cell == target + 1,
    }
}

/// Visits the values under which an index holds a record: the tuple of its slots, or each row that its one slot refers to.
fn values(plan: &Plan, store: &Store, of: &IndexPlan, record: &[u32], mut visit: impl FnMut(u64)) {
    let slot = |slot: u16| {
        let slot = &plan.root(of.root).slots[usize::from(slot)];
        (&slot.kind, slot.slot.get(record))
    };
    if let ([only], Some(_)) = (of.slots.as_slice(), of.target) {
        let (kind, cell) = slot(*only);
        if let Kind::List(_) = kind {
            for cell in store.elements(cell) {
                visit(hash_tuple([hash_row(cell - 1)]));
            }
        } else if cell != 0 {
            visit(hash_tuple([hash_row(cell - 1)]));
        }
        return;
    }
    let vals: Vec<Val<'_>> = of
        .slots
        .iter()
        .map(|one| {
            let (kind, cell) = slot(*one);
            store.read(kind, cell)
        })
        .collect();
    // A row with a value missing equals no other.
    if vals.iter().all(|val| !val.is_missing()) {
        visit(hash_tuple(vals.iter().map(hash_val)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_commit_posts_is_counted_and_taken_back() {
        let mut links = Links { finders: vec![Postings::default()], ..Links::default() };
        assert_eq!(links.log_bytes(), 0);
        links.post(Post::Finder(0), 7, 1);
        links.post(Post::Finder(0), 7, 1);
        links.post(Post::Finder(0), 7, 2);
        assert_eq!(links.finders[0].hints(7), [1, 2]);
        // What is there already is not posted again.
        assert_eq!(links.posted.len(), 2);
        assert_eq!(links.log_bytes(), links.posted.capacity() * size_of::<(Post, u64)>());
        links.roll_back();
        assert!(links.finders[0].hints(7).is_empty());
        assert_eq!(links.bytes(), heap::of_vec(&links.finders) + links.finders[0].bytes());
    }
}
