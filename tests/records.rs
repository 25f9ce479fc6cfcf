//! What goes into a record and comes out of one, and what is refused.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt::Debug,
};

use proptest::{collection, option, prelude::*};
use quanze::{
    Code, Date, Decimal, Duration, Key, Name, Record, Value, days,
    record::{RecordErrorKind, from_record, to_record},
    working_days,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;

/// The name of the one field of a wrapped value.
const FIELD: &str = "field";

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct One<T> {
    field: T,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Licence,
    Penalty,
}

#[derive(Debug, Serialize, Deserialize)]
enum Carrying {
    Nothing,
    One(i64),
    Two(i64, i64),
    Named { a: i64 },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Wrapped(String);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Pair(i64, String);

/// Writes a value into a field.
#[track_caller]
fn written(value: impl Serialize, expect: impl Into<Value>) {
    assert_eq!(to_record(&One { field: value }), Ok(Record::new().with(FIELD, expect)));
}

#[track_caller]
fn not_written(value: impl Serialize, expect: &str) {
    let error = to_record(&One { field: value }).unwrap_err();
    assert_eq!(error.field().map(Name::as_str), Some(FIELD));
    assert_eq!(error.to_string(), format!("field 'field': {expect}"));
}

/// Reads a value from a field.
#[track_caller]
fn read<T: DeserializeOwned + Debug + PartialEq>(value: impl Into<Value>, expect: T) {
    let record = Record::new().with(FIELD, value);
    assert_eq!(from_record::<One<T>>(&record), Ok(One { field: expect }));
}

#[track_caller]
fn not_read<T: DeserializeOwned + Debug>(value: impl Into<Value>, expect: &str) {
    let error = from_record::<One<T>>(&Record::new().with(FIELD, value)).unwrap_err();
    assert_eq!(error.field().map(Name::as_str), Some(FIELD));
    assert_eq!(error.to_string(), format!("field 'field': {expect}"));
}

#[track_caller]
fn no_record(value: impl Serialize, expect: &str) {
    let error = to_record(&value).unwrap_err();
    assert_eq!(error.to_string(), expect);
}

fn code() -> Code {
    Code::new("basic", "000101001000")
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[test]
fn scalars_are_written() {
    written(true, true);
    written('权', "权");
    written("text", "text");
    written(String::new(), "");
    written(Wrapped("inner".into()), "inner");
    written(Kind::Licence, "licence");
    written(Carrying::Nothing, "Nothing");
    written(None::<i64>, Value::Missing);
    written(Some(Some(1)), 1);
    written((), Value::Missing);
    written(date("2024-02-29"), "2024-02-29");
    written(decimal("12.50"), "12.5");
    written(working_days(10), "10 working_days");
    written(code(), "basic:000101001000");
    written(Code::new("", "a:b"), ":a:b");
    written(Key::root("a/b").unwrap(), "a~1b");
    written(Name::from("powers"), "powers");
}

#[test]
fn integers_are_written_while_they_fit() {
    written(i8::MIN, i64::from(i8::MIN));
    written(i16::MIN, i64::from(i16::MIN));
    written(i32::MIN, i64::from(i32::MIN));
    written(i64::MIN, i64::MIN);
    written(i128::from(i64::MIN), i64::MIN);
    written(u8::MAX, i64::from(u8::MAX));
    written(u16::MAX, i64::from(u16::MAX));
    written(u32::MAX, i64::from(u32::MAX));
    written(i64::MAX.unsigned_abs(), i64::MAX);
    written(u128::from(i64::MAX.unsigned_abs()), i64::MAX);

    let refused =
        |number: &str| format!("the integer {number} is too large; an integer lies between -2^63 and 2^63 - 1");
    not_written(1_u64 << 63, &refused("9223372036854775808"));
    not_written(1_u128 << 63, &refused("9223372036854775808"));
    not_written(i128::from(i64::MIN) - 1, &refused("-9223372036854775809"));
}

#[test]
fn lists_are_written() {
    written(["b", "a"], ["b", "a"]);
    written(BTreeSet::from(["b", "a"]), ["a", "b"]);
    written(Vec::<i64>::new(), Value::List(vec![]));
    written((1, "a", true), Value::List(vec![1.into(), "a".into(), true.into()]));
    written(Pair(1, "a".into()), Value::List(vec![1.into(), "a".into()]));
    written(vec![Some(Kind::Penalty), None], Value::List(vec!["penalty".into(), Value::Missing]));
    written(b"ab", Value::List(vec![97.into(), 98.into()]));

    not_written(vec![vec![1]], "a list in a list is not accepted; the elements of a list are single values");
    not_written(vec![(1, 2)], "a list in a list is not accepted; the elements of a list are single values");
    not_written(vec![1.5], "a floating-point number is not exact; use a Decimal, or text such as '12.50'");
    not_written(
        vec![One { field: 1 }],
        "the struct 'One' is no value of a field; a field holds one value, or a list of values",
    );
}

#[test]
fn what_no_field_holds_is_refused() {
    struct Bytes;

    impl Serialize for Bytes {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_bytes(b"bytes")
        }
    }

    not_written(0.5_f64, "a floating-point number is not exact; use a Decimal, or text such as '12.50'");
    not_written(0.5_f32, "a floating-point number is not exact; use a Decimal, or text such as '12.50'");
    not_written(Bytes, "bytes are no value of a field; use text");
    not_written(
        BTreeMap::from([("a", 1)]),
        "a map is no value of a field; a field holds one value, or a list of values",
    );
    not_written(
        One { field: 1 },
        "the struct 'One' is no value of a field; a field holds one value, or a list of values",
    );
    for (variant, name) in
        [(Carrying::One(1), "One"), (Carrying::Two(1, 2), "Two"), (Carrying::Named { a: 1 }, "Named")]
    {
        not_written(
            variant,
            &format!(
                "the variant '{name}' of 'Carrying' carries data; only a variant without data is a value, as text"
            ),
        );
    }
}

#[test]
fn only_structs_and_maps_are_records() {
    let is = |found: &str| format!("{found} is no record; a record is a struct, or a map with text keys");
    no_record(true, &is("a boolean"));
    no_record(1_u64, &is("an integer"));
    no_record(1.5, &is("a floating-point number"));
    no_record("text", &is("text"));
    no_record('c', &is("text"));
    no_record([1], &is("a list"));
    no_record((1, 2), &is("a list"));
    no_record(None::<Record>, &is("no value"));
    no_record((), &is("no value"));
    no_record(Kind::Licence, &is("a variant of an enum"));
    no_record(
        Carrying::Named { a: 1 },
        "the variant 'Named' of 'Carrying' carries data; only a variant without data is a value, as text",
    );
    no_record(BTreeMap::from([(1, 2)]), "an integer is no name of a field; the keys of a map are text");
    no_record(BTreeMap::from([((1, 2), 2)]), "a list is no name of a field; the keys of a map are text");

    let record = Record::new().with("a", 1);
    assert_eq!(to_record(&Some(&record)), Ok(record.clone()));
    assert_eq!(to_record(&BTreeMap::from([('a', 1)])), Ok(record.clone()));
    assert_eq!(to_record(&HashMap::from([(Name::from("a"), 1)])), Ok(record.clone()));
    assert_eq!(to_record(&BTreeMap::from([(Kind::Licence, 1)])), Ok(Record::new().with("licence", 1)));
    assert_eq!(to_record(&json!({"a": 1})), Ok(record));
    assert_eq!(to_record(&json!({})), Ok(Record::new()));
}

#[test]
fn a_field_that_comes_twice_is_refused() {
    #[derive(Serialize)]
    struct Outer {
        field: i64,
        #[serde(flatten)]
        rest: One<i64>,
    }

    let error = to_record(&Outer { field: 1, rest: One { field: 2 } }).unwrap_err();
    assert_eq!(error.to_string(), "field 'field': the field is there twice; each field comes once");
}

#[test]
fn what_serde_says_of_a_struct_holds() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Power {
        #[serde(rename = "type")]
        kind: Kind,
        #[serde(skip)]
        skipped: i64,
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        levels: Vec<String>,
        #[serde(flatten)]
        rest: One<Option<Date>>,
    }

    let power = Power { kind: Kind::Penalty, skipped: 0, levels: vec![], rest: One { field: None } };
    let record = to_record(&power).unwrap();
    assert_eq!(record, Record::new().with("type", "penalty").with("field", Value::Missing));
    assert_eq!(from_record(&record), Ok(power));
}

#[test]
fn scalars_are_read() {
    read(true, true);
    read("权", '权');
    read("text", String::from("text"));
    read("inner", Wrapped("inner".into()));
    read("licence", Kind::Licence);
    read(Value::Choice("licence".into()), Kind::Licence);
    read(Value::Choice("licence".into()), String::from("licence"));
    read(Value::Missing, None::<i64>);
    read(1, Some(Some(1)));
    read(Value::Missing, ());
    read(date("2024-02-29"), date("2024-02-29"));
    read(date("2024-02-29"), String::from("2024-02-29"));
    read(decimal("12.50"), decimal("12.5"));
    read(decimal("12.50"), String::from("12.5"));
    read(working_days(10), working_days(10));
    read(days(-3), String::from("-3 days"));
    read(code(), code());
    read(code(), String::from("basic:000101001000"));
    read(Key::root("a/b").unwrap(), Key::root("a/b").unwrap());
    read(Key::root("a/b").unwrap(), String::from("a~1b"));
    read("powers", Name::from("powers"));
    read(code(), Value::from("basic:000101001000"));
    read(code(), json!("basic:000101001000"));

    not_read::<bool>(1, "expected a boolean, found the integer 1");
    not_read::<String>(1, "expected a string, found the integer 1");
    not_read::<char>("ab", "expected a character, found the text 'ab'");
    not_read::<Kind>("grant", "expected 'licence' or 'penalty', found 'grant'");
    not_read::<Kind>(1, "expected enum Kind, found the integer 1");
    not_read::<Date>("soon", "'soon' is no date; a date reads like 2024-03-31");
    not_read::<Decimal>("1e5", "'1e5' is no decimal amount; an amount reads like 12.50, with at most 28 digits");
    not_read::<Duration>("10", "'10' is no duration; a duration reads like '10 working_days'");
    not_read::<BTreeMap<String, i64>>("a", "expected a map, found the text 'a'");
    not_read::<One<i64>>("a", "expected struct One, found the text 'a'");
    assert!(from_record::<One<Carrying>>(&Record::new().with(FIELD, "One")).is_err());
}

#[test]
fn integers_are_read_while_they_fit() {
    read(-128, i8::MIN);
    read(-32_768, i16::MIN);
    read(i32::MIN, i32::MIN);
    read(i64::MIN, i64::MIN);
    read(i64::MIN, i128::from(i64::MIN));
    read(255, u8::MAX);
    read(65_535, u16::MAX);
    read(u32::MAX, u32::MAX);
    read(i64::MAX, i64::MAX.unsigned_abs());
    read(i64::MAX, u128::from(i64::MAX.unsigned_abs()));

    not_read::<u8>(256, "expected u8, found the integer 256");
    not_read::<i8>(-129, "expected i8, found the integer -129");
    not_read::<u64>(-1, "expected u64, found the integer -1");
    not_read::<i64>("1", "expected i64, found the text '1'");
    not_read::<i64>(decimal("1"), "expected i64, found the text '1'");
    not_read::<f64>(1, "a floating-point number is not exact; use a Decimal, or text such as '12.50'");
}

#[test]
fn lists_are_read() {
    read(["b", "a"], vec![String::from("b"), String::from("a")]);
    read(["b", "a"], BTreeSet::from([String::from("a"), String::from("b")]));
    read(["penalty"], vec![Kind::Penalty]);
    read([date("2024-02-29")], vec![date("2024-02-29")]);
    read(Value::List(vec![1.into(), "a".into()]), (1, String::from("a")));
    read(Value::List(vec![1.into(), "a".into()]), Pair(1, "a".into()));
    read(Value::List(vec![1.into(), Value::Missing]), vec![Some(1), None]);
    read(Value::Missing, Vec::<i64>::new());
    read(Value::Missing, Wrapping(vec![]));
    read(Value::Missing, None::<Vec<i64>>);

    not_read::<Vec<String>>("a", "expected a sequence, found the text 'a'");
    not_read::<String>(["a"], "expected a string, found a list");
    not_read::<Vec<u8>>([256], "expected u8, found the integer 256");
    not_read::<(i64, i64)>([1], "expected a tuple of size 2, found a list of 1 element");
    not_read::<(i64, i64)>([1, 2, 3], "expected 2 elements, found a list of 3 elements");
    not_read::<(i64, i64)>(Value::Missing, "there is no value; make it an Option, or give it a default");
    not_read::<Vec<i64>>(
        Value::List(vec![Value::Missing]),
        "there is no value; make it an Option, or give it a default",
    );
}

#[derive(Debug, PartialEq, Deserialize)]
struct Wrapping(Vec<i64>);

#[test]
fn a_missing_value_and_a_field_that_is_not_there_are_alike() {
    fn five() -> i64 {
        5
    }

    #[expect(clippy::unnecessary_wraps, reason = "the default of an Option")]
    fn some() -> Option<i64> {
        Some(7)
    }

    fn own<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
        Option::deserialize(deserializer)
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Row {
        #[serde(default = "five")]
        number: i64,
        #[serde(default)]
        text: String,
        #[serde(default = "some")]
        option: Option<i64>,
        plain: Option<String>,
        list: Vec<i64>,
        set: BTreeSet<String>,
        #[serde(deserialize_with = "own")]
        own: Option<i64>,
    }

    let expect = Row {
        number: 5,
        text: String::new(),
        option: Some(7),
        plain: None,
        list: vec![],
        set: BTreeSet::new(),
        own: None,
    };
    let missing = ["number", "text", "option", "plain", "list", "set", "own"].map(|name| (name, Value::Missing));
    let missing = || missing.iter().cloned();
    for record in [Record::new(), missing().collect(), missing().rev().collect(), missing().step_by(2).collect()] {
        assert_eq!(from_record(&record).as_ref(), Ok(&expect));
    }

    for record in [Record::new(), Record::new().with(FIELD, Value::Missing)] {
        let error = from_record::<One<String>>(&record).unwrap_err();
        assert_eq!(error.kind(), &RecordErrorKind::Missing);
        assert_eq!(error.to_string(), "field 'field': there is no value; make it an Option, or give it a default");
    }
}

#[test]
fn flattened_parts_keep_their_defaults() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Row {
        #[serde(default)]
        text: String,
        #[serde(flatten)]
        rest: Rest,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Rest {
        #[serde(default)]
        count: u32,
        option: Option<i64>,
        needed: String,
    }

    let record =
        Record::new().with("text", Value::Missing).with("count", Value::Missing).with("option", Value::Missing);
    assert_eq!(
        from_record(&record.clone().with("needed", "n")),
        Ok(Row { text: String::new(), rest: Rest { count: 0, option: None, needed: "n".into() } }),
    );
    let error = from_record::<Row>(&record.with("needed", Value::Missing)).unwrap_err();
    assert_eq!(error.to_string(), "field 'needed': there is no value; make it an Option, or give it a default");
}

#[test]
fn enums_by_tag_and_by_shape_are_read() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "kind", rename_all = "snake_case")]
    enum Tagged {
        Licence { limit: Duration },
        Penalty { ceiling: Option<Decimal> },
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(untagged)]
    enum Shaped {
        Limited { limit: Duration },
        Free { name: String },
    }

    let licence = Tagged::Licence { limit: working_days(5) };
    let record = to_record(&licence).unwrap();
    assert_eq!(record, Record::new().with("kind", "licence").with("limit", "5 working_days"));
    assert_eq!(from_record(&record), Ok(licence));
    let penalty = Tagged::Penalty { ceiling: None };
    assert_eq!(from_record(&to_record(&penalty).unwrap()), Ok(penalty));
    let free = Shaped::Free { name: "n".into() };
    assert_eq!(from_record(&to_record(&free).unwrap()), Ok(free));
}

