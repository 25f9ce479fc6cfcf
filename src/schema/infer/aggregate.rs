//! Values drawn from many rows.

use indexmap::IndexSet;

use super::{
    Inference, ORDERED, Typed,
    kinds::{is_number, is_open, is_ordered},
};
use crate::{
    schema::{
        Aggregate, Expr, Fold, RowsOf, SchemaFaultKind as Kind, Type, Write,
        typing::{Here, Scope, Typing},
    },
    value::Name,
};

impl Inference<'_> {
    pub(super) fn aggregate(
        &mut self,
        expr: &Expr,
        aggregate: &Aggregate,
        scope: &Scope<'_>,
        expected: Option<&Type>,
    ) -> Option<Typed> {
        let inner = match (&aggregate.rows_of, scope.group) {
            (None, Some((members, _))) => Scope::of_members(members),
            (None, None) => {
                return self.out_of_scope(
                    expr,
                    scope,
                    "an aggregate without rows_of draws from the members of a group, in what a group rule sets",
                );
            }
            (Some(rows_of), _) => {
                self.rows_of(expr, rows_of, scope)?;
                Scope::of_rows(&rows_of.list)
            }
        };
        let when = self.expect(&aggregate.when, &inner, Some(&Type::Boolean));
        let (value, ty) = match (aggregate.fold, &aggregate.value) {
            (Fold::Count, None) => (None, Type::Integer),
            (Fold::Count, Some(_)) => {
                return self.ill_formed(expr, "counts rows; no value is accepted, only a condition");
            }
            (_, None) => return self.ill_formed(expr, "draws from nothing; say which value of each row it takes"),
            (fold, Some(value)) => {
                let expected = match fold {
                    Fold::Any | Fold::All => Some(&Type::Boolean),
                    Fold::Collect if is_open(value) => expected.and_then(Type::element),
                    Fold::Collect => None,
                    _ => expected,
                };
                let (typed, ty) = self.expect(value, &inner, expected)?;
                let ty = self.fold_type(fold, value, ty)?;
                (Some(typed), ty)
            }
        };
        let aggregate = Aggregate { fold: aggregate.fold, rows_of: aggregate.rows_of.clone(), value, when: when?.0 };
        Some((Expr::Aggregate(Box::new(aggregate)), ty))
    }

    pub(super) fn fold_type(&mut self, fold: Fold, value: &Expr, ty: Type) -> Option<Type> {
        match fold {
            Fold::Count => Some(Type::Integer),
            Fold::Sum if is_number(&ty) || ty == Type::Duration => Some(ty),
            Fold::Sum => self.wrong_type(value, ty, "only integers, decimals and durations add up".to_owned()),
            Fold::Min | Fold::Max if is_ordered(&ty) => Some(ty),
            Fold::Min | Fold::Max => self.wrong_type(value, ty, format!("only {ORDERED}")),
            Fold::Collect => Some(Type::set(ty.element().cloned().unwrap_or(ty))),
            Fold::Any | Fold::All => Some(Type::Boolean),
        }
    }

    pub(super) fn rows_of(&mut self, expr: &Expr, rows_of: &RowsOf, scope: &Scope<'_>) -> Option<()> {
        let here = match scope.here {
            Here::Base(here) => here,
            Here::Unclear => {
                return self.out_of_scope(
                    expr,
                    scope,
                    "rows_of starts from a base row, and the rows here do not all stem from one base list",
                );
            }
            Here::Nowhere => {
                return self.out_of_scope(
                    expr,
                    scope,
                    "rows_of is accepted in the condition of a rule, in what it sets (but of groups), and in checks",
                );
            }
        };
        let Some((list_name, list)) = self.typing.spec.lists.get_key_value(&rows_of.list) else {
            self.faults.push(Kind::unknown("list", &rows_of.list, String::new(), self.typing.spec.lists.keys()));
            return None;
        };
        let Some(field) = list.fields.get(&rows_of.by) else {
            self.faults.push(Kind::unknown(
                "field",
                &rows_of.by,
                format!(" in the list '{list_name}'"),
                list.fields.keys(),
            ));
            return None;
        };
        if field.ty.target() != Some(here) {
            return self.ill_formed(
                expr,
                format!(
                    "looks for rows of '{list_name}' by '{}', which is {}; a field that refers to '{here}' is accepted",
                    rows_of.by, field.ty
                ),
            );
        }
        if !self.typing.is_root_field(list_name, &rows_of.by) {
            return self.ill_formed(
                expr,
                format!(
                    "looks for rows of '{list_name}' by '{}', which is not handed down from the base row; a locked field that each rule sets to a reference field of its source, or to the key of the base row, is accepted",
                    rows_of.by
                ),
            );
        }
        Some(())
    }
}

impl Typing<'_> {
    /// Tells whether a field is, in every row, a reference field (or the key) of the base row that the row comes from.
    pub(crate) fn is_root_field(self, list: &Name, field: &Name) -> bool {
        let mut seen: IndexSet<(&Name, &Name)> = IndexSet::new();
        let mut open = vec![(list, field)];
        while let Some((name, field)) = open.pop() {
            if !seen.insert((name, field)) {
                continue;
            }
            let Some(list) = self.list(name) else { return false };
            if list.is_base() {
                if self.field_type(name, field).is_none_or(|ty| ty.target().is_none()) {
                    return false;
                }
                continue;
            }
            let locked = list.fields.get(field).is_some_and(|field| field.write == Write::Locked);
            if !locked || Self::is_group(list) {
                return false;
            }
            for rule in &list.rules {
                match rule.set.get(field) {
                    Some(Expr::Source(path)) if path.single().is_some() => {
                        open.extend(path.single().map(|field| (&rule.from, field)));
                    }
                    _ => return false,
                }
            }
        }
        true
    }
}
