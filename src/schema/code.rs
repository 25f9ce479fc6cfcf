//! What a code scheme makes of a code: its segments, its check characters, and what is wrong with it.

use std::fmt;

use indexmap::IndexMap;

use super::{Checksum, CodeScheme, Schema, SchemaBuilder, Segment, SegmentOf};
use crate::value::{Code, Name};

/// The most schemes that a code is nested in.
pub(crate) const MAX_NESTING: usize = 16;

/// How long the codes of a scheme are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SchemeSize {
    /// Their number of characters.
    pub(crate) length: usize,
    /// How many schemes are nested in the scheme, itself included.
    pub(crate) nesting: usize,
}

/// The sizes of the codes of all schemes that are not nested in themselves, or in what is unknown.
pub(crate) type SchemeSizes = IndexMap<Name, SchemeSize>;

/// Measures the codes of all schemes.
pub(crate) fn scheme_sizes(spec: &SchemaBuilder) -> SchemeSizes {
    let mut sizes = SchemeSizes::new();
    // Each round measures what the rounds before have made measurable, so a round is a level of nesting. A few more
    // levels than are accepted, so that what is nested too deeply is told from what is nested in itself.
    for nesting in 1..=4 * MAX_NESTING {
        let before = sizes.len();
        let measured: Vec<_> = spec
            .code_schemes
            .iter()
            .filter(|(name, _)| !sizes.contains_key(*name))
            .filter_map(|(name, scheme)| {
                let mut lengths = scheme.segments.values().map(|segment| segment_length(segment, &sizes));
                let length = lengths.try_fold(0, |sum: usize, length| Some(sum.saturating_add(length?)))?;
                Some((name.clone(), SchemeSize { length, nesting }))
            })
            .collect();
        sizes.extend(measured);
        if sizes.len() == before {
            break;
        }
    }
    sizes
}

pub(crate) fn segment_length(segment: &Segment, sizes: &SchemeSizes) -> Option<usize> {
    match &segment.of {
        SegmentOf::Characters { length, .. } => Some(usize::from(*length)),
        SegmentOf::Scheme(nested) => sizes.get(nested).map(|size| size.length),
    }
}

/// What a scheme makes of a code: its segments, and what is wrong with it.
///
/// It prints as an explanation, segment by segment. A code that its scheme does not describe is still a code; the report
/// says so and where it departs.
///
/// ```
/// use quanze::{Code, schema::{CodeScheme, SchemaBuilder, Segment}};
///
/// let basic = CodeScheme::new().segment("region", Segment::digits(2)).segment("number", Segment::digits(3));
/// let schema = SchemaBuilder::new().code_scheme("basic", basic).build()?;
/// let report = schema.code_report(&Code::new("basic", "41007"));
/// assert!(report.is_well_formed());
/// assert_eq!(report.segment("number"), Some("007"));
/// assert_eq!(
///     schema.code_report(&Code::new("basic", "410")).to_string(),
///     "basic:410 has an unknown shape: 3 characters, a code of 'basic' has 5",
/// );
/// # Ok::<(), quanze::schema::SchemaError>(())
/// ```
#[doc(alias = "编码校验")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeReport {
    code: Code,
    segments: Vec<CodeSegment>,
    problems: Vec<CodeProblem>,
}

/// A segment of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeSegment {
    name: String,
    text: String,
}

/// What is wrong with a code, and what would be accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodeProblem {
    /// The schema does not declare the scheme.
    #[error("there is no code scheme '{0}'")]
    UnknownScheme(Name),
    /// The code is longer or shorter than those of its scheme.
    #[error("{found} characters, a code of '{scheme}' has {expected}")]
    Length {
        /// The scheme.
        scheme: Name,
        /// The number of characters of its codes.
        expected: usize,
        /// The number of characters of the code.
        found: usize,
    },
    /// A character is not of the alphabet of its segment.
    #[error("character {position} is '{found}', in '{segment}' {accepted}")]
    Character {
        /// The segment; with dots between where codes are nested.
        segment: String,
        /// The place in the code, the first being 1.
        position: usize,
        /// The character.
        found: char,
        /// What would be accepted.
        accepted: String,
    },
    /// A check character is not the one that the characters before it give.
    #[error("the check character '{segment}' at {position} is '{found}', expected '{expected}'")]
    CheckCharacter {
        /// The segment; with dots between where codes are nested.
        segment: String,
        /// The place in the code, the first being 1.
        position: usize,
        /// The character.
        found: char,
        /// The character that would be right.
        expected: char,
    },
}

impl CodeReport {
    /// Returns the code.
    #[must_use]
    pub fn code(&self) -> &Code {
        &self.code
    }

