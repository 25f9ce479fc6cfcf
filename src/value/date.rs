use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A day of the proleptic Gregorian calendar, years −9999 to 9999, without time or zone.
///
/// ```
/// use quanze::Date;
///
/// let effective: Date = "2022-06-05".parse()?;
/// assert_eq!(effective.plus_days(30).map(|d| d.to_string()).as_deref(), Some("2022-07-05"));
/// # Ok::<(), quanze::DateError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date(jiff::civil::Date);

/// The error of a text that is no day of the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("'{text}' is no date; a date reads like 2024-03-31")]
pub struct DateError {
    text: String,
}

const EPOCH: jiff::civil::Date = jiff::civil::date(1970, 1, 1);

impl Date {
    /// Makes the day of a year, month (1–12) and day of the month (1–31); `None` where the calendar has none.
    #[must_use]
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        jiff::civil::Date::new(year, month, day).ok().map(Self)
    }

    /// Returns the day that lies `days` days later (earlier when negative); `None` outside the calendar.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Option<Self> {
        let span = jiff::Span::new().try_days(days).ok()?;
        self.0.checked_add(span).ok().map(Self)
    }

    /// Returns the number of days from `earlier` to this day, negative when `earlier` is later.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i64 {
        i64::from(self.epoch_day()) - i64::from(earlier.epoch_day())
    }

    /// Returns the year.
    ///
    /// ```
    /// use quanze::Date;
    ///
    /// assert_eq!(Date::new(2026, 2, 14).map(Date::year), Some(2026));
    /// ```
    #[must_use]
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// Tells whether the day is a Saturday or a Sunday.
    ///
    /// ```
    /// use quanze::Date;
    ///
    /// assert_eq!(Date::new(2026, 2, 14).map(Date::is_weekend), Some(true));
    /// assert_eq!(Date::new(2026, 2, 16).map(Date::is_weekend), Some(false));
    /// ```
    #[doc(alias = "周末")]
    #[must_use]
    pub fn is_weekend(self) -> bool {
        matches!(self.0.weekday(), jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday)
    }

    /// Returns the days since 1970-01-01.
    pub(crate) fn epoch_day(self) -> i32 {
        // The calendar spans under eight million days.
        self.0.since(EPOCH).map_or(0, |span| span.get_days())
    }

    /// Returns the day that lies `days` after 1970-01-01.
    pub(crate) fn from_epoch_day(days: i32) -> Option<Self> {
        Self(EPOCH).plus_days(i64::from(days))
    }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let refuse = || DateError { text: text.chars().take(40).collect() };
        // Only the plain form: the parser of the calendar crate also takes times and annotations.
        let shape = text.len() == 10
            && text.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
        if !shape {
            return Err(refuse());
        }
        text.parse().map(Self).map_err(|_| refuse())
    }
}

impl TryFrom<String> for Date {
    type Error = DateError;

    fn try_from(text: String) -> Result<Self, DateError> {
        text.parse()
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
