//! What a batch renames or lets go of it first *lifts*: authored values leave their rows, or where they are parked, and wait
//! in the batch under their keys, among the values that it writes. There a row's new key is put in place of the old one, and
//! in the end each value is written where it then belongs. Lifting alone changes nothing that can be seen.

use std::collections::{HashSet, hash_map::Entry};

use foldhash::fast::FixedState;

use super::{
    ListSystem,
    batch::{Asked, Authored, Batch},
    renaming::{Renaming, refers, refers_to},
};
use crate::{
    engine::{At, Cx, Engine, Side, hash_row, hash_tuple, refers_to as cell_refers_to},
    plan::{EachPlan, Find, Op, Plan},
    schema::OnRemove,
    store::{Cell, Kind, is_live},
    value::{Key, Value},
};

impl ListSystem {
    /// Lifts what is authored in rows whose keys name a row, and what refers to it.
    pub(super) fn lift_named(
        &mut self,
        batch: &mut Batch<'_>,
        number: usize,
        root: u16,
        row: u32,
        naming: &mut Renaming<'_>,
    ) {
        let plan = batch.plan;
        self.lift_parked(batch, number, |list, key, field, value| {
            naming.key(list, key).is_some() || naming.refers(list, field, value)
        });
        self.lift_family(batch, number, root, row);
        for home in 0..plan.roots.len() as u16 {
            for family in self.families_naming(plan, home, root, row) {
                let cx = Cx::new(plan, &self.engine.store, Side::After, home, family);
                let names = |cell: &Cell| {
                    let key = Key::trusted(&cx.key(At { block: cell.block, row: cell.row }));
                    naming.key(plan.root(home).block(cell.block).list, &key).is_some()
                };
                let cells: Vec<Cell> = cx.family.cells().filter(names).collect();
                self.lift_cells(batch, number, home, family, &cells);
            }
        }
        self.lift_referring(batch, number, root, row, |_, _| true);
    }

    /// Lifts all that is authored in the rows of a family.
    pub(super) fn lift_family(&mut self, batch: &mut Batch<'_>, number: usize, root: u16, row: u32) {
        let cells: Vec<Cell> = self.engine.store.family(self.engine.store.record(root, row)).cells().collect();
        self.lift_cells(batch, number, root, row, &cells);
    }

    /// Lifts what refers to a row and is to be let go of when the row goes, and takes the reference out of it.
    pub(super) fn release_authored(&mut self, batch: &mut Batch<'_>, number: usize, root: u16, row: u32) {
        let plan = batch.plan;
        let released = |list: u16, field: u16| {
            let on_remove = plan.list(list).fields[usize::from(field)].on_remove;
            on_remove == OnRemove::Release && refers(plan, list, field, root)
        };
        if !plan.authored_references.iter().any(|of| released(of.list, of.field)) {
            return;
        }
        let key = Key::trusted(&self.engine.store.key(root, row));
        self.lift_parked(batch, number, |list, _, field, value| released(list, field) && refers_to(value, &key));
        self.lift_referring(batch, number, root, row, released);
        for one in batch.authored.iter_mut().filter(|one| released(one.list, one.field)) {
            without_reference(&mut one.value, &key);
        }
    }

