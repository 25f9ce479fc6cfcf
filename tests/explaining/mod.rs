//! What an explanation must keep: its chain recomputes each value, and what a row feeds is its inverse.
#![allow(dead_code, reason = "each test binary uses its own part")]

pub(crate) mod small;

use std::collections::{BTreeMap, BTreeSet};

use quanze::{
    Key, ListSystem, Name, Snapshot, Value,
    explain::{Contribution, Explanation, How, Made, Node, Place, Step},
    schema::{Each, Fold, Narrow, OnRemove, SchemaBuilder, Type, Write},
};

/// Every field of every row, as list, key and field, in order.
pub(crate) fn places(snapshot: &Snapshot) -> Vec<(Name, Key, Name)> {
    let mut all = Vec::new();
    for view in snapshot.lists() {
        let fields: Vec<&Name> = snapshot.schema().spec().lists[view.name()].fields.keys().collect();
        for row in view.rows() {
            all.extend(fields.iter().map(|field| (view.name().clone(), row.key(), (*field).clone())));
        }
    }
    all
}

/// Checks the chain of every field of every row, explained with links and without.
pub(crate) fn check_chains(system: &ListSystem) -> Result<(), String> {
    let snapshot = system.snapshot();
    for (list, key, field) in places(&snapshot) {
        let (list, field) = (list.as_str(), field.as_str());
        let why = snapshot.explain(list, &key, field).map_err(|error| error.to_string())?;
        check_chain(&snapshot, &why).map_err(|error| format!("{error}\nin\n{why}"))?;
        let linked = system.explain(list, &key, field).map_err(|error| error.to_string())?;
        if linked.to_string() != why.to_string() {
            return Err(format!("with links, {list} {key} {field} is explained as\n{linked}\nand without as\n{why}"));
        }
    }
    Ok(())
}

/// Checks that each node of a chain has the value that its row has, and follows from the nodes below it.
pub(crate) fn check_chain(snapshot: &Snapshot, why: &Explanation) -> Result<(), String> {
    check_nodes(snapshot, [why.node()])?;
    why.membership().iter().try_for_each(|made| check_nodes(snapshot, nodes_of(made)))
}

/// Checks that nodes have the values that their rows have, and follow from the nodes below them.
pub(crate) fn check_nodes<'n>(snapshot: &Snapshot, nodes: impl IntoIterator<Item = &'n Node>) -> Result<(), String> {
    let chain = Chain { snapshot, spec: snapshot.schema().spec() };
    nodes.into_iter().try_for_each(|node| chain.node(node, Part::Whole))
}

/// What of a field a node stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Whole,
    Rule,
}

struct Chain<'a> {
    snapshot: &'a Snapshot,
    spec: &'a SchemaBuilder,
}

