//! What stands in brackets after a title: how it came about, by whom, and when. Titles named there are no basis.

use super::locator;

/// A bracket, from its first character to where the text goes on.
pub(super) struct Bracket<'a> {
    pub(super) inside: &'a [char],
    pub(super) end: usize,
}

fn opens(c: char) -> bool {
    matches!(c, '（' | '(' | '﹙' | '[' | '［')
}

fn closes(c: char) -> bool {
    matches!(c, '）' | ')' | '﹚' | ']' | '］')
}

/// Reads the bracket that opens at a position, of whichever width its two halves are. One that is never closed ends where the
/// articles begin.
pub(super) fn read(text: &[char], at: usize) -> Option<Bracket<'_>> {
    text.get(at).filter(|c| opens(**c))?;
    let mut depth = 0_usize;
    for (index, &c) in text.iter().enumerate().skip(at) {
        depth += usize::from(opens(c));
        if closes(c) {
            depth -= 1;
            if depth == 0 {
                return Some(Bracket { inside: &text[at + 1..index], end: index + 1 });
            }
        }
        if c == '\n' || matches!(c, '】') {
            let next = index + 1 + text[index + 1..].iter().take_while(|c| c.is_whitespace()).count();
            if begins_an_article(text, next) || text.get(next) == Some(&'【') {
                return Some(Bracket { inside: &text[at + 1..index], end: index });
            }
        }
    }
    let rest = at + 1;
    let article = (rest..text.len()).find(|index| begins_an_article(text, *index));
    let line = text[rest..].iter().position(|c| *c == '\n').map_or(text.len(), |length| rest + length);
    let end = article.map_or(line, |article| article.min(line));
    Some(Bracket { inside: &text[rest..end], end })
}

fn begins_an_article(text: &[char], at: usize) -> bool {
    locator::read(text, at).is_some_and(|read| matches!(text.get(read.end), Some('：' | ':')))
}

/// The document's number, as it stands: `国务院令第412号`, `国发〔2014〕50号`.
pub(super) fn number(inside: &[char]) -> Option<String> {
    const LONGEST: usize = 40;
    let text: String = inside.iter().filter(|c| !c.is_whitespace()).collect();
    text.match_indices('号').find_map(|(at, sign)| {
        let before = &text[..at];
        let start = before.rfind(['，', '。', '；', ',', ';', '、', '日', '（', '(', '由', '据', '以', '经']);
        let start = start.map_or(0, |start| start + before[start..].chars().next().map_or(0, char::len_utf8));
        let number = &text[start..at + sign.len()];
        let is_number = number.contains(|c: char| c.is_ascii_digit() || "一二三四五六七八九十百".contains(c))
            && ["令", "〔", "【", "[", "［", "发", "字", "公告"].iter().any(|sign| number.contains(*sign))
            && !number.contains(['（', '）', '(', ')', '《', '》'])
            && number.chars().count() <= LONGEST;
        let open = |c| if matches!(c, '【' | '[' | '［' | '﹝') { '〔' } else { c };
        let close = |c| if matches!(c, '】' | ']' | '］' | '﹞') { '〕' } else { c };
        is_number.then(|| number.chars().map(open).map(close).collect())
    })
}

/// The year of the edition: the last in which the text was passed, issued or amended. When it comes into force is no edition.
pub(super) fn edition(inside: &[char]) -> Option<String> {
    let text: String = inside.iter().filter(|c| !c.is_whitespace()).collect();
    let mut found = None;
    let mut year: Option<String> = None;
    for clause in text.split_inclusive(['，', '。', '；', ',', ';', '、', '）', ')']) {
        for (at, _) in clause.match_indices('年') {
            let digits: String = clause[..at].chars().rev().take_while(char::is_ascii_digit).collect();
            if digits.len() == 4 {
                year = Some(digits.chars().rev().collect());
            }
        }
        if clause.contains("施行") || clause.contains("实施") {
            let passed = ["通过", "公布", "发布", "修订", "修正"].iter().any(|word| clause.contains(word));
            if !passed {
                year = None;
            }
        }
        let happened = ["通过", "公布", "发布", "颁布", "印发", "修订", "修正", "修改", "令", "号", "批准"];
        if happened.iter().any(|word| clause.contains(word)) && year.is_some() {
            found.clone_from(&year);
        }
    }
    found.or_else(|| only_year(&text))
}

/// A bracket that is nothing but a year.
fn only_year(text: &str) -> Option<String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    (digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn brackets_of_any_width_end() {
        for (text, inside) in [
            ("（2017年（修订）) 第三条", "2017年（修订）"),
            ("(国务院令第3号）", "国务院令第3号"),
            ("（国务院令第3号\n第三条：违反", "国务院令第3号"),
            ("（国务院令第3号 第三条：违反", "国务院令第3号"),
            ("（没有结束", "没有结束"),
        ] {
            let text = chars(text);
            let bracket = read(&text, 0).expect("it opens");
            assert_eq!(bracket.inside.iter().collect::<String>(), inside);
        }
        assert!(read(&chars("第三条"), 0).is_none());
    }

    #[test]
    fn numbers_and_editions_are_found() {
        for (text, expected_number, expected_edition) in [
            ("2004年6月29日国务院令第412号发布，2016年8月25日国务院令第671号第二次修订", "国务院令第412号", "2016"),
            ("2018年8月31日，十三届全国人大常委会第五次会议全票通过，自2019年1月1日起施行", "", "2018"),
            ("2014年11月24日国发【2014】50号", "国发〔2014〕50号", "2014"),
            ("新党厅字〔2018〕53号", "新党厅字〔2018〕53号", ""),
            ("国务院令第700号，2018年10月1日起施行", "国务院令第700号", ""),
            ("2021年修订", "", "2021"),
            ("2021年", "", "2021"),
        ] {
            let text = chars(text);
            assert_eq!(number(&text).unwrap_or_default(), expected_number);
            assert_eq!(edition(&text).unwrap_or_default(), expected_edition);
        }
    }
}
