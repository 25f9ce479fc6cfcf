//! Where a row stands in a list that declares no order: behind its base row, as its rules made it.

use super::place::{write_text, write_value};
use crate::{
    engine::{At, Cx, Side},
    plan::{EachPlan, Role, RootPlan},
    schema::{Direction, Type},
    system::{
        locate::{locate, split},
        snapshot::View,
    },
};

/// What a key is followed by in a place: no key holds it.
const END: u8 = 0;

/// The row with which reading goes on: which home of the list, which of its roots by key, which row of the family.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Onward {
    pub(super) home: usize,
    pub(super) root: usize,
    pub(super) row: u32,
}

/// Writes the place of a row: its key, and the steps that led to it, which tell where it stood once it has gone.
pub(super) fn write_place(cx: &Cx<'_>, at: At, place: &mut Vec<u8>) {
    place.extend_from_slice(cx.key(at).as_bytes());
    place.push(END);
    write_steps(cx, at, place);
}

/// Writes the steps from the root, rule by rule, so that they compare as the rows of a block stand.
fn write_steps(cx: &Cx<'_>, at: At, steps: &mut Vec<u8>) {
    if at.block == 0 {
        return;
    }
    let block = cx.block(at.block);
    let origin = block.origin(at.row);
    let rule = &cx.of.block(at.block).rules[origin.rule as usize];
    steps.push(origin.rule as u8);
    write_steps(cx, At { block: rule.parent, row: origin.parent }, steps);
    match &rule.each {
        EachPlan::Row => {}
        EachPlan::Element { list, kind, .. } if matches!(list.ty, Type::Set(_)) => {
            write_value(cx.names(), &cx.names().element(kind, origin.step), Direction::Ascending, steps);
        }
        // The elements of a sequence stand as its author wrote them.
        EachPlan::Element { .. } => {
            let same = |row: &u32| {
                let other = block.origin(*row);
                (other.rule, other.parent) == (origin.rule, origin.parent)
            };
            let before = (0..at.row).rev().take_while(same).count();
            steps.extend((before as u32).to_be_bytes());
        }
        EachPlan::Table { .. } => steps.extend(origin.step.to_be_bytes()),
        EachPlan::Match(of) => write_text(&cx.names().row_key(of.list, origin.step), steps),
    }
}

/// Tells whether rows of a block stand where they are counted to stand, as elements of a sequence.
fn is_counted(of: &RootPlan, block: u16) -> bool {
    of.block(block).rules.iter().any(|rule| {
        let is_sequence = matches!(&rule.each, EachPlan::Element { list, .. } if matches!(list.ty, Type::Sequence(_)));
        is_sequence || rule.parent != 0 && is_counted(of, rule.parent)
    })
}

/// Finds the row behind a place; nothing where that is the place of no row of the list.
pub(super) fn behind(view: View<'_>, list: u16, place: &[u8]) -> Option<Onward> {
    let View { plan, store, .. } = view;
    let of = plan.list(list);
    let end = place.iter().position(|byte| *byte == END)?;
    let (key, steps) = (std::str::from_utf8(&place[..end]).ok()?, &place[end + 1..]);
    let rest = if of.tagged { key.split_once('/')?.1 } else { key };
    let is_home = |(root, _): &(u16, u16)| {
        !of.tagged || key.split_once('/').is_some_and(|(tag, _)| plan.list(plan.root(*root).list).name == *tag)
    };
    let home = of.homes.iter().position(is_home)?;
    let (root, block) = of.homes[home];
    let segments = match plan.list(plan.root(root).list).role {
        Role::Group { segments, .. } => usize::from(segments),
        _ => 1,
    };
    let (root_key, _) = split(rest, segments)?;
    let table = &store.roots[usize::from(root)];
    let roots = table.in_order(&store.texts);
    let number = roots.partition_point(|row| *table.key(*row, &store.texts) < *root_key);
    let onward = Onward { home, root: number, row: 0 };
    let Some(&row) = roots.get(number).filter(|row| *table.key(**row, &store.texts) == *root_key) else {
        return Some(onward);
    };
    // In a sequence a row has no place of its own: it stands where it is written now, or others have come to its place.
    let counted = is_counted(plan.root(root), block);
    if let Some((_, _, at)) = locate(plan, store, list, key).filter(|_| counted) {
        return Some(Onward { row: at.row + 1, ..onward });
    }
    let cx = Cx::new(plan, store, Side::After, root, row);
    let (mut low, mut high) = (0, cx.block(block).count);
    while low < high {
        let middle = u32::midpoint(low, high);
        let mut other = Vec::new();
        write_steps(&cx, At { block, row: middle }, &mut other);
        if *other < *steps || *other == *steps && !counted {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Some(Onward { row: low, ..onward })
}

/// Visits the rows of a list that declares no order, from one on.
pub(super) fn rows_from(view: View<'_>, list: u16, from: Onward) -> impl Iterator<Item = (Cx<'_>, At)> {
    let View { plan, store, .. } = view;
    plan.list(list).homes.iter().enumerate().skip(from.home).flat_map(move |(home, &(root, block))| {
        let roots = store.roots[usize::from(root)].in_order(&store.texts);
        let first = if home == from.home { from.root } else { 0 };
        roots.iter().enumerate().skip(first).flat_map(move |(number, &row)| {
            let cx = Cx::new(plan, store, Side::After, root, row);
            let here = (home, number) == (from.home, from.root);
            let rows = if here { from.row } else { 0 }..cx.block(block).count;
            rows.map(move |row| (cx.clone(), At { block, row }))
        })
    })
}
