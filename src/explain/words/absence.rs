//! Why a row is not there, in words.

use super::{
    super::why_not::{Absent, Failed, Lack, Missed, NotMember, Why, WhyNot},
    Form, Page,
};
use crate::value::{Key, Name};

/// Writes why a row is not there; without a language, with names in place of labels.
pub(in super::super) fn why_not(why_not: &WhyNot, language: Option<&str>, form: Form) -> String {
    let mut page = Page::new(&why_not.schema, language);
    page.absent(&why_not.row, 0);
    page.written(form)
}

impl Page<'_> {
    fn absent(&mut self, absent: &Absent, depth: usize) {
        let row = self.row_as_given(&absent.list, &absent.key);
        match &absent.why {
            Why::There { rule, also } => {
                let text = match rule {
                    Some(rule) => self.say(
                        &format!("{row} is there, made by rule {rule}"),
                        &format!("{row}：已在清单中，由规则 {rule} 产生"),
                    ),
                    None => self.say(&format!("{row} is there"), &format!("{row}：已在清单中")),
                };
                self.line(depth, text);
                for rule in also {
                    let text = self.say(
                        &format!("rule {rule} would make it as well, but comes later"),
                        &format!("规则 {rule} 也会产生该条目，但次序在后"),
                    );
                    self.line(depth + 1, text);
                }
            }
            Why::NotInserted => {
                let text =
                    self.say(&format!("{row} is not there: nobody has inserted it"), &format!("{row}：不存在，未填报"));
                self.line(depth, text);
            }
            Why::NoSuchKey { accepted } => {
                let (en, zh) = (accepted.join(", "), accepted.join("、"));
                let text = self.say(
                    &format!("{row} is not there: no row has such a key; keys read {en}"),
                    &format!("{row}：不存在，条目键应形如 {zh}"),
                );
                self.line(depth, text);
            }
            Why::NotMade { rules } => {
                let text = self.say(&format!("{row} is not there"), &format!("{row}：不在清单中"));
                self.line(depth, text);
                for missed in rules {
                    self.missed(missed, depth + 1);
                }
            }
            Why::NoMembers { rule, from, by, near, more, over } => {
                let from = self.list(from);
                let text = self.say(
                    &format!("{row} is not there: rule {rule} finds no member of it in {from}"),
                    &format!("{row}：不在清单中，规则 {rule} 在{from}中没有找到成员"),
                );
                self.line(depth, text);
                for (expression, value) in by {
                    self.line(depth + 1, format!("{expression} = {value}"));
                }
                self.near(near, *more, depth + 1);
                if let Some(over) = over {
                    self.absent(over, depth + 1);
                }
            }
            Why::Elsewhere => {
                let text = self
                    .say(&format!("{row} is not there, as explained before"), &format!("{row}：不在清单中，见上文"));
                self.line(depth, text);
            }
        }
    }

    fn near(&mut self, near: &[NotMember], more: usize, depth: usize) {
        for of in near {
            let row = self.row(&of.list, &of.key);
            let text = self.say(&format!("{row}: the condition does not hold"), &format!("{row}：条件不成立"));
            self.line(depth, text);
            self.failed(&of.failed, depth + 1);
        }
        self.more(more, depth);
    }

    /// Writes a row by the key that was asked for, which need not be one.
    fn row_as_given(&self, list: &Name, key: &str) -> String {
        self.row(list, &Key::trusted(key))
    }

    fn missed(&mut self, missed: &Missed, depth: usize) {
        let rule = &missed.rule;
        let from = self.row_as_given(&missed.from.0, &missed.from.1);
        let (en, zh) = (format!("rule {rule}, from {from}: "), format!("规则 {rule}，源自 {from}："));
        match &missed.lacks {
            Lack::Source(absent) => {
                let text = self.say(&format!("rule {rule}"), &format!("规则 {rule}"));
                self.line(depth, text);
                self.absent(absent, depth + 1);
            }
            Lack::Condition(failed) => {
                let text = self.say(&(en + "the condition does not hold"), &(zh + "条件不成立"));
                self.line(depth, text);
                self.failed(failed, depth + 1);
            }
            Lack::Element { element, of } => {
                let text = self.say(&format!("{en}{element} is not an element of"), &format!("{zh}{element} 不在其中"));
                self.line(depth, text);
                self.node(of, depth + 1, "");
            }
            Lack::Line { line: (column, line), by, lines } => {
                let text = self.say(
                    &format!("{en}the table has no line {column} = {line} for"),
                    &format!("{zh}规则表中没有 {column} = {line} 的一行，依据"),
                );
                self.line(depth, text);
                self.node(by, depth + 1, "");
                let lines: Vec<String> = lines.iter().map(|line| self.typed(line, None)).collect();
                let text = if lines.is_empty() {
                    self.say("there are no lines for that", "该值没有对应的行")
                } else {
                    self.say(&format!("its lines are {}", lines.join(", ")), &format!("对应的行：{}", lines.join("、")))
                };
                self.line(depth + 1, text);
            }
            Lack::Matched(absent) => {
                let text = self.say(&(en + "there is nothing to match"), &(zh + "没有可匹配的条目"));
                self.line(depth, text);
                self.absent(absent, depth + 1);
            }
            Lack::Probes { list, key, differ } => {
                let row = self.row(list, key);
                let text =
                    self.say(&format!("{en}it does not match {row}, in which"), &format!("{zh}与 {row} 不匹配，其中"));
                self.line(depth, text);
                for probed in differ {
                    self.node(&probed.field, depth + 1, "");
                    let expression = &probed.expression;
                    let text = self.say(&format!("does not equal {expression}"), &format!("不等于 {expression}"));
                    self.line(depth + 2, text);
                    for input in &probed.inputs {
                        self.node(input, depth + 3, "");
                    }
                }
            }
            Lack::MatchedCondition { list, key, failed } => {
                let row = self.row(list, key);
                let text = self.say(
                    &format!("{en}the condition does not hold with {row}"),
                    &format!("{zh}与 {row} 匹配的条件不成立"),
                );
                self.line(depth, text);
                self.failed(failed, depth + 1);
            }
        }
    }

    fn failed(&mut self, failed: &Failed, depth: usize) {
        for part in &failed.parts {
            self.line(depth, &part.expression);
            for input in &part.inputs {
                self.node(input, depth + 1, "");
            }
        }
    }
}
