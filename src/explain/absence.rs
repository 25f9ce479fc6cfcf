//! Finding what a row that is not there lacks.
//!
//! Architecture invariant: a key says by itself where its row would come from. What is missing is found by the programs that
//! the engine runs, at the rows that are there.

use std::collections::HashSet;

use super::{
    chain::{Chain, MOST},
    key_forms::{KeyForms, Path},
    membership::{Condition, Probed},
    read::Scene,
    spot::{Spot, Taken},
    why_not::{Absent, Failed, Lack, Missed, NotMember, Why},
};
use crate::{
    engine::{At, lines_of},
    plan::{EachPlan, MatchPlan, Op, RulePlan},
    schema::{Each, Expr, Rule, children},
    store::Val,
    system::{Sight, locate},
    value::Key,
};

/// An explanation of what is not there, being made.
#[derive(Debug)]
pub(super) struct Absence<'a, 'k> {
    sight: Sight<'a>,
    chain: Chain<'a>,
    /// The rows that are told already: each is once.
    seen: HashSet<Path<'k>>,
    forms: KeyForms<'a>,
}

impl<'a, 'k> Absence<'a, 'k> {
    pub(super) fn new(sight: Sight<'a>) -> Self {
        Self { sight, chain: Chain::new(sight), seen: HashSet::new(), forms: KeyForms::new(sight.plan) }
    }

    /// Tells why a row is not there, by its list's number and its key.
    pub(super) fn of(&mut self, list: u16, key: &'k str) -> Absent {
        let why = self.why(list, key);
        Absent { list: self.sight.plan.list(list).name.clone(), key: shortened(key), why }
    }

    fn why(&mut self, list: u16, key: &'k str) -> Why {
        let path = key.parse::<Key>().ok().and_then(|_| self.forms.home(list, key));
        match path {
            Some(path) => self.at(path),
            None => Why::NoSuchKey { accepted: self.forms.accepted(list) },
        }
    }

