//! The office: what is opened, passed, published and in effect; who must review what; days that come; what is refused.

mod governed;

use governed::{approve, by, calendar, day, enact, field, office, package, publish, record};
use quanze::{
    Edits, four_tier,
    governance::{
        Answer, Office, OfficeError, Publication, Rules,
        calendar::Calendar,
        case::{Adjustment, Case, Dependants},
        deadline::Standing,
        procedure::{Act, Procedure, Signing, Stage, Step, Verb, Why},
    },
    working_days,
};

fn limit(power: &str, days: i64) -> Adjustment {
    Adjustment::Amend {
        power: power.into(),
        edits: Edits::new().set("powers", power, "statutory_limit", working_days(days)),
    }
}

fn promise(office: &Office) -> String {
    field(office.system(), "service_implementation", "licence/licence-m", "promised_limit").expect("a row")
}

#[test]
fn approved_published_and_effective_are_three_things() {
    let mut office = office();
    approve(&mut office, package("limit", limit("licence", 10)), "2026-03-03");
    let of = |office: &Office, name| field(office.system(), "services", "licence", name).expect("a row");
    assert_eq!(office.dossier("limit").expect("it is open").course.stage(), &Stage::Approved);
    assert_eq!(of(&office, "limit"), "20 working_days", "what is approved does not show");

    publish(&mut office, "limit", "2026-03-04", "2026-03-09").expect("it is approved");
    assert_eq!(of(&office, "limit"), "20 working_days", "what is published does not show before its day");
    assert_eq!(field(office.system(), "planned_changes", "limit", "state").as_deref(), Some("waiting"));
    let clerk = by("establishment_office", "market");
    let early = office.advance(day("2026-03-08"), clerk.clone()).expect("a later day");
    assert!(early.in_effect.is_empty() && early.held.is_empty());
    let advanced = office.advance(day("2026-03-10"), clerk).expect("a later day");
    assert_eq!(advanced.in_effect, ["limit"]);
    assert_eq!(of(&office, "limit"), "10 working_days");
    // In effect from its own day, recorded on the day on which it was seen.
    let record = office.history().records().last().expect("a record");
    assert_eq!((record.recorded, record.commits[0].effective), (day("2026-03-10"), day("2026-03-09")));
    let dossier = office.dossier("limit").expect("it is there");
    assert_eq!(dossier.course.event("approved"), Some(day("2026-03-03")));
    assert_eq!(dossier.course.event("published"), Some(day("2026-03-04")));
    assert_eq!(dossier.publication.as_ref().map(|one| one.effective_on), Some(day("2026-03-09")));
}

#[test]
fn a_package_is_published_as_a_whole() {
    let mut office = office();
    let before = office.system().revision();
    let both = package("both", limit("licence", 10)).case(limit("workshop", 7), "一并调整");
    approve(&mut office, both, "2026-03-03");
    publish(&mut office, "both", "2026-03-03", "2026-03-03").expect("it is approved");
    assert_eq!(office.system().revision(), before + 1);
    let change = office.history().difference(before, before + 1).expect("they are there");
    assert_eq!(change.changes("powers").len(), 2);
}

#[test]
fn a_planned_change_that_no_longer_fits_is_held_and_found() {
    let mut office = office();
    approve(&mut office, package("later", limit("licence", 10)), "2026-03-03");
    publish(&mut office, "later", "2026-03-03", "2026-03-16").expect("it is approved");
    let gone = Adjustment::Cancel { power: "licence".into(), successors: Vec::new(), dependants: Dependants::Cascade };
    enact(&mut office, "gone", gone, "2026-03-05");
    let clerk = by("establishment_office", "market");
    let advanced = office.advance(day("2026-03-16"), clerk.clone()).expect("a later day");
    assert_eq!(advanced.held.len(), 1);
    assert!(advanced.held[0].1.to_string().contains("'licence' of 'powers' is cancelled"), "{advanced:?}");
    assert_eq!(advanced.held[0].1.text("zh"), "later第1项：powers的“licence”现为已取消，须为在用或暂停");
    let inbox = office.inbox("market", day("2026-03-16")).expect("a known year");
    let held = inbox.iter().find(|one| one.finding.check().as_str() == "change_held").expect("it is found");
    assert!(held.finding.message("zh").starts_with("later调整未能生效"), "{}", held.finding.message("zh"));
    // Every day that comes tries again.
    let revision = office.system().revision();
    assert_eq!(office.advance(day("2026-03-17"), clerk).expect("a later day").held.len(), 1);
    assert_eq!(office.system().revision(), revision, "what is held for the same reason is held already");
}

