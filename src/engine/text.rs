use std::{borrow::Cow, cmp::Ordering, fmt::Write as _, hash::BuildHasher};

use foldhash::fast::FixedState;

use super::eval::Side;
use crate::{
    plan::Plan,
    store::{Items, KeyText, Kind, Scalar, Store, Val, is_live, key_of},
    value::{Code, Date, Duration, Key, MAX_SEGMENT_BYTES, Value, escape},
};

/// What numbers stand for: the names of choices and units, the keys of rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) store: &'a Store,
}

/// Hashes a value so that equal values have equal hashes.
pub(crate) fn hash_val(val: &Val<'_>) -> u64 {
    if let Some(scalar) = Scalar::of(val) {
        return scalar.hash();
    }
    let hasher = FixedState::with_seed(1);
    match val {
        Val::Decimal(v) => hasher.hash_one((3_u8, v)),
        Val::KeyOf { key, .. } => hash_key(key),
        Val::Code(v) | Val::Text(v) => hasher.hash_one((9_u8, v.as_ref())),
        Val::List(items) => items.len() as u64,
        _ => 0,
    }
}

/// Hashes a key that a row is looked for by.
pub(crate) fn hash_key(key: &str) -> u64 {
    FixedState::with_seed(1).hash_one((8_u8, key))
}

/// Hashes a reference to a row.
#[inline]
pub(crate) fn hash_row(row: u32) -> u64 {
    Scalar::reference(row).hash()
}

/// Writes a whole number at the end of a text.
pub(crate) fn write_integer(number: i64, text: &mut String) {
    if number < 0 {
        text.push('-');
    }
    let mut digits = [0_u8; 20];
    let (mut left, mut start) = (number.unsigned_abs(), digits.len());
    loop {
        start -= 1;
        digits[start] = b'0' + (left % 10) as u8;
        left /= 10;
        if left == 0 {
            break;
        }
    }
    text.extend(digits[start..].iter().map(|digit| char::from(*digit)));
}