    /// Tells whether the code has the shape of its scheme.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        self.problems.iter().all(|problem| matches!(problem, CodeProblem::CheckCharacter { .. }))
    }

    /// Tells whether the code is well formed and its check characters are right.
    #[must_use]
    pub fn check_digit_ok(&self) -> bool {
        self.problems.is_empty()
    }

    /// Returns the segments, first to last; after one that is a code of another scheme come those of that code, named with
    /// a dot. There are none where the length is wrong.
    #[must_use]
    pub fn segments(&self) -> &[CodeSegment] {
        &self.segments
    }

    /// Returns the text of a segment; nested ones are named with a dot, as `body.region`.
    #[must_use]
    pub fn segment(&self, name: &str) -> Option<&str> {
        self.segments.iter().find(|segment| segment.name == name).map(CodeSegment::text)
    }

    /// Returns what is wrong, first to last.
    #[must_use]
    pub fn problems(&self) -> &[CodeProblem] {
        &self.problems
    }
}

impl CodeSegment {
    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the characters.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for CodeReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.code)?;
        f.write_str(match (self.is_well_formed(), self.check_digit_ok()) {
            (_, true) => "is well formed",
            (true, false) => "has a wrong check character",
            (false, _) => "has an unknown shape",
        })?;
        for (i, problem) in self.problems.iter().enumerate() {
            write!(f, "{} {problem}", if i == 0 { ":" } else { ";" })?;
        }
        for segment in &self.segments {
            let depth = segment.name.matches('.').count();
            write!(f, "\n{:indent$}{}: {}", "", segment.name, segment.text, indent = 2 * depth + 2)?;
        }
        Ok(())
    }
}

impl Schema {
    /// Reports what its scheme makes of a code.
    #[must_use]
    pub fn code_report(&self, code: &Code) -> CodeReport {
        let mut report = CodeReport { code: code.clone(), segments: Vec::new(), problems: Vec::new() };
        let schemes = self.code_schemes();
        match schemes.find(code) {
            None => report.problems.push(CodeProblem::UnknownScheme(code.scheme().clone())),
            Some((scheme, expected)) => {
                let found = code.text().chars().count();
                if found == expected {
                    schemes.report(scheme, code.text(), "", 0, &mut report);
                } else {
                    report.problems.push(CodeProblem::Length { scheme: code.scheme().clone(), expected, found });
                }
            }
        }
        report
    }
}

/// The code schemes of a schema, and how long their codes are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CodeSchemes<'a> {
    pub(super) spec: &'a SchemaBuilder,
    pub(super) sizes: &'a SchemeSizes,
}

impl<'a> CodeSchemes<'a> {
    /// Tells whether a code has the shape of its scheme.
    pub(crate) fn is_well_formed(self, code: &Code) -> bool {
        self.find(code).is_some_and(|(scheme, _)| self.has_shape(scheme, code.text()))
    }

    /// Tells whether a code is well formed and its check characters are right.
    pub(crate) fn check_digit_ok(self, code: &Code) -> bool {
        self.find(code)
            .is_some_and(|(scheme, _)| self.has_shape(scheme, code.text()) && self.is_checked(scheme, code.text()))
    }

