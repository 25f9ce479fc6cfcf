//! Change sets as a stream: a consumer takes a snapshot once, and from then on what has changed since it last came.
//!
//! [`Feed`] retains the last commits, within a [`Window`] that the caller chooses. A consumer hands back the [`Cursor`] that it
//! received, and is given the [`Tail`] that it has not seen, or told to [`StartAnew`]. It chooses a form:
//!
//! | form | of | for |
//! |---|---|---|
//! | [`Tail::upserts`] | the last state of each row, over all revisions | a copy of the lists, a key-value store, a topic of last states |
//! | [`Tail::values`] | each revision: rows, all fields before and after | a record of what was changed, from what to what |
//! | [`Tail::rows`] | each revision: rows, and which fields have changed | who reads what it needs itself |
//! | [`Tail::spans`] | each revision: keys of rows changed alike | who counts, or drops what it has cached |
//!
//! All of them serialise and deserialise. In JSON a value is what [`Value`] says of it; a date or an amount that
//! is read back is its text.
//!
//! Findings flow with the rows, in each form: they come and go by check and key. A finding's message is what it said when it
//! came. Parked values do not flow: they are in no list. They flow as part of their row when that comes back, and
//! [`State`](super::State) holds them meanwhile.
//!
//! ```
//! use quanze::{Edits, ListSystem, Record, Schema, feed::{Feed, StartAnew, Window}, schema::{List, Type}};
//!
//! let schema = Schema::builder().list("bodies", List::base().field("name", Type::Text)).build()?;
//! let mut system = ListSystem::new(schema);
//! let mut feed = Feed::new(&system, Window::last(2));
//! let seen = feed.cursor();
//!
//! feed.push(&system.commit(Edits::new().insert("bodies", "market", &Record::new().with("name", "Market bureau")))?)?;
//! feed.push(&system.commit(Edits::new().set("bodies", "market", "name", "Market supervision"))?)?;
//! let upserts = feed.after(&seen)?.upserts();
//! assert_eq!(serde_json::to_string(&upserts.rows)?, r#"[{"list":"bodies","key":"market","row":{"name":"Market supervision"}}]"#);
//!
//! // A consumer that comes too late is told so.
//! feed.push(&system.commit(Edits::new().remove("bodies", "market"))?)?;
//! let late = feed.after(&seen).expect_err("the window has passed");
//! assert!(matches!(late, StartAnew::Passed { .. }));
//! assert_eq!(
//!     late.to_string(),
//!     "what follows revision 0 has passed the window: revisions 2 to 3 are retained; start from a snapshot"
//! );
//! assert_eq!(system.snapshot().upserts().cursor, feed.cursor());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Architecture invariant: a commit knows of no feed, and costs the same with one or without. A feed reads change sets and
//! nothing else.

mod cursor;
mod error;
mod forms;
mod saved;
mod tail;
mod upserts;
mod window;

use std::{collections::VecDeque, sync::Arc};

pub use self::{
    cursor::{Cursor, CursorError},
    error::{FeedError, PushError, Retained, StartAnew},
    forms::{Revision, RowChange, SpanChange, ValueChange},
    tail::Tail,
    upserts::{FindingUpsert, Upsert, Upserts},
    window::Window,
};
use super::{ChangeSet, Commit, ListSystem};
use crate::{
    plan::Plan,
    value::{Key, Value},
};

/// The last commits of a system, for consumers that come for what they have not seen.
///
/// It owns what it retains, and is a thing beside the system: whoever commits pushes the commit. One that is left out is
/// an error at the next, so no revision is lost unnoticed; a commit made with [`ListSystem::commit_with`], which collects
/// nothing to be pushed, is such a one. [`Feed::to_json`] saves it beside the [`State`](super::State).
///
/// Revisions are counted by the system. One that is restored from an older state counts some of them again: begin a new
/// feed then, as [`Feed::restore`] demands, and let the consumers start anew.
#[doc(alias = "变更流")]
#[derive(Clone, Debug)]
pub struct Feed {
    plan: Arc<Plan>,
    /// The fingerprint of the schema.
    schema: Arc<str>,
    window: Window,
    last: u64,
    retained: VecDeque<Retaining>,
    bytes: usize,
}

#[derive(Clone, Debug)]
struct Retaining {
    set: ChangeSet,
    bytes: usize,
}

