use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// An exact decimal amount of up to 28 digits, such as a fee.
///
/// Two amounts that are equal are the same amount: `1.50` reads back as `1.5`.
///
/// ```
/// use quanze::Decimal;
///
/// let fee: Decimal = "12.50".parse()?;
/// assert_eq!(fee.to_string(), "12.5");
/// # Ok::<(), quanze::DecimalError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Decimal(rust_decimal::Decimal);

/// The error of a text that is no decimal amount.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("'{text}' is no decimal amount; an amount reads like 12.50, with at most 28 digits")]
pub struct DecimalError {
    text: String,
}

impl Decimal {
    pub(crate) fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self::normal)
    }

    pub(crate) fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self::normal)
    }

    pub(crate) fn checked_mul(self, other: Self) -> Option<Self> {
        self.0.checked_mul(other.0).map(Self::normal)
    }

    pub(crate) fn checked_div(self, other: Self) -> Option<Self> {
        self.0.checked_div(other.0).map(Self::normal)
    }

    pub(crate) fn checked_rem(self, other: Self) -> Option<Self> {
        self.0.checked_rem(other.0).map(Self::normal)
    }

    /// Returns the number of decimals, and the amount in units of the last of them.
    pub(crate) fn parts(self) -> (u32, i128) {
        (self.0.scale(), self.0.mantissa())
    }

    /// Returns so many units of the last of a number of decimals; `None` where that has too many digits.
    pub(crate) fn from_parts(units: i128, decimals: u32) -> Option<Self> {
        rust_decimal::Decimal::try_from_i128_with_scale(units, decimals).ok().map(Self::normal)
    }

    /// Returns the four words of the amount, for storage.
    pub(crate) fn words(self) -> [u32; 4] {
        let b = self.0.serialize();
        std::array::from_fn(|i| u32::from_le_bytes([b[4 * i], b[4 * i + 1], b[4 * i + 2], b[4 * i + 3]]))
    }

    pub(crate) fn from_words(words: [u32; 4]) -> Self {
        let mut bytes = [0; 16];
        for (chunk, word) in bytes.chunks_exact_mut(4).zip(words) {
            chunk.copy_from_slice(&word.to_le_bytes());
        }
        Self(rust_decimal::Decimal::deserialize(bytes))
    }

    fn normal(inner: rust_decimal::Decimal) -> Self {
        Self(inner.normalize())
    }
}

impl From<i64> for Decimal {
    fn from(whole: i64) -> Self {
        Self::normal(whole.into())
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        rust_decimal::Decimal::from_str_exact(text)
            .map(Self::normal)
            .map_err(|_| DecimalError { text: text.chars().take(40).collect() })
    }
}

impl TryFrom<String> for Decimal {
    type Error = DecimalError;

    fn try_from(text: String) -> Result<Self, DecimalError> {
        text.parse()
    }
}

impl From<Decimal> for String {
    fn from(amount: Decimal) -> Self {
        amount.to_string()
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
