use super::ScalarOp;
use crate::{
    schema::{Narrow, Type, Write},
    store::Val,
    value::Name,
};

/// Which of the things that a family depends on: own fields, paths, authored fields, matched rows. Past the last bit of
/// its own, a thing shares one with others; that costs a comparison, never a change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Mask(pub(crate) u128);

/// Bits that are shared by all things beyond the first 128.
const SHARED: usize = 32;

impl Mask {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const ALL: Self = Self(u128::MAX);

    pub(crate) fn bit(at: usize) -> Self {
        let at = if at < 128 { at } else { 128 - SHARED + at % SHARED };
        Self(1 << at)
    }

    #[inline]
    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    #[inline]
    pub(crate) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// A compiled expression, read at a row of a block.
///
/// `up` counts the steps from that row to the ancestor read.
#[derive(Debug, Clone)]
pub(crate) enum Op {
    Const(Val<'static>),
    /// A slot of the root's record.
    Slot(u16),
    /// The root itself, as a reference.
    Root,
    /// The printed key of the ancestor.
    Key {
        up: u8,
    },
    /// The element, table line's column or matched row of the step that the ancestor took.
    Step {
        up: u8,
        block: u16,
        rule: u8,
        what: StepRead,
    },
    /// The element or matched row under trial for a rule of a block.
    Candidate {
        block: u16,
        rule: u8,
        what: StepRead,
    },
    /// A field of the ancestor, by its own program.
    Field {
        up: u8,
        block: u16,
        field: u16,
    },
    /// What was authored for a field of the ancestor.
    Authored {
        up: u8,
        block: u16,
        field: u16,
    },
    /// A path through references: from what `start` refers to, through slots of root lists.
    Path {
        start: Box<Op>,
        hops: Box<[(u16, u16)]>,
        many: bool,
    },
    Eq(Box<(Op, Op)>),
    Ne(Box<(Op, Op)>),
    Lt(Box<(Op, Op)>),
    Le(Box<(Op, Op)>),
    Gt(Box<(Op, Op)>),
    Ge(Box<(Op, Op)>),
    In(Box<(Op, Op)>),
    Subset(Box<(Op, Op)>),
    Intersects(Box<(Op, Op)>),
    And(Box<[Op]>),
    Or(Box<[Op]>),
    Not(Box<Op>),
    Missing(Box<Op>),
    Add(Box<(Op, Op)>),
    Sub(Box<(Op, Op)>),
    Mul(Box<(Op, Op)>),
    Div(Box<(Op, Op)>),
    Rem(Box<(Op, Op)>),
    Min(Box<[Op]>),
    Max(Box<[Op]>),
    Join(Box<[Op]>),
    /// The flag says that the operand is a list.
    Length(Box<Op>, bool),
    StartsWith(Box<(Op, Op)>),
    EndsWith(Box<(Op, Op)>),
    Contains(Box<(Op, Op)>),
    Coalesce(Box<[Op]>),
    If(Box<(Op, Op, Op)>),
    Union(Box<[Op]>),
    Code(Name, Box<[Op]>),
    WellFormed(Box<Op>),
    CheckDigitOk(Box<Op>),
    Segment(Box<Op>, Name),
    /// The integer as a decimal amount.
    Widen(Box<Op>),
    /// The list as a set: sorted.
    Sorted(Box<Op>),
    /// A field's authored value is looser than its rule's, or of an unlike unit.
    Looser {
        field: u16,
    },
}

impl Op {
    /// Takes off what only changes the form of a value.
    pub(crate) fn bare(&self) -> &Self {
        let mut op = self;
        while let Self::Widen(inner) | Self::Sorted(inner) = op {
            op = inner;
        }
        op
    }

