use std::{ops::Deref, sync::Arc};

use super::{
    ChangeSet, Edits, Reasons, Refused,
    delta::Delta,
    find::Indexes,
    locate,
    memory::Memory,
    resolve::Kept,
    snapshot::{ListView, Snapshot, View},
};
use crate::{
    engine::{At, Engine},
    plan::{Mask, Plan},
    schema::{Schema, UnknownName},
    store::RowMap,
    value::{Key, Name, Value},
};

/// A system of lists that is in step with its base lists whenever it can be seen.
///
/// ```
/// use quanze::{Edits, ListSystem, Schema, schema::{List, Rule, Type, source}};
///
/// let schema = Schema::builder()
///     .list("powers", List::base().field("name", Type::Text).field("open", Type::Boolean))
///     .list("services", List::derived().field("name", Type::Text)
///         .rule(Rule::each_row("open", "powers").when(source("open")).inherit(["name"])))
///     .build()?;
/// let mut system = ListSystem::new(schema);
/// let commit = system.commit(Edits::new()
///     .insert("powers", "food", &[("name", "Food licence")].into_iter().collect::<std::collections::BTreeMap<_, _>>())
///     .set("powers", "food", "open", true))?;
/// assert_eq!(commit.changes("services")[0].after("name").as_text(), Some("Food licence"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "清单体系")]
#[derive(Debug)]
pub struct ListSystem {
    pub(super) schema: Schema,
    pub(super) engine: Engine,
    pub(super) reasons: Reasons,
    pub(super) revision: u64,
    pub(super) indexes: Arc<Indexes>,
    /// The index entries moved by the last commit.
    pub(super) indexed: u64,
    /// Kept from one commit to the next, so that it is not allocated anew.
    pub(super) touched: RowMap<(u32, Mask)>,
    /// Lent to each delta.
    pub(super) kept: Option<Box<Kept>>,
}

/// What a commit has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit(ChangeSet);

/// What a commit would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview(ChangeSet);

macro_rules! change_set {
    ($($ty:ident)*) => {$(
        impl $ty {
            pub(super) fn of(changes: ChangeSet) -> Self {
                Self(changes)
            }
        }

        impl Deref for $ty {
            type Target = ChangeSet;

            fn deref(&self) -> &ChangeSet {
                &self.0
            }
        }

        impl From<$ty> for ChangeSet {
            fn from(it: $ty) -> Self {
                it.0
            }
        }

        impl std::fmt::Display for $ty {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl serde::Serialize for $ty {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }
    )*};
}

change_set!(Commit Preview);

/// How much a commit had to look at: for tests of what propagation costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// The families visited.
    pub visits: u64,
    /// The values compared and the rows worked out.
    pub evaluations: u64,
    /// The entries put into indexes and taken out of them; a preview moves none.
    pub indexed: u64,
}

/// An authored value whose row does not exist now, or that refers to a row that is gone.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ParkedCell {
    /// The list of the row.
    pub list: Name,
    /// The key of the row.
    pub key: Key,
    /// The field.
    pub field: Name,
    /// The value.
    pub value: Value,
}

impl ListSystem {
    /// Makes a system without rows.
    ///
    /// # Complexity
    /// Compiles the schema.
    #[must_use]
    pub fn new(schema: impl Into<Schema>) -> Self {
        let schema = schema.into();
        let plan = Arc::new(Plan::new(&schema));
        let indexes = Arc::new(Indexes::new(&plan));
        Self {
            schema,
            engine: Engine::new(plan),
            reasons: Reasons::default(),
            revision: 0,
            indexes,
            indexed: 0,
            touched: RowMap::default(),
            kept: None,
        }
    }

    /// Returns the schema.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Returns the number of commits made.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Makes all changes of a batch, brings every list in step, and tells what has changed.
    ///
    /// # Errors
    /// [`Refused`], with all faults and the edits; then nothing has changed.
    ///
    /// # Complexity
    /// In the rows affected and looked at, not in the size of the lists.
    pub fn commit(&mut self, edits: Edits) -> Result<Commit, Refused> {
        match self.run(&edits) {
            Ok(()) => {
                self.accept();
                Ok(Commit(ChangeSet::collect(self, self.revision, &edits)))
            }
            Err(faults) => Err(Refused { faults, edits: Box::new(edits) }),
        }
    }

    /// Makes all changes of a batch as [`ListSystem::commit`] does, and shows what has changed without collecting it: the
    /// fast way for a consumer that knows what it wants.
    ///
    /// # Errors
    /// [`Refused`], with all faults and the edits; then nothing has changed, and the consumer is not called.
    pub fn commit_with<T>(&mut self, edits: Edits, consume: impl FnOnce(&Delta<'_>) -> T) -> Result<T, Refused> {
        match self.run(&edits) {
            Ok(()) => {
                self.accept();
                let mut kept = self.kept.take().unwrap_or_default();
                // Fields that were compared need not be worked out again to be read.
                self.engine.swap_columns(kept.columns());
                let delta = Delta::new(&self.engine, kept);
                let consumed = consume(&delta);
                let mut kept = delta.into_kept();
                self.engine.swap_columns(kept.columns());
                self.kept = Some(kept);
                Ok(consumed)
            }
            Err(faults) => Err(Refused { faults, edits: Box::new(edits) }),
        }
    }

    /// Makes of what the edits have brought about the state of the system.
    fn accept(&mut self) {
        self.revision += 1;
        self.indexed = Indexes::follow(&mut self.indexes, &self.engine);
    }

    /// Tells what a commit of these edits would change, and changes nothing.
    ///
    /// # Errors
    /// [`Refused`], as the commit would be.
    pub fn preview(&mut self, edits: &Edits) -> Result<Preview, Refused> {
        match self.run(edits) {
            Ok(()) => {
                let changes = ChangeSet::collect(self, self.revision + 1, edits);
                self.engine.roll_back();
                self.reasons.roll_back();
                Ok(Preview(changes))
            }
            Err(faults) => Err(Refused { faults, edits: Box::new(edits.clone()) }),
        }
    }

    /// Returns all lists as they are now; what is read of it stays as it is while commits go on.
    ///
    /// # Complexity
    /// Shares all pages; the next commits copy those that they write.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::new(self)
    }

    /// Returns a list as it is now.
    ///
    /// # Errors
    /// [`UnknownName`] where the schema declares no such list.
    pub fn list(&self, name: &str) -> Result<ListView<'_>, UnknownName> {
        self.view().list(name)
    }

    pub(super) fn view(&self) -> View<'_> {
        let Engine { plan, store, .. } = &self.engine;
        View { schema: &self.schema, plan, store, reasons: &self.reasons, indexes: &self.indexes }
    }

    /// Returns how many bytes the system holds, by list and by what is shared.
    ///
    /// # Complexity
    /// In the base rows and groups: it looks at each family.
    #[must_use]
    pub fn memory(&self) -> Memory {
        Memory::of(self)
    }

    /// Returns the authored values whose rows do not exist now, by list, row and field.
    #[must_use]
    pub fn parked(&self) -> Vec<ParkedCell> {
        super::snapshot::parked(&self.engine.plan, &self.engine.parked)
    }

    /// Returns how much the last commit or preview had to look at.
    #[must_use]
    pub fn work(&self) -> Work {
        Work { visits: self.engine.visits, evaluations: self.engine.evaluations, indexed: self.indexed }
    }

    /// Finds the row of a key.
    pub(super) fn locate(&self, list: u16, key: &str) -> Option<(u16, u32, At)> {
        locate::locate(&self.engine.plan, &self.engine.store, list, key)
    }
}
