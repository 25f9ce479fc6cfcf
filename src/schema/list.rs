use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{Expr, Index, Labels, Rule, Type, unique::unique};
use crate::value::Name;

/// A list: base when it has no rules, derived when it has.
///
/// A list with a tier belongs to the hierarchy: no rule reads a lower tier (a larger number) into a higher one. A list
/// without a tier is a register, if it is a base list, or a view, if it is derived; a view may read anything.
///
/// ```
/// use quanze::schema::{Field, List, Rule, Type, source};
///
/// let services = List::derived()
///     .tier(2)
///     .field("name", Field::new(Type::Text))
///     .rule(Rule::each_row("operate", "powers").when(source("on_application")).inherit(["name"]));
/// assert_eq!(services.rules.len(), 1);
/// ```
#[doc(alias = "清单")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct List {
    /// What people call the list.
    #[serde(skip_serializing_if = "Labels::is_empty")]
    pub labels: Labels,
    /// The tier, 1 being the base of everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<u8>,
    /// The fields, in the order in which they are shown. `key` is reserved.
    #[serde(deserialize_with = "unique")]
    pub fields: IndexMap<Name, Field>,
    /// The rules that make the rows; none for a base list. Where several make a row of the same key, the first does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// Sets of fields whose values no two rows of a base list may share; a row with one of them missing is free.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unique: Vec<Vec<Name>>,
    /// The order of the rows; ties, and lists that declare none, by key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<OrderBy>,
    /// What rows are found by.
    #[serde(deserialize_with = "unique", skip_serializing_if = "IndexMap::is_empty")]
    pub indexes: IndexMap<Name, Index>,
}

impl List {
    /// Starts a base list, whose rows are authored.
    #[must_use]
    pub fn base() -> Self {
        Self::default()
    }

    /// Starts a derived list; it needs at least one rule.
    #[must_use]
    pub fn derived() -> Self {
        Self::default()
    }

    /// Sets what people call the list.
    #[must_use]
    pub fn labels(mut self, labels: impl Into<Labels>) -> Self {
        self.labels = labels.into();
        self
    }

    /// Sets the tier.
    #[must_use]
    pub fn tier(mut self, tier: u8) -> Self {
        self.tier = Some(tier);
        self
    }

    /// Adds or replaces a field.
    #[must_use]
    pub fn field(mut self, name: impl Into<Name>, field: impl Into<Field>) -> Self {
        self.fields.insert(name.into(), field.into());
        self
    }

    /// Adds a rule, after those there are.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    /// Forbids two rows of a base list to share the values of these fields.
    #[must_use]
    pub fn unique<N: Into<Name>>(mut self, fields: impl IntoIterator<Item = N>) -> Self {
        self.unique.push(fields.into_iter().map(Into::into).collect());
        self
    }

    /// Orders the rows by a field, after the orders there are.
    #[must_use]
    pub fn order_by(mut self, order: impl Into<OrderBy>) -> Self {
        self.order.push(order.into());
        self
    }

    /// Adds or replaces an index. One on the fields of the declared order also serves reading in that order.
    #[must_use]
    pub fn index(mut self, name: impl Into<Name>, index: Index) -> Self {
        self.indexes.insert(name.into(), index);
        self
    }

    /// Tells whether the rows are authored.
    #[must_use]
    pub fn is_base(&self) -> bool {
        self.rules.is_empty()
    }
}

/// One key of a declared order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderBy {
    /// The field compared.
    pub field: Name,
    /// Smallest first, or largest first; missing values come first in the one and last in the other.
    #[serde(default)]
    pub direction: Direction,
}

/// Which end of an order comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Smallest first.
    #[default]
    Ascending,
    /// Largest first.
    Descending,
}

impl OrderBy {
    /// Orders by a field, the largest first.
    pub fn descending(field: impl Into<Name>) -> Self {
        Self { field: field.into(), direction: Direction::Descending }
    }
}

impl From<&str> for OrderBy {
    fn from(field: &str) -> Self {
        Self { field: field.into(), direction: Direction::Ascending }
    }
}

