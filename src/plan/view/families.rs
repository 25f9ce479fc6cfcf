use super::{Block, BlockRule, Cell, CellKind, Compared, Family, GivesTo, PlannedEach, PlannedField, PlannedValue};
use crate::{
    plan::{Mask, Op, Plan, Program, Role, RootPlan, RulePlan, SlotName},
    schema::{Each, Expr, Rule, is_read},
    store::HEAD,
    value::Name,
};

impl Plan {
    pub(super) fn shown_family(&self, root: u16) -> Family {
        let of = self.root(root);
        let cell = |(slot, name): (&crate::plan::SlotPlan, &SlotName)| {
            let (kind, name) = match name {
                SlotName::Field(name) => (CellKind::Field, name.to_string()),
                SlotName::Shared(expression) => (CellKind::Shared, expression.clone()),
                SlotName::Drawn(expression) => (CellKind::Drawn, expression.clone()),
            };
            Cell { kind, name, bits: slot.slot.bits }
        };
        Family {
            list: self.root_list(root).clone(),
            words: of.stride,
            head: HEAD,
            cells: of.slots.iter().zip(&of.slot_names).map(cell).collect(),
            blocks: (0..of.blocks.len() as u16).map(|block| self.shown_block(root, block)).collect(),
            reactions: self.shown_reactions(root),
        }
    }

    fn shown_block(&self, root: u16, block: u16) -> Block {
        let of = self.root(root).block(block);
        let list = self.list(of.list);
        let check = match list.role {
            Role::Check { severity, .. } => Some(severity),
            _ => None,
        };
        let rules = if block > 0 {
            (0..).zip(&of.rules).map(|(number, rule)| self.shown_rule(root, block, number, rule)).collect()
        } else {
            self.declared(&list.name).iter().map(|rule| self.shown_group(root, rule)).collect()
        };
        Block {
            list: list.name.clone(),
            check,
            round: of.rank + 1,
            rules,
            depends_on: self.things(root, of.membership),
            gives_to: self.shown_gifts(root, block),
        }
    }

    fn shown_gifts(&self, root: u16, block: u16) -> Vec<GivesTo> {
        let of = self.root(root).block(block);
        let mut gifts = Vec::new();
        for (group, member) in &of.groups {
            let member = self.root(*group).group.as_ref().and_then(|group| group.members.get(usize::from(*member)));
            let reads = member.map_or(Mask::NONE, |member| member.reads);
            gifts.push(GivesTo { to: self.root_list(*group).to_string(), depends_on: self.things(root, reads) });
        }
        for number in &of.aggregates {
            let aggregate = &self.aggregates[usize::from(*number)];
            let partial = &self.partials[usize::from(aggregate.partial)];
            let depends_on = self.things(root, aggregate.reads);
            gifts.push(GivesTo { to: self.slot(partial.root, partial.slot), depends_on });
        }
        // A row that keeps a group gives to it by being there.
        let keeps =
            |group: &&RootPlan| block == 0 && group.group.as_ref().is_some_and(|group| group.over == Some(root));
        for group in self.roots.iter().filter(keeps) {
            gifts.push(GivesTo { to: self.list(group.list).name.to_string(), depends_on: Vec::new() });
        }
        gifts
    }

    /// Returns the rules of a list as they are declared, with typed literals.
    fn declared(&self, list: &Name) -> &[Rule] {
        self.schema.typed().lists.get(list).map_or(&[], |list| &list.rules)
    }

    fn shown_rule(&self, root: u16, block: u16, number: usize, plan: &RulePlan) -> BlockRule {
        let of = self.root(root).block(block);
        let from = self.block_list(root, plan.parent).clone();
        let list = self.list(of.list);
        let Some(rule) = self.declared(&list.name).iter().find(|rule| rule.id == plan.name) else {
            let when = match (self.schema.typed().checks.get(&list.name), &plan.when.op) {
                (Some(check), _) => check.when.to_string(),
                (None, Op::Looser { field }) => {
                    format!("{} is looser than its source", self.field(root, plan.parent, *field))
                }
                // The name of the check is that of the field, with a suffix.
                _ => format!("{} is missing", list.name.as_str().trim_end_matches(".required")),
            };
            return BlockRule {
                id: list.name.clone(),
                from,
                when: Some(when),
                each: PlannedEach::Row,
                fields: Vec::new(),
            };
        };
        let fields = (0..).zip(&of.programs[number]).map(|(field, program)| {
            let name = &list.fields[usize::from(field as u16)].name;
            self.shown_field(root, block, name, rule.set.get(name), program)
        });
        BlockRule { id: rule.id.clone(), from, when: condition(&rule.when), each: each(rule), fields: fields.collect() }
    }

    fn shown_group(&self, root: u16, rule: &Rule) -> BlockRule {
        let of = self.root(root).block(0);
        let fields = self.list(of.list).fields.iter().zip(of.programs.first().into_iter().flatten());
        let fields =
            fields.map(|(field, program)| self.shown_field(root, 0, &field.name, rule.set.get(&field.name), program));
        BlockRule {
            id: rule.id.clone(),
            from: rule.from.clone(),
            when: condition(&rule.when),
            each: each(rule),
            fields: fields.collect(),
        }
    }

    fn shown_field(
        &self,
        root: u16,
        block: u16,
        name: &Name,
        declared: Option<&Expr>,
        program: &Program,
    ) -> PlannedField {
        let value = match declared {
            None => PlannedValue::Nothing,
            Some(expr) if is_read(expr) && !matches!(expr, Expr::Aggregate(_) | Expr::Authored(_)) => {
                let (at, read) = self.read(root, block, &program.rule.op);
                PlannedValue::Inherited { at, read }
            }
            Some(expr) => PlannedValue::Computed {
                expression: expr.to_string(),
                depends_on: self.things(root, program.rule.reads),
                // Which of several rules made a row is known row by row only.
                compared: match program.rule.near {
                    None if self.root(root).block(block).programs.len() == 1 => Compared::Family,
                    _ => Compared::Row,
                },
            },
        };
        PlannedField { name: name.clone(), write: program.write, value }
    }
}

fn condition(when: &Expr) -> Option<String> {
    (!when.is_always()).then(|| when.to_string())
}

fn each(rule: &Rule) -> PlannedEach {
    let texts = |exprs: &[Expr]| exprs.iter().map(ToString::to_string).collect();
    match &rule.each {
        Each::Row => PlannedEach::Row,
        Each::Element(field) => PlannedEach::Element(field.clone()),
        Each::Table(table) => PlannedEach::Line { by: table.by.clone(), lines: table.lines.len() },
        Each::Match { list, on, when } => PlannedEach::Match {
            list: list.clone(),
            on: on.iter().map(|(field, probe)| (field.clone(), texts(probe.values()))).collect(),
            when: condition(when),
        },
        Each::Group { by, over } => PlannedEach::Group { by: texts(by), over: over.clone() },
    }
}
