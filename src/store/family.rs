use crate::heap;

/// All that a root owns, in one slot: a head, a word for each list that has rows, the rows, and the authored cells.
///
/// | words | hold |
/// |---|---|
/// | 0 | the length of the slot |
/// | 1 | the number of blocks (16 bits), and how many words tell of them (16) |
/// | 2 | the number of authored cells |
/// | one a block | block (12 bits), form (2), rows (18); a row count of all ones stands in a word of its own behind |
/// | rows, block by block | nothing, one or two words each, by the block's form |
/// | three a cell | block and field, row, value |
#[derive(Debug, Clone, Copy)]
pub(crate) struct Family<'a> {
    words: &'a [u32],
}

pub(crate) const NO_FAMILY: Family<'static> = Family { words: &[3, 0, 0] };
const HEAD: usize = 3;
const MANY: u32 = (1 << 18) - 1;

/// The rows of one list in one family.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block<'a> {
    pub(crate) count: u32,
    rows: Rows<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Rows<'a> {
    /// Row `i` stems from row `i` of the parent block, by the first rule, without a step.
    Same,
    /// A word a row: parent (8 bits) and step (24); by the first rule.
    Narrow(&'a [u32]),
    /// Two words a row: rule (8 bits) and parent (24), and step.
    Wide(&'a [u32]),
    /// Rows not written yet.
    Fresh(&'a [Origin]),
}

/// Where a row stems from: the rule that made it, the row of the parent block, and the step taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Origin {
    pub(crate) rule: u32,
    pub(crate) parent: u32,
    pub(crate) step: u32,
}

/// The bytes that the head of a family takes.
pub(crate) const FAMILY_BYTES: usize = HEAD * size_of::<u32>();

/// The bytes that an authored cell takes in a family.
pub(crate) const CELL_BYTES: usize = 3 * size_of::<u32>();

/// A value authored for a field of a derived row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cell {
    pub(crate) block: u16,
    pub(crate) row: u32,
    pub(crate) field: u16,
    pub(crate) cell: u32,
}

impl<'a> Block<'a> {
    pub(crate) const EMPTY: Block<'static> = Block { count: 0, rows: Rows::Same };

    /// The root itself.
    pub(crate) const ONE: Block<'static> = Block { count: 1, rows: Rows::Same };

    /// Takes rows that are not written yet.
    pub(crate) fn fresh(origins: &'a [Origin]) -> Self {
        Self { count: origins.len() as u32, rows: Rows::Fresh(origins) }
    }

    #[inline]
    pub(crate) fn origin(&self, row: u32) -> Origin {
        match self.rows {
            Rows::Same => Origin { rule: 0, parent: row, step: 0 },
            Rows::Narrow(words) => {
                let word = words[row as usize];
                Origin { rule: 0, parent: word >> 24, step: word & 0xff_ffff }
            }
            Rows::Wide(words) => {
                let (word, step) = (words[2 * row as usize], words[2 * row as usize + 1]);
                Origin { rule: word >> 24, parent: word & 0xff_ffff, step }
            }
            Rows::Fresh(origins) => origins[row as usize],
        }
    }

    pub(crate) fn origins(&self) -> impl Iterator<Item = Origin> + use<'_, 'a> {
        (0..self.count).map(|row| self.origin(row))
    }
}

impl<'a> Family<'a> {
    /// Takes the words from the start of the slot on. Nothing is read before it is asked for.
    #[inline]
    pub(crate) fn new(words: &'a [u32]) -> Self {
        Self { words }
    }

