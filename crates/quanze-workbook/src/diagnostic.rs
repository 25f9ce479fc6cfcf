//! What an import has to say of a cell, a row, a sheet or a file.

use std::fmt;

use serde::Serialize;

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nobody has to act.
    Note,
    /// Somebody should look whether it was read as it was meant.
    Review,
    /// Something was not read.
    Lost,
}

macro_rules! rules {
    ($($(#[$doc:meta])+ $name:ident = $severity:ident, $id:literal;)+) => {
        /// What a diagnostic is about. Its name is stable, to be counted and filtered by.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[non_exhaustive]
        pub enum Rule {
            $($(#[$doc])+ #[serde(rename = $id)] $name,)+
        }

        impl Rule {
            /// Its name.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)+ }
            }

            /// How much it matters.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)+ }
            }
        }
    };
}

rules! {
    /// The file cannot be read.
    Unreadable = Lost, "unreadable";
    /// The file holds what another file of the import holds.
    Twin = Note, "twin";
    /// A sheet with text in it is no list: no row of it names columns.
    NotAList = Review, "not_a_list";
    /// A sheet that people do not see is read like the others.
    Hidden = Review, "hidden_sheet";
    /// A column without a heading that is known; its cells are left out.
    StrayColumn = Note, "stray_column";
    /// A row that is no item and continues none.
    Unplaced = Lost, "unplaced_row";
    /// A row that repeats the item above for another level or body.
    RepeatedLevel = Note, "repeated_level";
    /// The same item with the same basis stands in another place too, and is kept once.
    Duplicate = Note, "duplicate";
    /// Two items of one name and body have different bases; both are kept.
    SameName = Review, "same_name";
    /// Two sheets hold nearly the same list.
    TwoEditions = Review, "two_editions";
    /// The number of items that a title speaks of is not what was found.
    Count = Review, "count_differs";
    /// A cell of several sub-items gave as many items.
    SeveralSubItems = Note, "several_sub_items";
    /// A serial of several numbers stands for one item.
    SeveralSerials = Review, "several_serials";
    /// The type is missing and was taken from a section, the sheet or the title.
    TypeFromContext = Note, "type_from_context";
    /// The type is missing or unknown; the item is taken in as another power.
    UnknownType = Review, "unknown_type";
    /// The level is not given in words that are known.
    UnknownLevel = Note, "unknown_level";
    /// A body is named as a template, and the body of the file put in its place.
    TemplateBody = Note, "template_body";
    /// A body was found by another name than it is written.
    BodyAlias = Note, "body_alias";
    /// Several bodies in one cell; the first exercises the power.
    SeveralBodies = Note, "several_bodies";
    /// No body is given; the file's own is taken.
    NoBody = Review, "no_body";
    /// The item has no legal basis.
    NoBasis = Review, "no_basis";
    /// Nothing of a legal basis could be read; its text is kept.
    UnreadBasis = Review, "unread_basis";
    /// A legal basis names articles before any title.
    ArticleWithoutTitle = Review, "article_without_title";
    /// A basis names an instrument as a whole.
    WholeInstrument = Note, "whole_instrument";
    /// A code has a shape that is not known; it is kept.
    UnknownCode = Review, "unknown_code";
    /// A limit cannot be read as days or working days; its text is kept.
    UnreadLimit = Review, "unread_limit";
    /// A word for the state of an item is not known.
    UnknownState = Review, "unknown_state";
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// Where in a file something stands. Rows count from one, columns go by letters, as people see them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file.
    pub file: String,
    /// The sheet, unless it is the whole file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The row, unless it is the whole sheet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<usize>,
    /// The column, unless it is the whole row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(sheet) = &self.sheet {
            write!(f, " [{sheet}]")?;
        }
        match (&self.column, self.row) {
            (Some(column), Some(row)) => write!(f, " {column}{row}"),
            (Some(column), None) => write!(f, " column {column}"),
            (None, Some(row)) => write!(f, " row {row}"),
            (None, None) => Ok(()),
        }
    }
}

/// Something that whoever imports should know of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// How much it matters.
    pub severity: Severity,
    /// What it is about.
    pub rule: Rule,
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// What stands there, shortened.
    pub text: String,
    /// What would have been read without a question.
    pub expected: String,
    /// What was done.
    pub done: String,
}

impl Diagnostic {
    pub(crate) fn new(
        rule: Rule,
        place: Place,
        text: &str,
        expected: impl Into<String>,
        done: impl Into<String>,
    ) -> Self {
        Self {
            severity: rule.severity(),
            rule,
            place,
            text: shortened(text),
            expected: expected.into(),
            done: done.into(),
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: '{}'", self.place, self.rule, self.text)?;
        if !self.expected.is_empty() {
            write!(f, "; expected {}", self.expected)?;
        }
        write!(f, "; {}", self.done)
    }
}

/// What fits on a line.
fn shortened(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((at, _)) = words.char_indices().nth(SHOWN) {
        words.truncate(at);
        words.push('…');
    }
    words
}
