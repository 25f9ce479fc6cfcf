//! The history: the past as it was, what became of a row, and that nothing in it can be changed unseen.

#[path = "governed/config.rs"]
mod config;
mod governed;

use governed::{by, day, enact, field, office, package};
use proptest::prelude::*;
use quanze::{
    Edits, four_tier,
    governance::{
        Answer, Deed, Office, Publication,
        case::{Adjustment, Dependants, Package},
        history::{Damage, History, HistoryError, Record},
        procedure::{Act, Stage, Verb},
    },
    working_days,
};
use sha2::{Digest, Sha256};

fn limit(power: &str, days: i64) -> Adjustment {
    Adjustment::Amend {
        power: power.into(),
        edits: Edits::new().set("powers", power, "statutory_limit", working_days(days)),
    }
}

/// The hash of a record behind another hash, as whoever forges both would make it.
fn hash_behind(hash: &str, record: &Record) -> String {
    let digit = |at: usize| u8::from_str_radix(&hash[2 * at..2 * at + 2], 16).expect("a hexadecimal number");
    let before: Vec<u8> = (0..hash.len() / 2).map(digit).collect();
    let digest = Sha256::new().chain_update(before).chain_update(serde_json::to_vec(record).expect("it is written"));
    digest.finalize().iter().fold(String::new(), |text, byte| {
        let [high, low] = [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).expect("a digit"));
        text + &format!("{high}{low}")
    })
}

/// An office in which a few things were done.
fn busy() -> Office {
    let mut office = office();
    enact(&mut office, "a", limit("licence", 15), "2026-03-03");
    let own = Edits::new().cause("便民").author("service_implementation", "licence/licence-m", "place", "二楼");
    office.edit(own, day("2026-03-02"), day("2026-03-04"), by("department", "market")).expect("it is accepted");
    office.checkpoint();
    enact(&mut office, "b", limit("licence", 12), "2026-03-05");
    governed::approve(&mut office, package("c", limit("licence", 10)), "2026-03-06");
    governed::publish(&mut office, "c", "2026-03-06", "2026-03-20").expect("it is approved");
    office.advance(day("2026-03-20"), by("establishment_office", "market")).expect("a later day");
    office
}

fn limit_of(system: &quanze::ListSystem) -> String {
    field(system, "powers", "licence", "statutory_limit").expect("a row")
}

#[test]
fn the_past_is_as_it_was() {
    let office = busy();
    let history = office.history();
    let first = history.genesis().revision();
    let limits: Vec<String> =
        (first..=history.revision()).map(|revision| limit_of(&history.as_of(revision).expect("it is there"))).collect();
    let days = |n: i64| format!("{n} working_days");
    assert_eq!(limits, [days(20), days(15), days(15), days(12), days(12), days(10)]);
    let none = history.as_of(first + 9).expect_err("there is no such revision");
    assert_eq!(
        none.to_string(),
        format!("there is no revision {}; the history has {first} to {}", first + 9, first + 5)
    );

    let on = |text| limit_of(&history.as_of_day(day(text)).expect("it can be told"));
    assert_eq!(on("2026-03-02"), days(20));
    assert_eq!(on("2026-03-04"), days(15));
    assert_eq!(on("2026-03-19"), days(12));
    assert_eq!(on("2026-03-20"), days(10));
    // What was recorded later but is so from an earlier day counts from that day.
    let then = history.as_of_day(day("2026-03-02")).expect("it can be told");
    assert_eq!(field(&then, "service_implementation", "licence/licence-m", "place").as_deref(), Some("二楼"));

    let change = history.difference(first + 1, first + 4).expect("they are there");
    let row = change.changes("powers").iter().find(|one| one.key().as_str() == "licence").expect("it has changed");
    assert_eq!(
        (row.before("statutory_limit").to_string(), row.after("statutory_limit").to_string()),
        (days(15), days(12))
    );
}

