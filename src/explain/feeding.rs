//! What rests on a row, found from the row on: from what is read to what reads it.
//!
//! The links of the engine tell which families a row may matter to; each is looked at, and only what its programs really
//! read is kept. What a family gives to aggregates and groups marks these, and they are followed in their turn.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use super::{
    chain::Chain,
    drawn,
    feeds::Fed,
    spot::{Id, Spot, Taken},
};
use crate::{
    engine::{Links, hash_row},
    plan::{Action, EachPlan, Op, StepRead, Trigger},
    schema::{OnRemove, Write},
    store::{Val, is_live},
    system::Sight,
    value::Key,
};

/// A root row: root list and row.
type Root = (u16, u32);

#[derive(Debug)]
pub(super) struct Feeding<'a> {
    sight: Sight<'a>,
    links: &'a Links,
    start: Spot<'a>,
    /// The row asked about, if it is a root, and the base rows that it owns: they stand and fall together.
    owned: HashSet<Root>,
    /// The groups whose members, and the values drawn from rows, that rest on it.
    groups: HashSet<Root>,
    kept: HashSet<(u16, u32, u16)>,
    /// What has been found of rows and fields since the last mark.
    rows: HashMap<Id, bool>,
    fields: HashMap<(Id, u16), bool>,
    open: VecDeque<Root>,
    queued: HashSet<Root>,
    followed: HashSet<Root>,
    found: BTreeMap<(u16, Key), (bool, Vec<u16>)>,
}

impl<'a> Feeding<'a> {
    pub(super) fn new(sight: Sight<'a>, links: &'a Links, start: Spot<'a>) -> Self {
        Self {
            sight,
            links,
            start,
            owned: HashSet::new(),
            groups: HashSet::new(),
            kept: HashSet::new(),
            rows: HashMap::new(),
            fields: HashMap::new(),
            open: VecDeque::new(),
            queued: HashSet::new(),
            followed: HashSet::new(),
            found: BTreeMap::new(),
        }
    }

    /// Finds all that rests on the row.
    pub(super) fn find(mut self) -> Vec<Fed> {
        let start = (self.start.root, self.start.row);
        if self.start.at.block == 0 {
            self.own(start);
        } else {
            self.queue(start);
        }
        while let Some(root) = self.open.pop_front() {
            self.queued.remove(&root);
            self.visit(root);
        }
        let lists = &self.sight.plan.lists;
        let fed = |((list, key), (existence, fields)): ((u16, Key), (bool, Vec<u16>))| {
            let of = &lists[usize::from(list)];
            let fields = fields.into_iter().map(|field| of.fields[usize::from(field)].name.clone()).collect();
            Fed { tier: of.tier, list: of.name.clone(), key, existence, fields }
        };
        self.found.into_iter().map(fed).collect()
    }

    /// Takes in a root with the rows that it owns, and all that refers to them.
    fn own(&mut self, start: Root) {
        let mut open = vec![start];
        while let Some(root) = open.pop() {
            if !self.owned.insert(root) {
                continue;
            }
            self.queue(root);
            let plan = self.sight.plan;
            for (number, index) in (0..).zip(&plan.indexes) {
                if index.target != Some(root.0) {
                    continue;
                }
                let of = plan.list(plan.root(index.root).list);
                let owner = index.slots.first().and_then(|slot| of.fields.get(usize::from(*slot)));
                let owns = owner.is_some_and(|field| field.on_remove == OnRemove::Cascade);
                for row in self.links.referring(plan, self.sight.store, number, root.1) {
                    self.queue((index.root, row));
                    if owns {
                        open.push((index.root, row));
                    }
                }
            }
            // Families hold authored references to it; which root list they are of, the hint does not say.
            for (number, reference) in plan.authored_references.iter().enumerate() {
                if reference.target == root.0 {
                    for row in self.links.authored[number].hints(hash_row(root.1)) {
                        for (home, _) in &plan.list(reference.list).homes {
                            self.queue((*home, *row));
                        }
                    }
                }
            }
            let over = |of: &crate::plan::RootPlan| of.group.as_ref().is_some_and(|group| group.over == Some(root.0));
            for (group, _) in (0..).zip(&plan.roots).filter(|(_, of)| over(of)) {
                let key = self.sight.store.key(root.0, root.1).to_string();
                if let Some(row) = self.sight.store.find(group, &key) {
                    self.mark_group((group, row));
                }
            }
        }
    }

    fn queue(&mut self, root: Root) {
        let store = self.sight.store;
        let is_there = root.1 < store.roots[usize::from(root.0)].bound() && is_live(store.record(root.0, root.1));
        if is_there && self.queued.insert(root) {
            self.open.push_back(root);
        }
    }

