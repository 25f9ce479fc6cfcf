//! What changes mean for whom, in words.

use super::{
    super::impact::{Counts, Impact, OfOwner},
    Form, Page, counted,
};
use crate::value::Value;

/// Writes counts by tier, list and owner; without a language, with names in place of labels.
pub(in super::super) fn impact(impact: &Impact, language: Option<&str>, form: Form) -> String {
    let mut page = Page::new(&impact.schema, language);
    let lists = impact.lists.iter().filter(|of| of.counts.rows() > 0).count();
    let (rows, en_lists) = (impact.total.rows(), counted(lists, "list"));
    let said =
        page.say(&format!("{} in {en_lists}", counted(rows, "row")), &format!("{lists} 个清单中的 {rows} 个条目"));
    page.counts(0, &said, impact.total);
    for of in &impact.tiers {
        let tier = page.tier(of.tier);
        page.counts(0, &tier, of.counts);
        for of in impact.lists.iter().filter(|list| list.tier == of.tier) {
            let list = page.list(&of.list);
            page.counts(1, &list, of.counts);
            page.owners(&of.owners, 2);
        }
    }
    if impact.owners.iter().any(|of| !of.owner.is_missing()) {
        let title = page.say("by owner", "按主体");
        page.line(0, title);
        page.owners(&impact.owners, 1);
    }
    page.written(form)
}

impl Page<'_> {
    fn owners(&mut self, owners: &[OfOwner], depth: usize) {
        // What nobody owns needs no line of its own where there is nothing else.
        for of in owners.iter().filter(|of| owners.len() > 1 || !of.owner.is_missing()) {
            let owner = match (&of.owner, &of.caption) {
                (Value::Missing, _) => self.say("nobody", "无主体"),
                (owner, Value::Missing) => format!("[{owner}]"),
                (owner, caption) => {
                    let gap = if self.zh { "" } else { " " };
                    format!("{caption}{gap}[{owner}]")
                }
            };
            self.counts(depth, &owner, of.counts);
        }
    }

    fn counts(&mut self, depth: usize, of: &str, counts: Counts) {
        let (comma, colon) = if self.zh { ("，", "：") } else { (", ", ": ") };
        let join = |parts: &[(usize, &str, &str)]| {
            let parts = parts.iter().filter(|(count, ..)| *count > 0);
            let said = parts.map(|(count, en, zh)| self.say(&format!("{count} {en}"), &format!("{zh} {count}")));
            said.collect::<Vec<_>>().join(comma)
        };
        let rows = join(&[
            (counts.added, "added", "新增"),
            (counts.removed, "removed", "删除"),
            (counts.updated, "updated", "变更"),
            (counts.shadowed, "changed under what is authored", "填报值之下的来源变动"),
        ]);
        let findings =
            join(&[(counts.findings_added, "added", "新增"), (counts.findings_resolved, "resolved", "消除")]);
        let findings = if findings.is_empty() {
            findings
        } else {
            self.say(&format!("findings: {findings}"), &format!("校验发现：{findings}"))
        };
        let parts: Vec<String> = [rows, findings].into_iter().filter(|part| !part.is_empty()).collect();
        let said = parts.join(if self.zh { "；" } else { "; " });
        let gap = if said.is_empty() { "" } else { colon };
        self.line(depth, format!("{of}{gap}{said}"));
    }
}
