//! The plan as text.

use std::fmt::{self, Write as _};

use super::{
    Block, BlockRule, CellKind, Compared, CompiledPlan, Family, FindBy, FoundBy, Index, IndexUse, PlannedEach,
    PlannedField, PlannedValue, PostedBy, Posting, Reaction, Scan,
};
use crate::{
    schema::{Direction, Narrow, Severity, Write},
    value::Name,
};

/// How wide lines become, as far as words allow.
const WIDTH: usize = 120;

impl fmt::Display for CompiledPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut page = Page { text: String::new() };
        for family in &self.families {
            page.family(family);
        }
        page.line(0, "rounds");
        for round in &self.rounds {
            let lists = round.lists.iter().map(ToString::to_string).collect::<Vec<_>>();
            if !round.complete.is_empty() {
                page.line(1, &format!("{}: complete are {}", round.number, round.complete.join(", ")));
            }
            if !lists.is_empty() {
                page.line(1, &format!("{}: the rows settle of {}", round.number, lists.join(", ")));
            }
        }
        page.titled("indexes", &self.indexes, index);
        page.titled("rows are found by", &self.found_by, found_by);
        page.titled("families posted", &self.postings, posting);
        page.titled("what goes through more than what is affected", &self.scans, scan);
        f.write_str(&page.text)
    }
}

struct Page {
    text: String,
}

impl Page {
    /// Writes a line, broken between words where it is long; what follows is indented further.
    fn line(&mut self, depth: usize, text: &str) {
        let mut width = 2 * depth;
        self.text.push_str(&" ".repeat(width));
        for (number, word) in text.split(' ').enumerate() {
            let wide = word.chars().count();
            if number > 0 && width + 1 + wide > WIDTH {
                width = 2 * depth + 4;
                let _ = write!(self.text, "\n{}", " ".repeat(width));
            } else if number > 0 {
                self.text.push(' ');
                width += 1;
            }
            self.text.push_str(word);
            width += wide;
        }
        self.text.push('\n');
    }

    fn titled<T>(&mut self, title: &str, all: &[T], say: impl Fn(&T) -> String) {
        self.line(0, title);
        if all.is_empty() {
            self.line(1, "nothing");
        }
        for one in all {
            self.line(1, &say(one));
        }
    }

    fn family(&mut self, family: &Family) {
        let of_groups = family.cells.first().is_some_and(|cell| cell.kind == CellKind::Shared);
        self.line(0, &format!("{}: {}", family.list, if of_groups { "groups" } else { "base rows" }));
        self.line(1, &record(family));
        for block in &family.blocks {
            self.block(block);
        }
        if !family.reactions.is_empty() {
            self.line(1, "when a row comes, goes or changes, beyond its family");
            for one in &family.reactions {
                self.line(2, &reaction(one));
            }
        }
    }

    fn block(&mut self, block: &Block) {
        if let Some(severity) = block.check {
            let Some(rule) = block.rules.first() else { return };
            let grave = match severity {
                Severity::Note => "note",
                Severity::Review => "review",
                Severity::Blocking => "blocking",
            };
            let when = rule.when.as_deref().unwrap_or("true");
            self.line(1, &format!("{} ({grave}): a finding for each row of {} where {when}", block.list, rule.from));
        } else if !block.rules.is_empty() {
            self.line(1, block.list.as_str());
            for rule in &block.rules {
                self.rule(rule);
            }
        }
        if !block.depends_on.is_empty() {
            let whose = if block.check.is_some() { "depends" } else { "its rows depend" };
            self.line(2, &format!("{whose} on {}", block.depends_on.join(", ")));
        }
        let depth = if block.rules.is_empty() { 1 } else { 2 };
        for gift in &block.gives_to {
            let depends_on = match gift.depends_on.as_slice() {
                [] => String::new(),
                things => format!("; depends on {}", things.join(", ")),
            };
            self.line(depth, &format!("gives to {}{depends_on}", gift.to));
        }
    }