#[test]
fn a_row_tells_what_became_of_it() {
    let office = busy();
    let traces = office.history().row("handling_items", "licence/licence-m/licence-new").expect("a list");
    let told: Vec<(String, Option<&str>)> =
        traces.iter().map(|one| (one.change.after("limit").to_string(), one.cause.as_deref())).collect();
    let days = |n: i64| format!("{n} working_days");
    assert_eq!(told, [(days(15), Some("a调整")), (days(12), Some("b调整")), (days(10), Some("c调整"))]);
    assert_eq!((traces[2].effective, traces[2].recorded), (day("2026-03-20"), day("2026-03-20")));
    assert_eq!(traces[0].by.role.as_str(), "department");

    let place = office.history().field("service_implementation", "licence/licence-m", "place").expect("a field");
    let [one] = &place[..] else { panic!("it was authored once: {place:#?}") };
    assert_eq!(
        (one.change.before("place").to_string(), one.change.after("place").to_string()),
        ("政务大厅一楼".into(), "二楼".into())
    );
    assert_eq!(
        (one.effective, one.recorded, one.cause.as_deref()),
        (day("2026-03-02"), day("2026-03-04"), Some("便民"))
    );
    for (list, field, says) in
        [("nothing", "x", "the schema has no list 'nothing'"), ("powers", "x", "the schema has no field 'x'")]
    {
        let error = office.history().field(list, "licence", field).expect_err(says);
        assert_eq!(error.to_string(), says);
    }
}

/// A case that is under way closes on the version that it was opened on, whatever came since.
#[test]
fn a_version_stays_citable() {
    let office = busy();
    let opened = office.dossier("b").expect("it is there").opened_at;
    assert_eq!(limit_of(&office.history().at(&opened).expect("it is of this history")), "15 working_days");
    let json = serde_json::to_string(&opened).expect("it is written");
    assert_eq!(serde_json::from_str::<quanze::governance::history::Version>(&json).expect("it is read"), opened);
    let other = governed::office();
    let error = other.history().at(&opened).expect_err("it is of another");
    assert!(matches!(error, HistoryError::OtherHistory(_)), "{error}");
    let first = office.history().genesis().revision();
    assert_eq!(office.history().version(first).map(|version| version.record), Some(0));
    assert_eq!(office.history().version(first + 99), None);
}

fn read(office: &Office, lines: &str) -> Result<History, quanze::governance::history::Damaged> {
    History::from_lines(office.schema().clone(), lines)
}

#[test]
fn lines_are_read_as_they_were_written() {
    let office = busy();
    let lines = office.history().to_lines();
    let history = read(&office, &lines).expect("they are whole");
    assert_eq!(history.head(), office.history().head());
    assert_eq!(history.to_lines(), lines);
    assert_eq!(history.checkpoints().count(), 1);
    // Added one by one, they are the same lines.
    let mut grown: String = lines.lines().next().map(|header| format!("{header}\n")).expect("a header");
    (1..=history.records().len() as u64).for_each(|record| grown += &history.line_of(record));
    assert_eq!(read(&office, &grown).expect("they are whole").head(), history.head());
    let again = Office::replay(history, four_tier::owners()).expect("it can be replayed");
    assert_eq!(again.system().state().to_json(), office.system().state().to_json());
    assert!(again.dossiers().map(|one| &one.course).eq(office.dossiers().map(|one| &one.course)));
    assert_eq!(again.history().to_lines(), lines);
}

