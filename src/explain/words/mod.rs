//! Explanations as text: with the names of lists and fields, or in the words of a language; indented, or drawn as a tree.

mod absence;
mod chain;
mod feeds;
mod form;
mod impact;
mod membership;

pub(super) use self::{absence::why_not, chain::explanation, feeds::feeds, form::Form, impact::impact};
use super::explanation::Place;
use crate::{
    schema::{Schema, Type, is_chinese},
    value::{Key, Name, Value},
};

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("{count} {what}") } else { format!("{count} {what}s") }
}

struct Page<'a> {
    schema: &'a Schema,
    language: Option<&'a str>,
    zh: bool,
    /// How deep each line stands, and what it says.
    lines: Vec<(usize, String)>,
}

impl<'a> Page<'a> {
    fn new(schema: &'a Schema, language: Option<&'a str>) -> Self {
        Self { schema, language, zh: is_chinese(language), lines: Vec::new() }
    }

    fn say(&self, en: &str, zh: &str) -> String {
        if self.zh { zh } else { en }.to_owned()
    }

    fn line(&mut self, depth: usize, text: impl AsRef<str>) {
        // Lines in values would look like lines of the page.
        self.lines.push((depth, text.as_ref().replace(['\n', '\r'], " ")));
    }

    fn tier(&self, tier: Option<u8>) -> String {
        match tier {
            Some(tier) => self.say(&format!("tier {tier}"), &format!("第 {tier} 级")),
            None => self.say("registers and views", "登记册和视图"),
        }
    }

    fn list(&self, list: &Name) -> String {
        let labels = self.schema.spec().lists.get(list).map(|list| &list.labels);
        let label = self.language.and_then(|language| labels?.get(language));
        label.unwrap_or(list.as_str()).to_owned()
    }

    fn field(&self, list: &Name, field: &Name) -> String {
        let labels =
            self.schema.spec().lists.get(list).and_then(|list| list.fields.get(field)).map(|field| &field.labels);
        let label = self.language.and_then(|language| labels?.get(language));
        label.unwrap_or(field.as_str()).to_owned()
    }

    fn row(&self, list: &Name, key: &Key) -> String {
        let gap = if self.language.is_some() && !self.zh { " " } else { "" };
        format!("{}{gap}[{key}]", self.list(list))
    }

    fn place(&self, place: &Place) -> String {
        let row = self.row(&place.list, &place.key);
        if place.field == "key" {
            return row;
        }
        let field = self.field(&place.list, &place.field);
        match (self.language, self.zh) {
            (None, _) => format!("{row}.{field}"),
            (_, true) => format!("{row}“{field}”"),
            _ => format!("{row} {field}"),
        }
    }

    fn value(&self, value: &Value, place: Option<&Place>) -> String {
        let ty = place.and_then(|place| {
            let list = self.schema.spec().lists.get(&place.list)?;
            Some(&list.fields.get(&place.field)?.ty)
        });
        self.typed(value, ty)
    }

    fn typed(&self, value: &Value, ty: Option<&Type>) -> String {
        match (value, ty) {
            (Value::Missing, _) => self.say("missing", "（无）"),
            (Value::Boolean(truth), _) if self.zh => if *truth { "是" } else { "否" }.to_owned(),
            (Value::List(elements), ty) => {
                let said = elements.iter().map(|element| self.typed(element, ty.and_then(Type::element)));
                said.collect::<Vec<_>>().join(if self.zh { "、" } else { ", " })
            }
            (Value::Choice(code), Some(Type::Choice(vocabulary))) => {
                let labels = self.schema.spec().vocabularies.get(vocabulary).and_then(|of| of.choices.get(code));
                match self.language.and_then(|language| labels?.get(language)) {
                    Some(label) if label != code.as_str() => format!("{code} {label}"),
                    _ => code.to_string(),
                }
            }
            (Value::Duration(duration), _) if self.language.is_some() => {
                format!("{} {}", duration.amount(), self.unit(duration.unit()))
            }
            _ => value.to_string(),
        }
    }

    fn unit(&self, unit: &Name) -> String {
        let labels = self.schema.spec().units.get(unit);
        if let Some(label) = self.language.and_then(|language| labels?.get(language)) {
            return label.to_owned();
        }
        match (unit.as_str(), self.zh) {
            ("working_days", true) => "个工作日",
            ("days", true) => "日",
            ("hours", true) => "小时",
            ("months", true) => "个月",
            ("years", true) => "年",
            ("working_days", false) => "working days",
            (other, _) => other,
        }
        .to_owned()
    }
}
