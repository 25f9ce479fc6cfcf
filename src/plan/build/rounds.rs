//! The round in which each thing settles.

use super::{Builder, Source};
use crate::plan::{AggregatePlan, Mask};

impl Builder<'_> {
    /// Finds the round in which each thing settles: what is drawn from rows settles one round after them.
    pub(super) fn rank(&mut self) {
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
