//! What of a state does not fit a schema, and why: for people to read, and to be put back once there is a place for it.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::{
    record::Record,
    schema::Type,
    value::{Key, Name, Value},
};

/// What of a state does not fit a schema: everything that a restored system leaves out, and nothing else.
///
/// It prints as a line for each part, serialises, and is put back with [`State::put_back`](super::State::put_back) or
/// [`Evolution::put_back`](super::Evolution::put_back).
///
/// ```
/// use quanze::{Edits, ListSystem, Record, Schema, schema::{List, Type}};
///
/// let schema = |bodies: List| Schema::builder().list("bodies", bodies).build();
/// let mut system = ListSystem::new(schema(List::base().field("name", Type::Text).field("seats", Type::Text))?);
/// system.commit(Edits::new().insert("bodies", "market", &Record::new().with("name", "Market bureau").with("seats", "many")))?;
///
/// let restored = ListSystem::restore(schema(List::base().field("seats", Type::Integer))?, &system.state());
/// assert_eq!(
///     restored.unfit.to_string(),
///     "bodies[market].name = 'Market bureau': the list has no such field\n\
///      bodies[market].seats = 'many': 'many' is not accepted; an integer is a whole number, written without quotes"
/// );
/// assert_eq!(restored.unfit.text("zh").lines().next(), Some("bodies[market].name =“Market bureau”：清单已没有这个字段"));
///
/// let mut state = restored.system.state();
/// assert!(state.put_back(restored.unfit).is_empty());
/// assert_eq!(ListSystem::restore(system.schema().clone(), &state).system.state(), system.state());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Envelope", into = "Envelope")]
pub struct Unfit {
    parts: Vec<Misfit>,
}

/// A row or a value for which a schema has no place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Misfit {
    /// The list.
    pub list: Name,
    /// The key of the row.
    pub key: Key,
    /// What it is, as it was stored.
    #[serde(flatten)]
    pub part: Part,
    /// Why it does not fit.
    pub why: Why,
}

/// What does not fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "part", rename_all = "snake_case")]
pub enum Part {
    /// A row of a base list, with all its fields.
    Row {
        /// The fields.
        record: Record,
    },
    /// A field of a row of a base list that is still there.
    Field {
        /// The field.
        field: Name,
        /// The value.
        value: Value,
    },
    /// What was authored for a field of a derived row.
    Authored {
        /// The field.
        field: Name,
        /// The value.
        value: Value,
        /// Why it differs from what the rule gives, where its author said so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
}

/// Why something does not fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Why {
    /// There is no such list.
    NoList,
    /// The list was a base list, and is derived.
    Derived,
    /// The list was derived, and is a base list.
    Base,
    /// The list has no such field.
    NoField,
    /// Nobody writes the field.
    Locked,
    /// A base row cannot have the key.
    BadKey,
    /// The field does not take the value.
    BadValue {
        /// What it takes.
        ty: Type,
        /// What would be accepted.
        detail: String,
    },
    /// The row that it refers to is not there.
    NoSuchRow {
        /// The list of that row.
        list: Name,
    },
    /// A required field of the row has no value.
    Required {
        /// The field.
        field: Name,
        /// Why its value does not fit, where it had one.
        because: Option<Box<Why>>,
    },
    /// Another row has the same values, which no two may have.
    NotUnique {
        /// The fields that the two share.
        fields: Vec<Name>,
        /// Which row it is, and which values.
        detail: String,
    },
    /// Put back, but there is something else in its place by now.
    Taken,
    /// Put back, but its row is gone by now.
    RowGone,
}

impl Unfit {
    /// Visits the parts, by list and key.
    pub fn iter(&self) -> std::slice::Iter<'_, Misfit> {
        self.parts.iter()
    }

    /// Returns the number of parts: a row counts as one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Tells whether everything fits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Writes a line for each part in a language: Chinese for `zh` and its kin, else English.
    #[must_use]
    pub fn text(&self, language: &str) -> String {
        self.parts.iter().map(|part| part.text(language)).collect::<Vec<_>>().join("\n")
    }
}

impl FromIterator<Misfit> for Unfit {
    /// Collects parts, and puts them in the order of lists and keys.
    fn from_iter<I: IntoIterator<Item = Misfit>>(parts: I) -> Self {
        let mut parts: Vec<Misfit> = parts.into_iter().collect();
        parts.sort_by(|a, b| (&a.list, &a.key, a.part.field()).cmp(&(&b.list, &b.key, b.part.field())));
        Self { parts }
    }
}

impl IntoIterator for Unfit {
    type Item = Misfit;
    type IntoIter = std::vec::IntoIter<Misfit>;

    fn into_iter(self) -> Self::IntoIter {
        self.parts.into_iter()
    }
}

impl<'a> IntoIterator for &'a Unfit {
    type Item = &'a Misfit;
    type IntoIter = std::slice::Iter<'a, Misfit>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text("en"))
    }
}

impl Part {
    /// Returns the field; `None` of a whole row.
    #[must_use]
    pub fn field(&self) -> Option<&Name> {
        match self {
            Self::Row { .. } => None,
            Self::Field { field, .. } | Self::Authored { field, .. } => Some(field),
        }
    }

