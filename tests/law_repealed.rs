//! The main job on real input: what the example prints, on its tables and on altered ones.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use serde_json::Value;

#[path = "../examples/law_repealed/main.rs"]
#[expect(dead_code, reason = "the test calls what `main` calls")]
mod law_repealed;

/// The example's exit code, output and errors.
#[track_caller]
fn run(arguments: &[&str]) -> (u8, String, String) {
    let (mut output, mut errors) = (Vec::new(), Vec::new());
    let given = arguments.iter().map(ToString::to_string);
    let code = law_repealed::run(given, &mut output, &mut errors).expect("writing to memory");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (code, text(output), text(errors))
}

/// What is printed without an argument.
static TEXT: LazyLock<String> = LazyLock::new(|| done(&[]));
/// What is printed with `--json`.
static JSON: LazyLock<String> = LazyLock::new(|| done(&["--json"]));

/// The example's output, where all is well.
#[track_caller]
fn done(arguments: &[&str]) -> String {
    let (code, output, errors) = run(arguments);
    assert_eq!((code, errors.as_str()), (0, ""));
    output
}

fn object(json: &str) -> Value {
    serde_json::from_str(json).expect("one JSON object")
}

/// A copy of the tables that is removed with the test.
struct Tables(PathBuf);

impl Tables {
    fn copy(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("law_repealed-{name}"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        let data = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data");
        for file in fs::read_dir(data).expect("the tables") {
            let file = file.expect("a table");
            fs::copy(file.path(), folder.join(file.file_name())).expect("a copy");
        }
        Self(folder)
    }

    /// Replaces a text that is there once.
    #[track_caller]
    fn with(self, file: &str, old: &str, new: &str) -> Self {
        let path = self.0.join(file);
        let text = fs::read_to_string(&path).expect("the table");
        assert_eq!(text.matches(old).count(), 1, "'{old}' in {file}");
        fs::write(path, text.replace(old, new)).expect("the table");
        self
    }

    fn without(self, file: &str) -> Self {
        fs::remove_file(self.0.join(file)).expect("the table");
        self
    }

    #[track_caller]
    fn object(&self) -> Value {
        object(&done(&["--json", "--data", self.folder()]))
    }

    #[track_caller]
    fn text(&self) -> String {
        done(&["--data", self.folder()])
    }

    /// What is said of tables that are wrong.
    #[track_caller]
    fn error(&self) -> String {
        let (code, output, errors) = run(&["--data", self.folder()]);
        assert_eq!((code, output.as_str()), (1, ""), "{errors}");
        errors
    }

    fn folder(&self) -> &str {
        self.0.to_str().expect("text")
    }
}

impl Drop for Tables {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn number(of: &Value) -> u64 {
    of.as_u64().unwrap_or_else(|| panic!("{of} is no number"))
}

/// The lines of a table's file, without the first.
fn lines(file: &str) -> u64 {
    let path = format!("{}/examples/data/{file}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(path).expect("the table").lines().count() as u64 - 1
}

#[test]
fn what_is_printed_is_golden() {
    for (golden, output) in [
        ("law_repealed.zh.txt", &*TEXT),
        ("law_repealed.en.txt", &done(&["--lang", "en"])),
        ("law_repealed.json", &*JSON),
    ] {
        let path = format!("{}/tests/goldens/{golden}", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&path, output).expect("the golden");
        }
        let expected = fs::read_to_string(&path).expect("the golden");
        let differs = output.lines().zip(expected.lines()).position(|(a, b)| a != b);
        assert!(
            *output == expected,
            "{golden} differs from line {:?}; write it anew with UPDATE_GOLDEN=1 cargo test --test law_repealed",
            differs.map(|line| line + 1),
        );
    }
}

#[test]
fn the_tables_are_all_there_and_the_lists_are_in_step() {
    let object = object(&JSON);
    assert_eq!(
        object.as_object().expect("an object").keys().collect::<Vec<_>>(),
        ["rows", "commits", "findings", "verified"]
    );
    assert_eq!(object["verified"], true);
    let import = &object["commits"][0]["changed"];
    let of = |list: &str| number(&import[list]);
    assert_eq!(of("powers"), lines("powers.csv"));
    assert_eq!(of("publication"), lines("powers.csv"));
    assert_eq!(of("implementers"), lines("implementers.csv"));
    assert_eq!(of("regulation"), lines("regulation.csv"));
    assert_eq!(of("fees"), lines("fees.csv"));
    assert_eq!(of("intermediary"), lines("intermediaries.csv"));
    assert_eq!(of("boundary") + of("territorial"), lines("matters.csv"));
    assert_eq!(of("service_implementation"), lines("implementers.csv"));
    // The successor law enters later, with the eight articles that nothing cites.
    assert_eq!(of("instruments"), lines("instruments.csv") - 1);
    assert_eq!(of("articles"), lines("articles.csv") - 8);
    assert_eq!(number(&object["rows"]["articles"]), lines("articles.csv"));
}

#[test]
fn every_scene_does_what_it_says() {
    let flowing: String = TEXT.split_whitespace().collect();
    for said in [
        "142个事项所引的依据已被替代或废止",
        "与预览逐行相同",
        "没有其他依据，取消",
        "清单显示较严的3个工作日",
        "承诺自动恢复为5个工作日",
        "请核对：一般建设项目环境影响评价审批, 核与辐射类建设项目环境影响评价审批",
        "651090013000 → 650790013000〔示例〕",
        "与现有清单逐项相同",
    ] {
        assert!(flowing.contains(&said.replace(' ', "")), "{said} is not in\n{}", *TEXT);
    }
}

#[test]
fn another_state_of_a_law_is_another_answer() {
    // The noise law is still in force when the lists are printed, and is superseded by the one that enters.
    let tables = Tables::copy("in-force").with(
        "instruments.csv",
        "1996 (amended 2018),1997-03-01,superseded,2022-06-05",
        "1996 (amended 2018),1997-03-01,in_force,",
    );
    let (all, object) = (object(&JSON), tables.object());
    let of = |object: &Value, commit: usize, what: &str| number(&object["commits"][commit][what]);
    // Seven items cite it, and two of them nothing else.
    assert_eq!(of(&object, 0, "findings_added"), of(&all, 0, "findings_added") - 9);
    // Four of the seven are not mended for certain, one of them rests on nothing else: that is found when the law ends.
    assert_eq!(of(&object, 1, "findings_resolved"), 0);
    assert_eq!(of(&object, 1, "findings_added"), 5);
    assert_eq!(object["findings"], all["findings"], "in the end it is all the same");
}

#[test]
fn a_mapping_that_is_certain_mends_one_item_more() {
    let of = |object: &Value| number(&object["commits"][1]["changed"]["enforcement"]);
    let before = of(&object(&JSON));
    let tables = Tables::copy("certain").with(
        "noise_mapping.csv",
        "noise-law-1996-a48,noise-law-2021-a25,三同时义务在第二十五条，新法无专门罚则；示例 – unverified",
        "noise-law-1996-a48,noise-law-2021-a25,核对无误",
    );
    assert_eq!(of(&tables.object()), before + 1);
}

#[test]
fn without_promises_and_intermediaries_the_scenes_find_other_items_or_none() {
    let tables = Tables::copy("bare");
    for (file, columns) in [
        ("promises.csv", "power,implementer,promised_working_days,mark\n"),
        ("intermediaries.csv", "key,name,approvals,agency_kind,mark\n"),
        ("noise_mapping.csv", "old,new,note\n"),
    ] {
        fs::write(tables.0.join(file), columns).expect("the table");
    }
    let object = tables.object();
    let causes: Vec<&str> =
        object["commits"].as_array().expect("commits").iter().filter_map(|c| c["cause"].as_str()).collect();
    assert_eq!(causes, ["导入公布的权责清单", "事项暂停（示例）", "类型变更：取消、新增、承接（示例）"]);
    assert_eq!(number(&object["rows"]["intermediary"]), 0);
    assert!(tables.text().contains("没有新旧条款对照"));
}

#[test]
fn one_power_less_is_one_row_less_in_each_list() {
    // A penalty that nothing else refers to.
    let line = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/powers.csv")).expect("the table");
    let line = line.lines().find(|line| line.starts_with("statistics-0002,")).expect("the power").to_owned() + "\n";
    let (all, less) = (object(&JSON), Tables::copy("less").with("powers.csv", &line, "").object());
    for list in ["powers", "enforcement", "publication", "docking"] {
        assert_eq!(number(&less["rows"][list]), number(&all["rows"][list]) - 1, "{list}");
    }
}

#[test]
fn wrong_arguments_are_an_error_and_the_usage() {
    for (arguments, expected) in [
        (&["--xml"][..], "'--xml' is no argument of this example"),
        (&["examples/data"], "'examples/data' is no argument of this example"),
        (&["--lang", "fr"], "'fr' is no language; --lang takes zh or en"),
        (&["--lang"], "--lang wants zh or en behind it"),
        (&["--data"], "--data wants a folder behind it"),
        (&["--json", "--json"], "--json is given twice"),
    ] {
        let (code, output, errors) = run(arguments);
        assert_eq!((code, output.as_str()), (2, ""));
        let first = errors.lines().next().unwrap_or_default();
        assert_eq!(first, format!("error: {expected}"));
        assert!(errors.contains("usage: cargo run --release --example law_repealed"), "{errors}");
    }
}

#[test]
fn a_missing_table_is_named() {
    let error = Tables::copy("missing").without("limits.csv").error();
    assert!(error.starts_with("error: limits.csv: it cannot be read from "), "{error}");
    let (code, _, errors) = run(&["--data", "/nowhere/at/all"]);
    assert_eq!(code, 1);
    assert!(errors.starts_with("error: regions.csv: it cannot be read from /nowhere/at/all"), "{errors}");
}

/// The first line said of a table in which one text is replaced.
#[track_caller]
fn check(name: &str, file: &str, old: &str, new: &str, expect: &str) {
    let error = Tables::copy(name).with(file, old, new).error();
    assert_eq!(error.lines().next().unwrap_or_default(), format!("error: {expect}"));
}

#[test]
fn a_broken_line_is_named_with_its_column() {
    check(
        "columns",
        "bodies.csv",
        "key,name,kind,level,region,host,mark",
        "key,name,kind,level,region,mark",
        "bodies.csv, line 1: the columns are 'key,name,kind,level,region,mark'; they should be 'key,name,kind,level,region,host,mark'",
    );
    check(
        "cells",
        "limits.csv",
        "agriculture-0002,10,示例 illustrative",
        "agriculture-0002,10",
        "limits.csv, line 3: it has 2 cells; the first line names 3 columns",
    );
    check(
        "days",
        "limits.csv",
        "agriculture-0002,10,",
        "agriculture-0002,ten,",
        "limits.csv, line 3, column 'statutory_limit_working_days': 'ten' is no number of days",
    );
    check(
        "matter",
        "participants.csv",
        "boundary-construction-noise-1,boundary-construction-noise,",
        "boundary-construction-noise-1,boundary-noise,",
        "participants.csv, line 2, column 'matter': there is no 'boundary-noise' in matters.csv",
    );
}

#[test]
fn what_the_library_refuses_is_found_in_the_tables() {
    let of = |name: &str, file: &str, old: &str, new: &str| Tables::copy(name).with(file, old, new).error();
    let error = of("body", "powers.csv", "agriculture-0001,agriculture,01,", "agriculture-0001,farming,01,");
    assert!(
        error.starts_with("error: powers.csv, line 2, column 'body': powers[\"agriculture-0001\"].body: "),
        "{error}"
    );
    assert!(error.contains("farming"), "{error}");
    let error = of("type", "powers.csv", "agriculture-0001,agriculture,01,", "agriculture-0001,agriculture,91,");
    assert!(error.starts_with("error: powers.csv, line 2, column 'type': "), "{error}");
    let error = of("twice", "bodies.csv", "archives,克拉玛依市档案局", "agriculture,克拉玛依市档案局");
    assert!(error.starts_with("error: bodies.csv, line 3: bodies[\"agriculture\"]: "), "{error}");
    let error = of("day", "implementers.csv", "agriculture,3,own,2024-09-14", "agriculture,3,own,2024-09-31");
    assert!(error.starts_with("error: implementers.csv, line 2, column 'accepted_on': "), "{error}");
    let error = of(
        "promise",
        "promises.csv",
        "agriculture-0004,im-agriculture-0004-2",
        "agriculture-0004,im-agriculture-0006-1",
    );
    assert!(error.starts_with("error: promises.csv, line 2"), "{error}");
}
