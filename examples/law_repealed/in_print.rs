//! Step two: the items that rest on editions which are in force no more, as they stand in print.

use std::collections::{BTreeMap, BTreeSet};

use quanze::Snapshot;

use super::reading::{rows, text, value};

/// What is wrong in print.
pub(crate) struct InPrint {
    /// Every item once.
    pub(crate) items: usize,
    pub(crate) bodies: Vec<OfBody>,
    pub(crate) laws: Vec<OfLaw>,
    /// The instruments of which anything is known about their editions; the others are taken to be in force.
    pub(crate) looked_at: usize,
    pub(crate) instruments: usize,
}

/// The items of one body.
#[derive(Default)]
pub(crate) struct OfBody {
    pub(crate) name: String,
    pub(crate) items: BTreeSet<String>,
    pub(crate) superseded: BTreeSet<String>,
    pub(crate) repealed: BTreeSet<String>,
    /// Items that no article in force is left for.
    pub(crate) unfounded: usize,
}

/// An edition that is cited though it is in force no more.
#[derive(Default)]
pub(crate) struct OfLaw {
    pub(crate) title: String,
    pub(crate) edition: String,
    pub(crate) state: String,
    pub(crate) ended_on: String,
    pub(crate) successor: String,
    pub(crate) items: BTreeSet<String>,
}

impl InPrint {
    /// Reads what the checks of the preset have found.
    pub(crate) fn of(now: &Snapshot) -> Self {
        let mut bodies: BTreeMap<String, OfBody> = BTreeMap::new();
        let mut laws: BTreeMap<String, OfLaw> = BTreeMap::new();
        let findings = now.findings();
        let found = |check: &str| -> BTreeSet<String> {
            findings
                .iter()
                .filter(|finding| *finding.check() == check)
                .map(|finding| finding.key().to_string())
                .collect()
        };
        let items = found("basis_superseded");
        for citation in rows(now, "citations") {
            let power = value(&citation, "power").to_string();
            let state = value(&citation, "state").to_string();
            if !items.contains(&power) || state == "in_force" {
                continue;
            }
            let body = bodies.entry(value(&citation, "body").to_string()).or_default();
            body.items.insert(power.clone());
            let of_state = if state == "repealed" { &mut body.repealed } else { &mut body.superseded };
            of_state.insert(power.clone());
            laws.entry(value(&citation, "instrument").to_string()).or_default().items.insert(power);
        }
        for power in found("no_article_in_force") {
            bodies.entry(text(now, "powers", &power, "body")).or_default().unfounded += 1;
        }
        for (key, body) in &mut bodies {
            body.name = text(now, "bodies", key, "name");
        }
        for (key, law) in &mut laws {
            let of = |field: &str| text(now, "instruments", key, field);
            law.title = of("title");
            law.edition = of("edition");
            law.state = of("state");
            law.ended_on = of("ended_on");
            law.successor = text(now, "instruments", &of("successor"), "edition");
        }
        let mut bodies: Vec<OfBody> = bodies.into_values().collect();
        bodies.sort_by_key(|body| std::cmp::Reverse((body.items.len(), body.unfounded)));
        let mut laws: Vec<OfLaw> = laws.into_values().collect();
        laws.sort_by_key(|law| std::cmp::Reverse(law.items.len()));
        let known = |row: &quanze::Row<'_>| {
            !value(row, "edition").is_missing() || value(row, "state").as_text() != Some("in_force")
        };
        Self {
            items: items.len(),
            bodies,
            laws,
            looked_at: rows(now, "instruments").filter(known).count(),
            instruments: rows(now, "instruments").count(),
        }
    }
}
