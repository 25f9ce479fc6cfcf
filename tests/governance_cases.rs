//! What each kind of adjustment does to the lists, and what it is refused for.

mod governed;

use governed::{compile, day, enact, field, office, package, record};
use quanze::{
    Edits, Record,
    governance::{
        Kind, Office,
        case::{
            Adjustment, BodyChange, Correspondence, Dependants, LawRevision, Move, NewItem, Recipient, Response,
            Trigger, Verdict,
        },
    },
    working_days,
};

fn refused(office: &Office, adjustment: Adjustment) -> String {
    compile(office, adjustment).expect_err("it cannot be made").to_string()
}

fn cancel(power: &str, dependants: Dependants) -> Adjustment {
    Adjustment::Cancel { power: power.into(), successors: Vec::new(), dependants }
}

fn item(key: &str, name: &str, ty: &str) -> NewItem {
    let power = record([("name", name), ("type", ty), ("body", "market"), ("duty", "market-1")])
        .with("basis", ["food-2015.35"])
        .with("statutory_limit", working_days(20));
    let implementer = record([("power", key), ("body", "market"), ("level", "4"), ("manner", "own"), ("state", "1")]);
    let variant = record([("power", key), ("kind", "new"), ("serial", "01"), ("state", "1")]);
    let companions = Edits::new().insert("implementers", format!("{key}-m"), &implementer).insert(
        "variants",
        format!("{key}-new"),
        &variant,
    );
    NewItem::new(key, power).companions(companions)
}

fn state(office: &Office, list: &str, key: &str) -> Option<String> {
    field(office.system(), list, key, "state")
}

#[test]
fn an_item_is_added_with_what_belongs_to_it() {
    let mut office = office();
    enact(&mut office, "add", Adjustment::Add { item: item("catering", "餐饮许可", "01") }, "2026-03-03");
    let system = office.system();
    assert_eq!(field(system, "powers", "catering", "effective_on").as_deref(), Some("2026-03-03"));
    assert_eq!(field(system, "handling_items", "catering/catering-m/catering-new", "state").as_deref(), Some("1"));
    let taken = Adjustment::Add { item: item("catering", "餐饮许可", "01") };
    assert_eq!(refused(&office, taken), "'catering' is in 'powers' already; give the new row a key of its own");
}

#[test]
fn what_something_rests_on_does_not_go_unless_it_is_said_how() {
    let mut office = office();
    assert_eq!(
        refused(&office, cancel("licence", Dependants::Restrict)),
        "'licence' cannot go while this rests on it: implementers[licence-m], variants[licence-new], \
         intermediary_matters[survey]; cancel it first, or let it cascade or be withdrawn"
    );
    enact(&mut office, "gone", cancel("licence", Dependants::Cascade), "2026-03-03");
    for (list, key) in [
        ("powers", "licence"),
        ("implementers", "licence-m"),
        ("variants", "licence-new"),
        ("intermediary_matters", "survey"),
        ("services", "licence"),
        ("service_implementation", "licence/licence-m"),
        ("handling_items", "licence/licence-m/licence-new"),
    ] {
        assert_eq!(state(&office, list, key).as_deref(), Some("3"), "{list}[{key}] stays, cancelled");
    }
    assert_eq!(office.system().list("reviews").expect("a list").len(), 0);
    assert!(refused(&office, cancel("licence", Dependants::Cascade)).contains("'licence' of 'powers' is cancelled"));
}

#[test]
fn what_is_withdrawn_is_kept_for_review() {
    let mut office = office();
    enact(&mut office, "gone", cancel("licence", Dependants::Withdraw), "2026-03-03");
    let reviews: Vec<(String, String, String)> = office
        .system()
        .list("reviews")
        .expect("a list")
        .rows()
        .map(|row| {
            let of = |name: &str| row.get(name).expect("a field").to_string();
            (of("body"), of("list"), of("copy"))
        })
        .collect();
    assert_eq!(reviews.len(), 3, "{reviews:#?}");
    assert!(reviews.iter().all(|(body, ..)| body == "market"));
    let (_, _, copy) = reviews.iter().find(|(_, list, _)| list == "implementers").expect("one of them");
    let copy: Record = serde_json::from_str(copy).expect("it is a record");
    assert_eq!(copy.get("body").to_string(), "market");
    assert_eq!(
        office
            .inbox("market", day("2026-03-03"))
            .expect("a known year")
            .iter()
            .filter(|one| { one.finding.check().as_str() == "review_open" })
            .count(),
        3
    );
}

