//! Where a row stands in an order, as bytes that compare as the rows do: the values that they are ordered by, then the key.
//!
//! Each value begins with a mark of whether it is there, and says itself where it ends; of one that is ordered the largest
//! first all bytes are turned around.

use crate::{
    engine::{At, Cx, Names},
    schema::Direction,
    store::{Kind, Val},
    value::Decimal,
};

const MISSING: u8 = 0;
pub(super) const PRESENT: u8 = 1;
/// What a NUL in a text is followed by, and what ends a text: so the end is less than whatever goes on.
const GOES_ON: u8 = 0xff;
const ENDS: u8 = 1;

/// Writes the place of a row among those ordered by some fields.
pub(super) fn write_row(cx: &Cx<'_>, at: At, by: &[(u16, Direction)], place: &mut Vec<u8>) {
    for (field, direction) in by {
        write_value(cx.names(), &cx.field(at, *field), *direction, place);
    }
    place.extend_from_slice(cx.key(at).as_bytes());
}

/// Writes a value.
pub(super) fn write_value(names: Names<'_>, val: &Val<'_>, direction: Direction, place: &mut Vec<u8>) {
    let from = place.len();
    if val.is_missing() {
        place.push(MISSING);
    } else {
        place.push(PRESENT);
        write_present(names, val, place);
    }
    turn(direction, &mut place[from..]);
}

/// Turns bytes around where the largest comes first.
pub(super) fn turn(direction: Direction, bytes: &mut [u8]) {
    if direction == Direction::Descending {
        for byte in bytes {
            *byte = !*byte;
        }
    }
}

fn write_present(names: Names<'_>, val: &Val<'_>, place: &mut Vec<u8>) {
    match val {
        Val::Boolean(truth) => place.push(u8::from(*truth)),
        Val::Integer(number) => write_integer(*number, place),
        Val::Decimal(amount) => write_decimal(*amount, place),
        Val::Date(day) => place.extend((*day ^ i32::MIN).to_be_bytes()),
        Val::Duration { unit, amount } => {
            write_unit(*unit, place);
            write_integer(*amount, place);
        }
        Val::Choice { at, .. } => place.extend(at.to_be_bytes()),
        Val::Reference { list, row } => write_text(&names.row_key(*list, *row), place),
        Val::KeyOf { key, .. } => write_text(key, place),
        Val::Code(code) => {
            let (scheme, text) = code.split_once(':').unwrap_or(("", code));
            write_text(scheme, place);
            write_text(text, place);
        }
        Val::Text(text) => write_text(text, place),
        // Rows are ordered by single values.
        Val::Missing | Val::List(_) => {}
    }
}

fn write_integer(number: i64, place: &mut Vec<u8>) {
    place.extend((number ^ i64::MIN).to_be_bytes());
}

/// Writes the unit of a duration; the amount comes behind it.
pub(super) fn write_unit(unit: u32, place: &mut Vec<u8>) {
    place.extend(unit.to_be_bytes());
}

/// The most decimals of an amount.
const DECIMALS: u32 = 28;

fn write_decimal(amount: Decimal, place: &mut Vec<u8>) {
    let (decimals, units) = amount.parts();
    let whole = 10_u128.pow(decimals);
    let (whole, part) = (units.unsigned_abs() / whole, units.unsigned_abs() % whole);
    // Both are of 96 bits at most: the one is no more than the units, the other less than 10²⁸.
    let part = part * 10_u128.pow(DECIMALS - decimals);
    let from = place.len();
    // More than it is turned around.
    place.push(0x80);
    place.extend(&whole.to_be_bytes()[4..]);
    place.extend(&part.to_be_bytes()[4..]);
    if units < 0 {
        for byte in &mut place[from..] {
            *byte = !*byte;
        }
    }
}

/// Writes a text without its end, as all that it is the beginning of begin.
pub(super) fn write_open_text(text: &str, place: &mut Vec<u8>) {
    for part in text.as_bytes().split_inclusive(|byte| *byte == 0) {
        place.extend_from_slice(part);
        if part.ends_with(&[0]) {
            place.push(GOES_ON);
        }
    }
}

pub(super) fn write_text(text: &str, place: &mut Vec<u8>) {
    write_open_text(text, place);
    place.extend([0, ENDS]);
}

