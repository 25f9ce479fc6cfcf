use std::{borrow::Cow, cell::RefCell, fmt};

use super::resolve::{Kept, ResolvedRow, Resolver};
use crate::{
    engine::{At, ChangeKind, Cx, Engine, Names, Side, Span},
    plan::{Plan, Role},
    store::{Items, Kind, Scalar, ScalarIs, Store, Val},
    value::{Decimal, Key, Name, Value},
};

/// What a commit has changed, read where it lies: for consumers that want little of it, fast.
///
/// Rows come in spans of one list under one base row that have changed alike. How they are cut is promised to nobody.
#[derive(Debug)]
pub struct Delta<'a> {
    engine: &'a Engine,
    /// What rows are read into, kept from one span to the next.
    resolver: RefCell<Resolver<'a>>,
}

impl<'a> Delta<'a> {
    #[inline]
    pub(super) fn new(engine: &'a Engine, kept: Box<Kept>) -> Self {
        Self { engine, resolver: RefCell::new(Resolver::with(&engine.plan, &engine.store, kept)) }
    }

    pub(super) fn into_kept(self) -> Box<Kept> {
        self.resolver.into_inner().into_kept()
    }

    /// Visits the spans of rows that have changed, in no particular order; those of findings are left out.
    pub fn spans(&self) -> impl Iterator<Item = SpanDelta<'_, 'a>> {
        let engine = self.engine;
        engine.spans.iter().filter_map(move |span| {
            let list = engine.plan.root(span.root).block(span.block).list;
            let of = engine.plan.list(list);
            (!matches!(of.role, Role::Check { .. })).then_some(SpanDelta { of: self, span, list })
        })
    }
}

/// Rows of one list under one base row that have changed alike.
#[derive(Clone, Copy, Debug)]
pub struct SpanDelta<'d, 'a> {
    of: &'d Delta<'a>,
    span: &'a Span,
    list: u16,
}

impl<'a> SpanDelta<'_, 'a> {
    /// Returns the place of the list in the schema.
    #[must_use]
    pub fn list_place(&self) -> usize {
        usize::from(self.list)
    }

    /// Returns the name of the list.
    #[must_use]
    pub fn list(&self) -> &'a Name {
        &self.of.engine.plan.list(self.list).name
    }

    /// Returns what has become of the rows.
    #[must_use]
    pub fn kind(&self) -> ChangeKind {
        self.span.kind
    }

    /// Returns the number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.span.count as usize
    }

    /// Tells whether there are no rows; there always are.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.span.count == 0
    }

    /// Returns the fields that are seen with another value, as a mask: bit *i* is the list's field *i*.
    #[must_use]
    pub fn changed(&self) -> u128 {
        self.of.engine.spans.masks(self.span).changed
    }

    /// Returns the fields whose rule's value has changed under an authored one, as a mask.
    #[must_use]
    pub fn shadowed(&self) -> u128 {
        self.of.engine.spans.masks(self.span).shadowed
    }

    /// Returns a number for the base row or group that the rows stem from: stable as long as that exists.
    #[must_use]
    pub fn origin(&self) -> u64 {
        u64::from(self.span.root) << 32 | u64::from(self.span.row)
    }

    /// Reads fields of all rows, as they are seen after (of rows that have vanished, before), by their places in the list;
    /// `each` is given the key and the values of a row. The fast way to read many rows.
    pub fn resolve(&self, fields: &[usize], mut each: impl FnMut(ResolvedRow<'_, 'a>)) {
        let Span { root, row, block, first, count, kind, .. } = *self.span;
        let side = if kind == ChangeKind::Removed { Side::Before } else { Side::After };
        let rows = first..first + count;
        // Whoever reads another span while reading one reads it with a resolver of its own.
        if let Ok(mut resolver) = self.of.resolver.try_borrow_mut() {
            resolver.rows(side, (root, row), block, |_| rows, fields, &mut each);
        } else {
            let engine = self.of.engine;
            let mut resolver = Resolver::new(&engine.plan, &engine.store);
            resolver.rows(side, (root, row), block, |_| rows, fields, &mut each);
        }
    }

    /// Returns the rows: `for row in &span.rows()`.
    #[must_use]
    pub fn rows(&self) -> SpanRows<'a> {
        let plan: &'a Plan = &self.of.engine.plan;
        let store = &self.of.engine.store;
        let Span { root, row, .. } = *self.span;
        SpanRows {
            span: self.span,
            before: Cx::new(plan, store, Side::Before, root, row),
            after: Cx::new(plan, store, Side::After, root, row),
        }
    }
}

