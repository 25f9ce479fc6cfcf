use std::fmt::{self, Write};

use super::{Line, Picture, Shape};

/// Writes a picture as a flowchart.
pub(super) fn flowchart(picture: &Picture) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write(picture, &mut text);
    text
}

fn write(picture: &Picture, text: &mut String) -> fmt::Result {
    text.write_str("flowchart LR\n")?;
    inside(picture, None, 1, text)?;
    for edge in &picture.edges {
        let arrow = match edge.line {
            Line::Solid => "-->",
            Line::Dashed => "-.->",
        };
        write!(text, "  n{} {arrow}", edge.from)?;
        if !edge.label.is_empty() {
            write!(text, "|{}|", quoted(&edge.label))?;
        }
        writeln!(text, " n{}", edge.to)?;
    }
    let focus = picture.nodes.iter().enumerate().filter(|(_, node)| node.shape == Shape::Focus);
    let focus: Vec<String> = focus.map(|(at, _)| format!("n{at}")).collect();
    if !focus.is_empty() {
        write!(text, "  classDef focus stroke-width:3px\n  class {} focus\n", focus.join(","))?;
    }
    Ok(())
}

fn inside(picture: &Picture, group: Option<usize>, depth: usize, text: &mut String) -> fmt::Result {
    let (groups, nodes) = picture.inside(group);
    for at in nodes {
        let node = &picture.nodes[at];
        let label = quoted(&node.label);
        match node.shape {
            Shape::Slanted => writeln!(text, "{:1$}n{at}[/{label}/]", "", 2 * depth)?,
            Shape::Round => writeln!(text, "{:1$}n{at}([{label}])", "", 2 * depth)?,
            _ => writeln!(text, "{:1$}n{at}[{label}]", "", 2 * depth)?,
        }
    }
    for at in groups {
        writeln!(text, "{:1$}subgraph g{at}[{2}]", "", 2 * depth, quoted(&picture.groups[at].label))?;
        inside(picture, Some(at), depth + 1, text)?;
        writeln!(text, "{:1$}end", "", 2 * depth)?;
    }
    Ok(())
}

/// Writes a label as a quoted text.
///
/// Labels are read as Markdown and as HTML after the quotes are taken off, so whatever means something there, or to the
/// flowchart itself, is written as its number.
fn quoted(label: &str) -> String {
    let mut text = String::from("\"");
    for (number, line) in label.lines().enumerate() {
        if number > 0 {
            text.push_str("<br/>");
        }
        let line = line.trim();
        // What begins a list item.
        let marker = line.find(|c: char| !c.is_ascii_digit()).filter(|at| *at < line.len());
        let mut before = ' ';
        let mut rest = line.char_indices().peekable();
        while let Some((at, c)) = rest.next() {
            let after = rest.peek().map_or(' ', |(_, c)| *c);
            let means = match c {
                '"' | '#' | '&' | '<' | '>' | '[' | ']' | '{' | '}' | '|' | '\\' | '`' | '*' | '~' | '@' | ':'
                | ';' | '$' | '!' => true,
                // Emphasis, unless within a word.
                '_' => !(before.is_alphanumeric() && after.is_alphanumeric()),
                '.' | ')' | '-' | '+' | '=' if marker == Some(at) => true,
                // An address of the web.
                '.' => line[..at].to_ascii_lowercase().ends_with("www"),
                _ => false,
            };
            if c.is_control() {
                text.push(' ');
            } else if means {
                // Writing to a string does not fail.
                let _ = write!(text, "#{};", u32::from(c));
            } else {
                text.push(c);
            }
            before = c;
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn labels_mean_nothing_but_themselves() {
        for (label, expected) in [
            ("食品经营许可（新办）", "食品经营许可（新办）"),
            ("say \"x\"", "say #34;x#34;"),
            ("a[b](c) {d} <e> & f|g", "a#91;b#93;(c) #123;d#125; #60;e#62; #38; f#124;g"),
            ("two\nlines\r\nthree", "two<br/>lines<br/>three"),
            ("handling_items", "handling_items"),
            ("_em_ and **strong** and `code`", "#95;em#95; and #42;#42;strong#42;#42; and #96;code#96;"),
            ("1. first", "1#46; first"),
            ("- dash", "#45; dash"),
            ("3.5 days - or 1. more", "3#46;5 days - or 1. more"),
            ("https://example.org and www.example.org", "https#58;//example.org and www#46;example.org"),
            ("C:\\dir\tend", "C#58;#92;dir end"),
            ("", ""),
        ] {
            assert_eq!(quoted(label), format!("\"{expected}\""));
        }
    }
}
