//! The chain of rules and sources behind a value.

use std::collections::HashSet;

use super::{
    drawn,
    explanation::{Contribution, How, Node, Place},
    read::{Read, Scene},
    spot::{Id, Spot, Taken},
};
use crate::{
    plan::{MemberPlan, Op},
    schema::{Aggregate, Each, Expr, Rule, Write, is_read},
    store::Val,
    system::Sight,
    value::{Name, Value},
};

/// How many rows of an aggregate, or cells of a path, are told one by one.
pub(super) const MOST: usize = 20;
/// How far a chain is followed in one explanation.
const DEEPEST: usize = 128;

/// An explanation being made.
#[derive(Debug)]
pub(super) struct Chain<'a> {
    pub(super) sight: Sight<'a>,
    /// The derived fields that are explained already: each is once.
    seen: HashSet<(Id, u16)>,
    depth: usize,
}

impl<'a> Chain<'a> {
    pub(super) fn new(sight: Sight<'a>) -> Self {
        Self { sight, seen: HashSet::new(), depth: 0 }
    }

    /// Explains a field by its name; `key` is the row itself.
    pub(super) fn named(&mut self, spot: Spot<'a>, field: &Name) -> Node {
        self.field(spot, spot.field(field))
    }

    /// Explains a field of a row; `None` is the row itself.
    pub(super) fn field(&mut self, spot: Spot<'a>, field: Option<u16>) -> Node {
        let name = field.map_or_else(|| Name::from("key"), |field| spot.field_name(field).clone());
        let place = Some(Place { list: spot.name().clone(), key: spot.key(), field: name });
        let value = spot.value(&spot.read(field));
        let how = match field {
            None => How::Key,
            Some(_) if spot.is_base() => How::Base,
            Some(field) => self.derived(spot, field, place.as_ref()),
        };
        Node { read: None, place, value, how }
    }

    fn derived(&mut self, spot: Spot<'a>, field: u16, place: Option<&Place>) -> How {
        if self.depth >= DEEPEST || !self.seen.insert((spot.id(), field)) {
            return How::Elsewhere;
        }
        self.depth += 1;
        let program = spot.program(field);
        let authored = match program.write {
            Write::Locked => Val::Missing,
            _ => spot.authored(field),
        };
        let how = match (program.write, authored) {
            (Write::Local, Val::Missing) => How::Unset,
            (_, Val::Missing) => self.by_rule(spot, field, &program.rule.op),
            (write, authored) => {
                let rule = (write != Write::Local).then(|| {
                    let value = spot.value(&spot.eval(&program.rule.op));
                    let how = self.by_rule(spot, field, &program.rule.op);
                    Box::new(Node { read: None, place: place.cloned(), value, how })
                });
                let reason = self.sight.reason(spot.list(), &spot.key(), field).map(str::to_owned);
                How::Authored { write, authored: spot.value(&authored), reason, rule }
            }
        };
        self.depth -= 1;
        how
    }

    /// Explains what the rule that made a row gives a field.
    fn by_rule(&mut self, spot: Spot<'a>, field: u16, op: &'a Op) -> How {
        let rule = match spot.taken() {
            Some(taken) => Some(taken.rule),
            None => spot.declared().and_then(|list| list.rules.first()),
        };
        let set = rule.and_then(|rule| Some((rule.id.clone(), rule.set.get(spot.field_name(field))?)));
        let Some((rule, expr)) = set else { return How::Unset };
        let scene = Scene::of_set(spot);
        let mut inputs = self.inputs(&scene, expr, op);
        if is_read(expr)
            && !matches!(expr, Expr::Aggregate(_) | Expr::Authored(_))
            && let Some(from) = inputs.pop()
        {
            return How::Inherited { rule, from: Box::new(from) };
        }
        How::Computed { rule: Some(rule), expression: expr.to_string(), inputs }
    }

