//! What people read of a procedure, in Chinese or English: its steps, roles and evidence as it calls them.

use super::{Allowed, Procedure, Stage, Verb, Why};
use crate::value::Name;

impl Procedure {
    /// Returns what people call a role or a document; its name, where the procedure does not say.
    ///
    /// ```
    /// let procedure = quanze::governance::procedure::adjustment();
    /// assert_eq!(procedure.word("justice_bureau", "zh"), "司法局");
    /// assert_eq!(procedure.word("grounds", "en"), "grounds");
    /// ```
    #[must_use]
    pub fn word<'a>(&'a self, name: &'a str, language: &str) -> &'a str {
        self.words.get(name).and_then(|labels| labels.get_or_first(language)).unwrap_or(name)
    }

    fn step_word<'a>(&'a self, name: &'a Name, language: &str) -> &'a str {
        self.step(name.as_str()).and_then(|step| step.label(language)).unwrap_or(name.as_str())
    }

    fn list(&self, names: &[Name], language: &str) -> String {
        let words: Vec<&str> = names.iter().map(|name| self.word(name.as_str(), language)).collect();
        words.join(if language == "zh" { "、" } else { " and " })
    }
}

impl Stage {
    /// Says it to people, in Chinese (`zh`) or English; a step as the procedure calls it.
    ///
    /// ```
    /// use quanze::governance::procedure::{Stage, adjustment};
    ///
    /// let stage = Stage::Step("legal_review".into());
    /// assert_eq!(stage.text(&adjustment(), "zh"), "待法制审查");
    /// assert_eq!(Stage::Approved.text(&adjustment(), "zh"), "已批准");
    /// ```
    #[must_use]
    pub fn text(&self, procedure: &Procedure, language: &str) -> String {
        let zh = language == "zh";
        match self {
            Self::Step(name) => {
                let label = procedure.step_word(name, language);
                if zh { format!("待{label}") } else { format!("to be {label}") }
            }
            Self::Approved if zh => "已批准".into(),
            Self::Published if zh => "已公布".into(),
            Self::Refused if zh => "不予通过".into(),
            Self::Withdrawn if zh => "已撤回".into(),
            other => other.to_string(),
        }
    }
}

impl Verb {
    /// Says it to people, in Chinese (`zh`) or English; a step as the procedure calls it.
    #[must_use]
    pub fn text(&self, procedure: &Procedure, language: &str) -> String {
        if language != "zh" {
            return self.to_string();
        }
        match self {
            Self::Pass => "通过".into(),
            Self::Return(to) => format!("退回“{}”环节", procedure.step_word(to, language)),
            Self::Refuse => "不予通过".into(),
            Self::Raise => "提请裁定".into(),
            Self::Withdraw => "撤回".into(),
            Self::Publish => "公布".into(),
        }
    }
}

impl Allowed {
    /// Says it to people, in Chinese (`zh`) or English; roles and documents as the procedure calls them.
    #[must_use]
    pub fn text(&self, procedure: &Procedure, language: &str) -> String {
        let role = procedure.word(self.role.as_str(), language);
        let verb = self.verb.text(procedure, language);
        let with = procedure.list(&self.evidence, language);
        match (language == "zh", with.is_empty()) {
            (true, true) => format!("{role}可{verb}"),
            (true, false) => format!("{role}可{verb}（附{with}）"),
            (false, true) => format!("{role} may {verb}"),
            (false, false) => format!("{role} may {verb} with {with}"),
        }
    }
}

impl Why {
    /// Says it to people, in Chinese (`zh`) or English; documents as the procedure calls them.
    #[must_use]
    pub fn text(&self, procedure: &Procedure, language: &str) -> String {
        if language != "zh" {
            return self.to_string();
        }
        match self {
            Self::Ended => "案件已经办结".into(),
            Self::OutOfOrder => "不是本环节的事".into(),
            Self::WrongRole => "应由其他角色办理".into(),
            Self::NoEvidence(names) => format!("缺少{}", procedure.list(names, language)),
            Self::NoOpinion => "须说明理由".into(),
            Self::TooEarly(last) => format!("{last}已有办理记录"),
        }
    }
}
