use thiserror::Error;

use crate::value::Date;

/// The error of a calendar that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CalendarError {
    /// Something else is stored.
    #[error("the text holds '{0}'; a calendar says '{format}'", format = super::written::FORMAT)]
    Format(String),
    /// Another version of the library wrote it.
    #[error("the calendar is of version {0} of its format, and this library reads version {version}", version = super::written::VERSION)]
    Version(u32),
    /// What it says does not fit together.
    #[error("the calendar does not fit together: {}", .0.join("; "))]
    Faults(Vec<String>),
}

/// The error of a day in a year for which no notice is here.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("which days of {} are worked on is not known, so {day} cannot be counted; {}", day.year(), known_years(known))]
pub struct UnknownYear {
    pub(super) day: Date,
    pub(super) known: Vec<i16>,
}

impl UnknownYear {
    /// Returns the day.
    #[must_use]
    pub fn day(&self) -> Date {
        self.day
    }

    /// Returns the years that the calendar has.
    #[must_use]
    pub fn known(&self) -> &[i16] {
        &self.known
    }
}

fn known_years(years: &[i16]) -> String {
    if years.is_empty() {
        return "the calendar has no year; add the notice of the year".into();
    }
    let years: Vec<String> = years.iter().map(ToString::to_string).collect();
    format!("the calendar has {}; add the notice of the year", years.join(", "))
}