impl Chain<'_> {
    fn node(&self, node: &Node, part: Part) -> Result<(), String> {
        let is_read = matches!(&node.read, Some(read) if read.starts_with("authored."));
        if let (Some(place), Part::Whole) = (&node.place, part) {
            let row = self.snapshot.list(place.list.as_str()).ok().and_then(|list| list.row(&place.key));
            let row = row.ok_or(format!("{place} is a row that there is not"))?;
            let has = match place.field.as_str() {
                "key" => node.value.clone(),
                field if is_read => row.authored(field).map_err(|error| error.to_string())?,
                field => row.get(field).map_err(|error| error.to_string())?,
            };
            same(&format!("{place}, as the row has it"), &has, &node.value)?;
        }
        if let Some(value) = self.recomputed(node, is_read)? {
            let what = node.place.as_ref().map_or_else(|| format!("{:?}", node.read), ToString::to_string);
            same(&format!("{what}, recomputed"), &value, &node.value)?;
        }
        for input in node.inputs() {
            let part = if matches!(node.how, How::Authored { .. }) { Part::Rule } else { Part::Whole };
            self.node(input, part)?;
        }
        Ok(())
    }

    /// Computes a node's value from those below it, where they say all.
    fn recomputed(&self, node: &Node, is_read: bool) -> Result<Option<Value>, String> {
        Ok(match &node.how {
            How::Inherited { from, .. } => Some(from.value.clone()),
            How::Unset => Some(Value::Missing),
            How::Element { of } => {
                let elements = of.value.as_list().ok_or("an element of no list")?;
                Some(if elements.contains(&node.value) { node.value.clone() } else { Value::Missing })
            }
            How::Authored { authored, .. } if is_read => Some(authored.clone()),
            How::Authored { write, authored, rule, .. } => {
                let given = rule.as_ref().map_or(Value::Missing, |rule| rule.value.clone());
                let ty = node.place.as_ref().map(|place| self.ty(place));
                Some(self.written(*write, authored, &given, ty.as_ref()))
            }
            How::Path { hops, more: 0 } => Self::end_of(node, hops),
            How::Aggregate { fold, rows, more, .. } => folded(*fold, rows, *more),
            _ => None,
        })
    }

    fn ty(&self, place: &Place) -> Type {
        self.spec.lists[&place.list].fields[&place.field].ty.clone()
    }

    /// The value that a policy makes of what is authored and what the rule gives.
    fn written(&self, write: Write, authored: &Value, given: &Value, ty: Option<&Type>) -> Value {
        let list = |value: &Value| value.as_list().unwrap_or_default().to_vec();
        let of = |elements: Vec<Value>| if elements.is_empty() { Value::Missing } else { Value::List(elements) };
        match write {
            Write::Narrow(Narrow::Subset) if !given.is_missing() => {
                of(list(authored).into_iter().filter(|one| list(given).contains(one)).collect())
            }
            Write::Narrow(narrow) if !given.is_missing() => {
                let least = narrow == Narrow::AtLeast;
                match (self.rank(authored, ty), self.rank(given, ty)) {
                    (Some(a), Some(b)) if a.0 == b.0 && (if least { a.1 > b.1 } else { a.1 < b.1 }) => authored.clone(),
                    _ => given.clone(),
                }
            }
            Write::Union => {
                let mut all = list(given);
                let more: Vec<Value> = list(authored).into_iter().filter(|one| !all.contains(one)).collect();
                all.extend(more);
                of(all)
            }
            _ => authored.clone(),
        }
    }

    /// What tells which of two values is the smaller: alike units, and an amount.
    fn rank(&self, value: &Value, ty: Option<&Type>) -> Option<(String, Value)> {
        match (value, ty) {
            (Value::Duration(duration), _) => Some((duration.unit().to_string(), Value::Integer(duration.amount()))),
            (Value::Choice(code), Some(Type::Choice(vocabulary))) => {
                let at = self.spec.vocabularies[vocabulary].choices.get_index_of(code)?;
                Some((String::new(), Value::Integer(i64::try_from(at).ok()?)))
            }
            (Value::Missing, _) => None,
            (other, _) => Some((String::new(), other.clone())),
        }
    }

    /// What a path ends in: the one cell, or all different values of the last cells.
    fn end_of(node: &Node, hops: &[Node]) -> Option<Value> {
        let (last, read) = (hops.last()?, node.read.as_ref()?);
        let field = read.rsplit('.').next()?;
        let names = read.split('.').filter(|name| *name != "key").count();
        let place = last.place.as_ref()?;
        (hops.len() + 1 == names
            && place.field == *field
            && last.value.as_list().is_none()
            && node.value.as_list().is_none())
        .then(|| last.value.clone())
    }
}

fn folded(fold: Fold, rows: &[Contribution], more: usize) -> Option<Value> {
    let count = i64::try_from(rows.len() + more).ok()?;
    let values = || rows.iter().filter_map(|row| row.value.as_ref()).map(|node| &node.value);
    let holds = |value: &Value| value.as_boolean() == Some(true);
    match fold {
        Fold::Count => Some(Value::Integer(count)),
        _ if more > 0 => None,
        Fold::Any => Some(Value::Boolean(values().any(holds))),
        Fold::All => Some(Value::Boolean(values().all(holds))),
        Fold::Sum if values().all(|value| value.as_integer().is_some()) && count > 0 => {
            values().try_fold(0_i64, |sum, value| sum.checked_add(value.as_integer()?)).map(Value::Integer)
        }
        Fold::Collect => {
            let all: BTreeSet<&Value> =
                values().flat_map(|value| value.as_list().unwrap_or(std::slice::from_ref(value))).collect();
            let all: Vec<Value> = all.into_iter().filter(|value| !value.is_missing()).cloned().collect();
            Some(if all.is_empty() { Value::Missing } else { Value::List(all) })
        }
        _ => None,
    }
}

/// Values are the same whether sorted or not, widened or not.
fn same(what: &str, expected: &Value, got: &Value) -> Result<(), String> {
    let plain = |value: &Value| match value {
        Value::List(elements) => {
            let mut texts: Vec<String> = elements.iter().map(ToString::to_string).collect();
            texts.sort();
            texts.join("\n")
        }
        other => other.to_string(),
    };
    if plain(expected) == plain(got) {
        return Ok(());
    }
    Err(format!("{what}\n  expected: {expected:?}\n  got:      {got:?}"))
}

/// The nodes that tell why a row was made.
fn nodes_of(made: &Made) -> Vec<&Node> {
    let mut nodes: Vec<&Node> = made.when.iter().flat_map(|when| &when.inputs).collect();
    match &made.step {
        Step::Element { of: node, .. } | Step::Line { by: node, .. } => nodes.push(node),
        Step::Matched { on, when, .. } => {
            nodes.extend(on.iter().flat_map(|probed| probed.inputs.iter().chain([&probed.field])));
            nodes.extend(when.iter().flat_map(|when| &when.inputs));
        }
        Step::Group { members, .. } => nodes.extend(members.iter().flat_map(|member| &member.because)),
        _ => {}
    }
    nodes
}

