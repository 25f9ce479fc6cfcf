use indexmap::{IndexMap, IndexSet};

use super::{Validation, not_a_step, step_text};
use crate::{
    schema::{
        Each, Expr, List, Probe, Rule, SchemaFaultKind as Kind, Table, Type, Write, display::brief, error::hint,
        reads::Read, typing::Typing,
    },
    value::{Name, Value},
};

impl<'a> Validation<'a> {
    pub(super) fn rule(&mut self, name: &'a Name, list: &'a List, rule: &'a Rule) {
        let from = self.typing.list(&rule.from);
        if from.is_none() {
            self.unknown_list(&rule.from);
        }
        self.expr(&rule.when, &self.typing.scope_when(rule), Some(&Type::Boolean));
        match &rule.each {
            Each::Row => {}
            Each::Element(field) => {
                if let Some(ty) = from.and_then(|_| self.source_field(rule, field))
                    && ty.element().is_none()
                {
                    self.fault(Kind::Part {
                        part: format!("the field '{field}' of '{}'", rule.from),
                        found: ty,
                        accepted: "a row for each element is made of a set or sequence".to_owned(),
                    });
                }
            }
            Each::Table(table) => self.table(rule, table),
            Each::Match { list: matched, on, when } => self.matched(rule, matched, on, when),
            Each::Group { by, over } => self.group(rule, by, over.as_ref()),
        }
        let scope = self.typing.scope_set(name, rule);
        for (field_name, value) in &rule.set {
            let Some(field) = list.fields.get(field_name) else {
                self.unknown_field(name, field_name);
                continue;
            };
            self.at_field(field_name, |at| {
                if field.write == Write::Local {
                    at.fault(Kind::LocalIsSet);
                }
                at.expr(value, &scope, Some(&field.ty));
            });
        }
        self.tiers(name, list, rule);
    }

    /// Looks up a field of the source row; an unknown one is a fault.
    fn source_field(&mut self, rule: &Rule, field: &Name) -> Option<Type> {
        let found = self.typing.field(&rule.from, field);
        if found.is_none() {
            self.unknown_field(&rule.from, field);
        }
        found.map(|field| field.ty.clone())
    }

    fn table(&mut self, rule: &Rule, table: &'a Table) {
        let by = if self.typing.list(&rule.from).is_some() { self.source_field(rule, &table.by) } else { None };
        if let Some(ty) = &by
            && ty.element().is_some()
        {
            self.fault(Kind::Part {
                part: format!("the field '{}' of '{}', by which the table goes,", table.by, rule.from),
                found: ty.clone(),
                accepted: "a single value is accepted".to_owned(),
            });
            return;
        }
        let mut sound = true;
        for (column, ty) in &table.columns {
            self.field_name("column", column);
            sound &= self.ty(ty);
        }
        match table.columns.get(&table.key) {
            None => {
                let known = table.columns.keys();
                self.unknown("column", &table.key, " in the table".to_owned(), known);
            }
            Some(ty) if ty.element().is_some() => self.fault(Kind::Part {
                part: format!("the column '{}', which names the lines,", table.key),
                found: ty.clone(),
                accepted: "a single value is accepted".to_owned(),
            }),
            Some(_) => {}
        }
        if !sound {
            return;
        }
        let mut keys: IndexMap<Value, IndexSet<String>> = IndexMap::new();
        for (i, line) in table.lines.iter().enumerate() {
            let fault = |at: &mut Self, problem: String| at.fault(Kind::TableLine { line: i + 1, problem });
            let of = match by.as_ref().map(|ty| self.typing.coerce(&line.of, ty)) {
                None => None,
                Some(Ok(Value::Missing)) => {
                    fault(self, format!("it goes with no value of '{}'; a value is accepted", table.by));
                    None
                }
                Some(Ok(of)) => Some(of),
                Some(Err(mismatch)) => {
                    fault(self, format!("'{}': {mismatch}", table.by));
                    None
                }
            };
            for (column, value) in &line.set {
                let Some(ty) = table.columns.get(column) else {
                    let hint = hint(column.as_str(), table.columns.keys().map(Name::as_str));
                    fault(self, format!("there is no column '{column}'; {hint}"));
                    continue;
                };
                if let Err(mismatch) = self.typing.coerce(value, ty) {
                    fault(self, format!("'{column}': {mismatch}"));
                }
            }
            let Some(ty) = table.columns.get(&table.key) else { continue };
            match line.set.get(&table.key).map(|key| self.typing.coerce(key, ty)) {
                None | Some(Ok(Value::Missing)) => {
                    fault(self, format!("'{}', which names the line, is missing; a value is accepted", table.key));
                }
                Some(Ok(key)) => {
                    if let Some(problem) = not_a_step(&key) {
                        fault(self, format!("'{}' names the line in keys, and {problem}", table.key));
                    } else if let Some(of) = of
                        && !keys.entry(of).or_default().insert(step_text(&key))
                    {
                        fault(
                            self,
                            format!(
                                "the key '{}' is there twice for '{}'; lines of one value have different keys",
                                key, line.of
                            ),
                        );
                    }
                }
                Some(Err(_)) => {}
            }
        }
    }

