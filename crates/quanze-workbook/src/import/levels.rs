//! Items that a list writes once for each level, as rows of their own.

use crate::{
    diagnostic::{Diagnostic, Place, Rule},
    profile::Column,
    sheet::{Entry, LevelRow, List, RowKind},
    text::{folded, squeezed},
};

/// Makes one entry of neighbours that say the same item for other levels.
pub(super) fn fold(list: &mut List, file: &str, sheet: &str) {
    let mut folded: Vec<Entry> = Vec::with_capacity(list.entries.len());
    for entry in std::mem::take(&mut list.entries) {
        match folded.last_mut().filter(|above| is_another_level(above, &entry)) {
            Some(above) => {
                let row = entry.rows[0];
                let place =
                    Place { file: file.to_owned(), sheet: Some(sheet.to_owned()), row: Some(row + 1), column: None };
                let done = "taken as another level of the item above";
                list.diagnostics.push(Diagnostic::new(Rule::RepeatedLevel, place, entry.cell(Column::Name), "", done));
                list.kinds[row] = RowKind::Continuation;
                above.rows.extend(&entry.rows[1..]);
                above.levels.push(LevelRow { row, cells: entry.cells });
                above.levels.extend(entry.levels);
            }
            None => folded.push(entry),
        }
    }
    list.entries = folded;
}

/// Whether two entries differ in the level and not in what they are.
fn is_another_level(above: &Entry, entry: &Entry) -> bool {
    let level = |entry: &Entry| squeezed(entry.cell(Column::Level));
    let last = above.levels.last().and_then(|level| level.cells.get(&Column::Level)).map(|level| squeezed(level));
    let same = |column| folded(above.cell(column)) == folded(entry.cell(column));
    !level(entry).is_empty()
        && last.unwrap_or_else(|| level(above)) != level(entry)
        && [Column::Name, Column::SubName, Column::Type, Column::Basis].into_iter().all(same)
}
