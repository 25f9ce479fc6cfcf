//! What is printed and stored stays as it is, byte by byte: a small city, one change of each kind, its files in
//! `tests/goldens`. With `UPDATE_GOLDEN` in the environment the files are written anew.

use std::{error::Error, fs, path::PathBuf};

use quanze::{
    Edits, ListSystem, Record, Schema, State, four_tier,
    schema::{
        Check, CodeScheme, Direction, Field, Labels, List, Narrow, OnRemove, OrderBy, Probe, Rule, SchemaBuilder,
        SchemaError, Segment, Severity, Table, Type, Vocabulary, Write, code, count, element, greatest, join, lit, own,
        rows_of, source,
    },
    working_days,
};

type Outcome = Result<(), Box<dyn Error>>;

/// Compares a text with its file.
fn golden(name: &str, text: &str) -> Outcome {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/goldens").join(name);
    let text = format!("{}\n", text.trim_end());
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &text)?;
    }
    let kept = fs::read_to_string(&path)?;
    let differs = kept.lines().zip(text.lines()).position(|(a, b)| a != b);
    assert!(
        kept == text,
        "tests/goldens/{name} differs from line {:?}; UPDATE_GOLDEN=1 in the environment writes it anew\n{text}",
        differs.map(|line| line + 1)
    );
    Ok(())
}

/// What is authored: bodies, articles, powers, and who takes them up.
fn authored() -> SchemaBuilder {
    let bodies = List::base()
        .labels(Labels::zh_en("机构", "bodies"))
        .field("name", Field::new(Type::Text).required().labels(Labels::zh_en("名称", "name")));
    let articles = List::base()
        .labels(Labels::zh_en("条款", "articles"))
        .field("law", Type::Text)
        .field("in_force", Type::Boolean);
    let powers = List::base()
        .labels(Labels::zh_en("权责清单", "powers and duties"))
        .tier(1)
        .field("name", Field::new(Type::Text).required())
        .field("type", Field::new(Type::choice("types")).required())
        .field("number", Type::Text)
        .field("basis", Type::sequence(Type::reference("articles")))
        .field("limit", Type::Duration)
        .field("fee", Type::Decimal)
        .field("since", Type::Date)
        .unique(["number"]);
    let implementers = List::base()
        .tier(1)
        .field("power", Field::new(Type::reference("powers")).required().on_remove(OnRemove::Cascade))
        .field("body", Field::new(Type::reference("bodies")).required());
    Schema::builder()
        .labels(Labels::zh_en("示例清单体系", "an example"))
        .vocabulary(
            "types",
            Vocabulary::new()
                .choice("01", Labels::zh_en("行政许可", "licence"))
                .choice("02", Labels::zh_en("行政处罚", "penalty"))
                .choice("05", Labels::zh_en("行政给付", "benefit payment")),
        )
        .code_scheme(
            "item",
            CodeScheme::new()
                .segment("region", Segment::digits(2))
                .segment("type", Segment::digits(2))
                .segment("number", Segment::digits(5)),
        )
        .list("bodies", bodies)
        .list("articles", articles)
        .list("powers", powers)
        .list("implementers", implementers)
}

fn services() -> List {
    List::derived()
        .labels(Labels::zh_en("政务服务事项清单", "government services"))
        .tier(2)
        .field("power", Type::reference("powers"))
        .field("type", Type::choice("types"))
        .field("name", Type::Text)
        .field("code", Type::code("item"))
        .field("limit", Type::Duration)
        .order_by(OrderBy { field: "limit".into(), direction: Direction::Descending })
        .rule(
            Rule::each_row("applied_for", "powers")
                .when(source("type").is("01").or(source("type").is("05")))
                .set("power", source("key"))
                .set("code", code("item", [lit("41"), source("type"), source("number")]))
                .inherit(["type", "name", "limit"]),
        )
}

fn offers() -> List {
    List::derived()
        .labels(Labels::zh_en("政务服务事项实施清单", "service implementation"))
        .tier(3)
        .field("body", Type::reference("bodies"))
        .field("type", Type::choice("types"))
        .field("name", Field::new(Type::Text).write(Write::Suggest))
        .field("promise", Field::new(Type::Duration).write(Write::Narrow(Narrow::AtMost)))
        .field("place", Field::new(Type::Text).write(Write::Local).required().labels(Labels::zh_en("地点", "place")))
        .field("channels", Field::new(Type::set(Type::Text)).write(Write::Union))
        .rule(
            Rule::each_match("taken_up", "services", "implementers")
                .on("power", Probe::Is(source("power")))
                .set("body", element("body"))
                .set("promise", source("limit"))
                .set("channels", lit(["counter"]))
                .inherit(["type", "name"]),
        )
}