    fn mark_group(&mut self, group: Root) {
        if self.groups.insert(group) {
            self.marked(group);
        }
    }

    fn mark_kept(&mut self, root: Root, slot: u16) {
        if self.kept.insert((root.0, root.1, slot)) {
            self.marked(root);
        }
    }

    /// What has been found before may rest on what is marked now.
    fn marked(&mut self, root: Root) {
        self.rows.clear();
        self.fields.clear();
        self.queue(root);
        self.followed.remove(&root);
        self.follow(root);
    }

    /// Queues the families that a root may matter to.
    fn follow(&mut self, root: Root) {
        if !self.followed.insert(root) {
            return;
        }
        for trigger in &self.sight.plan.root(root.0).triggers {
            self.trigger(root, trigger);
        }
    }

    fn trigger(&mut self, (root, row): Root, trigger: &Trigger) {
        let (plan, store) = (self.sight.plan, self.sight.store);
        let mut rows = vec![row];
        for &index in &trigger.back {
            let mut next: Vec<u32> =
                rows.iter().flat_map(|row| self.links.referring(plan, store, index, *row)).collect();
            next.sort_unstable();
            next.dedup();
            rows = next;
        }
        let at = trigger.back.last().map_or(root, |index| plan.indexes[usize::from(*index)].root);
        match &trigger.action {
            Action::Root { root, .. } => rows.into_iter().for_each(|row| self.queue((*root, row))),
            Action::Step { root, find, .. } => {
                for row in rows {
                    let mut families = Vec::new();
                    self.links.families(plan, store, find, at, row, &mut families);
                    for family in families {
                        self.queue((*root, family));
                    }
                }
            }
            Action::Authored { root, reference, .. } => {
                for row in rows {
                    let hints = self.links.authored[usize::from(*reference)].hints(hash_row(row));
                    for family in hints {
                        self.queue((*root, *family));
                    }
                }
            }
            Action::All { root, .. } => {
                (0..store.roots[usize::from(*root)].bound()).for_each(|row| self.queue((*root, row)));
            }
        }
    }

    /// Looks at a family: what of it rests on the row, and what it hands on.
    fn visit(&mut self, root: Root) {
        let (plan, store) = (self.sight.plan, self.sight.store);
        let Some(top) = Spot::root(plan, store, root.0, root.1) else { return };
        let mut feeds = self.owned.contains(&root);
        for (block, of) in (0..).zip(&plan.root(root.0).blocks) {
            // Checks come after the lists.
            if usize::from(of.list) >= plan.schema.spec().lists.len() {
                continue;
            }
            let fields = &plan.list(of.list).fields;
            for spot in top.family(block) {
                let existence = self.row(spot);
                let below = self.is_below(spot);
                let fed = (0..).zip(fields).map(|(field, _)| field);
                let fed: Vec<u16> = fed
                    .filter(|field| self.field(spot, *field, None) || below && self.mentions(spot, *field))
                    .collect();
                if existence || !fed.is_empty() {
                    feeds = true;
                    if spot.id() != self.start.id() {
                        self.found.insert((of.list, spot.key()), (existence, fed));
                    }
                }
                for aggregate in &of.aggregates {
                    self.draw(spot, existence, *aggregate);
                }
                for (group, member) in &of.groups {
                    self.join(spot, existence, *group, *member);
                }
            }
        }
        if feeds {
            self.follow(root);
        }
    }

    /// Tells whether a row stems from the row asked about, where that is no base row.
    fn is_below(&self, spot: Spot<'a>) -> bool {
        let mut at = spot.taken();
        while let Some(taken) = at {
            if taken.source.id() == self.start.id() {
                return !self.start.is_base();
            }
            at = taken.source.taken();
        }
        false
    }

    /// Tells whether the chain of a field comes upon the row asked about. Within a family programs read inherited values
    /// where they were authored, past the rows between.
    fn mentions(&self, spot: Spot<'a>, field: u16) -> bool {
        let (list, key) = (self.start.name(), self.start.key());
        let node = Chain::new(self.sight).field(spot, Some(field));
        let mut open = vec![&node];
        while let Some(node) = open.pop() {
            if node.place.as_ref().is_some_and(|place| place.list == *list && place.key == key) {
                return true;
            }
            open.extend(node.rests_on());
        }
        false
    }

