//! Whatever the library prints stands in `tests/goldens/displays.txt`; a public type that prints and is not there is missed by name.
//! Errors are in `tests/errors.rs`. With `UPDATE_GOLDEN` in the environment the file is written anew.

#[path = "errors/public.rs"]
mod public;

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fmt::{Display, Write as _},
    fs,
};

use quanze::{
    Code, Date, Decimal, Duration, Edits, Key, ListSystem, Name, Record, Schema, Value, days,
    explain::Owners,
    feed::{Feed, Window},
    schema::{
        Check, Checksum, CodeScheme, Expr, Field, Fold, Labels, List, Narrow, OnRemove, Path, Probe, Rule, Segment,
        Severity, Type, Write, authored, coalesce, code, collect, count, element, greatest, if_else, join, least, lit,
        own, row, rows_of, source, sum, union,
    },
    working_days,
};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn schema() -> Outcome<Schema> {
    let services = List::derived()
        .tier(2)
        .labels(Labels::zh_en("政务服务事项清单", "services"))
        .field("name", Field::new(Type::Text).write(Write::Suggest))
        .field("promise", Field::new(Type::Duration).write(Write::Narrow(Narrow::AtMost)))
        .rule(Rule::each_row("open", "powers").when(source("open")).inherit(["name"]).set("promise", source("limit")));
    let offers = List::derived().tier(3).field("body", Type::reference("bodies")).rule(
        Rule::each_match("taken_up", "powers", "implementers")
            .on("power", Probe::Is(source("key")))
            .set("body", element("body")),
    );
    let check = Check::new(Severity::Review, "services", own("promise").gt(working_days(15)))
        .message(Labels::zh_en("“{name}”承诺{promise}", "'{name}' takes {promise}"));
    let built = Schema::builder()
        .code_scheme(
            "item",
            CodeScheme::new().segment("body", Segment::digits(2)).segment("check", Segment::digits(1)).checksum(
                Checksum { segment: "check".into(), alphabet: "0123456789".into(), weights: vec![1, 2], modulus: 10 },
            ),
        )
        .list("bodies", List::base().field("name", Type::Text))
        .list(
            "powers",
            List::base().tier(1).field("name", Type::Text).field("limit", Type::Duration).field("open", Type::Boolean),
        )
        .list(
            "implementers",
            List::base()
                .field("power", Field::new(Type::reference("powers")).required().on_remove(OnRemove::Cascade))
                .field("body", Type::reference("bodies")),
        )
        .list("services", services)
        .list("offers", offers)
        .check("slow", check)
        .build()?;
    Ok(built)
}