    /// Explains what an expression's value rests on.
    pub(super) fn inputs(&mut self, scene: &Scene<'a>, expr: &'a Expr, op: &'a Op) -> Vec<Node> {
        let reads = scene.reads(expr, op);
        reads.into_iter().filter_map(|(expr, op)| self.input(scene, expr, op)).collect()
    }

    fn input(&mut self, scene: &Scene<'a>, expr: &'a Expr, op: &'a Op) -> Option<Node> {
        let read = scene.resolve(expr, op)?;
        let mut node = self.read(scene, &read, op);
        node.read = Some(expr.to_string());
        Some(node)
    }

    fn read(&mut self, scene: &Scene<'a>, read: &Read<'a>, op: &'a Op) -> Node {
        let plain = |value: Value, how: How| Node { read: None, place: None, value, how };
        let value = |val: &Val<'a>| scene.frame.value(val);
        match *read {
            Read::Field { spot, field, path } => {
                let node = self.field(spot, field);
                self.path(&spot, &spot.read(field), node, path)
            }
            Read::Authored { spot, field } => {
                let authored = spot.value(&spot.authored(field));
                let reason = self.sight.reason(spot.list(), &spot.key(), field).map(str::to_owned);
                let write = spot.program(field).write;
                let field = spot.field_name(field).clone();
                let place = Some(Place { list: spot.name().clone(), key: spot.key(), field });
                let how = match authored {
                    Value::Missing => How::Unset,
                    _ => How::Authored { write, authored: authored.clone(), reason, rule: None },
                };
                Node { read: None, place, value: authored, how }
            }
            Read::Element { taken, path } => {
                let element = taken.element();
                let node = plain(value(&element), How::Element { of: Box::new(self.list_of(&taken)) });
                self.path(&taken.source, &element, node, path)
            }
            Read::Line { taken, column, path } => {
                let cell = taken.column(Some(column));
                let node = plain(value(&cell), self.line(&taken));
                self.path(&taken.source, &cell, node, path)
            }
            Read::Shared { group, by, path } => {
                let shared = group.slot(by);
                let node = match group.kept_by() {
                    // The row that keeps the group is what its members share.
                    Some(over) => self.field(over, None),
                    None => plain(value(&shared), self.shared(group, by)),
                };
                self.path(&group, &shared, node, path)
            }
            Read::Members { group, of, slot } => {
                let rows = drawn::of_members(&self.sight, group, slot);
                let how = self.aggregate(of, &rows, rule_of(&group));
                plain(value(&scene.eval(op)), how)
            }
            Read::RowsOf { here, of, slot } => {
                let rows = drawn::rows_of(&self.sight, here, slot);
                let how = self.aggregate(of, &rows, None);
                plain(value(&scene.eval(op)), how)
            }
        }
    }

    /// Explains what the members of a group share.
    fn shared(&mut self, group: Spot<'a>, by: u16) -> How {
        let (members, more) = self.members(group);
        let expression = match rule_of(&group).map(|rule| &rule.each) {
            Some(Each::Group { by: all, .. }) => all.get(usize::from(by)).map(ToString::to_string),
            _ => None,
        };
        How::Shared { expression: expression.unwrap_or_default(), members, more }
    }

    /// Explains the list that an element was taken from.
    fn list_of(&mut self, taken: &Taken<'a>) -> Node {
        match &taken.rule.each {
            Each::Element(field) => self.named(taken.source, field),
            _ => self.field(taken.source, None),
        }
    }

    fn line(&mut self, taken: &Taken<'a>) -> How {
        let (key, by) = match &taken.rule.each {
            Each::Table(table) => (table.key.clone(), self.named(taken.source, &table.by)),
            _ => (Name::from("key"), self.field(taken.source, None)),
        };
        How::Line { line: (key, taken.source.value(&taken.column(None))), by: Box::new(by) }
    }

