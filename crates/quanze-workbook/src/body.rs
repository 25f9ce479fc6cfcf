//! Bodies: which body a cell means, by what it is written and whose list it stands in.

use serde::Serialize;

use crate::{profile::Profile, text::folded};

/// The name under which items stand of which nothing says whose they are.
const NOT_SAID: &str = "未注明机构";

/// How a body was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// It is written as it is called.
    Exact,
    /// It is written short, or by another name.
    Alias,
    /// It is written as a template that every department of its kind fills in.
    Template,
    /// It is not written: the list is this body's.
    Missing,
}

/// A body that exercises a power.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BodyName {
    /// As it stands in the cell.
    pub written: String,
    /// What it is called: its key in the register of bodies.
    pub name: String,
    /// How it was found.
    pub how: How,
    /// The body on which it hangs as a plaque.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Its level, as a code of the preset, where its name says one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
}

/// Whose list it is, and of which place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Owner {
    /// The department, with its place.
    pub(crate) department: Option<String>,
    /// The place, such as `某某市`.
    pub(crate) place: Option<String>,
}

/// The department that a title or a file's name speaks of: what stands before the year or the word for the list.
pub(crate) fn department_in(text: &str, profile: &Profile) -> Option<String> {
    let text = folded(text);
    let text = text.strip_prefix("部门名称：").unwrap_or(&text);
    let text = text.trim_start_matches("附件").trim_start_matches(['：', '-', '_']);
    let text = text.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches('年');
    let ends = ["权责", "权力", "责任清单", "行政职权", "政务服务", "（", "20", "."];
    let end = ends.iter().filter_map(|end| text.find(end)).min().unwrap_or(text.len());
    let name = &text[..end];
    let known = profile.body_endings.iter().any(|ending| name.ends_with(ending.as_str()));
    (known && (3..=30).contains(&name.chars().count())).then(|| name.to_owned())
}

/// The place that a department's name begins with: `克拉玛依市` of `克拉玛依市档案局`.
pub(crate) fn place_of(department: &str) -> Option<&str> {
    let at = department.char_indices().take(9).find(|(at, c)| {
        let whole_word = !department[..*at].ends_with("自治");
        *at >= 2 * '市'.len_utf8() && matches!(c, '市' | '州' | '县' | '区' | '盟' | '旗') && whole_word
    });
    at.map(|(at, c)| &department[..at + c.len_utf8()])
}

impl Owner {
    /// A department's name with its place before it: `市档案局` of one city is another's `市档案局`.
    pub(crate) fn full(&self, name: &str) -> String {
        let Some(place) = &self.place else { return name.to_owned() };
        if name.starts_with(place.as_str()) || is_above(name) {
            return name.to_owned();
        }
        let short = place.chars().next_back().filter(|last| name.starts_with(*last));
        let rest = short.map_or(name, |last| &name[last.len_utf8()..]);
        format!("{place}{rest}")
    }

