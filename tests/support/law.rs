//! Laws of a system at one point of its life, for those who look at many.

use quanze::{ListSystem, schema::OnRemove};

use super::live::{Run, bytes, edits_of, equal, restored};
use crate::oracle::{Batch, Edit, World, edit::independent, parked};

/// Equal state, equal bytes: nothing tells how the state of a run was reached. Where something is parked, nothing is asked.
pub(crate) fn reached_otherwise(run: &Run, seed: u64) -> Result<(), String> {
    if !parked(&World::new(&run.spec, &run.state)).is_empty() {
        return Ok(());
    }
    equal("the state reached otherwise", &bytes(&run.system), &bytes(&rebuilt(run, seed)?))
}

/// Two batches one after the other are the two as one, where both are accepted.
pub(crate) fn compose(before: &ListSystem, first: &Batch, second: &Batch) -> Result<(), String> {
    let fork = || restored(before.schema(), before);
    let (mut one_by_one, mut at_once) = (fork()?, fork()?);
    let both = Batch {
        edits: first.edits.iter().chain(&second.edits).cloned().collect(),
        record_findings: first.record_findings || second.record_findings,
    };
    let accepted = one_by_one.commit(edits_of(first)).is_ok()
        && one_by_one.commit(edits_of(second)).is_ok()
        && at_once.commit(edits_of(&both)).is_ok();
    if accepted { equal(&format!("both at once:\n{both}"), &bytes(&one_by_one), &bytes(&at_once)) } else { Ok(()) }
}

/// Batches that write different cells give one state in either order, where neither is refused.
pub(crate) fn commute(run: &Run, first: &Batch, second: &Batch) -> Result<(), String> {
    if !independent(&run.spec, &run.state, first, second) {
        return Ok(());
    }
    let (mut one, mut other) = (run.fork()?, run.fork()?);
    let one_way = one.commit(edits_of(first)).is_ok() && one.commit(edits_of(second)).is_ok();
    let other_way = other.commit(edits_of(second)).is_ok() && other.commit(edits_of(first)).is_ok();
    if one_way && other_way {
        equal(&format!("in the other order:\n{first}{second}"), &bytes(&one), &bytes(&other))
    } else {
        Ok(())
    }
}

/// A system brought to the state of a run another way: junk first, then all rows at once in another order, then the
/// authored cells, then the junk away.
fn rebuilt(run: &Run, seed: u64) -> Result<ListSystem, String> {
    let mut system = ListSystem::new(run.schema.clone());
    let mut random = seed;
    let mut shuffled = |mut edits: Vec<Edit>| {
        for at in (1..edits.len()).rev() {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            edits.swap(at, usize::try_from(random >> 33).unwrap_or_default() % (at + 1));
        }
        edits
    };
    let inserts = run.state.base.iter().flat_map(|(list, rows)| {
        rows.iter().map(move |(key, cells)| {
            let fields = cells.iter().map(|(field, value)| (field.to_string(), value.clone())).collect();
            Edit::Insert(list.to_string(), key.to_string(), fields)
        })
    });
    let authors = run.state.authored.iter().flat_map(|((list, key), cells)| {
        cells.iter().map(move |(field, value)| {
            Edit::Author(list.to_string(), key.to_string(), field.to_string(), value.clone())
        })
    });
    let (inserts, authors) = (shuffled(inserts.collect()), shuffled(authors.collect()));
    let removes: Vec<Edit> = inserts
        .iter()
        .map(|edit| match edit {
            Edit::Insert(list, key, _) => Edit::Remove(list.clone(), key.clone()),
            other => other.clone(),
        })
        .collect();
    let clears = authors
        .iter()
        .map(|edit| match edit {
            Edit::Author(list, key, field, _) => Edit::Clear(list.clone(), key.clone(), field.clone()),
            other => other.clone(),
        })
        .collect();
    let mut commit = |edits: Vec<Edit>| {
        system
            .commit(edits_of(&Batch::of(edits).recorded()))
            .map(|_| ())
            .map_err(|refused| format!("rebuilding: {refused}"))
    };
    // Once in this order, all of it taken back, and once more in another.
    commit(inserts.clone())?;
    commit(authors.clone())?;
    commit(clears)?;
    let owned =
        run.spec.lists.values().flat_map(|list| list.fields.values()).any(|field| field.on_remove == OnRemove::Cascade);
    if !owned {
        commit(removes)?;
        commit(shuffled(inserts))?;
    }
    commit(shuffled(authors))?;
    Ok(system)
}
