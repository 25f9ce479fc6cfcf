//! Records laid out: which word of a record each slot takes, and how many bits of it.

use super::Builder;
use crate::{
    plan::{EachPlan, Find, VocabularyPlan},
    store::{HEAD, Kind, Slot},
};

impl Builder<'_> {
    /// Lays the records out, now that all slots are known, and tells elements whom to post their families with.
    pub(super) fn lay_out(&mut self) {
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
    pub(super) fn place(&mut self, bits: u8) -> Slot {
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
