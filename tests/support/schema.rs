//! A valid schema from a recipe.

use quanze::{
    Name, SchemaBuilder, Value,
    schema::{
        Check, Direction, Each, Expr, Field, List, Narrow, OnRemove, OrderBy, Probe, Rule, Severity, Table, Type,
        Write, lit, source,
    },
};

use super::{
    expr::{Env, is_ordered},
    indexes::indexed,
    pool::{any_type, element_of, literal, scalar_type, vocabulary},
    recipe::{BaseRecipe, DerivedRecipe, Recipe, Tape},
};
use crate::oracle::{State, keys::is_group, types::field_type};

/// The most rows that a list may be expected to have; a rule that would make more makes one for each instead.
const MOST_ROWS: usize = 60;

/// A valid schema from a recipe.
pub(crate) fn schema_of(recipe: &Recipe) -> SchemaBuilder {
    let names: Vec<Name> =
        ["powers", "bodies", "papers"].into_iter().take(recipe.bases.len()).map(Name::from).collect();
    let mut making = Making { schema: vocabulary(), bases: names.clone(), rows: Vec::new(), tier: None };
    for (name, base) in names.iter().zip(&recipe.bases) {
        making.schema.lists.insert(name.clone(), List::base());
        making.base(name, base);
    }
    for (at, derived) in recipe.derived.iter().enumerate() {
        making.derived(at, derived);
    }
    for (at, tape) in recipe.checks.iter().enumerate() {
        making.check(at, &mut Tape::new(tape));
    }
    making.schema
}

struct Making {
    schema: SchemaBuilder,
    bases: Vec<Name>,
    /// About how many rows each list has, in the order of the lists.
    rows: Vec<usize>,
    /// The lowest tier so far.
    tier: Option<u8>,
}

impl Making {
    fn base(&mut self, name: &Name, recipe: &BaseRecipe) {
        let mut head = Tape::new(&recipe.head);
        let mut list = List::base();
        for (at, bytes) in recipe.fields.iter().enumerate() {
            let mut tape = Tape::new(bytes);
            let ty = any_type(&mut tape, &self.bases);
            let mut field = Field::new(ty.clone());
            let itself = ty.target() == Some(name);
            match tape.pick(4) {
                // A row that must refer to its own list could never be the first.
                1 if !itself => field = field.required(),
                2 if matches!(ty, Type::Reference(_)) => field = field.on_remove(OnRemove::Cascade),
                3 if ty.target().is_some() => field = field.on_remove(OnRemove::Release),
                _ => {}
            }
            list = list.field(field_name(&ty, at), field);
        }
        if head.percent(25) {
            self.tier = Some(1);
            list = list.tier(1);
        }
        let scalars = scalar_fields(&list);
        if head.percent(15)
            && let Some(field) = head.one(&scalars)
        {
            list = list.unique([field.clone()]);
        }
        self.finish(name, list, &mut head, (&recipe.head, 5));
    }

    fn derived(&mut self, at: usize, recipe: &DerivedRecipe) {
        let mut head = Tape::new(&recipe.head);
        let kind = head.pick(8);
        let (mut rules, name) = if kind >= 6 {
            let (rule, name) = self.group(&mut Tape::new(&recipe.rules[0]), kind == 7);
            (vec![rule], format!("{name}{at}"))
        } else {
            let first = self.rule(0, &mut Tape::new(&recipe.rules[0]));
            let name = format!("{}{at}", kind_name(&first.each));
            let others = recipe.rules.iter().enumerate().skip(1).map(|(i, bytes)| self.rule(i, &mut Tape::new(bytes)));
            (std::iter::once(first).chain(others).collect(), name)
        };
        let name = Name::from(name);
        let mut list = List::derived();
        let mut environments: Vec<Env> = rules.iter().map(|rule| self.environment(rule)).collect();
        for (at, bytes) in recipe.fields.iter().enumerate() {
            let mut tape = Tape::new(bytes);
            if let Some((field_name, field)) = self.field(at, &mut tape, &mut rules, &environments) {
                let written = field.write != Write::Locked;
                for env in &mut environments {
                    env.add_own(&self.schema, &field_name, &field.ty, written);
                }
                list = list.field(field_name, field);
            }
        }
        if head.percent(40) {
            let tier = self.tier.unwrap_or(1) + u8::from(head.pick(2) == 1);
            self.tier = Some(tier);
            list = list.tier(tier);
        }
        let rows = rules.iter().map(|rule| self.expected_rows(rule)).sum();
        for rule in rules {
            list = list.rule(rule);
        }
        self.finish(&name, list, &mut head, (&recipe.head, rows));
    }

