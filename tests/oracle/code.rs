//! Codes and their schemes: shape, check characters, segments.

use quanze::{
    Code, Name, SchemaBuilder,
    schema::{CodeScheme, SegmentOf},
};

/// The texts of a code's segments, by name; `None` where the text has not the shape of the scheme.
pub(crate) fn parse(schema: &SchemaBuilder, code: &Code) -> Option<Vec<(Name, String)>> {
    parse_text(schema, schema.code_schemes.get(code.scheme())?, code.text())
}

fn parse_text(schema: &SchemaBuilder, form: &CodeScheme, text: &str) -> Option<Vec<(Name, String)>> {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() != length(schema, form) {
        return None;
    }
    let mut at = 0;
    let mut segments = Vec::new();
    for (name, segment) in &form.segments {
        let end = at + segment_length(schema, &segment.of);
        let part: String = chars[at..end].iter().collect();
        let fits = match &segment.of {
            SegmentOf::Characters { alphabet, .. } => part.chars().all(|c| alphabet.contains(c)),
            SegmentOf::Scheme(inner) => parse_text(schema, &schema.code_schemes[inner], &part).is_some(),
            _ => false,
        };
        if !fits {
            return None;
        }
        segments.push((name.clone(), part));
        at = end;
    }
    Some(segments)
}

fn length(schema: &SchemaBuilder, form: &CodeScheme) -> usize {
    form.segments.values().map(|segment| segment_length(schema, &segment.of)).sum()
}

fn segment_length(schema: &SchemaBuilder, of: &SegmentOf) -> usize {
    match of {
        SegmentOf::Characters { length, .. } => usize::from(*length),
        SegmentOf::Scheme(inner) => length(schema, &schema.code_schemes[inner]),
        _ => 0,
    }
}

/// Tells whether a code is well formed and its check characters, and those of the codes inside it, are right.
pub(crate) fn check_digits_ok(schema: &SchemaBuilder, code: &Code) -> bool {
    let Some(segments) = parse(schema, code) else { return false };
    let form = &schema.code_schemes[code.scheme()];
    let inner_ok = segments.iter().all(|(name, part)| match &form.segments[name].of {
        SegmentOf::Scheme(inner) => check_digits_ok(schema, &Code::new(inner, part.as_str())),
        _ => true,
    });
    inner_ok && form.checksums.iter().all(|sum| sum_ok(&segments, sum).unwrap_or(false))
}

fn sum_ok(segments: &[(Name, String)], sum: &quanze::schema::Checksum) -> Option<bool> {
    let alphabet: Vec<char> = sum.alphabet.chars().collect();
    let value_of = |c: char| alphabet.iter().position(|&a| a == c).and_then(|v| u64::try_from(v).ok());
    let at = segments.iter().position(|(name, _)| *name == sum.segment)?;
    let covered: String = segments[..at].iter().map(|(_, part)| part.as_str()).collect();
    let mut total = 0;
    for (c, weight) in covered.chars().zip(&sum.weights) {
        total += value_of(c)? * u64::from(*weight);
    }
    let modulus = u64::from(sum.modulus);
    let expected = (modulus - total % modulus) % modulus;
    Some(segments[at].1.chars().next().and_then(value_of) == Some(expected))
}
