//! The laws of finding rows, on random systems: whatever is found is what filtering all rows gives, in order; pages give each
//! row that stays exactly once.

mod oracle;
mod support;

use std::collections::BTreeMap;

use indexmap::IndexMap;
use oracle::{
    World,
    coerce::coerce,
    find::{found, place_order},
};
use proptest::{prelude::*, test_runner::RngSeed};
use quanze::{
    Key, ListView, Name, Row, SchemaBuilder, Snapshot, Value,
    find::{Bound, Cursor, Find, FindError, Paging, Then},
    schema::{Each, Index, OrderBy, Type},
};
use support::{
    live::{Run, equal, with_system},
    pool::present,
    recipe::{Sizes, Tape},
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
            RngSeed::Fixed(20_261_126)
        } else {
            default.rng_seed
        },
        ..default
    }
}

/// Numbers that a law picks by.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % sides.max(1)
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| u8::try_from(self.roll(256)).unwrap_or_default()).collect()
    }
}

fn lines(keys: &[Key]) -> String {
    keys.iter().fold(String::new(), |all, key| format!("{all}{key}\n"))
}

fn keys(rows: impl Iterator<Item = impl AsRef<Key>>) -> Vec<Key> {
    rows.map(|key| key.as_ref().clone()).collect()
}

struct Held(Key);

impl AsRef<Key> for Held {
    fn as_ref(&self) -> &Key {
        &self.0
    }
}

fn keys_of<'a>(rows: impl Iterator<Item = Row<'a>>) -> Vec<Key> {
    keys(rows.map(|row| Held(row.key())))
}

/// A value for a field: one that a row has, or any of its type, or none.
fn value(world: &World<'_>, list: &Name, field: &Name, dice: &mut Dice) -> Value {
    let rows = world.rows(list);
    match (dice.roll(8), rows.get_index(dice.roll(rows.len()))) {
        (0, _) => Value::Missing,
        (1 | 2, _) | (_, None) => {
            let ty = &world.schema.lists[list].fields[field].ty;
            let any = present(&mut Tape::new(&dice.bytes(8)), ty, world.schema, world.state).unwrap_or_default();
            // The preset does not speak of all schemes and units that random systems have.
            coerce(world.schema, ty, &any).unwrap_or_default()
        }
        (_, Some((key, _))) => world.value(list, key, field),
    }
}

/// Something that an index can be asked.
fn question(world: &World<'_>, list: &Name, (name, index): (&Name, &Index), dice: &mut Dice) -> Find {
    let given = dice.roll(index.by.len() + 1);
    let mut is: IndexMap<Name, Value> = IndexMap::new();
    for by in &index.by[..given] {
        is.insert(by.field.clone(), value(world, list, &by.field, dice));
    }
    // In any order.
    if dice.roll(2) == 0 {
        is.reverse();
    }
    let then = index.by.get(given).filter(|_| dice.roll(3) > 0).map(|by| {
        let ty = &world.schema.lists[list].fields[&by.field].ty;
        let field = by.field.clone();
        if matches!(ty, Type::Text | Type::Reference(_) | Type::Code(_)) && dice.roll(2) == 0 {
            let whole = match value(world, list, &field, dice) {
                Value::Text(text) => text.to_string(),
                Value::Code(code) => code.text().to_owned(),
                Value::Reference(key) => key.to_string(),
                _ => String::new(),
            };
            let most = dice.roll(whole.chars().count() + 1);
            return Then::StartsWith { field, text: whole.chars().take(most).collect() };
        }
        let mut bound = || match dice.roll(3) {
            0 => Bound::Open,
            1 => Bound::Including(value(world, list, &field, dice)),
            _ => Bound::Excluding(value(world, list, &field, dice)),
        };
        let (from, to) = (bound(), bound());
        Then::Range { field, from, to }
    });
    Find { index: Some(name.clone()), is, then }
}

/// What is found is what filtering gives.
fn ask(world: &World<'_>, snapshot: &Snapshot, dice: &mut Dice) -> Result<(), String> {
    for (list, declared) in &world.schema.lists {
        let view = snapshot.list(list.as_str()).map_err(|error| error.to_string())?;
        if view.len() != world.rows(list).len() {
            return Err(format!("{list} counts {} rows, and has {}", view.len(), world.rows(list).len()));
        }
        for index in &declared.indexes {
            for _ in 0..4 {
                let what = question(world, list, index, dice);
                let asked = serde_json::to_string(&what).map_err(|error| error.to_string())?;
                // As it comes from JSON.
                let what: Find = serde_json::from_str(&asked).map_err(|error| format!("{asked}: {error}"))?;
                let got = view.find(&what).map_err(|error| format!("{asked}: {error}"))?;
                let expected = found(world, list, index.1, &what);
                equal(&format!("found in {list} by {asked}"), &lines(&expected), &lines(&keys_of(got.rows())))?;
                if got.len() != expected.len() {
                    return Err(format!("{asked} counts {} rows and finds {}", got.len(), expected.len()));
                }
            }
        }
    }
    Ok(())
}

