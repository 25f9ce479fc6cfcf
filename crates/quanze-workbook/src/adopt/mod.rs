//! Live rows of tiers 2 to 4 adopted: matched to the rows that the system derives, their codes kept, their values authored.
//!
//! **Architecture invariant:** nothing of a live row is dropped. What finds no place is told, on either side.

mod codes;
mod live;

use std::collections::{BTreeMap, BTreeSet};

use quanze::{
    Edits, Snapshot, Value,
    schema::{Type, UnknownName, Write},
};
use serde::Serialize;
use serde_json::Value as Json;

pub use self::live::LiveRow;
use crate::text::folded;

/// How a live row was matched to a derived one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchedBy {
    /// They bear one code.
    Code,
    /// They are of one body and one name, and no other row is.
    BodyAndName,
}

/// A live row and the derived row that it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Match {
    /// Where the live row stands.
    pub row: usize,
    /// The key of the derived row.
    pub key: String,
    /// How they were matched.
    pub by: MatchedBy,
}

/// A value of a live row that becomes an authored one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Authored {
    /// The key of the derived row.
    pub key: String,
    /// The field.
    pub field: String,
    /// The value.
    pub value: Json,
}

/// A part of a code that is kept in the row that the system makes codes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Carried {
    /// The list.
    pub list: &'static str,
    /// The key of its row.
    pub key: String,
    /// The field.
    pub field: &'static str,
    /// The code, or the serial.
    pub code: String,
}

/// A field that nobody writes, of which the live row says something else than the system derives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Differs {
    /// Where the live row stands.
    pub row: usize,
    /// The key of the derived row.
    pub key: String,
    /// The field.
    pub field: String,
    /// What the live row says.
    pub live: String,
    /// What the system derives.
    pub derived: String,
}

/// Live rows held against a derived list.
///
/// ```
/// use quanze::{Edits, ListSystem, Record, four_tier};
/// use quanze_workbook::{Adoption, LiveRow, Sheet};
///
/// let mut system = ListSystem::new(four_tier::schema());
/// let power = Record::new().with("name", "采伐许可").with("type", "01").with("body", "林业局").with("state", "1");
/// let taken_up = Record::new().with("power", "felling").with("body", "林业局").with("level", "3");
/// system.commit(
///     Edits::new()
///         .insert("bodies", "林业局", &Record::new().with("name", "林业局"))
///         .insert("powers", "felling", &power)
///         .insert("implementers", "city", &taken_up),
/// )?;
///
/// let live = Sheet::new("live", [["事项名称", "实施主体", "办理地点"], ["采伐许可", "林业局", "二楼5号窗口"]]);
/// let rows = LiveRow::from_sheet(system.schema(), "service_implementation", &live)?;
/// let adoption = Adoption::of(&system.snapshot(), "service_implementation", &rows)?;
/// system.commit(adoption.edits())?;
///
/// let list = system.list("service_implementation")?;
/// assert_eq!(list.row("felling/city").ok_or("it is there")?.get("place")?, "二楼5号窗口".into());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, Serialize)]
pub struct Adoption {
    /// The derived list.
    pub list: String,
    /// Live rows that were matched.
    pub matched: Vec<Match>,
    /// Values that become authored ones.
    pub authored: Vec<Authored>,
    /// Codes and serials that are kept.
    pub carried: Vec<Carried>,
    /// Codes and serials of live rows that contradict each other: the first is kept, these are not.
    pub contradicting: Vec<Carried>,
    /// Fields that nobody writes and that differ.
    pub differing: Vec<Differs>,
    /// Where live rows stand that match none, or more than one.
    pub unmatched: Vec<usize>,
    /// Keys of derived rows that no live row matches.
    pub without_live_row: Vec<String>,
    /// Live rows, by where they stand, with what of them could not be read.
    pub unread: BTreeMap<usize, BTreeMap<String, String>>,
}

/// Why live rows cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{list}: {what}")]
pub struct AdoptError {
    list: String,
    what: String,
}

impl AdoptError {
    fn no_list(list: &str) -> Self {
        Self { list: list.to_owned(), what: "there is no such list".to_owned() }
    }

    fn line(list: &str, line: usize, error: &serde_json::Error) -> Self {
        Self { list: list.to_owned(), what: format!("line {line} is no object: {error}") }
    }
}

impl Adoption {
    /// Holds live rows against a derived list: by code first, then by body and name.
    ///
    /// # Errors
    /// There is no such list, or it is none of a four-tier system.
    ///
    /// # Complexity
    /// In the rows of the list and the live rows.
    pub fn of(snapshot: &Snapshot, list: &str, rows: &[LiveRow]) -> Result<Self, UnknownName> {
        let derived = Derived::of(snapshot, list)?;
        let mut adoption = Self { list: list.to_owned(), ..Self::default() };
        let mut free: BTreeSet<usize> = (0..derived.keys.len()).collect();
        let mut found: BTreeMap<usize, (usize, MatchedBy)> = BTreeMap::new();
        for by in [MatchedBy::Code, MatchedBy::BodyAndName] {
            for (at, row) in rows.iter().enumerate() {
                if found.contains_key(&at) {
                    continue;
                }
                // A row that another live row has been matched to is not free; of several none is meant.
                let mut candidates = derived.candidates(row, by).iter().copied().filter(|index| free.contains(index));
                if let (Some(index), None) = (candidates.next(), candidates.next()) {
                    free.remove(&index);
                    found.insert(at, (index, by));
                }
            }
        }
        for (at, row) in rows.iter().enumerate() {
            if !row.unread.is_empty() {
                adoption.unread.insert(row.row, row.unread.clone());
            }
            match found.get(&at) {
                Some((index, by)) => {
                    let key = derived.keys[*index].clone();
                    adoption.take(snapshot, row, &key)?;
                    adoption.matched.push(Match { row: row.row, key, by: *by });
                }
                None => adoption.unmatched.push(row.row),
            }
        }
        adoption.without_live_row = free.into_iter().map(|index| derived.keys[index].clone()).collect();
        Ok(adoption)
    }

