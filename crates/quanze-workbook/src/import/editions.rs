//! Sheets that hold nearly the same list: two editions of it, or one list at two levels.

use std::collections::BTreeMap;

use crate::{
    diagnostic::{Diagnostic, Place, Rule},
    item::Item,
};

/// Smaller lists share items by chance.
const SMALLEST: usize = 4;

/// By sheet, its items by what they are called.
type Called<'a> = BTreeMap<[String; 2], &'a Item>;

/// Tells of each two sheets of which one has at least half of the other's items.
pub(super) fn compare(items: &[Item]) -> Vec<Diagnostic> {
    let mut sheets: Vec<(&Item, Called<'_>)> = Vec::new();
    for item in items {
        let source =
            |other: &Item| (other.source.file == item.source.file) && (other.source.sheet == item.source.sheet);
        match sheets.iter_mut().find(|(first, _)| source(first)) {
            Some((_, called)) => {
                called.insert(item.called(), item);
            }
            None => sheets.push((item, BTreeMap::from([(item.called(), item)]))),
        }
    }
    let mut found = Vec::new();
    for (index, (second, of_second)) in sheets.iter().enumerate() {
        for (first, of_first) in &sheets[..index] {
            let smaller = of_first.len().min(of_second.len());
            if smaller < SMALLEST {
                continue;
            }
            let both: Vec<_> =
                of_second.iter().filter_map(|(name, item)| Some((*of_first.get(name)?, *item))).collect();
            if both.len() * 2 < smaller {
                continue;
            }
            let differing = both.iter().filter(|(first, second)| first.basis_pairs() != second.basis_pairs()).count();
            let source = &second.source;
            let place = Place { file: source.file.clone(), sheet: Some(source.sheet.clone()), ..Place::default() };
            let text = format!("{} items are called as in {} [{}]", both.len(), first.source.file, first.source.sheet);
            let done = format!("both are kept; {differing} of these have another basis");
            found.push(Diagnostic::new(Rule::TwoEditions, place, &text, "one list of each body", done));
        }
    }
    found
}
