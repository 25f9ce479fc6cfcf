//! The laws on few systems for long: each random schema lives through many commits, beside the oracle.
//!
//! `laws.rs` tries many systems that are young; what comes of pages that were shared, slots that were freed and links that
//! went stale comes late. Without a word this is short. `docs/proof.md` says how long it has been.
//!
//! - `LONG_RUN_SCHEMAS`: the seeds of the schemas, as `1..1001`; the end is left out
//! - `LONG_RUN_COMMITS`: how many commits each schema is to accept
//! - `LONG_RUN_RECORD`: a file with one line for each schema that is done; those that it names are not tried again, so a run
//!   that was stopped goes on, and several can share the work. What fails is told in files beside it.

mod explaining;
mod oracle;
mod support;

use std::{
    collections::BTreeSet,
    env, fs,
    io::Write as _,
    ops::Range,
    path::PathBuf,
    time::{Duration, Instant},
};

use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use quanze::{ListSystem, Snapshot, State};
use support::{
    Recipe,
    law::{commute, compose, reached_otherwise},
    live::{Run, bytes, equal, rows, with_system},
    recipe::{Sizes, batches},
    recipes, schema_of,
    shrink::smaller,
};

/// How long a case that fails may be made smaller.
const PATIENCE: Duration = Duration::from_secs(300);

/// A schema that refuses so many times what it is to accept is left alone.
const PATIENT: usize = 6;

/// What is done, and where that is written down.
struct Plan {
    schemas: Range<u64>,
    commits: usize,
    record: Option<PathBuf>,
}

impl Plan {
    fn told() -> Result<Self, String> {
        let given = |name: &str| env::var(name).ok();
        let number = |text: &str| text.trim().parse::<u64>().map_err(|error| format!("{text:?}: {error}"));
        let schemas = match given("LONG_RUN_SCHEMAS") {
            None => 1..5,
            Some(range) => {
                let (from, to) = range.split_once("..").ok_or("LONG_RUN_SCHEMAS is a range, as 1..1001")?;
                number(from)?..number(to)?
            }
        };
        let commits = given("LONG_RUN_COMMITS").map_or(Ok(48), |commits| number(&commits))?;
        let commits = usize::try_from(commits).map_err(|error| error.to_string())?;
        Ok(Self { schemas, commits, record: given("LONG_RUN_RECORD").map(PathBuf::from) })
    }

    /// The schemas that the record says to be done.
    fn done(&self) -> BTreeSet<u64> {
        let text = self.record.as_ref().and_then(|record| fs::read_to_string(record).ok()).unwrap_or_default();
        text.lines().filter_map(|line| line.split_whitespace().next()?.parse().ok()).collect()
    }

    fn write(&self, seed: u64, outcome: &Result<Tally, String>) -> std::io::Result<()> {
        let Some(record) = &self.record else { return Ok(()) };
        let said = match outcome {
            Ok(tally) => tally.to_string(),
            Err(report) => {
                fs::write(record.with_extension(format!("{seed}.failed")), report)?;
                "failed".to_owned()
            }
        };
        let mut file = fs::OpenOptions::new().create(true).append(true).open(record)?;
        writeln!(file, "{seed} {said}")
    }
}

/// What a schema has lived through.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    accepted: usize,
    refused: usize,
    /// The sum, over the commits, of the rows that there were after each.
    rows: usize,
    changes: usize,
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { accepted, refused, rows, changes } = self;
        write!(f, "{accepted} commits, {refused} refused, {rows} rows compared, {changes} rows changed")
    }
}

/// The recipes of a seed: a schema, and batches without end.
struct Source {
    runner: TestRunner,
    recipe: Recipe,
}

impl Source {
    fn new(seed: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let recipe = recipes(Sizes::default()).new_tree(&mut runner).expect("a recipe").current();
        Self { runner, recipe }
    }

    /// Sees to it that there is a batch with this number.
    fn reach(&mut self, at: usize) {
        while self.recipe.batches.len() <= at {
            let batch = batches(Sizes::default()).new_tree(&mut self.runner).expect("a batch").current();
            self.recipe.batches.push(batch);
        }
    }
}

