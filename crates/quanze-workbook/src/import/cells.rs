//! Single cells understood: types, levels, limits, codes, states.

use quanze::{Duration, days, working_days};

use crate::{
    profile::Profile,
    text::{folded, half_width, squeezed},
};

/// A level is said in a word or a few; longer text speaks of what is done.
const LONGEST_LEVEL: usize = 16;
/// The lengths of codes: basic, of an implementation, of a handling item, of a regulation matter.
const CODE_LENGTHS: [usize; 4] = [12, 31, 33, 14];

/// The levels that a cell says, and whether it says more than levels.
pub(super) struct Levels {
    pub(super) codes: Vec<String>,
    pub(super) says_more: bool,
}

pub(super) fn levels(cell: &str, profile: &Profile) -> Levels {
    let text = folded(cell);
    let head = text.split(['。', '：', '；']).next().unwrap_or(&text);
    let short = head.chars().count() <= LONGEST_LEVEL;
    let codes = if short { profile.levels(head) } else { Vec::new() };
    Levels { says_more: head.len() < text.trim_end_matches('。').len() || codes.is_empty(), codes }
}

/// The types that a cell says. Of several, the first that is known.
pub(super) fn power_type<'a>(cell: &str, profile: &'a Profile) -> Option<&'a str> {
    let text = folded(cell);
    let parts = text.split(['、', '，', '/', '；']);
    profile.power_type(&text).or_else(|| parts.into_iter().find_map(|part| profile.power_type(part)))
}

/// A number of days or working days. What is done at once takes none.
pub(crate) fn limit(cell: &str) -> Option<Duration> {
    let text: String = squeezed(cell).chars().map(half_width).collect();
    if matches!(text.as_str(), "即时" | "即办" | "当场" | "当场办结" | "即时办结" | "立即") {
        return Some(working_days(0));
    }
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    let number = digits.parse().ok()?;
    match text[digits.len()..].trim_start_matches('个') {
        "工作日" | "工作日内" => Some(working_days(number)),
        "日" | "天" | "自然日" | "日内" | "天内" => Some(days(number)),
        _ => None,
    }
}

/// A code as it is compared: without blanks, apostrophes and hyphens of its layout, in capitals.
pub(super) fn code(cell: &str) -> String {
    let kept = cell.chars().map(half_width).filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '’' | '`'));
    kept.collect::<String>().to_uppercase()
}

pub(super) fn is_known_shape(code: &str) -> bool {
    CODE_LENGTHS.contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The basic code that a longer code of an implementation or a handling item carries.
pub(super) fn basic_code(code: &str) -> &str {
    match code.len() {
        31 | 33 => code.get(19..31).unwrap_or(code),
        _ => code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_understood() {
        let profile = Profile::default();
        let read = |cell| levels(cell, &profile);
        assert_eq!((read("地州\n市级").codes, read("地州市级").says_more), (vec!["3".to_owned()], false));
        assert_eq!(read("地州市级。负责行政区域内的审批").codes, ["3"]);
        assert!(read("地州市级。负责行政区域内的审批").says_more);
        assert!(read("负责市本级公共机构节能监督检查工作的组织").codes.is_empty());
        assert_eq!(read("省级、市级、县级").codes, ["2", "3", "4"]);
        assert_eq!(power_type("行政处罚、行政强制", &profile), Some("02"));
        assert_eq!(power_type("备案", &profile), None);
        assert_eq!(limit("20个工作日"), Some(working_days(20)));
        assert_eq!(limit("３０ 日"), Some(days(30)));
        assert_eq!(limit("当场办结"), Some(working_days(0)));
        assert_eq!(limit("视情况"), None);
        assert_eq!(code(" ' 44 01 2345 "), "44012345");
        assert_eq!(basic_code("11440000MB2D0164XH2440289876000"), "440289876000");
        assert!(is_known_shape("440289876000") && !is_known_shape("4402-8987"));
    }
}
