//! Exact integer arithmetic behind the prices: rounded products, shares, checked sums and the allocation of D22.

use std::cmp::Reverse;

use super::{PricedLine, PricingError};
use crate::decimal::{Money, Percentage, Quantity, SignedPercentage, UnitPrice};

/// `10^-3 · 10^-4` down to cents.
const QUANTITY_PRICE_PER_CENT: i64 = 100_000;
/// Percentages have two decimals: 100 % is 10 000 units.
const WHOLE: i64 = Percentage::HUNDRED.scaled();

/// `numerator / denominator` to the nearest integer, half away from zero (D20). The denominator is positive.
#[inline]
pub(crate) fn rounded(numerator: i128, denominator: i64) -> i128 {
    // Ordinary amounts fit 64 bits, where dividing is several times faster than with 128.
    if let Ok(small) = i64::try_from(numerator) {
        let (quotient, remainder) = (small / denominator, small % denominator);
        let half_or_more = remainder.unsigned_abs() >= denominator.unsigned_abs().div_ceil(2);
        return i128::from(quotient)
            + if half_or_more {
                i128::from(small.signum())
            } else {
                0
            };
    }
    let wide = i128::from(denominator);
    let (quotient, remainder) = (numerator / wide, numerator % wide);
    let half_or_more = remainder.unsigned_abs() >= wide.unsigned_abs().div_ceil(2);
    quotient + if half_or_more { numerator.signum() } else { 0 }
}

/// Takes cents as an amount of an order: from 0 to 10^12 in money.
pub(super) fn money(cents: i128) -> Result<Money, PricingError> {
    match i64::try_from(cents) {
        Ok(cents) if (0..=Money::MAX.scaled()).contains(&cents) => Ok(Money::from_scaled(cents)),
        _ => Err(PricingError::AmountOverflow),
    }
}

/// The rounded amount of a quantity at a unit price.
pub(super) fn product(quantity: Quantity, price: UnitPrice) -> Result<Money, PricingError> {
    // Two 64-bit factors always fit 128 bits.
    money(rounded(
        i128::from(quantity.scaled()) * i128::from(price.scaled()),
        QUANTITY_PRICE_PER_CENT,
    ))
}

/// The rounded share of an amount.
pub(super) fn percentage_of(amount: Money, percentage: Percentage) -> Result<Money, PricingError> {
    money(rounded(
        i128::from(amount.scaled()) * i128::from(percentage.scaled()),
        WHOLE,
    ))
}

/// A checked sum.
pub(super) fn sum(amounts: impl IntoIterator<Item = Money>) -> Result<Money, PricingError> {
    // Any number of 64-bit terms that fits memory fits 128 bits.
    money(
        amounts
            .into_iter()
            .map(|amount| i128::from(amount.scaled()))
            .sum(),
    )
}

/// Margin in percent of what it was earned on; `None` when that is nothing.
pub(super) fn margin_percentage(
    margin: Money,
    revenue: Money,
) -> Result<Option<SignedPercentage>, PricingError> {
    if revenue.is_zero() {
        return Ok(None);
    }
    let scaled = rounded(i128::from(margin.scaled()) * i128::from(WHOLE), revenue.scaled());
    i64::try_from(scaled)
        .map(|scaled| Some(SignedPercentage::from_scaled(scaled)))
        .map_err(|_| PricingError::AmountOverflow)
}

/// Spreads the order's discount over the lines in proportion to their net amounts (D22): whole cents first, then one
/// cent each to the largest remainders, the lower line first among equals.
pub(super) fn allocate(discount: Money, subtotal: Money, lines: &mut [PricedLine]) {
    if discount.is_zero() || subtotal.is_zero() {
        return;
    }
    let (total, whole) = (i128::from(discount.scaled()), i128::from(subtotal.scaled()));
    let mut remainders = Vec::with_capacity(lines.len());
    let mut left = discount.scaled();
    for (index, line) in lines.iter_mut().enumerate() {
        let (cents, remainder) = quotient_and_remainder(total * i128::from(line.net_amount.scaled()), whole);
        // discount ≤ subtotal, hence cents ≤ net: this fits.
        let cents = i64::try_from(cents).unwrap_or_default();
        line.allocated_discount = Money::from_scaled(cents);
        left -= cents;
        remainders.push((Reverse(remainder), index));
    }
    // The remainders add up to `left` times the subtotal and each is below it, so at least `left` lines have one above
    // nothing: no line gets a cent beyond its net amount.
    remainders.sort_unstable();
    for (_, index) in remainders
        .into_iter()
        .take(usize::try_from(left).unwrap_or_default())
    {
        if let Some(line) = lines.get_mut(index) {
            line.allocated_discount = Money::from_scaled(line.allocated_discount.scaled() + 1);
        }
    }
}

#[inline]
fn quotient_and_remainder(numerator: i128, denominator: i128) -> (i128, i128) {
    match (u64::try_from(numerator), u64::try_from(denominator)) {
        (Ok(small), Ok(divisor)) => (i128::from(small / divisor), i128::from(small % divisor)),
        _ => (numerator / denominator, numerator % denominator),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    // D20
    #[rstest]
    #[case(5, 10, 1)]
    #[case(-5, 10, -1)]
    #[case(4, 10, 0)]
    #[case(-4, 10, 0)]
    #[case(15, 10, 2)]
    #[case(25, 10, 3)]
    #[case(-25, 10, -3)]
    #[case(1, 3, 0)]
    #[case(2, 3, 1)]
    #[case(3, 5, 1)]
    #[case(2, 5, 0)]
    #[case(-3, 5, -1)]
    #[case(0, 7, 0)]
    fn rounding_is_half_away_from_zero(
        #[case] numerator: i128,
        #[case] denominator: i64,
        #[case] expected: i128,
    ) {
        assert_eq!(rounded(numerator, denominator), expected);
        // The same fraction written with large terms takes the wide path.
        let wide = i128::from(i64::MAX) * 10;
        let shift = wide / i128::from(denominator) * i128::from(denominator) * numerator.signum();
        let base = shift / i128::from(denominator);
        assert_eq!(rounded(shift + numerator, denominator), base + expected);
    }
}