    /// Returns the operations that an operation is made of.
    pub(crate) fn operands(&self) -> Vec<&Self> {
        match self {
            Self::Const(_)
            | Self::Slot(_)
            | Self::Root
            | Self::Key { .. }
            | Self::Step { .. }
            | Self::Candidate { .. }
            | Self::Field { .. }
            | Self::Authored { .. }
            | Self::Looser { .. } => Vec::new(),
            Self::Path { start, .. } => vec![start],
            Self::Eq(p)
            | Self::Ne(p)
            | Self::Lt(p)
            | Self::Le(p)
            | Self::Gt(p)
            | Self::Ge(p)
            | Self::In(p)
            | Self::Subset(p)
            | Self::Intersects(p)
            | Self::Add(p)
            | Self::Sub(p)
            | Self::Mul(p)
            | Self::Div(p)
            | Self::Rem(p)
            | Self::StartsWith(p)
            | Self::EndsWith(p)
            | Self::Contains(p) => vec![&p.0, &p.1],
            Self::And(all)
            | Self::Or(all)
            | Self::Min(all)
            | Self::Max(all)
            | Self::Join(all)
            | Self::Coalesce(all)
            | Self::Union(all)
            | Self::Code(_, all) => all.iter().collect(),
            Self::Not(one)
            | Self::Missing(one)
            | Self::Length(one, _)
            | Self::WellFormed(one)
            | Self::CheckDigitOk(one)
            | Self::Segment(one, _)
            | Self::Widen(one)
            | Self::Sorted(one) => vec![one],
            Self::If(parts) => vec![&parts.0, &parts.1, &parts.2],
        }
    }
}

/// What is read of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StepRead {
    /// The element itself, or the reference to the matched row.
    Value,
    /// The printed key of the matched row.
    Key,
    /// A column of the table.
    Column(u16),
    /// A slot of the matched row.
    Slot(u16),
    /// A field of the matched row of a group list.
    Field(u16),
}

/// An expression with what it depends on.
#[derive(Debug, Clone)]
pub(crate) struct Lowered {
    pub(crate) op: Op,
    pub(crate) ty: Type,
    /// The things of the family that it reads.
    pub(crate) reads: Mask,
    /// How far up the nearest row lies on which it depends; `None` where it is the same for all rows of a root.
    pub(crate) near: Option<u8>,
    /// The same in the form in which the loop runs it, where its values are scalars.
    pub(crate) scalar: Option<Box<ScalarOp>>,
}

impl Lowered {
    pub(crate) fn constant(val: Val<'static>, ty: Type) -> Self {
        Self { op: Op::Const(val), ty, reads: Mask::NONE, near: None, scalar: None }
    }

    /// Takes over what another depends on.
    pub(crate) fn depend(&mut self, reads: Mask, near: Option<u8>) {
        self.reads.add(reads);
        self.near = nearer(self.near, near);
    }
}

pub(crate) fn nearer(a: Option<u8>, b: Option<u8>) -> Option<u8> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (some, None) | (None, some) => some,
    }
}

/// How a field of a row gets its value, for the rows of one rule.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    pub(crate) write: Write,
    /// The rule's value.
    pub(crate) rule: Lowered,
    /// The bit of what is authored for the field.
    pub(crate) authored: Mask,
    /// What the value depends on, authored cells included.
    pub(crate) reads: Mask,
    pub(crate) near: Option<u8>,
    /// How many operations it takes to work the value out; of a field that is kept, to read it.
    pub(crate) operations: u32,
    /// Whether the value is kept while a family is looked at: fields that each read the one before more than once would
    /// otherwise take twice as long with every field.
    pub(crate) is_kept: bool,
}

impl Program {
    /// So many operations are done at each reading; the value of a field that takes more is kept.
    pub(crate) const KEPT_ABOVE: u32 = 256;

    /// The direction in which values of the field are tighter, where it may only be narrowed.
    pub(crate) fn narrow(&self) -> Option<Narrow> {
        match self.write {
            Write::Narrow(narrow) => Some(narrow),
            _ => None,
        }
    }
}
