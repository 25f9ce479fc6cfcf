use std::fmt;

use serde::{Deserialize, Serialize};

use super::Name;

/// A code of a scheme: the scheme's name and the text as written.
///
/// Provinces use shapes that no scheme describes, so any text is kept; the scheme tells what is wrong with it. Written as
/// `scheme:text`. A code is a field, never a key: codes change at every institutional reform.
///
/// ```
/// use quanze::Code;
///
/// let code = Code::new("basic", "410100001000");
/// assert_eq!(code.to_string(), "basic:410100001000");
/// ```
#[doc(alias = "编码")]
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Code {
    scheme: Name,
    text: std::sync::Arc<str>,
}

impl Code {
    /// Makes a code of a scheme's name and a text.
    pub fn new(scheme: impl Into<Name>, text: impl Into<std::sync::Arc<str>>) -> Self {
        Self { scheme: scheme.into(), text: text.into() }
    }

    /// Returns the scheme's name; empty where the field's own scheme is meant.
    #[must_use]
    pub fn scheme(&self) -> &Name {
        &self.scheme
    }

    /// Returns the text as written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl From<String> for Code {
    fn from(text: String) -> Self {
        match text.split_once(':') {
            Some((scheme, rest)) => Self::new(scheme, rest),
            None => Self::new("", text),
        }
    }
}

impl From<Code> for String {
    fn from(code: Code) -> Self {
        code.to_string()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.scheme, self.text)
    }
}