    /// Visits the blocks in their order.
    #[inline]
    pub(crate) fn blocks(&self) -> Blocks<'a> {
        Blocks { words: self.words, head: 0, rows: 0, left: 0 }
    }

    #[inline]
    pub(crate) fn block(&self, block: u16) -> Block<'a> {
        self.at(self.place(block))
    }

    /// Returns the number of blocks, and the words that tell of them.
    #[inline]
    fn heads(&self) -> (u32, &'a [u32]) {
        let word = self.words[1];
        (word & 0xffff, &self.words[HEAD..HEAD + (word >> 16) as usize])
    }

    /// Finds where the rows of a block lie.
    #[inline]
    pub(crate) fn place(&self, block: u16) -> Place {
        let (_, heads) = self.heads();
        let mut rows = (HEAD + heads.len()) as u32;
        let mut heads = heads.iter();
        while let Some(&word) = heads.next() {
            let found = (word >> 20) as u16;
            if found > block {
                break;
            }
            let mut count = word & MANY;
            if count == MANY {
                count = heads.next().copied().unwrap_or_default();
            }
            let form = word >> 18 & 3;
            if found == block {
                return Place { form: form as u16, block, count, rows };
            }
            rows += form * count;
        }
        Place { block, ..Place::default() }
    }

    /// Returns the rows that lie at a place.
    #[inline]
    pub(crate) fn at(&self, place: Place) -> Block<'a> {
        let (from, count) = (place.rows as usize, place.count as usize);
        let rows = match place.form {
            0 => Rows::Same,
            1 => Rows::Narrow(&self.words[from..from + count]),
            _ => Rows::Wide(&self.words[from..from + 2 * count]),
        };
        Block { count: place.count, rows }
    }

    #[inline]
    fn cell_words(&self) -> &'a [u32] {
        let end = self.words[0] as usize;
        &self.words[end - 3 * self.words[2] as usize..end]
    }

    #[inline]
    pub(crate) fn has_cells(&self) -> bool {
        self.words[2] != 0
    }

    /// Visits the blocks, each with the bytes that its head and its rows take.
    pub(crate) fn block_bytes(&self) -> impl Iterator<Item = (u16, usize)> + 'a {
        self.blocks().map(|(id, block)| {
            let rows = match block.rows {
                Rows::Same | Rows::Fresh(_) => 0,
                Rows::Narrow(words) | Rows::Wide(words) => words.len(),
            };
            (id, (1 + usize::from(block.count >= MANY) + rows) * size_of::<u32>())
        })
    }

    /// Visits the authored cells by block, row and field.
    pub(crate) fn cells(&self) -> impl Iterator<Item = Cell> + 'a {
        self.cell_words().chunks_exact(3).map(|w| Cell {
            block: (w[0] >> 16) as u16,
            row: w[1],
            field: w[0] as u16,
            cell: w[2],
        })
    }

    /// Returns the value authored for a field of a row, 0 where there is none.
    #[inline]
    pub(crate) fn cell(&self, block: u16, row: u32, field: u16) -> u32 {
        if !self.has_cells() {
            return 0;
        }
        let words = self.cell_words();
        let wanted = u32::from(block) << 16 | u32::from(field);
        if words.len() <= 3 * 16 {
            return words.chunks_exact(3).find(|w| w[0] == wanted && w[1] == row).map_or(0, |w| w[2]);
        }
        let (mut low, mut high) = (0, words.len() / 3);
        while low < high {
            let middle = usize::midpoint(low, high);
            let w = &words[3 * middle..];
            match ((w[0] >> 16) as u16, w[1], w[0] as u16).cmp(&(block, row, field)) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return w[2],
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        0
    }
}

/// Where the rows of a block lie in a family, and in which form: so many words a row.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Place {
    pub(crate) block: u16,
    form: u16,
    count: u32,
    rows: u32,
}

/// The blocks of a family. Until one is asked for, nothing of the family is read.
pub(crate) struct Blocks<'a> {
    words: &'a [u32],
    /// Where the head of the next block lies; 0 before the first.
    head: usize,
    rows: usize,
    left: u32,
}

impl<'a> Blocks<'a> {
    #[inline]
    fn start(&mut self) {
        if self.head > 0 {
            return;
        }
        self.head = HEAD;
        self.left = self.words[1] & 0xffff;
        // The rows begin behind the heads.
        self.rows = HEAD + (self.words[1] >> 16) as usize;
    }

    /// Goes on to a block; those before it are passed over. The root itself is always there.
    #[inline]
    pub(crate) fn seek(&mut self, block: u16) -> Block<'a> {
        if block == 0 {
            return Block::ONE;
        }
        self.start();
        while self.left > 0 {
            let found = (self.words[self.head] >> 20) as u16;
            if found > block {
                break;
            }
            let rows = self.take();
            if found == block {
                return rows;
            }
        }
        Block::EMPTY
    }

    /// Takes the block at hand.
    #[inline]
    fn take(&mut self) -> Block<'a> {
        self.left -= 1;
        let word = self.words[self.head];
        self.head += 1;
        let mut count = word & MANY;
        if count == MANY {
            count = self.words[self.head];
            self.head += 1;
        }
        let (len, rows) = match word >> 18 & 3 {
            0 => (0, Rows::Same),
            1 => (count as usize, Rows::Narrow(&self.words[self.rows..self.rows + count as usize])),
            _ => (2 * count as usize, Rows::Wide(&self.words[self.rows..self.rows + 2 * count as usize])),
        };
        self.rows += len;
        Block { count, rows }
    }
}

impl<'a> Iterator for Blocks<'a> {
    type Item = (u16, Block<'a>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.start();
        if self.left == 0 {
            return None;
        }
        let id = (self.words[self.head] >> 20) as u16;
        Some((id, self.take()))
    }
}

/// A family being written.
#[derive(Debug, Default)]
pub(crate) struct FamilyWriter {
    blocks: Vec<(u16, u8, u32)>,
    rows: Vec<u32>,
    words: Vec<u32>,
}

impl FamilyWriter {
    pub(crate) fn clear(&mut self) {
        self.blocks.clear();
        self.rows.clear();
    }

