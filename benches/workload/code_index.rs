//! From an item's code to its number: the hash index of both floors.

use super::generator::Code;

/// The least share of free places, as a fraction of the number of items: half as many again.
const SPARE: usize = 2;

/// Operations of a batch whose items are looked up together, so that cache misses overlap. What they load stays in the
/// cache until they are applied.
pub(super) const STAGE: usize = 128;

/// A linearly probed table of four-byte places: an item's number + 1 in the low bits, and above it as much of the hash
/// as fits, so that a probe that is not the item is mostly rejected without a look at the item itself.
#[derive(Debug)]
pub(super) struct CodeIndex {
    places: Vec<u32>,
    /// How many low bits of a place hold the number.
    number_bits: u32,
}

impl CodeIndex {
    /// Makes an index for so many items, none yet in it.
    pub(super) fn with_capacity(items: usize) -> Self {
        let places = (items + items / SPARE).next_power_of_two().max(2);
        // Numbers from 1 to `items`; at least one bit is left for the hash up to 2^31 items.
        let number_bits = usize::BITS - items.leading_zeros();
        assert!(number_bits < u32::BITS, "{items} items do not fit the index");
        Self { places: vec![0; places], number_bits }
    }

    /// Adds an item under a code that is not in the index.
    #[inline]
    pub(super) fn insert(&mut self, code: &Code, number: u32) {
        let (mut at, tag) = self.start(code);
        while self.places[at] != 0 {
            at = self.after(at);
        }
        self.places[at] = tag | (number + 1);
    }

    /// Finds the number of the item whose code this is; `is_code` tells of a number whether it is.
    #[inline]
    pub(super) fn find(&self, code: &Code, is_code: impl Fn(u32) -> bool) -> Option<u32> {
        let (mut at, tag) = self.start(code);
        loop {
            let place = self.places[at];
            if place == 0 {
                return None;
            }
            if self.tag_of(place) == tag {
                let number = self.number_of(place);
                if is_code(number) {
                    return Some(number);
                }
            }
            at = self.after(at);
        }
    }

    /// Guesses the number of the item whose code this is, by hash alone; for looking up many in stages.
    #[inline]
    pub(super) fn guess(&self, code: &Code) -> Option<u32> {
        let (mut at, tag) = self.start(code);
        loop {
            let place = self.places[at];
            if place == 0 {
                return None;
            }
            if self.tag_of(place) == tag {
                return Some(self.number_of(place));
            }
            at = self.after(at);
        }
    }

    /// Counts the bytes reserved.
    pub(super) const fn bytes(&self) -> usize {
        self.places.capacity() * size_of::<u32>()
    }

    /// Returns the first place of a code, and the tag in the high bits of its place.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "a place takes as many bits of the hash as it needs")]
    fn start(&self, code: &Code) -> (usize, u32) {
        let head = code.as_bytes().first_chunk().map_or(0, |head| u64::from_le_bytes(*head));
        let rest = code.as_bytes().last_chunk().map_or(0, |rest| u32::from_le_bytes(*rest));
        // Two odd multipliers (xxHash's first primes), so that neither half cancels the other; the high half is well
        // mixed.
        let mixed = head.wrapping_mul(0x9E37_79B1_85EB_CA87) ^ u64::from(rest).wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
        let mixed = (mixed ^ (mixed >> 32)).wrapping_mul(0x9E37_79B1_85EB_CA87);
        let tag = (mixed as u32) >> self.number_bits << self.number_bits;
        (((mixed >> 32) as usize) & (self.places.len() - 1), tag)
    }

    #[inline]
    const fn after(&self, at: usize) -> usize {
        (at + 1) & (self.places.len() - 1)
    }

    #[inline]
    const fn tag_of(&self, place: u32) -> u32 {
        place >> self.number_bits << self.number_bits
    }

    #[inline]
    const fn number_of(&self, place: u32) -> u32 {
        (place & ((1 << self.number_bits) - 1)) - 1
    }
}
