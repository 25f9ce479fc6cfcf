//! Expressions, evaluated in the plainest way.

use std::cmp::Ordering;

use quanze::{
    Code, Decimal, Duration, Key, Name, SchemaBuilder, Value,
    schema::{Aggregate, Expr, Fold, Path, Type},
};
use rust_decimal::Decimal as Amount;

use super::{
    code,
    coerce::coerce,
    order::{compare, elements, order, set_of},
    types::{ElementType, Types, element_type, field_type, type_of},
    world::{World, flat},
};

/// The element of a step.
#[derive(Clone, Debug)]
pub(crate) enum Element {
    None,
    Value(Value),
    /// A line of the rule's table, by its place.
    Line(usize),
    Row(Key),
}

/// The group whose row is being made.
#[derive(Clone, Debug)]
pub(crate) struct Group<'a> {
    pub(crate) exprs: &'a [Expr],
    pub(crate) values: Vec<Value>,
    pub(crate) members: Vec<Key>,
}

/// The rows that names are read from.
#[derive(Clone, Debug)]
pub(crate) struct Scope<'a> {
    pub(crate) types: Types<'a>,
    pub(crate) source: Option<Key>,
    pub(crate) element: Element,
    pub(crate) own: Option<Key>,
    pub(crate) row: Option<Key>,
    /// The root of the source row.
    pub(crate) here: Option<(Name, Key)>,
    pub(crate) group: Option<Group<'a>>,
}

impl<'a> Scope<'a> {
    pub(crate) fn of_source(schema: &'a SchemaBuilder, source: &'a Name) -> Self {
        Self {
            types: Types::of_source(schema, source),
            source: None,
            element: Element::None,
            own: None,
            row: None,
            here: None,
            group: None,
        }
    }
}

/// Tells whether a condition holds; a missing one does not.
pub(crate) fn holds(world: &World<'_>, expr: &Expr, scope: &Scope<'_>) -> bool {
    eval(world, expr, scope, Some(&Type::Boolean)) == Value::Boolean(true)
}

