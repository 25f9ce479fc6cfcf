//! Lists out and in again: what a format holds comes back, the same snapshot gives the same bytes, and nothing is a formula.

mod support;

use std::{collections::BTreeSet, error::Error};

use proptest::prelude::*;
use quanze::{
    Edits, ListSystem, Record, Schema, four_tier,
    schema::{Field, Labels, List, Type, Vocabulary},
};
use quanze_workbook::{
    Csv, Decisions, Form, Guard, Import, Intake, Limits, Mark, Notice, Profile, Sheet, Table, Workbook, out,
    to_json_lines, to_xlsx,
};
use serde_json::{Map, Value as Json};

type Tested = Result<(), Box<dyn Error>>;

/// A list with a field of each type.
fn schema() -> Schema {
    let labelled = |ty, zh: &str| Field::new(ty).labels(Labels::zh_en(zh, "label"));
    let colours = Vocabulary::new()
        .choice("r", Labels::zh_en("红", "red"))
        .choice("g", Labels::zh_en("绿", "green"))
        .choice("绿", Labels::zh_en("蓝", "blue"));
    Schema::builder()
        .vocabulary("colours", colours)
        .list("others", List::base().field("name", Type::Text))
        .list(
            "rows",
            List::base()
                .labels(Labels::zh_en("各/种", "all: kinds"))
                .field("text", labelled(Type::Text, "文字"))
                .field("number", labelled(Type::Integer, "数"))
                .field("truth", labelled(Type::Boolean, "真假"))
                .field("amount", labelled(Type::Decimal, "金额"))
                .field("day", labelled(Type::Date, "日期"))
                .field("limit", labelled(Type::Duration, "时限"))
                .field("colour", labelled(Type::choice("colours"), "颜色"))
                .field("colours", labelled(Type::set(Type::choice("colours")), "颜色"))
                .field("texts", labelled(Type::sequence(Type::Text), "各项"))
                .field("other", labelled(Type::reference("others"), "其他")),
        )
        .build()
        .expect("it fits together")
}

/// Text that people type and programs stumble over.
fn text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "=", "+1", "-", "@", "'", "''", "\"", ",", ";", "|", "\n", "\\", "\\n", " ", "\u{3000}", "甲", "许可", "<b>",
        "&", "key", "#", "0012", "1", "true", "，", "　", "*",
    ]);
    let pieces = prop::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat());
    pieces.prop_filter("a blank cell is no value", |text| !text.trim().is_empty())
}

fn record() -> impl Strategy<Value = Map<String, Json>> {
    let choice = || prop::sample::select(vec!["r", "g", "绿"]);
    let distinct = |texts: Vec<String>| {
        let mut seen = BTreeSet::new();
        texts.into_iter().filter(|text| seen.insert(text.clone())).collect::<Vec<_>>()
    };
    let optional = (
        prop::option::of(text()),
        prop::option::of(any::<i64>()),
        prop::option::of(any::<bool>()),
        prop::option::of((-9_999_i64..9_999).prop_map(|cents| format!("{}.{:02}", cents / 100, cents.abs() % 100))),
        prop::option::of((1_u32..13, 1_u32..29).prop_map(|(month, day)| format!("2024-{month:02}-{day:02}"))),
        prop::option::of((0_i64..99).prop_map(|days| format!("{days} working_days"))),
        prop::option::of(choice()),
        prop::collection::btree_set(choice(), 0..3),
        prop::collection::vec(text().prop_map(|text| text.replace('\n', "。")), 0..4).prop_map(distinct),
        prop::option::of(prop::sample::select(vec!["one", "a~1b"])),
    );
    optional.prop_map(|(text, number, truth, amount, day, limit, colour, colours, texts, other)| {
        let fields = [
            ("text", Json::from(text)),
            ("number", number.into()),
            ("truth", truth.into()),
            ("amount", amount.into()),
            ("day", day.into()),
            ("limit", limit.into()),
            ("colour", colour.into()),
            ("colours", colours.into_iter().collect::<Vec<_>>().into()),
            ("texts", texts.into()),
            ("other", other.into()),
        ];
        fields.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value)).collect()
    })
}

