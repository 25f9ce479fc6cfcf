//! Keys of rows, written from the root and the steps that lead from it.

use super::{At, Cx};
use crate::plan::EachPlan;

impl Cx<'_> {
    /// Returns the printed key of a row.
    pub(crate) fn key(&self, at: At) -> String {
        let mut key = String::new();
        self.write_key(at, &mut key);
        key
    }

    /// Writes the printed key of a row at the end of a text.
    pub(crate) fn write_key(&self, at: At, key: &mut String) {
        self.write_root_key(at.block, key);
        self.write_steps(at, key);
    }

    /// Writes what the keys of the rows of a block begin with.
    pub(crate) fn write_root_key(&self, block: u16, key: &mut String) {
        let list = self.of.block(block).list;
        if self.plan.list(list).tagged {
            key.push_str(self.plan.list(self.of.list).name.as_str());
            key.push('/');
        }
        key.push_str(&self.names().key_of(self.record));
    }

    /// Writes the steps that lead from the root to a row, each with a stroke before it.
    pub(crate) fn write_steps(&self, at: At, key: &mut String) {
        if at.block == 0 {
            return;
        }
        let origin = self.block(at.block).origin(at.row);
        let rule = &self.of.block(at.block).rules[origin.rule as usize];
        self.write_steps(At { block: rule.parent, row: origin.parent }, key);
        self.write_step(&rule.each, origin.step, key);
    }

    /// Writes the part of a key that a step adds, with the stroke before it.
    pub(crate) fn write_step(&self, each: &EachPlan, step: u32, key: &mut String) {
        match each {
            EachPlan::Row => {}
            EachPlan::Element { kind, .. } => {
                key.push('/');
                self.names().write_segment(&self.names().element(kind, step), key);
            }
            EachPlan::Table { lines, .. } => key.push_str(&lines[step as usize].segment),
            EachPlan::Match(of) => {
                key.push('/');
                // A row that has gone in this commit still has its name.
                key.push_str(&self.names().row_key(of.list, step));
            }
        }
    }
}