/// Evaluates an expression; literals are read as `want`, where they do not meet a type inside.
#[expect(clippy::too_many_lines, reason = "one line or two for each kind of expression")]
pub(crate) fn eval(world: &World<'_>, expr: &Expr, scope: &Scope<'_>, want: Option<&Type>) -> Value {
    let schema = world.schema;
    let truth = |one: &Expr| holds(world, one, scope);
    let plain = |one: &Expr| eval(world, one, scope, None);
    // Both sides, read as the type that one of them has.
    let both = |pair: &(Expr, Expr)| {
        let ty = meeting([&pair.0, &pair.1], scope);
        let side = |one| eval(world, one, scope, ty.as_ref());
        (side(&pair.0), side(&pair.1), ty)
    };
    let compared = |pair: &(Expr, Expr)| {
        let (a, b, ty) = both(pair);
        compare(schema, ty.as_ref().unwrap_or(&Type::Text), &a, &b)
    };
    let texts = |pair: &(Expr, Expr), test: fn(&str, &str) -> bool| {
        let (a, b) = (eval(world, &pair.0, scope, Some(&Type::Text)), eval(world, &pair.1, scope, Some(&Type::Text)));
        matches!((&a, &b), (Value::Text(a), Value::Text(b)) if test(a, b))
    };
    let operand = |one: &Expr| numeric(eval(world, one, scope, None));
    match expr {
        Expr::Lit(value) => literal(schema, value, want),
        Expr::Source(path) => source(world, path, scope),
        Expr::Element(path) => element(world, path, scope),
        Expr::Own(path) => read(world, scope.types.own, scope.own.as_ref(), path),
        Expr::Row(path) => read(world, scope.types.row, scope.row.as_ref(), path),
        Expr::Authored(field) => match (scope.types.own, &scope.own) {
            (Some(list), Some(key)) => world.authored(list, key, field),
            _ => Value::Missing,
        },
        Expr::Aggregate(aggregate) => aggregated(world, aggregate, scope),
        Expr::Eq(pair) => compared(pair).is_some_and(Ordering::is_eq).into(),
        Expr::Ne(pair) => compared(pair).is_some_and(Ordering::is_ne).into(),
        Expr::Lt(pair) => compared(pair).is_some_and(Ordering::is_lt).into(),
        Expr::Le(pair) => compared(pair).is_some_and(Ordering::is_le).into(),
        Expr::Gt(pair) => compared(pair).is_some_and(Ordering::is_gt).into(),
        Expr::Ge(pair) => compared(pair).is_some_and(Ordering::is_ge).into(),
        Expr::In(pair) => {
            let of_list = type_of(&pair.1, &scope.types).and_then(|ty| ty.element().cloned());
            let ty = type_of(&pair.0, &scope.types).or(of_list);
            let (a, list) = (eval(world, &pair.0, scope, ty.as_ref()), eval_list(world, &pair.1, scope, ty.as_ref()));
            let is = |e: &Value| compare(schema, ty.as_ref().unwrap_or(&Type::Text), &a, e) == Some(Ordering::Equal);
            list.iter().any(is).into()
        }
        Expr::Subset(pair) => {
            let (a, b) = two_lists(world, pair, scope);
            a.iter().all(|element| b.contains(element)).into()
        }
        Expr::Intersects(pair) => {
            let (a, b) = two_lists(world, pair, scope);
            a.iter().any(|element| b.contains(element)).into()
        }
        Expr::And(all) => all.iter().all(truth).into(),
        Expr::Or(any) => any.iter().any(truth).into(),
        Expr::Not(one) => (!truth(one)).into(),
        Expr::Missing(one) => plain(one).is_missing().into(),
        Expr::Add(pair) => arithmetic(Op::Add, operand(&pair.0), operand(&pair.1)),
        Expr::Sub(pair) => arithmetic(Op::Sub, operand(&pair.0), operand(&pair.1)),
        Expr::Mul(pair) => arithmetic(Op::Mul, operand(&pair.0), operand(&pair.1)),
        Expr::Div(pair) => arithmetic(Op::Div, operand(&pair.0), operand(&pair.1)),
        Expr::Rem(pair) => arithmetic(Op::Rem, operand(&pair.0), operand(&pair.1)),
        Expr::Min(all) | Expr::Max(all) => {
            let ty = meeting(all, scope).or_else(|| want.cloned());
            let values = all.iter().map(|one| eval(world, one, scope, ty.as_ref())).collect();
            extreme(schema, ty.as_ref(), values, matches!(expr, Expr::Min(_)))
        }
        Expr::Coalesce(all) => {
            let ty = meeting(all, scope).or_else(|| want.cloned());
            let mut values = all.iter().map(|one| widened(ty.as_ref(), eval(world, one, scope, ty.as_ref())));
            values.find(|value| !value.is_missing()).unwrap_or_default()
        }
        Expr::If(parts) => {
            let ty = type_of(expr, &scope.types).or_else(|| want.cloned());
            let branch = if truth(&parts.0) { &parts.1 } else { &parts.2 };
            widened(ty.as_ref(), eval(world, branch, scope, ty.as_ref()))
        }
        Expr::Join(parts) => joined(world, parts, scope).map_or(Value::Missing, Value::from),
        Expr::Code(of, parts) => {
            joined(world, parts, scope).map_or(Value::Missing, |text| Value::Code(Code::new(of, text)))
        }
        Expr::Length(one) => {
            let of_list = type_of(one, &scope.types).is_some_and(|ty| ty.element().is_some());
            match plain(one) {
                Value::List(elements) => count(elements.len()),
                Value::Missing if of_list => count(0),
                Value::Text(text) => count(text.chars().count()),
                _ => Value::Missing,
            }
        }
        Expr::StartsWith(pair) => texts(pair, |a, b| a.starts_with(b)).into(),
        Expr::EndsWith(pair) => texts(pair, |a, b| a.ends_with(b)).into(),
        Expr::Contains(pair) => texts(pair, |a, b| a.contains(b)).into(),
        Expr::Union(lists) => {
            let ty = meeting(lists, scope).or_else(|| want.cloned());
            let element = ty.as_ref().and_then(Type::element).cloned();
            let all = lists.iter().flat_map(|one| eval_list(world, one, scope, element.as_ref())).collect();
            set_of(schema, element.as_ref().unwrap_or(&Type::Text), all)
        }
        Expr::WellFormed(one) => matches!(plain(one), Value::Code(c) if code::parse(schema, &c).is_some()).into(),
        Expr::CheckDigitOk(one) => matches!(plain(one), Value::Code(c) if code::check_digits_ok(schema, &c)).into(),
        Expr::Segment(one, name) => {
            let Value::Code(code) = plain(one) else { return Value::Missing };
            let segments = code::parse(schema, &code).unwrap_or_default();
            let text = segments.into_iter().find(|(segment, _)| segment == name).map(|(_, text)| text);
            Value::from(text)
        }
        other => unreachable!("an expression that the oracle does not know: {other:?}"),
    }
}

