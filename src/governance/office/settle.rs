//! Answers of whom something concerns.

use super::{Answer, Deed, Office, OfficeError, Person, lists};
use crate::{
    schema::Severity,
    system::{Edits, Row, find::Find},
    value::{Date, Name},
};

impl Office {
    /// Answers something that is to be reviewed: confirms it, puts it right, or objects.
    ///
    /// A row of `reviews` is settled by confirming it or putting it right. An objection leaves it open, until whose it is or whoever decides
    /// on objections ([`Rules::decider`](crate::governance::Rules::decider)) settles it. What another check finds is resolved only by putting it right, here
    /// or in any other way; until then what was answered stands beside it.
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
        let is_review = finding.list().as_str() == lists::REVIEWS;
        let state = self.system.list(lists::REVIEWS).ok().filter(|_| is_review).and_then(|view| view.row(row));
        let state = state.and_then(|row| row.get("state").ok()).map(|state| state.to_string());
        let decides = state.as_deref() == Some(lists::OBJECTED) && by.role == self.rules.decider;
        // What belongs to nobody anyone may answer.
        if !decides && !owners.is_empty() && !by.body.as_ref().is_some_and(|body| owners.contains(body)) {
            return Err(OfficeError::NotYours { by, row: row.to_owned(), owners: owners.join(", ") });
        }
        if answer == Answer::Object && opinion.trim().is_empty() {
            return Err(OfficeError::NoOpinion);
        }
        let mut edits = match &answer {
            Answer::Amend(edits) => edits.clone(),
            Answer::Confirm | Answer::Object => Edits::new(),
        };
        if is_review {
            let state = match &answer {
                Answer::Confirm => "confirmed",
                Answer::Amend(_) => "amended",
                Answer::Object => lists::OBJECTED,
            };
            edits = edits
                .set(lists::REVIEWS, row, "state", state)
                .set(lists::REVIEWS, row, "answer", opinion.as_str())
                .set(lists::REVIEWS, row, "settled_on", Some(on).filter(|_| answer != Answer::Object));
        }
        let made = if edits.is_empty() { Vec::new() } else { vec![self.commit(edits, on)?] };
        let (list, row) = (finding.list().clone(), finding.key().clone());
        let deed = Deed::Settle { check, list, row, answer, opinion };
        self.perform(on, by, deed, made);
        Ok(())
    }

    /// Adds to edits of a body what they settle: its open reviews of rows that they change.
    pub(super) fn with_settled(&mut self, edits: Edits, on: Date, by: &Person) -> Result<Edits, OfficeError> {
        let Some(body) = by.body.as_deref() else { return Ok(edits) };
        let Ok(reviews) = self.system.list(lists::REVIEWS) else { return Ok(edits) };
        // A body that is none has no reviews.
        let Ok(open) = reviews.find(&Find::in_index(lists::OPEN).is("body", body)) else { return Ok(edits) };
        if open.is_empty() {
            return Ok(edits);
        }
        let text = |row: &Row<'_>, field: &str| row.get(field).map(|value| value.to_string()).unwrap_or_default();
        let open: Vec<(String, String, String)> =
            open.rows().map(|row| (row.key().to_string(), text(&row, "list"), text(&row, "row"))).collect();
        let preview = self.system.preview(&edits)?;
        let is_changed = |list: &str, row: &str| {
            preview.changes(list).iter().any(|change| change.key().as_str() == row && change.changed().next().is_some())
        };
        let settled = open.into_iter().filter(|(_, list, row)| is_changed(list, row));
        Ok(settled.fold(edits, |edits, (key, ..)| {
            edits
                .set(lists::REVIEWS, &key, "state", "amended")
                .set(lists::REVIEWS, &key, "answer", "已由本单位自行修改")
                .set(lists::REVIEWS, &key, "settled_on", on)
        }))
    }
}
