//! Titles of instruments, with their marks or without.

use super::{bracket, locator};
use crate::text::folded;

/// No title is longer; what is, is a mark that was never closed.
const LONGEST: usize = 90;
/// A title without marks that is shorter is none.
const SHORTEST: usize = 3;

/// A title, and where the text goes on.
pub(super) struct Title {
    pub(super) text: String,
    pub(super) end: usize,
}

/// How the title of a law ends.
const ENDINGS: [&str; 20] = [
    "法", "条例", "办法", "规定", "细则", "决定", "意见", "通知", "规则", "方案", "目录", "标准", "规范", "章程",
    "规程", "纲要", "公告", "批复", "通则", "解释",
];
/// What is in a sentence that speaks of a law, and in no title.
const SPEAKING: [&str; 16] = [
    "违反",
    "依照",
    "按照",
    "根据",
    "依据",
    "符合",
    "本法",
    "本条例",
    "本办法",
    "本规定",
    "前款",
    "，",
    "。",
    "；",
    "：",
    "《",
];

/// Reads `《…》`, with titles inside of it. One that is not closed ends where a bracket, a line or an article begins.
pub(super) fn marked(text: &[char], at: usize) -> Option<Title> {
    text.get(at).filter(|c| **c == '《')?;
    let mut depth = 0_usize;
    for (index, c) in text.iter().enumerate().skip(at).take(LONGEST) {
        match c {
            '《' => depth += 1,
            '》' => depth -= 1,
            '：' if locator::read(text, at + 1).is_none() && depth == 1 => break,
            _ => {}
        }
        if depth == 0 {
            return Some(Title { text: clean(&text[at + 1..index]), end: index + 1 })
                .filter(|title| !title.text.is_empty());
        }
    }
    let open = at + 1;
    let end = (open..text.len().min(open + LONGEST)).find(|index| ends_here(text, *index))?;
    whole(&text[open..end]).map(|text| Title { text, end })
}

/// Reads a title without `《》` around it that follows on a mark such as `【法律】`: up to its bracket, its article or the end of the line.
pub(super) fn bare(text: &[char], at: usize) -> Option<Title> {
    if let Some(title) = wrongly_opened(text, at) {
        return Some(title);
    }
    let mut depth = 0_isize;
    let end = (at..text.len().min(at + LONGEST)).find(|index| {
        depth += isize::from(text[*index] == '《') - isize::from(text[*index] == '》');
        // What is inside of marks belongs to the title, but a lone closing mark ends it.
        depth < 0 || (depth == 0 && ends_here(text, *index))
    });
    let end = end.or_else(|| Some(text.len()).filter(|end| *end <= at + LONGEST))?;
    let mut title = whole(&text[at..end])?;
    if matches!(text.get(end), Some('【' | '〔' | '[' | '［')) {
        // The beginning of the document's number is no part of the title.
        let last = ENDINGS.iter().filter_map(|ending| title.rfind(ending).map(|at| at + ending.len())).max();
        title.truncate(last.unwrap_or(title.len()));
    }
    if title.ends_with('〉') {
        // Whoever issued it stands before the marks: `财政厅《关于…的通知》`.
        title = innermost(&title);
    }
    let end = end + usize::from(text.get(end) == Some(&'》'));
    Some(Title { text: title, end }).filter(|title| !title.text.is_empty())
}

/// `（禁止使用童工规定》`
fn wrongly_opened(text: &[char], at: usize) -> Option<Title> {
    text.get(at).filter(|c| matches!(c, '（' | '('))?;
    let rest = &text[at + 1..];
    let length = rest.iter().take(LONGEST).position(|c| matches!(c, '《' | '》' | '\n' | '）' | ')'))?;
    let closed = rest[length] == '》';
    closed.then(|| whole(&rest[..length])).flatten().map(|text| Title { text, end: at + 1 + length + 1 })
}

/// The last title of a text that ends with one.
fn innermost(text: &str) -> String {
    let mut depth = 0;
    for (at, c) in text.char_indices().rev() {
        match c {
            '〉' => depth += 1,
            '〈' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return text[at + c.len_utf8()..text.len() - '〉'.len_utf8()].to_owned();
        }
    }
    text.to_owned()
}

/// Reads the title of a law that stands without any mark directly before its bracket or an article.
pub(super) fn before_article(text: &[char], at: usize) -> Option<Title> {
    let end = (at..text.len().min(at + LONGEST)).find(|index| ends_here(text, *index))?;
    let title: String = whole(&text[at..end])?;
    let bracket = bracket::read(text, end).is_some_and(|bracket| bracket::edition(bracket.inside).is_some());
    let is_law = ENDINGS.iter().any(|ending| title.ends_with(ending))
        && !SPEAKING.iter().any(|word| title.contains(word))
        && (bracket || locator::read(text, end).is_some());
    is_law.then_some(Title { text: title, end })
}

fn ends_here(text: &[char], at: usize) -> bool {
    matches!(text[at], '（' | '(' | '\n' | '【' | '〔' | '。' | '：' | ':') || locator::read(text, at).is_some()
}

fn whole(text: &[char]) -> Option<String> {
    let title = clean(text);
    (title.chars().count() >= SHORTEST).then_some(title)
}

/// A title without whitespace and outer marks, with the marks of titles inside as `〈〉`.
fn clean(text: &[char]) -> String {
    let text = folded(&text.iter().collect::<String>()).replace('《', "〈").replace('》', "〉");
    text.trim_matches(|c| matches!(c, '、' | '，' | '；' | '。' | '“' | '”' | '"')).to_owned()
}
