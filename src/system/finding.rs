use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    engine::{At, Cx},
    plan::Plan,
    schema::{MessagePart, Schema, Severity, message_parts},
    store::Val,
    value::{Key, Name},
};

/// A row for which the condition of a check holds.
#[doc(alias = "校验结果")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    pub(super) check: Name,
    pub(super) severity: Severity,
    pub(super) list: Name,
    pub(super) key: Key,
    /// By language.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) messages: Vec<(String, String)>,
}

impl Finding {
    /// Returns the check; `list.field.required` and the like for those that every schema has.
    #[must_use]
    pub fn check(&self) -> &Name {
        &self.check
    }

    /// Returns how grave it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Returns the list of the row.
    #[must_use]
    pub fn list(&self) -> &Name {
        &self.list
    }

    /// Returns the key of the row.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Returns what people read, in a language such as `zh` or `en`, else in the first there is, else the check's name.
    #[must_use]
    pub fn message(&self, language: &str) -> &str {
        let wanted = self.messages.iter().find(|(l, _)| l == language).or(self.messages.first());
        wanted.map_or(self.check.as_str(), |(_, text)| text)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}] {}: {}", self.list, self.key, self.check, self.message("en"))
    }
}

/// Returns the finding of a check at a row of the list checked.
pub(super) fn finding(schema: &Schema, cx: &Cx<'_>, at: At, check: &Name, severity: Severity, list: &Name) -> Finding {
    let languages: Vec<String> = match schema.spec().checks.get(check) {
        Some(check) => check.message.iter().map(|(language, _)| language.to_owned()).collect(),
        None => vec!["zh".to_owned(), "en".to_owned()],
    };
    let messages = languages
        .into_iter()
        .map(|language| {
            let text = message(schema, cx, at, check, Some(&language));
            (language, text)
        })
        .collect();
    Finding { check: check.clone(), severity, list: list.clone(), key: Key::trusted(&cx.key(at)), messages }
}

/// Returns the finding of an authored reference whose target is gone.
pub(super) fn dangling(schema: &Schema, plan: &Plan, (list, key, field): &(u16, Key, u16)) -> Finding {
    let of = plan.list(*list);
    let check = Name::from(format!("{}.{}.dangling", of.name, of.fields[usize::from(*field)].name));
    let messages = ["zh", "en"].map(|language| (language.to_owned(), automatic(schema, &check, Some(language))));
    Finding { severity: Severity::Review, list: of.name.clone(), key: key.clone(), messages: messages.into(), check }
}

/// Writes what a check says of a row, in a language or else in the first there is.
pub(super) fn message(schema: &Schema, cx: &Cx<'_>, at: At, check: &Name, language: Option<&str>) -> String {
    let Some(of) = schema.spec().checks.get(check) else { return automatic(schema, check, language) };
    let template = match language {
        Some(language) => of.message.get_or_first(language),
        None => of.message.get_or_first("en"),
    };
    let Some(template) = template else { return check.to_string() };
    let mut text = String::new();
    for part in message_parts(template).unwrap_or_default() {
        match part {
            MessagePart::Text(plain) => text.push_str(&plain),
            MessagePart::Value(path) => {
                let val = read(cx, at, path.names());
                cx.names().write(&val, &mut text);
            }
        }
    }
    text
}

/// Reads a path from a row by name: for people, not for the loop.
pub(crate) fn read<'a>(cx: &Cx<'a>, at: At, path: &[Name]) -> Val<'a> {
    let Some((first, rest)) = path.split_first() else { return Val::Missing };
    let list = cx.plan.list(cx.plan.root(cx.root).block(at.block).list);
    let start = match list.field_numbers.get(first) {
        Some(field) => cx.field(at, *field),
        None if *first == "key" => Val::Text(cx.key(at).into()),
        None => Val::Missing,
    };
    cx.follow(start, rest)
}

/// Writes what the checks say that every schema has.
fn automatic(schema: &Schema, check: &Name, language: Option<&str>) -> String {
    let mut parts = check.as_str().splitn(3, '.');
    let (list, field, what) = (parts.next(), parts.next(), parts.next());
    let label = list.zip(field).and_then(|(list, field)| {
        let of = &schema.spec().lists.get(list)?.fields.get(field)?.labels;
        Some(of.get(language.unwrap_or("en")).unwrap_or(field).to_owned())
    });
    let label = label.unwrap_or_default();
    match (language, what) {
        (Some("zh"), Some("required")) => format!("“{label}”必须填写"),
        (Some("zh"), Some("looser")) => format!("“{label}”比来源宽松，或单位不同"),
        (Some("zh"), _) => format!("“{label}”所指的条目已不存在"),
        (_, Some("required")) => format!("'{label}' must have a value"),
        (_, Some("looser")) => format!("'{label}' is looser than its source allows, or in an unlike unit"),
        _ => format!("what '{label}' refers to is gone"),
    }
}
