//! What an expression reads: fields, and the memberships of lists.

use indexmap::{IndexMap, IndexSet};

use super::{
    Each, Expr, Rule,
    typing::{MAX_EXPR_DEPTH, PathStep, Scope, Step, Typing},
};
use crate::value::{Name, Value};

/// Something that an expression, a rule or a field depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Read {
    /// Which rows a list has; the key of a row is read with it.
    Membership(Name),
    /// A field of a list.
    Field(Name, Name),
}

impl Read {
    /// Returns the list read.
    pub(crate) fn list(&self) -> &Name {
        match self {
            Self::Membership(list) | Self::Field(list, _) => list,
        }
    }
}

/// What a rule reads.
#[derive(Clone, Debug, Default)]
pub(crate) struct RuleReads {
    /// What decides which rows it makes.
    pub(crate) membership: IndexSet<Read>,
    /// What the value of each field that it sets is drawn from.
    pub(crate) fields: IndexMap<Name, IndexSet<Read>>,
}

impl<'a> Typing<'a> {
    /// Returns what a rule of `list` reads; what is faulty is left out.
    pub(crate) fn rule_reads(self, list: &'a Name, rule: &'a Rule) -> RuleReads {
        let mut reads = RuleReads::default();
        let membership = &mut reads.membership;
        membership.insert(Read::Membership(rule.from.clone()));
        self.shallow_reads(&rule.when, &self.scope_when(rule), membership);
        let mut stepped = None;
        match &rule.each {
            Each::Row => {}
            Each::Element(field) => stepped = Some(field),
            Each::Table(table) => stepped = Some(&table.by),
            Each::Match { list, on, when } => {
                membership.insert(Read::Membership(list.clone()));
                for (field, probe) in on {
                    self.path_reads(Some(list), std::slice::from_ref(field), membership);
                    for value in probe.values() {
                        self.shallow_reads(value, &Typing::scope_probe(rule), membership);
                    }
                }
                self.shallow_reads(when, &self.scope_matched(rule), membership);
            }
            Each::Group { by, over } => {
                for by in by {
                    self.shallow_reads(by, &Typing::scope_by(rule), membership);
                }
                membership.extend(over.iter().map(|list| Read::Membership(list.clone())));
            }
        }
        let stepped = stepped.map(|field| Read::Field(rule.from.clone(), field.clone()));
        membership.extend(stepped.clone());
        let scope = self.scope_set(list, rule);
        for (field, value) in &rule.set {
            let mut from = IndexSet::new();
            self.shallow_reads(value, &scope, &mut from);
            if !is_deeper_than(value, MAX_EXPR_DEPTH) && mentions_element(value) {
                from.extend(stepped.clone());
            }
            reads.fields.insert(field.clone(), from);
        }
        reads
    }

    fn shallow_reads(self, expr: &Expr, scope: &Scope<'_>, reads: &mut IndexSet<Read>) {
        if !is_deeper_than(expr, MAX_EXPR_DEPTH) {
            self.reads(expr, scope, reads);
        }
    }

    /// Adds what an expression reads, in the order of reading; what is faulty is left out.
    pub(crate) fn reads(self, expr: &Expr, scope: &Scope<'_>, reads: &mut IndexSet<Read>) {
        match expr {
            Expr::Source(path) => self.path_reads(scope.source, path.names(), reads),
            Expr::Own(path) => self.path_reads(scope.own, path.names(), reads),
            Expr::Row(path) => self.path_reads(scope.row, path.names(), reads),
            Expr::Element(path) => match (scope.element, path.names()) {
                (Some(Step::Row(list)), names) => self.path_reads(Some(list), names, reads),
                (Some(Step::Element(ty)), names) if !matches!(names, [name] if *name == "value") => {
                    self.path_reads(ty.target(), names, reads);
                }
                (Some(Step::Line(table)), [column, rest @ ..]) if !rest.is_empty() => {
                    self.path_reads(table.columns.get(column).and_then(|ty| ty.target()), rest, reads);
                }
                _ => {}
            },
            Expr::Aggregate(aggregate) => {
                let inner = match (&aggregate.rows_of, scope.group) {
                    (Some(rows_of), _) => {
                        reads.insert(Read::Membership(rows_of.list.clone()));
                        self.path_reads(Some(&rows_of.list), std::slice::from_ref(&rows_of.by), reads);
                        Scope::of_rows(&rows_of.list)
                    }
                    (None, Some((members, by))) => {
                        reads.insert(Read::Membership(members.clone()));
                        let inner = Scope::of_members(members);
                        for by in by {
                            self.reads(by, &inner, reads);
                        }
                        inner
                    }
                    (None, None) => return,
                };
                for part in aggregate.value.iter().chain([&aggregate.when]) {
                    self.reads(part, &inner, reads);
                }
            }
            _ => {
                for child in children(expr) {
                    self.reads(child, scope, reads);
                }
            }
        }
    }

