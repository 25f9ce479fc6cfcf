//! Which local item is which upstream item, how sure that is, and why.

use std::collections::{BTreeMap, BTreeSet};

use quanze::{Snapshot, Value, schema::UnknownName};
use serde::{Deserialize, Serialize};

use super::{Catalogue, CatalogueItem};
use crate::text::folded;

/// Why two items are taken for one, from the surest reason to the least sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A person has decided it.
    Decided,
    /// The local item names the upstream item.
    Recorded,
    /// They bear one basic code.
    Code,
    /// The local item once bore the code.
    Alias,
    /// They share name, type and basis.
    NameTypeAndBasis,
    /// They share name and type.
    NameAndType,
}

impl Reason {
    /// How sure it is, in percent.
    #[must_use]
    pub fn confidence(self) -> u8 {
        match self {
            Self::Decided | Self::Recorded => 100,
            Self::Code => 98,
            Self::Alias => 95,
            Self::NameTypeAndBasis => 90,
            Self::NameAndType => 70,
        }
    }
}

/// An upstream item and the local one that it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// The key of the upstream item.
    pub upstream: String,
    /// The key of the power.
    pub local: String,
    /// Why.
    pub reason: Reason,
    /// How sure that is, in percent.
    pub confidence: u8,
}

/// What people have decided about links: data to be stored, which outlives every import, since keys do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdicts {
    /// Upstream items, and the local ones that they are.
    #[serde(default)]
    pub linked: BTreeMap<String, String>,
    /// Upstream and local items that are not the same, whatever they are called.
    #[serde(default)]
    pub apart: BTreeSet<(String, String)>,
}

/// A local item as it is compared.
#[derive(Clone, Debug)]
pub(super) struct Local {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) power_type: String,
    pub(super) code: Option<String>,
    aliases: Vec<String>,
    upstream: Option<String>,
    /// Titles with places.
    pub(super) basis: BTreeSet<String>,
}

impl Local {
    /// The powers of bodies, by their keys; of all bodies where none is named.
    pub(super) fn of(snapshot: &Snapshot, bodies: &[&str]) -> Result<Vec<Self>, UnknownName> {
        let mut places = BTreeMap::new();
        let instruments = snapshot.list("instruments")?;
        for row in snapshot.list("articles")?.rows() {
            let instrument = row.get("instrument")?.to_string();
            let title = instruments.row(&instrument).map_or(Ok(Value::Missing), |row| row.get("title"))?;
            places.insert(row.key().to_string(), format!("{title}·{}", row.get("locator")?));
        }
        let code = |value: &Value| match value {
            Value::Code(code) => Some(code.text().to_owned()),
            _ => None,
        };
        let list = |value: Value| match value {
            Value::List(elements) => elements,
            _ => Vec::new(),
        };
        let mut locals = Vec::new();
        for row in snapshot.list("powers")?.rows() {
            if !bodies.is_empty() && !bodies.contains(&row.get("body")?.to_string().as_str()) {
                continue;
            }
            let upstream = row.get("upstream")?;
            locals.push(Self {
                key: row.key().to_string(),
                name: row.get("name")?.to_string(),
                power_type: row.get("type")?.to_string(),
                code: code(&row.get("code")?),
                aliases: list(row.get("aliases")?).iter().filter_map(code).collect(),
                upstream: (!upstream.is_missing()).then(|| upstream.to_string()),
                basis: list(row.get("basis")?)
                    .iter()
                    .filter_map(|article| places.get(&article.to_string()).cloned())
                    .collect(),
            });
        }
        Ok(locals)
    }

    /// Whether this is the upstream item, for a reason.
    fn is(&self, key: &str, item: &CatalogueItem, reason: Reason, verdicts: &Verdicts) -> bool {
        let same_name = || self.power_type == item.power_type && folded(&self.name) == folded(&item.name);
        match reason {
            Reason::Decided => verdicts.linked.get(key) == Some(&self.key),
            Reason::Recorded => self.upstream.as_deref() == Some(key),
            Reason::Code => item.code.is_some() && self.code == item.code,
            Reason::Alias => item.code.as_ref().is_some_and(|code| self.aliases.contains(code)),
            Reason::NameTypeAndBasis => same_name() && self.basis == pairs(item),
            Reason::NameAndType => same_name(),
        }
    }

    /// What a local item is looked for by, for a reason. Those that share it may be one.
    fn probe(&self, reason: Reason) -> Vec<String> {
        match reason {
            Reason::Decided => vec![self.key.clone()],
            Reason::Recorded => self.upstream.iter().cloned().collect(),
            Reason::Code => self.code.iter().cloned().collect(),
            Reason::Alias => self.aliases.clone(),
            Reason::NameTypeAndBasis | Reason::NameAndType => vec![folded(&self.name)],
        }
    }
}

/// What a catalogue's item rests on: titles with places.
pub(super) fn pairs(item: &CatalogueItem) -> BTreeSet<String> {
    item.basis.pairs().map(|(title, place)| format!("{title}·{place}")).collect()
}

const REASONS: [Reason; 6] =
    [Reason::Decided, Reason::Recorded, Reason::Code, Reason::Alias, Reason::NameTypeAndBasis, Reason::NameAndType];

/// Links each upstream item to at most one local item, by the surest reason that names one and no other. What is linked is out of
/// the way, and may leave one where there were two: so this goes on until nothing is found any more.
pub(super) fn links(catalogue: &Catalogue, locals: &[Local], verdicts: &Verdicts) -> Vec<Link> {
    let mut found: BTreeMap<&str, Link> = BTreeMap::new();
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    loop {
        let before = found.len();
        for reason in REASONS {
            link_by(reason, catalogue, locals, verdicts, &mut found, &mut taken);
        }
        if found.len() == before {
            return found.into_values().collect();
        }
    }
}

fn link_by<'a>(
    reason: Reason,
    catalogue: &'a Catalogue,
    locals: &[Local],
    verdicts: &Verdicts,
    found: &mut BTreeMap<&'a str, Link>,
    taken: &mut BTreeSet<usize>,
) {
    let mut probes: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, local) in locals.iter().enumerate().filter(|(index, _)| !taken.contains(index)) {
        for probe in local.probe(reason) {
            probes.entry(probe).or_default().push(index);
        }
    }
    for (key, item) in &catalogue.items {
        if found.contains_key(key.as_str()) {
            continue;
        }
        let wanted = match reason {
            Reason::Decided => verdicts.linked.get(key).cloned(),
            Reason::Recorded => Some(key.clone()),
            Reason::Code | Reason::Alias => item.code.clone(),
            Reason::NameTypeAndBasis | Reason::NameAndType => Some(folded(&item.name)),
        };
        let candidates = wanted.and_then(|wanted| probes.get(&wanted)).map_or(&[][..], Vec::as_slice);
        let mut matching = candidates.iter().copied().filter(|index| {
            let local = &locals[*index];
            let apart = verdicts.apart.contains(&(key.clone(), local.key.clone()));
            !taken.contains(index) && !apart && local.is(key, item, reason, verdicts)
        });
        if let (Some(index), None) = (matching.next(), matching.next()) {
            taken.insert(index);
            let local = locals[index].key.clone();
            found.insert(key, Link { upstream: key.clone(), local, reason, confidence: reason.confidence() });
        }
    }
}
