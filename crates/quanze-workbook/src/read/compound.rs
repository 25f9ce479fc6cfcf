//! The sectors of a compound file (MS-CFB), in which `.xls` files lie: whether their chains end.
//!
//! A chain that runs in a circle, or a stream that says it is longer than the file, would be read until memory ends. So a file
//! is looked over before it is read.

const HEADER_ENTRIES: std::ops::Range<usize> = 76..512;
/// Sector numbers from here on are marks, and no sectors.
const MARKS: u32 = 0xFFFF_FFFA;
const DIRECTORY_ENTRY: usize = 128;
/// Shorter streams lie in the small sectors of the root's stream.
const SHORT: usize = 4096;
const SMALL_SECTOR: usize = 64;
/// How the header says that sectors are of 4,096 bytes and not of 512: as a power of two.
const LARGE_SECTORS: u8 = 12;
const ROOT: u8 = 5;

/// A compound file whose chains end.
pub(super) struct File<'a> {
    bytes: &'a [u8],
    size: usize,
    /// Of each sector the one that follows on it.
    table: Vec<u32>,
}

const CIRCLE: &str = "its sectors run in a circle";
const LONGER: &str = "it says that it is longer than it is";

impl<'a> File<'a> {
    /// Looks a file over; says what is wrong with its sectors, if anything is.
    pub(super) fn look_over(bytes: &'a [u8]) -> Result<Self, &'static str> {
        let large = bytes.get(30) == Some(&LARGE_SECTORS);
        let mut file = Self { bytes, size: if large { 4096 } else { 512 }, table: Vec::new() };
        file.read_table()?;
        Ok(file)
    }

    /// What the first stream of one of these names holds; nothing where there is none.
    pub(super) fn stream(&self, names: &[&str]) -> Vec<u8> {
        let directory = self.joined(self.number(48));
        let entries: Vec<&[u8]> = directory.chunks_exact(DIRECTORY_ENTRY).collect();
        let named = |entry: &&&[u8]| {
            let name: Vec<u16> = entry[..64].chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect();
            let name = String::from_utf16_lossy(&name);
            // What stands behind the end of a name is no part of it.
            let name = name.split('\0').next().unwrap_or_default();
            names.iter().any(|wanted| name.eq_ignore_ascii_case(wanted))
        };
        let Some(entry) = entries.iter().find(named) else { return Vec::new() };
        let (start, length) = (number(entry, 116), number(entry, 120) as usize);
        let mut stream = if length >= SHORT {
            self.joined(start)
        } else {
            let short = entries.first().map(|root| self.joined(number(root, 116))).unwrap_or_default();
            let table = numbers(&self.joined(self.number(60)));
            let places = follow(&table, start, short.len() / SMALL_SECTOR).unwrap_or_default();
            let sectors = places.iter().map(|place| *place as usize * SMALL_SECTOR);
            sectors.filter_map(|at| short.get(at..at + SMALL_SECTOR)).flatten().copied().collect()
        };
        stream.truncate(length);
        stream
    }

    fn joined(&self, start: u32) -> Vec<u8> {
        let chain = self.chain(start).unwrap_or_default();
        chain.into_iter().flat_map(|sector| self.sector(sector)).copied().collect()
    }

    fn read_table(&mut self) -> Result<(), &'static str> {
        let mut table = numbers(self.bytes.get(HEADER_ENTRIES).unwrap_or_default());
        let mut next = self.number(68);
        for _ in 0..=self.sectors() {
            if next >= MARKS {
                break;
            }
            table.extend(numbers(self.sector(next)));
            next = table.pop().unwrap_or(MARKS);
        }
        if next < MARKS {
            return Err(CIRCLE);
        }
        self.table = table.into_iter().filter(|id| *id < MARKS).flat_map(|id| numbers(self.sector(id))).collect();

        let small = self.number(64) as usize;
        if small.saturating_mul(self.size) > self.bytes.len() {
            return Err(LONGER);
        }
        self.chain(self.number(60))?;
        for sector in self.chain(self.number(48))? {
            for entry in self.sector(sector).chunks_exact(DIRECTORY_ENTRY) {
                self.entry(entry)?;
            }
        }
        Ok(())
    }

    /// Looks over a stream: its kind stands at 66, its first sector at 116, its length at 120.
    fn entry(&self, entry: &[u8]) -> Result<(), &'static str> {
        let (kind, start) = (entry[66], number(entry, 116));
        let length = number(entry, 120) as usize;
        if kind == 0 {
            return Ok(());
        }
        if length > self.bytes.len() {
            return Err(LONGER);
        }
        if kind == ROOT || length >= SHORT {
            self.chain(start)?;
        }
        Ok(())
    }

    /// The sectors of a chain, in their order.
    fn chain(&self, start: u32) -> Result<Vec<u32>, &'static str> {
        follow(&self.table, start, self.sectors())
    }

    fn sectors(&self) -> usize {
        self.bytes.len() / self.size
    }

    /// A sector; the header takes the place of the one before the first.
    fn sector(&self, id: u32) -> &[u8] {
        let start = (id as usize + 1).saturating_mul(self.size);
        let end = start.saturating_add(self.size).min(self.bytes.len());
        self.bytes.get(start..end).unwrap_or_default()
    }

    fn number(&self, at: usize) -> u32 {
        number(self.bytes, at)
    }
}

/// The sectors that follow on each other in a table, of which there are no more than `most`.
fn follow(table: &[u32], start: u32, most: usize) -> Result<Vec<u32>, &'static str> {
    let mut chain = Vec::new();
    let mut next = start;
    while next < MARKS {
        if chain.len() > most {
            return Err(CIRCLE);
        }
        chain.push(next);
        next = table.get(next as usize).copied().unwrap_or(MARKS);
    }
    Ok(chain)
}

fn number(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(MARKS, |four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect()
}