#[test]
fn fields_that_the_struct_lacks_are_passed_over_unless_denied() {
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Strict {
        #[serde(alias = "old_name")]
        name: String,
        other: Option<i64>,
    }

    let record = Record::new().with("a", 1).with(FIELD, 2).with("z", Value::Missing);
    assert_eq!(from_record(&record), Ok(One { field: 2 }));

    let name = Record::new().with("name", "n");
    assert_eq!(from_record(&name), Ok(Strict { name: "n".into(), other: None }));
    assert_eq!(from_record(&Record::new().with("old_name", "n")), Ok(Strict { name: "n".into(), other: None }));
    for value in [Value::Missing, 1.into()] {
        let error = from_record::<Strict>(&name.clone().with("nick", value)).unwrap_err();
        let expect = "field 'nick': the struct has no such field; expected 'name', 'old_name' or 'other'";
        assert_eq!(error.to_string(), expect);
    }
    let error = from_record::<Strict>(&name.with("old_name", "m")).unwrap_err();
    assert_eq!(error.to_string(), "field 'name': the field is there twice; each field comes once");
}

#[test]
fn maps_take_every_field() {
    let record = Record::new().with("key", "k").with("n", 1).with("m", Value::Missing).with("d", days(3));
    assert_eq!(from_record(&record), Ok(json!({"key": "k", "n": 1, "m": null, "d": "3 days"})));
    let map: HashMap<String, Value> = from_record(&record).unwrap();
    assert_eq!(map["d"], Value::from("3 days"));
    assert_eq!(map["m"], Value::Missing);
    assert_eq!(map.len(), 4);
    assert_eq!(from_record::<Record>(&record), Ok(record.clone().with("d", "3 days")));
    assert_eq!(from_record::<Option<Record>>(&record).map(|record| record.is_some()), Ok(true));

    // Where a map can hold no missing value, it is left out.
    let texts = Record::new().with("a", "x").with("b", Value::Missing);
    assert_eq!(from_record(&texts), Ok(BTreeMap::from([(String::from("a"), String::from("x"))])));
}

