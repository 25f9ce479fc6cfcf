//! Text that is set in columns and paragraphs: a Chinese character is as wide as two letters.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The width of what is printed.
pub(crate) const WIDTH: usize = 100;

/// How a column is set.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// A table for the terminal.
pub(crate) struct Columns {
    aligns: Vec<Align>,
    rows: Vec<Vec<String>>,
}

impl Columns {
    /// Starts with a line of titles.
    pub(crate) fn new<const N: usize>(titles: [(&str, Align); N]) -> Self {
        let row = titles.iter().map(|(title, _)| (*title).to_owned()).collect();
        Self { aligns: titles.iter().map(|(_, align)| *align).collect(), rows: vec![row] }
    }

    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }

    /// Sets the rows; texts are cut so that a row fits.
    pub(crate) fn set(&self) -> String {
        const INDENT: usize = 2;
        const GAP: usize = 2;
        let mut widths: Vec<usize> = (0..self.aligns.len())
            .map(|at| self.rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.width()).max().unwrap_or(0))
            .collect();
        let room = WIDTH - INDENT - GAP * widths.len().saturating_sub(1);
        while widths.iter().sum::<usize>() > room {
            let Some(widest) = widths.iter_mut().max() else { break };
            *widest -= 1;
        }
        let mut text = String::new();
        for (number, row) in self.rows.iter().enumerate() {
            let mut line = " ".repeat(INDENT);
            for ((cell, width), align) in row.iter().zip(&widths).zip(&self.aligns) {
                let cell = cut(cell, *width);
                let space = " ".repeat(width - cell.width());
                match align {
                    Align::Left => line.extend([cell.as_str(), &space]),
                    Align::Right => line.extend([space.as_str(), &cell]),
                }
                line.push_str(&" ".repeat(GAP));
            }
            text.push_str(line.trim_end());
            text.push('\n');
            if number == 0 {
                let rule = widths.iter().map(|width| "─".repeat(*width)).collect::<Vec<_>>().join(&" ".repeat(GAP));
                text.push_str(&" ".repeat(INDENT));
                text.push_str(&rule);
                text.push('\n');
            }
        }
        text
    }
}

/// Shortens a text to a width.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut cut = String::new();
    let mut used = 1;
    for character in text.chars() {
        used += character.width().unwrap_or(0);
        if used > width {
            break;
        }
        cut.push(character);
    }
    cut.push('…');
    cut
}

/// Breaks a text into lines, the first after `first`, the others indented as deep.
pub(crate) fn paragraph(first: &str, text: &str) -> String {
    let indent = first.width();
    let mut lines = vec![(first.to_owned(), indent)];
    for word in words(text) {
        let width = word.width();
        let fits = lines.last().is_some_and(|(_, used)| used + word.trim_end().width() <= WIDTH);
        if !fits && !is_closing(&word) {
            lines.push((" ".repeat(indent), indent));
        }
        if let Some((line, used)) = lines.last_mut() {
            line.push_str(&word);
            *used += width;
        }
    }
    let lines: Vec<&str> = lines.iter().map(|(line, _)| line.trim_end()).collect();
    lines.join("\n") + "\n"
}

/// What must not begin a line.
fn is_closing(word: &str) -> bool {
    word.starts_with(['，', '。', '、', '；', '：', '”', '）', '》', '〕', '？', '！'])
}

/// What a line may break after: a word with the spaces behind it, or a wide character.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    for character in text.chars() {
        let wide = character.width() == Some(2);
        match words.last_mut() {
            Some(word) if open && !wide => word.push(character),
            _ => words.push(character.to_string()),
        }
        open = !wide && character != ' ';
    }
    words
}
