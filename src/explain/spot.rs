//! Rows as an explanation reads them.

use crate::{
    engine::{At, Cx, Names, Side},
    plan::{EachPlan, Op, Plan, Program, Role, RulePlan},
    schema::{List, Rule},
    store::{Store, Val, is_live},
    system::Sight,
    value::{Key, Name, Value},
};

/// A row: its family, and its place in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot<'a> {
    pub(super) plan: &'a Plan,
    pub(super) store: &'a Store,
    pub(super) root: u16,
    pub(super) row: u32,
    pub(super) at: At,
    /// The row that a match tries.
    pub(super) candidate: u32,
}

/// The root itself, in its family.
const TOP: At = At { block: 0, row: 0 };

/// What tells rows apart: root list, root row, block, row of the block.
pub(super) type Id = (u16, u32, u16, u32);

/// The step by which a rule made a row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken<'a> {
    /// The row that the rule read.
    pub(super) source: Spot<'a>,
    pub(super) plan: &'a RulePlan,
    /// The rule as it is declared.
    pub(super) rule: &'a Rule,
    pub(super) step: u32,
}

impl<'a> Spot<'a> {
    /// Takes a row of a root list, if it is there.
    pub(super) fn root(plan: &'a Plan, store: &'a Store, root: u16, row: u32) -> Option<Self> {
        is_live(store.record(root, row)).then_some(Self { plan, store, root, row, at: TOP, candidate: 0 })
    }

    /// Takes a row that has been found.
    pub(super) fn at(sight: &Sight<'a>, cx: &Cx<'a>, at: At) -> Self {
        Self { plan: sight.plan, store: sight.store, root: cx.root, row: cx.row, at, candidate: 0 }
    }

