//! Breaks the library in many ways, and says which of them its tests notice. `tests/mutants/README.md` tells how.

use std::{env, fmt, fs, path::PathBuf, process::ExitCode};

use change::Change;
use ledger::{Ledger, Outcome};

mod change;
#[path = "../../breaks/form.rs"]
mod form;
mod ledger;
mod suite;
mod tree;
mod trial;
mod weave;

const USAGE: &str = "tests/mutants/run [--draw | --record | N/M]\ntests/breaks/run [NAME]...";

/// What keeps the tool from saying anything.
struct Failure(String);

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

fn main() -> Result<ExitCode, Failure> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    let work = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from).join("mutants");
    fs::create_dir_all(&work)?;
    let work = work.canonicalize()?;
    let files = tree::tracked(&root)?;
    let mut args = env::args().skip(1);
    let what = args.next();
    let more: Vec<String> = args.collect();
    let suite = suite::suite(&work);
    fs::create_dir_all(&suite.target)?;

    let changes = match what.as_deref() {
        Some("mutants") => {
            let seed = env::var("SEED").unwrap_or_else(|_| "quanze".to_owned());
            let count = env::var("COUNT").ok().map_or(Ok(100), |count| count.parse())?;
            change::drawn(&root, &seed, count)?
        }
        Some("breaks") => change::breaks(&root, &more)?,
        _ => return Err(Failure(USAGE.to_owned())),
    };
    let mut ledger = Ledger::open(&work, &files)?;
    let mutants = what.as_deref() == Some("mutants");
    let shard = match more.first().map(String::as_str) {
        _ if !mutants => (1, 1),
        Some("--draw") => {
            changes.iter().for_each(|change| println!("{}", change.name));
            return Ok(ExitCode::SUCCESS);
        }
        Some("--record") => {
            changes.iter().for_each(|change| say(change, ledger.get(&change.name)));
            return Ok(ExitCode::SUCCESS);
        }
        Some(shard) => {
            let (number, shards) = shard.split_once('/').ok_or_else(|| Failure(USAGE.to_owned()))?;
            (number.parse::<usize>()?, shards.parse::<usize>()?)
        }
        None => (1, 1),
    };

    let lock = fs::File::create(work.join("lock"))?;
    if lock.try_lock().is_err() {
        return Err(Failure(format!("changes are being tried in {} already", work.display())));
    }
    let mut pending = Vec::new();
    for change in
        changes.into_iter().enumerate().filter(|(at, _)| at % shard.1 == shard.0 - 1).map(|(_, change)| change)
    {
        match ledger.get(&change.name) {
            Some(known @ (Outcome::Caught(_) | Outcome::Unviable)) if mutants => say(&change, Some(known)),
            _ => pending.push(change),
        }
    }
    let mut bad = 0;
    trial::all(&suite, &files, &pending, |change, outcome| {
        say(change, Some(&outcome));
        bad += usize::from(!matches!(outcome, Outcome::Caught(_)) && (!mutants || outcome == Outcome::Survived));
        if mutants {
            ledger.put(&change.name, &outcome)?;
        }
        Ok(())
    })?;
    Ok(if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Prints what is known of a change.
fn say(change: &Change, outcome: Option<&Outcome>) {
    let said = outcome.map_or_else(|| "untried".to_owned(), ToString::to_string);
    let by = if let Some(Outcome::Caught(by)) = outcome { format!("   [{by}]") } else { String::new() };
    let told = if change.told.is_empty() { String::new() } else { format!(": {}", change.told) };
    println!("{said:<9} {}{told}{by}", change.name);
}