    /// Returns the value; `None` of a whole row.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        match self {
            Self::Row { .. } => None,
            Self::Field { value, .. } | Self::Authored { value, .. } => Some(value),
        }
    }
}

impl Misfit {
    /// Writes a line in a language: Chinese for `zh` and its kin, else English.
    #[must_use]
    pub fn text(&self, language: &str) -> String {
        let Self { list, key, part, why } = self;
        let chinese = language.starts_with("zh");
        let why = if chinese { why.chinese() } else { why.english() };
        match (part, chinese) {
            (Part::Row { .. }, false) => format!("{list}[{key}]: {why}"),
            (Part::Row { .. }, true) => format!("{list}[{key}]：{why}"),
            (Part::Field { field, value } | Part::Authored { field, value, .. }, false) => {
                format!("{list}[{key}].{field} = '{value}': {why}")
            }
            (Part::Field { field, value } | Part::Authored { field, value, .. }, true) => {
                format!("{list}[{key}].{field} =“{value}”：{why}")
            }
        }
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text("en"))
    }
}

impl Why {
    fn english(&self) -> String {
        match self {
            Self::NoList => "there is no such list".into(),
            Self::Derived => "the list is derived, and its rows are not authored".into(),
            Self::Base => "the list is a base list, and nothing is authored beside its rows".into(),
            Self::NoField => "the list has no such field".into(),
            Self::Locked => "nobody writes the field".into(),
            Self::BadKey => "a row of a base list has a key of one segment".into(),
            Self::BadValue { detail, .. } | Self::NotUnique { detail, .. } => detail.clone(),
            Self::NoSuchRow { list } => format!("it refers to a row that is not in '{list}'"),
            Self::Required { field, because: None } => format!("the required field '{field}' has no value"),
            Self::Required { field, because: Some(why) } => {
                format!("the required field '{field}' has no value that fits: {}", why.english())
            }
            Self::Taken => "there is something else in its place by now".into(),
            Self::RowGone => "its row is gone by now".into(),
        }
    }

    fn chinese(&self) -> String {
        match self {
            Self::NoList => "已没有这个清单".into(),
            Self::Derived => "清单已改为派生，其条目不再填报".into(),
            Self::Base => "清单已改为基础清单，条目之外不再填报".into(),
            Self::NoField => "清单已没有这个字段".into(),
            Self::Locked => "字段已锁定，不可填报".into(),
            Self::BadKey => "基础清单的条目键只能有一段".into(),
            Self::BadValue { ty, .. } => format!("字段现为{}，不接受这个值", chinese(ty)),
            Self::NotUnique { fields, .. } => {
                let fields: Vec<&str> = fields.iter().map(Name::as_str).collect();
                format!("“{}”与另一条目重复", fields.join("”“"))
            }
            Self::NoSuchRow { list } => format!("所指的条目不在“{list}”中"),
            Self::Required { field, because: None } => format!("必填字段“{field}”没有值"),
            Self::Required { field, because: Some(why) } => {
                format!("必填字段“{field}”没有适用的值：{}", why.chinese())
            }
            Self::Taken => "原处已有其他内容".into(),
            Self::RowGone => "所属条目已不存在".into(),
        }
    }
}

fn chinese(ty: &Type) -> String {
    match ty {
        Type::Text => "文本".into(),
        Type::Integer => "整数".into(),
        Type::Decimal => "小数".into(),
        Type::Boolean => "是否".into(),
        Type::Date => "日期".into(),
        Type::Duration => "时限".into(),
        Type::Code(scheme) => format!("“{scheme}”编码"),
        Type::Choice(vocabulary) => format!("词表“{vocabulary}”中的选项"),
        Type::Reference(list) => format!("对“{list}”的引用"),
        Type::Set(element) => format!("{}的集合", chinese(element)),
        Type::Sequence(element) => format!("{}的序列", chinese(element)),
    }
}

const FORMAT: &str = "quanze-unfit";
const VERSION: u64 = 1;

/// The form in which the parts are stored.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    #[serde(deserialize_with = "known_format")]
    format: Cow<'static, str>,
    #[serde(deserialize_with = "known_version")]
    version: u64,
    unfit: Vec<Misfit>,
}

fn known_format<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cow<'static, str>, D::Error> {
    let format = String::deserialize(deserializer)?;
    if format == FORMAT {
        return Ok(FORMAT.into());
    }
    let format: String = format.chars().take(40).collect();
    Err(D::Error::custom(format_args!("the text holds '{format}'; what does not fit says '{FORMAT}'")))
}

/// Refuses another version before what only that version knows.
fn known_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    match u64::deserialize(deserializer)? {
        VERSION => Ok(VERSION),
        other => Err(D::Error::custom(format_args!(
            "what does not fit is of version {other} of its format, and this library reads version {VERSION}"
        ))),
    }
}

impl From<Unfit> for Envelope {
    fn from(Unfit { parts }: Unfit) -> Self {
        Self { format: FORMAT.into(), version: VERSION, unfit: parts }
    }
}

impl From<Envelope> for Unfit {
    fn from(envelope: Envelope) -> Self {
        envelope.unfit.into_iter().collect()
    }
}
