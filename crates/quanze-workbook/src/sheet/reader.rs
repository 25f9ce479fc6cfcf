//! A sheet read from top to bottom.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    entry::{Entry, LevelRow},
    header::Header,
    merged::Merged,
    rows::RowKind,
};
use crate::{
    diagnostic::{Diagnostic, Place, Rule},
    profile::{Column, Headings, Profile},
    read::Sheet,
    text::{column_letters, declared_count, folded, squeezed},
};

/// Headings that a page repeats are short words.
const LONGEST_HEADING_AGAIN: usize = 20;
/// The heading of a section is a line, and no paragraph.
const LONGEST_SECTION: usize = 60;

/// A sheet that is a list.
#[derive(Debug)]
pub(crate) struct List {
    /// What stands above the columns.
    pub(crate) titles: Vec<String>,
    pub(crate) entries: Vec<Entry>,
    /// What each row was taken for.
    pub(crate) kinds: Vec<RowKind>,
    /// How many items a section says it has: the section, its row, the number, the first entry of it.
    pub(crate) sections: Vec<Section>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// A section of a list.
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) name: Arc<str>,
    pub(crate) row: usize,
    pub(crate) declared: Option<usize>,
}

/// Reads a sheet; nothing if no row of it names columns.
pub(crate) fn read(file: &str, sheet: &Sheet, profile: &Profile, headings: &Headings) -> Option<List> {
    let merged = Merged::of(sheet);
    let header = Header::find(sheet, &merged, headings, 0)?;
    let mut reader = Reader {
        sheet,
        merged,
        profile,
        headings,
        place: Place { file: file.to_owned(), sheet: Some(sheet.name.clone()), ..Place::default() },
        header: Arc::new(header),
        section: None,
        list: List {
            titles: Vec::new(),
            entries: Vec::new(),
            kinds: Vec::with_capacity(sheet.height()),
            sections: Vec::new(),
            diagnostics: Vec::new(),
        },
        stray: BTreeMap::new(),
    };
    reader.titles();
    while reader.list.kinds.len() < sheet.height() {
        reader.next_rows();
    }
    reader.tell_stray();
    Some(reader.list)
}

struct Reader<'a> {
    sheet: &'a Sheet,
    merged: Merged<'a>,
    profile: &'a Profile,
    headings: &'a Headings,
    place: Place,
    header: Arc<Header>,
    section: Option<Arc<str>>,
    list: List,
    /// By column without a heading, how many cells it has, and the first.
    stray: BTreeMap<usize, (usize, &'a str, usize)>,
}

/// What a row holds itself.
struct Own<'a> {
    cells: BTreeMap<Column, String>,
    /// The text of the row where it has only one, however many cells show it.
    only: Option<&'a str>,
    has_stray: bool,
}

impl<'a> Reader<'a> {
    fn titles(&mut self) {
        for row in 0..self.header.end {
            let blank = self.sheet.is_blank(row);
            self.list.kinds.push(if blank { RowKind::Blank } else { RowKind::Heading });
            if !blank && row < self.header.first {
                let mut texts: Vec<&str> = self.sheet.row(row).iter().map(|cell| cell.trim()).collect();
                texts.retain(|text| !text.is_empty());
                texts.dedup();
                self.list.titles.extend(texts.into_iter().map(str::to_owned));
            }
        }
    }

    fn next_rows(&mut self) {
        let row = self.list.kinds.len();
        if self.sheet.is_blank(row) {
            self.list.kinds.push(RowKind::Blank);
            return;
        }
        // Pages repeat the headings; a second list on the sheet has its own.
        if self.is_heading_again(row)
            && let Some(header) = Header::at(self.sheet, &self.merged, self.headings, row)
        {
            self.list.kinds.resize(header.end.min(self.sheet.height()), RowKind::Heading);
            self.header = Arc::new(header);
            return;
        }
        let own = self.own(row);
        let kind = self.take(row, own);
        self.list.kinds.push(kind);
    }

    fn is_heading_again(&self, row: usize) -> bool {
        let cells = self.sheet.row(row).iter().filter(|cell| !cell.trim().is_empty());
        let short = |cell: &&String| cell.chars().count() <= LONGEST_HEADING_AGAIN;
        // Headings are all short: rows of text need not be compared with them.
        cells.clone().all(|cell| short(&cell)) && cells.filter_map(|cell| self.headings.column(cell)).count() >= 3
    }

