//! Snapshots are read from many threads while one writer commits, and every answer is checked.

#[path = "threads/model.rs"]
mod model;
mod oracle;
mod support;
#[path = "threads/types.rs"]
mod types;

use std::{
    sync::{
        Arc, RwLock,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
};

use model::{Expected, LISTS, Line, Model};
use oracle::World;
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use quanze::{Edits, ListSystem, Snapshot, Value, system::ResolvedRow, working_days};
use serde::Deserialize;
use support::{
    live::{edits_of, same_rows},
    recipe::Sizes,
    recipes, schema_of,
};

const BODIES: usize = 12;
const POWERS: usize = 400;
const COMMITS: u64 = 60;
const FOLLOWERS: usize = 4;
const POLLERS: usize = 2;

/// What a follower gets: the lists, and what they must hold.
type Published = (Snapshot, Arc<Expected>);

/// Tells the pollers that no more will come, also where the writer panics.
struct Writing<'a>(&'a AtomicBool);

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// The fields of the model's lists, as structs.
#[derive(Deserialize)]
struct Offer {
    body: String,
    name: String,
    promise: quanze::Duration,
}

/// A list read by the rows, field by field.
fn by_rows(snapshot: &Snapshot, list: &str) -> Vec<Line> {
    let row = |row: quanze::Row<'_>| {
        (row.key().to_string(), row.values().map(|(_, value)| value.to_string()).collect::<Vec<_>>())
    };
    snapshot.list(list).expect("a list of the schema").rows().map(row).collect()
}

/// A list read in one go.
fn resolved(snapshot: &Snapshot, list: &str) -> Vec<Line> {
    let fields: Vec<usize> = (0..snapshot.schema().spec().lists[list].fields.len()).collect();
    let mut lines = Vec::new();
    snapshot.list(list).expect("a list of the schema").resolve(&fields, |row: ResolvedRow<'_, '_>| {
        lines.push((row.key().to_owned(), row.values().iter().map(|value| value.to_value().to_string()).collect()));
    });
    lines
}

/// Reads one list as a whole, by one of the ways that there are.
fn scan(snapshot: &Snapshot, expected: &Expected, turn: usize) {
    let list = LISTS[turn % LISTS.len()];
    let at = format!("{list} at revision {}", expected.revision);
    assert_eq!(snapshot.revision(), expected.revision, "{at}");
    let lines = if turn.is_multiple_of(2) { by_rows(snapshot, list) } else { resolved(snapshot, list) };
    assert_eq!(snapshot.list(list).expect("a list of the schema").len(), lines.len(), "{at}");
    assert_eq!(model::sum(lines), expected.sum(list), "{at}");
}

/// Reads all offers into structs.
fn records(snapshot: &Snapshot, expected: &Expected) {
    let offers = snapshot.list("offers").expect("a list of the schema");
    let keys = offers.rows().map(|row| row.key().to_string());
    let lines = keys.zip(offers.records::<Offer>()).map(|(key, offer)| {
        let Offer { body, name, promise } = offer.expect("an offer");
        (key, vec![body, name, promise.to_string()])
    });
    assert_eq!(model::sum(lines), expected.sum("offers"), "records at revision {}", expected.revision);
}

/// Reads what is at single points, and why.
fn points(snapshot: &Snapshot, expected: &Expected) {
    let (key, power, promise) = &expected.offer;
    let at = format!("{key} at revision {}", expected.revision);
    let offer = snapshot.list("offers").expect("a list of the schema").row(key).expect("an offer");
    assert_eq!(offer.get("promise").expect("a field").to_string(), *promise, "{at}");
    let why = snapshot.explain("offers", key, "promise").expect("an explanation");
    assert_eq!(why.value().to_string(), *promise, "{at}");
    assert!(why.to_string().contains(&format!("powers[{power}].limit = ")), "{at}: {why}");
    assert!(snapshot.why_not("offers", key).expect("a list of the schema").is_there(), "{at}");
    let why_not = snapshot.why_not("services", &expected.no_service).expect("a list of the schema");
    assert!(!why_not.is_there(), "{at}: {why_not}");
    assert!(why_not.to_string().contains(&format!("powers[{}].open = false", expected.no_service)), "{at}: {why_not}");
    let found = snapshot.finding_counts();
    let count = |check: &str| found.get(check).copied().unwrap_or_default();
    assert_eq!((count("long"), count("offers.promise.looser")), (expected.long, expected.looser), "{at}");
    assert_eq!(snapshot.findings().len(), expected.long + expected.looser, "{at}");
    assert_eq!(snapshot.parked().len(), expected.parked, "{at}");
}

/// Owns the system: commits, and gives each state to all followers and to whoever polls. Between commits it previews and is
/// refused, of which no snapshot may show anything. The system is gone when it returns.
fn write(followers: &[SyncSender<Published>], latest: &RwLock<Published>, mut model: Model, mut system: ListSystem) {
    for revision in 2..=COMMITS {
        let edits = model.change(POWERS);
        let elsewhere = (0..BODIES)
            .fold(Edits::new(), |edits, body| edits.set("bodies", format!("b{body:02}"), "name", "nobody sees this"));
        system.preview(&elsewhere).expect("bodies have names");
        system
            .commit(elsewhere.set("powers", "nowhere", "limit", working_days(1)))
            .expect_err("there is no such power");
        system.commit(edits).expect("what the model has made can be made");
        let published = (system.snapshot(), Arc::new(model.expected(revision)));
        *latest.write().expect("nobody panics with the lock") = published.clone();
        for follower in followers {
            follower.send(published.clone()).expect("followers listen to the end");
        }
    }
    system.verify().expect("the lists are in step");
}

