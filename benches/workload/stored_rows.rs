//! What the floor with stored rows keeps them in: a row, a table of rows for each list, the texts that rows share.

/// The rows that an item can have in one list.
pub(super) const LONGEST_BLOCK: usize = 16;

/// The item number of a row that does not exist.
const NOBODY: u32 = u32::MAX;

/// The longest text: a name of 20 characters, a space, a scenario.
const TEXT_BYTES: usize = 67;

/// A derived row of any list; a field that its list does not have is never read.
#[derive(Clone, Copy, Debug)]
pub(super) struct StoredRow {
    pub(super) item: u32,
    pub(super) name: TextNumber,
    pub(super) articles: [u16; 4],
    /// The ordinal of the body in its register.
    pub(super) body: u16,
    /// The ordinal of the scenario among those of the kind, or the co-managing department.
    pub(super) step: u8,
    pub(super) article_count: u8,
    pub(super) kind: u8,
    pub(super) department: u8,
    pub(super) limit: u8,
    pub(super) effective: u8,
}

/// The rows of one list, those of an item side by side in a block.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<StoredRow>,
    /// The first rows of the vacant blocks, by their length.
    vacant: [Vec<u32>; LONGEST_BLOCK + 1],
}

impl Table {
    /// Makes room for exactly so many rows.
    pub(super) fn reserve(&mut self, rows: usize) {
        self.rows.reserve_exact(rows);
    }

    /// Takes a block for so many rows, their content to be written.
    #[inline]
    pub(super) fn allocate(&mut self, length: usize, blank: StoredRow) -> u32 {
        self.vacant[length].pop().unwrap_or_else(|| {
            let start = u32::try_from(self.rows.len()).expect("fewer than 2^32 rows a list");
            self.rows.resize(self.rows.len() + length, blank);
            start
        })
    }

    /// Gives up a block.
    #[inline]
    pub(super) fn vacate(&mut self, start: u32, length: usize) {
        for row in self.block_mut(start, length) {
            row.item = NOBODY;
        }
        self.vacant[length].push(start);
    }

    /// Returns the rows of a block.
    #[inline]
    pub(super) fn block(&self, start: u32, length: usize) -> &[StoredRow] {
        &self.rows[start as usize..][..length]
    }

    /// Returns the rows of a block to be rewritten.
    #[inline]
    pub(super) fn block_mut(&mut self, start: u32, length: usize) -> &mut [StoredRow] {
        &mut self.rows[start as usize..][..length]
    }

    /// Returns the first row of a block, if there is such a block.
    #[inline]
    pub(super) fn first(&self, start: u32) -> Option<&StoredRow> {
        self.rows.get(start as usize)
    }

    /// Returns the rows that exist.
    #[inline]
    pub(super) fn rows(&self) -> impl Iterator<Item = &StoredRow> {
        self.rows.iter().filter(|row| row.item != NOBODY)
    }

    /// Counts the bytes reserved.
    pub(super) fn bytes(&self) -> usize {
        let vacant: usize = self.vacant.iter().map(Vec::capacity).sum();
        self.rows.capacity() * size_of::<StoredRow>() + vacant * size_of::<u32>()
    }
}

/// The number of a text.
pub(super) type TextNumber = u32;

/// Texts in places of one size.
#[derive(Debug, Default)]
pub(super) struct Texts {
    places: Vec<Text>,
    vacant: Vec<TextNumber>,
}

impl Texts {
    /// Makes room for exactly so many texts.
    pub(super) fn reserve(&mut self, texts: usize) {
        self.places.reserve_exact(texts);
    }

    /// Stores a text.
    #[inline]
    pub(super) fn add(&mut self, text: Text) -> TextNumber {
        if let Some(number) = self.vacant.pop() {
            self.places[number as usize] = text;
            return number;
        }
        self.places.push(text);
        TextNumber::try_from(self.places.len() - 1).expect("fewer than 2^32 texts")
    }

    /// Gives up texts that no row shows.
    #[inline]
    pub(super) fn vacate(&mut self, numbers: &[TextNumber]) {
        self.vacant.extend_from_slice(numbers);
    }

    /// Returns a text as UTF-8 bytes. It never panics, so that a text which nobody reads is not loaded.
    #[inline]
    pub(super) fn get(&self, number: TextNumber) -> &[u8] {
        self.places.get(number as usize).map_or(&[], Text::as_bytes)
    }

    /// Counts the bytes reserved.
    pub(super) const fn bytes(&self) -> usize {
        self.places.capacity() * size_of::<Text>() + self.vacant.capacity() * size_of::<TextNumber>()
    }
}

/// A text in place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text {
    bytes: [u8; TEXT_BYTES],
    length: u8,
}

impl Text {
    /// Joins the parts of a text.
    #[inline]
    pub(super) fn new(parts: [&[u8]; 3]) -> Self {
        let mut bytes = [0; TEXT_BYTES];
        let mut length = 0;
        for part in parts {
            bytes[length..length + part.len()].copy_from_slice(part);
            length += part.len();
        }
        Self { bytes, length: u8::try_from(length).expect("a text of at most 67 bytes") }
    }

    #[inline]
    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }
}