    pub(super) fn cx(&self) -> Cx<'a> {
        let mut cx = Cx::new(self.plan, self.store, Side::After, self.root, self.row);
        cx.candidate = self.candidate;
        cx
    }

    pub(super) fn names(&self) -> Names<'a> {
        Names { plan: self.plan, store: self.store }
    }

    /// Evaluates a program at the row.
    pub(super) fn eval(&self, op: &'a Op) -> Val<'a> {
        self.cx().eval(op, self.at)
    }

    pub(super) fn is_true(&self, op: &'a Op) -> bool {
        self.eval(op).is_true()
    }

    /// Returns the row of the same family that lies some steps up.
    pub(super) fn up(&self, steps: u8) -> Self {
        Self { at: self.cx().up(self.at, steps), ..*self }
    }

    /// Returns the row of the root list that the row stems from.
    pub(super) fn top(&self) -> Self {
        Self { at: TOP, ..*self }
    }

    pub(super) fn authored(&self, field: u16) -> Val<'a> {
        self.cx().authored(self.at, field)
    }

    pub(super) fn program(&self, field: u16) -> &'a Program {
        self.cx().program(self.at, field)
    }

    /// Finds the row that a value refers to.
    pub(super) fn referred(&self, val: &Val<'a>) -> Option<Self> {
        let (list, row) = match val {
            Val::Reference { list, row } => (*list, *row),
            Val::KeyOf { list, key } => (*list, self.store.find(*list, key)?),
            _ => return None,
        };
        Self::root(self.plan, self.store, list, row)
    }

    pub(super) fn id(&self) -> Id {
        (self.root, self.row, self.at.block, self.at.row)
    }

    /// Returns the place of the row's list in the schema.
    pub(super) fn list(&self) -> u16 {
        self.plan.root(self.root).block(self.at.block).list
    }

    pub(super) fn name(&self) -> &'a Name {
        &self.plan.list(self.list()).name
    }

    /// Returns the list as it is compiled: with typed literals.
    pub(super) fn declared(&self) -> Option<&'a List> {
        self.plan.schema.typed().lists.get(self.name())
    }

    pub(super) fn key(&self) -> Key {
        Key::trusted(&self.cx().key(self.at))
    }

    pub(super) fn is_base(&self) -> bool {
        matches!(self.plan.list(self.list()).role, Role::Base { .. })
    }

    pub(super) fn is_group(&self) -> bool {
        matches!(self.plan.list(self.list()).role, Role::Group { .. })
    }

    /// Finds a field by name; `None` is the row itself.
    pub(super) fn field(&self, name: &Name) -> Option<u16> {
        self.plan.list(self.list()).field_numbers.get(name).copied()
    }

    pub(super) fn field_name(&self, field: u16) -> &'a Name {
        &self.plan.list(self.list()).fields[usize::from(field)].name
    }

    /// Reads a field; `None` is the row itself: a reference to a base row, the key of any other.
    pub(super) fn read(&self, field: Option<u16>) -> Val<'a> {
        match field {
            Some(field) => self.cx().field(self.at, field),
            None if self.is_base() => Val::Reference { list: self.root, row: self.row },
            None => Val::Text(self.cx().key(self.at).into()),
        }
    }

    /// Reads what is kept in a root's record: a field of a base row, a value drawn from other rows.
    pub(super) fn slot(&self, slot: u16) -> Val<'a> {
        let slot = &self.plan.root(self.root).slots[usize::from(slot)];
        self.store.read(&slot.kind, slot.slot.get(self.store.record(self.root, self.row)))
    }

    pub(super) fn value(&self, val: &Val<'a>) -> Value {
        self.names().value(val)
    }

    /// Returns the row that keeps a group, with or without members.
    pub(super) fn kept_by(&self) -> Option<Self> {
        self.plan.root(self.root).group.as_ref()?.over?;
        self.referred(&self.slot(0))
    }

    /// Returns the step that made the row; none for rows of root lists.
    pub(super) fn taken(&self) -> Option<Taken<'a>> {
        if self.at.block == 0 {
            return None;
        }
        let origin = self.cx().block(self.at.block).origin(self.at.row);
        let plan = &self.plan.root(self.root).block(self.at.block).rules[origin.rule as usize];
        let rule = self.declared()?.rules.iter().find(|rule| rule.id == plan.name)?;
        let source = Self { at: At { block: plan.parent, row: origin.parent }, ..*self };
        Some(Taken { source, plan, rule, step: origin.step })
    }

    /// Visits the rows of a block, of all families in the order of their keys.
    pub(super) fn all(plan: &'a Plan, store: &'a Store, root: u16, block: u16) -> impl Iterator<Item = Self> {
        let rows = store.roots[usize::from(root)].in_order(&store.texts);
        rows.iter().filter_map(move |row| Self::root(plan, store, root, *row)).flat_map(move |top| top.family(block))
    }

    /// Returns the rows of all lists in the order of the schema, without the findings of checks.
    pub(super) fn everywhere(sight: &Sight<'a>) -> Vec<Self> {
        let lists = &sight.plan.lists[..sight.plan.schema.spec().lists.len()];
        let homes = lists.iter().flat_map(|list| &list.homes);
        homes.flat_map(|(root, block)| Self::all(sight.plan, sight.store, *root, *block)).collect()
    }

    /// Visits the rows of a block of the same family.
    pub(super) fn family(self, block: u16) -> impl Iterator<Item = Self> {
        (0..self.cx().block(block).count).map(move |row| Self { at: At { block, row }, ..self })
    }
}

impl<'a> Taken<'a> {
    /// Returns the row matched, if the step is one.
    pub(super) fn matched(&self) -> Option<Spot<'a>> {
        match &self.plan.each {
            EachPlan::Match(of) => Spot::root(self.source.plan, self.source.store, of.list, self.step),
            _ => None,
        }
    }

    /// Returns the element, if the step is one.
    pub(super) fn element(&self) -> Val<'a> {
        match &self.plan.each {
            EachPlan::Element { kind, .. } => self.source.names().element(kind, self.step),
            _ => Val::Missing,
        }
    }

    /// Returns a column of the line, if the step is one; without a name, the column that names the line.
    pub(super) fn column(&self, name: Option<&Name>) -> Val<'a> {
        let EachPlan::Table { lines, columns, key, .. } = &self.plan.each else { return Val::Missing };
        let column = name.and_then(|name| columns.iter().position(|(column, _)| column == name));
        lines[self.step as usize].columns[column.unwrap_or(usize::from(*key))].borrowed()
    }
}
