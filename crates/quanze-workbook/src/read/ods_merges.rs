//! Merged cells of Open Document sheets, of which `calamine` does not tell.

use std::io::{BufReader, Cursor};

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use zip::ZipArchive;

use super::Merge;

/// Reads which cells are merged, table by table in the order of the file; nothing of a part that cannot be read, which whoever
/// reads the cells has found before.
pub(super) fn merges(bytes: &[u8]) -> Vec<Vec<Merge>> {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else { return Vec::new() };
    let Ok(content) = archive.by_name("content.xml") else { return Vec::new() };
    let mut reader = Reader::from_reader(BufReader::new(content));
    let mut place = Place::default();
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(tag)) => place.enter(&tag),
            Ok(Event::Empty(tag)) => {
                place.enter(&tag);
                place.leave(tag.local_name().as_ref());
            }
            Ok(Event::End(tag)) => place.leave(tag.local_name().as_ref()),
            Ok(Event::Eof) | Err(_) => return place.merges,
            Ok(_) => {}
        }
    }
}

/// Where the reader stands.
#[derive(Default)]
struct Place {
    merges: Vec<Vec<Merge>>,
    /// How many tables lie about it: one in a cell of another is no table of the sheet.
    depth: usize,
    /// The row that it stands in, and the next.
    row: usize,
    next_row: usize,
    column: usize,
}

impl Place {
    fn enter(&mut self, tag: &BytesStart<'_>) {
        match tag.local_name().as_ref() {
            "table" => {
                self.depth += 1;
                if self.depth == 1 {
                    self.merges.push(Vec::new());
                    (self.row, self.next_row, self.column) = (0, 0, 0);
                }
            }
            "table-row" if self.depth == 1 => {
                self.row = self.next_row;
                self.next_row = self.row.saturating_add(count(tag, "number-rows-repeated"));
                self.column = 0;
            }
            "table-cell" | "covered-table-cell" if self.depth == 1 => {
                let (down, across) = (count(tag, "number-rows-spanned"), count(tag, "number-columns-spanned"));
                if (down, across) != (1, 1)
                    && let Some(merges) = self.merges.last_mut()
                {
                    merges.push(Merge {
                        top: self.row,
                        left: self.column,
                        bottom: self.row.saturating_add(down - 1),
                        right: self.column.saturating_add(across - 1),
                    });
                }
                self.column = self.column.saturating_add(count(tag, "number-columns-repeated"));
            }
            _ => {}
        }
    }

    fn leave(&mut self, tag: &str) {
        if tag == "table" {
            self.depth = self.depth.saturating_sub(1);
        }
    }
}

/// Reads an attribute that says how many; one where it says nothing.
fn count(tag: &BytesStart<'_>, name: &str) -> usize {
    let found = tag.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name);
    let number = found.and_then(|attribute| attribute.value.parse().ok());
    number.unwrap_or(1).max(1)
}
