use std::{fmt, io};

use serde::Serialize;

/// A hash of bytes, of a schema those of its JSON: FNV-1a of 128 bits (draft-eastlake-fnv), which is small and the same everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint(u128);

const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

impl Default for Fingerprint {
    /// Starts without a byte.
    fn default() -> Self {
        Self(OFFSET)
    }
}

impl Fingerprint {
    pub(crate) fn of(spec: &impl Serialize) -> Self {
        let mut hash = Self::default();
        // Neither the maps, whose keys are texts, nor the hash refuse to be written.
        let _ = serde_json::to_writer(&mut hash, spec);
        hash
    }

    pub(crate) fn to_le_bytes(self) -> [u8; 16] {
        self.0.to_le_bytes()
    }

    /// Returns half of the hash.
    pub(crate) fn short(self) -> u64 {
        #[expect(clippy::cast_possible_truncation, reason = "half of the bits are meant")]
        let low = self.0 as u64;
        low
    }
}

impl io::Write for Fingerprint {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            self.0 = (self.0 ^ u128::from(*byte)).wrapping_mul(PRIME);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::{Fingerprint, OFFSET};

    #[test]
    fn fingerprint_is_fnv_1a_128() {
        let of = |text: &str| {
            let mut hash = Fingerprint(OFFSET);
            hash.write_all(text.as_bytes()).map(|()| hash.to_string()).unwrap_or_default()
        };
        assert_eq!(of(""), "6c62272e07bb014262b821756295c58d");
        assert_eq!(of("a"), "d228cb696f1a8caf78912b704e4a8964");
        assert_eq!(of("foobar"), "343e1662793c64bf6f0d3597ba446f18");
    }
}
