//! How lists are governed: who may change what, by when, and what became of it (权责清单动态管理).
//!
//! Nothing here reads a clock or knows who is there: days and people come from the caller.

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

pub use self::{
    deed::{Answer, Deed, Publication},
    kind::Kind,
    lists::{lists, schema},
    office::{Office, OfficeError},
    person::Person,
};
