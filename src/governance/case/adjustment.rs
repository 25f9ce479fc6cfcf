use serde::{Deserialize, Serialize};

use super::reform::BodyChange;
use crate::{governance::kind::Kind, record::Record, system::Edits, value::Date};

/// What is to become of an item. Items, bodies and other rows are named by their keys.
#[doc(alias = "调整")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Adjustment {
    /// An item is entered, with what belongs to it.
    #[doc(alias = "增加")]
    Add {
        /// The item.
        item: NewItem,
    },
    /// An item is exercised no more. It stays in every list, with its state and day.
    #[doc(alias = "取消")]
    Cancel {
        /// The item.
        power: String,
        /// The items that follow on it, if any.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        successors: Vec<String>,
        /// What becomes of what rests on it.
        #[serde(default)]
        dependants: Dependants,
    },
    /// An item is handed down; whoever accepts becomes its subject.
    #[doc(alias = "下放")]
    Delegate {
        /// The item.
        power: String,
        /// To whom.
        to: Vec<Recipient>,
    },
    /// An item is entrusted; its subject stays.
    #[doc(alias = "委托")]
    Entrust {
        /// The item.
        power: String,
        /// To whom.
        to: Vec<Recipient>,
    },
    /// Only the window moves.
    #[doc(alias = "服务前移")]
    MoveWindow {
        /// The item.
        power: String,
        /// To whom.
        to: Vec<Recipient>,
    },
    /// A recipient answers.
    #[doc(alias = "承接")]
    TakeOver {
        /// What was handed down to it: a row of `handovers`.
        handover: String,
        /// Its answer.
        answer: Response,
    },
    /// What was handed down is taken back from some of those who have accepted it.
    #[doc(alias = "收回")]
    TakeBack {
        /// The item.
        power: String,
        /// From whom, by body.
        from: Vec<String>,
    },
    /// Something is changed: name, basis, body, office, limit, fee, flow.
    #[doc(alias = "变更")]
    Amend {
        /// The item, as far as it is one that is changed.
        power: String,
        /// What is changed. Blocking findings refuse it, whatever the edits say of recording them.
        edits: Edits,
    },
    /// Items become one. The old ones stay, cancelled, and say what follows on them.
    #[doc(alias = "合并")]
    Merge {
        /// The items.
        powers: Vec<String>,
        /// What they become.
        into: NewItem,
        /// Where what was authored below the old ones goes.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        moves: Vec<Move>,
        /// What becomes of what rests on the old ones and is not moved.
        #[serde(default)]
        dependants: Dependants,
    },
    /// An item becomes several.
    #[doc(alias = "分设")]
    Split {
        /// The item.
        power: String,
        /// What it becomes.
        into: Vec<NewItem>,
        /// Where what was authored below the old one goes.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        moves: Vec<Move>,
        /// What becomes of what rests on the old one and is not moved.
        #[serde(default)]
        dependants: Dependants,
    },
    /// An item is not exercised for a time, everywhere or in a region.
    #[doc(alias = "暂停")]
    Suspend {
        /// The item.
        power: String,
        /// The region; everywhere, if there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<String>,
        /// The last day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
    /// A suspended item is exercised again.
    #[doc(alias = "恢复")]
    Resume {
        /// The item.
        power: String,
        /// The region; everywhere, if there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<String>,
    },
    /// An item goes to another body.
    #[doc(alias = "划转")]
    Move {
        /// The item.
        power: String,
        /// The body.
        to: String,
        /// The office there that undertakes it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        office: Option<String>,
    },
    /// An item gets another type: it is cancelled, and one of the new type follows on it.
    #[doc(alias = "类型调整")]
    Retype {
        /// The item.
        power: String,
        /// What follows on it.
        into: NewItem,
        /// Where what was authored below the old one goes.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        moves: Vec<Move>,
        /// What becomes of what rests on the old one and is not moved.
        #[serde(default)]
        dependants: Dependants,
    },
    /// Bodies are merged, split, renamed or dissolved, with all that is theirs.
    #[doc(alias = "机构改革")]
    Reform {
        /// What becomes of each body, in order.
        changes: Vec<BodyChange>,
    },
}

/// An item that is to be entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewItem {
    /// Its key.
    pub key: String,
    /// Its fields. Without a state it is in use, and from the day on which the case takes effect.
    pub record: Record,
    /// What belongs to it: implementers, variants, materials.
    #[serde(default, skip_serializing_if = "Edits::is_empty")]
    pub companions: Edits,
}

impl NewItem {
    /// Makes an item of a key and its fields.
    #[must_use]
    pub fn new(key: impl Into<String>, record: Record) -> Self {
        Self { key: key.into(), record, companions: Edits::new() }
    }

    /// Adds what belongs to it.
    #[must_use]
    pub fn companions(self, companions: Edits) -> Self {
        Self { companions: self.companions.then(companions), ..self }
    }
}

/// One to whom an item is handed down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// The key under which the handover is kept, and the row of `implementers` that accepting it makes.
    pub key: String,
    /// The body.
    pub body: String,
    /// The level, a code of `levels`.
    pub level: String,
    /// Where, if not everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

/// What a recipient says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Response {
    /// It takes the item up.
    Accept,
    /// It does not.
    Decline,
}

/// Where what was authored in a row of a derived list goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// The list.
    pub list: String,
    /// The row it leaves.
    pub from: String,
    /// The row it goes to.
    pub to: String,
}

impl Move {
    /// Moves what is authored from one row of a list to another.
    #[must_use]
    pub fn new(list: impl Into<String>, from: impl Into<String>, to: impl Into<String>) -> Self {
        Self { list: list.into(), from: from.into(), to: to.into() }
    }
}

/// What becomes of what rests on an item that goes: sub-items, implementers, variants, matters.
#[doc(alias = "下级处理方式")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dependants {
    /// As long as something in use rests on it, it does not go.
    #[default]
    Restrict,
    /// They go with it.
    Cascade,
    /// They go with it, and a copy of each is kept for review by whom it belongs to.
    #[doc(alias = "撤下留存")]
    Withdraw,
}

impl Adjustment {
    /// Returns the kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Add { .. } => Kind::Add,
            Self::Cancel { .. } => Kind::Cancel,
            Self::Delegate { .. } => Kind::Delegate,
            Self::Entrust { .. } => Kind::Entrust,
            Self::MoveWindow { .. } => Kind::MoveWindow,
            Self::TakeOver { .. } => Kind::TakeOver,
            Self::TakeBack { .. } => Kind::TakeBack,
            Self::Amend { .. } => Kind::Amend,
            Self::Merge { .. } => Kind::Merge,
            Self::Split { .. } => Kind::Split,
            Self::Suspend { .. } => Kind::Suspend,
            Self::Resume { .. } => Kind::Resume,
            Self::Move { .. } => Kind::Move,
            Self::Retype { .. } => Kind::Retype,
            Self::Reform { .. } => Kind::Reform,
        }
    }
}
