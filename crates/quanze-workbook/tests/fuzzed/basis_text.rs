//! Bytes as the text of cells: a legal basis, and beside it what else a cell can be.

use std::collections::BTreeSet;

use quanze_workbook::{Basis, Import, Profile, Sheet, Workbook};

pub(crate) fn holds(bytes: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(bytes);
    let profile = Profile::default();
    let basis = Basis::parse(&text, &profile);
    if basis != Basis::parse(&text, &profile) {
        return Err("the same text is read in two ways".to_owned());
    }
    let mut titles = BTreeSet::new();
    for citation in &basis.citations {
        let title = &citation.title;
        if title.is_empty() || title.contains(char::is_whitespace) || title.contains(['《', '》']) {
            return Err(format!("'{title}' is no title"));
        }
        if !titles.insert(title) {
            return Err(format!("'{title}' is told twice"));
        }
        let places: BTreeSet<&String> = citation.locators.iter().collect();
        if places.len() < citation.locators.len() {
            return Err(format!("a place in '{title}' is told twice"));
        }
        let is_place = |place: &&String| {
            place.contains(['条', '项']) || place.split('.').all(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
        };
        if let Some(wrong) = citation.locators.iter().find(|place| !is_place(place)) {
            return Err(format!("'{wrong}' is no place"));
        }
    }
    cells(&text, &profile)
}

/// The lines of the text as the cells of an item: whatever stands in them, it is an item or told.
fn cells(text: &str, profile: &Profile) -> Result<(), String> {
    let headings = [
        "序号",
        "事项名称",
        "子项名称",
        "权力类型",
        "实施依据",
        "行使主体",
        "实施层级及权限",
        "法定时限",
        "编码",
        "状态",
    ];
    let lines: Vec<&str> = text.split('\n').collect();
    let rows = lines.chunks(headings.len()).map(<[&str]>::to_vec);
    let sheet = Sheet::new("清单", std::iter::once(headings.to_vec()).chain(rows));
    let workbook =
        Workbook {
            name: "某山市林业局.csv".into(), format: quanze_workbook::Format::Delimited, sheets: vec![sheet]
        };
    super::workbook_bytes::accounted(&Import::of([Ok(workbook)], profile))
}