/// A matter that another item in use keeps does not go.
#[test]
fn matters_go_with_the_last_item_in_use() {
    let mut office = office();
    let clerk = governed::by("department", "market");
    let both = Edits::new().add("intermediary_matters", "survey", "approvals", "workshop");
    office.edit(both, day("2026-03-02"), day("2026-03-02"), clerk).expect("it is accepted");
    enact(&mut office, "one", cancel("licence", Dependants::Cascade), "2026-03-03");
    assert_ne!(state(&office, "intermediary_matters", "survey").as_deref(), Some("3"));
    enact(&mut office, "two", cancel("workshop", Dependants::Cascade), "2026-03-03");
    assert_eq!(state(&office, "intermediary_matters", "survey").as_deref(), Some("3"));
}

fn recipient(town: &str) -> Recipient {
    Recipient { key: format!("licence-{town}"), body: town.into(), level: "5".into(), region: None }
}

#[test]
fn each_town_accepts_by_itself_and_the_subject_moves_only_by_delegation() {
    let mut office = office();
    let offer = Adjustment::Delegate { power: "licence".into(), to: vec![recipient("town-a"), recipient("town-b")] };
    enact(&mut office, "down", offer, "2026-03-03");
    assert_eq!(office.system().list("service_implementation").expect("a list").len(), 3, "nobody has accepted");
    let open = |office: &Office, town: &str| {
        let inbox = office.inbox(town, day("2026-03-04")).expect("a known year");
        inbox.iter().filter(|one| one.finding.check().as_str() == "handover_open").count()
    };
    assert_eq!((open(&office, "town-a"), open(&office, "town-b")), (1, 1));

    let answer = |answer| Adjustment::TakeOver { handover: "licence-town-a".into(), answer };
    enact(&mut office, "a", answer(Response::Accept), "2026-03-04");
    let row = ("service_implementation", "licence/licence-town-a");
    let of = |office: &Office, name| field(office.system(), row.0, row.1, name);
    assert_eq!(of(&office, "subject").as_deref(), Some("town-a"));
    assert_eq!(of(&office, "accepted_on").as_deref(), Some("2026-03-04"));
    assert_eq!((open(&office, "town-a"), open(&office, "town-b")), (0, 1));
    // Nobody accepts for another.
    let mut for_b = package("b-by-a", answer(Response::Accept));
    for_b.cases[0].adjustment = Adjustment::TakeOver { handover: "licence-town-b".into(), answer: Response::Accept };
    let error =
        office.open(for_b, day("2026-03-04"), governed::by("department", "town-a")).expect_err("it is another's");
    assert!(
        error.to_string().ends_with("'licence-town-b' is for 'town-b' to answer, who applies for it itself"),
        "{error}"
    );
    let system = office.system();
    assert_eq!(field(system, "powers", "licence", "supervising_body").as_deref(), Some("market"));
    assert_eq!(field(system, "powers", "licence", "body").as_deref(), Some("market"), "the county's row stays");

    let again = refused(&office, answer(Response::Accept));
    assert_eq!(again, "'licence-town-a' of 'handovers' is accepted; it must be offered");
    let declined = Adjustment::TakeOver { handover: "licence-town-b".into(), answer: Response::Decline };
    enact(&mut office, "b", declined, "2026-03-05");
    assert_eq!(open(&office, "town-b"), 0);
    assert_eq!(office.system().list("service_implementation").expect("a list").len(), 4);

    let back = Adjustment::TakeBack { power: "licence".into(), from: vec!["town-a".into()] };
    enact(&mut office, "back", back.clone(), "2026-03-06");
    assert_eq!(of(&office, "state").as_deref(), Some("3"));
    assert_eq!(refused(&office, back), "'licence' was not handed down to 'town-a'");
    // What was taken back can be handed down again.
    let offer = Adjustment::Delegate { power: "licence".into(), to: vec![recipient("town-a")] };
    enact(&mut office, "again", offer, "2026-03-09");
    enact(&mut office, "accepted", answer(Response::Accept), "2026-03-10");
    assert_eq!(of(&office, "state").as_deref(), Some("1"));
}

