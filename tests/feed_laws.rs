//! The laws of a feed, on random systems: a copy that is kept in step by nothing else is the lists themselves.

mod oracle;
mod support;

use std::collections::BTreeMap;

use proptest::{prelude::*, test_runner::RngSeed};
use quanze::{
    ChangeKind, Key, Name, Record, Snapshot,
    feed::{Cursor, Feed, StartAnew, Upserts, Window},
};
use support::{
    live::{Run, equal, with_system},
    recipe::Sizes,
    recipes, schema_of,
    shrink::hold,
};

fn config(cases: u32) -> ProptestConfig {
    let given = std::env::var("PROPTEST_CASES").is_ok();
    let default = ProptestConfig::default();
    ProptestConfig {
        cases: if given { default.cases } else { cases },
        failure_persistence: None,
        max_shrink_iters: 0,
        rng_seed: if matches!(default.rng_seed, RngSeed::Random) {
            RngSeed::Fixed(20_250_701)
        } else {
            default.rng_seed
        },
        ..default
    }
}

/// Numbers that a law picks by.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// A consumer that knows nothing of lists, as it could be written in any language.
#[derive(Default)]
struct Copy {
    cursor: Option<String>,
    rows: BTreeMap<(String, String), serde_json::Value>,
    findings: BTreeMap<(String, String), serde_json::Value>,
    started: usize,
}

impl Copy {
    fn apply(&mut self, message: &str) -> Result<(), String> {
        let message: serde_json::Value = serde_json::from_str(message).map_err(|error| error.to_string())?;
        if message["after"].is_null() {
            self.rows.clear();
            self.findings.clear();
            self.started += 1;
        } else if message["after"].as_str() != self.cursor.as_deref() {
            return Err(format!("a copy at {:?} is given what follows {}", self.cursor, message["after"]));
        }
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let put = |all: &mut BTreeMap<_, _>, key, value: &serde_json::Value| match value {
            serde_json::Value::Null => all.remove(&key),
            value => all.insert(key, value.clone()),
        };
        for row in message["rows"].as_array().into_iter().flatten() {
            put(&mut self.rows, (text(&row["list"]), text(&row["key"])), &row["row"]);
        }
        for of in message["findings"].as_array().into_iter().flatten() {
            put(&mut self.findings, (text(&of["check"]), text(&of["key"])), &of["finding"]);
        }
        self.cursor = Some(text(&message["cursor"]));
        Ok(())
    }

    /// Comes for what it has not seen, or for everything where that has passed.
    fn catch_up(&mut self, feed: &Feed, now: &Snapshot, at_most: usize) -> Result<(), String> {
        let message = match &self.cursor {
            None => json(&now.upserts()),
            Some(cursor) => {
                let cursor: Cursor = cursor.parse().map_err(|error: quanze::feed::CursorError| error.to_string())?;
                match feed.after(&cursor) {
                    Ok(tail) => {
                        let before = self.text();
                        let message = json(&tail.at_most(at_most).upserts());
                        self.apply(&message)?;
                        let (once, cursor) = (self.text(), self.cursor.clone());
                        self.cursor = Some(cursor_of(&message, "after"));
                        self.apply(&message)?;
                        equal("what is put twice", &once, &self.text())?;
                        self.cursor = cursor;
                        if tail_is_empty(&message) {
                            equal("nothing is put", &before, &self.text())?;
                        }
                        return Ok(());
                    }
                    Err(StartAnew::Passed { seen, retained }) => {
                        if retained.follows(seen) || seen + 1 >= retained.first {
                            return Err(format!("{retained}, and yet {seen} is said to have passed"));
                        }
                        json(&now.upserts())
                    }
                    Err(other) => return Err(other.to_string()),
                }
            }
        };
        self.apply(&message)
    }

    fn text(&self) -> String {
        let line = |((list, key), value): (&(String, String), &serde_json::Value)| format!("{list} {key} {value}\n");
        let rows: String = self.rows.iter().map(line).collect();
        let finding = |((check, key), finding): (&(String, String), &serde_json::Value)| {
            // What its message says may have changed since it came.
            format!("{check} {key} {} {}\n", finding["list"], finding["severity"])
        };
        rows + &self.findings.iter().map(finding).collect::<String>()
    }

