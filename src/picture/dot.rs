use std::fmt::{self, Write};

use super::{Line, Picture, Shape};

/// Writes a picture as a digraph.
pub(super) fn digraph(picture: &Picture) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write(picture, &mut text);
    text
}

fn write(picture: &Picture, text: &mut String) -> fmt::Result {
    text.write_str("digraph lists {\n  rankdir=LR;\n  node [shape=box, fontsize=10];\n  edge [fontsize=9];\n")?;
    inside(picture, None, 1, text)?;
    for edge in &picture.edges {
        let mut how = Vec::new();
        if !edge.label.is_empty() {
            how.push(format!("label={}", quoted(&edge.label)));
        }
        if edge.line == Line::Dashed {
            how.push("style=dashed".to_owned());
        }
        let how = if how.is_empty() { String::new() } else { format!(" [{}]", how.join(", ")) };
        writeln!(text, "  n{} -> n{}{how};", edge.from, edge.to)?;
    }
    text.write_str("}\n")
}

fn inside(picture: &Picture, group: Option<usize>, depth: usize, text: &mut String) -> fmt::Result {
    let (groups, nodes) = picture.inside(group);
    for at in nodes {
        let node = &picture.nodes[at];
        let shape = match node.shape {
            Shape::Box => "",
            Shape::Round => ", shape=ellipse",
            Shape::Slanted => ", shape=parallelogram",
            Shape::Focus => ", penwidth=3",
        };
        writeln!(text, "{:1$}n{at} [label={2}{shape}];", "", 2 * depth, quoted(&node.label))?;
    }
    for at in groups {
        writeln!(text, "{:1$}subgraph cluster_{at} {{", "", 2 * depth)?;
        writeln!(text, "{:1$}label={2};", "", 2 * depth + 2, quoted(&picture.groups[at].label))?;
        inside(picture, Some(at), depth + 1, text)?;
        writeln!(text, "{:1$}}}", "", 2 * depth)?;
    }
    Ok(())
}

/// Writes a label as a quoted text. Graphviz reads `\` and, as in HTML, `&` in it.
fn quoted(label: &str) -> String {
    let mut text = String::from("\"");
    for (number, line) in label.lines().enumerate() {
        if number > 0 {
            text.push_str("\\n");
        }
        for c in line.trim().chars() {
            match c {
                '"' | '\\' => text.extend(['\\', c]),
                '&' => text.push_str("&amp;"),
                c if c.is_control() => text.push(' '),
                c => text.push(c),
            }
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
            ("say \"x\"", r#"say \"x\""#),
            ("a[b] {c} <d> | e", "a[b] {c} <d> | e"),
            ("two\nlines\r\nthree", r"two\nlines\nthree"),
            (r"\N and \n", r"\\N and \\n"),
            ("a &lt; b & c", "a &amp;lt; b &amp; c"),
            ("tab\tand bell\u{7}", "tab and bell "),
        ] {
            assert_eq!(quoted(label), format!("\"{expected}\""));
        }
    }
}
