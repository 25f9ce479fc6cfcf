//! Procedures: who may do what when, what is refused and what is said then, and that there is always a way on.

#[path = "governed/config.rs"]
mod config;

use proptest::prelude::*;
use quanze::{
    Date,
    governance::{
        Kind, Person,
        procedure::{
            Act, Course, Evidence, Procedure, ProcedureError, Signer, Signing, Stage, Step, Verb, Why, adjustment,
            first_issue,
        },
    },
};

fn day(number: i64) -> Date {
    "2026-03-02".parse::<Date>().expect("a date").plus_days(number).expect("a date")
}

fn by(role: &str) -> Person {
    Person::new("某人", role)
}

fn pass(role: &str, on: i64) -> Act {
    Act::pass(by(role), day(on))
}

fn step(name: &str) -> Stage {
    Stage::Step(name.into())
}

/// Does acts one after the other, each of which is allowed.
fn done(procedure: &Procedure, kinds: &[Kind], acts: impl IntoIterator<Item = Act>) -> Course {
    acts.into_iter().fold(Course::begin(procedure, kinds), |course, act| {
        course.act(procedure, kinds, act).unwrap_or_else(|refused| panic!("{refused}"))
    })
}

#[test]
fn first_issue_passes_six_steps() {
    let procedure = first_issue();
    let course = done(
        &procedure,
        &[Kind::Add],
        [
            pass("business_office", 0).evidence("draft", "稿"),
            pass("legal_office", 1).evidence("legal_opinion", "意见"),
            pass("justice_bureau", 2).evidence("legal_opinion", "复审意见"),
            pass("establishment_office", 3).evidence("review_opinion", "审核意见"),
            pass("commission", 4).evidence("minutes", "会议纪要"),
        ],
    );
    assert_eq!(course.stage(), &Stage::Approved);
    assert_eq!((course.event("applied"), course.event("approved")), (Some(day(0)), Some(day(4))));
    assert_eq!(course.event("published"), None);
    let publish = Act::new(Verb::Publish, by("business_office"), day(5)).evidence("document", "某政发〔2026〕1号");
    let course = course.act(&procedure, &[Kind::Add], publish).expect("it is approved");
    assert_eq!(course.stage(), &Stage::Published);
    assert_eq!(course.event("published"), Some(day(5)));
    assert_eq!(course.acts().len(), 6);
    assert!(course.is_ended());
}

#[test]
fn what_is_not_allowed_is_refused_and_says_what_is() {
    let procedure = adjustment();
    let kinds = [Kind::Amend];
    let course = Course::begin(&procedure, &kinds);
    let refused = course.act(&procedure, &kinds, pass("department", 0)).expect_err("no grounds are in hand");
    assert_eq!(refused.why(), &Why::NoEvidence(vec!["grounds".into()]));
    assert_eq!(
        refused.to_string(),
        "某人 (department) cannot pass a case that is at 'application': 'grounds' is missing; now department may pass with grounds, \
         department may withdraw"
    );
    assert_eq!(
        refused.text("zh"),
        "某人（申请部门）不能通过：缺少申请理由；现在申请部门可通过（附申请理由），申请部门可撤回"
    );
    // A blank document is none.
    let blank =
        course.act(&procedure, &kinds, pass("department", 0).evidence("grounds", " ")).expect_err("it is blank");
    assert_eq!(blank.why(), &Why::NoEvidence(vec!["grounds".into()]));
    let wrong = course.act(&procedure, &kinds, pass("justice_bureau", 0)).expect_err("it is not its turn");
    assert_eq!(wrong.why(), &Why::WrongRole);
    let publish = Act::new(Verb::Publish, by("department"), day(0)).evidence("document", "文");
    let early = course.act(&procedure, &kinds, publish).expect_err("nothing is approved");
    assert_eq!(early.why(), &Why::OutOfOrder);
    assert_eq!(early.into_act().verb, Verb::Publish);

    let applied = done(&procedure, &kinds, [pass("department", 1).evidence("grounds", "理由")]);
    let back = Act::new(Verb::Return("application".into()), by("justice_bureau"), day(2));
    let refused = applied.act(&procedure, &kinds, back.clone()).expect_err("it says no reason");
    assert_eq!(refused.why(), &Why::NoOpinion);
    let before = pass("justice_bureau", 0).evidence("legal_opinion", "意见");
    let refused = applied.act(&procedure, &kinds, before).expect_err("it was applied for later");
    assert_eq!(refused.why(), &Why::TooEarly(day(1)));
    let returned = applied.act(&procedure, &kinds, back.opinion("依据不足")).expect("it says why");
    assert_eq!(returned.stage(), &step("application"));
    assert!(returned.is_drafted(&procedure, &kinds));

    let withdrawn =
        returned.act(&procedure, &kinds, Act::new(Verb::Withdraw, by("department"), day(3))).expect("it may");
    let refused = withdrawn.act(&procedure, &kinds, pass("department", 4)).expect_err("it has ended");
    assert_eq!(refused.why(), &Why::Ended);
    assert!(refused.to_string().ends_with("it has ended; nothing can be done any more"), "{refused}");
}

