//! The living thing: a system of lists, edits to it, what they change, and what can be read.

mod author;
mod base;
mod batch;
mod change;
mod check;
mod delta;
mod edits;
mod evolution;
mod fault;
pub mod feed;
pub mod find;
mod finding;
mod lift;
mod list_system;
pub(crate) mod locate;
mod memory;
mod reasons;
mod rekey;
mod remove;
mod renaming;
mod resolve;
mod restore;
mod sight;
mod snapshot;
mod state;
mod unfit;
mod verify;
mod written;

use self::reasons::Reasons;
pub(crate) use self::sight::Sight;
pub use self::{
    change::{Change, ChangeSet},
    delta::{Delta, Integers, RowDelta, SpanDelta, SpanRows, SpanRowsIter, ValueRef},
    edits::{Edits, FieldRef, ListRef},
    evolution::{Evolution, Evolved, OnUnfit, Unsuited},
    fault::{Fault, FaultKind, Refused},
    finding::Finding,
    list_system::{Commit, ListSystem, ParkedCell, Preview, Work},
    memory::{ListMemory, Memory, SharedMemory},
    resolve::ResolvedRow,
    restore::Restored,
    snapshot::{ListView, ReadError, Row, Rows, Snapshot},
    state::{State, StateError},
    unfit::{Misfit, Part, Unfit, Why},
    verify::Difference,
};
