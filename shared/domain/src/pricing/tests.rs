use rstest::rstest;

use super::*;
use crate::decimal::UnitPrice;

fn money_of(text: &str) -> Money {
    Money::parse(text).unwrap()
}

fn percentage(text: &str) -> Percentage {
    Percentage::parse(text).unwrap()
}

fn line(quantity: &str, price: &str, discount: Discount, tax: &str) -> LineInput {
    LineInput {
        quantity: Quantity::parse(quantity).unwrap(),
        unit_price: UnitPrice::parse(price).unwrap(),
        discount,
        tax_rate: percentage(tax),
        unit_cost: None,
    }
}

fn order(lines: &[LineInput], discount: Discount) -> OrderInput<'_> {
    OrderInput {
        lines,
        discount,
        delivery_fee: Money::ZERO,
        delivery_fee_tax_rate: Percentage::ZERO,
        tax_exempt: false,
        max_discount_percentage: percentage("50"),
    }
}

fn texts(amounts: impl Iterator<Item = Money>) -> Vec<String> {
    amounts.map(|amount| amount.to_string()).collect()
}

fn worked_lines() -> [LineInput; 3] {
    [
        line("12", "1.45", Discount::None, "10"),
        line("3", "24.90", Discount::Percentage(percentage("10")), "10"),
        line("2.5", "7.333", Discount::None, "21"),
    ]
}

// D20–D24: the example worked out in the specification, also the published `totals` vector.
#[test]
fn the_worked_example_comes_out_to_the_cent() {
    let mut lines = worked_lines();
    for (line, cost) in lines.iter_mut().zip(["0.50", "20", "9.9999"]) {
        line.unit_cost = Some(UnitPrice::parse(cost).unwrap());
    }
    let input = OrderInput {
        delivery_fee: money_of("6.00"),
        delivery_fee_tax_rate: percentage("21"),
        ..order(&lines, Discount::Percentage(percentage("5")))
    };
    let priced = price_order(&input).unwrap();
    assert_eq!(
        texts(priced.lines.iter().map(|line| line.gross_amount)),
        ["17.40", "74.70", "18.33"]
    );
    assert_eq!(
        texts(priced.lines.iter().map(|line| line.discount_amount)),
        ["0.00", "7.47", "0.00"]
    );
    assert_eq!(
        texts(priced.lines.iter().map(|line| line.net_amount)),
        ["17.40", "67.23", "18.33"]
    );
    assert_eq!(
        texts(priced.lines.iter().map(|line| line.allocated_discount)),
        ["0.87", "3.36", "0.92"]
    );
    assert_eq!(priced.total_quantity.to_string(), "17.500");
    assert_eq!(priced.gross_amount.to_string(), "110.43");
    assert_eq!(priced.line_discount_amount.to_string(), "7.47");
    assert_eq!(priced.subtotal.to_string(), "102.96");
    assert_eq!(priced.discount_amount.to_string(), "5.15");
    let groups: Vec<_> = priced
        .tax_breakdown
        .iter()
        .map(|group| format!("{} {} {}", group.rate, group.base, group.tax))
        .collect();
    assert_eq!(groups, ["10.00 80.40 8.04", "21.00 23.41 4.92"]);
    assert_eq!(priced.tax_amount.to_string(), "12.96");
    assert_eq!(priced.delivery_fee.to_string(), "6.00");
    assert_eq!(priced.total_amount.to_string(), "116.77");

    // Costs 6.00, 60.00 and r(24.99975) = 25.00; revenue after discounts 16.53, 63.87 and 17.41.
    let margins: Vec<_> = priced
        .lines
        .iter()
        .map(|line| {
            format!(
                "{} {}",
                line.margin_amount.unwrap(),
                line.margin_percentage.unwrap()
            )
        })
        .collect();
    assert_eq!(margins, ["10.53 63.70", "3.87 6.06", "-7.59 -43.60"]);
    assert_eq!(priced.total_cost, Some(money_of("91.00")));
    assert_eq!(priced.margin_amount, Some(money_of("6.81")));
    assert_eq!(priced.margin_percentage, Some(SignedPercentage::from_scaled(696)));
}

// D20: half away from zero, where banker's rounding would give the even cent.
#[rstest]
#[case("0.5", "0.01", "0.01")]
#[case("0.5", "0.05", "0.03")]
#[case("2.5", "0.01", "0.03")]
#[case("1.5", "0.03", "0.05")]
#[case("0.499", "0.01", "0.00")]
#[case("0.001", "0.0001", "0.00")]
fn gross_is_rounded_half_away_from_zero(#[case] quantity: &str, #[case] price: &str, #[case] gross: &str) {
    let lines = [line(quantity, price, Discount::None, "0")];
    assert_eq!(
        price_order(&order(&lines, Discount::None)).unwrap().gross_amount,
        money_of(gross)
    );
}

