//! The benchmark workload "four-tier": one world, one set of operations and one definition of the right answer for
//! every engine, so that their figures can be compared.
//!
//! * [`generator`]: items, bodies, authored limits, operations and keys to read, from a seed.
//! * [`checksum`]: rows, row deltas, their consumers, and the numbers that engines must agree on.
//! * [`from_scratch`]: the derived lists, plainly.
//! * [`check`]: an engine against `from_scratch`, commit by commit.
//! * [`floor_by_reference`], [`floor_stored`]: what code written by hand for exactly this workload reaches, on the two
//!   possible layouts. They know nothing that a general engine could not know, except everything at compile time.

pub(crate) mod check;
pub(crate) mod checksum;
mod code_index;
pub(crate) mod floor_by_reference;
pub(crate) mod floor_stored;
pub(crate) mod from_scratch;
pub(crate) mod generator;
pub(crate) mod quanze;
mod registers;
mod stored_item;
mod stored_rows;

use checksum::{Consumer, Sum};
use generator::{HandlingKey, Item, Op};

/// A contender: a system of derived lists that holds the workload's state and keeps it up to date.
pub(crate) trait Engine: Sized {
    /// What the tables call it.
    const NAME: &'static str;

    /// Builds everything from the items and their authored limits in one commit, which delivers every row as inserted.
    fn build<C: Consumer>(items: &[Item], consumer: &mut C) -> Self;

    /// Commits one operation; the item is found by its code. An unknown code changes nothing.
    fn commit<C: Consumer>(&mut self, op: &Op, consumer: &mut C);

    /// Commits many operations at once, no two on the same item.
    fn commit_batch<C: Consumer>(&mut self, ops: &[Op], consumer: &mut C);

    /// Reads a handling row by its key, resolves it and returns its hash, as if inserted.
    fn read(&self, key: &HandlingKey) -> Option<u64>;

    /// Reads and resolves every handling row.
    fn scan(&self) -> Sum;

    /// Reads and resolves every row of every list, department totals included.
    fn state(&self) -> Sum;

    /// Counts the bytes that the engine's structures reserve; 0 where only the process knows.
    fn bytes(&self) -> usize {
        0
    }
}
