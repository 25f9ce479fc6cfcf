//! Each kind of dirt that published lists have, in a sheet of its own.

mod support;

use std::error::Error;

use quanze_workbook::{Column, Format, Import, Item, Limits, Merge, Profile, RowCounts, Rule, Sheet, Workbook};

const FOREST_LAW: &str = "《中华人民共和国森林法》第三十八条";
const SEED_LAW: &str = "《中华人民共和国种子法》第三十一条";

fn file(name: &str, sheets: Vec<Sheet>) -> Workbook {
    Workbook { name: name.into(), format: Format::Xlsx, sheets }
}

fn import(sheets: Vec<Sheet>) -> Import {
    Import::of([Ok(file("某山市林业局2024年权责清单.xlsx", sheets))], &Profile::default())
}

/// What a sheet gives: each item as `type body levels name/sub-item serial`, and each diagnostic as `rule place`.
fn read(sheet: Sheet) -> (Vec<String>, Vec<String>) {
    let import = import(vec![sheet]);
    assert_eq!(import.files[0].counts().unclaimed(), 0);
    (import.items.iter().map(line).collect(), diagnostics(&import))
}

fn line(item: &Item) -> String {
    let name = item.sub_name.as_ref().map_or_else(|| item.name.clone(), |sub| format!("{}/{sub}", item.name));
    format!("{} {} {} {name}", item.power_type, item.body(), item.levels.join("+"))
}

fn diagnostics(import: &Import) -> Vec<String> {
    let told = import.diagnostics.iter().map(|found| {
        let place = found.place.to_string();
        format!("{} {}", found.rule, place.rsplit("] ").next().unwrap_or_default())
    });
    told.collect()
}

fn counts(import: &Import) -> RowCounts {
    import.files[0].counts()
}

const HEADINGS: [&str; 6] = ["序号", "事项名称", "权力类型", "实施依据", "行使主体", "备注"];

#[test]
fn headings_are_found_wherever_they_are() {
    let expected = vec!["01 某山市林业局 3 采伐许可".to_owned()];
    let body = "某山市林业局";
    // Titles above, headings broken by spaces and lines, other words for the same, columns in another order.
    let other_order = Sheet::new(
        "许可",
        [
            ["附件1", "", "", "", ""],
            ["某山市林业局权责清单", "", "", "", ""],
            ["实 施\n机 关", "设定依据（法律、法规）", "职权类别", "职权名 称", "序\n号"],
            [body, FOREST_LAW, "行政\n许可", "采伐 许可", "1"],
        ],
    );
    assert_eq!(read(other_order), (expected.clone(), vec![]));

    // Two rows of headings, of which the upper spans.
    let two_rows = Sheet::new(
        "许可",
        [
            ["序号", "事项", "", "法律依据", "实施情况", ""],
            ["", "事项名称", "权力类型", "", "行使主体", "承办机构"],
            ["1", "采伐许可", "许可", FOREST_LAW, body, "资源科"],
        ],
    )
    .merge(Merge { top: 0, left: 4, bottom: 0, right: 5 })
    .merge(Merge { top: 0, left: 0, bottom: 1, right: 0 });
    assert_eq!(read(two_rows), (expected.clone(), vec![]));

    // Main item and sub-item under one heading; levels as columns of marks.
    let marks = Sheet::new(
        "许可",
        [
            ["序号", "权力名称", "", "权力种类", "法定依据", "行使层级", "", ""],
            ["", "主项", "子项", "", "", "省级", "市级", "县级"],
            ["1", "采伐许可", "", "许可", FOREST_LAW, "", "√", "√"],
        ],
    )
    .merge(Merge { top: 0, left: 1, bottom: 0, right: 2 })
    .merge(Merge { top: 0, left: 5, bottom: 0, right: 7 });
    let (items, _) = read(marks);
    assert_eq!(items, ["01 某山市林业局 3+4 采伐许可"]);

    // Headings repeated on each page, and another list below with columns of its own.
    let pages = Sheet::new(
        "许可",
        [
            ["序号", "事项名称", "类型", "依据", "主体"],
            ["1", "采伐许可", "许可", FOREST_LAW, body],
            ["序号", "事项名称", "类型", "依据", "主体"],
            ["2", "经营许可", "许可", SEED_LAW, body],
            ["序号", "类型", "权力名称", "行使主体", "实施依据"],
            ["1", "处罚", "无证采伐的处罚", body, FOREST_LAW],
        ],
    );
    let profile = Profile::default();
    let mut wider = profile.clone();
    wider.columns[&Column::Body].push("主体".into());
    let all = Import::of([Ok(file("某山市林业局.xlsx", vec![pages]))], &wider);
    let lines: Vec<String> = all.items.iter().map(line).collect();
    assert_eq!(lines[1..], ["01 某山市林业局 3 经营许可", "02 某山市林业局 3 无证采伐的处罚"]);
    assert_eq!((counts(&all).headings, counts(&all).items), (3, 3));
}

