use std::fmt;

use thiserror::Error;

use super::Type;
use crate::value::Name;

/// All faults of a schema.
///
/// ```
/// use quanze::schema::{List, Rule, SchemaBuilder, Type};
///
/// let faults = SchemaBuilder::new()
///     .list("powers", List::base().field("name", Type::Text))
///     .list("services", List::derived().field("name", Type::Text).rule(Rule::each_row("all", "power").inherit(["name"])))
///     .build()
///     .unwrap_err();
/// assert_eq!(faults.to_string(), "list 'services', rule 'all': there is no list 'power'; did you mean 'powers'?");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SchemaError {
    faults: Vec<SchemaFault>,
}

impl SchemaError {
    pub(crate) fn new(faults: Vec<SchemaFault>) -> Self {
        Self { faults }
    }

    /// Returns the faults, in the order of the schema's parts; there is at least one.
    #[must_use]
    pub fn faults(&self) -> &[SchemaFault] {
        &self.faults
    }
}

impl fmt::Display for SchemaError {
    /// Writes one fault a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, fault) in self.faults.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            fmt::Display::fmt(fault, f)?;
        }
        Ok(())
    }
}

impl fmt::Debug for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.faults).finish()
    }
}

impl std::error::Error for SchemaError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.faults.first().map(|fault| &fault.kind as _)
    }
}

/// One fault of a schema: what is wrong, and where.
#[derive(Clone, PartialEq, Eq)]
pub struct SchemaFault {
    kind: SchemaFaultKind,
    place: Place,
}

/// Where in a schema something is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) list: Option<Name>,
    pub(crate) rule: Option<Name>,
    pub(crate) field: Option<Name>,
    pub(crate) index: Option<Name>,
    pub(crate) check: Option<Name>,
    pub(crate) vocabulary: Option<Name>,
    pub(crate) scheme: Option<Name>,
}

impl SchemaFault {
    pub(crate) fn new(place: Place, kind: SchemaFaultKind) -> Self {
        Self { kind, place }
    }

    /// Returns what is wrong.
    #[must_use]
    pub fn kind(&self) -> &SchemaFaultKind {
        &self.kind
    }

    /// Returns the list at fault.
    #[must_use]
    pub fn list(&self) -> Option<&Name> {
        self.place.list.as_ref()
    }

    /// Returns the rule at fault.
    #[must_use]
    pub fn rule(&self) -> Option<&Name> {
        self.place.rule.as_ref()
    }

    /// Returns the field at fault.
    #[must_use]
    pub fn field(&self) -> Option<&Name> {
        self.place.field.as_ref()
    }

    /// Returns the index at fault.
    #[must_use]
    pub fn index(&self) -> Option<&Name> {
        self.place.index.as_ref()
    }

    /// Returns the check at fault.
    #[must_use]
    pub fn check(&self) -> Option<&Name> {
        self.place.check.as_ref()
    }

    /// Returns the vocabulary at fault.
    #[must_use]
    pub fn vocabulary(&self) -> Option<&Name> {
        self.place.vocabulary.as_ref()
    }

    /// Returns the code scheme at fault.
    #[must_use]
    pub fn code_scheme(&self) -> Option<&Name> {
        self.place.scheme.as_ref()
    }
}

impl fmt::Display for SchemaFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = [
            ("list", &self.place.list),
            ("rule", &self.place.rule),
            ("field", &self.place.field),
            ("index", &self.place.index),
            ("check", &self.place.check),
            ("vocabulary", &self.place.vocabulary),
            ("code scheme", &self.place.scheme),
        ];
        let mut written = false;
        for (what, name) in places {
            if let Some(name) = name {
                write!(f, "{}{what} '{}'", if written { ", " } else { "" }, shortened(name.as_str()))?;
                written = true;
            }
        }
        if written {
            f.write_str(": ")?;
        }
        fmt::Display::fmt(&self.kind, f)
    }
}

impl fmt::Debug for SchemaFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for SchemaFault {}

