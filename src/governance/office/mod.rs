//! The living thing: lists, the cases about them, who must look at what, and everything that was done.
//!
//! Whatever is done is a [`Deed`]: it is decided upon by reading alone, its edits are committed, and it is recorded; what is refused has changed
//! nothing. Replaying the records gives the same office.
//!
//! Architecture invariant: what the office knows beside its lists follows from the records. Nothing else is kept.

mod act;
mod advance;
mod error;
mod inbox;
mod late;
mod open;
mod preview;
mod register;
mod settle;

use std::collections::BTreeMap;

use indexmap::IndexMap;

pub use self::{
    advance::Advanced,
    error::{OfficeError, OpenError},
    inbox::{Since, ToReview},
    late::Late,
    preview::{CasePreview, MustReview},
    register::Dossier,
};
use super::{
    case::{Case, Package},
    deadline::Standing,
    deed::{Answer, Deed, Publication},
    history::{Committed, History, Record},
    lists,
    person::Person,
    procedure::{Act, SUPERVISOR},
    rules::Rules,
};
use crate::{
    explain::Owners,
    schema::Schema,
    system::{ChangeSet, Edits, ListSystem},
    value::Date,
};

/// Lists and their government: cases, procedures, deadlines, reviews, and the history of it all.
#[doc(alias = "动态管理")]
#[derive(Debug)]
pub struct Office {
    system: ListSystem,
    history: History,
    owners: Owners,
    rules: Rules,
    dossiers: IndexMap<String, Dossier>,
    /// The day on which it began.
    began: Date,
    /// Since when what was found has been found; what stood in the beginning is not in it.
    found: BTreeMap<inbox::FindingId, Since>,
    /// What was said of findings that no answer resolves.
    answered: BTreeMap<inbox::FindingId, (Answer, String)>,
}

impl Office {
    /// Begins with lists as they are: what is found in them then is found since that day. The schema has the lists of governance; whose rows
    /// are whose is as in the four-tier system.
    ///
    /// The history begins here: what was committed before is what it begins with, and no change in it. Whoever wants the import told too
    /// begins with empty lists, and imports with [`Office::edit`]. A history is read under the schema that it was kept under: keep that
    /// beside it.
    ///
    /// # Errors
    /// [`OpenError`] where the schema lacks a list, or the rules do not hold together.
    pub fn begin(system: ListSystem, owners: Owners, rules: Rules, on: Date, by: Person) -> Result<Self, OpenError> {
        for name in [lists::REVIEWS, lists::HANDOVERS, lists::PLANNED, "powers", "bodies"] {
            if system.schema().list(name).is_err() {
                return Err(OpenError::NoList(name));
            }
        }
        rules.check()?;
        let mut office = Self::of(History::begin(&system), system, owners, on);
        office.perform(on, by, Deed::Set { rules: Box::new(rules) }, Vec::new());
        Ok(office)
    }

    fn of(history: History, system: ListSystem, owners: Owners, began: Date) -> Self {
        Self {
            system,
            history,
            owners: lists::with_owners(owners),
            rules: Rules::default(),
            dossiers: IndexMap::new(),
            began,
            found: BTreeMap::new(),
            answered: BTreeMap::new(),
        }
    }

    /// Makes an office of a history: the same one as that which recorded it.
    ///
    /// # Errors
    /// [`OpenError::Replay`] where a record cannot be replayed: then the history was not kept by an office, or is not whole.
    ///
    /// # Complexity
    /// In everything that was ever done.
    pub fn replay(history: History, owners: Owners) -> Result<Self, OpenError> {
        let system = ListSystem::restore(history.schema().clone(), history.genesis()).system;
        let Some(first) = history.records().first() else {
            return Err(OpenError::Replay {
                record: 1,
                why: "there is none, and an office begins with its rules".into(),
            });
        };
        let mut office = Self::of(History::begin(&system), system, owners, first.recorded);
        for record in history.records() {
            let wrong = |why: String| OpenError::Replay { record: record.number, why };
            office.repeat(record).map_err(wrong)?;
        }
        if office.history.head() != history.head() {
            return Err(OpenError::Replay { record: 0, why: "it gives other records".into() });
        }
        // With the checkpoints that it has.
        office.history = history;
        Ok(office)
    }

