//! The story for a terminal: five steps, each a short paragraph and tables.

mod outcome;
mod start;

use indexmap::IndexMap;

use super::{
    columns::{WIDTH, paragraph},
    story::{Story, changed},
    words::Language,
};

/// What all parts of the report need.
#[derive(Clone, Copy)]
pub(crate) struct Report<'a> {
    story: &'a Story,
    language: Language,
}

/// Writes the report.
pub(crate) fn text(story: &Story, language: Language) -> String {
    let report = Report { story, language };
    let title = language.say("一部法律被废止之后：权责清单四级联动", "A law is repealed: four tiers of lists in step");
    let about = language.say(
        "事项、主体、法规名称和条款号取自公布的权责清单；凡标〔示例〕的内容均为虚构，只用于演示。",
        "Items, bodies, titles of law and article numbers are those of published lists; what is marked [illustrative] is made \
         up, to show how the lists move.",
    );
    let mut text = format!("{title}\n{}\n{}", "═".repeat(WIDTH), paragraph("", about));
    let steps = [
        (language.say("一、清单体系", "1. The system"), report.system()),
        (language.say("二、印在纸上的清单已经错了什么", "2. What is already wrong in print"), report.in_print()),
        (language.say("三、新法录入之前：先看会变什么", "3. A successor law, previewed"), report.preview()),
        (language.say("四、提交：各级清单同步", "4. Committed: the lists in step"), report.committed()),
        (
            language
                .say("五、一个值从何而来，全部清单是否一致", "5. Where a value comes from, and whether all is in step"),
            report.checked(),
        ),
    ];
    for (heading, body) in steps {
        text.extend([format!("\n{heading}\n{}\n{body}", "─".repeat(WIDTH))]);
    }
    text
}

impl Report<'_> {
    /// Names the tier of a list; lists without one are registers or views.
    fn tier(self, list: &str) -> String {
        let spec = self.story.end.schema().spec();
        let of = spec.lists.get(list);
        match of.and_then(|of| of.tier) {
            Some(tier) => {
                let zh = ["一级", "二级", "三级", "四级"].get(usize::from(tier.saturating_sub(1)));
                self.language.say(zh.map_or_else(|| format!("{tier}级"), |zh| (*zh).to_owned()), format!("tier {tier}"))
            }
            None if of.is_some_and(|of| of.rules.is_empty()) => self.language.say("登记", "register").to_owned(),
            None => self.language.say("视图", "view").to_owned(),
        }
    }

    fn list(&self, list: &str) -> String {
        self.language.list(self.story.end.schema(), list).to_owned()
    }

    /// The mark of a list that would have no row without what is made up.
    fn mark(&self, list: &str) -> &'static str {
        let rows = |snapshot: &quanze::Snapshot| snapshot.list(list).map_or(0, |list| list.len());
        let made_up = self.story.illustrative.get(list).is_some_and(|marked| *marked == rows(&self.story.start));
        if made_up { self.language.illustrative() } else { "" }
    }

    /// Says what a commit has changed, and what was found or has been resolved.
    fn commit(self, number: usize) -> String {
        let Some(commit) = self.story.commits.get(number) else { return String::new() };
        let language = self.language;
        let lists: Vec<String> = changed(commit)
            .into_iter()
            .map(|(list, rows)| {
                let (label, mark) = (self.list(list.as_str()), self.mark(list.as_str()));
                language.say(
                    format!("{label}{mark}{rows}行"),
                    [label.as_str(), mark, &rows.to_string()]
                        .into_iter()
                        .filter(|part| !part.is_empty())
                        .collect::<Vec<_>>()
                        .join(" "),
                )
            })
            .collect();
        let mut text = paragraph(language.say("    同步  ", "    in step  "), &lists.join(language.say("、", ", ")));
        text.push_str(&self.found(commit.findings_added()));
        text.push_str(&self.resolved(commit.findings_resolved()));
        text
    }

    /// Lists what was found.
    fn found(self, findings: &[quanze::Finding]) -> String {
        const SHOWN: usize = 3;
        let language = self.language;
        let schema = self.story.end.schema();
        let mut text = String::new();
        for finding in findings.iter().take(SHOWN) {
            // The checks that every schema has name a field; it is of this row.
            let said = if schema.spec().checks.contains_key(finding.check()) {
                finding.message(language.tag()).to_owned()
            } else {
                let check = language.check(schema, finding.check().as_str());
                language.say(format!("{check}（{}）", finding.key()), format!("{check} ({})", finding.key()))
            };
            text.push_str(&paragraph(language.say("    发现  ", "    found    "), &said));
        }
        if let more @ 1.. = findings.len().saturating_sub(SHOWN) {
            text.push_str(
                &language.say(format!("    发现  另有{more}项\n"), format!("    found    and {more} more\n")),
            );
        }
        text
    }

    /// Counts what has been resolved, by check.
    fn resolved(self, findings: &[quanze::Finding]) -> String {
        let language = self.language;
        let mut checks: IndexMap<&str, usize> = IndexMap::new();
        for finding in findings {
            *checks.entry(finding.check().as_str()).or_default() += 1;
        }
        if checks.is_empty() {
            return String::new();
        }
        let schema = self.story.end.schema();
        let checks: Vec<String> =
            checks.into_iter().map(|(check, count)| format!("{} {count}", language.check(schema, check))).collect();
        paragraph(language.say("    消除  ", "    resolved "), &checks.join(language.say("、", ", ")))
    }
}
