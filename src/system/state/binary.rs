//! A state as bytes: a header that tells what they are and whether they are whole, and a body of numbers into a table of names
//! and one of texts. `docs/format.md` describes every byte.

use std::{collections::BTreeMap, io::Write, sync::Arc};

use foldhash::fast::FixedState;
use indexmap::{IndexMap, IndexSet};
use serde::{Deserialize, Serialize};

use super::{Authored, Cells, State, StateError, VERSION};
use crate::{
    schema::Fingerprint,
    value::{Key, Name, Value},
};

/// What the bytes of a state begin with; the first is no text, so that nobody takes them for such.
const MAGIC: [u8; 8] = *b"\x89qzstate";

/// Magic, version, length of the body, checksum of all of these and the body.
const HEADER: usize = MAGIC.len() + size_of::<u32>() + size_of::<u64>() + size_of::<u128>();

#[derive(Serialize, Deserialize)]
struct Body<'a> {
    schema: &'a str,
    revision: u64,
    /// The names of lists and fields; those used most come first, and have the shortest numbers.
    #[serde(borrow)]
    names: Vec<&'a str>,
    /// Each key and text once, in the order of their bytes.
    #[serde(borrow)]
    texts: Vec<Follower<'a>>,
    base: Vec<List<Cell>>,
    authored: Vec<List<AuthoredCell>>,
}

/// A text, given by what it has in common with the one before.
#[derive(Serialize, Deserialize)]
struct Follower<'a> {
    shared: u8,
    rest: &'a str,
}

/// How many bytes of the text before a text may share: enough for keys, and so few that what is read is never out of
/// proportion to the bytes there are.
const MOST_SHARED: usize = 63;

/// The number of a name.
type NameNumber = u32;

/// The number of a text.
type TextNumber = u32;

#[derive(Serialize, Deserialize)]
struct List<C> {
    name: NameNumber,
    rows: Vec<Row<C>>,
}

#[derive(Serialize, Deserialize)]
struct Row<C> {
    key: TextNumber,
    cells: Vec<(NameNumber, C)>,
}

#[derive(Serialize, Deserialize)]
enum Cell {
    False,
    True,
    Integer(i64),
    Text(TextNumber),
    List(Vec<Element>),
}

/// A type of its own, so that no list lies in a list, however the bytes come.
#[derive(Serialize, Deserialize)]
enum Element {
    False,
    True,
    Integer(i64),
    Text(TextNumber),
}

#[derive(Serialize, Deserialize)]
struct AuthoredCell {
    value: Cell,
    reason: Option<TextNumber>,
}

impl State {
    /// Writes the state as bytes: the same bytes for the same state.
    ///
    /// They take a fraction of the JSON, and say the same. `docs/format.md` describes them, for readers in other languages.
    ///
    /// ```
    /// use quanze::{Edits, ListSystem, Record, Schema, State, schema::{List, Type}};
    ///
    /// let schema = Schema::builder().list("bodies", List::base().field("name", Type::Text)).build()?;
    /// let mut system = ListSystem::new(schema);
    /// system.commit(Edits::new().insert("bodies", "market", &Record::new().with("name", "Market bureau")))?;
    ///
    /// let bytes = system.state().to_bytes();
    /// assert_eq!(State::from_bytes(&bytes)?, system.state());
    ///
    /// let damaged = &bytes[..bytes.len() - 1];
    /// assert!(State::from_bytes(damaged).unwrap_err().to_string().starts_with("the bytes end early"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let texts = Texts::of(self);
        // Writing numbers and texts to memory does not fail.
        let body = postcard::to_stdvec(&texts.body(self)).unwrap_or_default();
        let mut bytes = Vec::with_capacity(HEADER + body.len());
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend((body.len() as u64).to_le_bytes());
        bytes.extend(checksum(&bytes, &body));
        bytes.extend(body);
        bytes
    }

    /// Reads a state from the bytes that [`State::to_bytes`] writes.
    ///
    /// # Errors
    /// [`StateError`] where they are no state, one of another version (the versions are named), end early, or are damaged.
    ///
    /// # Complexity
    /// In the bytes there are, in time and memory, whatever lengths they claim.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        let body = unseal(bytes)?;
        let (body, rest) = postcard::take_from_bytes::<Body<'_>>(body)
            .map_err(|error| StateError::Damaged(format!("the body cannot be read: {error}")))?;
        if !rest.is_empty() {
            return Err(StateError::Damaged(format!("{} bytes of the body are left over", rest.len())));
        }
        body.state().map_err(StateError::Damaged)
    }
}

