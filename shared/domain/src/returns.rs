//! What returned goods take off an order (D28b).

use crate::decimal::{Money, Percentage, Quantity};
use crate::pricing::rounded;

/// As much of an order's line as its return is valued by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineReturn {
    /// The line's net amount.
    pub net_amount: Money,
    /// Its part of the order's discount.
    pub allocated_discount: Money,
    /// Its tax rate, 0 for a tax-exempt customer.
    pub tax_rate: Percentage,
    /// What was ordered; more than nothing.
    pub quantity: Quantity,
    /// What has come back in all.
    pub returned: Quantity,
}

impl LineReturn {
    /// `r((net − allocated)·(1 + rate)·returned/quantity)`, rounded once. It is taken of everything that has come back, so
    /// that ten returns of one piece are worth exactly what one return of ten is.
    ///
    /// `None` when nothing was ordered, or the value does not fit an amount.
    pub fn value(self) -> Option<Money> {
        let whole = i128::from(Percentage::HUNDRED.scaled());
        let base = i128::from(self.net_amount.checked_sub(self.allocated_discount)?.scaled());
        // 10^14 cents at 200 % of 10^9 thousandths: far below the end of 128 bits.
        let numerator =
            base * (whole + i128::from(self.tax_rate.scaled())) * i128::from(self.returned.scaled());
        let denominator = Percentage::HUNDRED
            .scaled()
            .checked_mul(self.quantity.scaled())
            .filter(|denominator| *denominator > 0)?;
        i64::try_from(rounded(numerator, denominator))
            .ok()
            .map(Money::from_scaled)
    }

    /// What the line still comes to, net of tax: (net − allocated) less the returned share of it, rounded once. The
    /// revenue of its product (D90).
    ///
    /// `None` as for [`Self::value`].
    pub fn net_revenue(self) -> Option<Money> {
        let returned = Self {
            tax_rate: Percentage::ZERO,
            ..self
        };
        let base = self.net_amount.checked_sub(self.allocated_discount)?;
        base.checked_sub(returned.value()?)
    }
}

