use crate::heap;

/// By how many rows each list has grown in the commit.
#[derive(Debug)]
pub(crate) struct Growth {
    by_list: Vec<i64>,
    any: bool,
}

impl Growth {
    pub(super) fn new(lists: usize) -> Self {
        Self { by_list: vec![0; lists], any: false }
    }

    pub(super) fn add(&mut self, list: u16, from: u32, to: u32) {
        self.by_list[usize::from(list)] += i64::from(to) - i64::from(from);
        self.any = true;
    }

    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.any) {
            self.by_list.fill(0);
        }
    }

    /// Returns the growth of each list; nothing where no rows have come or gone.
    pub(crate) fn by_list(&self) -> Option<&[i64]> {
        self.any.then_some(&self.by_list)
    }

    pub(crate) fn bytes(&self) -> usize {
        heap::of_vec(&self.by_list)
    }
}