fn others() -> Edits {
    let other = Record::new().with("name", "other");
    Edits::new().insert("others", "one", &other).insert("others", "a~1b", &other)
}

fn system(records: &[(String, Map<String, Json>)]) -> ListSystem {
    let mut system = ListSystem::new(schema());
    let edits = records.iter().fold(others(), |edits, (key, record)| edits.insert("rows", key, record));
    system.commit(edits).expect("the records fit the schema");
    system
}

fn rebuilt(edits: Edits) -> ListSystem {
    let mut system = ListSystem::new(schema());
    system.commit(others()).expect("they are there");
    system.commit(edits).expect("what was written is read");
    system
}

fn records() -> impl Strategy<Value = Vec<(String, Map<String, Json>)>> {
    let key = prop::sample::select(vec!["=1", "b", "甲", "it's", "'q", "a~1b", "k 1", "-k"]);
    prop::collection::btree_map(key.prop_map(str::to_owned), record(), 0..6).prop_map(|map| map.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn what_a_format_holds_comes_back(records in records(), zh in any::<bool>(), guarded in any::<bool>()) {
        let system = system(&records);
        let snapshot = system.snapshot();
        let form = if zh { Form::Labels("zh".into()) } else { Form::Names };
        let table = Table::of(&snapshot, "rows", &form).expect("there is such a list");

        let guard = if guarded { Guard::On } else { Guard::Off };
        let mark = if zh { Mark::Utf8 } else { Mark::None };
        let csv = table.to_csv(Csv { mark, guard });
        for (bytes, guard) in [(csv.into_bytes(), guard), (to_xlsx(&[table]).expect("it fits"), Guard::Off)] {
            let workbook = Workbook::from_bytes("rows", &bytes, Limits::default()).expect("it is a workbook");
            let rows = out::rows(&schema(), "rows", &workbook.sheets[0], guard).expect("these are its columns");
            let again = rebuilt(out::insert("rows", &rows));
            prop_assert_eq!(system.state().to_json(), again.state().to_json().replace("\"revision\": 2", "\"revision\": 1"));
        }

        let lines = to_json_lines(&snapshot, "rows").expect("there is such a list");
        let edits = lines.lines().fold(Edits::new(), |edits, line| {
            let mut object: Map<String, Json> = serde_json::from_str(line).expect("a line is an object");
            let key = object.remove("key").expect("it has a key");
            edits.insert("rows", key.as_str().expect("it is text"), &object)
        });
        let again = rebuilt(edits);
        prop_assert_eq!(to_json_lines(&again.snapshot(), "rows").expect("there is"), lines);
    }

    #[test]
    fn nothing_in_a_guarded_file_is_a_formula(records in records()) {
        let system = system(&records);
        let csv = Table::of(&system.snapshot(), "rows", &Form::Names).expect("there is").to_csv(Csv::default());
        let workbook = Workbook::from_bytes("a.csv", csv.as_bytes(), Limits::default()).expect("it is text");
        let sheet = &workbook.sheets[0];
        for row in 0..sheet.height() {
            for cell in sheet.row(row) {
                prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{}", cell);
            }
        }
    }
}

#[test]
fn the_same_state_gives_the_same_bytes() -> Tested {
    let row = |text: &str| Record::new().with("text", text);
    let mut one = ListSystem::new(schema());
    one.commit(Edits::new().insert("rows", "a", &row("甲")).insert("rows", "b", &row("乙")))?;
    let mut other = ListSystem::new(schema());
    other.commit(Edits::new().insert("rows", "b", &row("丙")))?;
    other.commit(Edits::new().insert("rows", "a", &row("甲")).set("rows", "b", "text", "乙"))?;
    let form = Form::Labels("zh".into());
    let written = |system: &ListSystem| -> Result<_, Box<dyn Error>> {
        let snapshot = system.snapshot();
        let table = Table::of(&snapshot, "rows", &form)?;
        let texts = (table.to_csv(Csv::default()), table.to_markdown(), to_json_lines(&snapshot, "rows")?);
        Ok((to_xlsx(&[table.clone(), table])?, texts))
    };
    let (bytes, texts) = written(&one)?;
    assert!((&bytes, texts) == (&written(&other)?.0, written(&other)?.1));
    // What a spreadsheet says of itself is no clock's.
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes))?;
    let about = std::io::read_to_string(archive.by_name("docProps/core.xml")?)?;
    assert!(about.contains("2000-01-01T00:00:00Z") && about.matches("T00:00:00Z").count() == 2, "{about}");
    Ok(())
}

