//! A hundred thousand orders, as large and as varied as they may be, each priced twice: by the code and by the oracle in
//! exact fractions. The seeds are fixed, so that a failure can be looked at again.

use rstest::rstest;

use super::*;
use crate::decimal::UnitPrice;

/// splitmix64: small, good enough, and the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From `least` to `most`, both included.
    fn between(&mut self, least: i64, most: i64) -> i64 {
        least + i64::try_from(self.next() % u64::try_from(most - least + 1).unwrap()).unwrap()
    }

    fn one_in(&mut self, chances: u64) -> bool {
        self.next().is_multiple_of(chances)
    }

    fn discount(&mut self, most_cents: i64) -> Discount {
        match self.next() % 4 {
            0 => Discount::Percentage(Percentage::from_scaled(self.between(0, 4_000))),
            1 => Discount::Amount(Money::from_scaled(self.between(0, most_cents))),
            _ => Discount::None,
        }
    }

    fn line(&mut self, rates: &[i64; 3]) -> LineInput {
        // Small numbers make ties and zero amounts common, large ones leave the 64-bit path.
        let large = self.one_in(16);
        let quantity = self.between(1, if large { 1_000_000_000 } else { 30_000 });
        let price = self.between(0, if large { 100_000_000 } else { 150_000 });
        LineInput {
            quantity: Quantity::from_scaled(quantity),
            unit_price: UnitPrice::from_scaled(price),
            discount: self.discount(40),
            tax_rate: Percentage::from_scaled(rates[usize::try_from(self.next() % 3).unwrap()]),
            unit_cost: (!self.one_in(40)).then(|| UnitPrice::from_scaled(self.between(0, 90_000))),
        }
    }
}

/// How the orders of a run went.
#[derive(Debug, Default)]
struct Seen {
    priced: u32,
    refused: u32,
    at_the_cap: u32,
}

fn priced_twice(random: &mut Random, seen: &mut Seen) {
    let rates = [
        random.between(0, 10_000),
        random.between(0, 2_500),
        [0, 700, 1_000, 2_100][usize::try_from(random.next() % 4).unwrap()],
    ];
    let lines: Vec<_> = (0..random.between(1, 50)).map(|_| random.line(&rates)).collect();
    let mut input = OrderInput {
        lines: &lines,
        discount: random.discount(3_000),
        delivery_fee: Money::from_scaled(if random.one_in(2) {
            0
        } else {
            random.between(1, 2_000)
        }),
        delivery_fee_tax_rate: Percentage::from_scaled(rates[usize::try_from(random.next() % 3).unwrap()]),
        tax_exempt: random.one_in(8),
        max_discount_percentage: Percentage::HUNDRED,
    };
    let (fast, slow) = (price_order(&input), oracle::price(&input));
    let (Ok(priced), Ok(exact)) = (&fast, &slow) else {
        assert_eq!(fast.err(), slow.err(), "{input:?}");
        seen.refused += 1;
        return;
    };
    seen.priced += 1;
    same(priced, exact, &input);
    boundary_of_the_cap(&mut input, priced, seen);
}

