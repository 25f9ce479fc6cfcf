//! A schema, compiled: records laid out, expressions resolved, and for each kind of change the lists that react.
//!
//! What people read of it is a [`CompiledPlan`], from [`Schema::plan`].
//!
//! Architecture invariant: the plan holds numbers only; names are resolved here, once, and nothing is looked up by name while
//! a change is propagated.

mod build;
mod op;
mod scalar_op;
mod view;

use std::{borrow::Cow, collections::HashMap};

use foldhash::fast::FixedState;

pub use self::view::{
    Block, BlockRule, Cell, CellKind, Compared, CompiledPlan, Family, FindBy, FoundBy, GivesTo, Index, IndexUse,
    PlannedEach, PlannedField, PlannedValue, PostedBy, Posting, Reaction, Round, Scan,
};
pub(crate) use self::{
    op::{Lowered, Mask, Op, Program, StepRead},
    scalar_op::{ScalarOp, Shown, StepIs},
};
use crate::{
    schema::{Direction, Fold, OnRemove, OrderBy, Schema, Severity, Type, Write},
    store::{Items, Kind, Slot, Val},
    value::{Name, Value},
};

/// Everything that the engine knows of a schema.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) schema: Schema,
    /// The lists in the order of the schema, then the checks as lists.
    pub(crate) lists: Vec<ListPlan>,
    pub(crate) list_numbers: HashMap<Name, u16>,
    /// The root lists: base lists and lists of groups.
    pub(crate) roots: Vec<RootPlan>,
    pub(crate) indexes: Vec<IndexPlan>,
    /// The indexes that lists declare, list by list.
    pub(crate) ordered: Vec<OrderedPlan>,
    /// How many sets of postings from probed values to families there are.
    pub(crate) finders: usize,
    pub(crate) aggregates: Vec<AggregatePlan>,
    /// How many tables of partial values there are.
    pub(crate) partials: Vec<PartialPlan>,
    pub(crate) vocabularies: Vec<VocabularyPlan>,
    /// The units of durations, in the order of their names.
    pub(crate) units: Vec<Name>,
    /// The number of rounds in which structure settles, one more than the highest rank.
    pub(crate) rounds: u16,
    /// References in authored cells: list and field, and the finder from the row referred to to the families.
    pub(crate) authored_references: Vec<AuthoredReference>,
}

#[derive(Debug)]
pub(crate) struct VocabularyPlan {
    pub(crate) codes: Vec<Name>,
    pub(crate) places: HashMap<Name, u32>,
}

#[derive(Debug)]
pub(crate) struct ListPlan {
    pub(crate) name: Name,
    pub(crate) tier: Option<u8>,
    pub(crate) fields: Vec<FieldPlan>,
    pub(crate) field_numbers: HashMap<Name, u16>,
    pub(crate) role: Role,
    /// Where its rows lie: root list and block. A root list lies in its own block 0.
    pub(crate) homes: Vec<(u16, u16)>,
    /// Whether the keys start with the name of the root list.
    pub(crate) tagged: bool,
    pub(crate) order: Vec<(u16, Direction)>,
    /// The indexes that it declares, in their order.
    pub(crate) ordered: std::ops::Range<u16>,
}

/// What a list is to the engine.
#[derive(Debug, Clone)]
pub(crate) enum Role {
    Base { root: u16 },
    Group { root: u16, segments: u8 },
    Derived,
    Check { severity: Severity, of: u16 },
}

#[derive(Debug, Clone)]
pub(crate) struct FieldPlan {
    pub(crate) name: Name,
    pub(crate) ty: Type,
    pub(crate) kind: Kind,
    pub(crate) write: Write,
    pub(crate) on_remove: OnRemove,
}

#[derive(Debug)]
pub(crate) struct RootPlan {
    pub(crate) list: u16,
    /// Words a record.
    pub(crate) stride: usize,
    /// The list's fields, if it is a base list, then what is kept by difference.
    pub(crate) slots: Vec<SlotPlan>,
    /// The list itself, then the lists whose rows stem from its rows, each after those it reads.
    pub(crate) blocks: Vec<BlockPlan>,
    /// What must be looked at beyond the family when a row of the list changes.
    pub(crate) triggers: Vec<Trigger>,
    /// The indexes over the list.
    pub(crate) indexes: Vec<u16>,
    pub(crate) unique: Vec<u16>,
    /// The tables of partial values that are kept for its rows.
    pub(crate) partials: Vec<u16>,
    /// The slots of fields that must have a value.
    pub(crate) required: Vec<u16>,
    /// The first and the last round in which something of a family settles.
    pub(crate) ranks: (u16, u16),
    /// What each bit stands for.
    pub(crate) bit_names: Vec<BitName>,
    /// What each slot holds.
    pub(crate) slot_names: Vec<SlotName>,
    /// Where the members come from, if it is a list of groups.
    pub(crate) group: Option<GroupPlan>,
}

