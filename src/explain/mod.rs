//! Why a value is what it is, why a row is there or not, and what a row feeds.
//!
//! [`ListSystem::explain`] and [`Snapshot::explain`] give an [`Explanation`]: the chain of rules and sources of a field up
//! to what was authored. [`ListSystem::feeds`] gives [`Feeds`], the same chains from the other end. [`ListSystem::why_not`] and
//! [`Snapshot::why_not`] give [`WhyNot`]: what a row that is not there lacks.
//! [`ChangeSet::impact`](crate::ChangeSet::impact) gives an [`Impact`]: what changes mean for whom.
//!
//! Architecture invariant: explaining reads what the engine reads, by the same programs, and changes nothing; the engine
//! knows nothing of it.

mod absence;
mod chain;
mod concerned;
mod drawn;
mod explanation;
mod feeding;
mod feeds;
mod graph;
mod grounds;
mod impact;
mod key_forms;
mod membership;
mod neighbourhood;
mod owners;
mod read;
mod spot;
mod why_not;
mod words;

#[cfg(feature = "petgraph-0_8")]
pub use self::graph::{RowEdge, RowEdgeId, RowEdges, RowNeighbors, RowNodeReferences, RowNodes};
use self::{absence::Absence, chain::Chain, feeding::Feeding, spot::Spot};
pub use self::{
    explanation::{Contribution, Explanation, How, Node, Place},
    feeds::{Fed, Feeds},
    graph::{RowGraph, RowNode, Tie},
    grounds::Ground,
    impact::{Counts, Impact, OfList, OfOwner, OfTier},
    membership::{Condition, Made, Probed, Step},
    owners::{ImpactError, Owners},
    why_not::{Absent, Failed, Lack, Missed, NotMember, Why, WhyNot},
};
use crate::{
    system::{ListSystem, ReadError, Sight, Snapshot},
    value::Name,
};

impl Snapshot {
    /// Explains a field of a row, as in the example of [`Explanation`]: the chain of rules and sources up to what was authored, and why the row exists. The field
    /// `key` is the row itself.
    ///
    /// # Errors
    /// [`ReadError`] where there is no such list, field or row.
    ///
    /// # Complexity
    /// In the cells read. An aggregate or group looks through the lists that it draws from, since a snapshot has no links
    /// back; [`ListSystem::explain`] has them for references.
    pub fn explain(&self, list: &str, key: impl AsRef<str>, field: &str) -> Result<Explanation, ReadError> {
        explain(self.sight(), list, key.as_ref(), field)
    }

    /// Tells why a row is not in a list, as in the example of [`WhyNot`]; or that it is. Whatever the key, it is an answer.
    ///
    /// # Errors
    /// [`ReadError`] where there is no such list.
    ///
    /// # Complexity
    /// In the cells read, and the rules on the way up. A group looks through the list of its members.
    pub fn why_not(&self, list: &str, key: impl AsRef<str>) -> Result<WhyNot, ReadError> {
        why_not(self.sight(), list, key.as_ref())
    }
}

impl ListSystem {
    /// Explains a field of a row, as [`Snapshot::explain`] does.
    ///
    /// # Errors
    /// [`ReadError`] where there is no such list, field or row.
    ///
    /// # Complexity
    /// In the cells read, and the rows that count in the aggregates on the way. A group looks through the lists of its
    /// members.
    pub fn explain(&self, list: &str, key: impl AsRef<str>, field: &str) -> Result<Explanation, ReadError> {
        explain(self.sight(), list, key.as_ref(), field)
    }

    /// Tells why a row is not in a list, as [`Snapshot::why_not`] does.
    ///
    /// # Errors
    /// [`ReadError`] where there is no such list.
    ///
    /// # Complexity
    /// In the cells read, and the rules on the way up. A group looks through the list of its members.
    pub fn why_not(&self, list: &str, key: impl AsRef<str>) -> Result<WhyNot, ReadError> {
        why_not(self.sight(), list, key.as_ref())
    }

    /// Finds every row whose existence or fields rest on a row, of a base list or any other, as in the example of [`Feeds`].
    ///
    /// # Errors
    /// [`ReadError`] where there is no such list or row.
    ///
    /// # Complexity
    /// In the families that the row, or a reference to it, may matter to: what a change of it would visit.
    pub fn feeds(&self, list: &str, key: impl AsRef<str>) -> Result<Feeds, ReadError> {
        let sight = self.sight();
        let (_, cx, at) = sight.row(list, key.as_ref())?;
        let start = Spot::at(&sight, &cx, at);
        let rows = sight.links.map(|links| Feeding::new(sight, links, start).find()).unwrap_or_default();
        Ok(Feeds { list: start.name().clone(), key: start.key(), rows, schema: sight.schema().clone() })
    }
}

fn explain(sight: Sight<'_>, list: &str, key: &str, field: &str) -> Result<Explanation, ReadError> {
    let name = Name::from(field);
    if name != "key" {
        sight.schema().field(list, field)?;
    }
    let (_, cx, at) = sight.row(list, key)?;
    let spot = Spot::at(&sight, &cx, at);
    let mut chain = Chain::new(sight);
    let node = chain.named(spot, &name);
    let membership = chain.membership(spot);
    let schema = sight.schema().clone();
    let mut explanation = Explanation { node, membership, grounds: Vec::new(), schema };
    explanation.grounds = grounds::grounds(&sight, &explanation);
    Ok(explanation)
}

fn why_not(sight: Sight<'_>, list: &str, key: &str) -> Result<WhyNot, ReadError> {
    let row = Absence::new(sight).of(sight.list(list)?, key);
    Ok(WhyNot { row, schema: sight.schema().clone() })
}
