//! The conditions that people want to be told of, with what they then read.

mod basis;
mod companions;
mod execution;
mod ids;
mod notes;
mod powers;

pub use self::ids::CheckId;
use super::{
    FourTier,
    vocabularies::{CANCELLED, IN_USE},
};
use crate::schema::{Check, Expr, Labels, SchemaBuilder, own};

/// A check before its severity is known: list, condition, and label and message in Chinese and English.
#[derive(Clone)]
struct Draft {
    id: CheckId,
    list: &'static str,
    when: Expr,
    label: [&'static str; 2],
    message: [&'static str; 2],
}

fn draft(id: CheckId, list: &'static str, when: Expr, label: [&'static str; 2], message: [&'static str; 2]) -> Draft {
    Draft { id, list, when, label, message }
}

/// Adds all checks but those left out.
pub(super) fn add(builder: SchemaBuilder, options: &FourTier) -> SchemaBuilder {
    let mut drafts = [
        powers::of_codes(),
        powers::of_duties(),
        powers::of_operation(options),
        basis::of_powers(options),
        basis::of_other_rows(),
        companions::of_bodies(),
        companions::of_powers_referred_to(),
        companions::of_matters(),
        companions::of_materials(options),
        notes::of_names_and_duties(options),
        notes::of_codes(),
        execution::of_flows(),
        execution::of_records(),
    ]
    .concat();
    drafts.sort_by_key(|draft| draft.id);
    // What is asked of lists that are not asked for is left out with them.
    drafts.retain(|draft| builder.lists.contains_key(draft.list));
    drafts.into_iter().fold(builder, |builder, draft| match options.severity_of(draft.id) {
        Some(severity) => builder.check(
            draft.id.name(),
            Check::new(severity, draft.list, draft.when)
                .labels(Labels::zh_en(draft.label[0], draft.label[1]))
                .message(Labels::zh_en(draft.message[0], draft.message[1])),
        ),
        None => builder,
    })
}

fn is_live() -> Expr {
    own("state").is(CANCELLED).not()
}

fn is_in_use() -> Expr {
    own("state").is(IN_USE)
}

/// Whether an implementer and its power go on, of a row that belongs to the implementer.
fn of_live_implementer() -> Expr {
    own("implementer.state").is(CANCELLED).or(own("implementer.power.state").is(CANCELLED)).not()
}
