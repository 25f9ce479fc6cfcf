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
    values: &'r [ValueRef<'a>],
    repeated: u64,
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

    /// Tells whether a value is known to be that of the row given before this one: then whatever was made of it can be used
    /// again. The first row of a span, and the first under each base row of a list, repeats nothing.
    #[must_use]
    #[inline]
    pub fn repeats(&self, place: usize) -> bool {
        place < 64 && self.repeated >> place & 1 == 1
    }
}

/// Fields of rows of one list, read row after row with as little work as there is: what is the same for all rows of a base
/// row is read once, what depends on an ancestor once for each, texts begin as those before them, and so do keys.
#[derive(Debug)]
pub(super) struct Resolver<'a> {
    plan: &'a Plan,
    store: &'a Store,
    values: Vec<ValueRef<'a>>,
    /// The root read last, with the scalars of its family.
    cx: Option<Cx<'a>>,
    kept: Kept,
}

/// What a resolver works with, kept from one to the next.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// How fields are read, by root list and block, for each selection of fields asked for so far.
    readings: Vec<Vec<Vec<Reading>>>,
    lanes: Vec<Lane>,
    /// Texts to be written into.
    spare: Vec<String>,
    /// The key of the row read last; its beginning is that of the root, with or without the name of its list.
    key: String,
    root_len: usize,
    tagged: bool,
    /// What has been read of the root at hand, place by place.
    read: Vec<Source>,
    columns: Columns,
    parents: Parents,
    /// Those that are being read.
    read_now: Parents,
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
    /// By field asked for.
    sources: Vec<Source>,
    lanes: Vec<LanePlan>,
    /// What joined texts end with, line by line of the table that the rows come from.
    endings: Vec<Vec<Box<str>>>,
    tagged: bool,
    /// Whether other rows come from these.
    is_parent: bool,
}

