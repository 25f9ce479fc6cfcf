//! One source with upstream: local items linked to a superior's catalogue, reconciled with it, and taken up from it.
//!
//! **Architecture invariant:** a link is a proposal until it is recorded in the system or decided by a person, and says how sure
//! it is and why.

mod catalogue;
mod link;
mod reconcile;

pub use self::{
    catalogue::{Catalogue, CatalogueChanges, CatalogueItem},
    link::{Link, Reason, Verdicts},
    reconcile::{Differing, Reconciliation, TakenUp, take_up},
};
