//! What a legal basis cites.

use serde::Serialize;

/// An instrument that is cited, with the places in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Citation {
    /// The kind, as a code of the preset, where a mark such as `【法律】` says one that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The title, without `《》`; titles inside of it stand in `〈〉`.
    pub title: String,
    /// The document's number, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The year of the edition: the last in which the bracket says that it was passed, issued or amended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// The places, numbered as laws do: `第二十三条第二款`, `附件第一百零四项`. None: the instrument as a whole.
    pub locators: Vec<String>,
}

/// A legal basis as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Basis {
    /// What it cites, in the order of the text.
    pub citations: Vec<Citation>,
    /// Articles that stand before any title.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without_title: Vec<String>,
}

impl Basis {
    /// Each title with each place in it, in order; an instrument as a whole has a blank place.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.citations.iter().flat_map(|citation| {
            let whole = citation.locators.is_empty().then_some("");
            let places = citation.locators.iter().map(String::as_str).chain(whole);
            places.map(|place| (citation.title.as_str(), place))
        })
    }
}
