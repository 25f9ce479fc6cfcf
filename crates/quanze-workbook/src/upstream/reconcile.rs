//! Local items held against a catalogue: what agrees, what differs field by field, what only one side has.

use std::collections::{BTreeMap, BTreeSet};

use quanze::{Date, Edits, Snapshot, schema::UnknownName};
use serde::Serialize;
use serde_json::Value as Json;

use super::{
    Catalogue, CatalogueItem, Verdicts,
    link::{Link, Local, links, pairs},
};
use crate::{
    intake::{
        registers::Registers,
        row::{self, Fields},
    },
    text::fingerprint,
};

/// A linked item whose sides do not say the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Differing {
    /// Which items.
    pub link: Link,
    /// The fields that differ: upstream and local.
    pub fields: BTreeMap<&'static str, (String, String)>,
}

/// Local items held against a catalogue.
///
/// ```
/// use quanze::{Edits, ListSystem, Record, four_tier};
/// use quanze_workbook::{Catalogue, Import, Limits, Profile, Reconciliation, Verdicts, Workbook};
///
/// let text = "序号,事项名称,权力类型,实施依据\n1,采伐许可,行政许可,《中华人民共和国森林法》第五十七条\n";
/// let published = Workbook::from_bytes("省级目录.csv", text.as_bytes(), Limits::default());
/// let catalogue = Catalogue::of(&Import::of([published], &Profile::default()).items);
///
/// let mut system = ListSystem::new(four_tier::schema());
/// let power = Record::new().with("name", "采伐许可").with("type", "01").with("body", "city").with("state", "1");
/// let body = Record::new().with("name", "林业局");
/// system.commit(Edits::new().insert("bodies", "city", &body).insert("powers", "felling", &power))?;
///
/// let before = Reconciliation::of(&catalogue, &system.snapshot(), &[], &Verdicts::default())?;
/// assert_eq!(before.differing[0].fields.keys().collect::<Vec<_>>(), [&"basis"]);
/// system.commit(before.edits(&system.snapshot(), "province")?)?;
/// let after = Reconciliation::of(&catalogue, &system.snapshot(), &[], &Verdicts::default())?;
/// assert_eq!((after.agreed.len(), after.differing.len()), (1, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct Reconciliation {
    /// Linked items that say the same.
    pub agreed: Vec<Link>,
    /// Linked items that do not.
    pub differing: Vec<Differing>,
    /// Keys of upstream items that no local item is.
    pub only_upstream: Vec<String>,
    /// Keys of powers that no upstream item is.
    pub only_local: Vec<String>,
    #[serde(skip)]
    catalogue: Catalogue,
}

impl Reconciliation {
    /// Holds the powers of bodies against a catalogue, by name, code, type and basis; the powers of all bodies where none is named.
    /// What an upstream item does not say, its code or its basis, is not compared.
    ///
    /// # Errors
    /// The system's schema is not the preset, nor extends it.
    ///
    /// # Complexity
    /// Near linear in the items of both sides and in the articles.
    pub fn of(
        catalogue: &Catalogue,
        snapshot: &Snapshot,
        bodies: &[&str],
        verdicts: &Verdicts,
    ) -> Result<Self, UnknownName> {
        let locals = Local::of(snapshot, bodies)?;
        let by_key: BTreeMap<&str, &Local> = locals.iter().map(|local| (local.key.as_str(), local)).collect();
        let mut reconciled = Self {
            agreed: Vec::new(),
            differing: Vec::new(),
            only_upstream: Vec::new(),
            only_local: Vec::new(),
            catalogue: catalogue.clone(),
        };
        let mut linked = BTreeSet::new();
        let mut local_linked = BTreeSet::new();
        for link in links(catalogue, &locals, verdicts) {
            linked.insert(link.upstream.clone());
            local_linked.insert(link.local.clone());
            let (Some(item), Some(local)) = (catalogue.items.get(&link.upstream), by_key.get(link.local.as_str()))
            else {
                continue;
            };
            let fields = differing(item, local);
            if fields.is_empty() {
                reconciled.agreed.push(link);
            } else {
                reconciled.differing.push(Differing { link, fields });
            }
        }
        reconciled.only_upstream = catalogue.items.keys().filter(|key| !linked.contains(*key)).cloned().collect();
        reconciled.only_local =
            locals.iter().map(|local| &local.key).filter(|key| !local_linked.contains(*key)).cloned().collect();
        Ok(reconciled)
    }

