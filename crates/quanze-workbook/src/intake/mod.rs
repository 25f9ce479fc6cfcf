//! An import taken into a living four-tier system: what would be added and changed, what is gone, and the edits that do it.
//!
//! **Architecture invariant:** this writes base lists of the preset by their names and nothing else. A field that the workbook has
//! no column for is not spoken of, so what others wrote there stays.

mod offers;
pub(crate) mod registers;
pub(crate) mod row;
mod wanted;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use quanze::{Edits, Snapshot, schema::UnknownName};
use serde::Serialize;
use serde_json::Value as Json;

pub use self::offers::Offer;
use self::{
    offers::Compared,
    row::Fields,
    wanted::{TakenUp, Wanted},
};
use crate::import::Import;

const CANCELLED: &str = "3";

/// What becomes of items that the workbooks do not have any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnGone {
    /// They stay as they are, and are told.
    #[default]
    Keep,
    /// They are cancelled, and stay in every list with that state.
    Cancel,
}

/// What a person has decided about an intake.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decisions {
    /// What becomes of items that are gone.
    pub on_gone: OnGone,
    /// Which items go on under another name: the keys of [`Offer::Renamed`], from the old to the new.
    pub renamed: BTreeMap<String, String>,
}

/// An import held against a system: row by row what differs.
///
/// ```
/// use quanze::{ListSystem, four_tier};
/// use quanze_workbook::{Decisions, Import, Intake, Limits, Profile, Workbook};
///
/// let text = "序号,事项名称,权力类型,实施依据,行使主体\n1,采伐许可,行政许可,《森林法》第五十七条,某山市林业局\n";
/// let workbook = Workbook::from_bytes("清单.csv", text.as_bytes(), Limits::default());
/// let import = Import::of([workbook], &Profile::default());
///
/// let mut system = ListSystem::new(four_tier::schema());
/// let intake = Intake::of(&import, &system.snapshot())?;
/// system.commit(intake.edits(&Decisions::default()))?;
/// assert_eq!(system.list("services")?.len(), 1);
///
/// // The same file again changes nothing.
/// let again = Intake::of(&import, &system.snapshot())?;
/// assert!(again.is_empty() && again.edits(&Decisions::default()).is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct Intake {
    /// Rows that are not there yet, list by list in the order in which they are made.
    pub added: Vec<Added>,
    /// Rows that say something else.
    pub changed: Vec<Changed>,
    /// Keys of powers that the bodies of the import had, and that it does not have any more.
    pub gone: Vec<String>,
    /// What may have happened to these.
    pub offers: Vec<Offer>,
    #[serde(skip)]
    taken_up: TakenUp,
}

/// A row that is not there yet.
#[derive(Clone, Debug, Serialize)]
pub struct Added {
    /// The list.
    pub list: &'static str,
    /// The key.
    pub key: String,
    /// Its fields.
    pub fields: BTreeMap<&'static str, Json>,
}

/// A row that says something else.
#[derive(Clone, Debug, Serialize)]
pub struct Changed {
    /// The list.
    pub list: &'static str,
    /// The key.
    pub key: String,
    /// The fields that differ: before and after.
    pub fields: BTreeMap<&'static str, (Json, Json)>,
}

impl Intake {
    /// Holds an import against the lists of a four-tier system.
    ///
    /// # Errors
    /// The system's schema is not the preset, nor extends it: it lacks a list or a field.
    ///
    /// # Complexity
    /// Time and memory in the size of the import and of the registers.
    pub fn of(import: &Import, snapshot: &Snapshot) -> Result<Self, UnknownName> {
        let wanted = Wanted::of(import, snapshot)?;
        let mut intake = Self {
            added: Vec::new(),
            changed: Vec::new(),
            gone: Vec::new(),
            offers: Vec::new(),
            taken_up: wanted.taken_up_already,
        };
        intake.added.extend(wanted.registers.into_iter().map(|(list, key, fields)| Added { list, key, fields }));
        let powers = intake.compare("powers", &wanted.powers, snapshot)?;
        let implementers = wanted.implementers.into_iter();
        intake.added.extend(implementers.map(|(key, fields)| Added { list: "implementers", key, fields }));
        intake.find_gone(&wanted.powers, &powers, snapshot)?;
        Ok(intake)
    }

    /// Sorts rows into added and changed; returns the keys of those that are there.
    fn compare(
        &mut self,
        list: &'static str,
        rows: &BTreeMap<String, Fields>,
        snapshot: &Snapshot,
    ) -> Result<BTreeSet<String>, UnknownName> {
        let view = snapshot.list(list)?;
        let mut there = BTreeSet::new();
        for (key, fields) in rows {
            let Some(row) = view.row(key) else {
                self.added.push(Added { list, key: key.clone(), fields: fields.clone() });
                continue;
            };
            there.insert(key.clone());
            let both = fields.iter().map(|(field, after)| (*field, (row::now(&row, field), after.clone())));
            let differing: BTreeMap<_, _> =
                both.filter(|(field, (before, after))| !row::same(field, before, after)).collect();
            if !differing.is_empty() {
                self.changed.push(Changed { list, key: key.clone(), fields: differing });
            }
        }
        Ok(there)
    }

