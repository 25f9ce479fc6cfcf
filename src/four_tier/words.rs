//! Expressions in English words, with the labels of fields and choices in place of their names and codes.

use crate::{
    schema::{Aggregate, Each, Expr, Field, Fold, Labels, Path, Rule, SchemaBuilder, Type, Vocabulary},
    value::{Name, Value},
};

/// Who is speaking: the schema, and the lists of the rows that an expression reads.
#[derive(Clone, Copy)]
pub(super) struct Speaker<'a> {
    spec: &'a SchemaBuilder,
    source: &'a Name,
    element: Option<Element<'a>>,
    row: Option<&'a Name>,
}

#[derive(Clone, Copy)]
enum Element<'a> {
    Row(&'a Name),
    Value(&'a Type),
    Line,
}

/// What a literal is meant as.
type Meant<'a> = Option<&'a Vocabulary>;

impl<'a> Speaker<'a> {
    /// Speaks of what a rule reads.
    pub(super) fn of_rule(spec: &'a SchemaBuilder, rule: &'a Rule) -> Self {
        let element = match &rule.each {
            Each::Match { list, .. } => Some(Element::Row(list)),
            Each::Element(field) => spec
                .lists
                .get(&rule.from)
                .and_then(|list| list.fields.get(field))
                .and_then(|field| field.ty.element())
                .map(Element::Value),
            Each::Table(_) => Some(Element::Line),
            _ => None,
        };
        Self { spec, source: &rule.from, element, row: None }
    }

    /// Speaks of the rows of a list.
    pub(super) fn of_list(spec: &'a SchemaBuilder, list: &'a Name) -> Self {
        Self { spec, source: list, element: None, row: None }
    }

    /// Says a condition or value in words; `field` is what the value is for.
    pub(super) fn say(&self, expr: &Expr, field: Option<&Field>) -> String {
        self.value(expr, field.and_then(|field| self.vocabulary_of(&field.ty)))
    }

    fn vocabulary_of(&self, ty: &Type) -> Meant<'a> {
        match ty.element().unwrap_or(ty) {
            Type::Choice(vocabulary) => self.spec.vocabularies.get(vocabulary),
            _ => None,
        }
    }

    /// Returns the vocabulary whose choices an expression gives.
    fn meant(&self, expr: &Expr) -> Meant<'a> {
        match expr {
            Expr::Source(path) | Expr::Own(path) => self.meant_by_path(self.source, path),
            Expr::Row(path) => self.meant_by_path(self.row?, path),
            Expr::Element(path) => match self.element? {
                Element::Row(list) => self.meant_by_path(list, path),
                _ => None,
            },
            Expr::Coalesce(of) | Expr::Min(of) | Expr::Max(of) | Expr::Union(of) => {
                of.iter().find_map(|expr| self.meant(expr))
            }
            Expr::If(parts) => self.meant(&parts.1).or_else(|| self.meant(&parts.2)),
            _ => None,
        }
    }

    fn meant_by_path(&self, list: &Name, path: &Path) -> Meant<'a> {
        let (_, ty) = self.follow(list, path.names())?;
        self.vocabulary_of(&ty)
    }

    /// Follows a path to the label and type of each of its fields; returns the labels, last first, and the last type.
    fn follow(&self, list: &Name, path: &[Name]) -> Option<(Vec<String>, Type)> {
        let mut at = list.clone();
        let mut labels = Vec::new();
        let mut ty = Type::reference(list);
        for name in path {
            if *name == "key" {
                labels.push("key".to_owned());
                continue;
            }
            let field = self.spec.lists.get(&at)?.fields.get(name)?;
            labels.push(label(&field.labels, name));
            ty = field.ty.clone();
            if let Some(target) = ty.target() {
                at = target.clone();
            }
        }
        labels.reverse();
        Some((labels, ty))
    }

    fn path(&self, list: &Name, path: &Path) -> String {
        match self.follow(list, path.names()) {
            Some((labels, _)) => labels.join(" of the "),
            None => format!("`{path}`"),
        }
    }

    fn element(&self, path: &Path) -> String {
        let is_value = path.single().is_some_and(|name| *name == "value");
        match self.element {
            Some(Element::Row(list)) if path.single().is_some_and(|name| *name == "key") => {
                format!("the row of `{list}`")
            }
            Some(Element::Row(list)) => format!("{} in `{list}`", self.path(list, path)),
            Some(Element::Value(_)) if is_value => "the element".to_owned(),
            Some(Element::Value(ty)) => match ty.target() {
                Some(list) => format!("{} of the element", self.path(list, path)),
                None => "the element".to_owned(),
            },
            _ => format!("`{path}` of the line"),
        }
    }

    fn value(&self, expr: &Expr, meant: Meant<'a>) -> String {
        match expr {
            Expr::Lit(value) => literal(value, meant),
            Expr::Source(path) | Expr::Own(path) if path.single().is_some_and(|name| *name == "key") => {
                "the row itself".to_owned()
            }
            Expr::Source(path) | Expr::Own(path) => self.path(self.source, path),
            Expr::Row(path) => self.row.map_or_else(|| format!("`{path}`"), |list| self.path(list, path)),
            Expr::Element(path) => self.element(path),
            Expr::Authored(name) => format!("what was authored for `{name}`"),
            Expr::Aggregate(aggregate) => self.aggregate(aggregate),
            Expr::Min(of) => format!("the lesser of {}", self.list(of, meant, " and ")),
            Expr::Max(of) => format!("the greater of {}", self.list(of, meant, " and ")),
            Expr::Join(parts) => self.list(parts, None, " + "),
            Expr::Length(of) => format!("the length of {}", self.operand(of, None)),
            Expr::Coalesce(of) => self.list(of, meant, ", or else "),
            Expr::If(parts) => self.choice(parts, meant),
            Expr::Union(of) => match of.as_slice() {
                [one] => self.value(one, meant),
                of => self.list(of, meant, ", together with "),
            },
            Expr::Code(scheme, parts) => format!("the {scheme} code: {}", self.list(parts, None, " + ")),
            Expr::Segment(of, name) => format!("the segment `{name}` of the {}", self.operand(of, None)),
            Expr::Add(pair) => self.pair(pair, "+"),
            Expr::Sub(pair) => self.pair(pair, "−"),
            Expr::Mul(pair) => self.pair(pair, "×"),
            Expr::Div(pair) => self.pair(pair, "÷"),
            Expr::Rem(pair) => self.pair(pair, "modulo"),
            condition => self.condition(condition),
        }
    }

    fn condition(&self, expr: &Expr) -> String {
        match expr {
            Expr::And(all) => self.conditions(all, " and "),
            Expr::Or(any) => self.conditions(any, " or "),
            Expr::Not(inner) => match &**inner {
                Expr::Eq(pair) if none_counted(pair).is_some() => {
                    none_counted(pair).map_or_else(String::new, |of| self.rows(of, "a row", " names"))
                }
                Expr::Missing(of) => format!("{} is given", self.operand(of, None)),
                Expr::Eq(pair) => self.pair(pair, "is not"),
                Expr::In(pair) => self.pair(pair, "is none of"),
                Expr::WellFormed(of) => format!("{} has not the shape of its scheme", self.operand(of, None)),
                Expr::CheckDigitOk(of) => format!("the check character of {} is wrong", self.operand(of, None)),
                other => format!("not ({})", self.value(other, None)),
            },
            Expr::Missing(of) => format!("{} is not given", self.operand(of, None)),
            Expr::Eq(pair) => match none_counted(pair) {
                Some(of) => self.rows(of, "no row", " names"),
                None => self.pair(pair, "is"),
            },
            Expr::Gt(pair) => match none_counted(pair) {
                Some(of) => self.rows(of, "a row", " names"),
                None => self.pair(pair, "is more than"),
            },
            Expr::Ne(pair) => self.pair(pair, "differs from"),
            Expr::Lt(pair) => self.pair(pair, "is less than"),
            Expr::Le(pair) => self.pair(pair, "is at most"),
            Expr::Ge(pair) => self.pair(pair, "is at least"),
            Expr::In(pair) => match &**pair {
                (element, Expr::Lit(Value::List(of))) if of.len() == 1 => {
                    format!("{} is {}", self.operand(element, None), literal(&of[0], self.meant(element)))
                }
                (element, list @ Expr::Lit(_)) => self.pair(&(element.clone(), list.clone()), "is one of"),
                (element, list) => {
                    format!("{} has {}", self.operand(list, None), self.operand(element, self.meant(list)))
                }
            },
            Expr::Intersects(pair) => self.pair(pair, "has one of"),
            Expr::Subset(pair) => self.pair(pair, "is within"),
            Expr::StartsWith(pair) => self.pair(pair, "starts with"),
            Expr::EndsWith(pair) => self.pair(pair, "ends with"),
            Expr::Contains(pair) => self.pair(pair, "contains"),
            Expr::WellFormed(of) => format!("{} has the shape of its scheme", self.operand(of, None)),
            Expr::CheckDigitOk(of) => format!("the check character of {} is right", self.operand(of, None)),
            other => format!("`{other}`"),
        }
    }

    fn conditions(&self, of: &[Expr], word: &str) -> String {
        let said = of.iter().map(|expr| match expr {
            Expr::And(parts) | Expr::Or(parts) if parts.len() > 1 => format!("({})", self.value(expr, None)),
            expr => self.value(expr, None),
        });
        said.collect::<Vec<_>>().join(word)
    }

    fn list(&self, of: &[Expr], meant: Meant<'a>, word: &str) -> String {
        of.iter().map(|expr| self.operand(expr, meant)).collect::<Vec<_>>().join(word)
    }

    fn pair(&self, (left, right): &(Expr, Expr), word: &str) -> String {
        let meant = self.meant(left).or_else(|| self.meant(right));
        format!("{} {word} {}", self.operand(left, meant), self.operand(right, meant))
    }

    fn operand(&self, expr: &Expr, meant: Meant<'a>) -> String {
        let said = self.value(expr, meant);
        match expr {
            Expr::Lit(_)
            | Expr::Source(_)
            | Expr::Own(_)
            | Expr::Row(_)
            | Expr::Element(_)
            | Expr::Aggregate(_)
            | Expr::Code(..)
            | Expr::Segment(..)
            | Expr::Length(_) => said,
            Expr::Union(of) if of.len() == 1 => said,
            _ => format!("({said})"),
        }
    }

    /// Says a choice; a chain that asks for one value after another is said as a table.
    fn choice(&self, parts: &(Expr, Expr, Expr), meant: Meant<'a>) -> String {
        let mut lines = Vec::new();
        let mut rest = None;
        let mut asked = None;
        let mut at = parts;
        while let (Expr::Eq(pair), then, otherwise) = at {
            let (of, value) = &**pair;
            if asked.is_some_and(|asked| asked != of) {
                break;
            }
            asked = Some(of);
            lines.push(format!("{} → {}", self.operand(value, self.meant(of)), self.operand(then, meant)));
            rest = Some(otherwise);
            match otherwise {
                Expr::If(next) => at = next,
                _ => break,
            }
        }
        match (asked, rest) {
            (Some(of), Some(rest)) if lines.len() > 1 => {
                let lines = lines.join(", ");
                format!("by {}: {lines}; else {}", self.operand(of, None), self.operand(rest, meant))
            }
            _ => {
                let (condition, then, otherwise) = parts;
                let [then, otherwise] = [then, otherwise].map(|expr| self.operand(expr, meant));
                format!("{then} if {}, else {otherwise}", self.operand(condition, None))
            }
        }
    }

    fn aggregate(&self, of: &Aggregate) -> String {
        let rows = || self.rows(of, "rows", " that name");
        let Some(value) = &of.value else { return format!("the number of {}", rows()) };
        if is_row_itself(value) {
            return match of.fold {
                Fold::Collect => format!("the {}", rows()),
                Fold::Max => format!("the last of the {}", rows()),
                _ => format!("the first of the {}", rows()),
            };
        }
        let value = self.of_rows(of).value(value, None);
        match of.fold {
            Fold::Count => format!("the number of {}", rows()),
            Fold::Sum => format!("the sum of {value} over the {}", rows()),
            Fold::Min => format!("the least {value} of the {}", rows()),
            Fold::Max => format!("the greatest {value} of the {}", rows()),
            Fold::Collect => format!("{value} of the {}", rows()),
            Fold::Any => format!("for one of the {}: {value}", rows()),
            Fold::All => format!("for all of the {}: {value}", rows()),
        }
    }

    fn of_rows(&self, of: &Aggregate) -> Self {
        let row = of.rows_of.as_ref().and_then(|rows| self.spec.lists.get_key_value(&rows.list));
        Self { row: row.map(|(name, _)| name), ..*self }
    }

    fn rows(&self, of: &Aggregate, row: &str, name: &str) -> String {
        let such =
            if of.when.is_always() { String::new() } else { format!(" ({})", self.of_rows(of).value(&of.when, None)) };
        match &of.rows_of {
            Some(rows) => {
                let field = self.spec.lists.get(&rows.list).and_then(|list| list.fields.get(&rows.by));
                let by = field.map_or_else(|| rows.by.to_string(), |field| label(&field.labels, &rows.by));
                format!("{row} of `{}`{such}{name} it as {by}", rows.list)
            }
            None => format!("{row} of the group{such}"),
        }
    }
}