/// Returns the body, once the header says that it is one and whole.
fn unseal(bytes: &[u8]) -> Result<&[u8], StateError> {
    let short = |expected: u64| StateError::Truncated { expected, found: bytes.len() as u64 };
    if !bytes.starts_with(&MAGIC) {
        return Err(if MAGIC.starts_with(bytes) { short(HEADER as u64) } else { StateError::NoState });
    }
    let mut at = MAGIC.len();
    let mut next = |length: usize| {
        let part = bytes.get(at..at + length);
        at += length;
        part
    };
    let version = next(4).and_then(|part| part.try_into().ok()).map(u32::from_le_bytes);
    let version = version.ok_or_else(|| short(HEADER as u64))?;
    if version != VERSION {
        return Err(StateError::Version(version.into()));
    }
    let length = next(8).and_then(|part| part.try_into().ok()).map(u64::from_le_bytes);
    let length = length.ok_or_else(|| short(HEADER as u64))?;
    let sum = next(16).ok_or_else(|| short(HEADER as u64))?;
    let (head, body) = (&bytes[..HEADER - sum.len()], &bytes[HEADER..]);
    if (body.len() as u64) < length {
        return Err(short(length.saturating_add(HEADER as u64)));
    }
    if body.len() as u64 > length {
        return Err(StateError::Damaged(format!("{} bytes follow its end", body.len() as u64 - length)));
    }
    if checksum(head, body) != sum {
        return Err(StateError::Damaged("the checksum does not agree".into()));
    }
    Ok(body)
}

fn checksum(head: &[u8], body: &[u8]) -> [u8; 16] {
    let mut sum = Fingerprint::default();
    // A hash takes all that it is given.
    let _ = sum.write_all(head).and_then(|()| sum.write_all(body));
    sum.to_le_bytes()
}

/// The names and texts of a state with the numbers that they get.
struct Texts<'a> {
    /// With how often each is used.
    names: IndexMap<&'a str, u64, FixedState>,
    texts: IndexSet<&'a str, FixedState>,
}

impl<'a> Texts<'a> {
    fn of(state: &'a State) -> Self {
        let mut all = Self { names: IndexMap::default(), texts: IndexSet::default() };
        all.enter(&state.base, Self::enter_value);
        all.enter(&state.authored, |all, Authored { value, reason }| {
            all.enter_value(value);
            all.texts.extend(reason.as_deref());
        });
        all.names.sort_unstable_by(|a, times_a, b, times_b| times_b.cmp(times_a).then_with(|| a.cmp(b)));
        all.texts.sort_unstable();
        all
    }

    fn enter<C>(&mut self, lists: &'a Cells<C>, cell: impl Fn(&mut Self, &'a C)) {
        for (list, rows) in lists {
            *self.names.entry(list.as_str()).or_default() += 1;
            for (key, fields) in rows {
                self.texts.insert(key.as_str());
                for (field, of) in fields {
                    *self.names.entry(field.as_str()).or_default() += 1;
                    cell(self, of);
                }
            }
        }
    }

    fn enter_value(&mut self, value: &'a Value) {
        match value {
            Value::Text(text) => {
                self.texts.insert(text);
            }
            Value::List(elements) => elements.iter().for_each(|element| self.enter_value(element)),
            _ => {}
        }
    }

    // Each name and text has been entered.
    fn name(&self, name: &Name) -> NameNumber {
        self.names.get_index_of(name.as_str()).unwrap_or_default() as NameNumber
    }

    fn text(&self, text: &str) -> TextNumber {
        self.texts.get_index_of(text).unwrap_or_default() as TextNumber
    }

    fn followers(&self) -> Vec<Follower<'a>> {
        let mut before = "";
        let follow = |text: &&'a str| {
            let alike = text.bytes().zip(before.bytes()).take(MOST_SHARED).take_while(|(a, b)| a == b).count();
            let shared = (0..=alike).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
            before = text;
            Follower { shared: shared as u8, rest: &text[shared..] }
        };
        self.texts.iter().map(follow).collect()
    }

    fn body(&self, state: &'a State) -> Body<'a> {
        Body {
            schema: &state.schema,
            revision: state.revision,
            names: self.names.keys().copied().collect(),
            texts: self.followers(),
            base: self.lists(&state.base, |value| self.cell(value)),
            authored: self.lists(&state.authored, |Authored { value, reason }| AuthoredCell {
                value: self.cell(value),
                reason: reason.as_deref().map(|reason| self.text(reason)),
            }),
        }
    }

    fn lists<C, W>(&self, lists: &Cells<C>, cell: impl Fn(&C) -> W) -> Vec<List<W>> {
        let row = |(key, fields): (&Key, &BTreeMap<Name, C>)| Row {
            key: self.text(key.as_str()),
            cells: fields.iter().map(|(field, of)| (self.name(field), cell(of))).collect(),
        };
        let list = |(name, rows): (&Name, &BTreeMap<Key, BTreeMap<Name, C>>)| List {
            name: self.name(name),
            rows: rows.iter().map(row).collect(),
        };
        lists.iter().map(list).collect()
    }

    fn cell(&self, value: &Value) -> Cell {
        match value {
            Value::List(elements) => Cell::List(elements.iter().map(|element| self.element(element)).collect()),
            _ => match self.element(value) {
                Element::False => Cell::False,
                Element::True => Cell::True,
                Element::Integer(number) => Cell::Integer(number),
                Element::Text(text) => Cell::Text(text),
            },
        }
    }

    fn element(&self, value: &Value) -> Element {
        match value {
            Value::Boolean(false) => Element::False,
            Value::Boolean(true) => Element::True,
            Value::Integer(number) => Element::Integer(*number),
            other => Element::Text(self.text(other.as_text().unwrap_or_default())),
        }
    }
}

