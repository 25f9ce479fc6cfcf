//! The chain of rules and sources behind a value, in words.

use std::fmt::Write as _;

use super::{
    super::{
        explanation::{Contribution, Explanation, How, Node},
        grounds::Ground,
    },
    Form, Page, counted,
};
use crate::schema::{Fold, Narrow, Write};

/// Writes an explanation; without a language, with names in place of labels.
pub(in super::super) fn explanation(explanation: &Explanation, language: Option<&str>, form: Form) -> String {
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
    page.written(form)
}

impl Page<'_> {
    pub(super) fn node(&mut self, node: &Node, depth: usize, lead: &str) {
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

    pub(super) fn rows(&mut self, rows: &[Contribution], more: usize, depth: usize) {
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

    pub(super) fn more(&mut self, more: usize, depth: usize) {
        if more > 0 {
            let text = self.say(&format!("and {more} more"), &format!("另有 {more} 个"));
            self.line(depth, text);
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