/// Selections kept for a block: whoever asks for ever others has each worked out when asked for.
const READINGS: usize = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// There is no such field.
    Nothing,
    /// A slot of the root's record.
    Slot(u16),
    /// A field that is the same for all rows under a root.
    Alike(u16),
    /// A field that may differ from row to row.
    Lane,
}

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
    /// The ancestor at which it was read last.
    read: u32,
    /// How long the text is that all rows begin with.
    beginning: usize,
    /// The text, while a part of it is missing.
    aside: Option<String>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(plan: &'a Plan, store: &'a Store) -> Self {
        Self::with(plan, store, Kept::default())
    }

    pub(super) fn with(plan: &'a Plan, store: &'a Store, kept: Kept) -> Self {
        Self { plan, store, values: Vec::with_capacity(8), cx: None, kept }
    }

    pub(super) fn into_kept(mut self) -> Kept {
        for mut value in self.values.drain(..) {
            self.kept.spare.extend(value.take_text());
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
        let Self { plan, store, values, cx: at_hand, kept } = self;
        let known = at_hand.as_ref().is_some_and(|cx| (cx.side, cx.root, cx.row) == (side, root, row));
        if !known {
            kept.columns.clear();
            kept.read.clear();
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
        let Kept { readings, lanes, spare, key, root_len, tagged, read, columns, parents, read_now } = kept;
        let reading = reading(readings, plan, (root, block), fields);
        reading.begin(cx, block, read, values, lanes, spare);
        if *root_len == 0 || *tagged != reading.tagged {
            key.clear();
            cx.write_root_key(block, key);
            (*root_len, *tagged) = (key.len(), reading.tagged);
        }
        let rules = cx.of.block(block).rules.as_slice();
        let mut above = None;
        let mut first = true;
        if reading.is_parent {
            read_now.begin(block, rows.start);
        }
        for row in rows {
            let at = At { block, row };
            let moved = reading.read(cx, &here, at, values, lanes, columns);
            if block == 0 {
                key.truncate(*root_len);
            } else {
                let Origin { rule, parent, step } = here.origin(row);
                let of = &rules[rule as usize];
                match above {
                    Some((by, row, len)) if (by, row) == (rule, parent) => key.truncate(len),
                    _ => {
                        key.truncate(*root_len);
                        let parent_at = At { block: of.parent, row: parent };
                        match parents.get(parent_at) {
                            Some(steps) => key.push_str(steps),
                            None => cx.write_steps(parent_at, key),
                        }
                        above = Some((rule, parent, key.len()));
                    }
                }
                match &of.each {
                    EachPlan::Row => {}
                    EachPlan::Table { lines, .. } => key.push_str(&lines[step as usize].segment),
                    each => cx.write_step(each, step, key),
                }
            }
            if reading.is_parent && block != 0 {
                read_now.add(&key[*root_len..]);
            }
            let repeated = if std::mem::take(&mut first) { 0 } else { !moved };
            each(ResolvedRow { key, root_len: *root_len, values, repeated });
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
        let mut sources = Vec::new();
        let mut lanes = Vec::new();
        let mut endings = Vec::new();
        for (place, &field) in fields.iter().enumerate() {
            let Some(declared) = plan.list(of.list).fields.get(field) else {
                sources.push(Source::Nothing);
                continue;
            };
            let number = field as u16;
            let lane = match of.programs.as_slice() {
                // A base row: there is but one.
                [] => Err(Source::Slot(number)),
                [programs] => {
                    let program = &programs[field];
                    let locked = program.write == Write::Locked;
                    match (program.near, &program.rule.op) {
                        // Most fields are inherited from the root.
                        (_, Op::Slot(slot)) if locked => Err(Source::Slot(*slot)),
                        (None, _) => Err(Source::Alike(number)),
                        (Some(up), _) if declared.kind.is_scalar() && program.rule.scalar.is_some() => {
                            Ok((up, How::Scalar(declared.kind.scope(), plan.shown(root, block, number))))
                        }
                        (Some(up), Op::Join(parts)) if locked => {
                            let alike = parts.iter().take_while(|part| is_of_root(part)).count();
                            Ok((
                                up,
                                match line_endings(&of.rules, &parts[alike..]) {
                                    Some(by_line) => {
                                        endings.push(by_line);
                                        How::Line(alike, endings.len() - 1)
                                    }
                                    None => How::Join(alike),
                                },
                            ))
                        }
                        (Some(up), _) => Ok((up, How::Any)),
                    }
                }
                _ => Ok((0, How::Any)),
            };
            sources.push(match lane {
                Err(source) => source,
                Ok((up, how)) => {
                    lanes.push(LanePlan { place, field: number, up, how });
                    Source::Lane
                }
            });
        }
        let is_parent = plan.root(root).blocks.iter().any(|one| one.rules.iter().any(|rule| rule.parent == block));
        let tagged = plan.list(of.list).tagged;
        Self { fields: fields.to_vec(), sources, lanes, endings, tagged, is_parent }
    }

    /// Reads what is the same for all rows; what has been read of the root before, at the same place, is there.
    #[inline]
    fn begin<'a>(
        &self,
        cx: &Cx<'a>,
        block: u16,
        read: &mut Vec<Source>,
        values: &mut Vec<ValueRef<'a>>,
        lanes: &mut Vec<Lane>,
        spare: &mut Vec<String>,
    ) {
        for lane in lanes.drain(..) {
            spare.extend(lane.aside);
        }
        for mut value in values.drain(self.sources.len().min(values.len())..) {
            spare.extend(value.take_text());
        }
        for (place, source) in self.sources.iter().enumerate() {
            if matches!(source, Source::Slot(_)) && read.get(place) == Some(source) {
                continue;
            }
            let val = match source {
                Source::Slot(slot) => cx.slot(*slot),
                Source::Alike(field) => cx.field(At { block, row: 0 }, *field),
                Source::Nothing | Source::Lane => Val::Missing,
            };
            let value = ValueRef::new(cx.names(), val);
            match values.get_mut(place) {
                Some(have) => spare.extend(std::mem::replace(have, value).take_text()),
                None => values.push(value),
            }
        }
        read.clear();
        read.extend_from_slice(&self.sources);
        for lane in &self.lanes {
            let mut state = Lane { read: u32::MAX, ..Lane::default() };
            if let How::Join(alike) | How::Line(alike, _) = lane.how {
                let mut text = spare.pop().unwrap_or_default();
                text.clear();
                let here = Block::ONE;
                let mut parts = lane.parts(cx, block)[..alike].iter();
                let there = parts.all(|part| cx.write_part(part, &here, At { block: 0, row: 0 }, &mut text));
                if there {
                    state.beginning = text.len();
                    values[lane.place].set(Val::Text(text.into()));
                } else {
                    // What begins with nothing is nothing.
                    state.read = NEVER;
                    spare.push(text);
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
        here: &Block<'a>,
        at: At,
        values: &mut [ValueRef<'a>],
        lanes: &mut [Lane],
        columns: &mut Columns,
    ) -> u64 {
        let mut moved = 0;
        for (lane, state) in self.lanes.iter().zip(lanes) {
            if lane.up > 0 {
                let ancestor = if lane.up == 1 { here.origin(at.row).parent } else { cx.up(at, lane.up).row };
                if ancestor == state.read {
                    continue;
                }
                if state.read != NEVER {
                    state.read = ancestor;
                }
            }
            moved |= 1_u64.checked_shl(lane.place as u32).unwrap_or(0);
            let value = &mut values[lane.place];
            match lane.how {
                How::Scalar(of, shown) => {
                    let column = columns.get(None, Some(cx), shown, &mut 0);
                    value.set_scalar(column.after[cx.ancestor(here, at, shown.up)], of);
                }
                How::Any => value.set(cx.field(at, lane.field)),
                How::Join(alike) if state.read != NEVER => {
                    if let Some(text) = state.aside.take() {
                        value.set(Val::Text(text.into()));
                    }
                    let Some(text) = value.text_mut() else { continue };
                    text.truncate(state.beginning);
                    let mut parts = lane.parts(cx, at.block)[alike..].iter();
                    if !parts.all(|part| cx.write_part(part, here, at, text)) {
                        state.aside = value.take_text();
                    }
                }
                How::Line(_, endings) if state.read != NEVER => {
                    if let Some(text) = value.text_mut() {
                        text.truncate(state.beginning);
                        text.push_str(&self.endings[endings][here.origin(at.row).step as usize]);
                    }
                }
                How::Join(_) | How::Line(..) => {}
            }
        }
        moved
    }
}

/// A lane whose text is missing in all rows.
const NEVER: u32 = u32::MAX - 1;

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
