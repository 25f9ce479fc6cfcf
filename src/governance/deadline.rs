//! By when something is to be done.
//!
//! How many days, from what, and up to what is the jurisdiction's to say: 15 working days for all of an adjustment in Jiyuan, 10 to apply,
//! 15 to review and 3 to publish elsewhere. So deadlines are data.
//!
//! Architecture invariant: nothing here knows what the day is; it is passed in.

use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::calendar::{Calendar, UnknownYear};
use crate::{
    schema::Labels,
    value::{Date, Duration, Name, working_days},
};

/// A deadline: from one event, so long, up to another.
///
/// ```
/// use quanze::{governance::deadline::{Deadline, Standing}, working_days};
///
/// let calendar = serde_json::from_str(include_str!("../../examples/data/calendar.json"))?;
/// let adjustment = Deadline::new("trigger", "published", working_days(15));
/// // A law of Friday, 13 February 2026; the Saturday after it is worked on, and the Spring Festival is not.
/// let due = adjustment.due("2026-02-13".parse()?, &calendar)?;
/// assert_eq!(due, "2026-03-12".parse()?);
///
/// let standing = adjustment.standing("2026-02-13".parse()?, None, "2026-03-10".parse()?, &calendar)?;
/// assert_eq!(standing, Standing::DueSoon { due, left: 2 });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "期限")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Deadline {
    from: Name,
    to: Name,
    limit: Duration,
    counting: Counting,
    soon: u32,
    labels: Labels,
}

/// Which day is the first that counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    /// The day after the event: the day on which a period begins does not count (Civil Code, article 201).
    #[default]
    FromNextDay,
    /// The day of the event.
    FromSameDay,
}

/// The deadlines of a jurisdiction, by name.
#[doc(alias = "期限规定")]
pub type Deadlines = IndexMap<Name, Deadline>;

/// Where a deadline stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Standing {
    /// There is time.
    Open {
        /// The last day.
        due: Date,
        /// Days left, as the deadline counts them.
        left: i64,
    },
    /// There is little time.
    #[doc(alias = "临期")]
    DueSoon {
        /// The last day.
        due: Date,
        /// Days left, as the deadline counts them; 0 on the last day.
        left: i64,
    },
    /// The last day has passed, and it is not done.
    #[doc(alias = "逾期")]
    Overdue {
        /// The last day.
        due: Date,
        /// Days past it, as the deadline counts them.
        late: i64,
    },
    /// It was done in time.
    Met {
        /// The last day.
        due: Date,
        /// The day on which it was done.
        on: Date,
    },
    /// It was done, but late.
    Missed {
        /// The last day.
        due: Date,
        /// The day on which it was done.
        on: Date,
        /// Days past the last day, as the deadline counts them.
        late: i64,
    },
}

/// The error of a deadline that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DeadlineError {
    /// The limit is in a unit that no calendar counts.
    #[error("a deadline of '{0}' cannot be counted; it is in working_days or days")]
    Unit(Duration),
    /// The limit is no time, or too much of it.
    #[error("a deadline of '{0}' is none; it is 1 to {LONGEST} days long")]
    Amount(Duration),
    /// An event is no name.
    #[error("'{0}' is no name of an event")]
    Event(Name),
}

/// Ten years: more is a slip of the pen.
const LONGEST: i64 = 3660;

impl Deadline {
    /// Makes a deadline from an event to another. What does not fit is told where the deadline is used, in the words of
    /// [`DeadlineError`]; see [`Deadline::check`].
    #[must_use]
    pub fn new(from: impl Into<Name>, to: impl Into<Name>, limit: Duration) -> Self {
        Self {
            from: from.into(),
            to: to.into(),
            limit,
            counting: Counting::default(),
            soon: soon(),
            labels: Labels::default(),
        }
    }

    /// Sets which day is the first that counts.
    #[must_use]
    pub fn counting(self, counting: Counting) -> Self {
        Self { counting, ..self }
    }