/// Levels as columns of marks, where nothing is merged, and where no heading stands over them.
#[test]
fn levels_are_read_from_columns_of_marks() {
    let under = Sheet::new(
        "许可",
        [
            ["序号", "事项名称", "类型", "实施层级", "", "", "实施依据"],
            ["", "", "", "省级", "市级", "县级", ""],
            ["1", "采伐许可", "许可", "", "√", "√", FOREST_LAW],
            ["2", "经营许可", "许可", "√", "", "", SEED_LAW],
        ],
    );
    assert_eq!(read(under).0, ["01 某山市林业局 3+4 采伐许可", "01 某山市林业局 2 经营许可"]);
    let alone = Sheet::new(
        "许可",
        [
            ["事项名称", "类型", "市", "县", "乡", "依据"],
            ["采伐许可", "许可", "", "●", "●", FOREST_LAW],
            ["经营许可", "许可", "●", "", "", SEED_LAW],
        ],
    );
    assert_eq!(read(alone).0, ["01 某山市林业局 4+5 采伐许可", "01 某山市林业局 3 经营许可"]);
}

/// A list that has a column for each kind of code carries the basic one in all of them.
#[test]
fn of_several_codes_one_is_taken() {
    let sheet = Sheet::new(
        "许可",
        [
            ["项目编码", "事项名称", "类型", "基本编码", "实施编码", "依据"],
            ["7", "采伐许可", "许可", "000164012000", "11650200MB0000000X4000164012000", FOREST_LAW],
            ["8", "经营许可", "许可", "", "11650200MB0000000X4000164013000", SEED_LAW],
            ["9", "运输许可", "许可", "", "", SEED_LAW],
        ],
    );
    let import = import(vec![sheet]);
    let codes: Vec<Option<&str>> = import.items.iter().map(|item| item.code.as_deref()).collect();
    assert_eq!(codes, [Some("000164012000"), Some("000164013000"), Some("9")]);
    let unknown = import.diagnostics.iter().filter(|found| found.rule == Rule::UnknownCode).count();
    assert_eq!(unknown, 1, "{:?}", import.diagnostics);
}

/// A sheet of several lists, each with its title, its headings and its count.
#[test]
fn each_section_counts_its_own_items() {
    let sheet = |first: &str, second: &str| {
        Sheet::new(
            "清单",
            [
                [first, "", "", ""],
                ["序号", "事项名称", "实施依据", "行使主体"],
                ["1", "采伐许可", FOREST_LAW, "某山市林业局"],
                ["2", "经营许可", SEED_LAW, "某山市林业局"],
                [second, "", "", ""],
                ["序号", "事项名称", "实施依据", "行使主体"],
                ["1", "无证采伐的处罚", FOREST_LAW, "某山市林业局"],
                ["合计：3项", "", "", ""],
            ],
        )
    };
    let told = |first, second| read(sheet(first, second)).1;
    let types = ["type_from_context row 3", "type_from_context row 4", "type_from_context row 7"];
    assert_eq!(told("一、行政许可（共2项）", "二、行政处罚（共1项）"), types);
    let mut wrong = told("一、行政许可（共4项）", "二、行政处罚（共2项）");
    wrong.retain(|found| found.starts_with("count_differs"));
    assert_eq!(wrong, ["count_differs row 1", "count_differs row 5"]);
    // The title of the whole counts all.
    assert_eq!(told("行政许可和行政处罚（3项）", "二、行政处罚（共1项）").len(), 3);
}