/// What is wrong with a part of a schema; the message says what would be accepted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SchemaFaultKind {
    /// A name is used that nothing declares.
    #[error("there is no {what} '{name}'{of}; {hint}")]
    Unknown {
        /// What the name should be that of.
        what: &'static str,
        /// The name used, shortened.
        name: String,
        /// Where it should be declared, as ` in the list 'powers'`; may be empty.
        of: String,
        /// The nearest name there is, or the names there are.
        hint: String,
    },
    /// A path goes on from a field that refers to no row.
    #[error("the path '{path}' goes on after '{field}', which is {found}; only a reference leads further")]
    PathEnds {
        /// The path.
        path: String,
        /// The field after which it goes on.
        field: Name,
        /// The type of that field.
        found: Type,
    },
    /// A literal, table cell or value does not fit its type.
    #[error("{0}")]
    Value(String),
    /// An expression has a type that is not accepted in its place.
    #[error("'{expr}' is {found}; {accepted}")]
    Type {
        /// The expression, shortened.
        expr: String,
        /// Its type.
        found: Type,
        /// What would be accepted.
        accepted: String,
    },
    /// Two expressions should have one type.
    #[error("'{left}' is {left_type} and '{right}' is {right_type}; both must have one type")]
    TwoTypes {
        /// One expression, shortened.
        left: String,
        /// Its type.
        left_type: Type,
        /// The other expression, shortened.
        right: String,
        /// Its type.
        right_type: Type,
    },
    /// An expression reads what is not in scope.
    #[error("'{expr}' cannot be read in {place}; {accepted}")]
    Scope {
        /// The expression, shortened.
        expr: String,
        /// Where it stands.
        place: &'static str,
        /// What would be accepted.
        accepted: String,
    },
    /// A text is no JSON of a schema.
    #[error("the text is no JSON of a schema: {0}")]
    Json(String),
    /// A name has not the form that names have.
    #[error(
        "the {what} name '{name}' is malformed; a name is a lower-case letter, then lower-case letters, digits or '_', at most 64"
    )]
    MalformedName {
        /// What the name is that of.
        what: &'static str,
        /// The name, shortened.
        name: String,
    },
    /// A choice of a vocabulary has a code that cannot be one.
    #[error("the choice '{0}' is malformed; a choice is 1 to 64 bytes without spaces or control characters")]
    MalformedChoice(String),
    /// A name stands for something else.
    #[error("the {what} name '{name}' is reserved; it is {meaning}")]
    Reserved {
        /// What the name is that of.
        what: &'static str,
        /// The name.
        name: Name,
        /// What it stands for.
        meaning: &'static str,
    },
    /// Something is given twice.
    #[error("the {what} '{name}' is given twice; each is given once")]
    Twice {
        /// What is given twice.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// There are too many or too few of something.
    #[error("{what}: {count}; accepted: {accepted}")]
    Count {
        /// What is counted.
        what: String,
        /// How many there are.
        count: usize,
        /// How many are accepted.
        accepted: String,
    },
    /// An expression is nested too deeply.
    #[error("an expression is nested deeper than {most} operations; set a field to a part of it and read that")]
    TooDeep {
        /// The deepest accepted.
        most: usize,
    },
    /// Memberships and fields depend on themselves.
    #[error("a cycle, in which each depends on the next: {}", .path.join(" → "))]
    Cycle {
        /// The cycle: `rows of list` or `list.field`, the first again at the end.
        path: Vec<String>,
    },
    /// A rule reads a list of a lower tier.
    #[error(
        "tier {tier} reads '{read}' of tier {read_tier}; only lists of tier {tier}, those above it, and those without a tier are accepted"
    )]
    Tier {
        /// The tier of the rule's list.
        tier: u8,
        /// The list read.
        read: Name,
        /// Its tier.
        read_tier: u8,
    },
    /// A type refers to rows of a derived list.
    #[error("rows of '{0}' cannot be referred to, because it is derived; references to base lists are accepted")]
    ReferenceToDerived(Name),
    /// A set or sequence of sets or sequences.
    #[error("a {0} is not accepted; the elements of a list are single values")]
    NestedList(Type),
    /// A field of a base list has a write policy.
    #[error("the field is written with its base row; a write policy is accepted in derived lists")]
    WriteInBaseList,
    /// A write policy and a type do not go together.
    #[error("{write} is not for {found}; {accepted}")]
    WritePolicy {
        /// The policy.
        write: &'static str,
        /// The field's type.
        found: Type,
        /// What would be accepted.
        accepted: &'static str,
    },
    /// A rule sets a field that is authored only.
    #[error("the field is local, so no rule sets it; leave it out, or let its write policy be suggest")]
    LocalIsSet,
    /// No rule sets a field that needs a rule's value.
    #[error("no rule sets the field; set it in a rule, or let its write policy be local")]
    NeverSet,
    /// A policy for removal on a field without references.
    #[error("the field is {0}, which refers to no row; on_remove is accepted for references")]
    OnRemoveWithoutReference(Type),
    /// A cascade where no row can be owned.
    #[error("cascade makes the row owned by the one referred to; only a single reference of a base list is accepted")]
    Cascade,
    /// A required reference that is let go.
    #[error("a required reference cannot be released; restrict or cascade is accepted, or an optional field")]
    RequiredRelease,
    /// Unique fields in a derived list.
    #[error("unique fields are accepted in base lists only")]
    UniqueInDerivedList,
    /// A list of groups has further rules.
    #[error("a rule that groups is the only rule of its list; give each of them a list of its own")]
    GroupNotAlone,
    /// A field or expression has a type that its place does not take.
    #[error("{part} is {found}; {accepted}")]
    Part {
        /// The part of the rule.
        part: String,
        /// Its type.
        found: Type,
        /// What would be accepted.
        accepted: String,
    },
    /// A part of a rule is at fault whatever its type.
    #[error("{0}")]
    Rule(String),
    /// A list that cannot be matched.
    #[error("the list '{0}' cannot be matched; base lists and lists of groups are accepted")]
    NotMatchable(Name),
    /// A table is at fault.
    #[error("table, line {line}: {problem}")]
    TableLine {
        /// The line, the first being 1.
        line: usize,
        /// What is wrong, and what would be accepted.
        problem: String,
    },
    /// A check's message is at fault.
    #[error("the message in '{language}' {problem}")]
    Message {
        /// The language of the message.
        language: String,
        /// What is wrong, and what would be accepted.
        problem: String,
    },
    /// A code scheme is at fault.
    #[error("{0}")]
    CodeScheme(String),
    /// An expression is ill-formed whatever the types.
    #[error("'{expr}' {problem}")]
    Expression {
        /// The expression, shortened.
        expr: String,
        /// What is wrong, and what would be accepted.
        problem: String,
    },
}

