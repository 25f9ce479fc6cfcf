//! The four-tier system of powers and duties (四级清单体系), as a schema built with the public builders alone.
//!
//! | tier | lists |
//! |---|---|
//! | registers | `regions` `bodies` `instruments` `articles` `duties` `upstream` `today` |
//! | 1 | `powers` and their companions: `implementers` `variants` `regulation_matters` `inspection_contents` `fee_matters` `intermediary_matters` `boundary_matters` `territorial_matters` `participants` `materials` `profiles` |
//! | 2 | `services` `enforcement` `regulation` `fees` `intermediary` `boundary` `territorial` |
//! | 3 | `service_implementation` `inspection_implementation` |
//! | 4 | `handling_items` |
//! | views | `publication` `docking`, and what checks look up: `citations` `power_codes` `validity` |
//! | by [`FourTier::with_execution`] | `posts` `operating_steps` `performance` `post_duties` `workflows` `promised_flows` `periods` `running_records` `excluded_times` `handled` `evaluation` `counted` `body_evaluation` `kind_evaluation` `item_evaluation` `unexercised` |
//!
//! [`schema`] holds the defaults. What is the jurisdiction's to say is an option: see [`FourTier`]. Facts behind it: the rules
//! of Jiyuan (2023) and what published schemas and workbooks show; `docs/four-tier.md` lists every field, rule and check.
//!
//! # What the lists promise
//! - Only leaves expand: a main item that has sub-items is a heading, and its sub-items are what is exercised.
//! - Nothing official vanishes: a cancelled or suspended row stays in every list with its state and dates.
//!   [`FourTier::in_use_view`] adds a view without them. Removing a row is for mistakes only.
//! - A matter refers to a set of powers. One that is no longer in use raises a finding; when none is, the row is
//!   cancelled, or suspended where one of them is only suspended.
//! - A power names its profile; what the power says itself goes before what the profile says.
//!
//! # Extending it
//! ```
//! use quanze::{four_tier, schema::{List, Rule, Type, source}};
//!
//! let penalties = List::derived()
//!     .tier(2)
//!     .field("name", Type::Text)
//!     .rule(Rule::each_row("penalty", "enforcement").when(source("type").is("02")).inherit(["name"]));
//! let schema = four_tier::options().builder().list("penalties", penalties).build()?;
//! # Ok::<(), quanze::schema::SchemaError>(())
//! ```

mod checks;
mod codes;
mod companions;
mod execution;
mod fields;
mod fourth_tier;
mod indexes;
mod options;
mod owners;
mod powers;
mod records;
mod reference;
mod registers;
mod second_tier;
mod third_tier;
mod views;
mod vocabularies;
mod words;

pub use self::{
    checks::CheckId,
    options::{FourTier, options},
    owners::owners,
    records::{
        Article, Body, Duty, EnforcementItem, Evaluation, ExcludedTime, FeeMatter, HandlingItem, Implementer,
        InspectionContent, Instrument, IntermediaryMatter, Material, OperatingStep, Participant, Performance, Period,
        Post, Power, Profile, Region, RegulationMatter, RunningRecord, Service, ServiceImplementation, SharedMatter,
        UpstreamItem, Variant,
    },
    reference::reference,
};
use crate::schema::Schema;

/// Makes the four-tier system with its defaults.
///
/// ```
/// let schema = quanze::four_tier::schema();
/// ```
#[doc(alias = "四级清单体系")]
#[doc(alias = "权责清单")]
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "it takes no input, and a test builds it")]
pub fn schema() -> Schema {
    options().builder().build().expect("the preset has no faults")
}