#[test]
fn what_is_refused_changes_nothing() {
    let mut office = office();
    approve(&mut office, package("ready", limit("licence", 10)), "2026-03-03");
    let head = office.history().head();
    let state = office.system().state().to_json();
    let on = day("2026-03-04");
    let pass = |role| Act::pass(by(role, "market"), on);
    let publish = |number: &str, effective| {
        let act = Act::new(Verb::Publish, by("department", "market"), on).evidence("document", "文");
        (act, Publication::new(number, day(effective)))
    };
    let says = |error: OfficeError, words: &str| assert!(error.to_string().contains(words), "{error}");

    says(office.act("none", pass("department")).expect_err("none"), "there is no package 'none'");
    let wrong = office.act("ready", pass("justice_bureau")).expect_err("it is approved");
    assert!(matches!(&wrong, OfficeError::Procedure(refused) if *refused.why() == Why::OutOfOrder), "{wrong}");
    says(office.act("ready", publish("号", "2026-03-04").0).expect_err("how"), "say under which number");
    let (mut act, publication) = publish("号", "2026-03-04");
    act.by = by("department", "health");
    says(
        office.publish("ready", act, publication).expect_err("another body"),
        "is not of the body that applies for 'ready'",
    );
    // A struct that is no record is told before it is recorded.
    let broken =
        Adjustment::Amend { power: "licence".into(), edits: Edits::new().replace("powers", "licence", &[1, 2]) };
    let error = office.open(package("broken", broken), on, by("department", "market")).expect_err("it is no record");
    says(error, "the package 'broken' cannot be recorded");
    let (act, publication) = publish(" ", "2026-03-04");
    says(office.publish("ready", act, publication).expect_err("no number"), "under the number of a document");
    let (act, publication) = publish("号", "2026-03-03");
    says(office.publish("ready", act, publication).expect_err("too early"), "before its publication on 2026-03-04");
    let (_, publication) = publish("号", "2026-03-04");
    says(office.publish("ready", pass("department"), publication).expect_err("no act"), "and the act is to pass");

    let clerk = || by("establishment_office", "market");
    says(
        office.open(package("ready", limit("licence", 9)), on, clerk()).expect_err("taken"),
        "cannot be called 'ready'",
    );
    says(office.open(package("a/b", limit("licence", 9)), on, clerk()).expect_err("no key"), "cannot be called 'a/b'");
    let mut none = package("none", limit("licence", 9));
    none.cases.clear();
    says(office.open(none, on, clerk()).expect_err("no case"), "'none' has no case");
    says(
        office.open(package("x", limit("nothing", 9)), on, clerk()).expect_err("no row"),
        "case 1 of 'x': there is no row 'nothing'",
    );
    let mut other = package("x", limit("licence", 9));
    other.procedure = "nowhere".into();
    says(office.open(other, on, clerk()).expect_err("no procedure"), "there is no procedure 'nowhere'");

    let supervisor = by("supervisor", "market");
    says(
        office.edit(Edits::new(), on, on, supervisor.clone()).expect_err("reads"),
        "reads everything and changes nothing",
    );
    says(office.advance(on, supervisor).expect_err("reads"), "reads everything and changes nothing");
    let early = office.edit(Edits::new(), on, day("2026-03-01"), clerk()).expect_err("the past");
    says(early, "2026-03-01 is before 2026-03-03, the day of the last record");
    let unknown = Edits::new().set("powers", "licence", "nothing", 1);
    says(office.edit(unknown, on, on, clerk()).expect_err("no field"), "nothing");

    assert_eq!(office.history().head(), head);
    assert_eq!(office.system().state().to_json(), state);
    assert!(office.system().verify().is_ok());
}

