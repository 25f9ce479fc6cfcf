use super::delta::ValueRef;
use crate::{
    engine::{At, Columns, Cx, Side},
    plan::{EachPlan, LinePlan, Op, Plan, RulePlan, Shown, StepRead},
    schema::Write,
    store::{Block, Origin, Store, Val},
};

/// A row that is read together with others: its key, and the fields asked for.
#[derive(Debug, Clone, Copy)]
pub struct ResolvedRow<'r, 'a> {
    key: &'r str,
    root_len: usize,
    parent_len: usize,
    values: &'r [ValueRef<'a>],
    moved: u64,
}

impl<'r, 'a> ResolvedRow<'r, 'a> {
    /// Returns the printed key of the row.
    #[must_use]
    #[inline]
    pub fn key(&self) -> &'r str {
        self.key
    }

    /// Returns what the key begins with: that of the base row or group, after the name of its list where the keys of the
    /// list have one. All rows of a span share it.
    #[must_use]
    #[inline]
    pub fn root_key(&self) -> &'r str {
        &self.key[..self.root_len]
    }

    /// Returns what the key of the row adds to that of its base row: nothing, or steps, each with a stroke before it.
    #[must_use]
    #[inline]
    pub fn steps(&self) -> &'r str {
        &self.key[self.root_len..]
    }

    /// Returns the values, in the order in which the fields were asked for.
    #[must_use]
    #[inline]
    pub fn values(&self) -> &'r [ValueRef<'a>] {
        self.values
    }

    /// Returns the last of the steps, without the stroke before it: what the rule that made the row has added to the key, such
    /// as the key of the row matched; nothing where it adds nothing.
    #[must_use]
    #[inline]
    pub fn last_step(&self) -> &'r str {
        self.key[self.parent_len..].get(1..).unwrap_or_default()
    }

    /// Returns which of the first 64 values may be others than those of the row given before this one, a bit each: whatever
    /// was made of the rest can be used again. Of the first row of a span, and the first under each base row of a list, all may.
    #[must_use]
    #[inline]
    pub fn moved(&self) -> u64 {
        self.moved
    }
}

/// Fields of rows of one list, read row after row with as little work as there is: what is the same for all rows of a base
/// row is read once, what depends on an ancestor once for each, texts begin as those before them, and so do keys.
#[derive(Debug)]
pub(super) struct Resolver<'a> {
    plan: &'a Plan,
    store: &'a Store,
    /// What is at hand of the state before, and of that after.
    hands: [Hand<'a>; 2],
    kept: Box<Kept>,
}

/// The root read last on one side, and the values of the row read last.
#[derive(Debug, Default)]
struct Hand<'a> {
    cx: Option<Cx<'a>>,
    values: Vec<ValueRef<'a>>,
}

/// What a resolver works with, kept from one to the next.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// How fields are read, by root list and block, for each selection of fields asked for so far.
    readings: Vec<Vec<Vec<Reading>>>,
    /// Texts to be written into.
    spare: Vec<String>,
    columns: Columns,
    /// What is kept of each side.
    sides: [KeptSide; 2],
}

/// What a resolver works with on one side.
#[derive(Debug, Default)]
struct KeptSide {
    lanes: Vec<Lane>,
    /// The key of the row read last; its beginning is that of the root, with or without the name of its list.
    key: String,
    root_len: usize,
    tagged: bool,
    /// Which slots of the root at hand the values are, place by place.
    read: Vec<u16>,
    parents: Parents,
    /// Those that are being read.
    read_now: Parents,
}

impl Kept {
    /// Returns the fields that are worked out.
    pub(super) fn columns(&mut self) -> &mut Columns {
        &mut self.columns
    }
}

/// The steps of the rows of the root at hand that were read last and from which others come.
#[derive(Debug, Default)]
struct Parents {
    block: u16,
    first: u32,
    steps: String,
    /// Where the steps of each row end.
    ends: Vec<usize>,
}

impl Parents {
    fn begin(&mut self, block: u16, first: u32) {
        (self.block, self.first) = (block, first);
        self.steps.clear();
        self.ends.clear();
    }

    #[inline]
    fn add(&mut self, steps: &str) {
        self.steps.push_str(steps);
        self.ends.push(self.steps.len());
    }

    /// Returns the steps of a row, if it was read.
    #[inline]
    fn get(&self, at: At) -> Option<&str> {
        let row = at.row.checked_sub(self.first).filter(|_| at.block == self.block)? as usize;
        let end = *self.ends.get(row)?;
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.steps.get(start..end)
    }
}

