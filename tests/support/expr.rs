//! Random expressions of a wanted type, over what is in scope.

use quanze::{
    Name, SchemaBuilder, Value,
    schema::{
        Expr, Fold, RowsOf, Type, authored, coalesce, code, count, element, fold, if_else, join, lit, own, row,
        rows_of, source, union,
    },
};

use super::{
    pool::{element_of, literal, vocabulary},
    recipe::Tape,
};
use crate::oracle::{
    State,
    keys::{is_group, roots},
    types::{field_type, path_type},
};

/// What an expression can read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Env {
    /// The fields and paths in scope, with their types.
    pub(crate) reads: Vec<(Expr, Type)>,
    /// What an aggregate draws from: the members of the group, or the rows that refer here.
    pub(crate) aggregates: Vec<(Option<RowsOf>, Env)>,
}

/// All paths from a row of a list that follow at most `hops` references, with their types.
pub(crate) fn paths(schema: &SchemaBuilder, list: &Name, hops: usize) -> Vec<(String, Type)> {
    let declared = &schema.lists[list];
    let mut found: Vec<(String, Type)> =
        declared.fields.keys().map(|field| (field.to_string(), field_type(schema, list, field))).collect();
    if hops > 0 {
        for (first, ty) in found.clone() {
            let Some(target) = ty.target() else { continue };
            for (rest, _) in paths(schema, target, hops - 1) {
                let path = format!("{first}.{rest}");
                let names: Vec<Name> = path.split('.').map(Name::from).collect();
                let ty = path_type(schema, list, &names).expect("the path follows references");
                found.push((path, ty));
            }
        }
    }
    found
}

fn reads(schema: &SchemaBuilder, list: &Name, hops: usize, make: fn(&str) -> Expr) -> Vec<(Expr, Type)> {
    let mut found: Vec<(Expr, Type)> =
        paths(schema, list, hops).into_iter().map(|(path, ty)| (make(&path), ty)).collect();
    found.push((make("key"), field_type(schema, list, &"key".into())));
    found
}

impl Env {
    /// What is read of a source row, without aggregates.
    pub(crate) fn of_source(schema: &SchemaBuilder, from: &Name) -> Self {
        Self { reads: reads(schema, from, 2, |path| source(path)), aggregates: Vec::new() }
    }

    /// What is read inside an aggregate over rows of a list.
    fn of_rows(schema: &SchemaBuilder, list: &Name) -> Self {
        Self { reads: reads(schema, list, 1, |path| row(path)), aggregates: Vec::new() }
    }

    /// Adds what is read of an element of this type.
    pub(crate) fn with_element(mut self, schema: &SchemaBuilder, ty: &Type) -> Self {
        self.reads.push((element("value"), ty.clone()));
        if let Type::Reference(list) = ty {
            self.reads.extend(reads(schema, list, 1, |path| element(path)));
        }
        self
    }

    /// Adds what is read of a matched row.
    pub(crate) fn with_matched(mut self, schema: &SchemaBuilder, list: &Name) -> Self {
        self.reads.extend(reads(schema, list, 1, |path| element(path)));
        self
    }

    /// Adds the rows of lists that refer to the root of the rows of `from`: base lists, and those derived lists among the
    /// ones declared so far that hand the reference down.
    pub(crate) fn with_rows_of(mut self, schema: &SchemaBuilder, from: &Name) -> Self {
        let roots = roots(schema, from);
        let Some(here) = roots.first().filter(|root| roots.len() == 1 && schema.lists[*root].is_base()) else {
            return self;
        };
        for (list, declared) in &schema.lists {
            for (by, field) in &declared.fields {
                if field.ty.target() == Some(here) && is_root_field(schema, list, by) {
                    self.aggregates.push((Some(rows_of(list, by)), Env::of_rows(schema, list)));
                }
            }
        }
        self
    }

    /// The scope of what a group sets: what its rows are grouped by, and aggregates over its members.
    pub(crate) fn of_group(schema: &SchemaBuilder, from: &Name, by: &[(Expr, Type)]) -> Self {
        let mut env = Self { reads: Vec::new(), aggregates: vec![(None, Env::of_source(schema, from))] };
        for (expr, ty) in by {
            let Expr::Source(path) = expr else { continue };
            env.reads.push((expr.clone(), ty.clone()));
            if let Type::Reference(list) = ty {
                for (rest, ty) in paths(schema, list, 1) {
                    env.reads.push((source(format!("{path}.{rest}")), ty));
                }
            }
        }
        env
    }

