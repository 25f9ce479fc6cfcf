//! A law is repealed: the published powers of a city, and what happens in every list when the law behind them changes.
//!
//! `cargo run --release --example law_repealed [-- [--json] [--lang zh|en] [--data FOLDER]]`

mod arguments;
mod columns;
mod explained;
pub(crate) mod facts;
mod illustrative;
mod in_print;
mod json;
mod reading;
mod report;
mod scenes;
mod story;
mod succession;
mod tables;
mod transition;
mod words;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use arguments::{Arguments, Form, USAGE};
use story::Story;

fn main() -> ExitCode {
    match run(std::env::args().skip(1), &mut io::stdout().lock(), &mut io::stderr().lock()) {
        Ok(code) => ExitCode::from(code),
        // Whoever read the output has stopped reading: there is nobody to tell.
        Err(_) => ExitCode::FAILURE,
    }
}

/// Runs the example, and returns its exit code: 1 where the tables are wrong or the lists are not in step, 2 where the
/// arguments are wrong.
pub(crate) fn run(
    arguments: impl IntoIterator<Item = String>,
    output: &mut dyn Write,
    errors: &mut dyn Write,
) -> io::Result<u8> {
    let arguments = match Arguments::read(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            write!(errors, "error: {error}\n\n{USAGE}")?;
            return Ok(2);
        }
    };
    let story = match Story::tell(&arguments.folder, arguments.language) {
        Ok(story) => story,
        Err(error) => {
            writeln!(errors, "error: {error}")?;
            return Ok(1);
        }
    };
    let text = match arguments.form {
        Form::Terminal => report::text(&story, arguments.language),
        Form::Json => json::object(&story),
    };
    output.write_all(text.as_bytes())?;
    output.flush()?;
    Ok(u8::from(story.verified.is_err()))
}
