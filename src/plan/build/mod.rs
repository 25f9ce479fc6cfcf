//! A schema compiled into a plan, step by step.

mod aggregates;
mod blocks;
mod expr;
mod finders;
mod layout;
mod paths;
mod programs;
mod rounds;
mod rules;

use std::collections::HashMap;

use super::{BitName, EachPlan, Find, Mask, Plan, Program, SlotName, SlotPlan, VocabularyPlan};
use crate::{
    schema::{Aggregate, Expr, Rule, Schema, SchemaBuilder, Table, Type},
    store::{Kind, Slot, Store, Val},
    value::{Name, Value},
};

/// The units that every schema has.
pub(crate) const UNITS: [&str; 5] = ["days", "hours", "months", "working_days", "years"];

/// What the step of a rule is.
#[derive(Debug, Clone, Copy)]
enum ElementOf<'s> {
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

/// A plan being made.
struct Builder<'s> {
    spec: &'s SchemaBuilder,
    plan: Plan,
    /// What makes the rows of each block of each root.
    made: Vec<Vec<Vec<Made<'s>>>>,
    slot_types: Vec<Vec<Type>>,
    path_bits: HashMap<String, Mask>,
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

    fn kind(&self, ty: &Type) -> Kind {
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
    fn constant(&self, value: &Value, ty: &Type) -> Val<'static> {
        self.plan.constant_of(value, &self.kind(ty))
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

    fn new_bit(&mut self, root: u16, name: BitName) -> Mask {
        let names = &mut self.plan.roots[usize::from(root)].bit_names;
        names.push(name);
        Mask::bit(names.len() - 1)
    }

    fn slot_bit(&self, root: u16, slot: u16) -> Mask {
        self.plan.roots[usize::from(root)].slots[usize::from(slot)].bit
    }
}