#[test]
fn what_is_changed_removed_or_moved_is_found_and_named() {
    let office = busy();
    let text = office.history().to_lines();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let records = office.history().records().len();
    let at = |record: u64| {
        let is_it = |line: &&str| line.contains(&format!("\"record\":{{\"record\":{{\"number\":{record},"));
        lines.iter().position(is_it).unwrap_or_else(|| panic!("record {record} is not there"))
    };
    let damaged = |lines: &[String]| {
        let error = read(&office, &lines.concat()).expect_err("it is damaged");
        let (line, damage, says) = (error.line(), error.damage().clone(), error.to_string());
        let upto = error.into_history().map(|history| history.records().len());
        (line, damage, says, upto)
    };
    let own = || lines.iter().map(ToString::to_string).collect::<Vec<String>>();

    let mut changed = own();
    changed[at(3)] = changed[at(3)].replace("某人", "他人");
    assert_eq!(
        damaged(&changed),
        (at(3) + 1, Damage::Changed(3), format!("line {}: record 3 has been changed", at(3) + 1), Some(2))
    );

    let mut removed = own();
    removed.remove(at(4));
    let (_, damage, says, upto) = damaged(&removed);
    assert_eq!((damage, upto), (Damage::Missing { from: 4, found: 5 }, Some(3)));
    assert!(says.ends_with("record 4 is missing: record 5 stands in its place"), "{says}");

    let mut moved = own();
    moved.swap(at(4), at(5));
    let (_, damage, says, _) = damaged(&moved);
    assert_eq!(damage, Damage::Reordered { here: 4, found: 5 });
    assert!(says.ends_with("record 5 stands where record 4 belongs, which comes later"), "{says}");

    let mut twice = own();
    twice.insert(at(5), lines[at(4)].to_owned());
    assert_eq!(damaged(&twice).1, Damage::Again(4));

    // Whoever changes a record and its hash is found at the next.
    let mut forged = own();
    let other = forged[at(2)].replace("\"hash\":\"", "\"hash\":\"0").replacen("0\"}}", "\"}}", 1);
    forged[at(2)] = other;
    assert!(matches!(damaged(&forged).1, Damage::Changed(2) | Damage::Line(_)));

    let mut cut = own();
    let last = cut.last_mut().expect("a line");
    last.truncate(last.len() / 2);
    while !last.is_char_boundary(last.len()) {
        last.pop();
    }
    let (line, damage, _, upto) = damaged(&cut);
    assert_eq!((line, upto), (lines.len(), Some(records - 1)));
    assert!(matches!(damage, Damage::Line(_)), "{damage}");
    let mut unended = own();
    unended.last_mut().expect("a line").pop();
    assert_eq!(damaged(&unended).1, Damage::Line("its end is missing".into()));

    let mut checkpoint = own();
    let place = lines.iter().position(|line| line.contains("{\"checkpoint\":")).expect("there is one");
    checkpoint[place] = checkpoint[place].replace("二楼", "三楼");
    assert!(matches!(damaged(&checkpoint).1, Damage::Checkpoint(_)));

    // A record that counts its revisions otherwise is no record, whatever its hash.
    let schema = office.schema().clone();
    let mut other = History::begin(&governed::system());
    let mut system = governed::system();
    let (on, clerk) = (day("2026-03-02"), by("department", "market"));
    other
        .commit(&mut system, Edits::new().set("powers", "licence", "remark", "一"), on, on, clerk)
        .expect("it is accepted");
    let mut record = other.records()[0].clone();
    let revision = record.commits[0].revision;
    record.commits[0].revision = 9;
    let first = other.to_lines().lines().next().expect("a header").to_owned();
    let hash = hash_behind(&other.hash_after(0).expect("that of the genesis").to_string(), &record);
    let line = serde_json::json!({ "record": { "record": record, "hash": hash } });
    let wrong = History::from_lines(schema, &format!("{first}\n{line}\n")).expect_err("it is no history");
    let says = format!("record 1 makes revision 9, and the next is {revision}");
    assert_eq!(*wrong.damage(), Damage::Line(says));

    let mut genesis = own();
    genesis[0] = genesis[0].replace("市场监管局", "市场局");
    assert_eq!(damaged(&genesis).1, Damage::Genesis);
    let mut newer = own();
    newer[0] = newer[0].replace("\"version\":1,\"genesis\"", "\"version\":2,\"genesis\"");
    assert_eq!(damaged(&newer).1, Damage::Version(2));
    assert_eq!(damaged(&[]).1, Damage::Empty);
    let schema = quanze::four_tier::schema();
    assert_eq!(*History::from_lines(schema, &text).expect_err("another schema").damage(), Damage::OtherSchema);
}

#[test]
fn a_lost_tail_is_found_against_a_head_kept_elsewhere() {
    let office = busy();
    let kept = office.history().head();
    let text = office.history().to_lines();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let short = read(&office, &lines[..lines.len() - 2].concat()).expect("each line is whole");
    let error = short.reaches(&kept).expect_err("two are lost");
    assert!(error.to_string().starts_with("records "), "{error}");
    office.history().reaches(&kept).expect("nothing is lost");
    let mut more = busy();
    more.checkpoint();
    enact(&mut more, "d", limit("licence", 9), "2026-03-23");
    more.history().reaches(&kept).expect("it goes on from there");
    let error = governed::office().history().reaches(&quanze::governance::history::Head { records: 1, ..kept });
    assert!(error.expect_err("another record").to_string().starts_with("record 1 is not the one whose head was kept"));
}

