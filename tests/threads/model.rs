//! A city of powers, implementers and bodies as plain maps, and what its lists must hold: no engine, and none of the library's
//! values but durations.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash, Hasher},
};

use quanze::{
    Edits, Record, Schema,
    schema::{
        Check, Field, List, Narrow, OnRemove, Probe, Rule, SchemaError, Severity, Type, Write, count, element,
        greatest, join, lit, own, source,
    },
    working_days,
};

/// The lists that the model knows, each of which a reader can check.
pub(crate) const LISTS: [&str; 6] = ["bodies", "powers", "implementers", "services", "offers", "by_body"];

pub(crate) fn schema() -> Result<Schema, SchemaError> {
    Schema::builder()
        .list("bodies", List::base().field("name", Type::Text))
        .list(
            "powers",
            List::base().field("name", Type::Text).field("limit", Type::Duration).field("open", Type::Boolean),
        )
        .list(
            "implementers",
            List::base()
                .field("power", Field::new(Type::reference("powers")).required().on_remove(OnRemove::Cascade))
                .field("body", Type::reference("bodies")),
        )
        .list(
            "services",
            List::derived()
                .field("power", Type::reference("powers"))
                .field("name", Type::Text)
                .field("limit", Type::Duration)
                .rule(
                    Rule::each_row("open", "powers")
                        .when(source("open"))
                        .set("power", source("key"))
                        .inherit(["name", "limit"]),
                ),
        )
        .list(
            "offers",
            List::derived()
                .field("body", Type::reference("bodies"))
                .field("name", Type::Text)
                .field("promise", Field::new(Type::Duration).write(Write::Narrow(Narrow::AtMost)))
                .rule(
                    Rule::each_match("taken_up", "services", "implementers")
                        .on("power", Probe::Is(source("power")))
                        .set("body", element("body"))
                        .set("name", join([source("name"), lit(" – "), element("body.name")]))
                        .set("promise", source("limit")),
                ),
        )
        .list(
            "by_body",
            List::derived().field("offers", Type::Integer).field("longest", Type::Duration).rule(
                Rule::each_group("body", "offers", [source("body")])
                    .over("bodies")
                    .set("offers", count())
                    .set("longest", greatest(source("promise"))),
            ),
        )
        .check("long", Check::new(Severity::Note, "services", own("limit").gt(working_days(25))))
        .build()
}

#[derive(Clone, Debug)]
struct Power {
    name: String,
    limit: i64,
    open: bool,
}

/// The city.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    bodies: BTreeMap<String, String>,
    powers: BTreeMap<String, Power>,
    /// Implementer to power and body.
    taken_up: BTreeMap<String, (String, String)>,
    /// Authored promises by the key of the offer, also where it is not there now.
    promises: BTreeMap<String, i64>,
    draw: u64,
}

/// A row of a list: key, and fields as they are printed.
pub(crate) type Line = (String, Vec<String>);

/// What the lists must hold at one revision.
#[derive(Debug)]
pub(crate) struct Expected {
    pub(crate) revision: u64,
    sums: BTreeMap<&'static str, u64>,
    /// An offer: its key, the power it is made of, and the promise that is seen.
    pub(crate) offer: (String, String, String),
    /// The key of a power that is closed or gone, so that it is no service.
    pub(crate) no_service: String,
    pub(crate) long: usize,
    pub(crate) looser: usize,
    pub(crate) parked: usize,
}

impl Expected {
    /// What the rows of a list add up to.
    pub(crate) fn sum(&self, list: &str) -> u64 {
        self.sums[list]
    }
}

/// Draws rows together to one number, in their order.
pub(crate) fn sum(lines: impl IntoIterator<Item = Line>) -> u64 {
    let mut hasher = DefaultHasher::new();
    lines.into_iter().for_each(|line| line.hash(&mut hasher));
    hasher.finish()
}

fn days(days: i64) -> String {
    format!("{days} working_days")
}

impl Model {
    /// So many bodies and powers, each power taken up by some of the bodies; and the edits that make them.
    pub(crate) fn city(bodies: usize, powers: usize) -> (Self, Edits) {
        let mut model = Self { draw: 7, ..Self::default() };
        let mut edits = Edits::new();
        for body in 0..bodies {
            let (key, name) = (format!("b{body:02}"), format!("Body {body}"));
            edits = edits.insert("bodies", &key, &Record::new().with("name", &name));
            model.bodies.insert(key, name);
        }
        for power in 0..powers {
            edits = model.insert(edits, power);
        }
        (model, edits)
    }

