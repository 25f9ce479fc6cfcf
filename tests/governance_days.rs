//! Working days and deadlines: what notices say, what is counted, what is refused.

#[path = "governed/config.rs"]
mod config;

use std::collections::BTreeSet;

use proptest::prelude::*;
use quanze::{
    Date, Duration, days,
    governance::{
        calendar::{Calendar, CalendarError, Day, Holiday, RegionalDays, Year},
        deadline::{Counting, Deadline, DeadlineError, Deadlines, Standing, in_stages, jiyuan},
    },
    working_days,
};

fn calendar() -> Calendar {
    serde_json::from_str(include_str!("../examples/data/calendar.json")).expect("the calendar of the examples")
}

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

/// Counted from the texts of the notices.
#[test]
fn years_have_the_working_days_that_their_notices_leave() {
    let calendar = calendar();
    for (year, count) in [(2023, 249), (2024, 251), (2025, 248), (2026, 248)] {
        let last = day(&format!("{year}-12-31"));
        let first = day(&format!("{year}-01-01"));
        let of_first = i64::from(calendar.is_working_day(first).expect("a known year"));
        assert_eq!(calendar.working_days_between(first, last).expect("a known year") + of_first, count, "{year}");
    }
}

#[test]
fn a_holiday_is_off_and_a_weekend_may_be_worked_on() {
    let calendar = calendar();
    let works = |text| calendar.is_working_day(day(text)).expect("a known year");
    assert!(!works("2026-02-16"), "a Monday of the Spring Festival");
    assert!(works("2026-02-14"), "a Saturday worked on for it");
    assert!(!works("2026-03-01"), "a Sunday like any other");
    assert!(works("2026-03-02"), "a Monday like any other");
}

#[test]
fn fifteen_working_days_pass_over_a_holiday_with_a_working_weekend() {
    // By hand: 14 February and 28 February are worked on, 15 to 23 February are off.
    let due = calendar().working_day_after(day("2026-02-13"), 15).expect("a known year");
    assert_eq!(due, day("2026-03-12"));
}

#[test]
fn a_year_without_its_notice_is_an_error_that_names_it() {
    let error = calendar().working_day_after(day("2026-12-25"), 10).expect_err("2027 has no notice");
    assert_eq!(
        error.to_string(),
        "which days of 2027 are worked on is not known, so 2027-01-01 cannot be counted; the calendar has 2023, 2024, 2025, 2026; \
         add the notice of the year"
    );
    let none = Calendar::default().is_working_day(day("2026-01-01")).expect_err("nothing is known");
    assert!(none.to_string().ends_with("the calendar has no year; add the notice of the year"), "{none}");
}

#[test]
fn regional_days_go_before_the_national_notice() {
    let years: Vec<Year> = calendar().years().cloned().collect();
    let regional = |from, to, is| RegionalDays {
        name: "肉孜节".into(),
        notice: "示例".into(),
        from: day(from),
        to: day(to),
        day: is,
    };
    let off = Calendar::new(years.clone(), vec![regional("2026-03-20", "2026-03-20", Day::Off)]).expect("it fits");
    assert_eq!(off.is_working_day(day("2026-03-20")), Ok(false));
    // A day that the national notice takes off is worked on where a region says so.
    let on = Calendar::new(years, vec![regional("2026-04-06", "2026-04-06", Day::Working)]).expect("it fits");
    assert_eq!(on.is_working_day(day("2026-04-06")), Ok(true));
    assert_eq!(calendar().is_working_day(day("2026-04-06")), Ok(false));
}

