//! The tables of a folder, as edits of the four-tier system. The library says what is wrong with a row; here it is told
//! where the row stands.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use quanze::{Edits, Record, Refused, working_days};

use super::{
    succession::{MappingLine, Succession},
    tables::{FactsError, Line, Problem, Table},
};

/// What a folder of tables says.
pub(crate) struct Facts {
    /// Everything but the law that the story enters later.
    pub(crate) import: Edits,
    /// The law that the story enters later, if a mapping names one.
    pub(crate) succession: Option<Succession>,
    /// How many rows of each list are marked as illustrative.
    pub(crate) illustrative: BTreeMap<String, usize>,
    /// Where each edit of the import comes from.
    origins: Vec<Origin>,
}

struct Origin {
    file: &'static str,
    line: u64,
    /// The column of each field that is not called like its field.
    renamed: &'static [(&'static str, &'static str)],
}

/// Edits as they are collected.
#[derive(Default)]
struct Import {
    edits: Edits,
    illustrative: BTreeMap<String, usize>,
    origins: Vec<Origin>,
}

const SAME: &[(&str, &str)] = &[];

impl Import {
    fn push(
        &mut self,
        line: Line<'_>,
        renamed: &'static [(&'static str, &'static str)],
        add: impl FnOnce(Edits) -> Edits,
    ) {
        self.edits = add(std::mem::take(&mut self.edits));
        self.origins.push(Origin { file: line.file(), line: line.number(), renamed });
    }

    fn insert(
        &mut self,
        line: Line<'_>,
        list: &str,
        renamed: &'static [(&'static str, &'static str)],
        record: &Record,
    ) -> Result<(), FactsError> {
        self.insert_as(line, list, line.needed("key")?, renamed, record);
        Ok(())
    }

    fn insert_as(
        &mut self,
        line: Line<'_>,
        list: &str,
        key: &str,
        renamed: &'static [(&'static str, &'static str)],
        record: &Record,
    ) {
        if line.given("mark").is_some() {
            *self.illustrative.entry(list.to_owned()).or_default() += 1;
        }
        self.push(line, renamed, |edits| edits.insert(list, key, record));
    }
}

/// A record of cells whose columns are called like the fields.
fn taken(line: Line<'_>, fields: &[&str]) -> Record {
    fields.iter().map(|field| (*field, line.given(field))).collect()
}

impl Facts {
    /// Reads the tables of a folder.
    pub(crate) fn load(folder: &Path) -> Result<Self, FactsError> {
        let mut import = Import::default();
        bodies(folder, &mut import)?;
        let cited = powers(folder, &mut import)?;
        let fees = matters(folder, &mut import)?;
        companions(folder, &mut import)?;
        let succession = law(folder, &mut import, &cited.union(&fees).cloned().collect())?;
        let Import { edits, illustrative, origins } = import;
        Ok(Self { import: edits, succession, illustrative, origins })
    }

    /// Says where in the tables the faults lie for which the import was refused.
    pub(crate) fn locate(&self, refused: &Refused) -> FactsError {
        let problem = |fault: &quanze::Fault| {
            let Some(origin) = fault.edit().and_then(|edit| self.origins.get(edit)) else {
                return Problem {
                    file: "the tables together".into(),
                    line: None,
                    column: None,
                    what: fault.to_string(),
                };
            };
            let column = fault.field().map(|field| {
                let renamed = origin.renamed.iter().find(|(name, _)| field == name);
                renamed.map_or(field.as_str(), |(_, column)| *column).to_owned()
            });
            Problem { file: origin.file.into(), line: Some(origin.line), column, what: fault.to_string() }
        };
        FactsError { problems: refused.faults().iter().map(problem).collect() }
    }
}

fn bodies(folder: &Path, import: &mut Import) -> Result<(), FactsError> {
    let table = Table::read(folder, "regions.csv", &["key", "name", "level", "parent"])?;
    for line in table.lines() {
        let record = taken(line, &["name", "level", "parent"]).with("code", line.needed("key")?);
        import.insert(line, "regions", &[("code", "key")], &record)?;
    }
    let table = Table::read(folder, "bodies.csv", &["key", "name", "kind", "level", "region", "host", "mark"])?;
    for line in table.lines() {
        import.insert(line, "bodies", SAME, &taken(line, &["name", "kind", "level", "region", "host"]))?;
    }
    let table = Table::read(folder, "credit_codes.csv", &["body", "credit_code", "mark"])?;
    for line in table.lines() {
        let (body, code) = (line.needed("body")?, line.needed("credit_code")?);
        import.push(line, SAME, |edits| edits.set("bodies", body, "credit_code", code));
    }
    let table = Table::read(folder, "duties.csv", &["key", "body", "text", "mark"])?;
    for line in table.lines() {
        import.insert(line, "duties", SAME, &taken(line, &["body", "text"]))?;
    }
    Ok(())
}

