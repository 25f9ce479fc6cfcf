use std::{
    cmp::Ordering,
    sync::{Arc, OnceLock},
};

use super::{
    key_index::KeyIndex,
    pages::{Page, PageTable},
    text::TextHeap,
};
use crate::heap;

/// Words of a record before its fields: four of the key, the family, and the number of segments of the key.
pub(crate) const HEAD: usize = 5;
const FAMILY: usize = 4;
const PAGE_WORDS: usize = 4096;
/// The length byte of a key that lies in the heap.
const LONG: u32 = 255;
/// The longest key that lies in the record itself.
const SHORT: usize = 15;

/// Where a field lies in the records of a root list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) word: u16,
    pub(crate) shift: u8,
    pub(crate) bits: u8,
}

impl Slot {
    #[inline]
    pub(crate) fn get(self, record: &[u32]) -> u32 {
        let word = record[usize::from(self.word)];
        if self.bits == 32 { word } else { word >> self.shift & ((1 << self.bits) - 1) }
    }

    #[inline]
    pub(crate) fn put(self, record: &mut [u32], cell: u32) {
        let word = &mut record[usize::from(self.word)];
        if self.bits == 32 {
            *word = cell;
        } else {
            let mask = ((1 << self.bits) - 1) << self.shift;
            *word = *word & !mask | cell << self.shift;
        }
    }
}

/// The rows of a root list as packed records, and the index of their keys.
#[derive(Debug, Clone)]
pub(crate) struct RootTable {
    pages: PageTable<Page>,
    stride: usize,
    /// Records a page, as a power of two.
    shift: u32,
    /// Rows ever made; a row below it is live where its key is not empty.
    rows: u32,
    free: Vec<u32>,
    /// Rows to be freed at the next settling, each with the tag of the key that it had.
    released: Vec<(u32, u32)>,
    /// The keys of rows that came and went since the last settling: no record holds them.
    departed: Vec<(u32, Box<str>)>,
    made: Vec<u32>,
    index: KeyIndex,
    /// The live rows by key, once somebody has asked.
    order: OnceLock<Arc<[u32]>>,
}

/// A key as it is looked up: its hash, and its words where it is short.
pub(crate) struct Probe<'k> {
    text: &'k str,
    tag: u32,
    short: Option<[u32; 4]>,
}

impl<'k> Probe<'k> {
    pub(crate) fn new(text: &'k str) -> Self {
        use std::hash::BuildHasher;
        let hash = foldhash::fast::FixedState::with_seed(0).hash_one(text);
        Self { text, tag: (hash >> 32) as u32, short: short_words(text) }
    }
}

fn short_words(text: &str) -> Option<[u32; 4]> {
    if text.len() > SHORT {
        return None;
    }
    let mut bytes = [0_u8; 16];
    bytes[..text.len()].copy_from_slice(text.as_bytes());
    bytes[SHORT] = text.len() as u8;
    Some(std::array::from_fn(|i| {
        u32::from_le_bytes([bytes[4 * i], bytes[4 * i + 1], bytes[4 * i + 2], bytes[4 * i + 3]])
    }))
}

/// Tells whether a record is of a live row.
#[inline]
pub(crate) fn is_live(record: &[u32]) -> bool {
    record[3] >> 24 != 0
}

/// Returns the address of the family of a record, 0 where it has none.
#[inline]
pub(crate) fn family(record: &[u32]) -> u32 {
    record[FAMILY]
}

impl RootTable {
    pub(crate) fn new(stride: usize) -> Self {
        let per_page = (PAGE_WORDS / stride).max(1);
        Self {
            pages: PageTable::default(),
            stride,
            shift: usize::BITS - 1 - per_page.leading_zeros(),
            rows: 0,
            free: Vec::new(),
            released: Vec::new(),
            departed: Vec::new(),
            made: Vec::new(),
            index: KeyIndex::default(),
            order: OnceLock::new(),
        }
    }

    pub(crate) fn stride(&self) -> usize {
        self.stride
    }

    /// Returns one more than the largest row there ever was.
    pub(crate) fn bound(&self) -> u32 {
        self.rows
    }

