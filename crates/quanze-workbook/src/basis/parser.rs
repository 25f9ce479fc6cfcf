//! The text of a basis read from its beginning.
//!
//! A basis cell quotes the law that it cites, and the quotation speaks of other articles. So it is not what looks like an article that
//! counts, but where it stands: a title or an article is a basis where a paragraph begins, or directly behind the title; an
//! article also where a sentence begins, if a colon or a gap sets it apart from what follows.

use super::{
    bracket,
    citation::{Basis, Citation},
    locator, title,
};
use crate::{profile::Profile, text::half_width};

/// A mark before a title is a word or two.
const LONGEST_MARK: usize = 12;
/// How far behind a title its annex may be named.
const ANNEX_WITHIN: usize = 60;

pub(super) fn parse(text: &str, profile: &Profile) -> Basis {
    let text: Vec<char> = text.trim().chars().map(half_width).collect();
    let mut parser = Parser { text: &text, at: 0, profile, place: Place::Paragraph, basis: Basis::default() };
    while parser.at < text.len() {
        parser.step();
    }
    parser.basis.merged()
}

/// Where in the text the parser stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A paragraph begins.
    Paragraph,
    /// A line begins, but only because the cell is narrow.
    Line,
    /// A sentence begins.
    Sentence,
    /// Inside of a sentence.
    Within,
}

struct Parser<'a> {
    text: &'a [char],
    at: usize,
    profile: &'a Profile,
    place: Place,
    basis: Basis,
}

