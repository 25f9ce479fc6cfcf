//! Structs for the rows of the preset, to insert and to read with serde.
//!
//! A reference is the key of the row referred to, a choice its code; what is left out is missing. Any other struct with
//! fields of these names will do as well.
//!
//! ```
//! use quanze::{four_tier::Power, working_days};
//!
//! let licence = Power {
//!     name: "食品经营许可".into(),
//!     power_type: "01".into(),
//!     body: "market-bureau".into(),
//!     state: "1".into(),
//!     statutory_limit: Some(working_days(20)),
//!     ..Power::default()
//! };
//! assert_eq!(serde_json::to_value(&licence)?["type"], "01");
//! # Ok::<(), serde_json::Error>(())
//! ```

mod derived;
mod execution;
mod matters;
mod powers;
mod registers;

pub use self::{
    derived::{EnforcementItem, HandlingItem, Service, ServiceImplementation},
    execution::{Evaluation, ExcludedTime, OperatingStep, Performance, Period, Post, RunningRecord},
    matters::{FeeMatter, InspectionContent, IntermediaryMatter, Participant, RegulationMatter, SharedMatter},
    powers::{Implementer, Material, Power, Profile, Variant},
    registers::{Article, Body, Duty, Instrument, Region, UpstreamItem},
};
