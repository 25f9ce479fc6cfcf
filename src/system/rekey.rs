use crate::{
    engine::{At, Cx, Engine, Side},
    plan::{EachPlan, Find, Op, Plan, Role},
    store::{Cell, Kind, is_live},
    value::Key,
};

/// What is authored under keys that have a row's key as a segment.
#[derive(Debug, Default)]
pub(super) struct Moved {
    /// Rows with parked values: list, old key, new key.
    pub(super) parked: Vec<(u16, Key, Key)>,
    /// Live values in families other than the row's own: root list, family, cell, list, new key.
    pub(super) live: Vec<(u16, u32, Cell, u16, Key)>,
}

/// Finds what is authored under keys that change when a row of a base list gets another key.
pub(super) fn moved(engine: &Engine, plan: &Plan, root: u16, row: u32, from: &str, to: &str) -> Moved {
    let mut moved = Moved::default();
    let mut last: Option<(u16, Key)> = None;
    for (list, key, _, _) in engine.parked.iter() {
        if last.as_ref().is_some_and(|(l, k)| *l == list && k == key) {
            continue;
        }
        last = Some((list, key.clone()));
        if let Some(new) = renamed(plan, list, key, root, from, to) {
            moved.parked.push((list, key.clone(), new));
        }
    }
    for (home, of) in (0..).zip(&plan.roots) {
        let mut families = families(engine, plan, home, root, row);
        families.sort_unstable();
        families.dedup();
        for family in families {
            if home == root && family == row {
                continue;
            }
            let cx = Cx::new(plan, &engine.store, Side::After, home, family);
            for cell in cx.family.cells() {
                let list = of.block(cell.block).list;
                let key = Key::trusted(&cx.key(At { block: cell.block, row: cell.row }));
                if let Some(new) = renamed(plan, list, &key, root, from, to) {
                    moved.live.push((home, family, cell, list, new));
                }
            }
        }
    }
    moved
}

/// Finds the families of a root list in whose keys a row of another list may be a segment.
fn families(engine: &Engine, plan: &Plan, home: u16, root: u16, row: u32) -> Vec<u32> {
    let of = plan.root(home);
    let mut families = Vec::new();
    let all = |families: &mut Vec<u32>| {
        let table = &engine.store.roots[usize::from(home)];
        families.extend((0..table.bound()).filter(|row| {
            let record = table.record(*row);
            is_live(record) && engine.store.family(record).has_cells()
        }));
    };
    for rule in of.blocks.iter().flat_map(|block| &block.rules) {
        match &rule.each {
            EachPlan::Match(matched) if matched.list == root => {
                engine.links.families(plan, &engine.store, &matched.find, root, row, &mut families);
            }
            EachPlan::Element { kind: Kind::Reference(list), finder, list: source } if *list == root => {
                match (finder, &source.op) {
                    (Some(finder), _) => {
                        let find = Find::Row(*finder);
                        engine.links.families(plan, &engine.store, &find, root, row, &mut families);
                    }
                    (None, Op::Slot(slot)) => {
                        let index = plan.indexes.iter().position(|i| i.root == home && i.slots == [*slot]);
                        if let Some(index) = index {
                            families.extend(engine.links.referring(plan, &engine.store, index as u16, row));
                        }
                    }
                    _ => all(&mut families),
                }
            }
            _ => {}
        }
    }
    let grouped = plan.is_group_list(home)
        && of.group.as_ref().is_some_and(|g| {
            of.slots[..usize::from(g.by)].iter().any(|slot| slot.kind == Kind::Reference(root))
        });
    if grouped {
        all(&mut families);
    }
    families
}

/// Returns the key that a row has once a row of a base list is renamed, where that changes it.
pub(super) fn renamed(plan: &Plan, list: u16, key: &Key, root: u16, from: &str, to: &str) -> Option<Key> {
    let segments: Vec<&str> = key.as_str().split('/').collect();
    for pattern in patterns(plan, list) {
        if pattern.len() != segments.len() {
            continue;
        }
        let mut changed = false;
        let mut fits = true;
        let new: Vec<&str> = segments
            .iter()
            .zip(&pattern)
            .map(|(segment, owner)| match owner {
                Owner::Row(of) if *of == root && *segment == from => {
                    changed = true;
                    to
                }
                Owner::Tag(of) => {
                    fits &= plan.list(plan.root(*of).list).name == *segment;
                    *segment
                }
                _ => *segment,
            })
            .collect();
        if changed && fits {
            return Some(Key::trusted(&new.join("/")));
        }
    }
    None
}

/// What a segment of a key names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// The root list that the row stems from.
    Tag(u16),
    /// A row of a base list.
    Row(u16),
    Value,
}

/// Returns the shapes that the keys of a list can have.
fn patterns(plan: &Plan, list: u16) -> Vec<Vec<Owner>> {
    let of = plan.list(list);
    let mut all = Vec::new();
    for &(root, block) in &of.homes {
        for mut pattern in block_patterns(plan, root, block) {
            if of.tagged {
                pattern.insert(0, Owner::Tag(root));
            }
            if !all.contains(&pattern) {
                all.push(pattern);
            }
        }
    }
    all
}

fn block_patterns(plan: &Plan, root: u16, block: u16) -> Vec<Vec<Owner>> {
    if block == 0 {
        return vec![root_pattern(plan, root)];
    }
    let mut all = Vec::new();
    for rule in &plan.root(root).block(block).rules {
        let step: Vec<Owner> = match &rule.each {
            EachPlan::Row => Vec::new(),
            EachPlan::Element { kind: Kind::Reference(list), .. } => vec![Owner::Row(*list)],
            EachPlan::Element { .. } | EachPlan::Table { .. } => vec![Owner::Value],
            EachPlan::Match(of) => root_pattern(plan, of.list),
        };
        for mut pattern in block_patterns(plan, root, rule.parent) {
            pattern.extend_from_slice(&step);
            if !all.contains(&pattern) {
                all.push(pattern);
            }
        }
    }
    all
}

fn root_pattern(plan: &Plan, root: u16) -> Vec<Owner> {
    let of = plan.root(root);
    match (&plan.list(of.list).role, &of.group) {
        (Role::Group { .. }, Some(group)) => of.slots[..usize::from(group.by)]
            .iter()
            .map(|slot| match slot.kind {
                Kind::Reference(list) => Owner::Row(list),
                _ => Owner::Value,
            })
            .collect(),
        _ => vec![Owner::Row(root)],
    }
}
