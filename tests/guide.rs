//! The Rust of `docs/guide.md`, chapter by chapter: what the guide shows is run here, and what it shows is here.

#![expect(clippy::print_stdout, reason = "the guide shows what people would write")]

use std::error::Error;

use quanze::{
    ChangeKind, Edits, Evolution, Fault, FaultKind, ListSystem, OnUnfit, Record, Schema, State, days,
    explain::Owners,
    feed::{Feed, Window},
    find::{Find, Paging},
    picture::{Detail, Neighbourhood, Reach},
    plan::Scan,
    schema::{
        Check, Field, Index, Labels, List, Narrow, OnRemove, Probe, Rule, SchemaBuilder, SchemaError, Severity, Type,
        Vocabulary, Write, count, element, greatest, join, lit, own, rows_of, source,
    },
    working_days,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

fn registers_and_powers() -> SchemaBuilder {
    Schema::builder()
        .vocabulary("types", Vocabulary::of(["licence", "penalty"]))
        .list("bodies", List::base().field("name", Field::new(Type::Text).required()))
        .list(
            "powers",
            List::base()
                .tier(1)
                .field("name", Field::new(Type::Text).required())
                .field("type", Field::new(Type::choice("types")).required())
                .field("limit", Type::Duration)
                .field("channels", Type::set(Type::Text)),
        )
        .list(
            "implementers",
            List::base()
                .tier(1)
                .field("power", Field::new(Type::reference("powers")).required().on_remove(OnRemove::Cascade))
                .field("body", Field::new(Type::reference("bodies")).required())
                .unique(["power", "body"]),
        )
}

fn services() -> List {
    List::derived()
        .labels(Labels::zh_en("政务服务事项清单", "government services"))
        .tier(2)
        .field("power", Type::reference("powers"))
        .field("name", Type::Text)
        .field("limit", Type::Duration)
        .field("channels", Type::set(Type::Text))
        .rule(
            Rule::each_row("licence", "powers")
                .when(source("type").is("licence"))
                .set("power", source("key"))
                .inherit(["name", "limit", "channels"]),
        )
}

fn offers() -> List {
    List::derived()
        .tier(3)
        .field("body", Type::reference("bodies"))
        .field("name", Field::new(Type::Text).write(Write::Suggest))
        .field("promise", Field::new(Type::Duration).write(Write::Narrow(Narrow::AtMost)))
        .field("channels", Field::new(Type::set(Type::Text)).write(Write::Union))
        .field("place", Field::new(Type::Text).write(Write::Local).required())
        .rule(
            Rule::each_match("taken_up", "services", "implementers")
                .on("power", Probe::Is(source("power")))
                .set("body", element("body"))
                .set("name", join([source("name"), lit(" – "), element("body.name")]))
                .set("promise", source("limit"))
                .inherit(["channels"]),
        )
}

fn by_body() -> List {
    List::derived()
        .field("body", Type::reference("bodies"))
        .field("offers", Type::Integer)
        .field("longest", Type::Duration)
        .rule(
            Rule::each_group("body", "offers", [source("body")])
                .over("bodies")
                .set("body", source("body"))
                .set("offers", count())
                .set("longest", greatest(source("promise"))),
        )
}

fn schema() -> Result<Schema, SchemaError> {
    registers_and_powers()
        .list("services", services())
        .list("offers", offers())
        .list("by_body", by_body())
        .check(
            "no_time",
            Check::new(Severity::Blocking, "powers", own("limit").lt(working_days(1)))
                .message(Labels::zh_en("“{name}”的时限为 {limit}", "'{name}' allows {limit}")),
        )
        .check("idle", Check::new(Severity::Note, "bodies", rows_of("implementers", "body").count().is(0)))
        .build()
}

/// A system with what the chapters before the fourth have put into it.
fn system() -> Result<ListSystem, Box<dyn Error>> {
    let mut system = ListSystem::new(schema()?);
    system.commit(first_edits())?;
    system.commit(Edits::new().author("offers", "food/food-city", "promise", working_days(15)))?;
    Ok(system)
}

#[derive(Serialize)]
struct Power<'a> {
    name: &'a str,
    r#type: &'a str,
    limit: Option<quanze::Duration>,
    channels: &'a [&'a str],
}

