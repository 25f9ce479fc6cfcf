//! Another schema for a living system: lists, fields and rules come, go and change, and the rows follow.
//!
//! Architecture invariant: an evolution is a restoring and a comparison. Nothing of the old system is carried over but its
//! state, so there is no second way in which rows come about.

mod compare;
mod reach;

use std::sync::Arc;

use thiserror::Error;

use super::{
    ChangeSet, ListSystem, Restored,
    change::By,
    list_system::{Commit, Preview},
    unfit::Unfit,
};
use crate::schema::Schema;

/// A change of the schema of a living system, to be previewed and made.
///
/// ```
/// use quanze::{Edits, Evolution, ListSystem, Record, Schema, SchemaBuilder, schema::{List, Rule, Type, source}};
///
/// let powers = List::base().field("name", Type::Text).field("open", Type::Boolean);
/// let mut system = ListSystem::new(Schema::builder().list("powers", powers).build()?);
/// system.commit(Edits::new().insert("powers", "food", &Record::new().with("name", "Food licence").with("open", true)))?;
///
/// let services = List::derived().field("name", Type::Text)
///     .rule(Rule::each_row("open", "powers").when(source("open")).inherit(["name"]));
/// let extended = system.schema().extend(SchemaBuilder::new().list("services", services))?;
/// let evolved = system.evolve(Evolution::to(extended).cause("services are listed from now on"))?;
/// assert_eq!(evolved.changes.to_string(), "\
/// a new schema → 1 row in 1 list
/// cause: services are listed from now on
/// services
///   + food");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "调整清单体系")]
#[derive(Clone, Debug)]
pub struct Evolution {
    schema: Schema,
    on_unfit: OnUnfit,
    put_back: Unfit,
    cause: Option<Arc<str>>,
    actor: Option<Arc<str>>,
}

/// What becomes of an evolution when something that is authored does not fit the new schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnUnfit {
    /// It is refused, and nothing changes.
    #[default]
    Refuse,
    /// It is made; what does not fit is taken out and returned.
    TakeOut,
}

/// What an evolution has changed, or would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evolved<C = Commit> {
    /// The rows and findings that have come, gone or changed: the difference between deriving everything under the old and
    /// the new schema.
    pub changes: C,
    /// What was taken out because it does not fit; empty unless [`OnUnfit::TakeOut`] was asked for.
    pub unfit: Unfit,
}

/// An evolution that was refused: nothing has changed, and here it is again, with everything that does not fit.
#[derive(Debug, Error)]
#[error("the schema stays, and nothing has changed; this does not fit the new one:\n  {}", unfit.to_string().replace('\n', "\n  "))]
pub struct Unsuited {
    unfit: Unfit,
    evolution: Box<Evolution>,
}

impl Unsuited {
    /// Returns what does not fit.
    #[must_use]
    pub fn unfit(&self) -> &Unfit {
        &self.unfit
    }

    /// Returns the evolution, to be mended.
    #[must_use]
    pub fn into_evolution(self) -> Evolution {
        *self.evolution
    }
}

impl Evolution {
    /// Starts with the schema that the system shall have.
    pub fn to(schema: impl Into<Schema>) -> Self {
        Self {
            schema: schema.into(),
            on_unfit: OnUnfit::default(),
            put_back: Unfit::default(),
            cause: None,
            actor: None,
        }
    }

    /// Says what becomes of it when something does not fit.
    #[must_use]
    pub fn on_unfit(mut self, on_unfit: OnUnfit) -> Self {
        self.on_unfit = on_unfit;
        self
    }

    /// Puts back what an earlier evolution or restoring took out. What has lost its place does not fit.
    #[must_use]
    pub fn put_back(mut self, unfit: Unfit) -> Self {
        self.put_back = self.put_back.into_iter().chain(unfit).collect();
        self
    }

    /// Says why the schema changes.
    #[must_use]
    pub fn cause(mut self, cause: impl Into<Arc<str>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Says who changes it.
    #[must_use]
    pub fn actor(mut self, actor: impl Into<Arc<str>>) -> Self {
        self.actor = Some(actor.into());
        self
    }
}

impl ListSystem {
    /// Goes on with another schema, and tells what that has changed in every list: in those that are there before and after,
    /// those that have come, and those that have gone. The revision goes up by one, as with a commit.
    ///
    /// The system is then as if it had been restored from its state under the new schema: what fits is kept, what is authored
    /// for rows that are gone is parked, what new checks find is recorded. Snapshots taken before keep the old schema. Ids
    /// looked up in the old schema are those of another one from now on.
    ///
    /// # Errors
    /// [`Unsuited`], with all that does not fit, unless that is to be taken out; then nothing has changed.
    ///
    /// # Complexity
    /// In the size of the system: everything is derived once more, beside the old system, which is there until the new one
    /// is. Only the lists that the change can have reached are compared.
    pub fn evolve(&mut self, evolution: Evolution) -> Result<Evolved, Unsuited> {
        let (system, changes, unfit) = self.evolved(&evolution).map_err(|unfit| Unsuited::of(unfit, evolution))?;
        *self = system;
        Ok(Evolved { changes: Commit::of(changes), unfit })
    }

    /// Tells what an evolution would change, and changes nothing.
    ///
    /// # Errors
    /// [`Unsuited`], as the evolution would be.
    ///
    /// # Complexity
    /// As of [`ListSystem::evolve`].
    pub fn preview_evolution(&self, evolution: &Evolution) -> Result<Evolved<Preview>, Unsuited> {
        let evolved = self.evolved(evolution).map_err(|unfit| Unsuited::of(unfit, evolution.clone()))?;
        let (_, changes, unfit) = evolved;
        Ok(Evolved { changes: Preview::of(changes), unfit })
    }

    fn evolved(&self, evolution: &Evolution) -> Result<(Self, ChangeSet, Unfit), Unfit> {
        let mut state = self.state();
        let nowhere = state.put_back(evolution.put_back.clone());
        let Restored { mut system, unfit } = Self::restore(evolution.schema.clone(), &state);
        // Wherever something was put or taken, rows may differ.
        let moved = unfit.iter().chain(&evolution.put_back).map(|misfit| misfit.list.clone()).collect();
        let unfit: Unfit = unfit.into_iter().chain(nowhere).collect();
        if !unfit.is_empty() && evolution.on_unfit == OnUnfit::Refuse {
            return Err(unfit);
        }
        system.revision = self.revision + 1;
        let reached = reach::reached(&self.schema, &system.schema, moved);
        let (cause, actor) = (evolution.cause.clone(), evolution.actor.clone());
        let set = ChangeSet::new(&system.engine.plan, system.revision, cause, actor, By::Schema);
        let changes = ChangeSet::between(self, &system, &reached, set);
        Ok((system, changes, unfit))
    }
}

impl Unsuited {
    fn of(unfit: Unfit, evolution: Evolution) -> Self {
        Self { unfit, evolution: Box::new(evolution) }
    }
}
