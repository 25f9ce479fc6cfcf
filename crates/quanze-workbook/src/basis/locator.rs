//! Where in an instrument: articles (条), clauses (款), items (项), annex items, and lists and ranges of these.

use super::numeral::{chinese, is_numeral, value};

/// Ranges of more articles than this are not believed.
const LONGEST_RANGE: u32 = 60;
/// No number of a place is written with more characters.
const LONGEST_NUMBER: usize = 9;
/// No annex has a longer title.
const LONGEST_TITLE: usize = 60;

/// What was read, and where the text goes on.
pub(super) struct Read {
    pub(super) locators: Vec<String>,
    pub(super) end: usize,
}

/// Reads the places that are listed at a position, if one is.
pub(super) fn read(text: &[char], at: usize) -> Option<Read> {
    let mut cursor = Cursor { text, at };
    let mut list = Listed::default();
    cursor.first(&mut list)?;
    loop {
        let before = cursor.at;
        if !cursor.next(&mut list) {
            let locators = list.locators.iter().map(|place| format!("{}{place}", list.part)).collect();
            return Some(Read { locators, end: before });
        }
    }
}

/// Reads `三十八条：`, which lost its first word.
pub(super) fn read_without_ordinal(text: &[char], at: usize) -> Option<Read> {
    let length = text[at..].iter().take(LONGEST_NUMBER).take_while(|c| is_numeral(**c)).count();
    let is_article = length > 0 && text[at + length..].starts_with(&['条', '：']);
    let number = value(&text[at..at + length]).filter(|_| is_article)?;
    Some(Read { locators: vec![format!("第{}条", chinese(number))], end: at + length + 1 })
}

/// Reads a number such as `11.1.5`, by which standards count.
pub(super) fn read_decimal(text: &[char], at: usize) -> Option<Read> {
    let length = text[at..].iter().take_while(|c| c.is_ascii_digit() || **c == '.').count();
    let number: String = text[at..at + length].iter().collect();
    let parts: Vec<&str> = number.split('.').collect();
    let whole = (2..=5).contains(&parts.len()) && parts.iter().all(|part| (1..=2).contains(&part.len()));
    whole.then(|| Read { locators: vec![number], end: at + length })
}

#[derive(Default)]
struct Listed {
    locators: Vec<String>,
    /// The part of the document that all of them are in.
    part: String,
    /// The article that clauses and items belong to, and the clause that items belong to.
    article: String,
    clause: String,
    last: Last,
}

/// What was read last: a range goes from there.
#[derive(Default, Clone, Copy)]
enum Last {
    Article(u32),
    Clause(u32),
    Item(u32),
    #[default]
    Other,
}

struct Cursor<'a> {
    text: &'a [char],
    at: usize,
}

/// A number with what it counts.
struct Counted {
    /// One number, or the two and more of `第一、三项`.
    numbers: Vec<u32>,
    of: char,
}

impl Counted {
    fn written(&self) -> String {
        let numbers: Vec<String> = self.numbers.iter().map(|number| chinese(*number)).collect();
        format!("第{}{}", numbers.join("、"), self.of)
    }
}

