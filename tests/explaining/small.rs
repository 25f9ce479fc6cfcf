//! A small system with every kind of rule, one city of the preset, and the files that texts are compared with.

use quanze::{
    Edits, ListSystem, Schema, Value, four_tier,
    schema::{
        Field, Fold, Labels, List, Narrow, OnRemove, Probe, Rule, Table, Type, Vocabulary, Write, authored, coalesce,
        collect, count, element, if_else, join, lit, own, row, rows_of, source, sum,
    },
    working_days,
};

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

pub(crate) fn record<const N: usize>(fields: [(&str, Value); N]) -> std::collections::BTreeMap<String, Value> {
    fields.into_iter().map(|(field, value)| (field.to_owned(), value)).collect()
}

pub(crate) fn system() -> Result<ListSystem, Box<dyn std::error::Error>> {
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
pub(crate) fn golden(name: &str, found: &str) -> Result<(), Box<dyn std::error::Error>> {
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

/// A food licence of one bureau, with one variant, resting on two articles.
pub(crate) fn city() -> Result<ListSystem, Box<dyn std::error::Error>> {
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
