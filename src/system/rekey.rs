use std::sync::Arc;

use super::{
    ListSystem,
    batch::{Authored, Batch},
    edits::Edit,
    fault::{Fault, FaultKind},
};
use crate::{
    engine::{At, Cx, Engine, Post, Side, hash_row},
    plan::{AuthoredReference, EachPlan, FieldPlan, Find, Mask, Op, Plan, Role},
    schema::Type,
    store::{Cell, HEAD, Items, Kind, Val, is_live},
    value::{Key, Value},
};

impl ListSystem {
    /// Gives a row another key: a new row takes over its fields and its family, and whoever referred to the old one refers to
    /// the new one.
    #[expect(clippy::too_many_arguments, reason = "an edit, resolved")]
    pub(super) fn rekey(
        &mut self,
        batch: &mut Batch<'_>,
        number: usize,
        list: u16,
        root: u16,
        row: u32,
        edit: &Edit,
        to: &Arc<str>,
    ) -> Result<(), Fault> {
        let plan = batch.plan;
        let of = plan.list(list);
        let fault = |kind, detail: String| Fault::new(kind, Some(number), of.name.clone(), &edit.key, detail);
        if let Err(error) = to.parse::<Key>() {
            return Err(fault(FaultKind::BadKey, error.to_string()));
        }
        if to.contains('/') {
            let detail = format!("the key of a row of '{}' has one segment; write '~1' for a '/' in it", of.name);
            return Err(fault(FaultKind::BadKey, detail));
        }
        if *to == edit.key {
            return Ok(());
        }
        let taken = self.engine.store.find(root, to);
        if taken.is_some_and(|row| !batch.gone.contains(&(root, row))) {
            return Err(fault(FaultKind::KeyTaken, format!("there is a row '{to}' in '{}' already", of.name)));
        }
        if let Some(gone) = taken {
            // The row that had the key goes for good before another takes it.
            batch.gone.remove(&(root, gone));
            self.engine.remove_root(plan, root, gone);
        }
        if let Some((list, key, field)) = self.in_the_way(plan, root, row, &edit.key, to) {
            let of = plan.list(list);
            let name = &of.fields[usize::from(field)].name;
            let detail = format!(
                "what is authored for {}[{key}].{name} is in the way of what would follow the row; clear one of the two",
                of.name
            );
            return Err(fault(FaultKind::KeyTaken, detail));
        }
        self.carry_steps(batch, number, root, row, &edit.key, to);
        self.touch(batch, root, row, number);
        let new = self.new_row(batch, root, to);
        self.engine.store.enter(root, new, to);
        self.touch(batch, root, new, number);
        if let Some(gone) = taken
            && gone != new
        {
            self.retarget(batch, number, root, gone, new);
        }
        // The fields move over, and so does the family.
        let fields = of.fields.len();
        for slot in &plan.root(root).slots[..fields] {
            let cell = slot.slot.get(self.engine.store.record(root, row));
            let table = &mut self.engine.store.roots[usize::from(root)];
            slot.slot.put(table.record_mut(new), cell);
            slot.slot.put(table.record_mut(row), 0);
        }
        let family = self.engine.store.record(root, row)[HEAD - 1];
        self.engine.store.roots[usize::from(root)].set_family(new, family);
        self.engine.store.roots[usize::from(root)].set_family(row, 0);
        self.post_authored(plan, root, new);
        for reference in &mut batch.references {
            if reference.1 == root && reference.2 == row {
                reference.2 = new;
            }
        }
        // What the row refers to does not know the new row yet.
        for (slot, of) in (0..).zip(&plan.root(root).slots[..fields]) {
            if Engine::refers(&of.kind).is_some() {
                let cell = of.slot.get(self.engine.store.record(root, new));
                let targets: Vec<u32> = match of.kind {
                    Kind::List(_) => self.engine.store.elements(cell).iter().map(|cell| cell - 1).collect(),
                    _ if cell == 0 => Vec::new(),
                    _ => vec![cell - 1],
                };
                batch.references.extend(targets.into_iter().map(|target| (number, root, new, slot, target)));
            }
        }
        self.retarget(batch, number, root, row, new);
        self.rename_references(batch, root, &edit.key, to);
        self.engine.remove_root(plan, root, row);
        Ok(())
    }

