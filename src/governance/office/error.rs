use thiserror::Error;

use crate::{
    governance::{
        calendar::UnknownYear,
        case::AdjustmentError,
        person::Person,
        procedure::{ActRefused, Stage},
        rules::RulesError,
    },
    system::Refused,
    value::{Date, Name},
};

/// The error of an office that cannot be opened.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The schema lacks a list.
    #[error("the schema has no list '{0}'; extend the four-tier system by quanze::governance::lists()")]
    NoList(&'static str),
    /// The rules do not hold together.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// A record cannot be replayed.
    #[error("record {record} cannot be replayed: {why}")]
    Replay {
        /// The record; 0 where it is none of them.
        record: u64,
        /// Why.
        why: String,
    },
}

/// The error of something that is not done. Nothing has changed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OfficeError {
    /// There is no such package.
    #[error("there is no package '{0}'")]
    NoPackage(String),
    /// The name of a package is another's, or none.
    #[error("a package cannot be called '{0}': another is, or it is no key; a key has no '/'")]
    Taken(String),
    /// There is no such procedure.
    #[error("there is no procedure '{0}'")]
    NoProcedure(Name),
    /// A procedure is taken out or changed that a package passes.
    #[error(
        "the procedure '{procedure}' cannot be another: the package '{package}' passes it; add one under another name"
    )]
    ProcedureInUse {
        /// The procedure.
        procedure: Name,
        /// The package.
        package: String,
    },
    /// A supervisor reads everything and changes nothing.
    #[error("{0} is a supervisor, who reads everything and changes nothing")]
    Supervisor(Person),
    /// The day is before that of the last record.
    #[error("{on} is before {last}, the day of the last record; what was done earlier has an effective day of its own")]
    Day {
        /// The day.
        on: Date,
        /// That of the last record.
        last: Date,
    },
    /// A package has no case.
    #[error("the package '{0}' has no case")]
    NoCase(String),
    /// A case cannot be made of the lists as they are.
    #[error("case {} of '{package}': {source}", .case + 1)]
    Adjustment {
        /// The package.
        package: String,
        /// The place of the case in it, from 0.
        case: usize,
        /// Why.
        source: AdjustmentError,
    },
    /// What a package asks for is written only at its first step, and by whom it is applied for.
    #[error("'{package}' is {stage}; only the applicant writes it anew, and only at its first step")]
    NotDraft {
        /// The package.
        package: String,
        /// Where it stands.
        stage: Stage,
    },
    /// The step is for the body that applies.
    #[error("{by} is not of the body that applies for '{package}', whose step this is")]
    NotApplicant {
        /// Who.
        by: Person,
        /// The package.
        package: String,
    },
    /// What is asked for cannot be written down, so it cannot be recorded.
    #[error("the package '{package}' cannot be recorded: {why}")]
    Unwritable {
        /// The package.
        package: String,
        /// What of it, and why.
        why: String,
    },
    /// The procedure does not allow it.
    #[error(transparent)]
    Procedure(#[from] ActRefused),
    /// Something is published without a document, or a document is given for something else.
    #[error("{0}")]
    Publication(String),
    /// The lists refuse.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The calendar has no notice for a year.
    #[error(transparent)]
    Calendar(#[from] UnknownYear),
    /// The rules do not hold together.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// There is nothing to review there.
    #[error("'{check}' finds nothing in '{row}' that is to be reviewed")]
    NotFound {
        /// The check.
        check: Name,
        /// The row.
        row: String,
    },
    /// The row is another body's.
    #[error("{by} cannot answer for '{row}', which is of {owners}")]
    NotYours {
        /// Who.
        by: Person,
        /// The row.
        row: String,
        /// Whose it is.
        owners: String,
    },
    /// An objection says why.
    #[error("an objection says why; say it")]
    NoOpinion,
}

impl OfficeError {
    /// Says why something is not done, in Chinese (`zh`) or English, as far as it is about cases and procedures; what the lists refuse is
    /// said in the words of the lists.
    #[must_use]
    pub fn text(&self, language: &str) -> String {
        match self {
            Self::Adjustment { package, case, source } if language == "zh" => {
                format!("{package}第{}项：{}", case + 1, source.text("zh"))
            }
            Self::Procedure(refused) => refused.text(language),
            other => other.to_string(),
        }
    }
}
