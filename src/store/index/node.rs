use std::sync::Arc;

use super::entries::Entries;
use crate::heap;

/// Entries or children a node, and bytes; one that has more of either, and can be cut in two, is.
const MOST: usize = 128;
const MOST_BYTES: usize = 8192;
/// One that has fewer is joined with a neighbour.
const LEAST: usize = MOST / 4;

/// A node of an ordered index. All leaves are equally deep.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Leaf(Entries),
    Branch(Branch),
}

#[derive(Debug, Clone)]
pub(super) struct Branch {
    children: Vec<Child>,
    /// For each child but the first, what is greater than all before it and not greater than anything in it.
    bounds: Entries,
}

#[derive(Debug, Clone)]
struct Child {
    node: Arc<Node>,
    /// How many entries lie in it.
    count: usize,
}

/// What a node is cut into: the bound, and what is not less than it.
pub(super) struct Right {
    bound: Vec<u8>,
    node: Node,
}

impl Default for Node {
    fn default() -> Self {
        Self::Leaf(Entries::default())
    }
}

impl Child {
    fn new(node: Node) -> Self {
        Self { count: node.count(), node: Arc::new(node) }
    }
}

/// Returns the shortest beginning of `right` that is greater than `left`.
fn bound_between(left: &[u8], right: &[u8]) -> Vec<u8> {
    let same = left.iter().zip(right).take_while(|(a, b)| a == b).count();
    right[..right.len().min(same + 1)].to_vec()
}

impl Node {
    /// Makes a branch of two nodes.
    pub(super) fn above(left: Arc<Self>, right: Right) -> Self {
        let mut bounds = Entries::default();
        bounds.push(&right.bound);
        let left = Child { count: left.count(), node: left };
        Self::Branch(Branch { children: vec![left, Child::new(right.node)], bounds })
    }

    pub(super) fn count(&self) -> usize {
        match self {
            Self::Leaf(entries) => entries.len(),
            Self::Branch(branch) => branch.children.iter().map(|child| child.count).sum(),
        }
    }

    /// Returns the child of a branch in which the entry at a place lies, and how many lie before that child; nothing of a leaf.
    pub(super) fn child_at(&self, place: usize) -> Option<(usize, usize)> {
        let Self::Branch(branch) = self else { return None };
        let mut before = 0;
        for (at, child) in branch.children.iter().enumerate() {
            if place < before + child.count {
                return Some((at, before));
            }
            before += child.count;
        }
        None
    }

    pub(super) fn child(&self, at: usize) -> Option<&Self> {
        match self {
            Self::Leaf(_) => None,
            Self::Branch(branch) => branch.children.get(at).map(|child| &*child.node),
        }
    }

    /// Returns the only child of a branch that has no other.
    pub(super) fn only_child(&self) -> Option<Arc<Self>> {
        match self {
            Self::Branch(branch) if branch.children.len() == 1 => Some(Arc::clone(&branch.children[0].node)),
            _ => None,
        }
    }

    /// Returns the entry at a place of a leaf.
    pub(super) fn entry(&self, at: usize) -> Option<&[u8]> {
        match self {
            Self::Leaf(entries) if at < entries.len() => Some(entries.get(at)),
            _ => None,
        }
    }

    pub(super) fn rank(&self, bound: &[u8], looked_at: &mut usize) -> usize {
        *looked_at += 1;
        match self {
            Self::Leaf(entries) => entries.below(bound),
            Self::Branch(branch) => {
                let at = branch.child_of(bound);
                let before: usize = branch.children[..at].iter().map(|child| child.count).sum();
                before + branch.children[at].node.rank(bound, looked_at)
            }
        }
    }

    /// Puts an entry in; returns what has become too much.
    pub(super) fn insert(&mut self, entry: &[u8]) -> Option<Right> {
        match self {
            Self::Leaf(entries) => {
                let at = entries.below(entry);
                entries.insert(at, entry);
            }
            Self::Branch(branch) => {
                let at = branch.child_of(entry);
                let child = &mut branch.children[at];
                let right = Arc::make_mut(&mut child.node).insert(entry);
                child.count += 1;
                if let Some(right) = right {
                    child.count -= right.node.count();
                    branch.put_behind(at, right);
                }
            }
        }
        self.cut()
    }

    /// Takes an entry out, if it is there.
    pub(super) fn remove(&mut self, entry: &[u8]) {
        match self {
            Self::Leaf(entries) => {
                let at = entries.below(entry);
                if at < entries.len() && entries.get(at) == entry {
                    entries.remove(at);
                }
            }
            Self::Branch(branch) => {
                let at = branch.child_of(entry);
                let child = &mut branch.children[at];
                let node = Arc::make_mut(&mut child.node);
                node.remove(entry);
                child.count = node.count();
                if node.width() < LEAST && branch.children.len() > 1 {
                    branch.join(at.saturating_sub(1));
                }
            }
        }
    }

    /// Returns how many entries or children a node has.
    fn width(&self) -> usize {
        match self {
            Self::Leaf(entries) => entries.len(),
            Self::Branch(branch) => branch.children.len(),
        }
    }

