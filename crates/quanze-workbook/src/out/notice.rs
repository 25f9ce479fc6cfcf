//! A change set as an adjustment notice (动态调整公告): what was added, cancelled and amended, list by list, with its cause.

use quanze::{
    Change, ChangeKind, ChangeSet, Schema, Value,
    schema::{List, Type},
};

use super::{Form, Table, cell, markdown::escaped};

/// What became of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Adjustment {
    /// It has come.
    Added,
    /// Its state says that it is cancelled; it stays in the list.
    Cancelled,
    /// It has left the list.
    Removed,
    /// Some of its fields say something else.
    Amended,
}

/// An item in a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjusted {
    /// What the list is called.
    pub list: String,
    /// The item's key.
    pub key: String,
    /// What the item is called; by its key, where it has no name.
    pub name: String,
    /// What became of it.
    pub adjustment: Adjustment,
    /// The fields that differ: what each is called, before and after. None where the item has come or gone.
    pub fields: Vec<(String, String, String)>,
}

/// An adjustment notice.
///
/// ```
/// use quanze::{Edits, ListSystem, Record, four_tier};
/// use quanze_workbook::out::Notice;
///
/// let mut system = ListSystem::new(four_tier::schema());
/// let body = Record::new().with("name", "市场监管局");
/// let power = Record::new().with("name", "食品经营许可").with("type", "01").with("body", "market").with("state", "1");
/// system.commit(Edits::new().insert("bodies", "market", &body).insert("powers", "food", &power))?;
/// let commit = system.commit(Edits::new().cause("食品安全法修订").set("powers", "food", "name", "食品经营许可（含备案）"))?;
///
/// let notice = Notice::of(&commit, system.schema(), "zh");
/// assert!(notice.to_markdown().contains("| 食品经营许可（含备案） | 变更 | 事项名称 | 食品经营许可 | 食品经营许可（含备案） |"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Why.
    pub cause: Option<String>,
    /// The items, in the order of lists and keys.
    pub items: Vec<Adjusted>,
    chinese: bool,
}

const CANCELLED: &str = "3";

impl Notice {
    /// Makes the notice of a commit or a preview, in a language of the schema's labels. Of lists without a tier, the registers and
    /// views, a notice does not speak.
    ///
    /// # Complexity
    /// In the changes.
    #[must_use]
    pub fn of(changes: &ChangeSet, schema: &Schema, language: &str) -> Self {
        let form = Form::Labels(language.to_owned());
        let items = changes.iter().filter_map(|change| {
            let list = schema.spec().lists.get(change.list()).filter(|list| list.tier.is_some())?;
            Some(adjusted(change, list, schema, &form))
        });
        // What only shadows an authored value changes nothing that is read.
        let items = items.filter(|item| item.adjustment != Adjustment::Amended || !item.fields.is_empty());
        Self { cause: changes.cause().map(str::to_owned), items: items.collect(), chinese: language == "zh" }
    }

    /// Writes the notice as Markdown: the cause, how much of each there is, and a table for each list.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let words = self.words();
        let mut text = format!("# {}\n\n", words.title);
        if let Some(cause) = &self.cause {
            text += words.cause;
            text += &escaped(cause);
            text += "\n\n";
        }
        let counts = words.adjustments.iter().zip(ALL).map(|(word, adjustment)| {
            let count = self.items.iter().filter(|item| item.adjustment == adjustment).count();
            format!("{word} {count}")
        });
        text += &counts.collect::<Vec<_>>().join(" · ");
        text += "\n";
        for table in self.tables() {
            text += "\n";
            text += &table.to_markdown();
        }
        text
    }

    /// The notice as tables, one for each list, for [`to_xlsx`](super::to_xlsx).
    #[must_use]
    pub fn tables(&self) -> Vec<Table> {
        let words = self.words();
        let mut tables: Vec<Table> = Vec::new();
        for item in &self.items {
            if tables.last().is_none_or(|table| table.name != item.list) {
                let headings = words.headings.map(str::to_owned).to_vec();
                tables.push(Table { name: item.list.clone(), headings, ..Table::default() });
            }
            let Some(table) = tables.last_mut() else { continue };
            let at = ALL.iter().position(|adjustment| *adjustment == item.adjustment).unwrap_or_default();
            let start = [item.name.clone(), words.adjustments[at].to_owned()];
            let row = |rest: [&str; 3]| {
                start.iter().cloned().chain(rest.map(str::to_owned)).chain([item.key.clone()]).collect()
            };
            if item.fields.is_empty() {
                table.rows.push(row(["", "", ""]));
            }
            table.rows.extend(item.fields.iter().map(|(field, before, after)| row([field, before, after])));
        }
        tables
    }

    fn words(&self) -> Words {
        if self.chinese {
            Words {
                title: "清单动态调整公告",
                cause: "调整依据：",
                adjustments: ["新增", "取消", "移除", "变更"],
                headings: ["事项", "调整类型", "调整内容", "调整前", "调整后", "键"],
            }
        } else {
            Words {
                title: "Notice of adjustment",
                cause: "Cause: ",
                adjustments: ["added", "cancelled", "removed", "amended"],
                headings: ["item", "adjustment", "field", "before", "after", "key"],
            }
        }
    }
}

const ALL: [Adjustment; 4] = [Adjustment::Added, Adjustment::Cancelled, Adjustment::Removed, Adjustment::Amended];

struct Words {
    title: &'static str,
    cause: &'static str,
    adjustments: [&'static str; 4],
    headings: [&'static str; 6],
}

fn adjusted(change: &Change, list: &List, schema: &Schema, form: &Form) -> Adjusted {
    let label = |labels: &quanze::schema::Labels, name: &str| {
        form.language().and_then(|language| labels.get(language)).unwrap_or(name).to_owned()
    };
    let text = |value: &Value, ty: &Type| cell::write(value, ty, schema, form);
    let is_cancelled = matches!(change.after("state"), Value::Choice(code) if code.as_str() == CANCELLED);
    let adjustment = match change.kind() {
        ChangeKind::Added => Adjustment::Added,
        ChangeKind::Removed => Adjustment::Removed,
        ChangeKind::Updated if is_cancelled && change.changed().any(|field| field.as_str() == "state") => {
            Adjustment::Cancelled
        }
        ChangeKind::Updated => Adjustment::Amended,
    };
    let fields = change.changed().filter(|_| change.kind() == ChangeKind::Updated).filter_map(|name| {
        let field = list.fields.get(name)?;
        let (before, after) = (change.before(name.as_str()), change.after(name.as_str()));
        Some((label(&field.labels, name.as_str()), text(before, &field.ty), text(after, &field.ty)))
    });
    let named = [change.after("name"), change.before("name")].into_iter().find(|value| !value.is_missing());
    Adjusted {
        list: label(&list.labels, change.list().as_str()),
        key: change.key().to_string(),
        name: named.map_or_else(|| change.key().to_string(), ToString::to_string),
        adjustment,
        fields: fields.collect(),
    }
}