/// How some fields of the rows of a block are read.
#[derive(Debug)]
struct Reading {
    fields: Vec<usize>,
    /// Fields that are slots of the root's record: place and slot.
    slots: Vec<(usize, u16)>,
    /// Fields that are the same for all rows under a root: place and field; none where there is no such field.
    alike: Vec<(usize, Option<u16>)>,
    lanes: Vec<LanePlan>,
    /// What joined texts end with, line by line of the table that the rows come from.
    endings: Vec<Vec<Box<str>>>,
    tagged: bool,
    /// Whether other rows come from these.
    is_parent: bool,
}

/// Stands for a value that is no slot of the root's record.
const OTHER: u16 = u16::MAX;

/// Selections kept for a block: whoever asks for ever others has each worked out when asked for.
const READINGS: usize = 16;

/// A field that may differ from row to row.
#[derive(Debug, Clone, Copy)]
struct LanePlan {
    place: usize,
    field: u16,
    /// How far up the row lies on which it depends.
    up: u8,
    how: How,
}

#[derive(Debug, Clone, Copy)]
enum How {
    /// A scalar, of a vocabulary or list, as an ancestor has it.
    Scalar(u16, Shown),
    /// A joined text; so many of its parts are the same for all rows under a root.
    Join(usize),
    /// The same, where the others are those of a table: its endings.
    Line(usize, usize),
    Any,
}

/// Where a lane stands.
#[derive(Debug, Default)]
struct Lane {
    /// Whether all rows have what has been read.
    settled: bool,
    /// The ancestor at which it was read last.
    read: u32,
    /// How long the text is that all rows begin with.
    beginning: usize,
    /// The text, while a part of it is missing.
    aside: Option<String>,
    /// The column that it is read from.
    column: usize,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(plan: &'a Plan, store: &'a Store) -> Self {
        Self::with(plan, store, Box::default())
    }

    pub(super) fn with(plan: &'a Plan, store: &'a Store, kept: Box<Kept>) -> Self {
        Self { plan, store, hands: Default::default(), kept }
    }

    pub(super) fn into_kept(mut self) -> Box<Kept> {
        for (hand, kept) in self.hands.iter_mut().zip(&mut self.kept.sides) {
            for (value, slot) in hand.values.iter_mut().zip(&mut kept.read) {
                // A slot's value lies in the store.
                if std::mem::replace(slot, OTHER) == OTHER {
                    self.kept.spare.extend(value.take_text());
                }
            }
        }
        self.kept
    }

    /// Reads fields, by their places in the list, of consecutive rows of a block of a root: `each` is given the key and the
    /// values of a row, in the order in which they were asked for.
    pub(super) fn rows(
        &mut self,
        side: Side,
        (root, row): (u16, u32),
        block: u16,
        rows: impl FnOnce(u32) -> std::ops::Range<u32>,
        fields: &[usize],
        each: &mut impl FnMut(ResolvedRow<'_, 'a>),
    ) {
        let Self { plan, store, hands, kept } = self;
        let Kept { readings, spare, columns, sides } = &mut **kept;
        let Hand { cx: at_hand, values } = &mut hands[side as usize];
        let kept = &mut sides[side as usize];
        let known = at_hand.as_ref().is_some_and(|cx| (cx.root, cx.row) == (root, row));
        if !known {
            kept.read.fill(OTHER);
            kept.parents.begin(0, 0);
            kept.root_len = 0;
        }
        let cx = match at_hand {
            Some(cx) if known => &*cx,
            _ => &*at_hand.insert(Cx::new(plan, store, side, root, row)),
        };
        let here = cx.block(block);
        let rows = rows(here.count);
        if rows.is_empty() {
            return;
        }
        let reading = reading(readings, plan, (root, block), fields);
        reading.begin(cx, block, values, kept, columns, spare);
        let KeptSide { lanes, key, root_len, tagged, parents, read_now, .. } = kept;
        let values = &mut values[..fields.len()];
        if *root_len == 0 || *tagged != reading.tagged {
            key.clear();
            cx.write_root_key(block, key);
            (*root_len, *tagged) = (key.len(), reading.tagged);
        }
        key.truncate(*root_len);
        let rules = cx.of.block(block).rules.as_slice();
        // The rule and the row above that the key of the row read last comes from, and how far that of the row above reaches.
        let mut above = (u32::MAX, u32::MAX);
        let mut parent_len = *root_len;
        let mut moved = u64::MAX;
        if reading.is_parent {
            read_now.begin(block, rows.start);
        }
        for row in rows {
            let at = At { block, row };
            let origin = here.origin(row);
            moved |= reading.read(cx, at, origin, values, lanes, columns);
            // The root itself adds nothing to its key.
            if let Some(of) = rules.get(origin.rule as usize) {
                if above == (origin.rule, origin.parent) {
                    key.truncate(parent_len);
                } else {
                    key.truncate(*root_len);
                    let parent_at = At { block: of.parent, row: origin.parent };
                    match parents.get(parent_at) {
                        Some(steps) => key.push_str(steps),
                        None => cx.write_steps(parent_at, key),
                    }
                    parent_len = key.len();
                    above = (origin.rule, origin.parent);
                }
                match &of.each {
                    EachPlan::Row => {}
                    EachPlan::Table { lines, .. } => key.push_str(&lines[origin.step as usize].segment),
                    each => cx.write_step(each, origin.step, key),
                }
                if reading.is_parent {
                    read_now.add(&key[*root_len..]);
                }
            }
            each(ResolvedRow { key, root_len: *root_len, parent_len, values, moved });
            moved = 0;
        }
        if reading.is_parent {
            std::mem::swap(parents, read_now);
        }
    }
}

