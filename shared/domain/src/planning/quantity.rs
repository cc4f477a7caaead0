//! Quantities inside the explosion: millionths of a unit, and exact factors from recipe lines.

use std::fmt;

use super::input::PlanError;
use crate::catalog::RecipeQuantity;
use crate::decimal::{Percentage, Quantity};

/// A quantity kept at 6 decimals (D60), as a count of millionths.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct PlanQuantity(i64);

/// Millionths in one thousandth, the smallest published quantity.
const MICRO_PER_MILLI: i64 = 1_000;

impl PlanQuantity {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Takes a count of millionths.
    pub const fn from_micro(micro: i64) -> Self {
        Self(micro)
    }

    /// The count of millionths.
    pub const fn micro(self) -> i64 {
        self.0
    }

    /// The same quantity with three more decimals.
    ///
    /// # Errors
    /// [`PlanError::Overflow`] above about 9.2 · 10^12 units.
    pub fn from_quantity(quantity: Quantity) -> Result<Self, PlanError> {
        quantity
            .scaled()
            .checked_mul(MICRO_PER_MILLI)
            .map(Self)
            .ok_or(PlanError::Overflow)
    }

    /// The published quantity: rounded to 3 decimals, half away from zero.
    pub fn published(self) -> Quantity {
        let half = if self.0 < 0 {
            -MICRO_PER_MILLI / 2
        } else {
            MICRO_PER_MILLI / 2
        };
        // Adding half a thousandth may only overflow where the division would have brought it back.
        let rounded = (i128::from(self.0) + i128::from(half)) / i128::from(MICRO_PER_MILLI);
        Quantity::from_scaled(i64::try_from(rounded).unwrap_or(i64::MAX))
    }

    /// The sum.
    ///
    /// # Errors
    /// [`PlanError::Overflow`].
    pub fn plus(self, other: Self) -> Result<Self, PlanError> {
        self.0.checked_add(other.0).map(Self).ok_or(PlanError::Overflow)
    }
}

/// Three decimals, rounded half away from zero, although six are kept.
impl fmt::Display for PlanQuantity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.published(), formatter)
    }
}

/// How much of an item one unit of a product needs, as a reduced fraction: `line quantity / yield · (1 + waste/100)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NeedFactor {
    numerator: i64,
    denominator: i64,
}

impl NeedFactor {
    /// The factor of a recipe line; the yield must be above zero.
    pub(super) fn new(
        line: RecipeQuantity,
        yield_quantity: Quantity,
        waste: Percentage,
    ) -> Result<Self, PlanError> {
        // line/10^6 ÷ yield/10^3 · (10^4 + waste)/10^4
        let whole = i128::from(Percentage::HUNDRED.scaled());
        let numerator = i128::from(line.scaled())
            .checked_mul(whole + i128::from(waste.scaled()))
            .ok_or(PlanError::Overflow)?;
        let denominator = i128::from(yield_quantity.scaled())
            .checked_mul(10_000_000)
            .ok_or(PlanError::Overflow)?;
        let divisor = greatest_common_divisor(numerator.unsigned_abs(), denominator.unsigned_abs());
        let divisor = i128::try_from(divisor.max(1)).map_err(|_| PlanError::Overflow)?;
        Ok(Self {
            numerator: i64::try_from(numerator / divisor).map_err(|_| PlanError::Overflow)?,
            denominator: i64::try_from(denominator / divisor)
                .map_err(|_| PlanError::Overflow)?
                .max(1),
        })
    }

    /// What the quantity needs, rounded half away from zero at 6 decimals.
    #[inline]
    pub(super) fn apply(self, quantity: PlanQuantity) -> Result<PlanQuantity, PlanError> {
        // Nearly every product of a real bakery fits 64 bits, where division is several times faster.
        if let Some(product) = quantity.0.checked_mul(self.numerator) {
            let (quotient, remainder) = (product / self.denominator, product % self.denominator);
            let up = remainder.unsigned_abs() >= self.denominator.unsigned_abs() - remainder.unsigned_abs();
            let step = if up { product.signum() } else { 0 };
            return quotient
                .checked_add(step)
                .map(PlanQuantity)
                .ok_or(PlanError::Overflow);
        }
        self.apply_wide(i128::from(quantity.0))
            .and_then(|micro| i64::try_from(micro).map_err(|_| PlanError::Overflow))
            .map(PlanQuantity)
    }

    /// The same for a count of any unit, in 128 bits.
    pub(super) fn apply_wide(self, count: i128) -> Result<i128, PlanError> {
        let product = count
            .checked_mul(i128::from(self.numerator))
            .ok_or(PlanError::Overflow)?;
        divide_half_away(product, i128::from(self.denominator)).ok_or(PlanError::Overflow)
    }
}

