use std::{fmt, ops};

use serde::{Deserialize, Serialize};

use crate::value::{Name, Value};

/// A total expression over one row and what it refers to.
///
/// Expressions are data: they print, serialise, and are checked and compiled once with the schema. They never fail: a
/// comparison with a missing value is false, and an overflow, a division by zero or unlike units give a missing value.
///
/// Where a name is read is always explicit:
///
/// | in | reads |
/// |---|---|
/// | [`source`], [`path`] | the row that a rule reads |
/// | [`element`] | the element, table line or matched row of this step (`element("value")` is a plain element itself) |
/// | [`own`] | the row being made, as it will be seen |
/// | [`authored`] | the row being made, only what was authored |
/// | [`row`] | inside an aggregate, the row aggregated |
///
/// A dotted path follows references: `source("basis.instrument.state")` reads the states of the instruments of the articles
/// in `basis`. Where it leads on from a set or sequence it gives a set: the different values found, sorted, and missing
/// where there are none. Otherwise it gives what its last field holds.
///
/// Operations are nested at most 48 deep.
///
/// ```
/// use quanze::schema::{own, rows_of, row, source};
///
/// let licence = source("kind").is_in(["licence", "permit"]).and(source("fee").not());
/// assert_eq!(licence.to_string(), r#"source.kind in ["licence", "permit"] and not source.fee"#);
///
/// let leads = rows_of("participants", "matter").count_where(row("role").is("lead"));
/// assert_eq!(leads.ne(1).to_string(), r#"count(participants.matter where row.role = "lead") != 1"#);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Expr {
    /// A value; text is read as what it is compared with or set to.
    Lit(Value),
    /// A field of the source row, or a path from it.
    Source(Path),
    /// A field of the element, table line or matched row, or a path from it.
    Element(Path),
    /// A field of the row being made or checked, or a path from it.
    Own(Path),
    /// What was authored for a field of the row being made or checked.
    Authored(Name),
    /// A field of the row aggregated, or a path from it.
    Row(Path),
    /// A value drawn from many rows.
    Aggregate(Box<Aggregate>),
    /// Equal.
    Eq(Box<(Expr, Expr)>),
    /// Both present and different.
    Ne(Box<(Expr, Expr)>),
    /// Less.
    Lt(Box<(Expr, Expr)>),
    /// Less or equal.
    Le(Box<(Expr, Expr)>),
    /// Greater.
    Gt(Box<(Expr, Expr)>),
    /// Greater or equal.
    Ge(Box<(Expr, Expr)>),
    /// The value is an element of the list.
    In(Box<(Expr, Expr)>),
    /// Every element of the first is one of the second; true of an empty or missing first.
    Subset(Box<(Expr, Expr)>),
    /// The two have an element in common.
    Intersects(Box<(Expr, Expr)>),
    /// All hold.
    And(Vec<Expr>),
    /// At least one holds.
    Or(Vec<Expr>),
    /// It does not hold (or is missing).
    Not(Box<Expr>),
    /// There is no value.
    Missing(Box<Expr>),
    /// The sum of numbers, amounts, or durations of one unit; days added to a date.
    Add(Box<(Expr, Expr)>),
    /// The difference.
    Sub(Box<(Expr, Expr)>),
    /// The product of numbers or amounts.
    Mul(Box<(Expr, Expr)>),
    /// The quotient; of integers, rounded towards zero.
    Div(Box<(Expr, Expr)>),
    /// The remainder, with the sign of the first.
    Rem(Box<(Expr, Expr)>),
    /// The smallest value present; missing where two of them do not compare.
    Min(Vec<Expr>),
    /// The largest value present; missing where two of them do not compare.
    Max(Vec<Expr>),
    /// The values as text, one after the other; missing if one of them is.
    Join(Vec<Expr>),
    /// The number of characters of a text, or of elements of a list.
    Length(Box<Expr>),
    /// The text starts with the other.
    StartsWith(Box<(Expr, Expr)>),
    /// The text ends with the other.
    EndsWith(Box<(Expr, Expr)>),
    /// The text contains the other.
    Contains(Box<(Expr, Expr)>),
    /// The first value present.
    Coalesce(Vec<Expr>),
    /// The second if the first holds, else the third.
    If(Box<(Expr, Expr, Expr)>),
    /// The elements of all lists, each once.
    Union(Vec<Expr>),
    /// A code of a scheme, composed of parts.
    Code(Name, Vec<Expr>),
    /// The code has the shape of its scheme.
    WellFormed(Box<Expr>),
    /// The code is well formed and its check characters are right.
    CheckDigitOk(Box<Expr>),
    /// The text of a segment of a well-formed code.
    Segment(Box<Expr>, Name),
}