/// The government of that level signs for what is added and cancelled, both offices for all, and disputes go to the commission.
fn county(signing: Signing) -> Procedure {
    Procedure::new("county")
        .step("apply", Step::by(["department"]).evidence("grounds").evidence_for("duty", [Kind::Add]).marks("applied"))
        .step(
            "review",
            Step::by(["establishment_office", "legal_office"])
                .signing(signing)
                .returns_to("apply")
                .raises_to("mediation"),
        )
        .step("government", Step::by(["government"]).only_for([Kind::Add, Kind::Cancel]).may_refuse())
        .aside("mediation", Step::by(["commission"]).may_refuse().marks("decided"))
        .published_by(Step::by(["department"]))
        .build()
        .expect("it holds together")
}

#[test]
fn steps_and_evidence_depend_on_the_kind() {
    let procedure = county(Signing::One);
    let amend = [pass("department", 0).evidence("grounds", "理由"), pass("legal_office", 1)];
    assert_eq!(done(&procedure, &[Kind::Amend], amend.clone()).stage(), &Stage::Approved);
    assert_eq!(done(&procedure, &[Kind::Cancel], amend.clone()).stage(), &step("government"));
    // A package with one case of a kind goes where that kind goes.
    assert_eq!(done(&procedure, &[Kind::Amend, Kind::Cancel], amend.clone()).stage(), &step("government"));
    let [apply, _] = amend;
    let refused = Course::begin(&procedure, &[Kind::Add]).act(&procedure, &[Kind::Add], apply).expect_err("no duty");
    assert_eq!(refused.why(), &Why::NoEvidence(vec!["duty".into()]));
}

#[test]
fn countersigning_is_serial_or_parallel() {
    let apply = pass("department", 0).evidence("grounds", "理由");
    let kinds = [Kind::Amend];
    let parallel = county(Signing::Parallel);
    let half = done(&parallel, &kinds, [apply.clone(), pass("legal_office", 1)]);
    assert_eq!(half.stage(), &step("review"));
    let twice = half.act(&parallel, &kinds, pass("legal_office", 2)).expect_err("it has signed");
    assert_eq!(twice.why(), &Why::WrongRole);
    let both = half.act(&parallel, &kinds, pass("establishment_office", 2)).expect("it has not");
    assert_eq!(both.stage(), &Stage::Approved);

    let serial = county(Signing::Serial);
    let applied = done(&serial, &kinds, [apply]);
    let refused = applied.act(&serial, &kinds, pass("legal_office", 1)).expect_err("the other comes first");
    assert_eq!(refused.why(), &Why::WrongRole);
    let first = applied.act(&serial, &kinds, pass("establishment_office", 1)).expect("it comes first");
    assert_eq!(first.act(&serial, &kinds, pass("legal_office", 2)).expect("then this").stage(), &Stage::Approved);
}