    fn path_reads(self, list: Option<&Name>, names: &[Name], reads: &mut IndexSet<Read>) {
        let Some(Ok(steps)) = list.map(|list| self.path_steps(list, names)) else { return };
        for PathStep { list, field, .. } in steps {
            reads.insert(if field == "key" { Read::Membership(list) } else { Read::Field(list, field) });
        }
    }
}

/// Tells whether an expression reads something, rather than being made of others.
pub(crate) fn is_read(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Source(_) | Expr::Element(_) | Expr::Own(_) | Expr::Authored(_) | Expr::Row(_) | Expr::Aggregate(_)
    )
}

/// Returns the expressions that an expression is made of, those of an aggregate included.
pub(crate) fn children(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Lit(_) | Expr::Source(_) | Expr::Element(_) | Expr::Own(_) | Expr::Authored(_) | Expr::Row(_) => {
            Vec::new()
        }
        Expr::Aggregate(aggregate) => aggregate.value.iter().chain([&aggregate.when]).collect(),
        Expr::Eq(pair)
        | Expr::Ne(pair)
        | Expr::Lt(pair)
        | Expr::Le(pair)
        | Expr::Gt(pair)
        | Expr::Ge(pair)
        | Expr::In(pair)
        | Expr::Subset(pair)
        | Expr::Intersects(pair)
        | Expr::Add(pair)
        | Expr::Sub(pair)
        | Expr::Mul(pair)
        | Expr::Div(pair)
        | Expr::Rem(pair)
        | Expr::StartsWith(pair)
        | Expr::EndsWith(pair)
        | Expr::Contains(pair) => vec![&pair.0, &pair.1],
        Expr::And(parts)
        | Expr::Or(parts)
        | Expr::Min(parts)
        | Expr::Max(parts)
        | Expr::Join(parts)
        | Expr::Coalesce(parts)
        | Expr::Union(parts)
        | Expr::Code(_, parts) => parts.iter().collect(),
        Expr::Not(inner)
        | Expr::Missing(inner)
        | Expr::Length(inner)
        | Expr::WellFormed(inner)
        | Expr::CheckDigitOk(inner)
        | Expr::Segment(inner, _) => vec![inner],
        Expr::If(parts) => vec![&parts.0, &parts.1, &parts.2],
    }
}

/// Tells whether an expression is nested deeper than `most`; itself without recursion, so that any depth is answered.
pub(crate) fn is_deeper_than(expr: &Expr, most: usize) -> bool {
    let mut open = vec![(expr, 1)];
    while let Some((expr, depth)) = open.pop() {
        if depth > most || matches!(expr, Expr::Lit(value) if is_nested(value)) {
            return true;
        }
        open.extend(children(expr).into_iter().map(|child| (child, depth + 1)));
    }
    false
}

/// Tells whether a value holds lists in lists in lists, which no type has.
fn is_nested(value: &Value) -> bool {
    let inner = |value: &Value| value.as_list().is_some_and(|elements| elements.iter().any(|e| e.as_list().is_some()));
    value.as_list().is_some_and(|elements| elements.iter().any(inner))
}

/// Tells whether an expression reads the element of a step.
pub(crate) fn mentions_element(expr: &Expr) -> bool {
    matches!(expr, Expr::Element(_)) || children(expr).into_iter().any(mentions_element)
}

#[cfg(test)]
mod tests {
    use super::is_deeper_than;
    use crate::{
        schema::{Expr, lit, source},
        value::Value,
    };

    #[test]
    fn depth_is_counted_without_recursion() {
        let nested = |depth: usize| (1..depth).fold(source("a"), |expr, _| Expr::Not(Box::new(expr)));
        assert!(!is_deeper_than(&nested(48), 48));
        assert!(is_deeper_than(&nested(49), 48));
        assert!(is_deeper_than(&nested(5_000), 48));
        let lists = (0..1_000).fold(Value::from(["a"]), |list, _| Value::List(vec![list]));
        assert!(is_deeper_than(&lit(lists), 48));
        assert!(!is_deeper_than(&lit(Value::List(vec![Value::from(["a"])])), 48));
    }
}
