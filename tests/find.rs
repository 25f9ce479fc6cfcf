//! Rows found by what they hold, page by page: what is declared, what is answered, what is refused, and what it costs.

use quanze::{
    Edits, ListSystem, Name, Record, Row, Schema, SchemaBuilder, Value, days,
    find::{Cursor, Find, FindError, Found, Paging},
    picture::Detail,
    plan::Scan,
    schema::{
        CodeScheme, Field, Index, Labels, List, OnRemove, OrderBy, Rule, Segment, Type, Vocabulary, join, lit, own,
        rows_of, source,
    },
    working_days,
};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn parts() -> SchemaBuilder {
    Schema::builder()
        .vocabulary("types", Vocabulary::of(["licence", "penalty"]))
        .vocabulary("states", Vocabulary::of(["in_use", "cancelled"]))
        .code_scheme("numbers", CodeScheme::new().segment("number", Segment::characters("0123456789", 3)))
        .list("bodies", List::base().field("name", Type::Text))
        .list(
            "powers",
            List::base()
                .field("name", Type::Text)
                .field("body", Field::new(Type::reference("bodies")).on_remove(OnRemove::Release))
                .field("type", Type::choice("types"))
                .field("state", Type::choice("states"))
                .field("number", Type::code("numbers"))
                .field("limit", Type::Duration)
                .field("tags", Type::set(Type::Text))
                .index("all", Index::by_key())
                .index("by_body", Index::on(["body", "type"]).labels(Labels::zh_en("按主体", "by body")))
                .index("by_name", Index::on(["name"]))
                .index("by_number", Index::on([OrderBy::descending("number")]))
                .index("by_limit", Index::on([OrderBy::from("type"), OrderBy::descending("limit")]))
                .index("in_use", Index::on(["body"]).when(own("state").is("in_use"))),
        )
        .list(
            "services",
            List::derived()
                .field("name", Type::Text)
                .field("title", Type::Text)
                .field("limit", Type::Duration)
                .order_by(OrderBy::descending("limit"))
                .index("by_limit", Index::on([OrderBy::descending("limit")]))
                .index("by_title", Index::on(["title"]))
                .rule(
                    Rule::each_row("licence", "powers")
                        .when(source("type").is("licence"))
                        .inherit(["name", "limit"])
                        .set("title", join([source("body.name"), lit(": "), source("name")])),
                ),
        )
}

fn power(name: &str, body: &str, ty: &str, limit: i64) -> Record {
    Record::new()
        .with("name", name)
        .with("body", body)
        .with("type", ty)
        .with("state", "in_use")
        .with("limit", working_days(limit))
}

fn system() -> Result<ListSystem, Box<dyn std::error::Error>> {
    let mut system = ListSystem::new(parts().build()?);
    let edits = Edits::new()
        .insert("bodies", "market", &Record::new().with("name", "Market bureau"))
        .insert("bodies", "harbour", &Record::new().with("name", "Harbour office"))
        .insert("powers", "food", &power("Food licence", "market", "licence", 20))
        .insert("powers", "fodder", &power("Fodder licence", "market", "licence", 5))
        .insert("powers", "fraud", &power("Fraud", "market", "penalty", 10))
        .insert("powers", "berth", &power("Berth", "harbour", "licence", 5))
        .insert("powers", "pilot", &Record::new().with("name", "Pilot").with("limit", days(3)).with("type", "licence"))
        .set("powers", "food", "number", "101")
        .set("powers", "fraud", "number", "102")
        .set("powers", "berth", "number", "201");
    system.commit(edits)?;
    Ok(system)
}

fn keys<'a>(rows: impl IntoIterator<Item = Row<'a>>) -> String {
    rows.into_iter().map(|row| row.key().to_string()).collect::<Vec<_>>().join(" ")
}

