//! Static types: what each expression gives, where it may stand, and which row each name is read from.
//!
//! Architecture invariant: this is the only place that knows how a path is followed and what is in scope where. It takes
//! a schema that may be faulty: whatever is reported elsewhere (an unknown list, say) gives no second fault here.

use indexmap::IndexSet;

use super::{Each, Expr, Field, List, Path, Rule, SchemaBuilder, SchemaFaultKind as Kind, Table, Type};
use crate::value::Name;

/// The deepest expression that is accepted, counted in nested operations.
///
/// The JSON of a valid schema must be readable by a reader that stops at 128 nested arrays and objects, as most do; an
/// operation takes two, and a rule's expressions start eleven levels down.
pub(crate) const MAX_EXPR_DEPTH: usize = 48;

/// The static types of a schema's expressions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Typing<'a> {
    pub(crate) spec: &'a SchemaBuilder,
}

/// What the names in an expression are read from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope<'a> {
    /// Where the expression stands, for messages.
    pub(crate) place: &'static str,
    /// The list of the row that `source` reads.
    pub(crate) source: Option<&'a Name>,
    /// What `element` reads.
    pub(crate) element: Option<Step<'a>>,
    /// The list of the row that `own` and `authored` read.
    pub(crate) own: Option<&'a Name>,
    /// The list of the row that `row` reads.
    pub(crate) row: Option<&'a Name>,
    /// The list of the members of the group; then `source` reads only what all of them share, which is `by`.
    pub(crate) group: Option<(&'a Name, &'a [Expr])>,
    /// What `rows_of` starts from.
    pub(crate) here: Here<'a>,
}

