//! What is said of rows that are not there, on random systems: every reason is true, as the oracle sees it.

mod explaining;
mod oracle;
mod support;

use std::collections::BTreeSet;

use explaining::check_nodes;
use oracle::{
    World,
    eval::{eval, holds},
    keys::{Segment, is_group, roots, shapes, step_text},
    world::Made,
};
use proptest::{prelude::*, test_runner::RngSeed};
use quanze::{
    ChangeKind, Key, Name, SchemaBuilder, Snapshot,
    explain::{Absent, Failed, Lack, Missed, Node, Why},
    schema::{Each, Expr, Rule},
};
use support::{
    live::{Run, with_system},
    recipe::Sizes,
    recipes, schema_of,
    shrink::hold,
};

fn config(cases: u32) -> ProptestConfig {
    let given = std::env::var("PROPTEST_CASES").is_ok();
    let default = ProptestConfig::default();
    ProptestConfig {
        cases: if given { default.cases } else { cases },
        failure_persistence: None,
        max_shrink_iters: 0,
        rng_seed: if matches!(default.rng_seed, RngSeed::Random) {
            RngSeed::Fixed(20_250_702)
        } else {
            default.rng_seed
        },
        ..default
    }
}

/// Holds what is said against a world derived from scratch.
struct Judge<'w> {
    world: &'w World<'w>,
    snapshot: &'w Snapshot,
}

