//! The city of `examples/data`, governed: its lists, its people, and the days on which they work.

use std::{error::Error, path::Path};

use quanze::{
    Date, Edits, ListSystem, Record, four_tier,
    governance::{
        self, Office, Person, Publication, Rules,
        case::{Package, Trigger},
        procedure::{Act, Verb},
    },
};

use super::facts::Facts;

pub(crate) type Done<T = ()> = Result<T, Box<dyn Error>>;

pub(crate) fn day(text: &str) -> Date {
    text.parse().expect("a day of the story")
}

/// Somebody of a body in a role. Nobody real is meant.
pub(crate) fn person(role: &str, body: &str) -> Person {
    let name = match role {
        "business_office" => "李业务",
        "department" => "王申请",
        "legal_office" => "赵法制",
        "justice_bureau" => "钱司法",
        "establishment_office" => "孙编办",
        "commission" => "周编委",
        _ => "吴经办",
    };
    Person::new(name, role).of(body)
}

pub(crate) fn record<const N: usize>(fields: [(&str, &str); N]) -> Record {
    fields.into_iter().fold(Record::new(), |record, (name, value)| record.with(name, value))
}

/// Reads the tables, and begins to govern what they hold.
pub(crate) fn office(on: Date) -> Done<Office> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data"));
    let facts = Facts::load(folder)?;
    let mut system = ListSystem::new(governance::schema(&four_tier::options())?);
    // What is printed is recorded as it is: blocking findings of the past do not keep it out.
    system
        .commit(facts.import.clone().cause("导入已公布清单").record_findings())
        .map_err(|refused| facts.locate(&refused))?;
    let calendar = serde_json::from_str(&std::fs::read_to_string(folder.join("calendar.json"))?)?;
    let clerk = person("establishment_office", "municipal-government");
    Ok(Office::begin(system, four_tier::owners(), Rules::jiyuan(calendar), on, clerk)?)
}

/// Begins a package of a body that passes the procedure of adjustments.
pub(crate) fn package(id: &str, title: &str, body: &str, trigger: Trigger, on: Date) -> Package {
    Package::new(id, title, "adjustment", (trigger, on), person("department", body))
}

/// The steps of an adjustment.
#[derive(Clone, Copy)]
pub(crate) enum Step {
    Applied,
    Reviewed,
    Approved,
}

/// Takes a step of an adjustment on a day.
pub(crate) fn step(office: &mut Office, id: &str, body: &str, step: Step, on: Date) -> Done {
    let superior = "municipal-government";
    let act = match step {
        Step::Applied => Act::pass(person("department", body), on).evidence("grounds", "调整申请（示例）"),
        Step::Reviewed => {
            Act::pass(person("justice_bureau", superior), on).evidence("legal_opinion", "法制审查意见（示例）")
        }
        Step::Approved => Act::pass(person("establishment_office", superior), on).opinion("同意"),
    };
    Ok(office.act(id, act)?)
}

/// Takes all steps of an adjustment on a day.
pub(crate) fn approve(office: &mut Office, id: &str, body: &str, on: Date) -> Done {
    [Step::Applied, Step::Reviewed, Step::Approved].into_iter().try_for_each(|taken| step(office, id, body, taken, on))
}

/// Publishes what is approved; nothing of it shows before the day on which it takes effect.
pub(crate) fn publish(office: &mut Office, id: &str, body: &str, number: &str, on: Date, effective: Date) -> Done {
    let act = Act::new(Verb::Publish, person("department", body), on).evidence("document", number);
    office.publish(id, act, Publication::new(number, effective))?;
    Ok(())
}

/// Opens a package, and has it pass and published on a day.
pub(crate) fn enact(office: &mut Office, package: Package, number: &str, on: Date) -> Done {
    let (id, body) = (package.id.clone(), package.applicant.body.clone().unwrap_or_default());
    office.open(package, on, person("department", &body))?;
    approve(office, &id, &body, on)?;
    publish(office, &id, &body, number, on, on)
}

/// An item that follows on others, with one that implements it and one variant.
pub(crate) fn item(key: &str, name: &str, body: &str, articles: &[&str]) -> governance::case::NewItem {
    let power = record([("name", name), ("type", "01"), ("body", body), ("levels", "3")]);
    let power = power.with("levels", ["3"]).with("basis", articles.to_vec());
    let implementer = record([("power", key), ("body", body), ("level", "3"), ("manner", "own"), ("state", "1")]);
    let variant = record([("power", key), ("kind", "new"), ("serial", "01"), ("state", "1")]);
    let companions = Edits::new().insert("implementers", format!("im-{key}"), &implementer).insert(
        "variants",
        format!("{key}-new"),
        &variant,
    );
    governance::case::NewItem::new(key, power).companions(companions)
}