#[test]
fn what_does_not_fit_is_told_all_at_once() {
    let holiday = |from, to| Holiday { name: "元旦".into(), from: day(from), to: day(to) };
    let years = vec![
        Year {
            year: 2026,
            notice: " ".into(),
            holidays: vec![holiday("2026-01-03", "2026-01-01"), holiday("2027-01-01", "2027-01-01")],
            working: vec![day("2026-01-05"), day("2026-01-04"), day("2026-01-04")],
        },
        Year { year: 2026, notice: "again".into(), holidays: Vec::new(), working: Vec::new() },
    ];
    let Err(CalendarError::Faults(faults)) = Calendar::new(years, Vec::new()) else { panic!("it does not fit") };
    assert_eq!(
        faults,
        [
            "the year 2026 names no notice",
            "2026, 元旦: 2026-01-03 to 2026-01-01 is no period of 1 to 31 days",
            "2026, 元旦: 2027-01-01 is no day of 2026",
            "2026, worked on: 2026-01-05 is neither a Saturday nor a Sunday",
            "2026, worked on: 2026-01-04 is named twice",
            "the year 2026 is there twice",
        ]
    );
    for (json, says) in [
        (r#"{"format":"quanze state","version":1,"years":[]}"#, "the text holds 'quanze state'"),
        (r#"{"format":"quanze-calendar","version":2,"years":[]}"#, "of version 2 of its format"),
        (r#"{"format":"quanze-calendar","version":1,"years":[],"more":1}"#, "unknown field `more`"),
    ] {
        let error = serde_json::from_str::<Calendar>(json).expect_err(json);
        assert!(error.to_string().contains(says), "{error}");
    }
}

#[test]
fn a_calendar_is_written_as_it_was_read() {
    let json = include_str!("../examples/data/calendar.json");
    let written = serde_json::to_value(calendar()).expect("it is written");
    assert_eq!(written, serde_json::from_str::<serde_json::Value>(json).expect("it is JSON"));
}

#[test]
fn a_deadline_stands_where_the_day_says() {
    let calendar = calendar();
    let deadline = Deadline::new("trigger", "published", working_days(3)).soon(1);
    let event = day("2026-02-13");
    let due = day("2026-02-25");
    let standing = |done: Option<&str>, today| {
        deadline.standing(event, done.map(day), day(today), &calendar).expect("a known year")
    };
    assert_eq!(standing(None, "2026-02-13"), Standing::Open { due, left: 3 });
    assert_eq!(standing(None, "2026-02-24"), Standing::DueSoon { due, left: 1 });
    assert_eq!(standing(None, "2026-02-25"), Standing::DueSoon { due, left: 0 });
    assert_eq!(standing(None, "2026-02-28"), Standing::Overdue { due, late: 3 });
    assert_eq!(standing(Some("2026-02-25"), "2026-03-01"), Standing::Met { due, on: due });
    let on = day("2026-02-26");
    assert_eq!(standing(Some("2026-02-26"), "2026-03-01"), Standing::Missed { due, on, late: 1 });
    // What is done later than the day that is asked about is not done yet.
    assert_eq!(standing(Some("2026-02-26"), "2026-02-25"), Standing::DueSoon { due, left: 0 });
    assert_eq!(standing(None, "2026-02-28").text("zh"), "逾期 3 日（截止 2026-02-25）");
    assert_eq!(standing(None, "2026-02-28").to_string(), "overdue by 3 days: was due on 2026-02-25");
}

#[test]
fn the_day_of_the_event_counts_only_where_it_is_said() {
    let calendar = calendar();
    let deadline = Deadline::new("trigger", "published", working_days(1));
    let monday = day("2026-03-02");
    assert_eq!(deadline.due(monday, &calendar), Ok(day("2026-03-03")));
    assert_eq!(deadline.counting(Counting::FromSameDay).due(monday, &calendar), Ok(monday));
}

#[test]
fn a_period_of_calendar_days_ends_on_a_working_day() {
    let calendar = calendar();
    let due = |count| Deadline::new("trigger", "published", days(count)).due(day("2026-02-12"), &calendar);
    assert_eq!(due(2), Ok(day("2026-02-14")), "a Saturday that is worked on");
    assert_eq!(due(3), Ok(day("2026-02-24")), "the first day after the Spring Festival");
}

#[test]
fn a_deadline_that_cannot_be_counted_is_refused() {
    let of = |limit: Duration| Deadline::new("trigger", "published", limit).check();
    assert_eq!(of(Duration::new(2, "hours")), Err(DeadlineError::Unit(Duration::new(2, "hours"))));
    assert_eq!(of(working_days(0)), Err(DeadlineError::Amount(working_days(0))));
    assert_eq!(of(working_days(4000)), Err(DeadlineError::Amount(working_days(4000))));
    let json = r#"{"adjustment":{"from":"trigger","to":"published","limit":"2 hours"}}"#;
    let error = serde_json::from_str::<Deadlines>(json).expect_err("hours are not counted");
    assert!(error.to_string().contains("it is in working_days or days"), "{error}");
}

#[test]
fn deadlines_of_jurisdictions_are_data() {
    for deadlines in [jiyuan(), in_stages()] {
        deadlines.values().for_each(|one| assert_eq!(one.check(), Ok(())));
        let json = serde_json::to_string(&deadlines).expect("they are written");
        assert_eq!(serde_json::from_str::<Deadlines>(&json).expect("they are read"), deadlines);
    }
    let limits: Vec<String> = in_stages().values().map(|one| one.limit().to_string()).collect();
    assert_eq!(limits, ["10 working_days", "15 working_days", "3 working_days", "5 working_days"]);
}

/// Working days counted one by one, by the words of the notices.
fn plainly(from: Date, count: usize) -> Date {
    let calendar = calendar();
    let mut off = BTreeSet::new();
    let mut on = BTreeSet::new();
    for year in calendar.years() {
        for holiday in &year.holidays {
            off.extend((0..40).filter_map(|at| holiday.from.plus_days(at)).take_while(|day| *day <= holiday.to));
        }
        on.extend(year.working.iter().copied());
    }
    let works = |day: &Date| on.contains(day) || !off.contains(day) && !day.is_weekend();
    let days = (1..2000).filter_map(|at| from.plus_days(at));
    if count == 0 { from } else { days.filter(works).nth(count - 1).expect("a day") }
}

proptest! {
    #![proptest_config(config::config(256))]

    /// Days after a day, and days between two, are each other's reverse, and are what a plain count says.
    #[test]
    fn counting_forth_and_back_agree(start in 0_i64..1100, count in 0_u32..120) {
        let calendar = calendar();
        let from = day("2023-01-01").plus_days(start).expect("a date");
        let to = calendar.working_day_after(from, count).expect("a known year");
        prop_assert_eq!(to, plainly(from, count as usize));
        prop_assert_eq!(calendar.working_days_between(from, to), Ok(i64::from(count)));
        prop_assert_eq!(calendar.working_days_between(to, from), Ok(-i64::from(count)));
    }

    /// A deadline is late on the day after it is due, and on no day before.
    #[test]
    fn late_begins_behind_the_last_day(start in 0_i64..1000, limit in 1_i64..60, after in 0_i64..120, working: bool) {
        let calendar = calendar();
        let event = day("2023-01-01").plus_days(start).expect("a date");
        let today = event.plus_days(after).expect("a date");
        let deadline = Deadline::new("a", "b", if working { working_days(limit) } else { days(limit) });
        let standing = deadline.standing(event, None, today, &calendar).expect("a known year");
        prop_assert_eq!(standing.is_late(), today > standing.due());
        let done = deadline.standing(event, Some(today), today, &calendar).expect("a known year");
        prop_assert_eq!(done.is_late(), today > standing.due());
    }
}
