use std::{borrow::Cow, fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The longest segment of a key, in bytes.
pub const MAX_SEGMENT_BYTES: usize = 512;

/// The key of a row: one segment for a base row, a path of segments for a derived one.
///
/// A derived row is named by the row it comes from and the step taken: `food-licence/market-bureau/new`. In a segment `/`
/// is written `~1` and `~` is written `~0` (as in RFC 6901), so a key prints and parses without loss.
///
/// ```
/// use quanze::Key;
///
/// let key = Key::root("food-licence")?.then("new/changed")?;
/// assert_eq!(key.to_string(), "food-licence/new~1changed");
/// assert_eq!(key.to_string().parse::<Key>()?, key);
/// assert_eq!(key.segments().last().as_deref(), Some("new/changed"));
/// # Ok::<(), quanze::KeyError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key(Arc<str>);

/// The error of a text that is no key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// A segment is empty.
    #[error(
        "the key '{0}' has an empty segment; a key is one or more segments joined by '/', each of 1 to {MAX_SEGMENT_BYTES} bytes"
    )]
    Empty(String),
    /// A segment is too long.
    #[error("the key '{0}…' has a segment of {1} bytes; a segment has at most {MAX_SEGMENT_BYTES}")]
    TooLong(String, usize),
    /// A character that no key may hold.
    #[error("the key '{0}' holds the control character {1:?}; a key holds printable text")]
    Control(String, char),
    /// A `~` that is neither `~0` nor `~1`.
    #[error("the key '{0}' has a '~' that starts no escape; write '~0' for '~' and '~1' for '/'")]
    Escape(String),
}

impl Key {
    /// Makes the key of a base row from its plain text, in which `/` and `~` stand for themselves.
    ///
    /// # Errors
    /// [`KeyError`] where the text is empty, longer than 512 bytes, or holds a control character.
    pub fn root(text: &str) -> Result<Self, KeyError> {
        escape(text).parse()
    }

    /// Makes the key that lies one step below this one.
    ///
    /// # Errors
    /// [`KeyError`] as for [`Key::root`].
    pub fn then(&self, step: &str) -> Result<Self, KeyError> {
        let step = escape(step);
        check_segment(&step, &step)?;
        Ok(Self(format!("{}/{step}", self.0).into()))
    }

    /// Returns the key as it prints.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the segments as plain text, root first.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = Cow<'_, str>> {
        self.0.split('/').map(unescape)
    }

    /// Returns the bytes that the key takes elsewhere, with the counts of those who share it.
    pub(crate) fn bytes(&self) -> usize {
        crate::heap::SHARED + self.0.len()
    }

    /// Takes a text that is known to be well-formed.
    pub(crate) fn trusted(text: &str) -> Self {
        Self(text.into())
    }
}

/// Writes plain text as one segment of a key.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    if text.contains(['/', '~']) { Cow::Owned(text.replace('~', "~0").replace('/', "~1")) } else { Cow::Borrowed(text) }
}

fn unescape(segment: &str) -> Cow<'_, str> {
    if segment.contains('~') {
        Cow::Owned(segment.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(segment)
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

fn check_segment(segment: &str, whole: &str) -> Result<(), KeyError> {
    if segment.is_empty() {
        return Err(KeyError::Empty(shortened(whole)));
    }
    if segment.len() > MAX_SEGMENT_BYTES {
        return Err(KeyError::TooLong(shortened(whole), segment.len()));
    }
    if let Some(c) = segment.chars().find(|c| c.is_control()) {
        return Err(KeyError::Control(shortened(whole), c));
    }
    let mut rest = segment;
    while let Some(at) = rest.find('~') {
        if !matches!(rest.as_bytes().get(at + 1), Some(b'0' | b'1')) {
            return Err(KeyError::Escape(shortened(whole)));
        }
        rest = &rest[at + 2..];
    }
    Ok(())
}

impl FromStr for Key {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        for segment in text.split('/') {
            check_segment(segment, text)?;
        }
        Ok(Self(text.into()))
    }
}

impl TryFrom<String> for Key {
    type Error = KeyError;

    fn try_from(text: String) -> Result<Self, KeyError> {
        text.parse()
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.0.as_ref().to_owned()
    }
}

impl std::borrow::Borrow<str> for Key {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Key {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}
