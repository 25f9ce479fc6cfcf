//! Step five: one value of the fourth tier, explained up to the article.

use quanze::{
    Snapshot,
    explain::{Explanation, How, Node},
};

use super::{
    reading::{keys, rows, text, value},
    succession::Succession,
};

/// A value and where it comes from.
pub(crate) struct Explained {
    pub(crate) name: String,
    /// The rows that the value came through, from the row explained up to the one where it was authored.
    pub(crate) chain: Vec<Link>,
    /// The law that it leads to: title and place of each article, and whether it came with the new law.
    pub(crate) articles: Vec<(String, String, bool)>,
}

/// A row that a value came through.
pub(crate) struct Link {
    pub(crate) list: String,
    pub(crate) body: String,
    /// The rule that took the value over; nothing where it was authored.
    pub(crate) rule: Option<String>,
}

impl Explained {
    /// Explains the basis of a handling item, if possible of one that rests on the new law.
    pub(crate) fn of(now: &Snapshot, law: Option<&Succession>) -> Option<Self> {
        let is_new = |article: &str| law.is_some_and(|law| law.articles.iter().any(|(key, _)| key == article));
        let in_use = || rows(now, "handling_items").filter(|row| value(row, "state").as_text() == Some("1"));
        let row = in_use().find(|row| keys(row, "basis").iter().any(|key| is_new(key))).or_else(|| in_use().next())?;
        let explanation = now.explain("handling_items", row.key(), "basis").ok()?;
        let mut chain = Vec::new();
        follow(now, explanation.node(), &mut chain);
        Some(Self { name: value(&row, "name").to_string(), chain, articles: articles(&explanation, is_new) })
    }
}

/// Follows a value through the rules that took it over.
fn follow(now: &Snapshot, node: &Node, chain: &mut Vec<Link>) {
    let from = match &node.how {
        How::Inherited { rule, from } => Some((rule, from)),
        _ => None,
    };
    if let Some(place) = &node.place {
        let body = text(now, place.list.as_str(), place.key.as_str(), "body");
        chain.push(Link {
            list: place.list.to_string(),
            body: text(now, "bodies", &body, "name"),
            rule: from.map(|(rule, _)| rule.to_string()),
        });
    }
    if let Some((_, from)) = from {
        follow(now, from, chain);
    }
}

/// The articles among the rows of registers that the value leads to.
fn articles(explanation: &Explanation, is_new: impl Fn(&str) -> bool) -> Vec<(String, String, bool)> {
    let cited =
        explanation.grounds().iter().filter(|ground| ground.list == "articles" && ground.place.field == "basis");
    cited
        .map(|article| {
            let law = article.of.first().map(|law| law.caption.to_string()).unwrap_or_default();
            (law, article.caption.to_string(), is_new(article.key.as_str()))
        })
        .collect()
}
