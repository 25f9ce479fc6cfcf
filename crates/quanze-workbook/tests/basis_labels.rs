//! The legal-basis parser against two hundred cells that were labelled by hand before there was a parser.
//!
//! Half of them, `seen`, were there to be looked at while the parser was made; the other half was not. The cells themselves are
//! not part of the project: the folder of the workbooks is named by `QUANZE_WORKBOOKS`.

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fs,
};

use quanze_workbook::{Basis, Limits, Profile, Workbook};
use serde::Deserialize;
use sha2::{Digest, Sha256};

#[derive(Deserialize)]
struct Labelled {
    draw: usize,
    /// The beginning of the hash of the cell's text without whitespace.
    text: String,
    file: String,
    sheet: String,
    /// From one.
    row: usize,
    column: usize,
    half: String,
    labels: Vec<(String, String)>,
}

#[derive(Default)]
struct Score {
    cells: usize,
    found: usize,
    labelled: usize,
    both: usize,
}

impl Score {
    fn precision(&self) -> f64 {
        self.both as f64 / self.found as f64
    }

    fn recall(&self) -> f64 {
        self.both as f64 / self.labelled as f64
    }
}

#[test]
fn titles_and_places_are_found_in_both_halves() -> Result<(), Box<dyn Error>> {
    let Some(folder) = support::workbooks() else { return Ok(()) };
    let cells: Vec<Labelled> = serde_json::from_str(include_str!("data/basis_labels.json"))?;
    let profile = Profile::default();
    let mut workbooks: BTreeMap<String, Workbook> = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let workbook = Workbook::open(entry?.path(), Limits::default())?;
        workbooks.insert(workbook.name.clone(), workbook);
    }
    let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
    for cell in &cells {
        let workbook = workbooks.get(&cell.file).ok_or_else(|| format!("there is no {}", cell.file))?;
        let sheet = workbook.sheets.iter().find(|sheet| sheet.name == cell.sheet);
        let text = sheet.map_or("", |sheet| sheet.cell(cell.row - 1, cell.column - 1));
        let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let hash = format!("{:016x}", u64::from_be_bytes(Sha256::digest(bare)[..8].try_into()?));
        assert_eq!(hash, cell.text, "{} {} row {}: another text was labelled", cell.file, cell.sheet, cell.row);

        let basis = Basis::parse(text, &profile);
        let found: BTreeSet<(&str, &str)> = basis.pairs().collect();
        let labelled: BTreeSet<(&str, &str)> =
            cell.labels.iter().map(|(title, place)| (title.as_str(), place.as_str())).collect();
        let score = scores.entry(cell.half.as_str()).or_default();
        score.cells += 1;
        score.found += found.len();
        score.labelled += labelled.len();
        score.both += found.intersection(&labelled).count();
        // The half that is held back is counted and not shown.
        if cell.half == "seen" && found != labelled {
            let more: Vec<_> = found.difference(&labelled).collect();
            let less: Vec<_> = labelled.difference(&found).collect();
            eprintln!("draw {}: not labelled {more:?}; not found {less:?}", cell.draw);
        }
    }
    for (half, score) in &scores {
        eprintln!(
            "{half}: {} cells, {} pairs labelled, {} found, {} right: precision {:.1} %, recall {:.1} %",
            score.cells,
            score.labelled,
            score.found,
            score.both,
            100.0 * score.precision(),
            100.0 * score.recall()
        );
    }
    assert_eq!(scores.values().map(|score| score.cells).collect::<Vec<_>>(), [100, 100]);
    for (half, score) in &scores {
        assert!(score.precision() >= 0.98 && score.recall() >= 0.98, "the {half} half is read worse than it was");
    }
    Ok(())
}
