//! A law revised: the commonest reason of all. A new edition is entered with its day and the correspondence of articles; what cites the old
//! ones is found, a move is proposed for each, and a case is opened for each body.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Adjustment, AdjustmentError, Case, Dependants, Package, Trigger,
    compile::{CANCELLED, keys, text},
};
use crate::{
    governance::{kind::Kind, person::Person},
    record::Record,
    system::{Edits, ListSystem},
    value::{Date, Name, Value},
};

/// A law in a new edition, or another law in its place.
///
/// ```
/// use quanze::governance::case::{Correspondence, LawRevision};
/// use quanze::Record;
///
/// let revision = LawRevision::new("noise-2022", Record::new().with("title", "噪声污染防治法").with("kind", "law"), "2022-06-05".parse()?)
///     .replaces("noise-1997")
///     .article("noise-2022.77", "第七十七条")
///     .corresponds(Correspondence::new("noise-1997.54", ["noise-2022.77"]))
///     .corresponds(Correspondence::new("noise-1997.49", [""; 0]).note("不再规定"));
/// assert_eq!(revision.correspondence.len(), 2);
/// # Ok::<(), quanze::DateError>(())
/// ```
#[doc(alias = "法律修订")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LawRevision {
    /// The key of the new edition among the instruments.
    pub law: String,
    /// Its fields.
    pub record: Record,
    /// The day on which it takes effect.
    pub effective: Date,
    /// The editions, or laws, in whose place it comes.
    pub replaces: Vec<String>,
    /// Its articles: key and locator.
    pub articles: Vec<(String, String)>,
    /// What follows on which article.
    pub correspondence: Vec<Correspondence>,
}

/// The field that an item rests on.
const BASIS: &str = "basis";
/// All fields of an item that cite articles.
const CITING: [&str; 4] = [BASIS, "local_basis", "responsibilities_basis", "accountability_basis"];

/// What follows on an article: one, several, or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correspondence {
    /// The old article.
    pub old: String,
    /// The new ones.
    pub new: Vec<String>,
    /// What whoever made the correspondence has to say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// What a revision proposes for an item that cites an old article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Proposal {
    /// The item.
    pub power: String,
    /// Its body.
    pub body: String,
    /// The kind of adjustment that suggests itself.
    pub kind: Kind,
    /// Article by article, what becomes of the citation.
    pub citations: Vec<(String, Verdict)>,
    /// What it would cite, in each field that cites an old article: its basis, the local one, that of its responsibilities, of accountability.
    pub fields: Vec<(Name, Vec<String>)>,
}

/// What becomes of a citation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// One article follows.
    Follows(String),
    /// Several follow; which of them is for the body to say.
    OneOf(Vec<String>),
    /// None follows.
    Ends,
}

impl Correspondence {
    /// Says what follows on an article.
    #[must_use]
    pub fn new<S: Into<String>>(old: impl Into<String>, new: impl IntoIterator<Item = S>) -> Self {
        Self { old: old.into(), new: new.into_iter().map(Into::into).collect(), note: String::new() }
    }

    /// Says something about it.
    #[must_use]
    pub fn note(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }
}

impl LawRevision {
    /// Begins with the new edition.
    #[must_use]
    pub fn new(law: impl Into<String>, record: Record, effective: Date) -> Self {
        Self {
            law: law.into(),
            record,
            effective,
            replaces: Vec::new(),
            articles: Vec::new(),
            correspondence: Vec::new(),
        }
    }

    /// Says in whose place it comes.
    #[must_use]
    pub fn replaces(mut self, law: impl Into<String>) -> Self {
        self.replaces.push(law.into());
        self
    }

    /// Adds an article of it.
    #[must_use]
    pub fn article(mut self, key: impl Into<String>, locator: impl Into<String>) -> Self {
        self.articles.push((key.into(), locator.into()));
        self
    }

    /// Says what follows on an old article.
    #[must_use]
    pub fn corresponds(mut self, one: Correspondence) -> Self {
        self.correspondence.push(one);
        self
    }

    /// Returns the edits that enter the new edition with its articles, and say what follows on what. Until the day on which it takes effect the
    /// old edition is in force beside it: see [`LawRevision::supersedes`].
    ///
    /// # Errors
    /// [`AdjustmentError`] where the new edition is there already, an old one or an old article is not, or a new article is of no law.
    pub fn enters(&self, now: &ListSystem) -> Result<Edits, AdjustmentError> {
        let row = |list: &str, key: &str| now.list(list).ok().and_then(|view| view.row(key));
        let needed = |list: &str, key: &str| {
            row(list, key).map(|_| ()).ok_or_else(|| AdjustmentError::NoRow { list: list.into(), key: key.to_owned() })
        };
        if row("instruments", &self.law).is_some() {
            return Err(AdjustmentError::Taken { list: "instruments".into(), key: self.law.clone() });
        }
        let mut law = self.record.clone();
        for (field, value) in [("state", Value::from("in_force")), ("effective", self.effective.into())] {
            if law.get(field).is_missing() {
                law.set(field, value);
            }
        }
        let mut edits = Edits::new().insert("instruments", &self.law, &law);
        for (key, locator) in &self.articles {
            if row("articles", key).is_some() {
                return Err(AdjustmentError::Taken { list: "articles".into(), key: key.clone() });
            }
            let article = Record::new().with("instrument", self.law.as_str()).with("locator", locator.as_str());
            edits = edits.insert("articles", key, &article);
        }
        for old in &self.replaces {
            needed("instruments", old)?;
            edits = edits.set("instruments", old, "successor", self.law.as_str());
        }
        for one in &self.correspondence {
            needed("articles", &one.old)?;
            for new in &one.new {
                if !self.articles.iter().any(|(key, _)| key == new) {
                    needed("articles", new)?;
                }
            }
            edits = edits.set("articles", &one.old, "successors", one.new.clone());
        }
        Ok(edits)
    }