/// The type that expressions side by side have; amounts, where whole numbers stand beside amounts.
fn meeting<'e>(all: impl IntoIterator<Item = &'e Expr>, scope: &Scope<'_>) -> Option<Type> {
    type_of(&Expr::Coalesce(all.into_iter().cloned().collect()), &scope.types)
}

fn literal(schema: &SchemaBuilder, value: &Value, want: Option<&Type>) -> Value {
    let Some(ty) = want else { return value.clone() };
    coerce(schema, ty, value).unwrap_or_else(|| value.clone())
}

/// Text in arithmetic is a literal: an amount, a duration or a day, whichever it reads as.
pub(super) fn numeric(value: Value) -> Value {
    let Value::Text(text) = &value else { return value };
    let amount = text.parse::<Decimal>().ok().map(Value::Decimal);
    let duration = || text.parse::<Duration>().ok().map(Value::Duration);
    let day = || text.parse::<quanze::Date>().ok().map(Value::Date);
    amount.or_else(duration).or_else(day).unwrap_or(value)
}

/// The elements of a list expression; of a literal, each read as an element.
fn eval_list(world: &World<'_>, expr: &Expr, scope: &Scope<'_>, element: Option<&Type>) -> Vec<Value> {
    if let Expr::Lit(Value::List(elements)) = expr {
        return elements.iter().map(|value| literal(world.schema, value, element)).collect();
    }
    let ty = element.cloned().map(Type::set);
    elements(&eval(world, expr, scope, ty.as_ref())).to_vec()
}

fn two_lists(world: &World<'_>, pair: &(Expr, Expr), scope: &Scope<'_>) -> (Vec<Value>, Vec<Value>) {
    let element = meeting([&pair.0, &pair.1], scope).and_then(|ty| ty.element().cloned());
    let side = |one| eval_list(world, one, scope, element.as_ref());
    (side(&pair.0), side(&pair.1))
}

fn widened(ty: Option<&Type>, value: Value) -> Value {
    match (ty, value) {
        (Some(Type::Decimal), Value::Integer(whole)) => Value::Decimal(Decimal::from(whole)),
        (_, value) => value,
    }
}

fn count(number: usize) -> Value {
    i64::try_from(number).map_or(Value::Missing, Value::Integer)
}

fn read(world: &World<'_>, list: Option<&Name>, key: Option<&Key>, path: &Path) -> Value {
    match (list, key) {
        (Some(list), Some(key)) => world.path(list, key, path.names()),
        _ => Value::Missing,
    }
}

fn source(world: &World<'_>, path: &Path, scope: &Scope<'_>) -> Value {
    let Some(group) = &scope.group else { return read(world, scope.types.source, scope.source.as_ref(), path) };
    // In a group row, what was grouped by, or what lies beyond it.
    for (expr, value) in group.exprs.iter().zip(&group.values) {
        let Expr::Source(by) = expr else { continue };
        if let Some(rest) = path.names().strip_prefix(by.names()) {
            let ty = type_of(expr, &scope.types).expect("a path has a type");
            return world.follow(value.clone(), &ty, rest);
        }
    }
    unreachable!("a group row reads what it is grouped by, not {path}")
}

