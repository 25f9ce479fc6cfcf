//! Packages opened: one, several, or those that a revised law makes necessary.

use super::{Case, Deed, Office, OfficeError, Package, Person};
use crate::{
    governance::case::{LawRevision, Trigger},
    system::Edits,
    value::{Date, Key, Name},
};

impl Office {
    /// Opens a package.
    ///
    /// # Errors
    /// [`OfficeError`] for a name that is taken or none, a procedure that there is not, no case, or cases that cannot be made of the lists as
    /// they are.
    pub fn open(&mut self, package: Package, on: Date, by: Person) -> Result<(), OfficeError> {
        self.may_open(&package, on, &by)?;
        self.perform(on, by, Deed::Open { package: Box::new(package) }, Vec::new());
        Ok(())
    }

    fn may_open(&self, package: &Package, on: Date, by: &Person) -> Result<(), OfficeError> {
        self.check(on, by)?;
        self.may_be_called(&package.id)?;
        if !self.rules.procedures.contains_key(&package.procedure) {
            return Err(OfficeError::NoProcedure(package.procedure.clone()));
        }
        self.compiled(package, on, None)?;
        Ok(())
    }

    fn may_be_called(&self, id: &str) -> Result<(), OfficeError> {
        let is_key = Key::root(id).is_ok_and(|key| key.as_str() == id);
        if is_key && !self.dossiers.contains_key(id) { Ok(()) } else { Err(OfficeError::Taken(id.to_owned())) }
    }

    /// Writes anew what a package asks for, as long as it is at its first step.
    ///
    /// # Errors
    /// [`OfficeError`] where it has left that step, somebody else applies, or the cases cannot be made of the lists as they are.
    pub fn redraft(&mut self, package: &str, cases: Vec<Case>, on: Date, by: Person) -> Result<(), OfficeError> {
        self.check(on, &by)?;
        let dossier = self.known(package)?;
        let procedure = self.procedure_of(dossier)?;
        let before = dossier.package.kinds();
        if !dossier.course.is_drafted(procedure, &before)
            || (&by.role, &by.body) != (&dossier.package.applicant.role, &dossier.package.applicant.body)
        {
            return Err(OfficeError::NotDraft { package: package.to_owned(), stage: dossier.course.stage().clone() });
        }
        let next = Package { cases: cases.clone(), ..dossier.package.clone() };
        self.compiled(&next, on, None)?;
        self.perform(on, by, Deed::Redraft { package: package.to_owned(), cases }, Vec::new());
        Ok(())
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
    pub fn open_all(&mut self, packages: Vec<Package>, on: Date, by: &Person) -> Result<(), OfficeError> {
        for (at, package) in packages.iter().enumerate() {
            self.may_open(package, on, by)?;
            if packages[..at].iter().any(|other| other.id == package.id) {
                return Err(OfficeError::Taken(package.id.clone()));
            }
        }
        for package in packages {
            self.perform(on, by.clone(), Deed::Open { package: Box::new(package) }, Vec::new());
        }
        Ok(())
    }
}