    /// Adds a field of the row being made.
    pub(crate) fn add_own(&mut self, schema: &SchemaBuilder, name: &Name, ty: &Type, written: bool) {
        self.reads.push((own(name), ty.clone()));
        if written {
            self.reads.push((authored(name), ty.clone()));
        }
        if let Type::Reference(list) = ty {
            for (rest, ty) in paths(schema, list, 0) {
                self.reads.push((own(format!("{name}.{rest}")), ty));
            }
        }
    }

    /// The scope of a check: its row, with everything that refers there.
    pub(crate) fn of_check(schema: &SchemaBuilder, list: &Name) -> Self {
        let mut env = Self { reads: reads(schema, list, 2, |path| own(path)), aggregates: Vec::new() };
        for (name, field) in &schema.lists[list].fields {
            if !schema.lists[list].is_base() && field.write != quanze::schema::Write::Locked {
                env.reads.push((authored(name), field.ty.clone()));
            }
        }
        env.with_rows_of(schema, list)
    }

    fn reads_of(&self, wanted: impl Fn(&Type) -> bool) -> Vec<(&Expr, &Type)> {
        self.reads.iter().filter(|(_, ty)| wanted(ty)).map(|(expr, ty)| (expr, ty)).collect()
    }

    fn read(&self, tape: &mut Tape<'_>, wanted: impl Fn(&Type) -> bool) -> Option<(Expr, Type)> {
        let reads = self.reads_of(wanted);
        tape.one(&reads).map(|(expr, ty)| ((*expr).clone(), (*ty).clone()))
    }

    /// An expression of a type; nothing where none can be had (a reference that nothing in scope holds).
    pub(crate) fn value(&self, tape: &mut Tape<'_>, ty: &Type, depth: usize) -> Option<Expr> {
        if tape.pick(7) == 6
            && let Some(value) = literal(tape, ty)
        {
            return Some(lit(value));
        }
        self.closed(tape, ty, depth).or_else(|| literal(tape, ty).map(lit))
    }

    /// An expression of a type that reads something, so that it tells its type itself.
    pub(crate) fn closed(&self, tape: &mut Tape<'_>, ty: &Type, depth: usize) -> Option<Expr> {
        let plain = tape.pick(5) < 3;
        if (plain || depth == 0)
            && let Some((read, _)) = self.read(tape, |other| other == ty)
        {
            return Some(read);
        }
        if depth == 0 {
            return None;
        }
        self.composed(tape, ty, depth - 1).or_else(|| self.read(tape, |other| other == ty).map(|(read, _)| read))
    }

    fn composed(&self, tape: &mut Tape<'_>, ty: &Type, depth: usize) -> Option<Expr> {
        if tape.percent(15) {
            let (condition, then) = (self.condition(tape, depth), self.closed(tape, ty, depth)?);
            return Some(if_else(condition, then, self.value(tape, ty, depth)?));
        }
        if tape.percent(15) {
            return Some(coalesce([self.closed(tape, ty, depth)?, self.value(tape, ty, depth)?]));
        }
        let ordered = is_ordered(ty);
        if ordered && tape.percent(15) {
            let both = [self.closed(tape, ty, depth)?, self.value(tape, ty, depth)?];
            let both = both.into_iter().collect();
            return Some(if tape.pick(2) == 0 { Expr::Min(both) } else { Expr::Max(both) });
        }
        if ordered && tape.percent(25) {
            let kind = if tape.pick(2) == 0 { Fold::Min } else { Fold::Max };
            if let Some(drawn) = self.aggregate(tape, ty, kind) {
                return Some(drawn);
            }
        }
        match ty {
            Type::Boolean => Some(self.test(tape, depth)),
            Type::Integer => self.integer(tape, depth),
            Type::Decimal => self.decimal(tape, depth),
            Type::Duration => self.duration(tape, depth),
            Type::Date => {
                let day = self.closed(tape, ty, depth)?;
                let by = if tape.pick(2) == 0 { Type::Integer } else { Type::Duration };
                let by = self.value(tape, &by, depth)?;
                Some(if tape.pick(2) == 0 { day + by } else { day - by })
            }
            Type::Text => self.text(tape, depth),
            Type::Code(scheme) => {
                let part = self.read(tape, |ty| ty.element().is_none())?.0;
                Some(code(scheme, [part, lit("a")]))
            }
            Type::Set(of) => self.set(tape, of),
            _ => None,
        }
    }

