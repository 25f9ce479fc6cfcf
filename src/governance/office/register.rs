//! What follows from records: packages, and since when things are found.

use super::{Deed, Office, Publication, Record, inbox::FindingId};
use crate::{
    governance::{
        case::Package,
        history::Version,
        procedure::{Course, Procedure},
    },
    system::{ChangeSet, Finding},
    value::Date,
};

/// A package, how far it has come, and how it was published.
#[doc(alias = "案卷")]
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dossier {
    /// The package.
    pub package: Package,
    /// How far it has come.
    pub course: Course,
    /// The day on which it was opened.
    pub opened_on: Date,
    /// The version of the lists at which it was opened; what stood in them then stays citable.
    pub opened_at: Version,
    /// How it was published, if it was.
    pub publication: Option<Publication>,
}

impl Office {
    pub(super) fn procedure_of(&self, dossier: &Dossier) -> Result<&Procedure, super::OfficeError> {
        let id = &dossier.package.procedure;
        self.rules.procedures.get(id).ok_or_else(|| super::OfficeError::NoProcedure(id.clone()))
    }

    /// Notes what follows from a record, and from what it has changed in the lists.
    pub(super) fn note(&mut self, record: &Record, sets: &[ChangeSet]) -> Result<(), String> {
        let at = (record.recorded, record.number);
        for (commit, set) in record.commits.iter().zip(sets) {
            self.find(set, at, commit.edits.cause_text());
        }
        match &record.deed {
            Deed::Set { rules } => self.rules = (**rules).clone(),
            Deed::Edit {} | Deed::Advance { .. } => {}
            Deed::Open { package } => self.note_package(package, record.recorded)?,
            Deed::Redraft { package, cases } => {
                let dossier = self.dossiers.get_mut(package).ok_or("there is no such package")?;
                dossier.package.cases.clone_from(cases);
                let kinds = dossier.package.kinds();
                let procedure = self.rules.procedures.get(&dossier.package.procedure).ok_or("no such procedure")?;
                dossier.course.redraft(procedure, &kinds);
            }
            Deed::Act { package, act, publication } => {
                let dossier = self.dossiers.get(package).ok_or("there is no such package")?;
                let procedure = self.procedure_of(dossier).map_err(|error| error.to_string())?;
                let kinds = dossier.package.kinds();
                let course =
                    dossier.course.act(procedure, &kinds, act.clone()).map_err(|refused| refused.to_string())?;
                if let Some(dossier) = self.dossiers.get_mut(package) {
                    dossier.course = course;
                    dossier.publication = publication.clone().or(dossier.publication.take());
                }
            }
            Deed::Settle { check, list, row, answer, opinion } => {
                let id = FindingId { check: check.clone(), list: list.clone(), row: row.clone() };
                // What an answer does not resolve by itself is kept beside the finding.
                let is_it = |finding: &Finding| FindingId::of(finding) == id;
                if !sets.iter().flat_map(ChangeSet::findings_resolved).any(is_it) {
                    self.answered.insert(id, (answer.clone(), opinion.clone()));
                }
            }
        }
        Ok(())
    }

    fn note_package(&mut self, package: &Package, on: Date) -> Result<(), String> {
        let procedure = self.rules.procedures.get(&package.procedure).ok_or("there is no such procedure")?;
        let version = self.history.version(self.system.revision()).ok_or("the lists are at another revision")?;
        let dossier = Dossier {
            course: Course::begin(procedure, &package.kinds()),
            package: package.clone(),
            opened_on: on,
            opened_at: version,
            publication: None,
        };
        self.dossiers.insert(package.id.clone(), dossier);
        Ok(())
    }
}