impl Cursor<'_> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// Steps over a text, with blanks before it and within.
    fn take(&mut self, wanted: &str) -> bool {
        let before = self.at;
        for c in wanted.chars() {
            self.skip_blanks();
            if self.peek() != Some(c) {
                self.at = before;
                return false;
            }
            self.at += 1;
        }
        true
    }

    fn take_any(&mut self, wanted: &[&str]) -> bool {
        wanted.iter().any(|text| self.take(text))
    }

    fn number(&mut self) -> Option<u32> {
        let before = self.at;
        let bracket = self.take_any(&["（", "("]);
        let mut digits = Vec::new();
        loop {
            self.skip_blanks();
            match self.peek().filter(|c| is_numeral(*c) && digits.len() < LONGEST_NUMBER) {
                Some(c) => digits.push(c),
                None => break,
            }
            self.at += 1;
        }
        let closed = !bracket || self.take_any(&["）", ")"]);
        let number = value(&digits).filter(|_| closed);
        if number.is_none() {
            self.at = before;
        }
        number
    }

    /// `第三条`, `第（三）项`, `第一、三项`, and `（三）项`.
    fn counted(&mut self, units: &[char]) -> Option<Counted> {
        let before = self.at;
        let counted = self.counted_or_not(units);
        if counted.is_none() {
            self.at = before;
        }
        counted
    }

    fn counted_or_not(&mut self, units: &[char]) -> Option<Counted> {
        let ordinal = self.take("第");
        self.skip_blanks();
        if !ordinal && !matches!(self.peek(), Some('（' | '(')) {
            return None;
        }
        let mut numbers = vec![self.number()?];
        loop {
            let before = self.at;
            if let Some(of) = units.iter().copied().find(|unit| self.take(&unit.to_string())) {
                return Some(Counted { numbers, of });
            }
            // 第（一）（三）项 lists without commas.
            let listed = self.take_any(&["、", "，", ",", "和", "及"]) || matches!(self.peek(), Some('（' | '('));
            let Some(number) = self.number().filter(|_| listed) else {
                self.at = before;
                return None;
            };
            numbers.push(number);
        }
    }

    fn first(&mut self, list: &mut Listed) -> Option<()> {
        if self.take_any(&["附件", "附表", "附录"]) {
            let annex = self.number().map_or_else(String::new, chinese);
            self.take_any(&["：", ":", "中", "的"]);
            self.annex_title();
            let item = self.counted(&['项', '条'])?;
            list.locators.push(format!("附件{annex}{}", item.written()));
            return Some(());
        }
        // A chapter before an article adds nothing: articles are counted through. In each part of a document they begin anew.
        if let Some(part) = self.counted(&['章', '节', '部'])
            && part.of == '部'
        {
            self.take("分").then_some(())?;
            list.part = format!("{}分", part.written());
        }
        if self.article(list) {
            return Some(());
        }
        let item = self.counted(&['项'])?;
        list.locators.push(item.written());
        Some(())
    }

    /// `附件1《…目录》第18项`: what the annex is called.
    fn annex_title(&mut self) {
        let before = self.at;
        if self.take("《") {
            let length = self.text[self.at..].iter().take(LONGEST_TITLE).position(|c| *c == '》');
            self.at = length.map_or(before, |length| self.at + length + 1);
        }
    }

    /// An article; the word is sometimes left out, as in `第二十七第二款` and `第十九：`.
    fn article_number(&mut self) -> Option<Counted> {
        let before = self.at;
        if let Some(article) = self.counted(&['条']) {
            return Some(article);
        }
        let number = self.take("第").then(|| self.number()).flatten();
        self.skip_blanks();
        let left_out = match self.peek() {
            Some('：' | ':') => true,
            Some('第') => {
                let here = self.at;
                let clause = self.counted(&['款']).is_some();
                self.at = here;
                clause
            }
            _ => false,
        };
        let article = number.filter(|_| left_out).map(|number| Counted { numbers: vec![number], of: '条' });
        if article.is_none() {
            self.at = before;
        }
        article
    }

    fn article(&mut self, list: &mut Listed) -> bool {
        let Some(article) = self.article_number() else { return false };
        let (Some((last, others)), of) = (article.numbers.split_last(), article.of) else { return false };
        // 第十、十一条 are two articles.
        for number in others {
            list.locators.push(Counted { numbers: vec![*number], of }.written());
        }
        list.article = Counted { numbers: vec![*last], of }.written();
        if self.take("之")
            && let Some(number) = self.number()
        {
            list.article = format!("{}之{}", list.article, chinese(number));
        }
        list.last = Last::Article(*last);
        list.clause.clear();
        self.within(list);
        true
    }

    /// The clause and the item that follow on an article.
    fn within(&mut self, list: &mut Listed) {
        if let Some(clause) = self.counted(&['款']) {
            self.clauses(list, &clause);
        } else {
            self.items_or_whole(list);
        }
    }

    fn clauses(&mut self, list: &mut Listed, clause: &Counted) {
        let Some((last, others)) = clause.numbers.split_last() else { return };
        for number in others {
            list.locators.push(format!("{}第{}款", list.article, chinese(*number)));
        }
        list.clause = format!("第{}款", chinese(*last));
        list.last = Last::Clause(*last);
        self.items_or_whole(list);
    }

    /// The items of the article or clause that was just read, or all of it.
    fn items_or_whole(&mut self, list: &mut Listed) {
        match self.first_item() {
            Some(items) => self.items(list, &items),
            None => list.locators.push(format!("{}{}", list.article, list.clause)),
        }
    }

    /// One item, with a part of it; or several of one 项, each a place of its own.
    fn items(&mut self, list: &mut Listed, items: &Counted) {
        let within = format!("{}{}", list.article, list.clause);
        for number in &items.numbers {
            list.locators.push(format!("{within}第{}项", chinese(*number)));
            list.last = Last::Item(*number);
        }
        if let Some(part) = self.counted(&['目'])
            && let Some(item) = list.locators.last_mut()
        {
            item.push_str(&part.written());
        }
    }

    /// An item, also behind a colon: `第一条：第（七）项`.
    fn first_item(&mut self) -> Option<Counted> {
        let before = self.at;
        let item = self.counted(&['项']).or_else(|| {
            let behind_colon = self.take_any(&["：", ":"]) && self.text.get(self.at) == Some(&'第');
            behind_colon.then(|| self.counted(&['项'])).flatten()
        });
        if item.is_none() {
            self.at = before;
        }
        item
    }

    /// What a list goes on with, after a comma, or a range from what was read last.
    fn next(&mut self, list: &mut Listed) -> bool {
        if self.take_any(&["至", "到", "—", "-", "～"]) {
            return self.range(list);
        }
        if !self.take_any(&["、", "，", ",", "和", "及", "与", "以及", "；", ";"]) {
            // 第十条第十一条, without a comma.
            let before = self.at;
            let goes_on = matches!(list.last, Last::Article(_)) && self.article(list);
            if !goes_on {
                self.at = before;
            }
            return goes_on;
        }
        if self.article(list) {
            return true;
        }
        if list.article.is_empty() {
            let Some(item) = self.counted(&['项']) else { return false };
            list.locators.push(item.written());
            return true;
        }
        if let Some(clause) = self.counted(&['款']) {
            self.clauses(list, &clause);
            return true;
        }
        let items = self.first_item();
        if let Some(items) = &items {
            self.items(list, items);
        }
        items.is_some()
    }

    /// All from what was read last to what follows, each a place of its own.
    fn range(&mut self, list: &mut Listed) -> bool {
        let (from, unit) = match list.last {
            Last::Article(from) => (from, '条'),
            Last::Clause(from) => (from, '款'),
            Last::Item(from) => (from, '项'),
            Last::Other => return false,
        };
        let Some(to) = self.counted(&[unit]).and_then(|to| to.numbers.last().copied()) else { return false };
        if to <= from || to - from > LONGEST_RANGE {
            return false;
        }
        let within = match list.last {
            Last::Clause(_) => list.article.clone(),
            Last::Item(_) => format!("{}{}", list.article, list.clause),
            Last::Article(_) | Last::Other => String::new(),
        };
        let place = |number| format!("{within}第{}{unit}", chinese(number));
        list.locators.extend((from + 1..to).map(place));
        if unit == '条' {
            list.article = place(to);
            list.clause.clear();
            list.last = Last::Article(to);
            self.within(list);
        } else {
            list.locators.push(place(to));
            list.last = if unit == '款' { Last::Clause(to) } else { Last::Item(to) };
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> String {
        let text: Vec<char> = text.chars().collect();
        let Some(read) = read(&text, 0) else { return String::from("-") };
        format!("{}|{}", read.locators.join(" "), text[read.end..].iter().collect::<String>())
    }

    #[test]
    fn places_are_read() {
        for (text, expected) in [
            ("第46条：违反", "第四十六条|：违反"),
            ("第十条、第二十三条第二款 规定", "第十条 第二十三条第二款| 规定"),
            ("第 十 条第一款，第三款", "第十条第一款 第十条第三款|"),
            ("第十条第一、三项", "第十条第一项 第十条第三项|"),
            ("第十条第（一）、（三）项：", "第十条第一项 第十条第三项|："),
            ("第十条第二款第一项至第三项", "第十条第二款第一项 第十条第二款第二项 第十条第二款第三项|"),
            ("第十条第三项第二目", "第十条第三项第二目|"),
            ("第十条（三）项", "第十条第三项|"),
            ("第十条第一项、第三项", "第十条第一项 第十条第三项|"),
            ("第十条至第十二条第二款", "第十条 第十一条 第十二条第二款|"),
            ("第十条第一款至第三款", "第十条第一款 第十条第二款 第十条第三款|"),
            ("第十、十一条", "第十条 第十一条|"),
            ("第二十条之一第二款", "第二十条之一第二款|"),
            ("第一百〇一条", "第一百零一条|"),
            ("第三章第十条", "第十条|"),
            ("第一部分第六条：", "第一部分第六条|："),
            ("第一部分：", "-"),
            ("附件第104项：", "附件第一百零四项|："),
            ("附件2第（三）项", "附件二第三项|"),
            ("附件：第3项", "附件第三项|"),
            ("附件1《取消的事项目录》第18项：", "附件一第十八项|："),
            ("第26项", "第二十六项|"),
            ("第二十七第二款：", "第二十七条第二款|："),
            ("第十九：县级", "第十九条|：县级"),
            ("第一条:第（七）项 按照", "第一条第七项| 按照"),
            ("第一条：第七届", "第一条|：第七届"),
            ("第十条第十一条", "第十条 第十一条|"),
            ("第十条，由市级负责", "第十条|，由市级负责"),
            ("第十条至今", "第十条|至今"),
            ("第三次修订", "-"),
            ("第七届", "-"),
            ("第一款", "-"),
            ("附件", "-"),
        ] {
            assert_eq!(all(text), expected, "{text}");
        }
    }

    #[test]
    fn standards_count_in_decimals() {
        let read = |text: &str| read_decimal(&text.chars().collect::<Vec<_>>(), 0).map(|read| read.locators.concat());
        assert_eq!(read("11.1.5 竣工").as_deref(), Some("11.1.5"));
        assert_eq!(read("2017.8.31发布"), None);
        assert_eq!(read("1.建立"), None);
    }
}
