use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::{
    Action, AggregatePlan, AuthoredReference, BitName, BlockPlan, EachPlan, FieldPlan, Find, GroupPlan, IndexPlan,
    LinePlan, ListPlan, Lowered, Mask, MatchPlan, MemberPlan, Op, OrderedPlan, PartialPlan, Plan, Program, Role,
    RootPlan, RulePlan, SlotName, SlotPlan, Trigger, VocabularyPlan,
    lower::{ElementAt, Place, fold_type},
    op::nearer,
    order_plan,
};
use crate::{
    schema::{
        Aggregate, Each, Expr, Fold, Presence, Probe, Read, RowsOf, Rule, Schema, SchemaBuilder, Severity, Table, Type,
        Typing, Write,
    },
    store::{HEAD, Kind, Slot, Store, Val},
    value::{Name, Value},
};

/// The units that every schema has.
pub(crate) const UNITS: [&str; 5] = ["days", "hours", "months", "working_days", "years"];

/// What the step of a rule is.
#[derive(Debug, Clone, Copy)]
pub(super) enum ElementOf<'s> {
    Element(&'s Type),
    Table(&'s Table),
    Match(&'s Name),
}

/// What makes the rows of a block.
#[derive(Debug, Clone, Copy)]
enum Made<'s> {
    By { rule: &'s Rule, parent: u16 },
    Check { when: &'s Expr, parent: u16 },
    Required { field: u16, parent: u16 },
    Looser { field: u16, parent: u16 },
}

/// A check: its name, severity and list, and what makes its findings in each family.
type CheckMade<'s> = (Name, Severity, u16, Vec<(u16, Made<'s>)>);

/// A plan being made.
pub(super) struct Builder<'s> {
    pub(super) spec: &'s SchemaBuilder,
    pub(super) plan: Plan,
    /// What makes the rows of each block of each root.
    made: Vec<Vec<Vec<Made<'s>>>>,
    pub(super) slot_types: Vec<Vec<Type>>,
    pub(super) path_bits: HashMap<String, Mask>,
    authored_bits: HashMap<(u16, u16, u16), Mask>,
    step_bits: HashMap<(u16, u16, usize), Mask>,
    programs: HashMap<(u16, u16, usize, u16), Program>,
    finds: HashMap<(u16, u16, usize), Find>,
    aggregates: Vec<(u16, &'s Aggregate, u16)>,
    group_slots: Vec<(u16, &'s Aggregate, u16)>,
    indexes: HashMap<(u16, Vec<u16>), u16>,
    /// On which round the things behind each bit of a root depend.
    bit_sources: Vec<Vec<(Mask, Source)>>,
}

#[derive(Debug, Clone, Copy)]
enum Source {
    Slot(u16),
    /// The fields of a root list of groups.
    Groups(u16),
}

impl Plan {
    /// Compiles a schema that has been validated.
    pub(crate) fn new(schema: &Schema) -> Self {
        let mut builder = Builder::new(schema);
        builder.lists();
        builder.blocks();
        builder.lower_all();
        builder.lay_out();
        builder.rank();
        builder.plan.find_scalars();
        builder.plan.write_segments();
        builder.plan
    }
}

impl Plan {
    /// Writes down what the lines of tables add to keys.
    fn write_segments(&mut self) {
        for root in 0..self.roots.len() {
            for block in 0..self.roots[root].blocks.len() {
                for rule in 0..self.roots[root].blocks[block].rules.len() {
                    let segments: Vec<String> = match &self.roots[root].blocks[block].rules[rule].each {
                        EachPlan::Table { lines, key, .. } => {
                            lines.iter().map(|line| self.segment(&line.columns[usize::from(*key)])).collect()
                        }
                        _ => continue,
                    };
                    if let EachPlan::Table { lines, .. } = &mut self.roots[root].blocks[block].rules[rule].each {
                        for (line, segment) in lines.iter_mut().zip(segments) {
                            line.segment = segment;
                        }
                    }
                }
            }
        }
    }

    fn segment(&self, val: &Val<'static>) -> String {
        let store = Store::default();
        let mut segment = String::from("/");
        crate::engine::Names { plan: self, store: &store }.write_segment(&val.borrowed(), &mut segment);
        segment
    }
}

impl<'s> Builder<'s> {
    fn new(schema: &'s Schema) -> Self {
        let spec = schema.typed();
        let mut units: Vec<Name> = UNITS.iter().map(|unit| Name::from(*unit)).collect();
        units.extend(spec.units.keys().filter(|unit| !UNITS.contains(&unit.as_str())).cloned());
        units.sort();
        let vocabularies = spec
            .vocabularies
            .values()
            .map(|vocabulary| {
                let codes: Vec<Name> = vocabulary.choices.keys().cloned().collect();
                let places = codes.iter().cloned().zip(0..).collect();
                VocabularyPlan { codes, places }
            })
            .collect();
        let plan = Plan {
            schema: schema.clone(),
            lists: Vec::new(),
            list_numbers: HashMap::new(),
            roots: Vec::new(),
            indexes: Vec::new(),
            ordered: Vec::new(),
            finders: 0,
            aggregates: Vec::new(),
            partials: Vec::new(),
            vocabularies,
            units,
            rounds: 0,
            authored_references: Vec::new(),
        };
        Self {
            spec,
            plan,
            made: Vec::new(),
            slot_types: Vec::new(),
            path_bits: HashMap::new(),
            authored_bits: HashMap::new(),
            step_bits: HashMap::new(),
            programs: HashMap::new(),
            finds: HashMap::new(),
            aggregates: Vec::new(),
            group_slots: Vec::new(),
            indexes: HashMap::new(),
            bit_sources: Vec::new(),
        }
    }

    pub(super) fn kind(&self, ty: &Type) -> Kind {
        match ty {
            Type::Text => Kind::Text,
            Type::Integer => Kind::Integer,
            Type::Decimal => Kind::Decimal,
            Type::Boolean => Kind::Boolean,
            Type::Date => Kind::Date,
            Type::Duration => Kind::Duration,
            Type::Code(_) => Kind::Code,
            Type::Choice(name) => Kind::Choice(self.spec.vocabularies.get_index_of(name).unwrap_or(0) as u16),
            Type::Reference(list) => {
                Kind::Reference(self.plan.list_numbers.get(list).and_then(|l| self.plan.root_of(*l)).unwrap_or(0))
            }
            Type::Set(element) | Type::Sequence(element) => Kind::List(Box::new(self.kind(element))),
        }
    }

    /// Turns a typed value into the engine's form.
    pub(super) fn constant(&self, value: &Value, ty: &Type) -> Val<'static> {
        self.plan.constant_of(value, &self.kind(ty))
    }

    fn lists(&mut self) {
        for (name, list) in &self.spec.lists {
            let number = self.plan.lists.len() as u16;
            self.plan.list_numbers.insert(name.clone(), number);
            let group = list.rules.iter().find_map(|rule| match &rule.each {
                Each::Group { by, .. } => Some(by.len()),
                _ => None,
            });
            let role = match group {
                Some(by) => Role::Group { root: self.plan.roots.len() as u16, segments: by as u8 },
                None if list.is_base() => Role::Base { root: self.plan.roots.len() as u16 },
                None => Role::Derived,
            };
            if !matches!(role, Role::Derived) {
                self.plan.roots.push(RootPlan {
                    list: number,
                    stride: 0,
                    slots: Vec::new(),
                    blocks: Vec::new(),
                    triggers: Vec::new(),
                    indexes: Vec::new(),
                    unique: Vec::new(),
                    partials: Vec::new(),
                    required: Vec::new(),
                    ranks: (0, 0),
                    bit_names: Vec::new(),
                    slot_names: Vec::new(),
                    group: None,
                });
                self.made.push(Vec::new());
                self.slot_types.push(Vec::new());
                self.bit_sources.push(Vec::new());
            }
            self.plan.lists.push(ListPlan {
                name: name.clone(),
                tier: list.tier,
                fields: Vec::new(),
                field_numbers: list.fields.keys().cloned().zip(0..).collect(),
                role,
                homes: Vec::new(),
                tagged: false,
                order: Vec::new(),
                ordered: 0..0,
            });
        }
        for (number, (_, list)) in self.spec.lists.iter().enumerate() {
            let fields: Vec<FieldPlan> = list
                .fields
                .iter()
                .map(|(name, field)| FieldPlan {
                    name: name.clone(),
                    ty: field.ty.clone(),
                    kind: self.kind(&field.ty),
                    write: field.write,
                    on_remove: field.on_remove,
                })
                .collect();
            let plan = &mut self.plan.lists[number];
            plan.fields = fields;
            plan.order = order_plan(&list.order, &plan.field_numbers);
            if let Role::Base { root } = plan.role {
                for (name, field) in &list.fields {
                    if field.presence == Presence::Required {
                        let slot = self.plan.roots[usize::from(root)].slots.len() as u16;
                        self.plan.roots[usize::from(root)].required.push(slot);
                    }
                    self.new_slot(root, field.ty.clone(), SlotName::Field(name.clone()));
                }
            }
        }
    }

    /// Adds a slot to a root list's records.
    fn new_slot(&mut self, root: u16, ty: Type, name: SlotName) -> u16 {
        let slot = self.plan.roots[usize::from(root)].slots.len() as u16;
        let bit = self.new_bit(root, BitName::Slot(slot));
        self.plan.roots[usize::from(root)].slot_names.push(name);
        let kind = self.kind(&ty);
        self.plan.roots[usize::from(root)].slots.push(SlotPlan {
            slot: Slot { word: 0, shift: 0, bits: 32 },
            kind,
            bit,
        });
        self.slot_types[usize::from(root)].push(ty);
        self.bit_sources[usize::from(root)].push((bit, Source::Slot(slot)));
        slot
    }

    pub(super) fn new_bit(&mut self, root: u16, name: BitName) -> Mask {
        let names = &mut self.plan.roots[usize::from(root)].bit_names;
        names.push(name);
        Mask::bit(names.len() - 1)
    }

    pub(super) fn slot_bit(&self, root: u16, slot: u16) -> Mask {
        self.plan.roots[usize::from(root)].slots[usize::from(slot)].bit
    }

    /// Gives each root list its blocks, each after those it reads.
    fn blocks(&mut self) {
        for root in 0..self.plan.roots.len() {
            let list = self.plan.roots[root].list;
            self.new_block(root as u16, list, Vec::new());
        }
        // Lists in an order in which each comes after those that its rules read.
        let mut done: Vec<bool> = self.plan.lists.iter().map(|l| !matches!(l.role, Role::Derived)).collect();
        loop {
            let mut progress = false;
            for (number, (_, list)) in self.spec.lists.iter().enumerate() {
                let ready = list
                    .rules
                    .iter()
                    .all(|r| self.plan.list_numbers.get(&r.from).is_some_and(|f| done[usize::from(*f)]));
                if done[number] || !ready {
                    continue;
                }
                done[number] = true;
                progress = true;
                let mut families: Vec<(u16, Vec<Made<'s>>)> = Vec::new();
                for rule in &list.rules {
                    let from = self.plan.list_numbers[&rule.from];
                    for &(root, parent) in &self.plan.list(from).homes {
                        let made = Made::By { rule, parent };
                        match families.iter_mut().find(|(r, _)| *r == root) {
                            Some((_, all)) => all.push(made),
                            None => families.push((root, vec![made])),
                        }
                    }
                }
                families.sort_by_key(|(root, _)| *root);
                self.plan.lists[number].tagged = families.len() > 1;
                for (root, made) in families {
                    self.new_block(root, number as u16, made);
                }
            }
            if !progress {
                break;
            }
        }
        self.checks();
    }

    fn checks(&mut self) {
        let mut checks: Vec<CheckMade<'s>> = Vec::new();
        for (name, check) in &self.spec.checks {
            let Some(&of) = self.plan.list_numbers.get(&check.list) else { continue };
            let homes = &self.plan.list(of).homes;
            let made = homes.iter().map(|&(root, parent)| (root, Made::Check { when: &check.when, parent })).collect();
            checks.push((name.clone(), check.severity, of, made));
        }
        for (number, (name, list)) in self.spec.lists.iter().enumerate() {
            if list.is_base() {
                continue;
            }
            for (at, (field_name, field)) in list.fields.iter().enumerate() {
                let homes = &self.plan.lists[number].homes;
                let at = at as u16;
                let mut add = |suffix: &str, make: fn(u16, u16) -> Made<'s>| {
                    let id = Name::from(format!("{name}.{field_name}.{suffix}"));
                    let made = homes.iter().map(|&(root, parent)| (root, make(at, parent))).collect();
                    checks.push((id, Severity::Review, number as u16, made));
                };
                if field.presence == Presence::Required {
                    add("required", |field, parent| Made::Required { field, parent });
                }
                if matches!(field.write, Write::Narrow(_)) {
                    add("looser", |field, parent| Made::Looser { field, parent });
                }
            }
        }
        for (name, severity, of, made) in checks {
            let number = self.plan.lists.len() as u16;
            self.plan.lists.push(ListPlan {
                name,
                tier: None,
                fields: Vec::new(),
                field_numbers: HashMap::new(),
                role: Role::Check { severity, of },
                homes: Vec::new(),
                tagged: self.plan.list(of).tagged,
                order: Vec::new(),
                ordered: 0..0,
            });
            for (root, made) in made {
                self.new_block(root, number, vec![made]);
            }
        }
    }

    fn new_block(&mut self, root: u16, list: u16, made: Vec<Made<'s>>) {
        let blocks = &mut self.plan.roots[usize::from(root)].blocks;
        let block = blocks.len() as u16;
        for one in &made {
            let (Made::By { parent, .. }
            | Made::Check { parent, .. }
            | Made::Required { parent, .. }
            | Made::Looser { parent, .. }) = one;
            let children = &mut blocks[usize::from(*parent)].children;
            if children.last() != Some(&block) {
                children.push(block);
            }
        }
        blocks.push(BlockPlan {
            list,
            rules: Vec::new(),
            programs: Vec::new(),
            membership: Mask::NONE,
            reads: Mask::NONE,
            rank: 0,
            aggregates: Vec::new(),
            groups: Vec::new(),
            may_collide: made.len() > 1,
            may_remake: false,
            children: Vec::new(),
            authored: Vec::new(),
        });
        self.made[usize::from(root)].push(made);
        self.plan.lists[usize::from(list)].homes.push((root, block));
    }

    /// Returns how many rules make the rows of a block.
    pub(super) fn rules(&self, root: u16, block: u16) -> usize {
        self.made[usize::from(root)][usize::from(block)].len()
    }

    fn element_at(&self, root: u16, block: u16, rule: usize, up: Option<u8>) -> Option<ElementAt<'s>> {
        let Made::By { rule: of, .. } = self.made[usize::from(root)][usize::from(block)][rule] else { return None };
        let of = match &of.each {
            Each::Element(field) => {
                let list = self.spec.lists.get(&of.from)?;
                ElementOf::Element(list.fields.get(field)?.ty.element()?)
            }
            Each::Table(table) => ElementOf::Table(table),
            Each::Match { list, .. } => ElementOf::Match(list),
            _ => return None,
        };
        Some(ElementAt { of, block, rule, up })
    }

    /// Lowers the program of a field for the rows of a rule, once.
    pub(super) fn program(&mut self, root: u16, block: u16, rule: usize, field: u16) -> Program {
        if let Some(program) = self.programs.get(&(root, block, rule, field)) {
            return program.clone();
        }
        let list = self.plan.root(root).block(block).list;
        let FieldPlan { name, ty, write, .. } = self.plan.list(list).fields[usize::from(field)].clone();
        let missing = || Lowered::constant(Val::Missing, ty.clone());
        let lowered = if block == 0 {
            let spec = self.spec;
            let of = &spec.lists[usize::from(list)];
            let place = Place { root, source: None, own: Some((0, 0)), element: None, row: None, group: Some(root) };
            match of.rules.first().and_then(|rule| rule.set.get(&name)) {
                Some(expr) => self.lower_as(expr, place, Some(&ty)),
                None => missing(),
            }
        } else {
            match self.made[usize::from(root)][usize::from(block)][rule] {
                Made::By { rule: of, parent } => match of.set.get(&name) {
                    Some(expr) => {
                        let place = Place {
                            root,
                            source: Some((parent, 1)),
                            own: Some((block, 0)),
                            element: self.element_at(root, block, rule, Some(0)),
                            row: None,
                            group: None,
                        };
                        self.lower_as(expr, place, Some(&ty))
                    }
                    None => missing(),
                },
                _ => missing(),
            }
        };
        let (mut reads, mut near) = (lowered.reads, lowered.near);
        let mut authored = Mask::NONE;
        if write != Write::Locked {
            authored = self.authored_bit(root, block, field);
            reads.add(authored);
            near = nearer(near, Some(0));
        }
        let operations = self.operations(root, &lowered.op);
        let is_kept = operations > Program::KEPT_ABOVE;
        let operations = if is_kept { 1 } else { operations };
        let program = Program { write, rule: lowered, authored, reads, near, operations, is_kept };
        self.programs.insert((root, block, rule, field), program.clone());
        program
    }

    /// Counts the operations that an expression takes, those of the fields it reads included.
    fn operations(&self, root: u16, op: &Op) -> u32 {
        let read = match op {
            Op::Field { block, field, .. } => {
                let rules = 0..if *block == 0 { 1 } else { self.rules(root, *block) };
                let programs = rules.filter_map(|rule| self.programs.get(&(root, *block, rule, *field)));
                programs.map(|program| program.operations).max().unwrap_or(0)
            }
            _ => 0,
        };
        op.operands().into_iter().fold(read.saturating_add(1), |sum, op| sum.saturating_add(self.operations(root, op)))
    }

    pub(super) fn authored_bit(&mut self, root: u16, block: u16, field: u16) -> Mask {
        if let Some(bit) = self.authored_bits.get(&(root, block, field)) {
            return *bit;
        }
        let bit = self.new_bit(root, BitName::Authored { block, field });
        self.authored_bits.insert((root, block, field), bit);
        bit
    }

    /// Gives the rows matched by a rule their bit, and the trigger that raises it when these things of a row change.
    pub(super) fn step_bit(&mut self, root: u16, element: ElementAt<'s>, matched: u16, on: Mask) -> Mask {
        let key = (root, element.block, element.rule);
        let bit = if let Some(bit) = self.step_bits.get(&key) {
            *bit
        } else {
            let bit = self.new_bit(root, BitName::Matched { block: element.block, rule: element.rule as u16 });
            self.step_bits.insert(key, bit);
            if self.plan.is_group_list(matched) {
                self.bit_sources[usize::from(root)].push((bit, Source::Groups(matched)));
            }
            bit
        };
        let (_, find) = self.find(root, element.block, element.rule);
        let action = Action::Step { root, mask: bit, find };
        self.plan.roots[usize::from(matched)].triggers.push(Trigger { on, back: Vec::new(), action });
        bit
    }

    /// Returns what the step of a rule is, and how the families are found in which a row is a step.
    pub(super) fn find(&mut self, root: u16, block: u16, rule: usize) -> (ElementOf<'s>, Find) {
        let element = self.element_at(root, block, rule, None).map(|e| e.of);
        let of = element.unwrap_or(ElementOf::Element(&Type::Text));
        if let Some(find) = self.finds.get(&(root, block, rule)) {
            return (of, find.clone());
        }
        let find = match (of, self.made[usize::from(root)][usize::from(block)][rule]) {
            (ElementOf::Match(list), Made::By { rule: made, parent }) => self.match_find(root, parent, made, list),
            _ => Find::Row(self.new_finder()),
        };
        self.finds.insert((root, block, rule), find.clone());
        (of, find)
    }

    fn new_finder(&mut self) -> u16 {
        self.plan.finders += 1;
        self.plan.finders as u16 - 1
    }

    fn match_find(&mut self, root: u16, parent: u16, rule: &'s Rule, list: &Name) -> Find {
        let Each::Match { on, .. } = &rule.each else { return Find::Row(self.new_finder()) };
        let number = self.plan.list_numbers[list];
        let mut slots = Vec::new();
        let mut keyed = false;
        for (name, probe) in on {
            let slot = self.matched_slot(number, name);
            if let (Some(slot), Probe::Is(expr)) = (slot, probe) {
                let place = Place { row: None, ..Place::row(root, parent) };
                if matches!(self.lower(expr, place, None).op, Op::Root) {
                    return Find::Referred(slot);
                }
            }
            match slot {
                Some(slot) => slots.push(slot),
                None => keyed = true,
            }
        }
        let finder = self.new_finder();
        if keyed { Find::Keyed(finder) } else { Find::Tuple { finder, slots } }
    }

    /// Returns the slot of a field by which rows are matched; `None` for the key.
    fn matched_slot(&mut self, list: u16, name: &Name) -> Option<u16> {
        if *name == "key" {
            return None;
        }
        let field = *self.plan.list(list).field_numbers.get(name)?;
        match self.plan.list(list).role {
            Role::Group { root, .. } => match self.program(root, 0, 0, field).rule.op {
                Op::Slot(slot) => Some(slot),
                _ => None,
            },
            _ => Some(field),
        }
    }

    /// Returns the index that leads from rows referred to back to those that refer by a slot.
    pub(super) fn reference_index(&mut self, root: u16, slot: u16) -> u16 {
        self.index(root, vec![slot])
    }

    fn index(&mut self, root: u16, slots: Vec<u16>) -> u16 {
        if let Some(index) = self.indexes.get(&(root, slots.clone())) {
            return *index;
        }
        let index = self.plan.indexes.len() as u16;
        let target = match slots.as_slice() {
            [slot] => self.slot_types[usize::from(root)][usize::from(*slot)].target().cloned(),
            _ => None,
        };
        let target = target.and_then(|list| self.plan.root_of(self.plan.list_numbers[&list]));
        let on = slots.iter().fold(Mask::NONE, |on, slot| on.with(self.slot_bit(root, *slot)));
        let authored = slots.iter().all(|slot| *slot < self.base_fields(root));
        self.plan.indexes.push(IndexPlan { root, slots: slots.clone(), target, authored, on });
        self.plan.roots[usize::from(root)].indexes.push(index);
        self.indexes.insert((root, slots), index);
        index
    }

    pub(super) fn authored_reference(&mut self, root: u16, block: u16, field: u16) -> u16 {
        let list = self.plan.root(root).block(block).list;
        self.plan.authored_references.iter().position(|r| r.list == list && r.field == field).unwrap_or(0) as u16
    }

    /// Returns the slot that keeps an aggregate over the rows that refer to a row of a base list.
    pub(super) fn rows_of_slot(&mut self, aggregate: &'s Aggregate, rows_of: &'s RowsOf, root: u16) -> u16 {
        if let Some((_, _, slot)) = self.aggregates.iter().find(|(r, a, _)| *r == root && **a == *aggregate) {
            return *slot;
        }
        let list = self.plan.list_numbers[&rows_of.list];
        let homes = self.plan.list(list).homes.clone();
        let mut ty = fold_type(aggregate.fold, None);
        let mut of = Kind::Integer;
        let mut inputs = Vec::new();
        for (from, block) in homes {
            let place = Place { source: None, own: None, ..Place::row(from, block) };
            let by = self.field(from, block, 0, &rows_of.by);
            let when = self.lower(&aggregate.when, place, Some(&Type::Boolean));
            let value = aggregate.value.as_ref().map(|value| self.lower(value, place, None));
            ty = fold_type(aggregate.fold, value.as_ref().map(|v| &v.ty));
            if let Some(value) = &value {
                of = self.kind(value.ty.element().unwrap_or(&value.ty));
            }
            let mut reads = by.reads.with(when.reads);
            if let Some(value) = &value {
                reads.add(value.reads);
            }
            inputs.push((from, block, by, when, value, reads));
        }
        let words = Expr::Aggregate(Box::new(aggregate.clone())).to_string();
        let slot = self.new_slot(root, ty, SlotName::Drawn(words));
        let partial = self.new_partial(aggregate.fold, root, slot, of);
        for (from, block, by, when, value, reads) in inputs {
            let number = self.plan.aggregates.len() as u16;
            self.plan.aggregates.push(AggregatePlan { partial, root: from, block, by, when, value, reads, rank: 0 });
            self.plan.roots[usize::from(from)].blocks[usize::from(block)].aggregates.push(number);
        }
        self.aggregates.push((root, aggregate, slot));
        slot
    }

    fn new_partial(&mut self, fold: Fold, root: u16, slot: u16, of: Kind) -> u16 {
        let number = self.plan.partials.len() as u16;
        self.plan.partials.push(PartialPlan { fold, root, slot, of });
        self.plan.roots[usize::from(root)].partials.push(number);
        number
    }

    fn group_rule(&self, root: u16) -> &'s Rule {
        let spec = self.spec;
        let list = &spec.lists[usize::from(self.plan.root(root).list)];
        &list.rules[0]
    }

    pub(super) fn group_by(&self, root: u16) -> &'s [Expr] {
        match &self.group_rule(root).each {
            Each::Group { by, .. } => by,
            _ => &[],
        }
    }

    /// Makes the slots of the values grouped by, and what it takes to find a member's group.
    fn groups(&mut self, root: u16) {
        let rule = self.group_rule(root);
        let Each::Group { by: shared, over } = &rule.each else { return };
        let from = self.plan.list_numbers[&rule.from];
        let over = over.as_ref().and_then(|list| self.plan.root_of(self.plan.list_numbers[list]));
        self.plan.roots[usize::from(root)].group =
            Some(GroupPlan { over, by: shared.len() as u16, members: Vec::new() });
        for (number, (member_root, member_block)) in self.plan.list(from).homes.clone().into_iter().enumerate() {
            let place = Place { row: None, own: None, ..Place::row(member_root, member_block) };
            let when = self.lower(&rule.when, place, Some(&Type::Boolean));
            let by: Vec<Lowered> = shared.iter().map(|expr| self.lower(expr, place, None)).collect();
            if number == 0 {
                for (expr, one) in shared.iter().zip(&by) {
                    self.new_slot(root, one.ty.clone(), SlotName::Shared(expr.to_string()));
                }
            }
            let reads = by.iter().fold(when.reads, |reads, one| reads.with(one.reads));
            let member =
                MemberPlan { root: member_root, block: member_block, when, by, inputs: Vec::new(), reads, rank: 0 };
            if let Some(group) = &mut self.plan.roots[usize::from(root)].group {
                group.members.push(member);
            }
            self.plan.roots[usize::from(member_root)].blocks[usize::from(member_block)]
                .groups
                .push((root, number as u16));
        }
    }

    /// Returns the slot that keeps an aggregate over the members of a group.
    pub(super) fn group_slot(&mut self, aggregate: &'s Aggregate, root: u16) -> u16 {
        if let Some((_, _, slot)) = self.group_slots.iter().find(|(r, a, _)| *r == root && **a == *aggregate) {
            return *slot;
        }
        let members: Vec<(u16, u16)> = match &self.plan.root(root).group {
            Some(group) => group.members.iter().map(|m| (m.root, m.block)).collect(),
            None => Vec::new(),
        };
        let mut lowered = Vec::new();
        for (member_root, member_block) in members {
            let place = Place { own: None, ..Place::row(member_root, member_block) };
            let when = self.lower(&aggregate.when, place, Some(&Type::Boolean));
            let value = aggregate.value.as_ref().map(|value| self.lower(value, place, None));
            lowered.push((when, value));
        }
        let of = lowered.first().and_then(|(_, value)| value.as_ref()).map(|v| v.ty.clone());
        let ty = fold_type(aggregate.fold, of.as_ref());
        let kind = of.map_or(Kind::Integer, |ty| self.kind(ty.element().unwrap_or(&ty)));
        let words = Expr::Aggregate(Box::new(aggregate.clone())).to_string();
        let slot = self.new_slot(root, ty, SlotName::Drawn(words));
        let partial = self.new_partial(aggregate.fold, root, slot, kind);
        if let Some(group) = &mut self.plan.roots[usize::from(root)].group {
            for (member, (when, value)) in group.members.iter_mut().zip(lowered) {
                member.reads.add(when.reads);
                if let Some(value) = &value {
                    member.reads.add(value.reads);
                }
                member.inputs.push((partial, when, value));
            }
        }
        self.group_slots.push((root, aggregate, slot));
        slot
    }

    fn lower_all(&mut self) {
        let roots = self.plan.roots.len() as u16;
        for list in 0..self.plan.lists.len() {
            for field in 0..self.plan.lists[list].fields.len() {
                let plan = &self.plan.lists[list];
                let is_base = matches!(plan.role, Role::Base { .. });
                if let (false, Some(target)) = (is_base, plan.fields[field].ty.target())
                    && plan.fields[field].write != Write::Locked
                    && let Some(target) = self.plan.root_of(self.plan.list_numbers[target])
                {
                    let reference = AuthoredReference { list: list as u16, field: field as u16, target };
                    self.plan.authored_references.push(reference);
                }
            }
        }
        // The groups' own values first: rows that match groups probe for them. A list of groups of groups comes after.
        let mut groups: Vec<u16> = (0..roots).filter(|root| self.plan.is_group_list(*root)).collect();
        groups.sort_by_key(|root| self.depth(*root, 0));
        for &root in &groups {
            self.groups(root);
        }
        for root in 0..roots {
            for slot in 0..self.base_fields(root) {
                if self.slot_types[usize::from(root)][usize::from(slot)].target().is_some() {
                    self.reference_index(root, slot);
                }
            }
            let spec = self.spec;
            let list = &spec.lists[usize::from(self.plan.root(root).list)];
            for unique in &list.unique {
                let numbers = &self.plan.list(self.plan.root(root).list).field_numbers;
                let slots: Vec<u16> = unique.iter().filter_map(|name| numbers.get(name).copied()).collect();
                let index = self.index(root, slots);
                self.plan.roots[usize::from(root)].unique.push(index);
            }
        }
        for root in 0..roots {
            for block in 0..self.plan.root(root).blocks.len() as u16 {
                self.lower_block(root, block);
            }
        }
        self.ordered();
    }

    /// Compiles the indexes that lists declare. What their conditions read is a row's own, so they depend on nothing that its
    /// fields do not.
    fn ordered(&mut self) {
        let spec = self.spec;
        for (number, (name, list)) in spec.lists.iter().enumerate() {
            let first = self.plan.ordered.len() as u16;
            for (index_name, index) in &list.indexes {
                let numbers = &self.plan.lists[number].field_numbers;
                let by = order_plan(&index.by, numbers);
                let mut read = indexmap::IndexSet::new();
                Typing::new(spec).reads(&index.when, &Typing::scope_index(name), &mut read);
                let read = read.iter().filter_map(|read| match read {
                    Read::Field(_, field) => numbers.get(field).copied(),
                    Read::Membership(_) => None,
                });
                let reads = by.iter().map(|(field, _)| *field).chain(read).fold(0, |all, field| all | 1 << field);
                let mut when = Vec::new();
                if !index.when.is_always() {
                    for (root, block) in self.plan.lists[number].homes.clone() {
                        when.push(self.lower(&index.when, Place::row(root, block), Some(&Type::Boolean)));
                    }
                }
                self.plan.ordered.push(OrderedPlan { name: index_name.clone(), by, when, reads });
            }
            self.plan.lists[number].ordered = first..self.plan.ordered.len() as u16;
        }
    }

    /// Returns how many lists of groups lie between a list of groups and base lists.
    fn depth(&self, root: u16, seen: usize) -> usize {
        if seen > self.plan.roots.len() {
            return seen;
        }
        let from = self.plan.list_numbers[&self.group_rule(root).from];
        let above = self.plan.list(from).homes.iter().filter(|(r, _)| *r != root && self.plan.is_group_list(*r));
        above.map(|(r, _)| 1 + self.depth(*r, seen + 1)).max().unwrap_or(0)
    }

    fn base_fields(&self, root: u16) -> u16 {
        let list = self.plan.list(self.plan.root(root).list);
        if matches!(list.role, Role::Base { .. }) { list.fields.len() as u16 } else { 0 }
    }

    fn lower_block(&mut self, root: u16, block: u16) {
        let list = self.plan.root(root).block(block).list;
        let fields = self.plan.list(list).fields.len() as u16;
        let made = self.made[usize::from(root)][usize::from(block)].clone();
        let mut membership = Mask::NONE;
        let mut rules = Vec::new();
        for (number, one) in made.iter().enumerate() {
            let rule = self.lower_rule(root, block, number, *one, &mut membership);
            rules.push(rule);
        }
        let mut programs = Vec::new();
        let sets = if block == 0 { usize::from(self.plan.is_group_list(root)) } else { made.len() };
        for rule in 0..sets {
            programs.push((0..fields).map(|field| self.program(root, block, rule, field)).collect::<Vec<_>>());
        }
        let authored = (0..fields)
            .filter(|f| block != 0 && self.plan.list(list).fields[usize::from(*f)].write != Write::Locked)
            .collect();
        let reads = programs.iter().flatten().fold(membership, |reads, p| reads.with(p.reads));
        let above = rules.iter().any(|rule| self.plan.root(root).block(rule.parent).may_remake);
        let lines = rules.iter().any(|rule| match &rule.each {
            EachPlan::Table { lines, .. } => (0..).zip(lines).any(|(at, line)| line.first != at),
            _ => false,
        });
        let plan = &mut self.plan.roots[usize::from(root)].blocks[usize::from(block)];
        plan.may_remake = above || lines || rules.len() > 1;
        plan.rules = rules;
        plan.programs = programs;
        plan.membership = membership;
        plan.reads = reads;
        plan.authored = authored;
    }

    fn lower_rule(&mut self, root: u16, block: u16, number: usize, made: Made<'s>, membership: &mut Mask) -> RulePlan {
        let list = self.plan.root(root).block(block).list;
        let list_name = self.plan.list(list).name.clone();
        let plain = |when: Lowered, parent: u16, membership: &mut Mask| {
            membership.add(when.reads);
            RulePlan { name: list_name.clone(), parent, when, each: EachPlan::Row }
        };
        match made {
            Made::Check { when, parent } => {
                let when = self.lower(when, Place { row: None, ..Place::row(root, parent) }, Some(&Type::Boolean));
                plain(when, parent, membership)
            }
            Made::Required { field, parent } => {
                let of = self.plan.root(root).block(parent).list;
                let name = self.plan.list(of).fields[usize::from(field)].name.clone();
                let mut when = self.field(root, parent, 0, &name);
                when.op = Op::Missing(Box::new(when.op));
                when.ty = Type::Boolean;
                plain(when, parent, membership)
            }
            Made::Looser { field, parent } => {
                let mut when = Lowered::constant(Val::Missing, Type::Boolean);
                when.op = Op::Looser { field };
                let rules = if parent == 0 { 1 } else { self.rules(root, parent) };
                for rule in 0..rules {
                    let program = self.program(root, parent, rule, field);
                    when.depend(program.reads, Some(0));
                }
                plain(when, parent, membership)
            }
            Made::By { rule, parent } => {
                let place = Place { own: None, row: None, ..Place::row(root, parent) };
                let when = self.lower(&rule.when, place, Some(&Type::Boolean));
                membership.add(when.reads);
                let each = self.lower_each_plan(root, block, number, rule, parent, membership);
                RulePlan { name: rule.id.clone(), parent, when, each }
            }
        }
    }

    fn lower_each_plan(
        &mut self,
        root: u16,
        block: u16,
        number: usize,
        rule: &'s Rule,
        parent: u16,
        membership: &mut Mask,
    ) -> EachPlan {
        match &rule.each {
            Each::Row | Each::Group { .. } => EachPlan::Row,
            Each::Element(field) => {
                let list = self.field(root, parent, 0, field);
                membership.add(list.reads);
                let kind = self.kind(list.ty.element().unwrap_or(&Type::Text));
                // Whether anybody follows the references is known only once all is lowered.
                EachPlan::Element { list, kind, finder: None }
            }
            Each::Table(table) => {
                let by = self.field(root, parent, 0, &table.by);
                membership.add(by.reads);
                let typing = Typing::new(self.spec);
                let mut lines = Vec::new();
                let mut places: HashMap<u64, Vec<u32>, FixedState> = HashMap::default();
                for line in &table.lines {
                    let of = self.constant(&typing.coerce(&line.of, &by.ty).unwrap_or_default(), &by.ty);
                    let columns = table.columns.iter().map(|(name, ty)| {
                        let value = line.set.get(name).cloned().unwrap_or_default();
                        self.constant(&typing.coerce(&value, ty).unwrap_or_default(), ty)
                    });
                    let columns = columns.collect();
                    places.entry(crate::engine::hash_val(&of)).or_default().push(lines.len() as u32);
                    lines.push(LinePlan { of, first: lines.len() as u32, columns, segment: String::new() });
                }
                let columns = table.columns.iter().map(|(name, ty)| (name.clone(), self.kind(ty))).collect();
                let key = table.columns.get_index_of(&table.key).unwrap_or(0) as u16;
                let names: Vec<String> =
                    lines.iter().map(|line| format!("{:?}", line.columns[usize::from(key)])).collect();
                for line in &mut lines {
                    let name = &names[line.first as usize];
                    line.first = names.iter().position(|other| other == name).unwrap_or(0) as u32;
                }
                EachPlan::Table { by, lines, places, columns, key }
            }
            Each::Match { list, on, when } => {
                let plan = self.lower_match(root, block, number, parent, list, on, when, membership);
                EachPlan::Match(plan)
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one rule, taken apart by the caller")]
    fn lower_match(
        &mut self,
        root: u16,
        block: u16,
        number: usize,
        parent: u16,
        list: &'s Name,
        on: &'s [(Name, Probe)],
        when: &'s Expr,
        membership: &mut Mask,
    ) -> MatchPlan {
        let list_number = self.plan.list_numbers[list];
        let matched = self.plan.root_of(list_number).unwrap_or(0);
        let place = Place { own: None, row: None, ..Place::row(root, parent) };
        let element = self.element_at(root, block, number, None);
        let condition = Place { element, ..place };
        let when = self.lower(when, condition, Some(&Type::Boolean));
        membership.add(when.reads);
        let mut probes = Vec::new();
        let mut slots = Vec::new();
        let mut keyed = false;
        let mut watch = Mask::NONE;
        let mut literals: Vec<u16> = Vec::new();
        for (name, probe) in on {
            let slot = self.matched_slot(list_number, name);
            let ty = match slot {
                Some(slot) => self.slot_types[usize::from(matched)][usize::from(slot)].clone(),
                None if self.plan.is_group_list(matched) => Type::Text,
                None => Type::Reference(list.clone()),
            };
            let exprs: Vec<&'s Expr> = match probe {
                Probe::Is(expr) => vec![expr],
                Probe::AnyOf(exprs) => exprs.iter().collect(),
            };
            let mut ops = Vec::new();
            for expr in exprs {
                let lowered = self.lower_as(expr, place, Some(&ty));
                membership.add(lowered.reads);
                if let Op::Const(Val::KeyOf { list, .. }) = lowered.op {
                    literals.push(list);
                }
                ops.push(lowered.op);
            }
            match slot {
                Some(slot) => {
                    slots.push(slot);
                    watch.add(self.slot_bit(matched, slot));
                }
                None => keyed = true,
            }
            probes.push((slot, ops));
        }
        let index = if keyed { None } else { Some(self.index(matched, slots)) };
        let member = self.new_bit(root, BitName::Match { block, rule: number as u16 });
        membership.add(member);
        if self.plan.is_group_list(matched) {
            self.bit_sources[usize::from(root)].push((member, Source::Groups(matched)));
        }
        for target in literals {
            // Nobody can be posted under a row that there is not: when it comes, everybody looks.
            let action = Action::All { root, mask: member };
            self.plan.roots[usize::from(target)].triggers.push(Trigger {
                on: Mask::bit(127),
                back: Vec::new(),
                action,
            });
        }
        let (_, find) = self.find(root, block, number);
        let action = Action::Step { root, mask: member, find: find.clone() };
        self.plan.roots[usize::from(matched)].triggers.push(Trigger { on: watch, back: Vec::new(), action });
        MatchPlan { list: matched, index, on: probes, scalars: None, when, find }
    }

    /// Lays the records out, now that all slots are known, and tells elements whom to post their families with.
    fn lay_out(&mut self) {
        for (root, block, rule) in self.finds.keys().copied().collect::<Vec<_>>() {
            let find = self.finds[&(root, block, rule)].clone();
            let rules = &mut self.plan.roots[usize::from(root)].blocks[usize::from(block)].rules;
            if let (EachPlan::Element { finder, .. }, Find::Row(posted)) = (&mut rules[rule].each, find) {
                *finder = Some(posted);
            }
        }
        let vocabularies = &self.plan.vocabularies;
        for root in &mut self.plan.roots {
            let mut packer = Packer { word: HEAD as u16, open: None };
            // Wide slots first, so that the small ones share the last words.
            let bits: Vec<u8> = root.slots.iter().map(|slot| bits(&slot.kind, vocabularies)).collect();
            let mut order: Vec<usize> = (0..root.slots.len()).collect();
            order.sort_by_key(|slot| std::cmp::Reverse(bits[*slot]));
            for slot in order {
                root.slots[slot].slot = packer.place(bits[slot]);
            }
            root.stride = match packer.end() {
                0..=8 => 8,
                13..=16 => 16,
                words => usize::from(words).div_ceil(4) * 4,
            };
        }
    }

    /// Finds the round in which each thing settles: what is drawn from rows settles one round after them.
    fn rank(&mut self) {
        let mut slots: Vec<Vec<u16>> = self.plan.roots.iter().map(|root| vec![0; root.slots.len()]).collect();
        let mut groups: Vec<u16> = vec![0; self.plan.roots.len()];
        loop {
            let mut changed = false;
            let mut raise = |place: &mut u16, to: u16| {
                if *place < to {
                    *place = to;
                    changed = true;
                }
            };
            let rank_of = |slots: &[Vec<u16>], groups: &[u16], root: u16, reads: Mask| -> u16 {
                let of = |source: &Source| match source {
                    Source::Slot(slot) => slots[usize::from(root)][usize::from(*slot)],
                    Source::Groups(of) => groups[usize::from(*of)],
                };
                let sources = &self.bit_sources[usize::from(root)];
                sources.iter().filter(|(bit, _)| reads.meets(*bit)).map(|(_, s)| of(s)).max().unwrap_or(0)
            };
            for root in 0..self.plan.roots.len() as u16 {
                let at = usize::from(root);
                for block in 0..self.plan.roots[at].blocks.len() {
                    let mut rank =
                        groups[at].max(rank_of(&slots, &groups, root, self.plan.roots[at].blocks[block].membership));
                    for rule in &self.plan.roots[at].blocks[block].rules {
                        rank = rank.max(self.plan.roots[at].block(rule.parent).rank);
                    }
                    raise(&mut self.plan.roots[at].blocks[block].rank, rank);
                }
            }
            for number in 0..self.plan.aggregates.len() {
                let of = &self.plan.aggregates[number];
                let rank =
                    rank_of(&slots, &groups, of.root, of.reads).max(self.plan.root(of.root).block(of.block).rank);
                let partial = &self.plan.partials[usize::from(of.partial)];
                raise(&mut slots[usize::from(partial.root)][usize::from(partial.slot)], rank + 1);
                raise(&mut self.plan.aggregates[number].rank, rank);
            }
            for root in 0..self.plan.roots.len() {
                let Some(group) = &self.plan.roots[root].group else { continue };
                let ranks: Vec<u16> = group
                    .members
                    .iter()
                    .map(|m| rank_of(&slots, &groups, m.root, m.reads).max(self.plan.root(m.root).block(m.block).rank))
                    .collect();
                let settled = ranks.iter().max().map_or(0, |rank| rank + 1);
                raise(&mut groups[root], settled);
                for slot in &mut slots[root] {
                    raise(slot, settled);
                }
                if let Some(group) = &mut self.plan.roots[root].group {
                    for (member, rank) in group.members.iter_mut().zip(ranks) {
                        raise(&mut member.rank, rank);
                    }
                }
            }
            if !changed {
                break;
            }
        }
        self.note_inputs();
        let mut rounds = 0;
        for root in 0..self.plan.roots.len() {
            let mut last = groups[root];
            let reads = self.plan.roots[root].blocks.iter().fold(Mask::NONE, |reads, block| reads.with(block.reads));
            for (bit, source) in &self.bit_sources[root] {
                if reads.meets(*bit) {
                    last = last.max(match source {
                        Source::Slot(slot) => slots[root][usize::from(*slot)],
                        Source::Groups(of) => groups[usize::from(*of)],
                    });
                }
            }
            for block in &self.plan.roots[root].blocks {
                last = last.max(block.rank);
            }
            self.plan.roots[root].ranks = (groups[root], last);
            rounds = rounds.max(last);
        }
        let aggregated = self.plan.aggregates.iter().map(|a| a.rank);
        let grouped =
            self.plan.roots.iter().filter_map(|r| r.group.as_ref()).flat_map(|g| g.members.iter().map(|m| m.rank));
        self.plan.rounds = 1 + aggregated.chain(grouped).map(|rank| rank + 1).chain([rounds]).max().unwrap_or(0);
    }
}

impl Builder<'_> {
    /// Adds what is drawn from the rows of a block to what the block depends on.
    fn note_inputs(&mut self) {
        for number in 0..self.plan.aggregates.len() {
            let AggregatePlan { root, block, reads, .. } = self.plan.aggregates[number];
            self.plan.roots[usize::from(root)].blocks[usize::from(block)].reads.add(reads);
        }
        let members: Vec<(u16, u16, Mask)> = self
            .plan
            .roots
            .iter()
            .filter_map(|root| root.group.as_ref())
            .flat_map(|group| group.members.iter().map(|m| (m.root, m.block, m.reads)))
            .collect();
        for (root, block, reads) in members {
            self.plan.roots[usize::from(root)].blocks[usize::from(block)].reads.add(reads);
        }
    }
}

/// How many bits of a word a kind takes.
fn bits(kind: &Kind, vocabularies: &[VocabularyPlan]) -> u8 {
    match kind {
        Kind::Boolean => 2,
        Kind::Choice(vocabulary) => match vocabularies[usize::from(*vocabulary)].codes.len() {
            0..=254 => 8,
            255..=65_534 => 16,
            _ => 32,
        },
        _ => 32,
    }
}

/// Slots put one after the other, small ones into shared words.
struct Packer {
    word: u16,
    open: Option<(u16, u8)>,
}

impl Packer {
    fn place(&mut self, bits: u8) -> Slot {
        if bits < 32
            && let Some((word, used)) = self.open
            && used + bits <= 32
        {
            self.open = Some((word, used + bits));
            return Slot { word, shift: used, bits };
        }
        let word = self.word;
        self.word += 1;
        if bits < 32 {
            self.open = Some((word, bits));
        }
        Slot { word, shift: 0, bits }
    }

    fn end(&self) -> u16 {
        self.word
    }
}
