//! The reference of a list system as a document: every list, field, rule, check, vocabulary and code scheme.

use std::fmt::{self, Write};

use super::words::Speaker;
use crate::{
    schema::{
        Check, CodeScheme, Direction, Each, Expr, Field, Labels, List, Narrow, OnRemove, Presence, Rule, Schema,
        SchemaBuilder, SegmentOf, Severity, Write as Policy,
    },
    value::Name,
};

/// Writes the reference of a list system as Markdown, in English with the Chinese terms beside.
///
/// The reference of the preset with its defaults is `docs/four-tier.md`.
///
/// ```
/// use quanze::four_tier;
///
/// let reference = four_tier::reference(&four_tier::schema());
/// assert!(reference.contains("### `handling_items` 业务办理事项清单"));
/// ```
#[must_use]
pub fn reference(schema: &Schema) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = Reference { spec: schema.spec() }.write(&mut text);
    text
}

struct Reference<'a> {
    spec: &'a SchemaBuilder,
}

impl Reference<'_> {
    fn write(&self, out: &mut String) -> fmt::Result {
        writeln!(out, "# {}: reference\n", title(&self.spec.labels, "list system"))?;
        writeln!(out, "Generated from the schema by `four_tier::reference`; a test keeps it true. Do not edit it.\n")?;
        self.write_overview(out)?;
        for (heading, is_here) in PARTS {
            let lists: Vec<_> = self.spec.lists.iter().filter(|(_, list)| is_here(list)).collect();
            if lists.is_empty() {
                continue;
            }
            writeln!(out, "\n## {heading}")?;
            for (name, list) in lists {
                self.write_list(out, name, list)?;
            }
        }
        self.write_checks(out)?;
        self.write_vocabularies(out)?;
        self.write_code_schemes(out)
    }

    fn write_overview(&self, out: &mut String) -> fmt::Result {
        writeln!(out, "| list | 中文 | English | tier | rows | fields |\n|---|---|---|---|---|---|")?;
        for (name, list) in &self.spec.lists {
            let rows = if list.is_base() { "authored" } else { "derived" };
            let (zh, en) = both(&list.labels);
            writeln!(out, "| `{name}` | {zh} | {en} | {} | {rows} | {} |", tier(list), list.fields.len())?;
        }
        Ok(())
    }

    fn write_list(&self, out: &mut String, name: &Name, list: &List) -> fmt::Result {
        let (zh, en) = both(&list.labels);
        writeln!(out, "\n### `{name}` {zh}\n\n{}.", capital(&en))?;
        if !list.rules.is_empty() {
            writeln!(out, "\nRules{}:\n", if list.rules.len() > 1 { ", the first that fits going first" } else { "" })?;
            for rule in &list.rules {
                writeln!(out, "- `{}`: {}", rule.id, self.rule(rule))?;
            }
        }
        for unique in &list.unique {
            writeln!(out, "\nUnique: {}.", ticked(unique.iter()))?;
        }
        if !list.order.is_empty() {
            let order = list.order.iter().map(|order| match order.direction {
                Direction::Ascending => format!("`{}`", order.field),
                Direction::Descending => format!("`{}` downwards", order.field),
            });
            writeln!(out, "\nOrder: {}.", order.collect::<Vec<_>>().join(", "))?;
        }
        if list.is_base() { write_base_fields(out, list) } else { self.write_derived_fields(out, list) }
    }

    fn write_derived_fields(&self, out: &mut String, list: &List) -> fmt::Result {
        writeln!(out, "\n| field | 中文 | English | type | written | origin |\n|---|---|---|---|---|---|")?;
        for (name, field) in &list.fields {
            let (zh, en) = both(&field.labels);
            let origin = cell(&self.origins(list, name, field));
            writeln!(out, "| `{name}` | {zh} | {en} | {} | {} | {origin} |", field.ty, policy(field.write))?;
        }
        Ok(())
    }

    fn rule(&self, rule: &Rule) -> String {
        let speaker = Speaker::of_rule(self.spec, rule);
        let from = &rule.from;
        let mut said = match &rule.each {
            Each::Row => format!("one row per row of `{from}`"),
            Each::Element(field) => format!("one row per element of `{field}` of each row of `{from}`"),
            Each::Table(table) => format!("one row per line of a table by `{}` for each row of `{from}`", table.by),
            Each::Match { list, .. } => format!("one row per row of `{from}` and row of `{list}` that goes with it"),
            Each::Group { by, .. } => {
                let by: Vec<_> = by.iter().map(|by| speaker.say(by, None)).collect();
                format!("one row per group of rows of `{from}` with the same {}", by.join(" and "))
            }
        };
        if let Each::Match { list, on, when } = &rule.each {
            for (field, probe) in on {
                let values: Vec<_> = probe.values().iter().map(|value| speaker.say(value, None)).collect();
                let _ = write!(said, "; `{list}.{field}` is {}", values.join(" or "));
            }
            if !when.is_always() {
                let _ = write!(said, "; {}", speaker.say(when, None));
            }
        }
        if !rule.when.is_always() {
            let _ = write!(said, ", where {}", speaker.say(&rule.when, None));
        }
        said.push('.');
        said
    }

    /// Says where the values of a derived field come from, rule by rule where the rules differ.
    fn origins(&self, list: &List, name: &Name, field: &Field) -> String {
        if field.write == Policy::Local {
            return "authored here".to_owned();
        }
        let said = list.rules.iter().filter_map(|rule| Some((rule, self.origin(rule, rule.set.get(name)?, field))));
        let said: Vec<_> = said.collect();
        match said.as_slice() {
            [(_, only)] => only.clone(),
            [(_, first), rest @ ..]
                if said.len() == list.rules.len() && rest.iter().all(|(_, other)| other == first) =>
            {
                first.clone()
            }
            all => all.iter().map(|(rule, said)| format!("{}: {said}", rule.id)).collect::<Vec<_>>().join("<br>"),
        }
    }

    fn origin(&self, rule: &Rule, value: &Expr, field: &Field) -> String {
        match value {
            Expr::Source(path) => format!("inherited: {}", self.inherited(&rule.from, &path.to_string())),
            Expr::Element(path) => match &rule.each {
                Each::Match { list, .. } => format!("inherited: {}", self.inherited(list, &path.to_string())),
                _ => format!("inherited: {}", Speaker::of_rule(self.spec, rule).say(value, Some(field))),
            },
            _ => format!("computed: {}", Speaker::of_rule(self.spec, rule).say(value, Some(field))),
        }
    }

    /// Follows a path up to the list that authored or computed it.
    fn inherited(&self, list: &Name, path: &str) -> String {
        let (first, rest) = path.split_once('.').map_or((path, String::new()), |(a, b)| (a, format!(".{b}")));
        let above = self.spec.lists.get(list).and_then(|of| match of.rules.as_slice() {
            [rule] if of.fields.get(first).is_some_and(|field| field.write == Policy::Locked) => {
                match (rule.set.get(first)?, &rule.each) {
                    (Expr::Source(up), each) if !matches!(each, Each::Group { .. }) => Some((&rule.from, up)),
                    (Expr::Element(up), Each::Match { list, .. }) => Some((list, up)),
                    _ => None,
                }
            }
            _ => None,
        });
        match above {
            // A path that ends in the row itself goes on without it.
            Some((list, up)) if up.single().is_some_and(|name| *name == "key") && !rest.is_empty() => {
                self.inherited(list, rest.trim_start_matches('.'))
            }
            Some((list, up)) => self.inherited(list, &format!("{up}{rest}")),
            None if path == "key" => format!("the row of `{list}`"),
            None => format!("`{list}.{path}`"),
        }
    }

    fn write_checks(&self, out: &mut String) -> fmt::Result {
        if self.spec.checks.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n## Checks\n")?;
        writeln!(
            out,
            "A finding of severity *blocking* refuses the commit that would add it. The engine adds checks of its own, of \
             severity review: `{{list}}.{{field}}.looser` for each field that may only be narrowed, where what was authored \
             is looser or in an unlike unit; `{{list}}.{{field}}.required` for each required field of a derived list."
        )?;
        for severity in [Severity::Blocking, Severity::Review, Severity::Note] {
            let checks: Vec<_> = self.spec.checks.iter().filter(|(_, check)| check.severity == severity).collect();
            if checks.is_empty() {
                continue;
            }
            writeln!(
                out,
                "\n### {}\n",
                match severity {
                    Severity::Blocking => "Blocking",
                    Severity::Review => "Review",
                    Severity::Note => "Note",
                }
            )?;
            writeln!(out, "| check | 中文 | English | list | when | message |\n|---|---|---|---|---|---|")?;
            for (name, check) in checks {
                self.write_check(out, name, check)?;
            }
        }
        Ok(())
    }

    fn write_check(&self, out: &mut String, name: &Name, check: &Check) -> fmt::Result {
        let (zh, en) = both(&check.labels);
        let when = cell(&Speaker::of_list(self.spec, &check.list).say(&check.when, None));
        let messages: Vec<_> = check.message.iter().map(|(_, message)| cell(message)).collect();
        writeln!(out, "| `{name}` | {zh} | {en} | `{}` | {when} | {} |", check.list, messages.join("<br>"))
    }

    fn write_vocabularies(&self, out: &mut String) -> fmt::Result {
        if !self.spec.vocabularies.is_empty() {
            writeln!(out, "\n## Vocabularies\n\n| vocabulary | 中文 | English | choices |\n|---|---|---|---|")?;
        }
        for (name, vocabulary) in &self.spec.vocabularies {
            let (zh, en) = both(&vocabulary.labels);
            let choices = vocabulary.choices.iter().map(|(code, labels)| {
                let (zh, en) = both(labels);
                format!("`{code}` {zh} {en}")
            });
            writeln!(out, "| `{name}` | {zh} | {en} | {} |", choices.collect::<Vec<_>>().join(" · "))?;
        }
        Ok(())
    }

    fn write_code_schemes(&self, out: &mut String) -> fmt::Result {
        if !self.spec.code_schemes.is_empty() {
            writeln!(
                out,
                "\n## Code schemes\n\n| scheme | 中文 | English | length | segments | check |\n|---|---|---|---|---|---|"
            )?;
        }
        for (name, scheme) in &self.spec.code_schemes {
            let (zh, en) = both(&scheme.labels);
            let segments = scheme.segments.iter().map(|(name, segment)| {
                let of = match &segment.of {
                    SegmentOf::Characters { length, .. } => length.to_string(),
                    SegmentOf::Scheme(scheme) => format!("`{scheme}`"),
                };
                format!("`{name}` {of} {}", both(&segment.labels).0)
            });
            let checks = scheme.checksums.iter().map(|check| format!("`{}` modulo {}", check.segment, check.modulus));
            writeln!(
                out,
                "| `{name}` | {zh} | {en} | {} | {} | {} |",
                self.length(scheme, 0).map_or_else(String::new, |length| length.to_string()),
                segments.collect::<Vec<_>>().join(" · "),
                checks.collect::<Vec<_>>().join(", "),
            )?;
        }
        Ok(())
    }

    fn length(&self, scheme: &CodeScheme, depth: usize) -> Option<usize> {
        if depth > self.spec.code_schemes.len() {
            return None;
        }
        let lengths = scheme.segments.values().map(|segment| match &segment.of {
            SegmentOf::Characters { length, .. } => Some(usize::from(*length)),
            SegmentOf::Scheme(name) => self.length(self.spec.code_schemes.get(name)?, depth + 1),
        });
        lengths.sum()
    }
}