#[test]
fn entrusting_keeps_the_subject() {
    let mut office = office();
    let offer = Adjustment::Entrust { power: "licence".into(), to: vec![recipient("town-a")] };
    enact(&mut office, "entrust", offer.clone(), "2026-03-03");
    assert!(refused(&office, offer).contains("is in 'handovers' already"));
    let accept = Adjustment::TakeOver { handover: "licence-town-a".into(), answer: Response::Accept };
    enact(&mut office, "accept", accept, "2026-03-04");
    let of = |name| field(office.system(), "service_implementation", "licence/licence-town-a", name);
    assert_eq!(of("subject").as_deref(), Some("market"));
    assert_eq!(of("source_of_power").as_deref(), Some("5"));
    assert_eq!(field(office.system(), "powers", "licence", "entrusting_body").as_deref(), Some("market"));
    let again = Adjustment::MoveWindow { power: "licence".into(), to: vec![recipient("town-a")] };
    assert_eq!(refused(&office, again), "'town-a' implements 'licence' at level 5 already");
}

#[test]
fn merging_moves_what_was_authored_and_lists_what_has_no_place() {
    let mut office = office();
    let merge = |moves| Adjustment::Merge {
        powers: vec!["licence".into(), "workshop".into()],
        into: item("food", "食品经营许可（合并）", "01"),
        moves,
        dependants: Dependants::Cascade,
    };
    let moves = vec![Move::new("service_implementation", "licence/licence-m", "food/food-m")];
    let compiled = compile(&office, merge(moves.clone())).expect("it can be made");
    let left: Vec<(&str, &str)> = compiled.unplaced.iter().map(|one| (one.list.as_str(), one.key.as_str())).collect();
    assert_eq!(left, [("service_implementation", "workshop/workshop-m")]);

    enact(&mut office, "merge", merge(moves), "2026-03-03");
    let system = office.system();
    assert_eq!(
        field(system, "service_implementation", "food/food-m", "promised_limit").as_deref(),
        Some("5 working_days")
    );
    assert_eq!(field(system, "service_implementation", "food/food-m", "place").as_deref(), Some("政务大厅一楼"));
    for old in ["licence", "workshop"] {
        assert_eq!(state(&office, "powers", old).as_deref(), Some("3"), "the old row stays readable");
        assert_eq!(field(office.system(), "powers", old, "successors").as_deref(), Some("food"));
    }
    let kept = office.system().list("service_implementation").expect("a list");
    let kept = kept.row("workshop/workshop-m").expect("it stays").authored("promised_limit").expect("a field");
    assert_eq!(kept.to_string(), "8 working_days", "what has no place is not lost");
    let survey = field(office.system(), "intermediary_matters", "survey", "approvals");
    assert_eq!(survey.as_deref(), Some("food"), "matters refer to what follows");
    let inbox = office.inbox("market", day("2026-03-03")).expect("a known year");
    assert!(inbox.iter().any(|one| one.finding.message("zh").contains("填报内容无处安放")), "{inbox:#?}");

    let office = governed::office();
    let one = Adjustment::Merge {
        powers: vec!["licence".into(), "licence".into()],
        into: item("food", "合并", "01"),
        moves: Vec::new(),
        dependants: Dependants::Cascade,
    };
    let error = compile(&office, one.clone()).expect_err("one is too few");
    assert_eq!(error.text("zh"), "合并至少需要2项且不重复，现有1项");
    assert_eq!(refused(&office, one), "'merge' needs at least 2, each once; 1 given");
    let nowhere = merge(vec![Move::new("service_implementation", "penalty/x", "food/food-m")]);
    assert_eq!(
        refused(&office, nowhere),
        "there is no row 'penalty/x' in 'service_implementation'; name one that is there"
    );
    let base = merge(vec![Move::new("powers", "licence", "food")]);
    assert_eq!(refused(&office, base), "nothing can be moved from 'powers': what is authored lies in derived lists");
}

