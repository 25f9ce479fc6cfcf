use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    schema::{Path, Schema, UnknownName},
    value::Name,
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

    /// Returns the paths of a list.
    pub(super) fn paths(&self, list: &Name) -> &[Path] {
        self.lists.get(list).map_or(&[], Vec::as_slice)
    }

    /// Demands that each path leads through fields that there are.
    pub(super) fn check(&self, schema: &Schema) -> Result<(), ImpactError> {
        for (list, paths) in &self.lists {
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
        }
        Ok(())
    }
}
