use super::{
    Aggregate, Expr, Fold, Path, RowsOf, SchemaFaultKind as Kind, Type, Write,
    display::brief,
    error::hint,
    typing::{Here, Scope, Step, Typing},
};
use crate::value::{Name, Value};

/// The types that have a size or order of their own, which `<` and `min` compare by.
const ORDERED: &str = "integers, decimals, dates, durations, texts and choices compare";

impl Typing<'_> {
    /// Returns the type of an expression.
    ///
    /// # Errors
    /// Everything that is wrong with it; nothing where it is a fault of another part, reported there.
    pub(crate) fn type_of(&self, expr: &Expr, scope: &Scope<'_>) -> Result<Type, Vec<Kind>> {
        self.elaborate(expr, scope, None).map(|(_, ty)| ty)
    }

    /// Demands that an expression gives `expected` (an integer will do for a decimal, any code for a code).
    ///
    /// # Errors
    /// As [`Typing::type_of`].
    pub(crate) fn check(&self, expr: &Expr, scope: &Scope<'_>, expected: &Type) -> Result<(), Vec<Kind>> {
        self.elaborate(expr, scope, Some(expected)).map(|_| ())
    }

    /// Returns the expression with each literal as the typed value that it stands for, and the type of the whole.
    ///
    /// Where a type is expected, that of the result is the same but for integers in place of decimals and codes of
    /// another default scheme.
    ///
    /// # Errors
    /// As [`Typing::type_of`].
    pub(crate) fn elaborate(
        &self,
        expr: &Expr,
        scope: &Scope<'_>,
        expected: Option<&Type>,
    ) -> Result<(Expr, Type), Vec<Kind>> {
        let mut inference = Inference { typing: self, faults: Vec::new() };
        let typed = inference.expect(expr, scope, expected);
        match typed {
            Some(typed) if inference.faults.is_empty() => Ok(typed),
            _ => Err(inference.faults),
        }
    }
}

/// Tells whether a value of one type can stand where another is expected.
pub(crate) fn fits(found: &Type, expected: &Type) -> bool {
    match (found, expected) {
        (Type::Integer, Type::Decimal) => true,
        _ => alike(found, expected),
    }
}

/// Tells whether two types hold the same values: codes differ only in the scheme meant by default.
fn alike(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::Code(_), Type::Code(_)) => true,
        (Type::Set(a), Type::Set(b)) | (Type::Sequence(a), Type::Sequence(b)) => alike(a, b),
        _ => a == b,
    }
}

fn is_number(ty: &Type) -> bool {
    matches!(ty, Type::Integer | Type::Decimal)
}

/// Tells whether `<`, `min` and the like compare values of a type.
pub(crate) fn is_ordered(ty: &Type) -> bool {
    matches!(ty, Type::Integer | Type::Decimal | Type::Date | Type::Duration | Type::Text | Type::Choice(_))
}

/// Tells whether an expression takes its type from what it meets: literals, and choices between literals.
fn is_open(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) => true,
        Expr::Coalesce(options) | Expr::Min(options) | Expr::Max(options) => options.iter().all(is_open),
        Expr::If(parts) => is_open(&parts.1) && is_open(&parts.2),
        _ => false,
    }
}

/// Returns the type that a literal has where none is expected; that of its JSON form, so that storing changes nothing.
fn natural(value: &Value) -> Option<Type> {
    match value {
        Value::Missing => None,
        Value::Boolean(_) => Some(Type::Boolean),
        Value::Integer(_) => Some(Type::Integer),
        Value::List(elements) => elements.first().and_then(natural).map(Type::set),
        _ => Some(Type::Text),
    }
}

type Typed = (Expr, Type);

struct Inference<'t, 'a> {
    typing: &'t Typing<'a>,
    faults: Vec<Kind>,
}

impl Inference<'_, '_> {
    /// Types an expression; `None` where it is at fault.
    fn expect(&mut self, expr: &Expr, scope: &Scope<'_>, expected: Option<&Type>) -> Option<Typed> {
        let typed = self.infer(expr, scope, expected)?;
        match expected {
            Some(expected) if !fits(&typed.1, expected) => {
                let accepted = match (&typed.1, expected) {
                    (Type::Sequence(a), Type::Set(b)) if alike(a, b) => {
                        format!("{} is accepted, such as a union of it", article(expected))
                    }
                    _ => format!("{} is accepted", article(expected)),
                };
                self.wrong_type(expr, typed.1, accepted)
            }
            _ => Some(typed),
        }
    }

