//! Files in, items out: everything that is understood of a set of workbooks, and everything that is not.
//!
//! **Architecture invariant:** an import refuses nothing but whole files. Every row of a list is accounted for, and whatever was
//! not read as it stands is a diagnostic.

pub(crate) mod cells;
mod counts;
mod editions;
mod items;
mod keys;
mod levels;
mod report;
mod sub_items;

use std::{collections::BTreeMap, path::Path};

use self::items::Context;
pub use self::report::{FileReport, SheetReport, Totals};
use crate::{
    body::{self, Owner},
    diagnostic::{Diagnostic, Place, Rule},
    item::Item,
    profile::{Column, Headings, Profile},
    read::{Limits, ReadError, Sheet, Workbook},
    sheet::{self, List},
    text::{fingerprint, folded},
};

/// What was read of a set of workbooks.
///
/// ```
/// use quanze_workbook::{Import, Profile, Sheet, Workbook, Format};
///
/// let rows = [
///     ["序号", "事项名称", "权力类型", "实施依据", "行使主体"],
///     ["1", "食品经营许可", "行政许可", "《中华人民共和国食品安全法》第三十五条", "某山市市场监督管理局"],
/// ];
/// let workbook = Workbook { name: "清单.xlsx".into(), format: Format::Xlsx, sheets: vec![Sheet::new("许可", rows)] };
/// let import = Import::of([Ok(workbook)], &Profile::default());
/// assert_eq!(import.items[0].power_type, "01");
/// assert_eq!(import.items[0].basis.citations[0].locators, ["第三十五条"]);
/// assert!(import.diagnostics.is_empty());
/// ```
#[derive(Debug, Default)]
pub struct Import {
    /// The files, in the order in which they were given.
    pub files: Vec<FileReport>,
    /// The items, in the order of files and rows; each once.
    pub items: Vec<Item>,
    /// What somebody should know of, in the order of files and rows.
    pub diagnostics: Vec<Diagnostic>,
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress<'a> {
    /// The file that has just been read.
    pub file: &'a str,
    /// How many have been read.
    pub done: usize,
    /// How many there are.
    pub of: usize,
}

/// A file of which the cells are read, and nothing is understood.
struct Opened {
    report: FileReport,
    lists: Vec<Named>,
    /// Whose lists they are, as a title or the name of the file says.
    department: Option<String>,
}

/// A list with the name of its sheet.
struct Named {
    sheet: String,
    list: List,
}

impl Import {
    /// Opens and reads files. `progress` is called after each.
    ///
    /// What cannot be read is a diagnostic of its file; the others go on.
    ///
    /// ```no_run
    /// use quanze_workbook::{Import, Limits, Profile};
    ///
    /// let import = Import::open(["甲局.xls", "乙局.xlsx"], &Profile::default(), Limits::default(), |progress| {
    ///     eprintln!("{}/{} {}", progress.done, progress.of, progress.file);
    /// });
    /// println!("{} items", import.items.len());
    /// ```
    ///
    /// # Complexity
    /// Time in the size of the files; memory in that of the largest, and of what the lists hold.
    pub fn open<P: AsRef<Path>>(
        paths: impl IntoIterator<Item = P>,
        profile: &Profile,
        limits: Limits,
        mut progress: impl FnMut(Progress<'_>),
    ) -> Self {
        let paths: Vec<P> = paths.into_iter().collect();
        let mut reader = Reader::new(profile);
        for (index, path) in paths.iter().enumerate() {
            reader.take(Workbook::open(path, limits));
            let file = reader.opened.last().map_or("", |file| file.report.name.as_str());
            progress(Progress { file, done: index + 1, of: paths.len() });
        }
        reader.finish()
    }

    /// Reads workbooks that are open, and tells of those that could not be opened.
    ///
    /// # Complexity
    /// As [`Import::open`].
    pub fn of(workbooks: impl IntoIterator<Item = Result<Workbook, ReadError>>, profile: &Profile) -> Self {
        let mut reader = Reader::new(profile);
        for workbook in workbooks {
            reader.take(workbook);
        }
        reader.finish()
    }

    /// What all files hold together.
    #[must_use]
    pub fn totals(&self) -> Totals {
        Totals::of(self)
    }
}

struct Reader<'a> {
    profile: &'a Profile,
    opened: Vec<Opened>,
    diagnostics: Vec<Diagnostic>,
    headings: Headings,
    /// By what they hold, the files that have been read.
    seen: BTreeMap<u64, String>,
}

impl<'a> Reader<'a> {
    fn new(profile: &'a Profile) -> Self {
        Self {
            profile,
            opened: Vec::new(),
            diagnostics: Vec::new(),
            headings: Headings::of(profile),
            seen: BTreeMap::new(),
        }
    }

