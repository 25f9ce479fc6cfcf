//! Explanations as text: with the names of lists and fields, or in the words of a language.

use std::fmt::Write as _;

use super::{
    explanation::{Contribution, Explanation, How, Node, Place},
    feeds::{Fed, Feeds},
    grounds::Ground,
    membership::{Condition, Made, Step},
};
use crate::{
    schema::{Fold, Narrow, Schema, Type, Write, is_chinese},
    value::{Key, Name, Value},
};

/// Writes an explanation; without a language, with names in place of labels.
pub(super) fn text(explanation: &Explanation, language: Option<&str>) -> String {
    let mut page = Page::new(&explanation.schema, language);
    page.node(&explanation.node, 0, "");
    if !explanation.membership.is_empty() {
        let title = page.say("the row is there by", "该条目的由来");
        page.line(0, title);
        for made in &explanation.membership {
            page.made(made);
        }
    }
    if !explanation.grounds.is_empty() {
        let title = page.say("registers referred to", "所引登记册条目");
        page.line(0, title);
        for ground in &explanation.grounds {
            page.ground(ground, 1);
        }
    }
    page.text
}

/// Writes what a row feeds, by tier and list.
pub(super) fn feeds(feeds: &Feeds, language: Option<&str>) -> String {
    let mut page = Page::new(&feeds.schema, language);
    let row = page.row(&feeds.list, &feeds.key);
    let lists = feeds.rows.chunk_by(|a, b| a.list == b.list).count();
    let (rows, en_lists) = (counted(feeds.rows.len(), "row"), counted(lists, "list"));
    let title = page.say(
        &format!("{row} feeds {rows} in {en_lists}"),
        &format!("{row} 影响 {lists} 个清单中的 {} 个条目", feeds.rows.len()),
    );
    page.line(0, title);
    for (tier, count) in feeds.counts() {
        let (en, zh) = match tier {
            Some(tier) => (format!("tier {tier}"), format!("第 {tier} 级")),
            None => ("registers and views".to_owned(), "登记册和视图".to_owned()),
        };
        let title = page.say(&format!("{en}: {}", counted(count, "row")), &format!("{zh}：{count} 个条目"));
        page.line(0, title);
        let rows: Vec<&Fed> = feeds.rows.iter().filter(|row| row.tier == tier).collect();
        for rows in rows.chunk_by(|a, b| a.list == b.list) {
            page.fed(rows);
        }
    }
    page.text
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("{count} {what}") } else { format!("{count} {what}s") }
}

struct Page<'a> {
    schema: &'a Schema,
    language: Option<&'a str>,
    zh: bool,
    text: String,
}

impl<'a> Page<'a> {
    fn new(schema: &'a Schema, language: Option<&'a str>) -> Self {
        Self { schema, language, zh: is_chinese(language), text: String::new() }
    }

    fn say(&self, en: &str, zh: &str) -> String {
        if self.zh { zh } else { en }.to_owned()
    }

    fn line(&mut self, depth: usize, text: impl AsRef<str>) {
        // Writing to text does not fail. Lines in values would look like lines of the page.
        let text = text.as_ref().replace(['\n', '\r'], " ");
        let _ = writeln!(self.text, "{:1$}{text}", "", 2 * depth);
    }

    fn list(&self, list: &Name) -> String {
        let labels = self.schema.spec().lists.get(list).map(|list| &list.labels);
        let label = self.language.and_then(|language| labels?.get(language));
        label.unwrap_or(list.as_str()).to_owned()
    }

    fn field(&self, list: &Name, field: &Name) -> String {
        let labels =
            self.schema.spec().lists.get(list).and_then(|list| list.fields.get(field)).map(|field| &field.labels);
        let label = self.language.and_then(|language| labels?.get(language));
        label.unwrap_or(field.as_str()).to_owned()
    }

    fn row(&self, list: &Name, key: &Key) -> String {
        let gap = if self.language.is_some() && !self.zh { " " } else { "" };
        format!("{}{gap}[{key}]", self.list(list))
    }

