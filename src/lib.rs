//! Hierarchical list systems: a few authored base lists, and everything else derived from them by declared rules.

pub mod four_tier;
mod engine;
mod plan;
pub mod record;
pub mod schema;
mod store;
pub mod system;
pub mod value;

pub use crate::{
    engine::ChangeKind,
    record::{Record, RecordError},
    schema::{Schema, SchemaBuilder},
    system::{
        Change, ChangeSet, Commit, Delta, Difference, Edits, Fault, FaultKind, Finding, ListSystem, ListView, ParkedCell,
        Preview, Refused, RestoreError, Restored, Row, Snapshot, State, Unfit,
    },
    value::{
        Code, Date, DateError, Decimal, DecimalError, Duration, DurationError, Key, KeyError, Name, Value, days,
        working_days,
    },
};