#[test]
fn a_record_is_read_as_nothing_else() {
    let expect = |found: &str| format!("expected {found}, found a record");
    let record = Record::new().with("a", 1);
    assert_eq!(from_record::<String>(&record).unwrap_err().to_string(), expect("a string"));
    assert_eq!(from_record::<Vec<i64>>(&record).unwrap_err().to_string(), expect("a sequence"));
    assert_eq!(from_record::<()>(&record).unwrap_err().to_string(), expect("unit"));
    assert_eq!(from_record::<Kind>(&record).unwrap_err().to_string(), expect("enum Kind"));
}

#[test]
fn long_texts_are_cut_in_messages() {
    let error = from_record::<One<i64>>(&Record::new().with(FIELD, "长".repeat(1000))).unwrap_err();
    assert_eq!(error.to_string(), format!("field 'field': expected i64, found the text '{}'", "长".repeat(70)));
}

/// A struct with a field of every type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Everything {
    key: String,
    truth: bool,
    small: i8,
    unsigned: u32,
    large: i64,
    wide: i128,
    character: char,
    text: String,
    kind: Kind,
    decimal: Decimal,
    date: Date,
    duration: Duration,
    code: Code,
    reference: Key,
    maybe_truth: Option<bool>,
    maybe_text: Option<String>,
    maybe_kind: Option<Kind>,
    maybe_date: Option<Date>,
    numbers: Vec<i64>,
    texts: BTreeSet<String>,
    kinds: Vec<Kind>,
    durations: Vec<Duration>,
    codes: Option<Vec<Code>>,
    #[serde(default)]
    defaulted: Vec<String>,
    pair: (i64, String),
    value: Value,
}