    /// The edits that bring what is linked in step with the catalogue, and record each link. `catalogue` is the code of the
    /// preset's vocabulary: `licence_list`, `state` or `province`.
    ///
    /// What only one side has is for people: see [`take_up`].
    ///
    /// # Errors
    /// The system's schema is not the preset, nor extends it.
    ///
    /// # Complexity
    /// In the links, and in the registers.
    pub fn edits(&self, snapshot: &Snapshot, catalogue: &str) -> Result<Edits, UnknownName> {
        let mut registers = Registers::of(snapshot)?;
        let powers = snapshot.list("powers")?;
        let differing: BTreeMap<&str, &Differing> =
            self.differing.iter().map(|differs| (differs.link.upstream.as_str(), differs)).collect();
        let linked = self.agreed.iter().chain(self.differing.iter().map(|differs| &differs.link));
        let items = || linked.clone().filter_map(|link| Some((link, self.catalogue.items.get(&link.upstream)?)));
        registers.instruments(items().map(|(_, item)| &item.basis));

        let of_links = Catalogue { items: items().map(|(link, item)| (link.upstream.clone(), item.clone())).collect() };
        let mut sets: Vec<(&str, &'static str, Json)> = Vec::new();
        for (link, item) in items() {
            let fields = differing.get(link.upstream.as_str()).map(|differs| &differs.fields);
            for field in fields.into_iter().flat_map(BTreeMap::keys) {
                let value = match *field {
                    "name" => item.name.as_str().into(),
                    "code" => item.code.as_deref().into(),
                    "type" => item.power_type.as_str().into(),
                    _ => registers.articles(&item.basis).into(),
                };
                sets.push((&link.local, *field, value));
            }
            let recorded = powers.row(&link.local).map_or(Json::Null, |row| row::now(&row, "upstream"));
            if recorded != link.upstream.as_str() {
                sets.push((&link.local, "upstream", link.upstream.as_str().into()));
            }
        }
        let edits = of_links.edits(snapshot, catalogue)?;
        let edits = registers.new.iter().fold(edits, |edits, (list, key, fields)| edits.insert(*list, key, fields));
        Ok(sets.iter().fold(edits, |edits, (key, field, value)| edits.set("powers", *key, *field, row::value(value))))
    }
}

/// The fields in which a local item differs from the upstream one: upstream and local.
fn differing(item: &CatalogueItem, local: &Local) -> BTreeMap<&'static str, (String, String)> {
    let mut fields = BTreeMap::new();
    let mut compare = |field, upstream: &str, local: &str| {
        if upstream != local {
            fields.insert(field, (upstream.to_owned(), local.to_owned()));
        }
    };
    compare("name", &item.name, &local.name);
    compare("type", &item.power_type, &local.power_type);
    if let Some(code) = &item.code {
        compare("code", code, local.code.as_deref().unwrap_or_default());
    }
    if !item.basis.citations.is_empty() {
        let joined = |set: &BTreeSet<String>| set.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
        compare("basis", &joined(&pairs(item)), &joined(&local.basis));
    }
    fields
}

/// Who takes an upstream item up (认领), for which body, and who has reviewed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenUp<'a> {
    /// The key of the body.
    pub body: &'a str,
    /// The level, as a code of the preset.
    pub level: &'a str,
    /// The day on which it was accepted.
    pub accepted_on: Option<Date>,
    /// The owner who has reviewed it: the actor of the edits.
    pub reviewer: &'a str,
    /// The key of the local item that it is, where there is one.
    pub local: Option<&'a str>,
}

/// Takes an upstream item up in one act: the link, the power where there is none, the implementer from which its implementation row
/// follows, and the owner who has reviewed it. Nothing, where the catalogue has no such item.
///
/// # Errors
/// The system's schema is not the preset, nor extends it.
///
/// # Complexity
/// In the registers.
pub fn take_up(
    items: &Catalogue,
    upstream: &str,
    catalogue: &str,
    taken: &TakenUp<'_>,
    snapshot: &Snapshot,
) -> Result<Edits, UnknownName> {
    let Some(item) = items.items.get(upstream) else { return Ok(Edits::new()) };
    let one = Catalogue { items: BTreeMap::from([(upstream.to_owned(), item.clone())]) };
    let mut edits = one.edits(snapshot, catalogue)?.cause(format!("认领：{}", item.name)).actor(taken.reviewer);
    let power = if let Some(local) = taken.local {
        edits = edits.set("powers", local, "upstream", row::value(&upstream.into()));
        local.to_owned()
    } else {
        let mut registers = Registers::of(snapshot)?;
        registers.instruments(std::iter::once(&item.basis));
        let basis = registers.articles(&item.basis);
        edits = registers.new.iter().fold(edits, |edits, (list, key, fields)| edits.insert(*list, key, fields));
        let hash = fingerprint([taken.body, &item.power_type, &item.name]);
        let key = row::key(&format!("{}-{}-{hash:016x}", taken.body, item.power_type));
        let fields = Fields::from([
            ("name", item.name.as_str().into()),
            ("code", item.code.as_deref().into()),
            ("type", item.power_type.as_str().into()),
            ("body", taken.body.into()),
            ("levels", vec![taken.level].into()),
            ("basis", basis.into()),
            ("upstream", upstream.into()),
            ("state", "1".into()),
        ]);
        edits = edits.insert("powers", &key, &fields);
        key
    };
    let key = row::key(&format!("{power}-{:016x}", fingerprint([taken.body, taken.level])));
    let accepted = taken.accepted_on.as_ref().map(ToString::to_string);
    let fields = Fields::from([
        ("power", power.into()),
        ("body", taken.body.into()),
        ("level", taken.level.into()),
        ("accepted_on", accepted.into()),
    ]);
    Ok(edits.insert("implementers", key, &fields))
}