impl SchemaFaultKind {
    /// Makes the fault of a name that is not among those known.
    pub(crate) fn unknown<'a>(
        what: &'static str,
        name: &Name,
        of: String,
        known: impl IntoIterator<Item = &'a Name>,
    ) -> Self {
        let hint = hint(name.as_str(), known.into_iter().map(Name::as_str));
        Self::Unknown { what, name: shortened(name.as_str()), of, hint }
    }
}

/// Cuts a text that is longer than any name.
pub(crate) fn shortened(text: &str) -> String {
    const MOST: usize = 70;
    let mut short: String = text.chars().take(MOST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// Says what would be accepted in place of a name: the nearest one, or those there are.
pub(crate) fn hint<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 8;
    let known: Vec<&str> = known.into_iter().collect();
    let length = name.chars().count();
    let near = known.iter().map(|other| (distance(name, other), other)).min_by_key(|(distance, _)| *distance);
    match near {
        None => "none is declared".to_owned(),
        Some((distance, other)) if distance <= length.div_ceil(3) && distance < length => {
            format!("did you mean '{other}'?")
        }
        Some(_) => format!("accepted: {}", shortened_list(known, SHOWN)),
    }
}

/// Writes the first of many names, and how many there are when some are left out.
pub(crate) fn shortened_list<'a>(names: impl IntoIterator<Item = &'a str>, shown: usize) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let mut text = names.iter().take(shown).copied().collect::<Vec<_>>().join(", ");
    if names.len() > shown {
        text = format!("{text}, … ({} in all)", names.len());
    }
    text
}

/// Returns the edit distance of two texts (Levenshtein, with swaps of neighbours counted once).
fn distance(a: &str, b: &str) -> usize {
    // Names are at most 64 bytes; anything much longer is near to nothing.
    const FAR: usize = 100;
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(FAR).collect(), b.chars().take(FAR).collect());
    let mut rows: [Vec<usize>; 3] = [vec![0; b.len() + 1], (0..=b.len()).collect(), vec![0; b.len() + 1]];
    for i in 1..=a.len() {
        let [before, last, row] = &mut rows;
        row[0] = i;
        for j in 1..=b.len() {
            let changed = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + changed);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        rows.rotate_left(1);
    }
    rows[1][b.len()]
}

#[cfg(test)]
mod tests {
    use super::{distance, hint};

    #[test]
    fn distance_counts_edits_and_swaps() {
        let cases =
            [("", "", 0), ("name", "name", 0), ("nam", "name", 1), ("naem", "name", 1), ("kitten", "sitting", 3)];
        for (a, b, expect) in cases {
            assert_eq!(distance(a, b), expect, "{a} {b}");
            assert_eq!(distance(b, a), expect, "{b} {a}");
        }
    }

    #[test]
    fn hint_names_the_nearest_or_all() {
        assert_eq!(hint("powrs", ["powers", "services"]), "did you mean 'powers'?");
        assert_eq!(hint("fees", ["powers", "services"]), "accepted: powers, services");
        assert_eq!(hint("fees", []), "none is declared");
    }
}
