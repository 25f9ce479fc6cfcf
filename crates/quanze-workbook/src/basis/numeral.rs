//! Numbers as laws count with them: `二十三`, `一百零四`, and in digits.

const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/// Whether a character can be part of a number.
pub(super) fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || DIGITS.contains(&c) || matches!(c, '〇' | '○' | 'Ｏ' | '两' | '十' | '百' | '千')
}

/// The value of a number below ten thousand; none if it is not one.
pub(super) fn value(text: &[char]) -> Option<u32> {
    if text.is_empty() || text.len() > 9 {
        return None;
    }
    if text.iter().all(char::is_ascii_digit) {
        return text.iter().collect::<String>().parse().ok().filter(|number| (1..10_000).contains(number));
    }
    let (mut sum, mut digit) = (0, None);
    for &c in text {
        let unit = match c {
            '千' => 1000,
            '百' => 100,
            '十' => 10,
            c => {
                let value = match c {
                    '〇' | '○' | 'Ｏ' => 0,
                    '两' => 2,
                    c => DIGITS.iter().position(|digit| *digit == c)? as u32,
                };
                // 一〇四 is said digit by digit.
                digit = Some(digit.filter(|_| sum == 0).map_or(value, |digit| digit * 10 + value));
                continue;
            }
        };
        sum += digit.take().unwrap_or(1).max(1) * unit;
    }
    Some(sum + digit.unwrap_or(0)).filter(|number| (1..10_000).contains(number))
}

/// A number in the numerals of laws.
pub(super) fn chinese(number: u32) -> String {
    let mut text = String::new();
    let mut gap = false;
    for (unit, name) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
        let digit = number / unit % 10;
        if digit == 0 {
            gap = !text.is_empty();
            continue;
        }
        if gap {
            text.push('零');
            gap = false;
        }
        // Twelve is 十二; a hundred and twelve is 一百一十二.
        if !(unit == 10 && digit == 1 && text.is_empty()) {
            text.push(DIGITS[digit as usize]);
        }
        text.push_str(name);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<u32> {
        value(&text.chars().collect::<Vec<_>>())
    }

    #[test]
    fn numbers_are_read_and_written() {
        for number in 1..10_000 {
            assert_eq!(read(&chinese(number)), Some(number));
            assert_eq!(read(&number.to_string()), Some(number));
        }
        assert_eq!((chinese(12), chinese(104), chinese(112)), ("十二".into(), "一百零四".into(), "一百一十二".into()));
        for (text, number) in [("一百〇一", 101), ("一〇四", 104), ("一百一十", 110), ("两百", 200), ("一百十二", 112)]
        {
            assert_eq!(read(text), Some(number), "{text}");
        }
        for text in ["", "0", "零", "12345678901", "一a"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