    /// Finds the row at a place.
    fn row(&self, path: Path<'k>) -> Option<Spot<'a>> {
        let Sight { plan, store, .. } = self.sight;
        let top = Spot::root(plan, store, path.root, store.find(path.root, path.top)?)?;
        let row = locate::find(&top.cx(), path.block, path.steps)?;
        Some(Spot { at: At { block: path.block, row }, ..top })
    }

    fn absent(&mut self, path: Path<'k>) -> Absent {
        let plan = self.sight.plan;
        let list = plan.list(plan.root(path.root).block(path.block).list);
        let key = self.key(path);
        Absent { list: list.name.clone(), key, why: self.at(path) }
    }

    /// Writes the key of the row that would be at a place.
    fn key(&self, path: Path<'k>) -> String {
        let plan = self.sight.plan;
        let list = plan.list(plan.root(path.root).block(path.block).list);
        let mut key = String::new();
        if list.tagged {
            key.push_str(plan.list(plan.root(path.root).list).name.as_str());
            key.push('/');
        }
        key.push_str(path.top);
        if !path.steps.is_empty() {
            key.push('/');
            key.push_str(path.steps);
        }
        shortened(&key)
    }

    /// Tells why there is no row at a place that fits the list.
    fn at(&mut self, path: Path<'k>) -> Why {
        if let Some(row) = self.row(path) {
            return self.there(path, row);
        }
        if !self.seen.insert(path) {
            return Why::Elsewhere;
        }
        let plan = self.sight.plan;
        if path.block == 0 {
            return self.no_members(path).unwrap_or(Why::NotInserted);
        }
        let rules = &plan.root(path.root).block(path.block).rules;
        let missed = rules.iter().filter_map(|rule| self.missed(path, rule)).collect();
        Why::NotMade { rules: missed }
    }

    fn there(&mut self, path: Path<'k>, row: Spot<'a>) -> Why {
        let Some(taken) = row.taken() else {
            let rule =
                if row.is_group() { self.forms.grouping(path.root).map(|(rule, _)| rule.id.clone()) } else { None };
            return Why::There { rule, also: Vec::new() };
        };
        let rules = &self.sight.plan.root(path.root).block(path.block).rules;
        let later = rules.iter().skip_while(|rule| rule.name != taken.plan.name).skip(1);
        let mut also = Vec::new();
        for rule in later {
            if self.forms.above(path.root, rule, path.steps).is_some() && self.missed(path, rule).is_none() {
                also.push(rule.name.clone());
            }
        }
        Why::There { rule: Some(taken.plan.name.clone()), also }
    }

    /// Tells what a rule lacks to make the row at a place; nothing where its keys are others, or nothing is missing.
    fn missed(&mut self, path: Path<'k>, rule: &'a RulePlan) -> Option<Missed> {
        let (above, step) = self.forms.above(path.root, rule, path.steps)?;
        let plan = self.sight.plan;
        let source = Path { block: rule.parent, steps: above, ..path };
        let declared = self.forms.declared(plan.root(path.root).block(path.block).list, rule)?;
        let lacks = match self.row(source) {
            None => Some(Lack::Source(Box::new(self.absent(source)))),
            Some(row) => self.lack(row, rule, declared, step),
        };
        let list = &plan.list(plan.root(path.root).block(rule.parent).list).name;
        lacks.map(|lacks| Missed { rule: rule.name.clone(), from: (list.clone(), self.key(source)), lacks })
    }

    /// Tells what is missing for a rule to take a step from a row that is there.
    fn lack(&mut self, source: Spot<'a>, plan: &'a RulePlan, rule: &'a Rule, step: &'k str) -> Option<Lack> {
        let scene = Scene::of(source);
        if !scene.is_true(&plan.when.op) {
            return Some(Lack::Condition(self.failed(&scene, &rule.when, &plan.when.op)));
        }
        match (&plan.each, &rule.each) {
            (EachPlan::Element { list, .. }, Each::Element(field)) => {
                let elements = scene.eval(&list.op);
                let has = match &elements {
                    Val::List(items) => items.iter(source.store).any(|element| is_segment(&source, &element, step)),
                    _ => false,
                };
                (!has).then(|| Lack::Element { element: step.to_owned(), of: self.chain.named(source, field) })
            }
            (EachPlan::Table { by, .. }, Each::Table(table)) => {
                let lines = lines_of(&plan.each, source.names(), &scene.eval(&by.op));
                let name = |line: &u32| Taken { source, plan, rule, step: *line }.column(None);
                if lines.iter().any(|line| is_segment(&source, &name(line), step)) {
                    return None;
                }
                let line = (table.key.clone(), step.to_owned());
                let lines = lines.iter().map(|line| source.value(&name(line))).collect();
                Some(Lack::Line { line, by: self.chain.named(source, &table.by), lines })
            }
            (EachPlan::Match(of), Each::Match { .. }) => self.unmatched(source, (plan, of), rule, step),
            _ => None,
        }
    }

    fn unmatched(
        &mut self,
        source: Spot<'a>,
        (plan, of): (&'a RulePlan, &'a MatchPlan),
        rule: &'a Rule,
        step: &'k str,
    ) -> Option<Lack> {
        let Each::Match { on, when, .. } = &rule.each else { return None };
        let place = Path { root: of.list, block: 0, top: step, steps: "" };
        let Some(matched) = self.row(place) else { return Some(Lack::Matched(Box::new(self.absent(place)))) };
        let scene = Scene::of(source);
        let mut differ = Vec::new();
        for ((field, probe), (_, ops)) in on.iter().zip(&of.on) {
            let has = matched.read(matched.field(field));
            let same = |op: &'a Op| {
                let probed = source.cx().resolved(scene.eval(op));
                !probed.is_missing()
                    && if field == "key" {
                        matched.names().text(&probed) == matched.key().as_str()
                    } else {
                        matched.names().same(&has, &probed)
                    }
            };
            if ops.iter().any(same) {
                continue;
            }
            for (expr, op) in probe.values().iter().zip(ops) {
                let (expression, inputs) = (expr.to_string(), self.chain.inputs(&scene, expr, op));
                differ.push(Probed { field: self.chain.named(matched, field), expression, inputs });
            }
        }
        let (list, key) = (matched.name().clone(), matched.key());
        if !differ.is_empty() {
            return Some(Lack::Probes { list, key, differ });
        }
        let scene = Scene::of_match(Taken { source, plan, rule, step: matched.row });
        let holds = scene.is_true(&of.when.op);
        (!holds).then(|| Lack::MatchedCondition { list, key, failed: self.failed(&scene, when, &of.when.op) })
    }