fn found(system: &ListSystem, list: &str, what: &Find) -> Result<String, Box<dyn std::error::Error>> {
    let found: Found<'_> = system.list(list)?.find(what)?;
    let keys = keys(found.rows());
    assert_eq!(found.len(), keys.split_whitespace().count());
    assert_eq!(found.is_empty(), keys.is_empty());
    Ok(keys)
}

#[test]
fn rows_are_found_by_values_beginnings_and_ranges() -> Outcome {
    let system = system()?;
    let cases = [
        (Find::by("body", "market"), "fodder food fraud"),
        (Find::by("type", "licence").is("body", "market"), "fodder food"),
        (Find::by("body", "nobody"), ""),
        (Find::by("body", Value::Missing), "pilot"),
        (Find::by("body", "market").range("type", ..="licence"), "fodder food"),
        (Find::default().starts_with("body", "mar"), "fodder food fraud"),
        (Find::by("name", "Berth"), "berth"),
        (Find::default().starts_with("name", "Fo"), "fodder food"),
        (Find::default().range("name", "Fo".."Fr"), "fodder food"),
        (Find::by("number", "102"), "fraud"),
        (Find::default().starts_with("number", "10"), "fraud food"),
        (Find::default().starts_with("number", "letters:10"), ""),
        (Find::default().range("number", "101".."201"), "fraud food"),
        (Find::default().range("number", "102"..), "berth fraud"),
        // Durations in one unit compare with each other, and with no others.
        (Find::by("type", "licence").range("limit", working_days(5)..), "food berth fodder"),
        (Find::by("type", "licence").range("limit", ..working_days(20)), "berth fodder"),
        (Find::by("type", "licence").range("limit", working_days(5)..days(30)), ""),
        (Find::by("type", "licence").range::<Value>("limit", ..), "food berth fodder pilot"),
        (Find::by("type", "licence"), "food berth fodder pilot"),
        (Find::default(), "berth fodder food fraud pilot"),
        (Find::in_index("in_use"), "berth fodder food fraud"),
        (Find::in_index("in_use").is("body", "market"), "fodder food fraud"),
    ];
    for (what, expected) in cases {
        assert_eq!(found(&system, "powers", &what)?, expected, "{what:?}");
        let json = serde_json::to_string(&what)?;
        assert_eq!(found(&system, "powers", &serde_json::from_str(&json)?)?, expected, "{json}");
    }
    assert_eq!(system.list("powers")?.find(&Find::by("type", "licence"))?.index(), "by_limit");
    assert_eq!(found(&system, "services", &Find::default().starts_with("title", "Market"))?, "fodder food");
    let limits: Result<Vec<Limit>, _> =
        system.list("services")?.find(&Find::by("limit", "20 working_days"))?.records().collect();
    assert_eq!(limits?, [Limit { limit: working_days(20) }]);
    Ok(())
}

#[derive(Debug, PartialEq, serde::Deserialize)]
struct Limit {
    limit: quanze::Duration,
}

#[test]
fn indexes_follow_commits_and_snapshots_do_not() -> Outcome {
    let mut system = system()?;
    let in_use = Find::in_index("in_use").is("body", "market");
    let by_title = Find::default().starts_with("title", "Market");
    let then = system.snapshot();

    // A name that computed fields of other rows read.
    system.commit(Edits::new().set("bodies", "market", "name", "Trade office"))?;
    assert_eq!(found(&system, "services", &by_title)?, "");
    system.commit(Edits::new().set("powers", "food", "state", "cancelled").remove("powers", "fraud"))?;
    assert_eq!(found(&system, "powers", &in_use)?, "fodder");
    // Another key of what is referred to, and of the row itself.
    system.commit(Edits::new().rekey("bodies", "market", "trade").rekey("powers", "fodder", "feed"))?;
    assert_eq!(found(&system, "powers", &in_use)?, "");
    assert_eq!(found(&system, "powers", &Find::by("body", "trade"))?, "feed food");
    assert_eq!(found(&system, "services", &Find::default().range("limit", ..=working_days(5)))?, "berth feed");
    // What is refused or previewed leaves them alone.
    system.preview(&Edits::new().remove("powers", "food"))?;
    system
        .commit(Edits::new().remove("powers", "food").remove("powers", "nothing"))
        .expect_err("there is no such power");
    assert_eq!(found(&system, "powers", &Find::by("body", "trade"))?, "feed food");

    assert_eq!(keys(then.list("powers")?.find(&in_use)?.rows()), "fodder food fraud");
    assert_eq!(keys(then.list("services")?.find(&by_title)?.rows()), "fodder food");
    system.verify()?;
    Ok(())
}