impl Parser<'_> {
    fn step(&mut self) {
        let c = self.text[self.at];
        if c.is_whitespace() {
            self.blank(c);
            return;
        }
        if self.mark() || self.marked_title() || self.article() {
            return;
        }
        if self.place == Place::Paragraph && self.enumerator() {
            return;
        }
        self.at += 1;
        self.place = if matches!(c, '。' | '；' | ';' | '：' | ':') { Place::Sentence } else { Place::Within };
    }

    fn blank(&mut self, c: char) {
        self.at += 1;
        if c != '\n' {
            return;
        }
        let before = self.text[..self.at].iter().rev().find(|c| !c.is_whitespace());
        let ended = before.is_none_or(|c| ends_a_sentence(*c));
        if self.place != Place::Paragraph {
            self.place = if ended { Place::Paragraph } else { Place::Line };
        }
    }

    /// `1.`, `一、`, `（二）` and `①` before a title.
    fn enumerator(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let length = rest
            .iter()
            .take(5)
            .take_while(|c| "（(一二三四五六七八九十0123456789）).、．①②③④⑤⑥⑦⑧⑨⑩".contains(**c))
            .count();
        let next = length + rest[length..].iter().take_while(|c| matches!(c, ' ' | '\u{3000}')).count();
        let before_title = length > 0 && matches!(rest.get(next), Some('《' | '【'));
        if before_title {
            self.at += next;
        }
        before_title
    }

    /// `【法律】`, and the title behind it.
    fn mark(&mut self) -> bool {
        let Some(end) = mark_end(self.text, self.at).or_else(|| self.half_a_mark()) else { return false };
        // `依照【法规】《…》第三条处罚` speaks of it.
        let before = self.at.checked_sub(1).map(|before| self.text[before]);
        if self.place == Place::Within && before.is_some_and(|c| !c.is_whitespace() && !ends_a_sentence(c)) {
            return false;
        }
        let mark: String = self.text[self.at..end].iter().filter(|c| !c.is_whitespace() && **c != '【').collect();
        let next = self.skipped(end + 1);
        if mark_end(self.text, next).is_some() {
            // Said twice.
            self.at = next;
            return true;
        }
        // `关于印发《…》的通知` is one title, with another inside.
        let title = title::marked(self.text, next).or_else(|| title::bare(self.text, next));
        let Some(title) = title else { return false };
        let kind = self.profile.instrument_kind(&mark).map(str::to_owned);
        self.source(kind, title);
        true
    }

    /// `法律】`, of which the first half was lost.
    fn half_a_mark(&self) -> Option<usize> {
        let length = self.text[self.at..].iter().take(LONGEST_MARK).position(|c| *c == '】')?;
        let mark: String = self.text[self.at..self.at + length].iter().collect();
        let known = self.place == Place::Paragraph && self.profile.instrument_kind(&mark).is_some();
        known.then_some(self.at + length)
    }

    fn marked_title(&mut self) -> bool {
        let begins = matches!(self.place, Place::Paragraph | Place::Line | Place::Sentence);
        if !begins {
            return false;
        }
        let found = if self.text[self.at] == '《' {
            title::marked(self.text, self.at).filter(|title| self.is_source(title.end))
        } else if self.place == Place::Paragraph {
            title::before_article(self.text, self.at)
        } else {
            None
        };
        let Some(title) = found else { return false };
        self.source(None, title);
        true
    }

    /// Whether a title without a mark before it is cited, and not only spoken of: a bracket, an article, or nothing follows.
    fn is_source(&self, end: usize) -> bool {
        let next = self.skipped(end);
        let bracket = bracket::read(self.text, next);
        match self.place {
            Place::Paragraph => {
                bracket.is_some()
                    || locator::read(self.text, next).is_some()
                    || self.text[end..next].contains(&'\n')
                    || next == self.text.len()
                    || (matches!(self.text[next], '、' | '；') && self.text.get(next + 1) == Some(&'《'))
            }
            // In the middle of a text only a bracket that says how it came about tells a source.
            _ => bracket.is_some_and(|bracket| bracket::edition(bracket.inside).is_some()),
        }
    }

    /// Takes a title as a source, with its brackets and the places directly behind.
    fn source(&mut self, kind: Option<String>, title: title::Title) {
        let mut citation = Citation { kind, title: title.text, ..Citation::default() };
        self.at = title.end;
        loop {
            let next = self.skipped(self.at);
            let Some(bracket) = bracket::read(self.text, next) else { break };
            let inside: String = bracket.inside.iter().filter(|c| !c.is_whitespace()).collect();
            if matches!(inside.as_str(), "试行" | "暂行") {
                citation.title = format!("{}（{inside}）", citation.title);
            }
            citation.number = citation.number.or_else(|| bracket::number(bracket.inside));
            citation.edition = citation.edition.or_else(|| bracket::edition(bracket.inside));
            self.at = bracket.end;
        }
        while self
            .text
            .get(self.at)
            .is_some_and(|c| matches!(c, '）' | ')' | '。' | '，' | ',' | '：' | ':' | '文' | '中'))
        {
            self.at += 1;
        }
        let next = self.skipped(self.at);
        let same_line = !self.text[self.at..next].contains(&'\n');
        if let Some(read) = locator::read(self.text, next).filter(|read| same_line || self.sets_apart(read.end)) {
            citation.locators = read.locators;
            self.at = read.end;
        } else if let Some(read) = self.annex_behind() {
            citation.locators = read.locators;
            self.at = read.end;
        }
        // `《甲法》、《乙条例》第三条`: the next title begins as this one did. What follows on an article quotes it.
        let listed = self.text.get(self.at).is_some_and(|c| matches!(c, '、' | '；' | ';'));
        self.at += usize::from(listed);
        let alone = self.text.get(self.at).is_none_or(|c| *c == '\n');
        self.place = if listed || alone || citation.locators.is_empty() { Place::Paragraph } else { Place::Sentence };
        self.basis.citations.push(citation);
    }

    /// `…决定》（2014年）下放管理层级的行政审批项目目录第26项`.
    fn annex_behind(&self) -> Option<locator::Read> {
        let line = self.text[self.at..]
            .iter()
            .take(ANNEX_WITHIN)
            .take_while(|c| !matches!(c, '\n' | '《' | '：' | ':' | '。'))
            .count();
        let places = (self.at..self.at + line).filter(|at| matches!(self.text[*at], '附' | '第'));
        places.filter_map(|at| locator::read(self.text, at)).find(|read| {
            read.locators.iter().all(|locator| locator.contains('项') && !locator.contains('条'))
                && self.sets_apart(read.end)
        })
    }

    /// Whether a colon, a gap or the end follows: what stands before is the heading of what follows.
    fn sets_apart(&self, end: usize) -> bool {
        match self.text.get(end) {
            None => true,
            Some(c) if c.is_whitespace() || matches!(c, '：' | ':' | '。') => true,
            Some('规') => {
                self.text.get(end + 1) == Some(&'定')
                    && matches!(self.text.get(end + 2), None | Some('：' | ':' | '，' | ',' | '“'))
            }
            Some(_) => false,
        }
    }

    fn article(&mut self) -> bool {
        let c = self.text[self.at];
        let read = if matches!(c, '第' | '附') {
            locator::read(self.text, self.at)
        } else if self.place == Place::Paragraph {
            locator::read_decimal(self.text, self.at).or_else(|| locator::read_without_ordinal(self.text, self.at))
        } else {
            None
        };
        let Some(read) = read.filter(|read| self.begins_a_quotation(read)) else { return false };
        match self.basis.citations.last_mut() {
            Some(citation) => citation.locators.extend(read.locators),
            None => self.basis.without_title.extend(read.locators),
        }
        self.at = read.end;
        self.place = Place::Sentence;
        true
    }

    fn begins_a_quotation(&self, read: &locator::Read) -> bool {
        let colon = matches!(self.text.get(read.end), Some('：' | ':'));
        match self.place {
            Place::Paragraph => self.sets_apart(read.end) || !self.speaks_of_it(read.end),
            Place::Sentence => self.sets_apart(read.end),
            Place::Line => colon,
            // A gap inside of a line stands for a line break that was lost.
            Place::Within => colon && self.at > 0 && self.text[self.at - 1].is_whitespace(),
        }
    }

    /// `第三条规定的`, `第三条所称`: the sentence is about the article, and not what the article says.
    fn speaks_of_it(&self, end: usize) -> bool {
        let rest: String = self.text[end..].iter().take(3).collect();
        ["规定", "所称", "所列", "的", "之规", "中的", "中规", "、", "或"].iter().any(|words| rest.starts_with(words))
    }

    fn skipped(&self, at: usize) -> usize {
        at + self.text[at..].iter().take_while(|c| c.is_whitespace()).count()
    }
}

