//! Keys that stay: the same item has the same key in whichever file, sheet and row it stands.

use std::collections::BTreeMap;

use crate::{
    diagnostic::{Diagnostic, Place, Rule},
    item::{Item, Source},
    text::fingerprint,
};

/// A key names its body so that people know whose it is; a longer name is cut.
const LONGEST_BODY: usize = 40;

/// Gives each item its key, and keeps one of those that say the same.
///
/// A key is made of the body, the type and the names. Items that share these and differ in their basis are told apart by it,
/// all of them, so that their order makes no difference.
pub(super) fn assign(items: Vec<Item>) -> (Vec<Item>, Vec<Diagnostic>) {
    let mut alike: BTreeMap<[String; 3], Vec<usize>> = BTreeMap::new();
    for (index, item) in items.iter().enumerate() {
        alike.entry(item.identity()).or_default().push(index);
    }
    let mut found = Vec::new();
    let mut items: Vec<Option<Item>> = items.into_iter().map(Some).collect();
    for indexes in alike.into_values() {
        let group = indexes.into_iter().filter_map(|index| items[index].take().map(|item| (index, item)));
        let mut kept: Vec<(usize, Item)> = Vec::new();
        for (index, item) in group {
            match kept.iter_mut().find(|(_, other)| other.basis_pairs() == item.basis_pairs()) {
                Some((_, first)) => {
                    found.push(duplicate(first, &item));
                    join(first, item);
                }
                None => kept.push((index, item)),
            }
        }
        let several = kept.len() > 1;
        for (_, item) in kept.iter().skip(1) {
            let done = format!("both are kept; the other is at {}", place(&kept[0].1.source));
            let diagnostic = Diagnostic::new(
                Rule::SameName,
                place(&item.source),
                &item.full_name(),
                "another name, or the same basis",
                done,
            );
            found.push(diagnostic);
        }
        for (index, mut item) in kept {
            item.key = key(&item, several);
            items[index] = Some(item);
        }
    }
    (items.into_iter().flatten().collect(), found)
}

fn key(item: &Item, by_basis: bool) -> String {
    let identity = item.identity();
    let basis = item.basis_pairs();
    let of_basis = basis.iter().flat_map(|(title, locator)| [*title, *locator]).filter(|_| by_basis);
    let hash = fingerprint(identity.iter().map(String::as_str).chain(of_basis));
    let body: String = item.body().chars().take(LONGEST_BODY).collect();
    format!("{body}-{}-{hash:016x}", item.power_type)
}

fn place(source: &Source) -> Place {
    Place {
        file: source.file.clone(),
        sheet: Some(source.sheet.clone()),
        row: source.rows.first().copied(),
        column: None,
    }
}

fn duplicate(first: &Item, second: &Item) -> Diagnostic {
    let done = format!("kept once, as it stands at {}", place(&first.source));
    Diagnostic::new(Rule::Duplicate, place(&second.source), &second.full_name(), "", done)
}

/// Takes into an item what only its duplicate says.
fn join(first: &mut Item, second: Item) {
    first.levels.extend(second.levels);
    first.levels.sort();
    first.levels.dedup();
    for body in second.bodies {
        if first.bodies.iter().all(|known| known.name != body.name) {
            first.bodies.push(body);
        }
    }
    first.code = first.code.take().or(second.code);
    first.statutory_limit = first.statutory_limit.take().or(second.statutory_limit);
    for (column, text) in second.cells {
        first.cells.entry(column).or_insert(text);
    }
    first.columns.extend(second.columns);
    first.also.push(second.source);
    first.also.extend(second.also);
}