    /// Posts a family that has moved to another root under the rows that its authored cells refer to.
    fn post_authored(&mut self, plan: &Plan, root: u16, row: u32) {
        let store = &self.engine.store;
        let mut posts = Vec::new();
        for cell in store.family(store.record(root, row)).cells() {
            let list = plan.root(root).block(cell.block).list;
            let is_it = |of: &AuthoredReference| (of.list, of.field) == (list, cell.field);
            let Some(reference) = plan.authored_references.iter().position(is_it) else { continue };
            match plan.list(list).fields[usize::from(cell.field)].kind {
                Kind::List(_) => posts.extend(store.elements(cell.cell).iter().map(|target| (reference, target - 1))),
                _ => posts.push((reference, cell.cell - 1)),
            }
        }
        for (reference, target) in posts {
            self.engine.links.post(Post::Authored(reference as u16), hash_row(target), row);
        }
    }

    /// Makes what this batch authors, and what is parked, refer to a row by its new key.
    fn rename_references(&mut self, batch: &mut Batch<'_>, root: u16, from: &str, to: &str) {
        let plan = batch.plan;
        let refers = |list: u16, field: u16| {
            plan.authored_references.iter().any(|r| (r.list, r.field, r.target) == (list, field, root))
        };
        if !plan.authored_references.iter().any(|r| r.target == root) {
            return;
        }
        let (from, to) = (Value::Reference(Key::trusted(from)), Value::Reference(Key::trusted(to)));
        let ty = |list: u16, field: u16| &plan.list(list).fields[usize::from(field)].ty;
        for one in batch.authored.iter_mut().filter(|one| refers(one.list, one.field)) {
            rename(&mut one.value, ty(one.list, one.field), &from, &to);
        }
        let parked: Vec<(u16, Key, u16, Value)> = self
            .engine
            .parked
            .all()
            .into_iter()
            .filter(|(list, _, field, _)| refers(*list, *field))
            .map(|(list, row, field, value)| (list, row.clone(), field, value.clone()))
            .collect();
        for (list, at, field, mut value) in parked {
            if rename(&mut value, ty(list, field), &from, &to) {
                self.engine.parked.put(list, &at, field, value);
            }
        }
    }

    /// Makes whoever refers to one row refer to another.
    pub(super) fn retarget(&mut self, batch: &mut Batch<'_>, number: usize, root: u16, old: u32, new: u32) {
        let plan = batch.plan;
        for (index, of) in (0..).zip(&plan.indexes) {
            if of.target != Some(root) || !of.authored {
                continue;
            }
            for other in self.referring(batch, index, old) {
                self.touch(batch, of.root, other, number);
                let slot = &plan.root(of.root).slots[usize::from(of.slots[0])];
                let cell = slot.slot.get(self.engine.store.record(of.root, other));
                let field = &plan.list(plan.root(of.root).list).fields[usize::from(of.slots[0])];
                let changed = self.replaced(field, cell, old, new);
                self.engine.store.release(&slot.kind, cell);
                slot.slot.put(self.engine.store.roots[usize::from(of.root)].record_mut(other), changed);
                batch.references.push((number, of.root, other, of.slots[0], new));
            }
        }
        for reference in &mut batch.references {
            if reference.4 == old
                && Engine::refers(&plan.root(reference.1).slots[usize::from(reference.3)].kind) == Some(root)
            {
                reference.4 = new;
            }
        }
        for (at, of) in plan.authored_references.iter().enumerate() {
            if of.target != root {
                continue;
            }
            let mut families = self.engine.links.authored[at].hints(hash_row(old)).to_vec();
            if families.contains(&old) {
                // A row of its own family refers to the row.
                families.push(new);
            }
            families.sort_unstable();
            families.dedup();
            let field = &plan.list(of.list).fields[usize::from(of.field)];
            for &(home, block) in &plan.list(of.list).homes {
                for &family in &families {
                    let known = self.engine.store.roots[usize::from(home)].bound() > family;
                    if !known || !is_live(self.engine.store.record(home, family)) {
                        continue;
                    }
                    let cells: Vec<Cell> = self
                        .engine
                        .store
                        .family(self.engine.store.record(home, family))
                        .cells()
                        .filter(|c| c.block == block && c.field == of.field)
                        .collect();
                    for cell in cells {
                        let changed = self.replaced(field, cell.cell, old, new);
                        if changed != cell.cell {
                            self.touch(batch, home, family, number);
                            self.engine.put_cells(plan, home, family, &[Cell { cell: changed, ..cell }]);
                            self.engine.links.post(Post::Authored(at as u16), hash_row(new), family);
                            let bit = Engine::authored_bit(plan, home, block, of.field);
                            Self::mark(batch, home, family, bit);
                        }
                    }
                }
            }
        }
    }