    /// Goes on from a value through references.
    fn path(&mut self, spot: &Spot<'a>, start: &Val<'a>, node: Node, path: &'a [Name]) -> Node {
        let follows = path.iter().any(|name| name != "key");
        if !follows {
            return node;
        }
        let value = spot.value(&spot.cx().follow(start.clone(), path));
        let cells = cells(spot, start, path);
        let more = cells.len().saturating_sub(MOST);
        let mut hops = vec![node];
        hops.extend(cells.into_iter().take(MOST).map(|(spot, field)| self.field(spot, Some(field))));
        Node { read: None, place: None, value, how: How::Path { hops, more } }
    }

    fn aggregate(&mut self, of: &'a Aggregate, all: &[drawn::Drawn<'a>], rule: Option<&'a Rule>) -> How {
        let more = all.len().saturating_sub(MOST);
        let rows = all.iter().take(MOST).map(|row| self.contribution(of, row, rule)).collect();
        let by = of.rows_of.as_ref().map(|rows_of| rows_of.by.clone());
        How::Aggregate { fold: of.fold, by, rows, more }
    }

    fn contribution(&mut self, of: &'a Aggregate, row: &drawn::Drawn<'a>, rule: Option<&'a Rule>) -> Contribution {
        let (spot, scene) = (row.spot, Scene::of(row.spot));
        let mut because = Vec::new();
        if let Some(rows_of) = &of.rows_of {
            because.push(self.named(spot, &rows_of.by));
        }
        if let Some(member) = row.member {
            because.extend(self.joined(&scene, rule, member));
        }
        because.extend(self.inputs(&scene, &of.when, &row.when.op));
        let value = of.value.as_ref().zip(row.value).map(|(expr, lowered)| {
            let mut inputs = self.inputs(&scene, expr, &lowered.op);
            match inputs.pop() {
                Some(node) if is_read(expr) => node,
                last => {
                    inputs.extend(last);
                    let expression = expr.to_string();
                    let value = spot.value(&scene.eval(&lowered.op));
                    Node { read: None, place: None, value, how: How::Computed { rule: None, expression, inputs } }
                }
            }
        });
        Contribution { list: spot.name().clone(), key: spot.key(), value, because }
    }

    /// Explains the members of a group: how many more there are, too.
    pub(super) fn members(&mut self, group: Spot<'a>) -> (Vec<Contribution>, usize) {
        let rule = rule_of(&group);
        let all = drawn::members(&self.sight, group);
        let more = all.len().saturating_sub(MOST);
        let mut members = Vec::new();
        for (spot, plan) in all.into_iter().take(MOST) {
            let because = self.joined(&Scene::of(spot), rule, plan);
            members.push(Contribution { list: spot.name().clone(), key: spot.key(), value: None, because });
        }
        (members, more)
    }

    /// Explains why a row is a member of its group.
    fn joined(&mut self, scene: &Scene<'a>, rule: Option<&'a Rule>, plan: &'a MemberPlan) -> Vec<Node> {
        let Some(rule) = rule else { return Vec::new() };
        let mut because = self.inputs(scene, &rule.when, &plan.when.op);
        if let Each::Group { by, .. } = &rule.each {
            for (expr, lowered) in by.iter().zip(&plan.by) {
                because.extend(self.inputs(scene, expr, &lowered.op));
            }
        }
        because
    }
}

/// Returns the rule that makes groups.
fn rule_of<'a>(group: &Spot<'a>) -> Option<&'a Rule> {
    group.declared()?.rules.first()
}

/// Returns the cells that a path from a value reads, hop by hop.
pub(super) fn cells<'a>(spot: &Spot<'a>, start: &Val<'a>, path: &[Name]) -> Vec<(Spot<'a>, u16)> {
    let mut found = Vec::new();
    let mut rows = Vec::new();
    drawn::references(spot, start, &mut |row| rows.push(row));
    for name in path.iter().filter(|name| **name != "key") {
        let mut next = Vec::new();
        let mut seen = HashSet::new();
        for row in rows {
            let Some(field) = row.field(name) else { continue };
            if seen.insert(row.id()) {
                found.push((row, field));
                drawn::references(&row, &row.read(Some(field)), &mut |row| next.push(row));
            }
        }
        rows = next;
    }
    found
}
