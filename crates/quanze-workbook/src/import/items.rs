//! Items made of the entries of a list.

use std::collections::BTreeMap;

use super::{cells, sub_items};
use crate::{
    basis::Basis,
    body::{BodyName, How, Owner},
    diagnostic::{Diagnostic, Place, Rule},
    item::{Item, Source},
    profile::{Column, Profile},
    sheet::Entry,
    text::{column_letters, folded},
};

/// Where a missing type may be said instead.
pub(super) struct Context<'a> {
    pub(super) profile: &'a Profile,
    pub(super) owner: &'a Owner,
    pub(super) file: &'a str,
    pub(super) sheet: &'a str,
    pub(super) titles: &'a [String],
}

/// What the entries of a list give.
#[derive(Default)]
pub(super) struct Made {
    pub(super) items: Vec<Item>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Context<'_> {
    /// Makes the items of a list.
    pub(super) fn items(&self, entries: &[Entry]) -> Made {
        let mut made = Made::default();
        for entry in entries {
            let maker = Maker { context: self, entry, diagnostics: &mut made.diagnostics };
            made.items.extend(maker.items());
        }
        made
    }
}

struct Maker<'a> {
    context: &'a Context<'a>,
    entry: &'a Entry,
    diagnostics: &'a mut Vec<Diagnostic>,
}

/// The bodies of a row, with the levels at which they exercise the power.
struct AtLevel {
    bodies: Vec<BodyName>,
    levels: Vec<String>,
    office: String,
}

/// Who exercises a power, over all rows of the item.
struct Exercised {
    bodies: Vec<BodyName>,
    levels: Vec<String>,
    office: Option<String>,
}