    fn take(&mut self, workbook: Result<Workbook, ReadError>) {
        let workbook = match workbook {
            Ok(workbook) => workbook,
            Err(error) => {
                let mut report = FileReport::new(error.file().to_owned(), None);
                let place = Place { file: error.file().to_owned(), ..Place::default() };
                let source = std::error::Error::source(&error).map(|source| format!(": {source}"));
                let text = format!("{error}{}", source.unwrap_or_default());
                self.diagnostics.push(Diagnostic::new(Rule::Unreadable, place, &text, "a workbook", "left out"));
                report.error = Some(text);
                self.opened.push(Opened { report, lists: Vec::new(), department: None });
                return;
            }
        };
        let mut report = FileReport::new(workbook.name.clone(), Some(workbook.format));
        if let Some(first) = self.twin(&workbook) {
            let place = Place { file: workbook.name.clone(), ..Place::default() };
            self.diagnostics.push(Diagnostic::new(
                Rule::Twin,
                place,
                &workbook.name,
                "",
                format!("left out: it holds what '{first}' holds"),
            ));
            report.twin_of = Some(first);
            self.opened.push(Opened { report, lists: Vec::new(), department: None });
            return;
        }
        let mut lists = Vec::new();
        for sheet in &workbook.sheets {
            let place = Place { file: workbook.name.clone(), sheet: Some(sheet.name.clone()), ..Place::default() };
            let list = sheet::read(&workbook.name, sheet, self.profile, &self.headings);
            if sheet.hidden && sheet.height() > 0 {
                self.diagnostics.push(Diagnostic::new(
                    Rule::Hidden,
                    place.clone(),
                    &sheet.name,
                    "",
                    "read like the others",
                ));
            }
            if list.is_none() && sheet.height() > 0 {
                let first = first_text(sheet);
                self.diagnostics.push(Diagnostic::new(
                    Rule::NotAList,
                    place,
                    first,
                    "a row with the name of the item and two other headings",
                    format!("{} rows are left out", sheet.height()),
                ));
            }
            let list = list.map(|mut list| {
                levels::fold(&mut list, &workbook.name, &sheet.name);
                list
            });
            report.sheets.push(SheetReport::new(sheet, list.as_ref()));
            lists.extend(list.map(|list| Named { sheet: sheet.name.clone(), list }));
        }
        let department = department(&workbook, &lists, self.profile);
        self.opened.push(Opened { report, lists, department });
    }

    /// The file that holds the same cells, if one has been read.
    fn twin(&mut self, workbook: &Workbook) -> Option<String> {
        let cells = workbook.sheets.iter().flat_map(|sheet| {
            let rows = (0..sheet.height()).flat_map(|row| sheet.row(row).iter().map(String::as_str).chain(["\n"]));
            std::iter::once(sheet.name.as_str()).chain(rows)
        });
        let hash = fingerprint(cells);
        let holds_anything = workbook.sheets.iter().any(|sheet| sheet.height() > 0);
        let first = self.seen.get(&hash).filter(|_| holds_anything).cloned();
        if first.is_none() {
            self.seen.insert(hash, workbook.name.clone());
        }
        first
    }

    fn finish(mut self) -> Import {
        let place = self.profile.place.clone().or_else(|| self.most_frequent_place());
        let mut all = Vec::new();
        for file in &mut self.opened {
            for Named { sheet, list } in &mut file.lists {
                let mut owner = Owner { department: None, place: place.clone() };
                let department = file.department.clone().or_else(|| most_frequent_body(list));
                owner.department = department.map(|department| owner.full(&department));
                file.report.department = file.report.department.take().or_else(|| owner.department.clone());
                let context = Context {
                    profile: self.profile,
                    owner: &owner,
                    file: &file.report.name,
                    sheet,
                    titles: &list.titles,
                };
                let made = context.items(&list.entries);
                self.diagnostics.append(&mut list.diagnostics);
                self.diagnostics.extend(made.diagnostics);
                self.diagnostics.extend(counts::check(&file.report.name, sheet, list, &made.items));
                if let Some(report) = file.report.sheets.iter_mut().find(|report| report.name == *sheet) {
                    report.items = made.items.len();
                }
                all.extend(made.items);
            }
        }
        self.diagnostics.extend(editions::compare(&all));
        let (items, found) = keys::assign(all);
        self.diagnostics.extend(found);
        let mut files: Vec<FileReport> = self.opened.into_iter().map(|file| file.report).collect();
        let order: BTreeMap<String, usize> =
            files.iter().enumerate().rev().map(|(index, file)| (file.name.clone(), index)).collect();
        // By file and row; what was told earlier of the same place stays first.
        self.diagnostics.sort_by_key(|diagnostic| {
            (order.get(&diagnostic.place.file).copied(), diagnostic.place.sheet.clone(), diagnostic.place.row)
        });
        for file in &mut files {
            file.diagnostics = self.diagnostics.iter().filter(|found| found.place.file == file.name).count();
        }
        Import { files, items, diagnostics: self.diagnostics }
    }

    /// The place that most files are of.
    fn most_frequent_place(&self) -> Option<String> {
        let departments = self.opened.iter().filter_map(|file| file.department.as_deref());
        most_frequent(departments.filter_map(body::place_of)).map(str::to_owned)
    }
}

/// Whose lists a file holds, as a title says, or its name.
fn department(workbook: &Workbook, lists: &[Named], profile: &Profile) -> Option<String> {
    let titles = lists.iter().flat_map(|named| named.list.titles.iter());
    let mut said = titles.map(String::as_str).chain([workbook.name.as_str()]);
    said.find_map(|text| body::department_in(text, profile))
}

/// The body that most items of a list name. Of several with the same count the first by name.
fn most_frequent_body(list: &List) -> Option<String> {
    most_frequent(list.entries.iter().map(|entry| folded(entry.cell(Column::Body))).filter(|name| !name.is_empty()))
}

fn most_frequent<T: Ord>(all: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    all.for_each(|one| *counts.entry(one).or_default() += 1);
    let most = counts.values().copied().max()?;
    counts.into_iter().find(|(_, count)| *count == most).map(|(one, _)| one)
}

fn first_text(sheet: &Sheet) -> &str {
    let cells = (0..sheet.height()).flat_map(|row| sheet.row(row));
    cells.map(String::as_str).find(|cell| !cell.trim().is_empty()).unwrap_or_default()
}
