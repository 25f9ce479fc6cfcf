//! The five steps, told with whatever the tables hold: each scene picks its items from the lists.

use std::{collections::BTreeMap, path::Path};

use quanze::{Commit, Difference, ListSystem, Name, Refused, Snapshot, four_tier};

use super::{
    explained::Explained,
    facts::Facts,
    illustrative,
    in_print::InPrint,
    scenes::{self, Scene},
    succession::Succession,
    tables::FactsError,
    transition::Transition,
    words::Language,
};

/// What has happened, to be printed.
pub(crate) struct Story {
    /// All lists after the import.
    pub(crate) start: Snapshot,
    /// How many rows of each list are marked as illustrative; of a derived list, all or none.
    pub(crate) illustrative: BTreeMap<Name, usize>,
    pub(crate) in_print: InPrint,
    pub(crate) succession: Option<Succession>,
    pub(crate) transition: Option<Transition>,
    pub(crate) entered: Option<Entered>,
    pub(crate) scenes: Vec<Scene>,
    pub(crate) explained: Option<Explained>,
    /// All commits, the import first.
    pub(crate) commits: Vec<Commit>,
    /// All lists in the end.
    pub(crate) end: Snapshot,
    pub(crate) verified: Result<(), Difference>,
}

/// The commit of the successor law.
pub(crate) struct Entered {
    pub(crate) commit: usize,
    /// Whether it changed what the preview said, and nothing else.
    pub(crate) as_previewed: bool,
}

/// A system and the commits made.
pub(crate) struct Telling {
    pub(crate) system: ListSystem,
    pub(crate) language: Language,
    pub(crate) commits: Vec<Commit>,
    /// The powers that a scene has already been told of.
    pub(crate) told: Vec<String>,
}

impl Telling {
    /// Commits edits and returns the number of the commit.
    pub(crate) fn commit(&mut self, cause: &str, edits: quanze::Edits) -> Result<usize, Refused> {
        self.commits.push(self.system.commit(edits.cause(cause))?);
        Ok(self.commits.len() - 1)
    }
}

/// The error of a story that could not be told.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoryError {
    /// The tables are not as they should be.
    #[error(transparent)]
    Facts(#[from] FactsError),
    /// A scene does not go with what the tables say.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl Story {
    /// Tells the story of a folder of tables.
    pub(crate) fn tell(folder: &Path, language: Language) -> Result<Self, StoryError> {
        let mut facts = Facts::load(folder)?;
        let import = std::mem::take(&mut facts.import).record_findings();
        let mut telling =
            Telling { system: ListSystem::new(four_tier::schema()), language, commits: Vec::new(), told: Vec::new() };
        let cause = language.say("导入公布的权责清单", "import of the published lists");
        telling.commit(cause, import).map_err(|refused| facts.locate(&refused))?;

        let start = telling.system.snapshot();
        let in_print = InPrint::of(&start);
        let (mut transition, mut entered, mut scenes) = (None, None, Vec::new());
        if let Some(law) = &facts.succession {
            // An amended law is a fact from outside: what it breaks is found, not refused.
            let edits = law.edits(&start).record_findings();
            let preview = telling.system.preview(&edits)?;
            transition = Some(Transition::of(law, &start, &preview));
            let cause = language.say("新法施行，条款对照录入", "a successor law is in force; its articles are mapped");
            let commit = telling.commit(cause, edits)?;
            entered = Some(Entered { commit, as_previewed: *preview == *telling.commits[commit] });
            telling.told.extend(law.citing(&start));
            scenes.extend(scenes::decided(&mut telling, law)?);
        }
        scenes.extend(scenes::tightened(&mut telling)?);
        scenes.extend(scenes::withdrawn(&mut telling)?);
        scenes.extend(scenes::suspended(&mut telling)?);
        scenes.extend(scenes::retyped(&mut telling)?);

        let end = telling.system.snapshot();
        let explained = Explained::of(&end, facts.succession.as_ref());
        let verified = telling.system.verify();
        let commits = telling.commits;
        Ok(Self {
            illustrative: illustrative::lists(&start, &facts.illustrative),
            start,
            in_print,
            succession: facts.succession,
            transition,
            entered,
            scenes,
            explained,
            commits,
            end,
            verified,
        })
    }

    /// Returns the number of rows of each list in the end.
    pub(crate) fn rows(&self) -> Vec<(Name, usize)> {
        self.end.lists().map(|list| (list.name().clone(), list.len())).collect()
    }

    /// Returns the number of findings of each check in the end.
    pub(crate) fn findings(&self) -> BTreeMap<Name, usize> {
        self.end.finding_counts()
    }
}

/// Returns the number of rows that a commit changed in each list.
pub(crate) fn changed(commit: &Commit) -> Vec<(Name, usize)> {
    commit.lists().map(|list| (list.clone(), commit.changes(list.as_str()).len())).collect()
}
