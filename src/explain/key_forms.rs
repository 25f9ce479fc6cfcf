//! What keys of a list look like, and where the rows that they name would be.

use std::collections::{BTreeSet, HashMap};

use indexmap::IndexSet;

use super::chain::MOST;
use crate::{
    plan::{EachPlan, Plan, Role, RulePlan},
    schema::{Each, Expr, Rule},
    system::locate,
};

/// A place where a row of a family could be: its root list and block, the key of its root, and the steps from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Path<'k> {
    pub(super) root: u16,
    pub(super) block: u16,
    pub(super) top: &'k str,
    pub(super) steps: &'k str,
}

/// The forms of the keys of all lists, found where they are asked for.
#[derive(Debug)]
pub(super) struct KeyForms<'a> {
    plan: &'a Plan,
    /// By root list and block, how many steps its rows can lie from their root.
    lengths: HashMap<u16, Vec<BTreeSet<usize>>>,
}

impl<'a> KeyForms<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        Self { plan, lengths: HashMap::new() }
    }

    /// Reads a key of a list as a place; nothing where none of its rows has such a key.
    pub(super) fn home<'k>(&mut self, list: u16, key: &'k str) -> Option<Path<'k>> {
        let plan = self.plan;
        let of = plan.list(list);
        let (tag, rest) =
            if of.tagged { key.split_once('/').map(|(tag, rest)| (Some(tag), rest))? } else { (None, key) };
        of.homes.iter().find_map(|&(root, block)| {
            let root_list = plan.list(plan.root(root).list);
            if tag.is_some_and(|tag| root_list.name != *tag) {
                return None;
            }
            let (top, steps) = locate::split(rest, self.segments(root))?;
            self.fits(root, block, steps).then_some(Path { root, block, top, steps })
        })
    }

    /// Returns the number of segments of the keys of a root list.
    fn segments(&self, root: u16) -> usize {
        let plan = self.plan;
        match plan.list(plan.root(root).list).role {
            Role::Group { segments, .. } => usize::from(segments),
            _ => 1,
        }
    }

    /// Returns the number of segments that a rule adds to a key.
    fn added(&self, rule: &RulePlan) -> usize {
        match &rule.each {
            EachPlan::Row => 0,
            EachPlan::Match(of) => self.segments(of.list),
            _ => 1,
        }
    }

    /// Tells whether rows of a block may lie so many steps from their root.
    fn fits(&mut self, root: u16, block: u16, steps: &str) -> bool {
        let plan = self.plan;
        if !self.lengths.contains_key(&root) {
            let mut lengths: Vec<BTreeSet<usize>> = Vec::new();
            // Each block comes after those that it reads.
            for of in &plan.root(root).blocks {
                let from = |rule: &RulePlan| {
                    let added = self.added(rule);
                    lengths[usize::from(rule.parent)].iter().map(|above| above + added).collect::<Vec<_>>()
                };
                let found = if of.rules.is_empty() { [0].into() } else { of.rules.iter().flat_map(from).collect() };
                lengths.push(found);
            }
            self.lengths.insert(root, lengths);
        }
        let count = if steps.is_empty() { 0 } else { steps.split('/').count() };
        self.lengths[&root][usize::from(block)].contains(&count)
    }

    /// Cuts the steps to a row into those to the row that a rule reads, and the last one.
    pub(super) fn above<'k>(&mut self, root: u16, rule: &RulePlan, steps: &'k str) -> Option<(&'k str, &'k str)> {
        let cut = locate::split_last(steps, self.added(rule))?;
        self.fits(root, rule.parent, cut.0).then_some(cut)
    }

    /// Returns what the keys of a list look like, each form once.
    pub(super) fn accepted(&self, list: u16) -> Vec<String> {
        let plan = self.plan;
        let of = plan.list(list);
        let mut accepted = IndexSet::new();
        for &(root, block) in &of.homes {
            let tag = if of.tagged { format!("{}/", plan.list(plan.root(root).list).name) } else { String::new() };
            // The forms of each block, which comes after those that it reads.
            let mut forms: Vec<IndexSet<String>> = vec![[self.root_form(root)].into()];
            for of in &plan.root(root).blocks[1..=usize::from(block)] {
                let mut found = IndexSet::new();
                for rule in &of.rules {
                    let step = self.step_form(of.list, rule);
                    found.extend(forms[usize::from(rule.parent)].iter().map(|above| format!("{above}{step}")));
                    found.truncate(MOST);
                }
                forms.push(found);
            }
            accepted.extend(forms[usize::from(block)].iter().map(|form| format!("{tag}{form}")));
        }
        accepted.into_iter().collect()
    }

    /// Returns what a rule adds to a key.
    fn step_form(&self, list: u16, rule: &RulePlan) -> String {
        match (&rule.each, self.declared(list, rule).map(|rule| &rule.each)) {
            (EachPlan::Match(of), _) => format!("/{}", self.root_form(of.list)),
            (_, Some(Each::Element(field))) => format!("/<element of {field}>"),
            (_, Some(Each::Table(table))) => format!("/<{}>", table.key),
            _ => String::new(),
        }
    }

    fn root_form(&self, root: u16) -> String {
        let list = &self.plan.list(self.plan.root(root).list).name;
        match self.grouping(root) {
            Some((_, by)) => by.iter().map(|expr| format!("<{expr}>")).collect::<Vec<_>>().join("/"),
            None => format!("<{list}>"),
        }
    }

    /// Returns the rule that makes the groups of a root list, and what it groups by.
    pub(super) fn grouping(&self, root: u16) -> Option<(&'a Rule, &'a [Expr])> {
        let plan = self.plan;
        let list = &plan.list(plan.root(root).list).name;
        let rule = plan.schema.typed().lists.get(list)?.rules.first()?;
        match &rule.each {
            Each::Group { by, .. } => Some((rule, by)),
            _ => None,
        }
    }

    pub(super) fn declared(&self, list: u16, rule: &RulePlan) -> Option<&'a Rule> {
        let plan = self.plan;
        let list = plan.schema.typed().lists.get(&plan.list(list).name)?;
        list.rules.iter().find(|declared| declared.id == rule.name)
    }
}