/// A reader of pages, between whose visits the system goes on.
struct Reader {
    list: Name,
    /// What is asked; nothing where the list is read in its own order.
    what: Option<Find>,
    by: Vec<OrderBy>,
    cursor: Option<Cursor>,
    /// Where the last row seen stood.
    last: Option<(Vec<Value>, Key)>,
    /// How often each row was seen.
    seen: BTreeMap<Key, usize>,
    /// The rows that have been there since the beginning, each with what made it.
    stayed: BTreeMap<Key, String>,
    done: bool,
}

impl Reader {
    fn new(world: &World<'_>, list: &Name, what: Option<Find>) -> Self {
        let declared = &world.schema.lists[list];
        let index = what.as_ref().and_then(|what| what.index.as_ref()).map(|index| &declared.indexes[index]);
        let by = index.map_or_else(|| declared.order.clone(), |index| index.by.clone());
        let mut reader = Self {
            list: list.clone(),
            what,
            by,
            cursor: None,
            last: None,
            seen: BTreeMap::new(),
            stayed: BTreeMap::new(),
            done: false,
        };
        reader.stayed = reader.rows(world);
        reader
    }

    /// Whether rows stand by what they hold, and not by what made them.
    fn is_ordered(&self) -> bool {
        self.what.is_some() || !self.by.is_empty()
    }

    fn keys(&self, world: &World<'_>) -> Vec<Key> {
        match &self.what {
            None => world.declared_order(&self.list),
            Some(what) => {
                let index = what.index.as_ref().map(|index| &world.schema.lists[&self.list].indexes[index]);
                index.map_or_else(Vec::new, |index| found(world, &self.list, index, what))
            }
        }
    }

    /// The rows, each with all that tells where it stands.
    fn rows(&self, world: &World<'_>) -> BTreeMap<Key, String> {
        let place = |key: &Key| {
            if self.is_ordered() { format!("{:?}", self.values(world, key)) } else { made(world, &self.list, key) }
        };
        self.keys(world).into_iter().map(|key| (key.clone(), place(&key))).collect()
    }

    fn values(&self, world: &World<'_>, key: &Key) -> Vec<Value> {
        self.by.iter().map(|by| world.value(&self.list, key, &by.field)).collect()
    }

    fn note(&mut self, world: &World<'_>) {
        let now = self.rows(world);
        self.stayed.retain(|key, place| now.get(key) == Some(place));
    }

    fn read(&mut self, world: &World<'_>, view: ListView<'_>, most: usize) -> Result<(), String> {
        self.note(world);
        let paging = match self.cursor.take() {
            None => Paging::of(most),
            Some(cursor) => Paging::of(most).after(cursor),
        };
        let page = match &self.what {
            None => view.page(paging),
            Some(what) => view.find(what).and_then(|found| found.page(paging)),
        };
        let page = page.map_err(|error: FindError| error.to_string())?;
        let got = keys_of(page.rows().iter().cloned());
        if self.is_ordered() {
            let mut expected = self.keys(world);
            if let Some((values, last)) = &self.last {
                expected.retain(|key| {
                    let own = self.values(world, key);
                    place_order(world, &self.list, &self.by, (&own, key), (values, last)).is_gt()
                });
            }
            let more = expected.len() > most;
            expected.truncate(most);
            equal(&format!("a page of {}", self.list), &lines(&expected), &lines(&got))?;
            if more != page.next().is_some() {
                return Err(format!("a page of {} says wrongly whether it is the last", self.list));
            }
        }
        for key in &got {
            *self.seen.entry(key.clone()).or_default() += 1;
        }
        if let Some(key) = got.last() {
            self.last = Some((self.values(world, key), key.clone()));
        }
        let word = page.next().map(ToString::to_string);
        self.done = word.is_none();
        self.cursor = word.map(|word| word.parse()).transpose().map_err(|error| format!("{error}"))?;
        Ok(())
    }

    /// Each row that stayed was seen once.
    fn judge(&self, schema: &SchemaBuilder) -> Result<(), String> {
        if !self.is_ordered() && has_sequence(schema, &self.list) {
            return Ok(());
        }
        for key in self.stayed.keys() {
            if self.seen.get(key) != Some(&1) {
                let times = self.seen.get(key).copied().unwrap_or_default();
                return Err(format!("{} {key} was there all the time and was seen {times} times", self.list));
            }
        }
        Ok(())
    }
}

/// What made a row, and what it was made of.
fn made(world: &World<'_>, list: &Name, key: &Key) -> String {
    let rows = world.rows(list);
    let Some(row) = rows.get(key) else { return String::new() };
    match &row.made {
        oracle::world::Made::By { rule, source, .. } => {
            let from = &world.schema.lists[list].rules[*rule].from;
            format!("{rule} {:?} {}", line(world, list, key), made(world, from, source))
        }
        _ => String::new(),
    }
}