fn first_edits() -> Edits {
    let licence =
        Power { name: "Food licence", r#type: "licence", limit: Some(working_days(20)), channels: &["counter"] };
    Edits::new()
        .cause("first issue")
        .insert("bodies", "market", &Record::new().with("name", "Market bureau"))
        .insert("powers", "food", &licence)
        .insert("implementers", "food-city", &Record::new().with("power", "food").with("body", "market"))
        .author("offers", "food/food-city", "place", "Hall 2, counter 5")
}

#[test]
fn chapter_1_lists_and_a_rule() -> Result<(), Box<dyn Error>> {
    let schema = registers_and_powers().list("services", services()).build()?;
    let mut system = ListSystem::new(schema);
    let licence = Record::new().with("name", "Food licence").with("type", "licence");
    system.commit(Edits::new().insert("powers", "food", &licence))?;
    assert_eq!(system.list("services")?.len(), 1);

    let faults = Schema::builder()
        .list("a", List::derived().field("x", Type::Text).rule(Rule::each_row("r", "b").inherit(["x"])))
        .list("b", List::derived().field("x", Type::Text).rule(Rule::each_row("r", "a").inherit(["y"])))
        .build()
        .expect_err("they do not fit together");
    assert_eq!(
        faults.to_string(),
        "list 'b', field 'x': no rule sets the field; set it in a rule, or let its write policy be local\n\
         list 'b', rule 'r': there is no field 'y' in the list 'b'; accepted: x\n\
         a cycle, in which each depends on the next: rows of a → rows of b → rows of a"
    );
    Ok(())
}

#[test]
fn chapter_3_edits() -> Result<(), Box<dyn Error>> {
    let mut system = ListSystem::new(schema()?);
    let commit = system.commit(first_edits())?;
    assert_eq!(
        commit.to_string(),
        "4 edits → 6 rows in 6 lists\ncause: first issue\n\
         bodies\n  + market\npowers\n  + food\nimplementers\n  + food-city\n\
         services\n  + food\noffers\n  + food/food-city\nby_body\n  + market"
    );

    let text = r#"{
        "actor": "market",
        "edits": [
            { "do": "author", "list": "offers", "key": "food/food-city", "field": "promise", "value": "15 working_days" },
            { "do": "add", "list": "offers", "key": "food/food-city", "field": "channels", "element": "online" }
        ]
    }"#;
    let edits: Edits = serde_json::from_str(text)?;
    let commit = system.commit(edits)?;
    assert_eq!(commit.changes("offers")[0].after("channels"), &["counter", "online"].into());
    Ok(())
}

#[test]
fn chapter_4_preview() -> Result<(), Box<dyn Error>> {
    let mut system = system()?;
    let edits = Edits::new().cause("the law is revised").set("powers", "food", "limit", working_days(10));
    let preview = system.preview(&edits)?;
    assert_eq!(preview.len(), 4);
    assert_eq!(system.list("services")?.row("food").ok_or("not there")?.get("limit")?, working_days(20).into());

    let owners = Owners::new().of("implementers", ["body"]).of("offers", ["body"]).of("by_body", ["body"]);
    let impact = preview.impact(&system.snapshot(), &owners)?;
    assert_eq!(
        impact.text("en"),
        "4 rows in 4 lists: 4 updated; findings: 1 added\n\
         registers and views: 1 updated\n  by_body: 1 updated\n    Market bureau [market]: 1 updated\n\
         tier 1: 1 updated\n  powers: 1 updated\n\
         tier 2: 1 updated\n  government services: 1 updated\n\
         tier 3: 1 updated; findings: 1 added\n  offers: 1 updated; findings: 1 added\n    \
           Market bureau [market]: 1 updated; findings: 1 added\n\
         by owner\n  nobody: 2 updated\n  Market bureau [market]: 2 updated; findings: 1 added\n"
    );

    let commit = system.commit(edits)?;
    assert_eq!(*preview, *commit);
    assert_eq!(
        commit.to_string(),
        "1 edit → 4 rows in 4 lists; 1 finding added\ncause: the law is revised\n\
         powers\n  ~ food\n      limit: 20 working_days → 10 working_days\n\
         services\n  ~ food\n      limit: 20 working_days → 10 working_days\n\
         offers\n  ~ food/food-city\n      promise: 15 working_days → 10 working_days\n\
         by_body\n  ~ market\n      longest: 15 working_days → 10 working_days\n\
         + offers[food/food-city] offers.promise.looser: \
         'promise' is looser than its source allows, or in an unlike unit"
    );
    Ok(())
}