#[test]
fn what_is_no_list_is_said() {
    let import = import(vec![
        Sheet::new("封面", [["某山市林业局"], ["二〇二四年"]]),
        Sheet::new("空白", [[""]]),
        Sheet::new("清单", [HEADINGS, ["1", "采伐许可", "许可", FOREST_LAW, "某山市林业局", ""]]),
    ]);
    assert_eq!(diagnostics(&import), ["not_a_list 某山市林业局2024年权责清单.xlsx [封面]"]);
    let is_list: Vec<bool> = import.files[0].sheets.iter().map(|sheet| sheet.is_list).collect();
    assert_eq!((is_list, import.items.len()), (vec![false, false, true], 1));
}

#[test]
fn merged_cells_reach_the_rows_below() {
    let sheet = Sheet::new(
        "许可",
        [
            ["序号", "事项名称", "子项名称", "权力类型", "实施依据", "行使主体"],
            ["1", "经营许可", "核发", "行政许可", SEED_LAW, "某山市林业局"],
            ["", "", "变更", "", "", ""],
            ["", "", "", "", "", ""],
            ["2", "采伐许可", "", "", FOREST_LAW, ""],
        ],
    )
    .merge(Merge { top: 1, left: 1, bottom: 3, right: 1 })
    .merge(Merge { top: 1, left: 3, bottom: 4, right: 3 })
    .merge(Merge { top: 1, left: 4, bottom: 3, right: 4 })
    .merge(Merge { top: 1, left: 5, bottom: 4, right: 5 });
    let import = import(vec![sheet]);
    let lines: Vec<String> = import.items.iter().map(line).collect();
    assert_eq!(
        lines,
        ["01 某山市林业局 3 经营许可/核发", "01 某山市林业局 3 经营许可/变更", "01 某山市林业局 3 采伐许可"]
    );
    assert!(import.items[1].basis.citations[0].title.ends_with("种子法"));
    let expected = RowCounts { rows: 5, headings: 1, items: 3, blanks: 1, ..RowCounts::default() };
    assert_eq!((counts(&import), diagnostics(&import)), (expected, vec![]));
}

#[test]
fn rows_go_on_with_the_item_above() {
    let sheet = Sheet::new(
        "处罚",
        [
            HEADINGS,
            ["1", "对无证采伐的", "行政处罚", "《中华人民共和国森林法》第七十六条：盗伐林木的，", "某山市林业局", ""],
            ["", "", "", "由县级以上人民政府责令限期补种。\n第七十七条：伪造采伐许可证的，处罚款。", "", "见附件"],
            ["", "处罚", "", "", "", ""],
            ["2", "对毁林的处罚", "行政处罚", FOREST_LAW, "某山市林业局", ""],
        ],
    );
    let import = import(vec![sheet]);
    assert_eq!(import.items[0].name, "对无证采伐的处罚");
    assert_eq!(import.items[0].basis.citations[0].locators, ["第七十六条", "第七十七条"]);
    assert_eq!(
        (import.items[0].source.rows.as_slice(), import.items[0].cell(Column::Remark)),
        (&[2, 3, 4][..], "见附件")
    );
    assert_eq!((counts(&import).continuations, import.items.len()), (2, 2));
}

#[test]
fn items_repeated_for_each_level_are_one() {
    let headings = ["序号", "事项名称", "权力类型", "实施依据", "行使主体", "实施层级及权限", ""];
    let sheet = Sheet::new(
        "行政征收（1项）",
        [
            headings,
            ["1", "对育林费的征收", "行政征收", FOREST_LAW, "自治区林业厅", "自治区级", "负责全区"],
            ["", "", "", "", "县市区林业局", "县市区级", "负责本县"],
            ["1", "对育林费的征收", "行政征收", FOREST_LAW, "地州市林业局", "地州\n市级", "负责本市"],
        ],
    )
    .merge(Merge { top: 1, left: 1, bottom: 2, right: 1 });
    let (items, told) = read(sheet);
    assert_eq!(items, ["04 某山市林业局 2+3+4 对育林费的征收"]);
    assert_eq!(told, ["template_body E2", "template_body E2", "repeated_level row 3", "repeated_level row 4"]);
}