/// A dotted path of field names: the first of the row in scope, the others through references.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Path(Vec<Name>);

impl Path {
    /// Returns the names, first the field of the row in scope.
    #[must_use]
    pub fn names(&self) -> &[Name] {
        &self.0
    }

    /// Returns the name of a path of one.
    #[must_use]
    pub fn single(&self) -> Option<&Name> {
        match self.0.as_slice() {
            [name] => Some(name),
            _ => None,
        }
    }
}

impl From<&str> for Path {
    fn from(text: &str) -> Self {
        Self(text.split('.').map(Name::from).collect())
    }
}

impl From<String> for Path {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl From<Path> for String {
    fn from(path: Path) -> Self {
        path.to_string()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, name) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(".")?;
            }
            f.write_str(name.as_str())?;
        }
        Ok(())
    }
}

/// One value drawn from the members of a group, or from the rows that refer to a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aggregate {
    /// How the value is drawn.
    pub fold: Fold,
    /// Which rows: those that refer here, or, where there is nothing, the members of the group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows_of: Option<RowsOf>,
    /// What is taken of each row; `row("field")`, or `source("field")` for members of a group. Nothing for a count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Expr>,
    /// Which rows count.
    #[serde(default = "Expr::always", skip_serializing_if = "Expr::is_always")]
    pub when: Expr,
}

/// The rows of a list that refer to the row in scope by a field.
///
/// The row in scope is a base row, or a derived row standing for the base row it comes from. The list is a base list, or a
/// derived list whose field is inherited from the base row that it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowsOf {
    /// The list of the rows that refer.
    pub list: Name,
    /// The field by which they refer, singly or as a set.
    pub by: Name,
}

/// How one value is drawn from many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fold {
    /// The number of rows.
    Count,
    /// The sum of the values present (0 of none); missing on overflow, or where units differ.
    Sum,
    /// The smallest value present.
    Min,
    /// The largest value present.
    Max,
    /// The different values present, as a set.
    Collect,
    /// The value is true for one row at least.
    Any,
    /// The value is true for all rows.
    All,
}

/// Makes a literal.
pub fn lit(value: impl Into<Value>) -> Expr {
    Expr::Lit(value.into())
}

/// Reads a field of the source row, or a dotted path from it. `source("key")` is the row itself.
pub fn source(path: impl AsRef<str>) -> Expr {
    Expr::Source(path.as_ref().into())
}

/// Reads a dotted path from the source row: another name for [`source`], for where references are followed.
pub fn path(path: impl AsRef<str>) -> Expr {
    source(path)
}

/// Reads the element, table line or matched row. `element("value")` is a plain element, `element("key")` the matched row.
pub fn element(path: impl AsRef<str>) -> Expr {
    Expr::Element(path.as_ref().into())
}

/// Reads a field of the row being made or checked, as it will be seen, or a dotted path from it.
pub fn own(path: impl AsRef<str>) -> Expr {
    Expr::Own(path.as_ref().into())
}

/// Reads what was authored for a field of the row being made or checked.
pub fn authored(field: impl Into<Name>) -> Expr {
    Expr::Authored(field.into())
}

/// Reads, inside an aggregate over [`rows_of`], a field of the row aggregated, or a dotted path from it.
pub fn row(path: impl AsRef<str>) -> Expr {
    Expr::Row(path.as_ref().into())
}

