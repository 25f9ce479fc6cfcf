//! Why a value is what it is, and what a row feeds: a small system with every kind of rule, and the four-tier preset.

mod explaining;

use std::fmt::Write as _;

use explaining::{
    check_chain, fed, places, resting,
    small::{city, golden, record, system},
};
use quanze::{
    Edits, ListSystem, four_tier,
    picture::{Neighbourhood, Picture, Reach},
};

type Outcome = Result<(), Box<dyn std::error::Error>>;

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
fn explanations_are_drawn_as_trees() -> Outcome {
    let system = system()?;
    let mut found = String::new();
    for (list, key, field) in
        [("services", "food", "basis"), ("offices", "food/i2", "name"), ("by_kind", "licence", "fees")]
    {
        let why = system.explain(list, key, field)?;
        writeln!(found, "{why:#}\n{}\n{}", why.tree("zh"), why.tree("en"))?;
        // The same lines, on other strokes.
        let words = |text: &str| {
            text.lines().map(|line| line.trim_start_matches([' ', '│', '├', '└', '─']).to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(words(&why.tree("zh")), words(&why.text("zh")));
    }
    let feeds = system.feeds("bodies", "town")?;
    writeln!(found, "{feeds:#}\n{}\n{}", feeds.tree("zh"), feeds.tree("en"))?;
    golden("explain_tree.txt", &found)
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
