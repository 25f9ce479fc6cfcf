//! What an import says of its files.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Import;
use crate::{
    diagnostic::Rule,
    read::{Format, Sheet},
    sheet::{List, RowCounts},
};

/// What was made of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileReport {
    /// Its name.
    pub name: String,
    /// What it was recognised as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// Why it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The file that holds the same and was read instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub twin_of: Option<String>,
    /// Whose lists it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Its sheets.
    pub sheets: Vec<SheetReport>,
    /// How many diagnostics there are of it.
    pub diagnostics: usize,
}

/// What was made of a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SheetReport {
    /// Its name.
    pub name: String,
    /// Whether it was recognised as a list.
    pub is_list: bool,
    /// What its rows were taken for; of a sheet that is no list, only how many there are.
    pub counts: RowCounts,
    /// How many items it gave, with those that stand elsewhere too.
    pub items: usize,
}

impl FileReport {
    pub(super) fn new(name: String, format: Option<Format>) -> Self {
        Self { name, format, error: None, twin_of: None, department: None, sheets: Vec::new(), diagnostics: 0 }
    }

    /// The rows of all its lists together.
    #[must_use]
    pub fn counts(&self) -> RowCounts {
        self.sheets.iter().filter(|sheet| sheet.is_list).fold(RowCounts::default(), |sum, sheet| sum.plus(sheet.counts))
    }
}

impl SheetReport {
    pub(super) fn new(sheet: &Sheet, list: Option<&List>) -> Self {
        let rows = RowCounts { rows: sheet.height(), ..RowCounts::default() };
        let counts = list.map_or(rows, |list| RowCounts::of(&list.kinds));
        Self { name: sheet.name.clone(), is_list: list.is_some(), counts, items: 0 }
    }
}

/// What all files of an import hold together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Files that were read.
    pub read: usize,
    /// Items, each once.
    pub items: usize,
    /// Items by the code of their type.
    pub by_type: BTreeMap<String, usize>,
    /// Bodies that exercise a power.
    pub bodies: usize,
    /// Instruments that a basis cites.
    pub instruments: usize,
    /// Places in them.
    pub articles: usize,
    /// Citations: places cited, item by item.
    pub citations: usize,
    /// Diagnostics by rule.
    pub diagnostics: BTreeMap<Rule, usize>,
}

impl Totals {
    pub(super) fn of(import: &Import) -> Self {
        let mut totals = Self { items: import.items.len(), ..Self::default() };
        totals.read = import.files.iter().filter(|file| file.error.is_none()).count();
        let mut bodies = BTreeSet::new();
        let mut articles = BTreeSet::new();
        for item in &import.items {
            *totals.by_type.entry(item.power_type.clone()).or_default() += 1;
            bodies.extend(item.bodies.iter().map(|body| body.name.as_str()));
            articles.extend(item.basis.pairs());
            totals.citations += item.basis.pairs().count();
        }
        totals.bodies = bodies.len();
        totals.instruments = articles.iter().map(|(title, _)| title).collect::<BTreeSet<_>>().len();
        totals.articles = articles.len();
        for diagnostic in &import.diagnostics {
            *totals.diagnostics.entry(diagnostic.rule).or_default() += 1;
        }
        totals
    }
}
