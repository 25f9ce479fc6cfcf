//! What powers speak of: bodies, instruments, articles, duties. Those that are there are found again by what they are called.

use std::collections::{BTreeMap, BTreeSet};

use quanze::{Snapshot, schema::UnknownName};

use super::row::{Fields, key, text};
use crate::{
    basis::{Basis, Citation},
    body::BodyName,
    profile::Column,
    text::fingerprint,
};

/// The registers of a system, by what their rows are called, and the rows that they lack.
pub(crate) struct Registers {
    bodies: BTreeMap<String, String>,
    /// By title.
    instruments: BTreeMap<String, String>,
    /// By the key of the instrument and the place in it.
    articles: BTreeMap<(String, String), String>,
    /// By body and text.
    duties: BTreeMap<(String, String), String>,
    pub(crate) new: Vec<(&'static str, String, Fields)>,
}

impl Registers {
    pub(crate) fn of(snapshot: &Snapshot) -> Result<Self, UnknownName> {
        let mut registers = Self {
            bodies: BTreeMap::new(),
            instruments: BTreeMap::new(),
            articles: BTreeMap::new(),
            duties: BTreeMap::new(),
            new: Vec::new(),
        };
        for row in snapshot.list("bodies")?.rows() {
            registers.bodies.entry(row.get("name")?.to_string()).or_insert_with(|| row.key().to_string());
        }
        for row in snapshot.list("instruments")?.rows() {
            // Of several editions of one title the one in force is meant.
            let key = row.key().to_string();
            if row.get("state")?.to_string() == "in_force" {
                registers.instruments.insert(row.get("title")?.to_string(), key);
            } else {
                registers.instruments.entry(row.get("title")?.to_string()).or_insert(key);
            }
        }
        for row in snapshot.list("articles")?.rows() {
            let place = row.get("locator")?.as_text().unwrap_or_default().to_owned();
            registers.articles.insert((row.get("instrument")?.to_string(), place), row.key().to_string());
        }
        for row in snapshot.list("duties")?.rows() {
            let place = (row.get("body")?.to_string(), row.get("text")?.to_string());
            registers.duties.insert(place, row.key().to_string());
        }
        Ok(registers)
    }

    /// The key of a body, which is made if it is not there.
    pub(crate) fn body(&mut self, body: &BodyName) -> String {
        if let Some(key) = self.bodies.get(&body.name) {
            return key.clone();
        }
        let host =
            body.host.as_ref().map(|name| self.body(&BodyName { name: name.clone(), host: None, ..body.clone() }));
        let new = key(&body.name);
        let mut fields = Fields::from([("name", text(&body.name)), ("kind", kind_of_body(&body.name).into())]);
        fields.extend(body.level.as_deref().map(|level| ("level", level.into())));
        fields.extend(host.map(|host| ("host", host.into())));
        self.bodies.insert(body.name.clone(), new.clone());
        self.new.push(("bodies", new.clone(), fields));
        new
    }

    /// Makes the instruments that are cited and not there. All citations of a title together say of which kind it is, its number and edition.
    pub(crate) fn instruments<'a>(&mut self, bases: impl Iterator<Item = &'a Basis>) {
        let mut cited: BTreeMap<&str, Vec<&Citation>> = BTreeMap::new();
        for citation in bases.flat_map(|basis| &basis.citations) {
            cited.entry(&citation.title).or_default().push(citation);
        }
        for (title, citations) in cited {
            if self.instruments.contains_key(title) {
                continue;
            }
            let new = key(title);
            let number = most_frequent(citations.iter().filter_map(|citation| citation.number.as_deref()));
            let edition = citations.iter().filter_map(|citation| citation.edition.as_deref()).max();
            let fields = Fields::from([
                ("title", title.into()),
                ("kind", kind_of_instrument(title, &citations).into()),
                ("number", number.into()),
                ("edition", edition.into()),
                ("state", "in_force".into()),
            ]);
            self.instruments.insert(title.to_owned(), new.clone());
            self.new.push(("instruments", new, fields));
        }
    }

