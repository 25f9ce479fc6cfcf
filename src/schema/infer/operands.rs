//! Operands that must go together.

use super::{
    Inference, ORDERED, Typed,
    kinds::{alike, is_open, is_ordered, open_type},
};
use crate::schema::{Expr, SchemaFaultKind as Kind, Type, display::brief, typing::Scope};

impl Inference<'_> {
    /// Types expressions that must have one type, those that tell theirs first. `mixed` lets integers and decimals meet.
    pub(super) fn unify(
        &mut self,
        exprs: &[&Expr],
        scope: &Scope<'_>,
        expected: Option<&Type>,
        mixed: bool,
    ) -> Option<(Vec<Expr>, Type)> {
        let mut typed: Vec<Option<Typed>> = vec![None; exprs.len()];
        let mut ty: Option<(&Expr, Type)> = None;
        let mut failed = false;
        for (slot, expr) in typed.iter_mut().zip(exprs).filter(|(_, expr)| !is_open(expr)) {
            *slot = self.expect(expr, scope, expected);
            let Some((_, found)) = slot else {
                failed = true;
                continue;
            };
            ty = match ty {
                None => Some((expr, found.clone())),
                Some((first, ty)) if alike(found, &ty) => Some((first, ty)),
                Some((_, Type::Integer)) if mixed && *found == Type::Decimal => Some((expr, Type::Decimal)),
                Some((first, Type::Decimal)) if mixed && *found == Type::Integer => Some((first, Type::Decimal)),
                Some((first, ty)) => {
                    failed = true;
                    self.faults.push(Kind::TwoTypes {
                        left: brief(first),
                        left_type: ty.clone(),
                        right: brief(expr),
                        right_type: found.clone(),
                    });
                    Some((first, ty))
                }
            };
        }
        if failed && ty.is_none() {
            return None;
        }
        let mut ty = ty.map(|(_, ty)| ty);
        for (slot, expr) in typed.iter_mut().zip(exprs).filter(|(_, expr)| is_open(expr)) {
            let meets = match (ty.as_ref(), expected) {
                // An integer among the expressions does not keep a literal from being an amount, where those mix. What is
                // expected settles it, so that nested choices are not tried again and again.
                (Some(Type::Integer), Some(expected)) if mixed => Some(expected.clone()),
                (Some(Type::Integer), None) if mixed => {
                    *slot = self.first_that_fits(expr, scope, &[Type::Integer, Type::Decimal]);
                    None
                }
                (Some(ty), _) => Some(ty.clone()),
                (None, Some(expected)) => Some(expected.clone()),
                (None, None) => open_type(exprs),
            };
            if slot.is_none() && (meets.is_some() || ty.is_none()) {
                *slot = self.expect(expr, scope, meets.as_ref());
            }
            match slot {
                Some((_, found)) if mixed && *found == Type::Decimal => ty = Some(Type::Decimal),
                Some((_, found)) => ty = Some(ty.unwrap_or_else(|| found.clone())),
                None => failed = true,
            }
        }
        if failed {
            return None;
        }
        let exprs = typed.into_iter().map(|typed| typed.map(|(expr, _)| expr)).collect::<Option<Vec<_>>>()?;
        Some((exprs, ty?))
    }

    /// Types an open expression as the first of these types that it can have.
    pub(super) fn first_that_fits(&mut self, expr: &Expr, scope: &Scope<'_>, types: &[Type]) -> Option<Typed> {
        let before = self.faults.len();
        for ty in types {
            self.faults.truncate(before);
            if let Some(typed) = self.expect(expr, scope, Some(ty)) {
                return Some(typed);
            }
        }
        None
    }

    pub(super) fn pair(
        &mut self,
        (left, right): &(Expr, Expr),
        scope: &Scope<'_>,
        mixed: bool,
    ) -> Option<(Box<(Expr, Expr)>, Type)> {
        let (typed, ty) = self.unify(&[left, right], scope, None, mixed)?;
        let [left, right]: [Expr; 2] = typed.try_into().ok()?;
        Some((Box::new((left, right)), ty))
    }

    pub(super) fn alike_pair(&mut self, pair: &(Expr, Expr), scope: &Scope<'_>) -> Option<Box<(Expr, Expr)>> {
        self.pair(pair, scope, true).map(|(pair, _)| pair)
    }

    pub(super) fn ordered_pair(&mut self, pair: &(Expr, Expr), scope: &Scope<'_>) -> Option<Box<(Expr, Expr)>> {
        let (typed, ty) = self.pair(pair, scope, true)?;
        if !is_ordered(&ty) {
            return self.wrong_type(&pair.0, ty, format!("only {ORDERED}"));
        }
        Some(typed)
    }

    pub(super) fn text_pair(&mut self, pair: &(Expr, Expr), scope: &Scope<'_>) -> Option<Box<(Expr, Expr)>> {
        let left = self.expect(&pair.0, scope, Some(&Type::Text));
        let right = self.expect(&pair.1, scope, Some(&Type::Text));
        Some(Box::new((left?.0, right?.0)))
    }

    pub(super) fn member_pair(&mut self, pair: &(Expr, Expr), scope: &Scope<'_>) -> Option<Box<(Expr, Expr)>> {
        let (element, list) = pair;
        if is_open(element) && !is_open(list) {
            let (list, list_type) = self.list_typed(list, scope, None)?;
            let element = self.expect(element, scope, list_type.element())?;
            return Some(Box::new((element.0, list)));
        }
        let (typed, ty) = self.any_type(element, scope)?;
        if ty.element().is_some() {
            return self.wrong_type(element, ty, "a single value is accepted".to_owned());
        }
        let expected = Type::set(ty.clone());
        let (list_expr, list_type) = self.list_typed(list, scope, Some(&expected))?;
        if !list_type.element().is_some_and(|element| alike(element, &ty)) {
            self.faults.push(Kind::TwoTypes {
                left: brief(element),
                left_type: ty,
                right: format!("an element of {}", brief(list)),
                right_type: list_type.element().cloned().unwrap_or(list_type),
            });
            return None;
        }
        Some(Box::new((typed, list_expr)))
    }

    /// Types an expression that must give a list; literals take the type `open`.
    pub(super) fn list_typed(&mut self, expr: &Expr, scope: &Scope<'_>, open: Option<&Type>) -> Option<Typed> {
        let typed = self.expect(expr, scope, if is_open(expr) { open } else { None })?;
        if typed.1.element().is_none() {
            return self.wrong_type(expr, typed.1, "a set or sequence is accepted".to_owned());
        }
        Some(typed)
    }

    pub(super) fn list_pair(&mut self, pair: &(Expr, Expr), scope: &Scope<'_>) -> Option<Box<(Expr, Expr)>> {
        let (lists, _) = self.lists(&[&pair.0, &pair.1], scope, None)?;
        let [left, right]: [Expr; 2] = lists.try_into().ok()?;
        Some(Box::new((left, right)))
    }

    /// Types lists whose elements have one type; returns that type.
    pub(super) fn lists(
        &mut self,
        exprs: &[&Expr],
        scope: &Scope<'_>,
        expected: Option<&Type>,
    ) -> Option<(Vec<Expr>, Type)> {
        let mut typed: Vec<Option<Typed>> = vec![None; exprs.len()];
        let mut first: Option<(&Expr, Type)> = None;
        let mut failed = false;
        for (slot, expr) in typed.iter_mut().zip(exprs).filter(|(_, expr)| !is_open(expr)) {
            *slot = self.list_typed(expr, scope, None);
            let Some(element) = slot.as_ref().and_then(|(_, ty)| ty.element()) else {
                failed = true;
                continue;
            };
            match &first {
                None => first = Some((expr, element.clone())),
                Some((_, ty)) if alike(ty, element) => {}
                Some((left, ty)) => {
                    failed = true;
                    self.faults.push(Kind::TwoTypes {
                        left: format!("an element of {}", brief(left)),
                        left_type: ty.clone(),
                        right: format!("an element of {}", brief(expr)),
                        right_type: element.clone(),
                    });
                }
            }
        }
        let open =
            first.map(|(_, element)| Type::set(element)).or_else(|| expected.cloned()).or_else(|| open_type(exprs));
        for (slot, expr) in typed.iter_mut().zip(exprs).filter(|(_, expr)| is_open(expr)) {
            *slot = self.list_typed(expr, scope, open.as_ref());
            failed |= slot.is_none();
        }
        if failed {
            return None;
        }
        let element = typed.iter().flatten().find_map(|(_, ty)| ty.element().cloned())?;
        let exprs = typed.into_iter().map(|typed| typed.map(|(expr, _)| expr)).collect::<Option<Vec<_>>>()?;
        Some((exprs, element))
    }

    pub(super) fn union(
        &mut self,
        expr: &Expr,
        lists: &[Expr],
        scope: &Scope<'_>,
        expected: Option<&Type>,
    ) -> Option<Typed> {
        if lists.is_empty() {
            return self.ill_formed(expr, "unites nothing; at least one list is accepted");
        }
        let (lists, element) = self.lists(&lists.iter().collect::<Vec<_>>(), scope, expected)?;
        Some((Expr::Union(lists), Type::set(element)))
    }

    pub(super) fn branches(
        &mut self,
        expr: &Expr,
        options: &[&Expr],
        scope: &Scope<'_>,
        expected: Option<&Type>,
    ) -> Option<(Vec<Expr>, Type)> {
        if options.is_empty() {
            return self.ill_formed(expr, "has no options; at least one is accepted");
        }
        self.unify(options, scope, expected, false)
    }

    pub(super) fn extreme(
        &mut self,
        expr: &Expr,
        values: &[Expr],
        scope: &Scope<'_>,
        expected: Option<&Type>,
    ) -> Option<(Vec<Expr>, Type)> {
        if values.is_empty() {
            return self.ill_formed(expr, "compares nothing; at least one value is accepted");
        }
        let (values, ty) = self.unify(&values.iter().collect::<Vec<_>>(), scope, expected, true)?;
        if !is_ordered(&ty) {
            return self.wrong_type(expr, ty, format!("only {ORDERED}"));
        }
        Some((values, ty))
    }

    pub(super) fn parts(&mut self, expr: &Expr, parts: &[Expr], scope: &Scope<'_>) -> Option<Vec<Expr>> {
        if parts.is_empty() {
            return self.ill_formed(expr, "has no parts; at least one is accepted");
        }
        let typed: Vec<_> = parts.iter().map(|part| self.any_type(part, scope)).collect();
        typed.into_iter().map(|typed| typed.map(|(part, _)| part)).collect()
    }

    pub(super) fn arithmetic(
        &mut self,
        expr: &Expr,
        pair: &(Expr, Expr),
        scope: &Scope<'_>,
        expected: Option<&Type>,
        result: fn(&Type, &Type) -> Option<Type>,
    ) -> Option<(Box<(Expr, Expr)>, Type)> {
        // What a literal may be, in the order tried: the first that the operation takes beside the other operand.
        const OPERANDS: [Type; 4] = [Type::Integer, Type::Decimal, Type::Duration, Type::Date];
        let (left, right) = pair;
        let (left, right) = match (is_open(left), is_open(right)) {
            (false, false) => {
                let left = self.any_type(left, scope);
                let right = self.any_type(right, scope);
                (left?, right?)
            }
            (false, true) => {
                let left = self.any_type(left, scope)?;
                let beside = OPERANDS.into_iter().filter(|ty| result(&left.1, ty).is_some()).collect::<Vec<_>>();
                let right = if beside.is_empty() {
                    self.any_type(right, scope)?
                } else {
                    self.first_that_fits(right, scope, &beside)?
                };
                (left, right)
            }
            (true, false) => {
                let right = self.any_type(right, scope)?;
                let beside = OPERANDS.into_iter().filter(|ty| result(ty, &right.1).is_some()).collect::<Vec<_>>();
                let left = if beside.is_empty() {
                    self.any_type(left, scope)?
                } else {
                    self.first_that_fits(left, scope, &beside)?
                };
                (left, right)
            }
            (true, true) => {
                let takes = |ty: &Type| OPERANDS.iter().any(|other| result(ty, other).is_some());
                let mut operands = OPERANDS.into_iter().filter(takes).collect::<Vec<_>>();
                operands.sort_by_key(|ty| Some(ty) != expected);
                let left = self.first_that_fits(left, scope, &operands)?;
                let beside = operands.into_iter().filter(|ty| result(&left.1, ty).is_some()).collect::<Vec<_>>();
                let right = self.first_that_fits(right, scope, &beside)?;
                (left, right)
            }
        };
        let Some(ty) = result(&left.1, &right.1) else {
            return self.ill_formed(
                expr,
                format!(
                    "takes {} and {}; numbers, durations, and dates with days are accepted, as each operation allows",
                    left.1, right.1
                ),
            );
        };
        Some((Box::new((left.0, right.0)), ty))
    }
}
