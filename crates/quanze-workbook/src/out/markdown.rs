//! Markdown: a heading and a table, for pages that people read.

use super::Table;

impl Table {
    /// Writes the table as Markdown. Line breaks become `<br>`; what would end a cell is escaped.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let line = |cells: &[String]| {
            format!("| {} |\n", cells.iter().map(|cell| escaped(cell)).collect::<Vec<_>>().join(" | "))
        };
        let mut text = format!("## {}\n\n", escaped(&self.name));
        text.push_str(&line(&self.headings));
        text += "|";
        text += &"---|".repeat(self.headings.len());
        text += "\n";
        self.rows.iter().for_each(|row| text.push_str(&line(row)));
        text
    }
}

/// A text that stays inside of its cell and is no markup.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("<br>"),
            '\\' | '|' | '*' | '_' | '`' | '[' | ']' | '#' => out.extend(['\\', c]),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            c => out.push(c),
        }
    }
    out
}
