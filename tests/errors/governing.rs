//! What governing refuses.

use quanze::{
    Duration, Edits, ListSystem, Record, four_tier,
    governance::{
        Answer, Office, Person, Publication, Rules,
        calendar::{Calendar, CalendarError, Holiday, Year},
        case::{Adjustment, Dependants, Move, NewItem},
        deadline::Deadline,
        history::{Hash, Head, History},
        procedure::{Act, Procedure, Step, Verb, adjustment},
    },
    working_days,
};

use super::{
    Outcome, Said,
    governed::{self, approve, by, day, office, package},
};

pub(super) fn bring_about(said: &mut Said) -> Outcome {
    days(said);
    procedures(said);
    cases(said);
    opened(said);
    refused(said)?;
    past(said)
}

fn days(said: &mut Said) {
    for json in [
        r#"{"format":"quanze-state","version":1,"years":[]}"#,
        r#"{"format":"quanze-calendar","version":9,"years":[]}"#,
    ] {
        // What serde wraps is said by the calendar itself.
        let error = serde_json::from_str::<Calendar>(json).expect_err("it is no calendar").to_string();
        let kind = if error.contains("version") {
            CalendarError::Version(9)
        } else {
            CalendarError::Format("quanze-state".into())
        };
        assert!(error.starts_with(&kind.to_string()), "{error}");
        said.variant("CalendarError", &kind);
    }
    let holiday = Holiday { name: "元旦".into(), from: day("2026-01-03"), to: day("2026-01-01") };
    let year = Year { year: 2026, notice: "通知".into(), holidays: vec![holiday], working: vec![day("2026-01-05")] };
    said.variant("CalendarError", &Calendar::new(vec![year], Vec::new()).expect_err("it does not fit"));
    let calendar = governed::calendar();
    said.plain("UnknownYear", &calendar.is_working_day(day("2031-01-01")).expect_err("nobody has said"));
    for (from, limit) in
        [("trigger", working_days(0)), ("trigger", Duration::new(2, "hours")), ("No Event", working_days(1))]
    {
        said.variant(
            "DeadlineError",
            &Deadline::new(from, "published", limit).check().expect_err("it cannot be counted"),
        );
    }
}

fn procedures(said: &mut Said) {
    let broken = Procedure::new("broken").step("apply", Step::by(["supervisor"]).returns_to("nowhere"));
    said.plain(
        "ProcedureError",
        &broken.published_by(Step::by(["department"])).build().expect_err("it does not hold together"),
    );
    let procedure = adjustment();
    let course = quanze::governance::procedure::Course::begin(&procedure, &[]);
    let acts = [
        Act::pass(by("justice_bureau", "market"), day("2026-03-02")),
        Act::pass(by("department", "market"), day("2026-03-02")),
        Act::new(Verb::Publish, by("department", "market"), day("2026-03-02")),
    ];
    for act in acts {
        said.plain("ActRefused", &course.act(&procedure, &[], act).expect_err("it is not allowed"));
    }
}

fn cases(said: &mut Said) {
    let office = office();
    let cancel = |power: &str| Adjustment::Cancel {
        power: power.into(),
        successors: Vec::new(),
        dependants: Dependants::Restrict,
    };
    let new = |key: &str| NewItem::new(key, Record::new().with("name", "新").with("type", "01").with("body", "market"));
    let merge = |powers: &[&str], moves| Adjustment::Merge {
        powers: powers.iter().map(|power| (*power).to_owned()).collect(),
        into: new("new"),
        moves,
        dependants: Dependants::Cascade,
    };
    for adjustment in [
        cancel("nothing"),
        cancel("licence"),
        Adjustment::Add { item: new("licence") },
        Adjustment::Resume { power: "licence".into(), region: None },
        Adjustment::Resume { power: "licence".into(), region: Some("east".into()) },
        Adjustment::Amend { power: "licence".into(), edits: Edits::new() },
        Adjustment::Move { power: "licence".into(), to: "market".into(), office: None },
        Adjustment::TakeBack { power: "licence".into(), from: vec!["town-a".into()] },
        merge(&["licence"], Vec::new()),
        merge(&["licence", "workshop"], vec![Move::new("powers", "licence", "new")]),
    ] {
        let error = governed::compile(&office, adjustment).expect_err("it cannot be made");
        said.variant("AdjustmentError", &error);
        assert!(!error.text("zh").is_ascii(), "{error} is said in Chinese");
    }
}

fn opened(said: &mut Said) {
    let on = day("2026-03-02");
    let begin = |rules| Office::begin(governed::system(), four_tier::owners(), rules, on, by("clerk", "market"));
    let mut named = Rules::jiyuan(governed::calendar());
    named.procedures.insert("other".into(), adjustment());
    said.variant("RulesError", &named.check().expect_err("it is not its own name"));
    said.variant("OpenError", &begin(named).expect_err("the rules do not hold together"));
    let mut timed = Rules::jiyuan(governed::calendar());
    timed.deadlines.insert("soon".into(), Deadline::new("a", "b", working_days(0)));
    said.variant("RulesError", &timed.check().expect_err("it cannot be counted"));
    let bare = ListSystem::new(four_tier::schema());
    let rules = Rules::jiyuan(governed::calendar());
    said.variant(
        "OpenError",
        &Office::begin(bare, four_tier::owners(), rules, on, by("clerk", "market")).expect_err("no list"),
    );
    let empty = History::begin(&governed::system());
    said.variant("OpenError", &Office::replay(empty, four_tier::owners()).expect_err("no office kept it"));
}

