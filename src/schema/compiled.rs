use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize, Serializer};
use thiserror::Error;

use super::{
    SchemaBuilder, SchemaError,
    code::{CodeSchemes, SchemeSizes, scheme_sizes},
    error::{Place, SchemaFault, SchemaFaultKind, hint},
    fingerprint::Fingerprint,
    graph::Graph,
    picture,
    typing::Typing,
    validate,
};
use crate::{
    picture::{Picture, SchemaPicture},
    value::Name,
};

/// A list system, checked: whatever it says fits together.
///
/// A schema is shared: a clone costs nothing. Two schemas are equal if they say the same.
///
/// ```
/// use quanze::schema::{Field, List, Rule, Schema, SchemaBuilder, Type, source};
///
/// let schema = SchemaBuilder::new()
///     .list("powers", List::base().field("name", Field::new(Type::Text).required()))
///     .list("services", List::derived().field("name", Type::Text).rule(Rule::each_row("all", "powers").inherit(["name"])))
///     .build()?;
/// assert_eq!(Schema::from_json(&schema.to_json())?, schema);
/// # Ok::<(), quanze::schema::SchemaError>(())
/// ```
#[derive(Clone)]
pub struct Schema {
    inner: Arc<Inner>,
}

struct Inner {
    spec: SchemaBuilder,
    /// The same, with typed literals.
    typed: SchemaBuilder,
    fingerprint: Fingerprint,
    graph: Graph,
    scheme_sizes: SchemeSizes,
}

/// A list of a schema, looked up once by [`Schema::list`]. It knows its schema: with another one it is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ListId {
    schema: u64,
    list: u32,
}

/// A field of a list of a schema, looked up once by [`Schema::field`]. It knows its schema: with another one it is an
/// error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldId {
    list: ListId,
    field: u32,
}

/// The error of a name that a schema does not declare.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no {what} '{name}'{of}; {hint}")]
pub struct UnknownName {
    what: &'static str,
    name: String,
    of: String,
    hint: String,
}

impl Schema {
    /// Starts a schema.
    #[must_use]
    pub fn builder() -> SchemaBuilder {
        SchemaBuilder::new()
    }

    pub(super) fn compile(spec: SchemaBuilder) -> Result<Self, SchemaError> {
        let graph = validate::validate(&spec)?;
        let fingerprint = Fingerprint::of(&spec);
        let scheme_sizes = scheme_sizes(&spec);
        let typed = Typing::new(&spec).typed_spec();
        Ok(Self { inner: Arc::new(Inner { spec, typed, fingerprint, graph, scheme_sizes }) })
    }

    /// Reads a schema from the JSON that [`Schema::to_json`] writes.
    ///
    /// # Errors
    /// [`SchemaError`], where the text is no JSON of a schema (nested too deeply, say), or with every fault of the schema.
    pub fn from_json(json: &str) -> Result<Self, SchemaError> {
        SchemaBuilder::from_json(json)?.build()
    }

