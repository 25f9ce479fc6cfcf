//! Why a row is not there: each thing that a rule can lack, in words and as a tree, and as data.

mod explaining;

use std::fmt::Write as _;

use explaining::small::{city, golden, system};
use quanze::{
    Edits, ListSystem, Record, Schema, Value, WhyNot,
    explain::{Lack, Why},
    schema::{List, Probe, Rule, Table, Type, element, source},
};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Rows that are not there, one for each thing that can be missing, and some that are.
const ASKED: [(&str, &str); 17] = [
    ("powers", "food"),
    ("powers", "fish"),
    ("services", "food"),
    ("services", "fine"),
    ("services", "fish"),
    ("services", "food/new"),
    ("services", "food//"),
    ("offices", "food/i3"),
    ("offices", "food/i9"),
    ("offices", "tea/i1"),
    ("offices", "fine/i1"),
    ("scenes", "food/old"),
    ("cited", "food/a99"),
    ("by_kind", "licence"),
    ("by_kind", "penalty"),
    ("by_body", "nobody"),
    ("compared", "fine/penalty"),
];

fn asked() -> Result<Vec<WhyNot>, Box<dyn std::error::Error>> {
    let mut system = system()?;
    system.commit(Edits::new().set("powers", "fine", "fee", None::<i64>))?;
    let snapshot = system.snapshot();
    let mut found = Vec::new();
    for (list, key) in ASKED {
        let why_not = system.why_not(list, key)?;
        assert_eq!(why_not.row(), snapshot.why_not(list, key)?.row());
        assert_eq!(why_not.is_there(), system.list(list)?.row(key).is_some(), "{list} {key}");
        found.push(why_not);
    }
    Ok(found)
}

fn told(told: impl Fn(&WhyNot) -> String) -> Result<String, Box<dyn std::error::Error>> {
    Ok(asked()?.iter().map(told).collect::<Vec<_>>().join("\n"))
}

#[test]
fn everything_that_can_be_missing_is_told_by_name() -> Outcome {
    golden("why_not.txt", &told(ToString::to_string)?)
}

#[test]
fn everything_that_can_be_missing_is_told_in_two_languages() -> Outcome {
    golden("why_not.zh.txt", &told(|why_not| why_not.text("zh"))?)?;
    golden("why_not.en.txt", &told(|why_not| why_not.text("en"))?)
}

#[test]
fn everything_that_can_be_missing_is_data() -> Outcome {
    golden("why_not.json", &(serde_json::to_string_pretty(&asked()?)? + "\n"))
}

#[test]
fn the_preset_says_why_an_item_is_not_handled() -> Outcome {
    let mut system = city()?;
    let mut found = String::new();
    let mut tell = |system: &ListSystem, list: &str, key: &str| -> Outcome {
        let why_not = system.why_not(list, key)?;
        for text in [why_not.text("zh"), why_not.text("en"), why_not.tree("zh"), why_not.tree("en")] {
            writeln!(found, "{text}")?;
        }
        Ok(())
    };
    tell(&system, "handling_items", "food/food-market/food-renew")?;
    tell(&system, "handling_items", "fine/food-market/food-new")?;
    tell(&system, "enforcement", "food")?;
    tell(&system, "citations", "food/food-37")?;
    // A power that has sub-items is a heading, and is not handled itself.
    let mut sub = Record::new().with("name", "食品经营许可（餐饮）").with("type", "01").with("body", "market");
    sub.set("parent", "food");
    sub.set("state", "1");
    system.commit(Edits::new().record_findings().insert("powers", "food-meals", &sub))?;
    tell(&system, "services", "food")?;
    golden("why_not_four_tier.txt", &found)
}

/// Bodies and powers, each of which may have a row in one list: by several rules, from several lists.
fn several() -> Result<ListSystem, Box<dyn std::error::Error>> {
    let scenes = Table::by("kind", "scene", Type::Text).line("a", "new");
    let schema = Schema::builder()
        .list("bodies", List::base().field("name", Type::Text).field("tags", Type::set(Type::Text)))
        .list(
            "powers",
            List::base().field("name", Type::Text).field("kind", Type::Text).field("tags", Type::set(Type::Text)),
        )
        .list(
            "found",
            List::derived()
                .field("name", Type::Text)
                .rule(Rule::each_row("named", "powers").when(source("name").is_present()).inherit(["name"]))
                .rule(Rule::each_row("kind", "powers").when(source("kind").is_present()).set("name", source("kind")))
                .rule(Rule::each_row("body", "bodies").when(source("name").is("B")).inherit(["name"]))
                .rule(Rule::each_element("tag", "powers", "tags").set("name", element("value")))
                .rule(Rule::each_line("line", "powers", scenes).set("name", element("scene"))),
        )
        .list(
            "pairs",
            List::derived().field("name", Type::Text).rule(
                Rule::each_match("pair", "found", "bodies")
                    .on("name", Probe::AnyOf(vec![source("name"), quanze::schema::lit("C")]))
                    .matched_when(element("tags").is_present().and(element("name").is_present()))
                    .set("name", element("name")),
            ),
        )
        .build()?;
    let mut system = ListSystem::new(schema);
    let named = |name: &str| Record::new().with("name", name);
    system.commit(
        Edits::new()
            .insert("bodies", "a", &named("A"))
            .insert("bodies", "b", &named("B"))
            .insert("bodies", "c", &named("C"))
            .insert("powers", "p", &named("P").with("kind", "a").with("tags", ["new", "old"]))
            .insert("powers", "q", &Record::new().with("kind", "b")),
    )?;
    Ok(system)
}

