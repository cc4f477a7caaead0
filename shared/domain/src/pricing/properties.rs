//! Pricing compared with the slow oracle on thousands of arbitrary orders.

use proptest::prelude::*;

use super::*;
use crate::decimal::UnitPrice;

fn any_discount(most_cents: i64) -> impl Strategy<Value = Discount> {
    prop_oneof![
        2 => Just(Discount::None),
        2 => (0_i64..=10_000).prop_map(|scaled| Discount::Percentage(Percentage::from_scaled(scaled))),
        1 => (0..=most_cents).prop_map(|cents| Discount::Amount(Money::from_scaled(cents))),
    ]
}

fn any_line() -> impl Strategy<Value = LineInput> {
    let rate = prop_oneof![Just(0_i64), Just(400), Just(1000), Just(2100), 0_i64..=10_000];
    // Small numbers make ties and zero amounts common, large ones leave the 64-bit path.
    let quantity = prop_oneof![3 => 1_i64..=3_000, 1 => 1_i64..=1_000_000_000];
    let price = prop_oneof![3 => 0_i64..=30_000, 1 => 0_i64..=10_000_000_000];
    let cost = proptest::option::weighted(0.9, 0_i64..=20_000);
    (quantity, price, any_discount(500), rate, cost).prop_map(|(quantity, price, discount, rate, cost)| {
        LineInput {
            quantity: Quantity::from_scaled(quantity),
            unit_price: UnitPrice::from_scaled(price),
            discount,
            tax_rate: Percentage::from_scaled(rate),
            unit_cost: cost.map(UnitPrice::from_scaled),
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    // D20–D24: the fast way and the slow way agree on every amount and on every refusal.
    #[test]
    fn agrees_with_exact_fractions(
        lines in prop::collection::vec(any_line(), 1..9),
        discount in any_discount(2_000),
        fee in prop_oneof![Just(0_i64), 0_i64..=2_000],
        fee_rate in prop_oneof![Just(0_i64), Just(1000), Just(2100)],
        tax_exempt in prop::bool::weighted(0.2),
        maximum in prop_oneof![3 => Just(10_000_i64), 1 => 0_i64..=10_000],
    ) {
        let input = OrderInput {
            lines: &lines,
            discount,
            delivery_fee: Money::from_scaled(fee),
            delivery_fee_tax_rate: Percentage::from_scaled(fee_rate),
            tax_exempt,
            max_discount_percentage: Percentage::from_scaled(maximum),
        };
        let (fast, slow) = (price_order(&input), oracle::price(&input));
        // Eight lines at the top of both ranges exceed 10^12, which the fractions do not mind.
        prop_assume!(fast != Err(PricingError::AmountOverflow));
        let (priced, expected) = match (fast, slow) {
            (Ok(priced), Ok(expected)) => (priced, expected),
            (fast, slow) => {
 prop_assert_eq!(fast.err(), slow.err());
 return Ok(());
 }
        };
        for (line, exact) in priced.lines.iter().zip(&expected.lines) {
            prop_assert_eq!(line.gross_amount.scaled(), exact.gross.hundredths());
            prop_assert_eq!(line.discount_amount.scaled(), exact.discount.hundredths());
            prop_assert_eq!(line.net_amount.scaled(), exact.net.hundredths());
            prop_assert_eq!(line.allocated_discount.scaled(), exact.allocated.hundredths());
            prop_assert!(line.allocated_discount <= line.net_amount);
            let revenue = exact.net - exact.allocated;
            let margin = exact.cost.map(|cost| revenue - cost);
            prop_assert_eq!(line.margin_amount.map(Money::scaled), margin.map(|margin| margin.hundredths()));
            prop_assert_eq!(
                line.margin_percentage.map(SignedPercentage::scaled),
                margin.and_then(|margin| oracle::margin_hundredths(margin, revenue))
            );
        }
        prop_assert_eq!(priced.discount_amount.scaled(), expected.order_discount.hundredths());
        let groups: Vec<_> = priced
            .tax_breakdown
            .iter()
            .map(|group| (group.rate.scaled(), (group.base.scaled(), group.tax.scaled())))
            .collect();
        let expected_groups: Vec<_> = expected
            .taxes
            .iter()
            .map(|(rate, (base, tax))| (*rate, (base.hundredths(), tax.hundredths())))
            .collect();
        prop_assert_eq!(groups, expected_groups);
        prop_assert_eq!(priced.total_amount.scaled(), expected.total.hundredths());
        prop_assert_eq!(priced.margin_amount.map(Money::scaled), expected.margin.map(|margin| margin.hundredths()));

        // The parts add up to what is reported beside them.
        let total = |amount: fn(&PricedLine) -> Money| priced.lines.iter().map(|line| amount(line).scaled()).sum::<i64>();
        prop_assert_eq!(total(|line| line.gross_amount), priced.gross_amount.scaled());
        prop_assert_eq!(total(|line| line.discount_amount), priced.line_discount_amount.scaled());
        prop_assert_eq!(total(|line| line.net_amount), priced.subtotal.scaled());
        prop_assert_eq!(total(|line| line.allocated_discount), priced.discount_amount.scaled());
        let quantities: i64 = lines.iter().map(|line| line.quantity.scaled()).sum();
        prop_assert_eq!(priced.total_quantity.scaled(), quantities);
    }
}
