use super::{
    super::ChangeSet,
    Feed,
    cursor::Cursor,
    forms::{Form, Revision, RowChange, SpanChange, ValueChange, revision},
    upserts::Upserts,
};
use crate::{schema::UnknownName, value::Name};

/// The revisions that a consumer has not seen, all or some of them, to be told of in one form or another.
#[derive(Clone, Debug)]
pub struct Tail<'a> {
    feed: &'a Feed,
    after: u64,
    /// The places of the first revision and of the one after the last.
    from: usize,
    to: usize,
    /// The lists asked for; nothing where that is all of them.
    lists: Option<Vec<Name>>,
}

impl<'a> Tail<'a> {
    /// Takes what follows a revision that the retained ones follow.
    pub(super) fn new(feed: &'a Feed, after: u64) -> Self {
        let to = feed.retained.len();
        let from = to.saturating_sub((feed.last - after) as usize);
        Self { feed, after, from, to, lists: None }
    }

    /// Keeps what is about some lists: their rows, and the findings on those.
    ///
    /// # Errors
    /// [`UnknownName`] where the schema declares no such list.
    pub fn only<N: AsRef<str>>(mut self, lists: impl IntoIterator<Item = N>) -> Result<Self, UnknownName> {
        let mut wanted = Vec::new();
        for list in lists {
            self.feed.plan.schema.list(list.as_ref())?;
            wanted.push(Name::from(list.as_ref()));
        }
        self.lists = Some(wanted);
        Ok(self)
    }

    /// Keeps the first so many revisions: the consumer comes back for the rest with the cursor of these.
    #[must_use]
    pub fn at_most(mut self, revisions: usize) -> Self {
        self.to = self.to.min(self.from.saturating_add(revisions));
        self
    }

    /// Returns the number of revisions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.to - self.from
    }

    /// Tells whether the consumer has seen everything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the cursor of a consumer that has seen these.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        self.feed.cursor_at(self.after + self.len() as u64)
    }

    /// Draws the revisions together to the last state of each row: see [`Upserts`].
    ///
    /// # Complexity
    /// In the rows changed by the revisions.
    #[must_use]
    pub fn upserts(&self) -> Upserts {
        let sides = (self.feed.cursor_at(self.after), self.cursor());
        Upserts::of(self.change_sets(), sides, |list| self.is_wanted(list))
    }

    /// Visits the revisions as rows changed alike.
    pub fn spans(&self) -> impl Iterator<Item = Revision<SpanChange>> {
        self.revisions()
    }

    /// Visits the revisions as rows without values.
    pub fn rows(&self) -> impl Iterator<Item = Revision<RowChange>> {
        self.revisions()
    }

    /// Visits the revisions as rows with all values before and after.
    pub fn values(&self) -> impl Iterator<Item = Revision<ValueChange>> {
        self.revisions()
    }

    fn revisions<T: Form>(&self) -> impl Iterator<Item = Revision<T>> {
        self.change_sets().map(|set| revision(set, self.feed.cursor_at(set.revision()), |list| self.is_wanted(list)))
    }

    fn change_sets(&self) -> impl Iterator<Item = &'a ChangeSet> {
        self.feed.retained.range(self.from..self.to).map(|retained| &retained.set)
    }

    fn is_wanted(&self, list: &Name) -> bool {
        self.lists.as_ref().is_none_or(|lists| lists.contains(list))
    }
}
