//! Step three: what a successor law would change, before anything is changed.

use std::collections::BTreeMap;

use quanze::{Impact, Preview, Snapshot, four_tier};

use super::{
    reading::{keys, text},
    succession::{Succession, Verdict},
};

/// What entering the law would do.
pub(crate) struct Transition {
    /// Old and new title.
    pub(crate) laws: Vec<(String, String)>,
    pub(crate) articles: Vec<OfArticle>,
    /// What would change for whom.
    pub(crate) impact: Impact,
    /// The items whose citations are all replaced for certain.
    pub(crate) following: Vec<Item>,
    /// The items whose owner has something to decide, with why.
    pub(crate) review: Vec<Item>,
}

/// What the mapping says of an old article.
pub(crate) struct OfArticle {
    pub(crate) old: String,
    pub(crate) verdict: Option<Verdict>,
    pub(crate) items: usize,
}

/// An item, and the old articles that matter.
pub(crate) struct Item {
    pub(crate) name: String,
    pub(crate) body: String,
    pub(crate) articles: Vec<(String, Verdict)>,
}

impl Transition {
    /// Reads a preview.
    pub(crate) fn of(law: &Succession, now: &Snapshot, preview: &Preview) -> Self {
        let mut old: Vec<&str> = Vec::new();
        for line in &law.mapping {
            if !old.contains(&line.old.as_str()) {
                old.push(&line.old);
            }
        }
        let basis_of: BTreeMap<String, Vec<String>> =
            law.citing(now).into_iter().map(|power| (power.clone(), basis(now, &power))).collect();
        let articles = old.into_iter().map(|article| OfArticle {
            old: article.to_owned(),
            verdict: law.verdict(article),
            items: basis_of.values().filter(|basis| basis.iter().any(|cited| cited == article)).count(),
        });
        let (mut following, mut review) = (Vec::new(), Vec::new());
        for (power, basis) in &basis_of {
            let verdicts = basis.iter().filter_map(|article| Some((article.clone(), law.verdict(article)?)));
            let articles: Vec<(String, Verdict)> = verdicts.collect();
            let certain =
                |verdict: &Verdict| matches!(verdict, Verdict::Follows { proposed, .. } if proposed.is_empty());
            let item = Item {
                name: text(now, "powers", power, "name"),
                body: text(now, "bodies", &text(now, "powers", power, "body"), "name"),
                articles,
            };
            if item.articles.iter().all(|(_, verdict)| certain(verdict)) {
                following.push(item);
            } else {
                review.push(item);
            }
        }
        let title = |key: &str| text(now, "instruments", key, "title");
        let new_title = |old: &str| {
            let new = law.replaced.iter().find(|(replaced, _)| replaced == old).map(|(_, new)| new.as_str());
            let entered = law.instruments.iter().find(|(key, _)| Some(key.as_str()) == new);
            entered.map_or_else(
                || title(new.unwrap_or(&text(now, "instruments", old, "successor"))),
                |(_, law)| law.get("title").to_string(),
            )
        };
        Self {
            laws: law.old_laws(now).iter().map(|old| (title(old), new_title(old))).collect(),
            articles: articles.collect(),
            impact: preview.impact(now, &four_tier::owners()).expect("what the preset owns, right before"),
            following,
            review,
        }
    }

    /// Names an article, also one that is not entered yet.
    pub(crate) fn locator(law: &Succession, now: &Snapshot, key: &str) -> String {
        let entering = law.articles.iter().find(|(article, _)| article == key);
        entering
            .map_or_else(|| text(now, "articles", key, "locator"), |(_, article)| article.get("locator").to_string())
    }
}

fn basis(now: &Snapshot, power: &str) -> Vec<String> {
    now.list("powers").ok().and_then(|list| list.row(power)).map(|row| keys(&row, "basis")).unwrap_or_default()
}
