use serde::{Deserialize, Serialize};

use crate::{
    governance::{deed::Deed, person::Person},
    system::Edits,
    value::Date,
};

/// One deed, with the commits that it made.
#[doc(alias = "记录")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Its place, from 1.
    pub number: u64,
    /// The day on which it was recorded.
    pub recorded: Date,
    /// Who did it.
    pub by: Person,
    /// What was done.
    pub deed: Deed,
    /// What it committed, in order; most deeds commit once or not at all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commits: Vec<Committed>,
}

/// Edits that were committed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Committed {
    /// The revision that they made.
    pub revision: u64,
    /// The day from which what they say is so.
    pub effective: Date,
    /// The edits, with their cause and actor.
    pub edits: Edits,
}
