//! What the engines are compared by: one number for a derived state and one for a stream of row deltas.
//!
//! * **Word**: [`fold`] takes the hash so far and 64 bits: `(hash rotated left by 29, xor word) * MULTIPLIER`.
//! * **Integer**: one word. **Article set**: its length, then each number ascending, a word each.
//! * **Text** ([`fold_text`]): its length in bytes as a word, then its UTF-8 bytes as little-endian words of eight; the
//!   last word ends where the text ends, and so may overlap the one before. A text of four to seven bytes is one word:
//!   its first four bytes below its last four. A shorter one is a word for each byte.
//! * **Row**: from 0, one word `list + 256 * tag`; the item's code; the steps of the key (co-managing department as an
//!   integer; body key as text; body key and scenario as texts); then, unless it is removed, all fields in declared
//!   order.
//! * **Department total**: from 0, `list + 256 * tag`; the department; then, unless it is removed, the number of
//!   handling rows and the sum of their effective limits.
//! * **State**: the wrapping sum of its rows and totals, tagged [`Tag::Inserted`]: what a cold build delivers.
//! * **Commit**: the wrapping sum of its deltas. **Stream**: from 0, the sum of each commit folded in, in order.

/// 2^64 divided by the golden ratio, odd.
const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

/// Folds one word into a hash.
#[inline]
pub(crate) const fn fold(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(29) ^ word).wrapping_mul(MULTIPLIER)
}

/// Folds the length of a text and then its bytes into a hash, eight bytes a step.
#[inline]
pub(crate) fn fold_text(hash: u64, text: &[u8]) -> u64 {
    let mut hash = fold(hash, text.len() as u64);
    if let Some(last) = text.last_chunk::<8>() {
        // The words before the last: whole ones, as many as do not reach the end.
        let (words, _) = text[..text.len() - 1].as_chunks::<8>();
        for word in words {
            hash = fold(hash, u64::from_le_bytes(*word));
        }
        fold(hash, u64::from_le_bytes(*last))
    } else if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        fold(hash, u64::from(first) | (u64::from(last) << 32))
    } else {
        text.iter().fold(hash, |hash, byte| fold(hash, u64::from(*byte)))
    }
}

/// The derived lists, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum List {
    /// Service items.
    Service,
    /// Enforcement items.
    Enforcement,
    /// Regulation items.
    Regulation,
    /// Items with a fee.
    Fees,
    /// Items with an intermediary.
    Intermediary,
    /// Territorial items.
    Territorial,
    /// Items shared with other departments.
    Boundary,
    /// Service items at their bodies.
    ServiceImplementation,
    /// Regulation items at their bodies.
    InspectionImplementation,
    /// Service items at their bodies in their scenarios.
    Handling,
    /// Handling rows counted and summed by department.
    DepartmentTotals,
}

/// The lists of rows that each follow from one item, by number: all but the totals.
pub(crate) const ROW_LISTS: [List; 10] = [
    List::Service,
    List::Enforcement,
    List::Regulation,
    List::Fees,
    List::Intermediary,
    List::Territorial,
    List::Boundary,
    List::ServiceImplementation,
    List::InspectionImplementation,
    List::Handling,
];

/// The fields of the derived lists as bits of a mask, in declared order.
pub(crate) mod field {
    /// The name; of a handling row, the item's name, a space and the scenario.
    pub(crate) const NAME: u8 = 1;
    /// The kind.
    pub(crate) const KIND: u8 = 2;
    /// The department in charge (of a boundary row too; the co-managing one is its key).
    pub(crate) const DEPARTMENT: u8 = 4;
    /// The articles.
    pub(crate) const ARTICLES: u8 = 8;
    /// The statutory limit.
    pub(crate) const LIMIT: u8 = 16;
    /// The effective limit.
    pub(crate) const EFFECTIVE: u8 = 32;

    /// Returns the mask of the fields that differ.
    pub(crate) fn mask<const N: usize>(differing: [(u8, bool); N]) -> u8 {
        differing.into_iter().filter(|(_, differs)| *differs).fold(0, |mask, (field, _)| mask | field)
    }
}

impl List {
    /// Returns the mask of the fields that rows of this list have.
    #[inline]
    pub(crate) const fn fields(self) -> u8 {
        use field::{ARTICLES, DEPARTMENT, EFFECTIVE, KIND, LIMIT, NAME};
        match self {
            Self::Service => NAME | KIND | DEPARTMENT | ARTICLES | LIMIT,
            Self::Enforcement | Self::Regulation | Self::InspectionImplementation => {
                NAME | KIND | DEPARTMENT | ARTICLES
            }
            Self::Fees | Self::Intermediary | Self::Territorial | Self::Boundary => NAME | DEPARTMENT,
            Self::ServiceImplementation => NAME | KIND | DEPARTMENT | ARTICLES | LIMIT | EFFECTIVE,
            Self::Handling => NAME | DEPARTMENT | ARTICLES | EFFECTIVE,
            Self::DepartmentTotals => 0,
        }
    }
}