/// What a bit of a family's masks stands for.
#[derive(Debug)]
pub(crate) enum BitName {
    /// What a slot of the root's record holds.
    Slot(u16),
    /// What lies at the end of a path through references.
    Path { start: Op, hops: Box<[(u16, u16)]> },
    /// What is authored for a field of a block.
    Authored { block: u16, field: u16 },
    /// The fields of the rows that a rule of a block matches.
    Matched { block: u16, rule: u16 },
    /// Which rows a rule of a block matches.
    Match { block: u16, rule: u16 },
}

/// What a slot of a root's record holds.
#[derive(Debug)]
pub(crate) enum SlotName {
    /// A field of a base list.
    Field(Name),
    /// One of the values that a group's members share, as an expression.
    Shared(String),
    /// A value drawn from other rows and kept by difference, as an expression.
    Drawn(String),
}

#[derive(Debug, Clone)]
pub(crate) struct SlotPlan {
    pub(crate) slot: Slot,
    pub(crate) kind: Kind,
    pub(crate) bit: Mask,
}

#[derive(Debug)]
pub(crate) struct BlockPlan {
    pub(crate) list: u16,
    /// The rules that make rows of the list in this family; none for the root itself.
    pub(crate) rules: Vec<RulePlan>,
    /// The programs of the fields, by rule; for the root itself there is one set.
    pub(crate) programs: Vec<Vec<Program>>,
    /// What its rows depend on, apart from the rows of the parent blocks.
    pub(crate) membership: Mask,
    /// What anything of it depends on.
    pub(crate) reads: Mask,
    /// The round in which its rows settle.
    pub(crate) rank: u16,
    /// The aggregates that its rows contribute to.
    pub(crate) aggregates: Vec<u16>,
    /// The group lists that its rows are members of: root number, and which of its members.
    pub(crate) groups: Vec<(u16, u16)>,
    /// Whether two rules may give one key.
    pub(crate) may_collide: bool,
    /// Whether a row may stay while it, or a row above it, comes from another rule or line.
    pub(crate) may_remake: bool,
    /// The blocks made of it.
    pub(crate) children: Vec<u16>,
    /// Fields that take authored values.
    pub(crate) authored: Vec<u16>,
}

#[derive(Debug)]
pub(crate) struct RulePlan {
    pub(crate) name: Name,
    /// The block whose rows are read.
    pub(crate) parent: u16,
    /// Which rows count, read at the parent row.
    pub(crate) when: Lowered,
    pub(crate) each: EachPlan,
}

#[derive(Debug)]
pub(crate) enum EachPlan {
    Row,
    Element {
        list: Lowered,
        kind: Kind,
        /// The finder from the row referred to to the families, where fields of that row are read.
        finder: Option<u16>,
    },
    Table {
        by: Lowered,
        lines: Vec<LinePlan>,
        /// The lines of a value, by its hash.
        places: HashMap<u64, Vec<u32>, FixedState>,
        columns: Vec<(Name, Kind)>,
        key: u16,
    },
    Match(MatchPlan),
}

#[derive(Debug)]
pub(crate) struct LinePlan {
    pub(crate) of: Val<'static>,
    /// The first line that names its rows alike.
    pub(crate) first: u32,
    pub(crate) columns: Vec<Val<'static>>,
    /// What the line adds to a key, with the stroke before it.
    pub(crate) segment: String,
}

#[derive(Debug)]
pub(crate) struct MatchPlan {
    /// The root list matched.
    pub(crate) list: u16,
    /// The index over the fields probed; none where the row itself is named.
    pub(crate) index: Option<u16>,
    /// The slots compared, in the order of the index; `None` is the row itself.
    pub(crate) on: Vec<(Option<u16>, Vec<Op>)>,
    /// The same, where all that is compared is slots that hold scalars.
    pub(crate) scalars: Option<Vec<ScalarProbe>>,
    pub(crate) when: Lowered,
    pub(crate) find: Find,
}