/// The order's `returned_amount`: the sum over its lines.
///
/// Tax is rounded per rate on the order but per line here, so a full return of every line may differ from what the
/// lines came to on the order by up to half a cent for each line and half a cent for each rate. The total never changes
/// by it, and a balance is never negative (D28).
///
/// `None` when a line has no value or the sum does not fit an amount.
pub fn returned_amount(lines: impl IntoIterator<Item = LineReturn>) -> Option<Money> {
    lines
        .into_iter()
        .try_fold(Money::ZERO, |sum, line| sum.checked_add(line.value()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;
    use rust_decimal::Decimal;

    use super::*;
    use crate::payments::balance_due;
    use crate::pricing::{Discount, LineInput, OrderInput, price_order};

    fn line(net: &str, allocated: &str, rate: &str, quantity: &str, returned: &str) -> LineReturn {
        LineReturn {
            net_amount: Money::parse(net).unwrap(),
            allocated_discount: Money::parse(allocated).unwrap(),
            tax_rate: Percentage::parse(rate).unwrap(),
            quantity: Quantity::parse(quantity).unwrap(),
            returned: Quantity::parse_or_zero(returned).unwrap(),
        }
    }

    // D28b: the first line of the worked example of §5 has net 17.40, allocated 0.87, 10 %.
    #[rstest]
    #[case("17.40", "0.87", "10", "12", "0", "0.00")]
    #[case("17.40", "0.87", "10", "12", "1", "1.52")]
    #[case("17.40", "0.87", "10", "12", "6", "9.09")]
    #[case("17.40", "0.87", "10", "12", "12", "18.18")]
    #[case("0.01", "0", "0", "2", "1", "0.01")]
    #[case("0.01", "0", "0", "3", "1", "0.00")]
    #[case("0", "0", "21", "5", "5", "0.00")]
    #[case("1000000000000", "0", "100", "1000000", "1000000", "2000000000000.00")]
    fn a_return_is_worth_its_share_with_tax(
        #[case] net: &str,
        #[case] allocated: &str,
        #[case] rate: &str,
        #[case] quantity: &str,
        #[case] returned: &str,
        #[case] value: &str,
    ) {
        let line = line(net, allocated, rate, quantity, returned);
        assert_eq!(line.value().unwrap().to_string(), value);
    }

    // D90: of 16.53, half goes back: 8.265 is rounded away from zero; tax is no revenue.
    #[rstest]
    #[case("17.40", "0.87", "10", "12", "0", "16.53")]
    #[case("17.40", "0.87", "10", "12", "6", "8.26")]
    #[case("17.40", "0.87", "10", "12", "12", "0.00")]
    #[case("0.01", "0", "0", "2", "1", "0.00")]
    #[case("0.01", "0", "0", "3", "1", "0.01")]
    fn a_lines_revenue_is_what_is_left_of_it_without_tax(
        #[case] net: &str,
        #[case] allocated: &str,
        #[case] rate: &str,
        #[case] quantity: &str,
        #[case] returned: &str,
        #[case] revenue: &str,
    ) {
        let line = line(net, allocated, rate, quantity, returned);
        assert_eq!(line.net_revenue().unwrap().to_string(), revenue);
    }

    #[test]
    fn nothing_ordered_has_no_value() {
        let nothing = LineReturn {
            quantity: Quantity::ZERO,
            ..line("1", "0", "0", "1", "1")
        };
        assert_eq!((nothing.value(), returned_amount([nothing])), (None, None));
    }

    /// An order of lines of one piece each, at prices in cents, all of one tax rate.
    fn full_return(cents: &[i64], rate: &str) -> (Money, Money) {
        let rate = Percentage::parse(rate).unwrap();
        let lines: Vec<_> = cents
            .iter()
            .map(|cents| LineInput {
                quantity: Quantity::parse("1").unwrap(),
                unit_price: crate::decimal::UnitPrice::from_scaled(cents * 100),
                discount: Discount::None,
                tax_rate: rate,
                unit_cost: None,
            })
            .collect();
        let priced = price_order(&OrderInput {
            lines: &lines,
            discount: Discount::None,
            delivery_fee: Money::ZERO,
            delivery_fee_tax_rate: Percentage::ZERO,
            tax_exempt: false,
            max_discount_percentage: Percentage::ZERO,
        })
        .unwrap();
        let returned = returned_amount(priced.lines.iter().map(|line| LineReturn {
            net_amount: line.net_amount,
            allocated_discount: line.allocated_discount,
            tax_rate: line.tax_rate,
            quantity: Quantity::parse("1").unwrap(),
            returned: Quantity::parse("1").unwrap(),
        }));
        (priced.total_amount, returned.unwrap())
    }

    // D28b, D23: tax is rounded per rate on the order and per line on its return, so the last cent may stay or be given.
    #[test]
    fn a_full_return_may_miss_the_total_by_the_rounding_of_tax_in_either_direction() {
        let (total, returned) = full_return(&[4, 4, 4], "10");
        assert_eq!(
            (total.to_string(), returned.to_string()),
            ("0.13".into(), "0.12".into())
        );
        assert_eq!(balance_due(total, returned, Money::ZERO).to_string(), "0.01");
        let (total, returned) = full_return(&[5, 5, 5], "10");
        assert_eq!(
            (total.to_string(), returned.to_string()),
            ("0.17".into(), "0.18".into())
        );
        assert_eq!(balance_due(total, returned, Money::ZERO), Money::ZERO);
    }

    proptest! {
        // D28b: against exact fractions: within half a cent of the exact value, a tie away from zero.
        #[test]
        fn the_value_is_the_exact_share_rounded_once(
            net in 0_i64..10_000_000, allocated in 0_i64..10_000_000, rate in 0_i64..=10_000,
            quantity in 1_i64..1_000_000, returned in 0_i64..1_000_000,
        ) {
            let (allocated, returned) = (allocated.min(net), returned.min(quantity));
            let line = LineReturn {
                net_amount: Money::from_scaled(net),
                allocated_discount: Money::from_scaled(allocated),
                tax_rate: Percentage::from_scaled(rate),
                quantity: Quantity::from_scaled(quantity),
                returned: Quantity::from_scaled(returned),
            };
            let value = i128::from(line.value().unwrap().scaled());
            let exact = i128::from(net - allocated) * i128::from(10_000 + rate) * i128::from(returned);
            let unit = 10_000 * i128::from(quantity);
            // value − ½ ≤ exact < value + ½, in halves of the unit.
            prop_assert!((2 * value - 1) * unit <= 2 * exact);
            prop_assert!(2 * exact < (2 * value + 1) * unit);
            let decimal = Decimal::from_i128_with_scale(exact, 0) / Decimal::from_i128_with_scale(unit * 100, 0);
            if exact % unit * 2 != unit {
                prop_assert_eq!(Money::round_from(decimal).map(Money::scaled).map(i128::from), Some(value));
            }
        }

        // D28b: the more comes back the more it is worth, and never more than the line with its tax.
        #[test]
        fn more_returned_is_worth_no_less(
            net in 0_i64..10_000_000, rate in 0_i64..=10_000, quantity in 2_i64..1_000_000, returned in 1_i64..1_000_000,
        ) {
            let at = |returned| LineReturn {
                net_amount: Money::from_scaled(net),
                allocated_discount: Money::ZERO,
                tax_rate: Percentage::from_scaled(rate),
                quantity: Quantity::from_scaled(quantity),
                returned: Quantity::from_scaled(returned),
            }.value().unwrap();
            let returned = returned.min(quantity);
            prop_assert!(at(returned - 1) <= at(returned));
            prop_assert!(at(returned) <= at(quantity));
        }

        // D28b, D23: how far a full return may be from what the lines came to.
        #[test]
        fn a_full_return_is_within_half_a_cent_of_each_line_and_rate(cents in prop::collection::vec(1_i64..100_000, 1..50)) {
            let (total, returned) = full_return(&cents, "21");
            let lines = i64::try_from(cents.len()).unwrap();
            prop_assert!((total.scaled() - returned.scaled()).abs() * 2 <= lines + 1);
        }
    }
}