/// What befell a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tag {
    /// It exists, and did not before.
    Inserted,
    /// It existed before and does so still; a visible field differs.
    Updated,
    /// It existed, and does not now.
    Removed,
}

/// The key of a row of any list but the department totals; texts are UTF-8 bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key<'a> {
    /// The row's list.
    pub(crate) list: List,
    /// The item's code.
    pub(crate) code: &'a [u8],
    /// What follows the item in the key.
    pub(crate) step: Step<'a>,
}

/// The part of a key below the item.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step<'a> {
    /// Nothing: the item has one row in the list.
    Item,
    /// The co-managing department of a boundary row.
    CoDepartment(u8),
    /// The key of the body of an implementation row.
    Body(&'a [u8]),
    /// The key of the body of a handling row, and its scenario.
    BodyScenario(&'a [u8], &'a [u8]),
}

impl Key<'_> {
    /// Hashes the key with a tag; the fields are folded into the result.
    #[inline]
    pub(crate) fn hash(&self, tag: Tag) -> u64 {
        let hash = fold_text(start(self.list, tag), self.code);
        match self.step {
            Step::Item => hash,
            Step::CoDepartment(department) => fold(hash, u64::from(department)),
            Step::Body(body) => fold_text(hash, body),
            Step::BodyScenario(body, scenario) => fold_text(fold_text(hash, body), scenario),
        }
    }
}

/// A resolved row of any list but the department totals. Fields that its list does not have are ignored.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'a> {
    /// The row's key.
    pub(crate) key: Key<'a>,
    /// The whole name, as UTF-8 bytes.
    pub(crate) name: &'a [u8],
    /// The kind.
    pub(crate) kind: u8,
    /// The department in charge.
    pub(crate) department: u8,
    /// The articles, ascending.
    pub(crate) articles: &'a [u16],
    /// The statutory limit.
    pub(crate) limit: u8,
    /// The effective limit.
    pub(crate) effective: u8,
}

impl Row<'_> {
    /// Hashes the key and all fields of the row's list.
    #[inline]
    pub(crate) fn hash(&self, tag: Tag) -> u64 {
        let fields = self.key.list.fields();
        let mut hash = self.key.hash(tag);
        if fields & field::NAME != 0 {
            hash = fold_text(hash, self.name);
        }
        if fields & field::KIND != 0 {
            hash = fold(hash, u64::from(self.kind));
        }
        if fields & field::DEPARTMENT != 0 {
            hash = fold(hash, u64::from(self.department));
        }
        if fields & field::ARTICLES != 0 {
            hash = fold(hash, self.articles.len() as u64);
            for article in self.articles {
                hash = fold(hash, u64::from(*article));
            }
        }
        if fields & field::LIMIT != 0 {
            hash = fold(hash, u64::from(self.limit));
        }
        if fields & field::EFFECTIVE != 0 {
            hash = fold(hash, u64::from(self.effective));
        }
        hash
    }
}

/// The fields of a row of the department totals. A department without handling rows has no row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Total {
    /// The number of handling rows.
    pub(crate) rows: u64,
    /// The sum of their effective limits.
    pub(crate) sum: u64,
}

impl Total {
    /// Replaces what a part adds to the total; by difference, modulo 2^64 in between.
    #[inline]
    pub(crate) const fn replace(&mut self, old: Self, new: Self) {
        self.rows = self.rows.wrapping_sub(old.rows).wrapping_add(new.rows);
        self.sum = self.sum.wrapping_sub(old.sum).wrapping_add(new.sum);
    }

    /// Hashes the row of a department.
    #[inline]
    pub(crate) const fn hash(self, department: u8, tag: Tag) -> u64 {
        let hash = fold(start(List::DepartmentTotals, tag), department as u64);
        match tag {
            Tag::Removed => hash,
            Tag::Inserted | Tag::Updated => fold(fold(hash, self.rows), self.sum),
        }
    }
}

#[inline]
const fn start(list: List, tag: Tag) -> u64 {
    fold(0, list as u64 | ((tag as u64) << 8))
}

/// Receives the row deltas of commits. Monomorphised away: what a consumer does not read is not computed.
pub(crate) trait Consumer {
    /// Whether the consumer reads keys and fields. If not, engines may leave out what they would have to prepare for
    /// it.
    const RESOLVED: bool;

    /// Whether rows that have changed alike may come together, as [`Consumer::span`]s.
    const SPANS: bool = false;

    /// So many rows, from one on, have changed alike; `mask` is 0 where they have vanished, and all ones where they are new.
    fn span(&mut self, _list: List, _first_row_id: u64, _rows: u64, _mask: u8) {}

