use std::collections::BTreeSet;

use super::{Adjustment, AdjustmentError, Case, Needed, Package, handover, items, reform, succession};
use crate::{
    explain::Owners,
    governance::lists::{REVIEWS, Review},
    record::Record,
    system::{Edits, ListSystem, Row, Snapshot},
    value::{Date, Name, Value},
};

/// In use.
pub(super) const IN_USE: &str = "1";
/// Suspended.
pub(super) const SUSPENDED: &str = "2";
/// Cancelled.
pub(super) const CANCELLED: &str = "3";

/// Under which circumstances cases become edits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Circumstances<'a> {
    /// What they are for: the begin of the keys of what they enter for review.
    pub id: &'a str,
    /// The cause that those read whom they concern.
    pub cause: &'a str,
    /// The body that applies, if one does.
    pub applicant: Option<&'a str>,
    /// The day on which they take effect.
    pub effective: Date,
    /// The decision they rest on: a row of `instruments`.
    pub decision: Option<&'a str>,
    /// Whose rows are whose.
    pub owners: &'a Owners,
}

/// What cases come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compiled {
    /// The edits.
    pub edits: Edits,
    /// What was authored below items that go, and is moved nowhere. It stays where it is, and is listed for review.
    pub unplaced: Vec<Unplaced>,
}

/// What was authored in a row, and has no place below the items that follow.
#[doc(alias = "无处安放的填报值")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unplaced {
    /// The list.
    pub list: Name,
    /// The row.
    pub key: String,
    /// What is authored there.
    pub values: Record,
}

impl Package {
    /// Makes edits of all cases, against the lists as they are: what one of them enters, those behind it may name.
    ///
    /// # Errors
    /// [`AdjustmentError`] of the first case that cannot be made of the lists as they are, with its place.
    pub fn compile(&self, now: &ListSystem, of: &Circumstances<'_>) -> Result<Compiled, (usize, AdjustmentError)> {
        compile(&self.cases, now, of)
    }
}

impl Case {
    /// Makes edits of the case, against the lists as they are.
    ///
    /// # Errors
    /// [`AdjustmentError`] where the case cannot be made of the lists as they are.
    pub fn compile(&self, now: &ListSystem, of: &Circumstances<'_>) -> Result<Compiled, AdjustmentError> {
        compile(std::slice::from_ref(self), now, of).map_err(|(_, error)| error)
    }
}

fn compile(cases: &[Case], now: &ListSystem, of: &Circumstances<'_>) -> Result<Compiled, (usize, AdjustmentError)> {
    let mut draft = Draft::new(now, of);
    for (at, case) in cases.iter().enumerate() {
        draft.adjust(&case.adjustment).map_err(|error| (at, error))?;
    }
    Ok(draft.done())
}

/// Edits in the making.
pub(super) struct Draft<'a> {
    pub(super) now: &'a ListSystem,
    snapshot: Snapshot,
    pub(super) of: &'a Circumstances<'a>,
    edits: Edits,
    unplaced: Vec<Unplaced>,
    /// What is entered: list and key.
    entered: BTreeSet<(&'static str, String)>,
    /// Bodies that end, and bodies that follow on others: what the one has the other is not seen to have yet.
    pub(super) ending: BTreeSet<String>,
    pub(super) following: BTreeSet<String>,
    reviews: usize,
}

impl<'a> Draft<'a> {
    fn new(now: &'a ListSystem, of: &'a Circumstances<'a>) -> Self {
        Self {
            now,
            snapshot: now.snapshot(),
            of,
            edits: Edits::new(),
            unplaced: Vec::new(),
            entered: BTreeSet::new(),
            ending: BTreeSet::new(),
            following: BTreeSet::new(),
            reviews: 0,
        }
    }

    fn done(self) -> Compiled {
        Compiled { edits: self.edits, unplaced: self.unplaced }
    }

    fn adjust(&mut self, adjustment: &Adjustment) -> Result<(), AdjustmentError> {
        match adjustment {
            Adjustment::Add { item } => items::add(self, item),
            Adjustment::Cancel { power, successors, dependants } => items::cancel(self, power, successors, *dependants),
            Adjustment::Amend { power, edits } => items::amend(self, power, edits),
            Adjustment::Suspend { power, region, until } => items::suspend(self, power, region.as_deref(), *until),
            Adjustment::Resume { power, region } => items::resume(self, power, region.as_deref()),
            Adjustment::Move { power, to, office } => items::move_to(self, power, to, office.as_deref()),
            Adjustment::Delegate { power, to } => handover::offer(self, power, to, handover::DELEGATED),
            Adjustment::Entrust { power, to } => handover::offer(self, power, to, handover::ENTRUSTED),
            Adjustment::MoveWindow { power, to } => handover::offer(self, power, to, handover::WINDOW),
            Adjustment::TakeOver { handover, answer } => handover::answer(self, handover, *answer),
            Adjustment::TakeBack { power, from } => handover::take_back(self, power, from),
            Adjustment::Merge { powers, into, moves, dependants } => {
                succession::merge(self, powers, into, moves, *dependants)
            }
            Adjustment::Split { power, into, moves, dependants } => {
                succession::split(self, power, into, moves, *dependants)
            }
            Adjustment::Retype { power, into, moves, dependants } => {
                succession::retype(self, power, into, moves, *dependants)
            }
            Adjustment::Reform { changes } => reform::reform(self, changes),
        }
    }

