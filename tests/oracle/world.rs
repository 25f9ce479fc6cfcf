//! The rows and values of every list, derived from a state by recursion and remembered.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use indexmap::{IndexMap, map::Entry};
use quanze::{
    Decimal, Key, Name, SchemaBuilder, Value,
    schema::{Direction, Each, Expr, Narrow, Probe, Rule, Type, Write},
};

use super::{
    coerce::coerce,
    eval::{Element, Group, Scope, eval, holds},
    keys::{self, is_group, step_text},
    order::{self, compare, elements, set_of},
    state::{Cells, State, put},
    types::{ElementType, field_type, follow_type, rule_element},
};

/// The rows of a list in natural order.
pub(crate) type Rows = IndexMap<Key, Row>;

/// A row, with what made it.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// The list and key of the base row or group that it stems from or is.
    pub(crate) root: (Name, Key),
    /// The segments after the root's.
    pub(crate) steps: Vec<String>,
    /// What made it.
    pub(crate) made: Made,
}

#[derive(Clone, Debug)]
pub(crate) enum Made {
    /// The author.
    Authored,
    /// A rule, from a source row and an element.
    By { rule: usize, source: Key, element: Element },
    /// A rule that groups: the values shared and the members.
    Group { by: Vec<Value>, members: Vec<Key> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Asked {
    Rule,
    Effective,
}

/// Everything that follows from a state.
#[derive(Debug)]
pub(crate) struct World<'a> {
    pub(crate) schema: &'a SchemaBuilder,
    pub(crate) state: &'a State,
    rows: RefCell<BTreeMap<Name, Rc<Rows>>>,
    values: RefCell<BTreeMap<(Name, Key, Name, Asked), Value>>,
}

impl<'a> World<'a> {
    pub(crate) fn new(schema: &'a SchemaBuilder, state: &'a State) -> Self {
        Self { schema, state, rows: RefCell::default(), values: RefCell::default() }
    }

    /// The rows of a list in natural order: by root list as declared, by root key, and under one root as deriving makes
    /// them: rule by rule, source row by source row (in the natural order of its list), element by element (set value,
    /// place in a sequence, table line, key of the matched row).
    pub(crate) fn rows(&self, list: &Name) -> Rc<Rows> {
        if let Some(rows) = self.rows.borrow().get(list) {
            return Rc::clone(rows);
        }
        let rows = Rc::new(self.derive(list));
        self.rows.borrow_mut().insert(list.clone(), Rc::clone(&rows));
        rows
    }

    /// The keys of a list in declared order, ties by key; in natural order where none is declared.
    pub(crate) fn declared_order(&self, list: &Name) -> Vec<Key> {
        let mut keys: Vec<Key> = self.rows(list).keys().cloned().collect();
        let order = &self.schema.lists[list].order;
        if order.is_empty() {
            return keys;
        }
        keys.sort_by(|a, b| {
            let by = order.iter().map(|by| {
                let ty = field_type(self.schema, list, &by.field);
                let value = |key| self.value(list, key, &by.field);
                let ascending = order::order(self.schema, &ty, &value(a), &value(b));
                if by.direction == Direction::Ascending { ascending } else { ascending.reverse() }
            });
            by.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then).then_with(|| a.cmp(b))
        });
        keys
    }

    /// All values present in a row.
    pub(crate) fn cells(&self, list: &Name, key: &Key) -> Cells {
        let mut cells = Cells::new();
        for field in self.schema.lists[list].fields.keys() {
            put(&mut cells, field, self.value(list, key, field));
        }
        cells
    }

    /// The value of a field as it is seen; missing where there is no such row.
    pub(crate) fn value(&self, list: &Name, key: &Key, field: &Name) -> Value {
        let declared = &self.schema.lists[list];
        if declared.is_base() {
            let cells = self.state.base.get(list).and_then(|rows| rows.get(key));
            return match cells {
                None => Value::Missing,
                Some(_) if *field == "key" => Value::Reference(key.clone()),
                Some(cells) => cells.get(field).cloned().unwrap_or_default(),
            };
        }
        if !self.rows(list).contains_key(key) {
            return Value::Missing;
        }
        if *field == "key" {
            return Value::from(key.as_str());
        }
        self.remembered(list, key, field, Asked::Effective, || {
            let (ty, write) = (&declared.fields[field].ty, declared.fields[field].write);
            let ruled = || self.rule_value(list, key, field);
            let authored = || self.authored(list, key, field);
            match write {
                Write::Locked => ruled(),
                Write::Local => authored(),
                Write::Suggest => Some(authored()).filter(|a| !a.is_missing()).unwrap_or_else(ruled),
                Write::Narrow(narrow) => self.narrowed(ty, narrow, authored(), ruled()),
                Write::Union => self.united(ty, &authored(), ruled()),
                _ => unreachable!("a policy that the oracle does not know"),
            }
        })
    }

