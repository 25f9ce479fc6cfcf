//! What cases would do before they do it: what follows by itself, what its owner must review, what blocks.

use super::{Office, OfficeError, Publication};
use crate::{
    explain::Impact,
    governance::{
        case::{Circumstances, Compiled, Package, Unplaced},
        lists::{REVIEWS, Review},
    },
    schema::Severity,
    system::{ChangeSet, Edits},
    value::{Date, Name},
};

/// What a package would do in the lists as they are now.
#[doc(alias = "影响预览")]
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CasePreview {
    /// What follows by itself, by tier, list and body; nothing where something blocks.
    pub follows: Option<Impact>,
    /// Every change that follows; nothing where something blocks.
    pub changes: Option<ChangeSet>,
    /// What its owner must review.
    pub review: Vec<MustReview>,
    /// What was authored below items that go, and has no place.
    pub unplaced: Vec<Unplaced>,
    /// What blocks, in words.
    pub blocks: Vec<String>,
    /// How many findings stand already, and would still stand: the baseline, which blocks nothing.
    pub standing: usize,
}

/// A row that somebody must look at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MustReview {
    /// The list.
    pub list: Name,
    /// The row.
    pub row: String,
    /// Whose it is.
    pub bodies: Vec<String>,
    /// Why.
    pub why: String,
}

impl Office {
    /// Tells what a package would do over all tiers, if it took effect on a day.
    ///
    /// # Errors
    /// [`OfficeError::NoPackage`] where there is no such package.
    ///
    /// # Complexity
    /// As of a commit of its edits.
    pub fn preview(&mut self, package: &str, effective: Date) -> Result<CasePreview, OfficeError> {
        let dossier = self.known(package)?;
        let (package, publication) = (dossier.package.clone(), dossier.publication.clone());
        Ok(self.preview_of(&package, effective, publication.as_ref()))
    }

    /// Tells what a package would do that is not opened yet.
    pub fn preview_package(&mut self, package: &Package, effective: Date) -> CasePreview {
        self.preview_of(package, effective, None)
    }

    fn preview_of(&mut self, package: &Package, effective: Date, publication: Option<&Publication>) -> CasePreview {
        let blocked = |blocks| CasePreview {
            follows: None,
            changes: None,
            review: Vec::new(),
            unplaced: Vec::new(),
            blocks,
            standing: 0,
        };
        let compiled = match self.compiled(package, effective, publication) {
            Ok(compiled) => compiled,
            Err(error) => return blocked(vec![error.to_string()]),
        };
        let preview = match self.system.preview(&compiled.edits) {
            Ok(preview) => preview,
            Err(refused) => return blocked(refused.faults().iter().map(ToString::to_string).collect()),
        };
        let changes: ChangeSet = preview.into();
        let snapshot = self.system.snapshot();
        let bodies = |list: &str, row: &str| {
            let owners = self.owners.of_row(&snapshot, list, row).unwrap_or_default();
            owners.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let mut review: Vec<MustReview> = overridden(&changes)
            .into_iter()
            .map(|(list, row, why)| MustReview { bodies: bodies(list.as_str(), &row), list, row, why })
            .collect();
        for finding in changes.findings_added().iter().filter(|finding| finding.severity() == Severity::Review) {
            review.push(MustReview {
                list: finding.list().clone(),
                row: finding.key().to_string(),
                bodies: bodies(finding.list().as_str(), finding.key().as_str()),
                why: finding.message("zh").to_owned(),
            });
        }
        let standing: usize = snapshot.finding_counts().values().sum();
        CasePreview {
            follows: changes.impact(&snapshot, &self.owners).ok(),
            review,
            unplaced: compiled.unplaced,
            blocks: Vec::new(),
            standing: standing.saturating_sub(changes.findings_resolved().len()),
            changes: Some(changes),
        }
    }

    /// Makes edits of a package against the lists as they are.
    pub(super) fn compiled(
        &self,
        package: &Package,
        effective: Date,
        publication: Option<&Publication>,
    ) -> Result<Compiled, OfficeError> {
        if package.cases.is_empty() {
            return Err(OfficeError::NoCase(package.id.clone()));
        }
        // A struct that is no record is told when its edits are committed; before that the package is recorded.
        if let Err(error) = serde_json::to_string(package) {
            return Err(OfficeError::Unwritable { package: package.id.clone(), why: error.to_string() });
        }
        let circumstances = Circumstances {
            id: &package.id,
            cause: &package.title,
            applicant: package.applicant.body.as_deref(),
            effective,
            decision: publication.and_then(|publication| publication.decision.as_deref()),
            owners: &self.owners,
        };
        let wrong = |(case, source)| OfficeError::Adjustment { package: package.id.clone(), case, source };
        let mut compiled = package.compile(&self.system, &circumstances).map_err(wrong)?;
        let actor = package.applicant.to_string();
        compiled.edits = Edits::new().cause(package.title.as_str()).actor(actor).then(compiled.edits);
        Ok(compiled)
    }

    /// Adds to edits what those must review under whose own values something has changed.
    pub(super) fn with_reviews(&mut self, id: &str, edits: Edits, on: Date, cause: &str) -> Result<Edits, OfficeError> {
        let preview: ChangeSet = self.system.preview(&edits)?.into();
        let snapshot = self.system.snapshot();
        let mut all = edits;
        let mut number = 0;
        for (list, row, why) in overridden(&preview) {
            let owners = self.owners.of_row(&snapshot, list.as_str(), &row).unwrap_or_default();
            let bodies = if owners.is_empty() { vec![crate::Value::Missing] } else { owners };
            for body in bodies {
                number += 1;
                let (list, row, change) = (list.as_str(), row.as_str(), why.as_str());
                let record = Review { body, list, row, change, cause, copy: None, found_on: on }.record();
                all = all.insert(REVIEWS, format!("{id}:o{number}"), &record);
            }
        }
        Ok(all)
    }
}

/// Returns the rows in which something has changed under a value that somebody has authored, and which fields.
fn overridden(changes: &ChangeSet) -> Vec<(Name, String, String)> {
    changes
        .iter()
        .filter_map(|change| {
            let fields: Vec<&str> = change.shadowed().map(Name::as_str).collect();
            let why = format!("上级来源已变化，本级填报值未变：{}", fields.join("、"));
            (!fields.is_empty()).then(|| (change.list().clone(), change.key().to_string(), why))
        })
        .collect()
}