#[test]
fn a_list_is_read_in_its_order_by_an_index_that_has_it() -> Outcome {
    let system = system()?;
    let services = system.list("services")?;
    assert_eq!(keys(services.rows()), "food berth fodder pilot");
    assert_eq!(services.len(), 4);
    let sorted = |schema: &Schema| schema.plan().scans.iter().any(|scan| matches!(scan, Scan::Sorted { .. }));
    assert!(!sorted(system.schema()));
    let mut without = parts();
    without.lists[2].indexes.shift_remove("by_limit");
    let without = without.build()?;
    assert!(sorted(&without));
    let other = ListSystem::restore(without, &system.state()).system;
    assert_eq!(keys(other.list("services")?.rows()), "food berth fodder pilot");
    Ok(())
}

#[test]
fn what_cannot_be_found_is_said() -> Outcome {
    let system = system()?;
    let powers = system.list("powers")?;
    let said = |what: Find| powers.find(&what).map(|found| found.len()).expect_err("no index finds that").to_string();
    assert_eq!(
        said(Find::by("state", "in_use")),
        "no index finds rows of 'powers' by state; there are all (key), by_body (body, type), by_name (name), \
         by_number (number descending), by_limit (type, limit descending), in_use (body; where own.state = \"in_use\")"
    );
    assert!(
        said(Find::by("body", "market").starts_with("name", "F"))
            .starts_with("no index finds rows of 'powers' by body, the beginning of name; there are all (key), ")
    );
    assert!(said(Find::in_index("in_use").is("body", "market").range("type", "licence"..)).starts_with(
        "the index 'in_use' does not find rows of 'powers' by body, a range of type; values are given for its first \
         fields, a range or beginning for the next; there are "
    ));
    assert_eq!(said(Find::in_index("by_nam")), "there is no index 'by_nam' of 'powers'; did you mean 'by_name'?");
    assert_eq!(said(Find::by("nmae", "Food")), "there is no field 'nmae' in the list 'powers'; did you mean 'name'?");
    assert_eq!(
        said(Find::by("type", "licence").range("limit", 3..5)),
        "'powers' is not looked through by 'limit': the integer 3 is not accepted; a duration reads like \"10 working_days\""
    );
    assert_eq!(
        said(Find::by("type", "licence").starts_with("limit", "1")),
        "'limit' of 'powers' is duration, which has no beginning; a text, code or reference has, of others ask for a \
         value or a range"
    );
    let bodies = system.list("bodies")?.find(&Find::by("name", "Market bureau")).map(|found| found.len());
    assert_eq!(
        bodies.expect_err("bodies declare no index").to_string(),
        "no index finds rows of 'bodies' by name; 'bodies' declares none"
    );
    Ok(())
}

