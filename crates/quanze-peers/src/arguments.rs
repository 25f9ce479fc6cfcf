//! What the command line asks for.

use std::path::PathBuf;

use crate::engines::ENGINES;

/// How it is called.
pub(crate) const USAGE: &str = "\
quanze-peers [--size N] [--engine NAME,NAME…|all] [--seconds S] [--json FILE]
quanze-peers plot FILE… --into DIR
quanze-peers --list | --help

  --size N       base items; 10000 by default
  --engine       engines by name, `all`, or `own`: quanze, the floors and deriving anew; all by default
  --seconds S    how long each engine commits, all operations together; 60 by default
  --json FILE    one record a line
  --list         the engines, their versions and forms
  plot           draws records as SVG, and writes them as tables";

/// One of the things it does.
#[derive(Debug, PartialEq)]
pub(crate) enum Arguments {
    Help,
    List,
    Measure(Plan),
    Plot {
        files: Vec<PathBuf>,
        into: PathBuf,
    },
    /// One engine in a process of its own, told what to do line by line.
    Child {
        engine: String,
        size: usize,
    },
}

/// What is measured.
#[derive(Debug, PartialEq)]
pub(crate) struct Plan {
    pub(crate) size: usize,
    pub(crate) engines: Vec<&'static str>,
    pub(crate) seconds: f64,
    pub(crate) json: Option<PathBuf>,
}

impl Arguments {
    /// Reads them; what is wrong is said with what would be accepted.
    pub(crate) fn read(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = arguments.peekable();
        match arguments.peek().map(String::as_str) {
            Some("--help" | "-h") => return Ok(Self::Help),
            Some("--list") => return Ok(Self::List),
            Some("plot") => return Self::plot(arguments.skip(1)),
            Some("child") => {
                let mut rest = arguments.skip(1);
                let engine = rest.next().ok_or("child: which engine?")?;
                return Ok(Self::Child { engine, size: count("child", rest.next())? });
            }
            _ => {}
        }
        let mut plan = Plan { size: 10_000, engines: named("all")?, seconds: 60.0, json: None };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--size" => plan.size = count("--size", arguments.next())?,
                "--engine" => plan.engines = named(&arguments.next().ok_or("--engine: which?")?)?,
                "--json" => plan.json = Some(arguments.next().ok_or("--json: which file?")?.into()),
                "--seconds" => {
                    let text = arguments.next().unwrap_or_default();
                    let seconds = text.parse().ok().filter(|seconds: &f64| seconds.is_finite() && *seconds > 0.0);
                    plan.seconds = seconds.ok_or_else(|| format!("--seconds: a number above 0, not '{text}'"))?;
                }
                other => return Err(format!("'{other}' is not known")),
            }
        }
        Ok(Self::Measure(plan))
    }

    fn plot(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let (mut files, mut into) = (Vec::new(), None);
        while let Some(argument) = arguments.next() {
            if argument == "--into" {
                into = Some(arguments.next().ok_or("--into: which folder?")?.into());
            } else {
                files.push(argument.into());
            }
        }
        if files.is_empty() {
            return Err("plot: which files of records?".to_owned());
        }
        Ok(Self::Plot { files, into: into.ok_or("plot: where to? --into DIR")? })
    }
}

fn count(of: &str, text: Option<String>) -> Result<usize, String> {
    let text = text.unwrap_or_default();
    let number = text.replace('_', "").parse().ok().filter(|number| (100..=10_000_000).contains(number));
    number.ok_or_else(|| format!("{of}: a number from 100 to 10000000, not '{text}'"))
}

fn named(names: &str) -> Result<Vec<&'static str>, String> {
    let known = || ENGINES.iter().map(|engine| engine.name);
    if names == "all" {
        return Ok(known().collect());
    }
    if names == "own" {
        return Ok(ENGINES.iter().filter(|engine| engine.version == "own").map(|engine| engine.name).collect());
    }
    let find = |name: &str| {
        known().find(|known| *known == name).ok_or_else(|| {
            format!("--engine: '{name}' is not known; there are {}", known().collect::<Vec<_>>().join(", "))
        })
    };
    names.split(',').map(find).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Arguments, String> {
        Arguments::read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn what_is_asked_for_is_read() {
        let plan = Plan { size: 1_000_000, engines: vec!["floor-masks", "quanze-spans"], seconds: 2.5, json: None };
        let line = "--size 1_000_000 --engine floor-masks,quanze-spans --seconds 2.5";
        assert_eq!(read(line), Ok(Arguments::Measure(plan)));
        assert_eq!(read("--list"), Ok(Arguments::List));
        assert!(matches!(read("plot a.jsonl --into docs"), Ok(Arguments::Plot { .. })));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (line, expected) in [
            ("--size many", "--size: a number from 100 to 10000000, not 'many'"),
            ("--size 5", "--size: a number from 100 to 10000000, not '5'"),
            ("--seconds -1", "--seconds: a number above 0, not '-1'"),
            ("--speed", "'--speed' is not known"),
            ("plot a.jsonl", "plot: where to? --into DIR"),
        ] {
            assert_eq!(read(line), Err(expected.to_owned()));
        }
        assert!(read("--engine excel").is_err_and(|what| what.contains("there are quanze-spans, ")));
    }
}
