//! Why a decimal is refused, and the ranges that refuse it (D3).

use thiserror::Error;

/// Why a text is not an acceptable decimal (D3). The messages are fit for clients and echo no input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DecimalError {
    /// Not plain decimal notation: `[+-]?digits[.digits]`.
    #[error("must be a plain decimal number such as \"12.50\"")]
    Malformed,
    /// More digits than a decimal string (28) or a JSON number (15 significant) may have.
    #[error(
        "has too many digits: a string may have at most 28, a JSON number at most 15 significant ones; send a string"
    )]
    TooManyDigits,
    /// Digits other than zero beyond the scale of the field.
    #[error("may have at most {scale} decimals")]
    TooManyDecimals {
        /// Number of decimals the field keeps.
        scale: u32,
    },
    /// Outside the accepted range; both bounds are inclusive.
    #[error("must be between {min} and {max}")]
    OutOfRange {
        /// Smallest accepted value.
        min: &'static str,
        /// Largest accepted value.
        max: &'static str,
    },
}

impl DecimalError {
    /// The problem code of D3, the same for every cause.
    pub const fn code(&self) -> &'static str {
        "invalid-decimal"
    }
}

/// An inclusive range in scaled units, with its bounds as clients read them.
pub(super) struct Range {
    pub(super) min: i64,
    pub(super) max: i64,
    pub(super) min_text: &'static str,
    pub(super) max_text: &'static str,
}

impl Range {
    pub(super) fn check(&self, scaled: i128) -> Result<i64, DecimalError> {
        match i64::try_from(scaled) {
            Ok(value) if (self.min..=self.max).contains(&value) => Ok(value),
            _ => Err(DecimalError::OutOfRange {
                min: self.min_text,
                max: self.max_text,
            }),
        }
    }
}
