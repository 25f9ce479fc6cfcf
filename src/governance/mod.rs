//! How lists are governed (动态管理): who may change what, on which ground, by when, and what everybody downstream must then do.
//!
//! Procedures, deadlines and working days are values; a case says what is to become of an item and is compiled to edits; an [`Office`] opens,
//! passes, publishes and records. Nothing here reads a clock or knows who is there: days and people come from the caller.
//!
//! ```
//! use quanze::{
//!     Date, Edits, ListSystem, Record, four_tier, working_days,
//!     governance::{
//!         self, Office, Person, Publication, Rules,
//!         case::{Adjustment, Package, Trigger},
//!         procedure::{Act, Verb},
//!     },
//! };
//!
//! let mut system = ListSystem::new(governance::schema(&four_tier::options())?);
//! system.commit(Edits::new()
//!     .insert("bodies", "market", &Record::new().with("name", "市场监管局"))
//!     .insert("powers", "food", &Record::new().with("name", "食品经营许可").with("type", "01").with("state", "1")
//!         .with("body", "market").with("statutory_limit", working_days(20))))?;
//!
//! let calendar = serde_json::from_str(include_str!("../../examples/data/calendar.json"))?;
//! let [monday, tuesday] = ["2026-03-02", "2026-03-03"].map(|day| day.parse::<Date>().unwrap());
//! let by = |role: &str| Person::new("张三", role).of("market");
//! let mut office = Office::begin(system, four_tier::owners(), Rules::jiyuan(calendar), monday, by("establishment_office"))?;
//!
//! // The law now says ten days: a case, with a preview of what follows from it over four tiers.
//! let shorter = Edits::new().set("powers", "food", "statutory_limit", working_days(10));
//! let amend = Adjustment::Amend { power: "food".into(), edits: shorter };
//! let why = (Trigger::LawAmended, monday);
//! let package = Package::new("2026-1", "压缩时限", "adjustment", why, by("department")).case(amend, "法律修订");
//! assert!(office.preview_package(&package, tuesday).blocks.is_empty());
//! office.open(package, monday, by("department"))?;
//!
//! // Three steps, each by its role and with its document; then it is published, and in effect.
//! office.act("2026-1", Act::pass(by("department"), monday).evidence("grounds", "申请书"))?;
//! office.act("2026-1", Act::pass(by("justice_bureau"), monday).evidence("legal_opinion", "审查意见"))?;
//! office.act("2026-1", Act::pass(by("establishment_office"), tuesday))?;
//! let publish = Act::new(Verb::Publish, by("department"), tuesday).evidence("document", "某编〔2026〕1号");
//! office.publish("2026-1", publish, Publication::new("某编〔2026〕1号", tuesday))?;
//!
//! // It was done in time, and what became of the limit can be told.
//! assert!(office.late(tuesday)?.is_empty());
//! let traces = office.history().field("services", "food", "limit")?;
//! assert_eq!(traces[0].change.before("limit").to_string(), "20 working_days");
//! assert_eq!(traces[0].cause.as_deref(), Some("压缩时限"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | | |
//! |---|---|
//! | [`case`] | what is asked for: kinds of adjustment, packages, a law revised, a reform of bodies |
//! | [`procedure`] | steps, roles, evidence; the six steps of first issue and the three of adjustment |
//! | [`calendar`], [`deadline`] | working days as notices set them; by when something is to be done |
//! | [`office`] | the living thing: opens, acts, publishes, lets days come; who must review what |
//! | [`history`] | every deed and commit, bound by hashes; the lists as of any revision or day; what became of a row |
//!
//! `docs/governance.md` says where each sentence of the text lives that this implements. What it does not do: it keeps no files, sends nothing,
//! and does not know whether somebody is who they say they are.

pub mod calendar;
pub mod case;
pub mod deadline;
mod deed;
pub mod history;
mod kind;
mod lists;
pub mod office;
mod person;
pub mod procedure;
mod rules;

pub use self::{
    deed::{Answer, Deed, Publication},
    kind::Kind,
    lists::{lists, schema},
    office::{Office, OfficeError},
    person::Person,
    rules::{Rules, RulesError},
};
