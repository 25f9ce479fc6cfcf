//! The tests: built, and run until one of them fails.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc::{RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{Failure, change::number};

/// The test that reads the sources says nothing of what they do.
const OF_SOURCES: &str = "every_break_still_applies";

/// What fails need not be made smaller, and what failed once is not tried first.
const QUICK: [(&str, &str); 1] = [("PROPTEST_MAX_SHRINK_TIME", "1")];

/// A test target that is built.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) name: String,
    program: PathBuf,
    /// How long it takes as long as nothing is changed.
    pub(crate) takes: Duration,
}

/// A folder in which the tests are built and run.
#[derive(Debug)]
pub(crate) struct Suite {
    pub(crate) tree: PathBuf,
    pub(crate) target: PathBuf,
}

/// An error of the compiler: the files and lines that it is about.
pub(crate) type Places = Vec<(String, usize)>;

impl Suite {
    fn cargo(&self, verb: &str, more: &[&str]) -> Command {
        let mut cargo = Command::new("cargo");
        let profile = ["test.opt-level=1", "dev.opt-level=1", "test.debug=0", "dev.debug=0", "dev.incremental=true"];
        cargo.arg(verb).args(["--quiet", "--message-format=json"]);
        cargo.args(profile.iter().flat_map(|set| ["--config".to_owned(), format!("profile.{set}")]));
        cargo.args(more).current_dir(&self.tree).stdin(Stdio::null()).stderr(Stdio::null());
        cargo.env("CARGO_TARGET_DIR", &self.target).env("RUSTFLAGS", "--cap-lints=warn");
        cargo
    }

    /// Type-checks the library.
    pub(crate) fn check(&self) -> Result<Result<(), Vec<Places>>, Failure> {
        let checked = self.cargo("check", &["--lib"]).output()?;
        if checked.status.success() {
            return Ok(Ok(()));
        }
        let mut errors = Vec::new();
        for line in checked.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let said: Value = serde_json::from_slice(line)?;
            if said["message"]["level"] != "error" {
                continue;
            }
            let place = |span: &Value| {
                let file = span["file_name"].as_str().unwrap_or_default().to_owned();
                (file, number(&span["line_start"]))
            };
            errors.push(said["message"]["spans"].as_array().into_iter().flatten().map(place).collect());
        }
        Ok(Err(errors))
    }

    /// Builds all tests, or those of one target; nothing, where they do not build.
    pub(crate) fn build(&self, only: Option<&str>) -> Result<Option<Vec<Target>>, Failure> {
        let mut what = vec!["--no-run"];
        match only {
            Some("quanze") => what.push("--lib"),
            Some(target) => what.extend(["--test", target]),
            None => what.extend(["--lib", "--tests"]),
        }
        let built = self.cargo("test", &what).output()?;
        let mut targets = Vec::new();
        for line in built.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let said: Value = serde_json::from_slice(line)?;
            let name = said["target"]["name"].as_str().unwrap_or_default().to_owned();
            if let Some(program) = said["executable"].as_str()
                && said["profile"]["test"] == true
            {
                targets.push(Target { name, program: program.into(), takes: Duration::ZERO });
            }
        }
        Ok(built.status.success().then_some(targets))
    }

    /// Runs the tests of a target whose names hold `case`, with a change switched on, for so long; says what failed first.
    pub(crate) fn run(
        &self,
        target: &Target,
        case: &str,
        on: Option<usize>,
        limit: Duration,
    ) -> Result<Option<String>, Failure> {
        // The cases that failed before are as they are tracked: none is tried for having failed for another change.
        let kept = self.tree.join("proptest-regressions/laws.txt");
        let before = fs::read(&kept).ok();
        // What grows without end is stopped before the machine is.
        let mut shell = Command::new("sh");
        shell.args(["-c", "ulimit -v 12000000; exec \"$@\"", "sh"]).arg(&target.program);
        shell.args(["--skip", OF_SOURCES]).args(Some(case).filter(|case| !case.is_empty()));
        shell.current_dir(&self.tree).envs(QUICK).stdin(Stdio::null()).stdout(Stdio::piped());
        shell.stderr(File::create(self.target.join("log"))?);
        shell.env("CARGO_MANIFEST_DIR", &self.tree);
        if let Some(on) = on {
            shell.env("QUANZE_SWITCH", on.to_string());
        }
        let mut child = shell.spawn()?;
        let until = Instant::now() + limit;
        let (tell, told) = channel();
        let out = child.stdout.take();
        let reader = thread::spawn(move || {
            for line in out.into_iter().flat_map(|out| BufReader::new(out).lines()).map_while(Result::ok) {
                if tell.send(line).is_err() {
                    break;
                }
            }
        });
        let mut failed = None;
        let ended = loop {
            match told.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    let test = line.strip_prefix("test ").and_then(|test| test.strip_suffix(" ... FAILED"));
                    if let Some(test) = test {
                        failed = Some(format!("{} {test}", target.name));
                        break false;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    failed = Some(format!("{} does not end", target.name));
                    break false;
                }
                Err(RecvTimeoutError::Disconnected) => break true,
            }
        };
        drop(told);
        if !ended {
            child.kill()?;
        }
        if !child.wait()?.success() && failed.is_none() {
            failed = Some(format!("{} aborts", target.name));
        }
        let _ = reader.join();
        match before {
            Some(before) => fs::write(&kept, before)?,
            None => fs::remove_file(&kept).or_else(|error| match error.kind() {
                std::io::ErrorKind::NotFound => Ok(()),
                _ => Err(error),
            })?,
        }
        Ok(failed)
    }

    /// What was said last on the other channel.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.target.join("log")).unwrap_or_default()
    }
}

/// Where a tree is copied to and built.
pub(crate) fn suite(work: &Path) -> Suite {
    Suite { tree: work.join("tree"), target: work.join("target") }
}