/// A slot of the rows matched, and what it is probed for.
#[derive(Debug)]
pub(crate) struct ScalarProbe {
    pub(crate) slot: Slot,
    pub(crate) kind: Kind,
    pub(crate) ops: Vec<ScalarOp>,
}

/// How the families are found that a row of another list matters to.
#[derive(Debug, Clone)]
pub(crate) enum Find {
    /// The row refers, by this slot, to the root of the one family.
    Referred(u16),
    /// Families are posted under the values that they probe these slots for.
    Tuple { finder: u16, slots: Vec<u16> },
    /// Families are posted under the key that they probe for.
    Keyed(u16),
    /// Families are posted under the row.
    Row(u16),
}

/// What must be looked at when a row of a base list changes in certain fields, appears or vanishes.
#[derive(Debug, Clone)]
pub(crate) struct Trigger {
    /// The fields, as bits of the list's own family.
    pub(crate) on: Mask,
    /// The references followed backwards, by index: from the row to those that refer to it, and so on.
    pub(crate) back: Vec<u16>,
    pub(crate) action: Action,
}

#[derive(Debug, Clone)]
pub(crate) enum Action {
    /// The rows found are the roots of families.
    Root { root: u16, mask: Mask },
    /// The rows found are steps in families.
    Step { root: u16, mask: Mask, find: Find },
    /// Families refer to the rows found by authored cells.
    Authored { root: u16, mask: Mask, reference: u16 },
    /// All families of a root list: a literal key is followed.
    All { root: u16, mask: Mask },
}

#[derive(Debug)]
pub(crate) struct AuthoredReference {
    pub(crate) list: u16,
    pub(crate) field: u16,
    pub(crate) target: u16,
}

/// The rows of a base list by the values of fields.
#[derive(Debug)]
pub(crate) struct IndexPlan {
    pub(crate) root: u16,
    pub(crate) slots: Vec<u16>,
    /// The root list referred to, where the index follows references backwards; then there is one slot.
    pub(crate) target: Option<u16>,
    /// Whether the references are authored, and not kept for a group or an aggregate.
    pub(crate) authored: bool,
    pub(crate) on: Mask,
}

/// An index that a list declares: its rows, or some of them, in the order of fields.
#[derive(Debug)]
pub(crate) struct OrderedPlan {
    pub(crate) name: Name,
    pub(crate) by: Vec<(u16, Direction)>,
    /// Which rows are in it, by the homes of the list; nothing where all are.
    pub(crate) when: Vec<Lowered>,
    /// The fields that decide whether and where a row stands in it, a bit each.
    pub(crate) reads: u128,
}

#[derive(Debug, Default)]
pub(crate) struct GroupPlan {
    /// The root list each row of which has a group.
    pub(crate) over: Option<u16>,
    /// How many of the first slots hold the values grouped by.
    pub(crate) by: u16,
    pub(crate) members: Vec<MemberPlan>,
}

/// The rows of one block that are members of groups.
#[derive(Debug)]
pub(crate) struct MemberPlan {
    pub(crate) root: u16,
    pub(crate) block: u16,
    pub(crate) when: Lowered,
    pub(crate) by: Vec<Lowered>,
    /// What is drawn from a member: the table of partial values, which members count, and the value.
    pub(crate) inputs: Vec<(u16, Lowered, Option<Lowered>)>,
    /// What membership and values depend on.
    pub(crate) reads: Mask,
    /// The round in which all contributions are complete.
    pub(crate) rank: u16,
}

/// A value drawn from the rows of a block that refer to a row, and kept by difference in a slot of that row.
#[derive(Debug)]
pub(crate) struct AggregatePlan {
    /// The table of partial values it adds to.
    pub(crate) partial: u16,
    pub(crate) root: u16,
    pub(crate) block: u16,
    /// The rows contributed to.
    pub(crate) by: Lowered,
    pub(crate) when: Lowered,
    pub(crate) value: Option<Lowered>,
    pub(crate) reads: Mask,
    /// The round in which all contributions are complete.
    pub(crate) rank: u16,
}

#[derive(Debug)]
pub(crate) struct PartialPlan {
    pub(crate) fold: Fold,
    pub(crate) root: u16,
    pub(crate) slot: u16,
    /// What is folded: integers, amounts or durations sum differently.
    pub(crate) of: Kind,
}

