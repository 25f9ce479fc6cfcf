//! What the lists are for: who carries a power out at which post, how it is handled in fact, and what comes of it.
//!
//! | list | holds |
//! |---|---|
//! | `posts` `operating_steps` | authored: the posts of a body's offices, and the steps of a power, each at a post |
//! | `performance` | the performance list (履职清单): each power in the lists, by office and post, step by step |
//! | `post_duties` `workflows` `promised_flows` | what a post has to do; how long a power takes at a body; the same beside what is promised |
//! | `periods` `running_records` `excluded_times` | authored: months and what they lie within; cases, inspections, penalties; time that does not count |
//! | `handled` | each record with its net days, held against its limit |
//! | `evaluation` `counted` | what a power was handled like at a body in a period; the same for all periods that it counts in |
//! | `body_evaluation` `kind_evaluation` `item_evaluation` | the same by body, by body and kind, by power |
//! | `unexercised` | the powers in use of which there is no record at all |
//!
//! They are asked for with [`FourTier::with_execution`](super::FourTier::with_execution): a system without them pays nothing.

mod evaluation;
mod performance;
mod running;

use super::FourTier;
use crate::schema::{Expr, List, if_else, sum};

/// The vocabularies of these lists.
pub(super) use self::running::vocabularies;

/// How many members of a group a condition holds of.
fn count_if(condition: Expr) -> Expr {
    sum(if_else(condition, 1.into(), 0.into()))
}

/// The lists, in the order in which data flows.
pub(super) fn lists(options: &FourTier) -> Vec<(&'static str, List)> {
    let mut lists = performance::lists();
    lists.extend(running::lists(options));
    lists.extend(evaluation::lists());
    lists
}