/// `numerator / denominator`, rounded half away from zero; `None` when the denominator is not above zero.
pub(super) fn divide_half_away(numerator: i128, denominator: i128) -> Option<i128> {
    if denominator <= 0 {
        return None;
    }
    let (quotient, remainder) = (numerator / denominator, numerator % denominator);
    // Compared this way round because doubling the remainder might overflow.
    let up = remainder.abs() >= denominator - remainder.abs();
    Some(if up {
        quotient + numerator.signum()
    } else {
        quotient
    })
}

/// `part · weight / whole`, rounded half away from zero, in a type that may be narrower.
pub(super) fn share(part: i128, weight: i128, whole: i128) -> Result<i64, PlanError> {
    part.checked_mul(weight)
        .and_then(|product| divide_half_away(product, whole))
        .and_then(|value| i64::try_from(value).ok())
        .ok_or(PlanError::Overflow)
}

fn greatest_common_divisor(mut left: u128, mut right: u128) -> u128 {
    while right != 0 {
        // Figures of real recipes fit 64 bits from the start, where division is several times faster.
        if let (Ok(mut narrow_left), Ok(mut narrow_right)) = (u64::try_from(left), u64::try_from(right)) {
            while narrow_right != 0 {
                (narrow_left, narrow_right) = (narrow_right, narrow_left % narrow_right);
            }
            return u128::from(narrow_left);
        }
        (left, right) = (right, left % right);
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factor(line: &str, yield_quantity: &str, waste: &str) -> NeedFactor {
        NeedFactor::new(
            RecipeQuantity::parse(line).unwrap(),
            Quantity::parse(yield_quantity).unwrap(),
            Percentage::parse(waste).unwrap(),
        )
        .unwrap()
    }

    // D60
    #[test]
    fn need_is_quantity_times_line_over_yield_plus_waste() {
        // 240 rolls, 100 a batch, 6.25 kg dough and 2.5 % waste: 240 · 6.25 / 100 · 1.025 = 15.375
        let rolls = PlanQuantity::from_quantity(Quantity::parse("240").unwrap()).unwrap();
        let need = factor("6.25", "100", "2.5").apply(rolls).unwrap();
        assert_eq!(need.micro(), 15_375_000);
        // 0.000250 kg of yeast a roll survives.
        let one = PlanQuantity::from_micro(1_000_000);
        assert_eq!(factor("0.00025", "1", "0").apply(one).unwrap().micro(), 250);
    }

    // D60
    #[test]
    fn rounding_is_half_away_from_zero_at_the_sixth_decimal() {
        let one = PlanQuantity::from_micro(1_000_000);
        assert_eq!(factor("1", "3", "0").apply(one).unwrap().micro(), 333_333);
        assert_eq!(factor("2", "3", "0").apply(one).unwrap().micro(), 666_667);
        let half = factor("0.000001", "2", "0");
        assert_eq!(half.apply(one).unwrap().micro(), 1);
        assert_eq!(
            half.apply(PlanQuantity::from_micro(-1_000_000)).unwrap().micro(),
            -1
        );
        assert_eq!(half.apply(PlanQuantity::from_micro(999_999)).unwrap().micro(), 0);
    }

    #[test]
    fn the_wide_path_agrees_with_the_narrow_one_and_overflow_is_an_error() {
        let odd = factor("123.456789", "7.001", "33.33");
        for micro in [1, 999, 1_000_001, 77_777_777, -5, -1_000_003] {
            let narrow = odd.apply(PlanQuantity::from_micro(micro)).unwrap().micro();
            assert_eq!(i128::from(narrow), odd.apply_wide(i128::from(micro)).unwrap());
        }
        let large = factor("1000000", "0.001", "100");
        assert_eq!(
            large.apply(PlanQuantity::from_micro(i64::MAX)),
            Err(PlanError::Overflow)
        );
    }

    #[test]
    fn three_decimals_are_published() {
        for (micro, text) in [
            (1_500, "0.002"),
            (1_499, "0.001"),
            (-500, "-0.001"),
            (0, "0.000"),
            (2_000_000, "2.000"),
        ] {
            assert_eq!(PlanQuantity::from_micro(micro).to_string(), text);
        }
        assert_eq!(
            PlanQuantity::from_micro(i64::MAX).published().scaled(),
            9_223_372_036_854_776
        );
    }

    #[test]
    fn division_rounds_half_away_from_zero() {
        for (numerator, denominator, quotient) in [
            (5, 2, 3),
            (-5, 2, -3),
            (4, 3, 1),
            (-4, 3, -1),
            (2, 4, 1),
            (1, 4, 0),
            (0, 7, 0),
        ] {
            assert_eq!(divide_half_away(numerator, denominator), Some(quotient));
        }
        assert_eq!(divide_half_away(1, 0), None);
    }
}