/// Finds how fields of a block are read, or finds it out.
fn reading<'r>(
    readings: &'r mut Vec<Vec<Vec<Reading>>>,
    plan: &Plan,
    (root, block): (u16, u16),
    fields: &[usize],
) -> &'r Reading {
    let (at, number) = (usize::from(root), usize::from(block));
    if readings.len() <= at {
        readings.resize_with(at + 1, Vec::new);
    }
    if readings[at].len() <= number {
        readings[at].resize_with(number + 1, Vec::new);
    }
    let known = &mut readings[at][number];
    let place = known.iter().position(|one| one.fields == fields).unwrap_or_else(|| {
        if known.len() == READINGS {
            known.clear();
        }
        known.push(Reading::new(plan, root, block, fields));
        known.len() - 1
    });
    &known[place]
}

impl Reading {
    fn new(plan: &Plan, root: u16, block: u16, fields: &[usize]) -> Self {
        let of = plan.root(root).block(block);
        let (mut slots, mut alike) = (Vec::new(), Vec::new());
        let mut lanes = Vec::new();
        let mut endings = Vec::new();
        for (place, &field) in fields.iter().enumerate() {
            let Some(declared) = plan.list(of.list).fields.get(field) else {
                alike.push((place, None));
                continue;
            };
            let number = field as u16;
            let (up, how) = match of.programs.as_slice() {
                // A base row: there is but one.
                [] => {
                    slots.push((place, number));
                    continue;
                }
                [programs] => {
                    let program = &programs[field];
                    let locked = program.write == Write::Locked;
                    match (program.near, &program.rule.op) {
                        // Most fields are inherited from the root.
                        (_, Op::Slot(slot)) if locked => {
                            slots.push((place, *slot));
                            continue;
                        }
                        (None, _) => {
                            alike.push((place, Some(number)));
                            continue;
                        }
                        (Some(up), _) if declared.kind.is_scalar() && program.rule.scalar.is_some() => {
                            (up, How::Scalar(declared.kind.scope(), plan.shown(root, block, number)))
                        }
                        (Some(up), Op::Join(parts)) if locked => {
                            let before = parts.iter().take_while(|part| is_of_root(part)).count();
                            let how = match line_endings(&of.rules, &parts[before..]) {
                                Some(by_line) => {
                                    endings.push(by_line);
                                    How::Line(before, endings.len() - 1)
                                }
                                None => How::Join(before),
                            };
                            (up, how)
                        }
                        (Some(up), _) => (up, How::Any),
                    }
                }
                _ => (0, How::Any),
            };
            lanes.push(LanePlan { place, field: number, up, how });
        }
        let is_parent = plan.root(root).blocks.iter().any(|one| one.rules.iter().any(|rule| rule.parent == block));
        let tagged = plan.list(of.list).tagged;
        Self { fields: fields.to_vec(), slots, alike, lanes, endings, tagged, is_parent }
    }

