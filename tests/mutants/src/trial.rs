//! Changes tried: most in one build, those that cannot be switched each in a build of its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use crate::{
    Failure,
    change::Change,
    ledger::Outcome,
    suite::{Places, Suite, Target},
    tree,
    weave::weave,
};

type Files = BTreeMap<PathBuf, Vec<u8>>;

/// The switch, as a module of the library.
const SWITCH: &str = "
pub(crate) mod switched {
    pub(crate) fn on(number: usize) -> bool {
        static ON: std::sync::LazyLock<Option<usize>> =
            std::sync::LazyLock::new(|| std::env::var(\"QUANZE_SWITCH\").ok()?.parse().ok());
        *ON == Some(number)
    }
}
";

/// Tries the changes that are open, and tells of each what has come of it. What is known already is built all the same: so
/// whoever goes on where a run was stopped, with other tests, builds those alone.
pub(crate) fn all(
    suite: &Suite,
    files: &Files,
    changes: &[Change],
    open: &[bool],
    mut tell: impl FnMut(&Change, Outcome) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let alone = woven(suite, files, changes)?;
    eprintln!("{} changes behind switches, {} each alone: building", changes.len() - alone.len(), alone.len());
    let Some(mut targets) = suite.build(None)? else {
        return Err(Failure("with nothing switched on, the tests do not build".to_owned()));
    };
    for target in &mut targets {
        let began = Instant::now();
        if let Some(failed) = suite.run(target, "", None, Duration::from_mins(30))? {
            return Err(Failure(format!("with nothing switched on: {failed}\n{}", suite.log())));
        }
        target.takes = began.elapsed();
    }
    targets.sort_by_key(|target| target.takes);
    eprintln!("all tests pass in {:?}", targets.iter().map(|target| target.takes).sum::<Duration>());

    for (number, change) in changes.iter().enumerate().filter(|(number, _)| open[*number] && !alone.contains(number)) {
        tell(change, outcome(change, &targets, |target, case| suite.run(target, case, Some(number), limit(target)))?)?;
    }
    for change in alone.iter().filter(|number| open[**number]).map(|number| &changes[*number]) {
        let mut files = files.clone();
        if let Some(text) = files.get_mut(Path::new(&change.file)) {
            text.splice(change.range.clone(), change.new.bytes());
        }
        tree::put(&suite.tree, &files)?;
        if suite.check()?.is_err() {
            tell(change, Outcome::Unviable)?;
            continue;
        }
        let run = |target: &Target, case: &str| match suite.build(Some(&target.name))? {
            Some(_) => suite.run(target, case, None, limit(target)),
            None => Ok(Some(format!("{} does not build", target.name))),
        };
        tell(change, outcome(change, &targets, run)?)?;
    }
    Ok(())
}

/// How long a target may take.
fn limit(target: &Target) -> Duration {
    target.takes * 6 + Duration::from_mins(1)
}

/// Runs targets, the quickest first, and before them what the change names, until one fails.
fn outcome(
    change: &Change,
    targets: &[Target],
    mut run: impl FnMut(&Target, &str) -> Result<Option<String>, Failure>,
) -> Result<Outcome, Failure> {
    if let Some((name, case)) = &change.test {
        let Some(target) = targets.iter().find(|target| target.name == *name) else {
            return Err(Failure(format!("{}: there is no test target '{name}'", change.name)));
        };
        if let Some(by) = run(target, case)? {
            return Ok(Outcome::Caught(by));
        }
    }
    for target in targets {
        if let Some(by) = run(target, "")? {
            return Ok(Outcome::Caught(by));
        }
    }
    Ok(Outcome::Survived)
}

/// Puts a tree with all changes behind switches but those that do not compile so, whose numbers come back.
fn woven(suite: &Suite, files: &Files, changes: &[Change]) -> Result<BTreeSet<usize>, Failure> {
    let mut alone = BTreeSet::new();
    loop {
        let mut files = files.clone();
        if let Some(text) = files.get_mut(Path::new("src/lib.rs")) {
            text.extend_from_slice(SWITCH.as_bytes());
        }
        let mut by_file = BTreeMap::<&str, Vec<(usize, &Change)>>::new();
        for (number, change) in changes.iter().enumerate().filter(|(number, _)| !alone.contains(number)) {
            by_file.entry(&change.file).or_default().push((number, change));
        }
        let mut all = BTreeMap::new();
        for (file, changes) in by_file {
            let Some(text) = files.get_mut(Path::new(file)) else { continue };
            let (woven, left) = weave(&String::from_utf8_lossy(text), &changes);
            alone.extend(left);
            *text = woven.text.clone().into_bytes();
            all.insert(file, woven);
        }
        tree::put(&suite.tree, &files)?;
        let Err(errors) = suite.check()? else { return Ok(alone) };
        let before = alone.len();
        for places in errors {
            let bodies = numbers(&places, |file, line| {
                let bodies = all.get(file).map(|woven| &woven.bodies[..]).unwrap_or_default();
                bodies.iter().filter(|(lines, _)| lines.contains(&line)).map(|(_, number)| *number).collect()
            });
            if bodies.is_empty() {
                // All of a function's, where it is none of them alone.
                alone.extend(numbers(&places, |file, line| {
                    let Some(woven) = all.get(file) else { return Vec::new() };
                    let within = woven.functions.iter().filter(|lines| lines.contains(&line));
                    let of = |lines: &std::ops::Range<usize>| {
                        let within = woven.bodies.iter().filter(|(body, _)| lines.contains(&body.start));
                        within.map(|(_, number)| *number).collect::<Vec<_>>()
                    };
                    within.flat_map(of).collect()
                }));
            }
            alone.extend(bodies);
        }
        if alone.len() == before {
            return Err(Failure("the tree does not compile".to_owned()));
        }
    }
}

fn numbers(places: &Places, at: impl Fn(&str, usize) -> Vec<usize>) -> Vec<usize> {
    places.iter().flat_map(|(file, line)| at(file, *line)).collect()
}
