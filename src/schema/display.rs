use std::fmt::{self, Write};

use super::{Aggregate, Expr, Fold, Path};
use crate::value::Value;

/// How tightly an expression holds together in print; an operand that holds less than its place demands is put in
/// parentheses.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Bond {
    If,
    Or,
    And,
    Not,
    Comparison,
    Sum,
    Product,
    Atom,
}

impl fmt::Display for Expr {
    /// Writes the expression infix, with parentheses where they are needed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_at(f, self, Bond::If)
    }
}

/// Writes an expression for a message, cut where it is long.
pub(super) fn brief(expr: &Expr) -> String {
    const MOST: usize = 80;
    struct Cut(String);

    impl Write for Cut {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            for c in text.chars() {
                if self.0.len() >= MOST {
                    self.0.push('…');
                    return Err(fmt::Error);
                }
                self.0.push(c);
            }
            Ok(())
        }
    }

    let mut cut = Cut(String::new());
    // The error is the cut itself.
    let _ = write!(cut, "{expr}");
    cut.0
}

fn bond(expr: &Expr) -> Bond {
    match expr {
        Expr::If(_) => Bond::If,
        Expr::Or(any) if any.len() > 1 => Bond::Or,
        Expr::And(all) if all.len() > 1 => Bond::And,
        Expr::And(one) | Expr::Or(one) => one.first().map_or(Bond::Atom, bond),
        Expr::Not(inner) if !matches!(**inner, Expr::Missing(_)) => Bond::Not,
        Expr::Not(_)
        | Expr::Missing(_)
        | Expr::Eq(_)
        | Expr::Ne(_)
        | Expr::Lt(_)
        | Expr::Le(_)
        | Expr::Gt(_)
        | Expr::Ge(_)
        | Expr::In(_)
        | Expr::Subset(_)
        | Expr::Intersects(_)
        | Expr::StartsWith(_)
        | Expr::EndsWith(_)
        | Expr::Contains(_) => Bond::Comparison,
        Expr::Add(_) | Expr::Sub(_) => Bond::Sum,
        Expr::Mul(_) | Expr::Div(_) | Expr::Rem(_) => Bond::Product,
        _ => Bond::Atom,
    }
}

fn write_at(f: &mut fmt::Formatter<'_>, expr: &Expr, least: Bond) -> fmt::Result {
    if bond(expr) < least {
        f.write_char('(')?;
        write_bare(f, expr)?;
        f.write_char(')')
    } else {
        write_bare(f, expr)
    }
}

fn write_bare(f: &mut fmt::Formatter<'_>, expr: &Expr) -> fmt::Result {
    match expr {
        Expr::Lit(value) => write_literal(f, value),
        Expr::Source(path) => write_path(f, "source", path),
        Expr::Element(path) => write_path(f, "element", path),
        Expr::Own(path) => write_path(f, "own", path),
        Expr::Row(path) => write_path(f, "row", path),
        Expr::Authored(name) => write!(f, "authored.{name}"),
        Expr::Aggregate(aggregate) => write_aggregate(f, aggregate),
        Expr::Eq(pair) => write_pair(f, pair, "=", Bond::Sum, Bond::Sum),
        Expr::Ne(pair) => write_pair(f, pair, "!=", Bond::Sum, Bond::Sum),
        Expr::Lt(pair) => write_pair(f, pair, "<", Bond::Sum, Bond::Sum),
        Expr::Le(pair) => write_pair(f, pair, "<=", Bond::Sum, Bond::Sum),
        Expr::Gt(pair) => write_pair(f, pair, ">", Bond::Sum, Bond::Sum),
        Expr::Ge(pair) => write_pair(f, pair, ">=", Bond::Sum, Bond::Sum),
        Expr::In(pair) => write_pair(f, pair, "in", Bond::Sum, Bond::Sum),
        Expr::Subset(pair) => write_pair(f, pair, "subset of", Bond::Sum, Bond::Sum),
        Expr::Intersects(pair) => write_pair(f, pair, "intersects", Bond::Sum, Bond::Sum),
        Expr::StartsWith(pair) => write_pair(f, pair, "starts with", Bond::Sum, Bond::Sum),
        Expr::EndsWith(pair) => write_pair(f, pair, "ends with", Bond::Sum, Bond::Sum),
        Expr::Contains(pair) => write_pair(f, pair, "contains", Bond::Sum, Bond::Sum),
        Expr::Add(pair) => write_pair(f, pair, "+", Bond::Sum, Bond::Product),
        Expr::Sub(pair) => write_pair(f, pair, "-", Bond::Sum, Bond::Product),
        Expr::Mul(pair) => write_pair(f, pair, "*", Bond::Product, Bond::Atom),
        Expr::Div(pair) => write_pair(f, pair, "/", Bond::Product, Bond::Atom),
        Expr::Rem(pair) => write_pair(f, pair, "rem", Bond::Product, Bond::Atom),
        Expr::And(all) => write_chain(f, all, " and ", Bond::Not, "true"),
        Expr::Or(any) => write_chain(f, any, " or ", Bond::And, "false"),
        Expr::Not(inner) => match &**inner {
            Expr::Missing(value) => {
                write_at(f, value, Bond::Sum)?;
                f.write_str(" is present")
            }
            condition => {
                f.write_str("not ")?;
                write_at(f, condition, Bond::Not)
            }
        },
        Expr::Missing(value) => {
            write_at(f, value, Bond::Sum)?;
            f.write_str(" is missing")
        }
        Expr::Min(values) => write_call(f, "min", values),
        Expr::Max(values) => write_call(f, "max", values),
        Expr::Join(parts) => write_call(f, "join", parts),
        Expr::Length(value) => write!(f, "length({value})"),
        Expr::Coalesce(options) => write_call(f, "coalesce", options),
        Expr::If(parts) => {
            let (condition, then, otherwise) = &**parts;
            f.write_str("if ")?;
            write_at(f, condition, Bond::Or)?;
            f.write_str(" then ")?;
            write_at(f, then, Bond::Or)?;
            f.write_str(" else ")?;
            write_at(f, otherwise, Bond::If)
        }
        Expr::Union(lists) => write_call(f, "union", lists),
        Expr::Code(scheme, parts) => {
            write!(f, "code({scheme}: ")?;
            write_items(f, parts)?;
            f.write_char(')')
        }
        Expr::WellFormed(code) => write!(f, "well_formed({code})"),
        Expr::CheckDigitOk(code) => write!(f, "check_digit_ok({code})"),
        Expr::Segment(code, name) => write!(f, "segment({code}, {name})"),
    }
}