/// What somebody may do next.
#[derive(Debug, Clone)]
enum Try {
    Open(u8, u8),
    Act(u8, u8, bool),
    Publish(u8, i64),
    /// Opens a package, passes its steps, and publishes it for so many days later.
    Enact(u8, u8, i64),
    Advance(i64),
    Author(u8, Option<i64>),
    Settle(u8, u8),
    Checkpoint,
    Restart,
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let one = prop_oneof![
        4 => (0_u8..6, 0_u8..12).prop_map(|(id, what)| Try::Open(id, what)),
        12 => (0_u8..6, any::<u8>(), any::<bool>()).prop_map(|(id, which, forward)| Try::Act(id, which, forward)),
        9 => (0_u8..4, 0_u8..12, prop_oneof![3 => Just(0_i64), 1 => 1_i64..6]).prop_map(|(id, what, later)| Try::Enact(id, what, later)),
        2 => (0_u8..6, 0_i64..6).prop_map(|(id, later)| Try::Publish(id, later)),
        3 => (0_i64..5).prop_map(Try::Advance),
        3 => (0_u8..3, proptest::option::of(1_i64..30)).prop_map(|(row, days)| Try::Author(row, days)),
        2 => (any::<u8>(), 0_u8..3).prop_map(|(which, how)| Try::Settle(which, how)),
        1 => Just(Try::Checkpoint),
        1 => Just(Try::Restart),
    ];
    proptest::collection::vec(one, 1..60)
}

fn item(key: &str) -> quanze::governance::case::NewItem {
    let power = governed::record([("name", "新事项"), ("type", "01"), ("body", "market"), ("duty", "market-1")])
        .with("basis", ["food-2015.36"]);
    let implementer = governed::record([("power", key), ("body", "market"), ("level", "4"), ("state", "1")]);
    quanze::governance::case::NewItem::new(key, power).companions(Edits::new().insert(
        "implementers",
        format!("{key}-m"),
        &implementer,
    ))
}

fn adjustment(what: u8, id: u8) -> Adjustment {
    let power = ["licence", "workshop", "canteen"][usize::from(id) % 3].to_owned();
    let key = format!("new-{id}");
    match what {
        0 => Adjustment::Add { item: item(&key) },
        1 | 2 => limit(&power, 3 + i64::from(id)),
        3 => Adjustment::Suspend { power, region: None, until: None },
        4 => Adjustment::Resume { power, region: None },
        5 => Adjustment::Cancel { power, successors: Vec::new(), dependants: Dependants::Withdraw },
        6 => Adjustment::Move { power, to: "health".into(), office: None },
        7 => Adjustment::Merge {
            powers: vec!["licence".into(), "workshop".into()],
            into: item(&key),
            moves: vec![quanze::governance::case::Move::new(
                "service_implementation",
                "licence/licence-m",
                format!("{key}/{key}-m"),
            )],
            dependants: Dependants::Cascade,
        },
        8 => Adjustment::Delegate {
            power,
            to: vec![quanze::governance::case::Recipient {
                key: format!("down-{id}"),
                body: "town-a".into(),
                level: "5".into(),
                region: None,
            }],
        },
        9 => {
            Adjustment::TakeOver { handover: format!("down-{id}"), answer: quanze::governance::case::Response::Accept }
        }
        10 => Adjustment::Cancel { power, successors: Vec::new(), dependants: Dependants::Restrict },
        _ => Adjustment::Reform {
            changes: vec![quanze::governance::case::BodyChange::Dissolve {
                body: "health".into(),
                into: vec!["market".into()],
                items: std::collections::BTreeMap::default(),
            }],
        },
    }
}