    /// Marks the values that are drawn from a row.
    fn draw(&mut self, spot: Spot<'a>, existence: bool, aggregate: u16) {
        let plan = self.sight.plan;
        let of = &plan.aggregates[usize::from(aggregate)];
        let partial = &plan.partials[usize::from(of.partial)];
        let by = spot.eval(&of.by.op);
        if by.is_missing() || !spot.is_true(&of.when.op) {
            return;
        }
        let drawn = existence
            || self.op(spot, &of.when.op, None)
            || of.value.as_ref().is_some_and(|value| self.op(spot, &value.op, None));
        let mut targets = Vec::new();
        drawn::references(&spot, &by, &mut |row| targets.push(row));
        for to in targets {
            // Of several rows referred to, each counts for itself.
            let one = Val::Reference { list: to.root, row: to.row };
            if drawn || self.op(spot, &of.by.op, Some(&one)) {
                self.mark_kept((to.root, to.row), partial.slot);
            }
        }
    }

    /// Marks the group that a row is a member of.
    fn join(&mut self, spot: Spot<'a>, existence: bool, group: u16, member: u16) {
        let plan = self.sight.plan;
        let Some(of) = plan.root(group).group.as_ref().and_then(|group| group.members.get(usize::from(member))) else {
            return;
        };
        if !spot.is_true(&of.when.op) {
            return;
        }
        let Some(key) = drawn::group_key(&spot, of) else { return };
        let Some(row) = self.sight.store.find(group, &key) else { return };
        let mut ops = of.by.iter().chain([&of.when]);
        let joins = existence || ops.any(|lowered| self.op(spot, &lowered.op, None));
        if joins {
            self.mark_group((group, row));
        }
        for (partial, when, value) in &of.inputs {
            if spot.is_true(&when.op) {
                let mut ops = value.iter().chain([when]);
                if joins || ops.any(|lowered| self.op(spot, &lowered.op, None)) {
                    self.mark_kept((group, row), plan.partials[usize::from(*partial)].slot);
                }
            }
        }
    }

    /// Tells whether a row is there because of the row asked about.
    fn row(&mut self, spot: Spot<'a>) -> bool {
        let root = (spot.root, spot.row);
        if spot.id() == self.start.id() {
            return true;
        }
        if spot.at.block == 0 {
            return self.owned.contains(&root) || self.groups.contains(&root);
        }
        if let Some(known) = self.rows.get(&spot.id()) {
            return *known;
        }
        let found = match spot.taken() {
            Some(taken) => {
                let source = taken.source;
                self.row(source) || self.op(source, &taken.plan.when.op, None) || self.step(&taken)
            }
            None => false,
        };
        self.rows.insert(spot.id(), found);
        found
    }

