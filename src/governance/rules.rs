use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    governance::{
        calendar::Calendar,
        deadline::{self, DeadlineError, Deadlines},
        procedure::{Procedure, adjustment, first_issue},
    },
    value::Name,
};

/// The rules of a jurisdiction, all of them data.
#[doc(alias = "管理办法")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// The working days.
    pub calendar: Calendar,
    /// The procedures, by name.
    pub procedures: IndexMap<Name, Procedure>,
    /// The deadlines, by name. That called `review` counts from the day on which something is found for review.
    pub deadlines: Deadlines,
    /// The role that decides where somebody objects to what it is to review.
    #[serde(default = "decider")]
    pub decider: Name,
}

fn decider() -> Name {
    "establishment_office".into()
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            calendar: Calendar::default(),
            procedures: IndexMap::new(),
            deadlines: Deadlines::default(),
            decider: decider(),
        }
    }
}

/// The error of rules that do not hold together.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RulesError {
    /// A procedure is kept under a name that is not its own.
    #[error("the procedure '{id}' is kept under the name '{name}'; keep it under its own")]
    OtherName {
        /// The name under which it is kept.
        name: Name,
        /// Its own.
        id: Name,
    },
    /// A deadline cannot be counted.
    #[error("the deadline '{name}': {source}")]
    Deadline {
        /// The deadline.
        name: Name,
        /// What is wrong with it.
        source: DeadlineError,
    },
}

impl Rules {
    /// The rules of Jiyuan: six steps to issue, three to adjust, 15 working days for them.
    #[must_use]
    pub fn jiyuan(calendar: Calendar) -> Self {
        Self { calendar, deadlines: deadline::jiyuan(), ..Self::default() }
            .procedure(first_issue())
            .procedure(adjustment())
    }

    /// Adds a procedure, or puts another in the place of one.
    #[must_use]
    pub fn procedure(mut self, procedure: Procedure) -> Self {
        self.procedures.insert(procedure.id().clone(), procedure);
        self
    }

    /// Demands that they hold together.
    ///
    /// # Errors
    /// [`RulesError`], the first that is wrong.
    pub fn check(&self) -> Result<(), RulesError> {
        for (name, procedure) in &self.procedures {
            if name != procedure.id() {
                return Err(RulesError::OtherName { name: name.clone(), id: procedure.id().clone() });
            }
        }
        for (name, deadline) in &self.deadlines {
            deadline.check().map_err(|source| RulesError::Deadline { name: name.clone(), source })?;
        }
        Ok(())
    }
}
