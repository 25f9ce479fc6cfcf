//! Procedures as data: steps, who may take them, with what in hand, and the ways on from each.
//!
//! A procedure is a line of steps, each of which a case passes, and behind them publication. A step may send a case back, refuse it, or
//! raise a dispute to a step aside. Which steps and signers there are can depend on what is adjusted.
//!
//! Architecture invariant: a procedure knows roles and kinds of adjustment, and neither lists nor days.

mod built_in;
mod course;
mod refusal;
mod words;
mod written;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use self::written::Written;
pub use self::{
    built_in::{adjustment, first_issue},
    course::{Act, Allowed, Course, Stage, Verb},
    refusal::{ActRefused, Why},
};
use super::kind::Kind;
use crate::{schema::Labels, value::Name};

/// The role of those who read everything and change nothing (监督): no step can be theirs.
pub const SUPERVISOR: &str = "supervisor";

/// The steps that a case passes before it is published.
///
/// ```
/// use quanze::governance::{Kind, procedure::{Evidence, Procedure, Signer, Signing, Step}};
///
/// // Adding and cancelling also need the government of that level; the two offices sign in any order.
/// let procedure = Procedure::new("county")
///     .step("apply", Step::by(["department"]).evidence("grounds").marks("applied"))
///     .step("review", Step::by(["establishment_office", "legal_office"]).signing(Signing::Parallel)
///         .returns_to("apply").raises_to("mediation"))
///     .step("government", Step::by(["government"]).only_for([Kind::Add, Kind::Cancel]).marks("approved").may_refuse())
///     .aside("mediation", Step::by(["commission"]).may_refuse())
///     .published_by(Step::by(["department"]).evidence("document"))
///     .build()?;
/// assert_eq!(procedure.steps().count(), 4);
/// # Ok::<(), quanze::governance::procedure::ProcedureError>(())
/// ```
#[doc(alias = "办理程序")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Procedure {
    id: Name,
    labels: Labels,
    words: IndexMap<Name, Labels>,
    steps: IndexMap<Name, Step>,
    publication: Step,
}

/// One step of a procedure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    pub(super) labels: Labels,
    pub(super) signers: Vec<Signer>,
    #[serde(default)]
    pub(super) signing: Signing,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) evidence: Vec<Evidence>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) only_for: Vec<Kind>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) returns_to: Vec<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) raises_to: Option<Name>,
    #[serde(default)]
    pub(super) refusing: Refusing,
    #[serde(default)]
    pub(super) reached: Reached,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) marks: Option<Name>,
}

/// Who signs at a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signer {
    /// The role.
    pub role: Name,
    /// The kinds of adjustment for which it signs; every kind, where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_for: Vec<Kind>,
    /// Whose people sign.
    #[serde(default)]
    pub of: Whose,
}

/// Whose people sign at a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// Whoever has the role.
    #[default]
    Anybody,
    /// Those of the body that applies.
    Applicant,
}

/// How many of the signers sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signing {
    /// One of them.
    #[default]
    One,
    /// All, one after the other.
    #[doc(alias = "逐级会签")]
    Serial,
    /// All, in any order.
    #[doc(alias = "并行会签")]
    Parallel,
}

/// What must be in hand when a step is passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// What it is, such as `grounds` or `minutes`.
    pub name: Name,
    /// The kinds of adjustment for which it is asked; every kind, where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_for: Vec<Kind>,
}

/// Whether a step may end a case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusing {
    /// It passes the case or sends it back.
    #[default]
    Never,
    /// It may refuse the case for good.
    May,
}

/// How a case comes to a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reached {
    /// In the line of steps.
    #[default]
    InLine,
    /// Only by a dispute that is raised to it.
    #[doc(alias = "争议裁定")]
    ByDispute,
}

impl From<&str> for Signer {
    fn from(role: &str) -> Self {
        Self { role: role.into(), only_for: Vec::new(), of: Whose::Anybody }
    }
}

impl Signer {
    /// A role in the body that applies, such as a department's own legal office.
    #[must_use]
    pub fn of_applicant(role: impl Into<Name>) -> Self {
        Self { role: role.into(), only_for: Vec::new(), of: Whose::Applicant }
    }
}

