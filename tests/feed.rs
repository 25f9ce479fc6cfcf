//! A feed of change sets: what a consumer is given, what it is told where it cannot go on, and how both are written.

use std::collections::BTreeMap;

use quanze::{
    ChangeKind, Commit, Edits, ListSystem, Record, Schema, State,
    feed::{Cursor, Feed, FeedError, PushError, RowChange, StartAnew, Upserts, ValueChange, Window},
    four_tier,
    schema::{Check, Field, Labels, List, Narrow, Probe, Rule, Severity, Type, Write, element, own, rows_of, source},
    working_days,
};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn schema() -> Result<Schema, quanze::schema::SchemaError> {
    Schema::builder()
        .list("bodies", List::base().field("name", Type::Text))
        .list(
            "powers",
            List::base()
                .tier(1)
                .field("name", Type::Text)
                .field("limit", Type::Duration)
                .field("since", Type::Date)
                .field("open", Type::Boolean),
        )
        .list(
            "implementers",
            List::base().tier(1).field("power", Type::reference("powers")).field("body", Type::reference("bodies")),
        )
        .list(
            "offers",
            List::derived()
                .tier(3)
                .field("name", Field::new(Type::Text).write(Write::Suggest))
                .field("body", Type::reference("bodies"))
                .field("promise", Field::new(Type::Duration).write(Write::Narrow(Narrow::AtMost)))
                .rule(
                    Rule::each_match("taken_up", "powers", "implementers")
                        .when(source("open"))
                        .on("power", Probe::Is(source("key")))
                        .inherit(["name"])
                        .set("body", element("body"))
                        .set("promise", source("limit")),
                ),
        )
        .check(
            "idle",
            Check::new(Severity::Note, "bodies", rows_of("implementers", "body").count().is(0))
                .message(Labels::zh_en("“{name}”没有事项", "'{name}' has nothing to do")),
        )
        .check("nameless", Check::new(Severity::Review, "offers", own("name").is_missing()))
        .build()
}

fn system() -> Result<ListSystem, Box<dyn std::error::Error>> {
    Ok(ListSystem::new(schema()?))
}

fn named(name: &str) -> Record {
    Record::new().with("name", name)
}

/// Five commits: rows come, change alike, change under what is authored, go, and come back.
fn story() -> Vec<Edits> {
    let power = |name: &str| named(name).with("limit", working_days(20)).with("since", "2015-10-01").with("open", true);
    let taken_up = |power: &str, body: &str| Record::new().with("power", power).with("body", body);
    vec![
        Edits::new()
            .cause("首次公布")
            .actor("编办")
            .insert("bodies", "market", &named("市场监督管理局"))
            .insert("bodies", "town", &named("镇政府"))
            .insert("powers", "food", &power("食品经营许可"))
            .insert("implementers", "food-market", &taken_up("food", "market"))
            .insert("implementers", "food-town", &taken_up("food", "town"))
            .author("offers", "food/food-town", "name", "食品许可（镇）"),
        Edits::new().cause("修订").set("powers", "food", "limit", working_days(10)),
        Edits::new().set("powers", "food", "name", "食品许可"),
        Edits::new().remove("implementers", "food-town"),
        Edits::new()
            .insert("implementers", "food-town", &taken_up("food", "town"))
            .set("bodies", "town", "name", "街道"),
    ]
}

fn told(window: Window) -> Result<(ListSystem, Feed), Box<dyn std::error::Error>> {
    let mut system = system()?;
    let mut feed = Feed::new(&system, window);
    for edits in story() {
        feed.push(&system.commit(edits)?)?;
    }
    Ok((system, feed))
}

/// The cursor of a consumer that has seen so many revisions.
fn at(system: &ListSystem, revision: u64) -> Cursor {
    let cursor = format!("{}-{revision}", system.schema().fingerprint());
    cursor.parse().expect("the text of a cursor")
}

fn golden(name: &str, text: &str) -> Outcome {
    let path = format!("{}/tests/goldens/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = format!("{text}\n");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &text)?;
    }
    let kept = std::fs::read_to_string(&path)?;
    let differs = kept.lines().zip(text.lines()).position(|(a, b)| a != b).map(|line| line + 1);
    assert!(kept == text, "{path} differs from line {differs:?}; UPDATE_GOLDEN=1 writes it anew\n{text}");
    Ok(())
}