#[test]
fn what_is_asked_for_is_written_anew_only_at_the_first_step() {
    let mut office = office();
    let on = day("2026-03-03");
    let applicant = by("department", "market");
    office.open(package("draft", limit("licence", 10)), on, applicant.clone()).expect("it can be made");
    let cases = vec![Case::new(limit("licence", 9), "更正")];
    office.redraft("draft", cases.clone(), on, applicant.clone()).expect("it is a draft");
    assert_eq!(office.dossier("draft").expect("it is open").package.cases, cases);
    let other = office.redraft("draft", cases.clone(), on, by("legal_office", "market")).expect_err("not its own");
    assert!(other.to_string().contains("only the applicant writes it anew"), "{other}");
    let apply = Act::pass(applicant.clone(), on).evidence("grounds", "理由");
    office.act("draft", apply).expect("it is its turn");
    let late = office.redraft("draft", cases, on, applicant).expect_err("it has left the first step");
    assert!(late.to_string().contains("'draft' is at 'legal_review'"), "{late}");
}

#[test]
fn deadlines_run_from_what_makes_the_adjustment_necessary() {
    let mut office = office();
    // 15 working days from Monday, 2 March: 23 March.
    approve(&mut office, package("limit", limit("licence", 10)), "2026-03-03");
    let standing = |office: &Office, on| office.deadlines("limit", day(on)).expect("a known year")[0].1;
    let due = day("2026-03-23");
    assert_eq!(standing(&office, "2026-03-18"), Standing::DueSoon { due, left: 3 });
    assert_eq!(standing(&office, "2026-03-24"), Standing::Overdue { due, late: 1 });
    assert_eq!(office.late(day("2026-03-23")).expect("a known year"), []);
    assert_eq!(office.late(day("2026-03-24")).expect("a known year")[0].package, "limit");
    publish(&mut office, "limit", "2026-03-25", "2026-03-25").expect("it is approved");
    assert_eq!(standing(&office, "2026-04-30"), Standing::Missed { due, on: day("2026-03-25"), late: 2 });

    // What is withdrawn owes nothing any more.
    office
        .open(package("gone", limit("workshop", 9)), day("2026-03-25"), by("department", "market"))
        .expect("it is made");
    let withdraw = Act::new(Verb::Withdraw, by("department", "market"), day("2026-03-26"));
    office.act("gone", withdraw).expect("it may");
    assert_eq!(office.deadlines("gone", day("2026-04-30")).expect("a known year"), []);
    let error = office.deadlines("limit", day("2027-01-05")).map(|_| ());
    assert!(error.is_ok(), "what is done needs no later year");
}

#[test]
fn a_year_without_its_notice_is_an_error_where_it_matters() {
    let years: Vec<_> = calendar().years().filter(|year| year.year == 2026).cloned().collect();
    let rules = Rules::jiyuan(Calendar::new(years, Vec::new()).expect("it fits"));
    let (on, clerk) = (day("2026-12-20"), by("establishment_office", "market"));
    let mut office =
        Office::begin(governed::system(), four_tier::owners(), rules, on, clerk.clone()).expect("it opens");
    let mut late = package("late", limit("licence", 10));
    late.triggered_on = on;
    office.open(late, on, clerk).expect("opening needs no day");
    let error = office.deadlines("late", on).expect_err("it ends in 2027");
    assert!(error.to_string().contains("which days of 2027 are worked on is not known"), "{error}");
}

/// A norm suggests conditions, and the bureau authors others, on the third of March.
fn override_conditions(office: &mut Office) {
    let on = day("2026-03-03");
    let norm = record([("name", "食品经营许可"), ("catalogue", "licence_list"), ("conditions", "有固定场所")]);
    let set = Edits::new()
        .insert("upstream", "norm", &norm)
        .set("powers", "licence", "upstream", "norm")
        .author_because("service_implementation", "licence/licence-m", "conditions", "有场所并公示", "本地要求");
    office.edit(set, on, on, by("department", "market")).expect("it is accepted");
}

