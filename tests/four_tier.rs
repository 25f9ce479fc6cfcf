//! How the preset behaves: each rule and each check on a small city.

mod oracle;

use std::{collections::BTreeSet, fmt::Write as _};

use oracle::{
    Batch, Edit, State, World, apply, findings,
    state::{Shown, author, discard, insert, set},
};
use quanze::{
    Key, Name, Value,
    four_tier::{self, CheckId, FourTier},
    schema::SchemaBuilder,
};

/// A city and what its four tiers then are.
struct City {
    schema: SchemaBuilder,
    state: State,
}

impl City {
    fn new() -> Self {
        Self::of(&four_tier::options())
    }

    fn of(options: &FourTier) -> Self {
        Self { schema: options.builder(), state: State::default() }.with(city())
    }

    #[track_caller]
    fn with(self, edits: Vec<Edit>) -> Self {
        match apply(&self.schema, &self.state, &Batch::of(edits).recorded()) {
            Ok(state) => Self { state, ..self },
            Err(faults) => panic!("{faults:#?}"),
        }
    }

    fn rows(&self, list: &str) -> Vec<String> {
        let world = World::new(&self.schema, &self.state);
        world.declared_order(&Name::from(list)).iter().map(Key::to_string).collect()
    }

    /// A value as JSON.
    fn value(&self, list: &str, key: &str, field: &str) -> String {
        let world = World::new(&self.schema, &self.state);
        let key: Key = key.parse().expect("a key");
        assert!(world.rows(&list.into()).contains_key(&key), "no row {key} in {list}: {:?}", self.rows(list));
        Shown(&world.value(&list.into(), &key, &field.into())).to_string()
    }

    fn findings(&self) -> BTreeSet<String> {
        let found = findings(&World::new(&self.schema, &self.state)).into_iter();
        found.map(|finding| format!("{} {} {}", finding.check, finding.list, finding.key)).collect()
    }
}

fn keys<const N: usize>(keys: [&str; N]) -> Value {
    keys.into_iter().map(Value::from).collect()
}

/// A city whose lists are as they should be: nothing is found in it.
fn city() -> Vec<Edit> {
    [registers(), powers(), companions(), matters()].concat()
}

fn registers() -> Vec<Edit> {
    let body = |key, name: &str, level: &str, credit: &str| {
        insert(
            "bodies",
            key,
            [
                ("name", name.into()),
                ("level", level.into()),
                ("credit_code", credit.into()),
                ("region", "jiyuan".into()),
            ],
        )
    };
    let law = |key, title: &str| {
        insert("instruments", key, [("title", title.into()), ("kind", "law".into()), ("state", "in_force".into())])
    };
    let article = |key, of: &str, locator: &str| {
        insert("articles", key, [("instrument", of.into()), ("locator", locator.into())])
    };
    let duty = |key, of: &str, text: &str| insert("duties", key, [("body", of.into()), ("text", text.into())]);
    vec![
        insert("regions", "jiyuan", [("name", "济源".into()), ("code", "419001".into())]),
        body("market", "市场监督管理局", "3", "11440000MB2D0164XH"),
        body("party", "党工委宣传部", "3", "11440100007482575H"),
        insert("bodies", "press", [("name", "新闻出版局".into()), ("host", "party".into())]),
        body("county", "县市场监督管理局", "4", "12441500196720244T"),
        body("town", "承留镇", "5", "11511301008778183N"),
        law("food-law", "食品安全法"),
        law("noise-1996", "环境噪声污染防治法"),
        law("noise-2021", "噪声污染防治法"),
        article("food-35", "food-law", "第三十五条"),
        article("food-36", "food-law", "第三十六条"),
        article("noise-1996-20", "noise-1996", "第二十条"),
        article("noise-2021-30", "noise-2021", "第三十条"),
        duty("market-food", "market", "食品安全监督管理"),
        insert(
            "upstream",
            "food-item",
            [
                ("name", "食品经营许可".into()),
                ("catalogue", "licence_list".into()),
                ("conditions", "有固定场所".into()),
                ("channels", keys(["window", "online"])),
                ("materials", keys(["申请书", "营业执照"])),
            ],
        ),
    ]
}

