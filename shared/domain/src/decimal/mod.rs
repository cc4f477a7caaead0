//! Fixed-scale decimals (D3): money, unit prices, quantities and percentages as scaled 64-bit integers.
//!
//! Every amount has one scale for life, so that adding is integer addition, comparing is exact and the text that
//! goes out is always the same. No binary floating point is involved anywhere.

mod error;
mod text;

#[cfg(test)]
mod tests;

use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

pub use error::DecimalError;
pub use text::number_text;

use error::Range;

macro_rules! fixed_scale_decimal {
    ($(#[$documentation:meta])* $name:ident, $scale:literal) => {
        $(#[$documentation])*
        #[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(i64);

        impl $name {
            /// Number of decimals kept.
            pub const SCALE: u32 = $scale;
            /// Nothing.
            pub const ZERO: Self = Self(0);

            /// Takes an amount in the smallest unit (`10^-SCALE`).
            pub const fn from_scaled(scaled: i64) -> Self {
                Self(scaled)
            }

            /// The amount in the smallest unit (`10^-SCALE`).
            pub const fn scaled(self) -> i64 {
                self.0
            }

            /// The same value as an arbitrary-scale decimal.
            pub fn decimal(self) -> Decimal {
                Decimal::new(self.0, Self::SCALE)
            }

            /// Rounds to this scale, half away from zero (D20). `None` when the result does not fit.
            pub fn round_from(value: Decimal) -> Option<Self> {
                let rounded =
                    value.round_dp_with_strategy(Self::SCALE, RoundingStrategy::MidpointAwayFromZero);
                let missing = Self::SCALE.checked_sub(rounded.scale())?;
                let scaled = rounded.mantissa().checked_mul(10_i128.checked_pow(missing)?)?;
                i64::try_from(scaled).ok().map(Self)
            }

            /// Whether the value is exactly nothing.
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }

            /// Whether the value is below nothing.
            pub const fn is_negative(self) -> bool {
                self.0 < 0
            }

            /// The sum, `None` on overflow.
            pub const fn checked_add(self, other: Self) -> Option<Self> {
                match self.0.checked_add(other.0) {
                    Some(sum) => Some(Self(sum)),
                    None => None,
                }
            }

            /// The difference, `None` on overflow.
            pub const fn checked_sub(self, other: Self) -> Option<Self> {
                match self.0.checked_sub(other.0) {
                    Some(difference) => Some(Self(difference)),
                    None => None,
                }
            }

            fn from_text(text: &str) -> Result<Self, DecimalError> {
                let scaled = text::scaled_from_plain(text, Self::SCALE)?;
                // Only reached by stored or computed texts: what clients send goes through `parse` and its range.
                i64::try_from(scaled).map(Self).map_err(|_| DecimalError::TooManyDigits)
            }
        }

        /// Fixed scale, for example `12.50`; width and alignment of the format are honoured.
        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(text::FixedText::new(self.0, Self::SCALE).as_str())
            }
        }

        /// A string of fixed scale (D3), never a JSON number.
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(text::FixedText::new(self.0, Self::SCALE).as_str())
            }
        }

        /// From a string in plain notation. The input range is not checked: what was computed and stored, a negative
        /// margin for example, must come back. Use `parse` for what a client sends.
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct FromText;

                impl Visitor<'_> for FromText {
                    type Value = $name;

                    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                        formatter.write_str("a decimal string")
                    }

                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$name, E> {
                        $name::from_text(text).map_err(E::custom)
                    }
                }

                deserializer.deserialize_str(FromText)
            }
        }
    };
}

fixed_scale_decimal!(
    /// An amount of money in the tenant's currency, in cents. Computed amounts (margins) may be negative.
    Money,
    2
);
fixed_scale_decimal!(
    /// The price or cost of one unit, kept to 4 decimals.
    UnitPrice,
    4
);
fixed_scale_decimal!(
    /// A quantity in the unit of its product or ingredient, kept to 3 decimals.
    Quantity,
    3
);
fixed_scale_decimal!(
    /// A percentage from 0 to 100, kept to 2 decimals: discounts, tax rates, coverage.
    Percentage,
    2
);
fixed_scale_decimal!(
    /// A computed percentage, kept to 2 decimals, that may be negative or above 100: margins, rates of change.
    SignedPercentage,
    2
);

impl Money {
    /// The largest amount an order may come to: 10^12.
    pub const MAX: Self = Self(100_000_000_000_000);

    const INPUT: Range = Range {
        min: 0,
        max: Self::MAX.0,
        min_text: "0",
        max_text: "1000000000000",
    };