    fn infer(&mut self, expr: &Expr, scope: &Scope<'_>, expected: Option<&Type>) -> Option<Typed> {
        let boolean = |expr: Expr| Some((expr, Type::Boolean));
        match expr {
            Expr::Lit(value) => self.literal(expr, value, expected),
            Expr::Source(_) | Expr::Element(_) | Expr::Own(_) | Expr::Authored(_) | Expr::Row(_) => {
                let ty = self.read(expr, scope)?;
                Some((expr.clone(), ty))
            }
            Expr::Aggregate(aggregate) => self.aggregate(expr, aggregate, scope, expected),
            Expr::Eq(pair) => boolean(Expr::Eq(self.alike_pair(pair, scope)?)),
            Expr::Ne(pair) => boolean(Expr::Ne(self.alike_pair(pair, scope)?)),
            Expr::Lt(pair) => boolean(Expr::Lt(self.ordered_pair(pair, scope)?)),
            Expr::Le(pair) => boolean(Expr::Le(self.ordered_pair(pair, scope)?)),
            Expr::Gt(pair) => boolean(Expr::Gt(self.ordered_pair(pair, scope)?)),
            Expr::Ge(pair) => boolean(Expr::Ge(self.ordered_pair(pair, scope)?)),
            Expr::In(pair) => boolean(Expr::In(self.member_pair(pair, scope)?)),
            Expr::Subset(pair) => boolean(Expr::Subset(self.list_pair(pair, scope)?)),
            Expr::Intersects(pair) => boolean(Expr::Intersects(self.list_pair(pair, scope)?)),
            Expr::And(all) => boolean(Expr::And(self.all_of(all, scope, &Type::Boolean)?)),
            Expr::Or(any) => boolean(Expr::Or(self.all_of(any, scope, &Type::Boolean)?)),
            Expr::Not(inner) => boolean(Expr::Not(self.one_of(inner, scope, &Type::Boolean)?)),
            Expr::Missing(inner) => boolean(Expr::Missing(Box::new(self.any_type(inner, scope)?.0))),
            Expr::Add(pair) => {
                let (pair, ty) = self.arithmetic(expr, pair, scope, expected, sum_type)?;
                Some((Expr::Add(pair), ty))
            }
            Expr::Sub(pair) => {
                let (pair, ty) = self.arithmetic(expr, pair, scope, expected, difference_type)?;
                Some((Expr::Sub(pair), ty))
            }
            Expr::Mul(pair) => {
                let (pair, ty) = self.arithmetic(expr, pair, scope, expected, product_type)?;
                Some((Expr::Mul(pair), ty))
            }
            Expr::Div(pair) => {
                let (pair, ty) = self.arithmetic(expr, pair, scope, expected, number_type)?;
                Some((Expr::Div(pair), ty))
            }
            Expr::Rem(pair) => {
                let (pair, ty) = self.arithmetic(expr, pair, scope, expected, number_type)?;
                Some((Expr::Rem(pair), ty))
            }
            Expr::Min(values) => {
                let (values, ty) = self.extreme(expr, values, scope, expected)?;
                Some((Expr::Min(values), ty))
            }
            Expr::Max(values) => {
                let (values, ty) = self.extreme(expr, values, scope, expected)?;
                Some((Expr::Max(values), ty))
            }
            Expr::Join(parts) => Some((Expr::Join(self.parts(expr, parts, scope)?), Type::Text)),
            Expr::Length(inner) => {
                let (typed, ty) = self.any_type(inner, scope)?;
                if ty != Type::Text && ty.element().is_none() {
                    return self.wrong_type(inner, ty, "only a text or a list has a length".to_owned());
                }
                Some((Expr::Length(Box::new(typed)), Type::Integer))
            }
            Expr::StartsWith(pair) => boolean(Expr::StartsWith(self.text_pair(pair, scope)?)),
            Expr::EndsWith(pair) => boolean(Expr::EndsWith(self.text_pair(pair, scope)?)),
            Expr::Contains(pair) => boolean(Expr::Contains(self.text_pair(pair, scope)?)),
            Expr::Coalesce(options) => {
                let (options, ty) = self.branches(expr, &options.iter().collect::<Vec<_>>(), scope, expected)?;
                Some((Expr::Coalesce(options), ty))
            }
            Expr::If(parts) => {
                let condition = self.expect(&parts.0, scope, Some(&Type::Boolean));
                let (branches, ty) = self.branches(expr, &[&parts.1, &parts.2], scope, expected)?;
                let [then, otherwise]: [Expr; 2] = branches.try_into().ok()?;
                Some((Expr::If(Box::new((condition?.0, then, otherwise))), ty))
            }
            Expr::Union(lists) => self.union(expr, lists, scope, expected),
            Expr::Code(scheme, parts) => {
                let known = self.known_scheme(scheme);
                let parts = self.parts(expr, parts, scope);
                known?;
                Some((Expr::Code(scheme.clone(), parts?), Type::Code(scheme.clone())))
            }
            Expr::WellFormed(inner) => boolean(Expr::WellFormed(Box::new(self.code(inner, scope)?.0))),
            Expr::CheckDigitOk(inner) => boolean(Expr::CheckDigitOk(Box::new(self.code(inner, scope)?.0))),
            Expr::Segment(inner, name) => {
                let (typed, scheme) = self.code(inner, scope)?;
                self.known_segment(&scheme, name)?;
                Some((Expr::Segment(Box::new(typed), name.clone()), Type::Text))
            }
        }
    }

