use std::cmp::Ordering;

use super::{
    Store,
    cell::{Kind, Val, zigzag},
    root::Slot,
};

/// A single value that fits two words: what most conditions and computations are about.
///
/// The loop copies these about instead of [`Val`]s, which may own text. What scalars mean, how they compare and add up, is
/// said here and in the engine once, and holds for both forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scalar {
    tag: u32,
    bits: i64,
}

const MISSING: u32 = 0;
const BOOLEAN: u32 = 1;
const INTEGER: u32 = 2;
const DATE: u32 = 3;
const CHOICE: u32 = 4;
const REFERENCE: u32 = 5;
/// Durations have a tag for each unit, so that those of unlike units are unlike.
const DURATION: u32 = 8;

/// What a scalar is, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScalarIs {
    Missing,
    Boolean(bool),
    Integer(i64),
    /// Days since 1970-01-01.
    Date(i32),
    Choice(u32),
    Reference(u32),
    Duration(u32, i64),
}

impl Scalar {
    pub(crate) const MISSING: Self = Self { tag: MISSING, bits: 0 };

    #[inline]
    pub(crate) fn boolean(truth: bool) -> Self {
        Self { tag: BOOLEAN, bits: i64::from(truth) }
    }

    #[inline]
    pub(crate) fn integer(number: i64) -> Self {
        Self { tag: INTEGER, bits: number }
    }

    #[inline]
    pub(crate) fn date(day: i32) -> Self {
        Self { tag: DATE, bits: i64::from(day) }
    }

    #[inline]
    pub(crate) fn choice(at: u32) -> Self {
        Self { tag: CHOICE, bits: i64::from(at) }
    }

    #[inline]
    pub(crate) fn reference(row: u32) -> Self {
        Self { tag: REFERENCE, bits: i64::from(row) }
    }

    #[inline]
    pub(crate) fn duration(unit: u32, amount: i64) -> Self {
        Self { tag: DURATION + unit, bits: amount }
    }

    /// Takes a value; `None` for one that is no scalar.
    #[inline]
    pub(crate) fn of(val: &Val<'_>) -> Option<Self> {
        Some(match val {
            Val::Missing => Self::MISSING,
            Val::Boolean(v) => Self::boolean(*v),
            Val::Integer(v) => Self::integer(*v),
            Val::Date(v) => Self::date(*v),
            Val::Choice { at, .. } => Self::choice(*at),
            Val::Reference { row, .. } => Self::reference(*row),
            Val::Duration { unit, amount } => Self::duration(*unit, *amount),
            _ => return None,
        })
    }

    #[inline]
    pub(crate) fn is_missing(self) -> bool {
        self.tag == MISSING
    }

    #[inline]
    pub(crate) fn is_true(self) -> bool {
        self.tag == BOOLEAN && self.bits != 0
    }

    #[inline]
    pub(crate) fn is(self) -> ScalarIs {
        match self.tag {
            MISSING => ScalarIs::Missing,
            BOOLEAN => ScalarIs::Boolean(self.bits != 0),
            INTEGER => ScalarIs::Integer(self.bits),
            DATE => ScalarIs::Date(self.bits as i32),
            CHOICE => ScalarIs::Choice(self.bits as u32),
            REFERENCE => ScalarIs::Reference(self.bits as u32),
            unit => ScalarIs::Duration(unit - DURATION, self.bits),
        }
    }

    /// Gives the value its vocabulary or list back.
    #[inline]
    pub(crate) fn val<'a>(self, of: u16) -> Val<'a> {
        match self.is() {
            ScalarIs::Missing => Val::Missing,
            ScalarIs::Boolean(v) => Val::Boolean(v),
            ScalarIs::Integer(v) => Val::Integer(v),
            ScalarIs::Date(v) => Val::Date(v),
            ScalarIs::Choice(at) => Val::Choice { vocabulary: of, at },
            ScalarIs::Reference(row) => Val::Reference { list: of, row },
            ScalarIs::Duration(unit, amount) => Val::Duration { unit, amount },
        }
    }

    /// Compares two values of a type; `None` where one is missing or the units are unlike. References are equal or not.
    #[inline]
    pub(crate) fn compare(self, other: Self) -> Option<Ordering> {
        (self.tag == other.tag && self.tag != MISSING).then(|| self.bits.cmp(&other.bits))
    }

    /// Hashes the value, so that a plain table of hashes can be used.
    #[inline]
    pub(crate) fn hash(self) -> u64 {
        const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
        let word = (self.bits as u64 ^ u64::from(self.tag) << 56).wrapping_mul(ODD);
        (word ^ word >> 32).wrapping_mul(ODD)
    }
}

/// A set of small scalars of one sort, as bits: what most conditions name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FewScalars {
    tag: u32,
    bits: u64,
}

impl FewScalars {
    /// Takes the scalars of a set; `None` where they are of several sorts, or not small.
    pub(crate) fn new(all: &[Scalar]) -> Option<Self> {
        let tag = all.first()?.tag;
        let is_small = |scalar: &Scalar| scalar.tag == tag && tag != MISSING && (0..64).contains(&scalar.bits);
        all.iter().all(is_small).then(|| Self { tag, bits: all.iter().fold(0, |bits, scalar| bits | 1 << scalar.bits) })
    }

