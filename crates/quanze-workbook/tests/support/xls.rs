//! The binary format: records (MS-XLS) in a stream of a compound file (MS-CFB).

use super::Table;

/// A workbook of text cells.
pub(crate) fn file(tables: &[Table<'_>]) -> Vec<u8> {
    compound("Workbook", &stream(tables, &[]))
}

/// A workbook that says it is encrypted.
pub(crate) fn encrypted() -> Vec<u8> {
    let mut password = Vec::new();
    record(&mut password, 0x002F, &[1, 0, 1, 0, 1, 0]);
    compound("Workbook", &stream(&[], &password))
}

fn record(stream: &mut Vec<u8>, kind: u16, data: &[u8]) {
    stream.extend(kind.to_le_bytes());
    stream.extend((data.len() as u16).to_le_bytes());
    stream.extend(data);
}

fn stream(tables: &[Table<'_>], more: &[u8]) -> Vec<u8> {
    const BEGIN: u16 = 0x0809;
    const END: u16 = 0x000A;
    let begin = |of: u16| [&[0x00, 0x06][..], &of.to_le_bytes(), &[0; 12]].concat();
    let mut globals = Vec::new();
    record(&mut globals, BEGIN, &begin(0x0005));
    globals.extend(more);
    record(&mut globals, 0x0042, &1200_u16.to_le_bytes());
    let mut places = Vec::new();
    for table in tables {
        places.push(globals.len() + 4);
        let name: Vec<u8> = table.name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        record(&mut globals, 0x0085, &[&[0; 6][..], &[(name.len() / 2) as u8, 1], &name].concat());
    }
    record(&mut globals, END, &[]);
    for (table, place) in tables.iter().zip(places) {
        let at = globals.len() as u32;
        globals[place..place + 4].copy_from_slice(&at.to_le_bytes());
        record(&mut globals, BEGIN, &begin(0x0010));
        for (row, cells) in (0_u16..).zip(table.rows) {
            for (column, cell) in (0_u16..).zip(*cells).filter(|(_, cell)| !cell.is_empty()) {
                let text: Vec<u8> = cell.encode_utf16().flat_map(u16::to_le_bytes).collect();
                let head = [row, column, 0, (text.len() / 2) as u16].map(u16::to_le_bytes).concat();
                record(&mut globals, 0x0204, &[&head[..], &[1], &text].concat());
            }
        }
        let count = (table.merges.len() as u16).to_le_bytes().to_vec();
        let merges = table.merges.iter().flat_map(|(top, left, bottom, right)| [top, bottom, left, right]);
        record(&mut globals, 0x00E5, &[count, merges.flat_map(|n| n.to_le_bytes()).collect()].concat());
        record(&mut globals, END, &[]);
    }
    globals
}

/// A compound file of one stream: a header, the table of sectors, the directory, the stream.
pub(crate) fn compound(name: &str, stream: &[u8]) -> Vec<u8> {
    const SECTOR: usize = 512;
    const FREE: u32 = 0xFFFF_FFFF;
    const LAST: u32 = 0xFFFF_FFFE;
    let mut stream = stream.to_vec();
    // Shorter streams would lie in smaller sectors.
    stream.resize(stream.len().max(4096).next_multiple_of(SECTOR), 0);
    let sectors = (stream.len() / SECTOR) as u32;
    assert!(sectors <= 126, "one sector of the table holds 128 numbers");

    let mut header = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1].to_vec();
    header.resize(24, 0);
    header.extend([0x003E_u16, 3, 0xFFFE, 9, 6].iter().flat_map(|n| n.to_le_bytes()));
    header.resize(44, 0);
    header.extend([1, 1, 0, 4096, LAST, 0, LAST, 0, 0].iter().flat_map(|n: &u32| n.to_le_bytes()));
    header.resize(SECTOR, 0xFF);

    let chain = (3..3 + sectors).map(|next| if next == 2 + sectors { LAST } else { next });
    let mut table: Vec<u8> = [0xFFFF_FFFD, LAST].into_iter().chain(chain).flat_map(u32::to_le_bytes).collect();
    table.resize(SECTOR, 0xFF);

    let mut directory = entry("Root Entry", 5, 1, LAST, 0);
    directory.extend(entry(name, 2, FREE, 2, stream.len() as u64));
    directory.resize(SECTOR, 0);
    [header, table, directory, stream].concat()
}

fn entry(name: &str, kind: u8, child: u32, start: u32, size: u64) -> Vec<u8> {
    let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let length = entry.len() as u16 + 2;
    entry.resize(64, 0);
    entry.extend(length.to_le_bytes());
    entry.extend([kind, 1]);
    entry.extend([0xFFFF_FFFF, 0xFFFF_FFFF, child].iter().flat_map(|n: &u32| n.to_le_bytes()));
    entry.resize(116, 0);
    entry.extend(start.to_le_bytes());
    entry.extend(size.to_le_bytes());
    entry
}
