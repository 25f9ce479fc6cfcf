//! The type of an expression, and the value that each literal in it stands for.

mod aggregate;
mod kinds;
mod operands;
mod reading;

use self::kinds::{alike, difference_type, fits, natural, number_type, product_type, sum_type};
pub(crate) use self::kinds::{is_open, is_ordered};
use super::{
    Expr, SchemaFaultKind as Kind, Type,
    display::brief,
    typing::{Scope, Typing},
};
use crate::value::Value;

/// The types that have a size or order of their own, which `<` and `min` compare by.
const ORDERED: &str = "integers, decimals, dates, durations, texts and choices compare";

impl Typing<'_> {
    /// Returns the expression with each literal as the typed value that it stands for, and the type of the whole.
    ///
    /// Where a type is expected, that of the result is the same but for integers in place of decimals and codes of
    /// another default scheme.
    ///
    /// # Errors
    /// Everything that is wrong with it; nothing where it is a fault of another part, reported there.
    pub(crate) fn elaborate(
        self,
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

type Typed = (Expr, Type);

struct Inference<'a> {
    typing: Typing<'a>,
    faults: Vec<Kind>,
}

impl Inference<'_> {
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
}

fn article(ty: &Type) -> String {
    let text = ty.to_string();
    if text.starts_with(['a', 'e', 'i', 'o', 'u']) { format!("an {text}") } else { format!("a {text}") }
}

#[cfg(test)]
mod tests {
    use crate::{
        schema::{
            Expr, List, Rule, SchemaBuilder, Type, coalesce, element, greatest, join, lit, source, typing::Typing,
            union,
        },
        value::{Date, Value, working_days},
    };

    /// Elaborates an expression in what a rule on powers sets; returns it with its type, or the faults.
    fn elaborated(expr: &Expr, expected: Option<&Type>) -> Result<(Expr, Type), String> {
        let spec = SchemaBuilder::new().list("levels", List::base().field("name", Type::Text)).list(
            "powers",
            List::base()
                .field("since", Type::Date)
                .field("limit", Type::Duration)
                .field("fee", Type::Decimal)
                .field("visits", Type::Integer)
                .field("levels", Type::set(Type::reference("levels")))
                .field("steps", Type::sequence(Type::Text)),
        );
        let rule = Rule::each_element("a", "powers", "levels");
        let (typing, list) = (Typing::new(&spec), "made".into());
        let scope = typing.scope_set(&list, &rule);
        typing.elaborate(expr, &scope, expected).map_err(|faults| format!("{faults:?}"))
    }

    #[test]
    fn literals_become_what_they_meet() -> Result<(), Box<dyn std::error::Error>> {
        let date: Date = "2024-01-01".parse()?;
        let decimal = |text: &str| text.parse().map(Value::Decimal);
        let cases = [
            (source("since").is("2024-01-01"), source("since").is(date)),
            (lit("2024-01-01").le(source("since")), lit(date).le(source("since"))),
            (source("limit") + "10 working_days", source("limit") + working_days(10)),
            (source("since") + "3 days", source("since") + crate::value::days(3)),
            (source("since") - "2024-01-01", source("since") - date),
            (source("fee") + 1, source("fee") + 1),
            (source("visits").lt("1.5"), source("visits").lt(decimal("1.5")?)),
            (source("visits").is(1), source("visits").is(1)),
            (coalesce([lit("2024-01-01"), source("since")]), coalesce([lit(date), source("since")])),
            (join([lit(date), source("visits")]), join([lit("2024-01-01"), source("visits")])),
            (source("levels").has("city"), lit(Value::Reference("city".parse()?)).is_in(source("levels"))),
            (lit("b").is_in(["b", "a"]), lit("b").is_in(["a", "b"])),
            (lit("b").is_in(source("steps")), lit("b").is_in(source("steps"))),
        ];
        for (expr, expect) in cases {
            assert_eq!(elaborated(&expr, None).map(|(expr, _)| expr), Ok(expect), "{expr}");
        }
        assert_eq!(elaborated(&lit("2024-01-01"), Some(&Type::Date)), Ok((lit(date), Type::Date)));
        Ok(())
    }

    #[test]
    fn types_are_told() {
        let names = || Type::set(Type::Text);
        let cases = [
            (source("levels"), Type::set(Type::reference("levels"))),
            (source("levels.name"), names()),
            (source("steps"), Type::sequence(Type::Text)),
            (union([source("steps"), source("levels.name")]), names()),
            (source("key"), Type::reference("powers")),
            (element("value"), Type::reference("levels")),
            (element("key"), Type::reference("levels")),
            (element("name"), Type::Text),
            (source("since") - source("since"), Type::Integer),
            (source("since") + source("visits"), Type::Date),
            (source("limit") * source("visits"), Type::Duration),
            (source("visits") / source("visits"), Type::Integer),
            (source("visits") / source("fee"), Type::Decimal),
            (source("visits").min(source("fee")), Type::Decimal),
            (source("steps").length(), Type::Integer),
        ];
        for (expr, expect) in cases {
            assert_eq!(elaborated(&expr, None).map(|(_, ty)| ty), Ok(expect), "{expr}");
        }
        assert!(elaborated(&greatest(source("fee")), None).is_err());
    }
}