fn powers() -> Vec<Edit> {
    let power = |key, name: &str, ty: &str, number: &str| {
        insert(
            "powers",
            key,
            [
                ("name", name.into()),
                ("type", ty.into()),
                ("main_number", number.into()),
                ("body", "market".into()),
                ("responsible_body", "market".into()),
                ("levels", keys(["3", "4", "5"])),
                ("basis", keys(["food-36", "food-35"])),
                ("duty", "market-food".into()),
                ("state", "1".into()),
            ],
        )
    };
    vec![
        power("food", "食品经营许可", "01", "00101"),
        set("powers", "food", "statutory_limit", "20 working_days"),
        set("powers", "food", "upstream", "food-item"),
        power("fine", "对未经许可经营食品的处罚", "02", "00102"),
        power("inspect", "食品经营检查", "06", "00103"),
        power("help", "食品安全咨询", "20", "00104"),
    ]
}

fn companions() -> Vec<Edit> {
    let implementer = |key, body: &str, level: &str, manner: &str| {
        insert(
            "implementers",
            key,
            [("power", "food".into()), ("body", body.into()), ("level", level.into()), ("manner", manner.into())],
        )
    };
    let variant = |key, kind: &str, serial: &str| {
        insert("variants", key, [("power", "food".into()), ("kind", kind.into()), ("serial", serial.into())])
    };
    vec![
        implementer("food-market", "market", "3", "own"),
        implementer("food-town", "town", "5", "entrusted"),
        variant("food-new", "new", "01"),
        variant("food-renew", "renew", "02"),
        insert(
            "materials",
            "food-form",
            [("implementer", "food-market".into()), ("name", "申请书".into()), ("basis", keys(["food-35"]))],
        ),
        insert(
            "profiles",
            "market-licences",
            [
                ("body", "market".into()),
                ("type", "01".into()),
                ("responsibilities", "依法审查".into()),
                ("accountability_basis", keys(["food-36", "food-35"])),
            ],
        ),
    ]
}

fn matters() -> Vec<Edit> {
    let participant = |key, matter: (&str, &str), body: &str, role: &str, position: i64| {
        insert(
            "participants",
            key,
            [(matter.0, matter.1.into()), ("body", body.into()), ("role", role.into()), ("position", position.into())],
        )
    };
    let waste = ("boundary_matter", "waste");
    let stalls = ("territorial_matter", "stalls");
    vec![
        insert(
            "regulation_matters",
            "food-watch",
            [
                ("name", "食品经营监管".into()),
                ("code", "11A00000101000".into()),
                ("watched", keys(["food"])),
                ("exercised", keys(["inspect"])),
            ],
        ),
        insert(
            "inspection_contents",
            "storage",
            [("matter", "food-watch".into()), ("content", "贮存条件".into()), ("penalty", "fine".into())],
        ),
        insert(
            "fee_matters",
            "food-fee",
            [
                ("charge", "检验费".into()),
                ("body", "market".into()),
                ("powers", keys(["food"])),
                ("standard", "每次100元".into()),
                ("basis", keys(["food-35"])),
            ],
        ),
        insert("intermediary_matters", "food-report", [("name", "检验报告".into()), ("approvals", keys(["food"]))]),
        insert("boundary_matters", "waste", [("name", "餐厨垃圾监管".into()), ("powers", keys(["fine", "inspect"]))]),
        participant("waste-1", waste, "market", "lead", 1),
        participant("waste-2", waste, "press", "cooperate", 2),
        insert("territorial_matters", "stalls", [("name", "流动摊贩管理".into()), ("powers", keys(["inspect"]))]),
        participant("stalls-1", stalls, "market", "lead", 1),
        participant("stalls-2", stalls, "town", "town", 2),
    ]
}

/// After edits, the rows of a list.
#[track_caller]
fn check_rows(edits: Vec<Edit>, list: &str, expect: &[&str]) {
    assert_eq!(City::new().with(edits).rows(list), expect, "{list}");
}

/// After edits, values as JSON; a line each: list, key, field, value.
#[track_caller]
fn check(edits: Vec<Edit>, expect: &str) {
    let city = City::new().with(edits);
    let mut found = String::new();
    let lines = expect.lines().map(str::trim).filter(|line| !line.is_empty());
    let expect = lines.clone().fold(String::new(), |all, line| all + line + "\n");
    for line in lines {
        let mut words = line.splitn(4, ' ');
        let [list, key, field] = std::array::from_fn(|_| words.next().expect("list, key, field"));
        writeln!(found, "{list} {key} {field} {}", city.value(list, key, field)).expect("writing text");
    }
    assert_eq!(found, expect);
}

