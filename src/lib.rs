//! Hierarchical list systems: a few authored base lists, and everything else derived from them by declared rules.

pub mod four_tier;
pub mod schema;
pub mod value;

pub use crate::{
    schema::{Schema, SchemaBuilder},
    value::{
        Code, Date, DateError, Decimal, DecimalError, Duration, DurationError, Key, KeyError, Name, Value, days,
        working_days,
    },
};
