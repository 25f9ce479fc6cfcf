use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::written::Written;
use crate::{
    record::{Record, to_record, to_record_like},
    schema::{FieldId, ListId},
    value::{Name, Value},
};

/// Changes to be made together: all of them, or none.
///
/// Edits are a value: they are collected without failing, can be sent, stored and previewed, and say who makes them and why.
/// They apply in the order in which they were added; what holds between rows is checked at the end.
///
/// ```
/// use quanze::{Edits, working_days};
///
/// let edits = Edits::new()
///     .cause("食品安全法修订")
///     .actor("市场监管局")
///     .set("powers", "food-licence", "statutory_limit", working_days(10))
///     .author("handling_items", "food-licence/market-bureau/new", "promise", working_days(5));
/// assert_eq!(edits.len(), 2);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edits {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cause: Option<Arc<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) actor: Option<Arc<str>>,
    #[serde(default, skip_serializing_if = "OnBlocking::is_refuse")]
    pub(super) on_blocking: OnBlocking,
    pub(super) edits: Vec<Edit>,
}

/// What becomes of edits that break a rule people have set, such as a blocking check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum OnBlocking {
    #[default]
    Refuse,
    Record,
}

impl OnBlocking {
    fn is_refuse(&self) -> bool {
        *self == Self::Refuse
    }
}

/// One change of one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub(super) struct Edit {
    pub(super) list: ListRef,
    pub(super) key: Arc<str>,
    #[serde(flatten)]
    pub(super) verb: Verb,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(super) enum Verb {
    Insert {
        record: Input,
    },
    Replace {
        record: Input,
    },
    Set {
        field: FieldRef,
        value: Value,
    },
    Remove,
    Author {
        field: FieldRef,
        value: Value,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<Arc<str>>,
    },
    Clear {
        field: FieldRef,
    },
    Forget,
    Add {
        field: FieldRef,
        element: Value,
    },
    Discard {
        field: FieldRef,
        element: Value,
    },
    Rekey {
        to: Arc<str>,
    },
}

/// A record, or why a struct is none; reported when the edits are committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Input {
    Record(Record),
    Broken(Arc<str>),
}

impl Serialize for Input {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Record(record) => record.serialize(serializer),
            Self::Broken(why) => Err(serde::ser::Error::custom(why)),
        }
    }
}

impl<'de> Deserialize<'de> for Input {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Record::deserialize(deserializer).map(Self::Record)
    }
}

/// A list, by name or by an id looked up once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListRef {
    /// By name.
    Name(Name),
    /// By id.
    Id(ListId),
}

/// A field, by name or by an id looked up once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldRef {
    /// By name.
    Name(Name),
    /// By id.
    Id(FieldId),
}

macro_rules! refs {
    ($($ty:ident $id:ident;)*) => {$(
        impl From<&str> for $ty {
            fn from(name: &str) -> Self {
                Self::Name(name.into())
            }
        }

        impl From<String> for $ty {
            fn from(name: String) -> Self {
                Self::Name(name.into())
            }
        }

        impl From<&String> for $ty {
            fn from(name: &String) -> Self {
                Self::Name(name.as_str().into())
            }
        }

        impl From<Name> for $ty {
            fn from(name: Name) -> Self {
                Self::Name(name)
            }
        }

        impl From<&Name> for $ty {
            fn from(name: &Name) -> Self {
                Self::Name(name.clone())
            }
        }

        impl From<$id> for $ty {
            fn from(id: $id) -> Self {
                Self::Id(id)
            }
        }

        impl Serialize for $ty {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    Self::Name(name) => name.serialize(serializer),
                    Self::Id(_) => {
                        Err(serde::ser::Error::custom("an id means nothing outside its schema; write edits by name"))
                    }
                }
            }
        }

        impl<'de> Deserialize<'de> for $ty {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Name::deserialize(deserializer).map(Self::Name)
            }
        }
    )*};
}

refs! {
    ListRef ListId;
    FieldRef FieldId;
}

/// The text of a key as a caller gives it; checked when the edits are committed.
pub(super) fn key_text(key: impl AsRef<str>) -> Arc<str> {
    key.as_ref().into()
}