    #[inline]
    fn place(&self, row: u32) -> (usize, usize) {
        ((row >> self.shift) as usize, (row as usize & ((1 << self.shift) - 1)) * self.stride)
    }

    #[inline]
    pub(crate) fn record(&self, row: u32) -> &[u32] {
        let (page, at) = self.place(row);
        self.pages.get(page).record(at, self.stride)
    }

    #[inline]
    pub(crate) fn record_mut(&mut self, row: u32) -> &mut [u32] {
        let (page, at) = self.place(row);
        let stride = self.stride;
        self.pages.get_mut(page).record_mut(at, stride)
    }

    #[inline]
    pub(crate) fn set_family(&mut self, row: u32, address: u32) {
        self.record_mut(row)[FAMILY] = address;
    }

    /// Sets aside a row that is not live yet.
    pub(crate) fn reserve(&mut self) -> u32 {
        let row = self.free.pop().unwrap_or_else(|| {
            let row = self.rows;
            self.rows += 1;
            if (row >> self.shift) as usize == self.pages.len() {
                self.pages.push(Page::zeroed(self.stride << self.shift));
            }
            row
        });
        self.made.push(row);
        row
    }

    /// Makes a row live under a key.
    pub(crate) fn enter(&mut self, row: u32, key: &Probe<'_>, texts: &mut TextHeap) {
        let words = key.short.unwrap_or_else(|| [texts.insert(key.text), key.tag, 0, LONG << 24]);
        self.record_mut(row)[..4].copy_from_slice(&words);
        self.index.insert(key.tag, row);
        self.order.take();
    }

    /// Makes a row no longer live; its record is emptied, its slots stay with whoever saved the record. Returns the tag of its
    /// key.
    pub(crate) fn leave(&mut self, row: u32, texts: &TextHeap) -> u32 {
        let tag = Probe::new(&self.key(row, texts)).tag;
        self.index.remove(tag, row);
        self.record_mut(row).fill(0);
        self.order.take();
        tag
    }

    /// Puts a saved record back, in place of whatever the row is now.
    pub(crate) fn put_back(&mut self, row: u32, saved: &[u32], texts: &TextHeap) {
        let (was, is) = (is_live(saved), is_live(self.record(row)));
        if is && !(was && self.record(row)[..4] == saved[..4]) {
            self.leave(row, texts);
        }
        let enter = was && !is_live(self.record(row));
        self.record_mut(row).copy_from_slice(saved);
        if enter {
            let tag = Probe::new(&self.key(row, texts)).tag;
            self.index.insert(tag, row);
            self.order.take();
        }
    }

    #[inline]
    pub(crate) fn find(&self, key: &Probe<'_>, texts: &TextHeap) -> Option<u32> {
        self.index.find(key.tag, |row| {
            let record = self.record(row);
            match key.short {
                Some(words) => record[..4] == words,
                None => record[3] >> 24 == LONG && record[1] == key.tag && texts.get(record[0]) == key.text,
            }
        })
    }

    /// Returns the key of a live row.
    pub(crate) fn key<'a>(&'a self, row: u32, texts: &'a TextHeap) -> KeyText<'a> {
        key_of(self.record(row), texts)
    }

    /// Compares the keys of two live rows.
    #[inline]
    pub(crate) fn compare_keys(&self, a: u32, b: u32, texts: &TextHeap) -> Ordering {
        let (a, b) = (self.record(a), self.record(b));
        if a[3] >> 24 == LONG || b[3] >> 24 == LONG {
            return (*key_of(a, texts)).cmp(&key_of(b, texts));
        }
        // The bytes of a short key, and its length behind them: no key holds a NUL, so a longer key comes after its beginning.
        let bytes =
            |record: &[u32]| record[..4].iter().fold(0_u128, |all, word| all << 32 | u128::from(word.swap_bytes()));
        bytes(a).cmp(&bytes(b))
    }

    /// Returns the text address of a record's key where it lies in the heap.
    pub(crate) fn long_key(record: &[u32]) -> Option<u32> {
        (record[3] >> 24 == LONG).then(|| record[0])
    }