/// Returns where the key begins in a place that starts with values of these kinds; nothing where it does not.
pub(super) fn key_start<'k>(kinds: impl IntoIterator<Item = (&'k Kind, Direction)>, place: &[u8]) -> Option<usize> {
    let mut at = 0;
    for (kind, direction) in kinds {
        let flip = if direction == Direction::Descending { u8::MAX } else { 0 };
        let mark = place.get(at)? ^ flip;
        at += 1;
        if mark == MISSING {
            continue;
        }
        at += match kind {
            Kind::Boolean => 1,
            Kind::Integer => 8,
            Kind::Decimal => 25,
            Kind::Date | Kind::Choice(_) => 4,
            Kind::Duration => 12,
            Kind::Text | Kind::Reference(_) => text_len(place.get(at..)?, flip)?,
            Kind::Code => {
                let scheme = text_len(place.get(at..)?, flip)?;
                scheme + text_len(place.get(at + scheme..)?, flip)?
            }
            Kind::List(_) => 0,
        };
    }
    (at <= place.len()).then_some(at)
}

fn text_len(bytes: &[u8], flip: u8) -> Option<usize> {
    let mut at = 0;
    loop {
        at += bytes[at..].iter().position(|byte| byte ^ flip == 0)? + 2;
        if bytes.get(at - 1)? ^ flip == ENDS {
            return Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::*;
    use crate::{plan::Plan, schema::Schema, store::Store};

    /// Compares all pairs of values, as bytes and as values.
    fn check(kind: &Kind, vals: &[Val<'static>]) -> Result<(), Box<dyn std::error::Error>> {
        let schema = Schema::builder().build()?;
        let (plan, store) = (Plan::new(&schema), Store::default());
        let names = Names { plan: &plan, store: &store };
        for direction in [Direction::Ascending, Direction::Descending] {
            let place = |val: &Val<'static>, key: &str| {
                let mut place = Vec::new();
                write_value(names, val, direction, &mut place);
                assert_eq!(key_start([(kind, direction)], &place), Some(place.len()), "{val:?}");
                place.extend_from_slice(key.as_bytes());
                place
            };
            for a in vals {
                for b in vals {
                    let order = names.order(a, b);
                    let order = if direction == Direction::Descending { order.reverse() } else { order };
                    assert_eq!(place(a, "k").cmp(&place(b, "k")), order, "{a:?} {b:?} {direction:?}");
                    assert_eq!(place(a, "a").cmp(&place(b, "b")), order.then(Ordering::Less), "{a:?} {b:?}");
                }
            }
        }
        Ok(())
    }

    #[test]
    fn bytes_compare_as_values_do() -> Result<(), Box<dyn std::error::Error>> {
        let missing = || std::iter::once(Val::Missing);
        let all = |vals: Vec<Val<'static>>| missing().chain(vals).collect::<Vec<_>>();
        check(&Kind::Boolean, &all(vec![Val::Boolean(false), Val::Boolean(true)]))?;
        let numbers = [i64::MIN, -1_000, -1, 0, 1, 255, 256, i64::MAX];
        check(&Kind::Integer, &all(numbers.map(Val::Integer).to_vec()))?;
        let amounts = [
            "-79228162514264337593543950335",
            "-12.5",
            "-0.0000000000000000000000000001",
            "0",
            "0.0000000000000000000000000001",
            "0.1",
            "1",
            "1.05",
            "12.5",
            "7.9228162514264337593543950335",
            "79228162514264337593543950335",
        ];
        let amounts: Result<Vec<Decimal>, _> = amounts.iter().map(|amount| amount.parse()).collect();
        check(&Kind::Decimal, &all(amounts?.into_iter().map(Val::Decimal).collect()))?;
        check(&Kind::Date, &all([i32::MIN, -1, 0, 1, 20_000].map(Val::Date).to_vec()))?;
        let durations = numbers.iter().flat_map(|amount| [0, 3].map(|unit| Val::Duration { unit, amount: *amount }));
        check(&Kind::Duration, &all(durations.collect()))?;
        let choices = [0, 1, 255, 256].map(|at| Val::Choice { vocabulary: 0, at });
        check(&Kind::Choice(0), &all(choices.to_vec()))?;
        let texts = ["", "\0", "\0\0", "\0\u{1}", "\u{1}", "a", "a\0", "a\0b", "a\u{1}", "aa", "b", "食品", "食品经营"];
        check(&Kind::Text, &all(texts.map(|text| Val::Text(text.into())).to_vec()))?;
        let codes = ["a:", "a:1", "a:11", "a:2", "ab:1", "b:"];
        check(&Kind::Code, &all(codes.map(|code| Val::Code(code.into())).to_vec()))
    }
}