/// The rows of a [`SpanDelta`].
#[derive(Debug)]
pub struct SpanRows<'a> {
    span: &'a Span,
    before: Cx<'a>,
    after: Cx<'a>,
}

impl<'a> SpanRows<'a> {
    /// Visits the rows.
    pub fn iter(&self) -> SpanRowsIter<'_, 'a> {
        SpanRowsIter { rows: self, next: 0 }
    }
}

impl<'s, 'a> IntoIterator for &'s SpanRows<'a> {
    type Item = RowDelta<'s>;
    type IntoIter = SpanRowsIter<'s, 'a>;

    fn into_iter(self) -> SpanRowsIter<'s, 'a> {
        self.iter()
    }
}

/// The iterator over the rows of a [`SpanDelta`].
#[derive(Debug)]
pub struct SpanRowsIter<'s, 'a> {
    rows: &'s SpanRows<'a>,
    next: u32,
}

impl<'s> Iterator for SpanRowsIter<'s, '_> {
    type Item = RowDelta<'s>;

    #[inline]
    fn next(&mut self) -> Option<RowDelta<'s>> {
        let Span { block, kind, first, first_before, count, .. } = *self.rows.span;
        if self.next == count {
            return None;
        }
        let now = At { block, row: first + self.next };
        let number = self.next;
        self.next += 1;
        let (before, after) = (&self.rows.before, &self.rows.after);
        Some(match kind {
            ChangeKind::Added => RowDelta { before: None, after: Some((after, now)) },
            ChangeKind::Removed => RowDelta { before: Some((before, now)), after: None },
            ChangeKind::Updated => {
                let then = At { block, row: first_before + number };
                RowDelta { before: Some((before, then)), after: Some((after, now)) }
            }
        })
    }
}

/// One row that has appeared, vanished or changed.
#[derive(Clone, Copy)]
pub struct RowDelta<'s> {
    before: Option<(&'s Cx<'s>, At)>,
    after: Option<(&'s Cx<'s>, At)>,
}

impl fmt::Debug for RowDelta<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RowDelta").field(&self.key()).finish()
    }
}

impl<'a> RowDelta<'a> {
    /// Returns the key of the row.
    #[must_use]
    pub fn key(&self) -> Key {
        let key = self.after.or(self.before).map(|(cx, at)| cx.key(at)).unwrap_or_default();
        Key::trusted(&key)
    }

    /// Writes the key of the row at the end of a text.
    pub fn write_key(&self, key: &mut String) {
        if let Some((cx, at)) = self.after.or(self.before) {
            cx.write_key(at, key);
        }
    }

    /// Reads a field as it was seen before, by its place in the list; missing for a row that has appeared.
    #[must_use]
    #[inline]
    pub fn before(&self, field: usize) -> ValueRef<'a> {
        read(self.before, field)
    }

    /// Reads a field as it is seen after, by its place in the list; missing for a row that has vanished.
    #[must_use]
    #[inline]
    pub fn after(&self, field: usize) -> ValueRef<'a> {
        read(self.after, field)
    }
}

fn read<'s>(side: Option<(&'s Cx<'s>, At)>, field: usize) -> ValueRef<'s> {
    let Some((cx, at)) = side else { return ValueRef::missing_of() };
    let fields = cx.plan.list(cx.plan.root(cx.root).block(at.block).list).fields.len();
    let val = if field < fields { cx.field(at, field as u16) } else { Val::Missing };
    ValueRef { names: Some(cx.names()), val }
}

/// A value where it lies, read without a copy.
#[derive(Clone)]
pub struct ValueRef<'a> {
    names: Option<Names<'a>>,
    val: Val<'a>,
}

impl fmt::Debug for ValueRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_value(), f)
    }
}

impl<'a> ValueRef<'a> {
    fn missing_of() -> Self {
        Self { names: None, val: Val::Missing }
    }

    #[inline]
    pub(super) fn new(names: Names<'a>, val: Val<'a>) -> Self {
        Self { names: Some(names), val }
    }