/// Joins the hashes of the parts of a tuple.
#[inline]
pub(crate) fn hash_tuple(hashes: impl IntoIterator<Item = u64>) -> u64 {
    hashes.into_iter().fold(0, |all, one| (all.rotate_left(23) ^ one).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

impl<'a> Names<'a> {
    /// Returns the key of a row of a root list.
    #[inline]
    pub(crate) fn key_of(&self, record: &[u32]) -> KeyText<'a> {
        key_of(record, &self.store.texts)
    }

    #[inline]
    pub(crate) fn row_key(&self, list: u16, row: u32) -> KeyText<'a> {
        let record = self.store.record(list, row);
        if is_live(record) { self.key_of(record) } else { self.departed_key(list, row) }
    }

    /// Returns the key of a row that has gone in the commit: the one it had before, or while it was there.
    fn departed_key(&self, list: u16, row: u32) -> KeyText<'a> {
        let record = self.store.record_before(list, row);
        match self.store.roots[usize::from(list)].departed(row) {
            Some(key) if !is_live(record) => KeyText::Heap(key),
            _ => self.key_of(record),
        }
    }

    pub(crate) fn find(&self, list: u16, key: &str, side: Side) -> Option<u32> {
        let now = self.store.find(list, key);
        match side {
            Side::After => now,
            Side::Before => self.store.find_before(list, key, now),
        }
    }

    pub(crate) fn is_days(&self, unit: u32) -> bool {
        self.plan.units[unit as usize] == "days"
    }

    /// Returns the value that a step of an element rule stands for.
    #[inline]
    pub(crate) fn element(&self, kind: &Kind, step: u32) -> Val<'a> {
        match kind {
            Kind::Reference(list) => Val::Reference { list: *list, row: step },
            Kind::Choice(vocabulary) => Val::Choice { vocabulary: *vocabulary, at: step },
            _ => self.store.symbols.get(step),
        }
    }

    /// Writes a value as people read it.
    pub(crate) fn write(&self, val: &Val<'_>, text: &mut String) {
        match val {
            Val::Text(v) => text.push_str(v),
            Val::Code(v) => text.push_str(v.split_once(':').map_or(v.as_ref(), |(_, code)| code)),
            Val::List(items) => {
                for at in 0..items.len() {
                    if at > 0 {
                        text.push_str(", ");
                    }
                    match items {
                        Items::Cells(kind, cells) => self.write(&self.store.read(kind, cells[at]), text),
                        Items::Vals(vals) => self.write(&vals[at], text),
                    }
                }
            }
            other => self.write_plain(other, text),
        }
    }

    fn write_plain(&self, val: &Val<'_>, text: &mut String) {
        match val {
            Val::Choice { vocabulary, at } => {
                text.push_str(self.plan.vocabularies[usize::from(*vocabulary)].codes[*at as usize].as_str());
            }
            Val::Reference { list, row } => text.push_str(&self.row_key(*list, *row)),
            Val::KeyOf { key, .. } => text.push_str(key),
            Val::Integer(number) => write_integer(*number, text),
            other => {
                // Writing to text does not fail.
                let _ = write!(text, "{}", self.value(other));
            }
        }
    }

    pub(crate) fn text<'v>(&self, val: &'v Val<'_>) -> Cow<'v, str> {
        match val {
            Val::Text(text) => Cow::Borrowed(text),
            other => {
                let mut text = String::new();
                self.write(other, &mut text);
                Cow::Owned(text)
            }
        }
    }

    /// Writes a value as a segment of a key.
    pub(crate) fn write_segment(&self, val: &Val<'_>, key: &mut String) {
        match val {
            Val::Reference { list, row } => key.push_str(&self.row_key(*list, *row)),
            Val::Code(code) => key.push_str(&escape(code)),
            Val::Text(text) => key.push_str(&escape(text)),
            Val::Integer(number) => write_integer(*number, key),
            other => key.push_str(&escape(&self.text(other))),
        }
    }

    /// Tells whether a value can name a row: it is present, a single one, and fits a segment of a key.
    pub(crate) fn can_be_segment(val: &Val<'_>) -> bool {
        match val {
            Val::Missing | Val::List(_) => false,
            Val::Text(text) | Val::Code(text) => {
                let segment = escape(text);
                !segment.is_empty() && segment.len() <= MAX_SEGMENT_BYTES && !segment.chars().any(char::is_control)
            }
            _ => true,
        }
    }

    /// Turns the engine's form into a value.
    pub(crate) fn value(&self, val: &Val<'_>) -> Value {
        match val {
            Val::Missing => Value::Missing,
            Val::Boolean(v) => Value::Boolean(*v),
            Val::Integer(v) => Value::Integer(*v),
            Val::Decimal(v) => Value::Decimal(*v),
            Val::Date(day) => Date::from_epoch_day(*day).map_or(Value::Missing, Value::Date),
            Val::Duration { unit, amount } => {
                Value::Duration(Duration::new(*amount, self.plan.units[*unit as usize].clone()))
            }
            Val::Choice { vocabulary, at } => {
                Value::Choice(self.plan.vocabularies[usize::from(*vocabulary)].codes[*at as usize].clone())
            }
            Val::Reference { list, row } => Value::Reference(Key::trusted(&self.row_key(*list, *row))),
            Val::KeyOf { key, .. } => Value::Reference(Key::trusted(key)),
            Val::Code(v) => Value::Code(Code::from(v.as_ref().to_owned())),
            Val::Text(v) => Value::Text(v.as_ref().into()),
            Val::List(items) => Value::List(match items {
                Items::Cells(kind, cells) => {
                    cells.iter().map(|cell| self.value(&self.store.read(kind, *cell))).collect()
                }
                Items::Vals(vals) => vals.iter().map(|val| self.value(val)).collect(),
            }),
        }
    }

    /// Tells whether two values are the same.
    #[inline]
    pub(crate) fn same(&self, a: &Val<'a>, b: &Val<'a>) -> bool {
        match (a, b) {
            (Val::Missing, Val::Missing) => true,
            (Val::Boolean(a), Val::Boolean(b)) => a == b,
            (Val::Integer(a), Val::Integer(b)) => a == b,
            (Val::Decimal(a), Val::Decimal(b)) => a == b,
            (Val::Date(a), Val::Date(b)) => a == b,
            (Val::Duration { unit, amount }, Val::Duration { unit: u, amount: n }) => unit == u && amount == n,
            (Val::Choice { at, .. }, Val::Choice { at: b, .. }) => at == b,
            (Val::Reference { row, .. }, Val::Reference { row: b, .. }) => row == b,
            (Val::KeyOf { key, .. }, Val::KeyOf { key: other, .. }) => key == other,
            (Val::Reference { list, row }, Val::KeyOf { key, .. })
            | (Val::KeyOf { key, .. }, Val::Reference { list, row }) => *self.row_key(*list, *row) == **key,
            (Val::Code(a), Val::Code(b)) | (Val::Text(a), Val::Text(b)) => a == b,
            (Val::List(a), Val::List(b)) => {
                a.len() == b.len() && (0..a.len()).all(|at| self.same(&a.get(at, self.store), &b.get(at, self.store)))
            }
            (Val::Integer(a), Val::Decimal(b)) | (Val::Decimal(b), Val::Integer(a)) => *b == (*a).into(),
            _ => false,
        }
    }

    /// Compares two values; `None` where one is missing, or the two do not compare.
    pub(crate) fn compare(&self, a: &Val<'a>, b: &Val<'a>) -> Option<Ordering> {
        match (a, b) {
            (Val::Missing, _) | (_, Val::Missing) => None,
            (Val::Duration { unit, amount }, Val::Duration { unit: other, amount: than }) => {
                (unit == other).then(|| amount.cmp(than))
            }
            (Val::Integer(a), Val::Decimal(b)) => Some(crate::value::Decimal::from(*a).cmp(b)),
            (Val::Decimal(a), Val::Integer(b)) => Some(a.cmp(&(*b).into())),
            (Val::List(_), Val::List(_)) => Some(if self.same(a, b) { Ordering::Equal } else { Ordering::Less }),
            _ => Some(self.order(a, b)),
        }
    }

    /// Orders two values of a type, missing first.
    pub(crate) fn order(&self, a: &Val<'a>, b: &Val<'a>) -> Ordering {
        match (a, b) {
            (Val::Missing, Val::Missing) => Ordering::Equal,
            (Val::Missing, _) => Ordering::Less,
            (_, Val::Missing) => Ordering::Greater,
            (Val::Boolean(a), Val::Boolean(b)) => a.cmp(b),
            (Val::Integer(a), Val::Integer(b)) => a.cmp(b),
            (Val::Decimal(a), Val::Decimal(b)) => a.cmp(b),
            (Val::Date(a), Val::Date(b)) => a.cmp(b),
            // Units are numbered in the order of their names.
            (Val::Duration { unit, amount }, Val::Duration { unit: u, amount: n }) => (unit, amount).cmp(&(u, n)),
            (Val::Choice { at, .. }, Val::Choice { at: b, .. }) => at.cmp(b),
            (Val::Reference { list, row }, Val::Reference { list: l, row: r }) => {
                if (list, row) == (l, r) {
                    Ordering::Equal
                } else {
                    (*self.row_key(*list, *row)).cmp(&self.row_key(*l, *r))
                }
            }
            (Val::Reference { list, row }, Val::KeyOf { key, .. }) => (*self.row_key(*list, *row)).cmp(key.as_ref()),
            (Val::KeyOf { key, .. }, Val::Reference { list, row }) => key.as_ref().cmp(&self.row_key(*list, *row)),
            (Val::KeyOf { key: a, .. }, Val::KeyOf { key: b, .. }) | (Val::Text(a), Val::Text(b)) => a.cmp(b),
            (Val::Code(a), Val::Code(b)) => a.split_once(':').cmp(&b.split_once(':')),
            (Val::List(a), Val::List(b)) => {
                for at in 0..a.len().min(b.len()) {
                    let order = self.order(&a.get(at, self.store), &b.get(at, self.store));
                    if order != Ordering::Equal {
                        return order;
                    }
                }
                a.len().cmp(&b.len())
            }
            _ => Ordering::Equal,
        }
    }
}