// D20: 2.5 % of 1.00 is 0.025, 12.5 % of 0.20 likewise.
#[test]
fn discounts_are_rounded_half_away_from_zero() {
    let lines = [line("1", "1.00", Discount::Percentage(percentage("2.5")), "0")];
    let priced = price_order(&order(&lines, Discount::None)).unwrap();
    assert_eq!(priced.line_discount_amount, money_of("0.03"));
    let lines = [line("1", "0.20", Discount::None, "0")];
    let priced = price_order(&order(&lines, Discount::Percentage(percentage("12.5")))).unwrap();
    assert_eq!(priced.discount_amount, money_of("0.03"));
}

// D20: a fixed discount may take everything but not a cent more.
#[test]
fn a_fixed_discount_is_at_most_the_amount() {
    let whole = |discount, order_discount| {
        let lines = [
            line("1", "5", Discount::None, "0"),
            line("2", "2.50", discount, "0"),
        ];
        let input = OrderInput {
            max_discount_percentage: percentage("100"),
            ..order(&lines, order_discount)
        };
        price_order(&input).map(|priced| priced.total_amount)
    };
    assert_eq!(
        whole(Discount::Amount(money_of("5.00")), Discount::None),
        Ok(money_of("5.00"))
    );
    let too_much = whole(Discount::Amount(money_of("5.01")), Discount::None).unwrap_err();
    assert_eq!(too_much, PricingError::LineDiscountExceedsGross { line: 1 });
    assert_eq!(too_much.code(), "discount-exceeds-line");
    assert_eq!(
        whole(Discount::None, Discount::Amount(money_of("10.00"))),
        Ok(Money::ZERO)
    );
    let too_much = whole(Discount::None, Discount::Amount(money_of("10.01"))).unwrap_err();
    assert_eq!(too_much, PricingError::DiscountExceedsSubtotal);
    assert_eq!(too_much.code(), "discount-exceeds-subtotal");
}

// D21: lines and order together, exact at the boundary.
#[test]
fn the_cap_is_exact_at_the_boundary() {
    let with = |order_discount: &str, maximum: &str| {
        let lines = [
            line("1", "60", Discount::Amount(money_of("10.00")), "0"),
            line("1", "40", Discount::None, "0"),
        ];
        let input = OrderInput {
            max_discount_percentage: percentage(maximum),
            ..order(&lines, Discount::Amount(money_of(order_discount)))
        };
        price_order(&input).map(|priced| priced.subtotal)
    };
    assert_eq!(with("40.00", "50"), Ok(money_of("90.00")));
    assert_eq!(with("40.01", "50"), Err(PricingError::DiscountExceedsMaximum));
    assert_eq!(with("2.34", "12.34"), Ok(money_of("90.00")));
    assert_eq!(with("2.35", "12.34"), Err(PricingError::DiscountExceedsMaximum));
    assert_eq!(with("0", "10"), Ok(money_of("90.00")));
    assert_eq!(with("0", "9.99"), Err(PricingError::DiscountExceedsMaximum));
    assert_eq!(
        PricingError::DiscountExceedsMaximum.code(),
        "discount-exceeds-maximum"
    );
}

// D22: three equal lines share 0.02 and 0.01: the lower lines get the cents.
#[rstest]
#[case(&["1", "1", "1"], "0.02", &["0.01", "0.01", "0.00"])]
#[case(&["1", "1", "1"], "0.01", &["0.01", "0.00", "0.00"])]
#[case(&["1", "2", "1"], "0.01", &["0.00", "0.01", "0.00"])]
#[case(&["0", "1", "0"], "0.50", &["0.00", "0.50", "0.00"])]
#[case(&["0.01", "0.01", "0.03"], "0.02", &["0.01", "0.00", "0.01"])]
#[case(&["3", "2", "2"], "1.00", &["0.43", "0.29", "0.28"])]
fn leftover_cents_go_to_the_largest_remainder_and_then_to_the_lower_line(
    #[case] prices: &[&str],
    #[case] discount: &str,
    #[case] parts: &[&str],
) {
    let lines: Vec<_> = prices
        .iter()
        .map(|price| line("1", price, Discount::None, "0"))
        .collect();
    let priced = price_order(&order(&lines, Discount::Amount(money_of(discount)))).unwrap();
    assert_eq!(
        texts(priced.lines.iter().map(|line| line.allocated_discount)),
        parts
    );
}

// D23: one rounding per rate, not per line, sorted by rate; a fee shares the group of its rate.
#[test]
fn tax_is_rounded_once_per_rate() {
    let lines = [
        line("1", "0.05", Discount::None, "21"),
        line("1", "0.05", Discount::None, "10"),
        line("1", "0.05", Discount::None, "10"),
    ];
    let input = OrderInput {
        delivery_fee: money_of("0.05"),
        delivery_fee_tax_rate: percentage("10"),
        ..order(&lines, Discount::None)
    };
    let priced = price_order(&input).unwrap();
    let group = |rate: &str, base: &str, tax: &str| TaxGroup {
        rate: percentage(rate),
        base: money_of(base),
        tax: money_of(tax),
    };
    // Per line 10 % of 0.05 would be 0.01 each, 0.03 in all; of 0.15 together it is 0.015, which is 0.02.
    assert_eq!(
        priced.tax_breakdown,
        [group("10", "0.15", "0.02"), group("21", "0.05", "0.01")]
    );
    assert_eq!(priced.total_amount, money_of("0.23"));
    assert_eq!(
        serde_json::to_string(&priced.tax_breakdown[0]).unwrap(),
        r#"{"rate":"10.00","base":"0.15","tax":"0.02"}"#
    );
}