    fn integer(&self, tape: &mut Tape<'_>, depth: usize) -> Option<Expr> {
        match tape.pick(6) {
            0 => self.aggregate(tape, &Type::Integer, Fold::Count),
            1 => self.aggregate(tape, &Type::Integer, Fold::Sum),
            2 => self.read(tape, |ty| *ty == Type::Text || ty.element().is_some()).map(|(read, _)| read.length()),
            3 => {
                let both = [self.closed(tape, &Type::Date, 0)?, self.closed(tape, &Type::Date, depth)?];
                let [a, b] = both;
                Some(a - b)
            }
            _ => {
                let (a, b) = (self.closed(tape, &Type::Integer, depth)?, self.value(tape, &Type::Integer, depth)?);
                Some(match tape.pick(5) {
                    0 => a + b,
                    1 => a - b,
                    2 => a * b,
                    3 => a / b,
                    _ => a.rem(b),
                })
            }
        }
    }

    /// Sums stay exact: nothing is divided but by a power of two.
    fn decimal(&self, tape: &mut Tape<'_>, depth: usize) -> Option<Expr> {
        if tape.percent(30)
            && let Some(sum) = self.aggregate(tape, &Type::Decimal, Fold::Sum)
        {
            return Some(sum);
        }
        let a = self.closed(tape, &Type::Decimal, depth)?;
        let other = if tape.pick(3) == 0 { Type::Integer } else { Type::Decimal };
        let b = self.value(tape, &other, depth)?;
        Some(match tape.pick(5) {
            0 => a + b,
            1 => a - b,
            2 => a * lit(Value::from(2)),
            3 => a / lit(Value::from(4)),
            _ => a.rem(b),
        })
    }

    fn duration(&self, tape: &mut Tape<'_>, depth: usize) -> Option<Expr> {
        if tape.percent(30)
            && let Some(sum) = self.aggregate(tape, &Type::Duration, Fold::Sum)
        {
            return Some(sum);
        }
        let a = self.closed(tape, &Type::Duration, depth)?;
        if tape.pick(3) == 2 {
            return Some(a * self.value(tape, &Type::Integer, depth)?);
        }
        let b = self.value(tape, &Type::Duration, depth)?;
        Some(if tape.pick(2) == 0 { a + b } else { a - b })
    }

    fn text(&self, tape: &mut Tape<'_>, depth: usize) -> Option<Expr> {
        if tape.pick(4) == 3
            && let Some((read, Type::Code(scheme))) = self.read(tape, |ty| matches!(ty, Type::Code(_)))
        {
            return Some(read.segment(if scheme == "basic" { "kind" } else { "check" }));
        }
        let first = self.read(tape, |_| true)?.0;
        let second = if tape.pick(2) == 0 { lit("/") } else { self.value(tape, &Type::Text, depth)? };
        Some(join([first, second]))
    }

    fn set(&self, tape: &mut Tape<'_>, of: &Type) -> Option<Expr> {
        let set = Type::set(of.clone());
        if tape.pick(2) == 0
            && let Some(collected) = self.aggregate(tape, &set, Fold::Collect)
        {
            return Some(collected);
        }
        let lists = |ty: &Type| ty.element() == Some(of);
        let first = self.read(tape, lists)?.0;
        let second = if tape.pick(2) == 0 {
            self.read(tape, lists)?.0
        } else {
            literal(tape, &set).map_or_else(|| first.clone(), lit)
        };
        Some(union([first, second]))
    }

    /// A value drawn from many rows; nothing where none are in scope, or hold nothing of the kind.
    fn aggregate(&self, tape: &mut Tape<'_>, ty: &Type, kind: Fold) -> Option<Expr> {
        let (rows, inner) = tape.one(&self.aggregates)?;
        let of = match (kind, ty) {
            // Elements, or the elements of lists.
            (Fold::Collect, Type::Set(of)) if tape.pick(3) > 0 => (**of).clone(),
            _ => ty.clone(),
        };
        let when = if tape.percent(35) { Some(inner.condition(tape, 1)) } else { None };
        let value = match kind {
            Fold::Count => None,
            _ => Some(inner.closed(tape, &of, 1)?),
        };
        Some(match (rows, value, when) {
            (Some(rows), None, None) => rows.clone().count(),
            (Some(rows), None, Some(when)) => rows.clone().count_where(when),
            (Some(rows), Some(value), None) => rows.clone().fold(kind, value),
            (Some(rows), Some(value), Some(when)) => rows.clone().fold_where(kind, value, when),
            (None, value, when) => {
                let drawn = value.map_or_else(count, |value| fold(kind, value));
                match (drawn, when) {
                    (Expr::Aggregate(mut drawn), Some(when)) => {
                        drawn.when = when;
                        Expr::Aggregate(drawn)
                    }
                    (drawn, _) => drawn,
                }
            }
        })
    }

