//! Text with delimiters: which encoding, which delimiter, then rows.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030};

use super::{Limits, ReadErrorKind, Sheet, grid::plain};

pub(super) fn sheet(file: &str, bytes: &[u8], limits: Limits) -> Result<Sheet, ReadErrorKind> {
    let text = decode(bytes)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
        .from_reader(text.as_bytes());
    let mut sheet = Sheet { name: stem(file).to_owned(), ..Sheet::default() };
    let mut record = csv::StringRecord::new();
    let mut cells = 0;
    let mut row = 0;
    loop {
        let began = reader.position().line();
        if !reader.read_record(&mut record).map_err(|error| ReadErrorKind::Broken(error.to_string()))? {
            break;
        }
        // The reader steps over blank lines in silence; people count them.
        let inside: u64 = record.iter().map(|cell| cell.matches('\n').count() as u64).sum();
        row += (reader.position().line() - began).saturating_sub(inside + 1) as usize;
        cells += record.len();
        if cells > limits.cells {
            return Err(ReadErrorKind::TooLarge { what: "cells", limit: limits.cells as u64 });
        }
        for (column, cell) in record.iter().enumerate() {
            sheet.put(row, column, plain(cell));
        }
        row += 1;
    }
    sheet.trim();
    Ok(sheet)
}

fn stem(file: &str) -> &str {
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

/// A byte order mark decides; then what is valid UTF-8 is that; then what is valid GB18030.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ReadErrorKind> {
    let not_text = ReadErrorKind::NotAWorkbook("neither text in UTF-8 or GB18030 nor a spreadsheet");
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let text = encoding.decode_without_bom_handling_and_without_replacement(&bytes[mark..]);
        return text.ok_or(not_text);
    }
    if bytes.contains(&0) {
        return Err(not_text);
    }
    if let Ok(text) = str::from_utf8(bytes) {
        return Ok(Cow::Borrowed(text));
    }
    GB18030.decode_without_bom_handling_and_without_replacement(bytes).ok_or(not_text)
}

/// The delimiter that stands most often outside of quotes near the beginning.
fn delimiter(text: &str) -> u8 {
    const LOOKED_AT: usize = 16 << 10;
    let mut counts = [(b',', 0_usize), (b'\t', 0), (b';', 0)];
    let mut quoted = false;
    for byte in text.bytes().take(LOOKED_AT) {
        quoted ^= byte == b'"';
        if let Some((_, count)) = counts.iter_mut().find(|(delimiter, _)| !quoted && *delimiter == byte) {
            *count += 1;
        }
    }
    // Of several that stand equally often the first: a comma where there is none at all.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| *delimiter)
}