/// A heading and the lists under it.
type Part = (&'static str, fn(&List) -> bool);

const PARTS: [Part; 6] = [
    ("Registers", |list| list.tier.is_none() && list.is_base()),
    ("Tier 1", |list| list.tier == Some(1)),
    ("Tier 2", |list| list.tier == Some(2)),
    ("Tier 3", |list| list.tier == Some(3)),
    ("Tier 4 and below", |list| list.tier.is_some_and(|tier| tier > 3)),
    ("Views", |list| list.tier.is_none() && !list.is_base()),
];

fn write_base_fields(out: &mut String, list: &List) -> fmt::Result {
    writeln!(out, "\n| field | 中文 | English | type | |\n|---|---|---|---|---|")?;
    for (name, field) in &list.fields {
        let (zh, en) = both(&field.labels);
        writeln!(out, "| `{name}` | {zh} | {en} | {} | {} |", field.ty, remarks(field))?;
    }
    Ok(())
}

fn tier(list: &List) -> String {
    match (list.tier, list.is_base()) {
        (Some(tier), _) => tier.to_string(),
        (None, true) => "register".to_owned(),
        (None, false) => "view".to_owned(),
    }
}

fn title(labels: &Labels, otherwise: &str) -> String {
    let (zh, en) = both(labels);
    if zh.is_empty() && en.is_empty() { otherwise.to_owned() } else { format!("{zh} {en}").trim().to_owned() }
}

fn both(labels: &Labels) -> (String, String) {
    let label = |language| cell(labels.get(language).unwrap_or_default());
    (label("zh"), label("en"))
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn ticked<'a>(names: impl Iterator<Item = &'a Name>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn remarks(field: &Field) -> String {
    let mut remarks = Vec::new();
    if field.presence == Presence::Required {
        remarks.push("required");
    }
    if field.ty.target().is_some() {
        remarks.push(match field.on_remove {
            OnRemove::Restrict => "what it refers to stays",
            OnRemove::Cascade => "owned by what it refers to",
            OnRemove::Release => "let go with what it refers to",
        });
    }
    remarks.join("; ")
}

fn policy(write: Policy) -> &'static str {
    match write {
        Policy::Locked => "locked",
        Policy::Local => "local",
        Policy::Suggest => "suggest",
        Policy::Narrow(Narrow::AtMost) => "narrow: at most",
        Policy::Narrow(Narrow::AtLeast) => "narrow: at least",
        Policy::Narrow(Narrow::Subset) => "narrow: a subset",
        Policy::Union => "union",
    }
}