impl Plan {
    /// Returns the numbers and the plans of the indexes that a list declares.
    pub(crate) fn ordered_of(&self, list: u16) -> impl Iterator<Item = (u16, &OrderedPlan)> {
        self.list(list).ordered.clone().map(|number| (number, &self.ordered[usize::from(number)]))
    }

    /// Returns the index of all rows of a list in its order; a list of roots that declares no order is ordered by key.
    pub(crate) fn order_index(&self, list: u16) -> Option<u16> {
        let of = self.list(list);
        if of.order.is_empty() && !matches!(of.role, Role::Base { .. } | Role::Group { .. }) {
            return None;
        }
        self.ordered_of(list).find(|(_, index)| index.when.is_empty() && index.by == of.order).map(|(number, _)| number)
    }

    #[inline]
    pub(crate) fn list(&self, list: u16) -> &ListPlan {
        &self.lists[usize::from(list)]
    }

    #[inline]
    pub(crate) fn root(&self, root: u16) -> &RootPlan {
        &self.roots[usize::from(root)]
    }

    /// Returns the root list of a list of rows that are roots.
    pub(crate) fn root_of(&self, list: u16) -> Option<u16> {
        match self.list(list).role {
            Role::Base { root } | Role::Group { root, .. } => Some(root),
            _ => None,
        }
    }

    #[inline]
    pub(crate) fn is_group_list(&self, root: u16) -> bool {
        matches!(self.list(self.root(root).list).role, Role::Group { .. })
    }

    /// Turns a typed value into the engine's form; a choice, unit or list that there is not gives a missing value.
    pub(crate) fn constant(&self, value: &Value) -> Val<'static> {
        match value {
            Value::Missing => Val::Missing,
            Value::Boolean(v) => Val::Boolean(*v),
            Value::Integer(v) => Val::Integer(*v),
            Value::Decimal(v) => Val::Decimal(*v),
            Value::Date(v) => Val::Date(v.epoch_day()),
            Value::Duration(v) => match self.units.binary_search(v.unit()) {
                Ok(unit) => Val::Duration { unit: unit as u32, amount: v.amount() },
                Err(_) => Val::Missing,
            },
            Value::Code(v) => Val::Code(Cow::Owned(v.to_string())),
            Value::Text(v) => Val::Text(Cow::Owned(v.as_ref().to_owned())),
            // The types of these name their vocabulary or list; without one, they are their text.
            Value::Choice(v) => Val::Text(Cow::Owned(v.as_str().to_owned())),
            Value::Reference(v) => Val::Text(Cow::Owned(v.as_str().to_owned())),
            Value::List(elements) => {
                Val::List(Items::Vals(elements.iter().map(|element| self.constant(element)).collect()))
            }
        }
    }

    /// Turns a typed value into the engine's form of a kind.
    pub(crate) fn constant_of(&self, value: &Value, kind: &Kind) -> Val<'static> {
        match (kind, value) {
            (Kind::Choice(vocabulary), Value::Choice(code)) => {
                match self.vocabularies[usize::from(*vocabulary)].places.get(code) {
                    Some(at) => Val::Choice { vocabulary: *vocabulary, at: *at },
                    None => Val::Missing,
                }
            }
            (Kind::Reference(list), Value::Reference(key)) => {
                Val::KeyOf { list: *list, key: Cow::Owned(key.as_str().to_owned()) }
            }
            (Kind::List(element), Value::List(elements)) => {
                Val::List(Items::Vals(elements.iter().map(|value| self.constant_of(value, element)).collect()))
            }
            _ => self.constant(value),
        }
    }
}

impl ListPlan {
    /// Names the fields of an order.
    pub(crate) fn named(&self, order: &[(u16, Direction)]) -> Vec<(Name, Direction)> {
        order.iter().map(|(field, end)| (self.fields[usize::from(*field)].name.clone(), *end)).collect()
    }
}

impl RootPlan {
    #[inline]
    pub(crate) fn block(&self, block: u16) -> &BlockPlan {
        &self.blocks[usize::from(block)]
    }
}

pub(crate) fn order_plan(order: &[OrderBy], numbers: &HashMap<Name, u16>) -> Vec<(u16, Direction)> {
    order.iter().filter_map(|o| numbers.get(&o.field).map(|field| (*field, o.direction))).collect()
}