    /// The level of the place, as a code of the preset.
    fn level(&self) -> Option<&'static str> {
        match self.place.as_deref()?.chars().next_back()? {
            '市' | '州' | '盟' => Some("3"),
            '县' | '区' | '旗' => Some("4"),
            _ => None,
        }
    }

    /// The bodies that a cell names.
    pub(crate) fn bodies(&self, cell: &str, profile: &Profile) -> Vec<BodyName> {
        if folded(cell).is_empty() {
            let department = self.department.clone().unwrap_or_else(|| NOT_SAID.to_owned());
            return vec![self.named("", department, How::Missing, None)];
        }
        parts(cell, profile).into_iter().map(|part| self.body(&part, profile)).collect()
    }

    fn body(&self, written: &str, profile: &Profile) -> BodyName {
        let name = folded(written);
        if let Some(meant) = profile.body_aliases.get(&name) {
            return self.named(written, meant.clone(), How::Alias, None);
        }
        let (outer, inner) = bracketed(&name);
        if let Some(plaque) = inner.and_then(|inner| self.plaque(outer, inner)) {
            return BodyName { host: Some(self.full(outer)), ..self.named(written, plaque, How::Alias, None) };
        }
        if let Some((level, rest)) = template(outer, profile) {
            let own_level = self.level().is_none_or(|own| own == level);
            let named = match (&self.department, &self.place) {
                (Some(department), _) if own_level && department.ends_with(rest) => department.clone(),
                (_, Some(place)) if own_level => format!("{place}{rest}"),
                // Bodies of another level are named together.
                (_, Some(place)) => format!("{place}{outer}"),
                _ => outer.to_owned(),
            };
            return self.named(written, named, How::Template, Some(level));
        }
        let own = matches!(outer, "本局" | "本委" | "本部门" | "本单位" | "本机关");
        if (own || self.is_short_for_department(outer))
            && let Some(department) = &self.department
        {
            return self.named(written, department.clone(), How::Alias, None);
        }
        let full = if outer.starts_with('各') { outer.to_owned() } else { self.full(outer) };
        let how = if full == name { How::Exact } else { How::Alias };
        self.named(written, full, how, None)
    }

    /// The institution that hangs as a plaque on another, if these are such two: its powers are exercised in its name. What a
    /// government does is the government's, whoever prepares it.
    fn plaque(&self, outer: &str, inner: &str) -> Option<String> {
        let first = inner.split('、').next().unwrap_or(inner);
        let is_institution = ["局", "委员会", "委", "办公室"].iter().any(|ending| first.ends_with(ending));
        let hangs = !outer.ends_with("政府") && !first.starts_with('原') && !self.is_department(outer, first);
        (is_institution && hangs).then(|| self.full(first))
    }

    /// Whether a bracket only repeats the body before it.
    fn is_department(&self, outer: &str, inner: &str) -> bool {
        self.full(outer) == self.full(inner)
    }

    /// Whether a name is short for the department's: `市科技局` for `某市科学技术局`.
    fn is_short_for_department(&self, name: &str) -> bool {
        let (Some(department), Some(place)) = (&self.department, &self.place) else { return false };
        let Some(long) = department.strip_prefix(place.as_str()) else { return false };
        let short = place.chars().next_back().and_then(|last| name.strip_prefix(last)).unwrap_or(name);
        let mut rest = long.chars();
        let in_order = short.chars().all(|c| rest.any(|other| other == c));
        in_order && rest.next().is_none() && short.chars().count() >= 3 && short.chars().next() == long.chars().next()
    }

    fn named(&self, written: &str, name: String, how: How, level: Option<&str>) -> BodyName {
        let own = || {
            let of_place = self.place.as_ref().is_some_and(|place| name.starts_with(place.as_str()));
            let districts = name.contains("各区") || name.contains("各县");
            if name.starts_with("自治区") || name.starts_with('省') {
                Some("2")
            } else if districts {
                Some("4")
            } else {
                self.level().filter(|_| of_place)
            }
        };
        let level = level.or_else(own).map(str::to_owned);
        BodyName { written: written.to_owned(), name, how, host: None, level }
    }
}

/// Bodies of a province or the state are not of the place.
fn is_above(name: &str) -> bool {
    ["自治区", "省", "国家", "国务院", "兵团", "中共", "中国", "新疆维吾尔自治区"]
        .iter()
        .any(|above| name.starts_with(above))
}

fn bracketed(name: &str) -> (&str, Option<&str>) {
    match name.split_once('（') {
        Some((outer, rest)) if !outer.is_empty() => (outer, Some(rest.strip_suffix('）').unwrap_or(rest))),
        _ => (name, None),
    }
}

/// A name that begins with a word for whatever place it is: the level of the word, and the rest.
fn template<'a>(name: &'a str, profile: &'a Profile) -> Option<(&'a str, &'a str)> {
    let words = profile.templates.iter().flat_map(|(level, words)| words.iter().map(move |word| (level, word)));
    words
        .filter_map(|(level, word)| {
            let rest = name.strip_prefix(word.as_str())?;
            Some((level.as_str(), rest.strip_prefix('级').unwrap_or(rest), word.len()))
        })
        .filter(|(_, rest, _)| rest.chars().count() >= 2)
        .max_by_key(|(.., length)| *length)
        .map(|(level, rest, _)| (level, rest))
}

