//! The program as it is called: engines beside each other, each answer checked, at a size that takes seconds.

use std::{
    error::Error,
    fs,
    process::{Command, Output},
};

use serde_json::Value;

fn run(line: &str) -> std::io::Result<Output> {
    Command::new(env!("CARGO_BIN_EXE_quanze-peers")).args(line.split_whitespace()).output()
}

#[test]
fn engines_are_measured_and_verified() -> Result<(), Box<dyn Error>> {
    let file = std::env::temp_dir().join(format!("quanze-peers-{}.jsonl", std::process::id()));
    let output = run(&format!("--size 200 --seconds 0.5 --engine all --json {}", file.display()))?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let table = String::from_utf8(output.stdout)?;
    let text = fs::read_to_string(&file)?;
    fs::remove_file(&file)?;
    let records: Vec<Value> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let listed = String::from_utf8(run("--list")?.stdout)?;
    for line in listed.lines() {
        let name = line.split_whitespace().next().unwrap_or_default();
        assert!(table.contains(name), "{name} is in no line of the table");
        for operation in ["build", "rename", "limit", "kind", "suspend", "remark", "batch", "batch-10"] {
            let is_it = |record: &&Value| record["engine"] == name && record["operation"] == operation;
            let record = records.iter().find(is_it).ok_or_else(|| format!("{name} has no record of {operation}"))?;
            assert_eq!((&record["verified"], &record["size"]), (&Value::Bool(true), &Value::from(200)));
            assert!(record["ns_per_commit"].as_f64().is_some_and(|ns| ns > 0.0), "{record}");
            assert!(record["commits"].as_u64().is_some_and(|commits| commits > 0), "{record}");
        }
    }
    assert!(listed.lines().count() >= 8, "{listed}");
    Ok(())
}

#[test]
fn what_is_asked_wrongly_is_said() -> Result<(), Box<dyn Error>> {
    for (line, expected) in [
        ("--engine excel", "--engine: 'excel' is not known; there are quanze-spans"),
        ("--size", "--size: a number from 100 to 10000000, not ''"),
        ("plot nothing.jsonl", "plot: where to? --into DIR"),
    ] {
        let output = run(line)?;
        assert_eq!(output.status.code(), Some(2), "{line}");
        let told = String::from_utf8(output.stderr)?;
        assert!(told.starts_with(expected), "{told}");
        assert!(told.contains("quanze-peers [--size N]"), "{told}");
    }
    let output = run("plot nothing.jsonl --into nowhere")?;
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr)?.starts_with("error: nothing.jsonl: "));
    Ok(())
}
