use thiserror::Error;

use crate::value::Name;

/// The error of an adjustment that cannot be made of the lists as they are.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AdjustmentError {
    /// There is no such row.
    #[error("there is no row '{key}' in '{list}'; name one that is there")]
    NoRow {
        /// The list.
        list: Name,
        /// The key.
        key: String,
    },
    /// A row is there that is to be entered.
    #[error("'{key}' is in '{list}' already; give the new row a key of its own")]
    Taken {
        /// The list.
        list: Name,
        /// The key.
        key: String,
    },
    /// The row is in another state than the adjustment is for.
    #[error("'{key}' of '{list}' is {state}; it must be {needed}")]
    State {
        /// The list.
        list: Name,
        /// The key.
        key: String,
        /// The state it is in.
        state: String,
        /// The states that would do.
        needed: &'static str,
    },
    /// Something in use rests on what is to go.
    #[error(
        "'{power}' cannot go while this rests on it: {}; cancel it first, or let it cascade or be withdrawn",
        rows(dependants)
    )]
    Dependants {
        /// The item.
        power: String,
        /// What rests on it: list and key.
        dependants: Vec<(Name, String)>,
    },
    /// An adjustment of several names too few.
    #[error("{what} needs at least {least}, each once; {given} given")]
    TooFew {
        /// What is done.
        what: &'static str,
        /// How many there must be.
        least: usize,
        /// How many different ones there are.
        given: usize,
    },
    /// There is nothing for the adjustment to do.
    #[error("{0}")]
    Nothing(String),
    /// An adjustment speaks of a list in which it cannot do that.
    #[error("nothing can be moved from '{0}': what is authored lies in derived lists")]
    NotDerived(String),
}

fn rows(rows: &[(Name, String)]) -> String {
    /// As many as somebody reads.
    const SHOWN: usize = 8;
    let shown: Vec<String> = rows.iter().take(SHOWN).map(|(list, key)| format!("{list}[{key}]")).collect();
    match rows.len().checked_sub(SHOWN) {
        Some(more @ 1..) => format!("{} and {more} more", shown.join(", ")),
        _ => shown.join(", "),
    }
}