fn a_kind() -> impl Strategy<Value = Kind> {
    prop_oneof![Just(Kind::Licence), Just(Kind::Penalty)]
}

fn a_date() -> impl Strategy<Value = Date> {
    (0_i16..=9999, 1_i8..=12, 1_i8..=28).prop_map(|(year, month, day)| Date::new(year, month, day).unwrap())
}

fn a_decimal() -> impl Strategy<Value = Decimal> {
    (any::<i32>(), 0_u32..1_000_000).prop_map(|(whole, part)| decimal(&format!("{whole}.{part:06}")))
}

fn a_duration() -> impl Strategy<Value = Duration> {
    (any::<i64>(), "[a-z][a-z0-9_]{0,9}").prop_map(|(amount, unit)| Duration::new(amount, unit))
}

fn a_code() -> impl Strategy<Value = Code> {
    ("[a-z]{0,5}", any::<String>()).prop_map(|(scheme, text)| Code::new(scheme, text))
}

fn a_key() -> impl Strategy<Value = Key> {
    collection::vec("[^\\pC]{1,20}", 1..4).prop_map(|segments| {
        let (first, rest) = segments.split_first().unwrap();
        rest.iter().fold(Key::root(first).unwrap(), |key, step| key.then(step).unwrap())
    })
}