/// What `element` reads.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step<'a> {
    /// The element of a set or sequence, of this type.
    Element(&'a Type),
    /// A line of a table.
    Line(&'a Table),
    /// A row of a list.
    Row(&'a Name),
    /// Something that is at fault already.
    Faulty,
}

/// The base row that `rows_of` starts from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Here<'a> {
    /// A row of this base list.
    Base(&'a Name),
    /// There is none, because the rows stem from several lists, or from groups.
    Unclear,
    /// Aggregates over `rows_of` have no place here.
    Nowhere,
}

/// One field read along a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathStep {
    /// The list of the row read.
    pub(crate) list: Name,
    /// The field read; `key` is the row itself.
    pub(crate) field: Name,
    /// The field's type.
    pub(crate) ty: Type,
}

impl<'a> Typing<'a> {
    pub(crate) fn new(spec: &'a SchemaBuilder) -> Self {
        Self { spec }
    }

    pub(crate) fn list(self, name: &Name) -> Option<&'a List> {
        self.spec.lists.get(name)
    }

    pub(crate) fn field(self, list: &Name, field: &Name) -> Option<&'a Field> {
        self.list(list)?.fields.get(field)
    }

    /// Tells whether a list is one of groups.
    pub(crate) fn is_group(list: &List) -> bool {
        list.rules.iter().any(|rule| matches!(rule.each, Each::Group { .. }))
    }

    /// Returns the base lists and lists of groups that the rows of a list can stem from, in the order of the rules.
    pub(crate) fn roots(self, list: &Name) -> IndexSet<&'a Name> {
        let mut roots = IndexSet::new();
        let mut seen = IndexSet::new();
        let mut open = vec![list.clone()];
        while let Some(name) = open.pop() {
            let Some((name, list)) = self.spec.lists.get_key_value(&name) else { continue };
            if !seen.insert(name) {
                continue;
            }
            if list.is_base() || Self::is_group(list) {
                roots.insert(name);
            } else {
                open.extend(list.rules.iter().rev().map(|rule| rule.from.clone()));
            }
        }
        roots
    }

    /// Returns the type of a field, or of the pseudo-field `key`: a reference to the row itself in a base list, else text.
    pub(crate) fn field_type(self, list: &Name, field: &Name) -> Option<Type> {
        let of = self.list(list)?;
        if *field == "key" {
            return Some(if of.is_base() { Type::Reference(list.clone()) } else { Type::Text });
        }
        of.fields.get(field).map(|field| field.ty.clone())
    }

    /// Resolves a path from a row of `list`: the first name is a field of that row, the others follow references.
    ///
    /// # Errors
    /// What is wrong; nothing where it is a fault of another part, reported there.
    pub(crate) fn path_steps(self, list: &Name, path: &[Name]) -> Result<Vec<PathStep>, Option<Kind>> {
        let mut steps: Vec<PathStep> = Vec::with_capacity(path.len());
        let mut at = list.clone();
        for (i, name) in path.iter().enumerate() {
            let of = self.list(&at).ok_or(None)?;
            let ty = self.field_type(&at, name).ok_or_else(|| {
                let known = of.fields.keys();
                Some(Kind::unknown("field", name, format!(" in the list '{at}'"), known))
            })?;
            let target = ty.target().cloned();
            steps.push(PathStep { list: at.clone(), field: name.clone(), ty: ty.clone() });
            if i + 1 < path.len() {
                at = target.ok_or_else(|| {
                    let path = path.iter().map(Name::as_str).collect::<Vec<_>>().join(".");
                    Some(Kind::PathEnds { path, field: name.clone(), found: ty })
                })?;
            }
        }
        Ok(steps)
    }

    /// Returns the type that a resolved path gives: that of its last field, or, past a list, a set of what it holds.
    pub(crate) fn steps_type(steps: &[PathStep]) -> Option<Type> {
        let (last, hops) = steps.split_last()?;
        if hops.iter().any(|hop| hop.ty.element().is_some()) {
            let element = last.ty.element().unwrap_or(&last.ty);
            return Some(Type::set(element.clone()));
        }
        Some(last.ty.clone())
    }

    /// Returns the type that a path from a row of `list` gives.
    ///
    /// # Errors
    /// As [`Typing::path_steps`].
    pub(crate) fn path_type(self, list: &Name, path: &Path) -> Result<Type, Option<Kind>> {
        Self::steps_type(&self.path_steps(list, path.names())?).ok_or(None)
    }

    /// Returns the scope of a rule's `when`.
    pub(crate) fn scope_when(self, rule: &'a Rule) -> Scope<'a> {
        Scope { here: self.here(&rule.from), ..Scope::of_source("the condition of a rule", &rule.from) }
    }

    /// Returns the scope of what a match probes for.
    pub(crate) fn scope_probe(rule: &'a Rule) -> Scope<'a> {
        Scope::of_source("the probe of a match", &rule.from)
    }

    /// Returns the scope of a match's own `when`.
    pub(crate) fn scope_matched(self, rule: &'a Rule) -> Scope<'a> {
        Scope { element: self.step(rule), ..Scope::of_source("the condition of a match", &rule.from) }
    }

    /// Returns the scope of what a rule groups by.
    pub(crate) fn scope_by(rule: &'a Rule) -> Scope<'a> {
        Scope::of_source("what a rule groups by", &rule.from)
    }

    /// Returns the scope of the fields that a rule of `list` sets.
    pub(crate) fn scope_set(self, list: &'a Name, rule: &'a Rule) -> Scope<'a> {
        let scope = Scope { own: Some(list), ..Scope::of_source("what a rule sets", &rule.from) };
        match &rule.each {
            Each::Group { by, .. } => {
                Scope { place: "what a group sets", group: Some((&rule.from, by)), here: Here::Unclear, ..scope }
            }
            _ => Scope { element: self.step(rule), here: self.here(&rule.from), ..scope },
        }
    }

    /// Returns the scope of a check's condition and of its message.
    pub(crate) fn scope_check(self, list: &'a Name) -> Scope<'a> {
        Scope { own: Some(list), here: self.here(list), ..Scope::of_source("a check", list) }
    }

    /// Returns the scope of the condition of an index.
    pub(crate) fn scope_index(list: &'a Name) -> Scope<'a> {
        Scope { source: None, own: Some(list), ..Scope::of_source("the condition of an index", list) }
    }

    fn step(self, rule: &'a Rule) -> Option<Step<'a>> {
        match &rule.each {
            Each::Row | Each::Group { .. } => None,
            Each::Element(field) => Some(
                self.field(&rule.from, field).and_then(|field| field.ty.element()).map_or(Step::Faulty, Step::Element),
            ),
            Each::Table(table) => Some(Step::Line(table)),
            Each::Match { list, .. } => Some(Step::Row(list)),
        }
    }

    fn here(self, list: &Name) -> Here<'a> {
        let roots = self.roots(list);
        match (roots.first(), roots.len()) {
            (Some(root), 1) if self.list(root).is_some_and(List::is_base) => Here::Base(root),
            _ => Here::Unclear,
        }
    }
}

impl<'a> Scope<'a> {
    fn of_source(place: &'static str, source: &'a Name) -> Self {
        Self { place, source: Some(source), element: None, own: None, row: None, group: None, here: Here::Nowhere }
    }

    /// Returns the scope inside an aggregate over the members of the group.
    pub(crate) fn of_members(list: &'a Name) -> Self {
        Self::of_source("an aggregate over the members of a group", list)
    }

    /// Returns the scope inside an aggregate over [`super::rows_of`] a list.
    pub(crate) fn of_rows(list: &'a Name) -> Self {
        Self { source: None, row: Some(list), ..Self::of_source("an aggregate over rows_of", list) }
    }
}