/// What rests on a row: whether its existence does, and which fields.
pub(crate) type Resting = BTreeMap<(Name, Key), (bool, Vec<Name>)>;

/// What the library says that a row feeds.
pub(crate) fn fed(system: &ListSystem, list: &str, key: &Key) -> Result<Resting, String> {
    let feeds = system.feeds(list, key).map_err(|error| error.to_string())?;
    let row = |row: &quanze::explain::Fed| ((row.list.clone(), row.key.clone()), (row.existence, row.fields.clone()));
    Ok(feeds.rows().iter().map(row).collect())
}

/// What a row feeds, by explaining every field of every row and looking for it.
pub(crate) fn resting(system: &ListSystem, list: &str, key: &Key) -> Result<Resting, String> {
    let snapshot = system.snapshot();
    let start = (Name::from(list), key.clone());
    let mut search = Search { snapshot: &snapshot, owned: BTreeSet::new(), start, rows: BTreeMap::new() };
    search.own();
    let mut found = Resting::new();
    for view in snapshot.lists() {
        for row in view.rows() {
            let place = (view.name().clone(), row.key());
            if place == search.start {
                continue;
            }
            let existence = search.row(&place.0, &place.1)?;
            let mut fields = Vec::new();
            for field in snapshot.schema().spec().lists[view.name()].fields.keys() {
                let why = snapshot.explain(place.0.as_str(), &place.1, field.as_str()).map_err(|e| e.to_string())?;
                if search.node(why.node(), None, &place.1)? {
                    fields.push(field.clone());
                }
            }
            if existence || !fields.is_empty() {
                found.insert(place, (existence, fields));
            }
        }
    }
    Ok(found)
}

/// The key of the base row that a row stems from: behind the name of its list, where there are several.
fn root_of(spec: &SchemaBuilder, list: &Name, key: &Key) -> Key {
    let mut roots = BTreeSet::new();
    let mut open = vec![list];
    while let Some(list) = open.pop() {
        let of = &spec.lists[list];
        if of.is_base() || of.rules.iter().any(|rule| matches!(rule.each, Each::Group { .. })) {
            roots.insert(list);
        } else {
            open.extend(of.rules.iter().map(|rule| &rule.from));
        }
    }
    let text = key.as_str().split('/').nth(usize::from(roots.len() > 1)).unwrap_or_default();
    text.parse().expect("a key")
}

struct Search<'a> {
    snapshot: &'a Snapshot,
    /// The row asked about and the rows that it owns.
    owned: BTreeSet<(Name, Key)>,
    start: (Name, Key),
    rows: BTreeMap<(Name, Key), bool>,
}