/// What is looked at after the commit with this number, beside what each commit is asked.
fn look(run: &mut Run, recipe: &Recipe, at: usize, kept: &mut Option<(Snapshot, String)>) -> Result<(), String> {
    if at % 16 == 5 {
        if let Some((snapshot, seen)) = kept.take() {
            equal("a snapshot", &seen, &rows(&snapshot, &run.spec))?;
        }
        let snapshot = run.system.snapshot();
        let seen = rows(&snapshot, &run.spec);
        *kept = Some((snapshot, seen));
    }
    if at % 32 == 11 {
        let saved = State::from_bytes(&run.system.state().to_bytes()).map_err(|error| error.to_string())?;
        let restored = ListSystem::restore(run.schema.clone(), &saved);
        if !restored.unfit.is_empty() {
            return Err(format!("something does not fit its own schema: {}", restored.unfit));
        }
        equal("what is restored", &bytes(&run.system), &bytes(&restored.system))?;
        // Old systems and young ones take turns.
        if at % 256 == 11 {
            run.system = restored.system;
        }
    }
    if at % 32 == 19 {
        reached_otherwise(run, at as u64)?;
    }
    if at % 32 == 27 {
        let (first, second) = (run.next(recipe, at + 1), run.next(recipe, at + 2));
        compose(&run.system, &first, &second)?;
        commute(run, &first, &second)?;
    }
    if at % 64 == 31 {
        explaining::check_chains(&run.system)?;
    }
    Ok(())
}

/// Lives through so many commits of a schema; where a law fails, tells of the smallest case found.
fn live(seed: u64, commits: usize) -> Result<Tally, String> {
    let mut source = Source::new(seed);
    let mut tally = Tally::default();
    let mut failed_at = 0;
    let outcome = with_system(schema_of(&source.recipe), |run| {
        let mut kept = None;
        for at in 0..commits.saturating_mul(PATIENT) {
            source.reach(at + 2);
            failed_at = at;
            let batch = run.next(&source.recipe, at);
            run.commit(&batch)?;
            run.compare()?;
            look(run, &source.recipe, at, &mut kept)?;
            tally.rows += run.system.snapshot().lists().map(|list| list.len()).sum::<usize>();
            if run.accepted() >= commits {
                break;
            }
        }
        (tally.accepted, tally.refused) = (run.accepted(), run.refused());
        tally.changes = run.changed();
        Ok(())
    });
    let Err(told) = outcome else { return Ok(tally) };
    let mut recipe = source.recipe;
    recipe.batches.truncate(failed_at + 3);
    let found = smaller(&recipe, told, PATIENCE, |recipe| {
        with_system(schema_of(recipe), |run| {
            let mut kept = None;
            for at in 0..recipe.batches.len().saturating_sub(2) {
                let batch = run.next(recipe, at);
                run.commit(&batch)?;
                run.compare()?;
                look(run, recipe, at, &mut kept)?;
            }
            Ok(())
        })
    });
    Err(format!("schema {seed}, at batch {failed_at}:\n{found}"))
}

#[test]
fn systems_keep_the_laws_for_as_long_as_they_live() -> Result<(), String> {
    let plan = Plan::told()?;
    let done = plan.done();
    let began = Instant::now();
    let (mut all, mut lived, mut failed) = (Tally::default(), 0_u64, Vec::new());
    let wanted = plan.schemas.clone().filter(|seed| !done.contains(seed)).count();
    for seed in plan.schemas.clone().filter(|seed| !done.contains(seed)) {
        let outcome = live(seed, plan.commits);
        plan.write(seed, &outcome).map_err(|error| error.to_string())?;
        lived += 1;
        match outcome {
            Ok(tally) => {
                all.accepted += tally.accepted;
                all.refused += tally.refused;
                all.rows += tally.rows;
                all.changes += tally.changes;
            }
            Err(report) => {
                eprintln!("{report}");
                failed.push(seed);
            }
        }
        if lived % 10 == 0 {
            let seconds = began.elapsed().as_secs();
            eprintln!("{lived} of {wanted} schemas, {all}, {} failed, {seconds} s", failed.len());
        }
    }
    eprintln!("{lived} schemas, {all}");
    if failed.is_empty() { Ok(()) } else { Err(format!("a law fails for the schemas {failed:?}")) }
}
