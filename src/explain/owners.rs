use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    schema::{Path, Schema, UnknownName},
    system::Snapshot,
    value::{Key, Name, Value},
};

/// Whose row each row is, list by list: by the paths that lead from a row to those it belongs to.
///
/// Of several paths the first counts that leads somewhere. A path may end in a set; then the row belongs to each of its
/// elements. The path `key` is the row itself. A row of a list that is not named here belongs to nobody.
///
/// They are data, and read from JSON as they are written there.
///
/// ```
/// use quanze::explain::Owners;
///
/// let owners = Owners::new().of("bodies", ["key"]).of("boundary", ["lead", "main"]).of("variants", ["power.body"]);
/// let json = r#"{"bodies":["key"],"boundary":["lead","main"],"variants":["power.body"]}"#;
/// assert_eq!(serde_json::to_string(&owners)?, json);
/// assert_eq!(serde_json::from_str::<Owners>(json)?, owners);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[doc(alias = "主体")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Owners {
    lists: IndexMap<Name, Vec<Path>>,
}

/// The error of an impact that cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ImpactError {
    /// The schema declares no such list or field.
    #[error(transparent)]
    Unknown(#[from] UnknownName),
    /// A path goes on from a field that refers to nothing.
    #[error("the path '{path}' of '{list}' goes on from '{field}', which refers to no row")]
    NoReference {
        /// The list.
        list: Name,
        /// The path.
        path: String,
        /// The field.
        field: Name,
    },
    /// The snapshot is of another schema.
    #[error("the snapshot is of another schema than the changes")]
    OtherSchema,
    /// The snapshot is neither the state before the changes nor the one after.
    #[error(
        "the snapshot is of revision {snapshot}, and the changes lead to revision {changes}; take one right before or \
         right after them"
    )]
    OtherRevision {
        /// The revision of the snapshot.
        snapshot: u64,
        /// The revision that the changes lead to.
        changes: u64,
    },
}

impl Owners {
    /// Starts without any.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the paths of a list.
    #[must_use]
    pub fn of<P: Into<Path>>(mut self, list: impl Into<Name>, paths: impl IntoIterator<Item = P>) -> Self {
        self.lists.insert(list.into(), paths.into_iter().map(Into::into).collect());
        self
    }

    /// Visits the lists with their paths, in the order given.
    pub fn iter(&self) -> impl Iterator<Item = (&Name, &[Path])> {
        self.lists.iter().map(|(list, paths)| (list, paths.as_slice()))
    }

    /// Returns whom a row belongs to: most often references to rows of one list, each once; nothing where it belongs to nobody.
    ///
    /// ```
    /// use quanze::{Edits, ListSystem, Record, Schema, explain::Owners, schema::{List, Type}};
    ///
    /// let schema = Schema::builder()
    ///     .list("bodies", List::base().field("name", Type::Text))
    ///     .list("powers", List::base().field("body", Type::reference("bodies")))
    ///     .build()?;
    /// let mut system = ListSystem::new(schema);
    /// system.commit(Edits::new()
    ///     .insert("bodies", "market", &Record::new().with("name", "Market bureau"))
    ///     .insert("powers", "food", &Record::new().with("body", "market")))?;
    /// let owners = Owners::new().of("powers", ["body"]).of_row(&system.snapshot(), "powers", "food")?;
    /// assert_eq!(owners.iter().map(ToString::to_string).collect::<Vec<_>>(), ["market"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ImpactError`] where the schema has no such list, or a path of it leads nowhere.
    ///
    /// # Complexity
    /// In the references followed.
    pub fn of_row(&self, now: &Snapshot, list: &str, key: impl AsRef<str>) -> Result<Vec<Value>, ImpactError> {
        let schema = now.schema();
        let list = Name::from(list);
        lead_somewhere(schema, &list, self.paths(&list))?;
        let read = |list: &Name, key: &Key, field: &Name| {
            let row = now.list(list.as_str()).ok().and_then(|view| view.row(key.as_str()));
            row.and_then(|row| row.get(field.as_str()).ok()).unwrap_or_default()
        };
        let Some(row) = now.list(list.as_str()).ok().and_then(|view| view.row(key)) else { return Ok(Vec::new()) };
        Ok(self.found(schema, &list, &row.key(), &read).into_iter().map(|(_, owner)| owner).collect())
    }

    /// Returns what the first path leads to that leads somewhere, from a row whose fields are read by `read`.
    pub(super) fn found(
        &self,
        schema: &Schema,
        list: &Name,
        key: &Key,
        read: &impl Fn(&Name, &Key, &Name) -> Value,
    ) -> BTreeSet<Owner> {
        let ends = self.paths(list).iter().map(|path| follow(schema, list, key, path.names(), read));
        ends.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
    }

    /// Returns the paths of a list.
    fn paths(&self, list: &Name) -> &[Path] {
        self.lists.get(list).map_or(&[], Vec::as_slice)
    }

    /// Demands that each path leads through fields that there are.
    pub(super) fn check(&self, schema: &Schema) -> Result<(), ImpactError> {
        self.lists.iter().try_for_each(|(list, paths)| lead_somewhere(schema, list, paths))
    }
}

/// Demands that each path of a list leads through fields that there are.
fn lead_somewhere(schema: &Schema, list: &Name, paths: &[Path]) -> Result<(), ImpactError> {
    schema.list(list.as_str())?;
    for path in paths {
        // The list whose row is read next; nothing where there is none.
        let mut at = Some(list.clone());
        let mut from = list;
        for name in path.names() {
            let Some(here) = at else {
                return Err(ImpactError::NoReference {
                    list: list.clone(),
                    path: path.to_string(),
                    field: from.clone(),
                });
            };
            at = if *name == "key" {
                Some(here)
            } else {
                schema.field(here.as_str(), name.as_str())?;
                schema.spec().lists[&here].fields[name].ty.target().cloned()
            };
            from = name;
        }
    }
    Ok(())
}

/// A value at the end of a path, with the list of the row that it refers to.
pub(super) type Owner = (Option<Name>, Value);

/// Returns the values at the end of a path from a row.
fn follow(
    schema: &Schema,
    list: &Name,
    key: &Key,
    path: &[Name],
    read: &impl Fn(&Name, &Key, &Name) -> Value,
) -> BTreeSet<Owner> {
    let mut path = path.iter().filter(|name| **name != "key");
    let Some(name) = path.next() else { return [(Some(list.clone()), Value::Reference(key.clone()))].into() };
    let rest: Vec<Name> = path.cloned().collect();
    let target = schema.spec().lists[list].fields[name].ty.target();
    let values = match read(list, key, name) {
        Value::Missing => Vec::new(),
        Value::List(elements) => elements,
        one => vec![one],
    };
    let ends = |value: Value| match (&value, target) {
        (Value::Reference(key), Some(target)) => follow(schema, target, key, &rest, read),
        _ => [(None, value)].into(),
    };
    values.into_iter().flat_map(ends).collect()
}
