//! Everything the benchmark feeds to an engine, generated from a seed.
//!
//! The same seed and size give the same items, authored limits and operations on every machine, and the items of a
//! smaller size are the first of a larger one.

use super::checksum::{Key, List, Step};

/// What the generator starts from unless a caller wants another world.
pub(crate) const SEED: u64 = 2023;

/// Number of departments, numbered from 1.
pub(crate) const DEPARTMENTS: u8 = 100;

/// Number of law articles, numbered from 1.
pub(crate) const ARTICLES: u16 = 5_000;

/// Number of kinds of an item, numbered from 0.
pub(crate) const KINDS: u8 = 10;

/// Service bodies of each kind.
pub(crate) const SERVICE_SLOTS: u8 = 50;

/// Inspection bodies of each kind.
pub(crate) const INSPECTION_SLOTS: u8 = 20;

/// The longest limit, in working days; the shortest is 1.
pub(crate) const LONGEST_LIMIT: u8 = 60;

/// Kinds whose active items make a row of the service list.
pub(crate) const SERVICE_KINDS: [u8; 6] = [0, 4, 5, 6, 7, 9];

/// Kinds whose active items make a row of the enforcement list.
pub(crate) const ENFORCEMENT_KINDS: [u8; 4] = [1, 2, 3, 5];

/// Kinds whose active items make a row of the regulation list.
pub(crate) const REGULATION_KINDS: [u8; 3] = [0, 1, 5];

/// How many in a hundred items are of each kind.
const KIND_WEIGHTS: [u64; KINDS as usize] = [25, 5, 4, 4, 8, 12, 10, 18, 2, 12];

/// How many department-wide batches a set of streams carries, each for another department.
const BATCHES: usize = 8;

/// Returns the scenarios in which an item of this kind is handled, none unless the kind makes service rows.
pub(crate) const fn scenarios(kind: u8) -> &'static [&'static str] {
    match kind {
        0 => &["new", "change", "renew", "cancel"],
        4 => &["new", "cancel"],
        5 => &["new", "change"],
        6 => &["new", "change", "renew"],
        7 => &["new", "change", "cancel"],
        9 => &["new", "renew", "cancel"],
        _ => &[],
    }
}

/// A short ASCII text of known length, held in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ascii<const N: usize>([u8; N]);

/// The unique code of an item.
pub(crate) type Code = Ascii<12>;

/// The key of a body, such as `s3-17`: register, kind, slot.
pub(crate) type BodyKey = Ascii<5>;

impl<const N: usize> Ascii<N> {
    /// Copies a text that has exactly `N` ASCII characters.
    pub(crate) fn new(text: &str) -> Self {
        assert!(text.is_ascii(), "{text} is not ASCII");
        Self(text.as_bytes().try_into().expect("a text of the declared length"))
    }

    /// Returns the characters as bytes.
    pub(crate) const fn as_bytes(&self) -> &[u8; N] {
        &self.0
    }

    /// Returns the characters as text.
    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("ASCII by construction")
    }
}

/// splitmix64 (Steele, Lea and Flood, 2014): tiny, seedable with any number, good enough to scatter.
#[derive(Clone, Debug)]
pub(crate) struct SplitMix64(u64);

impl SplitMix64 {
    /// Starts a stream of numbers; each seed gives another stream.
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Draws the next 64 bits.
    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// Draws a number below `bound`: the high half of the product of 64 fresh bits and the bound.
    pub(crate) fn below<N>(&mut self, bound: N) -> N
    where
        N: TryInto<u64> + TryFrom<u64>,
    {
        let bound = bound.try_into().ok().expect("a bound is not negative");
        let high = (u128::from(self.next()) * u128::from(bound)) >> 64;
        u64::try_from(high)
            .ok()
            .and_then(|high| N::try_from(high).ok())
            .expect("a number below the bound fits its type")
    }

    /// Draws `true` in so many of a hundred cases.
    fn percent(&mut self, cases: u64) -> bool {
        self.below(100_u64) < cases
    }