    /// Renames what waits in the batch; tells what stands where another value would come, and then renames nothing.
    pub(super) fn rename_lifted(
        &self,
        batch: &mut Batch<'_>,
        renaming: &mut Renaming<'_>,
    ) -> Result<(), (u16, Key, u16)> {
        // What is authored under the new keys, by place among what waits.
        let mut under: Vec<Option<(Key, Value)>> = Vec::with_capacity(batch.authored.len());
        for one in &batch.authored {
            let new = renaming.key(one.list, &one.key);
            under.push(new.map(|new| {
                let value = self.authored_now(batch, one.list, &new, one.field);
                (new, value)
            }));
        }
        let mut taken: HashSet<(u16, &Key, u16), FixedState> = HashSet::default();
        for (one, new) in batch.authored.iter().zip(&under) {
            let Some((new, there)) = new else { continue };
            if one.value.is_missing() {
                continue;
            }
            if !there.is_missing() || !taken.insert((one.list, new, one.field)) {
                return Err((one.list, new.clone(), one.field));
            }
        }
        let (moving, staying): (Vec<_>, Vec<_>) =
            std::mem::take(&mut batch.authored).into_iter().zip(under).partition(|(_, new)| new.is_some());
        batch.authored_places.clear();
        for (one, _) in staying {
            batch.push(one);
        }
        for (mut one, new) in moving {
            let Some((key, there)) = new else { continue };
            one.key = key;
            if let Some(place) = batch.authored_places.get(&(one.list, one.key.clone(), one.field)) {
                batch.authored[*place].join(one);
                continue;
            }
            // Nothing that comes leaves what is there alone.
            if one.value.is_missing() && !there.is_missing() {
                (one.value, one.put) = (there, false);
            }
            batch.push(one);
        }
        for one in &mut batch.authored {
            renaming.value(one.list, one.field, &mut one.value);
        }
        Ok(())
    }

    /// Lifts what refers to a row by certain fields, given by list and field, out of the rows that it is authored in.
    fn lift_referring(
        &mut self,
        batch: &mut Batch<'_>,
        number: usize,
        root: u16,
        row: u32,
        by: impl Fn(u16, u16) -> bool,
    ) {
        let plan = batch.plan;
        for (home, family, cell) in self.cells_referring(plan, root, row, by) {
            self.lift_cells(batch, number, home, family, &[cell]);
        }
    }

    /// Finds the authored cells that refer to a row by certain fields.
    pub(super) fn cells_referring(
        &self,
        plan: &Plan,
        root: u16,
        row: u32,
        by: impl Fn(u16, u16) -> bool,
    ) -> Vec<(u16, u32, Cell)> {
        let store = &self.engine.store;
        let mut found = Vec::new();
        for (number, of) in plan.authored_references.iter().enumerate() {
            if of.target != root || !by(of.list, of.field) {
                continue;
            }
            let mut families = self.engine.links.authored[number].hints(hash_row(row)).to_vec();
            families.sort_unstable();
            families.dedup();
            let kind = &plan.list(of.list).fields[usize::from(of.field)].kind;
            for &(home, block) in &plan.list(of.list).homes {
                for &family in families.iter().filter(|family| store.roots[usize::from(home)].bound() > **family) {
                    let record = store.record(home, family);
                    if is_live(record) {
                        let refers = |cell: &Cell| {
                            (cell.block, cell.field) == (block, of.field) && cell_refers_to(store, kind, cell.cell, row)
                        };
                        found.extend(store.family(record).cells().filter(refers).map(|cell| (home, family, cell)));
                    }
                }
            }
        }
        found
    }

    fn lift_parked(
        &mut self,
        batch: &mut Batch<'_>,
        number: usize,
        mut which: impl FnMut(u16, &Key, u16, &Value) -> bool,
    ) {
        let parked: Vec<(u16, Key, u16, Value)> = self
            .engine
            .parked
            .all()
            .into_iter()
            .filter(|(list, key, field, value)| which(*list, key, *field, value))
            .map(|(list, key, field, value)| (list, key.clone(), field, value.clone()))
            .collect();
        for (list, key, field, value) in parked {
            self.engine.parked.take(list, &key, field);
            self.wait(batch, Authored::lifted(number, (list, key, field), value, false));
        }
    }

    fn lift_cells(&mut self, batch: &mut Batch<'_>, number: usize, home: u16, family: u32, cells: &[Cell]) {
        if cells.is_empty() {
            return;
        }
        let plan = batch.plan;
        self.touch(batch, home, family, number);
        for cell in cells {
            let list = plan.root(home).block(cell.block).list;
            let cx = Cx::new(plan, &self.engine.store, Side::After, home, family);
            let key = Key::trusted(&cx.key(At { block: cell.block, row: cell.row }));
            let kind = &plan.list(list).fields[usize::from(cell.field)].kind;
            let value = cx.names().value(&self.engine.store.read(kind, cell.cell));
            Self::mark(batch, home, family, Engine::authored_bit(plan, home, cell.block, cell.field));
            self.wait(batch, Authored::lifted(number, (list, key, cell.field), value, true));
        }
        let none: Vec<Cell> = cells.iter().map(|cell| Cell { cell: 0, ..*cell }).collect();
        self.engine.put_cells(plan, home, family, &none);
    }

