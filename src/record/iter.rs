use crate::value::{Name, Value};

/// The fields of a [`Record`](super::Record) in their order; made by [`Record::iter`](super::Record::iter).
#[derive(Clone, Debug)]
pub struct Iter<'a>(indexmap::map::Iter<'a, Name, Value>);

/// The fields of a [`Record`](super::Record) in their order, owned; made by its `into_iter`.
#[derive(Debug)]
pub struct IntoIter(indexmap::map::IntoIter<Name, Value>);

impl<'a> Iter<'a> {
    pub(super) fn new(fields: indexmap::map::Iter<'a, Name, Value>) -> Self {
        Self(fields)
    }
}

impl IntoIter {
    pub(super) fn new(fields: indexmap::map::IntoIter<Name, Value>) -> Self {
        Self(fields)
    }
}

fn named<'a>((name, value): (&'a Name, &'a Value)) -> (&'a str, &'a Value) {
    (name.as_str(), value)
}

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a str, &'a Value);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(named)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl DoubleEndedIterator for Iter<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back().map(named)
    }
}

impl ExactSizeIterator for Iter<'_> {}

impl Iterator for IntoIter {
    type Item = (Name, Value);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl DoubleEndedIterator for IntoIter {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back()
    }
}

impl ExactSizeIterator for IntoIter {}
