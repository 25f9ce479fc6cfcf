//! A superior's catalogue: what it says of each item, and what a new edition of it says otherwise.

use std::collections::{BTreeMap, BTreeSet};

use quanze::{Edits, Snapshot, schema::UnknownName};
use serde::Serialize;
use serde_json::Value as Json;

use crate::{
    basis::Basis,
    intake::row::{self, Fields},
    item::Item,
};

/// An item of a catalogue: the name, code, type and basis that are the same at every level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CatalogueItem {
    /// The name.
    pub name: String,
    /// The basic code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The type, as a code of the preset.
    pub power_type: String,
    /// The levels at which it may be exercised, as codes of the preset.
    pub levels: Vec<String>,
    /// The legal basis.
    pub basis: Basis,
}

/// The items of a catalogue, by a key that an item keeps from one edition to the next: its code, or what it is called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Catalogue {
    /// The items.
    pub items: BTreeMap<String, CatalogueItem>,
}

/// What a new edition of a catalogue says otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CatalogueChanges {
    /// Keys of items that have come.
    pub added: Vec<String>,
    /// Keys of items that say something else, with the fields that do.
    pub changed: BTreeMap<String, BTreeSet<&'static str>>,
    /// Keys of items that are gone.
    pub gone: Vec<String>,
}

impl Catalogue {
    /// Makes a catalogue of imported items, as a superior publishes them.
    ///
    /// # Complexity
    /// In the items.
    pub fn of<'a>(items: impl IntoIterator<Item = &'a Item>) -> Self {
        let mut catalogue = Self::default();
        for item in items {
            let name = item.full_name();
            let key = item.code.clone().unwrap_or_else(|| row::key(&format!("{}-{name}", item.power_type)));
            let item = CatalogueItem {
                name,
                code: item.code.clone(),
                power_type: item.power_type.clone(),
                levels: item.levels.clone(),
                basis: item.basis.clone(),
            };
            catalogue.items.entry(key).or_insert(item);
        }
        catalogue
    }

    /// What this edition says otherwise than the one before.
    ///
    /// # Complexity
    /// In the items of both.
    #[must_use]
    pub fn since(&self, before: &Self) -> CatalogueChanges {
        let mut changes = CatalogueChanges::default();
        for (key, item) in &self.items {
            match before.items.get(key) {
                None => changes.added.push(key.clone()),
                Some(old) => {
                    let fields: BTreeSet<_> = item.differing(old).collect();
                    if !fields.is_empty() {
                        changes.changed.insert(key.clone(), fields);
                    }
                }
            }
        }
        changes.gone = before.items.keys().filter(|key| !self.items.contains_key(*key)).cloned().collect();
        changes
    }

    /// The edits that put the catalogue into the register of upstream items. `catalogue` is the code of the preset's vocabulary:
    /// `licence_list`, `state` or `province`. Items that are there and say the same are not touched, and none is removed.
    ///
    /// # Errors
    /// The system's schema is not the preset, nor extends it.
    ///
    /// # Complexity
    /// In the items.
    pub fn edits(&self, snapshot: &Snapshot, catalogue: &str) -> Result<Edits, UnknownName> {
        let view = snapshot.list("upstream")?;
        let mut edits = Edits::new().record_findings();
        for (key, item) in &self.items {
            let fields = item.fields(catalogue);
            let Some(row) = view.row(key) else {
                edits = edits.insert("upstream", key, &fields);
                continue;
            };
            for (field, value) in
                fields.iter().filter(|(field, value)| !row::same(field, &row::now(&row, field), value))
            {
                edits = edits.set("upstream", key, *field, row::value(value));
            }
        }
        Ok(edits)
    }
}

impl CatalogueItem {
    /// The fields in which two differ.
    fn differing(&self, other: &Self) -> impl Iterator<Item = &'static str> {
        let pairs =
            |item: &Self| item.basis.pairs().map(|(title, place)| format!("{title}·{place}")).collect::<BTreeSet<_>>();
        let all = [
            ("name", self.name != other.name),
            ("code", self.code != other.code),
            ("type", self.power_type != other.power_type),
            ("levels", self.levels != other.levels),
            ("basis", pairs(self) != pairs(other)),
        ];
        all.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field)
    }

    /// Its row in the register of upstream items.
    pub(super) fn fields(&self, catalogue: &str) -> Fields {
        let mut fields = Fields::from([
            ("name", Json::from(self.name.as_str())),
            ("catalogue", catalogue.into()),
            ("type", self.power_type.as_str().into()),
            ("levels", self.levels.clone().into()),
        ]);
        fields.extend(self.code.as_deref().map(|code| ("code", code.into())));
        fields
    }
}