impl Body<'_> {
    fn state(&self) -> Result<State, String> {
        // Each name and text is made once, and shared by all that say it.
        let names: Vec<Name> = self.names.iter().map(|name| Name::from(*name)).collect();
        let texts = self.texts()?;
        let text = |number: TextNumber| {
            texts.get(number as usize).ok_or_else(|| format!("there is no text {number}; there are {}", texts.len()))
        };
        let single = |element: &Element| {
            Ok::<_, String>(match element {
                Element::False => Value::Boolean(false),
                Element::True => Value::Boolean(true),
                Element::Integer(number) => Value::Integer(*number),
                Element::Text(number) => Value::Text(text(*number)?.clone()),
            })
        };
        let value = |cell: &Cell| match cell {
            Cell::False => Ok(Value::Boolean(false)),
            Cell::True => Ok(Value::Boolean(true)),
            Cell::Integer(number) => Ok(Value::Integer(*number)),
            Cell::Text(number) => Ok(Value::Text(text(*number)?.clone())),
            Cell::List(elements) if elements.is_empty() => Err("a list has no elements".to_owned()),
            Cell::List(elements) => elements.iter().map(single).collect::<Result<_, _>>().map(Value::List),
        };
        let authored = |cell: &AuthoredCell| {
            let reason = cell.reason.map(|number| text(number).map(ToString::to_string)).transpose()?;
            Ok(Authored { value: value(&cell.value)?, reason })
        };
        let base = read(&self.base, &names, &text, value)?;
        let authored = read(&self.authored, &names, &text, authored)?;
        if base.values().any(BTreeMap::is_empty)
            || authored.values().any(|rows| rows.is_empty() || rows.values().any(BTreeMap::is_empty))
        {
            return Err("a list or row is empty".to_owned());
        }
        Ok(State { schema: self.schema.to_owned(), revision: self.revision, base, authored })
    }

    fn texts(&self) -> Result<Vec<Arc<str>>, String> {
        let mut text = String::new();
        let mut texts = Vec::with_capacity(self.texts.len());
        for Follower { shared, rest } in &self.texts {
            let shared = usize::from(*shared);
            if shared > MOST_SHARED || !text.is_char_boundary(shared) {
                return Err(format!("the text before '{}' does not share {shared} bytes with it", shortened(rest)));
            }
            text.truncate(shared);
            text.push_str(rest);
            texts.push(text.as_str().into());
        }
        Ok(texts)
    }
}

fn read<'t, C, V>(
    lists: &[List<C>],
    names: &[Name],
    text: &impl Fn(TextNumber) -> Result<&'t Arc<str>, String>,
    value: impl Fn(&C) -> Result<V, String>,
) -> Result<Cells<V>, String> {
    let name = |number: NameNumber| {
        let name = names.get(number as usize).cloned();
        name.ok_or_else(|| format!("there is no name {number}; there are {}", names.len()))
    };
    let mut all = BTreeMap::new();
    for list in lists {
        let mut rows = BTreeMap::new();
        for row in &list.rows {
            let mut fields = BTreeMap::new();
            for (field, cell) in &row.cells {
                enter(&mut fields, name(*field)?, value(cell)?)?;
            }
            let key: Key = text(row.key)?.parse().map_err(|error: crate::value::KeyError| error.to_string())?;
            enter(&mut rows, key, fields)?;
        }
        enter(&mut all, name(list.name)?, rows)?;
    }
    Ok(all)
}

fn enter<K: Ord + ToString, V>(map: &mut BTreeMap<K, V>, key: K, value: V) -> Result<(), String> {
    if map.contains_key(&key) {
        return Err(format!("'{}' is given twice", shortened(&key.to_string())));
    }
    map.insert(key, value);
    Ok(())
}

fn shortened(text: &str) -> String {
    text.chars().take(70).collect()
}