    /// Draws a number from 1 to `last` that is not `other`.
    fn another(&mut self, last: u8, other: u8) -> u8 {
        loop {
            let drawn = 1 + self.below(last);
            if drawn != other {
                return drawn;
            }
        }
    }

    /// Draws a kind by weight.
    fn kind(&mut self) -> u8 {
        let mut rest = self.below(100_u64);
        (0..KINDS)
            .zip(KIND_WEIGHTS)
            .find_map(|(kind, weight)| {
                let found = rest < weight;
                rest = rest.saturating_sub(weight);
                found.then_some(kind)
            })
            .expect("the weights sum to a hundred")
    }

    /// Draws a name: 12 to 20 characters of the first CJK block (U+4E00 to U+9FA5), three bytes each.
    fn name(&mut self) -> String {
        let length = 12 + self.below(9_u8);
        (0..length)
            .map(|_| char::from_u32(0x4E00 + self.below(0x51A6_u32)).expect("a character of the block"))
            .collect()
    }
}

/// A base item, as an author writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// The unique key.
    pub(crate) code: Code,
    /// 12 to 20 Chinese characters.
    pub(crate) name: String,
    /// 0 to 9.
    pub(crate) kind: u8,
    /// The department in charge, 1 to 100.
    pub(crate) department: u8,
    /// One to four distinct article numbers, ascending.
    pub(crate) articles: Vec<u16>,
    /// Up to three distinct departments other than the one in charge, ascending.
    pub(crate) co_departments: Vec<u8>,
    /// Whether the item is in the fees, intermediary and territorial list, in this order.
    pub(crate) flags: [bool; 3],
    /// The statutory limit in working days, 1 to 60.
    pub(crate) limit: u8,
    /// Suspended items derive nothing.
    pub(crate) active: bool,
    /// A number nothing reads.
    pub(crate) remark: u32,
    /// Chooses the service bodies, 0 to 49; see [`service_slots`].
    pub(crate) s: u8,
    /// Chooses the inspection bodies, 0 to 19; see [`inspection_slots`].
    pub(crate) t: u8,
    /// The promised limits authored on the item's service implementations, by ordinal of [`service_slots`].
    ///
    /// None for an item that is not active or not a service when it is generated: it has no row to author them on.
    pub(crate) promises: [Option<u8>; 4],
    /// The kind of the bodies that the promises were authored for; under any other kind they are parked.
    pub(crate) promised_kind: u8,
}

impl Item {
    /// Draws the item of this number; numbers give distinct codes.
    fn draw(number: usize, random: &mut SplitMix64) -> Self {
        let number = u64::try_from(number).expect("an item number of at most 64 bits");
        // 6,180,339,887 is coprime to ten, so this permutes the ten-digit numbers.
        let scattered = u128::from(number) * 6_180_339_887 % 10_000_000_000;
        let code = Code::new(&format!("QZ{scattered:010}"));
        let name = random.name();
        let kind = random.kind();
        let department = 1 + random.below(DEPARTMENTS);
        let mut articles = Vec::new();
        let wanted = 1 + random.below(4_usize);
        while articles.len() < wanted {
            let article = 1 + random.below(ARTICLES);
            if !articles.contains(&article) {
                articles.push(article);
            }
        }
        articles.sort_unstable();
        let mut co_departments = Vec::new();
        let wanted = match random.below(100_u64) {
            0..80 => 0,
            80..92 => 1,
            92..97 => 2,
            _ => 3,
        };
        while co_departments.len() < wanted {
            let co_department = random.another(DEPARTMENTS, department);
            if !co_departments.contains(&co_department) {
                co_departments.push(co_department);
            }
        }
        co_departments.sort_unstable();
        let flags = [random.percent(20), random.percent(15), random.percent(20)];
        let limit = 1 + random.below(LONGEST_LIMIT);
        let active = random.percent(95);
        let remark = random.below(1_000_000_u32);
        let s = random.below(SERVICE_SLOTS);
        let t = random.below(INSPECTION_SLOTS);
        let carries = active && SERVICE_KINDS.contains(&kind);
        let promises = [(); 4].map(|()| {
            let drawn = (random.percent(30), 1 + random.below(LONGEST_LIMIT));
            (carries && drawn.0).then_some(drawn.1)
        });
        Self {
            code,
            name,
            kind,
            department,
            articles,
            co_departments,
            flags,
            limit,
            active,
            remark,
            s,
            t,
            promises,
            promised_kind: kind,
        }
    }