    /// Adds a block as it was in another family.
    pub(crate) fn keep(&mut self, id: u16, block: &Block<'_>) {
        if block.count == 0 {
            return;
        }
        let form = match block.rows {
            Rows::Same => 0,
            Rows::Narrow(words) => {
                self.rows.extend_from_slice(words);
                1
            }
            Rows::Wide(words) => {
                self.rows.extend_from_slice(words);
                2
            }
            Rows::Fresh(origins) => {
                self.rows.extend(origins.iter().flat_map(|o| [o.rule << 24 | o.parent, o.step]));
                2
            }
        };
        self.blocks.push((id, form, block.count));
    }

    /// Adds a block of these rows, in the smallest form; `parents` is the number of rows of the parent block.
    pub(crate) fn add(&mut self, id: u16, origins: &[Origin], parents: u32) {
        if origins.is_empty() {
            return;
        }
        let same = origins.len() as u32 == parents
            && origins.iter().zip(0..).all(|(o, at)| o.rule == 0 && o.step == 0 && o.parent == at);
        let form = if same {
            0
        } else if origins.iter().all(|o| o.rule == 0 && o.parent < 1 << 8 && o.step < 1 << 24) {
            self.rows.extend(origins.iter().map(|o| o.parent << 24 | o.step));
            1
        } else {
            self.rows.extend(origins.iter().flat_map(|o| [o.rule << 24 | o.parent, o.step]));
            2
        };
        self.blocks.push((id, form, origins.len() as u32));
    }

    /// Writes out the slot, or nothing where there is neither row nor cell. The cells are in their order.
    pub(crate) fn finish(&mut self, cells: &[Cell]) -> &[u32] {
        let words = &mut self.words;
        words.clear();
        if self.blocks.is_empty() && cells.is_empty() {
            return words;
        }
        words.extend([0, 0, cells.len() as u32]);
        for &(id, form, count) in &self.blocks {
            words.push(u32::from(id) << 20 | u32::from(form) << 18 | count.min(MANY));
            if count >= MANY {
                words.push(count);
            }
        }
        words[1] = ((words.len() - HEAD) << 16 | self.blocks.len()) as u32;
        words.extend_from_slice(&self.rows);
        words.extend(cells.iter().flat_map(|c| [u32::from(c.block) << 16 | u32::from(c.field), c.row, c.cell]));
        words[0] = words.len() as u32;
        words
    }
}

impl FamilyWriter {
    pub(crate) fn bytes(&self) -> usize {
        heap::of_vec(&self.blocks) + heap::of_vec(&self.rows) + heap::of_vec(&self.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let o = |rule, parent, step| Origin { rule, parent, step };
        let same = [o(0, 0, 0)];
        let narrow = [o(0, 0, 7), o(0, 0, 9), o(0, 255, 1)];
        let wide = [o(0, 0, 1 << 24), o(1, 300, 2)];
        let many: Vec<Origin> = (0..300_000).map(|i| o(0, 0, i)).collect();
        let cells: Vec<Cell> = (0..40).map(|row| Cell { block: 3, row, field: 2, cell: row + 1 }).collect();
        let mut writer = FamilyWriter::default();
        for cells in [&[][..], &cells[..3], &cells] {
            writer.clear();
            writer.add(1, &same, 1);
            writer.add(3, &narrow, 1);
            writer.add(4, &[], 1);
            writer.add(8, &many, 1);
            writer.add(4000, &wide, 1);
            let family = writer.finish(cells).to_vec();
            let family = Family::new(&family);
            let read: Vec<(u16, Vec<Origin>)> = family.blocks().map(|(id, b)| (id, b.origins().collect())).collect();
            assert_eq!(read.len(), 4);
            assert_eq!(read[0], (1, same.to_vec()));
            assert_eq!(read[1], (3, narrow.to_vec()));
            assert_eq!(read[2], (8, many.clone()));
            assert_eq!(read[3], (4000, wide.to_vec()));
            assert_eq!(family.cells().collect::<Vec<_>>(), cells);
            for cell in cells {
                assert_eq!(family.cell(cell.block, cell.row, cell.field), cell.cell);
            }
            assert_eq!(family.cell(3, 40, 2), 0);
        }
    }

    /// Rows take the least that they can be told by.
    #[test]
    fn rows_take_the_smallest_form() {
        let o = |rule, parent, step| Origin { rule, parent, step };
        for (rows, words) in [
            (vec![o(0, 0, 0), o(0, 1, 0)], 0),
            (vec![o(0, 1, 0), o(0, 0, 0)], 2),
            (vec![o(0, 0, 7)], 1),
            (vec![o(0, 255, (1 << 24) - 1)], 1),
            (vec![o(0, 256, 7)], 2),
            (vec![o(0, 0, 1 << 24)], 2),
            (vec![o(1, 0, 7)], 2),
        ] {
            let mut writer = FamilyWriter::default();
            writer.add(1, &rows, 2);
            let family = writer.finish(&[]).to_vec();
            let family = Family::new(&family);
            assert_eq!(family.block(1).origins().collect::<Vec<_>>(), rows);
            let bytes: Vec<(u16, usize)> = family.block_bytes().collect();
            assert_eq!(bytes, [(1, 4 * (1 + words))], "{rows:?}");
        }
    }
}
