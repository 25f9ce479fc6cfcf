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
const ROOT: u8 = 5;

/// What is wrong with the sectors of a file, if anything is. What is wrong otherwise its reader says.
pub(super) fn fault(bytes: &[u8]) -> Option<&'static str> {
    let shift = bytes.get(30..32).map(|shift| u16::from_le_bytes([shift[0], shift[1]]))?;
    let size = match shift {
        9 => 512,
        12 => 4096,
        _ => return None,
    };
    let file = File { bytes, size, table: Vec::new() };
    file.look_over().err()
}

struct File<'a> {
    bytes: &'a [u8],
    size: usize,
    /// Of each sector the one that follows on it.
    table: Vec<u32>,
}

const CIRCLE: &str = "its sectors run in a circle";
const LONGER: &str = "it says that it is longer than it is";

impl File<'_> {
    fn look_over(mut self) -> Result<(), &'static str> {
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
        let mut chain = Vec::new();
        let mut next = start;
        while next < MARKS {
            if chain.len() > self.sectors() {
                return Err(CIRCLE);
            }
            chain.push(next);
            next = self.table.get(next as usize).copied().unwrap_or(MARKS);
        }
        Ok(chain)
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

fn number(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(MARKS, |four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect()
}
