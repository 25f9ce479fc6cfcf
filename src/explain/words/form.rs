//! Lines of different depth as text.

use super::Page;

/// How lines that stand under others are set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Form {
    /// Moved to the right.
    Indented,
    /// Hung on the strokes of a tree, with the first line at its root.
    Drawn,
}

impl Form {
    /// Tells which form a text is formatted in: `{:#}` draws.
    pub(in super::super) fn of(f: &std::fmt::Formatter<'_>) -> Self {
        if f.alternate() { Self::Drawn } else { Self::Indented }
    }
}

impl Page<'_> {
    pub(super) fn written(&self, form: Form) -> String {
        match form {
            Form::Indented => self
                .lines
                .iter()
                .map(|(depth, text)| format!("{:1$}{text}\n", "", 2 * depth))
                .collect::<Vec<_>>()
                .concat(),
            Form::Drawn => self.drawn(),
        }
    }

    fn drawn(&self) -> String {
        // Headings stand as far left as the first line does; in a tree they hang on it.
        let mut under = 0;
        let lines: Vec<(usize, &str)> = (0..)
            .zip(&self.lines)
            .map(|(number, (depth, text))| {
                if number > 0 && *depth == 0 {
                    under = 1;
                }
                (depth + under, text.as_str())
            })
            .collect();
        // From the last line up: at which depths more is to come below.
        let mut open: Vec<bool> = Vec::new();
        let mut drawn: Vec<String> = Vec::with_capacity(lines.len());
        for &(depth, text) in lines.iter().rev() {
            open.resize(depth + 1, false);
            let strokes = (1..depth).map(|at| if open[at] { "│  " } else { "   " });
            let joint = match depth {
                0 => "",
                _ if open[depth] => "├─ ",
                _ => "└─ ",
            };
            drawn.push(format!("{}{joint}{text}\n", strokes.collect::<String>()));
            open[depth] = true;
        }
        drawn.reverse();
        drawn.concat()
    }
}