    /// Reads what is the same for all rows; what has been read of the root before, at the same place, is there.
    #[inline]
    fn begin<'a>(
        &self,
        cx: &Cx<'a>,
        block: u16,
        values: &mut Vec<ValueRef<'a>>,
        side: &mut KeptSide,
        columns: &mut Columns,
        spare: &mut Vec<String>,
    ) {
        let KeptSide { lanes, read, .. } = side;
        if values.len() < self.fields.len() {
            values.resize_with(self.fields.len().max(8), || ValueRef::new(cx.names(), Val::Missing));
        }
        if read.len() < values.len() {
            read.resize(values.len(), OTHER);
        }
        for &(place, slot) in &self.slots {
            if read[place] != slot {
                if std::mem::replace(&mut read[place], slot) == OTHER {
                    spare.extend(values[place].take_text());
                }
                values[place].set(cx.slot(slot));
            }
        }
        for &(place, field) in &self.alike {
            read[place] = OTHER;
            spare.extend(values[place].take_text());
            values[place].set(field.map_or(Val::Missing, |field| cx.field(At { block, row: 0 }, field)));
        }
        spare.extend(lanes.drain(..).filter_map(|lane| lane.aside));
        for lane in &self.lanes {
            let mut state = Lane { read: u32::MAX, ..Lane::default() };
            read[lane.place] = OTHER;
            let value = &mut values[lane.place];
            match lane.how {
                How::Scalar(of, shown) => {
                    state.column = columns.find(cx, shown, &mut 0);
                    if let Some(scalar) = columns.at(state.column).alike() {
                        state.settled = true;
                        spare.extend(value.take_text());
                        value.set_scalar(scalar, of);
                    }
                }
                How::Any => {}
                How::Join(alike) | How::Line(alike, _) => {
                    let mut text = value.take_text().or_else(|| spare.pop()).unwrap_or_default();
                    text.clear();
                    let here = Block::ONE;
                    let mut parts = lane.parts(cx, block)[..alike].iter();
                    let there = parts.all(|part| cx.write_part(part, &here, At { block: 0, row: 0 }, &mut text));
                    if there {
                        state.beginning = text.len();
                        value.set(Val::Text(text.into()));
                    } else {
                        // What begins with nothing is nothing.
                        state.settled = true;
                        value.set(Val::Missing);
                        spare.push(text);
                    }
                }
            }
            lanes.push(state);
        }
    }

    /// Reads the fields that may differ from the row before; returns which of them may, a bit each.
    #[inline]
    fn read<'a>(
        &self,
        cx: &Cx<'a>,
        at: At,
        origin: Origin,
        values: &mut [ValueRef<'a>],
        lanes: &mut [Lane],
        columns: &Columns,
    ) -> u64 {
        let mut moved = 0;
        let ancestor = |up: u8| match up {
            0 => at.row,
            1 => origin.parent,
            _ => cx.up(at, up).row,
        };
        for (lane, state) in self.lanes.iter().zip(lanes) {
            if state.settled {
                continue;
            }
            if lane.up > 0 {
                let ancestor = ancestor(lane.up);
                if ancestor == state.read {
                    continue;
                }
                state.read = ancestor;
            }
            moved |= 1_u64.checked_shl(lane.place as u32).unwrap_or(0);
            let value = &mut values[lane.place];
            match lane.how {
                How::Scalar(of, shown) => {
                    value.set_scalar(columns.at(state.column).at(ancestor(shown.up) as usize), of);
                }
                How::Any => value.set(cx.field(at, lane.field)),
                How::Join(alike) => {
                    if let Some(text) = state.aside.take() {
                        value.set(Val::Text(text.into()));
                    }
                    let Some(text) = value.text_mut() else { continue };
                    text.truncate(state.beginning);
                    let mut parts = lane.parts(cx, at.block)[alike..].iter();
                    let here = cx.block(at.block);
                    if !parts.all(|part| cx.write_part(part, &here, at, text)) {
                        state.aside = value.take_text();
                    }
                }
                How::Line(_, endings) => {
                    if let Some(text) = value.text_mut() {
                        text.truncate(state.beginning);
                        text.push_str(&self.endings[endings][origin.step as usize]);
                    }
                }
            }
        }
        moved
    }
}

impl LanePlan {
    /// Returns the parts of the lane's text.
    fn parts<'a>(&self, cx: &Cx<'a>, block: u16) -> &'a [Op] {
        match &cx.of.block(block).programs[0][usize::from(self.field)].rule.op {
            Op::Join(parts) => parts,
            _ => &[],
        }
    }
}

/// Returns what parts of a text come to for each line of the table that a block's rows are made from; `None` where they are
/// something else than its texts.
fn line_endings(rules: &[RulePlan], parts: &[Op]) -> Option<Vec<Box<str>>> {
    let [RulePlan { each: EachPlan::Table { lines, key, .. }, .. }] = rules else { return None };
    let ending = |line: &LinePlan| {
        let mut ending = String::new();
        for part in parts {
            let column = match part {
                Op::Const(Val::Text(literal)) => {
                    ending.push_str(literal);
                    continue;
                }
                Op::Step { up: 0, what: StepRead::Column(column), .. } => *column,
                Op::Step { up: 0, .. } => *key,
                _ => return None,
            };
            match &line.columns[usize::from(column)] {
                Val::Text(text) => ending.push_str(text),
                _ => return None,
            }
        }
        Some(ending.into_boxed_str())
    };
    lines.iter().map(ending).collect()
}

/// Tells whether an expression reads nothing but the root.
fn is_of_root(op: &Op) -> bool {
    match op {
        Op::Const(_) | Op::Slot(_) | Op::Root => true,
        Op::Path { start, .. } => is_of_root(start),
        _ => false,
    }
}
