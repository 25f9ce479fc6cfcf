use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Name;

/// A whole number of days, hours or another unit; it compares and adds only with its like.
///
/// Written as `10 working_days`. Ten working days are neither more nor less than ten days: without a calendar nobody
/// can tell, so such a comparison is false and such a sum is missing.
///
/// ```
/// use quanze::{Duration, working_days};
///
/// assert_eq!("10 working_days".parse::<Duration>()?, working_days(10));
/// # Ok::<(), quanze::DurationError>(())
/// ```
#[doc(alias = "时限")]
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Duration {
    unit: Name,
    amount: i64,
}

/// The error of a text that is no duration.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("'{text}' is no duration; a duration reads like '10 working_days'")]
pub struct DurationError {
    text: String,
}

/// Makes a duration in working days (工作日).
#[doc(alias = "工作日")]
#[must_use]
pub fn working_days(amount: i64) -> Duration {
    Duration::new(amount, "working_days")
}

/// Makes a duration in calendar days (自然日).
#[doc(alias = "自然日")]
#[must_use]
pub fn days(amount: i64) -> Duration {
    Duration::new(amount, "days")
}

impl Duration {
    /// Makes a duration of an amount and a unit that the schema declares.
    pub fn new(amount: i64, unit: impl Into<Name>) -> Self {
        Self { unit: unit.into(), amount }
    }

    /// Returns the number of units.
    #[must_use]
    pub fn amount(&self) -> i64 {
        self.amount
    }

    /// Returns the unit.
    #[must_use]
    pub fn unit(&self) -> &Name {
        &self.unit
    }
}

impl FromStr for Duration {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        let refuse = || DurationError { text: text.chars().take(40).collect() };
        let (amount, unit) = text.split_once(' ').ok_or_else(refuse)?;
        let unit = Name::from(unit);
        if !unit.is_well_formed() {
            return Err(refuse());
        }
        Ok(Self { amount: amount.parse().map_err(|_| refuse())?, unit })
    }
}

impl TryFrom<String> for Duration {
    type Error = DurationError;

    fn try_from(text: String) -> Result<Self, DurationError> {
        text.parse()
    }
}

impl From<Duration> for String {
    fn from(duration: Duration) -> Self {
        duration.to_string()
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.unit)
    }
}

impl fmt::Debug for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
