//! JSON that is right but for a few places: closer to what people get wrong than bytes that are wrong everywhere.

use serde_json::{Map, Value, json};

use super::Reading;

/// No document is bent in more places.
const MOST_BENDS: usize = 12;

/// A document with changes that the bytes tell: how many, and for each where, what, and what with.
pub(crate) fn bent(document: &Value, bytes: &mut Reading<'_>) -> Value {
    let mut now = document.clone();
    for _ in 0..usize::from(bytes.byte()) % (MOST_BENDS + 1) {
        let places = places(&now);
        let at = places[bytes.below(places.len())].clone();
        let how = bytes.byte();
        let with = bytes.below(usize::from(u16::MAX));
        bend(&mut now, &at, how, with, &places);
    }
    now
}

/// The pointers of all values in a document, its own first.
fn places(document: &Value) -> Vec<String> {
    let mut places = Vec::new();
    collect(document, "", &mut places);
    places
}

fn collect(value: &Value, at: &str, places: &mut Vec<String>) {
    places.push(at.to_owned());
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                let name = name.replace('~', "~0").replace('/', "~1");
                collect(value, &format!("{at}/{name}"), places);
            }
        }
        Value::Array(all) => {
            for (n, value) in all.iter().enumerate() {
                collect(value, &format!("{at}/{n}"), places);
            }
        }
        _ => {}
    }
}

fn bend(document: &mut Value, at: &str, how: u8, with: usize, places: &[String]) {
    let other = document.pointer(&places[with % places.len()]).cloned().unwrap_or_default();
    let Some(value) = document.pointer_mut(at) else { return };
    match (how % 10, &mut *value) {
        (0, Value::Object(map)) => {
            let name = map.keys().nth(with % map.len().max(1)).cloned();
            name.and_then(|name| map.shift_remove(&name));
        }
        (0, Value::Array(all)) if !all.is_empty() => {
            all.remove(with % all.len());
        }
        // Another name, which something else may have.
        (1, Value::Object(map)) => {
            let at = with % map.len().max(1);
            let names: Vec<String> = map.keys().cloned().collect();
            let new = names.get(with / 7 % names.len().max(1)).filter(|_| with.is_multiple_of(3)).cloned();
            let new = new.unwrap_or_else(|| odd_name(with));
            *map = map
                .iter()
                .enumerate()
                .map(|(n, (name, value))| (if n == at { new.clone() } else { name.clone() }, value.clone()))
                .collect::<Map<_, _>>();
        }
        (1, Value::Array(all)) if !all.is_empty() => {
            let again = all[with % all.len()].clone();
            all.push(again);
        }
        (2, Value::Array(all)) if !all.is_empty() => {
            let first = with % all.len();
            let second = with / 7 % all.len();
            all.swap(first, second);
        }
        (2, Value::Object(map)) => {
            map.insert(odd_name(with), other);
        }
        (3, Value::Number(number)) => {
            let near =
                number.as_i64().unwrap_or_default().wrapping_add(i64::try_from(with % 5).unwrap_or_default() - 2);
            *value = near.into();
        }
        (4, whole) => *whole = Value::Array(vec![whole.take()]),
        (5, whole) => {
            let inner = match whole {
                Value::Array(all) => all.first().cloned(),
                Value::Object(map) => map.values().next().cloned(),
                _ => None,
            };
            *whole = inner.unwrap_or_default();
        }
        (6, whole) => *whole = odd_value(with),
        (_, whole) => *whole = other,
    }
}

fn odd_name(with: usize) -> String {
    const NAMES: [&str; 12] = [
        "key",
        "name",
        "type",
        "a",
        "",
        "Z",
        "名",
        "a/b",
        "~",
        "rules",
        "fields",
        "a_name_that_is_longer_than_any_name_can_be_in_a_schema_of_this_library",
    ];
    NAMES[with % NAMES.len()].to_owned()
}

fn odd_value(with: usize) -> Value {
    const TEXTS: [&str; 16] = [
        "",
        "a",
        "key",
        "名",
        "a/b",
        "~2",
        "text",
        "integer",
        "boolean",
        "date",
        "row",
        "0001-01-01",
        "10 working_days",
        "item:010100001",
        "blocking",
        "1.50",
    ];
    match with % 9 {
        0 => Value::Null,
        1 => json!(i64::MIN),
        2 => json!(i64::MAX),
        3 => json!(1.5),
        4 => json!(true),
        5 => json!([]),
        6 => json!({}),
        _ => json!(TEXTS[with / 9 % TEXTS.len()]),
    }
}
