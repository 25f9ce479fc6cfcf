//! Steps one to three: the system, what is wrong in print, what a successor law would change.

use quanze::{Impact, explain::Counts};

use super::{
    super::{
        columns::{Align, Columns, paragraph},
        succession::{Succession, Verdict},
        transition::{Item, Transition},
    },
    Report,
};

impl Report<'_> {
    pub(super) fn system(self) -> String {
        let Self { story, language } = self;
        let mut table = Columns::new([
            (language.say("级别", "tier"), Align::Left),
            (language.say("清单", "list"), Align::Left),
            (language.say("行数", "rows"), Align::Right),
            ("", Align::Left),
        ]);
        let mut lists: Vec<_> = story.start.lists().collect();
        let spec = story.start.schema().spec();
        lists.sort_by_key(|list| {
            let of = &spec.lists[list.name()];
            of.tier.map_or(if of.rules.is_empty() { 0 } else { u8::MAX }, |tier| tier)
        });
        let mut empty = Vec::new();
        for list in lists {
            let (name, rows) = (list.name().as_str(), list.len());
            if rows == 0 {
                empty.push(self.list(name));
                continue;
            }
            let mark = match story.illustrative.get(name) {
                Some(marked) if *marked < rows => {
                    language.say(format!("其中{marked}行〔示例〕"), format!("{marked} of them [illustrative]"))
                }
                _ => self.mark(name).to_owned(),
            };
            table.row([self.tier(name), self.list(name), rows.to_string(), mark]);
        }
        let mut text = paragraph(
            "",
            language.say(
                "权责清单为一级清单，其余各级由规则从它派生；登记是清单所引用的机构和法规，视图供公布和校验。",
                "The powers and duties are the first tier; rules derive the other tiers from them. Registers hold the bodies \
                 and the law that the lists refer to; views serve publication and checks.",
            ),
        );
        text.push('\n');
        text.push_str(&table.set());
        text.push('\n');
        if !empty.is_empty() {
            let empty = empty.join(language.say("、", ", "));
            text.push_str(&paragraph(
                "",
                &language.say(format!("没有数据的清单：{empty}。"), format!("Lists without data: {empty}.")),
            ));
        }
        text.push_str(&paragraph(
            "",
            language.say(
                "法定时限、承诺时限、主项编号和统一社会信用代码不在公布的清单之中，凡列出之处均为〔示例〕。",
                "Statutory and promised limits, item numbers and credit codes are in no published list: wherever shown, they are \
                 [illustrative].",
            ),
        ));
        text
    }

    pub(super) fn in_print(self) -> String {
        let Self { story, language } = self;
        let print = &story.in_print;
        let concerned = print.bodies.iter().filter(|body| !body.items.is_empty()).count();
        let said = language.say(
            format!("{}个事项所引的依据已被替代或废止，分属{concerned}个主体。", print.items),
            format!(
                "{} law that has been superseded or repealed; the bodies concerned: {concerned}.",
                if print.items == 1 { "1 item cites".to_owned() } else { format!("{} items cite", print.items) },
            ),
        );
        let mut text = paragraph("", &said);
        text.push('\n');
        let mut bodies = Columns::new([
            (language.say("主体", "body"), Align::Left),
            (language.say("事项", "items"), Align::Right),
            (language.say("被替代", "superseded"), Align::Right),
            (language.say("已废止", "repealed"), Align::Right),
            (language.say("再无现行依据", "nothing in force left"), Align::Right),
        ]);
        for body in &print.bodies {
            let [items, superseded, repealed] =
                [&body.items, &body.superseded, &body.repealed].map(|set| set.len().to_string());
            bodies.row([body.name.clone(), items, superseded, repealed, body.unfounded.to_string()]);
        }
        text.push_str(&bodies.set());
        text.push('\n');
        let mut laws = Columns::new([
            (language.say("所引法规", "law cited"), Align::Left),
            (language.say("版本", "edition"), Align::Left),
            (language.say("状态", "state"), Align::Left),
            (language.say("失效日期", "ended on"), Align::Left),
            (language.say("替代版本", "successor"), Align::Left),
            (language.say("事项", "items"), Align::Right),
        ]);
        for law in &print.laws {
            let state = language.choice(story.start.schema(), "instrument_states", &law.state);
            let successor = if law.successor.is_empty() { "—".to_owned() } else { law.successor.clone() };
            laws.row([
                law.title.clone(),
                law.edition.clone(),
                state,
                law.ended_on.clone(),
                successor,
                law.items.len().to_string(),
            ]);
        }
        text.push_str(&laws.set());
        text.push('\n');
        text.push_str(&paragraph(
            "",
            &language.say(
                format!(
                    "这只是下限：{}件法规中只有{}件注有版本或效力，其余按现行有效处理，并未逐一核查。",
                    print.instruments, print.looked_at
                ),
                format!(
                    "This is the least there is: of {} instruments only {} have a known edition or state; the others are taken to \
                     be in force, and nobody has looked.",
                    print.instruments, print.looked_at
                ),
            ),
        ));
        text.push('\n');
        text.push_str(&self.all_findings());
        text
    }

    /// Every check that has found something at the import.
    fn all_findings(self) -> String {
        let Self { story, language } = self;
        let mut table = Columns::new([
            (language.say("全部校验发现", "all that the checks find"), Align::Left),
            (language.say("程度", "severity"), Align::Left),
            (language.say("数量", "number"), Align::Right),
        ]);
        let severities: std::collections::BTreeMap<_, _> =
            story.start.findings().iter().map(|finding| (finding.check().clone(), finding.severity())).collect();
        for (check, count) in story.start.finding_counts() {
            let label = language.check(story.start.schema(), check.as_str());
            let severity = severities.get(&check).map_or("", |severity| language.severity(*severity));
            table.row([label, severity.to_owned(), count.to_string()]);
        }
        let note = language.say(
            "数据表不含事项与“三定”条款的对应，也不含上级许可事项清单，所以这两项校验几乎遍及全部事项；承接主体为〔示例〕，层级校验由此而来。",
            "The tables say neither which duty clause a power answers to nor what the licence list holds, so those two checks \
             find nearly every item; who takes powers up is [illustrative], and so are the findings on levels.",
        );
        format!("{}\n{}", table.set(), paragraph("", note))
    }

    pub(super) fn preview(self) -> String {
        let Self { story, language } = self;
        let (Some(of), Some(law)) = (&story.transition, &story.succession) else {
            return paragraph(
                "",
                language
                    .say("数据表没有新旧条款对照，这一步没有内容。", "The tables map no articles: nothing to enter."),
            );
        };
        let mut text = String::new();
        for (old, new) in &of.laws {
            text.push_str(&paragraph("", &language.say(format!("《{old}》由《{new}》替代。新法尚未录入，先预览：什么都还没有改变。"), format!("《{old}》 is replaced by 《{new}》. The new law is not entered yet; this is a preview, and nothing has changed."))));
        }
        text.push_str(&paragraph(
            "",
            language.say(
                "条款对照为本项目对照两部法律所作，并非官方对照表：确定对应的自动替换；属于判断、或没有对应条款的，由主管部门复核。",
                "The articles were mapped for this project; there is no official table. What follows for certain is replaced; what is \
                 a judgement, or has no successor, is for the owner to review.",
            ),
        ));
        text.push('\n');
        text.push_str(&self.mapping(of, law));
        text.push('\n');
        text.push_str(&self.impact(&of.impact));
        text.push_str(&self.items(law, language.say("自动跟进", "follows by itself"), &of.following));
        text.push_str(&self.items(law, language.say("主管部门复核", "for its owner to review"), &of.review));
        text
    }

    /// The rows that would change, by tier, list and body: with the signs of a change set.
    fn impact(self, impact: &Impact) -> String {
        let language = self.language;
        let mut table = Columns::new([
            (language.say("级别", "tier"), Align::Left),
            (language.say("清单", "list"), Align::Left),
            (language.say("主体", "body"), Align::Left),
            (language.say("变动行数", "rows"), Align::Left),
            (language.say("校验发现", "findings"), Align::Left),
            ("", Align::Left),
        ]);
        let signed = |counts: &[(char, usize)]| {
            let some = counts.iter().filter(|(_, count)| *count > 0);
            some.map(|(sign, count)| format!("{sign}{count}")).collect::<Vec<_>>().join(" ")
        };
        for of in impact.lists() {
            let list = of.list.as_str();
            for owner in &of.owners {
                let body = if owner.caption.is_missing() { "—".to_owned() } else { owner.caption.to_string() };
                let counts = owner.counts;
                let rows = signed(&[('+', counts.added), ('~', counts.updated), ('-', counts.removed)]);
                let findings = signed(&[('+', counts.findings_added), ('-', counts.findings_resolved)]);
                table.row([self.tier(list), self.list(list), body, rows, findings, self.mark(list).to_owned()]);
            }
        }
        let Counts { findings_added, findings_resolved, .. } = impact.total();
        let found = paragraph(
            "",
            &language.say(
                format!("校验发现：消除{findings_resolved}项，新增{findings_added}项。"),
                format!("Findings resolved: {findings_resolved}; new findings: {findings_added}."),
            ),
        );
        format!("{}\n{found}", table.set())
    }

    fn mapping(self, of: &Transition, law: &Succession) -> String {
        let Self { story, language } = self;
        let mut table = Columns::new([
            (language.say("旧条款", "old article"), Align::Left),
            (language.say("新条款", "new article"), Align::Left),
            (language.say("事项", "items"), Align::Right),
            (language.say("处理", "then"), Align::Left),
        ]);
        let locator = |key: &str| Transition::locator(law, &story.start, key);
        let locators =
            |keys: &[String]| keys.iter().map(|key| locator(key)).collect::<Vec<_>>().join(language.say("、", ", "));
        for article in &of.articles {
            let (new, then) = match &article.verdict {
                Some(Verdict::Follows { new, proposed }) if proposed.is_empty() => {
                    (locator(new), language.say("替换", "replaced"))
                }
                Some(Verdict::Follows { new, proposed }) => (
                    language.say(
                        format!("{}（另有{}）", locator(new), locators(proposed)),
                        format!("{} (or {})", locator(new), locators(proposed)),
                    ),
                    language.say("替换，并复核另一可能", "replaced; the other is for review"),
                ),
                Some(Verdict::Proposed(proposed)) => {
                    (locators(proposed), language.say("仅为判断〔示例〕，复核", "a judgement [illustrative]: review"))
                }
                _ => ("—".to_owned(), language.say("无对应条款，复核", "no successor: review")),
            };
            table.row([locator(&article.old), new, article.items.to_string(), then.to_owned()]);
        }
        table.set()
    }

    fn items(self, law: &Succession, heading: &str, items: &[Item]) -> String {
        let Self { story, language } = self;
        let mut text =
            language.say(format!("\n  {heading}：{}项\n", items.len()), format!("\n  {heading}: {}\n", items.len()));
        for item in items {
            let articles: Vec<String> = item
                .articles
                .iter()
                .map(|(old, verdict)| {
                    let locator = |key: &String| Transition::locator(law, &story.start, key);
                    let (old, several) = (locator(old), language.say("、", ", "));
                    match verdict {
                        Verdict::Follows { new, proposed } if proposed.is_empty() => {
                            format!("{old} → {}", locator(new))
                        }
                        Verdict::Follows { new, proposed } => {
                            let proposed = proposed.iter().map(locator).collect::<Vec<_>>().join(several);
                            language.say(
                                format!("{old} → {}，亦可能为{proposed}", locator(new)),
                                format!("{old} → {}, perhaps {proposed}", locator(new)),
                            )
                        }
                        Verdict::Proposed(proposed) => {
                            format!("{old} → {}？", proposed.iter().map(locator).collect::<Vec<_>>().join(several))
                        }
                        Verdict::Ends => language.say(format!("{old}无对应条款"), format!("{old}: no successor")),
                    }
                })
                .collect();
            text.push_str(&paragraph(
                "  · ",
                &language.say(
                    format!("{}（{}）：{}", item.name, item.body, language.joined(&articles)),
                    format!("{} ({}): {}", item.name, item.body, language.joined(&articles)),
                ),
            ));
        }
        text
    }
}
