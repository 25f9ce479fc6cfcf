//! Keys that are printed and read, values that are, and the rows that keys name.

use std::{collections::BTreeSet, fmt::Display, str::FromStr};

use quanze::{
    Date, Decimal, Duration, Edits, Key, ListSystem, Record, Schema, Value,
    schema::{List, Rule, Type, element},
};

/// No more lines than these are made rows.
const MOST_LINES: usize = 6;

/// What is read prints as it was; what is printed is read; a row is found by the key that it prints.
pub(crate) fn holds(input: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(input);
    parsed(&text)?;
    rooted(&text)?;
    prints::<Date>(&text)?;
    prints::<Decimal>(&text)?;
    prints::<Duration>(&text)?;
    rows(&text.lines().take(MOST_LINES).collect::<Vec<_>>())
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, expected: &T, got: &T) -> Result<(), String> {
    if expected == got { Ok(()) } else { Err(format!("{what}: expected {expected:?}, got {got:?}")) }
}

/// Whether plain text can be a segment, written from the contract.
fn is_segment(plain: &str) -> bool {
    let escaped: usize = plain.chars().map(|c| if "~/".contains(c) { 2 } else { c.len_utf8() }).sum();
    (1..=512).contains(&escaped) && !plain.chars().any(char::is_control)
}

/// The plain text of a segment, or nothing where an escape is wrong.
fn plain(segment: &str) -> Option<String> {
    let mut plain = String::new();
    let mut chars = segment.chars();
    while let Some(c) = chars.next() {
        plain.push(match c {
            '~' => match chars.next()? {
                '0' => '~',
                '1' => '/',
                _ => return None,
            },
            c => c,
        });
    }
    Some(plain)
}

fn parsed(text: &str) -> Result<(), String> {
    let segments: Option<Vec<String>> = text.split('/').map(plain).collect();
    let expected = segments.filter(|segments| segments.iter().all(|segment| is_segment(segment)));
    match (expected, text.parse::<Key>()) {
        (None, Err(refused)) if refused.to_string().is_empty() => Err("refused without a reason".to_owned()),
        (None, Err(_)) => Ok(()),
        (Some(expected), Ok(key)) => {
            same("the key", &text, &key.as_str())?;
            same("its segments", &expected, &key.segments().map(Into::into).collect())?;
            let mut built = Key::root(&expected[0]).map_err(|error| error.to_string())?;
            for step in &expected[1..] {
                built = built.then(step).map_err(|error| error.to_string())?;
            }
            same("the key built of them", &key, &built)?;
            let json = serde_json::to_string(&key).map_err(|error| error.to_string())?;
            same("the key from JSON", &key, &serde_json::from_str(&json).map_err(|error| error.to_string())?)
        }
        (Some(_), Err(refused)) => Err(format!("a key is refused: {refused}")),
        (None, Ok(key)) => Err(format!("{key:?} is taken for a key")),
    }
}

fn rooted(text: &str) -> Result<(), String> {
    match (is_segment(text), Key::root(text)) {
        (true, Ok(key)) => {
            same("the segment", &vec![text.to_owned()], &key.segments().map(Into::into).collect())?;
            same("the key read again", &Ok(key.clone()), &key.to_string().parse())
        }
        (false, Err(_)) => Ok(()),
        (expected, got) => Err(format!("{text:?} can be a segment: {expected}, and yet {got:?}")),
    }
}

/// What is read prints, and what it prints is read as the same.
fn prints<T: FromStr + Display + PartialEq + std::fmt::Debug>(text: &str) -> Result<(), String>
where
    T::Err: Display,
{
    let Ok(value) = text.parse::<T>() else { return Ok(()) };
    let printed = value.to_string();
    let again = printed.parse::<T>().map_err(|error| format!("{printed:?}, printed for {text:?}: {error}"))?;
    same("the value read again", &value, &again)?;
    same("printed again", &printed, &again.to_string())
}

/// Rows with such keys, each with a row for each of the texts.
fn rows(lines: &[&str]) -> Result<(), String> {
    let parts = List::derived()
        .field("of", Type::Text)
        .rule(Rule::each_element("part", "things", "parts").set("of", element("value")));
    let schema =
        Schema::builder().list("things", List::base().field("parts", Type::set(Type::Text))).list("parts", parts);
    let mut system = ListSystem::new(schema.build().map_err(|error| error.to_string())?);
    let elements: BTreeSet<&str> = lines.iter().copied().collect();
    let record = Record::new().with("parts", elements.iter().map(|line| Value::from(*line)).collect::<Value>());
    let mut there = BTreeSet::new();
    for line in lines {
        let before = system.state().to_bytes();
        // A key as it prints.
        match system.commit(Edits::new().insert("things", line, &record)) {
            Ok(_) => {
                there.insert(line.parse::<Key>().map_err(|error| error.to_string())?);
            }
            Err(refused) if refused.to_string().is_empty() => return Err("refused without a reason".to_owned()),
            Err(_) => same("what a refusal leaves", &before, &system.state().to_bytes())?,
        }
    }
    let snapshot = system.snapshot();
    let things = snapshot.list("things").map_err(|error| error.to_string())?;
    same("the keys of the rows", &there, &things.rows().map(|row| row.key()).collect())?;
    let parts = snapshot.list("parts").map_err(|error| error.to_string())?;
    same("how many rows", &(there.len() * elements.len()), &parts.len())?;
    for row in parts.rows() {
        let key: Key = row.key().to_string().parse().map_err(|error: quanze::KeyError| error.to_string())?;
        let found = parts.row(&key).ok_or_else(|| format!("{key} is not found"))?;
        let of = found.get("of").map_err(|error| error.to_string())?;
        let last = key.segments().next_back().map(|segment| Value::from(segment.as_ref()));
        same("the element", &last, &Some(of))?;
    }
    system.verify().map_err(|difference| format!("verify: {difference}"))
}
