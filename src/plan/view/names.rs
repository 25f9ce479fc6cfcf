//! What bits, slots and programs of a plan are called.

use crate::{
    plan::{BitName, EachPlan, Mask, Op, Plan, SlotName, StepRead},
    store::Val,
    value::Name,
};

impl Plan {
    /// Names the things that a mask of a family holds, each once.
    pub(super) fn things(&self, root: u16, mask: Mask) -> Vec<String> {
        let names = (0..).zip(&self.root(root).bit_names);
        distinct(names.filter(|(at, _)| mask.meets(Mask::bit(*at))).map(|(_, name)| self.thing(root, name)))
    }

    /// Names a thing that a family depends on.
    pub(super) fn thing(&self, root: u16, name: &BitName) -> String {
        match name {
            BitName::Slot(slot) => self.slot(root, *slot),
            BitName::Path { start, hops } => self.path(root, start, hops),
            BitName::Authored { block, field } => format!("authored {}", self.field(root, *block, *field)),
            BitName::Matched { block, rule } => {
                let matched = self.matched(root, *block, *rule);
                format!("the {matched} matched by {}", self.block_list(root, *block))
            }
            BitName::Match { block, rule } => {
                let matched = self.matched(root, *block, *rule);
                format!("which {matched} {} matches", self.block_list(root, *block))
            }
        }
    }

    /// Names what a slot of a root's record holds.
    pub(super) fn slot(&self, root: u16, slot: u16) -> String {
        let of = self.root(root);
        let list = &self.list(of.list).name;
        match &of.slot_names[usize::from(slot)] {
            SlotName::Field(name) => format!("{list}.{name}"),
            SlotName::Shared(expression) => format!("{expression} shared in {list}"),
            SlotName::Drawn(expression) => format!("{expression} of {list}"),
        }
    }

    pub(super) fn field(&self, root: u16, block: u16, field: u16) -> String {
        let list = self.list(self.root(root).block(block).list);
        format!("{}.{}", list.name, list.fields[usize::from(field)].name)
    }

    pub(super) fn block_list(&self, root: u16, block: u16) -> &Name {
        &self.list(self.root(root).block(block).list).name
    }

    pub(super) fn root_list(&self, root: u16) -> &Name {
        &self.list(self.root(root).list).name
    }

    fn matched(&self, root: u16, block: u16, rule: u16) -> &Name {
        match &self.root(root).block(block).rules[usize::from(rule)].each {
            EachPlan::Match(of) => self.root_list(of.list),
            _ => self.block_list(root, block),
        }
    }

    fn path(&self, root: u16, start: &Op, hops: &[(u16, u16)]) -> String {
        let mut names = vec![self.read(root, 0, start).1];
        names.extend(hops.iter().map(|(root, slot)| self.slot(*root, *slot)));
        names.join(" → ")
    }

    /// Names where a program of a block finds what it reads, and what that is.
    pub(super) fn read(&self, root: u16, block: u16, op: &Op) -> (String, String) {
        let at = |list: &Name, read: String| (list.to_string(), read);
        match op.bare() {
            Op::Slot(slot) => at(self.root_list(root), self.slot(root, *slot)),
            Op::Root => at(self.root_list(root), format!("{}.key", self.root_list(root))),
            Op::Key { up } => {
                let list = self.block_list(root, self.ancestor(root, block, *up));
                at(list, format!("{list}.key"))
            }
            Op::Step { block, rule, what, .. } | Op::Candidate { block, rule, what } => {
                self.step(root, *block, *rule, *what)
            }
            Op::Field { block, field, .. } => at(self.block_list(root, *block), self.field(root, *block, *field)),
            Op::Authored { block, field, .. } => {
                at(self.block_list(root, *block), format!("authored {}", self.field(root, *block, *field)))
            }
            Op::Path { start, hops, .. } => {
                let last = hops.last().map_or(root, |(root, _)| *root);
                at(self.root_list(last), self.path(root, start, hops))
            }
            Op::Const(Val::KeyOf { list, key }) => {
                at(self.root_list(*list), format!("{}[{key}]", self.root_list(*list)))
            }
            Op::If(parts) => self.any(root, block, [&parts.1, &parts.2]),
            Op::Coalesce(parts) | Op::Union(parts) => self.any(root, block, parts.iter()),
            Op::Const(_) => ("the rule".to_owned(), "a literal".to_owned()),
            _ => ("the rule".to_owned(), "an expression".to_owned()),
        }
    }

    /// Names what one of several programs reads, as it comes.
    fn any<'o>(&self, root: u16, block: u16, ops: impl IntoIterator<Item = &'o Op>) -> (String, String) {
        let (at, read): (Vec<_>, Vec<_>) = ops.into_iter().map(|op| self.read(root, block, op)).unzip();
        (distinct(at).join(" or "), distinct(read).join(" or "))
    }

    fn step(&self, root: u16, block: u16, rule: u8, what: StepRead) -> (String, String) {
        let rule = &self.root(root).block(block).rules[usize::from(rule)];
        match (&rule.each, what) {
            (EachPlan::Match(of), StepRead::Slot(slot)) => {
                (self.root_list(of.list).to_string(), self.slot(of.list, slot))
            }
            (EachPlan::Match(of), StepRead::Field(field)) => {
                (self.root_list(of.list).to_string(), self.field(of.list, 0, field))
            }
            (EachPlan::Match(of), _) => {
                let list = self.root_list(of.list);
                (list.to_string(), format!("{list}.key"))
            }
            (EachPlan::Element { list, .. }, _) => {
                let (at, read) = self.read(root, rule.parent, &list.op);
                (at, format!("each of {read}"))
            }
            (EachPlan::Table { columns, .. }, StepRead::Column(column)) => {
                let name = columns.get(usize::from(column)).map_or("", |(name, _)| name.as_str());
                (format!("the table of {}", rule.name), name.to_owned())
            }
            _ => (rule.name.to_string(), String::new()),
        }
    }

    /// Returns the block that lies some steps above another, where all rules lead there.
    fn ancestor(&self, root: u16, block: u16, up: u8) -> u16 {
        (0..up).fold(block, |block, _| self.root(root).block(block).rules.first().map_or(0, |rule| rule.parent))
    }
}

/// Keeps each text once, in the order of coming.
pub(super) fn distinct(texts: impl IntoIterator<Item = String>) -> Vec<String> {
    texts.into_iter().collect::<indexmap::IndexSet<_>>().into_iter().collect()
}
