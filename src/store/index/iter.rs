use super::node::Node;

/// The entries of an ordered index from a place on.
#[derive(Debug, Clone)]
pub(crate) struct Iter<'a> {
    /// The branches above the leaf at hand, each with the child that comes next.
    above: Vec<(&'a Node, usize)>,
    leaf: Option<&'a Node>,
    next: usize,
}

impl<'a> Iter<'a> {
    pub(super) fn new(root: &'a Node, from: usize) -> Self {
        let mut iter = Self { above: Vec::new(), leaf: None, next: 0 };
        if from < root.count() {
            iter.descend(root, from);
        }
        iter
    }

    fn descend(&mut self, mut node: &'a Node, mut from: usize) {
        while let Some((child, before)) = node.child_at(from) {
            self.above.push((node, child + 1));
            from -= before;
            // There is such a child: it was just found.
            let Some(below) = node.child(child) else { return };
            node = below;
        }
        (self.leaf, self.next) = (Some(node), from);
    }
}

impl<'a> Iterator for Iter<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let leaf = self.leaf?;
        let entry = leaf.entry(self.next)?;
        self.next += 1;
        if self.next == leaf.count() {
            self.leaf = None;
            while let Some((branch, child)) = self.above.pop() {
                if let Some(below) = branch.child(child) {
                    self.above.push((branch, child + 1));
                    self.descend(below, 0);
                    break;
                }
            }
        }
        Some(entry)
    }
}