/// A value as JSON has it.
fn a_plain_value() -> impl Strategy<Value = Value> {
    let scalar = || {
        prop_oneof![
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from)
        ]
    };
    prop_oneof![Just(Value::Missing), scalar(), collection::vec(scalar(), 0..4).prop_map(Value::List)]
}

prop_compose! {
    fn scalars()(
        (key, truth, small, unsigned, large) in any::<(String, bool, i8, u32, i64)>(),
        (character, text) in any::<(char, String)>(),
        kind in a_kind(),
        decimal in a_decimal(),
        date in a_date(),
        duration in a_duration(),
        code in a_code(),
        reference in a_key(),
        value in a_plain_value(),
    ) -> Everything {
        Everything {
            key, truth, small, unsigned, large, wide: i128::from(large), character, text, kind, decimal, date, duration,
            code, reference, value,
            maybe_truth: None, maybe_text: None, maybe_kind: None, maybe_date: None, numbers: vec![],
            texts: BTreeSet::new(), kinds: vec![], durations: vec![], codes: None, defaulted: vec![],
            pair: (0, String::new()),
        }
    }
}

prop_compose! {
    fn everything()(
        scalars in scalars(),
        (maybe_truth, maybe_text) in any::<(Option<bool>, Option<String>)>(),
        maybe_kind in option::of(a_kind()),
        maybe_date in option::of(a_date()),
        numbers in collection::vec(any::<i64>(), 0..4),
        texts in collection::btree_set(any::<String>(), 0..4),
        kinds in collection::vec(a_kind(), 0..4),
        durations in collection::vec(a_duration(), 0..4),
        codes in option::of(collection::vec(a_code(), 1..4)),
        defaulted in collection::vec(any::<String>(), 0..3),
        pair in any::<(i64, String)>(),
    ) -> Everything {
        Everything {
            maybe_truth, maybe_text, maybe_kind, maybe_date, numbers, texts, kinds, durations, codes, defaulted, pair,
            ..scalars
        }
    }
}