/// A form is written as in its file, and is itself when it is read.
fn golden_form<T: serde::Serialize + serde::de::DeserializeOwned>(name: &str, form: &T) -> Outcome {
    let text = serde_json::to_string_pretty(form)?;
    golden(name, &text)?;
    let back: T = serde_json::from_str(&text)?;
    assert_eq!(serde_json::to_string_pretty(&back)?, text);
    Ok(())
}

#[test]
fn each_form_is_json() -> Outcome {
    let (system, feed) = told(Window::all())?;
    let tail = feed.after(&at(&system, 0))?;
    golden_form("feed_spans.json", &tail.spans().collect::<Vec<_>>())?;
    golden_form("feed_rows.json", &tail.rows().collect::<Vec<_>>())?;
    golden_form("feed_values.json", &feed.after(&at(&system, 2))?.values().collect::<Vec<_>>())?;
    golden_form("feed_upserts.json", &feed.after(&at(&system, 1))?.upserts())?;
    golden_form("feed_snapshot.json", &system.snapshot().upserts())?;
    golden("feed_saved.json", &feed.to_json())
}

#[test]
fn a_copy_follows_from_wherever_it_is() -> Outcome {
    let (system, feed) = told(Window::all())?;
    let all = system.snapshot().upserts();
    for start in 0..=5 {
        let mut earlier = self::system()?;
        for edits in story().into_iter().take(start) {
            earlier.commit(edits)?;
        }
        let mut rows: BTreeMap<_, _> =
            earlier.snapshot().upserts().rows.into_iter().map(|row| ((row.list, row.key), row.row)).collect();
        let upserts = feed.after(&earlier.cursor())?.upserts();
        assert_eq!(upserts.after, Some(earlier.cursor()));
        assert_eq!(upserts.cursor, system.cursor());
        // Twice is as good as once.
        for row in upserts.rows.iter().chain(&upserts.rows).cloned() {
            rows.insert((row.list, row.key), row.row);
        }
        rows.retain(|_, row| row.is_some());
        let expected: BTreeMap<_, _> = all.rows.iter().cloned().map(|row| ((row.list, row.key), row.row)).collect();
        assert_eq!(rows, expected, "from revision {start}");
    }
    Ok(())
}

#[test]
fn only_the_last_state_of_a_row_is_told() -> Outcome {
    let (system, feed) = told(Window::all())?;
    let told = |from: u64| -> Result<Vec<String>, Box<dyn std::error::Error>> {
        let upserts = feed.after(&at(&system, from))?.upserts();
        let row = |row: &quanze::feed::Upsert| {
            format!("{}{} {}", if row.row.is_some() { "+" } else { "-" }, row.list, row.key)
        };
        Ok(upserts.rows.iter().map(row).collect())
    };
    // What has changed only under an authored name is seen as it was.
    assert_eq!(
        told(2)?,
        [
            "+bodies town",
            "+powers food",
            "+implementers food-town",
            "+offers food/food-market",
            "+offers food/food-town"
        ]
    );
    assert_eq!(told(4)?, ["+bodies town", "+implementers food-town", "+offers food/food-town"]);
    assert_eq!(told(5)?, Vec::<String>::new());
    let fourth = feed.after(&at(&system, 3))?.at_most(1);
    assert_eq!((fourth.len(), fourth.cursor()), (1, at(&system, 4)));
    let gone = fourth.upserts();
    assert!(gone.rows.iter().all(|row| row.row.is_none()));
    assert_eq!(
        gone.findings.iter().map(|of| (of.check.as_str(), of.finding.is_some())).collect::<Vec<_>>(),
        [("idle", true)]
    );
    Ok(())
}

#[test]
fn a_consumer_asks_for_the_lists_it_wants() -> Outcome {
    let (system, feed) = told(Window::all())?;
    let tail = feed.after(&at(&system, 0))?.only(["offers"])?;
    assert_eq!(tail.len(), 5);
    assert!(tail.rows().flat_map(|revision| revision.changes).all(|row: RowChange| row.list == "offers"));
    assert!(tail.upserts().findings.is_empty());
    let tail = feed.after(&at(&system, 0))?.only(["bodies"])?;
    assert!(tail.upserts().findings.iter().all(|finding| finding.check == "idle"));
    let unknown = feed.after(&at(&system, 0))?.only(["ofers"]).expect_err("there is no such list");
    assert_eq!(unknown.to_string(), "there is no list 'ofers'; did you mean 'offers'?");
    Ok(())
}

