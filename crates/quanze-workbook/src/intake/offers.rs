//! Items that have gone and items that have come: which of them may be the same under another name.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value as Json;

use super::row::Fields;

/// Names that share so much of their pairs of letters are called alike.
const ALIKE: f64 = 0.6;

/// What may have happened to items that are gone. It is offered; a person decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "offer", rename_all = "snake_case")]
pub enum Offer {
    /// One item goes on under another name.
    Renamed {
        /// The key of the item that is gone.
        from: String,
        /// The key of the one that has come.
        to: String,
    },
    /// Several items have become one.
    Merged {
        /// The keys of those that are gone.
        from: Vec<String>,
        /// The key of the one that has come.
        to: String,
    },
    /// One item has become several.
    Split {
        /// The key of the one that is gone.
        from: String,
        /// The keys of those that have come.
        to: Vec<String>,
    },
}

/// An item as it is compared: of one body, called something, resting on something.
pub(super) struct Compared<'a> {
    body: &'a str,
    name: &'a str,
    basis: BTreeSet<&'a str>,
}

impl<'a> Compared<'a> {
    pub(super) fn of(fields: &'a Fields) -> Self {
        let text = |field: &str| fields.get(field).and_then(Json::as_str).unwrap_or_default();
        let basis = fields.get("basis").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
        Self { body: text("body"), name: text("name"), basis: basis.iter().filter_map(Json::as_str).collect() }
    }

    /// Whether one may have become the other: of one body, and called alike or resting on the same.
    fn may_be(&self, other: &Self) -> bool {
        let same_basis = !self.basis.is_empty() && self.basis == other.basis;
        self.body == other.body && (likeness(self.name, other.name) >= ALIKE || same_basis)
    }
}

pub(super) fn find(gone: &BTreeMap<&str, Compared<'_>>, added: &BTreeMap<&str, Compared<'_>>) -> Vec<Offer> {
    let mut forward: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut backward: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (from, before) in gone {
        for (to, _) in added.iter().filter(|(_, after)| before.may_be(after)) {
            forward.entry(*from).or_default().push(*to);
            backward.entry(*to).or_default().push(*from);
        }
    }
    let own = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
    let mut offers = Vec::new();
    for (from, to) in &forward {
        let alone = to.iter().all(|to| backward[to].len() == 1);
        match to.as_slice() {
            [to] if alone => offers.push(Offer::Renamed { from: (*from).to_owned(), to: (*to).to_owned() }),
            to if alone => offers.push(Offer::Split { from: (*from).to_owned(), to: own(to) }),
            _ => {}
        }
    }
    for (to, from) in &backward {
        if from.len() > 1 && from.iter().all(|from| forward[from].len() == 1) {
            offers.push(Offer::Merged { from: own(from), to: (*to).to_owned() });
        }
    }
    offers
}

/// How much two names share of their pairs of neighbouring letters, from nothing to one (Dice's coefficient).
fn likeness(one: &str, other: &str) -> f64 {
    let pairs = |text: &str| {
        let letters: Vec<char> = text.chars().collect();
        letters.windows(2).map(|pair| (pair[0], pair[1])).collect::<BTreeSet<_>>()
    };
    let (one, other) = (pairs(one), pairs(other));
    let all = one.len() + other.len();
    if all == 0 { 0.0 } else { 2.0 * one.intersection(&other).count() as f64 / all as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_alike() {
        assert!(likeness("对毁坏林木的处罚", "对毁坏林木行为的处罚") > ALIKE);
        assert!(likeness("采伐许可", "种子生产经营许可") < ALIKE);
        assert!(likeness("", "") < ALIKE && likeness("甲", "甲") < ALIKE);
    }
}