#[test]
fn splitting_leaves_a_successor_link_to_each() {
    let mut office = office();
    let split = Adjustment::Split {
        power: "licence".into(),
        into: vec![item("sale", "食品销售许可", "01"), item("catering", "餐饮服务许可", "01")],
        moves: vec![Move::new("service_implementation", "licence/licence-m", "sale/sale-m")],
        dependants: Dependants::Cascade,
    };
    assert_eq!(split.kind(), Kind::Split);
    enact(&mut office, "split", split, "2026-03-03");
    assert_eq!(field(office.system(), "powers", "licence", "successors").as_deref(), Some("catering, sale"));
    let approvals = field(office.system(), "intermediary_matters", "survey", "approvals");
    assert_eq!(approvals.as_deref(), Some("catering, sale"));
}

#[test]
fn another_type_is_another_item() {
    let mut office = office();
    let retype = |ty| Adjustment::Retype {
        power: "workshop".into(),
        into: item("workshop-2", "小作坊备案", ty),
        moves: vec![Move::new("service_implementation", "workshop/workshop-m", "workshop-2/workshop-2-m")],
        dependants: Dependants::Cascade,
    };
    assert_eq!(refused(&office, retype("01")), "'workshop' and 'workshop-2' are of one type");
    enact(&mut office, "retype", retype("10"), "2026-03-03");
    assert_eq!(state(&office, "powers", "workshop").as_deref(), Some("3"));
    let moved = field(office.system(), "service_implementation", "workshop-2/workshop-2-m", "promised_limit");
    assert_eq!(moved.as_deref(), Some("8 working_days"));
}

#[test]
fn a_suspension_holds_everywhere_or_in_a_region() {
    let mut office = office();
    let everywhere = |until| Adjustment::Suspend { power: "licence".into(), region: None, until };
    enact(&mut office, "stop", everywhere(Some(day("2026-06-30"))), "2026-03-03");
    assert_eq!(state(&office, "handling_items", "licence/licence-m/licence-new").as_deref(), Some("2"));
    let until = field(office.system(), "powers", "licence", "suspended_until");
    assert_eq!(until.as_deref(), Some("2026-06-30"));
    assert_eq!(refused(&office, everywhere(None)), "'licence' of 'powers' is suspended; it must be in use");
    enact(&mut office, "go", Adjustment::Resume { power: "licence".into(), region: None }, "2026-03-04");
    assert_eq!(state(&office, "handling_items", "licence/licence-m/licence-new").as_deref(), Some("1"));
    assert_eq!(field(office.system(), "powers", "licence", "suspended_until").as_deref(), Some(""));

    let there =
        |region: &str| Adjustment::Suspend { power: "licence".into(), region: Some(region.into()), until: None };
    assert_eq!(refused(&office, there("west")), "nobody implements 'licence' in 'west' whom that concerns");
    enact(&mut office, "east", there("east"), "2026-03-05");
    assert_eq!(state(&office, "powers", "licence").as_deref(), Some("1"), "elsewhere it goes on");
    assert_eq!(state(&office, "service_implementation", "licence/licence-m").as_deref(), Some("2"));
    let resume = Adjustment::Resume { power: "licence".into(), region: Some("east".into()) };
    enact(&mut office, "east-again", resume.clone(), "2026-03-06");
    assert_eq!(state(&office, "service_implementation", "licence/licence-m").as_deref(), Some("1"));
    assert_eq!(refused(&office, resume), "nobody implements 'licence' in 'east' whom that concerns");
}

