//! `docs/format.md` says what is so: its tables name the fields and alternatives that there are, no more and no fewer, and its
//! examples are read and written again.

use std::collections::{BTreeMap, BTreeSet};

use quanze::{
    Edits, Record, Schema, SchemaBuilder, State, Unfit, Value,
    schema::{
        Aggregate, Check, Checksum, CodeScheme, Direction, Each, Expr, Field, Fold, Index, Line, List, Narrow,
        OnRemove, OrderBy, Presence, Probe, RowsOf, Rule, Segment, SegmentOf, Severity, Table, Type, Vocabulary, Write,
    },
    system::{Misfit, Part, Why},
};
use serde::de::DeserializeOwned;

const PAGE: &str = include_str!("../docs/format.md");

/// The text under a heading of the second level.
#[track_caller]
fn chapter(heading: &str) -> &'static str {
    let (_, rest) = PAGE.split_once(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no chapter '{heading}'"));
    rest.split("\n## ").next().unwrap_or_default()
}

/// The JSON examples of a chapter.
fn examples(heading: &str) -> impl Iterator<Item = &'static str> {
    chapter(heading).split("```json\n").skip(1).filter_map(|rest| rest.split("```").next())
}

/// What stands between backticks in a text.
fn quoted(text: &str) -> BTreeSet<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The tables of a chapter: the first cell of each line, and the others.
fn tables(heading: &str) -> Vec<Vec<(&'static str, &'static str)>> {
    let mut tables = vec![Vec::new()];
    for line in chapter(heading).lines() {
        match line.strip_prefix("| ").and_then(|line| line.trim_end_matches('|').split_once('|')) {
            Some((first, rest)) => tables.last_mut().expect("there is one").push((first.trim(), rest.trim())),
            // The line below the heads.
            None if line.starts_with("|---") => tables.last_mut().expect("there is one").clear(),
            None => tables.push(Vec::new()),
        }
    }
    tables.retain(|table| !table.is_empty());
    tables
}

/// The fields in the first column of a table.
fn fields(heading: &str, table: usize) -> BTreeSet<&'static str> {
    tables(heading)[table].iter().flat_map(|(first, _)| quoted(first)).collect()
}

/// The names that reading a type knows: its error on one that it does not know lists them.
#[track_caller]
fn known<T: DeserializeOwned>(json: &str) -> BTreeSet<String> {
    let said = serde_json::from_str::<T>(json).err().map(|error| error.to_string()).unwrap_or_default();
    let (_, expected) = said.split_once("expected ").unwrap_or_else(|| panic!("{json} is refused otherwise: {said}"));
    quoted(expected).into_iter().map(str::to_owned).collect()
}

fn owned(names: BTreeSet<&str>) -> BTreeSet<String> {
    names.into_iter().map(str::to_owned).collect()
}

/// A serialised value, its keys as fields.
#[track_caller]
fn keys(value: &serde_json::Value) -> BTreeSet<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[test]
fn values_are_as_in_the_table() -> Result<(), serde_json::Error> {
    let table = &tables("Values")[0];
    let types: Vec<&str> = table.iter().map(|(ty, _)| *ty).collect();
    assert_eq!(
        types,
        [
            "any, missing",
            "boolean",
            "integer",
            "decimal",
            "date",
            "duration",
            "choice",
            "code",
            "reference",
            "text",
            "set",
            "sequence"
        ]
    );
    let typed = |ty: &str, json: &str| -> Option<Value> {
        let value: Value = serde_json::from_str(json).ok()?;
        let text = value.as_text().unwrap_or_default().to_owned();
        Some(match ty {
            "decimal" => text.parse::<quanze::Decimal>().ok()?.into(),
            "date" => text.parse::<quanze::Date>().ok()?.into(),
            "duration" => text.parse::<quanze::Duration>().ok()?.into(),
            "choice" => Value::Choice(text.into()),
            "code" => quanze::Code::from(text).into(),
            "reference" => text.parse::<quanze::Key>().ok()?.into(),
            _ => value,
        })
    };
    for (ty, rest) in table {
        let example = rest.rsplit('|').next().unwrap_or_default().trim().trim_matches('`');
        let value = typed(ty, example).unwrap_or_else(|| panic!("{example} is no {ty}"));
        let written: serde_json::Value = serde_json::to_value(&value)?;
        assert_eq!(written, serde_json::from_str::<serde_json::Value>(example)?, "{ty}");
    }
    Ok(())
}

