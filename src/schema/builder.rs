use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{
    Check, CodeScheme, Labels, List, Schema, SchemaError, Vocabulary,
    format::{FormatName, FormatVersion},
    unique::unique,
};
use crate::value::Name;

/// A list system as it is written: the parts of a [`Schema`], not yet checked.
///
/// This is also the form in which a schema is stored as JSON.
///
/// ```
/// use quanze::schema::{Field, List, Rule, SchemaBuilder, Type, source};
///
/// let schema = SchemaBuilder::new()
///     .list("powers", List::base().tier(1).field("name", Field::new(Type::Text).required()).field("open", Type::Boolean))
///     .list("services", List::derived().tier(2).field("name", Type::Text)
///         .rule(Rule::each_row("open", "powers").when(source("open")).inherit(["name"])))
///     .build()?;
/// # Ok::<(), quanze::schema::SchemaError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SchemaBuilder {
    /// What the JSON is; a text without it is taken to be of the newest version.
    pub(super) format: FormatName,
    pub(super) version: FormatVersion,
    /// What people call the system.
    #[serde(skip_serializing_if = "Labels::is_empty")]
    pub labels: Labels,
    /// The units of durations, beside `working_days`, `days`, `hours`, `months` and `years`, which are always there.
    #[serde(deserialize_with = "unique", skip_serializing_if = "IndexMap::is_empty")]
    pub units: IndexMap<Name, Labels>,
    /// The vocabularies of choices.
    #[serde(deserialize_with = "unique", skip_serializing_if = "IndexMap::is_empty")]
    pub vocabularies: IndexMap<Name, Vocabulary>,
    /// The schemes of codes.
    #[serde(deserialize_with = "unique", skip_serializing_if = "IndexMap::is_empty")]
    pub code_schemes: IndexMap<Name, CodeScheme>,
    /// The lists, in the order in which they are shown.
    #[serde(deserialize_with = "unique")]
    pub lists: IndexMap<Name, List>,
    /// The checks.
    #[serde(deserialize_with = "unique", skip_serializing_if = "IndexMap::is_empty")]
    pub checks: IndexMap<Name, Check>,
    /// Names given twice, to be reported.
    #[serde(skip)]
    pub(super) twice: Vec<(&'static str, Name)>,
}

impl SchemaBuilder {
    /// Starts a system without lists.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets what people call the system.
    #[must_use]
    pub fn labels(mut self, labels: impl Into<Labels>) -> Self {
        self.labels = labels.into();
        self
    }

    /// Adds a unit of durations.
    #[must_use]
    pub fn unit(mut self, name: impl Into<Name>, labels: impl Into<Labels>) -> Self {
        let name = name.into();
        if self.units.insert(name.clone(), labels.into()).is_some() {
            self.twice.push(("unit", name));
        }
        self
    }

    /// Adds a vocabulary.
    #[must_use]
    pub fn vocabulary(mut self, name: impl Into<Name>, vocabulary: Vocabulary) -> Self {
        let name = name.into();
        if self.vocabularies.insert(name.clone(), vocabulary).is_some() {
            self.twice.push(("vocabulary", name));
        }
        self
    }

    /// Adds a code scheme.
    #[must_use]
    pub fn code_scheme(mut self, name: impl Into<Name>, scheme: CodeScheme) -> Self {
        let name = name.into();
        if self.code_schemes.insert(name.clone(), scheme).is_some() {
            self.twice.push(("code scheme", name));
        }
        self
    }

    /// Adds a list.
    #[must_use]
    pub fn list(mut self, name: impl Into<Name>, list: List) -> Self {
        let name = name.into();
        if self.lists.insert(name.clone(), list).is_some() {
            self.twice.push(("list", name));
        }
        self
    }

    /// Adds a check.
    #[must_use]
    pub fn check(mut self, name: impl Into<Name>, check: Check) -> Self {
        let name = name.into();
        if self.checks.insert(name.clone(), check).is_some() {
            self.twice.push(("check", name));
        }
        self
    }

    /// Adds all parts of another system; a name that both declare is a fault.
    #[must_use]
    pub fn extend(mut self, other: SchemaBuilder) -> Self {
        self.twice.extend(other.twice);
        for (name, labels) in other.units {
            self = self.unit(name, labels);
        }
        for (name, vocabulary) in other.vocabularies {
            self = self.vocabulary(name, vocabulary);
        }
        for (name, scheme) in other.code_schemes {
            self = self.code_scheme(name, scheme);
        }
        for (name, list) in other.lists {
            self = self.list(name, list);
        }
        for (name, check) in other.checks {
            self = self.check(name, check);
        }
        self
    }

    /// Checks everything and compiles it.
    ///
    /// # Errors
    /// [`SchemaError`], with every fault there is.
    pub fn build(self) -> Result<Schema, SchemaError> {
        Schema::compile(self)
    }
}
