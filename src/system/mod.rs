//! The living thing: a system of lists, edits to it, what they change, and what can be read.

mod author;
mod base;
mod batch;
mod change;
mod check;
mod delta;
mod edits;
mod fault;
mod finding;
mod lift;
mod list_system;
mod locate;
mod memory;
mod reasons;
mod rekey;
mod remove;
mod renaming;
mod resolve;
mod sight;
mod snapshot;
mod state;
mod verify;

use self::reasons::Reasons;
pub(crate) use self::sight::Sight;
pub use self::{
    change::{Change, ChangeSet},
    delta::{Delta, RowDelta, SpanDelta, SpanRows, SpanRowsIter, ValueRef},
    edits::{Edits, FieldRef, ListRef},
    fault::{Fault, FaultKind, Refused},
    finding::Finding,
    list_system::{Commit, ListSystem, ParkedCell, Preview, Work},
    memory::Memory,
    snapshot::{ListView, ReadError, Row, Rows, Snapshot},
    state::{RestoreError, Restored, State, Unfit},
    verify::Difference,
};