fn handling() -> List {
    let scenarios = Table::by("type", "scenario", Type::Text)
        .column("title", Type::Text)
        .line("01", "new")
        .with("title", "新办")
        .line("01", "renew")
        .with("title", "延续");
    List::derived()
        .labels(Labels::zh_en("业务办理事项清单", "handling items"))
        .tier(4)
        .field("name", Type::Text)
        .field("promise", Type::Duration)
        .rule(
            Rule::each_line("scenario", "offers", scenarios)
                .set("name", join([source("name"), lit("（"), element("title"), lit("）")]))
                .set("promise", source("promise")),
        )
}

fn citations() -> List {
    List::derived().field("power", Type::reference("powers")).field("in_force", Type::Boolean).rule(
        Rule::each_element("basis", "powers", "basis").set("power", source("key")).set("in_force", element("in_force")),
    )
}

fn by_body() -> List {
    List::derived().field("offers", Type::Integer).field("longest", Type::Duration).rule(
        Rule::each_group("body", "offers", [source("body")])
            .over("bodies")
            .set("offers", count())
            .set("longest", greatest(source("promise"))),
    )
}

fn published() -> List {
    List::derived().field("name", Type::Text).rule(Rule::each_row("all", "powers").inherit(["name"]))
}

fn schema() -> Result<Schema, SchemaError> {
    authored()
        .list("services", services())
        .list("offers", offers())
        .list("handling", handling())
        .list("citations", citations())
        .list("by_body", by_body())
        .list("published", published())
        .check(
            "no_basis",
            Check::new(Severity::Review, "citations", own("in_force").not())
                .labels(Labels::zh_en("依据失效", "basis not in force"))
                .message(Labels::zh_en("{power.name}的依据已失效", "what '{power.name}' rests on is not in force")),
        )
        .check(
            "no_time",
            Check::new(Severity::Blocking, "powers", own("limit").lt(working_days(1)))
                .message(Labels::zh_en("“{name}”的时限为 {limit}", "'{name}' allows {limit}")),
        )
        .check("idle", Check::new(Severity::Note, "bodies", rows_of("implementers", "body").count().is(0)))
        .build()
}

/// The city before the change.
fn system() -> Result<ListSystem, Box<dyn Error>> {
    let named = |name: &str| Record::new().with("name", name);
    let taken_up = |power: &str, body: &str| Record::new().with("power", power).with("body", body);
    let mut system = ListSystem::new(schema()?);
    system.commit(
        Edits::new()
            .cause("首次公布")
            .actor("编办")
            .insert("bodies", "market", &named("市场监督管理局"))
            .insert("bodies", "culture", &named("文化局"))
            .insert("articles", "food-35", &Record::new().with("law", "食品安全法").with("in_force", true))
            .insert("articles", "show-13", &Record::new().with("law", "演出管理条例").with("in_force", true))
            .insert(
                "powers",
                "food",
                &named("食品经营许可")
                    .with("type", "01")
                    .with("number", "00123")
                    .with("basis", ["food-35"])
                    .with("limit", working_days(20))
                    .with("fee", "12.50")
                    .with("since", "2015-10-01"),
            )
            .insert(
                "powers",
                "show",
                &named("演出许可").with("type", "01").with("number", "00124").with("basis", ["show-13"]),
            )
            .insert("powers", "fine", &named("罚款").with("type", "02"))
            .insert("implementers", "food-city", &taken_up("food", "market"))
            .insert("implementers", "show-city", &taken_up("show", "culture"))
            .author("offers", "food/food-city", "promise", working_days(15))
            .author("offers", "food/food-city", "place", "政务大厅二楼")
            .author_because("offers", "show/show-city", "name", "演出许可（市级）", "与窗口标牌一致")
            .add("offers", "show/show-city", "channels", "online"),
    )?;
    Ok(system)
}

/// Rows added, removed, updated and shadowed; findings added and resolved; a value parked.
fn change() -> Edits {
    Edits::new()
        .cause("食品安全法修订")
        .actor("市场监督管理局")
        .set("powers", "food", "limit", working_days(10))
        .set("powers", "food", "fee", "8")
        .set("powers", "show", "name", "营业性演出许可")
        .set("articles", "show-13", "in_force", false)
        .set("powers", "fine", "type", "05")
        .author("offers", "show/show-city", "place", "文化馆 / 一楼")
        .insert("bodies", "archive", &Record::new().with("name", "档案局"))
        .insert("implementers", "fine-archive", &Record::new().with("power", "fine").with("body", "archive"))
        .rekey("bodies", "culture", "culture-tourism")
}

#[test]
fn schema_json() -> Outcome {
    let schema = schema()?;
    golden("schema.json", &schema.to_json())?;
    assert_eq!(Schema::from_json(&schema.to_json())?, schema);
    Ok(())
}

#[test]
fn plan_for_people_and_machines() -> Outcome {
    let plan = schema()?.plan();
    golden("plan.txt", &plan.to_string())?;
    golden("plan.json", &serde_json::to_string_pretty(&plan)?)?;
    golden("plan_four_tier.txt", &four_tier::schema().plan().to_string())
}

