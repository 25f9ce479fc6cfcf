//! Deadlines of packages, and who has missed one.

use super::{Office, OfficeError, Standing};
use crate::value::{Date, Name};

impl Office {
    /// Tells where each deadline of a package stands on a day; nothing for those whose event has not been.
    ///
    /// # Errors
    /// [`OfficeError`] where there is no such package, or the calendar has no notice for a year on the way.
    pub fn deadlines(&self, package: &str, today: Date) -> Result<Vec<(Name, Standing)>, OfficeError> {
        let dossier = self.known(package)?;
        let event = |name: &Name| match name.as_str() {
            "trigger" => Some(dossier.package.triggered_on),
            name => dossier.course.event(name),
        };
        let mut standings = Vec::new();
        for (name, deadline) in &self.rules.deadlines {
            // What has ended without publication owes nothing any more.
            let open = dossier.course.is_ended() && event(deadline.to()).is_none();
            let Some(from) = event(deadline.from()).filter(|_| !open) else { continue };
            let done = event(deadline.to());
            standings.push((name.clone(), deadline.standing(from, done, today, &self.rules.calendar)?));
        }
        Ok(standings)
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