    /// Lets a lifted value wait in the batch, unless the batch has written another in its place.
    fn wait(&mut self, batch: &mut Batch<'_>, mut lifted: Authored) {
        lifted.reason = self.reasons.get(lifted.list, &lifted.key, lifted.field).cloned();
        self.reasons.set(lifted.list, &lifted.key, lifted.field, None);
        match batch.authored_places.entry((lifted.list, lifted.key.clone(), lifted.field)) {
            Entry::Vacant(place) => {
                place.insert(batch.authored.len());
                batch.authored.push(lifted);
            }
            Entry::Occupied(place) => {
                let one = &mut batch.authored[*place.get()];
                if !one.put {
                    (one.value, one.reason) = (lifted.value, lifted.reason);
                }
                one.put = true;
                one.live |= lifted.live;
            }
        }
    }

    /// Finds the families of a root list in which the keys of rows may name a row of another list as a step.
    fn families_naming(&self, plan: &Plan, home: u16, root: u16, row: u32) -> Vec<u32> {
        let Engine { links, store, .. } = &self.engine;
        let of = plan.root(home);
        let names = |group: u16| {
            let of = plan.root(group);
            let by = of.group.as_ref().map_or(0, |group| usize::from(group.by));
            plan.is_group_list(group) && of.slots[..by].iter().any(|slot| slot.kind == Kind::Reference(root))
        };
        let mut families = Vec::new();
        let mut all = names(home);
        for rule in of.blocks.iter().flat_map(|block| &block.rules) {
            match &rule.each {
                EachPlan::Match(matched) if matched.list == root => {
                    links.families(plan, store, &matched.find, root, row, &mut families);
                }
                EachPlan::Match(matched) => all |= names(matched.list),
                EachPlan::Element { kind: Kind::Reference(list), finder, list: source } if *list == root => {
                    let index = |slot: u16| plan.indexes.iter().position(|i| i.root == home && i.slots == [slot]);
                    match (finder, &source.op) {
                        (Some(finder), _) => {
                            links.families(plan, store, &Find::Row(*finder), root, row, &mut families);
                        }
                        // The root may refer to others by now, while its family is as it was.
                        (None, Op::Slot(slot)) => match index(*slot) {
                            Some(index) => families.extend(links.indexes[index].hints(hash_tuple([hash_row(row)]))),
                            None => all = true,
                        },
                        _ => all = true,
                    }
                }
                _ => {}
            }
        }
        if all {
            families = (0..store.roots[usize::from(home)].bound()).collect();
        }
        families.sort_unstable();
        families.dedup();
        families.retain(|family| {
            let record = store.record(home, *family);
            is_live(record) && store.family(record).has_cells()
        });
        families
    }
}

impl Authored {
    /// A value that a batch has taken from where it was.
    fn lifted(edit: usize, (list, key, field): (u16, Key, u16), value: Value, live: bool) -> Self {
        Self { edit, list, key, field, value, reason: None, asked: Asked::Nothing, put: true, live }
    }

    /// Lets a value come where this one is, of which one at most is not missing.
    fn join(&mut self, other: Self) {
        self.asked = self.asked.max(other.asked);
        self.live |= other.live;
        if !other.value.is_missing() {
            (self.value, self.reason, self.edit, self.put) = (other.value, other.reason, other.edit, true);
        }
    }
}

/// Takes a reference out of a value.
fn without_reference(value: &mut Value, key: &Key) {
    match value {
        Value::List(elements) => {
            elements.retain(|element| !refers_to(element, key));
            if elements.is_empty() {
                *value = Value::Missing;
            }
        }
        one => {
            if refers_to(one, key) {
                *one = Value::Missing;
            }
        }
    }
}
