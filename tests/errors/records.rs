//! Values that are no records, records that are not what a struct takes, and texts that are no values.

use std::collections::{BTreeMap, HashMap};

use quanze::{
    Date, Decimal, Duration, Key, KeyError, Record, RecordError,
    record::{from_record, to_record},
};
use serde::{Deserialize, Serialize, Serializer, de::DeserializeOwned, ser::SerializeMap};

use super::Said;

/// A map that names a field twice.
struct TwiceNamed;

impl Serialize for TwiceNamed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", "a")?;
        map.serialize_entry("name", "b")?;
        map.end()
    }
}

/// A field of bytes.
struct InBytes;

impl Serialize for InBytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(b"bytes")
    }
}

#[derive(Serialize)]
enum Choice {
    WithData(i64),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Level {
    City,
    Town,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "it is not made")]
struct Body {
    name: String,
    #[serde(default)]
    level: Option<Level>,
    #[serde(default)]
    limit: Option<Duration>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "it is not made")]
struct Strict {
    name: String,
}

fn field<T: Serialize>(value: T) -> HashMap<&'static str, T> {
    HashMap::from([("field", value)])
}

fn refused<T: DeserializeOwned>(record: &Record) -> RecordError {
    from_record::<T>(record).err().expect("it is not what the struct takes")
}

pub(crate) fn bring_about(said: &mut Said) {
    let errors = [
        to_record("a text").err(),
        to_record(&BTreeMap::from([(1, "a")])).err(),
        to_record(&TwiceNamed).err(),
        to_record(&field(1.5)).err(),
        to_record(&field(u64::MAX)).err(),
        to_record(&field(InBytes)).err(),
        to_record(&field(field("nested"))).err(),
        to_record(&field([["nested"]])).err(),
        to_record(&field(Choice::WithData(1))).err(),
    ];
    let errors = errors.into_iter().map(|error| error.expect("it is no record")).chain([
        refused::<Body>(&Record::new()),
        refused::<Body>(&Record::new().with("name", 1)),
        refused::<Body>(&Record::new().with("name", "Town hall").with("level", "village")),
        refused::<Strict>(&Record::new().with("name", "Town hall").with("colour", "red")),
        refused::<Body>(&Record::new().with("name", "Town hall").with("limit", "soon")),
    ]);
    for error in errors {
        said.say("RecordErrorKind", Some(error.kind()), &error);
        said.plain("RecordError", &error);
    }

    said.plain("DateError", &"2024-02-30".parse::<Date>().expect_err("there is no such day"));
    said.plain("DecimalError", &"a lot".parse::<Decimal>().expect_err("it is no amount"));
    said.plain("DurationError", &"ten days".parse::<Duration>().expect_err("it is no number"));
    let keys: [Result<Key, KeyError>; 5] =
        ["".parse(), "a//b".parse(), Key::root(&"x".repeat(600)), Key::root("a\tb"), "a~b".parse()];
    for key in keys {
        said.variant("KeyError", &key.expect_err("it is no key"));
    }
}