impl<'w> Judge<'w> {
    fn spec(&self) -> &'w SchemaBuilder {
        self.world.schema
    }

    fn has(&self, list: &Name, key: &str) -> bool {
        key.parse::<Key>().is_ok_and(|key| self.world.rows(list).contains_key(&key))
    }

    /// Asks why a row is not there, and checks the answer.
    fn ask(&self, list: &Name, key: &str) -> Result<(), String> {
        let why_not = self.snapshot.why_not(list.as_str(), key).map_err(|error| error.to_string())?;
        let there = self.has(list, key);
        let row = why_not.row();
        if (&row.list, row.key.as_str(), why_not.is_there()) != (list, key, there) {
            return Err(format!("{list} {key} is {}there, but\n{why_not}", if there { "" } else { "not " }));
        }
        self.absent(row).map_err(|error| format!("{error}\nin\n{why_not}"))
    }

    fn absent(&self, absent: &Absent) -> Result<(), String> {
        let Absent { list, key, why, .. } = absent;
        let wrong = |what: &str| Err(format!("{list} {key}: {what}"));
        if !matches!(why, Why::There { .. }) && self.has(list, key) {
            return wrong("it is there");
        }
        let declared = &self.spec().lists[list];
        match why {
            Why::There { rule, also } => self.there(list, key, rule.as_ref(), also),
            Why::NotInserted if declared.is_base() => Ok(()),
            Why::NoSuchKey { .. } => match key.parse::<Key>() {
                Ok(key) if fits(self.spec(), self.spec(), list, &key) => wrong("there are such keys"),
                _ => Ok(()),
            },
            Why::NotMade { rules } if !declared.is_base() && !is_group(self.spec(), list) => {
                let key: Key = key.parse().map_err(|error: quanze::KeyError| error.to_string())?;
                let left = |rule| alone(self.spec(), list, rule);
                let giving = declared.rules.iter().filter(|rule| fits(self.spec(), &left(rule), list, &key));
                let giving: Vec<&Name> = giving.map(|rule| &rule.id).collect();
                if giving != rules.iter().map(|missed| &missed.rule).collect::<Vec<_>>() || giving.is_empty() {
                    return wrong(&format!("{giving:?} give such keys"));
                }
                rules.iter().try_for_each(|missed| self.missed(list, &key, missed))
            }
            Why::NoMembers { .. } if is_group(self.spec(), list) => self.no_members(absent),
            Why::Elsewhere => Ok(()),
            _ => wrong("a row of such a list is not told so"),
        }
    }

    fn there(&self, list: &Name, key: &str, rule: Option<&Name>, also: &[Name]) -> Result<(), String> {
        let rows = self.world.rows(list);
        let row = rows.get(key).ok_or_else(|| format!("{list} {key} is not there"))?;
        let rules = &self.spec().lists[list].rules;
        let (made, later) = match row.made {
            Made::Authored => (None, rules.len()),
            Made::Group { .. } => (Some(0), rules.len()),
            Made::By { rule, .. } => (Some(rule), rule + 1),
        };
        if rule != made.map(|made| &rules[made].id) {
            return Err(format!("{list} {key} is not made by {rule:?}"));
        }
        let would = |rule: &&Rule| {
            let spec = alone(self.spec(), list, rule);
            let world = World::new(&spec, self.world.state);
            world.rows(list).values().any(|other| (&other.root, &other.steps) == (&row.root, &row.steps))
        };
        let expected: Vec<&Name> = rules[later..].iter().filter(would).map(|rule| &rule.id).collect();
        if expected == also.iter().collect::<Vec<_>>() {
            return Ok(());
        }
        Err(format!("{list} {key} would be made by {expected:?} as well, and {also:?} is said"))
    }

    fn missed(&self, list: &Name, key: &Key, missed: &Missed) -> Result<(), String> {
        let rule = self.rule(list, &missed.rule)?;
        let (from, source) = &missed.from;
        let wrong = |what: &str| Err(format!("{list} {key}, rule {}, from {source}: {what}", rule.id));
        if *from != rule.from {
            return wrong("it reads another list");
        }
        if let Lack::Source(absent) = &missed.lacks {
            if (&absent.list, &absent.key) != (from, source) {
                return wrong("another row is missing");
            }
            return self.absent(absent);
        }
        let source: Key = source.parse().map_err(|error: quanze::KeyError| error.to_string())?;
        if !self.has(from, source.as_str()) {
            return wrong("the source is not there");
        }
        let mut scope = self.world.scope_at(rule, &source);
        if let Lack::Condition(failed) = &missed.lacks {
            return self.failed(failed, &rule.when, |expr| holds(self.world, expr, &scope));
        }
        if !holds(self.world, &rule.when, &scope) {
            return wrong("the condition does not hold, and something else is said");
        }
        // Whatever is said: no step from the source leads to the row.
        let segment = key.as_str().rsplit('/').next().unwrap_or_default();
        let steps = self.world.steps(rule, &source, &mut self.world.scope_at(rule, &source));
        let leads =
            |step: &Option<String>| step.as_deref().is_some_and(|step| key.as_str().ends_with(&format!("/{step}")));
        if steps.iter().any(|(step, _)| leads(step)) {
            return wrong("there is such a step");
        }
        match (&missed.lacks, &rule.each) {
            (Lack::Element { element, of }, Each::Element(field)) => {
                if element != segment || of.value != self.world.value(from, &source, field) {
                    return wrong("the elements are others");
                }
                check_nodes(self.snapshot, [of])
            }
            (Lack::Line { line: (column, line), by, lines }, Each::Table(table)) => {
                let named: Vec<String> = lines.iter().filter_map(step_text).collect();
                let expected: Vec<String> = steps.into_iter().filter_map(|(step, _)| step).collect();
                let value = self.world.value(from, &source, &table.by);
                if *column != table.key || line != segment || named != expected || by.value != value {
                    return wrong(&format!("the lines are {expected:?}"));
                }
                check_nodes(self.snapshot, [by])
            }
            (Lack::Matched(absent), Each::Match { list, .. }) => {
                if absent.list != *list || !key.as_str().ends_with(&absent.key) {
                    return wrong("another row would be matched");
                }
                self.absent(absent)
            }
            (Lack::Probes { list, key, differ }, Each::Match { list: matched, on, .. }) => {
                if list != matched || !self.has(list, key.as_str()) {
                    return wrong("there is no such row to be matched");
                }
                let expected = on.iter().filter(|(field, probe)| !self.world.probed(list, key, field, probe, &scope));
                let expected: Vec<&Name> =
                    expected.flat_map(|(field, probe)| probe.values().iter().map(move |_| field)).collect();
                let places = differ.iter().map(|probed| probed.field.place.as_ref());
                let said: Vec<&Name> = places.flatten().map(|place| &place.field).collect();
                if said != expected || said.is_empty() {
                    return wrong(&format!("{expected:?} differ, and {said:?} are said"));
                }
                check_nodes(self.snapshot, differ.iter().flat_map(|probed| probed.inputs.iter().chain([&probed.field])))
            }
            (Lack::MatchedCondition { list, key, failed }, Each::Match { list: matched, on, when }) => {
                let probed = on.iter().all(|(field, probe)| self.world.probed(list, key, field, probe, &scope));
                if list != matched || !self.has(list, key.as_str()) || !probed {
                    return wrong("there is no such row to be matched");
                }
                scope.types.element = oracle::types::ElementType::Row(matched);
                scope.element = oracle::eval::Element::Row(key.clone());
                self.failed(failed, when, |expr| holds(self.world, expr, &scope))
            }
            _ => wrong("a rule of this kind does not lack that"),
        }
    }

    /// The parts that are told are those that do not hold, each of them.
    fn failed(&self, failed: &Failed, when: &'w Expr, holds: impl Fn(&'w Expr) -> bool) -> Result<(), String> {
        let mut parts = Vec::new();
        conjuncts(when, &mut parts);
        let expected: Vec<&Expr> = parts.into_iter().filter(|expr| !holds(expr)).collect();
        if expected.len() != failed.parts.len() || expected.is_empty() {
            return Err(format!("of {when}, {expected:?} do not hold, and {:?} are said", failed.parts));
        }
        // A literal is written as what it is read as; else the two say the same.
        let shape = |text: &str| text.split('"').step_by(2).collect::<String>();
        for (expr, part) in expected.iter().zip(&failed.parts) {
            if shape(&expr.to_string()) != shape(&part.expression) {
                return Err(format!("{expr} does not hold, and {} is said", part.expression));
            }
        }
        let inputs: Vec<&Node> = failed.parts.iter().flat_map(|part| &part.inputs).collect();
        check_nodes(self.snapshot, inputs)
    }

    fn no_members(&self, absent: &Absent) -> Result<(), String> {
        let Why::NoMembers { rule, from, by, near, more, over, .. } = &absent.why else { return Ok(()) };
        let wrong = |what: &str| Err(format!("{} {}: {what}", absent.list, absent.key));
        let declared = self.rule(&absent.list, rule)?;
        let Each::Group { by: exprs, over: keeper } = &declared.each else { return wrong("it is no rule of groups") };
        let values: Vec<String> =
            by.iter().map(|(_, text)| step_text(&text.as_str().into()).unwrap_or_default()).collect();
        if *from != declared.from || values.join("/") != absent.key || by.len() != exprs.len() {
            return wrong("it is grouped otherwise");
        }
        let mut expected = Vec::new();
        for source in self.world.rows(from).keys() {
            let scope = self.world.scope_at(declared, source);
            let shared: Option<Vec<String>> =
                exprs.iter().map(|expr| step_text(&eval(self.world, expr, &scope, None))).collect();
            if shared.is_some_and(|shared| shared.join("/") == absent.key) {
                expected.push(source.clone());
            }
        }
        expected.sort();
        let said: Vec<&Key> = near.iter().map(|row| &row.key).collect();
        if said.len() + more != expected.len() || !said.iter().zip(&expected).all(|(a, b)| *a == b) {
            return wrong(&format!("{expected:?} share that"));
        }
        for row in near {
            let scope = self.world.scope_at(declared, &row.key);
            self.failed(&row.failed, &declared.when, |expr| holds(self.world, expr, &scope))?;
        }
        match (over, keeper) {
            (None, None) => Ok(()),
            (Some(row), Some(list)) if row.list == *list && row.key == absent.key => self.absent(row),
            _ => wrong("it is kept otherwise"),
        }
    }

    fn rule(&self, list: &Name, rule: &Name) -> Result<&'w Rule, String> {
        let rules = &self.spec().lists[list].rules;
        rules.iter().find(|declared| declared.id == *rule).ok_or_else(|| format!("{list} has no rule {rule}"))
    }
}