#[test]
fn a_dispute_is_decided_above_and_the_case_goes_on_behind_the_step() {
    let procedure = county(Signing::Parallel);
    let kinds = [Kind::Cancel];
    let raise = Act::new(Verb::Raise, by("legal_office"), day(2)).opinion("两部门意见不一致");
    let applied = [pass("department", 0).evidence("grounds", "理由"), pass("establishment_office", 1), raise];
    let raised = done(&procedure, &kinds, applied);
    assert_eq!(raised.stage(), &step("mediation"));
    let decided = raised.act(&procedure, &kinds, pass("commission", 3)).expect("it decides");
    assert_eq!(decided.stage(), &step("government"));
    assert_eq!(decided.event("decided"), Some(day(3)));
}

#[test]
fn what_does_not_hold_together_is_told_all_at_once() {
    let none: [&str; 0] = [];
    let error: ProcedureError = Procedure::new("broken")
        .step("apply", Step::by(["department", "department"]).returns_to("apply").returns_to("nowhere"))
        .step("apply", Step::by(none))
        .step("watch", Step::by(["supervisor"]).raises_to("apply").raises_to("nobody"))
        .step(
            "some",
            Step::by([Signer { only_for: vec![Kind::Add], ..Signer::from("office") }])
                .only_for([Kind::Add, Kind::Split]),
        )
        .published_by(Step::by(["department"]))
        .build()
        .expect_err("nothing of it holds together");
    let faults = error.faults();
    assert!(faults.contains(&"the step 'apply' is there twice".to_string()), "{faults:#?}");
    assert!(faults.contains(&"nobody signs 'apply' for 'add'".to_string()), "{faults:#?}");
    assert!(faults.contains(&"nobody signs 'some' for 'split'".to_string()), "{faults:#?}");
    assert!(!faults.contains(&"nobody signs 'some' for 'merge'".to_string()), "nothing else comes to it");
    let supervisor = "'watch' is signed by the supervisor, who reads everything and changes nothing";
    assert!(faults.contains(&supervisor.to_string()), "{faults:#?}");
    assert!(faults.contains(&"'watch' raises disputes to 'nobody', which is no step".to_string()), "{faults:#?}");

    let error = Procedure::new("short")
        .step("only", Step::by(["office"]).only_for([Kind::Add]))
        .published_by(Step::by(["office"]))
        .build()
        .expect_err("most kinds pass no step");
    assert_eq!(error.faults().len(), Kind::ALL.len() - 1);
    assert!(error.to_string().contains("no step in line is for 'cancel'"), "{error}");
}

#[test]
fn procedures_are_data() {
    for procedure in [first_issue(), adjustment(), county(Signing::Serial)] {
        let json = serde_json::to_string(&procedure).expect("it is written");
        assert_eq!(serde_json::from_str::<Procedure>(&json).expect("it is read"), procedure);
        let broken =
            json.replace("\"publication\":{\"signers\":[", "\"publication\":{\"signers\":[{\"role\":\"supervisor\"},");
        if broken != json {
            let error = serde_json::from_str::<Procedure>(&broken).expect_err("the supervisor publishes");
            assert!(error.to_string().contains("reads everything and changes nothing"), "{error}");
        }
    }
    let other = r#"{"format":"quanze-procedure","version":2,"id":"x","steps":{},"publication":{"signers":[]}}"#;
    let error = serde_json::from_str::<Procedure>(other).expect_err("it is of another version");
    assert!(error.to_string().contains("a procedure says 'quanze-procedure' 1"), "{error}");
}

const ROLES: [&str; 4] = ["a", "b", "c", "d"];

fn kinds() -> impl Strategy<Value = Vec<Kind>> {
    proptest::sample::subsequence(Kind::ALL.to_vec(), 0..4)
}

