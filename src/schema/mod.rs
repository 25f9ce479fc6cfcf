//! What a list system is: lists, fields, rules, expressions, checks, as data; and the check that they fit together.

mod builder;
mod code;
mod code_scheme;
mod coerce;
mod compiled;
mod display;
mod error;
mod expr;
mod fingerprint;
mod format;
mod graph;
mod index;
mod infer;
mod labels;
mod list;
mod message;
mod picture;
mod reads;
mod rule;
mod ty;
mod typed;
mod typing;
mod unique;
mod validate;
mod vocabulary;

pub use self::{
    builder::SchemaBuilder,
    code::{CodeProblem, CodeReport, CodeSegment},
    code_scheme::{Checksum, CodeScheme, Segment, SegmentOf},
    compiled::{FieldId, ListId, Schema, UnknownName},
    error::{SchemaError, SchemaFault, SchemaFaultKind},
    expr::{
        Aggregate, Expr, Fold, Path, RowsOf, all_of, any_of, authored, coalesce, code, collect, count, element, fold,
        greatest, if_else, join, least, lit, own, path, row, rows_of, source, sum, union,
    },
    index::Index,
    labels::Labels,
    list::{Check, Direction, Field, List, Narrow, OnRemove, OrderBy, Presence, Severity, Write},
    rule::{Each, Line, Probe, Rule, Table},
    ty::Type,
    vocabulary::Vocabulary,
};
pub(crate) use self::{
    coerce::wire_text,
    error::hint,
    fingerprint::Fingerprint,
    infer::is_open,
    labels::is_chinese,
    message::{MessagePart, message_parts},
    picture::Tier,
    reads::{Read, children, is_read},
    typing::Typing,
};
