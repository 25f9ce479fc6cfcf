//! Ordered sets of byte strings in shared nodes: the rows of a list by the values of fields.
//!
//! A B+ tree whose branches know how many entries lie below each child. So a place is found, and what lies between two places
//! is counted, in the height of the tree. Nodes are shared with readers until they are written.

mod entries;
mod iter;
mod node;

use std::sync::Arc;

use self::node::Node;
pub(crate) use self::{entries::Entries, iter::Iter};

/// An ordered set of byte strings.
#[derive(Debug, Clone, Default)]
pub(crate) struct OrderedIndex {
    root: Arc<Node>,
}

/// The share of an index from which on writing it anew costs no more than changing it, entry by entry: a fourth.
const REWRITE: usize = 4;

impl OrderedIndex {
    pub(crate) fn len(&self) -> usize {
        self.root.count()
    }

    /// Takes out and puts in entries, each in their order. What is taken out is in it; what is put in is not, but where it has
    /// just been taken out.
    pub(crate) fn apply(&mut self, out: &Entries, into: &Entries) {
        if (out.len() + into.len()) * REWRITE > self.len() {
            self.rewrite(out, into);
            return;
        }
        for entry in out.iter() {
            Arc::make_mut(&mut self.root).remove(entry);
        }
        for entry in into.iter() {
            if let Some(right) = Arc::make_mut(&mut self.root).insert(entry) {
                self.root = Arc::new(Node::above(std::mem::take(&mut self.root), right));
            }
        }
        while let Some(only) = self.root.only_child() {
            self.root = only;
        }
    }

    fn rewrite(&mut self, out: &Entries, into: &Entries) {
        let (mut out, mut into) = (out.iter().peekable(), into.iter().peekable());
        let mut level = node::Leaves::default();
        for entry in self.iter(0) {
            if out.next_if_eq(&entry).is_some() {
                continue;
            }
            while let Some(new) = into.next_if(|new| *new < entry) {
                level.push(new);
            }
            level.push(entry);
        }
        into.for_each(|new| level.push(new));
        self.root = level.finish();
    }

    /// Returns how many entries are less than a bound; adds the nodes looked at to `looked_at`.
    pub(crate) fn rank(&self, bound: &[u8], looked_at: &mut usize) -> usize {
        self.root.rank(bound, looked_at)
    }

    /// Visits the entries from a place on.
    pub(crate) fn iter(&self, from: usize) -> Iter<'_> {
        Iter::new(&self.root, from)
    }

    /// Returns the bytes that it takes with its nodes.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>() + self.root.bytes()
    }
}

/// Turns a byte string into the least that is greater than all that begin with it; tells whether there is one.
pub(crate) fn step_over(prefix: &mut Vec<u8>) -> bool {
    while let Some(last) = prefix.last_mut() {
        if *last < u8::MAX {
            *last += 1;
            return true;
        }
        prefix.pop();
    }
    false
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    struct Random(u64);

    impl Random {
        fn next(&mut self, below: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as usize % below
        }

        fn entry(&mut self) -> Vec<u8> {
            let mut entry = vec![self.next(7) as u8; self.next(3)];
            entry.extend((self.next(5_000) as u32).to_be_bytes());
            // A few that fill a leaf alone.
            if self.next(200) == 0 {
                entry.resize(9_000, 1);
            }
            entry
        }
    }

    fn entries<'e>(all: impl IntoIterator<Item = &'e Vec<u8>>) -> Entries {
        let mut entries = Entries::default();
        all.into_iter().for_each(|entry| entries.push(entry));
        entries
    }

    fn same(index: &OrderedIndex, model: &BTreeSet<Vec<u8>>, random: &mut Random) {
        assert!(index.root.is_whole());
        assert_eq!(index.len(), model.len());
        assert!(index.iter(0).eq(model.iter().map(Vec::as_slice)));
        let from = random.next(model.len() + 2);
        assert!(index.iter(from).eq(model.iter().skip(from).map(Vec::as_slice)), "from {from}");
        let bound = random.entry();
        assert_eq!(index.rank(&bound, &mut 0), model.range(..bound).count());
    }

    #[test]
    fn it_behaves_as_a_set_under_any_mix_and_readers_keep_what_they_saw() {
        let mut random = Random(11);
        let (mut index, mut model) = (OrderedIndex::default(), BTreeSet::new());
        let mut readers: Vec<(OrderedIndex, BTreeSet<Vec<u8>>)> = Vec::new();
        for round in 0..400 {
            // Now it grows, now it shrinks down to nothing.
            let (gone, come) = if round / 50 % 2 == 0 { (20, 120) } else { (120, 4) };
            let mut out = BTreeSet::new();
            for _ in 0..random.next(gone) {
                let from = random.entry();
                out.extend(model.range(from..).next().cloned());
            }
            let mut into = BTreeSet::new();
            for _ in 0..random.next(come) {
                let entry = random.entry();
                if !model.contains(&entry) || out.contains(&entry) {
                    into.insert(entry);
                }
            }
            index.apply(&entries(&out), &entries(&into));
            model.retain(|entry| !out.contains(entry));
            model.extend(into);
            same(&index, &model, &mut random);
            if round % 40 == 0 {
                readers.push((index.clone(), model.clone()));
            }
        }
        for (reader, seen) in readers {
            same(&reader, &seen, &mut random);
        }
        let all = entries(&model);
        assert_eq!(all.is_empty(), model.is_empty());
        index.apply(&all, &Entries::default());
        assert_eq!(index.len(), 0);
        assert!(Entries::default().is_empty());
    }

    #[test]
    fn one_by_one_it_keeps_its_height_and_counts_without_a_scan() {
        let (mut index, mut random) = (OrderedIndex::default(), Random(5));
        let mut numbers: Vec<u32> = (0..60_000).collect();
        for at in (1..numbers.len()).rev() {
            numbers.swap(at, random.next(at + 1));
        }
        for number in &numbers {
            index.apply(&Entries::default(), &entries([&number.to_be_bytes().to_vec()]));
        }
        let mut looked_at = 0;
        assert_eq!(index.rank(&40_000_u32.to_be_bytes(), &mut looked_at), 40_000);
        assert!(looked_at <= 3, "{looked_at} nodes for 60,000 entries");
        for number in &numbers[100..] {
            index.apply(&entries([&number.to_be_bytes().to_vec()]), &Entries::default());
        }
        assert_eq!(index.len(), 100);
        looked_at = 0;
        index.rank(&[], &mut looked_at);
        assert!(looked_at <= 2, "{looked_at} nodes for 100 entries");
    }

    #[test]
    fn a_prefix_is_stepped_over() {
        for (prefix, next) in [(vec![1, 2], Some(vec![1, 3])), (vec![1, 255], Some(vec![2])), (vec![255, 255], None)] {
            let mut over = prefix.clone();
            assert_eq!(step_over(&mut over).then_some(over), next, "{prefix:?}");
        }
    }
}
