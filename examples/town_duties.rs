//! A list of one's own: the duties of towns (乡镇履职事项清单) are added to the four-tier system from JSON, and follow.
//!
//! `cargo run --example town_duties`

#[path = "law_repealed/columns.rs"]
#[expect(dead_code, reason = "the other example uses more of it")]
mod columns;

use std::{error::Error, fmt::Write as _, fs, io::Write as _, process::ExitCode};

use columns::{Align, Columns};
use quanze::{Edits, ListSystem, Record, Schema, Snapshot, four_tier, schema::SchemaBuilder};

const DUTIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/town_duties.json");

fn main() -> ExitCode {
    let told = tell().map_err(|error| error.to_string());
    let written = match &told {
        Ok(text) => std::io::stdout().write_all(text.as_bytes()),
        Err(error) => writeln!(std::io::stderr(), "error: {error}"),
    };
    ExitCode::from(u8::from(told.is_err() || written.is_err()))
}

/// Adds the list, lets a town take up a power and give it back, and prints the list each time.
pub(crate) fn tell() -> Result<String, Box<dyn Error>> {
    let parts: SchemaBuilder = serde_json::from_str(&fs::read_to_string(DUTIES)?)?;
    let mut system = ListSystem::new(four_tier::schema().extend(parts)?);
    let mut text = String::new();

    system.commit(town())?;
    writeln!(text, "乡镇（街道）履职事项清单  〔示例〕\n\n两项职责由承接和参与产生：")?;
    text.push_str(&duties(&system.snapshot())?);

    let edits = Edits::new()
        .cause("镇政府填写经办人")
        .author("town_duties", "implementers/street-stall-town", "contact", "王某〔示例〕")
        .set("implementers", "street-stall-town", "manner", "delegated");
    let commit = system.commit(edits)?;
    writeln!(text, "\n委托改为下放，并填写经办人，变动{}行：", commit.len())?;
    text.push_str(&duties(&system.snapshot())?);

    let commit =
        system.commit(Edits::new().cause("上级收回").set("implementers", "street-stall-town", "state", "3"))?;
    writeln!(text, "\n上级部门收回，变动{}行；镇政府填写的内容保留：", commit.len())?;
    text.push_str(&duties(&system.snapshot())?);

    system.verify()?;
    Ok(text)
}

/// A bureau, a town, a power that the town takes up, and a matter in which it takes part.
fn town() -> Edits {
    let body =
        |name: &str, kind: &str, level: &str| Record::new().with("name", name).with("kind", kind).with("level", level);
    Edits::new()
        .cause("示例数据")
        .insert("bodies", "city-management", &body("城市管理局", "department", "3"))
        .insert("bodies", "chengliu", &body("承留镇人民政府", "town", "5"))
        .insert(
            "powers",
            "street-stall",
            &Record::new()
                .with("name", "临时占道经营许可")
                .with("type", "01")
                .with("body", "city-management")
                .with("responsibilities", "受理、现场查看、决定")
                .with("state", "1"),
        )
        .insert(
            "implementers",
            "street-stall-town",
            &Record::new()
                .with("power", "street-stall")
                .with("body", "chengliu")
                .with("level", "5")
                .with("manner", "entrusted"),
        )
        .insert("territorial_matters", "dust", &Record::new().with("name", "扬尘污染管控"))
        .insert(
            "participants",
            "dust-town",
            &Record::new()
                .with("territorial_matter", "dust")
                .with("body", "chengliu")
                .with("role", "town")
                .with("duty", "日常巡查，劝阻并报告"),
        )
}

/// Prints the list, with its own labels and vocabularies.
fn duties(now: &Snapshot) -> Result<String, Box<dyn Error>> {
    let spec: &SchemaBuilder = Schema::spec(now.schema());
    let list = &spec.lists["town_duties"];
    let label = |field: &str| list.fields[field].labels.get_or_first("zh").unwrap_or(field).to_owned();
    let titles = ["category", "name", "duty", "state", "contact"];
    let labels = titles.map(label);
    let mut table = Columns::new(labels.each_ref().map(|label| (label.as_str(), Align::Left)));
    for row in now.list("town_duties")?.rows() {
        let choice = |vocabulary: &str, code: String| {
            let labels = spec.vocabularies[vocabulary].choices.get(code.as_str());
            labels.and_then(|labels| labels.get_or_first("zh")).map_or(code.clone(), str::to_owned)
        };
        let [category, name, duty, state, contact] = titles.map(|field| row.get(field).map(|value| value.to_string()));
        table.row([choice("town_duty_categories", category?), name?, duty?, choice("states", state?), contact?]);
    }
    Ok(table.set())
}
