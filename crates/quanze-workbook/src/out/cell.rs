//! Values as the text of cells, and back. What a cell holds is exact: reading it gives the value that was written.

use quanze::{
    Schema, Value,
    schema::{Field, Type},
};
use serde_json::Value as Json;

use super::Form;

/// The text of a value.
pub(super) fn write(value: &Value, ty: &Type, schema: &Schema, form: &Form) -> String {
    match (value, ty) {
        (Value::List(elements), Type::Set(of) | Type::Sequence(of)) => {
            // Elements are steps of keys, and hold no line breaks.
            elements.iter().map(|element| write(element, of, schema, form)).collect::<Vec<_>>().join("\n")
        }
        (Value::Choice(code), Type::Choice(vocabulary)) => {
            label(schema, vocabulary.as_str(), code.as_str(), form).unwrap_or_else(|| code.to_string())
        }
        (Value::Code(code), Type::Code(scheme)) if code.scheme() == scheme => code.text().to_owned(),
        (Value::Code(code), _) => code.to_string(),
        (value, _) => value.to_string(),
    }
}

/// The label of a choice, if no other choice of its vocabulary has it, as a label or as a code.
fn label(schema: &Schema, vocabulary: &str, code: &str, form: &Form) -> Option<String> {
    let Form::Labels(language) = form else { return None };
    let choices = &schema.spec().vocabularies.get(vocabulary)?.choices;
    let label = choices.get(code)?.get(language)?;
    let others = choices.iter().filter(|(other, labels)| {
        other.as_str() != code && (other.as_str() == label || labels.iter().any(|(_, other)| other == label))
    });
    (others.count() == 0).then(|| label.to_owned())
}

/// The value that a text stands for, as edits take it.
pub(crate) fn read(text: &str, field: &Field, schema: &Schema) -> Json {
    if text.is_empty() { Json::Null } else { read_as(text, &field.ty, schema) }
}

fn read_as(text: &str, ty: &Type, schema: &Schema) -> Json {
    match ty {
        Type::Set(of) | Type::Sequence(of) => {
            text.split('\n').map(|line| read_as(line, of, schema)).collect::<Vec<_>>().into()
        }
        Type::Integer => text.parse::<i64>().map_or_else(|_| text.into(), Into::into),
        Type::Boolean => text.parse::<bool>().map_or_else(|_| text.into(), Into::into),
        Type::Choice(vocabulary) => {
            let choices = schema.spec().vocabularies.get(vocabulary).map(|vocabulary| &vocabulary.choices);
            let known = choices.is_some_and(|choices| choices.contains_key(text));
            let meant = choices
                .filter(|_| !known)
                .and_then(|choices| choices.iter().find(|(_, labels)| labels.iter().any(|(_, label)| label == text)));
            meant.map_or(text, |(code, _)| code.as_str()).into()
        }
        _ => text.into(),
    }
}