fn conjuncts<'e>(expr: &'e Expr, parts: &mut Vec<&'e Expr>) {
    match expr {
        Expr::And(all) => all.iter().for_each(|expr| conjuncts(expr, parts)),
        one => parts.push(one),
    }
}

/// The schema in which a list has one of its rules alone.
fn alone(spec: &SchemaBuilder, list: &Name, rule: &Rule) -> SchemaBuilder {
    let mut spec = spec.clone();
    spec.lists[list].rules.retain(|other| other.id == rule.id);
    spec
}

/// Tells whether the rules that a list has left give such keys.
fn fits(spec: &SchemaBuilder, left: &SchemaBuilder, list: &Name, key: &Key) -> bool {
    let mut segments: Vec<&str> = key.as_str().split('/').collect();
    // The name of the root list stands in front where the list has several.
    let tag = (roots(spec, list).len() > 1).then(|| segments.remove(0));
    let only = roots(left, list).into_iter().next();
    shapes(left, list).into_iter().any(|mut shape| {
        let root = match &shape[0] {
            Segment::List(root) => Some(root.clone()),
            _ => None,
        };
        if root.is_some() {
            shape.remove(0);
        }
        let root = root.or(only.clone());
        shape.len() == segments.len() && tag.is_none_or(|tag| root.is_some_and(|root| root == *tag))
    })
}

