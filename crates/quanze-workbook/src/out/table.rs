//! A list as a table of text.

use std::collections::BTreeMap;

use quanze::{Schema, Snapshot, schema::UnknownName};

use super::{Form, cell};

/// The heading of the column of keys, which every list has.
pub(super) const KEY: &str = "key";

/// A list as text: headings, and rows of cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What the list is called, for the name of a sheet and a title.
    pub name: String,
    /// What the columns are called.
    pub headings: Vec<String>,
    /// The rows, each with a cell for each heading.
    pub rows: Vec<Vec<String>>,
    /// By number of a row, what checks found about it.
    pub findings: BTreeMap<usize, String>,
}

impl Table {
    /// Writes any list of a system: its keys and all of its fields, in the order of the list.
    ///
    /// What a cell holds is exact; [`rows`](super::rows) reads it back.
    ///
    /// # Errors
    /// There is no such list.
    ///
    /// # Complexity
    /// In the rows of the list, and in all findings.
    pub fn of(snapshot: &Snapshot, list: &str, form: &Form) -> Result<Self, UnknownName> {
        let view = snapshot.list(list)?;
        let schema = snapshot.schema();
        let Some(spec) = schema.spec().lists.get(list) else { return Ok(Self::default()) };
        let language = form.language();
        let label = |name: &str, labels: &quanze::schema::Labels| {
            let label = language.and_then(|language| labels.get(language));
            label.unwrap_or(name).to_owned()
        };
        let fields: Vec<_> = spec.fields.iter().collect();
        let mut table = Self { name: label(list, &spec.labels), ..Self::default() };
        table.headings = vec![KEY.to_owned()];
        table.headings.extend(headings(&fields, language));
        let found = findings(snapshot, list, language.unwrap_or("en"));
        for row in view.rows() {
            let key = row.key().to_string();
            if let Some(found) = found.get(&key) {
                table.findings.insert(table.rows.len(), found.clone());
            }
            let mut cells = vec![key];
            for (name, field) in &fields {
                cells.push(cell::write(&row.get(name.as_str())?, &field.ty, schema, form));
            }
            table.rows.push(cells);
        }
        Ok(table)
    }
}

/// What fields are called: by their labels, but by their names where two share a label.
fn headings(fields: &[(&quanze::Name, &quanze::schema::Field)], language: Option<&str>) -> Vec<String> {
    let label = |(name, field): &(&quanze::Name, &quanze::schema::Field)| {
        language.and_then(|language| field.labels.get(language)).unwrap_or(name.as_str()).to_owned()
    };
    let labels: Vec<String> = fields.iter().map(label).collect();
    let is_one = |wanted: &String| labels.iter().filter(|label| *label == wanted).count() == 1 && wanted != KEY;
    let names = fields.iter().map(|(name, _)| name.to_string());
    labels.iter().zip(names).map(|(label, name)| if is_one(label) { label.clone() } else { name }).collect()
}

/// The field that a heading means: its name, or its label in any language.
pub(crate) fn field_of<'a>(heading: &str, schema: &'a Schema, list: &str) -> Option<&'a str> {
    let fields = &schema.spec().lists.get(list)?.fields;
    let by_name = fields.get_key_value(heading).map(|(name, _)| name.as_str());
    by_name.or_else(|| {
        let labelled = fields.iter().find(|(_, field)| field.labels.iter().any(|(_, label)| label == heading));
        labelled.map(|(name, _)| name.as_str())
    })
}

/// By key, what checks found about the rows of a list.
pub(super) fn findings(snapshot: &Snapshot, list: &str, language: &str) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for finding in snapshot.findings().iter().filter(|finding| finding.list().as_str() == list) {
        let text = found.entry(finding.key().to_string()).or_default();
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(finding.message(language));
    }
    found
}