/// Starts an aggregate over the rows of a list that refer here by a field.
pub fn rows_of(list: impl Into<Name>, by: impl Into<Name>) -> RowsOf {
    RowsOf { list: list.into(), by: by.into() }
}

fn aggregate(fold: Fold, rows_of: Option<RowsOf>, value: Option<Expr>, when: Expr) -> Expr {
    Expr::Aggregate(Box::new(Aggregate { fold, rows_of, value, when }))
}

/// Counts the members of the group.
#[must_use]
pub fn count() -> Expr {
    aggregate(Fold::Count, None, None, Expr::always())
}

/// Draws a value from the members of the group, each giving `value`.
#[must_use]
pub fn fold(fold: Fold, value: Expr) -> Expr {
    aggregate(fold, None, Some(value), Expr::always())
}

/// Sums a value over the members of the group.
#[must_use]
pub fn sum(value: Expr) -> Expr {
    fold(Fold::Sum, value)
}

/// Takes the smallest value among the members of the group.
#[must_use]
pub fn least(value: Expr) -> Expr {
    fold(Fold::Min, value)
}

/// Takes the largest value among the members of the group.
#[must_use]
pub fn greatest(value: Expr) -> Expr {
    fold(Fold::Max, value)
}

/// Collects the different values among the members of the group.
#[must_use]
pub fn collect(value: Expr) -> Expr {
    fold(Fold::Collect, value)
}

impl RowsOf {
    /// Counts the rows.
    #[must_use]
    pub fn count(self) -> Expr {
        self.count_where(Expr::always())
    }

    /// Counts the rows for which a condition on [`row`] holds.
    #[must_use]
    pub fn count_where(self, when: Expr) -> Expr {
        aggregate(Fold::Count, Some(self), None, when)
    }

    /// Draws a value from the rows, each giving `value`.
    #[must_use]
    pub fn fold(self, fold: Fold, value: Expr) -> Expr {
        self.fold_where(fold, value, Expr::always())
    }

    /// Draws a value from the rows for which a condition holds.
    #[must_use]
    pub fn fold_where(self, fold: Fold, value: Expr, when: Expr) -> Expr {
        aggregate(fold, Some(self), Some(value), when)
    }

    /// Sums a value over the rows.
    #[must_use]
    pub fn sum(self, value: Expr) -> Expr {
        self.fold(Fold::Sum, value)
    }

    /// Collects the different values of the rows.
    #[must_use]
    pub fn collect(self, value: Expr) -> Expr {
        self.fold(Fold::Collect, value)
    }

    /// Tells whether a condition holds for one row at least.
    #[must_use]
    pub fn any(self, condition: Expr) -> Expr {
        self.fold(Fold::Any, condition)
    }

    /// Tells whether a condition holds for all rows.
    #[must_use]
    pub fn all(self, condition: Expr) -> Expr {
        self.fold(Fold::All, condition)
    }
}

/// Joins values as text.
pub fn join(parts: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::Join(parts.into_iter().collect())
}

/// Takes the first value present.
pub fn coalesce(options: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::Coalesce(options.into_iter().collect())
}

/// Takes one value or the other, by a condition.
#[must_use]
pub fn if_else(condition: Expr, then: Expr, otherwise: Expr) -> Expr {
    Expr::If(Box::new((condition, then, otherwise)))
}

/// Demands that all conditions hold.
pub fn all_of(conditions: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::And(conditions.into_iter().collect())
}

/// Demands that one condition at least holds.
pub fn any_of(conditions: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::Or(conditions.into_iter().collect())
}

/// Unites lists, each element once.
pub fn union(lists: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::Union(lists.into_iter().collect())
}

/// Composes a code of a scheme from parts.
pub fn code(scheme: impl Into<Name>, parts: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::Code(scheme.into(), parts.into_iter().collect())
}

impl<T: Into<Value>> From<T> for Expr {
    fn from(value: T) -> Self {
        lit(value)
    }
}

