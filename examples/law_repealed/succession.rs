//! A successor law: what is entered with it, and what becomes of each article that is cited.

use std::collections::BTreeSet;

use quanze::{Edits, Record, Snapshot, Value};

use super::reading::{keys, text};

/// A law that follows on another, and the mapping of their articles.
#[derive(Default)]
pub(crate) struct Succession {
    pub(crate) mapping: Vec<MappingLine>,
    /// The new law, by key.
    pub(crate) instruments: Vec<(String, Record)>,
    /// Its articles, by key.
    pub(crate) articles: Vec<(String, Record)>,
    /// Each law that it replaces, and by which.
    pub(crate) replaced: Vec<(String, String)>,
}

/// An old article and one that follows on it, or none.
#[derive(Clone)]
pub(crate) struct MappingLine {
    pub(crate) old: String,
    pub(crate) new: Option<String>,
    pub(crate) note: String,
}

impl MappingLine {
    /// Whether the line is one reader's judgement, which the owner of an item must confirm.
    pub(crate) fn is_judgement(&self) -> bool {
        self.note.contains("unverified")
    }
}

/// What the mapping says of an old article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// One article follows for certain; others are proposed beside it.
    Follows { new: String, proposed: Vec<String> },
    /// Articles are proposed, none for certain.
    Proposed(Vec<String>),
    /// No article follows.
    Ends,
}

impl Succession {
    /// Returns what the mapping says of an article; `None` where it says nothing.
    pub(crate) fn verdict(&self, article: &str) -> Option<Verdict> {
        let lines: Vec<&MappingLine> = self.mapping.iter().filter(|line| line.old == article).collect();
        let new = |judgement| {
            let lines = lines.iter().filter(move |line| line.is_judgement() == judgement);
            lines.filter_map(|line| line.new.clone()).collect::<Vec<_>>()
        };
        let (certain, mut proposed) = (new(false), new(true));
        match (lines.is_empty(), <[String; 1]>::try_from(certain)) {
            (true, _) => None,
            (_, Ok([new])) => Some(Verdict::Follows { new, proposed }),
            (_, Err(several)) => {
                proposed.splice(0..0, several);
                Some(if proposed.is_empty() { Verdict::Ends } else { Verdict::Proposed(proposed) })
            }
        }
    }

    /// Returns the laws that the mapping leaves behind.
    pub(crate) fn old_laws(&self, now: &Snapshot) -> BTreeSet<String> {
        self.mapping.iter().map(|line| text(now, "articles", &line.old, "instrument")).collect()
    }

    /// Returns the edits that enter the law, and replace each citation whose successor is certain.
    pub(crate) fn edits(&self, now: &Snapshot) -> Edits {
        let mut edits = Edits::new();
        for (key, law) in &self.instruments {
            edits = edits.insert("instruments", key, law);
        }
        for (key, article) in &self.articles {
            edits = edits.insert("articles", key, article);
        }
        for (old, new) in &self.replaced {
            edits = edits.set("instruments", old, "successor", new);
            if text(now, "instruments", old, "state") == "in_force" {
                let law = self.instruments.iter().find(|(key, _)| key == new);
                let effective = law.map_or(Value::Missing, |(_, law)| law.get("effective").clone());
                edits =
                    edits.set("instruments", old, "state", "superseded").set("instruments", old, "ended_on", effective);
            }
        }
        let old: BTreeSet<&str> = self.mapping.iter().map(|line| line.old.as_str()).collect();
        for article in old {
            let new = self.mapping.iter().filter(|line| line.old == article).filter_map(|line| line.new.clone());
            edits = edits.set("articles", article, "successors", new.collect::<Vec<_>>());
        }
        for power in self.citing(now) {
            let certain = |article: &str| match self.verdict(article) {
                Some(Verdict::Follows { new, .. }) => Some(new),
                _ => Some(article.to_owned()),
            };
            edits = recite(edits, now, &power, certain);
        }
        edits
    }

    /// Returns the powers that cite an old article, by key.
    pub(crate) fn citing(&self, now: &Snapshot) -> Vec<String> {
        let old: BTreeSet<&str> = self.mapping.iter().map(|line| line.old.as_str()).collect();
        let list = now.list("powers").expect("a list of the preset");
        let cites = |basis: &[String]| basis.iter().any(|article| old.contains(article.as_str()));
        list.rows().filter(|row| cites(&keys(row, "basis"))).map(|row| row.key().to_string()).collect()
    }
}

/// Adds the edit that gives a power other articles, if any is another: `None` leaves an article out.
pub(crate) fn recite(edits: Edits, now: &Snapshot, power: &str, of: impl Fn(&str) -> Option<String>) -> Edits {
    let Some(row) = now.list("powers").ok().and_then(|list| list.row(power)) else { return edits };
    let basis = keys(&row, "basis");
    let mut cited: Vec<String> = Vec::new();
    for article in basis.iter().filter_map(|article| of(article)) {
        if !cited.contains(&article) {
            cited.push(article);
        }
    }
    if cited == basis { edits } else { edits.set("powers", power, "basis", cited) }
}
