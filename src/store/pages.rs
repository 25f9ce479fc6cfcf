use std::sync::Arc;

use crate::heap;

/// Pages a chunk: the fan-out of the upper level of the table.
const CHUNK: usize = 256;

/// A two-level table of pages that are shared until written.
///
/// Cloning copies the upper level only; a page is copied when it is written while another table still holds it.
#[derive(Debug, Clone)]
pub(crate) struct PageTable<P> {
    chunks: Vec<Arc<Vec<Arc<P>>>>,
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
        Arc::make_mut(&mut Arc::make_mut(&mut self.chunks[page / CHUNK])[page % CHUNK])
    }

    pub(crate) fn push(&mut self, page: P) {
        if self.len.is_multiple_of(CHUNK) {
            self.chunks.push(Arc::new(Vec::with_capacity(CHUNK.min(4))));
        }
        Arc::make_mut(&mut self.chunks[self.len / CHUNK]).push(Arc::new(page));
        self.len += 1;
    }

    /// Returns the bytes that the table takes with its pages, but for what these hold elsewhere.
    pub(crate) fn bytes(&self) -> usize {
        let chunk = |chunk: &Arc<Vec<Arc<P>>>| heap::SHARED + size_of::<Vec<Arc<P>>>() + heap::of_vec(chunk);
        heap::of_vec(&self.chunks)
            + self.chunks.iter().map(chunk).sum::<usize>()
            + self.len * (heap::SHARED + size_of::<P>())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &P> {
        self.chunks.iter().flat_map(|chunk| chunk.iter().map(Arc::as_ref))
    }
}

/// Words that start at a cache line, so that a record of sixteen words is one line.
#[derive(Debug)]
pub(crate) struct Line {
    words: Vec<u32>,
    start: usize,
    len: usize,
}

const LINE_BYTES: usize = 64;

impl Line {
    pub(crate) fn zeroed(len: usize) -> Self {
        let words = vec![0; len + LINE_BYTES / 4];
        let start = aligned(&words);
        Self { words, start, len }
    }

    #[inline]
    pub(crate) fn words(&self) -> &[u32] {
        &self.words[self.start..self.start + self.len]
    }

    #[inline]
    pub(crate) fn words_mut(&mut self) -> &mut [u32] {
        &mut self.words[self.start..self.start + self.len]
    }

    pub(crate) fn bytes(&self) -> usize {
        self.words.capacity() * 4
    }
}

fn aligned(words: &[u32]) -> usize {
    let offset = words.as_ptr().align_offset(LINE_BYTES);
    // The function may decline to answer; an unaligned page is slower, not wrong.
    if offset < LINE_BYTES / 4 { offset } else { 0 }
}

impl Clone for Line {
    fn clone(&self) -> Self {
        let mut copy = Self::zeroed(self.len);
        copy.words_mut().copy_from_slice(self.words());
        copy
    }
}
