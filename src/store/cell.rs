use std::borrow::Cow;

use super::Store;
use crate::{heap, value::Decimal};

/// How a type is laid into a cell of 32 bits; 0 is always a missing value.
///
/// Small numbers stand in the cell, the rest in a slot of the heap that the cell addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Boolean,
    Integer,
    Decimal,
    Date,
    Duration,
    Text,
    Code,
    /// A choice of the vocabulary of this number.
    Choice(u16),
    /// A row of the root list of this number.
    Reference(u16),
    List(Box<Kind>),
}

impl Kind {
    /// Tells whether different values are written differently; codes of different schemes may share their text.
    pub(crate) fn is_injective(&self) -> bool {
        !matches!(self, Self::Code | Self::List(_))
    }
}

/// A value as the engine handles it: borrowed from the store where it can be, with ids in place of names.
#[derive(Debug, Clone, Default)]
pub(crate) enum Val<'a> {
    #[default]
    Missing,
    Boolean(bool),
    Integer(i64),
    Decimal(Decimal),
    /// Days since 1970-01-01.
    Date(i32),
    Duration {
        unit: u32,
        amount: i64,
    },
    Choice {
        vocabulary: u16,
        at: u32,
    },
    Reference {
        list: u16,
        row: u32,
    },
    /// The key of a row that may not exist: a literal.
    KeyOf {
        list: u16,
        key: Cow<'a, str>,
    },
    /// `scheme:text`.
    Code(Cow<'a, str>),
    Text(Cow<'a, str>),
    List(Items<'a>),
}

/// The elements of a list value; never empty.
#[derive(Debug, Clone)]
pub(crate) enum Items<'a> {
    Cells(&'a Kind, &'a [u32]),
    Vals(Vec<Val<'a>>),
}

impl<'a> Items<'a> {
    #[inline]
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Cells(_, cells) => cells.len(),
            Self::Vals(vals) => vals.len(),
        }
    }

    #[inline]
    pub(crate) fn get(&self, at: usize, store: &'a Store) -> Val<'a> {
        match self {
            Self::Cells(kind, cells) => store.read(kind, cells[at]),
            Self::Vals(vals) => vals[at].clone(),
        }
    }

    #[inline]
    pub(crate) fn iter<'s>(&'s self, store: &'a Store) -> impl Iterator<Item = Val<'a>> + use<'a, 's> {
        (0..self.len()).map(move |at| self.get(at, store))
    }
}

impl Val<'static> {
    /// Borrows a constant.
    #[inline]
    pub(crate) fn borrowed(&self) -> Val<'_> {
        match self {
            Self::Text(text) => Val::Text(Cow::Borrowed(text)),
            Self::Code(text) => Val::Code(Cow::Borrowed(text)),
            Self::KeyOf { list, key } => Val::KeyOf { list: *list, key: Cow::Borrowed(key) },
            other => other.clone(),
        }
    }
}

impl Val<'_> {
    #[inline]
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }

    #[inline]
    pub(crate) fn is_true(&self) -> bool {
        matches!(self, Self::Boolean(true))
    }

    /// Returns the bytes that a value takes elsewhere.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Text(Cow::Owned(text)) | Self::Code(Cow::Owned(text)) => text.capacity(),
            Self::KeyOf { key: Cow::Owned(key), .. } => key.capacity(),
            Self::List(Items::Vals(vals)) => heap::of_vec(vals) + vals.iter().map(Val::bytes).sum::<usize>(),
            _ => 0,
        }
    }

    pub(crate) fn into_owned(self) -> Val<'static> {
        match self {
            Self::Boolean(v) => Val::Boolean(v),
            Self::Integer(v) => Val::Integer(v),
            Self::Decimal(v) => Val::Decimal(v),
            Self::Date(v) => Val::Date(v),
            Self::Duration { unit, amount } => Val::Duration { unit, amount },
            Self::Choice { vocabulary, at } => Val::Choice { vocabulary, at },
            Self::Reference { list, row } => Val::Reference { list, row },
            Self::KeyOf { list, key } => Val::KeyOf { list, key: Cow::Owned(key.into_owned()) },
            Self::Code(v) => Val::Code(Cow::Owned(v.into_owned())),
            Self::Text(v) => Val::Text(Cow::Owned(v.into_owned())),
            // Only single values are made owned this way.
            Self::Missing | Self::List(_) => Val::Missing,
        }
    }
}

#[inline]
pub(super) fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

#[inline]
fn unzigzag(word: u64) -> i64 {
    (word >> 1) as i64 ^ -((word & 1) as i64)
}

/// Units that fit beside a small amount in a cell.
const SMALL_UNITS: u32 = 32;

impl Store {
    /// Reads a cell.
    #[inline]
    pub(crate) fn read<'a>(&'a self, kind: &'a Kind, cell: u32) -> Val<'a> {
        if cell == 0 {
            return Val::Missing;
        }
        match kind {
            Kind::Boolean => Val::Boolean(cell == 2),
            Kind::Integer => Val::Integer(self.integer(cell)),
            Kind::Decimal => {
                let words = self.blobs.from(cell);
                Val::Decimal(Decimal::from_words([words[0], words[1], words[2], words[3]]))
            }
            Kind::Date => Val::Date(unzigzag(u64::from(cell >> 1)) as i32),
            Kind::Duration if cell & 1 == 1 => {
                Val::Duration { unit: cell >> 1 & (SMALL_UNITS - 1), amount: unzigzag(u64::from(cell >> 6)) }
            }
            Kind::Duration => {
                let words = self.blobs.from(cell >> 1);
                Val::Duration { unit: words[0], amount: wide(words[1], words[2]) }
            }
            Kind::Text => Val::Text(Cow::Borrowed(self.texts.get(cell))),
            Kind::Code => Val::Code(Cow::Borrowed(self.texts.get(cell))),
            Kind::Choice(vocabulary) => Val::Choice { vocabulary: *vocabulary, at: cell - 1 },
            Kind::Reference(list) => Val::Reference { list: *list, row: cell - 1 },
            Kind::List(element) => Val::List(Items::Cells(element, self.elements(cell))),
        }
    }