/// Reads the powers, and returns the articles that they cite.
fn powers(folder: &Path, import: &mut Import) -> Result<BTreeSet<String>, FactsError> {
    const COLUMNS: &[&str] = &["key", "body", "type", "item", "sub_item", "office", "levels", "basis", "remark"];
    let mut cited = BTreeSet::new();
    let table = Table::read(folder, "powers.csv", COLUMNS)?;
    for line in table.lines() {
        let item = line.needed("item")?;
        // The tables have no row for a main item, so a sub-item carries its name.
        let name = line.given("sub_item").map_or(item.to_owned(), |sub_item| format!("{item}：{sub_item}"));
        let record = taken(line, &["body", "type", "office", "remark"])
            .with("name", name)
            .with("levels", line.parts("levels"))
            .with("basis", line.parts("basis"))
            .with("state", "1");
        cited.extend(line.parts("basis").into_iter().map(str::to_owned));
        import.insert(line, "powers", &[("name", "item")], &record)?;
    }
    let table = Table::read(folder, "main_numbers.csv", &["power", "main_number", "mark"])?;
    for line in table.lines() {
        let (power, number) = (line.needed("power")?, line.needed("main_number")?);
        import.push(line, SAME, |edits| edits.set("powers", power, "main_number", number));
    }
    let table = Table::read(folder, "limits.csv", &["power", "statutory_limit_working_days", "mark"])?;
    for line in table.lines() {
        let (power, limit) = (line.needed("power")?, working_days(line.days("statutory_limit_working_days")?));
        import.push(line, &[("statutory_limit", "statutory_limit_working_days")], |edits| {
            edits.set("powers", power, "statutory_limit", limit)
        });
    }
    Ok(cited)
}

/// Reads the matters of the second tier, and returns the articles that fees cite.
fn matters(folder: &Path, import: &mut Import) -> Result<BTreeSet<String>, FactsError> {
    const REGULATION: &[&str] = &["key", "name", "watched", "exercised", "penalties", "object", "manner", "mark"];
    let table = Table::read(folder, "regulation.csv", REGULATION)?;
    for line in table.lines() {
        let record = taken(line, &["name", "object", "manner"])
            .with("watched", line.parts("watched"))
            .with("exercised", line.parts("exercised"))
            .with("may_lead_to", line.parts("penalties"));
        import.insert(line, "regulation_matters", &[("may_lead_to", "penalties")], &record)?;
    }
    let mut cited = BTreeSet::new();
    let table =
        Table::read(folder, "fees.csv", &["key", "name", "powers", "body", "standard", "basis_article", "mark"])?;
    for line in table.lines() {
        let record = taken(line, &["body", "standard"])
            .with("charge", line.needed("name")?)
            .with("powers", line.parts("powers"))
            .with("basis", line.parts("basis_article"));
        cited.extend(line.parts("basis_article").into_iter().map(str::to_owned));
        import.insert(line, "fee_matters", &[("charge", "name"), ("basis", "basis_article")], &record)?;
    }
    let table = Table::read(folder, "intermediaries.csv", &["key", "name", "approvals", "agency_kind", "mark"])?;
    for line in table.lines() {
        let record = taken(line, &["name", "agency_kind"]).with("approvals", line.parts("approvals"));
        import.insert(line, "intermediary_matters", SAME, &record)?;
    }
    shared_matters(folder, import)?;
    Ok(cited)
}

/// Reads the matters that several bodies share, with who takes part in them.
fn shared_matters(folder: &Path, import: &mut Import) -> Result<(), FactsError> {
    let mut owners = BTreeMap::new();
    let table = Table::read(folder, "matters.csv", &["key", "name", "kind", "powers", "mark"])?;
    for line in table.lines() {
        let (list, owner) = match line.cell("kind") {
            "boundary" => ("boundary_matters", "boundary_matter"),
            "territorial" => ("territorial_matters", "territorial_matter"),
            other => return Err(line.problem("kind", format!("'{other}' is neither boundary nor territorial"))),
        };
        import.insert(line, list, SAME, &taken(line, &["name"]).with("powers", line.parts("powers")))?;
        owners.insert(line.needed("key")?.to_owned(), (owner, 0));
    }
    let table = Table::read(folder, "participants.csv", &["key", "matter", "body", "role", "duty", "mark"])?;
    for line in table.lines() {
        let matter = line.needed("matter")?;
        let Some((owner, position)) = owners.get_mut(matter) else {
            return Err(line.problem("matter", format!("there is no '{matter}' in matters.csv")));
        };
        *position += 1;
        let record = taken(line, &["body", "role", "duty"]).with(*owner, matter).with("position", *position);
        import.insert(
            line,
            "participants",
            &[("boundary_matter", "matter"), ("territorial_matter", "matter")],
            &record,
        )?;
    }
    Ok(())
}

