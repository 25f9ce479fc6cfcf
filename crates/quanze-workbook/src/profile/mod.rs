//! What a list is recognised by, as data: the words that head its columns, and the words in its cells that stand for codes.
//!
//! **Architecture invariant:** whatever differs from one jurisdiction's lists to another's is here, and not in code.

mod column;
mod matching;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

pub use self::column::Column;
pub(crate) use self::matching::Headings;

/// The words by which lists are read.
///
/// The default reads lists as departments publish them. Print it as JSON, change it, and read it again: lists of other places may
/// call their columns differently.
///
/// ```
/// use quanze_workbook::{Column, Profile};
///
/// let mut profile = Profile::default();
/// profile.columns[&Column::Name].push("职权名称（全称）".into());
/// let text = serde_json::to_string_pretty(&profile)?;
/// assert_eq!(serde_json::from_str::<Profile>(&text)?, profile);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The headings of each column, in any order. Whitespace, line breaks and a bracket at the end do not count.
    pub columns: IndexMap<Column, Vec<String>>,
    /// The words for each type of power, by its code in the preset.
    pub types: IndexMap<String, Vec<String>>,
    /// The words for each level of government, by its code in the preset. Longer words go before shorter ones.
    pub levels: IndexMap<String, Vec<String>>,
    /// The marks before a title (`【法律】`), by the kind of instrument in the preset.
    pub instrument_kinds: IndexMap<String, Vec<String>>,
    /// How a row that is a note to the list begins.
    pub footnotes: Vec<String>,
    /// How the name of a body begins that stands for the body of whoever uses the list, by the level that it means.
    pub templates: IndexMap<String, Vec<String>>,
    /// How the name of a body ends.
    pub body_endings: Vec<String>,
    /// The words for the state of an item, by its code in the preset.
    pub states: IndexMap<String, Vec<String>>,
    /// The place whose lists these are, such as `某某市`; where it is not given, what most files call themselves by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Other names of bodies, and the names that they stand for.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub body_aliases: IndexMap<String, String>,
}

/// The words of published lists.
#[expect(clippy::expect_used, reason = "the text is part of the program, and a test reads it")]
impl Default for Profile {
    fn default() -> Self {
        serde_json::from_str(include_str!("default.json")).expect("the default profile is a profile")
    }
}
