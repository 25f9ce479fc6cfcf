//! Laws of importing: it says the same of the same, keys do not depend on where an item stands, and every row is accounted for.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use quanze::{ListSystem, four_tier};
use quanze_workbook::{Decisions, Format, Import, Intake, Profile, Sheet, Workbook};

type Row = [String; 6];

/// Rows of lists: whole items, blanks, text that goes on, sections, notes, nonsense.
fn row() -> impl Strategy<Value = Row> {
    let name = prop::sample::select(vec!["采伐许可", "毁林的处罚", "经营许可", "对征收的奖励", "许可\n证核发"]);
    let power_type = prop::sample::select(vec!["行政许可", "行政处罚", "处罚", "", "备案"]);
    let basis =
        prop::sample::select(vec!["《森林法》第十条", "【法律】《种子法》（2021年）\n第三条：应当。", "", "按规定"]);
    let body = prop::sample::select(vec!["某山市林业局", "地州市林业局", "市林业局、市农业局", "", "本局"]);
    let level = prop::sample::select(vec!["市级", "", "省级、市级"]);
    let item = (1_u32..40, name, power_type, basis, body, level).prop_map(|(serial, name, ty, basis, body, level)| {
        [serial.to_string(), name.into(), ty.into(), basis.into(), body.into(), level.into()]
    });
    let dirt = prop::sample::select(vec![
        ["", "", "", "", "", ""],
        ["", "", "", "第四条：可以。", "", ""],
        ["一、行政许可（3项）", "", "", "", "", ""],
        ["备注：两级", "", "", "", "", ""],
        ["序号", "事项名称", "权力类型", "实施依据", "行使主体", "实施层级"],
        ["", "", "", "", "县市区林业局", "县级"],
        ["7", "", "", "", "", ""],
        ["", "续", "", "", "", ""],
    ]);
    prop_oneof![4 => item, 1 => dirt.prop_map(|row| row.map(str::to_owned))]
}

fn import(name: &str, sheet: &str, rows: &[Row]) -> Import {
    let headings = ["序号", "事项名称", "权力类型", "实施依据", "行使主体", "实施层级"].map(str::to_owned);
    let title = ["某山市林业局2024年权责清单", "", "", "", "", ""].map(str::to_owned);
    let sheet = Sheet::new(sheet, [title, headings].into_iter().chain(rows.iter().cloned()));
    let workbook = Workbook { name: name.into(), format: Format::Xlsx, sheets: vec![sheet] };
    Import::of([Ok(workbook)], &Profile::default())
}

/// Each key with what it stands for.
fn keys(import: &Import) -> BTreeMap<&str, String> {
    import.items.iter().map(|item| (item.key.as_str(), format!("{} {:?}", item.full_name(), item.basis))).collect()
}

proptest! {
    #[test]
    fn every_row_is_accounted_for_and_every_key_is_one(rows in prop::collection::vec(row(), 0..30)) {
        let import = import("a.xlsx", "清单", &rows);
        let counts = import.files[0].counts();
        prop_assert_eq!(counts.unclaimed(), 0);
        prop_assert_eq!(keys(&import).len(), import.items.len());
        // Items stand in rows that were taken for items, or go on with them.
        let rows: BTreeSet<usize> = import.items.iter().flat_map(|item| item.source.rows.iter().copied()).collect();
        prop_assert!(rows.len() <= counts.items + counts.continuations);
        for found in &import.diagnostics {
            prop_assert!(!found.done.is_empty());
        }
    }

    #[test]
    fn the_same_file_says_the_same(rows in prop::collection::vec(row(), 0..20)) {
        let (first, second) = (import("a.xlsx", "清单", &rows), import("a.xlsx", "清单", &rows));
        prop_assert_eq!(&first.items, &second.items);
        prop_assert_eq!(&first.diagnostics, &second.diagnostics);
    }

    /// Whole items in another order, in a sheet and a file of other names.
    #[test]
    fn keys_do_not_depend_on_where_items_stand(
        (rows, shuffled) in prop::collection::vec(row(), 0..20).prop_map(|mut rows| {
            // A row that is an item in any order: neighbours that differ in level alone would be one item.
            rows.retain(|row| !row[0].is_empty() && !row[1].is_empty() && row[1] != "事项名称");
            rows.into_iter().map(|[a, b, c, d, e, _]| [a, b, c, d, e, String::new()]).collect::<Vec<Row>>()
        }).prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle()))
    ) {
        let (first, second) = (import("a.xlsx", "甲", &rows), import("b.xlsx", "乙", &shuffled));
        prop_assert_eq!(keys(&first), keys(&second));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever rows there are, the preset takes them in; and then it says what they say.
    #[test]
    fn what_is_taken_in_is_there(rows in prop::collection::vec(row(), 0..12)) {
        let import = import("a.xlsx", "清单", &rows);
        let mut system = ListSystem::new(four_tier::schema());
        let intake = Intake::of(&import, &system.snapshot()).expect("it is the preset");
        system.commit(intake.edits(&Decisions::default())).expect("what is in print is taken in");
        system.verify().expect("it has not drifted");
        let again = Intake::of(&import, &system.snapshot()).expect("it is the preset");
        prop_assert!(again.is_empty(), "{}", again);
    }
}
