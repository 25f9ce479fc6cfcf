//! Random edits that suit a state: most of them valid, some not.

use quanze::{
    Key, Name, SchemaBuilder, Value,
    schema::{Field, Narrow, Presence, Type, Write},
};

use super::{
    pool::{KEYS, element_of, present},
    recipe::{BatchRecipe, Tape},
};
use crate::oracle::{Batch, Edit, State, World, edit::apply_unchecked, keys::ambiguous};

/// The edits of a batch for a state; each sees what those before it do.
pub(crate) fn batch_of(schema: &SchemaBuilder, state: &State, recipe: &BatchRecipe) -> Batch {
    let mut scratch = state.clone();
    let mut edits = Vec::new();
    for bytes in &recipe.edits {
        let making = Making { schema, state: &scratch };
        let Some(edit) = making.edit(&mut Tape::new(bytes)) else { continue };
        scratch = apply_unchecked(schema, &scratch, std::slice::from_ref(&edit));
        edits.push(edit);
    }
    Batch { edits, record_findings: Tape::new(&recipe.head).percent(30) }
}

struct Making<'a> {
    schema: &'a SchemaBuilder,
    state: &'a State,
}

impl Making<'_> {
    fn edit(&self, tape: &mut Tape<'_>) -> Option<Edit> {
        let made = match tape.pick(36) {
            4..=8 => self.set(tape),
            9..=15 => self.author(tape),
            16 | 17 => self.replace(tape),
            18..=20 => self.remove(tape),
            21..=23 => self.base_element(tape),
            24..=27 => self.authored_element(tape),
            28 | 29 => self.clear(tape),
            30 => self.forget(tape),
            31 | 32 => self.rekey(tape),
            33 => self.odd(tape),
            _ => None,
        };
        made.or_else(|| self.insert(tape))
    }

    fn lists(&self, base: bool) -> Vec<&Name> {
        self.schema.lists.iter().filter(|(_, list)| list.is_base() == base).map(|(name, _)| name).collect()
    }

    fn base_list(&self, tape: &mut Tape<'_>) -> Name {
        (*tape.one(&self.lists(true)).expect("there is a base list")).clone()
    }

    /// A base row that is there.
    fn base_row(&self, tape: &mut Tape<'_>) -> Option<(Name, Key)> {
        let rows = self.state.base.iter().flat_map(|(list, rows)| rows.keys().map(move |key| (list, key)));
        let rows: Vec<_> = rows.collect();
        tape.one(&rows).map(|(list, key)| ((*list).clone(), (*key).clone()))
    }

    /// A key that a new row of a list could have.
    fn free_key(&self, tape: &mut Tape<'_>, list: &Name) -> Option<&'static str> {
        let there = |key: &&&str| key.parse().is_ok_and(|key| self.state.has_row(list, &key));
        let free: Vec<&&str> = KEYS.iter().filter(|key| !there(key)).collect();
        tape.one(&free).map(|key| **key)
    }

    fn record(&self, tape: &mut Tape<'_>, list: &Name) -> Vec<(String, Value)> {
        let mut fields = Vec::new();
        for (name, field) in &self.schema.lists[list].fields {
            let left_out = tape.percent(25) && field.presence == Presence::Optional;
            if let Some(value) = present(tape, &field.ty, self.schema, self.state).filter(|_| !left_out) {
                fields.push((name.to_string(), value));
            }
        }
        fields
    }

    fn insert(&self, tape: &mut Tape<'_>) -> Option<Edit> {
        let list = self.base_list(tape);
        let key = self.free_key(tape, &list)?;
        Some(Edit::Insert(list.to_string(), key.to_owned(), self.record(tape, &list)))
    }

    fn replace(&self, tape: &mut Tape<'_>) -> Option<Edit> {
        let (list, key) = self.base_row(tape)?;
        Some(Edit::Replace(list.to_string(), key.to_string(), self.record(tape, &list)))
    }

    fn remove(&self, tape: &mut Tape<'_>) -> Option<Edit> {
        let (list, key) = self.base_row(tape)?;
        Some(Edit::Remove(list.to_string(), key.to_string()))
    }

    fn set(&self, tape: &mut Tape<'_>) -> Option<Edit> {
        let (list, key) = self.base_row(tape)?;
        let fields = &self.schema.lists[&list].fields;
        let (name, field) = fields.get_index(tape.pick(fields.len()))?;
        let value = if tape.percent(15) { Value::Missing } else { present(tape, &field.ty, self.schema, self.state)? };
        Some(Edit::Set(list.to_string(), key.to_string(), name.to_string(), value))
    }

    fn base_element(&self, tape: &mut Tape<'_>) -> Option<Edit> {
        let rows =
            self.state.base.iter().flat_map(|(list, rows)| rows.iter().map(move |(key, cells)| (list, key, cells)));
        let cells =
            rows.flat_map(|(list, key, cells)| cells.iter().map(move |(field, value)| (list, key, field, value)));
        let lists: Vec<_> =
            cells.filter_map(|(list, key, field, value)| Some((list, key, field, value.as_list()?))).collect();
        if let (true, Some((list, key, field, elements))) = (tape.percent(30), tape.one(&lists)) {
            let element = tape.one(elements)?.clone();
            return Some(Edit::Discard(list.to_string(), key.to_string(), field.to_string(), element));
        }
        let (list, key) = self.base_row(tape)?;
        let fields = &self.schema.lists[&list].fields;
        let lists: Vec<_> = fields.iter().filter(|(_, field)| field.ty.element().is_some()).collect();
        let (name, field) = tape.one(&lists)?;
        let there = self.state.base[&list][&key].get(*name).and_then(Value::as_list).unwrap_or_default();
        self.element(tape, (list.as_str(), key.as_str(), name.as_str()), field.ty.element()?, there)
    }

    fn element(&self, tape: &mut Tape<'_>, at: (&str, &str, &str), ty: &Type, there: &[Value]) -> Option<Edit> {
        let (list, key, field) = (at.0.to_owned(), at.1.to_owned(), at.2.to_owned());
        if tape.pick(2) == 1
            && let Some(element) = tape.one(there)
        {
            return Some(Edit::Discard(list, key, field, element.clone()));
        }
        Some(Edit::Add(list, key, field, element_of(tape, ty, self.schema, self.state)?))
    }

    /// A derived row that is there, and one of its fields that is written and fits.
    fn derived_cell(&self, tape: &mut Tape<'_>, fits: impl Fn(&Type) -> bool) -> Option<(Name, Key, Name)> {
        let world = World::new(self.schema, self.state);
        let mut cells = Vec::new();
        for list in self.lists(false) {
            let fields = self.schema.lists[list].fields.iter();
            let written: Vec<&Name> = fields
                .filter(|(_, field)| field.write != Write::Locked && fits(&field.ty))
                .map(|(name, _)| name)
                .collect();
            if !written.is_empty() && !world.rows(list).is_empty() {
                cells.push((list, written));
            }
        }
        let (list, fields) = tape.one(&cells)?;
        let rows = world.rows(list);
        let (key, _) = rows.get_index(tape.pick(rows.len()))?;
        Some(((*list).clone(), key.clone(), (*tape.one(fields)?).clone()))
    }

    fn author(&self, tape: &mut Tape<'_>) -> Option<Edit> {
        let (list, key, name) = self.derived_cell(tape, |_| true)?;
        let field = &self.schema.lists[&list].fields[&name];
        let mut value = present(tape, &field.ty, self.schema, self.state)?;
        if let (Write::Narrow(narrow), true) = (field.write, tape.percent(70)) {
            let world = World::new(self.schema, self.state);
            let ruled = world.rule_value(&list, &key, &name);
            let offered = crate::oracle::coerce::coerce(self.schema, &field.ty, &value).unwrap_or_default();
            // What the rule says is never looser; neither is half of its set.
            if narrow == Narrow::Subset && !ruled.is_missing() {
                value = ruled.as_list().unwrap_or_default().iter().step_by(1 + tape.pick(2)).cloned().collect();
            } else if world.looser(&field.ty, narrow, &offered, &ruled) {
                value = ruled;
            }
        }
        Some(Edit::Author(list.to_string(), key.to_string(), name.to_string(), value))
    }

    fn authored_element(&self, tape: &mut Tape<'_>) -> Option<Edit> {
        let lists = self.state.authored.iter().flat_map(|(at, cells)| cells.iter().map(move |cell| (at, cell)));
        let lists: Vec<_> = lists.filter(|(_, (_, value))| value.as_list().is_some()).collect();
        if let (true, Some(((list, key), (field, value)))) = (tape.percent(50), tape.one(&lists)) {
            let element = tape.one(value.as_list().unwrap_or_default())?.clone();
            return Some(Edit::Discard(list.to_string(), key.to_string(), field.to_string(), element));
        }
        let (list, key, field) = self.derived_cell(tape, |ty| ty.element().is_some())?;
        let ty = self.schema.lists[&list].fields[&field].ty.element()?.clone();
        let there = self.state.authored_cell(&list, &key, &field);
        let world = World::new(self.schema, self.state);
        let ruled = world.rule_value(&list, &key, &field);
        let at = (list.as_str(), key.as_str(), field.as_str());
        if let (Some(element), true) = (tape.one(ruled.as_list().unwrap_or_default()), tape.percent(40)) {
            return Some(Edit::Add(at.0.to_owned(), at.1.to_owned(), at.2.to_owned(), element.clone()));
        }
        self.element(tape, at, &ty, there.as_list().unwrap_or_default())
    }

    /// A row with authored cells, live or parked.
    fn authored_row(&self, tape: &mut Tape<'_>) -> Option<(Name, Key)> {
        let rows: Vec<_> = self.state.authored.keys().collect();
        tape.one(&rows).map(|at| (*at).clone())
    }

    fn clear(&self, tape: &mut Tape<'_>) -> Option<Edit> {
        let at = self.authored_row(tape)?;
        let fields: Vec<_> = self.state.authored[&at].keys().collect();
        let field = tape.one(&fields)?;
        Some(Edit::Clear(at.0.to_string(), at.1.to_string(), field.to_string()))
    }

    fn forget(&self, tape: &mut Tape<'_>) -> Option<Edit> {
        let (list, key) = self.authored_row(tape)?;
        Some(Edit::Forget(list.to_string(), key.to_string()))
    }

    fn rekey(&self, tape: &mut Tape<'_>) -> Option<Edit> {
        let (list, from) = self.base_row(tape)?;
        let to = self.free_key(tape, &list)?;
        (!ambiguous(self.schema, &list)).then(|| Edit::Rekey(list.to_string(), from.to_string(), to.to_owned()))
    }

    /// An edit that is wrong, or strange.
    fn odd(&self, tape: &mut Tape<'_>) -> Option<Edit> {
        let list = self.base_list(tape).to_string();
        let derived = tape.one(&self.lists(false)).map(ToString::to_string);
        let key = (*tape.one(&KEYS)?).to_owned();
        let field = self.schema.lists[list.as_str()].fields.keys().next().map(ToString::to_string)?;
        Some(match tape.pick(18) {
            0 => Edit::Remove("nowhere".into(), key),
            1 => Edit::Set(list, key, "nothing".into(), Value::from(1)),
            2 => Edit::Set(list, key, field, Value::from(vec![Value::from(vec![Value::from(1)])])),
            3 => Edit::Remove(derived?, key),
            4 => Edit::Author(list, key, field, Value::from("a")),
            5 => Edit::Insert(list, "a/b".into(), Vec::new()),
            6 => Edit::Insert(list, String::new(), Vec::new()),
            7 => Edit::Insert(list, key, vec![("nothing".into(), Value::from("a"))]),
            8 => {
                let (list, at) = self.authored_row(tape)?;
                let field = self.state.authored[&(list.clone(), at.clone())].keys().next()?.clone();
                let value = present(tape, &self.schema.lists[&list].fields[&field].ty, self.schema, self.state)?;
                Edit::Author(list.to_string(), at.to_string(), field.to_string(), value)
            }
            9 => {
                let fields: Vec<_> =
                    self.schema.lists[list.as_str()].fields.iter().filter(|(_, f)| f.ty.target().is_some()).collect();
                let (field, of) = tape.one(&fields)?;
                let gone = if of.ty.element().is_some() { Value::from(["gone"]) } else { Value::from("gone") };
                Edit::Set(list, key, field.to_string(), gone)
            }
            10 => Edit::Rekey(list, key, "a".into()),
            11 => Edit::Forget(derived?, key),
            12 => Edit::Remove(list, key),
            13 => Edit::Insert(list.clone(), key, self.record(tape, &list.into())),
            14 => Edit::Author(derived?, "nowhere".into(), "nothing".into(), Value::from("a")),
            15 => Edit::Set(derived?, key, field, Value::from("a")),
            _ => {
                let fields =
                    self.schema.lists.iter().flat_map(|(list, of)| of.fields.iter().map(move |field| (list, field)));
                let locked: Vec<_> = fields.filter(|(list, (_, of))| derived_locked(self.schema, list, of)).collect();
                let (list, (field, _)) = tape.one(&locked)?;
                Edit::Author(list.to_string(), key, field.to_string(), Value::from("a"))
            }
        })
    }
}

fn derived_locked(schema: &SchemaBuilder, list: &Name, field: &Field) -> bool {
    !schema.lists[list].is_base() && field.write == Write::Locked
}