impl Maker<'_> {
    fn items(mut self) -> Vec<Item> {
        let name = folded(self.entry.cell(Column::Name));
        let named = self.names(name);
        let power_type = self.power_type();
        let Exercised { bodies, levels, office } = self.exercised();
        let code = self.code();
        let basis = self.basis();
        let statutory_limit = self.limit();
        let state = self.state();
        let profile = self.context.profile;
        let item = Item {
            key: String::new(),
            source: Source {
                file: self.context.file.to_owned(),
                sheet: self.context.sheet.to_owned(),
                rows: self.rows(),
            },
            also: Vec::new(),
            serial: folded(self.entry.cell(Column::Serial)),
            name: String::new(),
            sub_name: None,
            power_type,
            code,
            bodies,
            office,
            levels,
            scope: self.scope(),
            state,
            statutory_limit,
            basis,
            responsibilities_basis: Basis::parse(self.entry.cell(Column::ResponsibilitiesBasis), profile),
            accountability_basis: Basis::parse(self.entry.cell(Column::AccountabilityBasis), profile),
            cells: self.cells(),
            columns: self.entry.header.columns().map(|(_, column)| column).collect(),
        };
        named.into_iter().map(|(name, sub_name)| Item { name, sub_name, ..item.clone() }).collect()
    }

    fn rows(&self) -> Vec<usize> {
        let levels = self.entry.levels.iter().map(|level| level.row);
        let mut rows: Vec<usize> = self.entry.rows.iter().copied().chain(levels).map(|row| row + 1).collect();
        rows.sort_unstable();
        rows
    }

    /// The cells as written. What the rows of other levels say otherwise follows on what the first says.
    fn cells(&self) -> BTreeMap<Column, String> {
        let mut cells = self.entry.cells.clone();
        for level in &self.entry.levels {
            for (column, text) in &level.cells {
                let whole = cells.entry(*column).or_default();
                if !whole.contains(text.as_str()) {
                    whole.push('\n');
                    whole.push_str(text);
                }
            }
        }
        cells
    }

    /// The names of the items that the entry stands for, each with its sub-item.
    fn names(&mut self, name: String) -> Vec<(String, Option<String>)> {
        let sub_cell = self.entry.cell(Column::SubName);
        if !sub_cell.is_empty() && !matches!(sub_cell, "无" | "/" | "-" | "—" | "——") {
            let subs = sub_items::numbered(sub_cell);
            if subs.len() > 1 {
                let done = format!("taken as {} items with the same basis", subs.len());
                self.tell(Rule::SeveralSubItems, Column::SubName, sub_cell, "a row for each", &done);
            }
            return subs.into_iter().map(|sub| (name.clone(), Some(sub).filter(|sub| *sub != name))).collect();
        }
        let serials = sub_items::serials(self.entry.cell(Column::Serial));
        if serials.len() > 1 {
            let serial = self.entry.cell(Column::Serial);
            if let Some((outer, subs)) = sub_items::bracketed(&name, serials.len()) {
                let done = format!("taken as {} items, which the name lists", subs.len());
                self.tell(Rule::SeveralSubItems, Column::Serial, serial, "a row for each", &done);
                return subs.into_iter().map(|sub| (outer.clone(), Some(sub))).collect();
            }
            self.tell(Rule::SeveralSerials, Column::Serial, serial, "a number", "taken as one item");
        }
        vec![(name, None)]
    }

    fn power_type(&mut self) -> String {
        let profile = self.context.profile;
        let cell = self.entry.cell(Column::Type);
        if let Some(code) = cells::power_type(cell, profile) {
            return code.to_owned();
        }
        let section = self.entry.section.as_deref();
        let mut around =
            section.into_iter().chain([self.context.sheet]).chain(self.context.titles.iter().map(String::as_str));
        let said = around.find_map(|text| profile.type_within(text).map(|code| (code, text)));
        if let Some((code, text)) = said.filter(|_| cell.is_empty()) {
            let done = format!("taken from '{text}'");
            self.tell(Rule::TypeFromContext, Column::Type, cell, "a type", &done);
            return code.to_owned();
        }
        let expected = profile.types.values().filter_map(|words| words.first()).cloned().collect::<Vec<_>>().join(", ");
        let other = profile.type_within(cell).unwrap_or("10");
        self.tell(Rule::UnknownType, Column::Type, cell, &expected, &format!("taken in as type {other}"));
        other.to_owned()
    }

    /// Who exercises the power, by all rows of the item. The list's own department comes first where it is one of them.
    fn exercised(&mut self) -> Exercised {
        let entry = self.entry;
        let rows = std::iter::once(&entry.cells).chain(entry.levels.iter().map(|level| &level.cells));
        let mut all: Vec<AtLevel> = Vec::new();
        for cells in rows {
            let cell = |column| cells.get(&column).map_or("", String::as_str);
            // A row of another level without a body of its own means the one above.
            let body = if cell(Column::Body).is_empty() { entry.cell(Column::Body) } else { cell(Column::Body) };
            let office = folded(cell(Column::Office));
            all.push(AtLevel { office, ..self.at_level(body, cell(Column::Level)) });
        }
        let department = self.context.owner.department.as_deref();
        let own = |at: &AtLevel| at.bodies.first().is_some_and(|body| Some(body.name.as_str()) == department);
        if let Some(first) = all.iter().position(own) {
            all[..=first].rotate_right(1);
        }
        let office = all.first().map(|at| at.office.clone()).filter(|office| !office.is_empty());
        let mut bodies: Vec<BodyName> = Vec::new();
        let mut levels: Vec<String> = Vec::new();
        for at in all {
            levels.extend(at.levels);
            for body in at.bodies {
                if bodies.iter().all(|known| known.name != body.name) {
                    bodies.push(body);
                }
            }
        }
        levels.sort();
        levels.dedup();
        Exercised { bodies, levels, office }
    }

    fn at_level(&mut self, body_cell: &str, level_cell: &str) -> AtLevel {
        let profile = self.context.profile;
        let mut bodies = self.context.owner.bodies(body_cell, profile);
        for body in &bodies {
            let done = format!("taken as '{}'", body.name);
            match body.how {
                How::Exact => {}
                How::Alias => self.tell(Rule::BodyAlias, Column::Body, &body.written, "", &done),
                How::Template => {
                    self.tell(Rule::TemplateBody, Column::Body, &body.written, "the name of a body", &done);
                }
                How::Missing => self.tell(Rule::NoBody, Column::Body, "", "the name of a body", &done),
            }
        }
        if bodies.len() > 1 {
            let done = format!("'{}' exercises the power, the others take it up", bodies[0].name);
            self.tell(Rule::SeveralBodies, Column::Body, body_cell, "", &done);
        }
        let mut levels = cells::levels(level_cell, profile).codes;
        if levels.is_empty() {
            levels.extend(bodies.first().and_then(|body| body.level.clone()));
            if !level_cell.is_empty() {
                let done =
                    levels.first().map_or("left out".to_owned(), |level| format!("taken as level {level} of the body"));
                self.tell(Rule::UnknownLevel, Column::Level, level_cell, "a level", &done);
            }
        }
        // What the row says of the level goes before what the name of the body says.
        if let [level] = levels.as_slice()
            && let [body] = bodies.as_mut_slice()
        {
            body.level = Some(level.clone());
        }
        AtLevel { bodies, levels, office: String::new() }
    }

    /// What is done at each level: its own cell, or what the cell of the level says beside the level.
    fn scope(&self) -> Option<String> {
        let scope = self.entry.cell(Column::Scope);
        if !scope.is_empty() {
            return Some(scope.to_owned());
        }
        let level = self.entry.cell(Column::Level);
        cells::levels(level, self.context.profile).says_more.then(|| level.to_owned()).filter(|level| !level.is_empty())
    }

    fn code(&mut self) -> Option<String> {
        let cell = self.entry.cell(Column::Code);
        // A list may have a column for each kind of code: all carry the basic one.
        let known = cell.lines().map(cells::code).find(|code| cells::is_known_shape(code));
        let code = known.or_else(|| Some(cells::code(cell)).filter(|code| !code.is_empty()))?;
        if !cells::is_known_shape(&code) {
            self.tell(Rule::UnknownCode, Column::Code, cell, "12, 14, 31 or 33 digits and letters", "kept as written");
        }
        Some(cells::basic_code(&code).to_owned())
    }

    fn basis(&mut self) -> Basis {
        let cell = self.entry.cell(Column::Basis);
        let basis = Basis::parse(cell, self.context.profile);
        if cell.is_empty() {
            self.tell(Rule::NoBasis, Column::Basis, cell, "a law and its article", "taken in without a basis");
        } else if basis.citations.is_empty() {
            self.tell(Rule::UnreadBasis, Column::Basis, cell, "《title》 and articles", "kept as text");
        }
        if !basis.without_title.is_empty() {
            let done = format!("{} left out", basis.without_title.join("、"));
            self.tell(Rule::ArticleWithoutTitle, Column::Basis, cell, "a title before the articles", &done);
        }
        for citation in basis.citations.iter().filter(|citation| citation.locators.is_empty()) {
            self.tell(
                Rule::WholeInstrument,
                Column::Basis,
                &citation.title,
                "an article",
                "taken as the instrument as a whole",
            );
        }
        basis
    }

    fn limit(&mut self) -> Option<quanze::Duration> {
        let cell = self.entry.cell(Column::StatutoryLimit);
        let limit = cells::limit(cell);
        if limit.is_none() && !cell.is_empty() && !matches!(cell, "无" | "/" | "-") {
            self.tell(
                Rule::UnreadLimit,
                Column::StatutoryLimit,
                cell,
                "a number of days or working days",
                "kept as text",
            );
        }
        limit
    }

    fn state(&mut self) -> String {
        const IN_USE: &str = "1";
        let cell = self.entry.cell(Column::State);
        match self.context.profile.state(cell) {
            Some(code) => code.to_owned(),
            None if cell.is_empty() => IN_USE.to_owned(),
            None => {
                self.tell(Rule::UnknownState, Column::State, cell, "在用, 暂停 or 取消", "taken as in use");
                IN_USE.to_owned()
            }
        }
    }

    fn tell(&mut self, rule: Rule, column: Column, text: &str, expected: &str, done: &str) {
        let place = Place {
            file: self.context.file.to_owned(),
            sheet: Some(self.context.sheet.to_owned()),
            row: self.entry.rows.first().map(|row| row + 1),
            column: self.entry.header.position(column).map(column_letters),
        };
        self.diagnostics.push(Diagnostic::new(rule, place, text, expected, done));
    }
}
