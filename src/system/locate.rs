use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::{
    engine::{At, Cx, Side},
    plan::{EachPlan, Plan, Role, RulePlan},
    store::Store,
};

/// Finds the row of a key: its root, and its place in the family.
pub(crate) fn locate(plan: &Plan, store: &Store, list: u16, key: &str) -> Option<(u16, u32, At)> {
    let of = plan.list(list);
    let (tag, rest) = if of.tagged { key.split_once('/').map(|(tag, rest)| (Some(tag), rest))? } else { (None, key) };
    for &(root, block) in &of.homes {
        let root_list = plan.list(plan.root(root).list);
        if tag.is_some_and(|tag| root_list.name != *tag) {
            continue;
        }
        let count = match root_list.role {
            Role::Group { segments, .. } => usize::from(segments),
            _ => 1,
        };
        let (root_key, steps) = split(rest, count)?;
        let Some(row) = store.find(root, root_key) else { continue };
        let cx = Cx::new(plan, store, Side::After, root, row);
        if let Some(row_at) = find(&cx, block, steps) {
            return Some((root, row, At { block, row: row_at }));
        }
    }
    None
}

/// Cuts a key behind a number of segments.
pub(crate) fn split(key: &str, count: usize) -> Option<(&str, &str)> {
    let mut end = 0;
    for number in 0..count {
        if end > key.len() {
            return None;
        }
        let from = if number == 0 { 0 } else { end + 1 };
        end = key.get(from..)?.find('/').map_or(key.len(), |at| from + at);
    }
    Some((&key[..end], key.get(end + 1..).unwrap_or("")))
}

/// Finds the row of a block that the steps lead to.
///
/// # Complexity
/// In the rules on the way times the beginnings of the steps; in the rows that one rule makes of one row.
pub(crate) fn find(cx: &Cx<'_>, block: u16, steps: &str) -> Option<u32> {
    Search { cx, known: HashMap::default() }.find(block, steps)
}

struct Search<'c, 'a> {
    cx: &'c Cx<'a>,
    /// What was found, by block and length of the steps: several rules lead to one row, and would each look for it.
    known: HashMap<(u16, usize), Option<u32>, FixedState>,
}

impl Search<'_, '_> {
    fn find(&mut self, block: u16, steps: &str) -> Option<u32> {
        if block == 0 {
            return steps.is_empty().then_some(0);
        }
        let rules = &self.cx.plan.root(self.cx.root).block(block).rules;
        let place = (block, steps.len());
        if rules.len() > 1
            && let Some(known) = self.known.get(&place)
        {
            return *known;
        }
        let found = (0..).zip(rules).find_map(|(number, rule)| self.made(block, number, rule, steps));
        if rules.len() > 1 {
            self.known.insert(place, found);
        }
        found
    }

    /// Finds the row that a rule makes.
    fn made(&mut self, block: u16, number: u32, rule: &RulePlan, steps: &str) -> Option<u32> {
        let cx = self.cx;
        let own = match &rule.each {
            EachPlan::Row => 0,
            EachPlan::Match(of) => match cx.plan.list(cx.plan.root(of.list).list).role {
                Role::Group { segments, .. } => usize::from(segments),
                _ => 1,
            },
            _ => 1,
        };
        let (above, last) = split_last(steps, own)?;
        let parent = self.find(rule.parent, above)?;
        let rows = cx.block(block);
        // Rows stand in the order of their rules, and of the rows that these read.
        let made = |row: u32| {
            let origin = rows.origin(row);
            (origin.rule, origin.parent)
        };
        let from = first(0..rows.count, |row| made(row) >= (number, parent));
        let mut made = (from..rows.count).take_while(|row| made(*row) == (number, parent));
        match &rule.each {
            EachPlan::Row => made.next(),
            EachPlan::Match(of) => {
                let matched = cx.store.find(of.list, last)?;
                made.find(|row| rows.origin(*row).step == matched)
            }
            each => {
                let mut text = String::new();
                made.find(|row| {
                    text.clear();
                    cx.write_step(each, rows.origin(*row).step, &mut text);
                    text[1..] == *last
                })
            }
        }
    }
}

/// Finds the first number for which something holds that holds for all after it.
fn first(range: std::ops::Range<u32>, holds: impl Fn(u32) -> bool) -> u32 {
    let (mut from, mut to) = (range.start, range.end);
    while from < to {
        let middle = from + (to - from) / 2;
        if holds(middle) {
            to = middle;
        } else {
            from = middle + 1;
        }
    }
    from
}

/// Cuts a path before its last segments.
pub(crate) fn split_last(steps: &str, count: usize) -> Option<(&str, &str)> {
    if count == 0 {
        return Some((steps, ""));
    }
    if steps.is_empty() {
        return None;
    }
    let mut start = steps.len() + 1;
    for _ in 0..count {
        if start == 0 {
            return None;
        }
        start = steps[..start - 1].rfind('/').map_or(0, |at| at + 1);
    }
    Some((steps[..start].strip_suffix('/').unwrap_or(""), &steps[start..]))
}
