use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use super::{ActRefused, Procedure, Reached, Refusing, Signing, Step, Why};
use crate::{
    governance::{kind::Kind, person::Person},
    value::{Date, Name},
};

/// How far a case has come, and everything that was done on the way.
#[doc(alias = "办理进程")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Course {
    stage: Stage,
    /// The roles that have signed the step at hand.
    signed: Vec<Name>,
    /// The step from which a dispute was raised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    raised_from: Option<Name>,
    acts: Vec<Act>,
    /// When what happened: the events that steps mark.
    events: BTreeMap<Name, Date>,
}

/// Where a case stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// At a step.
    Step(Name),
    /// All steps are passed, and nothing is published yet.
    Approved,
    /// It is published.
    Published,
    /// It was refused for good.
    Refused,
    /// Whoever applied has withdrawn it.
    Withdrawn,
}

/// Something that somebody has done with a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// What was done.
    pub verb: Verb,
    /// Who did it.
    pub by: Person,
    /// When.
    pub on: Date,
    /// What was said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub opinion: String,
    /// What was in hand: which document is which evidence.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub evidence: BTreeMap<Name, String>,
}

/// What can be done with a case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Signs the step; the case goes on when all have who must.
    #[doc(alias = "通过")]
    Pass,
    /// Sends the case back to a step.
    #[doc(alias = "退回")]
    Return(Name),
    /// Refuses the case for good.
    #[doc(alias = "不予通过")]
    Refuse,
    /// Raises a dispute upward.
    #[doc(alias = "提请裁定")]
    Raise,
    /// Takes the application back; those may who sign the first step.
    #[doc(alias = "撤回")]
    Withdraw,
    /// Publishes what was approved.
    #[doc(alias = "公布")]
    Publish,
}

/// Something that may be done next.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Allowed {
    /// By whom.
    pub role: Name,
    /// What.
    pub verb: Verb,
    /// With what in hand.
    pub evidence: Vec<Name>,
}

impl Act {
    /// Begins to tell what somebody does on a day.
    #[must_use]
    pub fn new(verb: Verb, by: Person, on: Date) -> Self {
        Self { verb, by, on, opinion: String::new(), evidence: BTreeMap::new() }
    }

    /// Signs a step.
    #[must_use]
    pub fn pass(by: Person, on: Date) -> Self {
        Self::new(Verb::Pass, by, on)
    }

    /// Says something with it.
    #[must_use]
    pub fn opinion(self, opinion: impl Into<String>) -> Self {
        Self { opinion: opinion.into(), ..self }
    }

    /// Puts a document in hand.
    #[must_use]
    pub fn evidence(mut self, name: impl Into<Name>, document: impl Into<String>) -> Self {
        self.evidence.insert(name.into(), document.into());
        self
    }
}

impl Course {
    /// Begins at the first step that is for cases of these kinds.
    #[must_use]
    pub fn begin(procedure: &Procedure, kinds: &[Kind]) -> Self {
        Self {
            stage: procedure.next(None, kinds).map_or(Stage::Approved, |step| Stage::Step(step.clone())),
            signed: Vec::new(),
            raised_from: None,
            acts: Vec::new(),
            events: BTreeMap::new(),
        }
    }

    /// Returns where the case stands.
    #[must_use]
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// Returns everything that was done, in order.
    #[must_use]
    pub fn acts(&self) -> &[Act] {
        &self.acts
    }

    /// Returns the day of an event: what a step marks, the last time it was passed, or `published`.
    #[must_use]
    pub fn event(&self, name: &str) -> Option<Date> {
        self.events.get(name).copied()
    }