/// What each type prints.
#[derive(Default)]
struct Printed(BTreeMap<&'static str, Vec<String>>);

impl Printed {
    fn print(&mut self, name: &'static str, printed: impl Display) {
        self.0.entry(name).or_default().push(printed.to_string());
    }

    /// What is a tree too prints it where asked for.
    fn print_both(&mut self, name: &'static str, printed: impl Display) {
        self.print(name, &printed);
        self.0.entry(name).or_default().push(format!("{printed:#}"));
    }
}

fn values(to: &mut Printed) -> Outcome {
    let date: Date = "2024-03-31".parse()?;
    let decimal: Decimal = "0012.50".parse()?;
    let code = Code::new("item", "125");
    for value in [
        Value::Missing,
        "a text".into(),
        (-3).into(),
        decimal.into(),
        true.into(),
        date.into(),
        working_days(10).into(),
        code.clone().into(),
        ["b", "a"].into(),
    ] {
        to.print("Value", value);
    }
    to.print("Date", date);
    to.print("Decimal", decimal);
    to.print("Duration", days(1));
    to.print("Duration", Duration::new(-2, "months"));
    to.print("Code", code);
    to.print("Key", Key::root("a/b~c")?.then("new")?);
    to.print("Name", Name::from("powers"));
    to.print("Path", Path::from("body.name"));
    Ok(())
}

fn expressions(to: &mut Printed) {
    for ty in [
        Type::Text,
        Type::Integer,
        Type::Decimal,
        Type::Boolean,
        Type::Date,
        Type::Duration,
        Type::code("item"),
        Type::choice("types"),
        Type::reference("powers"),
        Type::set(Type::Text),
        Type::sequence(Type::reference("articles")),
    ] {
        to.print("Type", ty);
    }
    for fold in [Fold::Count, Fold::Sum, Fold::Min, Fold::Max, Fold::Collect, Fold::Any, Fold::All] {
        to.print("Fold", fold);
    }
    let expressions: [Expr; 22] = [
        lit("a \"text\""),
        lit(working_days(10)),
        lit(["a", "b"]),
        source("body.name"),
        authored("note"),
        own("a").and(own("b").or(own("c").not())),
        (source("a") + 1) * 2 - source("b") / 3,
        source("a").rem(2).min(3),
        source("a").is("x").and(source("a").ne("y")),
        source("a").lt(1).or(source("a").le(1)).or(source("a").gt(1)).or(source("a").ge(1)),
        source("a").is_in(["x", "y"]).and(source("list").has("x")),
        source("list").subset_of(["x"]).or(source("list").intersects(["y"])),
        source("a").is_missing().or(source("b").is_present()),
        source("a").starts_with("x").and(source("a").ends_with("y")).and(source("a").contains("z")),
        join([source("a"), lit(" – "), element("name")]).length().is(3),
        if_else(source("open"), lit(1), lit(2)),
        coalesce([source("a"), lit(0)]),
        union([source("a"), source("b")]),
        code("item", [lit("12"), source("n")]).is_well_formed(),
        source("code").segment("body").is("12").and(source("code").check_digit_ok()),
        rows_of("implementers", "power").count_where(row("state").is("1")),
        sum(source("fee")) / count(),
    ];
    for expression in expressions {
        to.print("Expr", expression);
    }
    for aggregate in [least(source("a")), greatest(source("a")), collect(source("a"))] {
        to.print("Expr", aggregate);
    }
}

fn systems(to: &mut Printed) -> Outcome {
    let schema = schema()?;
    let bodies = || Schema::builder().list("bodies", List::base().field("name", Type::Text)).build();
    // Whole plans are in goldens of their own.
    to.print("CompiledPlan", bodies()?.plan());
    for text in ["125", "129", "12"] {
        to.print("CodeReport", schema.code_report(&Code::new("item", text)));
    }
    let mut system = ListSystem::new(schema);
    let mut feed = Feed::new(&system, Window::last(2));
    to.print("Cursor", feed.cursor());
    to.print("Retained", feed.retained());
    let power = Record::new().with("name", "Food licence").with("limit", working_days(20)).with("open", true);
    let taken_up = Record::new().with("power", "food").with("body", "market");
    feed.push(
        &system.commit(
            Edits::new()
                .insert("bodies", "market", &Record::new().with("name", "Market bureau"))
                .insert("powers", "food", &power)
                .insert("implementers", "food-market", &taken_up)
                .author("services", "food", "promise", working_days(15))
                .author_because("services", "food", "name", "Food permit", "as on the sign"),
        )?,
    )?;
    to.print("Retained", feed.retained());

    let edits = Edits::new()
        .cause("the law is revised")
        .set("powers", "food", "name", "Food business licence")
        .set("powers", "food", "limit", working_days(10))
        .remove("implementers", "food-market");
    let preview = system.preview(&edits)?;
    to.print("Preview", &preview);
    to.print("Impact", preview.impact(&system.snapshot(), &Owners::new().of("offers", ["body"]))?);
    to.print("Finding", &preview.findings_added()[0]);
    let commit = system.commit(edits)?;
    to.print("Commit", &commit);
    to.print("ChangeSet", &*commit);
    to.print("Change", &commit.changes("services")[0]);
    feed.push(&commit)?;
    to.print("Retained", feed.retained());
    to.print("Cursor", feed.cursor());

    let why = system.explain("services", "food", "promise")?;
    to.print("Place", why.leaves().next().ok_or("it rests on something")?);
    to.print_both("Explanation", &why);
    to.print_both("WhyNot", system.why_not("offers", "food/food-market")?);
    to.print_both("WhyNot", system.why_not("services", "food")?);
    to.print("Feeds", system.feeds("powers", "food")?);

    let unfit = ListSystem::restore(bodies()?, &system.state()).unfit;
    to.print("Misfit", unfit.iter().next().ok_or("powers do not fit")?);
    to.print("Unfit", unfit);
    Ok(())
}

fn printed() -> Outcome<Printed> {
    let mut printed = Printed::default();
    values(&mut printed)?;
    expressions(&mut printed);
    systems(&mut printed)?;
    governing(&mut printed)?;
    Ok(printed)
}

fn governing(printed: &mut Printed) -> Outcome {
    use quanze::governance::{
        Kind, Person,
        deadline::Standing,
        history::{Damage, History},
        procedure::{Course, Stage, Verb, first_issue},
    };
    printed.print("Person", Person::new("张三", "legal_office").of("market"));
    printed.print("Person", Person::new("李四", "supervisor"));
    for kind in Kind::ALL {
        printed.print("Kind", kind);
    }
    let (due, on): (Date, Date) = ("2026-03-12".parse()?, "2026-03-16".parse()?);
    for standing in [
        Standing::Open { due, left: 9 },
        Standing::DueSoon { due, left: 0 },
        Standing::Overdue { due, late: 2 },
        Standing::Met { due, on: due },
        Standing::Missed { due, on, late: 2 },
    ] {
        printed.print("Standing", standing);
        printed.print("Standing", standing.text("zh"));
    }
    let stages = [Stage::Step("draft".into()), Stage::Approved, Stage::Published, Stage::Refused, Stage::Withdrawn];
    for stage in stages {
        printed.print("Stage", &stage);
        printed.print("Stage", stage.text(&first_issue(), "zh"));
    }
    let verbs = [Verb::Pass, Verb::Return("draft".into()), Verb::Refuse, Verb::Raise, Verb::Withdraw, Verb::Publish];
    for verb in verbs {
        printed.print("Verb", &verb);
        printed.print("Verb", verb.text(&first_issue(), "zh"));
    }
    for allowed in Course::begin(&first_issue(), &[]).allowed(&first_issue(), &[]) {
        printed.print("Allowed", &allowed);
        printed.print("Allowed", allowed.text(&first_issue(), "zh"));
        printed.print("Allowed", allowed.text(&first_issue(), "en"));
    }
    for damage in [
        Damage::Empty,
        Damage::Version(2),
        Damage::OtherSchema,
        Damage::Genesis,
        Damage::Changed(3),
        Damage::Missing { from: 3, found: 4 },
        Damage::Missing { from: 3, found: 6 },
        Damage::Reordered { here: 3, found: 5 },
        Damage::Again(3),
        Damage::Checkpoint(3),
    ] {
        printed.print("Damage", damage);
    }
    printed.print("Hash", History::begin(&ListSystem::new(schema()?)).head().hash);
    Ok(())
}

#[test]
fn what_is_printed_is_golden() -> Outcome {
    let mut text = String::new();
    for (name, printed) in printed()?.0 {
        writeln!(text, "{}{name}", if text.is_empty() { "" } else { "\n" })?;
        for printed in printed {
            let mut mark = '·';
            for line in printed.trim_end().split('\n') {
                writeln!(text, "{}", format!("  {mark} {line}").trim_end())?;
                mark = ' ';
            }
        }
    }
    let path = format!("{}/tests/goldens/displays.txt", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &text)?;
    }
    assert_eq!(text, fs::read_to_string(&path)?, "UPDATE_GOLDEN=1 in the environment writes it anew");
    Ok(())
}