    fn rule(&mut self, rule: &BlockRule) {
        self.line(2, &made(rule));
        let mut at: Vec<&str> = Vec::new();
        for field in &rule.fields {
            if let PlannedValue::Inherited { at: list, .. } = &field.value
                && !at.contains(&list.as_str())
            {
                at.push(list);
            }
        }
        for list in at {
            let inherited: Vec<String> = rule.fields.iter().filter_map(|field| inherited(field, list)).collect();
            self.line(3, &format!("read at {list}: {}", inherited.join(", ")));
        }
        for field in &rule.fields {
            let written = written(field.write);
            match &field.value {
                PlannedValue::Inherited { .. } => {}
                PlannedValue::Nothing if written.is_none() => {}
                PlannedValue::Nothing => self.line(3, &format!("{}: authored", field.name)),
                PlannedValue::Computed { expression, depends_on, compared } => {
                    let written = written.map(|written| format!("; {written}")).unwrap_or_default();
                    let depends_on = match (depends_on.as_slice(), compared) {
                        ([], _) => String::new(),
                        (things, Compared::Family) => format!("; depends on {}, compared once", things.join(", ")),
                        (things, Compared::Row) => format!("; depends on {}, compared row by row", things.join(", ")),
                    };
                    self.line(3, &format!("{} = {expression}{depends_on}{written}", field.name));
                }
            }
        }
    }
}

fn record(family: &Family) -> String {
    let mut text = format!("a record of {} words: {} of key and family", family.words, family.head);
    let mut widths: Vec<u8> = family.cells.iter().map(|cell| cell.bits).collect();
    widths.sort_unstable_by(|a, b| b.cmp(a));
    widths.dedup();
    for bits in widths {
        let cells = family.cells.iter().filter(|cell| cell.bits == bits).map(|cell| cell.name.as_str());
        let _ = write!(text, "; of {bits} bits {}", cells.collect::<Vec<_>>().join(", "));
    }
    text
}

/// Says how many rows a rule makes of what.
fn made(rule: &BlockRule) -> String {
    let BlockRule { id, from, each, .. } = rule;
    let mut text = match each {
        PlannedEach::Row => format!("{id}: a row for each row of {from}"),
        PlannedEach::Element(field) => format!("{id}: a row for each element of {from}.{field}"),
        PlannedEach::Line { by, lines } => {
            format!("{id}: a row for each line that goes with {from}.{by}, in a table of {lines}")
        }
        PlannedEach::Match { list, on, .. } => {
            let on = on.iter().map(|(field, values)| match values.as_slice() {
                [value] => format!("{list}.{field} = {value}"),
                values => format!("{list}.{field} is one of {}", values.join(", ")),
            });
            let on = on.collect::<Vec<_>>().join(" and ");
            format!("{id}: a row for each row of {from} and row of {list} with {on}")
        }
        PlannedEach::Group { by, over } => {
            let kept = over.as_ref().map(|list| format!(", and one for each row of {list}")).unwrap_or_default();
            format!("{id}: a row for each group of rows of {from} by {}{kept}", by.join(", "))
        }
    };
    if let Some(when) = &rule.when {
        let _ = write!(text, ", where {when}");
    }
    if let PlannedEach::Match { when: Some(when), .. } = each {
        let _ = write!(text, ", where for both {when}");
    }
    text
}

fn inherited(field: &PlannedField, from: &str) -> Option<String> {
    let PlannedValue::Inherited { at, read } = &field.value else { return None };
    if at != from {
        return None;
    }
    let mut text = field.name.to_string();
    let short = read.strip_prefix(from).and_then(|rest| rest.strip_prefix('.')).unwrap_or(read);
    if short != text {
        let _ = write!(text, " from {short}");
    }
    if let Some(written) = written(field.write) {
        let _ = write!(text, " ({written})");
    }
    Some(text)
}

