//! Text as people type it, made comparable.

/// Without any whitespace: cells are broken into lines to fit their width, also within words.
pub(crate) fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// A name: without whitespace, with brackets, commas, colons and semicolons in full width, digits and letters in half width.
pub(crate) fn folded(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).map(|c| full_mark(half_width(c))).collect()
}

/// A digit or letter that is as wide as a Chinese character, in its usual width.
pub(crate) fn half_width(c: char) -> char {
    match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => {
            char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c)
        }
        c => c,
    }
}

fn full_mark(c: char) -> char {
    match c {
        '(' => '（',
        ')' => '）',
        ',' => '，',
        ':' => '：',
        ';' => '；',
        '<' => '〈',
        '>' => '〉',
        c => c,
    }
}

/// Text without the bracket at its end, if there is one: `实施依据（法律名称）` is `实施依据`.
pub(crate) fn without_bracket(text: &str) -> &str {
    match (text.find('（'), text.ends_with('）')) {
        (Some(at), true) if at > 0 => &text[..at],
        _ => text,
    }
}

/// The number that a text says how many items there are: `行政许可（11项）` says eleven. Of several, none is.
pub(crate) fn declared_count(text: &str) -> Option<usize> {
    let text: String = squeezed(text).chars().map(half_width).collect();
    let mut counts = text.split('项').rev().skip(1).filter_map(|before| {
        let digits = before.trim_end_matches(|c: char| c.is_ascii_digit());
        let preceded = digits.chars().next_back();
        // Items of an annex or an article are numbered, not counted.
        (preceded != Some('第')).then(|| before[digits.len()..].parse().ok()).flatten()
    });
    counts.next().filter(|_| counts.next().is_none())
}

/// The letters by which people call a column, from zero: `A` to `Z`, then `AA`.
pub(crate) fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(b'A' + ((rest - 1) % 26) as u8);
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().map(|&letter| char::from(letter)).collect()
}

/// A number of sixty-four bits that stands for a text: the same on every machine and in every version (FNV-1a).
pub(crate) fn fingerprint<'a>(parts: impl IntoIterator<Item = &'a str>) -> u64 {
    const START: u64 = 0xcbf2_9ce4_8422_2325;
    const FACTOR: u64 = 0x0100_0000_01b3;
    // Parts end with a byte that is in no text, so that moving a letter from one to the next is another text.
    let bytes = parts.into_iter().flat_map(|part| part.bytes().chain([0xFF]));
    bytes.fold(START, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(FACTOR))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_folded() {
        assert_eq!(folded(" 行政\n许可(１２,Ａ) "), "行政许可（12，A）");
        assert_eq!(without_bracket("实施依据（法律、法规）"), "实施依据");
        assert_eq!(without_bracket("（试行）"), "（试行）");
    }

    #[test]
    fn counts_are_found() {
        assert_eq!(declared_count("行政征收（ 1 项）"), Some(1));
        assert_eq!(declared_count("共２１７项"), Some(217));
        assert_eq!(declared_count("许可11项、处罚254项"), None);
        assert_eq!(declared_count("附件第26项"), None);
        assert_eq!(declared_count("权责事项清单"), None);
    }

    #[test]
    fn columns_have_letters() {
        assert_eq!([0, 25, 26, 701, 702].map(column_letters), ["A", "Z", "AA", "ZZ", "AAA"]);
    }

    #[test]
    fn fingerprints_keep_parts_apart() {
        assert_ne!(fingerprint(["ab", "c"]), fingerprint(["a", "bc"]));
        assert_eq!(format!("{:016x}", fingerprint(["a"])), "089bc907b544c769");
    }
}
