//! The two languages of the story, and how values read in them.

use quanze::{
    Schema, Value,
    schema::{Labels, Severity},
};

/// The language of what is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Language {
    /// Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Language {
    /// Returns the language of a tag.
    pub(crate) fn of_tag(tag: &str) -> Option<Self> {
        match tag {
            "zh" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    pub(crate) fn tag(self) -> &'static str {
        self.say("zh", "en")
    }

    /// Returns what belongs to the language.
    pub(crate) fn say<T>(self, zh: T, en: T) -> T {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    /// What stands beside everything that is made up.
    pub(crate) fn illustrative(self) -> &'static str {
        self.say("〔示例〕", "[illustrative]")
    }

    pub(crate) fn label<'a>(self, labels: &'a Labels, or: &'a str) -> &'a str {
        labels.get_or_first(self.tag()).unwrap_or(or)
    }

    pub(crate) fn list<'a>(self, schema: &'a Schema, list: &'a str) -> &'a str {
        schema.spec().lists.get(list).map_or(list, |of| self.label(&of.labels, list))
    }

    pub(crate) fn choice(self, schema: &Schema, vocabulary: &str, code: &str) -> String {
        let labels = schema.spec().vocabularies.get(vocabulary).and_then(|of| of.choices.get(code));
        labels.map_or(code, |labels| self.label(labels, code)).to_owned()
    }

    /// Says what a check looks for. Those that every schema has are called after their field.
    pub(crate) fn check(self, schema: &Schema, check: &str) -> String {
        if let Some(of) = schema.spec().checks.get(check) {
            return self.label(&of.labels, check).to_owned();
        }
        let mut names = check.splitn(3, '.');
        let (list, field, what) = (names.next(), names.next(), names.next());
        let field = list.zip(field).and_then(|(list, field)| {
            let of = schema.spec().lists.get(list)?.fields.get(field)?;
            Some(self.label(&of.labels, field).to_owned())
        });
        let what = match what {
            Some("looser") => self.say("超出来源允许的范围", "looser than its source allows"),
            Some("required") => self.say("必填而未填", "required and left out"),
            _ => self.say("所指条目已不存在", "refers to what is gone"),
        };
        field.map_or_else(|| check.to_owned(), |field| self.say(format!("{field}{what}"), format!("{field}: {what}")))
    }

    pub(crate) fn severity(self, severity: Severity) -> &'static str {
        match severity {
            Severity::Blocking => self.say("阻断", "blocking"),
            Severity::Review => self.say("复核", "review"),
            Severity::Note => self.say("提示", "note"),
        }
    }

    /// Writes a limit as people say it.
    pub(crate) fn limit(self, limit: &Value) -> String {
        match limit {
            Value::Missing => self.say("无", "none").to_owned(),
            Value::Duration(limit) if limit.unit() == "working_days" => {
                let s = if limit.amount() == 1 { "" } else { "s" };
                self.say(format!("{}个工作日", limit.amount()), format!("{} working day{s}", limit.amount()))
            }
            other => other.to_string(),
        }
    }

    /// Writes some of many texts, one after the other.
    pub(crate) fn joined(self, texts: &[String]) -> String {
        texts.join(self.say("；", "; "))
    }
}
