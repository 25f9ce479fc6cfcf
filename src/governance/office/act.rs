//! Steps of procedures, and publication.

use super::{Act, Deed, Office, OfficeError, Publication, lists};
use crate::{
    governance::procedure::{Allowed, Verb, Whose},
    record::Record,
    system::{ChangeSet, Edits},
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
        let kinds = dossier.package.kinds();
        dossier.course.act(procedure, &kinds, act.clone())?;
        let step = procedure.step_of(&dossier.course, &act.verb, &kinds);
        let whose = step.map_or(Whose::Anybody, |step| step.whose(act.by.role.as_str()));
        if whose == Whose::Applicant && act.by.body != dossier.package.applicant.body {
            return Err(OfficeError::NotApplicant { by: act.by.clone(), package: package.to_owned() });
        }
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
        let (made, changes) = if effective > on {
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

    /// Returns what may be done with a package now, and by whom.
    ///
    /// # Errors
    /// [`OfficeError::NoPackage`] where there is no such package.
    pub fn may_be_done(&self, package: &str) -> Result<Vec<Allowed>, OfficeError> {
        let dossier = self.known(package)?;
        Ok(dossier.course.allowed(self.procedure_of(dossier)?, &dossier.package.kinds()))
    }
}
