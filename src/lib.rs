//! Hierarchical list systems: a few authored base lists, and everything else derived from them by declared rules.
//!
//! Where one list is the source of many – powers and duties, then services, then what each body offers, then what is handled
//! at a counter – every change at the top has to arrive below, field by field, in rows that other people have written
//! into. `quanze` keeps all lists in step within one commit, says exactly which rows and fields have changed, can say it
//! before it happens, refuses what must not be, and loses nothing that anybody wrote. The four-tier system of powers and
//! duties (四级清单体系) is its preset, [`four_tier`]; the engine knows no law.
//!
//! # Example
//!
//! One licence, taken up by one body and handled in one variant, goes down four tiers. Then the law is revised.
//!
//! ```
//! use quanze::four_tier::{self, Body, HandlingItem, Implementer, Power, Variant};
//! use quanze::{Edits, ListSystem, working_days};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut system = ListSystem::new(four_tier::schema());
//! let bureau = Body { name: "市场监督管理局".into(), ..Body::default() };
//! let licence = Power {
//!     name: "食品经营许可".into(),
//!     power_type: "01".into(),
//!     body: "market".into(),
//!     statutory_limit: Some(working_days(20)),
//!     state: "1".into(),
//!     ..Power::default()
//! };
//! let city =
//!     Implementer { power: "food".into(), body: "market".into(), level: "3".into(), ..Implementer::default() };
//! let new = Variant { power: "food".into(), kind: "new".into(), serial: "01".into(), ..Variant::default() };
//! system.commit(
//!     Edits::new()
//!         .insert("bodies", "market", &bureau)
//!         .insert("powers", "food", &licence)
//!         .insert("implementers", "food-city", &city)
//!         .insert("variants", "food-new", &new)
//!         .author("handling_items", "food/food-city/food-new", "promised_limit", working_days(15)),
//! )?;
//!
//! // What would follow from the revision?
//! let edits =
//!     Edits::new().cause("食品安全法修订").set("powers", "food", "statutory_limit", working_days(10));
//! let preview = system.preview(&edits)?;
//! assert_eq!(preview.findings_added()[0].check(), "handling_items.promised_limit.looser");
//!
//! let commit = system.commit(edits)?;
//! for change in commit.changes("handling_items") {
//!     assert_eq!(change.key().as_str(), "food/food-city/food-new");
//!     assert_eq!(change.changed().collect::<Vec<_>>(), ["limit", "promised_limit"]);
//!     assert_eq!(change.before("promised_limit"), &working_days(15).into());
//!     assert_eq!(change.after("promised_limit"), &working_days(10).into());
//! }
//!
//! // A snapshot stays as it is while commits go on; its rows read into any struct that serde can make.
//! let now = system.snapshot();
//! for item in now.list("handling_items")?.records::<HandlingItem>() {
//!     assert_eq!(item?.name, "食品经营许可（新办）");
//! }
//! let why = now.explain("handling_items", "food/food-city/food-new", "limit")?;
//! assert_eq!(why.leaves().map(ToString::to_string).collect::<Vec<_>>(), ["powers[food].statutory_limit"]);
//! system.verify()?;
//! # Ok(())
//! # }
//! ```
//!
//! # The main types
//!
//! - [`Schema`] is what a list system is: lists, fields, rules, checks, as data. [`Schema::builder`] makes one,
//!   [`Schema::from_json`] reads one; whatever does not fit together is reported at once. A `Schema` is always valid.
//! - [`ListSystem`] is the living thing. It is changed by committing [`Edits`], and is in step whenever it can be seen.
//! - [`Edits`] are changes to be made together. They are a value: they can be stored, sent and previewed. What is wrong with
//!   them is said, all of it, when they are committed: [`Refused`].
//! - [`Commit`] and [`Preview`] are a [`ChangeSet`]: each row that has come, gone or changed, with its fields before and after,
//!   and each [`Finding`] that has come or gone.
//! - [`Evolution`] takes a living system to another schema, with the change set that comes of it.
//! - [`Explanation`] is why a value is what it is, up to what was authored.
//! - [`Find`](find::Find) is what rows are looked for by, with the indexes that their list declares.
//! - [`Snapshot`] is all lists as they were at one moment, for readers. [`State`] is all that was authored, to be stored.
//! - [`Feed`](feed::Feed) is the last commits, for those who keep copies of the lists and come for what they have not seen.
//!
//! # The map
//!
//! | module | holds |
//! |---|---|
//! | [`value`] | what fields hold: text, numbers, dates, durations, codes, choices, references; the keys of rows |
//! | [`schema`] | what a list system is: lists, fields, rules, expressions, checks, vocabularies, code schemes |
//! | [`record`] | typed structs in and out of rows, by way of serde |
//! | [`system`] | edits, commits, previews, change sets, snapshots, saved state, evolutions |
//! | [`picture`] | a schema, and the neighbourhood of a row, as Mermaid and DOT |
//! | [`plan`] | what a schema is compiled to, for people: what depends on what, and what costs more than it must |
//! | [`find`] | rows found by what they hold, with declared indexes; pages and their cursors |
//! | [`feed`] | change sets as a stream, for consumers that resume where they were |
//! | [`explain`] | why a value is what it is, why a row is not there, what a row feeds, and what changes mean for whom; the graph of rows |
//! | [`four_tier`] | the preset: the four-tier system of powers and duties, made with the public builders alone |
//! | [`governance`] | how lists are governed: cases, procedures, deadlines, reviews, and a history bound by hashes |
//!
//! Inside, the schema is compiled to a plan of numbers; the engine propagates over a store of shared pages. The repository's
//! `docs/architecture.md` is the map of that.
//!
//! # What it does not do
//!
//! - It stores nothing, reads no clock, starts no thread and opens no connection. Save the [`State`]; set "today" as a row.
//! - One writer: [`ListSystem::commit`] takes `&mut self`. Readers hold snapshots, as many as they like.
//! - A [`ListSystem`] keeps no history beyond the window of a feed. A [`Commit`] says what has changed; the log is yours, or that of an
//!   [`Office`](governance::Office).
//! - Rules are not code. They cannot recurse, and what an expression cannot say is computed outside and authored.
//! - Rules match rows by equality of fields, not by ranges; a list with a declared order is sorted when it is read, unless it
//!   declares an index that has that order.
//!
//! # Cookbook
//!
//! The chapters of the [guide], each of which runs as a test:
//! [lists and rules](guide#1-lists-and-a-rule), [who may write](guide#2-who-may-write-a-derived-field),
//! [edits](guide#3-edits), [preview](guide#4-preview), [refusal](guide#5-refusal), [the change set](guide#6-the-change-set),
//! [reading](guide#7-reading), [parked values](guide#8-parked-values), [checks](guide#9-checks-and-findings),
//! [saving](guide#10-save-and-restore), [a schema as JSON](guide#11-a-schema-as-json),
//! [why a value is what it is](guide#12-why-and-what-for), [what it costs](guide#13-the-plan),
//! [pictures](guide#14-pictures), [a feed](guide#15-a-feed),
//! [another schema](guide#16-a-list-for-a-living-system), [finding rows](guide#17-finding-rows).

