use std::sync::Arc;

use crate::heap;

/// Pages a chunk: the fan-out of the upper level of the table.
const CHUNK: usize = 256;

/// A two-level table of pages; these are handles of what is shared until it is written.
///
/// Cloning copies the upper level only; whoever writes a page copies it where another table still holds it.
#[derive(Debug, Clone)]
pub(crate) struct PageTable<P> {
    chunks: Vec<Arc<Vec<P>>>,
    len: usize,
}

impl<P> Default for PageTable<P> {
    fn default() -> Self {
        Self { chunks: Vec::new(), len: 0 }
    }
}

impl<P: Clone> PageTable<P> {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(crate) fn get(&self, page: usize) -> &P {
        &self.chunks[page / CHUNK][page % CHUNK]
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, page: usize) -> &mut P {
        &mut Arc::make_mut(&mut self.chunks[page / CHUNK])[page % CHUNK]
    }

    pub(crate) fn push(&mut self, page: P) {
        if self.len.is_multiple_of(CHUNK) {
            self.chunks.push(Arc::new(Vec::with_capacity(CHUNK.min(4))));
        }
        Arc::make_mut(&mut self.chunks[self.len / CHUNK]).push(page);
        self.len += 1;
    }

    /// Returns the bytes of the table, without those of what the pages lead to.
    pub(crate) fn bytes(&self) -> usize {
        let chunk = |chunk: &Arc<Vec<P>>| heap::SHARED + size_of::<Vec<P>>() + heap::of_vec(chunk);
        heap::of_vec(&self.chunks) + self.chunks.iter().map(chunk).sum::<usize>()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &P> {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }
}

/// A page of words that begin at a cache line; shared until it is written.
#[derive(Debug, Clone)]
pub(crate) struct Page(Arc<[u32]>);

const LINE_BYTES: usize = 64;
const LINE: usize = LINE_BYTES / size_of::<u32>();

impl Page {
    pub(crate) fn zeroed(len: usize) -> Self {
        Self(std::iter::repeat_n(0, len + LINE).collect())
    }

    /// Returns where the first line begins.
    #[inline]
    fn start(&self) -> usize {
        let offset = self.0.as_ptr().align_offset(LINE_BYTES);
        // The function may decline to answer; an unaligned page is slower, not wrong.
        if offset < LINE { offset } else { 0 }
    }

    /// Returns the words from a place on.
    #[inline]
    pub(crate) fn from(&self, at: usize) -> &[u32] {
        let end = self.0.len() - LINE;
        let start = self.start();
        &self.0[start + at..start + end]
    }

    /// Returns a record: so many words from a place on.
    #[inline]
    pub(crate) fn record(&self, at: usize, len: usize) -> &[u32] {
        let start = self.start() + at;
        &self.0[start..start + len]
    }

    /// Returns a record to be written.
    #[inline]
    pub(crate) fn record_mut(&mut self, at: usize, len: usize) -> &mut [u32] {
        // A copy lies elsewhere, and its lines may begin elsewhere.
        if Arc::strong_count(&self.0) > 1 {
            let mut copy = Self::zeroed(self.0.len() - LINE);
            let words = self.from(0);
            copy.record_mut(0, words.len()).copy_from_slice(words);
            *self = copy;
        }
        let start = self.start() + at;
        &mut Arc::make_mut(&mut self.0)[start..start + len]
    }

    pub(crate) fn bytes(&self) -> usize {
        heap::SHARED + size_of_val(&*self.0)
    }
}
