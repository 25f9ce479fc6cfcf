//! Files are recognised by content, read alike whatever they are stored as, and refused one by one.

mod support;

use std::error::Error;

use quanze_workbook::{Format, Limits, Merge, ReadErrorKind, Workbook};
use support::{Table, ods, xls, xlsx};

type Tested = Result<(), Box<dyn Error>>;

const TABLE: Table<'_> = Table {
    name: "行政许可（2项）",
    rows: &[
        &["某市权责清单", "", ""],
        &["序号", "事项\n名称", "备注"],
        &["1", "食品经营许可", ""],
        &["2", "取水许可", "无"],
    ],
    merges: &[(0, 0, 0, 2)],
};

fn read(name: &str, bytes: &[u8]) -> Result<Workbook, quanze_workbook::ReadError> {
    Workbook::from_bytes(name, bytes, Limits::default())
}

#[test]
fn the_formats_of_spreadsheets_read_alike() -> Tested {
    let files = [
        (Format::Xlsx, xlsx::file(&[TABLE])?),
        (Format::Xls, xls::file(&[TABLE])),
        (Format::Ods, ods::file(&[TABLE])?),
    ];
    for (format, bytes) in files {
        // The ending says something else: it does not count.
        let workbook = read("list.csv", &bytes)?;
        assert_eq!(workbook.format, format);
        let sheet = &workbook.sheets[0];
        assert_eq!((sheet.name.as_str(), sheet.height(), sheet.width()), ("行政许可（2项）", 4, 3), "{format:?}");
        for (row, cells) in TABLE.rows.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                assert_eq!(sheet.cell(row, column), *cell, "{format:?} {row} {column}");
            }
        }
        assert_eq!(sheet.merges(), [Merge { top: 0, left: 0, bottom: 0, right: 2 }], "{format:?}");
    }
    Ok(())
}

/// Rows and columns that an Open Document sheet writes once for many count as many, and a table in a cell is no table.
#[test]
fn merged_cells_of_open_document_stand_where_they_do() -> Tested {
    let cell = |attributes: &str, text: &str| {
        format!("<table:table-cell office:value-type=\"string\"{attributes}><text:p>{text}</text:p></table:table-cell>")
    };
    let inner = "<table:table><table:table-row><table:table-cell table:number-rows-spanned=\"9\"/></table:table-row></table:table>";
    let rows = [
        format!("<table:table-row table:number-rows-repeated=\"3\">{}</table:table-row>", cell("", "a")),
        format!(
            "<table:table-row><table:table-cell table:number-columns-repeated=\"2\"/>{}<table:covered-table-cell/>{}</table:table-row>",
            cell(" table:number-columns-spanned=\"2\" table:number-rows-spanned=\"2\"", "b"),
            cell("", inner),
        ),
        format!("<table:table-row>{}</table:table-row>", cell(" table:number-rows-spanned=\"x\"", "c")),
    ];
    let content = format!(
        r#"<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
        xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
        xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
        <table:table table:name="一">{}</table:table></office:spreadsheet></office:body></office:document-content>"#,
        rows.concat()
    );
    let manifest = "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>";
    let bytes = ods::archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", &content),
        ("META-INF/manifest.xml", manifest),
    ])?;
    let workbook = read("list.ods", &bytes)?;
    let sheet = &workbook.sheets[0];
    assert_eq!(sheet.cell(3, 2), "b");
    assert_eq!(sheet.merges(), [Merge { top: 3, left: 2, bottom: 4, right: 3 }]);
    Ok(())
}