fn write_path(f: &mut fmt::Formatter<'_>, scope: &str, path: &Path) -> fmt::Result {
    write!(f, "{scope}.{path}")
}

fn write_pair(
    f: &mut fmt::Formatter<'_>,
    (left, right): &(Expr, Expr),
    sign: &str,
    left_least: Bond,
    right_least: Bond,
) -> fmt::Result {
    write_at(f, left, left_least)?;
    write!(f, " {sign} ")?;
    write_at(f, right, right_least)
}

fn write_chain(f: &mut fmt::Formatter<'_>, parts: &[Expr], sign: &str, least: Bond, empty: &str) -> fmt::Result {
    match parts {
        [] => f.write_str(empty),
        [one] => write_bare(f, one),
        parts => {
            for (i, part) in parts.iter().enumerate() {
                if i > 0 {
                    f.write_str(sign)?;
                }
                write_at(f, part, least)?;
            }
            Ok(())
        }
    }
}

fn write_call(f: &mut fmt::Formatter<'_>, name: &str, arguments: &[Expr]) -> fmt::Result {
    write!(f, "{name}(")?;
    write_items(f, arguments)?;
    f.write_char(')')
}

fn write_items(f: &mut fmt::Formatter<'_>, items: &[Expr]) -> fmt::Result {
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        write_at(f, item, Bond::If)?;
    }
    Ok(())
}

fn write_aggregate(f: &mut fmt::Formatter<'_>, aggregate: &Aggregate) -> fmt::Result {
    let mut space = "";
    write!(f, "{}(", aggregate.fold)?;
    if let Some(value) = &aggregate.value {
        write!(f, "{value}")?;
        space = " ";
    }
    if let Some(rows_of) = &aggregate.rows_of {
        let of = if aggregate.value.is_some() { "of " } else { "" };
        write!(f, "{space}{of}{}.{}", rows_of.list, rows_of.by)?;
        space = " ";
    }
    if !aggregate.when.is_always() {
        write!(f, "{space}where {}", aggregate.when)?;
    }
    f.write_char(')')
}

impl fmt::Display for Fold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Count => "count",
            Self::Sum => "sum",
            Self::Min => "min",
            Self::Max => "max",
            Self::Collect => "collect",
            Self::Any => "any",
            Self::All => "all",
        })
    }
}

