//! The library beside the oracle: the same edits to both, and every difference found.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    panic::{AssertUnwindSafe, catch_unwind},
};

use quanze::{
    ChangeKind, ChangeSet, Edits, Finding, Key, ListSystem, Name, Schema, SchemaBuilder, Snapshot, State, Value,
};

use super::{Recipe, batch_of};
use crate::oracle::{
    self, Batch, Cells, Change, Edit, Kind, World, apply, diff, findings, parked,
    state::{Shown, put},
};

/// What a law says when it has nothing to say of a case.
const GIVEN_UP: &str = "";

/// A system and what the oracle thinks its state is, with all that was tried on them.
pub(crate) struct Run {
    pub(crate) spec: SchemaBuilder,
    pub(crate) schema: Schema,
    pub(crate) system: ListSystem,
    pub(crate) state: oracle::State,
    tried: Vec<(Batch, bool)>,
    changed: usize,
}

/// Runs a law on a random system. What fails is told with the schema, the edits and the first difference.
pub(crate) fn with_system(spec: SchemaBuilder, law: impl FnOnce(&mut Run) -> Result<(), String>) -> Result<(), String> {
    let schema = spec.clone().build().map_err(|error| error.to_string())?;
    let system = ListSystem::new(schema.clone());
    let mut run = Run { spec, schema, system, state: oracle::State::default(), tried: Vec::new(), changed: 0 };
    let outcome = catch_unwind(AssertUnwindSafe(|| law(&mut run))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
        Err(format!("it panicked: {}", text.unwrap_or_default()))
    });
    match outcome {
        Err(difference) if difference != GIVEN_UP => Err(run.report(&difference)),
        _ => Ok(()),
    }
}

impl Run {
    fn report(&self, difference: &str) -> String {
        let mut text = format!("\n{}\n\n", shown_schema(&self.spec));
        for (batch, accepted) in &self.tried {
            let outcome = if *accepted { "accepted" } else { "refused" };
            let _ = writeln!(text, "{batch}    // {outcome} by the oracle");
        }
        let _ = write!(text, "\n{difference}\n");
        text
    }

    /// Makes the next batch of a recipe.
    pub(crate) fn next(&self, recipe: &Recipe, at: usize) -> Batch {
        batch_of(&self.spec, &self.state, &recipe.batches[at])
    }

    /// Previews and commits a batch on both sides; tells how the two differ.
    pub(crate) fn commit(&mut self, batch: &Batch) -> Result<(), String> {
        let expected = apply(&self.spec, &self.state, batch);
        self.tried.push((batch.clone(), expected.is_ok()));
        let edits = edits_of(batch);
        let before = bytes(&self.system);
        let previewed = self.system.preview(&edits).map(|preview| text(&preview));
        equal("after a preview", &before, &bytes(&self.system))?;
        let committed = self.system.commit(edits.clone());
        match (expected, committed) {
            (Err(faults), Err(refused)) => {
                equal("after a refusal", &before, &bytes(&self.system))?;
                let previewed = previewed.err().ok_or("what was refused had been accepted by the preview")?;
                equal("the preview's faults", &faults_of(&previewed), &faults_of(&refused))?;
                // An edit before a re-key is told by the key that it names, or by the one that its row has in the end.
                let renamed = batch.edits.iter().any(|edit| matches!(edit, Edit::Rekey(..)));
                same_faults(&faults, &refused, renamed)?;
                if refused.into_edits() != edits {
                    return Err("a refusal returns other edits than were given".to_owned());
                }
                Ok(())
            }
            (Ok(next), Ok(commit)) => {
                let previewed = previewed.map_err(|refused| format!("accepted, but not by the preview: {refused}"))?;
                equal("the preview and the commit", &previewed, &text(&commit))?;
                let last = std::mem::replace(&mut self.state, next);
                self.changed += commit.len();
                let (old, new) = (World::new(&self.spec, &last), World::new(&self.spec, &self.state));
                same_changes(&old, &new, &commit)
            }
            (Ok(_), Err(refused)) => Err(format!("expected to be accepted, but {refused}")),
            (Err(faults), Ok(_)) => Err(format!("expected to be refused, for {faults:#?}")),
        }
    }

