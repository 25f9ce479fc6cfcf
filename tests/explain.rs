//! Why a value is what it is, and what a row feeds: a small system with every kind of rule, and the four-tier preset.

mod explaining;

use std::fmt::Write as _;

use explaining::{check_chain, fed, places, resting};
use quanze::{
    Edits, ListSystem, Schema, Value, four_tier,
    picture::{Neighbourhood, Picture, Reach},
    schema::{
        Field, Fold, Labels, List, Narrow, OnRemove, Probe, Rule, Table, Type, Vocabulary, Write, authored, coalesce,
        collect, count, element, if_else, join, lit, own, row, rows_of, source, sum,
    },
    working_days,
};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn text(zh: &str, en: &str) -> Field {
    Field::new(Type::Text).labels(Labels::zh_en(zh, en))
}

fn limit() -> Field {
    Field::new(Type::Duration).labels(Labels::zh_en("时限", "limit"))
}

fn kind() -> Field {
    Field::new(Type::choice("kinds")).labels(Labels::zh_en("类型", "kind"))
}

fn reference(list: &str) -> Field {
    Field::new(Type::reference(list))
}

fn references(list: &str) -> Field {
    Field::new(Type::set(Type::reference(list)))
}

fn registers() -> [(&'static str, List); 3] {
    let articles = List::base()
        .labels(Labels::zh_en("条款", "articles"))
        .field("law", reference("laws").required().on_remove(OnRemove::Cascade))
        .field("locator", text("条款项", "locator"));
    [
        ("laws", List::base().field("title", Type::Text)),
        ("articles", articles),
        ("bodies", List::base().field("name", Type::Text).field("host", reference("bodies"))),
    ]
}

fn first_tier() -> [(&'static str, List); 2] {
    let powers = List::base()
        .tier(1)
        .labels(Labels::zh_en("权责清单", "powers"))
        .field("name", text("名称", "name"))
        .field("kind", kind())
        .field("limit", limit())
        .field("body", reference("bodies"))
        .field("basis", references("articles").labels(Labels::zh_en("依据", "basis")))
        .field("parent", reference("powers"))
        .field("fee", Type::Integer);
    let implementers = List::base()
        .tier(1)
        .field("power", reference("powers"))
        .field("body", reference("bodies"))
        .field("active", Type::Boolean);
    [("powers", powers), ("implementers", implementers)]
}

fn services() -> List {
    let leaf = rows_of("powers", "parent").count().is(0);
    let bodies = rows_of("implementers", "power").fold_where(Fold::Collect, row("body"), row("active"));
    List::derived()
        .tier(2)
        .labels(Labels::zh_en("服务清单", "services"))
        .field("power", reference("powers"))
        .field("name", text("名称", "name").write(Write::Suggest))
        .field("kind", kind())
        .field("limit", limit())
        .field(
            "promise",
            limit().labels(Labels::zh_en("承诺时限", "promised limit")).write(Write::Narrow(Narrow::AtMost)),
        )
        .field("basis", references("articles").write(Write::Union))
        .field("locators", Type::set(Type::Text))
        .field("host", text("挂牌机关", "host"))
        .field("bodies", references("bodies"))
        .field("phone", text("电话", "phone").write(Write::Local))
        .field("call", Type::Text)
        .rule(
            Rule::each_row("leaf", "powers")
                .when(source("kind").is("licence").and(leaf))
                .set("power", source("key"))
                .set("name", join([source("name"), lit(" at "), source("body.name")]))
                .inherit(["kind", "limit", "basis"])
                .set("promise", coalesce([source("limit"), lit(working_days(20))]))
                .set("locators", source("basis.locator"))
                .set("host", source("body.host.name"))
                .set("bodies", bodies)
                .set("call", coalesce([authored("phone"), own("host"), lit("none")])),
        )
}

fn lower_tiers() -> [(&'static str, List); 3] {
    let offices = List::derived()
        .tier(3)
        .labels(Labels::zh_en("实施清单", "offices"))
        .field("name", text("名称", "name"))
        .field("body", reference("bodies"))
        .field("limit", limit())
        .rule(
            Rule::each_match("implementer", "services", "implementers")
                .on("power", Probe::Is(source("power")))
                .matched_when(element("active"))
                .set("name", join([source("name"), lit(": "), element("body.name")]))
                .set("body", element("body"))
                .set("limit", source("promise")),
        );
    let table = Table::by("kind", "scene", Type::Text)
        .column("limit", Type::Duration)
        .line("licence", "new")
        .with("limit", working_days(5))
        .line("licence", "renew");
    let scenes = List::derived().tier(4).field("scene", Type::Text).field("limit", limit()).rule(
        Rule::each_line("scene", "services", table)
            .set("scene", element("scene"))
            .set("limit", if_else(element("limit").is_present(), element("limit"), source("promise"))),
    );
    let cited = List::derived().field("article", reference("articles")).field("law", Type::Text).rule(
        Rule::each_element("basis", "services", "basis")
            .set("article", element("value"))
            .set("law", element("law.title")),
    );
    [("offices", offices), ("scenes", scenes), ("cited", cited)]
}

fn groups() -> [(&'static str, List); 3] {
    let by_kind = List::derived()
        .field("kind", kind())
        .field("count", Type::Integer)
        .field("fees", Type::Integer)
        .field("names", Type::set(Type::Text))
        .rule(
            Rule::each_group("kind", "powers", [source("kind")])
                .when(source("fee").is_present())
                .set("kind", source("kind"))
                .set("count", count())
                .set("fees", sum(source("fee") * 2))
                .set("names", collect(source("name"))),
        );
    let by_body = List::derived().field("name", Type::Text).field("offices", Type::Integer).rule(
        Rule::each_group("body", "offices", [source("body")])
            .over("bodies")
            .set("name", source("body.name"))
            .set("offices", count()),
    );
    let compared = List::derived().field("of_kind", Type::Integer).rule(
        Rule::each_match("kind", "powers", "by_kind")
            .on("kind", Probe::Is(source("kind")))
            .set("of_kind", element("fees")),
    );
    [("by_kind", by_kind), ("by_body", by_body), ("compared", compared)]
}

/// Registers, a first tier, and lists with each kind of rule, write and read.
fn schema() -> Result<Schema, Box<dyn std::error::Error>> {
    let kinds = Vocabulary::new()
        .choice("licence", Labels::zh_en("许可", "licence"))
        .choice("penalty", Labels::zh_en("处罚", "penalty"));
    let lists = registers().into_iter().chain(first_tier()).chain([("services", services())]);
    let lists = lists.chain(lower_tiers()).chain(groups());
    Ok(lists
        .fold(Schema::builder().vocabulary("kinds", kinds), |builder, (name, list)| builder.list(name, list))
        .build()?)
}

fn record<const N: usize>(fields: [(&str, Value); N]) -> std::collections::BTreeMap<String, Value> {
    fields.into_iter().map(|(field, value)| (field.to_owned(), value)).collect()
}

fn system() -> Result<ListSystem, Box<dyn std::error::Error>> {
    let mut system = ListSystem::new(schema()?);
    let law = |key, title: &str| (key, record([("title", title.into())]));
    let article = |locator: &str| record([("law", "food-law".into()), ("locator", locator.into())]);
    let implementer =
        |body: &str, active: bool| record([("power", "food".into()), ("body", body.into()), ("active", active.into())]);
    let (law, title) = law("food-law", "Food law");
    let food = record([
        ("name", "Food licence".into()),
        ("kind", "licence".into()),
        ("limit", working_days(10).into()),
        ("body", "press".into()),
        ("basis", ["a35", "a36"].into()),
        ("fee", 7.into()),
    ]);
    let fine = record([
        ("name", "Food fine".into()),
        ("kind", "penalty".into()),
        ("fee", 5.into()),
        ("basis", ["a36"].into()),
    ]);
    let edits = Edits::new()
        .insert("laws", law, &title)
        .insert("articles", "a35", &article("Article 35"))
        .insert("articles", "a36", &article("Article 36"))
        .insert("articles", "a37", &article("Article 37"))
        .insert("bodies", "party", &record([("name", "Party office".into())]))
        .insert("bodies", "press", &record([("name", "Press office".into()), ("host", "party".into())]))
        .insert("bodies", "town", &record([("name", "Town".into())]))
        .insert("powers", "food", &food)
        .insert("powers", "fine", &fine)
        .insert(
            "powers",
            "tea",
            &record([("name", "Tea licence".into()), ("kind", "licence".into()), ("fee", 1.into())]),
        )
        .insert("implementers", "i1", &implementer("press", true))
        .insert("implementers", "i2", &implementer("town", true))
        .insert("implementers", "i3", &implementer("party", false));
    system.commit(edits)?;
    let edits = Edits::new()
        .author_because("services", "food", "name", "Food", "short")
        .author("services", "food", "promise", working_days(8))
        .author("services", "food", "basis", ["a37"])
        .author("services", "food", "phone", "12345");
    system.commit(edits)?;
    Ok(system)
}

/// Compares texts with a file, or writes it anew.
fn golden(name: &str, found: &str) -> Outcome {
    let path = format!("{}/tests/goldens/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, found)?;
    }
    let expected = std::fs::read_to_string(&path)?;
    let differs = expected.lines().zip(found.lines()).position(|(a, b)| a != b);
    assert!(
        expected == found,
        "{path} differs from line {:?}; read it, and write it anew with UPDATE_GOLDEN=1 cargo test --test explain",
        differs.map(|line| line + 1),
    );
    Ok(())
}

/// Fields, one for each way in which a value can come about.
const EXPLAINED: [(&str, &str, &str); 19] = [
    ("powers", "food", "limit"),
    ("services", "food", "key"),
    ("services", "food", "name"),
    ("services", "food", "promise"),
    ("services", "food", "basis"),
    ("services", "food", "locators"),
    ("services", "food", "host"),
    ("services", "tea", "host"),
    ("services", "food", "bodies"),
    ("services", "tea", "phone"),
    ("services", "food", "call"),
    ("offices", "food/i2", "name"),
    ("offices", "food/i2", "limit"),
    ("scenes", "food/new", "limit"),
    ("scenes", "food/renew", "limit"),
    ("cited", "food/a35", "law"),
    ("by_kind", "licence", "fees"),
    ("by_body", "party", "name"),
    ("compared", "food/licence", "of_kind"),
];

fn explained(language: Option<&str>) -> Result<String, Box<dyn std::error::Error>> {
    let system = system()?;
    let mut found = String::new();
    for (list, key, field) in EXPLAINED {
        let why = system.explain(list, key, field)?;
        writeln!(found, "{}", language.map_or_else(|| why.to_string(), |language| why.text(language)))?;
    }
    for (list, key) in [("articles", "a36"), ("bodies", "town"), ("powers", "tea"), ("by_kind", "licence")] {
        let feeds = system.feeds(list, key)?;
        writeln!(found, "{}", language.map_or_else(|| feeds.to_string(), |language| feeds.text(language)))?;
    }
    Ok(found)
}

#[test]
fn every_way_to_a_value_is_told_by_name() -> Outcome {
    golden("explain.txt", &explained(None)?)
}

#[test]
fn every_way_to_a_value_is_told_in_chinese() -> Outcome {
    golden("explain.zh.txt", &explained(Some("zh"))?)
}

#[test]
fn every_way_to_a_value_is_told_in_english() -> Outcome {
    golden("explain.en.txt", &explained(Some("en"))?)
}

#[test]
fn explanations_are_data() -> Outcome {
    let why = system()?.explain("services", "food", "promise")?;
    golden("explain.json", &(serde_json::to_string_pretty(&why)? + "\n"))
}

#[test]
fn every_chain_recomputes_its_value() -> Outcome {
    let system = system()?;
    let snapshot = system.snapshot();
    for (list, key, field) in places(&snapshot) {
        let why = snapshot.explain(list.as_str(), &key, field.as_str())?;
        check_chain(&snapshot, &why).map_err(|error| format!("{error}\nin\n{why}"))?;
        assert_eq!(why.to_string(), system.explain(list.as_str(), &key, field.as_str())?.to_string());
    }
    Ok(())
}

#[test]
fn what_a_row_feeds_is_what_is_explained_by_it() -> Outcome {
    let system = system()?;
    for view in system.snapshot().lists() {
        for row in view.rows() {
            let (list, key) = (view.name().as_str(), row.key());
            assert_eq!(fed(&system, list, &key)?, resting(&system, list, &key)?, "what {list} {key} feeds");
        }
    }
    Ok(())
}

/// The cells that a value rests on.
#[track_caller]
fn leaves(list: &str, key: &str, field: &str, expect: &[&str]) {
    let why = system().expect("a system").explain(list, key, field).expect("a field");
    assert_eq!(why.leaves().map(ToString::to_string).collect::<Vec<_>>(), expect);
}

#[test]
fn leaves_are_what_a_value_rests_on() {
    leaves("powers", "food", "limit", &["powers[food].limit"]);
    // What the rule gives beside a value authored in its place is of no account; the bound of a narrower one is.
    leaves("services", "food", "name", &["services[food].name"]);
    leaves("services", "food", "promise", &["services[food].promise", "powers[food].limit"]);
    leaves("offices", "food/i1", "limit", &["services[food].promise", "powers[food].limit"]);
    leaves("services", "tea", "promise", &["powers[tea].limit"]);
    leaves("services", "food", "host", &["powers[food].body", "bodies[press].host", "bodies[party].name"]);
    // A choice rests on its condition and on the branch taken.
    leaves("scenes", "food/new", "limit", &["powers[food].kind"]);
    leaves("services", "tea", "phone", &[]);
}

#[test]
fn what_is_not_there_is_said() -> Outcome {
    let system = system()?;
    let told = |list: &str, key: &str, field: &str| {
        let (by_system, by_snapshot) = (system.explain(list, key, field), system.snapshot().explain(list, key, field));
        let error = by_system.expect_err("there is none").to_string();
        assert_eq!(error, by_snapshot.expect_err("there is none").to_string());
        error
    };
    assert_eq!(told("service", "food", "name"), "there is no list 'service'; did you mean 'services'?");
    assert_eq!(told("services", "food", "nam"), "there is no field 'nam' in the list 'services'; did you mean 'name'?");
    assert_eq!(told("services", "fine", "name"), "there is no row 'fine' in 'services'");
    assert_eq!(told("services", "food//", "name"), "there is no row 'food//' in 'services'");
    assert_eq!(system.feeds("services", "fine").expect_err("none").to_string(), "there is no row 'fine' in 'services'");
    Ok(())
}

#[test]
fn counts_of_what_is_fed_go_by_tier() -> Outcome {
    let feeds = system()?.feeds("laws", "food-law")?;
    let counts: Vec<_> = feeds.counts().into_iter().collect();
    assert_eq!(counts, [(None, 6), (Some(1), 2), (Some(2), 1)]);
    let services: Vec<String> = feeds.of_list("services").map(|row| format!("{} {:?}", row.key, row.fields)).collect();
    assert_eq!(services, [r#"food ["basis", "locators"]"#]);
    Ok(())
}

/// A food licence of one bureau, with one variant, resting on two articles.
fn city() -> Result<ListSystem, Box<dyn std::error::Error>> {
    let mut system = ListSystem::new(four_tier::schema());
    let article = |locator: &str| record([("instrument", "food-law".into()), ("locator", locator.into())]);
    let power = |name: &str, ty: &str, number: &str| {
        record([
            ("name", name.into()),
            ("type", ty.into()),
            ("main_number", number.into()),
            ("body", "market".into()),
            ("responsible_body", "market".into()),
            ("basis", ["food-35", "food-36"].into()),
            ("statutory_limit", working_days(20).into()),
            ("state", "1".into()),
        ])
    };
    let law = record([("title", "食品安全法".into()), ("kind", "law".into()), ("state", "in_force".into())]);
    let bureau = record([
        ("name", "市场监督管理局".into()),
        ("level", "3".into()),
        ("credit_code", "11440000MB2D0164XH".into()),
        ("region", "jiyuan".into()),
    ]);
    let implementer =
        record([("power", "food".into()), ("body", "market".into()), ("level", "3".into()), ("manner", "own".into())]);
    let edits = Edits::new()
        .insert("regions", "jiyuan", &record([("name", "济源".into()), ("code", "419001".into())]))
        .insert("bodies", "market", &bureau)
        .insert("instruments", "food-law", &law)
        .insert("articles", "food-35", &article("第三十五条"))
        .insert("articles", "food-36", &article("第三十六条"))
        .insert("powers", "food", &power("食品经营许可", "01", "00101"))
        .insert("powers", "fine", &power("对未经许可经营食品的处罚", "02", "00102"))
        .discard("powers", "fine", "basis", "food-35")
        .insert("implementers", "food-market", &implementer)
        .insert(
            "variants",
            "food-new",
            &record([("power", "food".into()), ("kind", "new".into()), ("serial", "01".into())]),
        )
        .author_because("service_implementation", "food/food-market", "promised_limit", working_days(8), "优化营商环境")
        .record_findings();
    system.commit(edits)?;
    Ok(system)
}

#[test]
fn a_limit_is_explained_up_to_the_law_article() -> Outcome {
    let system = city()?;
    let key = "food/food-market/food-new";
    let limit = system.explain("handling_items", key, "limit")?;
    assert_eq!(limit.leaves().map(ToString::to_string).collect::<Vec<_>>(), ["powers[food].statutory_limit"]);
    let promise = system.explain("handling_items", key, "promised_limit")?;
    let mut found = String::new();
    for language in ["zh", "en"] {
        writeln!(found, "{}\n{}", limit.text(language), promise.text(language))?;
    }
    golden("explain_four_tier.txt", &found)?;
    let snapshot = system.snapshot();
    for (list, key, field) in places(&snapshot) {
        let why = snapshot.explain(list.as_str(), &key, field.as_str())?;
        check_chain(&snapshot, &why).map_err(|error| format!("{error}\nin\n{why}"))?;
    }
    Ok(())
}

#[test]
fn an_article_feeds_services_implementation_and_handling() -> Outcome {
    let system = city()?;
    let feeds = system.feeds("articles", "food-36")?;
    golden("feeds_four_tier.txt", &format!("{}\n{}", feeds.text("zh"), feeds.text("en")))?;
    for list in ["powers", "services", "enforcement", "service_implementation", "handling_items"] {
        assert!(feeds.of_list(list).all(|row| row.fields.iter().any(|field| *field == "basis")), "{list}");
    }
    let counts: Vec<_> = feeds.counts().into_iter().filter(|(tier, _)| tier.is_some()).collect();
    assert_eq!(counts, [(Some(1), 2), (Some(2), 2), (Some(3), 1), (Some(4), 1)]);
    for (list, key) in [("articles", "food-35"), ("bodies", "market"), ("powers", "food"), ("variants", "food-new")] {
        let key = key.parse()?;
        assert_eq!(fed(&system, list, &key)?, resting(&system, list, &key)?, "what {list} {key} feeds");
    }
    Ok(())
}

#[test]
fn neighbourhoods_are_drawn_for_markdown_and_graphviz() -> Outcome {
    let system = city()?;
    let near = Neighbourhood::new().in_language("zh");
    let item = system.neighbourhood("handling_items", "food/food-market/food-new", &near)?;
    golden("near_handling_item.mmd", &item.mermaid())?;
    golden("near_handling_item.dot", &item.dot())?;
    let below = Neighbourhood::new().below(Reach::All).in_language("en");
    let article = system.neighbourhood("articles", "food-36", &below)?;
    golden("near_article.mmd", &article.mermaid())?;
    assert_eq!(system.snapshot().neighbourhood("articles", "food-36", &below)?, article);

    // Up to the article and its law; down to the counter.
    let written = |picture: &Picture, text: &str| picture.nodes.iter().any(|node| node.label.contains(text));
    assert!(written(&item, "第三十五条") && written(&item, "食品安全法"), "{}", item.mermaid());
    assert!(written(&article, "食品经营许可（新办）"), "{}", article.mermaid());
    // What lies further than it reaches is not drawn.
    let alone = Neighbourhood::new().above(Reach::Steps(0)).below(Reach::Steps(0));
    assert_eq!(system.neighbourhood("powers", "food", &alone)?.nodes.len(), 1);
    let next = Neighbourhood::new().above(Reach::Steps(0)).below(Reach::Steps(1));
    assert!(!written(&system.neighbourhood("articles", "food-36", &next)?, "handling_items"));
    Ok(())
}

#[test]
fn of_many_rows_the_nearest_are_drawn_and_the_others_counted() -> Outcome {
    let mut system = ListSystem::new(four_tier::schema());
    let power = |name: String| {
        record([("name", name.into()), ("type", "01".into()), ("body", "market".into()), ("state", "1".into())])
    };
    let bureau = record([("name", "市场监督管理局".into())]);
    let powers = (10..40).fold(Edits::new().insert("bodies", "market", &bureau), |edits, n| {
        edits.insert("powers", format!("p{n}"), &power(format!("事项 {n}")))
    });
    system.commit(powers.record_findings())?;
    let near = Neighbourhood::new().above(Reach::Steps(0)).most(2).in_language("zh");
    let picture = system.neighbourhood("bodies", "market", &near)?;
    let powers: Vec<&str> =
        picture.nodes.iter().map(|node| node.label.as_str()).filter(|l| l.contains("权责")).collect();
    assert_eq!(powers, ["权责清单\n事项 10\np10", "权责清单\n事项 11\np11", "权责清单\n另有 28 个"]);
    let unknown = system.neighbourhood("bodies", "nobody", &near).expect_err("there is no such body");
    assert_eq!(unknown.to_string(), "there is no row 'nobody' in 'bodies'");
    Ok(())
}
