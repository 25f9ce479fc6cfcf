use crate::{
    plan::{Mask, Plan},
    schema::Write,
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
    /// Fields that change for all rows of a root alike.
    pub(crate) uniform: Vec<u16>,
    /// Fields that may change row by row, and how far up the row lies on which they depend.
    pub(crate) moving: Vec<(u16, u8)>,
    /// Fields whose rule's value may change under an authored one.
    pub(crate) suggested: Vec<u16>,
    /// Aggregates and group lists whose input may change.
    pub(crate) aggregates: Vec<u16>,
    pub(crate) groups: Vec<(u16, u16)>,
}

impl Reaction {
    /// Works out what must be looked at when the things of a mask change.
    pub(crate) fn new(plan: &Plan, root: u16, mask: Mask) -> Self {
        let of = plan.root(root);
        let mut structure = vec![false; of.blocks.len()];
        let mut blocks = Vec::new();
        for (number, block) in of.blocks.iter().enumerate() {
            let direct = mask.meets(block.membership);
            structure[number] =
                number > 0 && (direct || block.rules.iter().any(|rule| structure[usize::from(rule.parent)]));
            let by_rule = block.programs.len() > 1;
            let mut reaction = BlockReaction {
                block: number as u16,
                structure: structure[number],
                direct,
                uniform: Vec::new(),
                moving: Vec::new(),
                suggested: Vec::new(),
                aggregates: Vec::new(),
                groups: Vec::new(),
            };
            for field in 0..plan.list(block.list).fields.len() {
                if number == 0 && !plan.is_group_list(root) {
                    if mask.meets(of.slots[field].bit) {
                        reaction.uniform.push(field as u16);
                    }
                    continue;
                }
                let programs = block.programs.iter().map(|programs| &programs[field]);
                let met = programs.clone().filter(|program| mask.meets(program.reads));
                let Some(first) = met.clone().next() else { continue };
                match first.near {
                    None if !by_rule => reaction.uniform.push(field as u16),
                    near => reaction.moving.push((field as u16, if by_rule { 0 } else { near.unwrap_or(0) })),
                }
                if met.clone().any(|p| p.write == Write::Suggest && mask.meets(p.rule.reads)) {
                    reaction.suggested.push(field as u16);
                }
            }
            let moved = structure[number] || (by_rule && !reaction.moving.is_empty());
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
            let idle = !reaction.structure
                && reaction.uniform.is_empty()
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