    /// A number below `bound`, by splitmix64.
    fn below(&mut self, bound: usize) -> usize {
        self.draw = self.draw.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.draw;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ z >> 31) % bound as u64) as usize
    }

    fn insert(&mut self, mut edits: Edits, number: usize) -> Edits {
        let key = format!("p{number:04}");
        let power =
            Power { name: format!("Power {number}"), limit: self.below(30) as i64 + 1, open: self.below(4) > 0 };
        let record = Record::new().with("name", &power.name).with("limit", working_days(power.limit));
        edits = edits.insert("powers", &key, &record.with("open", power.open));
        let bodies: BTreeSet<usize> = (0..3).map(|_| self.below(self.bodies.len())).collect();
        for body in bodies {
            let (implementer, body) = (format!("{key}-b{body:02}"), format!("b{body:02}"));
            edits = edits.insert("implementers", &implementer, &Record::new().with("power", &key).with("body", &body));
            self.taken_up.insert(implementer, (key.clone(), body));
        }
        self.powers.insert(key, power);
        edits
    }

    /// Some edits, of all kinds, made in the model as well.
    pub(crate) fn change(&mut self, powers: usize) -> Edits {
        let mut edits = Edits::new();
        for _ in 0..=self.below(6) {
            let number = self.below(powers);
            let key = format!("p{number:04}");
            let drawn = self.below(30) as i64 + 1;
            let verb = self.below(7);
            let Some(power) = self.powers.get_mut(&key) else {
                edits = self.insert(edits, number);
                continue;
            };
            edits = match verb {
                0 => {
                    power.name = format!("Power {number}, {drawn}");
                    edits.set("powers", &key, "name", &power.name)
                }
                1 | 2 => {
                    power.limit = drawn;
                    edits.set("powers", &key, "limit", working_days(drawn))
                }
                3 => {
                    power.open = !power.open;
                    edits.set("powers", &key, "open", power.open)
                }
                4 => {
                    let body = format!("b{:02}", number % self.bodies.len());
                    let name = format!("Body {number}, {drawn}");
                    let edits = edits.set("bodies", &body, "name", &name);
                    self.bodies.insert(body, name);
                    edits
                }
                5 => {
                    self.powers.remove(&key);
                    self.taken_up.retain(|_, (power, _)| *power != key);
                    edits.remove("powers", &key)
                }
                _ => {
                    let there = self.offers().into_iter().find(|(_, (power, _))| **power == key);
                    let Some((offer, _)) = there else { continue };
                    self.promises.insert(offer.clone(), drawn);
                    edits.author("offers", &offer, "promise", working_days(drawn))
                }
            };
        }
        // What is looser than its limit is recorded.
        edits.record_findings()
    }

    /// The offers with their power and body, in their order.
    fn offers(&self) -> BTreeMap<String, (&String, &String)> {
        let open = self.taken_up.iter().filter(|(_, (power, _))| self.powers[power].open);
        open.map(|(implementer, (power, body))| (format!("{power}/{implementer}"), (power, body))).collect()
    }

    fn promise(&self, offer: &str, power: &str) -> i64 {
        let limit = self.powers[power].limit;
        self.promises.get(offer).map_or(limit, |promise| limit.min(*promise))
    }

    fn lines(&self, list: &str) -> Vec<Line> {
        match list {
            "bodies" => self.bodies.iter().map(|(key, name)| (key.clone(), vec![name.clone()])).collect(),
            "powers" => {
                let line = |(key, power): (&String, &Power)| {
                    (key.clone(), vec![power.name.clone(), days(power.limit), power.open.to_string()])
                };
                self.powers.iter().map(line).collect()
            }
            "implementers" => self
                .taken_up
                .iter()
                .map(|(key, (power, body))| (key.clone(), vec![power.clone(), body.clone()]))
                .collect(),
            "services" => self
                .powers
                .iter()
                .filter(|(_, power)| power.open)
                .map(|(key, power)| (key.clone(), vec![key.clone(), power.name.clone(), days(power.limit)]))
                .collect(),
            "offers" => self
                .offers()
                .into_iter()
                .map(|(key, (power, body))| {
                    let name = format!("{} – {}", self.powers[power].name, self.bodies[body]);
                    let promise = days(self.promise(&key, power));
                    (key, vec![body.clone(), name, promise])
                })
                .collect(),
            "by_body" => {
                let mut groups: BTreeMap<&String, (usize, i64)> =
                    self.bodies.keys().map(|body| (body, (0, 0))).collect();
                for (key, (power, body)) in self.offers() {
                    let group = groups.entry(body).or_default();
                    *group = (group.0 + 1, group.1.max(self.promise(&key, power)));
                }
                let line = |(body, (count, longest)): (&String, (usize, i64))| {
                    let longest = if count == 0 { String::new() } else { days(longest) };
                    (body.clone(), vec![count.to_string(), longest])
                };
                groups.into_iter().map(line).collect()
            }
            other => unreachable!("the model has no list '{other}'"),
        }
    }

    /// What the lists must hold when this has been committed.
    pub(crate) fn expected(&mut self, revision: u64) -> Expected {
        let at = self.below(1 << 20);
        let offers = self.offers();
        let (key, (power, _)) = offers.iter().nth(at % offers.len()).expect("most powers are offered");
        let offer = (key.clone(), (*power).clone(), days(self.promise(key, power)));
        let open = self.powers.values().filter(|power| power.open);
        Expected {
            revision,
            sums: LISTS.iter().map(|list| (*list, sum(self.lines(list)))).collect(),
            offer,
            no_service: self.powers.iter().find(|(_, power)| !power.open).expect("some are closed").0.clone(),
            long: open.filter(|power| power.limit > 25).count(),
            looser: offers
                .iter()
                .filter(|(key, (power, _))| {
                    self.promises.get(*key).is_some_and(|days| *days > self.powers[*power].limit)
                })
                .count(),
            parked: self.promises.keys().filter(|key| !offers.contains_key(*key)).count(),
        }
    }
}
