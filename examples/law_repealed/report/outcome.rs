//! Steps four and five: what the commits have done, one value explained, and everything derived anew.

use super::{
    super::{
        columns::{Align, Columns, paragraph},
        explained::Explained,
        scenes::{Decided, Decision, ImplementationRow, Scene},
    },
    Report,
};

impl Report<'_> {
    pub(super) fn committed(self) -> String {
        let Self { story, language } = self;
        let mut scenes: Vec<String> = Vec::new();
        if let Some(entered) = &story.entered {
            let text = if entered.as_previewed {
                language.say(
                    "新法录入：一次提交，各级清单同时到位，与预览逐行相同。",
                    "The successor law is entered: one commit, every tier at once, row by row what was previewed.",
                )
            } else {
                language.say(
                    "新法录入：结果与预览不同！",
                    "The successor law is entered, and it is not what was previewed!",
                )
            };
            scenes.push(paragraph("    ", text) + &self.commit(entered.commit));
        }
        scenes.extend(story.scenes.iter().map(|scene| self.scene(scene)));
        let numbered = |(number, scene): (usize, &String)| format!("({}) {}", number + 1, scene.trim_start());
        scenes.iter().enumerate().map(numbered).collect::<Vec<_>>().join("\n")
    }

    fn scene(self, scene: &Scene) -> String {
        let language = self.language;
        let mark = language.illustrative();
        match scene {
            Scene::Decided { decisions, commit } => {
                let text = language
                    .say(format!("主管部门逐项复核{mark}："), format!("Owners decide what was left open {mark}:"));
                let decisions: String = decisions.iter().map(|decision| self.decision(decision)).collect();
                paragraph("    ", &text) + &decisions + &self.commit(*commit)
            }
            Scene::Tightened { row, limit: [old, new], promise, seen, anew, commits } => {
                let [old, new, promise, seen, anew] =
                    [old, new, promise, seen, anew].map(|limit| language.limit(limit));
                let text = language.say(
                    format!(
                        "承诺超出新时限{mark}：{}的法定时限由{old}缩短为{new}，承诺{promise}。承诺值保留原样，清单显示较严的{seen}，并提示重新承诺。",
                        self.who(row)
                    ),
                    format!(
                        "A promise no longer fits {mark}: the statutory limit of {} falls from {old} to {new}; {promise} were promised. \
                         The promise is kept as written, the lists show the tighter {seen}, and a finding asks for a new one.",
                        self.who(row)
                    ),
                );
                let then = language.say(format!("主管部门重新承诺{anew}："), format!("Then {anew} is promised anew:"));
                paragraph("    ", &text)
                    + &self.commit(commits[0])
                    + &paragraph("    ", &then)
                    + &self.commit(commits[1])
            }
            Scene::Withdrawn { row, promise, parked, back, commits } => {
                let [promise, back] = [promise, back].map(|limit| language.limit(limit));
                let text = language.say(
                    format!("撤回承接又重新承接{mark}：{}撤回后，其实施清单行消失，已填写的承诺{promise}不丢弃，暂存{parked}项。", self.who(row)),
                    format!(
                        "Withdrawn and taken up again {mark}: with {} its rows vanish, but the promise of {promise} is not lost: {parked} \
                         parked.",
                        self.who(row)
                    ),
                );
                let then = if promise == back {
                    language.say(
                        format!("以同一记录重新承接，承诺自动恢复为{back}："),
                        format!("Taken up again under the same key, the promise is back by itself, {back}:"),
                    )
                } else {
                    language.say(
                        format!("以同一记录重新承接，承诺没有恢复，清单显示{back}！"),
                        format!("Taken up again under the same key, the promise is not back: the lists show {back}!"),
                    )
                };
                paragraph("    ", &text)
                    + &self.commit(commits[0])
                    + &paragraph("    ", &then)
                    + &self.commit(commits[1])
            }
            Scene::Suspended { power, from, until, commit } => {
                let text = language.say(
                    format!("事项暂停{mark}：“{power}”自{from}暂停至{until}。各级清单中的行保留，状态为暂停；与之相关的监管、收费、中介事项由校验提示。"),
                    format!(
                        "A power is suspended {mark}: {power}, from {from} to {until}. Its rows stay in every list and say so; the checks \
                         point to the matters that refer to it."
                    ),
                );
                paragraph("    ", &text) + &self.commit(*commit)
            }
            Scene::Retyped { power, types, codes, commit } => {
                let [old, new] = types.each_ref().map(|ty| language.choice(self.story.end.schema(), "power_types", ty));
                let text = language.say(
                    format!("类型变更{mark}：“{power}”由{old}改为{new}。类型是编码的一部分，所以是取消原事项、新增事项、注明承接，编码随之变化："),
                    format!(
                        "A type changes {mark}: {power}, from {old} to {new}. The type is part of the code, so the old power is \
                         cancelled, a new one added, and named as its successor; the codes are new:"
                    ),
                );
                let codes: String = codes
                    .iter()
                    .map(|(list, [old, new])| {
                        let code = format!("{old} → {new}{}{mark}", language.say("", " "));
                        paragraph(
                            "    · ",
                            &language
                                .say(format!("{}：{code}", self.list(list)), format!("{}: {code}", self.list(list))),
                        )
                    })
                    .collect();
                paragraph("    ", &text) + &codes + &self.commit(*commit)
            }
        }
    }

    fn who(self, row: &ImplementationRow) -> String {
        self.language.say(format!("“{}”（{}）", row.name, row.body), format!("{} ({})", row.name, row.body))
    }

    fn decision(self, decision: &Decision) -> String {
        let language = self.language;
        let what = match &decision.what {
            Decided::Cancelled => {
                language.say("没有其他依据，取消".to_owned(), "nothing else founds it: cancelled".to_owned())
            }
            Decided::Recited { adopted, dropped } => {
                let adopted = adopted
                    .iter()
                    .map(|(old, new)| language.say(format!("采纳{old} → {new}"), format!("adopted {old} → {new}")));
                let dropped = dropped.iter().map(|old| language.say(format!("删去{old}"), format!("dropped {old}")));
                language.joined(&adopted.chain(dropped).collect::<Vec<_>>())
            }
        };
        paragraph("    · ", &language.say(format!("{}：{what}", decision.power), format!("{}: {what}", decision.power)))
    }

    pub(super) fn checked(self) -> String {
        let Self { story, language } = self;
        let mut text = String::new();
        if let Some(explained) = &story.explained {
            let of = language.say(
                format!("业务办理项“{}”依据哪些条款？逐级回溯：", explained.name),
                format!("What does the handling item {} rest on? Tier by tier:", explained.name),
            );
            text.push_str(&paragraph("", &of));
            text.push('\n');
            text.push_str(&self.chain(explained));
            text.push('\n');
            text.push_str(&self.articles(explained));
            text.push('\n');
        }
        let rows: usize = story.end.lists().map(|list| list.len()).sum();
        text.push_str(&match &story.verified {
            Ok(()) => paragraph(
                "",
                &language.say(
                    format!("核验：{}次提交之后，由一级清单从头重新派生全部{rows}行和全部校验发现，与现有清单逐项相同。", story.commits.len()),
                    format!(
                        "Verified: after {} commits, all {rows} rows and all findings derived anew from what is authored, and every one \
                         is the same.",
                        story.commits.len()
                    ),
                ),
            ),
            Err(difference) => paragraph("", &language.say(format!("核验不一致：{difference}"), format!("Not in step: {difference}"))),
        });
        text
    }

    fn chain(self, explained: &Explained) -> String {
        let language = self.language;
        let mut table = Columns::new([
            (language.say("级别", "tier"), Align::Left),
            (language.say("清单", "list"), Align::Left),
            (language.say("主体", "body"), Align::Left),
            (language.say("实施依据从何而来", "its basis"), Align::Left),
            ("", Align::Left),
        ]);
        for link in &explained.chain {
            let how = match &link.rule {
                Some(rule) => language.say(format!("按规则 {rule} 继承"), format!("inherited by rule {rule}")),
                None => language.say("在此填报", "authored here").to_owned(),
            };
            let mark = self.mark(&link.list).to_owned();
            table.row([self.tier(&link.list), self.list(&link.list), link.body.clone(), how, mark]);
        }
        table.set()
    }

    fn articles(self, explained: &Explained) -> String {
        let language = self.language;
        let mut table = Columns::new([
            (language.say("所依据的法规", "the law behind it"), Align::Left),
            (language.say("条款", "article"), Align::Left),
            ("", Align::Left),
        ]);
        for (law, article, is_new) in &explained.articles {
            let new = if *is_new { language.say("← 第三步录入", "← entered in step 3") } else { "" };
            table.row([law.clone(), article.clone(), new.to_owned()]);
        }
        table.set()
    }
}
