//! The rows that an import says there are.

use std::collections::{BTreeMap, BTreeSet};

use quanze::{Snapshot, schema::UnknownName};
use serde_json::Value as Json;

use super::{
    registers::{DUTY, Registers},
    row::{Fields, text},
};
use crate::{import::Import, item::Item, profile::Column, text::fingerprint};

/// The rows of registers that are new, of powers, and of implementers.
pub(super) struct Wanted {
    pub(super) registers: Vec<(&'static str, String, Fields)>,
    pub(super) powers: BTreeMap<String, Fields>,
    pub(super) implementers: BTreeMap<String, Fields>,
    /// Which bodies have taken up which powers. At what level and how they do is for others to say from then on.
    pub(super) taken_up_already: TakenUp,
}

/// Powers with bodies that have taken them up.
pub(super) type TakenUp = BTreeSet<[String; 2]>;

fn taken_up_in(snapshot: &Snapshot) -> Result<TakenUp, UnknownName> {
    let mut there = TakenUp::new();
    for row in snapshot.list("implementers")?.rows() {
        there.insert([row.get("power")?.to_string(), row.get("body")?.to_string()]);
    }
    Ok(there)
}

impl Wanted {
    pub(super) fn of(import: &Import, snapshot: &Snapshot) -> Result<Self, UnknownName> {
        let mut registers = Registers::of(snapshot)?;
        let taken_up_already = taken_up_in(snapshot)?;
        let bases = import.items.iter();
        registers.instruments(
            bases.flat_map(|item| [&item.basis, &item.responsibilities_basis, &item.accountability_basis]),
        );
        let mut powers = BTreeMap::new();
        let mut implementers = BTreeMap::new();
        for item in &import.items {
            powers.insert(item.key.clone(), power(item, &mut registers));
            for (at, key, fields) in taken_up(item, &mut registers) {
                if !taken_up_already.contains(&at) {
                    implementers.insert(key, fields);
                }
            }
        }
        Ok(Self { registers: registers.new, powers, implementers, taken_up_already })
    }
}

/// A power, of which only what the list has a column for is spoken of.
fn power(item: &Item, registers: &mut Registers) -> Fields {
    let body = item.bodies.first().map_or_else(String::new, |body| registers.body(body));
    let mut fields = Fields::from([
        ("name", text(&item.full_name())),
        ("type", item.power_type.as_str().into()),
        ("body", body.as_str().into()),
        ("levels", item.levels.clone().into()),
        ("state", item.state.as_str().into()),
    ]);
    let mut say = |column: Column, field: &'static str, value: Json| {
        if item.columns.contains(&column) {
            fields.insert(field, value);
        }
    };
    say(Column::Basis, "basis", registers.articles(&item.basis).into());
    say(
        Column::ResponsibilitiesBasis,
        "responsibilities_basis",
        registers.articles(&item.responsibilities_basis).into(),
    );
    say(Column::AccountabilityBasis, "accountability_basis", registers.articles(&item.accountability_basis).into());
    say(Column::Office, "office", item.office.as_deref().into());
    say(Column::Level, "scope", item.scope.as_deref().into());
    say(Column::Scope, "scope", item.scope.as_deref().into());
    say(Column::Code, "code", item.code.as_deref().into());
    say(Column::StatutoryLimit, "statutory_limit", item.statutory_limit.as_ref().map(ToString::to_string).into());
    for (column, field) in [
        (Column::Responsibilities, "responsibilities"),
        (Column::Accountable, "accountable"),
        (Column::Accountability, "accountability"),
        (Column::Remedy, "remedy"),
        (Column::Remark, "remark"),
    ] {
        say(column, field, text(item.cell(column)));
    }
    let clause = item.cell(DUTY).trim();
    let duty = (!clause.is_empty()).then(|| registers.duty(&body, clause));
    say(DUTY, "duty", duty.into());
    fields
}

/// Who takes the power up: each body that the item names, at its level.
fn taken_up(item: &Item, registers: &mut Registers) -> Vec<([String; 2], String, Fields)> {
    let mut rows = Vec::new();
    for body in &item.bodies {
        let Some(level) = body.level.as_ref().or_else(|| item.levels.first()) else { continue };
        let key = format!("{}-{:016x}", item.key, fingerprint([body.name.as_str(), level]));
        let at = [item.key.clone(), registers.body(body)];
        let fields = Fields::from([
            ("power", at[0].as_str().into()),
            ("body", at[1].as_str().into()),
            ("level", level.as_str().into()),
        ]);
        rows.push((at, key, fields));
    }
    rows
}
