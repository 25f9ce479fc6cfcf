//! Who must look at what: findings, by body, with since when and by when.

use std::collections::BTreeMap;

use super::{Answer, Office, OfficeError, Standing};
use crate::{
    governance::deadline::Deadline,
    schema::Severity,
    system::{ChangeSet, Finding},
    value::{Date, Key, Name},
};

/// What tells a finding from all others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FindingId {
    pub(super) check: Name,
    pub(super) list: Name,
    pub(super) row: Key,
}

impl FindingId {
    pub(super) fn of(finding: &Finding) -> Self {
        Self { check: finding.check().clone(), list: finding.list().clone(), row: finding.key().clone() }
    }
}

/// Since when something is found, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Since {
    /// The day; that on which the office began, for what stood then.
    pub day: Date,
    /// The record that brought it; 0 for what stood when the office began.
    pub record: u64,
    /// Why that was done.
    pub cause: Option<String>,
}

/// A row that its body must look at.
#[doc(alias = "待复核事项")]
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ToReview {
    /// What is found.
    pub finding: Finding,
    /// Whose the row is; several where it is of several, none where it is nobody's.
    pub bodies: Vec<String>,
    /// Since when, and why.
    pub since: Since,
    /// Where the deadline stands; nothing where there is none, or it stood when the office began.
    pub deadline: Option<Standing>,
    /// What was answered, where the answer does not resolve it: confirmed, or objected to, with what was said.
    pub answer: Option<(Answer, String)>,
}

impl Office {
    /// Returns everything that must be reviewed, in the order of checks and keys: every finding of that severity.
    ///
    /// # Errors
    /// [`OfficeError::Calendar`] where the calendar has no notice for a year on the way.
    ///
    /// # Complexity
    /// In the findings.
    pub fn reviews(&self, today: Date) -> Result<Vec<ToReview>, OfficeError> {
        self.reviews_of(today, |_| true)
    }

    /// Returns what a body must review.
    ///
    /// # Errors
    /// As [`Office::reviews`].
    ///
    /// # Complexity
    /// In the findings.
    #[doc(alias = "复核收件箱")]
    pub fn inbox(&self, body: &str, today: Date) -> Result<Vec<ToReview>, OfficeError> {
        self.reviews_of(today, |bodies| bodies.iter().any(|one| one == body))
    }

    fn reviews_of(&self, today: Date, wanted: impl Fn(&[String]) -> bool) -> Result<Vec<ToReview>, OfficeError> {
        let snapshot = self.system.snapshot();
        let mut reviews = Vec::new();
        for finding in snapshot.findings() {
            if finding.severity() != Severity::Review {
                continue;
            }
            let id = FindingId::of(&finding);
            let owners = self.owners.of_row(&snapshot, id.list.as_str(), &id.row).unwrap_or_default();
            let bodies: Vec<String> = owners.iter().map(ToString::to_string).collect();
            if !wanted(&bodies) {
                continue;
            }
            let since = self.since(&id);
            let deadline = self.rules.deadlines.get("review").filter(|_| since.record > 0);
            let standing = |one: &Deadline| one.standing(since.day, None, today, &self.rules.calendar);
            let deadline = deadline.map(standing).transpose()?;
            let answer = self.answered.get(&id).cloned();
            reviews.push(ToReview { finding, bodies, since, deadline, answer });
        }
        Ok(reviews)
    }

    /// Counts what stood in the lists before a package was opened, by check: the baseline, which blocks nothing.
    ///
    /// # Errors
    /// [`OfficeError::NoPackage`] where there is no such package.
    #[doc(alias = "存量问题")]
    pub fn baseline(&self, package: &str) -> Result<BTreeMap<Name, usize>, OfficeError> {
        let opened = self.known(package)?.opened_at.record;
        let mut counts = BTreeMap::new();
        for finding in self.system.snapshot().findings() {
            if self.since(&FindingId::of(&finding)).record <= opened {
                *counts.entry(finding.check().clone()).or_default() += 1;
            }
        }
        Ok(counts)
    }

    fn since(&self, id: &FindingId) -> Since {
        self.found.get(id).cloned().unwrap_or(Since { day: self.began, record: 0, cause: None })
    }

    /// Notes what a commit has found and resolved.
    pub(super) fn find(&mut self, changes: &ChangeSet, (day, record): (Date, u64), cause: Option<&str>) {
        for finding in changes.findings_resolved() {
            let id = FindingId::of(finding);
            self.found.remove(&id);
            self.answered.remove(&id);
        }
        for finding in changes.findings_added() {
            let since = Since { day, record, cause: cause.map(ToOwned::to_owned) };
            self.found.insert(FindingId::of(finding), since);
        }
    }
}
