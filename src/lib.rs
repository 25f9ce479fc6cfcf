//! Hierarchical list systems: a few authored base lists, and everything else derived from them by declared rules.

pub mod four_tier;
mod engine;
mod plan;
pub mod schema;
mod store;
pub mod value;

pub use crate::{
    schema::{Schema, SchemaBuilder},
    value::{
        Code, Date, DateError, Decimal, DecimalError, Duration, DurationError, Key, KeyError, Name, Value, days,
        working_days,
    },
};