    /// Commits a batch to both sides without a look at what it does, which is another law's matter; where they do not agree
    /// whether to accept it, the case is given up.
    pub(crate) fn go(&mut self, batch: &Batch) -> Result<Option<quanze::Commit>, String> {
        let expected = apply(&self.spec, &self.state, batch);
        self.tried.push((batch.clone(), expected.is_ok()));
        match (expected, self.system.commit(edits_of(batch))) {
            (Ok(next), Ok(commit)) => {
                self.state = next;
                Ok(Some(commit))
            }
            (Err(_), Err(_)) => Ok(None),
            _ => Err(GIVEN_UP.to_owned()),
        }
    }

    /// Compares everything that can be read with what the oracle derives from scratch.
    pub(crate) fn compare(&self) -> Result<(), String> {
        same_rows(&World::new(&self.spec, &self.state), &self.system.snapshot())?;
        self.system.verify().map_err(|difference| format!("verify: {difference}"))
    }

    /// How many batches the oracle has refused.
    pub(crate) fn refused(&self) -> usize {
        self.tried.iter().filter(|(_, accepted)| !accepted).count()
    }

    /// How many batches the oracle has accepted.
    pub(crate) fn accepted(&self) -> usize {
        self.tried.len() - self.refused()
    }

    /// How many rows have changed in all, counted once for each commit.
    pub(crate) fn changed(&self) -> usize {
        self.changed
    }

    /// Goes on with another schema, a system of it, and its state.
    pub(crate) fn turn(&mut self, spec: SchemaBuilder, system: ListSystem, state: oracle::State) {
        self.schema = system.schema().clone();
        (self.spec, self.system, self.state) = (spec, system, state);
    }

    /// A system with the same state, restored from what this one saves.
    pub(crate) fn fork(&self) -> Result<ListSystem, String> {
        restored(&self.schema, &self.system)
    }
}

/// A schema as JSON, without the vocabulary that every random schema has and this one does not use.
fn shown_schema(spec: &SchemaBuilder) -> String {
    if spec.lists.len() > 20 {
        return format!("(the preset, of {} lists)", spec.lists.len());
    }
    let mut shown = spec.clone();
    let lists = serde_json::to_string(&(&spec.lists, &spec.checks)).unwrap_or_default();
    let used = |name: &Name| lists.contains(&format!("{:?}", name.as_str()));
    shown.vocabularies.retain(|name, _| used(name));
    if !shown.code_schemes.keys().any(used) {
        shown.code_schemes.clear();
    }
    if !lists.contains("weeks") {
        shown.units.clear();
    }
    serde_json::to_string_pretty(&shown).unwrap_or_default()
}

/// A system restored from the saved state of another.
pub(crate) fn restored(schema: &Schema, system: &ListSystem) -> Result<ListSystem, String> {
    let saved = system.state().to_json();
    let state = State::from_json(&saved).map_err(|error| format!("the saved state is not read: {error}"))?;
    let restored = ListSystem::restore(schema.clone(), &state);
    if !restored.unfit.is_empty() {
        return Err(format!("something does not fit its own schema: {:?}", restored.unfit.to_string()));
    }
    Ok(restored.system)
}

/// The edits as the library takes them.
pub(crate) fn edits_of(batch: &Batch) -> Edits {
    let mut edits = Edits::new();
    if batch.record_findings {
        edits = edits.record_findings();
    }
    batch.edits.iter().fold(edits, |edits, edit| match edit {
        Edit::Insert(list, key, fields) => edits.insert(list, key, &record(fields)),
        Edit::Set(list, key, field, value) => edits.set(list, key, field, value.clone()),
        Edit::Replace(list, key, fields) => edits.replace(list, key, &record(fields)),
        Edit::Remove(list, key) => edits.remove(list, key),
        Edit::Author(list, key, field, value) => edits.author(list, key, field, value.clone()),
        Edit::Clear(list, key, field) => edits.clear(list, key, field),
        Edit::Forget(list, key) => edits.forget(list, key),
        Edit::Add(list, key, field, element) => edits.add(list, key, field, element.clone()),
        Edit::Discard(list, key, field, element) => edits.discard(list, key, field, element.clone()),
        Edit::Rekey(list, from, to) => edits.rekey(list, from, to),
    })
}

fn record(fields: &[(String, Value)]) -> BTreeMap<&str, &Value> {
    fields.iter().map(|(field, value)| (field.as_str(), value)).collect()
}

/// Everything that can be read of a system, as text: its state without the count of commits, and every list.
pub(crate) fn bytes(system: &ListSystem) -> String {
    let mut state: serde_json::Value = serde_json::from_str(&system.state().to_json()).unwrap_or_default();
    if let Some(envelope) = state.as_object_mut() {
        envelope.remove("revision");
    }
    format!("{state}\n{}", rows(&system.snapshot(), system.schema().spec()))
}

