use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Calendar, CalendarError, Day, RegionalDays, Year};
use crate::value::Date;

pub(super) const FORMAT: &str = "quanze-calendar";
pub(super) const VERSION: u32 = 1;

/// Days of a holiday, more than which is a slip of the pen.
const LONGEST: i64 = 31;

/// A calendar as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    format: String,
    version: u32,
    years: Vec<Year>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    regional: Vec<RegionalDays>,
}

impl Written {
    pub(super) fn new(years: Vec<Year>, regional: Vec<RegionalDays>) -> Self {
        Self { format: FORMAT.into(), version: VERSION, years, regional }
    }
}

impl From<Calendar> for Written {
    fn from(calendar: Calendar) -> Self {
        Self::new(calendar.years.into_values().collect(), calendar.regional)
    }
}

impl TryFrom<Written> for Calendar {
    type Error = CalendarError;

    fn try_from(written: Written) -> Result<Self, CalendarError> {
        if written.format != FORMAT {
            return Err(CalendarError::Format(written.format.chars().take(40).collect()));
        }
        if written.version != VERSION {
            return Err(CalendarError::Version(written.version));
        }
        let mut reading = Reading::default();
        let mut years = BTreeMap::new();
        for year in written.years {
            reading.year(&year);
            let number = year.year;
            if years.insert(number, year).is_some() {
                reading.faults.push(format!("the year {number} is there twice"));
            }
        }
        for days in &written.regional {
            reading.regional(days);
        }
        if reading.faults.is_empty() {
            let mut days = reading.national;
            days.append(&mut reading.regional);
            Ok(Self { years, regional: written.regional, days })
        } else {
            Err(CalendarError::Faults(reading.faults))
        }
    }
}

/// What has been read, with all that does not fit.
#[derive(Default)]
struct Reading {
    national: BTreeMap<Date, Day>,
    regional: BTreeMap<Date, Day>,
    faults: Vec<String>,
}

impl Reading {
    fn year(&mut self, year: &Year) {
        let number = year.year;
        if year.notice.trim().is_empty() {
            self.faults.push(format!("the year {number} names no notice"));
        }
        for holiday in &year.holidays {
            let what = format!("{number}, {}", holiday.name);
            for day in self.days(&what, holiday.from, holiday.to) {
                self.belongs(&what, number, day);
                self.national(&what, day, Day::Off);
            }
        }
        for &day in &year.working {
            let what = format!("{number}, worked on");
            self.belongs(&what, number, day);
            if !day.is_weekend() {
                self.faults.push(format!("{what}: {day} is neither a Saturday nor a Sunday"));
            }
            self.national(&what, day, Day::Working);
        }
    }

    /// A notice may reach into the December before.
    fn belongs(&mut self, what: &str, year: i16, day: Date) {
        let before = day.year() == year - 1 && Date::new(year - 1, 12, 1).is_some_and(|december| day >= december);
        if day.year() != year && !before {
            self.faults.push(format!("{what}: {day} is no day of {year}"));
        }
    }

    fn national(&mut self, what: &str, day: Date, is: Day) {
        if self.national.insert(day, is).is_some() {
            self.faults.push(format!("{what}: {day} is named twice"));
        }
    }

    fn regional(&mut self, days: &RegionalDays) {
        if days.notice.trim().is_empty() {
            self.faults.push(format!("{} names no notice", days.name));
        }
        for day in self.days(&days.name, days.from, days.to) {
            if self.regional.insert(day, days.day).is_some() {
                self.faults.push(format!("{}: {day} is named twice", days.name));
            }
        }
    }

    fn days(&mut self, what: &str, from: Date, to: Date) -> Vec<Date> {
        let length = to.days_since(from) + 1;
        if !(1..=LONGEST).contains(&length) {
            self.faults.push(format!("{what}: {from} to {to} is no period of 1 to {LONGEST} days"));
            return Vec::new();
        }
        (0..length).filter_map(|at| from.plus_days(at)).collect()
    }
}