    fn failed(&mut self, scene: &Scene<'a>, expr: &'a Expr, op: &'a Op) -> Failed {
        let mut parts = Vec::new();
        self.take_apart(scene, expr, op, &mut parts);
        Failed { expression: expr.to_string(), parts }
    }

    /// Collects, of conditions that had to hold together, those that do not.
    fn take_apart(&mut self, scene: &Scene<'a>, expr: &'a Expr, op: &'a Op, parts: &mut Vec<Condition>) {
        if scene.is_true(op) {
            return;
        }
        let op = op.bare();
        if let (Expr::And(_), Op::And(_)) = (expr, op) {
            for (expr, op) in children(expr).into_iter().zip(op.operands()) {
                self.take_apart(scene, expr, op, parts);
            }
            return;
        }
        parts.push(Condition { expression: expr.to_string(), inputs: self.chain.inputs(scene, expr, op) });
    }

    /// Tells why there is no group; nothing where the place is in no list of groups.
    fn no_members(&mut self, path: Path<'k>) -> Option<Why> {
        let Sight { plan, store, .. } = self.sight;
        let group = plan.root(path.root).group.as_ref()?;
        let (rule, by) = self.forms.grouping(path.root)?;
        let segments: Vec<&str> = path.top.split('/').collect();
        let mut near = Vec::new();
        for member in &group.members {
            for spot in Spot::all(plan, store, member.root, member.block) {
                let shares =
                    member.by.iter().zip(&segments).all(|(by, segment)| is_segment(&spot, &spot.eval(&by.op), segment));
                if shares && !spot.is_true(&member.when.op) {
                    near.push((spot, member));
                }
            }
        }
        near.sort_by_cached_key(|(spot, _)| (spot.list(), spot.key()));
        let more = near.len().saturating_sub(MOST);
        let mut not_members = Vec::new();
        for (spot, member) in near.into_iter().take(MOST) {
            let failed = self.failed(&Scene::of(spot), &rule.when, &member.when.op);
            not_members.push(NotMember { list: spot.name().clone(), key: spot.key(), failed });
        }
        let over = group.over.map(|over| {
            let place = Path { root: over, block: 0, top: path.top, steps: "" };
            Box::new(self.absent(place))
        });
        Some(Why::NoMembers {
            rule: rule.id.clone(),
            from: rule.from.clone(),
            by: by.iter().map(ToString::to_string).zip(segments.into_iter().map(plain)).collect(),
            near: not_members,
            more,
            over,
        })
    }
}

/// Tells whether a value stands in keys as a segment.
fn is_segment(spot: &Spot<'_>, val: &Val<'_>, segment: &str) -> bool {
    if matches!(val, Val::Missing | Val::List(_)) {
        return false;
    }
    let mut text = String::new();
    spot.names().write_segment(val, &mut text);
    text == segment
}

/// Returns the plain text of a segment.
fn plain(segment: &str) -> String {
    Key::trusted(segment).segments().collect()
}

fn shortened(key: &str) -> String {
    if key.chars().count() > 200 { key.chars().take(200).chain(['…']).collect() } else { key.to_owned() }
}