#[test]
fn chapter_5_refusal() -> Result<(), Box<dyn Error>> {
    let mut system = system()?;
    let before = system.state();
    let refused = system
        .commit(
            Edits::new()
                .set("powers", "fish", "limit", working_days(3))
                .set("powers", "food", "limit", 3)
                .author("offers", "food/food-city", "body", "market")
                .remove("bodies", "market"),
        )
        .expect_err("most of them cannot be made");
    assert_eq!(
        refused.to_string(),
        "the edits are refused, and nothing has changed:\n  \
         powers[\"fish\"]: there is no such row in 'powers'\n  \
         powers[\"food\"].limit: the integer 3 is not accepted; a duration reads like \"10 working_days\"\n  \
         offers[\"food/food-city\"].body: nobody writes the field; \
         fields that may be written: name, promise, channels, place\n  \
         bodies[\"market\"]: the row is still referred to by implementers.body of food-city; \
         change or remove those first"
    );
    let kinds: Vec<FaultKind> = refused.faults().iter().map(Fault::kind).collect();
    assert_eq!(kinds, [FaultKind::NoSuchRow, FaultKind::BadValue, FaultKind::Locked, FaultKind::StillReferenced]);
    let edits = refused.into_edits();
    assert_eq!(edits.len(), 4);
    assert_eq!(system.state(), before);

    let looser = Edits::new().author("offers", "food/food-city", "promise", working_days(30));
    assert_eq!(
        system.commit(looser.clone()).expect_err("thirty days are looser than twenty").faults()[0].kind(),
        FaultKind::Looser
    );
    let commit = system.commit(looser.record_findings())?;
    assert_eq!(commit.findings_added()[0].check(), "offers.promise.looser");
    Ok(())
}

#[test]
fn chapter_6_the_change_set() -> Result<(), Box<dyn Error>> {
    let mut system = system()?;
    system.commit(Edits::new().author_because(
        "offers",
        "food/food-city",
        "name",
        "Food licence, city",
        "as the counter's sign has it",
    ))?;

    let commit = system.commit(Edits::new().set("powers", "food", "name", "Food business licence"))?;
    for change in commit.iter() {
        match change.kind() {
            ChangeKind::Added => println!("{} has come to {}", change.key(), change.list()),
            ChangeKind::Removed => println!("{} has left {}", change.key(), change.list()),
            ChangeKind::Updated => {
                for field in change.changed() {
                    println!("{field}: {} → {}", change.before(field.as_str()), change.after(field.as_str()));
                }
            }
        }
    }
    let offer = &commit.changes("offers")[0];
    assert_eq!(offer.changed().count(), 0);
    assert_eq!(offer.shadowed().collect::<Vec<_>>(), ["name"]);
    assert_eq!(offer.edits(), [0]);

    let json = serde_json::to_value(&commit)?;
    assert_eq!(json["changes"][0]["before"]["name"], "Food licence");

    let renamed = system.commit_with(Edits::new().set("bodies", "market", "name", "Market office"), |delta| {
        delta.spans().filter(|span| span.kind() == ChangeKind::Updated).map(|span| span.len()).sum::<usize>()
    })?;
    assert_eq!(renamed, 2);
    Ok(())
}

#[derive(Deserialize)]
struct Offer {
    body: String,
    promise: Option<quanze::Duration>,
    channels: Vec<String>,
}

#[test]
fn chapter_7_reading() -> Result<(), Box<dyn Error>> {
    let mut system = system()?;
    let then = system.snapshot();
    system.commit(Edits::new().set("powers", "food", "limit", working_days(10)))?;

    let reader = std::thread::spawn(move || -> Result<Vec<Offer>, Box<dyn Error + Send + Sync>> {
        Ok(then.list("offers")?.records().collect::<Result<_, _>>()?)
    });
    let offers = reader.join().expect("the reader does not panic").map_err(|error| error.to_string())?;
    assert_eq!(offers[0].body, "market");
    assert_eq!(offers[0].promise, Some(working_days(15)));
    assert_eq!(offers[0].channels, ["counter"]);

    let now = system.snapshot();
    let offer = now.list("offers")?.row("food/food-city").ok_or("there is no such offer")?;
    assert_eq!(offer.get("promise")?, working_days(10).into());
    assert_eq!(offer.authored("promise")?, working_days(15).into());
    assert_eq!(now.list("by_body")?.row("market").ok_or("not there")?.get("offers")?.as_integer(), Some(1));

    let unknown = now.list("ofers").expect_err("there is no such list");
    assert_eq!(unknown.to_string(), "there is no list 'ofers'; did you mean 'offers'?");
    Ok(())
}