#[test]
fn text_is_read_in_each_encoding() -> Tested {
    let text = "序号,事项名称\r\n\r\n1,\"食品,经营\n许可\"\r\n2,取水许可";
    let (gb18030, ..) = encoding_rs::GB18030.encode(text);
    let utf16: Vec<u8> = [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let with_mark = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
    for bytes in [text.as_bytes(), &with_mark, &gb18030, &utf16] {
        let workbook = read("清单.xls", bytes)?;
        assert_eq!(workbook.format, Format::Delimited);
        let sheet = &workbook.sheets[0];
        assert_eq!((sheet.name.as_str(), sheet.height()), ("清单", 4));
        assert_eq!(sheet.row(0), ["序号", "事项名称"]);
        assert!(sheet.is_blank(1), "the blank line counts as a row");
        assert_eq!(sheet.row(2), ["1", "食品,经营\n许可"]);
        assert_eq!(sheet.row(3), ["2", "取水许可"]);
    }
    Ok(())
}

#[test]
fn delimiters_are_found() -> Tested {
    for delimiter in ["\t", ";", ","] {
        let text =
            [["序号", "事项名称", "备注"].join(delimiter), ["1", "取水许可", "\"a,b;c\""].join(delimiter)].join("\n");
        assert_eq!(read("a.csv", text.as_bytes())?.sheets[0].row(1), ["1", "取水许可", "a,b;c"], "{delimiter:?}");
    }
    Ok(())
}

#[test]
fn what_is_no_workbook_is_one_clear_error() -> Tested {
    let wrong: [(&str, Vec<u8>, &str); 8] = [
        ("a.xlsx", vec![], "a.xlsx: the file is empty"),
        ("b.xls", xls::encrypted(), "b.xls: the file is protected by a password; save it without one"),
        (
            "c.xlsx",
            xls::compound("E", &"EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()),
            "c.xlsx: the file is protected by a password; save it without one",
        ),
        ("d.xls", b"<HTML><table></table>".to_vec(), "d.xls: the file is a web page, not a workbook; accepted"),
        ("e.xls", b"%PDF-1.7".to_vec(), "e.xls: the file is a PDF document, not a workbook; accepted"),
        ("f.docx", ods::archive(&[("word/document.xml", "")])?, "f.docx: the file is an archive without a spreadsheet"),
        ("g.csv", vec![0, 1, 2, 3], "g.csv: the file is neither text in UTF-8 or GB18030 nor a spreadsheet"),
        ("h.xlsx", ods::archive(&[("xl/workbook.xml", "<")])?, "h.xlsx: the file is damaged: "),
    ];
    for (name, bytes, expected) in wrong {
        let error = read(name, &bytes).expect_err(name);
        assert!(error.to_string().starts_with(expected), "{error}");
    }
    let gone = Workbook::open("no-such-folder/none.xls", Limits::default()).expect_err("there is none");
    assert!(matches!(gone.kind(), ReadErrorKind::Io(_)) && gone.source().is_some());
    Ok(())
}

#[test]
fn sectors_that_run_in_a_circle_are_damage() {
    let whole = xls::file(&[TABLE]);
    let next_of = |sector: usize| 512 + 4 * sector;
    // The directory is sector 1, the stream begins at sector 2; the length of the stream stands in the second entry.
    for (at, number) in [(next_of(1), 1_u32), (next_of(4), 2)] {
        let mut bytes = whole.clone();
        bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
        let error = read("a.xls", &bytes).expect_err("it does not end");
        assert_eq!(error.to_string(), "a.xls: the file is damaged: its sectors run in a circle");
    }
    let mut longer = whole;
    let length = 512 * 2 + 128 + 120;
    longer[length..length + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    let error = read("a.xls", &longer).expect_err("it is not as long");
    assert_eq!(error.to_string(), "a.xls: the file is damaged: it says that it is longer than it is");
}

#[test]
fn damage_anywhere_is_an_error_or_a_workbook_and_never_a_panic() -> Tested {
    for bytes in [xlsx::file(&[TABLE])?, xls::file(&[TABLE]), ods::file(&[TABLE])?] {
        for cut in (1..bytes.len()).step_by(97) {
            let _ = read("cut", &bytes[..cut]);
        }
        for at in (0..bytes.len()).step_by(53) {
            let mut flipped = bytes.clone();
            flipped[at] ^= 0x5A;
            let _ = read("flipped", &flipped);
        }
    }
    Ok(())
}

#[test]
fn what_is_too_large_says_so() -> Tested {
    let bytes = xlsx::file(&[TABLE])?;
    let few_cells = Limits { cells: 5, ..Limits::default() };
    let error = Workbook::from_bytes("a.xlsx", &bytes, few_cells).expect_err("there are more");
    assert_eq!(error.to_string(), "a.xlsx: the file holds more than 5 cells");
    let error = Workbook::from_bytes("a.csv", b"1,2,3\n4,5,6", few_cells).expect_err("there are more");
    assert_eq!(error.to_string(), "a.csv: the file holds more than 5 cells");
    let few_bytes = Limits { bytes: 100, ..Limits::default() };
    let error = Workbook::from_bytes("a.xlsx", &bytes, few_bytes).expect_err("it is larger");
    assert_eq!(error.to_string(), "a.xlsx: the file holds more than 100 bytes");
    let rows: &[&[&str]] = &[&["a"], &["b"], &["c"]];
    let merged = Table { name: "a", rows, merges: &[(0, 0, 2, 0), (0, 0, 2, 1), (0, 0, 2, 2)] };
    let eight = Limits { cells: 8, ..Limits::default() };
    let error = Workbook::from_bytes("a.xls", &xls::file(&[merged]), eight).expect_err("it is nine rows");
    assert_eq!(error.to_string(), "a.xls: the file holds more than 8 rows of merged cells");
    // One far cell is one cell, and not a grid of seventeen billion.
    let mut workbook = rust_xlsxwriter::Workbook::new();
    workbook.add_worksheet().write_string(1_048_575, 16_383, "far")?;
    let sheet = &read("far.xlsx", &workbook.save_to_buffer()?)?.sheets[0];
    assert!(sheet.cell(1_048_575, 16_383) == "far" && sheet.row(0).is_empty());
    // The older format is laid out as a grid, so it is known before how large that will be.
    let rows: Vec<&[&str]> = std::iter::once(&["first"][..]).chain(std::iter::repeat_n(&[][..], 20_000)).collect();
    let wide: Vec<&str> = std::iter::repeat_n("", 255).chain(["far"]).collect();
    let far: Vec<&[&str]> = rows.into_iter().chain([&wide[..]]).collect();
    let bytes = xls::file(&[Table { name: "a", rows: &far, merges: &[] }]);
    let error = read("far.xls", &bytes).expect_err("it is a grid of five million");
    assert_eq!(error.to_string(), "far.xls: the file holds more than 4000000 cells");
    Ok(())
}
