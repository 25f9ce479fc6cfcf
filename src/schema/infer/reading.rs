//! What an expression may read where it stands.

use super::{Inference, kinds::is_open};
use crate::{
    schema::{
        Expr, Path, SchemaFaultKind as Kind, Type, Write,
        display::brief,
        typing::{Scope, Step, Typing},
    },
    value::{Name, Value},
};

impl Inference<'_> {
    pub(super) fn read(&mut self, expr: &Expr, scope: &Scope<'_>) -> Option<Type> {
        match expr {
            Expr::Source(path) => {
                let Some(list) = scope.source else {
                    return self.out_of_scope(expr, scope, readable(scope));
                };
                let ty = self.path(list, path)?;
                match scope.group {
                    Some((_, by)) if !self.is_shared(list, path, by) => {
                        let shared = by.iter().map(|by| format!("'{}'", brief(by))).collect::<Vec<_>>().join(", ");
                        self.out_of_scope(expr, scope, format!("outside an aggregate the members share only {shared}"))
                    }
                    _ => Some(ty),
                }
            }
            Expr::Element(path) => match scope.element {
                None => self.out_of_scope(expr, scope, readable(scope)),
                Some(step) => self.element(expr, step, path),
            },
            Expr::Own(path) => match scope.own {
                None => self.out_of_scope(expr, scope, readable(scope)),
                Some(list) => self.path(list, path),
            },
            Expr::Row(path) => match scope.row {
                None => self.out_of_scope(expr, scope, readable(scope)),
                Some(list) => self.path(list, path),
            },
            Expr::Authored(name) => {
                let Some(list) = scope.own else {
                    return self.out_of_scope(expr, scope, readable(scope));
                };
                let ty = self.path(list, &name.as_str().into())?;
                let written = self.typing.list(list).is_some_and(|list| !list.is_base())
                    && self.typing.field(list, name).is_some_and(|field| field.write != Write::Locked);
                if !written {
                    return self.ill_formed(
                        expr,
                        format!("is never authored; only a derived field whose write policy is not locked is, read 'own.{name}'"),
                    );
                }
                Some(ty)
            }
            _ => None,
        }
    }

    pub(super) fn path(&mut self, list: &Name, path: &Path) -> Option<Type> {
        let found = self.typing.path_type(list, path);
        self.take(found)
    }

    /// Tells whether all members of a group have one value at a path: it is one of `by`, or leads on from a reference.
    pub(super) fn is_shared(&self, list: &Name, path: &Path, by: &[Expr]) -> bool {
        by.iter().any(|by| match by {
            Expr::Source(shared) => {
                path == shared
                    || path.names().starts_with(shared.names())
                        && matches!(self.typing.path_type(list, shared), Ok(Type::Reference(_)))
            }
            _ => false,
        })
    }

    pub(super) fn element(&mut self, expr: &Expr, step: Step<'_>, path: &Path) -> Option<Type> {
        match step {
            Step::Faulty => None,
            Step::Row(list) => self.path(list, path),
            Step::Element(ty) => match (path.single(), ty) {
                (Some(name), _) if *name == "value" => Some(ty.clone()),
                (_, Type::Reference(list)) => self.path(list, path),
                _ => self.ill_formed(expr, format!("has no fields, the element is {ty}; read 'element.value'")),
            },
            Step::Line(table) => {
                let (first, rest) = path.names().split_first()?;
                let Some(ty) = table.columns.get(first) else {
                    self.faults.push(Kind::unknown("column", first, " in the table".to_owned(), table.columns.keys()));
                    return None;
                };
                match (rest, ty) {
                    ([], _) => Some(ty.clone()),
                    (rest, Type::Reference(list)) => {
                        let steps = self.typing.path_steps(list, rest);
                        Typing::steps_type(&self.take(steps)?)
                    }
                    _ => {
                        self.faults.push(Kind::PathEnds {
                            path: path.to_string(),
                            field: first.clone(),
                            found: ty.clone(),
                        });
                        None
                    }
                }
            }
        }
    }

    pub(super) fn known_scheme(&mut self, scheme: &Name) -> Option<()> {
        let schemes = &self.typing.spec.code_schemes;
        if schemes.contains_key(scheme) {
            return Some(());
        }
        self.faults.push(Kind::unknown("code scheme", scheme, String::new(), schemes.keys()));
        None
    }

    pub(super) fn known_segment(&mut self, scheme: &Name, name: &Name) -> Option<()> {
        let segments = &self.typing.spec.code_schemes.get(scheme)?.segments;
        if segments.contains_key(name) {
            return Some(());
        }
        self.faults.push(Kind::unknown("segment", name, format!(" in the code scheme '{scheme}'"), segments.keys()));
        None
    }

    /// Types an expression that must give a code; returns the scheme meant by default.
    pub(super) fn code(&mut self, expr: &Expr, scope: &Scope<'_>) -> Option<(Expr, Name)> {
        // A literal names its scheme itself.
        let open = Type::Code("".into());
        let (typed, ty) = self.expect(expr, scope, is_open(expr).then_some(&open))?;
        match (&typed, ty) {
            (Expr::Lit(Value::Code(code)), _) => Some((typed.clone(), code.scheme().clone())),
            (_, Type::Code(scheme)) => Some((typed, scheme)),
            (_, ty) => self.wrong_type(expr, ty, "only a code has a scheme".to_owned()),
        }
    }
}

/// Says what a scope lets an expression read.
fn readable(scope: &Scope<'_>) -> String {
    let mut names = Vec::new();
    if scope.source.is_some() {
        names.push("source");
    }
    if scope.element.is_some() {
        names.push("element");
    }
    if scope.own.is_some() {
        names.push("own");
        // The condition of an index, which has no source, reads what is seen alone.
        if scope.source.is_some() {
            names.push("authored");
        }
    }
    if scope.row.is_some() {
        names.push("row");
    }
    format!("accepted: {}", names.join(", "))
}
