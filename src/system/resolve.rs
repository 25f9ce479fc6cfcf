use super::delta::ValueRef;
use crate::{
    engine::{At, Cx},
    store::Val,
};

/// Fields of rows of one list, read row after row with as little work as there is: what is the same for all rows of a base
/// row is read once, what depends on an ancestor once for each, and keys share their beginning.
#[derive(Debug)]
pub(super) struct Resolver<'f, 'a> {
    fields: &'f [usize],
    values: Vec<ValueRef<'a>>,
    key: String,
    /// The length of the root's part of the key.
    root: usize,
    /// The parent row whose key is the beginning of `key`, and the length of its key.
    parent: Option<(u32, u32, usize)>,
    /// By field, the distance of the nearest row it depends on, and that row where it was read last.
    near: Vec<(Option<u8>, u32)>,
}

impl<'f, 'a> Resolver<'f, 'a> {
    pub(super) fn new(fields: &'f [usize]) -> Self {
        Self { fields, values: Vec::new(), key: String::new(), root: 0, parent: None, near: Vec::new() }
    }

    /// Begins with the rows of another block or root.
    pub(super) fn start(&mut self, cx: &Cx<'a>, block: u16) {
        self.values.clear();
        self.near.clear();
        self.parent = None;
        self.key.clear();
        cx.write_root_key(block, &mut self.key);
        self.root = self.key.len();
        let of = cx.plan.root(cx.root).block(block);
        let fields = cx.plan.list(of.list).fields.len();
        for &field in self.fields {
            let near = match of.programs.as_slice() {
                _ if field >= fields => None,
                // A base row: there is but one.
                [] => None,
                [programs] => programs[field].near,
                _ => Some(0),
            };
            self.near.push((near, u32::MAX));
            let val = match near {
                None if field < fields => cx.field(At { block, row: 0 }, field as u16),
                _ => Val::Missing,
            };
            self.values.push(ValueRef::new(cx.names(), val));
        }
    }

    /// Reads a row: its key, and the fields in the order in which they were asked for.
    pub(super) fn row(&mut self, cx: &Cx<'a>, at: At) -> (&str, &[ValueRef<'a>]) {
        for (place, (near, read)) in self.near.iter_mut().enumerate() {
            let Some(up) = *near else { continue };
            if up > 0 {
                let ancestor = cx.up(at, up).row;
                if ancestor == *read {
                    continue;
                }
                *read = ancestor;
            }
            self.values[place] = ValueRef::new(cx.names(), cx.field(at, self.fields[place] as u16));
        }
        self.write_key(cx, at);
        (&self.key, &self.values)
    }

    fn write_key(&mut self, cx: &Cx<'a>, at: At) {
        if at.block == 0 {
            return;
        }
        let origin = cx.block(at.block).origin(at.row);
        match self.parent {
            Some((rule, row, len)) if (rule, row) == (origin.rule, origin.parent) => self.key.truncate(len),
            _ => {
                self.key.truncate(self.root);
                let rule = &cx.plan.root(cx.root).block(at.block).rules[origin.rule as usize];
                cx.write_steps(At { block: rule.parent, row: origin.parent }, &mut self.key);
                self.parent = Some((origin.rule, origin.parent, self.key.len()));
            }
        }
        let rule = &cx.plan.root(cx.root).block(at.block).rules[origin.rule as usize];
        cx.write_step(&rule.each, origin.step, &mut self.key);
    }
}