    /// Writes a cell of references again, with one row in place of another, a set in its order.
    pub(super) fn replaced(&mut self, field: &FieldPlan, cell: u32, old: u32, new: u32) -> u32 {
        let Kind::List(element) = &field.kind else { return if cell == old + 1 { new + 1 } else { cell } };
        let Kind::Reference(list) = **element else { return cell };
        let mut cells = self.engine.store.elements(cell).to_vec();
        if !cells.contains(&(old + 1)) {
            return cell;
        }
        for one in &mut cells {
            if *one == old + 1 {
                *one = new + 1;
            }
        }
        // Elements that have become equal are one.
        let mut seen = Vec::with_capacity(cells.len());
        cells.retain(|cell| {
            let new = !seen.contains(cell);
            seen.push(*cell);
            new
        });
        if matches!(field.ty, Type::Set(_)) {
            let store = &self.engine.store;
            cells.sort_by(|a, b| (*store.key(list, a - 1)).cmp(&store.key(list, b - 1)));
        }
        self.engine.store.write(&field.kind, &Val::List(Items::Cells(element, &cells)))
    }

    /// Finds an authored value that stands where another would follow the row to.
    fn in_the_way(&self, plan: &Plan, root: u16, row: u32, from: &str, to: &str) -> Option<(u16, Key, u16)> {
        let moved = moved(&self.engine, plan, root, row, from, to);
        let mut targets: Vec<(u16, Key, u16)> = Vec::new();
        for (list, old, new) in &moved.parked {
            let fields = self.engine.parked.get(*list, old.as_str()).into_iter().flatten();
            targets.extend(fields.map(|(field, _)| (*list, new.clone(), *field)));
        }
        targets.extend(moved.live.iter().map(|(_, _, cell, list, key)| (*list, key.clone(), cell.field)));
        let cx = Cx::new(plan, &self.engine.store, Side::After, root, row);
        for cell in cx.family.cells() {
            let list = plan.root(root).block(cell.block).list;
            let key = Key::trusted(&cx.key(At { block: cell.block, row: cell.row }));
            if let Some(new) = renamed(plan, list, &key, root, from, to)
                && !moved.live.iter().any(|(home, family, live, ..)| (*home, *family, *live) == (root, row, cell))
            {
                targets.push((list, new, cell.field));
            }
        }
        targets.sort_unstable();
        let twice = targets.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0].clone());
        let moving: Vec<(u16, &Key)> = moved.parked.iter().map(|(list, old, _)| (*list, old)).collect();
        twice.or_else(|| {
            targets.into_iter().find(|(list, key, field)| {
                let parked = self.engine.parked.get(*list, key.as_str());
                let stays = !moving.contains(&(*list, key));
                stays && parked.is_some_and(|fields| fields.iter().any(|(known, _)| known == field))
            })
        })
    }

    /// Renames, in the keys of rows that have a row's key as a segment, what is parked and what is authored there.
    pub(super) fn carry_steps(
        &mut self,
        batch: &mut Batch<'_>,
        number: usize,
        root: u16,
        row: u32,
        from: &str,
        to: &str,
    ) {
        let plan = batch.plan;
        let moved = moved(&self.engine, plan, root, row, from, to);
        let mut carried: Vec<(u16, Key, u16, Value)> = Vec::new();
        for (list, old, new) in moved.parked {
            let fields = self.engine.parked.get(list, old.as_str()).cloned().unwrap_or_default();
            self.engine.parked.replace(list, &old, Vec::new());
            carried.extend(fields.into_iter().map(|(field, value)| (list, new.clone(), field, value)));
        }
        for (home, family, cell, list, key) in moved.live {
            self.engine.store.touch(home, family);
            if batch.touched.get(home, family).is_none() {
                batch.touched.add(home, family, (number as u32, Mask::NONE));
            }
            let kind = &plan.list(list).fields[usize::from(cell.field)].kind;
            let value = self.names().value(&self.engine.store.read(kind, cell.cell));
            self.engine.put_cells(plan, home, family, &[Cell { cell: 0, ..cell }]);
            carried.push((list, key, cell.field, value));
            let bit = Engine::authored_bit(plan, home, cell.block, cell.field);
            Self::mark(batch, home, family, bit);
        }
        self.reasons.rename(|list, key| renamed(plan, list, key, root, from, to));
        for one in &mut batch.authored {
            if let Some(key) = renamed(plan, one.list, &one.key, root, from, to) {
                one.key = key;
            }
        }
        // Under the new key there may be a row already, or one to come.
        for (list, key, field, value) in carried {
            if !batch.authored.iter().any(|one| one.list == list && one.key == key && one.field == field) {
                let one = Authored { edit: number, list, key, field, value, written: true, must_exist: false };
                batch.authored.push(one);
            }
        }
        batch.authored_places = batch
            .authored
            .iter()
            .zip(0..)
            .map(|(one, place)| ((one.list, one.key.clone(), one.field), place))
            .collect();
    }
}

