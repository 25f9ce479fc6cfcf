//! Answers of whom something concerns.

use super::{Answer, Deed, Office, OfficeError, Person, lists};
use crate::{
    schema::Severity,
    system::Edits,
    value::{Date, Name},
};

impl Office {
    /// Answers something that is to be reviewed: confirms it, puts it right, or objects.
    ///
    /// A row of `reviews` is settled by any answer. What another check finds is resolved only by putting it right, here or in any other way;
    /// until then what was answered stands beside it.
    ///
    /// # Errors
    /// [`OfficeError`] where nothing is to be reviewed there, the row is another body's, an objection says no reason, or the lists refuse the
    /// edits.
    pub fn settle(
        &mut self,
        (check, row): (&str, &str),
        answer: Answer,
        opinion: impl Into<String>,
        on: Date,
        by: Person,
    ) -> Result<(), OfficeError> {
        self.check(on, &by)?;
        let opinion = opinion.into();
        let check = Name::from(check);
        let snapshot = self.system.snapshot();
        let is_it = |finding: &&crate::Finding| {
            *finding.check() == check && finding.key().as_str() == row && finding.severity() == Severity::Review
        };
        let findings = snapshot.findings();
        let Some(finding) = findings.iter().find(is_it) else {
            return Err(OfficeError::NotFound { check, row: row.to_owned() });
        };
        let owners = self.owners.of_row(&snapshot, finding.list().as_str(), row).unwrap_or_default();
        let owners: Vec<String> = owners.iter().map(ToString::to_string).collect();
        // What belongs to nobody anyone may answer.
        if !owners.is_empty() && !by.body.as_ref().is_some_and(|body| owners.contains(body)) {
            return Err(OfficeError::NotYours { by, row: row.to_owned(), owners: owners.join(", ") });
        }
        if answer == Answer::Object && opinion.trim().is_empty() {
            return Err(OfficeError::NoOpinion);
        }
        let mut edits = match &answer {
            Answer::Amend(edits) => edits.clone(),
            Answer::Confirm | Answer::Object => Edits::new(),
        };
        if finding.list().as_str() == lists::REVIEWS {
            let state = match &answer {
                Answer::Confirm => "confirmed",
                Answer::Amend(_) => "amended",
                Answer::Object => "objected",
            };
            edits = edits
                .set(lists::REVIEWS, row, "state", state)
                .set(lists::REVIEWS, row, "answer", opinion.as_str())
                .set(lists::REVIEWS, row, "settled_on", on);
        }
        let made = if edits.is_empty() { Vec::new() } else { vec![self.commit(edits, on)?] };
        let deed = Deed::Settle { check, row: row.to_owned(), answer, opinion };
        self.perform(on, by, deed, made);
        Ok(())
    }
}