fn steps() -> impl Strategy<Value = Vec<(Step, bool)>> {
    let signers = proptest::sample::subsequence(ROLES.to_vec(), 1..4);
    let signing = prop_oneof![Just(Signing::One), Just(Signing::Serial), Just(Signing::Parallel)];
    let one = (signers, signing, kinds(), kinds(), any::<[bool; 4]>()).prop_map(
        |(roles, signing, only_for, of_last, [evidence, returns, raises, aside])| {
            let mut signers: Vec<Signer> = roles.into_iter().map(Signer::from).collect();
            if let Some(last) = signers.last_mut() {
                last.only_for = of_last;
            }
            let mut step = Step::by(signers).signing(signing).only_for(only_for);
            if evidence {
                step = step.evidence("paper");
            }
            if returns {
                step = step.returns_to("s0");
            }
            if raises {
                step = step.raises_to("above").may_refuse();
            }
            (step, aside)
        },
    );
    proptest::collection::vec(one, 1..5)
}

fn built(steps: Vec<(Step, bool)>) -> Result<Procedure, ProcedureError> {
    let mut builder = Procedure::new("drawn");
    for (at, (step, aside)) in steps.into_iter().enumerate() {
        let name = format!("s{at}");
        builder = if aside && at > 0 { builder.aside(name, step) } else { builder.step(name, step) };
    }
    builder.aside("above", Step::by(["z"])).published_by(Step::by(["a"])).build()
}

proptest! {
    #![proptest_config(config::config(600))]

    /// Whatever is built has a way on from wherever a case comes to; what is told as allowed is allowed, what is not is refused and
    /// changes nothing; and a case ends if everybody goes on.
    #[test]
    fn there_is_always_a_way_on(steps in steps(), kinds in kinds(), picks in proptest::collection::vec(any::<prop::sample::Index>(), 1..40)) {
        let Ok(procedure) = built(steps) else { return Ok(()) };
        let kinds = if kinds.is_empty() { vec![Kind::Amend] } else { kinds };
        let mut course = Course::begin(&procedure, &kinds);
        for (at, pick) in (0..).zip(&picks) {
            let allowed = course.allowed(&procedure, &kinds);
            prop_assert_eq!(allowed.is_empty(), course.is_ended());
            if course.is_ended() {
                break;
            }
            prop_assert!(allowed.iter().any(|one| matches!(one.verb, Verb::Pass | Verb::Publish)), "no way on from {}", course.stage());
            let one = pick.get(&allowed);
            let act = Act::new(one.verb.clone(), by(one.role.as_str()), day(at)).opinion("因").evidence("paper", "文");
            let of_nobody = Act { by: by("nobody"), ..act.clone() };
            prop_assert!(course.act(&procedure, &kinds, of_nobody).is_err());
            course = course.act(&procedure, &kinds, act).map_err(|refused| TestCaseError::fail(refused.to_string()))?;
            prop_assert_eq!(course.acts().len() as i64, at + 1);
        }
        // From here everybody goes on.
        for at in 40..80 {
            let forward = |one: &&quanze::governance::procedure::Allowed| matches!(one.verb, Verb::Pass | Verb::Publish);
            let allowed = course.allowed(&procedure, &kinds);
            let Some(one) = allowed.iter().find(forward) else { break };
            let act = Act::new(one.verb.clone(), by(one.role.as_str()), day(at)).evidence("paper", "文");
            course = course.act(&procedure, &kinds, act).map_err(|refused| TestCaseError::fail(refused.to_string()))?;
        }
        prop_assert!(course.is_ended());
        let json = serde_json::to_string(&course).expect("it is written");
        prop_assert_eq!(serde_json::from_str::<Course>(&json).expect("it is read"), course);
    }
}

#[test]
fn evidence_is_named_as_it_is_asked_for() {
    let evidence = Evidence { name: "minutes".into(), only_for: vec![Kind::Add] };
    let json = r#"{"name":"minutes","only_for":["add"]}"#;
    assert_eq!(serde_json::to_string(&evidence).expect("it is written"), json);
}