    /// Visits the rows that have gone since the last settling and had a key of this tag, among others perhaps.
    pub(crate) fn released(&self, key: &Probe<'_>) -> impl Iterator<Item = u32> {
        self.released.iter().filter(move |(tag, _)| *tag == key.tag).map(|(_, row)| *row)
    }

    /// Takes a row back that was to be freed; tells whether it was.
    pub(crate) fn keep(&mut self, row: u32) -> bool {
        let place = self.released.iter().position(|(_, released)| *released == row);
        place.map(|place| self.released.swap_remove(place)).is_some()
    }

    /// Frees a row for use after the next settling, which had a key of this tag.
    pub(crate) fn release(&mut self, row: u32, tag: u32) {
        self.released.push((tag, row));
    }

    /// Keeps the key of a row that leaves in the commit in which it came.
    pub(crate) fn depart(&mut self, row: u32, texts: &TextHeap) {
        let key: Box<str> = (*self.key(row, texts)).into();
        self.departed.push((row, key));
    }

    /// Returns the key of a row that came and went since the last settling.
    pub(crate) fn departed(&self, row: u32) -> Option<&str> {
        self.departed.iter().find(|(departed, _)| *departed == row).map(|(_, key)| &**key)
    }

    pub(crate) fn settle(&mut self) {
        self.made.clear();
        self.departed.clear();
        self.free.extend(self.released.drain(..).map(|(_, row)| row));
    }

    pub(crate) fn undo(&mut self) {
        self.released.clear();
        self.departed.clear();
        self.free.append(&mut self.made);
    }

    /// Returns the live rows in the order of their keys, sorting them where the keys have changed since the last call.
    pub(crate) fn in_order(&self, texts: &TextHeap) -> &Arc<[u32]> {
        self.order.get_or_init(|| {
            let mut rows: Vec<u32> = (0..self.rows).filter(|row| is_live(self.record(*row))).collect();
            rows.sort_unstable_by(|a, b| self.compare_keys(*a, *b, texts));
            rows.into()
        })
    }

    pub(crate) fn record_bytes(&self) -> usize {
        self.pages.bytes()
            + self.pages.iter().map(Page::bytes).sum::<usize>()
            + heap::of_vec(&self.free)
            + self.order.get().map_or(0, |order| heap::SHARED + size_of_val(&**order))
    }

    /// Returns the bytes that it takes to note what a commit makes and gives up.
    pub(crate) fn log_bytes(&self) -> usize {
        heap::of_vec(&self.released) + heap::of_vec(&self.made) + heap::of_vec(&self.departed)
    }

    pub(crate) fn index_bytes(&self) -> usize {
        self.index.bytes()
    }

    /// Copies the pages' tables for a reader, without what only a writer needs.
    pub(crate) fn share(&self) -> Self {
        Self {
            pages: self.pages.clone(),
            free: Vec::new(),
            released: Vec::new(),
            departed: Vec::new(),
            made: Vec::new(),
            index: self.index.clone(),
            order: self.order.clone(),
            ..*self
        }
    }
}

/// The text of a key: in the heap, or unpacked from its record.
pub(crate) enum KeyText<'a> {
    Heap(&'a str),
    Short([u8; 16]),
}

/// Returns the key of a live record.
#[inline]
pub(crate) fn key_of<'a>(record: &[u32], texts: &'a TextHeap) -> KeyText<'a> {
    if record[3] >> 24 == LONG {
        return KeyText::Heap(texts.get(record[0]));
    }
    let mut bytes = [0; 16];
    for (chunk, word) in bytes.chunks_exact_mut(4).zip(record) {
        chunk.copy_from_slice(&word.to_le_bytes());
    }
    KeyText::Short(bytes)
}

impl std::ops::Deref for KeyText<'_> {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        match self {
            Self::Heap(text) => text,
            // The bytes were a whole text when they were packed.
            Self::Short(bytes) => {
                std::str::from_utf8(&bytes[..usize::from(bytes[SHORT]).min(SHORT)]).unwrap_or_default()
            }
        }
    }
}