/// Every list of a snapshot, as text.
pub(crate) fn rows(snapshot: &Snapshot, spec: &SchemaBuilder) -> String {
    let mut text = String::new();
    for (list, declared) in &spec.lists {
        let Ok(view) = snapshot.list(list.as_str()) else { continue };
        for row in view.rows() {
            let _ = write!(text, "{list} {}:", row.key());
            for field in declared.fields.keys() {
                let _ = match row.get(field.as_str()) {
                    Ok(value) => write!(text, " {field}={}", Shown(&value)),
                    Err(error) => write!(text, " {field} {error}"),
                };
            }
            text.push('\n');
        }
    }
    text
}

fn text(changes: &ChangeSet) -> String {
    let mut value = serde_json::to_value(changes).unwrap_or_default();
    drop_edits(&mut value);
    serde_json::to_string_pretty(&value).unwrap_or_else(|error| error.to_string())
}

fn drop_edits(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(map) => {
            map.retain(|key, value| key != "edits" || !value.is_array());
            map.values_mut().for_each(drop_edits);
        }
        serde_json::Value::Array(all) => all.iter_mut().for_each(drop_edits),
        _ => {}
    }
}

/// Tells the first line in which two texts differ.
pub(crate) fn equal(what: &str, expected: &str, got: &str) -> Result<(), String> {
    if expected == got {
        return Ok(());
    }
    let (mut a, mut b) = (expected.lines(), got.lines());
    loop {
        match (a.next(), b.next()) {
            (None, None) => return Err(format!("{what}: the ends of lines differ")),
            (a, b) if a == b => {}
            (a, b) => {
                return Err(format!("{what}\n  expected: {}\n  got:      {}", a.unwrap_or("-"), b.unwrap_or("-")));
            }
        }
    }
}

fn faults_of(refused: &quanze::Refused) -> String {
    let lines: BTreeSet<String> =
        refused.faults().iter().map(|fault| format!("{:?} {fault}\n", fault.kind())).collect();
    lines.into_iter().collect()
}

/// Faults agree on the row where there is one: where several are possible, which are told is a matter of taste.
fn same_faults(expected: &BTreeSet<oracle::Fault>, refused: &quanze::Refused, renamed: bool) -> Result<(), String> {
    let faults = refused.faults();
    if faults.is_empty() {
        return Err(format!("refused without a fault, expected {expected:#?}"));
    }
    let places: BTreeSet<String> = expected.iter().map(|fault| format!("{} {}", fault.list, fault.key)).collect();
    let found: BTreeSet<String> = faults.iter().map(|fault| format!("{} {}", fault.list(), fault.key())).collect();
    let meant = expected.iter().all(|fault| fault.kind.at_once()) && expected.len() == 1 && !renamed;
    if meant && !found.is_subset(&places) {
        return Err(format!("a fault of {places:?} is told of {found:?}"));
    }
    Ok(())
}

/// Compares a change set with the difference of two worlds.
pub(crate) fn same_changes(old: &World<'_>, new: &World<'_>, commit: &ChangeSet) -> Result<(), String> {
    let expected = diff(old, new);
    // Lists that are gone come after those of the schema.
    let lists: Vec<&Name> = new.schema.lists.keys().chain(old.schema.lists.keys()).collect();
    let mut got = BTreeMap::new();
    let mut previous: Option<(usize, Key)> = None;
    for change in commit.iter() {
        let list = change.list().clone();
        let key = change.key().clone();
        let at = (lists.iter().position(|known| **known == list).unwrap_or_default(), key.clone());
        if previous.as_ref().is_some_and(|previous| *previous >= at) {
            return Err(format!("the changes are not in order at {list} {key}"));
        }
        previous = Some(at);
        let of = |world: &World<'_>| world.schema.lists.get(&list).cloned().unwrap_or_default();
        let fields: BTreeSet<Name> = of(old).fields.into_keys().chain(of(new).fields.into_keys()).collect();
        let cells = |value: &dyn Fn(&str) -> Value| {
            let mut cells = Cells::new();
            for field in &fields {
                put(&mut cells, field, value(field.as_str()));
            }
            cells
        };
        let kind = match change.kind() {
            ChangeKind::Added => Kind::Added,
            ChangeKind::Removed => Kind::Removed,
            ChangeKind::Updated => Kind::Updated,
        };
        let seen = Change {
            kind,
            changed: change.changed().cloned().collect(),
            shadowed: change.shadowed().cloned().collect(),
            before: cells(&|field| change.before(field).clone()),
            after: cells(&|field| change.after(field).clone()),
        };
        got.insert((list, key), seen);
    }
    for at in expected.keys().chain(got.keys()) {
        if expected.get(at) != got.get(at) {
            let (list, key) = at;
            return Err(format!(
                "the change of {list} {key}\n  expected: {}\n  got:      {}",
                told(expected.get(at)),
                told(got.get(at))
            ));
        }
    }
    let (was, is) = (findings(old), findings(new));
    let seen = |found: &[Finding]| found.iter().map(finding).collect::<BTreeSet<_>>();
    same_sets("findings added", &is.difference(&was).cloned().collect(), &seen(commit.findings_added()))?;
    same_sets("findings resolved", &was.difference(&is).cloned().collect(), &seen(commit.findings_resolved()))
}

