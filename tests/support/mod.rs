//! Random list systems and random edits of them.
//!
//! A [`Recipe`] is a few short tapes of bytes, one for each list, field, rule, check and edit. A tape is read as a series
//! of choices, 0 being the plainest; a tape that ends goes on with zeros. So every recipe gives a valid schema, and a
//! recipe with fewer and smaller bytes gives a simpler one: what fails shrinks to a case that can be read.
//!
//! - [`recipe`]: the tapes, and the strategies that make them
//! - [`schema`]: a schema from a recipe
//! - [`expr`]: expressions of a wanted type
//! - [`indexes`]: what rows are found by
//! - [`pool`]: values of a type, few enough to collide
//! - [`edits`]: batches of edits that suit a state, most of them valid
//! - [`changes`]: a schema that differs a little
//! - [`shrink`]: a smaller case of what fails
//! - [`live`]: the library beside the oracle
//! - [`law`]: laws of a system at one point of its life
//! - [`coverage`]: which pairs of rule, policy and verb have met
#![allow(dead_code, unused_imports, reason = "each test binary uses its own part")]

pub(crate) mod changes;
pub(crate) mod coverage;
pub(crate) mod edits;
pub(crate) mod expr;
pub(crate) mod indexes;
pub(crate) mod law;
pub(crate) mod live;
pub(crate) mod pool;
pub(crate) mod recipe;
pub(crate) mod schema;
pub(crate) mod shrink;

pub(crate) use self::{
    coverage::Coverage,
    edits::batch_of,
    recipe::{Recipe, recipes, spread},
    schema::schema_of,
};
