use thiserror::Error;

use crate::{
    governance::kind::Kind,
    value::{Date, Name},
};

/// The error of an adjustment that cannot be made of the lists as they are.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AdjustmentError {
    /// There is no such row.
    #[error("there is no row '{key}' in '{list}'; name one that is there")]
    NoRow {
        /// The list.
        list: Name,
        /// The key.
        key: String,
    },
    /// A row is there that is to be entered.
    #[error("'{key}' is in '{list}' already; give the new row a key of its own")]
    Taken {
        /// The list.
        list: Name,
        /// The key.
        key: String,
    },
    /// The row is in another state than the adjustment is for.
    #[error("'{key}' of '{list}' is {}; it must be {}", state_name(state, "en"), .needed.text("en"))]
    State {
        /// The list.
        list: Name,
        /// The key.
        key: String,
        /// The state it is in: its code, or the last day of a body.
        state: String,
        /// The state that would do.
        needed: Needed,
    },
    /// Something in use rests on what is to go.
    #[error(
        "'{power}' cannot go while this rests on it: {}; cancel it first, or let it cascade or be withdrawn",
        rows(dependants)
    )]
    Dependants {
        /// The item.
        power: String,
        /// What rests on it: list and key.
        dependants: Vec<(Name, String)>,
    },
    /// An adjustment of several names too few.
    #[error("'{what}' needs at least {least}, each once; {given} given")]
    TooFew {
        /// What is done.
        what: Kind,
        /// How many there must be.
        least: usize,
        /// How many different ones there are.
        given: usize,
    },
    /// There is nothing for the adjustment to do.
    #[error("{}", .0.text("en"))]
    Nothing(Nothing),
    /// An adjustment speaks of a list in which it cannot do that.
    #[error("nothing can be moved from '{0}': what is authored lies in derived lists")]
    NotDerived(String),
}

/// What an adjustment needs a row to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Needed {
    /// In use.
    InUse,
    /// In use or suspended.
    Alive,
    /// Suspended.
    Suspended,
    /// Offered, and not answered.
    Offered,
    /// A body that has not ended.
    Standing,
}

/// Why there is nothing for an adjustment to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Nothing {
    /// No edits are given for an item.
    NoEdits(String),
    /// Nobody implements an item in a region in the state that matters: item and region.
    NobodyThere(String, String),
    /// An item is with a body already: item and body.
    WithIt(String, String),
    /// A body implements an item at a level already: item, body and level.
    Implements(String, String, String),
    /// A handover is offered by the package that answers it.
    SamePackage(String),
    /// A handover is answered by another than its recipient: handover and recipient.
    NotRecipient(String, String),
    /// An item was not handed down to a body: item and body.
    NotHandedDown(String, String),
    /// Two items are of one type.
    OneType(String, String),
    /// A body follows on itself.
    Itself(String),
    /// A body ends, and takes from another, in one package.
    EndsAndTakes(String),
    /// What is authored in a row is moved to two places: list and row.
    MovedTwice(String, String),
}

impl Needed {
    fn text(self, language: &str) -> &'static str {
        let (zh, en) = match self {
            Self::InUse => ("在用", "in use"),
            Self::Alive => ("在用或暂停", "in use or suspended"),
            Self::Suspended => ("暂停", "suspended"),
            Self::Offered => ("待承接", "offered"),
            Self::Standing => ("尚未撤销", "a body that has not ended"),
        };
        if language == "zh" { zh } else { en }
    }
}

impl Nothing {
    fn text(&self, language: &str) -> String {
        let (zh, en) = match self {
            Self::NoEdits(power) => {
                (format!("“{power}”没有要变更的内容"), format!("nothing about '{power}' is changed; add the edits"))
            }
            Self::NobodyThere(power, region) => (
                format!("“{power}”在“{region}”没有可调整的实施主体"),
                format!("nobody implements '{power}' in '{region}' whom that concerns"),
            ),
            Self::WithIt(power, body) => {
                (format!("“{power}”已在“{body}”"), format!("'{power}' is with '{body}' already"))
            }
            Self::Implements(power, body, level) => (
                format!("“{body}”已在层级{level}实施“{power}”"),
                format!("'{body}' implements '{power}' at level {level} already"),
            ),
            Self::SamePackage(handover) => (
                format!("“{handover}”由本包下放，公布后才能承接"),
                format!("'{handover}' is offered by this package; it is answered when it is published"),
            ),
            Self::NotRecipient(handover, to) => (
                format!("“{handover}”应由“{to}”自行申请承接"),
                format!("'{handover}' is for '{to}' to answer, who applies for it itself"),
            ),
            Self::NotHandedDown(power, body) => {
                (format!("“{power}”未下放给“{body}”"), format!("'{power}' was not handed down to '{body}'"))
            }
            Self::OneType(old, new) => {
                (format!("“{old}”与“{new}”类型相同"), format!("'{old}' and '{new}' are of one type"))
            }
            Self::EndsAndTakes(body) => (
                format!("“{body}”在同一案卷中既被撤销又承接其他机构，请分两次办理"),
                format!("'{body}' ends and takes from another in one package; let one follow on the other"),
            ),
            Self::MovedTwice(list, row) => (
                format!("{list}的“{row}”被移往两处"),
                format!("what is authored in {list}[{row}] is moved to two places; name one"),
            ),
            Self::Itself(body) => (format!("“{body}”不能承继自身"), format!("'{body}' cannot follow on itself")),
        };
        if language == "zh" { zh } else { en }
    }
}

impl AdjustmentError {
    /// Says it to people, in Chinese (`zh`) or English.
    #[must_use]
    pub fn text(&self, language: &str) -> String {
        if language != "zh" {
            return self.to_string();
        }
        match self {
            Self::NoRow { list, key } => format!("{list}中没有“{key}”"),
            Self::Taken { list, key } => format!("{list}中已有“{key}”，请另起主键"),
            Self::State { list, key, state, needed } => {
                format!("{list}的“{key}”现为{}，须为{}", state_name(state, "zh"), needed.text("zh"))
            }
            Self::Dependants { power, dependants } => {
                format!("“{power}”仍有下级依附：{}；请先行处理，或选择随同取消、撤下留存", rows(dependants))
            }
            Self::TooFew { what, least, given } => {
                format!("{}至少需要{least}项且不重复，现有{given}项", what.label("zh"))
            }
            Self::Nothing(nothing) => nothing.text("zh"),
            Self::NotDerived(list) => format!("{list}不是派生清单，没有可移动的填报值"),
        }
    }
}

fn state_name<'a>(code: &'a str, language: &str) -> std::borrow::Cow<'a, str> {
    let (zh, en) = match code {
        "1" => ("在用", "in use"),
        "2" => ("暂停", "suspended"),
        "3" => ("已取消", "cancelled"),
        day if day.parse::<Date>().is_ok() => {
            return if language == "zh" { format!("{day}起撤销") } else { format!("dissolved after {day}") }.into();
        }
        other => (other, other),
    };
    if language == "zh" { zh } else { en }.into()
}

fn rows(rows: &[(Name, String)]) -> String {
    /// As many as somebody reads.
    const SHOWN: usize = 8;
    let shown: Vec<String> = rows.iter().take(SHOWN).map(|(list, key)| format!("{list}[{key}]")).collect();
    match rows.len().checked_sub(SHOWN) {
        Some(more @ 1..) => format!("{} and {more} more", shown.join(", ")),
        _ => shown.join(", "),
    }
}
