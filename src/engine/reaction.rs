use crate::{
    heap,
    plan::{EachPlan, Mask, Op, Plan, Shown, StepRead},
    schema::Write,
    store::Val,
};

/// What must be looked at in the families of a root list when certain things change.
#[derive(Debug, Default)]
pub(crate) struct Reaction {
    pub(crate) blocks: Vec<BlockReaction>,
    /// Whether rows of some block may appear or vanish.
    pub(crate) structure: bool,
}

/// What must be looked at in one block.
#[derive(Debug)]
pub(crate) struct BlockReaction {
    pub(crate) block: u16,
    /// Whether rows may appear or vanish, because of the change itself or because rows of a parent block may.
    pub(crate) structure: bool,
    /// Whether that is because of the change itself.
    pub(crate) direct: bool,
    /// Fields that are certain to change in all rows: what they inherit has changed. A bit each.
    pub(crate) certain: u128,
    /// Fields that may change, for all rows of a root alike.
    pub(crate) uniform: Vec<u16>,
    /// Scalar fields that may change row by row, and the fields that they show.
    pub(crate) scalars: Vec<(u16, Shown)>,
    /// Other fields that may change row by row, and how far up the row lies on which they depend.
    pub(crate) moving: Vec<(u16, u8)>,
    /// Fields whose rule's value may change under an authored one.
    pub(crate) suggested: Vec<u16>,
    /// Aggregates and group lists whose input may change.
    pub(crate) aggregates: Vec<u16>,
    pub(crate) groups: Vec<(u16, u16)>,
}

impl Reaction {
    pub(crate) fn bytes(&self) -> usize {
        let block = |block: &BlockReaction| {
            heap::of_vec(&block.uniform)
                + heap::of_vec(&block.scalars)
                + heap::of_vec(&block.moving)
                + heap::of_vec(&block.suggested)
                + heap::of_vec(&block.aggregates)
                + heap::of_vec(&block.groups)
        };
        heap::SHARED + size_of::<Self>() + heap::of_vec(&self.blocks) + self.blocks.iter().map(block).sum::<usize>()
    }

    /// Works out what must be looked at when the things of a mask change.
    pub(crate) fn new(plan: &Plan, root: u16, mask: Mask) -> Self {
        let of = plan.root(root);
        // With a bit of its own for each thing, a bit says that the very thing has changed.
        let exact = of.bit_names.len() <= 128 && mask != Mask::ALL;
        let mut structure = vec![false; of.blocks.len()];
        let mut blocks = Vec::new();
        for (number, block) in of.blocks.iter().enumerate() {
            // A root that comes or goes brings or takes rows that depend on nothing else.
            let direct = mask == Mask::ALL || mask.meets(block.membership);
            structure[number] =
                number > 0 && (direct || block.rules.iter().any(|rule| structure[usize::from(rule.parent)]));
            let by_rule = block.programs.len() > 1;
            let mut reaction = BlockReaction {
                block: number as u16,
                structure: structure[number],
                direct,
                certain: 0,
                uniform: Vec::new(),
                scalars: Vec::new(),
                moving: Vec::new(),
                suggested: Vec::new(),
                aggregates: Vec::new(),
                groups: Vec::new(),
            };
            for field in 0..plan.list(block.list).fields.len() {
                if number == 0 && !plan.is_group_list(root) {
                    if mask.meets(of.slots[field].bit) {
                        if exact {
                            reaction.certain |= 1 << field;
                        } else {
                            reaction.uniform.push(field as u16);
                        }
                    }
                    continue;
                }
                let programs = block.programs.iter().map(|programs| &programs[field]);
                let met = programs.clone().filter(|program| mask.meets(program.reads));
                let Some(first) = met.clone().next() else { continue };
                if exact && !by_rule && first.write == Write::Locked && is_certain(plan, root, &first.rule.op, mask) {
                    reaction.certain |= 1 << field;
                    continue;
                }
                match first.near {
                    None if !by_rule => reaction.uniform.push(field as u16),
                    _ if !by_rule && first.rule.scalar.is_some() => {
                        let shown = plan.shown(root, number as u16, field as u16);
                        reaction.scalars.push((field as u16, shown));
                    }
                    near => reaction.moving.push((field as u16, if by_rule { 0 } else { near.unwrap_or(0) })),
                }
                if met.clone().any(|p| p.write == Write::Suggest && mask.meets(p.rule.reads)) {
                    reaction.suggested.push(field as u16);
                }
            }
            let moved = mask == Mask::ALL || structure[number] || (by_rule && !reaction.moving.is_empty());
            reaction.aggregates = block
                .aggregates
                .iter()
                .copied()
                .filter(|a| moved || mask.meets(plan.aggregates[usize::from(*a)].reads))
                .collect();
            reaction.groups = block
                .groups
                .iter()
                .copied()
                .filter(|(group, member)| {
                    let of = plan.root(*group).group.as_ref().map(|g| &g.members[usize::from(*member)]);
                    moved || of.is_some_and(|of| mask.meets(of.reads))
                })
                .collect();
            let idle = mask != Mask::ALL
                && !reaction.structure
                && reaction.certain == 0
                && reaction.uniform.is_empty()
                && reaction.scalars.is_empty()
                && reaction.moving.is_empty()
                && reaction.aggregates.is_empty()
                && reaction.groups.is_empty();
            if !idle {
                blocks.push(reaction);
            }
        }
        Self { structure: structure.contains(&true), blocks }
    }
}

/// Tells whether an expression is certain to have another value: it is an authored field of the root that has changed, or
/// joins one to what is always there and has not.
fn is_certain(plan: &Plan, root: u16, op: &Op, mask: Mask) -> bool {
    let of = plan.root(root);
    // Kept values may change and change back within a commit; authored ones have been compared.
    let authored = |slot: u16| !plan.is_group_list(root) && usize::from(slot) < plan.list(of.list).fields.len();
    match op {
        Op::Slot(slot) => authored(*slot) && mask.meets(of.slots[usize::from(*slot)].bit),
        Op::Join(parts) => {
            let mut changed = 0;
            for part in parts {
                match part {
                    Op::Slot(slot)
                        if authored(*slot)
                            && mask.meets(of.slots[usize::from(*slot)].bit)
                            && of.slots[usize::from(*slot)].kind.is_injective() =>
                    {
                        changed += 1;
                    }
                    Op::Const(Val::Missing) => return false,
                    Op::Const(_) => {}
                    Op::Step { block, rule, what, .. } => {
                        // What names a row is always there.
                        let named = match (&of.block(*block).rules[usize::from(*rule)].each, what) {
                            (EachPlan::Table { key, .. }, StepRead::Column(column)) => key == column,
                            (EachPlan::Element { .. } | EachPlan::Match(_), StepRead::Value | StepRead::Key) => true,
                            _ => false,
                        };
                        if !named {
                            return false;
                        }
                    }
                    _ => return false,
                }
            }
            changed == 1
        }
        _ => false,
    }
}
