//! Checks an engine against the plain derivation, commit by commit: state, row deltas, field masks, counts, reads.

use std::collections::BTreeMap;

use super::Engine;
use super::checksum::{Consumer, Key, List, Masks, Resolved, Row, Sum, Tag, Total, field, total_tag};
use super::from_scratch;
use super::generator::{Item, Op, SEED, SplitMix64, Streams, handling_keys};

/// Commits of each kind in a check.
const COMMITS: usize = 80;

/// Asserts that an engine is right through several hundred random commits of all kinds, over `size` items.
///
/// # Panics
/// When the engine gives a wrong answer.
pub(crate) fn check<E: Engine>(size: usize) {
    let mut items = super::generator::items(size, SEED);
    let streams = Streams::draw(&items, COMMITS, SEED);

    let mut built = Resolved::default();
    let mut engine = E::build(&items, &mut built);
    let mut masks = Masks::default();
    let mut by_masks = E::build(&items, &mut masks);
    let state = from_scratch::state(&items);
    assert_eq!(built.stream, once(state), "{}: cold build", E::NAME);
    assert_eq!(masks.deltas.rows, state.rows, "{}: cold build by masks", E::NAME);

    for ops in commits(&streams) {
        let before = items.clone();
        for op in &ops {
            items[op.item].apply(&op.change);
        }
        let expected = deltas(&before, &items, &ops);

        let mut recorder = Recorder::default();
        let mut masks = Masks::default();
        if let [op] = &ops[..] {
            engine.commit(op, &mut recorder);
            by_masks.commit(op, &mut masks);
        } else {
            engine.commit_batch(&ops, &mut recorder);
            by_masks.commit_batch(&ops, &mut masks);
        }
        recorder.deltas.sort_unstable();
        assert_eq!(recorder.commits, 1, "{}: commits ended by {ops:?}", E::NAME);
        assert_eq!(recorder.deltas, expected, "{}: row deltas of {ops:?}", E::NAME);
        assert_eq!(masks.deltas.rows, expected.len() as u64, "{}: row masks of {ops:?}", E::NAME);
        let state = from_scratch::state(&items);
        assert_eq!(engine.state(), state, "{}: state after {ops:?}", E::NAME);
        assert_eq!(by_masks.state(), state, "{}: state by masks after {ops:?}", E::NAME);
    }
    check_reads(&engine, &items);
}

/// Asserts that scans and point reads give what deriving from scratch gives.
fn check_reads<E: Engine>(engine: &E, items: &[Item]) {
    assert_eq!(engine.scan(), from_scratch::handling(items), "{}: scan", E::NAME);
    let mut rows = BTreeMap::new();
    from_scratch::derive(items, |row| {
        if row.key.list == List::Handling {
            rows.insert(row.key.hash(Tag::Inserted), row.hash(Tag::Inserted));
        }
    });
    for key in handling_keys(items, 1_000, SEED) {
        let expected = rows.get(&key.key().hash(Tag::Inserted)).copied();
        assert!(expected.is_some(), "the generator drew {key:?}, which does not exist");
        assert_eq!(engine.read(&key), expected, "{}: read of {key:?}", E::NAME);
    }
}

/// Returns what the stream is after a single commit.
fn once(commit: Sum) -> Sum {
    let mut consumer = Resolved { commit, ..Resolved::default() };
    consumer.committed();
    consumer.stream
}

/// Interleaves the streams at random, with each operation of a new value repeated now and then, and the batches last.
fn commits(streams: &Streams) -> Vec<Vec<Op>> {
    let mut random = SplitMix64::new(SEED);
    let mut streams_left =
        [&streams.rename, &streams.limit, &streams.kind, &streams.active, &streams.remark].map(|stream| stream.iter());
    let mut commits = Vec::new();
    while streams_left.iter().any(|stream| stream.len() != 0) {
        if let Some(op) = streams_left[random.below(5_usize)].next() {
            commits.push(vec![op.clone()]);
            if random.below(8_u8) == 0 {
                // Committed twice: the second time nothing is new, so nothing may be delivered.
                commits.push(vec![op.clone()]);
            }
        }
    }
    commits.extend(streams.batches.iter().cloned());
    commits
}

/// A row delta: the hash of its key, what happened, the changed fields, the hash of the row.
type Delta = (u64, Tag, u8, u64);