/// After edits, what is found in the city: check, list, key.
#[track_caller]
fn check_found(edits: Vec<Edit>, expect: &[&str]) {
    let found = City::new().with(edits).findings();
    assert_eq!(found, expect.iter().map(ToString::to_string).collect());
}

#[test]
fn nothing_is_found_in_the_city() {
    check_found(vec![], &[]);
}

#[test]
fn services_are_leaves_on_application_and_public_services() {
    check_rows(vec![], "services", &["food", "help"]);
    check_rows(vec![set("powers", "food", "initiation", "ex_officio")], "services", &["help"]);
    check_rows(vec![set("powers", "help", "initiation", "ex_officio")], "services", &["food", "help"]);
    check_rows(vec![set("powers", "fine", "initiation", "on_application")], "services", &["food", "help"]);
    // Rewards are given ex officio where nothing is said.
    check_rows(vec![set("powers", "fine", "type", "08")], "services", &["food", "help"]);
    let reward = || set("powers", "fine", "type", "08");
    check_rows(
        vec![reward(), set("powers", "fine", "initiation", "on_application")],
        "services",
        &["fine", "food", "help"],
    );
    check_rows(vec![set("powers", "help", "parent", "food")], "services", &["help"]);
}

#[test]
fn enforcement_is_by_type() {
    check_rows(vec![], "enforcement", &["fine", "inspect"]);
    check_rows(vec![set("powers", "food", "type", "04")], "enforcement", &["fine", "food", "inspect"]);
    check_rows(vec![set("powers", "fine", "parent", "inspect")], "enforcement", &["fine"]);
    let city = City::of(&four_tier::options().enforcement_types(["01", "02"]));
    assert_eq!(city.rows("enforcement"), ["fine", "food"]);
    check(
        vec![],
        r#"
        enforcement fine led_to_by ["food-watch"]
        enforcement inspect exercised_in ["food-watch"]
        enforcement inspect led_to_by null
        enforcement fine basis ["food-36","food-35"]
    "#,
    );
}

#[test]
fn a_service_takes_over_what_its_power_says() {
    check(
        vec![],
        r#"
        services food power "food"
        services food name "食品经营许可"
        services food initiation "on_application"
        services food limit "20 working_days"
        services food basis ["food-36","food-35"]
        services food state "1"
        services food basic_code "basic:410100101000"
    "#,
    );
}

