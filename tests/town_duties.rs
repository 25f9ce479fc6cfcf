//! The list that the example adds from JSON follows implementers and participants of towns.

#[path = "../examples/town_duties.rs"]
#[expect(dead_code, reason = "the test calls what `main` calls")]
mod town_duties;

#[test]
fn duties_follow_what_towns_take_up_and_take_part_in() {
    let text = town_duties::tell().expect("a story");
    let rows: Vec<Vec<&str>> = text
        .lines()
        .map(|line| line.split_whitespace().collect())
        .filter(|row: &Vec<&str>| row.first().is_some_and(|category| category.ends_with("事项")) && row.len() > 3)
        .collect();
    let (stall, dust) = ("临时占道经营许可", "扬尘污染管控");
    assert_eq!(rows[0][..2], ["配合履职事项", stall], "entrusted");
    assert_eq!(rows[1], ["配合履职事项", dust, "日常巡查，劝阻并报告", "在用"]);
    assert_eq!(rows[2], ["基本履职事项", stall, "受理、现场查看、决定", "在用", "王某〔示例〕"]);
    assert_eq!(rows[5], ["上级部门收回事项", stall, "受理、现场查看、决定", "取消", "王某〔示例〕"]);
}
