use std::collections::{BTreeMap, btree_map::Entry};

use super::text::Names;
use crate::{
    heap,
    schema::Fold,
    store::{Items, Kind, Val},
    value::Decimal,
};

/// A value drawn from many rows, kept so that one row more or less costs little.
///
/// Counts and sums go by difference; the smallest, the largest and all different values by an ordered multiset.
#[derive(Debug, Clone, Default)]
pub(crate) struct Partial {
    rows: i64,
    held: Held,
}

#[derive(Debug, Clone, Default)]
enum Held {
    #[default]
    Nothing,
    /// Sums by what adds up: one of integers, one for each unit, one for each number of decimals. With each the number of
    /// values, so that what has gone leaves no trace.
    Sums(Vec<Sum>),
    /// The number of rows for which the value is true.
    True(i64),
    /// The values and how many rows have each.
    Values(BTreeMap<Atom, i64>),
}

/// The sum of the values of one unit or number of decimals, and how many they are.
#[derive(Debug, Clone, Copy)]
struct Sum {
    part: u32,
    values: i64,
    sum: i128,
}

/// A value in the order of values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Atom {
    Boolean(bool),
    Integer(i64),
    Decimal(Decimal),
    Date(i32),
    Duration(u32, i64),
    Choice(u32, u16),
    Reference(Box<str>, u16, u32),
    Code(Box<str>, Box<str>),
    Text(Box<str>),
}

impl Partial {
    /// Adds a row (`by` 1) or takes one away (−1).
    pub(crate) fn add(&mut self, fold: Fold, names: Names<'_>, val: &Val<'_>, by: i64) {
        self.rows += by;
        match fold {
            Fold::Count => {}
            Fold::Sum => {
                let (part, amount) = match val {
                    Val::Integer(number) => (0, i128::from(*number)),
                    Val::Duration { unit, amount } => (*unit, i128::from(*amount)),
                    Val::Decimal(amount) => amount.parts(),
                    _ => return,
                };
                self.sum(part, by, i128::from(by) * amount);
            }
            Fold::Any | Fold::All => {
                if let Held::Nothing = self.held {
                    self.held = Held::True(0);
                }
                if let Held::True(count) = &mut self.held {
                    *count += by * i64::from(val.is_true());
                }
            }
            Fold::Min | Fold::Max => self.hold(names, val, by),
            Fold::Collect => match val {
                Val::List(Items::Cells(kind, cells)) => {
                    for cell in *cells {
                        self.hold(names, &names.store.read(kind, *cell), by);
                    }
                }
                Val::List(Items::Vals(vals)) => {
                    for val in vals {
                        self.hold(names, val, by);
                    }
                }
                one => self.hold(names, one, by),
            },
        }
    }

    /// Adds rows whose values are whole numbers that add up: how many rows, how many values, and what they come to.
    pub(crate) fn add_sum(&mut self, rows: i64, values: i64, sum: i128) {
        self.rows += rows;
        if values != 0 || sum != 0 {
            self.sum(0, values, sum);
        }
    }

    fn sum(&mut self, part: u32, values: i64, sum: i128) {
        if let Held::Nothing = self.held {
            self.held = Held::Sums(Vec::new());
        }
        let Held::Sums(sums) = &mut self.held else { return };
        match sums.binary_search_by_key(&part, |held| held.part) {
            Ok(at) => {
                let held = &mut sums[at];
                held.values += values;
                held.sum += sum;
                if held.values == 0 {
                    sums.remove(at);
                }
            }
            Err(at) => sums.insert(at, Sum { part, values, sum }),
        }
    }

    fn hold(&mut self, names: Names<'_>, val: &Val<'_>, by: i64) {
        let Some(atom) = atom(names, val) else { return };
        if let Held::Nothing = self.held {
            self.held = Held::Values(BTreeMap::new());
        }
        if let Held::Values(values) = &mut self.held {
            match values.entry(atom) {
                Entry::Vacant(free) => {
                    free.insert(by);
                }
                Entry::Occupied(held) if *held.get() + by == 0 => {
                    held.remove();
                }
                Entry::Occupied(mut held) => *held.get_mut() += by,
            }
        }
    }