/// Asks for all rows, those that have gone, and keys that are made up of pieces of these.
fn question(run: &mut Run, recipe: &support::Recipe, seed: u64) -> Result<(), String> {
    let mut random = seed;
    let mut roll = move |sides: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(random >> 33).unwrap_or_default() % sides.max(1)
    };
    let mut pieces: Vec<String> = vec!["x".to_owned()];
    let mut known: BTreeSet<(Name, Key)> = BTreeSet::new();
    for at in 0..recipe.batches.len() {
        let batch = run.next(recipe, at);
        let Some(commit) = run.go(&batch)? else { continue };
        // Where the lists are not what deriving from scratch gives, other laws tell.
        if run.compare().is_err() {
            return Ok(());
        }
        let snapshot = run.system.snapshot();
        let world = World::new(&run.spec, &run.state);
        let judge = Judge { world: &world, snapshot: &snapshot };
        for change in commit.iter() {
            let new = known.insert((change.list().clone(), change.key().clone()));
            if new {
                pieces.extend(change.key().as_str().split('/').map(str::to_owned));
            }
            if change.kind() == ChangeKind::Removed {
                judge.ask(change.list(), change.key().as_str())?;
            }
        }
        if at + 1 < recipe.batches.len() && roll(4) > 0 {
            continue;
        }
        for (list, key) in &known {
            judge.ask(list, key.as_str())?;
            let mut segments: Vec<&str> = key.as_str().split('/').collect();
            let place = roll(segments.len());
            segments[place] = &pieces[roll(pieces.len())];
            judge.ask(list, &segments.join("/"))?;
            if roll(4) == 0 {
                segments.push(&pieces[roll(pieces.len())]);
                judge.ask(list, &segments.join("/"))?;
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(96))]

    /// Of a row that is there it is said so; of one that is not, every reason is true, and none is left out.
    #[test]
    fn every_reason_is_true(recipe in recipes(Sizes::default()), seed in any::<u64>()) {
        hold(&recipe, |recipe| with_system(schema_of(recipe), |run| question(run, recipe, seed)))?;
    }
}

proptest! {
    #![proptest_config(config(6))]

    /// The same of the preset.
    #[test]
    fn every_reason_is_true_of_the_preset(
        recipe in recipes(Sizes { seeds: 40, batches: 10, derived: 1, ..Sizes::default() }),
        seed in any::<u64>(),
    ) {
        hold(&recipe, |recipe| with_system(quanze::four_tier::options().builder(), |run| {
            let mut recipe = recipe.clone();
            support::spread(&mut recipe, &run.spec);
            question(run, &recipe, seed)
        }))?;
    }
}