/// Opens a package, passes its steps, and publishes it; tells whether it was published.
fn enacted(office: &mut Office, id: &str, adjustment: Adjustment, on: quanze::Date, later: i64) -> bool {
    let package = package(id, adjustment);
    let clerk = package.applicant.clone();
    if office.open(package, on, clerk.clone()).is_err() {
        return false;
    }
    for act in [
        Act::pass(clerk.clone(), on).evidence("grounds", "理由"),
        Act::pass(by("justice_bureau", "market"), on).evidence("legal_opinion", "意见"),
        Act::pass(by("establishment_office", "market"), on),
    ] {
        office.act(id, act).unwrap_or_else(|error| panic!("{error}"));
    }
    let act = Act::new(Verb::Publish, clerk, on).evidence("document", "文");
    office.publish(id, act, Publication::new("号", on.plus_days(later).expect("a date"))).is_ok()
}

const ROWS: [&str; 3] = ["licence/licence-m", "workshop/workshop-m", "canteen/canteen-h"];

/// Does what is tried; what is refused has changed nothing.
fn attempt(office: &mut Office, today: &mut quanze::Date, one: &Try) -> Result<bool, TestCaseError> {
    let before = (office.history().head(), office.system().state().to_json());
    let id = |id: &u8| format!("p{id}");
    let clerk = by("department", "market");
    let done = match one {
        Try::Open(number, what) => {
            let package: Package = package(&id(number), adjustment(*what, *number));
            office.open(package, *today, clerk).map_err(|error| error.to_string())
        }
        Try::Act(number, which, forward) => {
            let allowed = office.may_be_done(&id(number)).unwrap_or_default();
            let ways: Vec<_> = allowed
                .iter()
                .filter(|one| !forward || one.verb == Verb::Pass)
                .filter(|one| one.verb != Verb::Publish)
                .collect();
            let Some(one) = ways.get(usize::from(*which) % ways.len().max(1)) else { return Ok(false) };
            let body =
                office.dossier(&id(number)).and_then(|one| one.package.applicant.body.clone()).unwrap_or_default();
            let act = Act::new(one.verb.clone(), by(one.role.as_str(), &body), *today).opinion("因");
            let act = one.evidence.iter().fold(act, |act, name| act.evidence(name.clone(), "文"));
            office.act(&id(number), act).map_err(|error| error.to_string())
        }
        Try::Publish(number, later) => {
            let clerk = office.dossier(&id(number)).map_or(clerk, |one| one.package.applicant.clone());
            let act = Act::new(Verb::Publish, clerk, *today).evidence("document", "文");
            let publication = Publication::new("号", today.plus_days(*later).expect("a date"));
            office.publish(&id(number), act, publication).map(|_| ()).map_err(|error| error.to_string())
        }
        Try::Enact(number, what, later) => {
            let id = format!("e{}", office.history().records().len());
            let published = enacted(office, &id, adjustment(*what, *number), *today, *later);
            return Ok(published);
        }
        Try::Advance(days) => {
            let next = today.plus_days(*days).expect("a date");
            let done = office.advance(next, clerk).map(|_| ()).map_err(|error| error.to_string());
            *today = next;
            done
        }
        Try::Author(row, days) => {
            let key = ROWS[usize::from(*row)];
            let edits = match days {
                Some(days) => Edits::new().author("service_implementation", key, "promised_limit", working_days(*days)),
                None => Edits::new().clear("service_implementation", key, "promised_limit"),
            };
            office.edit(edits, *today, *today, clerk).map(|_| ()).map_err(|error| error.to_string())
        }
        Try::Settle(which, how) => {
            let reviews = office.reviews(*today).map_err(|error| TestCaseError::fail(error.to_string()))?;
            let Some(one) = reviews.get(usize::from(*which) % reviews.len().max(1)) else { return Ok(false) };
            let answer = [Answer::Confirm, Answer::Object, Answer::Amend(Edits::new())][usize::from(*how)].clone();
            let person = by("department", one.bodies.first().map_or("market", String::as_str));
            let (check, key) = (one.finding.check().to_string(), one.finding.key().to_string());
            office.settle((&check, &key), answer, "意见", *today, person).map_err(|error| error.to_string())
        }
        Try::Checkpoint => {
            office.checkpoint();
            Ok(())
        }
        Try::Restart => {
            let lines = office.history().to_lines();
            let history = History::from_lines(office.schema().clone(), &lines)
                .map_err(|error| TestCaseError::fail(error.to_string()))?;
            *office =
                Office::replay(history, four_tier::owners()).map_err(|error| TestCaseError::fail(error.to_string()))?;
            Ok(())
        }
    };
    if let Err(why) = &done {
        let after = (office.history().head(), office.system().state().to_json());
        prop_assert_eq!(&before, &after, "{:?} was refused ({}) and has changed something", one, why);
    }
    Ok(done.is_ok())
}