    /// Tells whether nothing more can be done.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        matches!(self.stage, Stage::Published | Stage::Refused | Stage::Withdrawn)
    }

    /// Tells whether the case stands at the first step, where what it asks for may still be written.
    #[must_use]
    pub fn is_drafted(&self, procedure: &Procedure, kinds: &[Kind]) -> bool {
        matches!(&self.stage, Stage::Step(step) if procedure.next(None, kinds) == Some(step))
    }

    /// Begins at the first step once more, which may be another for a case of other kinds; what was done stays told.
    pub(in crate::governance) fn redraft(&mut self, procedure: &Procedure, kinds: &[Kind]) {
        self.go(Self::begin(procedure, kinds).stage);
    }

    /// Returns what may be done next with a case of these kinds, and by whom. A case that has not ended always has a way on.
    #[must_use]
    pub fn allowed(&self, procedure: &Procedure, kinds: &[Kind]) -> Vec<Allowed> {
        let mut allowed = Vec::new();
        let (step, passing) = match &self.stage {
            Stage::Step(name) => match procedure.step(name.as_str()) {
                Some(step) => (step, Verb::Pass),
                None => return allowed,
            },
            Stage::Approved => (procedure.publication(), Verb::Publish),
            _ => return allowed,
        };
        let needed: Vec<Name> = step.needed(kinds).cloned().collect();
        for role in self.may_sign(step, kinds) {
            allowed.push(Allowed { role: role.clone(), verb: passing.clone(), evidence: needed.clone() });
        }
        if let Stage::Step(_) = self.stage {
            for role in step.signers(kinds) {
                let mut add = |verb| allowed.push(Allowed { role: role.clone(), verb, evidence: Vec::new() });
                let behind = step
                    .returns_to
                    .iter()
                    .filter(|back| procedure.step(back.as_str()).is_some_and(|step| step.is_for(kinds)));
                behind.for_each(|back| add(Verb::Return(back.clone())));
                if step.raises_to.is_some() {
                    add(Verb::Raise);
                }
                if step.refusing == Refusing::May {
                    add(Verb::Refuse);
                }
            }
        }
        if let Some(first) = procedure.next(None, kinds).and_then(|first| procedure.step(first.as_str())) {
            for role in first.signers(kinds) {
                allowed.push(Allowed { role: role.clone(), verb: Verb::Withdraw, evidence: Vec::new() });
            }
        }
        allowed
    }

    /// Returns who may sign the step at hand.
    fn may_sign<'p>(&self, step: &'p Step, kinds: &[Kind]) -> Vec<&'p Name> {
        let mut left = step.signers(kinds).filter(|role| !self.signed.contains(role));
        match step.signing {
            Signing::Serial => left.next().into_iter().collect(),
            Signing::One | Signing::Parallel => left.collect(),
        }
    }

    /// Does something with the case, and returns how far it has come then.
    ///
    /// # Errors
    /// [`ActRefused`] with what may be done instead: the case has ended, somebody else's turn or another step's, a document or an
    /// opinion is missing, a day before what was done last.
    pub fn act(&self, procedure: &Procedure, kinds: &[Kind], act: Act) -> Result<Self, ActRefused> {
        let allowed = self.allowed(procedure, kinds);
        match self.refusal(&allowed, &act) {
            Some(why) => Err(ActRefused::new(why, self, act, allowed, procedure)),
            None => Ok(self.after(procedure, kinds, act)),
        }
    }

    fn refusal(&self, allowed: &[Allowed], act: &Act) -> Option<Why> {
        if self.is_ended() {
            return Some(Why::Ended);
        }
        if !allowed.iter().any(|one| one.verb == act.verb) {
            return Some(Why::OutOfOrder);
        }
        let Some(mine) = allowed.iter().find(|one| one.verb == act.verb && one.role == act.by.role) else {
            return Some(Why::WrongRole);
        };
        let missing = |name: &&Name| act.evidence.get(*name).is_none_or(|document| document.trim().is_empty());
        let missing: Vec<Name> = mine.evidence.iter().filter(missing).cloned().collect();
        if !missing.is_empty() {
            return Some(Why::NoEvidence(missing));
        }
        if act.opinion.trim().is_empty() && matches!(act.verb, Verb::Return(_) | Verb::Refuse | Verb::Raise) {
            return Some(Why::NoOpinion);
        }
        self.acts.last().filter(|last| act.on < last.on).map(|last| Why::TooEarly(last.on))
    }

    /// Does what is allowed.
    fn after(&self, procedure: &Procedure, kinds: &[Kind], act: Act) -> Self {
        let mut next = self.clone();
        match &act.verb {
            Verb::Pass => next.pass(procedure, kinds, &act),
            Verb::Return(to) => next.go(Stage::Step(to.clone())),
            Verb::Refuse => next.go(Stage::Refused),
            Verb::Withdraw => next.go(Stage::Withdrawn),
            Verb::Publish => {
                next.events.insert("published".into(), act.on);
                if let Some(marks) = &procedure.publication().marks {
                    next.events.insert(marks.clone(), act.on);
                }
                next.go(Stage::Published);
            }
            Verb::Raise => {
                let from = match &self.stage {
                    Stage::Step(from) => Some(from.clone()),
                    _ => None,
                };
                let aside = from.as_ref().and_then(|from| procedure.step(from.as_str())?.raises_to.clone());
                if let Some(aside) = aside {
                    next.go(Stage::Step(aside));
                    next.raised_from = from;
                }
            }
        }
        next.acts.push(act);
        next
    }

    fn pass(&mut self, procedure: &Procedure, kinds: &[Kind], act: &Act) {
        let Stage::Step(name) = self.stage.clone() else { return };
        let Some(step) = procedure.step(name.as_str()) else { return };
        self.signed.push(act.by.role.clone());
        if step.signing != Signing::One && !self.may_sign(step, kinds).is_empty() {
            return;
        }
        // Whoever decides a dispute decides in place of the step from which it was raised.
        let in_line = match step.reached {
            Reached::InLine => name.clone(),
            Reached::ByDispute => self.raised_from.clone().unwrap_or(name.clone()),
        };
        let passed = [Some(&name), Some(&in_line).filter(|other| **other != name)];
        for marks in passed.into_iter().flatten().filter_map(|name| procedure.step(name.as_str())?.marks.clone()) {
            self.events.insert(marks, act.on);
        }
        let next = procedure.next(Some(&in_line), kinds);
        if next.is_none() {
            // However a procedure calls it, what has passed all steps is approved.
            self.events.insert("approved".into(), act.on);
        }
        self.go(next.map_or(Stage::Approved, |next| Stage::Step(next.clone())));
    }

    fn go(&mut self, stage: Stage) {
        self.stage = stage;
        self.signed.clear();
        self.raised_from = None;
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step(name) => write!(f, "at '{name}'"),
            Self::Approved => f.write_str("approved"),
            Self::Published => f.write_str("published"),
            Self::Refused => f.write_str("refused"),
            Self::Withdrawn => f.write_str("withdrawn"),
        }
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pass => f.write_str("pass"),
            Self::Return(to) => write!(f, "return to '{to}'"),
            Self::Refuse => f.write_str("refuse"),
            Self::Raise => f.write_str("raise"),
            Self::Withdraw => f.write_str("withdraw"),
            Self::Publish => f.write_str("publish"),
        }
    }
}

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} may {}", self.role, self.verb)?;
        for (at, name) in self.evidence.iter().enumerate() {
            write!(f, "{}{name}", if at == 0 { " with " } else { " and " })?;
        }
        Ok(())
    }
}