    fn finish(&mut self, name: &Name, mut list: List, head: &mut Tape<'_>, (seed, rows): (&[u8], usize)) {
        let scalars = scalar_fields(&list);
        if head.percent(40)
            && let Some(field) = head.one(&scalars)
        {
            let direction = if head.pick(2) == 0 { Direction::Ascending } else { Direction::Descending };
            list = list.order_by(OrderBy { field: field.clone(), direction });
        }
        let list = indexed(list, seed);
        self.schema.lists.insert(name.clone(), list);
        self.rows.push(rows);
    }

    fn rows_of(&self, list: &Name) -> usize {
        self.schema.lists.get_index_of(list).map_or(1, |at| self.rows[at])
    }

    fn expected_rows(&self, rule: &Rule) -> usize {
        let from = self.rows_of(&rule.from);
        match &rule.each {
            Each::Element(_) | Each::Table(_) => from * 2,
            Each::Match { list, .. } => from * (self.rows_of(list) / 2).max(1),
            _ => from,
        }
    }

    fn some_list(&self, tape: &mut Tape<'_>) -> Name {
        // The derived lists are the last; most rules read one of those.
        let names: Vec<&Name> = self.schema.lists.keys().collect();
        let derived = &names[self.bases.len()..];
        let from = if tape.percent(60) && !derived.is_empty() { derived } else { &names[..self.bases.len()] };
        (*tape.one(from).expect("there is a base list")).clone()
    }

    fn rule(&self, at: usize, tape: &mut Tape<'_>) -> Rule {
        let kind = tape.pick(6);
        let from = self.some_list(tape);
        let id = format!("rule{at}");
        let env = Env::of_source(&self.schema, &from).with_rows_of(&self.schema, &from);
        let condition = env.guard(tape);
        let made = match kind {
            1 => self.element(&id, &from, tape),
            2 => self.table(&id, &from, tape),
            3 | 4 => self.matched(&id, &from, tape),
            5 => self.element(&id, &from, tape).or_else(|| self.table(&id, &from, tape)),
            _ => None,
        };
        let fits = |rule: &Rule| self.expected_rows(rule) <= MOST_ROWS;
        made.filter(fits).unwrap_or_else(|| Rule::each_row(id, from)).when(condition)
    }

    fn element(&self, id: &str, from: &Name, tape: &mut Tape<'_>) -> Option<Rule> {
        let fields = &self.schema.lists[from].fields;
        let lists: Vec<&Name> =
            fields.iter().filter(|(_, field)| field.ty.element().is_some()).map(|(name, _)| name).collect();
        tape.one(&lists).map(|field| Rule::each_element(id, from, *field))
    }

    fn table(&self, id: &str, from: &Name, tape: &mut Tape<'_>) -> Option<Rule> {
        let list = &self.schema.lists[from];
        let by: Vec<Name> =
            scalar_fields(list).into_iter().filter(|by| list.fields[by].ty.target().is_none()).collect();
        let by = tape.one(&by)?.clone();
        let of = list.fields[&by].ty.clone();
        let key_ty = match tape.pick(4) {
            1 => Type::Integer,
            2 => Type::choice("kinds"),
            3 => Type::Date,
            _ => Type::Text,
        };
        let column_ty = scalar_type(tape, &self.bases);
        let mut table = Table::by(by, "line", key_ty.clone()).column("extra", column_ty.clone());
        for _ in 0..=tape.pick(3) {
            let value = element_of(tape, &of, &self.schema, &State::default())?;
            for _ in 0..=tape.pick(2) {
                let key = element_of(tape, &key_ty, &self.schema, &State::default())?;
                let there = |line: &quanze::schema::Line| line.of == value && line.set.get("line") == Some(&key);
                // The value of a code can be written with and without its scheme: it goes into one line.
                let same_code = matches!(of, Type::Code(_)) && table.lines.iter().any(|line| line.of != value);
                if !table.lines.iter().any(there) && !same_code {
                    table = table.line(value.clone(), key);
                    if let Some(extra) = literal(tape, &column_ty).filter(|_| column_ty.target().is_none()) {
                        table = table.with("extra", extra);
                    }
                }
            }
        }
        Some(Rule::each_line(id, from, table))
    }