/// Says how an authored value stands to the rule's, where there may be one.
fn written(write: Write) -> Option<&'static str> {
    match write {
        Write::Locked => None,
        Write::Local => Some("or authored"),
        Write::Suggest => Some("or authored in its place"),
        Write::Narrow(Narrow::AtMost) => Some("or authored, at most it"),
        Write::Narrow(Narrow::AtLeast) => Some("or authored, at least it"),
        Write::Narrow(Narrow::Subset) => Some("or authored, within it"),
        Write::Union => Some("and what is authored"),
    }
}

fn reaction(reaction: &Reaction) -> String {
    let Reaction { on, back, find, list, affects } = reaction;
    let mut text = on.join(", ");
    if !back.is_empty() {
        let back = back.iter().map(|field| format!("← {field}")).collect::<Vec<_>>().join(" ");
        let _ = write!(text, " {back}");
    }
    let found = match find {
        FindBy::Root => format!("the family of {list}"),
        FindBy::Reference(field) => format!("the family of {list} in {field}"),
        FindBy::Posting(under) => format!("families of {list} posted under {}", under.join(", ")),
        FindBy::All => format!("all families of {list}"),
    };
    let text = if text.is_empty() { "coming and going".to_owned() } else { text };
    format!("{text}: {found}, for {}", affects.join(", "))
}

fn index(index: &Index) -> String {
    let uses = index.uses.iter().map(|used| match used {
        IndexUse::Unique => "no two rows share them".to_owned(),
        IndexUse::Referring(list) => format!("who refers to a row of {list}"),
        IndexUse::Match { list, rule } => format!("looked up by {list}, rule {rule}"),
    });
    format!("{}: {}", index.fields.join(", "), uses.collect::<Vec<_>>().join("; "))
}

fn order(by: &[(Name, Direction)]) -> String {
    let by = by.iter().map(|(field, direction)| match direction {
        Direction::Ascending => field.to_string(),
        Direction::Descending => format!("{field}, largest first"),
    });
    by.collect::<Vec<_>>().join(", then ")
}

fn found_by(index: &FoundBy) -> String {
    let FoundBy { list, index, by, when, orders_the_list } = index;
    let by = if by.is_empty() { "key".to_owned() } else { order(by) };
    let when = when.as_ref().map(|when| format!(", where {when}")).unwrap_or_default();
    let orders = if *orders_the_list { "; the list is read in its order" } else { "" };
    format!("{list}.{index}: {by}{when}{orders}")
}

fn posting(posting: &Posting) -> String {
    let by = match &posting.by {
        PostedBy::Rule { list, rule } => format!("{list}, rule {rule}"),
        PostedBy::Authored(field) => format!("authored {field}"),
    };
    format!("of {} under {}: by {by}", posting.families, posting.under.join(", "))
}

fn scan(scan: &Scan) -> String {
    match scan {
        Scan::AllFamilies { on, of, families, affects } => {
            let on = if on.is_empty() { "comes or goes".to_owned() } else { format!("changes in {}", on.join(", ")) };
            let affects = affects.join(", ");
            format!("all families of {families} are looked at when a row of {of} {on}, for {affects}")
        }
        Scan::WholeBlock { list, families, on } => {
            let on = on.join(", ");
            format!("all rows of {list} in a family of {families} are compared when this changes for one of them: {on}")
        }
        Scan::Tried { list, rule, matched, when } => {
            format!("{list}, rule {rule}, tries each row of {matched} that has the values looked for: {when}")
        }
        Scan::SharedBits { families, things } => {
            let things = things.join(", ");
            format!(
                "families of {families} are compared for more than has changed, as these are not told apart: {things}"
            )
        }
        Scan::Sorted { list, by } => {
            format!("{list} is sorted by {} whenever its rows are read in order", order(by))
        }
        Scan::Explained { what, through } => format!("explaining {what} goes through {through}"),
        Scan::Rekeyed { list, families } => {
            format!("a new key for a row of {list} goes through all families of {families}")
        }
    }
}