/// Keeps every delta.
#[derive(Debug, Default)]
struct Recorder {
    deltas: Vec<Delta>,
    commits: u32,
}

impl Consumer for Recorder {
    const RESOLVED: bool = true;

    fn inserted(&mut self, _: u64, row: &Row<'_>) {
        self.deltas.push((row.key.hash(Tag::Inserted), Tag::Inserted, 0, row.hash(Tag::Inserted)));
    }

    fn updated(&mut self, _: u64, row: &Row<'_>, changed: u8) {
        self.deltas.push((row.key.hash(Tag::Inserted), Tag::Updated, changed, row.hash(Tag::Updated)));
    }

    fn removed(&mut self, _: u64, key: &Key<'_>) {
        self.deltas.push((key.hash(Tag::Inserted), Tag::Removed, 0, key.hash(Tag::Removed)));
    }

    fn total(&mut self, department: u8, before: Total, after: Total) {
        let tag = total_tag(before, after);
        self.deltas.push((u64::from(department), tag, 0, after.hash(department, tag)));
    }

    fn committed(&mut self) {
        self.commits += 1;
    }
}

/// The fields and hashes of a row that was derived from scratch.
#[derive(Debug)]
struct Plain {
    name: Vec<u8>,
    kind: u8,
    department: u8,
    articles: Vec<u16>,
    limit: u8,
    effective: u8,
    list: List,
    /// By tag.
    hashes: [u64; 3],
}

/// Computes the deltas of a commit as the difference of two derivations from scratch, sorted.
fn deltas(before: &[Item], after: &[Item], ops: &[Op]) -> Vec<Delta> {
    let edited = |items: &[Item]| ops.iter().map(|op| items[op.item].clone()).collect::<Vec<_>>();
    let (rows_before, rows_after) = (plain_rows(&edited(before)), plain_rows(&edited(after)));
    let mut deltas = Vec::new();
    for (key, old) in &rows_before {
        if let Some(new) = rows_after.get(key) {
            let changed = changed(old, new);
            if changed != 0 {
                deltas.push((*key, Tag::Updated, changed, new.hashes[1]));
            }
        } else {
            deltas.push((*key, Tag::Removed, 0, old.hashes[2]));
        }
    }
    for (key, new) in &rows_after {
        if !rows_before.contains_key(key) {
            deltas.push((*key, Tag::Inserted, 0, new.hashes[0]));
        }
    }
    // An item that was not edited adds the same to a total before and after; but whether a row is there depends on all.
    let (totals_before, totals_after) = (from_scratch::derive(before, |_| ()), from_scratch::derive(after, |_| ()));
    for department in 1..=super::generator::DEPARTMENTS {
        let total = |totals: &BTreeMap<u8, Total>| totals.get(&department).copied().unwrap_or_default();
        let (old, new) = (total(&totals_before), total(&totals_after));
        if old != new {
            let tag = total_tag(old, new);
            deltas.push((u64::from(department), tag, 0, new.hash(department, tag)));
        }
    }
    deltas.sort_unstable();
    deltas
}

/// Derives the rows of some items by the hash of their key.
fn plain_rows(items: &[Item]) -> BTreeMap<u64, Plain> {
    let mut rows = BTreeMap::new();
    from_scratch::derive(items, |row| {
        let plain = Plain {
            name: row.name.to_vec(),
            kind: row.kind,
            department: row.department,
            articles: row.articles.to_vec(),
            limit: row.limit,
            effective: row.effective,
            list: row.key.list,
            hashes: [row.hash(Tag::Inserted), row.hash(Tag::Updated), row.key.hash(Tag::Removed)],
        };
        let clash = rows.insert(row.key.hash(Tag::Inserted), plain);
        assert!(clash.is_none(), "two rows of one key hash: {row:?}");
    });
    rows
}

/// Returns the mask of the visible fields in which two rows differ.
fn changed(old: &Plain, new: &Plain) -> u8 {
    let differing = field::mask([
        (field::NAME, old.name != new.name),
        (field::KIND, old.kind != new.kind),
        (field::DEPARTMENT, old.department != new.department),
        (field::ARTICLES, old.articles != new.articles),
        (field::LIMIT, old.limit != new.limit),
        (field::EFFECTIVE, old.effective != new.effective),
    ]);
    differing & new.list.fields()
}