    /// Returns the text of a segment of a well-formed code.
    pub(crate) fn segment<'t>(self, code: &'t Code, name: &Name) -> Option<&'t str> {
        let (scheme, _) = self.find(code)?;
        let (_, _, text) = self.split(scheme, code.text()).find(|(segment, ..)| *segment == name)?;
        self.has_shape(scheme, code.text()).then_some(text)
    }

    fn find(self, code: &Code) -> Option<(&'a CodeScheme, usize)> {
        let scheme = self.spec.code_schemes.get(code.scheme())?;
        Some((scheme, self.sizes.get(code.scheme())?.length))
    }

    /// Cuts a text into the segments of a scheme; a text too short ends in segments too short, the rest of one too long is
    /// left out.
    fn split<'t>(
        self,
        scheme: &'a CodeScheme,
        text: &'t str,
    ) -> impl Iterator<Item = (&'a Name, &'a Segment, &'t str)> + use<'a, 't> {
        let mut rest = text;
        scheme.segments.iter().map(move |(name, segment)| {
            let length = segment_length(segment, self.sizes).unwrap_or(0);
            let at = rest.char_indices().nth(length).map_or(rest.len(), |(at, _)| at);
            let (text, after) = rest.split_at(at);
            rest = after;
            (name, segment, text)
        })
    }

    fn has_shape(self, scheme: &'a CodeScheme, text: &str) -> bool {
        let mut covered = 0;
        let fits = self.split(scheme, text).all(|(_, segment, part)| {
            covered += part.len();
            match &segment.of {
                SegmentOf::Characters { alphabet, length } => {
                    part.chars().count() == usize::from(*length) && part.chars().all(|c| alphabet.contains(c))
                }
                SegmentOf::Scheme(nested) => {
                    self.spec.code_schemes.get(nested).is_some_and(|nested| self.has_shape(nested, part))
                }
            }
        });
        fits && covered == text.len()
    }

    /// Tells whether the check characters of a well-formed code are right.
    fn is_checked(self, scheme: &'a CodeScheme, text: &str) -> bool {
        let own = scheme.checksums.iter().all(|checksum| {
            let mut before = 0;
            self.split(scheme, text).any(|(name, _, part)| {
                let covered = &text[..before];
                before += part.len();
                *name == checksum.segment && part.chars().next() == expected_character(checksum, covered)
            })
        });
        own && self.split(scheme, text).all(|(_, segment, part)| match &segment.of {
            SegmentOf::Characters { .. } => true,
            SegmentOf::Scheme(nested) => {
                self.spec.code_schemes.get(nested).is_some_and(|nested| self.is_checked(nested, part))
            }
        })
    }

    fn report(self, scheme: &'a CodeScheme, text: &str, within: &str, before: usize, report: &mut CodeReport) {
        let mut at = 0;
        for (name, segment, part) in self.split(scheme, text) {
            let path = format!("{within}{name}");
            let position = before + text[..at].chars().count() + 1;
            report.segments.push(CodeSegment { name: path.clone(), text: part.to_owned() });
            match &segment.of {
                SegmentOf::Scheme(nested) => {
                    if let Some(nested) = self.spec.code_schemes.get(nested) {
                        self.report(nested, part, &format!("{path}."), position - 1, report);
                    }
                }
                SegmentOf::Characters { alphabet, .. } => {
                    let strange: Vec<_> = part.chars().enumerate().filter(|(_, c)| !alphabet.contains(*c)).collect();
                    for (i, found) in &strange {
                        report.problems.push(CodeProblem::Character {
                            segment: path.clone(),
                            position: position + i,
                            found: *found,
                            accepted: accepted_characters(alphabet, *found),
                        });
                    }
                    let checksum = scheme.checksums.iter().find(|checksum| checksum.segment == *name);
                    if let (true, Some(checksum), Some(found)) = (strange.is_empty(), checksum, part.chars().next())
                        && let Some(expected) = expected_character(checksum, &text[..at])
                        && expected != found
                    {
                        report.problems.push(CodeProblem::CheckCharacter { segment: path, position, found, expected });
                    }
                }
            }
            at += part.len();
        }
    }
}

/// Computes the check character of the characters before it; nothing where one of them has no value.
fn expected_character(checksum: &Checksum, covered: &str) -> Option<char> {
    let modulus = u64::from(checksum.modulus);
    let mut sum = 0u64;
    for (c, weight) in covered.chars().zip(&checksum.weights) {
        let value = checksum.alphabet.chars().position(|other| other == c)?;
        sum = (sum + (value as u64 % modulus) * (u64::from(*weight) % modulus)) % modulus;
    }
    let value = usize::try_from((modulus - sum) % modulus).ok()?;
    checksum.alphabet.chars().nth(value)
}

fn accepted_characters(alphabet: &str, found: char) -> String {
    let other_case = found.to_uppercase().chain(found.to_lowercase()).find(|c| alphabet.contains(*c));
    match other_case {
        Some(c) => format!("'{c}' is accepted"),
        None => format!("one of {alphabet} is accepted"),
    }
}

#[cfg(test)]
mod tests {
    use super::{CodeProblem, CodeReport};
    use crate::{
        schema::{Checksum, CodeScheme, Schema, SchemaBuilder, Segment},
        value::Code,
    };

    const GB_32100: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    fn schema() -> Schema {
        let weights = std::iter::successors(Some(1), |weight| Some(weight * 3 % 31)).take(17).collect();
        let credit = CodeScheme::new()
            .segment("authority", Segment::characters(GB_32100, 1))
            .segment("kind", Segment::characters(GB_32100, 1))
            .segment("region", Segment::digits(6))
            .segment("organisation", Segment::characters(GB_32100, 9))
            .segment("check", Segment::characters(GB_32100, 1))
            .checksum(Checksum { segment: "check".into(), alphabet: GB_32100.into(), weights, modulus: 31 });
        let basic = CodeScheme::new()
            .segment("region", Segment::digits(2))
            .segment("type", Segment::digits(2))
            .segment("main", Segment::digits(5))
            .segment("sub", Segment::digits(3));
        let implementation = CodeScheme::new()
            .segment("body", Segment::scheme("credit"))
            .segment("level", Segment::digits(1))
            .segment("basic", Segment::scheme("basic"));
        let built = SchemaBuilder::new()
            .code_scheme("credit", credit)
            .code_scheme("basic", basic)
            .code_scheme("implementation", implementation)
            .build();
        built.expect("the schemes are sound")
    }

