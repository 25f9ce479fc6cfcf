//! The engines by name.

use crate::{
    child::{self, Reply},
    rederive::{RederiveAll, RederiveItem},
    workload::{
        checksum::{Masks, Resolved, Spans},
        floor_by_reference::ByReference,
        floor_stored::Stored,
        quanze::Quanze,
    },
};

/// An engine with a consumer.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    /// In which form it does the workload.
    pub(crate) form: &'static str,
    pub(crate) serve: fn(usize) -> Reply<()>,
}

macro_rules! contenders {
    ($($(#[$on:meta])* $name:literal $version:literal $engine:ty, $consumer:ty: $form:literal;)*) => {
        /// All engines that this build has.
        pub(crate) const ENGINES: &[Contender] = &[$(
            $(#[$on])*
            Contender { name: $name, version: $version, form: $form, serve: child::serve_as::<$engine, $consumer> },
        )*];
    };
}

contenders! {
    "quanze-spans" "own" Quanze, Spans: "public API; (list, rows, field mask) of rows changed alike";
    "quanze-masks" "own" Quanze, Masks: "public API; (list, row, field mask) of each row";
    "quanze-resolved" "own" Quanze, Resolved: "public API; key and all fields of each row";
    "floor-masks" "own" ByReference, Masks: "by hand, rows by reference; (list, row, field mask)";
    "floor-resolved" "own" ByReference, Resolved: "by hand, rows by reference; key and all fields";
    "floor-stored" "own" Stored, Resolved: "by hand, rows stored; key and all fields";
    "rederive-item" "own" RederiveItem, Resolved: "one item derived anew, and compared";
    "rederive-diff" "own" RederiveAll, Resolved: "everything derived anew, and compared";
    #[cfg(feature = "salsa")]
    "salsa-item" "0.28.5" crate::salsa_items::SalsaItems, Resolved:
        "a memo an item, asked for by a driver that knows which has changed";
    #[cfg(feature = "salsa")]
    "salsa-row" "0.28.5" crate::salsa_rows::SalsaRows, Resolved:
        "a memo a row, asked for by a driver that knows which item has changed";
    #[cfg(feature = "incremental")]
    "incremental" "0.2.8" crate::incremental::Nodes, Resolved: "a variable, a node and an observer an item";
    #[cfg(feature = "differential")]
    "differential" "0.26.0" crate::dataflow::Driven<crate::differential::Flow<true>>, Resolved:
        "one worker; every list kept as an arrangement, items joined with bodies";
    #[cfg(feature = "differential")]
    "differential-stateless" "0.26.0" crate::dataflow::Driven<crate::differential::Flow<false>>, Resolved:
        "one worker; rows as they go by, totals kept";
    #[cfg(feature = "dbsp")]
    "dbsp" "0.349.0" crate::dataflow::Driven<crate::dbsp::Flow<true>>, Resolved:
        "one worker; every list kept as a trace, items joined with bodies";
    #[cfg(feature = "dbsp")]
    "dbsp-stateless" "0.349.0" crate::dataflow::Driven<crate::dbsp::Flow<false>>, Resolved:
        "one worker; rows as they go by, totals kept";
    #[cfg(feature = "sqlite")]
    "sqlite" "0.43.0" crate::sqlite::Sqlite, Resolved:
        "in memory; the lists of an item as a statement, asked before and after it changes";
}

/// Finds an engine.
pub(crate) fn find(name: &str) -> Option<&'static Contender> {
    ENGINES.iter().find(|engine| engine.name == name)
}

/// Whether an engine keeps rows that can be read. A dataflow hands them on; its driver would read them off its own items.
pub(crate) fn has_reads(name: &str) -> bool {
    !["dbsp", "differential"].iter().any(|dataflow| name.starts_with(dataflow))
}