/// Writes a literal as its JSON form reads, so that an expression prints alike before and after it is stored.
fn write_literal(f: &mut fmt::Formatter<'_>, value: &Value) -> fmt::Result {
    match value {
        Value::Missing => f.write_str("missing"),
        Value::Boolean(truth) => write!(f, "{truth}"),
        Value::Integer(number) => write!(f, "{number}"),
        Value::List(elements) => {
            f.write_char('[')?;
            for (i, element) in elements.iter().enumerate() {
                if i > 0 {
                    f.write_str(", ")?;
                }
                write_literal(f, element)?;
            }
            f.write_char(']')
        }
        Value::Text(text) => write_quoted(f, text),
        Value::Choice(name) => write_quoted(f, name.as_str()),
        Value::Reference(key) => write_quoted(f, key.as_str()),
        Value::Decimal(amount) => write!(f, "\"{amount}\""),
        Value::Date(date) => write!(f, "\"{date}\""),
        Value::Duration(duration) => write_quoted(f, &duration.to_string()),
        Value::Code(code) => write_quoted(f, &code.to_string()),
    }
}

fn write_quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            c if c.is_control() => write!(f, "{}", c.escape_default())?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::brief;
    use crate::{
        schema::{
            Expr, Fold, all_of, any_of, authored, coalesce, code, collect, count, element, fold, if_else, join, lit,
            own, row, rows_of, source, sum, union,
        },
        value::{Value, working_days},
    };

    #[test]
    fn expressions_print_infix() {
        let cases: Vec<(Expr, &str)> = vec![
            (
                source("kind").is_in(["licence", "permit"]).and(source("fee").not()),
                r#"source.kind in ["licence", "permit"] and not source.fee"#,
            ),
            (
                rows_of("participants", "matter").count_where(row("role").is("lead")).ne(1),
                r#"count(participants.matter where row.role = "lead") != 1"#,
            ),
            (source("a").or(source("b")).and(source("c")), "(source.a or source.b) and source.c"),
            (source("a").and(source("b")).or(source("c")), "source.a and source.b or source.c"),
            (source("a").and(source("b")).not(), "not (source.a and source.b)"),
            (source("a").is(1).not(), "not source.a = 1"),
            (source("a").is_missing(), "source.a is missing"),
            (
                source("a").is_present().and(own("b").is_missing().not().not()),
                "source.a is present and not own.b is present",
            ),
            (source("a").is(source("b").is(true)), "source.a = (source.b = true)"),
            (source("a") - (source("b") - source("c")), "source.a - (source.b - source.c)"),
            (source("a") - source("b") - source("c"), "source.a - source.b - source.c"),
            ((source("a") + 1) * 2, "(source.a + 1) * 2"),
            (source("a") * 2 + 1, "source.a * 2 + 1"),
            (source("a").rem(source("b") / 2), "source.a rem (source.b / 2)"),
            (source("limit").le(working_days(10)), r#"source.limit <= "10 working_days""#),
            (source("a").subset_of(source("b")), "source.a subset of source.b"),
            (source("a").starts_with("say \"x\"\n"), r#"source.a starts with "say \"x\"\n""#),
            (
                if_else(source("a"), lit(1), if_else(source("b"), lit(2), lit(3))),
                "if source.a then 1 else if source.b then 2 else 3",
            ),
            (if_else(source("a"), lit(1), lit(2)) + 1, "(if source.a then 1 else 2) + 1"),
            (coalesce([authored("name"), lit(Value::Missing)]), "coalesce(authored.name, missing)"),
            (join([element("value"), lit("-")]).length(), r#"length(join(element.value, "-"))"#),
            (code("basic", [source("region"), source("type")]), "code(basic: source.region, source.type)"),
            (source("c").segment("region"), "segment(source.c, region)"),
            (
                source("c").is_well_formed().and(source("c").check_digit_ok()),
                "well_formed(source.c) and check_digit_ok(source.c)",
            ),
            (count(), "count()"),
            (sum(source("fee")), "sum(source.fee)"),
            (collect(source("a")), "collect(source.a)"),
            (fold(Fold::Min, source("a")), "min(source.a)"),
            (rows_of("fees", "power").sum(row("amount")), "sum(row.amount of fees.power)"),
            (rows_of("fees", "power").count(), "count(fees.power)"),
            (union([source("a"), lit(["b"])]), r#"union(source.a, ["b"])"#),
            (all_of([]), "true"),
            (any_of([]), "false"),
            (any_of([all_of([source("a"), source("b")])]).not(), "not (source.a and source.b)"),
            (source("basis.instrument.state"), "source.basis.instrument.state"),
        ];
        for (expr, expect) in cases {
            assert_eq!(expr.to_string(), expect);
        }
    }

    #[test]
    fn brief_cuts_long_expressions() {
        let long = join(std::iter::repeat_with(|| source("name")).take(30));
        let text = brief(&long);
        assert!(text.starts_with("join(source.name, source.name"), "{text}");
        assert!(text.ends_with('…') && text.len() < 90, "{text}");
        assert_eq!(brief(&source("name")), "source.name");
    }
}