    fn report(scheme: &str, text: &str) -> CodeReport {
        let (whole, code) = (schema(), Code::new(scheme, text));
        let report = whole.code_report(&code);
        assert_eq!(whole.code_schemes().is_well_formed(&code), report.is_well_formed(), "{text}");
        assert_eq!(whole.code_schemes().check_digit_ok(&code), report.check_digit_ok(), "{text}");
        report
    }

    #[test]
    fn credit_codes_of_gb_32100() {
        for valid in [
            "11440000MB2D0164XH",
            "11440100007482575H",
            "11440300MB2C94128A",
            "12441500196720244T",
            "11511301008778183N",
            "115113010833722043",
            "11350128345071904J",
            "91350100M000100Y43",
            "11511301452259996U",
        ] {
            assert!(report("credit", valid).check_digit_ok(), "{}", report("credit", valid));
        }
        let first_line = |text| report("credit", text).to_string().lines().next().map(str::to_owned);
        let cases = [
            (
                "11440300007542785T",
                "credit:11440300007542785T has a wrong check character: the check character 'check' at 18 is 'T', expected 'U'",
            ),
            (
                "91350100M000100Y4Z",
                "credit:91350100M000100Y4Z has an unknown shape: character 18 is 'Z', in 'check' one of 0123456789ABCDEFGHJKLMNPQRTUWXY is accepted",
            ),
            (
                "11511301452259996u",
                "credit:11511301452259996u has an unknown shape: character 18 is 'u', in 'check' 'U' is accepted",
            ),
            (
                "1151130108778239R",
                "credit:1151130108778239R has an unknown shape: 17 characters, a code of 'credit' has 18",
            ),
        ];
        for (text, expect) in cases {
            assert_eq!(first_line(text).as_deref(), Some(expect));
        }
    }

    #[test]
    fn nested_codes_are_explained_whole() {
        let right = report("implementation", "11440000MB2D0164XH2440289876000");
        assert!(right.check_digit_ok());
        assert_eq!(
            right.to_string(),
            "implementation:11440000MB2D0164XH2440289876000 is well formed\n  body: 11440000MB2D0164XH\n    body.authority: 1\n    body.kind: 1\n    body.region: 440000\n    body.organisation: MB2D0164X\n    body.check: H\n  level: 2\n  basic: 440289876000\n    basic.region: 44\n    basic.type: 02\n    basic.main: 89876\n    basic.sub: 000"
        );
        for text in ["11440100007482575H3440118009000", "12441500196720244T3442199806003"] {
            assert!(report("implementation", text).check_digit_ok());
        }
        let wrong = report("implementation", "11440000MB2D0164XA2440289876000");
        let expected =
            CodeProblem::CheckCharacter { segment: "body.check".into(), position: 18, found: 'A', expected: 'H' };
        assert_eq!(wrong.problems(), [expected]);
        let wrong = report("implementation", "11440000MB2D0164XH2440289876O0权");
        assert_eq!(wrong.problems().len(), 2);
        assert_eq!(
            wrong.problems()[0].to_string(),
            "character 29 is 'O', in 'basic.sub' one of 0123456789 is accepted"
        );
        assert_eq!(
            wrong.problems()[1].to_string(),
            "character 31 is '权', in 'basic.sub' one of 0123456789 is accepted"
        );
    }

    #[test]
    fn segments_are_those_of_well_formed_codes() {
        let schema = schema();
        let schemes = schema.code_schemes();
        let code = Code::new("basic", "440289876000");
        assert_eq!(schemes.segment(&code, &"main".into()), Some("89876"));
        assert_eq!(schemes.segment(&code, &"other".into()), None);
        for strange in ["44028987600", "4402898760000", "44028987600x", "", "权权权权权权权权权权权权"] {
            assert_eq!(schemes.segment(&Code::new("basic", strange), &"main".into()), None, "{strange}");
            assert!(!report("basic", strange).is_well_formed());
        }
        let unknown = report("province", "1");
        assert_eq!(unknown.to_string(), "province:1 has an unknown shape: there is no code scheme 'province'");
    }
}