    fn wrong_type<T>(&mut self, expr: &Expr, found: Type, accepted: String) -> Option<T> {
        self.faults.push(Kind::Type { expr: brief(expr), found, accepted });
        None
    }

    fn out_of_scope<T>(&mut self, expr: &Expr, scope: &Scope<'_>, accepted: impl Into<String>) -> Option<T> {
        self.faults.push(Kind::Scope { expr: brief(expr), place: scope.place, accepted: accepted.into() });
        None
    }

    fn ill_formed<T>(&mut self, expr: &Expr, problem: impl Into<String>) -> Option<T> {
        self.faults.push(Kind::Expression { expr: brief(expr), problem: problem.into() });
        None
    }

    fn take<T>(&mut self, found: Result<T, Option<Kind>>) -> Option<T> {
        match found {
            Ok(found) => Some(found),
            Err(fault) => {
                self.faults.extend(fault);
                None
            }
        }
    }

    fn literal(&mut self, expr: &Expr, value: &Value, expected: Option<&Type>) -> Option<Typed> {
        let natural = natural(value);
        let Some(ty) = expected.or(natural.as_ref()) else {
            return self.ill_formed(expr, "meets nothing that tells its type; leave it out");
        };
        match self.typing.coerce(value, ty) {
            Ok(value) => Some((Expr::Lit(value), ty.clone())),
            Err(mismatch) => {
                self.faults.push(Kind::Value(mismatch.to_string()));
                None
            }
        }
    }

