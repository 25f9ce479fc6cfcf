//! Values of a type, few enough to collide, odd enough to matter.

use quanze::{
    Key, Name, SchemaBuilder, Value,
    schema::{CodeScheme, Labels, Segment, Type, Vocabulary},
};

use super::recipe::Tape;
use crate::oracle::State;

/// The keys that base rows have, as they print.
pub(crate) const KEYS: [&str; 6] = ["a", "b", "a-b", "c~1d", "~0", "名"];

/// What every random schema speaks about: a vocabulary, code schemes, a unit.
pub(crate) fn vocabulary() -> SchemaBuilder {
    let basic = CodeScheme::new().segment("region", Segment::digits(2)).segment("kind", Segment::characters("ab", 1));
    let full = CodeScheme::new()
        .segment("basic", Segment::scheme("basic"))
        .segment("check", Segment::digits(1))
        .checksum(quanze::schema::Checksum {
            segment: "check".into(),
            alphabet: "0123456789ab".into(),
            weights: vec![3, 1, 2],
            modulus: 10,
        });
    SchemaBuilder::new()
        .unit("weeks", Labels::default())
        .vocabulary("kinds", Vocabulary::of(["x", "b", "a"]))
        .code_scheme("basic", basic)
        .code_scheme("full", full)
}

/// The type at a place in the palette: single values first, then sets and sequences.
pub(crate) fn scalar_type(tape: &mut Tape<'_>, targets: &[Name]) -> Type {
    match tape.pick(11) {
        0 => Type::Text,
        1 | 9 => Type::Integer,
        2 => Type::Boolean,
        3 => Type::choice("kinds"),
        4 | 10 => Type::reference(tape.one(targets).expect("there is a base list")),
        5 => Type::Duration,
        6 => Type::Decimal,
        7 => Type::Date,
        _ => Type::code(if tape.percent(50) { "basic" } else { "full" }),
    }
}

/// Any type.
pub(crate) fn any_type(tape: &mut Tape<'_>, targets: &[Name]) -> Type {
    match tape.pick(8) {
        6 => Type::set(element_type(tape, targets)),
        7 => Type::sequence(element_type(tape, targets)),
        _ => scalar_type(tape, targets),
    }
}

/// The type of the elements of a list; references more often than not.
pub(crate) fn element_type(tape: &mut Tape<'_>, targets: &[Name]) -> Type {
    match tape.pick(2) {
        0 => scalar_type(tape, targets),
        _ => Type::reference(tape.one(targets).expect("there is a base list")),
    }
}

/// The texts of the values of a type, as they are written; of references nothing.
fn texts(schema: &SchemaBuilder, ty: &Type) -> Vec<String> {
    let fixed: &[&str] = match ty {
        Type::Text => &["a", "b", "a/b", "x~1", "名", "Z z"],
        Type::Decimal => &["1", "1.50", "0", "-2", "10.25", "3"],
        Type::Date => &["2024-01-01", "2024-02-29", "2023-12-31", "2024-03-01", "9999-12-31"],
        Type::Duration => {
            &["5 working_days", "10 working_days", "3 days", "0 days", "2 weeks", "7 days", "12 working_days"]
        }
        Type::Choice(vocabulary) => {
            return schema.vocabularies[vocabulary].choices.keys().map(ToString::to_string).collect();
        }
        Type::Code(own) if own == "basic" || own == "full" => {
            &["basic:12a", "12a5", "12a", "full:12b3", "basic:", "3", "full:00a8"]
        }
        Type::Code(_) => &["410100001000", "12", "3"],
        _ => &[],
    };
    fixed.iter().map(|text| (*text).to_owned()).collect()
}

/// A present value of a type; of references, none where there is no row to refer to.
pub(crate) fn present(tape: &mut Tape<'_>, ty: &Type, schema: &SchemaBuilder, state: &State) -> Option<Value> {
    match ty {
        Type::Set(element) | Type::Sequence(element) => {
            let mut elements: Vec<Value> = Vec::new();
            for _ in 0..=tape.pick(3) {
                let mut value = element_of(tape, element, schema, state)?;
                if let (Type::Code(own), Some(text)) = (&**element, value.as_text().filter(|text| !text.contains(':')))
                {
                    // One code written in two ways would be an element that is there twice.
                    value = Value::from(format!("{own}:{text}"));
                }
                if !elements.contains(&value) {
                    elements.push(value);
                }
            }
            Some(Value::List(elements))
        }
        Type::Text if tape.percent(8) => Some(Value::from("")),
        _ => element_of(tape, ty, schema, state),
    }
}

/// A value that can be an element of a list.
pub(crate) fn element_of(tape: &mut Tape<'_>, ty: &Type, schema: &SchemaBuilder, state: &State) -> Option<Value> {
    match ty {
        Type::Boolean => Some(Value::from(tape.pick(2) == 1)),
        Type::Integer => tape.one(&[1, 0, 2, -3, 10, 9, i64::MAX]).map(|number| Value::from(*number)),
        Type::Reference(list) => {
            let keys: Vec<&Key> = state.base.get(list).into_iter().flat_map(|rows| rows.keys()).collect();
            tape.one(&keys).map(|key| Value::from(*key))
        }
        _ => tape.one(&texts(schema, ty)).map(Value::from),
    }
}

/// A literal of a type, to stand in an expression; none of references.
pub(crate) fn literal(tape: &mut Tape<'_>, ty: &Type) -> Option<Value> {
    present(tape, ty, &vocabulary(), &State::default())
}