impl Search<'_> {
    fn own(&mut self) {
        let spec = self.snapshot.schema().spec();
        if !spec.lists[&self.start.0].is_base() {
            return;
        }
        let mut open = vec![self.start.clone()];
        while let Some((list, key)) = open.pop() {
            if !self.owned.insert((list.clone(), key.clone())) {
                continue;
            }
            for (name, of) in spec.lists.iter().filter(|(_, of)| of.is_base()) {
                let owners = of.fields.iter().filter(|(_, field)| field.on_remove == OnRemove::Cascade);
                for (field, _) in owners.filter(|(_, field)| field.ty.target() == Some(&list)) {
                    let rows = self.snapshot.list(name.as_str()).expect("a list").rows();
                    let refers = rows.filter(|row| row.get(field.as_str()) == Ok(Value::Reference(key.clone())));
                    open.extend(refers.map(|row| (name.clone(), row.key())));
                }
            }
        }
    }

    fn refers(&self, place: Option<&Place>, value: &Value) -> bool {
        let spec = self.snapshot.schema().spec();
        let field = place.and_then(|place| spec.lists[&place.list].fields.get(&place.field));
        let Some(list) = field.and_then(|field| field.ty.target()) else { return false };
        let is = |value: &Value| match value {
            Value::Reference(key) => self.owned.contains(&(list.clone(), key.clone())),
            _ => false,
        };
        value.as_list().unwrap_or(std::slice::from_ref(value)).iter().any(is)
    }

    fn any<'n>(&mut self, nodes: impl IntoIterator<Item = &'n Node>, here: &Key) -> Result<bool, String> {
        for node in nodes {
            if self.node(node, None, here)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn node(&mut self, node: &Node, element: Option<&Value>, here: &Key) -> Result<bool, String> {
        let row = node.place.as_ref().map(|place| (place.list.clone(), place.key.clone()));
        // Aggregates over the rows that refer here are only in families of base rows.
        let root = node.place.as_ref().map(|place| root_of(self.snapshot.schema().spec(), &place.list, &place.key));
        let here = root.as_ref().unwrap_or(here);
        let is_read = matches!(&node.read, Some(read) if read.starts_with("authored."));
        if !is_read && row.as_ref() == Some(&self.start) {
            return Ok(true);
        }
        Ok(match &node.how {
            How::Base => {
                row.is_some_and(|row| self.owned.contains(&row))
                    || self.refers(node.place.as_ref(), element.unwrap_or(&node.value))
            }
            How::Key => {
                let (list, key) = row.ok_or("a row without a place")?;
                self.row(&list, &key)?
            }
            How::Inherited { from, .. } => self.node(from, element, here)?,
            How::Unset => false,
            How::Authored { write, authored, rule, .. } => {
                let by_rule = match (write, rule) {
                    (Write::Suggest, _) | (_, None) => false,
                    (_, Some(rule)) => {
                        let mut rule = (**rule).clone();
                        rule.place = None;
                        self.node(&rule, element, here)?
                    }
                };
                by_rule || self.refers(node.place.as_ref(), element.unwrap_or(authored))
            }
            How::Element { of } => self.node(of, Some(&node.value), here)?,
            How::Line { by, .. } => self.node(by, None, here)?,
            How::Computed { inputs, .. } => self.any(inputs, here)?,
            How::Path { hops, .. } => self.any(hops, here)?,
            // Who the members are decides what they share; the group's own row says who they are.
            How::Shared { members, .. } => {
                for member in members {
                    if self.row(&member.list, &member.key)? || self.because(member)? {
                        return Ok(true);
                    }
                }
                false
            }
            How::Aggregate { by, rows, .. } => {
                for counted in rows {
                    let there = &root_of(self.snapshot.schema().spec(), &counted.list, &counted.key);
                    if self.row(&counted.list, &counted.key)? || self.any(&counted.value, there)? {
                        return Ok(true);
                    }
                    let (refers, because) = match by {
                        Some(_) => counted.because.split_first().map(|(first, rest)| (Some(first), rest)),
                        None => Some((None, counted.because.as_slice())),
                    }
                    .ok_or("nothing refers")?;
                    // Of several rows that it refers to, the one that draws is what counts here.
                    let one = Value::Reference(here.clone());
                    let drawn = refers.map_or(Ok(false), |refers| self.node(refers, Some(&one), here))?;
                    if drawn || self.any(because, there)? {
                        return Ok(true);
                    }
                }
                false
            }
            How::Elsewhere => {
                let place = node.place.as_ref().ok_or("explained nowhere")?;
                let why = self
                    .snapshot
                    .explain(place.list.as_str(), &place.key, place.field.as_str())
                    .map_err(|error| error.to_string())?;
                if matches!(why.node().how, How::Elsewhere) {
                    return Err(format!("{place} is explained nowhere"));
                }
                self.node(why.node(), element, here)?
            }
            other => return Err(format!("not known here: {other:?}")),
        })
    }

    /// Whether what makes a row a member of its group comes upon it.
    fn because(&mut self, member: &Contribution) -> Result<bool, String> {
        let there = root_of(self.snapshot.schema().spec(), &member.list, &member.key);
        self.any(&member.because, &there)
    }

    fn row(&mut self, list: &Name, key: &Key) -> Result<bool, String> {
        let place = (list.clone(), key.clone());
        if place == self.start || self.owned.contains(&place) {
            return Ok(true);
        }
        if let Some(known) = self.rows.get(&place) {
            return Ok(*known);
        }
        let why = self.snapshot.explain(list.as_str(), key, "key").map_err(|error| error.to_string())?;
        let mut found = false;
        for made in why.membership() {
            let here = &root_of(self.snapshot.schema().spec(), &made.list, &made.key);
            let from = made.from.iter().any(|from| *from == self.start || self.owned.contains(from));
            let step = match &made.step {
                Step::Element { value, of } => self.node(of, Some(value), here)?,
                Step::Matched { list, key, .. } => self.row(list, key)?,
                Step::Group { members, over, .. } => {
                    let mut joined = over.as_ref().is_some_and(|over| self.owned.contains(over));
                    for member in members {
                        joined = joined || self.row(&member.list, &member.key)? || self.because(member)?;
                    }
                    joined
                }
                _ => false,
            };
            let nodes = nodes_of(made);
            let told = matches!(made.step, Step::Element { .. } | Step::Group { .. });
            let nodes = nodes.into_iter().filter(|_| !told);
            let when = made.when.iter().flat_map(|when| &when.inputs);
            found = found || from || step || self.any(nodes, here)? || self.any(when, here)?;
        }
        self.rows.insert(place, found);
        Ok(found)
    }
}