    fn matched(&self, id: &str, from: &Name, tape: &mut Tape<'_>) -> Option<Rule> {
        let names = self.schema.lists.keys();
        let groups = names.clone().filter(|name| is_group(&self.schema, name));
        let matchable: Vec<&Name> = names.filter(|name| self.schema.lists[*name].is_base()).chain(groups).collect();
        let list = (*tape.one(&matchable)?).clone();
        let env = Env::of_source(&self.schema, from);
        let mut rule = Rule::each_match(id, from, &list);
        let fields = self.probed_fields(&list);
        let mut probed = Vec::new();
        for _ in 0..=tape.pick(4) {
            let field = tape.one(&fields)?.clone();
            let ty = field_type(&self.schema, &list, &field);
            if probed.contains(&field) {
                continue;
            }
            let Some(first) = env.probe(tape, &ty) else { continue };
            let probe = match tape.percent(35).then(|| env.probe(tape, &ty)).flatten() {
                Some(second) => Probe::AnyOf(vec![first, second]),
                None => Probe::Is(first),
            };
            probed.push(field.clone());
            rule = rule.on(field, probe);
            if tape.pick(3) < 2 {
                break;
            }
        }
        let when = env.with_matched(&self.schema, &list).guard(tape);
        (!probed.is_empty()).then(|| rule.matched_when(when))
    }

    /// The fields of a list that a match can probe for.
    fn probed_fields(&self, list: &Name) -> Vec<Name> {
        let declared = &self.schema.lists[list];
        let mut fields = scalar_fields(declared);
        if let Some(Rule { each: Each::Group { by, .. }, set, .. }) = declared.rules.first() {
            let grouped = |field: &Name| set.get(field).is_some_and(|value| by.contains(value));
            fields.retain(|field| declared.fields[field].write == Write::Locked && grouped(field));
        }
        fields.push("key".into());
        fields
    }

    fn group(&self, tape: &mut Tape<'_>, over: bool) -> (Rule, &'static str) {
        let from = self.some_list(tape);
        let env = Env::of_source(&self.schema, &from);
        let id = "group";
        let condition = env.clone().with_rows_of(&self.schema, &from).guard(tape);
        if over {
            let references: Vec<&(Expr, Type)> =
                env.reads.iter().filter(|(_, ty)| matches!(ty, Type::Reference(_))).collect();
            if let Some((by, Type::Reference(list))) = tape.one(&references) {
                return (Rule::each_group(id, from, [by.clone()]).over(list).when(condition), "over");
            }
        }
        let singles: Vec<&(Expr, Type)> = env.reads.iter().filter(|(_, ty)| ty.element().is_none()).collect();
        let mut by: Vec<Expr> = Vec::new();
        for _ in 0..=tape.pick(2) {
            let (read, ty) = *tape.one(&singles).expect("the key is a single value");
            let value = if tape.percent(25) { env.closed(tape, ty, 1) } else { None };
            by.push(value.unwrap_or_else(|| read.clone()));
        }
        (Rule::each_group(id, from, by).when(condition), "group")
    }

    /// What the fields that a rule sets are made of.
    fn environment(&self, rule: &Rule) -> Env {
        let schema = &self.schema;
        let env = Env::of_source(schema, &rule.from).with_rows_of(schema, &rule.from);
        match &rule.each {
            Each::Element(field) => {
                env.with_element(schema, schema.lists[&rule.from].fields[field].ty.element().expect("a list field"))
            }
            Each::Table(table) => {
                let mut env = env;
                for (column, ty) in &table.columns {
                    env.reads.push((quanze::schema::element(column), ty.clone()));
                }
                env
            }
            Each::Match { list, .. } => env.with_matched(schema, list),
            Each::Group { by, .. } => {
                let scope = crate::oracle::types::Types::of_source(schema, &rule.from);
                let typed = by.iter().filter_map(|by| Some((by.clone(), crate::oracle::types::type_of(by, &scope)?)));
                Env::of_group(schema, &rule.from, &typed.collect::<Vec<_>>())
            }
            _ => env,
        }
    }