/// Every published figure is the oracle's, and the parts add up to the sums beside them (D20–D24).
fn same(priced: &PricedOrder, exact: &oracle::OracleOrder, input: &OrderInput<'_>) {
    for (line, exact) in priced.lines.iter().zip(&exact.lines) {
        assert_eq!(line.gross_amount.scaled(), exact.gross.hundredths(), "{input:?}");
        assert_eq!(
            line.discount_amount.scaled(),
            exact.discount.hundredths(),
            "{input:?}"
        );
        assert_eq!(line.net_amount.scaled(), exact.net.hundredths(), "{input:?}");
        assert_eq!(
            line.allocated_discount.scaled(),
            exact.allocated.hundredths(),
            "{input:?}"
        );
        let revenue = exact.net - exact.allocated;
        let margin = exact.cost.map(|cost| revenue - cost);
        assert_eq!(
            line.cost_amount.map(Money::scaled),
            exact.cost.map(|cost| cost.hundredths())
        );
        assert_eq!(
            line.margin_amount.map(Money::scaled),
            margin.map(|margin| margin.hundredths())
        );
        let percentage = margin.and_then(|margin| oracle::margin_hundredths(margin, revenue));
        assert_eq!(
            line.margin_percentage.map(SignedPercentage::scaled),
            percentage,
            "{input:?}"
        );
    }
    let groups: Vec<_> = priced
        .tax_breakdown
        .iter()
        .map(|group| (group.rate.scaled(), group.base.scaled(), group.tax.scaled()))
        .collect();
    let exact_groups: Vec<_> = exact
        .taxes
        .iter()
        .map(|(rate, (base, tax))| (*rate, base.hundredths(), tax.hundredths()))
        .collect();
    assert_eq!(groups, exact_groups, "{input:?}");
    assert_eq!(
        priced.discount_amount.scaled(),
        exact.order_discount.hundredths(),
        "{input:?}"
    );
    assert_eq!(
        priced.total_amount.scaled(),
        exact.total.hundredths(),
        "{input:?}"
    );
    assert_eq!(
        priced.margin_amount.map(Money::scaled),
        exact.margin.map(|margin| margin.hundredths())
    );
    let revenue = exact.lines.iter().map(|line| line.net - line.allocated);
    let revenue = revenue.fold(oracle::Fraction::ZERO, |total, line| total + line);
    let percentage = exact
        .margin
        .and_then(|margin| oracle::margin_hundredths(margin, revenue));
    assert_eq!(
        priced.margin_percentage.map(SignedPercentage::scaled),
        percentage,
        "{input:?}"
    );

    let total =
        |amount: fn(&PricedLine) -> Money| priced.lines.iter().map(|line| amount(line).scaled()).sum::<i64>();
    assert_eq!(total(|line| line.gross_amount), priced.gross_amount.scaled());
    assert_eq!(
        total(|line| line.discount_amount),
        priced.line_discount_amount.scaled()
    );
    assert_eq!(total(|line| line.net_amount), priced.subtotal.scaled());
    assert_eq!(
        total(|line| line.allocated_discount),
        priced.discount_amount.scaled()
    );
    assert!(
        priced
            .lines
            .iter()
            .all(|line| line.allocated_discount <= line.net_amount)
    );
    assert_eq!(
        groups.iter().map(|(_, _, tax)| tax).sum::<i64>(),
        priced.tax_amount.scaled()
    );
    let quantity: i64 = input.lines.iter().map(|line| line.quantity.scaled()).sum();
    assert_eq!(priced.total_quantity.scaled(), quantity);
    let costs = priced
        .lines
        .iter()
        .map(|line| line.cost_amount.map(Money::scaled));
    assert_eq!(priced.total_cost.map(Money::scaled), costs.sum::<Option<i64>>());
}

/// D21: the least maximum that allows the discounts does, and a hundredth of a percent less does not.
fn boundary_of_the_cap(input: &mut OrderInput<'_>, priced: &PricedOrder, seen: &mut Seen) {
    let discounts = priced.line_discount_amount.scaled() + priced.discount_amount.scaled();
    let gross = priced.gross_amount.scaled();
    if discounts == 0 {
        return;
    }
    let (discounts, gross) = (u128::try_from(discounts).unwrap(), u128::try_from(gross).unwrap());
    let exactly = i64::try_from((discounts * 10_000).div_ceil(gross)).unwrap();
    input.max_discount_percentage = Percentage::from_scaled(exactly);
    assert_eq!(price_order(input).as_ref(), Ok(priced), "{input:?}");
    input.max_discount_percentage = Percentage::from_scaled(exactly - 1);
    assert_eq!(
        price_order(input),
        Err(PricingError::DiscountExceedsMaximum),
        "{input:?}"
    );
    seen.at_the_cap += 1;
}

// D20–D24: four runs of 25 000 side by side.
#[rstest]
#[case(0x000B_A4E5)]
#[case(0x00B2_EAD5)]
#[case(0x0C0F_FEE5)]
#[case(0x00CA_FE75)]
fn a_hundred_thousand_orders_are_priced_as_exact_fractions_say(#[case] seed: u64) {
    let (mut random, mut seen) = (Random(seed), Seen::default());
    for _ in 0..25_000 {
        priced_twice(&mut random, &mut seen);
    }
    assert!(seen.priced >= 20_000, "{seen:?}");
    assert!(seen.refused >= 10 && seen.at_the_cap >= 15_000, "{seen:?}");
}
