use super::Engine;
use crate::{
    plan::{Action, Mask, Plan},
    store::is_live,
};

impl Engine {
    /// Notes the families beyond its own that a change of a root matters to.
    pub(super) fn trigger(&mut self, plan: &Plan, root: u16, row: u32, mask: Mask, cause: u32) {
        for trigger in &plan.root(root).triggers {
            // A row that comes or goes matters to whoever looks for its key alone.
            if mask != Mask::ALL && !mask.meets(trigger.on) {
                continue;
            }
            let mut rows = vec![row];
            for &index in &trigger.back {
                let mut next = Vec::new();
                for &row in &rows {
                    next.extend(self.links.referring(plan, &self.store, index, row));
                }
                next.sort_unstable();
                next.dedup();
                rows = next;
            }
            // The list whose rows have been found.
            let at = trigger.back.last().map_or(root, |index| plan.indexes[usize::from(*index)].root);
            match &trigger.action {
                Action::Root { root, mask } => {
                    for row in rows {
                        self.mark_live(plan, *root, row, *mask, cause);
                    }
                }
                Action::Step { root, mask, find } => {
                    for row in rows {
                        let mut families = Vec::new();
                        self.links.families(plan, &self.store, find, at, row, &mut families);
                        for family in families {
                            self.mark_live(plan, *root, family, *mask, cause);
                        }
                    }
                }
                Action::Authored { root, mask, reference } => {
                    for row in rows {
                        let value = super::text::hash_row(row);
                        let families = self.links.authored[usize::from(*reference)].hints(value).to_vec();
                        for family in families {
                            self.mark_live(plan, *root, family, *mask, cause);
                        }
                    }
                }
                Action::All { root, mask } => {
                    for row in 0..self.store.roots[usize::from(*root)].bound() {
                        self.mark_live(plan, *root, row, *mask, cause);
                    }
                }
            }
        }
    }

    fn mark_live(&mut self, plan: &Plan, root: u16, row: u32, mask: Mask, cause: u32) {
        if row >= self.store.roots[usize::from(root)].bound() || !is_live(self.store.record(root, row)) {
            return;
        }
        let known = self.dirty.get(root, row).copied();
        self.mark(root, row, mask, cause);
        // What a group reads of others can be read through it, where it is matched: for each edit that it comes from.
        if plan.is_group_list(root) && self.dirty.get(root, row).copied() != known {
            self.trigger(plan, root, row, mask, cause);
        }
    }

    /// Notes that things of a root have changed.
    pub(super) fn mark(&mut self, root: u16, row: u32, mask: Mask, cause: u32) {
        match self.dirty.get_mut(root, row) {
            Some((known, why)) => {
                known.add(mask);
                *why = self.causes.join(*why, cause);
            }
            None => self.dirty.add(root, row, (mask, cause)),
        }
    }
}