/// Everything that was ever authored for a promise is in a row, parked, in a case, or was taken away by whom it belongs to.
fn promises(office: &Office) -> Vec<String> {
    let system = office.system();
    let rows = system.list("service_implementation").expect("a list");
    let mut found: Vec<String> = rows
        .rows()
        .filter_map(|row| row.authored("promised_limit").ok().filter(|value| !value.is_missing()))
        .map(|value| value.to_string())
        .collect();
    found.extend(
        system
            .parked()
            .into_iter()
            .filter(|cell| cell.field.as_str() == "promised_limit")
            .map(|cell| cell.value.to_string()),
    );
    found.sort();
    found
}

proptest! {
    #![proptest_config(config::config(48))]

    /// Whatever is done in whatever order: replaying gives the same office to the byte; the past is as it was; no promise is lost; the inbox is
    /// the findings to be reviewed; what is refused changes nothing.
    #[test]
    fn whatever_is_done(tries in tries()) {
        let mut office = office();
        let mut today = day("2026-03-03");
        let mut states = vec![(office.system().revision(), office.system().state().to_json())];
        let mut own = promises(&office);
        for one in &tries {
            let done = attempt(&mut office, &mut today, one)?;
            let now = promises(&office);
            if done && matches!(one, Try::Author(..)) {
                own = now;
            } else {
                prop_assert_eq!(&own, &now, "a promise is lost or made up by {:?}", one);
            }
            let revision = office.system().revision();
            if states.last().is_none_or(|(last, _)| *last != revision) {
                states.push((revision, office.system().state().to_json()));
            }
            let reviews = office.reviews(today).map_err(|error| TestCaseError::fail(error.to_string()))?;
            let found = office.system().snapshot().findings();
            let to_review = found.iter().filter(|one| one.severity() == quanze::schema::Severity::Review);
            prop_assert!(reviews.iter().map(|one| &one.finding).eq(to_review));
            for body in ["market", "health", "town-a"] {
                let inbox = office.inbox(body, today).map_err(|error| TestCaseError::fail(error.to_string()))?;
                let of_body = reviews.iter().filter(|one| one.bodies.iter().any(|owner| owner == body));
                prop_assert!(inbox.iter().eq(of_body));
            }
        }
        prop_assert!(office.system().verify().is_ok());
        for dossier in office.dossiers() {
            let way_on = office.may_be_done(&dossier.package.id).map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(way_on.is_empty(), dossier.course.is_ended());
            prop_assert!(dossier.course.stage() != &Stage::Published || dossier.publication.is_some());
        }
        for (revision, state) in &states {
            let then = office.history().as_of(*revision).map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(&then.state().to_json(), state, "revision {} is not as it was", revision);
        }
        let lines = office.history().to_lines();
        let history = History::from_lines(office.schema().clone(), &lines).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let again = Office::replay(history, four_tier::owners()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(again.system().state().to_json(), office.system().state().to_json());
        prop_assert_eq!(again.history().to_lines(), lines);
        let reviews = |office: &Office| office.reviews(today).map_err(|error| TestCaseError::fail(error.to_string()));
        prop_assert_eq!(reviews(&again)?, reviews(&office)?);
        let stages = |office: &Office| -> Vec<String> { office.dossiers().map(|one| serde_json::to_string(&one.course).expect("it is written")).collect() };
        prop_assert_eq!(stages(&again), stages(&office));
    }
}

#[test]
fn deeds_are_told_as_they_were_done() {
    let office = busy();
    let kinds: Vec<&str> = office
        .history()
        .records()
        .iter()
        .map(|record| match record.deed {
            Deed::Set { .. } => "set",
            Deed::Edit {} => "edit",
            Deed::Open { .. } => "open",
            Deed::Act { .. } => "act",
            Deed::Advance { .. } => "advance",
            _ => "other",
        })
        .collect();
    let case = ["open", "act", "act", "act", "act"];
    let all = [&["set"][..], &case, &["edit"], &case, &case, &["advance"]].concat();
    assert_eq!(kinds, all);
}

/// The random acts above are worth something only if each of them is done often enough, and refused as well.
#[test]
fn what_is_tried_is_done_and_refused() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let mut met = std::collections::BTreeMap::<String, [usize; 2]>::new();
    for _ in 0..160 {
        let tries = tries().new_tree(&mut runner).expect("it is drawn").current();
        let (mut office, mut today) = (office(), day("2026-03-03"));
        for one in &tries {
            let done = attempt(&mut office, &mut today, one).expect("nothing is broken");
            let what = match one {
                Try::Open(_, what) => format!("open {}", adjustment(*what, 0).kind()),
                Try::Publish(id, _) => {
                    let package = office.dossier(&format!("p{id}"));
                    let kind = package.map(|one| one.package.kinds()[0].to_string());
                    format!("publish {}", kind.unwrap_or_else(|| "nothing".into()))
                }
                Try::Enact(_, what, _) => format!("enact {}", adjustment(*what, 0).kind()),
                Try::Act(..) => "act".into(),
                Try::Advance(_) => "advance".into(),
                Try::Author(..) => "author".into(),
                Try::Settle(..) => "settle".into(),
                Try::Checkpoint => "checkpoint".into(),
                Try::Restart => "restart".into(),
            };
            met.entry(what).or_default()[usize::from(done)] += 1;
        }
        let held = office
            .system()
            .list("planned_changes")
            .expect("a list")
            .rows()
            .filter(|row| row.get("state").is_ok_and(|state| state.to_string() == "held"));
        met.entry("held".into()).or_default()[1] += held.count();
    }
    let done = |what: &str| met.get(what).map_or(0, |[_, done]| *done);
    let refused = |what: &str| met.get(what).map_or(0, |[refused, _]| *refused);
    let kinds = [
        "add",
        "amend",
        "cancel",
        "delegate",
        "merge",
        "move to another body",
        "reform of bodies",
        "resume",
        "suspend",
        "take over",
    ];
    for what in kinds {
        let what = format!("enact {what}");
        assert!(done(&what) >= 3 && refused(&what) >= 3, "{what}: {met:#?}");
    }
    for what in ["act", "advance", "author", "settle", "restart", "checkpoint"] {
        assert!(done(what) >= 20, "{what}: {met:#?}");
    }
    assert!(done("held") >= 5 && refused("author") >= 5, "{met:#?}");
}