    /// What the rule that made the row says of a field.
    pub(crate) fn rule_value(&self, list: &Name, key: &Key, field: &Name) -> Value {
        let rows = self.rows(list);
        let Some(row) = rows.get(key) else { return Value::Missing };
        self.remembered(list, key, field, Asked::Rule, || {
            let rule = self.rule_of(list, row);
            let Some(expr) = rule.set.get(field) else { return Value::Missing };
            let mut scope = self.rule_scope(rule, row);
            scope.types.own = Some(list);
            scope.own = Some(key.clone());
            let ty = &self.schema.lists[list].fields[field].ty;
            self.as_type(ty, eval(self, expr, &scope, Some(ty)))
        })
    }

    /// The authored cell of a row that is there; missing where the cell is parked.
    pub(crate) fn authored(&self, list: &Name, key: &Key, field: &Name) -> Value {
        let cell = self.state.authored_cell(list, key, field);
        if !self.rows(list).contains_key(key) || self.dangles(list, field, &cell) {
            return Value::Missing;
        }
        cell
    }

    /// Tells whether a row that a cell refers to is gone.
    pub(crate) fn dangles(&self, list: &Name, field: &Name, cell: &Value) -> bool {
        let ty = field_type(self.schema, list, field);
        let Some(target) = ty.target() else { return false };
        references(cell).any(|key| !self.state.has_row(target, key))
    }

    /// Tells whether an authored value is looser than the rule's, or cannot be compared with it.
    pub(crate) fn looser(&self, ty: &Type, narrow: Narrow, authored: &Value, ruled: &Value) -> bool {
        if authored.is_missing() || ruled.is_missing() {
            return false;
        }
        let order = compare(self.schema, ty, authored, ruled);
        match narrow {
            Narrow::AtMost => order.is_none_or(std::cmp::Ordering::is_gt),
            Narrow::AtLeast => order.is_none_or(std::cmp::Ordering::is_lt),
            Narrow::Subset => elements(authored).iter().any(|element| !elements(ruled).contains(element)),
        }
    }

    /// The value at the end of a path that starts with this value of this type: past a list, the different values there
    /// are as a set, else what the last field holds.
    pub(crate) fn follow(&self, first: Value, ty: &Type, rest: &[Name]) -> Value {
        let Some((name, rest)) = rest.split_first() else { return first };
        let target = ty.target().expect("a path goes through references");
        let next_ty = field_type(self.schema, target, name);
        let next = |key: &Key| self.follow(self.value(target, key, name), &next_ty, rest);
        if ty.element().is_none() {
            return references(&first).next().map(next).unwrap_or_default();
        }
        let all = references(&first).map(next).flat_map(flat).collect();
        let end = follow_type(self.schema, next_ty.clone(), rest).expect("a path has a type");
        set_of(self.schema, end.element().unwrap_or(&end), all)
    }

    /// Reads a path from a row.
    pub(crate) fn path(&self, list: &Name, key: &Key, path: &[Name]) -> Value {
        let ty = field_type(self.schema, list, &path[0]);
        self.follow(self.value(list, key, &path[0]), &ty, &path[1..])
    }

    /// The rows of a list that refer to a row by a field.
    pub(crate) fn rows_of(&self, list: &Name, by: &Name, here: &Key) -> Vec<Key> {
        let refers = |key: &&Key| references(&self.value(list, key, by)).any(|target| target == here);
        self.rows(list).keys().filter(refers).cloned().collect()
    }