/// Somebody authors a value of its own where another is suggested; when the suggestion moves, it is asked to look.
#[test]
fn whoever_has_a_value_of_its_own_reviews_what_changes_under_it() {
    let mut office = office();
    let on = day("2026-03-03");
    let clerk = by("department", "market");
    override_conditions(&mut office);
    let change = Adjustment::Amend {
        power: "licence".into(),
        edits: Edits::new().set("upstream", "norm", "conditions", "有固定场所和设备"),
    };
    let preview = office.preview_package(&package("norm", change.clone()), on);
    assert!(preview.blocks.is_empty());
    assert_eq!(preview.review.len(), 1, "{:#?}", preview.review);
    assert_eq!(
        (preview.review[0].row.as_str(), preview.review[0].bodies.as_slice()),
        ("licence/licence-m", &["market".to_owned()][..])
    );
    enact(&mut office, "norm", change, "2026-03-04");
    let open = |office: &Office| {
        let inbox = office.inbox("market", day("2026-03-05")).expect("a known year");
        inbox.into_iter().filter(|one| one.finding.check().as_str() == "review_open").collect::<Vec<_>>()
    };
    let [review] = &open(&office)[..] else { panic!("one review") };
    assert_eq!(review.since.day, day("2026-03-04"));
    assert_eq!(review.since.cause.as_deref(), Some("norm调整"));
    assert_eq!(review.deadline.map(|one| one.due()), Some(day("2026-03-11")));
    let key = review.finding.key().to_string();

    let at = ("review_open", key.as_str());
    let stranger = office.settle(at, Answer::Confirm, "", day("2026-03-05"), by("department", "health"));
    assert!(stranger.expect_err("it is another's").to_string().contains("which is of market"));
    let silent = office.settle(at, Answer::Object, " ", day("2026-03-05"), clerk.clone());
    assert!(silent.expect_err("it says nothing").to_string().contains("an objection says why"));
    // An objection leaves it open, for whoever decides on objections.
    office.settle(at, Answer::Object, "本地要求仍须保留", day("2026-03-05"), clerk.clone()).expect("it is its own");
    assert_eq!(open(&office).len(), 1);
    assert_eq!(field(office.system(), "reviews", &key, "state").as_deref(), Some("objected"));
    let other = office.settle(at, Answer::Confirm, "", day("2026-03-05"), by("justice_bureau", "health"));
    assert!(other.expect_err("it does not decide").to_string().contains("which is of market"));
    let amend = Edits::new().clear("service_implementation", "licence/licence-m", "conditions");
    let clerk = by("establishment_office", "health");
    office.settle(at, Answer::Amend(amend), "取消本地要求", day("2026-03-05"), clerk.clone()).expect("it is its own");
    assert!(open(&office).is_empty());
    assert_eq!(
        field(office.system(), "service_implementation", "licence/licence-m", "conditions").as_deref(),
        Some("有固定场所和设备")
    );
    let again = office.settle(at, Answer::Confirm, "", day("2026-03-05"), clerk).expect_err("it is settled");
    assert!(again.to_string().contains("finds nothing in"), "{again}");
}

/// What a check finds is resolved by putting it right, in any way, and not by saying that it is right.
#[test]
fn a_finding_stands_until_it_is_put_right() {
    let mut office = office();
    enact(&mut office, "tight", limit("licence", 3), "2026-03-03");
    assert_eq!(promise(&office), "3 working_days", "the promise is no looser than the limit");
    let found = |office: &Office| {
        let inbox = office.inbox("market", day("2026-03-04")).expect("a known year");
        inbox.into_iter().find(|one| one.finding.check().as_str() == "service_implementation.promised_limit.looser")
    };
    let one = found(&office);
    let Some(review) = one else {
        let all = office.reviews(day("2026-03-04")).expect("a known year");
        panic!(
            "the promise is found: {:#?}",
            all.iter().map(|one| one.finding.check().to_string()).collect::<Vec<_>>()
        );
    };
    let key = review.finding.key().to_string();
    let (on, clerk) = (day("2026-03-04"), by("department", "market"));
    office
        .settle(
            ("service_implementation.promised_limit.looser", &key),
            Answer::Object,
            "法定时限有误",
            on,
            clerk.clone(),
        )
        .expect("it is its own");
    let review = found(&office).expect("it stands");
    assert_eq!(review.answer, Some((Answer::Object, "法定时限有误".to_owned())));
    let own = Edits::new().author("service_implementation", "licence/licence-m", "promised_limit", working_days(2));
    office.edit(own, on, on, clerk).expect("it is accepted");
    assert!(found(&office).is_none());
    // Found once more, it has not been answered yet.
    enact(&mut office, "tighter", limit("licence", 1), "2026-03-05");
    assert_eq!(found(&office).expect("it is found once more").answer, None);
}

