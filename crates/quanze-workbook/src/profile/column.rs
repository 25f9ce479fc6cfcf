//! The columns of a list, by what they hold.

use serde::{Deserialize, Serialize};

/// What a column of a list holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Column {
    /// The number of the item in the list; never part of its key.
    #[doc(alias = "序号")]
    Serial,
    /// The name of the item, or of the main item where it has sub-items.
    #[doc(alias = "事项名称")]
    Name,
    /// The name of the sub-item.
    #[doc(alias = "子项名称")]
    SubName,
    /// The code of the item.
    #[doc(alias = "事项编码")]
    Code,
    /// The type of the power.
    #[doc(alias = "权力类型")]
    Type,
    /// The legal basis.
    #[doc(alias = "实施依据")]
    Basis,
    /// The body that exercises the power.
    #[doc(alias = "行使主体")]
    Body,
    /// The office that undertakes it.
    #[doc(alias = "承办机构")]
    Office,
    /// The levels at which it is exercised.
    #[doc(alias = "实施层级")]
    Level,
    /// What each level does.
    #[doc(alias = "层级权限")]
    Scope,
    /// The department's duty that the power answers to.
    #[doc(alias = "部门职责")]
    Duty,
    /// What the body is responsible for.
    #[doc(alias = "责任事项")]
    Responsibilities,
    /// What the responsibilities rest on.
    #[doc(alias = "责任事项依据")]
    ResponsibilitiesBasis,
    /// Who is accountable.
    #[doc(alias = "追责对象范围")]
    Accountable,
    /// When somebody is called to account.
    #[doc(alias = "追责情形")]
    Accountability,
    /// What that rests on.
    #[doc(alias = "追责依据")]
    AccountabilityBasis,
    /// Where to seek remedy.
    #[doc(alias = "救济渠道")]
    Remedy,
    /// The time that the law allows.
    #[doc(alias = "法定时限")]
    StatutoryLimit,
    /// Whether the item is in use.
    #[doc(alias = "状态")]
    State,
    /// Anything else.
    #[doc(alias = "备注")]
    Remark,
}

impl Column {
    /// Whether the text of the column is a name or a word, in which line breaks mean nothing.
    #[must_use]
    pub fn is_word(self) -> bool {
        use Column::{Body, Code, Level, Name, Office, Serial, State, SubName, Type};
        matches!(self, Serial | Name | SubName | Code | Type | Body | Office | Level | State)
    }
}