#[test]
fn pages_follow_one_another() -> Outcome {
    let system = system()?;
    let snapshot = system.snapshot();
    let market = Find::by("body", "market");
    let found = snapshot.list("powers")?.find(&market)?;
    let page = found.page(2)?;
    assert_eq!(keys(page.rows().iter().cloned()), "fodder food");
    let word = serde_json::to_string(page.next().ok_or("there is a third")?)?;
    let next: Cursor = serde_json::from_str(&word)?;
    assert_eq!((next.list().as_str(), next.index().map(Name::as_str)), ("powers", Some("by_body")));
    let last = found.page(Paging::of(2).after(next.clone()))?;
    assert_eq!(keys(last.rows().iter().cloned()), "fraud");
    assert_eq!(last.next(), None);
    // The same index, asked for something else: what stands behind the cursor.
    let all = snapshot.list("powers")?.find(&Find::in_index("by_body"))?;
    assert_eq!(keys(all.page(Paging::of(9).after(next.clone()))?.rows().iter().cloned()), "fraud");
    assert_eq!(keys(snapshot.list("powers")?.page(9)?.rows().iter().cloned()), "berth fodder food fraud pilot");

    let said = |page: Result<quanze::find::Page<'_>, FindError>| page.map(|_| ()).expect_err("refused").to_string();
    assert_eq!(said(found.page(0)), "a page of 0 rows leads nowhere; a page has 1 row or more");
    assert_eq!(
        said(snapshot.list("powers")?.page(Paging::of(2).after(next.clone()))),
        "the cursor is of 'powers' in the order of 'by_body'; one of 'powers' in its own order is accepted, or start with \
         the first page"
    );
    let other = ListSystem::new(parts().list("more", List::base()).build()?);
    let refused = said(other.list("powers")?.find(&market)?.page(Paging::of(2).after(next)));
    assert!(refused.contains(&format!("under the schema {}", other.schema().fingerprint())), "{refused}");
    for word in [
        "",
        "a-b-c-d",
        &"0".repeat(32),
        &format!("{}-powers--0", "0".repeat(32)),
        &format!("{}-Powers--00", "0".repeat(32)),
    ] {
        let refused = word.parse::<Cursor>().expect_err("no cursor").to_string();
        assert_eq!(refused, format!("'{word}' is no cursor of a page; hand one back as it was received"));
    }
    // One that was made up: it leads somewhere or is refused, and nothing worse.
    for place in ["", "00", "ff", "6d61", "6d61726b657400", "c328"] {
        let made_up: Cursor = format!("{}-bodies--{place}", system.schema().fingerprint()).parse()?;
        let _ = snapshot.list("bodies")?.page(Paging::of(1).after(made_up));
        let made_up: Cursor = format!("{}-powers-by_body-{place}", system.schema().fingerprint()).parse()?;
        found.page(Paging::of(1).after(made_up))?;
    }
    Ok(())
}

#[test]
fn faults_of_indexes_are_told() {
    let told = |index: Index| {
        let mut parts = parts();
        parts.lists[1].indexes.insert("wrong".into(), index);
        parts.build().map(|_| ()).expect_err("there is a fault").to_string()
    };
    let at = |problem: &str| format!("list 'powers', index 'wrong': {problem}");
    assert_eq!(told(Index::on(["bdoy"])), at("there is no field 'bdoy' in the list 'powers'; did you mean 'body'?"));
    assert_eq!(told(Index::on(["body", "body"])), at("the indexed field 'body' is given twice; each is given once"));
    assert_eq!(
        told(Index::on(["tags"])),
        at("the field 'tags', which rows are found by, is set of text; a single value is accepted")
    );
    assert_eq!(
        told(Index::by_key().when(own("body.name").is("x"))),
        at(
            "'own.body.name' reads more than what is seen in the row; the condition of an index reads the row's own fields, \
            so let a field say it"
        )
    );
    assert_eq!(
        told(Index::by_key().when(source("state").is("in_use"))),
        at("'source.state' cannot be read in the condition of an index; accepted: own")
    );
    assert_eq!(told(Index::by_key().when(own("name"))), at("'own.name' is text; a boolean is accepted"));
    let counted = told(Index::by_key().when(rows_of("powers", "body").count().gt(0)));
    assert!(counted.starts_with("list 'powers', index 'wrong': "), "{counted}");
    let mut malformed = parts();
    malformed.lists[1].indexes.insert("In use".into(), Index::by_key());
    assert!(
        malformed
            .build()
            .map(|_| ())
            .expect_err("the name is malformed")
            .to_string()
            .contains("the index name 'In use'")
    );
}

