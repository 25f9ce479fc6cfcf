//! Steps of procedures, and publication.

use super::{Act, Deed, Office, OfficeError, Person, Publication, lists};
use crate::{
    governance::{
        case::{LawRevision, Trigger},
        deadline::Standing,
        procedure::Verb,
    },
    record::Record,
    system::{ChangeSet, Edits},
    value::{Date, Name},
};

impl Office {
    /// Does something with a package: signs a step, sends it back, refuses, raises, withdraws.
    ///
    /// # Errors
    /// [`OfficeError::Procedure`] with what is allowed now, where this is not; publishing is [`Office::publish`].
    pub fn act(&mut self, package: &str, act: Act) -> Result<(), OfficeError> {
        if act.verb == Verb::Publish {
            let what = "to publish, say under which number, and from when it is in effect";
            return Err(OfficeError::Publication(what.into()));
        }
        self.check(act.on, &act.by)?;
        self.allowed(package, &act)?;
        let (on, by) = (act.on, act.by.clone());
        self.perform(on, by, Deed::Act { package: package.to_owned(), act, publication: None }, Vec::new());
        Ok(())
    }

    fn allowed(&self, package: &str, act: &Act) -> Result<(), OfficeError> {
        let dossier = self.known(package)?;
        let procedure = self.procedure_of(dossier)?;
        dossier.course.act(procedure, &dossier.package.kinds(), act.clone())?;
        Ok(())
    }

    /// Publishes a package as a whole: in one revision over all lists, or from its day on where that is later. Nothing of it shows before.
    ///
    /// Whoever has authored something under which the lists change now gets a review of it.
    ///
    /// # Errors
    /// [`OfficeError`] where the procedure does not allow it, there is no number, the day is before that of publication, or the lists refuse;
    /// then nothing has changed and nothing is published.
    pub fn publish(
        &mut self,
        package: &str,
        act: Act,
        publication: Publication,
    ) -> Result<Option<ChangeSet>, OfficeError> {
        self.check(act.on, &act.by)?;
        if act.verb != Verb::Publish {
            return Err(OfficeError::Publication(format!(
                "'{package}' is to be published, and the act is to {}",
                act.verb
            )));
        }
        if publication.document.trim().is_empty() {
            return Err(OfficeError::Publication(format!(
                "'{package}' is published under the number of a document; give it"
            )));
        }
        if publication.effective_on < act.on {
            let (from, on) = (publication.effective_on, act.on);
            return Err(OfficeError::Publication(format!(
                "'{package}' is in effect from {from}, before its publication on {on}"
            )));
        }
        self.allowed(package, &act)?;
        let dossier = self.known(package)?.package.clone();
        let (on, by, effective) = (act.on, act.by.clone(), publication.effective_on);
        let compiled = self.compiled(&dossier, effective, Some(&publication))?;
        let made = if effective > on {
            // It must fit now already; whether it still does is seen on its day.
            self.system.preview(&compiled.edits)?;
            let planned = Record::new()
                .with("title", dossier.title.as_str())
                .with("document", publication.document.as_str())
                .with("body", dossier.applicant.body.as_deref().filter(|body| self.is_body(body)))
                .with("effective_on", effective)
                .with("state", lists::WAITING);
            let edits = Edits::new().cause(dossier.title.as_str()).insert(lists::PLANNED, package, &planned);
            (self.commit(edits, on)?, None)
        } else {
            let edits = self.with_reviews(package, compiled.edits, on, &dossier.title)?;
            let made = self.commit(edits, effective)?;
            let changes = made.1.clone();
            (made, Some(changes))
        };
        let (made, changes) = made;
        self.perform(
            on,
            by,
            Deed::Act { package: package.to_owned(), act, publication: Some(publication) },
            vec![made],
        );
        Ok(changes)
    }

    fn is_body(&self, key: &str) -> bool {
        self.system.list("bodies").is_ok_and(|bodies| bodies.row(key).is_some())
    }

    /// Returns the packages that are late on a day, or were, each with the deadlines that it has missed.
    ///
    /// # Errors
    /// [`OfficeError::Calendar`] where the calendar has no notice for a year on the way.
    #[doc(alias = "逾期")]
    pub fn late(&self, today: Date) -> Result<Vec<Late>, OfficeError> {
        let mut late = Vec::new();
        for package in self.dossiers.keys() {
            let mut missed = self.deadlines(package, today)?;
            missed.retain(|(_, standing)| standing.is_late());
            if !missed.is_empty() {
                late.push(Late { package: package.clone(), missed });
            }
        }
        Ok(late)
    }

    /// Returns what may be done with a package now, and by whom.
    ///
    /// # Errors
    /// [`OfficeError::NoPackage`] where there is no such package.
    pub fn may_be_done(&self, package: &str) -> Result<Vec<crate::governance::procedure::Allowed>, OfficeError> {
        let dossier = self.known(package)?;
        Ok(dossier.course.allowed(self.procedure_of(dossier)?, &dossier.package.kinds()))
    }

    /// Enters a revised law, and opens a package for each body that has items concerned, with a case for each of them: all of it, or nothing.
    /// Returns the names of the packages.
    ///
    /// # Errors
    /// [`OfficeError`] where the law does not fit the registers, there is no such procedure, or a package of such a name is there.
    #[doc(alias = "修法立案")]
    pub fn law_revised(
        &mut self,
        revision: &LawRevision,
        (id, procedure): (&str, &str),
        trigger: (Trigger, Date),
        (on, by): (Date, &Person),
        applicant: impl Fn(&str) -> Person,
    ) -> Result<Vec<String>, OfficeError> {
        self.check(on, by)?;
        let procedure = Name::from(procedure);
        if !self.rules.procedures.contains_key(&procedure) {
            return Err(OfficeError::NoProcedure(procedure));
        }
        let wrong = |source| OfficeError::Adjustment { package: id.to_owned(), case: 0, source };
        let title = revision.record.get("title").to_string();
        let entering = Edits::new().cause(title).then(revision.enters(&self.system).map_err(wrong)?);
        let packages = revision.packages(&self.system, id, &procedure, trigger, applicant);
        for package in &packages {
            self.may_be_called(&package.id)?;
        }
        self.edit(entering, on, on, by.clone())?;
        let names = packages.iter().map(|package| package.id.clone()).collect();
        // What is proposed for an item that is there, to articles that are there now, can be made.
        self.open_all(packages, on, by)?;
        Ok(names)
    }

    /// Opens several packages: all of them, or none.
    ///
    /// # Errors
    /// As [`Office::open`], of the first that cannot be opened; then none is.
    pub fn open_all(
        &mut self,
        packages: Vec<crate::governance::case::Package>,
        on: Date,
        by: &Person,
    ) -> Result<(), OfficeError> {
        for (at, package) in packages.iter().enumerate() {
            self.may_open(package, on, by)?;
            if packages[..at].iter().any(|other| other.id == package.id) {
                return Err(OfficeError::Taken(package.id.clone()));
            }
        }
        for package in packages {
            self.open(package, on, by.clone())?;
        }
        Ok(())
    }
}

/// A package that is late, or was.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Late {
    /// The package.
    pub package: String,
    /// The deadlines that it has missed, by name.
    pub missed: Vec<(Name, Standing)>,
}
