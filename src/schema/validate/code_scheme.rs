use indexmap::IndexSet;

use super::Validation;
use crate::{
    schema::{
        Checksum, CodeScheme, SchemaFaultKind as Kind, Segment, SegmentOf,
        code::{MAX_NESTING, segment_length},
    },
    value::Name,
};

/// The longest code that a scheme describes, in characters; the longest in use has 33.
const MAX_CODE_LENGTH: usize = 512;

impl<'a> Validation<'a> {
    pub(super) fn code_scheme(&mut self, name: &Name, scheme: &'a CodeScheme) {
        if scheme.segments.is_empty() {
            self.scheme_fault("the scheme has no segments; at least one is accepted");
        }
        for (segment, of) in &scheme.segments {
            self.name("segment", segment);
            match &of.of {
                SegmentOf::Characters { alphabet, length } => {
                    self.alphabet(&format!("the segment '{segment}'"), alphabet);
                    if *length == 0 {
                        self.scheme_fault(format!("the segment '{segment}' has no characters; 1 to 255 are accepted"));
                    }
                }
                SegmentOf::Scheme(nested) => {
                    if !self.spec.code_schemes.contains_key(nested) {
                        self.unknown("code scheme", nested, String::new(), self.spec.code_schemes.keys());
                    }
                }
            }
        }
        if let Some(path) = self.nesting(name) {
            // The knot is reported once, at its first scheme.
            if path.iter().min() == Some(name) {
                let path = path.iter().map(Name::as_str).chain([name.as_str()]).collect::<Vec<_>>().join(" → ");
                self.scheme_fault(format!("the scheme is a segment of itself: {path}"));
            }
            return;
        }
        // Nothing is known of a scheme nested in what is faulty, and that is reported there.
        let Some(size) = self.sizes.get(name).copied() else { return };
        if size.nesting > MAX_NESTING {
            self.scheme_fault(format!(
                "it nests {} schemes in each other; at most {MAX_NESTING} are accepted",
                size.nesting
            ));
        } else if size.length > MAX_CODE_LENGTH {
            let length = size.length;
            self.scheme_fault(format!("its codes have {length} characters; at most {MAX_CODE_LENGTH} are accepted"));
        } else {
            for checksum in &scheme.checksums {
                self.checksum(scheme, checksum);
            }
        }
    }

    fn scheme_fault(&mut self, problem: impl Into<String>) {
        self.fault(Kind::CodeScheme(problem.into()));
    }

    fn alphabet(&mut self, whose: &str, alphabet: &str) {
        if alphabet.is_empty() {
            self.scheme_fault(format!("{whose} has an empty alphabet; at least one character is accepted"));
        }
        let mut seen = IndexSet::new();
        for c in alphabet.chars() {
            if !seen.insert(c) {
                self.scheme_fault(format!(
                    "{whose} has '{c}' twice in its alphabet; different characters are accepted"
                ));
            }
            if c.is_whitespace() || c.is_control() {
                self.scheme_fault(format!("{whose} has {c:?} in its alphabet; printable characters are accepted"));
            }
        }
    }

    /// Returns the way from a scheme back to itself through its segments, where there is one.
    fn nesting(&self, name: &Name) -> Option<Vec<Name>> {
        let mut seen = IndexSet::new();
        let mut open = vec![vec![name.clone()]];
        while let Some(path) = open.pop() {
            let scheme = path.last().and_then(|last| self.spec.code_schemes.get(last));
            for segment in scheme.into_iter().flat_map(|scheme| scheme.segments.values()) {
                let SegmentOf::Scheme(nested) = &segment.of else { continue };
                if nested == name {
                    return Some(path);
                }
                if seen.insert(nested.clone()) {
                    open.push(path.iter().cloned().chain([nested.clone()]).collect());
                }
            }
        }
        None
    }

    fn checksum(&mut self, scheme: &'a CodeScheme, checksum: &Checksum) {
        let name = &checksum.segment;
        let Some((place, _, segment)) = scheme.segments.get_full(name) else {
            self.unknown("segment", name, String::new(), scheme.segments.keys());
            return;
        };
        let whose = format!("the check character '{name}'");
        if !matches!(segment.of, SegmentOf::Characters { length: 1, .. }) {
            self.scheme_fault(format!(
                "the segment '{name}' holds a check character; a segment of one character is accepted"
            ));
        }
        if scheme.checksums.iter().filter(|other| other.segment == *name).count() > 1 {
            self.scheme_fault(format!("{whose} is computed in two ways; one is accepted"));
        }
        self.alphabet(&whose, &checksum.alphabet);
        let values = checksum.alphabet.chars().count();
        if checksum.modulus == 0 || checksum.modulus as usize > values {
            self.scheme_fault(format!(
                "{whose} has the modulus {}; 1 to {values}, the characters of its alphabet, are accepted",
                checksum.modulus
            ));
        }
        let before: Vec<&Segment> = scheme.segments.values().take(place).collect();
        let covered: usize = before.iter().filter_map(|segment| segment_length(segment, &self.sizes)).sum();
        if covered != checksum.weights.len() {
            self.scheme_fault(format!(
                "{whose} covers {covered} characters and has {} weights; one for each is accepted",
                checksum.weights.len()
            ));
        }
        let strange: IndexSet<char> = before
            .iter()
            .flat_map(|segment| self.characters(segment))
            .filter(|c| !checksum.alphabet.contains(*c))
            .collect();
        if !strange.is_empty() {
            let strange: String = strange.into_iter().collect();
            self.scheme_fault(format!(
                "{whose} covers '{strange}', which its alphabet does not value; an alphabet with all characters covered is accepted"
            ));
        }
    }

    /// Returns the characters that a segment may hold.
    fn characters(&self, segment: &'a Segment) -> IndexSet<char> {
        match &segment.of {
            SegmentOf::Characters { alphabet, .. } => alphabet.chars().collect(),
            SegmentOf::Scheme(nested) => {
                let scheme = self.spec.code_schemes.get(nested);
                scheme
                    .into_iter()
                    .flat_map(|scheme| scheme.segments.values())
                    .flat_map(|s| self.characters(s))
                    .collect()
            }
        }
    }
}
