use serde::Serialize;

use super::{
    chain::Chain,
    explanation::{Contribution, Node},
    read::Scene,
    spot::{Spot, Taken},
};
use crate::{
    plan::{EachPlan, Op},
    schema::{Each, Expr},
    value::{Key, Name, Value},
};

/// A rule that made a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Made {
    /// The list of the row made.
    pub list: Name,
    /// The key of the row made.
    pub key: Key,
    /// The rule.
    pub rule: Name,
    /// The list and key of the row that the rule read; nothing for a group, which has many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<(Name, Key)>,
    /// The condition that held; nothing where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// How the row came of it.
    pub step: Step,
}

/// A condition, and what rests on it that it holds or does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Condition {
    /// The condition.
    pub expression: String,
    /// What it rests on.
    pub inputs: Vec<Node>,
}

/// How a row came of the row that the rule read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Step {
    /// There is one row for each.
    Row,
    /// There is one for each element of a list.
    Element {
        /// The element.
        value: Value,
        /// The list that it is in.
        of: Node,
    },
    /// There is one for each line of a table.
    Line {
        /// The column that names the line, and its value.
        line: (Name, Value),
        /// The value that picks the lines.
        by: Node,
    },
    /// There is one for each row matched.
    Matched {
        /// The list matched.
        list: Name,
        /// The key of the row matched.
        key: Key,
        /// The fields compared.
        on: Vec<Probed>,
        /// The condition that held; nothing where there is none.
        #[serde(skip_serializing_if = "Option::is_none")]
        when: Option<Condition>,
    },
    /// There is one for each group.
    Group {
        /// What is grouped by, and the value that the members share.
        by: Vec<(String, Value)>,
        /// The members.
        members: Vec<Contribution>,
        /// How many more there are.
        more: usize,
        /// The list and key of the row that keeps the group, with or without members.
        #[serde(skip_serializing_if = "Option::is_none")]
        over: Option<(Name, Key)>,
    },
}

/// A field of a row matched, and the value probed for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Probed {
    /// The field of the row matched.
    pub field: Node,
    /// What gives the value probed for.
    pub expression: String,
    /// What that rests on.
    pub inputs: Vec<Node>,
}

impl<'a> Chain<'a> {
    /// Explains why a row exists, from its root down.
    pub(super) fn membership(&mut self, spot: Spot<'a>) -> Vec<Made> {
        let mut spine = vec![spot];
        let mut at = spot;
        while let Some(taken) = at.taken() {
            at = taken.source;
            spine.push(at);
        }
        spine.into_iter().rev().filter_map(|spot| self.made(spot)).collect()
    }

    fn made(&mut self, spot: Spot<'a>) -> Option<Made> {
        if spot.is_group() && spot.at.block == 0 {
            return self.grouped(spot);
        }
        let taken = spot.taken()?;
        let when = self.condition(&Scene::of(taken.source), &taken.rule.when, &taken.plan.when.op);
        let from = Some((taken.source.name().clone(), taken.source.key()));
        let step = self.step(&taken);
        Some(Made { list: spot.name().clone(), key: spot.key(), rule: taken.rule.id.clone(), from, when, step })
    }

    fn condition(&mut self, scene: &Scene<'a>, expr: &'a Expr, op: &'a Op) -> Option<Condition> {
        (!expr.is_always()).then(|| Condition { expression: expr.to_string(), inputs: self.inputs(scene, expr, op) })
    }

    fn step(&mut self, taken: &Taken<'a>) -> Step {
        let source = taken.source;
        match (&taken.rule.each, &taken.plan.each) {
            (Each::Element(field), _) => {
                Step::Element { value: source.value(&taken.element()), of: self.named(source, field) }
            }
            (Each::Table(table), _) => Step::Line {
                line: (table.key.clone(), source.value(&taken.column(None))),
                by: self.named(source, &table.by),
            },
            (Each::Match { on, when, .. }, EachPlan::Match(plan)) => {
                let Some(matched) = taken.matched() else { return Step::Row };
                let scene = Scene::of(source);
                let mut probed = Vec::new();
                for ((field, probe), (_, ops)) in on.iter().zip(&plan.on) {
                    let has = matched.read(matched.field(field));
                    let is_it = |op: &&'a Op| {
                        let probe = scene.eval(op);
                        if field == "key" {
                            return matched.names().text(&probe) == matched.key().as_str();
                        }
                        matched.names().same(&has, &probe)
                    };
                    let at = ops.iter().position(|op| is_it(&op)).unwrap_or_default();
                    let (Some(expr), Some(op)) = (probe.values().get(at), ops.get(at)) else { continue };
                    probed.push(Probed {
                        field: self.named(matched, field),
                        expression: expr.to_string(),
                        inputs: self.inputs(&scene, expr, op),
                    });
                }
                let when = self.condition(&Scene::of_match(*taken), when, &plan.when.op);
                Step::Matched { list: matched.name().clone(), key: matched.key(), on: probed, when }
            }
            _ => Step::Row,
        }
    }

    fn grouped(&mut self, group: Spot<'a>) -> Option<Made> {
        let rule = group.declared()?.rules.first()?;
        let Each::Group { by, .. } = &rule.each else { return None };
        let values = (0..).zip(by).map(|(slot, expr)| (expr.to_string(), group.value(&group.slot(slot)))).collect();
        let (members, more) = self.members(group);
        let over = group.kept_by().map(|row| (row.name().clone(), row.key()));
        let step = Step::Group { by: values, members, more, over };
        Some(Made { list: group.name().clone(), key: group.key(), rule: rule.id.clone(), from: None, when: None, step })
    }
}