/// A field of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// What people call the field.
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    pub labels: Labels,
    /// What the field holds.
    #[serde(rename = "type")]
    pub ty: Type,
    /// Whether it may be missing.
    #[serde(default, skip_serializing_if = "Presence::is_optional")]
    pub presence: Presence,
    /// Who may write it; only in a derived list, where the default is nobody.
    #[serde(default, skip_serializing_if = "Write::is_locked")]
    pub write: Write,
    /// What becomes of the row when the row it refers to is removed; only for references.
    #[serde(default, skip_serializing_if = "OnRemove::is_restrict")]
    pub on_remove: OnRemove,
}

impl Field {
    /// Makes an optional field that, in a derived list, nobody writes.
    #[must_use]
    pub fn new(ty: Type) -> Self {
        Self {
            labels: Labels::default(),
            ty,
            presence: Presence::Optional,
            write: Write::Locked,
            on_remove: OnRemove::Restrict,
        }
    }

    /// Sets what people call the field.
    #[must_use]
    pub fn labels(mut self, labels: impl Into<Labels>) -> Self {
        self.labels = labels.into();
        self
    }

    /// Demands a value: a base row without one is refused, a derived row without one is a finding.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.presence = Presence::Required;
        self
    }

    /// Sets who may write the field of a derived list.
    #[must_use]
    pub fn write(mut self, write: Write) -> Self {
        self.write = write;
        self
    }

    /// Sets what becomes of the row when the row it refers to is removed.
    #[must_use]
    pub fn on_remove(mut self, on_remove: OnRemove) -> Self {
        self.on_remove = on_remove;
        self
    }
}

impl From<Type> for Field {
    fn from(ty: Type) -> Self {
        Self::new(ty)
    }
}

/// Whether a field may be missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// It may.
    #[default]
    Optional,
    /// It may not.
    Required,
}

impl Presence {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    fn is_optional(&self) -> bool {
        *self == Self::Optional
    }
}

/// Who may write a field of a derived list, and what its value then is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Write {
    /// Nobody: the value is the rule's.
    #[default]
    #[doc(alias = "锁定")]
    Locked,
    /// The list's owner: the value is the authored one, or missing. No rule sets such a field.
    #[doc(alias = "本级填报")]
    Local,
    /// The list's owner, in place of the rule's value, with a reason.
    #[doc(alias = "差异化")]
    Suggest,
    /// The list's owner, but never looser than the rule's value; the value is the tighter of the two.
    #[doc(alias = "只可收紧")]
    Narrow(Narrow),
    /// The list's owner adds elements to the rule's set.
    #[doc(alias = "并集")]
    Union,
}

impl Write {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    fn is_locked(&self) -> bool {
        *self == Self::Locked
    }
}

/// What counts as tighter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Narrow {
    /// A value at most the rule's.
    AtMost,
    /// A value at least the rule's.
    AtLeast,
    /// A subset of the rule's set.
    Subset,
}

/// What becomes of a row when a row it refers to is removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnRemove {
    /// The removal is refused.
    #[default]
    Restrict,
    /// The row is owned: it is removed with its owner. Only for a single reference of a base list.
    Cascade,
    /// The reference becomes missing, or leaves the set.
    Release,
}

impl OnRemove {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    fn is_restrict(&self) -> bool {
        *self == Self::Restrict
    }
}

/// A condition on the rows of a list that people want to be told of.
///
/// A row for which the condition holds has a *finding*, keyed by check and row.
#[doc(alias = "校验")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// What people call the check.
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    pub labels: Labels,
    /// How grave a finding is.
    pub severity: Severity,
    /// The list whose rows are checked.
    pub list: Name,
    /// The condition that makes a finding; `own("field")` reads the row.
    pub when: Expr,
    /// What people read, by language; `{field}` or `{field.field}` stands for a value of the row, `{key}` for its key.
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    pub message: Labels,
}

impl Check {
    /// Makes a check of the rows of a list.
    pub fn new(severity: Severity, list: impl Into<Name>, when: Expr) -> Self {
        Self { labels: Labels::default(), severity, list: list.into(), when, message: Labels::default() }
    }

    /// Sets what people call the check.
    #[must_use]
    pub fn labels(mut self, labels: impl Into<Labels>) -> Self {
        self.labels = labels.into();
        self
    }

    /// Sets what people read, by language.
    #[must_use]
    pub fn message(mut self, message: impl Into<Labels>) -> Self {
        self.message = message.into();
        self
    }
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// The row's owner must look at it.
    Review,
    /// A commit that adds such a finding is refused, unless its edits are to be recorded as findings.
    Blocking,
}
