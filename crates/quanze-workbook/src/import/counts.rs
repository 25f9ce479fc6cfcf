//! Counts that a list declares of itself, held against what was found.

use std::sync::Arc;

use crate::{
    diagnostic::{Diagnostic, Place, Rule},
    item::Item,
    sheet::List,
    text::declared_count,
};

/// A list counts its items, its main items, or its serials: one of them has to be the number that it says.
pub(super) fn check(file: &str, sheet: &str, list: &List, items: &[Item]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut tell = |row: Option<usize>, text: &str, declared: usize, counts: &[usize]| {
        if !counts.contains(&declared) {
            let place = Place { file: file.to_owned(), sheet: Some(sheet.to_owned()), row, column: None };
            let done = format!("found {}", counts[0]);
            found.push(Diagnostic::new(Rule::Count, place, text, format!("{declared} items"), done));
        }
    };
    let all = [items.len(), list.entries.len()];
    if let Some(declared) = declared_count(sheet) {
        tell(None, sheet, declared, &all);
    }
    let of_section = |section: Option<&Arc<str>>| {
        let entries: Vec<_> = list.entries.iter().filter(|entry| entry.section.as_ref() == section).collect();
        let rows: Vec<usize> = entries.iter().filter_map(|entry| entry.rows.first()).map(|row| row + 1).collect();
        let items = items.iter().filter(|item| item.source.rows.iter().any(|row| rows.contains(row)));
        [items.count(), entries.len()]
    };
    for title in &list.titles {
        if let Some(declared) = declared_count(title) {
            // What stands above the columns heads the whole list, or the first section of it.
            let first = if list.sections.is_empty() { all } else { of_section(None) };
            tell(Some(1), title, declared, &[all, first].concat());
        }
    }
    for section in &list.sections {
        if let Some(declared) = section.declared {
            tell(Some(section.row + 1), &section.name, declared, &of_section(Some(&section.name)));
        }
    }
    found
}