#[test]
fn codes_are_composed() {
    check(
        vec![],
        r#"
        service_implementation food/food-market implementation_code "implementation:11440000MB2D0164XH3410100101000"
        service_implementation food/food-town implementation_code "implementation:11511301008778183N5410100101000"
        handling_items food/food-market/food-new handling_code "handling:11440000MB2D0164XH341010010100001"
        inspection_implementation food-watch/market inspection_code "inspection:11440000MB2D0164XH11A00000101000"
    "#,
    );
    // A sub-item has its main item's number and its own.
    let sub = vec![
        set("powers", "help", "parent", "fine"),
        set("powers", "help", "main_number", Value::Missing),
        set("powers", "help", "sub_number", "001"),
    ];
    check(sub, r#"services help basic_code "basic:412000102001""#);
    // Without numbers the code is as entered.
    let entered = vec![set("powers", "food", "main_number", Value::Missing), set("powers", "food", "code", "X-1")];
    check(entered, r#"services food basic_code "basic:X-1""#);
    // A type is part of the code.
    check(vec![set("powers", "food", "type", "07")], r#"services food basic_code "basic:410700101000""#);
}

#[test]
fn a_plaque_acts_under_its_hosts_credit_code() {
    // A credit code entered for the plaque itself is not the one it acts under.
    let plaque = vec![
        set("implementers", "food-market", "body", "press"),
        set("bodies", "press", "credit_code", "11440300MB2C94128A"),
    ];
    check(
        plaque,
        r#"
        service_implementation food/food-market credit_code "credit:11440100007482575H"
        service_implementation food/food-market body "press"
    "#,
    );
}

#[test]
fn implementations_are_services_and_implementers() {
    check_rows(vec![], "service_implementation", &["food/food-market", "food/food-town"]);
    check_rows(vec![set("powers", "food", "initiation", "ex_officio")], "service_implementation", &[]);
    check(
        vec![],
        r#"
        service_implementation food/food-market subject "market"
        service_implementation food/food-town subject "market"
        service_implementation food/food-town body "town"
        service_implementation food/food-town level "5"
    "#,
    );
    let delegated = vec![set("implementers", "food-town", "manner", "delegated")];
    check(delegated, r#"service_implementation food/food-town subject "town""#);
}

#[test]
fn a_promise_narrows_the_limit_at_both_tiers() {
    let promise = |list, key, days| author(list, key, "promised_limit", days);
    let both = || {
        vec![
            promise("service_implementation", "food/food-market", "15 working_days"),
            promise("handling_items", "food/food-market/food-new", "10 working_days"),
        ]
    };
    check(
        both(),
        r#"
        service_implementation food/food-market promised_limit "15 working_days"
        service_implementation food/food-town promised_limit "20 working_days"
        handling_items food/food-market/food-new promised_limit "10 working_days"
        handling_items food/food-market/food-renew promised_limit "15 working_days"
        handling_items food/food-market/food-new limit "20 working_days"
    "#,
    );
    let tightened = [both(), vec![set("powers", "food", "statutory_limit", "12 working_days")]].concat();
    check(
        tightened.clone(),
        r#"
        service_implementation food/food-market promised_limit "12 working_days"
        handling_items food/food-market/food-new promised_limit "10 working_days"
        handling_items food/food-market/food-renew promised_limit "12 working_days"
        handling_items food/food-market/food-new limit "12 working_days"
    "#,
    );
    check_found(tightened, &["service_implementation.promised_limit.looser service_implementation food/food-market"]);
    let unlike = [both(), vec![set("powers", "food", "statutory_limit", "30 days")]].concat();
    check_found(
        unlike,
        &[
            "handling_items.promised_limit.looser handling_items food/food-market/food-new",
            "service_implementation.promised_limit.looser service_implementation food/food-market",
        ],
    );
}

#[test]
fn what_an_implementation_says_itself() {
    check(
        vec![],
        r#"
        service_implementation food/food-market conditions "有固定场所"
        service_implementation food/food-market channels ["window","online"]
        service_implementation food/food-market additional_basis null
    "#,
    );
    let edits = vec![
        author("service_implementation", "food/food-market", "conditions", "有固定场所和设施"),
        author("service_implementation", "food/food-market", "additional_basis", keys(["food-36"])),
        set("powers", "food", "local_basis", keys(["noise-2021-30"])),
        author("service_implementation", "food/food-market", "guide_link", "https://example.cn/1"),
        author("service_implementation", "food/food-town", "guide_link", "https://example.cn/2"),
    ];
    check(
        edits,
        r#"
        service_implementation food/food-market conditions "有固定场所和设施"
        service_implementation food/food-town conditions "有固定场所"
        service_implementation food/food-market additional_basis ["food-36","noise-2021-30"]
        service_implementation food/food-town additional_basis ["noise-2021-30"]
        publication food guide_links ["https://example.cn/1","https://example.cn/2"]
        handling_items food/food-town/food-new guide_link "https://example.cn/2"
    "#,
    );
}

#[test]
fn handling_items_are_implementations_and_variants() {
    check_rows(
        vec![],
        "handling_items",
        &[
            "food/food-market/food-new",
            "food/food-market/food-renew",
            "food/food-town/food-new",
            "food/food-town/food-renew",
        ],
    );
    let named = vec![
        set("variants", "food-renew", "name", "到期延续"),
        author("handling_items", "food/food-town/food-new", "name", "小摊点登记"),
        set("powers", "food", "name", "食品销售许可"),
    ];
    check(
        named,
        r#"
        handling_items food/food-market/food-new name "食品销售许可（新办）"
        handling_items food/food-market/food-renew name "食品销售许可（到期延续）"
        handling_items food/food-town/food-new name "小摊点登记"
        handling_items food/food-market/food-new type "01"
    "#,
    );
}

#[test]
fn inspections_are_by_the_bodies_named_or_those_that_exercise_them() {
    check_rows(vec![], "inspection_implementation", &["food-watch/market"]);
    let named = vec![set("regulation_matters", "food-watch", "inspecting_bodies", keys(["county", "town"]))];
    check_rows(named, "inspection_implementation", &["food-watch/county", "food-watch/town"]);
    check(
        vec![],
        r#"
        inspection_implementation food-watch/market exercised ["inspect"]
        inspection_implementation food-watch/market may_lead_to ["fine"]
        inspection_implementation food-watch/market contents ["贮存条件"]
        regulation food-watch power_names ["食品经营检查","食品经营许可"]
    "#,
    );
}

#[test]
fn matters_say_who_takes_part() {
    check(
        vec![],
        r#"
        boundary waste leads 1
        boundary waste lead ["market"]
        boundary waste cooperating ["press"]
        boundary waste joint null
        territorial stalls lead ["market"]
        territorial stalls towns ["town"]
        fees food-fee power_names ["食品经营许可"]
        intermediary food-report bodies ["market"]
    "#,
    );
    check_rows(
        vec![set("participants", "waste-1", "position", 3)],
        "participants",
        &["stalls-1", "stalls-2", "waste-2", "waste-1"],
    );
}

#[test]
fn nothing_official_vanishes() {
    let cancelled = vec![set("powers", "food", "state", "3"), set("powers", "food", "cancelled_on", "2024-03-01")];
    check(
        cancelled,
        r#"
        services food state "3"
        services food cancelled_on "2024-03-01"
        service_implementation food/food-town state "3"
        handling_items food/food-town/food-new state "3"
        handling_items food/food-town/food-new cancelled_on "2024-03-01"
        publication food state "3"
    "#,
    );
    let suspended_there = vec![
        set("implementers", "food-town", "state", "2"),
        set("implementers", "food-town", "suspended_until", "2024-12-31"),
    ];
    check(
        suspended_there,
        r#"
        services food state "1"
        service_implementation food/food-market state "1"
        service_implementation food/food-town state "2"
        service_implementation food/food-town suspended_until "2024-12-31"
        handling_items food/food-town/food-new state "2"
        handling_items food/food-market/food-new state "1"
    "#,
    );
    check(
        vec![set("variants", "food-new", "state", "3")],
        r#"
        handling_items food/food-market/food-new state "3"
        handling_items food/food-market/food-renew state "1"
    "#,
    );
    let city = City::of(&four_tier::options().in_use_view("handling_items"));
    let city = city.with(vec![set("variants", "food-new", "state", "3")]);
    assert_eq!(city.rows("handling_items").len(), 4);
    assert_eq!(city.rows("handling_items_in_use"), ["food/food-market/food-renew", "food/food-town/food-renew"]);
}

#[test]
fn a_matters_state_follows_its_powers() {
    let states = |fine: &str, inspect: &str| {
        vec![set("powers", "fine", "state", fine), set("powers", "inspect", "state", inspect)]
    };
    check(states("3", "1"), r#"boundary waste state "1""#);
    check(states("3", "2"), r#"boundary waste state "2""#);
    check(states("3", "3"), r#"boundary waste state "3""#);
    // A matter that names no power is in use by its duty clauses.
    check(vec![set("boundary_matters", "waste", "powers", Value::Missing)], r#"boundary waste state "1""#);
    // It can end although its powers go on.
    check(vec![set("boundary_matters", "waste", "state", "3")], r#"boundary waste state "3""#);
    // What it may lead to does not keep a regulation matter alive.
    let watched = vec![set("powers", "food", "state", "3"), set("powers", "inspect", "state", "3")];
    check(
        watched,
        r#"
        regulation food-watch state "3"
        inspection_implementation food-watch/market state "3"
    "#,
    );
}

#[test]
fn a_power_goes_before_its_profile() {
    let profiled = || set("powers", "food", "profile", "market-licences");
    check(
        vec![profiled()],
        r#"
        services food responsibilities "依法审查"
        services food accountability_basis ["food-36","food-35"]
        publication food responsibilities "依法审查"
        publication fine responsibilities null
    "#,
    );
    check(
        vec![profiled(), set("powers", "food", "responsibilities", "现场核查")],
        r#"
        services food responsibilities "现场核查"
        services food accountability_basis ["food-36","food-35"]
    "#,
    );
}

#[test]
fn the_docking_view_says_where_powers_operate() {
    check_rows(vec![], "docking", &["fine", "food", "help", "inspect"]);
    check_rows(vec![set("powers", "fine", "state", "2")], "docking", &["food", "help", "inspect"]);
    check(
        vec![set("powers", "help", "type", "08")],
        r#"
        docking food service_row "food"
        docking food enforcement_row null
        docking food docked true
        docking fine enforcement_row "fine"
        docking fine docked false
        docking help operates false
        docking help in_second_tier false
        docking inspect operates true
    "#,
    );
}

#[test]
fn two_powers_of_one_body_with_one_code() {
    let code = |power| set("powers", power, "code", "410100101000");
    let twice = || vec![code("food"), code("help"), set("powers", "help", "type", "01")];
    let body = "market/basic:410100101000";
    let found = format!("code_twice power_codes {body}");
    check_found(twice(), &[&found, "licence_not_listed powers help"]);
    check_found(
        [twice(), vec![set("powers", "help", "body", "county")]].concat(),
        &["duty_of_another_body powers help", "licence_not_listed powers help", "responsible_body_differs powers help"],
    );
    check_found([twice(), vec![set("powers", "help", "state", "3")]].concat(), &[]);
}

#[test]
fn a_heading_has_no_implementation_of_its_own() {
    let divided = || vec![set("powers", "help", "parent", "food")];
    check_found(divided(), &["heading_implemented powers food"]);
    let ended = vec![set("implementers", "food-market", "state", "3"), set("implementers", "food-town", "state", "3")];
    check_found([divided(), ended].concat(), &[]);
}

#[test]
fn a_power_rests_on_articles_in_force() {
    let none = |power| set("powers", power, "basis", Value::Missing);
    check_found(vec![none("fine")], &["no_article_in_force powers fine"]);
    // A public service rests on its duty clause; without one it wants an article.
    check_found(vec![none("help")], &[]);
    check_found(
        vec![none("help"), set("powers", "help", "duty", Value::Missing)],
        &["duty_missing powers help", "no_article_in_force powers help"],
    );
    check_found(
        vec![none("fine"), set("powers", "fine", "state", "3")],
        &["boundary_power_not_in_use boundary waste", "regulation_power_not_in_use regulation food-watch"],
    );
    check_found(vec![none("fine"), set("powers", "fine", "local_basis", keys(["food-35"]))], &[]);
}

#[test]
fn superseded_editions_are_found_until_they_are_mended() {
    let cites = |power| set("powers", power, "basis", keys(["noise-1996-20", "food-35"]));
    let over = || {
        vec![
            set("instruments", "noise-1996", "state", "superseded"),
            set("instruments", "noise-1996", "successor", "noise-2021"),
            set("articles", "noise-1996-20", "successors", keys(["noise-2021-30"])),
        ]
    };
    check_found(over(), &[]);
    check_found([vec![cites("fine")], over()].concat(), &["basis_superseded powers fine"]);
    check(
        [vec![cites("fine")], over()].concat(),
        r#"
        citations fine/noise-1996-20 state "superseded"
        citations fine/noise-1996-20 successor "noise-2021"
        citations fine/noise-1996-20 successors ["noise-2021-30"]
        citations fine/food-35 state "in_force"
    "#,
    );
    let mended = set("powers", "fine", "basis", keys(["noise-2021-30"]));
    check_found([vec![cites("fine")], over(), vec![mended]].concat(), &[]);
    // All of it gone: nothing in force is left.
    let only = set("powers", "fine", "basis", keys(["noise-1996-20"]));
    check_found([vec![only], over()].concat(), &["basis_superseded powers fine", "no_article_in_force powers fine"]);
    // An article can go while its instrument stays.
    check_found(
        vec![set("articles", "food-36", "state", "repealed")],
        &[
            "basis_superseded powers fine",
            "basis_superseded powers food",
            "basis_superseded powers help",
            "basis_superseded powers inspect",
            "profile_basis_superseded profiles market-licences",
        ],
    );
}

#[test]
fn superseded_editions_elsewhere() {
    let cites = |list, key| set(list, key, "basis", keys(["noise-1996-20"]));
    let over = || set("instruments", "noise-1996", "state", "repealed");
    check_found(vec![cites("fee_matters", "food-fee"), over()], &["fee_basis_superseded fees food-fee"]);
    check_found(
        vec![cites("intermediary_matters", "food-report"), over()],
        &["intermediary_basis_superseded intermediary food-report"],
    );
    check_found(vec![cites("boundary_matters", "waste"), over()], &["boundary_basis_superseded boundary waste"]);
    check_found(
        vec![cites("territorial_matters", "stalls"), over()],
        &["territorial_basis_superseded territorial stalls"],
    );
    check_found(vec![cites("materials", "food-form"), over()], &["material_basis_superseded materials food-form"]);
    let added = author("service_implementation", "food/food-town", "additional_basis", keys(["noise-1996-20"]));
    check_found(vec![added, over()], &["additional_basis_superseded service_implementation food/food-town"]);
}

#[test]
fn duties_and_responsibility() {
    check_found(vec![set("powers", "food", "duty", Value::Missing)], &["duty_missing powers food"]);
    check_found(
        vec![set("duties", "market-food", "body", "county")],
        &[
            "duty_of_another_body powers fine",
            "duty_of_another_body powers food",
            "duty_of_another_body powers help",
            "duty_of_another_body powers inspect",
        ],
    );
    let idle = insert("duties", "market-price", [("body", "market".into()), ("text", "价格监管".into())]);
    check_found(vec![idle], &["duty_founds_nothing duties market-price"]);
    check_found(vec![set("powers", "food", "responsible_body", "county")], &["responsible_body_differs powers food"]);
    // Entrusted: the entrusting body answers, by its own duty.
    let entrusted =
        || vec![set("powers", "food", "body", "county"), set("powers", "food", "entrusting_body", "market")];
    check_found(entrusted(), &[]);
    check_found(
        [entrusted(), vec![set("powers", "food", "responsible_body", "county")]].concat(),
        &["responsible_body_differs powers food"],
    );
    // A plaque: its host's duties, and the host answers.
    let plaque = vec![
        set("powers", "help", "body", "press"),
        set("powers", "help", "responsible_body", "party"),
        insert("duties", "party-press", [("body", "party".into()), ("text", "新闻出版".into())]),
        set("powers", "help", "duty", "party-press"),
    ];
    check_found(plaque, &[]);
    let profile = |power| set("powers", power, "profile", "market-licences");
    check_found(vec![profile("food")], &[]);
    check_found(vec![profile("fine")], &["profile_of_another powers fine"]);
}

#[test]
fn powers_operate_and_are_docked() {
    check_found(vec![set("powers", "food", "upstream", Value::Missing)], &["licence_not_listed powers food"]);
    check_found(vec![set("upstream", "food-item", "catalogue", "state")], &["licence_not_listed powers food"]);
    check_found(vec![set("powers", "help", "type", "08")], &["not_in_second_tier powers help"]);
    let in_a_matter =
        || vec![set("powers", "help", "type", "08"), set("boundary_matters", "waste", "powers", keys(["help"]))];
    check_found(in_a_matter(), &[]);
    check_found(
        [in_a_matter(), vec![set("boundary_matters", "waste", "state", "3")]].concat(),
        &["not_in_second_tier powers help"],
    );
    let immediate = || author("service_implementation", "food/food-market", "case_type", "immediate");
    check_found(vec![immediate()], &["immediate_with_limit service_implementation food/food-market"]);
    let at_once = author("service_implementation", "food/food-market", "promised_limit", "0 working_days");
    check_found(vec![immediate(), at_once], &[]);
}

#[test]
fn bodies_are_valid_today() {
    let today = |date: &str| insert("today", "today", [("date", date.into())]);
    let ends = || set("bodies", "town", "valid_to", "2024-06-30");
    check_found(vec![ends()], &[]);
    check_found(vec![ends(), today("2024-06-30")], &[]);
    check_found(
        vec![ends(), today("2024-07-01")],
        &[
            "body_not_valid validity implementers/food-town/today",
            "body_not_valid validity participants/stalls-2/today",
        ],
    );
    check_found(
        vec![set("bodies", "market", "valid_to", "2024-06-30"), today("2025-01-01")],
        &[
            "body_not_valid validity fee_matters/food-fee/today",
            "body_not_valid validity implementers/food-market/today",
            "body_not_valid validity participants/stalls-1/today",
            "body_not_valid validity participants/waste-1/today",
            "body_not_valid validity powers/fine/today",
            "body_not_valid validity powers/food/today",
            "body_not_valid validity powers/help/today",
            "body_not_valid validity powers/inspect/today",
            "body_not_valid validity regulation_matters/food-watch/market/today",
        ],
    );
    let suspended = || {
        vec![
            set("implementers", "food-town", "state", "2"),
            set("implementers", "food-town", "suspended_until", "2024-06-30"),
        ]
    };
    check_found([suspended(), vec![today("2024-06-30")]].concat(), &[]);
    check_found(
        [suspended(), vec![today("2024-07-01")]].concat(),
        &["suspension_over validity implementers/food-town/today"],
    );
    check_found(vec![set("powers", "food", "levels", keys(["3"]))], &["level_outside_power implementers food-town"]);
}

#[test]
fn matters_that_refer_to_powers_no_longer_in_use() {
    let state = |power, state: &str| set("powers", power, "state", state);
    check_found(
        vec![state("food", "3")],
        &[
            "approval_cancelled intermediary food-report",
            "fee_power_not_in_use fees food-fee",
            "regulation_power_not_in_use regulation food-watch",
        ],
    );
    check_found(
        vec![state("food", "2")],
        &[
            "approval_suspended intermediary food-report",
            "fee_power_not_in_use fees food-fee",
            "regulation_power_not_in_use regulation food-watch",
        ],
    );
    check_found(
        vec![state("inspect", "3")],
        &[
            "boundary_power_not_in_use boundary waste",
            "regulation_power_not_in_use regulation food-watch",
            "territorial_power_not_in_use territorial stalls",
        ],
    );
    // Mended one way or the other: the power leaves the set, or the matter ends too.
    let mended = vec![
        state("inspect", "3"),
        discard("boundary_matters", "waste", "powers", "inspect"),
        set("territorial_matters", "stalls", "state", "3"),
        discard("regulation_matters", "food-watch", "exercised", "inspect"),
    ];
    check_found(mended, &[]);
}

#[test]
fn matters_are_complete() {
    let nothing = |field| set("regulation_matters", "food-watch", field, Value::Missing);
    check_found(vec![nothing("watched")], &[]);
    check_found(vec![nothing("watched"), nothing("exercised")], &["regulation_without_power regulation food-watch"]);
    check_found(
        vec![set("fee_matters", "food-fee", "standard", Value::Missing)],
        &["fee_without_standard_or_basis fees food-fee"],
    );
    check_found(
        vec![set("fee_matters", "food-fee", "basis", Value::Missing)],
        &["fee_without_standard_or_basis fees food-fee"],
    );
    check_found(vec![set("participants", "waste-1", "role", "main")], &["lead_not_one boundary waste"]);
    check_found(vec![set("participants", "waste-2", "role", "lead")], &["lead_not_one boundary waste"]);
    check_found(
        vec![set("participants", "stalls-2", "territorial_matter", Value::Missing)],
        &["participant_owner_not_one participants stalls-2"],
    );
    check_found(
        vec![set("participants", "stalls-2", "boundary_matter", "waste")],
        &["participant_owner_not_one participants stalls-2"],
    );
}

#[test]
fn materials_rest_on_law_and_norm() {
    let form = |field, value: Value| set("materials", "food-form", field, value);
    check_found(vec![form("basis", Value::Missing)], &["material_without_basis materials food-form"]);
    check_found(vec![form("name", "无犯罪证明".into())], &["material_beyond_norm materials food-form"]);
    check_found(vec![form("name", "无犯罪证明".into()), set("powers", "food", "type", "07")], &[]);
    check_found(vec![form("variant", "food-new".into())], &[]);
    let other =
        insert("variants", "help-new", [("power", "help".into()), ("kind", "new".into()), ("serial", "01".into())]);
    check_found(vec![other, form("variant", "help-new".into())], &["material_of_another_power materials food-form"]);
}

#[test]
fn names_and_codes_are_noted() {
    let long = "对食品生产经营者未按照规定的贮存条件贮存食品添加剂和餐饮具等行为的";
    assert_eq!(long.chars().count(), 33);
    let thirty: String = long.chars().take(30).collect();
    check_found(vec![set("powers", "fine", "name", long)], &["name_too_long powers fine"]);
    check_found(vec![set("powers", "fine", "name", thirty)], &[]);
    check_found(vec![set("powers", "food", "code", "豫-01-3")], &["power_code_shape powers food"]);
    check_found(vec![set("powers", "food", "code", "410100101000")], &[]);
    check_found(vec![set("powers", "food", "code", "410200101000")], &["code_of_another_type powers food"]);
    check_found(
        vec![set("bodies", "county", "credit_code", "11440300007542785T")],
        &["wrong_check_digit bodies county"],
    );
    check_found(
        vec![set("bodies", "county", "credit_code", "11511301452259996u")],
        &["credit_code_shape bodies county"],
    );
    check_found(
        vec![set("regulation_matters", "food-watch", "code", "11A")],
        &["regulation_code_shape regulation_matters food-watch"],
    );
    check_found(vec![set("upstream", "food-item", "code", "11A")], &["upstream_code_shape upstream food-item"]);
    check_found(vec![set("regions", "jiyuan", "code", "41900")], &["region_code_shape regions jiyuan"]);
    check_found(vec![set("variants", "food-new", "serial", "1")], &["serial_shape variants food-new"]);
}

#[test]
fn every_check_has_a_case() {
    let cases = concat!(include_str!("four_tier.rs"), include_str!("execution.rs"));
    for check in CheckId::ALL {
        assert!(cases.contains(&format!("\"{} ", check.name())), "no case finds {}", check.name());
    }
}
