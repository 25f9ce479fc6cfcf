//! Which days people work on.
//!
//! Working days follow the notice that the State Council's General Office issues each year: holidays, and weekends that are worked on
//! in exchange. A year without its notice is an error, never "Monday to Friday".
//!
//! Architecture invariant: no clock is read. Every day comes from the caller.

mod error;
mod written;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::error::{CalendarError, UnknownYear};
use self::written::Written;
use crate::value::Date;

/// Working days, year by year, as notices set them.
///
/// A calendar is a value: it is read from JSON, and written as it was read. `examples/data/calendar.json` holds the years 2023 to 2026.
///
/// ```
/// use quanze::{Date, governance::calendar::Calendar};
///
/// let calendar: Calendar = serde_json::from_str(r#"{
///     "format": "quanze-calendar", "version": 1,
///     "years": [{
///         "year": 2026, "notice": "国办发明电〔2025〕7号",
///         "holidays": [{"name": "元旦", "from": "2026-01-01", "to": "2026-01-03"}],
///         "working": ["2026-01-04"]
///     }]
/// }"#)?;
/// let day = |text: &str| text.parse::<Date>();
/// // A Sunday that is worked on.
/// assert!(calendar.is_working_day(day("2026-01-04")?)?);
/// // The second working day after the last of December is not asked for: nobody has said which days of 2025 are worked on.
/// assert!(calendar.is_working_day(day("2025-12-31")?).is_err());
/// assert_eq!(calendar.working_day_after(day("2026-01-02")?, 2)?, day("2026-01-05")?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "工作日历")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Calendar {
    years: BTreeMap<i16, Year>,
    regional: Vec<RegionalDays>,
    /// The days that are not what their weekday says, whoever says so.
    days: BTreeMap<Date, Day>,
}

/// The notice for a year: what differs from Monday to Friday.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Year {
    /// The year.
    pub year: i16,
    /// The notice that sets the days, by its number.
    pub notice: String,
    /// The holidays, weekends within them included.
    pub holidays: Vec<Holiday>,
    /// The weekend days that are worked on.
    pub working: Vec<Date>,
}

/// Consecutive days off.
#[doc(alias = "节假日")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// What is celebrated.
    pub name: String,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

/// Consecutive days that a region sets apart from the national notice.
#[doc(alias = "地方假日")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegionalDays {
    /// What they are for.
    pub name: String,
    /// The notice that sets them.
    pub notice: String,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// What they are.
    pub day: Day,
}

/// What a day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Day {
    /// Nobody works.
    Off,
    /// People work.
    Working,
}

impl Calendar {
    /// Makes a calendar of the notices of years and what a region sets apart, which goes before them.
    ///
    /// A year's notice may speak of days of the December before, as that for 2019 did.
    ///
    /// # Errors
    /// [`CalendarError::Faults`] with all that does not fit: years named twice, days of other years, days that are both, a
    /// weekday said to be worked on in exchange, a period that ends before it begins.
    pub fn new(years: Vec<Year>, regional: Vec<RegionalDays>) -> Result<Self, CalendarError> {
        Written::new(years, regional).try_into()
    }

    /// Returns the notices of the years, in their order.
    pub fn years(&self) -> impl Iterator<Item = &Year> {
        self.years.values()
    }

    /// Returns what the region sets apart.
    #[must_use]
    pub fn regional(&self) -> &[RegionalDays] {
        &self.regional
    }

    /// Tells whether a day is worked on.
    ///
    /// # Errors
    /// [`UnknownYear`] where no notice is here for the day's year.
    #[doc(alias = "工作日")]
    pub fn is_working_day(&self, day: Date) -> Result<bool, UnknownYear> {
        if !self.years.contains_key(&day.year()) {
            return Err(self.unknown(day));
        }
        Ok(match self.days.get(&day) {
            Some(day) => *day == Day::Working,
            None => !day.is_weekend(),
        })
    }

    /// Returns the `count`-th working day after a day, which itself is not counted; for 0, the day itself.
    ///
    /// # Errors
    /// [`UnknownYear`] where no notice is here for a year on the way.
    ///
    /// # Complexity
    /// In the days passed.
    pub fn working_day_after(&self, day: Date, count: u32) -> Result<Date, UnknownYear> {
        let mut at = day;
        for _ in 0..count {
            at = self.next_working_day(at)?;
        }
        Ok(at)
    }

    /// Returns the first working day after a day.
    fn next_working_day(&self, day: Date) -> Result<Date, UnknownYear> {
        let mut at = day;
        loop {
            at = at.plus_days(1).ok_or_else(|| self.unknown(at))?;
            if self.is_working_day(at)? {
                return Ok(at);
            }
        }
    }

    /// Returns the day if it is worked on, else the next that is.
    ///
    /// # Errors
    /// [`UnknownYear`] where no notice is here for a year on the way.
    pub fn working_day_from(&self, day: Date) -> Result<Date, UnknownYear> {
        if self.is_working_day(day)? { Ok(day) } else { self.next_working_day(day) }
    }

    /// Counts the working days after one day up to and with another; below zero where the other is earlier.
    ///
    /// # Errors
    /// [`UnknownYear`] where no notice is here for a year on the way.
    ///
    /// # Complexity
    /// In the days between.
    pub fn working_days_between(&self, from: Date, to: Date) -> Result<i64, UnknownYear> {
        let (early, late, sign) = if from <= to { (from, to, 1) } else { (to, from, -1) };
        let mut count = 0;
        let mut at = early;
        while at < late {
            at = at.plus_days(1).ok_or_else(|| self.unknown(at))?;
            count += i64::from(self.is_working_day(at)?);
        }
        Ok(sign * count)
    }

    fn unknown(&self, day: Date) -> UnknownYear {
        UnknownYear { day, known: self.years.keys().copied().collect() }
    }
}