    fn is_in_step(&self, now: &Snapshot) -> bool {
        self.cursor.as_deref() == Some(now.cursor().to_string().as_str())
    }

    /// Compares the copy with the lists themselves.
    fn compare(&self, now: &Snapshot) -> Result<(), String> {
        let mut lists = Self::default();
        for list in now.lists() {
            for row in list.rows() {
                let record = serde_json::to_value(row.to_record()).map_err(|error| error.to_string())?;
                lists.rows.insert((list.name().to_string(), row.key().to_string()), record);
            }
        }
        for finding in now.findings() {
            let value = serde_json::to_value(&finding).map_err(|error| error.to_string())?;
            lists.findings.insert((finding.check().to_string(), finding.key().to_string()), value);
        }
        equal("the copy", &lists.text(), &self.text())
    }
}

fn json(upserts: &Upserts) -> String {
    serde_json::to_string(upserts).unwrap_or_default()
}

fn cursor_of(message: &str, name: &str) -> String {
    let message: serde_json::Value = serde_json::from_str(message).unwrap_or_default();
    message[name].as_str().unwrap_or_default().to_owned()
}

fn tail_is_empty(message: &str) -> bool {
    cursor_of(message, "after") == cursor_of(message, "cursor")
}

/// Several copies, one always in step, others that come as they like, while the feed is saved and restored now and then.
fn follow(run: &mut Run, recipe: &support::Recipe, seed: u64) -> Result<(), String> {
    let mut dice = Dice(seed);
    let window = match dice.roll(3) {
        0 => Window::last(dice.roll(4) as usize),
        1 => Window::all().at_most_bytes(dice.roll(8_000) as usize),
        _ => Window::all(),
    };
    let mut feed = Feed::new(&run.system, window);
    let mut copies: Vec<Copy> = (0..4).map(|_| Copy::default()).collect();
    for at in 0..recipe.batches.len() {
        let batch = run.next(recipe, at);
        if let Some(commit) = run.go(&batch)? {
            feed.push(&commit).map_err(|error| error.to_string())?;
        }
        if dice.roll(6) == 0 {
            let saved = feed.to_json();
            let restored = Feed::restore(&run.system, &saved).map_err(|error| error.to_string())?;
            equal("a feed restored", &saved, &restored.to_json())?;
            feed = restored;
        }
        let now = run.system.snapshot();
        for (number, copy) in (0..).zip(&mut copies) {
            if number == 0 || dice.roll(1 + 2 * number) == 0 {
                let at_most = if dice.roll(3) == 0 { dice.roll(3) as usize } else { usize::MAX };
                copy.catch_up(&feed, &now, at_most)?;
            }
            if copy.is_in_step(&now) {
                copy.compare(&now)?;
            }
        }
    }
    let now = run.system.snapshot();
    for copy in &mut copies {
        copy.catch_up(&feed, &now, usize::MAX)?;
        if !copy.is_in_step(&now) {
            return Err("a copy that has caught up is not in step".to_owned());
        }
        copy.compare(&now)?;
    }
    let needless = window == Window::all() && copies.iter().any(|copy| copy.started > 1);
    if needless { Err("a copy started anew, and nothing had passed".to_owned()) } else { Ok(()) }
}

type Rows = BTreeMap<(Name, Key), Record>;

fn rows(now: &Snapshot) -> Rows {
    now.lists()
        .flat_map(|list| list.rows().map(move |row| ((list.name().clone(), row.key()), row.to_record())))
        .collect()
}

