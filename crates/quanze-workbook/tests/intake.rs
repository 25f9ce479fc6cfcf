//! An import as edits of a living system: added, changed field by field, gone, and what may have happened.

use std::error::Error;

use quanze::{Edits, ListSystem, Record, four_tier, working_days};
use quanze_workbook::{Decisions, Format, Import, Intake, Offer, OnGone, Profile, Sheet, Workbook};

type Tested = Result<(), Box<dyn Error>>;

const HEADINGS: [&str; 7] = ["序号", "事项名称", "权力类型", "实施依据", "行使主体", "备注", "基本编码"];

fn import(rows: &[[&'static str; 4]]) -> Import {
    let rows = rows.iter().map(|[name, power_type, basis, remark]| {
        ["1", *name, *power_type, *basis, "市林业局", *remark, "44 0289876000"]
    });
    let sheet = Sheet::new("清单", std::iter::once(HEADINGS).chain(rows));
    let workbook =
        Workbook { name: "某山市林业局权责清单.xlsx".into(), format: Format::Xlsx, sheets: vec![sheet] };
    Import::of([Ok(workbook)], &Profile::default())
}

const FELLING: [&str; 4] = ["采伐许可", "行政许可", "《中华人民共和国森林法》第五十七条", ""];
const SEEDS: [&str; 4] = ["种子经营许可", "行政许可", "《中华人民共和国种子法》第三十一条", ""];

/// Takes an import in, and returns the intake.
fn take(system: &mut ListSystem, import: &Import, decisions: &Decisions) -> Result<Intake, Box<dyn Error>> {
    let intake = Intake::of(import, &system.snapshot())?;
    system.commit(intake.edits(decisions))?;
    system.verify()?;
    Ok(intake)
}

fn keys(import: &Import) -> Vec<String> {
    import.items.iter().map(|item| item.key.clone()).collect()
}

#[test]
fn a_new_list_is_added_with_what_it_speaks_of() -> Tested {
    let mut system = ListSystem::new(four_tier::schema());
    let list = import(&[FELLING, SEEDS]);
    take(&mut system, &list, &Decisions::default())?;
    let lengths = ["bodies", "instruments", "articles", "powers", "implementers", "services", "service_implementation"]
        .map(|name| system.list(name).map(|list| list.len()));
    assert_eq!(lengths.into_iter().collect::<Result<Vec<_>, _>>()?, [1, 2, 2, 2, 2, 2, 2]);
    let powers = system.list("powers")?;
    let felling = powers.row(&keys(&list)[0]).ok_or("it is there")?;
    assert_eq!(felling.get("body")?.to_string(), "某山市林业局");
    assert_eq!(felling.get("basis")?.to_string(), "中华人民共和国森林法·第五十七条");
    Ok(())
}

#[test]
fn an_unchanged_file_changes_nothing() -> Tested {
    let mut system = ListSystem::new(four_tier::schema());
    let list = import(&[FELLING, SEEDS]);
    take(&mut system, &list, &Decisions::default())?;
    let again = take(&mut system, &import(&[SEEDS, FELLING]), &Decisions::default())?;
    assert!(again.is_empty(), "{again}");
    assert!(again.edits(&Decisions::default()).is_empty());
    Ok(())
}

#[test]
fn changes_are_told_field_by_field_and_leave_the_rest() -> Tested {
    let mut system = ListSystem::new(four_tier::schema());
    let list = import(&[FELLING]);
    take(&mut system, &list, &Decisions::default())?;
    // Others write what the workbook has no column for.
    let key = &keys(&list)[0];
    system.commit(Edits::new().set("powers", key, "statutory_limit", working_days(20)))?;

    let changed = import(&[["采伐许可", "行政许可", "《中华人民共和国森林法》第五十七条、第五十八条", "已下放"]]);
    let intake = take(&mut system, &changed, &Decisions::default())?;
    let lines = intake.to_string();
    let expected = format!(
        "1 rows added, 1 changed, 0 gone\n\
         + articles 中华人民共和国森林法·第五十八条\n\
         ~ powers {key}\n    \
             basis: [\"中华人民共和国森林法·第五十七条\"] → [\"中华人民共和国森林法·第五十七条\",\"中华人民共和国森林法·第五十八条\"]\n    \
             remark: null → \"已下放\"\n"
    );
    assert_eq!(lines, expected);
    let powers = system.list("powers")?;
    assert_eq!(powers.row(key).ok_or("it is there")?.get("statutory_limit")?, working_days(20).into());
    Ok(())
}

#[test]
fn registers_that_are_there_are_used() -> Tested {
    let mut system = ListSystem::new(four_tier::schema());
    let law = |edition: &str, state: &str| {
        Record::new()
            .with("title", "中华人民共和国森林法")
            .with("kind", "law")
            .with("edition", edition)
            .with("state", state)
    };
    system.commit(
        Edits::new()
            .insert("bodies", "forestry", &Record::new().with("name", "某山市林业局"))
            .insert("instruments", "forest-1984", &law("1984", "superseded"))
            .insert("instruments", "forest-2019", &law("2019", "in_force"))
            .insert("articles", "a57", &Record::new().with("instrument", "forest-2019").with("locator", "第五十七条")),
    )?;
    let list = import(&[FELLING]);
    take(&mut system, &list, &Decisions::default())?;
    let powers = system.list("powers")?;
    let row = powers.row(&keys(&list)[0]).ok_or("it is there")?;
    assert_eq!((row.get("body")?.to_string(), row.get("basis")?.to_string()), ("forestry".into(), "a57".into()));
    assert_eq!((system.list("bodies")?.len(), system.list("articles")?.len()), (1, 1));
    Ok(())
}

#[test]
fn what_is_gone_is_told_and_offered() -> Tested {
    let old = import(&[
        FELLING,
        ["对毁坏林木的处罚", "行政处罚", "《中华人民共和国森林法》第七十四条", ""],
        ["甲类种子检验", "行政检查", "《中华人民共和国种子法》第四十六条", ""],
        ["乙类苗木抽检", "行政检查", "《中华人民共和国种子法》第四十六条", ""],
        ["林地审批", "行政许可", "《中华人民共和国森林法》第三十八条", ""],
    ]);
    let new = import(&[
        FELLING,
        ["对毁坏林木行为的处罚", "行政处罚", "《中华人民共和国森林法》第七十六条", ""],
        ["种苗质量监督", "行政检查", "《中华人民共和国种子法》第四十六条", ""],
        ["临时占用许可", "行政许可", "《中华人民共和国森林法》第三十八条", ""],
        ["永久使用核准", "行政许可", "《中华人民共和国森林法》第三十八条", ""],
    ]);
    let mut system = ListSystem::new(four_tier::schema());
    take(&mut system, &old, &Decisions::default())?;
    let intake = Intake::of(&new, &system.snapshot())?;
    let (before, after) = (keys(&old), keys(&new));
    assert_eq!(intake.gone.len(), 4);
    let mut merged = vec![before[2].clone(), before[3].clone()];
    merged.sort();
    let mut split = vec![after[3].clone(), after[4].clone()];
    split.sort();
    let renamed = Offer::Renamed { from: before[1].clone(), to: after[1].clone() };
    for offer in [
        renamed,
        Offer::Merged { from: merged, to: after[2].clone() },
        Offer::Split { from: before[4].clone(), to: split },
    ] {
        assert!(intake.offers.contains(&offer), "{offer:?} is not among {:?}", intake.offers);
    }
    assert_eq!(intake.offers.len(), 3);

    // Nothing is taken out by itself.
    let mut kept = ListSystem::restore(four_tier::schema(), &system.state()).system;
    kept.commit(intake.edits(&Decisions::default()))?;
    assert_eq!(kept.list("powers")?.len(), 9);

    // One is renamed, and keeps what was written about it; the others are cancelled.
    system.commit(Edits::new().set("powers", &before[1], "statutory_limit", working_days(5)))?;
    let mut decisions = Decisions { on_gone: OnGone::Cancel, ..Decisions::default() };
    decisions.renamed.insert(before[1].clone(), after[1].clone());
    take(&mut system, &new, &decisions)?;
    let powers = system.list("powers")?;
    assert!(powers.row(&before[1]).is_none());
    let row = powers.row(&after[1]).ok_or("it goes on")?;
    assert_eq!(
        (row.get("name")?, row.get("statutory_limit")?),
        ("对毁坏林木行为的处罚".into(), working_days(5).into())
    );
    let cancelled = powers.rows().filter(|row| row.get("state").is_ok_and(|state| state.to_string() == "3")).count();
    assert_eq!((powers.len(), cancelled), (8, 3));
    assert!(Intake::of(&new, &system.snapshot())?.is_empty());
    Ok(())
}

#[test]
fn other_departments_are_left_alone() -> Tested {
    let mut system = ListSystem::new(four_tier::schema());
    let body = Record::new().with("name", "某山市农业局");
    let power = Record::new().with("name", "农药许可").with("type", "01").with("body", "farm").with("state", "1");
    system.commit(Edits::new().insert("bodies", "farm", &body).insert("powers", "pesticide", &power))?;
    let intake =
        take(&mut system, &import(&[FELLING]), &Decisions { on_gone: OnGone::Cancel, ..Decisions::default() })?;
    assert_eq!(intake.gone, Vec::<String>::new());
    assert_eq!(system.list("powers")?.row("pesticide").ok_or("it stays")?.get("state")?.to_string(), "1");
    Ok(())
}

#[test]
fn another_schema_is_an_error() -> Tested {
    let schema = quanze::Schema::builder().list("a", quanze::schema::List::base()).build()?;
    let error = Intake::of(&import(&[FELLING]), &ListSystem::new(schema).snapshot()).expect_err("it has no bodies");
    assert!(error.to_string().contains("bodies"), "{error}");
    Ok(())
}
