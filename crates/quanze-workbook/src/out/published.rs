//! Tier 1 in the columns in which it is published. What is written is what an import reads.

use quanze::{Key, Row, Snapshot, Value, schema::UnknownName};

use super::{Form, Table, cell, table};
use crate::profile::{Column, Profile};

/// The columns of a published list, in their order.
const COLUMNS: [Column; 19] = [
    Column::Serial,
    Column::Name,
    Column::Type,
    Column::Basis,
    Column::Body,
    Column::Office,
    Column::Level,
    Column::Scope,
    Column::Duty,
    Column::Responsibilities,
    Column::ResponsibilitiesBasis,
    Column::Accountable,
    Column::Accountability,
    Column::AccountabilityBasis,
    Column::Remedy,
    Column::StatutoryLimit,
    Column::Code,
    Column::State,
    Column::Remark,
];
const ZH: &str = "zh";

impl Table {
    /// Writes the powers of a four-tier system as departments publish them: in Chinese, with names in place of keys and the legal
    /// basis as text. An import of it finds the same items with the same keys, where they came from an import.
    ///
    /// # Errors
    /// The system's schema is not the preset, nor extends it.
    ///
    /// # Complexity
    /// In the powers and what they refer to.
    pub fn published(snapshot: &Snapshot) -> Result<Self, UnknownName> {
        let profile = Profile::default();
        let heading = |column: &Column| profile.columns.get(column).and_then(|words| words.first());
        let mut table = Self {
            name: "权责清单".to_owned(),
            headings: COLUMNS.iter().filter_map(heading).cloned().collect(),
            ..Self::default()
        };
        let found = table::findings(snapshot, "powers", ZH);
        for (number, row) in snapshot.list("powers")?.rows().enumerate() {
            if let Some(found) = found.get(row.key().as_str()) {
                table.findings.insert(number, found.clone());
            }
            let mut cells = Vec::with_capacity(COLUMNS.len());
            for column in COLUMNS {
                cells.push(written(snapshot, &row, column, number)?);
            }
            table.rows.push(cells);
        }
        Ok(table)
    }
}

fn written(snapshot: &Snapshot, row: &Row<'_>, column: Column, number: usize) -> Result<String, UnknownName> {
    let plain = |field: &str| Ok(row.get(field)?.to_string());
    match column {
        Column::Serial => Ok((number + 1).to_string()),
        Column::Name => plain("name"),
        Column::Type => labelled(snapshot, row, "type"),
        Column::Basis => basis(snapshot, &row.get("basis")?),
        Column::Body => called(snapshot, "bodies", &row.get("body")?, "name"),
        Column::Office => plain("office"),
        Column::Level => Ok(labelled(snapshot, row, "levels")?.replace('\n', "、")),
        Column::Scope => plain("scope"),
        Column::Duty => called(snapshot, "duties", &row.get("duty")?, "text"),
        Column::Responsibilities => plain("responsibilities"),
        Column::ResponsibilitiesBasis => basis(snapshot, &row.get("responsibilities_basis")?),
        Column::Accountable => plain("accountable"),
        Column::Accountability => plain("accountability"),
        Column::AccountabilityBasis => basis(snapshot, &row.get("accountability_basis")?),
        Column::Remedy => plain("remedy"),
        Column::StatutoryLimit => Ok(limit(&row.get("statutory_limit")?)),
        Column::Code => plain("code"),
        Column::State => labelled(snapshot, row, "state"),
        Column::Remark => plain("remark"),
        Column::SubName => Ok(String::new()),
    }
}

/// A choice, or a set of choices, by their labels.
fn labelled(snapshot: &Snapshot, row: &Row<'_>, field: &str) -> Result<String, UnknownName> {
    let schema = snapshot.schema();
    let ty = schema.spec().lists.get("powers").and_then(|list| list.fields.get(field)).map(|field| &field.ty);
    let value = row.get(field)?;
    Ok(ty.map_or_else(|| value.to_string(), |ty| cell::write(&value, ty, schema, &Form::Labels(ZH.to_owned()))))
}

/// What a row that is referred to is called.
fn called(snapshot: &Snapshot, list: &str, reference: &Value, field: &str) -> Result<String, UnknownName> {
    let Value::Reference(key) = reference else { return Ok(String::new()) };
    snapshot.list(list)?.row(key.as_str()).map_or_else(|| Ok(key.to_string()), |row| Ok(row.get(field)?.to_string()))
}

fn limit(value: &Value) -> String {
    let Value::Duration(limit) = value else { return String::new() };
    match limit.unit().as_str() {
        "working_days" => format!("{}个工作日", limit.amount()),
        "days" => format!("{}日", limit.amount()),
        _ => limit.to_string(),
    }
}

/// A basis as text: a line for each instrument, with its mark, title, number and places.
fn basis(snapshot: &Snapshot, value: &Value) -> Result<String, UnknownName> {
    let Value::List(articles) = value else { return Ok(String::new()) };
    let (all_articles, instruments) = (snapshot.list("articles")?, snapshot.list("instruments")?);
    let mut lines: Vec<(Key, String, Vec<String>)> = Vec::new();
    for reference in articles {
        let Value::Reference(article) = reference else { continue };
        let Some(article) = all_articles.row(article.as_str()) else { continue };
        let Value::Reference(instrument) = article.get("instrument")? else { continue };
        let place = article.get("locator")?.to_string();
        if lines.last().is_none_or(|(last, ..)| *last != instrument) {
            let Some(row) = instruments.row(instrument.as_str()) else { continue };
            lines.push((instrument, head(&row)?, Vec::new()));
        }
        if let Some((.., places)) = lines.last_mut() {
            places.extend(Some(place).filter(|place| !place.is_empty()));
        }
    }
    Ok(lines.iter().map(|(_, head, places)| format!("{head}{}", places.join("、"))).collect::<Vec<_>>().join("\n"))
}

fn head(instrument: &Row<'_>) -> Result<String, UnknownName> {
    let mark = match instrument.get("kind")?.to_string().as_str() {
        "law" => "法律",
        "regulation" => "行政法规",
        "local_regulation" => "地方性法规",
        "rule" => "规章",
        "decision" => "国务院决定",
        _ => "规范性文件",
    };
    let bracket: Vec<String> = [instrument.get("edition")?.to_string(), instrument.get("number")?.to_string()]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect();
    let bracket = if bracket.is_empty() { String::new() } else { format!("（{}）", bracket.join("，")) };
    Ok(format!("【{mark}】《{}》{bracket}", instrument.get("title")?))
}
