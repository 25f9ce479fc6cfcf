//! The benchmark workload of quanze on other engines, side by side: see `README.md`.

mod arguments;
mod child;
mod engines;
mod item_rows;
mod plot;
mod record;
mod rederive;
mod runner;
mod table;
#[path = "../../../benches/workload/mod.rs"]
mod workload;

#[cfg(any(feature = "dbsp", feature = "differential"))]
mod dataflow;
#[cfg(feature = "dbsp")]
mod dbsp;
#[cfg(feature = "differential")]
mod differential;
#[cfg(feature = "incremental")]
mod incremental;
#[cfg(feature = "salsa")]
mod salsa_items;
#[cfg(feature = "salsa")]
mod salsa_rows;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::{
    error::Error,
    io::{self, Write},
    process::ExitCode,
};

use arguments::Arguments;

fn main() -> ExitCode {
    let arguments = match Arguments::read(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(what) => {
            let _ = writeln!(io::stderr(), "{what}\n{}", arguments::USAGE);
            return ExitCode::from(2);
        }
    };
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    match arguments {
        Arguments::Help => writeln!(out, "{}", arguments::USAGE)?,
        Arguments::List => {
            for engine in engines::ENGINES {
                writeln!(out, "{:<24} {:<10} {}", engine.name, engine.version, engine.form)?;
            }
        }
        Arguments::Child { engine, size } => child::serve(&engine, size)?,
        Arguments::Measure(plan) => {
            let records = runner::measure(&plan)?;
            if let Some(file) = &plan.json {
                std::fs::write(file, record::lines(&records)?)?;
            }
            table::print(&mut out, &records)?;
        }
        Arguments::Plot { files, into } => plot::write(&files, &into)?,
    }
    Ok(())
}