/// The line of a table that made a row: two may name it alike.
fn line(world: &World<'_>, list: &Name, key: &Key) -> Option<String> {
    let rows = world.rows(list);
    match &rows.get(key)?.made {
        oracle::world::Made::By { element, .. } => Some(format!("{element:?}")),
        _ => None,
    }
}

/// Whether rows of a list stand as elements of a sequence do.
fn has_sequence(schema: &SchemaBuilder, list: &Name) -> bool {
    schema.lists[list].rules.iter().any(|rule| {
        let sequence = match &rule.each {
            Each::Element(field) => matches!(schema.lists[&rule.from].fields[field].ty, Type::Sequence(_)),
            _ => false,
        };
        sequence || !matches!(rule.each, Each::Group { .. }) && has_sequence(schema, &rule.from)
    })
}

/// Readers of every list: in its own order, and of what one of its indexes is asked.
fn readers(world: &World<'_>, dice: &mut Dice) -> Vec<Reader> {
    let mut readers = Vec::new();
    for (list, declared) in &world.schema.lists {
        readers.push(Reader::new(world, list, None));
        if let Some(index) = declared.indexes.get_index(dice.roll(declared.indexes.len())) {
            let what = question(world, list, index, dice);
            readers.push(Reader::new(world, list, Some(what)));
        }
    }
    readers
}

proptest! {
    #![proptest_config(config(192))]

    /// After every commit, before and after others, and in a system restored: what is found is what filtering gives.
    #[test]
    fn what_is_found_is_what_filtering_gives(recipe in recipes(Sizes::default()), seed in any::<u64>()) {
        hold(&recipe, |recipe| with_system(schema_of(recipe), |run| {
            let mut dice = Dice(seed);
            let mut taken = Vec::new();
            for at in 0..recipe.batches.len() {
                let batch = run.next(recipe, at);
                if at % 3 == 1 {
                    // A preview moves nothing.
                    let _ = run.system.preview(&support::live::edits_of(&batch));
                }
                run.go(&batch)?;
                ask(&World::new(&run.spec, &run.state), &run.system.snapshot(), &mut dice)?;
                if at % 5 == 0 {
                    taken.push((run.system.snapshot(), run.state.clone()));
                }
            }
            for (snapshot, state) in &taken {
                ask(&World::new(&run.spec, state), snapshot, &mut dice).map_err(|error| format!("a snapshot: {error}"))?;
            }
            ask(&World::new(&run.spec, &run.state), &run.fork()?.snapshot(), &mut dice)
        }))?;
    }

    /// A page is what comes behind the last row seen, whatever has come and gone in between; a row that stays where it is
    /// is seen exactly once.
    #[test]
    fn pages_give_each_row_that_stays_once(recipe in recipes(Sizes::default()), seed in any::<u64>()) {
        hold(&recipe, |recipe| with_system(schema_of(recipe), |run| {
            let mut dice = Dice(seed);
            let half = recipe.batches.len() / 2;
            for at in 0..half {
                let batch = run.next(recipe, at);
                run.go(&batch)?;
            }
            let mut readers = readers(&World::new(&run.spec, &run.state), &mut dice);
            for at in half..recipe.batches.len() {
                turn(run, &mut readers, |_| 1)?;
                let batch = run.next(recipe, at);
                run.go(&batch)?;
            }
            for _ in 0..200 {
                turn(run, &mut readers, |dice| 1 + dice.roll(4))?;
            }
            readers.iter().try_for_each(|reader| if reader.done { reader.judge(&run.spec) } else { Ok(()) })
        }))?;
    }
}

proptest! {
    #![proptest_config(config(8))]

    /// The same of the preset, with the indexes that it declares.
    #[test]
    fn the_preset_finds_what_filtering_gives(
        recipe in recipes(Sizes { seeds: 40, derived: 4, batches: 10, ..Sizes::default() }),
        seed in any::<u64>(),
    ) {
        hold(&recipe, |recipe| with_system(quanze::four_tier::options().indexed().builder(), |run| {
            let (mut recipe, mut dice) = (recipe.clone(), Dice(seed));
            support::spread(&mut recipe, &run.spec);
            for at in 0..recipe.batches.len() {
                let batch = run.next(&recipe, at);
                run.go(&batch)?;
                if at % 8 == 7 {
                    ask(&World::new(&run.spec, &run.state), &run.system.snapshot(), &mut dice)?;
                }
            }
            ask(&World::new(&run.spec, &run.state), &run.system.snapshot(), &mut dice)
        }))?;
    }
}

/// Lets each reader that is not done read a page.
fn turn(run: &Run, readers: &mut [Reader], most: impl Fn(&mut Dice) -> usize) -> Result<(), String> {
    if readers.iter().all(|reader| reader.done) {
        return Ok(());
    }
    let (world, snapshot) = (World::new(&run.spec, &run.state), run.system.snapshot());
    for (number, reader) in readers.iter_mut().enumerate().filter(|(_, reader)| !reader.done) {
        let view = snapshot.list(reader.list.as_str()).map_err(|error| error.to_string())?;
        reader.read(&world, view, most(&mut Dice(number as u64)))?;
    }
    Ok(())
}