fn element(world: &World<'_>, path: &Path, scope: &Scope<'_>) -> Value {
    let names = path.names();
    match (scope.types.element, &scope.element) {
        (ElementType::Line(table), Element::Line(at)) => {
            let ty = &table.columns[&names[0]];
            let given = table.lines[*at].set.get(&names[0]).cloned().unwrap_or_default();
            world.follow(coerce(world.schema, ty, &given).unwrap_or_default(), ty, &names[1..])
        }
        (ElementType::Row(list), Element::Row(key)) => world.path(list, key, names),
        (ElementType::Value(ty), Element::Value(value)) => {
            let itself = names[0] == "value" || names[0] == "key";
            world.follow(value.clone(), ty, if itself { &names[1..] } else { names })
        }
        (ty, at) => unreachable!("{at:?} is no {ty:?}: {:?}", element_type(world.schema, ty, names)),
    }
}

fn joined(world: &World<'_>, parts: &[Expr], scope: &Scope<'_>) -> Option<String> {
    let text = |part| {
        let value = eval(world, part, scope, None);
        (!value.is_missing()).then(|| value.to_string())
    };
    parts.iter().map(text).collect()
}

fn extreme(schema: &SchemaBuilder, ty: Option<&Type>, values: Vec<Value>, smallest: bool) -> Value {
    let values: Vec<Value> = values.into_iter().filter(|v| !v.is_missing()).map(|v| widened(ty, v)).collect();
    let ty = ty.unwrap_or(&Type::Text);
    let alike = |a: &Value| values.iter().all(|b| compare(schema, ty, a, b).is_some());
    if !values.iter().all(alike) {
        return Value::Missing;
    }
    let ordered = |a: &&Value, b: &&Value| order(schema, ty, a, b);
    let found = if smallest { values.iter().min_by(ordered) } else { values.iter().max_by(ordered) };
    found.cloned().unwrap_or_default()
}

fn aggregated(world: &World<'_>, aggregate: &Aggregate, scope: &Scope<'_>) -> Value {
    let mut inner = scope.clone();
    let rows: Vec<Key> = match (&aggregate.rows_of, &scope.group) {
        (Some(of), _) => {
            inner.types.row = Some(&of.list);
            // Only a row that stems from the list that `by` refers to has such rows.
            let target = field_type(world.schema, &of.list, &of.by).target().cloned();
            match &scope.here {
                Some((list, key)) if Some(list) == target.as_ref() => world.rows_of(&of.list, &of.by, key),
                _ => Vec::new(),
            }
        }
        (None, Some(group)) => group.members.clone(),
        (None, None) => unreachable!("an aggregate outside a group says which rows it means"),
    };
    inner.group = None;
    let mut values = Vec::new();
    for key in rows {
        *(if aggregate.rows_of.is_some() { &mut inner.row } else { &mut inner.source }) = Some(key);
        if holds(world, &aggregate.when, &inner) {
            values.push(aggregate.value.as_ref().map(|value| eval(world, value, &inner, None)));
        }
    }
    if aggregate.fold == Fold::Count {
        return count(values.len());
    }
    let values = values.into_iter().map(Option::unwrap_or_default);
    let ty = aggregate.value.as_ref().and_then(|value| type_of(value, &inner.types));
    let mut present = values.clone().filter(|value| !value.is_missing());
    match aggregate.fold {
        Fold::Any => values.into_iter().any(|value| value == Value::Boolean(true)).into(),
        Fold::All => values.into_iter().all(|value| value == Value::Boolean(true)).into(),
        Fold::Min => extreme(world.schema, ty.as_ref(), present.collect(), true),
        Fold::Max => extreme(world.schema, ty.as_ref(), present.collect(), false),
        Fold::Collect => {
            let element = ty.as_ref().map(|ty| ty.element().unwrap_or(ty)).cloned();
            set_of(world.schema, element.as_ref().unwrap_or(&Type::Text), present.flat_map(flat).collect())
        }
        _ => match ty {
            Some(Type::Decimal) => {
                let zero = Value::Decimal(Decimal::from(0));
                present
                    .try_fold(zero, |sum, v| Some(arithmetic(Op::Add, sum, v)).filter(|v| !v.is_missing()))
                    .unwrap_or_default()
            }
            Some(Type::Duration) => sum_of_durations(present.collect()),
            _ => {
                let total: i128 = present.filter_map(|value| value.as_integer()).map(i128::from).sum();
                i64::try_from(total).map_or(Value::Missing, Value::Integer)
            }
        },
    }
}

