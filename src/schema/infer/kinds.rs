//! Which types go together.

use super::super::{Expr, Type};
use crate::value::Value;

/// Tells whether a value of one type can stand where another is expected.
pub(crate) fn fits(found: &Type, expected: &Type) -> bool {
    match (found, expected) {
        (Type::Integer, Type::Decimal) => true,
        _ => alike(found, expected),
    }
}

/// Tells whether two types hold the same values: codes differ only in the scheme meant by default.
pub(super) fn alike(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::Code(_), Type::Code(_)) => true,
        (Type::Set(a), Type::Set(b)) | (Type::Sequence(a), Type::Sequence(b)) => alike(a, b),
        _ => a == b,
    }
}

pub(super) fn is_number(ty: &Type) -> bool {
    matches!(ty, Type::Integer | Type::Decimal)
}

/// Tells whether `<`, `min` and the like compare values of a type.
pub(crate) fn is_ordered(ty: &Type) -> bool {
    matches!(ty, Type::Integer | Type::Decimal | Type::Date | Type::Duration | Type::Text | Type::Choice(_))
}

/// Tells whether an expression takes its type from what it meets: literals, and choices between literals.
pub(crate) fn is_open(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) => true,
        Expr::Coalesce(options) | Expr::Min(options) | Expr::Max(options) => options.iter().all(is_open),
        Expr::If(parts) => is_open(&parts.1) && is_open(&parts.2),
        _ => false,
    }
}

/// Returns the type that a literal has where none is expected; that of its JSON form, so that storing changes nothing.
pub(super) fn natural(value: &Value) -> Option<Type> {
    match value {
        Value::Missing => None,
        Value::Boolean(_) => Some(Type::Boolean),
        Value::Integer(_) => Some(Type::Integer),
        Value::List(elements) => elements.first().and_then(natural).map(Type::set),
        _ => Some(Type::Text),
    }
}

/// Returns the type that open expressions have among themselves: that of the first literal that tells one.
pub(super) fn open_type(exprs: &[&Expr]) -> Option<Type> {
    let types = exprs.iter().filter_map(|expr| match expr {
        Expr::Lit(value) => natural(value),
        Expr::Coalesce(options) | Expr::Min(options) | Expr::Max(options) => {
            open_type(&options.iter().collect::<Vec<_>>())
        }
        Expr::If(parts) => open_type(&[&parts.1, &parts.2]),
        _ => None,
    });
    types.into_iter().next()
}

pub(super) fn number_type(a: &Type, b: &Type) -> Option<Type> {
    match (a, b) {
        (Type::Integer, Type::Integer) => Some(Type::Integer),
        _ if is_number(a) && is_number(b) => Some(Type::Decimal),
        _ => None,
    }
}

pub(super) fn sum_type(a: &Type, b: &Type) -> Option<Type> {
    match (a, b) {
        (Type::Duration, Type::Duration) => Some(Type::Duration),
        (Type::Date, Type::Integer | Type::Duration) => Some(Type::Date),
        _ => number_type(a, b),
    }
}

pub(super) fn difference_type(a: &Type, b: &Type) -> Option<Type> {
    match (a, b) {
        (Type::Date, Type::Date) => Some(Type::Integer),
        _ => sum_type(a, b),
    }
}

pub(super) fn product_type(a: &Type, b: &Type) -> Option<Type> {
    match (a, b) {
        (Type::Duration, Type::Integer) => Some(Type::Duration),
        _ => number_type(a, b),
    }
}