    #[inline]
    pub(super) fn set(&mut self, val: Val<'a>) {
        self.val = val;
    }

    /// Sets a scalar of a vocabulary or list.
    #[inline]
    pub(super) fn set_scalar(&mut self, scalar: Scalar, of: u16) {
        self.val = scalar.val(of);
    }

    /// Returns the text that the value owns, to be written into.
    #[inline]
    pub(super) fn text_mut(&mut self) -> Option<&mut String> {
        match &mut self.val {
            Val::Text(Cow::Owned(text)) => Some(text),
            _ => None,
        }
    }

    /// Takes the text out of a value that owns it.
    #[inline]
    pub(super) fn take_text(&mut self) -> Option<String> {
        match std::mem::take(&mut self.val) {
            Val::Text(Cow::Owned(text)) => Some(text),
            _ => None,
        }
    }

    /// Tells whether there is no value.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.val.is_missing()
    }

    /// Returns the text of a text.
    #[must_use]
    #[inline]
    pub fn as_text(&self) -> Option<&str> {
        match &self.val {
            Val::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns an integer, or the amount of a duration.
    #[must_use]
    #[inline]
    pub fn as_integer(&self) -> Option<i64> {
        match self.val {
            Val::Integer(number) => Some(number),
            Val::Duration { amount, .. } => Some(amount),
            _ => None,
        }
    }

    /// Returns a boolean.
    #[must_use]
    pub fn as_boolean(&self) -> Option<bool> {
        match self.val {
            Val::Boolean(truth) => Some(truth),
            _ => None,
        }
    }

    /// Returns a decimal amount.
    #[must_use]
    pub fn as_decimal(&self) -> Option<Decimal> {
        match self.val {
            Val::Decimal(amount) => Some(amount),
            _ => None,
        }
    }

    /// Returns the place of a choice in its vocabulary.
    #[must_use]
    pub fn as_choice(&self) -> Option<usize> {
        match self.val {
            Val::Choice { at, .. } => Some(at as usize),
            _ => None,
        }
    }

    /// Returns the number of elements of a set or sequence; 0 for everything else.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.val {
            Val::List(items) => items.len(),
            _ => 0,
        }
    }

    /// Tells whether there are no elements.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Visits the elements of a set or sequence.
    #[inline]
    pub fn elements(&self) -> impl Iterator<Item = ValueRef<'a>> {
        let items: Option<&Items<'a>> = match &self.val {
            Val::List(items) => Some(items),
            _ => None,
        };
        let names = self.names;
        items
            .into_iter()
            .zip(names)
            .flat_map(|(items, names)| items.iter(names.store).map(move |val| ValueRef { names: Some(names), val }))
    }

    /// Visits the elements of a set or sequence of integers; of durations, their amounts.
    #[must_use]
    #[inline]
    pub fn integers(&self) -> Integers<'_> {
        let (kind, cells, vals) = match &self.val {
            Val::List(Items::Cells(kind, cells)) => (Some(*kind), *cells, [].as_slice()),
            Val::List(Items::Vals(vals)) => (None, [].as_slice(), vals.as_slice()),
            _ => (None, [].as_slice(), [].as_slice()),
        };
        Integers { of: kind.zip(self.names.map(|names| names.store)), cells: cells.iter(), vals: vals.iter() }
    }

    /// Copies the value.
    #[must_use]
    pub fn to_value(&self) -> Value {
        self.names.map_or(Value::Missing, |names| names.value(&self.val))
    }
}

/// The iterator over the [integers](ValueRef::integers) of a set or sequence.
#[derive(Clone, Debug)]
pub struct Integers<'v> {
    of: Option<(&'v Kind, &'v Store)>,
    cells: std::slice::Iter<'v, u32>,
    vals: std::slice::Iter<'v, Val<'v>>,
}

impl Iterator for Integers<'_> {
    type Item = i64;

    #[inline]
    fn next(&mut self) -> Option<i64> {
        let scalar = match self.of {
            Some((kind, store)) => store.scalar(kind, *self.cells.next()?),
            None => Scalar::of(self.vals.next()?)?,
        };
        match scalar.is() {
            ScalarIs::Integer(number) | ScalarIs::Duration(_, number) => Some(number),
            _ => None,
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.cells.len() + self.vals.len()))
    }
}
