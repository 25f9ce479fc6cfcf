//! A law is revised in March: how the lists of a city are adjusted, reviewed and published by the rules, and how all of it can be traced.
//!
//! `cargo run --release --example law_revised_in_march [-- [--json] [--lang zh|en]]`

mod arguments;
mod city;
mod json;
mod march;
mod story;

#[path = "../law_repealed/facts.rs"]
#[expect(dead_code, reason = "a part of what the tables say is told here")]
mod facts;
#[path = "../law_repealed/reading.rs"]
#[expect(dead_code, reason = "the same")]
mod reading;
#[path = "../law_repealed/succession.rs"]
#[expect(dead_code, reason = "the tables are read with the law that they enter, which is not told here")]
mod succession;
#[path = "../law_repealed/tables.rs"]
mod tables;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use arguments::{Arguments, Form, USAGE};

fn main() -> ExitCode {
    match run(std::env::args().skip(1), &mut io::stdout().lock(), &mut io::stderr().lock()) {
        Ok(code) => ExitCode::from(code),
        // Whoever read the output has stopped reading: there is nobody to tell.
        Err(_) => ExitCode::FAILURE,
    }
}

/// Runs the example, and returns its exit code: 1 where something does not go as told, 2 where the arguments are wrong.
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
    let story = match march::tell(arguments.language) {
        Ok(story) => story,
        Err(error) => {
            writeln!(errors, "error: {error}")?;
            return Ok(1);
        }
    };
    let text = match arguments.form {
        Form::Terminal => story.text().to_owned(),
        Form::Json => json::object(&story)?,
    };
    output.write_all(text.as_bytes())?;
    output.flush()?;
    Ok(u8::from(!story.verified))
}