fn companions(folder: &Path, import: &mut Import) -> Result<(), FactsError> {
    const IMPLEMENTERS: &[&str] = &["key", "power", "body", "level", "manner", "accepted_on", "mark"];
    let table = Table::read(folder, "implementers.csv", IMPLEMENTERS)?;
    for line in table.lines() {
        let record = taken(line, &["power", "body", "level", "manner", "accepted_on"]);
        import.insert(line, "implementers", SAME, &record)?;
    }
    let table = Table::read(folder, "variants.csv", &["power", "kind", "serial", "mark"])?;
    for line in table.lines() {
        let key = format!("{}-{}", line.needed("power")?, line.needed("kind")?);
        let record = taken(line, &["power", "kind", "serial"]);
        import.insert_as(line, "variants", &key, SAME, &record);
    }
    let table = Table::read(folder, "promises.csv", &["power", "implementer", "promised_working_days", "mark"])?;
    for line in table.lines() {
        let key = format!("{}/{}", line.needed("power")?, line.needed("implementer")?);
        let promised = working_days(line.days("promised_working_days")?);
        import.push(line, &[("promised_limit", "promised_working_days")], |edits| {
            edits.author("service_implementation", key, "promised_limit", promised)
        });
    }
    Ok(())
}

/// Reads the law. What the mapping leads to, and nothing cites yet, is not entered: that is what the story does.
fn law(folder: &Path, import: &mut Import, cited: &BTreeSet<String>) -> Result<Option<Succession>, FactsError> {
    const INSTRUMENTS: &[&str] =
        &["key", "title", "kind", "number", "edition", "effective", "state", "ended_on", "successor"];
    let articles = Table::read(folder, "articles.csv", &["key", "instrument", "locator"])?;
    let mapping = mapping(folder, &articles.lines().map(|line| line.cell("key")).collect())?;
    let targets: BTreeSet<&str> = mapping.iter().filter_map(|line| line.new.as_deref()).collect();
    let is_new = |article: &str| targets.contains(article) && !cited.contains(article);

    let (entering, printed): (Vec<_>, Vec<_>) = articles.lines().partition(|line| is_new(line.cell("key")));
    let known: BTreeSet<&str> = printed.iter().map(|line| line.cell("instrument")).collect();
    let new_laws: BTreeSet<&str> =
        entering.iter().map(|line| line.cell("instrument")).filter(|law| !known.contains(law)).collect();

    let mut law = Succession { mapping, ..Succession::default() };
    let instruments = Table::read(folder, "instruments.csv", INSTRUMENTS)?;
    for line in instruments.lines() {
        let mut record = taken(line, &INSTRUMENTS[1..]);
        let key = line.needed("key")?;
        if new_laws.contains(key) {
            law.instruments.push((key.to_owned(), record));
            continue;
        }
        if let Some(successor) = line.given("successor").filter(|successor| new_laws.contains(successor)) {
            law.replaced.push((key.to_owned(), successor.to_owned()));
            record.set("successor", None::<&str>);
        }
        import.insert(line, "instruments", SAME, &record)?;
    }
    for line in printed {
        import.insert(line, "articles", SAME, &taken(line, &["instrument", "locator"]))?;
    }
    for line in entering {
        law.articles.push((line.needed("key")?.to_owned(), taken(line, &["instrument", "locator"])));
    }
    Ok(Some(law).filter(|law| !law.mapping.is_empty()))
}

/// Reads which article follows on which; all of them must be known.
fn mapping(folder: &Path, articles: &BTreeSet<&str>) -> Result<Vec<MappingLine>, FactsError> {
    let table = Table::read(folder, "noise_mapping.csv", &["old", "new", "note"])?;
    let read = |line: Line<'_>| {
        for (column, article) in [("old", line.needed("old")?), ("new", line.cell("new"))] {
            if !article.is_empty() && !articles.contains(article) {
                return Err(line.problem(column, format!("there is no '{article}' in articles.csv")));
            }
        }
        Ok(MappingLine {
            old: line.needed("old")?.to_owned(),
            new: line.given("new").map(str::to_owned),
            note: line.cell("note").to_owned(),
        })
    };
    table.lines().map(read).collect()
}