mod engine;
pub mod explain;
pub mod four_tier;
pub mod governance;
mod heap;
pub mod picture;
pub mod plan;
pub mod record;
pub mod schema;
mod store;
pub mod system;
pub mod value;

pub use crate::{
    engine::ChangeKind,
    explain::{Explanation, Feeds, Impact, WhyNot},
    plan::CompiledPlan,
    record::{Record, RecordError},
    schema::{Schema, SchemaBuilder},
    system::{
        Change, ChangeSet, Commit, Delta, Difference, Edits, Evolution, Evolved, Fault, FaultKind, Finding, ListSystem,
        ListView, OnUnfit, ParkedCell, Preview, Refused, Restored, Row, Snapshot, State, StateError, Unfit, Unsuited,
        feed, find,
    },
    value::{
        Code, Date, DateError, Decimal, DecimalError, Duration, DurationError, Key, KeyError, Name, Value, days,
        working_days,
    },
};

/// The guide: from an empty file to a small system of lists, chapter by chapter. Its Rust is run by the tests.
#[cfg_attr(not(doctest), doc = include_str!("../docs/guide.md"))]
pub mod guide {}

/// The cookbook: twelve questions that users have, each with a program that answers it. The programs are doc tests.
#[doc = include_str!("../docs/cookbook.md")]
pub mod cookbook {}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