    fn matched(&mut self, rule: &'a Rule, matched: &Name, on: &[(Name, Probe)], when: &Expr) {
        let list = self.typing.list(matched);
        match list {
            None => self.unknown_list(matched),
            Some(list) if !list.is_base() && !Typing::is_group(list) => {
                self.fault(Kind::NotMatchable(matched.clone()));
            }
            Some(_) => {}
        }
        if on.is_empty() {
            self.fault(Kind::Rule(
                "a match probes for no field; at least one field of the matched list is accepted".to_owned(),
            ));
        }
        let scope = Typing::scope_probe(rule);
        for (i, (field, probe)) in on.iter().enumerate() {
            if on[..i].iter().any(|(before, _)| before == field) {
                self.fault(Kind::Twice { what: "probe for", name: field.to_string() });
            }
            let ty = list.and_then(|list| self.probed(matched, list, field));
            if probe.values().is_empty() {
                self.fault(Kind::Rule(format!("the probe for '{field}' has no values; at least one is accepted")));
            }
            for value in probe.values() {
                self.expr(value, &scope, ty.as_ref());
            }
        }
        self.expr(when, &self.typing.scope_matched(rule), Some(&Type::Boolean));
    }

    /// Returns the type of a field probed for; faults where it cannot be.
    fn probed(&mut self, matched: &Name, list: &'a List, field: &Name) -> Option<Type> {
        let Some(ty) = self.typing.field_type(matched, field) else {
            self.unknown_field(matched, field);
            return None;
        };
        if ty.element().is_some() {
            self.fault(Kind::Part {
                part: format!("the field '{field}' of '{matched}', which is probed for,"),
                found: ty,
                accepted: "a single value is accepted".to_owned(),
            });
            return None;
        }
        // Only such a field is always what the group's key says, by which groups are found.
        let locked = list.fields.get(field).is_some_and(|field| field.write == Write::Locked);
        let grouped = list.rules.iter().all(|rule| match &rule.each {
            Each::Group { by, .. } => {
                locked
                    && rule.set.get(field).is_some_and(|value| matches!(value, Expr::Source(_)) && by.contains(value))
            }
            _ => true,
        });
        if !grouped && *field != "key" {
            self.fault(Kind::Rule(format!(
                "the field '{field}' of '{matched}' cannot be probed for; a locked field of groups is accepted if it is set to what they are grouped by"
            )));
            return None;
        }
        Some(ty)
    }

    fn group(&mut self, rule: &'a Rule, by: &[Expr], over: Option<&Name>) {
        if by.is_empty() {
            self.fault(Kind::Rule("a rule groups by nothing; at least one value is accepted".to_owned()));
        }
        let scope = Typing::scope_by(rule);
        let mut types = Vec::with_capacity(by.len());
        for value in by {
            let ty = self.expr(value, &scope, None).map(|(_, ty)| ty);
            match ty {
                Some(ty) if ty.element().is_some() => self.fault(Kind::Part {
                    part: format!("'{}', which rows are grouped by,", brief(value)),
                    found: ty,
                    accepted: "a single value is accepted".to_owned(),
                }),
                ty => types.push(ty),
            }
        }
        let Some(over) = over else { return };
        match self.typing.list(over) {
            None => self.unknown_list(over),
            Some(list) if !list.is_base() => self.fault(Kind::Rule(format!(
                "there cannot be a group over each row of '{over}', because it is derived; a base list is accepted"
            ))),
            Some(_) => match (by, types.as_slice()) {
                ([value], [Some(ty)]) if *ty != Type::Reference(over.clone()) => self.fault(Kind::Part {
                    part: format!("'{}', which rows are grouped by,", brief(value)),
                    found: ty.clone(),
                    accepted: format!("groups over '{over}' are grouped by a reference to it"),
                }),
                ([_] | [], _) => {}
                _ => self.fault(Kind::Rule(format!(
                    "groups over '{over}' are grouped by {} values; one, a reference to it, is accepted",
                    by.len()
                ))),
            },
        }
    }

    /// Demands that a rule of a list with a tier reads no list of a lower tier.
    fn tiers(&mut self, name: &'a Name, list: &List, rule: &'a Rule) {
        let Some(tier) = list.tier else { return };
        let reads = self.typing.rule_reads(name, rule);
        let lists: IndexSet<&Name> =
            reads.membership.iter().chain(reads.fields.values().flatten()).map(Read::list).collect();
        for read in lists {
            if let Some(read_tier) = self.typing.list(read).and_then(|list| list.tier)
                && read_tier > tier
            {
                self.fault(Kind::Tier { tier, read: read.clone(), read_tier });
            }
        }
    }
}