#[test]
fn tables_for_people() -> Tested {
    let mut system = ListSystem::new(schema());
    let record = Record::new().with("text", "a|b\n<c>").with("colours", vec!["r", "g"]);
    system.commit(Edits::new().insert("rows", "k", &record))?;
    let table = Table::of(&system.snapshot(), "rows", &Form::Labels("zh".into()))?;
    // Two fields share a label, and go by their names; a label that is another choice's code is no label.
    assert_eq!(
        table.headings,
        ["key", "文字", "数", "真假", "金额", "日期", "时限", "colour", "colours", "各项", "其他"]
    );
    assert_eq!(table.rows[0][8], "红\ng");
    let markdown = table.to_markdown();
    assert!(
        markdown.starts_with("## 各/种\n\n| key | 文字 |") && markdown.contains("| k | a\\|b<br>&lt;c&gt; |"),
        "{markdown}"
    );

    // Two sheets of one name, which no sheet may have.
    let workbook = Workbook::from_bytes("a.xlsx", &to_xlsx(&[table.clone(), table.clone()])?, Limits::default())?;
    let names: Vec<&str> = workbook.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    assert_eq!(names, ["各种", "各种 2"]);

    let mut long = table;
    long.rows[0][1] = "长".repeat(32_768);
    let error = to_xlsx(&[long]).expect_err("no cell holds it");
    assert!(error.to_string().starts_with("各/种, row 1, 文字: the text is longer"), "{error}");
    Ok(())
}

#[test]
fn what_is_no_table_of_the_list_is_said() {
    let read = |rows: &[[&str; 2]]| out::rows(&schema(), "rows", &Sheet::new("a", rows.iter().copied()), Guard::On);
    let error = |rows: &[[&str; 2]]| read(rows).expect_err("it is wrong").to_string();
    assert_eq!(error(&[["key", "colur"]]), "rows: there is no field 'colur'");
    assert_eq!(error(&[["text", "number"]]), "rows: no column is called 'key'");
    assert_eq!(error(&[["key", "text"], ["", "x"]]), "rows: row 2 has no key");
    assert_eq!(
        out::rows(&schema(), "none", &Sheet::default(), Guard::On).expect_err("it is wrong").to_string(),
        "none: there is no such list"
    );
}

const PUBLISHED: &str = "序号,事项名称,子项名称,权力类型,实施依据,行使主体,承办机构,实施层级,层级权限,部门职责,法定时限,备注\n\
    1,采伐许可,新办,行政许可,\"【法律】《中华人民共和国森林法》（2019年修订）\n第五十七条：采伐林木。\n【规章】《〈森林法〉办法》（林业局令第3号）第三条第二款\",\
    某山市林业局,资源科,市级,负责市本级,负责林木采伐,20个工作日,=无\n\
    2,对毁林的处罚,,行政处罚,《中华人民共和国森林法》第七十四条,各区林业局,,县级,,负责执法,,\n";

#[test]
fn a_published_list_is_imported_as_it_was() -> Tested {
    let import =
        Import::of([Workbook::from_bytes("a.csv", PUBLISHED.as_bytes(), Limits::default())], &Profile::default());
    let mut system = ListSystem::new(four_tier::schema());
    system.commit(Intake::of(&import, &system.snapshot())?.edits(&Decisions::default()))?;
    published_again(&system, 2)?;
    let table = Table::published(&system.snapshot())?;
    assert_eq!(table.headings[..5], ["序号", "事项名称", "权力类型", "实施依据", "行使主体"]);
    let licence = table.rows.iter().find(|row| row[1] == "采伐许可：新办").ok_or("it is there")?;
    assert_eq!(
        licence[3],
        "【法律】《中华人民共和国森林法》（2019）第五十七条\n【规章】《〈森林法〉办法》（林业局令第3号）第三条第二款"
    );
    assert!(!table.findings.is_empty(), "no power names a licence list");
    Ok(())
}

