//! Why a row is there, in words.

use super::{
    super::membership::{Condition, Made, Step},
    Page, counted,
};

impl Page<'_> {
    pub(super) fn made(&mut self, made: &Made) {
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
}