    /// A condition, most often that which always holds.
    pub(crate) fn guard(&self, tape: &mut Tape<'_>) -> Expr {
        if tape.percent(45) { self.condition(tape, 2) } else { Expr::always() }
    }

    /// A condition.
    pub(crate) fn condition(&self, tape: &mut Tape<'_>, depth: usize) -> Expr {
        if (depth == 0 || tape.pick(3) == 0)
            && let Some((read, _)) = self.read(tape, |ty| *ty == Type::Boolean)
        {
            return read;
        }
        self.test(tape, depth.saturating_sub(1))
    }

    fn test(&self, tape: &mut Tape<'_>, depth: usize) -> Expr {
        self.try_test(tape, depth).unwrap_or_else(Expr::always)
    }

    fn try_test(&self, tape: &mut Tape<'_>, depth: usize) -> Option<Expr> {
        let single = |ty: &Type| ty.element().is_none();
        match tape.pick(14) {
            0 | 1 => {
                let (a, ty) = self.read(tape, single)?;
                let b = self.value(tape, &ty, depth)?;
                Some(if tape.pick(3) < 2 { a.is(b) } else { a.ne(b) })
            }
            2 | 3 => {
                let (a, ty) = self.read(tape, is_ordered)?;
                let b = self.value(tape, &ty, depth)?;
                Some(match tape.pick(4) {
                    0 => a.lt(b),
                    1 => a.le(b),
                    2 => a.gt(b),
                    _ => a.ge(b),
                })
            }
            4 => {
                let (a, ty) = self.read(tape, |ty| single(ty) && ty.target().is_none())?;
                Some(a.is_in(literal(tape, &Type::set(ty))?))
            }
            5 => {
                let (a, ty) = self.read(tape, |ty| ty.element().is_some())?;
                let of = ty.element().cloned()?;
                Some(a.has(self.value(tape, &of, depth)?))
            }
            6 => {
                let (a, ty) = self.read(tape, |ty| ty.element().is_some())?;
                let b = self.read(tape, |other| other.element() == ty.element())?.0;
                Some(if tape.pick(2) == 0 { a.subset_of(b) } else { a.intersects(b) })
            }
            7 => Some(self.read(tape, |_| true)?.0.is_missing()),
            8 => Some(self.condition(tape, depth).not()),
            9 => Some(self.condition(tape, depth).and(self.condition(tape, depth))),
            10 => Some(self.condition(tape, depth).or(self.condition(tape, depth))),
            11 => {
                let a = self.read(tape, |ty| *ty == Type::Text)?.0;
                let b = lit(*tape.one(&["a", "b", "", "/"])?);
                Some(match tape.pick(3) {
                    0 => a.starts_with(b),
                    1 => Expr::EndsWith(Box::new((a, b))),
                    _ => a.contains(b),
                })
            }
            12 => {
                let a = self.read(tape, |ty| matches!(ty, Type::Code(_)))?.0;
                Some(if tape.pick(2) == 0 { a.is_well_formed() } else { a.check_digit_ok() })
            }
            _ => match tape.pick(3) {
                0 => self.aggregate(tape, &Type::Boolean, Fold::Any),
                1 => self.aggregate(tape, &Type::Boolean, Fold::All),
                _ => Some(self.aggregate(tape, &Type::Integer, Fold::Count)?.gt(1)),
            },
        }
    }

    /// What the rows of a match can be probed by: something of the type of a field.
    pub(crate) fn probe(&self, tape: &mut Tape<'_>, ty: &Type) -> Option<Expr> {
        if tape.percent(12)
            && let Some(value) = element_of(tape, ty, &vocabulary(), &State::default())
        {
            return Some(lit(value));
        }
        self.closed(tape, ty, 1)
    }
}

/// Tells whether values of a type compare by size.
pub(crate) fn is_ordered(ty: &Type) -> bool {
    matches!(ty, Type::Integer | Type::Decimal | Type::Date | Type::Duration | Type::Text | Type::Choice(_))
}

/// Tells whether a field is handed down, in every row, from a reference (or the key) of the base row at the root.
fn is_root_field(schema: &SchemaBuilder, list: &Name, field: &Name) -> bool {
    let declared = &schema.lists[list];
    if declared.is_base() {
        return field_type(schema, list, field).target().is_some();
    }
    !is_group(schema, list)
        && declared.fields.get(field).is_some_and(|of| of.write == quanze::schema::Write::Locked)
        && declared.rules.iter().all(|rule| match rule.set.get(field) {
            Some(Expr::Source(path)) => path.single().is_some_and(|name| is_root_field(schema, &rule.from, name)),
            _ => false,
        })
}