/// All revisions in all forms, from the first on: what each says is what the one before has left.
fn chain(run: &mut Run, recipe: &support::Recipe) -> Result<(), String> {
    let mut feed = Feed::new(&run.system, Window::all());
    let start = feed.cursor();
    let mut seen = vec![rows(&run.system.snapshot())];
    for at in 0..recipe.batches.len() {
        let batch = run.next(recipe, at);
        if let Some(commit) = run.go(&batch)? {
            feed.push(&commit).map_err(|error| error.to_string())?;
            seen.push(rows(&run.system.snapshot()));
        }
    }
    let tail = feed.after(&start).map_err(|error| error.to_string())?;
    let mut copy = seen[0].clone();
    let forms = tail.values().zip(tail.rows()).zip(tail.spans());
    for (((values, plain), spans), expected) in forms.zip(&seen[1..]) {
        let mut told: Vec<String> = Vec::new();
        for change in &values.changes {
            let at = (change.row.list.clone(), change.row.key.clone());
            let left = copy.get(&at);
            if left != change.before.as_ref() {
                return Err(format!("{at:?}: left as {left:?}, and then found as {:?}", change.before));
            }
            let differing = |before: &Record, after: &Record| -> Vec<Name> {
                before.iter().filter(|(name, value)| after.get(name) != *value).map(|(name, _)| name.into()).collect()
            };
            let changed = match (&change.before, &change.after) {
                (Some(before), Some(after)) => differing(before, after),
                _ => Vec::new(),
            };
            if changed != change.row.changed {
                return Err(format!("{at:?}: {changed:?} differ, and {:?} are told", change.row.changed));
            }
            let kind = match (&change.before, &change.after) {
                (None, Some(_)) => ChangeKind::Added,
                (Some(_), None) => ChangeKind::Removed,
                _ => ChangeKind::Updated,
            };
            if kind != change.row.kind {
                return Err(format!("{at:?} is {kind:?}, and told as {:?}", change.row.kind));
            }
            told.push(format!("{:?}\n", change.row));
            match change.after.clone() {
                Some(after) => copy.insert(at, after),
                None => copy.remove(&at),
            };
        }
        if copy != *expected {
            return Err(format!("revision {} does not lead to the lists as they were", values.revision));
        }
        let lines: Vec<String> = plain.changes.iter().map(|row| format!("{row:?}\n")).collect();
        equal("rows with and without values", &told.concat(), &lines.concat())?;
        let mut spanned: Vec<String> = Vec::new();
        for span in &spans.changes {
            for key in &span.keys {
                let same = plain.changes.iter().find(|row| {
                    (&row.list, &row.key, row.kind, &row.changed, &row.shadowed)
                        == (&span.list, key, span.kind, &span.changed, &span.shadowed)
                });
                spanned.push(format!("{:?}\n", same.ok_or_else(|| format!("{span:?} is told of no such row"))?));
            }
        }
        spanned.sort();
        told.sort();
        equal("rows in spans", &told.concat(), &spanned.concat())?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(96))]

    /// A copy fed by upserts alone, from whatever snapshot, resuming wherever it was, is the lists themselves.
    #[test]
    fn a_copy_is_the_lists(recipe in recipes(Sizes { batches: 16, ..Sizes::default() }), seed in any::<u64>()) {
        hold(&recipe, |recipe| with_system(schema_of(recipe), |run| follow(run, recipe, seed)))?;
    }

    /// Rows with before and after chain up, and the other forms tell of the same rows.
    #[test]
    fn what_is_after_is_before_the_next(recipe in recipes(Sizes::default())) {
        hold(&recipe, |recipe| with_system(schema_of(recipe), |run| chain(run, recipe)))?;
    }
}

proptest! {
    #![proptest_config(config(8))]

    /// The same of the preset.
    #[test]
    fn a_copy_of_the_preset_is_its_lists(
        recipe in recipes(Sizes { seeds: 40, batches: 10, derived: 1, ..Sizes::default() }),
        seed in any::<u64>(),
    ) {
        hold(&recipe, |recipe| with_system(quanze::four_tier::options().builder(), |run| {
            let mut recipe = recipe.clone();
            support::spread(&mut recipe, &run.spec);
            follow(run, &recipe, seed)
        }))?;
        hold(&recipe, |recipe| with_system(quanze::four_tier::options().builder(), |run| {
            let mut recipe = recipe.clone();
            support::spread(&mut recipe, &run.spec);
            chain(run, &recipe)
        }))?;
    }
}