fn told(change: Option<&Change>) -> String {
    let Some(change) = change else { return "no change".to_owned() };
    let cells = |cells: &Cells| {
        let cells: Vec<String> = cells.iter().map(|(field, value)| format!("{field}={}", Shown(value))).collect();
        cells.join(" ")
    };
    format!(
        "{:?} changed {:?} shadowed {:?}\n    before {}\n    after  {}",
        change.kind,
        change.changed,
        change.shadowed,
        cells(&change.before),
        cells(&change.after)
    )
}

fn finding(finding: &Finding) -> oracle::Finding {
    oracle::Finding {
        check: finding.check().clone(),
        list: finding.list().clone(),
        key: finding.key().clone(),
        severity: finding.severity(),
    }
}

fn same_sets(what: &str, expected: &BTreeSet<oracle::Finding>, got: &BTreeSet<oracle::Finding>) -> Result<(), String> {
    let lines = |found: &BTreeSet<oracle::Finding>| {
        found.iter().fold(String::new(), |all, f| format!("{all}{} {} {} {:?}\n", f.check, f.list, f.key, f.severity))
    };
    equal(what, &lines(expected), &lines(got))
}

/// Compares everything that a snapshot shows with a world.
pub(crate) fn same_rows(world: &World<'_>, snapshot: &Snapshot) -> Result<(), String> {
    for (list, declared) in &world.schema.lists {
        let view = snapshot.list(list.as_str()).map_err(|error| error.to_string())?;
        let lines = |keys: Vec<Key>| keys.iter().fold(String::new(), |all, key| format!("{all}{key}\n"));
        let expected = world.declared_order(list);
        let got: Vec<Key> = view.rows().map(|row| row.key()).collect();
        let (mut a, mut b) = (expected.clone(), got.clone());
        a.sort();
        b.sort();
        equal(&format!("the keys of {list}"), &lines(a), &lines(b))?;
        equal(&format!("the order of {list}"), &lines(expected.clone()), &lines(got))?;
        for key in &expected {
            let row = view.row(key).ok_or_else(|| format!("{list} {key} is listed but not found"))?;
            for field in declared.fields.keys() {
                let got = row.get(field.as_str()).map_err(|error| error.to_string())?;
                let expected = world.value(list, key, field);
                // Serialised, a date and its text are the same; here they are not.
                if got != expected {
                    return Err(format!("{list} {key} {field}\n  expected: {expected:?}\n  got:      {got:?}"));
                }
                if !declared.is_base() {
                    let got = row.authored(field.as_str()).map_err(|error| error.to_string())?;
                    let expected = world.authored(list, key, field);
                    if got != expected {
                        return Err(format!(
                            "what is authored for {list} {key} {field}\n  expected: {expected:?}\n  got:      {got:?}"
                        ));
                    }
                }
            }
        }
    }
    same_sets("findings", &findings(world), &snapshot.findings().iter().map(finding).collect())?;
    let cells = |all: Vec<(Name, Key, Name, Value)>| {
        let lines: BTreeSet<String> = all.iter().map(|(l, k, f, v)| format!("{l} {k} {f} {}\n", Shown(v))).collect();
        lines.into_iter().collect::<String>()
    };
    let expected = parked(world).into_iter().flat_map(|((list, key), cells)| {
        cells.into_iter().map(move |(field, value)| (list.clone(), key.clone(), field, value))
    });
    let got = snapshot.parked().into_iter().map(|cell| (cell.list, cell.key, cell.field, cell.value));
    equal("what is parked", &cells(expected.collect()), &cells(got.collect()))
}