    fn is_too_much(&self) -> bool {
        let (width, size, least) = match self {
            Self::Leaf(entries) => (entries.len(), entries.size(), 2),
            Self::Branch(branch) => (branch.children.len(), branch.bounds.size(), 4),
        };
        width >= least && (width > MOST || size > MOST_BYTES)
    }

    /// Cuts a node that is too much in two.
    fn cut(&mut self) -> Option<Right> {
        if !self.is_too_much() {
            return None;
        }
        let middle = self.width() / 2;
        Some(match self {
            Self::Leaf(entries) => {
                let right = entries.split_off(middle);
                let bound = bound_between(entries.get(middle - 1), right.get(0));
                Right { bound, node: Self::Leaf(right) }
            }
            Self::Branch(branch) => {
                let children = branch.children.split_off(middle);
                branch.children.shrink_to_fit();
                let bounds = branch.bounds.split_off(middle);
                let bound = branch.bounds.get(middle - 1).to_vec();
                branch.bounds.pop();
                Right { bound, node: Self::Branch(Branch { children, bounds }) }
            }
        })
    }

    pub(super) fn bytes(&self) -> usize {
        let below = match self {
            Self::Leaf(entries) => entries.bytes(),
            Self::Branch(branch) => {
                let children: usize = branch.children.iter().map(|child| child.node.bytes()).sum();
                children + heap::of_vec(&branch.children) + branch.bounds.bytes()
            }
        };
        below + size_of::<Self>() + heap::SHARED
    }
}

impl Branch {
    /// Returns the child in which an entry lies, or would.
    fn child_of(&self, entry: &[u8]) -> usize {
        let below = self.bounds.below(entry);
        // What is not greater than anything in a child may be equal to the first of it.
        below + usize::from(below < self.bounds.len() && self.bounds.get(below) == entry)
    }

    fn put_behind(&mut self, at: usize, right: Right) {
        self.bounds.insert(at, &right.bound);
        self.children.insert(at + 1, Child::new(right.node));
    }

    /// Joins a child with the next one; cuts them anew where that is too much.
    fn join(&mut self, at: usize) {
        let right = self.children.remove(at + 1);
        let bound = self.bounds.get(at).to_vec();
        self.bounds.remove(at);
        let left = &mut self.children[at];
        let node = Arc::make_mut(&mut left.node);
        match (&mut *node, &*right.node) {
            (Node::Leaf(left), Node::Leaf(right)) => left.append(right),
            (Node::Branch(left), Node::Branch(right)) => {
                left.bounds.push(&bound);
                left.bounds.append(&right.bounds);
                left.children.extend(right.children.iter().cloned());
            }
            // All leaves are equally deep.
            _ => {}
        }
        let right = node.cut();
        left.count = node.count();
        if let Some(right) = right {
            self.put_behind(at, right);
        }
    }
}

/// An index being written from entries in their order.
#[derive(Default)]
pub(super) struct Leaves {
    leaf: Entries,
    done: Vec<(Vec<u8>, Node)>,
    /// Where the leaf at hand begins.
    bound: Vec<u8>,
}

impl Leaves {
    /// Three quarters, so that the next entries find room.
    const FILLED: usize = MOST / 4 * 3;

    pub(super) fn push(&mut self, entry: &[u8]) {
        let full = self.leaf.len() >= Self::FILLED || self.leaf.size() + entry.len() > MOST_BYTES;
        if full && !self.leaf.is_empty() {
            let bound = bound_between(self.leaf.get(self.leaf.len() - 1), entry);
            self.close(bound);
        }
        self.leaf.push(entry);
    }

    fn close(&mut self, next: Vec<u8>) {
        let mut leaf = std::mem::take(&mut self.leaf);
        leaf.fit();
        self.done.push((std::mem::replace(&mut self.bound, next), Node::Leaf(leaf)));
    }

    pub(super) fn finish(mut self) -> Arc<Node> {
        self.close(Vec::new());
        let mut level = self.done;
        while level.len() > 1 {
            // Evenly, so that no branch is left with a single child.
            let branches = level.len().div_ceil(Self::FILLED);
            let (each, more) = (level.len() / branches, level.len() % branches);
            let mut nodes = level.into_iter();
            level = (0..branches)
                .map(|number| {
                    let mut own = Vec::new();
                    let mut bounds = Entries::default();
                    let mut children = Vec::with_capacity(each + 1);
                    for (at, (bound, node)) in nodes.by_ref().take(each + usize::from(number < more)).enumerate() {
                        if at == 0 {
                            own = bound;
                        } else {
                            bounds.push(&bound);
                        }
                        children.push(Child::new(node));
                    }
                    bounds.fit();
                    (own, Node::Branch(Branch { children, bounds }))
                })
                .collect();
        }
        Arc::new(level.pop().map(|(_, node)| node).unwrap_or_default())
    }
}

#[cfg(test)]
impl Node {
    /// Tells whether no node has too many entries or children or, below the root, none, and each knows how many lie in it.
    pub(super) fn is_whole(&self) -> bool {
        let below =
            |child: &Child| child.count == child.node.count() && child.node.width() > 0 && child.node.is_whole();
        self.width() <= MOST
            && match self {
                Self::Leaf(_) => true,
                Self::Branch(branch) => {
                    branch.bounds.len() + 1 == branch.children.len() && branch.children.iter().all(below)
                }
            }
    }
}