    /// Reads an amount of 0 to 10^12 with at most 2 decimals (D3).
    ///
    /// # Errors
    /// [`DecimalError`] when the text is no plain decimal, too precise or out of range.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        Self::INPUT
            .check(text::scaled_from_plain(text, Self::SCALE)?)
            .map(Self)
    }

    /// What this amount has above the other, and nothing when it does not exceed it: `max(0, self − other)`.
    pub const fn excess_over(self, other: Self) -> Self {
        let difference = self.0.saturating_sub(other.0);
        if difference < 0 {
            Self::ZERO
        } else {
            Self(difference)
        }
    }
}

impl UnitPrice {
    /// The greatest unit price: one million (D3).
    pub const MAX: Self = Self(10_000_000_000);

    const INPUT: Range = Range {
        min: 0,
        max: Self::MAX.0,
        min_text: "0",
        max_text: "1000000",
    };

    /// Reads a unit price `0 ≤ p ≤ 1000000` with at most 4 decimals (D3).
    ///
    /// # Errors
    /// [`DecimalError`] when the text is no plain decimal, too precise or out of range.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        Self::INPUT
            .check(text::scaled_from_plain(text, Self::SCALE)?)
            .map(Self)
    }
}

impl Quantity {
    const INPUT: Range = Range {
        min: 1,
        max: 1_000_000_000,
        min_text: "0.001",
        max_text: "1000000",
    };
    const INPUT_OR_ZERO: Range = Range {
        min: 0,
        max: 1_000_000_000,
        min_text: "0",
        max_text: "1000000",
    };

    /// Reads a quantity `0 < q ≤ 1000000` with at most 3 decimals (D3).
    ///
    /// # Errors
    /// [`DecimalError`] when the text is no plain decimal, too precise or out of range.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        Self::INPUT
            .check(text::scaled_from_plain(text, Self::SCALE)?)
            .map(Self)
    }

    /// Reads a quantity `0 ≤ q ≤ 1000000`, for stock, reservations and what was delivered, where none is a value.
    ///
    /// # Errors
    /// [`DecimalError`] when the text is no plain decimal, too precise or out of range.
    pub fn parse_or_zero(text: &str) -> Result<Self, DecimalError> {
        Self::INPUT_OR_ZERO
            .check(text::scaled_from_plain(text, Self::SCALE)?)
            .map(Self)
    }
}

fixed_scale_decimal!(
    /// A statistical figure such as a score or a share, with 4 decimals. It is worked out, never read.
    Figure,
    4
);

impl Figure {
    /// `numerator / denominator`, rounded half away from zero; `None` when the denominator is not above zero or the
    /// figure does not fit.
    pub fn of_fraction(numerator: i128, denominator: i128) -> Option<Self> {
        let scaled = fraction(numerator, denominator, 10_i128.pow(Self::SCALE))?;
        Some(Self(scaled))
    }
}

/// `numerator · units / denominator`, rounded half away from zero.
fn fraction(numerator: i128, denominator: i128, units: i128) -> Option<i64> {
    let numerator = numerator.checked_mul(units)?;
    if denominator <= 0 {
        return None;
    }
    let (quotient, remainder) = (numerator / denominator, numerator % denominator);
    let up = remainder.unsigned_abs() >= denominator.unsigned_abs().div_ceil(2);
    i64::try_from(quotient + if up { numerator.signum() } else { 0 }).ok()
}

impl Percentage {
    /// The whole: 100 %.
    pub const HUNDRED: Self = Self(10_000);

    /// `part / whole · 100`, rounded half away from zero; `None` when the whole is nothing.
    pub fn of_part(part: i64, whole: i64) -> Option<Self> {
        fraction(i128::from(part), i128::from(whole), i128::from(Self::HUNDRED.0)).map(Self)
    }

    const INPUT: Range = Range {
        min: 0,
        max: Self::HUNDRED.0,
        min_text: "0",
        max_text: "100",
    };

    /// Reads a percentage of 0 to 100 with at most 2 decimals (D3).
    ///
    /// # Errors
    /// [`DecimalError`] when the text is no plain decimal, too precise or out of range.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        Self::INPUT
            .check(text::scaled_from_plain(text, Self::SCALE)?)
            .map(Self)
    }
}

impl SignedPercentage {
    const ADJUSTMENT: Range = Range {
        min: -5_000,
        max: 5_000,
        min_text: "-50",
        max_text: "50",
    };

    /// Reads what a pricing rule changes a price by: −50 to 50 with at most 2 decimals (D13).
    ///
    /// # Errors
    /// [`DecimalError`] when the text is no plain decimal, too precise or out of range.
    pub fn parse_adjustment(text: &str) -> Result<Self, DecimalError> {
        Self::ADJUSTMENT
            .check(text::scaled_from_plain(text, Self::SCALE)?)
            .map(Self)
    }
}
