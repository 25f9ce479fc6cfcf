use serde::{Deserialize, Serialize};

/// How much a [`Feed`](super::Feed) retains. Where there are two bounds, both are kept.
///
/// ```
/// use quanze::feed::Window;
///
/// // The last thousand revisions, but no more than about 64 MiB of them.
/// let window = Window::last(1_000).at_most_bytes(64 << 20);
/// assert_eq!(window.revisions(), Some(1_000));
/// ```
#[doc(alias = "保留窗口")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revisions: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bytes: Option<usize>,
}

impl Window {
    /// Retains everything.
    #[must_use]
    pub fn all() -> Self {
        Self { revisions: None, bytes: None }
    }

    /// Retains the last so many revisions.
    #[must_use]
    pub fn last(revisions: usize) -> Self {
        Self { revisions: Some(revisions), bytes: None }
    }

    /// Retains no more than about so many bytes: keys and values before and after, as they lie in memory. A revision that is
    /// larger than that by itself is not retained, and all consumers start anew after it.
    #[must_use]
    pub fn at_most_bytes(self, bytes: usize) -> Self {
        Self { bytes: Some(bytes), ..self }
    }

    /// Returns the most revisions that are retained.
    #[must_use]
    pub fn revisions(&self) -> Option<usize> {
        self.revisions
    }

    /// Returns the most bytes that are retained.
    #[must_use]
    pub fn bytes(&self) -> Option<usize> {
        self.bytes
    }

    /// Tells whether so much is too much.
    pub(super) fn is_exceeded(&self, revisions: usize, bytes: usize) -> bool {
        self.revisions.is_some_and(|most| revisions > most) || self.bytes.is_some_and(|most| bytes > most)
    }
}