    /// Adds edits.
    pub(super) fn edit(&mut self, with: impl FnOnce(Edits) -> Edits) {
        self.edits = with(std::mem::take(&mut self.edits));
    }

    /// Sets a field of a base row.
    pub(super) fn set(&mut self, list: &str, key: &str, field: &str, value: impl Into<Value>) {
        self.edit(|edits| edits.set(list, key, field, value));
    }

    /// Enters a row of a base list.
    ///
    /// # Errors
    /// [`AdjustmentError::Taken`] where there is one.
    pub(super) fn enter(&mut self, list: &'static str, key: &str, record: &Record) -> Result<(), AdjustmentError> {
        if self.row(list, key).is_some() || !self.entered.insert((list, key.to_owned())) {
            return Err(AdjustmentError::Taken { list: list.into(), key: key.to_owned() });
        }
        self.edit(|edits| edits.insert(list, key, record));
        Ok(())
    }

    /// Returns a row as it is.
    pub(super) fn row(&self, list: &str, key: &str) -> Option<Row<'a>> {
        self.now.list(list).ok()?.row(key)
    }

    /// Demands that a row is there, or will be.
    pub(super) fn needed(&self, list: &'static str, key: &str) -> Result<(), AdjustmentError> {
        if self.row(list, key).is_some() || self.entered.contains(&(list, key.to_owned())) {
            return Ok(());
        }
        Err(AdjustmentError::NoRow { list: list.into(), key: key.to_owned() })
    }

    /// Demands that a row is there, or will be, and in one of some states; returns the row if it is there.
    pub(super) fn in_state(
        &self,
        list: &'static str,
        key: &str,
        states: &[&str],
        needed: Needed,
    ) -> Result<Option<Row<'a>>, AdjustmentError> {
        self.needed(list, key)?;
        let Some(row) = self.row(list, key) else { return Ok(None) };
        let state = text(&row, "state").unwrap_or_else(|| IN_USE.to_owned());
        if states.contains(&state.as_str()) {
            return Ok(Some(row));
        }
        Err(AdjustmentError::State { list: list.into(), key: key.to_owned(), state, needed })
    }

    /// Demands that a body is there, or will be, and has not ended before the day on which the case takes effect.
    pub(super) fn body(&self, key: &str) -> Result<(), AdjustmentError> {
        self.needed("bodies", key)?;
        let last = self.row("bodies", key).and_then(|row| row.get("valid_to").ok());
        match last {
            Some(Value::Date(last)) if last < self.of.effective => Err(AdjustmentError::State {
                list: "bodies".into(),
                key: key.to_owned(),
                state: last.to_string(),
                needed: Needed::Standing,
            }),
            _ => Ok(()),
        }
    }

    /// Lists something for review by whom a row belongs to.
    pub(super) fn review(&mut self, list: &str, key: &str, change: &str, copy: Option<&str>) {
        // A list that the owners say nothing true of belongs to nobody.
        let bodies = self.of.owners.of_row(&self.snapshot, list, key).unwrap_or_default();
        let bodies = if bodies.is_empty() { vec![Value::Missing] } else { bodies };
        self.review_by(bodies, list, key, change, copy);
    }

    /// Lists something for review by these bodies.
    pub(super) fn review_by(
        &mut self,
        bodies: impl IntoIterator<Item = Value>,
        list: &str,
        key: &str,
        change: &str,
        copy: Option<&str>,
    ) {
        for body in bodies {
            self.reviews += 1;
            let (cause, found_on) = (self.of.cause, self.of.effective);
            let record = Review { body, list, row: key, change, cause, copy, found_on }.record();
            let id = format!("{}:{}", self.of.id, self.reviews);
            self.edit(|edits| edits.insert(REVIEWS, id, &record));
        }
    }

    /// Notes what is authored in a row and goes nowhere, and lists it for review.
    pub(super) fn unplaced(&mut self, list: &Name, key: &str, values: Record) {
        self.review(list.as_str(), key, "填报内容无处安放", Some(&json(&values)));
        self.unplaced.push(Unplaced { list: list.clone(), key: key.to_owned(), values });
    }
}

/// Returns a field of a row as text, where it has a value.
pub(super) fn text(row: &Row<'_>, field: &str) -> Option<String> {
    row.get(field).ok().filter(|value| !value.is_missing()).map(|value| value.to_string())
}

/// Returns the keys that a row refers to in a field, one or several.
pub(super) fn keys(row: &Row<'_>, field: &str) -> Vec<String> {
    match row.get(field) {
        Ok(Value::List(elements)) => elements.iter().map(Value::to_string).collect(),
        Ok(value) if !value.is_missing() => vec![value.to_string()],
        _ => Vec::new(),
    }
}

/// Writes a record as the one line of JSON that a review keeps.
pub(super) fn json(record: &Record) -> String {
    // A record has names for keys, and what a row holds is written without fail.
    serde_json::to_string(record).unwrap_or_default()
}
