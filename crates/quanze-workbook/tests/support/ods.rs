//! Open Document: an archive of a content part and its type.

use std::{
    fmt::Write as _,
    io::{self, Write as _},
};

use zip::{ZipWriter, write::SimpleFileOptions};

use super::Table;

pub(crate) fn file(tables: &[Table<'_>]) -> io::Result<Vec<u8>> {
    let mut content = String::from(
        r#"<?xml version="1.0" encoding="UTF-8"?><office:document-content
        xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
        xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
        xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>"#,
    );
    for table in tables {
        let _ = write!(content, "<table:table table:name=\"{}\">", table.name);
        for (at, row) in table.rows.iter().enumerate() {
            content += "<table:table-row>";
            for (column, cell) in row.iter().enumerate() {
                let merge =
                    table.merges.iter().find(|(top, left, ..)| (usize::from(*top), usize::from(*left)) == (at, column));
                let spans = merge.map_or(String::new(), |(top, left, bottom, right)| {
                    format!(
                        " table:number-rows-spanned=\"{}\" table:number-columns-spanned=\"{}\"",
                        bottom - top + 1,
                        right - left + 1
                    )
                });
                let _ = write!(
                    content,
                    "<table:table-cell office:value-type=\"string\"{spans}><text:p>{cell}</text:p></table:table-cell>"
                );
            }
            content += "</table:table-row>";
        }
        content += "</table:table>";
    }
    content += "</office:spreadsheet></office:body></office:document-content>";
    archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", &content),
        (
            "META-INF/manifest.xml",
            "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>",
        ),
    ])
}

/// An archive of parts.
pub(crate) fn archive(parts: &[(&str, &str)]) -> io::Result<Vec<u8>> {
    let mut archive = ZipWriter::new(io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive.start_file(*name, SimpleFileOptions::default())?;
        archive.write_all(text.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}