#[test]
fn whatever_prints_is_among_it() -> Outcome {
    let errors = public::errors()?;
    let (mut public, mut prints) = (BTreeSet::new(), BTreeSet::new());
    public::visit(&mut |_, text| {
        for line in text.lines() {
            let line = line.trim_start();
            let declared = line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub enum "));
            public.extend(declared.map(|rest| public::word(rest).to_owned()));
            let printing = line.strip_prefix("impl").and_then(|rest| rest.split_once("Display for "));
            prints.extend(printing.map(|(_, name)| public::word(name).to_owned()));
            // Change sets come in two that print alike.
            let alike = line.strip_prefix("change_set!(").and_then(|rest| rest.strip_suffix(");"));
            prints.extend(alike.into_iter().flat_map(str::split_whitespace).map(str::to_owned));
        }
    })?;
    public.extend(["Commit", "Preview"].map(str::to_owned));
    let printed = printed()?.0;
    let missing: Vec<&String> = prints
        .intersection(&public)
        .filter(|name| !errors.contains_key(*name) && !printed.contains_key(name.as_str()))
        .collect();
    assert_eq!(missing, Vec::<&String>::new(), "these print, and are not printed here");
    assert!(prints.contains("Commit") && prints.len() > 25, "only {} were seen", prints.len());
    Ok(())
}
