//! What a row, or a field of one, rests on directly.
//!
//! A row rests on the row that its rule read, and on what made the rule apply; a field on its own row, and on what its value
//! was read from. Of a list whose elements make rows, or count one by one, it is the element that counts and not the list.

use super::Tie;
use crate::{
    explain::{
        chain::cells,
        drawn::{self, Draws},
        read::{Read, Scene},
        spot::{Spot, Taken},
    },
    plan::{EachPlan, Lowered, Op},
    schema::{Each, Expr, OnRemove, Rule, Write, is_read},
    store::Val,
};

/// A row, or a field of it.
#[derive(Clone, Copy, Debug)]
pub(in crate::explain) struct Cell<'a> {
    pub(in crate::explain) spot: Spot<'a>,
    /// The field; `None` is the row itself.
    pub(in crate::explain) field: Option<u16>,
}

/// What is found.
pub(in crate::explain) struct Inputs<'a, 'd> {
    draws: &'d Draws<'a>,
    found: Vec<(Cell<'a>, Tie)>,
}

impl<'a, 'd> Inputs<'a, 'd> {
    /// Finds what a cell rests on directly; a thing may be found twice.
    pub(in crate::explain) fn of(draws: &'d Draws<'a>, cell: Cell<'a>) -> Vec<(Cell<'a>, Tie)> {
        let mut inputs = Self { draws, found: Vec::new() };
        match cell.field {
            None => inputs.existence(cell.spot),
            Some(field) => {
                inputs.row(cell.spot, Tie::Row);
                inputs.field(cell.spot, field);
            }
        }
        inputs.found
    }

    fn add(&mut self, spot: Spot<'a>, field: Option<u16>, tie: Tie) {
        self.found.push((Cell { spot, field }, tie));
    }

    fn row(&mut self, spot: Spot<'a>, tie: Tie) {
        self.add(spot, None, tie);
    }

    /// Adds the rows that a value refers to.
    fn references(&mut self, spot: Spot<'a>, val: &Val<'a>, tie: Tie) {
        drawn::references(&spot, val, &mut |row| self.found.push((Cell { spot: row, field: None }, tie)));
    }

    fn existence(&mut self, spot: Spot<'a>) {
        let Some(taken) = spot.taken() else {
            if spot.is_base() {
                self.owners(spot);
            } else {
                self.group(spot);
            }
            return;
        };
        self.row(taken.source, Tie::Source);
        self.expression(&Scene::of(taken.source), &taken.rule.when, &taken.plan.when.op, Tie::Condition);
        self.step(&taken, Tie::Condition);
    }

    /// Adds the rows that own a base row.
    fn owners(&mut self, spot: Spot<'a>) {
        for (number, field) in (0..).zip(&spot.plan.list(spot.list()).fields) {
            if field.on_remove == OnRemove::Cascade {
                self.references(spot, &spot.read(Some(number)), Tie::Owner);
            }
        }
    }

    fn group(&mut self, group: Spot<'a>) {
        if let Some(over) = group.kept_by() {
            self.row(over, Tie::Source);
        }
        let rule = group.declared().and_then(|list| list.rules.first());
        for (spot, plan) in self.draws.members(group) {
            self.row(spot, Tie::Source);
            self.joined(spot, rule, &plan.when, &plan.by, Tie::Condition);
        }
    }

    /// Adds what makes a row a member of its group.
    fn joined(&mut self, member: Spot<'a>, rule: Option<&'a Rule>, when: &'a Lowered, by: &'a [Lowered], tie: Tie) {
        let Some(rule) = rule else { return };
        let scene = Scene::of(member);
        self.expression(&scene, &rule.when, &when.op, tie);
        if let Each::Group { by: declared, .. } = &rule.each {
            for (expr, lowered) in declared.iter().zip(by) {
                self.expression(&scene, expr, &lowered.op, tie);
            }
        }
    }

    /// Adds what the step rests on that made a row.
    fn step(&mut self, taken: &Taken<'a>, tie: Tie) {
        let source = taken.source;
        match (&taken.rule.each, &taken.plan.each) {
            (Each::Element(field), _) => {
                if let Some(field) = source.field(field) {
                    self.element(source, field, &taken.element(), tie);
                }
            }
            (Each::Table(table), _) => self.add(source, source.field(&table.by), tie),
            (Each::Match { on, when, .. }, EachPlan::Match(plan)) => {
                let Some(matched) = taken.matched() else { return };
                self.row(matched, Tie::Source);
                let scene = Scene::of(source);
                for ((field, probe), (_, ops)) in on.iter().zip(&plan.on) {
                    let field = matched.field(field);
                    let has = matched.read(field);
                    let is_it = |op: &'a Op| {
                        let probe = scene.eval(op);
                        match field {
                            Some(_) => matched.names().same(&has, &probe),
                            None => matched.names().text(&probe) == matched.key().as_str(),
                        }
                    };
                    if field.is_some() {
                        self.add(matched, field, tie);
                    }
                    if let Some((expr, op)) = probe.values().iter().zip(ops).find(|(_, op)| is_it(op)) {
                        self.expression(&scene, expr, op, tie);
                    }
                }
                self.expression(&Scene::of_match(*taken), when, &plan.when.op, tie);
            }
            _ => {}
        }
    }

