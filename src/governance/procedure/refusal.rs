use std::fmt;

use thiserror::Error;

use super::{Act, Allowed, Course, Procedure, Stage};
use crate::value::{Date, Name};

/// The error of an act that a procedure does not allow. Nothing has changed; what was to be done comes back.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{} cannot {} a case that is {stage}: {why}; {}", act.by, act.verb, Now(allowed))]
pub struct ActRefused {
    why: Why,
    stage: Stage,
    act: Box<Act>,
    allowed: Vec<Allowed>,
    procedure: Box<Procedure>,
}

/// Why an act is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// Nothing more can be done with the case.
    Ended,
    /// It cannot be done at this step.
    OutOfOrder,
    /// It is somebody else's to do.
    WrongRole,
    /// These documents are missing.
    NoEvidence(Vec<Name>),
    /// Sending back, refusing and raising want a reason.
    NoOpinion,
    /// Something was done later than that already.
    TooEarly(Date),
}

impl ActRefused {
    pub(super) fn new(why: Why, course: &Course, act: Act, allowed: Vec<Allowed>, procedure: &Procedure) -> Self {
        let stage = course.stage().clone();
        Self { why, stage, act: Box::new(act), allowed, procedure: Box::new(procedure.clone()) }
    }

    /// Returns why.
    #[must_use]
    pub fn why(&self) -> &Why {
        &self.why
    }

    /// Returns what may be done now.
    #[must_use]
    pub fn allowed(&self) -> &[Allowed] {
        &self.allowed
    }

    /// Says it to people, in Chinese (`zh`) or English: what was to be done, why it is not, and what may be done now, in the words of the
    /// procedure.
    #[must_use]
    pub fn text(&self, language: &str) -> String {
        if language != "zh" {
            return self.to_string();
        }
        let of = &self.procedure;
        let now: Vec<String> = self.allowed.iter().map(|one| one.text(of, "zh")).collect();
        let now = if now.is_empty() { "已无可办事项".to_owned() } else { format!("现在{}", now.join("，")) };
        let by = &self.act.by;
        let (role, verb) = (of.word(by.role.as_str(), "zh"), self.act.verb.text(of, "zh"));
        format!("{}（{role}）不能{verb}：{}；{now}", by.name, self.why.text(of, "zh"))
    }

    /// Gives back what was to be done.
    #[must_use]
    pub fn into_act(self) -> Act {
        *self.act
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended => f.write_str("it has ended"),
            Self::OutOfOrder => f.write_str("that is not done at this step"),
            Self::WrongRole => f.write_str("that is for another role"),
            Self::NoEvidence(names) => {
                let names: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
                write!(f, "{} missing", names.join(" and ") + if names.len() == 1 { " is" } else { " are" })
            }
            Self::NoOpinion => f.write_str("a reason is missing"),
            Self::TooEarly(last) => write!(f, "something was done on {last} already"),
        }
    }
}

/// What may be done now, in words.
struct Now<'a>(&'a [Allowed]);

impl fmt::Display for Now<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("nothing can be done any more");
        }
        f.write_str("now ")?;
        for (at, one) in self.0.iter().enumerate() {
            write!(f, "{}{one}", if at == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}