    /// Returns the bytes that it takes elsewhere.
    pub(crate) fn bytes(&self) -> usize {
        let text = |atom: &Atom| match atom {
            Atom::Reference(key, ..) => key.len(),
            Atom::Code(scheme, text) => scheme.len() + text.len(),
            Atom::Text(text) => text.len(),
            _ => 0,
        };
        match &self.held {
            Held::Nothing | Held::True(_) => 0,
            Held::Sums(sums) => heap::of_vec(sums),
            Held::Values(values) => heap::of_btree_map(values) + values.keys().map(text).sum::<usize>(),
        }
    }

    /// Tells whether nothing has been added that was not taken away.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Returns the value drawn; `of` is the kind of what is folded.
    pub(crate) fn value(&self, fold: Fold, of: &Kind) -> Val<'static> {
        match (fold, &self.held) {
            (Fold::Count, _) => Val::Integer(self.rows),
            (Fold::Sum, Held::Sums(sums)) => sum(sums, of),
            (Fold::Sum, _) => sum(&[], of),
            (Fold::Any, Held::True(count)) => Val::Boolean(*count > 0),
            (Fold::Any, _) => Val::Boolean(false),
            (Fold::All, Held::True(count)) => Val::Boolean(*count == self.rows),
            (Fold::All, _) => Val::Boolean(self.rows == 0),
            (Fold::Min | Fold::Max, Held::Values(values)) => {
                let (Some((first, _)), Some((last, _))) = (values.first_key_value(), values.last_key_value()) else {
                    return Val::Missing;
                };
                match (first, last) {
                    (Atom::Duration(a, _), Atom::Duration(b, _)) if a != b => Val::Missing,
                    _ => if fold == Fold::Min { first } else { last }.val(),
                }
            }
            (Fold::Collect, Held::Values(values)) if !values.is_empty() => {
                Val::List(Items::Vals(values.keys().map(Atom::val).collect()))
            }
            _ => Val::Missing,
        }
    }
}

fn sum(sums: &[Sum], of: &Kind) -> Val<'static> {
    match (of, sums) {
        (Kind::Decimal, _) => {
            let mut parts = sums.iter().map(|held| Decimal::from_parts(held.sum, held.part));
            let total = parts.try_fold(Decimal::from(0), |all, one| all.checked_add(one?));
            total.map_or(Val::Missing, Val::Decimal)
        }
        (Kind::Duration, [one]) => {
            i64::try_from(one.sum).map_or(Val::Missing, |amount| Val::Duration { unit: one.part, amount })
        }
        (Kind::Duration, _) => Val::Missing,
        (_, []) => Val::Integer(0),
        (_, [one, ..]) => i64::try_from(one.sum).map_or(Val::Missing, Val::Integer),
    }
}

fn atom(names: Names<'_>, val: &Val<'_>) -> Option<Atom> {
    Some(match val {
        Val::Boolean(v) => Atom::Boolean(*v),
        Val::Integer(v) => Atom::Integer(*v),
        Val::Decimal(v) => Atom::Decimal(*v),
        Val::Date(v) => Atom::Date(*v),
        Val::Duration { unit, amount } => Atom::Duration(*unit, *amount),
        Val::Choice { vocabulary, at } => Atom::Choice(*at, *vocabulary),
        Val::Reference { list, row } => Atom::Reference(names.text(val).into_owned().into(), *list, *row),
        Val::Code(code) => {
            let (scheme, text) = code.split_once(':').unwrap_or(("", code));
            Atom::Code(scheme.into(), text.into())
        }
        Val::Text(text) => Atom::Text(text.as_ref().into()),
        _ => return None,
    })
}

impl Atom {
    fn val(&self) -> Val<'static> {
        match self {
            Self::Boolean(v) => Val::Boolean(*v),
            Self::Integer(v) => Val::Integer(*v),
            Self::Decimal(v) => Val::Decimal(*v),
            Self::Date(v) => Val::Date(*v),
            Self::Duration(unit, amount) => Val::Duration { unit: *unit, amount: *amount },
            Self::Choice(at, vocabulary) => Val::Choice { vocabulary: *vocabulary, at: *at },
            Self::Reference(_, list, row) => Val::Reference { list: *list, row: *row },
            Self::Code(scheme, text) => Val::Code(format!("{scheme}:{text}").into()),
            Self::Text(text) => Val::Text(text.to_string().into()),
        }
    }
}
