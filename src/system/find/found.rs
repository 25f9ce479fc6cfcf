use serde::de::DeserializeOwned;

use super::{Find, FindError, Page, Paging, Then, place::key_start};
use crate::{
    plan::OrderedPlan,
    record::RecordError,
    schema::Direction,
    system::snapshot::{ListView, Row, Rows},
    value::Name,
};

/// Rows found by what they hold, in the order of the index that found them.
///
/// They are not read before they are asked for: how many they are is known from where they begin and end.
#[derive(Clone, Debug)]
pub struct Found<'a> {
    list: ListView<'a>,
    index: u16,
    from: usize,
    to: usize,
    looked_at: usize,
}

impl<'a> ListView<'a> {
    /// Finds rows by what they hold, with an index that the list declares.
    ///
    /// # Errors
    /// [`FindError`] where no index of the list has the fields, with the indexes that there are; where there is no such field
    /// or index; and where a value is not of its field's type.
    ///
    /// # Complexity
    /// In the height of the index, whatever is found.
    pub fn find(&self, what: &Find) -> Result<Found<'a>, FindError> {
        let (number, index) = self.choose(what)?;
        let between = self.between(index, what)?;
        let tree = self.view.indexes.tree(number);
        let mut looked_at = 0;
        let from = tree.rank(&between.from, &mut looked_at);
        let to = between.to.map_or(tree.len(), |to| tree.rank(&to, &mut looked_at));
        Ok(Found { list: *self, index: number, from, to: to.max(from), looked_at })
    }

    /// Chooses the index that answers.
    fn choose(&self, what: &Find) -> Result<(u16, &'a OrderedPlan), FindError> {
        let plan = self.view.plan;
        let then = what.then.as_ref().map(Then::field);
        for field in what.is.keys().chain(then) {
            self.view.schema.field(self.name().as_str(), field.as_str())?;
        }
        let of = plan.list(self.list);
        let name_of =
            |index: &'a OrderedPlan, at: usize| index.by.get(at).map(|(field, _)| &of.fields[usize::from(*field)].name);
        let has_the_fields = |index: &'a OrderedPlan| {
            let given = what.is.len();
            (0..given).all(|at| name_of(index, at).is_some_and(|name| what.is.contains_key(name)))
                && then.is_none_or(|field| name_of(index, given) == Some(field))
        };
        let answers = |index: &OrderedPlan| match &what.index {
            Some(named) => index.name == *named,
            None => index.when.is_empty(),
        };
        if let Some(named) = &what.index
            && !plan.ordered_of(self.list).any(|(_, index)| index.name == *named)
        {
            let known = plan.ordered_of(self.list).map(|(_, index)| index.name.as_str());
            let hint = crate::schema::hint(named.as_str(), known);
            let index = named.as_str().chars().take(80).collect();
            return Err(FindError::UnknownIndex { list: self.name().clone(), index, hint });
        }
        let mut all = plan.ordered_of(self.list);
        all.find(|(_, index)| answers(index) && has_the_fields(index)).ok_or_else(|| {
            let mut wanted: Vec<String> = what.is.keys().map(ToString::to_string).collect();
            wanted.extend(what.then.iter().map(|then| match then {
                Then::StartsWith { field, .. } => format!("the beginning of {field}"),
                Then::Range { field, .. } => format!("a range of {field}"),
            }));
            FindError::NoIndex {
                list: self.name().clone(),
                index: what.index.clone(),
                wanted: if wanted.is_empty() { "nothing".to_owned() } else { wanted.join(", ") },
                indexes: plan.ordered_of(self.list).map(|(_, index)| self.shown(index)).collect(),
            }
        })
    }

    /// Writes an index with its fields and its condition.
    fn shown(&self, index: &OrderedPlan) -> String {
        let fields = &self.view.plan.list(self.list).fields;
        let mut parts: Vec<String> = index
            .by
            .iter()
            .map(|(field, direction)| {
                let name = &fields[usize::from(*field)].name;
                if *direction == Direction::Descending { format!("{name} descending") } else { name.to_string() }
            })
            .collect();
        if parts.is_empty() {
            parts.push("key".to_owned());
        }
        let declared = self.view.schema.spec().lists.get(self.name()).and_then(|list| list.indexes.get(&index.name));
        let when = declared.filter(|index| !index.when.is_always()).map(|index| format!("; where {}", index.when));
        format!("{} ({}{})", index.name, parts.join(", "), when.unwrap_or_default())
    }

    /// Visits rows of an index, between two places of it.
    pub(crate) fn rows_of_index(self, number: u16, from: usize, to: usize) -> impl Iterator<Item = Row<'a>> {
        let entries = self.view.indexes.tree(number).iter(from).take(to.saturating_sub(from));
        entries.filter_map(move |entry| self.row(self.key_in(number, entry)?))
    }

    /// Returns the key that an entry of an index ends with.
    fn key_in(self, number: u16, entry: &'a [u8]) -> Option<&'a str> {
        let plan = self.view.plan;
        let fields = &plan.list(self.list).fields;
        let by = plan.ordered[usize::from(number)].by.iter();
        let start = key_start(by.map(|(field, direction)| (&fields[usize::from(*field)].kind, *direction)), entry)?;
        std::str::from_utf8(&entry[start..]).ok()
    }
}

impl<'a> Found<'a> {
    /// Returns the name of the index that found the rows.
    #[must_use]
    pub fn index(&self) -> &'a Name {
        &self.list.view.plan.ordered[usize::from(self.index)].name
    }

    /// Returns the number of rows.
    ///
    /// # Complexity
    /// Constant: nothing is read.
    #[must_use]
    pub fn len(&self) -> usize {
        self.to - self.from
    }

    /// Tells whether no row was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.from == self.to
    }

    /// Returns how many nodes of the index were looked at to find where the rows begin and end: for tests of what finding
    /// costs.
    #[must_use]
    pub fn looked_at(&self) -> usize {
        self.looked_at
    }

    /// Visits the rows, in the order of the index: by its fields, then by key.
    ///
    /// # Complexity
    /// A look-up by key for each row visited.
    #[must_use]
    pub fn rows(&self) -> Rows<'a> {
        Rows::of(self.list.rows_of_index(self.index, self.from, self.to))
    }

    /// Reads the rows into values of a type that serde can deserialise.
    pub fn records<T: DeserializeOwned>(&self) -> impl Iterator<Item = Result<T, RecordError>> {
        self.rows().map(|row| row.record())
    }

    /// Reads some of the rows: the first, or those behind a cursor.
    ///
    /// # Errors
    /// [`FindError`] where the cursor is of another list or index, and where the page is to have no rows.
    ///
    /// # Complexity
    /// In the rows of the page, each a look-up, and the height of the index.
    pub fn page(&self, paging: impl Into<Paging>) -> Result<Page<'a>, FindError> {
        let paging = paging.into();
        let place = self.list.place_in(&paging, Some(self.index()))?;
        Ok(self.list.page_of_index(self.index, (self.from, self.to), &paging, place, Some(self.index())))
    }
}