impl Edits {
    /// Starts without a change.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Says why the changes are made.
    #[must_use]
    pub fn cause(mut self, cause: impl Into<Arc<str>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Says who makes the changes.
    #[must_use]
    pub fn actor(mut self, actor: impl Into<Arc<str>>) -> Self {
        self.actor = Some(actor.into());
        self
    }

    /// Records as findings what would otherwise be refused because of a blocking check or a looser value: for facts from
    /// outside, and for imports.
    #[must_use]
    pub fn record_findings(mut self) -> Self {
        self.on_blocking = OnBlocking::Record;
        self
    }

    /// Returns why the changes are made.
    #[must_use]
    pub fn cause_text(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// Returns who makes the changes.
    #[must_use]
    pub fn actor_text(&self) -> Option<&str> {
        self.actor.as_deref()
    }

    /// Returns the number of changes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.edits.len()
    }

    /// Tells whether there is no change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// Adds all changes of another batch after those there are; its cause and actor are taken where there is none.
    #[must_use]
    pub fn then(mut self, other: Edits) -> Self {
        self.edits.extend(other.edits);
        self.cause = self.cause.or(other.cause);
        self.actor = self.actor.or(other.actor);
        self
    }

    /// Makes a record of a struct or map. It shares the names of the edit before, which is mostly about a row of the same list.
    fn input<T: Serialize + ?Sized>(&self, record: &T) -> Input {
        let record = match self.edits.last().map(|edit| &edit.verb) {
            Some(Verb::Insert { record: Input::Record(like) } | Verb::Replace { record: Input::Record(like) }) => {
                to_record_like(record, like)
            }
            _ => to_record(record),
        };
        record.map_or_else(|error| Input::Broken(error.to_string().into()), Input::Record)
    }

    fn push(mut self, list: impl Into<ListRef>, key: impl AsRef<str>, verb: Verb) -> Self {
        self.edits.push(Edit { list: list.into(), key: key_text(key), verb });
        self
    }

    /// Adds a row to a base list, with the fields of a struct or map; what is `None` or left out is missing.
    #[must_use]
    pub fn insert<T: Serialize + ?Sized>(self, list: impl Into<ListRef>, key: impl AsRef<str>, record: &T) -> Self {
        let record = self.input(record);
        self.push(list, key, Verb::Insert { record })
    }

    /// Sets all fields of a row of a base list; what is `None` or left out is cleared.
    #[must_use]
    pub fn replace<T: Serialize + ?Sized>(self, list: impl Into<ListRef>, key: impl AsRef<str>, record: &T) -> Self {
        let record = self.input(record);
        self.push(list, key, Verb::Replace { record })
    }

    /// Sets a field of a row of a base list; [`Value::Missing`] or `None` clears it.
    #[must_use]
    pub fn set(
        self,
        list: impl Into<ListRef>,
        key: impl AsRef<str>,
        field: impl Into<FieldRef>,
        value: impl Into<Value>,
    ) -> Self {
        self.push(list, key, Verb::Set { field: field.into(), value: value.into() })
    }

    /// Removes a row of a base list, with the rows that it owns.
    #[must_use]
    pub fn remove(self, list: impl Into<ListRef>, key: impl AsRef<str>) -> Self {
        self.push(list, key, Verb::Remove)
    }

    /// Authors a field of a derived row.
    #[must_use]
    pub fn author(
        self,
        list: impl Into<ListRef>,
        key: impl AsRef<str>,
        field: impl Into<FieldRef>,
        value: impl Into<Value>,
    ) -> Self {
        self.push(list, key, Verb::Author { field: field.into(), value: value.into(), reason: None })
    }

    /// Authors a field of a derived row, and says why it differs from what the rule gives.
    #[must_use]
    pub fn author_because(
        self,
        list: impl Into<ListRef>,
        key: impl AsRef<str>,
        field: impl Into<FieldRef>,
        value: impl Into<Value>,
        reason: impl Into<Arc<str>>,
    ) -> Self {
        self.push(list, key, Verb::Author { field: field.into(), value: value.into(), reason: Some(reason.into()) })
    }

    /// Takes back what was authored for a field of a derived row, or parked for it.
    #[must_use]
    pub fn clear(self, list: impl Into<ListRef>, key: impl AsRef<str>, field: impl Into<FieldRef>) -> Self {
        self.push(list, key, Verb::Clear { field: field.into() })
    }

    /// Takes back all that was authored for a derived row, or parked for it.
    #[must_use]
    pub fn forget(self, list: impl Into<ListRef>, key: impl AsRef<str>) -> Self {
        self.push(list, key, Verb::Forget)
    }

    /// Adds an element to a set or sequence: a field of a base row, or what is authored for a derived one.
    #[must_use]
    pub fn add(
        self,
        list: impl Into<ListRef>,
        key: impl AsRef<str>,
        field: impl Into<FieldRef>,
        element: impl Into<Value>,
    ) -> Self {
        self.push(list, key, Verb::Add { field: field.into(), element: element.into() })
    }

    /// Takes an element out of a set or sequence: a field of a base row, or what is authored for a derived one.
    #[must_use]
    pub fn discard(
        self,
        list: impl Into<ListRef>,
        key: impl AsRef<str>,
        field: impl Into<FieldRef>,
        element: impl Into<Value>,
    ) -> Self {
        self.push(list, key, Verb::Discard { field: field.into(), element: element.into() })
    }

    /// Gives a row of a base list another key; references to it, its family and what is authored there follow.
    #[must_use]
    pub fn rekey(self, list: impl Into<ListRef>, from: impl AsRef<str>, to: impl AsRef<str>) -> Self {
        let to = key_text(to);
        self.push(list, from, Verb::Rekey { to })
    }
}