fn sum_of_durations(values: Vec<Value>) -> Value {
    let durations = values.into_iter().filter_map(|value| match value {
        Value::Duration(duration) => Some(duration),
        _ => None,
    });
    let durations: Vec<Duration> = durations.collect();
    let Some(first) = durations.first() else { return Value::Missing };
    if durations.iter().any(|other| other.unit() != first.unit()) {
        return Value::Missing;
    }
    let total: i128 = durations.iter().map(|duration| i128::from(duration.amount())).sum();
    i64::try_from(total).map_or(Value::Missing, |total| Duration::new(total, first.unit()).into())
}

#[derive(Clone, Copy)]
enum Op {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
}

fn arithmetic(op: Op, a: Value, b: Value) -> Value {
    match (a, b) {
        (Value::Integer(a), Value::Integer(b)) => integers(op, a, b).into(),
        (Value::Decimal(a), Value::Decimal(b)) => amounts(op, a, b).into(),
        (Value::Integer(a), Value::Decimal(b)) => amounts(op, a.into(), b).into(),
        (Value::Decimal(a), Value::Integer(b)) => amounts(op, a, b.into()).into(),
        (Value::Duration(a), Value::Duration(b)) if a.unit() == b.unit() && matches!(op, Op::Add | Op::Sub) => {
            integers(op, a.amount(), b.amount()).map(|amount| Duration::new(amount, a.unit())).into()
        }
        (Value::Duration(a), Value::Integer(b)) if matches!(op, Op::Mul) => {
            a.amount().checked_mul(b).map(|amount| Duration::new(amount, a.unit())).into()
        }
        (Value::Date(a), Value::Integer(days)) => moved(op, a, days),
        (Value::Date(a), Value::Duration(b)) if *b.unit() == "days" => moved(op, a, b.amount()),
        (Value::Date(a), Value::Date(b)) if matches!(op, Op::Sub) => Value::Integer(a.days_since(b)),
        _ => Value::Missing,
    }
}

fn moved(op: Op, day: quanze::Date, days: i64) -> Value {
    let days = match op {
        Op::Add => Some(days),
        Op::Sub => days.checked_neg(),
        _ => None,
    };
    days.and_then(|days| day.plus_days(days)).into()
}

fn integers(op: Op, a: i64, b: i64) -> Option<i64> {
    match op {
        Op::Add => a.checked_add(b),
        Op::Sub => a.checked_sub(b),
        Op::Mul => a.checked_mul(b),
        Op::Div => a.checked_div(b),
        Op::Rem => a.checked_rem(b),
    }
}

fn amounts(op: Op, a: Decimal, b: Decimal) -> Option<Decimal> {
    let amount = |amount: Decimal| Amount::from_str_exact(&amount.to_string()).ok();
    let (a, b) = (amount(a)?, amount(b)?);
    let result = match op {
        Op::Add => a.checked_add(b),
        Op::Sub => a.checked_sub(b),
        Op::Mul => a.checked_mul(b),
        Op::Div => a.checked_div(b),
        Op::Rem => a.checked_rem(b),
    };
    result?.normalize().to_string().parse().ok()
}