#[test]
fn an_index_is_part_of_the_schema() -> Outcome {
    let schema = parts().build()?;
    assert_eq!(Schema::from_json(&schema.to_json())?, schema);
    let json: serde_json::Value = serde_json::from_str(&schema.to_json())?;
    assert_eq!(
        json["lists"]["powers"]["indexes"]["in_use"],
        serde_json::json!({
            "by": [{ "field": "body", "direction": "ascending" }],
            "when": { "eq": [{ "own": "state" }, { "lit": "in_use" }] }
        })
    );
    let mut without = parts();
    without.lists[1].indexes.shift_remove("in_use");
    assert_ne!(without.build()?.fingerprint(), schema.fingerprint());

    let plan = schema.plan().to_string();
    let start = plan.find("rows are found by").ok_or("the plan says what rows are found by")?;
    assert!(
        plan[start..].starts_with(
            "rows are found by\n  powers.all: key; the list is read in its order\n  powers.by_body: body, then type\n  \
             powers.by_name: name\n  powers.by_number: number, largest first\n  powers.by_limit: type, then limit, largest \
             first\n  powers.in_use: body, where own.state = \"in_use\"\n  services.by_limit: limit, largest first; the list \
             is read in its order\n  services.by_title: title\n"
        ),
        "{}",
        &plan[start..]
    );
    let mermaid = schema.picture(Detail::Fields.in_language("zh")).mermaid();
    assert!(mermaid.contains("[/\"按主体\"/]"), "{mermaid}");
    let dot = schema.picture(Detail::Fields).dot();
    assert!(dot.contains("[label=\"in_use\", shape=parallelogram];"), "{dot}");
    Ok(())
}

/// So many powers, of ten bodies.
fn many(count: usize) -> Result<ListSystem, Box<dyn std::error::Error>> {
    let mut system = ListSystem::new(parts().build()?);
    let mut edits = Edits::new();
    for body in 0..10 {
        edits = edits.insert("bodies", format!("body-{body}"), &Record::new().with("name", format!("Body {body}")));
    }
    for number in 0..count {
        let body = format!("body-{}", number % 10);
        let record = power(&format!("Power {number}"), &body, "licence", i64::try_from(number % 50)?);
        edits = edits.insert("powers", format!("power-{number}"), &record);
    }
    system.commit(edits)?;
    Ok(system)
}

#[test]
fn what_it_costs_does_not_grow_with_the_lists() -> Outcome {
    for count in [1_000, 20_000] {
        let mut system = many(count)?;
        // One row of eight indexes: six of the power, two of the service.
        system.commit(Edits::new().insert("powers", "new", &power("New", "body-3", "licence", 7)))?;
        assert_eq!(system.work().indexed, 8);
        // A name moves in one index, and what is computed of it in another.
        system.commit(Edits::new().set("powers", "power-3", "name", "Renamed"))?;
        assert_eq!(system.work().indexed, 4);
        // What no index reads moves nothing.
        system.commit(Edits::new().set("powers", "power-3", "tags", vec!["a"]))?;
        assert_eq!(system.work().indexed, 0);
        // Out of use, in its one index.
        system.commit(Edits::new().set("powers", "power-3", "state", "cancelled"))?;
        assert_eq!(system.work().indexed, 1);
        system.preview(&Edits::new().remove("powers", "power-3"))?;
        assert_eq!(system.work().indexed, 0);

        let snapshot = system.snapshot();
        let found = snapshot.list("powers")?.find(&Find::by("body", "body-3").is("type", "licence"))?;
        assert_eq!(found.len(), count / 10 + 1);
        assert!(found.looked_at() <= 6, "{} nodes", found.looked_at());
        let quick = snapshot.list("powers")?.find(&Find::by("type", "licence").range("limit", ..working_days(25)))?;
        assert_eq!(quick.len(), count / 2 + 1);
        assert!(quick.looked_at() <= 6, "{} nodes", quick.looked_at());
        assert_eq!(snapshot.list("services")?.len(), count + 1);
    }
    Ok(())
}
