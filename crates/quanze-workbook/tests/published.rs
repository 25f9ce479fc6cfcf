//! What must hold for published workbooks, whichever they are: the folder is named by `QUANZE_WORKBOOKS`.

mod support;

use std::{collections::BTreeSet, error::Error, fs, path::PathBuf};

use quanze_workbook::{Import, Limits, Profile, Rule};

#[test]
fn published_workbooks_are_accounted_for() -> Result<(), Box<dyn Error>> {
    let Some(folder) = support::workbooks() else { return Ok(()) };
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    paths.sort();
    let import = Import::open(&paths, &Profile::default(), Limits::default(), |_| {});

    let unread: Vec<&str> = import.files.iter().filter_map(|file| file.error.as_deref()).collect();
    assert_eq!(unread, Vec::<&str>::new());
    let (mut rows, mut diagnosed) = (0, 0);
    for file in &import.files {
        let counts = file.counts();
        assert_eq!(counts.unclaimed(), 0, "{}", file.name);
        rows += counts.rows;
        diagnosed += counts.diagnosed;
    }
    eprintln!("{} files, {rows} rows, {diagnosed} of them only diagnosed, {} items", paths.len(), import.items.len());
    assert!(diagnosed * 100 <= rows, "{diagnosed} of {rows} rows are only diagnosed");

    let keys: BTreeSet<&str> = import.items.iter().map(|item| item.key.as_str()).collect();
    assert_eq!(keys.len(), import.items.len());
    let count = |rule| import.diagnostics.iter().filter(|found| found.rule == rule).count();
    let twins = import.files.iter().filter(|file| file.twin_of.is_some()).count();
    assert_eq!(count(Rule::Twin), twins);
    // Files in another order give the same items.
    paths.reverse();
    let reversed = Import::open(&paths, &Profile::default(), Limits::default(), |_| {});
    let reversed: BTreeSet<&str> = reversed.items.iter().map(|item| item.key.as_str()).collect();
    assert_eq!(keys, reversed);
    Ok(())
}
