//! `dbsp` on one worker, which is a thread of its own: each commit is a transaction, and what changes in it is the feed.
//!
//! *Maintained* keeps every list as a trace, and joins items with the registers of bodies. *Stateless* keeps the totals alone: rows
//! follow from the item's own record as it goes by.

use dbsp::{
    DBSPHandle, OrdIndexedZSet, OrdZSet, OutputHandle, Runtime, ZSetHandle,
    typed_batch::{IndexedZSetReader, SpineSnapshot},
    utils::{Tup2, Tup3},
};

use crate::{
    dataflow::{Base, Changes, Dataflow, Derived, bodies, derived, is_of_body},
    workload::{checksum::Total, generator::Item},
};

/// Rows and the sum of their limits, by department.
type Totals = OrdIndexedZSet<u8, Tup2<i64, i64>>;

/// The engine, of either form.
pub(crate) struct Flow<const MAINTAINED: bool> {
    circuit: DBSPHandle,
    input: ZSetHandle<Base>,
    rows: OutputHandle<SpineSnapshot<OrdZSet<Derived>>>,
    totals: OutputHandle<SpineSnapshot<Totals>>,
}

impl<const MAINTAINED: bool> Dataflow for Flow<MAINTAINED> {
    const NAME: &'static str = if MAINTAINED { "dbsp" } else { "dbsp-stateless" };

    fn new(blank: Item) -> Self {
        let (circuit, (input, registers, rows, totals)) = Runtime::init_circuit(1, move |circuit| {
            let (bases, input) = circuit.add_input_zset::<Base>();
            let (bodies, registers) = circuit.add_input_zset::<Tup3<u8, u8, u8>>();
            let rows = if MAINTAINED {
                let plain = {
                    let blank = blank.clone();
                    bases.flat_map(move |base| derived(base, &blank, |list| !is_of_body(list)))
                };
                // A row at a body is there where its body is.
                let at_bodies = bases.flat_map_index(move |base| {
                    derived(base, &blank, is_of_body).into_iter().map(|row| {
                        let (register, kind, slot) = row.body();
                        (Tup3(register, kind, slot), row)
                    })
                });
                let rows = plain.plus(&at_bodies.join(&bodies.map_index(|body| (*body, ())), |_, row, ()| row.clone()));
                rows.accumulate_integrate_trace();
                rows
            } else {
                bases.flat_map(move |base| derived(base, &blank, |_| true))
            };
            let shares = rows.flat_map_index(|row| row.share());
            let totals = shares.aggregate_linear(|limit| Tup2(1, *limit));
            Ok((input, registers, rows.accumulate_output(), totals.accumulate_output()))
        })
        .expect("the circuit is well formed");
        bodies().for_each(|(register, kind, slot)| registers.push(Tup3(register, kind, slot), 1));
        Self { circuit, input, rows, totals }
    }

    fn put(&mut self, base: Base, by: isize) {
        self.input.push(base, by as i64);
    }

    fn step(&mut self, changes: &mut Changes) {
        self.circuit.transaction().expect("the circuit runs");
        changes.rows.extend(self.rows.concat().iter().map(|(row, (), by)| (row, by as isize)));
        changes.totals.extend(self.totals.concat().iter().map(|(department, Tup2(rows, sum), by)| {
            (department, Total { rows: rows as u64, sum: sum as u64 }, by as isize)
        }));
    }
}
