//! What the example publishes: the writer's journal is always the same, and every counter answers from every revision.

#[path = "../examples/publishing.rs"]
#[expect(dead_code, reason = "the test calls what `main` calls")]
mod publishing;

use publishing::{Entry, Language, Made, publish, run};

#[test]
fn counters_answer_from_every_revision_and_never_from_between() {
    let day = publish(Language::En).expect("every answer agrees with its revision");
    let journal: Vec<String> = day
        .journal
        .iter()
        .map(|Entry { cause, outcome }| match outcome {
            Ok(Made { revision, rows }) => format!("{revision} {cause}: {rows}"),
            Err(fault) => format!("- {cause}: {fault}"),
        })
        .collect();
    assert_eq!(
        journal,
        [
            "2 a shorter promise: 2",
            "- a promise longer than the law allows: \
             service_implementation[\"agriculture-0004/im-agriculture-0004-2\"].promised_limit: '90 working_days' is looser \
             than its source allows, or in an unlike unit; the source gives '10 working_days'",
            "3 the statutory limit becomes shorter: 9",
            "4 a body is renamed: 1",
            "5 an implementer is withdrawn: 3",
            "6 the same implementer takes up again: 3",
        ]
    );
    assert_eq!(day.answers.keys().copied().collect::<Vec<u64>>(), [1, 2, 3, 4, 5, 6]);
    assert!(day.answers.values().flatten().all(|count| *count > 0), "{:?}", day.answers);
    assert_eq!(day.promises, ["6 working_days", "3 working_days"]);

    let text = day.told(Language::En);
    assert!(text.contains("still says 6 working_days; the newest says 3 working_days"), "{text}");
    assert!(text.contains("counter 4"), "{text}");
    let text = day.told(Language::Zh);
    assert!(text.contains("窗口4"), "{text}");
}

#[test]
fn arguments_that_are_none_are_told() {
    for (arguments, said) in [
        (&["--lang", "fr"][..], "error: '--lang fr' is not understood\n"),
        (&["--lang"], "error: '--lang' is not understood\n"),
        (&["all"], "error: 'all' is not understood\n"),
    ] {
        let (mut output, mut errors) = (Vec::new(), Vec::new());
        let given = arguments.iter().map(ToString::to_string);
        let code = run(given, &mut output, &mut errors).expect("writing to memory");
        let errors = String::from_utf8(errors).expect("text");
        assert_eq!((code, output.len()), (2, 0));
        assert!(errors.starts_with(said), "{errors}");
    }
}