    /// Finds the powers that bodies of the import have in the system and not in the import.
    fn find_gone(
        &mut self,
        wanted: &BTreeMap<String, Fields>,
        there: &BTreeSet<String>,
        snapshot: &Snapshot,
    ) -> Result<(), UnknownName> {
        let bodies: BTreeSet<&str> =
            wanted.values().filter_map(|fields| fields.get("body").and_then(Json::as_str)).collect();
        let mut gone: BTreeMap<String, Fields> = BTreeMap::new();
        for row in snapshot.list("powers")?.rows() {
            let key = row.key().to_string();
            let body = row.get("body")?.to_string();
            if !there.contains(&key) && bodies.contains(body.as_str()) && row.get("state")?.to_string() != CANCELLED {
                let fields = ["body", "name", "basis"].map(|field| (field, row::now(&row, field)));
                gone.insert(key, Fields::from(fields));
            }
        }
        let added = self.added.iter().filter(|added| added.list == "powers");
        let added: BTreeMap<&str, Compared<'_>> =
            added.map(|added| (added.key.as_str(), Compared::of(&added.fields))).collect();
        let compared = gone.iter().map(|(key, fields)| (key.as_str(), Compared::of(fields))).collect();
        self.offers = offers::find(&compared, &added);
        self.gone = gone.into_keys().collect();
        Ok(())
    }

    /// Whether the system says what the import says, and nothing is gone.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.gone.is_empty()
    }

    /// Whether a row is an implementer that comes along with its power, which goes on under another name.
    fn follows(&self, added: &Added, renamed: &BTreeMap<&str, &str>) -> bool {
        let field = |name| added.fields.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
        let from = renamed.get(field("power").as_str());
        let at = from.map(|from| [(*from).to_owned(), field("body")]);
        added.list == "implementers" && at.is_some_and(|at| self.taken_up.contains(&at))
    }

    /// The edits that bring the system in step. They record findings instead of being refused for them: what is in print is a
    /// fact.
    ///
    /// An item that goes on under another name keeps what others have written about it: its row takes the new key, and its
    /// fields are set.
    ///
    /// # Complexity
    /// In the rows that differ.
    #[must_use]
    pub fn edits(&self, decisions: &Decisions) -> Edits {
        let renamed: BTreeMap<&str, &str> = decisions
            .renamed
            .iter()
            .filter(|(from, _)| self.gone.binary_search(from).is_ok())
            .map(|(from, to)| (to.as_str(), from.as_str()))
            .collect();
        let mut edits = Edits::new().record_findings();
        for added in self.added.iter().filter(|added| !self.follows(added, &renamed)) {
            edits = match renamed.get(added.key.as_str()).filter(|_| added.list == "powers") {
                Some(from) => {
                    let edits = edits.rekey(added.list, from, &added.key);
                    added.fields.iter().fold(edits, |edits, (field, value)| {
                        edits.set(added.list, &added.key, *field, row::value(value))
                    })
                }
                None => edits.insert(added.list, &added.key, &added.fields),
            };
        }
        for changed in &self.changed {
            for (field, (_, after)) in &changed.fields {
                edits = edits.set(changed.list, &changed.key, *field, row::value(after));
            }
        }
        if decisions.on_gone == OnGone::Cancel {
            for key in self.gone.iter().filter(|key| !decisions.renamed.contains_key(*key)) {
                edits = edits.set("powers", key, "state", CANCELLED);
            }
        }
        edits
    }
}

/// One line for each row, and under it each field that differs.
impl fmt::Display for Intake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (added, changed, gone) = (self.added.len(), self.changed.len(), self.gone.len());
        writeln!(f, "{added} rows added, {changed} changed, {gone} gone")?;
        for added in &self.added {
            writeln!(f, "+ {} {}", added.list, added.key)?;
        }
        for changed in &self.changed {
            writeln!(f, "~ {} {}", changed.list, changed.key)?;
            for (field, (before, after)) in &changed.fields {
                writeln!(f, "    {field}: {before} → {after}")?;
            }
        }
        for key in &self.gone {
            writeln!(f, "- powers {key}")?;
        }
        for offer in &self.offers {
            match offer {
                Offer::Renamed { from, to } => writeln!(f, "? renamed: {from} → {to}")?,
                Offer::Merged { from, to } => writeln!(f, "? merged: {} → {to}", from.join(" + "))?,
                Offer::Split { from, to } => writeln!(f, "? split: {from} → {}", to.join(" + "))?,
            }
        }
        Ok(())
    }
}
