//! Two more fixed-scale decimals (D3) that only catalog and planning need: recipe quantities and ratios.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::decimal::DecimalError;

/// Digits a decimal string may have, as everywhere else.
const MAXIMUM_DIGITS: usize = 28;

/// Reads plain notation as an integer of `10^-scale` units.
fn scaled_from_plain(text: &str, scale: u32) -> Result<i64, DecimalError> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_plain = match digits.split_once('.') {
        Some((whole, fraction)) => plain(whole) && plain(fraction),
        None => plain(digits),
    };
    if !is_plain {
        return Err(DecimalError::Malformed);
    }
    if digits.bytes().filter(u8::is_ascii_digit).count() > MAXIMUM_DIGITS {
        return Err(DecimalError::TooManyDigits);
    }
    let value = Decimal::from_str(text)
        .map_err(|_| DecimalError::TooManyDigits)?
        .normalize();
    let missing = scale
        .checked_sub(value.scale())
        .ok_or(DecimalError::TooManyDecimals { scale })?;
    10_i128
        .checked_pow(missing)
        .and_then(|factor| value.mantissa().checked_mul(factor))
        .and_then(|scaled| i64::try_from(scaled).ok())
        .ok_or(DecimalError::TooManyDigits)
}

macro_rules! measure {
    ($(#[$documentation:meta])* $name:ident, scale $scale:literal, from $min:literal ($min_text:literal) to $max:literal ($max_text:literal)) => {
        $(#[$documentation])*
        #[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(i64);

        impl $name {
            /// Number of decimals kept.
            pub const SCALE: u32 = $scale;
            /// Nothing.
            pub const ZERO: Self = Self(0);

            /// Takes a value in the smallest unit (`10^-SCALE`).
            pub const fn from_scaled(scaled: i64) -> Self {
                Self(scaled)
            }

            /// The value in the smallest unit (`10^-SCALE`).
            pub const fn scaled(self) -> i64 {
                self.0
            }

            /// The same value as an arbitrary-scale decimal.
            pub fn decimal(self) -> Decimal {
                Decimal::new(self.0, Self::SCALE)
            }

            #[doc = concat!("Reads plain notation between ", $min_text, " and ", $max_text, " (D3).")]
            ///
            /// # Errors
            /// [`DecimalError`] when the text is no plain decimal, too precise or out of range.
            pub fn parse(text: &str) -> Result<Self, DecimalError> {
                let scaled = scaled_from_plain(text, Self::SCALE)?;
                if ($min..=$max).contains(&scaled) {
                    Ok(Self(scaled))
                } else {
                    Err(DecimalError::OutOfRange { min: $min_text, max: $max_text })
                }
            }
        }

        /// Fixed scale; width and alignment of the format are honoured.
        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(&self.decimal().to_string())
            }
        }

        /// A string of fixed scale, never a JSON number.
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.decimal())
            }
        }

        /// From a string in plain notation, the input range unchecked. Use `parse` for what a client sends.
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                scaled_from_plain(&text, Self::SCALE).map(Self).map_err(serde::de::Error::custom)
            }
        }
    };
}

measure!(
    /// The quantity of a recipe line, kept to 6 decimals: 0.000250 kg of yeast in a roll is real.
    RecipeQuantity, scale 6, from 1 ("0.000001") to 1_000_000_000_000 ("1000000")
);
measure!(
    /// A share between 0 and 1, kept to 4 decimals: reliability, supplier score, diversification.
    Ratio, scale 4, from 0 ("0") to 10_000 ("1")
);

impl Ratio {
    /// The whole.
    pub const ONE: Self = Self(10_000);
}

#[cfg(test)]
mod tests {
    use super::*;

    // D3
    #[test]
    fn recipe_quantities_keep_six_decimals_and_travel_as_strings() {
        let yeast = RecipeQuantity::parse("0.00025").unwrap();
        assert_eq!(yeast.scaled(), 250);
        assert_eq!(serde_json::to_string(&yeast).unwrap(), "\"0.000250\"");
        assert_eq!(
            serde_json::from_str::<RecipeQuantity>("\"0.000250\"").unwrap(),
            yeast
        );
        assert_eq!(format!("{yeast:>10}"), "  0.000250");
        assert!(serde_json::from_str::<RecipeQuantity>("0.00025").is_err());
    }

    // D3
    #[test]
    fn what_is_no_plain_decimal_in_range_is_refused() {
        for (text, error) in [
            (
                "0",
                DecimalError::OutOfRange {
                    min: "0.000001",
                    max: "1000000",
                },
            ),
            (
                "-1",
                DecimalError::OutOfRange {
                    min: "0.000001",
                    max: "1000000",
                },
            ),
            (
                "1000000.000001",
                DecimalError::OutOfRange {
                    min: "0.000001",
                    max: "1000000",
                },
            ),
            ("0.0000001", DecimalError::TooManyDecimals { scale: 6 }),
            ("1e3", DecimalError::Malformed),
            ("1_000", DecimalError::Malformed),
            ("1.", DecimalError::Malformed),
            (".5", DecimalError::Malformed),
            ("", DecimalError::Malformed),
            ("+-1", DecimalError::Malformed),
            ("1.2.3", DecimalError::Malformed),
            ("12345678901234567890123456789", DecimalError::TooManyDigits),
            ("9999999999999999999999999999", DecimalError::TooManyDigits),
        ] {
            assert_eq!(RecipeQuantity::parse(text), Err(error), "{text}");
        }
        assert_eq!(RecipeQuantity::parse("0.1000000").unwrap().scaled(), 100_000);
        assert_eq!(
            RecipeQuantity::parse("1000000").unwrap().to_string(),
            "1000000.000000"
        );
    }

    // D3
    #[test]
    fn a_ratio_is_between_nothing_and_one() {
        assert_eq!(Ratio::parse("0.95").unwrap().to_string(), "0.9500");
        assert_eq!(Ratio::parse("1").unwrap(), Ratio::ONE);
        assert!(Ratio::parse("1.0001").is_err());
        assert!(Ratio::parse("0.00001").is_err());
    }
}