/// Publishes a system's powers and imports them: nothing differs.
fn published_again(system: &ListSystem, powers: usize) -> Tested {
    let snapshot = system.snapshot();
    let table = Table::published(&snapshot)?;
    let files = [
        ("p.xlsx", to_xlsx(std::slice::from_ref(&table))?),
        ("p.csv", table.to_csv(Csv { guard: Guard::Off, ..Csv::default() }).into_bytes()),
    ];
    for (name, bytes) in files {
        let import = Import::of([Workbook::from_bytes(name, &bytes, Limits::default())], &Profile::default());
        assert_eq!(import.items.len(), powers, "{name}");
        let intake = Intake::of(&import, &snapshot)?;
        assert!(intake.is_empty(), "{name}: {}", intake.to_string().chars().take(2_000).collect::<String>());
    }
    Ok(())
}

#[test]
fn published_workbooks_go_out_and_in() -> Tested {
    let Some(folder) = support::workbooks() else { return Ok(()) };
    let mut paths: Vec<_> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    paths.sort();
    let import = Import::open(&paths, &Profile::default(), Limits::default(), |_| {});
    let mut system = ListSystem::new(four_tier::schema());
    system.commit(Intake::of(&import, &system.snapshot())?.edits(&Decisions::default()))?;
    published_again(&system, import.items.len())
}

#[test]
fn a_commit_is_told_as_a_notice() -> Tested {
    let body = |name: &str| Record::new().with("name", name);
    let power = |name: &str, state: &str| {
        Record::new().with("name", name).with("type", "01").with("body", "forestry").with("state", state)
    };
    let mut system = ListSystem::new(four_tier::schema());
    system.commit(
        Edits::new()
            .insert("bodies", "forestry", &body("林业局"))
            .insert("powers", "a", &power("采伐许可", "1"))
            .insert("powers", "b", &power("运输许可", "1"))
            .insert("powers", "c", &power("经营许可", "1")),
    )?;
    let commit = system.commit(
        Edits::new()
            .cause("森林法修订*")
            .insert("powers", "d", &power("占用许可", "1"))
            .set("powers", "a", "office", "资源科")
            .set("powers", "b", "state", "3")
            .remove("powers", "c")
            .set("bodies", "forestry", "name", "林业和草原局"),
    )?;
    let notice = Notice::of(&commit, system.schema(), "zh");
    let markdown = notice.to_markdown();
    let expected = "# 清单动态调整公告\n\n调整依据：森林法修订\\*\n\n新增 2 · 取消 2 · 移除 2 · 变更 2\n\n\
        ## 权责清单\n\n| 事项 | 调整类型 | 调整内容 | 调整前 | 调整后 | 键 |\n|---|---|---|---|---|---|\n\
        | 采伐许可 | 变更 | 承办机构 |  | 资源科 | a |\n\
        | 运输许可 | 取消 | 状态 | 在用 | 取消 | b |\n\
        | 经营许可 | 移除 |  |  |  | c |\n\
        | 占用许可 | 新增 |  |  |  | d |\n\n\
        ## 政务服务事项清单\n";
    assert!(markdown.starts_with(expected), "{markdown}");
    assert!(!markdown.contains("林业和草原局"), "registers are not spoken of");

    let sheets = Workbook::from_bytes("n.xlsx", &to_xlsx(&notice.tables())?, Limits::default())?.sheets;
    assert_eq!(sheets.iter().map(|sheet| sheet.name.as_str()).collect::<Vec<_>>(), ["权责清单", "政务服务事项清单"]);
    assert_eq!(sheets[0].row(2)[..5], ["运输许可", "取消", "状态", "在用", "取消"]);
    assert!(Notice::of(&commit, system.schema(), "en").to_markdown().contains("| amended | undertaking office |"));
    Ok(())
}