impl Feed {
    /// Begins a feed with the commit that the system makes next.
    #[must_use]
    pub fn new(system: &ListSystem, window: Window) -> Self {
        Self {
            plan: Arc::clone(&system.engine.plan),
            schema: system.schema().fingerprint().into(),
            window,
            last: system.revision(),
            retained: VecDeque::new(),
            bytes: 0,
        }
    }

    /// Adds a commit, and lets go what passes the window.
    ///
    /// # Errors
    /// [`PushError`] where the commit is not the next of the same system; then nothing has changed.
    ///
    /// # Complexity
    /// In the rows that the commit has changed. Their values are shared with the commit.
    pub fn push(&mut self, commit: &Commit) -> Result<(), PushError> {
        let (last, pushed) = (self.last, commit.revision());
        let same = Arc::ptr_eq(&self.plan, &commit.plan)
            || *self.plan.schema.fingerprint() == *commit.plan.schema.fingerprint();
        if !same {
            return Err(PushError::OtherSchema { pushed });
        }
        if pushed <= last {
            return Err(PushError::Known { last, pushed });
        }
        if pushed > last + 1 {
            return Err(PushError::Missing { last, pushed });
        }
        self.retain((**commit).clone());
        Ok(())
    }

    fn retain(&mut self, set: ChangeSet) {
        let bytes = weight(&set);
        self.last = set.revision();
        self.bytes += bytes;
        self.retained.push_back(Retaining { set, bytes });
        self.trim();
    }

    fn trim(&mut self) {
        while self.window.is_exceeded(self.retained.len(), self.bytes) {
            let Some(gone) = self.retained.pop_front() else { return };
            self.bytes -= gone.bytes;
        }
    }

    /// Changes the window, and lets go what passes it.
    pub fn set_window(&mut self, window: Window) {
        self.window = window;
        self.trim();
    }

    /// Returns the window.
    #[must_use]
    pub fn window(&self) -> Window {
        self.window
    }

    /// Returns which revisions are retained.
    #[must_use]
    pub fn retained(&self) -> Retained {
        Retained { first: self.last + 1 - self.retained.len() as u64, last: self.last }
    }

    /// Returns about how many bytes are retained, as [`Window::at_most_bytes`] counts them.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Returns the cursor of a consumer that has seen everything.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        self.cursor_at(self.last)
    }

    /// Returns what a consumer has not seen, oldest first; nothing where it has seen everything.
    ///
    /// # Errors
    /// [`StartAnew`] where the consumer cannot go on from where it is: it takes a snapshot.
    ///
    /// # Complexity
    /// Constant; the forms read the rows of the revisions asked for.
    pub fn after(&self, seen: &Cursor) -> Result<Tail<'_>, StartAnew> {
        let retained = self.retained();
        let same = seen.schema_fingerprint() == &*self.schema;
        let seen = seen.revision();
        if !same {
            return Err(StartAnew::OtherSchema { seen, retained });
        }
        if seen > self.last {
            return Err(StartAnew::Ahead { seen, retained });
        }
        if !retained.follows(seen) {
            return Err(StartAnew::Passed { seen, retained });
        }
        Ok(Tail::new(self, seen))
    }

    fn cursor_at(&self, revision: u64) -> Cursor {
        Cursor::new(&self.schema, revision)
    }
}

/// Estimates what a change set holds in memory.
fn weight(set: &ChangeSet) -> usize {
    let text = |text: Option<&str>| text.map_or(0, str::len);
    let changes = set.iter().map(|change| {
        let values = change.before.iter().chain(change.after.iter()).map(value);
        size_of_val(change) + key(change.key()) + values.sum::<usize>()
    });
    let findings = set.findings_added().iter().chain(set.findings_resolved()).map(|finding| {
        let messages = finding.messages.iter().map(|(language, text)| language.len() + text.len());
        size_of_val(finding) + key(finding.key()) + messages.sum::<usize>()
    });
    size_of_val(set) + text(set.cause()) + text(set.actor()) + changes.sum::<usize>() + findings.sum::<usize>()
}

fn key(key: &Key) -> usize {
    key.as_str().len()
}

fn value(of: &Value) -> usize {
    size_of_val(of)
        + match of {
            Value::Text(text) => text.len(),
            Value::Reference(of) => key(of),
            Value::Code(code) => code.text().len(),
            Value::List(elements) => elements.iter().map(value).sum(),
            // Names are shared.
            _ => 0,
        }
}