#[test]
fn a_state_is_as_described() -> Result<(), Box<dyn std::error::Error>> {
    assert_eq!(known::<State>(r#"{"?":0}"#), owned(fields("State", 0)));
    let cell = r#"{"format":"quanze-state","version":1,"schema":"","revision":0,"authored":{"a":{"b":{"c":{"?":0}}}}}"#;
    assert_eq!(known::<State>(cell), owned(fields("State", 1)));
    let mut seen = 0;
    for example in examples("State") {
        let state = State::from_json(example)?;
        assert_eq!(serde_json::to_value(&state)?, serde_json::from_str::<serde_json::Value>(example)?);
        assert_eq!(State::from_bytes(&state.to_bytes())?, state);
        seen += 1;
    }
    assert_eq!(seen, 1);
    Ok(())
}

#[test]
fn what_does_not_fit_is_as_described() -> Result<(), Box<dyn std::error::Error>> {
    const CHAPTER: &str = "What does not fit";
    assert_eq!(known::<Unfit>(r#"{"?":0}"#), owned(fields(CHAPTER, 0)));
    assert_eq!(known::<Why>(r#""?""#), owned(fields(CHAPTER, 2)));
    let of_part = &tables(CHAPTER)[1];
    let (_, parts) = of_part.iter().find(|(first, _)| *first == "`part`").expect("it is there");
    let unknown = r#"{"list":"a","key":"b","part":"?","why":"no_list"}"#;
    assert_eq!(known::<Misfit>(unknown), owned(quoted(parts)));
    let (list, key) = (quanze::Name::from("a"), "b".parse::<quanze::Key>()?);
    let row = Part::Row { record: Record::new() };
    let authored = Part::Authored { field: "c".into(), value: 1.into(), reason: Some("d".to_owned()) };
    let written = [row, authored].map(|part| {
        serde_json::to_value(Misfit { list: list.clone(), key: key.clone(), part, why: Why::NoList }).expect("data")
    });
    let seen: BTreeSet<&str> = written.iter().flat_map(keys).collect();
    assert_eq!(seen, fields(CHAPTER, 1));
    let mut seen = 0;
    for example in examples(CHAPTER) {
        let unfit: Unfit = serde_json::from_str(example)?;
        assert_eq!(serde_json::to_value(&unfit)?, serde_json::from_str::<serde_json::Value>(example)?);
        seen += 1;
    }
    assert_eq!(seen, 1);
    Ok(())
}

#[test]
fn a_schema_is_as_described() -> Result<(), Box<dyn std::error::Error>> {
    let table: BTreeMap<&str, BTreeSet<&str>> =
        tables("Schema")[0].iter().map(|(of, fields)| (*of, quoted(fields))).collect();
    let mut said = table.clone();
    // A form that holds another names it beside its own: those are taken off, and looked at in their place.
    let mut check = |of: &str, found: Vec<BTreeSet<String>>, plain: &[&str]| {
        let named = owned(said.remove(of).unwrap_or_else(|| panic!("nothing is said of {of}")));
        let found: BTreeSet<String> =
            found.into_iter().flatten().chain(plain.iter().map(ToString::to_string)).collect();
        assert_eq!(named, found, "{of}");
    };
    let unknown = r#"{"?":0}"#;
    check("schema", vec![known::<SchemaBuilder>(unknown)], &["quanze-schema"]);
    check("labels", vec![], &["zh", "en"]);
    check("vocabulary", vec![known::<Vocabulary>(unknown)], &[]);
    check("code scheme", vec![known::<CodeScheme>(unknown)], &[]);
    check("segment", vec![known::<Segment>(unknown), known::<SegmentOf>(r#""?""#)], &["alphabet", "length"]);
    check("checksum", vec![known::<Checksum>(unknown)], &[]);
    check("list", vec![known::<List>(unknown)], &[]);
    check("index", vec![known::<Index>(unknown)], &[]);
    check("order", vec![known::<OrderBy>(unknown), known::<Direction>(r#""?""#)], &[]);
    check("field", vec![known::<Field>(unknown)], &[]);
    check("type", vec![known::<Type>(r#""?""#)], &[]);
    check("presence", vec![known::<Presence>(r#""?""#)], &[]);
    check("write", vec![known::<Write>(r#""?""#), known::<Narrow>(r#""?""#)], &[]);
    check("on_remove", vec![known::<OnRemove>(r#""?""#)], &[]);
    check("check", vec![known::<Check>(unknown)], &["{field}"]);
    check("severity", vec![known::<Severity>(r#""?""#)], &[]);
    check("rule", vec![known::<Rule>(unknown)], &[]);
    check("each", vec![known::<Each>(r#""?""#)], &["list", "on", "when", "by", "over"]);
    check("probe", vec![known::<Probe>(r#""?""#)], &["on"]);
    check("table", vec![known::<Table>(unknown)], &[]);
    check("line", vec![known::<Line>(unknown)], &[]);
    assert_eq!(said, BTreeMap::new());

    let operators: BTreeSet<&str> = tables("Schema")[1].iter().flat_map(|(first, _)| quoted(first)).collect();
    assert_eq!(known::<Expr>(unknown), owned(operators));
    let operators = &tables("Schema")[1];
    let (_, aggregate) = operators.iter().find(|(first, _)| *first == "`aggregate`").expect("it is there");
    let mut parts = known::<Aggregate>(unknown);
    parts.extend(known::<RowsOf>(unknown));
    assert_eq!(owned(quoted(aggregate)), parts);
    let folds = chapter("Schema").lines().find(|line| line.starts_with("`fold` is one of")).expect("it is said");
    let mut folds = owned(quoted(folds));
    folds.remove("fold");
    assert_eq!(folds, known::<Fold>(r#""?""#));

    let mut seen = 0;
    for example in examples("Schema") {
        let schema = Schema::from_json(example)?;
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&schema.to_json())?,
            serde_json::from_str::<serde_json::Value>(example)?
        );
        seen += 1;
    }
    assert_eq!(seen, 1);
    Ok(())
}

/// Each operator holds what the table says.
#[test]
fn expressions_hold_what_is_said() {
    let one = r#"{"lit":1}"#;
    for (operators, holds) in &tables("Schema")[1] {
        let held = match *holds {
            "a value" => "1".to_owned(),
            "a dotted path" | "a field" => r#""a""#.to_owned(),
            "an array of two expressions" => format!("[{one},{one}]"),
            "an array of three" => format!("[{one},{one},{one}]"),
            "an array" => format!("[{one},{one},{one},{one}]"),
            "one" => one.to_owned(),
            "an array: a code, and the name of a segment" => format!(r#"[{one},"a"]"#),
            "an array: the name of a scheme, and an array of parts" => format!(r#"["a",[{one}]]"#),
            _ => format!(r#"{{"fold":"sum","rows_of":{{"list":"a","by":"b"}},"value":{one},"when":{one}}}"#),
        };
        for operator in quoted(operators) {
            let json = format!(r#"{{"{operator}":{held}}}"#);
            let expr: Expr = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{json}: {error}"));
            assert_eq!(serde_json::to_string(&expr).expect("it is written"), json);
        }
    }
}

#[test]
fn edits_are_as_described() -> Result<(), Box<dyn std::error::Error>> {
    assert_eq!(known::<Edits>(r#"{"?":0}"#), owned(fields("Edits", 0)));
    assert_eq!(known::<Edits>(r#"{"on_blocking":"?"}"#), ["record", "refuse"].map(str::to_owned).into());
    let unknown_verb = r#"{"edits":[{"list":"a","key":"b","do":"?"}]}"#;
    let verbs: BTreeSet<&str> = tables("Edits")[1].iter().flat_map(|(first, _)| quoted(first)).collect();
    assert_eq!(known::<Edits>(unknown_verb), owned(verbs));
    for (verb, takes) in &tables("Edits")[1] {
        let mut edit = serde_json::json!({ "list": "a", "key": "b", "do": verb.trim_matches('`') });
        for part in quoted(takes) {
            edit[part] = if part == "record" { serde_json::json!({ "c": 1 }) } else { "c".into() };
        }
        let json = serde_json::json!({ "edits": [edit] });
        let edits: Edits = serde_json::from_value(json.clone())?;
        assert_eq!(serde_json::to_value(&edits)?, json, "{verb}");
        // Without one of its parts it is refused, but for a reason.
        for part in quoted(takes).into_iter().filter(|part| *part != "reason") {
            let mut less = json.clone();
            less["edits"][0].as_object_mut().expect("an edit").remove(part);
            assert!(serde_json::from_value::<Edits>(less).is_err(), "{verb} without {part}");
        }
    }
    let mut seen = 0;
    for example in examples("Edits") {
        let edits: Edits = serde_json::from_str(example)?;
        assert_eq!(serde_json::to_value(&edits)?, serde_json::from_str::<serde_json::Value>(example)?);
        seen += 1;
    }
    assert_eq!(seen, 1);
    Ok(())
}

#[test]
fn a_change_set_is_as_described() -> Result<(), Box<dyn std::error::Error>> {
    let golden: serde_json::Value = serde_json::from_str(include_str!("goldens/change_set.json"))?;
    assert_eq!(keys(&golden), fields("Change set", 0));
    let of_change = &tables("Change set")[1];
    let (_, kinds) = of_change.iter().find(|(first, _)| *first == "`kind`").expect("it is there");
    let changes = golden["changes"].as_array().expect("an array");
    for change in changes {
        assert_eq!(keys(change), fields("Change set", 1));
    }
    let seen: BTreeSet<&str> = changes.iter().filter_map(|change| change["kind"].as_str()).collect();
    assert_eq!(seen, quoted(kinds));
    for finding in golden["findings_added"].as_array().expect("an array") {
        assert_eq!(keys(finding), fields("Change set", 2));
    }
    Ok(())
}