    fn repeat(&mut self, record: &Record) -> Result<(), String> {
        let mut sets = Vec::new();
        for commit in &record.commits {
            sets.push(self.system.commit(commit.edits.clone()).map_err(|refused| refused.to_string())?.into());
        }
        self.note(record, &sets)?;
        self.history.push(record.recorded, record.by.clone(), record.deed.clone(), record.commits.clone());
        Ok(())
    }

    /// Records a deed whose edits have been committed.
    fn perform(&mut self, on: Date, by: Person, deed: Deed, made: Vec<(Committed, ChangeSet)>) {
        let (commits, sets): (Vec<Committed>, Vec<ChangeSet>) = made.into_iter().unzip();
        let record = Record { number: self.history.records().len() as u64 + 1, recorded: on, by, deed, commits };
        let noted = self.note(&record, &sets);
        debug_assert!(noted.is_ok(), "what was decided upon can be noted: {noted:?}");
        self.history.push(record.recorded, record.by, record.deed, record.commits);
    }

    /// Commits edits that a deed makes.
    fn commit(&mut self, edits: Edits, effective: Date) -> Result<(Committed, ChangeSet), OfficeError> {
        let commit = self.system.commit(edits.clone())?;
        let committed = Committed { revision: commit.revision(), effective, edits };
        Ok((committed, commit.into()))
    }

    /// Demands that somebody may do something on a day.
    fn check(&self, on: Date, by: &Person) -> Result<(), OfficeError> {
        if by.role.as_str() == SUPERVISOR {
            return Err(OfficeError::Supervisor(by.clone()));
        }
        match self.history.records().last().map(|last| last.recorded) {
            Some(last) if on < last => Err(OfficeError::Day { on, last }),
            _ => Ok(()),
        }
    }

    /// Returns the lists, to be read.
    #[must_use]
    pub fn system(&self) -> &ListSystem {
        &self.system
    }

    /// Returns everything that was done.
    #[must_use]
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Returns the rules in force.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Returns the schema of the lists.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        self.system.schema()
    }

    /// Visits the packages with how far each has come, in the order in which they were opened.
    pub fn dossiers(&self) -> impl Iterator<Item = &Dossier> {
        self.dossiers.values()
    }

    /// Returns a package with how far it has come.
    #[must_use]
    pub fn dossier(&self, package: &str) -> Option<&Dossier> {
        self.dossiers.get(package)
    }

    fn known(&self, package: &str) -> Result<&Dossier, OfficeError> {
        self.dossiers.get(package).ok_or_else(|| OfficeError::NoPackage(package.to_owned()))
    }

    /// Keeps the state, so that looks into the past and a new start are short.
    pub fn checkpoint(&mut self) {
        self.history.checkpoint(&self.system);
    }

    /// Sets rules: a year's working days, another procedure, other deadlines. What is under way goes on under them.
    ///
    /// # Errors
    /// [`OfficeError`] where they do not hold together, or a package under way passes a procedure that they lack.
    pub fn set_rules(&mut self, rules: Rules, on: Date, by: Person) -> Result<(), OfficeError> {
        self.check(on, &by)?;
        rules.check()?;
        for dossier in self.dossiers.values().filter(|dossier| !dossier.course.is_ended()) {
            let (id, package) = (&dossier.package.procedure, &dossier.package.id);
            if rules.procedures.get(id) != self.rules.procedures.get(id) {
                return Err(OfficeError::ProcedureInUse { procedure: id.clone(), package: package.clone() });
            }
        }
        self.perform(on, by, Deed::Set { rules: Box::new(rules) }, Vec::new());
        Ok(())
    }

    /// Commits edits outside any case: an import, a register, what a body authors in its own rows. Where a body changes a row that it is to
    /// review, that settles the review.
    ///
    /// They show at once, whatever the day from which they are said to be in effect; what is to show later is published, see
    /// [`Office::publish`]. Whether somebody may edit these rows is for those who call to know: no procedure is asked.
    ///
    /// # Errors
    /// [`OfficeError`] where the lists refuse; then nothing has changed.
    pub fn edit(&mut self, edits: Edits, effective: Date, on: Date, by: Person) -> Result<ChangeSet, OfficeError> {
        self.check(on, &by)?;
        let edits = self.with_settled(edits, on, &by)?;
        let made = self.commit(edits, effective)?;
        let changes = made.1.clone();
        self.perform(on, by, Deed::Edit {}, vec![made]);
        Ok(changes)
    }
}