#[test]
fn one_row_can_hold_several_items() {
    let sheet = Sheet::new(
        "行政许可（5项）",
        [
            ["序号", "事项名称", "子项名称", "权力类型", "实施依据", "行使主体"],
            ["1", "开采审批", "1.新设审批     2.变更审批\n3.注销审批", "行政许可", FOREST_LAW, "某山市林业局"],
            ["2,3", "证书签发（两项：甲证核发、乙证核发）", "", "行政许可", SEED_LAW, "某山市林业局"],
        ],
    );
    let (items, told) = read(sheet);
    assert_eq!(
        items,
        [
            "01 某山市林业局 3 开采审批/新设审批",
            "01 某山市林业局 3 开采审批/变更审批",
            "01 某山市林业局 3 开采审批/注销审批",
            "01 某山市林业局 3 证书签发/甲证核发",
            "01 某山市林业局 3 证书签发/乙证核发"
        ]
    );
    assert_eq!(told, ["several_sub_items C2", "several_sub_items A3"]);
}

#[test]
fn sections_footnotes_and_stray_columns_are_told_apart() {
    let sheet = Sheet::new(
        "清单",
        [
            vec!["序号", "事项名称", "权力类型", "实施依据", "行使主体", "备注", ""],
            vec!["一、行政许可（2项）"],
            vec!["1", "采伐许可", "", FOREST_LAW, "某山市林业局", "", "行政处罚"],
            vec!["二、行政处罚（1项）"],
            vec!["1", "毁林的处罚", "", FOREST_LAW, "某山市林业局", "", "行政检查"],
            vec!["", "", "", "", "", "", "行政确认"],
            vec!["备注：包括市、区两级。"],
            vec!["不知所云"],
        ],
    );
    let import = import(vec![sheet]);
    let lines: Vec<String> = import.items.iter().map(line).collect();
    assert_eq!(lines, ["01 某山市林业局 3 采伐许可", "02 某山市林业局 3 毁林的处罚"]);
    let expected = RowCounts { rows: 8, headings: 3, items: 2, footnotes: 1, diagnosed: 2, ..RowCounts::default() };
    assert_eq!(counts(&import), expected);
    assert_eq!(
        diagnostics(&import),
        [
            "count_differs row 2",
            "stray_column G3",
            "type_from_context C3",
            "type_from_context C5",
            "unplaced_row row 8"
        ]
    );
    let count = import.diagnostics.iter().find(|found| found.rule == Rule::Count).map(ToString::to_string);
    let said =
        "某山市林业局2024年权责清单.xlsx [清单] row 2: count_differs: '一、行政许可（2项）'; expected 2 items; found 1";
    assert_eq!(count.as_deref(), Some(said));
}

#[test]
fn what_cannot_be_read_is_kept_and_told() {
    let headings = ["序号", "事项名称", "权力类型", "实施依据", "行使主体", "法定时限", "基本编码", "状态"];
    let sheet = Sheet::new(
        "清单",
        [
            headings,
            ["1", "甲事项", "备案", "按国家规定", "", "视情况", "4402-1", "待定"],
            ["2", "乙事项", "许可", "", "某山市林业局", "20个工作日", "44 0289876000", "暂停"],
            ["3", "丙事项", "许可", "第三条：负责。\n《中华人民共和国森林法》第四条", "某山市林业局", "", "", ""],
        ],
    );
    let import = import(vec![sheet]);
    let expected = [
        "unknown_type C2",
        "no_body E2",
        "unknown_code G2",
        "unread_basis D2",
        "unread_limit F2",
        "unknown_state H2",
        "no_basis D3",
        "article_without_title D4",
    ];
    assert_eq!(diagnostics(&import), expected);
    let first = &import.items[0];
    assert_eq!((first.power_type.as_str(), first.cell(Column::Basis)), ("10", "按国家规定"));
    let second = &import.items[1];
    assert_eq!(second.statutory_limit, Some(quanze::working_days(20)));
    assert_eq!((second.code.as_deref(), second.state.as_str()), (Some("440289876000"), "2"));
}

