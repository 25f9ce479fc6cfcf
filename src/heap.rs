//! What collections take of the heap, as their layout has it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The counts of those who share an `Arc`.
pub(crate) const SHARED: usize = 2 * size_of::<usize>();

/// Returns the bytes that a vector takes.
pub(crate) fn of_vec<T>(vec: &Vec<T>) -> usize {
    vec.capacity() * size_of::<T>()
}

/// Returns the bytes that a hash table takes: buckets of seven eighths of which are filled at most, a control byte for each,
/// and a group of these that is read behind the last.
fn of_table<E>(capacity: usize) -> usize {
    const GROUP: usize = 16;
    let buckets = match capacity {
        0 => return 0,
        1..=3 => 4,
        4..=7 => 8,
        more => (more * 8).div_ceil(7).next_power_of_two(),
    };
    buckets * (size_of::<E>() + 1) + GROUP
}

pub(crate) fn of_map<K, V, S>(map: &HashMap<K, V, S>) -> usize {
    of_table::<(K, V)>(map.capacity())
}

/// Returns about the bytes that an ordered table takes: nodes hold up to eleven entries, and mostly two thirds of that.
fn of_tree<E>(len: usize) -> usize {
    const ROOM: usize = 11;
    const FILLED: usize = 7;
    len.div_ceil(FILLED) * (ROOM * size_of::<E>() + 2 * size_of::<usize>())
}

pub(crate) fn of_btree_map<K, V>(map: &BTreeMap<K, V>) -> usize {
    of_tree::<(K, V)>(map.len())
}

pub(crate) fn of_btree_set<K>(set: &BTreeSet<K>) -> usize {
    of_tree::<K>(set.len())
}