#[test]
fn edits_json() -> Outcome {
    let json = serde_json::to_string_pretty(&change())?;
    golden("edits.json", &json)?;
    // A duration comes back as its text; it means the same, and writes the same.
    let back: Edits = serde_json::from_str(&json)?;
    assert_eq!(serde_json::to_string_pretty(&back)?, json);
    assert_eq!(*system()?.preview(&back)?, *system()?.preview(&change())?);
    Ok(())
}

#[test]
fn change_set_for_people_and_machines() -> Outcome {
    let mut system = system()?;
    let preview = system.preview(&change())?;
    let commit = system.commit(change())?;
    golden("change_set.txt", &commit.to_string())?;
    golden("change_set.json", &serde_json::to_string_pretty(&commit)?)?;
    assert_eq!(serde_json::to_string(&preview)?, serde_json::to_string(&commit)?);
    system.verify()?;
    Ok(())
}

#[test]
fn change_set_of_a_removal() -> Outcome {
    let mut system = system()?;
    let commit = system.commit(Edits::new().cause("取消").remove("powers", "food"))?;
    golden("removal.txt", &commit.to_string())
}

#[test]
fn state_json() -> Outcome {
    let mut system = system()?;
    system.commit(change())?;
    system.commit(Edits::new().set("powers", "food", "type", "02"))?;
    assert_eq!(system.parked().len(), 2);
    let json = system.state().to_json();
    golden("state.json", &json)?;
    let restored = ListSystem::restore(schema()?, &State::from_json(&json)?);
    assert_eq!(restored.system.state().to_json(), json);
    Ok(())
}

#[test]
fn refusals() -> Outcome {
    let mut system = system()?;
    let long = "x".repeat(600);
    let of_shape = Edits::new()
        .set("power", "food", "limit", working_days(3))
        .set("powers", "food", "limt", working_days(3))
        .set("powers", "food", "limit", 3)
        .set("powers", "food", "limit", "3 fortnights")
        .set("powers", "food", "type", "03")
        .set("powers", "food", "fee", "a lot")
        .set("powers", "food", "since", "2024-02-30")
        .set("powers", "fish", "name", "渔业许可")
        .set("powers", "food", "name", None::<&str>)
        .set("powers", "food", "basis", ["food-35", "food-99"])
        .set("powers", "food", "basis", ["food-35", "food-35"])
        .set("powers", "show", "number", "00123")
        .set("services", "food", "name", "食品")
        .insert("bodies", "market", &Record::new().with("name", "市场局"))
        .insert("bodies", "", &Record::new().with("name", "无名"))
        .insert("bodies", "a/b", &Record::new().with("name", "斜线"))
        .insert("bodies", &long, &Record::new().with("name", "长"))
        .insert("bodies", "float", &[("name", 1.5)].into_iter().collect::<std::collections::BTreeMap<_, _>>())
        .insert("bodies", "colour", &Record::new().with("name", "颜色").with("colour", "red"))
        .author("offers", "food/food-city", "body", "market")
        .author("offers", "food/nowhere", "place", "大厅")
        .author("powers", "food", "name", "食品")
        .remove("articles", "food-35")
        .remove("bodies", "nobody");
    let refused = system.commit(of_shape).expect_err("most of them cannot be made");
    golden("refused.txt", &refused.to_string())?;
    golden("faults.json", &serde_json::to_string_pretty(refused.faults())?)?;

    let of_outcome = Edits::new()
        .set("powers", "food", "limit", working_days(0))
        .author("offers", "show/show-city", "promise", working_days(3))
        .author("offers", "food/food-city", "promise", working_days(30));
    let refused = system.commit(of_outcome).expect_err("it would break two rules");
    golden("refused_outcome.txt", &refused.to_string())
}

#[test]
fn faults_of_a_schema() -> Outcome {
    let error = Schema::builder()
        .list("Powers", List::base().field("name", Type::choice("types")).field("body", Type::reference("bodys")))
        .list("bodies", List::base().field("name", Type::Text).unique(["nam"]))
        .list(
            "services",
            List::derived()
                .tier(2)
                .field("name", Type::Integer)
                .field("limit", Field::new(Type::Boolean).write(Write::Narrow(Narrow::AtMost)))
                .rule(Rule::each_row("all", "bodies").set("name", source("name")).set("limit", own("limit")))
                .rule(Rule::each_row("all", "handling").when(source("name"))),
        )
        .list("handling", List::derived().tier(4).field("name", Type::Text).rule(Rule::each_row("all", "services")))
        .check(
            "odd",
            Check::new(Severity::Note, "nowhere", own("name").is("x")).message(Labels::zh_en("{name", "{nam}")),
        )
        .build()
        .expect_err("it does not fit together");
    golden("schema_faults.txt", &error.to_string())
}