    /// Tells whether the step that made a row rests on it.
    fn step(&mut self, taken: &Taken<'a>) -> bool {
        let source = taken.source;
        match &taken.plan.each {
            EachPlan::Row => false,
            EachPlan::Element { list, .. } => self.op(source, &list.op, Some(&taken.element())),
            EachPlan::Table { by, .. } => self.op(source, &by.op, None),
            EachPlan::Match(of) => {
                let Some(matched) = taken.matched() else { return false };
                let probed = of.on.iter().any(|(slot, ops)| {
                    let has = slot.map(|slot| matched.slot(slot));
                    let is_it = |op: &&'a Op| {
                        let probe = source.eval(op);
                        match &has {
                            Some(has) => source.names().same(has, &probe),
                            None => source.names().text(&probe) == matched.key().as_str(),
                        }
                    };
                    let probe = ops.iter().find(is_it);
                    slot.is_some_and(|slot| self.slot(matched, slot, None))
                        || probe.is_some_and(|op| self.op(source, op, None))
                });
                let trial = Spot { candidate: taken.step, ..source };
                probed || self.row(matched) || self.op(trial, &of.when.op, None)
            }
        }
    }

    /// Tells whether a field of a row, or of a list in it only this element, rests on it.
    fn field(&mut self, spot: Spot<'a>, field: u16, element: Option<&Val<'a>>) -> bool {
        if spot.id() == self.start.id() {
            return true;
        }
        if spot.is_base() {
            return self.slot(spot, field, element);
        }
        if element.is_none()
            && let Some(known) = self.fields.get(&(spot.id(), field))
        {
            return *known;
        }
        let program = spot.program(field);
        let authored = match program.write {
            Write::Locked => Val::Missing,
            _ => spot.authored(field),
        };
        let found = match (program.write, &authored) {
            (Write::Local, _) => self.refers(spot, &authored, element),
            (Write::Suggest, val) if !val.is_missing() => self.refers(spot, val, element),
            (_, val) => self.op(spot, &program.rule.op, element) || self.refers(spot, val, element),
        };
        if element.is_none() {
            self.fields.insert((spot.id(), field), found);
        }
        found
    }

    /// Tells whether what a root's record keeps rests on it.
    fn slot(&mut self, spot: Spot<'a>, number: u16, element: Option<&Val<'a>>) -> bool {
        let (root, spot) = ((spot.root, spot.row), spot.top());
        let owned = self.owned.contains(&root);
        let of = spot.plan.root(spot.root);
        let group = of.group.as_ref();
        let is_cell = spot.is_base() && usize::from(number) < spot.plan.list(of.list).fields.len();
        match group {
            // What the members share: of a group that a row keeps, that row.
            Some(group) if number < group.by => {
                let by_members = group.over.is_none() && self.groups.contains(&root);
                owned || by_members || self.refers(spot, &spot.slot(number), element)
            }
            _ if is_cell => owned || self.refers(spot, &spot.slot(number), element),
            // What is drawn from rows rests on them; the fields of a group are its own all the same.
            of_group => owned && of_group.is_some() || self.kept.contains(&(root.0, root.1, number)),
        }
    }

    /// Tells whether a value refers to it, or to a row that it owns; of a list, whether this element does.
    fn refers(&self, spot: Spot<'a>, val: &Val<'a>, element: Option<&Val<'a>>) -> bool {
        if val.is_missing() {
            return false;
        }
        let mut found = false;
        drawn::references(&spot, element.unwrap_or(val), &mut |row| {
            found |= self.owned.contains(&(row.root, row.row));
        });
        found
    }

    /// Tells whether the value of a program, or of a list in it only this element, rests on it.
    fn op(&mut self, spot: Spot<'a>, op: &'a Op, element: Option<&Val<'a>>) -> bool {
        match op {
            Op::Const(_) | Op::Looser { .. } => false,
            Op::Slot(number) => self.slot(spot, *number, element),
            Op::Root => self.owned.contains(&(spot.root, spot.row)),
            Op::Key { up } => self.row(spot.up(*up)),
            Op::Step { up, what, .. } => match spot.up(*up).taken() {
                Some(taken) => self.taken(&taken, *what, element),
                None => false,
            },
            Op::Candidate { block, rule, what } => {
                let plan = &spot.plan.root(spot.root).block(*block).rules[usize::from(*rule)];
                match &plan.each {
                    EachPlan::Match(of) => match Spot::root(spot.plan, spot.store, of.list, spot.candidate) {
                        Some(matched) => self.matched(matched, *what, element),
                        None => false,
                    },
                    _ => false,
                }
            }
            Op::Field { up, field, .. } => self.field(spot.up(*up), *field, element),
            Op::Authored { up, field, .. } => {
                let authored = spot.up(*up).authored(*field);
                self.refers(spot, &authored, element)
            }
            Op::Path { start, hops, .. } => self.op(spot, start, None) || self.path(spot, &spot.eval(start), hops),
            Op::Sorted(inner) | Op::Widen(inner) => self.op(spot, inner, element),
            Op::And(all) => match all.iter().find(|op| !spot.is_true(op)) {
                Some(op) => self.op(spot, op, None),
                None => all.iter().any(|op| self.op(spot, op, None)),
            },
            Op::Or(any) => match any.iter().find(|op| spot.is_true(op)) {
                Some(op) => self.op(spot, op, None),
                None => any.iter().any(|op| self.op(spot, op, None)),
            },
            Op::Coalesce(all) => {
                for op in all {
                    if self.op(spot, op, None) {
                        return true;
                    }
                    if !spot.eval(op).is_missing() {
                        break;
                    }
                }
                false
            }
            Op::If(parts) => {
                let taken = if spot.is_true(&parts.0) { &parts.1 } else { &parts.2 };
                self.op(spot, &parts.0, None) || self.op(spot, taken, None)
            }
            other => other.operands().into_iter().any(|op| self.op(spot, op, None)),
        }
    }

    fn taken(&mut self, taken: &Taken<'a>, what: StepRead, element: Option<&Val<'a>>) -> bool {
        match taken.matched() {
            Some(matched) => self.matched(matched, what, element),
            None => self.step(taken),
        }
    }

    fn matched(&mut self, matched: Spot<'a>, what: StepRead, element: Option<&Val<'a>>) -> bool {
        match what {
            StepRead::Slot(slot) => self.slot(matched, slot, element),
            StepRead::Field(field) => self.field(matched, field, element),
            _ => self.row(matched),
        }
    }

    /// Tells whether one of the cells that a path reads rests on it.
    fn path(&mut self, spot: Spot<'a>, start: &Val<'a>, hops: &[(u16, u16)]) -> bool {
        let mut rows = Vec::new();
        drawn::references(&spot, start, &mut |row| rows.push(row));
        for &(_, slot) in hops {
            let mut next = Vec::new();
            let mut seen = HashSet::new();
            for row in rows {
                if seen.insert(row.id()) {
                    if self.slot(row, slot, None) {
                        return true;
                    }
                    drawn::references(&row, &row.slot(slot), &mut |row| next.push(row));
                }
            }
            rows = next;
        }
        false
    }
}