fn ends_a_sentence(c: char) -> bool {
    "。；;：:！？!?.）)》】”」…".contains(c)
}

/// Where a mark that begins here ends. Years of documents stand in the same brackets: `国发【2014】50号`.
fn mark_end(text: &[char], at: usize) -> Option<usize> {
    text.get(at).filter(|c| **c == '【')?;
    let length = text[at..].iter().take(LONGEST_MARK + 1).position(|c| *c == '】')?;
    let inside = &text[at + 1..at + length];
    let is_year = inside.iter().any(char::is_ascii_digit);
    (!is_year && inside.iter().any(|c| !c.is_whitespace())).then_some(at + length)
}

impl Basis {
    /// The same instrument cited twice in a row is one citation; a place is told once.
    fn merged(mut self) -> Self {
        let mut merged: Vec<Citation> = Vec::new();
        for citation in std::mem::take(&mut self.citations) {
            match merged.iter_mut().find(|earlier| earlier.title == citation.title) {
                Some(earlier) => {
                    earlier.kind = earlier.kind.take().or(citation.kind);
                    earlier.number = earlier.number.take().or(citation.number);
                    earlier.edition = earlier.edition.take().or(citation.edition);
                    earlier.locators.extend(citation.locators);
                }
                None => merged.push(citation),
            }
        }
        for citation in &mut merged {
            let mut seen = std::collections::BTreeSet::new();
            citation.locators.retain(|locator| seen.insert(locator.clone()));
        }
        self.citations = merged;
        self
    }
}
