use std::sync::Arc;

use super::pages::PageTable;
use crate::heap;

/// Bytes of a unit of addressing, and units a page (16 KB).
const UNIT: usize = 8;
const PAGE_UNITS: usize = 2048;
const PAGE_SHIFT: u32 = PAGE_UNITS.trailing_zeros();

/// Text in shared pages, compared by bytes.
///
/// A slot is the length, in digits of base 64 that are ASCII characters, then the text, then zeros up to its size. So a page
/// is itself text, and reading a slot needs no validation. Address 0 is no text.
#[derive(Debug, Clone, Default)]
pub(crate) struct TextHeap {
    pages: PageTable<Arc<String>>,
    open: usize,
    free: Vec<Vec<u32>>,
    released: Vec<u32>,
    made: Vec<u32>,
    scratch: String,
}

/// The size class of a number of units: exact up to 32, then four classes for each doubling.
fn class(units: usize) -> (usize, usize) {
    if units <= 32 {
        return (units, units);
    }
    let top = usize::BITS - 1 - (units - 1).leading_zeros();
    let step = 1 << (top - 2);
    let size = units.div_ceil(step) * step;
    (33 + (top as usize - 5) * 4 + (size >> (top - 2)) - 4, size)
}

impl TextHeap {
    #[inline]
    pub(crate) fn get(&self, address: u32) -> &str {
        let page = self.pages.get((address >> PAGE_SHIFT) as usize);
        let mut at = (address as usize & (PAGE_UNITS - 1)) * UNIT;
        let bytes = page.as_bytes();
        let mut len = usize::from(bytes[at] & 63);
        let mut shift = 6;
        while bytes[at] & 64 != 0 {
            at += 1;
            len |= usize::from(bytes[at] & 63) << shift;
            shift += 6;
        }
        &page[at + 1..at + 1 + len]
    }

    pub(crate) fn insert(&mut self, text: &str) -> u32 {
        let mut slot = std::mem::take(&mut self.scratch);
        slot.clear();
        let mut len = text.len();
        while len >= 64 {
            slot.push(char::from(64 | (len & 63) as u8));
            len >>= 6;
        }
        slot.push(char::from(len as u8));
        slot.push_str(text);
        let (class, units) = class(slot.len().div_ceil(UNIT));
        while slot.len() < units * UNIT {
            slot.push('\0');
        }
        let address = match self.free.get_mut(class).and_then(Vec::pop) {
            Some(address) => {
                let at = (address as usize & (PAGE_UNITS - 1)) * UNIT;
                let page = self.pages.get_mut((address >> PAGE_SHIFT) as usize);
                Arc::make_mut(page).replace_range(at..at + units * UNIT, &slot);
                address
            }
            None => self.append(&slot, units),
        };
        self.made.push(address);
        self.scratch = slot;
        address
    }

    fn append(&mut self, slot: &str, units: usize) -> u32 {
        if units > PAGE_UNITS {
            self.pages.push(Arc::new(slot.to_owned()));
            return ((self.pages.len() - 1) << PAGE_SHIFT) as u32;
        }
        let full = self.pages.len() == 0 || self.pages.get(self.open).len() + units * UNIT > PAGE_UNITS * UNIT;
        if full {
            let mut page = String::with_capacity(PAGE_UNITS * UNIT);
            if self.pages.len() == 0 {
                // So that no text has the address 0.
                page.push_str("\0\0\0\0\0\0\0\0");
            }
            self.pages.push(Arc::new(page));
            self.open = self.pages.len() - 1;
        }
        let page = Arc::make_mut(self.pages.get_mut(self.open));
        let unit = page.len() / UNIT;
        page.push_str(slot);
        ((self.open << PAGE_SHIFT) + unit) as u32
    }

    pub(crate) fn release(&mut self, address: u32) {
        self.released.push(address);
    }

    /// Frees what was released, for good.
    pub(crate) fn settle(&mut self) {
        self.made.clear();
        while let Some(address) = self.released.pop() {
            self.reuse(address);
        }
    }

    /// Takes back what was made since the last settling, and keeps what was released.
    pub(crate) fn undo(&mut self) {
        self.released.clear();
        while let Some(address) = self.made.pop() {
            self.reuse(address);
        }
    }

    fn reuse(&mut self, address: u32) {
        let len = self.get(address).len();
        let digits = if len < 64 { 1 } else { (usize::BITS - len.leading_zeros()).div_ceil(6) as usize };
        let (class, _) = class((digits + len).div_ceil(UNIT));
        if self.free.len() <= class {
            self.free.resize_with(class + 1, Vec::new);
        }
        self.free[class].push(address);
    }

    pub(crate) fn bytes(&self) -> usize {
        self.pages.bytes()
            + self.pages.iter().map(|page| heap::SHARED + size_of::<String>() + page.capacity()).sum::<usize>()
            + heap::of_vec(&self.free)
            + self.free.iter().map(heap::of_vec).sum::<usize>()
    }

    /// Returns the bytes that it takes to note what a commit makes and gives up.
    pub(crate) fn log_bytes(&self) -> usize {
        heap::of_vec(&self.released) + heap::of_vec(&self.made) + self.scratch.capacity()
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
    fn text_of_any_length_reads_back_and_is_reused() {
        let mut heap = TextHeap::default();
        let texts: Vec<String> =
            [0, 1, 6, 7, 8, 62, 63, 64, 65, 300, 4095, 4096, 20_000, 70_000].map(|n| "清".repeat(n)).to_vec();
        let slots: Vec<u32> = texts.iter().map(|t| heap.insert(t)).collect();
        for (slot, text) in slots.iter().zip(&texts) {
            assert_ne!(*slot, 0);
            assert_eq!(heap.get(*slot), text);
        }
        heap.settle();
        for slot in &slots {
            heap.release(*slot);
        }
        heap.settle();
        let before = heap.bytes();
        let again: Vec<u32> = texts.iter().rev().map(|t| heap.insert(t)).collect();
        for (slot, text) in again.iter().zip(texts.iter().rev()) {
            assert_eq!(heap.get(*slot), text);
        }
        assert_eq!(heap.bytes(), before, "all went into freed slots");
    }
}