#[test]
fn chapter_8_parked_values() -> Result<(), Box<dyn Error>> {
    let mut system = system()?;
    let commit = system.commit(Edits::new().set("powers", "food", "type", "penalty"))?;
    assert_eq!(commit.changes("offers")[0].kind(), ChangeKind::Removed);
    let parked = system.parked();
    assert_eq!(parked.len(), 2);
    assert_eq!((parked[1].field.as_str(), &parked[1].value), ("place", &"Hall 2, counter 5".into()));

    let commit = system.commit(Edits::new().set("powers", "food", "type", "licence"))?;
    assert_eq!(commit.changes("offers")[0].after("place"), &"Hall 2, counter 5".into());
    assert_eq!(system.parked(), []);

    let commit = system.commit(Edits::new().rekey("powers", "food", "food-2026"))?;
    assert_eq!(commit.changes("offers")[0].key().as_str(), "food-2026/food-city");
    assert_eq!(commit.changes("offers")[0].after("place"), &"Hall 2, counter 5".into());
    Ok(())
}

#[test]
fn chapter_9_checks_and_findings() -> Result<(), Box<dyn Error>> {
    let mut system = system()?;
    let edits = Edits::new().set("powers", "food", "limit", working_days(0));
    let refused = system.commit(edits).expect_err("it allows no time");
    assert_eq!(refused.faults()[0].kind(), FaultKind::Blocked);

    let commit = system.commit(Edits::new().insert("bodies", "archive", &Record::new().with("name", "Archive")))?;
    let finding = &commit.findings_added()[0];
    assert_eq!((finding.check().as_str(), finding.key().as_str()), ("idle", "archive"));
    assert_eq!(finding.severity(), Severity::Note);

    let taken_up = Record::new().with("power", "food").with("body", "archive");
    let commit = system.commit(Edits::new().insert("implementers", "food-archive", &taken_up))?;
    assert_eq!(commit.findings_resolved()[0].check(), "idle");
    assert_eq!(commit.findings_added()[0].check(), "offers.place.required");
    assert_eq!(commit.findings_added()[0].message("zh"), "“place”必须填写");
    Ok(())
}

#[test]
fn chapter_10_save_and_restore() -> Result<(), Box<dyn Error>> {
    let system = system()?;
    let text = system.state().to_json();

    let restored = ListSystem::restore(schema()?, &State::from_json(&text)?);
    assert!(restored.unfit.is_empty());
    assert_eq!(restored.system.state().to_json(), text);
    restored.system.verify()?;

    let bytes = system.state().to_bytes();
    assert_eq!(State::from_bytes(&bytes)?, State::from_json(&text)?);

    let smaller = registers_and_powers().list("services", services()).build()?;
    let restored = ListSystem::restore(smaller, &State::from_json(&text)?);
    assert_eq!(
        restored.unfit.to_string(),
        "offers[food/food-city].place = 'Hall 2, counter 5': there is no such list\n\
         offers[food/food-city].promise = '15 working_days': there is no such list"
    );
    assert_eq!(restored.unfit.text("zh").lines().count(), 2);

    let mut state = restored.system.state();
    let nowhere = state.put_back(restored.unfit);
    assert!(nowhere.is_empty());
    assert_eq!(ListSystem::restore(schema()?, &state).system.state().to_json(), text);
    Ok(())
}

#[test]
fn chapter_11_a_schema_as_json() -> Result<(), Box<dyn Error>> {
    let schema = schema()?;
    assert_eq!(Schema::from_json(&schema.to_json())?, schema);

    let more = SchemaBuilder::from_json(
        r#"{
            "lists": {
                "slow_services": {
                    "tier": 2,
                    "fields": { "name": { "type": "text" } },
                    "rules": [{
                        "id": "slow",
                        "from": "services",
                        "when": { "gt": [{ "source": "limit" }, { "lit": "15 working_days" }] },
                        "each": "row",
                        "set": { "name": { "source": "name" } }
                    }]
                }
            }
        }"#,
    )?;
    let extended = schema.extend(more)?;
    assert_ne!(extended.fingerprint(), schema.fingerprint());

    let mut system = ListSystem::restore(extended, &system()?.state()).system;
    assert_eq!(system.list("slow_services")?.len(), 1);
    system.commit(Edits::new().set("powers", "food", "limit", days(5)))?;
    assert_eq!(system.list("slow_services")?.len(), 0);
    Ok(())
}

