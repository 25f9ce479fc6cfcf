use std::fmt;

use serde::{Deserialize, Serialize};

/// What an adjustment does to an item.
#[doc(alias = "调整类型")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// An item is entered.
    #[doc(alias = "增加")]
    Add,
    /// An item is exercised no more.
    #[doc(alias = "取消")]
    Cancel,
    /// An item is handed down, and its subject moves.
    #[doc(alias = "下放")]
    Delegate,
    /// An item is entrusted, and its subject stays.
    #[doc(alias = "委托")]
    Entrust,
    /// Only the window moves nearer to people.
    #[doc(alias = "服务前移")]
    MoveWindow,
    /// One of those to whom an item was handed down takes it up.
    #[doc(alias = "承接")]
    TakeOver,
    /// What was handed down is taken back.
    #[doc(alias = "收回")]
    TakeBack,
    /// Something about an item is changed.
    #[doc(alias = "变更")]
    Amend,
    /// Items become one.
    #[doc(alias = "合并")]
    Merge,
    /// An item becomes several.
    #[doc(alias = "分设")]
    Split,
    /// An item is not exercised for a time.
    #[doc(alias = "暂停")]
    Suspend,
    /// A suspended item is exercised again.
    #[doc(alias = "恢复")]
    Resume,
    /// An item goes to another body.
    #[doc(alias = "划转")]
    Move,
    /// An item gets another type: the old one is cancelled, and a new one follows on it.
    #[doc(alias = "类型调整")]
    Retype,
    /// Bodies are merged, split, renamed or dissolved, with all their items.
    #[doc(alias = "机构改革")]
    Reform,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 15] = [
        Self::Add,
        Self::Cancel,
        Self::Delegate,
        Self::Entrust,
        Self::MoveWindow,
        Self::TakeOver,
        Self::TakeBack,
        Self::Amend,
        Self::Merge,
        Self::Split,
        Self::Suspend,
        Self::Resume,
        Self::Move,
        Self::Retype,
        Self::Reform,
    ];

    /// Returns what people call it, in Chinese (`zh`) or English.
    #[must_use]
    pub fn label(self, language: &str) -> &'static str {
        let (zh, en) = match self {
            Self::Add => ("增加", "add"),
            Self::Cancel => ("取消", "cancel"),
            Self::Delegate => ("下放", "delegate"),
            Self::Entrust => ("委托", "entrust"),
            Self::MoveWindow => ("服务前移", "move the window"),
            Self::TakeOver => ("承接", "take over"),
            Self::TakeBack => ("收回", "take back"),
            Self::Amend => ("变更", "amend"),
            Self::Merge => ("合并", "merge"),
            Self::Split => ("分设", "split"),
            Self::Suspend => ("暂停", "suspend"),
            Self::Resume => ("恢复", "resume"),
            Self::Move => ("划转", "move to another body"),
            Self::Retype => ("类型调整", "retype"),
            Self::Reform => ("机构改革", "reform of bodies"),
        };
        if language == "zh" { zh } else { en }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label("en"))
    }
}