#[test]
fn what_stood_before_a_case_is_a_baseline_and_blocks_nothing() {
    let mut office = office();
    let stood: usize = office.system().snapshot().findings().len();
    assert!(stood > 0);
    approve(&mut office, package("limit", limit("licence", 3)), "2026-03-03");
    let preview = office.preview("limit", day("2026-03-03")).expect("it is open");
    assert!(preview.blocks.is_empty());
    assert_eq!(preview.standing, stood);
    publish(&mut office, "limit", "2026-03-03", "2026-03-03").expect("it blocks nothing");
    let baseline = office.baseline("limit").expect("it is open");
    assert_eq!(baseline.values().sum::<usize>(), stood);
    assert!(
        !baseline.contains_key("service_implementation.promised_limit.looser"),
        "what the case has brought is none of it"
    );
    let reviews = office.reviews(day("2026-03-03")).expect("a known year");
    let old = reviews.iter().find(|one| one.finding.check().as_str() == "licence_not_listed").expect("it stood before");
    assert_eq!(
        (old.since.day, old.since.record, old.deadline),
        (day("2026-03-02"), 0, None),
        "it is dated, and owes nothing"
    );
}

#[test]
fn a_preview_says_what_follows_what_is_reviewed_and_what_blocks() {
    let mut office = office();
    let preview = office.preview_package(&package("tight", limit("licence", 3)), day("2026-03-03"));
    let follows = preview.follows.expect("nothing blocks");
    assert_eq!(follows.tiers().iter().filter_map(|of| of.tier).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert!(preview.review.iter().any(|one| one.row == "licence/licence-m"), "{:#?}", preview.review);
    let blocked = office.preview_package(&package("no", limit("nothing", 3)), day("2026-03-03"));
    assert_eq!(blocked.blocks, ["case 1 of 'no': there is no row 'nothing' in 'powers'; name one that is there"]);
    assert!(blocked.follows.is_none());
    let twice = Adjustment::Amend {
        power: "licence".into(),
        edits: Edits::new().set("powers", "licence", "statutory_limit", "soon"),
    };
    assert_eq!(office.preview_package(&package("no", twice), day("2026-03-03")).blocks.len(), 1);
    assert_eq!(office.history().records().len(), 1, "a preview is no deed");
}

#[test]
fn rules_change_but_not_under_what_is_under_way() {
    let mut office = office();
    let (on, clerk) = (day("2026-03-03"), by("establishment_office", "market"));
    office.open(package("open", limit("licence", 10)), on, by("department", "market")).expect("it is made");
    let other = Procedure::new("adjustment")
        .step("apply", Step::by(["department", "legal_office"]).signing(Signing::Parallel))
        .published_by(Step::by(["department"]))
        .build()
        .expect("it holds together");
    let changed = office.rules().clone().procedure(other.clone());
    let error = office.set_rules(changed.clone(), on, clerk.clone()).expect_err("it is passed");
    assert!(error.to_string().contains("the package 'open' passes it"), "{error}");
    let withdraw = Act::new(Verb::Withdraw, by("department", "market"), on);
    office.act("open", withdraw).expect("it may");
    office.set_rules(changed, on, clerk).expect("nothing passes it");
    assert_eq!(office.rules().procedures.get("adjustment"), Some(&other));
}

/// A review vanishes in whatever way it is resolved: here the body changes its own row, and nobody answers anything.
#[test]
fn a_body_that_changes_its_row_has_reviewed_it() {
    let mut office = office();
    let (on, clerk) = (day("2026-03-03"), by("department", "market"));
    override_conditions(&mut office);
    let edits = Edits::new().set("upstream", "norm", "conditions", "有固定场所和设备");
    enact(&mut office, "norm", Adjustment::Amend { power: "licence".into(), edits }, "2026-03-03");
    let open = |office: &Office| {
        let inbox = office.inbox("market", on).expect("a known year");
        inbox.iter().filter(|one| one.finding.check().as_str() == "review_open").count()
    };
    assert_eq!(open(&office), 1);
    let elsewhere = Edits::new().set("powers", "penalty", "remark", "另一事项");
    office.edit(elsewhere, on, on, clerk.clone()).expect("it is accepted");
    assert_eq!(open(&office), 1, "another row was changed");
    let own = || Edits::new().clear("service_implementation", "licence/licence-m", "conditions");
    office.edit(own(), on, on, clerk).expect("it is accepted");
    assert_eq!(open(&office), 0);
    let reviews = office.system().list("reviews").expect("a list");
    let state = reviews.rows().next().expect("it stays").get("state").expect("a field");
    assert_eq!(state.to_string(), "amended");
}