    fn read(&mut self, expr: &Expr, scope: &Scope<'_>) -> Option<Type> {
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

    fn path(&mut self, list: &Name, path: &Path) -> Option<Type> {
        let found = self.typing.path_type(list, path);
        self.take(found)
    }

    /// Tells whether all members of a group have one value at a path: it is one of `by`, or leads on from a reference.
    fn is_shared(&self, list: &Name, path: &Path, by: &[Expr]) -> bool {
        by.iter().any(|by| match by {
            Expr::Source(shared) => {
                path == shared
                    || path.names().starts_with(shared.names())
                        && matches!(self.typing.path_type(list, shared), Ok(Type::Reference(_)))
            }
            _ => false,
        })
    }

    fn element(&mut self, expr: &Expr, step: Step<'_>, path: &Path) -> Option<Type> {
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
                    self.faults.push(Kind::Unknown {
                        what: "column",
                        name: first.clone(),
                        of: " in the table".to_owned(),
                        hint: hint(first.as_str(), table.columns.keys().map(Name::as_str)),
                    });
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

    fn any_type(&mut self, expr: &Expr, scope: &Scope<'_>) -> Option<Typed> {
        self.expect(expr, scope, None)
    }

    fn one_of(&mut self, expr: &Expr, scope: &Scope<'_>, ty: &Type) -> Option<Box<Expr>> {
        self.expect(expr, scope, Some(ty)).map(|(expr, _)| Box::new(expr))
    }

    fn all_of(&mut self, exprs: &[Expr], scope: &Scope<'_>, ty: &Type) -> Option<Vec<Expr>> {
        // Each is typed before any is given up, so that all faults are found.
        let typed: Vec<_> = exprs.iter().map(|expr| self.expect(expr, scope, Some(ty))).collect();
        typed.into_iter().map(|typed| typed.map(|(expr, _)| expr)).collect()
    }

    /// Types expressions that must have one type, those that tell theirs first. `mixed` lets integers and decimals meet.
    fn unify(
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
                // An integer among the expressions does not keep a literal from being an amount, where those mix.
                (Some(Type::Integer), _) if mixed => {
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
    fn first_that_fits(&mut self, expr: &Expr, scope: &Scope<'_>, types: &[Type]) -> Option<Typed> {
        let before = self.faults.len();
        for ty in types {
            self.faults.truncate(before);
            if let Some(typed) = self.expect(expr, scope, Some(ty)) {
                return Some(typed);
            }
        }
        None
    }

    fn pair(
        &mut self,
        (left, right): &(Expr, Expr),
        scope: &Scope<'_>,
        mixed: bool,
    ) -> Option<(Box<(Expr, Expr)>, Type)> {
        let (typed, ty) = self.unify(&[left, right], scope, None, mixed)?;
        let [left, right]: [Expr; 2] = typed.try_into().ok()?;
        Some((Box::new((left, right)), ty))
    }

    fn alike_pair(&mut self, pair: &(Expr, Expr), scope: &Scope<'_>) -> Option<Box<(Expr, Expr)>> {
        self.pair(pair, scope, true).map(|(pair, _)| pair)
    }

    fn ordered_pair(&mut self, pair: &(Expr, Expr), scope: &Scope<'_>) -> Option<Box<(Expr, Expr)>> {
        let (typed, ty) = self.pair(pair, scope, true)?;
        if !is_ordered(&ty) {
            return self.wrong_type(&pair.0, ty, format!("only {ORDERED}"));
        }
        Some(typed)
    }

    fn text_pair(&mut self, pair: &(Expr, Expr), scope: &Scope<'_>) -> Option<Box<(Expr, Expr)>> {
        let left = self.expect(&pair.0, scope, Some(&Type::Text));
        let right = self.expect(&pair.1, scope, Some(&Type::Text));
        Some(Box::new((left?.0, right?.0)))
    }

    fn member_pair(&mut self, pair: &(Expr, Expr), scope: &Scope<'_>) -> Option<Box<(Expr, Expr)>> {
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
    fn list_typed(&mut self, expr: &Expr, scope: &Scope<'_>, open: Option<&Type>) -> Option<Typed> {
        let typed = self.expect(expr, scope, if is_open(expr) { open } else { None })?;
        if typed.1.element().is_none() {
            return self.wrong_type(expr, typed.1, "a set or sequence is accepted".to_owned());
        }
        Some(typed)
    }

    fn list_pair(&mut self, pair: &(Expr, Expr), scope: &Scope<'_>) -> Option<Box<(Expr, Expr)>> {
        let (lists, _) = self.lists(&[&pair.0, &pair.1], scope, None)?;
        let [left, right]: [Expr; 2] = lists.try_into().ok()?;
        Some(Box::new((left, right)))
    }

    /// Types lists whose elements have one type; returns that type.
    fn lists(&mut self, exprs: &[&Expr], scope: &Scope<'_>, expected: Option<&Type>) -> Option<(Vec<Expr>, Type)> {
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

    fn union(&mut self, expr: &Expr, lists: &[Expr], scope: &Scope<'_>, expected: Option<&Type>) -> Option<Typed> {
        if lists.is_empty() {
            return self.ill_formed(expr, "unites nothing; at least one list is accepted");
        }
        let (lists, element) = self.lists(&lists.iter().collect::<Vec<_>>(), scope, expected)?;
        Some((Expr::Union(lists), Type::set(element)))
    }

    fn branches(
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

    fn extreme(
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

    fn parts(&mut self, expr: &Expr, parts: &[Expr], scope: &Scope<'_>) -> Option<Vec<Expr>> {
        if parts.is_empty() {
            return self.ill_formed(expr, "has no parts; at least one is accepted");
        }
        let typed: Vec<_> = parts.iter().map(|part| self.any_type(part, scope)).collect();
        typed.into_iter().map(|typed| typed.map(|(part, _)| part)).collect()
    }

    fn arithmetic(
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

    fn aggregate(
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

    fn fold_type(&mut self, fold: Fold, value: &Expr, ty: Type) -> Option<Type> {
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

    fn rows_of(&mut self, expr: &Expr, rows_of: &RowsOf, scope: &Scope<'_>) -> Option<()> {
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
            self.faults.push(Kind::Unknown {
                what: "list",
                name: rows_of.list.clone(),
                of: String::new(),
                hint: hint(rows_of.list.as_str(), self.typing.spec.lists.keys().map(Name::as_str)),
            });
            return None;
        };
        let Some(field) = list.fields.get(&rows_of.by) else {
            self.faults.push(Kind::Unknown {
                what: "field",
                name: rows_of.by.clone(),
                of: format!(" in the list '{list_name}'"),
                hint: hint(rows_of.by.as_str(), list.fields.keys().map(Name::as_str)),
            });
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
        if !self.typing.is_root_field(list_name, &rows_of.by, 0) {
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

    fn known_scheme(&mut self, scheme: &Name) -> Option<()> {
        let schemes = &self.typing.spec.code_schemes;
        if schemes.contains_key(scheme) {
            return Some(());
        }
        self.faults.push(Kind::Unknown {
            what: "code scheme",
            name: scheme.clone(),
            of: String::new(),
            hint: hint(scheme.as_str(), schemes.keys().map(Name::as_str)),
        });
        None
    }

    fn known_segment(&mut self, scheme: &Name, name: &Name) -> Option<()> {
        let segments = &self.typing.spec.code_schemes.get(scheme)?.segments;
        if segments.contains_key(name) {
            return Some(());
        }
        self.faults.push(Kind::Unknown {
            what: "segment",
            name: name.clone(),
            of: format!(" in the code scheme '{scheme}'"),
            hint: hint(name.as_str(), segments.keys().map(Name::as_str)),
        });
        None
    }

    /// Types an expression that must give a code; returns the scheme meant by default.
    fn code(&mut self, expr: &Expr, scope: &Scope<'_>) -> Option<(Expr, Name)> {
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

impl Typing<'_> {
    /// Tells whether a field is, in every row, a reference field (or the key) of the base row that the row comes from.
    pub(crate) fn is_root_field(&self, list: &Name, field: &Name, depth: usize) -> bool {
        // A cycle among lists is reported by the dependency graph; here it only must end.
        if depth > self.spec.lists.len() {
            return false;
        }
        let Some(of) = self.list(list) else { return false };
        if of.is_base() {
            return self.field_type(list, field).is_some_and(|ty| ty.target().is_some());
        }
        let locked = of.fields.get(field).is_some_and(|field| field.write == Write::Locked);
        locked
            && !Self::is_group(of)
            && of.rules.iter().all(|rule| match rule.set.get(field) {
                Some(Expr::Source(path)) => {
                    path.single().is_some_and(|name| self.is_root_field(&rule.from, name, depth + 1))
                }
                _ => false,
            })
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
        names.extend(["own", "authored"]);
    }
    if scope.row.is_some() {
        names.push("row");
    }
    format!("accepted: {}", names.join(", "))
}

/// Returns the type that open expressions have among themselves: that of the first literal that tells one.
fn open_type(exprs: &[&Expr]) -> Option<Type> {
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

fn number_type(a: &Type, b: &Type) -> Option<Type> {
    match (a, b) {
        (Type::Integer, Type::Integer) => Some(Type::Integer),
        _ if is_number(a) && is_number(b) => Some(Type::Decimal),
        _ => None,
    }
}

fn sum_type(a: &Type, b: &Type) -> Option<Type> {
    match (a, b) {
        (Type::Duration, Type::Duration) => Some(Type::Duration),
        (Type::Date, Type::Integer | Type::Duration) => Some(Type::Date),
        _ => number_type(a, b),
    }
}

fn difference_type(a: &Type, b: &Type) -> Option<Type> {
    match (a, b) {
        (Type::Date, Type::Date) => Some(Type::Integer),
        _ => sum_type(a, b),
    }
}

fn product_type(a: &Type, b: &Type) -> Option<Type> {
    match (a, b) {
        (Type::Duration, Type::Integer) => Some(Type::Duration),
        _ => number_type(a, b),
    }
}

fn article(ty: &Type) -> String {
    let text = ty.to_string();
    if text.starts_with(['a', 'e', 'i', 'o', 'u']) { format!("an {text}") } else { format!("a {text}") }
}