    /// A row has appeared. `row_id` is the engine's own number for it within its list, stable while the row exists.
    fn inserted(&mut self, row_id: u64, row: &Row<'_>);

    /// The fields of the mask `changed` differ from before.
    fn updated(&mut self, row_id: u64, row: &Row<'_>, changed: u8);

    /// A row has vanished.
    fn removed(&mut self, row_id: u64, key: &Key<'_>);

    /// The total of a department differs from before; no rows before or after means that its row appeared or vanished.
    fn total(&mut self, department: u8, before: Total, after: Total);

    /// Delivers the total of a department if it differs from before.
    #[inline]
    fn total_if_changed(&mut self, department: u8, before: Total, after: Total) {
        if before != after {
            self.total(department, before, after);
        }
    }

    /// All deltas of a commit have been delivered, if any.
    fn committed(&mut self);
}

/// How many rows, and the order-independent sum of their hashes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    /// The number of rows or row deltas, department totals included.
    pub(crate) rows: u64,
    /// The wrapping sum of their hashes.
    pub(crate) hash: u64,
}

impl Sum {
    /// Adds a hashed row.
    #[inline]
    pub(crate) const fn add(&mut self, hash: u64) {
        self.rows += 1;
        self.hash = self.hash.wrapping_add(hash);
    }

    /// Adds a row of the department totals, if there is one.
    #[inline]
    pub(crate) const fn add_total(&mut self, department: u8, total: Total) {
        if total.rows != 0 {
            self.add(total.hash(department, Tag::Inserted));
        }
    }
}

/// The consumer that reads every field of every new row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Resolved {
    /// The deltas of the commit under way; after a lone cold build, the sum of the whole state.
    pub(crate) commit: Sum,
    /// The deltas of all finished commits: their number, and the checksum of the stream.
    pub(crate) stream: Sum,
}

impl Consumer for Resolved {
    const RESOLVED: bool = true;

    #[inline]
    fn inserted(&mut self, _: u64, row: &Row<'_>) {
        self.commit.add(row.hash(Tag::Inserted));
    }

    #[inline]
    fn updated(&mut self, _: u64, row: &Row<'_>, _: u8) {
        self.commit.add(row.hash(Tag::Updated));
    }

    #[inline]
    fn removed(&mut self, _: u64, key: &Key<'_>) {
        self.commit.add(key.hash(Tag::Removed));
    }

    #[inline]
    fn total(&mut self, department: u8, before: Total, after: Total) {
        self.commit.add(after.hash(department, total_tag(before, after)));
    }

    #[inline]
    fn committed(&mut self) {
        self.stream.rows += self.commit.rows;
        self.stream.hash = fold(self.stream.hash, self.commit.hash);
        self.commit = Sum::default();
    }
}

/// The consumer that reads (list, rows, field mask) of rows that have changed alike.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spans {
    /// As the masks are, but a term a span.
    pub(crate) masks: Masks,
}

impl Consumer for Spans {
    const RESOLVED: bool = false;
    const SPANS: bool = true;

    #[inline]
    fn span(&mut self, list: List, first_row_id: u64, rows: u64, mask: u8) {
        self.masks.add(list, first_row_id, u64::from(mask));
        self.masks.deltas.rows += rows - 1;
    }

    fn inserted(&mut self, row_id: u64, row: &Row<'_>) {
        self.masks.inserted(row_id, row);
    }

    fn updated(&mut self, row_id: u64, row: &Row<'_>, changed: u8) {
        self.masks.updated(row_id, row, changed);
    }

    fn removed(&mut self, row_id: u64, key: &Key<'_>) {
        self.masks.removed(row_id, key);
    }

    #[inline]
    fn total(&mut self, department: u8, before: Total, after: Total) {
        self.masks.total(department, before, after);
    }

    #[inline]
    fn committed(&mut self) {}
}

/// Tells what befell the row of a department whose total has changed.
#[inline]
pub(crate) const fn total_tag(before: Total, after: Total) -> Tag {
    match (before.rows, after.rows) {
        (0, _) => Tag::Inserted,
        (_, 0) => Tag::Removed,
        _ => Tag::Updated,
    }
}

/// The consumer that reads (list, row, field mask) alone. Row numbers are an engine's own, so only the count compares.
#[derive(Clone, Debug, Default)]
pub(crate) struct Masks {
    /// The number of deltas, and a sum that keeps the optimiser honest.
    pub(crate) deltas: Sum,
}

impl Masks {
    #[inline]
    const fn add(&mut self, list: List, row: u64, mask: u64) {
        self.deltas.add((row << 16 | (list as u64) << 8 | mask).wrapping_mul(MULTIPLIER));
    }
}

impl Consumer for Masks {
    const RESOLVED: bool = false;

    #[inline]
    fn inserted(&mut self, row_id: u64, row: &Row<'_>) {
        self.add(row.key.list, row_id, 0xFF);
    }

    #[inline]
    fn updated(&mut self, row_id: u64, row: &Row<'_>, changed: u8) {
        self.add(row.key.list, row_id, u64::from(changed));
    }

    #[inline]
    fn removed(&mut self, row_id: u64, key: &Key<'_>) {
        self.add(key.list, row_id, 0);
    }

    #[inline]
    fn total(&mut self, department: u8, before: Total, after: Total) {
        self.add(List::DepartmentTotals, u64::from(department), total_tag(before, after) as u64);
    }

    #[inline]
    fn committed(&mut self) {}
}