macro_rules! pairs {
    ($($(#[$doc:meta])* $method:ident => $variant:ident;)*) => {
        impl Expr {$(
            $(#[$doc])*
            #[must_use]
            pub fn $method(self, other: impl Into<Expr>) -> Expr {
                Expr::$variant(Box::new((self, other.into())))
            }
        )*}
    };
}

pairs! {
    /// Holds where the two are equal.
    is => Eq;
    /// Holds where both are present and different.
    ne => Ne;
    /// Holds where this is less.
    lt => Lt;
    /// Holds where this is less or equal.
    le => Le;
    /// Holds where this is greater.
    gt => Gt;
    /// Holds where this is greater or equal.
    ge => Ge;
    /// Holds where this is an element of the other, a list.
    is_in => In;
    /// Holds where every element of this list is in the other.
    subset_of => Subset;
    /// Holds where the two lists have an element in common.
    intersects => Intersects;
    /// Holds where this text starts with the other.
    starts_with => StartsWith;
    /// Holds where this text ends with the other.
    ends_with => EndsWith;
    /// Holds where this text contains the other.
    contains => Contains;
    /// Takes the remainder of a division.
    #[expect(clippy::should_implement_trait, reason = "reads as the contract has it, and is no operator")]
    rem => Rem;
}

impl Expr {
    /// Holds where both do.
    #[must_use]
    pub fn and(self, other: Expr) -> Expr {
        match self {
            Expr::And(mut all) => {
                all.push(other);
                Expr::And(all)
            }
            first => Expr::And(vec![first, other]),
        }
    }

    /// Holds where one of the two does.
    #[must_use]
    pub fn or(self, other: Expr) -> Expr {
        match self {
            Expr::Or(mut any) => {
                any.push(other);
                Expr::Or(any)
            }
            first => Expr::Or(vec![first, other]),
        }
    }

    /// Holds where this does not.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "reads as the contract has it; `!` works as well")]
    pub fn not(self) -> Expr {
        Expr::Not(Box::new(self))
    }

    /// Holds where there is no value.
    #[must_use]
    pub fn is_missing(self) -> Expr {
        Expr::Missing(Box::new(self))
    }

    /// Holds where there is a value.
    #[must_use]
    pub fn is_present(self) -> Expr {
        self.is_missing().not()
    }

    /// Holds where the other is an element of this list.
    #[must_use]
    pub fn has(self, element: impl Into<Expr>) -> Expr {
        element.into().is_in(self)
    }

    /// Takes the smaller of the values present.
    #[must_use]
    pub fn min(self, other: impl Into<Expr>) -> Expr {
        Expr::Min(vec![self, other.into()])
    }

    /// Takes the larger of the values present.
    #[must_use]
    pub fn max(self, other: impl Into<Expr>) -> Expr {
        Expr::Max(vec![self, other.into()])
    }

    /// Takes the other where there is no value.
    #[must_use]
    pub fn or_else(self, other: impl Into<Expr>) -> Expr {
        Expr::Coalesce(vec![self, other.into()])
    }

    /// Counts the characters of a text or the elements of a list.
    #[must_use]
    pub fn length(self) -> Expr {
        Expr::Length(Box::new(self))
    }

    /// Holds where a code has the shape of its scheme.
    #[must_use]
    pub fn is_well_formed(self) -> Expr {
        Expr::WellFormed(Box::new(self))
    }

    /// Holds where a code is well formed and its check characters are right.
    #[must_use]
    pub fn check_digit_ok(self) -> Expr {
        Expr::CheckDigitOk(Box::new(self))
    }

    /// Takes a segment of a code.
    #[must_use]
    pub fn segment(self, name: impl Into<Name>) -> Expr {
        Expr::Segment(Box::new(self), name.into())
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident;)*) => {$(
        impl<T: Into<Expr>> ops::$trait<T> for Expr {
            type Output = Expr;

            fn $method(self, other: T) -> Expr {
                Expr::$trait(Box::new((self, other.into())))
            }
        }
    )*};
}

operators! {
    Add add;
    Sub sub;
    Mul mul;
    Div div;
}

impl ops::Not for Expr {
    type Output = Expr;

    fn not(self) -> Expr {
        Expr::not(self)
    }
}
