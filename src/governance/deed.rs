use serde::{Deserialize, Serialize};

use super::{
    case::{Case, Package},
    procedure::Act,
    rules::Rules,
};
use crate::{
    system::Edits,
    value::{Date, Key, Name},
};

/// Something that was done in the governing of lists, as it is recorded.
#[doc(alias = "操作记录")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Deed {
    /// Rules were set: calendar, procedures, deadlines.
    Set {
        /// The rules.
        rules: Box<Rules>,
    },
    /// Rows were edited outside any case: an import, a register, what a body authors in its own rows.
    Edit {},
    /// Cases were opened.
    Open {
        /// The package.
        package: Box<Package>,
    },
    /// What a package asks for was written anew, at its first step.
    Redraft {
        /// The package.
        package: String,
        /// The cases in it from now on.
        cases: Vec<Case>,
    },
    /// A step of a procedure was taken.
    Act {
        /// The package.
        package: String,
        /// What was done.
        act: Act,
        /// Where it was published: how.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        publication: Option<Publication>,
    },
    /// Something that had to be reviewed was answered.
    Settle {
        /// The check that finds it.
        check: Name,
        /// The list of the row found.
        list: Name,
        /// The row found.
        row: Key,
        /// The answer.
        answer: Answer,
        /// What was said with it.
        opinion: String,
    },
    /// A day came, and with it what was to take effect.
    Advance {
        /// The day.
        day: Date,
    },
}

/// How a package is published. Approved, published and effective are three things, and have each their day.
#[doc(alias = "公布")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publication {
    /// The number of the document.
    pub document: String,
    /// The document among the instruments, if it is there: the decision that adjusted rows rest on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    /// The day from which it is in effect; that of publication or a later one.
    pub effective_on: Date,
}

impl Publication {
    /// Publishes under a number, in effect from a day.
    #[must_use]
    pub fn new(document: impl Into<String>, effective_on: Date) -> Self {
        Self { document: document.into(), decision: None, effective_on }
    }

    /// Names the document among the instruments.
    #[must_use]
    pub fn decision(self, instrument: impl Into<String>) -> Self {
        Self { decision: Some(instrument.into()), ..self }
    }
}

/// What whoever reviews a row says of it.
#[doc(alias = "复核意见")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It is right as it is.
    Confirm,
    /// It is put right by these edits.
    Amend(Edits),
    /// It is not right, and others must say what becomes of it.
    Object,
}
