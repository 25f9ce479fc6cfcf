//! Random changes of a schema: each leaves a valid schema, whatever has to go with what it takes away.

use quanze::{
    Name, SchemaBuilder,
    schema::{Check, Field, List, OnRemove, Presence, Rule, Severity, Type, Write, lit, own, source},
};

use super::{
    pool::any_type,
    recipe::{Recipe, Tape},
};

/// A schema a few changes away from another.
pub(crate) fn changed(spec: &SchemaBuilder, tape: &mut Tape<'_>) -> SchemaBuilder {
    let mut now = spec.clone();
    for step in 0..=tape.pick(5) {
        let mut next = now.clone();
        change(&mut next, step, tape);
        if let Some(valid) = mended(next) {
            now = valid;
        }
    }
    now
}

fn change(spec: &mut SchemaBuilder, step: usize, tape: &mut Tape<'_>) {
    let bases: Vec<Name> = spec.lists.iter().filter(|(_, list)| list.is_base()).map(|(name, _)| name.clone()).collect();
    let names: Vec<Name> = spec.lists.keys().cloned().collect();
    let kind = tape.pick(22);
    let of_base = matches!(kind, 1 | 5 | 7 | 8 | 17);
    let Some(name) = tape.one(if of_base { &bases } else { &names }).cloned() else { return };
    let at = tape.pick(spec.lists[&name].fields.len());
    let Some(list) = spec.lists.get_mut(&name) else { return };
    let base = list.is_base();
    let field = list.fields.get_index(at).map(|(field, _)| field.clone());
    match (kind, field) {
        (0, Some(field)) => drop_field(list, &field),
        (1 | 2, Some(field)) => {
            let ty = any_type(tape, &bases);
            if base || list.fields[&field].write == Write::Local {
                list.fields[&field].ty = ty;
                list.fields[&field].on_remove = OnRemove::Restrict;
            }
        }
        (3, _) => {
            spec.lists.shift_remove(&name);
        }
        (4, Some(field)) => {
            // Another name is another field.
            let (at, of) = (list.fields.get_index_of(&field).unwrap_or_default(), list.fields[&field].clone());
            drop_field(list, &field);
            list.fields.shift_insert(at, Name::from(format!("{field}_too")), of);
        }
        (5 | 6, Some(field)) => list.fields[&field].presence = Presence::Required,
        (7, Some(field)) if list.fields[&field].ty.element().is_none() => list.unique = vec![vec![field]],
        (8, _) => list.unique.clear(),
        (9, Some(field)) => list.fields[&field].write = Write::Locked,
        (10, _) => {
            let choices = &mut spec.vocabularies["kinds"].choices;
            if tape.pick(2) == 1 {
                choices.reverse();
            } else if choices.len() > 1 {
                choices.shift_remove_index(tape.pick(choices.len()));
            }
        }
        (11, _) => {
            if let Some(rule) = list.rules.first_mut() {
                rule.when = if tape.pick(2) == 0 { rule.when.clone().not() } else { lit(true) };
            }
        }
        (12, _) if list.rules.len() > 1 => {
            list.rules.remove(tape.pick(list.rules.len()));
        }
        (13, _) => {
            spec.units.shift_remove("weeks");
        }
        (14, _) => {
            let ty = any_type(tape, &bases);
            list.fields.insert(
                Name::from(format!("new{step}")),
                Field::new(ty).write(if base { Write::Locked } else { Write::Local }),
            );
        }
        (15 | 16, field) => {
            let mut new = List::derived();
            let mut rule = Rule::each_row("again", &name);
            if let Some(field) = field {
                new = new.field(field.clone(), Field::new(list.fields[&field].ty.clone()).write(Write::Suggest));
                rule = rule.set(field.clone(), source(field.as_str()));
            }
            spec.lists.insert(Name::from(format!("added{step}")), new.rule(rule));
        }
        (17, _) => {
            if let Some(other) = bases.iter().find(|other| **other != name) {
                list.rules = vec![Rule::each_row("turned", other)];
                list.unique.clear();
                list.fields.values_mut().for_each(|field| field.write = Write::Local);
            }
        }
        (18, _) => {
            list.rules.clear();
            list.fields.values_mut().for_each(|field| field.write = Write::Locked);
        }
        (19, _) => {
            let at = spec.lists.get_index_of(&name).unwrap_or_default();
            spec.lists.move_index(at, 0);
        }
        (20, Some(field)) => {
            let severity = if tape.pick(2) == 0 { Severity::Blocking } else { Severity::Note };
            let check = Check::new(severity, &name, own(field.as_str()).is_missing());
            spec.checks.insert(Name::from(format!("added{step}")), check);
        }
        (_, field) => {
            spec.checks.shift_remove_index(0);
            if let (Some(rule), Some(field)) = (list_rule(spec, &name), field) {
                rule.set.shift_remove(&field);
            }
        }
    }
}

fn list_rule<'s>(spec: &'s mut SchemaBuilder, list: &Name) -> Option<&'s mut Rule> {
    spec.lists.get_mut(list)?.rules.first_mut()
}

fn drop_field(list: &mut List, field: &Name) {
    list.fields.shift_remove(field);
    list.order.retain(|order| order.field != *field);
    list.unique.retain(|set| !set.contains(field));
    list.indexes.retain(|_, index| index.by.iter().all(|by| by.field != *field));
    list.rules.iter_mut().for_each(|rule| {
        rule.set.shift_remove(field);
    });
}

/// Takes away what does not fit any more until all fits; nothing where too much would go.
fn mended(mut spec: SchemaBuilder) -> Option<SchemaBuilder> {
    for _ in 0..12 {
        let Err(error) = spec.clone().build() else {
            // Edits are made of base lists.
            return spec.lists.values().any(List::is_base).then_some(spec);
        };
        for fault in error.faults() {
            if let Some(check) = fault.check() {
                spec.checks.shift_remove(check);
            }
            let Some(of) = fault.list() else { continue };
            let Some(list) = spec.lists.get_mut(of) else { continue };
            if let Some(index) = fault.index() {
                list.indexes.shift_remove(index);
                continue;
            }
            match (fault.rule(), fault.field()) {
                (rule, Some(field)) if rule.is_none() || list.fields.contains_key(field) => {
                    drop_field(list, &field.clone());
                }
                (Some(rule), _) => {
                    list.rules.retain(|known| known.id != *rule);
                    // Without a rule it would be a base list.
                    if list.rules.is_empty() {
                        spec.lists.shift_remove(of);
                    }
                }
                _ => {
                    list.order.clear();
                    list.unique.clear();
                }
            }
        }
    }
    None
}