    /// Writes the schema as indented JSON, always the same for the same schema.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Its maps have texts for keys, and text does not fail to be written to.
        serde_json::to_string_pretty(&self.inner.spec).unwrap_or_default()
    }

    /// Returns what the schema says.
    #[must_use]
    pub fn spec(&self) -> &SchemaBuilder {
        &self.inner.spec
    }

    /// Makes a schema of this one and further parts.
    ///
    /// # Errors
    /// [`SchemaError`] with every fault of the whole; a name that both declare is one.
    pub fn extend(&self, parts: SchemaBuilder) -> Result<Self, SchemaError> {
        self.inner.spec.clone().extend(parts).build()
    }

    /// Returns 32 hexadecimal digits that differ between schemas that say different things, and stay the same everywhere
    /// else. They tell a mistake, not a forgery: this is FNV-1a over the schema's JSON, no cryptographic hash.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.inner.fingerprint.to_string()
    }

    /// Looks up a list.
    ///
    /// # Errors
    /// [`UnknownName`], with the nearest name there is.
    pub fn list(&self, name: &str) -> Result<ListId, UnknownName> {
        let lists = &self.inner.spec.lists;
        match lists.get_index_of(name).map(u32::try_from) {
            Some(Ok(list)) => Ok(ListId { schema: self.identity(), list }),
            _ => Err(UnknownName {
                what: "list",
                name: name.chars().take(80).collect(),
                of: String::new(),
                hint: hint(name, lists.keys().map(Name::as_str)),
            }),
        }
    }

    /// Looks up a field of a list.
    ///
    /// # Errors
    /// [`UnknownName`], with the nearest name there is.
    pub fn field(&self, list: &str, name: &str) -> Result<FieldId, UnknownName> {
        let id = self.list(list)?;
        let fields = self.inner.spec.lists.get(list).map(|list| &list.fields);
        match fields.and_then(|fields| fields.get_index_of(name)).map(u32::try_from) {
            Some(Ok(field)) => Ok(FieldId { list: id, field }),
            _ => Err(UnknownName {
                what: "field",
                name: name.chars().take(80).collect(),
                of: format!(" in the list '{list}'"),
                hint: hint(name, fields.into_iter().flat_map(|fields| fields.keys()).map(Name::as_str)),
            }),
        }
    }

    /// Draws what depends on what, as in the example of [`Picture`]: the lists of each tier, and an edge from each list, or
    /// field, to those that read it. Along a solid edge rows are made, or decided on; along a dashed one values are read.
    #[must_use]
    pub fn picture(&self, how: impl Into<SchemaPicture>) -> Picture {
        picture::draw(&self.inner.spec, &self.inner.graph, &how.into())
    }

    /// Returns what the schema says with each literal, and each cell of a table, as a value of its type: what is compiled.
    pub(crate) fn typed(&self) -> &SchemaBuilder {
        &self.inner.typed
    }

    /// Returns the code schemes, for expressions on codes.
    pub(crate) fn code_schemes(&self) -> CodeSchemes<'_> {
        CodeSchemes { spec: &self.inner.spec, sizes: &self.inner.scheme_sizes }
    }

    /// Returns the place of a list in the schema; nothing where the id is of another schema.
    pub(crate) fn list_place(&self, id: ListId) -> Option<usize> {
        (id.schema == self.identity()).then_some(id.list as usize)
    }

    /// Returns the places of a field's list and of the field in it; nothing where the id is of another schema.
    pub(crate) fn field_place(&self, id: FieldId) -> Option<(usize, usize)> {
        Some((self.list_place(id.list)?, id.field as usize))
    }

    /// Returns the number that tells ids of this schema from those of others.
    fn identity(&self) -> u64 {
        self.inner.fingerprint.short()
    }
}

impl FieldId {
    /// Returns the field's list.
    #[must_use]
    pub fn list(self) -> ListId {
        self.list
    }
}

impl SchemaBuilder {
    /// Reads the parts of a schema from JSON, without checking that they fit together; such as an extension.
    ///
    /// # Errors
    /// [`SchemaError`] where the text is no JSON of a schema.
    pub fn from_json(json: &str) -> Result<Self, SchemaError> {
        serde_json::from_str(json).map_err(|error| {
            let kind = SchemaFaultKind::Json(error.to_string());
            SchemaError::new(vec![SchemaFault::new(Place::default(), kind)])
        })
    }
}

impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        // By what is stored: order tells, while whether a literal was given as a date or as its text does not.
        Arc::ptr_eq(&self.inner, &other.inner)
            || self.inner.fingerprint == other.inner.fingerprint && self.to_json() == other.to_json()
    }
}

impl Eq for Schema {}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schema")
            .field("lists", &self.inner.spec.lists.keys())
            .field("fingerprint", &self.fingerprint())
            .finish_non_exhaustive()
    }
}

impl TryFrom<SchemaBuilder> for Schema {
    type Error = SchemaError;

    fn try_from(builder: SchemaBuilder) -> Result<Self, SchemaError> {
        builder.build()
    }
}

impl Serialize for Schema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.inner.spec.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Schema {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        SchemaBuilder::deserialize(deserializer)?.build().map_err(serde::de::Error::custom)
    }
}
