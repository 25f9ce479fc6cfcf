use std::cmp::Ordering;

use crate::heap;

/// Byte strings one behind the other: the entries of a leaf, or what tells its children apart in a branch.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entries {
    bytes: Vec<u8>,
    /// Where each of them ends.
    ends: Vec<u32>,
}

impl Entries {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Returns how many bytes the entries have.
    pub(super) fn size(&self) -> usize {
        self.bytes.len()
    }

    fn start(&self, at: usize) -> usize {
        if at == 0 { 0 } else { self.ends[at - 1] as usize }
    }

    pub(crate) fn get(&self, at: usize) -> &[u8] {
        &self.bytes[self.start(at)..self.ends[at] as usize]
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &[u8]> {
        (0..self.len()).map(|at| self.get(at))
    }

    pub(crate) fn push(&mut self, entry: &[u8]) {
        self.bytes.extend_from_slice(entry);
        self.ends.push(self.bytes.len() as u32);
    }

    /// Adds an entry that is written in place.
    pub(crate) fn push_with(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        write(&mut self.bytes);
        self.ends.push(self.bytes.len() as u32);
    }

    pub(crate) fn last(&self) -> Option<&[u8]> {
        self.len().checked_sub(1).map(|at| self.get(at))
    }

    /// Takes the last entry away.
    pub(crate) fn pop(&mut self) {
        self.ends.pop();
        self.bytes.truncate(self.start(self.len()));
    }

    pub(super) fn insert(&mut self, at: usize, entry: &[u8]) {
        let start = self.start(at);
        self.bytes.splice(start..start, entry.iter().copied());
        for end in &mut self.ends[at..] {
            *end += entry.len() as u32;
        }
        self.ends.insert(at, (start + entry.len()) as u32);
    }

    pub(super) fn remove(&mut self, at: usize) {
        let (start, end) = (self.start(at), self.ends[at]);
        self.bytes.drain(start..end as usize);
        self.ends.remove(at);
        for later in &mut self.ends[at..] {
            *later -= end - start as u32;
        }
    }

    pub(super) fn append(&mut self, other: &Self) {
        let before = self.bytes.len() as u32;
        self.bytes.extend_from_slice(&other.bytes);
        self.ends.extend(other.ends.iter().map(|end| before + end));
    }

    /// Takes the entries from a place on out, without slack on either side.
    pub(super) fn split_off(&mut self, at: usize) -> Self {
        let start = self.start(at);
        let right = Self {
            bytes: self.bytes[start..].to_vec(),
            ends: self.ends[at..].iter().map(|end| end - start as u32).collect(),
        };
        self.bytes.truncate(start);
        self.ends.truncate(at);
        self.fit();
        right
    }

    pub(super) fn fit(&mut self) {
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    /// Returns how many entries are less than a bound; the entries are in order.
    pub(super) fn below(&self, bound: &[u8]) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            match self.get(middle).cmp(bound) {
                Ordering::Less => low = middle + 1,
                _ => high = middle,
            }
        }
        low
    }

    pub(crate) fn sort(&mut self) {
        let mut order: Vec<u32> = (0..self.len() as u32).collect();
        order.sort_unstable_by(|a, b| self.get(*a as usize).cmp(self.get(*b as usize)));
        let mut sorted = Self { bytes: Vec::with_capacity(self.bytes.len()), ends: Vec::with_capacity(order.len()) };
        for at in order {
            sorted.push(self.get(at as usize));
        }
        *self = sorted;
    }

    pub(crate) fn bytes(&self) -> usize {
        heap::of_vec(&self.bytes) + heap::of_vec(&self.ends)
    }
}