#[test]
fn duplicates_are_found_within_and_across_files() {
    let row = |name, basis| ["1", name, "许可", basis, "某山市林业局", ""];
    let one = || Sheet::new("清单", [HEADINGS, row("采伐许可", FOREST_LAW), row("经营许可", SEED_LAW)]);
    let other = Sheet::new(
        "新版",
        [
            HEADINGS,
            row("采伐许可", FOREST_LAW),
            row("经营许可", FOREST_LAW),
            row("甲许可", SEED_LAW),
            row("乙许可", SEED_LAW),
        ],
    );
    let import = Import::of(
        [
            Ok(file("某山市林业局权责清单.xlsx", vec![one()])),
            Ok(file("某山市林业局权责清单 (1).xlsx", vec![one()])),
            Ok(file("某山市林业局新权责清单.xlsx", vec![other])),
        ],
        &Profile::default(),
    );
    let rules: Vec<Rule> = import.diagnostics.iter().map(|found| found.rule).collect();
    assert_eq!(rules, [Rule::Twin, Rule::Duplicate, Rule::SameName]);
    assert_eq!(import.files[1].twin_of.as_deref(), Some("某山市林业局权责清单.xlsx"));
    assert_eq!(import.items.len(), 5);
    assert_eq!(import.items[0].also[0].file, "某山市林业局新权责清单.xlsx");
    let keys: std::collections::BTreeSet<&str> = import.items.iter().map(|item| item.key.as_str()).collect();
    assert_eq!(keys.len(), 5);
}

#[test]
fn one_list_at_two_levels_is_noticed() {
    let rows = |body: &'static str, basis: &'static str| {
        let names = ["甲许可", "乙许可", "丙许可", "丁许可", "戊许可"];
        std::iter::once(HEADINGS).chain(names.map(|name| ["1", name, "许可", basis, body, ""])).collect::<Vec<_>>()
    };
    let city = Sheet::new("市级", rows("某山市林业局", FOREST_LAW));
    let district = Sheet::new("区级", rows("各区林业局", SEED_LAW));
    let import = import(vec![city, district]);
    assert_eq!(import.items.len(), 10);
    let found: Vec<String> = import.diagnostics.iter().map(|found| found.done.clone()).collect();
    assert_eq!(found, ["both are kept; 5 of these have another basis"]);
}

#[test]
fn a_file_that_cannot_be_read_leaves_the_others() -> Result<(), Box<dyn Error>> {
    let good = || Sheet::new("清单", [HEADINGS, ["1", "采伐许可", "许可", FOREST_LAW, "某山市林业局", ""]]);
    let bad = Workbook::from_bytes("坏.xlsx", b"PK\x03\x04", Limits::default());
    let import = Import::of([bad, Ok(file("好.xlsx", vec![good()]))], &Profile::default());
    assert_eq!((import.files.len(), import.items.len(), import.totals().read), (2, 1, 1));
    assert!(import.files[0].error.as_ref().is_some_and(|error| error.starts_with("坏.xlsx: the file is")));
    assert_eq!(import.diagnostics[0].rule, Rule::Unreadable);

    // By path, with progress after each.
    let mut seen = Vec::new();
    let folder = std::env::temp_dir();
    let path = folder.join(format!("quanze-workbook-{}.csv", std::process::id()));
    std::fs::write(&path, format!("序号,事项名称,权力类型,实施依据\n1,采伐许可,许可,{FOREST_LAW}\n"))?;
    let paths = [path.clone(), folder.join("there-is-none.csv")];
    let import = Import::open(&paths, &Profile::default(), Limits::default(), |progress| {
        seen.push((progress.done, progress.of));
    });
    std::fs::remove_file(path)?;
    assert_eq!((seen, import.items.len(), import.totals().read), (vec![(1, 2), (2, 2)], 1, 1));
    Ok(())
}

#[test]
fn a_profile_is_data() -> Result<(), Box<dyn Error>> {
    let sheet =
        || Sheet::new("Liste", [["Nr", "Leistung", "Art", "Behörde"], ["1", "采伐许可", "Genehmigung", "市林业局"]]);
    assert_eq!(import(vec![sheet()]).items.len(), 0);
    let mut profile: Profile = serde_json::from_str(&serde_json::to_string(&Profile::default())?)?;
    profile.columns[&Column::Name].push("Leistung".into());
    profile.columns[&Column::Type].push("Art".into());
    profile.columns[&Column::Body].push("Behörde".into());
    profile.types["01"].push("Genehmigung".into());
    profile.place = Some("别处市".into());
    profile.body_aliases.insert("市林业局".into(), "别处市林草局".into());
    let import = Import::of([Ok(file("a.csv", vec![sheet()]))], &profile);
    assert_eq!(import.items.iter().map(line).collect::<Vec<_>>(), ["01 别处市林草局 3 采伐许可"]);
    assert!(serde_json::from_str::<Profile>(r#"{"columns":{},"what":1}"#).is_err());
    Ok(())
}