    /// Returns the authored promised limits with the keys of their service bodies.
    pub(crate) fn authored(&self) -> impl Iterator<Item = (BodyKey, u8)> {
        let kind = self.promised_kind;
        service_slots(self.s).into_iter().zip(self.promises).filter_map(move |(slot, promise)| {
            let limit = promise?;
            Some((service_body_key(kind, slot), limit))
        })
    }

    /// Applies a change to the plain item.
    pub(crate) fn apply(&mut self, change: &Change) {
        match change {
            Change::Name(name) => self.name.clone_from(name),
            Change::Limit(limit) => self.limit = *limit,
            Change::Kind(kind) => self.kind = *kind,
            Change::Active(active) => self.active = *active,
            Change::Remark(remark) => self.remark = *remark,
        }
    }
}

/// Draws `count` items.
pub(crate) fn items(count: usize, seed: u64) -> Vec<Item> {
    let mut random = SplitMix64::new(seed);
    (0..count).map(|number| Item::draw(number, &mut random)).collect()
}

/// Returns the four slots of an item's service bodies.
pub(crate) const fn service_slots(s: u8) -> [u8; 4] {
    [s % SERVICE_SLOTS, (s + 7) % SERVICE_SLOTS, (s + 14) % SERVICE_SLOTS, (s + 21) % SERVICE_SLOTS]
}

/// Returns the two slots of an item's inspection bodies.
pub(crate) const fn inspection_slots(t: u8) -> [u8; 2] {
    [t % INSPECTION_SLOTS, (t + 3) % INSPECTION_SLOTS]
}

/// A row of a register of bodies.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    /// The unique key.
    pub(crate) key: BodyKey,
    /// The kind of items it serves or inspects.
    pub(crate) kind: u8,
    /// Its number among the bodies of this kind, from 0.
    pub(crate) slot: u8,
}

/// Returns the key of a service body, such as `s3-17`.
pub(crate) fn service_body_key(kind: u8, slot: u8) -> BodyKey {
    BodyKey::new(&format!("s{kind}-{slot:02}"))
}

/// Returns the key of an inspection body, such as `i3-05`.
pub(crate) fn inspection_body_key(kind: u8, slot: u8) -> BodyKey {
    BodyKey::new(&format!("i{kind}-{slot:02}"))
}

/// Returns the register of service bodies, by kind and slot.
pub(crate) fn service_bodies() -> Vec<Body> {
    register(SERVICE_SLOTS, service_body_key)
}

/// Returns the register of inspection bodies, by kind and slot.
pub(crate) fn inspection_bodies() -> Vec<Body> {
    register(INSPECTION_SLOTS, inspection_body_key)
}

fn register(slots: u8, key: impl Fn(u8, u8) -> BodyKey) -> Vec<Body> {
    let of_kind = |kind| (0..slots).map(move |slot| (kind, slot));
    (0..KINDS).flat_map(of_kind).map(|(kind, slot)| Body { key: key(kind, slot), kind, slot }).collect()
}

/// One changed cell of one item, its value absolute.
#[derive(Clone, Debug)]
pub(crate) struct Op {
    /// The key under which an engine finds the item.
    pub(crate) code: Code,
    /// The item's number in the generated slice, for plain models only: an engine must look the code up.
    pub(crate) item: usize,
    /// The new value.
    pub(crate) change: Change,
}

/// The new value of a cell.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    /// A new name.
    Name(String),
    /// A new statutory limit.
    Limit(u8),
    /// A new kind.
    Kind(u8),
    /// Suspended (`false`) or resumed (`true`).
    Active(bool),
    /// A new remark.
    Remark(u32),
}