impl Step {
    /// Makes a step that these sign.
    #[must_use]
    pub fn by<S: Into<Signer>>(signers: impl IntoIterator<Item = S>) -> Self {
        Self { signers: signers.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// Sets what people call it.
    #[must_use]
    pub fn labels(self, labels: impl Into<Labels>) -> Self {
        Self { labels: labels.into(), ..self }
    }

    /// Sets how many of the signers sign.
    #[must_use]
    pub fn signing(self, signing: Signing) -> Self {
        Self { signing, ..self }
    }

    /// Demands something in hand, for every kind of adjustment.
    #[must_use]
    pub fn evidence(self, name: impl Into<Name>) -> Self {
        self.evidence_for(name, [])
    }

    /// Demands something in hand, for these kinds of adjustment.
    #[must_use]
    pub fn evidence_for(mut self, name: impl Into<Name>, kinds: impl IntoIterator<Item = Kind>) -> Self {
        self.evidence.push(Evidence { name: name.into(), only_for: kinds.into_iter().collect() });
        self
    }

    /// Limits the step to these kinds of adjustment; others pass it over.
    #[must_use]
    pub fn only_for(mut self, kinds: impl IntoIterator<Item = Kind>) -> Self {
        self.only_for.extend(kinds);
        self
    }

    /// Lets the step send a case back to an earlier one.
    #[must_use]
    pub fn returns_to(mut self, step: impl Into<Name>) -> Self {
        self.returns_to.push(step.into());
        self
    }

    /// Lets the step raise a dispute to a step aside, which decides in its place.
    #[must_use]
    pub fn raises_to(self, step: impl Into<Name>) -> Self {
        Self { raises_to: Some(step.into()), ..self }
    }

    /// Lets the step refuse a case for good.
    #[must_use]
    pub fn may_refuse(self) -> Self {
        Self { refusing: Refusing::May, ..self }
    }

    /// Names the event that passing the step is, from which deadlines count.
    #[must_use]
    pub fn marks(self, event: impl Into<Name>) -> Self {
        Self { marks: Some(event.into()), ..self }
    }

    /// Returns what people call it.
    #[must_use]
    pub fn label(&self, language: &str) -> Option<&str> {
        self.labels.get_or_first(language)
    }

    /// Returns who signs for cases of these kinds.
    pub fn signers(&self, kinds: &[Kind]) -> impl Iterator<Item = &Name> {
        self.signers.iter().filter(move |signer| applies(&signer.only_for, kinds)).map(|signer| &signer.role)
    }

    /// Returns whose people sign in a role.
    pub(in crate::governance) fn whose(&self, role: &str) -> Whose {
        self.signers.iter().find(|signer| signer.role.as_str() == role).map_or(Whose::Anybody, |signer| signer.of)
    }

    /// Returns what must be in hand for cases of these kinds.
    pub fn needed(&self, kinds: &[Kind]) -> impl Iterator<Item = &Name> {
        self.evidence.iter().filter(move |one| applies(&one.only_for, kinds)).map(|one| &one.name)
    }

    /// Tells whether cases of these kinds pass the step.
    #[must_use]
    pub fn is_for(&self, kinds: &[Kind]) -> bool {
        applies(&self.only_for, kinds)
    }
}

/// Whether what is for some kinds concerns a case of others; for none means for all.
fn applies(only_for: &[Kind], kinds: &[Kind]) -> bool {
    only_for.is_empty() || kinds.iter().any(|kind| only_for.contains(kind))
}

/// The error of a procedure that does not hold together: all that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the procedure '{id}' does not hold together: {}", .faults.join("; "))]
pub struct ProcedureError {
    id: Name,
    faults: Vec<String>,
}

impl ProcedureError {
    /// Returns what is wrong, in words.
    #[must_use]
    pub fn faults(&self) -> &[String] {
        &self.faults
    }
}

/// A procedure that is being put together.
#[derive(Clone, Debug)]
pub struct ProcedureBuilder {
    id: Name,
    labels: Labels,
    words: IndexMap<Name, Labels>,
    steps: Vec<(Name, Step)>,
    publication: Step,
}

impl Procedure {
    /// Begins a procedure.
    #[expect(clippy::new_ret_no_self, reason = "a procedure is built, and checked, from its steps")]
    #[must_use]
    pub fn new(id: impl Into<Name>) -> ProcedureBuilder {
        ProcedureBuilder {
            id: id.into(),
            labels: Labels::default(),
            words: IndexMap::new(),
            steps: Vec::new(),
            publication: Step::default(),
        }
    }

    /// Returns its name.
    #[must_use]
    pub fn id(&self) -> &Name {
        &self.id
    }

    /// Returns what people call it.
    #[must_use]
    pub fn label(&self, language: &str) -> Option<&str> {
        self.labels.get_or_first(language)
    }

    /// Visits the steps in their order.
    pub fn steps(&self) -> impl Iterator<Item = (&Name, &Step)> {
        self.steps.iter()
    }

    /// Returns a step.
    #[must_use]
    pub fn step(&self, name: &str) -> Option<&Step> {
        self.steps.get(name)
    }

    /// Returns publication, which is a step like the others behind the last.
    #[must_use]
    pub fn publication(&self) -> &Step {
        &self.publication
    }

    /// Returns the step at which something is done with a case: the one that it stands at, or for taking it back the first.
    pub(in crate::governance) fn step_of(&self, course: &Course, verb: &Verb, kinds: &[Kind]) -> Option<&Step> {
        match (verb, course.stage()) {
            (Verb::Withdraw, _) => self.next(None, kinds).and_then(|first| self.step(first.as_str())),
            (_, Stage::Step(name)) => self.step(name.as_str()),
            (_, Stage::Approved) => Some(&self.publication),
            _ => None,
        }
    }

    /// Returns the first step in line for cases of these kinds, behind another or from the beginning.
    fn next(&self, behind: Option<&Name>, kinds: &[Kind]) -> Option<&Name> {
        let from = behind.and_then(|name| self.steps.get_index_of(name)).map_or(0, |at| at + 1);
        self.steps
            .iter()
            .skip(from)
            .find(|(_, step)| step.reached == Reached::InLine && step.is_for(kinds))
            .map(|(name, _)| name)
    }
}

impl ProcedureBuilder {
    /// Sets what people call it.
    #[must_use]
    pub fn labels(self, labels: impl Into<Labels>) -> Self {
        Self { labels: labels.into(), ..self }
    }

    /// Sets what people call a role, or a document.
    #[must_use]
    pub fn word(mut self, name: impl Into<Name>, labels: impl Into<Labels>) -> Self {
        self.words.insert(name.into(), labels.into());
        self
    }

    /// Adds a step to the line.
    #[must_use]
    pub fn step(mut self, name: impl Into<Name>, step: Step) -> Self {
        self.steps.push((name.into(), step));
        self
    }

    /// Adds a step aside, which only a dispute reaches.
    #[must_use]
    pub fn aside(self, name: impl Into<Name>, step: Step) -> Self {
        self.step(name, Step { reached: Reached::ByDispute, ..step })
    }

    /// Says who publishes, with what in hand.
    #[must_use]
    pub fn published_by(self, publication: Step) -> Self {
        Self { publication, ..self }
    }

    /// Makes the procedure.
    ///
    /// # Errors
    /// [`ProcedureError`] with all that is wrong: names that are none or there twice, steps that nobody signs for a kind that comes to
    /// them, ways that lead to no step, forward, or to a step that no dispute reaches, steps of the supervisor, no step in line for
    /// some kind. So every case has a way on from wherever it stands.
    pub fn build(self) -> Result<Procedure, ProcedureError> {
        let Self { id, labels, words, steps: given, publication } = self;
        let mut faults = Vec::new();
        let mut steps: IndexMap<Name, Step> = IndexMap::new();
        if !id.is_well_formed() {
            faults.push(format!("'{id}' is no name"));
        }
        for (name, step) in given {
            if !name.is_well_formed() {
                faults.push(format!("'{name}' is no name of a step"));
            }
            if steps.contains_key(&name) {
                faults.push(format!("the step '{name}' is there twice"));
            }
            steps.insert(name, step);
        }
        for (at, (name, step)) in steps.iter().enumerate() {
            step.signed(name, &mut faults);
            for back in &step.returns_to {
                match steps.get_full(back) {
                    None => faults.push(format!("'{name}' returns to '{back}', which is no step")),
                    Some((place, _, to)) if place >= at || to.reached == Reached::ByDispute => {
                        faults.push(format!("'{name}' returns to '{back}', which is no earlier step in line"));
                    }
                    // Where a case is of no kind that passes the earlier step, there is no way back to it.
                    Some(_) => {}
                }
            }
            if let Some(aside) = &step.raises_to {
                match steps.get(aside) {
                    Some(to) if to.reached == Reached::ByDispute && aside != name => {}
                    Some(_) => faults.push(format!("'{name}' raises disputes to '{aside}', which is no step aside")),
                    None => faults.push(format!("'{name}' raises disputes to '{aside}', which is no step")),
                }
            }
            if step.reached == Reached::ByDispute && step.raises_to.is_some() {
                faults.push(format!("'{name}' is aside and raises disputes itself; one step decides them"));
            }
        }
        publication.signed(&"publication".into(), &mut faults);
        let procedure = Procedure { id, labels, words, steps, publication };
        for kind in Kind::ALL {
            if procedure.next(None, &[kind]).is_none() {
                faults.push(format!("no step in line is for '{kind}'"));
            }
        }
        if faults.is_empty() { Ok(procedure) } else { Err(ProcedureError { id: procedure.id, faults }) }
    }
}

impl Step {
    /// Demands that whatever comes to the step can be signed there.
    fn signed(&self, name: &Name, faults: &mut Vec<String>) {
        for signer in &self.signers {
            if !signer.role.is_well_formed() {
                faults.push(format!("'{}' signs '{name}' and is no name of a role", signer.role));
            }
            if signer.role.as_str() == SUPERVISOR {
                faults.push(format!("'{name}' is signed by the supervisor, who reads everything and changes nothing"));
            }
            if self.signers.iter().filter(|other| other.role == signer.role).count() > 1 {
                faults.push(format!("'{}' signs '{name}' twice", signer.role));
            }
        }
        for kind in Kind::ALL {
            // A step aside may be reached by every kind.
            let comes = self.reached == Reached::ByDispute || self.is_for(&[kind]);
            if comes && self.signers(&[kind]).next().is_none() {
                faults.push(format!("nobody signs '{name}' for '{kind}'"));
            }
        }
    }
}
