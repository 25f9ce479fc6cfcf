use super::delta::ValueRef;
use crate::{
    engine::{At, Column, Columns, Cx, Side},
    plan::{Op, Plan, Shown},
    schema::Write,
    store::{Block, Store, Val},
};

/// A row that is read together with others: its key, and the fields asked for.
#[derive(Debug, Clone, Copy)]
pub struct ResolvedRow<'r, 'a> {
    key: &'r str,
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
    lanes: Vec<Lane<'a>>,
    /// What joined texts begin with, one behind the other.
    beginnings: String,
    /// Texts to be written into, kept from one block to the next.
    spare: Vec<String>,
    /// The key of the row read last; its beginning is that of the root, with or without the name of its list.
    key: String,
    root_key: usize,
    tagged: bool,
    /// The root read last, with the scalars of its family.
    cx: Option<Cx<'a>>,
    columns: Columns,
}

/// A field that may differ from row to row.
#[derive(Debug)]
struct Lane<'a> {
    place: usize,
    field: u16,
    /// How far up the row lies on which it depends, and that row where it was read last.
    up: u8,
    read: u32,
    how: How<'a>,
}

#[derive(Debug)]
enum How<'a> {
    /// A scalar, of a vocabulary or list, as an ancestor has it.
    Scalar(u16, Shown),
    /// A text that begins for all rows alike.
    Join {
        from: usize,
        to: usize,
        rest: &'a [Op],
    },
    Any,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(plan: &'a Plan, store: &'a Store) -> Self {
        Self {
            plan,
            store,
            values: Vec::with_capacity(8),
            lanes: Vec::with_capacity(4),
            beginnings: String::with_capacity(64),
            spare: Vec::new(),
            key: String::with_capacity(64),
            root_key: 0,
            tagged: false,
            cx: None,
            columns: Columns::default(),
        }
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
        let known = self.cx.take().filter(|cx| (cx.side, cx.root, cx.row) == (side, root, row));
        let tagged = self.plan.list(self.plan.root(root).block(block).list).tagged;
        let same_key = known.is_some() && self.root_key > 0 && self.tagged == tagged;
        let cx = known.unwrap_or_else(|| {
            self.columns.clear();
            self.root_key = 0;
            Cx::new(self.plan, self.store, side, root, row)
        });
        let here = cx.block(block);
        let rows = rows(here.count);
        if rows.is_empty() {
            self.cx = Some(cx);
            return;
        }
        self.begin(&cx, block, fields);
        self.key.truncate(self.root_key);
        if !same_key {
            self.key.clear();
            cx.write_root_key(block, &mut self.key);
            (self.root_key, self.tagged) = (self.key.len(), tagged);
        }
        let root_len = self.root_key;
        let mut parent = None;
        let mut first = true;
        for row in rows {
            let moved = self.read(&cx, &here, At { block, row });
            if block != 0 {
                self.write_key(&cx, &here, At { block, row }, root_len, &mut parent);
            }
            let repeated = if std::mem::take(&mut first) { 0 } else { !moved };
            each(ResolvedRow { key: &self.key, values: &self.values, repeated });
        }
        self.cx = Some(cx);
    }

    /// Reads what is the same for all rows, and finds out how to read the rest.
    fn begin(&mut self, cx: &Cx<'a>, block: u16, fields: &[usize]) {
        for mut value in self.values.drain(..) {
            self.spare.extend(value.take_text());
        }
        self.lanes.clear();
        self.beginnings.clear();
        let of = self.plan.root(cx.root).block(block);
        let declared = &self.plan.list(of.list).fields;
        for (place, &field) in fields.iter().enumerate() {
            // Most fields are inherited from the root.
            if let [programs] = of.programs.as_slice()
                && let Some(program) = programs.get(field)
                && let (Op::Slot(slot), Write::Locked) = (&program.rule.op, program.write)
            {
                self.values.push(ValueRef::new(cx.names(), cx.slot(*slot)));
                continue;
            }
            let near = match of.programs.as_slice() {
                _ if field >= declared.len() => None,
                // A base row: there is but one.
                [] => None,
                [programs] => programs[field].near,
                _ => Some(0),
            };
            let (val, lane) = match near {
                None if field < declared.len() => (cx.field(At { block, row: 0 }, field as u16), None),
                None => (Val::Missing, None),
                Some(up) => match of.programs.as_slice() {
                    [programs] if declared[field].kind.is_scalar() && programs[field].rule.scalar.is_some() => {
                        let shown = self.plan.shown(cx.root, block, field as u16);
                        (Val::Missing, Some((up, How::Scalar(declared[field].kind.scope(), shown))))
                    }
                    [programs] => match &programs[field].rule.op {
                        Op::Join(parts) if programs[field].write == Write::Locked => self.join(cx, block, parts, up),
                        _ => (Val::Missing, Some((up, How::Any))),
                    },
                    _ => (Val::Missing, Some((up, How::Any))),
                },
            };
            self.values.push(ValueRef::new(cx.names(), val));
            if let Some((up, how)) = lane {
                self.lanes.push(Lane { place, field: field as u16, up, read: u32::MAX, how });
            }
        }
    }

    /// Writes the parts of a text that are the same for all rows.
    fn join(&mut self, cx: &Cx<'a>, block: u16, parts: &'a [Op], up: u8) -> (Val<'a>, Option<(u8, How<'a>)>) {
        let alike = parts.iter().take_while(|part| is_of_root(part)).count();
        let from = self.beginnings.len();
        for part in &parts[..alike] {
            let val = cx.eval(part, At { block, row: 0 });
            if val.is_missing() {
                return (Val::Missing, None);
            }
            cx.names().write(&val, &mut self.beginnings);
        }
        let text = self.spare.pop().unwrap_or_default();
        (Val::Text(text.into()), Some((up, How::Join { from, to: self.beginnings.len(), rest: &parts[alike..] })))
    }

    /// Reads the fields that may differ from the row before; returns which of them may, a bit each.
    #[inline]
    fn read(&mut self, cx: &Cx<'a>, here: &Block<'a>, at: At) -> u64 {
        let mut moved = 0;
        for lane in &mut self.lanes {
            if lane.up > 0 {
                let ancestor = if lane.up == 1 { here.origin(at.row).parent } else { cx.up(at, lane.up).row };
                if ancestor == lane.read {
                    continue;
                }
                lane.read = ancestor;
            }
            moved |= 1_u64.checked_shl(lane.place as u32).unwrap_or(0);
            let value = &mut self.values[lane.place];
            match &lane.how {
                How::Scalar(of, shown) => {
                    let column: &Column = self.columns.get(None, Some(cx), *shown, &mut 0);
                    value.set(column.after[cx.ancestor(here, at, shown.up)].val(*of));
                }
                How::Any => value.set(cx.field(at, lane.field)),
                How::Join { from, to, rest } => {
                    let mut text = value.take_text().unwrap_or_default();
                    text.clear();
                    text.push_str(&self.beginnings[*from..*to]);
                    let mut there = true;
                    for part in *rest {
                        there &= cx.write_part(part, here, at, &mut text);
                    }
                    value.set(if there { Val::Text(text.into()) } else { Val::Missing });
                }
            }
        }
        moved
    }

    #[inline]
    fn write_key(
        &mut self,
        cx: &Cx<'a>,
        here: &Block<'a>,
        at: At,
        root: usize,
        parent: &mut Option<(u32, u32, usize)>,
    ) {
        let origin = here.origin(at.row);
        let rule = &self.plan.root(cx.root).block(at.block).rules[origin.rule as usize];
        match *parent {
            Some((rule, row, len)) if (rule, row) == (origin.rule, origin.parent) => self.key.truncate(len),
            _ => {
                self.key.truncate(root);
                cx.write_steps(At { block: rule.parent, row: origin.parent }, &mut self.key);
                *parent = Some((origin.rule, origin.parent, self.key.len()));
            }
        }
        cx.write_step(&rule.each, origin.step, &mut self.key);
    }
}

/// Tells whether an expression reads nothing but the root.
fn is_of_root(op: &Op) -> bool {
    match op {
        Op::Const(_) | Op::Slot(_) | Op::Root => true,
        Op::Path { start, .. } => is_of_root(start),
        _ => false,
    }
}
