//! What is asked for: adjustments of items, why, and the packages in which they pass a procedure together.
//!
//! An adjustment says what is to be, in the words of the field; compiled against the lists of a moment it becomes edits, which can be
//! previewed and committed like any others. Nothing of it shows before.
//!
//! Architecture invariant: nothing here commits. A case reads a snapshot and gives edits.

mod adjustment;
mod compile;
mod dependants;
mod error;
mod handover;
mod items;
mod law;
mod reform;
mod succession;

use serde::{Deserialize, Serialize};

pub use self::{
    adjustment::{Adjustment, Dependants, Move, NewItem, Recipient, Response},
    compile::{Circumstances, Compiled, Unplaced},
    error::{AdjustmentError, Needed, Nothing},
    law::{Correspondence, LawRevision, Proposal, Verdict},
    reform::BodyChange,
};
use super::{kind::Kind, person::Person};
use crate::value::{Date, Name};

/// Why an adjustment becomes necessary.
#[doc(alias = "调整事由")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Trigger {
    /// A law is made.
    #[doc(alias = "立")]
    LawEnacted,
    /// A law is changed.
    #[doc(alias = "改")]
    LawAmended,
    /// A law is repealed.
    #[doc(alias = "废")]
    LawRepealed,
    /// A law is interpreted.
    #[doc(alias = "释")]
    LawInterpreted,
    /// A superior government hands something down.
    #[doc(alias = "下放")]
    Delegation,
    /// A superior government takes something off.
    #[doc(alias = "简政放权")]
    Streamlining,
    /// What an institution is there for changes.
    #[doc(alias = "机构职能调整")]
    ChangeOfFunctions,
    /// Somebody from the public suggests it.
    #[doc(alias = "公众建议")]
    Suggestion,
    /// A list is issued for the first time.
    #[doc(alias = "首次编制")]
    FirstIssue,
    /// Something else.
    Other,
}

/// One adjustment with its grounds.
#[doc(alias = "调整事项")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What is asked for.
    pub adjustment: Adjustment,
    /// Why.
    pub grounds: String,
}

impl Case {
    /// Asks for an adjustment.
    #[must_use]
    pub fn new(adjustment: Adjustment, grounds: impl Into<String>) -> Self {
        Self { adjustment, grounds: grounds.into() }
    }
}

/// Cases that pass a procedure together and are published as a whole: one, a body's whole list, a normative document.
#[doc(alias = "调整申请")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// What it is called among the others, for ever: a key of one segment.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// The procedure that it passes.
    pub procedure: Name,
    /// Why it becomes necessary.
    pub trigger: Trigger,
    /// The day of that, from which deadlines count.
    pub triggered_on: Date,
    /// Who applies.
    pub applicant: Person,
    /// What is asked for, in the order in which it is applied.
    pub cases: Vec<Case>,
}

impl Package {
    /// Makes a package without cases.
    #[must_use]
    pub fn new(
        id: impl Into<String>,
        title: impl Into<String>,
        procedure: impl Into<Name>,
        (trigger, triggered_on): (Trigger, Date),
        applicant: Person,
    ) -> Self {
        Self {
            id: id.into(),
            title: title.into(),
            procedure: procedure.into(),
            trigger,
            triggered_on,
            applicant,
            cases: Vec::new(),
        }
    }

    /// Adds a case.
    #[must_use]
    pub fn case(mut self, adjustment: Adjustment, grounds: impl Into<String>) -> Self {
        self.cases.push(Case::new(adjustment, grounds));
        self
    }

    /// Returns the kinds of adjustment in it, each once.
    #[must_use]
    pub fn kinds(&self) -> Vec<Kind> {
        let mut kinds: Vec<Kind> = self.cases.iter().map(|case| case.adjustment.kind()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }
}