    /// The rule that made a row.
    pub(crate) fn rule_of(&self, list: &Name, row: &Row) -> &'a Rule {
        let rules = &self.schema.lists[list].rules;
        match row.made {
            Made::By { rule, .. } => &rules[rule],
            _ => &rules[0],
        }
    }

    fn remembered(&self, list: &Name, key: &Key, field: &Name, asked: Asked, make: impl FnOnce() -> Value) -> Value {
        let at = (list.clone(), key.clone(), field.clone(), asked);
        if let Some(value) = self.values.borrow().get(&at) {
            return value.clone();
        }
        let value = make();
        self.values.borrow_mut().insert(at, value.clone());
        value
    }

    fn rule_scope(&self, rule: &'a Rule, row: &Row) -> Scope<'a> {
        let mut scope = Scope::of_source(self.schema, &rule.from);
        match &row.made {
            Made::Authored => {}
            Made::By { source, element, .. } => {
                self.enter_source(&mut scope, &rule.from, source);
                scope.types.element = self.element_type(rule);
                scope.element = element.clone();
            }
            Made::Group { by, members } => {
                let Each::Group { by: exprs, .. } = &rule.each else { unreachable!("groups are made by group rules") };
                scope.group = Some(Group { exprs, values: by.clone(), members: members.clone() });
            }
        }
        scope
    }

    /// What a rule's condition is read at, for a source row that is there.
    pub(crate) fn scope_at(&self, rule: &'a Rule, source: &Key) -> Scope<'a> {
        let mut scope = Scope::of_source(self.schema, &rule.from);
        self.enter_source(&mut scope, &rule.from, source);
        scope
    }

    fn enter_source(&self, scope: &mut Scope<'a>, from: &Name, source: &Key) {
        scope.here = Some(self.rows(from)[source].root.clone());
        scope.source = Some(source.clone());
    }

    fn element_type(&self, rule: &'a Rule) -> ElementType<'a> {
        let elements = match &rule.each {
            Each::Element(field) => self.schema.lists[&rule.from].fields[field].ty.element(),
            _ => None,
        };
        rule_element(&rule.each, elements)
    }

    fn derive(&self, list: &Name) -> Rows {
        let declared = &self.schema.lists[list];
        if declared.is_base() {
            let rows = self.state.base.get(list).into_iter().flatten();
            let authored =
                |key: &Key| Row { root: (list.clone(), key.clone()), steps: Vec::new(), made: Made::Authored };
            return rows.map(|(key, _)| (key.clone(), authored(key))).collect();
        }
        if is_group(self.schema, list) {
            return self.groups(list);
        }
        let mut rows = Rows::new();
        for (at, rule) in declared.rules.iter().enumerate() {
            for (source, parent) in self.rows(&rule.from).iter() {
                let mut scope = self.scope_at(rule, source);
                if !holds(self, &rule.when, &scope) {
                    continue;
                }
                for (step, element) in self.steps(rule, source, &mut scope) {
                    let mut steps = parent.steps.clone();
                    steps.extend(step);
                    let key = keys::row_key(self.schema, list, &parent.root, &steps);
                    let made = Made::By { rule: at, source: source.clone(), element };
                    // The first declared rule makes the row.
                    if let Entry::Vacant(vacant) = rows.entry(key) {
                        vacant.insert(Row { root: parent.root.clone(), steps, made });
                    }
                }
            }
        }
        let place = |row: &Row| (self.schema.lists.get_index_of(&row.root.0), row.root.1.clone());
        rows.sort_by(|_, a, _, b| place(a).cmp(&place(b)));
        rows
    }

    /// The steps from a source row: the segments added to its key, and the element.
    pub(crate) fn steps(&self, rule: &'a Rule, source: &Key, scope: &mut Scope<'a>) -> Vec<(Option<String>, Element)> {
        match &rule.each {
            Each::Row => vec![(None, Element::None)],
            Each::Element(field) => {
                // An element that cannot be a segment (an empty text reached through a path) makes no row.
                let of = |value: &Value| Some((Some(step_text(value)?), Element::Value(value.clone())));
                elements(&self.value(&rule.from, source, field)).iter().filter_map(of).collect()
            }
            Each::Table(table) => {
                let by = self.value(&rule.from, source, &table.by);
                let ty = field_type(self.schema, &rule.from, &table.by);
                let key_ty = &table.columns[&table.key];
                let lines = table.lines.iter().enumerate().filter(|(_, line)| {
                    !by.is_missing() && coerce(self.schema, &ty, &line.of).is_some_and(|of| of == by)
                });
                let of = |(at, line): (usize, &quanze::schema::Line)| {
                    let key = coerce(self.schema, key_ty, line.set.get(&table.key)?)?;
                    Some((Some(step_text(&key)?), Element::Line(at)))
                };
                lines.filter_map(of).collect()
            }
            Each::Match { list, on, when } => {
                let rows = self.rows(list);
                let mut matched: Vec<&Key> = rows
                    .keys()
                    .filter(|key| on.iter().all(|(field, probe)| self.probed(list, key, field, probe, scope)))
                    .collect();
                matched.sort();
                scope.types.element = ElementType::Row(list);
                let mut found = Vec::new();
                for key in matched {
                    scope.element = Element::Row(key.clone());
                    if holds(self, when, scope) {
                        found.push((Some(key.as_str().to_owned()), Element::Row(key.clone())));
                    }
                }
                found
            }
            Each::Group { .. } => unreachable!("groups are made elsewhere"),
            _ => unreachable!("a kind of rule that the oracle does not know"),
        }
    }

    pub(crate) fn probed(&self, list: &Name, key: &Key, field: &Name, probe: &Probe, scope: &Scope<'a>) -> bool {
        let ty = field_type(self.schema, list, field);
        let value = self.value(list, key, field);
        let is = |expr: &Expr| {
            let probe = eval(self, expr, scope, Some(&ty));
            compare(self.schema, &ty, &probe, &value).is_some_and(std::cmp::Ordering::is_eq)
        };
        match probe {
            Probe::Is(expr) => is(expr),
            Probe::AnyOf(exprs) => exprs.iter().any(is),
        }
    }

    fn groups(&self, list: &Name) -> Rows {
        let rule = &self.schema.lists[list].rules[0];
        let Each::Group { by: exprs, over } = &rule.each else { unreachable!("a list of groups has a group rule") };
        let mut groups: BTreeMap<Key, (Vec<Value>, Vec<Key>)> = BTreeMap::new();
        if let Some(over) = over {
            for key in self.rows(over).keys() {
                groups.insert(key.clone(), (vec![Value::Reference(key.clone())], Vec::new()));
            }
        }
        for source in self.rows(&rule.from).keys() {
            let scope = self.scope_at(rule, source);
            if !holds(self, &rule.when, &scope) {
                continue;
            }
            let by: Vec<Value> = exprs.iter().map(|expr| eval(self, expr, &scope, None)).collect();
            let Some(segments) = by.iter().map(step_text).collect::<Option<Vec<_>>>() else { continue };
            let key = segments.join("/").parse().expect("segments that were checked join to a key");
            groups.entry(key).or_insert_with(|| (by, Vec::new())).1.push(source.clone());
        }
        let row = |(key, (by, members)): (Key, _)| {
            let root = (list.clone(), key.clone());
            (key, Row { root, steps: Vec::new(), made: Made::Group { by, members } })
        };
        groups.into_iter().map(row).collect()
    }

    fn narrowed(&self, ty: &Type, narrow: Narrow, authored: Value, ruled: Value) -> Value {
        if authored.is_missing() {
            return ruled;
        }
        if ruled.is_missing() {
            return authored;
        }
        if narrow == Narrow::Subset {
            let kept: Vec<Value> =
                elements(&authored).iter().filter(|e| elements(&ruled).contains(e)).cloned().collect();
            return if kept.is_empty() { Value::Missing } else { Value::List(kept) };
        }
        if self.looser(ty, narrow, &authored, &ruled) { ruled } else { authored }
    }

    fn united(&self, ty: &Type, authored: &Value, ruled: Value) -> Value {
        let mut all = flat(ruled);
        all.extend(elements(authored).iter().filter(|element| !all.contains(element)).cloned().collect::<Vec<_>>());
        self.as_type(ty, Value::List(all))
    }

    /// Gives a computed value the form of a field's type: whole numbers become amounts, sets are sorted, nothing is empty.
    fn as_type(&self, ty: &Type, value: Value) -> Value {
        match (ty, value) {
            (Type::Decimal, Value::Integer(whole)) => Value::Decimal(Decimal::from(whole)),
            (Type::Set(element), Value::List(elements)) => set_of(self.schema, element, elements),
            (_, Value::List(elements)) if elements.is_empty() => Value::Missing,
            (_, value) => value,
        }
    }
}

/// The keys that a value refers to.
pub(crate) fn references(value: &Value) -> impl Iterator<Item = &Key> {
    let all = match value {
        Value::List(elements) => elements.as_slice(),
        single => std::slice::from_ref(single),
    };
    all.iter().filter_map(|value| match value {
        Value::Reference(key) => Some(key),
        _ => None,
    })
}

/// The elements of a list, the value itself otherwise, nothing of a missing value.
pub(crate) fn flat(value: Value) -> Vec<Value> {
    match value {
        Value::Missing => Vec::new(),
        Value::List(elements) => elements,
        single => vec![single],
    }
}
