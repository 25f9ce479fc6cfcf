//! Indexes of a list, from the head of its recipe.

use quanze::{
    Name,
    schema::{Direction, Expr, Index, List, OrderBy, Type, own},
};

use super::{expr::Env, recipe::Tape};

/// Bytes that follow from a few others, and are zeros where those are: the tapes of recipes stay as they are.
fn stretched(seed: &[u8], length: usize) -> Vec<u8> {
    let mut state = seed.iter().fold(0_u64, |all, byte| all * 257 + u64::from(*byte));
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005);
        (state >> 56) as u8
    };
    (0..length).map(|_| next()).collect()
}

/// The list with up to three indexes: on some of its fields, on those of its order, with a condition or without.
pub(super) fn indexed(mut list: List, seed: &[u8]) -> List {
    let tape = stretched(seed, 96);
    let mut tape = Tape::new(&tape);
    let scalars: Vec<Name> = super::schema::scalar_fields(&list);
    let mut env = Env { reads: Vec::new(), aggregates: Vec::new() };
    env.reads.extend(list.fields.iter().map(|(name, field)| (own(name), field.ty.clone())));
    if !list.is_base() {
        env.reads.push((own("key"), Type::Text));
    }
    for number in 0..tape.pick(4) {
        let by = if tape.percent(30) {
            list.order.clone()
        } else {
            let mut by: Vec<OrderBy> = Vec::new();
            for _ in 0..tape.pick(4) {
                let field = tape.one(&scalars).cloned();
                let direction = if tape.percent(35) { Direction::Descending } else { Direction::Ascending };
                if let Some(field) = field.filter(|field| by.iter().all(|before| before.field != *field)) {
                    by.push(OrderBy { field, direction });
                }
            }
            by
        };
        let when = if tape.percent(35) { env.condition(&mut tape, 2) } else { Expr::always() };
        list = list.index(format!("index{number}"), Index::on(by).when(when));
    }
    list
}