#[test]
fn an_item_moves_to_another_body_with_who_implements_it_there() {
    let mut office = office();
    let to =
        |body: &str| Adjustment::Move { power: "licence".into(), to: body.into(), office: Some("审批科".into()) };
    assert_eq!(refused(&office, to("market")), "'licence' is with 'market' already");
    assert_eq!(refused(&office, to("nobody")), "there is no row 'nobody' in 'bodies'; name one that is there");
    enact(&mut office, "move", to("health"), "2026-03-03");
    assert_eq!(
        field(office.system(), "service_implementation", "licence/licence-m", "body").as_deref(),
        Some("health")
    );
    // The duty that it names is of the body that it has left, and its new one is to look at that.
    let inbox = office.inbox("health", day("2026-03-03")).expect("a known year");
    assert!(inbox.iter().any(|one| one.finding.key().as_str() == "licence"), "{inbox:#?}");
}

#[test]
fn a_reform_is_one_case_over_all_items() {
    let mut office = office();
    let rename = BodyChange::Rename {
        body: "market".into(),
        name: "市场监督管理局".into(),
        credit_code: Some("11440100007482575H".into()),
    };
    let dissolve = |items: &[(&str, &str)]| BodyChange::Dissolve {
        body: "health".into(),
        into: vec!["market".into(), "town-a".into()],
        items: items.iter().map(|(item, to)| ((*item).into(), (*to).into())).collect(),
    };
    assert!(
        refused(&office, Adjustment::Reform { changes: vec![dissolve(&[("licence", "town-a")])] })
            .starts_with("there is no row 'licence' in 'powers'")
    );
    assert!(
        refused(&office, Adjustment::Reform { changes: vec![dissolve(&[("canteen", "town-b")])] })
            .starts_with("there is no row 'town-b' in 'bodies'")
    );
    enact(&mut office, "reform", Adjustment::Reform { changes: vec![rename, dissolve(&[])] }, "2026-03-03");
    let system = office.system();
    let of = |list, key, name| field(system, list, key, name).unwrap_or_default();
    assert_eq!(of("bodies", "market", "former_codes"), "11440000MB2D0164XH", "the old code is an alias");
    assert_eq!(of("bodies", "health", "successors"), "market, town-a");
    assert_eq!(of("bodies", "health", "valid_to"), "2026-03-02");
    assert_eq!(of("powers", "canteen", "body"), "market");
    assert_eq!(of("service_implementation", "canteen/canteen-h", "body"), "market");
    assert_eq!(of("powers", "canteen", "duty"), "health-1", "the clause waits for its new owner");
    let inbox = office.inbox("market", day("2026-03-03")).expect("a known year");
    assert!(inbox.iter().any(|one| one.finding.message("zh").contains("承继机构")), "{inbox:#?}");
    // A body that has ended neither ends again nor takes anything.
    let again = BodyChange::Dissolve {
        body: "health".into(),
        into: vec!["market".into()],
        items: std::collections::BTreeMap::new(),
    };
    let ended = "'health' of 'bodies' is dissolved after 2026-03-02; it must be a body that has not ended";
    assert_eq!(refused(&office, Adjustment::Reform { changes: vec![again] }), ended);
    let to = Adjustment::Move { power: "licence".into(), to: "health".into(), office: None };
    assert_eq!(refused(&office, to), ended);
}

fn revision() -> LawRevision {
    LawRevision::new("food-2026", record([("title", "食品法"), ("kind", "law")]), day("2026-04-01"))
        .replaces("food-2015")
        .article("food-2026.40", "第四十条")
        .article("food-2026.41", "第四十一条")
        .article("food-2026.42", "第四十二条")
        .corresponds(Correspondence::new("food-2015.35", ["food-2026.40"]))
        .corresponds(Correspondence::new("food-2015.36", ["food-2026.41", "food-2026.42"]).note("拆分"))
}