/// What version 1 of a history says is read for ever. The file is written once, and never anew.
#[test]
fn a_history_of_version_one_is_read() {
    use quanze::{
        ListSystem, Record, Schema,
        schema::{List, Rule, Type},
    };
    let schema = Schema::builder()
        .list("powers", List::base().tier(1).field("name", Type::Text).field("limit", Type::Duration))
        .list(
            "services",
            List::derived().tier(2).field("name", Type::Text).rule(Rule::each_row("all", "powers").inherit(["name"])),
        )
        .build()
        .expect("a schema");
    let mut system = ListSystem::new(schema.clone());
    let power = Record::new().with("name", "食品经营许可").with("limit", working_days(20));
    system.commit(Edits::new().insert("powers", "food", &power)).expect("it is accepted");
    let mut history = History::begin(&system);
    let (on, clerk) = (day("2026-03-02"), by("department", "market"));
    let edits = Edits::new().cause("压缩时限").actor("某人").set("powers", "food", "limit", working_days(10));
    history.commit(&mut system, edits, day("2026-03-01"), on, clerk.clone()).expect("it is accepted");
    history.checkpoint(&system);
    let edits = Edits::new().set("powers", "food", "name", "食品许可");
    history.commit(&mut system, edits, on, on, clerk).expect("it is accepted");

    let kept = include_str!("goldens/history-v1.jsonl");
    assert_eq!(history.to_lines(), kept);
    let read = History::from_lines(schema, kept).expect("it is whole");
    assert_eq!(read.head(), history.head());
    assert_eq!(read.as_of(3).expect("it is there").state(), system.state());
}