/// Writes a value as the engine hands it back: an empty list is a missing value.
fn normal(value: Value) -> Value {
    if value.as_list().is_some_and(<[Value]>::is_empty) { Value::Missing } else { value }
}

proptest! {
    /// What is written reads back as what it was.
    #[test]
    fn round_trip(everything in everything()) {
        let record = to_record(&everything).unwrap();
        prop_assert_eq!(record.len(), 26);
        prop_assert_eq!(from_record::<Everything>(&record).unwrap(), everything);
    }

    /// The engine gives values of the field's type where text was written: they read alike.
    #[test]
    fn round_trip_by_typed_values(everything in everything()) {
        let typed = to_record(&everything).unwrap()
            .with("kind", Value::Choice(if everything.kind == Kind::Licence { "licence" } else { "penalty" }.into()))
            .with("decimal", everything.decimal)
            .with("date", everything.date)
            .with("duration", everything.duration.clone())
            .with("code", everything.code.clone())
            .with("reference", &everything.reference)
            .with("maybe_date", everything.maybe_date)
            .with("durations", everything.durations.clone())
            .with("codes", everything.codes.clone());
        prop_assert_eq!(from_record::<Everything>(&typed).unwrap(), everything);
    }

    /// A record is its JSON form: serde's own way gives the same.
    #[test]
    fn the_same_as_by_json(everything in everything()) {
        let record = to_record(&everything).unwrap();
        let json = serde_json::to_string(&everything).unwrap();
        prop_assert_eq!(serde_json::to_string(&record).unwrap(), &*json);
        prop_assert_eq!(&serde_json::from_str::<Record>(&json).unwrap(), &record);
        prop_assert_eq!(to_record(&record).unwrap(), record.clone());
        prop_assert_eq!(from_record::<Record>(&record).unwrap(), record.clone());
        let parsed: serde_json::Value = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(to_record(&parsed).unwrap(), record.clone());
        prop_assert_eq!(from_record::<serde_json::Value>(&record).unwrap(), parsed);
    }

    /// Missing values, empty lists and fields that are not there read alike, and the order of fields does not matter.
    #[test]
    fn missing_is_absent_is_empty(everything in everything(), rotation in 0_usize..26) {
        let everything = Everything { value: normal(everything.value.clone()), ..everything };
        let record = to_record(&everything).unwrap();
        let normal: Record = record.iter().map(|(name, value)| (name, normal(value.clone()))).collect();
        let present: Record = normal.iter().filter(|(_, value)| !value.is_missing())
            .map(|(name, value)| (name, value.clone())).collect();
        let rotated: Record = normal.iter().cycle().skip(rotation).take(26)
            .map(|(name, value)| (name, value.clone())).collect();
        for record in [normal, present, rotated] {
            prop_assert_eq!(&from_record::<Everything>(&record).unwrap(), &everything);
        }
    }
}