#[test]
fn rows_changed_alike_are_told_together() -> Outcome {
    let (system, feed) = told(Window::all())?;
    let spans: Vec<_> = feed.after(&at(&system, 1))?.at_most(2).spans().collect();
    let line = |span: &quanze::feed::SpanChange| {
        let keys: Vec<&str> = span.keys.iter().map(quanze::Key::as_str).collect();
        format!("{} {:?} {:?} {:?} {}", span.list, span.kind, span.changed, span.shadowed, keys.join(" "))
    };
    assert_eq!(
        spans[0].changes.iter().map(line).collect::<Vec<_>>(),
        [r#"powers Updated ["limit"] [] food"#, r#"offers Updated ["promise"] [] food/food-market food/food-town"#]
    );
    assert_eq!(
        spans[1].changes.iter().map(line).collect::<Vec<_>>(),
        [
            r#"powers Updated ["name"] [] food"#,
            r#"offers Updated ["name"] [] food/food-market"#,
            r#"offers Updated [] ["name"] food/food-town"#
        ]
    );
    Ok(())
}

#[test]
fn what_was_parked_comes_back_with_its_row() -> Outcome {
    let (system, feed) = told(Window::all())?;
    let values: Vec<_> = feed.after(&at(&system, 3))?.only(["offers"])?.values().collect();
    let [gone, back] = values.as_slice() else { return Err("two revisions".into()) };
    let (gone, back): (&ValueChange, &ValueChange) = (&gone.changes[0], &back.changes[0]);
    assert_eq!((gone.row.kind, back.row.kind), (ChangeKind::Removed, ChangeKind::Added));
    assert_eq!(gone.before, back.after);
    assert_eq!(back.after.as_ref().map(|row| row.get("name").clone()), Some("食品许可（镇）".into()));
    Ok(())
}

#[test]
fn a_revision_that_is_left_out_is_named() -> Outcome {
    let mut system = system()?;
    let mut feed = Feed::new(&system, Window::all());
    let commits: Vec<Commit> = story().into_iter().map(|edits| system.commit(edits)).collect::<Result<_, _>>()?;
    feed.push(&commits[0])?;
    let missing = feed.push(&commits[2]).expect_err("one is left out");
    assert_eq!(missing, PushError::Missing { last: 1, pushed: 3 });
    assert_eq!(
        missing.to_string(),
        "revision 2 is missing: the feed is at revision 1, and the commit made revision 3; push each commit, or begin a new feed"
    );
    let missing = feed.push(&commits[4]).expect_err("three are left out");
    assert!(missing.to_string().starts_with("revisions 2 to 4 are missing: "), "{missing}");
    assert_eq!(feed.push(&commits[0]).expect_err("again"), PushError::Known { last: 1, pushed: 1 });
    // Nothing has happened to the feed meanwhile.
    assert_eq!((feed.retained().first, feed.retained().last), (1, 1));
    for commit in &commits[1..] {
        feed.push(commit)?;
    }
    assert_eq!(feed.cursor(), system.cursor());

    let mut other = ListSystem::new(four_tier::schema());
    let commit = other.commit(Edits::new().insert("today", "today", &Record::new().with("date", "2025-07-01")))?;
    let other = feed.push(&commit).expect_err("another schema");
    assert_eq!(other, PushError::OtherSchema { pushed: 1 });
    Ok(())
}

#[test]
fn who_cannot_go_on_is_told_why() -> Outcome {
    let (system, feed) = told(Window::last(2))?;
    let told = |revision: u64| feed.after(&at(&system, revision)).map(|tail| tail.len());
    assert_eq!((told(5), told(4), told(3)), (Ok(0), Ok(1), Ok(2)));
    let passed = told(2).expect_err("only two are retained");
    assert_eq!(
        passed.to_string(),
        "what follows revision 2 has passed the window: revisions 4 to 5 are retained; start from a snapshot"
    );
    assert_eq!(serde_json::to_string(&passed)?, r#"{"why":"passed","seen":2,"retained":{"first":4,"last":5}}"#);
    let ahead = told(6).expect_err("nothing has come of it");
    assert_eq!(ahead.to_string(), "there is no revision 6 yet: revisions 4 to 5 are retained; start from a snapshot");
    assert!(matches!(told(u64::MAX), Err(StartAnew::Ahead { .. })));
    let elsewhere = ListSystem::new(four_tier::schema()).cursor();
    let other = feed.after(&elsewhere).expect_err("another schema");
    assert_eq!(
        other.to_string(),
        "revision 0 was seen under another schema, which derives other rows: revisions 4 to 5 are retained; start from a \
         snapshot"
    );
    let none = Feed::new(&system, Window::last(0));
    assert_eq!(none.retained().to_string(), "no revision is retained, and the last was 5");
    assert_eq!(none.after(&system.cursor())?.len(), 0);
    for wrong in [
        "",
        "5",
        "17-",
        "6c62272e07bb014262b821756295c58d-",
        "6c62272e07bb014262b821756295c58d--1",
        "6c62272e07bb014262b821756295c58d-99999999999999999999",
    ] {
        assert!(wrong.parse::<Cursor>().is_err(), "{wrong}");
    }
    Ok(())
}

#[test]
fn a_window_bounds_bytes_too() -> Outcome {
    let (_, all) = told(Window::all())?;
    assert_eq!(all.retained().first, 1);
    // Half of it: the first commit inserts most of what there is.
    let (_, half) = told(Window::all().at_most_bytes(all.bytes() / 2))?;
    assert!(half.bytes() <= all.bytes() / 2 && half.retained().first > 1, "{}", half.retained());
    let (system, none) = told(Window::last(10).at_most_bytes(100))?;
    assert_eq!((none.bytes(), none.retained().first, none.retained().last), (0, 6, 5));
    assert!(none.after(&at(&system, 4)).is_err());
    let mut shrunk = all.clone();
    shrunk.set_window(Window::last(1));
    assert_eq!((shrunk.retained().first, shrunk.window()), (5, Window::last(1)));
    assert!(shrunk.bytes() > 0 && shrunk.bytes() < all.bytes());
    Ok(())
}

#[test]
fn a_feed_is_saved_beside_the_state() -> Outcome {
    let (system, feed) = told(Window::last(3).at_most_bytes(1 << 20))?;
    let (state, saved) = (system.state().to_json(), feed.to_json());
    let mut restored = ListSystem::restore(schema()?, &State::from_json(&state)?).system;
    let mut back = Feed::restore(&restored, &saved)?;
    assert_eq!(back.to_json(), saved);
    assert_eq!((back.bytes(), back.window(), back.retained()), (feed.bytes(), feed.window(), feed.retained()));
    let seen = at(&system, 2);
    // Not only the same text: a date is a date again.
    assert_eq!(back.after(&seen)?.values().collect::<Vec<_>>(), feed.after(&seen)?.values().collect::<Vec<_>>());
    back.push(&restored.commit(Edits::new().remove("implementers", "food-town"))?)?;
    assert_eq!(back.cursor().revision(), 6);

    let error = |text: &str| Feed::restore(&restored, text).expect_err("it cannot be restored").to_string();
    assert_eq!(
        error(&saved),
        "the feed is at revision 5 and the system at 6; save the two together, or begin a new feed"
    );
    assert_eq!(error(&state), "the text holds 'quanze-state'; a saved feed says 'quanze-feed'");
    assert_eq!(
        error(&saved.replace(r#""version":1"#, r#""version":7"#)),
        "the feed is of version 7 of its format; this library reads up to version 1"
    );
    assert!(error("[]").starts_with("the text is no saved feed: "));
    let unfit = |from: &str, to: &str| Feed::restore(&system, &saved.replace(from, to));
    assert!(matches!(unfit("", ""), Ok(feed) if feed.cursor().revision() == 5));
    let broken = unfit(r#""revision":4"#, r#""revision":3"#).expect_err("3 is there twice").to_string();
    assert_eq!(broken, "revision 3 of the saved feed: it is not the one that follows the last");
    let broken = unfit(r#""since":"2015-10-01""#, r#""since":"2015-13-01""#).expect_err("no such day").to_string();
    assert_eq!(broken, "revision 3 of the saved feed: '2015-13-01' is no date; a date reads like 2024-03-31");
    assert!(matches!(Feed::restore(&ListSystem::new(four_tier::schema()), &saved), Err(FeedError::OtherSchema)));
    Ok(())
}

#[test]
fn a_snapshot_is_everything() -> Outcome {
    let (system, _) = told(Window::last(0))?;
    let snapshot = system.snapshot();
    let all: Upserts = snapshot.upserts();
    assert_eq!(all.after, None);
    assert_eq!(all.rows.len(), snapshot.lists().map(|list| list.len()).sum::<usize>());
    assert_eq!(all.findings.len(), snapshot.findings().len());
    let offers: Vec<_> = snapshot.list("offers")?.upserts().collect();
    assert_eq!(offers, all.rows.iter().filter(|row| row.list == "offers").cloned().collect::<Vec<_>>());
    Ok(())
}
