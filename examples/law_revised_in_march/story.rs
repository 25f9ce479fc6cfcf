//! What is told, and what it came to.

use std::{collections::BTreeMap, fmt::Write};

use quanze::{
    Date,
    governance::{Kind, Office, deadline::Standing, procedure::Stage},
};
use serde::Serialize;

use super::{arguments::Language, city::Done};

/// The story as it is told, with the office in the end.
pub(crate) struct Story {
    pub(crate) office: Office,
    pub(crate) today: Date,
    pub(crate) language: Language,
    /// Whether deriving everything anew gave the same, after every step.
    pub(crate) verified: bool,
    /// How many packages met their deadlines, and how many missed one.
    pub(crate) deadlines: [usize; 2],
    /// The record that was altered and found.
    pub(crate) found: Option<u64>,
    text: String,
    steps: usize,
}

impl Story {
    pub(crate) fn begin(office: Office, language: Language, today: Date) -> Self {
        Self { office, today, language, verified: true, deadlines: [0; 2], found: None, text: String::new(), steps: 0 }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Says a line.
    pub(crate) fn say(&mut self, zh: impl AsRef<str>, en: impl AsRef<str>) {
        let line = match self.language {
            Language::Zh => zh.as_ref(),
            Language::En => en.as_ref(),
        };
        let _ = writeln!(self.text, "{line}");
    }

    /// Begins a step.
    pub(crate) fn step(&mut self, zh: &str, en: &str) {
        self.steps += 1;
        let number = self.steps;
        let _ = writeln!(self.text);
        self.say(format!("{number} {zh}"), format!("{number} {en}"));
        self.say("─".repeat(40), "─".repeat(40));
    }

    /// Ends a step: derives everything anew, and compares.
    pub(crate) fn verify(&mut self) {
        match self.office.system().verify() {
            Ok(()) => self.say("   核验：与从头推导完全一致", "   verified: the same as deriving everything anew"),
            Err(difference) => {
                self.verified = false;
                self.say(format!("   核验不符：{difference}"), format!("   not the same: {difference}"));
            }
        }
    }

    /// Says where the deadline of a package stands on a day.
    pub(crate) fn deadline(&mut self, package: &str, on: Date) -> Done<Option<Standing>> {
        let standings = self.office.deadlines(package, on)?;
        let standing = standings.into_iter().find(|(name, _)| name.as_str() == "adjustment").map(|(_, one)| one);
        if let Some(standing) = standing {
            let (zh, en) = (standing.text("zh"), standing.text("en"));
            self.say(format!("   {on} {package}：{zh}"), format!("   {on} {package}: {en}"));
        }
        Ok(standing)
    }

    /// Counts which packages met their deadline and which missed it, by the last day.
    pub(crate) fn count(&mut self) -> Done {
        let ids: Vec<String> = self.office.dossiers().map(|dossier| dossier.package.id.clone()).collect();
        for id in ids {
            let standings = self.office.deadlines(&id, self.today)?;
            for (_, standing) in standings {
                match standing {
                    Standing::Met { .. } => self.deadlines[0] += 1,
                    Standing::Missed { .. } | Standing::Overdue { .. } => self.deadlines[1] += 1,
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Counts cases by kind, and by how far they have come.
    pub(crate) fn cases(&self) -> BTreeMap<Kind, BTreeMap<State, usize>> {
        let mut counts: BTreeMap<Kind, BTreeMap<State, usize>> = BTreeMap::new();
        for dossier in self.office.dossiers() {
            let planned = self.office.system().list("planned_changes").ok();
            let row = planned.and_then(|planned| planned.row(&dossier.package.id));
            let planned = row.and_then(|row| row.get("state").ok()).map(|state| state.to_string());
            let state = match (planned.as_deref(), dossier.course.stage()) {
                (Some("held"), _) => State::Held,
                (Some("waiting"), _) => State::Waiting,
                (_, Stage::Published) => State::InEffect,
                (_, Stage::Refused | Stage::Withdrawn) => State::Dropped,
                _ => State::UnderWay,
            };
            for case in &dossier.package.cases {
                *counts.entry(case.adjustment.kind()).or_default().entry(state).or_default() += 1;
            }
        }
        counts
    }

    /// Counts reviews by their state.
    pub(crate) fn reviews(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        let Ok(reviews) = self.office.system().list("reviews") else { return counts };
        for state in reviews.rows().filter_map(|row| row.get("state").ok()) {
            *counts.entry(state.to_string()).or_default() += 1;
        }
        counts
    }

    /// Counts the rows that differ from the beginning, by list.
    pub(crate) fn changed(&self) -> Done<BTreeMap<String, usize>> {
        let history = self.office.history();
        let changes = history.difference(history.genesis().revision(), history.revision())?;
        Ok(changes.lists().map(|list| (list.to_string(), changes.changes(list.as_str()).len())).collect())
    }
}

/// How far a case has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    UnderWay,
    Waiting,
    Held,
    InEffect,
    Dropped,
}

impl State {
    pub(crate) fn label(self, language: &str) -> &'static str {
        let (zh, en) = match self {
            Self::UnderWay => ("办理中", "under way"),
            Self::Waiting => ("已公布待生效", "published, not in effect yet"),
            Self::Held => ("暂缓生效", "held"),
            Self::InEffect => ("已生效", "in effect"),
            Self::Dropped => ("未予公布", "dropped"),
        };
        if language == "zh" { zh } else { en }
    }
}