    fn place(&self, place: &Place) -> String {
        let row = self.row(&place.list, &place.key);
        if place.field == "key" {
            return row;
        }
        let field = self.field(&place.list, &place.field);
        match (self.language, self.zh) {
            (None, _) => format!("{row}.{field}"),
            (_, true) => format!("{row}“{field}”"),
            _ => format!("{row} {field}"),
        }
    }

    fn value(&self, value: &Value, place: Option<&Place>) -> String {
        let ty = place.and_then(|place| {
            let list = self.schema.spec().lists.get(&place.list)?;
            Some(&list.fields.get(&place.field)?.ty)
        });
        self.typed(value, ty)
    }

    fn typed(&self, value: &Value, ty: Option<&Type>) -> String {
        match (value, ty) {
            (Value::Missing, _) => self.say("missing", "（无）"),
            (Value::Boolean(truth), _) if self.zh => if *truth { "是" } else { "否" }.to_owned(),
            (Value::List(elements), ty) => {
                let said = elements.iter().map(|element| self.typed(element, ty.and_then(Type::element)));
                said.collect::<Vec<_>>().join(if self.zh { "、" } else { ", " })
            }
            (Value::Choice(code), Some(Type::Choice(vocabulary))) => {
                let labels = self.schema.spec().vocabularies.get(vocabulary).and_then(|of| of.choices.get(code));
                match self.language.and_then(|language| labels?.get(language)) {
                    Some(label) if label != code.as_str() => format!("{code} {label}"),
                    _ => code.to_string(),
                }
            }
            (Value::Duration(duration), _) if self.language.is_some() => {
                format!("{} {}", duration.amount(), self.unit(duration.unit()))
            }
            _ => value.to_string(),
        }
    }

    fn unit(&self, unit: &Name) -> String {
        let labels = self.schema.spec().units.get(unit);
        if let Some(label) = self.language.and_then(|language| labels?.get(language)) {
            return label.to_owned();
        }
        match (unit.as_str(), self.zh) {
            ("working_days", true) => "个工作日",
            ("days", true) => "日",
            ("hours", true) => "小时",
            ("months", true) => "个月",
            ("years", true) => "年",
            ("working_days", false) => "working days",
            (other, _) => other,
        }
        .to_owned()
    }

    fn node(&mut self, node: &Node, depth: usize, lead: &str) {
        let mut line = lead.to_owned();
        let place = node.place.as_ref();
        let colon = if self.zh { "：" } else { ": " };
        // A path is told by its last cells.
        if let Some(read) = &node.read
            && (place.is_some() || !matches!(node.how, How::Inherited { .. }))
        {
            line.push_str(read);
            line.push_str(if place.is_some() { colon } else { " = " });
        }
        if let Some(place) = place {
            let _ = write!(line, "{}", self.place(place));
            if place.field != "key" {
                line.push_str(" = ");
            }
        }
        if place.is_none_or(|place| place.field != "key") {
            line.push_str(&self.value(&node.value, place));
        }
        let how = self.how(node);
        if !how.is_empty() {
            line.push_str(colon);
            line.push_str(&how);
        }
        self.line(depth, line);
        self.inputs(node, depth + 1);
    }

    fn how(&self, node: &Node) -> String {
        match &node.how {
            How::Base => self.say("a base cell", "基础清单填报"),
            How::Key => self.say("the row itself", "条目本身"),
            How::Inherited { rule, .. } => {
                self.say(&format!("inherited by rule {rule}"), &format!("按规则 {rule} 继承"))
            }
            How::Computed { rule: Some(rule), expression, .. } => self
                .say(&format!("computed by rule {rule} as {expression}"), &format!("按规则 {rule} 计算：{expression}")),
            How::Computed { rule: None, expression, .. } => {
                self.say(&format!("computed as {expression}"), &format!("计算：{expression}"))
            }
            How::Unset => self.say("nothing gives a value", "没有来源，也未填报"),
            How::Authored { write, authored, reason, .. } => {
                let authored = self.value(authored, node.place.as_ref());
                self.authored(*write, &authored, reason.as_deref())
            }
            How::Element { .. } => self.say("an element", "其中一项"),
            How::Line { line: (column, value), .. } => {
                let value = self.typed(value, None);
                self.say(
                    &format!("the table's line {column} = {value}"),
                    &format!("规则表中 {column} = {value} 的一行"),
                )
            }
            How::Path { .. } => self.say("through references", "经引用"),
            How::Shared { expression, .. } => self.say(
                &format!("shared by the members, grouped by {expression}"),
                &format!("按 {expression} 分组的成员共有"),
            ),
            How::Aggregate { fold, rows, more, .. } => {
                let count = rows.len() + more;
                let rows = counted(count, "row");
                self.say(&format!("{} of {rows}", fold_en(*fold)), &format!("对 {count} 个条目{}", fold_zh(*fold)))
            }
            How::Elsewhere => self.say("as explained before", "见上文"),
        }
    }