    /// Takes in what a live row says of the derived row that it is.
    fn take(&mut self, snapshot: &Snapshot, live: &LiveRow, key: &str) -> Result<(), UnknownName> {
        let Some(row) = snapshot.list(&self.list)?.row(key) else { return Ok(()) };
        let schema = snapshot.schema();
        let Some(spec) = schema.spec().lists.get(self.list.as_str()) else { return Ok(()) };
        for (name, value) in &live.fields {
            let Some(field) = spec.fields.get(name.as_str()) else { continue };
            let now = row.get(name)?;
            let same = shown(&now, snapshot)? == shown_json(value)
                || serde_json::to_value(&now).is_ok_and(|now| now == *value);
            if same {
                continue;
            }
            if field.write != Write::Locked {
                self.authored.push(Authored { key: key.to_owned(), field: name.clone(), value: value.clone() });
                continue;
            }
            if let (Type::Code(_), Some(code)) = (&field.ty, value.as_str()) {
                let variant = spec.fields.contains_key("variant").then(|| row.get("variant")).transpose()?;
                for kept in codes::carried(snapshot, &row, code, variant.as_ref())? {
                    self.keep(kept);
                }
            } else {
                let (live_text, derived) = (shown_json(value), shown(&now, snapshot)?);
                self.differing.push(Differs {
                    row: live.row,
                    key: key.to_owned(),
                    field: name.clone(),
                    live: live_text,
                    derived,
                });
            }
        }
        Ok(())
    }

    /// Keeps a code once. Where live rows contradict each other, the first is kept.
    fn keep(&mut self, kept: Carried) {
        let same_place = |other: &&Carried| (other.list, &other.key, other.field) == (kept.list, &kept.key, kept.field);
        match self.carried.iter().find(same_place) {
            Some(first) if first.code != kept.code => self.contradicting.push(kept),
            Some(_) => {}
            None => self.carried.push(kept),
        }
    }

    /// The edits that adopt the rows. They record findings instead of being refused for them: a promise that is looser than the
    /// law allows is a fact that somebody has to deal with.
    ///
    /// # Complexity
    /// In the values that are taken in.
    #[must_use]
    pub fn edits(&self) -> Edits {
        let edits = self.carried.iter().fold(Edits::new().record_findings(), codes::edit);
        self.authored.iter().fold(edits, |edits, authored| {
            let value: Value = serde_json::from_value(authored.value.clone()).unwrap_or_default();
            edits.author(self.list.as_str(), &authored.key, authored.field.as_str(), value)
        })
    }
}

/// The rows of a derived list, as they are looked for.
#[derive(Default)]
struct Derived {
    keys: Vec<String>,
    by_code: BTreeMap<String, Vec<usize>>,
    /// By name and body.
    by_name: BTreeMap<[String; 2], Vec<usize>>,
    /// The fields that hold codes.
    codes: BTreeSet<String>,
}

impl Derived {
    fn of(snapshot: &Snapshot, list: &str) -> Result<Self, UnknownName> {
        let mut derived = Self::default();
        for row in snapshot.list(list)?.rows() {
            let index = derived.keys.len();
            derived.keys.push(row.key().to_string());
            for (_, value) in row.values() {
                if let Value::Code(code) = value {
                    derived.by_code.entry(code.text().to_owned()).or_default().push(index);
                }
            }
            let (name, body) = (row.get("name").unwrap_or_default(), row.get("body").unwrap_or_default());
            let called = [folded(&name.to_string()), folded(&shown(&body, snapshot)?)];
            derived.by_name.entry(called).or_default().push(index);
        }
        let fields = snapshot.schema().spec().lists.get(list).map(|list| &list.fields);
        let codes = fields.into_iter().flatten().filter(|(_, field)| matches!(field.ty, Type::Code(_)));
        derived.codes = codes.map(|(name, _)| name.to_string()).collect();
        Ok(derived)
    }

    /// The rows that a live row may be.
    fn candidates(&self, live: &LiveRow, by: MatchedBy) -> &[usize] {
        let text = |field: &str| live.fields.get(field).and_then(Json::as_str);
        let found = match by {
            // A credit code or a basic code is borne by many rows: the longest code says which it is.
            MatchedBy::Code => {
                let codes = self.codes.iter().filter_map(|field| text(field));
                codes.max_by_key(|code| code.len()).and_then(|code| self.by_code.get(code))
            }
            MatchedBy::BodyAndName => {
                let called = text("name").zip(text("body")).map(|(name, body)| [folded(name), folded(body)]);
                called.and_then(|called| self.by_name.get(&called))
            }
        };
        found.map_or(&[], Vec::as_slice)
    }
}

/// A value as people write it: a body by its name.
fn shown(value: &Value, snapshot: &Snapshot) -> Result<String, UnknownName> {
    match value {
        Value::Reference(key) => {
            let body = snapshot.list("bodies")?.row(key.as_str());
            body.map_or_else(|| Ok(key.to_string()), |row| Ok(row.get("name")?.to_string()))
        }
        Value::Code(_) => Ok(codes::text(value)),
        value => Ok(value.to_string()),
    }
}

fn shown_json(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(elements) => elements.iter().map(shown_json).collect::<Vec<_>>().join(", "),
        value => value.to_string(),
    }
}
