//! Several sub-items in one cell.

use crate::text::{folded, half_width};

/// The numbers of a serial: `2,3` is two of them.
pub(super) fn serials(cell: &str) -> Vec<u32> {
    let text: String = cell.chars().map(half_width).collect();
    let numbers: Option<Vec<u32>> = text
        .split(['，', ',', '、', ';', '；', '\n', '/'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().ok())
        .collect();
    numbers.unwrap_or_default()
}

/// The sub-items that a cell numbers, without their numbers; one where it numbers none.
pub(super) fn numbered(cell: &str) -> Vec<String> {
    let text: Vec<char> = cell.chars().map(half_width).collect();
    let mut marks = Vec::new();
    let mut at = 0;
    while let Some(mark) = (at..text.len()).find_map(|at| mark(&text, at, marks.len() as u32 + 1)) {
        at = mark.end;
        marks.push(mark);
    }
    if marks.len() < 2 || text[..marks[0].start].iter().any(|c| !c.is_whitespace()) {
        // A single number in front says where it stood in another list.
        let name = folded(cell);
        let bare = name.trim_start_matches(|c: char| c.is_ascii_digit());
        let unnumbered = bare.strip_prefix(['.', '、', '．']).filter(|_| bare.len() < name.len());
        return vec![unnumbered.unwrap_or(&name).to_owned()];
    }
    let ends = marks.iter().skip(1).map(|mark| mark.start).chain([text.len()]);
    let names = marks.iter().zip(ends).map(|(mark, end)| text[mark.end..end].iter().collect::<String>());
    names.map(|name| folded(&name).trim_end_matches(['；', '。', '，']).to_owned()).collect()
}

struct Mark {
    start: usize,
    end: usize,
}

/// `1.`, `1、` or `（1）` where a line or a word begins.
fn mark(text: &[char], start: usize, number: u32) -> Option<Mark> {
    let begins = start == 0 || text[start - 1].is_whitespace() || matches!(text[start - 1], '；' | ';' | '。');
    let bracket = matches!(text[start], '（' | '(');
    let digits = start + usize::from(bracket);
    let wanted: Vec<char> = number.to_string().chars().collect();
    let end = digits + wanted.len();
    let closed = match text.get(end) {
        Some('.' | '、' | '．') => !bracket && !text.get(end + 1).is_some_and(char::is_ascii_digit),
        Some('）' | ')') => bracket,
        _ => false,
    };
    (begins && closed && text[digits..].starts_with(&wanted)).then_some(Mark { start, end: end + 1 })
}

/// The sub-items that a bracket at the end of a name lists: `…签发（两项：甲证核发、乙证核发）`. Only if there are as many as expected.
pub(super) fn bracketed(name: &str, expected: usize) -> Option<(String, Vec<String>)> {
    let (outer, rest) = name.rsplit_once('（')?;
    let inside = rest.strip_suffix('）')?;
    let listed = inside.split_once('：').map_or(inside, |(_, listed)| listed);
    let names: Vec<String> = listed.split(['、', '；']).map(str::to_owned).collect();
    (names.len() == expected && expected > 1).then(|| (outer.to_owned(), names))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serials_of_several_numbers() {
        assert_eq!(serials("2,3"), [2, 3]);
        assert_eq!(serials("２、３"), [2, 3]);
        assert_eq!(serials("12"), [12]);
        assert_eq!(serials("一"), Vec::<u32>::new());
    }

    #[test]
    fn sub_items_are_told_apart() {
        assert_eq!(
            numbered("1.新设采矿权审批     2.变更审批\n3、注销审批；"),
            ["新设采矿权审批", "变更审批", "注销审批"]
        );
        assert_eq!(numbered("（1）甲（2）乙\n（2）丙"), ["甲（2）乙", "丙"]);
        assert_eq!(numbered("3.燃气企业审批"), ["燃气企业审批"]);
        assert_eq!(numbered("对1.5米以上\n的处罚"), ["对1.5米以上的处罚"]);
        assert_eq!(numbered("普通审批"), ["普通审批"]);
        assert_eq!(
            bracketed("证书签发（两项：甲证核发、乙证核发）", 2),
            Some(("证书签发".into(), vec!["甲证核发".into(), "乙证核发".into()]))
        );
        assert_eq!(bracketed("证书签发（甲、乙、丙）", 2), None);
    }
}