/// Reads every state while later ones are made; keeps some, and reads them again when the system is gone.
fn follow(follower: usize, states: &Receiver<Published>) -> usize {
    let (mut seen, mut kept) = (0, Vec::new());
    for (snapshot, expected) in states {
        seen += 1;
        let turn = seen + follower;
        scan(&snapshot, &expected, turn);
        points(&snapshot, &expected);
        if turn.is_multiple_of(5) {
            records(&snapshot, &expected);
        }
        if turn.is_multiple_of(15) {
            kept.push((snapshot, expected));
        }
    }
    for (snapshot, expected) in &kept {
        (0..LISTS.len()).for_each(|turn| scan(snapshot, expected, turn));
        records(snapshot, expected);
        points(snapshot, expected);
    }
    assert!(kept.len() >= 3, "only {} snapshots were kept", kept.len());
    seen
}

/// Takes the latest state over and over; revisions never go back, and each is whole.
fn poll(latest: &RwLock<Published>, writing: &AtomicBool) -> u64 {
    let mut last = 0;
    loop {
        let more = writing.load(Ordering::Acquire);
        let (snapshot, expected) = latest.read().expect("nobody panics with the lock").clone();
        assert!(snapshot.revision() >= last, "revision {} after {last}", snapshot.revision());
        last = snapshot.revision();
        // The totals by body rest on all other lists.
        scan(&snapshot, &expected, LISTS.len() - 1);
        points(&snapshot, &expected);
        if !more {
            return last;
        }
    }
}

#[test]
fn every_state_is_read_from_many_threads_while_commits_go_on() {
    let (mut model, edits) = Model::city(BODIES, POWERS);
    let mut system = ListSystem::new(model::schema().expect("a schema"));
    system.commit(edits).expect("a city");
    let latest = RwLock::new((system.snapshot(), Arc::new(model.expected(1))));
    let writing = AtomicBool::new(true);
    thread::scope(|scope| {
        let (senders, receivers): (Vec<_>, Vec<_>) = (0..FOLLOWERS).map(|_| sync_channel(2)).unzip();
        let followers: Vec<_> = receivers
            .into_iter()
            .enumerate()
            .map(|(follower, states)| scope.spawn(move || follow(follower, &states)))
            .collect();
        let pollers: Vec<_> = (0..POLLERS).map(|_| scope.spawn(|| poll(&latest, &writing))).collect();
        let writer = scope.spawn(|| {
            let _writing = Writing(&writing);
            write(&senders, &latest, model, system);
            drop(senders);
        });
        writer.join().expect("the writer has no complaint");
        for follower in followers {
            assert_eq!(follower.join().expect("a follower has no complaint"), COMMITS as usize - 1);
        }
        for poller in pollers {
            assert_eq!(poller.join().expect("a poller has no complaint"), COMMITS);
        }
    });
}

/// Whatever the schema and the edits: each snapshot is what the oracle derives of its state, on any thread, later.
#[test]
fn snapshots_of_random_systems_are_what_the_oracle_says() {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = recipes(Sizes { batches: 8, ..Sizes::default() });
    let mut accepted = 0;
    for _ in 0..24 {
        let recipe = strategy.new_tree(&mut runner).expect("a recipe").current();
        let spec = schema_of(&recipe);
        let mut system = ListSystem::new(spec.clone().build().expect("a random schema is valid"));
        let spec = &spec;
        thread::scope(|scope| {
            let (senders, readers): (Vec<_>, Vec<_>) = (0..3)
                .map(|_| {
                    let (sender, states) = sync_channel::<(Snapshot, Arc<oracle::State>)>(2);
                    let reader = scope.spawn(move || {
                        let all: Vec<_> =
                            states.into_iter().inspect(|(snapshot, state)| check(spec, snapshot, state)).collect();
                        // The system is gone by now.
                        all.iter().step_by(3).for_each(|(snapshot, state)| check(spec, snapshot, state));
                    });
                    (sender, reader)
                })
                .unzip();
            let mut state = oracle::State::default();
            for batch in &recipe.batches {
                let batch = support::batch_of(spec, &state, batch);
                let Ok(next) = oracle::apply(spec, &state, &batch) else {
                    system.commit(edits_of(&batch)).expect_err("the oracle refuses it");
                    continue;
                };
                system.commit(edits_of(&batch)).expect("the oracle accepts it");
                accepted += 1;
                state = next;
                let published = (system.snapshot(), Arc::new(state.clone()));
                for sender in &senders {
                    sender.send(published.clone()).expect("readers listen to the end");
                }
            }
            drop(system);
            drop(senders);
            for reader in readers {
                reader.join().expect("a reader has no complaint");
            }
        });
    }
    assert!(accepted > 120, "only {accepted} batches were accepted");
}

/// Compares a snapshot with the oracle, and every value with its explanation.
fn check(spec: &quanze::SchemaBuilder, snapshot: &Snapshot, state: &oracle::State) {
    let world = World::new(spec, state);
    if let Err(difference) = same_rows(&world, snapshot) {
        panic!("revision {}: {difference}", snapshot.revision());
    }
    for (list, declared) in &spec.lists {
        let view = snapshot.list(list.as_str()).expect("a list of the schema");
        let (Some(row), Some(field)) = (view.rows().next(), declared.fields.keys().next()) else { continue };
        let why = snapshot.explain(list.as_str(), row.key(), field.as_str()).expect("an explanation");
        let expected: Value = world.value(list, &row.key(), field);
        assert_eq!(*why.value(), expected, "{list} {} {field} at revision {}", row.key(), snapshot.revision());
    }
}