#[test]
fn a_rule_that_came_first_is_named() -> Outcome {
    let system = several()?;
    let told = |list: &str, key: &str| system.why_not(list, key).map(|why_not| why_not.to_string());
    assert_eq!(
        told("found", "powers/p")?,
        "found[powers/p] is there, made by rule named\n  rule kind would make it as well, but comes later\n"
    );
    assert_eq!(told("found", "powers/q")?, "found[powers/q] is there, made by rule kind\n");
    assert_eq!(
        told("found", "powers/p/new")?,
        "found[powers/p/new] is there, made by rule tag\n  rule line would make it as well, but comes later\n"
    );
    let why_not = system.why_not("found", "powers/p")?;
    assert_eq!(why_not.row().why, Why::There { rule: Some("named".into()), also: vec!["kind".into()] });
    Ok(())
}

#[test]
fn each_rule_that_gives_such_keys_says_what_it_lacks() -> Outcome {
    let system = several()?;
    let told = |list: &str, key: &str| system.why_not(list, key).map(|why_not| why_not.to_string());
    assert_eq!(
        told("found", "powers/q/fresh")?,
        "found[powers/q/fresh] is not there\n  \
           rule tag, from powers[q]: fresh is not an element of\n    \
             powers[q].tags = missing: a base cell\n  \
           rule line, from powers[q]: the table has no line scene = fresh for\n    \
             powers[q].kind = b: a base cell\n    \
             there are no lines for that\n"
    );
    assert_eq!(
        told("found", "powers/p/fresh")?,
        "found[powers/p/fresh] is not there\n  \
           rule tag, from powers[p]: fresh is not an element of\n    \
             powers[p].tags = new, old: a base cell\n  \
           rule line, from powers[p]: the table has no line scene = fresh for\n    \
             powers[p].kind = a: a base cell\n    \
             its lines are new\n"
    );
    // A row that two rules would have read is told once.
    assert_eq!(
        told("found", "powers/r")?,
        "found[powers/r] is not there\n  \
           rule named\n    powers[r] is not there: nobody has inserted it\n  \
           rule kind\n    powers[r] is not there, as explained before\n"
    );
    assert_eq!(
        told("pairs", "bodies/b/a")?,
        "pairs[bodies/b/a] is not there\n  \
           rule pair, from found[bodies/b]: it does not match bodies[a], in which\n    \
             bodies[a].name = A: a base cell\n      \
               does not equal source.name\n        \
                 source.name: found[bodies/b].name = B: inherited by rule body\n          \
                   bodies[b].name = B: a base cell\n    \
             bodies[a].name = A: a base cell\n      \
               does not equal \"C\"\n"
    );
    // It matches by the second of the values probed for.
    assert_eq!(
        told("pairs", "bodies/b/c")?,
        "pairs[bodies/b/c] is not there\n  \
           rule pair, from found[bodies/b]: the condition does not hold with bodies[c]\n    \
             element.tags is present\n      \
               element.tags: bodies[c].tags = missing: a base cell\n"
    );
    let accepted = "powers/<powers>, powers/<powers>/<element of tags>, powers/<powers>/<scene>, bodies/<bodies>";
    for key in ["p", "bodies/a/b", "nowhere/p", "powers//", "powers/p/new/old", ""] {
        let expected = format!("found[{key}] is not there: no row has such a key; keys read ");
        let found = told("found", key)?;
        assert!(found.starts_with(&expected), "{found}");
        let mut forms: Vec<&str> = found[expected.len()..].trim_end().split(", ").collect();
        let mut wanted: Vec<&str> = accepted.split(", ").collect();
        forms.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(forms, wanted);
    }
    Ok(())
}

#[test]
fn what_is_asked_may_be_anything() -> Outcome {
    let system = several()?;
    let unknown = system.why_not("fund", "p").expect_err("no such list").to_string();
    assert_eq!(unknown, "there is no list 'fund'; did you mean 'found'?");
    let long = "x/".repeat(5_000);
    let why_not = system.why_not("pairs", &long)?;
    assert!(why_not.row().key.chars().count() < 300);
    assert!(matches!(why_not.row().why, Why::NoSuchKey { .. }));
    let why_not = system.why_not("pairs", "powers/p/a~1b")?;
    let Why::NotMade { rules } = &why_not.row().why else {
        return Err("a rule lacks something".into());
    };
    assert!(matches!(&rules[0].lacks, Lack::Matched(row) if row.key == "a~1b" && row.why == Why::NotInserted));
    // A key is shown as it is written, an element of it too.
    let told = system.why_not("found", "powers/p/a~1b")?.to_string();
    assert!(told.contains("from powers[p]: a~1b is not an element of"), "{told}");
    Ok(())
}

/// Rules that each read the list before, by the thousand ways that lead through them.
#[test]
fn many_ways_to_a_row_are_told_in_no_time() -> Outcome {
    let mut builder = Schema::builder().list("l0", List::base().field("tags", Type::set(Type::Text)));
    for number in 1..=24 {
        let from = format!("l{}", number - 1);
        let list = List::derived()
            .field("tags", Type::set(Type::Text))
            .rule(Rule::each_row("a", from.as_str()).inherit(["tags"]))
            .rule(Rule::each_element("b", from.as_str(), "tags").inherit(["tags"]));
        builder = builder.list(format!("l{number}"), list);
    }
    let system = ListSystem::new(builder.build()?);
    let why_not = system.why_not("l24", "x/1/2/3/4/5/6/7/8/9/10/11/12")?;
    let lines = why_not.to_string().lines().count();
    assert!(lines > 24 && lines < 2_000, "{lines}");
    let value: Value = serde_json::to_string(&why_not)?.into();
    assert!(!value.is_missing());
    Ok(())
}
