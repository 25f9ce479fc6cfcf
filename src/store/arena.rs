use super::pages::{Page, PageTable};
use crate::heap;

/// Words a page: 16 KB.
const PAGE_WORDS: usize = 4096;
const PAGE_SHIFT: u32 = PAGE_WORDS.trailing_zeros();

/// Slots of words in shared pages, freed into size classes.
///
/// An address is a page and a place in it; 0 is no slot. What is freed becomes free for good only at [`Arena::settle`],
/// so the state before a commit stays readable until the next one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Arena {
    pages: PageTable<Page>,
    /// The page being filled and its first free word.
    open: (usize, usize),
    free: Vec<Vec<u32>>,
    released: Vec<(u32, u32)>,
    /// Slots made since the last settling, to be taken back by an undo.
    made: Vec<(u32, u32)>,
}

/// The size class of a length and the words it takes: exact up to 16, then four classes for each doubling.
fn class(len: usize) -> (usize, usize) {
    if len <= 16 {
        return (len, len);
    }
    let top = usize::BITS - 1 - (len - 1).leading_zeros();
    let step = 1 << (top - 2);
    let size = len.div_ceil(step) * step;
    let within = (size >> (top - 2)) - 4;
    (17 + (top as usize - 4) * 4 + within, size)
}

impl Arena {
    pub(crate) fn alloc(&mut self, len: usize) -> u32 {
        let (class, size) = class(len);
        let address = match self.free.get_mut(class).and_then(Vec::pop) {
            Some(address) => address,
            None => self.fresh(size),
        };
        self.made.push((address, len as u32));
        address
    }

    fn fresh(&mut self, size: usize) -> u32 {
        if size > PAGE_WORDS {
            self.pages.push(Page::zeroed(size));
            return ((self.pages.len() - 1) << PAGE_SHIFT) as u32;
        }
        let (page, used) = self.open;
        if self.pages.len() == 0 || used + size > PAGE_WORDS {
            // The first word of the first page stays unused, so that no slot has the address 0.
            let first = usize::from(self.pages.len() == 0);
            self.pages.push(Page::zeroed(PAGE_WORDS));
            self.open = (self.pages.len() - 1, first + size);
            return (((self.pages.len() - 1) << PAGE_SHIFT) + first) as u32;
        }
        self.open.1 += size;
        ((page << PAGE_SHIFT) + used) as u32
    }

    #[inline]
    pub(crate) fn from(&self, address: u32) -> &[u32] {
        self.pages.get((address >> PAGE_SHIFT) as usize).from(address as usize & (PAGE_WORDS - 1))
    }

    #[inline]
    pub(crate) fn slot_mut(&mut self, address: u32, len: usize) -> &mut [u32] {
        let start = address as usize & (PAGE_WORDS - 1);
        self.pages.get_mut((address >> PAGE_SHIFT) as usize).record_mut(start, len)
    }

    pub(crate) fn write(&mut self, words: &[u32]) -> u32 {
        let address = self.alloc(words.len());
        self.slot_mut(address, words.len()).copy_from_slice(words);
        address
    }

    pub(crate) fn release(&mut self, address: u32, len: usize) {
        self.released.push((address, len as u32));
    }

    /// Frees what was released, for good.
    pub(crate) fn settle(&mut self) {
        self.made.clear();
        while let Some((address, len)) = self.released.pop() {
            self.reuse(address, len);
        }
    }

    /// Takes back what was made since the last settling, and keeps what was released.
    pub(crate) fn undo(&mut self) {
        self.released.clear();
        while let Some((address, len)) = self.made.pop() {
            self.reuse(address, len);
        }
    }

    fn reuse(&mut self, address: u32, len: u32) {
        let (class, _) = class(len as usize);
        if self.free.len() <= class {
            self.free.resize_with(class + 1, Vec::new);
        }
        self.free[class].push(address);
    }

    pub(crate) fn bytes(&self) -> usize {
        self.pages.bytes()
            + self.pages.iter().map(Page::bytes).sum::<usize>()
            + heap::of_vec(&self.free)
            + self.free.iter().map(heap::of_vec).sum::<usize>()
    }

    /// Returns the bytes that it takes to note what a commit makes and gives up.
    pub(crate) fn log_bytes(&self) -> usize {
        heap::of_vec(&self.released) + heap::of_vec(&self.made)
    }

    /// Copies the pages' table for a reader, without what only a writer needs.
    pub(crate) fn share(&self) -> Self {
        Self { pages: self.pages.clone(), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_grow_and_hold_their_length() {
        let mut last = (0, 0);
        for len in 1..20_000 {
            let (class, size) = class(len);
            assert!(size >= len, "{len} does not fit {size}");
            assert!(size <= len + len / 4 + 1, "{len} wastes in {size}");
            assert!((class, size) >= last, "{len}");
            assert!(class == last.0 || size > last.1, "{len}: a class of two sizes");
            last = (class, size);
        }
    }

    #[test]
    fn a_slot_is_reused_only_after_settling() {
        let mut arena = Arena::default();
        let first = arena.write(&[1, 2, 3]);
        arena.settle();
        arena.release(first, 3);
        assert_ne!(arena.write(&[4, 5, 6]), first);
        arena.settle();
        assert_eq!(arena.write(&[7, 8, 9]), first);
        arena.undo();
        assert_eq!(arena.write(&[7, 8, 9]), first, "an undone slot is free again");
    }

    #[test]
    fn a_reader_keeps_what_it_saw() {
        let mut arena = Arena::default();
        let slot = arena.write(&[1, 2, 3]);
        let reader = arena.share();
        arena.slot_mut(slot, 3)[1] = 9;
        assert_eq!(&reader.from(slot)[..3], [1, 2, 3]);
        assert_eq!(&arena.from(slot)[..3], [1, 9, 3]);
    }
}
