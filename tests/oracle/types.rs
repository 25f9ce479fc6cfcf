//! The types of fields, paths and expressions, as far as they are needed to read literals and empty sums.

use quanze::{
    Name, SchemaBuilder, Value,
    schema::{Each, Expr, Fold, Path, Table, Type},
};

/// What an element of a step is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ElementType<'a> {
    None,
    /// A plain element.
    Value(&'a Type),
    /// A line of a table.
    Line(&'a Table),
    /// A row of a list.
    Row(&'a Name),
}

/// The lists that names are read from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Types<'a> {
    pub(crate) schema: &'a SchemaBuilder,
    pub(crate) source: Option<&'a Name>,
    pub(crate) element: ElementType<'a>,
    pub(crate) own: Option<&'a Name>,
    pub(crate) row: Option<&'a Name>,
}

impl<'a> Types<'a> {
    pub(crate) fn of_source(schema: &'a SchemaBuilder, source: &'a Name) -> Self {
        Self { schema, source: Some(source), element: ElementType::None, own: None, row: None }
    }
}

/// The type of a field of a list; `key` is one.
pub(crate) fn field_type(schema: &SchemaBuilder, list: &Name, field: &Name) -> Type {
    let declared = &schema.lists[list];
    if *field != "key" {
        return declared.fields[field].ty.clone();
    }
    if declared.is_base() { Type::Reference(list.clone()) } else { Type::Text }
}

/// The type of the values at the end of a path from a list.
pub(crate) fn path_type(schema: &SchemaBuilder, list: &Name, path: &[Name]) -> Option<Type> {
    follow_type(schema, field_type(schema, list, path.first()?), &path[1..])
}

/// The type at the end of the rest of a path, whose first name has this type: a set past a list, else the last field's.
pub(crate) fn follow_type(schema: &SchemaBuilder, first: Type, rest: &[Name]) -> Option<Type> {
    let mut past_list = false;
    let mut ty = first;
    for name in rest {
        past_list |= ty.element().is_some();
        ty = field_type(schema, ty.target()?, name);
    }
    Some(if past_list { Type::set(ty.element().cloned().unwrap_or(ty)) } else { ty })
}

/// The type of an expression; `None` where it is nothing but literals that take the type they meet.
pub(crate) fn type_of(expr: &Expr, scope: &Types<'_>) -> Option<Type> {
    let schema = scope.schema;
    let from = |list: Option<&Name>, path: &Path| path_type(schema, list?, path.names());
    let first = |all: &[Expr]| {
        let mut known: Option<Type> = None;
        for ty in all.iter().filter_map(|one| type_of(one, scope)) {
            // Whole numbers beside amounts are amounts.
            if known.is_none() || ty == Type::Decimal {
                known = Some(ty);
            }
        }
        known
    };
    match expr {
        Expr::Lit(value) => match value {
            Value::Boolean(_) => Some(Type::Boolean),
            Value::Integer(_) => Some(Type::Integer),
            Value::Decimal(_) => Some(Type::Decimal),
            Value::Date(_) => Some(Type::Date),
            Value::Duration(_) => Some(Type::Duration),
            _ => None,
        },
        Expr::Source(path) => from(scope.source, path),
        Expr::Own(path) => from(scope.own, path),
        Expr::Row(path) => from(scope.row, path),
        Expr::Element(path) => element_type(schema, scope.element, path.names()),
        Expr::Authored(field) => Some(field_type(schema, scope.own?, field)),
        Expr::Aggregate(aggregate) => {
            let mut inner = *scope;
            if let Some(rows_of) = &aggregate.rows_of {
                inner.row = Some(&rows_of.list);
            }
            let value = aggregate.value.as_ref().and_then(|value| type_of(value, &inner));
            match aggregate.fold {
                Fold::Count => Some(Type::Integer),
                Fold::Any | Fold::All => Some(Type::Boolean),
                Fold::Collect => value.map(|ty| Type::set(ty.element().cloned().unwrap_or(ty))),
                _ => value,
            }
        }
        Expr::Add(pair) | Expr::Sub(pair) | Expr::Mul(pair) | Expr::Div(pair) | Expr::Rem(pair) => {
            let operand = |one: &Expr| match one {
                Expr::Lit(value) => type_of(&Expr::Lit(super::eval::numeric(value.clone())), scope),
                _ => type_of(one, scope),
            };
            match (operand(&pair.0), operand(&pair.1)) {
                (Some(Type::Date), Some(Type::Date)) => Some(Type::Integer),
                (Some(Type::Decimal), _) | (_, Some(Type::Decimal)) => Some(Type::Decimal),
                (a, b) => a.or(b),
            }
        }
        Expr::Min(all) | Expr::Max(all) | Expr::Coalesce(all) => first(all),
        Expr::If(parts) => {
            let mut known = type_of(&parts.1, scope);
            if known.is_none() || known == Some(Type::Integer) {
                known = type_of(&parts.2, scope).or(known);
            }
            known
        }
        Expr::Union(all) => first(all).map(|ty| Type::set(ty.element().cloned().unwrap_or(ty))),
        Expr::Join(_) | Expr::Segment(..) => Some(Type::Text),
        Expr::Length(_) => Some(Type::Integer),
        Expr::Code(of, _) => Some(Type::Code(of.clone())),
        _ => Some(Type::Boolean),
    }
}

/// The type of what is read of an element.
pub(crate) fn element_type(schema: &SchemaBuilder, element: ElementType<'_>, path: &[Name]) -> Option<Type> {
    match element {
        ElementType::None => None,
        ElementType::Line(table) => follow_type(schema, table.columns.get(path.first()?)?.clone(), &path[1..]),
        ElementType::Row(list) => path_type(schema, list, path),
        ElementType::Value(ty) => {
            let first = path.first()?;
            if *first == "value" || *first == "key" {
                return follow_type(schema, ty.clone(), &path[1..]);
            }
            follow_type(schema, ty.clone(), path)
        }
    }
}

/// What an element of a rule's step is.
pub(crate) fn rule_element<'a>(each: &'a Each, elements: Option<&'a Type>) -> ElementType<'a> {
    match each {
        Each::Element(_) => elements.map_or(ElementType::None, ElementType::Value),
        Each::Table(table) => ElementType::Line(table),
        Each::Match { list, .. } => ElementType::Row(list),
        _ => ElementType::None,
    }
}