    /// Returns the edits of the day on which the new edition takes effect: the old ones are superseded. Whatever still cites them is found.
    #[must_use]
    pub fn supersedes(&self) -> Edits {
        self.replaces.iter().fold(Edits::new(), |edits, old| {
            edits.set("instruments", old, "state", "superseded").set(
                "instruments",
                old,
                "ended_on",
                self.effective.plus_days(-1),
            )
        })
    }

    /// Returns what becomes of a citation of an article; nothing where the article is none of the old ones.
    fn verdict(&self, now: &ListSystem, article: &str) -> Option<Verdict> {
        if let Some(one) = self.correspondence.iter().find(|one| one.old == article) {
            return Some(match one.new.as_slice() {
                [] => Verdict::Ends,
                [new] => Verdict::Follows(new.clone()),
                several => Verdict::OneOf(several.to_vec()),
            });
        }
        let of = now.list("articles").ok()?.row(article)?;
        let law = text(&of, "instrument")?;
        // An article of a law that ends, of which nobody has said what follows, ends with it.
        self.replaces.contains(&law).then_some(Verdict::Ends)
    }

    /// Returns what becomes of each of some citations that is concerned, and all of them as they would be then.
    fn recited(&self, now: &ListSystem, cited: &[String]) -> (Vec<(String, Verdict)>, Vec<String>) {
        let (mut told, mut next) = (Vec::new(), Vec::new());
        for article in cited {
            let verdict = self.verdict(now, article);
            let follow = match &verdict {
                None => vec![article.clone()],
                Some(Verdict::Follows(new)) => vec![new.clone()],
                Some(Verdict::OneOf(several)) => several.clone(),
                Some(Verdict::Ends) => Vec::new(),
            };
            told.extend(verdict.map(|verdict| (article.clone(), verdict)));
            for one in follow {
                if !next.contains(&one) {
                    next.push(one);
                }
            }
        }
        (told, next)
    }

    /// Proposes, for each item in use or suspended that cites an old article, what becomes of its citations: to be reviewed, item by item, by
    /// its body. Where one article follows on each, the item is amended; where nothing of its basis is left, cancelling it is suggested.
    #[must_use]
    pub fn proposals(&self, now: &ListSystem) -> Vec<Proposal> {
        let Ok(powers) = now.list("powers") else { return Vec::new() };
        let mut proposals = Vec::new();
        for row in powers.rows() {
            if text(&row, "state").is_some_and(|state| state == CANCELLED) {
                continue;
            }
            let (mut citations, mut fields) = (Vec::new(), Vec::new());
            for field in CITING {
                let cited = keys(&row, field);
                let (told, next) = self.recited(now, &cited);
                if !told.is_empty() {
                    fields.push((Name::from(field), next));
                }
                for one in told {
                    if !citations.contains(&one) {
                        citations.push(one);
                    }
                }
            }
            if citations.is_empty() {
                continue;
            }
            let lost = fields.iter().any(|(field, next)| field.as_str() == BASIS && next.is_empty());
            proposals.push(Proposal {
                power: row.key().to_string(),
                body: text(&row, "body").unwrap_or_default(),
                kind: if lost { Kind::Cancel } else { Kind::Amend },
                citations,
                fields,
            });
        }
        proposals
    }

    /// Makes a package for each body that has items concerned, with the kind of case that suggests itself for each item. The names of the
    /// packages are that of the revision and the place of the body in the order of keys.
    #[must_use]
    pub fn packages(
        &self,
        now: &ListSystem,
        id: &str,
        procedure: &Name,
        (trigger, on): (Trigger, Date),
        applicant: impl Fn(&str) -> Person,
    ) -> Vec<Package> {
        let mut by_body: BTreeMap<String, Vec<Proposal>> = BTreeMap::new();
        for proposal in self.proposals(now) {
            by_body.entry(proposal.body.clone()).or_default().push(proposal);
        }
        let title = self.record.get("title").to_string();
        by_body
            .into_iter()
            .enumerate()
            .map(|(at, (body, proposals))| {
                let id = format!("{id}-{}", at + 1);
                let person = applicant(&body);
                let mut package =
                    Package::new(id, format!("因《{title}》修订调整"), procedure.clone(), (trigger, on), person);
                package.cases = proposals.into_iter().map(|one| one.case(&title)).collect();
                package
            })
            .collect()
    }
}

impl Proposal {
    /// Returns the case that the proposal suggests.
    #[must_use]
    pub fn case(self, title: &str) -> Case {
        let Self { power, kind, citations, fields, .. } = self;
        let told = |(old, verdict): &(String, Verdict)| match verdict {
            Verdict::Follows(new) => format!("{old}→{new}"),
            Verdict::OneOf(several) => format!("{old}→{}（待选）", several.join("、")),
            Verdict::Ends => format!("{old}→无对应"),
        };
        let told: Vec<String> = citations.iter().map(told).collect();
        let grounds = format!("《{title}》修订：{}", told.join("；"));
        let adjustment = if kind == Kind::Cancel {
            Adjustment::Cancel { power, successors: Vec::new(), dependants: Dependants::Withdraw }
        } else {
            let set = |edits: Edits, (field, next): (Name, Vec<String>)| edits.set("powers", &power, field, next);
            let edits = fields.into_iter().fold(Edits::new(), set);
            Adjustment::Amend { power, edits }
        };
        Case::new(adjustment, grounds)
    }
}