    /// Sets with how many days left it is [`Standing::DueSoon`]; 3 otherwise.
    #[must_use]
    pub fn soon(self, days: u32) -> Self {
        Self { soon: days, ..self }
    }

    /// Sets what people call it.
    #[must_use]
    pub fn labels(self, labels: impl Into<Labels>) -> Self {
        Self { labels: labels.into(), ..self }
    }

    /// Returns the event from which it counts.
    #[must_use]
    pub fn from(&self) -> &Name {
        &self.from
    }

    /// Returns the event that meets it.
    #[must_use]
    pub fn to(&self) -> &Name {
        &self.to
    }

    /// Returns how long it is.
    #[must_use]
    pub fn limit(&self) -> &Duration {
        &self.limit
    }

    /// Returns what people call it.
    #[must_use]
    pub fn label(&self, language: &str) -> Option<&str> {
        self.labels.get_or_first(language)
    }

    /// Demands that the deadline can be counted. One that was read from JSON can.
    ///
    /// # Errors
    /// [`DeadlineError`] for another unit than working days or days, no time, too much of it, or an event without a name.
    pub fn check(&self) -> Result<(), DeadlineError> {
        for event in [&self.from, &self.to] {
            if !event.is_well_formed() {
                return Err(DeadlineError::Event(event.clone()));
            }
        }
        Unit::of(&self.limit).ok_or_else(|| DeadlineError::Unit(self.limit.clone()))?;
        if (1..=LONGEST).contains(&self.limit.amount()) {
            Ok(())
        } else {
            Err(DeadlineError::Amount(self.limit.clone()))
        }
    }

    /// Returns the last day of a period that begins with an event on a day. One of calendar days that ends on a day off ends on the
    /// next working day (Civil Code, article 203).
    ///
    /// # Errors
    /// [`UnknownYear`] where the calendar has no notice for a year on the way.
    pub fn due(&self, event: Date, calendar: &Calendar) -> Result<Date, UnknownYear> {
        let amount = self.limit.amount().clamp(1, LONGEST);
        let start = match self.counting {
            Counting::FromNextDay => event,
            // The day before, so that the day itself is the first that counts.
            Counting::FromSameDay => event.plus_days(-1).unwrap_or(event),
        };
        match Unit::of(&self.limit) {
            Some(Unit::Days) => calendar.working_day_from(start.plus_days(amount).unwrap_or(start)),
            // What is neither was told by `check`.
            _ => calendar.working_day_after(start, amount as u32),
        }
    }

    /// Tells where the deadline stands on a day, when its event was on a day and it was done on a day, or is not done.
    ///
    /// # Errors
    /// [`UnknownYear`] where the calendar has no notice for a year on the way.
    pub fn standing(
        &self,
        event: Date,
        done: Option<Date>,
        today: Date,
        calendar: &Calendar,
    ) -> Result<Standing, UnknownYear> {
        let due = self.due(event, calendar)?;
        let left = |day| match Unit::of(&self.limit) {
            Some(Unit::Days) => Ok(due.days_since(day)),
            _ => calendar.working_days_between(day, due),
        };
        Ok(match done.filter(|on| *on <= today) {
            Some(on) if on <= due => Standing::Met { due, on },
            Some(on) => Standing::Missed { due, on, late: -left(on)? },
            None if today > due => Standing::Overdue { due, late: -left(today)? },
            None => {
                let left = left(today)?;
                if left <= i64::from(self.soon) {
                    Standing::DueSoon { due, left }
                } else {
                    Standing::Open { due, left }
                }
            }
        })
    }
}

impl Standing {
    /// Returns the last day.
    #[must_use]
    pub fn due(&self) -> Date {
        match *self {
            Self::Open { due, .. }
            | Self::DueSoon { due, .. }
            | Self::Overdue { due, .. }
            | Self::Met { due, .. }
            | Self::Missed { due, .. } => due,
        }
    }