    #[inline]
    fn integer(&self, cell: u32) -> i64 {
        if cell & 1 == 1 {
            unzigzag(u64::from(cell >> 1))
        } else {
            let words = self.blobs.from(cell >> 1);
            wide(words[0], words[1])
        }
    }

    /// Returns the cells of the elements of a list cell.
    #[inline]
    pub(crate) fn elements(&self, cell: u32) -> &[u32] {
        if cell == 0 {
            return &[];
        }
        let words = self.blobs.from(cell);
        &words[1..=(words[0] as usize)]
    }

    /// Writes a value into a cell of its kind; a value of another kind is a missing one.
    pub(crate) fn write(&mut self, kind: &Kind, val: &Val<'_>) -> u32 {
        match (kind, val) {
            (Kind::Boolean, Val::Boolean(truth)) => 1 + u32::from(*truth),
            (Kind::Integer, Val::Integer(number)) => {
                let word = zigzag(*number);
                if word >> 31 == 0 { (word as u32) << 1 | 1 } else { self.blobs.write(&halves(*number)) << 1 }
            }
            (Kind::Decimal, Val::Decimal(amount)) => self.blobs.write(&amount.words()),
            (Kind::Date, Val::Date(day)) => (zigzag(i64::from(*day)) as u32) << 1 | 1,
            (Kind::Duration, Val::Duration { unit, amount }) => {
                let word = zigzag(*amount);
                if *unit < SMALL_UNITS && word >> 26 == 0 {
                    (word as u32) << 6 | unit << 1 | 1
                } else {
                    let [low, high] = halves(*amount);
                    self.blobs.write(&[*unit, low, high]) << 1
                }
            }
            (Kind::Text, Val::Text(text)) | (Kind::Code, Val::Code(text)) => self.texts.insert(text),
            (Kind::Choice(_), Val::Choice { at, .. }) => at + 1,
            (Kind::Reference(_), Val::Reference { row, .. }) => row + 1,
            (Kind::List(element), Val::List(items)) => {
                let mut words = vec![items.len() as u32];
                match items {
                    Items::Vals(vals) => words.extend(vals.iter().map(|val| self.write(element, val))),
                    Items::Cells(_, cells) => words.extend_from_slice(cells),
                }
                self.blobs.write(&words)
            }
            _ => 0,
        }
    }

    /// Gives up the slots that a cell addresses.
    pub(crate) fn release(&mut self, kind: &Kind, cell: u32) {
        if cell == 0 {
            return;
        }
        match kind {
            Kind::Text | Kind::Code => self.texts.release(cell),
            Kind::Decimal => self.blobs.release(cell, 4),
            Kind::Integer if cell & 1 == 0 => self.blobs.release(cell >> 1, 2),
            Kind::Duration if cell & 1 == 0 => self.blobs.release(cell >> 1, 3),
            Kind::List(element) => {
                let cells = self.elements(cell).to_vec();
                for inner in &cells {
                    self.release(element, *inner);
                }
                self.blobs.release(cell, 1 + cells.len());
            }
            _ => {}
        }
    }

    /// Tells whether two cells of a kind hold the same value.
    #[inline]
    pub(crate) fn equal(&self, kind: &Kind, a: u32, b: u32) -> bool {
        if a == b {
            return true;
        }
        if a == 0 || b == 0 {
            return false;
        }
        match kind {
            Kind::Text | Kind::Code => self.texts.get(a) == self.texts.get(b),
            Kind::Decimal => self.blobs.from(a)[..4] == self.blobs.from(b)[..4],
            Kind::Integer => a & 1 == 0 && b & 1 == 0 && self.integer(a) == self.integer(b),
            Kind::Duration => a & 1 == 0 && b & 1 == 0 && self.blobs.from(a >> 1)[..3] == self.blobs.from(b >> 1)[..3],
            Kind::List(element) => {
                let (a, b) = (self.elements(a), self.elements(b));
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.equal(element, *a, *b))
            }
            _ => false,
        }
    }
}

fn wide(low: u32, high: u32) -> i64 {
    (u64::from(high) << 32 | u64::from(low)) as i64
}

fn halves(number: i64) -> [u32; 2] {
    [number as u32, (number as u64 >> 32) as u32]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is small lies in the cell itself; what is not, beside it. Both read back.
    #[test]
    fn small_numbers_take_no_slot() {
        let mut store = Store::new([4]);
        let mut check = |kind: &Kind, val: Val<'static>, small: bool| {
            let cell = store.write(kind, &val);
            assert_eq!(cell & 1 == 1, small, "{val:?}");
            assert_eq!(format!("{:?}", store.read(kind, cell)), format!("{val:?}"));
        };
        for (number, small) in [(0, true), (-1, true), ((1 << 30) - 1, true), (1 << 30, false), (i64::MIN, false)] {
            check(&Kind::Integer, Val::Integer(number), small);
        }
        for (unit, amount, small) in [(0, 20, true), (31, -1, true), (32, 1, false), (5, 1 << 25, false)] {
            check(&Kind::Duration, Val::Duration { unit, amount }, small);
        }
    }
}