    /// The keys of the articles that a basis cites, in its order; those that are not there are made.
    pub(crate) fn articles(&mut self, basis: &Basis) -> Vec<String> {
        let mut keys = Vec::new();
        let mut seen = BTreeSet::new();
        for (title, place) in basis.pairs() {
            let Some(instrument) = self.instruments.get(title).cloned() else { continue };
            let at = (instrument, place.to_owned());
            let article = self.articles.get(&at).cloned().unwrap_or_else(|| {
                let new = key(&if place.is_empty() { title.to_owned() } else { format!("{title}·{place}") });
                let fields = Fields::from([("instrument", at.0.clone().into()), ("locator", text(place))]);
                self.new.push(("articles", new.clone(), fields));
                self.articles.insert(at, new.clone());
                new
            });
            if seen.insert(article.clone()) {
                keys.push(article);
            }
        }
        keys
    }

    /// The key of a duty clause of a body, which is made if it is not there.
    pub(crate) fn duty(&mut self, body: &str, clause: &str) -> String {
        let at = (body.to_owned(), clause.to_owned());
        if let Some(key) = self.duties.get(&at) {
            return key.clone();
        }
        let new = format!("{body}-{:016x}", fingerprint([clause]));
        let fields = Fields::from([("body", body.into()), ("text", clause.into())]);
        self.new.push(("duties", new.clone(), fields));
        self.duties.insert(at, new.clone());
        new
    }
}

/// The column whose text is a duty clause.
pub(super) const DUTY: Column = Column::Duty;

fn kind_of_body(name: &str) -> &'static str {
    let party = ["市委", "县委", "区委", "州委", "党委", "省委"];
    if name.ends_with("人民政府") {
        "government"
    } else if name.ends_with('镇') || name.ends_with('乡') || name.ends_with("街道") || name.ends_with("街道办事处")
    {
        "town"
    } else if party.iter().any(|word| name.find(word).is_some_and(|at| !name[at + word.len()..].starts_with('员'))) {
        "party_organ"
    } else {
        "department"
    }
}

/// What a title says goes before the mark that cells put before it, which is often wrong.
fn kind_of_instrument(title: &str, citations: &[&Citation]) -> String {
    let of_place = ["自治区", "省", "市", "自治州", "自治县"].iter().any(|word| title.contains(word));
    let by_title = if title.ends_with("法典") || (title.ends_with('法') && !title.ends_with("办法")) {
        Some("law")
    } else if title.ends_with("条例") {
        Some(if of_place && !title.starts_with("中华人民共和国") { "local_regulation" } else { "regulation" })
    } else if title.starts_with("国务院") && title.ends_with("决定") {
        Some("decision")
    } else {
        None
    };
    let marked = most_frequent(citations.iter().filter_map(|citation| citation.kind.as_deref()));
    let guessed = if ["办法", "规定", "细则", "规则"].iter().any(|end| title.ends_with(end)) {
        "rule"
    } else {
        "normative"
    };
    by_title.or(marked).unwrap_or(guessed).to_owned()
}

/// What is said most often; of several the first in their order.
fn most_frequent<'a>(all: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    all.for_each(|one| *counts.entry(one).or_default() += 1);
    let most = counts.values().copied().max()?;
    counts.into_iter().find(|(_, count)| *count == most).map(|(one, _)| one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_names() {
        for (title, kind) in [
            ("中华人民共和国森林法", "law"),
            ("中华人民共和国民法典", "law"),
            ("森林防火条例", "regulation"),
            ("某某自治区森林条例", "local_regulation"),
            ("种子管理办法", "rule"),
            ("国务院关于取消一批事项的决定", "decision"),
            ("定价目录", "normative"),
        ] {
            assert_eq!(kind_of_instrument(title, &[]), kind, "{title}");
        }
        assert_eq!(kind_of_body("某山市委办公室"), "party_organ");
        assert_eq!(kind_of_body("某山市卫生健康委员会"), "department");
        assert_eq!(kind_of_body("某山市人民政府"), "government");
    }
}