    /// A field, with what each rule sets it to; nothing where the first rule has nothing for it.
    fn field(&self, at: usize, tape: &mut Tape<'_>, rules: &mut [Rule], environments: &[Env]) -> Option<(Name, Field)> {
        let write = match tape.pick(11) {
            1 | 7 => Write::Local,
            2 | 8 => Write::Suggest,
            3 => Write::Narrow(Narrow::AtMost),
            4 => Write::Narrow(Narrow::AtLeast),
            5 | 9 => Write::Narrow(Narrow::Subset),
            6 | 10 => Write::Union,
            _ => Write::Locked,
        };
        let required = tape.percent(12);
        let released = tape.percent(40);
        let ty = self.field_type(write, tape, &environments[0])?;
        if write != Write::Local {
            let mut set = false;
            for (rule, env) in rules.iter_mut().zip(environments) {
                if let Some(value) = env.value(tape, &ty, 2) {
                    set = true;
                    rule.set.insert(field_name(&ty, at), value);
                }
            }
            if !set {
                return None;
            }
        }
        let mut field = Field::new(ty.clone()).write(write);
        if required {
            field = field.required();
        }
        if released && ty.target().is_some() {
            field = field.on_remove(OnRemove::Release);
        }
        Some((field_name(&ty, at), field))
    }

    /// A type that a policy takes; of what is in scope, where a rule sets the field.
    fn field_type(&self, write: Write, tape: &mut Tape<'_>, env: &Env) -> Option<Type> {
        if write == Write::Local {
            return Some(any_type(tape, &self.bases));
        }
        let fits = |ty: &Type| match write {
            Write::Union | Write::Narrow(Narrow::Subset) => ty.element().is_some(),
            Write::Narrow(_) => is_ordered(ty),
            _ => true,
        };
        let mut types: Vec<Type> = Vec::new();
        let computed = [Type::Integer, Type::Boolean, Type::Text, Type::set(Type::Text)];
        for ty in env.reads.iter().map(|(_, ty)| ty).chain(&computed).filter(|ty| fits(ty)) {
            if !types.contains(ty) {
                types.push(ty.clone());
            }
        }
        tape.one(&types).cloned()
    }

    fn check(&mut self, at: usize, tape: &mut Tape<'_>) {
        let severity = *tape.one(&[Severity::Review, Severity::Note, Severity::Blocking]).expect("there are three");
        let names: Vec<&Name> = self.schema.lists.keys().collect();
        let list = (*tape.one(&names).expect("there is a list")).clone();
        let condition = Env::of_check(&self.schema, &list).condition(tape, 2);
        self.schema.checks.insert(format!("check{at}").into(), Check::new(severity, list, condition));
    }
}

fn kind_name(each: &Each) -> &'static str {
    match each {
        Each::Row => "rows",
        Each::Element(_) => "each",
        Each::Table(_) => "lines",
        Each::Match { .. } => "match",
        _ => "group",
    }
}

pub(super) fn scalar_fields(list: &List) -> Vec<Name> {
    list.fields.iter().filter(|(_, field)| field.ty.element().is_none()).map(|(name, _)| name.clone()).collect()
}

/// A name that tells the type.
fn field_name(ty: &Type, at: usize) -> Name {
    let stem = match ty {
        Type::Text => "text",
        Type::Integer => "int",
        Type::Decimal => "fee",
        Type::Boolean => "flag",
        Type::Date => "day",
        Type::Duration => "limit",
        Type::Code(_) => "code",
        Type::Choice(_) => "kind",
        Type::Reference(_) => "ref",
        Type::Set(of) if of.target().is_some() => "refs",
        Type::Set(_) => "set",
        Type::Sequence(of) if of.target().is_some() => "reflist",
        _ => "list",
    };
    Name::from(format!("{stem}{at}"))
}
