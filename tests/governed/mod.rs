//! A small county to be governed: bodies, a law, powers, who implements them, and what was promised.
#![allow(dead_code, reason = "each test uses a part of it")]

use quanze::{
    Date, Edits, ListSystem, Record, four_tier,
    governance::{
        self, Office, Person, Publication, Rules,
        calendar::Calendar,
        case::{Adjustment, AdjustmentError, Case, Circumstances, Compiled, Package, Trigger},
        procedure::{Act, Verb},
    },
    working_days,
};

pub(crate) fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

pub(crate) fn calendar() -> Calendar {
    serde_json::from_str(include_str!("../../examples/data/calendar.json")).expect("the calendar of the examples")
}

pub(crate) fn by(role: &str, body: &str) -> Person {
    Person::new("某人", role).of(body)
}

pub(crate) fn record<const N: usize>(fields: [(&str, &str); N]) -> Record {
    fields.into_iter().fold(Record::new(), |record, (name, value)| record.with(name, value))
}

/// The rows of the county.
pub(crate) fn rows() -> Edits {
    let body = |name, kind, level| record([("name", name), ("kind", kind), ("level", level)]);
    let law = record([("title", "食品法"), ("kind", "law"), ("state", "in_force"), ("effective", "2015-10-01")]);
    let article = |locator| record([("instrument", "food-2015"), ("locator", locator)]);
    let power = |name, ty, body: &str, basis: &str| {
        record([("name", name), ("type", ty), ("body", body), ("state", "1"), ("duty", &format!("{body}-1"))])
            .with("basis", [basis])
            .with("statutory_limit", working_days(20))
    };
    let implementer = |power, body, level, region: &str| {
        record([
            ("power", power),
            ("body", body),
            ("level", level),
            ("region", region),
            ("manner", "own"),
            ("state", "1"),
        ])
    };
    let variant = |power, kind, serial| record([("power", power), ("kind", kind), ("serial", serial), ("state", "1")]);
    let duty = |body| record([("body", body), ("clause", "一"), ("text", "负责")]);
    Edits::new()
        .cause("初始化")
        .insert("regions", "east", &record([("name", "东区"), ("level", "5")]))
        .insert("regions", "west", &record([("name", "西区"), ("level", "5")]))
        .insert("bodies", "market", &body("市场监管局", "department", "4").with("credit_code", "11440000MB2D0164XH"))
        .insert("bodies", "health", &body("卫生健康局", "department", "4"))
        .insert("bodies", "town-a", &body("甲镇", "town", "5"))
        .insert("bodies", "town-b", &body("乙镇", "town", "5"))
        .insert("instruments", "food-2015", &law)
        .insert("articles", "food-2015.35", &article("第三十五条"))
        .insert("articles", "food-2015.36", &article("第三十六条"))
        .insert("articles", "food-2015.122", &article("第一百二十二条"))
        .insert("duties", "market-1", &duty("market"))
        .insert("duties", "health-1", &duty("health"))
        .insert("powers", "licence", &power("食品经营许可", "01", "market", "food-2015.35"))
        .insert("powers", "workshop", &power("小作坊登记", "01", "market", "food-2015.36"))
        .insert("powers", "penalty", &power("无证经营处罚", "02", "market", "food-2015.122"))
        .insert("powers", "canteen", &power("集体用餐许可", "01", "health", "food-2015.35"))
        .insert("implementers", "licence-m", &implementer("licence", "market", "4", "east"))
        .insert("implementers", "workshop-m", &implementer("workshop", "market", "4", "west"))
        .insert("implementers", "canteen-h", &implementer("canteen", "health", "4", "east"))
        .insert("variants", "licence-new", &variant("licence", "new", "01"))
        .insert("variants", "workshop-new", &variant("workshop", "new", "01"))
        .insert("intermediary_matters", "survey", &record([("name", "现场核查")]).with("approvals", ["licence"]))
        .author("service_implementation", "licence/licence-m", "promised_limit", working_days(5))
        .author("service_implementation", "licence/licence-m", "place", "政务大厅一楼")
        .author("service_implementation", "workshop/workshop-m", "promised_limit", working_days(8))
}

pub(crate) fn system() -> ListSystem {
    let schema = governance::schema(&four_tier::options()).expect("the options make a schema");
    let mut system = ListSystem::new(schema);
    system.commit(rows()).unwrap_or_else(|refused| panic!("{refused}"));
    system
}

/// An office that begins on the second of March 2026, a Monday.
pub(crate) fn office() -> Office {
    let rules = Rules::jiyuan(calendar());
    let clerk = by("establishment_office", "market");
    Office::begin(system(), four_tier::owners(), rules, day("2026-03-02"), clerk).expect("the county can be governed")
}

pub(crate) fn package(id: &str, adjustment: Adjustment) -> Package {
    // A town accepts by itself.
    let body = match &adjustment {
        Adjustment::TakeOver { handover, .. } if handover.ends_with("town-b") => "town-b",
        Adjustment::TakeOver { .. } => "town-a",
        _ => "market",
    };
    Package::new(
        id,
        format!("{id}调整"),
        "adjustment",
        (Trigger::LawAmended, day("2026-03-02")),
        by("department", body),
    )
    .case(adjustment, "依据变化")
}

/// Opens a package and passes all its steps on a day, up to publication.
pub(crate) fn approve(office: &mut Office, package: Package, on: &str) {
    let (id, applicant) = (package.id.clone(), package.applicant.clone());
    let on = day(on);
    office.open(package, on, applicant.clone()).unwrap_or_else(|error| panic!("{error}"));
    for act in [
        Act::pass(applicant, on).evidence("grounds", "理由"),
        Act::pass(by("justice_bureau", "market"), on).evidence("legal_opinion", "意见"),
        Act::pass(by("establishment_office", "market"), on),
    ] {
        office.act(id.as_str(), act).unwrap_or_else(|error| panic!("{error}"));
    }
}

/// Publishes what is approved.
pub(crate) fn publish(office: &mut Office, id: &str, on: &str, effective: &str) -> Result<(), governance::OfficeError> {
    let applicant = office.dossier(id).map_or(by("department", "market"), |dossier| dossier.package.applicant.clone());
    let act = Act::new(Verb::Publish, applicant, day(on)).evidence("document", "文");
    office.publish(id, act, Publication::new("某编〔2026〕1号", day(effective))).map(|_| ())
}

/// Opens a package, passes all its steps and publishes it, all on a day.
pub(crate) fn enact(office: &mut Office, id: &str, adjustment: Adjustment, on: &str) {
    approve(office, package(id, adjustment), on);
    publish(office, id, on, on).unwrap_or_else(|error| panic!("{error}"));
}

/// Returns a field of a row as text; `None` where there is no such row.
pub(crate) fn field(system: &ListSystem, list: &str, key: &str, name: &str) -> Option<String> {
    let row = system.list(list).expect("a list").row(key)?;
    Some(row.get(name).expect("a field").to_string())
}

/// Compiles a case against the lists as they are, for a day in April.
pub(crate) fn compile(office: &Office, adjustment: Adjustment) -> Result<Compiled, AdjustmentError> {
    let owners = four_tier::owners();
    let of = Circumstances {
        id: "x",
        cause: "原因",
        applicant: None,
        effective: day("2026-04-01"),
        decision: None,
        owners: &owners,
    };
    Case::new(adjustment, "理由").compile(office.system(), &of)
}