#[test]
fn chapter_12_why_and_what_for() -> Result<(), Box<dyn Error>> {
    let mut system = system()?;
    system.commit(Edits::new().set("powers", "food", "limit", working_days(10)))?;
    let why = system.explain("offers", "food/food-city", "promise")?;
    assert!(why.to_string().starts_with(
        "offers[food/food-city].promise = 10 working_days: authored 15 working_days, at most what the rule gives\n  \
           the rule gives offers[food/food-city].promise = 10 working_days: inherited by rule taken_up\n    \
             services[food].limit = 10 working_days: inherited by rule licence\n      \
               powers[food].limit = 10 working_days: a base cell\n\
         the row is there by\n"
    ));
    println!("{}", why.text("zh"));
    println!("{}", why.tree("en"));

    system.commit(Edits::new().set("powers", "food", "type", "penalty"))?;
    let why_not = system.why_not("offers", "food/food-city")?;
    assert_eq!(
        why_not.to_string(),
        "offers[food/food-city] is not there\n  \
           rule taken_up\n    \
             services[food] is not there\n      \
               rule licence, from powers[food]: the condition does not hold\n        \
                 source.type = \"licence\"\n          \
                   source.type: powers[food].type = penalty: a base cell\n"
    );

    system.commit(Edits::new().set("powers", "food", "type", "licence"))?;
    let feeds = system.feeds("powers", "food")?;
    assert_eq!(feeds.rows().len(), 4);
    for row in feeds.of_list("offers") {
        println!("{}", row.key);
    }
    Ok(())
}

#[test]
fn chapter_13_the_plan() -> Result<(), Box<dyn Error>> {
    let plan = schema()?.plan();
    println!("{plan}");

    assert!(plan.to_string().contains(
        r#"
  services
    licence: a row for each row of powers, where source.type = "licence"
      read at powers: power from key, name, limit, channels
    its rows depend on powers.type
"#
    ));

    let powers = plan.families.iter().find(|family| family.list == "powers").ok_or("powers are a base list")?;
    let services = powers.blocks.iter().find(|block| block.list == "services").ok_or("services stem from powers")?;
    assert_eq!(services.depends_on, ["powers.type"]);

    let looks_at_all = |scan: &&Scan| matches!(scan, Scan::AllFamilies { .. });
    assert_eq!(plan.scans.iter().filter(looks_at_all).count(), 0);
    Ok(())
}