    fn authored(&self, write: Write, authored: &str, reason: Option<&str>) -> String {
        let mut text = match write {
            Write::Suggest => self.say("authored in place of what the rule gives", "本级填报，取代规则给出的值"),
            Write::Narrow(narrow) => {
                let (en, zh) = match narrow {
                    Narrow::AtMost => ("at most what the rule gives", "不得大于规则给出的值"),
                    Narrow::AtLeast => ("at least what the rule gives", "不得小于规则给出的值"),
                    Narrow::Subset => ("within what the rule gives", "不得超出规则给出的范围"),
                };
                self.say(&format!("authored {authored}, {en}"), &format!("本级填报 {authored}，{zh}"))
            }
            Write::Union => self.say(
                &format!("authored {authored}, added to what the rule gives"),
                &format!("本级填报 {authored}，并入规则给出的值"),
            ),
            _ => self.say("authored here", "本级填报"),
        };
        if let Some(reason) = reason {
            text.push_str(&self.say(&format!(", because “{reason}”"), &format!("，理由：“{reason}”")));
        }
        text
    }

    fn inputs(&mut self, node: &Node, depth: usize) {
        match &node.how {
            How::Base | How::Key | How::Unset | How::Elsewhere => {}
            How::Authored { rule, .. } => {
                if let Some(rule) = rule {
                    let lead = self.say("the rule gives ", "规则给出 ");
                    self.node(rule, depth, &lead);
                }
            }
            How::Shared { members, more, .. } => {
                for member in members {
                    let row = self.row(&member.list, &member.key);
                    self.line(depth, row);
                }
                self.more(*more, depth);
            }
            How::Aggregate { rows, more, .. } => self.rows(rows, *more, depth),
            How::Path { more, .. } => {
                for input in node.inputs() {
                    self.node(input, depth, "");
                }
                self.more(*more, depth);
            }
            How::Inherited { from, .. } => {
                // What is inherited needs no word of how the rule names it, but where there is no place to name.
                let mut from = (**from).clone();
                if from.place.is_some() {
                    from.read = None;
                }
                self.node(&from, depth, "");
            }
            _ => {
                for input in node.inputs() {
                    self.node(input, depth, "");
                }
            }
        }
    }

    fn rows(&mut self, rows: &[Contribution], more: usize, depth: usize) {
        for row in rows {
            let named = self.row(&row.list, &row.key);
            self.line(depth, named);
            for because in &row.because {
                self.node(because, depth + 1, "");
            }
            if let Some(value) = &row.value {
                let lead = self.say("gives ", "给出 ");
                self.node(value, depth + 1, &lead);
            }
        }
        self.more(more, depth);
    }

    fn more(&mut self, more: usize, depth: usize) {
        if more > 0 {
            let text = self.say(&format!("and {more} more"), &format!("另有 {more} 个"));
            self.line(depth, text);
        }
    }