#[test]
fn a_revised_law_opens_a_case_for_each_body() {
    let mut office = office();
    let revision = revision();
    let verdicts: Vec<(String, Kind, Verdict)> = revision
        .proposals(office.system())
        .into_iter()
        .map(|one| (one.power, one.kind, one.citations[0].1.clone()))
        .collect();
    let several = Verdict::OneOf(vec!["food-2026.41".into(), "food-2026.42".into()]);
    assert_eq!(
        verdicts,
        [
            ("canteen".into(), Kind::Amend, Verdict::Follows("food-2026.40".into())),
            ("licence".into(), Kind::Amend, Verdict::Follows("food-2026.40".into())),
            ("penalty".into(), Kind::Cancel, Verdict::Ends),
            ("workshop".into(), Kind::Amend, several),
        ]
    );
    let clerk = governed::by("establishment_office", "market");
    let trigger = (Trigger::LawAmended, day("2026-03-03"));
    let packages = revision
        .packages(office.system(), "food", &"adjustment".into(), trigger, |body| governed::by("department", body));
    let cases: Vec<(String, usize)> =
        packages.iter().map(|one| (one.applicant.body.clone().unwrap_or_default(), one.cases.len())).collect();
    assert_eq!(cases, [("health".into(), 1), ("market".into(), 3)]);
    assert!(packages[1].cases[2].grounds.contains("（待选）"), "{}", packages[1].cases[2].grounds);
    let on = day("2026-03-03");
    let of_body = |body: &str| governed::by("department", body);
    let none = office.law_revised(&revision, ("food", "nothing"), trigger, (on, &clerk), of_body);
    assert_eq!(none.expect_err("no such procedure").to_string(), "there is no procedure 'nothing'");
    assert!(office.system().list("instruments").expect("a list").row("food-2026").is_none(), "nothing has changed");
    let opened = office.law_revised(&revision, ("food", "adjustment"), trigger, (on, &clerk), of_body);
    assert_eq!(opened.expect("it fits"), ["food-1", "food-2"]);
    assert!(packages.iter().eq(office.dossiers().map(|dossier| &dossier.package)));
    // On its day the old edition is superseded, and what still cites it is found.
    let found = |office: &Office| {
        let findings = office.system().snapshot().findings();
        findings.iter().filter(|one| one.check().as_str() == "basis_superseded").count()
    };
    assert_eq!(found(&office), 0);
    office.edit(revision.supersedes(), day("2026-04-01"), day("2026-04-01"), clerk).expect("it is accepted");
    assert_eq!(found(&office), 4);
    let error = revision.enters(office.system()).expect_err("it is there");
    assert_eq!(error.to_string(), "'food-2026' is in 'instruments' already; give the new row a key of its own");
}

#[test]
fn what_a_package_asks_for_is_data() {
    let office = office();
    let all = [
        Adjustment::Add { item: item("a", "甲", "01") },
        cancel("licence", Dependants::Withdraw),
        Adjustment::Delegate { power: "licence".into(), to: vec![recipient("town-a")] },
        Adjustment::Suspend { power: "licence".into(), region: Some("east".into()), until: Some(day("2026-06-30")) },
        Adjustment::Amend {
            power: "licence".into(),
            edits: Edits::new().set("powers", "licence", "statutory_limit", working_days(10)),
        },
        Adjustment::Reform {
            changes: vec![BodyChange::Dissolve {
                body: "health".into(),
                into: vec!["market".into()],
                items: [("canteen".to_owned(), "market".to_owned())].into(),
            }],
        },
    ];
    for adjustment in all {
        let package = package("one", adjustment);
        let json = serde_json::to_string(&package).expect("it is written");
        let read: quanze::governance::case::Package =
            serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"));
        // What was a duration is read as the text that it is written as, until it lies in a field.
        assert_eq!(serde_json::to_string(&read).expect("it is written"), json);
        let more = json.replacen("{\"kind\":", "{\"more\":1,\"kind\":", 1);
        assert!(serde_json::from_str::<quanze::governance::case::Package>(&more).is_err(), "{more}");
        let _ = compile(&office, read.cases[0].adjustment.clone()).unwrap_or_else(|error| panic!("{error}"));
    }
}

