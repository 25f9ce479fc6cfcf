//! What is looked for, as a stretch of an index.

use super::{
    Bound, Find, FindError, Then,
    place::{PRESENT, turn, write_open_text, write_text, write_unit, write_value},
};
use crate::{
    engine::Names,
    plan::OrderedPlan,
    schema::{Direction, Type, Typing},
    store::{Val, step_over},
    system::snapshot::ListView,
    value::Value,
};

/// Where rows begin and end in an index: not less than the one, less than the other, where there is one.
pub(super) struct Between {
    pub(super) from: Vec<u8>,
    pub(super) to: Option<Vec<u8>>,
}

/// An end of a range: the value, and whether it is in the range.
type End = Option<(Val<'static>, bool)>;

impl Between {
    fn beginning_with(prefix: Vec<u8>) -> Self {
        let to = over(prefix.clone());
        Self { from: prefix, to }
    }

    fn nothing() -> Self {
        Self { from: Vec::new(), to: Some(Vec::new()) }
    }
}

/// Returns the least that is greater than all that begin so.
fn over(mut prefix: Vec<u8>) -> Option<Vec<u8>> {
    step_over(&mut prefix).then_some(prefix)
}

fn unit_of(end: &End) -> Option<u32> {
    match end {
        Some((Val::Duration { unit, .. }, _)) => Some(*unit),
        _ => None,
    }
}

impl ListView<'_> {
    /// Returns where that which is looked for lies in an index that has its fields.
    pub(super) fn between(&self, index: &OrderedPlan, what: &Find) -> Result<Between, FindError> {
        let names = Names { plan: self.view.plan, store: self.view.store };
        let fields = &self.view.plan.list(self.list).fields;
        let mut prefix = Vec::new();
        for (field, direction) in &index.by[..what.is.len()] {
            let value = what.is.get(&fields[usize::from(*field)].name).unwrap_or(&Value::Missing);
            write_value(names, &self.val(*field, value)?, *direction, &mut prefix);
        }
        let by = index.by.get(what.is.len());
        match what.then.as_ref().zip(by) {
            None => Ok(Between::beginning_with(prefix)),
            Some((Then::StartsWith { text, .. }, by)) => self.beginning(prefix, *by, text),
            Some((Then::Range { from, to, .. }, by)) => self.range(&prefix, *by, from, to),
        }
    }

    fn beginning(&self, mut prefix: Vec<u8>, by: (u16, Direction), text: &str) -> Result<Between, FindError> {
        let (field, direction) = by;
        let of = &self.view.plan.list(self.list).fields[usize::from(field)];
        let start = prefix.len();
        prefix.push(PRESENT);
        let mut text = text;
        match &of.ty {
            Type::Text | Type::Reference(_) => {}
            Type::Code(own) => {
                let (scheme, rest) = text.split_once(':').unwrap_or((own.as_str(), text));
                write_text(scheme, &mut prefix);
                text = rest;
            }
            other => {
                let (list, field) = (self.name().clone(), of.name.clone());
                return Err(FindError::NoText { list, field, found: other.clone() });
            }
        }
        write_open_text(text, &mut prefix);
        turn(direction, &mut prefix[start..]);
        Ok(Between::beginning_with(prefix))
    }

    fn range(&self, prefix: &[u8], by: (u16, Direction), from: &Bound, to: &Bound) -> Result<Between, FindError> {
        let (field, direction) = by;
        let names = Names { plan: self.view.plan, store: self.view.store };
        let (from_end, to_end) = (self.end(field, from)?, self.end(field, to)?);
        let units = (unit_of(&from_end), unit_of(&to_end));
        // With a missing value, and with a duration in another unit, nothing compares.
        let is_none = |bound: &Bound, end: &End| *bound != Bound::Open && end.is_none();
        if is_none(from, &from_end) || is_none(to, &to_end) || matches!(units, (Some(a), Some(b)) if a != b) {
            return Ok(Between::nothing());
        }
        let start = prefix.len();
        let place = |val: &Val<'_>| {
            let mut place = prefix.to_vec();
            write_value(names, val, direction, &mut place);
            place
        };
        // What compares with the ends: all that is there; of durations, those in their unit.
        let mut all = prefix.to_vec();
        all.push(PRESENT);
        if let Some(unit) = units.0.or(units.1) {
            write_unit(unit, &mut all);
        }
        turn(direction, &mut all[start..]);
        let all = Between::beginning_with(all);
        let (first, last) = if direction == Direction::Ascending { (from_end, to_end) } else { (to_end, from_end) };
        let begin = match first {
            None => Some(all.from),
            Some((val, true)) => Some(place(&val)),
            Some((val, false)) => over(place(&val)),
        };
        let end = match last {
            None => all.to,
            Some((val, true)) => over(place(&val)),
            Some((val, false)) => Some(place(&val)),
        };
        Ok(begin.map_or_else(Between::nothing, |from| Between { from, to: end }))
    }

    fn end(&self, field: u16, bound: &Bound) -> Result<End, FindError> {
        let (value, is_in) = match bound {
            Bound::Open => return Ok(None),
            Bound::Including(value) => (value, true),
            Bound::Excluding(value) => (value, false),
        };
        let val = self.val(field, value)?;
        Ok((!val.is_missing()).then_some((val, is_in)))
    }

    /// Reads a value as the type of a field.
    fn val(&self, field: u16, value: &Value) -> Result<Val<'static>, FindError> {
        let of = &self.view.plan.list(self.list).fields[usize::from(field)];
        let typed = Typing::new(self.view.schema.spec()).coerce(value, &of.ty);
        let typed = typed.map_err(|mismatch| FindError::Value {
            list: self.name().clone(),
            field: of.name.clone(),
            detail: mismatch.to_string(),
        })?;
        Ok(self.view.plan.constant_of(&typed, &of.kind))
    }
}