/// Returns what is counted in a comparison of a count with zero.
fn none_counted((left, right): &(Expr, Expr)) -> Option<&Aggregate> {
    match (left, right) {
        (Expr::Aggregate(of), Expr::Lit(Value::Integer(0))) if of.fold == Fold::Count => Some(of),
        _ => None,
    }
}

fn is_row_itself(expr: &Expr) -> bool {
    matches!(expr, Expr::Row(path) | Expr::Source(path) if path.single().is_some_and(|name| *name == "key"))
}

/// Returns the English label, else the name.
fn label(labels: &Labels, name: &Name) -> String {
    labels.get("en").unwrap_or(name.as_str()).to_owned()
}

fn literal(value: &Value, meant: Meant<'_>) -> String {
    match value {
        Value::Missing => "nothing".to_owned(),
        Value::List(elements) => elements.iter().map(|element| literal(element, meant)).collect::<Vec<_>>().join(", "),
        Value::Text(text) => match meant.and_then(|vocabulary| vocabulary.choices.get(&**text)) {
            Some(labels) => {
                let said = label(labels, &Name::from(&**text));
                if text.bytes().all(|b| b.is_ascii_digit()) { format!("{text} {said}") } else { said }
            }
            None => format!("“{text}”"),
        },
        other => other.to_string(),
    }
}