/// The parts of a cell that names several bodies: what stands between commas or on lines, if each is a body by itself.
fn parts(cell: &str, profile: &Profile) -> Vec<String> {
    let is_body = |part: &String| {
        let name = folded(part);
        let (outer, _) = bracketed(&name);
        outer.chars().count() >= 3 && profile.body_endings.iter().any(|ending| outer.ends_with(ending.as_str()))
    };
    let lines: Vec<String> = cell.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
    let whole = folded(cell);
    let mut by_comma = vec![String::new()];
    let mut depth = 0_i32;
    for c in whole.chars() {
        depth += i32::from(c == '（') - i32::from(c == '）');
        if depth == 0 && matches!(c, '、' | '，' | '；' | '/') {
            by_comma.push(String::new());
        } else if let Some(part) = by_comma.last_mut() {
            part.push(c);
        }
    }
    by_comma.retain(|part| !part.is_empty());
    if lines.len() > 1 && lines.iter().all(is_body) {
        return lines;
    }
    if by_comma.len() > 1 && by_comma.iter().all(is_body) {
        return by_comma;
    }
    vec![cell.trim().to_owned()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(owner: &Owner, cell: &str) -> Vec<(String, How, Option<String>)> {
        let bodies = owner.bodies(cell, &Profile::default());
        bodies.into_iter().map(|body| (body.name, body.how, body.host)).collect()
    }

    #[test]
    fn departments_are_found_in_titles() {
        let profile = Profile::default();
        for (text, department) in [
            ("2024年市农业农村局权责清单.xls", Some("市农业农村局")),
            ("附件：某山市财政局2025年权责清单 (1)", Some("某山市财政局")),
            ("  某山市委宣传部（新闻出版局）2024年权责清单", Some("某山市委宣传部")),
            ("部门名称：市机关事务管理局", Some("市机关事务管理局")),
            ("某山市林业和草原系统2024年指导目录", None),
            ("附表1", None),
        ] {
            assert_eq!(department_in(text, &profile).as_deref(), department, "{text}");
        }
        assert_eq!(place_of("某山市档案局"), Some("某山市"));
        assert_eq!(place_of("市档案局"), None);
    }

    #[test]
    fn bodies_are_resolved_by_whose_list_it_is() {
        let owner = Owner { department: Some("某山市农业农村局".into()), place: Some("某山市".into()) };
        let one = |name: &str, how, host: Option<&str>| vec![(name.to_owned(), how, host.map(str::to_owned))];
        for (cell, expected) in [
            ("某山市农业农村局", one("某山市农业农村局", How::Exact, None)),
            ("市统\n计局", one("某山市统计局", How::Alias, None)),
            ("地州市农业农村局", one("某山市农业农村局", How::Template, None)),
            ("地州市发展和改革委员会", one("某山市发展和改革委员会", How::Template, None)),
            ("县市区农业农村局", one("某山市县市区农业农村局", How::Template, None)),
            ("自治区农业农村厅", one("自治区农业农村厅", How::Exact, None)),
            ("本局", one("某山市农业农村局", How::Alias, None)),
            ("", one("某山市农业农村局", How::Missing, None)),
            ("某山市委办公室（市档案局）", one("某山市档案局", How::Alias, Some("某山市委办公室"))),
            ("某山市发展和改革委员会（粮食局）", one("某山市粮食局", How::Alias, Some("某山市发展和改革委员会"))),
            ("地州市级农业农村局", one("某山市农业农村局", How::Template, None)),
            ("市农业局", one("某山市农业农村局", How::Alias, None)),
            ("市林业局", one("某山市林业局", How::Alias, None)),
            ("某山市交通局（原公路局）", one("某山市交通局", How::Alias, None)),
            ("市人民政府（某山市自然资源局）", one("某山市人民政府", How::Alias, None)),
            (
                "市住建局、各区城管局",
                vec![("某山市住建局".to_owned(), How::Alias, None), ("各区城管局".to_owned(), How::Exact, None)],
            ),
        ] {
            assert_eq!(read(&owner, cell), expected, "{cell}");
        }
    }

    #[test]
    fn levels_follow_names() {
        let owner = Owner { department: None, place: Some("某山市".into()) };
        let level = |cell: &str| owner.bodies(cell, &Profile::default())[0].level.clone();
        assert_eq!(level("某山市档案局").as_deref(), Some("3"));
        assert_eq!(level("自治区农业农村厅").as_deref(), Some("2"));
        assert_eq!(level("县市区农业农村局").as_deref(), Some("4"));
        assert_eq!(level("各区绿化委员会").as_deref(), Some("4"));
    }
}
