//! Words of a profile found in headings and cells.

use indexmap::IndexMap;

use super::{Column, Profile};
use crate::text::{folded, without_bracket};

/// A heading that only contains a known one is taken for it if it is not much longer.
const LONGER: usize = 8;

/// The headings of a profile, made comparable once.
pub(crate) struct Headings {
    words: Vec<(String, Column)>,
    levels: Vec<String>,
}

impl Headings {
    pub(crate) fn of(profile: &Profile) -> Self {
        let words = profile.columns.iter().flat_map(|(column, words)| words.iter().map(|word| (folded(word), *column)));
        let levels = profile.levels.values().flatten().map(|word| folded(word));
        Self { words: words.collect(), levels: levels.collect() }
    }

    /// Whether a heading is the name of a level: below it stand marks, and no words.
    pub(crate) fn is_level(&self, text: &str) -> bool {
        self.levels.contains(&folded(text))
    }

    /// The column that a heading heads.
    pub(crate) fn column(&self, text: &str) -> Option<Column> {
        let text = folded(text);
        // A sheet can be sixty thousand columns wide, and most of them blank.
        if text.is_empty() {
            return None;
        }
        let bare = without_bracket(&text);
        let exact = |wanted: &str| self.words.iter().find(|(word, _)| word == wanted).map(|(_, column)| *column);
        exact(&text).or_else(|| exact(bare)).or_else(|| self.within(bare))
    }

    fn within(&self, text: &str) -> Option<Column> {
        let length = text.chars().count();
        let sized = self.words.iter().map(|(word, column)| (word.chars().count(), word, *column));
        sized
            .filter(|(size, word, _)| *size >= 4 && *size + LONGER >= length && text.contains(word.as_str()))
            .max_by_key(|(size, ..)| *size)
            .map(|(_, _, column)| column)
    }
}

impl Profile {
    /// The code of the type that a cell says, as a whole.
    pub(crate) fn power_type(&self, text: &str) -> Option<&str> {
        code_of(&self.types, text)
    }

    /// The code of the first type that a title, a sheet's name or a section speaks of.
    pub(crate) fn type_within(&self, text: &str) -> Option<&str> {
        let text = folded(text);
        let found = self.types.iter().flat_map(|(code, words)| words.iter().map(move |word| (code, word)));
        found
            .filter(|(_, word)| word.chars().count() >= 4)
            .filter_map(|(code, word)| text.find(word.as_str()).map(|at| (at, code)))
            .min_by_key(|(at, _)| *at)
            .map(|(_, code)| code.as_str())
    }

    /// The codes of the levels that a text names, from the highest to the lowest, each once.
    pub(crate) fn levels(&self, text: &str) -> Vec<String> {
        let mut rest = folded(text);
        // Longer words first, each taken out when it is found: 地州市级 is not also 市级.
        let mut words: Vec<(&String, &String)> =
            self.levels.iter().flat_map(|(code, words)| words.iter().map(move |word| (word, code))).collect();
        words.sort_by_key(|(word, _)| std::cmp::Reverse(word.chars().count()));
        let mut codes: Vec<String> = Vec::new();
        for (word, code) in words {
            // A single character says a level only by itself: 区 does, 区域 does not.
            let is_said = match word.chars().nth(1) {
                Some(_) => rest.contains(word.as_str()),
                None => rest.split(['|', '、', '，', '/', '和', '及', '与']).any(|part| part == word),
            };
            if is_said {
                rest = rest.replace(word.as_str(), "|");
                codes.push(code.clone());
            }
        }
        codes.sort();
        codes.dedup();
        codes
    }

    /// The code of the state that a cell says.
    pub(crate) fn state(&self, text: &str) -> Option<&str> {
        code_of(&self.states, text)
    }

    /// The kind of instrument that a mark says.
    pub(crate) fn instrument_kind(&self, mark: &str) -> Option<&str> {
        code_of(&self.instrument_kinds, mark)
    }

    /// Whether a row with this text is a note to the list.
    pub(crate) fn is_footnote(&self, text: &str) -> bool {
        let text = folded(text);
        self.footnotes.iter().any(|beginning| text.starts_with(beginning.as_str()))
    }
}

fn code_of<'a>(words: &'a IndexMap<String, Vec<String>>, text: &str) -> Option<&'a str> {
    let text = folded(text);
    let found = words.iter().find(|(code, words)| **code == text || words.contains(&text));
    found.map(|(code, _)| code.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_recognised_by_meaning() {
        let headings = Headings::of(&Profile::default());
        for (heading, column) in [
            ("序 号", Column::Serial),
            ("事项\n名称", Column::Name),
            ("职权名称", Column::Name),
            ("子项", Column::SubName),
            ("权力\n类型", Column::Type),
            ("实施依据（法律、法规、规章名称及条款）", Column::Basis),
            ("设定依据", Column::Basis),
            ("行使主体(部门)", Column::Body),
            ("实施层级及\n权限", Column::Level),
            ("责任事项依据", Column::ResponsibilitiesBasis),
            ("责任事项内容", Column::Responsibilities),
            ("追责对\n象范围", Column::Accountable),
            ("追责情形及依据", Column::Accountability),
            ("救助渠道", Column::Remedy),
            ("备  注", Column::Remark),
        ] {
            assert_eq!(headings.column(heading), Some(column), "{heading}");
        }
        for heading in ["", "对未按规定登记的处罚", "电话", "依据《档案法》第三条"] {
            assert_eq!(headings.column(heading), None, "{heading}");
        }
    }

    #[test]
    fn words_stand_for_codes() {
        let profile = Profile::default();
        assert_eq!(profile.power_type("行政\n处罚"), Some("02"));
        assert_eq!(profile.power_type("其他"), Some("10"));
        assert_eq!(profile.type_within("附表2 其他行政权力（3项）"), Some("10"));
        assert_eq!(profile.levels("地州市级"), ["3"]);
        assert_eq!(profile.levels("自治区级、地州市级、县市区级"), ["2", "3", "4"]);
        assert_eq!(profile.levels("市、县"), ["3", "4"]);
        for no_level in ["负责本级监督检查", "负责本行政区域监督检查", "县域"] {
            assert_eq!(profile.levels(no_level), Vec::<String>::new(), "{no_level}");
        }
        assert_eq!(profile.instrument_kind("地方性法规"), Some("local_regulation"));
        assert!(profile.is_footnote("备 注：包括两级") && !profile.is_footnote("注册建造师"));
    }
}