    fn field(&mut self, spot: Spot<'a>, field: u16) {
        if spot.is_base() {
            self.references(spot, &spot.read(Some(field)), Tie::Reference);
            return;
        }
        let program = spot.program(field);
        let authored = authored(spot, field);
        self.references(spot, &authored, Tie::Reference);
        if by_rule(program.write, &authored)
            && let Some(expr) = declared(spot, field)
        {
            self.expression(&Scene::of_set(spot), expr, &program.rule.op, Tie::Value);
        }
    }

    /// Adds what one element of a list rests on.
    fn element(&mut self, spot: Spot<'a>, field: u16, element: &Val<'a>, tie: Tie) {
        if spot.is_base() {
            self.row(spot, tie);
            self.references(spot, element, tie);
            return;
        }
        let program = spot.program(field);
        let authored = authored(spot, field);
        if !authored.is_missing() {
            self.references(spot, element, tie);
        }
        if !by_rule(program.write, &authored) {
            return;
        }
        let Some(expr) = declared(spot, field) else { return };
        let (scene, op) = (Scene::of_set(spot), &program.rule.op);
        let read = if is_read(expr) { scene.resolve(expr, op.bare()) } else { None };
        match read {
            Some(Read::Field { spot, field: Some(field), path: [] }) => self.element(spot, field, element, tie),
            Some(Read::Authored { spot, .. }) => self.references(spot, element, tie),
            Some(Read::Shared { group, path: [], .. }) => {
                self.row(group, tie);
                self.references(group, element, tie);
            }
            _ => self.expression(&scene, expr, op, tie),
        }
    }

    /// Adds what an expression's value rests on.
    fn expression(&mut self, scene: &Scene<'a>, expr: &'a Expr, op: &'a Op, tie: Tie) {
        for (expr, op) in scene.reads(expr, op) {
            if let Some(read) = scene.resolve(expr, op) {
                self.read(&read, tie);
            }
        }
    }

    fn read(&mut self, read: &Read<'a>, tie: Tie) {
        match *read {
            Read::Field { spot, field, path } => {
                self.add(spot, field, tie);
                self.path(&spot, &spot.read(field), path, tie);
            }
            Read::Authored { spot, field } => self.references(spot, &spot.authored(field), tie),
            Read::Element { taken, path } => {
                self.step(&taken, tie);
                self.path(&taken.source, &taken.element(), path, tie);
            }
            Read::Line { taken, column, path } => {
                self.step(&taken, tie);
                self.path(&taken.source, &taken.column(Some(column)), path, tie);
            }
            Read::Shared { group, by, path } => {
                let shared = group.slot(by);
                self.row(group, tie);
                self.references(group, &shared, tie);
                self.path(&group, &shared, path, tie);
            }
            Read::Members { group, of, slot } => {
                let rule = group.declared().and_then(|list| list.rules.first());
                for row in self.draws.of_members(group, slot) {
                    if let Some(member) = row.member {
                        self.joined(row.spot, rule, &member.when, &member.by, tie);
                    }
                    self.drawn(&row, of, tie);
                }
            }
            Read::RowsOf { here, of, slot } => {
                let one = Val::Reference { list: here.root, row: here.row };
                for row in self.draws.rows_of(here, slot) {
                    if let Some(by) = of.rows_of.as_ref().and_then(|rows_of| row.spot.field(&rows_of.by)) {
                        self.element(row.spot, by, &one, tie);
                    }
                    self.drawn(&row, of, tie);
                }
            }
        }
    }

    fn drawn(&mut self, row: &drawn::Drawn<'a>, of: &'a crate::schema::Aggregate, tie: Tie) {
        self.row(row.spot, tie);
        let scene = Scene::of(row.spot);
        self.expression(&scene, &of.when, &row.when.op, tie);
        if let Some((expr, lowered)) = of.value.as_ref().zip(row.value) {
            self.expression(&scene, expr, &lowered.op, tie);
        }
    }

    fn path(&mut self, spot: &Spot<'a>, start: &Val<'a>, path: &[crate::value::Name], tie: Tie) {
        for (row, field) in cells(spot, start, path) {
            self.add(row, Some(field), tie);
        }
    }
}

fn authored(spot: Spot<'_>, field: u16) -> Val<'_> {
    match spot.program(field).write {
        Write::Locked => Val::Missing,
        _ => spot.authored(field),
    }
}

/// Tells whether the rule's value counts beside what is authored.
fn by_rule(write: Write, authored: &Val<'_>) -> bool {
    match write {
        Write::Local => false,
        Write::Suggest => authored.is_missing(),
        _ => true,
    }
}

/// Returns what the rule that made a row sets a field to.
fn declared(spot: Spot<'_>, field: u16) -> Option<&Expr> {
    let rule = match spot.taken() {
        Some(taken) => taken.rule,
        None => spot.declared()?.rules.first()?,
    };
    rule.set.get(spot.field_name(field))
}
