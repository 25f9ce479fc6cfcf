use super::numeral::{is_numeral, value};

/// The letter of each unit that laws are divided into.
const UNITS: [(&str, char); 8] =
    [("部分", 's'), ("编", 'b'), ("章", 'c'), ("节", 'n'), ("条", 'a'), ("款", 'p'), ("项", 'i'), ("目", 'm')];

/// Writes a place in an instrument in few letters, for keys: `a23p2` for `第二十三条第二款`, `x1i34` for `附件一第三十四项`, `all`
/// for the instrument as a whole. A place that is not counted so is returned as it is.
///
/// ```
/// use quanze_workbook::basis::short_locator;
///
/// assert_eq!(short_locator("第二十三条第二款"), "a23p2");
/// assert_eq!(short_locator("附件一第三十四项"), "x1i34");
/// assert_eq!(short_locator("附件第九项"), "x9");
/// assert_eq!(short_locator(""), "all");
/// assert_eq!(short_locator("11.1.5"), "11.1.5");
/// ```
#[must_use]
pub fn short_locator(locator: &str) -> String {
    if locator.is_empty() {
        return "all".to_owned();
    }
    short(locator).unwrap_or_else(|| locator.to_owned())
}

fn short(locator: &str) -> Option<String> {
    let mut short = String::new();
    let mut rest = locator;
    if let Some(behind) = rest.strip_prefix("附件") {
        rest = behind;
        short.push('x');
        if let Some((number, behind)) = number(rest) {
            short.push_str(&number.to_string());
            rest = behind;
        } else if let Some((number, behind)) = counted(rest).filter(|(_, behind)| *behind == "项") {
            // The only annex, and an item of it.
            short.push_str(&number.to_string());
            rest = &behind["项".len()..];
        }
    }
    while !rest.is_empty() {
        let (number, behind) = counted(rest)?;
        let (unit, letter) = UNITS.into_iter().find(|(unit, _)| behind.starts_with(unit))?;
        short.push(letter);
        short.push_str(&number.to_string());
        rest = &behind[unit.len()..];
        // What stands between two articles: 第二十条之一.
        if let Some((number, behind)) = rest.strip_prefix('之').and_then(self::number) {
            short.push('z');
            short.push_str(&number.to_string());
            rest = behind;
        }
    }
    Some(short)
}

/// A number behind its `第`.
fn counted(text: &str) -> Option<(u32, &str)> {
    number(text.strip_prefix('第')?)
}

fn number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c| !is_numeral(c)).unwrap_or(text.len());
    let digits: Vec<char> = text[..end].chars().collect();
    Some((value(&digits)?, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_short_and_told_apart() {
        for (locator, short) in [
            ("第九条", "a9"),
            ("第一部分第六条", "s1a6"),
            ("第三章第七条第一款第二项", "c3a7p1i2"),
            ("第二十条之一第二款", "a20z1p2"),
            ("第十九项", "i19"),
            ("附件", "x"),
            ("附件二", "x2"),
            ("附件第一百零四项", "x104"),
            ("附件二第二十八项第三目", "x2i28m3"),
            ("第九", "第九"),
            ("附则", "附则"),
            ("第条", "第条"),
        ] {
            assert_eq!(short_locator(locator), short, "{locator}");
        }
    }
}