/// The operations of the workload.
///
/// Every operation of a stream changes its cell if the stream is applied in order; streams touch different fields, so
/// they may be interleaved. (The batches share the limit with the limit stream: there a value may happen to be the old
/// one.)
#[derive(Debug)]
pub(crate) struct Streams {
    /// (a) A new name each.
    pub(crate) rename: Vec<Op>,
    /// (b) A new limit each.
    pub(crate) limit: Vec<Op>,
    /// (c) A new kind each, by the weights of the kinds.
    pub(crate) kind: Vec<Op>,
    /// (d) Suspends an active item or resumes a suspended one.
    pub(crate) active: Vec<Op>,
    /// (e) A new remark each.
    pub(crate) remark: Vec<Op>,
    /// (f) Each a commit that changes the limit of every item of one department, distinct departments.
    pub(crate) batches: Vec<Vec<Op>>,
}

impl Streams {
    /// Draws streams of `length` operations at random items, and the batches.
    pub(crate) fn draw(items: &[Item], length: usize, seed: u64) -> Self {
        let mut random = SplitMix64::new(!seed);
        let mut stream = |change: fn(&Item, &mut SplitMix64) -> Change| {
            let mut now = items.to_vec();
            let draw = |_| {
                let number = random.below(now.len());
                let item = &mut now[number];
                let change = change(item, &mut random);
                item.apply(&change);
                Op { code: item.code, item: number, change }
            };
            (0..length).map(draw).collect::<Vec<_>>()
        };
        let rename = stream(|_, random| Change::Name(random.name()));
        let limit = stream(|item, random| Change::Limit(random.another(LONGEST_LIMIT, item.limit)));
        let kind = stream(|item, random| {
            loop {
                let kind = random.kind();
                if kind != item.kind {
                    return Change::Kind(kind);
                }
            }
        });
        let active = stream(|item, _| Change::Active(!item.active));
        let remark = stream(|item, random| Change::Remark(item.remark ^ (1 + random.below(1_000_000_u32))));
        let mut departments = Vec::new();
        while departments.len() < BATCHES {
            let department = 1 + random.below(DEPARTMENTS);
            if !departments.contains(&department) {
                departments.push(department);
            }
        }
        let batch = |department| {
            let of_department = items.iter().enumerate().filter(|(_, item)| item.department == department);
            of_department
                .map(|(number, item)| {
                    let change = Change::Limit(random.another(LONGEST_LIMIT, item.limit));
                    Op { code: item.code, item: number, change }
                })
                .collect()
        };
        let batches = departments.into_iter().map(batch).collect();
        Self { rename, limit, kind, active, remark, batches }
    }
}

/// The key of a handling row.
#[derive(Clone, Debug)]
pub(crate) struct HandlingKey {
    /// The item.
    pub(crate) code: Code,
    /// The service body.
    pub(crate) body: BodyKey,
    /// The scenario.
    pub(crate) scenario: &'static str,
}

impl HandlingKey {
    /// Returns the key as the checksums take it.
    pub(crate) fn key(&self) -> Key<'_> {
        let step = Step::BodyScenario(self.body.as_bytes(), self.scenario.as_bytes());
        Key { list: List::Handling, code: self.code.as_bytes(), step }
    }
}

/// Draws keys of handling rows that exist while the items are as given, in random order, repeats possible.
///
/// # Panics
/// When no item is an active service, for then no key exists.
pub(crate) fn handling_keys(items: &[Item], count: usize, seed: u64) -> Vec<HandlingKey> {
    let mut random = SplitMix64::new(seed.rotate_left(32));
    assert!(items.iter().any(|item| item.active && SERVICE_KINDS.contains(&item.kind)), "no item has a handling row");
    let mut draw = || {
        loop {
            let item = &items[random.below(items.len())];
            let scenarios = scenarios(item.kind);
            if item.active && !scenarios.is_empty() {
                let slot = service_slots(item.s)[random.below(4_usize)];
                let scenario = scenarios[random.below(scenarios.len())];
                return HandlingKey { code: item.code, body: service_body_key(item.kind, slot), scenario };
            }
        }
    };
    (0..count).map(|_| draw()).collect()
}