    fn made(&mut self, made: &Made) {
        let (row, rule) = (self.row(&made.list, &made.key), &made.rule);
        let text = match &made.from {
            Some((list, key)) => {
                let from = self.row(list, key);
                self.say(&format!("{row}: rule {rule}, from {from}"), &format!("{row}：规则 {rule}，源自 {from}"))
            }
            None => self.say(&format!("{row}: rule {rule}"), &format!("{row}：规则 {rule}")),
        };
        self.line(1, text);
        if let Some(when) = &made.when {
            self.condition(when);
        }
        match &made.step {
            Step::Row => {}
            Step::Element { value, of } => {
                let value = self.typed(value, None);
                let text = self.say(&format!("for the element {value} of"), &format!("对应元素 {value}，取自"));
                self.line(2, text);
                self.node(of, 3, "");
            }
            Step::Line { line: (column, value), by } => {
                let value = self.typed(value, None);
                let text = self.say(
                    &format!("for the table's line {column} = {value}, by"),
                    &format!("对应规则表中 {column} = {value} 的一行，依据"),
                );
                self.line(2, text);
                self.node(by, 3, "");
            }
            Step::Matched { list, key, on, when } => {
                let row = self.row(list, key);
                let text = self.say(&format!("matches {row}, in which"), &format!("匹配 {row}，其中"));
                self.line(2, text);
                for probed in on {
                    let lead = self.say("", "");
                    self.node(&probed.field, 3, &lead);
                    let text =
                        self.say(&format!("equals {}", probed.expression), &format!("等于 {}", probed.expression));
                    self.line(4, text);
                    for input in &probed.inputs {
                        self.node(input, 5, "");
                    }
                }
                if let Some(when) = when {
                    self.condition(when);
                }
            }
            Step::Group { by, members, more, over } => {
                for (expression, value) in by {
                    let value = self.typed(value, None);
                    let text = self.say(
                        &format!("for the group {expression} = {value}"),
                        &format!("对应分组 {expression} = {value}"),
                    );
                    self.line(2, text);
                }
                if let Some((list, key)) = over {
                    let row = self.row(list, key);
                    let text = self.say(&format!("kept by {row}"), &format!("由 {row} 保留"));
                    self.line(2, text);
                }
                let count = members.len() + more;
                let text = self.say(&format!("of {}", counted(count, "member")), &format!("共 {count} 个成员"));
                self.line(2, text);
                self.rows(members, *more, 3);
            }
        }
    }

    fn condition(&mut self, when: &Condition) {
        let text = self.say(&format!("when {}", when.expression), &format!("条件成立：{}", when.expression));
        self.line(2, text);
        for input in &when.inputs {
            self.node(input, 3, "");
        }
    }

    fn ground(&mut self, ground: &Ground, depth: usize) {
        let mut text = format!(
            "{}{}{}",
            self.place(&ground.place),
            if self.zh { "：" } else { ": " },
            self.row(&ground.list, &ground.key)
        );
        if !ground.caption.is_missing() {
            let _ = write!(text, " {}", self.typed(&ground.caption, None));
        }
        self.line(depth, text);
        for of in &ground.of {
            self.ground(of, depth + 1);
        }
    }

    fn fed(&mut self, rows: &[&Fed]) {
        let Some(first) = rows.first() else { return };
        let list = self.list(&first.list);
        let title =
            self.say(&format!("{list}: {}", counted(rows.len(), "row")), &format!("{list}：{} 个条目", rows.len()));
        self.line(1, title);
        for row in rows {
            let mut through = Vec::new();
            if row.existence {
                through.push(self.say("the row", "条目本身"));
            }
            through.extend(row.fields.iter().map(|field| self.field(&row.list, field)));
            let (comma, colon) = if self.zh { ("、", "：") } else { (", ", ": ") };
            self.line(2, format!("{}{colon}{}", row.key, through.join(comma)));
        }
    }
}

fn fold_en(fold: Fold) -> &'static str {
    match fold {
        Fold::Count => "the number",
        Fold::Sum => "the sum",
        Fold::Min => "the least",
        Fold::Max => "the greatest",
        Fold::Collect => "the values",
        Fold::Any => "whether it holds for one",
        Fold::All => "whether it holds for all",
    }
}

fn fold_zh(fold: Fold) -> &'static str {
    match fold {
        Fold::Count => "计数",
        Fold::Sum => "求和",
        Fold::Min => "取最小值",
        Fold::Max => "取最大值",
        Fold::Collect => "汇集",
        Fold::Any => "判断是否有一个成立",
        Fold::All => "判断是否全部成立",
    }
}