/// Two promises that move to one field: the first moves, and the second stays and is listed. None overwrites the other.
#[test]
fn what_meets_in_one_place_is_not_lost() {
    let mut office = office();
    let to_one = |from: &str| Move::new("service_implementation", from, "food/food-m");
    let merge = |moves| Adjustment::Merge {
        powers: vec!["licence".into(), "workshop".into()],
        into: item("food", "食品许可", "01"),
        moves,
        dependants: Dependants::Cascade,
    };
    let both = merge(vec![to_one("licence/licence-m"), to_one("workshop/workshop-m")]);
    let compiled = compile(&office, both.clone()).expect("it can be made");
    let [left] = &compiled.unplaced[..] else { panic!("one has no place: {:#?}", compiled.unplaced) };
    assert_eq!((left.key.as_str(), left.values.len()), ("workshop/workshop-m", 1));
    enact(&mut office, "both", both, "2026-03-03");
    let rows = office.system().list("service_implementation").expect("a list");
    let authored =
        |key: &str| rows.row(key).expect("it is there").authored("promised_limit").expect("a field").to_string();
    assert_eq!([authored("food/food-m"), authored("workshop/workshop-m")], ["5 working_days", "8 working_days"]);

    let office = governed::office();
    let twice =
        merge(vec![to_one("licence/licence-m"), Move::new("service_implementation", "licence/licence-m", "food/x")]);
    let says = "what is authored in service_implementation[licence/licence-m] is moved to two places; name one";
    assert_eq!(refused(&office, twice), says);
}

/// A field in which somebody has authored already is not overwritten by what moves there.
#[test]
fn what_is_authored_where_something_moves_stays() {
    let mut office = office();
    let split = Adjustment::Retype {
        power: "licence".into(),
        into: item("licence-2", "食品备案", "10"),
        moves: vec![Move::new("service_implementation", "licence/licence-m", "workshop/workshop-m")],
        dependants: Dependants::Cascade,
    };
    enact(&mut office, "retype", split, "2026-03-03");
    let rows = office.system().list("service_implementation").expect("a list");
    let authored =
        |key: &str, name: &str| rows.row(key).expect("it is there").authored(name).expect("a field").to_string();
    assert_eq!(authored("workshop/workshop-m", "promised_limit"), "8 working_days", "it was there");
    assert_eq!(authored("licence/licence-m", "promised_limit"), "5 working_days", "it has no place");
    assert_eq!(authored("workshop/workshop-m", "place"), "政务大厅一楼", "nothing was there");
}

/// What a body has just been given is not seen to be its own yet: it would stay with a body that ends.
#[test]
fn a_body_does_not_end_and_take_in_one_package() {
    let office = office();
    let into = |body: &str, to: &str| BodyChange::Dissolve {
        body: body.into(),
        into: vec![to.into()],
        items: std::collections::BTreeMap::new(),
    };
    let says = "'market' ends and takes from another in one package; let one follow on the other";
    for changes in [
        vec![into("health", "market"), into("market", "town-a")],
        vec![into("market", "town-a"), into("health", "market")],
    ] {
        assert_eq!(refused(&office, Adjustment::Reform { changes }), says);
    }
}

/// An item cites in other places too, and rests on its basis alone.
#[test]
fn a_revision_proposes_for_every_citation_of_an_item() {
    let mut office = office();
    let on = day("2026-03-02");
    let clerk = governed::by("department", "market");
    let cites = Edits::new().set("powers", "workshop", "accountability_basis", ["food-2015.122", "food-2015.35"]).set(
        "powers",
        "workshop",
        "local_basis",
        ["food-2015.122"],
    );
    office.edit(cites, on, on, clerk).expect("it is accepted");
    let proposals = revision().proposals(office.system());
    let workshop = proposals.iter().find(|one| one.power == "workshop").expect("it cites the old edition");
    assert_eq!(workshop.kind, Kind::Amend, "a local basis that ends is no end");
    let fields: Vec<(&str, usize)> = workshop.fields.iter().map(|(field, next)| (field.as_str(), next.len())).collect();
    assert_eq!(fields, [("basis", 2), ("local_basis", 0), ("accountability_basis", 1)]);
    assert_eq!(workshop.citations.len(), 3, "each old article is told once");
}