fn limit(days: i64) -> Adjustment {
    let edits = Edits::new().set("powers", "licence", "statutory_limit", working_days(days));
    Adjustment::Amend { power: "licence".into(), edits }
}

fn refused(said: &mut Said) -> Outcome {
    let mut office = office();
    let (on, clerk) = (day("2026-03-03"), by("department", "market"));
    let mut say = |error: quanze::governance::OfficeError| {
        said.variant("OfficeError", &error);
        assert!(!error.text("zh").is_empty());
    };
    say(office.act("none", Act::pass(clerk.clone(), on)).expect_err("no package"));
    say(office.open(package("a/b", limit(9)), on, clerk.clone()).expect_err("no name"));
    let mut other = package("x", limit(9));
    other.procedure = "nothing".into();
    say(office.open(other, on, clerk.clone()).expect_err("no procedure"));
    let mut none = package("x", limit(9));
    none.cases.clear();
    say(office.open(none, on, clerk.clone()).expect_err("no case"));
    let gone = Adjustment::Resume { power: "licence".into(), region: None };
    say(office.open(package("x", gone), on, clerk.clone()).expect_err("it cannot be made"));
    let broken = Adjustment::Amend { power: "licence".into(), edits: Edits::new().replace("powers", "licence", &[1]) };
    say(office.open(package("x", broken), on, clerk.clone()).expect_err("it is no record"));
    say(office.edit(Edits::new(), on, on, by("supervisor", "market")).expect_err("it reads"));
    let unknown = Edits::new().set("powers", "licence", "nothing", 1);
    say(office.edit(unknown, on, on, clerk.clone()).expect_err("no field"));

    office.open(package("open", limit(9)), on, clerk.clone())?;
    say(office.edit(Edits::new(), on, day("2026-03-01"), clerk.clone()).expect_err("the past"));
    say(office.act("open", Act::pass(clerk.clone(), on)).expect_err("no grounds"));
    let of_another = Act::pass(by("department", "health"), on).evidence("grounds", "理由");
    say(office.act("open", of_another).expect_err("another body"));
    say(office.redraft("open", Vec::new(), on, by("legal_office", "market")).expect_err("not its own"));
    let changed =
        Procedure::new("adjustment").step("apply", Step::by(["department"])).published_by(Step::by(["department"]));
    let rules = office.rules().clone().procedure(changed.build()?);
    say(office.set_rules(rules, on, clerk.clone()).expect_err("it is passed"));
    let mut rules = office.rules().clone();
    rules.deadlines.insert("soon".into(), Deadline::new("a", "b", working_days(0)));
    say(office.set_rules(rules, on, clerk.clone()).expect_err("it cannot be counted"));
    approve(&mut office, package("ready", limit(8)), "2026-03-03");
    let publish = Act::new(Verb::Publish, clerk.clone(), on).evidence("document", "文");
    say(office.publish("ready", publish, Publication::new(" ", on)).expect_err("no number"));
    say(office
        .deadlines("ready", on)
        .map(|_| ())
        .and_then(|()| office.deadlines("none", on).map(|_| ()))
        .expect_err("none"));
    let mut late = package("late", limit(7));
    late.triggered_on = day("2026-12-25");
    office.open(late, on, clerk.clone())?;
    say(office.deadlines("late", on).expect_err("it ends in a year that nobody has said"));

    say(office.settle(("review_open", "none"), Answer::Confirm, "", on, clerk.clone()).expect_err("nothing is found"));
    let finding = ("licence_not_listed", "licence");
    say(office.settle(finding, Answer::Confirm, "", on, by("department", "health")).expect_err("it is another's"));
    say(office.settle(finding, Answer::Object, " ", on, clerk).expect_err("it says nothing"));
    Ok(())
}

fn past(said: &mut Said) -> Outcome {
    let mut system = governed::system();
    let mut history = History::begin(&system);
    let (on, clerk) = (day("2026-03-02"), Person::new("某人", "clerk"));
    let later = Edits::new().insert("regions", "north", &governed::record([("name", "北区")]));
    history.commit(&mut system, later, day("2026-04-01"), on, clerk.clone())?;
    let head = history.head();
    let now = Edits::new().set("regions", "north", "name", "北部新区");
    history.commit(&mut system, now, on, on, clerk.clone())?;
    said.variant("HistoryError", &history.as_of_day(on).expect_err("it rests on what is not so yet"));
    said.variant("HistoryError", &history.as_of(99).expect_err("no such revision"));
    said.variant("HistoryError", &history.row("nothing", "x").expect_err("no such list"));
    let version = history.version(history.revision()).ok_or("it is there")?;
    let other = History::begin(&system);
    said.variant("HistoryError", &other.at(&version).expect_err("another history"));
    said.variant("Lost", &other.reaches(&head).expect_err("the tail is lost"));
    said.variant("Lost", &other.reaches(&Head { records: 0, hash: Hash::default() }).expect_err("another genesis"));
    let text = history.to_lines();
    for (from, to) in [("北区", "南区"), ("quanze-history", "quanze-state"), ("}\n", "")] {
        let error = History::from_lines(history.schema().clone(), &text.replace(from, to)).expect_err("it is damaged");
        said.plain("Damaged", &error);
    }
    said.plain("HashError", &"0123".parse::<Hash>().expect_err("it is short"));

    let unknown = Edits::new().set("regions", "north", "nothing", 1);
    said.variant("CommitError", &history.commit(&mut system, unknown, on, on, clerk.clone()).expect_err("no field"));
    system.commit(Edits::new().set("regions", "north", "name", "北"))?;
    said.variant("CommitError", &history.commit(&mut system, Edits::new(), on, on, clerk).expect_err("apart"));
    Ok(())
}