/// Puts one reference in place of another; tells whether it was there.
fn rename(value: &mut Value, ty: &Type, from: &Value, to: &Value) -> bool {
    match value {
        Value::List(elements) => {
            let Some(place) = elements.iter().position(|element| element == from) else { return false };
            if elements.contains(to) {
                elements.remove(place);
            } else {
                elements[place] = to.clone();
            }
            if matches!(ty, Type::Set(_)) {
                elements.sort();
            }
            true
        }
        one => {
            let is_it = one == from;
            if is_it {
                *one = to.clone();
            }
            is_it
        }
    }
}

/// What is authored under keys that have a row's key as a segment.
#[derive(Debug, Default)]
struct Moved {
    /// Rows with parked values: list, old key, new key.
    pub(super) parked: Vec<(u16, Key, Key)>,
    /// Live values in families other than the row's own: root list, family, cell, list, new key.
    pub(super) live: Vec<(u16, u32, Cell, u16, Key)>,
}

/// Finds what is authored under keys that change when a row of a base list gets another key.
fn moved(engine: &Engine, plan: &Plan, root: u16, row: u32, from: &str, to: &str) -> Moved {
    let mut moved = Moved::default();
    let mut last: Option<(u16, Key)> = None;
    for (list, key, _, _) in engine.parked.all() {
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
            let cx = Cx::new(plan, &engine.store, Side::After, home, family);
            for cell in cx.family.cells() {
                let list = of.block(cell.block).list;
                let key = Key::trusted(&cx.key(At { block: cell.block, row: cell.row }));
                if let Some(new) = renamed(plan, list, &key, root, from, to) {
                    // In the row's own family a value stays with its row, unless the row is a step there as well.
                    let changed = key.as_str().split('/').zip(new.as_str().split('/')).filter(|(a, b)| a != b).count();
                    if (home, family) != (root, row) || changed > 1 {
                        moved.live.push((home, family, cell, list, new));
                    }
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
        && of
            .group
            .as_ref()
            .is_some_and(|g| of.slots[..usize::from(g.by)].iter().any(|slot| slot.kind == Kind::Reference(root)));
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
