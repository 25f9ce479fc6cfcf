//! What is made up: rows that the tables mark, and lists that would be empty without them.

use std::collections::BTreeMap;

use quanze::{Name, Snapshot, schema::Each};

/// What is marked in the tables, and the lists that would have no row without it.
pub(crate) fn lists(start: &Snapshot, marked: &BTreeMap<String, usize>) -> BTreeMap<Name, usize> {
    let rows = |list: &Name| start.list(list.as_str()).map_or(0, |list| list.len());
    let mut illustrative: BTreeMap<Name, usize> = BTreeMap::new();
    // No rule reads a list that is declared after its own but is derived, so one round is enough.
    for (name, list) in &start.schema().spec().lists {
        let wholly = |name: &Name| rows(name) > 0 && illustrative.get(name) == Some(&rows(name));
        let made_up = list.rules.iter().all(|rule| {
            let matched = match &rule.each {
                Each::Match { list, .. } => wholly(list),
                _ => false,
            };
            matched || wholly(&rule.from)
        });
        let count =
            if list.rules.is_empty() { marked.get(name.as_str()).copied() } else { made_up.then(|| rows(name)) };
        illustrative.extend(count.map(|count| (name.clone(), count)));
    }
    illustrative
}