// D23: exempt customers pay no tax on anything, and the lines show the rate that was used.
#[test]
fn exempt_customers_pay_no_tax() {
    let lines = worked_lines();
    let input = OrderInput {
        delivery_fee: money_of("6.00"),
        delivery_fee_tax_rate: percentage("21"),
        tax_exempt: true,
        ..order(&lines, Discount::None)
    };
    let priced = price_order(&input).unwrap();
    assert!(priced.lines.iter().all(|line| line.tax_rate.is_zero()));
    let expected = TaxGroup {
        rate: Percentage::ZERO,
        base: money_of("108.96"),
        tax: Money::ZERO,
    };
    assert_eq!(priced.tax_breakdown, [expected]);
    assert_eq!(priced.total_amount, money_of("108.96"));
}

// D23: no fee, no group for its rate.
#[test]
fn a_fee_of_nothing_makes_no_tax_group() {
    let lines = [line("1", "1", Discount::None, "10")];
    let input = OrderInput {
        delivery_fee_tax_rate: percentage("21"),
        ..order(&lines, Discount::None)
    };
    let rates: Vec<_> = price_order(&input)
        .unwrap()
        .tax_breakdown
        .iter()
        .map(|group| group.rate)
        .collect();
    assert_eq!(rates, [percentage("10")]);
}

// §4: margins are unknown with the cost, and have no percentage on nothing.
#[test]
fn margins_need_costs_and_revenue() {
    let mut lines = [
        line("2", "3", Discount::None, "0"),
        line("1", "0", Discount::None, "0"),
    ];
    lines[1].unit_cost = Some(UnitPrice::parse("1.25").unwrap());
    let priced = price_order(&order(&lines, Discount::None)).unwrap();
    assert_eq!(
        (priced.lines[0].cost_amount, priced.lines[0].margin_amount),
        (None, None)
    );
    assert_eq!(priced.lines[1].margin_amount, Some(Money::from_scaled(-125)));
    assert_eq!(priced.lines[1].margin_percentage, None);
    assert_eq!(
        (priced.total_cost, priced.margin_amount, priced.margin_percentage),
        (None, None, None)
    );
}

// D3: everything is checked; the limit itself is fine.
#[test]
fn amounts_beyond_the_limit_are_refused() {
    let most = line("1000000", "1000000", Discount::None, "0");
    let priced = price_order(&order(&[most], Discount::None)).unwrap();
    assert_eq!(priced.total_amount, Money::MAX);
    let overflow = |lines: &[LineInput], fee: i64| {
        let input = OrderInput {
            delivery_fee: Money::from_scaled(fee),
            ..order(lines, Discount::None)
        };
        price_order(&input).unwrap_err()
    };
    assert_eq!(
        overflow(&[most, line("1", "0.01", Discount::None, "0")], 0),
        PricingError::AmountOverflow
    );
    assert_eq!(overflow(&[most], 1), PricingError::AmountOverflow);
    assert_eq!(
        overflow(
            &[LineInput {
                tax_rate: percentage("0.01"),
                ..most
            }],
            0
        ),
        PricingError::AmountOverflow
    );
    assert_eq!(overflow(&[], -1), PricingError::AmountOverflow);
    let endless = LineInput {
        quantity: Quantity::from_scaled(i64::MAX),
        ..line("1", "0", Discount::None, "0")
    };
    assert_eq!(overflow(&[endless, endless], 0), PricingError::AmountOverflow);
    let absurd = LineInput {
        unit_price: UnitPrice::from_scaled(i64::MAX),
        ..endless
    };
    assert_eq!(overflow(&[absurd], 0), PricingError::AmountOverflow);
    assert_eq!(
        overflow(
            &[line("1", "1", Discount::Amount(Money::from_scaled(-1)), "0")],
            0
        )
        .code(),
        "amount-overflow"
    );
}

#[test]
fn an_order_without_lines_costs_its_fee() {
    let input = OrderInput {
        delivery_fee: money_of("2"),
        ..order(&[], Discount::Percentage(percentage("5")))
    };
    let priced = price_order(&input).unwrap();
    assert_eq!(
        (priced.subtotal, priced.discount_amount, priced.total_amount),
        (Money::ZERO, Money::ZERO, money_of("2"))
    );
    assert_eq!(priced.total_cost, Some(Money::ZERO));
}