    #[inline]
    pub(crate) fn contain(self, scalar: Scalar) -> bool {
        scalar.tag == self.tag && (0..64).contains(&scalar.bits) && self.bits >> scalar.bits & 1 == 1
    }
}

/// A condition on one slot of a record: that its cell is one of some small ones. What most rules ask of their source is
/// answered by a look at a word.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CellTest {
    slot: Slot,
    cells: u64,
}

impl CellTest {
    /// Tests a slot for scalars; `None` where one of them is not held by a small cell.
    pub(crate) fn new(slot: Slot, kind: &Kind, scalars: &[Scalar]) -> Option<Self> {
        let cells = scalars.iter().try_fold(0, |cells, scalar| Some(cells | 1 << small_cell(kind, *scalar)?))?;
        Some(Self { slot, cells })
    }

    #[inline]
    pub(crate) fn holds(self, record: &[u32]) -> bool {
        let cell = self.slot.get(record);
        cell < u64::BITS && self.cells >> cell & 1 == 1
    }
}

/// Returns the one cell that holds a scalar, where it is small.
fn small_cell(kind: &Kind, scalar: Scalar) -> Option<u32> {
    let cell = match (kind, scalar.is()) {
        (Kind::Boolean, ScalarIs::Boolean(truth)) => 1 + u32::from(truth),
        (Kind::Integer, ScalarIs::Integer(number)) => u32::try_from(zigzag(number)).ok()?.checked_mul(2)? | 1,
        (Kind::Choice(_), ScalarIs::Choice(at)) => at.checked_add(1)?,
        _ => return None,
    };
    (cell < u64::BITS).then_some(cell)
}

impl Kind {
    /// Tells whether values of the kind are scalars.
    pub(crate) fn is_scalar(&self) -> bool {
        !matches!(self, Self::Text | Self::Code | Self::Decimal | Self::List(_))
    }

    /// Returns the vocabulary or list that a scalar of the kind is of.
    pub(crate) fn scope(&self) -> u16 {
        match self {
            Self::Choice(of) | Self::Reference(of) => *of,
            _ => 0,
        }
    }
}

impl Store {
    /// Reads a cell of a scalar kind; missing for any other.
    #[inline]
    pub(crate) fn scalar(&self, kind: &Kind, cell: u32) -> Scalar {
        if cell == 0 {
            return Scalar::MISSING;
        }
        match kind {
            Kind::Boolean => Scalar::boolean(cell == 2),
            Kind::Integer if cell & 1 == 1 => Scalar::integer(i64::from(cell >> 2) ^ -i64::from(cell >> 1 & 1)),
            Kind::Choice(_) => Scalar::choice(cell - 1),
            Kind::Reference(_) => Scalar::reference(cell - 1),
            _ => Scalar::of(&self.read(kind, cell)).unwrap_or(Scalar::MISSING),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_a_scalar_and_a_text_is_none() {
        assert_eq!(Scalar::of(&Val::Missing), Some(Scalar::MISSING));
        assert_eq!(Scalar::of(&Val::Text("公开".into())), None);
    }

    #[test]
    fn a_test_of_cells_holds_for_what_they_hold() {
        let store = Store::default();
        let slot = Slot { word: 0, shift: 0, bits: 32 };
        for kind in [Kind::Boolean, Kind::Integer, Kind::Choice(0)] {
            let held = |cell: u32| store.scalar(&kind, cell);
            // Every cell below the bound that is a value by itself.
            let cells: Vec<u32> = match kind {
                Kind::Boolean => vec![1, 2],
                Kind::Integer => (1..64).step_by(2).collect(),
                _ => (1..64).collect(),
            };
            for &one in &cells {
                let test = CellTest::new(slot, &kind, &[held(one)]).expect("its cell is small");
                for cell in 0..200 {
                    assert_eq!(test.holds(&[cell]), cell == one, "{kind:?}: {one}, {cell}");
                }
            }
            let all: Vec<Scalar> = cells.iter().map(|cell| held(*cell)).collect();
            let test = CellTest::new(slot, &kind, &all).expect("all are small");
            assert!((0..64).all(|cell| test.holds(&[cell]) == cells.contains(&cell)));
            for other in [Scalar::MISSING, Scalar::date(1), Scalar::reference(1), Scalar::duration(0, 1)] {
                assert!(CellTest::new(slot, &kind, &[all[0], other]).is_none(), "{kind:?}: {other:?}");
            }
        }
        for (kind, large) in [
            (Kind::Integer, Scalar::integer(16)),
            (Kind::Integer, Scalar::integer(i64::MIN)),
            (Kind::Choice(0), Scalar::choice(63)),
            (Kind::Choice(0), Scalar::choice(u32::MAX)),
        ] {
            assert!(CellTest::new(slot, &kind, &[large]).is_none(), "{large:?}");
        }
    }

    #[test]
    fn few_scalars_contain_their_own() {
        let few = FewScalars::new(&[Scalar::choice(0), Scalar::choice(63)]).expect("both are small");
        for at in 0..130 {
            assert_eq!(few.contain(Scalar::choice(at)), at == 0 || at == 63, "{at}");
        }
        assert!(!few.contain(Scalar::integer(0)));
        assert!(!few.contain(Scalar::integer(-1)));
    }
}
