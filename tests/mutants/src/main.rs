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

const USAGE: &str = "mutants [--draw | --record | N/M]\nbreaks [NAME]...\nboth";

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
    let mut ledger = Ledger::open(&work, &files);

    let drawn = || {
        let seed = env::var("SEED").unwrap_or_else(|_| "quanze".to_owned());
        let count = env::var("COUNT").ok().map_or(Ok(100), |count| count.parse())?;
        change::drawn(&root, &seed, count)
    };
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let changes = match args[..] {
        ["mutants"] => drawn()?,
        ["mutants", "--draw"] => {
            drawn()?.iter().for_each(|change| println!("{}", change.name));
            return Ok(ExitCode::SUCCESS);
        }
        ["mutants", "--record"] => {
            drawn()?.iter().for_each(|change| say(change, &ledger.get(change)));
            return Ok(ExitCode::SUCCESS);
        }
        ["mutants", shard] => {
            let (number, shards) = shard.split_once('/').ok_or_else(|| Failure(USAGE.to_owned()))?;
            let (number, shards) = (number.parse::<usize>()?, shards.parse::<usize>()?);
            drawn()?.into_iter().enumerate().filter(|(at, _)| at % shards + 1 == number).map(|(_, one)| one).collect()
        }
        ["breaks", ref names @ ..] => change::breaks(&root, names)?,
        ["both"] => [change::breaks(&root, &[])?, drawn()?].concat(),
        _ => return Err(Failure(USAGE.to_owned())),
    };

    let suite = suite::suite(&work);
    fs::create_dir_all(&suite.target)?;
    let lock = fs::File::create(work.join("lock"))?;
    if lock.try_lock().is_err() {
        return Err(Failure(format!("changes are being tried in {} already", work.display())));
    }
    let mut bad = false;
    let mut open = Vec::new();
    for change in &changes {
        let outcome = ledger.get(change);
        let is_open = matches!(outcome, Outcome::Survived | Outcome::Untried);
        open.push(is_open);
        if !is_open {
            say(change, &outcome);
            bad |= is_bad(change, &outcome);
        }
    }
    if !open.contains(&true) {
        return Ok(if bad { ExitCode::FAILURE } else { ExitCode::SUCCESS });
    }
    trial::all(&suite, &files, &changes, &open, |change, outcome| {
        ledger.put(change, &outcome)?;
        say(change, &outcome);
        bad |= is_bad(change, &outcome);
        Ok(())
    })?;
    Ok(if bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// A mutant may not compile; a break must.
fn is_bad(change: &Change, outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Caught(_) => false,
        Outcome::Unviable => change.test.is_some(),
        Outcome::Survived | Outcome::Untried => true,
    }
}

/// Prints what is known of a change.
fn say(change: &Change, outcome: &Outcome) {
    let by = if let Outcome::Caught(by) = outcome { format!("   [{by}]") } else { String::new() };
    let told = if change.told.is_empty() { String::new() } else { format!(": {}", change.told) };
    println!("{outcome:<9} {}{told}{by}", change.name);
}