    fn own(&mut self, row: usize) -> Own<'a> {
        let mut own = Own { cells: BTreeMap::new(), only: None, has_stray: false };
        let mut texts: Vec<&str> = Vec::new();
        for (at, cell) in self.sheet.row(row).iter().enumerate() {
            let text = cell.trim();
            if text.is_empty() {
                continue;
            }
            texts.push(text);
            if let Some(column) = self.header.column(at) {
                add(&mut own.cells, column, self.header.said(at, text), self.header.between(at));
            } else if !self.merged.is_one_with_left(row, at) {
                own.has_stray = true;
                self.stray.entry(at).or_insert((0, text, row)).0 += 1;
            }
        }
        texts.dedup();
        own.only = texts.first().copied().filter(|_| texts.len() == 1);
        own
    }

    fn take(&mut self, row: usize, own: Own<'a>) -> RowKind {
        if let Some(text) = own.only {
            if self.profile.is_footnote(text) {
                return RowKind::Footnote;
            }
            if self.is_section(row, text, &own) {
                let name: Arc<str> = squeezed(text).into();
                self.list.sections.push(Section { name: name.clone(), row, declared: declared_count(text) });
                self.section = Some(name);
                return RowKind::Heading;
            }
        }
        if self.profile.is_footnote(own.cells.get(&Column::Serial).map_or("", String::as_str)) {
            return RowKind::Footnote;
        }
        if own.cells.is_empty() {
            // What stray columns hold is told once a column.
            return RowKind::Diagnosed;
        }
        let has = |column| own.cells.contains_key(&column);
        if has(Column::Name) && !self.is_rest_of_a_name(row, &own) {
            return self.item(row, None);
        }
        let Some(last) = self.list.entries.len().checked_sub(1) else {
            return self.unplaced(row, &own, "an item, with a name");
        };
        if has(Column::SubName) && !has(Column::Name) {
            return self.item(row, Some(last));
        }
        if has(Column::Serial) && !has(Column::Name) {
            return self.unplaced(row, &own, "a name beside the serial");
        }
        let entry = &mut self.list.entries[last];
        if has(Column::Body) || has(Column::Level) {
            entry.levels.push(LevelRow { row, cells: own.cells });
            let text = entry.cell(Column::Name).to_owned();
            self.tell(Rule::RepeatedLevel, row, None, &text, "", "taken as another level of the item above");
        } else {
            entry.go_on(row, own.cells);
        }
        RowKind::Continuation
    }

    /// Whether the only text of a row heads the rows below: it speaks of a type or begins with a number of its own, and does
    /// not stand in a column of texts.
    fn is_section(&self, row: usize, text: &str, own: &Own<'_>) -> bool {
        let in_front =
            !own.cells.is_empty() && own.cells.keys().all(|column| matches!(column, Column::Serial | Column::Name));
        let spans = self.sheet.row(row).iter().filter(|cell| !cell.trim().is_empty()).count() > 1
            || self.merged.is_one_with_left(row, 1);
        let short = text.chars().count() <= LONGEST_SECTION;
        let folded = folded(text);
        let numbered = ["一二三四五六七八九十", "（("].iter().any(|set| folded.starts_with(|c| set.contains(c)))
            && folded.contains(['、', '）']);
        let serial_only = own.cells.keys().all(|column| *column == Column::Serial);
        short && in_front && (serial_only || spans) && (numbered || self.profile.type_within(text).is_some())
    }

    /// Whether a row goes on with the name above: it has nothing that an item has beside its name.
    fn is_rest_of_a_name(&self, row: usize, own: &Own<'_>) -> bool {
        const OF_AN_ITEM: [Column; 7] =
            [Column::Serial, Column::SubName, Column::Type, Column::Basis, Column::Body, Column::Level, Column::Code];
        let positions: Vec<usize> = OF_AN_ITEM.iter().filter_map(|column| self.header.position(*column)).collect();
        let alone = positions.iter().all(|at| self.merged.shown_from_above(row, *at).trim().is_empty());
        let known = OF_AN_ITEM.iter().all(|column| !own.cells.contains_key(column));
        !self.list.entries.is_empty() && positions.len() >= 3 && alone && known
    }

    fn item(&mut self, row: usize, sub_item_of: Option<usize>) -> RowKind {
        let mut cells = BTreeMap::new();
        for (at, column) in self.header.columns() {
            let text = self.merged.shown_from_above(row, at).trim();
            if !text.is_empty() {
                add(&mut cells, column, self.header.said(at, text), self.header.between(at));
            }
        }
        let mut entry = Entry {
            rows: vec![row],
            section: self.section.clone(),
            header: self.header.clone(),
            cells,
            levels: Vec::new(),
        };
        if let Some(above) = sub_item_of {
            entry.share(&self.list.entries[above]);
        }
        self.list.entries.push(entry);
        RowKind::Item
    }

    fn unplaced(&mut self, row: usize, own: &Own<'_>, expected: &str) -> RowKind {
        let text = own.cells.values().map(String::as_str).collect::<Vec<_>>().join(" ");
        self.tell(Rule::Unplaced, row, None, &text, expected, "left out");
        RowKind::Diagnosed
    }

    fn tell_stray(&mut self) {
        for (column, (cells, text, row)) in std::mem::take(&mut self.stray) {
            let done = format!("{cells} cells of this column are left out");
            self.tell(Rule::StrayColumn, row, Some(column), text, "a heading that is known", &done);
        }
    }

    fn tell(&mut self, rule: Rule, row: usize, column: Option<usize>, text: &str, expected: &str, done: &str) {
        let place = Place { row: Some(row + 1), column: column.map(column_letters), ..self.place.clone() };
        self.list.diagnostics.push(Diagnostic::new(rule, place, text, expected, done));
    }
}

/// Adds the text of a cell; cells of one column that stand side by side are one text, mostly line by line.
fn add(cells: &mut BTreeMap<Column, String>, column: Column, text: &str, between: char) {
    match cells.get_mut(&column) {
        Some(whole) if whole == text => {}
        Some(whole) => {
            whole.push(between);
            whole.push_str(text);
        }
        None => {
            cells.insert(column, text.to_owned());
        }
    }
}
