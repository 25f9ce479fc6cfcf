//! What a file is, by its first bytes and the names of its parts.

use serde::Serialize;

use super::{Limits, ReadErrorKind, compound, records};

/// What a file was recognised as, whatever its name ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Office Open XML.
    Xlsx,
    /// The binary format before it.
    Xls,
    /// Open Document.
    Ods,
    /// Text with delimiters: commas, semicolons or tabs.
    Delimited,
}

const OLE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// Text begins with one of these where it is a page or a document of another program.
const OTHERS: [(&str, &str); 5] = [
    ("%pdf", "a PDF document"),
    ("{\\rtf", "an RTF document"),
    ("<html", "a web page"),
    ("<!doctype html", "a web page"),
    ("<?xml", "an XML document"),
];
/// How many times larger than the file its parts may be together.
const UNPACKED: u64 = 10;

pub(super) fn recognise(bytes: &[u8], limits: Limits) -> Result<Format, ReadErrorKind> {
    if bytes.is_empty() {
        return Err(ReadErrorKind::Empty);
    }
    if bytes.starts_with(OLE) {
        if holds_utf16(bytes, "EncryptedPackage") {
            return Err(ReadErrorKind::Encrypted);
        }
        let file = compound::File::look_over(bytes).map_err(|what| ReadErrorKind::Broken(what.to_owned()))?;
        if records::largest_grid(&file.stream(&["Workbook", "Book"])) > limits.cells as u64 {
            return Err(ReadErrorKind::TooLarge { what: "cells", limit: limits.cells as u64 });
        }
        return Ok(Format::Xls);
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return archive(bytes, limits);
    }
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(512)]).to_lowercase();
    let start = start.trim_start_matches('\u{feff}').trim_start();
    if let Some((_, what)) = OTHERS.iter().find(|(beginning, _)| start.starts_with(beginning)) {
        return Err(ReadErrorKind::NotAWorkbook(what));
    }
    Ok(Format::Delimited)
}

/// A spreadsheet in an archive is told by the part that every one of its kind has.
fn archive(bytes: &[u8], limits: Limits) -> Result<Format, ReadErrorKind> {
    let mut found = None;
    let mut unpacked = 0;
    for part in Parts(bytes) {
        unpacked += part.size;
        match part.name {
            b"xl/workbook.xml" => found = Some(Format::Xlsx),
            b"content.xml" => found = found.or(Some(Format::Ods)),
            _ => {}
        }
    }
    if unpacked > limits.bytes.saturating_mul(UNPACKED) {
        return Err(ReadErrorKind::TooLarge { what: "bytes", limit: limits.bytes.saturating_mul(UNPACKED) });
    }
    found.ok_or(ReadErrorKind::NotAWorkbook("an archive without a spreadsheet in it"))
}

/// The parts that the directory at the end of an archive names.
struct Parts<'a>(&'a [u8]);

struct Part<'a> {
    name: &'a [u8],
    size: u64,
}

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        const ENTRY: &[u8] = b"PK\x01\x02";
        loop {
            let at = self.0.windows(ENTRY.len()).position(|window| window == ENTRY)?;
            let entry = &self.0[at..];
            self.0 = &entry[ENTRY.len()..];
            // The layout of an entry: its unpacked size at 24, the length of its name at 28, the name at 46.
            let Some(&[a, b, c, d, low, high]) = entry.get(24..30) else { continue };
            let length = usize::from(u16::from_le_bytes([low, high]));
            if let Some(name) = entry.get(46..46 + length) {
                return Some(Part { name, size: u64::from(u32::from_le_bytes([a, b, c, d])) });
            }
        }
    }
}

fn holds_utf16(bytes: &[u8], text: &str) -> bool {
    let wanted: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.windows(wanted.len()).any(|window| window == wanted)
}
