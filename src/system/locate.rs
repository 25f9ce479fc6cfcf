use crate::{
    engine::{At, Cx, Side},
    plan::{EachPlan, Plan, Role},
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
pub(crate) fn find(cx: &Cx<'_>, block: u16, steps: &str) -> Option<u32> {
    if block == 0 {
        return steps.is_empty().then_some(0);
    }
    let rows = cx.block(block);
    for (number, rule) in (0..).zip(&cx.plan.root(cx.root).block(block).rules) {
        let own = match &rule.each {
            EachPlan::Row => 0,
            EachPlan::Match(of) => match cx.plan.list(cx.plan.root(of.list).list).role {
                Role::Group { segments, .. } => usize::from(segments),
                _ => 1,
            },
            _ => 1,
        };
        let Some((above, last)) = split_last(steps, own) else { continue };
        let Some(parent) = find(cx, rule.parent, above) else { continue };
        let is_step: Box<dyn Fn(u32) -> bool> = match &rule.each {
            EachPlan::Row => Box::new(|_| true),
            EachPlan::Match(of) => match cx.store.find(of.list, last) {
                Some(row) => Box::new(move |step| step == row),
                None => continue,
            },
            each => Box::new(move |step| {
                let mut text = String::new();
                cx.write_step(each, step, &mut text);
                text[1..] == *last
            }),
        };
        // Rows stand in the order of their parents, rule by rule.
        let found = (0..rows.count).find(|row| {
            let origin = rows.origin(*row);
            origin.rule == number && origin.parent == parent && is_step(origin.step)
        });
        if found.is_some() {
            return found;
        }
    }
    None
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
