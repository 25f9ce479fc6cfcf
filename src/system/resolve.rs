use super::delta::ValueRef;
use crate::{
    engine::{At, Cx, Side},
    plan::{Op, Plan},
    schema::Write,
    store::{Block, Store, Val},
};

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
    key: String,
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
    /// A scalar, of a vocabulary or list.
    Scalar(u16),
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
            values: Vec::new(),
            lanes: Vec::new(),
            beginnings: String::new(),
            spare: Vec::new(),
            key: String::new(),
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
        each: &mut impl FnMut(&str, &[ValueRef<'a>]),
    ) {
        let cx = Cx::new(self.plan, self.store, side, root, row);
        let here = cx.block(block);
        let rows = rows(here.count);
        if rows.is_empty() {
            return;
        }
        self.begin(&cx, block, fields);
        self.key.clear();
        cx.write_root_key(block, &mut self.key);
        let root_len = self.key.len();
        let mut parent = None;
        for row in rows {
            self.read(&cx, &here, At { block, row });
            if block != 0 {
                self.write_key(&cx, &here, At { block, row }, root_len, &mut parent);
            }
            each(&self.key, &self.values);
        }
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
                        (Val::Missing, Some((up, How::Scalar(declared[field].kind.scope()))))
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

    #[inline]
    fn read(&mut self, cx: &Cx<'a>, here: &Block<'a>, at: At) {
        for lane in &mut self.lanes {
            if lane.up > 0 {
                let ancestor = if lane.up == 1 { here.origin(at.row).parent } else { cx.up(at, lane.up).row };
                if ancestor == lane.read {
                    continue;
                }
                lane.read = ancestor;
            }
            let value = &mut self.values[lane.place];
            match &lane.how {
                How::Scalar(of) => value.set(cx.scalar_field(at, lane.field).val(*of)),
                How::Any => value.set(cx.field(at, lane.field)),
                How::Join { from, to, rest } => {
                    let mut text = value.take_text().unwrap_or_default();
                    text.clear();
                    text.push_str(&self.beginnings[*from..*to]);
                    let mut there = true;
                    for part in *rest {
                        match cx.eval(part, at) {
                            Val::Missing => there = false,
                            Val::Text(part) => text.push_str(&part),
                            val => cx.names().write(&val, &mut text),
                        }
                    }
                    value.set(if there { Val::Text(text.into()) } else { Val::Missing });
                }
            }
        }
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
