//! A naive implementation of the contract: everything from scratch, each time, by recursion.
//!
//! It shares nothing with the library but the model types (`SchemaBuilder`, `Value`, `Key` …): no plan, no store, no
//! incremental work. What it says is what the library must do; where the contract leaves room, the decision is written
//! at the place that makes it.
//!
//! - [`state`]: base cells, authored cells, edits as values
//! - [`edit`]: a batch of edits applied in order, and every reason to refuse it
//! - [`world`]: rows and values of every list, from a state
//! - [`eval`], [`types`], [`order`], [`coerce`], [`code`]: expressions and values
//! - [`keys`]: how keys are made and what their segments stand for
//! - [`finding`]: findings and parked cells
//! - [`diff`]: what changed between two worlds
#![allow(dead_code, unused_imports, reason = "each test binary uses its own part of the oracle")]

pub(crate) mod code;
pub(crate) mod coerce;
pub(crate) mod diff;
pub(crate) mod edit;
pub(crate) mod eval;
pub(crate) mod find;
pub(crate) mod finding;
pub(crate) mod keys;
pub(crate) mod order;
pub(crate) mod state;
pub(crate) mod types;
pub(crate) mod world;

pub(crate) use self::{
    diff::{Change, Kind, diff},
    edit::{Fault, FaultKind, apply},
    finding::{Finding, findings, parked},
    state::{Batch, Cells, Edit, State},
    world::World,
};