    /// Tells whether it was done late, or is late already.
    #[must_use]
    pub fn is_late(&self) -> bool {
        matches!(self, Self::Overdue { .. } | Self::Missed { .. })
    }

    /// Says it to people, in Chinese (`zh`) or English.
    #[must_use]
    pub fn text(&self, language: &str) -> String {
        if language == "zh" {
            match self {
                Self::Open { due, left } => format!("截止 {due}，余 {left} 日"),
                Self::DueSoon { due, left } => format!("临期：截止 {due}，余 {left} 日"),
                Self::Overdue { due, late } => format!("逾期 {late} 日（截止 {due}）"),
                Self::Met { due, on } => format!("{on} 按期办结（截止 {due}）"),
                Self::Missed { due, on, late } => format!("{on} 办结，逾期 {late} 日（截止 {due}）"),
            }
        } else {
            self.to_string()
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open { due, left } => write!(f, "due on {due}, {left} days left"),
            Self::DueSoon { due, left } => write!(f, "due soon: on {due}, {left} days left"),
            Self::Overdue { due, late } => write!(f, "overdue by {late} days: was due on {due}"),
            Self::Met { due, on } => write!(f, "done on {on}, in time: due on {due}"),
            Self::Missed { due, on, late } => write!(f, "done on {on}, {late} days late: was due on {due}"),
        }
    }
}

/// What a deadline counts.
enum Unit {
    WorkingDays,
    Days,
}

impl Unit {
    fn of(limit: &Duration) -> Option<Self> {
        match limit.unit().as_str() {
            "working_days" => Some(Self::WorkingDays),
            "days" => Some(Self::Days),
            _ => None,
        }
    }
}

/// The deadlines of Jiyuan: 15 working days for all three steps of an adjustment, from what makes it necessary up to its publication
/// (the text of 2023: 各部门于15个工作日内，按照“三步走”的网上审核程序实时调整); for a review by whom a change concerns, which the text leaves
/// open, 5.
#[must_use]
pub fn jiyuan() -> Deadlines {
    let adjustment =
        Deadline::new("trigger", "published", working_days(15)).labels(Labels::zh_en("实时调整", "adjustment"));
    [("adjustment".into(), adjustment), ("review".into(), review())].into()
}

/// Deadlines as other cities set them: 10 working days to apply, 15 to review, 3 to publish.
#[must_use]
pub fn in_stages() -> Deadlines {
    let of = |from: &str, to: &str, count, zh: &str, en: &str| {
        Deadline::new(from, to, working_days(count)).labels(Labels::zh_en(zh, en))
    };
    [
        ("applying".into(), of("trigger", "applied", 10, "申请", "applying")),
        ("reviewing".into(), of("applied", "approved", 15, "审核", "reviewing")),
        ("publishing".into(), of("approved", "published", 3, "公布", "publishing")),
        ("review".into(), review()),
    ]
    .into()
}

fn review() -> Deadline {
    Deadline::new("found", "settled", working_days(5)).labels(Labels::zh_en("复核", "review"))
}

/// A deadline as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    from: Name,
    to: Name,
    limit: Duration,
    #[serde(default)]
    counting: Counting,
    #[serde(default = "soon")]
    soon: u32,
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    labels: Labels,
}

fn soon() -> u32 {
    3
}

impl From<Deadline> for Written {
    fn from(Deadline { from, to, limit, counting, soon, labels }: Deadline) -> Self {
        Self { from, to, limit, counting, soon, labels }
    }
}

impl TryFrom<Written> for Deadline {
    type Error = DeadlineError;

    fn try_from(Written { from, to, limit, counting, soon, labels }: Written) -> Result<Self, DeadlineError> {
        let deadline = Self { from, to, limit, counting, soon, labels };
        deadline.check()?;
        Ok(deadline)
    }
}
