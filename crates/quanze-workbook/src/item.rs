//! An item of a list: what its cells say, understood.

use std::collections::BTreeMap;

use quanze::Duration;
use serde::Serialize;

use crate::{basis::Basis, body::BodyName, profile::Column};

/// Where an item stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// The file.
    pub file: String,
    /// The sheet.
    pub sheet: String,
    /// Its rows, from one.
    pub rows: Vec<usize>,
}

/// An item of a list of powers and duties.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Its key: the same whenever the same item is read, wherever it stands in whichever file.
    pub key: String,
    /// Where it stands.
    pub source: Source,
    /// Where the same item stands too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Source>,
    /// The number in the list, as written.
    pub serial: String,
    /// The name, or the name of the main item where it is a sub-item.
    pub name: String,
    /// The name of the sub-item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_name: Option<String>,
    /// The type of the power, as a code of the preset.
    pub power_type: String,
    /// The code, without blanks, as written otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The bodies; the first exercises the power.
    pub bodies: Vec<BodyName>,
    /// The office that undertakes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub office: Option<String>,
    /// The levels at which it is exercised, as codes of the preset.
    pub levels: Vec<String>,
    /// What each level does, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The state, as a code of the preset.
    pub state: String,
    /// The time that the law allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statutory_limit: Option<Duration>,
    /// The legal basis.
    pub basis: Basis,
    /// What the responsibilities rest on.
    pub responsibilities_basis: Basis,
    /// What accountability rests on.
    pub accountability_basis: Basis,
    /// All cells as written.
    pub cells: BTreeMap<Column, String>,
    /// The columns that its list has: of others it says nothing.
    #[serde(skip)]
    pub columns: Vec<Column>,
}

impl Item {
    /// The text of a column as it is written; blank where there is none.
    #[must_use]
    pub fn cell(&self, column: Column) -> &str {
        self.cells.get(&column).map_or("", String::as_str)
    }

    /// What the item is called as a whole: a sub-item with its main item's name before it.
    #[must_use]
    pub fn full_name(&self) -> String {
        self.sub_name.as_ref().map_or_else(|| self.name.clone(), |sub_name| format!("{}：{sub_name}", self.name))
    }

    /// The body that exercises the power.
    #[must_use]
    pub fn body(&self) -> &str {
        self.bodies.first().map_or("", |body| body.name.as_str())
    }

    /// What makes it this item and no other: body, type and name. A list may write main item and sub-item in one cell or in two.
    pub(crate) fn identity(&self) -> [String; 3] {
        [self.body().to_owned(), self.power_type.clone(), self.full_name()]
    }

    /// What an item is called at each level alike.
    pub(crate) fn called(&self) -> [String; 2] {
        [self.power_type.clone(), self.full_name()]
    }

    /// The basis as a set: the order and the wording of a cell are no difference.
    pub(crate) fn basis_pairs(&self) -> std::collections::BTreeSet<(&str, &str)> {
        self.basis.pairs().collect()
    }
}
