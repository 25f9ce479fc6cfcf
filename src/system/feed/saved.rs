//! A feed as it is saved beside the state.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{Feed, FeedError, Window};
use crate::{
    engine::ChangeKind,
    plan::Plan,
    record::Record,
    schema::{Type, Typing},
    system::{Change, ChangeSet, Finding, ListSystem, change::By},
    value::{Key, Name, Value},
};

pub(super) const FORMAT: &str = "quanze-feed";
pub(super) const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved<T> {
    format: String,
    version: u32,
    schema: String,
    window: Window,
    last: u64,
    retained: Vec<T>,
}

/// A change set as it is written, with what it says of itself only when it is printed.
#[derive(Serialize)]
struct Written<'a> {
    /// Nothing of a change set that comes of an evolution.
    edits: Option<usize>,
    #[serde(flatten)]
    set: &'a ChangeSet,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedSet {
    edits: Option<usize>,
    revision: u64,
    cause: Option<String>,
    actor: Option<String>,
    changes: Vec<SavedChange>,
    findings_added: Vec<Finding>,
    findings_resolved: Vec<Finding>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedChange {
    list: Name,
    key: Key,
    kind: ChangeKind,
    changed: Vec<Name>,
    shadowed: Vec<Name>,
    before: Option<Record>,
    after: Option<Record>,
    edits: Vec<u32>,
}

impl Feed {
    /// Writes the feed as JSON, to be kept beside the state of the system.
    ///
    /// # Complexity
    /// In what is retained.
    #[must_use]
    pub fn to_json(&self) -> String {
        let saved = Saved {
            format: FORMAT.to_owned(),
            version: VERSION,
            schema: self.schema.to_string(),
            window: self.window,
            last: self.last,
            retained: self.retained.iter().map(|of| Written { edits: of.set.by.edits(), set: &of.set }).collect(),
        };
        // Its maps have texts for keys, and text does not fail to be written to.
        serde_json::to_string(&saved).unwrap_or_default()
    }

    /// Reads a feed that was saved with the state that the system was restored from, and goes on where it was.
    ///
    /// # Errors
    /// [`FeedError`] where the text is no feed of a system of this schema at this revision. Begin a new one then.
    pub fn restore(system: &ListSystem, json: &str) -> Result<Self, FeedError> {
        #[derive(Deserialize)]
        #[serde(expecting = "a JSON object")]
        struct Envelope {
            format: String,
            version: u32,
        }

        let envelope: Envelope = serde_json::from_str(json)?;
        if envelope.format != FORMAT {
            return Err(FeedError::Format(envelope.format.chars().take(40).collect()));
        }
        if envelope.version > VERSION {
            return Err(FeedError::Version(envelope.version));
        }
        let saved: Saved<SavedSet> = serde_json::from_str(json)?;
        if saved.schema != system.schema().fingerprint() {
            return Err(FeedError::OtherSchema);
        }
        if saved.last != system.revision() {
            return Err(FeedError::OtherRevision { feed: saved.last, system: system.revision() });
        }
        let mut feed = Self::new(system, saved.window);
        let count = saved.retained.len() as u64;
        for (number, set) in (1..).zip(saved.retained) {
            let revision = set.revision;
            let expected = (saved.last + number).checked_sub(count);
            if expected != Some(revision) {
                let why = "it is not the one that follows the last".to_owned();
                return Err(FeedError::Unfit { revision, why });
            }
            feed.retain(set.read(&feed.plan).map_err(|why| FeedError::Unfit { revision, why })?);
        }
        Ok(feed)
    }
}

impl SavedSet {
    fn read(self, plan: &Arc<Plan>) -> Result<ChangeSet, String> {
        let mut lists: BTreeMap<u16, Vec<Change>> = BTreeMap::new();
        for change in self.changes {
            let change = change.read(plan)?;
            lists.entry(change.list).or_default().push(change);
        }
        let in_order = |changes: &Vec<Change>| changes.is_sorted_by(|a, b| a.key < b.key);
        if !lists.values().all(in_order) {
            return Err("the rows are not in the order of their keys".to_owned());
        }
        let (cause, actor) = (self.cause.map(Into::into), self.actor.map(Into::into));
        let mut set = ChangeSet::new(plan, self.revision, cause, actor, self.edits.map_or(By::Schema, By::Edits));
        for (list, changes) in lists {
            set.put(&plan.list(list).name, changes);
        }
        set.findings(self.findings_added, self.findings_resolved);
        Ok(set)
    }
}

impl SavedChange {
    fn read(self, plan: &Arc<Plan>) -> Result<Change, String> {
        let no_list = || format!("the schema has no list '{}'", self.list);
        let list = plan.list_numbers.get(&self.list).copied().ok_or_else(no_list)?;
        let of = plan.list(list);
        let mask = |names: &[Name]| {
            names.iter().try_fold(0, |mask, name| match of.field_numbers.get(name) {
                Some(at) => Ok(mask | 1 << at),
                None => Err(format!("'{}' has no field '{name}'", self.list)),
            })
        };
        let typing = Typing::new(plan.schema.spec());
        let side = |record: Option<&Record>, there: bool| {
            let Some(record) = record.filter(|_| there) else { return Ok(Arc::default()) };
            let values = of.fields.iter().map(|field| typed(typing, record.get(field.name.as_str()), &field.ty));
            values.collect::<Result<Arc<[Value]>, String>>()
        };
        Ok(Change {
            plan: Arc::clone(plan),
            list,
            kind: self.kind,
            changed: mask(&self.changed)?,
            shadowed: mask(&self.shadowed)?,
            before: side(self.before.as_ref(), self.kind != ChangeKind::Added)?,
            after: side(self.after.as_ref(), self.kind != ChangeKind::Removed)?,
            gone: None,
            edits: self.edits.into(),
            key: self.key,
        })
    }
}

/// Reads a value as one of its field's type. A derived list may hold elements that nobody could author.
fn typed(typing: Typing<'_>, value: &Value, ty: &Type) -> Result<Value, String> {
    match (ty.element(), value) {
        (Some(element), Value::List(elements)) => {
            elements.iter().map(|one| typed(typing, one, element)).collect::<Result<Vec<_>, _>>().map(Value::List)
        }
        _ => typing.coerce(value, ty).map_err(|mismatch| mismatch.to_string()),
    }
}
