//! Many changes in one text, each behind a switch, so that they are compiled once.
//!
//! Where a function is changed, it gets a body for each change, and the switch says which of them runs. The sources are
//! formatted, so a function ends where its line begins.

use std::ops::Range;

use crate::change::Change;

/// A file with changes woven in.
#[derive(Debug)]
pub(crate) struct Woven {
    pub(crate) text: String,
    /// The lines of each change, by its number.
    pub(crate) bodies: Vec<(Range<usize>, usize)>,
    /// The lines of each function that is changed.
    pub(crate) functions: Vec<Range<usize>>,
}

/// A function that is changed: its body, and the changes by their numbers.
type Function<'c> = (Range<usize>, Vec<(usize, &'c Change)>);

/// Weaves in changes, by their numbers, of one file; those that lie in no function, or in one within another that is changed,
/// come back.
pub(crate) fn weave(source: &str, changes: &[(usize, &Change)]) -> (Woven, Vec<usize>) {
    let mut functions: Vec<Function<'_>> = Vec::new();
    let mut left = Vec::new();
    for &(number, change) in changes {
        let Some(body) = body(source, &change.range) else {
            left.push(number);
            continue;
        };
        match functions.iter_mut().find(|(known, _)| known.start < body.end && body.start < known.end) {
            Some((known, of)) if *known == body => of.push((number, change)),
            Some(_) => left.push(number),
            None => functions.push((body, vec![(number, change)])),
        }
    }
    functions.sort_by_key(|(body, _)| body.start);

    let mut woven = Woven { text: String::new(), bodies: Vec::new(), functions: Vec::new() };
    let mut line = 1;
    let mut from = 0;
    let mut put = |text: &mut String, part: &str| {
        let begin = line;
        line += part.matches('\n').count();
        text.push_str(part);
        begin..line + 1
    };
    for (body, changes) in functions {
        put(&mut woven.text, &source[from..body.start]);
        let begin = put(&mut woven.text, "{\n").start;
        for (number, change) in changes {
            let Range { start, end } = change.range;
            let whole = [&source[body.start..start], &change.new, &source[end..body.end]].concat();
            put(&mut woven.text, &format!("if crate::switched::on({number})\n"));
            let lines = put(&mut woven.text, &whole);
            put(&mut woven.text, "\nelse\n");
            woven.bodies.push((lines, number));
        }
        put(&mut woven.text, &source[body.clone()]);
        let end = put(&mut woven.text, "\n}").end;
        woven.functions.push(begin..end);
        from = body.end;
    }
    put(&mut woven.text, &source[from..]);
    (woven, left)
}

/// The body of the innermost function around a part of a source, with its braces.
fn body(source: &str, part: &Range<usize>) -> Option<Range<usize>> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let starts: Vec<usize> = source[..part.start]
        .split_inclusive('\n')
        .scan(0, |at, line| Some(std::mem::replace(at, *at + line.len())))
        .collect();
    let line_at = |at: usize| source[at..].split('\n').next().unwrap_or_default();
    let mut near = usize::MAX;
    for &start in starts.iter().rev() {
        let line = line_at(start);
        if line.trim().is_empty() || indent(line) > near {
            continue;
        }
        near = indent(line);
        if !is_function(line) {
            continue;
        }
        let open = start + source[start..].find('{')?;
        let end = if line_at(open) == "{" {
            let close = format!("\n{}}}", " ".repeat(near));
            open + source[open..].match_indices(&close).map(|(at, _)| at + close.len()).find(|end| {
                // Not a brace with more behind it.
                source[open + end..].starts_with('\n')
            })?
        } else {
            open + line_at(open).trim_end().len()
        };
        let body = open..end;
        return (body.start < part.start && part.end < body.end).then_some(body);
    }
    None
}

fn is_function(line: &str) -> bool {
    let mut rest = line.trim_start();
    if let Some(public) = rest.strip_prefix("pub") {
        rest = match public.strip_prefix('(') {
            Some(within) => within.split_once(')').map_or("", |(_, rest)| rest),
            None => public,
        }
        .trim_start();
    }
    rest.starts_with("fn ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "\
/// A function {of its own}.
pub(crate) fn sum(
    a: u32,
) -> u32 {
    let b = |c| {
        a + c
    };

    b(1)
}

impl One {
    fn is(&self) -> bool { self.0 == 1 }
    const fn none() -> u32 { 7 }
}
";

    fn change(old: &str, new: &str) -> Change {
        let at = SOURCE.find(old).expect("is there");
        let (name, file) = (old.to_owned(), String::new());
        Change { name, told: String::new(), test: None, file, range: at..at + old.len(), new: new.to_owned() }
    }

    #[test]
    fn each_change_has_a_body_of_its_own() {
        let changes = [change("a + c", "a - c"), change("b(1)", "b(2)"), change("==", "!="), change("7", "8")];
        let changes: Vec<(usize, &Change)> = (1..).zip(&changes).collect();
        let (woven, left) = weave(SOURCE, &changes);
        let of = "    let b = |c| {\n        a + c\n    };\n\n    b(1)\n}";
        let sum = format!(
            "{{\nif crate::switched::on(1)\n{{\n{}\nelse\nif crate::switched::on(2)\n{{\n{}\nelse\n{{\n{of}\n}}\n",
            of.replace("a + c", "a - c"),
            of.replace("b(1)", "b(2)"),
        );
        assert!(woven.text.contains(&format!(") -> u32 {sum}")), "{}", woven.text);
        let is = "{\nif crate::switched::on(3)\n{ self.0 != 1 }\nelse\n{ self.0 == 1 }\n}\n";
        assert!(woven.text.contains(&format!("fn is(&self) -> bool {is}")), "{}", woven.text);
        // What runs as it is compiled has no switch.
        assert_eq!(left, [4]);
        let lines: Vec<&str> = woven.text.lines().collect();
        for (body, number) in &woven.bodies {
            let new = &changes[number - 1].1.new;
            assert!(lines[body.start - 1..body.end - 1].concat().contains(new), "{woven:?}");
        }
    }
}