#[test]
fn chapter_14_pictures() -> Result<(), Box<dyn Error>> {
    let picture = schema()?.picture(Detail::Lists.in_language("zh"));
    println!("{}", picture.mermaid());
    assert!(picture.dot().starts_with("digraph"));

    let system = system()?;
    let near = Neighbourhood::new().below(Reach::All).in_language("zh");
    let picture = system.neighbourhood("services", "food", &near)?;
    assert!(picture.mermaid().contains(r#"n1["政务服务事项清单<br/>Food licence<br/>food"]"#));
    println!("{}", picture.dot());
    Ok(())
}

#[test]
fn chapter_15_a_feed() -> Result<(), Box<dyn Error>> {
    let mut system = ListSystem::new(schema()?);
    system.commit(first_edits())?;
    let mut feed = Feed::new(&system, Window::last(1_000));
    let everything = system.snapshot().upserts();
    assert_eq!(everything.rows.len(), 6);

    feed.push(&system.commit(Edits::new().set("powers", "food", "limit", working_days(10)))?)?;
    feed.push(&system.commit(Edits::new().remove("implementers", "food-city"))?)?;

    let upserts = feed.after(&everything.cursor)?.only(["offers", "by_body"])?.upserts();
    let json = serde_json::to_value(&upserts)?;
    assert_eq!(json["rows"][0], json!({ "list": "offers", "key": "food/food-city", "row": null }));
    assert_eq!(json["rows"][1]["row"]["offers"], 0);
    let seen = upserts.cursor;

    feed.set_window(Window::last(1));
    let late = feed.after(&everything.cursor).expect_err("two commits have been made since");
    assert_eq!(
        late.to_string(),
        "what follows revision 1 has passed the window: revision 3 is retained; start from a snapshot"
    );

    feed.set_window(Window::last(1_000));
    let not_pushed = system.commit(Edits::new().remove("powers", "food"))?;
    let next = system.commit(Edits::new().remove("bodies", "market"))?;
    assert!(feed.push(&next).expect_err("one is missing").to_string().starts_with("revision 4 is missing"));
    feed.push(&not_pushed)?;
    feed.push(&next)?;
    assert_eq!(feed.after(&seen)?.len(), 2);
    Ok(())
}

#[test]
fn chapter_16_a_list_for_a_living_system() -> Result<(), Box<dyn Error>> {
    let mut system = system()?;
    let then = system.snapshot();
    let quick = List::derived()
        .tier(2)
        .field("name", Type::Text)
        .field("note", Field::new(Type::Text).write(Write::Local))
        .rule(Rule::each_row("quick", "services").when(source("limit").lt(working_days(15))).inherit(["name"]));
    let extended = system.schema().extend(Schema::builder().list("quick_services", quick))?;

    let preview = system.preview_evolution(&Evolution::to(extended.clone()))?;
    assert!(preview.changes.is_empty());
    system.commit(Edits::new().set("powers", "food", "limit", working_days(10)))?;
    let evolved = system.evolve(Evolution::to(extended).cause("quick services are listed apart"))?;
    assert_eq!(
        evolved.changes.to_string(),
        "a new schema → 1 row in 1 list\ncause: quick services are listed apart\nquick_services\n  + food"
    );
    assert!(then.list("quick_services").is_err());

    system.commit(Edits::new().author("quick_services", "food", "note", "the quickest"))?;
    let refused = system.evolve(Evolution::to(schema()?)).expect_err("somebody has written into the list");
    assert_eq!(
        refused.to_string(),
        "the schema stays, and nothing has changed; this does not fit the new one:\n  \
         quick_services[food].note = 'the quickest': there is no such list"
    );

    let extended = system.schema().clone();
    let evolved = system.evolve(refused.into_evolution().on_unfit(OnUnfit::TakeOut))?;
    assert_eq!(evolved.changes.changes("quick_services")[0].kind(), ChangeKind::Removed);

    let evolved = system.evolve(Evolution::to(extended).put_back(evolved.unfit))?;
    assert_eq!(evolved.changes.changes("quick_services")[0].after("note"), &"the quickest".into());
    system.verify()?;
    Ok(())
}

#[test]
fn chapter_17_finding_rows() -> Result<(), Box<dyn Error>> {
    let without_place = Index::on(["body"]).when(own("place").is_missing());
    let offers = offers().index("by_body", Index::on(["body", "promise"])).index("without_place", without_place);
    let services = services().order_by("limit").index("by_limit", Index::on(["limit"]));
    let indexed = registers_and_powers().list("services", services).list("offers", offers).build()?;
    let mut system = ListSystem::new(indexed);
    system.commit(first_edits())?;

    let snapshot = system.snapshot();
    let offers = snapshot.list("offers")?;
    let of_market = offers.find(&Find::by("body", "market"))?;
    assert_eq!((of_market.len(), of_market.index().as_str()), (1, "by_body"));

    let slow = Find::by("body", "market").range("promise", working_days(15)..);
    assert_eq!(offers.find(&slow)?.rows().next().ok_or("twenty days are slow")?.key().as_str(), "food/food-city");
    let homeless = Find::in_index("without_place").is("body", "market");
    assert!(offers.find(&homeless)?.is_empty());

    let text = r#"{
        "is": { "body": "market" },
        "then": { "range": { "field": "promise", "from": { "including": "15 working_days" } } }
    }"#;
    assert_eq!(offers.find(&serde_json::from_str(text)?)?.len(), 1);

    let by_name = offers.find(&Find::by("name", "Food licence")).expect_err("no index has the name");
    assert_eq!(
        by_name.to_string(),
        "no index finds rows of 'offers' by name; there are by_body (body, promise), \
         without_place (body; where own.place is missing)"
    );

    let fish = Record::new().with("name", "Fishing licence").with("type", "licence").with("limit", working_days(5));
    system.commit(Edits::new().insert("powers", "fish", &fish))?;
    let page = system.list("services")?.page(1)?;
    assert_eq!(page.rows()[0].key().as_str(), "fish");
    let word = page.next().ok_or("there is one more")?.to_string();

    system.commit(Edits::new().remove("powers", "fish"))?;
    let page = system.list("services")?.page(Paging::of(1).after(word.parse()?))?;
    assert_eq!(page.rows()[0].key().as_str(), "food");
    assert_eq!(page.next(), None);

    let memory = system.memory();
    assert!(memory.lists["offers"].indexes > 0);
    assert!(memory.total() > memory.shared.texts);
    Ok(())
}
