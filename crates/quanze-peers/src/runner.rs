//! Engines side by side: a process each, taking turns.

use std::{
    io::{self, BufRead, BufReader, IsTerminal, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use crate::{
    arguments::Plan,
    child::{Reply, SINGLE, Took},
    engines,
    record::{Record, median},
};

/// How often the engines take turns.
const ROUNDS: usize = 10;
/// Commits of an operation in a round, at most.
const COMMITS: usize = 1_000;
/// Batches, reads and scans.
const BATCHES: usize = 5;
const READS: usize = 5_000;
const SCANS: usize = 3;

/// A running engine.
struct Process {
    name: &'static str,
    version: &'static str,
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    samples: Vec<(&'static str, Took)>,
    verified: bool,
}

impl Process {
    fn start(name: &'static str, size: usize) -> Reply<Self> {
        let version = engines::find(name).map_or("", |engine| engine.version);
        let mut child = Command::new(std::env::current_exe()?)
            .args(["child", name, &size.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (input, output) = child.stdin.take().zip(child.stdout.take()).ok_or("a process without pipes")?;
        let output = BufReader::new(output);
        Ok(Self { name, version, child, input, output, samples: Vec::new(), verified: false })
    }

    /// Whether a batch of all items would take it longer than all it may take.
    fn is_too_slow(&self, operation: &str, plan: &Plan) -> bool {
        let last = self.samples.iter().rev().find(|(of, _)| *of == "batch-1000");
        let ns = last.map_or(0.0, |(_, took)| took.ns / 1e3 * plan.size as f64);
        operation == "batch-all" && ns / 1e9 > plan.seconds / 3.0
    }

    /// Tells it what to do, and waits for what came of it.
    fn tell(&mut self, line: &str) -> Reply<Took> {
        writeln!(self.input, "{line}")?;
        self.input.flush()?;
        let mut answer = String::new();
        if self.output.read_line(&mut answer)? == 0 {
            return Err(
                format!("{}: ended at '{line}'; its answer was wrong, or it ran out of memory", self.name).into()
            );
        }
        Ok(serde_json::from_str(&answer)?)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const READ: [char; 2] = ['r', 's'];

/// Batches of several sizes, reads and scans: what they are called, how often, and what is said to the engine.
fn rest(size: usize) -> Vec<(&'static str, usize, String)> {
    let mut rest = vec![("batch", BATCHES, "batch department".to_owned())];
    for (name, count) in [("batch-10", 10), ("batch-1000", 1_000), ("batch-all", size)] {
        if count <= size {
            rest.push((name, BATCHES.min(3), format!("batch {count}")));
        }
    }
    rest.extend([("read", BATCHES, format!("read {READS}")), ("scan", SCANS, "scan".to_owned())]);
    rest
}

/// Measures engines. An answer that is wrong ends the run before any figure is shown.
pub(crate) fn measure(plan: &Plan) -> Reply<Vec<Record>> {
    let mut processes: Vec<Process> = Vec::new();
    for (at, name) in plan.engines.iter().enumerate() {
        say(&format!("{}/{} {name}: checking and building", at + 1, plan.engines.len()));
        let mut process = Process::start(name, plan.size)?;
        process.tell("check")?;
        let built = process.tell("build")?;
        process.samples.push(("build", built));
        processes.push(process);
    }
    let count = processes.len();
    // Half of the time goes to single commits, so that batches and reads fit as well.
    let seconds = plan.seconds / 2.0 / (ROUNDS * SINGLE.len()) as f64;
    for round in 0..ROUNDS {
        for operation in SINGLE {
            for turn in 0..count {
                let process = &mut processes[(turn + round) % count];
                say(&format!("round {}/{ROUNDS}: {operation}, {}", round + 1, process.name));
                let took = process.tell(&format!("{operation} {COMMITS} {seconds}"))?;
                process.samples.push((operation, took));
            }
        }
    }
    for (operation, times, line) in rest(plan.size) {
        for round in 0..times {
            for turn in 0..count {
                let process = &mut processes[(turn + round) % count];
                if process.is_too_slow(operation, plan) || line.starts_with(READ) && !engines::has_reads(process.name) {
                    continue;
                }
                say(&format!("{operation} {}/{times}: {}", round + 1, process.name));
                let took = process.tell(&line)?;
                process.samples.push((operation, took));
            }
        }
    }
    for process in &mut processes {
        say(&format!("verifying {}", process.name));
        process.verified = process.tell("verify")?.extra == 1;
        if !process.verified {
            return Err(format!("{}: the final state is wrong", process.name).into());
        }
    }
    say("");
    Ok(processes.iter().flat_map(|process| records(process, plan.size)).collect())
}

/// What came of one engine.
fn records(process: &Process, size: usize) -> Vec<Record> {
    let mut operations: Vec<&'static str> = Vec::new();
    for (operation, _) in &process.samples {
        if !operations.contains(operation) {
            operations.push(operation);
        }
    }
    let record = |operation: &&'static str| {
        let all = process.samples.iter().filter(|(of, took)| of == operation && took.count > 0);
        let samples: Vec<Took> = all.map(|(_, took)| *took).collect();
        let each: Vec<f64> = samples.iter().map(|took| took.ns / took.count as f64).collect();
        let told: Vec<f64> =
            samples.iter().filter(|took| took.deltas > 0).map(|took| took.ns / took.deltas as f64).collect();
        let build = samples.first().filter(|_| *operation == "build");
        let rate = match *operation {
            "build" => build.map(|took| took.deltas as f64 / (took.ns / 1e9)),
            "scan" => Some(1e9 / median(&each)),
            _ => None,
        };
        Record {
            engine: process.name.to_owned(),
            version: process.version.to_owned(),
            size,
            operation: (*operation).to_owned(),
            ns_per_commit: median(&each),
            ns_per_delta: Some(median(&told)).filter(|ns| ns.is_finite()),
            rows_per_s: rate,
            bytes_per_row: build.map(|took| took.extra as f64 / took.deltas as f64),
            verified: process.verified,
            commits: samples.iter().map(|took| took.count).sum(),
            rounds: samples.len(),
        }
    };
    operations.iter().map(record).collect()
}

/// Shows how far it is, on one line where somebody looks.
fn say(what: &str) {
    let mut out = io::stderr().lock();
    let _ = if out.is_terminal() { write!(out, "\r\x1b[K{what}") } else { Ok(()) };
    let _ = out.flush();
}
