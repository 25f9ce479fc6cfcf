use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{Labels, unique::unique};
use crate::value::Name;

/// The shape of a kind of code, as data: segments one after the other, and check characters.
///
/// ```
/// use quanze::schema::{CodeScheme, Segment};
///
/// let basic = CodeScheme::new()
///     .segment("region", Segment::digits(2))
///     .segment("type", Segment::digits(2))
///     .segment("main", Segment::digits(5))
///     .segment("sub", Segment::digits(3));
/// assert_eq!(basic.length(), Some(12));
/// ```
#[doc(alias = "编码规则")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeScheme {
    /// What people call the scheme.
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    pub labels: Labels,
    /// The segments, one after the other.
    #[serde(deserialize_with = "unique")]
    pub segments: IndexMap<Name, Segment>,
    /// The check characters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checksums: Vec<Checksum>,
}

/// One segment of a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// What people call the segment.
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    pub labels: Labels,
    /// What the segment is made of.
    pub of: SegmentOf,
}

/// What a segment is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SegmentOf {
    /// So many characters of an alphabet.
    Characters {
        /// The characters allowed.
        alphabet: String,
        /// How many there are.
        length: u8,
    },
    /// A code of another scheme, whole.
    Scheme(Name),
}

/// A check character: a weighted sum of the characters before it.
///
/// With the value of a character being its place in the alphabet, the check character is the one whose value is
/// `(modulus − Σ value·weight mod modulus) mod modulus`, as in GB 32100.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checksum {
    /// The segment, of one character, that holds the check character; it covers all characters before it.
    pub segment: Name,
    /// The characters in the order of their values.
    pub alphabet: String,
    /// The weights of the characters covered, first to last.
    pub weights: Vec<u32>,
    /// The modulus.
    pub modulus: u32,
}

impl CodeScheme {
    /// Makes a scheme without segments.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets what people call the scheme.
    #[must_use]
    pub fn labels(mut self, labels: impl Into<Labels>) -> Self {
        self.labels = labels.into();
        self
    }

    /// Adds a segment at the end.
    #[must_use]
    pub fn segment(mut self, name: impl Into<Name>, segment: Segment) -> Self {
        self.segments.insert(name.into(), segment);
        self
    }

    /// Adds a check character.
    #[must_use]
    pub fn checksum(mut self, checksum: Checksum) -> Self {
        self.checksums.push(checksum);
        self
    }

    /// Returns the number of characters, where no segment is a code of another scheme.
    #[must_use]
    pub fn length(&self) -> Option<usize> {
        self.segments
            .values()
            .map(|segment| match &segment.of {
                SegmentOf::Characters { length, .. } => Some(usize::from(*length)),
                SegmentOf::Scheme(_) => None,
            })
            .sum()
    }
}

impl Segment {
    /// Makes a segment of decimal digits.
    #[must_use]
    pub fn digits(length: u8) -> Self {
        Self::characters("0123456789", length)
    }

    /// Makes a segment of characters of an alphabet.
    pub fn characters(alphabet: impl Into<String>, length: u8) -> Self {
        Self { labels: Labels::default(), of: SegmentOf::Characters { alphabet: alphabet.into(), length } }
    }

    /// Makes a segment that is a code of another scheme.
    pub fn scheme(name: impl Into<Name>) -> Self {
        Self { labels: Labels::default(), of: SegmentOf::Scheme(name.into()) }
    }

    /// Sets what people call the segment.
    #[must_use]
    pub fn labels(mut self, labels: impl Into<Labels>) -> Self {
        self.labels = labels.into();
        self
    }
}
